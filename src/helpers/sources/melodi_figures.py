"""The work on rows of Melodi, in DuckDB: what is kept of them, checked, computed, and given to the store's tables.

A national file has twelve million rows: one pass keeps the figures that are wanted, in narrow columns, and all
the rest works on these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import duckdb
import pandas as pd
import pyarrow as pa

from helpers import levels, schemas
from helpers.errors import SourceError
from helpers.sources.melodi_forms import DESCRIPTION, GROUPS, Form

AREA = ["level", "code", "year"]
_LEVEL_KEYS = levels.keys()

# K: included in another commune; M: does not exist; O: not published.
_MISSING = "'K', 'M', 'O'"
# What a page has to say: included in another commune, or including another one.
_NOTED = "'K', 'W'"
# Values have five decimals: a hundred of them add up to within this, and each is within that.
_TOLERANCE = 1e-3
_ROUNDING = 1e-5
_SHOWN = 5
_LABELS = ["sex", "age", "tenure"]
_CHANGED = "L'Insee a changé ce jeu de données : dites dans melodi_forms.py s'ils sont à lire ou s'ils en recouvrent d'autres."
_LAST_CLASS = schemas.AGE_CLASSES[-1]

Fetch = Callable[[str], pa.Table]


class Figures:
    """The wanted figures of one data set, on a connection of DuckDB that nothing else writes to."""

    def __init__(self, form: Form, *, dataset: str, connection: duckdb.DuckDBPyConnection) -> None:
        self._form, self._dataset, self._connection = form, dataset, connection
        self._number = {name: number for number, name in enumerate(form.crosses)}
        crosses = list(form.crosses.values())
        connection.register(
            "crosses",
            pa.table(
                {
                    "figure": pa.array(self._number.values(), pa.uint16()),
                    "name": pa.array(self._number, pa.string()),
                    "into": pa.array([cross.table for cross in crosses], pa.string()),
                    "variable": pa.array([cross.variable for cross in crosses], pa.string()),
                    "sex": pa.array([cross.sex for cross in crosses], pa.string()),
                    "age": pa.array([cross.age for cross in crosses], pa.int16()),
                    "tenure": pa.array([cross.tenure for cross in crosses], pa.string()),
                }
            ),
        )

    def gather(self, fetch: Fetch, *, columns: Sequence[str], levels: Mapping[str, str], text: bool) -> None:
        """Keep what is wanted of the table `rows`, which `fetch` queries, in the territories of some levels.

        `text` says that values are written as text.

        Raises:
            SourceError: unknown dimension or code; territory, year or value that cannot be read; a measure that
                is there and of which nothing is read.
        """
        dimensions = self._require_dimensions(columns)
        read = {name: cross for name, cross in self._form.crosses.items() if cross.codes is not None}
        codes = {self._number[name]: self._form.codes(cross) for name, cross in read.items()}
        self._connection.register(
            "wanted",
            pa.table(
                {
                    "figure": pa.array(codes, pa.uint16()),
                    **{name: pa.array([row[name] for row in codes.values()]) for name in dimensions},
                }
            ),
        )
        located = self._located(dimensions, columns=columns, levels=levels)
        self._connection.register("found", fetch(located + self._selection(dimensions, text=text)))
        self._refuse_faults()
        self._connection.execute(
            f"CREATE TABLE computed (level {_enumeration(_LEVEL_KEYS)}, code VARCHAR, year SMALLINT, "
            "figure USMALLINT, value DOUBLE)"
        )
        self._connection.execute(
            "CREATE VIEW known AS SELECT level, code, year, figure, value FROM found WHERE value IS NOT NULL "
            "UNION ALL SELECT * FROM computed"
        )
        measure = self._form.measure
        found = {codes[figure][measure] for figure in self._column("SELECT DISTINCT figure FROM found")}
        if absent := {row[measure] for row in codes.values()} - found:
            there = fetch(
                f'{located} SELECT DISTINCT "{measure}" AS measure, any_value(geo) FROM located GROUP BY 1'
            )
            if not there.num_rows:
                raise self._nowhere(fetch("SELECT GEO, TIME_PERIOD FROM rows LIMIT 1000").to_pandas())
            # Its total has another code than expected.
            if lost := absent & set(there["measure"].to_pylist()):
                rows = pd.DataFrame([row for row in codes.values() if row[measure] in lost])[dimensions]
                raise self._refusal("croisement attendu introuvable", rows)

    def check(self) -> None:
        """Compute what the file does not give, and insist on figures that hold together.

        Raises:
            SourceError: a value given twice, negative or infinite; parts that do not add up to their whole.
        """
        shown = "SELECT level, code, year, name AS variable, value FROM known JOIN crosses USING (figure)"
        self._refuse(
            "valeurs données deux fois",
            f"{shown} WHERE (level, code, year, figure) IN (SELECT (level, code, year, figure) FROM known "
            "GROUP BY ALL HAVING count(*) > 1)",
        )
        self._compute()
        self._refuse("valeurs négatives ou infinies", f"{shown} WHERE value < 0 OR NOT isfinite(value)")
        self._check_identities()
        if self._form.by_age:
            self._complete_ages()

    def _check_identities(self) -> None:
        """Insist on parts that add up to their whole, where all are known."""
        identities = self._form.identities
        if not identities:
            return
        names = dict.fromkeys(name for whole, parts in identities for name in (whole, *parts))
        columns = "".join(
            f', any_value(value) FILTER (figure = {self._number[name]}) AS "{name}"' for name in names
        )
        self._connection.execute(
            f"CREATE TABLE wholes AS SELECT level, code, year{columns} FROM known GROUP BY level, code, year"
        )
        broken = [
            f'abs({" + ".join(map(_quote, parts))} - "{whole}") > {_TOLERANCE}' for whole, parts in identities
        ]
        faults = self._connection.sql(
            f"SELECT {', '.join(f'bool_or({test})' for test in broken)} FROM wholes"
        )
        for (whole, parts), test, found in zip(identities, broken, faults.fetchall()[0], strict=True):
            if found:
                shown = ", ".join(map(_quote, (whole, *parts)))
                self._refuse(
                    f"{' + '.join(parts)} diffère de {whole}",
                    f"SELECT level, code, year, {shown} FROM wholes WHERE {test}",
                )

    def check_departments(self) -> None:
        """Insist on départements that are the sum of their communes, where all of these are published.

        Public code found it exact in the census; nobody said so of yearly events, which are not compared.

        Raises:
            SourceError: shows the first ones that are not.
        """
        if self._form.yearly:
            return
        self._refuse(
            "département différent de la somme de ses communes",
            f"""
            WITH sums AS (
                SELECT {_department("code")} AS code, year, figure, sum(value) AS total, count(*) AS number
                FROM found WHERE level = 'commune' GROUP BY ALL
                HAVING NOT bool_or(value IS NULL AND note IS DISTINCT FROM 'K')
            )
            SELECT d.code, d.year, c.name AS variable, d.value AS departement, s.total AS communes
            FROM found d JOIN sums s USING (code, year, figure) JOIN crosses c USING (figure)
            WHERE d.level = 'departement' AND abs(d.value - s.total) > {_TOLERANCE} + {_ROUNDING} * s.number
            """,
        )

    def years(self) -> list[int]:
        """The years of the figures, oldest first."""
        return self._column("SELECT DISTINCT year FROM found ORDER BY 1")

    def geographies(self) -> list[int]:
        """The years of the lists of communes that the rows name, where they do."""
        return self._column("SELECT DISTINCT listed FROM found WHERE listed IS NOT NULL ORDER BY 1")

    def notes(self) -> pd.DataFrame:
        """`level, code, year, status`: the areas whose figures are in another's (K) or hold another's (W)."""
        return self._frame(
            "SELECT DISTINCT level::VARCHAR AS level, code, year::INTEGER AS year, note::VARCHAR AS status "
            "FROM found WHERE note IS NOT NULL ORDER BY ALL"
        )

    def tables(self, *, level: str | None = None) -> dict[str, pd.DataFrame]:
        """The tables of the store, in the order of their keys; those of one level do without its column."""
        where = "" if level is None else f"AND level = '{level}'"
        tables = {}
        for table in self._form.tables:
            keys = schemas.key_columns(table)[0 if level is None else 1 :]
            dimensions = schemas.DIMENSIONS.get(table, [])
            chosen = ", ".join(_TYPED.get(key, key) for key in keys)
            tables[table] = self._frame(
                f"SELECT {chosen}, value FROM ({self._content(table, dimensions)}) WHERE true {where} "
                f"ORDER BY {', '.join(keys)}"
            )
        return tables

    def _content(self, table: str, dimensions: Sequence[str]) -> str:
        """The query of what one table holds."""
        labelled = "FROM known JOIN crosses USING (figure)"
        if self._form.by_age and table == "ages":
            size = f"CASE WHEN least(age // 5 * 5, {_LAST_CLASS}) = {_LAST_CLASS} THEN {101 - _LAST_CLASS} ELSE 5 END"
            return (
                f"SELECT level, code, year, variable, sex, least(age // 5 * 5, {_LAST_CLASS}) AS age, "
                f"sum(value) AS value {labelled} WHERE age IS NOT NULL GROUP BY ALL HAVING count(*) = any_value({size})"
            )
        if self._form.by_age and table == "age_groups":
            sums = ", ".join(_sum_ages(name, *bounds) for name, bounds in GROUPS.items())
            return (
                f"UNPIVOT (SELECT level, code, year, {sums} {labelled} WHERE age IS NOT NULL GROUP BY level, code, year) "
                "ON COLUMNS(* EXCLUDE (level, code, year)) INTO NAME variable VALUE value"
            )
        extra = "".join(f", {dimension}" for dimension in dimensions if dimension in _LABELS)
        content = f"SELECT level, code, year, variable{extra}, value {labelled} WHERE \"into\" = '{table}'"
        if self._form.summed:
            # A cell that lacks one of its parts is unknown; a part without a row has nobody in it.
            return (
                f"SELECT level, code, year, variable{extra}, sum(value) AS value FROM found JOIN crosses USING (figure) "
                f"WHERE \"into\" = '{table}' GROUP BY ALL HAVING count(value) = count(*)"
            )
        if table != "flows":
            return content
        if self._form.yearly:
            return f"SELECT * REPLACE (year + 1 AS year), year AS since FROM ({content})"
        # Those of the first census, since an unknown date, have no row.
        censuses = (
            "SELECT year, lag(year) OVER (ORDER BY year) AS since FROM (SELECT DISTINCT year FROM found)"
        )
        return f"SELECT * FROM ({content}) JOIN ({censuses}) USING (year) WHERE since IS NOT NULL"

    def _require_dimensions(self, columns: Sequence[str]) -> list[str]:
        """The dimensions of the rows: those one knows how to pin; one more, and a sum would count twice."""
        form = self._form
        present = {*columns} - DESCRIPTION
        expected = [name for name in form.pinned if name in present or name not in form.optional]
        if present != set(expected):
            raise SourceError(
                f"{self._dataset} : dimensions attendues {', '.join(sorted(form.pinned))} ; reçues "
                f"{', '.join(sorted(present))}.",
                remedy="L'Insee a changé ce jeu de données : complétez son lecteur (melodi_forms.py).",
            )
        return expected

    def _located(
        self, dimensions: Iterable[str], *, columns: Sequence[str], levels: Mapping[str, str]
    ) -> str:
        """The beginning of a query of `located`: rows of the wanted levels, with `level, code, year`."""
        cast = ", ".join(f'CAST("{name}" AS VARCHAR) AS "{name}"' for name in dimensions)
        status = "CAST(OBS_STATUS AS VARCHAR)" if "OBS_STATUS" in columns else "NULL"
        # "2026-COM-59299", "COM-59299", or a bare code beside GEO_OBJECT.
        kind = "split_part(geo, '-', -2)"
        if "GEO_OBJECT" in columns:
            kind = f"CASE WHEN contains(geo, '-') THEN {kind} ELSE object END"
        places = "CAST(GEO_OBJECT AS VARCHAR)" if "GEO_OBJECT" in columns else "NULL"
        named = " ".join(f"WHEN '{kind}' THEN '{level}'" for kind, level in levels.items())
        dated = ", ".join(
            f'CASE "{name}" {" ".join(f"WHEN {now} THEN {_literal(code)}" for code, now in codes.items())} '
            f'ELSE "{name}" END AS "{name}"'
            for name, codes in self._form.dated.items()
        )
        return f"""
            WITH written AS (
                SELECT CAST(GEO AS VARCHAR) AS geo, {places} AS object, CAST(TIME_PERIOD AS VARCHAR) AS period,
                    {status} AS status, OBS_VALUE AS written, {cast}
                FROM rows
            ), placed AS (
                SELECT *, {kind} AS kind, split_part(geo, '-', -1) AS code,
                    TRY_CAST(left(period, 4) AS SMALLINT) AS year,
                    CASE WHEN contains(geo, '-') THEN TRY_CAST(split_part(geo, '-', 1) AS SMALLINT) END AS listed
                FROM written
            ), located AS (
                -- FM, metropolitan France, is not the France of the store.
                SELECT * {f"REPLACE ({dated})" if dated else ""}, CASE kind {named} END AS level FROM placed
                WHERE kind IN ({", ".join(map(_literal, levels))}) AND (kind <> 'FRANCE' OR code = 'F')
            )
        """

    def _selection(self, dimensions: Sequence[str], *, text: bool) -> str:
        """The end of that query: the wanted figures, and what of the rest nobody knows, named in `fault`."""
        form = self._form
        unknown = []
        for name in dimensions:
            column = f'located."{name}"'
            known = {form.pinned[name], *(form.codes(cross)[name] for cross in form.crosses.values())}
            pattern = form.left_out.get(name)
            others = f" AND NOT regexp_full_match({column}, {_literal(pattern)})" if pattern else ""
            unknown.append(
                f"WHEN {column} IS NULL OR {column} NOT IN ({', '.join(map(_literal, sorted(known)))}){others} "
                f"THEN '{name}' || chr(9) || coalesce({column}, '')"
            )
        same = " AND ".join(f'located."{name}" = wanted."{name}"' for name in dimensions)
        number = "TRY_CAST(written AS DOUBLE)"
        # In a Parquet file, a value that is not a number is a missing one.
        unreadable = f"written IS NOT NULL AND coalesce(isnan({number}), true)" if text else "false"
        return f"""
            SELECT level::{_enumeration(_LEVEL_KEYS)} AS level, code, listed, year, figure, value,
                TRY_CAST(status AS {_enumeration(_NOTED)}) AS note, fault
            FROM (
                SELECT located.level, code, listed, year, figure, status,
                    CASE WHEN status IN ({_MISSING}) OR isnan({number}) THEN NULL ELSE {number} END AS value,
                    CASE
                        WHEN year IS NULL OR (located.level = 'commune' AND NOT regexp_full_match(code, '[0-9AB]{{5}}'))
                            THEN 'GEO' || chr(9) || geo || chr(9) || coalesce(period, '')
                        WHEN figure IS NULL THEN CASE {" ".join(unknown)} END
                        WHEN {unreadable} THEN 'OBS_VALUE' || chr(9) || written::VARCHAR || chr(9) || geo || ' ' || period
                    END AS fault
                FROM located LEFT JOIN wanted ON {same}
            )
            WHERE figure IS NOT NULL OR fault IS NOT NULL
        """

    def _refuse_faults(self) -> None:
        """Raise for the rows that nobody knows how to read."""
        faults = self._column("SELECT DISTINCT fault FROM found WHERE fault IS NOT NULL ORDER BY 1")
        named = [fault.split("\t") for fault in faults]
        if places := [fault[1:] for fault in named if fault[0] == "GEO"]:
            raise self._nowhere(pd.DataFrame(places, columns=["GEO", "TIME_PERIOD"]))
        for name in self._form.pinned:
            if unknown := [fault[1] for fault in named if fault[0] == name]:
                raise SourceError(
                    f"{self._dataset}, {name} : codes inconnus {', '.join(map(repr, unknown))}.",
                    remedy=_CHANGED,
                )
        if named:
            _, value, place = named[0]
            raise SourceError(
                f"{self._dataset}, colonne OBS_VALUE : {value!r} n'est pas un nombre ({place}).",
                remedy="Vérifiez le séparateur décimal, ou téléchargez le fichier de nouveau.",
            )

    def _compute(self) -> None:
        """Add the figures that the file does not give, from their parts."""
        for name, parts in self._form.computed.items():
            target, signs = self._number[name], {self._number[part]: sign for part, sign in parts.items()}
            signed = " ".join(f"WHEN {figure} THEN {sign}" for figure, sign in signs.items())
            members = ", ".join(map(str, signs))
            self._connection.execute(
                f"""
                INSERT INTO computed
                SELECT level, code, year, {target},
                    -- What rounding leaves below zero is zero.
                    CASE WHEN total BETWEEN -{_TOLERANCE} AND 0 THEN 0 ELSE total END
                FROM (
                    SELECT level, code, year, sum(value * CASE figure {signed} END) AS total FROM known
                    WHERE figure IN ({target}, {members}) GROUP BY level, code, year
                    HAVING count(*) = {len(signs)} AND NOT bool_or(figure = {target})
                )
                """
            )

    def _complete_ages(self) -> None:
        """Ages that are not given hold nobody where the others make the total; elsewhere they are unknown."""
        self._connection.execute(
            """
            CREATE TABLE pyramids AS
            SELECT level, code, year, sex, sum(value) FILTER (age IS NOT NULL) AS ages,
                count(*) FILTER (age IS NOT NULL) AS given, max(value) FILTER (age IS NULL) AS total
            FROM known JOIN crosses USING (figure) GROUP BY ALL
            """
        )
        self._refuse(
            "la somme des âges diffère du total",
            "SELECT level, code, year, sex, ages, total FROM pyramids "
            f"WHERE given = {len(schemas.SINGLE_AGES)} AND abs(ages - total) > {_TOLERANCE}",
        )
        self._connection.execute(
            f"""
            INSERT INTO computed
            SELECT p.level, p.code, p.year, c.figure, 0 FROM pyramids p JOIN crosses c ON c.sex = p.sex
            WHERE c.age IS NOT NULL AND p.given < {len(schemas.SINGLE_AGES)} AND abs(p.ages - p.total) <= {_TOLERANCE}
            AND NOT EXISTS (
                FROM known k WHERE k.level = p.level AND k.code = p.code AND k.year = p.year AND k.figure = c.figure
            )
            """
        )

    def _column(self, query: str) -> list:
        return [row[0] for row in self._connection.sql(query).fetchall()]

    def _frame(self, query: str) -> pd.DataFrame:
        return self._connection.sql(query).to_arrow_table().to_pandas(split_blocks=True, self_destruct=True)

    def _refuse(self, fault: str, query: str) -> None:
        """Raise for the rows of a query, if it has any."""
        rows = self._frame(f"SELECT *, count(*) OVER () AS number FROM ({query}) ORDER BY ALL LIMIT {_SHOWN}")
        if len(rows):
            raise self._refusal(fault, rows.drop(columns="number"), number=int(rows["number"].iloc[0]))

    def _nowhere(self, rows: pd.DataFrame) -> SourceError:
        return self._refusal("territoire ou année illisible", rows)

    def _refusal(self, fault: str, rows: pd.DataFrame, *, number: int | None = None) -> SourceError:
        """The error that shows the first failing rows."""
        shown = " ; ".join(" ".join(map(str, row)) for row in rows.head(_SHOWN).itertuples(index=False))
        others = (len(rows) if number is None else number) - _SHOWN
        more = f" (et {others} autres)" if others > 0 else ""
        return SourceError(
            f"{self._dataset} : {fault}, {' '.join(map(str, rows.columns))} = {shown}{more}.",
            remedy="Réessayez plus tard ; si cela persiste, l'Insee a changé ce jeu de données : comparez avec sa page.",
        )


# How the keys of a table come out.
_TYPED = {
    "level": "level::VARCHAR AS level",
    "year": "year::INTEGER AS year",
    "since": "since::INTEGER AS since",
    "age": "age::SMALLINT AS age",
}


def _sum_ages(name: str, sexes: str, first: int, last: int) -> str:
    """The sum of some ages, unknown when one of them is."""
    chosen = f"FILTER (age BETWEEN {first} AND {last} AND contains('{sexes}', sex))"
    wanted = len(sexes) * (last - first + 1)
    return f'CASE WHEN count(*) {chosen} = {wanted} THEN sum(value) {chosen} END AS "{name}"'


def _department(code: str) -> str:
    """The département of a commune: three characters overseas."""
    return f"left({code}, CASE WHEN {code} LIKE '97%' OR {code} LIKE '98%' THEN 3 ELSE 2 END)"


def _enumeration(values: Sequence[str] | str) -> str:
    return f"ENUM ({values if isinstance(values, str) else ', '.join(map(_literal, values))})"


def _quote(name: str) -> str:
    return f'"{name}"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
