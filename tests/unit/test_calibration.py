from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fake_official_files.country import Country
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.errors import SourceError
from helpers.simulation import calibration
from helpers.sources.microdata_rows import TENURES

COUNTRY = Country(codes=("01004", "2A004", "59299"), dates=(2016, 2022))
KEYS = ["code", "year", "sex", "age"]


def table(rows, columns):
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(variable="POP").astype({"year": "int16", "value": "float64"})


def people(*rows):
    """Pyramids by tenure: code, sex, age, tenure, value, in 2018."""
    return table(
        [(code, 2018, sex, age, tenure, value) for code, sex, age, tenure, value in rows],
        ["code", "year", "sex", "age", "tenure", "value"],
    )


def margins(*rows):
    """Table of ages: code, sex, age, value, in 2018."""
    return table([(code, 2018, *rest) for code, *rest in rows], ["code", "year", "sex", "age", "value"])


def population(**values):
    return table([(code, 2018, value) for code, value in values.items()], ["code", "year", "value"])


@pytest.fixture(scope="module")
def country():
    """The country's pyramids by tenure as a detail file without children under one has them, and its tables."""
    everyone = COUNTRY.people.assign(
        variable="POP",
        sex=lambda frame: frame["sex"].map({1: "H", 2: "F"}),
        single=lambda frame: frame["age"],
        age=lambda frame: (frame["age"] // 5 * 5).clip(upper=95),
        tenure=lambda frame: frame["tenure"].map(TENURES),
    )
    keys = ["code", "year", "variable", "sex", "age", "tenure"]
    whole = everyone.groupby(keys, as_index=False)["value"].sum()
    return {
        "whole": whole[whole["value"] > 0].reset_index(drop=True),
        "held": everyone[everyone["single"] > 0].groupby(keys, as_index=False)["value"].sum(),
        "ages": whole.groupby(keys[:-1], as_index=False)["value"].sum(),
        "population": whole.groupby(keys[:3], as_index=False)["value"].sum(),
    }


# Coverage.


def test_a_file_with_everyone_is_complete(country):
    found = calibration.measure_coverage(country["whole"], country["population"])
    assert found.kind == "complet"
    assert found.ratio == pytest.approx(1)
    assert found.communes["ratio"].tolist() == pytest.approx([1] * 6)
    assert list(found.communes.columns) == ["code", "year", "population", "persons", "ratio"]


def test_a_file_without_children_under_one_says_so(country):
    found = calibration.measure_coverage(country["held"], country["population"])
    born = COUNTRY.people.loc[COUNTRY.people["age"] == 0, "value"].sum() / COUNTRY.people["value"].sum()
    assert found.kind == "sans les moins d'un an"
    assert found.ratio == pytest.approx(1 - born)


@pytest.mark.parametrize(
    ("persons", "kind"),
    [
        (100_000, "complet"),
        (99_920, "complet"),
        (99_480, "sans les moins d'un an"),
        (98_450, "sans les moins d'un an"),
    ],
)
def test_the_missing_share_is_classified(persons, kind):
    found = calibration.measure_coverage(
        people(("59299", "H", 0, "owner", persons)), population(**{"59299": 100_000})
    )
    assert found.kind == kind


@pytest.mark.parametrize("persons", [94_900, 101_200, 99_700, 97_000])
def test_a_share_that_nothing_explains_is_refused_with_its_numbers(persons):
    with pytest.raises(SourceError) as caught:
        calibration.measure_coverage(
            people(("59299", "H", 0, "owner", persons)), population(**{"59299": 100_000})
        )
    assert str(persons) in caught.value.message
    assert "100000" in caught.value.message


def test_communes_that_the_file_lacks_count(country):
    with pytest.raises(SourceError, match="ne couvre pas"):
        calibration.measure_coverage(country["whole"].query("code != '59299'"), country["population"])


def test_another_vintage_is_reported_by_communes_that_hold_too_many(country):
    # The whole may agree between two vintages; communes that lose people do not.
    held = people(("59299", "H", 0, "owner", 5_000), ("59350", "H", 0, "owner", 95_000))
    with pytest.raises(SourceError) as caught:
        calibration.measure_coverage(held, population(**{"59299": 10_000, "59350": 90_000}))
    assert "59350" in caught.value.message
    assert "millésime" in caught.value.remedy


def test_the_margin_is_two_standard_errors_of_one_household_of_three_in_four():
    margin = calibration.sampling_margin(pd.Series([0.0, 400.0, 18_163.0]))
    assert margin.tolist() == pytest.approx([0, 120, 808.6], abs=0.1)


def test_what_the_survey_of_one_household_in_four_explains_is_no_other_vintage():
    # One commune holds 5 % more than its people, the other 5 % less: 100 is under 6 √2 000.
    held = people(("59299", "H", 0, "owner", 1_900), ("59350", "H", 0, "owner", 2_100))
    assert (
        calibration.measure_coverage(held, population(**{"59299": 2_000, "59350": 2_000})).kind == "complet"
    )


def test_a_rounding_in_a_small_commune_is_no_excess():
    held = people(("01001", "H", 0, "owner", 10.6), ("59350", "H", 0, "owner", 29_999.5))
    found = calibration.measure_coverage(held, population(**{"01001": 10, "59350": 30_000}))
    assert found.kind == "complet"


def test_a_year_without_population_cannot_be_compared(country):
    with pytest.raises(SourceError, match="Aucune population"):
        calibration.measure_coverage(country["whole"], country["population"].query("year == 1999"))


# Rescaling to the table of ages.


def test_rescaling_brings_back_the_children_under_one(country):
    found = calibration.rescale(country["held"], country["ages"])
    sums = found.groupby(KEYS)["value"].sum()
    expected = country["ages"].set_index(KEYS)["value"]
    pd.testing.assert_series_equal(sums.sort_index(), expected.sort_index())
    # Only the class of 0-4 years was touched.
    assert set(found.loc[found["origin"] == "estimation", "age"]) == {0}
    assert set(found.loc[found["age"] > 0, "origin"]) == {"insee"}
    assert calibration.measure_coverage(found, country["population"]).kind == "complet"


def test_what_agrees_is_left_untouched(country):
    found = calibration.rescale(country["whole"], country["ages"])
    keys = [*KEYS, "tenure"]
    pd.testing.assert_frame_equal(
        found.drop(columns="origin").sort_values(keys, ignore_index=True),
        country["whole"].sort_values(keys, ignore_index=True)[found.columns.drop("origin")],
        check_exact=True,
    )
    assert set(found["origin"]) == {"insee"}


def test_the_tenures_of_a_cell_share_the_same_factor():
    held = people(("59299", "H", 0, "owner", 30), ("59299", "H", 0, "social", 10))
    found = calibration.rescale(held, margins(("59299", "H", 0, 50)))
    assert found[["tenure", "value"]].to_numpy().tolist() == [["owner", 37.5], ["social", 12.5]]
    factors = calibration.compute_factors(held, margins(("59299", "H", 0, 50)))
    assert factors[["persons", "margin", "factor"]].to_numpy().tolist() == [[40, 50, 1.25]]


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        # The neighbouring class of the same sex.
        ([("H", 5, "social", 3), ("H", 5, "owner", 1), ("H", 10, "owner", 99)], {"owner": 2, "social": 6}),
        # Else all ages of the sex.
        ([("H", 40, "social", 3), ("H", 50, "owner", 3), ("F", 5, "other", 9)], {"owner": 4, "social": 4}),
        # Else all of the commune.
        ([("F", 5, "other", 9), ("F", 50, "owner", 3)], {"other": 6, "owner": 2}),
    ],
)
def test_an_empty_cell_is_spread_as_those_around_it(held, expected):
    frame = people(*(("59299", *row) for row in held), ("59350", "H", 5, "private", 1_000))
    found = calibration.rescale(frame, margins(("59299", "H", 0, 8)))
    spread = found[(found["age"] == 0) & (found["sex"] == "H")]
    assert dict(zip(spread["tenure"], spread["value"], strict=True)) == pytest.approx(expected)
    assert set(spread["origin"]) == {"estimation"}
    assert len(found) == len(frame) + len(spread)
    assert found.dtypes[["year", "value"]].tolist() == frame.dtypes[["year", "value"]].tolist()
    assert np.isnan(calibration.compute_factors(frame, margins(("59299", "H", 0, 8)))["factor"]).all()


def test_a_cell_that_the_table_gives_as_empty_becomes_empty():
    held = people(("59299", "H", 95, "owner", 1), ("59299", "H", 90, "owner", 1))
    found = calibration.rescale(held, margins(("59299", "H", 95, 0), ("59299", "H", 90, 1)))
    assert found["age"].tolist() == [90]


def test_a_cell_that_the_table_does_not_give_is_left_as_it_is():
    held = people(("59299", "H", 95, "owner", 1), ("59299", "H", 90, "owner", 1))
    found = calibration.rescale(held, margins(("59299", "H", 90, 2)))
    assert found[["age", "value", "origin"]].to_numpy().tolist() == [
        [90, 2.0, "estimation"],
        [95, 1.0, "insee"],
    ]


def test_a_commune_that_the_file_does_not_know_gets_nobody():
    held = people(("59299", "H", 0, "owner", 1))
    ages = margins(("59299", "H", 0, 1), ("97601", "H", 0, 9))
    assert set(calibration.rescale(held, ages)["code"]) == {"59299"}
    assert set(calibration.compute_factors(held, ages)["code"]) == {"59299"}


def test_categories_of_two_readers_match(country):
    held = country["held"].astype(dict.fromkeys(("code", "sex", "tenure", "variable"), "category"))
    ages = country["ages"].astype({"code": "category", "sex": "category"})
    pd.testing.assert_frame_equal(
        calibration.rescale(held, ages), calibration.rescale(country["held"], country["ages"])
    )


def test_arguments_are_left_as_they_are(country):
    held, ages = country["held"].copy(), country["ages"].copy()
    calibration.rescale(held, ages)
    calibration.measure_coverage(held, country["population"])
    pd.testing.assert_frame_equal(held, country["held"])
    pd.testing.assert_frame_equal(ages, country["ages"])


cells = st.dictionaries(
    st.tuples(st.sampled_from(["01001", "2A004"]), st.sampled_from("HF"), st.sampled_from([0, 5, 50, 95])),
    st.dictionaries(st.sampled_from(["owner", "social", "outside"]), st.floats(0.5, 1e4), min_size=1),
    min_size=1,
)


@settings(max_examples=25)
@given(cells, st.data())
def test_rescaled_tenures_add_up_to_the_table_whatever_it_is(held, data):
    frame = people(*((*cell, tenure, value) for cell, mix in held.items() for tenure, value in mix.items()))
    known = {code for code, _, _ in held}
    table = {
        (code, sex, age): data.draw(st.floats(0, 1e4))
        for code in sorted(known)
        for sex in "HF"
        for age in (0, 5, 50, 95)
    }
    found = calibration.rescale(frame, margins(*((*cell, value) for cell, value in table.items())))
    sums = found.groupby(["code", "sex", "age"])["value"].sum().to_dict()
    for cell, value in table.items():
        assert sums.get(cell, 0.0) == pytest.approx(value, rel=2e-6)
    assert not found.duplicated([*KEYS, "tenure"]).any()


def test_rescaling_what_was_estimated_keeps_saying_so(country):
    once = calibration.rescale(country["held"], country["ages"])
    again = calibration.rescale(once, country["ages"])
    pd.testing.assert_frame_equal(again, once)
