"""Indicators of the registry side by side: one row each, one column by territory."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers import french, provenance
from helpers.indicators.cube import Tables
from helpers.indicators.engine import Figures, figures_of
from helpers.indicators.indicator import Indicator
from helpers.indicators.measures import Period
from helpers.indicators.registry import find
from helpers.indicators.reliability import judge

# What moves the population, and how old it is.
MOVEMENT = tuple(
    map(find, ("densite", "croissance", "natalite", "mortalite", "solde_naturel", "solde_migratoire"))
)
STRUCTURE = tuple(map(find, ("ages_0_14", "ages_75", "vieillissement", "jeunesse", "dependance")))


def compare(
    indicators: Sequence[Indicator],
    tables: Tables | Figures,
    *,
    territories: Sequence[str],
    since: int,
    until: int,
) -> pd.DataFrame:
    """Give the indicators known for the first of the territories: `id, indicator, @<territory>..., origin, sources`.

    `@<territory>` is the figure as it is written, `measure@<territory>` the figure itself: "n.d." where it is not
    known, "n.s." where it rests on too few people. `tables` hold one more for densities, `territories` (`territory,
    area` in km2).
    """
    figures, period = figures_of(tables), Period(since, until)
    people = figures.measure(find("population"), period, year=until).set_index("territory")["value"]
    rows = []
    for one in indicators:
        found = figures.measure(one, period).set_index("territory")
        found = found[found.index.isin(territories)]
        if territories[0] not in found.index:
            continue
        here = found.loc[territories[0]]
        row: dict[str, object] = {
            "id": one.id,
            "indicator": one.heading(since=int(here["since"]), until=until, year=int(here["year"])),
            "origin": provenance.least_real(found["origin"]),
            "sources": provenance.union(found["sources"]),
        }
        for name in territories:
            value = found["value"].get(name)
            count, base = found["count"].get(name), found["base"].get(name)
            verdict = judge(
                value, count, base=base, inhabitants=people.get(name), exploitation=one.exploitation
            )
            row[f"@{name}"] = french.NOT_SIGNIFICANT if verdict == "n.s." else _write(one, value)
            row[f"measure@{name}"] = float("nan") if value is None else float(value)
        rows.append(row)
    columns = ["id", "indicator", *(f"@{name}" for name in territories)]
    behind = [f"measure@{name}" for name in territories]
    return pd.DataFrame(rows, columns=[*columns, *behind, *provenance.COLUMNS])


def _write(one: Indicator, value: float | None) -> str:
    """Write the figure; that it is a change by year is said by the label."""
    if one.unit == "% par an":
        return french.percent(value, digits=one.digits, signed=one.signed)
    return one.write(value)
