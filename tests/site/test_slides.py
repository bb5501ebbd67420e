"""The slides of a workshop: which, in which order, and nothing from outside."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from helpers.paths import TEMPLATES
from helpers.publication import documents
from helpers.publication.documents import slides


@pytest.fixture(scope="module")
def deck(annoeullin):
    page = (annoeullin / "annoeullin-diaporama.html").read_text(encoding="utf-8")
    return BeautifulSoup(page, "html.parser")


@pytest.fixture(scope="module")
def shown(deck):
    return deck.select(".slides > section")


def test_there_is_one_slide_for_the_title_and_for_each_tagged_cell_none_inside_another(
    deck, shown, annoeullin
):
    assert len(shown) == 1 + len(documents.read(annoeullin).tagged(slides.TAG)) > 1
    assert len(deck.select("section")) == len(shown)


def test_nothing_in_them_follows_the_colours_of_a_screen(deck):
    assert "prefers-color-scheme" not in str(deck)


def test_they_open_with_the_commune_and_its_questions(shown, annoeullin):
    first, asked = shown[0], next(slide for slide in shown if "on-debate" in slide["class"])
    assert first.select_one(".title").get_text() == "Diagnostic d’Annœullin"
    assert "démonstration" in first.get_text()
    page = BeautifulSoup((annoeullin / "4_enjeux.html").read_text(encoding="utf-8"), "html.parser")
    questions = [question.get_text() for question in page.select(".debate .question")]
    assert [question.get_text() for question in asked.select(".question")] == questions[:8]
    told = [fact.get_text() for fact in page.select(".debate .fact")]
    assert 0 < len(told) <= 5
    assert [fact.get_text() for fact in asked.select(".fact")] == told


def test_each_part_says_what_is_to_retain_then_shows_one_figure_a_slide(shown, annoeullin):
    for part in documents.read(annoeullin).parts:
        own = [
            slide
            for slide in shown
            if slide.select_one(".part") and slide.select_one(".part").get_text() == part.title
        ]
        told = [item.get_text() for item in part.page.select(".takeaways li")]
        assert [item.get_text() for slide in own for item in slide.select(".takeaways li")] == told
        for slide in own:
            if "on-exhibit" not in slide["class"]:
                continue
            assert len(slide.select("svg")) == 1
            assert slide.h2.get_text() in part.page.get_text()
            assert slide.select_one(".reading").get_text() in part.page.get_text()
            assert slide.select_one(".source").get_text().startswith("Sources")
            figure = next(
                figure for figure in part.page.select("figure") if figure.h3.get_text() == slide.h2.get_text()
            )
            simulated = figure.select_one(".demonstration") is not None
            assert (slide.select_one(".demonstration") is not None) == simulated


def test_nothing_comes_from_outside(deck):
    assert not deck.select("link, iframe, img, [src], base")
    assert not [link for link in deck.select("[href]") if not link["href"].startswith("#")]
    assert not [use for use in deck.select("[xlink\\:href]") if not use["xlink:href"].startswith("#")]
    for sheet in deck.select("style"):
        assert "@import" not in sheet.get_text()
        assert not [
            url
            for url in re.findall(r"url\(([^)]*)", sheet.get_text())
            if not re.match(r"['\"]?(data:|#)", url)
        ]


def test_identifiers_are_their_own_and_no_slide_takes_the_keyboard(deck):
    names = [element["id"] for element in deck.select("[id]")]
    assert len(set(names)) == len(names)
    assert not deck.select(".slides [tabindex], .slides details")
    assert deck.html["lang"] == "fr"


def test_the_engine_comes_with_its_licence():
    assert "MIT" in (TEMPLATES / "reveal" / "reveal.js").read_text(encoding="utf-8")[:200]
    assert "Permission is hereby granted" in (TEMPLATES / "reveal" / "LICENSE").read_text(encoding="utf-8")


def test_the_same_diagnostic_makes_the_same_bytes(annoeullin):
    again = slides.make(documents.read(annoeullin))
    assert again == (annoeullin / "annoeullin-diaporama.html").read_bytes()


def test_a_debate_of_many_questions_keeps_the_most_salient_ones(annoeullin):
    many = documents.read(annoeullin)
    cell = next(cell for cell in many.parts[0].notebook.cells if "d.debate(" in cell.source)
    items = "".join(
        f'<li><p class="fact">Fait {i}</p><p class="question">Pourquoi {i} ?</p></li>' for i in range(12)
    )
    cell.outputs[0].data["text/html"] = f'<div class="debate"><ol class="debate">{items}</ol></div>'
    asked = BeautifulSoup(slides.make(many), "html.parser").select_one(".slides > .on-debate")
    assert [question.get_text() for question in asked.select(".question")] == [
        f"Pourquoi {i} ?" for i in range(8)
    ]
    assert "Les autres questions sont dans le diagnostic" in asked.get_text()
