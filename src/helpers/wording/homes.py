"""The homes: what they are, when they were built, whose they are, and the households."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.indicators import construction
from helpers.indicators import vacancy as measured
from helpers.territory.communes import Commune
from helpers.wording.finding import (
    Finding,
    compared,
    more_or_less,
    moves,
    out_of_ten,
    rows_of,
    standing,
    telling,
)

_MAIN = ("résidence principale", "résidences principales")


@telling
def categories(data: pd.DataFrame, commune: Commune) -> Finding:
    """Main, second and vacant homes."""
    own = rows_of(data, commune).set_index("category")
    total, year = own["value"].sum(), int(own["year"].iloc[0])
    vacant, main = own.loc["LOGVAC"], own.loc["RP"]
    headline = _of_the_stock(main["share"], "une résidence principale", "des résidences principales")
    if french.is_missing(vacant["share"]):
        # Too few vacant homes for a rate.
        told = f"{french.quantity(total, 'logement')} en {year}, dont {french.percent(main['share'])} de résidences principales"
        reading = f"en {year}, {french.count(main['value'])} logements {french.of(commune.name)} sont des résidences principales."
        return Finding(told, reading, f"La commune compte {told}.", headline=headline)
    title = f"{french.quantity(total, 'logement')} en {year}, dont {french.percent(vacant['share'])} vacants"
    reading = (
        f"en {year}, {french.percent(main['share'])} des logements {french.of(commune.name)} sont des résidences "
        f"principales et {french.percent(vacant['share'])} sont vacants ({french.quantity(vacant['value'], 'logement')})."
    )
    beside = compared(vacant, data[data["category"] == "LOGVAC"], "share", commune)
    takeaway = (
        f"En {year}, la commune compte {french.quantity(total, 'logement')} ; {french.percent(vacant['share'])} sont "
        f"vacants{beside}."
    )
    return Finding(title, reading, takeaway, headline=headline)


def _of_the_stock(share: float, one: str, several: str) -> str:
    """`Près de trois logements sur dix sont vacants`; nothing of a share that is not known."""
    if french.is_missing(share):
        return ""
    told, plural = out_of_ten(share, "logement", "logements")
    return f"{told} {'sont' if plural else 'est'} {several if plural else one}"


@telling
def owners(data: pd.DataFrame, commune: Commune) -> Finding:
    """Share of owner occupiers against the territories of comparison."""
    own = rows_of(data, commune).iloc[0]
    year = int(own["year"])
    title = f"{french.percent(own['rate'])} de propriétaires occupants en {year}"
    reading = (
        f"en {year}, {french.percent(own['rate'])} des résidences principales {french.of(commune.name)} sont occupées par "
        "leur propriétaire."
    )
    beside = compared(own, data, "rate", commune)
    sentence = f"{french.percent(own['rate'])} des ménages sont propriétaires de leur logement{beside}."
    headline = standing("La part des propriétaires occupants", own, data, "rate", commune)
    return Finding(title, reading, sentence if beside else "", headline=headline)


@telling
def tenure(data: pd.DataFrame, commune: Commune) -> Finding:
    """Main homes by tenure at two dates."""
    own = rows_of(data, commune)
    years = sorted(int(year) for year in own["year"].unique())
    shares = own.pivot(index="status", columns="year", values="share")
    # A count goes with its share: neither is told when it is not significant.
    counts = own.pivot(index="status", columns="year", values="value").where(shares.notna())
    last = years[-1]
    title = (
        f"{french.percent(shares[last]['RP_PROP'])} de propriétaires occupants et "
        f"{french.percent(shares[last]['RP_LOCHLMV'])} de locataires HLM en {last}"
    )
    if len(years) < 2:
        return Finding(title, "")
    first = years[0]
    change = counts[last] - counts[first]
    reading = (
        f"de {first} à {last}, les résidences principales occupées par leur propriétaire passent de "
        f"{french.count(counts[first]['RP_PROP'])} à {french.count(counts[last]['RP_PROP'])}."
    )
    takeaway = (
        f"De {first} à {last} : {french.number(change['RP_PROP'], signed=True)} propriétaires occupants, "
        f"{french.number(change['RP_LOCHLMV'], signed=True)} locataires HLM, "
        f"{french.number(change['RP_LOCAUT'], signed=True)} autres locataires."
    )
    return Finding(title, reading, takeaway)


@telling
def stock_series(data: pd.DataFrame, commune: Commune) -> Finding:
    """The stock of homes over time."""
    totals = data.groupby("year")["value"].sum()
    first, last = totals.index[0], totals.index[-1]
    growth = totals[last] / totals[first] if totals[first] else float("nan")
    title = f"Le parc passe de {french.count(totals[first])} logements en {first} à {french.count(totals[last])} en {last}"
    return Finding(
        title, f"pour 100 logements en {first}, la commune en compte {french.number(100 * growth)} en {last}."
    )


@telling
def social(data: pd.DataFrame, commune: Commune) -> Finding:
    """Two measures of social housing."""
    own = rows_of(data, commune).iloc[0]
    year = int(own["register_year"])
    title = f"{french.quantity(own['RPLS'], 'logement social', 'logements sociaux')} au 1er janvier {year}"
    reading = (
        f"le répertoire des bailleurs compte {french.quantity(own['RPLS'], 'logement social', 'logements sociaux')} au "
        f"1er janvier {year}, soit {french.number(own['register_rate'], digits=1)} pour 100 résidences principales du "
        "recensement."
    )
    return Finding(title, reading)


@telling
def people_and_homes(data: pd.DataFrame, commune: Commune) -> Finding:
    """People and main homes between two dates."""
    own = rows_of(data, commune).iloc[0]
    since, until = int(own["since"]), int(own["until"])
    homes, people = own["RP_1"] - own["RP_0"], own["POP_1"] - own["POP_0"]
    title = (
        f"De {since} à {until} : {french.number(homes, signed=True)} résidences principales, "
        f"{french.number(people, signed=True)} habitants"
    )
    reading = (
        f"les résidences principales évoluent de {french.annual(own['annual_homes'])} et la population de "
        f"{french.annual(own['annual_people'])} ; on compte {french.number(own['people_per_home_1'], digits=2)} "
        f"{french.plural(own['people_per_home_1'], 'habitant')} par résidence principale en {until}, contre {french.number(own['people_per_home_0'], digits=2)} en {since}."
    )
    takeaway = (
        f"De {since} à {until}, {french.number(homes, signed=True)} résidences principales et "
        f"{french.number(people, signed=True)} habitants : le nombre d’habitants par résidence principale passe de "
        f"{french.number(own['people_per_home_0'], digits=2)} à {french.number(own['people_per_home_1'], digits=2)}."
    )
    headline = f"De {since} à {until}, {more_or_less(homes)} de résidences principales et {more_or_less(people)} d’habitants"
    return Finding(title, reading, takeaway, headline=headline)


@telling
def household_size(data: pd.DataFrame, commune: Commune) -> Finding:
    """Mean household size over time."""
    own = rows_of(data, commune)
    first, last = own.iloc[0], own.iloc[-1]
    since, until = int(first["year"]), int(last["year"])
    size = f"{french.number(last['size'], digits=2)} {french.plural(last['size'], 'personne')}"
    reading = f"un ménage compte en moyenne {size} en {until}."
    if since == until:
        return Finding(f"{size} par ménage en {until}", reading)
    before = f"{french.number(first['size'], digits=2)} {french.plural(first['size'], 'personne')}"
    title = f"Les ménages passent de {before} en {since} à {french.number(last['size'], digits=2)} en {until}"
    takeaway = f"Un ménage compte en moyenne {size} en {until}, contre {french.number(first['size'], digits=2)} en {since}."
    gap = french.number(last["size"] - first["size"], digits=2)
    headline = f"Les ménages sont plus {'petits' if last['size'] < first['size'] else 'grands'} qu’en {since}"
    return Finding(title, reading, takeaway, headline=headline if gap != "0,00" else "")


@telling
def composition(data: pd.DataFrame, commune: Commune) -> Finding:
    """Households by type at several dates."""
    years = sorted(int(year) for year in data["year"].unique())
    shares = data.pivot(index="kind", columns="year", values="share")
    alone = shares.loc["C_MENPSEUL"]
    last = years[-1]
    title = f"{french.percent(alone[last])} des ménages sont des personnes seules en {last}"
    reading = (
        f"en {last}, {french.percent(shares[last]['C_MENCOUPAENF'])} des ménages {french.of(commune.name)} sont des couples "
        f"avec enfants et {french.percent(shares[last]['C_MENFAMMONO'])} des familles monoparentales."
    )
    takeaway = f"Les personnes seules forment {french.percent(alone[last])} des ménages en {last}" + (
        f" ({french.points(alone[last] - alone[years[0]])} depuis {years[0]})." if len(years) > 1 else "."
    )
    return Finding(title, reading, takeaway)


@telling
def changes(data: pd.DataFrame, commune: Commune) -> Finding:
    """The stock and its categories between two dates."""
    own = data.set_index("category")
    since, until = int(own["since"].iloc[0]), int(own["until"].iloc[0])
    main = own.loc["RP"]
    reading = (
        f"de {since} à {until}, le nombre de résidences principales passe de {french.count(main['value_0'])} à "
        f"{french.count(main['value_1'])} ({french.annual(main['annual'])})."
    )
    if "LOG" not in own.index:
        return Finding(
            f"{french.quantity(main['change'], *_MAIN, signed=True)} de {since} à {until}", reading
        )
    whole, vacant = own.loc["LOG"], own.loc["LOGVAC"]
    title = f"De {since} à {until}, le parc {moves(whole['annual'])} ({french.annual(whole['annual'])})"
    sound = not french.is_missing(vacant["points"])
    if sound:
        title += f", la part des logements vacants {_rises(vacant['points'])}"
    takeaway = (
        f"De {since} à {until}, le parc passe de {french.count(whole['value_0'])} à {french.count(whole['value_1'])} logements "
        f"({french.annual(whole['annual'])}), dont {french.quantity(main['change'], *_MAIN, signed=True)}"
    )
    if sound:
        takeaway += (
            f" et {french.quantity(vacant['change'], 'logement vacant', 'logements vacants', signed=True)}"
        )
    return Finding(title, reading, f"{takeaway}.")


def _rises(points: float) -> str:
    if french.number(points, digits=1) == "0,0":
        return "reste stable"
    return f"{'augmente' if points > 0 else 'diminue'} ({french.points(points)})"


@telling
def types(data: pd.DataFrame, commune: Commune) -> Finding:
    """The most frequent type of main homes against the territories of comparison."""
    own = rows_of(data, commune).set_index("type")
    house, flat = own.loc["RPMAISON"], own.loc["RPAPPART"]
    year, most = int(house["year"]), house if house["value"] >= flat["value"] else flat
    title = f"{french.percent(most['share'])} des résidences principales sont des {str(most['label']).lower()} en {year}"
    reading = (
        f"en {year}, on compte {french.quantity(house['value'], 'maison')} et {french.quantity(flat['value'], 'appartement')} "
        f"parmi les résidences principales {french.of(commune.name)}."
    )
    beside = compared(most, data[data["type"] == most.name], "share", commune)
    return Finding(title, reading, f"{title}{beside}." if beside else "")


@telling
def types_over_time(data: pd.DataFrame, commune: Commune) -> Finding:
    """The most frequent type among all homes and among main homes, at the last date of each."""
    kinds = data[data["label"] != "Autres logements"]
    most = kinds.groupby("label")["value"].sum().idxmax()
    last = kinds[kinds["label"] == most].groupby("field", sort=False).tail(1)
    told = [
        f"{french.percent(row['share'])} {_AMONG[row['field']]} en {int(row['year'])}"
        for row in last.to_dict("records")
    ]
    title = f"Les {str(most).lower()} : {french.enumerate_words(told)}"
    widest = kinds[(kinds["label"] == most) & (kinds["field"] == last["field"].iloc[-1])].sort_values("year")
    first, end = widest.iloc[0], widest.iloc[-1]
    reading = f"{french.percent(end['share'])} {_AMONG[end['field']]} sont des {str(most).lower()} en {int(end['year'])}"
    if first["year"] < end["year"]:
        reading += f", contre {french.percent(first['share'])} en {int(first['year'])}"
    return Finding(title, f"{reading}.")


_AMONG = {"Ensemble des logements": "des logements", "Résidences principales": "des résidences principales"}


@telling
def vacancy(data: pd.DataFrame, commune: Commune) -> Finding:
    """The measures of vacancy, each with its field."""
    census = data[data["label"] == measured.CENSUS]
    headline = _of_the_stock(census["share"].iloc[0], "vacant", "vacants") if len(census) else ""
    tax, long = (data[data["label"] == label] for label in (measured.TAX, measured.TAX_LONG))
    if tax.empty:
        row = census.iloc[0]
        title = f"{french.percent(row['share'])} de logements vacants au recensement de {int(row['year'])}"
        reading = f"au recensement de {int(row['year'])}, {_vacant(row)}. La mesure des fichiers fiscaux (LOVAC) n’est pas connue ici."
        return Finding(title, reading, headline=headline)
    row = tax.iloc[0]
    told = [f"{french.percent(one['share'])} {where}" for one, where in _pairs(census, tax)]
    title = f"Logements vacants : {french.enumerate_words(told)}"
    reading = f"au 1er janvier {int(row['year'])}, {_vacant(row)} du parc privé"
    takeaway = ""
    if len(long):
        empty, rate = long.iloc[0]["value"], french.percent(long.iloc[0]["share"])
        reading += f", dont {french.count(empty)} ({rate}) depuis plus de deux ans"
        takeaway = (
            f"Au 1er janvier {int(row['year'])}, {french.quantity(empty, 'logement')} du parc privé ({rate}) "
            f"{french.plural(empty, 'est vacant', 'sont vacants')} depuis plus de deux ans : fichiers fiscaux, un autre champ que "
            "le recensement."
        )
    return Finding(title, f"{reading}.", takeaway, headline=headline)


def _pairs(census: pd.DataFrame, tax: pd.DataFrame) -> list[tuple[pd.Series, str]]:
    sound = census.dropna(subset="share")
    pairs = [(row, f"au recensement de {int(row['year'])}") for _, row in sound.iterrows()]
    return pairs + [(row, f"du parc privé au 1er janvier {int(row['year'])}") for _, row in tax.iterrows()]


def _vacant(row: pd.Series) -> str:
    return (
        f"{french.quantity(row['value'], 'logement vacant', 'logements vacants')} sur {french.count(row['whole'])} "
        f"({french.percent(row['share'])})"
    )


@telling
def construction_periods(data: pd.DataFrame, commune: Commune) -> Finding:
    """The period in which most main homes were completed."""
    last = data[data["year"] == data["year"].max()].reset_index(drop=True)
    row = last.loc[last["value"].idxmax()]
    when = str(row["label"])[0].lower() + str(row["label"])[1:]
    title = (
        f"{french.percent(row['share'])} des résidences principales datées ont été construites {_dated(when)}"
    )
    reading = (
        f"en {int(row['year'])}, {french.quantity(row['value'], 'résidence principale', 'résidences principales')} sur "
        f"{french.count(last['value'].sum())} dont la période est connue "
        f"{french.plural(row['value'], 'a été construite', 'ont été construites')} {_dated(when)}."
    )
    headline = f"Les résidences principales ont été construites le plus souvent {_dated(when)}"
    return Finding(title, reading, f"{title} (recensement de {int(row['year'])}).", headline=headline)


def _dated(when: str) -> str:
    """`avant 1919`, `de 1946 à 1970`, `depuis 2006`."""
    return f"de {when}" if when[0].isdigit() else when


@telling
def construction_groups(data: pd.DataFrame, commune: Commune) -> Finding:
    """The oldest and the newest homes over time, in the three periods that all censuses have."""
    years = sorted(int(year) for year in data["year"].unique())
    shares = data.pivot(index="completed", columns="year", values="share")
    first, last = years[0], years[-1]
    recent, old = shares.loc["RP_ACHT3"], shares.loc["RP_ACHT1"]
    title = (
        f"De {first} à {last}, les résidences principales construites depuis 1991 passent de {french.percent(recent[first])} à "
        f"{french.percent(recent[last])}"
    )
    return Finding(
        title,
        f"celles d’avant 1946 passent de {french.percent(old[first])} à {french.percent(old[last])} des résidences datées.",
    )


@telling
def starts(data: pd.DataFrame, commune: Commune) -> Finding:
    """Homes started each year."""
    final = data[data["label"] == construction.FINAL].reset_index(drop=True)
    if final.empty:
        return Finding()
    first, last = int(final["year"].iloc[0]), int(final["year"].iloc[-1])
    mean = final["value"].mean()
    peak = final.loc[final["value"].idxmax()]
    per_year = french.quantity(mean, "logement commencé", "logements commencés")
    title = f"{per_year} par an en moyenne, de {first} à {last}"
    reading = f"le maximum est en {int(peak['year'])}, avec {french.quantity(peak['value'], 'logement commencé', 'logements commencés')}."
    takeaway = f"De {first} à {last}, {per_year} par an en moyenne."
    headline = f"De {first} à {last}, c’est en {int(peak['year'])} que l’on a commencé le plus de logements"
    return Finding(title, reading, takeaway, headline=headline if peak["value"] else "")
