"""The homes: what they are, and whose."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.indicators import vacancy as measured
from helpers.territory.communes import Commune
from helpers.wording.finding import (
    Finding,
    compared,
    guard_finding,
    more_or_less,
    moves,
    out_of_ten,
    rows_of,
    standing,
)

_MAIN = ("résidence principale", "résidences principales")
_FIELDS = {"Ensemble des logements": "des logements", "Résidences principales": "des résidences principales"}


def _index(totals: pd.Series) -> float:
    """Compute the last total for a hundred of the first one, missing where that is nil."""
    first, last = totals.iloc[0], totals.iloc[-1]
    return float(100 * (last / first)) if first else float("nan")


@guard_finding
def categories(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the stock of homes: main, second and vacant ones.

    Reads `territory, year, category` (`RP`, `LOGVAC`...), `value` (homes), `share` (%). Title and takeaway: the stock
    and its vacancy, against the first territory of comparison; reading: both shares; headline: main homes. Where
    vacant homes are too few for a rate, main homes alone.
    """
    rows = rows_of(data, commune).set_index("category")
    homes, year = rows["value"].sum(), int(rows["year"].iloc[0])
    vacant, main = rows.loc["LOGVAC"], rows.loc["RP"]
    headline = _describe_share(main["share"], "une résidence principale", "des résidences principales")
    if french.is_missing(vacant["share"]):
        # Too few vacant homes for a rate.
        stock = (
            f"{french.quantity(homes, 'logement')} en {year}, dont {french.percent(main['share'])} de résidences "
            "principales"
        )
        reading = (
            f"en {year}, {french.count(main['value'])} logements {french.of(commune.name)} sont des résidences "
            "principales."
        )
        return Finding(stock, reading, f"La commune compte {stock}.", headline=headline)
    title = f"{french.quantity(homes, 'logement')} en {year}, dont {french.percent(vacant['share'])} vacants"
    reading = (
        f"en {year}, {french.percent(main['share'])} des logements {french.of(commune.name)} sont des résidences "
        f"principales et {french.percent(vacant['share'])} sont vacants "
        f"({french.quantity(vacant['value'], 'logement')})."
    )
    comparison = compared(vacant, data[data["category"] == "LOGVAC"], "share", commune)
    takeaway = (
        f"En {year}, la commune compte {french.quantity(homes, 'logement')} ; {french.percent(vacant['share'])} sont "
        f"vacants{comparison}."
    )
    return Finding(title, reading, takeaway, headline=headline)


def _describe_share(share: float, one: str, several: str) -> str:
    """Write a share (%) of the stock: `Près de trois logements sur dix sont vacants`; nothing without a share."""
    if french.is_missing(share):
        return ""
    subject, plural = out_of_ten(share, "logement", "logements")
    return f"{subject} {'sont' if plural else 'est'} {several if plural else one}"


@guard_finding
def owners(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the share of owner occupiers.

    Reads `territory, year, rate` (%). Title and reading: the rate; takeaway and headline: against the first territory
    of comparison.
    """
    row = rows_of(data, commune).iloc[0]
    year = int(row["year"])
    title = f"{french.percent(row['rate'])} de propriétaires occupants en {year}"
    reading = (
        f"en {year}, {french.percent(row['rate'])} des résidences principales {french.of(commune.name)} sont "
        "occupées par leur propriétaire."
    )
    comparison = compared(row, data, "rate", commune)
    sentence = f"{french.percent(row['rate'])} des ménages sont propriétaires de leur logement{comparison}."
    headline = standing("La part des propriétaires occupants", row, data, "rate", commune)
    return Finding(title, reading, sentence if comparison else "", headline=headline)


@guard_finding
def tenure(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe main homes by tenure, at the first and the last dates.

    Reads `territory, year, status` (`RP_PROP`, `RP_LOCHLMV`, `RP_LOCAUT`), `value` (main homes), `share` (%). Title:
    the last shares; reading: owner-occupied homes at both dates; takeaway: the change of each tenure. Only a title at
    a single date.
    """
    rows = rows_of(data, commune)
    years = sorted(int(year) for year in rows["year"].unique())
    shares = rows.pivot(index="status", columns="year", values="share")
    # A count goes with its share: neither is written when it is not significant.
    counts = rows.pivot(index="status", columns="year", values="value").where(shares.notna())
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


@guard_finding
def stock_series(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the stock of homes at both ends of a series.

    Reads `year, value` (homes, several rows a year). Title: both counts; reading: the last one for a hundred homes of
    the first. No takeaway.
    """
    totals = data.groupby("year")["value"].sum()
    first, last = totals.index[0], totals.index[-1]
    title = (
        f"Le parc passe de {french.count(totals[first])} logements en {first} à {french.count(totals[last])} en "
        f"{last}"
    )
    return Finding(
        title,
        f"pour 100 logements en {first}, la commune en compte {french.number(_index(totals))} en {last}.",
    )


@guard_finding
def social(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the social homes of the register.

    Reads `territory, register_year, RPLS` (homes), `register_rate` (for a hundred main homes). Title: their number;
    reading: number and rate. No takeaway.
    """
    row = rows_of(data, commune).iloc[0]
    year = int(row["register_year"])
    title = f"{french.quantity(row['RPLS'], 'logement social', 'logements sociaux')} au 1er janvier {year}"
    reading = (
        f"le répertoire des bailleurs compte {french.quantity(row['RPLS'], 'logement social', 'logements sociaux')} au "
        f"1er janvier {year}, soit {french.number(row['register_rate'], digits=1)} pour 100 résidences principales du "
        "recensement."
    )
    return Finding(title, reading)


@guard_finding
def people_and_homes(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the change of people and of main homes between two dates.

    Reads `territory, since, until, RP_0, RP_1, POP_0, POP_1, annual_homes, annual_people` (% a year),
    `people_per_home_0, people_per_home_1`. Title and takeaway: both changes; reading: both paces and the people of a
    home; headline: which grew.
    """
    row = rows_of(data, commune).iloc[0]
    since, until = int(row["since"]), int(row["until"])
    homes, people = row["RP_1"] - row["RP_0"], row["POP_1"] - row["POP_0"]
    title = (
        f"De {since} à {until} : {french.number(homes, signed=True)} résidences principales, "
        f"{french.number(people, signed=True)} habitants"
    )
    reading = (
        f"les résidences principales évoluent de {french.annual(row['annual_homes'])} et la population de "
        f"{french.annual(row['annual_people'])} ; on compte {french.number(row['people_per_home_1'], digits=2)} "
        f"{french.plural(row['people_per_home_1'], 'habitant')} par résidence principale en {until}, "
        f"contre {french.number(row['people_per_home_0'], digits=2)} en {since}."
    )
    takeaway = (
        f"De {since} à {until}, {french.number(homes, signed=True)} résidences principales et "
        f"{french.number(people, signed=True)} habitants : le nombre d’habitants par résidence principale passe de "
        f"{french.number(row['people_per_home_0'], digits=2)} à {french.number(row['people_per_home_1'], digits=2)}."
    )
    headline = (
        f"De {since} à {until}, {more_or_less(homes)} de résidences principales et "
        f"{more_or_less(people)} d’habitants"
    )
    return Finding(title, reading, takeaway, headline=headline)


@guard_finding
def changes(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe how the stock and its categories change between two dates.

    Reads `category` (`LOG`, `RP`, `LOGVAC`), `since, until, value_0, value_1, change` (homes), `annual` (% a year),
    `points` (of the share). Title and takeaway: the stock, main homes, vacant homes; reading: main homes. Without the
    stock, main homes alone.
    """
    rows = data.set_index("category")
    since, until = int(rows["since"].iloc[0]), int(rows["until"].iloc[0])
    main = rows.loc["RP"]
    reading = (
        f"de {since} à {until}, le nombre de résidences principales passe de {french.count(main['value_0'])} à "
        f"{french.count(main['value_1'])} ({french.annual(main['annual'])})."
    )
    if "LOG" not in rows.index:
        return Finding(
            f"{french.quantity(main['change'], *_MAIN, signed=True)} de {since} à {until}", reading
        )
    whole, vacant = rows.loc["LOG"], rows.loc["LOGVAC"]
    title = f"De {since} à {until}, le parc {moves(whole['annual'])} ({french.annual(whole['annual'])})"
    sound = not french.is_missing(vacant["points"])
    if sound:
        title += f", la part des logements vacants {_describe_points(vacant['points'])}"
    takeaway = (
        f"De {since} à {until}, le parc passe de {french.count(whole['value_0'])} à {french.count(whole['value_1'])} "
        f"logements ({french.annual(whole['annual'])}), dont "
        f"{french.quantity(main['change'], *_MAIN, signed=True)}"
    )
    if sound:
        takeaway += (
            f" et {french.quantity(vacant['change'], 'logement vacant', 'logements vacants', signed=True)}"
        )
    return Finding(title, reading, f"{takeaway}.")


def _describe_points(points: float) -> str:
    """Write the change of a share: `reste stable`, `augmente (+1,2 point)`, `diminue (−0,5 point)`."""
    if french.number(points, digits=1) == "0,0":
        return "reste stable"
    return f"{'augmente' if points > 0 else 'diminue'} ({french.points(points)})"


@guard_finding
def types(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the most frequent type of main homes.

    Reads `territory, year, type` (`RPMAISON`, `RPAPPART`), `label, value` (main homes), `share` (%). Title and
    takeaway: its share, against the first territory of comparison; reading: both counts. No takeaway without another
    territory.
    """
    rows = rows_of(data, commune).set_index("type")
    house, flat = rows.loc["RPMAISON"], rows.loc["RPAPPART"]
    year, most = int(house["year"]), house if house["value"] >= flat["value"] else flat
    kind = str(most["label"]).lower()
    title = f"{french.percent(most['share'])} des résidences principales sont des {kind} en {year}"
    reading = (
        f"en {year}, on compte {french.quantity(house['value'], 'maison')} et "
        f"{french.quantity(flat['value'], 'appartement')} parmi les résidences principales "
        f"{french.of(commune.name)}."
    )
    comparison = compared(most, data[data["type"] == most.name], "share", commune)
    return Finding(title, reading, f"{title}{comparison}." if comparison else "")


@guard_finding
def types_over_time(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the most frequent type among all homes and among main homes.

    Reads `year, field` (« Ensemble des logements », « Résidences principales »), `label, value` (homes), `share` (%).
    Title: its share in each field at the last date; reading: the last field, and the first date. No takeaway.
    """
    kinds = data[data["label"] != "Autres logements"]
    most = kinds.groupby("label")["value"].sum().idxmax()
    last = kinds[kinds["label"] == most].groupby("field", sort=False).tail(1)
    by_field = [
        f"{french.percent(row['share'])} {_FIELDS[row['field']]} en {int(row['year'])}"
        for row in last.to_dict("records")
    ]
    title = f"Les {str(most).lower()} : {french.enumerate_words(by_field)}"
    widest = kinds[(kinds["label"] == most) & (kinds["field"] == last["field"].iloc[-1])].sort_values("year")
    first, end = widest.iloc[0], widest.iloc[-1]
    reading = (
        f"{french.percent(end['share'])} {_FIELDS[end['field']]} sont des {str(most).lower()} en "
        f"{int(end['year'])}"
    )
    if first["year"] < end["year"]:
        reading += f", contre {french.percent(first['share'])} en {int(first['year'])}"
    return Finding(title, f"{reading}.")


@guard_finding
def vacancy(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the measures of vacancy, each with its field.

    Reads `label` (census, tax files, tax files over two years), `year, value` (vacant homes), `whole` (homes),
    `share` (%). Title: each rate; reading and takeaway: the homes vacant for more than two years; headline: the rate
    of the census. Without tax files, the census alone, without takeaway.
    """
    census = data[data["label"] == measured.CENSUS]
    headline = _describe_share(census["share"].iloc[0], "vacant", "vacants") if len(census) else ""
    tax, long = (data[data["label"] == label] for label in (measured.TAX, measured.TAX_LONG))
    if tax.empty:
        row = census.iloc[0]
        title = f"{french.percent(row['share'])} de logements vacants au recensement de {int(row['year'])}"
        reading = (
            f"au recensement de {int(row['year'])}, {_count_vacant(row)}. La mesure des fichiers fiscaux (LOVAC) "
            "n’est pas connue ici."
        )
        return Finding(title, reading, headline=headline)
    row = tax.iloc[0]
    rates = [f"{french.percent(measure['share'])} {field}" for measure, field in _rates_by_field(census, tax)]
    title = f"Logements vacants : {french.enumerate_words(rates)}"
    if french.is_missing(row["value"]):
        return Finding(title, _rates_alone(row, long), headline=headline)
    reading = f"au 1er janvier {int(row['year'])}, {_count_vacant(row)} du parc privé"
    takeaway = ""
    if len(long):
        empty, rate = long.iloc[0]["value"], french.percent(long.iloc[0]["share"])
        reading += f", dont {french.count(empty)} ({rate}) depuis plus de deux ans"
        takeaway = (
            f"Au 1er janvier {int(row['year'])}, {french.quantity(empty, 'logement')} du parc privé ({rate}) "
            f"{french.plural(empty, 'est vacant', 'sont vacants')} depuis plus de deux ans : fichiers fiscaux, un "
            "autre champ que le recensement."
        )
    return Finding(title, f"{reading}.", takeaway, headline=headline)


def _rates_alone(row: pd.Series, long: pd.DataFrame) -> str:
    """Write the rates of the tax files where their counts are not known."""
    share = french.percent(row["share"])
    reading = f"au 1er janvier {int(row['year'])}, {share} des logements du parc privé sont vacants"
    if len(long) and long.iloc[0]["year"] == row["year"]:
        reading += f", et {french.percent(long.iloc[0]['share'])} le sont depuis plus de deux ans"
    return f"{reading} (fichiers fiscaux, taux seuls : les effectifs ne sont pas connus ici)."


def _rates_by_field(census: pd.DataFrame, tax: pd.DataFrame) -> list[tuple[pd.Series, str]]:
    """List the significant rates of vacancy, each with the words of its field."""
    significant = census.dropna(subset="share")
    pairs = [(row, f"au recensement de {int(row['year'])}") for _, row in significant.iterrows()]
    return pairs + [(row, f"du parc privé au 1er janvier {int(row['year'])}") for _, row in tax.iterrows()]


def _count_vacant(row: pd.Series) -> str:
    """Write vacant homes, out of how many, and their rate."""
    return (
        f"{french.quantity(row['value'], 'logement vacant', 'logements vacants')} sur {french.count(row['whole'])} "
        f"({french.percent(row['share'])})"
    )
