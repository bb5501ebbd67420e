"""The levels of territory: what one table says of them, and that nothing else has to be reported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from fake_official_files import yearly

from helpers import levels, paths, store

# A level more, in the table before anything reads it: a fresh process. Its figures are consolidated from those of
# communes, checked, compared with, named, selected.
_ANOTHER_LEVEL = """
import json, os, sys
from pathlib import Path

from helpers import levels

basin = levels.Level("bassin", "BV2022", "bassin de vie", "du bassin de vie", "bassin de vie", "basin",
                     show=lambda name: f"Le {name}", default=False, complete=False)
levels.LEVELS = (*levels.LEVELS[:2], basin, *levels.LEVELS[2:])

folder = Path(sys.argv[1])
os.environ["HELPERS_STORE"] = str(folder / "store")

import pandas as pd
import small_store

from helpers import schemas, store
from helpers.diagnostic import Diagnostic

from helpers.publication import selection
from helpers.sources.registry import find_source
from helpers.store import checks
from helpers.store.consolidation import consolidate
from helpers.store.geography import read_geography
from helpers.store.parts import write_part
from helpers.wording.finding import of_level

codes = ["59011", "59299", "59350", "01004"]
small_store.MEMBERS["bassin"] = {"59011": "59001", "59299": "59001"}
small_store.write(folder / "store", codes=codes)
geography = read_geography(folder / "store")

people = pd.DataFrame([(code, year, "POP", people * year) for code, people in zip(codes, (1, 2, 4, 8))
                       for year in (2013, 2018)], columns=["code", "year", "variable", "value"])
write_part(people, folder / "part", table="population", source=find_source("populations_legales_2022"),
           geography=geography, temporary=folder)
consolidate("population", [folder / "part"], folder / "table", geography=geography, temporary=folder)
tables = {name: small_store.rows(name, {}) for name in schemas.TABLES}
small_store.write(folder / "store", codes=codes, tables={**tables, "population": pd.read_parquet(folder / "table")})

sheet = Diagnostic.open("59299", comparaison=["bassin", "france"])
compared = sheet.table("population").query("year == 2018").set_index("territory")["value"]
listed = store.read("population", folder=folder / "store")
print(json.dumps({
    "sums": listed[listed["level"] == "bassin"].set_index(["code", "year"])["value"].reset_index().values.tolist(),
    "problems": [problem.name for problem in checks.check(folder / "store")],
    "names": sheet.names,
    "compared": compared.to_dict(),
    "area": sheet.areas.set_index("territory")["area"].to_dict(),
    "after_de": of_level(sheet.names[1], sheet.commune),
    "selected": [place.code for place in selection.load("bassin:59001").places],
}))
"""


def test_a_level_more_is_one_row_of_the_table(tmp_path):
    (tmp_path / "store").mkdir()
    tests = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _ANOTHER_LEVEL, str(tmp_path)],
        capture_output=True, text=True, check=False, timeout=120, cwd=tests,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    name, basin = yearly.name("59299"), "Le Bassin de vie 59001"
    assert found == {
        "sums": [["59001", 2013, 3.0 * 2013], ["59001", 2018, 3.0 * 2018]],
        "problems": [],
        "names": [name, basin, "France hors Mayotte"],
        "compared": {name: 2.0 * 2018, basin: 3.0 * 2018, "France hors Mayotte": 15.0 * 2018},
        "area": {name: 10.0, basin: 20.0, "France hors Mayotte": 40.0},
        "after_de": "du bassin de vie",
        "selected": ["59011", "59299"],
    }


def test_the_territories_made_of_a_single_commune_are_those_that_the_table_says(embedded):
    territories = store.read_reference("territories", folder=embedded)
    territories = territories[territories["department"] != "976"]
    for level in levels.divided():
        sizes = territories[level.column].value_counts()
        assert set(sizes[sizes == 1].index) == set(level.single), level.key


def test_the_territories_of_the_store_are_complete_where_the_table_says_so(embedded):
    territories = store.read_reference("territories", folder=embedded)
    for level in levels.divided():
        known = territories[[level.column, level.name_column]].notna().all(axis="columns")
        assert known.all() == level.complete, level.key


def test_levels_are_reported_apart_by_everything_that_names_them():
    for names in (
        [level.key for level in levels.LEVELS],
        [level.insee for level in levels.LEVELS],
        [level.noun for level in levels.LEVELS],
        [level.sql for level in levels.LEVELS],
    ):
        assert len(set(names)) == len(names)


def test_a_level_that_does_not_exist_is_an_error():
    with pytest.raises(KeyError, match="canton"):
        levels.find("canton")


def test_the_default_comparisons_of_the_parameters_are_those_of_the_table():
    assert f"comparaison: [{', '.join(levels.defaults())}]" in (paths.PARAMS / "defaut.yml").read_text(
        "utf-8"
    )
