"""The table of indicators: made once for what a store holds, read in place, the same figures as those computed."""

from __future__ import annotations

import pandas as pd
import pytest
import small_store

from helpers import indicator_table, schemas, store
from helpers.diagnostic import Diagnostic
from helpers.indicators import engine, registry
from helpers.indicators.measures import Period
from helpers.indicators.registry import INDICATORS
from helpers.territory.panel import ComparisonGroup
from helpers.wording.issues import compare_facts

CODES = ["59011", "59299", "59350", "01004"]
YEARS = (2013, 2018)


def tables(*, people=1000.0, origin="insee"):
    """People and homes of four communes and their EPCI, births and deaths between two censuses."""
    values = {
        "population": {("commune", code, year, "POP"): people * (rank + 1) + year for rank, code in enumerate(CODES) for year in YEARS},
        "dwellings": {
            ("commune", code, year, name): 100.0 * (rank + 1) * share
            for rank, code in enumerate(CODES)
            for year in YEARS
            for name, share in (("LOG", 10), ("RP", 9), ("RSECOCC", 0.25), ("LOGVAC", 0.75))
        },
        "flows": {
            ("commune", code, 2018, name, 2013): number
            for code in CODES
            for name, number in (("NAIS", 80.0), ("DECE", 50.0))
        },
    }  # fmt: skip
    return {name: small_store.rows(name, values.get(name, {}), origin=origin) for name in schemas.TABLES}


@pytest.fixture
def folder(tmp_path):
    return small_store.write(tmp_path / "store", codes=CODES, tables=tables())


def test_a_table_that_was_not_made_is_not_found_and_one_made_is_the_same_for_all(folder):
    assert indicator_table.find(folder) is None
    made = indicator_table.make(folder)
    assert indicator_table.find(folder) is made
    assert indicator_table.make(folder) is made


def test_a_store_that_has_changed_has_no_table_and_a_new_one_takes_the_place_of_the_former(folder, tmp_path):
    indicator_table.make(folder)
    former = indicator_table.path_of(folder)
    other = small_store.write(tmp_path / "other", codes=CODES, tables=tables())
    indicator_table.make(other)
    small_store.write(folder, codes=CODES, tables=tables(people=2000.0))
    store.forget()
    assert indicator_table.find(folder) is None
    indicator_table.make(folder)
    assert not former.exists()
    assert indicator_table.find(other) is not None


def test_other_definitions_make_another_table(folder, monkeypatch):
    before = indicator_table.path_of(folder)
    monkeypatch.setattr(indicator_table, "code_hash", lambda: "another")
    assert indicator_table.path_of(folder) != before


def test_a_table_that_cannot_be_written_leaves_nothing_behind(folder, monkeypatch):
    def fail(*_args, **_options):
        raise OSError("no space left")

    monkeypatch.setattr(indicator_table.pa.ipc, "new_file", fail)
    with pytest.raises(OSError, match="no space"):
        indicator_table.make(folder)
    place = indicator_table.path_of(folder).parent
    assert not any(place.glob(".*.arrow"))
    assert indicator_table.find(folder) is None


def test_the_periods_are_those_whose_ends_most_communes_know(folder):
    assert indicator_table.make(folder).periods == {YEARS}
    assert indicator_table.make(folder).covers(*YEARS)
    assert not indicator_table.make(folder).covers(2008, 2018)


def test_rows_are_those_that_are_computed_for_these_territories_alone(folder):
    table = indicator_table.make(folder)
    asked = ["59299", "01004", "99999"]
    cube = indicator_table.read_cube(folder, [("commune", code) for code in asked])
    computed = engine.compute(cube, [Period(*YEARS)])
    computed["territory"] = computed["territory"].astype("str").str.removeprefix("commune:")
    read = table.rows("commune", asked)
    keys = ["territory", "indicator", "since", "year"]
    texts = dict.fromkeys(("territory", "indicator", "verdict", "origin", "sources"), "str")
    both = [frame.astype(texts).sort_values(keys, ignore_index=True) for frame in (read, computed)]
    pd.testing.assert_frame_equal(*both, check_dtype=False)
    assert set(read["territory"]) == {"59299", "01004"}


def test_only_the_indicators_asked_for_are_read(folder):
    rows = indicator_table.make(folder).rows("commune", ["59299"], ["vacance", "inconnu"])
    assert set(rows["indicator"].astype("str")) == {"vacance"}
    assert rows["value"].tolist() == pytest.approx([7.5, 7.5])
    assert sorted(rows["year"]) == list(YEARS)


def test_every_row_has_its_level_and_code(folder):
    rows = indicator_table.make(folder).read()
    assert list(rows.columns) == ["level", "code", *engine.COLUMNS]
    assert set(zip(rows["level"], rows["code"], strict=True)) == {("commune", code) for code in CODES}


@pytest.mark.parametrize(("simulated", "empty"), [(False, True), (True, False)])
def test_open_data_leave_out_what_is_simulated_unless_it_is_asked_for(tmp_path, simulated, empty):
    folder = small_store.write(tmp_path / "store", codes=CODES, tables=tables(origin="demonstration"))
    files = indicator_table.publish(folder, tmp_path / "open", simulated=simulated)
    assert pd.read_parquet(files["parquet"]).empty is empty
    assert pd.read_csv(files["csv"]).empty is empty


def test_open_data_say_the_same_in_both_files_and_come_with_their_dictionary(folder, tmp_path):
    files = indicator_table.publish(folder, tmp_path / "open")
    parquet = pd.read_parquet(files["parquet"])
    written = pd.read_csv(files["csv"], dtype={"code": "str"})
    assert written["code"].tolist() == parquet["code"].tolist()
    assert written["value"].tolist() == pytest.approx(parquet["value"].tolist())
    text = pd.read_csv(files["dictionary"])
    assert text["indicator"].tolist() == [one.id for one in INDICATORS]
    assert set(parquet["indicator"]) <= set(text["indicator"])


def test_a_diagnostic_tells_the_same_problems_and_key_figures_with_the_table_and_without(
    embedded, table_of_indicators, monkeypatch, tmp_path
):
    found = []
    for state in ("computed", "read"):
        with monkeypatch.context() as patch:
            if state == "computed":
                patch.setenv("HELPERS_INDICATORS", str(tmp_path))
            assert (indicator_table.find(embedded) is None) == (state == "computed")
            found += _tell("59299", "59643", "39198")
    for computed, read in zip(found[:3], found[3:], strict=True):
        pd.testing.assert_frame_equal(computed[0], read[0], check_dtype=False)
        assert computed[1:] == read[1:]


def _tell(*codes):
    for code in codes:
        d = Diagnostic.open(commune=code, millesime=2018, millesime_ancien=2013)
        # The commune is among those around it, and is not counted twice.
        around = ComparisonGroup((code, *d.siblings.codes), "", "")
        vacancy = d.figures_for(around, names=["vacance"]).measure(registry.find("vacance"), d.period)
        yield compare_facts(d.problems), d.cards, d.key_figures().text, sorted(vacancy["territory"])
