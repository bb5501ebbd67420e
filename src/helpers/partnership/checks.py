"""What was found of figures that were contested and of questions left open: a small workbook, filled in, read back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from helpers import french, paths
from helpers.contributions import kept
from helpers.contributions.workshop import Contribution, Workshop, row_of
from helpers.errors import ParameterError
from helpers.partnership import privacy
from helpers.partnership.values import read_choice, read_day
from helpers.partnership.xlsx_reader import Column, Form, Row, read_workbook
from helpers.partnership.xlsx_writer import write_workbook

FOUND = ("maintenu", "corrigé", "complété", "répondu")
# What takes back what was found: an emptied row does not, it may be that of an older copy.
_TAKE_BACK = "à vérifier"
_CHECKED = ("contredit", "question ouverte")
# Words between brackets after « corrigé »: 262 → 255.
_LONGEST = 120
FORM = Form(
    "verifications",
    "Vérifications",
    (
        Column("id", "N°", width=10, locked=True),
        Column("code", "Chiffre", width=8, locked=True),
        Column("type", "Type", width=14, locked=True),
        Column("texte", "Ce qui a été dit", width=60, locked=True),
        Column("qui", "Qui vérifie, avant le", width=26, locked=True),
        Column(
            "resultat",
            "Ce qu’il en est",
            kind="choice",
            choices=(*FOUND, _TAKE_BACK),
            width=14,
            help="un chiffre : maintenu, corrigé, complété ; une question : répondu ; « à vérifier » efface",
        ),
        Column(
            "detail",
            "Précision",
            longest=_LONGEST,
            width=40,
            help="corrigé : 262 → 255 ; complété : par quoi ; répondu : la réponse. Aucun nom de personne",
        ),
        Column("verifie_le", "Vérifié le", kind="date", width=14, help="jj/mm/aaaa"),
    ),
)
_READING = (
    "Une ligne par chiffre contredit et par question restée ouverte.",
    "",
    "1. Choisissez ce qu’il en est, précisez, datez. Laissez vide ce qui n’est pas encore vérifié.",
    "2. Ne mettez aucun nom de personne.",
    "3. Enregistrez, puis relancez : make verifications.",
    "",
    "Le diagnostic, le compte rendu et le bilan diront ce qui a été trouvé, et quand.",
)


@dataclass(frozen=True)
class Checked:
    """What the workbook gave: the rows taken, what is to be reported, the workbook as it now is."""

    path: Path
    was_there: bool
    taken: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    rows: int = 0


def workbook_of(slug: str) -> Path:
    """Return the workbook of the checks of a commune."""
    return kept.private_folder(slug) / f"{slug}-verifications.xlsx"


def run(slug: str, *, today: date) -> Checked:
    """Read the workbook of checks where it is there, keep what it says, then write it with what is still to be checked.

    It stays as it is where a row of it is refused.

    Raises:
        ParameterError: no workshop was imported, or the workbook cannot be read.
    """
    workshops = kept.read_workshops(slug)
    if not workshops:
        raise ParameterError(
            f"Aucun atelier de {slug} n'a été importé : il n'y a rien à vérifier.",
            remedy=f"Importez d'abord les saisies : make atelier-import commune={slug} numero=1.",
        )
    path = workbook_of(slug)
    checked = Checked(path, path.is_file())
    if checked.was_there:
        _take(path, workshops, checked)
    rows = [*_to_check(workshops)]
    if not checked.messages:
        _write(path, workshops[0], rows, today=today)
    return Checked(path, checked.was_there, checked.taken, checked.messages, len(rows))


def renew(slug: str, *, today: date) -> list[Path]:
    """Write again the workbook of a commune where it holds what was withdrawn; return it where it cannot be."""
    path, gone = workbook_of(slug), _find_withdrawn(kept.read_workshops(slug))
    if not gone or not path.is_file():
        return []
    # Every cell: a row in which nothing was filled is no row of a form.
    grid = read_workbook(path, [FORM]).sheets[FORM.key].grid
    if not any(row_of(str(value).upper()) in gone for values in grid.values() for value in values):
        return []
    return [path] if run(slug, today=today).messages else []


def _find_withdrawn(workshops: Sequence[Workshop]) -> set[str]:
    return {named for workshop in workshops for named in workshop.withdrawn}


def _to_check(workshops: Sequence[Workshop]) -> Iterator[Contribution]:
    for workshop in workshops:
        yield from (one for one in workshop.whole if one.type in _CHECKED)


def _take(path: Path, workshops: Sequence[Workshop], checked: Checked) -> None:
    """Take what the rows of a workbook say into the contributions, and keep the workshops that changed."""
    book = read_workbook(path, [FORM])
    insee = book.identity.get("commune", "")
    if insee and insee != workshops[0].kit.insee:
        raise ParameterError(
            f"{path.name} : ce classeur est celui d'une autre commune ({insee!r}).",
            remedy="Remettez celui de cette commune, ou effacez-le : il sera écrit à nouveau.",
        )
    gone = _find_withdrawn(workshops)
    known = {one.id: (one, workshop) for workshop in workshops for one in workshop.contributions}
    changed = []
    for row in book.sheets[FORM.key].rows:
        found, problem = _read_row(row)
        named = row.text("id").upper()
        if row_of(named) in gone:
            continue
        if named not in known:
            problem = problem or f"N° {named!r} inconnu : la ligne n’est pas reprise."
        if problem:
            text = f"{path.name}, {FORM.title}, ligne {row.number} : {problem}"
            checked.messages.append(french.typography(text))
            continue
        one, workshop = known[named]
        if found is None or (one.outcome, one.checked) == found:
            continue
        one.outcome, one.checked = found
        checked.taken.append(named)
        changed.append(workshop)
    for workshop in {id(one): one for one in changed}.values():
        kept.write_workshop(workshop)


def _read_row(row: Row) -> tuple[tuple[str, date | None] | None, str]:
    """Read what was found and when, and what is refused of a row; nothing where it is not filled in."""
    cells = row.cells
    if not any(row.text(key) for key in ("resultat", "detail", "verifie_le")):
        return None, ""
    choice = FORM.find("resultat")
    read = read_choice(row.text("resultat") or None, label=choice.label, choices=choice.choices)
    detail = row.text("detail")
    if mention := privacy.find_refused(detail):
        return None, f"la précision ressemble à {mention.kind}. Reformulez : aucun nom de personne."
    if read.value is None:
        return None, read.message or f"choisissez {french.enumerate_words(list(FOUND), link='ou')}."
    if read.value == _TAKE_BACK:
        return ("", None), ""
    if read.value in ("corrigé", "répondu") and not detail:
        return None, f"{read.value} : précisez ({'262 → 255' if read.value == 'corrigé' else 'la réponse'})."
    if len(detail) > _LONGEST:
        return None, f"précision de {len(detail)} signes, {_LONGEST} au plus."
    day = read_day(cells["verifie_le"].value) if row.text("verifie_le") else None
    if day is None:
        return None, f"« Vérifié le » : {row.text('verifie_le')!r} n’est pas une date (jj/mm/aaaa)."
    outcome = detail if read.value == "répondu" else read.value + (f" ({detail})" if detail else "")
    return (outcome, day), ""


def _write(path: Path, workshop: Workshop, rows: Sequence[Contribution], *, today: date) -> None:
    """Write the workbook: what was contested or asked, and what was found so far."""
    kit = workshop.kit
    content = write_workbook(
        [FORM],
        title=f"{kit.commune} : vérifications",
        reading=_READING,
        identity={"commune": kit.insee},
        examples={},
        codes={},
        day=today,
        rows=max(len(rows), 1),
        filled={FORM.key: [_to_row(one) for one in rows]},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    paths.write(path, content)


def _to_row(one: Contribution) -> dict[str, object]:
    due = f", {one.due:%d/%m/%Y}" if one.due else ""
    word = next((word for word in FOUND if one.outcome.startswith(word)), "répondu" if one.outcome else "")
    detail = one.outcome if word == "répondu" else one.outcome.removeprefix(word).strip(" ()")
    return {
        "id": one.id,
        "code": one.code or "–",
        "type": one.type,
        "texte": one.text,
        "qui": f"{one.who}{due}" or "–",
        "resultat": word,
        "detail": detail,
        "verifie_le": f"{one.checked:%d/%m/%Y}" if one.checked else "",
    }
