"""Drawings: each draws whatever the data, says it in words, and weighs little."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from inspect import signature
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from for_each import for_each
from pyproj import Geod
from shapely import box

from helpers import charts, figures, french, map_classes, tokens
from helpers.errors import ExhibitError
from helpers.exhibit import DEMONSTRATION
from helpers.figures import significance, style
from helpers.indicators import ages, stock

LONG = "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson & <Cie>"
NAMES = ["Hem", LONG, "Nord", "Hauts-de-France", "France hors Mayotte"]
AGES = range(0, 100, 5)


def territories(size, **columns):
    data = {name: values[:size] for name, values in columns.items()}
    return pd.DataFrame({"territory": NAMES[:size], **data, "origin": "insee", "sources": "s"})


def shares(size, sign=1):
    rows = [
        (name, 2018, part, share, 10 * share)
        for name in NAMES[:size]
        for part, share in {"Premier": 62.5, "Deuxième": 35.0, "Troisième": 2.5}.items()
    ]
    return pd.DataFrame(rows, columns=["territory", "year", "label", "share", "value"]).assign(
        origin="insee", sources="s"
    )


def rates(size, sign=1):
    return territories(size, year=[2018] * 5, rate=[sign * 12.25, 1234.5, 0.0, -3.75, 0.04])


def two_dates(size, sign=1):
    return pd.concat([rates(size, sign).assign(year=year) for year in (2013, 2018)], ignore_index=True)


def balances(size, sign=1):
    return territories(
        size,
        annual=[sign * 0.46, -0.3, 0.0, 0.25, 1.5],
        annual_natural=[0.75, -0.1, 0.2, 0.5, 0.5],
        annual_migratory=[sign * 0.46 - 0.75, -0.2, -0.2, -0.25, 1.0],
    )


def curves(size, sign=1):
    return pd.concat([rates(size, sign).assign(year=year) for year in (1968, 1999, 2018)], ignore_index=True)


def steps(size, sign=1):
    amounts = [sign * 306.0, -21.0, 20.5, -1.0, -164.0, 101.0]
    kinds = ["total", *["step"] * 4, "total"]
    rows = zip(["Logements commencés", *NAMES[:4], "Effet démographique"], amounts, kinds, strict=True)
    return pd.DataFrame(list(rows), columns=["label", "amount", "kind"]).assign(origin="insee", sources="s")


def counts(size, sign=1):
    years = [1968, 1975, 2008, 2013, 2018][:size]
    frames = [shares(1).assign(year=year) for year in years]
    return pd.concat(frames, ignore_index=True)


def pyramid(size, sign=1):
    years = [2008, 2018][: max(1, min(size, 2))]
    rows = [(year, sex, age, 100.0 + age) for year in years for sex in "HF" for age in AGES]
    data = pd.DataFrame(rows, columns=["year", "sex", "age", "value"]).assign(origin="insee", sources="s")
    return ages.fit_classes(ages.shares(data), at_least=0)


def pyramid_tenure(size, sign=1):
    data = pyramid(size)
    return pd.concat(
        [data.assign(tenure=tenure) for tenure in ("owner", "social", "private", "other")], ignore_index=True
    )


def classes_tenure(size, sign=1):
    """Households by unequal classes of ages, one side only."""
    years = [2008, 2018][: max(1, min(size, 2))]
    classes = [(15, 24.0), (25, 39.0), (40, 54.0), (55, 64.0), (65, 79.0), (80, float("nan"))]
    rows = [
        (year, low, high, f"{low} ans et après", tenure, 300.0 + low, (300.0 + low) / ((high if high == high else 94) - low + 1))
        for year in years for low, high in classes for tenure in ("owner", "social")
    ]  # fmt: skip
    columns = ["year", "low", "high", "group", "tenure", "value", "density"]
    return pd.DataFrame(rows, columns=columns).assign(origin="insee", sources="s")


def gains(size, sign=1):
    """What main homes gained: by more than its margin for the first and the last."""
    status = ["RP", "RP_PROP", "RP_LOCHLMV", "RP_LOCAUT", "RP_GRAT"]
    found = pd.DataFrame(
        {"status": status, "label": ["Total", *NAMES[:4]], "gain": [sign * 314.0, 159.0, -105.0, 260.0, 0.0]}
    )
    return found.assign(give_or_take=[236.0, 181.0, 134.0, 69.0, 20.0], origin="insee", sources="s").head(
        size
    )


def around(size, sign=1):
    values = [sign * 0.5, -1.25, 8.6, 0.0, float("nan")][:size]
    return pd.DataFrame(
        {"code": [f"5900{rank}" for rank in range(size)], "name": NAMES[:size], "annual": values}
    ).assign(origin="insee", sources="s")


def communes(size, sign=1):
    """Some communes in as many groups, the commune in the first one."""
    rows = [
        (f"{group}{rank:02}", NAMES[rank % 2], name, sign * (1.5 * rank - group))
        for group, name in enumerate(NAMES[:size])
        for rank in range(12)
    ]
    return pd.DataFrame(rows, columns=["code", "name", "panel", "rate"]).assign(origin="insee", sources="s")


OUTLINES = pd.DataFrame(
    {
        "code": [f"5900{rank}" for rank in range(5)],
        "outline": [box(3 + rank / 10, 50, 3.1 + rank / 10, 50.1).wkb for rank in range(5)],
    }
)

DRAWINGS = {
    "stacked_bars": (figures.stacked_bars, shares, {"by": "territory", "label": "parts"}),
    "paired_bars": (figures.paired_bars, rates, {"y": "rate", "by": "territory", "label": "taux"}),
    "paired_bars at two dates": (figures.paired_bars, two_dates, {"y": "rate", "by": "territory", "signed": True, "label": "taux"}),
    "balance_bars": (figures.balance_bars, balances, {"label": "soldes"}),
    "distribution": (figures.distribution, communes, {"commune": "004", "value": "rate", "label": "taux"}),
    "lines": (figures.lines, curves, {"y": "rate", "digits": 1, "label": "courbes"}),
    "waterfall": (figures.waterfall, steps, {"label": "marches"}),
    "stacked_counts": (figures.stacked_counts, counts, {"label": "parc"}),
    "gain_bars": (figures.gain_bars, gains, {"label": "logements"}),
    "pyramid": (figures.pyramid, pyramid, {"label": "âges"}),
    "pyramid in %": (figures.pyramid, pyramid, {"measure": "share", "label": "âges"}),
    "households by age": (figures.pyramid_tenure, classes_tenure, {"label": "ménages"}),
    "pyramid_tenure": (figures.pyramid_tenure, pyramid_tenure, {"label": "âges et statut"}),
    "choropleth": (
        figures.choropleth, around, {"outlines": OUTLINES, "commune": "59000", "value": "annual", "unit": "%", "label": "carte"},
    ),
}  # fmt: skip


@cache
def drawn(name, size=5, sign=1):
    function, make, options = DRAWINGS[name]
    return function(make(size, sign), **options)


def draw(name, data=None, **changes):
    """A drawing of the list, made once unless its data or its options change."""
    if data is None and not changes:
        return drawn(name)
    function, make, options = DRAWINGS[name]
    return function(make(5) if data is None else data, **{**options, **changes})


def texts(exhibit):
    return [text.get_text() for text in BeautifulSoup(exhibit.drawing, "html.parser").find_all("text")]


@pytest.mark.parametrize(
    ("name", "size", "sign"),
    [(name, size, sign) for name in DRAWINGS for size, sign in [(1, -1), (2, 1), (5, 1)]],
)
def test_a_drawing_is_made_whatever_the_number_and_the_signs(name, size, sign):
    exhibit = drawn(name, size, sign)
    svg = BeautifulSoup(exhibit.drawing, "html.parser").svg
    assert svg["role"] == "img"
    assert svg["aria-label"] == french.typography(exhibit.alt)
    assert svg["viewbox"]
    # A value that is no number, or a coordinate out of it.
    assert not re.search(r"\b(?:nan|inf)\b", exhibit.drawing, re.IGNORECASE)
    for text in [*texts(exhibit), exhibit.alt]:
        assert not re.search(r"\d\.\d|(?<!\d)-\d|[−+]0(?:,0+)?(?![\d,])|\bNone\b|\bnan\b", text), text
    # matplotlib writes a dotted hatch as thousands of circles.
    assert "<circle" not in exhibit.drawing
    assert len(exhibit.drawing) < 150_000


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_the_same_bytes_twice(name):
    _, make, _ = DRAWINGS[name]
    assert draw(name, make(5)).drawing == drawn(name).drawing


@pytest.mark.parametrize("name", DRAWINGS)
def test_without_data_nothing_is_drawn(name):
    _, make, _ = DRAWINGS[name]
    exhibit = draw(name, make(2).iloc[:0])
    assert exhibit.data.empty
    assert exhibit.drawing == ""


def fault(name, data):
    """The error that a drawing makes of its data, if any."""
    try:
        draw(name, data)
    except ExhibitError as error:
        return error
    return None


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_column_that_is_missing_is_named_with_the_nearest_one(name):
    function, make, options = DRAWINGS[name]
    data = make(2)
    # Without `sex`, bars are on one side, of another length.
    columns = [column for column in data.columns if (name, column) != ("pyramid_tenure", "sex")]
    faults = {column: fault(name, data.rename(columns={column: f"{column}_"})) for column in columns}
    # A column that the drawing does not read is then one of which nothing is known.
    needed = {column: error for column, error in faults.items() if error and "figures." in error.message}
    assert needed
    assert all("non déclarée" in error.message for error in faults.values() if error not in needed.values())
    for column, error in needed.items():
        assert f"figures.{function.__name__}" in error.message
        assert f"{column!r} (vouliez-vous dire {column + '_'!r} ?)" in error.message
        assert f"{column}_" in error.remedy
    # What it reads is in its documentation, but for what a parameter names.
    named = [*options.values(), *(one.default for one in signature(function).parameters.values())]
    named = [text for text in named if isinstance(text, str)]
    assert all(column in function.__doc__ for column in needed if column not in named)


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_figures_drawn_are_reported_to_those_who_cannot_see_them(name):
    assert len(draw(name).alt) > 40
    assert draw(name).alt.rstrip().endswith(".")


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_of_simulated_values_says_so_in_itself(name):
    _, make, _ = DRAWINGS[name]
    assert DEMONSTRATION not in drawn(name).drawing
    assert DEMONSTRATION in draw(name, make(1).assign(origin="demonstration")).drawing


@pytest.mark.parametrize("name", ["stacked_bars", "paired_bars", "balance_bars", "lines", "waterfall"])
def test_two_dollars_in_a_name_are_no_formula(name):
    _, make, _ = DRAWINGS[name]
    column = {"stacked_bars": "label", "waterfall": "label"}.get(name, "territory")
    data = make(2)
    data[column] = data[column].str.replace("Hem", r"$\frac{1}{$").replace("Premier", r"$\frac{1}{$")
    data[column] = data[column].replace("Logements commencés", r"$\frac{1}{$")
    assert any(r"$\frac{1}{$" in text for text in texts(draw(name, data)))


@pytest.mark.parametrize("name", ["stacked_bars", "paired_bars", "balance_bars", "lines", "waterfall"])
def test_names_are_written_as_text_that_can_be_selected_and_escaped(name):
    # A long one is on several lines.
    assert LONG.replace(" ", "") in "".join(texts(drawn(name, 2))).replace(" ", "")
    assert "<Cie>" not in drawn(name, 2).drawing


@pytest.mark.parametrize("name", ["stacked_bars", "paired_bars", "balance_bars", "lines"])
def test_the_commune_comes_first(name):
    drawn = texts(draw(name))
    places = [
        next(rank for rank, text in enumerate(drawn) if text.startswith(place)) for place in ("Hem", "Nord")
    ]
    assert places == sorted(places)


def test_the_values_of_bars_are_written_at_their_end():
    assert {"12,3", "−3,8", "0,0"} <= set(texts(draw("paired_bars")))
    assert "+12,3" in texts(draw("paired_bars at two dates"))


def test_a_missing_value_is_said_to_be_missing():
    data = rates(2).assign(rate=[float("nan"), 3.0])
    exhibit = figures.paired_bars(data, y="rate", by="territory", label="taux")
    assert "n.d." in exhibit.alt
    assert not re.search(r"\bnan\b", exhibit.drawing, re.IGNORECASE)


def test_without_the_outline_of_the_commune_its_value_is_ranked_among_the_others():
    ranked = draw("choropleth", outlines=OUTLINES.iloc[1:])
    assert ranked.alt.startswith("Classement des communes")
    assert draw("choropleth").alt.startswith("Carte")
    sentences = texts(ranked)
    assert "Hem\u00a0: 0,5\u00a0%" in sentences
    assert french.typography(f"plus bas : {LONG}, −1,3\u00a0%") in sentences
    assert "plus haut\u00a0: Nord, 8,6\u00a0%" in sentences
    assert not draw("choropleth", around(1), outlines=OUTLINES.iloc[:0]).drawing


def test_the_value_of_the_commune_is_needed():
    assert not draw("choropleth", commune="75056").drawing
    assert not draw("choropleth", around(5).assign(annual=float("nan"))).drawing


def test_a_map_names_the_neighbours_that_have_room_for_it_and_bears_a_scale():
    sentences = texts(draw("choropleth"))
    assert {"Hem", "Nord"} <= set(sentences)
    assert LONG not in sentences
    assert any(re.fullmatch(r"\d+\u00a0km", text) for text in sentences)


def test_the_bar_of_a_map_measures_what_it_says_and_outlines_have_their_source():
    exhibit = draw("choropleth")
    sentences = texts(exhibit)
    assert "Contours\u00a0: IGN, Admin Express" in sentences
    kilometres = int(next(text for text in sentences if text.endswith("\u00a0km")).split("\u00a0")[0])
    # The one line with two ends; the outline of the commune, a tenth of a degree high.
    start, end = re.search(r'd="M([\d.]+) [\d.]+L([\d.]+) [\d.]+"', exhibit.drawing).groups()
    outline = next(path["d"] for path in marks(exhibit, "path") if path.get("stroke-width") == "3")
    south, north = re.search(r"M[\d.]+ ([\d.]+)L[\d.]+ ([\d.]+)L", outline).groups()
    _, _, metres = Geod(ellps="GRS80").inv(3, 50, 3, 50.1)
    unit = (float(end) - float(start)) / kilometres
    assert (float(south) - float(north)) / unit == pytest.approx(metres / 1000, rel=0.005)


def test_a_map_tells_the_commune_the_lowest_and_the_highest():
    alt = draw("choropleth").alt
    assert "Hem : 0,5\u00a0%" in alt
    assert f"plus basse : {LONG}, −1,3" in alt
    assert "plus haute : Nord, 8,6" in alt
    assert "non disponible (1)" in texts(draw("choropleth"))


def test_the_classes_of_a_map_follow_each_other_from_the_lowest_to_the_highest():
    sentences = [
        text
        for text in texts(draw("choropleth", levels_of(1.0, 2.0, 3.0, 4.0, 5.0), value="share"))
        if " à " in text
    ]
    assert sentences == [
        "1,0 à 1,8\u00a0% (1)",
        "1,8 à 2,6\u00a0% (1)",
        "2,6 à 3,4\u00a0% (1)",
        "3,4 à 4,2\u00a0% (1)",
        "4,2 à 5,0\u00a0% (1)",
    ]


def test_both_sides_of_a_pyramid_are_named_and_positive():
    for name in ("pyramid", "pyramid in %", "pyramid_tenure"):
        drawn = texts(draw(name))
        assert {"Hommes", "Femmes"} <= set(drawn)
        assert not any("−" in text for text in drawn)


def bars_of(exhibit):
    """The vertices of the filled shapes of a drawing, in its coordinates."""
    paths = marks(exhibit, "path")
    drawn = [path["d"] for path in paths if path.get("fill", "none").startswith("#") and "z" in path["d"]]
    return [[tuple(map(float, pair)) for pair in re.findall(r"([-\d.]+) ([-\d.]+)", d)] for d in drawn]


@pytest.mark.parametrize("name", ["pyramid", "pyramid in %", "pyramid_tenure"])
def test_the_ages_are_between_the_two_sides(name):
    exhibit = draw(name)
    ages_written = BeautifulSoup(exhibit.drawing, "html.parser").find_all(
        "text", string=re.compile(r"^[1-9]0$")
    )
    assert {text.get_text() for text in ages_written} >= {str(age) for age in range(10, 100, 10)}
    assert "Âge" in texts(exhibit)


def test_a_pyramid_in_percent_says_so_on_its_axis():
    assert any(text.endswith("%") for text in texts(draw("pyramid in %")))
    assert not any("%" in text for text in texts(draw("pyramid")))


def test_the_former_date_is_an_outline_named_as_such():
    assert "2008 (contour)" in texts(draw("pyramid"))
    assert "contour" not in "".join(texts(drawn("pyramid", 1)))


def mixed(name):
    """Data of a drawing whose first rows, or whose first date, are simulated, and the others real."""
    data = DRAWINGS[name][1](2)
    first = data["year"] == data["year"].min() if "year" in data else data.index == 0
    return data.assign(origin=["demonstration" if one else "insee" for one in first])


def dashes(exhibit):
    """How many shapes are drawn in amber dashes."""
    drawn = marks(exhibit, "path", "use")
    return sum(one.get("stroke") == style.CAUTION and "stroke-dasharray" in one for one in drawn)


@pytest.mark.parametrize("name", DRAWINGS)
def test_amber_dashes_go_round_what_is_simulated_alone(name):
    data = DRAWINGS[name][1](2)
    assert dashes(draw(name, data)) == 0
    # The frame: where all is simulated, nothing more is reported by dashes.
    assert dashes(draw(name, data.assign(origin="demonstration"))) == 1


@pytest.mark.parametrize(
    "name", ["lines", "paired_bars at two dates", "balance_bars", "stacked_counts", "paired_bars"]
)
def test_beside_real_values_each_simulated_one_is_in_amber_dashes(name):
    data = mixed(name)
    data = data if name != "paired_bars" else two_dates(2).assign(origin=["demonstration", "insee"] * 2)
    exhibit = draw(name, data)
    marked = {"balance_bars": 2, "stacked_counts": 1, "lines": 2}.get(name, 2)
    assert dashes(exhibit) == 1 + marked
    assert f"{DEMONSTRATION} (tirets)" in texts(exhibit)


def test_a_simulated_point_is_amber_and_a_real_one_is_not():
    exhibit = draw("lines", curves(1).assign(origin=["demonstration", "insee", "insee"]))
    assert points(exhibit) == {style.CAUTION: 1, style.COMMUNE: 2}


def owners(first, last):
    """Owners of ten ages at two dates, and tenants of the last one."""
    rows = [
        (year, sex, age, tenure, count)
        for year, tenure, counts in ((2008, "owner", first), (2018, "owner", last), (2018, "social", last))
        for sex in "HF"
        for age, count in zip(range(0, 100, 5), counts, strict=True)
    ]
    data = pd.DataFrame(rows, columns=["year", "sex", "age", "tenure", "value"]).assign(
        origin="insee", sources="s"
    )
    return ages.fit_classes(ages.pool_oldest(data, oldest=85), at_least=0, oldest=85)


@pytest.mark.parametrize("name", ["pyramid_tenure", "households by age"])
def test_a_pyramid_by_tenure_shows_the_last_date_and_the_owners_of_the_first(name):
    sentences = texts(draw(name))
    assert "2018" in sentences
    assert "2008" not in sentences
    assert "Propriétaire, 2008 (contour)" in sentences
    alone = texts(drawn(name, 1))
    assert not [text for text in alone if "contour" in text or "écart" in text]


def test_what_owners_gained_is_written_by_class_and_hollow_within_its_margin():
    first = [400.0] * 20
    last = [400.0] * 12 + [600.0, 610.0] + [400.0] * 6
    exhibit = draw("pyramid_tenure", owners(first, last), band=(60, 69))
    sentences = texts(exhibit)
    assert {"+400", "+420", "85 +", "60-64"} <= set(sentences)
    # All but two classes of eighteen are as before; the last one is of everybody from 85.
    assert sentences.count("0") >= 16
    assert significance.WITHIN in sentences
    assert "60-64 ans +400" in exhibit.alt
    assert "20-24 ans 0 (dans sa marge)" in exhibit.alt
    beyond = draw("pyramid_tenure", owners(first, [900.0] * 20))
    assert significance.WITHIN not in texts(beyond)


def test_a_change_within_its_margin_is_hollow():
    exhibit = draw("gain_bars")
    plain, _ = fills(exhibit)
    assert {style.INK, style.PRIVATE} <= plain
    assert not {style.OWNER, style.SOCIAL} & plain
    # The outlines of those, and nothing dashed: amber dashes are for what is simulated.
    assert all(f'stroke="{colour}"' in exhibit.drawing for colour in (style.OWNER, style.SOCIAL, style.OTHER))
    assert "stroke-dasharray" not in exhibit.drawing
    assert f"{LONG} −105 (dans sa marge)" in exhibit.alt
    assert "Total +314 ;" in exhibit.alt
    assert significance.WITHIN in texts(exhibit)
    assert significance.WITHIN not in texts(draw("gain_bars", gains(1)))


@pytest.mark.parametrize(
    ("before", "after", "within"),
    [(100, 131, False), (100, 130, True), (100, 100, True), (0, 0, True), (0, 5, False), (5, 0, False)],
)
def test_a_margin_is_two_standard_errors_of_both_counts(before, after, within):
    assert significance.is_within(before, after) == within


def test_the_classes_that_a_title_names_are_set_off():
    data = owners([400.0] * 20, [500.0] * 20)
    plain, _ = fills(draw("pyramid_tenure", data, band=(60, 69)))
    assert style.BAND in plain
    assert style.BAND not in fills(draw("pyramid_tenure", data))[0]
    drawing = draw("pyramid_tenure", data, band=(65, None))
    bold = [text["text"] for text in marks(drawing, "text") if text.get("font-weight") == "700"]
    assert {"65-69", "80-84", "85 +"} <= set(bold)
    assert "60-64" not in bold


def test_bars_are_as_high_as_their_class_is_wide():
    # Owners of one date: classes of 10, 15, 15, 10, 15 years, the last one drawn to 95.
    data = classes_tenure(1)
    boxes = bars_of(draw("households by age", data[data["tenure"] == "owner"]))
    heights = [max(y for _, y in box) - min(y for _, y in box) for box in boxes]
    bars = [height for height in heights if height > 20][-6:]
    assert [height / bars[0] for height in bars] == pytest.approx([1, 1.5, 1.5, 1, 1.5, 1.5], rel=0.01)


@pytest.mark.parametrize("size", [1, 2])
def test_a_pyramid_tells_the_population_of_each_date(size):
    total = french.quantity(2 * sum(100.0 + age for age in AGES), "habitant")
    assert drawn("pyramid", size).alt.count(total) == size


@pytest.mark.parametrize("name", ["pyramid", "pyramid_tenure", "households by age"])
def test_the_ages_of_nobody_are_not_drawn(name):
    _, make, _ = DRAWINGS[name]
    assert not draw(name, make(2).assign(value=0.0)).drawing


def test_the_balances_of_territories_without_a_rate_are_said_to_be_missing():
    data = balances(2)
    data.loc[0, ["annual", "annual_natural", "annual_migratory"]] = float("nan")
    exhibit = figures.balance_bars(data, label="soldes")
    assert "Hem : n.d." in exhibit.alt
    assert not re.search(r"\bnan\b", exhibit.drawing, re.IGNORECASE)


def marks(exhibit, *names):
    """The marks of a drawing: the attributes of each and of the groups that it is in, those of its style among them."""
    found = []
    for mark in BeautifulSoup(exhibit.drawing, "html.parser").find_all(names):
        known = {}
        for tag in (*reversed(list(mark.parents)), mark):
            look = [pair.split(":", 1) for pair in tag.attrs.get("style", "").split(";") if pair]
            known |= {**tag.attrs, **{name.strip(): value.strip() for name, value in look}}
        found.append(known | {"name": mark.name, "text": mark.get_text()})
    return found


def fills(exhibit):
    """How the bars and areas of a drawing are filled: each colour, and whether it bears a hatch."""
    soup = BeautifulSoup(exhibit.drawing, "html.parser")
    hatched = {pattern["id"]: pattern.rect["fill"] for pattern in soup.find_all("pattern")}
    filled = {mark.get("fill", "none") for mark in marks(exhibit, "path")}
    return {fill for fill in filled if fill.startswith("#")}, {
        hatched[found[1]] for fill in filled if (found := re.fullmatch(r"url\(#([^)]+)\)", fill))
    }


@pytest.mark.parametrize("name", DRAWINGS)
def test_no_drawing_is_hatched(name):
    _, hatched = fills(drawn(name))
    assert not hatched


@pytest.mark.parametrize("palette", style.PALETTES)
def test_parts_side_by_side_are_reported_apart_without_colour(palette):
    colours = style.PALETTES[palette]
    assert len(set(colours)) == len(colours)
    assert all(tokens.contrast(one, other) >= 3 for one, other in pairwise(colours))


def test_the_two_balances_are_reported_apart_without_colour():
    assert tokens.contrast(*style.PARTS) >= 3


def test_the_order_of_tenures_is_that_of_their_colours():
    assert list(style.TENURE_COLOURS) == ["owner", "social", "private", "other"]
    assert [key for key in ages.TENURES if key in style.TENURE_COLOURS] == list(style.TENURE_COLOURS)
    assert list(stock.TENURES.parts) == ["RP_PROP", "RP_LOCHLMV", "RP_LOCAUT", "RP_GRAT"]


@pytest.mark.parametrize("name", DRAWINGS)
def test_the_colours_of_tenure_are_for_tenure_alone_and_the_accent_never_beside_them(name):
    plain, _ = fills(drawn(name))
    of_tenure = name in ("pyramid_tenure", "households by age", "gain_bars")
    assert bool(plain & set(style.TENURE_COLOURS.values())) == of_tenure
    assert not (of_tenure and style.COMMUNE in drawn(name).drawing)


def test_the_accent_is_that_of_the_commune_and_others_are_grey():
    plain, _ = fills(draw("paired_bars"))
    assert plain - {style.PAPER} == {style.COMMUNE, style.OTHERS}
    dates, _ = fills(draw("paired_bars at two dates"))
    own, others = style.shades(style.COMMUNE, 2), style.shades(style.COMPARISONS[0], 2)
    assert dates - {style.PAPER} == {*own, *others}
    # In the legend of the dates, those of the commune.
    across = two_dates(3).assign(label="Taux")
    beside, _ = fills(draw("paired_bars", across[across["year"] == 2018], by="label", hue="territory"))
    assert beside & {style.COMMUNE, *style.COMPARISONS} == beside - {style.PAPER}
    assert len(beside - {style.PAPER}) == 3
    tenures, _ = fills(draw("paired_bars", rates(3).assign(label=NAMES[:3]), by="label", tenures=True))
    assert tenures - {style.PAPER} == {style.INK}


def test_parts_that_are_no_dates_have_no_shade_of_the_accent():
    parts = pd.concat([rates(2).assign(part=name) for name in ("Naturel", "Migratoire")], ignore_index=True)
    plain, _ = fills(draw("paired_bars", parts, hue="part"))
    assert plain - {style.PAPER} == set(style.PARTS)
    balances, _ = fills(draw("balance_bars"))
    assert set(style.PARTS) <= balances


def test_more_territories_than_a_row_holds_have_a_panel_each():
    data = pd.concat([rates(5).assign(label=name) for name in ("Un", "Deux")], ignore_index=True)
    exhibit = draw("paired_bars", data, by="label", hue="territory")
    sentences = texts(exhibit)
    # Rows are named once.
    assert sentences.count("Un") == sentences.count("Deux") == 1
    assert {"Hem", "Nord"} <= set(sentences)
    plain, _ = fills(exhibit)
    assert plain - {style.PAPER} == {style.COMMUNE, style.OTHERS}


@pytest.mark.parametrize("size", range(2, 7))
def test_bars_side_by_side_are_reported_apart_in_greyscale(size):
    parts = pd.concat([rates(2).assign(year=2000 + rank) for rank in range(size)], ignore_index=True)
    parts = parts[parts["territory"] == "Hem"]
    plain, _ = fills(figures.paired_bars(parts, y="rate", by="territory", label="taux"))
    greys = sorted(plain - {style.PAPER}, key=tokens.luminance)
    assert len(greys) == size
    assert greys[0] == style.COMMUNE
    # The least difference between two shades that lie side by side, and with what is around.
    assert all(tokens.contrast(light, dark) >= 1.2 for dark, light in pairwise(greys))
    assert tokens.contrast(greys[-1], style.PAPER) >= 3


def levels_of(*values):
    return around(5).drop(columns="annual").assign(share=list(values))


def test_the_classes_of_a_level_go_from_light_to_dark():
    plain, _ = fills(draw("choropleth", levels_of(1.0, 2.0, 3.0, 4.0, 5.0), value="share"))
    shown = sorted(plain - {style.PAPER}, key=tokens.luminance, reverse=True)
    assert shown == map_classes.RAMP
    assert all(tokens.contrast(light, dark) >= 1.3 for light, dark in pairwise(shown))


def test_a_map_of_changes_falls_and_rises_on_both_sides_of_nothing():
    exhibit = draw("choropleth", around(5).assign(annual=[0.05, -0.06, 0.3, -2.0, 0.0]))
    plain, _ = fills(exhibit)
    falls, rises = plain & set(map_classes.FALLS), plain & set(map_classes.RISES)
    assert (falls, rises) == ({map_classes.FALLS[2], map_classes.FALLS[0]}, {map_classes.RISES[0]})
    sentences = texts(exhibit)
    assert "à l’équilibre (±\u00a00,05\u00a0%) (2)" in sentences
    assert "−0,5 à −0,05\u00a0% (1)" in sentences
    assert "moins de −1,0\u00a0% (1)" in sentences
    assert "+0,05 à +0,5\u00a0% (1)" in sentences
    # As dark for a change of the same size.
    sides = zip(map_classes.FALLS[::-1], map_classes.RISES, strict=True)
    assert all(tokens.contrast(fall, rise) < 1.2 for fall, rise in sides)


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize(
    "values",
    [
        [-1.0, -0.5, -0.05, 0.0, 0.05, 0.5, 1.0],
        [3.0, 3.0, 3.0, 3.0],
        [0.0, 0.0, 0.0, 9.0],
        [-7.5, -1.0000001, 0.0500001, 12.0],
    ],
)
def test_every_commune_is_in_one_class_of_a_map(values, signed):
    known = pd.Series(values)
    made = map_classes.split(known, signed=signed, digits=1, unit="%")
    held = pd.concat([one.holds(known) for one in made], axis=1)
    assert (held.sum(axis=1) == 1).all()
    assert held.any().all()
    if signed:
        fallen = [one for one in made if one.colour in map_classes.FALLS]
        assert all(known[one.holds(known)].max() < 0 for one in fallen)


def test_a_map_has_no_colour_where_there_is_no_figure():
    exhibit = draw("choropleth", around(5).assign(annual=[0.5, float("nan"), 1.5, 2.0, float("nan")]))
    assert "non disponible (2)" in texts(exhibit)
    dashed = [path for path in marks(exhibit, "path") if "stroke-dasharray" in path]
    # Each of them, and in the legend.
    assert len(dashed) == 3
    assert all(path["fill"] == style.PAPER for path in dashed)


@pytest.mark.parametrize(
    "colour",
    [
        *style.TENURE_COLOURS.values(),
        *style.CATEGORY_COLOURS,
        *style.PARTS,
        *style.COMPARISONS,
        style.RISE,
        style.FALL,
        style.COMMUNE,
        style.OTHERS,
        style.CAUTION,
    ],
)
def test_every_colour_of_a_part_stands_out_on_white(colour):
    # RGAA 3.3: at least 3:1.
    assert tokens.contrast(colour, style.PAPER) >= 3


@pytest.mark.parametrize(
    ("values", "limits"),
    [
        ([100.0, 99.2, 102.1], (90, 110)),
        ([100.0, 104.0], (90, 110)),
        ([2.62, 2.68], (2.4, 3)),
        ([100.0, 125.0], None),
        ([-0.3, 0.4], None),
        ([0.0, 0.0], None),
    ],
)
def test_a_small_move_of_a_curve_looks_small(values, limits):
    found = charts.widen(values)
    assert found == (pytest.approx(limits) if limits else None)
    rows = pd.DataFrame({"territory": "Hem", "year": range(2012, 2012 + len(values)), "index": values})
    chart = figures.lines(rows, y="index", digits=1, label="Base 100").chart
    assert chart.limits == found
    assert charts.read(json.loads(json.dumps(chart.to_record()))) == chart


def test_a_chart_is_written_alike_on_every_processor():
    # Two processors give two last digits to the same power.
    written = [
        charts.Chart(
            kind="bars",
            categories=("Hem", "MEL"),
            series=(charts.Series(name="", values=(value, None), texts=("", ""), colours=("#000000",)),),
        ).to_record()
        for value in (0.2359412963393348, 0.23594129633932354)
    ]
    assert written[0] == written[1]
    assert written[0]["series"][0]["values"] == [pytest.approx(0.2359412963), None]


@pytest.mark.parametrize("low", [0.3, 3.1, 48, 99.7, 14_800])
@pytest.mark.parametrize("move", [0, 0.01, 0.1, 0.199])
def test_the_axis_of_small_moves_holds_them_and_goes_on_a_fifth_of_their_level(low, move):
    bottom, top = charts.widen([low, low * (1 + move)])
    assert bottom <= low
    assert low * (1 + move) <= top
    assert 0.15 * low <= top - bottom <= 0.4 * low


@pytest.mark.parametrize("digits", [0, 1])
@pytest.mark.parametrize("span", [0.04, 0.3, 0.9, 1.2, 2.6, 7, 33, 2400])
def test_the_ticks_of_an_axis_are_written_as_they_are(digits, span):
    _, (axes,) = style.new_figure(3.0)
    axes.set_xlim(-span, span / 2)
    style.french_axis(axes.xaxis, digits=digits, signed=True, unit="%")
    places = axes.xaxis.get_majorticklocs()
    sentences = axes.xaxis.get_major_formatter().format_ticks(places)
    plain = str.maketrans({french.MINUS: "-", ",": ".", french.NARROW: "", french.NBSP: "", "%": ""})
    assert [float(text.translate(plain)) for text in sentences] == pytest.approx(list(places), abs=1e-9)
    # All with as many decimals.
    assert len({len(text.partition(",")[2]) for text in sentences if text.partition(",")[0] != "0"}) == 1


@pytest.mark.parametrize("colour", [style.INK, style.MUTED, style.COMMUNE, style.CAUTION])
@pytest.mark.parametrize("ground", [style.PAPER, style.BAND])
def test_every_colour_of_text_is_readable(colour, ground):
    # RGAA 3.2: at least 4,5:1.
    assert tokens.contrast(colour, ground) >= 4.5


@pytest.mark.parametrize("ground", [*style.TENURE_COLOURS.values(), *style.CATEGORY_COLOURS, style.WEAK])
def test_what_is_written_in_a_bar_is_readable(ground):
    assert tokens.contrast(style.letters_on(ground), ground) >= 4.5


@pytest.mark.parametrize("positions", [[1.0, 1.0, 1.0], [5.0, 1.0, 1.01, 9.0], [2.0], []])
def test_labels_are_pushed_apart_in_the_same_order(positions):
    spread = style.spread(positions, gap=1.0)
    ranks = sorted(range(len(positions)), key=positions.__getitem__)
    placed = [spread[rank] for rank in ranks]
    assert all(after - before >= 1 - 1e-3 for before, after in pairwise(placed))


def points(exhibit):
    """The points of a drawing by their colour: how many of each."""
    return Counter(mark["fill"] for mark in marks(exhibit, "use"))


def test_every_other_commune_is_a_point_and_the_commune_a_mark_on_each_strip():
    shown = points(drawn("distribution", 2))
    # One of each in the legend.
    assert shown[style.OTHERS] == 2 * 12 - 1 + 1
    assert shown[style.COMMUNE] == 2 + 1


def test_the_commune_is_no_part_of_the_median_of_the_others():
    data = pd.DataFrame(
        {"code": list("abcd"), "name": list("ABCD"), "rate": [90.0, 1.0, 2.0, 6.0], "panel": "Groupe"}
    )
    exhibit = draw("distribution", data.assign(origin="insee", sources="s"), commune="a")
    assert "A : 90,0\u00a0%." in exhibit.alt
    assert "Groupe : 3\u00a0communes, de 1,0\u00a0% à 6,0\u00a0%, médiane 2,0\u00a0%" in exhibit.alt


def test_points_fall_in_the_same_place_whatever_the_order_of_the_rows_and_the_numbers_drawn_before():
    np.random.seed(3)
    before = np.random.get_state()[1].tolist()
    first = draw("distribution", communes(2))
    assert np.random.get_state()[1].tolist() == before
    np.random.seed(4)
    again = (
        communes(2).sample(frac=1, random_state=1).sort_values("panel", key=lambda names: names != NAMES[0])
    )
    assert draw("distribution", again).drawing == first.drawing


def test_a_figure_that_is_not_significant_is_no_point():
    data = communes(1).assign(count=900.0)
    data.loc[data["code"] == "006", "count"] = 120.0
    exhibit = draw("distribution", data)
    assert points(exhibit)[style.OTHERS] == 12 - 2 + 1
    assert f"{NAMES[0]} : 10\u00a0communes" in exhibit.alt
    # That of the commune itself.
    assert not draw("distribution", data, commune="006").drawing


@pytest.mark.parametrize("rows", [slice(4, 5), slice(0, 4)], ids=["alone", "without the commune"])
def test_a_distribution_needs_the_commune_and_others(rows):
    assert not draw("distribution", communes(1).iloc[rows]).drawing


@for_each("module", sorted(Path(figures.__file__).parent.rglob("*.py")), named=lambda module: module.name)
def test_the_sizes_of_letters_are_those_of_the_style(module):
    assert not re.findall(r"fontsize=\d+", module.read_text(encoding="utf-8"))
