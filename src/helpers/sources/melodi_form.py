"""What is said of one data set of Insee's Melodi to read it: its figures, where they go, what holds them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

TOTAL = "_T"
# What a row says beside its dimensions: of what, when, and how good the value is.
DESCRIPTION = {
    "GEO", "GEO_OBJECT", "FREQ", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "OBS_STATUS_FR", "CONF_STATUS",
    "UNIT_MEASURE", "UNIT_MULT", "OBS_MEASURE", "DECIMALS",
}  # fmt: skip


@dataclass(frozen=True)
class Cross:
    """One figure of a data set, and where it goes in the store."""

    # The table "" is only checked: another data set gives its values, or no table asks for it.
    table: str
    variable: str
    # Codes that differ from the pinned ones; None when the file has no such cross: it is computed.
    codes: Mapping[str, str] | None
    sex: str | None = None
    age: int | None = None
    tenure: str | None = None


@dataclass(frozen=True)
class Form:
    """How one data set is read: the figures wanted, and what is known but left out."""

    # Every dimension, with the code it has in a cross that does not name another. The first one is the measure.
    pinned: Mapping[str, str]
    crosses: Mapping[str, Cross]
    # Dimensions that some editions do not have.
    optional: Sequence[str] = ()
    # Dimension -> pattern of the codes that overlap those read, or that tell a detail nobody asks for.
    left_out: Mapping[str, str] = field(default_factory=dict)
    # Dimension -> code -> the SQL of what it is called in the `year` of a row.
    dated: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    # Figure -> its parts and their signs: computed where the file does not give it.
    computed: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    # A whole, and parts that add up to it.
    identities: Sequence[tuple[str, Sequence[str]]] = ()
    # Flows run since the census before in the file, or last a year.
    yearly: bool = False
    # Single years of age, summed to classes and groups.
    by_age: bool = False
    # Several figures add up to one cell of the store.
    summed: bool = False
    # The figure that every place has: a place that has it has none of what has no row.
    whole: str = ""
    # Whether the figures of communes add up to those of larger territories.
    additive: bool = True
    # The code of the France of the store, without Mayotte.
    france: str = "F"

    @property
    def measure(self) -> str:
        """Return the dimension that says what is counted."""
        return next(iter(self.pinned))

    @property
    def tables(self) -> list[str]:
        """List the tables of the store it feeds."""
        summed = ["ages", "age_groups"] if self.by_age else []
        return list(
            dict.fromkeys([*(cross.table for cross in self.crosses.values() if cross.table), *summed])
        )

    @property
    def constant(self) -> dict[str, str]:
        """Return the dimensions of which a single code is read, with that code."""
        read = [self.codes(cross) for cross in self.crosses.values() if cross.codes is not None]
        return {
            name: code
            for name, code in self.pinned.items()
            if name not in self.optional and all(codes[name] == code for codes in read)
        }

    def codes(self, cross: Cross) -> dict[str, str]:
        """Return the code of every dimension in one cross."""
        return {**self.pinned, **(cross.codes or {})}


def along(table: str, dimension: str, *, measure: str | None = None, **codes: str) -> dict[str, Cross]:
    """List figures that differ by their code in one dimension."""
    shared = {} if measure is None else {"RP_MEASURE": measure}
    return {name: Cross(table, name, {**shared, dimension: code}) for name, code in codes.items()}


def computed(table: str, *variables: str) -> dict[str, Cross]:
    """List figures that no file gives, made of others."""
    return {variable: Cross(table, variable, None) for variable in variables}
