"""How homes are heated."""

from __future__ import annotations

from frames import commune, long

from helpers import wording
from helpers.indicators import heating

FUELS = dict(zip(heating.FUELS.labels, (40.0, 30.0, 10.0, 5.0, 15.0), strict=True))
INSTALLATIONS = dict(zip(heating.INSTALLATIONS.labels, (20.0, 45.0, 25.0), strict=True))


def test_fuels_come_before_installations():
    table = long({("Hem", 2012): {"RP": 100.0, **INSTALLATIONS}, ("Hem", 2022): {"RP": 100.0, **FUELS}})
    finding = heating.modes(table, territory="Hem")
    assert set(finding["year"]) == {2022}
    assert finding["share"].tolist() == list(FUELS.values())


def test_installations_are_reported_where_no_fuel_is_known():
    table = long({("Hem", 2012): {"RP": 200.0, **INSTALLATIONS}, ("MEL", 2022): {"RP": 100.0, **FUELS}})
    finding = heating.modes(table, territory="Hem")
    assert finding["share"].tolist() == [10, 22.5, 12.5]
    assert set(finding["label"]) == set(heating.INSTALLATIONS.labels.values())


def test_a_heating_that_is_partly_known_is_not_reported():
    partly = {name: value for name, value in FUELS.items() if name != "RP_CAUT"}
    assert heating.modes(long({("Hem", 2022): {"RP": 100.0, **partly}}), territory="Hem").empty


def test_the_most_frequent_heating_of_the_last_date_is_reported_by_its_name():
    table = long({("Hem", 2012): {"RP": 100.0, **INSTALLATIONS}, ("Hem", 2022): {"RP": 100.0, **FUELS}})
    finding = wording.heating(
        heating.modes(table.assign(value=100 * table["value"]), territory="Hem"), commune()
    )
    first = next(iter(heating.FUELS.labels.values()))
    assert finding.title == f"Le plus souvent, {first[0].lower()}{first[1:]}"
    assert finding.reading.replace("\u202f", " ").startswith("en 2022, 4 000")
