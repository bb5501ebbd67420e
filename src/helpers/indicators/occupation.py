"""Homes too small or too large for their household, by Insee's norm.

The norm counts a living room, a room for each couple or head of family, for each other adult of 19 or over, for two
children of the same sex or under 7, for each other child. One room under it is moderate overcrowding, two or more
severe; one, two, three rooms or more above it are the three degrees of under-occupation.
"""

from __future__ import annotations

import pandas as pd

from helpers import provenance
from helpers.indicators.shares import at_dates, sampled, shares

LEVELS = {
    "C_RP_SUROCC_ACC": "Suroccupation accentuée",
    "C_RP_SUROCC_MOD": "Suroccupation modérée",
    "C_RP_NORME": "Occupation à la norme",
    "C_RP_SOUSOCC_MOD": "Sous-occupation modérée",
    "C_RP_SOUSOCC_ACC": "Sous-occupation accentuée",
    "C_RP_SOUSOCC_TACC": "Sous-occupation très accentuée",
}
OVER = ("C_RP_SUROCC_ACC", "C_RP_SUROCC_MOD")
UNDER = ("C_RP_SOUSOCC_ACC", "C_RP_SOUSOCC_TACC")


def levels(dwellings: pd.DataFrame, population: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Main homes by occupation at dates five years apart: `territory, year, level, label, value, share`.

    Shares are of the homes of every level: those of the exploitation complémentaire, which is not used under 2 000
    inhabitants.
    """
    wide = provenance.widen(dwellings, keys=["territory", "year"], variables=list(LEVELS))
    wide = sampled(wide, population)
    wide = wide.assign(homes=wide[list(LEVELS)].sum(axis=1))
    return shares(at_dates(wide, territory=territory), whole="homes", labels=LEVELS, kind="level")
