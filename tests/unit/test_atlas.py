"""The map of the site: communes that lead to their diagnostic, names announced."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import pandas as pd
import pytest
import shapely
from bs4 import BeautifulSoup
from pyproj import Geod

from helpers.publication.pages import atlas
from helpers.publication.pages.atlas import Diagnosed
from helpers.territory.communes import members_of, outlines_of

MEMBERS = pd.DataFrame({"code": ["59009", "59299", "59512"], "name": ["Villeneuve-d'Ascq", "Hem", "Roubaix"]})
# Three squares side by side, from west to east, on the equator: nothing is flattened.
OUTLINES = pd.DataFrame(
    {
        "code": MEMBERS["code"],
        "outline": [shapely.to_wkb(shapely.box(west, 0, west + 1, 1)) for west in range(3)],
    }
)
HEM = Diagnosed("Hem", "hem/index.html", "diagnostic à jour", "fresh")
ASCQ = Diagnosed("Villeneuve-d'Ascq", "villeneuve-d-ascq/index.html", "diagnostic à refaire", "stale")


def drawn(places, *, members=MEMBERS, outlines=OUTLINES):
    return BeautifulSoup(atlas.draw(members, outlines, diagnosed=places, label="Carte"), "html.parser")


def test_a_commune_that_has_a_diagnostic_leads_to_it_and_says_its_state():
    soup = drawn({"59299": HEM, "59009": ASCQ})
    assert [(link["href"], link["aria-label"], link["class"]) for link in soup.find_all("a")] == [
        ("hem/index.html", "Hem, diagnostic à jour", ["fresh"]),
        ("villeneuve-d-ascq/index.html", "Villeneuve-d’Ascq, diagnostic à refaire", ["stale"]),
    ]


def test_the_others_are_a_background():
    soup = drawn({"59299": HEM})
    background = soup.find(class_="background")
    assert background["aria-hidden"] == "true"
    assert [path.get_text() for path in background.find_all("path")] == ["Villeneuve-d’Ascq", "Roubaix"]


def test_shapes_keep_their_places_and_proportions():
    soup = drawn({"59299": HEM})
    _, _, width, height = map(float, soup.svg["viewbox"].split())
    # Under the communes there is room for the scale.
    assert width / 3 < height < width / 3 + 60
    points = [tuple(map(float, point.split())) for point in soup.a.path["d"][1:-1].split("L")]
    third = width / 3
    assert sorted(points) == sorted(
        [
            (pytest.approx(x, abs=0.1), pytest.approx(y, abs=0.1))
            for x in (third, 2 * third)
            for y in (0, third)
        ],
        key=lambda point: (point[0].expected, point[1].expected),
    )


def test_without_an_outline_there_is_no_map():
    assert atlas.draw(MEMBERS, OUTLINES.iloc[:0], diagnosed={"59299": HEM}, label="Carte") == ""
    assert atlas.draw(MEMBERS, OUTLINES, diagnosed={"2A004": HEM}, label="Carte") == ""


def named(soup, kind="wide"):
    return [text.get_text() for text in soup.select(f".names.{kind} text")]


def test_communes_that_lead_somewhere_are_named_then_their_neighbours_that_have_room():
    soup = drawn({"59299": HEM})
    assert named(soup) == ["Hem", "Villeneuve-d’Ascq", "Roubaix"]
    assert [text.get_text() for text in soup.select(".wide .around")] == ["Villeneuve-d’Ascq", "Roubaix"]
    # Letters are larger on a telephone: the longest name goes out of its commune.
    assert named(soup, "narrow") == ["Hem", "Roubaix"]
    assert all(group["aria-hidden"] == "true" for group in soup.select(".names, .scale"))


def test_no_name_is_written_over_another():
    many = [f"{59000 + rank}" for rank in range(40)]
    members = pd.DataFrame({"code": many, "name": many})
    outlines = pd.DataFrame(
        {"code": many, "outline": [shapely.to_wkb(shapely.box(west, 0, west + 1, 1)) for west in range(40)]}
    )
    places = {code: Diagnosed(code, "hem/index.html", "à jour", "fresh") for code in many}
    texts = drawn(places, members=members, outlines=outlines).select(".narrow text")
    middles = sorted(float(text["x"]) for text in texts)
    assert 3 < len(middles) < 20
    # Five figures of 26 points are about 80 wide.
    assert all(after - before > 75 for before, after in pairwise(middles))
    assert 40 <= middles[0] < middles[-1] <= 680


def test_the_bar_of_the_scale_measures_what_it_says():
    members = members_of("200093201")
    outlines = outlines_of(list(members["code"]))
    places = {"59350": Diagnosed("Lille", "lille/index.html", "à jour", "fresh"), "59299": HEM}
    soup = drawn(places, members=members, outlines=outlines)
    start, end = map(
        float, re.fullmatch(r"M([\d.]+) \d+H([\d.]+)", soup.select_one(".scale path")["d"]).groups()
    )
    kilometres = int(soup.select_one(".scale text").get_text().split("\u00a0")[0])
    on_map = {
        text.get_text(): (float(text["x"]), float(text["y"])) for text in soup.select(".names.wide text")
    }
    apart = math.dist(on_map["Lille"], on_map["Hem"]) * kilometres / (end - start)
    # From the middle of a commune to that of the other, on the ground.
    shapes = outlines.set_index("code")["outline"]
    lille, hem = (shapely.from_wkb(shapes[code]).representative_point() for code in ("59350", "59299"))
    _, _, metres = Geod(ellps="GRS80").inv(lille.x, lille.y, hem.x, hem.y)
    assert apart == pytest.approx(metres / 1000, rel=0.005)
    assert 9 < apart < 11


def test_a_hostile_name_stays_a_name():
    hostile = Diagnosed('<script>"x"</script>', 'a"b/index.html', "à jour", "fresh")
    soup = drawn({"59299": hostile})
    assert soup.find("script") is None
    assert soup.a["href"] == 'a"b/index.html'
    assert soup.a.path.get_text() == '<script>"x"</script>'
