"""What people type, read as a name and a place."""

from __future__ import annotations

import pytest

from helpers.territory.queries import Query, read_query

DEPARTMENTS = {"nord": "59", "la reunion": "974"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hem", Query("Hem")),
        ("Saint-Denis (93)", Query("Saint-Denis", "93")),
        ("Ajaccio(2a)", Query("Ajaccio", "2A")),
        ("Hem, Nord", Query("Hem", "59")),
        ("Saint-Denis (La Réunion)", Query("Saint-Denis", "974")),
        ("Hem, Ailleurs", Query("Hem", "?")),
        ("hem 59", Query("hem", "59", 59)),
        ("hem-59", Query("hem", "59", 59)),
        ("Belley 1", Query("Belley", "01", 1)),
        ("Paris 15", Query("Paris", "15", 15)),
        ("Paris 15e", Query("Paris", "?", 15)),
        ("Paris 1er arrondissement", Query("Paris", "?", 1)),
        ("Ajaccio 2A", Query("Ajaccio", "2A")),
        ("saint-denis-93066", Query("saint-denis-93066")),
        ("(59)", Query("(59)")),
        ("59", Query("59")),
        ("1004", Query("1004")),
        ("", Query("")),
    ],
)
def test_a_query_is_read(text, expected):
    assert read_query(text, departments=lambda: DEPARTMENTS) == expected


def test_the_departements_are_not_asked_for_a_name_alone():
    def refuse():
        raise AssertionError("asked")

    assert read_query("Hem 59", departments=refuse).department == "59"


@pytest.mark.parametrize(
    ("text", "key"),
    [("Paris 1er", "paris 1er arrondissement"), ("Lyon 3", "lyon 3e arrondissement"), ("Lyon", "")],
)
def test_an_arrondissement_has_the_key_of_its_official_name(text, key):
    assert read_query(text, departments=dict).arrondissement_key == key
