"""The minute of a workshop: one content for Word and PDF, nothing that the captures do not hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby

from helpers import french
from helpers.agreement import agreed_text
from helpers.agreement.parts import Block, Grid, Run, Section, Sheet, Text, fill
from helpers.contributions import kept, presentation
from helpers.contributions.agreed import Agreed, gather
from helpers.contributions.presentation import KINDS
from helpers.contributions.workshop import Contribution, Shown, Workshop
from helpers.partnership.convention import Convention
from helpers.partnership.convention_sheet import describe_privacy

STATES = ("projet", "relu par la commune", "diffusé")
# Sentences that the facilitators write at the top.
TYPED = ("ce qui a été le plus discuté", "ce qui a surpris", "ce que le groupe attend de la suite")
_QUESTION = re.compile(r"[QE]-\d{1,2}")
# The workshops where issues, then levers, are agreed on.
_ISSUES, _LEVERS = 2, 3
# Working days to ask for a correction.
_DAYS = 5


@dataclass(frozen=True)
class Minute:
    """The minute: title, line of its state, parts."""

    title: str
    state: str
    sections: tuple[Section, ...]
    name: str = ""

    @property
    def is_draft(self) -> bool:
        """Tell whether something is still to be typed."""
        return any(run.is_left for text in self.texts() for run in text.runs)

    def texts(self) -> Iterator[Text]:
        """List its paragraphs."""
        for section in self.sections:
            for block in section.blocks:
                yield from (
                    [block] if isinstance(block, Text) else block.texts if isinstance(block, Sheet) else []
                )

    def lines(self) -> list[str]:
        """Write it as lines of plain text."""
        found = [self.title]
        for section in self.sections:
            found.append(section.title)
            for block in section.blocks:
                match block:
                    case Text(runs):
                        found.append("".join(run.text for run in runs))
                    case Grid(_, headings, rows):
                        found += [" | ".join(row) for row in (headings, *rows)]
                    case Sheet(title, texts):
                        found += [title, *("".join(run.text for run in text.runs) for text in texts)]
        return found


@dataclass(frozen=True)
class Writer:
    """What a minute is written from: the workshop, the convention, what was typed by hand in its last version.

    `before` are the workshops held before it: what they left open still is.
    """

    workshop: Workshop
    convention: Convention
    sent: date
    typed: dict[str, str] = field(default_factory=dict)
    state: str = STATES[0]
    before: Sequence[Workshop] = ()

    def write(self) -> Minute:
        """Write the minute."""
        kit = self.workshop.kit
        parts: tuple[tuple[str, list[Block]], ...] = (
            ("En bref", self._in_short()),
            *self._agreed_parts(),
            ("Ce que les tables retiennent", self._axes()),
            ("Fiche par fiche", self._sheets()),
            ("Ce que mesurent les gommettes", self._dots()),
            ("Ce qui reste ouvert", self._open()),
            ("Qui fait quoi", self._actions()),
            (
                "Nos écarts",
                [fill(self.typed, "ecarts", "Ce que les animateurs ont vu : ", may_be_empty=True)],
            ),
            ("Rappels", self._reminders()),
        )
        sections = tuple(
            Section(f"{rank}. {title}", tuple(blocks))
            for rank, (title, blocks) in enumerate((part for part in parts if part[1]), start=1)
        )
        title = f"{kit.commune} – compte rendu de l’atelier {kit.number}, {french.long_date(kit.day)}"
        return Minute(
            french.typography(title), describe_state(self.state), sections, f"{kit.name}-compte-rendu"
        )

    @cached_property
    def _agreed(self) -> Agreed:
        """What was agreed on up to this workshop."""
        return gather([*self.before, self.workshop])

    def _agreed_parts(self) -> tuple[tuple[str, list[Block]], ...]:
        """Write what the workshop is held for: the issues of the second one, the levers and decisions of the third."""
        agreed = self._agreed
        if self.workshop.kit.number == _ISSUES:
            return (
                ("Les enjeux du groupe", agreed_text.describe_issues(agreed)),
                ("Ce que l’analyse proposait", agreed_text.describe_outcomes(agreed)),
            )
        if self.workshop.kit.number == _LEVERS:
            return (
                ("Les leviers", agreed_text.describe_levers(agreed, today=self._today)),
                ("Les décisions", agreed_text.describe_decisions(agreed)),
            )
        return ()

    @property
    def _today(self) -> date:
        """The day that delays are counted from: one writes before sending, never before the workshop."""
        return max(self.sent, self.workshop.kit.day)

    @property
    def _is_public(self) -> bool:
        return self.convention.diffusion.compte_rendu == "public"

    @property
    def _by_role(self) -> bool:
        """The strictest of two settings: for whom the minute is, and what the public diagnostic may tell."""
        return not self._is_public or self.convention.diffusion.contributions == "avec_role"

    @property
    def _shown(self) -> list[Contribution]:
        return self._shown_of(self.workshop)

    def _shown_of(self, workshop: Workshop) -> list[Contribution]:
        whole = workshop.whole
        if not self._is_public:
            return whole
        if self.convention.diffusion.contributions == "non":
            return []
        return [one for one in whole if one.may_be_told]

    def _in_short(self) -> list[Block]:
        workshop, kit = self.workshop, self.workshop.kit
        when = f"Atelier {kit.number}, {french.long_date(kit.day)}"
        if workshop.start and workshop.end:
            when += f", {workshop.start} – {workshop.end}"
        facilitators = french.quantity(kit.facilitators, "animateur")
        summary = f"{when}. {self._people()} ; {facilitators} de l’Agence. {self._counted()}"
        lines: list[Block] = [_text(summary)]
        lines += [
            fill(self.typed, f"bref-{rank}", f"{french.capitalize(about)} : ")
            for rank, about in enumerate(TYPED, 1)
        ]
        return lines

    def _people(self) -> str:
        elected, technicians = self.workshop.elected or 0, self.workshop.technicians or 0
        if not elected + technicians:
            return "Participants non comptés"
        roles = [
            french.quantity(count, word)
            for count, word in ((elected, "élu"), (technicians, "technicien"))
            if count
        ]
        return f"{french.quantity(elected + technicians, 'participant')} : {', '.join(roles)}"

    def _counted(self) -> str:
        whole = self.workshop.whole
        if (agreed := self._count_agreed()) and not whole:
            return agreed
        codes = {one.code for one in whole if one.code}
        questions = {code for code in codes if _QUESTION.fullmatch(code)}
        about = [
            french.quantity(len(found), word)
            for found, word in ((codes - questions, "chiffre"), (questions, "question"))
            if found
        ]
        counts = presentation.count_kinds(whole)
        said = f"{french.quantity(len(whole), 'contribution')}"
        said += f" sur {french.enumerate_words(about)}" if about else ""
        said += f" : {counts}." if counts else "."
        if gone := len(self.workshop.withdrawn):
            said += f" {french.quantity(gone, 'contribution retirée', 'contributions retirées')}."
        return f"{agreed} {said}".lstrip()

    def _count_agreed(self) -> str:
        """Count what the second or the third workshop agreed on; nothing for the first."""
        agreed, number = self._agreed, self.workshop.kit.number
        if number == _ISSUES:
            left = french.quantity(len(agreed.left), "question de l’analyse", "questions de l’analyse")
            gone = french.plural(len(agreed.left), "n’y est pas reprise", "n’y sont pas reprises")
            issues = french.quantity(len(agreed.issues), "enjeu", "enjeux")
            return f"{issues} ; {left} {gone}." if agreed.left else f"{issues}."
        if number == _LEVERS:
            levers, decisions = len(agreed.levers), len(agreed.decisions)
            return f"{french.quantity(levers, 'levier')}, {french.quantity(decisions, 'décision')}."
        return ""

    def _axes(self) -> list[Block]:
        lines: list[Block] = []
        for table, axes in groupby(self.workshop.axes, key=lambda axis: axis.table):
            listed = " ".join(f"{rank}. {_sentence(axis.text)}" for rank, axis in enumerate(axes, start=1))
            lines.append(Text((Run(f"Table {table}", bold=True), Run(french.typography(f" – {listed}")))))
        return lines or self._say_nothing("Aucune table n’a noté ce qu’elle retient.")

    def _sheets(self) -> list[Block]:
        """Write a sheet by figure, as many as were spoken of, in the order of the kit; what has no code comes last."""
        shown = self._shown
        if not shown:
            if self.workshop.contributions:
                return [_text("La convention ne publie pas les paroles des participants.")]
            return self._say_nothing("Aucune parole n’a été notée.")
        order = [one.code for one in self.workshop.kit.shown] + [""]
        blocks: list[Block] = []
        for code in order:
            about = presentation.order([one for one in shown if one.code == code])
            if about:
                blocks.append(self._sheet(code, about))
        return blocks

    def _say_nothing(self, words: str) -> list[Block]:
        """Say that nothing was said of the figures; not after a workshop that is not held for it."""
        return [] if self.workshop.kit.number in (_ISSUES, _LEVERS) else [_text(words)]

    def _sheet(self, code: str, about: Sequence[Contribution]) -> Sheet:
        kit = self.workshop.kit
        found = kit.find(code)
        if found is None:
            return Sheet("Sans code", tuple(self._line(one) for one in about))
        path = kept.drawing_file(kit.slug, kit.number, code)
        drawing = path.read_text(encoding="utf-8") if path.is_file() else ""
        alt = re.search(r'aria-label="([^"]*)"', drawing)
        return Sheet(
            french.typography(f"{code} – {found.value or found.title}"),
            tuple(self._line(one) for one in about),
            drawing,
            french.typography(alt[1] if alt else f"Figure {code} : {found.title}"),
            french.typography(f"{found.title}, diagnostic {kit.version}{_simulated(found)}."),
        )

    def _line(self, one: Contribution) -> Text:
        role = presentation.describe_role(one, self.workshop, by_role=self._by_role)
        word = KINDS[one.type].word.removesuffix(" par les participants")
        place = f" ({one.place})" if one.place else ""
        check = presentation.describe_check(one, today=self._today)
        said = presentation.quote(one)
        end = "" if said.endswith((".", "?", "!", "»")) else "."
        rest = french.typography(f" : {said}{end}{place} {check}".rstrip())
        support = f", {french.quantity(one.support, 'appui')}" if one.support else ""
        return Text((Run(french.typography(f"{word} ({role}{support})"), italic=True), Run(rest)))

    def _dots(self) -> list[Block]:
        workshop = self.workshop
        counted = [line for line in workshop.dots if line.elected is not None or line.technicians is not None]
        if not counted:
            return [_text("Aucune gommette n’a été comptée.")]
        by_role = {"élu", "technicien"} <= presentation.publishable_roles(workshop)
        headings = ("Ligne", "Élus", "Techniciens", "Total") if by_role else ("Ligne", "Total")
        rows = []
        for line in counted:
            named = french.typography(f"{line.code} – {line.label}" if line.code else line.label)
            roles = (
                (french.number(line.elected or 0), french.number(line.technicians or 0)) if by_role else ()
            )
            rows.append((named, *roles, french.number(line.total)))
        total = sum(line.total for line in counted)
        people = (workshop.elected or 0) + (workshop.technicians or 0)
        summary = f"{french.quantity(total, 'gommette')}, {french.quantity(people, 'personne')}"
        summary += " ; une mesure, pas une décision."
        if workshop.recount:
            summary += f" Décompte à confirmer : {workshop.recount}."
        return [Grid("Gommettes par ligne", headings, tuple(rows)), _text(summary)]

    def _open(self) -> list[Block]:
        rows = tuple(
            (
                french.typography(f"{one.code} – {one.text}" if one.code else one.text),
                KINDS[one.type].word
                + ("" if workshop is self.workshop else f" (atelier {workshop.kit.number})"),
                french.typography(one.who) or "à désigner",
                self._write_due(one.due),
            )
            for workshop in (*self.before, self.workshop)
            for one in presentation.order(self._shown_of(workshop))
            if one.type in ("contredit", "question ouverte") and not one.outcome
        )
        if not rows:
            return [_text("Rien ne reste ouvert.")]
        return [
            Grid("Ce qui reste ouvert", ("Ce qui est dit", "Type", "Qui répond ou vérifie", "Avant le"), rows)
        ]

    def _write_due(self, due: date | None) -> str:
        late = f", {presentation.LATE}" if presentation.is_late(due, today=self._today) else ""
        return f"{french.long_date(due) if due else 'à fixer'}{late}"

    def _actions(self) -> list[Block]:
        rows = presentation.list_actions(self.workshop)
        if not rows:
            return [_text("Aucune suite n’a été notée.")]
        return [Grid("Qui fait quoi", ("Qui", "Quoi", "Avant le"), rows)]

    def _reminders(self) -> list[Block]:
        kit, convention = self.workshop.kit, self.convention
        contact = convention.contact_agence or "l’agence"
        until = "dans les cinq jours ouvrés qui suivent l’envoi de ce compte rendu"
        if self.state == STATES[-1]:
            until = f"avant le {french.long_date(presentation.working_day(self._today, _DAYS))}"
        return [
            _text(describe_privacy(convention)),
            _text(f"Une phrase ne vous ressemble pas ? Dites-le {until}, à {contact}."),
            _text(
                f"Sources : feuilles des tables, recopiées par les animateurs ; chiffres du diagnostic {kit.version}, "
                "tels que la salle les a vus."
            ),
        ]


def describe_state(state: str) -> str:
    """Write the states that a document goes through, its own in brackets."""
    return " → ".join(f"[{one}]" if one == state else one for one in STATES)


def _simulated(shown: Shown) -> str:
    return ", données de démonstration" if shown.simulated else ""


def _text(text: str) -> Text:
    return Text((Run(french.typography(text)),))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "»")) else f"{text}."
