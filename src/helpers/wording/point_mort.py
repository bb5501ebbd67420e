"""What the homes built were for: findings on the past, never a need to come."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.indicators import point_mort
from helpers.indicators.homes_occupancy import EVERY_TENURE
from helpers.indicators.household_effect import give_or_take, is_small
from helpers.indicators.measures import margin_of_change as margin_of
from helpers.indicators.reliability import FRAGILE
from helpers.territory.communes import Commune
from helpers.wording.finding import Finding, first_other, guard_finding, of_territory, rows_of, started
from helpers.wording.materiality import more, more_of, more_of_both

_MAIN = ("résidence principale", "résidences principales")
# What is printed next to every figure of a convention.
_CONVENTIONS = {
    "A": "convention A : taille des ménages de fin de période",
    "B": "convention B : taille des ménages de début de période",
}
_TENURES = {
    "owner": "propriétaires occupants",
    "social": "locataires HLM",
    "private": "locataires hors HLM",
}
_KINDS = {
    "vacancy": ("logement vacant", "logements vacants"),
    "secondary": ("résidence secondaire", "résidences secondaires"),
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
    names; headline: which grew, within their margin neither.
    """
    row = rows_of(data, commune).iloc[-1]
    since, until = int(row["since"]), int(row["until"])
    homes, people = row["homes_1"] - row["homes_0"], row["people_1"] - row["people_0"]
    changed = f"{french.capitalize(more(homes, *_MAIN))}, {more(people, 'personne')}"
    reading, takeaway = _describe_convention_a(row) if convention == "A" else _describe_convention_b(row)
    homes_change = more_of(row["homes_0"], row["homes_1"], "résidences principales")
    headline = more_of_both(homes_change, more_of(row["people_0"], row["people_1"], "personnes"), "personnes")
    counts = f"{more(homes, *_MAIN)} et {more(people, 'personne')} dans les ménages"
    effect = row["demographic"]
    rest = f" Le reste est l’effet démographique : {more(effect, *_MAIN)}{_write_margin(row, effect)}."
    reading = f"{reading}.{rest if convention == 'A' else ''}{_describe_shares(row)}"
    return Finding(changed, reading, f"De {since} à {until}, {counts} ; {takeaway}.", headline=headline)


def _describe_shares(row: pd.Series) -> str:
    """Write the change of main homes and both its parts in % of all homes of the first date, as Insee does."""
    rates = [row[name] for name in ("decohabitation_rate", "demographic_rate", "homes_rate")]
    if any(map(french.is_missing, rates)):
        return ""
    size, demographic, total = (french.percent(rate, signed=True) for rate in rates)
    return (
        f" Rapportés à tous les logements de {int(row['since'])} : effet taille des ménages ({size}), effet "
        f"démographique ({demographic}), ensemble ({total})."
    )


def _describe_convention_a(row: pd.Series) -> tuple[str, str]:
    """Write the reading and the takeaway of convention A: homes for the first people, at the last size."""
    since, until, amount = int(row["since"]), int(row["until"]), row["decohabitation"]
    if french.is_missing(amount):
        return french.MISSING, french.MISSING
    homes, margin = _count_homes(abs(amount)), _write_margin(row, amount)
    last, first = (french.number(row[name], digits=2) for name in ("size_1", "size_0"))
    before = f"comme en {since}" if last == first else f"contre {first} en {since}"
    sizes = f"à la taille des ménages de {until} ({last} personnes, {before})"
    if french.number_value(amount) == 0:
        return (
            f"{sizes}, la population de {since} occuperait autant de résidences principales",
            "loger la population de départ n’en aurait demandé ni plus ni moins",
        )
    if amount > 0:
        return (
            f"{sizes}, loger la population de {since} aurait demandé {homes} de plus{margin} : c’est l’effet taille "
            "des ménages, ou desserrement",
            f"loger la population de départ en aurait demandé {french.number(amount)} de plus{margin}, c’est l’effet "
            "taille des ménages (desserrement)",
        )
    return (
        f"{sizes}, la population de {since} aurait tenu dans {homes} de moins{margin} : les ménages se sont agrandis, "
        "l’effet taille des ménages est un resserrement",
        f"loger la population de départ en aurait demandé {french.number(-amount)} de moins{margin}, c’est l’effet "
        "taille des ménages (resserrement)",
    )


def _describe_convention_b(row: pd.Series) -> tuple[str, str]:
    """Write the reading and the takeaway of convention B: homes for the change of people, at the first size."""
    since, until, amount = int(row["since"]), int(row["until"]), row["decohabitation"]
    if french.is_missing(amount):
        return french.MISSING, french.MISSING
    effect, margin = more(row["demographic"], *_MAIN), _write_margin(row, row["demographic"])
    word = "desserrement" if french.number_value(amount) >= 0 else "resserrement"
    rest = f"{french.number(abs(amount))} {'de moins' if amount < 0 else 'de plus'}"
    return (
        f"à la taille des ménages de {since} ({french.number(row['size_0'], digits=2)} personnes, "
        f"{french.number(row['size_1'], digits=2)} en {until}), la variation de la population des ménages représente "
        f"{effect}{margin} : c’est l’effet démographique ; le reste, {rest}, est l’effet taille des ménages ({word})",
        f"effet démographique de {french.number(abs(row['demographic']))} "
        f"{'de moins' if row['demographic'] < 0 else 'de plus'}{margin}, effet taille des ménages ({word}) {rest} "
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
    if row[["break_even", "demographic"]].isna().any():
        return Finding()
    margin = _write_margin(row, row["break_even"])
    homes, built = started(row, lag=lag), point_mort.built(lag=lag)
    terms = [_write_term(name, row[name]) for name in ("renewal", "vacancy", "secondary", "decohabitation")]
    reading = (
        f"{', '.join(terms)} : c’est le point mort ; l’effet démographique, ce qui reste des logements {built}, "
        f"représente {more(row['demographic'], 'logement')}"
    )
    if row["large_renewal"]:
        reading += f". Le renouvellement est grand à côté des logements {built} : c’est le premier chiffre à vérifier"
    needed = (
        f"garder la même population des ménages en aurait demandé {french.number(row['break_even'])}{margin} (point "
        "mort rétrospectif)"
        if row["break_even"] >= 0
        else "garder la même population des ménages n’en aurait demandé aucun (point mort négatif)"
    )
    takeaway = f"De {since} à {until}, {homes} ; {needed}."
    gap = french.number_value(row["demographic"])
    # Within the margin of the homes started and of the point mort, neither is more than the other.
    if gap == 0 or abs(gap) <= margin_of(row["starts"], row["break_even"]):
        headline = f"Autant de logements {built} que pour une population stable"
    else:
        headline = f"{'Plus' if gap > 0 else 'Moins'} de logements {built} que pour une population stable"
    title = (
        f"{french.quantity(row['break_even'], 'logement')} pour une population stable, {french.number(row['starts'])} "
        f"{built}"
        if french.number_value(row["break_even"]) > 0
        else f"Un point mort négatif, {french.number(row['starts'])} logements {built}"
    )
    number = french.number(row["starts"]), f"logements {built}, {since}-{until}"
    return Finding(title, f"{reading}.", takeaway, headline=headline, number=number)


def _write_term(name: str, amount: float) -> str:
    """Write a term of the point mort: `24 logements vacants de moins`, `295 de plus par le desserrement…`."""
    if name in _KINDS:
        return more(amount, *_KINDS[name])
    count = french.number_value(amount)
    if name == "renewal":
        # More homes are needed where some have gone.
        came = f"{french.plural(count, 'venu')} du parc existant, à déduire"
        return f"{french.quantity(abs(count), 'logement')} {'à remplacer' if count >= 0 else came} (renouvellement)"
    return f"{more(amount, 'logement')} par le {'desserrement' if count >= 0 else 'resserrement'} des ménages"


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
    names = {"Maisons": "par maison", "Appartements": "par appartement"}
    types = [
        f"{written[name]} {french.plural(by_label.loc[name, f'measure@{EVERY_TENURE}'], 'personne')} {verb}"
        for name, verb in names.items()
        if name in written
    ]
    if not types:
        return Finding()
    title = ", ".join(types)
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

    Reads `territory, since, until, starts, break_even, demographic` (homes). Title: in how many periods more homes were
    started; reading: point mort and homes started of each. Says nothing of fewer than two periods. No takeaway.
    """
    rows = rows_of(data, commune)
    if len(rows) < 2:
        return Finding()
    by_period = [
        f"{_write_point_mort(row['break_even'])} pour {french.number(row['starts'])} de {int(row['since'])} à "
        f"{int(row['until'])}"
        for row in rows.to_dict("records")
    ]
    above = int((rows["demographic"] > 0).sum())
    built = point_mort.built(lag=lag)
    title = {
        0: f"À chaque période, moins de logements {built} que le point mort",
        len(rows): f"À chaque période, plus de logements {built} que le point mort",
    }.get(above, f"Des logements {built} au-dessus ou au-dessous du point mort")
    reading = (
        f"point mort et logements {built}, {french.enumerate_words(by_period)}. Chaque période a sa taille de "
        "ménages : elles ne s’additionnent pas."
    )
    return Finding(title, reading)


def _write_point_mort(homes: float) -> str:
    """Write a point mort in a list: a negative one without its sign outside parentheses."""
    return french.number(homes) if not homes < 0 else f"négatif ({french.number(homes)})"


@guard_finding
def gained(data: pd.DataFrame, commune: Commune, *, lag: int = 0) -> Finding:
    """Describe the people gained for ten homes started.

    Reads `territory, since, until, starts, change, gained` (persons for ten homes). Title: their ratio; reading and
    takeaway: homes, people, and the ratio of the first territory of comparison. `lag` is the number of years from a
    start to a delivery.
    """
    row = rows_of(data, commune).iloc[0]
    since, until = int(row["since"]), int(row["until"])
    counts = f"de {since} à {until}, {started(row, lag=lag)}, {more(row['change'], 'habitant')}"
    if french.is_missing(row["gained"]):
        return Finding("", f"{counts}.")
    ratio = _for_ten(row["gained"])
    title = f"Pour 10 logements {point_mort.built(lag=lag)}, {ratio}"
    other = first_other(data, commune)
    comparison = ""
    if other is not None and not french.is_missing(other["gained"]):
        whole = f"l’ensemble {of_territory(str(other['territory']), commune)}"
        comparison = f" ; dans {whole}, {_for_ten(other['gained'])} pour 10 logements"
    return Finding(
        title,
        f"{counts}{comparison}.",
        f"{french.capitalize(counts)} : {ratio} pour 10 logements{comparison}.",
    )


def _for_ten(people: float) -> str:
    """Write people gained or lost: `8,1 habitants de plus`."""
    written = french.number(abs(people), digits=1)
    if written == "0,0":
        return "autant d’habitants"
    return f"{written} {french.plural(people, 'habitant')} de {'plus' if people > 0 else 'moins'}"


@guard_finding
def people_per_home(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the people of a main home by tenure, at the last date.

    Reads `year, tenure, homes` (main homes), `size` (persons), where 200 homes or more. Title: the tenures that house
    most and fewest; reading: each of them, and owners at the first date. No takeaway.
    """
    years = sorted(int(year) for year in data["year"].unique())
    first, last = years[0], years[-1]
    significant = data[data["homes"] >= FRAGILE]
    sizes = significant.pivot(index="tenure", columns="year", values="size").reindex(
        list(_TENURES), columns=years
    )
    known = sizes[last].dropna()
    if known.empty:
        return Finding()
    most = _TENURES[str(known.idxmax())]
    title = f"Les {most} sont les plus nombreux par logement" if len(known) > 1 else ""
    by_tenure = [f"{french.number(known[name], digits=2)} ({_TENURES[str(name)]})" for name in known.index]
    reading = f"personnes par résidence principale en {last} : {french.enumerate_words(by_tenure)}"
    if first != last and not french.is_missing(sizes.loc["owner", first]):
        reading += (
            f" ; en {first}, {french.number(sizes.loc['owner', first], digits=2)} pour les propriétaires"
        )
    return Finding(title, f"{reading}.")
