"""The link between people and homes: what smaller households and more people took of the homes."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tidy import flows, long

from helpers.indicators import link

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

counts = st.floats(1, 1e6, allow_nan=False)
stocks = st.fixed_dictionaries(dict.fromkeys(("RP", "RSECOCC", "LOGVAC", "PMEN"), counts))


def inhabited(*rows):
    return pd.DataFrame(rows, columns=["territory", "year", "homes", "people"]).assign(
        origin="insee", sources="recensement"
    )


@pytest.mark.parametrize(("name", "years", "homes", "people", "effect"), PUBLISHED)
def test_published_households_give_the_household_change_and_the_demographic_effect(
    name, years, homes, people, effect
):
    frame = inhabited(
        *((name, year, *pair) for year, pair in zip(years, zip(homes, people, strict=True), strict=True))
    )
    row = link.household_effect(frame, territory=name).iloc[0]
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
    row = link.household_effect(frame, territory=name).iloc[0]
    for size, year in zip(("size_0", "size_1"), years, strict=True):
        assert row[size] == pytest.approx(printed[name, year], abs=0.005 + 1e-9)


def test_sub_periods_do_not_add_up_to_the_whole():
    rows = [("Hem", 2010, 6459, 17233), ("Hem", 2015, 6968, 18884), ("Hem", 2021, 7118, 18163)]
    parts = link.household_effect(inhabited(*rows), territory="Hem")["decohabitation"].sum()
    whole = link.household_effect(inhabited(rows[0], rows[2]), territory="Hem")["decohabitation"].sum()
    # −100,2 + 432,6 against 294,5.
    assert parts == pytest.approx(332.4, abs=0.1)
    assert whole == pytest.approx(294.5, abs=0.1)


@given(homes=st.tuples(counts, counts), people=st.tuples(counts, counts))
@settings(max_examples=60)
def test_household_change_and_demographic_effect_add_up_to_the_change_of_main_homes(homes, people):
    frame = inhabited(
        *(
            ("Hem", year, *pair)
            for year, pair in zip((2013, 2018), zip(homes, people, strict=True), strict=True)
        )
    )
    row = link.household_effect(frame, territory="Hem").iloc[0]
    change = homes[1] - homes[0]
    scale = max(*homes, abs(row["decohabitation"]), abs(row["demographic"]))
    assert abs(row["decohabitation"] + row["demographic"] - change) <= 1e-9 * scale
    # Smaller households take homes, larger ones leave some; more people take homes.
    tiny = 1e-9 * scale
    assert row["decohabitation"] >= -tiny or row["size_1"] > row["size_0"]
    assert row["decohabitation"] <= tiny or row["size_1"] < row["size_0"]
    assert (row["demographic"] > 0) == (people[1] > people[0])


def test_each_period_runs_between_dates_five_years_apart_and_older_ones_are_left_to_the_long_series():
    rows = [("Hem", year, 1000.0 + year, 3000.0) for year in (1999, 2008, 2010, 2013, 2014, 2018)]
    effect = link.household_effect(inhabited(*rows), territory="Hem")
    assert list(zip(effect["since"], effect["until"], strict=True)) == [(2008, 2013), (2013, 2018)]


@pytest.mark.parametrize(
    "rows", [[], [("Hem", 2018, 1.0, 2.0)], [("Lille", 2013, 1.0, 2.0), ("Lille", 2018, 1.0, 2.0)]]
)
def test_without_two_dates_of_the_territory_there_is_no_effect_but_every_column(rows):
    effect = link.household_effect(inhabited(*rows), territory="Hem")
    assert effect.empty
    assert {"decohabitation", "demographic", "origin", "sources"} <= set(effect.columns)


def sampled(years, *, value):
    return long(
        {("Hem", year): {"C_MEN": value, "C_PMEN": 2 * value} for year in years}, source="complementaire"
    )


def test_households_are_those_of_the_sample_where_it_gives_two_dates():
    dwellings = long({("Hem", year): {"RP": 1000.0} for year in (2013, 2018)})
    principal = long({("Hem", year): {"PMEN": 2500.0} for year in (2013, 2018)})
    both = pd.concat([principal, sampled((2013, 2018), value=990.0)], ignore_index=True)
    assert set(link.occupied(both, dwellings, territory="Hem")["homes"]) == {990.0}
    assert set(link.occupied(both, dwellings, territory="Hem")["sources"]) == {"complementaire"}


@pytest.mark.parametrize("years", [(2018,), (2016, 2018), ()])
def test_one_exploitation_is_used_throughout_never_a_mix_of_two(years):
    dwellings = long({("Hem", year): {"RP": 1000.0} for year in (2013, 2018)})
    principal = long({("Hem", year): {"PMEN": 2500.0} for year in (2013, 2018)})
    both = pd.concat([principal, sampled(years, value=990.0)], ignore_index=True)
    used = link.occupied(both, dwellings, territory="Hem")
    assert set(used["homes"]) == {1000.0}
    assert set(used["people"]) == {2500.0}


def stock_of(parts):
    return {**parts, "LOG": parts["RP"] + parts["RSECOCC"] + parts["LOGVAC"]}


def broken(before, after, started, *, years=(2013, 2018)):
    tables = [
        long(
            {
                ("Hem", year): {name: parts[name] for name in names}
                for year, parts in zip(years, (stock_of(before), stock_of(after)), strict=True)
            }
        )
        for names in (("LOG", "RP", "RSECOCC", "LOGVAC"), ("PMEN",))
    ]
    yearly = flows(
        {
            ("Hem", year, year + 1): {"LOGCOM": value}
            for year, value in zip(range(*years), started, strict=True)
        }
    )
    return link.break_even(*tables, yearly, since=years[0], until=years[1])


@settings(max_examples=40)
@given(before=stocks, after=stocks, started=st.lists(st.floats(0, 1e5), min_size=5, max_size=5))
def test_homes_started_are_the_point_mort_and_the_demographic_effect(before, after, started):
    row = broken(before, after, started).iloc[0]
    parts = [row[name] for name in ("renewal", "vacancy", "secondary", "decohabitation", "demographic")]
    scale = max(abs(part) for part in (*parts, *before.values(), *after.values(), sum(started)))
    assert abs(sum(parts) - sum(started)) <= 1e-9 * scale
    assert abs(row["break_even"] - sum(parts[:4])) <= 1e-9 * scale
    assert abs(row["decohabitation"] + row["demographic"] - (after["RP"] - before["RP"])) <= 1e-9 * scale
    # The steps lead from the homes started to the demographic effect.
    steps = link.steps(pd.DataFrame([row]))
    assert list(steps["kind"]) == ["total", *["step"] * 4, "total"]
    assert steps["amount"].iloc[0] == row["starts"]
    assert abs(steps["amount"].iloc[:-1].sum() - steps["amount"].iloc[-1]) <= 1e-9 * scale


def test_the_point_mort_of_valenciennes_is_the_sum_of_its_terms():
    # « Méthode du point mort », Porter à connaissance du PLH de Valenciennes Métropole, 1999-2009, homes a year
    # (nord.gouv.fr): renewal 109, household change 643, vacant and second homes 127; point mort 879, effect −32.
    size, effect, change = 2.5, -32, 643 - 32
    before = {"RP": 75_000.0, "RSECOCC": 500.0, "LOGVAC": 4_000.0}
    after = {"RP": before["RP"] + change, "RSECOCC": 500.0, "LOGVAC": 4_127.0}
    after["PMEN"] = size * after["RP"]
    before["PMEN"] = after["PMEN"] - size * effect
    stock_change = change + 127
    row = broken(before, after, [(stock_change + 109) / 5] * 5).iloc[0]
    assert row["decohabitation"] == pytest.approx(643)
    assert row["renewal"] == pytest.approx(109)
    assert row["vacancy"] + row["secondary"] == pytest.approx(127)
    assert row["break_even"] == pytest.approx(879)
    assert row["demographic"] == pytest.approx(-32)
    assert row["starts"] == pytest.approx(879 - 32)


def test_homes_started_are_those_of_the_years_of_the_period_and_of_no_other():
    parts = {"RP": 100.0, "RSECOCC": 1.0, "LOGVAC": 5.0, "PMEN": 250.0}
    tables = [
        long({("Hem", year): {name: stock_of(parts)[name] for name in names} for year in (2013, 2018)})
        for names in (("LOG", "RP", "RSECOCC", "LOGVAC"), ("PMEN",))
    ]
    yearly = flows(
        {("Hem", year, year + 1): {"LOGCOM": 10.0**rank} for rank, year in enumerate(range(2011, 2020))}
    )
    row = link.break_even(*tables, yearly, since=2013, until=2018).iloc[0]
    # 1 January 2013 to 31 December 2017.
    assert row["starts"] == 1_111_100


def test_a_period_of_which_one_year_is_unknown_has_no_point_mort():
    parts = {"RP": 100.0, "RSECOCC": 1.0, "LOGVAC": 5.0, "PMEN": 250.0}
    tables = [
        long({("Hem", year): {name: stock_of(parts)[name] for name in names} for year in (2013, 2018)})
        for names in (("LOG", "RP", "RSECOCC", "LOGVAC"), ("PMEN",))
    ]
    yearly = flows({("Hem", year, year + 1): {"LOGCOM": 10.0} for year in (2013, 2014, 2016, 2017)})
    assert link.break_even(*tables, yearly, since=2013, until=2018).empty
    assert link.steps(link.break_even(*tables, yearly, since=2013, until=2018)).empty


def test_homes_started_over_the_whole_period_are_enough():
    parts = {"RP": 100.0, "RSECOCC": 1.0, "LOGVAC": 5.0, "PMEN": 250.0}
    tables = [
        long({("Hem", year): {name: stock_of(parts)[name] for name in names} for year in (2013, 2018)})
        for names in (("LOG", "RP", "RSECOCC", "LOGVAC"), ("PMEN",))
    ]
    births = {("Hem", year, year + 1): {"NAIS": 3.0} for year in range(2013, 2018)}
    period = flows({**births, ("Hem", 2013, 2018): {"LOGCOM": 42.0}}, source="sitadel")
    row = link.break_even(*tables, period, since=2013, until=2018).iloc[0]
    assert row["starts"] == 42
    assert row["sources"] == "recensement|sitadel"


def test_a_point_mort_with_a_simulated_part_is_simulated():
    parts = {"RP": 100.0, "RSECOCC": 1.0, "LOGVAC": 5.0, "PMEN": 250.0}
    tables = [
        long({("Hem", year): {name: stock_of(parts)[name] for name in names} for year in (2013, 2018)})
        for names in (("LOG", "RP", "RSECOCC", "LOGVAC"), ("PMEN",))
    ]
    yearly = flows(
        {("Hem", year, year + 1): {"LOGCOM": 10.0} for year in range(2013, 2018)},
        origin="demonstration",
        source="sitadel",
    )
    steps = link.steps(link.break_even(*tables, yearly, since=2013, until=2018))
    assert set(steps["origin"]) == {"demonstration"}
    assert set(steps["sources"]) == {"recensement|sitadel"}
