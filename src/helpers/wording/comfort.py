"""How homes are lived in: their rooms, the households in them, how long these stay, how they are heated."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from helpers import french
from helpers.indicators.occupation import OVER, UNDER
from helpers.indicators.reliability import FRAGILE
from helpers.indicators.rooms import LARGE_HOME, SMALL_HOMES, SMALL_HOUSEHOLD
from helpers.indicators.seniority import LONG
from helpers.territory.communes import Commune
from helpers.wording.finding import Finding, compared, rows_of, telling


@telling
def rooms(data: pd.DataFrame, commune: Commune) -> Finding:
    """Large homes among main homes, over time."""
    years = sorted(int(year) for year in data["year"].unique())
    large = data[data["rooms"] == "RP_5PP"].set_index("year")
    small = _together(data, "rooms", SMALL_HOMES)
    last = years[-1]
    title = (
        f"{french.percent(large['share'][last])} des résidences principales ont 5 pièces ou plus en {last}"
    )
    reading = (
        f"en {last}, {french.quantity(large['value'][last], 'résidence principale', 'résidences principales')} "
        f"{french.plural(large['value'][last], 'a', 'ont')} 5 pièces ou plus. Celles d’une ou deux pièces forment "
        f"{french.percent(small[last])} du total"
    )
    if len(years) > 1 and not french.is_missing(small[years[0]]):
        reading += f" ({french.points(small[last] - small[years[0]])} depuis {years[0]})"
    return Finding(title, f"{reading}.")


def _together(data: pd.DataFrame, kind: str, chosen: Collection[str]) -> pd.Series:
    """The share (%) by year of several classes together, missing where they hold too few homes."""
    values = data[data[kind].isin(chosen)].groupby("year")["value"].sum()
    return 100 * values.where(values >= FRAGILE) / data.groupby("year")["value"].sum()


@telling
def room_means(data: pd.DataFrame, commune: Commune) -> Finding:
    """Mean rooms of a home, and for each person."""
    own = rows_of(data, commune).iloc[0]
    year = int(own["year"])
    title = (
        f"{french.number(own['rooms_per_home'], digits=1)} pièces par résidence principale, "
        f"{french.number(own['rooms_per_person'], digits=1)} par personne en {year}"
    )
    reading = (
        f"en {year}, une résidence principale compte en moyenne {french.number(own['rooms_per_home'], digits=2)} pièces pour "
        f"{french.number(own['size'], digits=2)} {french.plural(own['size'], 'personne')}."
    )
    return Finding(title, reading)


@telling
def rooms_beside_households(data: pd.DataFrame, commune: Commune) -> Finding:
    """Main homes by rooms beside households by persons."""
    homes, families = (part.set_index("label") for _, part in data.groupby("part", sort=False))
    year = int(data["year"].iloc[0])
    small = 100 * families.loc[["1", "2"], "value"].sum() / families["value"].sum()
    homes, families = homes["share"], families["share"]
    title = (
        f"{french.percent(small)} des ménages ont une ou deux personnes, {french.percent(homes['5 ou plus'])} des résidences "
        f"principales ont 5 pièces ou plus en {year}"
    )
    reading = (
        f"en {year}, {french.percent(families['1'])} des ménages {french.of(commune.name)} sont d’une seule personne. "
        f"Les logements d’une seule pièce forment {french.percent(homes['1'])} des résidences principales."
    )
    takeaway = f"En {year}, {title[0].lower()}{title[1:]}".removesuffix(f" en {year}") + "."
    few = homes.reindex(["1", "2"]).sum()
    headline = f"{'Plus' if small > few else 'Moins'} de ménages d’une ou deux personnes que de logements d’une ou deux pièces"
    return Finding(title, reading, takeaway, headline=headline)


@telling
def small_in_large(data: pd.DataFrame, commune: Commune) -> Finding:
    """How many large homes small households live in, at least."""
    row = data.iloc[0]
    year = int(row["year"])
    if french.number_value(row["least"]) == 0:
        return Finding(
            f"Au plus {french.percent(row['most_share'])} des résidences principales sont de grands logements de petits ménages",
            f"en {year}, on compte {french.quantity(row['large'], 'logement')} de {LARGE_HOME} pièces ou plus et "
            f"{french.quantity(row['small_households'], 'ménage')} de {SMALL_HOUSEHOLD} personnes au plus.",
        )
    who = f"de {LARGE_HOME} pièces ou plus habités par {SMALL_HOUSEHOLD} personnes au plus"
    title = f"En {year}, au moins {french.count(row['least'])} logements {who}"
    reading = (
        f"sur {french.count(row['homes'])} résidences principales, {french.count(row['large'])} ont {LARGE_HOME} pièces ou plus "
        f"et {french.count(row['small_households'])} sont habitées par {SMALL_HOUSEHOLD} personnes au plus : "
        f"{french.count(row['least'])} au moins ({french.percent(row['least_share'])}) et {french.count(row['most'])} au plus "
        f"({french.percent(row['most_share'])}) sont l’un et l’autre."
    )
    takeaway = f"{title}, soit {french.percent(row['least_share'])} des résidences principales au moins."
    return Finding(title, reading, takeaway)


@telling
def occupation(data: pd.DataFrame, commune: Commune) -> Finding:
    """Homes too small, or much too large, for their household."""
    last = int(data["year"].max())
    shares = data[data["year"] == last].set_index("level")["share"]
    over, under = (_together(data, "level", chosen)[last] for chosen in (OVER, UNDER))
    title = (
        f"{french.percent(over)} des résidences principales sont suroccupées, {french.percent(under)} ont deux pièces de plus "
        f"que la norme ou davantage en {last}"
    )
    reading = (
        f"en {last}, {french.percent(shares['C_RP_NORME'])} des résidences principales {french.of(commune.name)} ont le nombre "
        "de pièces de la norme de peuplement."
    )
    return Finding(title, reading, f"{title}.")


@telling
def stays(data: pd.DataFrame, commune: Commune) -> Finding:
    """Long and recent stays over time."""
    years = sorted(int(year) for year in data["year"].unique())
    long = _together(data, "stay", LONG)
    recent = data[data["stay"] == "MEN_ANEM0002"].set_index("year")["share"]
    last = years[-1]
    title = (
        f"{french.percent(long[last])} des ménages occupent leur logement depuis dix ans ou plus en {last}"
    )
    reading = f"en {last}, {french.percent(recent[last])} des ménages sont installés depuis moins de deux ans"
    if len(years) > 1 and not french.is_missing(recent[years[0]]):
        reading += f", contre {french.percent(recent[years[0]])} en {years[0]}"
    return Finding(title, f"{reading}.")


@telling
def stay_marks(data: pd.DataFrame, commune: Commune) -> Finding:
    """Recent and long stays against the territories of comparison."""
    own = rows_of(data, commune).iloc[0]
    year = int(own["year"])
    title = f"{french.percent(own['recent'])} des ménages sont installés depuis moins de deux ans en {year}"
    reading = (
        f"en {year}, {french.percent(own['ten'])} des ménages occupent leur logement depuis dix ans ou plus, dont "
        f"{french.percent(own['thirty'])} depuis trente ans ou plus."
    )
    beside = compared(own, data, "recent", commune)
    return Finding(title, reading, f"{title}{beside}." if beside else "")


@telling
def seniority(data: pd.DataFrame, commune: Commune) -> Finding:
    """Mean years in the home by tenure."""
    row = data.iloc[0]
    years = french.number(row["seniority"], digits=1)
    title = (
        f"{row['label']} : {years} {french.plural(row['seniority'], 'an')} dans le même logement en moyenne"
    )
    known = {str(one["label"]): one["seniority"] for one in data.to_dict("records")}
    told = [
        f"{name[0].lower()}{name[1:]} {french.number(value, digits=1)} {french.plural(value, 'an')}"
        for name, value in known.items()
    ]
    return Finding(title, f"en {int(row['year'])}, {french.enumerate_words(told)}.")


@telling
def heating(data: pd.DataFrame, commune: Commune) -> Finding:
    """The most frequent way of heating, at the last date."""
    last = data[data["year"] == data["year"].max()].reset_index(drop=True)
    row = last.loc[last["value"].idxmax()]
    year = int(row["year"])
    name = f"{str(row['label'])[0].lower()}{str(row['label'])[1:]}"
    title = f"Chauffage : {name} pour {french.percent(row['share'])} des résidences principales en {year}"
    reading = f"en {year}, {french.quantity(row['value'], 'résidence principale', 'résidences principales')} : {name}."
    return Finding(title, reading)
