"""Cells of CSV files: none is a formula, and each gives back the text that it was written from."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import tables
from helpers.spreadsheet import is_formula, protect, unprotect

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
