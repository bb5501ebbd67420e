"""Sentences made from figures: what they say, in which direction, against what. Never why.

Every function takes the data of an exhibit and returns a `Finding`; without data, an empty one.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from helpers import french
from helpers.indicators.ages import TENURES, age_label
from helpers.territory import Commune

# Half-widths within which two annual changes (points) or two shares (points) are said to be alike, or nearly.
_NEAR_CHANGE = (0.1, 0.3)
_NEAR_SHARE = (1.0, 5.0)
# An annual change under this reads as stability.
_STABLE = 0.05


@dataclass(frozen=True)
class Finding:
    """What an exhibit says: its title, the reading of one figure, and a sentence for "À retenir"."""

    title: str = ""
    reading: str = ""
    takeaway: str = ""
    demonstration: bool = False


def _finding(make: Callable[..., Finding]) -> Callable[..., Finding]:
    """No data, no sentence; simulated data, a sentence that says so."""

    @functools.wraps(make)
    def tell(data: pd.DataFrame, commune: Commune, **options: Any) -> Finding:
        own = data[data["territory"].astype("str") == commune.name] if "territory" in data else data
        if own.empty:
            return Finding()
        finding = make(data, commune, **options)
        finding = Finding(_known(finding.title), _known(finding.reading), _known(finding.takeaway))
        # A sentence may compare the commune with others: one simulated value makes it simulated.
        return (
            _simulated(finding) if "origin" in data and (data["origin"] == "demonstration").any() else finding
        )

    return tell


def _known(sentence: str) -> str:
    """The sentence, unless a figure of it is missing."""
    return "" if french.MISSING in sentence else sentence


def _simulated(finding: Finding) -> Finding:
    takeaway = f"{finding.takeaway.rstrip('.')} (données de démonstration)." if finding.takeaway else ""
    return replace(finding, takeaway=takeaway, demonstration=True)


def closeness(value: float, reference: float, *, near: tuple[float, float], feminine: bool = False) -> str:
    """`proche de`, `un peu plus élevé que`, `plus faible que`... by fixed bands of the difference."""
    gap = value - reference
    word = ("élevée" if feminine else "élevé") if gap > 0 else "faible"
    if abs(gap) < near[0]:
        return "proche de"
    return f"un peu plus {word} que" if abs(gap) < near[1] else f"plus {word} que"


def _versus(
    value: float, other: pd.Series, column: str, commune: Commune, *, near: tuple[float, float], feminine: bool,
    write: Callable[[float], str],
) -> str:  # fmt: skip
    """`un peu plus élevée que celle de l’intercommunalité (MEL : 7,1 %)`."""
    name = str(other["territory"])
    words = closeness(value, other[column], near=near, feminine=feminine)
    pronoun = "celle" if feminine else "celui"
    return f"{words} {pronoun} {_of_level(name, commune)} ({name} : {write(other[column])})"


def _of_level(name: str, commune: Commune) -> str:
    """What a territory is to the commune, after "de": its own name would want an article."""
    if any(name == territory.name for territory in commune.comparison(["epci"])):
        return "de l’intercommunalité"
    if name.startswith(commune.department_name):
        return "du département"
    return "de la région" if name.startswith(commune.region_name) else "de la France"


def _in(epci: str) -> str:
    """The name of an EPCI after "de": `de la MEL`, `de la CA du Grand Dole`, `de Toulouse Métropole`."""
    feminine = ("MEL", "CC ", "CA ", "CU ", "Métropole ", "Communauté ")
    if epci.startswith("Eurométropole"):
        return f"de l’{epci}"
    return f"de la {epci}" if epci.startswith(feminine) else french.of(epci)


def _first_other(data: pd.DataFrame, commune: Commune) -> pd.Series | None:
    others = data[data["territory"].astype("str") != commune.name].sort_values("territory")
    return None if others.empty else others.iloc[0]


def _own(data: pd.DataFrame, commune: Commune) -> pd.DataFrame:
    return data[data["territory"].astype("str") == commune.name]


def _moves(annual: float) -> str:
    if french.is_missing(annual):
        return french.MISSING
    if abs(annual) < _STABLE:
        return "reste stable"
    return "augmente" if annual > 0 else "diminue"


@_finding
def recent(data: pd.DataFrame, commune: Commune) -> Finding:
    """Population, index 100 at the first year."""
    own = _own(data, commune)
    first, last = own.iloc[0], own.iloc[-1]
    change = last["POP"] - first["POP"]
    years = int(last["year"] - first["year"])
    if years == 0:
        return Finding()
    annual = 100 * ((last["POP"] / first["POP"]) ** (1 / years) - 1) if first["POP"] else float("nan")
    title = (
        f"{french.quantity(last['POP'], 'habitant')} en {int(last['year'])}, "
        f"{french.number(change, signed=True)} depuis {int(first['year'])}"
    )
    reading = (
        f"pour 100 habitants en {int(first['year'])}, {commune.name} en compte "
        f"{french.number(last['index'], digits=1)} en {int(last['year'])}."
    )
    takeaway = (
        f"{commune.name} compte {french.quantity(last['POP'], 'habitant')} en {int(last['year'])}. Depuis "
        f"{int(first['year'])}, sa population {_moves(annual)} ({french.annual(annual)})."
    )
    return Finding(title, reading, takeaway)


@_finding
def balances(data: pd.DataFrame, commune: Commune) -> Finding:
    """Annual change and its two balances."""
    own = _own(data, commune).iloc[0]
    since, until = int(own["since"]), int(own["until"])
    sense = (
        _outweigh(("naissances", "décès"), own["natural"]),
        _outweigh(("arrivées", "départs"), own["migratory"]),
    )
    title = f"De {since} à {until}, la population {_moves(own['annual'])} : {', '.join(sense)}"
    reading = (
        f"entre {since} et {until}, la population {french.of(commune.name)} évolue de {french.annual(own['annual'])}, dont "
        f"{french.percent(own['annual_natural'], signed=True)} dus au solde naturel "
        f"({french.quantity(own['natural'], 'personne', signed=True)}) et "
        f"{french.percent(own['annual_migratory'], signed=True)} au solde migratoire apparent "
        f"({french.number(own['migratory'], signed=True)})."
    )
    other = _first_other(data, commune)
    versus = ""
    if other is not None:
        versus = ", un rythme " + _versus(own["annual"], other, "annual", commune, near=_NEAR_CHANGE, feminine=False, write=french.annual)  # fmt: skip
    takeaway = (
        f"De {since} à {until}, la population évolue de {french.annual(own['annual'])}{versus}. Solde naturel : "
        f"{french.number(own['natural'], signed=True)} ; solde migratoire apparent : "
        f"{french.number(own['migratory'], signed=True)}."
    )
    return Finding(title, reading, takeaway)


def _outweigh(pair: tuple[str, str], balance: float) -> str:
    gains, losses = pair
    if french.number_value(balance) == 0:
        return f"autant {french.of(gains)} que de {losses}"
    return (
        f"plus {french.of(gains)} que de {losses}"
        if balance > 0
        else f"moins {french.of(gains)} que de {losses}"
    )


@_finding
def long_series(data: pd.DataFrame, commune: Commune) -> Finding:
    """Population since 1968."""
    own = _own(data, commune)
    first, last = own.iloc[0], own.iloc[-1]
    peak = own.loc[own["POP"].idxmax()]
    title = f"De {french.count(first['POP'])} habitants en {int(first['year'])} à {french.count(last['POP'])} en {int(last['year'])}"
    reading = f"le maximum de la série est atteint en {int(peak['year'])}, avec {french.quantity(peak['POP'], 'habitant')}."
    return Finding(title, reading)


@_finding
def age_groups(data: pd.DataFrame, commune: Commune) -> Finding:
    """Broad age groups at two dates."""
    own = _own(data, commune)
    years = sorted(int(year) for year in own["year"].unique())
    table = own.pivot(index="group", columns="year", values="share")
    if len(years) < 2:
        oldest = own[own["group"] == own["group"].iloc[-1]].iloc[0]
        return Finding(
            f"{french.percent(oldest['share'])} de la population a {oldest['group']}",
            f"{french.quantity(oldest['value'], 'personne')} ont {oldest['group']} en {years[0]}.",
        )
    change = table[years[-1]] - table[years[0]]
    group = change.abs().idxmax()
    moved = "gagnent" if change[group] > 0 else "perdent"
    title = f"Les {group} {moved} {french.points(abs(change[group])).lstrip('+')} dans la population de {years[0]} à {years[-1]}"
    if round(change[group], 1) == 0:
        title = f"Chaque groupe d’âges garde sa part de la population de {years[0]} à {years[-1]}"
    reading = (
        f"les {group} représentent {french.percent(table[years[-1]][group])} de la population {french.of(commune.name)} en "
        f"{years[-1]}, contre {french.percent(table[years[0]][group])} en {years[0]}."
    )
    oldest = list(own["group"])[-1]
    takeaway = (
        f"Les {oldest} forment {french.percent(table[years[-1]][oldest])} de la population en {years[-1]} "
        f"({french.points(change[oldest])} depuis {years[0]}), les 0 à 14 ans "
        f"{french.percent(table[years[-1]]['0 à 14 ans'])} ({french.points(change['0 à 14 ans'])})."
    )
    return Finding(title, reading, takeaway)


@_finding
def growth_map(data: pd.DataFrame, commune: Commune, *, epci: str) -> Finding:
    """Annual change by commune of the EPCI, ranked from the strongest rise to the strongest fall."""
    known = data.dropna(subset="annual")
    if commune.code not in set(known["code"]):
        return Finding()
    own = known[known["code"] == commune.code].iloc[0]
    rank = int((known["annual"] > own["annual"]).sum()) + 1
    total = len(known)
    ordinal = "1ʳᵉ" if rank == 1 else f"{rank}ᵉ"
    title = f"{ordinal} évolution de population sur {total} communes {_in(epci)}" if epci else ""
    reading = (
        f"{commune.name} évolue de {french.annual(own['annual'])} ; la moitié des communes {_in(epci)} sont au-dessus de "
        f"{french.annual(known['annual'].median())}."
    )
    return Finding(title, reading)


@_finding
def categories(data: pd.DataFrame, commune: Commune) -> Finding:
    """Main, second and vacant homes."""
    own = _own(data, commune).set_index("category")
    total, year = own["value"].sum(), int(own["year"].iloc[0])
    vacant = own.loc["LOGVAC"]
    title = f"{french.quantity(total, 'logement')} en {year}, dont {french.percent(vacant['share'])} vacants"
    reading = (
        f"en {year}, {french.percent(own.loc['RP', 'share'])} des logements {french.of(commune.name)} sont des résidences "
        f"principales et {french.percent(vacant['share'])} sont vacants ({french.quantity(vacant['value'], 'logement')})."
    )
    other = _first_other(data[data["category"] == "LOGVAC"], commune)
    versus = ""
    if other is not None:
        versus = ", une part " + _versus(vacant["share"], other, "share", commune, near=_NEAR_SHARE, feminine=True, write=french.percent)  # fmt: skip
    takeaway = (
        f"En {year}, la commune compte {french.quantity(total, 'logement')} ; {french.percent(vacant['share'])} sont "
        f"vacants{versus}."
    )
    return Finding(title, reading, takeaway)


@_finding
def owners(data: pd.DataFrame, commune: Commune) -> Finding:
    """Share of owner occupiers against the territories of comparison."""
    own = _own(data, commune).iloc[0]
    other = _first_other(data, commune)
    year = int(own["year"])
    title = f"{french.percent(own['rate'])} de propriétaires occupants en {year}"
    reading = (
        f"en {year}, {french.percent(own['rate'])} des résidences principales {french.of(commune.name)} sont occupées par "
        "leur propriétaire."
    )
    takeaway = ""
    if other is not None:
        takeaway = f"{french.percent(own['rate'])} des ménages sont propriétaires de leur logement, une part " + _versus(own["rate"], other, "rate", commune, near=_NEAR_SHARE, feminine=True, write=french.percent) + "."  # fmt: skip
    return Finding(title, reading, takeaway)


@_finding
def tenure(data: pd.DataFrame, commune: Commune) -> Finding:
    """Main homes by tenure at two dates."""
    own = _own(data, commune)
    years = sorted(int(year) for year in own["year"].unique())
    shares = own.pivot(index="status", columns="year", values="share")
    counts = own.pivot(index="status", columns="year", values="value")
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


@_finding
def stock_series(data: pd.DataFrame, commune: Commune) -> Finding:
    """The stock of homes over time."""
    totals = data.groupby("year")["value"].sum()
    first, last = totals.index[0], totals.index[-1]
    growth = totals[last] / totals[first] if totals[first] else float("nan")
    title = f"Le parc passe de {french.count(totals[first])} logements en {first} à {french.count(totals[last])} en {last}"
    return Finding(
        title, f"pour 100 logements en {first}, la commune en compte {french.number(100 * growth)} en {last}."
    )


@_finding
def social(data: pd.DataFrame, commune: Commune) -> Finding:
    """Two measures of social housing."""
    own = _own(data, commune).iloc[0]
    year = int(own["register_year"])
    title = f"{french.quantity(own['RPLS'], 'logement social', 'logements sociaux')} au 1er janvier {year}"
    reading = (
        f"le répertoire des bailleurs compte {french.quantity(own['RPLS'], 'logement social', 'logements sociaux')} au "
        f"1er janvier {year}, soit {french.number(own['register_rate'], digits=1)} pour 100 résidences principales du "
        "recensement."
    )
    return Finding(title, reading)


@_finding
def people_and_homes(data: pd.DataFrame, commune: Commune) -> Finding:
    """People and main homes between two dates."""
    own = _own(data, commune).iloc[0]
    since, until = int(own["since"]), int(own["until"])
    homes, people = own["RP_1"] - own["RP_0"], own["POP_1"] - own["POP_0"]
    title = (
        f"De {since} à {until} : {french.number(homes, signed=True)} résidences principales, "
        f"{french.number(people, signed=True)} habitants"
    )
    reading = (
        f"les résidences principales évoluent de {french.annual(own['annual_homes'])} et la population de "
        f"{french.annual(own['annual_people'])} ; on compte {french.number(own['people_per_home_1'], digits=2)} habitants "
        f"par résidence principale en {until}, contre {french.number(own['people_per_home_0'], digits=2)} en {since}."
    )
    takeaway = (
        f"De {since} à {until}, {french.number(homes, signed=True)} résidences principales pour "
        f"{french.number(people, signed=True)} habitants : le nombre d’habitants par résidence principale passe de "
        f"{french.number(own['people_per_home_0'], digits=2)} à {french.number(own['people_per_home_1'], digits=2)}."
    )
    return Finding(title, reading, takeaway)


@_finding
def household_size(data: pd.DataFrame, commune: Commune) -> Finding:
    """Mean household size over time."""
    own = _own(data, commune)
    first, last = own.iloc[0], own.iloc[-1]
    title = (
        f"Les ménages passent de {french.number(first['size'], digits=2)} personnes en {int(first['year'])} à "
        f"{french.number(last['size'], digits=2)} en {int(last['year'])}"
    )
    reading = f"un ménage compte en moyenne {french.number(last['size'], digits=2)} personnes en {int(last['year'])}."
    takeaway = f"La taille moyenne des ménages est de {french.number(last['size'], digits=2)} personnes en {int(last['year'])}."
    return Finding(title, reading, takeaway)


@_finding
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


@_finding
def household_effect(data: pd.DataFrame, commune: Commune) -> Finding:
    """What household change took of the homes, on the last period."""
    own = _own(data, commune).iloc[-1]
    since, until = int(own["since"]), int(own["until"])
    homes, people = own["homes_1"] - own["homes_0"], own["people_1"] - own["people_0"]
    title = (
        f"De {since} à {until}, {french.number(homes, signed=True)} résidences principales et "
        f"{french.number(people, signed=True)} personnes dans les ménages"
    )
    reading = (
        f"à la taille des ménages de {until} ({french.number(own['size_1'], digits=2)} personnes), loger la population de "
        f"{since} aurait demandé {french.number(own['decohabitation'], signed=True)} résidences principales."
    )
    takeaway = (
        f"De {since} à {until}, maintenir la population des ménages aurait demandé "
        f"{french.number(own['decohabitation'], signed=True)} résidences principales ; la commune en a gagné "
        f"{french.number(homes)}."
        if homes >= 0
        else ""
    )
    return Finding(title, reading, takeaway)


@_finding
def break_even(data: pd.DataFrame, commune: Commune) -> Finding:
    """The retrospective point mort, told from its steps."""
    amounts = data.set_index("label")["amount"]
    starts, even, effect = amounts.iloc[0], amounts.iloc[1:-1].mul(-1).sum(), amounts.iloc[-1]
    title = (
        f"Sur {french.number(starts)} logements commencés, {french.number(even)} ont maintenu la population "
        f"et {french.number(effect)} l’ont fait croître"
        if min(effect, even) >= 0
        else f"{french.number(starts)} logements commencés pour un point mort de {french.number(even)}"
    )
    reading = (
        f"le point mort (renouvellement, vacance, résidences secondaires, desserrement) s’élève à {french.number(even)} "
        "logements sur la période ; c’est un constat, non un besoin à venir."
    )
    return Finding(title, reading)


@_finding
def pyramid(data: pd.DataFrame, commune: Commune) -> Finding:
    """Two pyramids overlaid."""
    years = sorted(int(year) for year in data["year"].unique())
    totals = data.groupby(["age", "year"])["value"].sum().unstack()
    if len(years) < 2:
        return Finding(f"La pyramide des âges en {years[0]}", "")
    change = totals[years[-1]] - totals[years[0]]
    rise, fall = int(change.idxmax()), int(change.idxmin())
    word = "plus forte hausse" if change[rise] > 0 else "moindre baisse"
    title = f"De {years[0]} à {years[-1]}, la {word} est chez les {age_label(rise)}"
    word = "plus forte baisse" if change[fall] < 0 else "moindre hausse"
    reading = (
        f"les {age_label(rise)} passent de {french.count(totals[years[0]][rise])} à "
        f"{french.count(totals[years[-1]][rise])} personnes ; la {word} est chez les {age_label(fall)} "
        f"({french.number(change[fall], signed=True)})."
    )
    return Finding(title, reading, f"De {years[0]} à {years[-1]}, {reading[0]}{reading[1:].rstrip('.')}.")


@_finding
def services(data: pd.DataFrame, commune: Commune) -> Finding:
    """The ages of services that rise and fall most between two dates."""
    own = data.reset_index(drop=True)
    since, until = int(own["since"].iloc[0]), int(own["until"].iloc[0])
    rise, fall = own.loc[own["change"].idxmax()], own.loc[own["change"].idxmin()]

    def tell(row: pd.Series) -> str:
        return (
            f"les {row['label']} passent de {french.count(row['people_0'])} à {french.count(row['people_1'])}"
        )

    widest = own.loc[own["change"].abs().idxmax()]
    title = f"De {since} à {until}, {tell(widest)}"
    reading = (
        f"de {since} à {until}, {tell(rise)} ({french.number(rise['change'], signed=True)}), {tell(fall)} "
        f"({french.number(fall['change'], signed=True)})."
    )
    return Finding(title, reading, f"{title} ({french.number(widest['change'], signed=True)}).")


@_finding
def services_per_home(data: pd.DataFrame, commune: Commune) -> Finding:
    """The homes started beside the ages of services over the same period."""
    own = data.dropna(subset="per_ten").reset_index(drop=True)
    if own.empty:
        return Finding("Trop peu de logements commencés pour les rapporter aux âges", "")
    row = own.loc[own["change"].abs().idxmax()]
    since, until = int(row["since"]), int(row["until"])
    homes = french.quantity(row["starts"], "logement commencé", "logements commencés")
    title = f"De {since} à {until}, {homes}, et {french.number(row['change'], signed=True)} habitants pour les {row['label']}"
    reading = (
        f"de {since} à {until}, {homes} ; sur la même période, les {row['label']} sont "
        f"{french.number(abs(row['change']))} de {'plus' if row['change'] > 0 else 'moins'}, soit "
        f"{french.number(row['per_ten'], digits=1, signed=True)} pour 10 logements."
    )
    return Finding(title, reading)


@_finding
def elders(data: pd.DataFrame, commune: Commune) -> Finding:
    """How old the people in owned homes are, at the last date."""
    last = data[data["year"] == data["year"].max()].reset_index(drop=True)
    row, year = last.iloc[0], int(last["year"].iloc[0])
    title = f"{french.percent(row['share'])} des personnes en logement possédé ont {row['label']} en {year}"
    reading = (
        f"en {year}, {french.count(row['value'])} des {french.count(row['owners'])} personnes dont le ménage possède son "
        f"logement ont {row['label']}."
    )
    return Finding(title, reading, f"{title}.")


@_finding
def renewal(data: pd.DataFrame, commune: Commune) -> Finding:
    """Owners of 30 to 49 for one of 65 or over."""
    own = data[data["territory"].astype("str") == commune.name]
    last = own.loc[own["year"].idxmax()]
    year, ratio = int(last["year"]), french.number(last["ratio"], digits=1)
    title = f"{ratio} {french.plural(last['ratio'], 'personne', 'personnes')} de 30 à 49 ans en logement possédé pour une de 65 ans ou plus en {year}"
    reading = (
        f"en {year}, {french.count(last['young'])} personnes de 30 à 49 ans et {french.count(last['old'])} de 65 ans ou plus "
        "vivent dans un logement que leur ménage possède."
    )
    return Finding(title, reading)


@_finding
def generations(data: pd.DataFrame, commune: Commune) -> Finding:
    """The generation whose ownership rises most."""
    wide = data.pivot_table(index=["low", "label"], columns="year", values=["rate", "people"])
    since, until = int(data["since"].iloc[0]), int(data["until"].iloc[0])
    change = (wide["rate"][until] - wide["rate"][since]).dropna()
    if change.empty:
        return Finding()
    low, label = change.idxmax()
    before, after = wide.loc[(low, label), ("rate", since)], wide.loc[(low, label), ("rate", until)]
    title = f"Ceux qui avaient {label} en {since} : {french.percent(before)} en logement possédé alors, {french.percent(after)} en {until}"
    reading = f"parmi les habitants qui avaient {label} en {since}, {french.percent(before)} vivaient dans un logement possédé ; {french.percent(after)} de la même génération en {until}."
    return Finding(title, reading)


@_finding
def pyramid_tenure(data: pd.DataFrame, commune: Commune, *, ages: tuple[int, int] = (60, 69)) -> Finding:
    """Owners of an age at two dates."""
    years = sorted(int(year) for year in data["year"].unique())
    low, high = ages
    chosen = data[(data["tenure"] == "owner") & data["age"].between(low, high)]
    totals = chosen.groupby("year")["value"].sum()
    if len(years) < 2:
        return Finding(f"Les habitants selon l’âge et le statut d’occupation en {years[0]}", "")
    change = totals[years[-1]] - totals[years[0]]
    verb = "autant" if french.number_value(change) == 0 else "plus" if change > 0 else "moins"
    title = f"En {years[-1]}, {verb} d’habitants de {low} à {high} ans propriétaires de leur logement qu’en {years[0]}"
    reading = (
        f"en {years[-1]}, {french.count(totals[years[-1]])} habitants {french.of(commune.name)} de {low} à {high} ans vivent "
        f"dans un logement dont leur ménage est propriétaire, contre {french.count(totals[years[0]])} en {years[0]} "
        f"({french.number(change, signed=True)})."
    )
    takeaway = (
        f"Le nombre d’habitants de {low} à {high} ans vivant dans un logement possédé passe de "
        f"{french.count(totals[years[0]])} à {french.count(totals[years[-1]])} de {years[0]} à {years[-1]}."
    )
    return Finding(title, reading, takeaway)


def outside_homes(data: pd.DataFrame) -> str:
    """How many people of a pyramid by tenure live outside ordinary dwellings, at each date; "" when it is unknown."""
    outside = data[data["tenure"] == "outside"].groupby("year")["value"].sum()
    if outside.empty:
        return ""
    counts = [f"{french.count(value)} en {year}" for year, value in outside.items()]
    return (
        "les personnes vivant hors logement ordinaire (communautés, habitations mobiles, sans-abri) n’y sont pas : "
        f"{french.enumerate_words(counts)}."
    )


@_finding
def tenure_check(data: pd.DataFrame, commune: Commune) -> Finding:
    """The people of the pyramids by tenure against those of the file of dwellings, where they agree least."""
    sure = data[~data["small"]].dropna(subset="gap_rate")
    if sure.empty:
        return Finding(
            "Deux comptages des habitants par statut, sur des effectifs trop faibles pour être comparés", ""
        )
    last = sure[sure["year"] == sure["year"].max()]
    widest = last.loc[last["gap_rate"].abs().idxmax()]
    year, tenure = int(widest["year"]), TENURES[str(widest["tenure"])].lower()
    title = f"Deux comptages des habitants par statut : {french.percent(abs(widest['gap_rate']))} d’écart au plus en {year}"
    reading = (
        f"en {year} ({tenure}, {str(widest['group']).lower()}), {french.count(widest['persons'])} personnes selon le fichier des "
        f"individus, {french.count(widest['dwellings_file'])} selon celui des logements "
        f"({french.percent(widest['gap_rate'], signed=True)})."
    )
    return Finding(title, reading)


@_finding
def ownership(data: pd.DataFrame, commune: Commune) -> Finding:
    """Persons living in an owned home, by age."""
    last = data[data["year"] == data["year"].max()].dropna(subset="rate")
    if last.empty:
        return Finding()
    peak = last.loc[last["rate"].idxmax()]
    year = int(peak["year"])
    peak_ages = age_label(int(peak["age"]), width=10, last=80)
    title = f"{french.percent(peak['rate'])} des {peak_ages} vivent dans un logement possédé, le taux le plus élevé"
    reading = (
        f"en {year}, {french.percent(peak['rate'])} des {age_label(int(peak['age']), width=10, last=80)} vivent dans un "
        "logement dont leur ménage est propriétaire."
    )
    oldest = last.iloc[-1]
    oldest_ages = age_label(int(oldest["age"]), width=10, last=80)
    takeaway = f"En {year}, {french.percent(oldest['rate'])} des personnes de {oldest_ages} vivent dans un logement possédé."
    return Finding(title, reading, takeaway)


def facts(data: pd.DataFrame, commune: Commune, *, among: str) -> Finding:
    """The facts that stand out most."""
    if data.empty:
        return Finding()
    first = data.iloc[0]
    standing = data[data["stands_out"]]
    title = (
        f"{french.quantity(len(standing), 'fait')} {french.plural(len(standing), 'distingue', 'distinguent')} "
        f"{commune.name} parmi les communes {_in(among)}"
        if len(standing)
        else f"{commune.name} ressemble aux autres communes {_in(among)}"
    )
    reading = (
        f"{first['indicator']} : {first['written']} {french.at(commune.name)}, au-dessus de "
        f"{french.percent(first['percentile'], digits=0)} des autres communes {_in(among)} (médiane des autres : "
        f"{first['reference']}). La barre foncée couvre la moitié centrale des communes."
    )
    return Finding(title, reading)


def fact_sentences(data: pd.DataFrame, commune: Commune, *, among: str, limit: int = 5) -> list[Finding]:
    """One sentence for each of the facts chosen for debate, most salient first."""
    findings = []
    for row in data.head(limit).to_dict("records"):
        high = row["percentile"] >= 50
        if row["stands_out"]:
            side = f"parmi les plus {'élevés' if high else 'faibles'} {_in(among)}"
        else:
            side = f"{'au-dessus' if high else 'au-dessous'} de la moitié des communes {_in(among)}"
        finding = Finding(
            takeaway=f"{row['indicator']} : {row['written']}, {side} "
            f"(médiane des autres communes : {row['reference']} ; rang {row['rank']})."
        )
        findings.append(_simulated(finding) if row["origin"] == "demonstration" else finding)
    return findings
