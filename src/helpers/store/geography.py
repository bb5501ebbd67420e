"""Today's communes: their list, and how figures given in another list of communes are carried to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from helpers import french, schemas, store
from helpers.errors import DiagnosticError, SourceError
from helpers.schemas import MAYOTTE
from helpers.sources import membership, movements
from helpers.sources.files import locate
from helpers.sources.movements import Movements, carry, carry_query, heirs_table
from helpers.sources.registry import Source, find_source, load_registry

# Families of files that give every commune of France, those split since included: the commune then keeps its
# former perimeter (the territory says so), for the sake of the sums. Elsewhere a commune split since has no value.
_KEEPS_SPLITS = {
    "comparateur", "serie-historique", "evol-struct-pop", "logement", "coupl-fam-men", "ages",
    "pop-sexe-age-quinquennal", "migcom", "logemt", "naissances", "deces",
}  # fmt: skip

_COLUMNS = [
    "code", "name", "key", "slug", "department", "department_name", "region", "region_name", "epci", "epci_name",
    "category", "area", "split", "geography",
]  # fmt: skip


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
        """What tells this list and its events from others: a hash."""
        content = [str(self.year), str(self.known_until), json.dumps(dict(self.cities), sort_keys=True)]
        content += [frame.to_csv(index=False) for frame in (self.territories, self.events)]
        return sha256("\n".join(content).encode()).hexdigest()


def read_geography(folder: Path) -> Geography:
    """The list of communes of a store.

    Raises:
        StoreError: a table is missing or damaged.
    """
    territories, former, events = (
        store.read_reference(name, folder=folder) for name in ("territories", "former_communes", "movements")
    )
    inside = former[former["date"].isna()]
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
    """The newest list of communes that the files of `folder` give, `base` when none is newer.

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
        if until > known_until:
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
    """The files of a family found in the folder, the latest list of communes first."""
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
    """The list of a table d'appartenance, with the surfaces known on the list before."""
    events = Movements(base.events, geography=year)
    areas = base.territories[["code", "area"]].dropna().rename(columns={"area": "value"})
    area = carry(areas, successors=events.successors(since=base.year), keys=[])
    cities = zones["arrondissements"]
    territories = list_communes(
        zones["communes"], zones=zones, events=events, area=area, year=year, zones_year=year
    )
    return Geography(
        year=year,
        territories=territories,
        former=list_former(events, territories, cities),
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
    """Every commune (`code, name, department, region`) with its EPCI, département, région and category: `territories`.

    `zones` is the table d'appartenance of 1 January `zones_year`: a commune born since takes the EPCI and the
    category of the communes it comes from, that of the one whose code it bears first. `area` gives `code, value` (km2).
    """
    members = zones["communes"]
    names = {level: group.set_index("code")["name"] for level, group in zones["zones"].groupby("level")}
    if unnamed := [level for level in ("EPCI", "DEP", "REG") if level not in names]:
        raise SourceError(
            f"La table d'appartenance de {zones_year} ne nomme pas ses territoires {', '.join(unnamed)}.",
            remedy="Sa feuille Zones_supra_communales doit les nommer : téléchargez-la de nouveau.",
        )
    frame = communes[["code", "name", "department", "region"]].assign(
        key=communes["name"].map(french.search_key),
        department_name=communes["department"].map(names["DEP"]),
        region_name=communes["region"].map(names["REG"]),
        epci=communes["code"].map(_inherit(members, "epci", events=events, since=zones_year)),
        category=communes["code"].map(_inherit(members, "category", events=events, since=zones_year)),
        area=communes["code"].map(area.set_index("code")["value"]),
        split=communes["code"].map(_split_dates(events)),
        geography=year,
    )
    frame["epci_name"] = frame["epci"].map(names["EPCI"])
    frame["slug"] = frame["name"].map(french.slug)
    shared = frame["slug"].duplicated(keep=False)
    frame.loc[shared, "slug"] += "-" + frame.loc[shared, "code"].str.lower()
    return frame[_COLUMNS].sort_values("code", ignore_index=True)


def _inherit(members: pd.DataFrame, column: str, *, events: Movements, since: int) -> pd.Series:
    """What a column of a table d'appartenance of 1 January `since` says of today's communes, by code."""
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
    """Date of the split, by commune whose perimeter it changed since the national core was drawn up."""
    since = find_source("comparateur_2018").geography
    assert since is not None
    cut = events.splits(since=since)
    return pd.concat([cut.set_index(side)["date"] for side in ("before", "after")]).groupby(level=0).last()


def list_former(events: Movements, territories: pd.DataFrame, arrondissements: pd.DataFrame) -> pd.DataFrame:
    """What an analyst may type that is not a commune of today: merged communes and arrondissements."""
    current = set(territories["code"])
    merged = events.former(current=current)
    inside = arrondissements.rename(columns={"city": "successor"}).assign(date=None)
    frame = pd.concat([merged, inside[~inside["code"].isin(merged["code"])]], ignore_index=True)
    frame["key"] = frame["name"].map(french.search_key)
    return frame[["code", "name", "key", "date", "successor"]].sort_values("code", ignore_index=True)


def carry_to_today(
    connection: duckdb.DuckDBPyConnection, *, table: str, source: Source, geography: Geography
) -> list[str]:
    """Carry the relation `given` of a connection to today's communes, as the table `carried`.

    `given` has the columns of the store's table. Arrondissements are counted once, in their city; mergers are
    added up, whole or not at all; averages and rates, which do not add up, are left out where communes merged.
    Rows of larger territories stay as they are. Returns sentences about what was left out.
    """
    kept = ["level", "origin", "source"]
    keys = [name for name in schemas.table_columns(table) if name not in ("code", "value", *kept)]
    names = ", ".join(schemas.table_columns(table))
    adds_up = write_additive(table)
    lag = source.geography_lag
    since = str(source.geography or geography.year) if lag is None else f"year + {lag}"
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW communes AS SELECT *, ({since})::INTEGER AS list_year FROM given WHERE level = 'commune'"
    )
    lists = [
        row[0] for row in connection.sql("SELECT DISTINCT list_year FROM communes ORDER BY 1").fetchall()
    ]
    notes = _register_lists(connection, lists, source=source, geography=geography)

    known = [*schemas.known_columns(table), "list_year"]
    inside = carry_query("parts", heirs="cities", keys=[*keys, "list_year"], known=known, kept=kept)
    placed = f"""
        WITH whole AS (SELECT * FROM communes WHERE code NOT IN (SELECT code FROM cities)),
        parts AS (
            SELECT communes.* FROM communes JOIN cities USING (code)
            WHERE {adds_up} AND heir NOT IN (SELECT DISTINCT code FROM whole)
        )
        SELECT {names}, list_year FROM whole
        UNION ALL
        SELECT {names}, list_year FROM ({inside})
    """
    additive = carry_query(
        f"(SELECT * FROM placed WHERE {adds_up})",
        heirs="heirs",
        keys=[*keys, "list_year"],
        known=known,
        kept=kept,
        on=("code", "list_year"),
    )
    carried = f"""
        WITH placed AS ({placed})
        SELECT {names} FROM ({additive}) AS moved ANTI JOIN cuts USING (code, list_year)
        UNION ALL
        SELECT {names} FROM placed ANTI JOIN touched USING (code, list_year) WHERE NOT ({adds_up})
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE carried AS
        SELECT * FROM ({carried}) WHERE code IN (SELECT code FROM places WHERE level = 'commune')
        UNION ALL
        SELECT {names} FROM given SEMI JOIN (SELECT * FROM places WHERE level <> 'commune') AS places USING (level, code)
        """
    )
    return notes + _unknown_places(connection, lists=lists, source=source, geography=geography)


def write_additive(table: str) -> str:
    """The condition (DuckDB) that a row of the table is of a variable that adds up."""
    names = ", ".join(f"'{name}'" for name in schemas.additive(table))
    return f"variable IN ({names})" if names else "false"


def register_places(connection: duckdb.DuckDBPyConnection, geography: Geography) -> None:
    """The tables `places` (`level, code` that exist), `members` (`code` of a commune, `epci, departement,
    region`, `expected` in sums) and `cities` of a connection."""
    columns = ["code", "epci", "department", "region", "area"]
    _create(connection, "listed", pa.Table.from_pandas(geography.territories[columns], preserve_index=False))
    _create(connection, "cities", heirs_table(dict(geography.cities)))
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE places AS
        SELECT 'commune' AS level, code FROM listed
        UNION SELECT 'epci', epci FROM listed WHERE epci IS NOT NULL
        UNION SELECT 'departement', department FROM listed
        UNION SELECT 'region', region FROM listed
        UNION SELECT 'france', 'F'
        """
    )
    # A commune born of a split is unknown to the national core, where the commune it left still holds its
    # people: it may be missing from a sum, its parent may not.
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE members AS
        SELECT code, epci, department AS departement, region, area IS NOT NULL AND NOT isnan(area) AS expected
        FROM listed WHERE department <> '{MAYOTTE}'
        """
    )


def _register_lists(
    connection: duckdb.DuckDBPyConnection, lists: list[int], *, source: Source, geography: Geography
) -> list[str]:
    """The tables `heirs`, `touched` and `cuts` for each list of communes, with sentences about later lists."""
    heirs, cuts, notes = [], [], []
    for year in lists:
        if year <= geography.year:
            successors = geography.movements.successors(since=year)
            parted = geography.movements.splits(since=year)
            gone = set() if source.family in _KEEPS_SPLITS else {*parted["before"], *parted["after"]}
        else:
            successors, gone = _go_back(year, geography=geography)
            notes += _tell_later(year, gone, source=source, geography=geography)
        heirs.append(heirs_table(successors).append_column("list_year", _repeat(year, len(successors))))
        cuts.append(
            pa.table({"code": pa.array(sorted(gone), pa.string()), "list_year": _repeat(year, len(gone))})
        )
    empty = heirs_table({}).append_column("list_year", _repeat(0, 0))
    _create(connection, "heirs", pa.concat_tables([empty, *heirs]))
    _create(connection, "cuts", pa.concat_tables([empty.select(["code", "list_year"]), *cuts]))
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE touched AS "
        "SELECT code, list_year FROM heirs UNION SELECT heir, list_year FROM heirs"
    )
    return notes


def _go_back(year: int, *, geography: Geography) -> tuple[dict[str, str], set[str]]:
    """From a later list to today's: the communes that only changed their code, and those without a value.

    The figure of a commune that absorbed another since covers both: neither has one on today's list.
    """
    later = Movements(geography.events, geography=year)
    covers: dict[str, list[str]] = {}
    for code, heir in later.successors(since=geography.year).items():
        covers.setdefault(heir, []).append(code)
    back = {heir: codes[0] for heir, codes in covers.items() if len(codes) == 1 and codes[0] != heir}
    gone = {code for heir, codes in covers.items() if len(codes) > 1 for code in (heir, *codes)}
    parted = later.splits(since=geography.year)
    return back, gone | {*parted["before"], *parted["after"]}


def _tell_later(year: int, gone: set[str], *, source: Source, geography: Geography) -> list[str]:
    notes = []
    lists = f"{source.title} est donné dans la liste des communes de {year}, celle du magasin est de {geography.year}"
    names = geography.territories.set_index("code")["name"]
    without = [f"{names[code]} ({code})" for code in sorted(gone) if code in names.index]
    if without:
        notes.append(
            f"{lists} : {len(without)} communes touchées par une fusion ou une scission depuis n’y ont pas de "
            f"valeur ({french.enumerate_words(without[:5])}{'…' if len(without) > 5 else ''})."
        )
    if year > geography.known_until:
        notes.append(
            f"{lists}, et les mouvements de communes ne sont connus que jusqu’au 1er janvier {geography.known_until} : "
            "une commune qui en a absorbé une autre depuis porte le chiffre des deux. Téléchargez le fichier des "
            f"mouvements et la table d’appartenance de {year}."
        )
    return notes


def _unknown_places(
    connection: duckdb.DuckDBPyConnection, *, lists: list[int], source: Source, geography: Geography
) -> list[str]:
    """A sentence about the communes of the file that no list of communes explains."""
    rows = connection.sql(
        """
        SELECT DISTINCT code FROM communes
        ANTI JOIN places USING (code) ANTI JOIN touched USING (code, list_year) ANTI JOIN cuts USING (code, list_year)
        ANTI JOIN cities USING (code)
        ORDER BY code
        """
    ).fetchall()
    codes = [row[0] for row in rows]
    if not codes:
        return []
    shown = f"{', '.join(codes[:5])}{'…' if len(codes) > 5 else ''}"
    return [
        f"{source.title} : {french.quantity(len(codes), 'code de commune inconnu', 'codes de communes inconnus')} de la liste de "
        f"{geography.year}, sans valeur ({shown})."
    ]


def _repeat(year: int, count: int) -> pa.Array:
    return pa.array([year] * count, pa.int32())


def _create(connection: duckdb.DuckDBPyConnection, name: str, content: pa.Table) -> None:
    connection.register("content", content)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM content")
    connection.unregister("content")
