"""Facts that set a commune apart: who is compared, how, and what may not stand out."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from frames import long
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import french, schemas
from helpers.diagnostic import Diagnostic
from helpers.indicators.cube import Cube
from helpers.indicators.indicator import Indicator
from helpers.indicators.measures import Measure, Share, Term
from helpers.indicators.quantities import STOCK, count
from helpers.indicators.ranking import percentile_of
from helpers.indicators.values import Values
from helpers.problems import facts

OTHERS = list(string.ascii_uppercase)


@dataclass(frozen=True, eq=False)
class Given(Measure):
    """A figure of a period that is given by territory, with the number that it rests on and its origin."""

    values: Mapping[str, float]
    counts: Mapping[str, float]
    origins: Mapping[str, str]
    codes: tuple = ()
    label: str = "Fait, {since}-{until}"
    formula: str = "x / y"
    tables: tuple = ()
    spans: bool = True

    def terms(self, cube, period, year):
        kind = np.array([cube.marks.number(self.origins.get(name, "insee"), "s") for name in cube.index])

        def spread(known):
            value = np.array([known.get(name, np.nan) for name in cube.index], dtype="float64")
            return Values(value, kind, cube.marks)

        return {"value": Term(spread(self.values), rests=False), "count": Term(spread(self.counts))}

    def evaluate(self, terms, period):
        return terms["value"]


def fact(values, *, counts=None, origin="insee", id="f", codes=(("dwellings", "LOG"),), issue=""):
    """A fact that gives these values by territory, the commune being « own »."""
    origins = [origin] * len(values) if isinstance(origin, str) else origin
    rests = {name: (counts or {}).get(name, 1000.0) for name in values}
    measure = Given(values, rests, dict(zip(values, origins, strict=True)), codes)
    return facts.Fact(Indicator(id, "Thème", measure, "%"), "haut", "bas", issue or f"enjeu {id}")


def gathered(*several, tables=None, panel=None):
    names = {
        name
        for one in several
        if isinstance(one.indicator.measure, Given)
        for name in one.indicator.measure.values
    }
    names |= {name for table in (tables or {}).values() for name in table["territory"]}
    cube = Cube(tables or {}, sorted(names))
    return facts.gather(several, cube, code="own", since=2013, until=2018, panel=panel)


def among(own, others):
    return {"own": own, **dict(zip(OTHERS, others, strict=False))}


values = st.lists(st.floats(-100, 100), min_size=8, max_size=26)


@given(own=st.floats(-100, 100), others=values)
@settings(max_examples=50)
def test_the_percentile_is_the_share_of_the_others_that_are_lower_ties_counting_for_half(own, others):
    percentile = percentile_of(own, pd.Series(others))
    lower, higher = (sum(test(value) for value in others) for test in (lambda v: v < own, lambda v: v > own))
    assert percentile == pytest.approx(100 * (lower + (len(others) - lower - higher) / 2) / len(others))
    assert 0 <= percentile <= 100


@given(own=st.floats(-100, 100), others=values)
@settings(max_examples=50)
def test_low_and_high_are_seen_alike(own, others):
    up, down = percentile_of(own, pd.Series(others)), percentile_of(-own, -pd.Series(others))
    assert up + down == pytest.approx(100)


@pytest.mark.parametrize(
    ("own", "others", "percentile"),
    [
        (5, [5] * 10, 50),
        (9, [1, 2, 3, 4, 5, 6, 7, 8], 100),
        (0, [1, 2, 3, 4, 5, 6, 7, 8], 0),
        (1, [1, 1, 2, 2, 2, 2, 2, 2], 12.5),
        (4.5, [1, 2, 3, 4, 5, 6, 7, 8], 50),
    ],
)
def test_percentiles_of_plain_cases(own, others, percentile):
    assert percentile_of(own, pd.Series(others, dtype="float64")) == percentile


@given(own=st.floats(-100, 100), others=values)
@settings(max_examples=20)
def test_a_commune_is_no_part_of_its_own_reference(own, others):
    row = gathered(fact(among(own, others))).iloc[0]
    assert row["median"] == pd.Series(others[: len(OTHERS)]).median()
    assert row["reference"] == french.percent(row["median"])
    assert row["communes"] == len(others) + 1
    assert row["percentile"] == percentile_of(own, pd.Series(others))


@pytest.mark.parametrize(("number", "told"), [(7, 0), (8, 1)])
def test_a_fact_known_for_fewer_than_eight_others_is_left_out(number, told):
    assert len(gathered(fact(among(1.0, range(number))))) == told


def test_others_that_are_unknown_do_not_count():
    assert gathered(fact(among(1.0, [*range(7), float("nan")]))).empty


@pytest.mark.parametrize("own", [{}, {"own": float("nan")}])
def test_a_fact_that_the_commune_lacks_is_left_out(own):
    frame = {**own, **dict(zip(OTHERS, range(10), strict=False))}
    assert gathered(fact(frame)).empty
    assert list(gathered(fact(frame)).columns) == list(gathered(fact(among(1.0, range(9)))).columns)


@pytest.mark.parametrize(("count", "stands"), [(199.0, False), (200.0, True), (0.0, False)])
def test_a_figure_that_rests_on_few_people_cannot_stand_out(count, stands):
    row = gathered(fact(among(50.0, range(10)), counts={"own": count})).iloc[0]
    assert bool(row["stands_out"]) is stands
    assert bool(row["salience"] > 0) is stands


@pytest.mark.parametrize(("own", "stands"), [(2.5, True), (3, False), (7, False), (7.5, True)])
def test_a_commune_stands_out_in_the_first_and_last_quarters(own, stands):
    # Among 0.5, 1.5 ... 9.5, one tenth of the others between each and the next, ties counting for half.
    rows = gathered(fact(among(own, [rank + 0.5 for rank in range(10)])))
    assert bool(rows["stands_out"].iloc[0]) is stands


@pytest.mark.parametrize(("own", "question", "rank"), [(100.0, "haut", "1 / 11"), (-100.0, "bas", "11 / 11")])
def test_a_fact_raises_the_question_of_its_side_and_has_the_rank_of_the_highest_first(own, question, rank):
    row = gathered(fact(among(own, range(10)))).iloc[0]
    assert (row["question"], row["rank"], row["indicator"]) == (question, rank, "Fait, 2013-2018")


def test_ties_share_the_best_rank():
    assert gathered(fact(among(9.0, [9.0, 9.0, *range(8)]))).iloc[0]["rank"] == "1 / 11"


def test_the_most_salient_facts_come_first_and_equal_ones_in_a_fixed_order():
    several = [
        fact(among(own, range(10)), id=name) for name, own in [("b", 100.0), ("c", 4.6), ("a", -100.0)]
    ]
    assert gathered(*several)["id"].tolist() == gathered(*reversed(several))["id"].tolist() == ["a", "b", "c"]


def test_a_fact_compared_with_simulated_figures_is_simulated():
    values = among(5.0, range(10))
    mixed = fact(values, origin=["insee"] * 10 + ["demonstration"])
    assert gathered(mixed)["origin"].tolist() == ["demonstration"]
    assert gathered(fact(values))["origin"].tolist() == ["insee"]


def test_the_others_are_those_of_the_panel_the_commune_being_no_part_of_it():
    values = among(50.0, [*range(10), *[100.0] * 10])
    row = gathered(fact(values), panel=["own", *OTHERS[:10]]).iloc[0]
    assert (row["communes"], row["rank"], row["median"]) == (11, "1 / 11", 4.5)
    assert gathered(fact(values)).iloc[0]["rank"] == "11 / 21"
    assert gathered(fact(values), panel=OTHERS[:7]).empty


def test_a_figure_of_the_sample_is_not_told_of_a_small_commune_nor_compared_with_one():
    sampled = fact(among(50.0, range(10)), codes=(("households", "C_MEN"),))
    people = dict(zip(OTHERS, [5000.0] * 10, strict=False))
    small = {
        "population": long(
            {(name, 2018): {"POP": number} for name, number in {"own": 1999.0, **people}.items()}
        )
    }
    row = gathered(sampled, tables=small).iloc[0]
    assert not row["stands_out"]
    assert row["verdict"] == "n.s."
    assert "complémentaire" in row["reason"]
    beside = {"own": 2000.0, **people, "A": 1999.0}
    tables = {"population": long({(name, 2018): {"POP": number} for name, number in beside.items()})}
    row = gathered(sampled, tables=tables).iloc[0]
    assert (row["stands_out"], row["communes"], row["verdict"]) == (True, 10, "ok")
    # The exploitation principale covers them all.
    assert gathered(fact(among(50.0, range(10))), tables=tables).iloc[0]["communes"] == 11


VACANT = count("dwellings", "LOGVAC", plural="logements vacants")


def homes(now, before, *, origins=("insee", "insee"), homes=1e5):
    """A table of homes at two dates: the vacant ones by territory, among as many homes everywhere."""
    frames = [
        long({(name, year): {"LOG": homes, "LOGVAC": value} for name, value in values.items()}, origin=origin)
        for year, values, origin in ((2018, now, origins[0]), (2013, before, origins[1]))
    ]
    return {"dwellings": pd.concat(frames, ignore_index=True)}


RATE = facts.Fact(Indicator("v", "Thème", Share(VACANT, STOCK), "%"), "haut", "bas", "enjeu")
FLAT = dict(zip(OTHERS[:10], [5000.0] * 10, strict=True))


def test_a_share_known_at_both_dates_weighs_by_its_change_too():
    tables = homes({"own": 5000.0, **FLAT}, {"own": 3000.0, **FLAT})
    row = gathered(RATE, tables=tables).iloc[0]
    assert (row["percentile"], row["change_percentile"]) == (50, 100)
    assert row["change"] == pytest.approx(2.0)
    assert row["changed"] == "+2,0\u00a0points"
    # (2 × 0 + 50) / 3
    assert row["salience"] == pytest.approx(50 / 3)
    # A change alone does not set the commune apart.
    assert not row["stands_out"]


@pytest.mark.parametrize(
    "tables",
    [
        homes({"own": 5000.0, **FLAT}, {}),
        homes({"own": 5000.0, **FLAT}, {"own": 4.0, **FLAT}),
        homes({"own": 5000.0, **FLAT}, {"own": 3000.0, **FLAT}, origins=("insee", "demonstration")),
        homes({"own": 5000.0, **FLAT}, {"own": 3000.0, **dict(list(FLAT.items())[:7])}),
    ],
    ids=["unknown", "not significant", "simulated", "too few others"],
)
def test_a_change_that_may_not_be_told_weighs_nothing(tables):
    row = gathered(RATE, tables=tables).iloc[0]
    assert pd.isna(row["change"])
    assert row["changed"] == "n.d."
    assert (row["salience"], row["origin"]) == (0, "insee")


def test_a_fact_that_is_a_change_has_no_change_of_its_own():
    assert pd.isna(gathered(fact(among(50.0, range(10)))).iloc[0]["change"])


percentiles = st.floats(0, 100)


@given(level=percentiles, change=percentiles)
def test_the_salience_is_the_formula_of_the_page(level, change):
    plain = (2 * abs(level - 50) + abs(change - 50)) / 3
    assert facts.salience(level, change, verdict="ok") == pytest.approx(plain)
    assert facts.salience(level, change, verdict="prudence") == pytest.approx(plain / 2)
    assert facts.salience(level, change, verdict="n.s.") == 0
    assert facts.salience(level, float("nan"), verdict="ok") == abs(level - 50)
    assert 0 <= facts.salience(level, change, verdict="ok") <= 50


def test_a_figure_that_is_not_significant_is_not_ranked_and_says_why():
    frame = gathered(fact(among(50.0, range(10)), counts={"own": 150.0}), fact(among(6.5, range(10)), id="g"))
    assert frame["id"].tolist() == ["g", "f"]
    last = frame.iloc[1]
    assert pd.isna(last["percentile"])
    assert last["rank"] == last["position"] == last["beside"] == "n.s."
    assert "200" in last["reason"]


def test_the_same_facts_among_others_face_the_first():
    several = (
        fact(among(50.0, [*range(10), *[100.0] * 10])),
        fact(among(1.0, range(20)), id="g", counts={"own": 1.0}),
    )
    wide, narrow = gathered(*several), gathered(*several, panel=OTHERS[:10])
    (row,) = facts.pair(wide, narrow).to_dict("records")
    assert (row["id"], row["percentile"], row["percentile_panel"]) == ("f", 50, 100)
    assert (row["median"], row["median_panel"]) == (wide.iloc[0]["median"], 4.5)
    assert facts.pair(wide, narrow.iloc[:0]).empty


def test_simulated_facts_are_left_out_once_three_real_ones_are_known():
    real = [fact(among(5.0, range(10)), id=f"r{rank}") for rank in range(3)]
    simulated = fact(among(99.0, range(10)), id="s", origin="demonstration")
    assert set(gathered(*real, simulated)["id"]) == {"r0", "r1", "r2"}
    assert set(gathered(*real[:2], simulated)["id"]) == {"r0", "r1", "s"}


@pytest.mark.parametrize(("count", "verdict"), [(199.0, "n.s."), (200.0, "prudence"), (500.0, "ok")])
def test_a_fact_bears_its_verdict_and_its_reason(count, verdict):
    row = gathered(fact(among(50.0, range(10)), counts={"own": count})).iloc[0]
    assert row["verdict"] == verdict
    assert bool(row["reason"]) is (verdict != "ok")


def test_what_stands_out_is_chosen_or_else_the_three_most_salient():
    loud = [fact(among(100.0, range(10)), id=f"a{rank}") for rank in range(5)]
    assert (
        len(
            facts.choose(
                gathered(*loud, *[fact(among(0.0, range(1, 9)), id=f"d{rank}") for rank in range(5)])
            )
        )
        == 8
    )
    quiet = [fact(among(6.5 + rank, range(12)), id=f"b{rank}") for rank in range(2)]
    assert facts.choose(gathered(*loud, *quiet))["id"].tolist() == ["a0", "a1", "a2", "a3", "a4"]
    assert len(facts.choose(gathered(*quiet))) == 2
    still = [fact(among(4.5, range(10)), id=f"c{rank}") for rank in range(4)]
    assert facts.choose(gathered(*still)).empty
    assert facts.choose(gathered()).empty


def test_of_facts_that_make_one_issue_the_most_salient_is_debated():
    loud, quiet = among(100.0, range(10)), among(7.5, range(10))
    several = [
        fact(quiet, id="a", issue="vieillir"), fact(loud, id="b", issue="vieillir"), fact(quiet, id="c", issue="grandir"),
    ]  # fmt: skip
    found = gathered(*several)
    assert len(found) == 3
    assert facts.choose(found)["id"].tolist() == ["b", "c"]


@pytest.mark.parametrize("one", facts.FACTS, ids=lambda one: one.id)
def test_every_fact_asks_questions(one):
    for question in (one.high, one.low):
        assert question.endswith(" ?")
        assert question[0].isupper()
        assert "'" not in question
    assert one.issue[0].islower()
    assert not one.issue.endswith((".", "?"))


def test_facts_have_names_of_their_own():
    assert len({one.id for one in facts.FACTS}) == len(facts.FACTS)


def test_the_tables_of_the_facts_are_tables_of_the_store():
    assert set(facts.FACT_TABLES) <= set(schemas.TABLES)
    assert {table for one in facts.FACTS for table in one.indicator.tables} == set(facts.FACT_TABLES)


@pytest.fixture(scope="module")
def metropolis():
    d = Diagnostic.open("59299")
    return d, d.tables_for(d.siblings)


def test_the_rank_of_a_commune_for_its_growth_is_that_of_the_published_populations(metropolis):
    # P13_POP and P18_POP of https://www.insee.fr/fr/statistiques/2521169 for the 95 communes of the metropolis.
    d, tables = metropolis
    people = tables["population"].pivot_table(index="territory", columns="year", values="value")
    ratio = people[2018] / people[2013]
    told = facts.gather(facts.FACTS, tables, code="59299", since=2013, until=2018).set_index("id")
    assert told.loc["croissance", "rank"] == f"{int((ratio > ratio['59299']).sum()) + 1} / {len(d.members)}"


def test_the_vacancy_of_a_commune_is_vacant_homes_over_all_homes(metropolis):
    _, tables = metropolis
    told = facts.gather(facts.FACTS, tables, code="59299", since=2013, until=2018).set_index("id")
    homes = tables["dwellings"]
    own = homes[(homes["territory"] == "59299") & (homes["year"] == 2018)].set_index("variable")["value"]
    assert told.loc["vacance", "measure"] == pytest.approx(100 * own["LOGVAC"] / own["LOG"])
    assert told.loc["occupation", "measure"] == pytest.approx(18621 / own["RP"])


def test_a_village_does_not_stand_out():
    # Insee: under 200, comparisons between small territories are to be proscribed. Éparcy: 28 inhabitants in 2018.
    d = Diagnostic.open("02278")
    told = facts.gather(facts.FACTS, d.tables_for(d.siblings), code="02278", since=2013, until=2018)
    assert len(told) > 3
    assert not told["stands_out"].any()
    assert facts.choose(told).empty


def test_a_fact_says_the_year_of_its_own_figures(metropolis):
    d, tables = metropolis
    told = facts.gather(facts.FACTS, tables, code=d.commune.code, since=2013, until=2018)
    labels = told.set_index("id")["indicator"]
    income, register = tables["income"], tables["social_housing"]
    assert labels["revenu"].endswith(str(income.loc[income["variable"] == "MED", "year"].max()))
    assert str(register["year"].max()) in labels["social"]
    assert "2018" in labels["social"]
