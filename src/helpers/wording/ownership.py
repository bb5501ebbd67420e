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

    Reads `year, age` (first of ten years), `rate` (%). Title and headline: the age of the highest rate; reading: that
    rate; takeaway: the oldest age. Says nothing when no rate is known.
    """
    last = data[data["year"] == data["year"].max()].dropna(subset="rate")
    if last.empty:
        return Finding()
    peak = last.loc[last["rate"].idxmax()]
    year = int(peak["year"])
    peak_ages = age_label(int(peak["age"]), width=10, last=80)
    title = f"{french.percent(peak['rate'])} des {peak_ages} vivent en logement possédé"
    reading = (
        f"en {year}, aucun autre âge ne vit plus souvent dans un logement dont le ménage est propriétaire."
    )
    oldest = last.iloc[-1]
    oldest_ages = age_label(int(oldest["age"]), width=10, last=80)
    takeaway = (
        f"En {year}, {french.percent(oldest['rate'])} des personnes de {oldest_ages} vivent dans un logement dont leur "
        "ménage est propriétaire."
    )
    headline = f"Les {peak_ages} sont le plus souvent en logement possédé"
    return Finding(title, reading, takeaway, headline=headline)


@guard_finding
def to_pass_on(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the owned homes whose household is old, at the last date.

    Reads `year, label` (ages), `value, owned` (main homes), `share` (% of owned homes), `share_all` (% of main
    homes). Title and headline: the first age whose share is known; reading: its counts; takeaway: its share; says
    nothing when none is.
    """
    last = data[data["year"] == data["year"].max()].dropna(subset="share").reset_index(drop=True)
    if last.empty:
        return Finding()
    row, year = last.iloc[0], int(last["year"].iloc[0])
    title = f"{french.percent(row['share'])} des propriétaires occupants ont {row['label']}"
    reading = (
        f"en {year}, la personne de référence a {row['label']} dans {french.number(row['value'])} des "
        f"{french.number(row['owned'])} résidences principales occupées par leur propriétaire, "
        f"{french.percent(row['share_all'])} de toutes les résidences principales."
    )
    takeaway = (
        f"En {year}, la personne de référence a {row['label']} dans {french.percent(row['share'])} des logements "
        "occupés par leur propriétaire."
    )
    subject, plural = out_of_ten(row["share"], "propriétaire occupant", "propriétaires occupants")
    return Finding(title, reading, takeaway, headline=f"{subject} {'ont' if plural else 'a'} {row['label']}")


@guard_finding
def owner_households(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the age at which households most often own their home, at the last date.

    Reads `year, label` (ages), `owned, homes` (households), `rate` (%). Title: that age and its rate; reading: its
    counts. Says nothing when no rate is known. No takeaway.
    """
    last = data[data["year"] == data["year"].max()].dropna(subset="rate")
    if last.empty:
        return Finding()
    peak, year = last.loc[last["rate"].idxmax()], int(last["year"].iloc[0])
    title = f"Les {peak['label']}, le plus souvent propriétaires ({french.percent(peak['rate'])})"
    reading = (
        f"en {year}, {french.number(peak['owned'])} des {french.number(peak['homes'])} ménages dont la personne de "
        f"référence a {peak['label']} sont propriétaires de leur logement."
    )
    return Finding(title, reading)


@guard_finding
def elders(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe how old the people in owned homes are, at the last date.

    Reads `year, label` (ages, the first one described), `value, owners` (persons), `share` (%). Title and takeaway: its
    share; reading: its counts.
    """
    last = data[data["year"] == data["year"].max()].reset_index(drop=True)
    row, year = last.iloc[0], int(last["year"].iloc[0])
    title = f"{french.percent(row['share'])} des personnes en logement possédé ont {row['label']}"
    reading = (
        f"en {year}, {french.number(row['value'])} des {french.number(row['owners'])} personnes dont le ménage possède "
        f"son logement ont {row['label']}."
    )
    return Finding(title, reading, f"{title} en {year}.")


@guard_finding
def renewal(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the people of 30 to 49 in owned homes for one of 65 or over, at the last date.

    Reads `territory, year, young, old` (persons), `ratio`. Title: the ratio; reading: both counts. No takeaway.
    """
    rows = rows_of(data, commune)
    last = rows.loc[rows["year"].idxmax()]
    year, ratio = int(last["year"]), french.number(last["ratio"], digits=1)
    title = f"{ratio} {french.plural(last['ratio'], 'propriétaire')} de 30 à 49 ans pour un de 65 ans ou plus"
    reading = (
        f"en {year}, {french.number(last['young'])} personnes de 30 à 49 ans et {french.number(last['old'])} de 65 ans "
        "ou plus vivent dans un logement que leur ménage possède."
    )
    return Finding("" if french.is_missing(last["ratio"]) else title, reading)
