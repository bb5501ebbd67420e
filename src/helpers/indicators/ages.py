"""Ages: persons of any class of ages, indices of structure, pyramids, and pyramids crossed with tenure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from helpers import provenance
from helpers.indicators import vintages
from helpers.indicators.reliability import FRAGILE
from helpers.indicators.table_cache import Tables, once

# A class of ages: first and last age, both included; no last age for "and over".
Bounds = tuple[int, int | None]
# A cell of a table by age: the first age and the sex, or the code of a group.
Cell = tuple[int, str] | tuple[str]
# A class that a cell counts: its first and last age, and the cell.
Piece = tuple[int, int | None, Cell]

# Tables by age, the finest first: the width of their classes and the first age of the last one, "and over".
_GRAINS = {"single_ages": (1, 100), "ages": (5, 95)}
_BY_AGE = (*_GRAINS, "age_groups")
_KEYS = ["territory", "year"]
# Insee's codes of the census counts by age: POP0014, POP75P, H2064, F65P; POPH and POPF have every age.
_CODE = re.compile(r"(?P<who>POP|H|F)(?P<low>\d\d)(?P<high>\d\d|P)")
_EVERY_AGE = {"POPH": "H", "POPF": "F"}

# Broad groups that the census counts give, with the bounds their labels are made from.
GROUPS = {"POP0014": (0, 14), "POP1529": (15, 29), "POP3074": (30, 74), "POP75P": (75, None)}

# The census's classes of fifteen years, and the ways to close them, the finest first.
_FIFTEEN: tuple[Bounds, ...] = ((0, 14), (15, 29), (30, 44), (45, 59), (60, 74))
_OLDEST: tuple[tuple[Bounds, ...], ...] = (((75, 89), (90, None)), ((75, None),))
# As many dates as one look compares.
_THREE = 3

# Tenures of the store, as a page names those who live in such a home.
TENURES = {
    "owner": "Propriétaire",
    "social": "Locataire HLM",
    "private": "Autre locataire",
    "other": "Logé gratuitement",
    "outside": "Hors logement ordinaire",
}


@dataclass(frozen=True)
class Ratio:
    """An index of structure: `per` × persons of the classes `top` over those of the classes `bottom`."""

    name: str
    top: tuple[Bounds, ...]
    bottom: tuple[Bounds, ...]
    per: int

    @property
    def label(self) -> str:
        """`Indice de vieillissement : personnes de 65 ans ou plus pour 100 de moins de 20 ans`."""
        return f"{self.name} : personnes {_of_ages(self.top)} pour {'une' if self.per == 1 else self.per} {_of_ages(self.bottom)}"


# Definitions of Insee and the ANCT; the bounds of the youth index vary between agencies, hence its label.
AGEING = Ratio("Indice de vieillissement", top=((65, None),), bottom=((0, 19),), per=100)
YOUTH = Ratio("Indice de jeunesse", top=((0, 19),), bottom=((60, None),), per=1)
DEPENDENCY = Ratio("Rapport de dépendance", top=((0, 19), (65, None)), bottom=((20, 64),), per=100)


def group_label(bounds: Bounds) -> str:
    """`0 à 14 ans`, `75 ans ou plus`."""
    low, high = bounds
    return f"{low} ans ou plus" if high is None else f"{low} à {high} ans"


def _of_ages(classes: Sequence[Bounds]) -> str:
    """`de moins de 20 ans ou de 65 ans ou plus`."""
    return " ou ".join(
        f"de moins de {high + 1} ans" if low == 0 and high is not None else f"de {group_label((low, high))}"
        for low, high in classes
    )


def class_counts(tables: Tables, *, classes: Sequence[Bounds], by_sex: bool = False) -> pd.DataFrame:
    """Persons of any classes of ages: `territory, year, [sex], low, high, label, value` (persons).

    Exact sums only: of single years of age (`single_ages`); else of five-year classes (`ages`), where the
    bounds fall on their borders; else of the census's broad groups (`age_groups`) that make up the class
    without gap or overlap. Real figures win over simulated ones, then the finest table. A class that no table
    gives whole at a date has no row there: nothing is interpolated. `high` is missing for "and over"; classes may
    overlap, and come in the order in which they are asked for.
    """
    grids = once(tables, "grids of ages", lambda: _Grids(tables))
    sexes = ["F", "H"] if by_sex else [""]
    sums = np.full((len(grids.keys), len(classes), len(sexes)), np.nan)
    kinds = np.zeros(sums.shape, dtype="int64")
    for name, grid in grids.by_table.items():
        for rank, bounds in enumerate(classes):
            for place, sex in enumerate(sexes):
                for cells in _recipes(name, grid, bounds, sex=sex):
                    found, origins = grid.add_up(cells), grid.kinds(cells)
                    held = sums[:, rank, place]
                    real = grids.simulated[kinds[:, rank, place]] & ~grids.simulated[origins]
                    better = ~np.isnan(found) & (np.isnan(held) | real)
                    sums[better, rank, place], kinds[better, rank, place] = found[better], origins[better]
    at, ranks, places = np.nonzero(~np.isnan(sums))
    marks = [grids.marks[kind] for kind in kinds[at, ranks, places]]
    lows, highs = zip(*classes, strict=True) if classes else ((), ())
    frame = grids.keys.take(at).reset_index(drop=True)
    if by_sex:
        frame["sex"] = pd.array([sexes[place] for place in places], dtype="str")
    labels = [*map(group_label, classes)]
    return frame.assign(
        low=np.array(lows, dtype="int64")[ranks],
        high=np.array([np.nan if high is None else high for high in highs])[ranks],
        label=pd.array([labels[rank] for rank in ranks], dtype="str"),
        value=sums[at, ranks, places],
        origin=pd.array([origin for origin, _ in marks], dtype="str"),
        sources=pd.array([sources for _, sources in marks], dtype="str"),
    )


class _Grids:
    """The tables by age as grids, the finest first, whose rows are the same territories and years: `keys`.

    `marks` are the origins and sources that figures have, by kind; `simulated` tells those of the demonstration.
    """

    def __init__(self, tables: Tables) -> None:
        rows = {name: tables[name].dropna(subset="value") for name in _BY_AGE if name in tables}
        found = [table[_KEYS] for table in rows.values()] or [pd.DataFrame(columns=_KEYS)]
        keys = pd.concat(found, ignore_index=True).drop_duplicates()
        self.keys = keys.sort_values(_KEYS, ignore_index=True)
        self.marks: list[tuple[str, str]] = []
        self._ranks: dict[frozenset[tuple[str, str]], int] = {}
        index = pd.MultiIndex.from_frame(self.keys)
        self.by_table = {name: _Grid(table, index, self.rank) for name, table in rows.items()}

    def rank(self, kinds: frozenset[tuple[str, str]]) -> int:
        """The place among the `marks` of what is made of some kinds of rows."""
        if kinds not in self._ranks:
            self._ranks[kinds] = len(self.marks)
            self.marks.append(provenance.together(kinds))
        return self._ranks[kinds]

    @property
    def simulated(self) -> np.ndarray:
        """True of the marks of the demonstration."""
        return np.array([origin == "demonstration" for origin, _ in self.marks], dtype="bool")


class _Grid:
    """The counts of a table by age: a row by territory and year, a column by cell (an age and a sex, or a group)."""

    def __init__(
        self, table: pd.DataFrame, keys: pd.MultiIndex, rank: Callable[[frozenset[tuple[str, str]]], int]
    ) -> None:
        columns, cells = _number(table[["age", "sex"] if "age" in table else ["variable"]])
        codes, self._kinds = _number(table[["origin", "source"]])
        self.places = {cell: place for place, cell in enumerate(cells)}
        rows = keys.get_indexer(pd.MultiIndex.from_frame(table[_KEYS]))
        self._counts = np.full((len(keys), len(cells)), np.nan)
        self._counts[rows, columns] = table["value"].to_numpy("float64")
        self._codes = np.zeros(self._counts.shape, dtype="int64")
        self._codes[rows, columns] = codes
        self._rank = rank

    @cached_property
    def pieces(self) -> dict[str, list[Piece]]:
        """The classes that the broad groups count, by who is counted: everybody (`POP`), men (`H`) or women (`F`)."""
        pieces: dict[str, list[Piece]] = {"POP": [], "H": [], "F": []}
        for (variable,) in sorted(self.places):
            if variable in _EVERY_AGE:
                pieces[_EVERY_AGE[variable]].append((0, None, (variable,)))
            elif found := _CODE.fullmatch(variable):
                high = None if found["high"] == "P" else int(found["high"])
                pieces[found["who"]].append((int(found["low"]), high, (variable,)))
        return pieces

    def add_up(self, cells: Sequence[Cell]) -> np.ndarray:
        """The sum of some cells in each row, missing where one of them is."""
        return self._counts[:, [self.places[cell] for cell in cells]].sum(axis=1)

    def kinds(self, cells: Sequence[Cell]) -> np.ndarray:
        """The rank of the kinds of rows that the sum of some cells is made of, in each row."""
        if len(self._kinds) == 1:
            return np.full(len(self._codes), self._rank(frozenset(self._kinds)))
        codes = self._codes[:, [self.places[cell] for cell in cells]]
        return np.array(
            [self._rank(frozenset(self._kinds[code] for code in {*row})) for row in codes.tolist()]
        )


def _number(columns: pd.DataFrame) -> tuple[np.ndarray, list[tuple[Any, ...]]]:
    """A number for each row, the same for rows alike, and what each number stands for."""
    numbers = np.zeros(len(columns), dtype="int64")
    found: list[tuple[Any, ...]] = [()]
    for name in columns:
        codes, values = pd.factorize(columns[name])
        numbers = numbers * len(values) + codes
        found = [(*row, value) for row in found for value in values]
    return numbers, found


def _recipes(name: str, grid: _Grid, bounds: Bounds, *, sex: str) -> list[list[Cell]]:
    """The cells of a table that add up to a class of ages, of everybody or of one `sex`: every way, fewest cells first."""
    if name in _GRAINS:
        cells: list[Cell] = [
            (age, one) for age in _ages_within(bounds, *_GRAINS[name]) for one in sex or "FH"
        ]
        return [cells] if cells and all(cell in grid.places for cell in cells) else []
    pieces = grid.pieces
    if sex:
        return sorted(_covers(bounds, pieces[sex]), key=len)
    men, women = (sorted(_covers(bounds, pieces[one]), key=len) for one in "HF")
    both = (one + other for one, other in product(men, women))
    return sorted([*_covers(bounds, pieces["POP"]), *both], key=len)


def _ages_within(bounds: Bounds, width: int, last: int) -> range:
    """The first ages of the classes of a table that make up a class of ages; none where they do not."""
    low, high = bounds
    end = last + width if high is None else high + 1
    # The last class of the table has no upper bound: only a class "and over" may hold it.
    whole = low % width == 0 and end % width == 0 and low <= last and (high is None or end <= last)
    return range(low, end, width) if whole else range(0)


def _covers(bounds: Bounds, pieces: Sequence[Piece]) -> Iterator[list[Cell]]:
    """Every way to make up a class of ages from pieces that follow one another."""
    low, high = bounds
    for first, last, name in pieces:
        if first != low:
            continue
        if last == high:
            yield [name]
        elif last is not None and (high is None or last < high):
            yield from ([name, *rest] for rest in _covers((last + 1, high), pieces))


def add_up(rows: pd.DataFrame, *, by: Sequence[str], columns: Sequence[str] = ("value",)) -> pd.DataFrame:
    """Sums of `columns` by group, with origin and sources: `*by, *columns, origin, sources`.

    `rows` bear the `source` of the store, or the `sources` of a computed frame.
    """
    by = list(by)
    sums = rows.groupby(by, observed=True, as_index=False)[list(columns)].sum()
    return provenance.mark(sums, rows, by=by)


def ratio(tables: Tables, definition: Ratio) -> pd.DataFrame:
    """An index of structure at every date: `territory, year, label, top, bottom, index, count`.

    `top` and `bottom` are the persons above and below, `index` = `per` × top / bottom, `count` the smaller of the
    two. No row where a class is unknown (`class_counts`) or nobody stands below.
    """
    sides = {}
    for side, classes in (("top", definition.top), ("bottom", definition.bottom)):
        counts = class_counts(tables, classes=classes)
        sums = add_up(counts.assign(known=1), by=["territory", "year"], columns=["value", "known"])
        whole = sums[sums["known"] == len(classes)].drop(columns="known")
        sides[side] = whole.rename(columns={"value": side})
    both = provenance.join(
        sides["top"], sides["bottom"], on=["territory", "year"], suffixes=("_top", "_bottom")
    )
    both = both[both["bottom"] > 0].reset_index(drop=True)
    return both.assign(
        label=definition.label,
        index=definition.per * both["top"] / both["bottom"],
        count=both[["top", "bottom"]].min(axis=1),
    )


def groups(age_groups: pd.DataFrame, population: pd.DataFrame) -> pd.DataFrame:
    """Broad age groups: `territory, year, group, bounds, value, share` (persons, % of the population).

    30-74 is what is left of the total: POP − POP0014 − POP1529 − POP75P.
    """
    counts = provenance.widen(
        age_groups, keys=["territory", "year"], variables=["POP0014", "POP1529", "POP75P"]
    )
    totals = provenance.widen(population, keys=["territory", "year"], variables=["POP"])
    both = provenance.join(counts, totals, on=["territory", "year"], suffixes=("_ages", "_total"))
    both["POP3074"] = both["POP"] - both["POP0014"] - both["POP1529"] - both["POP75P"]
    long = both.melt(
        id_vars=["territory", "year", "POP", *provenance.COLUMNS],
        value_vars=list(GROUPS),
        var_name="variable",
    )
    long["group"] = long["variable"].map(lambda variable: group_label(GROUPS[variable]))
    long["share"] = 100 * long["value"] / long["POP"].where(long["POP"] > 0)
    order = {group_label(bounds): rank for rank, bounds in enumerate(GROUPS.values())}
    long = long.sort_values(
        ["territory", "year", "group"], key=lambda c: c.map(order) if c.name == "group" else c
    )
    return long.drop(columns=["variable", "POP"]).dropna(subset="share").reset_index(drop=True)


def fifteen_years(tables: Tables, *, territory: str, until: int) -> pd.DataFrame:
    """Classes of fifteen years at up to three dates: `territory, year, group, value, share` (persons, % of everybody).

    The last ones are 75-89 and 90 and over, or else 75 and over: the same classes at every date, those that are
    known at most dates up to `until`, five years apart at least.
    """
    found = []
    for oldest in _OLDEST:
        classes = (*_FIFTEEN, *oldest)
        counts = class_counts(tables, classes=classes)
        own = counts[counts["territory"] == territory]
        known = own.groupby("year", observed=True)["label"].transform("size")
        own = own[known == len(classes)]
        own = own[own["year"].isin(vintages.spaced(own, until=until)[-_THREE:])]
        found.append(own.drop(columns=["low", "high"]).rename(columns={"label": "group"}))
    best = max(found, key=lambda own: own["year"].nunique())
    return shares(best).dropna(subset="share").reset_index(drop=True)


def pyramid(ages: pd.DataFrame, *, territory: str, years: list[int]) -> pd.DataFrame:
    """Population by sex and five-year class at several dates: `year, sex, age, value, share`.

    `share` is in % of the population of the year. A year that is not at hand gives no row.
    """
    chosen = ages[(ages["territory"] == territory) & ages["year"].isin(years)]
    frame = provenance.widen(chosen, keys=["year", "sex", "age"], variables=["POP"]).rename(
        columns={"POP": "value"}
    )
    return shares(frame)


def shares(pyramid: pd.DataFrame) -> pd.DataFrame:
    """A pyramid, by tenure or not, with `share`: % of everybody at the date, both sexes together."""
    totals = pyramid.groupby("year")["value"].transform("sum")
    return pyramid.assign(share=100 * pyramid["value"] / totals.where(totals > 0))


def fit_classes(pyramid: pd.DataFrame, *, at_least: float = FRAGILE) -> pd.DataFrame:
    """A pyramid, by tenure or not, in the classes that its counts allow: `low, high, group` in place of `age`.

    Five years or, where at any date most bars (a sex, an age, every tenure together) count fewer than `at_least`
    persons, ten: the same for every date and both sexes. The last class, 95 or 90 and over, has no `high`. In a
    pyramid without tenures a ten-year class that lacks one of its halves is left out; with tenures, an absent
    cell is nobody.
    """
    bars = pyramid.groupby(["year", "sex", "age"])["value"].sum()
    if not (bars.groupby("year").median() < at_least).any():
        return _named_classes(pyramid, width=5, last=95)
    keys = [name for name in ("year", "sex", "age", "tenure") if name in pyramid]
    cells = pyramid.assign(age=pyramid["age"] // 10 * 10, cells=1)
    columns = [name for name in ("value", "share", "cells") if name in cells]
    frame = add_up(cells, by=keys, columns=columns)
    if "tenure" not in keys:
        frame = frame[frame["cells"] == 2]
    return _named_classes(frame.drop(columns="cells"), width=10, last=90)


def _named_classes(pyramid: pd.DataFrame, *, width: int, last: int) -> pd.DataFrame:
    low = pyramid["age"].astype("int64")
    return pyramid.assign(
        low=low,
        high=(low + width - 1).astype("float64").where(low < last),
        group=[age_label(age, width=width, last=last) for age in low],
    ).drop(columns="age")


def pyramid_tenure(ages_tenure: pd.DataFrame, *, territory: str, years: list[int]) -> pd.DataFrame:
    """Population by sex, five-year class and tenure of the home: `year, sex, age, tenure, value`."""
    chosen = ages_tenure[(ages_tenure["territory"] == territory) & ages_tenure["year"].isin(years)]
    frame = provenance.widen(chosen, keys=["year", "sex", "age", "tenure"], variables=["POP"])
    return frame.rename(columns={"POP": "value"})


def in_homes(pyramid_by_tenure: pd.DataFrame) -> pd.DataFrame:
    """The people of a pyramid by tenure who live in ordinary dwellings: communities and mobile homes left out."""
    return pyramid_by_tenure[pyramid_by_tenure["tenure"] != "outside"].reset_index(drop=True)


def age_label(age: int, *, width: int = 5, last: int = 95) -> str:
    """`60-64 ans`, `95 ans ou plus`."""
    return f"{age} ans ou plus" if age >= last else f"{age}-{age + width - 1} ans"


def ownership(
    pyramid_by_tenure: pd.DataFrame, *, from_age: int = 20, width: int = 10, last: int = 80
) -> pd.DataFrame:
    """Persons living in a home that its occupants own, by age: `year, age, owners, people, rate`.

    `rate` is in % of the persons of that age, communities included; ten-year classes from `from_age`.
    """
    frame = pyramid_by_tenure[pyramid_by_tenure["age"] >= from_age].copy()
    frame["age"] = frame["age"].clip(upper=last) // width * width
    frame["owners"] = frame["value"].where(frame["tenure"] == "owner", 0.0)
    grouped = frame.groupby(["year", "age"], as_index=False).agg(
        owners=("owners", "sum"),
        people=("value", "sum"),
        origin=("origin", provenance.least_real),
        sources=("sources", provenance.union),
    )
    return grouped.assign(rate=100 * grouped["owners"] / grouped["people"].where(grouped["people"] > 0))


def label_ages(frame: pd.DataFrame, *, width: int = 10, last: int = 80) -> pd.DataFrame:
    """The frame with a `label` for its age classes in place of `age`."""
    labels = frame["age"].map(lambda age: age_label(int(age), width=width, last=last))
    return frame.assign(label=labels).drop(columns="age")
