"""Figures as frames: parts of a whole, indicators side by side, the dates and places that may be reported."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import long
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.indicators.crosstabs import (
    Parts,
    Stack,
    at,
    at_dates,
    by_year,
    figures,
    gather,
    over_time,
    parts_of,
    sampled,
)
from helpers.indicators.cube import Cube
from helpers.indicators.quantities import MAIN_HOMES, STOCK

STOCKS = Parts(
    "category",
    {
        "vacant": ("vacance", "Vacants"),
        "main": ("principales", "Principales"),
        "second": ("secondaires", "Secondaires"),
    },
)
CODES = ("LOGVAC", "RP", "RSECOCC")
HOMES = {"LOG": 100.0, "RP": 80.0, "RSECOCC": 5.0, "LOGVAC": 15.0}


def cube_of(values, **options):
    return Cube({"dwellings": long(values, **options)})


@given(st.lists(st.floats(0, 1e6), min_size=3, max_size=3).filter(lambda parts: sum(parts) > 1))
@settings(max_examples=30)
def test_parts_are_reported_in_their_order_with_their_share_of_the_whole(values):
    homes = dict(zip(CODES, values, strict=True))
    found = parts_of(cube_of({("Hem", 2018): {"LOG": sum(values), **homes}}), STOCKS, years=[2018])
    assert list(found.columns) == [
        "territory", "year", "category", "label", "value", "share", "base", "origin", "sources",
    ]  # fmt: skip
    assert found["category"].tolist() == ["vacant", "main", "second"]
    assert (
        found["label"].tolist() == ["Vacants", "Principales", "Secondaires"] == list(STOCKS.labels.values())
    )
    assert found["value"].tolist() == values
    assert (found["share"] * sum(values) / 100).tolist() == pytest.approx(values)


@pytest.mark.parametrize("missing", HOMES)
def test_a_part_is_reported_beside_all_the_others_or_not_at_all(missing):
    partly = {name: value for name, value in HOMES.items() if name != missing}
    cube = cube_of({("Hem", 2013): partly, ("Hem", 2018): HOMES, ("MEL", 2018): partly})
    found = parts_of(cube, STOCKS, years=[2013, 2018])
    assert set(zip(found["territory"], found["year"], strict=True)) == {("Hem", 2018)}
    unknown = cube_of({("Hem", 2018): {**HOMES, missing: np.nan}})
    assert parts_of(unknown, STOCKS, years=[2018]).empty


def test_a_nil_whole_has_no_parts_and_a_nil_part_is_one():
    cube = cube_of({("Hem", 2018): {**HOMES, "RSECOCC": 0.0}, ("Vide", 2018): dict.fromkeys(HOMES, 0.0)})
    found = parts_of(cube, STOCKS, years=[2018])
    assert set(found["territory"]) == {"Hem"}
    assert found["share"].tolist() == [15, 80, 0]


def test_territories_come_in_the_order_of_the_tables_then_dates_then_parts():
    frame = long({(name, year): HOMES for name in ("Hem", "MEL") for year in (2018, 2013)})
    frame["territory"] = pd.Categorical(frame["territory"], categories=["MEL", "Hem"], ordered=True)
    found = parts_of(Cube({"dwellings": frame}), STOCKS, years=[2018, 2013, 2018])
    assert found["territory"].dtype == frame["territory"].dtype
    assert found[["territory", "year"]].to_numpy().tolist() == [
        [name, year] for name in ("MEL", "Hem") for year in (2013, 2018) for _ in CODES
    ]
    assert found["category"].tolist() == ["vacant", "main", "second"] * 4


def test_every_part_bears_what_all_of_them_are_made_of():
    known = {name: value for name, value in HOMES.items() if name != "LOGVAC"}
    rows = [
        long({("Hem", 2018): known}, source="a"),
        long({("Hem", 2018): {"LOGVAC": 15.0}}, origin="demonstration", source="b"),
        long({("MEL", 2018): HOMES}, source="c"),
    ]
    found = parts_of(Cube({"dwellings": pd.concat(rows)}), STOCKS, years=[2018])
    marks = found.groupby("territory")[["origin", "sources"]].agg(list)
    assert marks.loc["Hem"].tolist() == [["demonstration"] * 3, ["a|b"] * 3]
    assert marks.loc["MEL"].tolist() == [["insee"] * 3, ["c"] * 3]


def test_the_years_of_parts_are_those_at_which_all_may_be_known():
    partly = {"LOG": 9.0, "RP": 8.0}
    cube = cube_of({("Hem", 2018): HOMES, ("MEL", 2008): HOMES, ("Hem", 2013): partly})
    assert STOCKS.years(cube) == [2008, 2018]
    assert STOCKS.years(Cube({})) == []


@pytest.mark.parametrize(("until", "kept"), [(None, [2008, 2013, 2018]), (2016, [2011, 2016]), (2000, [])])
def test_dates_are_five_years_apart_up_to_the_one_asked_for(until, kept):
    cube = cube_of({("Hem", year): HOMES for year in (2018, 2008, 2011, 2013, 2016)})
    found = over_time(cube, STOCKS, territory="Hem", until=until)
    assert found["year"].tolist() == [year for year in kept for _ in CODES]
    assert over_time(cube, STOCKS, territory="Lille").empty


def test_the_dates_of_a_territory_are_its_own():
    cube = cube_of({("Hem", 2013): HOMES, ("Hem", 2018): HOMES, ("MEL", 2016): HOMES, ("MEL", 2021): HOMES})
    assert set(over_time(cube, STOCKS, territory="Hem")["year"]) == {2013, 2018}
    frame = parts_of(cube, STOCKS, years=STOCKS.years(cube))
    assert set(at_dates(frame, territory="MEL")["year"]) == {2016, 2021}


def test_figures_side_by_side_need_all_but_the_optional_ones():
    cube = cube_of(
        {("Hem", 2018): {"LOG": 100.0, "RP": 80.0}, ("MEL", 2018): HOMES, ("Nord", 2018): {"RP": 9.0}}
    )
    columns = {
        "LOG": STOCK.read(cube, year=2018),
        "main": figures(cube, "principales", at(2018)),
        "vacant": figures(cube, "vacance", at(2018)),
    }
    whole = gather(cube, columns, year=2018)
    assert list(whole.columns) == ["territory", "year", "LOG", "main", "vacant", "origin", "sources"]
    assert whole[["territory", "year", "LOG", "main", "vacant"]].to_numpy().tolist() == [
        ["MEL", 2018, 100, 80, 15]
    ]
    partly = gather(cube, columns, optional=["vacant"])
    assert partly["territory"].tolist() == ["Hem", "MEL"]
    assert partly["vacant"].isna().tolist() == [True, False]


def test_figures_side_by_side_bear_the_marks_of_all_and_arrays_of_none():
    rows = [
        long({("Hem", 2018): {"LOG": 10.0}}, source="a"),
        long({("Hem", 2018): {"RP": 8.0}}, origin="demonstration", source="b"),
    ]
    cube = Cube({"dwellings": pd.concat(rows)})
    stock, main = (one.read(cube, year=2018) for one in (STOCK, MAIN_HOMES))
    columns = {"LOG": stock, "RP": main, "rest": stock.value - main.value}
    assert gather(cube, columns)[["rest", "origin", "sources"]].to_numpy().tolist() == [
        [2.0, "demonstration", "a|b"]
    ]
    assert gather(cube, {"LOG": stock, "twice": 2 * stock.value})["origin"].tolist() == ["insee"]


def test_rows_piled_up_are_sorted_by_territory_then_as_asked():
    cube = cube_of({(name, year): HOMES for name in ("Hem", "MEL") for year in (2013, 2018)})
    stack = Stack(cube)
    for year, label in ((2018, "après"), (2013, "avant")):
        stack.add({"LOG": STOCK.read(cube, year=year)}, year=year, label=label)
    found = stack.frame(["label", "LOG"], by=["year"])
    assert found[["territory", "label"]].to_numpy().tolist() == [
        ["Hem", "avant"], ["Hem", "après"], ["MEL", "avant"], ["MEL", "après"],
    ]  # fmt: skip


def test_a_pile_of_nothing_has_its_columns():
    cube = cube_of({("Hem", 2018): {"RP": 1.0}})
    stack = Stack(cube)
    columns = ["territory", "year", "LOG", "origin", "sources"]
    assert list(stack.frame(["year", "LOG"]).columns) == columns
    stack.add({"LOG": STOCK.read(cube, year=2018)}, year=2018)
    assert list(stack.frame(["year", "LOG"]).columns) == columns
    assert stack.frame(["year", "LOG"]).empty


def test_indicators_at_several_dates_stand_one_under_the_other():
    cube = cube_of(
        {("Hem", 2013): HOMES, ("Hem", 2018): {**HOMES, "LOGVAC": 20.0}, ("Hem", 2020): {"LOG": 1.0}}
    )
    found = by_year(cube, {"vacant": "vacance", "main": "principales"}, years=[2018, 2013, 2020])
    assert found[["year", "vacant", "main"]].to_numpy().tolist() == [[2013, 15, 80], [2018, 20, 80]]


@pytest.mark.parametrize(("people", "kept"), [(1999.0, 0), (2000.0, 1)])
def test_the_sample_is_used_from_two_thousand_inhabitants_on(people, kept):
    table = long({("Hem", 2018): {"A": 1.0}, ("Inconnue", 2018): {"A": 1.0}})
    known = long({("Hem", 2013): {"POP": 5000.0}, ("Hem", 2022): {"POP": people}})
    assert len(sampled(table, known)) == kept
    assert sampled(table, known.iloc[:0]).empty
