"""Communes of France and the territories they are compared with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from helpers import french, levels, provenance, schemas, store
from helpers.errors import AmbiguousCommuneError, UnknownCommuneError, quote
from helpers.paths import store_folder
from helpers.territory.former import describe_list, refuse_former, suggest_names
from helpers.territory.overseas import find_collectivity
from helpers.territory.postal_codes import EXPLICIT
from helpers.territory.queries import Query, read_query


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
    split: str | None
    # Year (1 January) of the list of communes of the store it was found in.
    geography: int
    # The larger territories that it belongs to, nearest first, those that are nothing but the commune apart.
    larger: tuple[Territory, ...]

    @cached_property
    def label(self) -> str:
        """Name with département, as needed to tell homonyms apart: `Hem (59)`; an invented commune says that it is."""
        return self.full_name if provenance.is_fictive(self.code) else f"{self.name} ({self.department})"

    @property
    def full_name(self) -> str:
        """Name as documents tell it: `Hem`, `Val-sur-Deûle (commune fictive)`."""
        return f"{self.name} (commune fictive)" if provenance.is_fictive(self.code) else self.name

    def comparison(self, kinds: Sequence[str] | None = None) -> list[Territory]:
        """List the larger territories of the levels asked for (`helpers.levels`; those of most diagnostics unless
        said), nearest first; no EPCI for a commune that has none.

        A département that is a région too (La Réunion) is one territory: it is there once, at the nearer level.
        """
        asked = levels.defaults() if kinds is None else kinds
        found = {territory.name: territory for territory in reversed(self.larger) if territory.level in asked}
        return [territory for territory in self.larger if found.get(territory.name) is territory]


def find_commune(query: str, *, folder: Path | None = None) -> Commune:
    """Find the commune that a code, a name (accents, articles, hyphens or not) or a slug designates.

    A homonym can be told apart by its département: `Saint-Denis (93)`, `Saint-Denis 93`, `Hem, Nord`; of several, the
    only one that bears the very name typed is found. Five digits are an Insee code, as in `insee:59112`; what a person
    types may be a postal code, which `refuse_postal_code` looks for first.

    Raises:
        AmbiguousCommuneError: several communes bear the name; the message lists them.
        MergedCommuneError: it is no commune any more, or a part of one: the message names that of today.
        UnknownCommuneError: nothing bears the name; the message suggests near ones, or says that it is outside the
            files of the census.
    """
    folder = folder or store_folder()
    # What a terminal could not decode arrives as lone surrogates, that no table can hold.
    text = str(query).encode("utf-8", "replace").decode("utf-8").strip().removeprefix(EXPLICIT)
    if re.fullmatch(r"\d[0-9AaBb]\d{3}", text):
        found = store.read_reference("territories", folder=folder, key="code", values=[text.upper()])
        asked = Query(text)
    else:
        asked = _read(text, folder=folder)
        found = _find_named(asked, text, folder=folder)
    if len(found) == 1:
        return _to_commune(found.iloc[0])
    if len(found):
        raise _ambiguous(text, found)
    refuse_former(asked, folder=folder)
    raise _unknown(asked, text, folder=folder)


def _read(text: str, *, folder: Path) -> Query:
    """Read what was typed, with the names of the départements of the list."""

    def departments() -> dict[str, str]:
        columns = ["department", "department_name"]
        listed = store.read_reference("territories", folder=folder, columns=columns).drop_duplicates()
        return dict(zip(listed["department_name"].map(french.fold), listed["department"], strict=True))

    return read_query(text, departments=departments)


def _find_named(asked: Query, text: str, *, folder: Path) -> pd.DataFrame:
    """Find the communes that a name designates: one, if a single one bears it in full or has it as its slug."""
    found = store.read_reference("territories", folder=folder, key="key", values=[asked.key])
    if asked.department:
        found = found[found["department"] == asked.department]
    if len(found) > 1:
        # With its article or without: "Le Havre" is not "Havre", "Ham" is not "Le Ham".
        exact = found[found["name"].map(french.full_key) == french.full_key(asked.name)]
        found = exact if len(exact) else found
    if len(found) == 1:
        return found
    by_slug = store.read_reference("territories", folder=folder, key="slug", values=[text])
    return by_slug if len(by_slug) else found


def name_apart(territories: Sequence[Territory]) -> dict[tuple[str, str], str]:
    """Name each territory by its area, told apart by its level when two bear the same name (Corrèze)."""
    seen: set[str] = set()
    names = {}
    for territory in territories:
        mark = f" ({levels.find(territory.level).mark})" if territory.name in seen else ""
        names[territory.area] = f"{territory.name}{mark}"
        seen.add(names[territory.area])
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
        split=text("split"),
        geography=int(row["geography"]),
        larger=list_larger(row),
    )


def _ambiguous(query: str, found: pd.DataFrame) -> AmbiguousCommuneError:
    lines = [
        f"  {row.code}  {row.name} ({row.department}, {row.department_name})"
        for row in found.sort_values("code")[["code", "name", "department", "department_name"]].itertuples(
            index=False
        )
    ]
    return AmbiguousCommuneError(
        f"{len(lines)} communes s'appellent {quote(query)} ({describe_list(found)}) :\n" + "\n".join(lines),
        remedy=f"Donnez le code Insee, par exemple commune={EXPLICIT}{found['code'].min()}.",
    )


def _unknown(asked: Query, query: str, *, folder: Path) -> UnknownCommuneError:
    known = store.read_reference("territories", folder=folder)
    said = f"Aucune commune ne correspond à {quote(query)} ({describe_list(known)})."
    collectivity = find_collectivity(asked.name, department=asked.department)
    if collectivity is not None:
        return UnknownCommuneError(
            f"{said} Les collectivités d'outre-mer ({collectivity}) ne sont pas dans les fichiers du recensement par "
            "commune.",
            remedy="Aucun diagnostic ne peut y être construit avec ces données.",
        )
    names = suggest_names(asked, known, folder=folder)
    if re.fullmatch(r"\d{4}", query):
        remedy = f"Un code Insee a cinq caractères : essayez commune=0{query}, entre guillemets dans un fichier YAML."
    elif names:
        remedy = f"Vouliez-vous dire : {french.enumerate_words(names, link='ou')} ?"
    else:
        remedy = "Donnez le nom de la commune ou son code Insee à cinq caractères."
    return UnknownCommuneError(said, remedy=remedy)
