"""The data of a diagnostic as an Excel workbook: key figures, every indicator, a sheet an exhibit, the sources."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import pandas as pd
from xlsxwriter import Workbook

from helpers import spreadsheet, tokens
from helpers.exhibit import DEMONSTRATION
from helpers.publication.documents import charts
from helpers.publication.documents.worksheet import (
    ACCENT,
    BOLD,
    NOTE,
    SIMULATED,
    TITLE,
    WIDEST,
    WRAPPED,
    Book,
    Look,
    Worksheet,
    number_format,
)

KEY, INDICATORS, CONTENTS, SOURCES = "Chiffres clés", "Indicateurs", "Sommaire", "Sources"
# A title, what it shows, an empty line: the headings of a table are in the row of this rank.
HEAD = 3
# A note over several columns, on one line.
NOTE_IN_LINE: Look = {"font_color": NOTE["font_color"]}
_MARKS = {"ok": "", "prudence": "*", "précaution": "**"}
_EXPLAINED = (
    "* effectifs faibles, à lire avec prudence ; ** très faibles ; n.s. : non significatif, le nombre reste écrit "
    "pour qui calcule, ne le publiez pas seul."
)
ORIGINS = {
    "insee": "officielle", "commune": "commune", "estimation": "estimation", "fictive": "fictive",
    "demonstration": DEMONSTRATION,
}  # fmt: skip
# The dates that end the subject of an exhibit: `Statut d'occupation, 2012 et 2018`.
_DATES = re.compile(r",? (?:de |en )?\d{4}(?:(?: à | et |-)\d{4})?$")
# The tabs of parts, in their order.
_TABS = ("own", "natural", "hlm", "question-line", "cmp2", "priv")


def write(
    exhibits: Sequence[Mapping[str, Any]],
    sources: pd.DataFrame,
    *,
    title: str,
    provenance: str,
    day: date,
    commune: str = "",
    figures: pd.DataFrame | None = None,
    key_figures: Sequence[tuple[pd.Series, pd.Series | None]] = (),
) -> bytes:
    """Write the workbook as bytes: the same for the same data, dated `day`.

    `exhibits` are records of exhibits (`name, title, csv, columns, notes, sources, demonstration`) with the title of
    their `part`; `sources` has the columns `id, citation, page`; `figures` are every indicator and `key_figures` the
    first of them, beside those of another territory (`helpers.ledger`). Numbers are numbers, unrounded; any other text
    is a text, whatever its first character.
    """
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True}) as workbook:
        # Otherwise it would be dated of its writing.
        workbook.set_properties({"title": title, "created": datetime.combine(day, time())})
        book = Book(workbook, footer=provenance)
        if figures is not None and len(figures):
            _write_key_figures(book, key_figures, sources, title=title, provenance=provenance)
            _write_indicators(book, figures, commune=commune)
        _write_exhibits(book, exhibits, title=title, provenance=provenance, commune=commune)
        _write_sources(book, sources)
    return content.getvalue()


def _write_exhibits(
    book: Book, exhibits: Sequence[Mapping[str, Any]], *, title: str, provenance: str, commune: str
) -> None:
    """Write the contents, then a sheet for each exhibit, its tab in the colour of its part."""
    contents = book.add(book.name(CONTENTS), title=title)
    names = [book.name(_call(exhibit)) for exhibit in exhibits]
    _write_contents(contents, exhibits, names, title=title, provenance=provenance)
    parts = list(dict.fromkeys(exhibit["part"] for exhibit in exhibits))
    for exhibit, name in zip(exhibits, names, strict=True):
        colour = tokens.colour(_TABS[parts.index(exhibit["part"]) % len(_TABS)])
        sheet = book.add(name, title=f"{title} · {exhibit['part']}", colour=colour)
        _write_exhibit(book, sheet, exhibit, name=name, commune=commune)


def _call(exhibit: Mapping[str, Any]) -> str:
    """Call the sheet of an exhibit by its code and what it is about, without its dates."""
    subject = _DATES.sub("", exhibit.get("subject") or exhibit["title"])
    return f"{exhibit.get('code', '')} {subject}".strip()


def _write_key_figures(
    book: Book,
    pairs: Sequence[tuple[pd.Series, pd.Series | None]],
    sources: pd.DataFrame,
    *,
    title: str,
    provenance: str,
) -> None:
    sheet = book.add(book.name(KEY), title=title, colour=tokens.colour("commune"))
    cited = dict(zip(sources["id"], sources["citation"], strict=True))
    others = [str(other.name[0]) for _, other in pairs if other is not None]
    headings = [
        "Indicateur",
        "Valeur",
        "Fiabilité",
        others[0] if others else "Comparaison",
        "Unité",
        "Année",
        "Source",
    ]
    sheet.put(0, 0, title, TITLE)
    sheet.put(1, 0, provenance, NOTE_IN_LINE)
    widths = [52, 16, 12, 16, 24, 10, 62]
    sheet.make_table(HEAD, headings, len(pairs), widths=widths, numeric={1, 3, 5})
    for row, (own, other) in enumerate(pairs, start=HEAD + 1):
        look = _look(own)
        said: Look = {"valign": "vcenter", **(SIMULATED if own["origin"] == "demonstration" else {})}
        sheet.put(row, 0, own["label"], {"text_wrap": True, **said})
        sheet.put_figure(row, 1, own["value"], {**ACCENT, **look, **said, "font_size": 14})
        sheet.put(row, 2, _MARKS.get(own["verdict"], own["verdict"]), {"align": "left", "indent": 1, **said})
        sheet.put_figure(row, 3, None if other is None else other["value"], {**look, **said})
        sheet.put(row, 4, own["unit"], {"indent": 1, **said})
        sheet.put_figure(row, 5, float(own.name[2]), {"num_format": "0", **said})
        citations = " ; ".join(cited.get(one, one) for one in str(own["sources"]).split("|"))
        sheet.put(row, 6, citations, {**NOTE, "indent": 1, **said})
        sheet.fit_row(row, {0: own["label"], 6: citations}, widths, least=30)
    sheet.put_notes(HEAD + len(pairs) + 2, {"": _EXPLAINED}, width=len(headings))


def _write_indicators(book: Book, figures: pd.DataFrame, *, commune: str) -> None:
    sheet = book.add(book.name(INDICATORS), title=INDICATORS, colour=tokens.colour("commune"))
    headings = [
        "Code", "Indicateur", "Thème", "Unité", "Territoire", "Début", "Année", "Valeur", "Effectif", "Marge (±)",
        "Fiabilité", "Origine", "Sources",
    ]  # fmt: skip
    sheet.put(0, 0, "Tous les indicateurs de la commune et des territoires auxquels elle est comparée", TITLE)
    sheet.put(
        1,
        0,
        f"Une ligne par indicateur, territoire et date ; valeurs non arrondies. {_EXPLAINED}",
        NOTE_IN_LINE,
    )
    widths = [22, 52, 14, 14, 20, 9, 9, 14, 12, 12, 12, 22, 24]
    sheet.make_table(HEAD, headings, len(figures), widths=widths, numeric={5, 6, 7, 8, 9})
    for row, one in enumerate(figures.to_dict("records"), start=HEAD + 1):
        said: Look = SIMULATED if one["origin"] == "demonstration" else {}
        whole = {"num_format": "#,##0", **said}
        year = {"num_format": "0", **said}
        own: Look = {} if said or one["territory"] != commune else ACCENT
        for column, name in enumerate(("indicator", "label", "theme", "unit")):
            sheet.put(row, column, one[name], said)
        beside: Look = {"indent": 1, **said}
        sheet.put(row, 4, one["territory"], {**said, **own})
        sheet.put_figure(row, 5, one["since"] if one["since"] != one["year"] else None, year)
        sheet.put_figure(row, 6, one["year"], year)
        sheet.put_figure(row, 7, one["value"], {**_look(one), **own})
        sheet.put_figure(row, 8, one["count"], whole)
        sheet.put_figure(row, 9, one["margin"], {**_look(one, signed=False)})
        sheet.put(row, 10, _MARKS.get(one["verdict"], one["verdict"]), beside)
        sheet.put(row, 11, ORIGINS.get(one["origin"], one["origin"]), said)
        sheet.put(row, 12, one["sources"], said)


def _look(one: Mapping[str, Any] | pd.Series, *, signed: bool = True) -> dict[str, object]:
    """Give the look of a figure of an indicator: its unit, its decimals, amber where it is simulated."""
    shown = number_format("", one["unit"], int(one["digits"]), signed=bool(one["signed"]) and signed)
    return {"num_format": shown, **(SIMULATED if one["origin"] == "demonstration" else {})}


def _write_contents(
    sheet: Worksheet,
    exhibits: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    *,
    title: str,
    provenance: str,
) -> None:
    sheet.put(0, 0, title, TITLE)
    sheet.put(1, 0, provenance, NOTE_IN_LINE)
    headings = ["Feuille", "Partie", "Ce que montre la figure", "Données", "Fichier CSV"]
    widths = [36, 26, WIDEST, 26, 46]
    sheet.make_table(HEAD, headings, len(names), widths=widths)
    for row, (exhibit, name) in enumerate(zip(exhibits, names, strict=True), start=HEAD + 1):
        mark = DEMONSTRATION if exhibit["demonstration"] else ""
        sheet.put_link(row, 0, name)
        for column, text in enumerate(
            [exhibit["part"], exhibit["title"], mark, f"{exhibit['name']}.csv"], start=1
        ):
            sheet.put(row, column, text, {**WRAPPED, **SIMULATED} if text == DEMONSTRATION else WRAPPED)
        sheet.fit_row(row, {0: name, 2: exhibit["title"], 4: f"{exhibit['name']}.csv"}, widths)


def _write_exhibit(
    book: Book, sheet: Worksheet, exhibit: Mapping[str, Any], *, name: str, commune: str
) -> None:
    headings, *rows = csv.reader(io.StringIO(exhibit["csv"]), delimiter=";")
    columns = _describe(headings, rows, exhibit.get("columns", {}))
    sheet.put(0, 0, exhibit["title"], TITLE)
    mark = DEMONSTRATION if exhibit["demonstration"] else ""
    subtitle = exhibit.get("subject", "")
    sheet.put(
        1, 0, mark or (subtitle if subtitle != exhibit["title"] else ""), BOLD if mark else NOTE_IN_LINE
    )
    numeric = {rank for rank, column in enumerate(columns) if column.kind}
    widths = [_width(column, most=WIDEST // (2 if rank else 1)) for rank, column in enumerate(columns)]
    sheet.make_table(HEAD, [column.heading for column in columns], len(rows), widths=widths, numeric=numeric)
    origins = next((column.texts for column in columns if column.heading == "Origine"), [""] * len(rows))
    for rank, column in enumerate(columns):
        _write_column(sheet, rank, column, exhibit, origins=origins, commune=commune)
    row = HEAD + len(rows) + 2
    row = sheet.put_notes(row, exhibit.get("notes", {}), width=len(columns))
    weak = any(column.heading == "Fiabilité" and "n.s." in column.texts for column in columns)
    if (
        exhibit.get("drawn")
        and not exhibit["demonstration"]
        and not weak
        and (chart := charts.choose(columns))
    ):
        unit = columns[chart.figures].heading
        drawn = charts.draw(
            chart,
            book.add_chart,
            sheet=name,
            first=HEAD + 1,
            title=exhibit["title"],
            commune=commune,
            unit=unit,
        )
        sheet.sheet.insert_chart(row + 1, 0, drawn, {"description": exhibit["title"]})


def _describe(
    headings: Sequence[str], rows: Sequence[Sequence[str]], formats: Mapping[str, Sequence[Any]]
) -> list[charts.Column]:
    """Describe the columns of a table; one that holds no figure is one of texts, whatever it was declared."""
    found = []
    for rank, heading in enumerate(headings):
        texts = [row[rank] for row in rows]
        kind = str(formats.get(heading, ["rate"])[0]) if _is_numeric(texts) else ""
        kept = texts if kind else [spreadsheet.unprotect(text) for text in texts]
        found.append(charts.Column(spreadsheet.unprotect(heading), kind, kept))
    return found


def _width(column: charts.Column, *, most: int) -> float:
    """Give the width of a column, in letters: its longest text, the longest word of its heading."""
    longest = max(
        [*(len(text) for text in column.texts if not column.kind), *map(len, column.heading.split())]
    )
    return min(max(12, longest + 4), most)


def _write_column(
    sheet: Worksheet,
    rank: int,
    column: charts.Column,
    exhibit: Mapping[str, Any],
    *,
    origins: Sequence[str],
    commune: str,
) -> None:
    """Write the cells of a column: amber where they are simulated, in the colour of the commune where they are its."""
    formats = exhibit.get("columns", {})
    kind, unit, digits = formats.get(spreadsheet.protect(column.heading), [column.kind, "", None])
    # The figures that a column writes in words are each of their own; a file keeps one decimal more than the page.
    each = exhibit.get("digits", {}).get(spreadsheet.protect(column.heading))
    own = column.heading == commune
    for row, (text, origin) in enumerate(zip(column.texts, origins, strict=True), start=HEAD + 1):
        look: Look = SIMULATED if origin == "demonstration" else ACCENT if own or text == commune else {}
        if not column.kind:
            written = ORIGINS.get(text, text) if column.heading == "Origine" else text
            sheet.put(row, rank, written, {"indent": 1, **look} if rank else look)
            continue
        kept = max(each[row - HEAD - 1] - 1, 0) if isinstance(each, list) else digits
        kept = _count_digits(text) if kept is None else kept
        shown = number_format(kind or "rate", unit, kept)
        sheet.put_figure(row, rank, float(text) if text else None, {"num_format": shown, **look})


def _count_digits(text: str) -> int:
    """Count the decimals to show of a figure of which nothing is declared: two at most."""
    decimals = text.partition(".")[2]
    return min(len(decimals), spreadsheet.UNWRITTEN) if "e" not in text else spreadsheet.UNWRITTEN


def _write_sources(book: Book, sources: pd.DataFrame) -> None:
    sheet = book.add(book.name(SOURCES), title=SOURCES)
    sheet.put(0, 0, "Sources", TITLE)
    sheet.put(1, 0, "La colonne « Sources » de chaque feuille renvoie à ces identifiants.", NOTE_IN_LINE)
    widths = [34, WIDEST, WIDEST]
    sheet.make_table(HEAD, ["Identifiant", "Source", "Adresse"], len(sources), widths=widths)
    for row, source in enumerate(sources.itertuples(index=False), start=HEAD + 1):
        texts = ["" if pd.isna(text) else str(text) for text in (source.id, source.citation, source.page)]
        for column, text in enumerate(texts):
            sheet.put(row, column, text, WRAPPED)
        sheet.fit_row(row, dict(enumerate(texts)), widths)


def _is_numeric(texts: Iterable[str]) -> bool:
    known = [text for text in texts if text]
    return bool(known) and all(spreadsheet.FIGURE.fullmatch(text) for text in known)
