"""Ages and tenure together."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.commentary.finding import Finding, telling
from helpers.indicators.ages import TENURES, age_label
from helpers.territory import Commune


@telling
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


@telling
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


@telling
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


@telling
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


@telling
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


@telling
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


@telling
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
