"""The rules of facts.toml: from which change on a fact of the commune is more than chance."""

from __future__ import annotations

import pytest

from helpers.problems.materiality import RULES, Evidence

NAN = float("nan")


def given(*, value=0.0, margin=0.0, years=6, events=0.0, homes=0.0, outside=NAN, **text):
    """Evidence of these terms; by default nothing is approached, and no institution is known."""
    flags = {name: text.pop(name, False) for name in ("institution", "approached")}
    return Evidence(value, margin, text, years, events, homes, outside, **flags)


@pytest.mark.parametrize(
    ("rule", "evidence", "holds"),
    [
        ("margin", {"value": -2.1, "margin": 2.0}, True),
        ("margin", {"value": 2.0, "margin": 2.0}, False),
        # Six years of 150 events: 2 √900 = 60 people.
        ("events", {"people_0": 5000, "people_1": 4939, "events": 150}, True),
        ("events", {"people_0": 5000, "people_1": 5060, "events": 150}, False),
        # Fifty homes, and two per cent of those of the start, both included.
        ("gain", {"homes_0": 2500, "homes_1": 2550}, True),
        ("gain", {"homes_0": 1000, "homes_1": 1049}, False),
        ("gain", {"homes_0": 2501, "homes_1": 2551}, False),
        ("gain", {"start": 1000, "end": 1050, "homes_0": 1000, "homes_1": 1000}, True),
        # A change of one count to another exceeds 2 √(both), here 30.5 and 32.1; thirty homes of a tenure at least.
        ("part", {"part_0": 100, "part_1": 132}, True),
        ("part", {"part_0": 144, "part_1": 113}, False),
        ("part", {"part_0": 0, "part_1": 30}, True),
        ("part", {"part_0": 0, "part_1": 29}, False),
        ("children", {"children_0": 144, "children_1": 111}, True),
        ("children", {"children_0": 144, "children_1": 113}, False),
        ("second", {"second_0": 0, "second_1": 5}, True),
        ("second", {"second_0": 0, "second_1": 4}, False),
        # Sixty homes started, and two per cent of the main homes, both included.
        ("starts", {"starts": 60, "homes": 3000}, True),
        ("starts", {"starts": 59, "homes": 1000}, False),
        ("starts", {"starts": 60, "homes": 3001}, False),
        # An approached size of households needs few people outside them, and no institution.
        ("households", {"approached": True, "outside": 3.0}, True),
        ("households", {"approached": True, "outside": 3.1}, False),
        ("households", {"approached": True, "outside": NAN}, True),
        ("households", {"approached": True, "outside": 1.0, "institution": True}, False),
        ("households", {"outside": 9.0, "institution": True}, True),
        ("institution", {}, True),
        ("institution", {"institution": True}, False),
    ],
)
def test_a_fact_is_more_than_chance_from_its_bound_on(rule, evidence, holds):
    assert RULES[rule](given(**evidence)) is holds


def test_every_rule_is_tested_on_both_sides_of_its_bound():
    cases = next(mark.args[1] for mark in test_a_fact_is_more_than_chance_from_its_bound_on.pytestmark)
    assert {(rule, holds) for rule, _, holds in cases} == {
        (rule, side) for rule in RULES for side in (True, False)
    }
