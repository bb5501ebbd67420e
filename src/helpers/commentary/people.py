"""The inhabitants: how many, why more or fewer, of what ages."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.commentary.finding import (
    NEAR_CHANGE,
    Finding,
    first_other,
    moves,
    of_epci,
    rows_of,
    telling,
    versus,
)
from helpers.territory import Commune


@telling
def recent(data: pd.DataFrame, commune: Commune) -> Finding:
    """Population, index 100 at the first year."""
    own = rows_of(data, commune)
    first, last = own.iloc[0], own.iloc[-1]
    change = last["POP"] - first["POP"]
    years = int(last["year"] - first["year"])
    if years == 0:
        return Finding()
    annual = 100 * ((last["POP"] / first["POP"]) ** (1 / years) - 1) if first["POP"] else float("nan")
    title = (
        f"{french.quantity(last['POP'], 'habitant')} en {int(last['year'])}, "
        f"{french.number(change, signed=True)} depuis {int(first['year'])}"
    )
    reading = (
        f"pour 100 habitants en {int(first['year'])}, {commune.name} en compte "
        f"{french.number(last['index'], digits=1)} en {int(last['year'])}."
    )
    takeaway = (
        f"{commune.name} compte {french.quantity(last['POP'], 'habitant')} en {int(last['year'])}. Depuis "
        f"{int(first['year'])}, sa population {moves(annual)} ({french.annual(annual)})."
    )
    return Finding(title, reading, takeaway)


@telling
def balances(data: pd.DataFrame, commune: Commune) -> Finding:
    """Annual change and its two balances."""
    own = rows_of(data, commune).iloc[0]
    since, until = int(own["since"]), int(own["until"])
    sense = (
        _outweigh(("naissances", "décès"), own["natural"]),
        _outweigh(("arrivées", "départs"), own["migratory"]),
    )
    title = f"De {since} à {until}, la population {moves(own['annual'])} : {', '.join(sense)}"
    reading = (
        f"entre {since} et {until}, la population {french.of(commune.name)} évolue de {french.annual(own['annual'])}, dont "
        f"{french.percent(own['annual_natural'], signed=True)} dus au solde naturel "
        f"({french.quantity(own['natural'], 'personne', signed=True)}) et "
        f"{french.percent(own['annual_migratory'], signed=True)} au solde migratoire apparent "
        f"({french.number(own['migratory'], signed=True)})."
    )
    other = first_other(data, commune)
    compared = ""
    if other is not None:
        compared = ", un rythme " + versus(own["annual"], other, "annual", commune, near=NEAR_CHANGE, feminine=False, write=french.annual)  # fmt: skip
    takeaway = (
        f"De {since} à {until}, la population évolue de {french.annual(own['annual'])}{compared}. Solde naturel : "
        f"{french.number(own['natural'], signed=True)} ; solde migratoire apparent : "
        f"{french.number(own['migratory'], signed=True)}."
    )
    return Finding(title, reading, takeaway)


def _outweigh(pair: tuple[str, str], balance: float) -> str:
    gains, losses = pair
    if french.number_value(balance) == 0:
        return f"autant {french.of(gains)} que de {losses}"
    return (
        f"plus {french.of(gains)} que de {losses}"
        if balance > 0
        else f"moins {french.of(gains)} que de {losses}"
    )


@telling
def long_series(data: pd.DataFrame, commune: Commune) -> Finding:
    """Population since 1968."""
    own = rows_of(data, commune)
    first, last = own.iloc[0], own.iloc[-1]
    peak = own.loc[own["POP"].idxmax()]
    title = f"De {french.count(first['POP'])} habitants en {int(first['year'])} à {french.count(last['POP'])} en {int(last['year'])}"
    reading = f"le maximum de la série est atteint en {int(peak['year'])}, avec {french.quantity(peak['POP'], 'habitant')}."
    return Finding(title, reading)


@telling
def age_groups(data: pd.DataFrame, commune: Commune) -> Finding:
    """Broad age groups at two dates."""
    own = rows_of(data, commune)
    years = sorted(int(year) for year in own["year"].unique())
    table = own.pivot(index="group", columns="year", values="share")
    if len(years) < 2:
        oldest = own[own["group"] == own["group"].iloc[-1]].iloc[0]
        return Finding(
            f"{french.percent(oldest['share'])} de la population a {oldest['group']}",
            f"{french.quantity(oldest['value'], 'personne')} ont {oldest['group']} en {years[0]}.",
        )
    change = table[years[-1]] - table[years[0]]
    group = change.abs().idxmax()
    moved = "gagnent" if change[group] > 0 else "perdent"
    title = f"Les {group} {moved} {french.points(abs(change[group])).lstrip('+')} dans la population de {years[0]} à {years[-1]}"
    if round(change[group], 1) == 0:
        title = f"Chaque groupe d’âges garde sa part de la population de {years[0]} à {years[-1]}"
    reading = (
        f"les {group} représentent {french.percent(table[years[-1]][group])} de la population {french.of(commune.name)} en "
        f"{years[-1]}, contre {french.percent(table[years[0]][group])} en {years[0]}."
    )
    oldest = list(own["group"])[-1]
    takeaway = (
        f"Les {oldest} forment {french.percent(table[years[-1]][oldest])} de la population en {years[-1]} "
        f"({french.points(change[oldest])} depuis {years[0]}), les 0 à 14 ans "
        f"{french.percent(table[years[-1]]['0 à 14 ans'])} ({french.points(change['0 à 14 ans'])})."
    )
    return Finding(title, reading, takeaway)


@telling
def growth_map(data: pd.DataFrame, commune: Commune, *, epci: str) -> Finding:
    """Annual change by commune of the EPCI, ranked from the strongest rise to the strongest fall."""
    known = data.dropna(subset="annual")
    if commune.code not in set(known["code"]):
        return Finding()
    own = known[known["code"] == commune.code].iloc[0]
    rank = int((known["annual"] > own["annual"]).sum()) + 1
    total = len(known)
    ordinal = "1ʳᵉ" if rank == 1 else f"{rank}ᵉ"
    title = f"{ordinal} évolution de population sur {total} communes {of_epci(epci)}" if epci else ""
    reading = (
        f"{commune.name} évolue de {french.annual(own['annual'])} ; la moitié des communes {of_epci(epci)} sont au-dessus de "
        f"{french.annual(known['annual'].median())}."
    )
    return Finding(title, reading)


@telling
def services(data: pd.DataFrame, commune: Commune) -> Finding:
    """The ages of services that rise and fall most between two dates."""
    own = data.reset_index(drop=True)
    since, until = int(own["since"].iloc[0]), int(own["until"].iloc[0])
    rise, fall = own.loc[own["change"].idxmax()], own.loc[own["change"].idxmin()]

    def tell(row: pd.Series) -> str:
        return (
            f"les {row['label']} passent de {french.count(row['people_0'])} à {french.count(row['people_1'])}"
        )

    widest = own.loc[own["change"].abs().idxmax()]
    title = f"De {since} à {until}, {tell(widest)}"
    reading = (
        f"de {since} à {until}, {tell(rise)} ({french.number(rise['change'], signed=True)}), {tell(fall)} "
        f"({french.number(fall['change'], signed=True)})."
    )
    return Finding(title, reading, f"{title} ({french.number(widest['change'], signed=True)}).")


@telling
def services_per_home(data: pd.DataFrame, commune: Commune) -> Finding:
    """The homes started beside the ages of services over the same period."""
    own = data.dropna(subset="per_ten").reset_index(drop=True)
    if own.empty:
        return Finding("Trop peu de logements commencés pour les rapporter aux âges", "")
    row = own.loc[own["change"].abs().idxmax()]
    since, until = int(row["since"]), int(row["until"])
    homes = french.quantity(row["starts"], "logement commencé", "logements commencés")
    title = f"De {since} à {until}, {homes}, et {french.number(row['change'], signed=True)} habitants pour les {row['label']}"
    reading = (
        f"de {since} à {until}, {homes} ; sur la même période, les {row['label']} sont "
        f"{french.number(abs(row['change']))} de {'plus' if row['change'] > 0 else 'moins'}, soit "
        f"{french.number(row['per_ten'], digits=1, signed=True)} pour 10 logements."
    )
    return Finding(title, reading)
