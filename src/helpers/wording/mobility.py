"""Those who have just moved: how many, and where from."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.territory.communes import Commune
from helpers.wording.finding import Finding, compared, guard_finding, rows_of, standing

# Where someone comes from, after « venir ».
_FROM = {
    "POP01P_IRAN2": "d’un autre logement de la commune",
    "POP01P_IRAN3": "d’une autre commune du département",
    "POP01P_IRAN4": "d’un autre département de la région",
    "POP01P_IRAN5": "d’une autre région de métropole",
    "BEYOND": "d’outre-mer ou de l’étranger",
}


@guard_finding
def newcomers(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the inhabitants who lived in another commune a year before.

    Reads `territory, year, POP01P, moved, arrived` (persons), `rate` (%). Title: the rate; reading: its counts;
    takeaway and headline: against the first territory of comparison.
    """
    row = rows_of(data, commune).iloc[0]
    year = int(row["year"])
    comparison = compared(row, data, "rate", commune)
    title = f"{french.percent(row['rate'])} des habitants vivaient ailleurs un an avant"
    reading = (
        f"sur {french.quantity(row['POP01P'], 'habitant')} d’un an ou plus en {year}, {french.number(row['moved'])} "
        f"habitaient un autre logement un an avant, dont {french.number(row['arrived'])} dans une autre commune."
    )
    headline = standing("Part des nouveaux venus", row, data, "rate", commune)
    takeaway = (
        f"En {year}, {french.percent(row['rate'])} des habitants vivaient dans une autre commune un an avant"
    )
    return Finding(title, reading, f"{takeaway}{comparison}.", headline=headline)


@guard_finding
def origins(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe where most of those who changed homes came from.

    Reads `territory, year, place` (codes of Insee), `value` (persons), `share` (%). Title: the most frequent origin;
    reading: its share and the people. No takeaway.
    """
    rows = rows_of(data, commune).dropna(subset="share")
    if rows.empty:
        return Finding()
    first = rows.loc[rows["share"].idxmax()]
    year, place = int(first["year"]), _FROM[str(first["place"])]
    title = f"On vient le plus souvent {place}"
    reading = (
        f"{french.quantity(rows['value'].sum(), 'habitant')} de {year} vivaient un an avant dans un autre logement ; "
        f"{french.percent(first['share'])} viennent {place}."
    )
    return Finding(title, reading)
