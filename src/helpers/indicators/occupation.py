"""Homes too small or too large for their household, by Insee's norm.

The norm counts a living room, a room for each couple or head of family, for each other adult of 19 or over, for two
children of the same sex or under 7, for each other child. One room under it is moderate overcrowding, two or more
severe; one, two, three rooms or more above it are the three degrees of under-occupation.
"""

from __future__ import annotations

import pandas as pd

from helpers.indicators.crosstabs import Parts, at_dates, parts_of, sampled
from helpers.indicators.cube import Cube

LEVELS = Parts(
    "level",
    {
        "C_RP_SUROCC_ACC": ("suroccupation_accentuee", "Suroccupation accentuée"),
        "C_RP_SUROCC_MOD": ("suroccupation_moderee", "Suroccupation modérée"),
        "C_RP_NORME": ("occupation_norme", "Occupation à la norme"),
        "C_RP_SOUSOCC_MOD": ("sous_occupation_moderee", "Sous-occupation modérée"),
        "C_RP_SOUSOCC_ACC": ("sous_occupation_accentuee", "Sous-occupation accentuée"),
        "C_RP_SOUSOCC_TACC": ("sous_occupation_tres_accentuee", "Sous-occupation très accentuée"),
    },
)
OVER = ("C_RP_SUROCC_ACC", "C_RP_SUROCC_MOD")
UNDER = ("C_RP_SOUSOCC_ACC", "C_RP_SOUSOCC_TACC")


def levels(dwellings: pd.DataFrame, population: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Give main homes by occupation at dates five years apart: `territory, year, level, label, value, share`.

    Shares are of the homes of every level: those of the exploitation complémentaire, which is not used under 2 000
    inhabitants.
    """
    cube = Cube({"dwellings": dwellings})
    every = sampled(parts_of(cube, LEVELS, years=LEVELS.years(cube)), population)
    return at_dates(every, territory=territory)
