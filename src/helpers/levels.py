"""The levels of territory: one table that says how each is called and where its code is found.

A level more (a `bassin de vie`, a `SCoT`) is a row of `LEVELS`, and its column in the membership source. The figures
of every larger territory are sums of those of its communes, given where all of these are known; a commune that has
no code at a level (an island outside any EPCI) takes no part in its sums.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from helpers import french


@dataclass(frozen=True)
class Level:
    """One level of territory.

    `key` names it in the store, in the parameters and in the selections of communes; `insee` is its short name for
    Insee, in Melodi (`DEP-59`) and in the table of membership. Its code is in the column `column` of the table
    `territories`, its name in `<column>_name`; a level of a single territory has no column, `only` gives its code and
    its name. `noun` is what people call it, `after_de` the same after "de", `mark` sets a territory apart from a
    smaller one of the same name (`Paris (région)`). `show` makes the name on a page from the official name.
    """

    key: str
    insee: str
    noun: str
    after_de: str
    mark: str = ""
    column: str = ""
    only: tuple[str, str] | None = None
    show: Callable[[str], str] = str
    # Compared with unless the parameters say otherwise.
    default: bool = True
    # True when every commune belongs to one.
    complete: bool = True
    # True of perimeters that do not change: a figure printed years ago is that of today's territory.
    lasting: bool = True
    # Codes of the territories made of a single commune: comparing it with them says nothing.
    single: frozenset[str] = frozenset()

    @property
    def name_column(self) -> str:
        """The column of the table `territories` that holds its name."""
        return "name" if self.column == "code" else f"{self.column}_name"

    @property
    def sql(self) -> str:
        """The expression (DuckDB) of its code in a row of the table `territories`."""
        return self.column if self.only is None else f"'{self.only[0]}'"


def _shorten(name: str) -> str:
    # The metropolis is known by its initials to everyone who will read the page.
    # « CA Intercommunale du Nord de la Réunion (CINOR) » is written between brackets itself.
    return "MEL" if name == "Métropole Européenne de Lille" else name.partition(" (")[0]


# From the nearest to the furthest: the order of comparison.
LEVELS = (
    Level("commune", "COM", "commune", "de la commune", column="code"),
    Level(
        "epci", "EPCI", "intercommunalité", "de l’intercommunalité", "EPCI", "epci",
        show=_shorten, complete=False, lasting=False,
    ),
    Level(
        "arrondissement", "ARR", "arrondissement", "de l’arrondissement", "arrondissement", "arrondissement",
        show=lambda name: f"Arrondissement {french.of(name)}",
        default=False, complete=False, lasting=False, single=frozenset({"751"}),
    ),
    Level(
        "departement", "DEP", "département", "du département", "département", "department", single=frozenset({"75"}),
    ),
    Level("region", "REG", "région", "de la région", "région", "region"),
    Level("france", "FRANCE", "France", "de la France", only=("F", "France hors Mayotte"), lasting=False),
)  # fmt: skip


def larger() -> tuple[Level, ...]:
    """List the levels above the commune, from the nearest to the furthest."""
    return LEVELS[1:]


def divided() -> tuple[Level, ...]:
    """List the levels above the commune that have several territories."""
    return tuple(level for level in larger() if level.column)


def defaults() -> list[str]:
    """List the keys of the levels that a commune is compared with unless the parameters say otherwise."""
    return [level.key for level in larger() if level.default]


def keys() -> list[str]:
    """List the keys of all levels, the commune's first."""
    return [level.key for level in LEVELS]


def find(key: str) -> Level:
    """Find a level by its key.

    Raises:
        KeyError: no level has this key.
    """
    return {level.key: level for level in LEVELS}[key]


def by_insee() -> dict[str, str]:
    """Give the key of each level by Insee's short name."""
    return {level.insee: level.key for level in LEVELS}
