"""A commune among others: the figure of every commune as a point."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from helpers import french
from helpers.figures import significance, style
from helpers.figures.drawing import drawing
from helpers.figures.svg import shapes
from helpers.figures.svg.legend import Legend
from helpers.figures.svg.slim import label_values

# Half the height over which points are spread, and half that of the band behind them, a strip being 1.
_SPREAD, _BAND = 0.18, 0.25
# How far above the first strip the name of the commune is.
_ABOVE = 0.72
# Letters of a line of what is written there.
_LINE = 48
# Sizes of points, in points of paper.
_DOT, _DIAMOND = 5, 9
# Points are spread at random, always in the same way.
_SEED = 0


@drawing(columns=["code", "name"], options=["value", "by"])
def distribution(
    data: pd.DataFrame,
    *,
    commune: str,
    value: str,
    by: str = "panel",
    digits: int = 1,
    unit: str = "%",
    label: str,
) -> tuple[Figure, str] | None:
    """Draw the figure of every commune as a point, in one strip for each group, the one of code `commune` set apart.

    Reads `code, name`, the figure named by `value` (in `unit`, along the axis where it is "%", written with `digits`
    decimals) and the groups named by `by` (« Communes de la MEL », « Communes comparables »), in their order. The
    commune has a row in one of them at least; it is marked on every strip, and is no part of the band (the central
    half of the others) nor of the median. `label` says what is measured, above the axes.

    Figures that are missing or not significant are left out, and a group that has no other. Nothing is drawn without
    the figure of the commune, nor without that of another one.
    """
    known = significance.keep_significant(data, value).dropna(subset=value)
    others = known[known["code"] != commune].sort_values([value, "code"], ignore_index=True)
    groups = [group for group in dict.fromkeys(data[by]) if (others[by] == group).any()]
    own = known[known["code"] == commune]
    if own.empty or not groups:
        return None
    place, name = float(own[value].iloc[0]), str(own["name"].iloc[0])

    def write(number: float) -> str:
        return f"{french.number(number, digits=digits)}{french.NBSP}{unit}"

    figure, (axes,) = style.new_figure(1.6 + 0.95 * len(groups))
    strips = [others.loc[others[by] == group, value] for group in groups]
    _add_points(axes, others, value=value, by=by, groups=groups, write=write)
    _add_landmarks(axes, strips, place=place)
    low, high = axes.get_xlim()
    home = textwrap.fill(f"{name} : {write(place)}", _LINE)
    _name(axes, groups, strips, home=home, place=place)
    axes.set_ylim(len(groups) - 0.6, -1.05 - _ABOVE / 3 * home.count("\n"))
    style.set_title(axes, label)
    style.french_axis(
        axes.xaxis, unit=unit if unit == "%" else "", digits=digits if high - low < 10 else 0, grid=True
    )
    figure.add_artist(Legend(_keys(), columns=4, side="under"))
    sentences = [
        f"{group} : {french.quantity(len(strip), 'commune')}, de {write(strip.iloc[0])} à {write(strip.iloc[-1])}, "
        f"médiane {write(strip.median())}"
        for group, strip in zip(groups, strips, strict=True)
    ]
    return figure, f"Nuage de points : {label}. {name} : {write(place)}. {' ; '.join(sentences)}."


def _add_points(
    axes: Axes,
    others: pd.DataFrame,
    *,
    value: str,
    by: str,
    groups: Sequence[str],
    write: Callable[[float], str],
) -> None:
    """Draw the other communes, spread within their strip so that they can be told apart."""
    # Where axes have no name, seaborn makes their ticks to see whether to give them one.
    axes.set(xlabel=" ", ylabel=" ")
    with _same_jitter():
        sns.stripplot(
            data=others, x=value, y=by, order=groups, orient="h", ax=axes, jitter=_SPREAD, size=_DOT,
            color=style.OTHERS, edgecolor=style.PAPER, linewidth=0.5, zorder=2,
        )  # fmt: skip
    axes.set(xlabel="", ylabel="")
    for points, group in zip(axes.collections, groups, strict=False):
        strip = others[others[by] == group].dropna(subset=value)
        label_values(points, [f"{row['name']} : {write(row[value])}" for row in strip.to_dict("records")])


def _add_landmarks(axes: Axes, strips: Sequence[pd.Series], *, place: float) -> None:
    """Draw the band and the median of each strip, and where the commune stands across them all."""
    quartiles = [strip.quantile([0.25, 0.5, 0.75]).tolist() for strip in strips]
    bands = [(low, rank - _BAND, high - low, 2 * _BAND) for rank, (low, _, high) in enumerate(quartiles)]
    shapes.bars(axes, bands, colour=style.GRID)
    medians = [
        ((middle, rank - _BAND), (middle, rank + _BAND)) for rank, (_, middle, _) in enumerate(quartiles)
    ]
    shapes.strokes(axes, medians, colour=style.INK, linewidth=2, zorder=3)
    line = ((place, -_ABOVE), (place, len(strips) - 1))
    shapes.strokes(axes, [line], colour=style.COMMUNE, linewidth=1, zorder=2.5)
    axes.plot(
        [place] * len(strips), range(len(strips)), color=style.COMMUNE, linestyle="none", marker="D",
        markersize=_DIAMOND, markeredgecolor=style.PAPER, zorder=4,
    )  # fmt: skip


def _name(axes: Axes, groups: Sequence[str], strips: Sequence[pd.Series], *, home: str, place: float) -> None:
    """Write the name of each group above its strip, and that of the commune above them all, within the axes."""
    low, high = axes.get_xlim()
    ground = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 1.5}
    for rank, (group, strip) in enumerate(zip(groups, strips, strict=True)):
        axes.text(
            0, rank - 0.34, f"{group} ({french.number(len(strip))})", transform=axes.get_yaxis_transform(), ha="left",
            va="bottom", bbox=ground,
        )  # fmt: skip
    third = (high - low) / 3
    side = "left" if place < low + third else "right" if place > high - third else "center"
    axes.text(place, -_ABOVE, home, ha=side, va="bottom", fontweight="bold", color=style.COMMUNE, bbox=ground)


def _keys() -> Sequence[Patch | Line2D]:
    """Make the keys of the commune, of the others, of their median and of their central half."""
    looks = (
        ("D", style.COMMUNE, _DIAMOND, "La commune"),
        ("o", style.OTHERS, _DOT, "Autre commune"),
        ("|", style.INK, 10, "Médiane"),
    )
    marks = [
        Line2D([], [], marker=marker, color=colour, markersize=size, linestyle="none", label=text)
        for marker, colour, size, text in looks
    ]
    return [*marks, Patch(facecolor=style.GRID, edgecolor=style.PAPER, label="Moitié centrale des autres")]


@contextmanager
def _same_jitter() -> Iterator[None]:
    """Draw the same random numbers each time, and leave those of others as they are: seaborn takes numpy's own."""
    state = np.random.get_state()
    np.random.seed(_SEED)
    try:
        yield
    finally:
        np.random.set_state(state)
