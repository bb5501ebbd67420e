"""Homes too small or too large for their household."""

from __future__ import annotations

import pytest
from frames import long
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.indicators import occupation

PEOPLE = long({("Hem", 2018): {"POP": 18_000.0}})


@given(st.lists(st.floats(0, 1e5), min_size=6, max_size=6).filter(lambda parts: sum(parts) > 1))
@settings(max_examples=20)
def test_the_levels_are_all_homes(values):
    table = long({("Hem", 2018): dict(zip(occupation.LEVELS.labels, values, strict=True))})
    text = occupation.levels(table, PEOPLE, territory="Hem")
    assert list(text["level"]) == list(occupation.LEVELS.labels)
    assert text["share"].sum() == pytest.approx(100)
    assert text["value"].tolist() == values


def test_a_level_that_is_unknown_leaves_out_its_date():
    whole = dict.fromkeys(occupation.LEVELS.labels, 10.0)
    partly = {name: value for name, value in whole.items() if name != "C_RP_NORME"}
    table = long({("Hem", 2012): partly, ("Hem", 2017): whole})
    assert set(occupation.levels(table, PEOPLE, territory="Hem")["year"]) == {2017}


def test_the_sample_is_not_used_in_a_small_commune():
    table = long({("Hem", 2018): dict.fromkeys(occupation.LEVELS.labels, 10.0)})
    village = long({("Hem", 2018): {"POP": 1_900.0}})
    assert occupation.levels(table, village, territory="Hem").empty


def test_the_degrees_are_part_of_the_levels():
    assert {*occupation.OVER, *occupation.UNDER} < set(occupation.LEVELS.labels)
    assert not {*occupation.OVER} & {*occupation.UNDER}
