"""The cover of a diagnostic, and what every page says beside its notebook: names, links, territories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat

from helpers import french, provenance
from helpers.publication.pages import atlas
from helpers.publication.pages.arrangement import is_demonstration, title_of
from helpers.publication.pages.colophon import Colophon
from helpers.publication.pages.render import Page, enhancer, page_style, render_template, words_style
from helpers.publication.pages.words import Words, describe_orphans
from helpers.territory.communes import Commune, members_of, outlines_of

# The cards of the issues that a first look takes in.
_FIRST = 3
_NUMBERS = ("", "Une", "Deux", "Trois")


def describe_pages(
    books: Sequence[Path], commune: Commune, *, made_from: Colophon, words: Words | None = None
) -> dict[str, Page]:
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
            style=page_style() + (words_style() if words else ""),
            words=words or Words(),
            script=enhancer(),
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
    agency: str = "",
    logos: Sequence[Mapping[str, str]] = (),
    words: Words | None = None,
    group: str = "",
    version: str = "",
) -> str:
    """Render the cover as HTML: what is essential, then the parts and the documents.

    Args:
        declared: what the cells of each notebook declare of their outputs, by stem.
        pages: the page of each notebook, by stem.
        commune: the commune.
        downloads: the list of documents, as HTML.
        foot: the colophon, as HTML.
        agency: who makes it.
        logos: `name` and `image` of each, as `logos.read` gives them.
        words: what participants said; that of figures gone is reported here.
        group: the page of what the group of the commune agreed on, where there is one.
        version: the number of the diagnostic, where its commune has a partnership.
    """
    every = [record for records in declared.values() for record in records]
    found = {record.get("kind"): record["html"] for record in every}
    cards = _list_cards(declared)
    parts = [
        {
            "file": f"{stem}.html",
            "title": pages[stem].title,
            "sentences": _list_sentences(records),
            "demonstration": is_demonstration(records),
        }
        for stem, records in declared.items()
    ]
    return render_template(
        "cover.html.j2",
        commune=french.typography(commune.label),
        of_commune=french.typography(french.of(commune.name)),
        where=place_line(commune),
        locator=_locate(commune),
        form=found.get("form", ""),
        key_figures=found.get("key-figures", ""),
        messages=_list_messages(declared),
        cards=cards[:_FIRST],
        questions=_call_questions(len(cards)),
        silence=next((french.typography(record["silence"]) for record in every if record.get("silence")), ""),
        alerts=_list_alerts(declared),
        expected=_describe_expected(declared),
        parts=parts,
        downloads=downloads,
        orphans=describe_orphans(words, every) if words else [],
        words_style=words_style() if words else "",
        group=group,
        version=version,
        colophon=foot,
        agency=french.typography(agency),
        logos=logos,
        script=enhancer(),
    )


def _list_cards(declared: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """List the cards of the issues, each with its address."""
    return [
        {**_typeset(card), "address": f"{stem}.html#enjeu-{french.slug(card['id'])}"}
        for stem, records in declared.items()
        for record in records
        for card in record.get("cards", ())
    ]


def _call_questions(count: int) -> str:
    """Say how many questions are shown, and of how many."""
    if count > _FIRST:
        return f"{_NUMBERS[_FIRST]} des {french.number(count)} questions à débattre"
    return f"{_NUMBERS[count]} {french.plural(count, 'question')} à débattre"


def _typeset(card: Mapping[str, Any]) -> dict[str, Any]:
    return {name: french.typography(text) for name, text in card.items() if isinstance(text, str)}


def _list_messages(declared: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """List the messages, as HTML: the first of each notebook that rests on no simulated figure."""
    messages = []
    for stem, records in declared.items():
        sound = (
            record["html"]
            for record in records
            if record.get("kind") == "message" and not record.get("demonstration")
        )
        if message := next(sound, ""):
            messages.append(message.replace('<a href="#', f'<a href="{stem}.html#'))
    return messages


def _list_alerts(declared: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """List what the notebooks warn of, in French typography."""
    return [
        french.typography(" ".join(record["text"].split("\n")).strip())
        for records in declared.values()
        for record in records
        if record.get("kind") == "alert"
    ]


def _describe_expected(declared: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Say how many figures of the parts are simulated, none of which is on the cover; nothing when none is."""
    simulated = sum(
        bool(record.get("demonstration"))
        for records in declared.values()
        for record in records
        if "csv" in record
    )
    if not simulated:
        return ""
    figures = french.quantity(simulated, "figure")
    verb = french.plural(simulated, "repose", "reposent")
    say = french.plural(simulated, "dit", "disent")
    return french.typography(
        f"{figures} des autres pages {verb} sur des données de démonstration et le {say}, en attendant les chiffres "
        "officiels de l’Insee."
    )


def _list_sentences(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """List what is to retain of a notebook, in French typography."""
    texts = [record["text"] for record in records if record.get("kind") == "takeaways"]
    return [french.typography(sentence) for text in texts for sentence in text.splitlines()[1:]]


def _locate(commune: Commune) -> str:
    """Draw (SVG) where the commune is in its EPCI; nothing without the outlines."""
    if not commune.epci:
        return ""
    members = members_of(commune.epci)
    label = f"Carte : {commune.name} dans {commune.epci_name}"
    return atlas.locate(outlines_of(list(members["code"])), code=commune.code, label=label)


def place_line(commune: Commune) -> str:
    """Say where the commune is: `Commune 59299 · Nord · Hauts-de-France · Métropole Européenne de Lille`."""
    kind = "Commune fictive" if provenance.is_fictive(commune.code) else "Commune"
    parts = [f"{kind} {commune.code}", commune.department_name, commune.region_name, commune.epci_name or ""]
    return french.typography(" · ".join(part for part in dict.fromkeys(parts) if part))
