"""The persons of a main home, by tenure and by kind of home."""

from __future__ import annotations

import pandas as pd
from frames import long

from helpers.indicators import homes_occupancy

TENURE_HOMES = {"RP": 1000.0, "RP_PROP": 600.0, "RP_LOC": 380.0, "RP_LOCHLMV": 180.0}
PEOPLE = {"owner": 1500.0, "social": 450.0, "private": 400.0, "other": 40.0}


def by_tenure(variable, people=PEOPLE, years=(2018,), **options):
    frames = [
        long({("Hem", year): {variable: value} for year in years}, tenure=tenure, **options)
        for tenure, value in people.items()
    ]
    return pd.concat(frames, ignore_index=True)


def test_people_of_a_home_by_tenure():
    text = homes_occupancy.people_per_home(
        long({("Hem", 2018): TENURE_HOMES}), by_tenure("NPER"), by_tenure("POP").iloc[:0], territory="Hem"
    ).set_index("tenure")
    assert text["size"].to_dict() == {"owner": 2.5, "social": 2.5, "private": 2.0, "other": 2.0}
    assert list(text.index) == list(homes_occupancy.TENURES)
    assert text["homes"].sum() == 1000


def test_the_pyramids_by_tenure_tell_the_people_where_the_tables_do_not():
    pyramids = pd.concat(
        [by_tenure("POP", {**PEOPLE, "outside": 30.0}, years=(2008, 2018), sex=sex, age=20) for sex in "HF"]
    )
    homes = long({("Hem", year): TENURE_HOMES for year in (2008, 2018)})
    text = homes_occupancy.people_per_home(homes, by_tenure("NPER"), pyramids, territory="Hem")
    sizes = text.pivot(index="tenure", columns="year", values="size")
    # Both sexes in 2008, the count of the tables in 2018; people outside ordinary dwellings are in no home.
    assert sizes[2008].to_dict() == {"owner": 5.0, "social": 5.0, "private": 4.0, "other": 4.0}
    assert sizes[2018].to_dict() == {"owner": 2.5, "social": 2.5, "private": 2.0, "other": 2.0}


def test_without_people_or_homes_by_tenure_nothing_is_reported():
    nobody = by_tenure("NPER").iloc[:0]
    assert homes_occupancy.people_per_home(
        long({("Hem", 2018): TENURE_HOMES}), nobody, nobody, territory="Hem"
    ).empty
    assert homes_occupancy.people_per_home(
        long({("Lille", 2018): TENURE_HOMES}), by_tenure("NPER"), nobody, territory="Hem"
    ).empty


def test_people_of_a_home_by_kind_and_tenure():
    kinds = {"MAISON": (600.0, 1500.0), "APPART": (400.0, 720.0), "1P": (150.0, 180.0), "5PP": (300.0, 990.0)}
    table = pd.concat(
        [
            long(
                {("Hem", 2018): {f"MEN_{kind}": homes * part, f"INPER_{kind}": people * part}}, tenure=tenure
            )
            for kind, (homes, people) in kinds.items()
            for tenure, part in (("owner", 0.75), ("social", 0.25))
        ]
        + [
            long({("Hem", 2013): {"MEN_MAISON": 600.0, "INPER_MAISON": 3000.0}}, tenure="owner"),
            by_tenure("NPER"),
        ]
    )
    text = homes_occupancy.people_per_kind(table, territory="Hem").set_index("label")
    assert list(text.index) == list(homes_occupancy.KINDS.values())
    assert set(text["year"]) == {2018}
    assert text.loc[["Maisons", "Appartements", "5 pièces ou plus"], "@Ensemble"].tolist() == [
        "2,50",
        "1,80",
        "3,30",
    ]
    assert text.loc["Maisons", "measure@Propriétaires occupants"] == 2.5
    # A hundred and fifty homes are too few, none is unknown.
    assert text.loc["1 pièce", "@Ensemble"] == "n.s."
    assert text.loc["Maisons", "@Locataires HLM (logement loué vide)"] == "n.s."
    assert text.loc["2 pièces", "@Ensemble"] == "n.d."
    nothing = homes_occupancy.people_per_kind(by_tenure("NPER"), territory="Hem")
    assert nothing.empty


def test_people_of_unknown_homes_give_no_people_per_home():
    text = homes_occupancy.people_per_kind(
        pd.concat([by_tenure("INPER_MAISON"), by_tenure("MEN_APPART")], ignore_index=True), territory="Hem"
    ).set_index("label")
    assert text.loc["Maisons", ["measure@Ensemble", "measure@Propriétaires occupants"]].isna().all()
    assert text.loc["Maisons", "@Ensemble"] == "n.s."
