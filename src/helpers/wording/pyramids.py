"""Ages and tenure together: pyramids, their classes and their level."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers import french
from helpers.indicators.age_by_tenure import OLDEST, OWNERS_TOLD, Crossing
from helpers.indicators.ages import TENURES, group_label
from helpers.indicators.reliability import FRAGILE
from helpers.territory.communes import Commune
from helpers.wording.finding import Finding, guard_finding

# What each level counts, its name, the field of its exhibits, and the ages of the owners that they tell.
_COUNTED = {
    "individus": "personnes selon le sexe, l’âge et le statut d’occupation de leur ménage",
    "menages": "ménages selon l’âge de leur personne de référence et leur statut d’occupation",
    "logements": "personnes par grands âges selon le statut d’occupation de leur ménage, sans le sexe",
}
_NAMES = {"individus": "individus", "menages": "ménages", "logements": "logements"}
_SCOPES = {
    "individus": "population des ménages ; chaque personne prend le statut d’occupation de son ménage.",
    "menages": "ménages, donc résidences principales ; l’âge est celui de la personne de référence.",
    "logements": "population des ménages ; chaque personne prend le statut d’occupation de son ménage.",
}


def _comparable_classes(data: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """Sum the people of each class by date, both sexes, of the classes of 200 persons or more at both ends.

    Reads `group, year, value`.
    """
    totals = data.groupby(["group", "year"])["value"].sum().unstack()
    return totals[(totals[[years[0], years[-1]]] >= FRAGILE).all(axis=1)]


def _class_shares(data: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """Compute the share (%) of each comparable class in all the people of its date."""
    return 100 * _comparable_classes(data, years) / data.groupby("year")["value"].sum()


@guard_finding
def pyramid(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the classes of ages that gain and lose most people between two dates.

    Reads `year, sex, group, value` (persons). Title: the widest gain; reading and takeaway: its counts and the widest
    loss; headline: both, when one grows and the other shrinks. Only a title at a single date, or when every class is
    too small.
    """
    years = sorted(int(year) for year in data["year"].unique())
    if len(years) < 2:
        return Finding(f"La pyramide des âges en {years[0]}", "")
    totals = _comparable_classes(data, years)
    if totals.empty:
        return Finding(f"La pyramide des âges en {years[0]} et {years[-1]}", "")
    change = totals[years[-1]] - totals[years[0]]
    rise, fall = str(change.idxmax()), str(change.idxmin())
    word = "plus forte hausse" if change[rise] > 0 else "moindre baisse"
    title = f"De {years[0]} à {years[-1]}, la {word} est chez les {rise}"
    word = "plus forte baisse" if change[fall] < 0 else "moindre hausse"
    reading = (
        f"les {rise} passent de {french.count(totals[years[0]][rise])} à {french.count(totals[years[-1]][rise])} "
        f"personnes ; la {word} est chez les {fall} ({french.number(change[fall], signed=True)})."
    )
    takeaway = f"De {years[0]} à {years[-1]}, {reading[0]}{reading[1:].rstrip('.')}."
    grown, shrunk = french.number_value(change[rise]), french.number_value(change[fall])
    headline = f"Davantage de {rise}, moins de {fall}" if grown > 0 > shrunk else ""
    return Finding(title, reading, takeaway, headline=headline)


@guard_finding
def pyramid_shares(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the class of ages whose share of the population grows most between two dates.

    Reads `year, sex, group, value` (persons). Title and reading: its shares at both dates. Only a title at a single
    date, or when every class is too small. No takeaway.
    """
    years = sorted(int(year) for year in data["year"].unique())
    if len(years) < 2:
        return Finding(f"La pyramide des âges en {years[0]}, en pourcentage", "")
    shares = _class_shares(data, years)
    if shares.empty:
        return Finding(f"La pyramide des âges en {years[0]} et {years[-1]}, en pourcentage", "")
    rise = str((shares[years[-1]] - shares[years[0]]).idxmax())
    before, after = french.percent(shares[years[0]][rise]), french.percent(shares[years[-1]][rise])
    title = f"Les {rise} : {before} de la population en {years[0]}, {after} en {years[-1]}"
    reading = (
        f"la part des {rise} dans la population passe de {before} à {after} de {years[0]} à {years[-1]} ; c’est la "
        "classe d’âges dont la part évolue le plus à la hausse."
    )
    return Finding(title, reading)


@guard_finding
def pyramid_tenure(data: pd.DataFrame, commune: Commune, *, level: str = "individus") -> Finding:
    """Describe the owners of an age at two dates: those of 60 to 69 or, where classes are broader, the older ones.

    Reads `year, tenure, low, high` (first and last ages of a class), `value` (persons, or households at the level
    `menages`). Title, reading and takeaway: both counts; headline: more or fewer. Only a title at a single date, or
    under 200 owners.
    """
    years = sorted(int(year) for year in data["year"].unique())
    households = level == "menages"
    if len(years) < 2:
        who = "ménages" if households else "habitants"
        return Finding(f"Les {who} selon l’âge et le statut d’occupation en {years[0]}", "")
    low, high = OWNERS_TOLD[level]
    aged = group_label((low, high))
    end = float("inf") if high is None else high
    chosen = data[(data["tenure"] == "owner") & (data["low"] >= low)]
    chosen = chosen[chosen["high"].fillna(float("inf")) <= end]
    totals = chosen.groupby("year")["value"].sum().reindex(years, fill_value=0.0)
    before, after = totals.iloc[0], totals.iloc[-1]
    if min(before, after) < FRAGILE:
        who = "ménages" if households else "habitants"
        return Finding(f"Les {who} selon l’âge et le statut d’occupation en {years[0]} et {years[-1]}", "")
    change = french.number_value(after - before)
    verb = "autant" if change == 0 else "plus" if change > 0 else "moins"
    place = french.of(commune.name)
    if households:
        who = f"ménages propriétaires dont la personne de référence a {aged}"
        reading = (
            f"ménages {place} dont la personne de référence a {aged} sont propriétaires de leur logement"
        )
        counted = f"de {who}"
    else:
        who = f"habitants de {aged} vivant dans un logement possédé"
        reading = f"habitants {place} de {aged} vivent dans un logement dont leur ménage est propriétaire"
        counted = f"d’{who}"
    return Finding(
        f"{french.count(after)} {who} en {years[-1]}, contre {french.count(before)} en {years[0]}",
        f"en {years[-1]}, {french.count(after)} {reading}, contre {french.count(before)} en {years[0]} "
        f"({french.number(after - before, signed=True)}).",
        f"Le nombre {counted} passe de {french.count(before)} à {french.count(after)} de {years[0]} à {years[-1]}.",
        headline=f"{verb.capitalize()} {counted} qu’en {years[0]}",
    )


def level(crossing: Crossing, commune: Commune) -> str:
    """Write what the exhibits by tenure count, and why: the level asked, or what takes its place; "" without data."""
    if not crossing.level:
        return ""
    dates = french.enumerate_words([str(year) for year in crossing.years])
    counted = f"« {_NAMES[crossing.level]} » ({_COUNTED[crossing.level]})"
    if crossing.asked == crossing.level:
        return f"Niveau demandé par les paramètres : {counted}, en {dates}."
    if not crossing.asked:
        return (
            f"Niveau : {counted}, le plus fin que donnent les données {french.of(commune.name)} pour {dates}."
        )
    return (
        f"Le niveau demandé, « {_NAMES[crossing.asked]} » ({_COUNTED[crossing.asked]}), n’est pas dans les données "
        f"{french.of(commune.name)} à ces dates ; à sa place, le niveau {counted}, en {dates}."
    )


def counted(crossing: Crossing) -> str:
    """Write the field of the exhibits by tenure at a level; "" without data."""
    return _SCOPES.get(crossing.level, "")


def classes(data: pd.DataFrame) -> str:
    """Write why a pyramid has classes of ten years, or bars of unequal heights; "" where they are of five.

    Reads `low, high` (first and last ages of a class).
    """
    widths = set((data["high"] - data["low"] + 1).dropna().astype("int64"))
    if len(widths) > 1:
        first, last = int(data["low"].min()), int(data["low"].max())
        begins = f"la première classe est dessinée à partir de {first} ans, " if first else ""
        return (
            "classes d’âges de largeurs inégales : la longueur d’une barre est un effectif par année d’âge, sa surface "
            f"un effectif ; {begins}la dernière ({last} ans ou plus) jusqu’à {OLDEST} ans."
        )
    if widths == {10}:
        return (
            "classes de dix ans pour les deux sexes et toutes les dates : par classes de cinq ans, la plupart "
            f"compteraient moins de {FRAGILE} personnes à l’une des dates."
        )
    return ""


def crossed(crossing: Crossing, people: pd.DataFrame) -> str:
    """Write what to know of the classes of the exhibits by tenure and of the `people` that a pyramid leaves out.

    Reads what `classes` and `outside_homes` read.
    """
    notes = [classes(crossing.data), outside_homes(people) if crossing.level == "individus" else ""]
    return " ; ".join(note.rstrip(".") for note in notes if note) + "." if any(notes) else ""


def outside_homes(data: pd.DataFrame) -> str:
    """Write how many people live outside ordinary dwellings at each date, which a pyramid by tenure leaves out.

    Reads `year, tenure, value`. Nothing when their number is not known.
    """
    outside = data[data["tenure"] == "outside"].groupby("year")["value"].sum()
    if outside.empty:
        return ""
    counts = [f"{french.count(value)} en {year}" for year, value in outside.items()]
    return (
        "les personnes vivant hors logement ordinaire (communautés, habitations mobiles, sans-abri) n’y sont pas : "
        f"{french.enumerate_words(counts)}."
    )


@guard_finding
def tenure_check(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe where two counts of people by tenure agree least: files of individuals and of dwellings.

    Reads `year, tenure, group, persons, dwellings_file` (persons), `gap_rate` (%), `small` (true or false). Title:
    the widest gap at the last date; reading: both counts. Only a title when every count is too small. No takeaway.
    """
    significant = data[~data["small"]].dropna(subset="gap_rate")
    if significant.empty:
        return Finding(
            "Deux comptages des habitants par statut, sur des effectifs trop faibles pour être comparés", ""
        )
    last = significant[significant["year"] == significant["year"].max()]
    widest = last.loc[last["gap_rate"].abs().idxmax()]
    year, tenure = int(widest["year"]), TENURES[str(widest["tenure"])].lower()
    gap = french.percent(abs(widest["gap_rate"]))
    title = f"Deux comptages des habitants par statut : {gap} d’écart au plus en {year}"
    reading = (
        f"en {year} ({tenure}, {str(widest['group']).lower()}), {french.count(widest['persons'])} personnes selon le "
        f"fichier des individus, {french.count(widest['dwellings_file'])} selon celui des logements "
        f"({french.percent(widest['gap_rate'], signed=True)})."
    )
    return Finding(title, reading)
