"""The edition of what Melodi gave: its years and its list of communes are those of the rows, and so is its citation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from helpers import french
from helpers.sources.melodi_tables import Reading
from helpers.sources.registry import Source

# "RP2012, RP2017 et RP2023", "RP1968 à RP2023", "2008 à 2025", "2023".
_YEARS = re.compile(r"(RP|)\d{4}(?:(?:, | et | à )\1\d{4})*")
_COUNT = re.compile(r"exploitations? (principale|complémentaire)s?")


def describe_edition(source: Source, reading: Reading) -> Source:
    """Describe the edition that rows are of, from the registry's record of their data set.

    Vintage, dates, list of communes and citation are those of the rows; the rest is the registry's.
    """
    return source.model_copy(
        update={
            "vintage": max(reading.years),
            "dates": reading.years if source.dates else (),
            "geography": reading.geography,
            "title": date_text(source.title, reading.years),
            "citation": date_text(source.citation, reading.years),
        }
    )


def date_text(text: str, years: Sequence[int]) -> str:
    """Write other years, oldest first, in a text that names those of an edition: each, or the first and the last."""
    dated = _YEARS.sub(lambda found: _write(found, years), text)
    return _COUNT.sub(lambda found: _agree(found[1], len(years)), dated)


def _write(found: re.Match[str], years: Sequence[int]) -> str:
    named = [f"{found[1]}{year}" for year in years]
    if " à " in found[0] and len(named) > 1:
        return f"{named[0]} à {named[-1]}"
    return french.enumerate_words(named)


def _agree(kind: str, number: int) -> str:
    return f"exploitations {kind}s" if number > 1 else f"exploitation {kind}"
