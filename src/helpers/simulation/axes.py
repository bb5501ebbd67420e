"""The axes of the simulation's arrays: years, ages, categories, and the labels of the published tables.

Arrays run over communes, then over `GRID` (one column per year), then over categories; NaN means "not known".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SERIES_YEARS = (1968, 1975, 1982, 1990, 1999, 2008, 2013, 2018)
DETAIL_YEARS = (2008, 2013, 2018)
GRID = np.arange(1968, 2023)
SINGLE_AGES = np.arange(105)

STOCK = ["RP", "RSECOCC", "LOGVAC"]
ROOMS = ["RP_1P", "RP_2P", "RP_3P", "RP_4P", "RP_5PP"]
PERIODS = ["RP_ACH19", "RP_ACH45", "RP_ACH70", "RP_ACH90", "RP_ACH05", "RP_ACH15"]
SENIORITY = [f"MEN_ANEM{bounds}" for bounds in ("0002", "0204", "0509", "1019", "2029", "30P")]
SIZES = ["MEN_1", "MEN_2", "MEN_3", "MEN_4", "MEN_5", "MEN_6P"]
FAMILIES = {
    "C_MENHSEUL": "Hommes seuls",
    "C_MENFSEUL": "Femmes seules",
    "C_MENSFAM": "Autres ménages sans famille",
    "C_MENCOUPSENF": "Couple sans enfant",
    "C_MENCOUPAENF": "Couple avec enfant(s)",
    "C_MENFAMMONO": "Famille monoparentale",
}
# Tenures run in this order everywhere; social is HLM, other is housed free, outside is outside ordinary housing.
TENURES = ["owner", "private", "social", "other", "outside"]

# Labels of the published tables; those grouped are added up.
TENURE_LABELS = [
    ["Propriétaire"],
    ["Locataire vide non HLM", "Locataire meublé ou chambre d'hôtel"],
    ["Locataire vide HLM"],
    ["Logé gratuitement"],
]
SMALL_LABELS = ["1 pièce", "2 pièces", "3 pièces", "4 pièces"]
ROOM_LABELS = [*([label] for label in SMALL_LABELS), ["5 pièces", "6 pièces ou plus"]]
PERIOD_LABELS = [
    "Avant 1919", "De 1919 à 1945", "De 1946 à 1970",
    "De 1971 à 1990", "De 1991 à 2005", "De 2006 à 2012",
]  # fmt: skip
SENIORITY_LABELS = [
    "Moins de 2 ans", "De 2 à 4 ans", "De 5 à 9 ans",
    "De 10 à 19 ans", "De 20 à 29 ans", "30 ans ou plus",
]  # fmt: skip
SIZE_LABELS = [
    "1 personne", "2 personnes", "3 personnes", "4 personnes", "5 personnes", "6 personnes ou plus",
]  # fmt: skip
# Ages of the reference persons of households, and the bounds of these classes.
HEAD_LABELS = [
    "Moins de 20 ans", "20 à 24 ans", "25 à 39 ans", "40 à 54 ans",
    "55 à 64 ans", "65 à 79 ans", "80 ans ou plus",
]  # fmt: skip
HEAD_KNOTS = [16, 20, 25, 40, 55, 65, 80, 105]
AGE_LABELS = ["0 à 14 ans", "15 à 29 ans", "30 à 44 ans", "45 à 59 ans", "60 à 74 ans", "75 ans ou plus"]
# Bounds of the ages that the two published cuts of a pyramid give together.
FINE_KNOTS = [0, 15, 20, 30, 45, 60, 65, 75, 90, 105]


def at(year: int) -> int:
    """Return the position of a year on `GRID`."""
    return int(year - GRID[0])


def name_parts(names: Sequence[str], parts: Array) -> dict[str, Array]:
    """Name the parts of a last axis."""
    return dict(zip(names, np.moveaxis(parts, -1, 0), strict=True))
