"""The bilan of a partnership: what is known better, issues and levers, what moved. Counts, never percentages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from helpers import french
from helpers.contributions import kept, telling
from helpers.contributions.agreed import Agreed, gather
from helpers.contributions.workshop import Contribution, Workshop
from helpers.errors import ParameterError
from helpers.partnership import agreed_text
from helpers.partnership.agreed_text import tell
from helpers.partnership.convention import Convention
from helpers.partnership.minute import STATES, TO_FILL, Block, Grid, Minute, Run, Section, Text
from helpers.partnership.minutes import find_convention

# Pawns of two tables so far apart, or dots of two roles: the group does not see the issue alike.
_APART = 2
# What became of a question of the analysis, as a question is told.
_FATES = {"gardé": "gardée", "reformulé": "reformulée", "fusionné": "fusionnée"}
_LEFT = {"laissée de côté": "laissées de côté"}
_LIMITS = (
    "Les animateurs-scripts choisissent les mots. Les personnes présentes étaient invitées, pas tirées au sort ; leurs "
    "places dans la hiérarchie ne sont pas égales. Aucun habitant n’était dans la salle."
)


@dataclass(frozen=True)
class Writer:
    """What a bilan is written from: the workshops in their order, what they agreed on, the convention, the day."""

    workshops: Sequence[Workshop]
    agreed: Agreed
    convention: Convention
    today: date

    def write(self) -> Minute:
        """Write the bilan, in six parts."""
        kit = self.workshops[0].kit
        parts: tuple[tuple[str, list[Block]], ...] = (
            ("La démarche", self._steps()),
            ("Ce que nous savons mieux", self._knowledge()),
            ("Les enjeux", [*agreed_text.tell_issues(self.agreed), *agreed_text.tell_fates(self.agreed)]),
            (
                "Leviers et décisions",
                [
                    *agreed_text.tell_levers(self.agreed, today=self.today),
                    *agreed_text.tell_decisions(self.agreed),
                ],
            ),
            ("La dynamique collective", self._dynamics()),
            ("Et après", self._next()),
        )
        sections = tuple(
            Section(f"{rank}. {title}", tuple(blocks)) for rank, (title, blocks) in enumerate(parts, start=1)
        )
        title = french.typography(f"{kit.commune} – bilan du partenariat de proximité")
        return Minute(title, STATES[0], sections, f"{kit.slug}-bilan")

    @property
    def _said(self) -> list[tuple[Workshop, Contribution]]:
        """List what was said, that the convention lets the bilan tell."""
        if self.convention.diffusion.contributions == "non":
            return []
        return [
            (workshop, one)
            for workshop in self.workshops
            for one in workshop.whole
            if one.sharing != "commune seule"
        ]

    def _steps(self) -> list[Block]:
        rows = tuple(
            (
                f"Atelier {workshop.kit.number}",
                french.long_date(workshop.kit.day),
                _count(workshop.elected),
                _count(workshop.technicians),
                _count(workshop.returning) if workshop.kit.number > 1 else "–",
                french.number(len(workshop.whole)),
            )
            for workshop in self.workshops
        )
        headings = ("Rencontre", "Date", "Élus", "Techniciens", "Déjà venus", "Contributions")
        people = [
            french.number(total)
            for workshop in self.workshops
            if (total := (workshop.elected or 0) + (workshop.technicians or 0))
        ]
        signed = self.convention.date_signature
        told = f"Convention signée le {french.long_date(signed)}. " if signed else ""
        if people:
            told += (
                "Quelques personnes ne sont pas un échantillon : ce qui suit compte ce qui s’est passé dans la salle. "
                f"{french.enumerate_words(people)} personnes sont venues."
            )
        return [tell(told or "Participants non comptés."), Grid("Les ateliers", headings, rows)]

    def _knowledge(self) -> list[Block]:
        said = self._said
        if not said:
            return [
                tell("La convention ne publie pas les paroles des participants, ou aucune n’a été saisie.")
            ]
        figures = {one.code for _, one in said if one.code and not one.code.startswith(("Q", "E"))}
        every = {one.code for workshop in self.workshops for one in workshop.kit.shown}
        shown = {code for code in every if not code.startswith(("Q", "E"))}
        blocks: list[Block] = [
            tell(
                f"{french.quantity(len(said), 'contribution')} sur {french.quantity(len(figures), 'chiffre')} "
                f"des {french.number(len(shown))} montrés : {telling.count_kinds([one for _, one in said])}."
            )
        ]
        return [*blocks, *self._contested(), *self._asked()]

    def _contested(self) -> list[Block]:
        blocks: list[Block] = []
        contested = [(workshop, one) for workshop, one in self._said if one.type == "contredit"]
        if contested:
            rows = tuple(
                (one.code or "–", french.typography(telling.quote(one)), _outcome(one))
                for _, one in contested
            )
            closed = sum(bool(one.outcome) for _, one in contested)
            blocks.append(
                tell(
                    f"{french.quantity(len(contested), 'contradiction')} : {french.number(closed)} "
                    f"{french.plural(closed, 'vérifiée')}, {french.number(len(contested) - closed)} en discussion."
                )
            )
            blocks.append(
                Grid("Ce qui a été contredit", ("Chiffre", "Ce qui a été dit", "Ce qu’il en est"), rows)
            )
        return blocks

    def _asked(self) -> list[Block]:
        asked = [one for _, one in self._said if one.type == "question ouverte"]
        answered = sum(bool(one.outcome) for one in asked)
        if not asked:
            return []
        return [
            tell(
                f"{french.quantity(len(asked), 'question')} : {french.number(answered)} "
                f"{french.plural(answered, 'répondue')}, {french.number(len(asked) - answered)} encore "
                f"{french.plural(len(asked) - answered, 'ouverte')}."
            )
        ]

    def _dynamics(self) -> list[Block]:
        fates, issues = self.agreed.fates, self.agreed.issues
        told = []
        if fates:
            counts = {word: sum(fate.status == status for fate in fates) for status, word in _FATES.items()}
            counts["laissée de côté"] = len(self.agreed.left)
            words = [
                f"{french.number(count)} {french.plural(count, word, _LEFT.get(word, ''))}"
                for word, count in counts.items()
                if count
            ]
            added = sum(not issue.questions for issue in issues)
            proposed = french.quantity(len(fates), "question proposée", "questions proposées")
            told.append(
                f"Sur {proposed} par l’analyse : {french.enumerate_words(words)}. Le groupe a ajouté "
                f"{french.quantity(added, 'enjeu', 'enjeux')}."
            )
        for issue in issues:
            dots = issue.dots
            if dots and abs((dots.elected or 0) - (dots.technicians or 0)) >= _APART and self._may_compare:
                told.append(
                    f"Élus et techniciens n’ont pas mesuré la même priorité sur {issue.code} "
                    f"({french.number(dots.elected or 0)} et {french.number(dots.technicians or 0)} gommettes) : "
                    "nous montrons l’écart sans l’expliquer."
                )
        verbs = [lever.verb for lever in self.agreed.levers if lever.verb]
        if verbs:
            parts = [f"{french.number(verbs.count(verb))} à {verb}" for verb in dict.fromkeys(verbs)]
            told.append(f"Leviers, pour la commune : {french.enumerate_words(parts)}.")
        statuses = [decision.status for decision in self.agreed.decisions if decision.status]
        if statuses:
            parts = [f"{french.number(statuses.count(one))} {one}" for one in dict.fromkeys(statuses)]
            told.append(f"Décisions : {french.enumerate_words(parts)}.")
        services = Text(
            (
                Run(french.typography("Services qui n’avaient pas travaillé ensemble : "), bold=True),
                Run(TO_FILL, field="services"),
            )
        )
        return [*(tell(one) for one in told), services]

    @property
    def _may_compare(self) -> bool:
        second = next((workshop for workshop in self.workshops if workshop.kit.number == 2), None)
        return second is not None and {"élu", "technicien"} <= telling.may_tell_roles(second)

    def _next(self) -> list[Block]:
        actions = tuple(
            (
                french.typography(one.who) or "à désigner",
                french.typography(one.text),
                french.long_date(one.due) if one.due else "à fixer",
            )
            for workshop in self.workshops
            for one in workshop.actions
        )
        grid: list[Block] = (
            [Grid("Suites notées en atelier", ("Qui", "Quoi", "Avant le"), actions)] if actions else []
        )
        groups = Text((Run("Groupes de suivi : ", bold=True), Run(TO_FILL, field="groupes")))
        return [groups, *grid, tell(f" : {_LIMITS}", before="Ce que cette démarche ne dit pas")]


def write(slug: str, *, today: date) -> Minute:
    """Write the bilan of a commune from the workshops that were imported.

    Raises:
        ParameterError: none was, or a file cannot be read.
    """
    workshops = kept.read_workshops(slug)
    if not workshops:
        raise ParameterError(
            f"Aucun atelier de {slug} n'a été importé : il n'y a pas de bilan à écrire.",
            remedy=f"Importez d'abord les saisies : make atelier-import commune={slug} numero=1.",
        )
    return Writer(workshops, gather(workshops), find_convention(slug), today).write()


def _count(people: int | None) -> str:
    return "non compté" if people is None else french.number(people)


def _outcome(one: Contribution) -> str:
    if one.outcome:
        return french.typography(
            f"{one.outcome}, {french.long_date(one.checked)}" if one.checked else one.outcome
        )
    return french.typography(f"en discussion{f' ({one.who})' if one.who else ''}")
