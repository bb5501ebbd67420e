"""Indices of structure and ownership by age, against what Insee's pages give and what is known of them.

The figures are read on the pages named at each test; the file of published figures bears the same addresses.
"""

from __future__ import annotations

import pandas as pd
import pytest
from measuring import measure

from helpers import french, paths
from helpers.indicators import ages, householders
from helpers.indicators.age_classes import class_counts
from helpers.indicators.registry import find

# Statuts of table PRINC22 -> tenures; its lines and columns "Ensemble" are the sums that the tests check.
TENURES = {
    "Propriétaire": "owner",
    "Locataire vide non HLM": "private",
    "Locataire vide HLM": "social",
    "Locataire meublé ou chambre d'hôtel": "private",
    "Logé gratuitement": "other",
}
# Its classes of ages -> the first age of the store's class: those under 25 are one there.
CLASSES = {
    "Moins de 20 ans": 0, "20 à 24 ans": 0, "25 à 39 ans": 25, "40 à 54 ans": 40, "55 à 64 ans": 55, "65 à 79 ans": 65,
    "80 ans ou plus": 80,
}  # fmt: skip
SEXES = {"Hommes": "H", "Femmes": "F"}
# Classes of table POP T3 -> ends of Insee's codes.
GROUPS = {"0 à 19 ans": "0019", "20 à 64 ans": "2064", "65 ans ou plus": "65P"}

# Classes of table POP T0.
FIFTEEN = {
    "0 à 14 ans": (0, 14), "15 à 29 ans": (15, 29), "30 à 44 ans": (30, 44), "45 à 59 ans": (45, 59), "60 à 74 ans": (60, 74),
    "75 ans ou plus": (75, None),
}  # fmt: skip


@pytest.fixture(scope="module")
def pages():
    """The published figures, their values as numbers and the two halves of their categories apart."""
    facts = pd.read_csv(paths.EMBEDDED / "published_facts.csv", sep=";", dtype="str")
    halves = facts["category"].str.split(" | ", regex=False, expand=True)
    return facts.assign(
        year=facts["year"].astype("int64"),
        value=facts["value"].astype("float64"),
        first=halves[0],
        second=halves[1],
    )


@pytest.fixture(scope="module")
def age_groups(pages):
    """POP T3 as the table of the census counts by age and sex."""
    chosen = pages[(pages["source_table"] == "POP T3") & pages["first"].isin(GROUPS)]
    return pd.DataFrame(
        {
            "territory": chosen["territory_code"],
            "year": chosen["year"],
            "variable": chosen["second"].map(SEXES) + chosen["first"].map(GROUPS),
            "value": chosen["value"],
            "origin": "insee",
            "source": chosen["source_url"],
        }
    )


@pytest.fixture(scope="module")
def reference_persons(pages):
    """PRINC22 as the table of main homes by tenure and age of the reference person."""
    chosen = pages[
        (pages["source_table"] == "PRINC22 (ensemble)")
        & pages["first"].isin(TENURES)
        & (pages["second"] != "Ensemble")
    ]
    counts = pd.DataFrame(
        {
            "territory": chosen["territory_code"],
            "year": chosen["year"],
            "variable": "MEN",
            "age": chosen["second"].map(CLASSES),
            "tenure": chosen["first"].map(TENURES),
            "value": chosen["value"],
            "origin": "insee",
            "source": chosen["source_url"],
        }
    )
    keys = [name for name in counts if name != "value"]
    return counts.groupby(keys, as_index=False)["value"].sum()


def chosen_row(frame, **wanted):
    for name, value in wanted.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1
    return frame.iloc[0]


@pytest.mark.parametrize(
    ("identifier", "year", "printed"),
    # https://www.insee.fr/fr/statistiques/2132415?geo=EPCI-245900410 (2011),
    # https://www.insee.fr/fr/statistiques/2020130?geo=EPCI-245900410 (2013), POP T3.
    [("vieillissement", 2011, "47,1"), ("vieillissement", 2013, "48,5"), ("dependance", 2011, "67,6")],
)
def test_the_indices_of_the_metropolis_of_lille(age_groups, identifier, year, printed):
    found = measure(find(identifier), {"age_groups": age_groups}, since=year, until=year)
    row = chosen_row(found, territory="EPCI-245900410", year=year)
    assert french.number(row["value"], digits=1) == printed
    assert row["sources"].endswith("geo=EPCI-245900410")


def test_the_ages_of_the_metropolis_add_up_to_its_population(age_groups):
    # POP T0 of the same pages.
    found = class_counts({"age_groups": age_groups}, classes=[(0, None)])
    own = found[found["territory"] == "EPCI-245900410"].set_index("year")["value"]
    assert own.to_dict() == pytest.approx({2011: 1113833, 2013: 1129061}, abs=3)


def test_ownership_by_age_in_the_arrondissement_of_lille(reference_persons):
    # https://www.insee.fr/fr/statistiques/4214052?geo=ARR-595, PRINC22.
    rates = householders.ownership(reference_persons, years=[2016])
    own = rates[rates["territory"] == "ARR-595"].set_index("label")["rate"]
    # Under 25: 345 and 1 605 owners of 9 926 and 35 629 homes.
    assert own.pop("moins de 25 ans") == pytest.approx(100 * (345 + 1605) / (9926 + 35629))
    assert list(own.index) == list(CLASSES)[2:]
    assert [french.number(rate, digits=1) for rate in own] == ["37,2", "57,4", "64,3", "68,7", "66,5"]


@pytest.mark.parametrize(
    ("territory", "held", "owned", "homes", "share", "share_all"),
    [
        # https://www.insee.fr/fr/statistiques/4214052?geo=ARR-595
        ("ARR-595", 79_072, 270_893, 530_382, "29,2", "14,9"),
        # https://www.insee.fr/fr/statistiques/4214052?geo=COM-59523 (Sainghin-en-Mélantois)
        ("59523", 287, 824, 1_114, "34,8", "25,8"),
    ],
)
def test_homes_to_pass_on(reference_persons, territory, held, owned, homes, share, share_all):
    old = householders.to_pass_on(reference_persons, years=[2016])
    row = chosen_row(old, territory=territory, label="65 ans ou plus")
    # Each figure of a page is rounded on its own.
    assert row["value"] == held
    assert row["owned"] == pytest.approx(owned, abs=3)
    assert row["homes"] == pytest.approx(homes, abs=5)
    assert french.number(row["share"], digits=1) == share
    assert french.number(row["share_all"], digits=1) == share_all
    oldest = chosen_row(old, territory=territory, label="80 ans ou plus")
    assert oldest["value"] == {"ARR-595": 25_415, "59523": 72}[territory]


def test_homes_by_tenure_and_age_add_up_to_the_totals_of_their_page(pages, reference_persons):
    totals = pages[(pages["source_table"] == "PRINC22 (ensemble)") & (pages["first"] == "Ensemble")]
    totals = totals[totals["second"] != "Ensemble"]
    low = totals["second"].map(CLASSES).clip(lower=householders.YOUNGEST).rename("low")
    totals = totals.groupby(["territory_code", low])["value"].sum()
    years = sorted(set(reference_persons["year"]))
    rates = householders.ownership(reference_persons, years=years).set_index(["territory", "low"])["homes"]
    assert rates.reindex(totals.index).to_numpy() == pytest.approx(totals.to_numpy(), abs=4)
    assert len(totals) == 18


@pytest.mark.parametrize(
    ("territory", "years"),
    [
        # https://www.insee.fr/fr/statistiques/6455183?geo=METRO-1, POP T0 and POP T1
        ("METRO-1", (2008, 2013, 2019)),
        # https://insee.fr/en/statistiques/7633152?geo=REG-32, POP T0 and POP T1
        ("REG-32", (2009, 2014, 2020)),
    ],
)
def test_classes_of_fifteen_years_are_the_population_of_their_page(pages, territory, years):
    chosen = pages[(pages["source_table"] == "POP T0") & (pages["territory_code"] == territory)]
    codes = {label: f"POP{low:02}{'P' if high is None else high}" for label, (low, high) in FIFTEEN.items()}
    table = pd.DataFrame(
        {
            "territory": territory,
            "year": chosen["year"],
            "variable": chosen["category"].map(codes),
            "value": chosen["value"],
            "origin": "insee",
            "source": chosen["source_url"],
        }
    ).dropna(subset="variable")
    text = ages.fifteen_years({"age_groups": table}, territory=territory, until=max(years))
    assert sorted(set(text["year"])) == list(years)
    totals = pages[
        (pages["source_table"] == "POP T1")
        & (pages["territory_code"] == territory)
        & (pages["category"] == "Population")
    ].set_index("year")["value"]
    # Each class of a page is rounded on its own.
    assert text.groupby("year")["value"].sum().to_dict() == pytest.approx(
        totals[list(years)].to_dict(), abs=4
    )
