"""The inhabitants: how many, why more or fewer, of what ages."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from helpers import french
from helpers.indicators import ranking
from helpers.indicators.growth import straddles_questionnaire
from helpers.indicators.registry import find
from helpers.territory.communes import Commune
from helpers.territory.panel import ENOUGH
from helpers.wording.finding import (
    NEAR_CHANGE,
    Finding,
    closeness,
    compared,
    first_other,
    moves,
    of_epci,
    of_level,
    out_of_ten,
    rows_of,
    standing,
    started,
    telling,
    turns,
)

# Where someone comes from, after « venir ».
_FROM = {
    "POP01P_IRAN2": "d’un autre logement de la commune",
    "POP01P_IRAN3": "d’une autre commune du département",
    "POP01P_IRAN4": "d’un autre département de la région",
    "POP01P_IRAN5": "d’une autre région de métropole",
    "BEYOND": "d’outre-mer ou de l’étranger",
}


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
        f"pour 100 habitants en {int(first['year'])}, on en compte {french.number(last['index'], digits=1)} en "
        f"{int(last['year'])} {french.at(commune.name)}."
    )
    takeaway = (
        f"En {int(last['year'])}, {french.quantity(last['POP'], 'habitant')} {french.plural(last['POP'], 'vit', 'vivent')} "
        f"{french.at(commune.name)} ; depuis {int(first['year'])}, la population {moves(annual)} ({french.annual(annual)})."
    )
    return Finding(
        title, reading, takeaway, headline=f"La population {moves(annual)} depuis {int(first['year'])}"
    )


@telling
def balances(data: pd.DataFrame, commune: Commune) -> Finding:
    """Annual change and its two balances."""
    own = rows_of(data, commune).iloc[0]
    since, until = int(own["since"]), int(own["until"])
    sense = (
        _outweigh(("naissances", "décès"), own["natural"]),
        _outweigh(("arrivées", "départs"), own["migratory"]),
    )
    headline = ", ".join(sense)
    title = (
        f"{french.annual(own['annual'])} de {since} à {until} : solde naturel {french.number(own['natural'], signed=True)}, "
        f"solde migratoire apparent {french.number(own['migratory'], signed=True)}"
    )
    reading = (
        f"entre {since} et {until}, la population {french.of(commune.name)} évolue de {french.annual(own['annual'])}, dont "
        f"{french.percent(own['annual_natural'], signed=True)} dus au solde naturel "
        f"({french.quantity(own['natural'], 'personne', signed=True)}) et "
        f"{french.percent(own['annual_migratory'], signed=True)} au solde migratoire apparent "
        f"({french.number(own['migratory'], signed=True)})."
    )
    beside = compared(
        own, data, "annual", commune, noun="un rythme", near=NEAR_CHANGE, feminine=False, write=french.annual
    )
    takeaway = (
        f"De {since} à {until}, la population évolue de {french.annual(own['annual'])}{beside}. Solde naturel : "
        f"{french.number(own['natural'], signed=True)} ; solde migratoire apparent : "
        f"{french.number(own['migratory'], signed=True)}."
    )
    return Finding(title, reading, takeaway, headline=f"{headline[:1].upper()}{headline[1:]}")


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
    """Population since 1968, index 100 at the first date."""
    own = rows_of(data, commune)
    first, last = own.iloc[0], own.iloc[-1]
    peak = own.loc[own["POP"].idxmax()]
    since, until = int(first["year"]), int(last["year"])
    title = (
        f"De {french.quantity(first['POP'], 'habitant')} en {since} à {french.count(last['POP'])} en {until}"
    )
    other = first_other(data[data["year"] == until], commune)
    beside = f" ({other['territory']} : {french.number(other['index'])})" if other is not None else ""
    reading = (
        f"pour 100 habitants en {since}, on en compte {french.number(last['index'])} en {until} "
        f"{french.at(commune.name)}{beside} ; le "
        f"maximum de la série est atteint en {int(peak['year'])}, avec {french.quantity(peak['POP'], 'habitant')}."
    )
    return Finding(title, reading)


@telling
def history(data: pd.DataFrame, commune: Commune) -> Finding:
    """Population at the censuses since 1876."""
    own = rows_of(data, commune)
    first, last = own.iloc[0], own.iloc[-1]
    peak, trough = own.loc[own["POP"].idxmax()], own.loc[own["POP"].idxmin()]
    title = f"Depuis {int(first['year'])}, le maximum est de {french.quantity(peak['POP'], 'habitant')}, en {int(peak['year'])}"
    reading = (
        f"on compte {french.quantity(first['POP'], 'habitant')} {french.at(commune.name)} en {int(first['year'])} et "
        f"{french.count(last['POP'])} en {int(last['year'])} ; le minimum est de {french.quantity(trough['POP'], 'habitant')}, "
        f"en {int(trough['year'])}."
    )
    return Finding(title, reading)


@telling
def periods(data: pd.DataFrame, commune: Commune) -> Finding:
    """Annual change and its two balances, period by period."""
    own = rows_of(data, commune).dropna(subset="annual").reset_index(drop=True)
    if len(own) < 2:
        return Finding()
    natural, migratory = (_gains(own[name]) for name in ("natural", "migratory"))
    title = (
        f"Sur {len(own)} périodes depuis {int(own['since'].min())}, le solde naturel {natural}, le solde migratoire "
        f"apparent {migratory}"
    )
    widest = own.loc[own["annual"].abs().idxmax()]
    reading = (
        f"l’évolution la plus forte est celle de {widest['period']} : {french.annual(widest['annual'])}, dont "
        f"{french.percent(widest['annual_natural'], signed=True)} dus au solde naturel "
        f"({french.quantity(widest['natural'], 'personne', signed=True)}) et "
        f"{french.percent(widest['annual_migratory'], signed=True)} au solde migratoire apparent "
        f"({french.number(widest['migratory'], signed=True)})."
    )
    return Finding(title, reading, f"{title}.")


def _gains(balances: pd.Series) -> str:
    positive = int((balances > 0).sum())
    return f"est positif {positive} fois" if positive else "n’est jamais positif"


@telling
def yearly_balances(data: pd.DataFrame, commune: Commune) -> Finding:
    """What each balance gives a year, period by period."""
    own = rows_of(data, commune)
    last = own[own["until"] == own["until"].max()].set_index("part")
    since, until = int(last["since"].iloc[0]), int(last["until"].iloc[0])
    told = [
        f"{french.quantity(row['balance_year'], 'habitant', signed=True)} par le {str(part).lower()}"
        for part, row in last.iterrows()
    ]
    title = f"De {since} à {until}, en moyenne par an : {', '.join(told)}"
    sums = [
        f"{french.quantity(row['balance'], 'personne', signed=True)} pour le {str(part).lower()}"
        for part, row in last.iterrows()
    ]
    reading = f"sur les {until - since} années de {since} à {until}, {french.enumerate_words(sums)}."
    return Finding(title, reading)


@telling
def vital_rates(data: pd.DataFrame, commune: Commune) -> Finding:
    """Births and deaths for a thousand inhabitants, period by period."""
    own = rows_of(data, commune)
    rates = own.pivot(index="since", columns="part", values="per_mille").sort_index()
    events = own.pivot(index="since", columns="part", values="events").sort_index()
    until = own.drop_duplicates("since").set_index("since")["until"].sort_index()

    def tell(rank: int) -> str:
        return (
            f"de {rates.index[rank]} à {until.iloc[rank]}, {french.number(rates['Natalité'].iloc[rank], digits=1)} naissances "
            f"et {french.number(rates['Mortalité'].iloc[rank], digits=1)} décès par an pour {french.number(1000)} habitants"
        )

    counted = (
        f"{french.quantity(events['Natalité'].iloc[-1], 'naissance')} et {french.number(events['Mortalité'].iloc[-1])} décès "
        f"en tout de {rates.index[-1]} à {until.iloc[-1]}"
    )
    reading = f"{counted} ; {tell(0)}." if len(rates) > 1 else f"{counted}."
    title = tell(-1).capitalize()
    return Finding(title, reading, f"{title}.")


def questionnaire(data: pd.DataFrame) -> str:
    """What to keep in mind of periods: that they do not add up, and which straddle the new questionnaire."""
    pairs = list(data[["since", "until"]].drop_duplicates().itertuples(index=False))
    told = [f"{since}-{until}" for since, until in pairs if straddles_questionnaire(since, until)]
    cautions = []
    if len(pairs) > 1:
        cautions.append("les périodes n’ont pas la même durée et ne s’additionnent pas")
    if told:
        cautions.append(
            f"le questionnaire du recensement a changé en 2018 : l’évolution de {french.enumerate_words(told)} et le solde "
            "migratoire apparent sont à lire avec prudence"
        )
    return f"{' ; '.join(cautions)}." if cautions else ""


@telling
def benchmarks(data: pd.DataFrame, commune: Commune) -> Finding:
    """Indicators side by side, in words: the one by which the commune differs most from the nearest territory."""
    nearest = _nearest(data, commune)
    unsaid = [french.NOT_SIGNIFICANT, french.MISSING]
    sound = data[~data[f"@{commune.name}"].isin(unsaid)]
    if sound.empty:
        return Finding()
    if nearest is None:
        told = f"{sound.iloc[0]['indicator']} : {sound.iloc[0][f'@{commune.name}']}"
        return Finding(told, f"{sound.iloc[0][f'@{commune.name}']} pour « {sound.iloc[0]['indicator']} ».")
    own, others = sound[f"measure@{commune.name}"], sound[f"measure@{nearest}"]
    # Beside zero a difference has no measure of its own: changes and balances are left to their exhibits.
    steady = sound["id"].map(lambda one: not find(one).signed)
    gaps = ((own - others) / others).abs().where((others > 0) & steady)
    row = sound.loc[gaps.idxmax() if gaps.notna().any() else sound.index[0]].to_dict()
    own, other = row[f"@{commune.name}"], row[f"@{nearest}"]
    beyond = of_level(nearest, commune)
    near = ranking.bands(find(str(row["id"])).unit, reference=row[f"measure@{nearest}"])
    level = closeness(row[f"measure@{commune.name}"], row[f"measure@{nearest}"], near=near)
    reading = f"{own} pour « {row['indicator']} », un niveau {level} celui {beyond} ({nearest} : {other})."
    title = f"Ce qui s’éloigne le plus {beyond} : {row['indicator']}, {own} contre {other}"
    return Finding(f"Des niveaux proches de ceux {beyond}" if level == "proche de" else title, reading)


def in_words(data: pd.DataFrame, commune: Commune) -> pd.DataFrame:
    """The indicators side by side, with `compared`: how the commune stands against the nearest territory."""
    nearest = _nearest(data, commune)
    if nearest is None:
        return data
    return data.assign(compared=[_compare(row, commune, nearest) for row in data.to_dict("records")])


def _compare(row: Mapping[Hashable, Any], commune: Commune, nearest: str) -> str | None:
    """`proche`, `un peu plus élevé`, `plus faible`; "n.s." beside too few people, nothing beside a missing figure."""
    written = (row[f"@{commune.name}"], row[f"@{nearest}"])
    if french.MISSING in written:
        return None
    if french.NOT_SIGNIFICANT in written:
        return french.NOT_SIGNIFICANT
    unit = find(str(row["id"])).unit
    return ranking.beside(row[f"measure@{commune.name}"], row[f"measure@{nearest}"], unit=unit)


def _nearest(data: pd.DataFrame, commune: Commune) -> str | None:
    """The first other territory that has figures."""
    names = [name.removeprefix("measure@") for name in data if name.startswith("measure@")]
    known = (name for name in names if name != commune.name and data[f"measure@{name}"].notna().any())
    return next(known, None)


@telling
def age_groups(data: pd.DataFrame, commune: Commune) -> Finding:
    """Broad age groups at two dates."""
    own = rows_of(data, commune)
    years = sorted(int(year) for year in own["year"].unique())
    table = own.pivot(index="group", columns="year", values="share")
    if len(years) < 2:
        # The oldest may be too few for their share to be told.
        known = own.dropna(subset="share")
        if known.empty:
            return Finding()
        oldest = known[known["group"] == known["group"].iloc[-1]].iloc[0]
        people, plural = out_of_ten(oldest["share"], "habitant", "habitants")
        return Finding(
            f"{french.percent(oldest['share'])} de la population a {oldest['group']} en {years[0]}",
            f"{french.quantity(oldest['value'], 'personne')} ont {oldest['group']} en {years[0]}.",
            headline=f"{people} {'ont' if plural else 'a'} {oldest['group']}",
        )
    change = table[years[-1]] - table[years[0]]
    if change.isna().all():
        return Finding()
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
    return Finding(title, reading, takeaway, headline=_ends(oldest, change))


def _ends(oldest: str, change: pd.Series) -> str:
    """How the shares of the oldest and of the youngest group move."""
    if change[[oldest, "0 à 14 ans"]].isna().any():
        return ""
    old, young = turns(change[oldest]), turns(change["0 à 14 ans"])
    if old != young:
        return f"La part des {oldest} {old}, celle des 0 à 14 ans {young}"
    both = {"augmente": "augmentent", "diminue": "diminuent", "reste stable": "restent stables"}[old]
    return f"Les parts des {oldest} et des 0 à 14 ans {both}"


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
    title = f"La {ordinal} évolution de population des {total} communes {of_epci(epci)}" if epci else ""
    reading = (
        f"la population {french.of(commune.name)} évolue de {french.annual(own['annual'])} ; la moitié des communes {of_epci(epci)} sont au-dessus de "
        f"{french.annual(known['annual'].median())}."
    )
    takeaway = (
        f"Pour l’évolution de sa population, la commune est {ordinal} sur les {total} {of_epci(epci)}."
        # A rank among a handful says little.
        if epci and total > ENOUGH
        else ""
    )
    return Finding(title, reading, takeaway)


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
    return Finding(
        title,
        reading,
        f"{title} ({french.number(widest['change'], signed=True)}).",
        headline=_risen_and_fallen(own, rise, fall),
    )


def _risen_and_fallen(own: pd.DataFrame, rise: pd.Series, fall: pd.Series) -> str:
    """Which ages of services rise and fall most."""
    grown, shrunk = (french.number_value(row["change"]) for row in (rise, fall))
    if grown > 0 > shrunk:
        return f"Les {rise['label']} sont plus nombreux, les {fall['label']} moins nombreux"
    if own["change"].isna().any() or 0 in (grown, shrunk):
        return ""
    return (
        f"Tous ces âges progressent, surtout les {rise['label']}"
        if shrunk > 0
        else f"Tous ces âges reculent, surtout les {fall['label']}"
    )


@telling
def services_rates(data: pd.DataFrame, commune: Commune) -> Finding:
    """The ages of services for a hundred inhabitants, beside the nearest territory."""
    own = rows_of(data, commune).set_index("label")
    others = data[data["territory"].astype("str") != commune.name].set_index("label")
    year = int(own["year"].iloc[0])
    if others.empty:
        label = own["share"].idxmax()
        return Finding(
            f"{french.number(own['share'][label], digits=1)} habitants sur 100 ont {label} en {year}",
            f"{french.quantity(own['value'][label], 'personne')} ont {label} en {year}.",
        )
    label = (own["share"] - others["share"]).abs().idxmax()
    name = str(others["territory"].iloc[0])
    title = (
        f"{french.number(own['share'][label], digits=1)} habitants sur 100 ont {label}, contre "
        f"{french.number(others['share'][label], digits=1)} dans l’ensemble {_inside(name, commune)}"
    )
    reading = (
        f"en {year}, pour 100 habitants, {french.number(own['share'][label], digits=1)} ont {label} {french.at(commune.name)} et "
        f"{french.number(others['share'][label], digits=1)} dans l’ensemble {_inside(name, commune)} : c’est l’âge qui les "
        "distingue le plus."
    )
    here = data[data["label"] == label]
    headline = standing(f"La part des {label}", rows_of(here, commune).iloc[0], here, "share", commune)
    return Finding(title, reading, headline=headline)


def _inside(name: str, commune: Commune) -> str:
    return f"{of_level(name, commune)} ({name})"


@telling
def services_per_home(data: pd.DataFrame, commune: Commune, *, lag: int = 0) -> Finding:
    """The homes started beside the ages of services over the same period."""
    own = data.dropna(subset="per_ten").reset_index(drop=True)
    if own.empty:
        return Finding("Trop peu de logements commencés pour les rapporter aux âges", "")
    row = own.loc[own["change"].abs().idxmax()]
    since, until = int(row["since"]), int(row["until"])
    homes = started(row, lag=lag)
    sense = "plus" if row["change"] > 0 else "moins"
    people = french.quantity(abs(row["change"]), "habitant")
    title = f"De {since} à {until}, {homes} et {people} de {row['label']} de {sense}"
    reading = (
        f"de {since} à {until}, {homes} ; sur la même période, les {row['label']} sont "
        f"{french.number(abs(row['change']))} de {sense}, soit "
        f"{french.number(row['per_ten'], digits=1, signed=True)} pour 10 logements."
    )
    return Finding(title, reading)


@telling
def living_alone(data: pd.DataFrame, commune: Commune) -> Finding:
    """The old who live alone, at the last date."""
    own = rows_of(data, commune)
    year = int(own["year"].max())
    last = data[data["year"] == year]
    oldest = str(own.loc[own["year"] == year, "label"].iloc[-1])
    row = rows_of(last[last["label"] == oldest], commune).iloc[0]
    beside = compared(row, last[last["label"] == oldest], "share", commune)
    title = f"{french.percent(row['share'])} des {oldest} vivent seuls en {year}"
    reading = (
        f"en {year}, {french.quantity(row['alone'], 'habitant')} de {oldest} vivent seuls, sur {french.count(row['people'])} "
        f"personnes de cet âge, communautés comprises{beside}."
    )
    headline = standing(
        f"La part des {oldest} qui vivent seuls", row, last[last["label"] == oldest], "share", commune
    )
    return Finding(title, reading, f"{title}{beside}.", headline=headline)


@telling
def household_sizes(data: pd.DataFrame, commune: Commune) -> Finding:
    """Households by number of persons, at the last date."""
    years = sorted(int(year) for year in data["year"].unique())
    last = years[-1]
    shares = data.pivot(index="kind", columns="year", values="share")
    small = shares.loc[["MEN_1", "MEN_2"]].sum(skipna=False)
    title = f"{french.percent(small[last])} des ménages comptent une ou deux personnes en {last}"
    headline = ""
    if len(years) > 1:
        title += f", contre {french.percent(small[years[0]])} en {years[0]}"
        headline = (
            f"La part des ménages d’une ou deux personnes {turns(small[last] - small[years[0]])}"
            if small.notna().all()
            else ""
        )
    reading = (
        f"en {last}, {french.percent(shares[last]['MEN_1'])} des ménages {french.of(commune.name)} sont d’une personne et "
        f"{french.percent(shares[last]['MEN_5P'])} de cinq ou plus."
    )
    return Finding(title, reading, headline=headline)


@telling
def newcomers(data: pd.DataFrame, commune: Commune) -> Finding:
    """Those who lived in another commune a year before."""
    own = rows_of(data, commune).iloc[0]
    year = int(own["year"])
    beside = compared(own, data, "rate", commune)
    title = (
        f"{french.percent(own['rate'])} des habitants de {year} vivaient dans une autre commune un an avant"
    )
    reading = (
        f"sur {french.quantity(own['POP01P'], 'habitant')} d’un an ou plus en {year}, {french.count(own['moved'])} habitaient un "
        f"autre logement un an avant, dont {french.count(own['arrived'])} dans une autre commune."
    )
    headline = standing("La part des habitants arrivés dans l’année", own, data, "rate", commune)
    return Finding(title, reading, f"{title}{beside}.", headline=headline)


@telling
def origins(data: pd.DataFrame, commune: Commune) -> Finding:
    """Where those who changed homes came from."""
    own = rows_of(data, commune)
    first = own.loc[own["share"].idxmax()]
    year, place = int(first["year"]), _FROM[str(first["place"])]
    title = f"{french.percent(first['share'])} de ceux qui ont changé de logement viennent {place}"
    reading = (
        f"{french.quantity(own['value'].sum(), 'habitant')} de {year} vivaient un an avant dans un autre logement ; "
        f"{french.count(first['value'])} viennent {place}."
    )
    return Finding(title, reading)
