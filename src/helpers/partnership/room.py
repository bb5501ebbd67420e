"""What a workshop is shown: figures and questions of the diagnostic built, each with its code, value and drawing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from helpers import french, paths
from helpers.contributions import kept
from helpers.contributions.workshop import Kit, Shown
from helpers.errors import ParameterError
from helpers.partnership import capture_workbook
from helpers.partnership.codes import Registry, kind_of
from helpers.partnership.convention import Convention, find_convention
from helpers.publication.documents import BuiltDiagnostic
from helpers.publication.documents.drawings import stand_alone
from helpers.publication.files import hash_file
from helpers.publication.incremental.manifest import mark_inputs, read_manifest
from helpers.publication.pages.arrangement import records_of
from helpers.territory.communes import Commune

REGISTRY = "codes.csv"
# Letters of a mark.
_SHORT = 6


def prepare(commune: Commune, diagnostic: BuiltDiagnostic, number: int) -> Kit:
    """Prepare what a workshop is shown, once: a kit already there stays as it is.

    Raises:
        ParameterError: the convention lacks the date of the workshop, or a file cannot be read.
    """
    known = kept.read_kit(commune.slug, number)
    if known is not None:
        return known
    convention = find_convention(commune.slug)
    records = [record for part in diagnostic.parts for record in records_of(part.notebook)]
    registry = Registry.read(kept.partnership_folder(commune.slug) / REGISTRY)
    day = _find_day(commune, convention, number)
    shown = [*_figures(records), *_questions(records, registry, day)]
    kit = Kit(
        commune=commune.full_name,
        slug=commune.slug,
        insee=commune.code,
        number=number,
        day=day,
        version=_version(diagnostic.folder),
        shown=shown,
        elected=convention.nb_elus,
        technicians=convention.nb_techniciens,
        facilitators=convention.nb_animateurs,
        at_tables=convention.tables_of(number),
    )
    _keep_drawings(kit, records)
    registry.write()
    kept.write_kit(kit)
    return kit


def write_workbooks(
    kit: Kit, *, facts: Sequence[str] = (), questions: Sequence[str] = ()
) -> tuple[list[Path], list[Path]]:
    """Write the capture workbook of each facilitator; return those written, and those already there, left alone.

    One that nobody has touched is written again where `facts` (lines of the notebooks) or `questions` (of the dots)
    have changed; all those of the kit unless said.
    """
    folder = kept.capture_folder(kit.slug, kit.number)
    known = kept.read_written(kit.slug, kit.number)
    written, left = [], []
    for letter in kit.letters:
        path = folder / f"{kit.name}-saisie-{letter}.xlsx"
        content = capture_workbook.make(kit, letter=letter, facts=facts, questions=questions)
        made = hashlib.sha256(content).hexdigest()
        there = hash_file(path)
        if there and (there == made or there != known.get(path.name)):
            left.append(path)
            continue
        folder.mkdir(parents=True, exist_ok=True)
        paths.write(path, content)
        known[path.name] = made
        written.append(path)
    paths.write(kept.written_file(kit.slug, kit.number), json.dumps(known, indent=1) + "\n")
    return written, left


def _find_day(commune: Commune, convention: Convention, number: int) -> date:
    dated = convention.ateliers[number - 1].date if number <= len(convention.ateliers) else None
    if dated is None:
        raise ParameterError(
            f"La convention {commune.name} ne dit pas la date de l'atelier {number}.",
            remedy=f"Écrivez-la dans {kept.convention_file(commune.slug)} : ateliers, date.",
        )
    return dated


def _figures(records: Iterable[Mapping[str, Any]]) -> list[Shown]:
    """List the figures that have a code: the name of each, and what it finds, which is what the room reads."""
    found: dict[str, Shown] = {}
    for record in records:
        code = record.get("code", "")
        if kind_of(code) and code not in found:
            found[code] = Shown(
                code=code,
                title=french.typography(record["subject"]),
                value=record["title"],
                name=record["name"],
                simulated=record["demonstration"],
            )
    return [found[code] for code in sorted(found)]


def _questions(records: Iterable[Mapping[str, Any]], registry: Registry, day: date) -> list[Shown]:
    cards = [card for record in records for card in record.get("cards", ())]
    return [
        Shown(
            code=registry.code_of(card["id"], "Q", day=day.isoformat()), title=card["title"], name=card["id"]
        )
        for card in cards
    ]


def _version(folder: Path) -> str:
    """Name the version of a diagnostic: its number, else a mark of what it was made from."""
    manifest = read_manifest(folder)
    if number := manifest.get("number"):
        return str(number)
    return f"{manifest['version']}-{mark_inputs(manifest)[:_SHORT]}"


def _keep_drawings(kit: Kit, records: Iterable[Mapping[str, Any]]) -> None:
    """Keep the drawings as the room sees them, for the minute."""
    for record in records:
        if kit.find(record.get("code", "")) is None:
            continue
        drawing = BeautifulSoup(record["html"], "html.parser").select_one(".drawing svg")
        if drawing is None:
            continue
        path = kept.drawing_file(kit.slug, kit.number, record["code"])
        path.parent.mkdir(parents=True, exist_ok=True)
        paths.write(path, stand_alone(drawing) + "\n")
