"""Which dates of a series may stand side by side."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.indicators import vintages

years = st.lists(st.integers(1962, 2030), max_size=12)


def frame(real, simulated=()):
    rows = [(year, "insee") for year in real] + [(year, "demonstration") for year in simulated]
    return pd.DataFrame(rows, columns=["year", "origin"])


@given(years, years)
def test_dates_kept_are_five_years_apart_in_order_and_known(real, simulated):
    kept = vintages.spaced(frame(real, simulated))
    assert kept == sorted(set(kept))
    assert set(kept) <= {*real, *simulated}
    assert all(later - earlier >= 5 for earlier, later in pairwise(kept))


@given(years, years)
def test_no_date_that_would_fit_is_left_out(real, simulated):
    kept = vintages.spaced(frame(real, simulated))
    assert all(any(abs(year - other) < 5 for other in kept) for year in (*real, *simulated))


@given(years, years)
def test_simulated_dates_never_drive_out_real_ones(real, simulated):
    kept = vintages.spaced(frame(real, simulated))
    assert set(vintages.spaced(frame(real))) <= set(kept)


@given(years.filter(bool), st.integers(1962, 2030))
def test_the_latest_real_date_not_after_the_limit_is_kept(real, until):
    kept = vintages.spaced(frame(real), until=until)
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
    assert vintages.spaced(frame(real, simulated)) == kept


def test_the_rows_of_the_years_asked_for_are_kept_in_order():
    kept = vintages.keep(frame([2018, 2008, 2013]), [2008, 2018])
    assert kept["year"].tolist() == [2008, 2018]
    assert kept.index.tolist() == [0, 1]


def rows(variable, years, since=None, origin="insee"):
    frame = pd.DataFrame({"variable": variable, "year": list(years), "origin": origin})
    return frame if since is None else frame.assign(since=since)


def test_the_latest_date_with_people_and_homes_is_set_against_the_last_one_with_births():
    people, homes = rows("POP", [2011, 2013, 2016, 2017, 2022]), rows("LOG", [2011, 2016, 2022])
    births = rows("NAIS", [2022, 2016], since=[2016, 2011])
    assert vintages.choose(people, homes, births) == (2016, 2022)
    assert vintages.choose(people, homes, births.iloc[:0]) == (2017, 2022)


def test_homes_decide_of_the_end_where_they_are_known_and_people_elsewhere():
    people, births = rows("POP", [2013, 2018, 2022]), rows("NAIS", [2018], since=2013)
    assert vintages.choose(people, rows("LOG", [2018]), births) == (2013, 2018)
    assert vintages.choose(people, rows("RP", [2018]), births) == (2013, 2022)


def test_an_end_that_is_asked_for_is_kept():
    people, births = rows("POP", [2008, 2013, 2018]), rows("NAIS", [2018], since=2013)
    assert vintages.choose(people, rows("LOG", [2018]), births, until=2013) == (2008, 2013)


def test_the_stock_of_a_census_without_tenures_is_no_end_where_another_has_them():
    people, births = rows("POP", [2012, 2013, 2018, 2021, 2022]), rows("NAIS", [2018], since=2013)
    homes = pd.concat(
        [rows("LOG", [2018, 2021]), rows("RP", [2012, 2018, 2021]), rows("RP_PROP", [2012, 2018])]
    )
    assert vintages.choose(people, homes, births) == (2012, 2018)
    village = pd.concat([rows("LOG", [2018, 2021]), rows("RP", [2018, 2021]), rows("RP_PROP", [2018])])
    assert vintages.choose(people, village, births) == (2013, 2018)


def test_simulated_dates_are_chosen_only_where_there_are_not_two_real_ones():
    people, births = rows("POP", [2012, 2018]), rows("NAIS", [2018], since=2013)
    simulated = rows("POP", [2008, 2013], origin="demonstration")
    both = pd.concat([people, simulated])
    assert vintages.choose(both, rows("LOG", [2018]), births) == (2012, 2018)
    assert vintages.choose(both[both["year"] >= 2013], rows("LOG", [2018]), births) == (2013, 2018)


def test_births_are_counted_since_the_first_date_or_else_since_a_later_one():
    people, births = rows("POP", [2012, 2013, 2018]), rows("NAIS", [2018, 2018], since=[2013, 2017])
    assert vintages.choose_counted(people, births, since=2012, until=2018) == 2013
    assert vintages.choose_counted(people, births, since=2013, until=2018) == 2013
    assert vintages.choose_counted(people, births.iloc[:0], since=2012, until=2018) == 2012


@given(years, years)
def test_two_dates_that_are_chosen_are_known_and_five_years_apart(people, homes):
    chosen = vintages.choose(rows("POP", people), rows("LOG", homes), rows("NAIS", [], since=[]))
    if chosen is None:
        ends = set(people) & set(homes) or set(people)
        assert not ends or max(ends) - min(people) < 5
    else:
        assert set(chosen) <= set(people)
        assert chosen[1] - chosen[0] >= 5


def test_a_pyramid_is_set_against_that_of_about_ten_years_before():
    crossed, ages = rows("POP", [2011, 2016, 2022]), rows("POP", [1968, 2006, 2011, 2022])
    assert vintages.choose_pyramids(crossed, ages) == [2011, 2022]
    assert vintages.choose_pyramids(rows("POP", [2022]), rows("POP", [1968, 2013, 2018])) == [2013, 2018]
    assert vintages.choose_pyramids(rows("POP", [1968, 2022]), rows("POP", [])) is None
