"""What the individuals of a detail file lack, measured against the tables by commune, and put right.

FD_MIGCOM is about people who were born a year before: children under one are absent from it, and its class of 0-4 years
holds four ages out of five. It is of the exploitation complémentaire (Insee, documentation 2383331), the tables of the
principale: the same survey, of which one household in four is worked out under 10 000 inhabitants, with weights of its
own. A commune may differ by `sampling_margin`; France as a whole does not.

All functions take and give frames of the store (`code, year, variable, ..., value`, in persons) and leave their
arguments as they are. What a function has not changed keeps the origin `insee`; what it has is an `estimation`.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from helpers.errors import SourceError

COMPLETE = "complet"
WITHOUT_UNDER_ONE = "sans les moins d'un an"

# A year of births: about 1 % of the people of France today, 1.3 % twenty years ago; less in an ageing département.
_BIRTHS = (0.005, 0.016)
_ACCEPTED = (0.95, 1.01)
# A factor that is one but for roundings leaves a cell as the file gives it.
_SAME = 1e-6
_COMPLETE_GAP = 0.001
# A commune may not hold more individuals than people, but for the sampling; more of France in such communes is refused.
_EXCESS_SHARE = 0.10
# Under 10 000 inhabitants the exploitation complémentaire has one household in four (Insee).
_SURVEYED = 1 / 4
# Persons come by households: taken at random, one lives in a household of about three.
_HOUSEMATES = 3
_ERRORS = 2

_CELL = ["code", "year", "sex", "age"]


@dataclass(frozen=True)
class Coverage:
    """How much of the people a detail file holds.

    `kind` is `complet` or `sans les moins d'un an`. `ratio` is weighted persons over the people of the tables,
    over the communes of the tables; `communes` gives it for each (`code, year, persons, population, ratio`).
    """

    kind: str
    ratio: float
    communes: pd.DataFrame


def sampling_margin(persons: pd.Series) -> pd.Series:
    """Give what the exploitation complémentaire may be off by, in persons, for counts of the principale.

    Two standard errors of the survey of one household in four, households of three: 2 √(3 n (1 − f) / f) = 6 √n. It is
    an order of magnitude, and a ceiling from 10 000 inhabitants on, where every household surveyed is worked out:
    in 2021, Hem has 7 118 households in one exploitation and 7 195 in the other (1.1 %).
    """
    spread = _HOUSEMATES * (1 - _SURVEYED) / _SURVEYED
    return _ERRORS * (spread * persons) ** 0.5


def measure_coverage(ages_tenure: pd.DataFrame, population: pd.DataFrame) -> Coverage:
    """Compare the weighted persons of a detail file with the people of the tables, where both know a commune and year.

    `ages_tenure` is what the file gives (persons by `code, year, sex, age, tenure`); `population` has the variable
    POP of the same years, in the same list of communes. The classification is
    that of all communes together: complete within 0.1 %, without children under one when 0.5 to 1.6 % are
    missing (a year of births).

    Raises:
        SourceError: the whole is outside 95 to 101 % of the people, or explained by neither case; or communes with
            more weighted persons than people, beyond `sampling_margin`, hold a tenth of the people, which is the mark
            of another vintage or of another list of communes. Names the numbers.
    """
    people = population[population["variable"] == "POP"]
    people = people[people["year"].isin(ages_tenure["year"].unique())]
    persons = _by_commune(ages_tenure).rename("persons")
    communes = (
        pd.concat([_by_commune(people).rename("population"), persons], axis=1)
        .dropna(subset="population")
        .fillna({"persons": 0.0})
    )
    communes["ratio"] = communes["persons"] / communes["population"].where(communes["population"] > 0)
    total = communes["population"].sum()
    if not total > 0:
        raise SourceError(
            "Aucune population communale à comparer au fichier détail.",
            remedy="Ingérez d'abord les populations des mêmes années, dans la même liste de communes.",
        )
    ratio = float(communes["persons"].sum() / total)
    counts = f"{communes['persons'].sum():.0f} personnes pondérées pour {total:.0f} habitants ({100 * ratio:.2f} %)"
    if not _ACCEPTED[0] <= ratio <= _ACCEPTED[1]:
        raise SourceError(
            f"Le fichier détail ne couvre pas la population : {counts}, hors de {_ACCEPTED[0]:.0%}-{_ACCEPTED[1]:.0%}.",
            remedy="Vérifiez que le fichier est entier, de ce millésime et dans la même liste de communes.",
        )
    excess = communes["persons"] - communes["population"]
    over = excess > sampling_margin(communes["population"])
    share = float(communes.loc[over, "population"].sum() / total)
    if share > _EXCESS_SHARE:
        worst = excess.idxmax()
        raise SourceError(
            f"Le fichier détail compte plus de personnes que d'habitants dans {over.sum()} communes, {share:.0%} de la "
            f"population ; {worst[0]} en {worst[1]} : {communes.loc[worst, 'persons']:.0f} pour "
            f"{communes.loc[worst, 'population']:.0f}.",
            remedy="C'est la marque d'un autre millésime ou d'une autre liste de communes : "
            "vérifiez les deux fichiers.",
        )
    return Coverage(kind=_classify(1 - ratio, counts=counts), ratio=ratio, communes=communes.reset_index())


def _classify(deficit: float, *, counts: str) -> str:
    if abs(deficit) <= _COMPLETE_GAP:
        return COMPLETE
    if _BIRTHS[0] <= deficit <= _BIRTHS[1]:
        return WITHOUT_UNDER_ONE
    raise SourceError(
        f"Il manque au fichier détail une part inexpliquée de la population : {counts}. L'absence des enfants de moins "
        f"d'un an se tient entre {100 * _BIRTHS[0]:.1f} et {100 * _BIRTHS[1]:.1f} %.",
        remedy="Vérifiez le millésime du fichier détail et celui des populations.",
    )


def compute_factors(ages_tenure: pd.DataFrame, ages: pd.DataFrame) -> pd.DataFrame:
    """Compute what brings the tenures of a cell to the table of ages: `code, year, sex, age, persons, margin, factor`.

    One row by cell of the table of ages (commune, year, sex, five-year class) whose commune the detail file
    knows that year. `factor` is margin over persons: missing where the file has nobody and the table has people
    (`rescale` spreads them), 1 where neither has.
    """
    persons = _sum(ages_tenure, _CELL).rename("persons")
    margin = _sum(ages[ages["variable"] == "POP"], _CELL).rename("margin")
    both = margin.to_frame().join(persons, how="left").fillna({"persons": 0.0}).reset_index()
    both = _known(both, ages_tenure)
    both["factor"] = both["margin"] / both["persons"].where(both["persons"] > 0)
    both.loc[(both["persons"] == 0) & (both["margin"] == 0), "factor"] = 1.0
    return both[[*_CELL, "persons", "margin", "factor"]]


def rescale(ages_tenure: pd.DataFrame, ages: pd.DataFrame) -> pd.DataFrame:
    """Rescale the persons by tenure until they add up to the table of ages, with an `origin` column.

    In each commune, year, sex and five-year class that the table of ages gives, every tenure is multiplied by the
    same factor (see `compute_factors`). Where the file has nobody and the table has people, they are spread as the
    two neighbouring classes of the same sex are, or else all ages of the sex, or else all of the commune. Cells
    that agree, and those the table does not give, are left as they are: origin `insee`; the others are
    `estimation`. Cells that come to zero have no row.
    """
    ratios = compute_factors(ages_tenure, ages)
    people = _with_origin(ages_tenure)
    kept = people.merge(ratios[[*_CELL, "factor"]], on=_CELL, how="left")
    changed = (kept["factor"] - 1).abs() > _SAME
    kept["value"] = kept["value"].where(~changed, kept["value"] * kept["factor"])
    kept["origin"] = kept["origin"].where(~changed, "estimation")
    empty = ratios[ratios["factor"].isna()]
    whole = pd.concat([kept.drop(columns="factor"), _spread(empty, people)])[list(people.columns)]
    return whole[whole["value"] > 0].sort_values(
        ["code", "year", "variable", "sex", "age", "tenure"], ignore_index=True
    )


def _spread(empty: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Spread the people of cells that the file has nobody in, by tenure: as neighbours, sex, or commune."""
    parts = []
    left = empty[[*_CELL, "margin"]]
    for keys, reach in (
        (["code", "year", "sex"], 5),
        (["code", "year", "sex"], 100),
        (["code", "year"], 100),
    ):
        models = left.merge(people[[*keys, "age", "tenure", "value"]], on=keys, suffixes=("", "_like"))
        models = models[(models["age"] - models["age_like"]).abs() <= reach]
        mix = models.groupby([*_CELL, "margin", "tenure"], as_index=False)["value"].sum()
        mix["value"] *= mix["margin"] / mix.groupby(_CELL)["value"].transform("sum")
        parts.append(mix)
        left = left[~pd.MultiIndex.from_frame(left[_CELL]).isin(pd.MultiIndex.from_frame(mix[_CELL]))]
    spread = pd.concat(parts, ignore_index=True).drop(columns="margin")
    return spread.assign(variable="POP", origin="estimation")


def _known(cells: pd.DataFrame, ages_tenure: pd.DataFrame) -> pd.DataFrame:
    """Keep the cells of communes and years that the detail file has people in."""
    held = _by_commune(ages_tenure)
    held = held[held > 0].index
    return cells[pd.MultiIndex.from_frame(cells[["code", "year"]]).isin(held)].reset_index(drop=True)


def _by_commune(frame: pd.DataFrame) -> pd.Series:
    return _sum(frame, ["code", "year"])


def _sum(frame: pd.DataFrame, keys: list[str]) -> pd.Series:
    return _plain(frame[[*keys, "value"]]).groupby(keys)["value"].sum()


def _with_origin(frame: pd.DataFrame) -> pd.DataFrame:
    return _plain(frame) if "origin" in frame else _plain(frame).assign(origin="insee")


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Give back text where a reader gave categories: those of two files would not match."""
    kinds = {name: "str" for name in frame.columns if isinstance(frame[name].dtype, pd.CategoricalDtype)}
    return frame.astype(kinds)
