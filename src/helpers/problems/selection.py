"""The problems of a commune: which ones its facts raise, how strong, what is said against, which are left aside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from helpers.problems.definitions import Catalogue, Problem
from helpers.problems.facts import Standing, World, assess_all
from helpers.territory.panel import ENOUGH

# As many cards as a page bears, those that weaker signals complete, the least strength of each.
MOST, COMPLETED_TO = 5, 3
LEAST, LEAST_WEAK = 30.0, 15.0
# Where cards may be: under so many inhabitants or main homes there is none.
LEAST_PEOPLE, LEAST_HOMES = 500, 200
# A card is common where more than this share of the communes of the EPCI are beyond its thresholds.
COMMON = 1 / 3
_MORE, _MOST_MORE, _THREE_FAMILIES, _AGAINST = 4.0, 2, 4.0, 15.0
# How a fact is raised, weaker signals apart.
_RAISED = ("seuil", "place")
# What weighs a fact already said, a card of weaker signals; strengths within five points are alike.
_ALREADY, _WEAK, _STEP = 2 / 3, 0.75, 5


@dataclass(frozen=True)
class Card:
    """A problem that the facts of a commune raise.

    `lead` is its first pivot, `second` the best fact of another family, `context` what is said in its place where it
    says no more, `more` the others that support it, `against` those that say the contrary. `weak` where weaker signals
    complete it; `common` counts the communes of the EPCI beyond the threshold of its lead, of so many (`among`).
    """

    problem: Problem
    lead: Standing
    second: Standing
    more: tuple[Standing, ...]
    against: tuple[Standing, ...]
    strength: float
    context: Standing | None = None
    weak: bool = False
    common: int = 0
    among: int = 0

    @property
    def facts(self) -> tuple[Standing, ...]:
        """Its facts, the lead first."""
        return (self.lead, self.second, *self.more)

    @property
    def is_common(self) -> bool:
        """Whether more than a third of the communes of the EPCI are beyond its thresholds."""
        return self.among >= ENOUGH and self.common > COMMON * self.among


@dataclass(frozen=True)
class Aside:
    """A problem that is nearly raised: its card as it would be alone, and why the page does not bear it."""

    card: Card
    reason: str


@dataclass(frozen=True)
class Choice:
    """The problems of a commune: its cards, the strongest first, those left aside, why there is none (`silence`)."""

    cards: tuple[Card, ...] = ()
    aside: tuple[Aside, ...] = ()
    standings: Mapping[str, Standing] = field(default_factory=dict)
    silence: str = ""


@dataclass(frozen=True)
class _State:
    """What the page bears so far."""

    cards: tuple[Card, ...] = ()

    @property
    def themes(self) -> set[str]:
        return {card.problem.theme for card in self.cards}

    @property
    def columns(self) -> set[str]:
        """The indicators that have opened a card."""
        return {card.lead.fact.indicator for card in self.cards}

    @property
    def said(self) -> set[str]:
        return {one.fact.id for card in self.cards for one in card.facts}

    def allows(self, problem: Problem, catalogue: Catalogue) -> bool:
        """Say whether nothing on the page contradicts a problem."""
        said = {*self.said, *(card.problem.id for card in self.cards)}
        return not any(catalogue.forbids(problem.id, name) for name in said) and not any(
            catalogue.forbids(card.problem.id, problem.id) for card in self.cards
        )

    def silences(self, fact: str, catalogue: Catalogue) -> bool:
        """Say whether a card of the page may not stand beside a fact."""
        return any(catalogue.forbids(card.problem.id, fact) for card in self.cards)


def choose(catalogue: Catalogue, world: World) -> Choice:
    """Choose the problems of a commune: five at most, of different themes, none that contradicts another."""
    standings = assess_all(catalogue.facts, world)
    homes = world.read("menages")
    if not (world.people >= LEAST_PEOPLE and homes >= LEAST_HOMES):
        return Choice(standings=standings, silence="petite")
    cards = _pick(catalogue, standings, (), weak=False)
    if len(cards) < COMPLETED_TO:
        cards = _pick(catalogue, standings, cards, weak=True)
    cards = tuple(_count_common(card, world) for card in cards)
    return Choice(
        cards=cards,
        aside=_set_aside(catalogue, standings, cards),
        standings=standings,
        silence="" if cards else "aucune" if len(world.panel) >= ENOUGH else "seule",
    )


def _pick(
    catalogue: Catalogue, standings: Mapping[str, Standing], cards: tuple[Card, ...], *, weak: bool
) -> tuple[Card, ...]:
    """Pick the strongest card, then the next one given those picked, until the page is full."""
    while len(cards) < (COMPLETED_TO if weak else MOST):
        state = _State(cards)
        made = [
            card
            for problem in catalogue.problems.values()
            if problem.theme not in state.themes and state.allows(problem, catalogue)
            if (card := _make(problem, catalogue, standings, state, weak=weak))
        ]
        made = [card for card in made if card.strength >= (LEAST_WEAK if weak else LEAST)]
        if not made:
            break
        cards = (*cards, min(made, key=_order))
    return cards


def _order(card: Card) -> tuple[float, int, float, str]:
    rounded = _STEP * round(min(card.strength, 1000) / _STEP)
    return (-rounded, card.problem.rank, -card.strength, card.problem.id)


def _make(
    problem: Problem, catalogue: Catalogue, standings: Mapping[str, Standing], state: _State, *, weak: bool
) -> Card | None:
    """Make the card of a problem from the facts that are raised; None where they do not raise it."""
    accepted = (*_RAISED, "faible") if weak else _RAISED
    raised = {
        name: replace(one, strength=one.strength * (_ALREADY if name in state.said else 1.0))
        for name, one in standings.items()
        if one.raised in accepted
        and not catalogue.forbids(problem.id, name)
        and not state.silences(name, catalogue)
    }
    supports = _distinct(raised[name] for name in (*problem.pivots, *problem.others) if name in raised)
    pair = _pair(problem, raised, supports, opened=state.columns)
    if pair is None or (problem.needs and not any(name in raised for name in problem.needs)):
        return None
    lead, second = pair
    more = tuple(one for one in supports if one.fact.indicator not in {each.fact.indicator for each in pair})
    known = (standings[name] for name in problem.against if name in standings)
    against = tuple(one for one in known if one.raised in _RAISED)
    is_weak = "faible" in (lead.raised, second.raised)
    return Card(
        problem=problem,
        lead=lead,
        second=second,
        more=more,
        against=against,
        strength=_compute_strength(lead, second, more, against) * (_WEAK if is_weak else 1.0),
        context=standings.get(problem.context) if _is_within(second, lead) else None,
        weak=weak,
    )


def _pair(
    problem: Problem, raised: Mapping[str, Standing], supports: list[Standing], *, opened: set[str]
) -> tuple[Standing, Standing] | None:
    """Choose a pivot whose indicator has opened no card, and a fact of another family; None without both."""
    pivots = _distinct(raised[name] for name in problem.pivots if name in raised)
    pairs = [
        (lead, second)
        for lead in pivots
        for second in supports
        if second.fact.id in problem.others
        and second.fact.family != lead.fact.family
        and second.fact.indicator != lead.fact.indicator
        and lead.fact.indicator not in opened
    ]
    # The strongest that says two things: a fact within the other adds nothing to its reading.
    return max(
        pairs,
        key=lambda pair: (not _is_within(pair[1], pair[0]), pair[0].strength + pair[1].strength),
        default=None,
    )


def _compute_strength(
    lead: Standing, second: Standing, more: tuple[Standing, ...], against: tuple[Standing, ...]
) -> float:
    """Compute the strength of a card from its two first facts.

    A little more when they are many, less when some say the contrary.
    """
    families = {one.fact.family for one in (lead, second, *more)}
    strength = (lead.strength + second.strength) / 2 + _MORE * min(len(more), _MOST_MORE)
    return strength + (_THREE_FAMILIES if len(families) > 2 else 0) - _AGAINST * len(against)


def _is_within(second: Standing, lead: Standing) -> bool:
    """Say whether a fact is made of nothing but what another one tells, of the same dates."""
    codes = set(second.indicator.measure.codes) <= set(lead.indicator.measure.codes)
    return codes and (second.since, second.year) == (lead.since, lead.year)


def _distinct(standings: Iterable[Standing]) -> list[Standing]:
    """Keep the strongest fact of each indicator, the strongest first."""
    best: dict[str, Standing] = {}
    for one in sorted(standings, key=lambda one: -one.strength):
        best.setdefault(one.fact.indicator, one)
    return list(best.values())


def _set_aside(
    catalogue: Catalogue, standings: Mapping[str, Standing], cards: tuple[Card, ...]
) -> tuple[Aside, ...]:
    """List the problems that are raised, or nearly, and that the page does not bear."""
    state, found = _State(cards), []
    chosen = {card.problem.id for card in cards}
    for problem in catalogue.problems.values():
        alone = _make(problem, catalogue, standings, _State(), weak=False)
        if problem.id in chosen or alone is None or alone.strength < LEAST_WEAK:
            continue
        found.append(Aside(alone, _reason(problem, catalogue, standings, alone, state)))
    return tuple(sorted(found, key=lambda one: _order(one.card)))


def _reason(
    problem: Problem, catalogue: Catalogue, standings: Mapping[str, Standing], alone: Card, state: _State
) -> str:
    """Say why a problem that is raised is left aside: `force`, `theme`, `contraire`, `dit`, `place`."""
    if alone.strength < LEAST:
        return "force"
    if not state.allows(problem, catalogue):
        return "contraire"
    if problem.theme in state.themes:
        return "theme"
    again = _make(problem, catalogue, standings, state, weak=False)
    return "dit" if again is None or again.strength < LEAST else "place"


def _count_common(card: Card, world: World) -> Card:
    """Count the communes of the EPCI, of 500 inhabitants or more, that are beyond the threshold of the card's lead."""
    known = {code for code in card.lead.known if world.inhabitants.get(code, 0) >= LEAST_PEOPLE}
    return replace(card, common=len(known & card.lead.beyond), among=len(known))
