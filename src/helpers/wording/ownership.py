"""Who owns the homes: by age of the people, by age of the households."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.indicators.ages import age_label
from helpers.territory.communes import Commune
from helpers.wording.finding import Finding, guard_finding, out_of_ten, rows_of


@guard_finding
def ownership(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the persons who live in an owned home by age, at the last date.

    Reads `year, age` (first of ten years), `rate` (%). Title, reading and headline: the age of the highest rate;
    takeaway: the oldest age. Says nothing when no rate is known.
    """
    last = data[data["year"] == data["year"].max()].dropna(subset="rate")
    if last.empty:
        return Finding()
    peak = last.loc[last["rate"].idxmax()]
    year = int(peak["year"])
    peak_ages = age_label(int(peak["age"]), width=10, last=80)
    title = f"{french.percent(peak['rate'])} des {peak_ages} vivent dans un logement possédé, le taux le plus élevé"
    reading = (
        f"en {year}, {french.percent(peak['rate'])} des {peak_ages} vivent dans un "
        "logement dont leur ménage est propriétaire."
    )
    oldest = last.iloc[-1]
    oldest_ages = age_label(int(oldest["age"]), width=10, last=80)
    takeaway = (
        f"En {year}, {french.percent(oldest['rate'])} des personnes de {oldest_ages} vivent dans un "
        "logement possédé."
    )
    return Finding(
        title, reading, takeaway, headline=f"Les {peak_ages} vivent le plus souvent dans un logement possédé"
    )


@guard_finding
def to_pass_on(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the owned homes whose household is old, at the last date.

    Reads `year, label` (ages), `value, owned` (main homes), `share` (% of owned homes), `share_all` (% of main
    homes). Title, reading, takeaway and headline: the first age whose share is known; says nothing when none is.
    """
    last = data[data["year"] == data["year"].max()].dropna(subset="share").reset_index(drop=True)
    if last.empty:
        return Finding()
    row, year = last.iloc[0], int(last["year"].iloc[0])
    title = (
        f"En {year}, les ménages de {row['label']} occupent {french.percent(row['share'])} des logements de "
        "propriétaires occupants"
    )
    reading = (
        f"en {year}, dans {french.count(row['value'])} des {french.count(row['owned'])} résidences principales "
        f"occupées par leur propriétaire, la personne de référence a {row['label']} : {french.percent(row['share'])} "
        f"d’entre elles, et {french.percent(row['share_all'])} de toutes les résidences principales."
    )
    takeaway = (
        f"En {year}, la personne de référence a {row['label']} dans {french.percent(row['share'])} des logements "
        "occupés par leur propriétaire."
    )
    subject, plural = out_of_ten(row["share"], "logement de propriétaire", "logements de propriétaires")
    headline = f"{subject} {'sont occupés par des ménages' if plural else 'est occupé par un ménage'} de {row['label']}"
    return Finding(title, reading, takeaway, headline=headline)


@guard_finding
def owner_households(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the age at which households most often own their home, at the last date.

    Reads `year, label` (ages), `owned, homes` (households), `rate` (%). Title and reading: that age, its rate and its
    counts. Says nothing when no rate is known. No takeaway.
    """
    last = data[data["year"] == data["year"].max()].dropna(subset="rate")
    if last.empty:
        return Finding()
    peak, year = last.loc[last["rate"].idxmax()], int(last["year"].iloc[0])
    title = (
        f"{peak['label'].capitalize()} : l’âge où les ménages sont le plus souvent propriétaires "
        f"({french.percent(peak['rate'])})"
    )
    reading = (
        f"en {year}, {french.count(peak['owned'])} des {french.count(peak['homes'])} ménages dont la personne de "
        f"référence a {peak['label']} sont propriétaires de leur logement."
    )
    return Finding(title, reading)


@guard_finding
def elders(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe how old the people in owned homes are, at the last date.

    Reads `year, label` (ages, the first one described), `value, owners` (persons), `share` (%). Title, reading and
    takeaway: its share and counts.
    """
    last = data[data["year"] == data["year"].max()].reset_index(drop=True)
    row, year = last.iloc[0], int(last["year"].iloc[0])
    title = f"{french.percent(row['share'])} des personnes en logement possédé ont {row['label']} en {year}"
    reading = (
        f"en {year}, {french.count(row['value'])} des {french.count(row['owners'])} personnes dont le ménage possède "
        f"son logement ont {row['label']}."
    )
    return Finding(title, reading, f"{title}.")


@guard_finding
def renewal(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the people of 30 to 49 in owned homes for one of 65 or over, at the last date.

    Reads `territory, year, young, old` (persons), `ratio`. Title: the ratio; reading: both counts. No takeaway.
    """
    rows = rows_of(data, commune)
    last = rows.loc[rows["year"].idxmax()]
    year, ratio = int(last["year"]), french.number(last["ratio"], digits=1)
    title = (
        f"{ratio} {french.plural(last['ratio'], 'personne')} de 30 à 49 ans en logement possédé pour une de 65 ans "
        f"ou plus en {year}"
    )
    reading = (
        f"en {year}, {french.count(last['young'])} personnes de 30 à 49 ans et {french.count(last['old'])} de 65 ans "
        "ou plus vivent dans un logement que leur ménage possède."
    )
    return Finding(title, reading)
