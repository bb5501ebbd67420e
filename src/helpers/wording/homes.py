"""The homes: what they are, and whose."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from helpers import french
from helpers.indicators import vacancy as measured
from helpers.indicators.stock import of_stays
from helpers.territory.communes import Commune
from helpers.wording.finding import (
    Finding,
    compared,
    guard_finding,
    out_of_ten,
    rows_of,
    standing,
)
from helpers.wording.materiality import (
    grown_of,
    more,
    more_of,
    more_of_both,
    moves,
    turn,
    turn_of_share,
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
    and its vacancy, against the first territory of comparison; reading: main and vacant homes; headline: how vacancy
    stands. Where second homes make the stock (`stock.of_stays`), they stand in place of vacant ones. Where the vacancy
    has no rate, main homes alone.
    """
    rows = rows_of(data, commune).set_index("category")
    homes, year = rows["value"].sum(), int(rows["year"].iloc[0])
    vacant, main = rows.loc["LOGVAC"], rows.loc["RP"]
    stock = french.quantity(homes, "logement")
    if french.is_missing(vacant["share"]):
        counted = f"{french.quantity(main['value'], *_MAIN)} sur {stock} en {year}"
        return Finding(f"{stock} en {year}", f"{counted}.", f"La commune compte {stock} en {year}.")
    reading = (
        f"en {year}, {french.percent(main['share'])} des logements {french.of(commune.name)} sont des résidences "
        f"principales ; {_count_vacant_alone(vacant['value'])}."
    )
    if len(of_stays(data, territory=commune.name)):
        return replace(_describe_stays(rows.loc["RSECOCC"], data, commune, stock=stock), reading=reading)
    share, others = french.percent(vacant["share"]), data[data["category"] == "LOGVAC"]
    takeaway = (
        f"En {year}, la commune compte {stock} ; {share} sont vacants"
        f"{compared(vacant, others, 'share', commune)}."
    )
    headline = standing("Vacance", vacant, others, "share", commune)
    return Finding(f"{stock}, dont {share} vacants", reading, takeaway, headline=headline)


def _describe_stays(second: pd.Series, data: pd.DataFrame, commune: Commune, *, stock: str) -> Finding:
    """Describe a stock that second homes make: their share, as people say it, then against another territory."""
    share, others = second["share"], data[data["category"] == "RSECOCC"]
    return Finding(
        title=f"{stock}, dont {french.percent(share)} de résidences secondaires",
        takeaway=f"En {int(second['year'])}, la commune compte {stock} ; {french.percent(share)} sont des résidences "
        f"secondaires ou occasionnelles{compared(second, others, 'share', commune)}.",
        headline=_describe_share(share, "une résidence secondaire", "des résidences secondaires"),
    )


def _count_vacant_alone(homes: float) -> str:
    """Write how many homes are vacant: `196 logements sont vacants`, `aucun logement n’est vacant`."""
    if french.number_value(homes) == 0:
        return "aucun logement n’est vacant"
    return f"{french.quantity(homes, 'logement')} {french.plural(homes, 'est vacant', 'sont vacants')}"


@guard_finding
def owners(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the share of owner occupiers.

    Reads `territory, year, RP, value, rate` (homes, homes, %). Title: the rate; reading: the counts; takeaway and
    headline: against the first territory of comparison.
    """
    row = rows_of(data, commune).iloc[0]
    title = f"{french.percent(row['rate'])} de propriétaires occupants"
    reading = (
        f"en {int(row['year'])}, {french.count(row['value'])} des {french.quantity(row['RP'], *_MAIN)} "
        f"{french.of(commune.name)} "
        f"{french.plural(row['value'], 'est occupée', 'sont occupées')} par leur propriétaire."
    )
    comparison = compared(row, data, "rate", commune)
    sentence = f"{french.percent(row['rate'])} des ménages sont propriétaires de leur logement{comparison}."
    headline = standing("Part de propriétaires", row, data, "rate", commune)
    return Finding(title, reading, sentence if comparison else "", headline=headline)


@guard_finding
def tenure(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe main homes by tenure, at the first and the last dates.

    Reads `territory, year, status` (`RP_PROP`, `RP_LOCHLMV`), `value` (main homes), `share` (%). Title: the last
    shares; reading: owner-occupied homes at both dates. Only a title at a single date. No takeaway: what the main homes
    gained are made of has its own.
    """
    rows = rows_of(data, commune)
    years = sorted(int(year) for year in rows["year"].unique())
    shares = rows.pivot(index="status", columns="year", values="share")
    counts = rows.pivot(index="status", columns="year", values="value")
    first, last = years[0], years[-1]
    title = (
        f"{french.percent(shares[last]['RP_PROP'])} de propriétaires, {french.percent(shares[last]['RP_LOCHLMV'])} de "
        "locataires HLM"
    )
    if len(years) < 2:
        return Finding(title, "")
    before, after = counts[first]["RP_PROP"], counts[last]["RP_PROP"]
    reading = (
        f"de {first} à {last}, le nombre de résidences principales occupées par leur propriétaire "
        f"{turn(before, after)} : {french.count(after)}, contre {french.count(before)} à la première date."
    )
    return Finding(title, reading)


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
    reading: their rate. No takeaway.
    """
    row = rows_of(data, commune).iloc[0]
    year = int(row["register_year"])
    if french.number_value(row["RPLS"]) == 0:
        return Finding(
            f"Aucun logement social au 1er janvier {year}",
            "le répertoire des bailleurs n’en compte pas dans la commune.",
        )
    title = f"{french.quantity(row['RPLS'], 'logement social', 'logements sociaux')} au 1er janvier {year}"
    reading = (
        f"le répertoire des bailleurs en compte {french.number(row['register_rate'], digits=1)} pour 100 résidences "
        "principales du recensement."
    )
    return Finding(title, reading)


@guard_finding
def people_and_homes(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the change of people and of main homes between two dates.

    Reads `territory, since, until, RP_0, RP_1, POP_0, POP_1, annual_homes, annual_people` (% a year),
    `people_per_home_0, people_per_home_1`. Title and takeaway: both changes; reading: both paces and the people of a
    home; headline: which grew, within their margin neither.
    """
    row = rows_of(data, commune).iloc[0]
    since, until = int(row["since"]), int(row["until"])
    homes, people = row["RP_1"] - row["RP_0"], row["POP_1"] - row["POP_0"]
    title = f"{french.capitalize(more(homes, *_MAIN))}, {more(people, 'habitant')}"
    then, now = (french.number(row[f"people_per_home_{side}"], digits=2) for side in "01")
    per_home = (
        f"on compte {now} {french.plural(row['people_per_home_1'], 'habitant')} par résidence principale en {until}, "
        f"{'comme' if then == now else f'contre {then}'} en {since}"
    )
    reading = (
        f"de {since} à {until}, le nombre de résidences principales {turn(row['RP_0'], row['RP_1'])} "
        f"({french.annual(row['annual_homes'])}), la population {moves(row['annual_people'])} "
        f"({french.annual(row['annual_people'])}) ; {per_home}."
    )
    takeaway = f"De {since} à {until}, {more(homes, *_MAIN)} et {more(people, 'habitant')} : {per_home}."
    homes_change = more_of(row["RP_0"], row["RP_1"], "résidences principales")
    headline = more_of_both(homes_change, grown_of(row["annual_people"], "habitants"), "habitants")
    return Finding(title, reading, takeaway, headline=headline)


@guard_finding
def changes(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe how the stock and its categories change between two dates.

    Reads `category` (`LOG`, `RP`, `LOGVAC`), `since, until, value_0, value_1, change` (homes), `annual` (% a year),
    `points` (of the share). Title: the stock and the share of vacant homes; reading: main homes; takeaway: the stock,
    main homes, vacant homes. Without the stock, main homes alone.
    """
    rows = data.set_index("category")
    since, until = int(rows["since"].iloc[0]), int(rows["until"].iloc[0])
    main = rows.loc["RP"]
    reading = (
        f"de {since} à {until}, le nombre de résidences principales passe de {french.count(main['value_0'])} à "
        f"{french.count(main['value_1'])} ({french.annual(main['annual'])})."
    )
    if "LOG" not in rows.index:
        return Finding(french.capitalize(more(main["change"], *_MAIN)), reading)
    whole, vacant = rows.loc["LOG"], rows.loc["LOGVAC"]
    title = f"Le parc {moves(whole['annual'])}"
    if not french.is_missing(vacant["points"]):
        shares = [
            (vacant[name], 100 * vacant[name] / whole[name] if whole[name] else float("nan"))
            for name in ("value_0", "value_1")
        ]
        title += f", la part des logements vacants {turn_of_share(*shares)}"
    takeaway = (
        f"De {since} à {until}, le parc passe de {french.count(whole['value_0'])} à {french.count(whole['value_1'])} "
        f"logements ({french.annual(whole['annual'])}) : {more(main['change'], *_MAIN)}, "
        f"{more(vacant['change'], 'logement vacant', 'logements vacants')}."
    )
    return Finding(title, reading, takeaway)


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
    title = (
        f"{french.percent(most['share'])} des résidences principales sont des {str(most['label']).lower()}"
    )
    reading = (
        f"en {year}, on compte {french.quantity(house['value'], 'maison')} et "
        f"{french.quantity(flat['value'], 'appartement')} parmi les résidences principales "
        f"{french.of(commune.name)}."
    )
    comparison = compared(most, data[data["type"] == most.name], "share", commune)
    return Finding(title, reading, f"{title} en {year}{comparison}." if comparison else "")


@guard_finding
def types_over_time(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the most frequent type among all homes and among main homes.

    Reads `year, field` (« Ensemble des logements », « Résidences principales »), `label, value` (homes), `share` (%).
    Title: how its share moves in the field that has most dates; reading: its share in each field. No takeaway.
    """
    kinds = data[data["label"] != "Autres logements"]
    most = kinds.groupby("label")["value"].sum().idxmax()
    rows = kinds[kinds["label"] == most]
    field = rows.groupby("field")["year"].nunique().idxmax()
    series = rows[rows["field"] == field].sort_values("year")
    first, end = series.iloc[0], series.iloc[-1]
    last = rows.groupby("field", sort=False).tail(1)
    by_field = [
        f"{french.percent(row['share'])} {_FIELDS[row['field']]} en {int(row['year'])}"
        for row in last.to_dict("records")
    ]
    fields = [_FIELDS[row["field"]] for row in last.to_dict("records")]
    if last["share"].round(1).nunique() == 1 and last["year"].nunique() == 1 and len(last) > 1:
        by_field = [f"{french.percent(end['share'])} {' comme '.join(fields)} en {int(end['year'])}"]
    reading = f"les {str(most).lower()} forment {french.enumerate_words(by_field)}"
    if first["year"] == end["year"]:
        return Finding(f"En majorité des {str(most).lower()}", f"{reading}.")
    shares = [(row["value"], row["share"]) for row in (first, end)]
    title = f"La part des {str(most).lower()} {turn_of_share(*shares)} depuis {int(first['year'])}"
    return Finding(title, f"{reading}.")


@guard_finding
def vacancy(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the measures of vacancy, each with its field.

    Reads `label` (census, tax files, tax files over two years), `year, value` (vacant homes), `whole` (homes),
    `share` (%). Title: each rate; reading and takeaway: the homes vacant for more than two years; headline: the rate
    of the census, which it names beside another. Without tax files, the census alone, without takeaway.
    """
    census = data[data["label"] == measured.CENSUS]
    tax, long = (data[data["label"] == label] for label in (measured.TAX, measured.TAX_LONG))
    headline = _describe_share(census["share"].iloc[0], "vacant", "vacants") if len(census) else ""
    # The other source, beside it, says another rate.
    headline += " au recensement" if headline and tax["share"].notna().any() else ""
    if tax.empty:
        row = census.iloc[0]
        reading = (
            f"au recensement de {int(row['year'])}, {_count_vacant(row)}. La mesure des fichiers fiscaux (LOVAC) "
            "n’est pas connue ici."
        )
        known = not french.is_missing(row["share"])
        title = f"{french.percent(row['share'])} de logements vacants au recensement" if known else ""
        return Finding(title, reading, headline=headline)
    row = tax.iloc[0]
    rates = [f"{french.percent(share)} au recensement" for share in census["share"].dropna()]
    rates += [f"{french.percent(share)} aux fichiers fiscaux" for share in tax["share"].dropna()]
    title = f"Vacance : {', '.join(rates)}" if rates else ""
    if french.is_missing(row["value"]):
        return Finding(title, _rates_alone(row, long), headline=headline)
    reading = f"au 1er janvier {int(row['year'])}, {_count_vacant(row)} du parc privé"
    takeaway = ""
    if len(long):
        empty, rate = long.iloc[0]["value"], long.iloc[0]["share"]
        percent = "" if french.is_missing(rate) else f" ({french.percent(rate)})"
        reading += f", dont {french.count(empty)}{percent} depuis plus de deux ans"
        takeaway = (
            f"Au 1er janvier {int(row['year'])}, {french.quantity(empty, 'logement')} du parc privé{percent} "
            f"{french.plural(empty, 'est vacant', 'sont vacants')} depuis plus de deux ans : fichiers fiscaux, un "
            "autre champ que le recensement."
        )
    return Finding(title, f"{reading}.", takeaway, headline=headline)


def _rates_alone(row: pd.Series, long: pd.DataFrame) -> str:
    """Write the rates of the tax files where their counts are not known."""
    day = f"au 1er janvier {int(row['year'])}"
    # The title has the rate of all of them.
    if not len(long) or long.iloc[0]["year"] != row["year"]:
        return f"le taux des fichiers fiscaux est celui du parc privé {day} ; l’effectif n’est pas connu ici."
    share = french.percent(long.iloc[0]["share"])
    reading = f"{day}, {share} des logements du parc privé sont vacants depuis plus de deux ans"
    return f"{reading} (fichiers fiscaux, taux seuls : les effectifs ne sont pas connus ici)."


def _describe_share(share: float, one: str, several: str) -> str:
    """Write a share (%) of the stock: `Un logement sur douze est vacant`; nothing without a share, nor of none."""
    if french.is_missing(share) or french.number(share, digits=1) == "0,0":
        return ""
    subject, plural = out_of_ten(share, "logement", "logements")
    return f"{subject} {'sont' if plural else 'est'} {several if plural else one}"


def _count_vacant(row: pd.Series) -> str:
    """Write vacant homes, and out of how many."""
    return f"{french.quantity(row['value'], 'logement vacant', 'logements vacants')} sur {french.count(row['whole'])}"
