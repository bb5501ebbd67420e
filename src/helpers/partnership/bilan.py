"""The bilan of a partnership: what is known better, issues and levers, what moved. Counts, never percentages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from helpers import french
from helpers.agreement import agreed_text
from helpers.agreement.agreed_text import paragraph
from helpers.agreement.parts import Block, Grid, Section, fill
from helpers.contributions import presentation
from helpers.contributions.agreed import Agreed
from helpers.contributions.workshop import Contribution, Workshop
from helpers.partnership.convention import Convention
from helpers.partnership.minute import STATES, Minute, describe_state

# Dots of two roles so far apart: they do not measure the issue alike.
_APART = 2
# What became of a question of the analysis, as a question is reported.
_FATES = {"gardé": "gardée", "reformulé": "reformulée", "fusionné": "fusionnée"}
_LEFT = {"laissée de côté": "laissées de côté"}
_LIMITS = (
    "Les animateurs-scripts choisissent les mots. Les personnes présentes étaient invitées, pas tirées au sort ; leurs "
    "places dans la hiérarchie ne sont pas égales. Aucun habitant n’était dans la salle."
)

# What people have to do is written freely, and for them: a page that all may read leaves it out.
ACTIONS = "Suites notées en atelier"


@dataclass(frozen=True)
class Writer:
    """What a bilan is written from: the workshops in their order, what they agreed on, the convention, the day.

    `typed` is what was typed by hand in its last version; `hours` between the end of each workshop and its minute.
    """

    workshops: Sequence[Workshop]
    agreed: Agreed
    convention: Convention
    today: date
    typed: dict[str, str] = field(default_factory=dict)
    state: str = STATES[0]
    hours: Mapping[int, int] = field(default_factory=dict)

    def write(self) -> Minute:
        """Write the bilan, in six parts."""
        kit = self.workshops[0].kit
        parts: tuple[tuple[str, list[Block]], ...] = (
            ("La démarche", self._steps()),
            ("Ce que nous savons mieux", self._knowledge()),
            (
                "Les enjeux",
                [*agreed_text.describe_issues(self.agreed), *agreed_text.describe_outcomes(self.agreed)],
            ),
            (
                "Leviers et décisions",
                [
                    *agreed_text.describe_levers(self.agreed, today=self.today),
                    *agreed_text.describe_decisions(self.agreed),
                    fill(self.typed, "cadre", "Ce que cela donne pour porter des projets : "),
                ],
            ),
            ("La dynamique collective", self._dynamics()),
            ("Et après", self._next()),
        )
        sections = tuple(
            Section(f"{rank}. {title}", tuple(blocks)) for rank, (title, blocks) in enumerate(parts, start=1)
        )
        title = french.typography(f"{kit.commune} – bilan du partenariat de proximité")
        return Minute(title, describe_state(self.state), sections, f"{kit.slug}-bilan")

    @property
    def _said(self) -> list[tuple[Workshop, Contribution]]:
        """List what was said, that the convention lets the bilan show."""
        if self.convention.diffusion.contributions == "non":
            return []
        return [(workshop, one) for workshop in self.workshops for one in workshop.whole if one.may_be_told]

    def _steps(self) -> list[Block]:
        rows = tuple(
            (
                f"Atelier {workshop.kit.number}",
                french.long_date(workshop.kit.day),
                _count(workshop.elected),
                _count(workshop.technicians),
                _count(workshop.returning) if workshop.kit.number > 1 else "–",
                self._result(workshop),
                french.quantity(self.hours[workshop.kit.number], "heure")
                if workshop.kit.number in self.hours
                else "–",
            )
            for workshop in self.workshops
        )
        headings = (
            "Rencontre",
            "Date",
            "Élus",
            "Techniciens",
            "Déjà venus",
            "Ce qui en est sorti",
            "Compte rendu après",
        )
        people = [
            french.number(total)
            for workshop in self.workshops
            if (total := (workshop.elected or 0) + (workshop.technicians or 0))
        ]
        signed = self.convention.date_signature
        sentence = f"Convention signée le {french.long_date(signed)}. " if signed else ""
        if people:
            sentence += (
                "Quelques personnes ne sont pas un échantillon : ce qui suit compte ce qui s’est passé dans la salle. "
                f"{french.enumerate_words(people)} personnes sont venues{self._faithful()}."
            )
        return [paragraph(sentence or "Participants non comptés."), Grid("Les ateliers", headings, rows)]

    def _result(self, workshop: Workshop) -> str:
        """Count what came out of a workshop: what was said, and what it was held for."""
        agreed = {
            2: [french.quantity(len(self.agreed.issues), "enjeu", "enjeux")],
            3: [
                french.quantity(len(self.agreed.levers), "levier"),
                french.quantity(len(self.agreed.decisions), "décision"),
            ],
        }.get(workshop.kit.number, [])
        said = [french.quantity(len(workshop.whole), "contribution")] if workshop.whole or not agreed else []
        return ", ".join([*said, *agreed])

    def _faithful(self) -> str:
        """Say how many came to every workshop, as they raised their hands at the third."""
        third = next((workshop for workshop in self.workshops if workshop.kit.number == 3), None)
        if third is None or third.returning is None:
            return ""
        return f" ; {french.number(third.returning)} aux trois ateliers"

    def _knowledge(self) -> list[Block]:
        said = self._said
        if not said:
            return [
                paragraph(
                    "La convention ne publie pas les paroles des participants, ou aucune n’a été saisie."
                )
            ]
        figures = {one.code for _, one in said if one.code and not one.code.startswith(("Q", "E"))}
        blocks: list[Block] = [
            paragraph(
                f"{french.quantity(len(said), 'contribution')} sur {french.quantity(len(figures), 'chiffre')} : "
                f"{presentation.count_kinds([one for _, one in said])}."
            )
        ]
        shared = fill(self.typed, "connaissance", "Ce que nous savons ensemble : ")
        return [*blocks, self._by_verb(), *self._contested(), *self._asked(), shared]

    def _by_verb(self) -> Grid:
        """Count what was said by workshop and by verb; by role only where the convention allows it."""
        by_role = self.convention.diffusion.contributions == "avec_role"
        rows = []
        for workshop in self.workshops:
            said = [one for other, one in self._said if other is workshop]
            roles = [presentation.describe_role(one, workshop, by_role=by_role) for one in said]
            for role in dict.fromkeys(sorted(roles)):
                counts = Counter(str(one.type) for one, own in zip(said, roles, strict=True) if own == role)
                numbers = (french.number(counts[kind]) for kind in presentation.COUNTED)
                rows.append((f"Atelier {workshop.kit.number}", french.capitalize(role), *numbers))
        headings = ("Atelier", "De qui", "Confirment", "Nuancent", "Contredisent", "Ajoutent", "Questions")
        return Grid("Ce qui a été dit", headings, tuple(rows))

    def _contested(self) -> list[Block]:
        blocks: list[Block] = []
        contested = [(workshop, one) for workshop, one in self._said if one.type == "contredit"]
        if contested:
            rows = tuple(
                (one.code or "–", french.typography(presentation.quote(one)), self._outcome(one))
                for _, one in contested
            )
            closed = sum(bool(one.outcome) for _, one in contested)
            blocks.append(
                paragraph(
                    f"{french.quantity(len(contested), 'contradiction')} : {french.number(closed)} "
                    f"{french.plural(closed, 'vérifiée')}, {french.number(len(contested) - closed)} "
                    f"{presentation.LATE}."
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
            paragraph(
                f"{french.quantity(len(asked), 'question')} : {french.number(answered)} "
                f"{french.plural(answered, 'a', 'ont')} reçu une réponse, {french.number(len(asked) - answered)} "
                f"{french.plural(len(asked) - answered, 'reste ouverte', 'restent ouvertes')}."
            )
        ]

    def _dynamics(self) -> list[Block]:
        fates, issues = self.agreed.fates, self.agreed.issues
        sentences = []
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
            sentences.append(
                f"Sur {proposed} par l’analyse : {french.enumerate_words(words)}. Le groupe a ajouté "
                f"{french.quantity(added, 'enjeu', 'enjeux')}."
            )
        for issue in issues:
            dots = issue.dots
            if dots and abs((dots.elected or 0) - (dots.technicians or 0)) >= _APART and self._may_compare:
                sentences.append(
                    f"Élus et techniciens n’ont pas mesuré la même priorité sur {issue.code} "
                    f"({french.number(dots.elected or 0)} et {french.number(dots.technicians or 0)} gommettes) : "
                    "nous montrons l’écart sans l’expliquer."
                )
        sentences += [*self._apart(), *self._levers()]
        services = fill(self.typed, "services", "Services qui n’avaient pas travaillé ensemble : ")
        slips = fill(
            self.typed,
            "billets",
            "Billets de sortie, trois au plus, choisis à deux, dont un critique s’il y en a : ",
        )
        return [*(paragraph(one) for one in sentences), services, slips]

    def _apart(self) -> list[str]:
        """Say where the tables put issues in different places."""
        apart = [issue.code for issue in self.agreed.issues if agreed_text.is_apart(issue)]
        if not any(len(issue.pawns) > 1 for issue in self.agreed.issues):
            return []
        count = french.quantity(len(apart), "enjeu", "enjeux")
        named = f" ({french.enumerate_words(apart)})" if apart else ""
        total = french.number(len(self.agreed.issues))
        return [f"Les tables n’ont pas placé au même endroit {count} sur {total}{named}."]

    def _levers(self) -> list[str]:
        """Count the levers by what the commune does of them and by who decides; decisions by status."""
        sentences = []
        verbs = Counter(lever.verb for lever in self.agreed.levers if lever.verb)
        if verbs:
            parts = [f"{french.number(count)} à {verb}" for verb, count in verbs.items()]
            sentences.append(f"Leviers, pour la commune : {french.enumerate_words(parts)}.")
        deciders = Counter(lever.competence for lever in self.agreed.levers if lever.competence)
        if deciders:
            parts = [f"{name} ({french.number(count)})" for name, count in deciders.items()]
            sentences.append(f"Qui décide des leviers : {french.enumerate_words(parts)}.")
        statuses = Counter(decision.status for decision in self.agreed.decisions if decision.status)
        if statuses:
            parts = [
                f"{french.number(count)} {status if status == 'à soumettre' else french.plural(count, status)}"
                for status, count in statuses.items()
            ]
            sentences.append(f"Décisions : {french.enumerate_words(parts)}.")
        return sentences

    def _outcome(self, one: Contribution) -> str:
        """Write what a contradiction has become: what was found and when, or who was to answer, and when."""
        if one.outcome:
            checked = f", {french.long_date(one.checked)}" if one.checked else ""
            return french.typography(f"{one.outcome}{checked}")
        due = f"attendu le {french.long_date(one.due)}" if one.due else ""
        # It is written once the workshops are held, whatever the day.
        day = max(self.today, self.workshops[-1].kit.day)
        is_late = one.due is None or presentation.is_late(one.due, today=day)
        late = presentation.LATE if is_late else ""
        said = ", ".join(filter(None, (due, late)))
        return french.typography(f"{said}{f' ({one.who})' if one.who else ''}")

    @property
    def _may_compare(self) -> bool:
        second = next((workshop for workshop in self.workshops if workshop.kit.number == 2), None)
        return second is not None and {"élu", "technicien"} <= presentation.publishable_roles(second)

    def _next(self) -> list[Block]:
        actions = tuple(row for workshop in self.workshops for row in presentation.list_actions(workshop))
        grid: list[Block] = [Grid(ACTIONS, ("Qui", "Quoi", "Avant le"), actions)] if actions else []
        groups = fill(self.typed, "groupes", "Groupes de suivi, qui, prochaine réunion : ")
        return [groups, *grid, paragraph(f" : {_LIMITS}", before="Ce que cette démarche ne dit pas")]


def _count(people: int | None) -> str:
    return "non compté" if people is None else french.number(people)
