from __future__ import annotations

import re
from functools import partial

import pandas as pd
import pytest
from melodi_rows import SINGLE_AGES, housing, people, pyramid, series
from melodi_server import Fault, serve
from typer.testing import CliRunner

from helpers import Diagnostic, cli, indicator_table, store
from helpers.errors import MissingDataError, SourceError
from helpers.indicators import engine, registry
from helpers.indicators.measures import Period
from helpers.sources import melodi as client
from helpers.sources.registry import load_registry
from helpers.territory import melodi_store
from helpers.territory.communes import find_commune

HEM = "59299"
PLACES = ["COM-59299", "EPCI-200093201", "DEP-59", "REG-32", "FRANCE-F"]
PEOPLE_OF = {
    "COM-59299": {2017: 18_617, 2023: 18_700}, "EPCI-200093201": {2017: 1_170_630, 2023: 1_200_000},
    "DEP-59": {2017: 2_604_361, 2023: 2_620_000}, "REG-32": {2017: 6_004_000, 2023: 5_999_000},
    "FRANCE-F": {2017: 66_700_000, 2023: 67_900_000}, "COM-59011": {2017: 10_428, 2023: 10_900},
}  # fmt: skip
# Annœullin, of the same EPCI, comes with Hem.
MEMBERS = {"EPCI-200093201": ["COM-59299", "COM-59011"]}
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


# The others have none of the levels asked for.
AROUND = {"members": MEMBERS, "levels": dict.fromkeys(OTHERS, ("ZE2020",))}


def holdings(status="A", places=PLACES):
    """Figures made up for five territories at two censuses; their populations are near the true ones."""
    stock = {"LOG": 100, "RP": 90, "RSECOCC": 4, "LOGVAC": 6}
    events = {"NAIS": 30, "DECE": 20, "PMEN": 190}
    return {
        SERIES: [
            row
            for place in places
            for year, size in ((2017, 1), (2023, 10))
            for row in series(
                place,
                year,
                {"POP": PEOPLE_OF[place][year], **{name: size * n for name, n in {**stock, **events}.items()}},
                status,
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
    with serve(holdings(), **AROUND) as melodi:
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


@pytest.mark.large
def test_an_embedded_value_that_nothing_official_replaces_is_kept(folder):
    with serve(holdings(), **AROUND) as melodi:
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    population = Diagnostic.open(HEM, millesime=2023, millesime_ancien=2017).table("population")
    own = population[population["territory"] == "Hem"].set_index("year")
    assert own.loc[2023, "value"] == 18_700
    assert own.loc[2017, "value"] == 18_617
    assert own.loc[2017, "source"] == "melodi_serie_historique"
    # Legal population of 2022, https://www.insee.fr/fr/statistiques/8290591
    assert own.loc[2022, "value"] == 18579
    assert not own.index.has_duplicates


@pytest.mark.large
def test_the_other_communes_keep_their_figures(folder):
    with serve(holdings(), **AROUND) as melodi:
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    other = Diagnostic.open("59011").table("ages")
    assert (other["origin"] == "demonstration").all()
    around = Diagnostic.open(HEM).around_table("population")
    assert {"59011", HEM} <= set(around["territory"])


@pytest.mark.large
def test_figures_that_hold_another_commune_s_are_said_to(folder):
    with serve(holdings(status="W")) as melodi:
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    assert (
        "d’une autre commune"
        in Diagnostic.open(HEM, millesime=2023, millesime_ancien=2017).method().to_html()
    )


@pytest.mark.large
def test_figures_of_the_commune_alone_are_not(folder):
    with serve(holdings(), **AROUND) as melodi:
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    assert (
        "d’une autre commune"
        not in Diagnostic.open(HEM, millesime=2023, millesime_ancien=2017).method().to_html()
    )


def test_a_fetch_that_gives_nothing_leaves_the_former_figures(folder):
    with serve(holdings(), **AROUND) as melodi:
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
        before = contents(folder)
    with serve({}) as melodi, pytest.raises(SourceError, match="aucun chiffre"):
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    assert contents(folder) == before


def test_the_first_fetch_that_fails_leaves_nothing(folder):
    with serve({}) as melodi, pytest.raises(SourceError, match=re.escape(SERIES)):
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    assert not folder.exists() or contents(folder) == {}
    assert Diagnostic.open(HEM).fetched is None


@pytest.mark.large
def test_what_a_data_set_gave_before_is_kept_when_it_gives_nothing(folder):
    with serve(holdings(), **AROUND) as melodi:
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    later = holdings()
    for row in later[SERIES]:
        row["value"] += 1 if row["RP_MEASURE"] == "POP" else 0
    with serve(later, **AROUND, refused={AGES: Fault(404)}, listed=2027) as melodi:
        fetched = melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    assert [gap.dataset for gap in fetched.gaps if not gap.place] == [AGES]
    d = Diagnostic.open(HEM, millesime=2023, millesime_ancien=2017)
    people = d.commune_rows(d.table("population")).set_index("year")["value"]
    assert people[2023] == 18_701
    assert set(d.commune_rows(d.table("ages"))["origin"]) == {"insee"}
    # Each is in the list of communes of its own edition.
    geographies = store.read_sources(d.folder, fetched=d.fetched).set_index("id")["geography"]
    assert (geographies["melodi_ages"], geographies["melodi_serie_historique"]) == (2026, 2027)


def test_a_data_set_that_has_changed_is_reported_and_the_others_are_kept(folder):
    changed = {**holdings(), HOUSING: [housing("COM-59299", 2023, TSH="999")]}
    with serve(changed, **AROUND) as melodi:
        fetched = melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    assert ["'999'" in gap.reason for gap in fetched.gaps if not gap.place] == [True]
    assert set(fetched.tables) == {
        "population",
        "flows",
        "dwellings",
        "households",
        "ages",
        "single_ages",
        "age_groups",
    }
    assert set(fetched.tables["dwellings"]["variable"]) == {"LOG", "RP", "RSECOCC", "LOGVAC"}


def test_the_communes_of_the_epci_are_official_too(folder):
    with serve(holdings(places=[*PLACES, "COM-59011"]), **AROUND) as melodi:
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    d = Diagnostic.open(HEM, millesime=2023, millesime_ancien=2017)
    around = d.around_table("ages")
    near = around[around["territory"] == "59011"]
    assert set(near["origin"]) == {"insee"}
    assert near["value"].sum() == 3 * len(SINGLE_AGES)
    # Those of which nothing came are as they were.
    assert "demonstration" in set(around.loc[around["territory"] == "59350", "origin"])
    stock = d.tables_for(d.siblings, names=("dwellings",))["dwellings"]
    stock = stock[(stock["territory"] == "59011") & (stock["year"] == 2023) & (stock["variable"] == "LOG")]
    assert stock["value"].tolist() == [1000]
    assert stock["origin"].tolist() == ["insee"]


def test_ranks_among_the_communes_of_the_epci_are_computed_from_what_was_fetched(folder, monkeypatch):
    """A store with its table of indicators: the rows of a commune that was fetched are made anew."""
    asked = []

    class Table:
        def covers(self, since, until):
            return True

        def rows(self, level, codes, names):
            asked.extend(codes)
            return pd.DataFrame(columns=["territory", *engine.COLUMNS])

    monkeypatch.setattr(indicator_table, "find", lambda folder: Table())
    with serve(holdings(places=[*PLACES, "COM-59011"]), **AROUND) as melodi:
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    d = Diagnostic.open(HEM, millesime=2023, millesime_ancien=2017)
    figures = d.figures_for(d.siblings, names=("vacance",))
    assert "59350" in asked
    assert {HEM, "59011"}.isdisjoint(asked)
    shares = figures.measure(registry.find("vacance"), Period(2017, 2023)).set_index("territory")["value"]
    # 60 vacant homes in 1 000.
    assert shares[[HEM, "59011"]].tolist() == pytest.approx([6, 6])


def test_the_citation_is_that_of_the_rows(folder):
    """A later census, in a later list of communes: the page says so, and what it takes from the store stays apart."""
    later = holdings()
    for row in later[SERIES]:
        row["TIME_PERIOD"] = {"2017": "2018", "2023": "2024"}[row["TIME_PERIOD"]]
    with serve(later, **AROUND, listed=2027) as melodi:
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    d = Diagnostic.open(HEM, millesime=2024, millesime_ancien=2018)
    line = d.source_line(["melodi_serie_historique"])
    assert line.startswith(
        "Insee, RP2018 à RP2024, exploitations principales ; état civil, géographie au 01/01/2027."
    )
    both = d.source_line(["melodi_serie_historique", "comparateur_2018"])
    assert "géographie au 01/01/2027" in both
    assert f"géographie au 01/01/{d.commune.geography}" in both
    assert "2023" not in line


def test_figures_of_another_place_are_stopped_and_both_are_named(folder):
    """A mirror, or an edition whose rows have moved: a population three times the known one."""
    moved = holdings()
    for row in moved[SERIES]:
        if row["GEO"] == "COM-59299":
            row["value"] *= 3
    with serve(moved, **AROUND) as melodi, pytest.raises(SourceError, match="Hem") as caught:
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    # Known: population of 2023, https://www.insee.fr/fr/statistiques/8680726
    assert "56\u202f100 habitants en 2023" in caught.value.message
    assert "18\u202f582 connus en 2023" in caught.value.message
    assert "HELPERS_MIRROR" in caught.value.remedy
    assert not folder.exists() or contents(folder) == {}


@pytest.mark.large
def test_a_neighbour_or_a_territory_of_another_place_is_left_out_and_reported(folder):
    moved = holdings(places=[*PLACES, "COM-59011"])
    for row in moved[SERIES]:
        if row["GEO"] in ("COM-59011", "DEP-59") and row["RP_MEASURE"] == "POP":
            row["value"] *= 3
    with serve(moved, **AROUND) as melodi:
        fetched = melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    assert [gap.place for gap in fetched.gaps if gap.dataset == "population"] == ["Annœullin (59011)", "Nord"]
    for table in fetched.tables.values():
        kept = set(zip(table["level"], table["code"], strict=True))
        assert ("commune", "59299") in kept
        assert kept.isdisjoint({("commune", "59011"), ("departement", "59")})


def test_a_commune_that_melodi_does_not_hold_is_refused_by_name(folder):
    with serve(holdings(places=PLACES[1:])) as melodi, pytest.raises(SourceError, match=r"Hem \(59\)"):
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    assert Diagnostic.open(HEM).fetched is None


@pytest.mark.large
def test_vintages_that_were_not_fetched_are_refused_with_those_at_hand(folder):
    with serve(holdings(), **AROUND) as melodi:
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    with pytest.raises(MissingDataError, match="2024") as caught:
        Diagnostic.open(HEM, millesime=2024, millesime_ancien=2017)
    assert "2023" in caught.value.remedy


@pytest.mark.large
def test_the_same_figures_fetched_again_give_the_same_bytes(folder):
    with serve(holdings(), **AROUND) as melodi:
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
        before = contents(folder)
        melodi_store.fetch_official_figures(find_commune(HEM), base=melodi.base)
    assert contents(folder) == before


# The command.


def command(base, monkeypatch):
    monkeypatch.setenv("HELPERS_MIRROR", base)
    result = CliRunner().invoke(cli.app, ["data", "Hem"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result.exit_code, " ".join(result.output.split())


def test_the_command_tells_what_came_and_what_did_not(folder, monkeypatch):
    held = holdings(places=[place for place in PLACES if place not in ("DEP-59", "REG-32")])
    with serve(held, **AROUND) as melodi:
        code, answer = command(melodi.base, monkeypatch)
    assert code == 0, answer
    assert "population 6 valeurs, 2017, 2023" in answer
    assert "Source : Insee, RP2017 à RP2023, exploitations principales ; état civil" in answer
    assert (
        "Manque : Recensements de 1968 à 2023, série historique (DS_RP_SERIE_HISTORIQUE), Arrondissement de Lille, "
        "Nord, Hauts-de-France : aucune valeur. → "
    ) in answer
    assert "lancez make commune=hem" in answer


def test_the_command_ends_badly_when_a_data_set_is_missing_and_keeps_the_others(folder, monkeypatch):
    with serve(holdings(), **AROUND, refused={AGES: Fault(404)}) as melodi:
        code, answer = command(melodi.base, monkeypatch)
    assert code == 1
    assert f"({AGES}) : Melodi ne donne pas {AGES} : réponse 404" in answer
    assert Diagnostic.open(HEM, millesime=2023, millesime_ancien=2017).fetched is not None


def test_the_command_says_which_figures_are_not_those_of_the_place(folder, monkeypatch):
    moved = holdings()
    for row in moved[SERIES]:
        row["value"] *= 3
    with serve(moved, **AROUND) as melodi:
        code, answer = command(melodi.base, monkeypatch)
    assert code == 1
    assert "Erreur : Hem (59) : Melodi donne 56 100 habitants en 2023, contre 18 582 connus en 2023" in answer
