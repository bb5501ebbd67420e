from __future__ import annotations

import re
from functools import partial

import pytest
from melodi_rows import SINGLE_AGES, housing, people, pyramid, series
from melodi_server import Fault, serve

from helpers import Diagnostic, store
from helpers.errors import MissingDataError, SourceError
from helpers.sources import melodi as client
from helpers.sources.registry import load_registry
from helpers.territory import melodi_store
from helpers.territory.communes import find_commune

HEM = "59299"
PLACES = ["COM-59299", "EPCI-200093201", "DEP-59", "REG-32", "FRANCE-F"]
SERIES, HOUSING, AGES, PEOPLE = (
    "DS_RP_SERIE_HISTORIQUE",
    "DS_RP_LOGEMENT_PRINC",
    "DS_RP_TD_POPULATION_AGESEX_PRINC",
    "DS_RP_POPULATION_PRINC",
)
OTHERS = [
    source.dataset
    for source in load_registry().values()
    if source.reader == "melodi" and source.dataset not in (SERIES, HOUSING, AGES, PEOPLE)
]


def holdings(status="A", places=PLACES):
    """Figures made up for five territories at two censuses, the second ten times the first."""
    stock = {"LOG": 100, "RP": 90, "RSECOCC": 4, "LOGVAC": 6}
    events = {"POP": 200, "NAIS": 30, "DECE": 20, "PMEN": 190}
    return {
        SERIES: [
            row
            for place in places
            for year, size in ((2017, 1), (2023, 10))
            for row in series(
                place, year, {name: size * value for name, value in {**stock, **events}.items()}, status
            )
        ],
        HOUSING: [
            housing(place, 2023, value=value, **codes)
            for place in places
            for codes, value in (
                ({}, 900), ({"TSH": "100"}, 500), ({"TSH": "200"}, 390), ({"TSH": "211"}, 200), ({"TSH": "221"}, 150),
                ({"TSH": "212_222"}, 40), ({"TSH": "300"}, 10),
            )
        ],
        AGES: [row for place in places for row in pyramid(place, 2023, [1] * len(SINGLE_AGES))],
        PEOPLE: [
            people(place, 2023, sex, age, value)
            for place in places
            for sex, age, value in (("_T", "_T", 2000), ("_T", "Y_LT15", 400), ("F", "_T", 1050))
        ],
        # Known to Melodi, without a figure of these places.
        **{dataset: [] for dataset in OTHERS},
    }  # fmt: skip


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    """A place of its own for what is fetched, and no proxy on the way to this machine."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    # Calls are counted anew for each test, which has not a minute to wait for the next ones.
    unhurried = partial(client.fetch_commune, pace=client.Pace(sleep=lambda seconds: None))
    monkeypatch.setattr(client, "fetch_commune", unhurried)
    monkeypatch.setenv("HELPERS_FETCHED", str(tmp_path / "fetched"))
    yield tmp_path / "fetched"
    store.forget()


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_official_figures_take_the_place_of_what_was_simulated(folder):
    before = Diagnostic.open(HEM).table("ages")
    assert (before["origin"] == "demonstration").all()
    with serve(holdings()) as melodi:
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    d = Diagnostic.open(HEM, millesime=2023, millesime_ancien=2017)
    for name in ("population", "dwellings", "households", "ages", "ages_tenure", "flows"):
        table = d.table(name)
        assert not (table["origin"] == "demonstration").any(), name
    ages = d.table("ages")
    own = ages[ages["territory"] == "Hem"]
    assert set(own["year"]) == {2023}
    # One man and two women at each of the 101 ages.
    assert own["value"].sum() == 3 * len(SINGLE_AGES)


def test_an_embedded_value_that_nothing_official_replaces_is_kept(folder):
    with serve(holdings()) as melodi:
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    population = Diagnostic.open(HEM, millesime=2023, millesime_ancien=2017).table("population")
    own = population[population["territory"] == "Hem"].set_index("year")
    assert own.loc[2023, "value"] == 2000
    assert own.loc[2017, "value"] == 200
    assert own.loc[2017, "source"] == "melodi_serie_historique"
    # Legal population of 2022, https://www.insee.fr/fr/statistiques/8290591
    assert own.loc[2022, "value"] == 18579
    assert not own.index.has_duplicates


def test_the_other_communes_keep_their_figures(folder):
    with serve(holdings()) as melodi:
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    other = Diagnostic.open("59011").table("ages")
    assert (other["origin"] == "demonstration").all()
    around = Diagnostic.open(HEM).around_table("population")
    assert {"59011", HEM} <= set(around["territory"])


def test_figures_that_hold_another_commune_s_are_said_to(folder):
    with serve(holdings(status="W")) as melodi:
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    assert (
        "d’une autre commune"
        in Diagnostic.open(HEM, millesime=2023, millesime_ancien=2017).method().to_html()
    )


def test_figures_of_the_commune_alone_are_not(folder):
    with serve(holdings()) as melodi:
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    assert (
        "d’une autre commune"
        not in Diagnostic.open(HEM, millesime=2023, millesime_ancien=2017).method().to_html()
    )


def test_a_fetch_that_fails_half_way_leaves_the_former_figures(folder):
    with serve(holdings()) as melodi:
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
        before = contents(folder)
        melodi.faults.extend([Fault(200, '{"observations": [')])
        with pytest.raises(SourceError, match="illisible"):
            melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    assert contents(folder) == before


def test_the_first_fetch_that_fails_leaves_nothing(folder):
    with serve(holdings()) as melodi:
        melodi.faults.extend([Fault(404)])
        with pytest.raises(SourceError, match=re.escape(SERIES)):
            melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    assert not folder.exists() or contents(folder) == {}
    assert Diagnostic.open(HEM).fetched is None


def test_a_data_set_that_has_changed_is_told_and_the_others_are_kept(folder):
    refused = []
    with serve({**holdings(), HOUSING: [housing("COM-59299", 2023, TSH="999")]}) as melodi:
        tables = melodi_store.fetch_official_figures(
            find_commune(HEM), base=melodi.base, refuse=refused.append
        )
    assert ["'999'" in error.message for error in refused] == [True]
    assert set(tables) == {
        "population",
        "flows",
        "dwellings",
        "households",
        "ages",
        "single_ages",
        "age_groups",
    }
    assert set(tables["dwellings"]["variable"]) == {"LOG", "RP", "RSECOCC", "LOGVAC"}


def test_a_data_set_that_melodi_no_longer_knows_is_told_and_the_others_are_kept(folder):
    refused = []
    known = holdings()
    del known[AGES]
    with serve(known) as melodi:
        tables = melodi_store.fetch_official_figures(
            find_commune(HEM), base=melodi.base, refuse=refused.append
        )
    assert [AGES in error.message for error in refused] == [True]
    assert {"population", "dwellings"} <= set(tables)
    assert "ages" not in tables


def test_a_commune_that_melodi_does_not_hold_is_refused_by_name(folder):
    with serve(holdings(places=PLACES[1:])) as melodi, pytest.raises(SourceError, match=r"Hem \(59\)"):
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    assert Diagnostic.open(HEM).fetched is None


def test_vintages_that_were_not_fetched_are_refused_with_those_at_hand(folder):
    with serve(holdings()) as melodi:
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    with pytest.raises(MissingDataError, match="2024") as caught:
        Diagnostic.open(HEM, millesime=2024, millesime_ancien=2017)
    assert "2023" in caught.value.remedy


def test_the_same_figures_fetched_again_give_the_same_bytes(folder):
    with serve(holdings()) as melodi:
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
        before = contents(folder)
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    assert contents(folder) == before
