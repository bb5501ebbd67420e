"""The capture workbook, that a facilitator types the sheets of a workshop in: free cells are yellow, others locked."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from helpers import french, paths, tokens
from helpers.contributions.workshop import Kit, Shown
from helpers.partnership import capture_sheets as sheets
from helpers.partnership.codes import write_code, write_contribution
from helpers.partnership.xlsx_reader import MARK, Column, Form

# The yellow of a cell to fill in: said in the sheet « Lisez-moi » too.
_FREE, _LINE, _SOFT = tokens.colour("demo"), tokens.colour("line"), tokens.colour("soft")
_FRAME = {"valign": "top", "border": 1, "border_color": _LINE}
_TYPED = {
    "bg_color": _FREE,
    "valign": "top",
    "border": 1,
    "border_color": tokens.colour("demo-line"),
    "locked": False,
}
_LOOKS: dict[str, dict[str, object]] = {
    "title": {"bold": True, "font_size": 16},
    "text": {"text_wrap": True, "valign": "top"},
    "label": {"bold": True, "bg_color": _SOFT, "text_wrap": True, **_FRAME},
    "help": {
        "italic": True,
        "font_size": 9,
        "font_color": tokens.colour("muted"),
        "text_wrap": True,
        "valign": "top",
    },
    "locked": {"bg_color": _SOFT, "text_wrap": True, **_FRAME},
    "free": {"text_wrap": True, "num_format": "@", **_TYPED},
    "number": _TYPED,
    "date": {"num_format": "dd/mm/yyyy", **_TYPED},
}
_HELP = (
    "Une ligne par chose dite, recopiée des fiches A3 : ni plus, ni moins que ce qui a été dit.",
    "Seules les cellules jaunes se remplissent ; le reste est protégé, sans mot de passe.",
    "Jamais de nom de personne : dites le rôle (élu, technicien, table, agence), le lieu ou le service.",
    "Code : celui qui est écrit en gros sur la fiche. Le titre se remplit seul.",
    "Type : confirme, nuance, contredit, ajoute, ou question ouverte. Une ligne sans type attend. Une demande, une "
    "promesse ne sont pas des constats : feuille Suites.",
    "Contredit ou question ouverte : écrivez qui vérifie et pour quand (« urbanisme, 22/01/2027 »).",
    "Appuis : combien ont dit « moi aussi ». Les gommettes se comptent dans le classeur A, une fois.",
    "Axes : deux phrases par table, treize mots au plus.",
    "Pour effacer une parole partout, écrivez « retirer » à sa place. Une ligne vidée n’efface rien.",
    "Renvoyez ce fichier à l’agence sans changer la colonne N° ; vous pourrez le compléter et le renvoyer.",
)
# What the later workshops add, before the last line: their codes are the same in every workbook.
_ONE_CODE = {
    2: "Un code, un enjeu : si deux tables écrivent deux enjeux différents, donnez-leur deux codes (E-1 et E-7).",
    3: "Un code, un levier ou une décision : si deux tables en écrivent deux différents, donnez-leur deux codes "
    "(A-01 et A-13, D-01 et D-07).",
}
_EXAMPLE = (
    "Exemple : table A, tour 1, L-29, nuance, « 46 maisons commencées en 2021 ont été livrées en septembre 2023. », "
    "non, technicien, D’après : document, Qui vérifie : urbanisme, 22/01/2027."
)
# As many options of dots as a sheet leaves blank, letters of a line of the help.
_BLANK, _HELP_LINE = 2, 100
# Sheets whose rows hold sentences, and the height of two lines (points).
_TALL, _TWO_LINES = (
    (sheets.CONTRIBUTIONS, sheets.ISSUES, sheets.LEVERS, sheets.DECISIONS, sheets.CONFLICTS),
    31,
)
# The cells, out of sight, of what a workbook says of itself.
_ASIDE, _HIDDEN = 18, 25


def make(kit: Kit, *, letter: str, facts: Sequence[str] = (), questions: Sequence[str] = ()) -> bytes:
    """Make the capture workbook of one facilitator, empty; the same bytes for the same kit, letter and codes.

    `facts` are the codes of the lines of the notebooks, `questions` those of the dots; all those shown unless said.
    """
    content = io.BytesIO()
    every = [shown.code for shown in kit.shown]
    asked = questions or [code for code in every if code.startswith(("Q-", "E-"))]
    seen = facts or [code for code in every if not code.startswith(("Q-", "E-"))]
    with Book.fill(content, kit, letter, title=f"saisie {letter}") as book:
        book.write_help()
        book.write_session()
        for sheet in sheets.sheets_of(kit.number, letter):
            book.write_table(sheet, _rows(sheet, kit, letter, seen, asked))
        book.write_table(sheets.CODES, [_shown(shown) for shown in kit.shown])
    return content.getvalue()


def _rows(
    sheet: Form, kit: Kit, letter: str, seen: Sequence[str], asked: Sequence[str]
) -> list[Sequence[str]]:
    """List what the rows of a sheet begin with; a row to fill in begins with nothing."""
    titles = {shown.code: shown.title for shown in kit.shown}
    questions = [(code, titles.get(code, "")) for code in asked]
    figures = [(code, titles.get(code, "")) for code in seen]
    blank: list[Sequence[str]] = [()]
    match sheet.key:
        case "contributions":
            rows = range(1, sheets.ROWS[sheet.key] + 1)
            return [(write_contribution(kit.number, letter, row),) for row in rows]
        case "axes":
            return [(table, str(rank)) for table in kit.tables for rank in (1, 2)] + blank * 2
        case "gommettes":
            # Dots go to questions, then to the issues that the group words, then to its levers.
            agreed = {2: ("E", sheets.ROWS["enjeux"]), 3: ("A", sheets.ROWS["leviers"])}.get(kit.number)
            if agreed is None:
                return [*questions, *blank * _BLANK]
            letters, most = agreed
            return [(write_code(letters, rank),) for rank in range(1, most + 1)]
        case "carnets":
            return list(figures)
        case "enjeux":
            return [(write_code("E", rank),) for rank in range(1, sheets.ROWS[sheet.key] + 1)]
        case "leviers":
            return [(write_code("A", rank),) for rank in range(1, sheets.ROWS[sheet.key] + 1)]
        case "decisions":
            return [(write_code("D", rank),) for rank in range(1, sheets.ROWS[sheet.key] + 1)]
    return blank * sheets.ROWS[sheet.key]


def _shown(shown: Shown) -> Sequence[str]:
    mark = " (données de démonstration)" if shown.simulated else ""
    return (shown.code, shown.title, f"{shown.value}{mark}")


def _identity(kit: Kit, letter: str) -> dict[str, str]:
    """Say what a workbook is of, in its properties and in hidden cells that any spreadsheet keeps."""
    return {"kit": kit.id, "commune": kit.insee, "atelier": str(kit.number), "lettre": letter}


class Book:
    """The workbook being written: its sheets share looks and the list of codes."""

    def __init__(self, workbook: Workbook, kit: Kit, letter: str) -> None:
        self._workbook, self._kit, self._letter = workbook, kit, letter
        self._looks = {name: workbook.add_format(look) for name, look in _LOOKS.items()}

    @classmethod
    @contextmanager
    def open(cls, path: Path, kit: Kit, letter: str, *, title: str) -> Iterator[Book]:
        """Open a workbook of a workshop, written whole or not at all."""
        content = io.BytesIO()
        with cls.fill(content, kit, letter, title=title) as book:
            yield book
        path.parent.mkdir(parents=True, exist_ok=True)
        paths.write(path, content.getvalue())

    @classmethod
    @contextmanager
    def fill(cls, content: io.BytesIO, kit: Kit, letter: str, *, title: str) -> Iterator[Book]:
        """Open a workbook of a workshop, whose bytes are `content` once it is closed."""
        with Workbook(content, {"in_memory": True}) as workbook:
            workbook.set_properties(
                {
                    "title": french.typography(f"{kit.commune}, atelier {kit.number}, {title}"),
                    "comments": "Les propriétés disent de quel atelier est ce fichier : ne les changez pas.",
                    "created": datetime.combine(kit.day, time()),
                }
            )
            for name, value in _identity(kit, letter).items():
                workbook.set_custom_property(name, value, "text")
            yield cls(workbook, kit, letter)

    def write_help(self) -> None:
        """Write the first sheet: what to do in ten lines, and a row filled in."""
        sheet = self._workbook.add_worksheet("Lisez-moi")
        sheet.set_column(0, 0, 5)
        sheet.set_column(1, 1, _HELP_LINE)
        added = _ONE_CODE.get(self._kit.number)
        lines = (*_HELP[:-1], *([added] if added else []), _HELP[-1])
        for rank, line in enumerate((*lines, "", _EXAMPLE), start=2):
            if len(line) > _HELP_LINE:
                sheet.set_row(rank, _TWO_LINES)
        title = f"{self._kit.commune}, atelier {self._kit.number} : saisie {self._letter}"
        sheet.write_string(0, 1, french.typography(title), self._looks["title"])
        for rank, line in enumerate(lines, start=1):
            sheet.write_number(rank + 1, 0, rank, self._looks["text"])
            sheet.write_string(rank + 1, 1, french.typography(line), self._looks["text"])
        sheet.write_string(len(lines) + 3, 1, french.typography(_EXAMPLE), self._looks["free"])
        self._close(sheet, freeze=0)

    def write_session(self) -> None:
        """Write the session: what is known of it, locked, and what is counted in the room."""
        sheet, kit = self._add(sheets.SESSION), self._kit
        known = (
            ("commune", "Commune", kit.commune),
            ("insee", "Code Insee", kit.insee),
            ("atelier", "Atelier", str(kit.number)),
            ("date", "Date", f"{kit.day:%d/%m/%Y}"),
            ("version", "Version du diagnostic", kit.version),
            ("tables", "Tables", ", ".join(kit.tables)),
        )
        for rank, (name, value) in enumerate(_identity(kit, self._letter).items()):
            sheet.write_row(_ASIDE + rank, _HIDDEN, (f"{MARK}{name}", value))
        sheet.set_column(_HIDDEN, _HIDDEN + 1, None, None, {"hidden": True})
        row = sheets.FIRST_ROW
        for line in known:
            for column, text in enumerate(line):
                sheet.write_string(row, column, text, self._looks["locked"])
            row += 1
        for field in sheets.SESSION_LINES:
            sheet.write_string(row, 0, field.key, self._looks["locked"])
            label = sheets.CAME_TO_ALL if field.key == "deja_venus" and self._kit.number == 3 else field.label
            sheet.write_string(row, 1, label, self._looks["locked"])
            self._free(sheet, row, 2, field)
            self._restrict(sheet, field, 2, first=row, last=row)
            row += 1
        self._close(sheet)

    def write_table(self, declared: Form, rows: Sequence[Sequence[str]]) -> None:
        """Write a sheet and its rows; the columns that `rows` leave are to be filled in."""
        sheet = self._add(declared)
        for row, given in enumerate(rows, start=sheets.FIRST_ROW):
            if declared in _TALL:
                sheet.set_row(row, _TWO_LINES)
            for rank, column in enumerate(declared.columns):
                text = given[rank] if rank < len(given) else ""
                if column.key == "titre" and declared is sheets.CONTRIBUTIONS:
                    self._fill_title(sheet, row, rank)
                elif column.locked:
                    sheet.write_string(row, rank, text, self._looks["locked"])
                else:
                    self._free(sheet, row, rank, column, text=text)
        for rank, column in enumerate(declared.columns):
            self._restrict(
                sheet, column, rank, first=sheets.FIRST_ROW, last=sheets.FIRST_ROW + max(len(rows), 1) - 1
            )
        self._close(sheet)

    def _add(self, declared: Form) -> Worksheet:
        sheet = self._workbook.add_worksheet(declared.title)
        sheet.set_row(sheets.KEYS_ROW, None, None, {"hidden": True})
        sheet.set_row(sheets.LABELS_ROW, 32)
        sheet.set_row(sheets.HELP_ROW, 62 if any(column.help for column in declared.columns) else 4)
        for rank, column in enumerate(declared.columns):
            hidden = {"hidden": True} if column.key in ("cle", "marque") else {}
            sheet.set_column(rank, rank, column.width, None, hidden)
            sheet.write_string(sheets.KEYS_ROW, rank, column.key)
            sheet.write_string(sheets.LABELS_ROW, rank, column.label, self._looks["label"])
            sheet.write_string(sheets.HELP_ROW, rank, french.typography(column.help), self._looks["help"])
        return sheet

    def _fill_title(self, sheet: Worksheet, row: int, rank: int) -> None:
        """Look the title up in the list of codes: `EQUIV` as a French spreadsheet shows it."""
        code = xl_rowcol_to_cell(row, rank - 1)
        last = sheets.FIRST_ROW + len(self._kit.shown)
        inside = f"MATCH({code},Codes!$A${sheets.FIRST_ROW + 1}:$A${last},0)"
        formula = f'=IF({code}="","",IFERROR(INDEX(Codes!$B${sheets.FIRST_ROW + 1}:$B${last},{inside}),""))'
        sheet.write_formula(row, rank, formula, self._looks["locked"], "")

    def _free(self, sheet: Worksheet, row: int, rank: int, column: Column, *, text: str = "") -> None:
        look = {"whole": "number", "date": "date"}.get(column.kind, "free")
        if column.kind == "whole" and text:
            sheet.write_number(row, rank, int(text), self._looks[look])
        elif text:
            sheet.write_string(row, rank, text, self._looks[look])
        else:
            sheet.write_blank(row, rank, None, self._looks[look])

    def _restrict(self, sheet: Worksheet, column: Column, rank: int, *, first: int, last: int) -> None:
        """Say what the cells of a column may hold: one rule for all."""
        if not column.locked and (rule := self._rule(column)):
            sheet.data_validation(first, rank, last, rank, rule)

    def _rule(self, column: Column) -> dict[str, Any]:
        """Say what a cell may hold; what it refuses is reported, and typed all the same if one insists."""
        validation = {"error_type": "warning", "error_title": column.label[:32], "ignore_blank": True}
        match column.kind:
            case "choice":
                choices = [one for one in column.choices if column.key != "table" or one in self._kit.tables]
                return validation | {
                    "validate": "list",
                    "source": choices,
                    "error_message": "Choisissez dans la liste.",
                }
            case "code":
                last = sheets.FIRST_ROW + len(self._kit.shown)
                source = f"=Codes!$A${sheets.FIRST_ROW + 1}:$A${last}"
                return validation | {
                    "validate": "list",
                    "source": source,
                    "error_message": "Ce code n’est pas de cet atelier.",
                }
            case "whole":
                bounds = {"criteria": "between", "minimum": column.low, "maximum": column.high}
                return (
                    validation
                    | bounds
                    | {
                        "validate": "integer",
                        "error_message": f"Un nombre entier, de {column.low} à {column.high}.",
                    }
                )
            case "text":
                bounds = {"criteria": "<=", "value": column.longest}
                return (
                    validation
                    | bounds
                    | {"validate": "length", "error_message": f"{column.longest} signes au plus."}
                )
        return {}

    def _close(self, sheet: Worksheet, *, freeze: int = sheets.FIRST_ROW) -> None:
        """Lock what is not to be filled in, without a password, and lay the sheet out for paper."""
        sheet.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True})
        sheet.freeze_panes(freeze, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
