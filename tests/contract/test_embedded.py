"""What the embedded store promises: it is what the official files give, and it can be published."""

from __future__ import annotations

import itertools

import ingested_again
import pytest

from helpers import store
from helpers.errors import SourceError
from helpers.sources import readers
from helpers.sources.registry import find_source
from helpers.store import embedded as building


@pytest.mark.large
def test_files_ingested_give_their_values_of_the_embedded_store(sources, embedded, tmp_path):
    # Of the census, of incomes and of vacancy: tests/many_communes ingests them all, and builds the store again.
    few = ("rp_2021", "filosofi_2019", "lovac_2025_taux")
    assert set(few) <= set(building.FILES)
    ingested_again.assert_alike(few, sources=sources, embedded=embedded, folder=tmp_path)


def test_a_build_without_official_files_says_which_one_is_missing(tmp_path):
    with pytest.raises(SourceError) as caught:
        building.build(tmp_path / "nothing", tmp_path / "store")
    assert "base_cc_comparateur_2018_csv.zip" in caught.value.message
    assert "HELPERS_SOURCES" in caught.value.remedy
    assert not (tmp_path / "store").exists()


def test_the_embedded_store_is_small_enough_for_a_repository(embedded):
    assert sum(path.stat().st_size for path in embedded.iterdir()) < 15_000_000
    assert {path.suffix for path in embedded.iterdir()} <= {".parquet", ".json", ".csv", ".md"}


def test_simulated_detail_stays_within_the_metropolis(embedded):
    territories = store.read_reference("territories", folder=embedded)
    inside = territories[territories["epci"] == building.MEL]
    places = {("commune", code) for code in inside["code"]} | {("epci", building.MEL)}
    for name in ("ages", "ages_tenure", "dwellings", "households", "population", "flows"):
        frame = store.read(name, folder=embedded)
        simulated = frame[frame["origin"] == "demonstration"]
        assert set(zip(simulated["level"], simulated["code"], strict=True)) <= places, name


def test_a_sum_with_a_simulated_part_is_simulated(embedded):
    territories = store.read_reference("territories", folder=embedded)
    members = set(territories.loc[territories["epci"] == building.MEL, "code"])
    for name in ("population", "dwellings", "households"):
        frame = store.read(name, folder=embedded)
        key = ["year", "variable"]
        parts = frame[(frame["level"] == "commune") & frame["code"].isin(members)]
        partly = parts[parts["origin"] == "demonstration"].groupby(key).size().index
        sums = frame[(frame["level"] == "epci") & (frame["code"] == building.MEL)].set_index(key)["origin"]
        assert (sums[sums.index.isin(partly)] == "demonstration").all(), name
        assert (sums[~sums.index.isin(partly)] == "insee").all(), name


def test_the_store_holds_what_a_first_diagnostic_needs(embedded):
    for code in ("59299", "59220", "59011", "59527"):
        for name, variables in {
            "population": {"POP"},
            "dwellings": {"LOG", "RP", "RSECOCC", "LOGVAC", "RP_PROP"},
            "households": {"MEN"},
            "flows": {"NAIS", "DECE"},
            "income": {"MED", "TP60"},
            "social_housing": {"RPLS"},
        }.items():
            frame = store.read(name, folder=embedded, areas=[("commune", code)])
            real = frame[frame["origin"] == "insee"]
            assert variables <= set(real["variable"]), (code, name)


# Homes started in 2013 (SDES, Sitadel), former communes included.
STARTED_IN_2013 = {"74010": 1050, "85194": 465, "59588": 22}


def test_homes_started_are_those_of_todays_communes(embedded):
    frame = store.read("flows", folder=embedded, areas=[("commune", code) for code in STARTED_IN_2013])
    found = frame[(frame["variable"] == "LOGCOM") & (frame["since"] == 2013)]
    assert dict(zip(found["code"], found["value"], strict=True)) == STARTED_IN_2013


def test_every_commune_has_its_homes_started_and_none_is_simulated(embedded):
    frame = store.read("flows", folder=embedded)
    homes = frame[frame["variable"].isin(["LOGAUT", "LOGCOM"])]
    assert set(homes["origin"]) == {"insee"}
    years = homes[homes["level"] == "commune"].groupby("variable")["since"].agg(["min", "max"])
    assert years.loc["LOGCOM"].to_list() == [2013, 2024]
    listed = store.read_reference("territories", folder=embedded)
    # Mayotte is in no sum; what came out of a split since the core is in the commune it left.
    listed = listed[(listed["department"] != "976") & listed["area"].notna()]
    assert set(listed["code"]) <= set(
        homes.loc[(homes["variable"] == "LOGCOM") & (homes["since"] == 2024), "code"]
    )


def test_homes_started_and_the_stock_of_2021_add_up_at_every_level(embedded):
    listed = store.read_reference("territories", folder=embedded)
    listed = listed[listed["department"] != "976"].set_index("code")
    columns = {"epci": "epci", "departement": "department", "region": "region"}
    places = {level: listed[column] for level, column in columns.items()}
    places["france"] = listed["department"].map(lambda _: "F")
    for name, variables, when in (("flows", ["LOGCOM"], 2020), ("dwellings", ["LOG", "RP"], 2021)):
        table = store.read(name, folder=embedded)
        for (level, place), variable in itertools.product(places.items(), variables):
            frame = table[(table["variable"] == variable) & (table["year"] == when)]
            communes = frame[frame["level"] == "commune"]
            sums = communes.groupby(communes["code"].map(place).astype("str"))["value"].sum()
            larger = frame[(frame["level"] == level) & (frame["origin"] == "insee")].set_index("code")[
                "value"
            ]
            larger = larger[~larger.index.isin(["32"])] if name == "dwellings" else larger
            assert len(larger) > 0, (name, variable, level)
            gap = (larger - sums.reindex(larger.index)).abs()
            assert gap.max() < 1e-6, (name, variable, level, gap.idxmax())


def test_the_population_of_france_is_whole_where_communes_were_cut_since(embedded):
    frame = store.read(
        "population", folder=embedded, areas=[("france", "F"), ("departement", "60"), ("departement", "14")]
    )
    people = frame.set_index(["level", "year"])["value"]
    # Insee, populations légales 2017, France without Mayotte: 66 524 339 (https://www.insee.fr/fr/statistiques/4265429).
    assert people["france", 2017] == 66_524_339
    known = frame[frame["code"] == "60"]["year"]
    assert {2017, 2018, 2019, 2020, 2021, 2022} <= set(known)


def test_homes_started_in_france_are_those_of_the_file(sources, embedded):
    record = find_source("sitadel_2024")
    given = readers.read(record, sources)["flows"]
    given = given[(given["variable"] == "LOGCOM") & ~given["code"].str.startswith("976")]
    whole = given.groupby("since")["value"].sum()
    frame = store.read("flows", folder=embedded, areas=[("france", "F")])
    kept = frame[frame["variable"] == "LOGCOM"].set_index("since")["value"]
    assert {2013, 2017, 2024} <= set(kept.index)
    # Two communes whose chain of movements has two steps on one day are not found again.
    assert ((whole.reindex(kept.index) - kept).between(0, 30)).all()


def test_the_stock_of_2021_and_the_incomes_are_those_of_the_files(sources, embedded):
    for identifier, table in (
        ("rp_2021", "dwellings"),
        ("filosofi_2021_extrait", "income"),
        ("lovac_2025_taux", "vacancy"),
    ):
        given = readers.read(find_source(identifier), sources)[table]
        kept = store.read(
            table, folder=embedded, areas=[("commune", code) for code in ("59299", "59350", "85194")]
        )
        key = ["code", "year", "variable"]
        both = given.merge(kept, on=key, suffixes=("", "_kept"))
        assert len(both) >= 5, identifier
        assert (both["value"] == both["value_kept"]).all(), identifier
