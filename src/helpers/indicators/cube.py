"""The tables of the store by column: one array of all the territories for each variable, year and cell."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from helpers.indicators.values import Marks, Values

# Tables of the store by name, those that are at hand, `territory` in place of level and code.
Tables = Mapping[str, pd.DataFrame]
T = TypeVar("T")

_BESIDE = ("year", "variable", "since", "value", "territory", "origin", "source")


@dataclass(frozen=True)
class Rows:
    """The rows of a variable at a date: the places of their territories, their values, their marks, their cells."""

    place: np.ndarray
    value: np.ndarray
    kind: np.ndarray
    cells: Mapping[str, np.ndarray]

    def select(self, mask: np.ndarray) -> Rows:
        """Keep some of the rows."""
        cells = {name: array[mask] for name, array in self.cells.items()}
        return Rows(self.place[mask], self.value[mask], self.kind[mask], cells)


class Cube(Mapping[str, pd.DataFrame]):
    """Tables of the store for a set of territories, from which any figure is read as an array.

    It gives the tables by name, as they are. `territories` gives the order of the arrays; by default that of the
    categories of the tables, or else alphabetical. What is read or worked out once is kept.
    """

    def __init__(self, tables: Tables, territories: Sequence[str] | None = None) -> None:
        self._tables = dict(tables)
        if territories is None:
            names, self._dtype = _territories(tables)
        else:
            names = list(territories)
            self._dtype = pd.CategoricalDtype(names)
        self.index = pd.Index(names, dtype="object")
        self.marks = Marks()
        self._rows: dict[str, dict[tuple[str, int, int], Rows]] = {}
        self._kept: dict[Hashable, Any] = {}

    @classmethod
    def of(cls, tables: Tables) -> Cube:
        """Take tables as a cube; a cube is one already."""
        return tables if isinstance(tables, cls) else cls(tables)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    @property
    def size(self) -> int:
        """The number of territories."""
        return len(self.index)

    def forget(self) -> None:
        """Let go of what was made once: of all of France, more than the tables themselves."""
        self._kept.clear()

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Give what was made under a key, made the first time."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def nothing(self) -> Values:
        """Give a figure that is known nowhere."""
        return Values(np.full(self.size, np.nan), np.zeros(self.size, dtype="int32"), self.marks)

    def years(self, table: str, variable: str) -> set[int]:
        """List the years at which a table has a variable."""
        return {year for name, year, _ in self.table(table) if name == variable}

    def variables(self, table: str) -> set[str]:
        """List the variables that a table has, whatever the year."""
        return {name for name, _, _ in self.table(table)}

    def column(self, table: str, variable: str, year: int) -> Values:
        """Read a variable of a table without cells, at a year."""
        return self.once((table, variable, year), lambda: self._spread(self.rows(table, variable, year)))

    def cells(self, table: str, variable: str, year: int, **wanted: tuple[Any, ...]) -> Values:
        """Add up the cells of a table sorted by age, sex or tenure, all of them where nothing is `wanted` of a column.

        A cell without a row has nobody in it; a territory with a cell that is not known has no sum. The mark is that
        of all the rows of the territory, those left out included.
        """
        rows = self.rows(table, variable, year)
        if rows is None:
            return self.nothing()
        chosen = np.ones(len(rows.place), dtype="bool")
        for name, values in wanted.items():
            if values:
                chosen &= np.isin(rows.cells[name], values)
        # A value that is missing stays so, in a cell that is wanted or not.
        value = np.bincount(rows.place, weights=rows.value * chosen, minlength=self.size)
        present = np.bincount(rows.place, minlength=self.size) > 0
        kind = self.marks.gather(rows.place, rows.kind, self.size)
        return Values(np.where(present, value, np.nan), kind, self.marks)

    def areas(self) -> Values:
        """Read the area of territories (km²) in the table of territories (`territory, area`), a mark of none."""
        frame, found = self._tables.get("territories"), self.nothing()
        if frame is not None:
            places = _places(frame["territory"], self.index)
            found.value[places[places >= 0]] = frame["area"].to_numpy("float64")[places >= 0]
        return found

    def flow(self, variable: str, since: int, until: int) -> Values:
        """Add up events from 1 January `since` to 31 December `until` − 1.

        The value published for that very period or, where there is none, the sum of its years when each of them is
        known.
        """
        return self.once(("flow", variable, since, until), lambda: self._flow(variable, since, until))

    def _flow(self, variable: str, since: int, until: int) -> Values:
        whole = self._spread(self.rows("flows", variable, until, since))
        years = [self._spread(self.rows("flows", variable, year + 1, year)) for year in range(since, until)]
        if len(years) < 2 or not any(year.known.any() for year in years):
            return whole
        total = np.sum([year.value for year in years], axis=0)
        kind = years[0].kind
        for year in years[1:]:
            kind = self.marks.join(kind, year.kind)
        known = whole.known
        return Values(
            np.where(known, whole.value, total), np.where(known, whole.kind, kind).astype("int32"), self.marks
        )

    def rows(self, table: str, variable: str, year: int, since: int = 0) -> Rows | None:
        """Give the rows of a variable at a date, `since` for events; nothing where there are none."""
        return self.table(table).get((variable, year, since))

    def table(self, name: str) -> dict[tuple[str, int, int], Rows]:
        """Give the rows of a table by variable, year and first year of events (0 for what is no event)."""
        if name not in self._rows:
            frame = self._tables.get(name)
            self._rows[name] = {} if frame is None or frame.empty else self._sort(frame)
        return self._rows[name]

    def frame(self, values: Values, name: str = "value") -> pd.DataFrame:
        """Give the known figures as rows: `territory, <name>, origin, sources`."""
        return self.stack([values])[0].rename(columns={"value": name})

    def stack(self, figures: Sequence[Values]) -> tuple[pd.DataFrame, np.ndarray]:
        """Give the known figures of several as rows, `territory, value, origin, sources`, and which each is of."""
        known = [np.flatnonzero(values.known) for values in figures]
        turns = np.repeat(np.arange(len(figures)), [len(places) for places in known])
        ours = [(values.value[here], values.kind[here]) for values, here in zip(figures, known, strict=True)]
        value, kind = (
            np.concatenate([*parts, np.empty(0, dtype=parts[0].dtype)])
            for parts in (zip(*ours, strict=True) if ours else ([np.empty(0)], [np.empty(0, dtype="int32")]))
        )
        used, marks = np.unique(kind, return_inverse=True)
        described = [self.marks.describe(one) for one in used.tolist()]
        found = pd.DataFrame(
            {
                "territory": self.name(np.concatenate([*known, np.empty(0, dtype="int64")])),
                "value": value,
                "origin": _spell([origin for origin, _ in described], marks),
                "sources": _spell([sources for _, sources in described], marks),
            }
        )
        return found, turns

    def name(self, places: np.ndarray) -> pd.Series:
        """Name territories by their places, as the tables do: in order where these give one."""
        if self._dtype is None:
            return pd.Series(self.index.take(places), dtype="str")
        return pd.Series(pd.Categorical.from_codes(places, dtype=self._dtype))

    def _spread(self, rows: Rows | None) -> Values:
        if rows is None:
            return self.nothing()
        value, kind = np.full(self.size, np.nan), np.zeros(self.size, dtype="int32")
        value[rows.place], kind[rows.place] = rows.value, rows.kind
        return Values(value, kind, self.marks)

    def _sort(self, frame: pd.DataFrame) -> dict[tuple[str, int, int], Rows]:
        place = _places(frame["territory"], self.index)
        variables, names = pd.factorize(frame["variable"])
        year = frame["year"].to_numpy("int64")
        since = frame["since"].to_numpy("int64") if "since" in frame else np.zeros(len(frame), dtype="int64")
        key = (variables.astype("int64") * 10_000 + year) * 10_000 + since
        order = np.argsort(key, kind="stable")
        order = order[place[order] >= 0]
        cells = {name: frame[name].to_numpy() for name in frame.columns if name not in _BESIDE}
        every = Rows(place, frame["value"].to_numpy("float64"), self._number(frame), cells).select(order)
        sorted_keys = key[order]
        starts = np.flatnonzero(np.r_[True, sorted_keys[1:] != sorted_keys[:-1]]) if len(order) else order
        ends = np.r_[starts[1:], len(order)] if len(order) else order
        found = {}
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            first = order[start]
            found[str(names[variables[first]]), int(year[first]), int(since[first])] = Rows(
                every.place[start:end],
                every.value[start:end],
                every.kind[start:end],
                {name: array[start:end] for name, array in every.cells.items()},
            )
        return found

    def _number(self, frame: pd.DataFrame) -> np.ndarray:
        """Give the mark of each row."""
        origins, origin_names = pd.factorize(frame["origin"])
        sources, source_names = pd.factorize(frame["source"])
        codes = origins * max(len(source_names), 1) + sources
        used, inverse = np.unique(codes, return_inverse=True)
        numbers = [
            self.marks.number(
                str(origin_names[code // len(source_names)]), str(source_names[code % len(source_names)])
            )
            for code in used
        ]
        return np.array(numbers, dtype="int32")[inverse]


def _territories(tables: Tables) -> tuple[list[str], pd.CategoricalDtype | None]:
    """Give the names of the territories of tables, in order, and their type where it gives that order."""
    columns = [frame["territory"] for frame in tables.values() if "territory" in frame]
    for column in columns:
        if isinstance(column.dtype, pd.CategoricalDtype):
            return [str(name) for name in column.cat.categories], column.dtype
    return sorted({str(name) for column in columns for name in column.unique()}), None


def _spell(names: Sequence[str], ranks: np.ndarray) -> pd.Series:
    """Write the name of each rank."""
    return pd.Series(pd.array(names, dtype="str").take(ranks))


def _places(column: pd.Series, index: pd.Index) -> np.ndarray:
    if isinstance(column.dtype, pd.CategoricalDtype):
        places = index.get_indexer(pd.Index(column.cat.categories, dtype="object"))
        return places[column.cat.codes.to_numpy()]
    codes, names = pd.factorize(column)
    return index.get_indexer(pd.Index(names, dtype="object"))[codes]
