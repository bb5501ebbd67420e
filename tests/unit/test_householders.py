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


@given(cells)
@settings(max_examples=15)
def test_owned_homes_are_a_part_of_homes_at_each_age_and_those_of_the_old_a_part_of_them(values):
    frame = table(values)
    rates = householders.ownership(frame, years=[2016])
    everything = sum(values.values())
    assert rates["homes"].sum() == pytest.approx(everything)
    assert rates["rate"].between(0, 100 + 1e-9).all()
    assert rates["low"].is_monotonic_increasing
    owned = sum(value for (_, tenure), value in values.items() if tenure == "owner")
    old = householders.to_pass_on(frame, years=[2016])
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
    values = table(dict.fromkeys([(age, "owner") for age in schemas.HOLDER_AGES], 1.0))
    frame = householders.classes(values, years=[2016])
    assert frame["label"].tolist() == [
        "moins de 25 ans", "25 à 39 ans", "40 à 54 ans", "55 à 64 ans", "65 à 79 ans", "80 ans ou plus",
    ]  # fmt: skip
    assert frame["low"].tolist() == [15, 25, 40, 55, 65, 80]
    assert frame["high"].tolist()[:-1] == [24, 39, 54, 64, 79]
    assert frame["high"].isna().tolist() == [False] * 5 + [True]
    rates = householders.ownership(values, years=[2016])
    assert rates[["low", "label"]].equals(frame[["low", "label"]])


def test_other_dates_are_left_out():
    both = pd.concat([table({(65, "owner"): 10}), table({(65, "owner"): 30}, year=2022)])
    assert householders.classes(both, years=[2022])["value"].tolist() == [30]
    assert householders.classes(both, years=[1999]).empty


@pytest.mark.parametrize("function", [householders.to_pass_on, householders.ownership])
def test_no_home_gives_nothing(function):
    assert function(table({}), years=[2016]).empty
    assert function(table({(65, "owner"): 0}), years=[2016]).empty
    assert function(table({(65, "owner"): 9}), years=[2011]).empty
