"""From an executed notebook to a page: what sections do not show is told once for each."""

from __future__ import annotations

import nbformat
from bs4 import BeautifulSoup
from nbformat import v4

from helpers.build.render import group_absences
from helpers.exhibit import Absence, Prose


def cell(shown):
    data = shown._repr_mimebundle_()
    return v4.new_code_cell(outputs=[v4.new_output("execute_result", data=data, execution_count=1)])


def book(*parts):
    cells = [v4.new_markdown_cell(part) if isinstance(part, str) else cell(part) for part in parts]
    return v4.new_notebook(cells=cells)


def told(notebook):
    """The words of each output, in order; an output that says nothing is left out."""
    texts = [
        BeautifulSoup(output.data["text/html"], "html.parser").get_text()
        for cell in group_absences(notebook).cells
        for output in cell.get("outputs", [])
    ]
    return [text for text in texts if text]


def test_the_absences_of_a_section_are_one_and_those_of_another_are_another():
    shown = Prose(("Un fait.",), "stated")
    notebook = book(
        "# Titre", "## Un", Absence("Parc"), shown, Absence("Âges"), "de la prose", Absence("Taille"),
        "## Deux", Absence("Revenu", "trop peu."), "## Trois", shown,
    )  # fmt: skip
    assert told(notebook) == [
        "Un fait.",
        "Chiffres non disponibles\u00a0: parc\u202f; âges\u202f; taille.",
        "Revenu\u00a0: trop peu.",
        "Un fait.",
    ]


def test_the_notebook_itself_keeps_what_each_cell_said():
    notebook = book("## Un", Absence("Parc"), Absence("Âges"))
    before = nbformat.writes(notebook)
    group_absences(notebook)
    assert nbformat.writes(notebook) == before
    texts = [cell.outputs[0].data["text/plain"] for cell in group_absences(notebook).cells[1:]]
    assert texts == ["Parc : chiffres non disponibles.", "Âges : chiffres non disponibles."]
