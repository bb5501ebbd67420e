"""The inhabitants: how many, and why more or fewer."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers import french
from helpers.indicators.changes import annual_change
from helpers.indicators.growth import straddles_questionnaire
from helpers.territory.communes import Commune
from helpers.territory.panel import ENOUGH
from helpers.wording.finding import (
    NEAR_CHANGE,
    Finding,
    compared,
    first_other,
    guard_finding,
    moves,
    of_epci,
    rows_of,
)


@guard_finding
def recent(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the population at the last year against the first one.

    Reads `territory, year, POP, index` (100 at the first year). Title: inhabitants and their change; reading: the
    index of the last year; takeaway and headline: the direction of the annual change. Says nothing of a single year.
    """
    rows = rows_of(data, commune)
    first, last = rows.iloc[0], rows.iloc[-1]
    change = last["POP"] - first["POP"]
    years = int(last["year"] - first["year"])
    if years == 0:
        return Finding()
    annual = annual_change(np.array([first["POP"]]), np.array([last["POP"]]), years)[0]
    title = (
        f"{french.quantity(last['POP'], 'habitant')} en {int(last['year'])}, {french.number(change, signed=True)} "
        f"depuis {int(first['year'])}"
    )
    reading = (
        f"pour 100 habitants en {int(first['year'])}, on en compte {french.number(last['index'], digits=1)} en "
        f"{int(last['year'])} {french.at(commune.name)}."
    )
    takeaway = (
        f"En {int(last['year'])}, {french.quantity(last['POP'], 'habitant')} "
        f"{french.plural(last['POP'], 'vit', 'vivent')} {french.at(commune.name)} ; depuis {int(first['year'])}, la "
        f"population {moves(annual)} ({french.annual(annual)})."
    )
    return Finding(
        title, reading, takeaway, headline=f"La population {moves(annual)} depuis {int(first['year'])}"
    )


@guard_finding
def balances(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the annual change of the population and its two balances.

    Reads `territory, since, until, annual, natural, migratory, annual_natural, annual_migratory`. Title, reading and
    takeaway: the change (% a year) and both balances (persons), the takeaway against the first territory of
    comparison; headline: which of births or deaths, of arrivals or departures, are more numerous.
    """
    row = rows_of(data, commune).iloc[0]
    since, until = int(row["since"]), int(row["until"])
    directions = (
        _describe_balance(("naissances", "décès"), row["natural"]),
        _describe_balance(("arrivées", "départs"), row["migratory"]),
    )
    headline = ", ".join(directions)
    title = (
        f"{french.annual(row['annual'])} de {since} à {until} : solde naturel "
        f"{french.number(row['natural'], signed=True)}, solde migratoire apparent "
        f"{french.number(row['migratory'], signed=True)}"
    )
    reading = (
        f"entre {since} et {until}, la population {french.of(commune.name)} évolue de "
        f"{french.annual(row['annual'])}, dont {french.percent(row['annual_natural'], signed=True)} dus au solde "
        f"naturel ({french.quantity(row['natural'], 'personne', signed=True)}) et "
        f"{french.percent(row['annual_migratory'], signed=True)} au solde migratoire apparent "
        f"({french.number(row['migratory'], signed=True)})."
    )
    comparison = compared(
        row, data, "annual", commune, noun="un rythme", near=NEAR_CHANGE, feminine=False, write=french.annual
    )
    takeaway = (
        f"De {since} à {until}, la population évolue de {french.annual(row['annual'])}{comparison}. Solde naturel : "
        f"{french.number(row['natural'], signed=True)} ; solde migratoire apparent : "
        f"{french.number(row['migratory'], signed=True)}."
    )
    return Finding(title, reading, takeaway, headline=f"{headline[:1].upper()}{headline[1:]}")


def _describe_balance(pair: tuple[str, str], balance: float) -> str:
    """Write which of two flows is the larger one: `plus de naissances que de décès`, or `autant`, or `moins`."""
    gains, losses = pair
    if french.number_value(balance) == 0:
        return f"autant {french.of(gains)} que de {losses}"
    return (
        f"plus {french.of(gains)} que de {losses}"
        if balance > 0
        else f"moins {french.of(gains)} que de {losses}"
    )


@guard_finding
def long_series(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the population since 1968.

    Reads `territory, year, POP, index` (100 at the first date). Title: inhabitants at both ends; reading: the index
    of the last date against the first territory of comparison, and the year of the maximum. No takeaway.
    """
    rows = rows_of(data, commune)
    first, last = rows.iloc[0], rows.iloc[-1]
    peak = rows.loc[rows["POP"].idxmax()]
    since, until = int(first["year"]), int(last["year"])
    title = (
        f"De {french.quantity(first['POP'], 'habitant')} en {since} à {french.count(last['POP'])} en {until}"
    )
    other = first_other(data[data["year"] == until], commune)
    comparison = f" ({other['territory']} : {french.number(other['index'])})" if other is not None else ""
    reading = (
        f"pour 100 habitants en {since}, on en compte {french.number(last['index'])} en {until} "
        f"{french.at(commune.name)}{comparison} ; le maximum de la série est atteint en {int(peak['year'])}, avec "
        f"{french.quantity(peak['POP'], 'habitant')}."
    )
    return Finding(title, reading)


@guard_finding
def history(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the population at the censuses since 1876.

    Reads `territory, year, POP`. Title: the maximum and its year; reading: both ends and the minimum. No takeaway.
    """
    rows = rows_of(data, commune)
    first, last = rows.iloc[0], rows.iloc[-1]
    peak, trough = rows.loc[rows["POP"].idxmax()], rows.loc[rows["POP"].idxmin()]
    title = (
        f"Depuis {int(first['year'])}, le maximum est de {french.quantity(peak['POP'], 'habitant')}, "
        f"en {int(peak['year'])}"
    )
    reading = (
        f"on compte {french.quantity(first['POP'], 'habitant')} {french.at(commune.name)} en {int(first['year'])} et "
        f"{french.count(last['POP'])} en {int(last['year'])} ; le minimum est de "
        f"{french.quantity(trough['POP'], 'habitant')}, en {int(trough['year'])}."
    )
    return Finding(title, reading)


@guard_finding
def periods(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the annual change of the population and its two balances, period by period.

    Reads `territory, since, until, period, annual, natural, migratory, annual_natural, annual_migratory`. Title and
    takeaway: how many times each balance is positive; reading: the period that changes most. Says nothing of fewer
    than two periods.
    """
    rows = rows_of(data, commune).dropna(subset="annual").reset_index(drop=True)
    if len(rows) < 2:
        return Finding()
    natural, migratory = (_describe_signs(rows[name]) for name in ("natural", "migratory"))
    title = (
        f"Sur {len(rows)} périodes depuis {int(rows['since'].min())}, le solde naturel {natural}, le solde migratoire "
        f"apparent {migratory}"
    )
    widest = rows.loc[rows["annual"].abs().idxmax()]
    reading = (
        f"l’évolution la plus forte est celle de {widest['period']} : {french.annual(widest['annual'])}, dont "
        f"{french.percent(widest['annual_natural'], signed=True)} dus au solde naturel "
        f"({french.quantity(widest['natural'], 'personne', signed=True)}) et "
        f"{french.percent(widest['annual_migratory'], signed=True)} au solde migratoire apparent "
        f"({french.number(widest['migratory'], signed=True)})."
    )
    return Finding(title, reading, f"{title}.")


def _describe_signs(balances: pd.Series) -> str:
    """Write how many balances of a series are positive."""
    positive = int((balances > 0).sum())
    return f"est positif {positive} fois" if positive else "n’est jamais positif"


@guard_finding
def yearly_balances(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe what each balance gives a year on the last period.

    Reads `territory, since, until, part, balance, balance_year` (persons). Title: each part by year; reading: each
    part over the whole period. No takeaway.
    """
    rows = rows_of(data, commune)
    last = rows[rows["until"] == rows["until"].max()].set_index("part")
    since, until = int(last["since"].iloc[0]), int(last["until"].iloc[0])
    by_year = [
        f"{french.quantity(row['balance_year'], 'habitant', signed=True)} par le {str(part).lower()}"
        for part, row in last.iterrows()
    ]
    title = f"De {since} à {until}, en moyenne par an : {', '.join(by_year)}"
    in_all = [
        f"{french.quantity(row['balance'], 'personne', signed=True)} pour le {str(part).lower()}"
        for part, row in last.iterrows()
    ]
    reading = f"sur les {until - since} années de {since} à {until}, {french.enumerate_words(in_all)}."
    return Finding(title, reading)


@guard_finding
def vital_rates(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe births and deaths for a thousand inhabitants, at the last and first periods.

    Reads `territory, since, until, part` (« Natalité », « Mortalité »), `per_mille, events`. Title and takeaway: both
    rates of the last period; reading: the events of the last period, then the rates of the first one.
    """
    rows = rows_of(data, commune)
    rates = rows.pivot(index="since", columns="part", values="per_mille").sort_index()
    events = rows.pivot(index="since", columns="part", values="events").sort_index()
    until = rows.drop_duplicates("since").set_index("since")["until"].sort_index()

    def describe_period(rank: int) -> str:
        return (
            f"de {rates.index[rank]} à {until.iloc[rank]}, {french.number(rates['Natalité'].iloc[rank], digits=1)} "
            f"naissances et {french.number(rates['Mortalité'].iloc[rank], digits=1)} décès par an pour "
            f"{french.number(1000)} habitants"
        )

    counted = (
        f"{french.quantity(events['Natalité'].iloc[-1], 'naissance')} et "
        f"{french.number(events['Mortalité'].iloc[-1])} décès en tout de {rates.index[-1]} à {until.iloc[-1]}"
    )
    reading = f"{counted} ; {describe_period(0)}." if len(rates) > 1 else f"{counted}."
    title = describe_period(-1).capitalize()
    return Finding(title, reading, f"{title}.")


def questionnaire(data: pd.DataFrame) -> str:
    """Write what to keep in mind of periods: that they do not add up, and which straddle the questionnaire of 2018.

    Reads `since, until`. Nothing for a single period that does not straddle it.
    """
    pairs = list(data[["since", "until"]].drop_duplicates().itertuples(index=False))
    straddling = [f"{since}-{until}" for since, until in pairs if straddles_questionnaire(since, until)]
    cautions = []
    if len(pairs) > 1:
        cautions.append("les périodes n’ont pas la même durée et ne s’additionnent pas")
    if straddling:
        cautions.append(
            f"le questionnaire du recensement a changé en 2018 : l’évolution de {french.enumerate_words(straddling)} "
            "et le solde migratoire apparent sont à lire avec prudence"
        )
    return f"{' ; '.join(cautions)}." if cautions else ""


@guard_finding
def growth_map(data: pd.DataFrame, commune: Commune, *, epci: str) -> Finding:
    """Describe the rank of the commune by its annual change among the communes of its EPCI.

    Reads `code, annual` (% a year) of every commune of the EPCI, the strongest rise being first. Title: the rank;
    reading: the median; takeaway: the rank, among more than eight communes. `epci` is the name of the EPCI: without
    one, neither title nor takeaway. Says nothing when the change of the commune is not known.
    """
    known = data.dropna(subset="annual")
    if commune.code not in set(known["code"]):
        return Finding()
    row = known[known["code"] == commune.code].iloc[0]
    rank = int((known["annual"] > row["annual"]).sum()) + 1
    total = len(known)
    ordinal = "1ʳᵉ" if rank == 1 else f"{rank}ᵉ"
    title = f"La {ordinal} évolution de population des {total} communes {of_epci(epci)}" if epci else ""
    reading = (
        f"la population {french.of(commune.name)} évolue de {french.annual(row['annual'])} ; la moitié des "
        f"communes {of_epci(epci)} sont au-dessus de {french.annual(known['annual'].median())}."
    )
    takeaway = (
        f"Pour l’évolution de sa population, la commune est {ordinal} sur les {total} {of_epci(epci)}."
        # A rank among a handful says little.
        if epci and total > ENOUGH
        else ""
    )
    return Finding(title, reading, takeaway)
