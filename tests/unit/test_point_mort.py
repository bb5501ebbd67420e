"""The point mort: homes started that only kept the population where it was, and what the others did."""

from __future__ import annotations

import pandas as pd
import pytest
from frames import flows, long
from hypothesis import given, settings
from hypothesis import strategies as st
from measuring import break_even

from helpers.indicators import point_mort
from helpers.indicators.definitions.point_mort import LARGE_RENEWAL
from helpers.indicators.reliability import assess_rows

counts = st.floats(1, 1e6, allow_nan=False)
stocks = st.fixed_dictionaries(dict.fromkeys(("RP", "RSECOCC", "LOGVAC", "PMEN"), counts))


def stock_of(parts):
    return {**parts, "LOG": parts["RP"] + parts["RSECOCC"] + parts["LOGVAC"]}


def broken(before, after, started, *, years=(2013, 2018), **options):
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
    return break_even(*tables, yearly, since=years[0], until=years[1], **options)


both_conventions = pytest.mark.parametrize("convention", ["A", "B"])


@both_conventions
@settings(max_examples=40)
@given(before=stocks, after=stocks, started=st.lists(st.floats(0, 1e5), min_size=5, max_size=5))
def test_homes_started_are_the_point_mort_and_the_demographic_effect(convention, before, after, started):
    row = broken(before, after, started, convention=convention).iloc[0]
    parts = [row[name] for name in ("renewal", "vacancy", "secondary", "decohabitation", "demographic")]
    scale = max(abs(part) for part in (*parts, *before.values(), *after.values(), sum(started)))
    assert abs(sum(parts) - sum(started)) <= 1e-9 * scale
    assert abs(row["break_even"] - sum(parts[:4])) <= 1e-9 * scale
    assert abs(row["decohabitation"] + row["demographic"] - (after["RP"] - before["RP"])) <= 1e-9 * scale
    assert abs(row["gap"]) <= 1e-9 * scale
    # The steps lead from nothing to the point mort, and from there to the homes started.
    steps = point_mort.steps(pd.DataFrame([row]))
    assert list(steps["kind"]) == [*["step"] * 4, "total", "step", "total"]
    amounts = list(steps["amount"])
    assert abs(sum(amounts[:4]) - amounts[4]) <= 1e-9 * scale
    assert abs(amounts[4] + amounts[5] - amounts[6]) <= 1e-9 * scale
    assert amounts[4] == row["break_even"]
    assert amounts[6] == row["starts"]


def test_stocks_that_are_printed_rounded_leave_a_gap_that_the_steps_show():
    before = {"RP": 3000.0, "RSECOCC": 10.0, "LOGVAC": 90.0, "PMEN": 7500.0}
    tables = [
        long(
            {
                ("Hem", year): {name: {**before, "LOG": total}[name] for name in names}
                for year, total in ((2013, 3100.0), (2018, 3102.0))
            }
        )
        for names in (("LOG", "RP", "RSECOCC", "LOGVAC"), ("PMEN",))
    ]
    started = flows({("Hem", year, year + 1): {"LOGCOM": 10.0} for year in range(2013, 2018)})
    row = break_even(*tables, started, since=2013, until=2018)
    assert row["gap"].tolist() == [2.0]
    amounts = point_mort.steps(row).set_index("label")["amount"]
    assert amounts["Arrondi des effectifs publiés"] == 2
    assert amounts["Point mort"] + amounts["Arrondi des effectifs publiés"] == 50


@pytest.mark.parametrize(
    ("started", "large"), [(100.0, False), (121.0, True), (120.0, False), (85.0, True), (86.0, False), (0.0, True)]
)  # fmt: skip
def test_a_renewal_that_missing_declarations_do_not_explain_is_flagged(started, large):
    before = {"RP": 3000.0, "RSECOCC": 10.0, "LOGVAC": 90.0, "PMEN": 7500.0}
    after = {**before, "RP": 3100.0}
    assert LARGE_RENEWAL == 0.17
    row = broken(before, after, [started, 0.0, 0.0, 0.0, 0.0]).iloc[0]
    assert bool(row["large_renewal"]) is large


def test_homes_delivered_later_are_those_started_earlier():
    before = {"RP": 100.0, "RSECOCC": 1.0, "LOGVAC": 5.0, "PMEN": 250.0}
    tables = [
        long({("Hem", year): {name: stock_of(before)[name] for name in names} for year in (2013, 2018)})
        for names in (("LOG", "RP", "RSECOCC", "LOGVAC"), ("PMEN",))
    ]
    yearly = flows(
        {("Hem", year, year + 1): {"LOGCOM": 10.0**rank} for rank, year in enumerate(range(2011, 2018))}
    )
    starts = {
        lag: break_even(*tables, yearly, since=2013, until=2018, lag=lag)["starts"].tolist()
        for lag in range(4)
    }
    # 2013 to 2017, 2012 to 2016, 2011 to 2015; the year 2010 is not known.
    assert starts == {0: [1_111_100], 1: [111_110], 2: [11_111], 3: []}
    by_period = point_mort.break_evens(*tables, yearly, territory="Hem", until=2018, lag=2)
    assert by_period["starts"].tolist() == [11_111]
    people = long({("Hem", 2013): {"POP": 100.0}, ("Hem", 2018): {"POP": 111.0}})
    assert point_mort.gained(people, yearly, since=2013, until=2018, lag=2)["starts"].tolist() == [11_111]


def of_years(years, *, people=7500.0):
    stocks = {
        ("Hem", year): stock_of({"RP": 3000.0 + 10 * rank, "RSECOCC": 10.0, "LOGVAC": 90.0})
        for rank, year in enumerate(years)
    }
    inside = {("Hem", year): {"PMEN": people - 20.0 * rank} for rank, year in enumerate(years)}
    return long(stocks), long(inside)


def test_each_period_has_its_own_point_mort_up_to_the_last_date_asked_for():
    years = (1999, 2008, 2013, 2016, 2018, 2023)
    started = flows({("Hem", year, year + 1): {"LOGCOM": 100.0} for year in range(2008, 2018)})
    text = point_mort.break_evens(*of_years(years), started, territory="Hem", until=2018)
    assert list(zip(text["since"], text["until"], strict=True)) == [(2008, 2013), (2013, 2018)]
    for row in text.to_dict("records"):
        alone = break_even(*of_years(years), started, since=row["since"], until=row["until"]).iloc[0]
        assert row["break_even"] == alone["break_even"]
    side = point_mort.over_periods(text).set_index("label")
    assert [name for name in side if name.startswith("@")] == ["@2008-2013", "@2013-2018"]
    assert side.loc["Logements commencés", "@2008-2013"] == "500"
    for row, period in zip(text.to_dict("records"), ("2008-2013", "2013-2018"), strict=True):
        terms = side.loc[list(point_mort.TERMS.values()), f"measure@{period}"]
        assert terms.sum() == pytest.approx(row["break_even"])
    # A period of which a year of starts is not known is left out.
    later = started[started["since"] > 2008]
    assert list(point_mort.break_evens(*of_years(years), later, territory="Hem", until=2018)["since"]) == [
        2013
    ]
    none = point_mort.break_evens(*of_years((2018,)), started, territory="Hem", until=2018)
    assert none.empty
    assert point_mort.steps(none).empty
    assert point_mort.over_periods(none).empty


@pytest.mark.parametrize(("people", "small"), [(7500.0, False), (2021.0, False), (2019.0, True)])
def test_a_small_commune_has_a_margin_and_nothing_a_year(people, small):
    started = flows({("Hem", year, year + 1): {"LOGCOM": 20.0} for year in range(2013, 2018)})
    text = point_mort.break_evens(
        *of_years((2013, 2018), people=people), started, territory="Hem", until=2018
    )
    steps, periods = point_mort.steps(text), point_mort.over_periods(text)
    assert ("give_or_take" in steps) is small
    assert ("homes_per_year" in steps) is not small
    assert ("Point mort, par an" in set(periods["label"])) is not small
    if small:
        total = steps.set_index("label").loc["Logements commencés"]
        assert total["give_or_take"] == pytest.approx(2 * 100**0.5)
    else:
        assert (steps["homes_per_year"] * 5).tolist() == pytest.approx(steps["amount"].tolist())
        behind = periods.set_index("label")["measure@2013-2018"]
        assert behind["Point mort, par an"] == pytest.approx(behind["Point mort"] / 5)


@pytest.mark.parametrize(
    ("people", "gained"), [((100.0, 180.0), 8.0), ((180.0, 100.0), -8.0), ((9.0, 9.0), 0.0)]
)
def test_people_gained_for_ten_homes(people, gained):
    # Aucame, « Qu'en savons-nous ? », March 2013: ten homes for eight inhabitants more.
    known = long({("Hem", year): {"POP": value} for year, value in zip((2013, 2018), people, strict=True)})
    started = flows({("Hem", year, year + 1): {"LOGCOM": 20.0} for year in range(2013, 2018)})
    assert point_mort.gained(known, started, since=2013, until=2018)["gained"].tolist() == [gained]


def test_a_village_of_a_few_homes_has_no_figure_beside_its_starts():
    stocks = {("Hem", year): stock_of({"RP": 150.0, "RSECOCC": 10.0, "LOGVAC": 9.0}) for year in (2013, 2018)}
    inside = {("Hem", year): {"PMEN": 300.0} for year in (2013, 2018)}
    started = flows({("Hem", year, year + 1): {"LOGCOM": 2.0} for year in range(2013, 2018)})
    text = point_mort.break_evens(long(stocks), long(inside), started, territory="Hem", until=2018)
    written = point_mort.over_periods(text).set_index("label")["@2013-2018"]
    assert written.pop("Logements commencés") == "10"
    assert set(written) == {"n.s."}


def test_a_few_second_homes_mark_a_point_mort_of_thousands_and_do_not_bar_it():
    before = {"RP": 7000.0, "RSECOCC": 3.0, "LOGVAC": 535.0, "PMEN": 18_000.0}
    after = {"RP": 7314.0, "RSECOCC": 37.0, "LOGVAC": 246.0, "PMEN": 18_000.0}
    steps = point_mort.steps(broken(before, after, [40.0] * 5))
    verdicts = dict(zip(steps["label"], assess_rows(steps), strict=True))
    assert verdicts["Variation des résidences secondaires"] == verdicts["Point mort"] == "précaution"
    assert verdicts["Variation des logements vacants"] == "prudence"
    assert verdicts["Desserrement des ménages"] == "ok"


def test_without_a_start_nothing_is_reckoned_for_ten():
    known = long({("Hem", 2013): {"POP": 9.0}, ("Hem", 2018): {"POP": 10.0}})
    started = flows({("Hem", year, year + 1): {"LOGCOM": 0.0} for year in range(2013, 2018)})
    assert point_mort.gained(known, started, since=2013, until=2018)["gained"].isna().all()


def test_larger_households_are_a_resserrement():
    assert point_mort.term_name("decohabitation", -0.5) == "Resserrement des ménages"
    assert point_mort.term_name("decohabitation", 0.0) == "Desserrement des ménages"
    assert point_mort.term_name("vacancy", -3.0) == "Variation des logements vacants"


def test_homes_started_are_those_of_the_years_of_the_period_and_of_no_other():
    parts = {"RP": 100.0, "RSECOCC": 1.0, "LOGVAC": 5.0, "PMEN": 250.0}
    tables = [
        long({("Hem", year): {name: stock_of(parts)[name] for name in names} for year in (2013, 2018)})
        for names in (("LOG", "RP", "RSECOCC", "LOGVAC"), ("PMEN",))
    ]
    yearly = flows(
        {("Hem", year, year + 1): {"LOGCOM": 10.0**rank} for rank, year in enumerate(range(2011, 2020))}
    )
    row = break_even(*tables, yearly, since=2013, until=2018).iloc[0]
    # 1 January 2013 to 31 December 2017.
    assert row["starts"] == 1_111_100


def test_a_period_of_which_one_year_is_unknown_has_no_point_mort():
    parts = {"RP": 100.0, "RSECOCC": 1.0, "LOGVAC": 5.0, "PMEN": 250.0}
    tables = [
        long({("Hem", year): {name: stock_of(parts)[name] for name in names} for year in (2013, 2018)})
        for names in (("LOG", "RP", "RSECOCC", "LOGVAC"), ("PMEN",))
    ]
    yearly = flows({("Hem", year, year + 1): {"LOGCOM": 10.0} for year in (2013, 2014, 2016, 2017)})
    assert break_even(*tables, yearly, since=2013, until=2018).empty
    assert point_mort.steps(break_even(*tables, yearly, since=2013, until=2018)).empty


def test_homes_started_over_the_whole_period_are_enough():
    parts = {"RP": 100.0, "RSECOCC": 1.0, "LOGVAC": 5.0, "PMEN": 250.0}
    tables = [
        long({("Hem", year): {name: stock_of(parts)[name] for name in names} for year in (2013, 2018)})
        for names in (("LOG", "RP", "RSECOCC", "LOGVAC"), ("PMEN",))
    ]
    births = {("Hem", year, year + 1): {"NAIS": 3.0} for year in range(2013, 2018)}
    period = flows({**births, ("Hem", 2013, 2018): {"LOGCOM": 42.0}}, source="sitadel")
    row = break_even(*tables, period, since=2013, until=2018).iloc[0]
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
    steps = point_mort.steps(break_even(*tables, yearly, since=2013, until=2018))
    assert set(steps["origin"]) == {"demonstration"}
    assert set(steps["sources"]) == {"recensement|sitadel"}
