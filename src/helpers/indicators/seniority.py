"""How long households have lived in their home."""

from __future__ import annotations

import pandas as pd

from helpers import provenance
from helpers.indicators.shares import at_dates, shares

STAYS = {
    "MEN_ANEM0002": "Moins de 2 ans",
    "MEN_ANEM0204": "2 à 4 ans",
    "MEN_ANEM0509": "5 à 9 ans",
    "MEN_ANEM1019": "10 à 19 ans",
    "MEN_ANEM2029": "20 à 29 ans",
    "MEN_ANEM30P": "30 ans ou plus",
}
LONG = ("MEN_ANEM1019", "MEN_ANEM2029", "MEN_ANEM30P")
TENURES = {
    "": "Ensemble",
    "_PROP": "Propriétaires occupants",
    "_LOCHLMV": "Locataires HLM (logement loué vide)",
    "_LOC": "Locataires, HLM compris",
    "_GRAT": "Logés gratuitement",
}

_KEYS = ["territory", "year"]


def classes(dwellings: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Main homes by years since the household came, at dates five years apart: `territory, year, stay, label, value,
    share` (% of main homes)."""
    wide = provenance.widen(dwellings, keys=_KEYS, variables=list(STAYS))
    own = at_dates(wide, territory=territory)
    return shares(own.assign(homes=own[list(STAYS)].sum(axis=1)), whole="homes", labels=STAYS, kind="stay")


def marks(dwellings: pd.DataFrame, *, year: int) -> pd.DataFrame:
    """Recent and long stays at a year: `territory, year, recent, ten, thirty` (% of main homes)`, count`.

    `recent`: under two years, which stands for the yearly mobility of the stock; `ten`, `thirty`: so many years or more;
    `count`: the fewest homes that one of the three rests on.
    """
    wide = provenance.widen(dwellings, keys=_KEYS, variables=list(STAYS))
    homes = wide[list(STAYS)].sum(axis=1)
    wide = wide.assign(homes=homes)[(wide["year"] == year) & (homes > 0)]
    return wide.assign(
        recent=100 * wide["MEN_ANEM0002"] / wide["homes"],
        ten=100 * wide[list(LONG)].sum(axis=1) / wide["homes"],
        thirty=100 * wide["MEN_ANEM30P"] / wide["homes"],
        count=wide[["MEN_ANEM0002", "MEN_ANEM30P"]].min(axis=1),
    )[[*_KEYS, "recent", "ten", "thirty", "count", *provenance.COLUMNS]].reset_index(drop=True)


def means(dwellings: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Mean years in the home by tenure, at the last date that has them: `year, label, homes, seniority`.

    ANEM_RP_x / RP_x. All tenants hold those of social housing: their rows do not add up.
    """
    frames = []
    for suffix, label in TENURES.items():
        wide = provenance.widen(dwellings, keys=_KEYS, variables=[f"RP{suffix}", f"ANEM_RP{suffix}"])
        own = at_dates(wide, territory=territory).tail(1)
        homes = own[f"RP{suffix}"].where(own[f"RP{suffix}"] > 0)
        frames.append(own.assign(label=label, homes=homes, seniority=own[f"ANEM_RP{suffix}"] / homes))
    columns = ["year", "label", "homes", "seniority", *provenance.COLUMNS]
    both = pd.concat([frame[columns] for frame in frames], ignore_index=True).dropna(subset="seniority")
    return both[both["year"] == both["year"].max()].reset_index(drop=True)
