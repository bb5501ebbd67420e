"""Write docs/indicateurs.md, the dictionary of indicators, from their registry."""

from __future__ import annotations

from pathlib import Path

from helpers.indicators.dictionary import describe

PAGE = Path(__file__).resolve().parents[1] / "docs" / "indicateurs.md"


def write_dictionary(path: Path = PAGE) -> Path:
    """Write the dictionary, and say where."""
    path.write_text(describe(), encoding="utf-8")
    return path


if __name__ == "__main__":
    write_dictionary()
