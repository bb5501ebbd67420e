"""The problems that the facts of a commune raise: what a card says, why it is there, what waits for figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from helpers import french
from helpers.indicators.changes import annual_change
from helpers.indicators.explanation import Explained
from helpers.indicators.ranking import quarter
from helpers.problems.definitions import CATALOGUE, Topic
from helpers.problems.facts import Standing
from helpers.problems.selection import (
    LEAST_HOMES,
    LEAST_PEOPLE,
    Aside,
    Card,
    Choice,
)
from helpers.territory.communes import Commune
from helpers.territory.panel import ComparisonGroup
from helpers.wording.facts import describe_fact, describe_following, write_dates
from helpers.wording.finding import Finding
from helpers.wording.materiality import moves

# Lists what the figure of a fact is made of, its value last.
Explain = Callable[[Standing], Sequence[Explained]]
# The exhibit of the page of the issues where facts that no other tells are shown.
COMPARED = "Faits comparés"
_ISSUES = "4_enjeux"
_STARTS = (
    "Les mises en chantier sont celles qui ont été déclarées : une partie ne l’est jamais, et une baisse peut être un "
    "défaut de remontée."
)
_APPROACHED = (
    "Le calcul est approché : il divise toute la population par les logements, faute de connaître celle des ménages "
    "aux deux dates."
)
_PROVISIONAL = (
    "Les seuils de cette carte sont provisoires : ils seront réglés quand ces chiffres seront réunis."
)
_WEAK = "Signal moins marqué"
_REASONS = {
    "force": "un écart moins net",
    "theme": "une autre carte du même thème est plus nette",
    "contraire": "une carte retenue dit le contraire",
    "dit": "les mêmes chiffres sont déjà dits par une autre carte",
    "place": "cinq cartes au plus",
}
_FEW_ASIDE = 4
# The cards that open a diagnostic.
_FIRST = 3
# Two dates are near within so many years.
_NEAR = 4


@dataclass(frozen=True)
class FactLine:
    """A fact of a card in one sentence, the exhibit that shows it (address, name), how its figure is computed."""

    text: str
    address: str
    shown_by: str
    # How its figure is computed, and from what.
    computed: str = ""


@dataclass(frozen=True)
class CardWords:
    """What a card says: title (70 characters at most), reading, question, tension, what to look at, why it is there."""

    id: str
    title: str
    label: str
    reading: str
    question: str
    tension: str
    homes: str
    services: str
    known_here: str
    confirms: str
    refutes: str
    levers: tuple[tuple[str, str], ...]
    because: str
    against: str
    cautions: tuple[str, ...]
    facts: tuple[FactLine, ...]
    strength: float
    origin: str
    sources: tuple[str, ...]
    # What the commune brings to it, in sentences.
    brought: tuple[str, ...] = ()
    # The facts that say the contrary, as `against` names them.
    contrary: tuple[FactLine, ...] = ()

    @property
    def levers_listed(self) -> str:
        """List the levers, each with who decides of it."""
        return " ; ".join(f"{lever} ({who})" for lever, who in self.levers)

    @property
    def reasons(self) -> str:
        """Say why it is there, what speaks against it, what to keep in mind."""
        return " ".join(filter(None, (self.because, self.against, *self.cautions)))


def describe_cards(choice: Choice, *, epci: str, explain: Explain) -> list[CardWords]:
    """Write the cards of a commune, the strongest first.

    `epci` follows « communes » (`de la MEL`), if any; `explain` lists what the figure of a fact is made of.
    """
    return [describe_card(card, epci=epci, explain=explain) for card in choice.cards]


def describe_card(card: Card, *, epci: str, explain: Explain) -> CardWords:
    """Write one card (`describe_cards`)."""
    problem, lead, second = card.problem, card.lead, card.second
    after = card.context or second
    reading = " ".join(
        filter(None, (describe_fact(lead), describe_following(after, lead), _bridge(lead, after)))
    )
    against = french.enumerate_words([one.fact.named for one in card.against])
    return CardWords(
        id=problem.id,
        title=title_of(card),
        label=_WEAK if card.weak else "",
        reading=reading,
        question=problem.questions.get(second.fact.id, problem.question),
        tension=problem.tension,
        homes=problem.homes,
        services=problem.services,
        known_here=problem.known_here,
        confirms=problem.confirms,
        refutes=problem.refutes,
        levers=problem.levers,
        because=_because(card, epci=epci),
        against=f"En sens contraire : {against}." if against else "",
        cautions=tuple(_cautions(card, epci=epci)),
        facts=tuple(_line(one, explain) for one in card.facts),
        strength=min(card.strength, 100.0),
        origin="insee",
        sources=tuple(dict.fromkeys(one.sources for one in card.facts)),
        contrary=tuple(_line(one, explain) for one in card.against),
    )


def title_of(card: Card) -> str:
    """Choose the title of a card: that of its lead, by what stands beside it."""
    raised = {one.fact.id for one in card.facts}
    people = _move_of_people(card.lead)
    holds = {
        "": True,
        "people_falls": people == "diminue",
        "people_stable": people == moves(0),
        # Other tenures lost homes: they may not be most of what was gained.
        "beyond_the_whole": card.lead.value > 100,
        "approached": card.lead.approached,
        "near_median": card.lead.is_near_median,
    }
    return next(
        title
        for pivot, beside, title in card.problem.titles
        if pivot == card.lead.fact.id and holds.get(beside, beside in raised)
    )


def _move_of_people(standing: Standing) -> str:
    """Write how the population of a figure changes between its dates, as the page of the inhabitants does."""
    start, end = (standing.terms.get(f"people_{side}", float("nan")) for side in "01")
    return moves(float(annual_change(start, end, standing.year - standing.since)))


def _bridge(lead: Standing, second: Standing) -> str:
    """Write that two facts are not of the same years; nothing where one falls within the other, or nearly."""
    apart = max(lead.since, second.since) - min(lead.year, second.year)
    spans = [one.year - one.since for one in (lead, second)]
    near = _NEAR if spans == [0, 0] else 1 if 0 in spans else -min(spans)
    if apart <= near:
        return ""
    dates = french.enumerate_words([write_dates(lead), write_dates(second)])
    return f"Ces chiffres ne portent pas sur les mêmes années ({dates})."


def _because(card: Card, *, epci: str) -> str:
    """Write why a card is retained: where its facts stand in both references."""
    reasons = [_standing(one, epci=epci) for one in (card.lead, card.second)]
    more = [one.fact.named for one in card.more]
    also = f" ; et aussi : {french.enumerate_words(more)}" if more else ""
    return f"Retenue parce que la commune a {' ; et '.join(reasons)}{also}."


def _standing(one: Standing, *, epci: str) -> str:
    """Write a fact and its place: `une part élevée de 75 ans ou plus (plus marqué que dans 92 % des communes…)`."""
    if one.fact.route == "alone" or french.is_missing(one.percentile):
        return f"{one.fact.named} (lu dans la commune seule)"
    beyond = "au-delà du seuil ; " if one.raised == "seuil" else ""
    places = [f"{_within(one.percentile)} communes comparables"]
    if not french.is_missing(one.percentile_epci):
        places.append(f"{_within(one.percentile_epci)} communes de sa taille {epci}".rstrip())
    return f"{one.fact.named} ({beyond}plus marqué que {' et '.join(places)})"


def _within(percentile: float) -> str:
    """Write in how many communes a fact is less marked, whichever its side: `dans 92 % des`, `dans toutes les`."""
    return "dans toutes les" if percentile >= 100 else f"dans {french.percent(percentile, digits=0)} des"


def _cautions(card: Card, *, epci: str) -> Iterable[str]:
    """Write what is to be kept in mind when a card is read."""
    if any(one.rests_on_starts for one in card.facts):
        yield _STARTS
    if any(one.approached and one.fact.text_instead for one in card.facts):
        yield _APPROACHED
    if card.problem.provisional:
        yield _PROVISIONAL
    if card.is_common:
        yield (
            "Comme une bonne part de l’intercommunalité : le premier constat y dépasse le même seuil dans "
            f"{french.quantity(card.common, 'autre commune', 'autres communes')} sur {french.number(card.among)} "
            f"{epci}".rstrip()
            + "."
        )


def _line(one: Standing, explain: Explain) -> FactLine:
    # A figure that approaches another one is not that of its exhibit.
    shown = (_ISSUES, COMPARED) if one.approached else (one.fact.theme, one.fact.subject)
    return FactLine(describe_fact(one), *_find_evidence(*shown), _describe_computation(one, explain(one)))


def _describe_computation(one: Standing, lines: Sequence[Explained]) -> str:
    """Write the formula of a fact and the values of its terms: `Calcul : … ; habitants : 18 721 (2013) et …`."""
    terms: dict[str, list[str]] = {}
    for line in lines[:-1]:
        is_sum = line.words.startswith("(") and line.words.endswith(")")
        words = line.words[1:-1] if is_sum else line.words
        terms.setdefault(words, []).append(f"{line.written} ({line.when})")
    listed = [f"{words} : {french.enumerate_words(values)}" for words, values in terms.items()]
    return " ; ".join([f"Calcul : {one.indicator.formula}", *listed])


def _find_evidence(theme: str, subject: str) -> tuple[str, str]:
    """Write the address, from the page of the issues, and the name of the exhibit that shows a fact."""
    page = "" if theme == _ISSUES else f"{theme}.html"
    words = f"« {subject} », plus bas" if theme == _ISSUES else f"partie {theme[0]}, « {subject} »"
    return f"{page}#{french.slug(subject)}", words


def card_sentences(cards: Iterable[CardWords]) -> list[Finding]:
    """Write what is to retain of the first three cards: the title of each, and the fact that carries it."""
    kept = list(cards)[:_FIRST]
    return [Finding(takeaway=f"{card.title}{_end(card.title)} {card.facts[0].text}") for card in kept]


def _end(title: str) -> str:
    return "" if title.endswith("?") else "."


def describe_aside(aside: Iterable[Aside]) -> str:
    """Write the problems left aside, and why: `Sujets écartés de peu : les familles (un écart moins net) ; …`."""
    named = [f"{one.card.problem.named} ({_REASONS[one.reason]})" for one in aside][:_FEW_ASIDE]
    subjects = french.plural(len(named), "Sujet écarté", "Sujets écartés")
    return f"{subjects} de peu : {' ; '.join(named)}." if named else ""


def describe_silence(choice: Choice, commune: Commune) -> str:
    """Write why there is no card; nothing where there is one."""
    if choice.silence == "petite":
        return (
            f"Sous {LEAST_PEOPLE} habitants ou {LEAST_HOMES} résidences principales, les chiffres d’une commune sont "
            "trop petits pour qu’une tension s’en dégage : ses voisines réunies se lisent mieux qu’elle seule."
        )
    if choice.silence == "seule":
        return (
            f"Trop peu de communes sont comparables à {commune.name} : aucune tension n’est "
            "proposée, faute de repère."
        )
    if choice.silence:
        return f"Aucune tension ne ressort nettement des chiffres disponibles pour {commune.name}."
    return ""


def waiting_topics(choice: Choice, known: Iterable[str]) -> list[Topic]:
    """List the subjects that official figures would bring: none of their indicators is among those `known`.

    None of a commune whose figures are too small for problems: more of them would raise none.
    """
    if choice.silence == "petite":
        return []
    real = {*known, *(one.indicator.id for one in choice.standings.values())}
    return [topic for topic in CATALOGUE.waiting if real.isdisjoint(topic.indicators)]


def describe_waiting(topics: Iterable[Topic]) -> list[tuple[str, str]]:
    """Write each subject that waits: what it is, then where its figures come from."""
    return [(french.capitalize(topic.named), f" : {topic.source}.") for topic in topics]


def compare_facts(choice: Choice) -> pd.DataFrame:
    """Set the facts of a commune side by side in both references, those that are raised first.

    Columns `id, indicator, measure, written, percentile, position, median, reference` in the EPCI, the last four again
    with the suffix `_panel` among comparable communes, `origin, sources`. Of several facts of one indicator, one row;
    none of those that are read in the commune alone, but what a card approaches with them, which is shown nowhere else.
    Nothing of a commune whose figures are too small for problems: a place among others would say as little.
    """
    if choice.silence == "petite":
        return pd.DataFrame()
    rows = {}
    ranked = sorted(choice.standings.values(), key=lambda one: (one.raised in ("", "faible"), -one.strength))
    for one in ranked:
        is_compared = one.fact.route != "alone" or one.approached
        if one.indicator.id in rows or not is_compared or french.is_missing(one.percentile):
            continue
        rows[one.indicator.id] = {
            "id": one.indicator.id,
            "indicator": one.indicator.heading(since=one.since, until=one.until, year=one.year),
            "measure": one.value,
            "written": one.indicator.write(one.value),
            **_compared(one, one.percentile_epci, one.median_epci, ""),
            **_compared(one, one.percentile, one.median, "_panel"),
            "origin": one.origin,
            "sources": one.sources,
        }
    return pd.DataFrame(list(rows.values()))


def _compared(one: Standing, percentile: float, median: float, suffix: str) -> dict[str, object]:
    known = not french.is_missing(percentile)
    low = (percentile if one.fact.sign > 0 else 100 - percentile) if known else float("nan")
    return {
        f"percentile{suffix}": low,
        f"position{suffix}": quarter(low) if known else french.MISSING,
        f"median{suffix}": median,
        f"reference{suffix}": one.indicator.write(median),
    }


def compared(data: pd.DataFrame, commune: Commune, *, among: ComparisonGroup) -> Finding:
    """Describe the table of the facts compared: how many stand in an extreme quarter of both references.

    Reads `indicator, written, position, reference` in the EPCI, the last two with the suffix `_panel` among comparable
    communes. Reading: the first fact.
    """
    if data.empty:
        return Finding()
    first = data.iloc[0]
    ends = data["position_panel"].str.startswith("quart") & (
        data["position"].eq(french.MISSING) | data["position"].eq(data["position_panel"])
    )
    number = int(ends.sum())
    found = (
        f"{french.quantity(number, 'chiffre distingue', 'chiffres distinguent')} nettement {commune.name}"
        if number
        else f"Aucun chiffre ne distingue nettement {commune.name}"
    )
    median = first["reference_panel"]
    reading = (
        f"{first['indicator']} : {first['written']} {french.at(commune.name)}, contre {median} dans la commune "
        f"comparable médiane ({len(among.codes)} communes comparées)."
    )
    return Finding("Les faits de la commune dans les deux comparaisons", reading, headline=found)
