"""Ages: shares that add up, pyramids, and ages crossed with tenure."""

from __future__ import annotations

import re
from itertools import pairwise

import pandas as pd
import pytest
from frames import long
from hypothesis import given, settings
from hypothesis import strategies as st
from measuring import measure

from helpers import schemas
from helpers.diagnostic import open_sheet
from helpers.indicators import ages
from helpers.indicators.age_classes import class_counts
from helpers.indicators.measures import Ratio
from helpers.indicators.quantities import age_words
from helpers.indicators.registry import find, find_measure

TENURES = schemas.TENURES
counts = st.floats(0, 1e5)
bounds = st.one_of(
    st.tuples(st.integers(0, 100), st.none()),
    st.tuples(st.integers(0, 99), st.integers(0, 99)).map(lambda pair: (min(pair), max(pair))),
)


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
    sheet = open_sheet(code)
    groups = sheet.own(ages.groups(sheet.table("age_groups"), sheet.table("population")))
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
    assert ages.ownership(ages.pyramid_tenure(frame, territory="Hem", years=years)).empty


def test_the_pyramid_by_tenure_of_a_commune_adds_up_to_its_pyramid():
    sheet = open_sheet("59011")
    whole = ages.pyramid(sheet.table("ages"), territory="Annœullin", years=[2008, 2018])
    split = ages.pyramid_tenure(sheet.table("ages_tenure"), territory="Annœullin", years=[2008, 2018])
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
    owned = ages.ownership(by_tenure(values)).set_index("age")
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
    owned = ages.ownership(by_tenure(values))
    adults = sum(value for (_, _, age, _), value in values.items() if age >= 20)
    assert owned["people"].sum() == pytest.approx(adults)
    assert (owned["owners"] <= owned["people"] * (1 + 1e-12)).all()
    assert owned["rate"].dropna().between(0, 100 + 1e-9).all()
    assert owned["rate"].isna().equals(owned["people"] <= 0)


@pytest.mark.parametrize(("age", "label"), [(0, "0-4 ans"), (60, "60-64 ans"), (95, "95 ans ou plus")])
def test_a_class_of_five_years_is_written_by_its_bounds(age, label):
    assert ages.age_label(age) == label


@pytest.mark.parametrize(("age", "label"), [(20, "20-29 ans"), (70, "70-79 ans"), (80, "80 ans ou plus")])
def test_a_class_of_ten_years_is_written_by_its_bounds(age, label):
    assert ages.age_label(age, width=10, last=80) == label
    assert ages.label_ages(pd.DataFrame({"age": [age]}))["label"].tolist() == [label]


def test_every_tenure_of_the_store_has_a_name():
    assert list(ages.TENURES) == TENURES


# Persons of a class of ages, from whichever table gives them exactly.


def by_age(values, *, origin="insee", source="s", territory="Hem"):
    """`{(year, sex, age): value}` as the tables of the store by age."""
    rows = [(territory, year, sex, age, value) for (year, sex, age), value in values.items()]
    frame = pd.DataFrame(rows, columns=["territory", "year", "sex", "age", "value"])
    frame = frame.astype({"year": "int16", "age": "int16", "value": "float64"})
    return frame.assign(variable="POP", origin=origin, source=source)


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


def test_the_classes_of_a_sheet_keep_the_order_of_its_territories():
    sheet = open_sheet("59011")
    found = class_counts({"ages": sheet.table("ages")}, classes=[(0, 19), (65, None)])
    assert list(dict.fromkeys(found["territory"])) == ["Annœullin", "MEL"]
    assert set(found["year"]) == {2008, 2013, 2018}
    real = class_counts(
        {"ages": sheet.table("ages"), "age_groups": sheet.table("age_groups")}, classes=[(75, None)]
    )
    assert set(sheet.own(real).set_index("year")["origin"].loc[[2012, 2018]]) == {"insee"}


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
    told = ages.fifteen_years({"age_groups": long(values)}, territory="Hem", until=2018)
    assert told["value"].tolist() == people
    assert told["share"].sum() == pytest.approx(100)
    groups = [tuple(map(int, re.findall(r"\d+", label))) for label in told["group"]]
    assert groups[0][0] == 0
    assert told["group"].iloc[-1] == "90 ans ou plus"
    assert all(before[1] + 1 == after[0] for before, after in pairwise(groups))


def test_fifteen_years_are_told_at_three_dates_five_years_apart():
    told = fifteen(dict.fromkeys((2007, 2012, 2013, 2018, 2023), FINE))
    assert sorted(set(told["year"])) == [2013, 2018, 2023]
    assert sorted(set(fifteen(dict.fromkeys((2007, 2012, 2017, 2023), FINE), until=2017)["year"])) == [
        2007,
        2012,
        2017,
    ]


def test_the_oldest_are_parted_only_where_they_are_at_every_date():
    told = fifteen({2012: BROAD, 2017: BROAD, 2023: [*FINE, "POP75P"]})
    assert sorted(set(told["year"])) == [2012, 2017, 2023]
    assert told["group"].nunique() == 6
    assert told["group"].iloc[-1] == "75 ans ou plus"
    assert fifteen({2017: [*FINE, "POP75P"], 2023: [*FINE, "POP75P"]})["group"].iloc[-1] == "90 ans ou plus"


@pytest.mark.parametrize("missing", range(6))
def test_a_date_that_lacks_a_class_is_left_out(missing):
    partly = [name for rank, name in enumerate(BROAD) if rank != missing]
    assert set(fifteen({2017: partly, 2023: BROAD})["year"]) == {2023}
    assert fifteen({2023: partly}).empty


def test_fifteen_years_of_nobody_or_of_another_commune_are_not_told():
    known = long({("Hem", 2018): dict.fromkeys(BROAD, 0.0), ("Lille", 2018): dict.fromkeys(BROAD, 1.0)})
    assert ages.fifteen_years({"age_groups": known}, territory="Hem", until=2018).empty
    assert ages.fifteen_years({}, territory="Hem", until=2018).empty
