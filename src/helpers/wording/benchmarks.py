"""Indicators of the commune side by side with those of the nearest territory."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from helpers import french
from helpers.indicators import ranking
from helpers.indicators.registry import find
from helpers.territory.communes import Commune
from helpers.wording.finding import Finding, guard_finding, of_level, of_territory

# What follows the size of a perimeter is no way to be set apart from it.
_OF_PERIMETERS = ("densite",)
_NUMBERS = {1: "Un", 2: "Deux", 3: "Trois", 4: "Quatre", 5: "Cinq", 6: "Six", 7: "Sept", 8: "Huit"}


@guard_finding
def benchmarks(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the indicators by which the commune differs clearly from the nearest territory.

    Reads `id, indicator` and, for each territory, `@name` (as written) and `measure@name` (the figure). Title: how many
    differ, of all that it reads; reading: the widest of them, changes and balances left to their own exhibits, and
    density, which follows the size of the perimeter. Nothing without another territory, nor when no figure of the
    commune is significant. No takeaway.
    """
    nearest = _nearest_known(data, commune)
    if nearest is None:
        return Finding()
    levels = {
        rank: words
        for rank, row in data.iterrows()
        if (words := _describe_gap(row, commune, nearest)) and words != french.NOT_SIGNIFICANT
    }
    if not levels:
        return Finding()
    sound = data.loc[[*levels]]
    values, others = sound[f"measure@{commune.name}"], sound[f"measure@{nearest}"]
    steady = sound["id"].map(lambda one: not find(one).signed and one not in _OF_PERIMETERS)
    gaps = ((values - others) / others).abs().where((others > 0) & steady)
    if not gaps.notna().any():
        return Finding()
    total = len(levels)
    apart = sum(not words.startswith(("proche", "un peu")) for words in levels.values())
    title = (
        f"Tous ces chiffres s’écartent nettement {of_level(nearest, commune)}"
        if apart == total > 1
        else f"{_NUMBERS[apart]} {french.plural(apart, 'chiffre')} sur {_NUMBERS[total].lower()} "
        f"{french.plural(apart, 's’écarte', 's’écartent')} nettement {of_level(nearest, commune)}"
        if apart
        else f"Aucun chiffre ne s’écarte nettement {of_level(nearest, commune)}"
    )
    row = sound.loc[gaps.idxmax()]
    own, other = row[f"@{commune.name}"], row[f"@{nearest}"]
    whole = f"l’ensemble {of_territory(nearest, commune)}"
    reading = (
        f"{own} pour « {row['indicator']} », contre {other} dans {whole} : un niveau {levels[row.name]}."
    )
    return Finding(title, reading)


def in_words(data: pd.DataFrame, commune: Commune) -> pd.DataFrame:
    """Add how the commune stands against the nearest territory: `compared`, in words.

    Reads `id` and, for each territory, `@name` and `measure@name`. The data as they are without another territory.
    """
    nearest = _nearest_known(data, commune)
    if nearest is None:
        return data
    return data.assign(compared=[_describe_gap(row, commune, nearest) for row in data.to_dict("records")])


def _describe_gap(row: Mapping[Hashable, Any], commune: Commune, nearest: str) -> str | None:
    """Write how near two figures are: `proche`, `plus faible`; "n.s." where one is, nothing where one is missing."""
    written = (row[f"@{commune.name}"], row[f"@{nearest}"])
    if french.MISSING in written:
        return None
    if french.NOT_SIGNIFICANT in written:
        return french.NOT_SIGNIFICANT
    unit = find(str(row["id"])).unit
    return ranking.compare_to(row[f"measure@{commune.name}"], row[f"measure@{nearest}"], unit=unit)


def _nearest_known(data: pd.DataFrame, commune: Commune) -> str | None:
    """Find the first other territory that has figures."""
    names = [name.removeprefix("measure@") for name in data if name.startswith("measure@")]
    known = (name for name in names if name != commune.name and data[f"measure@{name}"].notna().any())
    return next(known, None)
