"""The sheets of the workbook « Parc et projets » as a whole: same rows twice, jumps, tables without a producer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from helpers import french
from helpers.partnership import values
from helpers.partnership.codes import FIGURES, kind_of, read_code
from helpers.partnership.park_forms import FORMS
from helpers.partnership.park_rows import (
    Kept,
    Remark,
    check_childcare,
    check_operation,
    check_school,
    read_row,
)
from helpers.partnership.xlsx_reader import Sheet, Workbook, write_text

# A change of a year to the next (%) that is asked about.
_JUMP = 30
_LONGEST_TABLE = 500
# What makes two rows the same thing, by sheet; and the count that they may differ by.
_SAME: dict[str, tuple[tuple[str, ...], str, str, str]] = {
    "operations": (
        ("nom", "nature", "an_chantier", "an_livraison"),
        "logements",
        "même opération",
        "logements",
    ),
    "ecoles": (("ecole", "niveau", "rentree"), "eleves", "même école et même rentrée", "élèves"),
    "petite_enfance": (("structure", "type", "annee"), "places", "même structure et même année", "places"),
    "equipements": (("equipement", "carre"), "capacite", "même équipement", ""),
}


@dataclass
class Park:
    """What was read of a workbook: rows by sheet, tables of « Autres », what is reported of them."""

    rows: dict[str, list[Kept]] = field(default_factory=dict)
    tables: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Rows read."""
        return sum(len(rows) for rows in self.rows.values())

    @property
    def left(self) -> int:
        """Rows left aside."""
        return sum(kept.left for rows in self.rows.values() for kept in rows)

    @property
    def to_mend(self) -> int:
        """Rows kept with something to correct."""
        asked = {
            (remark.sheet, number)
            for remark in self.remarks
            if remark.weight == "mend"
            for number in remark.rows
        }
        return sum(
            not kept.left and (title_of(key), kept.number) in asked
            for key, rows in self.rows.items()
            for kept in rows
        )

    def kept(self, key: str) -> list[Kept]:
        """List the rows of a sheet that are not left aside."""
        return [kept for kept in self.rows.get(key, []) if not kept.left]

    def describe(self) -> str:
        """Write in one line how many rows were read and kept."""
        whole = self.count - self.left - self.to_mend
        left = french.quantity(self.left, "laissée de côté", "laissées de côté")
        return (
            f"{french.quantity(self.count, 'ligne lue', 'lignes lues')}, "
            f"{french.quantity(whole, 'reprise', 'reprises')}, {french.number(self.to_mend)} à corriger, {left}"
        ).replace(french.NBSP, " ")


def title_of(key: str) -> str:
    """Give the title of a sheet by its key."""
    return next(form.title for form in FORMS if form.key == key)


def check(book: Workbook, *, today: date) -> Park:
    """Read and check every row of a workbook."""
    park = Park(notes=list(book.notes))
    for key, sheet in book.sheets.items():
        park.notes += [f"{sheet.form.title} : {note}" for note in sheet.notes]
        if key == "autres":
            _read_others(sheet, park)
        else:
            park.rows[key] = list(_read_rows(sheet, park, year=today.year))
            _find_twice(key, park)
    _find_jumps(park)
    return park


def _read_rows(sheet: Sheet, park: Park, *, year: int) -> Iterator[Kept]:
    title = sheet.form.title
    for row in sheet.rows:
        kept, remarks = read_row(row, sheet.form, sheet=title)
        if sheet.form.key == "operations":
            remarks += check_operation(kept, sheet=title, year=year)
        elif sheet.form.key == "ecoles":
            remarks += check_school(kept, sheet=title)
        elif sheet.form.key == "petite_enfance":
            remarks += check_childcare(kept, sheet=title)
        park.remarks += remarks
        yield kept


def _find_twice(key: str, park: Park) -> None:
    """Keep once a row that is there twice; of two that differ, count neither."""
    keys, counted, words, unit = _SAME[key]
    groups: dict[tuple[object, ...], list[Kept]] = {}
    for kept in park.kept(key):
        same = tuple(french.fold(str(kept.values[name] or "")) for name in keys)
        if same[0]:
            groups.setdefault(same, []).append(kept)
    title = title_of(key)
    for group in (group for group in groups.values() if len(group) > 1):
        first, *others = group
        for other in others:
            if _content(other) == _content(first):
                other.left = True
                message = f"la même que la ligne {first.number} : comptée une fois."
                park.remarks.append(Remark(title, (other.number,), message, "left"))
        differing = [kept for kept in group if not kept.left]
        if len(differing) > 1:
            numbers = tuple(kept.number for kept in differing)
            counts = french.enumerate_words([str(kept.values[counted]) for kept in differing])
            message = f"{words}, {f'{counts} {unit}'.strip()}. Laquelle est juste ? Aucune n'est comptée."
            park.remarks.append(Remark(title, numbers, message, "left"))
            for kept in differing:
                kept.left = True


def _content(kept: Kept) -> dict[str, Any]:
    return {key: value for key, value in kept.values.items() if key != "code"}


def _find_jumps(park: Park) -> None:
    """Ask about the rolls of a school that change much from a year to the next."""
    series: dict[tuple[object, ...], list[Kept]] = {}
    for kept in park.kept("ecoles"):
        if kept.values["eleves"] and kept.values["rentree"]:
            series.setdefault((kept.values["ecole"], kept.values["niveau"]), []).append(kept)
    for (school, _), rows in series.items():
        for before, after in pairwise(sorted(rows, key=lambda kept: kept.values["rentree"])):
            first, second = before.values["eleves"], after.values["eleves"]
            following = after.values["rentree"] - before.values["rentree"] == 1
            if following and abs(second - first) * 100 > _JUMP * first:
                message = f"École {school} : {first} puis {second} élèves. Faute de frappe ?"
                cell = after.cells["eleves"]
                park.remarks.append(
                    Remark(title_of("ecoles"), (after.number,), message, "mend", cell.address)
                )


def _read_others(sheet: Sheet, park: Park) -> None:
    """Read the tables that the commune has pasted under their descriptions."""
    heads = _find_heads(sheet)
    pasted = min(heads.values(), default=10**9)
    park.rows["autres"] = []
    for row in (row for row in sheet.rows if row.number < pasted):
        kept, remarks = read_row(row, sheet.form, sheet=sheet.form.title)
        park.rows["autres"].append(kept)
        park.remarks += remarks
        if kept.left:
            continue
        lacking = [sheet.form.find(key).label for key in ("producteur", "date", "unite", "diffusion")
                   if not kept.values[key]]  # fmt: skip
        same = [one for one in park.kept("autres")[:-1] if one.values["titre"] == kept.values["titre"]]
        if same:
            kept.left = True
            message = (
                f"même titre que la ligne {same[0].number} : donnez-en un autre, le tableau est mis de côté."
            )
            park.remarks.append(Remark(sheet.form.title, (row.number,), message, "left"))
        elif lacking:
            kept.left = True
            message = (
                f"sans {french.enumerate_words(lacking, link='ni').lower()}, le tableau est mis de côté."
            )
            park.remarks.append(Remark(sheet.form.title, (row.number,), message, "left"))
        else:
            _read_figure(kept, park)
            _read_table(sheet, kept, head=heads.get(row.number, 0), park=park)


def _read_figure(kept: Kept, park: Park) -> None:
    """Read the code of the figure that a table is shown beside; one that is none is reported."""
    typed = kept.values["figure"] or ""
    code = read_code(typed)
    kept.values["figure"] = code if kind_of(code) in FIGURES else None
    if typed and not kept.values["figure"]:
        message = (
            f"\"{typed}\" n'est pas le code d'une figure (L-06) : le tableau est montré à la fin des enjeux."
        )
        park.remarks.append(Remark(title_of("autres"), (kept.number,), message, "note"))


def _find_heads(sheet: Sheet) -> dict[int, int]:
    """Find the row of headings of the table that each description announces, by the row of the description."""
    heads: dict[int, int] = {}
    for row in sheet.rows:
        wanted = {french.fold(row.text(key)) for key in ("colonne_annee", "colonne_valeur")} - {""}
        if len(wanted) < 2:
            continue
        for number, values_ in sheet.grid.items():
            texts = {french.fold(write_text(value)) for value in values_}
            if number > row.number and wanted <= texts and number not in heads.values():
                described = french.fold(row.text("titre"))
                if described not in texts:
                    heads[row.number] = number
                    break
    return heads


def _read_table(sheet: Sheet, kept: Kept, *, head: int, park: Park) -> None:
    """Read the years and values of one pasted table, down to an empty row."""
    named = [french.fold(str(kept.values[key] or "")) for key in ("colonne_annee", "colonne_valeur")]
    labels = [french.fold(write_text(value)) for value in sheet.grid.get(head, ())]
    if not head:
        kept.left = True
        message = "le tableau annoncé n'est pas en dessous : collez-le avec ses intitulés."
        park.remarks.append(Remark(sheet.form.title, (kept.number,), message, "left"))
        return
    places = [labels.index(name) for name in named]
    points = []
    for number in range(head + 1, head + 1 + _LONGEST_TABLE):
        row = sheet.grid.get(number, ())
        if not any(write_text(value) for value in row):
            break
        year = values.read_year(row[places[0]], low=1800, high=2100).value
        text = write_text(row[places[1]]).replace(" ", "").replace(",", ".")
        try:
            points.append({"annee": year, "valeur": float(text)})
        except ValueError:
            message = f"\"{write_text(row[places[1]])}\" n'est pas un nombre : la ligne du tableau n'est pas reprise."
            park.remarks.append(Remark(sheet.form.title, (number,), message, "note"))
    park.tables += [{"titre": kept.values["titre"], **point} for point in points if point["annee"]]
