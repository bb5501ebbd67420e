"""What every drawing does: set the style, refuse to draw nothing, become an exhibit."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from helpers.exhibit import DEMONSTRATION, Exhibit, absent
from helpers.figures import style
from helpers.figures.svg import layout


def drawing(make: Callable[..., tuple[Figure, str] | None]) -> Callable[..., Exhibit]:
    """Turn a function that returns a figure and its alternative text into one that returns an exhibit.

    Empty data, or a function that finds nothing to draw (None), give an empty exhibit: the sheet then says
    that the figures are not at hand.
    """

    @functools.wraps(make)
    def draw(data: pd.DataFrame, **options: Any) -> Exhibit:
        if data.empty:
            return absent("")
        exhibit = Exhibit(data=data, alt="")
        with style.styled():
            drawn = make(data, **options)
            if drawn is None:
                return absent("")
            figure, alt = drawn
            if exhibit.is_demonstration:
                # Inside the drawing too: a picture is copied without its caption.
                figure.text(
                    0.995,
                    layout.PAD / figure.bbox.height,
                    DEMONSTRATION,
                    ha="right",
                    va="bottom",
                    fontsize=9,
                    color=style.CAUTION,
                )
            return exhibit.complete(alt=alt, drawing=style.to_svg(figure, alt=alt))

    return draw
