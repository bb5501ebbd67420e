"""The map that opens the site: the communes of an EPCI, those that have a diagnostic leading to it."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import shapely
from pyproj import Geod
from shapely.geometry import MultiPolygon, Polygon

from helpers import french

# Units of the drawing: a page is about as many points wide.
_WIDTH = 720
# Details smaller than this share of the width cannot be seen.
_DETAIL = 1 / 700
# Heights of letters, where the drawing is as wide as a page and where it is as wide as a telephone: the style sheet
# shows the names of one or the other. Width of a letter to its height.
_LETTERS = {"wide": 14, "narrow": 26}
_LETTER = 0.62
# Kilometres that the bar of the scale may measure.
_SCALES = (1, 2, 5, 10, 20, 50)
# Room under the communes for that bar, and its place from the sides.
_FOOT, _ASIDE = 44, 12


@dataclass(frozen=True)
class Diagnosed:
    """A commune that has a diagnostic: its page, and its state ("à jour", "à refaire", "en échec")."""

    name: str
    page: str
    state: str
    kind: str


@dataclass(frozen=True)
class Classed:
    """A commune on a map in classes: its page where it has one, its colour where it has a class.

    `ranks` are its classes for each indicator that the map may show, as a script reads them.
    """

    name: str
    page: str
    colour: str
    ranks: str


def draw(
    members: pd.DataFrame, outlines: pd.DataFrame, *, diagnosed: Mapping[str, Diagnosed], label: str
) -> str:
    """Draw (SVG) communes (`code, name`) by their outlines (`code, outline` in WKB, degrees).

    `diagnosed`, by code, are those that have a page: links, reached by the keyboard in the order of their names, which
    are announced with their state. The others are a background, with the names that have room. The drawing is empty
    when there is the outline of none of them.
    """
    known = outlines.set_index("code")["outline"]
    if not set(known.index) & set(diagnosed):
        return ""
    outlined = shapely.from_wkb(known.to_numpy())
    shapes = dict(zip(known.index, _project(outlined), strict=True))
    height = math.ceil(max(shape.bounds[3] for shape in shapes.values())) + _FOOT
    names = members.set_index("code")["name"]
    background = "".join(
        f'<path d="{write_path(shape)}"><title>{_escape(str(names.get(code, code)))}</title></path>'
        for code, shape in shapes.items()
        if code not in diagnosed
    )
    drawn = sorted(
        (code for code in shapes if code in diagnosed),
        key=lambda code: (french.fold(diagnosed[code].name), code),
    )
    links = "".join(
        f'<a href="{html.escape(diagnosed[code].page)}" class="{diagnosed[code].kind}" '
        f'aria-label="{_escape(f"{diagnosed[code].name}, {diagnosed[code].state}")}">'
        f'<path d="{write_path(shapes[code])}"><title>{_escape(diagnosed[code].name)}</title></path></a>'
        for code in drawn
    )
    linked = {code: diagnosed[code].name for code in drawn}
    others = {code: str(name) for code, name in names.items() if code in shapes and code not in diagnosed}
    labels = "".join(
        f'<g class="names {name}" aria-hidden="true">{_write_names(shapes, linked, others, letter=letter)}</g>'
        for name, letter in _LETTERS.items()
    )
    return (
        f'<svg class="atlas" role="group" aria-label="{_escape(label)}" viewBox="0 0 {_WIDTH} {height}">'
        f'<g class="background" aria-hidden="true">{background}</g>{links}'
        f"{labels}{_scale(outlined, height=height)}</svg>"
    )


def draw_classes(outlines: pd.DataFrame, communes: Mapping[str, Classed], *, label: str) -> str:
    """Draw (SVG) communes by their outlines (`code, outline` in WKB, degrees), each in the colour of its class.

    Those that have a page are links, in the order of their names; one without a class is left blank, its edge dashed.
    """
    outlined = shapely.from_wkb(outlines["outline"].to_numpy())
    shapes = dict(zip(outlines["code"], _project(outlined), strict=True))
    height = math.ceil(max(shape.bounds[3] for shape in shapes.values())) + _FOOT
    drawn = ""
    for code in sorted(shapes, key=lambda code: (french.fold(communes[code].name), code)):
        one = communes[code]
        name = _escape(one.name)
        look = f'style="fill:{one.colour}"' if one.colour else 'class="blank"'
        path = (
            f'<path {look} data-code="{code}" data-ranks="{one.ranks}" d="{write_path(shapes[code])}">'
            f"<title>{name}</title></path>"
        )
        drawn += (
            f'<a href="{html.escape(one.page)}" aria-label="{name}, diagnostic">{path}</a>'
            if one.page
            else path
        )
    names = {code: one.name for code, one in communes.items() if code in shapes and not one.page}
    linked = {code: one.name for code, one in communes.items() if code in shapes and one.page}
    labels = "".join(
        f'<g class="names {name}" aria-hidden="true">{_write_names(shapes, linked, names, letter=letter)}</g>'
        for name, letter in _LETTERS.items()
    )
    return (
        f'<svg class="atlas classed" role="group" aria-label="{_escape(label)}" viewBox="0 0 {_WIDTH} {height}">'
        f"{drawn}{labels}{_scale(outlined, height=height)}</svg>"
    )


def locate(outlines: pd.DataFrame, *, code: str, label: str) -> str:
    """Draw (SVG) communes by their outlines (`code, outline` in WKB, degrees), that of `code` set apart.

    Empty without the outline of that commune.
    """
    known = outlines.set_index("code")["outline"]
    if code not in known.index:
        return ""
    shapes = dict(zip(known.index, _project(shapely.from_wkb(known.to_numpy())), strict=True))
    height = math.ceil(max(shape.bounds[3] for shape in shapes.values()))
    around = "".join(write_path(shape) for other, shape in shapes.items() if other != code)
    return (
        f'<svg class="locator" role="img" aria-label="{_escape(label)}" viewBox="0 0 {_WIDTH} {height}">'
        f'<path d="{around}"/><path class="here" d="{write_path(shapes[code])}"/></svg>'
    )


def _project(shapes: Sequence[shapely.Geometry]) -> list[shapely.Geometry]:
    """Convert shapes to the units of the drawing: north above, one degree as long east as north at their latitude."""
    west, south, east, north = shapely.total_bounds(shapes)
    flat = math.cos(math.radians((south + north) / 2))
    scale = _WIDTH / ((east - west) * flat)
    moved = shapely.transform(shapes, lambda points: (points - (west, north)) * (scale * flat, -scale))
    return list(shapely.coverage_simplify(moved, _WIDTH * _DETAIL))


def write_path(shape: shapely.Geometry) -> str:
    """Write a surface as the path of an SVG element; nothing of another shape."""
    polygons = shape.geoms if isinstance(shape, MultiPolygon) else [shape]
    rings = [
        ring
        for polygon in polygons
        if isinstance(polygon, Polygon)
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring.coords[:-1]) + "Z" for ring in rings)


def _write_names(
    shapes: Mapping[str, shapely.Geometry],
    linked: Mapping[str, str],
    others: Mapping[str, str],
    *,
    letter: int,
) -> str:
    """Write the names of communes, none over another: those of `linked` first, then those of `others` that fit."""
    taken: list[shapely.Geometry] = []
    written = ""
    for code, name in (*linked.items(), *others.items()):
        point = shapes[code].representative_point()
        half = _LETTER * letter * len(name) / 2
        # Kept inside the drawing, even when its commune is at the edge.
        x = min(max(point.x, half), _WIDTH - half)
        place = shapely.box(x - half, point.y - letter / 2, x + half, point.y + letter / 2)
        if any(place.intersects(other) for other in taken):
            continue
        if code in others and not shapes[code].contains(place):
            continue
        taken.append(place)
        kind = ' class="around"' if code in others else ""
        written += f'<text{kind} paint-order="stroke" x="{x:.1f}" y="{point.y + letter / 3:.1f}">{_escape(name)}</text>'
    return written


def _scale(outlined: Sequence[shapely.Geometry], *, height: int) -> str:
    """Draw the scale: a bar of a round length, at most a quarter of the drawing: distances are those on the ground."""
    west, south, east, north = shapely.total_bounds(outlined)
    middle = (south + north) / 2
    _, _, metres = Geod(ellps="WGS84").inv(west, middle, east, middle)
    unit = _WIDTH / (metres / 1000)
    length = max((scale for scale in _SCALES if scale * unit <= _WIDTH / 4), default=_SCALES[0])
    end, foot = _WIDTH - _ASIDE, height - _ASIDE
    start = end - length * unit
    return (
        f'<g class="scale" aria-hidden="true"><path d="M{start:.1f} {foot}H{end}"/>'
        f'<text paint-order="stroke" x="{(start + end) / 2:.1f}" y="{foot - 6}">{length}{french.NBSP}km</text></g>'
    )


def _escape(text: str) -> str:
    return html.escape(french.typography(text))
