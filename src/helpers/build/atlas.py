"""The map that opens the site: the communes of an EPCI, those that have a diagnostic leading to it."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import shapely
from shapely.geometry import MultiPolygon, Polygon

from helpers import french

# Units of the drawing: a page is about as many points wide.
_WIDTH = 720
# Details under this share of the width cannot be seen.
_DETAIL = 1 / 700
# More names than this would hide one another.
_NAMED = 12


@dataclass(frozen=True)
class Place:
    """A commune that has a diagnostic: its page, and what it is worth ("à jour", "à refaire", "en échec")."""

    name: str
    page: str
    state: str
    kind: str


def draw(members: pd.DataFrame, outlines: pd.DataFrame, *, places: Mapping[str, Place], label: str) -> str:
    """A drawing (SVG) of communes (`code, name`) by their outlines (`code, outline` in WKB, degrees).

    `places`, by code, are those that lead somewhere: links, reached by the keyboard in the order of their names,
    which are announced with their state. The others are a background. Nothing without an outline of one of them.
    """
    known = outlines.set_index("code")["outline"]
    if not set(known.index) & set(places):
        return ""
    shapes = dict(zip(known.index, _project(shapely.from_wkb(known.to_numpy())), strict=True))
    height = math.ceil(max(shape.bounds[3] for shape in shapes.values()))
    names = members.set_index("code")["name"]
    background = "".join(
        f'<path d="{_path(shape)}"><title>{_escape(str(names.get(code, code)))}</title></path>'
        for code, shape in shapes.items()
        if code not in places
    )
    drawn = sorted(
        (code for code in shapes if code in places), key=lambda code: (french.fold(places[code].name), code)
    )
    links = "".join(
        f'<a href="{html.escape(places[code].page)}" class="{places[code].kind}" '
        f'aria-label="{_escape(f"{places[code].name}, {places[code].state}")}">'
        f'<path d="{_path(shapes[code])}"><title>{_escape(places[code].name)}</title></path></a>'
        for code in drawn
    )
    labels = (
        "".join(_label(shapes[code], places[code].name) for code in drawn) if len(drawn) <= _NAMED else ""
    )
    return (
        f'<svg class="atlas" role="group" aria-label="{_escape(label)}" viewBox="0 0 {_WIDTH} {height}">'
        f'<g class="background" aria-hidden="true">{background}</g>{links}'
        f'<g class="names" aria-hidden="true">{labels}</g></svg>'
    )


def _project(shapes: Sequence[shapely.Geometry]) -> list[shapely.Geometry]:
    """The shapes in the units of the drawing, north above, one degree as long east as north at their latitude."""
    west, south, east, north = shapely.total_bounds(shapes)
    flat = math.cos(math.radians((south + north) / 2))
    scale = _WIDTH / ((east - west) * flat)
    moved = shapely.transform(shapes, lambda points: (points - (west, north)) * (scale * flat, -scale))
    return list(shapely.coverage_simplify(moved, _WIDTH * _DETAIL))


def _path(shape: shapely.Geometry) -> str:
    polygons = shape.geoms if isinstance(shape, MultiPolygon) else [shape]
    rings = [
        ring
        for polygon in polygons
        if isinstance(polygon, Polygon)
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring.coords[:-1]) + "Z" for ring in rings)


def _label(shape: shapely.Geometry, name: str) -> str:
    point = shape.representative_point()
    return f'<text paint-order="stroke" x="{point.x:.1f}" y="{point.y:.1f}">{_escape(name)}</text>'


def _escape(text: str) -> str:
    return html.escape(french.typography(text))
