"""The layout of drawings: nothing is cut, nothing is written over something else."""

from __future__ import annotations

import io
import re
from functools import cache
from itertools import combinations, pairwise

import pandas as pd
import pyarrow.parquet as pq
import pytest
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from test_figures import DRAWINGS, LONG, draw, rates

from helpers import fonts
from helpers.figures import style, tenures
from helpers.figures.svg import layout
from helpers.figures.svg.ticks import Ticks
from helpers.paths import EMBEDDED


def laid_out(monkeypatch, name, data, **options):
    """A drawing of simulated values once its axes are placed: its figure, and the renderer that measures it."""
    found = []
    arrange = layout.arrange

    def keep(figure, renderer):
        arrange(figure, renderer)
        found.extend((figure, renderer))

    monkeypatch.setattr(layout, "arrange", keep)
    if isinstance(data, int):
        data = DRAWINGS[name][1](data)
    draw(name, data.assign(origin="demonstration"), **options)
    return found


def parts(figure, renderer):
    """Where each axes with all that is written around it stands, then legends, then the mark."""
    return [item.get_tightbbox(renderer) for item in (*figure.axes, *figure.artists, *figure.texts)]


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("name", DRAWINGS)
def test_nothing_goes_out_of_a_drawing_nor_over_something_else(monkeypatch, name, size):
    figure, renderer = laid_out(monkeypatch, name, size)
    boxes = parts(figure, renderer)
    for box in boxes:
        assert box.x0 >= -0.5
        assert box.y0 >= -0.5
        assert box.x1 <= figure.bbox.x1 + 0.5
        assert box.y1 <= figure.bbox.y1 + 0.5
    for one, other in combinations(boxes, 2):
        assert not one.padded(-0.5).overlaps(other.padded(-0.5))


@pytest.mark.parametrize(
    "name", ["paired_bars", "paired_bars at two dates", "balance_bars", "lines", "stacked_bars", "gain_bars"]
)
def test_nothing_goes_out_of_a_card(monkeypatch, name):
    label = "Résidences principales gagnées ou perdues"
    figure, renderer = laid_out(monkeypatch, name, 5, compact=True, label=label)
    for box in parts(figure, renderer):
        assert box.x0 >= -0.5
        assert box.x1 <= figure.bbox.x1 + 0.5
    # Names of rows do not touch one another: a line is higher than its letters.
    for ticks in (artist for axes in figure.axes for artist in axes.artists if isinstance(artist, Ticks)):
        if not ticks.is_across:
            boxes = sorted(ticks.label_boxes(renderer), key=lambda box: box.y0)
            assert all(one.y1 <= other.y0 + layout._LINE for one, other in pairwise(boxes))
    # What is drawn keeps a third of the width.
    assert all(axes.bbox.width > figure.bbox.width / 3 for axes in figure.axes)


def kinds(count, *, rows=("2012", "2018"), long="Couples avec enfants, famille"):
    """The shares of so many kinds of households with long names, in each row."""
    return pd.DataFrame(
        [
            {
                "territory": row,
                "label": f"{long} {rank}",
                "share": 100 / count,
                "value": 900.0,
                "sources": "s",
            }
            for row in rows
            for rank in range(count)
        ]
    )


@pytest.mark.parametrize("count", [4, 7, 10])
def test_a_legend_as_tall_as_its_drawing_stays_above_it(monkeypatch, count):
    boxes = parts(*laid_out(monkeypatch, "stacked_bars", kinds(count), compact=True))
    for one, other in combinations(boxes, 2):
        assert not one.padded(-0.5).overlaps(other.padded(-0.5))


def test_names_of_two_lines_are_farther_from_one_another_than_their_lines(monkeypatch):
    rows = [f"Ensemble des logements et des ménages, {year}" for year in range(2010, 2016)]
    figure, renderer = laid_out(monkeypatch, "stacked_bars", kinds(3, rows=rows), compact=True)
    [ticks] = [one for one in figure.axes[0].artists if isinstance(one, Ticks) and not one.is_across]
    boxes = sorted(ticks.label_boxes(renderer), key=lambda box: box.y0)
    assert all(one.height > 22 for one in boxes)
    assert all(other.y0 - one.y1 >= 3.5 for one, other in pairwise(boxes))


@pytest.mark.parametrize("compact", [False, True])
def test_what_is_written_under_a_map_or_a_ranking_touches_nothing(monkeypatch, compact):
    outlines = DRAWINGS["choropleth"][2]["outlines"]
    for shown in (outlines, outlines.iloc[1:]):
        figure, renderer = laid_out(monkeypatch, "choropleth", 5, compact=compact, outlines=shown)
        boxes = [text.get_window_extent(renderer) for text in figure.axes[0].texts]
        for one, other in combinations(boxes, 2):
            assert not one.overlaps(other)


@pytest.mark.parametrize("code", ["001", "011"], ids=["near the lowest", "the highest"])
def test_a_long_name_at_an_end_of_a_distribution_stays_in_the_drawing(monkeypatch, code):
    figure, renderer = laid_out(monkeypatch, "distribution", 2, commune=code)
    [axes] = figure.axes
    assert any(LONG in text.get_text().replace("\n", " ") for text in axes.texts)
    for box in parts(figure, renderer):
        assert box.x0 >= -0.5
        assert box.x1 <= figure.bbox.x1 + 0.5


def test_panels_side_by_side_have_the_size_that_they_are_given(monkeypatch):
    figure, _ = laid_out(monkeypatch, "households by age", 2)
    one, other = [axes.bbox for axes in figure.axes]
    assert one.height == pytest.approx(other.height)
    assert one.width / other.width == pytest.approx(tenures._WIDTHS[0] / tenures._WIDTHS[1])


def test_small_multiples_have_the_same_size_and_the_same_scale(monkeypatch):
    data = pd.concat([rates(5).assign(label=name) for name in ("Un", "Deux")], ignore_index=True)
    figure, _ = laid_out(monkeypatch, "paired_bars", data, by="label", hue="territory")
    assert len(figure.axes) == 5
    assert {tuple(axes.bbox.size.round(3)) for axes in figure.axes} == {
        tuple(figure.axes[0].bbox.size.round(3))
    }
    assert len({axes.get_xlim() for axes in figure.axes}) == 1


@cache
def dates_of_communes():
    """Every list of dates at which a table of the store knows a commune."""
    found = set()
    for name in ("population", "population_history", "dwellings", "households"):
        table = pq.read_table(EMBEDDED / f"{name}.parquet", columns=["level", "code", "year"])
        seen = table.group_by(table.column_names).aggregate([]).to_pandas()
        own = seen[seen["level"] == "commune"]
        found |= set(own.sort_values("year").groupby("code")["year"].agg(tuple))
    return sorted(found)


@pytest.mark.parametrize("compact", [False, True])
def test_years_never_touch_and_the_last_one_is_written(monkeypatch, compact):
    many = dates_of_communes()
    assert len(many) > 5
    for years in [*many, tuple(range(1968, 2023))]:
        data = pd.concat([rates(2).assign(year=year) for year in years], ignore_index=True)
        figure, renderer = laid_out(monkeypatch, "lines", data, compact=compact)
        [axes] = figure.axes
        [ticks] = [artist for artist in axes.artists if isinstance(artist, Ticks) and artist.is_across]
        boxes = ticks.label_boxes(renderer)
        assert all(one.x1 + 2 < other.x0 for one, other in pairwise(boxes))
        if len(years) > 1:
            assert boxes[-1].x0 < axes.bbox.x1 < boxes[-1].x1 + axes.bbox.width / 10


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize("scale", [0.03, 1, 700, 12_345_678])
def test_numbers_along_an_axis_never_touch_stand_at_equal_steps_and_zero_is_one(monkeypatch, scale, compact):
    data = rates(5).assign(rate=[-1.0 * scale, 0.5 * scale, 2.0 * scale, scale, 0.0])
    figure, renderer = laid_out(monkeypatch, "paired_bars", data, signed=True, compact=compact)
    [axes] = figure.axes
    [ticks] = [artist for artist in axes.artists if isinstance(artist, Ticks) and artist.is_across]
    boxes, kept = ticks.label_boxes(renderer), [place for place, _, _ in ticks._kept(renderer)]
    assert all(one.x1 + 2 < other.x0 for one, other in pairwise(boxes))
    steps = [other - one for one, other in pairwise(kept)]
    assert steps == pytest.approx(steps[:1] * len(steps))
    assert min(map(abs, kept)) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize("name", DRAWINGS)
def test_letters_are_large_enough_on_paper_and_on_a_card(name, compact):
    exhibit = draw(name, DRAWINGS[name][1](2).assign(origin="demonstration"), compact=compact)
    sizes = [
        float(size)
        for size in re.findall(r"font:[^;\"]*?([\d.]+)px|font-size: ?([\d.]+)px", exhibit.drawing)
        for size in size
        if size
    ]
    assert sizes
    units = float(re.search(r'viewBox="0 0 ([\d.]+)', exhibit.drawing)[1])
    # 9 points on a page whose text is 170 mm wide, 11 pixels on a card of 370.
    wide, least = (370, 11) if compact else (170 / 25.4 * 72, 9)
    assert min(sizes) * wide / units >= least
    if not compact:
        # In the column of a page, at 1440 pixels.
        assert min(sizes) * 768 / units >= 13


def test_a_wide_legend_under_the_axes_leaves_its_line_to_the_mark(monkeypatch):
    figure, renderer = laid_out(monkeypatch, "stacked_counts", 5)
    [legend], [mark] = figure.artists, figure.texts
    legend.columns = 1
    for text in legend.texts:
        text.set_text("Résidences secondaires et logements occasionnels, avec les logements vacants " * 2)
    layout.arrange(figure, renderer)
    assert legend.get_window_extent(renderer).y0 > mark.get_window_extent(renderer).y1
    assert legend.get_window_extent(renderer).y1 <= figure.axes[0].get_tightbbox(renderer).y0


def test_the_texts_of_a_row_of_a_legend_stand_on_the_same_line(monkeypatch):
    figure, _ = laid_out(monkeypatch, "balance_bars", 2)
    [legend] = figure.artists
    # One of them is taller: its first letter bears an accent.
    assert len({text.get_position()[1] for text in legend.texts}) == 1


def test_no_tick_of_matplotlib_is_made(monkeypatch):
    made = []
    monkeypatch.setattr("matplotlib.axis.Tick.__init__", lambda tick, *_, **__: made.append(tick))
    for name in ("paired_bars", "lines", "stacked_counts", "pyramid_tenure", "distribution"):
        laid_out(monkeypatch, name, 2)
    assert not made


@pytest.mark.parametrize("weight", ["normal", "bold"])
@pytest.mark.parametrize("size", [9, 13])
@pytest.mark.parametrize(
    "text",
    ["Résidences principales", "12\u202f345", "−0,3\u00a0% / an", "75 ans ou plus", "lp", "*", "0", " "],
)
def test_a_text_is_as_large_as_matplotlib_finds_it(text, size, weight):
    font = FontProperties(family=[fonts.SANS], size=size, weight=weight)
    renderer = layout.Renderer(100, 100, io.StringIO())
    found = renderer.get_text_width_height_descent(text, font, False)
    shaped = text_to_path.get_text_width_height_descent(text, font, False)
    # Letters that lean over one another make it a little narrower there.
    assert found[0] == pytest.approx(shaped[0], abs=0.06 * size)
    assert found[1:] == pytest.approx(shaped[1:], abs=0.01 * size)


def test_matplotlib_asks_the_height_of_a_line_and_is_reported_what_it_would_have_read():
    asked = []

    class Told(layout.Renderer):
        def _get_font_height_metrics(self, prop):
            asked.append(super()._get_font_height_metrics(prop))
            return asked[-1]

    with style.styled():
        figure, _ = style.new_figure(2)
        text = figure.text(0, 0, "Âge\nen 2018", size=9.3, linespacing="normal")
        ours = text.get_window_extent(Told(100, 100, io.StringIO()))
        read = text.get_window_extent(RendererSVG(100, 100, io.StringIO()))
    assert asked
    assert (ours.y0, ours.y1) == (read.y0, read.y1)


def narrowed(monkeypatch, name, width):
    """A drawing of five territories at a width of its own, once its axes are placed, and the height it asked for."""
    found = []
    arrange = layout.arrange

    def keep(figure, renderer):
        asked = figure.bbox.height
        arrange(figure, renderer)
        found.append((figure, renderer, asked))

    monkeypatch.setattr(layout, "arrange", keep)
    exhibit = draw(name, DRAWINGS[name][1](5).assign(origin="demonstration"))
    found.clear()
    (exhibit.narrow if width == style.COMPACT else exhibit.far)()
    return found[0]


@pytest.mark.parametrize("width", [style.COMPACT, style.PROJECTED])
@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_grows_for_what_is_written_around_it(monkeypatch, name, width):
    figure, renderer, asked = narrowed(monkeypatch, name, width)
    for axes in figure.axes:
        # A map keeps its shape: it may be lower than its place.
        assert axes.get_position(original=True).height * figure.bbox.height >= layout._KEPT * asked - 1
        # Names of rows, or of classes of ages, are written one above the other.
        for ticks in (
            artist for artist in axes.artists if isinstance(artist, Ticks) and not artist.is_across
        ):
            boxes = sorted(ticks.label_boxes(renderer), key=lambda box: box.y0)
            assert all(one.y1 - other.y0 <= layout._LINE + 0.5 for one, other in pairwise(boxes))
        assert axes.title.get_window_extent(renderer).x1 <= figure.bbox.x1
    boxes = parts(figure, renderer)
    for one, other in combinations(boxes, 2):
        assert not one.padded(-0.5).overlaps(other.padded(-0.5))
