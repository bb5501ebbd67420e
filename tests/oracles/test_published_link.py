"""The store through the sheet and the indicators, against figures that Insee prints."""

from __future__ import annotations

import pytest

from helpers import commentary, french
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


def test_the_diagnostic_of_hem_opens_on_what_a_stable_population_would_have_taken(hem):
    # The same page: +150 homes, −721 people in households; 433 homes for a stable population.
    homes = link.occupied(hem.table("households"), hem.table("dwellings"), territory="Hem")
    told = commentary.household_effect(link.household_effect(homes, territory="Hem"), hem.commune)
    for written in ("De 2015 à 2021", "+150\u00a0résidences", "−721\u00a0personnes", "+433", "desserrement"):
        assert written in told.takeaway
    assert not told.demonstration
    by_start = link.household_effect(homes, territory="Hem", convention="B")
    told = commentary.household_effect(by_start, hem.commune, convention="B")
    for written in ("+416", "−266", "convention B"):
        assert written in told.takeaway


@pytest.mark.parametrize(
    ("code", "printed", "houses"),
    # LOG T2, https://www.insee.fr/fr/statistiques/2028682?geo=COM-59299 and COM-59527.
    [
        ("59299", {"LOG": (6713, 6787), "RP": (6517, 6488), "RSECOCC": (10, 3), "LOGVAC": (186, 296)}, (5353, 5592)),
        ("59527", {"LOG": (4114, 4627), "RP": (3860, 4440), "RSECOCC": (17, 14), "LOGVAC": (237, 172)}, None),
    ],
)  # fmt: skip
def test_the_stock_of_1999_and_2006_is_the_one_insee_prints(code, printed, houses):
    sheet = open_sheet(code)
    name = sheet.commune.name
    told = stock.changes(sheet.table("dwellings"), territory=name, until=2006).set_index("category")
    assert dict(zip(told.index, zip(told["value_0"], told["value_1"], strict=True), strict=True)) == printed
    assert set(told["origin"]) == {"insee"}
    first, last = printed["LOG"]
    assert told.loc["LOG", "annual"] == pytest.approx(100 * ((last / first) ** (1 / 7) - 1))
    vacant = [100 * count / whole for count, whole in zip(printed["LOGVAC"], printed["LOG"], strict=True)]
    assert told.loc["LOGVAC", "points"] == pytest.approx(vacant[1] - vacant[0])
    if houses:
        types = stock.types_over_time(sheet.table("dwellings"), territory=name)
        counted = types[types["type"] == "MAISON"].set_index("year")["value"]
        assert (counted[1999], counted[2006]) == houses


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
