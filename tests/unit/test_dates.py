"""Which dates of a series may stand side by side."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import params
from helpers.indicators import dates

years = st.lists(st.integers(1962, 2030), max_size=12)


def frame(real, simulated=()):
    rows = [(year, "insee") for year in real] + [(year, "demonstration") for year in simulated]
    return pd.DataFrame(rows, columns=["year", "origin"])


@given(years, years)
def test_dates_kept_are_five_years_apart_in_order_and_known(real, simulated):
    kept = dates.spaced(frame(real, simulated))
    assert kept == sorted(set(kept))
    assert set(kept) <= {*real, *simulated}
    assert all(later - earlier >= 5 for earlier, later in pairwise(kept))


@given(years, years)
def test_no_date_that_would_fit_is_left_out(real, simulated):
    kept = dates.spaced(frame(real, simulated))
    assert all(any(abs(year - other) < 5 for other in kept) for year in (*real, *simulated))


@given(years, years)
def test_simulated_dates_never_drive_out_real_ones(real, simulated):
    kept = dates.spaced(frame(real, simulated))
    assert set(dates.spaced(frame(real))) <= set(kept)


@given(years.filter(bool), st.integers(1962, 2030))
def test_the_latest_real_date_not_after_the_limit_is_kept(real, until):
    kept = dates.spaced(frame(real), until=until)
    before = [year for year in real if year <= until]
    assert kept[-1:] == ([max(before)] if before else [])


@pytest.mark.parametrize(
    ("real", "simulated", "kept"),
    [
        ([2012, 2018], [2008, 2013], [2012, 2018]),
        ([2018], [2008, 2013], [2008, 2013, 2018]),
        ([2012, 2013, 2018], [], [2013, 2018]),
        ([2012, 2017], [], [2012, 2017]),
        ([2012, 2016], [], [2016]),
        ([], [], []),
    ],
)
def test_dates_are_chosen_from_the_latest_back(real, simulated, kept):
    assert dates.spaced(frame(real, simulated)) == kept


def test_the_gap_is_that_of_the_parameters():
    assert dates.GAP == params.MINIMAL_GAP == 5


def test_the_rows_of_the_years_asked_for_are_kept_in_order():
    kept = dates.keep(frame([2018, 2008, 2013]), [2008, 2018])
    assert kept["year"].tolist() == [2008, 2018]
    assert kept.index.tolist() == [0, 1]
