"""Indicators of the people who moved within a year, and where they came from."""

from __future__ import annotations

from helpers.indicators.definitions.terms import (
    LOCAL_MOVERS,
    MOVED,
    MOVERS,
    STAYERS,
)
from helpers.indicators.indicator import Indicator, Theme
from helpers.indicators.quantities import Total, count, difference

theme = Theme("Population")

_MOVES = (
    "Les moins d’un an sont hors champ. Pour un territoire de plusieurs communes, ce sont les arrivées dans l’une "
    "d’elles, y compris depuis une autre du même territoire."
)


def _from(name: str, place: int, origin: str) -> Indicator:
    came = count("mobility", f"POP01P_IRAN{place}", plural=f"habitants d’un an ou plus venus d’{origin}")
    return theme.share(f"venus_{name}", came, MOVED, note=_MOVES)


_ABROAD = Total(
    table="mobility",
    ways=(("POP01P",),),
    less=tuple(f"POP01P_IRAN{place}" for place in range(1, 6)),
    plural="habitants d’un an ou plus venus d’outre-mer ou de l’étranger",
)
_ARRIVED = difference(
    MOVERS, STAYERS, LOCAL_MOVERS, plural="habitants d’un an ou plus arrivés dans la commune depuis un an"
)

INDICATORS = (
    theme.share("emmenages", MOVED, MOVERS, note=_MOVES),
    theme.share("arrivees", _ARRIVED, MOVERS, note=_MOVES),
    theme.share("venus_commune", LOCAL_MOVERS, MOVED, note=_MOVES),
    _from("departement", 3, "une autre commune du département"),
    _from("region", 4, "un autre département de la région"),
    _from("metropole", 5, "une autre région de métropole"),
    theme.share("venus_ailleurs", _ABROAD, MOVED, note=_MOVES),
)
