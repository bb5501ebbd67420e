"""The homes: what they are, who lives in them, and the households."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.commentary.finding import NEAR_SHARE, Finding, first_other, rows_of, telling, versus
from helpers.territory import Commune


@telling
def categories(data: pd.DataFrame, commune: Commune) -> Finding:
    """Main, second and vacant homes."""
    own = rows_of(data, commune).set_index("category")
    total, year = own["value"].sum(), int(own["year"].iloc[0])
    vacant = own.loc["LOGVAC"]
    title = f"{french.quantity(total, 'logement')} en {year}, dont {french.percent(vacant['share'])} vacants"
    reading = (
        f"en {year}, {french.percent(own.loc['RP', 'share'])} des logements {french.of(commune.name)} sont des résidences "
        f"principales et {french.percent(vacant['share'])} sont vacants ({french.quantity(vacant['value'], 'logement')})."
    )
    other = first_other(data[data["category"] == "LOGVAC"], commune)
    compared = ""
    if other is not None:
        compared = ", une part " + versus(vacant["share"], other, "share", commune, near=NEAR_SHARE, feminine=True, write=french.percent)  # fmt: skip
    takeaway = (
        f"En {year}, la commune compte {french.quantity(total, 'logement')} ; {french.percent(vacant['share'])} sont "
        f"vacants{compared}."
    )
    return Finding(title, reading, takeaway)


@telling
def owners(data: pd.DataFrame, commune: Commune) -> Finding:
    """Share of owner occupiers against the territories of comparison."""
    own = rows_of(data, commune).iloc[0]
    other = first_other(data, commune)
    year = int(own["year"])
    title = f"{french.percent(own['rate'])} de propriétaires occupants en {year}"
    reading = (
        f"en {year}, {french.percent(own['rate'])} des résidences principales {french.of(commune.name)} sont occupées par "
        "leur propriétaire."
    )
    takeaway = ""
    if other is not None:
        takeaway = f"{french.percent(own['rate'])} des ménages sont propriétaires de leur logement, une part " + versus(own["rate"], other, "rate", commune, near=NEAR_SHARE, feminine=True, write=french.percent) + "."  # fmt: skip
    return Finding(title, reading, takeaway)


@telling
def tenure(data: pd.DataFrame, commune: Commune) -> Finding:
    """Main homes by tenure at two dates."""
    own = rows_of(data, commune)
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
        f"{french.annual(own['annual_people'])} ; on compte {french.number(own['people_per_home_1'], digits=2)} habitants "
        f"par résidence principale en {until}, contre {french.number(own['people_per_home_0'], digits=2)} en {since}."
    )
    takeaway = (
        f"De {since} à {until}, {french.number(homes, signed=True)} résidences principales pour "
        f"{french.number(people, signed=True)} habitants : le nombre d’habitants par résidence principale passe de "
        f"{french.number(own['people_per_home_0'], digits=2)} à {french.number(own['people_per_home_1'], digits=2)}."
    )
    return Finding(title, reading, takeaway)


@telling
def household_size(data: pd.DataFrame, commune: Commune) -> Finding:
    """Mean household size over time."""
    own = rows_of(data, commune)
    first, last = own.iloc[0], own.iloc[-1]
    title = (
        f"Les ménages passent de {french.number(first['size'], digits=2)} personnes en {int(first['year'])} à "
        f"{french.number(last['size'], digits=2)} en {int(last['year'])}"
    )
    reading = f"un ménage compte en moyenne {french.number(last['size'], digits=2)} personnes en {int(last['year'])}."
    takeaway = f"La taille moyenne des ménages est de {french.number(last['size'], digits=2)} personnes en {int(last['year'])}."
    return Finding(title, reading, takeaway)


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
