"""Households: their number, their size, who they are made of."""

from __future__ import annotations

import pandas as pd

from helpers import provenance
from helpers.indicators import dates

COMPOSITIONS = {
    "C_MENPSEUL": "Personnes seules",
    "C_MENCOUPSENF": "Couples sans enfant",
    "C_MENCOUPAENF": "Couples avec enfants",
    "C_MENFAMMONO": "Familles monoparentales",
    "C_MENSFAM": "Autres ménages sans famille",
}


def size(households: pd.DataFrame, dwellings: pd.DataFrame) -> pd.DataFrame:
    """Mean household size at dates five years apart at least: `territory, year, size` (persons per main home).

    Population of households / main homes (PMEN / RP): people in communities are left out. Where Insee has
    published the size itself (TMM), that figure is the one given.
    """
    people = provenance.widen(households, keys=["territory", "year"], variables=["PMEN"])
    homes = provenance.widen(dwellings, keys=["territory", "year"], variables=["RP"])
    both = provenance.join(people, homes, on=["territory", "year"], suffixes=("_people", "_homes"))
    both = both.assign(size=both["PMEN"] / both["RP"].where(both["RP"] > 0))
    printed = provenance.widen(households, keys=["territory", "year"], variables=["TMM"]).rename(
        columns={"TMM": "size"}
    )
    columns = ["territory", "year", "size", *provenance.COLUMNS]
    frame = pd.concat([printed[columns], both[columns]], ignore_index=True)
    frame = frame.drop_duplicates(["territory", "year"], keep="first").dropna(subset="size")
    kept = [
        dates.keep(own, dates.spaced(own)) for _, own in frame.groupby("territory", observed=True, sort=True)
    ]
    return pd.concat(kept, ignore_index=True) if kept else frame


def composition(households: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Households by type at dates five years apart at least: `year, kind, label, value, share` (% of households).

    Exploitation complémentaire throughout.
    """
    wide = provenance.widen(households, keys=["territory", "year"], variables=["C_MEN", *COMPOSITIONS])
    own = wide[wide["territory"] == territory]
    long = dates.keep(own, dates.spaced(own)).melt(
        id_vars=["year", "C_MEN", *provenance.COLUMNS], value_vars=list(COMPOSITIONS), var_name="kind"
    )
    long["label"] = long["kind"].map(COMPOSITIONS)
    long["share"] = 100 * long["value"] / long["C_MEN"].where(long["C_MEN"] > 0)
    order = {key: rank for rank, key in enumerate(COMPOSITIONS)}
    long = long.sort_values(["year", "kind"], key=lambda c: c.map(order) if c.name == "kind" else c)
    return long.drop(columns="C_MEN").dropna(subset="share").reset_index(drop=True)
