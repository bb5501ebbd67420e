"""Communes of France and the territories they are compared with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from helpers import french, levels, schemas, store
from helpers.errors import AmbiguousCommuneError, MergedCommuneError, UnknownCommuneError
from helpers.paths import store_folder
from helpers.territory.postal_codes import EXPLICIT

_SUGGESTIONS = 5
_CLOSE_ENOUGH = 70


@dataclass(frozen=True)
class Territory:
    """A commune or a larger territory: what identifies it in the store, and its name on a page."""

    level: str
    code: str
    name: str

    @property
    def area(self) -> tuple[str, str]:
        """The pair that finds its values in the store."""
        return (self.level, self.code)


@dataclass(frozen=True)
class Commune(Territory):
    """A commune of today's list, with what it belongs to."""

    slug: str
    department: str
    department_name: str
    region: str
    region_name: str
    epci: str | None
    epci_name: str | None
    surface: float | None
    split: str | None
    # Year (1 January) of the list of communes of the store it was found in.
    geography: int
    # The larger territories that it belongs to, nearest first, those that are nothing but the commune apart.
    larger: tuple[Territory, ...]

    @cached_property
    def label(self) -> str:
        """Name with département, as needed to tell homonyms apart: `Hem (59)`."""
        return f"{self.name} ({self.department})"

    def comparison(self, kinds: Sequence[str] | None = None) -> list[Territory]:
        """List the larger territories of the levels asked for (`helpers.levels`; those of most diagnostics unless
        said), nearest first; no EPCI for a commune that has none, no région beside its one département (overseas)."""
        asked = levels.defaults() if kinds is None else kinds
        found = [territory for territory in self.larger if territory.level in asked]
        known = {territory.level for territory in found}
        return [one for one in found if not levels.find(one.level).is_double(one.code, beside=known)]


def find_commune(query: str, *, folder: Path | None = None) -> Commune:
    """Find the commune that a code, a name (accents, articles, hyphens or not) or a slug designates.

    A homonym can be told apart by its département: `Saint-Denis (93)`. Five digits are an Insee code, as in
    `insee:59112`; what a person types may be a postal code, which `refuse_postal_code` looks for first.

    Raises:
        AmbiguousCommuneError: several communes bear the name; the message lists them.
        MergedCommuneError: the commune has been succeeded by another, which the message names.
        UnknownCommuneError: nothing bears the name; the message suggests near ones.
    """
    folder = folder or store_folder()
    # What a terminal could not decode arrives as lone surrogates, that no table can hold.
    query = str(query).encode("utf-8", "replace").decode("utf-8").strip().removeprefix(EXPLICIT)
    if re.fullmatch(r"\d[0-9AaBb]\d{3}", query):
        found = store.read_reference("territories", folder=folder, key="code", values=[query.upper()])
        if len(found):
            return _to_commune(found.iloc[0])
        _refuse_former(query, key="code", value=query.upper(), folder=folder)
        raise _unknown(query, folder=folder)
    by_slug = store.read_reference("territories", folder=folder, key="slug", values=[query])
    name, department = _split_department(query)
    found = store.read_reference("territories", folder=folder, key="key", values=[french.search_key(name)])
    if department:
        found = found[found["department"] == department]
    if len(found) > 1:
        # A full name with its article wins over homonyms without: "Le Havre" is not "Havre".
        exact = found[found["name"].map(french.fold) == french.fold(name)]
        found = exact if len(exact) == 1 and french.fold(name) != french.search_key(name) else found
    if len(found) == 1:
        return _to_commune(found.iloc[0])
    if len(by_slug):
        return _to_commune(by_slug.iloc[0])
    if len(found) > 1:
        raise _ambiguous(query, found)
    _refuse_former(query, key="key", value=french.search_key(name), folder=folder, department=department)
    raise _unknown(query, folder=folder)


def name_apart(territories: Sequence[Territory]) -> dict[tuple[str, str], str]:
    """Name each territory by its area, told apart by its level when two bear the same name (Doubs)."""
    seen: set[str] = set()
    names = {}
    for territory in territories:
        mark = f" ({levels.find(territory.level).mark})" if territory.name in seen else ""
        name = f"{territory.name}{mark}"
        seen.add(name)
        names[territory.area] = name
    return names


def members_of(code: str, *, level: str = "epci", folder: Path | None = None) -> pd.DataFrame:
    """List the communes of a larger territory, an EPCI unless said: `code, name`, sorted by code."""
    key = levels.find(level).column
    found = store.read_reference("territories", folder=folder or store_folder(), key=key, values=[code])
    return found[["code", "name"]].sort_values("code", ignore_index=True)


def list_communes(codes: Iterable[str], *, folder: Path | None = None) -> pd.DataFrame:
    """List communes by their codes: `code, name, department, region, category`, sorted by code."""
    columns = ["code", "name", "department", "region", "category"]
    return store.read_reference(
        "territories", folder=folder or store_folder(), key="code", values=codes, columns=columns
    )


def outlines_of(codes: list[str], *, folder: Path | None = None) -> pd.DataFrame:
    """Read the outlines of communes: `code, outline` (WKB); communes without an outline at hand are absent."""
    return store.read_reference("outlines", folder=folder or store_folder(), key="code", values=codes)


def mergers_of(commune: Commune, *, since: int, folder: Path | None = None) -> list[tuple[str, list[str]]]:
    """List the mergers that made the commune after 1 January `since`, oldest first.

    Each has its date and the names of the communes brought together, the commune's former name among them.
    """
    events = store.read_reference(
        "movements", folder=folder or store_folder(), key="after", values=[commune.code]
    )
    # Up to the list of communes of the store: what merges later is still apart in its figures.
    window = (events["date"] > f"{since}-01-01") & (events["date"] <= f"{commune.geography}-01-01")
    merged = events[window & events["kind"].isin(schemas.MERGERS)]
    found = [
        (str(date), sorted(set(group["before_name"]), key=french.fold))
        for date, group in merged.groupby("date")
    ]
    return [(date, names) for date, names in found if len(names) > 1]


def list_larger(row: pd.Series) -> tuple[Territory, ...]:
    """List the larger territories of a commune, nearest first, from its row of the table `territories`.

    A territory of this commune alone (Paris as a département) is left out: comparing it with itself says nothing.
    """
    found = []
    for level in levels.larger():
        code, name = level.only or (row.get(level.column), row.get(level.name_column))
        if not french.is_missing(code) and not french.is_missing(name) and code not in level.single:
            found.append(Territory(level.key, str(code), level.show(str(name))))
    return tuple(found)


def _to_commune(row: pd.Series) -> Commune:
    def text(column: str) -> str | None:
        return None if french.is_missing(row[column]) else str(row[column])

    return Commune(
        level="commune",
        code=row["code"],
        name=row["name"],
        slug=row["slug"],
        department=row["department"],
        department_name=row["department_name"],
        region=row["region"],
        region_name=row["region_name"],
        epci=text("epci"),
        epci_name=text("epci_name"),
        surface=None if french.is_missing(row["area"]) else float(row["area"]),
        split=text("split"),
        geography=int(row["geography"]),
        larger=list_larger(row),
    )


def _split_department(query: str) -> tuple[str, str]:
    """Split `Saint-Denis (93)` into name and département."""
    match = re.fullmatch(r"(?P<name>.+?)\s*\((?P<department>\d[0-9AaBb]\d?)\)", query)
    return (match["name"], match["department"].upper()) if match else (query, "")


def _ambiguous(query: str, found: pd.DataFrame) -> AmbiguousCommuneError:
    lines = [
        f"  {row.code}  {row.name} ({row.department}, {row.department_name})"
        for row in found.sort_values("code")[["code", "name", "department", "department_name"]].itertuples(
            index=False
        )
    ]
    return AmbiguousCommuneError(
        f"{len(lines)} communes s'appellent {query!r} :\n" + "\n".join(lines),
        remedy=f"Donnez le code Insee, par exemple commune={EXPLICIT}{found['code'].min()}.",
    )


def _refuse_former(query: str, *, key: str, value: str, folder: Path, department: str = "") -> None:
    """Raise when the query designates a commune that is no more, or an arrondissement."""
    former = store.read_reference("former_communes", folder=folder, key=key, values=[value])
    if department:
        former = former[former["code"].str.startswith(department)]
    if former.empty:
        return
    heirs = store.read_reference("territories", folder=folder, key="code", values=former["successor"])
    names = heirs.set_index("code")["name"]
    lines = []
    for row in former.itertuples(index=False):
        heir = f"{names[row.successor]} ({row.successor})"
        if french.is_missing(row.date):
            lines.append(f"{row.name} ({row.code}) est un arrondissement municipal de {heir}.")
        else:
            day = french.long_date(pd.Timestamp(row.date).date())
            lines.append(
                f"{row.name} ({row.code}) n'est plus une commune depuis le {day} : {heir} lui a succédé."
            )
    raise MergedCommuneError(
        "\n".join(lines),
        remedy=f"Lancez le diagnostic de la commune actuelle : commune={EXPLICIT}{former['successor'].iloc[0]}.",
    )


def _unknown(query: str, *, folder: Path) -> UnknownCommuneError:
    # Loaded here: only a mistake needs it.
    from rapidfuzz import fuzz, process

    known, former = (store.read_reference(name, folder=folder) for name in ("territories", "former_communes"))
    current = set(known["key"])
    known = pd.concat([known, former[[name not in current for name in former["key"]]]], ignore_index=True)
    key = french.search_key(_split_department(query)[0])
    # Names that begin like that first ("Hellemmes" is Hellemmes-Lille), then the nearest spellings.
    begin = known[(known["key"] + " ").str.startswith(f"{key} ")] if key else known.iloc[:0]
    begin = begin.sort_values("key", key=lambda keys: keys.str.len(), kind="stable")
    close = process.extract(
        key, known["key"], scorer=fuzz.ratio, limit=_SUGGESTIONS, score_cutoff=_CLOSE_ENOUGH
    )
    near = list(dict.fromkeys([*begin.index[:_SUGGESTIONS], *(index for _, _, index in close)]))[
        :_SUGGESTIONS
    ]
    names = [f"{row.name} ({row.code})" for row in known.loc[near, ["code", "name"]].itertuples(index=False)]
    if re.fullmatch(r"\d{4}", query):
        remedy = f"Un code Insee a cinq caractères : essayez commune=0{query}, entre guillemets dans un fichier YAML."
    elif names:
        remedy = f"Vouliez-vous dire : {french.enumerate_words(names, link='ou')} ?"
    else:
        remedy = "Donnez le nom de la commune ou son code Insee à cinq caractères."
    year = int(known["geography"].max())
    return UnknownCommuneError(
        f"Aucune commune ne correspond à {query!r} (liste des communes au 1er janvier {year}).",
        remedy=remedy,
    )
