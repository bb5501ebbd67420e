"""The store through the d and the indicators, against figures that Insee prints."""

from __future__ import annotations

import pandas as pd
import pytest
from measuring import break_even

from helpers import french, wording
from helpers.diagnostic import Diagnostic
from helpers.indicators import growth, household_effect, households, point_mort, stock
from helpers.indicators.engine import figures_of
from helpers.indicators.measures import Period
from helpers.indicators.registry import find


def measure_of(name, d, period):
    found = figures_of(d.tables("dwellings")).measure(find(name), period)
    return found.set_index("territory").loc[d.commune.name]


@pytest.fixture(scope="module")
def hem():
    return Diagnostic.open("59299")


def test_hem_took_its_homes_from_smaller_households_after_a_time_of_larger_ones(hem):
    # Households of https://www.insee.fr/en/statistiques/8206660?geo=COM-59299, FAM T1; convention A by hand.
    homes = household_effect.occupied(hem.table("households"), hem.table("dwellings"), territory="Hem")
    effect = household_effect.household_effect(homes, territory="Hem").set_index("until")
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
    homes = household_effect.occupied(hem.table("households"), hem.table("dwellings"), territory="Hem")
    finding = wording.household_effect(household_effect.household_effect(homes, territory="Hem"), hem.commune)
    for written in (
        "De 2015 à 2021",
        "150\u00a0résidences principales de plus",
        "721\u00a0personnes de moins",
        "433 de plus",
    ):
        assert written in finding.takeaway
    assert not finding.demonstration
    by_start = household_effect.household_effect(homes, territory="Hem", convention="B")
    finding = wording.household_effect(by_start, hem.commune, convention="B")
    for written in ("416 de plus", "266 de moins", "convention B"):
        assert written in finding.takeaway


def test_what_the_main_homes_gained_by_hem_are_made_of(hem):
    # Occupied homes by tenure of RP2012 and RP2018 (LOCHLMV, PROP, LOC − LOCHLMV), subtracted by hand.
    gained = {
        name: measure_of(name, hem, Period(2012, 2018))
        for name in ("principales_gain", "proprietaires_gain", "hlm_gain", "locataires_prives_gain")
    }
    assert {name: round(row["value"]) for name, row in gained.items()} == {
        "principales_gain": 314,
        "proprietaires_gain": 159,
        "hlm_gain": -105,
        "locataires_prives_gain": 260,
    }


@pytest.mark.parametrize(
    ("code", "printed", "houses"),
    # LOG T2, https://www.insee.fr/fr/statistiques/2028682?geo=COM-59299 and COM-59527.
    [
        ("59299", {"LOG": (6713, 6787), "RP": (6517, 6488), "RSECOCC": (10, 3), "LOGVAC": (186, 296)}, (5353, 5592)),
        ("59527", {"LOG": (4114, 4627), "RP": (3860, 4440), "RSECOCC": (17, 14), "LOGVAC": (237, 172)}, None),
    ],
)  # fmt: skip
def test_the_stock_of_1999_and_2006_is_the_one_insee_prints(code, printed, houses):
    d = Diagnostic.open(code)
    name = d.commune.name
    finding = stock.changes(d.table("dwellings"), territory=name, until=2006).set_index("category")
    assert (
        dict(zip(finding.index, zip(finding["value_0"], finding["value_1"], strict=True), strict=True))
        == printed
    )
    assert set(finding["origin"]) == {"insee"}
    first, last = printed["LOG"]
    assert finding.loc["LOG", "annual"] == pytest.approx(100 * ((last / first) ** (1 / 7) - 1))
    vacant = [100 * count / whole for count, whole in zip(printed["LOGVAC"], printed["LOG"], strict=True)]
    assert finding.loc["LOGVAC", "points"] == pytest.approx(vacant[1] - vacant[0])
    if houses:
        types = stock.types_over_time(d.table("dwellings"), territory=name)
        counted = types[types["type"] == "MAISON"].set_index("year")["value"]
        assert (counted[1999], counted[2006]) == houses


@pytest.mark.parametrize(("year", "printed"), [(2010, "2,67"), (2015, "2,71"), (2021, "2,55")])
def test_the_households_of_hem_have_the_size_that_insee_prints(hem, year, printed):
    # FAM G1 of the same page.
    homes = household_effect.occupied(hem.table("households"), hem.table("dwellings"), territory="Hem")
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
    d = Diagnostic.open(code)
    row = d.commune_rows(
        growth.balances(d.table("population"), d.table("flows"), since=2013, until=2018)
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
    d = Diagnostic.open("59220")
    own = d.commune_rows(stock.categories(d.table("dwellings"), year=year)).set_index("category")
    assert own["value"].to_dict() == printed
    total = {2013: 7315, 2008: 7061}[year]
    assert own["share"].to_dict() == pytest.approx(
        {name: 100 * value / total for name, value in printed.items()}, abs=0.02
    )


@pytest.mark.parametrize("code", ["59299", "59011", "59527", "59350"])
def test_every_size_of_household_is_that_of_french_households(code):
    d = Diagnostic.open(code)
    sizes = households.size(d.table("households"), d.table("dwellings"))
    # Between that of students' cities today and that of the mining villages of 1968.
    assert sizes["size"].between(1.5, 4.5).all()
    assert len(sizes) > 3


# Households and their population, FAM T1, complémentaires, as Insee prints them at
# https://www.insee.fr/en/statistiques/8206660?geo=COM-59299 and https://www.insee.fr/fr/statistiques/7634038?geo=EPCI-200093201
# (convention A applied by hand to the printed counts: D = PM0/T1 − RP0, E = (PM1 − PM0)/T1).
PUBLISHED = [
    pytest.param("Hem", (2010, 2015), (6459, 6968), (17233, 18884), (-100.2, 609.2), id="Hem 2010-2015"),
    pytest.param("Hem", (2015, 2021), (6968, 7118), (18884, 18163), (432.6, -282.6), id="Hem 2015-2021"),
    pytest.param(
        "MEL", (2009, 2014), (473766, 495251), (1112371, 1137629), (10489.3, 10995.7), id="MEL 2009-2014"
    ),
    pytest.param(
        "MEL", (2014, 2020), (495251, 521265), (1137629, 1158541), (16605.0, 9409.0), id="MEL 2014-2020"
    ),
]


def inhabited(*rows):
    return pd.DataFrame(rows, columns=["territory", "year", "homes", "people"]).assign(
        stock=float("nan"), origin="insee", sources="recensement"
    )


@pytest.mark.parametrize(("name", "years", "homes", "people", "effect"), PUBLISHED)
def test_published_households_give_the_household_change_and_the_demographic_effect(
    name, years, homes, people, effect
):
    frame = inhabited(
        *((name, year, *pair) for year, pair in zip(years, zip(homes, people, strict=True), strict=True))
    )
    row = household_effect.household_effect(frame, territory=name).iloc[0]
    assert (row["decohabitation"], row["demographic"]) == pytest.approx(effect, abs=0.05)
    assert row["years"] == years[1] - years[0]


@pytest.mark.parametrize(("name", "years", "homes", "people", "effect"), PUBLISHED)
def test_the_sizes_of_households_are_those_that_insee_prints(name, years, homes, people, effect):
    # FAM G1 of the same pages.
    printed = {
        ("Hem", 2010): 2.67, ("Hem", 2015): 2.71, ("Hem", 2021): 2.55,
        ("MEL", 2009): 2.35, ("MEL", 2014): 2.30, ("MEL", 2020): 2.22,
    }  # fmt: skip
    frame = inhabited(
        *((name, year, *pair) for year, pair in zip(years, zip(homes, people, strict=True), strict=True))
    )
    row = household_effect.household_effect(frame, territory=name).iloc[0]
    for size, year in zip(("size_0", "size_1"), years, strict=True):
        assert row[size] == pytest.approx(printed[name, year], abs=0.005 + 1e-9)


def test_sub_periods_do_not_add_up_to_the_whole():
    rows = [("Hem", 2010, 6459, 17233), ("Hem", 2015, 6968, 18884), ("Hem", 2021, 7118, 18163)]
    parts = household_effect.household_effect(inhabited(*rows), territory="Hem")["decohabitation"].sum()
    whole = household_effect.household_effect(inhabited(rows[0], rows[2]), territory="Hem")[
        "decohabitation"
    ].sum()
    # −100,2 + 432,6 against 294,5.
    assert parts == pytest.approx(332.4, abs=0.1)
    assert whole == pytest.approx(294.5, abs=0.1)


# « Méthode du point mort » variant B: https://www.insee.fr/en/statistiques/8206660?geo=COM-59299, FAM T1, by hand:
# E = −721 / (18 884 / 6 968) = −266,0 and D = 150 + 266,0.
def test_convention_b_on_the_published_households_of_hem():
    frame = inhabited(("Hem", 2015, 6968, 18884), ("Hem", 2021, 7118, 18163))
    row = household_effect.household_effect(frame, territory="Hem", convention="B").iloc[0]
    assert (row["decohabitation"], row["demographic"]) == pytest.approx((416.0, -266.0), abs=0.05)


def test_the_homes_of_saint_leu_la_foret_were_fewer_than_its_point_mort():
    # PLU of Saint-Leu-la-Forêt, presentation report, page 23 (yumpu.com, 36467718): from 1999 to 2007,
    # a point mort of 367 homes, 170 homes built, a population that falls. The stocks, which it does not print, are any.
    size, homes = 2.6, 5_170.0
    people = {1999: (homes + 197) * size, 2007: homes * size}
    stocks = {
        (1999, "LOG"): 5_250.0, (1999, "RP"): 5_000.0, (1999, "RSECOCC"): 50.0, (1999, "LOGVAC"): 200.0,
        (2007, "LOG"): 5_420.0, (2007, "RP"): homes, (2007, "RSECOCC"): 50.0, (2007, "LOGVAC"): 200.0,
    }  # fmt: skip
    row = break_even(
        _table(stocks),
        _table({(year, "PMEN"): count for year, count in people.items()}),
        _table({(2007, "LOGCOM"): 170.0}).assign(since=1999),
        since=1999,
        until=2007,
    ).iloc[0]
    assert (row["starts"], round(row["break_even"]), round(row["demographic"])) == (170, 367, 170 - 367)
    assert row["people_1"] < row["people_0"]


def test_ten_homes_gave_caen_eight_inhabitants():
    # Aucame, « Qu’en savons-nous ? », March 2013: from 1999 to 2009, for ten homes built Caen-Métropole gained eight people.
    people = _table({(1999, "POP"): 220_000.0, (2009, "POP"): 220_000.0 + 0.8 * 12_500})
    starts = _table({(2009, "LOGCOM"): 12_500.0}).assign(since=1999)
    assert point_mort.gained(people, starts, since=1999, until=2009)["gained"].tolist() == [8]


def _table(rows):
    return pd.DataFrame(
        [("x", year, variable, value, "insee", "page") for (year, variable), value in rows.items()],
        columns=["territory", "year", "variable", "value", "origin", "source"],
    )
