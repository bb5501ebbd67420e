"""What the homes built were for: findings on the past, never a need to come."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.indicators import point_mort
from helpers.indicators.definitions.link import LARGE_RENEWAL
from helpers.indicators.homes_occupancy import EVERY_TENURE
from helpers.indicators.household_effect import give_or_take, is_small
from helpers.indicators.reliability import FRAGILE
from helpers.territory.communes import Commune
from helpers.wording.finding import Finding, first_other, guard_finding, more_or_less, rows_of, started

_MAIN = ("résidence principale", "résidences principales")
# What is printed next to every figure of a convention.
_CONVENTIONS = {
    "A": "convention A : taille des ménages de fin de période",
    "B": "convention B : taille des ménages de début de période",
}
_TENURES = {
    "owner": "propriétaires occupants",
    "social": "locataires HLM",
    "private": "autres locataires",
}
_TERMS = {
    "renewal": "renouvellement",
    "vacancy": "logements vacants",
    "secondary": "résidences secondaires",
}


def convention(name: str) -> str:
    """Write how a convention of the point mort (`A` or `B`) reads in a note."""
    return _CONVENTIONS[name]


def delivery(lag: int) -> str:
    """Write what a note adds where homes are counted `lag` years after their start; nothing without a lag."""
    if not lag:
        return ""
    return f" ; livraison supposée {french.quantity(lag, 'an')} après l’ouverture du chantier"


@guard_finding
def household_effect(data: pd.DataFrame, commune: Commune, *, convention: str = "A") -> Finding:
    """Describe how many homes the change of households took, on the last period.

    Reads `territory, since, until, homes_0, homes_1, people_0, people_1, size_0, size_1, decohabitation, demographic`
    (homes) and `decohabitation_rate, demographic_rate, homes_rate` (% of all homes of the first date). Title: the
    change of homes and people; reading and takeaway: both effects in the convention `A` or `B`, by Insee's
    names; headline: which grew.
    """
    row = rows_of(data, commune).iloc[-1]
    since, until = int(row["since"]), int(row["until"])
    homes, people = row["homes_1"] - row["homes_0"], row["people_1"] - row["people_0"]
    changed = (
        f"De {since} à {until}, {french.quantity(homes, *_MAIN, signed=True)} et "
        f"{french.quantity(people, 'personne', signed=True)} dans les ménages"
    )
    reading, takeaway = _describe_convention_a(row) if convention == "A" else _describe_convention_b(row)
    headline = (
        f"De {since} à {until}, {more_or_less(homes)} de résidences principales et {more_or_less(people)} de personnes "
        "dans les ménages"
    )
    effect = row["demographic"]
    other = f" L’effet démographique est de {french.number(effect, signed=True)}{_write_margin(row, effect)}."
    reading = f"{reading}.{other if convention == 'A' else ''}{_describe_shares(row)}"
    return Finding(changed, reading, f"{changed} ; {takeaway}.", headline=headline)


def _describe_shares(row: pd.Series) -> str:
    """Write the change of main homes and both its parts in % of all homes of the first date, as Insee does."""
    rates = [row[name] for name in ("homes_rate", "decohabitation_rate", "demographic_rate")]
    if any(map(french.is_missing, rates)):
        return ""
    total, size, demographic = (french.percent(rate, signed=True) for rate in rates)
    return (
        f" En % de tous les logements de {int(row['since'])} : effet taille des ménages {size}, effet démographique "
        f"{demographic}, ensemble {total}."
    )


def _describe_convention_a(row: pd.Series) -> tuple[str, str]:
    """Write the reading and the takeaway of convention A: homes for the first people, at the last size."""
    since, until, amount = int(row["since"]), int(row["until"]), row["decohabitation"]
    homes, margin = _count_homes(abs(amount)), _write_margin(row, amount)
    sizes = (
        f"à la taille des ménages de {until} ({french.number(row['size_1'], digits=2)} personnes, contre "
        f"{french.number(row['size_0'], digits=2)} en {since})"
    )
    if french.number_value(amount) == 0:
        return (
            f"{sizes}, la population de {since} occuperait autant de résidences principales",
            "une population stable n’en aurait demandé ni plus ni moins",
        )
    if amount > 0:
        return (
            f"{sizes}, loger la population de {since} aurait demandé {homes} de plus{margin} : c’est l’effet taille "
            "des ménages, ou desserrement",
            f"une population stable en aurait demandé {french.number(amount, signed=True)}{margin}, c’est l’effet "
            "taille des ménages (desserrement)",
        )
    return (
        f"{sizes}, la population de {since} aurait tenu dans {homes} de moins{margin} : les ménages se sont agrandis, "
        "l’effet taille des ménages est un resserrement",
        f"une population stable en aurait demandé {french.number(amount, signed=True)}{margin}, c’est l’effet taille "
        "des ménages (resserrement)",
    )


def _describe_convention_b(row: pd.Series) -> tuple[str, str]:
    """Write the reading and the takeaway of convention B: homes for the change of people, at the first size."""
    since, until, amount = int(row["since"]), int(row["until"]), row["decohabitation"]
    effect, margin = french.number(row["demographic"], signed=True), _write_margin(row, row["demographic"])
    word = "desserrement" if french.number_value(amount) >= 0 else "resserrement"
    return (
        f"à la taille des ménages de {since} ({french.number(row['size_0'], digits=2)} personnes, "
        f"{french.number(row['size_1'], digits=2)} en {until}), la variation de la population des ménages représente "
        f"{effect} résidences principales{margin} : c’est l’effet démographique ; le reste, "
        f"{french.number(amount, signed=True)}, est l’effet taille des ménages ({word})",
        f"effet démographique {effect}{margin}, effet taille des ménages ({word}) {french.number(amount, signed=True)} "
        "(convention B)",
    )


def _count_homes(amount: float) -> str:
    """Write a number of main homes."""
    return french.quantity(amount, *_MAIN)


def _write_margin(row: pd.Series, amount: float) -> str:
    """Write the margin of an amount in a small commune, where it is an order of magnitude: ` (± 12)`."""
    if not bool(is_small(row.to_frame().T).iloc[0]):
        return ""
    return f" (±{french.NBSP}{french.number(give_or_take(pd.Series([amount])).iloc[0])})"


@guard_finding
def break_even(data: pd.DataFrame, commune: Commune, *, lag: int = 0) -> Finding:
    """Describe the retrospective point mort of the last period.

    Reads `territory, since, until, starts, break_even, renewal, vacancy, secondary, decohabitation, demographic`
    (homes), `large_renewal` (true or false). Title and takeaway: homes started and point mort; reading: its terms;
    headline: more or fewer homes than a stable population would have taken. `lag` is the number of years from a start
    to a delivery.
    """
    row = rows_of(data, commune).iloc[-1]
    since, until = int(row["since"]), int(row["until"])
    margin = _write_margin(row, row["break_even"])
    homes, built = started(row, lag=lag), point_mort.built(lag=lag)
    title = f"De {since} à {until}, {homes} pour un point mort de {french.number(row['break_even'])}{margin}"
    terms = [
        f"{_TERMS[name]} {french.number(row[name], signed=True)}"
        for name in ("renewal", "vacancy", "secondary")
    ]
    household = "resserrement" if french.number_value(row["decohabitation"]) < 0 else "desserrement"
    terms.append(f"{household} des ménages {french.number(row['decohabitation'], signed=True)}")
    reading = (
        f"{', '.join(terms)} : {french.quantity(row['break_even'], 'logement')}{margin} pour garder la même population "
        f"des ménages ; l’effet démographique, ce qui reste des logements {built}, est de "
        f"{french.number(row['demographic'], signed=True)}"
    )
    if row["large_renewal"]:
        reading += (
            f". Le renouvellement représente plus de {french.percent(100 * LARGE_RENEWAL, digits=0)} "
            f"des logements {built} : c’est le premier chiffre à vérifier"
        )
    takeaway = (
        f"De {since} à {until}, {homes} ; garder la même population des ménages en aurait demandé "
        f"{french.number(row['break_even'])}{margin} (point mort rétrospectif)."
    )
    effect = french.number_value(row["demographic"])
    headline = (
        f"Autant de logements {built} qu’une population stable en aurait demandé"
        if effect == 0
        else f"{'Plus' if effect > 0 else 'Moins'} de logements {built} que n’en aurait demandé une population stable"
    )
    return Finding(title, f"{reading}.", takeaway, headline=headline)


@guard_finding
def people_per_kind(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the people of a main home, by its type then by its number of rooms.

    Reads `year, label` (types, then numbers of rooms) and, for every tenure together, `@name` (as written) and
    `measure@name`. Title: both types; reading: the smallest and the largest homes. Says nothing where neither type is
    significant. No takeaway.
    """
    by_label = data.set_index("label")
    written = by_label[f"@{EVERY_TENURE}"]
    written = written[~written.isin([french.NOT_SIGNIFICANT, french.MISSING])]
    year = int(data["year"].iloc[0])
    types = [f"{written[name]} ({name.lower()})" for name in ("Maisons", "Appartements") if name in written]
    if not types:
        return Finding()
    title = f"Personnes par résidence principale en {year} : {french.enumerate_words(types)}"
    rooms = [name for name in written.index if "pièce" in name]
    if len(rooms) < 2:
        return Finding(title, "")
    smallest, largest = rooms[0], rooms[-1]
    reading = (
        f"en {year}, une résidence principale de {smallest} loge en moyenne {written[smallest]} "
        f"{french.plural(by_label.loc[smallest, f'measure@{EVERY_TENURE}'], 'personne')}, et une de "
        f"{largest} {written[largest]}."
    )
    return Finding(title, reading)


@guard_finding
def break_evens(data: pd.DataFrame, commune: Commune, *, lag: int = 0) -> Finding:
    """Describe the point mort of each period.

    Reads `territory, since, until, starts, break_even, demographic` (homes). Title: point mort and homes started of
    each period; reading: the demographic effect of the last one. Says nothing of fewer than two periods. No takeaway.
    """
    rows = rows_of(data, commune)
    if len(rows) < 2:
        return Finding()
    by_period = [
        f"{french.number(row['break_even'])} sur {french.number(row['starts'])} de {int(row['since'])} à "
        f"{int(row['until'])}"
        for row in rows.to_dict("records")
    ]
    title = f"Point mort et logements {point_mort.built(lag=lag)} : {french.enumerate_words(by_period)}"
    last = rows.iloc[-1]
    reading = (
        f"de {int(last['since'])} à {int(last['until'])}, l’effet démographique est de "
        f"{french.quantity(last['demographic'], 'logement', signed=True)}. Chaque période a sa taille de ménages : "
        "elles ne s’additionnent pas."
    )
    return Finding(title, reading)


@guard_finding
def gained(data: pd.DataFrame, commune: Commune, *, lag: int = 0) -> Finding:
    """Describe the people gained for ten homes started.

    Reads `territory, since, until, starts, change, gained` (persons for ten homes). Title: homes, people and their
    ratio; reading and takeaway: the ratio against the first territory of comparison. `lag` is the number of years
    from a start to a delivery.
    """
    row = rows_of(data, commune).iloc[0]
    since, until = int(row["since"]), int(row["until"])
    counts = (
        f"De {since} à {until}, {started(row, lag=lag)} et "
        f"{french.quantity(row['change'], 'habitant', signed=True)}"
    )
    ratio = french.number(row["gained"], digits=1, signed=True)
    word = french.plural(row["gained"], "habitant")
    title = f"{counts} : {ratio} {word} pour 10 logements"
    other = first_other(data, commune)
    comparison = ""
    if other is not None and not french.is_missing(other["gained"]):
        comparison = f" ({other['territory']} : {french.number(other['gained'], digits=1, signed=True)})"
    reading = f"{ratio} {word} pour 10 logements {point_mort.built(lag=lag)}{comparison}."
    return Finding(title, reading, f"{title}{comparison}.")


@guard_finding
def people_per_home(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the people of a main home by tenure, at the last date.

    Reads `year, tenure, homes` (main homes), `size` (persons), where 200 homes or more. Title: each tenure; reading:
    owners at both dates. No takeaway.
    """
    years = sorted(int(year) for year in data["year"].unique())
    first, last = years[0], years[-1]
    significant = data[data["homes"] >= FRAGILE]
    sizes = significant.pivot(index="tenure", columns="year", values="size").reindex(
        list(_TENURES), columns=years
    )
    by_tenure = [
        f"{french.number(sizes.loc[name, last], digits=2)} ({name_of_tenure})"
        for name, name_of_tenure in _TENURES.items()
        if not french.is_missing(sizes.loc[name, last])
    ]
    title = f"Personnes par résidence principale en {last} : {french.enumerate_words(by_tenure)}"
    owners = 100 * sizes.loc["owner"]
    reading = (
        f"en {last}, cent résidences principales occupées par leur propriétaire logent "
        f"{french.number(owners[last])} personnes"
    )
    if len(years) > 1 and not french.is_missing(owners[first]):
        reading += f", contre {french.number(owners[first])} en {first}"
    return Finding(title if by_tenure else "", f"{reading}.")
