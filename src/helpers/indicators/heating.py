"""How main homes are heated: by fuel, or by installation in the censuses that ask for it."""

from __future__ import annotations

import pandas as pd

from helpers import provenance
from helpers.indicators.shares import at_dates, shares

FUELS = {
    "RP_CGAZV": "Gaz de ville ou de réseau",
    "RP_CELEC": "Électricité",
    "RP_CFIOUL": "Fioul",
    "RP_CGAZB": "Gaz en bouteille ou en citerne",
    "RP_CAUT": "Autre (bois, chauffage urbain…)",
}
INSTALLATIONS = {
    "RP_CCCOLL": "Chauffage central collectif",
    "RP_CCIND": "Chauffage central individuel",
    "RP_CINDELEC": "Chauffage individuel tout électrique",
}


def modes(dwellings: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Main homes by heating: `territory, year, mode, label, value, share` (% of main homes).

    By fuel at dates five years apart where a census gives it (since RP2022), by installation elsewhere: the two
    questions are never set side by side.
    """
    for labels in (FUELS, INSTALLATIONS):
        wide = provenance.widen(dwellings, keys=["territory", "year"], variables=["RP", *labels])
        own = at_dates(wide, territory=territory)
        if len(own):
            break
    return shares(own, whole="RP", labels=labels, kind="mode")
