"""Today's communes: their list, and what each belongs to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import pandas as pd

from helpers import french, levels, store
from helpers.errors import DiagnosticError, SourceError
from helpers.sources import membership, movements
from helpers.sources.files import locate
from helpers.sources.movements import Movements, carry
from helpers.sources.registry import Source, find_source, load_registry

# The parts of communes that a list gives with the former communes, in the table `former_communes`.
_PARTS = ("delegated", "associated")


@dataclass(frozen=True)
class Geography:
    """A list of communes, and the events that lead to it.

    `territories` and `former` are the store's tables; `events` are known up to 1 January `known_until`;
    `cities` gives the city of each municipal arrondissement.
    """

    year: int
    territories: pd.DataFrame
    former: pd.DataFrame
    events: pd.DataFrame
    known_until: int
    cities: Mapping[str, str]

    @property
    def movements(self) -> Movements:
        """The events up to the list of communes."""
        return Movements(self.events, geography=self.year)

    @cached_property
    def mark(self) -> str:
        """The mark of this list and its events: a hash."""
        content = [str(self.year), str(self.known_until), json.dumps(dict(self.cities), sort_keys=True)]
        content += [frame.to_csv(index=False) for frame in (self.territories, self.events)]
        return sha256("\n".join(content).encode()).hexdigest()


def read_geography(folder: Path) -> Geography:
    """Read the list of communes of a store.

    Raises:
        StoreError: a table is missing or damaged.
    """
    territories, former, events = (
        store.read_reference(name, folder=folder) for name in ("territories", "former_communes", "movements")
    )
    inside = former[former["kind"] == "arrondissement"]
    year = int(territories["geography"].iloc[0])
    return Geography(
        year=year,
        territories=territories,
        former=former,
        events=events,
        known_until=max(year, _last_year(events)),
        cities=dict(zip(inside["code"], inside["successor"], strict=True)),
    )


def find_newest(folder: Path, *, base: Geography) -> tuple[Geography, list[str]]:
    """Find the newest list of communes that the files of `folder` give, `base` when none is newer.

    With sentences about what could not be used.
    """
    notes: list[str] = []
    events, known_until = base.events, base.known_until
    for source in _at_hand("mouvements", folder):
        try:
            found = movements.read(locate(source, folder), source=source)
        except DiagnosticError as error:
            notes.append(str(error))
            continue
        until = max(source.geography or 0, _last_year(found))
        # A file that goes as far as the events of the store gives them as they were: some of these are inferred.
        if until >= known_until:
            events, known_until = found, until
        break
    base = replace(base, events=events, known_until=known_until)
    for source in _at_hand("appartenance", folder):
        year = source.geography or 0
        if year <= base.year:
            break
        if year > known_until:
            notes.append(
                f"La liste des communes de {year} ({source.title}) ne sert pas : les mouvements de communes ne sont "
                f"connus que jusqu’au 1er janvier {known_until}. Téléchargez le fichier des mouvements de {year}."
            )
            continue
        try:
            return _renew(
                base, zones=membership.read(locate(source, folder), source=source), year=year
            ), notes
        except DiagnosticError as error:
            notes.append(str(error))
    return base, notes


def _at_hand(family: str, folder: Path) -> Iterable[Source]:
    """Find the files of a family in the folder, the latest list of communes first."""
    records = [source for source in load_registry().values() if source.family == family]
    for source in sorted(records, key=lambda record: record.geography or 0, reverse=True):
        try:
            locate(source, folder)
        except SourceError:
            continue
        yield source


def _last_year(events: pd.DataFrame) -> int:
    return int(str(events["date"].max())[:4]) if len(events) else 0


def _renew(base: Geography, *, zones: dict[str, pd.DataFrame], year: int) -> Geography:
    """Make the list of a table of membership, with the surfaces known on the list before."""
    events = Movements(base.events, geography=year)
    areas = base.territories[["code", "area"]].dropna().rename(columns={"area": "value"})
    heirs = events.successors(since=base.year)
    area = carry(areas, successors=heirs, keys=[])
    cities = zones["arrondissements"]
    parts = base.former.loc[base.former["kind"].isin(_PARTS), ["code", "name", "kind", "successor"]]
    parts = parts.assign(successor=parts["successor"].map(lambda code: heirs.get(code, code)))
    arrondissements = cities.rename(columns={"city": "successor"}).assign(kind="arrondissement")
    territories = list_communes(
        zones["communes"], zones=zones, events=events, area=area, year=year, zones_year=year
    )
    return Geography(
        year=year,
        territories=territories,
        former=list_former(events, territories, pd.concat([parts, arrondissements], ignore_index=True)),
        events=base.events,
        known_until=base.known_until,
        cities=dict(zip(cities["code"], cities["city"], strict=True)),
    )


def list_communes(
    communes: pd.DataFrame,
    *,
    zones: dict[str, pd.DataFrame],
    events: Movements,
    area: pd.DataFrame,
    year: int,
    zones_year: int,
) -> pd.DataFrame:
    """List every commune with what it belongs to, as the store's table `territories`.

    `communes` has `code, name`, and the code of each level that the list gives. `zones` is the table of membership of
    1 January `zones_year` (`helpers.sources.membership.read`), which gives the others, the category and the names of
    territories: a commune born since takes what it tells of the communes it comes from, of the one whose code it bears
    first. `area` has `code, value` (km2).

    Raises:
        SourceError: the table of membership does not name the territories of a level.
    """
    members = zones["communes"]
    names = {level: group.set_index("code")["name"] for level, group in zones["zones"].groupby("level")}
    if unnamed := [level.insee for level in levels.divided() if level.insee not in names]:
        raise SourceError(
            f"La table d'appartenance de {zones_year} ne nomme pas ses territoires {', '.join(unnamed)}.",
            remedy="Sa feuille Zones_supra_communales doit les nommer : téléchargez-la de nouveau.",
        )
    frame = communes[["code", "name"]].assign(
        key=communes["name"].map(french.search_key), slug=communes["name"].map(french.slug)
    )
    shared = frame["slug"].duplicated(keep=False)
    frame.loc[shared, "slug"] += "-" + frame.loc[shared, "code"].str.lower()

    def inherit(column: str) -> pd.Series:
        return frame["code"].map(_inherit(members, column, events=events, since=zones_year))

    for level in levels.divided():
        frame[level.column] = communes[level.column] if level.column in communes else inherit(level.column)
        frame[level.name_column] = frame[level.column].map(names[level.insee])
    frame["category"] = inherit("category")
    frame["area"] = frame["code"].map(area.set_index("code")["value"])
    frame["split"] = frame["code"].map(_split_dates(events))
    return frame.assign(geography=year).sort_values("code", ignore_index=True)


def _inherit(members: pd.DataFrame, column: str, *, events: Movements, since: int) -> pd.Series:
    """Find what a column of a table of membership of 1 January `since` says of today's communes, by code."""
    heirs = events.successors(since=since)
    known = members.dropna(subset=column)
    known = known.assign(heir=known["code"].map(lambda code: heirs.get(code, code)))
    known["moved"] = known["code"] != known["heir"]
    found = known.sort_values(["moved", "code"]).drop_duplicates("heir").set_index("heir")[column]
    for cut in events.splits(since=since).itertuples(index=False):
        if cut.after not in found.index and cut.before in found.index:
            found.loc[cut.after] = found.loc[cut.before]
    return found


def _split_dates(events: Movements) -> pd.Series:
    """Find the date of the split of each commune whose perimeter it changed since the national core was drawn up."""
    since = find_source("comparateur_2018").geography
    assert since is not None
    cut = events.splits(since=since)
    return pd.concat([cut.set_index(side)["date"] for side in ("before", "after")]).groupby(level=0).last()


def list_former(events: Movements, territories: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """List what an analyst may type that is not a commune of today: the store's table `former_communes`.

    `parts` has `code, name, kind, successor`, the delegated and associated communes and the municipal arrondissements;
    one that was a commune bears the date at which it ceased to be.
    """
    names = dict(zip(territories["code"], territories["name"], strict=True))
    former = events.former(names=names)
    parts = parts.assign(key=parts["name"].map(french.search_key))
    # A part that has the code and the name of its commune is found as the commune.
    own = parts["key"] == parts["code"].map(names).map(french.search_key, na_action="ignore")
    parts = parts[parts["successor"].isin(territories["code"]) & ~own]
    dates = former[["code", "key", "date"]]
    parts = parts.merge(dates, on=["code", "key"], how="left")
    frame = pd.concat([parts, former], ignore_index=True).drop_duplicates(["code", "key"], keep="first")
    columns = ["code", "name", "key", "date", "kind", "successor"]
    return frame[columns].sort_values(["code", "key"], ignore_index=True)
