"""The communes of an EPCI, the commune outlined: a map where outlines are at hand, a ranking elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.path import Path
from shapely import LineString, box

from helpers import french
from helpers.figures import significance, style
from helpers.figures.drawing import drawing
from helpers.figures.svg.legend import Legend
from helpers.figures.svg.slim import label_values
from helpers.frames import find_column_of
from helpers.map_classes import split

# Lambert-93, in metres: distances on the map are distances on the ground.
_PROJECTION = 2154
# Details under so many points of paper cannot be seen.
_FINE = 2.4
# Inches of the map, on a page and on a card; of a row of its legend. Sizes of letters in points, width of a letter to
# its size.
_MAP, _ROW = ((6.5, 4.2), (4.2, 2.9)), 0.36
_HOME, _NEIGHBOUR = 13.5, 12.2
_LETTER = 0.6
# Points under the communes of the bar of the scale: a name may reach out of them.
_UNDER = 30
_SCALES = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
_UNKNOWN: dict[str, Any] = {
    "facecolor": style.PAPER,
    "edgecolor": style.MUTED,
    "linestyle": (0, (3, 2)),
    "linewidth": 0.8,
}
_WEAK: dict[str, Any] = {
    "facecolor": style.GRID,
    "edgecolor": style.MUTED,
    "linestyle": "-",
    "linewidth": 0.8,
}


@drawing(columns=["code", "name"], options=["value"])
def choropleth(
    data: pd.DataFrame,
    *,
    outlines: pd.DataFrame,
    commune: str,
    value: str,
    digits: int = 1,
    unit: str,
    label: str,
) -> tuple[Figure, str] | None:
    """Draw a figure of each commune, the one of code `commune` set apart.

    Reads `code, name` and the figure named by `value`, in `unit`, written with `digits` decimals; `outlines` has
    `code` and `outline` (WKB, degrees); `label` says what is measured, for the alternative text.

    A map in classes (`helpers.figures.classes`: of a change, falls and rises on both sides of nothing; of a level, from
    low to high), the number of communes of each in the legend, with the names of the neighbours that have room for
    them; without the outline of the commune, bars from the lowest to the highest. A figure that is not significant has
    no colour, nor a bar. Nothing is drawn without the value of the commune, nor bars for a commune alone.
    """
    data = significance.keep_significant(data.assign(weak=significance.is_weak(data, value)), value)
    known = data.dropna(subset=value).sort_values([value, "code"])
    mapped = commune in set(outlines["code"])
    if commune not in set(known["code"]) or (len(known) < 2 and not mapped):
        return None
    home = known[known["code"] == commune].iloc[0]

    def write(number: float) -> str:
        return f"{french.number(number, digits=digits)}{french.NBSP}{unit}"

    if mapped:
        figure = _map(data, outlines=outlines, commune=commune, value=value, digits=digits, unit=unit)
    else:
        figure = _ranking(known, commune=commune, value=value, write=write)
    low, high = known.iloc[0], known.iloc[-1]
    return figure, (
        f"{'Carte' if mapped else 'Classement des communes'} : {label}. {home['name']} : {write(home[value])}. "
        f"Valeur la plus basse : {low['name']}, {french.number(low[value], digits=digits)} ; "
        f"la plus haute : {high['name']}, {french.number(high[value], digits=digits)}."
    )


def _map(
    data: pd.DataFrame, *, outlines: pd.DataFrame, commune: str, value: str, digits: int, unit: str
) -> Figure:
    """Draw the outlines of the communes coloured by class, dashed where there is no figure, and their legend."""
    drawn_of = tuple(outlines["code"]), tuple(outlines["outline"])
    shapes, paths = _project(*drawn_of), _trace(*drawn_of)
    drawn = data.set_index("code").reindex(shapes.index)
    known, blank = drawn.dropna(subset=value), drawn[drawn[value].isna()]
    classes = split(known[value], signed=find_column_of(data, value).is_signed, digits=digits, unit=unit)
    # Of a card, the legend has one column.
    rows = len(classes) + 1 + blank["weak"].eq(True).nunique()
    tall = _MAP[1][1] + _ROW * rows if style.is_compact() else 5.6
    figure, (axes,) = style.new_figure(style.uncompressed(tall))
    handles = []
    for one in classes:
        held = known[one.holds(known[value])]
        labels = [
            f"{name} : {french.number(number, digits=digits)}{french.NBSP}{unit}"
            for name, number in zip(held["name"], held[value], strict=True)
        ]
        _fill(axes, paths[held.index], labels, facecolor=one.colour, edgecolor=style.PAPER, linewidth=0.7)
        name = f"{one.name} ({len(held)})"
        handles.append(Patch(facecolor=one.colour, edgecolor=style.MUTED, linewidth=0.5, label=name))
    weak = blank["weak"].eq(True)
    for shown, look, text in (
        (blank[~weak], _UNKNOWN, "non disponible"),
        (blank[weak], _WEAK, significance.UNSOUND),
    ):
        if len(shown):
            labels = [f"{name} : {text}" if isinstance(name, str) else "" for name in shown["name"]]
            _fill(axes, paths[shown.index], labels, **look)
            handles.append(Patch(**look, label=f"{text} ({len(shown)})"))
    _fill(axes, [paths[commune]], facecolor="none", edgecolor=style.COMMUNE, linewidth=3)
    west, south, east, north = shapes.total_bounds
    axes.update_datalim([(west, south), (east, north)])
    axes.set_aspect("equal")
    axes.autoscale_view()
    names = tuple(name if isinstance(name, str) else "" for name in drawn["name"])
    _name(axes, _place_names(*drawn_of, names, commune, point=_point(shapes.total_bounds)))
    _scale_bar(axes, shapes)
    figure.add_artist(
        Legend(handles, columns=2, side="under", title="Entre parenthèses, le nombre de communes")
    )
    return figure


@lru_cache(1)
def _project(codes: tuple[str, ...], outlines: tuple[bytes, ...]) -> gpd.GeoSeries:
    """Project outlines (WKB, degrees), as fine as can be seen: every map of a notebook draws the same ones."""
    shapes = gpd.GeoSeries.from_wkb(pd.Series(outlines, index=codes), crs=4326).to_crs(_PROJECTION)
    return shapes.simplify_coverage(_FINE * _point(shapes.total_bounds))


@lru_cache(1)
def _trace(codes: tuple[str, ...], outlines: tuple[bytes, ...]) -> pd.Series:
    """Trace projected outlines as matplotlib draws them, by code."""
    paths = []
    for outline in _project(codes, outlines):
        parts = getattr(outline, "geoms", [outline])
        rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
        paths.append(
            Path.make_compound_path(*(Path(shapely.get_coordinates(ring), closed=True) for ring in rings))
        )
    return pd.Series(paths, index=codes, dtype="object")


def _fill(axes: Axes, paths: Iterable[Path], labels: Sequence[str] = (), **look: Any) -> None:
    """Draw outlines that look the same, each with its value in words where it is given.

    They do not move the limits of the axes: a walk along them would take longer than all the rest.
    """
    # With a single colour, a lone outline would become a marker, whose shape has no colour of its own.
    drawn = PathCollection(list(paths), joinstyle="miter", **{**look, "edgecolor": [look["edgecolor"]] * 2})
    if labels:
        label_values(drawn, labels)
    axes.add_collection(drawn, autolim=False)


def _point(bounds: np.ndarray) -> float:
    """Compute the metres of ground under a point of paper."""
    west, south, east, north = bounds
    wide, tall = _MAP[style.is_compact()]
    return float(max((east - west) / wide, (north - south) / tall)) / 72


@lru_cache(1)
def _place_names(
    codes: tuple[str, ...], outlines: tuple[bytes, ...], names: tuple[str, ...], commune: str, *, point: float
) -> list[tuple[float, float, str]]:
    """Place the name of the commune, then those of its neighbours that their outline can hold: every map has the same.

    `names` are those of the `codes`, "" where there is none; `point` is the metres of ground under a point of paper.
    """
    shapes = _project(codes, outlines)
    west, _, east, _ = shapes.total_bounds
    inside = shapes.representative_point()
    here, name = inside[commune], names[codes.index(commune)]
    half, tall = (_LETTER * _HOME * len(name) * point / 2, _HOME * point)
    taken = box(here.x - half, here.y - tall, here.x + half, here.y + tall)
    placed = [(here.x, here.y, name)]
    for code, outline, centre, other in zip(codes, shapes, inside, names, strict=True):
        if code == commune or not other:
            continue
        x, y = centre.x, centre.y
        across = outline.intersection(LineString([(west, y), (east, y)]))
        chords = [part.bounds for part in getattr(across, "geoms", [across])]
        left, _, right, _ = next(chord for chord in chords if chord[0] <= x <= chord[2])
        wide, high = _LETTER * _NEIGHBOUR * len(other) * point, _NEIGHBOUR * point
        middle = (left + right) / 2
        place = box(middle - wide / 2, y - high, middle + wide / 2, y + high)
        if wide <= right - left and not place.intersects(taken):
            placed.append((middle, y, other))
    return placed


def _name(axes: Axes, placed: Sequence[tuple[float, float, str]]) -> None:
    """Write the name of the commune, then those of its neighbours."""
    for rank, (x, y, name) in enumerate(placed):
        _write(
            axes,
            x,
            y,
            name,
            size=_NEIGHBOUR if rank else _HOME,
            color=style.INK if rank else style.COMMUNE,
            weight="normal" if rank else "bold",
        )


def _write(axes: Axes, x: float, y: float, text: str, *, size: float, color: str, weight: str) -> None:
    """Write a name on the map, over a light ground."""
    axes.text(
        x, y, text, ha="center", va="center", fontweight=weight, fontsize=size, color=color,
        # An outline around letters would turn them into shapes, that no one can select nor search.
        bbox={"boxstyle": "round,pad=0.12", "facecolor": style.PAPER, "alpha": 0.75, "linewidth": 0},
    )  # fmt: skip


def _scale_bar(axes: Axes, shapes: gpd.GeoSeries) -> None:
    """Draw a bar of a round length, at most a quarter of the map, and write where the outlines come from."""
    west, south, east, _ = shapes.total_bounds
    length = max((scale for scale in _SCALES if scale <= (east - west) / 4), default=_SCALES[0])
    # Under the communes and their names: nothing is written over them, nor both on a line of a small map.
    point = _point(shapes.total_bounds)
    left, bottom = east - length, south - _UNDER * point
    small: dict[str, Any] = {"va": "bottom", "fontsize": style.SMALL}
    axes.plot([left, left + length], [bottom, bottom], color=style.INK, linewidth=2)
    axes.text(left + length / 2, bottom + 2 * point, f"{length // 1000}{french.NBSP}km", ha="center", **small)
    origin = french.typography("Contours : IGN, Admin Express")
    axes.text(west, bottom - 1.4 * style.SMALL * point, origin, ha="left", color=style.MUTED, **small)


def _ranking(known: pd.DataFrame, *, commune: str, value: str, write: Callable[[float], str]) -> Figure:
    """Draw one bar by commune from the lowest to the highest; the first, the last and the one set apart are named."""
    figure, (axes,) = style.new_figure(3.2)
    rows = known.reset_index(drop=True)
    colours = [style.COMMUNE if code == commune else style.OTHERS for code in rows["code"]]
    axes.bar(rows.index, rows[value], width=0.8, color=colours)
    axes.axhline(0, color=style.MUTED, linewidth=0.8)
    place = int(rows.index[rows["code"] == commune][0])
    last = len(rows) - 1
    top = max(rows[value].max(), 0.0) + 0.06 * (rows[value].max() - min(rows[value].min(), 0.0))
    side = "left" if place < last / 4 else "right" if place > 3 * last / 4 else "center"
    home = rows.loc[place]
    axes.plot([place] * 2, [max(home[value], 0.0), top], color=style.COMMUNE, linewidth=1)
    axes.annotate(
        french.typography(f"{home['name']} : {write(home[value])}"), (place, top), xytext=(0, 3),
        textcoords="offset points", ha=side, va="bottom", fontweight="bold", color=style.COMMUNE,
    )  # fmt: skip
    ends = [
        french.typography(f"{words} : {row['name']}, {write(row[value])}")
        for words, row in (("plus bas", rows.loc[0]), ("plus haut", rows.loc[last]))
    ]
    # On two lines where one does not hold both.
    is_long = len("".join(ends)) * _LETTER * style.SMALL > figure.bbox.width
    look: dict[str, Any] = {"va": "top", "fontsize": style.SMALL, "color": style.MUTED}
    for rank, text in enumerate(ends):
        axes.annotate(
            text, (rank, 0), xycoords="axes fraction", xytext=(0, -22 if rank and is_long else -6),
            textcoords="offset points", ha="right" if rank else "left", **look,
        )  # fmt: skip
    return figure
