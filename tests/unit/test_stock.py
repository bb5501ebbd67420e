"""The housing stock: categories, tenure, social housing, homes beside people."""

from __future__ import annotations

import pandas as pd
import pytest
from frames import long
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.indicators import stock

counts = st.floats(0, 1e6)
HOMES = {"LOG": 110.0, "RP": 100.0, "RSECOCC": 4.0, "LOGVAC": 6.0}


@given(main=st.floats(1, 1e6), second=counts, vacant=counts)
@settings(max_examples=20)
def test_the_categories_are_the_whole_stock(main, second, vacant):
    total = main + second + vacant
    homes = {"LOG": total, "RP": main, "RSECOCC": second, "LOGVAC": vacant}
    parts = stock.categories(long({("Hem", 2018): homes, ("Hem", 2013): HOMES}), year=2018)
    assert list(parts["category"]) == ["RP", "RSECOCC", "LOGVAC"]
    assert parts["value"].sum() == pytest.approx(total)
    assert parts["share"].sum() == pytest.approx(100)
    assert set(parts["year"]) == {2018}


def test_categories_keep_the_order_of_the_territories():
    table = long({("MEL", 2018): HOMES, ("Hem", 2018): HOMES})
    table["territory"] = pd.Categorical(table["territory"], categories=["Hem", "MEL"], ordered=True)
    assert list(stock.categories(table, year=2018)["territory"]) == ["Hem"] * 3 + ["MEL"] * 3


@pytest.mark.parametrize(
    "homes", [{"LOG": 0.0, "RP": 0.0, "RSECOCC": 0.0, "LOGVAC": 0.0}, {"LOG": 9.0, "RP": 9.0}, {}]
)
def test_an_empty_or_unknown_stock_has_no_share(homes):
    assert stock.categories(long({("Hem", 2018): homes}), year=2018).empty


@given(owned=counts, rented=counts, free=st.floats(1, 1e6), part=st.floats(0, 1))
@settings(max_examples=20)
def test_tenures_are_the_whole_of_main_homes(owned, rented, free, part):
    homes = {"RP": owned + rented + free, "RP_PROP": owned, "RP_LOC": rented, "RP_LOCHLMV": part * rented}
    parts = stock.tenure(long({("Hem", 2018): homes}), years=[2018]).set_index("status")
    assert parts["share"].sum() == pytest.approx(100)
    assert parts.loc["RP_LOCHLMV", "value"] + parts.loc["RP_LOCAUT", "value"] == pytest.approx(rented)
    assert parts.loc["RP_GRAT", "value"] == pytest.approx(free, abs=1e-8 * homes["RP"])
    assert (parts["value"] >= -1e-9 * homes["RP"]).all()


def test_rounded_counts_that_exceed_their_total_leave_nobody_housed_free():
    # Published counts are rounded: 60 + 41 may be printed for 100.
    homes = {"RP": 100.0, "RP_PROP": 60.0, "RP_LOC": 41.0, "RP_LOCHLMV": 10.0}
    parts = stock.tenure(long({("Hem", 2018): homes}), years=[2018]).set_index("status")
    assert parts.loc["RP_GRAT", "value"] == 0


def test_tenure_is_reported_at_dates_five_years_apart():
    homes = {"RP": 100.0, "RP_PROP": 60.0, "RP_LOC": 35.0, "RP_LOCHLMV": 10.0}
    table = pd.concat(
        [long({("Hem", year): homes for year in (2012, 2018)}), long({("Hem", year): homes for year in (2008, 2013)}, origin="demonstration"), long({("MEL", 2007): homes})]
    )  # fmt: skip
    assert stock.tenure_years(table, territory="Hem") == [2012, 2018]


def test_owners_are_a_share_of_main_homes():
    table = long({("Hem", 2018): {"RP": 200.0, "RP_PROP": 90.0}, ("Vide", 2018): {"RP": 0.0, "RP_PROP": 0.0}})
    owners = stock.owners(table, year=2018)
    assert owners[["territory", "RP", "value", "rate"]].to_numpy().tolist() == [["Hem", 200.0, 90.0, 45.0]]


def test_the_series_of_the_stock_needs_two_dates():
    one = long({("Hem", 2018): HOMES})
    two = pd.concat([one, long({("Hem", 2008): HOMES, ("Hem", 2016): HOMES})])
    assert stock.series(one, territory="Hem").empty
    assert set(stock.series(two, territory="Hem")["year"]) == {2008, 2018}
    assert stock.series(two, territory="Lille").empty


def main_homes(homes, people):
    dwellings = long({("Hem", year): {"RP": value} for year, value in homes.items()})
    population = long({("Hem", year): {"POP": value} for year, value in people.items()}, source="autre")
    return dwellings, population


@given(st.tuples(st.floats(1, 1e6), st.floats(1, 1e6)), st.tuples(st.floats(1, 1e6), st.floats(1, 1e6)))
@settings(max_examples=20)
def test_people_grow_as_homes_and_as_people_in_each_home(homes, people):
    tables = main_homes(
        dict(zip((2012, 2018), homes, strict=True)), dict(zip((2012, 2018), people, strict=True))
    )
    row = stock.main_homes_since(*tables, territory="Hem", until=2018).iloc[0]
    assert row["years"] == 6
    assert row["RP_1"] * row["people_per_home_1"] == pytest.approx(row["POP_1"])
    growth = (1 + row["annual_homes"] / 100) ** 6 * row["people_per_home_1"] / row["people_per_home_0"]
    assert (1 + row["annual_people"] / 100) ** 6 == pytest.approx(growth)
    assert row["sources"] == "autre|recensement"


@pytest.mark.parametrize(
    ("homes", "people", "since"),
    [
        ((2012, 2018), (2012, 2013, 2018), 2012),
        ((2012, 2013, 2018), (2012, 2013, 2018), 2013),
        ((2008, 2014, 2018), (2008, 2014, 2018), 2008),
    ],
)
def test_people_and_homes_are_compared_from_the_last_date_that_has_both(homes, people, since):
    tables = main_homes(dict.fromkeys(homes, 10.0), dict.fromkeys(people, 20.0))
    row = stock.main_homes_since(*tables, territory="Hem", until=2018).iloc[0]
    assert (row["since"], row["until"]) == (since, 2018)


@pytest.mark.parametrize(
    ("homes", "people"), [((2018,), (2013, 2018)), ((2015, 2018), (2015, 2018)), ((), ())]
)
def test_people_and_homes_are_not_compared_without_two_common_dates(homes, people):
    tables = main_homes(dict.fromkeys(homes, 10.0), dict.fromkeys(people, 20.0))
    together = stock.main_homes_since(*tables, territory="Hem", until=2018)
    assert together.empty
    assert stock.growth_pair(together).empty


def test_the_two_growths_are_reported_one_under_the_other():
    tables = main_homes({2012: 100.0, 2018: 110.0}, {2012: 250.0, 2018: 250.0})
    together = stock.main_homes_since(*tables, territory="Hem", until=2018)
    pair = stock.growth_pair(together).set_index("label")["rate"]
    assert pair["Population"] == 0
    assert pair["Résidences principales"] == pytest.approx(100 * (1.1 ** (1 / 6) - 1))


def test_social_housing_is_two_measures_over_the_same_homes():
    dwellings = long({("Hem", 2018): {"RP": 200.0, "RP_LOCHLMV": 40.0}})
    register = long({("Hem", 2023): {"RPLS": 99.0}, ("Hem", 2024): {"RPLS": 50.0}}, source="rpls")
    row = stock.social(dwellings, register, year=2018).iloc[0]
    assert (row["declared_rate"], row["register_rate"], row["register_year"]) == (20, 25, 2024)
    assert row["sources"] == "recensement|rpls"


def test_what_tenants_declare_may_be_unknown_but_is_then_missing_not_nil():
    dwellings = long({("Hem", 2018): {"RP": 200.0}})
    row = stock.social(dwellings, long({("Hem", 2024): {"RPLS": 50.0}}), year=2018).iloc[0]
    assert pd.isna(row["RP_LOCHLMV"])
    assert pd.isna(row["declared_rate"])
    assert row["register_rate"] == 25


def test_simulated_tenants_are_not_set_beside_the_register():
    dwellings = pd.concat(
        [
            long({("Hem", 2018): {"RP": 200.0}}),
            long({("Hem", 2018): {"RP_LOCHLMV": 40.0}}, origin="demonstration"),
        ]
    )
    row = stock.social(dwellings, long({("Hem", 2024): {"RPLS": 50.0}}), year=2018).iloc[0]
    assert pd.isna(row["declared_rate"])
    assert row["origin"] == "insee"


@given(
    before=st.tuples(st.floats(1, 1e6), st.floats(1, 1e6), st.floats(1, 1e6)),
    after=st.tuples(st.floats(1, 1e6), st.floats(1, 1e6), st.floats(1, 1e6)),
)
@settings(max_examples=20)
def test_the_changes_of_the_categories_are_that_of_the_stock(before, after):
    table = {
        ("Hem", year): {"LOG": sum(parts), **dict(zip(("RP", "RSECOCC", "LOGVAC"), parts, strict=True))}
        for year, parts in ((2013, before), (2018, after))
    }
    text = stock.changes(long(table), territory="Hem", until=2018).set_index("category")
    parts = text.loc[["RP", "RSECOCC", "LOGVAC"]]
    assert parts["change"].sum() == pytest.approx(text.loc["LOG", "change"], abs=1e-6)
    assert parts["points"].sum() == pytest.approx(0, abs=1e-9)
    assert parts["share_1"].sum() == pytest.approx(100)
    for row in text.to_dict("records"):
        grown = row["value_0"] * (1 + row["annual"] / 100) ** row["years"]
        assert grown == pytest.approx(row["value_1"])


def test_the_changes_are_those_of_the_last_two_dates_five_years_apart():
    table = long({("Hem", year): HOMES for year in (2008, 2013, 2015, 2018, 2023)})
    text = stock.changes(table, territory="Hem", until=2018)
    assert set(zip(text["since"], text["until"], strict=True)) == {(2013, 2018)}


def test_main_and_second_homes_alone_change_without_a_share():
    table = {("Hem", year): {"RP": 100.0, "RSECOCC": 4.0} for year in (2012, 2018)}
    table["Hem", 2018]["RP"] = 106.0
    text = stock.changes(long(table), territory="Hem", until=2018)
    assert list(text["category"]) == ["RP", "RSECOCC"]
    assert list(text["change"]) == [6, 0]
    assert "points" not in text
    assert text["years"].tolist() == [6, 6]


@pytest.mark.parametrize("years", [(), (2018,), (2015, 2018)])
def test_without_two_dates_nothing_changes(years):
    assert stock.changes(long({("Hem", year): HOMES for year in years}), territory="Hem", until=2018).empty


def test_a_stock_that_was_nil_has_no_annual_change():
    before, after = ({**HOMES, "RSECOCC": second, "LOG": 106 + second} for second in (0.0, 4.0))
    text = stock.changes(long({("Hem", 2013): before, ("Hem", 2018): after}), territory="Hem", until=2018)
    annual = text.set_index("category")["annual"]
    assert annual.isna().to_dict() == {"LOG": False, "RP": False, "RSECOCC": True, "LOGVAC": False}


@given(house=counts, flat=counts, other=st.floats(1, 1e6))
@settings(max_examples=20)
def test_types_are_the_whole_of_main_homes(house, flat, other):
    homes = {"RP": house + flat + other, "RPMAISON": house, "RPAPPART": flat}
    text = stock.types(long({("Hem", 2018): homes}), year=2018).set_index("type")
    assert text["share"].sum() == pytest.approx(100)
    assert text.loc["RPAUTRE", "value"] == pytest.approx(other, abs=1e-8 * homes["RP"])


def test_types_are_reported_over_the_stock_and_over_main_homes_each_at_its_dates():
    stocks = {("Hem", year): {"LOG": 200.0, "MAISON": 120.0, "APPART": 80.0} for year in (2008, 2018)}
    mains = {("Hem", 2018): {"RP": 100.0, "RPMAISON": 50.0, "RPAPPART": 49.0}}
    text = stock.types_over_time(pd.concat([long(stocks), long(mains)]), territory="Hem")
    assert list(dict.fromkeys(text["bar"])) == [
        "Ensemble des logements, 2008", "Ensemble des logements, 2018", "Résidences principales, 2018",
    ]  # fmt: skip
    houses = text[text["label"] == "Maisons"]
    assert list(houses["share"]) == [60, 60, 50]
    assert stock.types_over_time(long({}), territory="Hem").empty
