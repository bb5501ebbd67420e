"""The sheets of a workbook: texts never are formulas, figures have their format, a table prints one page wide."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from xlsxwriter import Workbook, worksheet

from helpers import spreadsheet, tokens

# What no XML file may hold.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Excel's own limits.
LONGEST_NAME, _LONGEST_TEXT = 31, 32_767
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
# Little words that say nothing at the end of a name that is cut.
_LOOSE = re.compile(r"(?: (?:de|des|du|la|le|les|l’|d’|en|et|à|par|pour|selon|leur|un|une|deux))+$")
# A4, across: paper as Excel counts it.
_A4 = 9
WIDEST = 60
# Points: a line of a cell.
_LINE = 15.0
# A thousand is set apart as the reader's own Excel does: a space in French.
_SIGNED_KINDS = ("change", "points", "amount")

Look = Mapping[str, object]
BOLD: Look = {"bold": True}
WRAPPED: Look = {"text_wrap": True, "valign": "top"}
NOTE: Look = {"font_color": tokens.colour("muted"), "text_wrap": True, "valign": "top", "font_size": 10}
TITLE: Look = {"bold": True, "font_size": 15}
HEADING: Look = {
    "bold": True,
    "text_wrap": True,
    "valign": "top",
    "bottom": 2,
    "bottom_color": tokens.colour("ink"),
}
ACCENT: Look = {"font_color": tokens.colour("commune"), "bold": True}
LINK: Look = {"font_color": tokens.colour("accent"), "underline": 1, "text_wrap": True, "valign": "top"}
# What is simulated: amber, its edge dashed.
SIMULATED: Look = {
    "bg_color": tokens.colour("demo"),
    "font_color": tokens.colour("demo-ink"),
    "border": 3,
    "border_color": tokens.colour("demo-line"),
}


def number_format(kind: str, unit: str, digits: int, *, signed: bool = False) -> str:
    """Write the format of figures as Excel keeps it, in the language of no one: thousands, decimals, sign, unit.

    The unit is written where it is a sign (`%`, `‰`, `€`), unless it is above the column (`kind` is then given).
    """
    if kind == "year":
        return "0"
    shown = "#,##0" + (f".{'0' * digits}" if digits else "")
    sign = unit.split(" ")[0]
    shown += f'"\u00a0{sign}"' if not kind and sign in ("%", "‰", "€") else ""
    return f"+{shown};\u2212{shown};{shown}" if signed or kind in _SIGNED_KINDS else shown


class Book:
    """A workbook whose sheets share the looks of their cells, and whose names are each their own."""

    def __init__(self, workbook: Workbook, *, footer: str) -> None:
        self._workbook, self._footer = workbook, footer
        self._looks: dict[tuple[tuple[str, object], ...], Any] = {}
        self._names: set[str] = set()

    def look(self, **properties: object) -> Any:
        """Give the format that has these properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._looks:
            self._looks[key] = self._workbook.add_format(dict(properties))
        return self._looks[key]

    def name(self, text: str) -> str:
        """Make of a text the name of a sheet that no other bears: what Excel refuses is left out."""
        bare = " ".join(_FORBIDDEN.sub(" ", _UNWRITABLE.sub("", text)).split()).strip("' ") or "Feuille"
        name, rank = _cut(bare, LONGEST_NAME), 1
        while name.casefold() in self._names:
            rank += 1
            name = f"{_cut(bare, LONGEST_NAME - len(str(rank)) - 1)} {rank}"
        self._names.add(name.casefold())
        return name

    def add(self, name: str, *, title: str, colour: str = "") -> Worksheet:
        """Add a sheet after the others, its tab of a colour, set to be printed across A4, one page wide."""
        sheet = self._workbook.add_worksheet(name)
        if colour:
            sheet.set_tab_color(colour)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
        # An ampersand begins an instruction there.
        sheet.set_header(f"&L&9{_escape(title)[:200]}")
        sheet.set_footer(f"&L&8{_escape(self._footer)[:200]}&R&9&P / &N")
        return Worksheet(sheet, self)

    def add_chart(self, options: dict[str, Any]) -> Any:
        """Make a native chart, to be inserted in a sheet."""
        return self._workbook.add_chart(options)


class Worksheet:
    """A sheet of texts, figures and tables."""

    def __init__(self, sheet: worksheet.Worksheet, book: Book) -> None:
        self.sheet, self._book = sheet, book

    def put(self, row: int, column: int, text: str, look: Look = {}) -> None:  # noqa: B006
        """Write a text as a text: never a formula, now nor when the cell is edited. An empty text, an empty cell."""
        if text := _UNWRITABLE.sub("", text)[:_LONGEST_TEXT]:
            quoted = {"quote_prefix": True} if spreadsheet.is_formula(text) else {}
            self.sheet.write_string(row, column, text, self._book.look(**look, **quoted))
        elif look:
            self.sheet.write_blank(row, column, None, self._book.look(**look))

    def put_figure(self, row: int, column: int, value: float | None, look: Look) -> None:
        """Write a figure with all its digits; a missing one is an empty cell."""
        if value is None or value != value:
            self.sheet.write_blank(row, column, None, self._book.look(**look))
        else:
            self.sheet.write_number(row, column, value, self._book.look(**look))

    def put_link(self, row: int, column: int, sheet: str) -> None:
        """Write the name of a sheet as a link to it."""
        quoted = sheet.replace("'", "''")
        self.sheet.write_url(row, column, f"internal:'{quoted}'!A1", self._book.look(**LINK), sheet)

    def make_table(
        self,
        row: int,
        headings: Sequence[str],
        rows: int,
        *,
        widths: Sequence[float],
        numeric: Collection[int] = (),
    ) -> None:
        """Make an Excel table, with filters, of the `rows` rows under the headings, which are written at `row`.

        `widths` are those of the columns, in letters; `numeric` the ranks of those of figures.
        """
        named = _distinguish([_UNWRITABLE.sub("", heading) for heading in headings])
        if rows:
            self.sheet.add_table(
                row, 0, row + rows, len(named) - 1,
                {
                    "style": None,
                    "columns": [{"header": name} for name in named],
                },
            )  # fmt: skip
        for column, (name, width) in enumerate(zip(named, widths, strict=True)):
            side: Look = {"align": "right"} if column in numeric else {"indent": min(column, 1)}
            self.put(row, column, name, {**HEADING, **side})
            self.sheet.set_column(column, column, width)
        # Room for the arrow of the filter.
        self.fit_row(row, dict(enumerate(named)), [width - 2 for width in widths])
        self.sheet.repeat_rows(row)
        self.sheet.freeze_panes(row + 1, 1)

    def put_notes(self, row: int, notes: Mapping[str, str], *, width: int) -> int:
        """Write notes under a table, each over `width` columns, a label before it; return the row after them."""
        for label, text in notes.items():
            if text := _UNWRITABLE.sub("", text)[:_LONGEST_TEXT]:
                note = f"{label}\u00a0: {text}" if label else text
                look = self._book.look(**NOTE)
                if width > 1:
                    self.sheet.merge_range(row, 0, row, width - 1, "", look)
                self.put(row, 0, note, NOTE)
                self.sheet.set_row(row, 14 * (1 + len(note) // 115))
                row += 1
        return row

    def fit_row(
        self, row: int, texts: Mapping[int, str], widths: Sequence[float], *, least: float = _LINE
    ) -> None:
        """Make a row as high as its longest text needs, in columns of these widths."""
        lines = max(math.ceil(len(text) * 1.1 / max(widths[column], 1)) for column, text in texts.items())
        self.sheet.set_row(row, max(least, _LINE * min(lines, 12) + 2))


def _cut(text: str, most: int) -> str:
    """Cut a text at the end of a word."""
    if len(text) <= most and text.isascii():
        return text
    # Excel counts twice the signs that are not of the first plane.
    while len(text[:most].encode("utf-16-le")) > 2 * most:
        most -= 1
    if len(text) <= most:
        return text
    whole = text[: most + 1].rsplit(" ", 1)[0]
    return _LOOSE.sub("", whole if most // 2 < len(whole) <= most else text[:most]).rstrip(" -,'’(")


def _distinguish(names: Sequence[str]) -> list[str]:
    """Tell apart, by a number, the headings that Excel takes for one: it ignores capitals; none is empty."""
    found: list[str] = []
    seen: set[str] = set()
    for name in names:
        unique, rank = name or "Colonne", 1
        while unique.casefold() in seen:
            rank += 1
            unique = f"{name or 'Colonne'} ({rank})"
        seen.add(unique.casefold())
        found.append(unique)
    return found


def _escape(text: str) -> str:
    return _UNWRITABLE.sub("", text).replace("&", "&&")
