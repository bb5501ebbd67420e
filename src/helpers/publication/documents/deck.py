"""The slides of a deck before anyone writes them: one list, from which the HTML and the PowerPoint decks are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from bs4 import BeautifulSoup, Tag
from nbformat import NotebookNode

from helpers import charts, french
from helpers.charts import Chart
from helpers.exhibit import DEMONSTRATION, MIME
from helpers.publication.documents.built import BuiltDiagnostic, Logo, Part, parse
from helpers.publication.pages.arrangement import ANNEX, declared

# The tag of the cells whose figures a deck shows.
TAG = "slide"
# A sitting: fewer slides say little, more are not debated. A commune without the figures of so many has fewer.
LEAST, MOST = 10, 14
# The issues that a deck asks, one a slide.
_ISSUES = 3
# What is asked of a figure that has no question, and of which no issue speaks.
ASKED = "À quoi cela tient-il ici ?"
HEARD = "Ce que nous avons entendu"
NUMBERS = "La commune en nombres"
# As many rows as a slide has room for.
_ROWS = 12
_REST = "Les autres lignes sont dans le diagnostic."
# As many key figures as one reads from afar.
_KEY_FIGURES = 8


@dataclass(frozen=True)
class Rows:
    """A table as it is written: headings, then rows of as many texts."""

    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Slide:
    """One slide: a title and what its kind asks for.

    Kinds: `opening` (title, lines), `numbers` (items: label, number, compared with), `table` (rows), `exhibit`
    (drawing, chart where an office suite can edit it, fact, question), `issue` (fact, question in large), `list`
    (lines), `blank` (`lines` are the headings of as many frames). `notes` are for who speaks.
    """

    kind: str
    title: str
    part: str = ""
    code: str = ""
    subtitle: str = ""
    fact: str = ""
    question: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    items: tuple[tuple[str, str, str], ...] = ()
    table: Rows = Rows()
    drawing: str = ""
    alt: str = ""
    chart: Chart | None = None
    # What a poster has in large: what is found in a few words, one number and what it counts.
    headline: str = ""
    number: tuple[str, str] = ("", "")
    demonstration: bool = False
    # Of those who made the diagnostic, on the opening.
    logos: tuple[Logo, ...] = ()

    @property
    def mark(self) -> str:
        """What says that it rests on simulated values; empty where it does not."""
        mark = "Contient des données de démonstration" if self.kind == "opening" else DEMONSTRATION
        return mark if self.demonstration else ""

    @property
    def place(self) -> str:
        """Where it comes from: its part, and the code of its figure."""
        return " · ".join(filter(None, (self.part, self.code if self.kind in ("exhibit", "table") else "")))


@dataclass(frozen=True)
class Shown:
    """An exhibit as a cell shows it: its part, the tags of its cell, what it declares, its figure as HTML."""

    part: Part
    tags: frozenset[str]
    record: Mapping[str, Any]
    html: str

    @cached_property
    def content(self) -> BeautifulSoup:
        """Read its figure: of all exhibits, a document shows a few."""
        return parse(self.html)

    @property
    def code(self) -> str:
        """What people call it by."""
        return str(self.record.get("code", ""))

    @property
    def address(self) -> str:
        """Where cards say that it is."""
        return f"{self.part.stem}.html#{self.record['name']}"

    @cached_property
    def slide(self) -> Slide:
        """Make its slide, without a question."""
        read = charts.read(self.record["chart"]) if "chart" in self.record else None
        drawing = self.record.get("projected") or _inner(self.content, ".drawing")
        labels = [french.visible(p.get_text()).strip() for p in self.content.select(".notes p")]
        reading = _text(self.content, ".reading")
        table = read_table(self.content)
        number, counted = self.record.get("number", ("", ""))
        fitting, more = (table, ()) if drawing else _fit(table)
        return Slide(
            kind="exhibit" if drawing else "table",
            title=french.typography(self.record["title"]),
            part=french.typography(self.part.title),
            code=self.code,
            subtitle=_text(self.content, ".subtitle"),
            fact=french.typography(self.record.get("takeaway", "")) or _first_fact(reading),
            source=labels[-1] if labels else "",
            notes=tuple(filter(None, (reading, *labels))),
            table=fitting,
            lines=more,
            drawing=drawing,
            alt=french.typography(self.record.get("alt", "")),
            chart=read,
            headline=french.typography(self.record.get("headline", "")),
            number=(french.typography(number), french.typography(counted)),
            demonstration=bool(self.record.get("demonstration")),
        )


def exhibits(diagnostic: BuiltDiagnostic) -> list[Shown]:
    """List the exhibits that the cells of a diagnostic show, in their order."""
    found = []
    for part in diagnostic.parts:
        for cell in part.notebook.cells:
            for data in declared(cell):
                record = data[MIME]
                if record.get("kind", "exhibit") == "exhibit" and record.get("name") and "text/html" in data:
                    tags = frozenset(cell.metadata.get("tags", []))
                    found.append(Shown(part, tags, record, data["text/html"]))
    return found


def propose(diagnostic: BuiltDiagnostic, *, tag: str = TAG) -> list[str]:
    """List the codes of the exhibits that the tags of cells propose, in the order of the diagnostic.

    An exhibit without a code has the name of its file.
    """
    return [shown.code or shown.record["name"] for shown in exhibits(diagnostic) if tag in shown.tags]


def compose(diagnostic: BuiltDiagnostic, codes: Sequence[str] | None = None) -> list[Slide]:
    """Compose the deck of a diagnostic: its opening, its key figures, exhibits, issues, and a slide to write on.

    `codes` are those of the exhibits, in their order: all of them are shown. Without it, those that tags propose: of
    too many, those on simulated values are left out first, the last before; of too few, others of the pages come
    after. What has no data for the commune has no slide.
    """
    issues = issue_slides(diagnostic)[:_ISSUES]
    opening = [opening_slide(diagnostic), *number_slides(diagnostic)]
    heard = Slide(kind="blank", title=HEARD, lines=("Nous confirmons", "Nous nuançons", "Nous ajoutons"))
    if codes is not None:
        return [*opening, *exhibit_slides(diagnostic, codes), *issues, heard]
    every = [shown for shown in exhibits(diagnostic) if ANNEX not in shown.tags or TAG in shown.tags]
    retained = _retained(diagnostic)
    fixed = len(opening) + len(retained) + len(issues) + 1
    chosen = _choose(every, least=LEAST - fixed, most=MOST - fixed)
    shown = _ask(diagnostic, chosen)
    parts = [french.typography(part.title) for part in diagnostic.parts]
    by_part = [slide for part in parts for slide in (*retained, *shown) if slide.part == part]
    return [*opening, *by_part, *issues, heard]


def _choose(every: Sequence[Shown], *, least: int, most: int) -> list[Shown]:
    """Choose exhibits, from so many to so many, in their order."""
    tagged = [shown for shown in every if TAG in shown.tags]
    rest = [shown for shown in every if TAG not in shown.tags and "question" in shown.record]
    by_worth = sorted(tagged, key=lambda shown: bool(shown.record.get("demonstration")))
    kept = [*by_worth[:most], *rest[: max(0, least - len(tagged))]]
    return [shown for shown in every if shown in kept]


def exhibit_slides(
    diagnostic: BuiltDiagnostic, codes: Iterable[str], *, among: Iterable[Shown] | None = None
) -> list[Slide]:
    """Make the slides of exhibits by their codes (or names), in the order given; one without data has none.

    `among` are those of the diagnostic, where they have been listed already.
    """
    every = exhibits(diagnostic) if among is None else among
    found = {key: shown for shown in every for key in (shown.record["name"], shown.code)}
    return _ask(diagnostic, [found[code] for code in codes if code in found])


def _ask(diagnostic: BuiltDiagnostic, chosen: Iterable[Shown]) -> list[Slide]:
    """Make the slides of exhibits, each with the question of the first issue that it opens (once), or its own.

    Under the other facts of an issue its question would say why they are so.
    """
    cards = cards_of(diagnostic)
    asked: set[str] = set()
    slides = []
    for shown in chosen:
        own = [card["question"] for card in cards if shown.address in map(address_of, card["facts"][:1])]
        of_its_own = shown.record.get("question") or ASKED
        question = next((one for one in own if one not in asked), of_its_own)
        asked.add(question)
        slides.append(replace(shown.slide, question=french.typography(question)))
    return slides


def cards_of(diagnostic: BuiltDiagnostic) -> list[dict[str, Any]]:
    """List the cards of the issues of a diagnostic, the strongest first; addresses are from its folder."""
    found = []
    for part in diagnostic.parts:
        for record in _records(part):
            for card in record.get("cards", ()):
                placed = {
                    name: [{**fact, "stem": part.stem} for fact in card.get(name, ())]
                    for name in ("facts", "contrary")
                }
                found.append({**card, **placed, "stem": part.stem, "part": part.title})
    return found


def issue_slides(diagnostic: BuiltDiagnostic) -> list[Slide]:
    """Make one slide for each issue, the strongest first."""
    return [
        Slide(
            kind="issue",
            title=french.typography(card["title"]),
            part=french.typography(card["part"]),
            code=card["id"],
            subtitle=french.typography(card.get("label", "")),
            fact=french.typography(card["facts"][0]["text"] if card["facts"] else card["reading"]),
            question=french.typography(card["question"]),
            source="Sources : voir la carte dans le diagnostic.",
            notes=tuple(
                french.typography(text)
                for text in (
                    card["reading"],
                    f"Enjeu possible : {card['tension']}.",
                    f"Ce que la commune peut nous apprendre : {card['known_here']}.",
                    " ".join(filter(None, (card["because"], card["against"], *card["cautions"]))),
                )
                if text
            ),
        )
        for card in cards_of(diagnostic)
    ]


def opening_slide(diagnostic: BuiltDiagnostic) -> Slide:
    """Make the first slide: the commune, where it is, what the diagnostic was made from."""
    return Slide(
        kind="opening",
        title=diagnostic.title,
        subtitle="Les habitants, les logements, et le lien entre les deux.",
        lines=tuple(filter(None, (diagnostic.where, diagnostic.agency))),
        logos=diagnostic.logos,
        source=diagnostic.provenance,
        notes=("Dire pourquoi nous sommes réunis, et ce qui sera fait de ce qui est dit.",),
        demonstration=diagnostic.is_demonstration,
    )


def number_slides(diagnostic: BuiltDiagnostic) -> list[Slide]:
    """Make the slide of the key figures or, of a village, that of its form; none where a diagnostic has neither."""
    for part in diagnostic.parts:
        for content, record in _prose(part, "key-figures", "form"):
            common: dict[str, Any] = {
                "title": NUMBERS,
                "part": french.typography(part.title),
                "demonstration": bool(record.get("demonstration")),
            }
            notes = tuple(french.visible(p.get_text()) for p in content.select(".notes p, .form > p"))
            source = " ".join(french.visible(p.get_text()) for p in content.select(".notes p"))
            if record["kind"] == "form":
                table, more = _fit(read_table(content))
                return [Slide(kind="table", table=table, lines=more, source=source, notes=notes, **common)]
            items = [
                (
                    _text(div, "dt"),
                    _text(div, "dd:not(.comparison)"),
                    " ; ".join(dd.get_text() for dd in div.select("dd.comparison")),
                )
                for div in content.select("dl > div")
            ]
            spoken = tuple(": ".join((label, " ; ".join(filter(None, rest)))) for label, *rest in items)
            return [
                Slide(
                    kind="numbers", items=tuple(items[:_KEY_FIGURES]), source=source, notes=spoken, **common
                )
            ]
    return []


def _retained(diagnostic: BuiltDiagnostic) -> list[Slide]:
    """Make a slide of what is to retain of each part whose tag asks for it."""
    found = []
    for part in diagnostic.parts:
        for cell in part.notebook.cells:
            if TAG not in cell.metadata.get("tags", []):
                continue
            for content, record in _prose_of(cell, "takeaways"):
                lines = tuple(item.get_text() for item in content.select("li"))
                found.append(
                    Slide(
                        kind="list",
                        title="À retenir",
                        part=french.typography(part.title),
                        lines=lines,
                        notes=lines,
                        demonstration=bool(record.get("demonstration")),
                    )
                )
    return found


def read_table(content: Tag) -> Rows:
    """Read the table of a figure as it is written."""
    table = content.select_one("table")
    if table is None:
        return Rows()
    headings = tuple(cell.get_text() for cell in table.select("thead th"))
    rows = tuple(
        tuple(cell.get_text().strip() for cell in row.select("th, td")) for row in table.select("tbody tr")
    )
    return Rows(headings, rows)


def _fit(table: Rows) -> tuple[Rows, tuple[str, ...]]:
    """Keep the rows that a slide has room for, and say that there are others."""
    return replace(table, rows=table.rows[:_ROWS]), (_REST,) if len(table.rows) > _ROWS else ()


def _records(part: Part) -> list[Mapping[str, Any]]:
    return [data[MIME] for cell in part.notebook.cells for data in declared(cell)]


def _prose(part: Part, *kinds: str) -> list[tuple[BeautifulSoup, Mapping[str, Any]]]:
    return [found for cell in part.notebook.cells for found in _prose_of(cell, *kinds)]


def _prose_of(cell: NotebookNode, *kinds: str) -> list[tuple[BeautifulSoup, Mapping[str, Any]]]:
    return [
        (parse(data.get("text/html", "")), data[MIME])
        for data in declared(cell)
        if data[MIME].get("kind") in kinds
    ]


def address_of(fact: Mapping[str, str]) -> str:
    """Write where the exhibit of a fact of a card is, as `Shown.address` does."""
    return f"{fact['stem']}.html{fact['address']}" if fact["address"].startswith("#") else fact["address"]


def _first_fact(reading: str) -> str:
    """Write a reading as a sentence, without what announces it."""
    sentence = reading.removeprefix(f"Lecture{french.NBSP}:").strip()
    return french.capitalize(sentence)


def _inner(content: Tag, selector: str) -> str:
    found = content.select_one(selector)
    return found.decode_contents() if found else ""


def _text(content: Tag, selector: str) -> str:
    found = content.select_one(selector)
    return found.get_text().strip() if found else ""
