"""The sentence of a fact: its template filled with the figures that it is made of."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from typing import Any

from helpers import french
from helpers.indicators.definitions.point_mort import shrinking
from helpers.indicators.measures import Period
from helpers.problems.facts import Standing

# Under this annual change the population is stable, or nearly.
_NEARLY_STABLE, _STABLE = 0.1, 0.05
# Beyond so many years of starts, a stock of vacant homes is reported as more than that.
_VACANT_YEARS = 60
# From this part of ten years of starts on, those of the last year, not all lived in yet, are told apart.
_NEWLY = 0.2


class _Template(string.Formatter):
    """Templates of French sentences: what follows the colon says how a number is written.

    `n` a number, `r1`, `r2` with decimals, `p` and `p0` a percentage; `#habitant` a number and its noun;
    `+habitant` the same, « de plus » or « de moins »; `gain habitant`, « gagné » or « perdu » so many; `and habitant`
    the same after « gagné … et »; `moved` what follows « ont augmenté de … et … ». A noun whose plural is not in -s is
    `un/des`.
    """

    def format_field(self, value: Any, spec: str) -> str:
        """Write a number by its spec; a text as it is."""
        if not spec:
            return str(value)
        if spec[0] == "#":
            return _counted(abs(value), spec[1:])
        if spec[0] == "+":
            return _more(value, spec[1:])
        if spec.startswith(("gain ", "and ")):
            verb, noun = spec.split(" ", 1)
            return _gained(value, noun, after_gain=verb == "and")
        return _PLAIN[spec](value)


def _counted(value: float, noun: str) -> str:
    singular, _, plural = noun.partition("/")
    written = french.quantity(value, singular, plural)
    return f"aucun {singular}" if written.startswith(f"0{french.NBSP}") else written


def _more(value: float, noun: str) -> str:
    if french.number_value(value) == 0:
        singular, _, plural = noun.partition("/")
        plural = plural or f"{singular}s"
        return f"autant {'d’' if plural[0] in 'aeéhiou' else 'de '}{plural}"
    return f"{_counted(abs(value), noun)} de {'plus' if value > 0 else 'moins'}"


def _gained(value: float, noun: str, *, after_gain: bool) -> str:
    whole = french.number_value(value)
    if whole == 0:
        return f"gardé {_more(0, noun)}"
    if after_gain and whole > 0:
        return _counted(value, noun)
    return f"{'gagné' if whole > 0 else 'perdu'} {_counted(abs(value), noun)}"


def _moved(rate: float) -> str:
    if french.percent(rate) == french.percent(0):
        return "est restée au même niveau"
    return f"{'' if rate > 0 else 'a diminué '}de {french.percent(abs(rate))}"


_PLAIN = {
    "n": french.number,
    "r1": lambda value: french.number(value, digits=1),
    "r2": lambda value: french.number(value, digits=2),
    "p": french.percent,
    "p0": lambda value: french.percent(value, digits=0),
    "moved": _moved,
}
_TEMPLATE = _Template()
# What a sentence begins with, when the one before has the same dates.
_DATED = re.compile(r"^(?:De|En) (\d{4})(?: à (\d{4}))?, ")


def describe_fact(standing: Standing) -> str:
    """Write the sentence of a fact, with the figures of the commune and the median of comparable communes."""
    fact = standing.fact
    template = fact.text_instead if standing.approached and fact.text_instead else fact.text
    return _TEMPLATE.vformat(template, (), _words(standing))


def describe_following(standing: Standing, first: Standing) -> str:
    """Write the sentence of a fact after that of another one: their dates and the gain of homes are said once."""
    fact, alike = standing.fact, _dates(standing) == _dates(first)
    # What is reported of homes that are not approached has words of its own.
    if fact.after and alike and "homes_0" in first.terms and bool(fact.instead) == standing.approached:
        return f"Sur la même période, {_TEMPLATE.vformat(fact.after, (), _words(standing))}"
    sentence = describe_fact(standing)
    dated = _DATED.match(sentence)
    if dated and alike and _DATED.match(describe_fact(first)):
        return f"{'Sur la même période' if dated.group(2) else 'La même année'}, {sentence[dated.end() :]}"
    return sentence


def _dates(standing: Standing) -> tuple[int, int]:
    return standing.since, standing.year


def write_dates(standing: Standing) -> str:
    """Write the dates of a fact: `2012-2018`, or `2021`."""
    if standing.since == standing.year:
        return str(standing.year)
    return f"{standing.since}-{standing.year}"


def _words(standing: Standing) -> Mapping[str, Any]:
    """Name what a template may use: terms, their changes, the figure and the median as they are written, dates."""
    terms = dict(standing.terms)
    one = standing.indicator
    words: dict[str, Any] = {
        **terms,
        "value": standing.value,
        "median": standing.median,
        "here": one.write(standing.value),
        "median_written": one.write(standing.median),
        "beside": _comparison(standing),
        "since": standing.since,
        "until": standing.year,
        "last": standing.year - 1,
    }
    for name in {name[:-2] for name in terms if name.endswith("_0") and f"{name[:-2]}_1" in terms}:
        start, end = terms[f"{name}_0"], terms[f"{name}_1"]
        words[f"{name}_d"] = end - start
        words[f"{name}_rate"] = 100 * (end - start) / start if start else float("nan")
    if {"start", "end"} <= terms.keys():
        words["change"] = abs(terms["end"] - terms["start"])
    if {"people_0", "people_1"} <= terms.keys():
        words["trend"] = _trend(standing)
    return words | _worked_out(standing, terms)


def _comparison(standing: Standing) -> str:
    """Write what a figure is set beside: the median of comparable communes, and its threshold where they are alike."""
    write = standing.indicator.write
    median = f"{write(standing.median)} dans la commune comparable médiane"
    if not standing.is_near_median:
        return median
    return f"{median} ; repère de ce diagnostic : {write(standing.threshold)}"


def _worked_out(standing: Standing, terms: Mapping[str, float]) -> dict[str, Any]:
    """Work out what some sentences say beside the terms: homes that sizes asked for, former starts, shares."""
    found: dict[str, Any] = {}
    if {"people_0", "people_1", "homes_0", "homes_1"} <= terms.keys():
        found["size"] = shrinking(terms, Period(standing.since, standing.year))  # type: ignore[arg-type]
    if {"recent", "starts"} <= terms.keys():
        middle = (standing.since + standing.year) // 2
        found |= {"before": terms["starts"] - terms["recent"], "middle": middle - 1, "after": middle}
    if "newest" in terms:
        told = terms["newest"] >= _NEWLY * terms["starts"] and french.number_value(terms["newest"]) > 0
        found["newly"] = f", dont {french.number(terms['newest'])} la dernière année" if told else ""
    if {"top_start", "bottom_start"} <= terms.keys():
        found |= {
            f"{side}_share": 100 * terms[f"top_{side}"] / terms[f"bottom_{side}"] for side in ("start", "end")
        }
    if {"children_0", "children_1"} <= terms.keys():
        found["children_fall"] = terms["children_0"] - terms["children_1"]
    if standing.fact.id == "vacants_annees":
        years = french.number_value(standing.value)
        found["years_of"] = (
            f"plus de {_VACANT_YEARS} années" if years > _VACANT_YEARS else french.quantity(years, "année")
        )
    return found


def _trend(standing: Standing) -> str:
    """Write how the population moves: its annual change, or that it is stable."""
    start, end = standing.terms["people_0"], standing.terms["people_1"]
    annual = 100 * ((end / start) ** (1 / max(standing.year - standing.since, 1)) - 1)
    if abs(annual) < _STABLE:
        return "un niveau stable"
    return "un niveau presque stable" if abs(annual) < _NEARLY_STABLE else french.annual(annual)
