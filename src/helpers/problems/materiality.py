"""Whether a fact of the commune itself is more than chance: rules that `facts.toml` names.

Each reads the figure of the commune, its margin and its terms; they never judge the communes it is compared with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt

from helpers.indicators.measures import ERRORS, margin_of_change

# A gain of main homes that is reported: in homes, in % of those of the start.
LEAST_GAIN, LEAST_GAIN_RATE = 50, 2.0
# A change of the homes of a tenure.
LEAST_PART = 30
# Homes started in ten years, in number and in % of the main homes, of which the pace may be reported.
LEAST_STARTS, LEAST_STARTS_RATE = 60, 2.0
# People outside households (%) beyond which the size of households is not approached.
FEW_OUTSIDE = 3.0


@dataclass(frozen=True)
class Evidence:
    """The figure of the commune, its margin, its terms, and what is known beside.

    `events` are the births and deaths of a year; `homes` the main homes; `outside` the share (%) of the people outside
    households, missing where it is not known; `institution`, whether a prison or barracks are known to be there;
    `approached`, whether the indicator is approached.
    """

    value: float
    margin: float
    terms: Mapping[str, float]
    years: int
    events: float
    homes: float
    outside: float
    institution: bool
    approached: bool


def is_beyond_margin(given: Evidence) -> bool:
    """Say whether the figure exceeds its own margin: a change of n0 to n1 exceeds 2√(n0 + n1)."""
    return abs(given.value) > given.margin


def is_beyond_events(given: Evidence) -> bool:
    """Say whether the change of the population exceeds 2√(births and deaths of the period)."""
    return abs(_change("people", given)) > ERRORS * sqrt(given.events * given.years)


def is_gain(given: Evidence) -> bool:
    """Say whether main homes have gained fifty and two per cent."""
    names = ("start", "end") if "start" in given.terms else ("homes_0", "homes_1")
    start, end = (given.terms[name] for name in names)
    return end - start >= LEAST_GAIN and 100 * (end - start) >= LEAST_GAIN_RATE * start


def is_change_of_part(given: Evidence) -> bool:
    """Say whether the homes of a tenure changed by more than their margin, and by thirty."""
    return _exceeds("part", given) and abs(_change("part", given)) >= LEAST_PART


def is_change_of_children(given: Evidence) -> bool:
    """Say whether the number of children changed by more than its margin."""
    return _exceeds("children", given)


def is_change_of_second_homes(given: Evidence) -> bool:
    """Say whether the number of second homes changed by more than its margin."""
    return _exceeds("second", given)


def are_starts_many(given: Evidence) -> bool:
    """Say whether sixty homes were started in ten years, and two per cent of the main homes."""
    starts = given.terms["starts"]
    return starts >= LEAST_STARTS and 100 * starts >= LEAST_STARTS_RATE * given.homes


def are_households_known(given: Evidence) -> bool:
    """Say whether the size of households may be read: their people are known, or few live outside them."""
    return not given.approached or not (given.institution or given.outside > FEW_OUTSIDE)


def is_without_institution(given: Evidence) -> bool:
    """Say whether no prison nor barracks are known, whose people would make an age stand out."""
    return not given.institution


def _change(name: str, given: Evidence) -> float:
    return given.terms[f"{name}_1"] - given.terms[f"{name}_0"]


def _exceeds(name: str, given: Evidence) -> bool:
    return abs(_change(name, given)) > margin_of_change(given.terms[f"{name}_0"], given.terms[f"{name}_1"])


RULES: Mapping[str, Callable[[Evidence], bool]] = {
    "margin": is_beyond_margin,
    "events": is_beyond_events,
    "gain": is_gain,
    "part": is_change_of_part,
    "children": is_change_of_children,
    "second": is_change_of_second_homes,
    "starts": are_starts_many,
    "households": are_households_known,
    "institution": is_without_institution,
}
