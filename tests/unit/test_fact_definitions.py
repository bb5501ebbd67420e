"""The file of the facts: what it may hold, and what is said of its faults."""

from __future__ import annotations

import pytest

from helpers.errors import ParameterError
from helpers.problems.definitions import read_facts

WHOLE = """
[vacance]
high = "Où sont-ils ?"
low = "Où se loger ?"
issue = "les logements vacants"
part = "2_logement"
subject = "Catégories de logements"

[voiture]
high = "Que faire sans voiture ?"
low = "Que faire sans voiture ?"
issue = "se déplacer"
"""


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "facts.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_fact_is_an_indicator_its_questions_its_issue_and_its_exhibit(write):
    vacancy, car = read_facts(write(WHOLE))
    assert (vacancy.id, vacancy.high, vacancy.low) == ("vacance", "Où sont-ils ?", "Où se loger ?")
    assert (vacancy.issue, vacancy.part) == ("les logements vacants", "2_logement")
    assert (car.id, car.part, car.subject) == ("voiture", "", "")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[vacance]", "[vacence]", "[vacence] : indicateur inconnu ; vouliez-vous dire « vacance » ?"),
        ("issue =", "isue =", "clé inconnue « isue » ; vouliez-vous dire « issue » ?"),
        ('low = "Où se loger ?"', 'low = " "', "[vacance] : texte absent « low » : ' '"),
        ('low = "Où se loger ?"', "low = 3", "[vacance] : texte absent « low » : 3"),
        ('subject = "Catégories de logements"', "", "[vacance] : texte absent « subject » : None"),
        ("[vacance]", "titre = 1\n[vacance]", "[titre] : 1 n'est pas un fait"),
        ("[voiture]", "[vacance]", "n'est pas du TOML"),
        ("[voiture]", "[voiture", "n'est pas du TOML"),
    ],
)
def test_a_fault_is_told_with_its_section_its_key_and_its_value(write, old, new, words):
    path = write(WHOLE.replace(old, new, 1))
    with pytest.raises(ParameterError) as error:
        read_facts(path)
    assert words in error.value.message
    assert str(path) in error.value.remedy


def test_every_fault_is_told_at_once(write):
    faulty = WHOLE.replace("[voiture]", "[voitrue]").replace("part =", "parts =")
    with pytest.raises(ParameterError) as error:
        read_facts(write(faulty))
    assert all(word in error.value.message for word in ("[voitrue]", "« parts »", "« part »"))
