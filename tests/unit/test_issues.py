"""What sets a commune apart: on which side, among whom, where it is told, and why nothing is."""

from __future__ import annotations

import re

import nbformat
import pandas as pd
import pytest
from frames import commune

from helpers import wording
from helpers.problems.definitions import FACTS
from helpers.territory.panel import ComparisonGroup
from helpers.themes import notebooks
from helpers.wording.issues import find_evidence

HEM = commune()
MEL = ComparisonGroup(tuple("abcdefgh"), "de la MEL", "Communes de la MEL.")
PANEL = ComparisonGroup(tuple("ijklmnopq"), "comparables", "Communes de la même région.")
NOBODY = ComparisonGroup((), "comparables", "Aucune commune ne répond à la règle.")


def fact(**parts):
    known = {
        "indicator": "Part", "written": "12,3\u00a0%", "reference": "10,0\u00a0%", "rank": "2 / 95", "percentile": 98.0,
        "position": "quart le plus élevé", "stands_out": True, "origin": "insee",
    }  # fmt: skip
    return {**known, **parts}


def pair(percentile, percentile_panel):
    rows = fact(
        percentile=percentile,
        percentile_panel=percentile_panel,
        position_panel="médiane",
        reference_panel="9",
    )
    return pd.DataFrame([rows])


@pytest.mark.parametrize(
    ("position", "words"),
    [
        ("quart le plus élevé", "dans le quart le plus élevé des communes de la MEL"),
        ("moitié basse", "dans la moitié basse des communes de la MEL"),
        ("médiane", "à la médiane des communes de la MEL"),
    ],
)
def test_a_fact_is_told_with_its_position_and_its_rank(position, words):
    (told,) = wording.fact_sentences(pd.DataFrame([fact(position=position)]), HEM, among=MEL)
    assert words in told.takeaway
    assert "2ᵉ rang sur 95" in told.takeaway
    assert not told.demonstration


def test_five_facts_are_told_at_most_and_simulated_ones_say_so():
    frame = pd.DataFrame([fact(origin="demonstration")] * 8)
    told = wording.fact_sentences(frame, HEM, among=MEL)
    assert len(told) == 5
    assert all(one.demonstration and one.takeaway.endswith("(données de démonstration).") for one in told)


@pytest.mark.parametrize(
    ("standing", "title"),
    [
        ([True, True], "2 faits distinguent Hem parmi les communes de la MEL"),
        ([True, False], "1 fait distingue Hem parmi les communes de la MEL"),
        ([False, False], "Aucun fait ne distingue Hem parmi les communes de la MEL"),
    ],
)
def test_the_number_of_facts_that_stand_out_is_told(standing, title):
    frame = pd.DataFrame([fact(stands_out=stands) for stands in standing])
    assert wording.facts(frame, HEM, among=MEL).headline.replace("\u00a0", " ") == title


def test_facts_that_are_not_ranked_are_told_as_such():
    frame = pd.DataFrame([fact(percentile=float("nan"), stands_out=False)])
    told = wording.facts(frame, HEM, among=MEL)
    assert "fragiles" in told.title
    assert told.reading == ""


def test_no_fact_is_told_of_a_commune_without_any():
    none = pd.DataFrame([fact()]).iloc[:0]
    assert wording.facts(none, HEM, among=MEL) == wording.Finding()
    assert wording.fact_sentences(none, HEM, among=MEL) == []
    assert wording.two_references(none, HEM, among=MEL, panel=PANEL) == wording.Finding()


@pytest.mark.parametrize(
    ("name", "written"), [("Le Havre", "au Havre"), ("Hem", "à Hem"), ("Les Abymes", "aux Abymes")]
)
def test_a_fact_is_told_of_the_commune_with_its_article(name, written):
    assert written in wording.facts(pd.DataFrame([fact()]), commune(name), among=MEL).reading


@pytest.mark.parametrize(
    ("here", "there", "begins"),
    [(98.0, 75.0, "1 fait"), (98.0, 2.0, "Aucun"), (98.0, 60.0, "Aucun"), (2.0, 25.0, "1 fait")],
)
def test_two_references_agree_when_the_commune_is_at_the_same_end_of_both(here, there, begins):
    told = wording.two_references(pair(here, there), HEM, among=MEL, panel=PANEL)
    assert told.headline.replace("\u00a0", " ").startswith(begins)
    assert "des 9 communes comparables (médiane 9)" in told.reading


@pytest.mark.parametrize(
    ("frame", "among", "words"),
    [
        (pd.DataFrame(), NOBODY, "demande 8 autres communes"),
        (pd.DataFrame(), MEL, "ne sont pas connus de 8 autres communes"),
        (pd.DataFrame([fact()]), MEL, "trop peu de personnes"),
    ],
)
def test_why_no_fact_is_ranked_is_the_true_reason(frame, among, words):
    told = wording.why_no_fact(frame, among=among)
    assert words in told
    assert "disponibles" not in told


def test_the_evidence_of_every_fact_is_an_exhibit_of_its_part():
    subjects = {
        path.stem: re.findall(r'subject="([^"]+)"', "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells))
        for path in notebooks()
    }  # fmt: skip
    for fact in FACTS:
        if fact.subject:
            assert fact.subject in subjects[fact.part], fact.id
    assert "Faits saillants" in subjects["4_enjeux"]


def test_a_fact_that_no_exhibit_tells_is_told_by_the_table_of_the_page():
    assert find_evidence("voiture") == ("#faits-saillants", "« Faits saillants », ci-dessus")
    assert find_evidence("vacance")[0].startswith("2_logement.html#")
