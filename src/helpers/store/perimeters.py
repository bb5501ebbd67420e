"""Figures given in another list of communes, carried to today's."""

from __future__ import annotations

import duckdb
import pandas as pd
import pyarrow as pa

from helpers import french, levels, schemas
from helpers.errors import StoreError
from helpers.schemas import MAYOTTE
from helpers.sources.movements import Movements, carry_query, exact_sum, heirs_table
from helpers.sources.registry import Source, find_source
from helpers.store.geography import Geography

# Families of files that give every commune of France, those split since the national core included: the commune then
# keeps its former perimeter (the territory says so), for the sake of the sums. Elsewhere a commune split since has no
# value, and the larger territories around it have the sum on the file's own list.
_KEEPS_SPLITS = {
    "comparateur", "serie-historique", "evol-struct-pop", "logement", "coupl-fam-men", "ages",
    "pop-sexe-age-quinquennal", "migcom", "logemt", "naissances", "deces", "populations-municipales",
    "rpls", "extrait",
}  # fmt: skip
# Families of registers whose rows bear the communes of their own year, a former code as long as somebody writes it.
_OWN_YEARS = {"sitadel"}
# A commune without a row counts nothing where the register is at hand for this share of those of its département: an
# extract says nothing of the others.
_WHOLE_REGISTER = 0.5


def carry_to_today(
    connection: duckdb.DuckDBPyConnection, *, table: str, source: Source, geography: Geography
) -> list[str]:
    """Carry the relation `given` of a connection to today's communes, as the table `carried`.

    `given` has the columns of the store's table; `register_places` was called. Municipal arrondissements are counted
    once, in their city; mergers are added up, whole or not at all; averages and rates, which do not add up, are left
    out where communes merged. Rows of larger territories stay as they are. Returns sentences about what was left out.
    """
    _create(connection, "cities", heirs_table(dict(geography.cities)))
    lag = source.geography_lag
    if source.family in _OWN_YEARS:
        _settle(connection, table=table, source=source, geography=geography)
        lag = -1
    since = str(source.geography or geography.year) if lag is None else f"year + {lag}"
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW communes AS "
        f"SELECT *, ({since})::INTEGER AS list_year FROM given WHERE level = 'commune'"
    )
    lists = [
        row[0] for row in connection.sql("SELECT DISTINCT list_year FROM communes ORDER BY 1").fetchall()
    ]
    notes = _register_lists(connection, lists, source=source, geography=geography)
    names = ", ".join(schemas.table_columns(table))
    connection.execute(f"CREATE OR REPLACE TEMP VIEW placed AS {_write_placed(table)}")
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE carried AS
        SELECT * FROM ({_write_carried(table)}) WHERE code IN (SELECT code FROM places WHERE level = 'commune')
        UNION ALL
        SELECT {names} FROM given SEMI JOIN places USING (level, code) WHERE level <> 'commune'
        """
    )
    if schemas.known_columns(table) == schemas.key_columns(table)[2:]:
        _add_up_cut(connection, table)
    return notes + _describe_unknown(connection, source=source, geography=geography)


def _write_placed(table: str) -> str:
    """Write the query of the rows of `communes` with cities in the place of their arrondissements."""
    names, kept, keys, known = _columns(table)
    adds_up = write_additive(table)
    inside = carry_query("parts", heirs="cities", keys=keys, known=known, kept=kept)
    return f"""
        WITH whole AS (SELECT * FROM communes WHERE code NOT IN (SELECT code FROM cities)),
        parts AS (
            SELECT communes.* FROM communes JOIN cities USING (code)
            WHERE {adds_up} AND heir NOT IN (SELECT DISTINCT code FROM whole)
        )
        SELECT {names}, list_year FROM whole
        UNION ALL
        SELECT {names}, list_year FROM ({inside})
    """


def _write_carried(table: str) -> str:
    """Write the query of the rows of `placed` on today's list: heirs for the communes that merged."""
    names, kept, keys, known = _columns(table)
    adds_up = write_additive(table)
    renumbered = ", ".join(
        "heir AS code" if name == "code" else name for name in schemas.table_columns(table)
    )
    merged = carry_query(
        f"(SELECT * FROM placed WHERE {adds_up})",
        heirs="heirs",
        keys=keys,
        known=known,
        kept=kept,
        on=("code", "list_year"),
        partial=table in schemas.EXHAUSTIVE_REGISTERS,
    )
    return f"""
        SELECT {names} FROM ({merged}) AS moved ANTI JOIN cuts USING (code, list_year)
        UNION ALL
        SELECT {names} FROM placed ANTI JOIN touched USING (code, list_year) WHERE NOT ({adds_up})
        UNION ALL
        SELECT {renumbered} FROM placed JOIN heirs USING (code, list_year) ANTI JOIN cuts USING (code, list_year)
        WHERE NOT ({adds_up}) AND covered = 1
    """


def _columns(table: str) -> tuple[str, list[str], list[str], list[str]]:
    """List the columns that a query carries: all of them, those kept, the keys, what is given whole or not at all."""
    kept = ["level", "origin", "source"]
    keys = [name for name in schemas.table_columns(table) if name not in ("code", "value", *kept)]
    known = schemas.known_columns(table)
    return ", ".join(schemas.table_columns(table)), kept, [*keys, "list_year"], [*known, "list_year"]


def _add_up_cut(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Add to `carried` the sums of the larger territories around a commune cut since, on the file's own list.

    That commune counts there for all those that came out of it, which then had nothing of their own. A sum is kept
    where every commune expected has its row, or is one of those; not where they are today in several territories.
    """
    keys = ", ".join(name for name in schemas.key_columns(table) if name not in ("level", "code"))
    adds_up = write_additive(table)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE own AS
        WITH whole AS (SELECT * FROM placed WHERE {adds_up}
            AND (code, list_year) IN (SELECT (before, list_year) FROM parted))
        SELECT code, {keys}, value, origin, source, true AS cut FROM whole
        UNION ALL
        SELECT DISTINCT after, {keys}, 0, origin, source, true
        FROM whole JOIN parted ON before = code AND parted.list_year = whole.list_year WHERE after <> before
        UNION ALL
        SELECT code, {keys}, value, origin, source, false FROM carried
        SEMI JOIN whole USING ({keys}) WHERE level = 'commune' AND {adds_up}
        """
    )
    if not connection.sql("SELECT 1 FROM own LIMIT 1").fetchall():
        return
    for level in levels.larger():
        place = level.key
        connection.execute(
            f"""
            INSERT INTO carried BY NAME
            WITH crossed AS (
                SELECT DISTINCT unnest([a.{place}, b.{place}]) AS {place} FROM parted
                JOIN members AS a ON a.code = before JOIN members AS b ON b.code = after
                WHERE a.{place} IS DISTINCT FROM b.{place}
            ),
            sizes AS (SELECT {place}, count(*) FILTER (expected) AS communes FROM members GROUP BY ALL)
            SELECT '{place}' AS level, {place} AS code, {keys}, {exact_sum("value")} AS value,
                min(origin) AS origin, min(source) AS source
            FROM own JOIN members USING (code) JOIN sizes USING ({place}) ANTI JOIN crossed USING ({place})
            GROUP BY {place}, {keys}, communes
            HAVING bool_or(cut) AND count(DISTINCT code) FILTER (expected) >= communes
            """
        )


def write_additive(table: str) -> str:
    """Write the condition (DuckDB) that a row of the table is of a variable that adds up."""
    names = ", ".join(f"'{name}'" for name in schemas.additive(table))
    return f"variable IN ({names})" if names else "false"


def register_places(connection: duckdb.DuckDBPyConnection, territories: pd.DataFrame) -> None:
    """Create the tables of a connection that say which places there are, from the store's table `territories`.

    * `places`: `level, code` of every territory;
    * `members`: `code` of a commune, its code at each larger level (`epci, departement...`, missing where it belongs
      to none), `expected`, true when a sum without the commune is not whole.

    Raises:
        StoreError: the table was written before there was such a level.
    """
    columns = ["code", *(level.column for level in levels.divided()), "area"]
    if missing := [column for column in columns if column not in territories]:
        raise StoreError(
            f"La liste des communes du magasin de données n'a pas de colonne {', '.join(missing)}.",
            remedy="Le magasin est d'une version antérieure : relancez make data, qui le refait.",
        )
    _create(connection, "listed", pa.Table.from_pandas(territories[columns], preserve_index=False))
    places = " UNION ".join(
        f"SELECT '{level.key}' AS level, {level.sql} AS code FROM listed WHERE {level.sql} IS NOT NULL"
        for level in levels.LEVELS
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE places AS {places}")
    larger = ", ".join(f"{level.sql} AS {level.key}" for level in levels.larger())
    # A commune born of a split is unknown to the national core, where the commune it left still holds its
    # people: it may be missing from a sum, its parent may not.
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE members AS
        SELECT code, {larger}, area IS NOT NULL AND NOT isnan(area) AS expected
        FROM listed WHERE department <> '{MAYOTTE}'
        """
    )


def _settle(
    connection: duckdb.DuckDBPyConnection, *, table: str, source: Source, geography: Geography
) -> None:
    """Give the relation `given` of a register today's communes, and 0 to those that it has no row of.

    A code that the national core knows is today's commune at every date; a former one adds to its successor, which may
    have no row of its own. A commune that has rows, one of which is empty, stays without this value.
    """
    known = _list_core(geography)
    first = connection.sql("SELECT min(since) FROM given").fetchall()[0][0]
    successors = geography.movements.successors(since=first or geography.year)
    _create(connection, "former", heirs_table({c: heir for c, heir in successors.items() if c not in known}))
    keys = ", ".join(name for name in schemas.key_columns(table) if name not in ("level", "code"))
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE given AS
        SELECT level, coalesce(heir, code) AS code, {keys}, {exact_sum("value")} AS value,
            min(origin) AS origin, min(source) AS source
        FROM given LEFT JOIN former USING (code) GROUP BY ALL
        """
    )
    connection.execute(
        f"""
        INSERT INTO given BY NAME
        WITH listed AS (
            SELECT code, departement, code IN (SELECT code FROM given WHERE level = 'commune') AS present
            FROM members WHERE expected
        )
        SELECT 'commune' AS level, code, {keys}, 0 AS value, 'insee' AS origin, '{source.id}' AS source
        FROM listed SEMI JOIN (
            SELECT departement FROM listed GROUP BY departement HAVING avg(present::INT) >= {_WHOLE_REGISTER}
        ) USING (departement), (SELECT DISTINCT {keys} FROM given WHERE level = 'commune')
        WHERE NOT present
        """
    )


def _register_lists(
    connection: duckdb.DuckDBPyConnection, lists: list[int], *, source: Source, geography: Geography
) -> list[str]:
    """Create the tables `heirs`, `touched`, `cuts`, `parted` for each list of communes; sentences about later lists.

    `parted` has the splits that `cuts` comes from, for the lists before today's: `before, after, list_year`.
    """
    heirs, cuts, pairs, notes = [], [], [], []
    for year in lists:
        if year <= geography.year or source.family in _OWN_YEARS:
            parted = geography.movements.splits(since=year)
            if source.family in _OWN_YEARS | _KEEPS_SPLITS:
                parted = _before_core(parted)
            successors = geography.movements.successors(since=year)
            if source.family in _OWN_YEARS:
                parted, successors = _keep_unborn(connection, parted), {}
            gone = {*parted["before"], *parted["after"]}
            pairs.append(parted[["before", "after"]].assign(list_year=year))
        else:
            successors, gone = _go_back(year, geography=geography)
            notes += _describe_later(year, gone, source=source, geography=geography)
        heirs.append(heirs_table(successors).append_column("list_year", _repeat(year, len(successors))))
        cuts.append(
            pa.table({"code": pa.array(sorted(gone), pa.string()), "list_year": _repeat(year, len(gone))})
        )
    empty = heirs_table({}).append_column("list_year", _repeat(0, 0))
    _create(connection, "heirs", pa.concat_tables([empty, *heirs]))
    _create(connection, "cuts", pa.concat_tables([empty.select(["code", "list_year"]), *cuts]))
    none = pd.DataFrame({"before": pd.array([], "str"), "after": pd.array([], "str"), "list_year": []})
    _create(connection, "parted", pa.Table.from_pandas(pd.concat([none, *pairs]), preserve_index=False))
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE touched AS "
        "SELECT code, list_year FROM heirs UNION SELECT heir, list_year FROM heirs"
    )
    return notes


def _before_core(parted: pd.DataFrame) -> pd.DataFrame:
    """Leave out the splits since the national core: their commune keeps its former perimeter, as it has it there."""
    return parted[parted["date"] <= f"{find_source('comparateur_2018').geography}-01-01"]


def _list_core(geography: Geography) -> set[str]:
    """List the communes that the national core knows: it gives their area."""
    return set(geography.territories.loc[geography.territories["area"].notna(), "code"])


def _keep_unborn(connection: duckdb.DuckDBPyConnection, parted: pd.DataFrame) -> pd.DataFrame:
    """Keep the splits of which a register has no row of what came out before: what it came from counted for it."""
    rows = connection.sql(
        "SELECT code, min(since) FROM given WHERE level = 'commune' GROUP BY code"
    ).fetchall()
    first = dict(rows)
    born = [
        cut.before != cut.after and first.get(cut.after, 0) >= int(cut.date[:4])
        for cut in parted.itertuples(index=False)
    ]
    return parted[pd.Series(born, index=parted.index, dtype="bool")]


def _go_back(year: int, *, geography: Geography) -> tuple[dict[str, str], set[str]]:
    """Find, from a later list to today's, the communes that only changed their code, and those without a value.

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


def _describe_later(year: int, gone: set[str], *, source: Source, geography: Geography) -> list[str]:
    """Describe what figures given in a list later than the store's leave without a value."""
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


def _describe_unknown(
    connection: duckdb.DuckDBPyConnection, *, source: Source, geography: Geography
) -> list[str]:
    """Describe the communes of the file that no list of communes explains."""
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
        f"{source.title} : {french.quantity(len(codes), 'code de commune inconnu', 'codes de communes inconnus')} "
        f"de la liste de {geography.year}, sans valeur ({shown})."
    ]


def _repeat(year: int, count: int) -> pa.Array:
    return pa.array([year] * count, pa.int32())


def _create(connection: duckdb.DuckDBPyConnection, name: str, content: pa.Table) -> None:
    connection.register("content", content)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM content")
    connection.unregister("content")
