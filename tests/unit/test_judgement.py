"""What a figure is worth, by Insee's thresholds."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.indicators.judgement import explain, judge


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
