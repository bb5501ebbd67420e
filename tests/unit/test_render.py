"""From an executed notebook to a page: its sections bear what they find, and those that show nothing are left out."""

from __future__ import annotations

import re

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbformat import v4

from helpers.errors import BuildError
from helpers.exhibit import MIME, Absence, Exhibit, Prose
from helpers.publication.pages.arrangement import contents_of, leave_out_absences, lift_opening
from helpers.publication.pages.colophon import Colophon
from helpers.publication.pages.completeness import check_complete
from helpers.publication.pages.render import Page, render


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


TAKEAWAYS, COMMENT = (
    Prose(("Un.",), "takeaways", title="À retenir"),
    Prose((), "comment", markup="<p>Un mot.</p>"),
)


def kinds(notebook):
    """What the cells of a notebook are, in order: text, or the kind of what they show."""
    return [
        cell.source if cell.cell_type == "markdown" else cell.outputs[0].data[MIME].get("kind", "exhibit")
        for cell in notebook.cells
    ]


def test_what_is_to_retain_opens_the_page_wherever_its_cell_is():
    figures = Prose((), "key-figures", markup="<dl></dl>")
    last = book("# Parc", figures, "## Combien ?", exhibit(), TAKEAWAYS, COMMENT, "## Méthode")
    opening = ["# Parc", "key-figures", "takeaways", "comment", "## Combien ?", "exhibit", "## Méthode"]
    assert kinds(lift_opening(last)) == opening
    # Where they come first already, nothing moves.
    first = book("# Parc", figures, TAKEAWAYS, COMMENT, "## Combien ?", exhibit(), "## Méthode")
    assert kinds(lift_opening(first)) == kinds(first) == opening
    assert str(page(last).main) == str(page(first).main)


def test_what_is_to_retain_follows_the_title_where_there_is_no_section():
    assert kinds(lift_opening(book("# Parc\n\n## Un", exhibit(), TAKEAWAYS))) == [
        "# Parc\n\n## Un",
        "exhibit",
        "takeaways",
    ]
    assert kinds(lift_opening(book("# Parc"))) == ["# Parc"]


def annexed(shown):
    made = cell(shown)
    made.metadata["tags"] = ["annexe"]
    return made


def test_an_annex_folds_what_a_page_does_not_argue_with_under_the_title_of_its_section():
    notebook = book(
        "# Parc", "## Combien ?", exhibit("Ouverte"), "## Où ?", "## Méthode", Prose(("Règle.",), "method")
    )
    notebook.cells.insert(3, annexed(exhibit("De plus")))
    notebook.cells.insert(5, annexed(exhibit("Ailleurs")))
    soup = page(notebook)
    fold = soup.select_one("details.annex")
    assert [figure["id"] for figure in fold.select("figure")] == ["parc-De plus", "parc-Ailleurs"]
    assert [title.get_text() for title in fold.select(".annexed")] == ["Combien\u202f?", "Où\u202f?"]
    assert fold.summary.get_text() == "Les 2 figures de l’annexe"
    # A section that argues with nothing is not opened; the annex comes before the method.
    assert [text for _, text in headings(soup)] == [
        "Parc", "Ouverte", "12 logements", "Annexe\u00a0: les autres figures", "12 logements", "12 logements", "Méthode",
    ]  # fmt: skip
    listed = [link["href"] for link in soup.select(".contents a")]
    assert listed == ["#section-combien", "#section-annexe", "#section-methode"]


def test_a_page_without_an_annex_has_no_trace_of_one():
    soup = page(
        book("# Parc", "## Combien ?", exhibit("Ouverte"), "## Méthode", Prose(("Règle.",), "method"))
    )
    assert soup.select_one(".annex, #section-annexe") is None


def test_a_message_is_for_the_cover_alone():
    drawn = exhibit().complete(drawing='<svg><path id="a"/><use xlink:href="#a"/></svg>', code="L-01")
    message = drawn.to_message("Un constat", "12 logements.", of=drawn)
    assert "Un constat" not in str(page(book("# Parc", "## Combien ?", exhibit("Ouverte"), message)))
    shown = BeautifulSoup(message.to_html(), "html.parser")
    # The same drawing may be twice on a page: its parts are its own.
    assert shown.path["id"] != "a"
    assert shown.use["xlink:href"] == f"#{shown.path['id']}"
    assert shown.select_one(".more a")["href"] == f"#{drawn.name}"


def coded(*codes, letter="L"):
    notebook = book("# Parc", *[exhibit().complete(code=code, source="Insee") for code in codes])
    notebook.metadata["diagnostic"] = {"letter": letter}
    return notebook


def test_the_code_of_a_figure_is_a_place_to_link_to():
    soup = page(coded("L-07"))
    link = soup.select_one(".permalink a")
    assert (link["href"], link["id"], link.get_text()) == ("#L-07", "L-07", "L-07")


@pytest.mark.parametrize(
    ("notebook", "found"),
    [
        (coded("L-01", "L-01"), "une seconde figure de code 'L-01'"),
        (coded("H-01"), "la lettre du carnet (métadonnées, diagnostic.letter) est 'L'"),
        (coded("L-1"), "'L-1'"),
        (coded("Q-01", letter="Q"), "'Q'"),
    ],
)
def test_a_code_that_is_not_the_notebook_s_own_is_refused(tmp_path, notebook, found):
    with pytest.raises(BuildError, match=re.escape(found)):
        check_complete(notebook, commune="Hem", name="2_logement", kept=tmp_path)


def test_codes_of_the_letter_of_their_notebook_are_taken(tmp_path):
    check_complete(coded("L-01", "L-02"), commune="Hem", name="2_logement", kept=tmp_path)
