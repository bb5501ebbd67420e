"""What Insee asks to say beside its figures."""

from __future__ import annotations

import pandas as pd
import pytest
from frames import commune

from helpers.wording.cautions import METHOD_THRESHOLD, cautions, warn

HEM = commune()
PRINCIPAL = pd.DataFrame({"exploitation": ["principale", None]})
SAMPLE = pd.DataFrame({"exploitation": ["principale", "complémentaire"]})
PEOPLE = pd.Series({2013: 18_000.0, 2018: 18_600.0})


def text(data, sources=PRINCIPAL):
    return warn(pd.DataFrame(data), commune=HEM, sources=sources)


def care(*, people=PEOPLE, **options):
    return cautions(options.pop("commune", HEM), since=2013, until=2018, people=people, **options)


@pytest.mark.parametrize(
    ("count", "mark"), [(199.9, "**"), (200.0, "*"), (499.9, "*"), (500.0, ""), (1.0, "**"), (0.0, "")]
)
@pytest.mark.parametrize("column", ["value", "RP_1", "people"])
def test_the_marks_of_a_table_are_explained_and_no_other(column, count, mark):
    # https://www.insee.fr/fr/information/2383270: « maniés avec précaution » under 200.
    warnings = text({"territory": ["Hem"], column: [count]})
    assert [warning.split(" : ")[0] for warning in warnings] == ([f"« {mark} »"] if mark else [])


def test_figures_that_a_table_leaves_out_are_reported():
    (warning,) = text({"territory": ["Hem"], "year": [2018], "POP": [34.0], "index": [83.0]})
    assert warning.startswith("ce qui n’est pas écrit est non significatif")


def test_what_data_write_as_not_significant_is_explained():
    (warning,) = text({"indicator": ["Part"], "@Hem": ["n.s."]})
    assert warning.startswith("« n.s. »")


def test_a_figure_that_rests_on_nothing_known_calls_for_nothing():
    assert text({"territory": ["Hem"], "rate": [12.0]}) == []


@pytest.mark.parametrize(("values", "warned"), [([10.0, 20.0, 900.0], True), ([10.0, 300.0, 900.0], False)])
def test_a_pyramid_whose_classes_are_mostly_small_is_to_be_read_as_a_whole(values, warned):
    warnings = text({"age": [0, 5, 10], "value": values})
    assert any("forme d’ensemble" in warning for warning in warnings) is warned


def test_a_sample_is_named():
    (warning,) = text({"territory": ["Hem"], "value": [900.0]}, SAMPLE)
    assert "exploitation complémentaire" in warning
    assert "10\u202f000" in warning


@pytest.mark.parametrize(
    ("since", "until", "warned"),
    [(2013, 2018, True), (2016, 2022, True), (2008, 2013, False), (2006, 2012, False), (2021, 2026, False)],
)
def test_the_questionnaire_of_2018_is_reported_of_the_periods_it_touches(since, until, warned):
    data = {"territory": ["Hem"], "since": [since], "until": [until], "annual": [0.5], "migratory": [12.0]}
    warnings = text({**data, "POP_0": [9000.0]})
    assert [f"{since}-{until} et son solde migratoire" in warning for warning in warnings] == [True] * warned


def test_the_questionnaire_is_not_reported_where_nothing_changes():
    assert text({"territory": ["Hem"], "since": [2013], "until": [2018], "rate": [3.0]}) == []


@pytest.mark.parametrize(
    ("columns", "clue"),
    [
        ({"POP": [900.0, 950.0]}, "étudiants"),
        ({"status": ["RP_PROP"] * 2, "value": [900.0, 950.0]}, "usufruitiers"),
        ({"group": ["0 à 14 ans"] * 2, "value": [900.0, 950.0]}, "définition de l’âge"),
    ],
    ids=["people", "tenure", "ages"],
)
def test_a_series_that_spans_2004_says_what_changed_then(columns, clue):
    (warning,) = text({"year": [1999, 2018], **columns})
    assert clue in warning
    assert text({"year": [2008, 2018], **columns}) == []
    assert text({"year": [1990, 1999], **columns}) == []


@pytest.mark.parametrize(
    ("people", "words"),
    [
        # Annœullin, https://www.insee.fr/fr/statistiques/8290591 for 2022.
        ({2013: 10_246.0, 2022: 10_887.0}, "est près du seuil de 10\u202f000 habitants (10\u202f246 en 2013 et 10\u202f887 en 2022)"),
        ({2013: 9_100.0, 2022: 8_000.0}, "est près du seuil"),
        ({2013: 8_000.0, 2022: 14_000.0}, "a franchi le seuil"),
        ({2013: 12_000.0, 2018: 9_999.0}, "a franchi le seuil"),
        ({2013: 12_000.0, 2018: 13_000.0}, ""),
        ({2013: 3_000.0, 2018: 3_000.0}, ""),
        ({2008: 9_800.0, 2013: 12_000.0, 2018: 13_000.0}, ""),
        ({}, ""),
    ],
)  # fmt: skip
def test_the_threshold_of_the_yearly_surveys_is_reported_when_it_is_crossed_or_near(people, words):
    found = [line for line in care(people=pd.Series(people, dtype="float64")) if "seuil" in line]
    assert bool(found) is bool(words)
    assert all(words in line for line in found)
    assert METHOD_THRESHOLD == 10_000


@pytest.mark.parametrize(
    ("inhabitants", "words"),
    [(28.0, "aucun taux"), (199.0, "aucun taux"), (200.0, "complémentaire"), (1999.0, "complémentaire"), (2000.0, "")],
)  # fmt: skip
def test_a_small_commune_is_reported_what_it_is_not_reported(inhabitants, words):
    found = [line for line in care(people=pd.Series({2018: inhabitants})) if line.startswith("Moins de")]
    assert [words in line for line in found] == ([True] if words else [])


def test_every_caution_is_a_sentence():
    data = {"territory": ["Hem"], "value": [9.0]}
    for sentence in [*text(data, SAMPLE), *care()]:
        assert sentence.endswith(".")


def test_the_dates_compared_are_named():
    assert any("2013 et 2018" in sentence for sentence in care())


@pytest.mark.parametrize(("split", "said"), [(None, False), ("2024-01-01", True)])
def test_a_split_is_reported_first_with_its_day(split, said):
    first = care(commune=commune(split=split))[0]
    assert ("scission" in first and "1er janvier 2024" in first) is said


def test_mergers_are_reported_with_their_day_and_what_the_figures_before_are():
    mergers = [("2017-01-01", ["Abancourt", "Hem", "Lannoy"]), ("2024-01-01", ["Hem", "Toufflers"])]
    first, second, *_ = care(mergers=mergers)
    assert first == (
        "La commune réunit depuis le 1er janvier 2017 les anciennes communes d’Abancourt, Hem et Lannoy ; les chiffres "
        "antérieurs sont la somme des leurs."
    )
    assert "1er janvier 2024" in second
    assert "Hem et Toufflers" in second


def test_nothing_is_reported_of_mergers_where_there_was_none():
    assert not any("réunit" in sentence for sentence in care())
