"""The map of a commune that people draw on: two A3 sheets that join, its neighbours, a grid, a scale, the north.

The operations and the facilities that the commune has placed in a square of it are marked there.
"""

from __future__ import annotations

import html
import json
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import shape

from helpers import fonts, french, materials, paths, provenance, tokens
from helpers.errors import BuildError
from helpers.materials import Materials
from helpers.publication.documents.built import BuiltDiagnostic
from helpers.publication.documents.sheets import Sheet, Zone
from helpers.publication.pages.atlas import write_path
from helpers.territory.communes import Commune, find_commune, list_communes, members_of, outlines_of

# Millimetres of the map over both sheets, and of its half.
_WIDE, _TALL = 564, 366
_HALF = _WIDE / 2
# The squares of the grid.
_LETTERS, _ROWS = "ABCDEFGH", 6
_SQUARES = frozenset(f"{letter}{row + 1}" for letter in _LETTERS for row in range(_ROWS))
# What is left around the commune, as a part of its size.
_AROUND = 0.14
# Kilometres that the bar of the scale may measure, and those of a degree of latitude.
_SCALES = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20)
_DEGREE = 111.32
# Details under so many millimetres cannot be seen.
_FINE = 0.25
_FOOT = (
    "Trait : feutre.   ● vert : va bien   ▲ orange : difficulté   ■ bleu : projet.   "
    "Écrire le code du carré sur la fiche."
)
# Layers of the agency or the commune (IRIS, quarters, roads), in degrees: params/<commune>/carte/*.geojson.
_LAYERS = "carte"
# The most that a square names, under its code; millimetres from one to the next; letters that a line holds.
_NAMED, _STEP, _LONGEST = 6, 7.5, 28


@dataclass(frozen=True)
class _Frame:
    """What the map shows: its western and northern ends (degrees), degrees east for one north, millimetres for one."""

    west: float
    north: float
    flat: float
    scale: float

    def place(self, outline: shapely.Geometry) -> shapely.Geometry:
        """Convert an outline in degrees to millimetres of the map, and keep what falls on it."""
        moved = shapely.transform(
            outline, lambda points: (points - (self.west, self.north)) * (self.scale * self.flat, -self.scale)
        )
        return shapely.make_valid(moved).intersection(shapely.box(0, 0, _WIDE, _TALL))


@dataclass(frozen=True)
class Mark:
    """Something that the commune has placed in a square of the map: an operation, else a facility."""

    square: str
    name: str
    operation: bool


def compose(diagnostic: BuiltDiagnostic, *, audience: str = materials.PUBLIC) -> list[Sheet]:
    """Make the two sheets of the map; none where the outline of the commune is not at hand.

    `audience` says which materials of the commune may be marked on it.

    Raises:
        BuildError: a layer given for the commune cannot be read.
    """
    commune = find_commune(diagnostic.commune)
    outlines = _outlines(commune)
    if commune.code not in outlines:
        return []
    layers = read_layers(paths.PARAMS / commune.slug / _LAYERS)
    names = list_communes(outlines).set_index("code")["name"].to_dict()
    marks = list_marks(materials.load(commune.slug, commune=commune.name, audience=audience))
    drawn = draw(outlines, names=names, code=commune.code, layers=layers, marks=marks)
    name = french.typography(commune.name)
    credit = "Contour fictif." if provenance.is_fictive(commune.code) else "Contours : IGN, Admin Express."
    if marks:
        credit += "   ◇ opération   ○ équipement : au milieu du carré que dit la commune, non à leur adresse."
    return [_sheet(drawn, rank, name=name, credit=credit) for rank in (0, 1)]


def list_marks(brought: Materials) -> list[Mark]:
    """List what the map marks of the materials: operations and facilities that have a square, as they may be shown."""
    found = [
        Mark(row["carre"], f"{row['code']} {row['nom']}".strip(), True)
        for row in brought.shown("operations").to_dict("records")
        if row["etat"] != "abandonnée"
    ]
    found += [
        Mark(row["carre"], row["equipement"], False)
        for row in brought.shown("equipements").to_dict("records")
    ]
    return [mark for mark in found if mark.square in _SQUARES]


def _outlines(commune: Commune) -> dict[str, shapely.Geometry]:
    """Read the outlines of the commune and of those around it, by code."""
    codes = {commune.code}
    for territory in commune.larger:
        if territory.level in ("epci", "departement"):
            codes |= set(members_of(territory.code, level=territory.level)["code"])
    found = outlines_of(sorted(codes))
    return dict(zip(found["code"], shapely.from_wkb(found["outline"].to_numpy()), strict=True))


def read_layers(folder: Path) -> list[shapely.Geometry]:
    """Read the lines and the surfaces of every GeoJSON file of a folder, in degrees; none without it.

    Raises:
        BuildError: a file is not GeoJSON.
    """
    found = []
    for path in sorted(folder.glob("*.geojson")):
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
            found += [shape(one["geometry"]) for one in held["features"] if one.get("geometry")]
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            shapely.errors.ShapelyError,
        ) as error:
            raise BuildError(
                f"Le calque {path.name!r} de la carte de table ne peut pas être lu ({error}).",
                remedy=f"Donnez dans {path.parent} un fichier GeoJSON (FeatureCollection) en degrés, ou ôtez-le.",
            ) from error
    return found


def draw(
    outlines: Mapping[str, shapely.Geometry],
    *,
    names: Mapping[str, str],
    code: str,
    layers: Sequence[shapely.Geometry] = (),
    marks: Sequence[Mark] = (),
) -> str:
    """Draw (SVG, millimetres) the commune of a code and its neighbours, by their outlines in degrees, with marks."""
    frame = _frame(outlines[code])
    placed = {key: frame.place(outline) for key, outline in outlines.items()}
    near = {key: place for key, place in placed.items() if not place.is_empty and key != code}
    ink, muted, commune, paper = map(tokens.colour, ("ink", "muted", "commune", "paper"))
    soft, rule, line = map(tokens.colour, ("soft", "rule", "line"))
    around = "".join(_path(place) for place in near.values())
    parts = [
        f'<path d="{around}" fill="{soft}" stroke="{rule}" stroke-width="0.35"/>',
        f'<path d="{_path(placed[code])}" fill="{paper}" stroke="none"/>',
        *(
            f'<path d="{_path(frame.place(layer))}" fill="none" stroke="{rule}" stroke-width="0.3"/>'
            for layer in layers
        ),
        _grid(line, muted),
        f'<path d="{_path(placed[code])}" fill="none" stroke="{commune}" stroke-width="1.2"/>',
        _name(near, names, muted),
        *(
            _mark([mark for mark in marks if mark.square == square])
            for square in sorted({m.square for m in marks})
        ),
        _scale_bar(frame, ink),
        _north(ink),
    ]
    label = french.typography(
        f"Carte de table : {names.get(code, code)}, ses communes voisines, un quadrillage de A à H et de 1 à 6"
    )
    return (
        f'<svg role="img" aria-label="{html.escape(label)}" viewBox="0 0 {_WIDE} {_TALL}" '
        f'font-family="{fonts.SANS}">{"".join(parts)}</svg>'
    )


def _frame(outline: shapely.Geometry) -> _Frame:
    """Frame a commune, as large as the map lets it be."""
    west, south, east, north = outline.bounds
    flat = math.cos(math.radians((south + north) / 2))
    wide, tall = (east - west) * flat * (1 + 2 * _AROUND), (north - south) * (1 + 2 * _AROUND)
    scale = min(_WIDE / wide, _TALL / tall)
    middle = ((west + east) / 2, (south + north) / 2)
    return _Frame(middle[0] - _WIDE / 2 / scale / flat, middle[1] + _TALL / 2 / scale, flat, scale)


def _path(place: shapely.Geometry) -> str:
    """Write a surface or lines as a path of SVG."""
    simple = shapely.simplify(place, _FINE)
    lines = [part for part in getattr(simple, "geoms", [simple]) if part.geom_type.endswith("LineString")]
    drawn = "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in np.asarray(part.coords)[:, :2])
        for group in lines
        for part in getattr(group, "geoms", [group])
    )
    surfaces = [part for part in getattr(simple, "geoms", [simple]) if part.geom_type.endswith("Polygon")]
    return "".join(map(write_path, surfaces)) + drawn


def _grid(line: str, muted: str) -> str:
    """Draw the squares, the code of each in its corner."""
    step, row = _WIDE / len(_LETTERS), _TALL / _ROWS
    across = "".join(f"M0 {row * rank:.2f}H{_WIDE}" for rank in range(_ROWS + 1))
    down = "".join(f"M{step * rank:.2f} 0V{_TALL}" for rank in range(len(_LETTERS) + 1))
    codes = "".join(
        _text(
            f"{letter}{rank + 1}",
            step * column + 1.5,
            row * rank + 5.5,
            size=4.6,
            colour=muted,
            anchor="start",
        )
        for column, letter in enumerate(_LETTERS)
        for rank in range(_ROWS)
    )
    return f'<path d="{across}{down}" fill="none" stroke="{line}" stroke-width="0.3"/>{codes}'


def _mark(marks: Sequence[Mark]) -> str:
    """Draw the marks of a square and their names, one under the other below its code; past the most, how many more."""
    ink, commune, paper = map(tokens.colour, ("ink", "commune", "paper"))
    left = _LETTERS.index(marks[0].square[0]) * _WIDE / len(_LETTERS) + 5
    top = (int(marks[0].square[1]) - 1) * _TALL / _ROWS + 14
    drawn = ""
    for rank, mark in enumerate(marks[:_NAMED]):
        y = top + rank * _STEP
        path = (
            f"M{left - 2} {y}l2-2.4 2 2.4-2 2.4Z"
            if mark.operation
            else f"M{left - 2} {y}a2 2 0 1 1 4 0a2 2 0 1 1-4 0Z"
        )
        drawn += f'<path d="{path}" fill="{paper}" stroke="{commune}" stroke-width="0.8"/>'
        name = textwrap.shorten(mark.name, _LONGEST, placeholder="…")
        drawn += _text(name, left + 4, y + 1.5, size=4.2, colour=ink, anchor="start")
    if len(marks) > _NAMED:
        drawn += _text(
            f"et {len(marks) - _NAMED} de plus",
            left + 4,
            top + _NAMED * _STEP,
            size=4.2,
            colour=ink,
            anchor="start",
        )
    return drawn


def _text(text: str, x: float, y: float, *, size: float, colour: str, anchor: str = "middle") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">'
        f"{html.escape(french.visible(text))}</text>"
    )


def _name(near: Mapping[str, shapely.Geometry], names: Mapping[str, str], muted: str) -> str:
    """Write the names of the neighbours whose part of the map can hold them, none over another nor over the fold."""
    size, written = 7.0, ""
    taken: list[shapely.Geometry] = [shapely.box(_HALF - 2, 0, _HALF + 2, _TALL)]
    for code, place in sorted(near.items(), key=lambda one: -one[1].area):
        name = french.typography(names.get(code, code))
        half = 0.32 * size * len(name)
        inside = place.buffer(-size / 2)
        if inside.is_empty:
            continue
        for point in (inside.representative_point(), place.representative_point()):
            x = min(max(point.x, half + 1), _WIDE - half - 1)
            box = shapely.box(x - half, point.y - size, x + half, point.y + size / 2)
            if (
                not any(box.intersects(other) for other in taken)
                and place.intersection(box).area > 0.6 * box.area
            ):
                taken.append(box)
                written += _text(name, x, point.y, size=size, colour=muted)
                break
    return written


def _scale_bar(frame: _Frame, ink: str) -> str:
    """Draw a bar of a round length, at most a quarter of a half."""
    unit = frame.scale / _DEGREE
    length = max((one for one in _SCALES if one * unit <= _HALF / 3), default=_SCALES[0])
    words = (
        f"{french.number(length)}{french.NBSP}km"
        if length >= 1
        else f"{french.number(1000 * length)}{french.NBSP}m"
    )
    end = 8 + length * unit
    return (
        f'<path d="M8 {_TALL - 8}v-3v3H{end:.1f}v-3" fill="none" stroke="{ink}" stroke-width="0.8"/>'
        f'<text x="{(8 + end) / 2:.1f}" y="{_TALL - 12}" text-anchor="middle" font-size="6" fill="{ink}">{words}</text>'
    )


def _north(ink: str) -> str:
    """Draw an arrow to the north, in the upper right corner."""
    x = _WIDE - 12
    return (
        f'<path d="M{x} 32V14M{x - 4} 20L{x} 12L{x + 4} 20" fill="none" stroke="{ink}" stroke-width="1"/>'
        f'<text x="{x}" y="40" text-anchor="middle" font-size="7" fill="{ink}">N</text>'
    )


def _sheet(drawn: str, rank: int, *, name: str, credit: str) -> Sheet:
    """Make one of the two sheets: half of the map, which reaches the side that joins the other."""
    start = rank * _HALF
    half = drawn.replace(f'viewBox="0 0 {_WIDE} {_TALL}"', f'viewBox="{start:g} 0 {_HALF:g} {_TALL}"')
    left = 5 if rank else 10
    side = "gauche" if rank else "droite"
    place = "droite" if rank else "gauche"
    join = f"Moitié {place} : couper le bord {'gauche' if rank else 'droit'} au ras du quadrillage, coller à {side}."
    return Sheet(
        portrait=True,
        zones=(
            Zone(x=0, y=0, w=297, h=7, ground="accent"),
            Zone(
                x=left, y=11, w=282, h=12, text=f"{name} : la carte de table" if not rank else f"{name} (suite)",
                size=28, least=14, face=fonts.DISPLAY, role="h1",
            ),
            Zone(x=left, y=24, w=282, h=6, text=join, size=11, colour="muted"),
            Zone(x=left, y=31, w=_HALF, h=_TALL, drawing=half),
            Zone(x=left, y=399, w=282, h=11, text=_FOOT, size=12, least=9),
            Zone(x=left, y=411, w=282, h=5, text=credit, size=8, least=6, colour="muted"),
        ),
    )  # fmt: skip
