"""The cards of real communes, as they are written down in tests/regression/cards.txt."""

from __future__ import annotations

import runpy

import pytest

from helpers import paths

FOLDER = paths.ROOT / "tests" / "regression"
MADE = runpy.run_path(str(FOLDER / "make_cards.py"))


@pytest.mark.parametrize("code", [*MADE["PILOTS"], "59512", "39198", "75056", "39114"])
def test_the_cards_of_a_commune_are_those_written_down(code):
    written = (FOLDER / "cards.txt").read_text(encoding="utf-8")
    assert MADE["describe"](code) in written, "run make cards, and read what has changed"
