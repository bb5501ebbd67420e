"""What a figure is worth, by Insee's thresholds."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.indicators.reliability import (
    assess_cells,
    assess_rows,
    columns_not_significant,
    explain,
    hide_insignificant,
    is_void,
    judge,
)


@pytest.mark.parametrize(
    ("count", "verdict"),
    [
        (0, "n.s."),
        (199.999, "n.s."),
        (200, "prudence"),
        (499.9, "prudence"),
        (500, "ok"),
        (None, "ok"),
        (math.nan, "ok"),
    ],
)
def test_a_figure_is_worth_the_people_or_homes_it_rests_on(count, verdict):
    assert judge(12.3, count) == verdict


@pytest.mark.parametrize(
    ("inhabitants", "exploitation", "verdict"),
    [
        (1999, "complémentaire", "n.s."),
        (2000, "complémentaire", "ok"),
        (1999, "principale", "ok"),
        (1999, "", "ok"),
        (None, "complémentaire", "ok"),
        (math.nan, "complémentaire", "ok"),
    ],
)
def test_the_sample_is_not_used_under_two_thousand_inhabitants(inhabitants, exploitation, verdict):
    assert judge(12.3, 600, inhabitants=inhabitants, exploitation=exploitation) == verdict


@pytest.mark.parametrize("value", [None, math.nan])
def test_a_missing_figure_is_not_one_that_is_not_significant(value):
    assert judge(value, 10, inhabitants=100, exploitation="complémentaire") == "n.d."


@given(
    value=st.one_of(st.none(), st.floats(0, 100)),
    count=st.one_of(st.none(), st.floats(0, 1000)),
    inhabitants=st.one_of(st.none(), st.floats(0, 5000)),
    exploitation=st.sampled_from(["principale", "complémentaire", ""]),
)
def test_every_verdict_but_a_sound_one_has_its_reason(value, count, inhabitants, exploitation):
    options = {"inhabitants": inhabitants, "exploitation": exploitation}
    verdict, reason = judge(value, count, **options), explain(value, count, **options)
    assert bool(reason) is (verdict != "ok")
    assert "'" not in reason
    assert not reason.endswith(".")


counts = st.one_of(st.none(), st.floats(0, 1000))


def frame(**columns):
    return pd.DataFrame(columns)


@given(count=counts, value=counts)
def test_a_figure_rests_on_the_count_of_its_row_then_on_the_smallest_beside_it(count, value):
    beside = frame(value=[value], RP=[900.0], share=[3.0]).astype("float64")
    smallest = 900.0 if value is None else min(value, 900.0)
    assert assess_rows(beside) == [judge(3.0, smallest)]
    assert assess_rows(beside.assign(count=count).astype("float64")) == [judge(3.0, count)]


@given(values=st.lists(counts, min_size=1, max_size=4))
def test_a_count_rests_on_itself_and_nil_is_nil(values):
    found = assess_cells(frame(value=values).astype("float64"))["value"]
    assert found == ["ok" if value == 0 else judge(value, value) for value in values]


def test_a_figure_of_a_register_is_sound_and_so_are_its_counts():
    row = frame(value=[12.0], share=[3.0], count=[float("nan")])
    assert assess_cells(row) == {"value": ["ok"], "share": ["ok"]}


def test_a_row_may_bear_its_verdict():
    row = frame(indicator=["Part"], written=["3"], verdict=["n.s."])
    assert assess_cells(row)["written"] == ["n.s."]


def test_what_is_not_significant_is_hidden_where_asked_and_counts_stay():
    data = frame(value=[12.0, 900.0, 12.0], share=[1.0, 2.0, 3.0])
    hidden = hide_insignificant(data, rows=[True, True, False])
    assert hidden["value"].tolist() == [12.0, 900.0, 12.0]
    assert hidden["share"].isna().tolist() == [True, False, False]
    assert data["share"].notna().all()


def test_columns_without_a_significant_figure_are_left_out_counts_never():
    few = frame(value=[12.0, 13.0], share=[1.0, 2.0])
    assert columns_not_significant(assess_cells(few)) == ["share"]
    assert columns_not_significant(assess_cells(few.assign(value=[12.0, 900.0]))) == []


@pytest.mark.parametrize(
    ("columns", "void"),
    [
        ({"value": [12.0, 199.0]}, True),
        ({"value": [12.0, 200.0]}, False),
        ({"POP": [34.0], "index": [83.0]}, True),
        ({"rate": [3.0]}, False),
        ({"value": []}, False),
        # A pyramid is read as a whole: 240 people, then 160.
        ({"age": [0, 5], "year": [2018, 2018], "value": [120.0, 120.0]}, False),
        ({"age": [0, 5], "year": [2018, 2018], "value": [80.0, 80.0]}, True),
    ],
)
def test_data_are_void_when_nothing_of_them_may_be_relied_on(columns, void):
    assert is_void(pd.DataFrame(columns)) is void
