"""What indicators count: people, homes, households... in words, in codes of the store, and as they are read.

The words of a quantity and what is read for it come from the same bounds and the same terms.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from helpers import provenance, schemas
from helpers.indicators import ages
from helpers.indicators.table_cache import Tables, at, once

# First and last value of a class, both included; no last one for "and over".
Bounds = tuple[int, int | None]
# A table of the store and one of its variables.
Code = tuple[str, str]

COLUMNS = ["territory", "value", *provenance.COLUMNS]
_BY_AGE = ("single_ages", "ages", "age_groups")
# The width of the classes of ages of the pyramids by tenure.
_CLASS = 5


def nothing() -> pd.DataFrame:
    """No value: `territory, value, origin, sources`, without a row."""
    return pd.DataFrame(columns=COLUMNS).astype({"value": "float64"})


@dataclass(frozen=True, kw_only=True)
class Quantity(ABC):
    """Something that is counted.

    `plural` and `singular` name it; `words` is the name that formulas give it, by default the plural; `among`
    follows a part of it (« Part des maisons dans le parc de logements »); `growing` follows « évolution ».
    `register`: everyone is in it, no sample; its dates are its own.
    """

    plural: str
    singular: str = ""
    words: str = ""
    among: str = ""
    growing: str = ""
    register: bool = False

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

    @abstractmethod
    def years(self, tables: Tables) -> set[int]:
        """The years at which it may be known."""

    def read(self, tables: Tables, *, year: int) -> pd.DataFrame:
        """Its value at a year: `territory, value, origin, sources`, no row where it is not known."""
        return once(tables, (self, year), lambda: self._read(tables, year))

    @abstractmethod
    def _read(self, tables: Tables, year: int) -> pd.DataFrame:
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

    def years(self, tables: Tables) -> set[int]:
        """The years at which the table has every variable of a way."""
        table = tables.get(self.table)
        if table is None:
            return set()
        known = {name: set(years) for name, years in table.groupby("variable", observed=True)["year"]}
        every = [
            set.intersection(*(known.get(name, set()) for name in (*way, *self.less))) for way in self.ways
        ]
        return {int(year) for year in set().union(*every)}

    def _read(self, tables: Tables, year: int) -> pd.DataFrame:
        """As `read`; rounded counts that exceed their whole leave nobody."""
        if self.table not in tables:
            return nothing()
        table = at(tables, self.table, year=year)
        return _first_known([self._make_up(table, way) for way in self.ways])

    def _make_up(self, table: pd.DataFrame, way: tuple[str, ...]) -> pd.DataFrame:
        """What one way gives, from the rows of a year."""
        if len(way) == 1 and not self.less:
            rows = table[table["variable"] == way[0]].rename(columns={"source": "sources"})
            return rows[COLUMNS].dropna(subset="value").sort_values("territory")
        wide = provenance.widen(table, keys=["territory"], variables=[*way, *self.less])
        value = wide[list(way)].sum(axis=1)
        if self.less:
            value = (value - wide[list(self.less)].sum(axis=1)).clip(lower=0)
        return wide.assign(value=value)[COLUMNS]


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
        return _BY_AGE

    def years(self, tables: Tables) -> set[int]:
        """The years of the tables by age."""
        return {int(year) for name in _BY_AGE if name in tables for year in tables[name]["year"].unique()}

    def _read(self, tables: Tables, year: int) -> pd.DataFrame:
        """As `read`; simulated counts are left out as soon as real ones are known somewhere."""
        counts = ages.class_counts(tables, classes=self.classes)
        counts = counts[counts["year"] == year]
        if counts.empty:
            return nothing()
        real = counts["origin"] != "demonstration"
        counts = counts[real] if real.any() else counts
        if len(self.classes) == 1:
            return counts[COLUMNS].reset_index(drop=True)
        sums = ages.add_up(counts.assign(known=1), by=["territory"], columns=["value", "known"])
        return sums.loc[sums["known"] == len(self.classes), COLUMNS].reset_index(drop=True)


@dataclass(frozen=True, kw_only=True)
class Cells(Quantity):
    """The cells of a table sorted by age or tenure, added up; one without a row has nobody in it.

    `ages` are the first ages of the classes counted, `tenures` those of the store: all of them when empty. `otherwise`
    counts the same in another table, where this one does not know a territory.
    """

    table: str
    variable: str
    ages: tuple[int, ...] = ()
    tenures: tuple[str, ...] = ()
    otherwise: Cells | None = None

    @property
    def codes(self) -> tuple[Code, ...]:
        """The variable of the table."""
        return ((self.table, self.variable),)

    @property
    def tables(self) -> tuple[str, ...]:
        """The table, then the other one."""
        return (self.table, *(self.otherwise.tables if self.otherwise else ()))

    def years(self, tables: Tables) -> set[int]:
        """The years of the tables."""
        return {int(year) for name in self.tables if name in tables for year in tables[name]["year"].unique()}

    def _read(self, tables: Tables, year: int) -> pd.DataFrame:
        """As `read`; simulated counts are left out as soon as real ones are known somewhere."""
        found = [self._add_up(tables, year=year)]
        if self.otherwise:
            found.append(self.otherwise.read(tables, year=year))
        return _first_known(found)

    def _add_up(self, tables: Tables, *, year: int) -> pd.DataFrame:
        if self.table not in tables:
            return nothing()
        rows = at(tables, self.table, year=year)
        rows = rows[rows["variable"] == self.variable]
        real = rows["origin"] != "demonstration"
        rows = rows[real] if real.any() else rows
        # A cell that is not known is not one without anybody.
        rows = rows[~rows["territory"].isin(rows.loc[rows["value"].isna(), "territory"])]
        if rows.empty:
            return nothing()
        for column, wanted in (("age", self.ages), ("tenure", self.tenures)):
            if wanted:
                rows = rows.assign(value=rows["value"].where(rows[column].isin(wanted), 0.0))
        return ages.add_up(rows, by=["territory"])[COLUMNS]


def _first_known(found: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """What frames know of each territory, the first of them that knows it."""
    known = [frame for frame in found if len(frame)] or found[:1]
    if len(known) == 1:
        return known[0].reset_index(drop=True)
    return pd.concat(known, ignore_index=True).drop_duplicates("territory", ignore_index=True)


def of(plural: str) -> str:
    """The noun after "de": `de logements`, `d’habitants`. The nouns in h of this module have a silent one."""
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
    """A variable of the census."""
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
    """What is left of a count once some of its parts are taken off."""
    return Total(
        table=whole.table,
        ways=whole.ways,
        less=tuple(name for part in parts for name in part.ways[0]),
        plural=plural,
        words=f"({' − '.join(quantity.words for quantity in (whole, *parts))})",
    )


def register(table: str, variable: str, *, plural: str) -> Total:
    """A variable of a register or of a tax file: no sample, dates of its own."""
    return Total(table=table, ways=((variable,),), plural=plural, register=True)


def people(*classes: Bounds) -> People:
    """Persons of classes of ages: `75 ans ou plus`, `moins de 20 ans`, `20 à 64 ans`."""
    told = [age_words(bounds) for bounds in classes]
    words = [f"habitants de {ages}" for ages in told]
    return People(
        classes=classes,
        plural=" et ".join(told),
        singular=f"habitant de {' ou de '.join(told)}",
        words=words[0] if len(words) == 1 else f"({' + '.join(words)})",
        growing=f"du nombre d’{' et d’'.join(words)}",
    )


def age_words(bounds: Bounds) -> str:
    """`moins de 20 ans`, `20 à 64 ans`, `75 ans ou plus`."""
    low, high = bounds
    if high is None:
        return f"{low} ans ou plus"
    return f"moins de {high + 1} ans" if low == 0 else f"{low} à {high} ans"


def rooms(bounds: Bounds) -> Total:
    """Main homes of so many rooms: `résidences principales de 1 ou 2 pièces`, `de 5 pièces ou plus`."""
    low, high = bounds
    if high is None:
        return _homes(bounds, ROOMS, f"de {low} pièces ou plus")
    if high == low:
        return _homes(bounds, ROOMS, f"de {low} {'pièce' if low == 1 else 'pièces'}")
    return _homes(bounds, ROOMS, f"de {low} {'ou' if high == low + 1 else 'à'} {high} pièces")


def built(bounds: Bounds) -> Total:
    """Main homes completed in some years: `résidences principales construites avant 1946`, `depuis 2006`."""
    low, high = bounds
    if high is None:
        return _homes(bounds, PERIODS, f"construites depuis {low}")
    return _homes(
        bounds, PERIODS, f"construites avant {high + 1}" if low == 0 else f"construites de {low} à {high}"
    )


def dated() -> Total:
    """The main homes whose time of completion the census gives: those completed two years at least before it."""
    told = "construites avant {before}"
    words = "résidences principales construites deux ans ou plus avant le recensement"
    return replace(_homes((0, None), PERIODS, told), words=words, among=f"parmi celles {told}")


def settled(bounds: Bounds) -> Total:
    """Main homes by years since the household came: `résidences principales occupées depuis moins de 2 ans`."""
    return _homes(bounds, STAYS, f"occupées depuis {age_words(bounds)}")


def inhabiting(bounds: Bounds, *, tenures: tuple[str, ...] = (), told: str = "") -> Cells:
    """Persons of an age by the tenure of their home: `20 à 29 ans`, and `told` of those of some `tenures`.

    The bounds are borders of the five-year classes of the pyramids by tenure.

    Raises:
        ValueError: they are not.
    """
    low, high = bounds
    if low % _CLASS or (high is not None and (high + 1) % _CLASS):
        raise ValueError(f"not borders of five-year classes: {bounds}")
    everyone = bounds == (0, None)
    who, told = "" if everyone else age_words(bounds), f" {told}" if told else ""
    return Cells(
        table="ages_tenure",
        variable="POP",
        ages=()
        if everyone
        else tuple(range(low, schemas.AGE_CLASSES[-1] + 1 if high is None else high + 1, _CLASS)),
        tenures=tenures,
        plural=f"{who or 'habitants'}{told}",
        singular=f"habitant{f' de {who}' if who else ''}{told}",
        words=f"habitants{f' de {who}' if who else ''}{told}",
    )


def held(bounds: Bounds, *, plural: str, tenures: tuple[str, ...] = ()) -> Cells:
    """Main homes by the age of their household's reference person.

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


def _homes(bounds: Bounds, classes: Sequence[tuple[tuple[str, ...], Bounds]], told: str) -> Total:
    ways = covers(bounds, classes)
    if not ways:
        raise ValueError(f"the classes of the census do not make up {bounds}")
    return Total(table="dwellings", ways=ways, plural=f"résidences principales {told}")


def covers(bounds: Bounds, classes: Sequence[tuple[tuple[str, ...], Bounds]]) -> tuple[tuple[str, ...], ...]:
    """The ways to make up a class from others that follow one another, those of fewer classes first."""
    return tuple(sorted(_chains(bounds, classes), key=len))


def _chains(bounds: Bounds, classes: Sequence[tuple[tuple[str, ...], Bounds]]) -> Iterator[tuple[str, ...]]:
    low, high = bounds
    for names, (first, last) in classes:
        if first == low and last == high:
            yield names
        elif first == low and last is not None and (high is None or last < high):
            yield from ((*names, *rest) for rest in _chains((last + 1, high), classes))


def _classes(**bounds: Bounds) -> tuple[tuple[tuple[str, ...], Bounds], ...]:
    return tuple(((name,), limits) for name, limits in bounds.items())


# The classes that the census gives. Ages, in years.
AGE_GROUPS = (
    *_classes(
        POP0014=(0, 14), POP1529=(15, 29), POP1824=(18, 24), POP3044=(30, 44), POP4559=(45, 59), POP6074=(60, 74),
        POP75P=(75, None), POP7589=(75, 89), POP90P=(90, None),
    ),
    (("H0019", "F0019"), (0, 19)),
    (("H2064", "F2064"), (20, 64)),
    (("H65P", "F65P"), (65, None)),
)  # fmt: skip
ROOMS = _classes(RP_1P=(1, 1), RP_2P=(2, 2), RP_3P=(3, 3), RP_4P=(4, 4), RP_5PP=(5, None))
# Years of completion. The last period ends three years before the census; RP2011 and RP2012 have only three (ACHT).
PERIODS = _classes(
    RP_ACHTOT=(0, None), RP_ACHT1=(0, 1945), RP_ACHT2=(1946, 1990), RP_ACHT3=(1991, None), RP_ACH19=(0, 1918), RP_ACH45=(1919, 1945), RP_ACH70=(1946, 1970), RP_ACH90=(1971, 1990),
    RP_ACH05=(1991, 2005), RP_ACH15=(2006, None),
)  # fmt: skip
# Whole years since the household moved in.
STAYS = _classes(
    MEN_ANEM0002=(0, 1), MEN_ANEM0204=(2, 4), MEN_ANEM0509=(5, 9), MEN_ANEM10P=(10, None), MEN_ANEM1019=(10, 19),
    MEN_ANEM2029=(20, 29), MEN_ANEM30P=(30, None),
)  # fmt: skip

POPULATION = count(
    "population",
    "POP",
    plural="habitants",
    singular="habitant",
    among="dans la population",
    growing="de la population",
)
STOCK = count(
    "dwellings", "LOG", plural="logements", singular="logement", among="dans le parc de logements",
    growing="du parc de logements",
)  # fmt: skip
MAIN_HOMES = count("dwellings", "RP", plural="résidences principales", singular="résidence principale")
