"""The operations that a commune knows, by the year of their works, beside all the homes started."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers import french
from helpers.figures import style
from helpers.figures.drawing import drawing
from helpers.figures.svg import shapes
from helpers.figures.svg.legend import Legend

# The bar of the operations of a year and that of all the homes started, side by side; widths in years.
_WIDE = 0.38
_SHIFT = _WIDE / 2 + 0.01
_STARTED = "Tous les logements commencés"


@drawing(columns=["operation", "label", "year", "known", "starts"])
def operations_timeline(data: pd.DataFrame, *, label: str) -> tuple[Figure, str]:
    """Draw the homes of known operations stacked by size at the year of their works, beside all the homes started.

    Reads `operation, label` (the size, in order), `year`, `known` (homes) and `starts` (all of that year; missing where
    the register does not know it). `label` says what is counted, above the axes.
    """
    years = sorted(data["year"].unique())
    figure, (axes,) = style.new_figure(3.8)
    started = data.drop_duplicates("year").dropna(subset="starts").set_index("year")["starts"]
    bars = [(year + _SHIFT - _WIDE / 2, 0.0, _WIDE, homes) for year, homes in started.items()]
    shapes.hollow_bars(axes, bars, colour=style.MUTED)
    totals = dict.fromkeys(years, 0.0)
    keys = []
    for rank, size in enumerate(dict.fromkeys(data["label"])):
        colour = style.PALETTES["category"][rank % len(style.PALETTES["category"])]
        keys.append(Patch(label=size, facecolor=colour, edgecolor=style.PAPER))
        boxes: list[shapes.Box] = []
        for year, homes in data[data["label"] == size].groupby("year")["known"].sum().items():
            boxes.append((year - _SHIFT - _WIDE / 2, totals[year], _WIDE, homes))
            totals[year] += homes
        shapes.bars(axes, boxes, colour=colour)
    if len(started):
        keys.append(Patch(label=_STARTED, facecolor=style.PAPER, edgecolor=style.MUTED))
    written = [(year - _SHIFT, totals[year]) for year in years]
    written += [(year + _SHIFT, homes) for year, homes in started.items()]
    for place, homes in written:
        shapes.note(axes, place, homes, french.count(homes), shift=(0, 4), ha="center", fontsize=style.SMALL)
    axes.set_xlim(years[0] - 1, years[-1] + 1)
    axes.set_ylim(shapes.fit([*totals.values(), *started], margin=0.1))
    style.year_axis(axes.xaxis, [int(year) for year in years])
    style.french_axis(axes.yaxis, grid=True)
    style.set_title(axes, label)
    style.show_frame(axes, "bottom")
    figure.add_artist(Legend(keys, columns=2, side="under"))
    named = [
        f"{year}, {french.enumerate_words(list(dict.fromkeys(data[data['year'] == year]['operation'])))}, "
        f"{french.quantity(totals[year], 'logement')}"
        + (f" sur {french.number(started[year])} commencés" if year in started else "")
        for year in years
    ]
    return figure, f"Barres empilées : {label}. {' ; '.join(named)}."
