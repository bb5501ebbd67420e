"""Vacant homes: the census and the tax file side by side, each with its field."""

from __future__ import annotations

import pandas as pd

from helpers import provenance
from helpers.indicators.shares import at_dates

CENSUS = "Recensement : logements vacants"
TAX = "LOVAC : logements vacants"
TAX_LONG = "LOVAC : vacants depuis plus de deux ans"
_FIELDS = {
    CENSUS: "tous les logements, parc social compris",
    TAX: "parc privé des fichiers fiscaux, au 1er janvier",
    TAX_LONG: "parc privé des fichiers fiscaux, au 1er janvier",
}


def measures(dwellings: pd.DataFrame, vacancy: pd.DataFrame, *, territory: str, year: int) -> pd.DataFrame:
    """The measures of vacancy that are known: `label, field, year, value, whole` (homes)`, share` (%)`,
    count` (missing for a register).

    LOGVAC / LOG of the census `year`; PP_VACANT and PP_VACANT_2ANS / PP_TOTAL at the last year of LOVAC that has a
    stock. Neither their fields nor their definitions are the same: they are never added nor subtracted.
    """
    keys = ["territory", "year"]
    census = provenance.widen(dwellings, keys=keys, variables=["LOG", "LOGVAC"])
    census = census[(census["year"] == year) & (census["territory"] == territory)]
    frames = [
        census.assign(count=census["LOGVAC"], label=CENSUS).rename(
            columns={"LOGVAC": "value", "LOG": "whole"}
        )
    ]
    for name, label in (("PP_VACANT", TAX), ("PP_VACANT_2ANS", TAX_LONG)):
        tax = provenance.widen(vacancy, keys=keys, variables=["PP_TOTAL", name])
        last = at_dates(tax, territory=territory).tail(1)
        frames.append(
            last.rename(columns={name: "value", "PP_TOTAL": "whole"}).assign(label=label, count=float("nan"))
        )
    columns = ["label", "field", "year", "value", "whole", "share", "count", *provenance.COLUMNS]
    known = [frame for frame in frames if len(frame)] or frames[:1]
    both = pd.concat(known, ignore_index=True)
    share = 100 * both["value"] / both["whole"].where(both["whole"] > 0)
    return both.assign(field=both["label"].map(_FIELDS), share=share)[columns].dropna(subset="share")
