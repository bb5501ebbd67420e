from __future__ import annotations

import pandas as pd
import pytest

from helpers import schemas, wording
from helpers.indicators import facilities
from helpers.indicators.definitions.facilities import INDICATORS, KINDS
from helpers.indicators.registry import find
from helpers.territory.communes import find_commune

HEM = find_commune("59299")


def rows(table, values):
    """Rows of a table of the store, of Hem and of its EPCI."""
    columns = [name for name in schemas.table_columns(table) if name not in ("level", "code")]
    frame = pd.DataFrame(values)
    frame["territory"] = pd.Categorical(frame["territory"], categories=["Hem", "MEL"], ordered=True)
    return frame.assign(origin="insee", source="essai")[["territory", *columns]]


def counts(place, **numbers):
    return [
        {"territory": place, "year": 2025, "variable": name, "value": float(n)} for name, n in numbers.items()
    ]


def tables(*, of_hem=None, of_the_epci=None):
    ages = [
        {"territory": place, "year": 2023, "variable": "POP", "sex": sex, "age": age, "value": 10.0 * size}
        for place, size in (("Hem", 1), ("MEL", 100))
        for sex in "HF"
        for age in schemas.SINGLE_AGES
    ]
    people = [
        {"territory": place, "year": 2023, "variable": "POP", "value": 2_020.0 * size}
        for place, size in (("Hem", 1), ("MEL", 100))
    ]
    hem = {"ECOLES": 8, "CRECHES": 0, "MEDECINS": 2} if of_hem is None else of_hem
    epci = {"ECOLES": 400, "CRECHES": 60} if of_the_epci is None else of_the_epci
    return {
        "facilities": rows("facilities", counts("Hem", **hem) + counts("MEL", **epci)),
        "single_ages": rows("single_ages", ages),
        "population": rows("population", people),
    }


def test_facilities_are_set_beside_the_ages_that_use_them():
    found = facilities.beside_ages(tables(), territory="Hem", year=2023).set_index(["territory", "label"])
    schools = found.loc[("Hem", "écoles maternelles, primaires et élémentaires")]
    # Eight ages, of 10 boys and 10 girls each: 160 children for 8 schools.
    assert (schools["facilities"], schools["people"], schools["per_thousand"]) == (8, 160, 50)
    assert schools["year"] == 2025
    doctors = found.loc[("Hem", "médecins généralistes")]
    assert doctors["per_thousand"] == pytest.approx(1000 * 2 / 2020)
    assert found.loc[("MEL", "crèches et micro-crèches"), "per_thousand"] == pytest.approx(1000 * 60 / 6000)


def test_a_place_that_has_none_is_reported_so_and_one_that_is_not_counted_has_no_row():
    found = facilities.beside_ages(tables(), territory="Hem", year=2023).set_index(["territory", "label"])
    assert found.loc[("Hem", "crèches et micro-crèches"), "facilities"] == 0
    assert ("MEL", "médecins généralistes") not in found.index


def test_without_facilities_there_is_nothing_to_show():
    assert facilities.beside_ages(tables(of_hem={}), territory="Hem", year=2023).empty
    empty = {**tables(), "facilities": tables()["facilities"].iloc[:0]}
    assert facilities.beside_ages(empty, territory="Hem", year=2023).empty


def test_the_sentence_counts_and_concludes_nothing():
    found = wording.facilities(facilities.beside_ages(tables(), territory="Hem", year=2023), HEM)
    assert (
        found.title
        == "8\u00a0écoles maternelles, primaires et élémentaires pour 160\u00a0habitants de 3 à 10 ans"
    )
    assert "aucune crèche" in found.reading
    assert "au 1er janvier 2025" in found.reading
    assert not found.takeaway


def test_each_kind_has_an_indicator_for_a_thousand_inhabitants_concerned():
    assert [one.id for one in INDICATORS] == [kind.identifier for kind in KINDS]
    assert {kind.variable for kind in KINDS} <= set(schemas.VARIABLES["facilities"])
    schools = find("ecoles")
    assert schools.name(since=2017, until=2023, year=2025) == (
        "Écoles maternelles, primaires et élémentaires en 2025 pour 1\u202f000 habitants de 3 à 10 ans en 2023"
    )
    assert schools.codes[0] == "ECOLES"
    assert schools.exploitation == "principale"
