"""The handful of figures a diagnostic opens with, beside those of the first territory of comparison."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from helpers import provenance
from helpers.indicators.cube import Tables
from helpers.indicators.engine import Figures, figures_of
from helpers.indicators.indicator import Indicator
from helpers.indicators.measures import Period
from helpers.indicators.ranking import percentile_of, quarter, rank_of, stand_here
from helpers.indicators.registry import INDICATORS, find
from helpers.indicators.reliability import judge, mark
from helpers.indicators.stock import is_of_stays
from helpers.territory.panel import ENOUGH

FIGURES = tuple(
    map(find, ("population", "croissance", "parc", "vacance", "proprietaires", "social", "revenu"))
)
# Vacant homes give their place to second ones where these make the stock.
VACANCY, SECOND_HOMES = find("vacance"), find("secondaires")
# Computed over the years of the balances that it is made of, wherever they are counted.
GROWTH = find("croissance")
# Those that set communes side by side: the key figures, and a few of what they leave out, in the order of the registry.
_MORE = ("solde_migratoire", "ages_0_14", "ages_75", "principales_evolution", "pauvrete")
MAIN = tuple(one for one in INDICATORS if one in FIGURES or one.id in _MORE)
FIGURE_TABLES = tuple(dict.fromkeys(table for one in FIGURES for table in one.tables))
_COLUMNS = ["indicator", "written", "verdict", "comparison", "comparable", *provenance.COLUMNS]


def gather(
    tables: Tables | Figures,
    *,
    commune: str,
    since: int,
    until: int,
    panel: Tables | Figures | None = None,
    code: str = "",
) -> pd.DataFrame:
    """Gather the key figures: rows `indicator, written, verdict, comparison, comparable, origin, sources`.

    `tables` hold the commune and its territories of comparison by name, `panel` the commune (its `code`) and comparable
    ones by code; or else the figures of both. A figure that is not at hand gives no row, one that is not significant is
    written so. `comparison` is the figure of the first other territory, `comparable` the median of the panel and the
    rank of the commune: nothing for a number of people or homes, nor for a figure known for fewer than 8 others or that
    rests on too few people. A figure that has its own date is that of the commune's last one.
    """
    known, among = figures_of(tables), figures_of({} if panel is None else panel)
    period, rows = Period(since, until), []
    for one in choose(known, period, commune):
        found = known.measure(one, period, known_to=commune)
        own = found[found["territory"] == commune]
        if own.empty:
            continue
        others = found[found["territory"] != commune].sort_values("territory").head(1)
        # The panel is asked at the very date of the commune.
        peers = among.measure(one, period, year=int(own["year"].iloc[0]) if one.measure.own_dates else None)
        peers = peers[peers["territory"] != code]
        # A number of people or homes says nothing beside that of another place.
        compared = (others.head(0), peers.head(0)) if one.counted else (others, peers)
        rows.append(_row(one, own, *compared, since=since, until=until))
    return pd.DataFrame(rows, columns=_COLUMNS)


def choose(known: Figures, period: Period, commune: str) -> Iterator[Indicator]:
    """List the key figures of a commune, which the known figures call by this name."""
    shares = []
    for one in (SECOND_HOMES, VACANCY):
        found = known.measure(one, period)
        shares.append(found.loc[found["territory"] == commune, "value"].max())
    for one in FIGURES:
        yield SECOND_HOMES if one is VACANCY and is_of_stays(*shares) else one


def _row(
    one: Indicator, own: pd.DataFrame, other: pd.DataFrame, peers: pd.DataFrame, *, since: int, until: int
) -> dict[str, str]:
    first = own.iloc[0]
    value = float(first["value"])
    # A decree makes the population official, however small.
    verdict = (
        "ok"
        if one.tables == ("population",) and one.counted
        else judge(value, first["count"], base=first["base"])
    )
    reliable = verdict != "n.s."
    peers = peers if reliable and len(peers) >= ENOUGH else peers.head(0)
    compared = pd.concat([own, other, peers])

    def describe(reference: float) -> str:
        words = f", {stand_here(value, reference, unit=one.unit)}" if reliable else ""
        return f"{one.write(reference)}{words}"

    references = [f"{row['territory']} : {describe(row['value'])}" for row in other.to_dict("records")]
    comparable = ""
    if len(peers):
        rank = rank_of(value, peers["value"])
        place = quarter(percentile_of(value, peers["value"]))
        within = (
            f"à la {place}" if place == "médiane" else f"dans {'le' if place[:1] == 'q' else 'la'} {place}"
        )
        comparable = (
            f"Communes comparables : médiane {one.write(peers['value'].median())}, {within}, rang {rank}"
        )
    return {
        "indicator": one.name(since=int(first["since"]), until=until, year=int(first["year"])),
        "written": mark(one.write(first["value"]), verdict),
        "verdict": verdict,
        "comparison": "".join(references),
        "comparable": comparable,
        "origin": provenance.least_real(compared["origin"]),
        "sources": provenance.union(compared["sources"]),
    }
