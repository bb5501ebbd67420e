"""What smaller households and more people took of the occupied homes: a constat on the past, never a need to come.

Insee publishes this split since RP2022 (LOG T2bis): "effet taille des ménages" and "effet démographique", in homes
and in % of all homes of the first date. Which of the conventions A and B it follows is not known (`store.checks` asks).
Periods are never added up: each has its own size of households.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from helpers import provenance
from helpers.indicators import vintages
from helpers.indicators.crosstabs import Stack
from helpers.indicators.cube import Cube
from helpers.indicators.definitions import point_mort
from helpers.indicators.definitions.terms import FAMILIES, OCCUPANTS
from helpers.indicators.measures import ERRORS, Period
from helpers.indicators.quantities import MAIN_HOMES, STOCK, Quantity, count
from helpers.indicators.reliability import SMALL_COMMUNE

# The periods that a diagnostic details begin here; before, the long series is enough.
RECENT = 2006
# The two parts, by Insee's names; planners say "desserrement" for the first.
PARTS = {
    "decohabitation": "Effet taille des ménages (desserrement)",
    "demographic": "Effet démographique",
}

_FAMILY_MEMBERS = count("households", "C_PMEN", plural="population des ménages (exploitation complémentaire)")


def occupied(households: pd.DataFrame, dwellings: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Give occupied homes and the people in them: `territory, year, homes, people, stock`, from one exploitation only.

    RP and PMEN (principale) where the territory has real ones at two dates five years apart; C_MEN and C_PMEN
    (complémentaire), as in Insee's published tables of households, where it has only these and 2 000 people at least.
    `stock`, all homes (LOG), is what shares are of: missing where it is not known, or simulated beside real figures.
    """
    cube = Cube({"households": households, "dwellings": dwellings})
    whole = _known(cube, {"homes": MAIN_HOMES, "people": OCCUPANTS})
    if _has_two_real_dates(whole, territory):
        return _with_stock(whole, cube)
    sampled = _known(cube, {"homes": FAMILIES, "people": _FAMILY_MEMBERS})
    large = sampled.loc[sampled["territory"] == territory, "people"].min() >= SMALL_COMMUNE
    return _with_stock(sampled if large and _has_two_real_dates(sampled, territory) else whole, cube)


def _with_stock(inhabited: pd.DataFrame, cube: Cube) -> pd.DataFrame:
    """Add `stock` to occupied homes, and its sources to theirs, as `occupied`."""
    every = _known(cube, {"stock": STOCK})
    both = inhabited.merge(every, on=["territory", "year"], how="left", suffixes=("", "_stock"))
    simulated = (both["origin_stock"] == "demonstration") & (both["origin"] != "demonstration")
    used = both["stock"].notna() & ~simulated
    for name, bring in (("origin", provenance.least_real), ("sources", provenance.union)):
        pairs = zip(both[name], both.pop(f"{name}_stock"), strict=True)
        both[name] = [bring(pair) if known else pair[0] for pair, known in zip(pairs, used, strict=True)]
    return both.assign(stock=both["stock"].where(used))


def _known(cube: Cube, quantities: Mapping[str, Quantity]) -> pd.DataFrame:
    """Quantities at every date that has them all: `territory, year, <quantities>, origin, sources`."""
    stack = Stack(cube)
    for year in sorted(set.intersection(*(one.years(cube) for one in quantities.values()))):
        stack.add({name: one.read(cube, year=year) for name, one in quantities.items()}, year=year)
    return stack.frame(["year", *quantities], by=["year"])


def _has_two_real_dates(inhabited: pd.DataFrame, territory: str) -> bool:
    real = inhabited[(inhabited["territory"] == territory) & (inhabited["origin"] != "demonstration")]
    return len(vintages.spaced(real)) > 1


def household_effect(
    inhabited: pd.DataFrame, *, territory: str, since: int = RECENT, convention: str = "A"
) -> pd.DataFrame:
    """Share out the change of the occupied homes between smaller households and more people, by period.

    `inhabited` as `occupied` gives it. Columns `territory, since, until, years, homes_0, homes_1, people_0,
    people_1, size_0, size_1`, then `decohabitation` and `demographic` (homes) as `split` gives them: together
    homes_1 − homes_0; `decohabitation_rate, demographic_rate, homes_rate`, each and their sum in % of all homes of the
    first date, as in Insee's LOG T2bis. One row for each pair of successive dates, five years apart at least, from
    `since` on.
    """
    own = inhabited[(inhabited["territory"] == territory) & (inhabited["year"] >= since)]
    both = _between_successive(own, vintages.spaced(own))
    order = ["territory", "since", "until", "years", "homes_0", "homes_1", "people_0", "people_1"]
    parts = split(both, convention=convention)
    of_stock = 100 / both["stock_0"].where(both["stock_0"] > 0)
    return both[[*order, *provenance.COLUMNS]].assign(
        size_0=both["people_0"] / both["homes_0"].where(both["homes_0"] > 0),
        size_1=both["people_1"] / both["homes_1"].where(both["homes_1"] > 0),
        **parts,
        **{f"{name}_rate": amount * of_stock for name, amount in parts.items()},
        homes_rate=(both["homes_1"] - both["homes_0"]) * of_stock,
    )


def split(both: pd.DataFrame, *, convention: str) -> dict[str, np.ndarray]:
    """Share out the change of the homes of two dates: `decohabitation` and `demographic` (homes).

    `both` has `homes_0, homes_1, people_0, people_1`; the formulas are those of `definitions.point_mort`.

    Both are missing where either is.

    Raises:
        ValueError: another convention than A and B.
    """
    if convention not in ("A", "B"):
        raise ValueError(f"the conventions are A and B, not {convention!r}")
    terms = {name: both[name].to_numpy("float64") for name in ("homes_0", "homes_1", "people_0", "people_1")}
    period = Period(0, 0, convention=convention)
    with np.errstate(divide="ignore", invalid="ignore"):
        shrinking, demographic = point_mort.shrinking(terms, period), point_mort.demographic(terms, period)
    # The demographic effect asks for the homes of one date only; both parts are reported, or neither.
    return {
        "decohabitation": shrinking,
        "demographic": np.where(np.isnan(shrinking), np.nan, demographic),
    }


def _between_successive(wide: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """Set each date beside the next one."""
    frames = [provenance.between(wide, since=start, until=end) for start, end in pairwise(years)]
    return pd.concat(frames, ignore_index=True) if frames else provenance.between(wide, since=0, until=0)


def effect_parts(effect: pd.DataFrame) -> pd.DataFrame:
    """Set the two parts of `household_effect` one under the other: `territory, period, part, amount` (homes)`, count`.

    `stock_rate` is the amount in % of all homes of the first date, where they are known. `count`, the fewest homes of
    either date, is what they rest on. Beside the amount stands what `beside_amounts` adds.
    """
    counted = effect.assign(small=is_small(effect), count=effect[["homes_0", "homes_1"]].min(axis=1))
    kept = ["territory", "since", "until", "years", "small", "count", *provenance.COLUMNS]
    frames = [
        counted[kept].assign(part=label, amount=counted[name], stock_rate=counted[f"{name}_rate"])
        for name, label in PARTS.items()
    ]
    long = pd.concat(frames, ignore_index=True).assign(period=lambda frame: period_names(frame))
    # Insee's order: the size of households, then the people.
    long = beside_amounts(long.sort_values("period", kind="stable", ignore_index=True))
    return long if long["stock_rate"].notna().any() else long.drop(columns="stock_rate")


def period_names(frame: pd.DataFrame) -> pd.Series:
    """`2013-2018` for each row of `since` and `until`."""
    return frame["since"].astype("str") + "-" + frame["until"].astype("str")


def is_small(periods: pd.DataFrame) -> pd.Series:
    """Say whether fewer than 2 000 people lived in households at either date: figures are orders of magnitude."""
    return periods[["people_0", "people_1"]].min(axis=1) < SMALL_COMMUNE


def give_or_take(amount: pd.Series) -> pd.Series:
    """Give an indicative margin for a number of homes: two standard errors of a count that varies at random, 2 √n.

    It is no confidence interval of the census, which surveys everybody in small communes over five years.
    """
    return ERRORS * amount.abs() ** 0.5


def beside_amounts(long: pd.DataFrame) -> pd.DataFrame:
    """Amounts of homes with what they come to a year, `homes_per_year`, or in a small commune with their margin alone.

    `long` has `amount, years, small`; a year's decimals would pass for knowledge in a small commune: there
    `give_or_take` comes in their place.
    """
    if long["small"].any():
        return long.assign(give_or_take=give_or_take(long["amount"]))
    return long.assign(homes_per_year=long["amount"] / long["years"])
