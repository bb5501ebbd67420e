"""The households: their size and their composition."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.territory.communes import Commune
from helpers.wording.finding import Finding, guard_finding, rows_of
from helpers.wording.materiality import more, turn_of_share

_SMALL = ["MEN_1", "MEN_2"]


@guard_finding
def household_size(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the mean size of households at the first and the last dates.

    Reads `territory, year, size` (persons). Title and takeaway: both sizes; reading: how many persons a hundred
    households lost or gained; headline: whether they grew or shrank. At a single date, its size alone, without
    takeaway.
    """
    rows = rows_of(data, commune)
    first, last = rows.iloc[0], rows.iloc[-1]
    since, until = int(first["year"]), int(last["year"])
    size = f"{french.number(last['size'], digits=2)} {french.plural(last['size'], 'personne')}"
    if since == until:
        hundred = french.number(100 * last["size"])
        return Finding(f"{size} par ménage", f"en {until}, cent ménages comptent {hundred} personnes.")
    before = french.number(first["size"], digits=2)
    title = f"{size} par ménage en {until}, contre {before} en {since}"
    gap = more(100 * (last["size"] - first["size"]), "personne")
    takeaway = f"Un ménage compte en moyenne {size} en {until}, contre {before} en {since}."
    same = before == french.number(last["size"], digits=2)
    headline = (
        f"La taille des ménages est stable depuis {since}"
        if same
        else f"Les ménages sont plus {'petits' if last['size'] < first['size'] else 'grands'} qu’en {since}"
    )
    return Finding(
        title,
        f"cent ménages comptent {gap} qu’en {since}.",
        takeaway,
        headline=headline,
        number=(
            french.number(last["size"], digits=2),
            f"{french.plural(last['size'], 'personne')} par ménage en {until}",
        ),
    )


@guard_finding
def composition(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the households of a single person, at the last date.

    Reads `year, kind` (codes of Insee), `share` (%). Title and takeaway: people alone, and the change since the first
    date; reading: couples with children and single parents.
    """
    years = sorted(int(year) for year in data["year"].unique())
    shares = data.pivot(index="kind", columns="year", values="share")
    alone = shares.loc["C_MENPSEUL"]
    last = years[-1]
    title = f"{french.percent(alone[last])} des ménages sont des personnes seules"
    reading = (
        f"en {last}, {french.percent(shares[last]['C_MENCOUPAENF'])} des ménages {french.of(commune.name)} sont des "
        f"couples avec enfants et {french.percent(shares[last]['C_MENFAMMONO'])} des familles monoparentales."
    )
    takeaway = f"Les personnes seules forment {french.percent(alone[last])} des ménages en {last}" + (
        f" ({french.points(alone[last] - alone[years[0]])} depuis {years[0]})." if len(years) > 1 else "."
    )
    return Finding(title, reading, takeaway)


@guard_finding
def household_sizes(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the households of one or two persons.

    Reads `year, kind` (`MEN_1` to `MEN_5P`), `value` (households), `share` (%). Title: their share at the
    last date; reading: at the first one, and households of one person, and of five or more; headline: how it moves. No
    takeaway.
    """
    years = sorted(int(year) for year in data["year"].unique())
    last = years[-1]
    shares = data.pivot(index="kind", columns="year", values="share")
    small = shares.loc[_SMALL].sum(skipna=False)
    title = f"{french.percent(small[last])} des ménages comptent une ou deux personnes"
    reading = (
        f"en {last}, {french.percent(shares[last]['MEN_1'])} des ménages {french.of(commune.name)} sont d’une "
        f"personne et {french.percent(shares[last]['MEN_5P'])} de cinq ou plus"
    )
    headline = ""
    if len(years) > 1 and small.notna().all():
        reading += f" ; en {years[0]}, une ou deux personnes en formaient {french.percent(small[years[0]])}"
        counts = data[data["kind"].isin(_SMALL)].groupby("year")["value"].sum()
        first, end = ((counts[year], small[year]) for year in (years[0], last))
        headline = f"La part des ménages d’une ou deux personnes {turn_of_share(first, end)}"
    return Finding(title, f"{reading}.", headline=headline)
