"""Ages crossed with tenure: the level asked, or the finest that the data know."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import schemas
from helpers.indicators import age_by_tenure

YEARS = [2012, 2022]
IN_HOMES = ["owner", "social", "private", "other"]
KEYS = {
    "ages_tenure": ["sex", "age", "tenure"],
    "householders": ["age", "tenure"],
    "occupants": ["variable", "tenure"],
}


def table(name, values):
    """`{(year, dimensions...): value}` as a table of the store by territory."""
    columns = ["territory", "year", *KEYS[name], "value"]
    frame = pd.DataFrame([("Hem", *key, value) for key, value in values.items()], columns=columns)
    frame = frame.astype({"year": "int64", "value": "float64", "tenure": "str", "territory": "str"})
    if "variable" not in frame:
        frame["variable"] = "POP" if name == "ages_tenure" else "MEN"
    return frame.astype({"variable": "str"}).assign(origin="insee", source=name)


def people(years, value=300.0):
    cells = [(year, sex, age, "owner") for year in years for sex in "HF" for age in schemas.AGE_CLASSES]
    return table("ages_tenure", dict.fromkeys(cells, value))


def households(years):
    cells = [(year, age, tenure) for year in years for age in schemas.HOLDER_AGES for tenure in IN_HOMES]
    return table("householders", dict.fromkeys(cells, 30.0))


def homes(years, counts=None):
    counts = counts or {"INPER": 100.0, "INP24M": 30.0, "INP60M": 25.0, "INP65M": 15.0, "INP75M": 5.0}
    return table(
        "occupants",
        {
            (year, name, tenure): value
            for year in years
            for name, value in counts.items()
            for tenure in IN_HOMES
        },
    )


def tables(individus=(), menages=(), logements=()):
    return {
        "ages_tenure": people(individus),
        "householders": households(menages),
        "occupants": homes(logements),
    }


def cross(known, level=""):
    return age_by_tenure.cross(known, territory="Hem", years=YEARS, level=level)


@pytest.mark.parametrize(
    ("known", "asked", "used"),
    [
        ({"individus": YEARS, "menages": YEARS, "logements": YEARS}, "", "individus"),
        ({"individus": YEARS, "menages": YEARS, "logements": YEARS}, "menages", "menages"),
        ({"individus": YEARS, "menages": YEARS, "logements": YEARS}, "logements", "logements"),
        ({"menages": YEARS, "logements": YEARS}, "individus", "menages"),
        ({"individus": YEARS, "logements": YEARS}, "menages", "individus"),
        # Both dates rather than a finer level at one of them, unless that level is asked for.
        ({"individus": [2022], "menages": YEARS}, "", "menages"),
        ({"individus": [2022], "menages": YEARS}, "individus", "individus"),
        ({"individus": [2022], "menages": [2022]}, "", "individus"),
        ({"menages": [2017]}, "", ""),
        ({}, "", ""),
        ({}, "menages", ""),
    ],
)
def test_the_level_asked_is_used_or_the_finest_that_knows_most_dates(known, asked, used):
    found = cross(tables(**known), asked)
    assert (found.level, found.asked) == (used, asked)
    assert found.data.empty == (used == "")
    assert found.years == sorted(set(known[used]) & set(YEARS) if used else [])


def test_only_persons_have_a_sex_and_only_unequal_classes_a_density():
    known = tables(YEARS, YEARS, YEARS)
    columns = {level: set(cross(known, level).data) for level in age_by_tenure.LEVELS}
    for level, names in columns.items():
        assert ("sex" in names, "density" in names) == (
            (True, False) if level == "individus" else (False, True)
        )
        assert {"year", "low", "high", "group", "tenure", "value", "share", "origin", "sources"} <= names


def test_people_outside_ordinary_dwellings_are_left_out_of_the_pyramid():
    outside = table("ages_tenure", {(2022, "H", 20, "outside"): 50.0, (2022, "H", 20, "owner"): 40.0})
    found = cross({**tables(), "ages_tenure": outside}, "individus").data
    assert found["tenure"].unique().tolist() == ["owner"]
    assert found["share"].sum() == pytest.approx(100)


def test_few_persons_by_class_make_classes_of_ten_years_at_both_dates():
    known = tables()
    known["ages_tenure"] = pd.concat([people([2012], 300.0), people([2022], 100.0)])
    found = cross(known).data
    assert set((found["high"] - found["low"] + 1).dropna()) == {10}
    assert found.groupby("year")["value"].sum().to_dict() == {2012: 12_000, 2022: 4_000}


ages_of_home = st.lists(st.floats(0, 1e4), min_size=5, max_size=5)


@given(ages_of_home)
@settings(max_examples=25)
def test_persons_by_broad_age_are_those_of_the_homes(parts):
    young, adult, sixty, old, oldest = parts
    counts = {
        "INPER": sum(parts), "INP24M": young, "INP60M": sixty + old + oldest, "INP65M": old + oldest, "INP75M": oldest,
    }  # fmt: skip
    # A count of nobody has no row.
    rows = {(2022, name, "owner"): value for name, value in counts.items() if value > 0}
    found = cross({**tables(), "occupants": table("occupants", rows)}, "logements").data
    assert found["value"].sum() == pytest.approx(sum(parts), abs=1e-6)
    assert (found["value"] >= 0).all()
    expected = {
        "0 à 24 ans": young,
        "25 à 59 ans": adult,
        "60 à 64 ans": sixty,
        "65 à 74 ans": old,
        "75 ans ou plus": oldest,
    }
    for group, value in zip(found["group"], found["value"], strict=True):
        assert value == pytest.approx(expected[group], abs=1e-6)


@pytest.mark.parametrize("level", ["menages", "logements"])
def test_the_surface_of_a_bar_is_its_count(level):
    found = cross(tables(YEARS, YEARS, YEARS), level).data
    width = found["high"].fillna(age_by_tenure.OLDEST - 1) - found["low"] + 1
    assert (found["density"] * width).tolist() == pytest.approx(found["value"].tolist())
    assert found["tenure"].unique().tolist() == IN_HOMES
    assert found.groupby("year")["share"].sum().tolist() == pytest.approx([100.0] * len(YEARS))


def test_the_people_of_the_tables_by_commune_are_no_ages():
    margin = table("occupants", {(2022, "NPER", "owner"): 10.0})
    assert cross({**tables(), "occupants": margin}).level == ""
