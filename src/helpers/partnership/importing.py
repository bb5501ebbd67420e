"""Importing the capture workbooks of a workshop: read, brought together, kept; what is refused is said, never lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from helpers import french, paths
from helpers.contributions import kept
from helpers.contributions.workshop import Kit, Workshop
from helpers.errors import ParameterError
from helpers.partnership import capture_reading, destruction, minutes, settling
from helpers.partnership.capture_reading import Capture, Message
from helpers.partnership.capture_sheets import ROWS_COUNTED
from helpers.partnership.merged import Merged
from helpers.partnership.merging import merge

REPORT = "rapport.txt"
# What a row holds before anyone types in it.
_GIVEN = {"_file", "code", "titre"}
# Other spreadsheets that a folder may hold.
_OTHERS = {".ods", ".fods", ".xls", ".xlsm", ".xlsb", ".csv", ".numbers"}


@dataclass(frozen=True)
class Account:
    """What an import did: the workshop, the files read, those left out and why."""

    merged: Merged
    files: list[str]
    left_out: list[str]
    report: Path
    to_settle: Path | None
    # Documents touched by hand, which still hold what was withdrawn.
    touched: list[Path] = field(default_factory=list)
    # Workshops whose kits were removed: they may have repeated what was withdrawn.
    kits: list[int] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """Count what came in and what became of it: the sum of the parts is what was read."""
        merged = self.merged
        waiting, withdrawn = len(merged.workshop.waiting), len(merged.workshop.withdrawn)
        unread = len(merged.workshop.contributions) - len(merged.workshop.whole)
        lines = merged.read + sum(merged.rows.values())
        parts = [french.quantity(lines, "ligne lue", "lignes lues")]
        if merged.workshop.contributions or not merged.rows:
            said = french.quantity(len(merged.workshop.contributions), "contribution")
            parts.append(said + (f" dont {unread} à relire" if unread else ""))
        parts += describe_rows(merged.rows)
        if merged.twins:
            parts.append(
                french.quantity(merged.twins, "doublon montré une fois", "doublons montrés une fois")
            )
        if waiting:
            parts.append(french.quantity(waiting, "ligne en attente", "lignes en attente"))
        if withdrawn:
            parts.append(describe_withdrawn(withdrawn))
        if merged.conflicts:
            parts.append(f"{french.number(len(merged.conflicts))} à trancher")
        news = french.quantity(merged.news, "nouveauté") if merged.is_new else "0 nouveauté"
        return french.typography(f"{', '.join(parts)} ; {news}.")


def describe_rows(counts: Mapping[str, int]) -> list[str]:
    """Say how many rows of the sheets of workshops 2 and 3 were read: `4 enjeux`, `6 pions`."""
    return [french.quantity(count, *ROWS_COUNTED[key]) for key, count in counts.items()]


def describe_withdrawn(count: int) -> str:
    """Say how many contributions were withdrawn."""
    return french.quantity(count, "contribution retirée", "contributions retirées")


def find_kit(slug: str, number: int) -> Kit:
    """Find what a workshop was shown.

    Raises:
        ParameterError: no kit was made.
    """
    kit = kept.read_kit(slug, number)
    if kit is None:
        raise ParameterError(
            f"L'atelier {number} de {slug} n'a pas de classeur de saisie : {kept.kit_file(slug, number)} est absent.",
            remedy=f"Écrivez-le d'abord : make atelier commune={slug} numero={number}.",
        )
    return kit


def run(slug: str, number: int, files: Sequence[Path] = ()) -> Account:
    """Import the capture workbooks of a workshop: those given, else all those of its folder.

    A file that cannot be read, or is of another workshop, is left out whole and reported; the others are imported.

    Raises:
        ParameterError: no kit was made; no file is there; none can be read.
    """
    kit = find_kit(slug, number)
    folder = kept.capture_folder(slug, number)
    chosen, others = (list(files), []) if files else _list_workbooks(folder)
    answers = [path for path in chosen if "a-trancher" in path.name]
    captures, left_out = _read(kit, [path for path in chosen if path not in answers])
    left_out += others
    if not captures:
        raise _nothing(folder, chosen, left_out)
    former = kept.read_workshop(slug, number)
    if former is not None:
        settled = settling.read([*answers, *_own(folder, kit, answers)])
        former = former.model_copy(update={"settled": former.settled | settled})
    merged = merge(kit, captures, former)
    merged.messages += _find_missing(kit, captures, former)
    touched, kits = _drop(slug, number) if merged.withdrawn else ([], [])
    kept.write_workshop(merged.workshop)
    to_settle = settling.settling_file(folder, kit)
    settling.write(to_settle, kit, merged.conflicts)
    account = Account(
        merged,
        [capture.file for capture in captures],
        left_out,
        folder / REPORT,
        to_settle if merged.conflicts else None,
        touched,
        kits,
    )
    _report(account, captures)
    return account


def _drop(slug: str, number: int) -> tuple[list[Path], list[int]]:
    """Remove what may tell the words withdrawn, before they are: an import interrupted here begins again with all."""
    return minutes.drop_written(slug, number), destruction.drop_later_kits(slug, number)


def _list_workbooks(folder: Path) -> tuple[list[Path], list[str]]:
    """List the workbooks of a folder; then why each other spreadsheet is left aside."""
    there = sorted(path for path in folder.glob("*") if not path.name.startswith((".", "~")))
    others = [
        f"{path.name} : seuls les classeurs .xlsx sont lus. Ouvrez-le, enregistrez-le en .xlsx, puis réimportez."
        for path in there
        if path.suffix.lower() in _OTHERS
    ]
    return [path for path in there if path.suffix.lower() == ".xlsx"], others


def _find_missing(kit: Kit, captures: Sequence[Capture], former: Workshop | None) -> list[Message]:
    """Say which capture workbooks were handed out and never came back, or came back empty."""
    known = {capture.key for capture in captures if capture.is_filled}
    if former is not None:
        for several in (former.contributions, former.axes, former.actions):
            known |= {one.file for one in several}
        rows = (row for several in former.rows.values() for row in several)
        known |= {str(row["_file"]) for row in rows if set(row) - _GIVEN}
    folder = kept.capture_folder(kit.slug, kit.number)
    return [
        Message(
            name,
            f"saisie {Path(name).stem[-1]} pas reçue, ou vide. Rangez-la dans {folder}, puis réimportez.",
        )
        for name in sorted(kept.read_written(kit.slug, kit.number))
        if Path(name).stem not in known
    ]


def _own(folder: Path, kit: Kit, answers: Sequence[Path]) -> list[Path]:
    """List the workbook of what is to be settled where it is there and was not given."""
    own = settling.settling_file(folder, kit)
    return [own] if own.is_file() and own not in answers else []


def _read(kit: Kit, files: Sequence[Path]) -> tuple[list[Capture], list[str]]:
    captures, left_out = [], []
    for path in files:
        try:
            captures.append(capture_reading.read(path, kit))
        except ParameterError as error:
            left_out.append(str(error))
    read = _keep_latest(captures)
    for one in captures:
        last = next(other for other in read if other.key == one.key)
        if one is not last:
            left_out.append(_describe_older(one, last))
    return read, left_out


def _describe_older(one: Capture, last: Capture) -> str:
    """Say why a copy of a workbook is not read, and what to do with it."""
    same = f"{one.file}.xlsx : même classeur (saisie {one.letter}) que {last.file}.xlsx"
    if not one.is_filled:
        return f"{same}, resté vide. Effacez {one.file}.xlsx."
    why = "enregistré après" if one.saved and last.saved else "le dernier par son nom"
    return (
        f"{same}, {why}, seul lu. Recopiez dans {last.file}.xlsx ce qui n'est que dans {one.file}.xlsx, effacez "
        f"{one.file}.xlsx, puis réimportez."
    )


def _keep_latest(captures: Sequence[Capture]) -> list[Capture]:
    """Keep of each workbook the copy saved last, else the last by name; one left empty only where all are."""
    copies: dict[str, list[Capture]] = {}
    for one in captures:
        copies.setdefault(one.key, []).append(one)
    kept_ones = []
    for same in copies.values():
        dated = all(one.saved for one in same)
        kept_ones.append(
            max(
                same,
                key=lambda one: (one.is_filled, str(one.saved) if dated else "", len(one.file), one.file),
            )
        )
    return kept_ones


def _nothing(folder: Path, chosen: Sequence[Path], left_out: Sequence[str]) -> ParameterError:
    if not chosen and not left_out:
        return ParameterError(
            f"Aucune saisie à importer dans {folder}.",
            remedy="Rangez-y les classeurs remplis, ou donnez fichiers=chemin.xlsx.",
        )
    return ParameterError("Aucune saisie n'a pu être importée :\n" + "\n".join(left_out))


def _report(account: Account, captures: Sequence[Capture]) -> None:
    """Write the account of the import beside the workbooks; no name is in it."""
    lines = [account.summary, f"Fichiers lus : {', '.join(account.files)}."]
    lines += [f"Laissé de côté : {text}" for text in account.left_out]
    for capture in captures:
        counts = describe_rows(capture.counts)
        if capture.count or not counts:
            counts.insert(0, french.quantity(capture.count, "ligne", "lignes"))
        lines.append(f"{capture.file} : {', '.join(counts)}.")
    lines += [message.discreet() for message in account.merged.messages]
    account.report.parent.mkdir(parents=True, exist_ok=True)
    paths.write(account.report, french.typography("\n".join(lines)) + "\n")
