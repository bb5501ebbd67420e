"""What a workshop is held with, and the slides that every workshop has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from bs4 import BeautifulSoup, Tag

from helpers import french, tokens
from helpers.contributions.agreed import Agreed
from helpers.contributions.workshop import Contribution, Kit, Workshop
from helpers.partnership.choices import Choices
from helpers.partnership.convention import Convention
from helpers.publication.documents import BuiltDiagnostic, deck
from helpers.publication.documents.deck import Shown, Slide
from helpers.publication.documents.drawings import stand_alone

# The minutes for which the tables of a workshop are written: others are in proportion.
WHOLE = 120
DOTS = "Trois gommettes chacun"
VOTE_NOTES = (
    "5 min : lire, ajouter. 2 min : choisir au carnet. 5 min : coller ensemble, le maire avec les autres. "
    "8 min : compter, faire parler une ligne sans gommette.",
)

# A slide, and the minutes at which it begins and ends.
Timed = list[tuple[Slide, float, float]]


@dataclass(frozen=True)
class Room:
    """What a workshop is held with: its kit, its convention, its codes, the diagnostic, what was said before."""

    diagnostic: BuiltDiagnostic
    convention: Convention
    kit: Kit
    choices: Choices
    agreed: Agreed
    # What the diagnostic shows: one object for the slide, the sheet, the card.
    exhibits: Sequence[Shown]
    before: Sequence[Workshop] = ()

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        held = self.convention.ateliers
        return held[self.kit.number - 1].duree_minutes if self.kit.number <= len(held) else WHOLE

    @property
    def place(self) -> str:
        """Say when and where it is held."""
        return french.typography(", ".join([french.long_date(self.kit.day), *self.where]))

    @property
    def where(self) -> list[str]:
        """List the hour and the room, those that are known."""
        held = self.convention.ateliers[self.kit.number - 1 : self.kit.number]
        return [text for one in held for text in (one.heure, one.lieu) if text]

    @property
    def next_day(self) -> date | None:
        """Give the day of the next workshop, or of the bilan after the last."""
        later = self.convention.ateliers[self.kit.number : self.kit.number + 1]
        return later[0].date if later else self.convention.bilan_date

    @cached_property
    def facts(self) -> list[Slide]:
        """Make the slides of the facts chosen."""
        return deck.exhibit_slides(self.diagnostic, self.choices.facts, among=self.exhibits)

    @cached_property
    def subjects(self) -> dict[str, str]:
        """Give what each figure is about, by its code."""
        return {shown.code: shown.record.get("subject", "") for shown in self.exhibits}

    @cached_property
    def cards(self) -> dict[str, dict[str, Any]]:
        """List the cards of the questions chosen, by the code of the question."""
        named = {card["id"]: card for card in deck.cards_of(self.diagnostic)}
        found = {code: self.kit.find(code) for code in self.choices.questions}
        return {code: named[one.name] for code, one in found.items() if one is not None and one.name in named}

    def said(self, code: str) -> list[Contribution]:
        """List what was said before of a figure or a question."""
        return [one for workshop in self.before for one in workshop.whole if one.code == code]

    def title_of(self, code: str) -> str:
        """Return the title of what a code shows, the code itself where it is unknown."""
        shown = self.kit.find(code)
        return shown.title if shown else code

    def shared(self, codes: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
        """Share codes between the tables: each table, its own."""
        tables = self.kit.tables
        size = -(-len(codes) // len(tables)) if codes else 0
        parts = [tuple(codes[rank * size : (rank + 1) * size]) for rank in range(len(tables))]
        return list(zip(tables, parts, strict=True))


def spread(slides: Sequence[Slide], start: float, end: float, *, long: Iterable[str] = ()) -> Timed:
    """Share minutes between slides; those whose name is in `long` take two parts."""
    weights = [2 if any(name in slide.title.lower() for name in long) else 1 for slide in slides]
    whole, past, found = sum(weights), 0, []
    for slide, weight in zip(slides, weights, strict=True):
        bounds = (start + (end - start) * past / whole, start + (end - start) * (past + weight) / whole)
        found.append((slide, round(bounds[0] * 2) / 2, round(bounds[1] * 2) / 2))
        past += weight
    return found


def cite(what: str, words: str) -> list[str]:
    """Cite what the convention says of something, in a sentence; nothing where it says nothing."""
    return [f"{what} : « {words.rstrip('.')} »."] if words else []


def open_with(room: Room, title: str, *notes: str) -> Slide:
    """Make the first slide: the commune, the day, where the commune is."""
    locator = room.diagnostic.cover.select_one("svg.locator")
    if locator is None:
        return Slide(
            kind="opening", title=title, subtitle=room.place, lines=(room.diagnostic.where,), notes=notes
        )
    return Slide(
        kind="exhibit",
        title=title,
        subtitle=room.place,
        drawing=_paint(locator),
        alt=str(locator.get("aria-label", "")),
        fact=room.diagnostic.where,
        source=room.diagnostic.provenance,
        notes=notes,
    )


def vote(room: Room, options: Sequence[tuple[str, str]]) -> Slide:
    """Make the slide of the dots: its options, and two lines that the room may add."""
    lines = tuple(f"{code} – {title}" for code, title in options)
    blanks = ("…", "…") if lines else ("À écrire sur la feuille : une ligne par phrase des tables.",)
    return Slide(
        kind="list",
        title=DOTS,
        subtitle="3 par personne, 1 par ligne. Les gommettes mesurent, elles ne décident pas.",
        lines=(*lines, *blanks),
        notes=VOTE_NOTES,
    )


def close_with(room: Room, *notes: str) -> Slide:
    """Make the last slide: what comes next, the date, the exit slip."""
    next_day = room.next_day
    name = f"Atelier {room.kit.number + 1}" if room.kit.number < len(room.convention.ateliers) else "Bilan"
    lines = (
        "Qui fait quoi, avant quand : relu à voix haute.",
        f"{name} : {french.long_date(next_day)}." if next_day else f"{name} : date à fixer ensemble.",
        "Compte rendu sous 48 heures ; cinq jours ouvrés pour relire, corriger ou retirer une phrase.",
        *notes,
    )
    return Slide(
        kind="list", title="Et maintenant", lines=lines,
        notes=("Relire les suites, la date, puis distribuer les billets de "
            "sortie.", "Annoncer le jour du compte rendu."),
    )  # fmt: skip


def _paint(locator: Tag) -> str:
    """Copy the map of the cover with its colours: an office suite has no style sheet."""
    drawn = BeautifulSoup(str(locator), "html.parser")
    for path in drawn.select("path"):
        here = "here" in (path.get("class") or [])
        path["fill"] = path["stroke"] = tokens.colour("accent" if here else "line")
    return stand_alone(drawn)
