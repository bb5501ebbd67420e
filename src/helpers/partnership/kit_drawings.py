"""Small drawings of a kit: the chart of a card, from the very values of its slide; marks to cut along."""

from __future__ import annotations

import html
from collections.abc import Sequence

from helpers import french, tokens
from helpers.charts import Chart, Series
from helpers.publication.documents.deck import Slide
from helpers.publication.documents.sheets import POINTS, width

# Millimetres of a small chart; points of its letters.
_WIDE, _TALL = 128.0, 35.0
_LETTERS = 9.0
_ROWS = 4
_NAMES = 42.0


def mini(slide: Slide, *, number: str = "") -> str:
    """Draw a slide as small as a card asks: its own values where an office suite can edit them, else its drawing.

    `number` is the value that the card has in large.
    """
    chart = slide.chart
    if chart is None or not chart.series:
        return slide.drawing
    drawers = {"lines": _line, "columns": _columns, "stacks": _stack}
    drawn = drawers[chart.kind](chart) if chart.kind in drawers else _bars(chart, number=number)
    label = html.escape(slide.alt or slide.title)
    return (
        f'<svg role="img" aria-label="{label}" viewBox="0 0 {_WIDE:g} {_TALL:g}" font-family="Source Sans 3" '
        f'font-size="{_LETTERS / POINTS:.2f}">{drawn}</svg>'
    )


def _text(
    text: str, x: float, y: float, *, anchor: str = "start", bold: bool = False, colour: str = "ink"
) -> str:
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight} fill="{tokens.colour(colour)}">'
        f"{html.escape(french.visible(text))}</text>"
    )


def _written(chart: Chart, series: Series, rank: int) -> str:
    """Write a value as the figure does; as its column would be where the figure leaves it out."""
    value = series.values[rank]
    written = series.texts[rank] if rank < len(series.texts) else ""
    return written or (
        "" if value is None else french.number(value, digits=chart.digits, signed=chart.signed)
    )


def _line(chart: Chart) -> str:
    """Draw the first curve, its two ends dated and written."""
    series = chart.series[0]
    known = [(rank, value) for rank, value in enumerate(series.values) if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(value for _, value in known), max(value for _, value in known)
    span, last = (high - low) or 1.0, max(1, len(series.values) - 1)
    points = [(20 + 84 * rank / last, 25 - 17 * (value - low) / span) for rank, value in known]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    colour = series.colour(0)
    ends = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.2" fill="{colour}"/>' for x, y in (points[0], points[-1])
    )
    # The figure names its curve beside the last value.
    written = [_written(chart, series, rank).removeprefix(series.name).strip() for rank, _ in known]
    labels = [
        _text(written[0], 18, points[0][1] + 1, anchor="end"),
        _text(written[-1], 106.5, points[-1][1] + 1, bold=True),
        _text(chart.categories[known[0][0]], points[0][0], 33, anchor="middle", colour="muted"),
        _text(chart.categories[known[-1][0]], points[-1][0], 33, anchor="middle", colour="muted"),
    ]
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="0.9"/>{ends}{"".join(labels)}'


def _columns(chart: Chart) -> str:
    """Draw columns, those of all series on one another; the first and the last dated."""
    totals = [sum(one.values[rank] or 0 for one in chart.series) for rank in range(len(chart.categories))]
    high = max([*totals, 1e-9])
    step = _WIDE / max(1, len(totals))
    drawn = ""
    for rank in range(len(totals)):
        low = 28.0
        for series in chart.series:
            tall = 22 * (series.values[rank] or 0) / high
            low -= tall
            drawn += _bar(step * (rank + 0.15), low, step * 0.7, tall, series.colour(rank))
        if rank in (0, len(totals) - 1):
            middle = step * (rank + 0.5)
            drawn += _text(chart.categories[rank], middle, 33, anchor="middle", colour="muted")
            drawn += _text(french.number(totals[rank], digits=chart.digits), middle, low - 1, anchor="middle")
    return drawn


def _bars(chart: Chart, *, number: str) -> str:
    """Draw the bars of a few rows: their names, then one bar for each series, its value after it.

    They are the first ones, or those up to the row of the value that the card has in large (`number`).
    """
    last = next((rank for rank in range(len(chart.categories)) if _holds(chart, rank, number)), 0)
    rows = range(max(0, last + 1 - _ROWS), min(max(_ROWS, last + 1), len(chart.categories)))
    values = [one.values[rank] or 0 for one in chart.series for rank in rows]
    low, high = min(0.0, *values), max(0.0, *values)
    named = len(chart.series) > 1
    tall = _TALL - 6 * named
    step, room = tall / len(rows), _WIDE - _NAMES - 34
    scale = room / ((high - low) or 1.0)
    zero = _NAMES + 16 * (low < 0) - low * scale
    thick = min(4.2, (step - 1) / len(chart.series))
    drawn = _key(chart) if named else ""
    for place, rank in enumerate(rows):
        top = step * place + (step - thick * len(chart.series)) / 2
        drawn += _text(_cut(chart.categories[rank], _NAMES - 2), 0, step * (place + 0.5) + 1)
        for order, series in enumerate(chart.series):
            value, y = series.values[rank] or 0, top + thick * order
            x, long = zero + min(0, value) * scale, abs(value) * scale
            drawn += _bar(x, y, long, thick * 0.9, series.colour(rank))
            end, anchor = (x - 1, "end") if value < 0 else (x + long + 1, "start")
            drawn += _text(_written(chart, series, rank), end, y + thick * 0.45 + 1, anchor=anchor)
    return drawn


def _holds(chart: Chart, rank: int, number: str) -> bool:
    """Tell whether a row has a value written so."""
    return any(_written(chart, series, rank).rstrip(" *") == number for series in chart.series)


def _bar(x: float, y: float, wide: float, tall: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}" fill="{colour}"/>'


def _key(chart: Chart) -> str:
    """Name the series of bars on a line below them."""
    wide = _WIDE / len(chart.series)
    return "".join(
        _bar(wide * order, _TALL - 3.4, 3, 3, series.colour(0))
        + _text(_cut(series.name, wide - 6), wide * order + 4.5, _TALL - 0.8)
        for order, series in enumerate(chart.series)
    )


def _stack(chart: Chart) -> str:
    """Draw the parts of the first row, and of the last where rows are dates; the names of the parts below."""
    dated = all(name.isdecimal() for name in chart.categories)
    rows = [len(chart.categories) - 1] if dated else [0]
    parts = [(one, rank, one.values[rank] or 0.0) for rank in rows for one in chart.series]
    low, high = sum(min(0.0, value) for *_, value in parts), sum(max(0.0, value) for *_, value in parts)
    span = (high - low) or 1.0
    left, right = _WIDE * -low / span, _WIDE * -low / span
    drawn = _text(chart.categories[rows[0]], 0, 4, bold=True)
    for series, rank, value in parts:
        wide = _WIDE * abs(value) / span
        left, x, right = (left - wide, left - wide, right) if value < 0 else (left, right, right + wide)
        drawn += _bar(x, 7, wide, 8, series.colour(rank))
    return drawn + _legend(chart, parts)


def _legend(chart: Chart, parts: Sequence[tuple[Series, int, float]]) -> str:
    """Name the parts of a bar, two on a line, with their values."""
    drawn = ""
    for order, (series, rank, _) in enumerate(parts[:6]):
        x, y = 64.0 * (order % 2), 21.0 + 5 * (order // 2)
        written = _written(chart, series, rank)
        # A figure to be read with precaution is not reported on a card.
        named = series.name if "**" in written else f"{series.name} : {written}"
        drawn += _bar(x, y - 2.6, 3, 3, series.colour(rank)) + _text(_cut(named, 58), x + 4.5, y)
    return drawn


def _cut(text: str, most: float) -> str:
    """Cut a text to what a place (millimetres) can hold."""
    text = french.typography(text)
    while width(text, _LETTERS) > most and " " in text:
        text = text.rstrip("…").rpartition(" ")[0] + "…"
    return text


def cut_marks(wide: float, tall: float, *, across: bool = True) -> str:
    """Draw where a sheet is cut in two, and in four where `across`: short lines at its sides, a cross in the middle."""
    x, y = wide / 2, tall / 2
    path = f"M{x} 0V6M{x} {tall - 6}V{tall}M{x} {y - 3}V{y + 3}"
    path += f"M0 {y}H6M{wide - 6} {y}H{wide}M{x - 3} {y}H{x + 3}" if across else ""
    line = f'<path d="{path}" fill="none" stroke="{tokens.colour("muted")}" stroke-width="0.3"/>'
    return f'<svg role="img" aria-label="Traits de coupe" viewBox="0 0 {wide} {tall}">{line}</svg>'
