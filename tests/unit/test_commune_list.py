"""The list of communes of the embedded store: what the official files of the list give."""

from __future__ import annotations

import pytest

from helpers import store
from helpers.errors import SourceError
from helpers.sources import commune_list
from helpers.sources.files import read_delimited
from helpers.sources.registry import find_source

COMMUNES = """code;nom;type_liaison;arrondissement;departement;region;epci;siren;codes_postaux;pmun_2022;pmun_2023
01001;L'Abergement-Clémenciat;5;012;01;84;200069193;210100012;01400;859;860
22016;Île-de-Bréhat;0;221;22;53;;212200164;22870;;429
97601;Acoua;1;;976;06;200050532;200008787;97630;5192;5192
"""


@pytest.fixture(scope="module")
def territories(embedded):
    return store.read_reference("territories", folder=embedded).set_index("code")


def read(tmp_path, content, name="communes_2026"):
    path = tmp_path / "liste.csv"
    path.write_text(content, encoding="utf-8")
    return commune_list.read(path, source=find_source(name))


def test_the_communes_are_read_with_their_people_but_those_of_mayotte(tmp_path):
    found = read(tmp_path, COMMUNES)
    latest = found["population"]["year"] == 2023
    assert found["population"][~latest].drop(columns="variable").values.tolist() == [
        ["01001", 2022, 859.0, "communes_2026"]
    ]
    assert found["population"][latest].to_dict("records") == [
        {
            "code": code,
            "year": 2023,
            "variable": "POP",
            "value": people,
            "source": "populations_reference_2023",
        }
        for code, people in (("01001", 860.0), ("22016", 429.0))
    ]
    communes = found["communes"].set_index("code")
    assert communes["epci"].isna().to_dict() == {"01001": False, "22016": True, "97601": False}
    assert communes["arrondissement"].isna().to_dict() == {"01001": False, "22016": False, "97601": True}
    assert communes["people"].isna().to_dict() == {"01001": False, "22016": True, "97601": False}
    assert found["postal_codes"]["postal_code"].tolist() == ["01400", "22870", "97630"]


def test_a_commune_given_twice_is_refused(tmp_path):
    with pytest.raises(SourceError, match="01001"):
        read(tmp_path, COMMUNES + COMMUNES.splitlines()[1] + "\n")


def test_the_parts_of_communes_have_their_kind_and_their_commune(tmp_path):
    content = (
        "code;nom;type;chef_lieu;codes_postaux\n"
        "59355;Lomme;commune-associee;59350;\n59070;Bermeries;commune-deleguee;59006;\n"
        "75101;Paris 1er Arrondissement;arrondissement-municipal;75056;75001\n"
    )
    found = read(tmp_path, content, "communes_deleguees_2026")["inside"]
    assert found[["code", "kind", "successor"]].values.tolist() == [
        ["59355", "associated", "59350"], ["59070", "delegated", "59006"], ["75101", "arrondissement", "75056"],
    ]  # fmt: skip


def test_the_store_has_the_communes_of_2026_in_their_territories(sources, territories):
    path = sources / "geo/communes_2026.csv"
    columns = ["code", "nom", "departement", "region", "epci", "arrondissement"]
    listed = read_delimited(path, columns=columns, separator=";").set_index("code")
    assert set(territories["geography"]) == {2026}
    assert len(territories) == 34_875
    for column, name in zip(
        ["name", "department", "region", "epci", "arrondissement"], columns[1:], strict=True
    ):
        given = listed[name].reindex(territories.index)
        assert ((territories[column] == given) | (territories[column].isna() & given.isna())).all(), column


def test_every_territory_has_the_communes_that_its_register_counts(sources, territories):
    path = sources / "geo/epci_2026.csv"
    counted = read_delimited(path, columns=["code", "communes"], separator=";").set_index("code")["communes"]
    assert territories.groupby("epci").size().to_dict() == counted.astype(int).to_dict()
    assert territories.dropna(subset="epci")["epci_name"].notna().all()


def test_the_populations_of_2023_are_those_of_the_file(sources, embedded):
    path = sources / "geo/communes_2026.csv"
    given = read_delimited(path, columns=["code", "departement", "pmun_2023"], separator=";")
    given = given[given["departement"] != "976"].set_index("code")["pmun_2023"].astype(float)
    frame = store.read("population", folder=embedded)
    latest = frame[(frame["year"] == 2023) & (frame["origin"] == "insee")]
    assert set(latest["source"]) == {"populations_reference_2023"}
    communes = latest[latest["level"] == "commune"].set_index("code")["value"]
    assert communes.to_dict() == given.to_dict()
    whole = latest.set_index(["level", "code"])["value"]
    assert whole["france", "F"] == given.sum()
    assert whole["departement", "59"] == given[given.index.str.startswith("59")].sum()


# On the list of 2024 then on that of 2026, the same people in 2022 (Insee, populations légales 2022).
@pytest.mark.parametrize(
    ("code", "people"),
    [
        # L'Orée de Mormal is Amfroipret (232) and Bermeries (377).
        ("59006", 609),
        ("12218", 1_555),
        ("14581", 1_908),
        ("49126", 16_975),
        ("69114", 4_079),
        ("93066", 148_907),
    ],
)
def test_what_merged_or_changed_its_code_since_2024_keeps_its_figures(embedded, code, people):
    frame = store.read("population", folder=embedded, areas=[("commune", code)])
    assert frame.set_index("year")["value"][2022] == people


@pytest.mark.parametrize("code", ["15141", "15031", "15035", "15047", "15171"])
def test_what_a_split_parted_since_2024_says_so_and_has_the_figures_of_its_own_list(
    embedded, territories, code
):
    assert territories.at[code, "split"] == "2025-01-01"
    frame = store.read("population", folder=embedded, areas=[("commune", code)]).set_index("year")
    assert frame["source"][[2022, 2023]].tolist() == ["communes_2026", "populations_reference_2023"]
    # Before, its figures are those of its former perimeter, of lists before the split.
    assert not frame.index.duplicated().any()


def test_a_sum_holds_everybody_whatever_the_list(sources, embedded):
    columns = ["COM", "PMUN"]
    path = sources / "insee/insee_populations_legales_RP2022_donnees_communes.csv"
    legal = read_delimited(path, columns=columns, separator=";").set_index("COM")["PMUN"].astype(float)
    frame = store.read("population", folder=embedded)
    whole = frame[frame["year"] == 2022].set_index(["level", "code"])["value"]
    assert whole["france", "F"] == legal.sum()
    assert whole["departement", "15"] == legal[legal.index.str.startswith("15")].sum()


def test_one_row_by_code_and_name_of_what_is_no_commune(embedded, territories):
    former = store.read_reference("former_communes", folder=embedded)
    assert not former.duplicated(["code", "key"]).any()
    assert set(former["successor"]) <= set(territories.index)
    assert former["kind"].value_counts()[["delegated", "associated", "arrondissement"]].gt(40).all()


def test_names_that_the_registers_write_plainly_keep_the_spelling_of_insee(territories):
    named = territories.drop_duplicates("epci").set_index("epci")["epci_name"]
    assert named["200093201"] == "Métropole Européenne de Lille"
    assert named["200000800"] == "CC Cœur de Sologne"
    assert named["200040947"] == "CA Coeur de Flandre"
