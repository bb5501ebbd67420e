from __future__ import annotations

import pandas as pd
import pytest

from helpers.indicators import tenure_check

KEYS = {"territory": "Hem", "year": 2018, "origin": "insee"}


def pyramids(*, ages=(20, 60, 65, 75, 95), **tenures):
    """Women of five classes of ages in each tenure."""
    rows = [
        {
            **KEYS,
            "variable": "POP",
            "sex": "F",
            "age": age,
            "tenure": tenure,
            "value": value,
            "source": "migcom",
        }
        for tenure, values in tenures.items()
        for age, value in zip(ages, values, strict=True)
    ]
    return pd.DataFrame(rows)


def occupants(source="logemt", **variables):
    rows = [
        {**KEYS, "variable": variable, "tenure": "owner", "value": value, "source": source}
        for variable, value in variables.items()
    ]
    return pd.DataFrame(rows)


def test_each_group_is_counted_within_its_bounds():
    both = tenure_check.compare(
        pyramids(owner=[1000.0, 500.0, 400.0, 300.0, 200.0]),
        occupants(INP24M=1000, INP60M=1400, INP65M=900, INP75M=500, INPER=2400),
    )
    assert dict(zip(both["group"], both["persons"], strict=True)) == {
        "0 à 24 ans": 1000, "60 ans ou plus": 1400, "65 ans ou plus": 900, "75 ans ou plus": 500, "Ensemble": 2400,
    }  # fmt: skip
    assert both["gap"].tolist() == [0.0] * 5
    assert not both["small"].any()


def test_children_are_counted_from_their_birth_and_nobody_between_two_groups():
    both = tenure_check.compare(
        pyramids(ages=(0, 20, 25, 55, 60), owner=[300.0, 250.0, 400.0, 500.0, 600.0]),
        occupants(INP24M=550, INP60M=600, INPER=2050),
    )
    assert dict(zip(both["group"], both["gap"], strict=True)) == dict.fromkeys(
        ("0 à 24 ans", "60 ans ou plus", "Ensemble"), 0.0
    )


def test_gaps_are_in_persons_and_in_percent_of_what_is_compared_with():
    both = tenure_check.compare(
        pyramids(owner=[0.0, 0.0, 0.0, 1010.0, 0.0]),
        pd.concat([occupants(INPER=1000), occupants("logement_2018", NPER=1020)]),
    )
    row = both.iloc[0]
    assert (row["gap"], row["gap_rate"]) == (10.0, pytest.approx(1.0))
    assert (row["gap_tables"], row["gap_tables_rate"]) == (-10.0, pytest.approx(-100 * 10 / 1020))
    assert row["sources"] == "logement_2018|logemt|migcom"


def test_a_gap_within_what_sampling_explains_is_reported_from_a_wider_one():
    # Two standard errors of a survey of one household in four, of three persons each: 6 √2 500 = 300.
    for persons, beyond in ((2_800.0, False), (2_201.0, False), (2_801.0, True), (2_199.0, True)):
        row = tenure_check.compare(
            pyramids(owner=[persons, 0.0, 0.0, 0.0, 0.0]), occupants(INPER=2_500)
        ).iloc[0]
        assert row["tolerance"] == pytest.approx(300)
        assert bool(row["beyond"]) is beyond


def test_people_outside_ordinary_dwellings_are_in_no_household():
    both = tenure_check.compare(pyramids(owner=[300.0] * 5, outside=[900.0] * 5), occupants(INPER=1500))
    assert both["tenure"].tolist() == ["owner"]
    assert both["persons"].item() == 1500


def test_a_count_under_200_is_reported_to_be_small():
    both = tenure_check.compare(pyramids(owner=[150.0, 0.0, 0.0, 0.0, 0.0]), occupants(INP24M=250))
    assert both["small"].item()


def test_nothing_is_compared_with_a_count_that_is_not_at_hand():
    assert tenure_check.compare(pyramids(owner=[1.0] * 5), occupants(NPER=5).iloc[:0]).empty
    assert tenure_check.compare(pyramids(owner=[1.0] * 5).iloc[:0], occupants(INPER=5)).empty
