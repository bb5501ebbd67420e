"""The work on rows of Melodi, in DuckDB: what is kept of them, checked, computed, and given to the store's tables.

A national file has twelve million rows: one pass keeps the figures that are wanted, in narrow columns, and all
the rest works on these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import duckdb
import pandas as pd
import pyarrow as pa

from helpers import levels, schemas
from helpers.errors import SourceError
from helpers.sources.duckdb_scan import quote
from helpers.sources.melodi_form import DESCRIPTION, Form
from helpers.sources.melodi_queries import (
    enumerate_values,
    locate_rows,
    query_department,
    query_table,
    select_figures,
)

AREA = ["level", "code", "year"]
_LEVEL_KEYS = levels.keys()

# Values have five decimals: a hundred of them add up to within this, and each is within that.
_TOLERANCE = 1e-3
_ROUNDING = 1e-5
_SHOWN = 5
_CHANGED = (
    "L'Insee a changé ce jeu de données : dites dans melodi_forms.py s'ils sont à lire ou s'ils en recouvrent "
    "d'autres."
)

Fetch = Callable[[str], pa.Table]
Report = Callable[[str], None]


class Figures:
    """The wanted figures of one data set, on a connection of DuckDB that nothing else writes to.

    A figure that does not hold is refused with all the others. With `report`, which receives a French sentence, it is
    left out with those that should have agreed with it, and the others are kept.
    """

    def __init__(
        self, form: Form, *, dataset: str, connection: duckdb.DuckDBPyConnection, report: Report | None = None
    ) -> None:
        self._form, self._dataset, self._connection, self._report = form, dataset, connection, report
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

    def collect(self, fetch: Fetch, *, columns: Sequence[str], levels: Mapping[str, str], text: bool) -> None:
        """Collect what is wanted of the table `rows`, which `fetch` queries, in the territories of some levels.

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
        located = locate_rows(self._form, dimensions, columns=columns, levels=levels)
        self._keep(fetch(located + select_figures(self._form, dimensions, text=text)))
        self._refuse_faults()
        self._connection.execute(
            f"CREATE TABLE computed (level {enumerate_values(_LEVEL_KEYS)}, code VARCHAR, year SMALLINT, "
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

    def _keep(self, rows: pa.Table) -> None:
        """Keep the rows found; what is left out will be written over, but of a national file nothing is."""
        self._connection.register("rows_found", rows)
        kind = "VIEW" if self._report is None else "TABLE"
        self._connection.execute(f"CREATE {kind} found AS FROM rows_found")

    def check(self) -> None:
        """Compute what the file does not give, and insist on figures that hold together.

        Raises:
            SourceError: a value given twice, negative or infinite; parts that do not add up to their whole.
        """
        shown = "SELECT level, code, year, name AS variable, value FROM known JOIN crosses USING (figure)"
        self._settle(
            "valeurs données deux fois",
            f"{shown} WHERE (level, code, year, figure) IN (SELECT (level, code, year, figure) FROM known "
            "GROUP BY ALL HAVING count(*) > 1)",
            named="variable",
        )
        self._compute()
        impossible = "valeurs négatives ou infinies"
        self._settle(impossible, f"{shown} WHERE value < 0 OR NOT isfinite(value)", named="variable")
        self._count_nothing()
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
            f'abs({" + ".join(map(quote, parts))} - "{whole}") > {_TOLERANCE}' for whole, parts in identities
        ]
        faults = self._connection.sql(
            f"SELECT {', '.join(f'bool_or({test})' for test in broken)} FROM wholes"
        )
        for (whole, parts), test, found in zip(identities, broken, faults.fetchall()[0], strict=True):
            if found:
                shown = ", ".join(map(quote, (whole, *parts)))
                self._settle(
                    f"{' + '.join(parts)} diffère de {whole}",
                    f"SELECT level, code, year, {shown} FROM wholes WHERE {test}",
                    figures=[whole, *parts],
                )

    def check_departments(self) -> None:
        """Insist on départements that are the sum of their communes, where all of these are published.

        Public code found it exact in the census; nobody said so of yearly events, which are not compared.

        Raises:
            SourceError: shows the first ones that are not.
        """
        if self._form.yearly or not self._form.additive:
            return
        self._refuse(
            "département différent de la somme de ses communes",
            f"""
            WITH sums AS (
                SELECT {query_department("code")} AS code, year, figure, sum(value) AS total, count(*) AS number
                FROM found WHERE level = 'commune' GROUP BY ALL
                HAVING NOT bool_or(value IS NULL AND note IS DISTINCT FROM 'K')
            )
            SELECT d.code, d.year, c.name AS variable, d.value AS departement, s.total AS communes
            FROM found d JOIN sums s USING (code, year, figure) JOIN crosses c USING (figure)
            WHERE d.level = 'departement' AND abs(d.value - s.total) > {_TOLERANCE} + {_ROUNDING} * s.number
            """,
        )

    def years(self) -> list[int]:
        """List the years of the figures, oldest first."""
        return self._column("SELECT DISTINCT year FROM found ORDER BY 1")

    def geographies(self) -> list[int]:
        """List the years of the lists of communes that the rows name, where they do."""
        return self._column("SELECT DISTINCT listed FROM found WHERE listed IS NOT NULL ORDER BY 1")

    def notes(self) -> pd.DataFrame:
        """List the areas whose figures are in another's (K) or hold another's (W): `level, code, year, status`."""
        return self._frame(
            "SELECT DISTINCT level::VARCHAR AS level, code, year::INTEGER AS year, note::VARCHAR AS status "
            "FROM found WHERE note IS NOT NULL ORDER BY ALL"
        )

    def tables(self, *, level: str | None = None) -> dict[str, pd.DataFrame]:
        """Make the tables of the store, in the order of their keys; those of one level do without its column."""
        where = "" if level is None else f"AND level = '{level}'"
        tables = {}
        for table in self._form.tables:
            keys = schemas.key_columns(table)[0 if level is None else 1 :]
            dimensions = schemas.DIMENSIONS.get(table, [])
            chosen = ", ".join(_TYPED.get(key, key) for key in keys)
            tables[table] = self._frame(
                f"SELECT {chosen}, value FROM ({query_table(self._form, table, dimensions)}) WHERE true {where} "
                f"ORDER BY {', '.join(keys)}"
            )
        return tables

    def _require_dimensions(self, columns: Sequence[str]) -> list[str]:
        """Return the dimensions of the rows: those one knows how to pin; one more, and a sum would count twice."""
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

    def _count_nothing(self) -> None:
        """Count none of what has no row, where a place is known to be counted."""
        if self._form.whole:
            self._connection.execute(
                f"""
                INSERT INTO computed
                SELECT w.level, w.code, w.year, c.figure, 0 FROM known w CROSS JOIN crosses c
                WHERE w.figure = {self._number[self._form.whole]} AND NOT EXISTS (
                    FROM found f WHERE f.level = w.level AND f.code = w.code AND f.year = w.year
                    AND f.figure = c.figure
                )
                """
            )

    def _complete_ages(self) -> None:
        """Add the ages that are not given: nobody where the others make the total; elsewhere they are unknown."""
        self._connection.execute(
            """
            CREATE TABLE pyramids AS
            SELECT level, code, year, sex, sum(value) FILTER (age IS NOT NULL) AS ages,
                count(*) FILTER (age IS NOT NULL) AS given, max(value) FILTER (age IS NULL) AS total
            FROM known JOIN crosses USING (figure) GROUP BY ALL
            """
        )
        self._settle(
            "la somme des âges diffère du total",
            "SELECT level, code, year, sex, ages, total FROM pyramids "
            f"WHERE given = {len(schemas.SINGLE_AGES)} AND abs(ages - total) > {_TOLERANCE}",
            named="sex",
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

    def _settle(self, fault: str, query: str, *, figures: Sequence[str] = (), named: str = "") -> None:
        """Refuse the rows of a query, if it has any, or leave out the figures that they show, and tell it.

        These are `figures`, or those whose `variable` or `sex` is in the column `named`.
        """
        if self._report is None:
            self._refuse(fault, query)
            return
        rows = self._frame(f"SELECT * FROM ({query}) ORDER BY ALL")
        if rows.empty:
            return
        self._connection.register("faulty", pa.Table.from_pandas(rows, preserve_index=False))
        column = {"variable": "name", "sex": "sex"}.get(named)
        chosen = (
            f'c."{column}" = f."{named}"'
            if column
            else f"c.figure IN ({', '.join(str(self._number[name]) for name in figures)})"
        )
        here = (
            f"FROM faulty f JOIN crosses c ON {chosen} WHERE f.level = {{0}}.level::VARCHAR AND f.code = {{0}}.code "
            "AND f.year = {0}.year AND c.figure = {0}.figure"
        )
        self._connection.execute(f"UPDATE found SET value = NULL WHERE EXISTS ({here.format('found')})")
        self._connection.execute(f"DELETE FROM computed WHERE EXISTS ({here.format('computed')})")
        self._report(f"valeurs laissées de côté ({self._describe(fault, rows, number=len(rows))})")

    def _nowhere(self, rows: pd.DataFrame) -> SourceError:
        return self._refusal("territoire ou année illisible", rows)

    def _refusal(self, fault: str, rows: pd.DataFrame, *, number: int | None = None) -> SourceError:
        """Return the error that shows the first failing rows."""
        description = self._describe(fault, rows, number=len(rows) if number is None else number)
        return SourceError(
            f"{self._dataset} : {description}.",
            remedy="Réessayez plus tard ; si cela persiste, l'Insee a changé ce jeu de données : comparez avec sa "
            "page.",
        )

    @staticmethod
    def _describe(fault: str, rows: pd.DataFrame, *, number: int) -> str:
        """Show the first rows of a fault."""
        lines = rows.head(_SHOWN).round(5).itertuples(index=False)
        shown = " ; ".join(" ".join(map(str, row)) for row in lines)
        more = f" (et {number - _SHOWN} autres)" if number > _SHOWN else ""
        return f"{fault}, {' '.join(map(str, rows.columns))} = {shown}{more}"


# How the keys of a table come out.
_TYPED = {
    "level": "level::VARCHAR AS level",
    "year": "year::INTEGER AS year",
    "since": "since::INTEGER AS since",
    "age": "age::SMALLINT AS age",
}
