"""Ages and tenure together: pyramids, their classes and their level."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers import french
from helpers.indicators.age_by_tenure import HIGHLIGHTED_OWNERS, OLDEST, Crossing
from helpers.indicators.ages import TENURES, group_label
from helpers.indicators.reliability import FRAGILE, SMALL_COMMUNE
from helpers.territory.communes import Commune
from helpers.wording.finding import Finding, guard_finding, rows_of
from helpers.wording.materiality import difference, is_beyond_margin

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

    Reads `year, sex, group, value` (persons). Title: the widest gain; reading: its counts; takeaway: both; headline:
    the widest gain and the widest loss, beyond their margins. Only a title at a single date, or when every class is too
    small.
    """
    years = sorted(int(year) for year in data["year"].unique())
    first, last = years[0], years[-1]
    if first == last:
        return Finding(f"La pyramide des âges en {first}", "")
    totals = _comparable_classes(data, years)
    if totals.empty:
        return Finding(f"La pyramide des âges en {first} et {last}", "")
    change = totals[last] - totals[first]
    rise, fall = str(change.idxmax()), str(change.idxmin())

    def describe(group: str) -> str:
        return f"les {group} passent de {french.number(totals[first][group])} à {french.number(totals[last][group])}"

    grown = is_beyond_margin(totals[first][rise], totals[last][rise]) and change[rise] > 0
    shrunk = is_beyond_margin(totals[first][fall], totals[last][fall]) and change[fall] < 0
    most = rise if grown or not shrunk else fall
    title = f"La plus forte {'hausse' if change[most] > 0 else 'baisse'} est chez les {most}"
    if not grown and not shrunk:
        return Finding(
            "Aucune classe d’âges ne change nettement",
            f"l’écart le plus large reste dans sa marge : {describe(most)} de {first} à {last}.",
        )
    reading = f"de {first} à {last}, {describe(most)}."
    both = f" ; {describe(fall)}" if grown and shrunk else ""
    takeaway = f"De {first} à {last}, {describe(most)}{both}."
    headline = f"Davantage de {rise}, moins de {fall}" if grown and shrunk else ""
    return Finding(
        title,
        reading,
        takeaway,
        headline=headline,
        number=(french.number(change[most], signed=True), f"habitants de {most}, {first}-{last}"),
    )


@guard_finding
def pyramid_shares(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the class of ages whose share of the population grows most between two dates.

    Reads `year, sex, group, value` (persons). Title: the class; reading: its shares at both dates. Only a title at a
    single date, or when every class is too small. No takeaway.
    """
    years = sorted(int(year) for year in data["year"].unique())
    if len(years) < 2:
        return Finding(f"La pyramide des âges en {years[0]}, en pourcentage", "")
    shares = _class_shares(data, years)
    if shares.empty:
        return Finding(f"La pyramide des âges en {years[0]} et {years[-1]}, en pourcentage", "")
    rise = str((shares[years[-1]] - shares[years[0]]).idxmax())
    before, after = french.percent(shares[years[0]][rise]), french.percent(shares[years[-1]][rise])
    title = f"La part des {rise} est celle qui progresse le plus"
    reading = f"les {rise} forment {after} de la population en {years[-1]}, contre {before} en {years[0]}."
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
    low, high = HIGHLIGHTED_OWNERS[level]
    aged = group_label((low, high))
    end = float("inf") if high is None else high
    chosen = data[(data["tenure"] == "owner") & (data["low"] >= low)]
    chosen = chosen[chosen["high"].fillna(float("inf")) <= end]
    totals = chosen.groupby("year")["value"].sum().reindex(years, fill_value=0.0)
    before, after = totals.iloc[0], totals.iloc[-1]
    if min(before, after) < FRAGILE:
        who = "ménages" if households else "habitants"
        return Finding(f"Les {who} selon l’âge et le statut d’occupation en {years[0]} et {years[-1]}", "")
    is_change = is_beyond_margin(before, after)
    verb = "Un nombre stable" if not is_change else "Plus" if after > before else "Moins"
    if households:
        who = f"ménages propriétaires de {aged}"
        counted = f"ménages propriétaires dont la personne de référence a {aged}"
    else:
        who = f"propriétaires de {aged}"
        counted = f"habitants de {aged} vivant dans un logement dont leur ménage est propriétaire"
    change = after - before
    gap = difference(change) if french.number_value(change) else "aussi nombreux"
    return Finding(
        f"De {french.number(before)} à {french.number(after)} {who}",
        f"{french.at(commune.name)}, les {counted} sont {gap} en {years[-1]} qu’en {years[0]}.",
        f"De {years[0]} à {years[-1]}, on passe de {french.number(before)} à {french.number(after)} {counted}.",
        headline=f"{verb} de {who}" + (f" qu’en {years[0]}" if is_change else f" depuis {years[0]}"),
        number=(french.number(change, signed=True), f"{who}, {years[0]}-{years[-1]}"),
    )


def level(crossing: Crossing, commune: Commune, *, why: str = "") -> str:
    """Write what the exhibits by tenure count, and why: the level asked, or what takes its place; "" without data.

    `why` is what `why_no_individuals` writes, said first.
    """
    return " ".join(filter(None, (why, _describe_level(crossing, commune, absent=not why))))


def _describe_level(crossing: Crossing, commune: Commune, *, absent: bool) -> str:
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
    unknown = f"n’est pas dans les données {french.of(commune.name)} à ces dates"
    reason = unknown if absent or crossing.asked != "individus" else "n’est donc pas donné"
    return (
        f"Le niveau demandé, « {_NAMES[crossing.asked]} » ({_COUNTED[crossing.asked]}), {reason} ; à sa place, le "
        f"niveau {counted}, en {dates}."
    )


def why_no_individuals(population: pd.DataFrame, commune: Commune) -> str:
    """Write why the people by age and tenure of a commune are not used: a survey, in a small commune; "" elsewhere.

    Reads `territory, year, variable, value` (POP, inhabitants).
    """
    people = rows_of(population[population["variable"] == "POP"], commune).sort_values("year")
    if people.empty or people["value"].iloc[-1] >= SMALL_COMMUNE:
        return ""
    return (
        f"Moins de {french.number(SMALL_COMMUNE)} habitants : les âges des personnes selon le statut d’occupation "
        "viennent de l’exploitation complémentaire du recensement, un sondage, qui ne s’utilise pas dans une commune "
        "de cette taille (Insee)."
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

    Reads `year, tenure, group, persons, dwellings_file, tolerance` (persons), `gap_rate` (%), `small, beyond` (true or
    false). Title: the widest gap at the last date; reading: both counts, and whether sampling explains the gaps. Only a
    title when every count is too small. No takeaway.
    """
    significant = data[~data["small"]].dropna(subset="gap_rate")
    if significant.empty:
        return Finding("Deux comptages par statut, trop faibles pour être comparés", "")
    last = significant[significant["year"] == significant["year"].max()]
    widest = last.loc[last["gap_rate"].abs().idxmax()]
    year, tenure = int(widest["year"]), TENURES[str(widest["tenure"])].lower()
    gap = french.percent(abs(widest["gap_rate"]))
    title = f"Deux comptages par statut : au plus {gap} d’écart"
    beyond = int(last["beyond"].sum())
    tolerated = (
        f"Le sondage peut expliquer ±{french.NBSP}{french.number(widest['tolerance'])} sur cet effectif ; "
        + (
            f"{french.quantity(beyond, 'écart')} sur {len(last)} {french.plural(beyond, 'dépasse', 'dépassent')} ce "
            "qu’il explique"
            if beyond
            else "tous les écarts tiennent dans ce qu’il explique"
        )
    )
    reading = (
        f"en {year} ({tenure}, {str(widest['group']).lower()}), {french.count(widest['persons'])} personnes selon le "
        f"fichier des individus, {french.count(widest['dwellings_file'])} selon celui des logements. "
        f"{tolerated}."
    )
    return Finding(title, reading)
