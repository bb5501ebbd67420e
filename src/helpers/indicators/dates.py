"""Which dates of a series may stand side by side."""

from __future__ import annotations

import pandas as pd

# Insee's rule: vintages less than five years apart share surveys and are not compared.
GAP = 5


def spaced(wide: pd.DataFrame, *, until: int | None = None) -> list[int]:
    """Years of the frame at least five years apart, oldest first; real dates win over simulated ones."""
    years = wide[wide["year"] <= until] if until else wide
    real = years.loc[years["origin"] != "demonstration", "year"]
    kept: list[int] = []
    for candidates in (real, years["year"]):
        for year in sorted({int(year) for year in candidates}, reverse=True):
            if all(abs(year - other) >= GAP for other in kept):
                kept.append(year)
    return sorted(kept)


def keep(wide: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """The rows of these years."""
    return wide[wide["year"].isin(years)].sort_values("year", ignore_index=True)
