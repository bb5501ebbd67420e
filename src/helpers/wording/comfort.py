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
    """Compute the share (%) by year of several classes together, missing where all classes hold fewer than 200 homes.

    Reads `year, value` and the classes in the column `kind`.
    """
    values = data[data[kind].isin(chosen)].groupby("year")["value"].sum()
    whole = data.groupby("year")["value"].sum()
    return 100 * values / whole.where(whole >= FRAGILE)


def _share_of_labels(rows: pd.DataFrame, labels: Sequence[str]) -> float:
    """Compute the share (%) of several labels (the index of the rows) in the column `value`."""
    whole = rows["value"].sum()
    return float(100 * rows.loc[list(labels), "value"].sum() / whole) if whole else float("nan")


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
    title = f"{french.percent(large['share'][last])} des résidences principales ont 5 pièces ou plus"
    reading = (
        f"en {last}, ce sont {french.quantity(large['value'][last], 'logement')}. Les logements d’une ou deux pièces "
        f"forment {french.percent(small[last])} des résidences principales"
    )
    if len(years) > 1 and not french.is_missing(small[years[0]]):
        reading += f" ({french.points(small[last] - small[years[0]])} depuis {years[0]})"
    return Finding(title, f"{reading}.")


@guard_finding
def room_means(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the mean number of rooms of a home, and for each person.

    Reads `territory, year, rooms_per_home, rooms_per_person, size` (persons of a home). Title: rooms for each person;
    reading: the rooms and persons of a home. No takeaway.
    """
    row = rows_of(data, commune).iloc[0]
    year = int(row["year"])
    per_person = french.number(row["rooms_per_person"], digits=1)
    title = f"{per_person} {french.plural(row['rooms_per_person'], 'pièce')} par personne"
    reading = (
        f"en {year}, une résidence principale compte en moyenne {french.number(row['rooms_per_home'], digits=2)} "
        f"{french.plural(row['rooms_per_home'], 'pièce')} pour {french.number(row['size'], digits=2)} "
        f"{french.plural(row['size'], 'personne')}."
    )
    return Finding(title, reading)


@guard_finding
def rooms_beside_households(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe main homes by number of rooms against households by number of persons.

    Reads `part` (homes, then households), `year, label` (« 1 » to « 5 ou plus »), `value, share` (%). Title: small
    households; reading: small homes; takeaway: small households and large homes; headline: which of small households
    and small homes are more numerous.
    """
    homes, households = (part.set_index("label") for _, part in data.groupby("part", sort=False))
    year = int(data["year"].iloc[0])
    small, few = (_share_of_labels(part, ["1", "2"]) for part in (households, homes))
    large = homes["share"]["5 ou plus"]
    gap = small - few
    more = "Autant" if french.number(gap, digits=1) == "0,0" else "Plus" if gap > 0 else "Moins"
    title = f"{french.percent(small)} des ménages ont une ou deux personnes"
    reading = (
        f"en {year}, {french.percent(few)} des résidences principales {french.of(commune.name)} ont une ou deux "
        "pièces."
    )
    headline = f"{more} de petits ménages que de petits logements"
    takeaway = (
        f"En {year}, {french.percent(small)} des ménages ont une ou deux personnes, {french.percent(large)} des "
        "résidences principales ont 5 pièces ou plus."
    )
    return Finding(title, reading, "" if french.is_missing(large) else takeaway, headline=headline)


@guard_finding
def small_in_large(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe how many large homes small households live in, at least and at most.

    Reads `year, homes, large, small_households, least, most` (counts), `least_share, most_share` (%). Title and
    takeaway: the least; reading: what it is made from. Where the least is nil, the most, without takeaway.
    """
    row = data.iloc[0]
    year = int(row["year"])
    which = "Grands logements à une ou deux personnes"
    made_of = (
        f"en {year}, on compte {french.quantity(row['large'], 'logement')} de {LARGE_HOME} pièces ou plus et "
        f"{french.quantity(row['small_households'], 'ménage')} de {SMALL_HOUSEHOLD} personnes au plus"
    )
    if french.number_value(row["least"]) == 0:
        title = f"{which} : au plus {french.percent(row['most_share'])}"
        return Finding("" if french.is_missing(row["most_share"]) else title, f"{made_of}.")
    share = french.percent(row["least_share"])
    title = "" if french.is_missing(row["least_share"]) else f"{which} : au moins {share}"
    counts = f"{french.number(row['least'])} au moins sont l’un et l’autre"
    takeaway = (
        f"En {year}, au moins {french.count(row['least'])} logements de {LARGE_HOME} pièces ou plus sont habités par "
        f"{SMALL_HOUSEHOLD} personnes au plus, soit {share} des résidences principales au moins."
    )
    return Finding(title, f"{made_of} : {counts}.", takeaway if title else "")


@guard_finding
def occupation(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe homes too small, or much too large, for their household, at the last date.

    Reads `year, level` (classes of Insee), `value` (main homes), `share` (%). Title: homes too large; reading: homes of
    the standard size, and too small; takeaway: both.
    """
    last = int(data["year"].max())
    shares = data[data["year"] == last].set_index("level")["share"]
    over, under = (_share_of_classes(data, "level", chosen)[last] for chosen in (OVER, UNDER))
    title = f"{french.percent(under)} des logements dépassent la norme de deux pièces ou plus"
    reading = (
        f"en {last}, {french.percent(shares['C_RP_NORME'])} des résidences principales {french.of(commune.name)} ont "
        f"le nombre de pièces de la norme de peuplement ; {french.percent(over)} sont suroccupées."
    )
    takeaway = (
        f"En {last}, {french.percent(over)} des résidences principales sont suroccupées, {french.percent(under)} ont "
        "deux pièces de plus que la norme ou davantage."
    )
    return Finding(title, reading, takeaway)


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
    title = f"{french.percent(long[last])} des ménages sont là depuis dix ans ou plus"
    reading = f"en {last}, {french.percent(recent[last])} des ménages sont installés depuis moins de deux ans"
    if len(years) > 1 and not french.is_missing(recent[years[0]]):
        before = french.percent(recent[years[0]])
        same = before == french.percent(recent[last])
        reading += f", comme en {years[0]}" if same else f", contre {before} en {years[0]}"
    return Finding(title, f"{reading}.")


@guard_finding
def stay_marks(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the households that have just moved in.

    Reads `territory, year, recent, ten, thirty` (%, less than two years, ten or more, thirty or more). Title: the
    first share; reading: the others; takeaway: the first one against the first territory of comparison, without which
    there is none.
    """
    row = rows_of(data, commune).iloc[0]
    year = int(row["year"])
    title = f"{french.percent(row['recent'])} des ménages sont installés depuis moins de deux ans"
    reading = (
        f"en {year}, {french.percent(row['ten'])} des ménages occupent leur logement depuis dix ans ou plus, dont "
        f"{french.percent(row['thirty'])} depuis trente ans ou plus."
    )
    comparison = compared(row, data, "recent", commune)
    return Finding(title, reading, f"{title} en {year}{comparison}." if comparison else "")


@guard_finding
def seniority(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the mean years spent in the home, by tenure.

    Reads `year, label` (tenures, all of them first), `seniority` (years). Title: all tenures; reading: the others. No
    takeaway.
    """
    row = data.iloc[0]
    years = french.number(row["seniority"], digits=1)
    title = f"{years} {french.plural(row['seniority'], 'an')} dans le même logement, en moyenne"
    by_tenure = [
        f"{french.uncapitalize(str(one['label'])).replace('hlm', 'HLM')} "
        f"{french.number(one['seniority'], digits=1)} {french.plural(one['seniority'], 'an')}"
        for one in data.iloc[1:].to_dict("records")
        if not french.is_missing(one["seniority"])
    ]
    reading = f"en {int(row['year'])}, {french.enumerate_words(by_tenure)}." if by_tenure else ""
    return Finding(title, reading)


@guard_finding
def heating(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the most frequent way of heating, at the last date.

    Reads `year, label` (the way), `value` (main homes), `share` (%). Title: the way; reading: its share and number. No
    takeaway.
    """
    last = data[data["year"] == data["year"].max()].dropna(subset="value").reset_index(drop=True)
    row = last.loc[last["value"].idxmax()]
    name = french.uncapitalize(str(row["label"]))
    if french.is_missing(row["share"]):
        return Finding()
    title = f"Le plus souvent, {name}"
    reading = (
        f"en {int(row['year'])}, {french.quantity(row['value'], 'résidence principale', 'résidences principales')}, "
        f"{french.percent(row['share'])} du total."
    )
    return Finding(title, reading)
