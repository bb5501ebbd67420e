"""The record of an indicator: what it is called, how it is computed and written, what it is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from helpers import french
from helpers.indicators.changes import Change, Gain, Growth, Points
from helpers.indicators.measures import Measure, Ratio, Share, State
from helpers.indicators.quantities import Code, Quantity
from helpers.indicators.reliability import SMALL_COMMUNE
from helpers.schemas import SAMPLED

# Tables and variables that are no census: they have neither its exploitations nor its vintages.
_ELSEWHERE = ("income", "social_housing", "vacancy", "facilities", "territories")
_ELSEWHERE_TOO = ("LOGCOM",)
# How the codes of a producer bear their vintage (yy) or the two ends of their period (aayy); "P…" otherwise.
_DATED = {
    "flows": "{}aayy",
    "income": "{}yy",
    "single_ages": "Pyy_{} par âge et sexe",
    "ages_tenure": "Pyy_{} par âge et statut d’occupation",
    "householders": "Pyy_{} par âge et statut d’occupation",
    "occupants": "Pyy_{} par statut d’occupation",
}

_COUNTED = ("habitants", "logements", "ménages")


@dataclass(frozen=True)
class Indicator:
    """One indicator: `measure` words and computes it; the rest says how it is written and read.

    `polarity` says which side calls for attention ("high", "low"), "none" for a figure that is neither good nor bad
    in itself. It is for people who prepare a debate: no page colours a figure with it.
    """

    id: str
    theme: str
    measure: Measure
    unit: str
    digits: int = 1
    source: str = "Insee, recensement de la population"
    note: str = ""
    polarity: Literal["none", "high", "low"] = "none"
    signed: bool = False

    @property
    def label(self) -> str:
        """Its French name, as a template of dates (see `helpers.indicators.measures`)."""
        return self.measure.label

    @property
    def formula(self) -> str:
        """How it is computed, in French words."""
        return self.measure.formula

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables of the store it reads."""
        return self.measure.tables

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of its producer, `yy` for the vintage: `Pyy_LOGVAC`, `Cyy_MENPSEUL`, `NAISaayy`."""
        return tuple(_producer_code(code) for code in self.measure.codes)

    @property
    def exploitation(self) -> str:
        """`complémentaire` or `principale`; nothing for a figure that has nothing of the census."""
        census = [
            (table, name)
            for table, name in self.measure.codes
            if table not in _ELSEWHERE and name not in _ELSEWHERE_TOO
        ]
        if any(table in SAMPLED or name.startswith("C_") for table, name in census):
            return "complémentaire"
        return "principale" if census else ""

    @property
    def caution(self) -> str:
        """What to keep in mind when it is read, as French sentences; nothing where there is nothing to say."""
        sample = (
            f"Exploitation complémentaire : à ne pas utiliser sous {french.number(SMALL_COMMUNE)} habitants."
            if self.exploitation == "complémentaire"
            else ""
        )
        return " ".join(filter(None, (self.note, sample)))

    @property
    def counted(self) -> bool:
        """True for a plain number of people, homes or households: it grows with the territory."""
        return self.unit in _COUNTED and not self.signed

    def name(self, *, since: int | str, until: int | str, year: int | str | None = None) -> str:
        """Its label at its dates, `year` being that of a figure that has its own."""
        year = until if year is None else year
        return self.label.format(
            since=since, until=until, year=year, before=_before(until, 2), last=_before(year, 1)
        )

    def heading(self, *, since: int, until: int, year: int) -> str:
        """Its label at its dates; its unit too where neither the label nor the figure says it: at the head of a row."""
        label = self.name(since=since, until=until, year=year)
        is_unsaid = self.unit == "points" or (" par " in self.unit and "%" not in self.unit)
        return f"{label} ({self.unit})" if is_unsaid else label

    def write(self, value: float | None) -> str:
        """Write a value as on a page, with its unit where it is a sign."""
        if self.unit in _WRITERS:
            return _WRITERS[self.unit](value, self)
        if self.counted:
            return french.count(value)
        return french.number(value, digits=self.digits, signed=self.signed)


@dataclass(frozen=True)
class Theme:
    """The family of some indicators, and the usual ways to define one of them."""

    name: str
    source: str = "Insee, recensement de la population"

    def define(self, identifier: str, measure: Measure, unit: str, **more: Any) -> Indicator:
        """Define an indicator by its measure."""
        return Indicator(identifier, self.name, measure, unit, **{"source": self.source, **more})

    def number(self, identifier: str, quantity: Quantity, unit: str, **more: Any) -> Indicator:
        """Define a number of people, homes or households."""
        return self.define(identifier, State(quantity), unit, digits=0, **more)

    def share(self, identifier: str, part: Quantity, whole: Quantity, **more: Any) -> Indicator:
        """Define the share (%) of a part in its whole."""
        return self.define(identifier, Share(part, whole), "%", **more)

    def ratio(
        self, identifier: str, top: Quantity, bottom: Quantity, unit: str, *, per: int = 1, **more: Any
    ) -> Indicator:
        """Define a quantity over another one."""
        return self.define(identifier, Ratio(top, bottom, per), unit, **more)

    def mean(
        self, identifier: str, top: Quantity, bottom: Quantity, unit: str, *, mean: str, **more: Any
    ) -> Indicator:
        """Define an average, that `mean` names."""
        return self.define(identifier, Ratio(top, bottom, mean=mean), unit, **more)

    def growth(self, identifier: str, quantity: Quantity, **more: Any) -> Indicator:
        """Define an average annual change (%)."""
        return self.define(identifier, Growth(quantity), "% par an", signed=True, **more)

    def change(self, identifier: str, quantity: Quantity, **more: Any) -> Indicator:
        """Define a change (%) over the whole period."""
        return self.define(identifier, Change(quantity), "%", signed=True, **more)

    def gain(self, identifier: str, quantity: Quantity, unit: str, **more: Any) -> Indicator:
        """Define how many more, or fewer, there are."""
        return self.define(identifier, Gain(quantity), unit, digits=0, signed=True, **more)

    def points(self, identifier: str, part: Quantity, whole: Quantity, **more: Any) -> Indicator:
        """Define the change of a share, in points."""
        return self.define(identifier, Points(Share(part, whole)), "points", signed=True, **more)


def _before(year: int | str, years: int) -> int | str:
    """Give the year so many years before: a number, or in words that of a date that is a letter."""
    return year - years if isinstance(year, int) else f"{year} − {years}"


def _euros(value: float | None) -> str:
    return french.MISSING if french.is_missing(value) else f"{french.number(value)}{french.NBSP}€"


_WRITERS: dict[str, Callable[[float | None, Indicator], str]] = {
    "%": lambda value, one: french.percent(value, digits=one.digits, signed=one.signed),
    "‰": lambda value, one: french.per_mille(value, digits=one.digits),
    "% par an": lambda value, one: french.annual(value, digits=one.digits),
    "€ par an": lambda value, one: _euros(value),
}


def _producer_code(code: Code) -> str:
    table, name = code
    if name.startswith("C_"):
        return f"Cyy_{name.removeprefix('C_')}"
    plain = "{}" if table in _ELSEWHERE or name in _ELSEWHERE_TOO else "Pyy_{}"
    return (plain if name in _ELSEWHERE_TOO else _DATED.get(table, plain)).format(name)
