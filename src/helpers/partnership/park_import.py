"""What a commune sends back is read, checked and kept: CSV files, where they come from, the report, a marked copy.

All of it is in a folder that git ignores (`params/<commune>/prive/materiaux/`), replaced at once. The same file read
again gives the same bytes: nothing is written.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tempfile
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Border, Side

from helpers import french, materials, paths, spreadsheet
from helpers.errors import ParameterError
from helpers.partnership.codes import Registry
from helpers.partnership.convention import Convention
from helpers.partnership.park_checks import Park, check
from helpers.partnership.park_forms import FORMS, MODEL
from helpers.partnership.park_rows import Remark
from helpers.partnership.xlsx_reader import Workbook, read_workbook, write_text
from helpers.publication.files import hash_file, replace_folder

REPORT, MARKED = "rapport.txt", "a-corriger.xlsx"
_TABLES_COLUMNS = ("titre", "annee", "valeur")
_EDGE = Side(style="thick", color="C2410C")


@dataclass(frozen=True)
class Outcome:
    """How a reading ended: its report, the folder where things are kept, whether anything was new."""

    report: str
    folder: Path
    changed: bool


def bring(
    path: Path, *, code: str, label: str, partnership: Path, convention: Convention, today: date
) -> Outcome:
    """Read the workbook that a commune sent back, and keep what can be.

    `partnership` is the folder of the partnership of the commune (`code`, and its name with its département, `label`).

    Raises:
        ParameterError: not a workbook, or that of another commune; nothing is then changed.
    """
    with warnings.catch_warnings():
        # What the reader of workbooks leaves aside (images, extensions of lists) is no trouble of the commune's.
        warnings.simplefilter("ignore")
        book = read_workbook(path, FORMS)
    _check_owner(book, code=code, label=label)
    day = _day_of(path, partnership, today=today)
    park = check(book, today=date.fromisoformat(day))
    park.notes = [*_compare_models(book), *park.notes, *_compare_agreed(book, convention)]
    registry = Registry.read(partnership / "codes.csv")
    before = dict(registry.rows)
    _give_codes(park, registry, day=day)
    if registry.rows != before:
        registry.write()
    folder = partnership / paths.MATERIALS
    report = write_report(park, source=path.name, day=day)
    files = {f"{key}.csv": _write_csv(park, key) for key in park.rows if key != "autres"}
    files |= {
        "autres.csv": _write_csv(park, "autres"),
        "tableaux.csv": _write_rows(_TABLES_COLUMNS, park.tables),
    }
    files[REPORT] = report.encode()
    counts = {"lues": park.count, "a_corriger": park.to_mend, "laissees": park.left}
    files[paths.PROVENANCE.name] = _describe(path, files, day=day, counts=counts)
    return Outcome(report, folder, _keep(files, folder, book, park.remarks))


def _check_owner(book: Workbook, *, code: str, label: str) -> None:
    owner = book.identity.get("code_insee", "")
    if owner and owner != code:
        named = book.identity.get("commune") or "une autre commune"
        raise ParameterError(
            f"{book.path} : ce classeur est celui de {named} ({owner}), et non celui {french.of(label)} ({code}).",
            remedy=f"Donnez commune={owner}, ou demandez à la commune son propre classeur.",
        )
    if not owner:
        book.notes.append(
            "Le classeur ne dit plus de quelle commune il est (feuille Lisez-moi) : vérifiez-le."
        )


def _compare_models(book: Workbook) -> list[str]:
    """Say that the workbook is of another model, and how many columns it lacks."""
    model = book.identity.get("modele", "")
    if not model or model == MODEL:
        return []
    new = sum(len(sheet.missing) for sheet in book.sheets.values())
    more = f", {french.quantity(new, 'colonne nouvelle vide', 'colonnes nouvelles vides')}" if new else ""
    return [f"Modèle de {model}, attendu {MODEL} : lu{more}.".replace(french.NBSP, " ")]


def _compare_agreed(book: Workbook, convention: Convention) -> list[str]:
    """Say which sheets that were agreed upon came back empty."""
    filled = {french.fold(sheet.form.title) for sheet in book.sheets.values() if sheet.rows}
    return [
        f'Feuille "{name}" convenue, et vide.'
        for name in convention.donnees_convenues
        if french.fold(name) not in filled
    ]


def _day_of(path: Path, partnership: Path, *, today: date) -> str:
    """Give the day at which a file was first read."""
    former = materials.read_provenance(partnership)
    same = former.get("sha256") == hash_file(path) and former.get("modele") == MODEL
    return str(former["lu_le"]) if same else today.isoformat()


def _give_codes(park: Park, registry: Registry, *, day: str) -> None:
    """Tie each operation to its code once: another operation typed on its line does not take it.

    What the registry keeps of an operation is a mark of its name: what the commune has written stays out of git.
    """
    for kept in park.kept("operations"):
        name = french.fold(kept.values["nom"] or "") or f"ligne {kept.number}"
        named = hashlib.sha256(name.encode()).hexdigest()[:12]
        typed = kept.values["code"] or ""
        kept.values["code"] = registry.code_of(named, "OP", day=day, wanted=typed)
        if typed and kept.values["code"] != typed:
            message = f"{typed} désigne déjà une autre opération : celle-ci est {kept.values['code']}."
            park.remarks.append(Remark("Opérations", (kept.number,), message, "note"))


def write_report(park: Park, *, source: str, day: str) -> str:
    """Write the report that goes back with the workbook: the counts, then what is reported of each row."""
    lines = [f"{source}, lu le {date.fromisoformat(day):%d/%m/%Y}", park.describe(), *park.notes]
    for weight, heading in (("left", "Laissé de côté"), ("mend", "À corriger"), ("note", "Lu ainsi")):
        remarks = [remark for remark in park.remarks if remark.weight == weight]
        if remarks:
            lines += ["", f"{heading} :", *(f"- {remark.describe()}" for remark in remarks)]
    return "\n".join(lines) + "\n"


def _write_csv(park: Park, key: str) -> bytes:
    form = next(form for form in FORMS if form.key == key)
    asked = {
        (remark.sheet, number) for remark in park.remarks if remark.weight == "mend" for number in remark.rows
    }
    columns = [column.key for column in form.columns]
    rows = [
        {**kept.values, "a_verifier": "oui" if (form.title, kept.number) in asked else ""}
        for kept in park.kept(key)
    ]
    return _write_rows([*columns, "a_verifier"], rows)


def _write_rows(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\n")
    columns = list(columns)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([spreadsheet.protect(write_text(row[column])) for column in columns])
    return written.getvalue().encode()


def _describe(path: Path, files: Mapping[str, bytes], *, day: str, counts: Mapping[str, int]) -> bytes:
    """Describe where the files come from; the mark of each, so that one file says whether any has changed."""
    described = {
        "fichier": path.name,
        "sha256": hash_file(path),
        "lu_le": day,
        "modele": MODEL,
        "version": version("helpers"),
        "lignes": dict(counts),
        "fichiers": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }
    return (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()


def _keep(files: Mapping[str, bytes], folder: Path, book: Workbook, remarks: Iterable[Remark]) -> bool:
    """Put the files in place of the former ones, all at once; tell whether any has changed."""
    known = {name: (folder / name).read_bytes() for name in files if (folder / name).is_file()}
    if known == dict(files) and (folder / MARKED).is_file():
        return False
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".materiaux-") as made:
        new = Path(made) / folder.name
        new.mkdir()
        for name, content in files.items():
            (new / name).write_bytes(content)
        _write_marked(book, new / MARKED, remarks)
        replace_folder(new, folder)
    return True


def _write_marked(book: Workbook, copy: Path, remarks: Iterable[Remark]) -> None:
    """Copy the workbook with the cells in question outlined, what is reported of each in a note."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        opened = openpyxl.load_workbook(book.path, keep_links=False)
    named = {sheet.form.title: opened[sheet.title] for sheet in book.sheets.values()}
    for remark in (remark for remark in remarks if remark.weight != "note"):
        sheet = named[remark.sheet]
        for address in [remark.address] if remark.address else [f"A{number}" for number in remark.rows]:
            cell = sheet[address]
            # Of merged cells, only the first can be marked.
            if not isinstance(cell, MergedCell):
                cell.border = Border(_EDGE, _EDGE, _EDGE, _EDGE)
                cell.comment = Comment(remark.message, "Agence", width=320, height=110)
    opened.save(copy)
