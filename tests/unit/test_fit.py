"""Fits meet their margins, keep their totals, and never touch what is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
