"""The neighbours that a village is read with: the small communes of its EPCI, taken together as one place.

One rule, without parameters, that needs no map. They are the communes under 2 000 inhabitants of the EPCI. Where they
have fewer than 2 000 inhabitants together, the village included, those of the arrondissement take their place, or else
those of the département.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers import levels, store
from helpers.territory.communes import Commune, Territory

# Each commune of the group has fewer inhabitants than this; the group has as many at least.
SMALL = 2_000
TOGETHER = 2_000
# Where neighbours are looked for, nearest first.
_LEVELS = ("epci", "arrondissement", "departement")


@dataclass(frozen=True)
class Vicinity:
    """The neighbours of a village, itself left out (`codes`), and the territory that they are the small communes of."""

    codes: tuple[str, ...]
    territory: Territory | None = None

    @property
    def size(self) -> int:
        """The number of communes of the group, the village included."""
        return len(self.codes) + 1


def find(commune: Commune, *, people_of: Callable[[Sequence[str]], pd.Series], folder: Path) -> Vicinity:
    """Find the neighbours of a village; the last level is kept whatever it gives, which may be nobody.

    `people_of` gives the inhabitants (persons) of communes by code; a commune that it does not know is no neighbour.
    """
    found = Vicinity(())
    for territory in commune.larger:
        if territory.level in _LEVELS:
            people = people_of(_list_members(territory, folder=folder))
            small = people[people < SMALL].drop(commune.code, errors="ignore")
            found = Vicinity(tuple(str(code) for code in sorted(small.index)), territory)
            if small.sum() + people.get(commune.code, 0) >= TOGETHER:
                break
    return found


def _list_members(territory: Territory, *, folder: Path) -> list[str]:
    """List the codes of the communes of a territory."""
    column = levels.find(territory.level).column
    found = store.read_reference(
        "territories", folder=folder, key=column, values=[territory.code], columns=["code", column]
    )
    return sorted(str(code) for code in found["code"])
