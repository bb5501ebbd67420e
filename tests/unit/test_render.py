"""From an executed notebook to a page: its sections bear what they find, and those that show nothing are left out."""

from __future__ import annotations

import nbformat
import pandas as pd
from bs4 import BeautifulSoup
from nbformat import v4

from helpers.exhibit import Absence, Exhibit, Prose
from helpers.publication.pages.colophon import Colophon
from helpers.publication.pages.render import Page, contents_of, leave_out_absences, render


def cell(shown):
    data = shown._repr_mimebundle_()
    return v4.new_code_cell(outputs=[v4.new_output("execute_result", data=data, execution_count=1)])


def book(*parts):
    cells = [v4.new_markdown_cell(part) if isinstance(part, str) else cell(part) for part in parts]
    return v4.new_notebook(cells=cells)


def exhibit(headline="", *, origin="insee"):
    return Exhibit(
        data=pd.DataFrame({"year": [2018], "origin": [origin]}),
        alt="",
        title="12 logements",
        headline=headline,
        name=f"parc-{headline}",
    )


def page(notebook):
    nothing = Colophon("", (), {}, {}, {}, geography=0)
    empty = Page("Parc", "Hem", "de Hem", where="", made_from=nothing, notebook="", parts=[])
    return BeautifulSoup(render(notebook, empty), "html.parser")


def headings(soup):
    return [(tag.name, tag.get_text()) for tag in soup.main.find_all(["h1", "h2", "h3"])]


def test_the_title_of_a_section_is_the_first_finding_it_shows_under_its_question():
    soup = page(
        book("# Parc", "## Combien ?", exhibit(), exhibit("Le parc augmente"), exhibit("Autre"), "## Méthode")
    )
    assert headings(soup) == [
        ("h1", "Parc"), ("h2", "Le parc augmente"), *[("h3", "12 logements")] * 3, ("h2", "Méthode"),
    ]  # fmt: skip
    group = soup.select_one("hgroup")
    assert group.select_one(".asked").get_text() == "Combien\u202f?"
    # Links lead to the same place whatever the finding.
    assert group.h2["id"] == "section-combien"


def test_a_section_without_a_finding_keeps_its_question():
    soup = page(book("# Parc", "## Combien ?", exhibit()))
    assert headings(soup)[1] == ("h2", "Combien\u202f?")
    assert soup.select_one("hgroup") is None


def test_a_title_that_rests_on_simulated_figures_says_so():
    soup = page(
        book(
            "# Parc", "## Combien ?", exhibit("Le <parc>", origin="demonstration"), "## Où ?", exhibit("Ici")
        )
    )
    marks = [group.select_one(".demonstration") is not None for group in soup.select("hgroup")]
    assert marks == [True, False]
    assert soup.h2.get_text() == "Le <parc>"


def test_a_section_that_shows_nothing_is_left_out_of_the_page_and_of_its_contents():
    aside, asked = Prose(("Règle.",), "panel"), Prose(("Qui ?",), "questions", title="À débattre", level=3)
    notebook = book(
        "# Parc", "## Combien ?", exhibit("Le parc augmente"), Absence("Âges"),
        "## Où ?", "Une introduction.", aside, Absence("Carte"), asked, "## Méthode", Prose(("Une règle.",), "method"),
    )  # fmt: skip
    soup = page(notebook)
    assert [text for _, text in headings(soup)] == [
        "Parc",
        "Le parc augmente",
        "12 logements",
        "À débattre",
        "Méthode",
    ]
    assert not soup.find(string=["Une introduction.", "Règle."])
    assert not soup.select(".absence")
    left = leave_out_absences(notebook)
    assert [entry["title"] for entry in contents_of(left)] == ["Combien\u202f?", "Méthode"]


def test_a_section_without_an_absence_is_whole():
    soup = page(book("# Parc", "## Sources", "Une introduction.", Prose(("Règle.",), "panel")))
    assert headings(soup) == [("h1", "Parc"), ("h2", "Sources")]
    assert soup.select_one(".panel")


def test_the_notebook_itself_keeps_what_each_cell_said():
    notebook = book("## Un", Absence("Parc"), Absence("Âges"))
    before = nbformat.writes(notebook)
    leave_out_absences(notebook)
    assert nbformat.writes(notebook) == before
