"""RPLS: social dwellings by commune, from the landlords' register."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.sources.files import read_delimited, to_tidy


def read(path: Path, *, vintage: int) -> dict[str, pd.DataFrame]:
    """Table `social_housing`: RPLS (all social dwellings) and RPLS_VAC (vacant ones), 1 January `vintage`.

    The register lists only communes that have social dwellings: a commune that is absent has no row.

    Raises:
        SourceError: file missing, damaged or without an expected column.
    """
    names = {"nb_ls": ("RPLS", vintage), "nb_vacants": ("RPLS_VAC", vintage)}
    frame = read_delimited(path, columns=["DEPCOM_ARM", *names], separator=",")
    return {"social_housing": to_tidy(frame, code="DEPCOM_ARM", names=names, path=path)}
