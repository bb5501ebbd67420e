"""The link between people and homes: household change, and the homes a stable population would have taken.

Retrospective only. None of these figures is a need to come. Periods are never added up: each has its own size of
households.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from helpers import french, provenance
from helpers.indicators import growth, vintages
from helpers.indicators.reliability import FRAGILE, SMALL_COMMUNE
from helpers.indicators.shares import at_dates

# The periods that a diagnostic tells in detail begin here; before, the long series is enough.
RECENT = 2006
# A renewal beyond this share of the homes started is told to be checked before anything else is read: it is a residual of
# two sources. In early 2015, 17 % of the homes authorised in 2010 were neither cancelled nor declared started (SOeS, « De
# nouveaux indicateurs pour suivre la construction de logements », February 2015): starts that are never declared do not
# explain more on their own.
LARGE_RENEWAL = 0.17
# Two standard errors of a number of homes that comes and goes at random: 2 √n.
_ERRORS = 2

# The four terms of the point mort, in the order in which they are told.
TERMS = {
    "renewal": "Renouvellement du parc",
    "vacancy": "Variation des logements vacants",
    "secondary": "Variation des résidences secondaires",
    "decohabitation": "Desserrement des ménages",
}
TENURES = {
    "owner": "Propriétaires occupants",
    "social": "Locataires HLM (logement loué vide)",
    "private": "Autres locataires (privé, meublé)",
    "other": "Logés gratuitement",
}
# Kinds of main homes, as the file of dwellings tells them apart: by type, by rooms, by time of completion.
KINDS = {
    "MAISON": "Maisons",
    "APPART": "Appartements",
    "1P": "1 pièce",
    "2P": "2 pièces",
    "3P": "3 pièces",
    "4P": "4 pièces",
    "5PP": "5 pièces ou plus",
    "ACH19": "Construites avant 1919",
    "ACH45": "Construites de 1919 à 1945",
    "ACH70": "Construites de 1946 à 1970",
    "ACH90": "Construites de 1971 à 1990",
    "ACH05": "Construites de 1991 à 2005",
    "ACH15": "Construites depuis 2006",
}
EVERY_TENURE = "Ensemble"

_STOCK = ("LOG", "RP", "RSECOCC", "LOGVAC")
_KEYS = ["territory", "year"]


class Split(NamedTuple):
    """A change of main homes in two parts (homes)."""

    decohabitation: pd.Series
    demographic: pd.Series


def split(
    homes_0: pd.Series, homes_1: pd.Series, people_0: pd.Series, people_1: pd.Series, *, convention: str
) -> Split:
    """What the size of households and the number of people took of a change of main homes.

    Demographic effect E = (people1 − people0) / T; decohabitation ("desserrement") D = homes1 − homes0 − E. T is the size
    of households at the end in convention A, by which D = people0 / T1 − homes0: homes that the people of the start take
    at the size of the end. It is that of the start in convention B. D is negative where households have grown.
    Sources: A, G. Taïeb's "point mort" (wording of the DREAL); B, public tools of Provence-Alpes-Côte d'Azur.

    Raises:
        ValueError: another convention.
    """
    if convention not in ("A", "B"):
        raise ValueError(f"the conventions are A and B, not {convention!r}")
    homes, people = (homes_1, people_1) if convention == "A" else (homes_0, people_0)
    size = people.where(people > 0) / homes.where(homes > 0)
    demographic = (people_1 - people_0) / size
    decohabitation = homes_1 - homes_0 - demographic
    # Neither is told without the other.
    return Split(decohabitation, demographic.where(decohabitation.notna()))


def occupied(households: pd.DataFrame, dwellings: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Occupied homes and the people in them: `territory, year, homes, people`, from one exploitation only.

    RP and PMEN (principale) where the territory has real ones at two dates five years apart; C_MEN and C_PMEN
    (complémentaire), as in Insee's published tables of households, where it has only these and 2 000 people at least.
    """
    homes = provenance.widen(dwellings, keys=_KEYS, variables=["RP"]).rename(columns={"RP": "homes"})
    people = provenance.widen(households, keys=_KEYS, variables=["PMEN"]).rename(columns={"PMEN": "people"})
    whole = provenance.join(homes, people, on=_KEYS, suffixes=("_homes", "_people"))
    sampled = provenance.widen(households, keys=_KEYS, variables=["C_MEN", "C_PMEN"]).rename(
        columns={"C_MEN": "homes", "C_PMEN": "people"}
    )
    if _has_two_real_dates(whole, territory):
        return whole
    large = sampled.loc[sampled["territory"] == territory, "people"].min() >= SMALL_COMMUNE
    return sampled if large and _has_two_real_dates(sampled, territory) else whole


def _has_two_real_dates(inhabited: pd.DataFrame, territory: str) -> bool:
    real = inhabited[(inhabited["territory"] == territory) & (inhabited["origin"] != "demonstration")]
    return len(vintages.spaced(real)) > 1


def household_effect(
    inhabited: pd.DataFrame, *, territory: str, since: int = RECENT, convention: str = "A"
) -> pd.DataFrame:
    """What smaller households and more people took of the occupied homes, by period.

    `inhabited` as `occupied` gives it. Columns `territory, since, until, years, homes_0, homes_1, people_0,
    people_1, size_0, size_1`, then `decohabitation` and `demographic` (homes) as `split` gives them: together
    homes_1 − homes_0. One row for each pair of successive dates, five years apart at least, from `since` on.
    """
    own = inhabited[(inhabited["territory"] == territory) & (inhabited["year"] >= since)]
    return _effects(_between_successive(own, vintages.spaced(own)), convention=convention)


def household_effects(
    dwellings: pd.DataFrame, households: pd.DataFrame, *, since: int, until: int, convention: str = "A"
) -> pd.DataFrame:
    """`household_effect` of every territory between two dates, from RP and PMEN (exploitation principale)."""
    homes = provenance.widen(dwellings, keys=_KEYS, variables=["RP"]).rename(columns={"RP": "homes"})
    people = provenance.widen(households, keys=_KEYS, variables=["PMEN"]).rename(columns={"PMEN": "people"})
    both = provenance.join(homes, people, on=_KEYS, suffixes=("_homes", "_people"))
    return _effects(provenance.between(both, since=since, until=until), convention=convention)


def _effects(both: pd.DataFrame, *, convention: str) -> pd.DataFrame:
    """The columns of `household_effect`, from two dates side by side."""
    order = ["territory", "since", "until", "years", "homes_0", "homes_1", "people_0", "people_1"]
    parts = split(both["homes_0"], both["homes_1"], both["people_0"], both["people_1"], convention=convention)
    return both[[*order, *provenance.COLUMNS]].assign(
        size_0=both["people_0"] / both["homes_0"].where(both["homes_0"] > 0),
        size_1=both["people_1"] / both["homes_1"].where(both["homes_1"] > 0),
        **parts._asdict(),
    )


def _between_successive(wide: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """A frame between each date and the next one."""
    frames = [provenance.between(wide, since=start, until=end) for start, end in pairwise(years)]
    return pd.concat(frames, ignore_index=True) if frames else provenance.between(wide, since=0, until=0)


def effect_parts(effect: pd.DataFrame) -> pd.DataFrame:
    """The two parts of `household_effect`, one under the other: `territory, period, part, amount` (homes)`, count`.

    `count`, the fewest homes of either date, is what they rest on. Beside the amount stands what `beside_amounts` adds.
    """
    names = {"decohabitation": "Desserrement", "demographic": "Effet démographique"}
    counted = effect.assign(small=is_small(effect), count=effect[["homes_0", "homes_1"]].min(axis=1))
    long = counted.melt(
        id_vars=["territory", "since", "until", "years", "small", "count", *provenance.COLUMNS],
        value_vars=list(names),
        var_name="part",
        value_name="amount",
    )
    long = long.assign(period=period_names(long), part=long["part"].map(names))
    return beside_amounts(long.sort_values(["period", "part"], ignore_index=True))


def period_names(frame: pd.DataFrame) -> pd.Series:
    """`2013-2018` for each row of `since` and `until`."""
    return frame["since"].astype("str") + "-" + frame["until"].astype("str")


def is_small(periods: pd.DataFrame) -> pd.Series:
    """Whether there were fewer than 2 000 people in the households at either date: the figures are orders of magnitude."""
    return periods[["people_0", "people_1"]].min(axis=1) < SMALL_COMMUNE


def give_or_take(amount: pd.Series) -> pd.Series:
    """An indicative margin for a small number of homes: two standard errors of a count that varies at random, 2 √n.

    It is no confidence interval of the census, which surveys everybody in small communes over five years.
    """
    return _ERRORS * amount.abs() ** 0.5


def beside_amounts(long: pd.DataFrame) -> pd.DataFrame:
    """Amounts of homes with what they come to a year, `homes_per_year`, or in a small commune with their margin alone.

    `long` has `amount, years, small`; a year's decimals would pass for knowledge in a small commune: there
    `give_or_take` comes in their place.
    """
    if long["small"].any():
        return long.assign(give_or_take=give_or_take(long["amount"]))
    return long.assign(homes_per_year=long["amount"] / long["years"])


def break_even(
    dwellings: pd.DataFrame,
    households: pd.DataFrame,
    flows: pd.DataFrame,
    *,
    since: int,
    until: int,
    convention: str = "A",
    lag: int = 0,
) -> pd.DataFrame:
    """The retrospective "point mort": homes started that only kept the population where it was.

    Columns `territory, starts, renewal, vacancy, secondary, decohabitation, break_even, demographic` (homes
    over the period), `gap`, `large_renewal`, `years`, `people_0, people_1`, and the stocks at both dates.

    R = C − (LOG1 − LOG0); V = LOGVAC1 − LOGVAC0; S = RSECOCC1 − RSECOCC0; D and E as `split` gives them from RP and
    PMEN; point mort = R + V + S + D. Identities: E + D = RP1 − RP0; C = R + V + S + D + E + gap, `gap` being what the
    categories of rounded stocks lack to be the whole, nil in the files of the census. C, the homes started from 1 January
    `since` − `lag` to 31 December `until` − `lag` − 1: `lag` is how many years it takes to deliver a home.
    """
    wide = _stock_and_people(dwellings, households)
    return _break_even(
        provenance.between(wide, since=since, until=until), flows, convention=convention, lag=lag
    )


def break_evens(
    dwellings: pd.DataFrame,
    households: pd.DataFrame,
    flows: pd.DataFrame,
    *,
    territory: str,
    until: int,
    convention: str = "A",
    lag: int = 0,
) -> pd.DataFrame:
    """`break_even` of a territory over each period that it knows up to `until`, oldest first.

    Its dates are five years apart at least and have both the stock and the people; a period of which a year of starts is
    not known is left out.
    """
    wide = at_dates(_stock_and_people(dwellings, households), territory=territory, until=until)
    wide = wide[wide["year"] >= RECENT]
    frames = [
        _break_even(provenance.between(wide, since=start, until=end), flows, convention=convention, lag=lag)
        for start, end in pairwise(wide["year"])
    ]
    if frames:
        return pd.concat(frames, ignore_index=True)
    return _break_even(
        provenance.between(wide, since=0, until=0), flows.iloc[:0], convention=convention, lag=lag
    )


def _stock_and_people(dwellings: pd.DataFrame, households: pd.DataFrame) -> pd.DataFrame:
    """The stock, its categories and the people of main homes: `territory, year, LOG, RP, RSECOCC, LOGVAC, people`."""
    homes = provenance.widen(dwellings, keys=_KEYS, variables=list(_STOCK))
    people = provenance.widen(households, keys=_KEYS, variables=["PMEN"]).rename(columns={"PMEN": "people"})
    return provenance.join(homes, people, on=_KEYS, suffixes=("_homes", "_people"))


def _break_even(both: pd.DataFrame, flows: pd.DataFrame, *, convention: str, lag: int) -> pd.DataFrame:
    """The columns of `break_even`, from two dates side by side."""
    since, until = (int(both[name].iloc[0]) if len(both) else 0 for name in ("since", "until"))
    starts = _starts(flows, since=since - lag, until=until - lag)
    both = provenance.join(both, starts, on=["territory"], suffixes=("_stock", "_starts"))
    change = {name: both[f"{name}_1"] - both[f"{name}_0"] for name in _STOCK}
    parts = split(both["RP_0"], both["RP_1"], both["people_0"], both["people_1"], convention=convention)
    renewal = both["starts"] - change["LOG"]
    return both.assign(
        renewal=renewal,
        vacancy=change["LOGVAC"],
        secondary=change["RSECOCC"],
        **parts._asdict(),
        break_even=renewal + change["LOGVAC"] + change["RSECOCC"] + parts.decohabitation,
        gap=change["LOG"] - change["RP"] - change["RSECOCC"] - change["LOGVAC"],
        large_renewal=renewal.abs() > LARGE_RENEWAL * both["starts"],
    )


def _starts(flows: pd.DataFrame, *, since: int, until: int) -> pd.DataFrame:
    """Homes started from 1 January `since` to 31 December `until` − 1: `territory, starts, origin, sources`."""
    started = growth.sum_flows(flows[flows["variable"] == "LOGCOM"], since=since, until=until)
    wide = provenance.widen(started, keys=["territory"], variables=["LOGCOM"])
    return wide.rename(columns={"LOGCOM": "starts"})


def built(*, lag: int) -> str:
    """What the homes of a period are: those delivered in it are known by their start, `lag` years before."""
    return "livrés" if lag else "commencés"


def steps(broken: pd.DataFrame, *, lag: int = 0) -> pd.DataFrame:
    """A territory's point mort as steps, on the last period: `label, amount, kind` (homes)`, count`, origin and sources.

    The four terms lead from nothing to the point mort, the demographic effect from there to the homes `built`. Beside
    the amount stands what `beside_amounts` adds.
    """
    rows = []
    for row in broken.tail(1).to_dict("records"):
        terms = [(term_name(name, row[name]), row[name], "step") for name in TERMS]
        if abs(row["gap"]) >= 0.5:
            terms.append(("Arrondi des effectifs publiés", row["gap"], "step"))
        terms += [
            ("Point mort", row["break_even"], "total"),
            ("Effet démographique", row["demographic"], "step"),
            (f"Logements {built(lag=lag)}", row["starts"], "total"),
        ]
        shared = {name: row[name] for name in ("since", "until", "years", *provenance.COLUMNS)}
        shared["count"] = min(row["RP_0"], row["RP_1"])
        rows += [{"label": label, "amount": amount, "kind": kind, **shared} for label, amount, kind in terms]
    columns = ["label", "amount", "kind", "count", "since", "until", "years", *provenance.COLUMNS]
    frame = pd.DataFrame(rows, columns=columns)
    return beside_amounts(frame.assign(small=bool(is_small(broken.tail(1)).any())))


def term_name(name: str, amount: float) -> str:
    """What a term is called: households that have grown are a "resserrement"."""
    return "Resserrement des ménages" if name == "decohabitation" and amount < 0 else TERMS[name]


def over_periods(broken: pd.DataFrame, *, lag: int = 0) -> pd.DataFrame:
    """The point mort of each period, side by side and never added up: `label`, then for each period what is written.

    A column `@2013-2018` holds the homes as they are written, `measure@2013-2018` the figure behind. The last rows are
    what the point mort and the demographic effect come to a year, except in a small commune.
    """
    lines = {
        "starts": f"Logements {built(lag=lag)}",
        **TERMS,
        "break_even": "Point mort",
        "demographic": "Effet démographique",
    }
    yearly = [] if is_small(broken).any() else ["break_even", "demographic"]
    known = broken.assign(period=period_names(broken)).to_dict("records")
    columns: dict[str, list[object]] = {
        "label": [*lines.values(), *(f"{lines[name]}, par an" for name in yearly)]
    }
    for row in known:
        homes, years = [row[name] for name in lines], [row[name] / row["years"] for name in yearly]
        sound = min(row["RP_0"], row["RP_1"]) >= FRAGILE
        written = [french.count(homes[0]), *(french.number(amount, signed=True) for amount in homes[1:])]
        written += [french.number(amount, digits=1, signed=True) for amount in years]
        columns[f"@{row['period']}"] = [
            text if sound or rank == 0 else french.NOT_SIGNIFICANT for rank, text in enumerate(written)
        ]
        columns[f"measure@{row['period']}"] = [*homes, *years]
    if not known:
        return pd.DataFrame(columns=["label", *provenance.COLUMNS])
    return pd.DataFrame(columns).assign(
        origin=provenance.least_real(broken["origin"]), sources=provenance.union(broken["sources"])
    )


def gained(
    population: pd.DataFrame, flows: pd.DataFrame, *, since: int, until: int, lag: int = 0
) -> pd.DataFrame:
    """People gained for ten homes started: `territory, since, until, change, starts, gained, count`.

    10 × (POP1 − POP0) / C; missing without a start. `count`, the homes started, is what it rests on. Two changes of one period, not the effect of one on the other.
    Source: Aucame, "Qu'en savons-nous ?", March 2013.
    """
    people = growth.change(population, since=since, until=until)
    started = _starts(flows, since=since - lag, until=until - lag)
    both = provenance.join(
        people.drop(columns="annual"), started, on=["territory"], suffixes=("_people", "_homes")
    )
    starts = both["starts"].where(both["starts"] > 0)
    return both.assign(gained=10 * both["change"] / starts, count=both["starts"])


def people_per_home(
    dwellings: pd.DataFrame, occupants: pd.DataFrame, ages_tenure: pd.DataFrame, *, territory: str
) -> pd.DataFrame:
    """The "rendement démographique" of main homes: `territory, year, tenure, label, people, homes, size`, by tenure.

    People of a tenure / its main homes, at dates five years apart. People are those of the tables of homes (NPER), or
    where these are not at hand those of the pyramids by tenure. Source: J.-F. Léger, Espace populations sociétés 2019-3.
    """
    wide = provenance.widen(dwellings, keys=_KEYS, variables=["RP", "RP_PROP", "RP_LOC", "RP_LOCHLMV"])
    own = wide[wide["territory"] == territory]
    homes = own.assign(
        owner=own["RP_PROP"],
        social=own["RP_LOCHLMV"],
        private=own["RP_LOC"] - own["RP_LOCHLMV"],
        other=(own["RP"] - own["RP_PROP"] - own["RP_LOC"]).clip(0),
    ).melt(
        id_vars=[*_KEYS, *provenance.COLUMNS], value_vars=list(TENURES), var_name="tenure", value_name="homes"
    )
    counted = [
        _people_by_tenure(occupants[occupants["variable"] == "NPER"]),
        _people_by_tenure(ages_tenure[ages_tenure["variable"] == "POP"]),
    ]
    known = [frame for frame in counted if len(frame)] or counted[:1]
    people = pd.concat(known, ignore_index=True).drop_duplicates([*_KEYS, "tenure"])
    both = provenance.join(homes, people, on=[*_KEYS, "tenure"], suffixes=("_homes", "_people"))
    both = both[both["homes"] > 0]
    both = both.assign(label=both["tenure"].map(TENURES), size=both["people"] / both["homes"])
    order = both["tenure"].map({name: rank for rank, name in enumerate(TENURES)})
    both = both.assign(order=order).sort_values(["year", "order"], ignore_index=True)
    return both[both["year"].isin(vintages.spaced(both))].drop(columns="order").reset_index(drop=True)


def people_per_kind(occupants: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """The "rendement démographique" by kind of home and tenure, at the last date known: `year, label`, then by tenure.

    A column `@<tenure>` holds the persons of a main home of the kind as they are written ("n.s." under 200 homes, "n.d."
    where there is none), `measure@<tenure>` the figure behind; the first one is of every tenure. INPER_k / MEN_k of the file of
    dwellings. Source: J.-F. Léger, Espace populations sociétés 2019-3.
    """
    own = occupants[(occupants["territory"] == territory) & occupants["variable"].str.contains("_")]
    own = own[own["year"] == own["year"].max()]
    cells = own.assign(
        counted=own["variable"].str.split("_").str[0], kind=own["variable"].str.split("_").str[1]
    )
    sums = cells.pivot_table(index=["kind", "tenure"], columns="counted", values="value", aggfunc="sum")
    if sums.empty:
        return pd.DataFrame(columns=["year", "label", *provenance.COLUMNS])
    told: dict[str, object] = {"year": int(own["year"].iloc[0]), "label": list(KINDS.values())}
    for tenure, name in {"": EVERY_TENURE, **TENURES}.items():
        chosen = sums if not tenure else sums[sums.index.get_level_values("tenure") == tenure]
        both = chosen.groupby(level="kind").sum().reindex(list(KINDS))
        size = (both["INPER"] / both["MEN"].where(both["MEN"] > 0)).to_numpy()
        few = (both["MEN"] < FRAGILE).to_numpy()
        told[f"@{name}"] = [
            french.NOT_SIGNIFICANT if small else french.number(one, digits=2)
            for one, small in zip(size, few, strict=True)
        ]
        told[f"measure@{name}"] = size
    return pd.DataFrame(told).assign(
        origin=provenance.least_real(own["origin"]), sources=provenance.union(own["source"])
    )


def _people_by_tenure(table: pd.DataFrame) -> pd.DataFrame:
    """People of each tenure: `territory, year, tenure, people, origin, sources`."""
    grouped = table.groupby([*_KEYS, "tenure"], observed=True, as_index=False)
    return grouped.agg(
        people=("value", "sum"),
        origin=("origin", provenance.least_real),
        sources=("source", provenance.union),
    )
