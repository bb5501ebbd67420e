"""Households: their number, their size, who they are made of."""

from __future__ import annotations

import pandas as pd

from helpers import provenance
from helpers.indicators import ages, vintages
from helpers.indicators.cube import Tables
from helpers.indicators.shares import sampled

COMPOSITIONS = {
    "C_MENPSEUL": "Personnes seules",
    "C_MENCOUPSENF": "Couples sans enfant",
    "C_MENCOUPAENF": "Couples avec enfants",
    "C_MENFAMMONO": "Familles monoparentales",
    "C_MENSFAM": "Autres ménages sans famille",
}

PERSONS = ("MEN_1", "MEN_2", "MEN_3", "MEN_4", "MEN_5", "MEN_6P")
SIZES = {
    "MEN_1": "1 personne",
    "MEN_2": "2 personnes",
    "MEN_3": "3 personnes",
    "MEN_4": "4 personnes",
    "MEN_5P": "5 personnes ou plus",
}

# People of an age who live alone are counted over everybody of that age.
_ALONE: dict[str, ages.Bounds] = {"POP6579": (65, 79), "POP80P": (80, None)}
_KEYS = ["territory", "year"]


def size(households: pd.DataFrame, dwellings: pd.DataFrame) -> pd.DataFrame:
    """Mean household size at dates five years apart at least: `territory, year, size, count` (persons per main home).

    Population of households / main homes (PMEN / RP): people in communities are left out. Where Insee has
    published the size itself (TMM), that figure is the one given. `count`: the main homes that it rests on.
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
    counted = homes[["territory", "year", "RP"]].rename(columns={"RP": "count"})
    return _keep_spaced(frame.merge(counted, on=["territory", "year"], how="left"))


def composition(
    households: pd.DataFrame, *, territory: str, population: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Households by type at dates five years apart at least: `year, kind, label, value, share` (% of households).

    Exploitation complémentaire throughout: given its `population`, a place under 2 000 inhabitants is left out.
    """
    if population is not None:
        households = sampled(households, population)
    wide = provenance.widen(households, keys=["territory", "year"], variables=["C_MEN", *COMPOSITIONS])
    own = wide[wide["territory"] == territory]
    long = vintages.keep(own, vintages.spaced(own)).melt(
        id_vars=["year", "C_MEN", *provenance.COLUMNS], value_vars=list(COMPOSITIONS), var_name="kind"
    )
    long["label"] = long["kind"].map(COMPOSITIONS)
    long["share"] = 100 * long["value"] / long["C_MEN"].where(long["C_MEN"] > 0)
    order = {key: rank for rank, key in enumerate(COMPOSITIONS)}
    long = long.sort_values(["year", "kind"], key=lambda c: c.map(order) if c.name == "kind" else c)
    return long.drop(columns="C_MEN").dropna(subset="share").reset_index(drop=True)


def by_size(households: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Households by number of persons at dates five years apart at least: `year, kind, label, value, share`.

    `share` is in % of the households of every size.
    """
    wide = provenance.widen(households, keys=["territory", "year"], variables=PERSONS)
    own = wide[wide["territory"] == territory]
    own = vintages.keep(own, vintages.spaced(own))
    own = own.assign(MEN_5P=own["MEN_5"] + own["MEN_6P"])
    long = own.melt(id_vars=["year", *provenance.COLUMNS], value_vars=list(SIZES), var_name="kind")
    totals = long.groupby("year")["value"].transform("sum")
    long = long.assign(label=long["kind"].map(SIZES), share=100 * long["value"] / totals.where(totals > 0))
    return long.dropna(subset="share").sort_values(["year", "kind"], ignore_index=True)


def living_alone(households: pd.DataFrame, by_age: Tables, *, until: int) -> pd.DataFrame:
    """The old who live alone: `territory, year, label, alone, people, share` (persons, persons, % of them).

    Dates up to `until`, five years apart at least. `people`: everybody of that age, communities included (POP6579,
    POP80P), or where it is not published with those who live alone, the sum of the tables by age.
    """
    frames = []
    for code, bounds in _ALONE.items():
        alone = provenance.widen(households, keys=_KEYS, variables=[f"{code}_PSEUL"])
        people = _everybody(households, by_age, code=code, bounds=bounds)
        both = provenance.join(alone, people, on=_KEYS, suffixes=("_alone", "_people"))
        both = both[both["year"] <= until].rename(columns={f"{code}_PSEUL": "alone"})
        frames.append(_keep_spaced(both).assign(label=ages.group_label(bounds)))
    frame = pd.concat(frames, ignore_index=True)
    frame = frame.assign(share=100 * frame["alone"] / frame["people"].where(frame["people"] > 0))
    columns = [*_KEYS, "label", "alone", "people", "share", *provenance.COLUMNS]
    return frame[columns].dropna(subset="share").reset_index(drop=True)


def _everybody(households: pd.DataFrame, by_age: Tables, *, code: str, bounds: ages.Bounds) -> pd.DataFrame:
    """Everybody of an age: `territory, year, people, origin, sources`; the published count where there is one."""
    published = provenance.widen(households, keys=_KEYS, variables=[code]).rename(columns={code: "people"})
    counted = ages.class_counts(by_age, classes=[bounds]).rename(columns={"value": "people"})
    columns = [*_KEYS, "people", *provenance.COLUMNS]
    known = [frame[columns] for frame in (published, counted) if len(frame)] or [published[columns]]
    return pd.concat(known, ignore_index=True).drop_duplicates(_KEYS)


def _keep_spaced(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of each territory at dates five years apart at least."""
    kept = [
        vintages.keep(own, vintages.spaced(own))
        for _, own in frame.groupby("territory", observed=True, sort=True)
    ]
    return pd.concat(kept, ignore_index=True) if kept else frame
