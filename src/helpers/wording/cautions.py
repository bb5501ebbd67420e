"""The cautions that Insee asks to write with its figures: thresholds, exploitations, changes of method."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from helpers import french
from helpers.columns import find_columns
from helpers.indicators.growth import straddles_questionnaire
from helpers.indicators.reliability import (
    FRAGILE,
    REASONS,
    SMALL_COMMUNE,
    Verdict,
    assess_cells,
    columns_not_significant,
    is_pyramid,
)
from helpers.territory.communes import Commune

# From so many inhabitants on, the census asks a sample every year; under it, everyone once in five years.
METHOD_THRESHOLD = 10_000
# So near to the threshold (share of it), a commune may cross it from one year to the next.
_NEAR = 0.1
# The first census whose definitions are those of today.
_DEFINITIONS = 2004


def warn(data: pd.DataFrame, *, commune: Commune, sources: pd.DataFrame) -> list[str]:
    """Write the cautions that the data of an exhibit call for: what its marks mean, changes of method that it spans.

    Reads `territory, year, since, until` and the columns of figures (`helpers.indicators.reliability`), and
    `exploitation` of the `sources` (one row each). French sentences, none when nothing calls for caution.
    """
    rows = data[data["territory"] == commune.name] if "territory" in data else data
    cells = assess_cells(data)
    left_out = columns_not_significant(cells)
    texts = (data[name] for name, kind in data.dtypes.items() if kind.kind == "O")
    in_words = {"n.s."} if any((column == french.NOT_SIGNIFICANT).any() for column in texts) else set()
    marks = in_words.union(*(verdicts for name, verdicts in cells.items() if name not in left_out))
    hidden = [f"ce qui n’est pas écrit est non significatif : {REASONS['n.s.']}"] if left_out else []
    warnings = [
        *explain_marks(marks),
        *hidden,
        *_warn_of_questionnaire(rows.drop(columns=left_out) if left_out else rows),
        *_warn_of_definitions(rows),
    ]
    if is_pyramid(data) and data["value"].median() < FRAGILE:
        warnings.append(
            f"la plupart des effectifs sont inférieurs à {FRAGILE} : lire la forme d’ensemble, pas une classe isolée"
        )
    if (sources["exploitation"] == "complémentaire").any():
        warnings.append(
            "exploitation complémentaire (sondage au quart dans les communes de moins de "
            f"{french.number(METHOD_THRESHOLD)} habitants)"
        )
    return [warning + "." for warning in warnings]


def explain_marks(verdicts: Iterable[str]) -> list[str]:
    """Write what the marks of figures mean, those of the `verdicts` given: French clauses without a full stop."""
    known = set(verdicts)
    signs: dict[Verdict, str] = {"n.s.": french.NOT_SIGNIFICANT, "précaution": "**", "prudence": "*"}
    return [f"« {sign} » : {REASONS[verdict]}" for verdict, sign in signs.items() if verdict in known]


def _warn_of_questionnaire(rows: pd.DataFrame) -> list[str]:
    """Write the caution on changes that straddle the questionnaire of 2018; exhibits by period have a note for it."""
    compared = {column.compares for column in find_columns(rows).values()} - {""}
    if "period" in rows or not compared or not {"since", "until"} <= set(rows):
        return []
    # A date is missing where the change is.
    pairs = rows[["since", "until"]].dropna().drop_duplicates().astype("int").itertuples(index=False)
    straddling = [f"{since}-{until}" for since, until in pairs if straddles_questionnaire(since, until)]
    if not straddling:
        return []
    balance = " et son solde migratoire apparent sont" if "migration" in compared else " est"
    return [
        "le questionnaire du recensement a changé en 2018 : l’évolution de "
        f"{french.enumerate_words(straddling)}{balance} à lire avec prudence (Insee)"
    ]


def _warn_of_definitions(rows: pd.DataFrame) -> list[str]:
    """Write the changes of 2004 in a series that spans them."""
    if "year" not in rows or not rows["year"].min() < _DEFINITIONS <= rows["year"].max():
        return []
    return sorted({column.redefined for column in find_columns(rows).values()} - {""})


def cautions(
    commune: Commune,
    *,
    since: int,
    until: int,
    people: pd.Series,
    mergers: Sequence[tuple[str, Sequence[str]]] = (),
) -> list[str]:
    """Write the cautions that hold for a whole page, as French sentences.

    `people` are the inhabitants of the commune by year, simulated ones left out; `since` and `until` the dates
    compared; `mergers` those that made the commune within the span of its figures: date, names of the communes.
    """
    sentences = [
        *(_describe_merger(date, names) for date, names in mergers),
        *_warn_of_size(people, year=until),
        *_warn_of_threshold(people[people.index >= since]),
        "Les calculs portent sur les effectifs non arrondis de l’Insee ; l’arrondi n’intervient qu’à l’affichage, "
        "les totaux peuvent donc différer de la somme des arrondis.",
        "Le solde migratoire apparent est un résidu : il porte toutes les erreurs des deux recensements.",
        f"Deux millésimes ne se comparent qu’à cinq ans d’écart au moins ({since} et {until} le sont) : les enquêtes "
        "de recensement de millésimes plus proches se recouvrent.",
        "Les territoires de comparaison gardent leur périmètre d’aujourd’hui à toutes les dates.",
        f"« n.d. » : donnée non disponible ; « n.s. » : non significatif, {REASONS['n.s.']} ; « * » : "
        f"{REASONS['prudence']} ; « ** » : {REASONS['précaution']} ; « – » : nul.",
    ]
    if commune.split:
        day = french.long_date(pd.Timestamp(commune.split).date())
        sentences.insert(
            0,
            f"Le périmètre de la commune a changé le {day} (scission) : les chiffres antérieurs portent sur l’ancien "
            "périmètre.",
        )
    return sentences


def _warn_of_size(people: pd.Series, *, year: int) -> list[str]:
    """Write what may not be read of a small commune."""
    inhabitants = people.get(year)
    if inhabitants is None or inhabitants >= SMALL_COMMUNE:
        return []
    if inhabitants < FRAGILE:
        return [
            f"Moins de {FRAGILE} habitants : aucun taux ni aucune évolution de la commune n’est significatif, seuls "
            "des effectifs sont donnés."
        ]
    return [
        f"Moins de {french.number(SMALL_COMMUNE)} habitants : l’exploitation complémentaire du recensement "
        "(composition des ménages, peuplement des logements, âges des habitants selon le statut d’occupation), un "
        "sondage, n’est pas utilisée (Insee)."
    ]


def _warn_of_threshold(people: pd.Series) -> list[str]:
    """Write the change of method of a commune that crosses the threshold of the annual surveys, or may."""
    crossed = bool(people.min() < METHOD_THRESHOLD <= people.max())
    near = (people / METHOD_THRESHOLD - 1).abs() < _NEAR
    if not crossed and not near.any():
        return []
    ends = people.sort_index().iloc[[0, -1]]
    counts = " et ".join(f"{french.number(count)} en {year}" for year, count in ends.items())
    verb = "a franchi" if crossed else "est près"
    threshold = f"{'le' if crossed else 'du'} seuil de {french.number(METHOD_THRESHOLD)} habitants"
    return [
        f"La commune {verb} {threshold} ({counts}) : au-dessous, le recensement interroge tous les habitants une "
        "fois en cinq ans ; à partir de ce seuil, un échantillon chaque année. La méthode change après deux "
        "franchissements successifs et jusqu’à trois ans plus tard : une évolution peut en porter la trace."
    ]


def _describe_merger(date: str, names: Sequence[str]) -> str:
    """Write from which communes one was made, and when."""
    day = french.long_date(pd.Timestamp(date).date())
    return (
        f"La commune réunit depuis le {day} les anciennes communes {french.of(french.enumerate_words(names))} ; les "
        "chiffres antérieurs sont la somme des leurs."
    )
