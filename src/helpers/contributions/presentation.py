"""How contributions are reported: counted in agreement, by type, by role only where it is allowed; never who spoke."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from helpers import french
from helpers.contributions.workshop import Contribution, Workshop

# Under so many people of a role, it would reveal who spoke.
FEW = 3
# What is written of an answer whose day has passed.
LATE = "sans réponse à ce jour"


@dataclass(frozen=True)
class Kind:
    """A type of contribution: its word before what was said, its mark, its verb for one and for several."""

    word: str
    mark: str
    verb: str
    verbs: str
    slug: str


# In the order of a minute: what is contested first.
KINDS: dict[str, Kind] = {
    "contredit": Kind("Contredit", "✕", "contredit", "contredisent", "contredit"),
    "nuance": Kind("Nuancé", "≈", "nuance", "nuancent", "nuance"),
    "confirme": Kind("Confirmé", "✓", "confirme", "confirment", "confirme"),
    "ajoute": Kind("Ajouté par les participants", "+", "ajoute", "ajoutent", "ajoute"),
    "question ouverte": Kind("Question ouverte", "?", "reste ouverte", "restent ouvertes", "question"),
}
# In the order of a summary.
COUNTED = ("confirme", "nuance", "contredit", "ajoute", "question ouverte")
_ROLES = {"élu": "parole d’élu", "technicien": "parole de technicien", "table": "parole de table"}


def publishable_roles(workshop: Workshop) -> set[str]:
    """List the roles that do not tell who spoke: those of three people or more in the room."""
    present = {"élu": workshop.elected, "technicien": workshop.technicians}
    allowed = {role for role, count in present.items() if count is not None and count >= FEW}
    # A table says no more of people than both roles do.
    return allowed | ({"table"} if sum(count or 0 for count in present.values()) >= FEW else set())


def describe_role(one: Contribution, workshop: Workshop, *, by_role: bool) -> str:
    """Say whose words they are: `parole d’élu`, `parole de participant` where the role is not to be reported."""
    if one.role == "agence":
        return "l’agence"
    is_shown = by_role and one.may_be_told and one.role in publishable_roles(workshop)
    return _ROLES[one.role] if is_shown else "parole de participant"


def count_kinds(contributions: Sequence[Contribution]) -> str:
    """Count contributions by type, in agreement: `7 confirment, 1 nuance, 3 restent ouvertes`."""
    counts = Counter(str(one.type) for one in contributions)
    return ", ".join(
        f"{french.number(counts[kind])} {KINDS[kind].verb if counts[kind] == 1 else KINDS[kind].verbs}"
        for kind in COUNTED
        if counts[kind]
    )


def summarize(workshop: Workshop, contributions: Sequence[Contribution]) -> str:
    """Sum up what was said of one figure in a workshop: `Atelier 1 (12 janvier 2027) : 1 confirme, 1 nuance.`"""
    kit = workshop.kit
    counted = count_kinds(contributions)
    if len(contributions) == 1 and contributions[0].type in ("confirme", "nuance", "contredit"):
        counted = f"1 contribution la {KINDS[contributions[0].type].verb}"
    return french.typography(f"Atelier {kit.number} ({french.long_date(kit.day)}) : {counted}.")


def order(contributions: Sequence[Contribution]) -> list[Contribution]:
    """Order contributions as a minute does: contradicted, nuanced, confirmed, added, open; then as written down."""
    ranks = list(KINDS)
    return sorted(contributions, key=lambda one: (ranks.index(one.type), one.id))


def quote(one: Contribution) -> str:
    """Write what was said: between quotes where the words are exact."""
    return french.typography(f"« {one.text} »" if one.is_exact else one.text)


def describe_check(one: Contribution, *, today: date) -> str:
    """Say who checks and by when, or what the check found; nothing where nobody is to."""
    if one.outcome:
        when = f" le {french.long_date(one.checked)}" if one.checked else ""
        if one.type == "question ouverte":
            return french.typography(f"Répondu{when} : {one.outcome.rstrip('.')}.")
        return french.typography(f"Vérifié{when} : chiffre {one.outcome}.")
    if not one.who:
        return ""
    asked = "Peut répondre" if one.type == "question ouverte" else "À vérifier"
    by = f", avant le {short_date(one.due)}" if one.due else ""
    late = f" {french.capitalize(LATE)}." if is_late(one.due, today=today) else ""
    return french.typography(f"{asked} : {one.who}{by}.{late}")


def is_late(due: date | None, *, today: date) -> bool:
    """Return whether the day that an answer was due has passed."""
    return due is not None and due < today


def short_date(day: date) -> str:
    """Write a day without its year: `5 février`."""
    return french.long_date(day).rpartition(" ")[0]


def working_day(day: date, after: int) -> date:
    """Give the day that comes so many working days after another, French holidays left out."""
    while after:
        day += timedelta(days=1)
        after -= day.weekday() < 5 and day not in holidays(day.year)
    return day


def holidays(year: int) -> set[date]:
    """List the public holidays of France in a year (Code du travail, article L3133-1)."""
    easter = _easter(year)
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    return {date(year, month, day) for month, day in fixed} | {
        easter + timedelta(days=n) for n in (1, 39, 50)
    }


def _easter(year: int) -> date:
    """Find Easter Sunday in the Gregorian calendar (Meeus, Jones and Butcher)."""
    golden, century, rest = year % 19, year // 100, year % 100
    lunar = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - lunar - rest % 4) % 7
    late = (golden + 11 * lunar + 22 * weekday) // 451
    month, day = divmod(lunar + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def list_actions(workshop: Workshop) -> tuple[tuple[str, str, str], ...]:
    """List what is to follow a workshop: who, what, before when."""
    return tuple(
        (
            french.typography(one.who) or "à désigner",
            french.typography(one.text),
            french.long_date(one.due) if one.due else "à fixer",
        )
        for one in workshop.actions
    )
