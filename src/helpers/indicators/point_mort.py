"""The retrospective "point mort": homes started that only kept the population where it was, and what the others did.

Retrospective only. None of these figures is a need to come. Periods are never added up: each has its own size of
households.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from helpers import french, provenance
from helpers.indicators.crosstabs import Column, Stack, at_dates, figures, gather
from helpers.indicators.cube import Cube
from helpers.indicators.definitions import point_mort
from helpers.indicators.definitions.terms import STARTS_OF_HOMES
from helpers.indicators.formulas import Formula
from helpers.indicators.household_effect import RECENT, beside_amounts, is_small, period_names
from helpers.indicators.measures import Period
from helpers.indicators.quantities import POPULATION
from helpers.indicators.registry import find_measure
from helpers.indicators.reliability import WITHIN_MARGIN, judge, mark

# The four terms of the point mort, in the order in which they are reported.
TERMS = {
    "renewal": "Renouvellement du parc",
    "vacancy": "Variation des logements vacants",
    "secondary": "Variation des résidences secondaires",
    "decohabitation": "Desserrement des ménages",
}

_STOCK = {"stock": "LOG", "homes": "RP", "second": "RSECOCC", "vacant": "LOGVAC", "people": "people"}
_COLUMNS = {
    "renewal": point_mort.renewal,
    "decohabitation": point_mort.shrinking,
    "break_even": point_mort.point_mort,
    "demographic": point_mort.demographic,
}


def break_even(cube: Cube, period: Period) -> pd.DataFrame:
    """Compute the retrospective "point mort" of a cube that has `dwellings`, `households` and `flows`.

    These are the homes started that only kept the population where it was. Columns `territory, starts, renewal,
    vacancy, secondary, decohabitation, break_even, demographic` (homes over the period), `gap`, `large_renewal`,
    `years`, `people_0, people_1`, and the stocks at both dates.

    The formulas are those of `definitions.point_mort`. Identities: E + D = RP1 − RP0; C = R + V + S + D + E + gap,
    `gap` being what the categories of rounded stocks lack to be the whole, nil in the files of the census. C, the homes
    started from 1 January `since` − `lag` to 31 December `until` − `lag` − 1: `lag` is how many years it takes to
    deliver a home.
    """
    terms = find_measure("point_mort", Formula).terms(cube, period, period.until)
    values = {name: term.values for name, term in terms.items()}
    arrays = {name: one.value for name, one in values.items()}
    with np.errstate(divide="ignore", invalid="ignore"):
        worked = {name: formula(arrays, period) for name, formula in _COLUMNS.items()}
    change = {name: point_mort.change(name, arrays) for name in ("stock", "homes", "second", "vacant")}
    frame = gather(
        cube,
        {
            **{
                f"{column}_{side}": values[f"{name}_{side}"]
                for name, column in _STOCK.items()
                for side in "01"
            },
            "starts": values["starts"],
            **worked,
            "vacancy": change["vacant"],
            "secondary": change["second"],
            "gap": change["stock"] - change["homes"] - change["second"] - change["vacant"],
        },
        optional=["decohabitation", "break_even", "demographic"],
    )
    return frame.assign(
        since=period.since,
        until=period.until,
        years=period.years,
        large_renewal=frame["renewal"].abs() > point_mort.LARGE_RENEWAL * frame["starts"],
    )


def break_evens(
    dwellings: pd.DataFrame,
    households: pd.DataFrame,
    flows: pd.DataFrame,
    *,
    territory: str,
    until: int,
    convention: str = "A",
    lag: int = 0,
) -> pd.DataFrame:
    """Compute the `break_even` of a territory over each period that it knows up to `until`, oldest first.

    Its dates are five years apart at least and have both the stock and the people; a period of which a year of starts
    is not known is left out.
    """
    tables = {"dwellings": dwellings, "households": households, "flows": flows}
    cube = Cube({name: table[table["territory"] == territory] for name, table in tables.items()})
    years = [year for year in _years(cube, territory=territory, until=until) if year >= RECENT]
    frames = [break_even(cube, Period(start, end, lag, convention)) for start, end in pairwise(years)]
    frames = [frame for frame in frames if len(frame)] or [break_even(cube, Period(0, 0, 0, convention))]
    return pd.concat(frames, ignore_index=True)


def _years(cube: Cube, *, territory: str, until: int) -> list[int]:
    """List the dates, five years apart, at which a territory knows the stock, its categories and their people."""
    stack, measure = Stack(cube), find_measure("point_mort", Formula)
    for year in sorted(set.intersection(*(one.years(cube) for one in measure.end.values()))):
        stack.add({name: one.read(cube, year=year) for name, one in measure.end.items()}, year=year)
    return list(at_dates(stack.frame(["year"]), territory=territory, until=until)["year"])


def built(*, lag: int) -> str:
    """Say what the homes of a period are: those delivered in it are known by their start, `lag` years before."""
    return "livrés" if lag else "commencés"


def steps(broken: pd.DataFrame, *, lag: int = 0) -> pd.DataFrame:
    """Break down a territory's point mort on the last period: `label, amount, kind, count, base, origin, sources`.

    Amounts are homes. The four terms lead from nothing to the point mort, the demographic effect from there to the
    homes `built`. Beside the amount stands what `beside_amounts` adds.
    """
    rows = []
    for row in broken.tail(1).to_dict("records"):
        terms = [(name, term_name(name, row[name]), row[name], "step") for name in TERMS]
        if abs(row["gap"]) >= 0.5:
            terms.append(("gap", "Arrondi des effectifs publiés", row["gap"], "step"))
        terms += [
            ("break_even", "Point mort", row["break_even"], "total"),
            ("demographic", "Effet démographique", row["demographic"], "step"),
            ("starts", f"Logements {built(lag=lag)}", row["starts"], "total"),
        ]
        shared = {name: row[name] for name in ("since", "until", "years", *provenance.COLUMNS)}
        shared["base"] = min(row["RP_0"], row["RP_1"])
        rows += [
            {"label": label, "amount": amount, "kind": kind, "count": _rests_on(name, row), **shared}
            for name, label, amount, kind in terms
        ]
    columns = ["label", "amount", "kind", "count", "base", "since", "until", "years", *provenance.COLUMNS]
    frame = pd.DataFrame(rows, columns=columns)
    return beside_amounts(frame.assign(small=bool(is_small(broken.tail(1)).any())))


def _rests_on(name: str, row: Mapping[Hashable, Any]) -> float:
    """Count the fewest homes that an amount is made of: a point mort inherits the marks of its terms.

    A stock of next to nothing at one date marks what it enters; it does not bar it, as it would a figure of so few.
    """
    stocks = {"vacancy": ["LOGVAC"], "secondary": ["RSECOCC"], "break_even": ["RP", "LOGVAC", "RSECOCC"]}
    if name == "starts":
        return float("nan")
    fewest = min(float(row[f"{stock}_{side}"]) for stock in stocks.get(name, ["RP"]) for side in "01")
    return max(fewest, WITHIN_MARGIN + 1)


def term_name(name: str, amount: float) -> str:
    """Name a term: households that have grown are a "resserrement"."""
    return "Resserrement des ménages" if name == "decohabitation" and amount < 0 else TERMS[name]


def over_periods(broken: pd.DataFrame, *, lag: int = 0) -> pd.DataFrame:
    """Set the point mort of each period side by side, never added up: `label`, then for each period what is written.

    A column `@2013-2018` holds the homes as they are written, `measure@2013-2018` the figure behind. The last rows are
    what the point mort and the demographic effect come to a year, except in a small commune.
    """
    lines = {
        "starts": f"Logements {built(lag=lag)}",
        **TERMS,
        "break_even": "Point mort",
        "demographic": "Effet démographique",
    }
    yearly = [] if is_small(broken).any() else ["break_even", "demographic"]
    known = broken.assign(period=period_names(broken)).to_dict("records")
    columns: dict[str, list[object]] = {
        "label": [*lines.values(), *(f"{lines[name]}, par an" for name in yearly)]
    }
    for row in known:
        homes, years = [row[name] for name in lines], [row[name] / row["years"] for name in yearly]
        written = [french.count(homes[0]), *(french.number(amount, signed=True) for amount in homes[1:])]
        written += [french.number(amount, digits=1, signed=True) for amount in years]
        verdicts = [
            judge(1.0, _rests_on(name, row), base=min(row["RP_0"], row["RP_1"]))
            for name in (*list(lines)[1:], *yearly)
        ]
        columns[f"@{row['period']}"] = [
            written[0],
            *(mark(text, verdict) for text, verdict in zip(written[1:], verdicts, strict=True)),
        ]
        columns[f"measure@{row['period']}"] = [*homes, *years]
    if not known:
        return pd.DataFrame(columns=["label", *provenance.COLUMNS])
    return pd.DataFrame(columns).assign(
        origin=provenance.least_real(broken["origin"]), sources=provenance.union(broken["sources"])
    )


def gained(
    population: pd.DataFrame, flows: pd.DataFrame, *, since: int, until: int, lag: int = 0
) -> pd.DataFrame:
    """Give the people gained for ten homes started: `territory, since, until, change, starts, gained, count`.

    Missing without a start. `count`, the homes started, is what it rests on. Two changes of one period, not the effect
    of one on the other.
    """
    cube, period = Cube({"population": population, "flows": flows}), Period(since, until, lag)
    starts = STARTS_OF_HOMES.during(cube, since - lag, until - lag)
    columns: dict[str, Column] = {
        "POP_0": POPULATION.read(cube, year=since),
        "POP_1": POPULATION.read(cube, year=until),
        "change": figures(cube, "population_variation", period),
        "starts": starts,
        "gained": figures(cube, "habitants_gagnes", period),
        "count": starts.value,
    }
    return gather(cube, columns, optional=["gained"]).assign(since=since, until=until, years=period.years)
