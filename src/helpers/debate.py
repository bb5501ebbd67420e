"""What the figures of a commune call for debate: the cards of its problems on a page, and what waits for figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import product

from helpers import french, provenance
from helpers.brought import Brought
from helpers.exhibit import Absence, Prose, escape
from helpers.indicators import explanation
from helpers.indicators.cube import Cube
from helpers.indicators.explanation import Explained
from helpers.indicators.measures import Period
from helpers.indicators.vintages import GAP
from helpers.paths import EMBEDDED
from helpers.problems import selection
from helpers.problems.definitions import CATALOGUE, PROBLEM_INDICATORS, PROBLEM_TABLES
from helpers.problems.facts import Standing, World
from helpers.problems.selection import Choice
from helpers.territory.panel import ComparisonGroup
from helpers.wording.issues import (
    CardWords,
    describe_aside,
    describe_cards,
    describe_silence,
    describe_waiting,
    waiting_topics,
)

# What people may do of an issue that the diagnostic proposes.
_CHOICES = ("à retenir", "à approfondir", "à écarter")
# The fields of a card that many have not.
_OPTIONAL = ("brought", "contrary")
# As long as two censuses compared may be apart.
_LONGEST = 6


@dataclass(frozen=True, kw_only=True)
class Debate(Brought):
    """The part of a `Diagnostic` that proposes issues to debate."""

    @property
    def siblings(self) -> ComparisonGroup:
        """The other communes of the EPCI."""
        raise NotImplementedError

    @cached_property
    def problems(self) -> Choice:
        """The problems that the figures of the commune raise (`helpers.problems`), on real figures alone."""
        return selection.choose(CATALOGUE, self._world)

    @cached_property
    def cards(self) -> list[CardWords]:
        """The cards of these problems, in words, the strongest first: five at most; the cover takes the first three."""
        cards = describe_cards(self.problems, epci=self.siblings.words, explain=self._explain_fact)
        return [replace(card, brought=self.brought_to(card.id)) for card in cards]

    def debate(self) -> Prose | Absence:
        """Show the cards: facts and their figures, question, possible issue, what to look at, why they are there.

        Where there is none, it is said. What is nearly raised, and why it is left aside, follows.
        """
        cards = self.cards
        self._shown.extend(provenance.split(source for card in cards for source in card.sources))
        silence = describe_silence(self.problems, self.commune)
        aside = describe_aside(self.problems.aside)
        listed = f'<ol class="debate">{"".join(map(_card, cards))}</ol>' if cards else ""
        markup = listed + "".join(f"<p>{escape(text)}</p>" for text in (silence, aside) if text)
        count = len(cards)
        return Prose(
            (),
            "debate",
            markup=markup,
            text=(*(line for card in cards for line in _lines(card)), *filter(None, (silence, aside))),
            headline=f"{french.quantity(count, 'question')} à débattre" if count else "",
            cards=tuple(_record(card) for card in cards),
            silence=silence,
        )

    def waiting(self) -> Prose:
        """List the subjects that official figures would bring, their sources and the command that gathers them."""
        world = self._world
        names = (name for topic in CATALOGUE.waiting for name in topic.indicators)
        known = [name for name in names if not french.is_missing(world.read(name))]
        topics = waiting_topics(self.problems, known)
        awaited = describe_waiting(topics)
        if not awaited:
            return Prose((), "empty")
        command = (
            "make data"
            if self.fetched or self.folder != EMBEDDED
            else f"make data commune={self.commune.slug}"
        )
        items = "".join(
            f'<li>{escape(name)}<span class="from">{escape(source)}</span></li>' for name, source in awaited
        )
        after = f"{escape('Pour l’agence, la commande qui les réunit :')} <code>{command}</code>"
        count = french.quantity(len(awaited), "sujet attend", "sujets attendent")
        return Prose(
            (),
            "waiting",
            markup=f'<ul>{items}</ul><p class="command">{after}</p>',
            text=(*map("".join, awaited), command),
            headline=f"{count} des chiffres officiels",
        )

    def _explain_fact(self, one: Standing) -> list[Explained]:
        """List what the figure of a fact is made of, at its dates."""
        own, code = self._world.own, self.commune.code
        return explanation.terms(
            one.indicator, own, Period(one.since, one.until), territory=code, year=one.year
        )

    @cached_property
    def _world(self) -> World:
        """Gather what problems are chosen from: the commune, the panel, the EPCI, the dates of the censuses."""
        own = Cube(self.tables_for(names=PROBLEM_TABLES))
        years = _census_years(own, ends=(self.since, self.until))
        periods = _pairs(years, first=(self.since, self.until))
        alone = [(year, year) for year in years]
        figures = self.figures_for(
            self.panel, self.siblings, names=PROBLEM_INDICATORS, periods=[*periods, *alone]
        )
        return World(
            own=own,
            figures=figures,
            code=self.commune.code,
            panel=self.panel.codes,
            siblings=self.siblings.codes,
            periods=tuple(Period(since, until) for since, until in periods),
            years=tuple(year for year in sorted(years, reverse=True) if year >= max(years) - _LONGEST),
            institution=CATALOGUE.outside_households.get(self.commune.code, ""),
        )


def _census_years(own: Cube, *, ends: Iterable[int]) -> set[int]:
    """List the years at which a commune may be known: those of its diagnostic, those of its tables."""
    tables = ("dwellings", "age_groups", "ages_tenure", "householders", "households")
    years = {*ends, *(year for name in tables for _, year, _ in own.table(name))}
    # Births are counted from one census to another.
    counted = ((since, year) for name, year, since in own.table("flows") if name == "NAIS")
    years |= {year for pair in counted if pair[1] - pair[0] >= GAP for year in pair}
    # What one is compared with is a census earlier, at most.
    return {year for year in years if year >= max(years) - 2 * _LONGEST}


def _pairs(years: set[int], *, first: tuple[int, int]) -> list[tuple[int, int]]:
    """List the pairs of years five or six apart, the diagnostic's own first, then the latest and the longest."""
    pairs = [(since, until) for since, until in product(years, repeat=2) if GAP <= until - since <= _LONGEST]
    return sorted(pairs, key=lambda pair: (pair != first, -pair[1], pair[0]))


def _record(card: CardWords) -> dict[str, object]:
    """Give a card field by field, without what the commune does not bring, nor what no fact says against it."""
    return {name: value for name, value in asdict(card).items() if name not in _OPTIONAL or value}


def _card(card: CardWords) -> str:
    """Write one card as an item of a list."""
    label = f' <span class="weak">{escape(card.label)}</span>' if card.label else ""
    boxes = "".join(f'<li><span class="box"></span>{choice}</li>' for choice in _CHOICES)
    facts = "".join(
        f'<li>{escape(fact.text)} <a href="{fact.address}">{escape(fact.shown_by)}</a>'
        f'<p class="computed">{escape(fact.computed)}.</p></li>'
        for fact in card.facts
    )
    looked = "".join(
        f"<p><strong>{escape(f'{name} :')}</strong> {escape(text)}.</p>"
        for name, text in (
            ("À regarder, logements", card.homes),
            ("À regarder, services", card.services),
            ("Ce que la commune peut nous apprendre", card.known_here),
            *([("Ce que la commune apporte", _joined(card))] if card.brought else []),
            ("Ce qui le confirmerait", card.confirms),
            ("Ce qui l’infirmerait", card.refutes),
            ("Leviers, et qui en décide", card.levers_listed),
        )
    )
    return (
        f'<li id="enjeu-{french.slug(card.id)}"><h3>{escape(card.title)}{label}</h3>'
        f'<p class="fact">{escape(card.reading)}</p><p class="question">{escape(card.question)}</p>'
        f'<p class="issue"><strong>{escape("Enjeu possible :")}</strong> {escape(card.tension)}.</p>'
        f'<div class="look">{looked}</div><ul class="choices">{boxes}</ul>'
        f'<p class="write">{escape("Ce que nous en savons ici :")}</p>'
        f"<details><summary>{escape('Les chiffres et la raison de cette carte')}</summary><ul>{facts}</ul>"
        f'<p class="reason">{escape(card.reasons)}</p></details></li>'
    )


def _joined(card: CardWords) -> str:
    """Join what the commune brings to a card, without its last full stop."""
    return " ".join(card.brought).rstrip(".")


def _lines(card: CardWords) -> list[str]:
    """Write a card as plain text, line by line."""
    return [
        f"{card.title}{f' ({card.label})' if card.label else ''}",
        card.reading,
        card.question,
        f"Enjeu possible : {card.tension}.",
        f"Logements : {card.homes}. Services : {card.services}.",
        f"Ce que la commune peut nous apprendre : {card.known_here}.",
        *([f"Ce que la commune apporte : {_joined(card)}."] if card.brought else []),
        f"Confirmerait : {card.confirms}. Infirmerait : {card.refutes}.",
        f"Leviers : {card.levers_listed}.",
        card.reasons,
    ]
