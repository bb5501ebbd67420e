"""What stays simulated beside national files: all that no file gives nor contradicts, and nothing else."""

from __future__ import annotations

import pandas as pd
import pytest
import small_store

from helpers import store
from helpers.store import simulated

HEM, LILLE = "59299", "59350"
NAMES = {HEM: "Hem", LILLE: "Lille"}


def made_up(table, *keys):
    """Simulated rows of communes."""
    values = {("commune", *key): 1.0 for key in keys}
    return small_store.rows(table, values, origin="demonstration", source="demonstration")


# Of each commune: a long series of the stock, its tenures at one date, two pyramids, starts and births.
DEMONSTRATION = {
    "flows": made_up(
        "flows",
        *((code, year, "LOGCOM", year - 1) for code in (HEM, LILLE) for year in (2009, 2014)),
        *((code, 2013, "NAIS", 2008) for code in (HEM, LILLE)),
    ),
    "dwellings": made_up(
        "dwellings",
        *((code, year, "RP") for code in (HEM, LILLE) for year in (1968, 2008)),
        *((code, year, "RP_PROP") for code in (HEM, LILLE) for year in (2008, 2018)),
    ),
    "ages_tenure": made_up(
        "ages_tenure",
        *((code, year, "POP", "F", 60, "owner") for code in (HEM, LILLE) for year in (2008, 2018)),
    ),
}


@pytest.fixture
def part(tmp_path):
    """Part the demonstration, given what files gave: `{table: rows of the store}`."""

    def _part(files):
        given = {}
        for table, frame in files.items():
            store.write({table: frame}, tmp_path)
            given[table] = [tmp_path / f"{table}.parquet"]
        stay, go = simulated.part_with(DEMONSTRATION, given, temporary=tmp_path)
        for table, frame in DEMONSTRATION.items():
            both = pd.concat([stay[table], go[table]]).sort_index()
            pd.testing.assert_frame_equal(both, frame)
        return stay, go

    return _part


def keys_of(tables):
    """What rows are of: table, commune, year, variable."""
    return {
        (table, row.code, row.year, row.variable)
        for table, frame in tables.items()
        for row in frame.itertuples(index=False)
    }


def test_homes_started_take_the_place_of_those_simulated_and_of_nothing_else(part):
    starts = {("commune", code, 2020, "LOGCOM", 2019): 7.0 for code in (HEM, LILLE, "59011")}
    _, go = part({"flows": small_store.rows("flows", starts, source="sitadel_2025")})
    # At every date, those that the file leaves without a value too: half a series would lie.
    assert keys_of(go) == {("flows", code, year, "LOGCOM") for code in (HEM, LILLE) for year in (2009, 2014)}


def test_a_commune_that_the_file_does_not_give_keeps_its_demonstration(part):
    starts = {("commune", HEM, 2020, "LOGCOM", 2019): 7.0}
    _, go = part({"flows": small_store.rows("flows", starts)})
    assert {code for _, code, _, _ in keys_of(go)} == {HEM}


def test_what_added_up_with_a_value_replaced_goes_at_that_date(part):
    homes = {("commune", HEM, 2008, "RP"): 7.0, ("commune", HEM, 2023, "RP"): 8.0}
    _, go = part({"dwellings": small_store.rows("dwellings", homes)})
    assert keys_of(go) == {
        # The file's own variable, at every date.
        ("dwellings", HEM, 1968, "RP"), ("dwellings", HEM, 2008, "RP"),
        # What was fitted on the homes of 2008; 2018 is as it was.
        ("dwellings", HEM, 2008, "RP_PROP"), ("ages_tenure", HEM, 2008, "POP"),
    }  # fmt: skip


def test_values_of_another_date_contradict_nothing(part):
    homes = {("commune", HEM, 2023, "RP_LOC"): 7.0}
    stay, go = part({"dwellings": small_store.rows("dwellings", homes)})
    assert keys_of(go) == set()
    assert keys_of(stay) == keys_of(DEMONSTRATION)
    assert simulated.describe(go, stay, names=NAMES, files={"dwellings": ["logement_2023"]}) == []


def test_larger_territories_of_a_file_take_the_place_of_no_commune(part):
    _, go = part({"dwellings": small_store.rows("dwellings", {("epci", "200093201", 2008, "RP"): 7.0})})
    assert keys_of(go) == set()


def test_what_goes_is_reported_with_its_table_its_communes_and_the_way_back(part):
    homes = {("commune", code, 2008, "RP"): 7.0 for code in (HEM, LILLE)}
    stay, go = part({"dwellings": small_store.rows("dwellings", homes)})
    files = {"dwellings": ["logement_2018"]}
    found = simulated.describe(go, stay, names=NAMES, files=files)
    homes_change, pyramids, back = (text.replace("\u00a0", " ") for text in found)
    for clue in (
        "table dwellings",
        "RP, RP_PROP",
        "1968",
        "2008",
        "2 communes (Hem, Lille)",
        "logement_2018",
    ):
        assert clue in homes_change
    assert "le reste de la table demeure simulé" in homes_change
    assert "table ages_tenure (Population par sexe, âge et statut d’occupation) : POP, 2008" in pyramids
    assert "calé sur ce qu’un fichier remplace" in pyramids
    assert "Restent simulées, et marquées : flows, dwellings, ages_tenure." in back
    assert "rm -r data/store/national data/store/parts" in back
