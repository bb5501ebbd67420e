"""Indicators of the commune side by side with those of the nearest territory."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from helpers import french
from helpers.indicators import ranking
from helpers.indicators.registry import find
from helpers.territory.communes import Commune
from helpers.wording.finding import Finding, closeness, guard_finding, of_level


@guard_finding
def benchmarks(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the indicator by which the commune differs most from the nearest territory.

    Reads `id, indicator` and, for each territory, `@name` (as written) and `measure@name` (the figure). Title: that
    indicator of both; reading: how near they are. Changes and balances are left to their own exhibits. Without
    another territory, the first indicator; nothing when none of the commune's is significant. No takeaway.
    """
    nearest = _nearest_known(data, commune)
    not_written = [french.NOT_SIGNIFICANT, french.MISSING]
    sound = data[~data[f"@{commune.name}"].isin(not_written)]
    if sound.empty:
        return Finding()
    if nearest is None:
        text = f"{sound.iloc[0]['indicator']} : {sound.iloc[0][f'@{commune.name}']}"
        return Finding(text, f"{sound.iloc[0][f'@{commune.name}']} pour « {sound.iloc[0]['indicator']} ».")
    values, others = sound[f"measure@{commune.name}"], sound[f"measure@{nearest}"]
    # Near zero a relative difference means nothing: changes and balances are left out.
    steady = sound["id"].map(lambda one: not find(one).signed)
    gaps = ((values - others) / others).abs().where((others > 0) & steady)
    row = sound.loc[gaps.idxmax() if gaps.notna().any() else sound.index[0]].to_dict()
    own, other = row[f"@{commune.name}"], row[f"@{nearest}"]
    of_other = of_level(nearest, commune)
    near = ranking.bands(find(str(row["id"])).unit, reference=row[f"measure@{nearest}"])
    level = closeness(row[f"measure@{commune.name}"], row[f"measure@{nearest}"], near=near)
    reading = f"{own} pour « {row['indicator']} », un niveau {level} celui {of_other} ({nearest} : {other})."
    title = f"Ce qui s’éloigne le plus {of_other} : {row['indicator']}, {own} contre {other}"
    return Finding(f"Des niveaux proches de ceux {of_other}" if level == "proche de" else title, reading)


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
    return ranking.beside(row[f"measure@{commune.name}"], row[f"measure@{nearest}"], unit=unit)


def _nearest_known(data: pd.DataFrame, commune: Commune) -> str | None:
    """Find the first other territory that has figures."""
    names = [name.removeprefix("measure@") for name in data if name.startswith("measure@")]
    known = (name for name in names if name != commune.name and data[f"measure@{name}"].notna().any())
    return next(known, None)
