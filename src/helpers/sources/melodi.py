"""Insee's Melodi: the official figures of a few territories, asked for by name.

Nothing that was received is lost for what was not: a data set that is refused, a territory that has no row, a value
that does not add up are reported, and the rest is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from helpers import levels, schemas
from helpers.errors import NetworkError, SourceError
from helpers.sources.melodi_client import (
    PACE,
    Client,
    Pace,
    Progress,
    Row,
    UnavailableError,
    find_page,
)
from helpers.sources.melodi_editions import describe_edition
from helpers.sources.melodi_forms import FORMS
from helpers.sources.melodi_tables import LEVELS, NOTES, Reading, read_rows, to_tables
from helpers.sources.network import Session
from helpers.sources.registry import Source, load_registry

__all__ = ["NOTES", "Gap", "Pace", "Received", "fetch", "fetch_commune", "to_tables"]

Area = tuple[str, str]
_PREFIXES = {level: kind for kind, level in LEVELS.items()}


@dataclass(frozen=True)
class Gap:
    """What a data set did not give: `place` is a territory, or nothing for the data set itself."""

    dataset: str
    place: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.dataset}, {self.place} : " if self.place else f"{self.dataset} : "
        place = "" if not self.place and self.dataset in self.reason else where
        return f"{place}{self.reason}\n→ {self.remedy}"


Report = Callable[[Gap], None]


@dataclass(frozen=True)
class Received:
    """What Melodi gave of a commune: tables of the store with their `source`, notes, editions, and what is missing."""

    tables: dict[str, pd.DataFrame]
    notes: pd.DataFrame
    # What the rows say of each data set, by the identifier that they bear in the tables.
    editions: dict[str, Source]
    gaps: tuple[Gap, ...]


def fetch(
    dataset: str,
    *,
    areas: Sequence[Area],
    communes_of: str | None = None,
    held: frozenset[str] | None = None,
    client: Client,
    report: Report = lambda _: None,
    names: Mapping[Area, str] | None = None,
    filters: Mapping[str, str | Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Fetch the rows of one data set for several territories, as Melodi gives them.

    `areas` are pairs of level and code, as `Territory.area`, the most wanted first; those whose level the data set
    has not (`held`, Insee's short names) are not asked for. `communes_of` is an EPCI of which every commune is asked
    for too, in one call. `names` are what `report` calls territories by; it is informed of those that gave nothing.
    `filters` restrict dimensions to one or several codes. One column per dimension, `OBS_STATUS` and `OBS_VALUE`
    (number, NaN when missing).

    Raises:
        SourceError: the network is out of reach; Melodi refuses even the first territory, or answers something else
            than figures.
    """
    called = names or {}
    places = {
        f"{_PREFIXES[level]}-{_find_code(dataset, level, code)}": called.get((level, code), f"{level} {code}")
        for level, code in areas
        if held is None or _PREFIXES[level] in held
    }
    # A dimension of which one code is read is restricted to it: a data set has up to a thousand rows a territory.
    chosen = {**(FORMS[dataset].constant if dataset in FORMS else {}), **(filters or {})}

    def ask(wanted: Iterable[str]) -> list[Row]:
        return client.rows(dataset, list(wanted), chosen)

    rows = _ask_each(dataset, places, ask, report)
    if communes_of and places and (held is None or "COM" in held):
        place = f"EPCI-{communes_of}*COM"
        try:
            around = ask([place])
        except SourceError as error:
            report(Gap(dataset, f"communes de l'EPCI {communes_of}", error.message, error.remedy))
            around = []
        known = {_place(row) for row in rows}
        rows += [row for row in around if _place(row) not in known]
    return pd.DataFrame(rows, columns=None if rows else ["GEO", "TIME_PERIOD", "OBS_STATUS", "OBS_VALUE"])


def _ask_each(
    dataset: str, places: Mapping[str, str], ask: Callable[[Iterable[str]], list[Row]], report: Report
) -> list[Row]:
    """Ask for places in one call, then for whoever is missing alone; tell which gave nothing."""
    if not places:
        return []
    try:
        rows = ask(places)
    except (NetworkError, UnavailableError):
        raise
    except SourceError:
        # Several territories in one call are not a promise of Melodi's, and one that is unknown may cost them all.
        if len(places) == 1:
            raise
        rows = ask(list(places)[:1])
    alone = len(places) > 1
    missing = [place for place in places if place not in {_place(row) for row in rows}]
    for place in missing:
        reason = "aucune valeur."
        remedy = f"L'Insee ne les donne pas, ou pas encore : voyez {find_page(dataset)}. Le reste est gardé."
        try:
            found = ask([place]) if alone else []
        except SourceError as error:
            found, reason, remedy = [], error.message, error.remedy
        rows += found
        if not found:
            report(Gap(dataset, places[place], reason, remedy))
    return rows


def fetch_commune(
    areas: Sequence[Area],
    *,
    communes_of: str | None = None,
    names: Mapping[Area, str] | None = None,
    base: str | None = None,
    progress: Progress | None = None,
    pace: Pace = PACE,
    sources: Sequence[Source] | None = None,
) -> Received:
    """Fetch the store's tables for a commune and its comparison territories, from every data set of the registry.

    The commune is the first of `areas`; `communes_of` is its EPCI, whose communes come with it; `names` as in `fetch`;
    `sources` are the records to ask for, those of the registry by default.
    Tables as `read_rows` gives them, with `source`, the registry's identifier of the data set: a record that has a
    `dataset` and no `file`. Where two data sets give the same value, that of the first one in the registry is kept.

    Raises:
        SourceError: nothing was received: the network is out of reach, or no data set is given.
    """
    readings: dict[str, Reading] = {}
    gaps: list[Gap] = []
    every = load_registry().values() if sources is None else sources
    sources = [source for source in every if source.dataset and source.file is None]
    with Session() as session:
        client = Client(session, base=base, progress=progress, pace=pace)
        known = client.levels()
        for number, source in enumerate(sources):
            dataset = str(source.dataset)
            try:
                rows = fetch(
                    dataset, areas=areas, communes_of=communes_of, held=known.get(dataset), client=client,
                    report=gaps.append, names=names,
                )  # fmt: skip
                readings[source.id] = _read(rows, dataset, gaps)
            except NetworkError as error:
                if not any(_holds(reading) for reading in readings.values()):
                    raise
                lost = ", ".join(str(other.dataset) for other in sources[number:])
                gaps.append(Gap(lost, "", error.message, error.remedy))
                break
            except SourceError as error:
                gaps.append(Gap(dataset, "", error.message, error.remedy))
    if not any(_holds(reading) for reading in readings.values()) and (
        whole := [gap for gap in gaps if not gap.place]
    ):
        raise SourceError(f"Melodi n'a donné aucun chiffre. {whole[0].reason}", remedy=whole[0].remedy)
    tables, notes = _merge(readings)
    editions = {
        source.id: describe_edition(source, readings[source.id])
        for source in sources
        if source.id in readings and _holds(readings[source.id])
    }
    return Received(tables, notes, editions, tuple(gaps))


def _read(rows: pd.DataFrame, dataset: str, gaps: list[Gap]) -> Reading:
    """Read the rows of a data set; values that do not hold are left out and reported."""
    remedy = f"Les autres sont gardées. Comparez avec {find_page(dataset)}."
    return read_rows(
        rows,
        dataset=dataset,
        report=lambda fault: gaps.append(Gap(dataset, "une partie", f"{fault}.", remedy)),
    )


def _holds(reading: Reading) -> bool:
    return any(len(table) for table in reading.tables.values())


def _merge(readings: Mapping[str, Reading]) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Put together the tables of data sets, in their order of precedence, and their notes."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for identifier, reading in readings.items():
        for name, table in {**reading.tables, NOTES: reading.notes}.items():
            parts.setdefault(name, []).append(table.assign(source=identifier))
    merged = {}
    for name, given in parts.items():
        table = pd.concat([table for table in given if len(table)] or given[:1], ignore_index=True)
        keys = list(table.columns) if name == NOTES else schemas.key_columns(name)
        merged[name] = table.drop_duplicates(keys, ignore_index=True)
    notes = merged.pop(NOTES, pd.DataFrame(columns=["level", "code", "year", "status", "source"]))
    return merged, notes


def _find_code(dataset: str, level: str, code: str) -> str:
    """Find the code of a territory in a data set: that of the France of the store is not always F."""
    is_france = level == levels.LEVELS[-1].key
    return FORMS[dataset].france if is_france and dataset in FORMS else code


def _place(row: Row) -> str:
    """Return the territory of a row, without the year of its list of communes."""
    return str(row["GEO"]).split("-", 1)[1] if str(row["GEO"])[:4].isdigit() else str(row["GEO"])
