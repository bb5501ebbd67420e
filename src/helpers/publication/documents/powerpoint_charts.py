"""Charts of PowerPoint that can be edited, from what figures declare of their bars and curves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pptx.chart.chart import Chart as Native
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_LINE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from helpers import french, tokens
from helpers.charts import Chart, Series, round_step

_TYPES = {
    "bars": XL_CHART_TYPE.BAR_CLUSTERED,
    "stacks": XL_CHART_TYPE.BAR_STACKED,
    "columns": XL_CHART_TYPE.COLUMN_STACKED,
    "lines": XL_CHART_TYPE.XY_SCATTER_LINES,
}
# Points: 18 pixels of a slide at least.
_LETTERS, _LABELS = 14, 13.5
# A share has room for its figure from so many points of 100.
_ROOM = 7.0
# A part with a sign has it from so much of the longest one.
_SIGNED_ROOM = 0.6
_DASHES = (None, MSO_LINE.DASH, MSO_LINE.DASH_DOT, MSO_LINE.ROUND_DOT, MSO_LINE.LONG_DASH)


def insert(placeholder: Any, chart: Chart) -> Any:
    """Put a chart in its placeholder; its workbook holds the values that are drawn."""
    frame = placeholder.insert_chart(_TYPES[chart.kind], _data_of(chart))
    native = frame.chart
    native.font.size, native.font.name = Pt(_LETTERS), "Calibri"
    native.font.color.rgb = _rgb("ink")
    _name(native, chart)
    _set_axes(native, chart)
    for drawn, series in zip(native.plots[0].series, chart.series, strict=True):
        (_style_curve if chart.kind == "lines" else _style_bars)(drawn, series, chart)
    if chart.kind != "lines":
        plot = native.plots[0]
        plot.gap_width = 45
        plot.overlap = 100 if chart.kind in ("stacks", "columns") else 0
    _set_language(native)
    return frame


def _data_of(chart: Chart) -> Any:
    written = _format(chart)
    if chart.kind == "lines":
        curves = XyChartData(number_format=written)
        for series in chart.series:
            curve = curves.add_series(series.name)
            for year, value in zip(chart.categories, series.values, strict=True):
                if value is not None:
                    curve.add_data_point(int(year), value)
        return curves
    data = CategoryChartData(number_format=written)
    data.categories = list(chart.categories)
    for series in chart.series:
        data.add_series(series.name, series.values)
    return data


def _format(chart: Chart) -> str:
    """Write the format of the numbers of a chart, as spreadsheets read it."""
    number = "#,##0" + ("." + "0" * chart.digits if chart.digits else "")
    unit = f'"\u00a0{chart.unit}"' if chart.unit else ""
    sign = "+" if chart.signed else ""
    return f"{sign}{number}{unit};{french.MINUS}{number}{unit};{number}{unit}"


def _name(native: Native, chart: Chart) -> None:
    """Say what is measured above the chart, and name its series where there are several."""
    native.has_title = bool(chart.label)
    if chart.label:
        frame = native.chart_title.text_frame
        frame.text = chart.label
        run = frame.paragraphs[0].runs[0]
        run.font.size, run.font.bold = Pt(_LETTERS), False
        run.font.color.rgb = _rgb("muted")
        native.chart_title.include_in_layout = False
    native.has_legend = len(chart.series) > 1
    if native.has_legend:
        native.legend.position = XL_LEGEND_POSITION.BOTTOM
        native.legend.include_in_layout = False
        native.legend.font.size = Pt(_LABELS)


def _set_axes(native: Native, chart: Chart) -> None:
    category, value = native.category_axis, native.value_axis
    for axis in (category, value):
        axis.tick_labels.font.size = Pt(_LABELS)
        axis.format.line.color.rgb = _rgb("rule")
    category.has_major_gridlines = False
    category.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    value.major_gridlines.format.line.color.rgb = _rgb("line")
    value.tick_labels.number_format, value.tick_labels.number_format_is_linked = _format(chart), False
    if chart.kind in ("bars", "stacks"):
        # The first row above, as in the drawing.
        category.reverse_order = True
        value.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    if chart.kind == "bars":
        # Each bar bears its figure.
        value.visible = False
        value.has_major_gridlines = False
    if chart.kind == "stacks" and not chart.signed:
        value.minimum_scale, value.maximum_scale = 0, 100
        value.major_unit = 25
    if chart.kind == "stacks" and chart.signed:
        value.major_unit = _step(chart)
    if chart.limits:
        value.minimum_scale, value.maximum_scale = chart.limits
        value.major_unit = round_step((chart.limits[1] - chart.limits[0]) / 4)
        if value.major_unit >= 1:
            value.tick_labels.number_format = _format(replace(chart, digits=0))
    if chart.kind == "lines":
        years = [int(year) for year in chart.categories]
        # Room for what is written at the end of a curve.
        category.minimum_scale = min(years)
        category.maximum_scale = max(years) + max(1, (max(years) - min(years)) // 10)
        category.tick_labels.number_format, category.tick_labels.number_format_is_linked = "0", False


def _style_bars(drawn: Any, series: Series, chart: Chart) -> None:
    """Give each bar its colour, an outline alone within its margin, and what the drawing writes of it."""
    drawn.invert_if_negative = False
    drawn.format.fill.solid()
    drawn.format.fill.fore_color.rgb = _hex(series.colour(0))
    hollow = series.hollow or (False,) * len(series.values)
    for rank, value in enumerate(series.values):
        if len(series.colours) > 1 or hollow[rank]:
            point = drawn.points[rank].format
            point.fill.solid()
            point.fill.fore_color.rgb = _rgb("paper") if hollow[rank] else _hex(series.colour(rank))
            point.line.color.rgb, point.line.width = _hex(series.colour(rank)), Pt(1.75)
        if value is not None and series.texts[rank] and _has_room(value, chart):
            _label(drawn.points[rank], series, rank, chart)


def _has_room(value: float, chart: Chart) -> bool:
    if chart.kind != "stacks":
        return chart.kind == "bars"
    ends = [abs(one) for series in chart.series for one in series.values if one is not None]
    return abs(value) >= (_ROOM if not chart.signed else _SIGNED_ROOM * max(ends))


def _step(chart: Chart) -> float:
    """Choose a round step (1, 2 or 5 times a power of ten) that makes four or five of the values of stacks."""
    sums = [0.0]
    for row in zip(*(series.values for series in chart.series), strict=True):
        for sign in (1, -1):
            sums.append(sum(value for value in row if value is not None and value * sign > 0))
    return round_step((max(sums) - min(sums)) / 4 or 1.0)


def _label(point: Any, series: Series, rank: int, chart: Chart) -> None:
    """Write what the drawing writes of a bar, its marks too."""
    label = point.data_label
    frame = label.text_frame
    frame.text = series.texts[rank]
    run = frame.paragraphs[0].runs[0]
    run.font.size = Pt(_LABELS)
    inside = chart.kind == "stacks"
    ground = series.colour(rank)
    on_dark = inside and tokens.contrast(tokens.colour("paper"), ground) > tokens.contrast(
        tokens.colour("ink"), ground
    )
    run.font.color.rgb = _rgb("paper" if on_dark else "ink")
    label.position = XL_LABEL_POSITION.CENTER if inside else XL_LABEL_POSITION.OUTSIDE_END


def _style_curve(drawn: Any, series: Series, chart: Chart) -> None:
    """Draw a curve in its colour, the first one wider, its last value written at its end."""
    rank = chart.series.index(series)
    first = rank == 0
    drawn.smooth = False
    line = drawn.format.line
    line.color.rgb, line.width = _hex(series.colour(0)), Pt(3 if first else 1.75)
    line.dash_style = _DASHES[rank % len(_DASHES)]
    drawn.marker.style = XL_MARKER_STYLE.CIRCLE
    drawn.marker.size = 7 if first else 5
    drawn.marker.format.fill.solid()
    drawn.marker.format.fill.fore_color.rgb = _hex(series.colour(0))
    drawn.marker.format.line.color.rgb = _rgb("paper")
    last = sum(value is not None for value in series.values) - 1
    text = next((text for text in reversed(series.texts) if text), "").removeprefix(series.name).strip()
    # Others of the same grey are told apart by the legend: their ends may be too near to be written.
    if first and last >= 0 and text:
        label = drawn.points[last].data_label
        label.text_frame.text = text
        run = label.text_frame.paragraphs[0].runs[0]
        run.font.size, run.font.bold, run.font.color.rgb = Pt(_LABELS), first, _hex(series.colour(0))
        label.position = XL_LABEL_POSITION.ABOVE


def _set_language(native: Native) -> None:
    """Say that all that is written is in French, and how numbers are read."""
    space = native._chartSpace
    first = space.find(qn("c:date1904"))
    space.insert(0 if first is None else 1, parse_xml(f'<c:lang {nsdecls("c")} val="fr-FR"/>'))
    for run in (*space.iter(qn("a:rPr")), *space.iter(qn("a:defRPr"))):
        run.set("lang", "fr-FR")


def _rgb(token: str) -> RGBColor:
    return _hex(tokens.colour(token))


def _hex(colour: str) -> RGBColor:
    return RGBColor.from_string(colour[1:].upper())
