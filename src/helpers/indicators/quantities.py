"""What indicators count: people, homes, households... in words, in codes of the store, and as they are read.

The words of a quantity and what is read for it come from the same bounds and the same terms.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from helpers import schemas
from helpers.indicators.age_classes import BY_AGE, Bounds, age_words, class_values
from helpers.indicators.census_classes import AGE_GROUPS, PERIODS, ROOMS, STAYS, covers
from helpers.indicators.cube import Cube
from helpers.indicators.values import Values, best_known, first_known, joint_kind

# A table of the store and one of its variables.
Code = tuple[str, str]

# The width of the classes of ages of the pyramids by tenure.
_CLASS = 5


@dataclass(frozen=True, kw_only=True)
class Quantity(ABC):
    """Something that is counted.

    `plural` and `singular` name it; `words` is the name that formulas give it, by default the plural; `among` follows
    a part of it (« Part des maisons dans le parc de logements »); `growing` follows « évolution ». `register`:
    everyone is in it, no sample; its dates are its own. `otherwise` counts the same in another way, where this one
    does not know a territory, or only by simulation.
    """

    plural: str
    singular: str = ""
    words: str = ""
    among: str = ""
    growing: str = ""
    register: bool = False
    otherwise: Quantity | None = None

    def __post_init__(self) -> None:
        defaults = {
            "words": self.plural,
            "among": f"parmi les {self.plural}",
            "growing": f"du nombre {of(self.plural)}",
        }
        for name, default in defaults.items():
            if not getattr(self, name):
                object.__setattr__(self, name, default)

    @property
    @abstractmethod
    def codes(self) -> tuple[Code, ...]:
        """The variables it is made of, those of the first way to make it up."""

    @property
    @abstractmethod
    def tables(self) -> tuple[str, ...]:
        """The tables it may be read in."""

    def years(self, cube: Cube) -> set[int]:
        """List the years at which it may be known."""
        return self._years(cube) | (self.otherwise.years(cube) if self.otherwise else set())

    def _years(self, cube: Cube) -> set[int]:
        """As `years`, whichever other way there is."""
        return {year for name in self.tables for _, year, _ in cube.table(name)}

    def read(self, cube: Cube, *, year: int) -> Values:
        """Read it at a year for every territory."""
        return cube.once((self, year), lambda: self._best(cube, year))

    def _best(self, cube: Cube, year: int) -> Values:
        found = self._read(cube, year)
        return best_known(found, self.otherwise.read(cube, year=year)) if self.otherwise else found

    @abstractmethod
    def _read(self, cube: Cube, year: int) -> Values:
        """As `read`, from the tables themselves."""


@dataclass(frozen=True, kw_only=True)
class Total(Quantity):
    """The variables of one table, added up and taken off; of several ways, the first that is known."""

    table: str
    ways: tuple[tuple[str, ...], ...]
    less: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[Code, ...]:
        """The variables added up, then those taken off."""
        return tuple((self.table, variable) for variable in (*self.ways[0], *self.less))

    @property
    def tables(self) -> tuple[str, ...]:
        """The table of the variables."""
        return (self.table,)

    def _years(self, cube: Cube) -> set[int]:
        """List the years at which the table has every variable of a way."""
        every = (
            set.intersection(*(cube.years(self.table, name) for name in (*way, *self.less)))
            for way in self.ways
        )
        return set().union(*every)

    def _read(self, cube: Cube, year: int) -> Values:
        """As `read`; rounded counts that exceed their whole leave nobody."""
        return first_known([self._make_up(cube, way, year) for way in self.ways])

    def _make_up(self, cube: Cube, way: tuple[str, ...], year: int) -> Values:
        parts = [cube.column(self.table, variable, year) for variable in way]
        if len(way) == 1 and not self.less:
            return parts[0]
        taken = [cube.column(self.table, variable, year) for variable in self.less]
        value = np.sum([part.value for part in parts], axis=0)
        if taken:
            value = np.maximum(value - np.sum([part.value for part in taken], axis=0), 0)
        return Values(value, joint_kind([*parts, *taken]), cube.marks)


@dataclass(frozen=True, kw_only=True)
class People(Quantity):
    """Persons of some classes of ages."""

    classes: tuple[Bounds, ...]

    @property
    def codes(self) -> tuple[Code, ...]:
        """The census's groups that make up the classes; single ages where there are none."""
        ways = [covers(bounds, AGE_GROUPS) for bounds in self.classes]
        if not all(ways):
            return (("single_ages", "POP"),)
        return tuple(("age_groups", name) for found in ways for name in found[0])

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables by age."""
        return BY_AGE

    def _read(self, cube: Cube, year: int) -> Values:
        """As `read`; nobody where one of the classes is not known."""
        found = [class_values(cube, bounds, year=year) for bounds in self.classes]
        if len(found) == 1:
            return found[0]
        return Values(np.sum([one.value for one in found], axis=0), joint_kind(found), cube.marks)


@dataclass(frozen=True, kw_only=True)
class Rest(Quantity):
    """What is left of a quantity once others are taken off, whichever tables they are read in."""

    whole: Quantity
    parts: tuple[Quantity, ...]

    @property
    def codes(self) -> tuple[Code, ...]:
        """Those of the whole, then of its parts."""
        return tuple(dict.fromkeys(code for one in (self.whole, *self.parts) for code in one.codes))

    @property
    def tables(self) -> tuple[str, ...]:
        """Those of the whole and of its parts."""
        return tuple(dict.fromkeys(table for one in (self.whole, *self.parts) for table in one.tables))

    def _read(self, cube: Cube, year: int) -> Values:
        """As `read`; the parts may exceed a whole that was rounded."""
        whole, *parts = (one.read(cube, year=year) for one in (self.whole, *self.parts))
        left = whole.value - np.sum([part.value for part in parts], axis=0)
        return Values(left, joint_kind([whole, *parts]), cube.marks)


@dataclass(frozen=True, kw_only=True)
class Cells(Quantity):
    """The cells of a table sorted by age or tenure, added up; one without a row has nobody in it.

    `ages` are the first ages of the classes counted, `tenures` those of the store: all of them when empty.
    """

    table: str
    variable: str
    ages: tuple[int, ...] = ()
    tenures: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[Code, ...]:
        """The variable of the table."""
        return ((self.table, self.variable),)

    @property
    def tables(self) -> tuple[str, ...]:
        """The table, then the other one."""
        return (self.table, *(self.otherwise.tables if self.otherwise else ()))

    def _read(self, cube: Cube, year: int) -> Values:
        """As `read`; a cell without a row counts nobody."""
        wanted = {name: values for name, values in (("age", self.ages), ("tenure", self.tenures)) if values}
        return cube.cells(self.table, self.variable, year, **wanted)


@dataclass(frozen=True, kw_only=True)
class Area(Quantity):
    """The area of territories (km²), the same at every date."""

    @property
    def codes(self) -> tuple[Code, ...]:
        """Insee's name for it."""
        return (("territories", "SUPERF"),)

    @property
    def tables(self) -> tuple[str, ...]:
        """The table of territories."""
        return ("territories",)

    def _read(self, cube: Cube, year: int) -> Values:
        return cube.areas()


@dataclass(frozen=True, kw_only=True)
class Events(Quantity):
    """What happens over a period (births, deaths, homes started), added up from the store's table of flows."""

    variable: str

    @property
    def codes(self) -> tuple[Code, ...]:
        """The variable."""
        return (("flows", self.variable),)

    @property
    def tables(self) -> tuple[str, ...]:
        """The table of flows."""
        return ("flows",)

    def _read(self, cube: Cube, year: int) -> Values:
        """Those of the year before 1 January `year`."""
        return cube.flow(self.variable, year - 1, year)

    def during(self, cube: Cube, since: int, until: int) -> Values:
        """Add up those from 1 January `since` to 31 December `until` − 1."""
        return cube.flow(self.variable, since, until)


def of(plural: str) -> str:
    """Write a noun after "de": `de logements`, `d’habitants`. The nouns in h of this module have a silent one."""
    return f"d’{plural}" if plural[0].lower() in "aàâeéèêiîoôuûyh" else f"de {plural}"


def count(
    table: str,
    variable: str,
    *,
    plural: str,
    singular: str = "",
    words: str = "",
    among: str = "",
    growing: str = "",
) -> Total:
    """Count a variable of the census."""
    return Total(
        table=table,
        ways=((variable,),),
        plural=plural,
        singular=singular,
        words=words,
        among=among,
        growing=growing,
    )


def difference(whole: Total, *parts: Total, plural: str) -> Total:
    """Take some of its parts off a count."""
    return Total(
        table=whole.table,
        ways=whole.ways,
        less=tuple(name for part in parts for name in part.ways[0]),
        plural=plural,
        words=f"({' − '.join(quantity.words for quantity in (whole, *parts))})",
    )


def register(table: str, variable: str, *, plural: str) -> Total:
    """Count a variable of a register or of a tax file: no sample, dates of its own."""
    return Total(table=table, ways=((variable,),), plural=plural, register=True)


def people(*classes: Bounds) -> People:
    """Persons of classes of ages: `75 ans ou plus`, `moins de 20 ans`, `20 à 64 ans`."""
    spans = [age_words(bounds) for bounds in classes]
    words = [f"habitants de {ages}" for ages in spans]
    return People(
        classes=classes,
        plural=" et ".join(spans),
        singular=f"habitant de {' ou de '.join(spans)}",
        words=words[0] if len(words) == 1 else f"({' + '.join(words)})",
        growing=f"du nombre d’{' et d’'.join(words)}",
    )


def rooms(bounds: Bounds) -> Total:
    """Count main homes of so many rooms: `résidences principales de 1 ou 2 pièces`, `de 5 pièces ou plus`."""
    low, high = bounds
    if high is None:
        return _homes(bounds, ROOMS, f"de {low} pièces ou plus")
    if high == low:
        return _homes(bounds, ROOMS, f"de {low} {'pièce' if low == 1 else 'pièces'}")
    return _homes(bounds, ROOMS, f"de {low} {'ou' if high == low + 1 else 'à'} {high} pièces")


def built(bounds: Bounds) -> Total:
    """Count main homes completed in some years: `résidences principales construites avant 1946`, `depuis 2006`."""
    low, high = bounds
    if high is None:
        return _homes(bounds, PERIODS, f"construites depuis {low}")
    return _homes(
        bounds, PERIODS, f"construites avant {high + 1}" if low == 0 else f"construites de {low} à {high}"
    )


def dated() -> Total:
    """Count the main homes whose time of completion the census gives: those completed two years at least before it."""
    qualifier = "construites avant {before}"
    words = "résidences principales construites deux ans ou plus avant le recensement"
    return replace(_homes((0, None), PERIODS, qualifier), words=words, among=f"parmi celles {qualifier}")


def settled(bounds: Bounds) -> Total:
    """Count main homes by years since the household came: `résidences principales occupées depuis moins de 2 ans`."""
    return _homes(bounds, STAYS, f"occupées depuis {age_words(bounds)}")


def inhabiting(bounds: Bounds, *, tenures: tuple[str, ...] = (), qualifier: str = "") -> Cells:
    """Persons of an age by the tenure of their home: `20 à 29 ans`, and `qualifier` of those of some `tenures`.

    The bounds are borders of the five-year classes of the pyramids by tenure.

    Raises:
        ValueError: they are not.
    """
    low, high = bounds
    if low % _CLASS or (high is not None and (high + 1) % _CLASS):
        raise ValueError(f"not borders of five-year classes: {bounds}")
    everyone = bounds == (0, None)
    who, qualifier = "" if everyone else age_words(bounds), f" {qualifier}" if qualifier else ""
    return Cells(
        table="ages_tenure",
        variable="POP",
        ages=()
        if everyone
        else tuple(range(low, schemas.AGE_CLASSES[-1] + 1 if high is None else high + 1, _CLASS)),
        tenures=tenures,
        plural=f"{who or 'habitants'}{qualifier}",
        singular=f"habitant{f' de {who}' if who else ''}{qualifier}",
        words=f"habitants{f' de {who}' if who else ''}{qualifier}",
    )


def held(bounds: Bounds, *, plural: str, tenures: tuple[str, ...] = ()) -> Cells:
    """Count main homes by the age of their household's reference person.

    Raises:
        ValueError: the bounds are no borders of Insee's classes.
    """
    low, high = bounds
    firsts = schemas.HOLDER_AGES
    if low not in firsts or (high is not None and high + 1 not in firsts):
        raise ValueError(f"not borders of the classes of the reference persons: {bounds}")
    inside = tuple(first for first in firsts if first >= low and (high is None or first <= high))
    return Cells(
        table="householders",
        variable="MEN",
        ages=() if inside == tuple(firsts) else inside,
        tenures=tenures,
        plural=plural,
    )


def _homes(bounds: Bounds, classes: Sequence[tuple[tuple[str, ...], Bounds]], qualifier: str) -> Total:
    ways = covers(bounds, classes)
    if not ways:
        raise ValueError(f"the classes of the census do not make up {bounds}")
    return Total(table="dwellings", ways=ways, plural=f"résidences principales {qualifier}")


POPULATION = count(
    "population", "POP", plural="habitants", singular="habitant", among="dans la population",
    growing="de la population",
)  # fmt: skip
STOCK = count(
    "dwellings", "LOG", plural="logements", singular="logement", among="dans le parc de logements",
    growing="du parc de logements",
)  # fmt: skip
MAIN_HOMES = count("dwellings", "RP", plural="résidences principales", singular="résidence principale")
