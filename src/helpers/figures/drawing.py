"""What every drawing does: check its columns, set the style, refuse to draw nothing, become an exhibit."""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from helpers.charts import Chart
from helpers.errors import ExhibitError
from helpers.exhibit import Exhibit, absent, is_demonstration
from helpers.figures import simulated, style

# A figure, its alternative text and, where an office suite can draw it too, its chart.
Made = tuple[Figure, str] | tuple[Figure, str, Chart]
Make = Callable[..., Made | None]


def drawing(
    *, columns: Sequence[str] = (), options: Sequence[str] = ()
) -> Callable[[Make], Callable[..., Exhibit]]:
    """Turn a function that returns a figure, its alternative text and maybe its chart into one that makes an exhibit.

    `columns` are those that the data must have, `options` the parameters of the function that name other ones. Empty
    data, or a function that finds nothing to draw (None), give an empty exhibit: the page then says that the figures
    are not at hand.

    The function made takes `compact` too: the drawing is then as narrow as a column, its letters as large. It raises
    ExhibitError where a column is missing.
    """

    def decorate(make: Make) -> Callable[..., Exhibit]:
        given = {
            name: one.default for name, one in inspect.signature(make).parameters.items() if name in options
        }

        @functools.wraps(make)
        def draw(data: pd.DataFrame, *, compact: bool = False, **parameters: Any) -> Exhibit:
            if data.empty:
                return absent("")
            named = [str(parameters.get(name, default)) for name, default in given.items()]
            require_columns(data, [*columns, *named], figure=make.__name__)
            draw_at = functools.partial(_draw, make, data, parameters)
            svg, alt, chart = draw_at(style.COMPACT if compact else style.PAGE)
            if not svg:
                return absent("")
            return Exhibit(
                data=data, alt=alt, drawing=svg, chart=chart, narrow=lambda: draw_at(style.COMPACT)[0],
                far=lambda: draw_at(style.PROJECTED)[0],
            )  # fmt: skip

        return draw

    return decorate


def _draw(
    make: Make, data: pd.DataFrame, parameters: dict[str, Any], width: float
) -> tuple[str, str, Chart | None]:
    """Draw (SVG) as wide as so many inches; empty where there is nothing. Then its alternative text and its chart."""
    with style.styled(width):
        drawn = make(data, **parameters)
        if drawn is None:
            return "", "", None
        figure, alt, *charts = drawn
        if is_demonstration(data):
            simulated.frame(figure, mixed=bool(simulated.beside_real(data).any()))
        return style.to_svg(figure, alt=alt), alt, charts[0] if charts else None


def require_columns(data: pd.DataFrame, columns: Iterable[str], *, figure: str) -> None:
    """Check that the data have the columns that a figure reads.

    Raises:
        ExhibitError: names the figure and each missing column, with the nearest one of the data, and lists these.
    """
    known = [str(name) for name in data.columns]
    missing = [name for name in dict.fromkeys(columns) if name not in known]
    if not missing:
        return
    faults = []
    for name in missing:
        near = difflib.get_close_matches(name, known, n=1)
        faults.append(f"{name!r}" + (f" (vouliez-vous dire {near[0]!r} ?)" if near else ""))
    raise ExhibitError(
        f"figures.{figure} ne trouve pas dans les données : {', '.join(faults)}.",
        remedy=f"Colonnes des données : {', '.join(known)}. Celles qu'il faut sont dans help(figures.{figure}).",
    )
