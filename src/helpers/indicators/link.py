"""The link between people and homes: household change, and the homes a stable population would have taken.

Retrospective only. None of these figures is a need to come.
"""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from helpers import provenance
from helpers.indicators import dates, growth

# The periods that a diagnostic tells in detail begin here; before, the long series is enough.
RECENT = 2006

# The four terms of the point mort, in the order in which they are told.
TERMS = {
    "renewal": "Renouvellement du parc",
    "vacancy": "Variation des logements vacants",
    "secondary": "Variation des résidences secondaires",
    "decohabitation": "Desserrement des ménages",
}


def occupied(households: pd.DataFrame, dwellings: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Occupied homes and the people in them: `territory, year, homes, people`, from one exploitation only.

    C_MEN and C_PMEN (complémentaire) where the territory has them at two dates five years apart, as in
    Insee's published tables of households; RP and PMEN (principale) elsewhere.
    """
    keys = ["territory", "year"]
    sampled = provenance.widen(households, keys=keys, variables=["C_MEN", "C_PMEN"])
    if len(dates.spaced(sampled[sampled["territory"] == territory])) > 1:
        return sampled.rename(columns={"C_MEN": "homes", "C_PMEN": "people"})
    homes = provenance.widen(dwellings, keys=keys, variables=["RP"]).rename(columns={"RP": "homes"})
    people = provenance.widen(households, keys=keys, variables=["PMEN"]).rename(columns={"PMEN": "people"})
    return provenance.join(homes, people, on=keys, suffixes=("_homes", "_people"))


def household_effect(inhabited: pd.DataFrame, *, territory: str, since: int = RECENT) -> pd.DataFrame:
    """What smaller households and more people took of the occupied homes, by period (convention A).

    `inhabited` as `occupied` gives it. Columns `territory, since, until, years, homes_0, homes_1, people_0,
    people_1, size_0, size_1, decohabitation, demographic` (homes), one row for each pair of successive dates,
    five years apart at least, from `since` on.

    Decohabitation ("desserrement") D = people0 / T1 − homes0, with T1 = people1 / homes1: homes that the
    people of the start take at the size of households of the end. Demographic effect E = (people1 −
    people0) / T1. D + E = homes1 − homes0. Periods do not add up: each has its own T1.
    Source: G. Taïeb's "point mort"; wording of the DREAL (renouvellement, variation, desserrement).
    """
    own = inhabited[(inhabited["territory"] == territory) & (inhabited["year"] >= since)]
    periods = list(pairwise(dates.spaced(own)))
    frames = [provenance.between(own, since=start, until=end) for start, end in periods]
    both = pd.concat(frames, ignore_index=True) if frames else provenance.between(own, since=0, until=0)
    size_0, size_1 = both["people_0"] / both["homes_0"], both["people_1"] / both["homes_1"]
    order = ["territory", "since", "until", "years", "homes_0", "homes_1", "people_0", "people_1"]
    return both[[*order, *provenance.COLUMNS]].assign(
        size_0=size_0,
        size_1=size_1,
        decohabitation=both["people_0"] / size_1 - both["homes_0"],
        demographic=(both["people_1"] - both["people_0"]) / size_1,
    )


def effect_parts(effect: pd.DataFrame) -> pd.DataFrame:
    """The two parts of `household_effect`, one under the other: `territory, period, part, amount` (homes)."""
    names = {"decohabitation": "Desserrement", "demographic": "Effet démographique"}
    long = effect.melt(
        id_vars=["territory", "since", "until", *provenance.COLUMNS],
        value_vars=list(names),
        var_name="part",
        value_name="amount",
    )
    period = [f"{since}-{until}" for since, until in zip(long.pop("since"), long.pop("until"), strict=True)]
    return long.assign(period=period, part=long["part"].map(names)).sort_values(
        ["period", "part"], ignore_index=True
    )


def break_even(
    dwellings: pd.DataFrame, households: pd.DataFrame, flows: pd.DataFrame, *, since: int, until: int
) -> pd.DataFrame:
    """The retrospective "point mort": homes started that only kept the population where it was (convention A).

    Columns `territory, starts, renewal, vacancy, secondary, decohabitation, break_even, demographic` (homes
    over the period), `years`, and the stocks at both dates.

    R = C − (LOG1 − LOG0); V = LOGVAC1 − LOGVAC0; S = RSECOCC1 − RSECOCC0; D = PMEN0 / T1 − RP0 with
    T1 = PMEN1 / RP1; point mort = R + V + S + D; demographic effect E = (PMEN1 − PMEN0) / T1.
    Identities: E + D = RP1 − RP0; C = R + V + S + D + E. R, a residual of two sources, is the first figure
    to doubt.
    """
    homes = provenance.widen(
        dwellings, keys=["territory", "year"], variables=["LOG", "RP", "RSECOCC", "LOGVAC"]
    )
    people = provenance.widen(households, keys=["territory", "year"], variables=["PMEN"])
    both = provenance.join(homes, people, on=["territory", "year"], suffixes=("_homes", "_people"))
    both = provenance.between(both, since=since, until=until)
    starts = _starts(flows, since=since, until=until)
    both = provenance.join(both, starts, on=["territory"], suffixes=("_stock", "_starts"))
    size = both["PMEN_1"] / both["RP_1"]
    both = both.assign(
        renewal=both["starts"] - (both["LOG_1"] - both["LOG_0"]),
        vacancy=both["LOGVAC_1"] - both["LOGVAC_0"],
        secondary=both["RSECOCC_1"] - both["RSECOCC_0"],
        decohabitation=both["PMEN_0"] / size - both["RP_0"],
        demographic=(both["PMEN_1"] - both["PMEN_0"]) / size,
    )
    return both.assign(
        break_even=both["renewal"] + both["vacancy"] + both["secondary"] + both["decohabitation"]
    )


def _starts(flows: pd.DataFrame, *, since: int, until: int) -> pd.DataFrame:
    """Homes started from 1 January `since` to 31 December `until` − 1: `territory, starts, origin, sources`."""
    started = growth.sum_flows(flows[flows["variable"] == "LOGCOM"], since=since, until=until)
    wide = provenance.widen(started, keys=["territory"], variables=["LOGCOM"])
    return wide.rename(columns={"LOGCOM": "starts"})


def steps(broken: pd.DataFrame) -> pd.DataFrame:
    """One territory's point mort as steps: `label, amount, kind, origin, sources` (homes).

    Homes started, less each term of the point mort, leave the demographic effect.
    """
    rows = []
    for row in broken.to_dict("records"):
        terms = [("Logements commencés", row["starts"], "total")]
        terms += [(label, -row[name], "step") for name, label in TERMS.items()]
        terms.append(("Effet démographique", row["demographic"], "total"))
        rows += [
            {
                "label": label,
                "amount": amount,
                "kind": kind,
                "origin": row["origin"],
                "sources": row["sources"],
            }
            for label, amount, kind in terms
        ]
    return pd.DataFrame(rows, columns=["label", "amount", "kind", *provenance.COLUMNS])
