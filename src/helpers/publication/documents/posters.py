"""A3 posters for a workshop, from the cells tagged `poster`: one page each, in one PDF file."""

from __future__ import annotations

from helpers.errors import BuildError
from helpers.publication import documents
from helpers.publication.documents import BuiltDiagnostic, CellOutput
from helpers.publication.documents.pdf import describe_drawings, print_page
from helpers.publication.pages.render import render_template

TAG = "poster"
_PAGE_ONLY = "details, .download"


def make(diagnostic: BuiltDiagnostic) -> bytes:
    """Make the posters, one PDF file: the same bytes for the same diagnostic.

    Raises:
        BuildError: no figure of a poster has data for the commune, or a library of the system is missing.
    """
    posters = [_layout(output) for output in diagnostic.tagged(TAG)]
    if not posters:
        raise BuildError(
            f"{diagnostic.title} : aucune figure à mettre en affiche, leurs données manquent pour cette commune.",
            remedy="Les pyramides et le point mort demandent les chiffres officiels : make data, puis recommencez.",
        )
    return print_page(
        render_template(
            "posters.html.j2",
            sheet=documents.read_template("posters.css"),
            diagnostic=diagnostic,
            posters=posters,
        )
    )


def _layout(output: CellOutput) -> dict[str, str]:
    for element in output.content.select(_PAGE_ONLY):
        element.decompose()
    describe_drawings(output.content)
    title = documents.find(output.content, "h3").extract().get_text()
    return {"section": output.section, "title": title, "content": str(output.content)}
