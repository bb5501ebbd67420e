"""The ages of the inhabitants: broad groups, the ages of services, the old who live alone."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.territory.communes import Commune
from helpers.wording.finding import (
    Finding,
    closeness,
    compared,
    first_other,
    guard_finding,
    of_level,
    of_territory,
    out_of_ten,
    rows_of,
    standing,
    started,
    within,
)
from helpers.wording.materiality import is_beyond_margin, more, turn, turn_of_share

# The age of school that homes are set beside, and the next one where it is not known.
_SCHOOL = ("6 à 10 ans", "3 à 5 ans")
# Ages of services that a title has room to name.
_FEW = 2
_WITHIN = " : c’est l’écart le plus large, et il reste dans sa marge"


def aged(label: str) -> str:
    """Write a class of ages after "ont": `de 18 à 24 ans`, `75 ans ou plus`."""
    return f"de {label}" if " à " in label else label


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
        return _describe_oldest(rows, year=years[0])
    counts = rows.pivot(index="group", columns="year", values="value")
    ends = [(counts[year], shares[year]) for year in (years[0], years[-1])]
    change = shares[years[-1]] - shares[years[0]]
    if change.isna().all():
        return Finding()
    moved = [group for group in change.index if _turn_of_group(group, ends) != "reste stable"]
    group = change[moved or change.index].abs().idxmax()
    title = "Aucun groupe d’âges ne change nettement de part"
    if moved:
        verb = "gagnent" if change[group] > 0 else "perdent"
        title = f"Les {group} {verb} {french.points(abs(change[group])).lstrip('+')} dans la population"
    reading = (
        f"les {group} représentent {french.percent(shares[years[-1]][group])} de la population "
        f"{french.of(commune.name)} en {years[-1]}, contre {french.percent(shares[years[0]][group])} en "
        f"{years[0]}{'' if moved else _WITHIN}."
    )
    oldest = list(rows["group"])[-1]
    takeaway = (
        f"Les {oldest} forment {french.percent(shares[years[-1]][oldest])} de la population en {years[-1]} "
        f"({french.points(change[oldest])} depuis {years[0]}), les 0 à 14 ans "
        f"{french.percent(shares[years[-1]]['0 à 14 ans'])} ({french.points(change['0 à 14 ans'])})."
    )
    return Finding(title, reading, takeaway, headline=_describe_both_ends(oldest, ends))


def _describe_oldest(rows: pd.DataFrame, *, year: int) -> Finding:
    """Describe the oldest group of a single date: it may be too few for its share to be reported."""
    known = rows.dropna(subset="share")
    if known.empty:
        return Finding()
    oldest = known[known["group"] == known["group"].iloc[-1]].iloc[0]
    people, plural = out_of_ten(oldest["share"], "habitant", "habitants")
    ages = aged(str(oldest["group"]))
    return Finding(
        f"{french.percent(oldest['share'])} de la population a {ages}",
        f"{french.quantity(oldest['value'], 'personne')} {french.plural(oldest['value'], 'a', 'ont')} {ages} en "
        f"{year}.",
        headline=f"{people} {'ont' if plural else 'a'} {ages}",
    )


def _turn_of_group(group: str, ends: list[tuple[pd.Series, pd.Series]]) -> str:
    """Write how the share of a group moves, from the counts and the shares of all of them at both dates."""
    before, after = ((counts[group], shares[group]) for counts, shares in ends)
    return turn_of_share(before, after)


def _describe_both_ends(oldest: str, ends: list[tuple[pd.Series, pd.Series]]) -> str:
    """Write how the shares of the oldest and of the youngest groups move; nothing when one of them is missing."""
    if any(shares[[oldest, "0 à 14 ans"]].isna().any() for _, shares in ends):
        return ""
    old, young = (_turn_of_group(group, ends) for group in (oldest, "0 à 14 ans"))
    if old != young:
        return f"La part des {oldest} {old}, celle des 0 à 14 ans {young}"
    both = {"augmente": "augmentent", "diminue": "diminuent", "reste stable": "restent stables"}[old]
    return f"Les parts des {oldest} et des 0 à 14 ans {both}"


@guard_finding
def services(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the ages of services that rise and fall most between two dates.

    Reads `label, since, until, people_0, people_1, change` (persons). Title and takeaway: the age that changes most;
    reading: that which changes most the other way, or least; headline: which ages are more or less numerous. A change
    within its margin is none.
    """
    rows = data.dropna(subset="change").reset_index(drop=True)
    if rows.empty:
        return Finding()
    since, until = int(rows["since"].iloc[0]), int(rows["until"].iloc[0])
    rise, fall = rows.loc[rows["change"].idxmax()], rows.loc[rows["change"].idxmin()]
    widest = rows.loc[rows["change"].abs().idxmax()]
    other = fall if widest["label"] == rise["label"] else rise
    if not is_beyond_margin(widest["people_0"], widest["people_1"]):
        labels = [f"les {label}" for label in rows["label"]]
        few = f"{french.capitalize(french.enumerate_words(labels))} restent presque aussi nombreux"
        return Finding(
            # All of those known, where they are few: nothing is said of the others.
            few if len(labels) <= _FEW else "Aucun âge de service ne change nettement",
            f"de {since} à {until}, {_pass(widest)}{_WITHIN}.",
        )
    # The same age where it is alone to be known.
    reading = (
        f"de {since} à {until}, {_pass_or_stay(other)}."
        if other["label"] != widest["label"]
        else f"ces effectifs sont ceux de {since} et de {until}."
    )
    title = _pass(widest)
    return Finding(
        f"L{title[1:]}",
        reading,
        f"De {since} à {until}, {title}.",
        headline=_describe_rise_and_fall(rise, fall),
    )


def _pass_or_stay(row: pd.Series) -> str:
    """Write how an age changes, or that it hardly does."""
    if is_beyond_margin(row["people_0"], row["people_1"]):
        return _pass(row)
    before, after = (french.number(row[name]) for name in ("people_0", "people_1"))
    return f"les {row['label']} restent presque aussi nombreux : {before} puis {after}"


def _pass(row: pd.Series) -> str:
    """Write both counts of an age: `les 65 à 74 ans passent de 1 200 à 1 501`."""
    return (
        f"les {row['label']} passent de {french.number(row['people_0'])} à {french.number(row['people_1'])}"
    )


def _describe_rise_and_fall(rise: pd.Series, fall: pd.Series) -> str:
    """Write which ages of services rise and fall most, beyond their margin."""
    grown = is_beyond_margin(rise["people_0"], rise["people_1"]) and rise["change"] > 0
    shrunk = is_beyond_margin(fall["people_0"], fall["people_1"]) and fall["change"] < 0
    if grown and shrunk:
        return f"Les {rise['label']} sont plus nombreux, les {fall['label']} moins nombreux"
    if grown:
        return f"Les {rise['label']} sont plus nombreux"
    return f"Les {fall['label']} sont moins nombreux" if shrunk else ""


@guard_finding
def services_rates(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the age of services whose share differs most from that of the nearest territory.

    Reads `territory, year, label, value` (persons), `share` (for a hundred inhabitants). Title: both shares; reading:
    the people; headline: how near they are. Without another territory, the age of the largest share. No takeaway.
    """
    rows = rows_of(data, commune).set_index("label")
    others = data[data["territory"].astype("str") != commune.name].set_index("label")
    year = int(rows["year"].iloc[0])
    known = rows["share"].dropna()
    if known.empty:
        return Finding()
    label = known.idxmax() if others.empty else (rows["share"] - others["share"]).abs().idxmax()
    count = rows["value"][label]
    people = (
        f"en {year}, {french.quantity(count, 'habitant')} {french.of(commune.name)} "
        f"{french.plural(count, 'a', 'ont')} {aged(str(label))}"
    )
    share = f"{french.number(rows['share'][label], digits=1)} habitants sur 100 ont {aged(str(label))}"
    if others.empty:
        return Finding(share, f"{people}.")
    whole = f"l’ensemble {of_territory(str(others['territory'].iloc[0]), commune)}"
    title = f"{share}, contre {french.number(others['share'][label], digits=1)}"
    both = data[data["label"] == label]
    comma = "," if str(label).endswith("plus") else ""
    headline = standing(f"Part des {label}{comma}", rows_of(both, commune).iloc[0], both, "share", commune)
    reading = f"{people}, l’âge dont la part diffère le plus de celle de {whole}."
    return Finding(title, reading, headline=headline)


@guard_finding
def services_per_home(data: pd.DataFrame, commune: Commune, *, lag: int = 0) -> Finding:
    """Describe the homes started against the change of the ages of school over the same period.

    Reads `label, since, until, starts, people_0, people_1, change, per_ten` (persons for ten homes). Title: whether
    the children of an age are more numerous; reading: their change and the homes. `lag` is the number of years from a
    start to a delivery. Only a title where too few homes were started. No takeaway.
    """
    rows = data.dropna(subset="per_ten").set_index("label")
    if rows.empty:
        return Finding("Trop peu de logements commencés pour les rapporter aux âges", "")
    label = next((name for name in _SCHOOL if name in rows.index), rows.index[0])
    row = rows.loc[label]
    since, until = int(row["since"]), int(row["until"])
    way = (
        turn(row["people_0"], row["people_1"])
        if {"people_0", "people_1"} <= set(row.index)
        else "reste stable"
    )
    title = f"Le nombre d’habitants de {label} {way} pendant la période"
    per_ten = f"{french.number(abs(row['per_ten']), digits=1)} pour 10 logements"
    people = more(row["change"], f"habitant {aged(str(label))}", f"habitants {aged(str(label))}")
    return Finding(title, f"de {since} à {until}, {started(row, lag=lag)} et {people}, soit {per_ten}.")


@guard_finding
def living_alone(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the oldest inhabitants who live alone, at the last date.

    Reads `territory, year, label, alone, people` (persons), `share` (%); the last label is the oldest age. Title: the
    share; reading: its counts; takeaway and headline: against the first territory of comparison.
    """
    rows = rows_of(data, commune)
    year = int(rows["year"].max())
    last = data[data["year"] == year]
    oldest = str(rows.loc[rows["year"] == year, "label"].iloc[-1])
    both = last[last["label"] == oldest]
    row = rows_of(both, commune).iloc[0]
    title = f"{french.percent(row['share'])} des {oldest} vivent seuls"
    reading = (
        f"en {year}, {french.quantity(row['alone'], 'habitant')} de {oldest} "
        f"{french.plural(row['alone'], 'vit seul', 'vivent seuls')}, sur {french.number(row['people'])} personnes "
        "de cet âge, communautés comprises."
    )
    headline = _compare_solitude(oldest, row, both, commune)
    return Finding(
        title, reading, f"{title} en {year}{compared(row, both, 'share', commune)}.", headline=headline
    )


def _compare_solitude(oldest: str, row: pd.Series, data: pd.DataFrame, commune: Commune) -> str:
    """Write how often the oldest live alone beside the first territory of comparison; nothing without one."""
    other = first_other(data, commune)
    if other is None or french.is_missing(other["share"]) or french.is_missing(row["share"]):
        return ""
    words = closeness(row["share"], other["share"], unit="%")
    way = "aussi" if words.startswith("proche") else "plus" if row["share"] > other["share"] else "moins"
    return f"À {oldest}, on vit {way} souvent seul que {within(of_level(str(other['territory']), commune))}"
