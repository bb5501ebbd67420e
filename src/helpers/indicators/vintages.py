"""Which dates of a series may stand side by side."""

from __future__ import annotations

import pandas as pd

# Insee's rule: vintages less than five years apart share surveys and are not compared.
GAP = 5
# The tenure of main homes that every census and extract gives.
TENURE = "RP_PROP"
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

    What is real comes first. The end is the latest year with people, the stock and its tenures, or else with people and
    the stock, or with people alone. The start is the latest one at least five years before with people, main homes and
    their tenures, or else one since which births are known, or with people alone.
    """
    real = [_real(table) for table in (population, dwellings, flows)]
    return _choose(*real, until=until) or _choose(population, dwellings, flows, until=until)


def _choose(
    population: pd.DataFrame, dwellings: pd.DataFrame, flows: pd.DataFrame, *, until: int | None
) -> tuple[int, int] | None:
    people, tenures = _years(population, "POP"), _years(dwellings, TENURE)
    if until is None:
        stock = people & _years(dwellings, "LOG")
        until = max(stock & tenures or stock or people, default=None)
    if until is None or until not in people:
        return None
    earlier = {year for year in people if year <= until - GAP}
    lived_in = earlier & tenures & _years(dwellings, "RP")
    since = max(lived_in or earlier & _counted_since(flows, until) or earlier, default=None)
    return None if since is None else (since, until)


def choose_counted(population: pd.DataFrame, flows: pd.DataFrame, *, since: int, until: int) -> int:
    """Choose the date since which births are counted up to `until`, in a commune's own rows: `since` where they are.

    Elsewhere, the latest one at least five years before at which people are known; `since` when there is none.
    """
    found = {year for year in _counted_since(_real(flows), until) if year <= until - GAP}
    found &= _years(_real(population), "POP")
    return since if since in found else max(found, default=since)


def _counted_since(flows: pd.DataFrame, until: int) -> set[int]:
    """List the years since which births are counted up to `until`."""
    known = flows[(flows["variable"] == "NAIS") & (flows["year"] == until)]
    return {int(year) for year in known["since"]}


def _real(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["origin"] != "demonstration"]


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
