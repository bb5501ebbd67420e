"""What Insee asks to say beside its figures."""

from __future__ import annotations

import pandas as pd
import pytest
from tidy import commune

from helpers.reliability import cautions, warn

HEM = commune()
PRINCIPAL = pd.DataFrame({"exploitation": ["principale", None]})
SAMPLE = pd.DataFrame({"exploitation": ["principale", "complémentaire"]})


def told(data, sources=PRINCIPAL):
    return warn(pd.DataFrame(data), commune=HEM, sources=sources)


@pytest.mark.parametrize(("count", "warned"), [(199.9, True), (200.0, False), (1.0, True), (0.0, False)])
@pytest.mark.parametrize("column", ["value", "POP_1", "RP_1"])
def test_a_count_under_two_hundred_calls_for_care(column, count, warned):
    # https://www.insee.fr/fr/information/2383270: « maniés avec précaution » under 200.
    assert bool(told({"territory": ["Hem"], column: [count]})) is warned


def test_the_small_counts_of_others_call_for_nothing():
    assert told({"territory": ["Hem", "Lannoy"], "value": [5000.0, 12.0]}) == []


def test_a_table_without_counts_calls_for_nothing():
    assert told({"territory": ["Hem"], "rate": [12.0]}) == []


@pytest.mark.parametrize(("values", "warned"), [([10.0, 20.0, 900.0], True), ([10.0, 300.0, 900.0], False)])
def test_a_pyramid_whose_classes_are_mostly_small_is_to_be_read_as_a_whole(values, warned):
    warnings = told({"age": [0, 5, 10], "value": values})
    assert bool(warnings) is warned
    assert all("forme d’ensemble" in warning for warning in warnings)


def test_a_sample_is_named():
    (warning,) = told({"territory": ["Hem"], "value": [900.0]}, SAMPLE)
    assert "exploitation complémentaire" in warning
    assert "10\u202f000" in warning


def test_every_caution_is_a_sentence():
    data = {"territory": ["Hem"], "value": [9.0]}
    for sentence in [*told(data, SAMPLE), *cautions(HEM, since=2013, until=2018)]:
        assert sentence.endswith(".")


def test_the_dates_compared_are_named():
    assert any("2013 et 2018" in sentence for sentence in cautions(HEM, since=2013, until=2018))


@pytest.mark.parametrize(("split", "said"), [(None, False), ("2024-01-01", True)])
def test_a_split_is_told_first_with_its_day(split, said):
    first = cautions(commune(split=split), since=2013, until=2018)[0]
    assert ("scission" in first and "1er janvier 2024" in first) is said


def test_mergers_are_told_with_their_day_and_what_the_figures_before_are():
    mergers = [("2017-01-01", ["Abancourt", "Hem", "Lannoy"]), ("2024-01-01", ["Hem", "Toufflers"])]
    first, second, *_ = cautions(HEM, since=2013, until=2018, mergers=mergers)
    assert first == (
        "Hem réunit depuis le 1er janvier 2017 les anciennes communes d’Abancourt, Hem et Lannoy ; les chiffres "
        "antérieurs sont la somme des leurs."
    )
    assert "1er janvier 2024" in second
    assert "Hem et Toufflers" in second


def test_nothing_is_told_of_mergers_where_there_was_none():
    assert not any("réunit" in sentence for sentence in cautions(HEM, since=2013, until=2018))
