"""Population over time, and what makes it change."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from frames import flows, long
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from helpers.indicators import growth
from helpers.indicators.changes import annual_change

people = st.floats(1, 1e7)
events = st.integers(0, 10**6).map(float)


def balance(before, after, births, deaths, *, years=(2013, 2018)):
    population = long({("Hem", years[0]): {"POP": before}, ("Hem", years[1]): {"POP": after}})
    events = flows({("Hem", *years): {"NAIS": births, "DECE": deaths}}, source="etat civil")
    frame = growth.balances(population, events, since=years[0], until=years[1])
    assert len(frame) == 1
    return frame.iloc[0]


@given(start=people, end=people, years=st.integers(1, 50))
def test_the_average_change_applied_every_year_leads_to_the_end(start, end, years):
    (change,) = annual_change(np.array([start]), np.array([end]), years)
    assert start * (1 + change / 100) ** years == pytest.approx(end, rel=1e-6)


@pytest.mark.parametrize(
    ("start", "end"), [(0.0, 10.0), (0.0, 0.0), (float("nan"), 3.0), (3.0, float("nan"))]
)
def test_a_change_from_nothing_or_from_the_unknown_is_missing_not_nil(start, end):
    assert np.isnan(annual_change(np.array([start]), np.array([end]), 5)).all()


def test_a_population_that_vanishes_loses_everything():
    assert annual_change(np.array([10.0]), np.array([0.0]), 5).tolist() == [-100]


@settings(max_examples=20)
@given(before=people, after=people, births=events, deaths=events, years=st.integers(5, 12))
@example(before=10_000.0, after=10_000.0, births=500.0, deaths=300.0, years=5)
@example(before=10_000.0, after=10_001.0, births=500.0, deaths=300.0, years=6)
@example(before=10_000.0, after=10_000.0 + 1e-7, births=500.0, deaths=300.0, years=5)
def test_balances_add_up_to_the_change_and_rates_to_the_annual_one(before, after, births, deaths, years):
    row = balance(before, after, births, deaths, years=(2013, 2013 + years))
    assert row["change"] == after - before
    assert row["natural"] == births - deaths
    assert row["natural"] + row["migratory"] == pytest.approx(
        row["change"], abs=1e-6 * max(before, after, births, deaths)
    )
    # Each rate is the part that its balance has in the change (Observatoire des territoires).
    if abs(after - before) > 1e-3 * max(before, after):
        assert row["annual_natural"] * row["change"] == pytest.approx(row["annual"] * row["natural"])
    tolerance = 1e-9 * max(1, abs(row["annual_natural"]))
    assert row["annual_natural"] + row["annual_migratory"] == pytest.approx(row["annual"], abs=tolerance)


@settings(max_examples=20)
@given(
    before=st.floats(1_000, 1e6),
    gain=st.floats(-0.2, 0.2),
    births=st.floats(0, 0.02),
    deaths=st.floats(0, 0.02),
)
def test_each_rate_has_the_sign_of_its_balance_and_nearly_its_size(before, gain, births, deaths):
    row = balance(before, before * (1 + gain), births * 5 * before, deaths * 5 * before)
    direct = 100 * row["natural"] / (5 * (row["POP_0"] + row["POP_1"]) / 2)
    assert row["annual_natural"] == pytest.approx(direct, rel=0.02, abs=0.001)
    assert (
        math.copysign(1, row["annual_natural"]) == math.copysign(1, row["natural"])
        or abs(row["natural"]) < 1e-6
    )


def test_where_the_population_is_stable_both_rates_are_those_of_their_balances():
    row = balance(10_000.0, 10_000.0, 600.0, 350.0)
    # +250 over five years of 10 000 inhabitants: 0,5 % a year, offset by as many departures.
    assert row["annual"] == 0
    assert row["annual_natural"] == pytest.approx(0.5)
    assert row["annual_migratory"] == pytest.approx(-0.5)


@settings(max_examples=20)
@given(births=events, deaths=events, change=st.floats(-1e-3, 1e-3))
def test_a_tiny_change_gives_the_rates_of_none(births, deaths, change):
    assume(births != deaths)
    still, moving = (balance(1e6, 1e6 + step, births, deaths) for step in (0.0, change))
    assert moving["annual_natural"] == pytest.approx(still["annual_natural"], rel=1e-3, abs=1e-6)


def test_rates_of_birth_and_death_are_for_a_thousand_inhabitants_and_a_year():
    row = balance(9_000.0, 11_000.0, 600.0, 400.0)
    assert row["birth_rate"] == pytest.approx(12)
    assert row["death_rate"] == pytest.approx(8)


def test_a_commune_without_a_soul_has_no_rate():
    row = balance(0.0, 0.0, 0.0, 0.0)
    assert row["change"] == row["natural"] == row["migratory"] == 0
    assert row[["annual", "annual_natural", "annual_migratory", "birth_rate", "death_rate"]].isna().all()


@pytest.mark.parametrize("missing", ["NAIS", "DECE", "both", "2013", "2018", "period"])
def test_a_balance_is_reported_only_where_all_its_parts_are_known(missing):
    population = long({("Hem", year): {"POP": 100.0} for year in (2013, 2018) if str(year) != missing})
    known = {name: 5.0 for name in ("NAIS", "DECE") if missing not in (name, "both")}
    period = (2013, 2017) if missing == "period" else (2013, 2018)
    events = flows({("Hem", *period): known})
    assert growth.balances(population, events, since=2013, until=2018).empty


def test_events_of_another_period_are_not_counted():
    population = long({("Hem", 2013): {"POP": 100.0}, ("Hem", 2018): {"POP": 110.0}})
    both = flows(
        {("Hem", 2013, 2018): {"NAIS": 9.0, "DECE": 4.0}, ("Hem", 2018, 2019): {"NAIS": 90.0, "DECE": 40.0}, ("Hem", 2008, 2013): {"NAIS": 1.0, "DECE": 2.0}, ("Hem", 2008, 2018): {"NAIS": 7.0, "DECE": 3.0}}
    )  # fmt: skip
    assert growth.balances(population, both, since=2013, until=2018)["natural"].tolist() == [5.0]


def yearly(values, *, since=2013, **options):
    """Births and deaths of successive years, from `since` on."""
    return flows(
        {("Hem", year, year + 1): parts for year, parts in enumerate(values, start=since)}, **options
    )


@given(births=st.lists(events, min_size=5, max_size=12), deaths=st.lists(events, min_size=12, max_size=12))
@settings(max_examples=20)
def test_the_years_of_a_period_add_up_to_the_count_of_the_period(births, deaths):
    years = (2013, 2013 + len(births))
    deaths = deaths[: len(births)]
    population = long({("Hem", years[0]): {"POP": 900.0}, ("Hem", years[1]): {"POP": 950.0}})
    each = yearly({"NAIS": nais, "DECE": dece} for nais, dece in zip(births, deaths, strict=True))
    around = flows(
        {("Hem", years[0] - 1, years[0]): {"NAIS": 7.0}, ("Hem", years[1], years[1] + 1): {"DECE": 7.0}}
    )
    every = pd.concat([around, each], ignore_index=True)
    row = growth.balances(population, every, since=years[0], until=years[1]).iloc[0]
    whole = balance(900.0, 950.0, sum(births), sum(deaths), years=years)
    for name in ("NAIS", "DECE", "natural", "migratory", "annual_natural", "birth_rate"):
        assert row[name] == pytest.approx(whole[name])


def test_a_sum_of_years_tells_every_source_and_the_least_real_origin():
    first = yearly([{"NAIS": 1.0, "DECE": 1.0}] * 3, source="etat civil")
    last = yearly([{"NAIS": 1.0, "DECE": 1.0}] * 2, since=2016, source="provisoire", origin="demonstration")
    every = pd.concat([first, last], ignore_index=True)
    population = long({("Hem", 2013): {"POP": 100.0}, ("Hem", 2018): {"POP": 110.0}})
    row = growth.balances(population, every, since=2013, until=2018).iloc[0]
    assert row["origin"] == "demonstration"
    assert row["sources"] == "etat civil|provisoire|recensement"


def test_a_balance_says_where_all_its_parts_come_from():
    population = long({("Hem", 2013): {"POP": 100.0}, ("Hem", 2018): {"POP": 110.0}})
    events = flows(
        {("Hem", 2013, 2018): {"NAIS": 9.0, "DECE": 4.0}}, origin="demonstration", source="etat civil"
    )
    row = growth.balances(population, events, since=2013, until=2018).iloc[0]
    assert row["origin"] == "demonstration"
    assert row["sources"] == "etat civil|recensement"


def test_an_index_is_100_at_its_base_and_starts_there():
    population = long(
        {("Hem", year): {"POP": value} for year, value in {2012: 50.0, 2013: 200.0, 2018: 250.0}.items()}
    )
    frame = growth.index(population, base=2013)
    assert frame["year"].tolist() == [2013, 2018]
    assert frame["index"].tolist() == [100, 125]


def test_a_territory_without_a_base_or_with_nobody_at_it_has_no_index():
    population = long(
        {("Hem", 2018): {"POP": 5.0}, ("Vide", 2013): {"POP": 0.0}, ("Vide", 2018): {"POP": 3.0}}
    )
    assert growth.index(population, base=2013).empty


def test_a_long_series_keeps_dates_five_years_apart_and_prefers_real_ones():
    real = {("Hem", year): {"POP": 10.0} for year in (1999, 2006, 2012, 2013, 2017, 2018, 2022)}
    simulated = {("Hem", year): {"POP": 9.0} for year in (1968, 1975, 2008)}
    population = pd.concat([long(real), long(simulated, origin="demonstration")], ignore_index=True)
    series = growth.census_series(population, territory="Hem")
    assert series["year"].tolist() == [1968, 1975, 1999, 2006, 2012, 2017, 2022]


def test_there_is_no_long_series_without_a_date_of_the_last_century():
    population = long({("Hem", year): {"POP": 10.0} for year in (2008, 2013, 2018)})
    assert growth.census_series(population, territory="Hem").empty
    assert growth.census_series(population, territory="Lille").empty


def test_a_long_index_is_100_at_the_first_census_of_the_commune():
    own = {
        ("Hem", year): {"POP": value}
        for year, value in {1968: 50.0, 1999: 60.0, 2013: 75.0, 2018: 80.0}.items()
    }
    other = {
        ("MEL", year): {"POP": value}
        for year, value in {1962: 8.0, 1968: 10.0, 2009: 12.0, 2018: 15.0}.items()
    }
    late = {("Nord", year): {"POP": 9.0} for year in (2013, 2018)}
    frame = growth.census_index(long(own | other | late), territory="Hem")
    assert frame.groupby("territory")["index"].agg(list).to_dict() == {
        "Hem": [100, 120, 150, 160],
        "MEL": [100, 120, 150],
    }
    assert frame.loc[frame["territory"] == "MEL", "year"].tolist() == [1968, 2009, 2018]


def test_without_a_long_series_there_is_no_long_index():
    population = long({(name, year): {"POP": 10.0} for name in ("Hem", "MEL") for year in (2013, 2018)})
    frame = growth.census_index(population, territory="Hem")
    assert frame.empty
    assert "index" in frame


def censuses(years, *, territory="Hem", value=100.0):
    return long({(territory, year): {"POP": value + rank} for rank, year in enumerate(years)})


def events_of(pairs, *, territory="Hem", **options):
    return flows({(territory, *pair): {"NAIS": 9.0, "DECE": 4.0} for pair in pairs}, **options)


def chain(years, pairs, *, since=2013, until=2018, territory="Hem"):
    return growth.periods(censuses(years), events_of(pairs), territory=territory, since=since, until=until)


def test_periods_go_back_in_time_from_the_last_one():
    pairs = [(1968, 1975), (1975, 1982), (1999, 2008), (2008, 2013), (2013, 2018)]
    assert chain([1968, 1975, 1982, 1999, 2008, 2013, 2018], pairs) == pairs


def test_a_period_needs_both_its_populations_and_five_years():
    pairs = [(1990, 1999), (1999, 2008), (2008, 2013), (2012, 2013)]
    assert chain([1999, 2008, 2012, 2013, 2018], pairs) == [(1999, 2008), (2008, 2013), (2013, 2018)]
    assert chain([2013, 2018], [(1999, 2008)]) == [(2013, 2018)]
    assert chain([2008, 2013, 2018], [(2008, 2013)], territory="Lille") == [(2013, 2018)]


known_years = st.lists(st.integers(1962, 2018), min_size=2, max_size=12, unique=True)


@settings(max_examples=40)
@given(years=known_years, data=st.data())
def test_periods_follow_one_another_without_overlap(years, data):
    every = [(start, end) for start in years for end in years if start < end]
    pairs = data.draw(st.lists(st.sampled_from(every), max_size=20, unique=True))
    text = growth.periods(
        censuses([*years, 2020, 2026]),
        events_of(pairs or [(2020, 2026)]),
        territory="Hem",
        since=2020,
        until=2026,
    )
    assert text[-1] == (2020, 2026)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(text))
    assert all(end - start >= 5 for start, end in text)
    # Nothing that would fit before the first one is left out.
    assert not [pair for pair in pairs if pair[1] <= text[0][0] and pair[1] - pair[0] >= 5]


def by_period(values):
    """`{(since, until): (people before, people after, births, deaths)}` as the balances of periods."""
    people = {("Hem", year): {"POP": 0.0} for pair in values for year in pair}
    for (since, until), (before, after, _, _) in values.items():
        people["Hem", since], people["Hem", until] = {"POP": before}, {"POP": after}
    counted = {
        ("Hem", *pair): {"NAIS": births, "DECE": deaths} for pair, (_, _, births, deaths) in values.items()
    }
    return growth.balances_by_period(long(people), flows(counted), periods=list(values))


def test_each_period_has_the_balances_that_it_has_alone():
    text = by_period({(1999, 2008): (900.0, 1000.0, 90.0, 40.0), (2008, 2013): (1000.0, 980.0, 50.0, 20.0)})
    assert text["period"].tolist() == ["1999-2008", "2008-2013"]
    alone = balance(900.0, 1000.0, 90.0, 40.0, years=(1999, 2008))
    for name in ("natural", "migratory", "annual", "annual_natural", "mean_migratory", "birth_rate"):
        assert text.loc[0, name] == pytest.approx(alone[name]), name


def test_a_period_alone_is_not_compared():
    one = by_period({(2013, 2018): (900.0, 1000.0, 90.0, 40.0)})
    assert growth.compared_periods(one).empty
    two = by_period({(2008, 2013): (800.0, 900.0, 9.0, 4.0), (2013, 2018): (900.0, 1000.0, 90.0, 40.0)})
    assert len(growth.compared_periods(two)) == 2


@settings(max_examples=20)
@given(middle=people, after=people, births=events, deaths=events)
def test_what_a_balance_gives_a_year_is_its_share_of_the_period(middle, after, births, deaths):
    text = by_period(
        {(1999, 2008): (1000.0, middle, births, deaths), (2008, 2013): (middle, after, births, deaths)}
    )
    yearly_ = growth.yearly_balances(text)
    assert yearly_["period"].tolist() == ["1999-2008"] * 2 + ["2008-2013"] * 2
    assert yearly_["part"].tolist() == ["Solde naturel", "Solde migratoire apparent"] * 2
    years = (yearly_["until"] - yearly_["since"]).tolist()
    assert (yearly_["balance_year"] * years).tolist() == pytest.approx(yearly_["balance"].tolist())
    sums = yearly_.groupby("since")["balance"].sum()
    assert sums.tolist() == pytest.approx(
        [middle - 1000.0, after - middle], abs=1e-6 * max(middle, after, births, deaths)
    )


def test_rates_of_birth_and_death_by_period_are_those_of_the_balances():
    text = by_period({(1999, 2008): (900.0, 1100.0, 90.0, 40.0), (2008, 2013): (1100.0, 1100.0, 55.0, 0.0)})
    rates = growth.vital_rates(text).set_index(["period", "part"])
    assert rates["per_mille"].to_dict() == pytest.approx(
        {
            ("1999-2008", "Natalité"): 10, ("1999-2008", "Mortalité"): 40 / 9, ("2008-2013", "Natalité"): 10,
            ("2008-2013", "Mortalité"): 0,
        }
    )  # fmt: skip
    assert rates["events"].tolist() == [90, 40, 55, 0]


def test_a_period_without_inhabitants_has_no_rate():
    rates = growth.vital_rates(by_period({(2008, 2013): (0.0, 0.0, 0.0, 0.0)}))
    assert rates["per_mille"].isna().all()
    assert rates["events"].tolist() == [0, 0]


@settings(max_examples=30)
@given(before=people, after=people, births=events, deaths=events, years=st.integers(5, 12))
@example(before=10_000.0, after=10_000.0, births=500.0, deaths=300.0, years=5)
@example(before=0.0, after=10.0, births=0.0, deaths=0.0, years=5)
def test_over_the_mean_population_both_balances_add_up_to_the_change(before, after, births, deaths, years):
    row = balance(before, after, births, deaths, years=(2013, 2013 + years))
    mean = (before + after) / 2
    total = 100 * (after - before) / (years * mean)
    size = 1e-9 * max(1.0, abs(row["mean_natural"]))
    assert row["mean_natural"] + row["mean_migratory"] == pytest.approx(total, abs=size)
    if after == before:
        assert row["mean_natural"] == pytest.approx(row["annual_natural"])


@settings(max_examples=30)
@given(
    gain=st.floats(-0.1, 0.1), births=st.floats(0, 0.02), deaths=st.floats(0, 0.02), years=st.integers(5, 9)
)
def test_the_two_forms_of_a_rate_agree_where_the_population_changes_little(gain, births, deaths, years):
    row = balance(
        10_000.0,
        10_000.0 * (1 + gain),
        births * years * 1e4,
        deaths * years * 1e4,
        years=(2013, 2013 + years),
    )
    # A tenth of a point is what is published.
    assert row["mean_natural"] == pytest.approx(row["annual_natural"], abs=0.1)
    assert row["mean_migratory"] == pytest.approx(row["annual_migratory"], abs=0.1)


@pytest.mark.parametrize(
    ("since", "until", "straddles"),
    [
        (2008, 2013, False), (2010, 2015, False), (2011, 2016, True), (2013, 2018, True), (2016, 2022, True),
        (2019, 2025, True), (2020, 2026, False),
    ],
)  # fmt: skip
def test_the_questionnaire_of_2018_is_in_the_surveys_of_two_years_around(since, until, straddles):
    assert growth.straddles_questionnaire(since, until) is straddles
