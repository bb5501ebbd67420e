"""The inhabitants: how many, and why more or fewer."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.indicators.changes import annual_change
from helpers.indicators.growth import straddles_questionnaire
from helpers.indicators.measures import margin_of_change
from helpers.indicators.vintages import GAP
from helpers.territory.communes import Commune
from helpers.territory.panel import ENOUGH
from helpers.wording.finding import (
    Finding,
    first_other,
    guard_finding,
    of_epci,
    of_territory,
    quarter_among,
    rows_of,
)
from helpers.wording.materiality import difference, is_balance_beyond_margin, more, moves

_PERIOD = f"par{french.NBSP}an"
# Two annual changes (%) that are written a tenth apart are alike, or nearly.
_ALIKE = 0.15


@guard_finding
def recent(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the population at the last year against the first one.

    Reads `territory, year, POP, index` (100 at the first year). Title: inhabitants and their change; reading: the
    index of the last year; takeaway and headline: the direction of the annual change, and that of the last five years
    where it is another. Says nothing of a single year.
    """
    rows = rows_of(data, commune)
    first, last = rows.iloc[0], rows.iloc[-1]
    change = last["POP"] - first["POP"]
    since, until = int(first["year"]), int(last["year"])
    if until == since:
        return Finding()
    annual = _annual(first, last)
    headline, stopped = f"La population {moves(annual)} depuis {since}", ""
    if turn := _find_turn(rows, annual):
        year, lately = turn
        headline = f"La population {moves(lately)} depuis {year}"
        stopped = f", mais elle {moves(lately)} depuis {year} ({french.annual(lately)})"
    title = f"{french.quantity(last['POP'], 'habitant')} en {until}, {difference(change)} qu’en {since}"
    reading = (
        f"pour 100 habitants en {since}, on en compte {french.number(last['index'], digits=1)} en {until} "
        f"{french.at(commune.name)} ({french.annual(annual)})."
    )
    takeaway = (
        f"En {until}, {french.quantity(last['POP'], 'habitant')} "
        f"{french.plural(last['POP'], 'vit', 'vivent')} {french.at(commune.name)} ; depuis {since}, la population "
        f"{moves(annual)} ({french.annual(annual)}){stopped}."
    )
    return Finding(
        title,
        reading,
        takeaway,
        headline=headline,
        number=(french.number(change, signed=True), f"{french.plural(change, 'habitant')}, {since}-{until}"),
    )


def _find_turn(rows: pd.DataFrame, annual: float) -> tuple[int, float] | None:
    """Find since when, for five years at least, a population moves otherwise than over all its years, and its change.

    `annual` is the change (%) over all the years.
    """
    last = rows.iloc[-1]
    former = rows[(rows["year"] > rows.iloc[0]["year"]) & (rows["year"] <= last["year"] - GAP)]
    if former.empty:
        return None
    turning = former.iloc[-1]
    lately = _annual(turning, last)
    if moves(lately) == moves(annual):
        return None
    # A few people more or fewer are no rise or fall; half the margin of a change is, year after year.
    few = margin_of_change(turning["POP"], last["POP"]) / 2
    if moves(lately) != moves(0) and abs(last["POP"] - turning["POP"]) <= few:
        return None
    return int(turning["year"]), lately


def _annual(first: pd.Series, last: pd.Series) -> float:
    years = int(last["year"] - first["year"])
    return float(annual_change(first["POP"], last["POP"], years))


@guard_finding
def balances(data: pd.DataFrame, commune: Commune, *, compared: int) -> Finding:
    """Describe the annual change of the population and its two balances.

    Reads `territory, since, until, annual, natural, migratory, annual_natural, annual_migratory, NAIS, DECE`. Title:
    which balances the change comes from; reading: both in persons and % a year, and why these years where the other
    figures go back to `compared`; takeaway: the change against the first territory of comparison, and both balances;
    headline: their directions. A balance within its margin is none (`helpers.wording.materiality`).
    """
    row = rows_of(data, commune).iloc[0]
    since, until = int(row["since"]), int(row["until"])
    natural, migratory = _side(row, "natural"), _side(row, "migratory")
    is_even = french.is_missing(row["natural"]) or french.number_value(row["natural"]) == 0
    flows = {
        1: "Plus de naissances que de décès",
        -1: "Moins de naissances que de décès",
        0: "Autant de naissances que de décès" if is_even else "Naissances et décès presque égaux",
    }
    apparent = {1: "positif", -1: "négatif", 0: "équilibré"}
    headline = f"{flows[natural]}, solde migratoire apparent {apparent[migratory]}"
    reading = (
        f"entre {since} et {until}, la population {french.of(commune.name)} {moves(row['annual'])} "
        f"({french.annual(row['annual'])}) : {_count_natural(row['natural'])} "
        f"({french.annual(row['annual_natural'])}), {_count_migratory(row['migratory'], side=migratory)} "
        f"({french.annual(row['annual_migratory'])})."
    )
    if since != compared:
        reading += (
            f" Naissances et décès sont connus de {since} à {until}, non depuis {compared} : l’évolution de la "
            "population se lit sur ces années."
        )
    takeaway = (
        f"De {since} à {until}, la population {moves(row['annual'])} ({french.annual(row['annual'])})"
        f"{_compare_pace(row['annual'], first_other(data, commune), commune)}. "
        f"{french.capitalize(_count_natural(row['natural']))}, {_count_migratory(row['migratory'], side=migratory)}."
    )
    return Finding(_attribute(row["annual"], natural, migratory), reading, takeaway, headline=headline)


def _compare_pace(annual: float, other: pd.Series | None, commune: Commune) -> str:
    """Write an annual change (%) beside that of another territory: `, plus vite que dans l’ensemble de la MEL (…)`."""
    if other is None or french.is_missing(annual) or french.is_missing(other["annual"]):
        return ""
    where = f"dans l’ensemble {of_territory(str(other['territory']), commune)}"
    pace, way = french.annual(other["annual"]), moves(annual)
    if way != moves(other["annual"]):
        return f" ; {where}, elle {moves(other['annual'])} ({pace})"
    if way == "est quasi stable" or pace == french.annual(annual):
        return f", comme {where} ({pace})"
    if abs(round(annual, 1) - round(other["annual"], 1)) < _ALIKE:
        return f", à peu près comme {where} ({pace})"
    return f", {'plus' if abs(annual) > abs(other['annual']) else 'moins'} vite que {where} ({pace})"


def _side(row: pd.Series, name: str) -> int:
    """Give the side of a balance: 1, −1, or 0 within its margin; both carry the events of the civil registry."""
    events = row["NAIS"] + row["DECE"] if {"NAIS", "DECE"} <= set(row.index) else abs(row[name])
    if not is_balance_beyond_margin(row[name], row[f"annual_{name}"], events):
        return 0
    return 1 if row[name] > 0 else -1


def _attribute(annual: float, natural: int, migratory: int) -> str:
    """Write which balances a change comes from: an account, not a cause."""
    way = moves(annual)
    if way not in ("augmente", "diminue"):
        if natural * migratory < 0:
            return "Deux soldes contraires, une population quasi stable"
        return "Une population quasi stable"
    side = 1 if way == "augmente" else -1
    change = "hausse" if side > 0 else "baisse"
    if natural == migratory == side:
        return f"Une {change} par les deux soldes"
    if natural == side:
        return f"Une {change} par le seul solde naturel"
    if migratory == side:
        return f"Une {change} par le seul solde migratoire apparent"
    return f"Une {change} sans solde marqué"


def _count_natural(balance: float) -> str:
    """Write a natural balance: `540 naissances de plus que de décès`."""
    if french.is_missing(balance):
        return french.MISSING
    if french.number_value(balance) == 0:
        return "autant de naissances que de décès"
    if balance > 0:
        return f"{french.quantity(balance, 'naissance')} de plus que de décès"
    return f"{french.quantity(-balance, 'décès', 'décès')} de plus que de naissances"


def _count_migratory(balance: float, *, side: int) -> str:
    """Write an apparent migratory balance: `un solde migratoire apparent négatif de 640 habitants` (`side` −1)."""
    if french.is_missing(balance):
        return french.MISSING
    if french.number_value(balance) == 0:
        return "un solde migratoire apparent nul"
    if not side:
        return f"un solde migratoire apparent équilibré, à {french.quantity(abs(balance), 'habitant')} près"
    return (
        f"un solde migratoire apparent {'positif' if side > 0 else 'négatif'} de "
        f"{french.quantity(abs(balance), 'habitant')}"
    )


@guard_finding
def long_series(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the population since 1968.

    Reads `territory, year, POP, index` (100 at the first date). Title: the maximum; reading: the index of the last
    date against the first territory of comparison. No takeaway.
    """
    rows = rows_of(data, commune)
    since, until = int(rows["year"].iloc[0]), int(rows["year"].iloc[-1])
    other = first_other(data[data["year"] == until], commune)
    comparison = (
        f", et {french.number(other['index'])} dans l’ensemble {of_territory(str(other['territory']), commune)}"
        if other is not None
        else ""
    )
    reading = (
        f"pour 100 habitants en {since}, on en compte {french.number(rows['index'].iloc[-1])} en {until} "
        f"{french.at(commune.name)}{comparison}."
    )
    return Finding(_describe_peak(rows), reading)


def _describe_peak(rows: pd.DataFrame) -> str:
    """Write when a series of populations (`year, POP`) was at its highest."""
    first, last = int(rows["year"].iloc[0]), int(rows["year"].iloc[-1])
    peak = rows.loc[rows["POP"].idxmax()]
    if rows["POP"].nunique() == 1:
        return f"Autant d’habitants en {last} qu’en {first}"
    if int(peak["year"]) == last:
        return f"La population n’a jamais été aussi nombreuse depuis {first}"
    if int(peak["year"]) == first:
        return f"La population n’a jamais retrouvé son niveau de {first}"
    return f"Un maximum de {french.quantity(peak['POP'], 'habitant')}, en {int(peak['year'])}"


@guard_finding
def history(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the population at the censuses since 1876.

    Reads `territory, year, POP`. Title: the maximum; reading: both ends. No takeaway.
    """
    rows = rows_of(data, commune)
    first, last = rows.iloc[0], rows.iloc[-1]
    reading = (
        f"on compte {french.quantity(first['POP'], 'habitant')} {french.at(commune.name)} en {int(first['year'])} et "
        f"{french.count(last['POP'])} en {int(last['year'])}."
    )
    return Finding(_describe_peak(rows), reading)


@guard_finding
def periods(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the annual change of the population and its two balances, period by period.

    Reads `territory, since, until, period, annual, natural, migratory, annual_natural, annual_migratory`. Title and
    takeaway: whether each balance keeps its sign; reading: the period that changes most. Says nothing of fewer than
    two periods.
    """
    rows = rows_of(data, commune).dropna(subset="annual").reset_index(drop=True)
    if len(rows) < 2:
        return Finding()
    since = int(rows["since"].min())
    title = f"Depuis {since}, un solde naturel {_describe_signs(rows['natural'])}"
    widest = rows.loc[rows["annual"].abs().idxmax()]
    reading = (
        f"la période où la population change le plus vite est {widest['period']} ({french.annual(widest['annual'])}, "
        f"solde naturel {french.percent(widest['annual_natural'], signed=True)}, solde migratoire apparent "
        f"{french.percent(widest['annual_migratory'], signed=True)})."
    )
    takeaway = f"{title}, un solde migratoire apparent {_describe_signs(rows['migratory'])}."
    return Finding(title, reading, takeaway)


def _describe_signs(balances: pd.Series) -> str:
    """Write whether the balances of a series keep their sign."""
    positive, negative = (balances > 0).sum(), (balances < 0).sum()
    if positive and negative:
        return "positif ou négatif selon la période"
    return f"{'positif' if positive else 'négatif'} à chaque période" if positive or negative else "nul"


@guard_finding
def yearly_balances(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe what each balance gives a year on the last period.

    Reads `territory, since, until, part, balance, balance_year` (persons). Title: the larger part by year; reading:
    each part over the whole period. No takeaway.
    """
    rows = rows_of(data, commune)
    last = rows[rows["until"] == rows["until"].max()].set_index("part")
    since, until = int(last["since"].iloc[0]), int(last["until"].iloc[0])
    if last["balance_year"].isna().any():
        return Finding()
    part = last["balance_year"].abs().idxmax()
    title = f"{french.capitalize(more(last['balance_year'][part], 'habitant'))} {_PERIOD} par le {str(part).lower()}"
    in_all = [
        f"{more(row['balance'], 'personne')} par le {str(name).lower()}" for name, row in last.iterrows()
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

    def describe_rates(rank: int) -> str:
        births, deaths = rates["Natalité"].iloc[rank], rates["Mortalité"].iloc[rank]
        return (
            f"{french.number(births, digits=1)} {french.plural(births, 'naissance')} et "
            f"{french.number(deaths, digits=1)} décès {_PERIOD} pour {french.number(1000)} habitants"
        )

    def describe_dates(rank: int) -> str:
        return f"de {rates.index[rank]} à {until.iloc[rank]}"

    counted = (
        f"{french.quantity(events['Natalité'].iloc[-1], 'naissance')} et "
        f"{french.number(events['Mortalité'].iloc[-1])} décès en tout {describe_dates(-1)}"
    )
    before = f" ; {describe_dates(0)}, {describe_rates(0)}" if len(rates) > 1 else ""
    takeaway = f"{french.capitalize(describe_dates(-1))}, {describe_rates(-1)}."
    return Finding(describe_rates(-1), f"{counted}{before}.", takeaway)


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

    Reads `code, annual` (% a year) of every commune of the EPCI, the strongest rise being first. Title: its quarter;
    reading: its rank and the median; takeaway: the rank; both among more than eight communes. `epci` is the name of
    the EPCI: without one, neither title nor takeaway. Says nothing when the change of the commune is not known.
    """
    known = data.dropna(subset="annual")
    if commune.code not in set(known["code"]):
        return Finding()
    annual = known.loc[known["code"] == commune.code, "annual"].iloc[0]
    rank, total = int((known["annual"] > annual).sum()) + 1, len(known)
    ordinal = "1ʳᵉ" if rank == 1 else f"{rank}ᵉ"
    # A rank among a handful says little.
    enough = bool(epci) and total > ENOUGH
    title = f"La population {moves(annual)}"
    if enough:
        quarter = quarter_among(annual, known.loc[known["code"] != commune.code, "annual"])
        title = f"Évolution de population : {quarter} de l’intercommunalité"
    reading = f"{french.at(commune.name)}, la population {moves(annual)} ({french.annual(annual)})"
    if epci:
        median = known["annual"].median()
        reading += f" ; celle de la commune médiane {of_epci(epci)} {moves(median)} ({french.annual(median)})"
    place = f"la commune est {ordinal} sur les {total} {of_epci(epci)}"
    takeaway = f"Pour la croissance de sa population, {place}." if enough else ""
    return Finding(title, f"{reading}.", takeaway)
