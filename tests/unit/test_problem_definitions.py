"""The files of the problems: what they may hold, what is said of their faults, what no text of theirs says."""

from __future__ import annotations

import re
import shutil

import nbformat
import pytest
from for_each import for_each
from frames import CAUSES

from helpers.errors import ParameterError
from helpers.problems.definitions import CATALOGUE, FOLDER, read_catalogue
from helpers.themes import notebooks

FILES = ("facts.toml", "problems.toml", "rules.toml")
PROBLEMS = list(CATALOGUE.problems.values())
TEXTS = [
    text
    for problem in PROBLEMS
    for text in (
        *(title for _, _, title in problem.titles),
        problem.question,
        *problem.questions.values(),
        problem.tension,
        problem.homes,
        problem.services,
        problem.known_here,
        problem.confirms,
        problem.refutes,
        *(word for lever in problem.levers for word in lever),
    )
] + [
    text
    for fact in CATALOGUE.facts.values()
    for text in (fact.text, fact.text_instead, fact.after, fact.named)
]


@pytest.fixture
def change(tmp_path):
    """Copy the files, one of them changed."""

    def copy(name, old, new):
        for file in FILES:
            shutil.copy(FOLDER / file, tmp_path / file)
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert old in text
        (tmp_path / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        return tmp_path

    return copy


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("facts.toml", '"croissance_10"', '"croisance_10"', "[pop_baisse] : nom inconnu 'croisance_10' ; vouliez-vous"),
        ("facts.toml", "material =", "materiel =", "clé inconnue « materiel » ; vouliez-vous dire « material » ?"),
        ("facts.toml", 'side = "low"', 'side = "bas"', "« side » vaut 'bas', non 'high' ou 'low'"),
        ("facts.toml", "[-0.3, -0.3]", "-0.3", "« threshold » vaut -0.3"),
        ("facts.toml", '["events"]', '["evenements"]', "nom inconnu 'evenements'"),
        ("facts.toml", "[pop_baisse]", "[pop_baisse", "n'est pas du TOML"),
        ("problems.toml", '"habitants_par_10"]', '"habitants_par10"]', "[desserrement] : nom inconnu 'habitants_par10'"),
        ("problems.toml", 'tension = "loger', 'tention = "loger', "clé absente « tension »"),
        ("problems.toml", '["ecart_rp_pop", "", ', '["ecart_rp_pop", "people_falls", ', "aucun titre du pivot"),
        ("problems.toml", "moins d’habitants dans chacun", "x" * 60, "soixante-dix au plus"),
        ("rules.toml", '"perte_d_habitants", "sma', '"perte_habitants", "sma', "nom inconnu 'perte_habitants'"),
    ],
)  # fmt: skip
def test_a_fault_is_reported_with_its_file_its_section_and_its_value(change, file, old, new, words):
    with pytest.raises(ParameterError) as error:
        read_catalogue(change(file, old, new))
    assert words in error.value.message


def test_every_problem_has_facts_of_two_families_at_least():
    for problem in PROBLEMS:
        families = {CATALOGUE.facts[name].family for name in (*problem.pivots, *problem.others)}
        assert len(families) >= 2, problem.id
        assert problem.against, problem.id


def test_every_threshold_is_justified_and_lies_beyond_its_floor():
    for fact in CATALOGUE.facts.values():
        assert fact.why.endswith("."), fact.id
        if fact.floor is not None:
            assert all(fact.sign * (limit - fact.floor) >= 0 for limit in fact.threshold), fact.id


@for_each("text", TEXTS)
def test_no_text_gives_a_cause_asks_how_many_homes_or_tells_arrivals_and_departures(text):
    assert not CAUSES.search(text)
    assert not re.search(r"combien de logements|besoins? en logements", text, re.IGNORECASE)
    assert not re.search(r"\b(arrivées|départs) (de la|apparent)", text)
    assert "'" not in text


def test_a_tension_is_no_question_and_a_question_is_one():
    for problem in PROBLEMS:
        for question in (problem.question, *problem.questions.values()):
            assert question.endswith("?")
        assert not problem.tension.endswith(("?", "."))
        assert re.search(r", |\bou\b|\bsans\b", problem.tension), problem.tension


def test_a_question_goes_with_a_fact_that_may_support_its_problem():
    for problem in PROBLEMS:
        assert set(problem.questions) <= {*problem.others, *problem.pivots}, problem.id


def test_every_fact_leads_to_an_exhibit_of_its_theme():
    shown = {
        path.stem: re.findall(
            r'subject="([^"]+)"', "\n".join(cell.source for cell in nbformat.read(path, 4).cells)
        )
        for path in notebooks()
    }
    for fact in CATALOGUE.facts.values():
        assert fact.subject in shown[fact.theme], fact.id


def test_what_waits_says_where_its_figures_come_from():
    assert {topic.id for topic in CATALOGUE.waiting} >= {
        "proprietaires_par_age", "effet_de_taille", "pieces", "seuls", "energie", "hors_menages", "foncier",
    }  # fmt: skip
    assert all(topic.source for topic in CATALOGUE.waiting)
