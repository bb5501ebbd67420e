"""How a figure stands beside others: bands that are fixed, and seen alike from both sides."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.indicators import ranking
from helpers.wording import closeness

values = st.floats(-1e6, 1e6)


@pytest.mark.parametrize(
    ("percentile", "words"),
    [
        (100, "quart le plus élevé"), (75, "quart le plus élevé"), (74.9, "moitié haute"), (50, "médiane"),
        (49.9, "moitié basse"), (25.1, "moitié basse"), (25, "quart le plus faible"), (0, "quart le plus faible"),
    ],
)  # fmt: skip
def test_every_percentile_has_its_quarter(percentile, words):
    assert ranking.quarter(percentile) == words


@pytest.mark.parametrize(
    ("value", "reference", "unit", "words"),
    [
        # Half of a small share is half of it, however few points that makes: Hem, 3,3 % of vacant homes, 7,1 % around.
        (3.3, 7.1, "%", "moitié moindre"), (7.1, 3.3, "%", "double"), (10.8, 7.1, "%", "bien plus élevé"),
        (10.4, 10, "%", "proche"), (10.9, 10, "%", "un peu plus élevé"), (13.0, 10, "%", "plus élevé"), (8.0, 10, "%", "plus faible"), (3.0, 10, "%", "bien plus faible"),
        (50.9, 50, "%", "proche"), (52.0, 50, "%", "un peu plus élevé"), (58.8, 49.5, "%", "plus élevé"), (20.0, 50, "%", "bien plus faible"),
        (0.05, 0, "% par an", "proche"), (-0.2, 0, "% par an", "un peu plus faible"), (-0.4, 0, "% par an", "plus faible"),
        (20_900, 20_000, "€ par an", "proche"), (21_920, 19_175, "€ par an", "plus élevé"), (2.1, 2.0, "habitants par logement", "un peu plus élevé"),
        (0.0, 0.0, "%", "proche"), (5.0, 0.0, "%", "bien plus élevé"),
        (float("nan"), 10, "%", ""), (10, float("nan"), "%", ""),
    ],
)  # fmt: skip
def test_words_follow_the_bands_of_the_unit(value, reference, unit, words):
    assert ranking.compare_to(value, reference, unit=unit) == words


@given(value=values, reference=values, unit=st.sampled_from(["% par an", "points"]))
def test_what_is_higher_than_another_is_what_the_other_is_lower_than(value, reference, unit):
    up, down = (ranking.nearness(*both, unit=unit) for both in ((value, reference), (reference, value)))
    assert up.replace("élevé", "faible") == down.replace("élevé", "faible")
    assert (up == down) is (up == "proche")


@pytest.mark.parametrize(
    ("value", "reference", "unit", "words"),
    [
        (1.0, 1.05, "% par an", "proche de"), (1.2, 1.0, "% par an", "un peu plus élevée que"),
        (7.1, 3.3, "%", "double de"), (3.3, 7.1, "%", "moitié moindre que"),
    ],
)  # fmt: skip
def test_a_sentence_compares_in_the_same_bands(value, reference, unit, words):
    assert closeness(value, reference, unit=unit, feminine=True) == words


@given(own=values, others=st.lists(values, min_size=1))
def test_the_rank_counts_the_commune_among_the_others(own, others):
    rank, total = map(int, ranking.rank_of(own, pd.Series(others)).split("\u00a0/\u00a0"))
    assert total == len(others) + 1
    assert rank == 1 + sum(other > own for other in others)
