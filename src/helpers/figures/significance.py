"""What a drawing may show of a figure: what its table writes of it, and nothing where that is not significant."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.patches import Patch

from helpers import french
from helpers.columns import Column, find_column
from helpers.figures import style
from helpers.frames import find_column_of
from helpers.indicators.measures import ERRORS
from helpers.indicators.reliability import assess_cells, explain, mark

# The class of what a legend greys.
UNSOUND = f"{explain(0.0, 0).split(',')[0]} ({french.NOT_SIGNIFICANT})"

# What a hollow bar is, in a legend.
WITHIN = "Écart dans sa marge"


def is_within(before: float, after: float) -> bool:
    """Say whether the change of a count is within its margin, two standard errors of both counts: 2 √(n0 + n1)."""
    return bool(abs(after - before) <= ERRORS * math.sqrt(abs(before) + abs(after)))


def verdicts(data: pd.DataFrame, column: str) -> pd.Series:
    """Judge each figure of a column (`helpers.indicators.reliability`): "ok" for what is not judged."""
    found = assess_cells(data, columns=[column]).get(column, ["ok"] * len(data))
    return pd.Series(found, index=data.index, dtype="object")


def is_weak(data: pd.DataFrame, column: str) -> pd.Series:
    """Tell the figures of a column that are not significant: True for them."""
    return verdicts(data, column) == french.NOT_SIGNIFICANT


def keep_significant(data: pd.DataFrame, column: str) -> pd.DataFrame:
    """Copy the data, the figures of a column that are not significant missing; counts stay."""
    if not find_column_of(data, column).is_figure:
        return data
    return data.assign(**{column: data[column].mask(is_weak(data, column))})


def write(text: str, verdict: str, *, column: str | Column) -> str:
    """Write a figure as its table does: "n.s." in its place or after a count, a star that asks for care."""
    known = find_column(column) if isinstance(column, str) else column
    return mark(text, verdict, is_count=known.is_count)


def legend_of_weak(found: pd.Series) -> list[Patch]:
    """Make the key of grey bars, if any of the verdicts asks for them."""
    if not (found == french.NOT_SIGNIFICANT).any():
        return []
    return [Patch(facecolor=style.WEAK, edgecolor=style.PAPER, label=UNSOUND)]
