"""What holds of any figures: parts and wholes, the terms of the point mort, the two balances. Zeros and unknowns included."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from frames import flows, long
from hypothesis import given, settings
from hypothesis import strategies as st
from measuring import break_even

from helpers.indicators import (
    ages,
    construction,
    growth,
    heating,
    household_effect,
    households,
    mobility,
    occupation,
    point_mort,
    rooms,
    seniority,
    stock,
)  # fmt: skip

YEARS = (2013, 2018)
NAN = float("nan")
# Nobody, few, many, and what is not known.
amounts = st.one_of(st.just(0.0), st.floats(0.5, 1e6), st.integers(1, 300).map(float))
unsure = st.one_of(amounts, st.just(NAN))
pairs = st.tuples(unsure, unsure)
both_conventions = pytest.mark.parametrize("convention", ["A", "B"])


def near(first, second, *amounts):
    """Equal to a billionth of the largest of the amounts at play."""
    return math.isclose(first, second, abs_tol=1e-9 * max(1.0, *map(abs, amounts)))


@both_conventions
@given(homes=pairs, people=pairs)
def test_both_parts_of_a_change_of_homes_are_known_together_and_add_up_to_it(convention, homes, people):
    both = pd.DataFrame(
        {"homes_0": homes[:1], "homes_1": homes[1:], "people_0": people[:1], "people_1": people[1:]}
    )
    parts = household_effect.split(both, convention=convention)
    decohabitation, demographic = (float(parts[name][0]) for name in ("decohabitation", "demographic"))
    assert math.isnan(decohabitation) == math.isnan(demographic)
    size = (
        (people[1] / homes[1] if homes[1] else NAN)
        if convention == "A"
        else (people[0] / homes[0] if homes[0] else NAN)
    )
    text = not math.isnan(decohabitation)
    # It takes all four counts, and somebody in some home at the date whose size is used.
    assert text == (not any(map(math.isnan, (*homes, *people))) and size > 0)
    if text:
        assert math.isfinite(decohabitation)
        assert near(decohabitation + demographic, homes[1] - homes[0], *homes, decohabitation)
        assert demographic == 0 or people[0] != people[1]


@both_conventions
@settings(max_examples=60)
@given(
    before=st.fixed_dictionaries(dict.fromkeys(("RP", "RSECOCC", "LOGVAC"), amounts)),
    after=st.fixed_dictionaries(dict.fromkeys(("RP", "RSECOCC", "LOGVAC"), amounts)),
    people=st.tuples(amounts, amounts) | amounts.map(lambda same: (same, same)),
    started=st.lists(amounts, min_size=5, max_size=5),
    unknown=st.sampled_from([None, None, "RP", "LOGVAC", "PMEN", "LOGCOM"]),
)
def test_the_homes_started_are_shared_out_or_nothing_is_reported(
    convention, before, after, people, started, unknown
):
    stocks = [{**parts, "LOG": sum(parts.values())} for parts in (before, after)]
    dwellings = long({("Hem", year): parts for year, parts in zip(YEARS, stocks, strict=True)})
    inside = long({("Hem", year): {"PMEN": value} for year, value in zip(YEARS, people, strict=True)})
    yearly = flows(
        {
            ("Hem", year, year + 1): {"LOGCOM": value}
            for year, value in zip(range(*YEARS), started, strict=True)
        }
    )
    tables = []
    for table in (dwellings, inside, yearly):
        lost = (table["variable"] == unknown) & (table["year"] == YEARS[1])
        tables.append(table.assign(value=table["value"].mask(lost)))
    found = break_even(*tables, since=YEARS[0], until=YEARS[1], convention=convention)
    assert found.empty is (unknown is not None)
    for row in found.to_dict("records"):
        if math.isnan(row["decohabitation"]):
            assert math.isnan(row["break_even"])
            assert math.isnan(row["demographic"])
            continue
        terms = [row[name] for name in (*point_mort.TERMS, "demographic")]
        scale = (*terms, *stocks[0].values(), *stocks[1].values(), sum(started))
        assert near(sum(terms), sum(started), *scale)
        assert near(row["break_even"] + row["demographic"], row["starts"], *scale)
        assert near(row["decohabitation"] + row["demographic"], after["RP"] - before["RP"], *scale)
        assert near(row["renewal"], sum(started) - (stocks[1]["LOG"] - stocks[0]["LOG"]), *scale)
        if people[0] == people[1]:
            # A stable population: all that was started, or more, went into the point mort.
            assert row["demographic"] == 0
            assert near(row["break_even"], row["starts"], *scale)


@settings(max_examples=60)
@given(
    people=pairs | amounts.map(lambda same: (same, same)),
    births=unsure,
    deaths=unsure,
    years=st.integers(5, 12),
)
def test_the_two_balances_are_the_change_and_their_rates_the_annual_one(people, births, deaths, years):
    dates = (2010, 2010 + years)
    population = long({("Hem", year): {"POP": value} for year, value in zip(dates, people, strict=True)})
    events = flows({("Hem", *dates): {"NAIS": births, "DECE": deaths}})
    found = growth.balances(population, events, since=dates[0], until=dates[1])
    assert found.empty is any(map(math.isnan, (*people, births, deaths)))
    for row in found.to_dict("records"):
        assert near(row["natural"] + row["migratory"], people[1] - people[0], births, deaths, *people)
        rates = [row[name] for name in ("annual", "annual_natural", "annual_migratory")]
        assert all(math.isnan(rate) for rate in rates[1:]) or not any(map(math.isinf, rates))
        if people[0] > 0:
            assert near(rates[1] + rates[2], rates[0], *rates)
            assert near(
                row["mean_natural"] + row["mean_migratory"],
                100 * (people[1] - people[0]) / (years * sum(people) / 2),
                row["mean_natural"],
            )
        if people[0] == people[1] > 0:
            assert rates[0] == 0
            assert rates[1] == row["mean_natural"]
            assert rates[2] == -rates[1]


# The parts of each whole that a page shows: the variables they are made of, those they must add up to, and the function.
WHOLES = {
    "stock.categories": (("RP", "RSECOCC", "LOGVAC"), {"LOG": ("RP", "RSECOCC", "LOGVAC")}, lambda t: stock.categories(t, year=2018)),
    "stock.types": (("RPMAISON", "RPAPPART", "autres"), {"RP": ("RPMAISON", "RPAPPART", "autres")}, lambda t: stock.types(t, year=2018)),
    "stock.tenure": (
        ("RP_PROP", "RP_LOCHLMV", "loués", "gratuit"),
        {"RP": ("RP_PROP", "RP_LOCHLMV", "loués", "gratuit"), "RP_LOC": ("RP_LOCHLMV", "loués")}, lambda t: stock.tenure(t, years=[2018]),
    ),
    "rooms.homes": (tuple(rooms.ROOMS.labels), {"RP": tuple(rooms.ROOMS.labels)}, lambda t: rooms.homes(t, territory="Hem")),
    "construction.periods": (tuple(construction.PERIODS.labels), {"RP_ACHTOT": tuple(construction.PERIODS.labels)}, lambda t: construction.periods(t, territory="Hem")),
    "seniority.classes": (tuple(seniority.STAYS.labels), {"RP": tuple(seniority.STAYS.labels)}, lambda t: seniority.classes(t, territory="Hem")),
    "heating.modes": (tuple(heating.FUELS.labels), {"RP": tuple(heating.FUELS.labels)}, lambda t: heating.modes(t, territory="Hem")),
    "occupation.levels": (
        tuple(occupation.LEVELS.labels), {}, lambda t: occupation.levels(t, long({("Hem", 2018): {"POP": 5000.0}}), territory="Hem"),
    ),
    "households.composition": (
        tuple(households.COMPOSITIONS.labels), {"C_MEN": tuple(households.COMPOSITIONS.labels)}, lambda t: households.composition(t, territory="Hem"),
    ),
    "households.by_size": (tuple(f"MEN_{size}" for size in ("1", "2", "3", "4", "5", "6P")), {}, lambda t: households.by_size(t, territory="Hem")),
    "mobility.origins": (
        tuple(f"POP01P_IRAN{place}" for place in range(1, 8)), {"POP01P": tuple(f"POP01P_IRAN{place}" for place in range(1, 8))},
        lambda t: mobility.origins(t, year=2018),
    ),
    "ages.groups": (
        ("POP0014", "POP1529", "30-74", "POP75P"), {"POP": ("POP0014", "POP1529", "30-74", "POP75P")},
        lambda t: ages.groups(t[t["variable"] != "POP"], t[t["variable"] == "POP"]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLES)
@settings(max_examples=30)
@given(data=st.data())
def test_parts_are_a_hundred_per_cent_of_their_whole_or_are_not_reported(name, data):
    variables, sums, tell = WHOLES[name]
    parts = {variable: data.draw(amounts, label=variable) for variable in variables}
    lost = data.draw(st.sampled_from([None, None, *variables]), label="unknown")
    table = parts | {whole: sum(parts[part] for part in within) for whole, within in sums.items()}
    rows = long({("Hem", 2018): table})
    if lost in set(rows["variable"]):
        rows = rows.assign(value=rows["value"].mask(rows["variable"] == lost))
    text = tell(rows[rows["variable"].str.match(r"^[A-Z]")])
    nobody = not any(parts.values()) or (name == "mobility.origins" and not any(list(parts.values())[1:]))
    # Two places are reported together, as what is left of everybody.
    used = (
        lost
        and lost.isupper()
        and not (name == "mobility.origins" and lost in ("POP01P_IRAN6", "POP01P_IRAN7"))
    )
    if nobody or used:
        assert text.empty
    else:
        assert text["share"].sum() == pytest.approx(100, abs=1e-6)
        assert text["value"].sum() == pytest.approx(
            sum(parts.values()) - (parts["POP01P_IRAN1"] if name == "mobility.origins" else 0),
            rel=1e-9,
            abs=1e-6,
        )
        assert text["value"].min() >= -1e-6


periods = st.tuples(*(st.tuples(st.floats(500, 1e5), st.floats(2000, 3e5)) for _ in range(3)))


@both_conventions
@given(dates=periods)
@settings(max_examples=15)
def test_sub_periods_are_never_added_up(convention, dates):
    years = (2008, 2013, 2018)
    dwellings = long(
        {
            ("Hem", year): {"LOG": homes + 30, "RP": homes, "RSECOCC": 10.0, "LOGVAC": 20.0}
            for year, (homes, _) in zip(years, dates, strict=True)
        }
    )
    inside = long({("Hem", year): {"PMEN": people} for year, (_, people) in zip(years, dates, strict=True)})
    started = flows({("Hem", year, year + 1): {"LOGCOM": 100.0} for year in range(2008, 2018)})
    text = point_mort.break_evens(
        dwellings, inside, started, territory="Hem", until=2018, convention=convention
    )
    effect = household_effect.household_effect(
        household_effect.occupied(inside, dwellings, territory="Hem"), territory="Hem", convention=convention
    )
    alone = [
        break_even(dwellings, inside, started, since=since, until=until, convention=convention).iloc[0]
        for since, until in ((2008, 2013), (2013, 2018))
    ]
    for frame in (text, effect):
        # Each period stands alone: there is no row for the whole span, nor a total.
        assert list(zip(frame["since"], frame["until"], strict=True)) == [(2008, 2013), (2013, 2018)]
        assert frame["decohabitation"].tolist() == [row["decohabitation"] for row in alone]
    side = point_mort.over_periods(text)
    assert [name for name in side if name.startswith("@")] == ["@2008-2013", "@2013-2018"]
    assert set(point_mort.steps(text)["since"]) == {2013}
    whole = break_even(dwellings, inside, started, since=2008, until=2018, convention=convention).iloc[0]
    total, summed = whole["decohabitation"], sum(row["decohabitation"] for row in alone)
    # The sum is another figure than that of the span, unless households kept their size, or people their number.
    (homes_0, people_0), (homes_1, people_1), (homes_2, people_2) = dates
    sizes = [people_0 / homes_0, people_1 / homes_1, people_2 / homes_2]
    gap = (
        (people_1 - people_0) * (1 / sizes[2] - 1 / sizes[1])
        if convention == "A"
        else (people_2 - people_1) * (1 / sizes[0] - 1 / sizes[1])
    )
    expected = gap if convention == "A" else -gap
    assert near(abs(summed - total), abs(expected), summed, total, *np.ravel(dates))
