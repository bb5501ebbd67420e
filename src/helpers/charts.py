"""A drawing as a chart that an office suite can edit: what a figure declares of its bars or its curves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["bars", "stacks", "columns", "lines"]


@dataclass(frozen=True, kw_only=True)
class Series:
    """One bar of each row, one part of a bar, or one curve.

    `values` are as they are drawn, None where nothing is; `texts` what is written there (empty: nothing). `colours`
    (`#rrggbb`) are one, or one for each value; `hollow` tells the bars of which only the outline is drawn.
    """

    name: str
    values: tuple[float | None, ...]
    texts: tuple[str, ...]
    colours: tuple[str, ...]
    hollow: tuple[bool, ...] = ()

    def colour(self, rank: int) -> str:
        """Give the colour of the value of this rank."""
        return self.colours[rank if len(self.colours) > 1 else 0]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Series over categories, which are the names of rows, or the years of `columns` and `lines`.

    `bars` lie side by side, `stacks` one after another, `columns` stand on one another; `label` says what is measured.
    """

    kind: Kind
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    label: str = ""
    digits: int = 0
    signed: bool = False
    unit: str = ""

    def to_record(self) -> dict[str, Any]:
        """Write the chart as plain values (what JSON can hold)."""
        return asdict(self)


def read(record: Mapping[str, Any]) -> Chart:
    """Read a chart from plain values, as `Chart.to_record` writes them.

    Raises:
        TypeError: they are not those of a chart.
    """
    series = tuple(
        Series(**{name: _freeze(value) for name, value in one.items()}) for one in record["series"]
    )
    return Chart(**{**record, "categories": tuple(record["categories"]), "series": series})


def _freeze(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
