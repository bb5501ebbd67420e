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
        (10.9, 10, "%", "proche"), (11.0, 10, "%", "un peu plus élevé"), (15.0, 10, "%", "plus élevé"), (5.0, 10, "%", "plus faible"),
        (0.05, 0, "% par an", "proche"), (-0.2, 0, "% par an", "un peu plus faible"), (-0.4, 0, "% par an", "plus faible"),
        (20_900, 20_000, "€ par an", "proche"), (23_000, 20_000, "€ par an", "un peu plus élevé"), (2.5, 2.0, "habitants par logement", "plus élevé"),
        (float("nan"), 10, "%", ""), (10, float("nan"), "%", ""),
    ],
)  # fmt: skip
def test_words_follow_the_bands_of_the_unit(value, reference, unit, words):
    assert ranking.beside(value, reference, unit=unit) == words


@given(value=values, reference=values, near=st.sampled_from([ranking.NEAR_CHANGE, ranking.NEAR_SHARE]))
def test_what_is_higher_than_another_is_what_the_other_is_lower_than(value, reference, near):
    up, down = (ranking.nearness(*both, near=near) for both in ((value, reference), (reference, value)))
    assert up.replace("élevé", "faible") == down.replace("élevé", "faible")
    assert (up == down) is (up == "proche")


def test_a_sentence_compares_in_the_same_bands():
    assert closeness(1.0, 1.05, near=ranking.NEAR_CHANGE) == "proche de"
    assert closeness(1.2, 1.0, near=ranking.NEAR_CHANGE, feminine=True) == "un peu plus élevée que"


@given(own=values, others=st.lists(values, min_size=1))
def test_the_rank_counts_the_commune_among_the_others(own, others):
    rank, total = map(int, ranking.rank_of(own, pd.Series(others)).split(" / "))
    assert total == len(others) + 1
    assert rank == 1 + sum(other > own for other in others)
