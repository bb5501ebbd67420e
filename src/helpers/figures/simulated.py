"""How simulated values are marked in a drawing: amber dashes, around it and around those beside real ones."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from helpers.exhibit import DEMONSTRATION
from helpers.figures import style
from helpers.figures.svg import layout
from helpers.figures.svg.shapes import Box, corners_of

DASHES = (0, (4, 2))
# Points from the edge of a drawing to its frame.
_INSET = 1.0


def beside_real(data: pd.DataFrame) -> pd.Series:
    """Tell the rows whose value is simulated: True for them, where others of the same data are real."""
    if "origin" not in data:
        return pd.Series(False, index=data.index)
    simulated = data["origin"] == "demonstration"
    return simulated & ~simulated.all()


def outline(axes: Axes, boxes: Sequence[Box]) -> None:
    """Draw amber dashes around bars."""
    if boxes:
        axes.add_collection(
            PolyCollection(
                [corners_of(box) for box in boxes], facecolors="none", edgecolors=[style.CAUTION] * 2,
                linewidths=1.6, linestyles=[DASHES], zorder=3,
            ),
            autolim=False,
        )  # fmt: skip


def frame(figure: Figure, *, mixed: bool) -> None:
    """Draw amber dashes around a figure, and write what they mean: a picture is copied without its caption."""
    wide, tall = figure.bbox.size
    border = Rectangle(
        (_INSET / wide, _INSET / tall), 1 - 2 * _INSET / wide, 1 - 2 * _INSET / tall, facecolor="none",
        edgecolor=style.CAUTION, linewidth=1.2, linestyle=DASHES, transform=figure.transFigure,
    )  # fmt: skip
    border.set_figure(figure)
    figure.patches.append(border)
    figure.text(
        1 - 2 * layout.PAD / wide, layout.PAD / tall, f"{DEMONSTRATION} (tirets)" if mixed else DEMONSTRATION,
        ha="right", va="bottom", fontsize=style.SMALL, color=style.CAUTION,
    )  # fmt: skip
