"""The map of the site: communes that lead to their diagnostic, names announced."""

from __future__ import annotations

import pandas as pd
import pytest
import shapely
from bs4 import BeautifulSoup

from helpers.build import atlas
from helpers.build.atlas import Place

MEMBERS = pd.DataFrame({"code": ["59009", "59299", "59512"], "name": ["Villeneuve-d'Ascq", "Hem", "Roubaix"]})
# Three squares side by side, from west to east, on the equator: nothing is flattened.
OUTLINES = pd.DataFrame(
    {
        "code": MEMBERS["code"],
        "outline": [shapely.to_wkb(shapely.box(west, 0, west + 1, 1)) for west in range(3)],
    }
)
HEM = Place("Hem", "hem/index.html", "diagnostic à jour", "fresh")
ASCQ = Place("Villeneuve-d'Ascq", "villeneuve-d-ascq/index.html", "diagnostic à refaire", "stale")


def drawn(places, *, members=MEMBERS, outlines=OUTLINES):
    return BeautifulSoup(atlas.draw(members, outlines, places=places, label="Carte"), "html.parser")


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
    assert height == pytest.approx(width / 3, abs=1)
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
    assert atlas.draw(MEMBERS, OUTLINES.iloc[:0], places={"59299": HEM}, label="Carte") == ""
    assert atlas.draw(MEMBERS, OUTLINES, places={"2A004": HEM}, label="Carte") == ""


def test_names_are_drawn_while_they_are_few():
    assert [text.get_text() for text in drawn({"59299": HEM}).find_all("text")] == ["Hem"]
    many = [f"{59000 + rank}" for rank in range(20)]
    members = pd.DataFrame({"code": many, "name": many})
    outlines = pd.DataFrame(
        {"code": many, "outline": [shapely.to_wkb(shapely.box(west, 0, west + 1, 1)) for west in range(20)]}
    )
    assert drawn(dict.fromkeys(many, HEM), members=members, outlines=outlines).find_all("text") == []


def test_a_hostile_name_stays_a_name():
    hostile = Place('<script>"x"</script>', 'a"b/index.html', "à jour", "fresh")
    soup = drawn({"59299": hostile})
    assert soup.find("script") is None
    assert soup.a["href"] == 'a"b/index.html'
    assert soup.a.path.get_text() == '<script>"x"</script>'
