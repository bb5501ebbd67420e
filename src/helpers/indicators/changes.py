"""Measures of what changes between two censuses: a growth, the points of a share, what becomes of a generation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from helpers import french, schemas
from helpers.indicators.cube import Cube
from helpers.indicators.measures import Arrays, Measure, Period, Share, Term, read_term
from helpers.indicators.quantities import Bounds, Cells, Code, Quantity, age_words, of, people
from helpers.indicators.vintages import GAP

# Classes of the pyramids by tenure: their width, and the first age of the last one, "and over"; those of generations.
_CLASS, _LAST, _TEN = 5, 95, 10
# Tenures of ordinary dwellings.
IN_HOMES = tuple(name for name in schemas.TENURES if name != "outside")


@dataclass(frozen=True)
class Between(Measure):
    """What becomes of a quantity between the two censuses."""

    quantity: Quantity

    @property
    def codes(self) -> tuple[Code, ...]:
        """Those of the quantity."""
        return self.quantity.codes

    @property
    def tables(self) -> tuple[str, ...]:
        """Those of the quantity."""
        return self.quantity.tables

    @property
    def spans(self) -> bool:
        """Always."""
        return True

    def terms(self, cube: Cube, period: Period, year: int) -> dict[str, Term]:
        """Read the quantity at both censuses."""
        return {
            "start": read_term(self.quantity, cube, period.since),
            "end": read_term(self.quantity, cube, period.until),
        }


@dataclass(frozen=True)
class Gain(Between):
    """The change of a quantity between the two censuses, in its own unit; its margin is 2 √(start + end)."""

    @property
    def label(self) -> str:
        """`Évolution du nombre de résidences principales, {since}-{until}`."""
        return f"Évolution {self.quantity.growing}, {{since}}-{{until}}"

    @property
    def formula(self) -> str:
        """`fin − début`, with what ends and begins."""
        return f"fin − début, fin et début étant le nombre {of(self.quantity.words)} à chaque date"

    def evaluate(self, terms: Arrays, period: Period) -> np.ndarray:
        """Subtract the quantity at the start from that at the end."""
        return terms["end"] - terms["start"]

    def divided_by(self, cube: Cube, terms: Mapping[str, Term], count: np.ndarray, year: int) -> np.ndarray:
        """Count nothing: a difference of counts is reported, with its margin."""
        return np.full(len(count), np.nan)


@dataclass(frozen=True)
class Growth(Between):
    """The average annual change (%) of a quantity between the two censuses."""

    @property
    def label(self) -> str:
        """`Évolution annuelle moyenne de la population, {since}-{until}`."""
        return f"Évolution annuelle moyenne {self.quantity.growing}, {{since}}-{{until}}"

    @property
    def formula(self) -> str:
        """`((fin / début)^(1/n) − 1) × 100`, with what begins and ends."""
        return f"((fin / début)^(1/n) − 1) × 100, fin et début étant le nombre {of(self.quantity.words)} à chaque date"

    def evaluate(self, terms: Arrays, period: Period) -> np.ndarray:
        """Compute the average annual change, nothing where there was none at the start."""
        return annual_change(terms["start"], terms["end"], period.years)

    def divided_by(self, cube: Cube, terms: Mapping[str, Term], count: np.ndarray, year: int) -> np.ndarray:
        """Count what there was at the start."""
        return terms["start"].values.value


@dataclass(frozen=True)
class Change(Growth):
    """The change (%) of a quantity over the whole period between the two censuses."""

    @property
    def label(self) -> str:
        """`Évolution en % du nombre d’habitants de 75 ans ou plus, {since}-{until}`."""
        return f"Évolution en % {self.quantity.growing}, {{since}}-{{until}}"

    @property
    def formula(self) -> str:
        """`100 × (fin − début) / début`, with what begins and ends."""
        return f"100 × (fin − début) / début, fin et début étant le nombre {of(self.quantity.words)} à chaque date"

    def evaluate(self, terms: Arrays, period: Period) -> np.ndarray:
        """Compute the change, nothing where there was none at the start."""
        return 100 * (terms["end"] - terms["start"]) / np.where(terms["start"] > 0, terms["start"], np.nan)


def annual_change(start: ArrayLike, end: ArrayLike, years: int) -> np.ndarray:
    """Compute the average annual change in %: ((end / start)^(1/years) − 1) × 100; missing when `start` is nil.

    Source: Insee, definition of "taux de variation annuel moyen".
    """
    if not years:
        return np.full(np.shape(start), np.nan)
    before, after = np.asarray(start), np.asarray(end)
    return ((after / np.where(before > 0, before, np.nan)) ** (1 / years) - 1) * 100


@dataclass(frozen=True)
class Points(Measure):
    """The change of a share between the two censuses, in points: never a change in %."""

    share: Share

    @property
    def label(self) -> str:
        """`Évolution de la part des logements vacants dans le parc de logements, {since}-{until}`."""
        named = self.share.label.rsplit(", ", 1)[0]
        return f"Évolution de la {french.uncapitalize(named)}, {{since}}-{{until}}"

    @property
    def formula(self) -> str:
        """`part à la fin − part au début`, and what the share is."""
        return f"part à la fin − part au début, la part étant {self.share.formula}"

    @property
    def codes(self) -> tuple[Code, ...]:
        """Those of the share."""
        return self.share.codes

    @property
    def tables(self) -> tuple[str, ...]:
        """Those of the share."""
        return self.share.tables

    @property
    def spans(self) -> bool:
        """Always."""
        return True

    def terms(self, cube: Cube, period: Period, year: int) -> dict[str, Term]:
        """Those of the share at both censuses."""
        return {
            f"{name}_{side}": term
            for side, at in (("start", period.since), ("end", period.until))
            for name, term in self.share.terms(cube, Period(at, at), at).items()
        }

    def divided_by(self, cube: Cube, terms: Mapping[str, Term], count: np.ndarray, year: int) -> np.ndarray:
        """Take the smaller of both wholes."""
        return np.minimum(terms["bottom_start"].values.value, terms["bottom_end"].values.value)

    def evaluate(self, terms: Arrays, period: Period) -> np.ndarray:
        """Subtract the share at the start from that at the end."""
        start, end = (
            self.share.evaluate({name: terms[f"{name}_{side}"] for name in ("top", "bottom")}, period)
            for side in ("start", "end")
        )
        return end - start


@dataclass(frozen=True)
class Followed(Measure):
    """A generation: `per` × the people of a class of ages at the first census, n years older at the second, over those
    of the first.
    """

    bounds: Bounds
    per: int = 100

    @property
    def label(self) -> str:
        """`Génération des 20 à 29 ans à la première date, effectif à la seconde pour 100, {since}-{until}`."""
        named = f"Génération des {people(self.bounds).plural} à la première date"
        return f"{named}, effectif à la seconde pour {self.per}, {{since}}-{{until}}"

    @property
    def formula(self) -> str:
        """`100 × les mêmes, n ans plus tard / habitants de 20 à 29 ans au début`."""
        return f"{self.per} × les mêmes, n ans plus tard / {people(self.bounds).words} au début"

    @property
    def codes(self) -> tuple[Code, ...]:
        """Those of the people."""
        return people(self.bounds).codes

    @property
    def tables(self) -> tuple[str, ...]:
        """Those of the people."""
        return people(self.bounds).tables

    @property
    def spans(self) -> bool:
        """Always."""
        return True

    def terms(self, cube: Cube, period: Period, year: int) -> dict[str, Term]:
        """Read the generation at both censuses."""
        low, high = self.bounds
        later = low + period.years, None if high is None else high + period.years
        return {
            "start": read_term(people(self.bounds), cube, period.since),
            "end": read_term(people(later), cube, period.until),
        }

    def evaluate(self, terms: Arrays, period: Period) -> np.ndarray:
        """`per` × end / start, nothing where nobody was there at the first."""
        return self.per * terms["end"] / np.where(terms["start"] > 0, terms["start"], np.nan)


@dataclass(frozen=True)
class OwnersFollowed(Measure):
    """The share (%) of a ten-year generation, from the age `low` at the first census, owning its home at the second."""

    low: int

    @property
    def label(self) -> str:
        """`Part de la génération des 20 à 29 ans à la première date qui vit dans un logement possédé à la seconde`."""
        ages = age_words((self.low, self.low + _TEN - 1))
        named = f"Part de la génération des {ages} à la première date qui vit dans un logement possédé à la seconde"
        return f"{named}, {{since}}-{{until}}"

    @property
    def formula(self) -> str:
        """In French words."""
        owners = "personnes de la génération en logement possédé"
        return f"100 × {owners} / personnes de la génération en logement ordinaire, à la fin"

    @property
    def codes(self) -> tuple[Code, ...]:
        """The persons of the pyramids by tenure."""
        return (("ages_tenure", "POP"),)

    @property
    def tables(self) -> tuple[str, ...]:
        """The table of these pyramids."""
        return ("ages_tenure",)

    @property
    def spans(self) -> bool:
        """Always."""
        return True

    def terms(self, cube: Cube, period: Period, year: int) -> dict[str, Term]:
        """Read the generation at both censuses, and those of it in an owned home at the second.

        Nobody between dates at which it cannot be followed.
        """
        gap = period.years
        if gap < GAP or gap % _CLASS:
            nothing = Term(cube.nothing())
            return {"people": nothing, "owners": nothing, "before": nothing}
        # The oldest generation has no upper age: years later it fits in the last class.
        oldest = self.low >= (_LAST - gap) // _TEN * _TEN
        start, end = (
            tuple(range(first, _LAST + 1 if oldest else first + _TEN, _CLASS))
            for first in (self.low, self.low + gap)
        )
        people = _persons(end, IN_HOMES)
        return {
            "people": read_term(people, cube, period.until),
            "owners": read_term(_persons(end, ("owner",)), cube, period.until)._replace(rests=False),
            "before": read_term(_persons(start, IN_HOMES), cube, period.since)._replace(rests=False),
        }

    def evaluate(self, terms: Arrays, period: Period) -> np.ndarray:
        """100 × owners / people; nothing for a generation that is empty at either date."""
        followed = (terms["people"] > 0) & (terms["before"] > 0)
        return np.where(followed, 100 * terms["owners"] / terms["people"], np.nan)


def _persons(ages: tuple[int, ...], tenures: tuple[str, ...]) -> Cells:
    return Cells(table="ages_tenure", variable="POP", ages=ages, tenures=tenures, plural="personnes")
