"""How homes are lived in: their rooms, the households in them, how long these stay, how they are heated."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from helpers import french
from helpers.indicators.occupation import OVER, UNDER
from helpers.indicators.reliability import FRAGILE
from helpers.indicators.rooms import LARGE_HOME, SMALL_HOMES, SMALL_HOUSEHOLD
from helpers.indicators.seniority import LONG
from helpers.territory.communes import Commune
from helpers.wording.finding import Finding, compared, guard_finding, rows_of


def _share_of_classes(data: pd.DataFrame, kind: str, chosen: Collection[str]) -> pd.Series:
    """Compute the share (%) by year of several classes together, missing where they hold fewer than 200 homes.

    Reads `year, value` and the classes in the column `kind`.
    """
    values = data[data[kind].isin(chosen)].groupby("year")["value"].sum()
    return 100 * values.where(values >= FRAGILE) / data.groupby("year")["value"].sum()


def _share_of_labels(rows: pd.DataFrame, labels: Sequence[str]) -> float:
    """Compute the share (%) of several labels (the index of the rows) in the column `value`."""
    return float(100 * rows.loc[list(labels), "value"].sum() / rows["value"].sum())


@guard_finding
def rooms(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe large homes among main homes.

    Reads `year, rooms` (classes of Insee), `value` (main homes), `share` (%). Title: homes of five rooms or more at
    the last date; reading: their number, the share of homes of one or two rooms and its change. No takeaway.
    """
    years = sorted(int(year) for year in data["year"].unique())
    large = data[data["rooms"] == "RP_5PP"].set_index("year")
    small = _share_of_classes(data, "rooms", SMALL_HOMES)
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


@guard_finding
def room_means(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the mean number of rooms of a home, and for each person.

    Reads `territory, year, rooms_per_home, rooms_per_person, size` (persons of a home). Title: both means; reading:
    the rooms and persons of a home. No takeaway.
    """
    row = rows_of(data, commune).iloc[0]
    year = int(row["year"])
    title = (
        f"{french.number(row['rooms_per_home'], digits=1)} pièces par résidence principale, "
        f"{french.number(row['rooms_per_person'], digits=1)} par personne en {year}"
    )
    reading = (
        f"en {year}, une résidence principale compte en moyenne {french.number(row['rooms_per_home'], digits=2)} "
        f"pièces pour {french.number(row['size'], digits=2)} {french.plural(row['size'], 'personne')}."
    )
    return Finding(title, reading)


@guard_finding
def rooms_beside_households(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe main homes by number of rooms against households by number of persons.

    Reads `part` (homes, then households), `year, label` (« 1 » to « 5 ou plus »), `value, share` (%). Title and
    takeaway: small households and large homes; reading: people alone and homes of one room; headline: which of small
    households and small homes are more numerous.
    """
    homes, households = (part.set_index("label") for _, part in data.groupby("part", sort=False))
    year = int(data["year"].iloc[0])
    small = _share_of_labels(households, ["1", "2"])
    homes, households = homes["share"], households["share"]
    title = (
        f"{french.percent(small)} des ménages ont une ou deux personnes, {french.percent(homes['5 ou plus'])} des "
        f"résidences principales ont 5 pièces ou plus en {year}"
    )
    reading = (
        f"en {year}, {french.percent(households['1'])} des ménages {french.of(commune.name)} sont d’une seule "
        f"personne. Les logements d’une seule pièce forment {french.percent(homes['1'])} des résidences "
        "principales."
    )
    takeaway = f"En {year}, {title[0].lower()}{title[1:]}".removesuffix(f" en {year}") + "."
    few = homes.reindex(["1", "2"]).sum()
    more = "Plus" if small > few else "Moins"
    headline = f"{more} de ménages d’une ou deux personnes que de logements d’une ou deux pièces"
    return Finding(title, reading, takeaway, headline=headline)


@guard_finding
def small_in_large(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe how many large homes small households live in, at least and at most.

    Reads `year, homes, large, small_households, least, most` (counts), `least_share, most_share` (%). Title and
    takeaway: the least number; reading: what it is made from. Where the least is nil, the most, without takeaway.
    """
    row = data.iloc[0]
    year = int(row["year"])
    if french.number_value(row["least"]) == 0:
        return Finding(
            f"Au plus {french.percent(row['most_share'])} des résidences principales sont de grands logements de "
            "petits ménages",
            f"en {year}, on compte {french.quantity(row['large'], 'logement')} de {LARGE_HOME} pièces ou plus et "
            f"{french.quantity(row['small_households'], 'ménage')} de {SMALL_HOUSEHOLD} personnes au plus.",
        )
    which = f"de {LARGE_HOME} pièces ou plus habités par {SMALL_HOUSEHOLD} personnes au plus"
    title = f"En {year}, au moins {french.count(row['least'])} logements {which}"
    reading = (
        f"sur {french.count(row['homes'])} résidences principales, {french.count(row['large'])} ont {LARGE_HOME} "
        f"pièces ou plus et {french.count(row['small_households'])} sont habitées par {SMALL_HOUSEHOLD} personnes au "
        f"plus : {french.count(row['least'])} au moins ({french.percent(row['least_share'])}) et "
        f"{french.count(row['most'])} au plus ({french.percent(row['most_share'])}) sont l’un et l’autre."
    )
    takeaway = f"{title}, soit {french.percent(row['least_share'])} des résidences principales au moins."
    return Finding(title, reading, takeaway)


@guard_finding
def occupation(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe homes too small, or much too large, for their household, at the last date.

    Reads `year, level` (classes of Insee), `value` (main homes), `share` (%). Title and takeaway: both shares;
    reading: homes of the standard size.
    """
    last = int(data["year"].max())
    shares = data[data["year"] == last].set_index("level")["share"]
    over, under = (_share_of_classes(data, "level", chosen)[last] for chosen in (OVER, UNDER))
    title = (
        f"{french.percent(over)} des résidences principales sont suroccupées, {french.percent(under)} ont deux "
        f"pièces de plus que la norme ou davantage en {last}"
    )
    reading = (
        f"en {last}, {french.percent(shares['C_RP_NORME'])} des résidences principales {french.of(commune.name)} ont "
        "le nombre de pièces de la norme de peuplement."
    )
    return Finding(title, reading, f"{title}.")


@guard_finding
def stays(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the households that have long or just lived in their home.

    Reads `year, stay` (classes of Insee), `value` (households), `share` (%). Title: stays of ten years or more at the
    last date; reading: stays of less than two years, and their first share. No takeaway.
    """
    years = sorted(int(year) for year in data["year"].unique())
    long = _share_of_classes(data, "stay", LONG)
    recent = data[data["stay"] == "MEN_ANEM0002"].set_index("year")["share"]
    last = years[-1]
    title = (
        f"{french.percent(long[last])} des ménages occupent leur logement depuis dix ans ou plus en {last}"
    )
    reading = f"en {last}, {french.percent(recent[last])} des ménages sont installés depuis moins de deux ans"
    if len(years) > 1 and not french.is_missing(recent[years[0]]):
        reading += f", contre {french.percent(recent[years[0]])} en {years[0]}"
    return Finding(title, f"{reading}.")


@guard_finding
def stay_marks(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the households that have just moved in.

    Reads `territory, year, recent, ten, thirty` (%, less than two years, ten or more, thirty or more). Title and
    reading: these shares; takeaway: the first one against the first territory of comparison, without which there is
    none.
    """
    row = rows_of(data, commune).iloc[0]
    year = int(row["year"])
    title = f"{french.percent(row['recent'])} des ménages sont installés depuis moins de deux ans en {year}"
    reading = (
        f"en {year}, {french.percent(row['ten'])} des ménages occupent leur logement depuis dix ans ou plus, dont "
        f"{french.percent(row['thirty'])} depuis trente ans ou plus."
    )
    comparison = compared(row, data, "recent", commune)
    return Finding(title, reading, f"{title}{comparison}." if comparison else "")


@guard_finding
def seniority(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the mean years spent in the home, by tenure.

    Reads `year, label` (tenures, all of them first), `seniority` (years). Title: all tenures; reading: each one. No
    takeaway.
    """
    row = data.iloc[0]
    years = french.number(row["seniority"], digits=1)
    title = (
        f"{row['label']} : {years} {french.plural(row['seniority'], 'an')} dans le même logement en moyenne"
    )
    known = {
        str(row_of_tenure["label"]): row_of_tenure["seniority"] for row_of_tenure in data.to_dict("records")
    }
    by_tenure = [
        f"{name[0].lower()}{name[1:]} {french.number(value, digits=1)} {french.plural(value, 'an')}"
        for name, value in known.items()
    ]
    return Finding(title, f"en {int(row['year'])}, {french.enumerate_words(by_tenure)}.")


@guard_finding
def heating(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the most frequent way of heating, at the last date.

    Reads `year, label` (the way), `value` (main homes), `share` (%). Title and reading: its share and number. No
    takeaway.
    """
    last = data[data["year"] == data["year"].max()].reset_index(drop=True)
    row = last.loc[last["value"].idxmax()]
    year = int(row["year"])
    name = f"{str(row['label'])[0].lower()}{str(row['label'])[1:]}"
    title = f"Chauffage : {name} pour {french.percent(row['share'])} des résidences principales en {year}"
    reading = f"en {year}, {french.quantity(row['value'], 'résidence principale', 'résidences principales')} : {name}."
    return Finding(title, reading)
