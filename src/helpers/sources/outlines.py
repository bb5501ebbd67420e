"""Outlines of communes (IGN Admin Express, GeoJSON)."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from helpers.errors import SourceError
from helpers.sources.files import read_bytes, require_columns


def read(path: Path) -> pd.DataFrame:
    """One row per commune: `code` and `outline` (WKB, WGS84 longitude and latitude), sorted by code.

    Raises:
        SourceError: file missing, damaged, without codes, or with an invalid outline.
    """
    content = read_bytes(path)
    try:
        frame = gpd.read_file(content.decode("utf-8"))
    except (ValueError, OSError, RuntimeError) as error:
        raise SourceError(
            f"Contours illisibles : {path} ({error}).", remedy="Téléchargez-les de nouveau."
        ) from error
    require_columns(frame, ["code", "geometry"], path=path)
    frame = frame.sort_values("code", ignore_index=True)
    # Simplified outlines may cross themselves by a hair: mend them once, here.
    mended = frame.geometry.make_valid()
    return pd.DataFrame({"code": frame["code"], "outline": mended.to_wkb()})
