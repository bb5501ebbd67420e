"""Indicators side by side, and the words for them."""

from __future__ import annotations

import pandas as pd
import pytest
from frames import commune, flows, long

from helpers import tables, wording
from helpers.indicators import benchmarks
from helpers.indicators.registry import find

HEM = commune()
NAMES = ["Hem", "MEL", "Nord"]


def known(own=20_000.0, *, areas=(10.0, 600.0, 5700.0), births=300.0):
    people = {("Hem", 2013): own, ("Hem", 2018): own, ("MEL", 2013): 1e6, ("MEL", 2018): 1.1e6}
    population = long({key: {"POP": value} for key, value in people.items()})
    return {
        "population": population,
        "flows": flows({(name, 2013, 2018): {"NAIS": births, "DECE": births / 2} for name in ("Hem", "MEL")}),
        "territories": pd.DataFrame({"territory": NAMES, "area": areas}),
    }


def compare(**options):
    return benchmarks.compare(
        benchmarks.MOVEMENT, known(**options), territories=NAMES, since=2013, until=2018
    )


def test_each_indicator_of_the_commune_has_a_row_and_each_territory_a_column():
    frame = compare()
    assert list(frame["id"]) == [
        "densite",
        "croissance",
        "natalite",
        "mortalite",
        "solde_naturel",
        "solde_migratoire",
    ]
    density = frame.set_index("id").loc["densite"]
    assert density["indicator"] == "Densité, 2018 (habitants par km²)"
    assert [density[f"@{name}"] for name in NAMES] == ["2\u202f000", "1\u202f833", "n.d."]
    assert density["measure@MEL"] == pytest.approx(1.1e6 / 600)
    assert pd.isna(density["measure@Nord"])
    assert frame.set_index("id").loc["croissance", "indicator"] == find("croissance").name(
        since=2013, until=2018
    )


def test_an_indicator_that_the_commune_does_not_have_is_left_out():
    frame = compare(areas=(float("nan"), 600.0, 5700.0))
    assert "densite" not in set(frame["id"])
    assert "croissance" in set(frame["id"])


def test_what_rests_on_too_few_people_is_not_significant_and_keeps_its_figure():
    row = compare(own=150.0).set_index("id").loc["natalite"]
    assert row["@Hem"] == "n.s."
    assert row["measure@Hem"] == pytest.approx(1000 * 300 / (5 * 150))
    assert row["@MEL"] != "n.s."


def test_words_have_the_direction_of_the_figures():
    words = wording.in_words(compare(), HEM).set_index("id")["compared"]
    assert words["densite"] == "un peu plus élevé"
    assert words["natalite"] == "bien plus élevé"
    assert words["croissance"] == "bien plus faible"


def test_words_say_what_cannot_be_compared():
    small = wording.in_words(compare(own=150.0), HEM).set_index("id")["compared"]
    assert set(small) == {"n.s."}
    unknown = wording.in_words(compare(areas=(10.0, float("nan"), 5700.0)), HEM).set_index("id")["compared"]
    assert pd.isna(unknown["densite"])


def test_without_any_other_territory_there_are_no_words():
    frame = benchmarks.compare(benchmarks.MOVEMENT, known(), territories=["Hem"], since=2013, until=2018)
    assert "compared" not in wording.in_words(frame, HEM)
    assert wording.benchmarks(frame, HEM) == wording.Finding()


def test_the_sentence_tells_the_figure_that_differs_most_and_counts_those_of_the_table_that_do():
    shown = wording.in_words(compare(), HEM)
    finding = wording.benchmarks(shown, HEM)
    assert sum(not words.startswith(("proche", "un peu")) for words in shown["compared"]) == 4
    assert finding.title == "Quatre chiffres sur six s’écartent nettement de l’intercommunalité"
    assert "dans l’ensemble de la MEL : un niveau bien plus élevé" in finding.reading


def test_nothing_significant_nothing_said():
    assert wording.benchmarks(wording.in_words(compare(own=150.0), HEM), HEM) == wording.Finding()


def test_a_territory_heads_its_column_for_people_and_machines():
    frame = wording.in_words(compare(), HEM)
    assert list(tables.Table(frame).cells) == ["Indicateur", *NAMES, "Niveau de la commune"]
    head, first, *_ = tables.Table(frame).to_csv().splitlines()
    assert head == "Indicateur;Hem;MEL;Nord;Niveau de la commune;Origine;Sources"
    assert first.split(";")[1:4] == ["2000", "1833.33333", ""]
