"""What is too small to be reported as a direction."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.wording import materiality

counts = st.floats(0, 1e6)


@given(before=counts, after=counts)
def test_a_change_is_reported_beyond_two_standard_errors_of_both_counts(before, after):
    assert materiality.is_beyond_margin(before, after) is (
        abs(after - before) > 2 * math.sqrt(before + after)
    )
    assert materiality.is_beyond_margin(before, after) is materiality.is_beyond_margin(after, before)


@pytest.mark.parametrize(
    ("before", "after", "text"),
    # Hem, 2012-2018: owners, HLM, other tenants.
    [(4029.0, 4188.0, False), (2334.0, 2229.0, False), (424.0, 684.0, True), (5.0, math.nan, False)],
)
def test_of_the_main_homes_gained_by_hem_those_of_other_tenants_alone_are_reported(before, after, text):
    assert materiality.is_beyond_margin(before, after) is text


@pytest.mark.parametrize(
    ("balance", "annual", "events", "text"),
    [
        # Saint-Denis, 64 people of 150 535; Dole, 46 births more than deaths, of 2 540 events.
        (64.0, 0.01, 12_000.0, False),
        (46.0, 0.04, 2540.0, False),
        (540.0, 0.6, 1934.0, True),
        (540.0, 0.04, 1934.0, False),
        (20.0, 0.6, 400.0, False),
        (math.nan, 0.6, 400.0, False),
    ],
)
def test_a_balance_is_reported_beyond_its_share_of_the_population_and_its_events(
    balance, annual, events, text
):
    assert materiality.is_balance_beyond_margin(balance, annual, events) is text


@pytest.mark.parametrize(
    ("annual", "words"),
    [
        (0.14, "est quasi stable"), (-0.149, "est quasi stable"), (0.16, "augmente"), (-0.2, "diminue"),
        (math.nan, "n.d."),
    ],
)  # fmt: skip
def test_a_growth_written_as_a_tenth_of_a_percent_or_less_is_quasi_stable(annual, words):
    assert materiality.moves(annual) == words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (433.0, "433\u00a0logements de plus"),
        (-1.0, "1\u00a0logement de moins"),
        (0.4, "autant de logements"),
        (math.nan, "n.d."),
    ],
)
def test_a_change_is_written_without_a_sign(change, words):
    assert materiality.more(change, "logement") == words


def test_what_is_stable_is_said_of_both_at_once():
    stable = materiality.more_of(6968.0, 7118.0, "résidences principales")
    fewer = materiality.more_of(18_884.0, 18_163.0, "personnes")
    text = materiality.more_of_both(stable, fewer, "personnes")
    assert text == "Un nombre stable de résidences principales, moins de personnes"
    both = materiality.more_of_both(stable, materiality.grown_of(0.0, "habitants"), "habitants")
    assert both == "Résidences principales et habitants en nombre stable"
