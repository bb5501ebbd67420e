"""The bilan beside the pages of a diagnostic."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from helpers import french
from helpers.agreement.parts import Block, Grid
from helpers.partnership.bilan import ACTIONS
from helpers.partnership.minute import Minute
from helpers.publication import documents
from helpers.publication.incremental.manifest import MANIFEST
from helpers.publication.pages import document

_LEDE = "Ce qui s’est passé dans la salle, compté : ni moyenne, ni pourcentage, ni note de satisfaction."


def publish_bilan(folder: Path, bilan: Minute) -> Path | None:
    """Put the bilan beside the pages of a diagnostic and on the list of its cover; nothing where none is built.

    What was said to be done stays in the document of the participants.

    Raises:
        BuildError: the diagnostic cannot be read, or the folder cannot be written.
    """
    if not (folder / MANIFEST).is_file():
        return None
    diagnostic = documents.read(folder, drawn=False)
    commune, _, title = bilan.title.partition(" – ")
    parts = [
        {"file": f"{part.stem}.html", "title": part.title, "current": False} for part in diagnostic.parts
    ]
    sections = [replace(one, blocks=tuple(filter(_is_public, one.blocks))) for one in bilan.sections]
    page = document.render(french.capitalize(title), sections, commune=commune, lede=_LEDE, parts=parts)
    return documents.publish(folder, "bilan.html", page.encode())


def _is_public(block: Block) -> bool:
    return not (isinstance(block, Grid) and block.caption == ACTIONS)
