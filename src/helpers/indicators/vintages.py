"""Which dates of a series may stand side by side."""

from __future__ import annotations

import pandas as pd

# Insee's rule: vintages less than five years apart share surveys and are not compared.
GAP = 5
# A pyramid is set against the one of about ten years before: from the first to the last date of a census file.
DECADE = 11


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
    """Keep the rows of these years."""
    return wide[wide["year"].isin(years)].sort_values("year", ignore_index=True)


def choose(
    population: pd.DataFrame, dwellings: pd.DataFrame, flows: pd.DataFrame, *, until: int | None = None
) -> tuple[int, int] | None:
    """Choose the two dates that a commune's own rows allow to compare, the latest ones; None when there are not two.

    The end is the latest year with people and homes, or with people alone; the start, the latest one with
    people at least five years before, if possible one since which births are known.
    """
    people = _years(population, "POP")
    if until is None:
        both = people & _years(dwellings, "LOG")
        until = max(both or people, default=None)
    if until is None:
        return None
    earlier = {year for year in people if year <= until - GAP}
    known = flows[(flows["variable"] == "NAIS") & (flows["year"] == until)]
    counted = earlier & {int(year) for year in known["since"]}
    since = max(counted or earlier, default=None)
    return None if since is None else (since, until)


def choose_pyramids(*tables: pd.DataFrame) -> list[int] | None:
    """Choose the last date of the first table that has two, and the one of about ten years before; None without any."""
    for table in tables:
        years = {int(year) for year in table["year"]}
        last = max(years, default=0)
        earlier = [year for year in years if GAP <= last - year <= DECADE]
        if earlier:
            return [min(earlier), last]
    return None


def _years(table: pd.DataFrame, variable: str) -> set[int]:
    return {int(year) for year in table.loc[table["variable"] == variable, "year"]}
