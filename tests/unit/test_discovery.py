"""What an analyst finds in a notebook: indicators, tables, how a figure is made, other communes, a map."""

from __future__ import annotations

import geopandas as gpd
import pytest

from helpers import Diagnostic
from helpers.errors import ExhibitError, UnknownCommuneError
from helpers.indicators import registry
from helpers.interactive_map import IndicatorMap


@pytest.fixture(scope="module")
def hem():
    return Diagnostic.open("59299")


def test_indicators_are_found_by_words_whatever_their_accents(hem):
    found = hem.indicators("VACANTS evolution")
    assert {"vacants_evolution", "vacance_points"} <= set(found.index)
    assert len(hem.indicators()) == len(registry.INDICATORS)
    assert not found["Calcul"].eq("").any()


def test_a_wrong_word_or_name_is_reported_with_those_that_are_near(hem):
    with pytest.raises(ExhibitError) as words:
        hem.indicators("vacence")
    assert "vacance" in words.value.remedy
    with pytest.raises(ExhibitError) as name:
        hem.explain("vacanse")
    assert "vacance" in name.value.remedy
    with pytest.raises(UnknownCommuneError) as commune:
        hem.compare("Fache-Tumesnil")
    assert "Faches-Thumesnil" in commune.value.remedy


def test_the_tables_tell_published_years_from_simulated_ones(hem):
    listed = hem.tables().set_index(["Table", "Variable"])
    people = listed.loc["population", "POP"]
    assert people["Ce qu’elle compte"] == "habitants"
    assert people["Années"] == "2012 à 2023"
    table = hem.commune_rows(hem.table("population"))
    simulated = sorted({int(year) for year in table.loc[table["origin"] == "demonstration", "year"]})
    assert people["Années simulées"] == ", ".join(map(str, simulated))


def test_a_share_is_explained_by_its_two_counts_and_their_ratio(hem):
    lines = hem.explain("vacance").text
    homes = hem.commune_rows(hem.table("dwellings")).set_index(["year", "variable"])["value"]
    vacant, stock = homes[2018, "LOGVAC"], homes[2018, "LOG"]
    assert lines[0] == "Calcul : 100 × logements vacants / logements."
    assert f"{vacant:.0f}" in lines[1]
    assert f"{100 * vacant / stock:.1f}".replace(".", ",") in lines[-1]


def test_a_formula_is_explained_at_the_dates_at_which_it_is_known(hem):
    prose = hem.explain("point_mort")
    assert "n.d." not in " ".join(prose.text)
    assert prose.demonstration
    assert "2013-2018" in prose.text[-1]


@pytest.mark.parametrize("one", registry.INDICATORS, ids=lambda one: one.id)
def test_every_indicator_can_be_explained(hem, one):
    explained = hem.explain(one.id)
    assert one.formula in explained.text[0]
    assert "_" not in explained.text[-1].split(" : ")[0]


def test_communes_are_compared_by_the_figures_of_each(hem):
    compared = hem.compare("Faches-Thumesnil", indicators=["vacance", "croissance"])
    other = Diagnostic.open("59220")
    same = other.compare("Hem", indicators=["vacance", "croissance"])
    assert list(compared.columns) == ["Unité", "Hem (59)", "Faches-Thumesnil (59)"]
    assert compared["Faches-Thumesnil (59)"].tolist() == pytest.approx(same["Faches-Thumesnil (59)"].tolist())


def test_what_an_analyst_asks_bears_the_dates_of_the_pages(hem):
    cover = [line.split(" : ")[0] for line in hem.key_figures().text]
    assert list(hem.compare("Faches-Thumesnil").index) == cover
    # Births are counted since 2013 alone.
    for identifier in ("croissance", "solde_naturel"):
        assert hem.map(identifier).attrs["title"].endswith("2013-2018")
        assert hem.compare(indicators=[identifier]).index[0].endswith("2013-2018")


def test_a_map_is_a_frame_with_its_projection_that_a_notebook_shows_without_the_network(hem):
    drawn = hem.map("vacance")
    assert isinstance(drawn, gpd.GeoDataFrame)
    assert isinstance(drawn, IndicatorMap)
    assert drawn.crs == "EPSG:4326"
    assert drawn.set_index("code").loc["59299", "value"] == pytest.approx(
        hem.compare(indicators=["vacance"])["Hem (59)"].iloc[0]
    )
    explained, widget = drawn.to_crs(2154).widget().children
    assert "vacants" in explained.value
    assert not [layer for layer in widget.layers if hasattr(layer, "url")]


def test_a_diagnostic_shows_itself(hem):
    shown = hem._repr_mimebundle_()
    for text in ("Hem (59)", "MEL", "2012 et 2018", "Simulé"):
        assert text in shown["text/plain"]
    assert "<dl>" in shown["text/html"]
