"""The queries (DuckDB) on rows of Melodi: where they are, which figures are wanted, what a table of the store holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from helpers import levels as territorial_levels
from helpers import schemas
from helpers.sources.duckdb_scan import literal
from helpers.sources.melodi_form import Form
from helpers.sources.melodi_forms import GROUPS

_LEVELS = territorial_levels.keys()

# K: included in another commune; M: does not exist; O: not published.
_MISSING = "'K', 'M', 'O'"
# What a page has to say: included in another commune, or including another one.
_NOTED = "'K', 'W'"
_LABELS = ["sex", "age", "tenure"]
_LAST_CLASS = schemas.AGE_CLASSES[-1]


def locate_rows(
    form: Form, dimensions: Iterable[str], *, columns: Sequence[str], levels: Mapping[str, str]
) -> str:
    """Write the beginning of a query of `located`: rows of the wanted levels, with `level, code, year`."""
    cast = ", ".join(f'CAST("{name}" AS VARCHAR) AS "{name}"' for name in dimensions)
    status = "CAST(OBS_STATUS AS VARCHAR)" if "OBS_STATUS" in columns else "NULL"
    # "2026-COM-59299", "COM-59299", or a bare code beside GEO_OBJECT.
    kind = "split_part(geo, '-', -2)"
    if "GEO_OBJECT" in columns:
        kind = f"CASE WHEN contains(geo, '-') THEN {kind} ELSE object END"
    places = "CAST(GEO_OBJECT AS VARCHAR)" if "GEO_OBJECT" in columns else "NULL"
    named = " ".join(f"WHEN '{kind}' THEN '{level}'" for kind, level in levels.items())
    dated = ", ".join(
        f'CASE "{name}" {" ".join(f"WHEN {now} THEN {literal(code)}" for code, now in codes.items())} '
        f'ELSE "{name}" END AS "{name}"'
        for name, codes in form.dated.items()
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
            SELECT * REPLACE (CASE kind WHEN 'FRANCE' THEN 'F' ELSE code END AS code{f", {dated}" if dated else ""}),
                CASE kind {named} END AS level FROM placed
            WHERE kind IN ({", ".join(map(literal, levels))}) AND (kind <> 'FRANCE' OR code = {literal(form.france)})
        )
    """


def select_figures(form: Form, dimensions: Sequence[str], *, text: bool) -> str:
    """Write the end of that query: the wanted figures, and what of the rest nobody knows, named in `fault`.

    `text` says that values are written as text.
    """
    unknown = []
    for name in dimensions:
        column = f'located."{name}"'
        known = {form.pinned[name], *(form.codes(cross)[name] for cross in form.crosses.values())}
        pattern = form.left_out.get(name)
        others = f" AND NOT regexp_full_match({column}, {literal(pattern)})" if pattern else ""
        unknown.append(
            f"WHEN {column} IS NULL OR {column} NOT IN ({', '.join(map(literal, sorted(known)))}){others} "
            f"THEN '{name}' || chr(9) || coalesce({column}, '')"
        )
    same = " AND ".join(f'located."{name}" = wanted."{name}"' for name in dimensions)
    number = "TRY_CAST(written AS DOUBLE)"
    # In a Parquet file, a value that is not a number is a missing one.
    unreadable = f"written IS NOT NULL AND coalesce(isnan({number}), true)" if text else "false"
    return f"""
        SELECT level::{enumerate_values(_LEVELS)} AS level, code, listed, year, figure, value,
            TRY_CAST(status AS {enumerate_values(_NOTED)}) AS note, fault
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


def query_table(form: Form, table: str, dimensions: Sequence[str]) -> str:
    """Write the query of what one table of the store holds; `dimensions` are its own."""
    labelled = "FROM known JOIN crosses USING (figure)"
    if form.by_age and table == "ages":
        size = f"CASE WHEN least(age // 5 * 5, {_LAST_CLASS}) = {_LAST_CLASS} THEN {101 - _LAST_CLASS} ELSE 5 END"
        return (
            f"SELECT level, code, year, variable, sex, least(age // 5 * 5, {_LAST_CLASS}) AS age, "
            f"sum(value) AS value {labelled} WHERE age IS NOT NULL GROUP BY ALL HAVING count(*) = any_value({size})"
        )
    if form.by_age and table == "age_groups":
        sums = ", ".join(_sum_ages(name, *bounds) for name, bounds in GROUPS.items())
        return (
            f"UNPIVOT (SELECT level, code, year, {sums} {labelled} WHERE age IS NOT NULL GROUP BY level, code, year) "
            "ON COLUMNS(* EXCLUDE (level, code, year)) INTO NAME variable VALUE value"
        )
    extra = "".join(f", {dimension}" for dimension in dimensions if dimension in _LABELS)
    content = f"SELECT level, code, year, variable{extra}, value {labelled} WHERE \"into\" = '{table}'"
    if form.summed:
        # A cell that lacks one of its parts is unknown; a part without a row has nobody in it.
        return (
            f"SELECT level, code, year, variable{extra}, sum(value) AS value FROM (SELECT level, code, year, figure, "
            "value FROM found UNION ALL SELECT * FROM computed) JOIN crosses USING (figure) "
            f"WHERE \"into\" = '{table}' GROUP BY ALL HAVING count(value) = count(*)"
        )
    if table != "flows":
        return content
    if form.yearly:
        return f"SELECT * REPLACE (year + 1 AS year), year AS since FROM ({content})"
    # Those of the first census, since an unknown date, have no row.
    censuses = "SELECT year, lag(year) OVER (ORDER BY year) AS since FROM (SELECT DISTINCT year FROM found)"
    return f"SELECT * FROM ({content}) JOIN ({censuses}) USING (year) WHERE since IS NOT NULL"


def _sum_ages(name: str, sexes: str, first: int, last: int) -> str:
    """Write the sum of some ages, unknown when one of them is."""
    chosen = f"FILTER (age BETWEEN {first} AND {last} AND contains('{sexes}', sex))"
    wanted = len(sexes) * (last - first + 1)
    return f'CASE WHEN count(*) {chosen} = {wanted} THEN sum(value) {chosen} END AS "{name}"'


def query_department(code: str) -> str:
    """Write the département of a commune: three characters overseas."""
    return f"left({code}, CASE WHEN {code} LIKE '97%' OR {code} LIKE '98%' THEN 3 ELSE 2 END)"


def enumerate_values(values: Sequence[str] | str) -> str:
    """Write the type of a column that has few values."""
    return f"ENUM ({values if isinstance(values, str) else ', '.join(map(literal, values))})"
