"""Maps of the communes of an EPCI, the commune outlined."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import mapclassify
import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers import french
from helpers.figures import style
from helpers.figures.drawing import drawing

_CLASSES = 5
# Lambert-93, in metres: distances on the map are distances on the ground.
_PROJECTION = 2154
# Details under this distance (metres) cannot be seen at the size of a page.
_TOLERANCE = 40
_PALETTE = ["#f1f1f1", "#d4d9e6", "#a3b1cf", "#6582b0", "#2c5788"]


@drawing
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
    """Value by commune in five classes of as many communes each, grey hatching where it is missing.

    Nothing to draw without the outline of the commune, nor without any value.
    """
    if commune not in set(outlines["code"]) or data[value].isna().all():
        return None
    shapes = gpd.GeoSeries.from_wkb(outlines.set_index("code")["outline"], crs=4326).to_crs(_PROJECTION)
    shapes = shapes.simplify_coverage(_TOLERANCE)
    drawn = gpd.GeoDataFrame(data.set_index("code").reindex(shapes.index), geometry=shapes)
    known = drawn.dropna(subset=value)
    classes = mapclassify.Quantiles(known[value], k=min(_CLASSES, known[value].nunique()))
    figure, (axes,) = style.new_figure(6.4)
    known.plot(ax=axes, color=[_PALETTE[bin_] for bin_ in classes.yb], edgecolor=style.PAPER, linewidth=0.7)
    unknown = drawn[drawn[value].isna()]
    if len(unknown):
        unknown.plot(ax=axes, color="#ececec", hatch="////", edgecolor=style.MUTED, linewidth=0.4)
    home = drawn[drawn.index == commune]
    home.boundary.plot(ax=axes, color=style.COMMUNE, linewidth=2.6)
    point = home.geometry.iloc[0].representative_point()
    name = str(home["name"].iloc[0])
    axes.annotate(
        name, (point.x, point.y), ha="center", va="center", fontweight="bold", fontsize=11, color=style.COMMUNE,
        path_effects=[patheffects.withStroke(linewidth=3, foreground=style.PAPER)],
    )  # fmt: skip
    _scale_bar(axes, shapes)
    axes.set_axis_off()
    bounds = [float(known[value].min()), *map(float, classes.bins)]
    handles = [
        Patch(
            facecolor=_PALETTE[rank], edgecolor=style.MUTED,
            label=f"{french.number(low, digits=digits)} à {french.number(high, digits=digits)}{french.NBSP}{unit}",
        )
        for rank, (low, high) in enumerate(pairwise(bounds))
    ]  # fmt: skip
    if len(unknown):
        handles.append(
            Patch(facecolor="#ececec", hatch="////", edgecolor=style.MUTED, label="non disponible")
        )
    figure.legend(handles=handles, loc="outside lower left", ncols=3, frameon=False, fontsize=10)
    ordered = known.sort_values(value)
    own = home[value].iloc[0]
    return figure, (
        f"Carte : {label}. {name} : {french.number(own, digits=digits)}{french.NBSP}{unit}. "
        f"Valeur la plus basse : {ordered['name'].iloc[0]}, {french.number(ordered[value].iloc[0], digits=digits)} ; "
        f"la plus haute : {ordered['name'].iloc[-1]}, {french.number(ordered[value].iloc[-1], digits=digits)}."
    )


def _scale_bar(axes: Axes, shapes: gpd.GeoSeries) -> None:
    west, south, east, _ = shapes.total_bounds
    length = 5_000 if east - west < 60_000 else 20_000
    left, bottom = east - length, south
    axes.plot([left, left + length], [bottom, bottom], color=style.INK, linewidth=2)
    axes.text(left + length / 2, bottom + 500, f"{length // 1000}{french.NBSP}km", ha="center", fontsize=9)
