"""The A3 sheets as pypdf reads them back: their size, their letters, and that nothing leaves its place."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader

from helpers.errors import BuildError
from helpers.publication import documents
from helpers.publication.documents import deck, posters, sheets, table_map
from helpers.publication.documents.deck import Slide
from helpers.publication.documents.sheets import Sheet, Zone

POINTS = 72 / 25.4
LONG = Slide(
    kind="exhibit",
    title="Les propriétaires de soixante à soixante-neuf ans sont nettement plus nombreux " * 3,
    headline="Une phrase beaucoup trop longue pour tenir en trois lignes de lettres aussi hautes " * 3,
    subtitle="Résidences principales selon le statut d’occupation et l’âge de la personne de référence " * 4,
    question="Quels ménages ont occupé ces logements, et d’où venaient-ils avant de s’installer ici ? " * 4,
    source="Sources : Insee, recensements, exploitations principales et complémentaires ; état civil ; " * 9,
    number=("−18 582", "résidences principales occupées par des ménages d’une ou deux personnes " * 4),
    part="Les âges et le logement " * 6,
    code="P-03",
    drawing='<svg viewBox="0 0 10 6" aria-label="Un dessin"><path d="M0 0H10V6Z"/></svg>',
)


@pytest.fixture(scope="module")
def printed(annoeullin):
    return PdfReader(annoeullin / "annoeullin-affiches.pdf")


@pytest.fixture(scope="module")
def composed(annoeullin):
    return posters.compose(documents.read(annoeullin))


def words(page):
    """The texts of a page: left and baseline (millimetres from the top left), size (points)."""
    found = []
    tall = float(page.mediabox.height)

    def keep(text, matrix, placed, _font, size):
        if text.strip():
            x, y = (
                placed[4] * matrix[0] + placed[5] * matrix[2] + matrix[4],
                placed[4] * matrix[1] + placed[5] * matrix[3] + matrix[5],
            )
            scale = abs(placed[3] * matrix[3])
            found.append((text.strip(), x / POINTS, (tall - y) / POINTS, size * scale))

    page.extract_text(visitor_text=keep)
    return found


def test_each_sheet_is_an_a3_page(printed, composed):
    sizes = [
        tuple(round(float(side) / POINTS) for side in (page.mediabox.width, page.mediabox.height))
        for page in printed.pages
    ]
    assert sizes == [sheet.size for sheet in composed]
    assert {(420, 297), (297, 420)} == set(sizes)


def test_a_poster_says_what_its_figure_says_its_number_in_letters_of_150_points(printed, annoeullin):
    found = documents.read(annoeullin)
    shown = deck.exhibit_slides(found, deck.propose(found, tag=posters.TAG))
    numbered = 0
    for page, slide in zip(printed.pages, shown, strict=False):
        text = "".join(page.extract_text().split())
        for sentences in (slide.question, slide.subtitle, slide.source):
            assert "".join(sentences.split()) in text
        assert "".join((slide.title).split()) in text or "".join(slide.headline.split()) in text
        largest = max(size for *_, size in words(page))
        if slide.number[0] and not slide.demonstration:
            numbered += 1
            assert largest == pytest.approx(150, abs=0.5)
        else:
            assert largest <= posters.TITLE + 0.5
    assert numbered >= 2


def test_what_rests_on_simulated_values_has_no_number_and_says_why():
    simulated = Slide(kind="exhibit", title="Un titre", number=("+439", "habitants"), demonstration=True)
    held = [zone.text for zone in posters.poster(simulated, of="Diagnostic").zones]
    assert "+439" not in held
    assert simulated.mark in held


def test_titles_have_60_points_and_questions_36_where_they_hold_in_their_place(composed):
    poster = composed[0].zones
    asked = next(zone for zone in poster if zone.size == posters.QUESTION)
    titled = next(zone for zone in poster if zone.role == "h1")
    assert titled.size == posters.TITLE
    short = Sheet(zones=(Zone(x=0, y=0, w=396, h=64, text="Un titre", size=60),)).zones[0].fitted()
    assert (short.size, short.text) == (60, "Un titre")
    assert asked.fitted().size >= 22


def test_two_thirds_of_the_width_are_drawn_and_a_third_is_left_to_write(composed):
    zones = composed[0].zones
    (drawn,) = [zone for zone in zones if zone.drawing]
    (left,) = [zone for zone in zones if zone.ruled]
    assert drawn.w / 396 == pytest.approx(2 / 3, abs=0.01)
    assert left.w / 396 == pytest.approx(0.3, abs=0.03)
    assert drawn.x + drawn.w < left.x
    assert len(left.rules) >= 10
    assert max(left.rules) <= left.h


def test_the_letters_of_a_drawing_have_19_points(annoeullin):
    found = documents.read(annoeullin)
    for slide in deck.exhibit_slides(found, deck.propose(found, tag=posters.TAG)):
        _, _, wide, tall = map(float, slide.drawing.split('viewBox="')[1].split('"')[0].split())
        scale = min(264 * POINTS / wide, 157 * POINTS / tall)
        letters = [float(size) for size in re.findall(r"font-size:([\d.]+)px", slide.drawing)]
        assert min(letters) * scale >= 19 - 0.05


@pytest.mark.parametrize("slide", [LONG, Slide(kind="exhibit", title="Court", drawing=LONG.drawing)])
def test_nothing_leaves_its_place_however_long_its_text(slide):
    sheet = posters.poster(slide, of="Diagnostic de Saint-Germain-des-Champs-sur-la-Rivière")
    for zone in sheet.zones:
        fitted = zone.fitted()
        assert 0 <= zone.x <= zone.x + zone.w <= 420
        assert 0 <= zone.y <= zone.y + zone.h <= 297
        if zone.text and zone.text != slide.number[0]:
            room = (fitted.w - 2 * fitted.pad, fitted.h - 2 * fitted.pad)
            assert sheets.fits(fitted.text, *room, fitted.size, face=fitted.face)
    (page,) = PdfReader(io.BytesIO(sheets.render([sheet], title="Essai"))).pages
    placed = [zone.fitted() for zone in sheet.zones if zone.text]
    for text, x, y, _ in words(page):
        assert any(
            zone.x - 1 <= x <= zone.x + zone.w + 1 and zone.y - 1 <= y <= zone.y + zone.h + 1
            for zone in placed
            if "".join(text.split())[:8] in "".join(zone.text.split())
        ), text


def test_what_is_cut_ends_with_an_ellipsis():
    zone = Zone(
        x=0, y=0, w=40, h=8, text="Des mots et encore des mots qui ne tiennent pas", size=14, least=12
    )
    assert zone.fitted().text.endswith("…")
    assert zone.fitted().size == 12


def test_the_map_joins_two_sheets_with_a_grid_a_scale_the_north_and_the_neighbours(annoeullin, printed):
    left, right = table_map.compose(documents.read(annoeullin))
    drawn = [next(zone.drawing for zone in sheet.zones if zone.drawing) for sheet in (left, right)]
    assert [one.split('viewBox="')[1].split('"')[0] for one in drawn] == ["0 0 282 366", "282 0 282 366"]
    assert drawn[0].split("viewBox")[1].split(">", 1)[1] == drawn[1].split("viewBox")[1].split(">", 1)[1]
    for letter in "ABCDEFGH":
        for row in range(1, 7):
            assert f">{letter}{row}</text>" in drawn[0]
    for sentences in (
        ">N</text>",
        "km</text>",
        ">Carvin</text>" if "Carvin" in drawn[0] else ">Provin</text>",
    ):
        assert sentences in drawn[0]
    assert "Annœullin" in printed.pages[-1].extract_text()


def test_a_layer_that_is_not_geojson_is_reported_with_its_name(tmp_path):
    (tmp_path / "quartiers.geojson").write_text("rien", encoding="utf-8")
    with pytest.raises(BuildError, match=r"quartiers\.geojson"):
        table_map.read_layers(tmp_path)
    (tmp_path / "quartiers.geojson").write_text(
        '{"type":"FeatureCollection","features":[{"geometry":{"type":"LineString","coordinates":[[3,50],[3.1,50.1]]}}]}',
        encoding="utf-8",
    )
    (line,) = table_map.read_layers(tmp_path)
    assert line.length > 0


def test_where_nothing_is_drawn_the_numbers_of_the_commune_are_on_the_wall():
    rows = (("Habitants", "2023", "149", "19 152"), ("Résidences principales", "2021", "71 **", "8 775"))
    slide = Slide(
        kind="table", title="La commune en nombres", table=deck.Rows(("", "Date", "Ici", "Ensemble"), rows)
    )
    held = [zone for zone in posters.poster(slide, of="Diagnostic").zones if zone.text]
    sentences = [zone.text for zone in held]
    for row in rows:
        assert set(row[:3]) <= set(sentences)
        assert row[3] not in sentences
    assert all(zone.fitted().text == zone.text for zone in held)
