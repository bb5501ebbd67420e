"""Cells of CSV files: none is a formula, and each gives back the text that it was written from."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import tables
from helpers.spreadsheet import count_digits, is_formula, localize, protect, unprotect

FORMULAS = ["=1+1", "+33 1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_comes_after_an_apostrophe(text):
    assert is_formula(text)
    assert protect(text) == f"'{text}"


@given(st.text() | st.sampled_from(FORMULAS).map(lambda text: f"'{text}"))
def test_a_text_comes_back_as_it_was_written(text):
    assert not is_formula(protect(text))
    if not text.startswith("'"):
        assert unprotect(protect(text)) == text


@pytest.mark.parametrize("text", ["'Hem", "L'Haÿ", "", "'", "Hem"])
def test_an_apostrophe_of_its_own_is_kept(text):
    assert unprotect(text) == text


def test_names_are_protected_in_the_csv_and_figures_are_not():
    data = pd.DataFrame(
        {
            "territory": ["=Hem", "MEL"],
            "change": [-3.0, 4.0],
            "@=Hem": ["a", "b"],
            "origin": "insee",
            "sources": "s",
        }
    )
    head, first, second = tables.Table(data).to_csv().splitlines()
    assert head == "Territoire;Évolution;'=Hem;Origine;Sources"
    assert first == "'=Hem;-3;a;insee;s"
    assert second.startswith("MEL;4;b")


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("10\u202f887", 0), ("+1\u202f234", 0), ("–", None), ("n.d.", None), ("0,5", 2), ("−12,3", 2), ("2,61", 3),
        ("+0,5\u00a0% par an", 2), ("22\u202f370\u00a0€", 0), ("1\u202f234,5", 2), ("", None),
    ],
)  # fmt: skip
def test_a_figure_keeps_one_decimal_more_than_the_page_and_a_count_none(text, digits):
    assert count_digits(text) == digits


@pytest.mark.parametrize(
    ("text", "digits", "written"),
    [
        ("888.99872", 0, "889"), ("2.5", 0, "3"), ("-0.004", 2, "0,00"), ("12.6086837", 2, "12,61"), ("1e-05", 2, "0,00"),
        ("-7", 1, "-7,0"), ("", 2, ""), ("1.5e+06", 0, "1500000"), ("n.s.", 2, "n.s."), ("1174273", 0, "1174273"),
    ],
)  # fmt: skip
def test_a_figure_is_rounded_and_has_a_decimal_comma(text, digits, written):
    assert localize(f"Taux;Nom\n{text};10.5\n", {"Taux": digits}) == f"Taux;Nom\n{written};10.5\n"


def test_each_row_may_have_its_decimals():
    content = "Indicateur;Valeur\nHabitants;10887.4\nPart;17.123\n"
    assert localize(content, {"Valeur": [0, 2]}) == "Indicateur;Valeur\nHabitants;10887\nPart;17,12\n"


def test_a_text_with_a_semicolon_or_a_formula_stays_what_it_was():
    content = 'Nom;Effectif\n"a; ""b""";1.5\n\'=1+1;2\n'
    assert localize(content, {"Effectif": 0}) == content.replace("1.5", "2")


def test_a_column_that_is_partly_nil_or_missing_keeps_the_decimals_of_its_kind():
    data = pd.DataFrame(
        {
            "territory": ["Hem", "MEL", "Nord"],
            "RP_LOCHLMV": [2229.28, float("nan"), 0.0],
            "share": [31.2765, float("nan"), 0.0],
            "written": ["10\u202f887", "0,5\u00a0%", "n.s."],
            "measure": [10886.6, 0.5321, 1.0],
        }
    )
    assert tables.Table(data).digits == {
        "Locataires HLM (recensement)": 0, "Part (%)": 2, "Valeur": [0, 2, 2],
    }  # fmt: skip
