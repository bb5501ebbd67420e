"""The table of indicators: each of them for every territory of a store, kept under the hash of what makes it.

It is made by a batch, or by `make indicateurs`; a diagnostic reads its rows where it is there, and computes its own
figures, by the same definitions, where it is not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from helpers import french, paths, schemas, store
from helpers.indicators import engine
from helpers.indicators.cube import Cube
from helpers.indicators.engine import COLUMNS
from helpers.indicators.indicator import Indicator
from helpers.indicators.measures import Period
from helpers.indicators.registry import INDICATORS
from helpers.indicators.vintages import GAP

# What figures are made from, beside the tables of the store.
_CODE = ("indicators", "provenance.py", "schemas.py", "indicator_table.py")
# A start is one that at least this share of the communes knows at the end also knows.
_COMMON = 0.05
# As long as a census and the next one may be apart.
_LONGEST = 6
# Figures that have dates of their own, whichever censuses are compared.
_OWN_DATES = [one.id for one in INDICATORS if one.measure.own_dates]
# What stands between the level and the code of a territory in the names of a cube.
_BETWEEN = ":"


class IndicatorTable:
    """The rows of all indicators, in the order of the territories, read in place."""

    def __init__(self, path: Path) -> None:
        with pa.memory_map(str(path)) as source:
            options = pa.ipc.IpcReadOptions(use_threads=False)
            self._table = pa.ipc.open_file(source, options=options).read_all()
        column = self._table["territory"].chunk(0)
        self._names: pa.Array = column.dictionary
        self._places: np.ndarray = column.indices.to_numpy()

    @property
    def periods(self) -> set[tuple[int, int]]:
        """The pairs of censuses that its changes are reported between."""
        kept = self._table.schema.metadata[b"periods"].decode()
        pairs = (pair.split("-") for pair in kept.split())
        return {(int(since), int(until)) for since, until in pairs}

    def covers(self, since: int, until: int) -> bool:
        """Say whether it has the figures that compare two censuses; of one twice, those of that date."""
        if since == until:
            return any(until in pair for pair in self.periods)
        return (since, until) in self.periods

    def rows(self, level: str, codes: Iterable[str], indicators: Iterable[str] | None = None) -> pd.DataFrame:
        """Read the rows of some territories of a level: `territory` (their code), then the columns `engine.COLUMNS`."""
        codes = np.array(list(codes), dtype="object")
        wanted = pa.array([f"{level}{_BETWEEN}{code}" for code in codes], pa.string())
        places = pc.index_in(wanted, value_set=self._names).fill_null(-1).to_numpy()
        order = np.argsort(places, kind="stable")
        order = order[places[order] >= 0]
        starts, ends = (np.searchsorted(self._places, places[order], side=side) for side in ("left", "right"))
        spans = [np.arange(start, end) for start, end in zip(starts, ends, strict=True)]
        rows = np.concatenate([*spans, np.empty(0, dtype="int64")]).astype("int64")
        territory = np.repeat(codes[order], ends - starts)
        if indicators is not None:
            column = self._table["indicator"].chunk(0)
            known = column.dictionary.to_pylist()
            asked = [known.index(name) for name in indicators if name in known]
            kept = np.isin(column.indices.to_numpy()[rows], asked)
            rows, territory = rows[kept], territory[kept]
        frame = _to_pandas(self._table.select(COLUMNS).take(pa.array(rows)))
        frame.insert(0, "territory", pd.array(territory, dtype="str"))
        return frame

    def read(self) -> pd.DataFrame:
        """Read every row: `level, code`, then the columns of `engine.COLUMNS`."""
        frame = _to_pandas(self._table)
        names = frame["territory"].cat.categories.str.split(_BETWEEN, n=1)
        places = frame["territory"].cat.codes
        levels, codes = (pd.Series(names.str[rank].take(places), dtype="str") for rank in (0, 1))
        return frame[COLUMNS].assign(level=levels, code=codes)[["level", "code", *COLUMNS]]


def _to_pandas(rows: pa.Table) -> pd.DataFrame:
    return rows.to_pandas(use_threads=False).astype({"verdict": "str"})


def find(folder: Path) -> IndicatorTable | None:
    """Open the table of a store if it was made from what the store holds now; nothing where it was not."""
    path = path_of(folder)
    return _open(path) if path.is_file() else None


def make(folder: Path) -> IndicatorTable:
    """Open the table of a store, made first where it is not there, or not of what the store holds now."""
    path = path_of(folder)
    if not path.is_file():
        write(compute(folder), path)
    return _open(path)


def path_of(folder: Path) -> Path:
    """Give the file of the table of a store: its name is the hash of the tables and of the definitions behind it."""
    content = [*sorted(store.hashes(folder).items()), code_hash()]
    names = (hashlib.sha256(repr(of).encode()).hexdigest() for of in (str(folder.resolve()), content))
    place, state = names
    return paths.indicators_folder() / f"{place[:8]}-{state[:16]}.arrow"


@cache
def code_hash() -> str:
    """Hash the definitions of the indicators and what computes them."""
    package = Path(__file__).parent
    files = [path for name in _CODE for path in sorted(_modules(package / name))]
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def compute(folder: Path) -> pd.DataFrame:
    """Compute every indicator of every territory of a store, as `engine.compute`."""
    cube = read_cube(folder)
    return engine.compute(cube, reference_periods(cube))


def read_cube(
    folder: Path,
    areas: Iterable[tuple[str, str]] | None = None,
    *,
    indicators: Iterable[Indicator] = INDICATORS,
) -> Cube:
    """Read the tables of a store as a cube, whose territories are named by their level and code (`commune:59299`).

    `indicators` are those that it is read for.
    """
    names = {table for one in indicators for table in one.tables} & set(schemas.TABLES)
    tables: dict[str, pd.DataFrame] = {}
    areas = None if areas is None else list(areas)
    for name in sorted(names):
        if store.has(name, folder=folder):
            frame = store.read(name, folder=folder, areas=areas)
            tables[name] = _named(frame)
    everywhere = sorted(set().union(*(frame["territory"].cat.categories for frame in tables.values())))
    communes = store.read_reference("territories", folder=folder, columns=["code", "area"])
    tables["territories"] = communes.assign(territory="commune" + _BETWEEN + communes["code"])
    return Cube(tables, everywhere)


def reference_periods(cube: Cube) -> list[Period]:
    """List the pairs of censuses that the diagnostics of a store compare, whichever the commune.

    Each end is a year at which people and homes are widely known; a start, five or six years before, one at which
    people are.
    """
    people = {year: _known(cube, "population", "POP", year) for year in cube.years("population", "POP")}
    homes = {year: _known(cube, "dwellings", "LOG", year) for year in cube.years("dwellings", "LOG")}
    most = max(people.values(), default=0)
    ends = [year for year in people.keys() & homes.keys() if homes[year] > _COMMON * most]
    return [
        Period(since, until)
        for until in sorted(ends)
        for since in sorted(people)
        if GAP <= until - since <= _LONGEST and people[since] > _COMMON * people[until]
    ]


def write(table: pd.DataFrame, path: Path) -> None:
    """Write a table where `find` looks for it, whole or not at all; what the same store gave before is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    ordered = table.sort_values("territory", kind="stable", ignore_index=True)
    # Verdicts are a few words: as text, they would be a fifth of the file.
    ordered = ordered.astype({"territory": "category", "verdict": "category"})
    between = ordered["since"].lt(ordered["year"]) & ~ordered["indicator"].isin(_OWN_DATES)
    spans = ordered.loc[between, ["since", "year"]].drop_duplicates()
    periods = " ".join(f"{since}-{year}" for since, year in spans.itertuples(index=False))
    content = pa.Table.from_pandas(ordered, preserve_index=False).combine_chunks()
    content = content.replace_schema_metadata({"periods": periods})
    with paths.replacing(path) as aside, pa.ipc.new_file(str(aside), content.schema) as writer:
        writer.write_table(content, max_chunksize=max(content.num_rows, 1))
    for former in path.parent.glob(f"{path.stem.split('-')[0]}-*.arrow"):
        if former != path:
            former.unlink(missing_ok=True)


def publish(folder: Path, destination: Path, *, simulated: bool = False) -> dict[str, Path]:
    """Write the table as open data: `indicateurs.parquet`, `indicateurs.csv`, and their dictionary `dictionnaire.csv`.

    Rows that rest on simulated figures are left out unless they are asked for.
    """
    rows = make(folder).read()
    rows = rows if simulated else rows[rows["origin"] != "demonstration"]
    files = {kind: destination / name for kind, name in _FILES.items()}
    destination.mkdir(parents=True, exist_ok=True)
    content = pa.Table.from_pandas(rows, preserve_index=False)
    with paths.replacing(files["parquet"]) as aside:
        pq.write_table(content, aside, compression="zstd")
    with paths.replacing(files["csv"]) as aside:
        csv.write_csv(content, aside)
    with paths.replacing(files["dictionary"]) as aside:
        dictionary().to_csv(aside, index=False)
    return files


def dictionary() -> pd.DataFrame:
    """Describe the indicators, one row each.

    Columns `indicator, theme, label, formula, codes, unit, digits, source, exploitation, caution, polarity`.
    """
    rows = [
        {
            "indicator": one.id,
            "theme": one.theme,
            "label": one.name(since="t0", until="t1", year="t"),
            "formula": one.formula,
            "codes": " ".join(f"{table}.{variable}" for table, variable in one.measure.codes),
            "unit": one.unit,
            "digits": one.digits,
            "source": one.source,
            "exploitation": one.exploitation,
            "caution": one.caution,
            "polarity": one.polarity,
        }
        for one in INDICATORS
    ]
    return pd.DataFrame(rows).map(lambda text: french.typography(text) if isinstance(text, str) else text)


_FILES: Mapping[str, str] = {
    "parquet": "indicateurs.parquet",
    "csv": "indicateurs.csv",
    "dictionary": "dictionnaire.csv",
}


@cache
def _open(path: Path) -> IndicatorTable:
    return IndicatorTable(path)


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    """Put `territory` in place of the level and the code of a table of the store."""
    levels, level_names = pd.factorize(frame["level"])
    codes, code_names = pd.factorize(frame["code"])
    both, inverse = np.unique(levels.astype("int64") * max(len(code_names), 1) + codes, return_inverse=True)
    names = [
        f"{level_names[one // len(code_names)]}{_BETWEEN}{code_names[one % len(code_names)]}" for one in both
    ]
    order = np.argsort(np.array(names, dtype="object"))
    rank = np.empty(len(order), dtype="int64")
    rank[order] = np.arange(len(order))
    territory = pd.Categorical.from_codes(
        rank[inverse] if len(both) else [], categories=[names[one] for one in order]
    )
    return frame.drop(columns=["level", "code"]).assign(territory=territory)


def _known(cube: Cube, table: str, variable: str, year: int) -> int:
    rows = cube.rows(table, variable, year)
    return 0 if rows is None else len(rows.place)


def _modules(path: Path) -> list[Path]:
    return [path] if path.is_file() else list(path.rglob("*.py"))
