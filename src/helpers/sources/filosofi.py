"""Filosofi: disposable income by commune. Secret cells are empty, and stay missing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.sources.files import read_delimited, to_tidy


def read(path: Path, *, vintage: int) -> dict[str, pd.DataFrame]:
    """Table `income`: MED, median living standard (euros a year per consumption unit); NBMEN, tax households.

    Raises:
        SourceError: file missing, damaged or without an expected column.
    """
    yy = f"{vintage % 100:02d}"
    names = {f"Q2{yy}": ("MED", vintage), f"NBMEN{yy}": ("NBMENFISC", vintage)}
    frame = read_delimited(path, columns=["CODGEO", *names], separator=";", decimal=",")
    return {"income": to_tidy(frame, code="CODGEO", names=names, path=path)}
