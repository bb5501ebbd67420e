"""The rows of the workbook « Parc et projets », cell by cell then as a whole: what is kept, what is reported."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from helpers import french
from helpers.partnership import privacy, values
from helpers.partnership.codes import kind_of, read_code
from helpers.partnership.park_forms import SIZES, TENURES
from helpers.partnership.values import Reading
from helpers.partnership.xlsx_reader import Cell, Column, Form, Row, is_blank, write_text

# `note`: read, and reported; `mend`: kept, to be corrected; `left`: the row is left aside.
Weight = Literal["note", "mend", "left"]
_WEIGHTS: dict[str, Weight] = {"note": "note", "kept": "mend", "refused": "mend"}
# What houses people outside homes: its beds are places.
_PLACES = re.compile(r"\b(?:ehpad|foyer|maison de retraite|residence autonomie|usld)\b")
_SIZES_SUM = "T1-T2 + T3 + T4"
_TENURES_SUM = "locatif social + abordable + intermédiaire + libre"


@dataclass(frozen=True)
class Remark:
    """What is reported of a row: where, about which column, in French with its remedy, how much it weighs."""

    sheet: str
    rows: tuple[int, ...]
    message: str
    weight: Weight
    address: str = ""

    def describe(self) -> str:
        """Write it as a line of the report."""
        numbers = french.enumerate_words([str(number) for number in self.rows])
        word = "ligne" if len(self.rows) == 1 else "lignes"
        column = re.sub(r"\d", "", self.address)
        where = f"{self.sheet}, {word} {numbers}{f', colonne {column}' if column else ''}"
        return f"{where} : {self.message}"


@dataclass
class Kept:
    """A row as it is kept: its number, its values by key, whether it is left aside."""

    number: int
    values: dict[str, Any]
    cells: dict[str, Cell] = field(default_factory=dict)
    left: bool = False


def read_row(row: Row, form: Form, *, sheet: str) -> tuple[Kept, list[Remark]]:
    """Read the cells of a row, each on its own; a cell that is refused is empty."""
    kept = Kept(row.number, {}, dict(row.cells))
    remarks: list[Remark] = []

    def remark(message: str, weight: Weight, cell: Cell | None = None) -> None:
        remarks.append(Remark(sheet, (row.number,), message, weight, cell.address if cell else ""))

    for column in form.columns:
        cell = row.cells.get(column.key)
        if cell is None:
            kept.values[column.key] = None
            continue
        read = read_cell(cell, column)
        kept.values[column.key] = read.value
        if read.message:
            remark(read.message, _WEIGHTS[read.weight], cell)
    lacking = [column.label for column in form.columns if column.required and not kept.values[column.key]]
    if lacking and form.key != "operations":
        kept.left = True
        remark(f"{french.enumerate_words(lacking)} : case vide. Complétez-la, ou effacez la ligne.", "left")
    return kept, remarks


def read_cell(cell: Cell, column: Column) -> Reading:
    """Read a cell as its column says; a formula, the name of a person, a text too long are refused."""
    if cell.formula:
        return Reading(None, f'"{cell.text[:40]}" est une formule : écrivez la valeur.', "refused")
    if column.kind == "whole":
        return values.read_number(cell.value, low=column.low, high=column.high)
    if column.kind == "year":
        return values.read_year(cell.value, low=column.low, high=column.high)
    if column.kind == "date":
        return values.read_date(cell.value)
    if column.kind == "square":
        return values.read_square(cell.value)
    if column.kind == "choice":
        return values.read_choice(cell.value, label=column.label, choices=column.choices)
    return _read_text(write_text(cell.value), column)


def _read_text(text: str, column: Column) -> Reading:
    if column.kind == "code":
        code = read_code(text)
        if kind_of(code):
            return Reading(code)
        return Reading(None, f'Code "{text}" inconnu : il est donné par le classeur.', "note")
    if is_blank(text):
        return Reading()
    if mention := privacy.find_refused(text):
        return Reading(
            None, f"{mention.explain()}. La cellule n'est pas reprise : {privacy.REMEDY}.", "refused"
        )
    if len(text) > column.longest:
        over = len(text) - column.longest
        return Reading(
            None,
            f'"{text[:30]}…" : {len(text)} signes, {column.longest} au plus. Retirez-en {over}.',
            "refused",
        )
    mentions = privacy.find_mentions(text)
    if mentions and not column.place:
        return Reading(text, f"{mentions[0].explain()} : gardé, vérifiez que ce n'est pas quelqu'un.", "note")
    return Reading(text)


def check_operation(kept: Kept, *, sheet: str, year: int) -> list[Remark]:
    """Check an operation as a whole: its years, its sums, the places counted as homes. `year` is that of today."""
    row = kept.values
    remarks: list[Remark] = []

    def remark(message: str, weight: Weight, key: str) -> None:
        cell = kept.cells.get(key)
        remarks.append(Remark(sheet, (kept.number,), message, weight, cell.address if cell else ""))

    started, delivered = row["an_chantier"], row["an_livraison"]
    if row["etat"] == "livrée" and delivered and delivered > year:
        kept.left = True
        remark(f'état "livrée" en {delivered}. Choisissez "en projet" ou corrigez l\'année.', "left", "etat")
    if started and delivered and delivered < started:
        kept.left = True
        remark(
            f"livraison {delivered} avant ouverture {started}. Corrigez l'une des deux.",
            "left",
            "an_livraison",
        )
    named = french.fold(f"{row['nom'] or ''}")
    if row["logements"] and not row["places"] and (match := _PLACES.search(named)):
        what = "un EHPAD" if match[0] == "ehpad" else f"« {row['nom']} »"
        remark(f'{row["logements"]} logements pour {what} : des places ? Déplacez-les dans "Places hors logement".',
             "mend", "logements")  # fmt: skip
        row["logements"] = None
    _check_sum(row, SIZES, _SIZES_SUM, remark)
    _check_sum(row, TENURES, _TENURES_SUM, remark)
    if row["maisons"] and row["logements"] is not None and row["maisons"] > row["logements"]:
        remark(
            f"{row['maisons']} maisons, mais Logements = {row['logements']}. Les maisons attendent votre "
            "correction.",
            "mend",
            "maisons",
        )
        row["maisons"] = None
    return remarks


def _check_sum(row: dict[str, Any], keys: tuple[str, ...], words: str, remark: Any) -> None:
    """Check that parts add up to the homes: where they do not, the total is kept and the parts are left out."""
    given = [row[key] for key in keys if row[key] is not None]
    total = row["logements"]
    if not given or total is None:
        return
    added = sum(given)
    if added > total or (len(given) == len(keys) and added != total):
        remark(f"{words} = {added}, mais Logements = {total}. Le total est gardé, la répartition attend votre "
             "correction.", "mend", keys[0])  # fmt: skip
        row.update(dict.fromkeys(keys))


def check_school(kept: Kept, *, sheet: str) -> list[Remark]:
    """Check a school as a whole: its pupils of other communes are among its pupils."""
    row = kept.values
    outside, pupils = row["hors_commune"], row["eleves"]
    if outside is None or pupils is None or outside <= pupils:
        return []
    row["hors_commune"] = None
    message = f"{outside} enfants d'autres communes, mais {pupils} élèves. Corrigez l'un des deux."
    return [Remark(sheet, (kept.number,), message, "mend", kept.cells["hors_commune"].address)]


def check_childcare(kept: Kept, *, sheet: str) -> list[Remark]:
    """Check a structure of childcare as a whole: a waiting list is of a day."""
    row = kept.values
    if row["attente"] is None or row["date_attente"]:
        return []
    message = f"{row['attente']} familles en attente : à quelle date ? Elles ne sont pas montrées sans elle."
    row["attente"] = None
    return [Remark(sheet, (kept.number,), message, "mend", kept.cells["attente"].address)]
