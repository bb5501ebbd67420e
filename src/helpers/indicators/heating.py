"""How main homes are heated: by fuel, or by installation in the censuses that ask for it."""

from __future__ import annotations

import pandas as pd

from helpers.indicators.crosstabs import Parts, over_time
from helpers.indicators.cube import Cube

FUELS = Parts(
    "mode",
    {
        "RP_CGAZV": ("chauffage_gaz", "Gaz de ville ou de réseau"),
        "RP_CELEC": ("chauffage_electricite", "Électricité"),
        "RP_CFIOUL": ("chauffage_fioul", "Fioul"),
        "RP_CGAZB": ("chauffage_bouteille", "Gaz en bouteille ou en citerne"),
        "RP_CAUT": ("chauffage_autre", "Autre (bois, chauffage urbain…)"),
    },
)
INSTALLATIONS = Parts(
    "mode",
    {
        "RP_CCCOLL": ("chauffage_collectif", "Chauffage central collectif"),
        "RP_CCIND": ("chauffage_individuel", "Chauffage central individuel"),
        "RP_CINDELEC": ("chauffage_electrique", "Chauffage individuel tout électrique"),
    },
)


def modes(dwellings: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Give main homes by heating: `territory, year, mode, label, value, share` (% of main homes).

    By fuel at dates five years apart where a census gives it (since RP2022), by installation elsewhere: the two
    questions are never set side by side.
    """
    cube = Cube({"dwellings": dwellings})
    by_fuel = over_time(cube, FUELS, territory=territory)
    return by_fuel if len(by_fuel) else over_time(cube, INSTALLATIONS, territory=territory)
