"""The small workbook of what two files disagree on: two columns, and what to keep. The next import reads it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from helpers.contributions.workshop import Contribution, Kit
from helpers.errors import ParameterError
from helpers.partnership import capture_sheets as sheets
from helpers.partnership.capture_workbook import Book
from helpers.partnership.merged import Conflict
from helpers.partnership.values import read_choice
from helpers.partnership.xlsx_reader import read_workbook


def settling_file(folder: Path, kit: Kit) -> Path:
    """Return the workbook of what is to be settled."""
    return folder / f"{kit.name}-a-trancher.xlsx"


def write(path: Path, kit: Kit, conflicts: Sequence[Conflict]) -> None:
    """Write what is to be settled; without a conflict, remove the workbook of the last ones."""
    if not conflicts:
        path.unlink(missing_ok=True)
        return
    rows = [(one.mark, one.id, describe(one.a), describe(one.b)) for one in conflicts]
    with Book.open(path, kit, "A", title="à trancher") as book:
        book.write_table(sheets.CONFLICTS, rows)


def read(paths: Iterable[Path]) -> dict[str, str]:
    """Read what was settled: the mark of each pair of texts, and what to keep.

    Raises:
        ParameterError: a workbook cannot be read, or says another word than those of its list.
    """
    settled = {}
    column = sheets.CONFLICTS.find("choix")
    for path in paths:
        book = read_workbook(path, [sheets.CONFLICTS])
        for row in book.sheets[sheets.CONFLICTS.key].rows:
            if "choix" not in row.cells:
                continue
            read = read_choice(row.cells["choix"].value, label=column.label, choices=column.choices)
            if read.value is None and read.message:
                raise ParameterError(
                    f"{path.name}, {sheets.CONFLICTS.title}, ligne {row.number} : {read.message}",
                    remedy="Choisissez dans la liste, ou videz la cellule pour décider plus tard.",
                )
            if read.value:
                settled[row.text("marque")] = read.value
    return settled


def describe(one: Contribution) -> str:
    """Write a contribution on a few lines, for whoever has to choose."""
    lines = [
        f"{one.file} · {one.code or 'sans code'} · {one.type or 'sans type'} · {one.role or 'sans rôle'}",
        one.text or "(sans texte)",
        " · ".join(
            filter(None, [one.place, one.evidence, one.who, f"{one.due:%d/%m/%Y}" if one.due else ""])
        ),
    ]
    return "\n".join(filter(None, lines))
