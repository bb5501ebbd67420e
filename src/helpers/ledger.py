"""Every indicator of a commune and of the territories it is compared with, for the files that go with its pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from helpers import french, indicator_table, schemas
from helpers.diagnostic import Diagnostic, survey
from helpers.indicators import engine
from helpers.indicators.cube import Cube
from helpers.indicators.engine import KnownFigures
from helpers.indicators.indicator import Indicator
from helpers.indicators.key_figures import GROWTH, choose
from helpers.indicators.measures import Period
from helpers.indicators.registry import INDICATORS
from helpers.parameters import Parameters
from helpers.territory.communes import Commune

# What figures are read from, in the store.
TABLES = tuple(sorted({table for one in INDICATORS for table in one.tables if table in schemas.TABLES}))
# What is said of an indicator beside its figure.
_WORDS = ["theme", "label", "unit", "digits", "signed"]
_OF = {one.id: one for one in INDICATORS}


def gather(parameters: Parameters, commune: Commune) -> pd.DataFrame:
    """Gather every indicator that is known of a commune or of a territory it is compared with, the commune first.

    Columns `indicator, theme, label, unit, digits, signed, territory, since, year, value, count, margin, verdict,
    origin, sources`: numbers as they were computed, `label` at the dates of the row. The change of the population is
    given over the years of its balances too. They are read in the table of indicators of the store where it is there,
    and computed by the same definitions where it is not.
    """
    known = survey(commune)
    territories = [commune, *commune.comparison(list(parameters.comparaison))]
    period = Period(parameters.millesime_ancien or 0, parameters.millesime or 0)
    opened = replace(known, territories=territories, since=period.since, until=period.until)
    grown = Period(opened.counted_since, period.until)
    table = indicator_table.find(opened.folder)
    own = opened.fetched is None and commune.split is None
    if table is None or not own or not all(table.covers(one.since, one.until) for one in (period, grown)):
        rows = _compute(opened, period, INDICATORS)
        if grown != period:
            rows = pd.concat([rows, _compute(opened, grown, [GROWTH])], ignore_index=True)
        return _describe(rows, opened)
    parts = [
        table.rows(territory.level, [territory.code]).assign(territory=name)
        for territory, name in zip(territories, opened.names, strict=True)
    ]
    rows = _keep_dates(pd.concat(parts, ignore_index=True), period, grown=grown)
    # The area of a larger territory is that of its communes, and a simulated past may have nothing to stand on: the
    # table of indicators knows neither.
    anew = [
        one
        for one in INDICATORS
        if "territories" in one.tables or (one.measure.own_dates and "population" in one.tables)
    ]
    rows = rows[~rows["indicator"].isin([one.id for one in anew])]
    return _describe(pd.concat([rows, _compute(opened, period, anew)], ignore_index=True), opened)


def _compute(opened: Diagnostic, period: Period, indicators: Sequence[Indicator]) -> pd.DataFrame:
    names = {table for one in indicators for table in one.tables} & set(schemas.TABLES)
    tables = {name: opened.table(name) for name in sorted(names)} | {"territories": opened.areas}
    return engine.compute(Cube(tables), [period], indicators)


def pick_key_figures(rows: pd.DataFrame, *, until: int) -> list[tuple[pd.Series, pd.Series | None]]:
    """Pick the key figures of the commune among its rows, each with that of the first other territory.

    They are those of the cover (`helpers.indicators.key_figures`), at the same dates: the change of the population is
    that of the shortest period. A number of people or homes is not compared.
    """
    if rows.empty:
        return []
    names = list(dict.fromkeys(rows["territory"]))
    known = KnownFigures(rows.assign(base=float("nan")))
    grown = rows[(rows["indicator"] == GROWTH.id) & (rows["year"] == until)]
    period = Period(int(grown["since"].max()) if len(grown) else until, until)
    found = []
    for one in choose(known, period, names[0]):
        figures = known.measure(one, period, known_to=names[0])
        chosen = {str(row.territory): (row.since, row.year) for row in figures.itertuples(index=False)}
        of_one = rows[rows["indicator"] == one.id].set_index(["territory", "since", "year"])
        picked = [of_one.loc[(name, *chosen[name])] for name in names[:2] if name in chosen]
        if picked and names[0] in chosen:
            found.append((picked[0], picked[1] if len(picked) > 1 and not one.counted else None))
    return found


def _keep_dates(rows: pd.DataFrame, period: Period, *, grown: Period) -> pd.DataFrame:
    """Keep the rows of a period and of its two dates, those that have dates of their own, and the growth of `grown`."""
    names = rows["indicator"].astype("str")
    own = names.map(lambda name: _OF[name].measure.own_dates)
    over = names.map(lambda name: _OF[name].measure.over_census)
    spans = names.map(lambda name: _OF[name].measure.spans)
    counted = names.map(lambda name: "flows" in _OF[name].tables)
    at_end = rows["year"] == period.until
    exact = at_end & (rows["since"] == period.since)
    # Its events are counted since a later date alone.
    later = (
        counted
        & at_end
        & (rows["since"] > period.since)
        & (rows["since"] < period.until)
        & ~names.isin(names[spans & exact])
    )
    last = rows["since"].where(later).groupby(names).transform("max")
    growth = names.eq(GROWTH.id) & at_end & (rows["since"] == grown.since)
    of_period = spans & (exact | growth | (later & (rows["since"] == last)))
    of_date = ~spans & (rows["since"] == rows["year"]) & rows["year"].isin([period.since, period.until])
    registers = own & (~over | (rows["since"] == period.until))
    return rows[registers | (~own & (of_period | of_date))]


def _describe(rows: pd.DataFrame, opened: Diagnostic) -> pd.DataFrame:
    """Put in words what each row is, and in order: indicators as in the registry, the commune first, by date."""
    rows = rows.astype({"indicator": "str", "territory": "str", "origin": "str", "sources": "str"})
    rank = {one.id: rank for rank, one in enumerate(INDICATORS)}
    place = {name: rank for rank, name in enumerate(opened.names)}
    order = rows.assign(_rank=rows["indicator"].map(rank), _place=rows["territory"].map(place))
    rows = order.sort_values(["_rank", "_place", "year", "since"], kind="stable", ignore_index=True)
    words = [
        (
            one.theme,
            french.typography(
                one.name(
                    since=int(row.since),
                    until=opened.until if one.measure.own_dates else int(row.year),
                    year=int(row.year),
                )
            ),
            one.unit,
            one.digits,
            one.signed,
        )
        for row in rows.itertuples(index=False)
        for one in [_OF[str(row.indicator)]]
    ]
    described = pd.DataFrame(words, columns=_WORDS, index=rows.index)
    kept = ["territory", "since", "year", "value", "count", "margin", "verdict", "origin", "sources"]
    return pd.concat([rows[["indicator"]], described, rows[kept]], axis=1)
