"""The slides of a workshop: which, in which order, and nothing from outside."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from helpers import french
from helpers.paths import TEMPLATES
from helpers.publication import documents
from helpers.publication.documents import deck as composition
from helpers.publication.documents import slides


@pytest.fixture(scope="module")
def deck(annoeullin):
    page = (annoeullin / "annoeullin-diaporama.html").read_text(encoding="utf-8")
    return BeautifulSoup(page, "html.parser")


@pytest.fixture(scope="module")
def shown(deck):
    return deck.select(".slides > section")


def test_there_is_one_section_for_each_slide_of_the_deck_none_inside_another(deck, shown, annoeullin):
    composed = composition.compose(documents.read(annoeullin))
    assert [section["class"] for section in shown] == [[f"on-{slide.kind}"] for slide in composed]
    assert len(deck.select("section")) == len(shown)


def test_nothing_in_them_follows_the_colours_of_a_screen(deck):
    assert "prefers-color-scheme" not in str(deck)


def test_they_open_with_the_commune_and_its_numbers_and_end_with_its_questions_and_what_is_heard(
    shown, annoeullin
):
    first, numbers, *_, heard = shown
    assert first.select_one(".title").get_text() == "Diagnostic d’Annœullin"
    assert "démonstration" in first.get_text()
    assert len(numbers.select("dd.number")) > 4
    page = BeautifulSoup((annoeullin / "4_enjeux.html").read_text(encoding="utf-8"), "html.parser")
    questions = [question.get_text() for question in page.select(".debate .question")]
    asked = [slide for slide in shown if "on-issue" in slide["class"]]
    assert [slide.select_one(".question").get_text() for slide in asked] == questions[:3]
    assert shown.index(asked[-1]) == len(shown) - 2
    assert heard.h2.get_text() == "Ce que nous avons entendu"
    assert not heard.select("p, li, svg")


def test_each_figure_is_on_its_page_with_one_fact_one_question_and_its_sources(shown, annoeullin):
    pages = {
        part.title: BeautifulSoup(
            (annoeullin / f"{part.stem}.html").read_text(encoding="utf-8"), "html.parser"
        )
        for part in documents.read(annoeullin, drawn=False).parts
    }
    figures = [slide for slide in shown if "on-exhibit" in slide["class"]]
    assert figures
    for slide in figures:
        part, code = slide.select_one(".part").find(string=True).strip().split(" · ")
        page = pages[part]
        figure = page.select_one(f"[id='{code}']").find_parent("figure")
        assert slide.h2.get_text() == figure.h3.get_text()
        assert len(slide.select("svg")) == len(slide.select(".fact")) == len(slide.select(".question")) == 1
        assert slide.select_one(".source").get_text() in figure.get_text()
        simulated = figure.select_one(".demonstration") is not None
        assert (slide.select_one(".demonstration") is not None) == simulated


def test_what_is_asked_of_a_figure_is_its_own_question_where_no_issue_opens_on_it(annoeullin):
    found = documents.read(annoeullin)
    every = {each.code: each for each in composition.exhibits(found)}
    asked = {
        composition.address_of(card["facts"][0]): card["question"] for card in composition.cards_of(found)
    }
    for code in composition.propose(found):
        (slide,) = composition.exhibit_slides(found, [code])
        own = every[code].record.get("question", composition.ASKED)
        assert slide.question in map(french.typography, (asked.get(every[code].address, own), own))
    questions = [shown.record["question"] for shown in every.values() if "question" in shown.record]
    assert len(questions) == len(set(questions)) > 3


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


@pytest.mark.large
def test_the_same_diagnostic_makes_the_same_bytes(annoeullin):
    again = slides.make(documents.read(annoeullin))
    assert again == (annoeullin / "annoeullin-diaporama.html").read_bytes()
