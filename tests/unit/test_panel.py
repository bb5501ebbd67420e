"""The panel of comparable communes: one rule, without parameters, the same whatever the order of the table."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.diagnostic import Diagnostic
from helpers.territory import panel


def country(*groups, own=1000.0, category="12"):
    """A commune « own » of region A, and groups of others: number, region, category, population."""
    rows = [("own", "A", category, own)]
    rows += [
        (f"{rank}-{number:03}", region, kind, people)
        for rank, (size, region, kind, people) in enumerate(groups)
        for number in range(size)
    ]
    return pd.DataFrame(rows, columns=["code", "region", "category", "people"])


def chosen(*groups, **options):
    return panel.choose(country(*groups, **options), code="own")


def test_the_panel_is_of_the_same_region_the_same_category_and_a_near_size():
    found = chosen(
        (20, "A", "12", 1500.0),
        (5, "B", "12", 1000.0),
        (5, "A", "11", 1000.0),
        (5, "A", "12", 2001.0),
        (5, "A", "12", 499.0),
    )
    assert {code.split("-")[0] for code in found.codes} == {"0"}
    assert len(found.codes) == 20
    assert "de la même région et de la même catégorie (autre commune du pôle principal" in found.rule
    assert "de 500 à 2\u202f000" in found.rule


@pytest.mark.parametrize(
    ("groups", "kept", "words"),
    [
        ([(19, "A", "12", 900.0), (1, "A", "13", 900.0), (9, "A", "20", 900.0)], {"0", "1"}, "catégorie voisine"),
        ([(19, "A", "12", 900.0), (1, "B", "12", 900.0), (9, "B", "11", 900.0)], {"0", "1"}, "toute la France et de la même"),
        ([(1, "A", "12", 900.0), (1, "B", "11", 900.0), (9, "B", "30", 900.0)], {"0", "1"}, "toute la France et de catégorie"),
    ],
)  # fmt: skip
def test_too_few_communes_widen_the_rule_step_by_step_and_the_rule_says_so(groups, kept, words):
    found = chosen(*groups)
    assert {code.split("-")[0] for code in found.codes} == kept
    assert words in found.rule
    assert "faute de 20 communes" in found.rule


def test_of_many_the_nearest_in_population_are_kept_in_order():
    sizes = [(1, "A", "12", 1000.0 + 9 * rank) for rank in range(60)]
    found = chosen(*sizes)
    assert found.codes == tuple(f"{rank}-000" for rank in range(40))
    assert "des 60 qui répondent à la règle, les 40 plus proches" in found.rule


def test_half_and_double_are_as_near_as_each_other():
    found = chosen((1, "A", "12", 500.0), (1, "A", "12", 2000.0), (20, "A", "12", 1100.0))
    assert found.codes[-2:] == ("0-000", "1-000")


def test_a_commune_that_nothing_resembles_has_no_panel_and_the_rule_says_so():
    found = chosen((30, "A", "12", 100.0))
    assert found.codes == ()
    assert found.rule.startswith("Aucune commune ne répond à la règle")


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_a_commune_of_unknown_category_is_compared_with_all_and_the_rule_says_so(missing):
    found = chosen((20, "A", "12", 900.0), (5, "A", missing, 900.0), category=missing)
    assert len(found.codes) == 25
    assert "catégorie, celle de la commune n’étant pas connue" in found.rule


def test_a_commune_of_unknown_population_has_no_panel():
    found = chosen((30, "A", "12", 900.0), own=float("nan"))
    assert found.codes == ()
    assert "population" in found.rule


@given(seed=st.integers(0, 1000), data=st.data())
@settings(max_examples=20)
def test_the_panel_does_not_depend_on_the_order_of_the_communes_and_leaves_the_commune_out(seed, data):
    groups = data.draw(st.lists(st.tuples(
        st.integers(1, 15), st.sampled_from("AB"), st.sampled_from(["11", "12", "20", "30"]), st.floats(1, 4000),
    ), max_size=8))  # fmt: skip
    table = country(*groups)
    found = panel.choose(table, code="own")
    assert found == panel.choose(table.sample(frac=1, random_state=seed), code="own")
    assert "own" not in found.codes
    assert len(found.codes) == len(set(found.codes)) <= panel.AT_MOST
    people = table.set_index("code")["people"]
    assert all(500 <= people[code] <= 2000 for code in found.codes)


@pytest.mark.parametrize(
    ("code", "number", "words"),
    [
        ("59299", 40, "même région et de la même catégorie (autre commune du pôle principal"),
        ("59350", 25, "toute la France et de la même catégorie"),
        ("69123", 6, "toute la France et de catégorie voisine"),
        ("75056", 0, "Aucune"),
        ("29155", 40, "hors attraction des villes"),
    ],
)
def test_the_panels_of_known_communes(code, number, words):
    found = Diagnostic.open(code).panel
    assert len(found.codes) == number
    assert words in found.rule
    assert code not in found.codes
