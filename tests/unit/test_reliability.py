"""What a figure is worth, by Insee's thresholds."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.indicators.reliability import (
    REASONS,
    assess_cells,
    columns_not_significant,
    hide_insignificant,
    is_void,
    judge,
    mark,
)


@pytest.mark.parametrize(
    ("count", "base", "verdict"),
    [
        # Vacancy of Annœullin: 196 of 4 320 homes, which Insee publishes. A small numerator is marked, not barred.
        (196, 4320, "précaution"),
        (300, 4320, "prudence"),
        (600, 4320, "ok"),
        (0, 4320, "ok"),
        # Of three homes, two standard errors are more than three.
        (3, 4320, "n.s."),
        # Counts of the census are weighted: less than one home, where there is one, says no more.
        (0.8, 4320, "n.s."),
        (150, 199.9, "n.s."),
        (199, 200, "précaution"),
        # A register has no numerator to weigh: 4 social homes for 90 say nothing, 30 for 900 do.
        (None, 90, "n.s."),
        (None, 300, "prudence"),
        (None, 900, "ok"),
        # A plain number is always written.
        (12, math.nan, "précaution"),
        (12, None, "n.s."),
        (199.999, None, "n.s."),
        (200, None, "prudence"),
        (499.9, None, "prudence"),
        (500, None, "ok"),
        (None, None, "ok"),
    ],
)
def test_the_denominator_bars_and_the_numerator_marks(count, base, verdict):
    assert judge(12.3, count, base=base) == verdict


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
    verdict = judge(value, count, inhabitants=inhabitants, exploitation=exploitation)
    reason = REASONS[verdict]
    assert bool(reason) is (verdict != "ok")
    assert "'" not in reason
    assert not reason.endswith(".")


counts = st.one_of(st.none(), st.floats(0, 1000))


def frame(**columns):
    return pd.DataFrame(columns)


@given(count=counts, value=counts, base=counts)
def test_a_share_rests_on_the_count_and_the_base_of_its_row_or_else_on_the_counts_beside_it(
    count, value, base
):
    beside = frame(value=[value], RP=[900.0], share=[3.0]).astype("float64")
    smallest = 900.0 if value is None else min(value, 900.0)
    largest = 900.0 if value is None else max(value, 900.0)
    assert assess_cells(beside)["share"] == [judge(3.0, smallest, base=largest)]
    counted = beside.assign(count=count).astype("float64")
    assert assess_cells(counted)["share"] == [judge(3.0, count)]
    divided = counted.assign(base=base).astype("float64")
    assert assess_cells(divided)["share"] == [judge(3.0, count, base=math.nan if base is None else base)]


def test_a_change_rests_on_the_smaller_of_its_two_dates_and_a_share_on_the_smaller_whole():
    both = frame(value_0=[150.0], value_1=[900.0], annual=[3.0], share=[3.0])
    assert assess_cells(both)["annual"] == ["n.s."]
    homes = frame(owned_0=[150.0], RP_0=[190.0], owned_1=[300.0], RP_1=[900.0], share=[3.0])
    assert assess_cells(homes)["share"] == ["n.s."]
    assert assess_cells(homes.assign(RP_0=210.0))["share"] == ["précaution"]


@given(values=st.lists(counts, min_size=1, max_size=4))
def test_a_count_rests_on_itself_is_always_written_and_nil_is_nil(values):
    found = assess_cells(frame(value=values).astype("float64"))["value"]
    assert found == ["ok" if value == 0 else judge(value, value, base=math.nan) for value in values]
    assert "n.s." not in found


def test_a_difference_of_counts_is_written_and_a_rate_of_change_is_barred_by_its_start():
    # Vacant homes of Annœullin, 176 then 196 of 4 200: twenty more, no rate of change, a share in points.
    row = frame(
        value_0=[176.0],
        value_1=[196.0],
        count=[176.0],
        base=[4200.0],
        change=[20.0],
        annual=[2.2],
        points=[0.3],
    )
    found = {name: verdicts[0] for name, verdicts in assess_cells(row).items()}
    assert found["change"] == found["points"] == "précaution"
    assert found["annual"] == "n.s."


def test_a_figure_is_written_with_one_star_or_two():
    marks = {verdict: mark("4,5", verdict) for verdict in ("ok", "prudence", "précaution", "n.s.")}
    assert marks == {
        "ok": "4,5",
        "prudence": "4,5\u00a0*",
        "précaution": "4,5\u00a0**",
        "n.s.": "n.s.",
    }


def test_a_figure_of_a_register_is_sound_and_so_are_its_counts():
    row = frame(value=[12.0], share=[3.0], count=[float("nan")])
    assert assess_cells(row) == {"value": ["ok"], "share": ["ok"]}
    assert assess_cells(row.assign(base=90.0)) == {"value": ["ok"], "share": ["n.s."]}


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
