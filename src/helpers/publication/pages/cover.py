"""The cover of a diagnostic, and what every page says beside its notebook: names, links, territories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat

from helpers import french
from helpers.publication.pages.colophon import Colophon
from helpers.publication.pages.render import Page, is_demonstration, page_style, render_template, title_of
from helpers.territory.communes import Commune


def describe_pages(books: Sequence[Path], commune: Commune, *, made_from: Colophon) -> dict[str, Page]:
    """Describe the page of every notebook, by stem, except what is known once it is executed."""
    titles = {book.stem: title_of(nbformat.read(book, as_version=4)) for book in books}
    return {
        stem: Page(
            title=title,
            commune=french.typography(commune.label),
            of_commune=french.typography(french.of(commune.name)),
            where=place_line(commune),
            made_from=made_from,
            notebook=f"{stem}.ipynb",
            parts=[
                {"file": f"{other}.html", "title": name, "current": other == stem}
                for other, name in titles.items()
            ],
            style=page_style(),
        )
        for stem, title in titles.items()
    }


def render_cover(
    declared: Mapping[str, Sequence[Mapping[str, Any]]],
    pages: Mapping[str, Page],
    commune: Commune,
    *,
    downloads: str,
    foot: str,
) -> str:
    """Render the cover as HTML.

    Args:
        declared: what the cells of each notebook declare of their outputs, by stem.
        pages: the page of each notebook, by stem.
        commune: the commune.
        downloads: the list of documents, as HTML.
        foot: the colophon, as HTML.
    """
    parts, key_figures = [], ""
    for stem, records in declared.items():
        sentences: list[str] = []
        for record in records:
            if record.get("kind") == "takeaways":
                sentences = record["text"].splitlines()[1:]
            elif record.get("kind") == "key-figures":
                key_figures = record["html"]
        parts.append(
            {
                "file": f"{stem}.html",
                "title": pages[stem].title,
                "sentences": [french.typography(sentence) for sentence in sentences],
                "demonstration": is_demonstration(records),
            }
        )
    return render_template(
        "cover.html.j2",
        commune=french.typography(commune.label),
        of_commune=french.typography(french.of(commune.name)),
        where=place_line(commune),
        key_figures=key_figures,
        parts=parts,
        downloads=downloads,
        colophon=foot,
    )


def place_line(commune: Commune) -> str:
    """Say where the commune is: `Commune 59299 · Nord · Hauts-de-France · Métropole Européenne de Lille`."""
    parts = [f"Commune {commune.code}", commune.department_name, commune.region_name, commune.epci_name or ""]
    return french.typography(" · ".join(part for part in dict.fromkeys(parts) if part))
