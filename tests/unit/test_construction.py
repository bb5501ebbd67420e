"""When homes were built, and how many are started."""

from __future__ import annotations

import pandas as pd
import pytest
from frames import flows, long
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.indicators import construction

SIX = dict(zip(construction.PERIODS.labels, (10.0, 20.0, 30.0, 40.0, 50.0, 50.0), strict=True))
THREE = {"RP_ACHT1": 40.0, "RP_ACHT2": 100.0, "RP_ACHT3": 60.0}


def test_periods_are_shares_of_the_homes_that_are_dated_not_of_all():
    table = long({("Hem", 2018): {**SIX, "RP_ACHTOT": 200.0, "RP": 230.0}})
    text = construction.periods(table, territory="Hem")
    assert list(text["label"]) == list(construction.PERIODS.labels.values())
    assert text["share"].tolist() == [5, 10, 15, 20, 25, 25]


def test_without_its_total_the_periods_make_it():
    text = construction.periods(long({("Hem", 2018): {**SIX, "RP": 230.0}}), territory="Hem")
    assert text["share"].sum() == pytest.approx(100)


def test_only_the_last_date_is_reported_in_six_periods():
    table = long({("Hem", year): SIX for year in (2013, 2018)})
    assert set(construction.periods(table, territory="Hem")["year"]) == {2018}


def test_a_census_of_three_periods_is_set_beside_one_of_six():
    table = long({("Hem", 2012): {**THREE, "RP_ACHTOT": 200.0}, ("Hem", 2017): {**SIX, "RP_ACHTOT": 200.0}})
    text = construction.groups(table, territory="Hem").pivot(index="label", columns="year", values="share")
    assert list(text.loc["Avant 1946"]) == [20, 15]
    assert list(text.loc["1946 à 1990"]) == [50, 35]
    assert list(text.loc["Depuis 1991"]) == [30, 50]


@given(st.lists(st.floats(1, 1e5), min_size=12, max_size=12))
@settings(max_examples=20)
def test_three_periods_hold_the_six(values):
    table = long(
        {
            ("Hem", year): dict(zip(construction.PERIODS.labels, part, strict=True))
            for year, part in ((2013, values[:6]), (2018, values[6:]))
        }
    )
    text = construction.groups(table, territory="Hem")
    for year, part in ((2013, values[:6]), (2018, values[6:])):
        own = text[text["year"] == year]
        assert own["value"].sum() == pytest.approx(sum(part))
        assert own["share"].sum() == pytest.approx(100)


@pytest.mark.parametrize("known", [{}, {("Hem", 2018): SIX}, {("Hem", 2012): {"RP_ACHTOT": 9.0}}])
def test_periods_of_one_date_are_not_compared(known):
    assert construction.groups(long(known), territory="Hem").empty


def yearly(years, name="Hem", value=10.0, **options):
    return flows({(name, year, year + 1): {"LOGCOM": value + year} for year in years}, **options)


def test_the_last_two_years_of_the_register_are_provisional_wherever_it_ends():
    # The register goes to 2025, although it has nothing of Hem after 2024.
    table = pd.concat([yearly(range(2019, 2025)), yearly(range(2019, 2026), name="MEL")])
    text = construction.starts(table, territory="Hem").set_index("year")
    assert list(text.index) == list(range(2019, 2025))
    assert text["label"].eq(construction.PROVISIONAL).to_dict() == {
        year: year >= 2024 for year in range(2019, 2025)
    }
    assert text["value"].to_dict() == {year: 10.0 + year for year in range(2019, 2025)}


def test_a_simulated_year_is_not_provisional():
    text = construction.starts(yearly(range(2013, 2018), origin="demonstration"), territory="Hem")
    assert set(text["label"]) == {construction.FINAL}


def test_a_sum_of_several_years_is_no_year():
    period = flows({("Hem", 2013, 2018): {"LOGCOM": 100.0}})
    births = flows({("Hem", 2016, 2017): {"NAIS": 100.0}})
    assert construction.starts(pd.concat([period, births]), territory="Hem").empty
