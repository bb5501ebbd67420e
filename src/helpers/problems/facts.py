"""Rank the facts that set a commune apart by how far it stands from other communes, the most salient first.

What a fact is, the questions that it raises and the issue that people may make of it: `helpers.problems.definitions`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from helpers import french, provenance
from helpers.indicators.cube import Tables
from helpers.indicators.engine import Figures, figures_of
from helpers.indicators.indicator import Indicator
from helpers.indicators.measures import Period, Ratio
from helpers.indicators.ranking import QUARTER, beside, percentile_of, quarter, rank_of
from helpers.indicators.registry import find
from helpers.indicators.reliability import SMALL_COMMUNE, Verdict, explain, judge
from helpers.problems.definitions import FACT_INDICATORS, FACT_TABLES, FACTS, Fact
from helpers.territory.panel import ENOUGH

__all__ = [
    "FACTS",
    "FACT_INDICATORS",
    "FACT_TABLES",
    "Fact",
    "choose",
    "gather",
    "gather_each",
    "pair",
    "salience",
]

# So many facts are enough for a debate, and so many are the most that one can hold.
A_DEBATE = 3
LONGEST_DEBATE = 8
# The weight of a figure by its verdict, that of its level for one of its change.
RELIABILITY: dict[Verdict, float] = {"ok": 1.0, "prudence": 0.5, "précaution": 0.25, "n.s.": 0.0, "n.d.": 0.0}
LEVEL_WEIGHT = 2

_COLUMNS = [
    "id", "theme", "indicator", "measure", "written", "reference", "median", "beside", "percentile", "position",
    "change", "changed", "change_percentile", "salience", "stands_out", "question", "issue", "rank", "communes",
    "verdict", "reason", *provenance.COLUMNS,
]  # fmt: skip


def gather(
    facts: tuple[Fact, ...],
    tables: Tables | Figures,
    *,
    code: str,
    since: int,
    until: int,
    panel: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Rank the facts of one commune among the others, the most salient first.

    `tables` are those of `FACT_TABLES` by name, `territory` being the code of a commune; `code` is the commune,
    `since` and `until` the two censuses. The others are those of the `panel` (the commune is no part of its own), by
    default every territory of `tables`.

    Columns `id, theme, indicator, measure, written, reference, median, beside, percentile, position, change, changed,
    change_percentile, salience, stands_out, question, issue, rank, communes, verdict, reason, origin, sources`.
    `percentile` is the share (%) of the other communes that stand lower (ties for half) and `position` its quarter in
    words; `reference` is the median of the others, the commune left out, and `beside` how near it is (words of
    `helpers.indicators.ranking`); `change` is that since the first census, in the unit of the figure, for a share or a
    ratio known at both.

    `salience`, from 0 to 50, is `reliability × (2 × |percentile − 50| + |change_percentile − 50|) / 3`, or
    `reliability × |percentile − 50|` where no change is known. `reliability` is 1, a half for a figure to be read
    with caution, 0 for one that is not significant (`verdict`, `reason`: `helpers.indicators.reliability`): the
    latter is not ranked, and has neither percentile nor position.

    A fact without a value for the commune, or known for fewer than 8 others, is left out; so are, of a figure of the
    exploitation complémentaire, the others under 2 000 inhabitants. Simulated facts are left out as soon as three
    real ones are known: a debate is held on real figures.
    """
    return gather_each(facts, tables, code=code, since=since, until=until, panels=[panel])[0]


def gather_each(
    facts: tuple[Fact, ...],
    tables: Tables | Figures,
    *,
    code: str,
    since: int,
    until: int,
    panels: Sequence[Iterable[str] | None],
) -> list[pd.DataFrame]:
    """Rank the facts of one commune, as `gather` does, among several panels: every indicator is computed once."""
    figures = figures_of(tables)
    people = figures.measure(find("population"), Period(until, until), year=until)
    inhabitants = people.set_index("territory")["value"]
    small = set(inhabitants.index[inhabitants < SMALL_COMMUNE]) - {code}
    groups = [None if panel is None else {code, *panel} for panel in panels]
    rows: list[list[dict[str, object]]] = [[] for _ in panels]
    for fact in facts:
        values = _values(fact.indicator, figures, Period(since, until), code=code)
        if code not in values.index:
            continue
        if fact.indicator.exploitation == "complémentaire":
            values = values[~values.index.isin(small)]
        basis = {"inhabitants": inhabitants.get(code), "exploitation": fact.indicator.exploitation}
        figure = values.loc[code]
        basis["base"] = figure["base"]
        verdict = judge(figure["value"], figure["count"], **basis)
        labels = {
            "indicator": fact.indicator.name(since=since, until=until, year=int(figure["year"])),
            "verdict": verdict,
            "reason": explain(figure["value"], figure["count"], **basis),
        }
        before = None
        if isinstance(fact.indicator.measure, Ratio) and RELIABILITY[verdict] > 0:
            before = _values(fact.indicator, figures, Period(since, since), code=code)
        for group, ranked in zip(groups, rows, strict=True):
            now = values if group is None else values[values.index.isin(group)]
            if len(now) > ENOUGH:
                changes = _changes(before, now, code=code)
                ranked.append({**_describe(fact, now, changes, code=code, verdict=verdict), **labels})
    return [_sort(ranked) for ranked in rows]


def _sort(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Sort the facts of one panel, the most salient first, simulated ones left out when three are real."""
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    real = frame["origin"] != "demonstration"
    frame = frame[real] if real.sum() >= A_DEBATE else frame
    return frame.sort_values(["salience", "id"], ascending=[False, True], ignore_index=True)


def choose(
    gathered: pd.DataFrame, *, at_least: int = A_DEBATE, at_most: int = LONGEST_DEBATE
) -> pd.DataFrame:
    """Choose the facts to debate: those that stand out, or else the most salient ones, within two numbers.

    Reads `issue, stands_out, salience` of what `gather` gives, and keeps its columns. Of several facts of one issue,
    the most salient is chosen.
    """
    distinct = gathered.drop_duplicates("issue", ignore_index=True)
    chosen = distinct["stands_out"] | ((distinct.index < at_least) & (distinct["salience"] > 0))
    return distinct[chosen].head(at_most)


def pair(gathered: pd.DataFrame, again: pd.DataFrame) -> pd.DataFrame:
    """Join facts gathered among some communes with the same gathered among others, where they are ranked in both.

    Columns `id, indicator, measure, written`, then `percentile, position, reference, median` among the former and, with
    the suffix `_panel`, among the latter, `origin, sources`.
    """
    placed = ["percentile", "position", "reference", "median", *provenance.COLUMNS]
    first, second = (frame.dropna(subset="percentile") for frame in (gathered, again))
    first = first[["id", "indicator", "measure", "written", *placed]]
    return provenance.join(first, second[["id", *placed]], on=["id"], suffixes=("", "_panel"))


def _values(one: Indicator, figures: Figures, period: Period, *, code: str) -> pd.DataFrame:
    """Compute an indicator for every territory that knows it: `year, value, count, origin, sources`, by territory."""
    return figures.measure(one, period, known_to=code).set_index("territory")


def _changes(before: pd.DataFrame | None, now: pd.DataFrame, *, code: str) -> pd.DataFrame | None:
    """Compute the change of a share or a ratio since the first census: `value, origin, sources`, by territory.

    Nothing where it may not be written: a register, a figure that is a change already, a first date that is not known
    or not significant, or simulated where the last one is real.
    """
    if before is None:
        return None
    before = before[before.index.isin(now.index)]
    if code not in before.index or len(before) <= ENOUGH:
        return None
    first = before.loc[code]
    # A register has its own date, whichever census it is asked for.
    if (
        first["year"] == now.loc[code, "year"]
        or judge(first["value"], first["count"], base=first["base"]) == "n.s."
    ):
        return None
    if _is_simulated(before) and not _is_simulated(now):
        return None
    return before.assign(value=now["value"] - before["value"])


def _is_simulated(values: pd.DataFrame) -> bool:
    """Return whether any of the values is simulated."""
    return provenance.least_real(values["origin"]) == "demonstration"


def _describe(
    fact: Fact, values: pd.DataFrame, changes: pd.DataFrame | None, *, code: str, verdict: Verdict
) -> dict[str, object]:
    """Compare one fact with the others, from its values and its changes by territory: the columns of `gather`."""
    one = fact.indicator
    figure, others = float(values.loc[code, "value"]), values["value"].drop(code)
    ranked = RELIABILITY[verdict] > 0
    percentile = percentile_of(figure, others)
    change = change_percentile = float("nan")
    parts = [values]
    if changes is not None:
        change = float(changes.loc[code, "value"])
        change_percentile = percentile_of(change, changes["value"].drop(code))
        parts.append(changes)
    return {
        "id": one.id,
        "theme": one.theme,
        "measure": figure,
        "written": one.write(figure),
        "reference": one.write(others.median()),
        "median": others.median(),
        "beside": beside(figure, others.median(), unit=one.unit) if ranked else french.NOT_SIGNIFICANT,
        "percentile": percentile if ranked else float("nan"),
        "position": quarter(percentile) if ranked else french.NOT_SIGNIFICANT,
        "change": change,
        "changed": _write_change(one, change),
        "change_percentile": change_percentile,
        "salience": salience(percentile, change_percentile, verdict=verdict),
        "stands_out": ranked and abs(percentile - 50) >= 50 - QUARTER,
        "question": fact.high if percentile >= 50 else fact.low,
        "issue": fact.issue,
        "rank": rank_of(figure, others) if ranked else french.NOT_SIGNIFICANT,
        "communes": len(values),
        "origin": provenance.least_real(pd.concat([part["origin"] for part in parts])),
        "sources": provenance.union(pd.concat([part["sources"] for part in parts])),
    }


def salience(percentile: float, change_percentile: float, *, verdict: Verdict) -> float:
    """Compute the salience of a fact, from 0 to 50, by the formula of `gather`.

    `percentile` and `change_percentile` (missing where no change is known) are shares (%) of the others that stand
    lower.
    """
    distance = abs(percentile - 50)
    if not french.is_missing(change_percentile):
        distance = (LEVEL_WEIGHT * distance + abs(change_percentile - 50)) / (LEVEL_WEIGHT + 1)
    return RELIABILITY[verdict] * distance


def _write_change(one: Indicator, change: float) -> str:
    """Write the change of an indicator: points for a share, its own unit for another."""
    if one.unit == "%":
        return french.points(change, digits=one.digits)
    return french.number(change, digits=one.digits, signed=True)
