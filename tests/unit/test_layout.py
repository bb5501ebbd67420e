"""The layout of drawings: nothing is cut, nothing is written over something else."""

from __future__ import annotations

import io
from itertools import combinations

import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from test_figures import DRAWINGS, LONG, draw

from helpers.figures.svg import layout


def laid_out(monkeypatch, name, size, **options):
    """A drawing of simulated values once its axes are placed: its figure, and the renderer that measures it."""
    found = []
    arrange = layout.arrange

    def keep(figure, renderer):
        arrange(figure, renderer)
        found.extend((figure, renderer))

    monkeypatch.setattr(layout, "arrange", keep)
    _, make, _ = DRAWINGS[name]
    draw(name, make(size).assign(origin="demonstration"), **options)
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


@pytest.mark.parametrize("code", ["001", "011"], ids=["near the lowest", "the highest"])
def test_a_long_name_at_an_end_of_a_distribution_stays_in_the_drawing(monkeypatch, code):
    figure, renderer = laid_out(monkeypatch, "distribution", 2, commune=code)
    [axes] = figure.axes
    assert any(LONG in text.get_text() for text in axes.texts)
    for box in parts(figure, renderer):
        assert box.x0 >= -0.5
        assert box.x1 <= figure.bbox.x1 + 0.5


def test_panels_side_by_side_have_the_same_size(monkeypatch):
    figure, _ = laid_out(monkeypatch, "households by age", 2)
    one, other = [axes.bbox for axes in figure.axes]
    assert one.size == pytest.approx(other.size)


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
    font = FontProperties(family=["DejaVu Sans"], size=size, weight=weight)
    renderer = layout.Renderer(100, 100, io.StringIO())
    found = renderer.get_text_width_height_descent(text, font, False)
    shaped = text_to_path.get_text_width_height_descent(text, font, False)
    # Letters that lean over one another make it a little narrower there.
    assert found[0] == pytest.approx(shaped[0], abs=0.06 * size)
    assert found[1:] == pytest.approx(shaped[1:], abs=0.01 * size)
