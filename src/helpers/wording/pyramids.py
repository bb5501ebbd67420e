"""Ages and tenure together."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers import french
from helpers.indicators.age_by_tenure import OLDEST, Crossing
from helpers.indicators.ages import TENURES, Bounds, age_label, group_label
from helpers.indicators.reliability import FRAGILE
from helpers.territory.communes import Commune
from helpers.wording.finding import Finding, out_of_ten, rows_of, telling


@telling
def pyramid(data: pd.DataFrame, commune: Commune) -> Finding:
    """Two pyramids overlaid: the classes that gain and lose most people."""
    years = sorted(int(year) for year in data["year"].unique())
    if len(years) < 2:
        return Finding(f"La pyramide des âges en {years[0]}", "")
    totals = _firm(data, years)
    if totals.empty:
        return Finding(f"La pyramide des âges en {years[0]} et {years[-1]}", "")
    change = totals[years[-1]] - totals[years[0]]
    rise, fall = str(change.idxmax()), str(change.idxmin())
    word = "plus forte hausse" if change[rise] > 0 else "moindre baisse"
    title = f"De {years[0]} à {years[-1]}, la {word} est chez les {rise}"
    word = "plus forte baisse" if change[fall] < 0 else "moindre hausse"
    reading = (
        f"les {rise} passent de {french.count(totals[years[0]][rise])} à "
        f"{french.count(totals[years[-1]][rise])} personnes ; la {word} est chez les {fall} "
        f"({french.number(change[fall], signed=True)})."
    )
    takeaway = f"De {years[0]} à {years[-1]}, {reading[0]}{reading[1:].rstrip('.')}."
    grown, shrunk = french.number_value(change[rise]), french.number_value(change[fall])
    headline = f"Davantage de {rise}, moins de {fall}" if grown > 0 > shrunk else ""
    return Finding(title, reading, takeaway, headline=headline)


@telling
def pyramid_shares(data: pd.DataFrame, commune: Commune) -> Finding:
    """The class whose part in the population grows most."""
    years = sorted(int(year) for year in data["year"].unique())
    if len(years) < 2:
        return Finding(f"La pyramide des âges en {years[0]}, en pourcentage", "")
    parts = 100 * _firm(data, years) / data.groupby("year")["value"].sum()
    if parts.empty:
        return Finding(f"La pyramide des âges en {years[0]} et {years[-1]}, en pourcentage", "")
    rise = str((parts[years[-1]] - parts[years[0]]).idxmax())
    before, after = french.percent(parts[years[0]][rise]), french.percent(parts[years[-1]][rise])
    title = f"Les {rise} : {before} de la population en {years[0]}, {after} en {years[-1]}"
    reading = (
        f"la part des {rise} dans la population passe de {before} à {after} de {years[0]} à {years[-1]} ; c’est la classe "
        "d’âges dont la part évolue le plus à la hausse."
    )
    return Finding(title, reading)


def _firm(data: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """People of each class at each date, both sexes, of the classes large enough to be compared at the first and last."""
    totals = data.groupby(["group", "year"])["value"].sum().unstack()
    return totals[(totals[[years[0], years[-1]]] >= FRAGILE).all(axis=1)]


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
_OWNERS_TOLD: dict[str, Bounds] = {"individus": (60, 69), "menages": (65, None), "logements": (60, None)}


@telling
def pyramid_tenure(data: pd.DataFrame, commune: Commune, *, level: str = "individus") -> Finding:
    """Owners of an age at two dates: those of 60 to 69 or, where ages are broader, the older ones."""
    years = sorted(int(year) for year in data["year"].unique())
    households = level == "menages"
    if len(years) < 2:
        who = "ménages" if households else "habitants"
        return Finding(f"Les {who} selon l’âge et le statut d’occupation en {years[0]}", "")
    low, high = _OWNERS_TOLD[level]
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
    """What the exhibits by tenure count, and why: the level asked, or what takes its place; "" without data."""
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
    """The field of the exhibits by tenure at a level; "" without data."""
    return _SCOPES.get(crossing.level, "")


def classes(data: pd.DataFrame) -> str:
    """Why a pyramid has classes of ten years, or bars of unequal heights; "" where they are of five."""
    widths = set((data["high"] - data["low"] + 1).dropna().astype("int64"))
    if len(widths) > 1:
        first, last = int(data["low"].min()), int(data["low"].max())
        begins = f"la première classe est dessinée à partir de {first} ans, " if first else ""
        return (
            "classes d’âges de largeurs inégales : la longueur d’une barre est un effectif par année d’âge, sa surface un "
            f"effectif ; {begins}la dernière ({last} ans ou plus) jusqu’à {OLDEST} ans."
        )
    if widths == {10}:
        return (
            f"classes de dix ans pour les deux sexes et toutes les dates : par classes de cinq ans, la plupart compteraient "
            f"moins de {FRAGILE} personnes à l’une des dates."
        )
    return ""


def crossed(crossing: Crossing, people: pd.DataFrame) -> str:
    """What to know of the classes of the exhibits by tenure and, of a pyramid, of the `people` who are not in it."""
    notes = [classes(crossing.data), outside_homes(people) if crossing.level == "individus" else ""]
    return " ; ".join(note.rstrip(".") for note in notes if note) + "." if any(notes) else ""


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
        f"en {year}, {french.percent(peak['rate'])} des {peak_ages} vivent dans un "
        "logement dont leur ménage est propriétaire."
    )
    oldest = last.iloc[-1]
    oldest_ages = age_label(int(oldest["age"]), width=10, last=80)
    takeaway = f"En {year}, {french.percent(oldest['rate'])} des personnes de {oldest_ages} vivent dans un logement possédé."
    return Finding(
        title, reading, takeaway, headline=f"Les {peak_ages} vivent le plus souvent dans un logement possédé"
    )


@telling
def to_pass_on(data: pd.DataFrame, commune: Commune) -> Finding:
    """Owned homes held by the old, at the last date, from the first age whose share is known."""
    last = data[data["year"] == data["year"].max()].dropna(subset="share").reset_index(drop=True)
    if last.empty:
        return Finding()
    row, year = last.iloc[0], int(last["year"].iloc[0])
    title = f"En {year}, les ménages de {row['label']} occupent {french.percent(row['share'])} des logements de propriétaires occupants"
    reading = (
        f"en {year}, dans {french.count(row['value'])} des {french.count(row['owned'])} résidences principales occupées par leur "
        f"propriétaire, la personne de référence a {row['label']} : {french.percent(row['share'])} d’entre elles, et "
        f"{french.percent(row['share_all'])} de toutes les résidences principales."
    )
    takeaway = (
        f"En {year}, la personne de référence a {row['label']} dans {french.percent(row['share'])} des logements occupés par leur "
        "propriétaire."
    )
    told, plural = out_of_ten(row["share"], "logement de propriétaire", "logements de propriétaires")
    headline = (
        f"{told} {'sont occupés par des ménages' if plural else 'est occupé par un ménage'} de {row['label']}"
    )
    return Finding(title, reading, takeaway, headline=headline)


@telling
def owner_households(data: pd.DataFrame, commune: Commune) -> Finding:
    """Ownership by age of the reference person: the age at which it is highest, at the last date."""
    last = data[data["year"] == data["year"].max()].dropna(subset="rate")
    if last.empty:
        return Finding()
    peak, year = last.loc[last["rate"].idxmax()], int(last["year"].iloc[0])
    title = f"{peak['label'].capitalize()} : l’âge où les ménages sont le plus souvent propriétaires ({french.percent(peak['rate'])})"
    reading = (
        f"en {year}, {french.count(peak['owned'])} des {french.count(peak['homes'])} ménages dont la personne de référence a "
        f"{peak['label']} sont propriétaires de leur logement."
    )
    return Finding(title, reading)


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
    own = rows_of(data, commune)
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
    since, until = int(data["since"].iloc[0]), int(data["until"].iloc[0])
    # A date of which nothing is significant has no column of its own.
    rates = data.pivot_table(index=["low", "label"], columns="year", values="rate")
    rates = rates.reindex(columns=[since, until])
    change = (rates[until] - rates[since]).dropna()
    if change.empty:
        return Finding()
    low, label = change.idxmax()
    before, after = rates.loc[(low, label), since], rates.loc[(low, label), until]
    title = f"Ceux qui avaient {label} : {french.percent(before)} en logement possédé alors, {french.percent(after)} en {until}"
    reading = f"parmi les habitants qui avaient {label}, {french.percent(before)} vivaient dans un logement possédé ; {french.percent(after)} de la même génération en {until}."
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


@telling
def everyone_followed(data: pd.DataFrame, commune: Commune) -> Finding:
    """The generation that gains most people, or loses fewest."""
    data = data.dropna(subset="gain")
    if data.empty:
        return Finding()
    since, until = int(data["since"].iloc[0]), int(data["until"].iloc[0])
    gain = data.loc[data["gain"].idxmax()]
    aged = str(gain["generation"]).removesuffix(f" en {since}")
    rising = gain["gain"] > 0
    title = (
        f"La génération qui avait {aged} en {since} est celle qui {'gagne' if rising else 'perd'} le "
        f"{'plus' if rising else 'moins'} d’habitants jusqu’en {until}"
    )
    reading = (
        f"{french.count(gain['people_0'])} habitants avaient {aged} en {since} ; {french.count(gain['people_1'])} sont de la même "
        f"génération en {until} ({french.number(gain['gain'], signed=True)}), soit {french.number(gain['ratio'], digits=2)} pour un."
    )
    fewer = int((data["gain"] < 0).sum())
    counted = (
        f"{fewer} générations sur {len(data)} comptent"
        if fewer > 1
        else f"Une génération sur {len(data)} compte"
    )
    headline = f"{counted} moins d’habitants en {until} qu’en {since}" if fewer else ""
    return Finding(title, reading, headline=headline)
