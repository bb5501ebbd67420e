"""Sentences on facilities beside the ages that use them."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.indicators.definitions.facilities import KINDS, Kind
from helpers.territory.communes import Commune
from helpers.wording.finding import Finding, guard_finding, rows_of

_KINDS = {kind.plural: kind for kind in KINDS}


@guard_finding
def facilities(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the facilities of the commune.

    Reads `territory, label, year, facilities, people`. Title: the schools, or the first kind known, and the
    inhabitants concerned; reading: how many of each kind. No takeaway: facilities differ in size.
    """
    rows = rows_of(data, commune)
    known = [(_KINDS[str(row.label)], int(row.facilities), row) for row in rows.itertuples(index=False)]
    kind, number, row = next((one for one in known if one[0].identifier == "ecoles"), known[0])
    title = f"{_count(kind, number)} pour {french.quantity(row.people, 'habitant')}"
    if kind.bounds is not None:
        title = f"{title} {_of_ages(kind.bounds)}"
    counts = french.enumerate_words([_count(one, count) for one, count, _ in known])
    reading = (
        f"au 1er janvier {int(row.year)}, la commune compte {counts}. Ce sont des nombres d’équipements : ils ne "
        "disent ni les places, ni qui les utilise, ni la distance."
    )
    return Finding(title, reading)


def _count(kind: Kind, number: int) -> str:
    if not number:
        return f"aucun{'e' if kind.singular in ('crèche', 'école') else ''} {kind.singular}"
    return french.quantity(number, kind.singular, kind.plural)


def _of_ages(bounds: tuple[int, int | None]) -> str:
    low, high = bounds
    return f"de {low} ans ou plus" if high is None else f"de {low} à {high} ans"
