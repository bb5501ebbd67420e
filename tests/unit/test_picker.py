"""Another commune is chosen by its name; nothing of it reaches a page."""

from __future__ import annotations

import re

from helpers import Diagnostic, lab, picker
from helpers.parameters import CellParameters


def test_communes_are_found_by_the_beginning_of_their_name_first(embedded):
    found = picker.search("roubai", folder=embedded)
    assert found[0] == ("Roubaix (59)", "59512")
    assert picker.search("l'hay les roses", folder=embedded) == [("L'Haÿ-les-Roses (94)", "94038")]
    assert ("Hem (59)", "59299") in picker.search("59299", folder=embedded)


def test_no_more_names_are_shown_than_can_be_read(embedded):
    assert len(picker.search("saint", folder=embedded)) == 12
    assert picker.search("  ", folder=embedded) == []


def test_the_values_written_are_those_that_a_notebook_takes():
    values = picker.write_values("59512", year=None, comparison=["epci", "france"])
    read = CellParameters(**{name: eval(text) for name, text in values.items()})
    assert (read.commune, read.millesime, read.comparaison) == ("59512", None, ["epci", "france"])


def test_a_page_shows_nothing_of_it():
    assert Diagnostic.open("59299").picker()._repr_mimebundle_()["text/html"] == ""


def test_the_list_follows_what_is_typed(monkeypatch, embedded):
    monkeypatch.setattr(lab, "is_editor", lambda: True)
    text, names, *_, button, output = Diagnostic.open("59299").picker().children
    text.value = "faches"
    assert names.options == (("Faches-Thumesnil (59)", "59220"),)
    names.index = 0
    button.click()
    (shown,) = output.outputs
    assert re.search(r'"commune": "\\"59220\\""', shown["data"]["application/javascript"])
    text.value = "zzzz"
    button.click()
    assert "Choisissez" in output.outputs[0]["text"]
