"""What drawings show of figures that may not be relied on: what their table writes, and no more."""

from __future__ import annotations

from itertools import chain

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from shapely import box
from test_figures import marks

from helpers import figures, french, tables
from helpers.figures import significance, style
from helpers.indicators import ages
from helpers.indicators.reliability import FRAGILE

# A figure that rests on too few, one that asks for care, one that is sound.
FEW, SOME, MANY = 120.0, 320.0, 900.0
NAMES = ["Hem", "MEL", "Nord"]
SHOWN = {
    "paired_bars": (figures.paired_bars, {"y": "rate", "by": "territory", "label": "taux"}),
    "lines": (figures.lines, {"y": "rate", "digits": 1, "label": "taux"}),
    "choropleth": (
        figures.choropleth,
        {
            "outlines": pd.DataFrame({"code": [], "outline": []}), "commune": "c", "value": "rate", "unit": "%",
            "label": "taux",
        },
    ),
}  # fmt: skip


def rates(*counts):
    """A rate of each territory, 11,1 %, 22,2 %..., that rests on a count."""
    size = len(counts)
    columns = {"territory": NAMES[:size], "name": NAMES[:size], "code": list("abc")[:size]}
    values = [11.1 * (rank + 1) for rank in range(size)]
    return pd.DataFrame({**columns, "year": 2018, "rate": values, "count": counts}).assign(
        origin="insee", sources="s"
    )


def found(exhibit):
    """Everything that a drawing says, in letters and to those who cannot see it."""
    svg = BeautifulSoup(exhibit.drawing, "html.parser")
    return [*(text.get_text() for text in svg.find_all("text")), exhibit.alt]


def fills(exhibit):
    return [mark.get("fill") for mark in marks(exhibit, "path")].count(style.WEAK)


@pytest.mark.parametrize("name", SHOWN)
def test_a_figure_that_is_not_significant_is_nowhere_in_its_drawing(name):
    draw, options = SHOWN[name]
    exhibit = draw(rates(FEW, MANY, MANY), **options)
    assert exhibit.drawing
    assert not [text for text in found(exhibit) if "11,1" in text]
    assert [text for text in found(exhibit) if "33,3" in text]
    # Its data keep it, and their table writes "n.s.".
    assert french.NOT_SIGNIFICANT in {*chain(*tables.Table(exhibit.data).cells.values())}


@pytest.mark.parametrize("name", ["paired_bars", "lines"])
def test_what_is_not_significant_is_said_and_what_asks_for_care_has_its_star(name):
    draw, options = SHOWN[name]
    exhibit = draw(rates(FEW, SOME, MANY), **options)
    assert french.NOT_SIGNIFICANT in exhibit.alt
    assert [text for text in found(exhibit) if text.endswith("22,2\u00a0*")]


def test_bars_of_small_counts_are_drawn_with_their_mark():
    counts = rates(FEW, SOME, MANY).assign(value=[FEW, SOME, MANY])
    exhibit = figures.paired_bars(counts, y="value", by="name", digits=0, unit="personnes", label="Effectif")
    assert {"120\u00a0**", "320\u00a0*", "900"} <= set(found(exhibit))
    assert "120\u00a0personnes\u00a0**" in exhibit.alt
    assert fills(exhibit) == 0
    assert significance.UNSOUND not in found(exhibit)


def parts(*counts):
    shares = [100 * count / sum(counts) for count in counts]
    rows = [
        ("Hem", 2018, name, count, share) for name, count, share in zip("XYZ", counts, shares, strict=True)
    ]
    return pd.DataFrame(rows, columns=["territory", "year", "label", "value", "share"]).assign(
        base=sum(counts), origin="insee", sources="s"
    )


def test_the_part_of_a_bar_that_is_not_significant_keeps_its_place_in_grey_without_its_share():
    exhibit = figures.stacked_bars(parts(3.0, SOME, MANY), by="year", label="parts")
    assert f"X {french.NOT_SIGNIFICANT}" in exhibit.alt
    assert fills(exhibit) == 2
    small = figures.stacked_bars(parts(FEW, SOME, MANY), by="year", label="parts")
    written = french.number(100 * FEW / (FEW + SOME + MANY), digits=1)
    assert f"{written}\u00a0**" in found(small)
    assert fills(small) == 0


def test_a_total_is_weighed_unless_it_is_of_a_register():
    few = parts(20.0, 30.0, 40.0)
    exhibit = figures.stacked_counts(few, label="parc")
    assert "90\u00a0**" in found(exhibit)
    assert fills(exhibit) == 0
    registered = figures.stacked_counts(few.assign(count=float("nan")), label="parc")
    assert "90" in found(registered)


@pytest.mark.parametrize(
    ("count", "written"),
    [(FEW, "n.s."), (SOME, "+0,4\u00a0%\u00a0/ an\u00a0*"), (MANY, "+0,4\u00a0%\u00a0/ an")],
)
def test_balances_are_weighed(count, written):
    balances = rates(count, MANY).assign(annual=0.4, annual_natural=0.7, annual_migratory=-0.3)
    exhibit = figures.balance_bars(balances, label="soldes")
    assert written in found(exhibit)
    assert (f"Hem : {french.NOT_SIGNIFICANT}" in exhibit.alt) == (count == FEW)


def test_a_curve_starts_at_its_first_date_that_is_significant():
    years = pd.concat([rates(FEW).assign(year=1968, rate=77.7), rates(MANY).assign(year=1975), rates(MANY)])
    alt = figures.lines(years, y="rate", digits=1, label="taux").alt
    assert "77,7" not in alt
    assert "1975" in alt
    assert not figures.lines(rates(FEW), y="rate", label="taux").drawing


def test_a_map_sets_apart_what_is_not_significant_from_what_is_not_known():
    outlines = pd.DataFrame(
        {"code": list("abc"), "outline": [box(3 + rank, 50, 4 + rank, 51).wkb for rank in range(3)]}
    )
    data = rates(FEW, MANY, MANY)
    data.loc[1, "rate"] = float("nan")
    exhibit = figures.choropleth(data, outlines=outlines, commune="c", value="rate", unit="%", label="taux")
    assert {"non disponible (1)", f"{significance.UNSOUND} (1)"} <= set(found(exhibit))


def pyramid(value):
    rows = [(2018, sex, age, value if age == 80 else 2 * FRAGILE) for sex in "HF" for age in range(0, 100, 5)]
    data = pd.DataFrame(rows, columns=["year", "sex", "age", "value"]).assign(origin="insee", sources="s")
    return ages.fit_classes(ages.shares(data), at_least=0)


@pytest.mark.parametrize("value", [FEW, SOME])
def test_the_classes_of_a_pyramid_keep_their_colour_whatever_their_size(value):
    for measure in ("value", "share"):
        assert fills(figures.pyramid(pyramid(value), measure=measure, label="âges")) == 0
    by_tenure = figures.pyramid_tenure(pyramid(value).assign(tenure="owner"), label="âges")
    assert french.NOT_SIGNIFICANT not in found(by_tenure)
