"""A diagnostic as one PDF file, from its own pages: cover, contents, parts; tagged for screen readers (PDF/UA)."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from copy import copy
from io import StringIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
from bs4 import BeautifulSoup, Tag

from helpers import french
from helpers.errors import BuildError
from helpers.publication import documents
from helpers.publication.documents import BuiltDiagnostic, Part
from helpers.publication.pages.render import render_template

# What has no use on paper. The data of the drawings stay out: they are in the workbook, which the PDF names.
_SCREEN_ONLY = "details:not(.definitions, .annex), summary, .download, .contents, .where"
# The drawings were laid out with this font, which comes with matplotlib: the same pages wherever they are printed.
_FACES = {
    "DejaVuSans.ttf": "DejaVu Sans;font-weight:400",
    "DejaVuSans-Bold.ttf": "DejaVu Sans;font-weight:700",
    "DejaVuSans-Oblique.ttf": "DejaVu Sans;font-style:italic",
    "DejaVuSansMono.ttf": "DejaVu Sans Mono",
}
# A table of more columns is written smaller.
_COLUMNS = 8
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_PAGE = re.compile(r"(?P<stem>[^/:#]+)\.html(?:#(?P<place>.+))?")


def make(diagnostic: BuiltDiagnostic) -> bytes:
    """Make the PDF file: the same bytes for the same pages.

    Raises:
        BuildError: a library of the system is missing.
    """
    slug = diagnostic.folder.name
    page = render_template(
        "pdf.html.j2",
        sheet=documents.read_template("pdf.css"),
        diagnostic=diagnostic,
        key_figures=_key_figures(diagnostic),
        parts=[_layout(part) for part in diagnostic.parts],
        workbook=documents.name_of(slug, "classeur.xlsx"),
        archive=documents.name_of(slug, "donnees.zip"),
    )
    return print_page(page)


def print_page(page: str) -> bytes:
    """Print an HTML page as a tagged PDF; nothing is fetched but the fonts.

    Raises:
        BuildError: a library of the system is missing.
    """
    document, options = _read_page(page)
    content: bytes = document.write_pdf(**options)
    return content


def count_pages(page: str) -> int:
    """Count the sheets of paper that an HTML page takes.

    Raises:
        BuildError: a library of the system is missing.
    """
    document, options = _read_page(page)
    return len(document.render(font_config=options["font_config"], stylesheets=options["stylesheets"]).pages)


def _read_page(page: str) -> tuple[Any, dict[str, Any]]:
    """Read an HTML page for WeasyPrint, and the options that it is printed with."""
    # It takes a second to load, and its system libraries may be missing: it then prints in English what is said here.
    try:
        with redirect_stdout(StringIO()):
            import weasyprint
            from weasyprint.text.fonts import FontConfiguration

            from helpers.publication.documents import pdf_ua
    except OSError as error:
        raise BuildError(
            f"Une bibliothèque du système manque pour écrire un PDF ({error.args[0]}).",
            remedy="Installez Pango (Debian, Ubuntu : apt install libpango-1.0-0 libpangoft2-1.0-0 "
            "libharfbuzz-subset0).",
        ) from error
    fonts = FontConfiguration()
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=["file"])
    faces = weasyprint.CSS(string=_faces(), font_config=fonts, url_fetcher=fetcher)
    options = {
        "font_config": fonts,
        "stylesheets": [faces],
        "pdf_variant": "pdf/ua-1",
        "finisher": pdf_ua.complete,
    }
    return weasyprint.HTML(string=page, url_fetcher=fetcher), options


def describe_drawings(content: Tag) -> None:
    """Give each drawing a title made of its alternative text, where WeasyPrint looks for it."""
    for drawing in content.select("svg[aria-label]"):
        title = BeautifulSoup("", "html.parser").new_tag("title", string=str(drawing["aria-label"]))
        drawing.insert(0, title)


def _faces() -> str:
    folder = Path(mpl.get_data_path(), "fonts", "ttf")
    return "".join(
        f'@font-face{{font-family:{face};src:url("{(folder / name).as_uri()}")}}'
        for name, face in _FACES.items()
    )


def _key_figures(diagnostic: BuiltDiagnostic) -> str:
    found = diagnostic.cover.select_one(".key-figures")
    return str(found) if found else ""


def _layout(part: Part) -> dict[str, Any]:
    """Prepare a part for the template: its content for paper, its sections."""
    content = copy(part.main)
    for element in content.select(_SCREEN_ONLY):
        element.decompose()
    for fold in content.select("details"):
        fold.unwrap()
    describe_drawings(content)
    for table in content.select("table"):
        if len(table.select("thead tr:last-child th")) > _COLUMNS:
            table["data-size"] = "wide"
    _prefix_identifiers(content, french.slug(part.stem))
    top = documents.find(content, "h1")
    top["id"] = french.slug(part.stem)
    if mark := content.select_one(".demonstration-page"):
        documents.find(mark, "strong").string = "Cette partie contient des données de démonstration."
        top.insert_after(mark.extract())
    sections = [
        {"id": str(heading["id"]), "title": heading.get_text()} for heading in content.select("h2[id]")
    ]
    return {
        "id": french.slug(part.stem),
        "title": french.typography(part.title),
        "sections": sections,
        "content": content.decode_contents(),
    }


def _prefix_identifiers(content: Tag, name: str) -> None:
    """Prefix the identifiers of a page and the links to them: two pages of one document may not share one."""
    for element in content.find_all(True):
        if "id" in element.attrs:
            element["id"] = f"{name}-{element['id']}"
        for key, value in element.attrs.items():
            if not isinstance(value, str):
                continue
            if key in ("href", "xlink:href") and value.startswith("#"):
                element[key] = f"#{name}-{value[1:]}"
            elif key == "href" and (page := _PAGE.fullmatch(value)):
                # Another part of the same document.
                element[key] = "#" + "-".join(filter(None, [french.slug(page["stem"]), page["place"]]))
            elif "url(#" in value:
                element[key] = _REFERENCE.sub(rf"url(#{name}-\g<1>)", value)
