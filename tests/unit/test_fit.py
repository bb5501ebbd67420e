"""Fits meet their margins, keep their totals, and never touch what is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.simulation.curve import draw_curve
from helpers.simulation.fit import complete, rake, remap

weights = st.lists(st.floats(0.1, 1000), min_size=3, max_size=3)


@settings(max_examples=40, deadline=None)
@given(seed=st.lists(weights, min_size=3, max_size=3), rows=weights, columns=weights)
def test_raking_meets_both_margins(seed, rows, columns):
    columns = np.array(columns) * sum(rows) / sum(columns)
    fitted = rake(np.array(seed), np.array(rows), columns)
    assert (fitted >= 0).all()
    np.testing.assert_allclose(fitted.sum(axis=1), rows, rtol=1e-12)
    np.testing.assert_allclose(fitted.sum(axis=0), columns, atol=1e-8 * columns.max())


@settings(max_examples=40, deadline=None)
@given(totals=st.lists(st.just(0.0) | st.floats(0.1, 5000), min_size=4, max_size=4))
def test_remapping_keeps_totals_between_knots(totals):
    knots = [0, 15, 30, 75, 105]
    density = np.exp(-np.arange(105) / 40)
    ages = remap(density, knots, np.array(totals))
    assert (ages >= 0).all()
    np.testing.assert_allclose(np.add.reduceat(ages, knots[:-1]), totals, atol=1e-8)


@settings(max_examples=40, deadline=None)
@given(parts=weights, known=st.lists(st.booleans(), min_size=3, max_size=3), extra=st.floats(0, 500))
def test_completing_keeps_what_is_known(parts, known, extra):
    parts, mask = np.array(parts), np.array(known)
    total = np.array(parts.sum() + (0 if mask.all() else extra))
    result = complete(parts, np.where(mask, parts, np.nan), total)
    np.testing.assert_array_equal(result[mask], parts[mask])
    assert result.sum() == pytest.approx(total)


def test_parts_above_their_total_are_refused():
    with pytest.raises(ValueError, match="exceed their total by 10"):
        complete(np.ones(2), np.array([60.0, 50.0]), np.array(100.0))


# The data on which monotone interpolations are compared (Fritsch and Carlson, SIAM Journal on Numerical Analysis 17,
# 1980, table 1), and what scipy 1.17.1 (PchipInterpolator) makes of them.
PLACES = [7.99, 8.09, 8.19, 8.7, 9.2, 10.0, 12.0, 15.0, 20.0]
HEIGHTS = [0.0, 2.76429e-5, 4.37498e-2, 0.169183, 0.469428, 0.943740, 0.998636, 0.999919, 0.999994]
BETWEEN = {
    8.0: 2.767433863187248e-07, 8.15: 0.023528278365786123, 8.5: 0.1166325769392755, 9.0: 0.33753432684619816,
    9.7: 0.8285693786523164, 11.0: 0.9860433625350502, 14.0: 0.99977249170715, 19.0: 0.9999912279493809,
}  # fmt: skip


def test_a_curve_is_that_of_scipy():
    read = draw_curve(PLACES, HEIGHTS)
    np.testing.assert_allclose(read(list(BETWEEN)), list(BETWEEN.values()), rtol=1e-14)


@given(steps=st.lists(st.floats(0.1, 50), min_size=2, max_size=8), data=st.data())
def test_a_curve_goes_through_its_points_and_turns_only_where_they_do(steps, data):
    heights = data.draw(st.lists(st.integers(-100, 100), min_size=len(steps), max_size=len(steps)))
    places = np.cumsum(steps)
    read = draw_curve(places, heights)
    np.testing.assert_allclose(read(places), heights, atol=1e-9)
    for left, right, start, end in zip(places, places[1:], heights, heights[1:], strict=False):
        way = np.diff(read(np.linspace(left, right, 50))) * np.sign(end - start)
        assert (way >= -1e-9).all()


def test_a_curve_needs_places_that_increase():
    with pytest.raises(ValueError, match="do not increase"):
        draw_curve([0.0, 2.0, 2.0], [1.0, 2.0, 3.0])
