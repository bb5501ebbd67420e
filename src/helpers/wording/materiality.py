"""What is too small to be reported as a direction: balances near nil, changes within their margin.

A count varies by chance by its square root: a change is said beyond two of them for both its dates, 2 √(n0 + n1), that
of a share beyond what its counts give it and three tenths of a point, a balance beyond 2 √(events) and 0,05 % a year.
What is within is "à l’équilibre", "stable", "quasi stable".
"""

from __future__ import annotations

import math

from helpers import french
from helpers.indicators.measures import ERRORS, margin_of_change
from helpers.indicators.quantities import of

# A balance under this (% a year) is none; a growth that is written as this one or less is nearly none.
_BALANCED = 0.05
_NEARLY_STABLE = 0.1
# A change of share that is written under this (points) is none to a reader.
_LEAST_POINTS = 0.3


def is_beyond_margin(before: float, after: float) -> bool:
    """Say whether the change of a count is beyond its margin; a missing one is not."""
    change = after - before
    return not french.is_missing(change) and abs(change) > margin_of_change(before, after)


def is_balance_beyond_margin(balance: float, annual: float, events: float) -> bool:
    """Say whether a balance (persons, and % a year) made of so many events may be reported as a direction."""
    if any(french.is_missing(one) for one in (balance, annual, events)):
        return False
    return abs(annual) > _BALANCED and abs(balance) > ERRORS * math.sqrt(events)


def turn(before: float, after: float) -> str:
    """Write `augmente`, `diminue` or `reste stable`, by the change of a count."""
    if not is_beyond_margin(before, after):
        return "reste stable"
    return "augmente" if after > before else "diminue"


def turn_of_share(before: tuple[float, float], after: tuple[float, float]) -> str:
    """Write `augmente`, `diminue` or `reste stable`, by the count and the share (%) of a category at two dates."""
    change = after[1] - before[1]
    if french.is_missing(change) or abs(round(change, 1)) < _LEAST_POINTS:
        return "reste stable"
    way = "augmente" if change > 0 else "diminue"
    # Each count varies by its square root: a share, by itself over that root.
    chance = math.sqrt(sum(share**2 / count for count, share in (before, after) if count))
    # What is reported of the count is reported of its share.
    is_sure = abs(change) > ERRORS * chance or turn(before[0], after[0]) == way
    return way if is_sure else "reste stable"


def moves(annual: float) -> str:
    """Write `augmente`, `diminue` or `est quasi stable`, by an annual change in %; "n.d." when it is missing."""
    if french.is_missing(annual):
        return french.MISSING
    # As it is written: one figure has one word on a page.
    if abs(round(annual, 1)) <= _NEARLY_STABLE:
        return "est quasi stable"
    return "augmente" if annual > 0 else "diminue"


def more(change: float, singular: str, plural: str = "") -> str:
    """Write `433 logements de plus`, `un habitant de moins` in figures, or `autant de logements`: never a sign."""
    if french.is_missing(change):
        return french.MISSING
    many = plural or f"{singular}s"
    if french.number_value(change) == 0:
        return f"autant {of(many)}"
    return f"{french.quantity(abs(change), singular, many)} de {'plus' if change > 0 else 'moins'}"


def difference(change: float) -> str:
    """Write a difference after what it is one of: `23 de moins`, `12 de plus`, `autant`."""
    if french.is_missing(change):
        return french.MISSING
    if not french.number_value(change):
        return "autant"
    return f"{french.number(abs(change))} de {'plus' if change > 0 else 'moins'}"


def more_of(before: float, after: float, plural: str) -> str:
    """Write `plus d’habitants`, `moins d’habitants`, or within the margin `un nombre stable d’habitants`."""
    if not is_beyond_margin(before, after):
        return f"un nombre stable {of(plural)}"
    return f"{'plus' if after > before else 'moins'} {of(plural)}"


def more_of_both(homes: str, people: str, plural: str) -> str:
    """Write how main homes and people changed, as a title, from the words of each (`more_of`, `grown_of`)."""
    if homes.startswith("un nombre stable") and people.startswith("un nombre stable"):
        return f"Résidences principales et {plural} en nombre stable"
    return f"{french.capitalize(homes)}, {people}"


def grown_of(annual: float, plural: str) -> str:
    """Write `plus d’habitants`, `moins d’habitants` or `un nombre stable d’habitants`, by an annual change in %."""
    way = moves(annual)
    word = {"augmente": "plus", "diminue": "moins"}.get(way, "un nombre stable")
    return f"{word} {of(plural)}"
