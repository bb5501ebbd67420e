"""The store through the sheet and the indicators, against figures that Insee prints."""

from __future__ import annotations

import pytest

from helpers import french
from helpers.indicators import growth, households, link, stock
from helpers.sheet import open_sheet


@pytest.fixture(scope="module")
def hem():
    return open_sheet("59299")


def test_hem_took_its_homes_from_smaller_households_after_a_time_of_larger_ones(hem):
    # Households of https://www.insee.fr/en/statistiques/8206660?geo=COM-59299, FAM T1; convention A by hand.
    homes = link.occupied(hem.table("households"), hem.table("dwellings"), territory="Hem")
    effect = link.household_effect(homes, territory="Hem").set_index("until")
    real = effect[effect["origin"] == "insee"]
    assert list(real.index) == [2015, 2021]
    assert list(real["decohabitation"]) == pytest.approx([-100.2, 432.6], abs=0.05)
    assert list(real["demographic"]) == pytest.approx([609.2, -282.6], abs=0.05)
    assert list(real["decohabitation"] / real["years"]) == pytest.approx([-20.0, 72.1], abs=0.05)
    assert list(real["demographic"] / real["years"]) == pytest.approx([121.8, -47.1], abs=0.05)
    assert french.number(real["people_1"].iloc[-1] - real["people_0"].iloc[-1], signed=True) == "−721"
    assert french.number(real["homes_1"].iloc[-1] - real["homes_0"].iloc[-1], signed=True) == "+150"


@pytest.mark.parametrize(("year", "printed"), [(2010, "2,67"), (2015, "2,71"), (2021, "2,55")])
def test_the_households_of_hem_have_the_size_that_insee_prints(hem, year, printed):
    # FAM G1 of the same page.
    homes = link.occupied(hem.table("households"), hem.table("dwellings"), territory="Hem")
    row = homes[(homes["territory"] == "Hem") & (homes["year"] == year)].iloc[0]
    assert french.number(row["people"] / row["homes"], digits=2) == printed


@pytest.mark.parametrize(
    ("code", "people"),
    # P18_POP and P13_POP, https://www.insee.fr/fr/statistiques/2521169
    [
        ("59299", (18721, 18621)),
        ("59220", (17497, 18165)),
        ("59011", (10246, 10486)),
        ("59527", (11533, 12966)),
    ],
)
def test_the_balances_of_the_pilot_communes_close_on_the_published_populations(code, people):
    sheet = open_sheet(code)
    row = sheet.own(
        growth.balances(sheet.table("population"), sheet.table("flows"), since=2013, until=2018)
    ).iloc[0]
    assert (row["POP_0"], row["POP_1"]) == people
    assert row["natural"] + row["migratory"] == people[1] - people[0]
    assert row["annual_natural"] + row["annual_migratory"] == pytest.approx(row["annual"], abs=1e-12)
    assert row["annual"] == pytest.approx(100 * ((people[1] / people[0]) ** (1 / 5) - 1))
    assert row["origin"] == "insee"


@pytest.mark.parametrize(
    ("year", "printed"),
    # LOG T2, https://www.insee.fr/fr/statistiques/2020507?geo=COM-59220
    [(2013, {"RP": 6911, "RSECOCC": 25, "LOGVAC": 379}), (2008, {"RP": 6708, "RSECOCC": 8, "LOGVAC": 346})],
)
def test_the_stock_of_faches_thumesnil_is_the_one_insee_prints(year, printed):
    sheet = open_sheet("59220")
    own = sheet.own(stock.categories(sheet.table("dwellings"), year=year)).set_index("category")
    assert own["value"].to_dict() == printed
    total = {2013: 7315, 2008: 7061}[year]
    assert own["share"].to_dict() == pytest.approx(
        {name: 100 * value / total for name, value in printed.items()}, abs=0.02
    )


@pytest.mark.parametrize("code", ["59299", "59011", "59527", "59350"])
def test_every_size_of_household_is_that_of_french_households(code):
    sheet = open_sheet(code)
    sizes = households.size(sheet.table("households"), sheet.table("dwellings"))
    # Between that of students' cities today and that of the mining villages of 1968.
    assert sizes["size"].between(1.5, 4.5).all()
    assert len(sizes) > 3
