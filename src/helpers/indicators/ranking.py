"""How a figure stands beside others: its rank, its quarter, and words for its distance to a reference.

The bands of this module are the only ones: what a page calls near, a little higher or half as much is written here.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers import french

# A share is compared by the ratio of the two while both are under this (%): 3 % is half of 6 %. Above it, by points.
SMALL_SHARE = 20.0
# Half-widths within which two figures are said to be alike, nearly alike, apart: in points for annual changes and for
# large shares, as shares of the reference for any other figure.
NEAR_CHANGE = (0.1, 0.3, 1.0)
NEAR_SHARE = (1.0, 4.0, 15.0)
NEAR_RATIO = (0.05, 0.1, 0.5)
# A small share is half of another one, or its double, within these ratios.
HALF, DOUBLE = (0.4, 0.6), (1.7, 2.4)
# A commune in the first or last quarter of the others stands out.
QUARTER = 25.0

# The words of `nearness` where no noun says whether they are masculine or feminine.
_HERE = {
    "proche": "comme ici",
    "moitié moindre": "ici moitié moins",
    "double": "ici le double",
    "un peu plus élevé": "ici un peu plus",
    "plus élevé": "ici davantage",
    "bien plus élevé": "ici bien davantage",
    "un peu plus faible": "ici un peu moins",
    "plus faible": "ici moins",
    "bien plus faible": "ici bien moins",
}

_IN_POINTS = {"% par an": NEAR_CHANGE, "%": NEAR_SHARE, "points": NEAR_SHARE}


def percentile_of(value: float, others: pd.Series | np.ndarray) -> float:
    """Share (%) of the others that are lower, ties counting for half."""
    return float(100 * ((others < value).sum() + (others == value).sum() / 2) / len(others))


def rank_of(value: float, others: pd.Series) -> str:
    """`3 / 41`, unbroken: one for the highest value, ties sharing the best rank; the commune is counted among them."""
    return f"{int((others > value).sum()) + 1}{french.NBSP}/{french.NBSP}{len(others) + 1}"


def quarter(percentile: float) -> str:
    """`quart le plus élevé`, `moitié haute`, `médiane`, `moitié basse` or `quart le plus faible`."""
    if percentile == 50:
        return "médiane"
    if percentile > 50:
        return "quart le plus élevé" if percentile >= 100 - QUARTER else "moitié haute"
    return "quart le plus faible" if percentile <= QUARTER else "moitié basse"


def nearness(value: float, reference: float, *, unit: str, feminine: bool = False) -> str:
    """`proche`, `un peu plus élevé`, `plus faible`, `moitié moindre`, `double`..., in the bands of the unit."""
    if unit == "%" and reference > 0 and max(value, reference) < SMALL_SHARE:
        ratio = value / reference
        if HALF[0] <= ratio <= HALF[1]:
            return "moitié moindre"
        if DOUBLE[0] <= ratio <= DOUBLE[1]:
            return "double"
    near, some, far = bands(unit, value=value, reference=reference)
    gap = value - reference
    if not gap or abs(gap) < near:
        return "proche"
    word = ("élevée" if feminine else "élevé") if gap > 0 else "faible"
    return f"{'un peu plus' if abs(gap) < some else 'plus' if abs(gap) < far else 'bien plus'} {word}"


def bands(unit: str, *, value: float, reference: float) -> tuple[float, float, float]:
    """Give the three half-widths for a figure of this unit, in its unit."""
    if unit in _IN_POINTS and not (unit == "%" and max(value, reference) < SMALL_SHARE):
        return _IN_POINTS[unit]
    first, second, third = NEAR_RATIO
    return first * abs(reference), second * abs(reference), third * abs(reference)


def compare_to(value: float, reference: float, *, unit: str) -> str:
    """`nearness` in the bands of the unit; nothing where one of the two is missing."""
    if french.is_missing(value) or french.is_missing(reference):
        return ""
    return nearness(value, reference, unit=unit)


def stand_here(value: float, reference: float, *, unit: str) -> str:
    """`ici un peu plus`, `ici le double`, `comme ici`: `nearness` after a reference, agreeing with any noun."""
    return _HERE[nearness(value, reference, unit=unit)]
