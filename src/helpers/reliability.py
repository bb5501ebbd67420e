"""What Insee asks to say beside its figures: thresholds, exploitations, changes of method."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers import french
from helpers.territory import Commune

# Insee, base-cc notes: under 200 a count must be handled with care; under 2 000 inhabitants the
# exploitation complémentaire (a sample of one household in four) is not to be used.
FRAGILE_COUNT = 200
SMALL_COMMUNE = 2_000
METHOD_THRESHOLD = 10_000


def warn(data: pd.DataFrame, *, commune: Commune, sources: pd.DataFrame) -> list[str]:
    """The cautions that an exhibit's own data call for."""
    warnings = []
    counts = [name for name in ("value", "POP_1", "RP_1", "people") if name in data]
    own = data[data["territory"].astype("str") == commune.name] if "territory" in data else data
    if counts and "age" not in data and ((own[counts[0]] > 0) & (own[counts[0]] < FRAGILE_COUNT)).any():
        warnings.append(
            f"des effectifs sont inférieurs à {FRAGILE_COUNT} : ils sont imprécis et ne se comparent pas d’un petit "
            "territoire à l’autre"
        )
    if "age" in data and "value" in data and data["value"].median() < FRAGILE_COUNT:
        warnings.append(
            f"la plupart des classes comptent moins de {FRAGILE_COUNT} personnes : lire la forme d’ensemble, pas une "
            "classe isolée"
        )
    if (sources["exploitation"] == "complémentaire").any():
        warnings.append(
            "exploitation complémentaire (sondage au quart dans les communes de moins de "
            f"{french.number(METHOD_THRESHOLD)} habitants)"
        )
    return [warning + "." for warning in warnings]


def cautions(
    commune: Commune, *, since: int, until: int, mergers: Sequence[tuple[str, Sequence[str]]] = ()
) -> list[str]:
    """The cautions that hold for a whole page.

    `mergers` are those that made the commune within the span of its figures: date, names of the communes.
    """
    sentences = [
        *(_tell_merger(commune.name, date, names) for date, names in mergers),
        "Les calculs portent sur les effectifs non arrondis de l’Insee ; l’arrondi n’intervient qu’à l’affichage, les "
        "totaux peuvent donc différer de la somme des arrondis.",
        "Le solde migratoire apparent est un résidu : il porte toutes les erreurs des deux recensements et, pour les "
        "périodes qui enjambent 2018, le changement de questionnaire de cette année-là.",
        f"Deux millésimes ne se comparent qu’à cinq ans d’écart au moins ({since} et {until} le sont) : les enquêtes de "
        "recensement de millésimes plus proches se recouvrent.",
        "Les territoires de comparaison gardent leur périmètre d’aujourd’hui à toutes les dates.",
        "« n.d. » : donnée non disponible ; « n.s. » : non significatif ; « – » : nul.",
    ]
    if commune.split:
        day = french.long_date(pd.Timestamp(commune.split).date())
        sentences.insert(
            0,
            f"Le périmètre de la commune a changé le {day} (scission) : les chiffres antérieurs portent sur l’ancien "
            "périmètre.",
        )
    return sentences


def _tell_merger(name: str, date: str, names: Sequence[str]) -> str:
    day = french.long_date(pd.Timestamp(date).date())
    return (
        f"{name} réunit depuis le {day} les anciennes communes {french.of(french.enumerate_words(names))} ; les "
        "chiffres antérieurs sont la somme des leurs."
    )
