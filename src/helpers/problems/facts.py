"""Where a commune stands for each fact: among comparable communes and in its EPCI, raised or not, how strong.

Only real figures are read: a fact that rests on a simulated one is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers import french, provenance
from helpers.indicators.cube import Cube
from helpers.indicators.definitions.terms import BIRTHS, DEATHS
from helpers.indicators.engine import Figures
from helpers.indicators.indicator import Indicator
from helpers.indicators.measures import Period, Ratio
from helpers.indicators.ranking import percentile_of
from helpers.indicators.registry import find
from helpers.indicators.reliability import FRAGILE, SAFE
from helpers.indicators.vintages import GAP
from helpers.problems.definitions import Fact
from helpers.problems.materiality import RULES, Evidence
from helpers.territory.panel import ENOUGH

# Communes of an EPCI are compared from a quarter of the population to four times.
TIMES = 4
# From so many inhabitants a threshold is that of towns.
TOWN = 10_000
# A place in the extreme quarter raises a fact, in the extreme tenth without the EPCI; weaker signals from so far.
_QUARTER, _TENTH, _NEARER = 75.0, 90.0, 65.0
_HALF = 50.0
# What a figure is worth by the people or homes that it describes; at most, what comes from starts, partly undeclared.
_WORTH = ((FRAGILE, 0.5), (SAFE, 0.8))
STARTS_WORTH = 0.8
# An identity is worth this much of its full mark at its very threshold.
_AT_THRESHOLD = 0.25


@dataclass(frozen=True)
class Standing:
    """A fact of a commune: its figure, its references, whether it is raised (`seuil`, `place`, `faible` or nothing).

    `percentile` and `percentile_epci` are on the side of the fact; the latter is missing where the EPCI does not
    count. `threshold` is that of its size; `terms` are those of the figure, `strength` goes from 0 to 100. `beyond`
    lists the other communes of the EPCI beyond the threshold of their size, `known` those of which the figure is known.
    `census` is the one that a register is compared with a count of.
    """

    fact: Fact
    indicator: Indicator
    value: float
    median: float
    median_epci: float
    percentile: float
    percentile_epci: float
    since: int
    year: int
    count: float
    terms: Mapping[str, float]
    raised: str
    strength: float
    origin: str
    sources: str
    beyond: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    threshold: float = float("nan")
    census: int = 0

    @property
    def is_near_median(self) -> bool:
        """Whether its threshold alone raises it, the median of comparable communes being as far as it, or nearly."""
        gap = self.fact.sign * (self.value - self.median)
        return self.raised == "seuil" and self.fact.route == "both" and gap < self.fact.material

    @property
    def until(self) -> int:
        """The second census compared: the one under a register, else its own year."""
        return self.census if self.indicator.measure.over_census else self.year

    @property
    def approached(self) -> bool:
        """Whether its indicator is the one that approaches the other."""
        return self.indicator.id != self.fact.indicator

    @property
    def rests_on_starts(self) -> bool:
        """Whether homes started are among what it is made of."""
        return any(name == "LOGCOM" for _, name in self.indicator.measure.codes)


@dataclass(frozen=True)
class Own:
    """The figure of the commune: its value, its dates, the fewest people or homes it is made of, where it is from."""

    value: float
    since: int
    year: int
    count: float
    origin: str
    sources: str


class Known(NamedTuple):
    """An indicator that the commune knows: its own figure, the real ones of all by code, the dates it is looked at."""

    own: Own
    values: Mapping[str, float]
    period: Period


@dataclass(frozen=True)
class World:
    """A commune (`code`) and those it is compared with: `panel`, and `siblings`, the others of its EPCI.

    `own` has its tables, `figures` the indicators of all. `periods` and `years` are the pairs of censuses and the dates
    that its figures are looked for at, the first known winning. `institution` is the one where people are known to live
    outside households.
    """

    own: Cube
    figures: Figures
    code: str
    panel: tuple[str, ...]
    siblings: tuple[str, ...]
    periods: tuple[Period, ...]
    years: tuple[int, ...]
    institution: str = ""
    _found: dict[tuple[str, bool], Known | None] = field(default_factory=dict)

    def find(self, indicator: Indicator, *, compared: bool = False) -> Known | None:
        """Find an indicator where the commune knows it; None where it does not.

        `compared`: where enough of the panel know it too, if there is such a date.
        """
        key = (indicator.id, compared)
        if key not in self._found:
            self._found[key] = self._look_for(indicator, compared=compared)
        return self._found[key]

    def _look_for(self, indicator: Indicator, *, compared: bool) -> Known | None:
        first = None
        for known in self._tries(indicator):
            if not compared or len(_among(self.panel, known.values)) >= ENOUGH:
                return known
            first = first or known
        return first

    def read(self, identifier: str) -> float:
        """Read the figure of the commune; missing where it is not known."""
        found = self.find(find(identifier))
        return float("nan") if found is None else found.own.value

    @cached_property
    def people(self) -> float:
        """Its inhabitants at the last date known."""
        return self.read("population")

    @cached_property
    def inhabitants(self) -> Mapping[str, float]:
        """The inhabitants of all those known, by code."""
        found = self.find(find("population"))
        return {} if found is None else found.values

    @cached_property
    def peers(self) -> tuple[str, ...]:
        """The communes of its EPCI from a quarter of its population to four times; none where they are too few."""
        least, most = self.people / TIMES, self.people * TIMES
        known = self.inhabitants
        near = tuple(code for code in self.siblings if code in known and least <= known[code] <= most)
        return near if len(near) >= ENOUGH else ()

    @cached_property
    def events(self) -> float:
        """The births and deaths of a year, over the last period that counts them; none where none is known."""
        for period in self.periods:
            found = [one.during(self.own, period.since, period.until) for one in (BIRTHS, DEATHS)]
            if all(one.known.any() for one in found):
                return float(sum(one.value[0] for one in found)) / period.years
        return 0.0

    def _tries(self, indicator: Indicator) -> Iterator[Known]:
        """Yield an indicator at each date at which the commune knows it, the best date first."""
        measure = indicator.measure
        # The dates of a figure that has its own do not depend on those it is asked at, unless a census stands under it.
        alone = tuple(Period(year, year) for year in self.years)
        dates = self.periods if measure.spans and not measure.own_dates else alone
        dates = dates[:1] if measure.own_dates and not measure.over_census else dates
        for period in dates:
            rows = self.figures.measure(indicator, period, known_to=self.code)
            values = self.argued(rows)
            if self.code in values:
                own = _own(rows[rows["territory"] == self.code].iloc[0])
                # Events may be counted since a later date than that asked for.
                yield Known(own, values, Period(own.since, own.year) if measure.spans else period)

    def argued(self, rows: pd.DataFrame) -> dict[str, float]:
        """Give by code the values of an indicator that a problem of the commune may rest on."""
        columns = (rows[name].to_numpy() for name in ("territory", "value", "origin"))
        return {
            str(code): float(value)
            for code, value, origin in zip(*columns, strict=True)
            if provenance.is_argued(origin, code=self.code)
        }


def _own(row: pd.Series) -> Own:
    return Own(
        value=float(row["value"]),
        since=int(row["since"]),
        year=int(row["year"]),
        count=float(row["count"]),
        origin=str(row["origin"]),
        sources=str(row["sources"]),
    )


def assess(fact: Fact, world: World) -> Standing | None:
    """Say where the commune stands for a fact; None where a real figure is not known."""
    compared = fact.route != "alone"
    found = next(((one, hit) for one in fact.indicators if (hit := world.find(one, compared=compared))), None)
    if found is None:
        return None
    indicator, (own, values, period) = found
    value, is_town = own.value, world.people >= TOWN
    panel, peers = (_among(codes, values) for codes in (world.panel, world.peers))
    ranks = [_percentile(value, others, fact) for others in (panel, peers)]
    terms, margin = _terms(indicator, world, period, year=own.year)
    raised = _route(fact, value, panel, peers, ranks, town=is_town)
    if raised and not _is_material(fact, indicator, value, margin, terms, period, world):
        raised = ""
    siblings = [code for code in world.siblings if code in values]
    limits = {code: fact.threshold[world.inhabitants.get(code, 0) >= TOWN] for code in siblings}
    beyond = [code for code in siblings if fact.sign * (values[code] - limits[code]) >= 0]
    worth = _worth(fact, own.count, terms, world)
    notes = [_place(rank) for rank in ranks]
    notes += [_size(fact, value, panel, town=is_town), _movement(fact, indicator, values, world, period)]
    return Standing(
        fact=fact,
        indicator=indicator,
        value=value,
        median=float(np.median(panel)) if len(panel) >= ENOUGH else float("nan"),
        median_epci=float(np.median(peers)) if len(peers) >= ENOUGH else float("nan"),
        percentile=ranks[0],
        percentile_epci=ranks[1],
        since=period.since if indicator.measure.spans else own.year,
        year=own.year,
        count=own.count,
        terms=terms,
        raised=raised,
        strength=100 * worth * _mean(notes),
        origin=own.origin,
        sources=own.sources,
        beyond=frozenset(beyond),
        known=frozenset(siblings),
        threshold=fact.threshold[is_town],
        census=own.since,
    )


def assess_all(facts: Mapping[str, Fact], world: World) -> dict[str, Standing]:
    """Say where the commune stands for each fact that it knows."""
    found = {name: assess(fact, world) for name, fact in facts.items()}
    return {name: standing for name, standing in found.items() if standing is not None}


def _among(codes: Iterable[str], values: Mapping[str, float]) -> np.ndarray:
    """List the values of some communes, those that are known."""
    return np.array([values[code] for code in codes if code in values])


def _percentile(value: float, others: np.ndarray, fact: Fact) -> float:
    """Share (%) of the others that are less on the side of the fact; missing under eight of them."""
    if len(others) < ENOUGH:
        return float("nan")
    rank = percentile_of(value, others)
    return rank if fact.sign > 0 else 100 - rank


def _place(rank: float) -> float:
    """Give the mark of a place: nothing up to the middle, 1 beyond all the others; missing where it is not known."""
    return rank if french.is_missing(rank) else max(0.0, (rank - _HALF) / _HALF)


def _mean(notes: list[float]) -> float:
    """Average the marks that are known; nothing where none is."""
    known = [note for note in notes if not french.is_missing(note)]
    return sum(known) / len(known) if known else 0.0


def _route(
    fact: Fact, value: float, panel: np.ndarray, peers: np.ndarray, ranks: list[float], *, town: bool
) -> str:
    """Name the way by which a fact is raised, nothing where it is not."""
    beyond = fact.sign * (value - fact.threshold[town]) >= 0
    if fact.route == "alone":
        return "seuil" if beyond else ""
    among, here = ranks
    if french.is_missing(among):
        return ""
    gap = fact.sign * (value - np.median(panel))
    if fact.route == "median":
        return "seuil" if gap >= 0 else ""
    same_side = french.is_missing(here) or fact.sign * (value - np.median(peers)) > 0
    if beyond and gap > 0 and (same_side or among >= _TENTH):
        return "seuil"
    past_floor = fact.floor is None or fact.sign * (value - fact.floor) >= 0
    if past_floor and same_side and among >= _QUARTER and gap >= fact.material:
        return "place"
    if past_floor and same_side and among >= _NEARER and gap >= fact.material / 2:
        return "faible"
    return ""


def _is_material(
    fact: Fact,
    indicator: Indicator,
    value: float,
    margin: float,
    terms: Mapping[str, float],
    period: Period,
    world: World,
) -> bool:
    given = Evidence(
        value=value,
        margin=margin,
        terms=terms,
        years=period.years,
        events=world.events,
        homes=world.read("menages"),
        outside=world.read("hors_menages"),
        institution=bool(world.institution),
        approached=indicator.id != fact.indicator,
    )
    return all(RULES[name](given) for name in fact.material_to)


def _terms(
    indicator: Indicator, world: World, period: Period, *, year: int
) -> tuple[dict[str, float], float]:
    """Read the terms of the figure of the commune, and compute its margin."""
    measure = indicator.measure
    computed = measure.compute(world.own, period, year=year)
    terms = measure.terms(world.own, period, year)
    found = {name: float(term.values.value[0]) for name, term in terms.items()}
    return found, float(computed.margin()[0])


def _size(fact: Fact, value: float, panel: np.ndarray, *, town: bool) -> float:
    """Give the mark of size: the gap to the median over the full gap; of an identity, that to its threshold."""
    if fact.route == "alone":
        gap = fact.sign * (value - fact.threshold[town]) + _AT_THRESHOLD * fact.full
    elif len(panel) >= ENOUGH:
        gap = fact.sign * (value - np.median(panel))
    else:
        return float("nan")
    return float(np.clip(gap / fact.full, 0, 1))


def _movement(
    fact: Fact, indicator: Indicator, values: Mapping[str, float], world: World, period: Period
) -> float:
    """Give the mark of movement: the place of the change of a share since an earlier census; missing where unknown."""
    measure = indicator.measure
    if not isinstance(measure, Ratio) or measure.own_dates:
        return float("nan")
    for since in sorted({one.since for one in world.periods if period.until - one.since >= GAP}):
        before = world.argued(world.figures.measure(indicator, Period(since, since)))
        if world.code not in before:
            continue
        change = {code: value - before[code] for code, value in values.items() if code in before}
        others = _among(world.panel, change)
        return _place(_percentile(change[world.code], others, fact))
    return float("nan")


def _worth(fact: Fact, count: float, terms: Mapping[str, float], world: World) -> float:
    """Say what a figure is worth, from the people or homes that it describes."""
    described = {
        "": count,
        "population": world.people,
        "homes": world.read("menages"),
        "starts": terms.get("starts", float("nan")),
    }[fact.basis]
    worth = next((worth for limit, worth in _WORTH if described < limit), 1.0)
    return min(worth, STARTS_WORTH) if "starts" in terms else worth
