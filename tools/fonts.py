"""Write the fonts of src/helpers/fonts: those of French, of a fixed weight, as small as they can be."""

from __future__ import annotations

import io
from pathlib import Path

import fontpkg_source_sans_3
import fontpkg_source_serif_4
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FOLDER = Path(__file__).resolve().parents[1] / "src" / "helpers" / "fonts"
SANS = Path(fontpkg_source_sans_3.__file__).parent / "files" / "SourceSans3[wght].ttf"
SERIF = Path(fontpkg_source_serif_4.__file__).parent / "files" / "SourceSerif4[opsz,wght].ttf"
# What French is written with, and what tables, drawings and buttons need.
LETTERS = {
    *range(0x20, 0x7F), *range(0xA0, 0x100),
    *map(ord, "ŒœŸŠšŽž‘’‚“”„†‡•…–—‹›€‰ᵉ\u2009\u200a\u202f−≈≠≤≥←↑→↓↔↕■□▲▼●○◆"),
}  # fmt: skip
# A narrow space that does not break is as wide as the thin one that does.
THIN, NARROW = 0x2009, 0x202F


def cut(source: Path, axes: dict[str, float]) -> TTFont:
    """Make a static font of the letters that French needs."""
    font = instancer.instantiateVariableFont(
        TTFont(source, recalcTimestamp=False), axes, updateFontNames=True
    )
    for table in font["cmap"].tables:
        if table.isUnicode() and NARROW not in table.cmap and THIN in table.cmap:
            table.cmap[NARROW] = table.cmap[THIN]
    options = subset.Options(
        layout_features=["kern"], hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 4, 6, 13, 14, 16, 17]
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=LETTERS)
    cutter.subset(font)
    return font


def write(font: TTFont, name: str, *, flavor: str | None) -> None:
    """Write a font, the same bytes each time."""
    font.flavor = flavor
    content = io.BytesIO()
    font.save(content, reorderTables=True)
    (FOLDER / name).write_bytes(content.getvalue())


def main() -> None:
    """Write the fonts of pages (WOFF2), those that drawings are measured with (TTF), and their licence."""
    for weight in (400, 700):
        font = cut(SANS, {"wght": weight})
        write(font, f"source-sans-3-{weight}.ttf", flavor=None)
        write(font, f"source-sans-3-{weight}.woff2", flavor="woff2")
    write(cut(SERIF, {"wght": 600, "opsz": 20}), "source-serif-4-600.woff2", flavor="woff2")
    for name, package in (("sans", fontpkg_source_sans_3), ("serif", fontpkg_source_serif_4)):
        licence = (Path(package.__file__).parent / "LICENSE").read_text(encoding="utf-8")
        (FOLDER / f"LICENSE-source-{name}").write_text(licence, encoding="utf-8")


if __name__ == "__main__":
    main()
