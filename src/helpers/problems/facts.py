"""Where a commune stands for each fact: among comparable communes and in its EPCI, raised or not, how strong.

Only real figures are read: a fact that rests on a simulated one is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

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

    @property
    def is_near_median(self) -> bool:
        """Whether its threshold alone raises it, the median of comparable communes being as far as it, or nearly."""
        gap = self.fact.sign * (self.value - self.median)
        return self.raised == "seuil" and self.fact.route == "both" and gap < self.fact.material

    @property
    def approached(self) -> bool:
        """Whether its indicator is the one that approaches the other."""
        return self.indicator.id != self.fact.indicator

    @property
    def rests_on_starts(self) -> bool:
        """Whether homes started are among what it is made of."""
        return any(name == "LOGCOM" for _, name in self.indicator.measure.codes)


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
    _found: dict[str, tuple[pd.DataFrame, Period] | None] = field(default_factory=dict)

    def find(self, indicator: Indicator) -> tuple[pd.DataFrame, Period] | None:
        """Find an indicator where the commune knows it: real rows by territory, and dates; None where it does not."""
        if indicator.id not in self._found:
            self._found[indicator.id] = next(self._tries(indicator), None)
        return self._found[indicator.id]

    def read(self, identifier: str) -> float:
        """Read the figure of the commune; missing where it is not known."""
        found = self.find(find(identifier))
        return float("nan") if found is None else float(found[0].loc[self.code, "value"])

    @cached_property
    def people(self) -> float:
        """Its inhabitants at the last date known."""
        return self.read("population")

    @cached_property
    def peers(self) -> tuple[str, ...]:
        """The communes of its EPCI from a quarter of its population to four times; none where they are too few."""
        rows = self.find(find("population"))
        if rows is None:
            return ()
        people = rows[0]["value"].reindex(list(self.siblings))
        near = people[people.between(self.people / TIMES, self.people * TIMES)]
        return tuple(near.index) if len(near) >= ENOUGH else ()

    @cached_property
    def others(self) -> tuple[pd.Index, pd.Index, pd.Index]:
        """The codes of its panel, of its peers and of its siblings, made once for all the facts."""
        groups = (self.panel, self.peers, self.siblings)
        panel, peers, siblings = (pd.Index(codes, dtype="str") for codes in groups)
        return panel, peers, siblings

    def inhabitants(self, codes: Iterable[str]) -> pd.Series:
        """Give the inhabitants of other communes, by code."""
        rows = self.find(find("population"))
        return pd.Series(dtype="float64") if rows is None else rows[0]["value"].reindex(list(codes))

    @cached_property
    def events(self) -> float:
        """The births and deaths of a year, over the last period that counts them; none where none is known."""
        for period in self.periods:
            found = [one.during(self.own, period.since, period.until) for one in (BIRTHS, DEATHS)]
            if all(one.known.any() for one in found):
                return float(sum(one.value[0] for one in found)) / period.years
        return 0.0

    def _tries(self, indicator: Indicator) -> Iterator[tuple[pd.DataFrame, Period]]:
        """Yield the real rows of an indicator at each date at which the commune knows it, the best date first."""
        measure = indicator.measure
        # The dates of a figure that has its own do not depend on those it is asked at, unless a census stands under it.
        alone = tuple(Period(year, year) for year in self.years)
        dates = self.periods if measure.spans and not measure.own_dates else alone
        dates = dates[:1] if measure.own_dates and not measure.over_census else dates
        for period in dates:
            rows = self.figures.measure(indicator, period, known_to=self.code)
            real = rows[provenance.is_argued(rows["origin"], code=self.code)].set_index("territory")
            if self.code in real.index:
                own = real.loc[self.code]
                # Events may be counted since a later date than that asked for.
                yield real, Period(int(own["since"]), int(own["year"])) if measure.spans else period


def assess(fact: Fact, world: World) -> Standing | None:
    """Say where the commune stands for a fact; None where a real figure is not known."""
    found = next(((one, hit) for one in fact.indicators if (hit := world.find(one))), None)
    if found is None:
        return None
    indicator, (rows, period) = found
    own = rows.loc[world.code]
    value, values = float(own["value"]), rows["value"]
    panel, peers, siblings = (values.reindex(codes).dropna() for codes in world.others)
    ranks = [_percentile(value, others, fact) for others in (panel, peers)]
    terms, margin = _terms(indicator, world, period, year=int(own["year"]))
    raised = _route(fact, value, panel, peers, ranks, town=world.people >= TOWN)
    if raised and not _is_material(fact, indicator, value, margin, terms, period, world):
        raised = ""
    towns = world.inhabitants(siblings.index) >= TOWN
    limits = np.where(towns, fact.threshold[1], fact.threshold[0])
    beyond = siblings.index[fact.sign * (siblings.to_numpy() - limits) >= 0]
    worth = _worth(fact, float(own["count"]), terms, world)
    notes = [_place(rank) for rank in ranks]
    notes += [_size(fact, value, panel, town=world.people >= TOWN), _movement(fact, indicator, world, period)]
    return Standing(
        fact=fact,
        indicator=indicator,
        value=value,
        median=float(panel.median()) if len(panel) >= ENOUGH else float("nan"),
        median_epci=float(peers.median()) if len(peers) >= ENOUGH else float("nan"),
        percentile=ranks[0],
        percentile_epci=ranks[1],
        since=period.since if indicator.measure.spans else int(own["year"]),
        year=int(own["year"]),
        count=float(own["count"]),
        terms=terms,
        raised=raised,
        strength=100 * worth * _mean(notes),
        origin=str(own["origin"]),
        sources=str(own["sources"]),
        beyond=frozenset(beyond),
        known=frozenset(siblings.index),
        threshold=fact.threshold[world.people >= TOWN],
    )


def assess_all(facts: Mapping[str, Fact], world: World) -> dict[str, Standing]:
    """Say where the commune stands for each fact that it knows."""
    found = {name: assess(fact, world) for name, fact in facts.items()}
    return {name: standing for name, standing in found.items() if standing is not None}


def _percentile(value: float, others: pd.Series, fact: Fact) -> float:
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
    fact: Fact, value: float, panel: pd.Series, peers: pd.Series, ranks: list[float], *, town: bool
) -> str:
    """Name the way by which a fact is raised, nothing where it is not."""
    beyond = fact.sign * (value - fact.threshold[town]) >= 0
    if fact.route == "alone":
        return "seuil" if beyond else ""
    among, here = ranks
    if french.is_missing(among):
        return ""
    gap = fact.sign * (value - panel.median())
    if fact.route == "median":
        return "seuil" if gap >= 0 else ""
    same_side = french.is_missing(here) or fact.sign * (value - peers.median()) > 0
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


def _size(fact: Fact, value: float, panel: pd.Series, *, town: bool) -> float:
    """Give the mark of size: the gap to the median over the full gap; of an identity, that to its threshold."""
    if fact.route == "alone":
        gap = fact.sign * (value - fact.threshold[town]) + _AT_THRESHOLD * fact.full
    elif len(panel) >= ENOUGH:
        gap = fact.sign * (value - panel.median())
    else:
        return float("nan")
    return float(np.clip(gap / fact.full, 0, 1))


def _movement(fact: Fact, indicator: Indicator, world: World, period: Period) -> float:
    """Give the mark of movement: the place of the change of a share since an earlier census; missing where unknown."""
    measure = indicator.measure
    if not isinstance(measure, Ratio) or measure.own_dates:
        return float("nan")
    now = world.find(indicator)
    for since in sorted({one.since for one in world.periods if period.until - one.since >= GAP}):
        before = world.figures.measure(indicator, Period(since, since))
        argued = provenance.is_argued(before["origin"], code=world.code)
        before = before[argued].set_index("territory")["value"]
        if now is None or world.code not in before.index:
            continue
        change = (now[0]["value"] - before).dropna()
        others = change.reindex(world.others[0]).dropna()
        return _place(_percentile(float(change[world.code]), others, fact))
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
