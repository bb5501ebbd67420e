"""From a record of the registry to the figures of its file, whatever its format."""

from __future__ import annotations

import importlib
from pathlib import Path

import pandas as pd

from helpers.sources.files import locate
from helpers.sources.registry import Source


def read(source: Source, folder: Path) -> dict[str, pd.DataFrame]:
    """Read the long frames of one official file found under `folder`, by table of the store.

    Each has `code, year, variable, value` and the dimensions of its table, in the list of communes of the
    file; a value that is not published has no row.

    Raises:
        SourceError: the file is missing, damaged, of another vintage, or not of the expected form.
    """
    module = importlib.import_module(f"helpers.sources.{source.reader}")
    return module.read(locate(source, folder), source=source)
