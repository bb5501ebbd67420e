"""Legal populations of one vintage (PMUN), every commune except Mayotte's."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.sources.files import read_delimited, to_tidy


def read(path: Path, *, vintage: int) -> dict[str, pd.DataFrame]:
    """Table `population` (variable POP, persons) and `communes` (`code, name, department, region`).

    Paris, Lyon and Marseille are given by arrondissement only: their rows are summed by the store.

    Raises:
        SourceError: file missing, damaged or without an expected column.
    """
    frame = read_delimited(path, columns=["COM", "Commune", "DEP", "REG", "PMUN"], separator=";")
    return {
        "population": to_tidy(frame, code="COM", names={"PMUN": ("POP", vintage)}, path=path),
        "communes": frame.rename(
            columns={"COM": "code", "Commune": "name", "DEP": "department", "REG": "region"}
        )[["code", "name", "department", "region"]],
    }
