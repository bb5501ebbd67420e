"""When homes were built, and how many are started."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.indicators import construction
from helpers.territory.communes import Commune
from helpers.wording.finding import Finding, guard_finding
from helpers.wording.materiality import turn_of_share


@guard_finding
def construction_periods(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the period in which most main homes were completed, at the last date.

    Reads `year, label` (the period), `value` (main homes), `share` (%). Title: the share of that period; reading: its
    count; takeaway and headline: that period.
    """
    last = data[data["year"] == data["year"].max()].dropna(subset="value").reset_index(drop=True)
    row = last.loc[last["value"].idxmax()]
    period = _after_verb(french.uncapitalize(str(row["label"])))
    title = f"{french.percent(row['share'])} des logements datés ont été construits {period}"
    homes = french.quantity(row["value"], "résidence principale", "résidences principales")
    reading = (
        f"en {int(row['year'])}, c’est le cas de {homes} sur {french.number(last['value'].sum())} dont la période est "
        "connue."
    )
    headline = f"Des logements construits le plus souvent {period}"
    return Finding(title, reading, f"{title}, au recensement de {int(row['year'])}.", headline=headline)


def _after_verb(period: str) -> str:
    """Write a period after a verb: `avant 1919`, `de 1946 à 1970`, `depuis 2006`."""
    return f"de {period}" if period[0].isdigit() else period


@guard_finding
def construction_groups(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe how the shares of the oldest and of the newest homes move between two dates.

    Reads `year, completed` (`RP_ACHT1` before 1946, `RP_ACHT3` since 1991), `value` (homes), `share` (%). Title:
    how the newest move; reading: both. No takeaway.
    """
    years = sorted(int(year) for year in data["year"].unique())
    shares = data.pivot(index="completed", columns="year", values="share")
    first, last = years[0], years[-1]
    recent, old = shares.loc["RP_ACHT3"], shares.loc["RP_ACHT1"]
    if first == last:
        return Finding(
            f"{french.percent(recent[last])} des logements datés ont été construits depuis 1991",
            f"en {last}, {french.percent(old[last])} l’ont été avant 1946.",
        )
    counts = data[data["completed"] == "RP_ACHT3"].set_index("year")["value"]
    before, after = ((counts[year], recent[year]) for year in (first, last))
    title = f"La part des logements construits depuis 1991 {turn_of_share(before, after)}"
    return Finding(
        title,
        f"de {first} à {last}, ils passent de {french.percent(recent[first])} à {french.percent(recent[last])} des "
        f"résidences datées, ceux d’avant 1946 de {french.percent(old[first])} à {french.percent(old[last])}.",
    )


@guard_finding
def starts(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the homes started each year, provisional years left out.

    Reads `year, label` (final or provisional), `value` (homes). Title and takeaway: the mean by year; reading and
    headline: the year of the maximum. Says nothing when every year is provisional.
    """
    final = data[data["label"] == construction.FINAL].reset_index(drop=True)
    if final.empty:
        return Finding()
    first, last = int(final["year"].iloc[0]), int(final["year"].iloc[-1])
    if not final["value"].any():
        return Finding(f"Aucun logement commencé de {first} à {last}", "le fichier n’en compte aucun.")
    peak = final.loc[final["value"].idxmax()]
    per_year = french.quantity(final["value"].mean(), "logement commencé", "logements commencés")
    title = f"{per_year} par{french.NBSP}an, en moyenne"
    most = french.quantity(peak["value"], "logement commencé", "logements commencés")
    reading = f"de {first} à {last}, le maximum est en {int(peak['year'])}, avec {most}."
    takeaway = f"De {first} à {last}, {per_year} par{french.NBSP}an en moyenne."
    return Finding(
        title, reading, takeaway, headline=f"Un maximum de chantiers ouverts en {int(peak['year'])}"
    )
