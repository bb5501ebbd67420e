"""The notebooks that come with the project: tests read their pages, those that an analyst adds are his own."""

from __future__ import annotations

from pathlib import Path

from helpers import themes

STEMS = ["4_enjeux", "1_demographie", "2_logement", "3_pyramides"]


def notebooks() -> list[Path]:
    """List them, in the order of reading."""
    return [path for path in themes.notebooks() if path.stem in STEMS]
