"""Diagnostic of a French commune: its people, its homes, and the link between the two.

What a notebook needs:

    from helpers import Diagnostic, figures, wording
    from helpers.indicators import growth
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.diagnostic import Diagnostic

__all__ = ["Diagnostic"]


def __getattr__(name: str) -> Any:
    # Loaded on demand: the command line checks parameters without loading pandas twice over.
    if name in __all__:
        return getattr(importlib.import_module("helpers.diagnostic"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
