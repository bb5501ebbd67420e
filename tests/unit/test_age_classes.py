"""Persons of a class of ages, from whichever table gives them exactly, and the indices made of them."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest
from frames import by_age, long
from hypothesis import given, settings
from hypothesis import strategies as st
from measuring import measure

from helpers.diagnostic import Diagnostic
from helpers.indicators.age_classes import class_counts
from helpers.indicators.quantities import age_words
from helpers.indicators.registry import find

bounds = st.one_of(
    st.tuples(st.integers(0, 100), st.none()),
    st.tuples(st.integers(0, 99), st.integers(0, 99)).map(lambda pair: (min(pair), max(pair))),
)


def single(people, **options):
    """Single years of age of 2018, a count by age for men; one woman more at each age."""
    cells = {(2018, "H", age): count for age, count in enumerate(people)}
    cells |= {(2018, "F", age): count + 1 for age, count in enumerate(people)}
    return by_age(cells, **options)


def grouped(frame, width=5, last=95):
    """Single years of age added up in classes."""
    frame = frame.assign(age=frame["age"].clip(upper=last) // width * width)
    return frame.groupby([name for name in frame.columns if name != "value"], as_index=False)["value"].sum()


def value_of(tables_of_ages, bounds, **options):
    found = class_counts(tables_of_ages, classes=[bounds], **options)
    return found["value"].tolist()


@given(people=st.lists(st.floats(0, 1e4), min_size=101, max_size=101), bounds=bounds)
@settings(max_examples=12)
def test_a_class_is_the_sum_of_its_single_years_and_of_its_five_year_classes_where_they_meet(people, bounds):
    low, high = bounds
    expected = sum(
        2 * count + 1 for age, count in enumerate(people) if low <= age <= (100 if high is None else high)
    )
    years = single(people)
    assert value_of({"single_ages": years}, bounds) == [pytest.approx(expected)]
    coarse = value_of({"ages": grouped(years)}, bounds)
    meets = low % 5 == 0 and low <= 95 and (high is None or (high % 5 == 4 and high < 95))
    assert coarse == ([pytest.approx(expected)] if meets else [])


@given(people=st.lists(st.floats(0, 1e4), min_size=101, max_size=101), cuts=st.sets(st.integers(1, 100)))
@settings(max_examples=6)
def test_classes_that_follow_one_another_add_up_to_everybody_whatever_their_order(people, cuts):
    starts = [0, *sorted(cuts)]
    classes = [*((low, following - 1) for low, following in pairwise(starts)), (starts[-1], None)]
    frame = single(people)
    found = class_counts({"single_ages": frame}, classes=classes)
    assert found["value"].sum() == pytest.approx(frame["value"].sum())
    assert list(zip(found["low"], found["high"].fillna(-1), strict=True)) == [
        (low, -1 if high is None else high) for low, high in classes
    ]
    shuffled = class_counts({"single_ages": frame.sample(frac=1, random_state=1)}, classes=classes[::-1])
    assert shuffled["value"].tolist()[::-1] == pytest.approx(found["value"].tolist())
    men_and_women = class_counts({"single_ages": frame}, classes=classes, by_sex=True)
    assert men_and_women.groupby("low")["value"].sum().tolist() == pytest.approx(found["value"].tolist())


@pytest.mark.parametrize("missing", [("H", 3), ("F", 5)])
def test_a_class_that_lacks_an_age_of_one_sex_is_missing_and_the_others_are_not(missing):
    frame = single([10.0] * 101)
    frame = frame[~((frame["sex"] == missing[0]) & (frame["age"] == missing[1]))]
    assert value_of({"single_ages": frame}, (3, 5)) == []
    assert value_of({"single_ages": frame}, (6, 10)) == [105]
    known = class_counts({"single_ages": frame}, classes=[(3, 5)], by_sex=True)
    assert known["sex"].tolist() == [{"H": "F", "F": "H"}[missing[0]]]


@pytest.mark.parametrize(
    ("known", "bounds", "expected"),
    [
        ({"POP0014": 3, "POP1529": 4}, (0, 29), [7]),
        ({"POP0014": 3, "POP1529": 4}, (0, 19), []),
        ({"POP0014": 3, "POP3044": 4}, (0, 44), []),
        ({"POP1529": 9, "POP1824": 4}, (18, 24), [4]),
        ({"POP75P": 7, "POP7589": 5, "POP90P": 2}, (75, None), [7]),
        ({"POP7589": 5, "POP90P": 2}, (75, None), [7]),
        ({"POP7589": 5}, (75, None), []),
        ({"POP75P": 7}, (80, None), []),
        ({"POP75P": 7}, (75, 89), []),
        ({"H0019": 3, "F0019": 4}, (0, 19), [7]),
        ({"H0019": 3}, (0, 19), []),
        ({"H0019": 3, "F0019": 4, "H2064": 5, "F2064": 6}, (0, 64), [18]),
        ({"POPH": 8, "POPF": 9}, (0, None), [17]),
        ({}, (0, None), []),
    ],
)
def test_broad_groups_give_a_class_that_they_make_up_exactly_and_no_other(known, bounds, expected):
    table = long({("Hem", 2018): {name: float(value) for name, value in known.items()}})
    assert value_of({"age_groups": table}, bounds) == expected


def test_broad_groups_of_a_sex_give_that_sex():
    table = long({("Hem", 2018): {"H0019": 3.0, "F0019": 4.0, "F65P": 9.0, "POP75P": 5.0}})
    found = class_counts({"age_groups": table}, classes=[(0, 19), (65, None), (75, None)], by_sex=True)
    assert found[["low", "sex", "value"]].to_numpy().tolist() == [
        [0, "F", 4.0],
        [0, "H", 3.0],
        [65, "F", 9.0],
    ]


def test_the_finest_table_wins_and_a_real_one_wins_over_a_simulated_one():
    fine, coarse = single([1.0] * 101, source="fine"), grouped(single([2.0] * 101, source="coarse"))
    broad = long({("Hem", 2018): {"POP75P": 7.0}}, source="broad")

    def chosen(**tables_of_ages):
        return class_counts(tables_of_ages, classes=[(75, None)])["sources"].tolist()

    assert chosen(single_ages=fine, ages=coarse, age_groups=broad) == ["fine"]
    assert chosen(ages=coarse, age_groups=broad) == ["coarse"]
    assert chosen(ages=coarse.assign(origin="demonstration"), age_groups=broad) == ["broad"]
    simulated = {
        "single_ages": fine.assign(origin="demonstration"),
        "ages": coarse.assign(origin="demonstration"),
    }
    assert chosen(**simulated) == ["fine"]


def test_each_date_and_territory_has_its_own_best_table():
    fine = single([1.0] * 101, source="fine")
    coarse = pd.concat(
        [grouped(single([2.0] * 101, source="coarse").assign(year=year)) for year in (2008, 2018)]
    )
    elsewhere = long({("Lille", 2018): {"POP75P": 7.0}}, source="broad")
    found = class_counts({"single_ages": fine, "ages": coarse, "age_groups": elsewhere}, classes=[(75, None)])
    assert found[["territory", "year", "sources"]].to_numpy().tolist() == [
        ["Hem", 2008, "coarse"], ["Hem", 2018, "fine"], ["Lille", 2018, "broad"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "known", [{}, {"ages": by_age({})}, {"single_ages": by_age({}), "age_groups": long({})}]
)
def test_no_table_or_an_empty_one_gives_no_class(known):
    assert class_counts(known, classes=[(0, 19)]).empty
    assert list(class_counts(known, classes=[(0, 19)], by_sex=True).columns) == [
        "territory", "year", "sex", "low", "high", "label", "value", "origin", "sources",
    ]  # fmt: skip
    assert index_of(known, "vieillissement").empty


def test_the_classes_of_a_diagnostic_keep_the_order_of_its_territories():
    d = Diagnostic.open("59011")
    found = class_counts({"ages": d.table("ages")}, classes=[(0, 19), (65, None)])
    assert list(dict.fromkeys(found["territory"])) == ["Annœullin", "MEL"]
    assert set(found["year"]) == {2008, 2013, 2018}
    real = class_counts({"ages": d.table("ages"), "age_groups": d.table("age_groups")}, classes=[(75, None)])
    assert set(d.commune_rows(real).set_index("year")["origin"].loc[[2012, 2018]]) == {"insee"}


# Indices of structure.

# Their numbers of persons: for a hundred or for one, of which ages over which.
INDICES = {
    "vieillissement": (100, [(65, 100)], [(0, 19)]),
    "jeunesse": (1, [(0, 19)], [(60, 100)]),
    "dependance": (100, [(0, 19), (65, 100)], [(20, 64)]),
}


def index_of(known, identifier):
    return measure(find(identifier), known, since=2013, until=2018)


@pytest.mark.parametrize("identifier", INDICES)
@given(people=st.lists(st.floats(1, 1e4), min_size=101, max_size=101))
@settings(max_examples=4)
def test_an_index_is_the_persons_of_some_ages_over_those_of_others(identifier, people):
    row = index_of({"single_ages": single(people)}, identifier).iloc[0]
    per, *sides = INDICES[identifier]
    top, bottom = (
        sum(2 * people[age] + 1 for low, high in side for age in range(low, high + 1)) for side in sides
    )
    assert row["value"] == pytest.approx(per * top / bottom)
    assert row["count"] == pytest.approx(min(top, bottom))
    # Five-year classes lead to the same index.
    coarse = index_of({"ages": grouped(single(people))}, identifier)
    assert coarse["value"].tolist() == [pytest.approx(row["value"])]


@pytest.mark.parametrize("identifier", INDICES)
def test_the_label_of_an_index_states_its_bounds(identifier):
    _, *sides = INDICES[identifier]
    label = find(identifier).name(since=2013, until=2018).lower()
    for low, high in (bounds for side in sides for bounds in side):
        assert age_words((low, None if high == 100 else high)) in label


@pytest.mark.parametrize("known", [{"H0019": 3.0, "F0019": 3.0, "H65P": 2.0}, {"H65P": 2.0, "F65P": 1.0}])
def test_an_index_that_lacks_a_class_is_missing(known):
    assert index_of({"age_groups": long({("Hem", 2018): known})}, "vieillissement").empty


def test_an_index_over_nobody_is_missing():
    table = long({("Hem", 2018): {"H0019": 0.0, "F0019": 0.0, "H65P": 2.0, "F65P": 1.0}})
    assert index_of({"age_groups": table}, "vieillissement").empty


def test_an_index_made_of_a_simulated_class_is_simulated():
    table = long({("Hem", 2018): {"H0019": 1.0, "F0019": 1.0}}, source="a")
    old = long({("Hem", 2018): {"H65P": 2.0, "F65P": 1.0}}, origin="demonstration", source="b")
    row = index_of({"age_groups": pd.concat([table, old])}, "vieillissement").iloc[0]
    assert (row["value"], row["origin"], row["sources"]) == (150, "demonstration", "a|b")
