"""The fonts of pages and drawings: whole, small, licensed, and with every letter that a page is written with."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from fontTools.ttLib import TTFont

from helpers import fonts, french, paths, tokens

FOLDER = paths.ROOT / "src" / "helpers" / "fonts"
FILES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".ttf", ".woff2"))
NEEDED = "àâæçéèêëîïôœùûüÿÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ«»’–…€‰≥≤→ᵉ²³°·×±" + french.NARROW + french.NBSP + french.MINUS


def letters_of(path):
    return set(TTFont(path).getBestCmap())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_font_has_the_letters_of_french(path):
    assert [letter for letter in NEEDED if ord(letter) not in letters_of(path)] == []


# Titles, in the serif face, are in no column.
@pytest.mark.parametrize(
    "path", [path for path in FILES if "serif" not in path.name], ids=lambda path: path.name
)
def test_figures_are_tabular(path):
    font = TTFont(path)
    letters, widths = font.getBestCmap(), font["hmtx"]
    assert len({widths[letters[ord(digit)]][0] for digit in "0123456789"}) == 1


def test_a_page_and_a_drawing_have_the_same_widths():
    for weight in (400, 700):
        page, drawing = (TTFont(FOLDER / f"source-sans-3-{weight}.{kind}") for kind in ("woff2", "ttf"))
        assert page["hmtx"].metrics == drawing["hmtx"].metrics
        assert page["OS/2"].usWeightClass == drawing["OS/2"].usWeightClass == weight


def test_no_letter_of_what_is_published_is_missing():
    package = paths.ROOT / "src" / "helpers"
    texts = [path.read_text(encoding="utf-8") for path in paths.TEMPLATES.glob("*.*")]
    texts += [path.read_text(encoding="utf-8") for path in package.rglob("*.toml")]
    for notebook in (paths.ROOT / "tests" / "regression").glob("*.ipynb"):
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        texts += ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
        texts += [
            "".join(output["data"].get("text/html", ""))
            for cell in cells
            for output in cell.get("outputs", [])
            if "data" in output
        ]
    written = set(unescape("".join(texts))) - set("\n\t\r")
    assert "é" in written
    assert french.NARROW in written
    assert (
        sorted(
            letter for letter in written if ord(letter) not in letters_of(FOLDER / "source-sans-3-400.ttf")
        )
        == []
    )


def test_pages_ask_for_no_other_file():
    faces = fonts.faces()
    assert re.findall(r"url\((?!data:font/woff2;base64,)", faces) == []
    assert len(faces) < 60_000
    families = set(re.findall(r'font-family:"([^"]+)"', faces))
    assert families == {fonts.SANS, fonts.SERIF}
    assert all(family in tokens.sheet() for family in families)


def test_the_licence_goes_with_the_fonts():
    for name in ("sans", "serif"):
        assert "SIL Open Font License" in (FOLDER / f"LICENSE-source-{name}").read_text(encoding="utf-8")
