"""What a cell shows: a drawing or a table with its title, reading, alternative text, source and data."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from zlib import crc32

import pandas as pd

from helpers import frames, french, lab, paths, provenance
from helpers.charts import Chart
from helpers.tables import Table

# Read by the build to write the CSV files and the index of exhibits; viewers ignore it.
MIME = "application/vnd.diagnostic.exhibit+json"
# Of the same drawing as narrow as a column of paper.
NARROW = "image/svg+xml"

DEMONSTRATION = "Données de démonstration"
_UNKNOWN = "chiffres non disponibles."
# What lines begin with in tables and drawings: a fifteenth of a page.
_INDENT = re.compile(r"\n\s+")
_IDENTIFIERS = re.compile(r'(\bid="|href="#|url\(#)([^")]+)')


@dataclass(frozen=True)
class Exhibit:
    """A drawing and the data behind it. Figures make it, the sheet completes it, the notebook shows it.

    Under a drawing the data are folded; without one, where `folded` says so.

    Raises:
        ExhibitError: it is not known of a column of the data what it holds (`helpers.frames.check`).
    """

    data: pd.DataFrame
    alt: str
    drawing: str = ""
    title: str = ""
    # What it shows and when, under a title that is a finding.
    subtitle: str = ""
    reading: str = ""
    scope: str = ""
    note: str = ""
    source: str = ""
    name: str = ""
    # What people call it by, fixed once: `L-07`.
    code: str = ""
    warnings: tuple[str, ...] = ()
    folded: bool = False
    # What the commune has on the same subject (HTML), above its notes.
    brought: str = ""
    # What it finds in a few words: a title for the section that it opens.
    headline: str = ""
    # What it finds in a sentence, and one number of it with what it counts: for slides and posters.
    takeaway: str = ""
    number: tuple[str, str] = ("", "")
    # Whether all its rows are of the commune of the page: on paper, no column of its table repeats a name.
    alone: bool = False
    # What it asks those who see it on a slide or a poster, where no issue that rests on it does.
    question: str = ""
    # The drawing for an office suite.
    chart: Chart | None = None
    # Draw the same as narrow as a column of paper, and for those who see it from afar, where it has a drawing.
    narrow: Callable[[], str] = field(default=str, compare=False, repr=False)
    far: Callable[[], str] = field(default=str, compare=False, repr=False)

    def __post_init__(self) -> None:
        frames.check(self.data)

    @cached_property
    def is_demonstration(self) -> bool:
        """True when any value behind the drawing is simulated."""
        return is_demonstration(self.data)

    @property
    def source_ids(self) -> list[str]:
        """The identifiers of the sources of the data."""
        return provenance.split(self.data["sources"]) if "sources" in self.data else []

    @property
    def lacks(self) -> list[str]:
        """What it lacks to be shown, in French: a title and a source, to a drawing a reading and a description too."""
        needed = {"titre": self.title, "source": self.source}
        if self.drawing:
            described = 'aria-label="' in self.drawing.split(">", 1)[0]
            needed |= {"lecture": self.reading, "texte de remplacement": self.alt if described else ""}
        return [name for name, text in needed.items() if not text.strip()]

    def complete(self, **parts: Any) -> Exhibit:
        """Copy the exhibit with a title, a source line..."""
        return replace(self, **parts)

    def to_html(self) -> str:
        """Write the exhibit as one `<figure>` element, byte-stable for the same data."""
        heading = f"<h3>{escape(self.title)}</h3>" if self.title else ""
        if self.subtitle:
            heading += f'<p class="subtitle">{escape(self.subtitle)}</p>'
        if self.code:
            address = html.escape(self.code)
            heading = f'<p class="permalink"><a href="#{address}" id="{address}">{address}</a></p>{heading}'
        mark = f'<p class="demonstration">{DEMONSTRATION}</p>' if self.is_demonstration else ""
        reading = _reading(self.reading) if self.reading else ""
        drawn = prefix_identifiers(self.drawing, self._mark)
        drawing = (
            f'<div class="drawing" tabindex="0" role="group" aria-label="Graphique">{drawn}</div>'
            if drawn
            else ""
        )
        data = self._table() + self._download()
        if self.drawing or self.folded:
            summary = "Données du graphique" if self.drawing else "Données"
            data = f"<details><summary>{summary}</summary>{data}</details>"
        before = _label("Champ", self.scope) + _label("Note", self.note)
        warnings = "".join(_label("Prudence", warning) for warning in self.warnings)
        if warnings:
            # Read along with the table, whose marks it explains.
            warnings = f'<div class="cautions" id="{self._cautions}">{warnings}</div>'
        notes = before + warnings + _label("Sources", self.source)
        figure = (
            f'<figure class="exhibit" id="{self.name}">{heading}{mark}{reading}{drawing}{data}{self.brought}'
            f'<figcaption class="notes">{notes}</figcaption></figure>'
        )
        return _INDENT.sub("\n", figure)

    @cached_property
    def _written(self) -> Table:
        return Table(self.data)

    @property
    def _mark(self) -> str:
        """A few letters of its own, in place of a name that a drawing would repeat a thousand times."""
        return f"f{crc32(self.name.encode()):08x}"

    @property
    def _cautions(self) -> str:
        return f"{self.name}-c" if self.warnings else ""

    def _table(self) -> str:
        return scroll(self._written.to_html(caption=self.title, described=self._cautions))

    def to_text(self) -> str:
        """Write the exhibit as plain text, which nbval compares: title, reading, rounded data."""
        return "\n".join([self.title, self.reading, self._written.to_text()])

    @property
    def _address(self) -> str:
        return f"donnees/{self.name}.csv"

    def _download(self) -> str:
        return f'<p class="download"><a href="{self._address}" download>Télécharger les données (CSV)</a></p>'

    def to_message(self, title: str, sentence: str, *, of: Exhibit) -> Prose:
        """Make one of the messages that a diagnostic opens with: a title, this drawing, a sentence, a link to `of`.

        `of` is the exhibit that says the same in full, with its data and its sources.
        """
        drawn = prefix_identifiers(self.drawing, f"m{of._mark}")
        subtitle = f'<p class="subtitle">{escape(of.subtitle)}</p>' if of.subtitle else ""
        more = f'<p class="more"><a href="#{of.name}">{escape(f"La figure et ses données {of.code}".strip())}</a></p>'
        return Prose(
            (),
            "message",
            title=title,
            level=2,
            demonstration=self.is_demonstration or of.is_demonstration,
            markup=f'{subtitle}<div class="drawing">{drawn}</div><p class="said">{escape(sentence)}</p>{more}',
            text=(sentence,),
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        csv = self._written.to_csv()
        record = {
            "name": self.name,
            "code": self.code,
            "title": self.title,
            "headline": self.headline,
            "demonstration": self.is_demonstration,
            "sources": self.source_ids,
            "csv": csv,
            "digits": self._written.digits,
            "columns": self._written.formats,
            "subject": self.subtitle or self.title,
            "drawn": bool(self.drawing),
            "alone": self.alone,
            "notes": {
                "Lecture": self.reading,
                "Champ": self.scope,
                "Note": self.note,
                "Prudence": " ".join([*self.warnings[:1], *map(french.capitalize, self.warnings[1:])]),
                "Sources": self.source,
            },
        }
        if self.drawing:
            record |= {"alt": self.alt, "takeaway": self.takeaway, "number": self.number}
            record |= {"question": self.question} if self.question else {}
        if self.chart is not None:
            record["chart"] = self.chart.to_record()
        if self.lacks:
            # Told to the build, which refuses it: a notebook may show an exhibit that the sheet has not completed.
            record["lacks"] = self.lacks
        shown = lab.dress(self.to_html(), {self._address: csv})
        bundle = {"text/html": shown, "text/plain": self.to_text(), MIME: record}
        if self.drawing and os.environ.get(paths.DOCUMENTS):
            if narrow := self.narrow():
                bundle[NARROW] = prefix_identifiers(narrow, f"n{self._mark}")
            if self.question:
                record["projected"] = self.far()
        return bundle


@dataclass(frozen=True)
class Prose:
    """Generated text: sentences of one kind (facts, cautions, questions), as a list or paragraphs."""

    sentences: tuple[str, ...]
    kind: str
    title: str = ""
    level: int = 2
    demonstration: bool = False
    markup: str = ""
    text: tuple[str, ...] = ()
    # The tables of the store that the notebook has read and the sources it cites, reported at its end.
    tables: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    # What it tells in a few words: a title for the section that it opens.
    headline: str = ""
    # The cards of the issues, field by field, for the cover and the documents; why there is none, where there is none.
    cards: tuple[dict[str, Any], ...] = ()
    silence: str = ""

    def to_html(self) -> str:
        """Write the text as one block whose class is its kind, a section when it has a title; nothing without words."""
        if not (self.sentences or self.markup):
            return ""
        heading = f"<h{self.level}>{escape(self.title)}</h{self.level}>" if self.title else ""
        items = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.sentences)
        listed = f"<ul>{items}</ul>" if items else ""
        block = "section" if self.title else "div"
        return f'<{block} class="{self.kind}">{heading}{self.markup}{listed}</{block}>'

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        text = "\n".join([self.title, *self.sentences, *self.text])
        record: dict[str, Any] = {"kind": self.kind, "demonstration": self.demonstration}
        if self.tables:
            record |= {"tables": list(self.tables), "sources": list(self.sources)}
        if self.headline:
            record["headline"] = self.headline
        if self.cards:
            record["cards"] = list(self.cards)
        if self.silence:
            record["silence"] = self.silence
        return {"text/html": lab.dress(self.to_html()), "text/plain": text, MIME: record}


@dataclass(frozen=True)
class Absence:
    """In place of an exhibit that is not shown: its subject, and the reason (a sentence) when there are figures."""

    subject: str
    reason: str = ""

    def to_text(self) -> str:
        """Say what is absent: `Population depuis 1968 : chiffres non disponibles.`"""
        return f"{self.subject} : {self.reason or _UNKNOWN}"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        record = {"kind": "absence", "demonstration": False, "subject": self.subject, "reason": self.reason}
        return {"text/html": lab.dress(describe_absences([self])), "text/plain": self.to_text(), MIME: record}


def describe_absences(absences: Sequence[Absence]) -> str:
    """Write several absences as one block: a line by reason. A link to an exhibit leads to its name there."""
    reasons: dict[str, list[str]] = {}
    for absence in absences:
        subject = french.uncapitalize(absence.subject) if not absence.reason else absence.subject
        named = f'<span id="{french.slug(absence.subject)}">{escape(subject)}</span>'
        reasons.setdefault(absence.reason, []).append(named)
    colon, semicolon = f"{french.NBSP}: ", f"{french.NARROW}; "
    lines = "".join(
        f"<p>{semicolon.join(subjects)}{colon}{escape(reason)}</p>"
        if reason
        else f"<p>{escape(_UNKNOWN.rstrip('.').capitalize())}{colon}{semicolon.join(subjects)}.</p>"
        for reason, subjects in reasons.items()
    )
    return f'<div class="absence">{lines}</div>'


def tabulate(data: pd.DataFrame) -> Exhibit:
    """Make an exhibit that shows its data as a table, without a drawing.

    `data` has columns declared in `helpers.columns`; `origin` and `sources` say where its rows come from.

    Raises:
        ExhibitError: it is not known of a column what it holds.
    """
    return Exhibit(data=data, alt="")


def is_demonstration(data: pd.DataFrame) -> bool:
    """Tell whether any value of the data is simulated."""
    return "origin" in data and bool((data["origin"].to_numpy() == "demonstration").any())


def absent(subject: str) -> Exhibit:
    """Make an exhibit whose data are not at hand: it says so, and draws nothing."""
    return Exhibit(data=pd.DataFrame(), alt="", title=subject)


def subtitle_of(data: pd.DataFrame, subject: str) -> str:
    """Write what an exhibit shows and when, under the finding that is its title: `Statut d’occupation, 2012 et 2018`.

    Reads the dates of the rows, `year` or `since` and `until`.
    """
    columns = [data[name].dropna() for name in ("year", "since", "until") if name in data]
    years = sorted({int(year) for column in columns for year in column})
    if not years:
        return subject
    dates = f"{years[0]} à {years[-1]}" if len(years) > 2 else " et ".join(map(str, years))
    return f"{subject}, {dates}"


def prefix_identifiers(svg: str, name: str) -> str:
    """Make the identifiers of a drawing its own: two drawings of a page may not share one."""
    return _IDENTIFIERS.sub(rf"\g<1>{name}-\g<2>", svg)


def escape(text: str) -> str:
    """Write a text in French typography as HTML."""
    return html.escape(french.typography(text), quote=False)


def _reading(text: str) -> str:
    return f'<p class="reading"><strong>Lecture{french.NBSP}:</strong> {escape(text)}</p>'


def _label(label: str, text: str) -> str:
    return f"<p><strong>{label}{french.NBSP}:</strong> {escape(text)}</p>" if text else ""


def scroll(table: str) -> str:
    """Put a table in a box of its own, where a wide one scrolls, and not the page; the keyboard reaches it."""
    return f'<div class="table" tabindex="0" role="group" aria-label="Tableau">{table}</div>'
