"""Destroying what people said and what a commune gave, when its convention ends or its months are over."""

from __future__ import annotations

import shutil
from pathlib import Path

from helpers import french
from helpers.contributions import kept
from helpers.errors import ParameterError


def destroy(slug: str, *, confirmed: str) -> list[Path]:
    """Destroy the private folder of a commune: words, capture workbooks, minutes, materials; return what was there.

    The convention, the codes and what was shown stay: they say nothing of people.

    Raises:
        ParameterError: it is not confirmed by the name of the commune.
    """
    folder = kept.private_folder(slug)
    if french.slug(confirmed) != slug:
        raise ParameterError(
            f"La destruction de {folder} n'est pas confirmée ({confirmed!r}).",
            remedy=f"Elle est définitive. Pour la faire : make partenariat-detruire commune={slug} confirmer={slug}.",
        )
    if not folder.is_dir():
        return []
    destroyed = sorted(path for path in folder.rglob("*") if path.is_file())
    shutil.rmtree(folder)
    return destroyed
