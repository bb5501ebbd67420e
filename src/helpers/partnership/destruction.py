"""Destroying what people said and what a commune gave, when its convention ends or its months are over."""

from __future__ import annotations

import shutil
from pathlib import Path

from helpers import french
from helpers.contributions import kept
from helpers.errors import ParameterError


def destroy(slug: str, *, confirmed: str) -> list[Path]:
    """Destroy the private folder of a commune: words, capture workbooks, minutes, materials; return what was there.

    The kits of its workshops go too: they repeat words, and are made again. The convention, the codes and what was
    shown stay: they say nothing of people.

    Raises:
        ParameterError: it is not confirmed by the name of the commune.
    """
    folder = kept.private_folder(slug)
    if french.slug(confirmed) != slug:
        raise ParameterError(
            f"La destruction de {folder} n'est pas confirmée ({confirmed!r}).",
            remedy=f"Elle est définitive. Pour la faire : make partenariat-detruire commune={slug} confirmer={slug}.",
        )
    folders = [
        one for one in (folder, *(kept.kit_folder(slug, number) for number in (1, 2, 3))) if one.is_dir()
    ]
    destroyed = sorted(path for one in folders for path in one.rglob("*") if path.is_file())
    for one in folders:
        shutil.rmtree(one)
    return destroyed


def drop_later_kits(slug: str, number: int) -> list[int]:
    """Remove the kits of the workshops after one, which may repeat its words; return their numbers."""
    gone = []
    for later in range(number + 1, 4):
        folder = kept.kit_folder(slug, later)
        made = [path for path in folder.glob(f"{slug}-atelier-{later}*") if path.is_file()]
        for path in made:
            path.unlink()
        gone += [later] if made else []
    return gone
