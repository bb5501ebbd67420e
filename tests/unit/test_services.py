"""The ages of services: their counts, their change, and the homes started over the same time."""

from __future__ import annotations

import re
from itertools import pairwise

import pandas as pd
import pytest
from frames import flows, long
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.diagnostic import Diagnostic
from helpers.indicators import ages, services

people = st.lists(st.floats(0, 1e4), min_size=101, max_size=101)


def single(by_year, *, territory="Hem", origin="insee"):
    """`{year: [men and women of each age]}` as the table of single years of age, halves by sex."""
    rows = [
        (territory, year, sex, age, count / 2)
        for year, counts in by_year.items()
        for age, count in enumerate(counts)
        for sex in "HF"
    ]
    frame = pd.DataFrame(rows, columns=["territory", "year", "sex", "age", "value"])
    return frame.astype({"value": "float64"}).assign(variable="POP", origin=origin, source="s")


def starts(by_year, *, territory="Hem", **options):
    """`{year: homes}` as annual flows."""
    return flows(
        {(territory, year, year + 1): {"LOGCOM": float(homes)} for year, homes in by_year.items()}, **options
    )


def in_five_years(counts):
    """The five-year classes of single years of age."""
    frame = single(counts)
    frame = frame.assign(age=frame["age"].clip(upper=95) // 5 * 5)
    return frame.groupby([name for name in frame.columns if name != "value"], as_index=False)["value"].sum()


def test_school_ages_follow_one_another_without_gap():
    schools = [
        group.bounds for group in services.GROUPS if group.bounds[1] is not None and group.bounds[1] < 25
    ]
    assert schools[0][0] == 0
    assert all(before[1] + 1 == after[0] for before, after in pairwise(schools))


def test_every_group_is_named_by_its_bounds_and_says_what_it_calls_for():
    for group in services.GROUPS:
        low, high = group.bounds
        assert [int(number) for number in re.findall(r"\d+", group.label)] == [low, *([high] if high else [])]
        assert group.service
    assert len({group.label for group in services.GROUPS}) == len(services.GROUPS)


@given(people)
@settings(max_examples=6)
def test_the_count_of_a_group_is_that_of_its_ages(counts):
    found = services.counts({"single_ages": single({2018: counts})}).set_index("label")["value"]
    for group in services.GROUPS:
        low, high = group.bounds
        assert found[group.label] == pytest.approx(sum(counts[low : None if high is None else high + 1]))


def test_five_year_classes_give_no_school_age():
    found = services.counts({"ages": in_five_years({2018: [100.0] * 101})})
    assert list(found["label"]) == ["65 à 74 ans", "75 ans ou plus", "80 ans ou plus", "85 ans ou plus"]
    assert found["service"].notna().all()
    assert found["value"].tolist() == found["count"].tolist() == [1000, 2600, 2100, 1600]


@given(before=people, after=people)
@settings(max_examples=6)
def test_a_change_is_the_difference_of_the_counts(before, after):
    tables = {"single_ages": single({2013: before, 2018: after})}
    changed = services.changes(tables, since=2013, until=2018)
    assert list(changed["label"]) == [group.label for group in services.GROUPS]
    assert (changed["people_0"] + changed["change"]).tolist() == pytest.approx(
        changed["people_1"].tolist(), abs=1e-6
    )
    assert (changed["per_year"] * 5).tolist() == pytest.approx(changed["change"].tolist())
    known = changed[changed["people_0"] > 0]
    grown = known["people_0"] * (1 + known["change_rate"] / 100)
    assert grown.tolist() == pytest.approx(known["people_1"].tolist(), abs=1e-6)
    assert changed["change_rate"].isna().equals(changed["people_0"] <= 0)
    assert (changed["count"] <= changed[["people_0", "people_1"]].min(axis=1)).all()
    # What changes one way changes back the other way.
    back = services.changes({"single_ages": single({2013: after, 2018: before})}, since=2013, until=2018)
    assert back["change"].tolist() == pytest.approx((-changed["change"]).tolist())


def test_a_change_keeps_its_dates_and_its_least_real_side():
    frame = pd.concat([single({2012: [10.0] * 101}, origin="demonstration"), single({2018: [13.0] * 101})])
    row = services.changes({"single_ages": frame}, since=2012, until=2018).iloc[0]
    assert (row["since"], row["until"], row["years"], row["origin"]) == (2012, 2018, 6, "demonstration")
    assert row["annual"] == pytest.approx(100 * ((13 / 10) ** (1 / 6) - 1))
    assert (row["label"], row["service"]) == ("0 à 2 ans", "accueil de la petite enfance")


@pytest.mark.parametrize("dates", [(2008, 2018), (2018, 2023), (1999, 2008)])
def test_a_date_that_is_not_at_hand_gives_no_change(dates):
    tables = {"single_ages": single({2013: [1.0] * 101, 2018: [1.0] * 101})}
    since, until = dates
    empty = services.changes(tables, since=since, until=until)
    assert empty.empty
    per_home = services.per_home(empty, starts(dict.fromkeys(range(1990, 2025), 100)))
    assert per_home.empty
    assert {"starts", "per_ten"} <= set(per_home.columns)


def test_a_group_known_at_one_date_only_has_no_change():
    tables = {"single_ages": single({2018: [10.0] * 101}), "ages": in_five_years({2013: [10.0] * 101})}
    changed = services.changes(tables, since=2013, until=2018)
    assert list(changed["label"]) == ["65 à 74 ans", "75 ans ou plus", "80 ans ou plus", "85 ans ou plus"]


def test_both_dates_of_a_change_follow_each_other_group_by_group():
    tables = {
        "single_ages": pd.concat(
            [single({2013: [10.0] * 101, 2018: [20.0] * 101}, territory=name) for name in ("Hem", "Lille")]
        )
    }
    changed = services.changes(tables, since=2013, until=2018)
    dated = services.at_both_dates(changed)
    assert dated["label"].tolist() == [
        group.label for _ in range(2) for group in services.GROUPS for _ in range(2)
    ]
    assert dated["year"].tolist() == [2013, 2018] * 20
    assert dated["territory"].tolist() == ["Hem"] * 20 + ["Lille"] * 20
    assert dated["value"].iloc[:4].tolist() == dated["count"].iloc[:4].tolist() == [30, 60, 30, 60]
    assert services.at_both_dates(changed.iloc[:0]).empty


def changed_of(before, after, *, since=2013, until=2018, territory="Hem"):
    tables = {"single_ages": single({since: [before] * 101, until: [after] * 101}, territory=territory)}
    return services.changes(tables, since=since, until=until)


def test_a_change_is_set_beside_ten_homes_started():
    # 3 ages with 20 persons more each: 60 persons for 5 × 24 homes, 5 for ten.
    row = services.per_home(changed_of(100.0, 120.0), starts(dict.fromkeys(range(2013, 2018), 24))).iloc[0]
    assert (row["starts"], row["change"]) == (120, 60)
    assert row["per_ten"] == pytest.approx(5)
    assert row["sources"] == "recensement|s"


def test_homes_may_be_started_some_years_before():
    built = starts({2011: 500, 2012: 0, 2013: 50, 2014: 50, 2015: 0, 2016: 0, 2017: 900})
    changed = changed_of(100.0, 120.0)
    assert set(services.per_home(changed, built)["starts"]) == {1000}
    assert set(services.per_home(changed, built, lag=2)["starts"]) == {600}
    assert services.per_home(changed, built, lag=3).empty


@pytest.mark.parametrize("year", range(2013, 2018))
def test_a_territory_whose_starts_lack_a_year_is_left_out(year):
    built = starts({known: 100 for known in range(2013, 2018) if known != year})
    assert services.per_home(changed_of(100.0, 120.0), built).empty


@pytest.mark.parametrize(("homes", "known"), [(0, False), (9, False), (10, True), (100, True)])
def test_under_fifty_homes_the_figures_behind_stay_and_the_ratio_goes(homes, known):
    found = services.per_home(changed_of(100.0, 90.0), starts(dict.fromkeys(range(2013, 2018), homes)))
    assert len(found) == len(services.GROUPS)
    assert set(found["starts"]) == {5 * homes}
    assert found["per_ten"].notna().all() == known
    assert found["per_ten"].isna().all() != known
    assert (found["change"] < 0).all()


def test_each_territory_and_period_has_its_own_homes():
    changed = pd.concat(
        [
            changed_of(100.0, 120.0),
            changed_of(100.0, 120.0, territory="Lille"),
            changed_of(100.0, 120.0, since=2008, until=2013),
        ]
    )
    built = pd.concat(
        [
            starts(dict.fromkeys(range(2008, 2018), 20)),
            starts(dict.fromkeys(range(2013, 2018), 40), territory="Lille"),
        ]
    )
    found = services.per_home(changed, built).groupby(["territory", "since"])["starts"].first()
    assert found.to_dict() == {("Hem", 2008): 100, ("Hem", 2013): 100, ("Lille", 2013): 200}


def test_births_and_deaths_are_not_homes():
    events = flows({("Hem", year, year + 1): {"NAIS": 9.0, "DECE": 9.0} for year in range(2013, 2018)})
    assert services.per_home(changed_of(100.0, 120.0), events).empty


@pytest.mark.parametrize("code", ["59011", "59299", "59350"])
def test_the_old_of_a_real_commune_are_those_of_the_census(code):
    d = Diagnostic.open(code)
    tables = {name: d.table(name) for name in ("ages", "age_groups")}
    changed = d.commune_rows(services.changes(tables, since=2012, until=2018)).set_index("label")
    row = changed.loc["75 ans ou plus"]
    census = d.commune_rows(d.table("age_groups"))
    known = census[census["variable"] == "POP75P"].set_index("year")["value"]
    assert (row["people_0"], row["people_1"], row["origin"]) == (known[2012], known[2018], "insee")


def test_groups_can_be_chosen():
    chosen = (services.Group((60, None), "clubs"), services.Group((0, 19), "école"))
    found = services.counts(
        {"age_groups": long({("Hem", 2018): {"H0019": 1.0, "F0019": 2.0}})}, groups=chosen
    )
    assert found[["label", "service", "value"]].to_numpy().tolist() == [["0 à 19 ans", "école", 3.0]]
    assert ages.group_label(chosen[0].bounds) == "60 ans ou plus"


def everybody(by_territory, *, year=2018):
    return long({(name, year): {"POP": value} for name, value in by_territory.items()})


def test_the_ages_of_services_are_reported_for_a_hundred_inhabitants_beside_the_nearest():
    tables = {
        "single_ages": pd.concat(
            [
                single({2018: [count] * 101}, territory=name)
                for name, count in {"Hem": 1.0, "MEL": 20.0, "Nord": 300.0}.items()
            ]
        )
    }
    population = everybody({"Hem": 100.0, "MEL": 4000.0, "Nord": 30_000.0})
    found = services.rates(tables, population, territory="Hem", year=2018)
    assert list(found["territory"].unique()) == ["Hem", "MEL"]
    assert found["label"].tolist() == [group.label for group in services.GROUPS] * 2
    first = found.set_index(["territory", "label"])["share"]
    assert first["Hem", "3 à 5 ans"] == pytest.approx(3)
    assert first["MEL", "3 à 5 ans"] == pytest.approx(1.5)


def test_the_nearest_territory_is_the_first_whose_ages_are_known():
    tables = {
        "single_ages": pd.concat([single({2018: [1.0] * 101}), single({2018: [2.0] * 101}, territory="Nord")])
    }
    population = everybody({"Hem": 101.0, "MEL": 101.0, "Nord": 202.0})
    found = services.rates(tables, population, territory="Hem", year=2018)
    assert list(found["territory"].unique()) == ["Hem", "Nord"]
    alone = services.rates(
        {"single_ages": single({2018: [1.0] * 101})}, population, territory="Hem", year=2018
    )
    assert list(alone["territory"].unique()) == ["Hem"]


def test_only_the_groups_that_both_know_stand_side_by_side():
    tables = {
        "single_ages": single({2018: [1.0] * 101}),
        "ages": in_five_years({2018: [2.0] * 101}).assign(territory="MEL"),
    }
    found = services.rates(tables, everybody({"Hem": 101.0, "MEL": 202.0}), territory="Hem", year=2018)
    assert set(found["label"]) == {"65 à 74 ans", "75 ans ou plus", "80 ans ou plus", "85 ans ou plus"}
    assert found["share"].tolist() == pytest.approx(found["share"].tolist()[:4] * 2)


@pytest.mark.parametrize(
    ("people_of", "year"), [({"Hem": 0.0}, 2018), ({"MEL": 10.0}, 2018), ({"Hem": 10.0}, 2013)]
)
def test_without_inhabitants_or_their_ages_no_rate_is_reported(people_of, year):
    tables = {"single_ages": single({2018: [1.0] * 101})}
    assert services.rates(tables, everybody(people_of), territory="Hem", year=year).empty
