"""What the commune brings, in words: its operations beside the homes started, its rolls beside the ages, its places."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from helpers import french
from helpers.indicators.brought import CHILDREN, PUPILS
from helpers.territory.communes import Commune
from helpers.wording.finding import Finding, guard_finding, in_letters
from helpers.wording.materiality import difference


@guard_finding
def operations(data: pd.DataFrame, commune: Commune, *, since: int, until: int, started: float) -> Finding:
    """Describe the operations whose works began from a census to another, beside all the homes started meanwhile.

    Reads `item, year, delivered, known`. `started` are the homes started from `since` to the year before `until`,
    missing where a year is. Title and takeaway: how many belong to known operations; reading: what was not delivered
    at the second census.
    """
    own = data[(data["year"] >= since) & (data["year"] < until)]
    homes, number = own["known"].sum(), own["item"].nunique()
    dates = f"de {since} à {until - 1}"
    if not homes:
        count = french.quantity(data["item"].nunique(), "opération connue", "opérations connues")
        return Finding(
            f"{count}, dont aucune ouverte {dates}",
            f"leurs chantiers ouvrent avant {since} ou après {until - 1}.",
        )
    counted = in_letters(number, feminine=True)
    named = f"{counted} {french.plural(number, 'opération connue', 'opérations connues')}"
    late = own[own["delivered"].isna() | (own["delivered"] >= until)]["known"].sum()
    after = f" ; {french.number(late)} n’étaient pas livrés au recensement de {until}" if late else ""
    if french.is_missing(started):
        homes_known = french.quantity(homes, "logement commencé", "logements commencés")
        title = f"{french.capitalize(named)}, {homes_known} {dates}"
        return Finding(title, f"{homes_known} {dates}{after}.", f"{title}{after}.")
    begun = french.quantity(started, "logement commencé", "logements commencés")
    if homes > started:
        title = f"{french.capitalize(named)}, plus que les logements déclarés commencés {dates}"
        reading = (
            f"ces opérations comptent {french.number(homes)} logements, pour {begun} selon les déclarations : les "
            f"dates ou les déclarations sont à vérifier ensemble{after}."
        )
        return Finding(title, reading, f"{title} : {reading}")
    verb = "se rattache" if homes < 2 else "se rattachent"
    title = f"{french.number(homes)} des {begun} {dates} {verb} à {named}"
    share = french.percent(100 * homes / started, digits=0)
    plain = named.replace(" connues", "").replace(" connue", "")
    sentence = f"{french.number(homes)} des {begun} ({share}) {verb} à {plain}{after}."
    return Finding(title, sentence, sentence)


@guard_finding
def rolls(data: pd.DataFrame, commune: Commune, *, left_out: int = 0) -> Finding:
    """Describe the pupils over the years, and beside the children of the census that follows a rentrée.

    Reads `label, year` (of the rentrée), `value`; `left_out` schools are not in them. Title: the change of the rolls;
    reading: both at the last date that both know, and what separates them, which is no error: children schooled
    elsewhere, or come from elsewhere.
    """
    pupils = data[data["label"] == PUPILS].set_index("year")["value"].sort_index()
    children = data[data["label"] == CHILDREN].set_index("year")["value"].sort_index()
    first, last = int(pupils.index[0]), int(pupils.index[-1])
    schools = f"{in_letters(left_out, feminine=True)} {french.plural(left_out, 'école')}"
    apart = f" (sans {schools})" if left_out else ""
    title = f"{french.quantity(pupils[last], 'élève')}{apart} à la rentrée {last}"
    if last > first:
        title += f", {difference(pupils[last] - pupils[first])} qu’en {first}"
    both = [int(year) for year in pupils.index if year in children.index]
    if not both:
        return Finding(title, "aucun recensement connu ne suit une de ces rentrées.")
    year = max(both)
    gap = pupils[year] - children[year]
    why = "scolarisés ailleurs, solde" if gap < 0 else "venus d’ailleurs, solde"
    between = f" : {difference(gap)}, {why}" if french.number_value(gap) else ""
    reading = (
        f"{french.quantity(children[year], 'enfant')} de 3 à 10 ans au 1er janvier {year + 1}, "
        f"{french.quantity(pupils[year], 'élève')}{apart} à la rentrée {year}{between}."
    )
    return Finding(title, reading, french.capitalize(reading))


@guard_finding
def childcare(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the places of childcare, and the families that wait, at their date.

    Reads `year, places, waiting, waiting_day`.
    """
    year, places = int(data["year"].max()), data["places"].sum()
    title = f"{french.quantity(places, 'place')} d’accueil des jeunes enfants en {year}"
    waiting = data.dropna(subset="waiting")
    waiting = waiting[waiting["waiting"] > 0]
    if waiting.empty:
        return Finding(title, "aucune liste d’attente n’est dite.")
    families = [f"{french.quantity(row['waiting'], 'famille')} en attente {_on(row['waiting_day'])}"
            for row in waiting.to_dict("records")]  # fmt: skip
    twice = " ; une famille peut attendre à deux endroits" if len(families) > 1 else ""
    reading = f"{french.enumerate_words(families)}{twice}."
    return Finding(title, reading, f"{title} ; {reading}")


def _on(day: str) -> str:
    """Write a day (`01/11/2026`) or a month (`10/2026`) after a noun: `au 1er novembre 2026`, `en octobre 2026`."""
    number, *rest = map(int, day.split("/"))
    if len(rest) > 1:
        return f"au {french.long_date(date(rest[1], rest[0], number))}"
    return f"en {french.long_date(date(rest[0], number, 2))[2:]}"


@guard_finding
def brought_facilities(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the facilities listed, and how many are said to be full. Reads `saturated`."""
    number, full = len(data), int((data["saturated"] == "oui").sum())
    title = french.quantity(number, "équipement décrit par la commune", "équipements décrits par la commune")
    if full:
        title += f", dont {french.number(full)} {french.plural(full, 'saturé')}"
    return Finding(title, "la saturation est celle que dit la commune.")


@guard_finding
def brought_tables(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe the tables of the commune: how many, and the last value of each. Reads `table, year, text, unit`."""
    last = data.groupby("table", sort=False).last()
    title = french.quantity(len(last), "tableau confié par la commune", "tableaux confiés par la commune")
    latest = [f"{name} : {row['text']} {row['unit']} en {row['year']}" for name, row in last.iterrows()]
    return Finding(title, f"{' ; '.join(latest)}.")


def describe_origin(row: Mapping[str, Any]) -> str:
    """Say whose a table is: `Notaires, 10/2026 ; maisons anciennes`. Reads `producer, known_on, field`."""
    field = "" if row["field"] == french.NIL else f" ; {row['field']}"
    return f"{row['producer']}, données du {row['known_on']}{field}"
