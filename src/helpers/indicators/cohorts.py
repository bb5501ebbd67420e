"""Pyramids by tenure read across (who owns at each age) and along (what becomes of each generation).

Persons in the homes that their household owns, unless homes are named: several persons live in one home.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers import french, provenance
from helpers.indicators import ages, vintages
from helpers.indicators.crosstabs import Column, Stack, at, ratio
from helpers.indicators.cube import Cube, Tables
from helpers.indicators.definitions.ages_tenure import PASSING, RETIRED, SETTLING, TEN_YEARS
from helpers.indicators.definitions.terms import identifier
from helpers.indicators.measures import Ratio
from helpers.indicators.registry import find_measure

# Classes of the pyramids by tenure: their width, and the first age of the last one, "and over".
_WIDTH = 5
_LAST = 95


# Across: one date at a time.


def ownership(ages_tenure: pd.DataFrame, *, years: Sequence[int]) -> pd.DataFrame:
    """Give the persons of a territory in owned homes by ten-year class: `year, age, owners, people, rate`.

    `age` is the first of the class, from 20 on, the last one open; `rate` in % of the `people` of that age,
    communities included. A class without anybody has no row.
    """
    cube = Cube({"ages_tenure": ages_tenure})
    stack = Stack(cube)
    for bounds in TEN_YEARS:
        asked = f"possedants_{identifier(bounds)}"
        for year in years:
            found = ratio(cube, asked, year=year, top="owners", bottom="people", value="rate")
            stack.add(found, year=year, age=bounds[0])
    frame = stack.frame(["year", "age", "owners", "people", "rate"], by=["year", "age"])
    return frame.drop(columns="territory")


def elders(ages_tenure: pd.DataFrame, *, years: Sequence[int]) -> pd.DataFrame:
    """Give the ages of the people in owned homes: `territory, year, label, value, owners, share`.

    `value` persons of the age of `label` (65 or over, 80 or over: nested, never to be added up) among the
    `owners`, persons in homes that their household owns; `share` in %. Persons, not homes: see `householders`.
    """
    cube = Cube({"ages_tenure": ages_tenure})
    stack = Stack(cube)
    for rank, first in enumerate(PASSING):
        asked, label = f"possedants_ages_{first}", ages.group_label((first, None))
        for year in years:
            found = ratio(cube, asked, year=year, top="value", bottom="owners", value="share")
            stack.add(found, year=year, rank=rank, label=label)
    return stack.frame(["year", "value", "owners", "label", "share"], by=["year", "rank"])


def renewal(ages_tenure: pd.DataFrame, *, years: Sequence[int]) -> pd.DataFrame:
    """Give the renewal of owners' generations: `territory, year, label, young, old, ratio, count`.

    `ratio` = persons aged 30 to 49 in owned homes for one person of 65 or over in them. No row when there are no old
    owners.
    """
    cube, measure = Cube({"ages_tenure": ages_tenure}), find_measure("possedants_releve", Ratio)
    stack, (young, old) = Stack(cube), map(ages.group_label, (SETTLING, RETIRED))
    label = f"Personnes de {young} en logement possédé pour une de {old}"
    for year in years:
        figures = measure.compute(cube, at(year))
        columns: dict[str, Column] = {
            "young": measure.top.read(cube, year=year),
            "old": measure.bottom.read(cube, year=year),
            "ratio": figures,
            "count": figures.count,
        }
        stack.add(columns, year=year, label=label)
    return stack.frame(["year", "young", "old", "label", "ratio", "count"], by=["year"])


# Along: the same people at two dates.


def why_not(years: Sequence[int]) -> str:
    """Why generations cannot be followed by tenure between the first and the last of these dates, in French.

    An empty text when they can.
    """
    if len(set(years)) < 2:
        return "Suivre une génération demande deux dates."
    since, until = min(years), max(years)
    gap = until - since
    if gap < vintages.GAP:
        return (
            f"De {since} à {until}, il y a {french.quantity(gap, 'an')} : en deçà de {vintages.GAP} ans, les enquêtes "
            "de recensement se recouvrent et les dates ne se comparent pas."
        )
    if gap % _WIDTH:
        return (
            f"De {since} à {until}, il y a {french.quantity(gap, 'an')} : les âges par statut d’occupation sont "
            f"connus par classes de {_WIDTH} ans, et une génération ne se retrouve entière dans une classe qu’après "
            "5, 10 ou 15 ans."
        )
    return ""


def choose(years: Sequence[int]) -> tuple[int, int] | None:
    """Choose the two dates to follow generations by tenure between: the latest end, about ten years if possible.

    None when no two of these dates allow it.
    """
    known = sorted({int(year) for year in years})
    pairs = [
        (since, until)
        for until in known
        for since in known
        if since < until <= since + vintages.DECADE and not why_not([since, until])
    ]
    return max(pairs, key=lambda pair: (pair[1], -pair[0]), default=None)


def follow(ages_tenure: pd.DataFrame, *, since: int, until: int, width: int = _WIDTH) -> pd.DataFrame:
    """Follow each generation in each tenure between two dates.

    Columns `territory, since, until, years, tenure, low, generation, label, people_0, people_1, gain` (persons)`,
    ratio, count`.

    A generation is a class of `width` ages (5 or 10) at the start, from `low`, and the same people years later; the
    last one has no upper age. `generation` names it by its ages at the start, `label` at both dates. `gain` = people_1
    − people_0: arrivals in the tenure less departures and deaths, which cannot be told apart; `ratio` = people_1 /
    people_0, missing when nobody was there; `count` the smaller of the two. Those born meanwhile are in no generation.
    Empty where `why_not` gives a reason. A cell without a row counts nobody, save people outside ordinary dwellings,
    followed where both dates know of them.
    """
    order = ["territory", "tenure", "low"]
    gap = until - since
    if why_not([since, until]):
        return _compare(
            pd.DataFrame(columns=[*order, "people_0", "people_1", *provenance.COLUMNS]), since, until
        )
    last = _last_generation(gap, width=width)
    start, end = (ages_tenure[ages_tenure["year"] == year] for year in (since, until))
    end = end[end["age"] >= gap]
    both = pd.concat(
        [
            start.assign(low=start["age"], people_0=start["value"], people_1=0.0),
            end.assign(low=end["age"] - gap, people_0=0.0, people_1=end["value"]),
        ]
    )
    both = both.assign(low=both["low"].clip(upper=last) // width * width)
    everywhere = set(start["territory"]) & set(end["territory"])
    outside = [set(side.loc[side["tenure"] == "outside", "territory"]) for side in (start, end)]
    inside = both["tenure"] != "outside"
    both = both[
        both["territory"].isin(everywhere) & (inside | both["territory"].isin(outside[0] & outside[1]))
    ]
    followed = ages.add_up(both, by=order, columns=["people_0", "people_1"])
    return _compare(followed.sort_values(order), since, until, width=width)


def follow_latest(ages_tenure: pd.DataFrame, *, width: int = _WIDTH) -> pd.DataFrame:
    """`follow` between the latest dates of the table that allow it (`choose`); empty when none do."""
    pair = choose(list(ages_tenure["year"].unique())) or (0, 0)
    return follow(ages_tenure, since=pair[0], until=pair[1], width=width)


def follow_everyone(tables: Tables, *, since: int, until: int, width: int = _WIDTH) -> pd.DataFrame:
    """`follow` for everybody, whatever the tenure: the same columns without `tenure`.

    With single years of age at both dates any gap of five years or more will do; with five-year classes, a
    multiple of five. A generation that is not known whole at both dates has no row.
    """
    gap = until - since
    columns = ["territory", "low", "people_0", "people_1", *provenance.COLUMNS]
    if gap < vintages.GAP:
        return _compare(pd.DataFrame(columns=columns), since, until)
    last = _last_generation(gap, width=width)
    starts: list[ages.Bounds] = [(low, low + width - 1) for low in range(0, last, width)] + [(last, None)]
    ends: list[ages.Bounds] = [(low + gap, None if high is None else high + gap) for low, high in starts]
    sides = []
    for name, year, classes, aged in (("0", since, starts, 0), ("1", until, ends, gap)):
        counts = ages.class_counts(tables, classes=classes)
        counts = counts[counts["year"] == year].assign(low=lambda side, aged=aged: side["low"] - aged)
        sides.append(
            counts[["territory", "low", "value", *provenance.COLUMNS]].rename(
                columns={"value": f"people_{name}"}
            )
        )
    both = provenance.join(*sides, on=["territory", "low"], suffixes=("_0", "_1"))
    return _compare(both.sort_values(["territory", "low"]), since, until, width=width)


def owners_followed(followed: pd.DataFrame) -> pd.DataFrame:
    """Ownership of each generation at both dates, from `follow`: `territory, since, until, low, label, year, owners,
    people, rate, count`.

    `rate` in % of the generation's `people` in ordinary dwellings, at that date; `label` names the generation by
    its ages at the start. A generation that is empty at either date has no row.
    """
    living = followed[followed["tenure"] != "outside"]
    keys = ["territory", "since", "until", "low", "generation"]
    parts = []
    for side, date in (("0", "since"), ("1", "until")):
        rows = living.assign(value=living[f"people_{side}"], year=living[date])
        rows = rows.assign(owners=rows["value"].where(rows["tenure"] == "owner", 0.0))
        parts.append(ages.add_up(rows, by=[*keys, "year"], columns=["owners", "value"]))
    both = pd.concat(parts, ignore_index=True).rename(columns={"value": "people"})
    peopled = both.groupby(keys, observed=True)["people"].transform("min") > 0
    both = both[peopled].rename(columns={"generation": "label"})
    both = both.sort_values(["territory", "since", "until", "low", "year"], ignore_index=True)
    return both.assign(rate=100 * both["owners"] / both["people"], count=both["people"])


def _last_generation(gap: int, *, width: int) -> int:
    """Give the first age at the start of the oldest generation: `gap` years later it fits in the last class of ages."""
    return max(_LAST - gap, 0) // width * width


def _compare(both: pd.DataFrame, since: int, until: int, *, width: int = _WIDTH) -> pd.DataFrame:
    """People of the generations at two dates, with what is made of them and the words that name them."""
    gap = until - since
    last = _last_generation(gap, width=width)
    before, after = (
        [
            ages.group_label((low + aged, None if low >= last else low + aged + width - 1))
            for low in both["low"]
        ]
        for aged in (0, gap)
    )
    start, end = both["people_0"].astype("float64"), both["people_1"].astype("float64")
    return both.assign(
        since=since,
        until=until,
        years=gap,
        generation=[f"{words} en {since}" for words in before],
        label=[f"{one} en {since}, {other} en {until}" for one, other in zip(before, after, strict=True)],
        people_0=start,
        people_1=end,
        gain=end - start,
        ratio=end / start.where(start > 0),
        count=pd.concat([start, end], axis=1).min(axis=1),
    ).reset_index(drop=True)
