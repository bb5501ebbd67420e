"""Persons of any class of ages, added up from whatever tables by age are at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
import pandas as pd

from helpers.indicators.cube import Cube, Tables
from helpers.indicators.values import Values, best_known

# A class of ages: first and last age, both included; no last age for "and over".
Bounds = tuple[int, int | None]
# A class that a variable counts: its first and last age, and the variable.
Piece = tuple[int, int | None, str]

# Tables by single cells of age, the finest first: width of their classes, first age of the last one, "and over".
_GRAINS = {"single_ages": (1, 100), "ages": (5, 95)}
BY_AGE = (*_GRAINS, "age_groups")
# Insee's codes of the census counts by age: POP0014, POP75P, H2064, F65P; POPH and POPF have every age.
_CODE = re.compile(r"(?P<who>POP|H|F)(?P<low>\d\d)(?P<high>\d\d|P)")
_EVERY_AGE = {"POPH": "H", "POPF": "F"}


def group_label(bounds: Bounds) -> str:
    """Name a class of ages: `0 à 14 ans`, `75 ans ou plus`."""
    low, high = bounds
    return f"{low} ans ou plus" if high is None else f"{low} à {high} ans"


def age_words(bounds: Bounds) -> str:
    """Name a class of ages in a sentence: `moins de 20 ans`, `20 à 64 ans`, `75 ans ou plus`."""
    low, high = bounds
    return f"moins de {high + 1} ans" if low == 0 and high is not None else group_label(bounds)


def class_values(cube: Cube, bounds: Bounds, *, year: int, sex: str = "") -> Values:
    """Count the persons of a class of ages at a year, of one `sex` (H, F) or of both.

    Exact sums only: of single years of age (`single_ages`); else of five-year classes (`ages`), where the bounds fall
    on their borders; else of the census's broad groups (`age_groups`) that make up the class without gap or overlap.
    Real figures win over simulated ones, then the finest table. Nothing is interpolated.
    """
    return cube.once(("class of ages", bounds, year, sex), lambda: _best(cube, bounds, year, sex))


def class_counts(tables: Tables, *, classes: Sequence[Bounds], by_sex: bool = False) -> pd.DataFrame:
    """Count the persons of classes of ages at every year: `territory, year, [sex], low, high, label, value` (persons).

    As `class_values`; a class that no table gives whole at a date has no row there. `high` is missing for "and over";
    classes may overlap, and come in the order in which they are asked for.
    """
    cube = (
        tables
        if isinstance(tables, Cube)
        else Cube({name: tables[name] for name in BY_AGE if name in tables})
    )
    sexes = ["F", "H"] if by_sex else [""]
    asked = [
        (year, rank, sex)
        for year in sorted({year for name in BY_AGE for _, year, _ in cube.table(name)})
        for rank in range(len(classes))
        for sex in sexes
    ]
    counts, turns = cube.stack(
        [class_values(cube, classes[rank], year=year, sex=sex) for year, rank, sex in asked]
    )
    rows = [asked[turn] for turn in turns]
    bounds = [classes[rank] for _, rank, _ in rows]
    counts = counts.assign(
        year=np.array([year for year, _, _ in rows], dtype="int64"),
        rank=np.array([rank for _, rank, _ in rows], dtype="int64"),
        sex=pd.Series([sex for _, _, sex in rows], dtype="str"),
        low=np.array([low for low, _ in bounds], dtype="int64"),
        high=np.array([np.nan if high is None else high for _, high in bounds]),
        label=pd.Series([group_label(one) for one in bounds], dtype="str"),
    )
    sides = ["sex"] if by_sex else []
    columns = ["territory", "year", *sides, "low", "high", "label", "value", "origin", "sources"]
    return counts.sort_values(["territory", "year", "rank", "sex"], ignore_index=True)[columns]


def _best(cube: Cube, bounds: Bounds, year: int, sex: str) -> Values:
    best = cube.nothing()
    for name in BY_AGE:
        for found in _ways(cube, name, bounds, year, sex):
            best = best_known(best, found)
    return best


def _ways(cube: Cube, name: str, bounds: Bounds, year: int, sex: str) -> Iterator[Values]:
    """Yield the ways a table has to make up a class of ages, those of fewest cells first."""
    if name in _GRAINS:
        ages = _ages_within(bounds, *_GRAINS[name])
        if ages and (found := _add_cells(cube, name, ages, year, sex)) is not None:
            yield found
        return
    for variables in _recipes(bounds, cube.variables(name), sex):
        parts = [cube.column(name, variable, year) for variable in variables]
        kind = parts[0].kind
        for part in parts[1:]:
            kind = cube.marks.join(kind, part.kind)
        yield Values(np.sum([part.value for part in parts], axis=0), kind, cube.marks)


def _add_cells(cube: Cube, name: str, ages: range, year: int, sex: str) -> Values | None:
    """Add up the cells of some ages, where each of them is known."""
    rows = cube.rows(name, "POP", year)
    if rows is None:
        return None
    chosen = np.isin(rows.cells["age"], list(ages)) & ~np.isnan(rows.value)
    if sex:
        chosen &= np.asarray(rows.cells["sex"] == sex)
    picked = rows.select(chosen)
    count = np.bincount(picked.place, minlength=cube.size)
    value = np.bincount(picked.place, weights=picked.value, minlength=cube.size)
    whole = count == len(ages) * (1 if sex else 2)
    kind = cube.marks.gather(picked.place, picked.kind, cube.size)
    return Values(np.where(whole, value, np.nan), kind, cube.marks)


def _recipes(bounds: Bounds, variables: set[str], sex: str) -> list[list[str]]:
    """List the variables of broad groups that add up to a class of ages, of everybody or of one sex: every way."""
    pieces: dict[str, list[Piece]] = {"POP": [], "H": [], "F": []}
    for variable in sorted(variables):
        if variable in _EVERY_AGE:
            pieces[_EVERY_AGE[variable]].append((0, None, variable))
        elif found := _CODE.fullmatch(variable):
            high = None if found["high"] == "P" else int(found["high"])
            pieces[found["who"]].append((int(found["low"]), high, variable))
    if sex:
        return sorted(chain(bounds, pieces[sex]), key=len)
    men, women = (sorted(chain(bounds, pieces[one]), key=len) for one in "HF")
    both = (one + other for one, other in product(men, women))
    return sorted([*chain(bounds, pieces["POP"]), *both], key=len)


def _ages_within(bounds: Bounds, width: int, last: int) -> range:
    """List the first ages of the classes of a table that make up a class of ages; none where they do not."""
    low, high = bounds
    end = last + width if high is None else high + 1
    # The last class of the table has no upper bound: only a class "and over" may hold it.
    whole = low % width == 0 and end % width == 0 and low <= last and (high is None or end <= last)
    return range(low, end, width) if whole else range(0)


def chain(bounds: Bounds, pieces: Sequence[tuple[int, int | None, str]]) -> Iterator[list[str]]:
    """Find every way to make up a class from pieces that follow one another."""
    low, high = bounds
    for first, last, name in pieces:
        if first != low:
            continue
        if last == high:
            yield [name]
        elif last is not None and (high is None or last < high):
            yield from ([name, *rest] for rest in chain((last + 1, high), pieces))
