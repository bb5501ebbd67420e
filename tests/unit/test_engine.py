"""Every indicator of every territory in one table: its rows, its verdicts, its margins, where its figures come from."""

from __future__ import annotations

import functools
import math

import numpy as np
import pandas as pd
import pytest
from for_each import for_each
from frames import long
from hypothesis import given, settings
from hypothesis import strategies as st
from random_territories import REGISTER, SINCE, UNTIL, draw, tables_of

from helpers.indicators import engine
from helpers.indicators.cube import Cube
from helpers.indicators.measures import Period
from helpers.indicators.registry import INDICATORS, find
from helpers.indicators.reliability import judge
from helpers.indicators.windows import Window

EARLIER = 2008
PERIODS = (Period(EARLIER, SINCE), Period(SINCE, UNTIL))
PLACES = ("Hem", "Lille", "MEL")
REGISTERS = ("social_housing", "vacancy", "income")
KEYS = ["territory", "indicator", "since", "year"]


def each(indicators):
    return for_each("one", indicators, named=lambda one: one.id)


@functools.cache
def tables():
    """Three imaginary territories at three censuses, and registers at two dates of their own."""
    rng = np.random.default_rng(5)
    registers = (REGISTER - 1, REGISTER)
    worlds = {(place, year): draw(rng) for place in PLACES for year in (EARLIER, SINCE, UNTIL, *registers)}
    found = {
        name: table[table["year"].isin(registers) == (name in REGISTERS)]
        for name, table in tables_of(worlds).items()
    }
    found["territories"] = pd.DataFrame({"territory": PLACES, "area": [9.0, 35.0, 611.0]})
    events = [
        long({(place, year + 1): dict.fromkeys(("NAIS", "DECE", "LOGCOM"), 10.0 + year % 7)}, since=year)
        for place in PLACES
        for year in range(EARLIER, UNTIL)
    ]
    # Lille is not known whole.
    homes = found["dwellings"]
    lost = (
        (homes["territory"] == "Lille")
        & homes["variable"].isin(["LOGVAC", "RP_PROP"])
        & (homes["year"] == UNTIL)
    )
    return {**found, "flows": pd.concat(events), "dwellings": homes[~lost]}


@functools.cache
def computed():
    return engine.compute(Cube(tables()), PERIODS)


def of(one):
    return computed()[computed()["indicator"] == one.id]


def small(identifier, values, *, people=None, origin="insee"):
    """The row of an indicator at a date, in a territory of which this is known."""
    (table,) = {name for name in find(identifier).tables if name != "population"}
    known = {table: long({("Hem", UNTIL): values}, origin=origin)}
    if people is not None:
        known["population"] = long({("Hem", UNTIL): {"POP": people}})
    found = engine.compute(Cube(known), [Period(UNTIL, UNTIL)], [find(identifier)])
    assert len(found) == 1
    return found.iloc[0]


def test_the_columns_are_those_that_are_declared():
    assert list(computed().columns) == ["territory", *engine.COLUMNS]
    nothing = engine.compute(Cube({}), PERIODS)
    assert list(nothing.columns) == ["territory", *engine.COLUMNS]
    assert nothing.empty


def test_a_row_is_a_figure_that_is_known_and_there_is_one_for_each_date():
    assert not computed().duplicated(KEYS).any()
    complete = [name for name in computed() if name not in ("count", "base", "margin")]
    assert computed()[complete].notna().all(axis=None)
    lille = computed()[(computed()["territory"] == "Lille") & (computed()["indicator"] == "vacance")]
    assert lille["year"].tolist() == [EARLIER, SINCE]


@each(INDICATORS)
def test_a_figure_has_every_date_of_its_kind_once(one):
    found = of(one)[of(one)["territory"] == "Hem"]
    dates = list(zip(found["since"], found["year"], strict=True))
    if one.measure.own_dates:
        span = one.measure.span if isinstance(one.measure, Window) else 0
        years = sorted(one.measure.years(Cube(tables())))
        # A register stands over each census.
        censuses = [period.until for period in PERIODS] if one.measure.over_census else []
        expected = [(since, year) for year in years for since in censuses or [year - span]]
    elif one.measure.spans:
        expected = [(period.since, period.until) for period in PERIODS]
    else:
        expected = [(year, year) for year in (EARLIER, SINCE, UNTIL)]
    if one.id.startswith(("gain_", "effet_taille")):
        # A share of a gain is known where homes are more.
        assert set(dates) <= set(expected)
    else:
        assert dates == expected != []


@each([one for one in INDICATORS if not one.measure.own_dates])
def test_the_table_has_the_figures_that_an_indicator_has_alone(one):
    period = PERIODS[-1]
    alone = engine.figures_of(tables()).measure(one, period)
    found = of(one)
    found = found[(found["year"] == UNTIL) & (found["since"] == (SINCE if one.measure.spans else UNTIL))]
    assert found["territory"].tolist() == alone["territory"].tolist()
    for name in ("value", "count"):
        np.testing.assert_array_equal(found[name].to_numpy(), alone[name].to_numpy())
    for name in ("origin", "sources"):
        assert found[name].astype("str").tolist() == alone[name].tolist()


def test_a_register_over_a_count_of_the_census_is_reported_at_its_dates_over_the_last_census():
    found = of(find("social"))
    hem = found[found["territory"] == "Hem"].set_index("year")["value"]
    homes, register = (tables()[name] for name in ("dwellings", "social_housing"))
    homes = homes[(homes["territory"] == "Hem") & (homes["variable"] == "RP")].set_index("year")["value"]
    register = register[(register["territory"] == "Hem") & (register["variable"] == "RPLS")]
    expected = 100 * register.set_index("year")["value"] / homes[UNTIL]
    assert hem.to_dict() == pytest.approx(expected.to_dict())


@pytest.mark.parametrize(
    ("count", "verdict"), [(0.0, "ok"), (4.0, "n.s."), (199.9, "précaution"), (200.0, "prudence"), (499.9, "prudence"), (500.0, "ok")]
)  # fmt: skip
def test_a_verdict_follows_the_thresholds_of_insee(count, verdict):
    row = small("vacance", {"LOG": 10_000.0, "LOGVAC": count})
    assert (row["count"], row["base"], row["verdict"]) == (count, 10_000, verdict)


@pytest.mark.parametrize(
    ("homes", "verdict"), [(199.0, "n.s."), (200.0, "précaution"), (3000.0, "précaution")]
)
def test_a_share_is_barred_by_its_whole_alone(homes, verdict):
    assert small("vacance", {"LOG": homes, "LOGVAC": 20.0})["verdict"] == verdict
    assert small("parc", {"LOG": homes})["verdict"] == (
        "précaution" if homes < 200 else "prudence" if homes < 500 else "ok"
    )


def test_a_median_income_is_weighed_by_those_whom_it_describes():
    incomes = {"income": long({("Hem", UNTIL): {"MED": 21_000.0}})}
    for people, verdict in ((150.0, "n.s."), (300.0, "prudence"), (900.0, "ok")):
        known = Cube({**incomes, "population": long({("Hem", UNTIL): {"POP": people}})})
        (row,) = engine.compute(known, [Period(UNTIL, UNTIL)], [find("revenu")]).to_dict("records")
        assert (row["base"], row["verdict"]) == (people, verdict)


@pytest.mark.parametrize(("people", "verdict"), [(1999.0, "n.s."), (2000.0, "ok"), (None, "ok")])
def test_the_sample_is_not_used_under_two_thousand_inhabitants(people, verdict):
    sampled = small("personnes_seules", {"C_MEN": 9000.0, "C_MENPSEUL": 900.0}, people=people)
    assert sampled["verdict"] == verdict
    # The exploitation principale counts everybody.
    assert small("vacance", {"LOG": 9000.0, "LOGVAC": 900.0}, people=people)["verdict"] == "ok"


@pytest.mark.parametrize(("homes", "verdict"), [(90.0, "n.s."), (300.0, "prudence"), (900.0, "ok")])
def test_a_register_is_complete_and_weighed_by_what_it_describes(homes, verdict):
    row = small("vacance_fiscale", {"PP_TOTAL": homes, "PP_VACANT": 9.0})
    assert math.isnan(row["count"])
    assert math.isnan(row["margin"])
    assert row["verdict"] == verdict


counts = st.one_of(st.none(), st.floats(0, 1000))


@given(
    count=counts, base=counts, people=st.floats(0, 5000), one=st.sampled_from(["vacance", "personnes_seules"])
)
@settings(max_examples=60)
def test_the_verdicts_of_the_table_are_those_of_a_figure_alone(count, base, people, one):
    missing, whole = (math.nan if known is None else known for known in (count, base))
    (found,) = engine.verdicts(
        np.array([missing]), np.array([whole]), people=np.array([people]), one=find(one)
    )
    basis = {"inhabitants": people, "exploitation": find(one).exploitation}
    assert found == judge(1.0, count, base=whole, **basis)


@given(st.floats(1, 1e6))
def test_the_margin_of_a_plain_count_is_two_standard_errors(count):
    row = small("parc", {"LOG": count})
    assert (row["value"], row["count"]) == (count, count)
    assert row["margin"] == pytest.approx(2 * math.sqrt(count))


@given(part=st.floats(10, 1e5), rest=st.floats(0, 1e6))
@settings(max_examples=30)
def test_the_margin_of_a_share_is_that_of_both_its_counts(part, rest):
    whole = part + rest
    row = small("vacance", {"LOG": whole, "LOGVAC": part})
    above, below = (part / (whole + sign * math.sqrt(whole)) for sign in (-1, 1))
    expected = 2 * 100 * math.hypot(math.sqrt(part) / whole, (above - below) / 2)
    assert row["margin"] == pytest.approx(expected)


@pytest.mark.parametrize("place", PLACES)
def test_the_table_of_several_territories_is_that_of_each_of_them_alone(place):
    own = {name: table[table["territory"] == place] for name, table in tables().items()}
    alone = engine.compute(Cube(own), PERIODS)
    among = computed()[computed()["territory"] == place]
    texts = ["territory", "indicator", "verdict", "origin", "sources"]
    alone, among = (
        frame.astype(dict.fromkeys(texts, "str")).reset_index(drop=True) for frame in (alone, among)
    )
    pd.testing.assert_frame_equal(alone, among)


def test_a_figure_made_of_a_simulated_one_is_simulated():
    rows = [
        long({("Hem", UNTIL): {"LOG": 1000.0}, ("MEL", UNTIL): {"LOG": 900.0, "LOGVAC": 9.0}}, source="a"),
        long({("Hem", UNTIL): {"LOGVAC": 100.0}}, origin="demonstration", source="b"),
    ]
    found = engine.compute(
        Cube({"dwellings": pd.concat(rows)}), [Period(UNTIL, UNTIL)], [find("parc"), find("vacance")]
    )
    assert found[["indicator", "territory", "origin", "sources"]].to_numpy().tolist() == [
        ["parc", "Hem", "insee", "a"],
        ["parc", "MEL", "insee", "a"],
        ["vacance", "Hem", "demonstration", "a|b"],
        ["vacance", "MEL", "insee", "a"],
    ]


def test_events_counted_since_a_later_date_give_the_figure_of_that_period_and_its_dates():
    one, last = find("solde_naturel"), Period(SINCE - 1, UNTIL)
    rows = tables()
    people = rows["population"]
    earlier = people[people["year"] == SINCE].assign(year=SINCE - 1)
    flows = rows["flows"][rows["flows"]["since"] >= SINCE]
    born = flows[flows["since"] == SINCE].assign(year=UNTIL)
    known = {"population": pd.concat([people, earlier]), "flows": pd.concat([flows, born])}
    for period in (last, Period(SINCE, UNTIL)):
        found = engine.ComputedFigures(known).measure(one, period)
        assert set(found["since"]) == {SINCE}
        pd.testing.assert_frame_equal(found, engine.ComputedFigures(known).measure(one, Period(SINCE, UNTIL)))
    table = engine.compute(Cube(known), [last, Period(SINCE, UNTIL)], [one])
    assert not table.duplicated(KEYS).any()
    again = engine.KnownFigures(table).measure(one, last)
    assert again["value"].tolist() == found["value"].tolist()
