"""Ages: shares that add up, pyramids, and ages crossed with tenure."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tidy import long

from helpers import schemas, tables
from helpers.indicators import ages
from helpers.sheet import open_sheet

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
    bounds = list(ages.GROUPS.values())
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
    assert list(tables.TENURES) == TENURES
