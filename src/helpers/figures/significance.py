"""What a drawing may show of a figure: what its table writes of it, and nothing where that is not significant."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.columns import Column, find_column
from helpers.frames import find_column_of
from helpers.indicators.reliability import assess_cells, explain, mark

# The class of what a legend greys.
UNSOUND = f"{explain(0.0, 0).split(',')[0]} ({french.NOT_SIGNIFICANT})"


def worth(data: pd.DataFrame, column: str) -> pd.Series:
    """What each figure of a column is worth (`helpers.indicators.reliability`): "ok" for what is not weighed."""
    verdicts = assess_cells(data, columns=[column]).get(column, ["ok"] * len(data))
    return pd.Series(verdicts, index=data.index, dtype="object")


def is_weak(data: pd.DataFrame, column: str) -> pd.Series:
    """True of the figures that are not significant."""
    return worth(data, column) == french.NOT_SIGNIFICANT


def firm(data: pd.DataFrame, column: str) -> pd.DataFrame:
    """The data, the figures of a column that are not significant missing; counts stay."""
    if not find_column_of(data, column).is_figure:
        return data
    return data.assign(**{column: data[column].mask(is_weak(data, column))})


def write(text: str, verdict: str, *, column: str | Column) -> str:
    """A figure as its table writes it: "n.s." in its place or after a count, a star that asks for care."""
    known = find_column(column) if isinstance(column, str) else column
    return mark(text, verdict, is_count=known.is_count)
