"""Workbooks to fill in: keys, labels, units, help and examples above; lists; labels protected without a password."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from helpers import spreadsheet, tokens
from helpers.partnership.xlsx_reader import MARK, Column, Form

# Rows framed under the examples; the first of them.
FRAMED, FIRST = 60, 7
_INK, _MUTED, _SOFT, _LINE, _ACCENT = map(tokens.colour, ("ink", "muted", "soft", "line", "accent"))
_BOX: dict[str, Any] = {"border": 1, "border_color": _LINE}
_FONT = {"font_name": "Calibri", "font_size": 11, "font_color": _INK, "valign": "vcenter"}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"font_size": 20, "bold": True, "font_color": _ACCENT},
    "text": {"font_size": 12, "text_wrap": True, "valign": "top"},
    "key": {"font_size": 8, "font_color": _MUTED},
    "label": _BOX
    | {"bold": True, "bg_color": _ACCENT, "font_color": tokens.colour("paper"), "text_wrap": True},
    "unit": _BOX | {"italic": True, "font_color": _MUTED, "bg_color": _SOFT},
    "help": _BOX
    | {"font_size": 9, "font_color": _MUTED, "bg_color": _SOFT, "text_wrap": True, "valign": "top"},
    "example": _BOX | {"italic": True, "font_color": _MUTED},
    "free": _BOX | {"locked": False},
    "wrapped": _BOX | {"locked": False, "text_wrap": True},
    "read": _BOX | {"bg_color": _SOFT, "text_wrap": True},
    "locked": _BOX | {"bg_color": _SOFT, "font_color": _MUTED},
}


def write_workbook(
    forms: Sequence[Form],
    *,
    title: str,
    reading: Sequence[str],
    identity: Mapping[str, str],
    examples: Mapping[str, Iterable[Mapping[str, object]]],
    codes: Mapping[str, Sequence[str]],
    day: date,
    rows: int = FRAMED,
    filled: Mapping[str, Sequence[Mapping[str, object]]] | None = None,
) -> bytes:
    """Write a workbook to fill in as bytes, the same for the same day.

    Args:
        forms: its sheets.
        title: what its first sheet, « Lisez-moi », is headed with.
        reading: the paragraphs of that sheet.
        identity: what the workbook says of itself, read back as `Workbook.identity`.
        examples: rows of examples by sheet, then by column.
        codes: for a column of codes, those of its rows, by sheet.
        day: the day that it is dated of.
        rows: how many rows are framed.
        filled: what the first rows already say, by sheet, then by column.
    """
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": title, "created": datetime.combine(day, time())})
        looks = {name: workbook.add_format(_FONT | look) for name, look in _LOOKS.items()}
        _write_reading(workbook.add_worksheet("Lisez-moi"), looks, title, reading, identity)
        for form in forms:
            sheet = workbook.add_worksheet(form.title)
            _write_head(sheet, form, looks)
            _write_examples(sheet, form, looks, examples.get(form.key, ()))
            _write_free(sheet, form, looks, codes=codes.get(form.key, ()), rows=rows)
            for rank, row in enumerate((filled or {}).get(form.key, ())):
                _write_filled(sheet, FIRST - 1 + rank, form, looks, row)
            _finish(sheet, form, rows=rows)
    return content.getvalue()


def _write_reading(
    sheet: Worksheet,
    looks: Mapping[str, Any],
    title: str,
    reading: Sequence[str],
    identity: Mapping[str, str],
) -> None:
    for column, text in enumerate(
        text for key, value in identity.items() for text in (f"{MARK}{key}", value)
    ):
        sheet.write_string(0, column, text, looks["key"])
    sheet.set_row(0, None, None, {"hidden": True})
    sheet.set_column(0, 0, 84)
    sheet.write_string(1, 0, title, looks["title"])
    sheet.set_row(1, 34)
    for row, text in enumerate(reading, start=3):
        sheet.write_string(row, 0, text, looks["text"])
        sheet.set_row(row, 19 * (1 + len(text) // 86))
    sheet.hide_gridlines(2)
    sheet.protect("", {"select_locked_cells": True})
    sheet.set_portrait()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _write_head(sheet: Worksheet, form: Form, looks: Mapping[str, Any]) -> None:
    for place, column in enumerate(form.columns):
        sheet.set_column(place, place, column.width)
        for row, look, text in (
            (0, "key", column.key),
            (1, "label", column.label),
            (2, "unit", column.unit or "–"),
            (3, "help", column.help),
        ):
            sheet.write_string(row, place, text, looks[look]) if text else sheet.write_blank(
                row, place, None, looks[look]
            )
    sheet.set_row(0, None, None, {"hidden": True})
    sheet.set_row(1, 64)
    tallest = max(len(column.help) / column.width for column in form.columns)
    sheet.set_row(3, max(18, 13 * (1 + int(tallest * 1.15))))


def _write_examples(
    sheet: Worksheet, form: Form, looks: Mapping[str, Any], rows: Iterable[Mapping[str, object]]
) -> None:
    for number, row in enumerate(rows, start=4):
        for place, column in enumerate(form.columns):
            _put(sheet, number, place, row.get(column.key), looks["example"])


def _write_free(
    sheet: Worksheet, form: Form, looks: Mapping[str, Any], *, codes: Sequence[str], rows: int
) -> None:
    for place, column in enumerate(form.columns):
        look = _look_of(column, looks)
        for rank in range(rows):
            code = codes[rank] if column.locked and rank < len(codes) else None
            _put(sheet, FIRST - 1 + rank, place, code, look)
        if rule := _rule(column):
            sheet.data_validation(FIRST - 1, place, FIRST - 2 + rows, place, rule)


def _write_filled(
    sheet: Worksheet, rank: int, form: Form, looks: Mapping[str, Any], row: Mapping[str, object]
) -> None:
    """Write a row that already says something, as high as its longest text needs."""
    for place, column in enumerate(form.columns):
        _put(sheet, rank, place, row.get(column.key), _look_of(column, looks))
    lines = max(1 + len(str(row.get(column.key) or "")) * 1.15 // column.width for column in form.columns)
    sheet.set_row(rank, 16 * lines + 2)


def _look_of(column: Column, looks: Mapping[str, Any]) -> Any:
    """Give the look of the cells of a column: those of long texts are wrapped."""
    wide = column.width >= 40
    return looks[("read" if wide else "locked") if column.locked else "wrapped" if wide else "free"]


def _put(sheet: Worksheet, row: int, column: int, value: object, look: Any) -> None:
    """Write a value: a number as such, a text as a text whatever its first character."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, look)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, look)
    else:
        sheet.write_string(row, column, spreadsheet.protect(str(value)), look)


def _rule(column: Column) -> dict[str, Any] | None:
    """Give what a cell of a column proposes, and the message shown when something else is typed: nothing is refused."""
    validation = {"error_type": "warning", "error_title": column.label[:32]}
    if column.choices:
        said = f"Choisissez : {', '.join(column.choices)}."
        return {"validate": "list", "source": list(column.choices), "error_message": said[:255], **validation}
    if column.kind in ("whole", "year"):
        said = f"Écrivez un nombre entier, de {column.low} à {column.high}."
        limits = {"minimum": column.low, "maximum": column.high}
        return {"validate": "integer", "criteria": "between", **limits, "error_message": said, **validation}
    return None


def _finish(sheet: Worksheet, form: Form, *, rows: int) -> None:
    """Freeze the head, protect what is not to be typed in, lay out for paper."""
    named = next((place for place, column in enumerate(form.columns) if not column.locked), 0)
    sheet.freeze_panes(FIRST - 1, named + 1)
    sheet.protect("", {"format_columns": True, "format_rows": True, "insert_rows": True, "sort": True})
    sheet.set_landscape()
    sheet.set_paper(8 if len(form.columns) > 12 else 9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1, 2)
    sheet.print_area(0, 0, FIRST - 2 + rows, len(form.columns) - 1)
    sheet.hide_gridlines(2)
