"""The classes of the census: their bounds are those of their names, and they follow one another."""

from __future__ import annotations

import re

import pytest

from helpers.indicators import census_classes

# `POP1529`, `H65P`, `RP_5PP`: the first number, and the last one.
NAMED = re.compile(r"[A-Z_]+?(\d{2}|\d(?=P))(\d{2})?(P*)")


@pytest.mark.parametrize(
    ("name", "bounds"),
    [
        (name, bounds)
        for names, bounds in (*census_classes.AGE_GROUPS, *census_classes.ROOMS)
        for name in names
    ],
)
def test_the_bounds_of_a_class_are_those_of_its_name(name, bounds):
    first, last, mark = NAMED.fullmatch(name).groups()
    open_ended = mark == ("P" if len(first) == 2 else "PP")
    assert bounds == (int(first), None if open_ended else int(last or first))


@pytest.mark.parametrize("classes", [census_classes.PERIODS, census_classes.STAYS])
def test_a_class_begins_where_another_ends_and_ends_where_another_begins(classes):
    every = [bounds for _, bounds in classes]
    starts, ends = ({bounds[side] for bounds in every} for side in (0, 1))
    assert all(low == 0 or low - 1 in ends for low, _ in every)
    assert all(high is None or high + 1 in starts for _, high in every)
