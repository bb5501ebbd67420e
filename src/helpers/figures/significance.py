"""What a drawing may show of a figure: what its table writes of it, and nothing where that is not significant.

Counts are always drawn, with their mark.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.patches import Patch

from helpers import french
from helpers.figures import style
from helpers.frames import find_column_of
from helpers.indicators.measures import margin_of_change
from helpers.indicators.reliability import FRAGILE, assess_cells

# The class of what a legend greys.
UNSOUND = f"rapporté à moins de {FRAGILE} ({french.NOT_SIGNIFICANT})"

# What a hollow bar is, in a legend.
WITHIN = "Écart trop petit pour être sûr"


def is_within(before: float, after: float) -> bool:
    """Say whether the change of a count is within its margin, two standard errors of both counts: 2 √(n0 + n1)."""
    return bool(abs(after - before) <= margin_of_change(before, after))


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


def legend_of_weak(found: pd.Series) -> list[Patch]:
    """Make the key of grey bars, if any of the verdicts asks for them."""
    if not (found == french.NOT_SIGNIFICANT).any():
        return []
    return [Patch(facecolor=style.WEAK, edgecolor=style.PAPER, label=UNSOUND)]
