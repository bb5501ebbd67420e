"""The documents that people complete: the minute of a workshop, the bilan, issues and levers."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from helpers import french, paths
from helpers.agreement import agreed_text
from helpers.contributions import kept
from helpers.contributions.agreed import gather
from helpers.contributions.workshop import Workshop
from helpers.errors import ParameterError
from helpers.partnership import agreed_sheets, bilan, sending, written
from helpers.partnership.convention import find_convention
from helpers.partnership.minute import STATES, Minute, Writer, describe_state
from helpers.partnership.written import Made
from helpers.publication.documents import sheets

_STATES = {"": STATES[0], "projet": STATES[0], "relu": STATES[1], "diffuse": STATES[2]}


def make(slug: str, number: int, *, sent: date, state: str = "", now: datetime | None = None) -> Made:
    """Make the minute of a workshop that was imported, as a Word document and a PDF.

    What was typed in its last version is taken again. A document touched by hand stays as it is: the new one is
    numbered, and what changed is listed.

    The first time that it is said to be sent (`diffuse`), the moment (`now`) is kept.

    Raises:
        ParameterError: nothing was imported; the convention or the last version cannot be read; unknown state.
        BuildError: a library that PDF needs is missing.
    """
    held = kept.read_workshops(slug)
    workshop = next((one for one in held if one.kit.number == number), None)
    if workshop is None:
        raise ParameterError(
            f"L'atelier {number} de {slug} n'a pas été importé : il n'y a rien à rapporter.",
            remedy=f"Importez d'abord les saisies : make atelier-import commune={slug} numero={number}.",
        )
    folder, status = kept.capture_folder(slug, number), _read_state(state)
    typed = written.read_typed(folder, f"{workshop.kit.name}-compte-rendu")
    before = [one for one in held if one.kit.number < number]
    minute = Writer(workshop, find_convention(slug), sent, typed, status, before).write()
    made = written.write(folder, minute, day=sent)
    if status == STATES[-1] and now:
        sending.note(slug, number, now)
    return made


def make_bilan(slug: str, *, today: date, state: str = "") -> Made:
    """Make the bilan of a partnership, as a Word document and a PDF; what was typed is taken again.

    Raises:
        ParameterError: no workshop was imported; a file cannot be read; unknown state.
        BuildError: a library that PDF needs is missing.
    """
    workshops, folder = _read_workshops(slug, 1, "bilan"), kept.documents_folder(slug)
    typed = written.read_typed(folder, f"{slug}-bilan")
    convention, status = find_convention(slug), _read_state(state)
    hours = sending.count_hours(workshops)
    writer = bilan.Writer(workshops, gather(workshops), convention, today, typed, status, hours)
    return written.write(folder, writer.write(), day=today)


def make_agreed(slug: str, *, today: date, state: str = "") -> Made:
    """Make the document of the issues and levers of a group, as Word and PDF.

    Raises:
        ParameterError: neither workshop 2 nor 3 was imported; a file cannot be read; unknown state.
        BuildError: a library that PDF needs is missing.
    """
    workshops = _read_workshops(slug, 2, "document des enjeux et des leviers")
    kit = workshops[-1].kit
    title = french.typography(f"{kit.commune} – enjeux et leviers, {french.long_date(kit.day)}")
    sections = agreed_text.sections(gather(workshops), today=today)
    minute = Minute(title, describe_state(_read_state(state)), sections, f"{slug}-enjeux-leviers")
    return written.write(kept.documents_folder(slug), minute, day=today)


def make_agreed_sheets(slug: str) -> Path:
    """Make the A3 sheets of the matrix and of the grid of levers, as one PDF.

    Raises:
        ParameterError: neither workshop 2 nor 3 was imported, or a file cannot be read.
        BuildError: a library that PDF needs is missing.
    """
    workshops = _read_workshops(slug, 2, "feuille des enjeux et des leviers")
    commune = workshops[-1].kit.commune
    content = sheets.render(
        agreed_sheets.compose(gather(workshops), commune=commune), title=f"{commune}\u00a0: enjeux et leviers"
    )
    path = kept.documents_folder(slug) / f"{slug}-enjeux-leviers-a3.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    paths.write(path, content)
    return path


def drop_written(slug: str, number: int) -> list[Path]:
    """Remove the documents that nobody has touched; return those that someone has, which still hold what they said."""
    left = written.drop(kept.capture_folder(slug, number), "*-compte-rendu*")
    return left + written.drop(kept.documents_folder(slug))


def _read_workshops(slug: str, least: int, what: str) -> list[Workshop]:
    """Read the workshops of a commune, one of `least` or later among them."""
    workshops = kept.read_workshops(slug)
    if not any(workshop.kit.number >= least for workshop in workshops):
        which = "Aucun atelier" if least == 1 else f"Aucun atelier à partir du {least}"
        raise ParameterError(
            f"{which} de {slug} n'a été importé : il n'y a pas de {what} à écrire.",
            remedy=f"Importez d'abord les saisies : make atelier-import commune={slug} numero={least}.",
        )
    return workshops


def _read_state(state: str) -> str:
    if french.fold(state) not in _STATES:
        raise ParameterError(f"État {state!r} inconnu.", remedy="etat=projet, relu ou diffuse.")
    return _STATES[french.fold(state)]
