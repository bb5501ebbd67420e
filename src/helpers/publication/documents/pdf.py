"""Print an HTML page as a PDF file tagged for screen readers (PDF/UA), and measure what it lays out."""

from __future__ import annotations

import atexit
import re
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import matplotlib as mpl

from helpers import fonts
from helpers.errors import BuildError

# What the fonts of pages lack, and code: fonts that come with matplotlib, the same wherever a page is printed.
_FACES = {
    "DejaVuSans.ttf": "DejaVu Sans;font-weight:400",
    "DejaVuSans-Bold.ttf": "DejaVu Sans;font-weight:700",
    "DejaVuSansMono.ttf": "DejaVu Sans Mono",
}

# What is measured has its rank in that attribute.
MEASURED = "data-measured"
# The opening of a drawing that says what it shows, without a title yet.
_DESCRIBED = re.compile(r'<svg\b[^>]*\baria-label="(?P<alt>[^"]*)"[^>]*>(?!\s*<title)')
# A pixel of the layout, in points.
_POINT = 0.75


def print_page(page: str) -> bytes:
    """Print an HTML page as a tagged PDF; nothing is fetched but the fonts.

    Raises:
        BuildError: a library of the system is missing.
    """
    html = _read(page)
    from helpers.publication.documents import pdf_ua

    configuration, faces = _load_fonts()
    content: bytes = html.write_pdf(
        font_config=configuration, stylesheets=[faces], pdf_variant="pdf/ua-1", finisher=pdf_ua.complete
    )
    return content


def measure(page: str) -> list[float]:
    """Lay a page out and return the height (points) of each element that has a `data-measured`, in their order.

    Raises:
        BuildError: a library of the system is missing.
    """
    heights: dict[int, float] = {}
    for sheet in _lay_out(page).pages:
        for box in sheet._page_box.descendants():
            rank = box.element.get(MEASURED) if box.element is not None else None
            if rank is not None:
                heights.setdefault(int(rank), float(box.height) * _POINT)
    return [heights[rank] for rank in range(len(heights))]


def count_pages(page: str) -> int:
    """Count the sheets of paper that an HTML page takes.

    Raises:
        BuildError: a library of the system is missing.
    """
    return len(_lay_out(page).pages)


def _lay_out(page: str) -> Any:
    """Lay a page out without printing it."""
    html = _read(page)
    configuration, faces = _load_fonts()
    return html.render(font_config=configuration, stylesheets=[faces])


def _read(page: str) -> Any:
    """Load WeasyPrint and read a page, from which nothing is fetched but the fonts."""
    # It takes a second to load, and its system libraries may be missing: it then prints in English what is said here.
    try:
        with redirect_stdout(StringIO()):
            import weasyprint
    except OSError as error:
        raise BuildError(
            f"Une bibliothèque du système manque pour écrire un PDF ({error.args[0]}).",
            remedy="Installez Pango (Debian, Ubuntu : apt install libpango-1.0-0 libpangoft2-1.0-0 "
            "libharfbuzz-subset0).",
        ) from error
    return weasyprint.HTML(string=_describe_drawings(page), url_fetcher=_fetcher())


def _fetcher() -> Any:
    import weasyprint

    return weasyprint.urls.URLFetcher(allowed_protocols=["file", "data"])


def _describe_drawings(page: str) -> str:
    """Give each drawing a title made of its alternative text, where WeasyPrint looks for it."""
    return _DESCRIBED.sub(r"\g<0><title>\g<alt></title>", page)


@cache
def _load_fonts() -> tuple[Any, Any]:
    """Load the fonts and declare them as a style sheet, once for every page."""
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    configuration = FontConfiguration()
    folder = Path(mpl.get_data_path(), "fonts", "ttf")
    others = "".join(
        f'@font-face{{font-family:{face};src:url("{(folder / name).as_uri()}")}}'
        for name, face in _FACES.items()
    )
    css = weasyprint.CSS(string=fonts.faces() + others, font_config=configuration, url_fetcher=_fetcher())
    return configuration, css


# WeasyPrint keeps fonts in a folder, that it removes with them: after the end of Python, it no longer could.
atexit.register(_load_fonts.cache_clear)
