"""Outlines of communes (IGN Admin Express: GeoJSON, GeoPackage or shapefile)."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from helpers.errors import SourceError
from helpers.sources.files import read_bytes, require_columns, require_communes
from helpers.sources.registry import Source

# Names of the code of a commune: simplified GeoJSON, Admin Express to 2024, and since.
_CODES = ("code", "INSEE_COM", "code_insee")
_LAYER = "commune"
_WGS84 = "EPSG:4326"
_GEOJSON = (".geojson", ".json")
# Outlines at full detail lose what a map of a département cannot show: 50 m, in degrees of latitude.
_TOLERANCE = 50 / 111_320


def read(path: Path, *, source: Source | None = None) -> pd.DataFrame:
    """Read one row per commune: `code` and `outline` (WKB, WGS84 longitude and latitude), sorted by code.

    A GeoJSON is taken as it is, already simplified. The layer of communes of Admin Express (GeoPackage,
    shapefile, or zip of one of them, `source` telling the member) is brought to WGS84 and simplified as a
    whole, so that neighbours still touch.

    Raises:
        SourceError: file missing, damaged, in an archive .7z, without codes, with a commune given twice, or
            with an invalid outline.
    """
    if path.suffix.lower() in _GEOJSON:
        frame = _read_geojson(path)
    else:
        frame = _simplify(_read_layer(path, member=source.member if source else None))
    code = next((name for name in _CODES if name in frame.columns), _CODES[0])
    require_columns(frame, [code, "geometry"], path=path)
    require_communes(frame, code=code, path=path)
    frame = frame.sort_values(code, ignore_index=True)
    # Simplified outlines may cross themselves by a hair: mend them once, here.
    mended = frame.geometry.make_valid()
    return pd.DataFrame({"code": frame[code], "outline": mended.to_wkb()})


def _read_geojson(path: Path) -> gpd.GeoDataFrame:
    content = read_bytes(path)
    try:
        return gpd.read_file(content.decode("utf-8"))
    except (ValueError, OSError, RuntimeError) as error:
        raise _unreadable(path, error) from error


def _read_layer(path: Path, *, member: str | None) -> gpd.GeoDataFrame:
    """Read the layer of communes of a GeoPackage or shapefile."""
    if not path.is_file():
        read_bytes(path)
    if path.suffix.lower() == ".7z":
        raise SourceError(
            f"{path} est une archive .7z, que ce projet n'ouvre pas.",
            remedy="Décompressez-la et indiquez dans le registre le fichier .gpkg ou .shp des communes.",
        )
    place = f"/vsizip/{path}/{member}" if member else str(path)
    try:
        layers = gpd.list_layers(place)["name"].tolist()
        layer = next((name for name in layers if name.lower() == _LAYER), layers[0])
        return gpd.read_file(place, layer=layer)
    except (RuntimeError, IndexError, ValueError, OSError) as error:
        raise _unreadable(path, error) from error


def _simplify(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    plain = frame.to_crs(_WGS84)
    # Heights, which some editions have, are not kept.
    plain["geometry"] = gpd.GeoSeries(plain.geometry.force_2d(), crs=_WGS84)
    plain["geometry"] = plain.geometry.simplify_coverage(_TOLERANCE)
    return plain


def _unreadable(path: Path, error: Exception) -> SourceError:
    return SourceError(f"Contours illisibles : {path} ({error}).", remedy="Téléchargez-les de nouveau.")
