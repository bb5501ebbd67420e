"""Homes by age of their reference person: who owns at each age, and which homes are to be passed on."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import schemas
from helpers.indicators import householders

IN_HOMES = [tenure for tenure in schemas.TENURES if tenure != "outside"]
cells = st.dictionaries(
    st.tuples(st.sampled_from(schemas.HOLDER_AGES), st.sampled_from(IN_HOMES)), st.floats(0, 1e5), min_size=1
)


def table(values, *, year=2016, territory="Hem"):
    """`{(first age, tenure): homes}` as the store's table by territory."""
    rows = [(territory, year, "MEN", age, tenure, float(value)) for (age, tenure), value in values.items()]
    frame = pd.DataFrame(rows, columns=["territory", "year", "variable", "age", "tenure", "value"])
    return frame.astype({"year": "int64", "age": "int16"}).assign(origin="insee", source="s")


def homes(values, *, year=2016):
    return householders.classes(table(values, year=year), years=[year])


@given(cells)
@settings(max_examples=15)
def test_owned_homes_are_a_part_of_homes_at_each_age_and_those_of_the_old_a_part_of_them(values):
    frame = homes(values)
    rates = householders.ownership(frame)
    everything = sum(values.values())
    assert rates["homes"].sum() == pytest.approx(everything)
    assert rates["rate"].between(0, 100 + 1e-9).all()
    assert rates["low"].is_monotonic_increasing
    owned = sum(value for (_, tenure), value in values.items() if tenure == "owner")
    old = householders.to_pass_on(frame)
    assert old.empty == (owned == 0)
    if owned:
        assert old["owned"].tolist() == pytest.approx([owned, owned])
        assert old["homes"].tolist() == pytest.approx([everything, everything])
        for first, value in zip((65, 80), old["value"], strict=True):
            held = sum(value for (age, tenure), value in values.items() if tenure == "owner" and age >= first)
            assert value == pytest.approx(held)
        assert old["share"].between(0, 100 + 1e-9).all()
        assert (old["share_all"] <= old["share"] * (1 + 1e-9)).all()


def test_classes_are_named_in_words_and_the_last_one_is_open():
    frame = homes(dict.fromkeys([(age, "owner") for age in schemas.HOLDER_AGES], 1.0))
    assert frame["label"].tolist() == [
        "moins de 25 ans", "25 à 39 ans", "40 à 54 ans", "55 à 64 ans", "65 à 79 ans", "80 ans ou plus",
    ]  # fmt: skip
    assert frame["low"].tolist() == [15, 25, 40, 55, 65, 80]
    assert frame["high"].tolist()[:-1] == [24, 39, 54, 64, 79]
    assert frame["high"].isna().tolist() == [False] * 5 + [True]


def test_other_dates_are_left_out():
    both = pd.concat([table({(65, "owner"): 10}), table({(65, "owner"): 30}, year=2022)])
    assert householders.classes(both, years=[2022])["value"].tolist() == [30]
    assert householders.classes(both, years=[1999]).empty


def test_an_age_across_a_class_is_unknown_at_that_date_only():
    first = homes({(40, "owner"): 10, (65, "owner"): 5, (80, "owner"): 5})
    later = homes({(40, "owner"): 10, (65, "owner"): 10}, year=2022).replace(
        {"low": {65: 70}, "high": {54: 69}}
    )
    found = householders.to_pass_on(pd.concat([first, later]), from_ages=[65, 70])
    assert found[["year", "label", "value"]].to_numpy().tolist() == [
        [2016, "65 ans ou plus", 10.0], [2022, "70 ans ou plus", 10.0],
    ]  # fmt: skip


@pytest.mark.parametrize("function", [householders.to_pass_on, householders.ownership])
def test_no_home_gives_nothing(function):
    assert function(homes({})).empty
    assert function(homes({(65, "owner"): 0})).empty
