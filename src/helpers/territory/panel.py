"""The communes that one may be compared with: those of its intercommunalité, or a panel of its size and kind.

The panel follows one rule, without parameters. Its communes are of the same region and of the same category (their
place in the attraction areas of towns, Insee), and have from half to twice as many inhabitants. Fewer than 20 of them
widen it, step by step: neighbouring categories, then all of France, then both. Of more than 40, the nearest in
population are kept. The commune is no part of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from helpers import french, schemas

# Fewer others than this give no rank.
ENOUGH = 8
# The bounds of the panel: in number of communes, in times the population.
AT_LEAST, AT_MOST = 20, 40
TIMES = 2

# Categories that are taken together when one has too few communes.
_FAMILIES = {
    "commune d’un pôle d’une aire d’attraction": ("11", "12", "13"),
    "commune de la couronne d’une aire ou hors attraction des villes": ("20", "30"),
}


@dataclass(frozen=True)
class ComparisonGroup:
    """Communes that one is compared with, itself left out.

    `words` follows « communes » (`de la MEL`, `comparables`); `rule` is a French sentence that says which they are.
    """

    codes: tuple[str, ...]
    words: str
    rule: str


def choose(communes: pd.DataFrame, *, code: str) -> ComparisonGroup:
    """Choose the panel of a commune.

    `communes` has `code, region, category, people`, the population at one date, of the commune and of all those within
    its `bounds`, others or not; `category` as in `helpers.schemas.CATEGORIES`. The first step that gives 20 communes is
    the right one; the last one is kept whatever it gives, which may be nothing (Paris). The codes go from the nearest
    population to the furthest.
    """
    commune = communes.set_index("code").loc[code]
    if french.is_missing(commune["people"]):
        unknown = "La population de la commune n’est pas connue : aucune ne lui est comparée."
        return ComparisonGroup((), "comparables", unknown)
    known = communes[(communes["code"] != code) & (communes["people"] > 0)]
    least, greatest = bounds(commune["people"])
    near = known[known["people"].between(least, greatest)]
    tried = [
        (near[_among(near["region"], regions) & _among(near["category"], categories)], kind)
        for regions, categories, kind in _steps(commune)
    ]
    found, kind = next((step for step in tried if len(step[0]) >= AT_LEAST), tried[-1])
    gap = (found["people"] / commune["people"]).map(lambda ratio: max(ratio, 1 / ratio))
    kept = found.assign(gap=gap).sort_values(["gap", "code"])["code"].head(AT_MOST)
    size = f"de {french.number(least)} à {french.quantity(greatest, 'habitant')} (de la moitié au double)"
    if kept.empty:
        rule = f"Aucune commune ne répond à la règle : {kind}, {size}."
    elif len(found) > len(kept):
        rule = (
            f"Communes {kind}, {size} ; des {french.number(len(found))} qui répondent à la règle, les "
            f"{len(kept)} plus proches par la population."
        )
    else:
        rule = f"Communes {kind}, {size}."
    return ComparisonGroup(tuple(kept), "comparables", rule)


def bounds(people: float) -> tuple[float, float]:
    """Compute the least and the greatest population of the panel of a commune, from its own."""
    return people / TIMES, people * TIMES


def _among(column: pd.Series, values: tuple[str, ...]) -> pd.Series:
    """Tell whether each is one of the values, no value standing for all."""
    return column.isin(values) if values else pd.Series(True, index=column.index)


def _steps(commune: pd.Series) -> list[tuple[tuple[str, ...], tuple[str, ...], str]]:
    """List the regions, the categories (none for all) and the French words of each step, from the narrowest."""
    region = (str(commune["region"]),)
    if french.is_missing(commune["category"]):
        any_kind = "de toute catégorie, celle de la commune n’étant pas connue"
        return [(region, (), f"de la même région, {any_kind}"), ((), (), f"de toute la France, {any_kind}")]
    same = f"de la même catégorie ({schemas.CATEGORIES[commune['category']]})"
    family, categories = next(item for item in _FAMILIES.items() if commune["category"] in item[1])
    akin = f"de catégorie voisine ({family})"
    return [
        (region, (commune["category"],), f"de la même région et {same}"),
        (
            region,
            categories,
            f"de la même région et {akin}, faute de {AT_LEAST} communes de la même catégorie",
        ),
        (
            (),
            (commune["category"],),
            f"de toute la France et {same}, faute de {AT_LEAST} communes dans la région",
        ),
        ((), categories, f"de toute la France et {akin}, faute de {AT_LEAST} communes de la même catégorie"),
    ]
