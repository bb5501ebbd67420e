"""Ages: shares that add up, pyramids, and ages crossed with tenure."""

from __future__ import annotations

import re
from itertools import pairwise

import pandas as pd
import pytest
from frames import by_age, long
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import schemas
from helpers.diagnostic import Diagnostic
from helpers.indicators import ages, cohorts
from helpers.indicators.measures import Ratio
from helpers.indicators.registry import find_measure

TENURES = schemas.TENURES
counts = st.floats(0, 1e5)


def crossed(values, *, origin="demonstration"):
    """`{(year, sex, age, tenure): value}` as the store's table."""
    rows = [("Hem", year, sex, age, tenure, value) for (year, sex, age, tenure), value in values.items()]
    frame = pd.DataFrame(rows, columns=["territory", "year", "sex", "age", "tenure", "value"])
    return frame.assign(variable="POP", origin=origin, source="s")


def by_tenure(values, years=(2008, 2018)):
    return ages.pyramid_tenure(crossed(values), territory="Hem", years=list(years))


@given(young=counts, adults=counts, middle=st.floats(1, 1e5), old=counts)
@settings(max_examples=15)
def test_the_four_groups_are_the_whole_population(young, adults, middle, old):
    total = young + adults + middle + old
    groups = ages.groups(
        long({("Hem", 2018): {"POP0014": young, "POP1529": adults, "POP75P": old}}),
        long({("Hem", 2018): {"POP": total}}),
    )
    assert list(groups["group"]) == ["0 à 14 ans", "15 à 29 ans", "30 à 74 ans", "75 ans ou plus"]
    assert groups["value"].sum() == pytest.approx(total)
    assert groups["share"].sum() == pytest.approx(100)
    assert groups["value"].iloc[2] == pytest.approx(middle, abs=1e-9 * total)


def test_the_groups_have_no_gap_and_no_overlap():
    bounds = [find_measure(name, Ratio).top.classes[0] for name, _ in ages.GROUPS.parts.values()]
    assert bounds[0][0] == 0
    assert bounds[-1][1] is None
    assert all(before[1] + 1 == after[0] for before, after in pairwise(bounds))


@pytest.mark.parametrize("people", [{}, {"POP": 0.0}])
def test_groups_of_an_unknown_or_empty_population_are_left_out(people):
    known = long({("Hem", 2018): {"POP0014": 0.0, "POP1529": 0.0, "POP75P": 0.0}})
    assert ages.groups(known, long({("Hem", 2018): people})).empty


def test_a_group_that_is_missing_leaves_out_its_date_and_no_other():
    known = long(
        {
            ("Hem", 2012): {"POP0014": 1.0, "POP1529": 1.0},
            ("Hem", 2018): {"POP0014": 1.0, "POP1529": 1.0, "POP75P": 1.0},
        }
    )
    people = long({("Hem", 2012): {"POP": 9.0}, ("Hem", 2018): {"POP": 9.0}})
    assert set(ages.groups(known, people)["year"]) == {2018}


@pytest.mark.parametrize("code", ["59299", "59011", "59220", "59527", "75056"])
def test_the_groups_of_a_real_commune_are_positive_and_whole(code):
    d = Diagnostic.open(code)
    groups = d.commune_rows(ages.groups(d.table("age_groups"), d.table("population")))
    assert set(groups["year"]) == {2012, 2018}
    assert set(groups["origin"]) == {"insee"}
    assert (groups["value"] > 0).all()
    assert groups.groupby("year")["share"].sum().tolist() == pytest.approx([100, 100])


@given(
    st.dictionaries(
        st.tuples(st.sampled_from([2008, 2018]), st.sampled_from("HF"), st.sampled_from(range(0, 100, 5))),
        st.floats(1, 1e4),
        min_size=1,
    )
)
@settings(max_examples=15)
def test_the_shares_of_a_pyramid_add_up_to_one_hundred_at_each_date(values):
    frame = pd.DataFrame(
        [("Hem", *key, value) for key, value in values.items()],
        columns=["territory", "year", "sex", "age", "value"],
    )
    pyramid = ages.pyramid(
        frame.assign(variable="POP", origin="insee", source="s"), territory="Hem", years=[2008, 2018]
    )
    assert pyramid["value"].sum() == pytest.approx(sum(values.values()))
    sums = pyramid.groupby("year")["share"].sum()
    assert sums.tolist() == pytest.approx([100] * len(sums))


@pytest.mark.parametrize("years", [[1999, 2004], []])
def test_a_pyramid_of_years_that_are_not_at_hand_is_empty(years):
    frame = crossed({(2018, "H", 0, "owner"): 1.0})
    assert ages.pyramid_tenure(frame, territory="Hem", years=years).empty
    assert ages.pyramid_tenure(frame, territory="Lille", years=[2018]).empty
    assert cohorts.ownership(frame, years=years).empty


def test_the_pyramid_by_tenure_of_a_commune_adds_up_to_its_pyramid():
    d = Diagnostic.open("59011")
    whole = ages.pyramid(d.table("ages"), territory="Annœullin", years=[2008, 2018])
    split = ages.pyramid_tenure(d.table("ages_tenure"), territory="Annœullin", years=[2008, 2018])
    keys = ["year", "sex", "age"]
    assert split.groupby(keys)["value"].sum().tolist() == pytest.approx(
        whole.set_index(keys)["value"].sort_index().tolist()
    )
    # P18_POP of the comparateur, https://www.insee.fr/fr/statistiques/2521169.
    assert whole.loc[whole["year"] == 2018, "value"].sum() == pytest.approx(10486)


def test_ownership_counts_persons_of_twenty_or_more_by_ten_year_classes():
    values = {
        (2018, "H", 15, "owner"): 1000.0,
        (2018, "H", 20, "owner"): 10.0, (2018, "F", 25, "social"): 30.0,
        (2018, "F", 60, "owner"): 40.0, (2018, "H", 65, "private"): 40.0,
        (2018, "F", 80, "owner"): 5.0, (2018, "F", 85, "other"): 3.0, (2018, "H", 95, "owner"): 2.0,
    }  # fmt: skip
    owned = cohorts.ownership(crossed(values), years=[2018]).set_index("age")
    assert owned.index.tolist() == [20, 60, 80]
    assert owned["people"].tolist() == [40, 80, 10]
    assert owned["rate"].tolist() == [25, 50, 70]


@given(
    st.dictionaries(
        st.tuples(
            st.sampled_from([2008, 2018]),
            st.sampled_from("HF"),
            st.sampled_from(range(0, 100, 5)),
            st.sampled_from(TENURES),
        ),
        st.floats(0, 1e4),
        min_size=1,
    )
)
@settings(max_examples=15)
def test_ownership_is_a_rate_of_everybody_of_that_age(values):
    owned = cohorts.ownership(crossed(values), years=[2008, 2018])
    adults = sum(value for (_, _, age, _), value in values.items() if age >= 20)
    assert owned["people"].sum() == pytest.approx(adults)
    assert (owned["owners"] <= owned["people"] * (1 + 1e-12)).all()
    assert owned["rate"].between(0, 100 + 1e-9).all()
    assert (owned["people"] > 0).all()


@pytest.mark.parametrize(("age", "label"), [(0, "0-4 ans"), (60, "60-64 ans"), (95, "95 ans ou plus")])
def test_a_class_of_five_years_is_written_by_its_bounds(age, label):
    assert ages.age_label(age) == label


@pytest.mark.parametrize(("age", "label"), [(20, "20-29 ans"), (70, "70-79 ans"), (80, "80 ans ou plus")])
def test_a_class_of_ten_years_is_written_by_its_bounds(age, label):
    assert ages.age_label(age, width=10, last=80) == label
    assert ages.label_ages(pd.DataFrame({"age": [age]}))["label"].tolist() == [label]


def test_every_tenure_of_the_store_has_a_name():
    assert list(ages.TENURES) == TENURES


# Pyramids in the classes that their counts allow.


def pyramid_of(counts_by_year):
    """A pyramid with the same count in every bar of a date."""
    cells = {
        (year, sex, age): value
        for year, value in counts_by_year.items()
        for sex in "HF"
        for age in range(0, 100, 5)
    }
    return ages.pyramid(by_age(cells), territory="Hem", years=list(counts_by_year))


@pytest.mark.parametrize(
    ("by_year", "width"),
    [({2008: 200.0, 2018: 300.0}, 5), ({2008: 300.0, 2018: 199.0}, 10), ({2008: 0.0}, 10), ({2018: 1e4}, 5)],
)
def test_classes_widen_for_both_dates_and_sexes_when_the_bars_of_one_date_are_short(by_year, width):
    pyramid = pyramid_of(by_year)
    fitted = ages.fit_classes(pyramid)
    assert set((fitted["high"] - fitted["low"] + 1).dropna()) == {width}
    assert fitted.groupby(["year", "sex"])["low"].apply(list).tolist() == [
        list(range(0, 100, width)) for _ in range(2 * len(by_year))
    ]
    assert fitted["value"].sum() == pytest.approx(pyramid["value"].sum())
    assert fitted["share"].sum() == pytest.approx(pyramid["share"].sum())
    assert ages.fit_classes(pyramid.iloc[:0]).empty


def test_bars_are_measured_with_every_tenure_and_widen_by_tenure():
    values = {
        (2018, sex, age, tenure): 150.0
        for sex in "HF"
        for age in range(0, 100, 5)
        for tenure in ("owner", "social")
    }
    assert set(ages.fit_classes(by_tenure(values))["low"]) == set(range(0, 100, 5))
    del values[2018, "F", 95, "social"]
    wide = ages.fit_classes(by_tenure(values), at_least=500)
    assert set(wide["low"]) == set(range(0, 100, 10))
    cells = wide.set_index(["sex", "low", "tenure"])["value"]
    assert cells["H", 90, "social"] == 300
    assert cells["F", 90, "social"] == 150
    assert wide["value"].sum() == pytest.approx(sum(values.values()))


def test_a_ten_year_class_that_lacks_one_of_its_halves_is_left_out():
    pyramid = pyramid_of({2018: 10.0})
    pyramid = pyramid[~((pyramid["sex"] == "F") & (pyramid["age"] == 45))]
    fitted = ages.fit_classes(pyramid)
    assert (fitted["value"] == 20).all()
    assert set(fitted.loc[fitted["sex"] == "F", "low"]) == set(range(0, 100, 10)) - {40}


@pytest.mark.parametrize(
    ("value", "first", "last"), [(300.0, "0-4 ans", "95 ans ou plus"), (20.0, "0-9 ans", "90 ans ou plus")]
)
def test_the_classes_of_a_pyramid_are_named_and_the_last_one_is_open(value, first, last):
    fitted = ages.fit_classes(pyramid_of({2018: value}))
    assert (fitted["group"].iloc[0], fitted["group"].iloc[-1]) == (first, last)
    assert fitted.loc[fitted["high"].isna(), "group"].unique().tolist() == [last]


def test_shares_of_a_pyramid_by_tenure_are_those_of_everybody_and_of_nobody_are_missing():
    values = {(2018, "H", 0, "owner"): 30.0, (2018, "F", 5, "social"): 10.0, (2008, "H", 0, "owner"): 0.0}
    shared = ages.shares(by_tenure(values)).set_index(["year", "sex"])["share"]
    assert shared[2018].to_dict() == {"H": 75, "F": 25}
    assert shared[2008].isna().all()


NARROW = ["POP0014", "POP1529", "POP3044", "POP4559", "POP6074"]
FINE = [*NARROW, "POP7589", "POP90P"]
BROAD = [*NARROW, "POP75P"]


def fifteen(known, *, until=2023, origin="insee"):
    """Classes of fifteen years of `{year: [variables that are known]}`, ten people each."""
    values = {("Hem", year): dict.fromkeys(variables, 10.0) for year, variables in known.items()}
    return ages.fifteen_years({"age_groups": long(values, origin=origin)}, territory="Hem", until=until)


@given(st.lists(st.floats(0.1, 1e5), min_size=7, max_size=7))
@settings(max_examples=15)
def test_classes_of_fifteen_years_are_everybody(people):
    values = {("Hem", 2018): dict(zip(FINE, people, strict=True))}
    text = ages.fifteen_years({"age_groups": long(values)}, territory="Hem", until=2018)
    assert text["value"].tolist() == people
    assert text["share"].sum() == pytest.approx(100)
    groups = [tuple(map(int, re.findall(r"\d+", label))) for label in text["group"]]
    assert groups[0][0] == 0
    assert text["group"].iloc[-1] == "90 ans ou plus"
    assert all(before[1] + 1 == after[0] for before, after in pairwise(groups))


def test_fifteen_years_are_reported_at_three_dates_five_years_apart():
    text = fifteen(dict.fromkeys((2007, 2012, 2013, 2018, 2023), FINE))
    assert sorted(set(text["year"])) == [2013, 2018, 2023]
    assert sorted(set(fifteen(dict.fromkeys((2007, 2012, 2017, 2023), FINE), until=2017)["year"])) == [
        2007,
        2012,
        2017,
    ]


def test_the_oldest_are_parted_only_where_they_are_at_every_date():
    text = fifteen({2012: BROAD, 2017: BROAD, 2023: [*FINE, "POP75P"]})
    assert sorted(set(text["year"])) == [2012, 2017, 2023]
    assert text["group"].nunique() == 6
    assert text["group"].iloc[-1] == "75 ans ou plus"
    assert fifteen({2017: [*FINE, "POP75P"], 2023: [*FINE, "POP75P"]})["group"].iloc[-1] == "90 ans ou plus"


@pytest.mark.parametrize("missing", range(6))
def test_a_date_that_lacks_a_class_is_left_out(missing):
    partly = [name for rank, name in enumerate(BROAD) if rank != missing]
    assert set(fifteen({2017: partly, 2023: BROAD})["year"]) == {2023}
    assert fifteen({2023: partly}).empty


def test_fifteen_years_of_nobody_or_of_another_commune_are_not_reported():
    known = long({("Hem", 2018): dict.fromkeys(BROAD, 0.0), ("Lille", 2018): dict.fromkeys(BROAD, 1.0)})
    assert ages.fifteen_years({"age_groups": known}, territory="Hem", until=2018).empty
    assert ages.fifteen_years({}, territory="Hem", until=2018).empty
