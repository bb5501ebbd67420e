"""The ages of the inhabitants: broad groups, the ages of services, the old who live alone."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.territory.communes import Commune
from helpers.wording.finding import (
    Finding,
    compared,
    guard_finding,
    of_level,
    out_of_ten,
    rows_of,
    standing,
    started,
    turns,
)


@guard_finding
def age_groups(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe how the shares of broad age groups move between the first and the last dates.

    Reads `territory, year, group, value` (persons), `share` (%); the groups go from the youngest to the oldest.
    Title: the group that moves most; reading: its shares; takeaway and headline: the oldest and « 0 à 14 ans ». At a
    single date, the oldest group whose share is known, without takeaway; nothing when no share is.
    """
    rows = rows_of(data, commune)
    years = sorted(int(year) for year in rows["year"].unique())
    shares = rows.pivot(index="group", columns="year", values="share")
    if len(years) < 2:
        # The oldest may be too few for their share to be significant.
        known = rows.dropna(subset="share")
        if known.empty:
            return Finding()
        oldest = known[known["group"] == known["group"].iloc[-1]].iloc[0]
        people, plural = out_of_ten(oldest["share"], "habitant", "habitants")
        return Finding(
            f"{french.percent(oldest['share'])} de la population a {oldest['group']} en {years[0]}",
            f"{french.quantity(oldest['value'], 'personne')} ont {oldest['group']} en {years[0]}.",
            headline=f"{people} {'ont' if plural else 'a'} {oldest['group']}",
        )
    change = shares[years[-1]] - shares[years[0]]
    if change.isna().all():
        return Finding()
    group = change.abs().idxmax()
    verb = "gagnent" if change[group] > 0 else "perdent"
    title = (
        f"Les {group} {verb} {french.points(abs(change[group])).lstrip('+')} dans la population "
        f"de {years[0]} à {years[-1]}"
    )
    if round(change[group], 1) == 0:
        title = f"Chaque groupe d’âges garde sa part de la population de {years[0]} à {years[-1]}"
    reading = (
        f"les {group} représentent {french.percent(shares[years[-1]][group])} de la population "
        f"{french.of(commune.name)} en {years[-1]}, contre {french.percent(shares[years[0]][group])} en "
        f"{years[0]}."
    )
    oldest = list(rows["group"])[-1]
    takeaway = (
        f"Les {oldest} forment {french.percent(shares[years[-1]][oldest])} de la population en {years[-1]} "
        f"({french.points(change[oldest])} depuis {years[0]}), les 0 à 14 ans "
        f"{french.percent(shares[years[-1]]['0 à 14 ans'])} ({french.points(change['0 à 14 ans'])})."
    )
    return Finding(title, reading, takeaway, headline=_describe_both_ends(oldest, change))


def _describe_both_ends(oldest: str, change: pd.Series) -> str:
    """Write how the shares of the oldest and of the youngest groups move; nothing when one of them is missing."""
    if change[[oldest, "0 à 14 ans"]].isna().any():
        return ""
    old, young = turns(change[oldest]), turns(change["0 à 14 ans"])
    if old != young:
        return f"La part des {oldest} {old}, celle des 0 à 14 ans {young}"
    both = {"augmente": "augmentent", "diminue": "diminuent", "reste stable": "restent stables"}[old]
    return f"Les parts des {oldest} et des 0 à 14 ans {both}"


@guard_finding
def services(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the ages of services that rise and fall most between two dates.

    Reads `label, since, until, people_0, people_1, change` (persons). Title and takeaway: the age that changes most;
    reading: the widest rise and the widest fall; headline: which ages are more or less numerous.
    """
    rows = data.reset_index(drop=True)
    since, until = int(rows["since"].iloc[0]), int(rows["until"].iloc[0])
    rise, fall = rows.loc[rows["change"].idxmax()], rows.loc[rows["change"].idxmin()]

    def describe_row(row: pd.Series) -> str:
        return (
            f"les {row['label']} passent de {french.count(row['people_0'])} à {french.count(row['people_1'])}"
        )

    widest = rows.loc[rows["change"].abs().idxmax()]
    title = f"De {since} à {until}, {describe_row(widest)}"
    reading = (
        f"de {since} à {until}, {describe_row(rise)} ({french.number(rise['change'], signed=True)}), "
        f"{describe_row(fall)} ({french.number(fall['change'], signed=True)})."
    )
    return Finding(
        title,
        reading,
        f"{title} ({french.number(widest['change'], signed=True)}).",
        headline=_describe_rise_and_fall(rows, rise, fall),
    )


def _describe_rise_and_fall(rows: pd.DataFrame, rise: pd.Series, fall: pd.Series) -> str:
    """Write which ages of services rise and fall most; nothing when a change is missing or nil."""
    grown, shrunk = (french.number_value(row["change"]) for row in (rise, fall))
    if grown > 0 > shrunk:
        return f"Les {rise['label']} sont plus nombreux, les {fall['label']} moins nombreux"
    if rows["change"].isna().any() or 0 in (grown, shrunk):
        return ""
    return (
        f"Tous ces âges progressent, surtout les {rise['label']}"
        if shrunk > 0
        else f"Tous ces âges reculent, surtout les {fall['label']}"
    )


@guard_finding
def services_rates(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the age of services whose share differs most from that of the nearest territory.

    Reads `territory, year, label, value` (persons), `share` (for a hundred inhabitants). Title and reading: both
    shares; headline: how near they are. Without another territory, the age of the largest share. No takeaway.
    """
    rows = rows_of(data, commune).set_index("label")
    others = data[data["territory"].astype("str") != commune.name].set_index("label")
    year = int(rows["year"].iloc[0])
    if others.empty:
        label = rows["share"].idxmax()
        return Finding(
            f"{french.number(rows['share'][label], digits=1)} habitants sur 100 ont {label} en {year}",
            f"{french.quantity(rows['value'][label], 'personne')} ont {label} en {year}.",
        )
    label = (rows["share"] - others["share"]).abs().idxmax()
    name = str(others["territory"].iloc[0])
    title = (
        f"{french.number(rows['share'][label], digits=1)} habitants sur 100 ont {label}, contre "
        f"{french.number(others['share'][label], digits=1)} dans l’ensemble {_of_territory(name, commune)}"
    )
    reading = (
        f"en {year}, pour 100 habitants, {french.number(rows['share'][label], digits=1)} ont {label} "
        f"{french.at(commune.name)} et {french.number(others['share'][label], digits=1)} dans l’ensemble "
        f"{_of_territory(name, commune)} : c’est l’âge qui les distingue le plus."
    )
    both = data[data["label"] == label]
    headline = standing(f"La part des {label}", rows_of(both, commune).iloc[0], both, "share", commune)
    return Finding(title, reading, headline=headline)


def _of_territory(name: str, commune: Commune) -> str:
    """Write a territory by its level, then its name: `de l’intercommunalité (MEL)`."""
    return f"{of_level(name, commune)} ({name})"


@guard_finding
def services_per_home(data: pd.DataFrame, commune: Commune, *, lag: int = 0) -> Finding:
    """Describe the homes started against the change of the ages of services over the same period.

    Reads `label, since, until, starts, change, per_ten` (persons for ten homes). Title and reading: the age that
    changes most. `lag` is the number of years from a start to a delivery. Only a title where too few homes were
    started. No takeaway.
    """
    rows = data.dropna(subset="per_ten").reset_index(drop=True)
    if rows.empty:
        return Finding("Trop peu de logements commencés pour les rapporter aux âges", "")
    row = rows.loc[rows["change"].abs().idxmax()]
    since, until = int(row["since"]), int(row["until"])
    homes = started(row, lag=lag)
    direction = "plus" if row["change"] > 0 else "moins"
    people = french.quantity(abs(row["change"]), "habitant")
    title = f"De {since} à {until}, {homes} et {people} de {row['label']} de {direction}"
    reading = (
        f"de {since} à {until}, {homes} ; sur la même période, les {row['label']} sont "
        f"{french.number(abs(row['change']))} de {direction}, soit "
        f"{french.number(row['per_ten'], digits=1, signed=True)} pour 10 logements."
    )
    return Finding(title, reading)


@guard_finding
def living_alone(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the oldest inhabitants who live alone, at the last date.

    Reads `territory, year, label, alone, people` (persons), `share` (%); the last label is the oldest age. Title and
    reading: the share and its counts; takeaway and headline: against the first territory of comparison.
    """
    rows = rows_of(data, commune)
    year = int(rows["year"].max())
    last = data[data["year"] == year]
    oldest = str(rows.loc[rows["year"] == year, "label"].iloc[-1])
    row = rows_of(last[last["label"] == oldest], commune).iloc[0]
    comparison = compared(row, last[last["label"] == oldest], "share", commune)
    title = f"{french.percent(row['share'])} des {oldest} vivent seuls en {year}"
    reading = (
        f"en {year}, {french.quantity(row['alone'], 'habitant')} de {oldest} vivent seuls, sur "
        f"{french.count(row['people'])} personnes de cet âge, communautés comprises{comparison}."
    )
    headline = standing(
        f"La part des {oldest} qui vivent seuls", row, last[last["label"] == oldest], "share", commune
    )
    return Finding(title, reading, f"{title}{comparison}.", headline=headline)
