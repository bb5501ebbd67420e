"""What an exhibit says (title, reading, takeaway, headline), and the words that all sentences share."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from helpers import french, levels
from helpers.indicators import ranking
from helpers.indicators.reliability import hide_insignificant, is_void
from helpers.territory.communes import Commune

NEAR_CHANGE, NEAR_SHARE = ranking.NEAR_CHANGE, ranking.NEAR_SHARE
# Between two sentences; a missing figure ("n.d.") ends none.
_SENTENCES = re.compile(r"(?<=\.)(?<!n\.d\.) (?=[A-ZÀÂÉÈÊÎÔÛÇŒ])")
# An annual change under this reads as stability.
_STABLE = 0.05
# So many points under a tenth, a share is nearly that tenth.
_NEARLY = 2.5
# Numbers that a title writes in letters; « un » takes the gender of what it counts.
_LETTERS = ("un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf")


@dataclass(frozen=True)
class Finding:
    """What an exhibit says: its title, the reading of one figure, and a sentence (`takeaway`) for "À retenir".

    `headline` says in a few words, without figures, what the section that it opens finds; `demonstration` is true where
    any figure behind it is simulated.
    """

    title: str = ""
    reading: str = ""
    takeaway: str = ""
    demonstration: bool = False
    headline: str = ""


def guard_finding(make: Callable[..., Finding]) -> Callable[..., Finding]:
    """Guard a function that describes data: nothing without data, nothing from a figure that is not significant.

    The data reach it without the figures of the commune that are not significant (`helpers.indicators.reliability`);
    sentences are cut before the first one that lacks a figure. Any simulated value, even of another territory
    (`origin`), makes the takeaway say so.
    """

    @functools.wraps(make)
    def describe(data: pd.DataFrame, commune: Commune, **options: Any) -> Finding:
        rows = rows_of(data, commune) if "territory" in data else data
        if rows.empty or is_void(rows):
            return Finding()
        finding = make(hide_insignificant(data, rows=data.index.isin(rows.index)), commune, **options)
        finding = Finding(
            _cut_at_missing(finding.title),
            _cut_at_missing(finding.reading),
            _cut_at_missing(finding.takeaway),
            headline=_cut_at_missing(finding.headline),
        )
        # A sentence may compare the commune with others: one simulated value makes it simulated.
        return (
            simulated(finding) if "origin" in data and (data["origin"] == "demonstration").any() else finding
        )

    return describe


def _cut_at_missing(text: str) -> str:
    """Cut a text before its first sentence that lacks a figure."""
    sentences = _SENTENCES.split(text)
    return " ".join(itertools.takewhile(lambda sentence: french.MISSING not in sentence, sentences))


def simulated(finding: Finding) -> Finding:
    """Copy a finding, its takeaway saying that it rests on simulated data."""
    takeaway = f"{finding.takeaway.rstrip('.')} (données de démonstration)." if finding.takeaway else ""
    return replace(finding, takeaway=takeaway, demonstration=True)


def out_of_ten(share: float, singular: str, plural: str, *, feminine: bool = False) -> tuple[str, bool]:
    """Write a share (%) as people say it, to begin a title, and whether it is plural.

    `Près de trois logements sur dix`, `Moins d’un logement sur vingt`, `Presque tous les logements`. `singular` and
    `plural` are the noun, `feminine` its gender.
    """
    one = "une" if feminine else "un"
    if share < 10 - _NEARLY:
        return f"{'Moins' if share < 5 else 'Plus'} d’{one} {singular} sur vingt", False
    if share >= 95:
        return f"Presque {'toutes' if feminine else 'tous'} les {plural}", True
    exact = french.number(share) == str(10 * round(share / 10))
    above = not exact and share % 10 < 10 - _NEARLY
    tenths = int(share // 10) if above else round(share / 10)
    counted, noun = (one, singular) if tenths == 1 else (_LETTERS[tenths - 1], plural)
    if exact:
        return f"{counted.capitalize()} {noun} sur dix", tenths > 1
    return f"{'Plus' if above else 'Près'} {french.of(counted)} {noun} sur dix", tenths > 1


def closeness(value: float, reference: float, *, near: tuple[float, float], feminine: bool = False) -> str:
    """Write how near a value is to a reference: `proche de`, `un peu plus élevé que`, `plus faible que`...

    `near` holds the half-widths of the two bands (`helpers.indicators.ranking`), in the unit of the values.
    """
    words = ranking.nearness(value, reference, near=near, feminine=feminine)
    return f"{words} de" if words == "proche" else f"{words} que"


def compared(
    row: pd.Series,
    data: pd.DataFrame,
    column: str,
    commune: Commune,
    *,
    noun: str = "une part",
    near: tuple[float, float] = NEAR_SHARE,
    feminine: bool = True,
    write: Callable[[float], str] = french.percent,
) -> str:
    """Write how the commune stands against the first territory of comparison, as the end of a sentence.

    `, une part un peu plus élevée que celle de l’intercommunalité (MEL : 7,1 %)`: `row` is the commune's and `data`
    (`territory` and the column compared) holds the others. Nothing without any. `noun` and `feminine` say what is
    compared, `near` the bands of `closeness`, `write` how the other figure is written.
    """
    other = first_other(data, commune)
    if other is None:
        return ""
    name = str(other["territory"])
    words = closeness(row[column], other[column], near=near, feminine=feminine)
    pronoun = "celle" if feminine else "celui"
    return f", {noun} {words} {pronoun} {of_level(name, commune)} ({name} : {write(other[column])})"


def standing(
    subject: str,
    row: pd.Series,
    data: pd.DataFrame,
    column: str,
    commune: Commune,
    *,
    near: tuple[float, float] = NEAR_SHARE,
) -> str:
    """Write how the commune stands against the first territory of comparison, as a sentence.

    `La part des logements vacants est un peu plus faible que celle de l’intercommunalité`: `subject` is feminine.
    Nothing without a figure for another territory.
    """
    other = first_other(data, commune)
    if other is None or french.is_missing(other[column]) or french.is_missing(row[column]):
        return ""
    words = closeness(row[column], other[column], near=near, feminine=True)
    return f"{subject} est {words} celle {of_level(str(other['territory']), commune)}"


def of_level(name: str, commune: Commune) -> str:
    """Write what a territory is to the commune, after "de" (its own name would want an article)."""
    for territory in commune.larger:
        level = levels.find(territory.level)
        if name in (territory.name, f"{territory.name} ({level.mark})"):
            return level.after_de
    return "de la France"


def of_epci(epci: str) -> str:
    """Write the name of an EPCI after "de": `de la MEL`, `de la CA du Grand Dole`, `de Toulouse Métropole`.

    Without a name, the communes around are those of the département.
    """
    if not epci:
        return "du département"
    feminine = ("MEL", "CC ", "CA ", "CU ", "Métropole ", "Communauté ")
    if epci.startswith("Eurométropole"):
        return f"de l’{epci}"
    return f"de la {epci}" if epci.startswith(feminine) else french.of(epci)


def first_other(data: pd.DataFrame, commune: Commune) -> pd.Series | None:
    """Find the row of the first territory of comparison, if there is one."""
    others = data[data["territory"].astype("str") != commune.name].sort_values("territory")
    return None if others.empty else others.iloc[0]


def rows_of(data: pd.DataFrame, commune: Commune) -> pd.DataFrame:
    """Select the rows of the commune itself."""
    return data[data["territory"] == commune.name]


def started(row: pd.Series, *, lag: int) -> str:
    """Write the homes of a period: `500 logements commencés`, or `500 logements livrés (commencés de 2011 à 2015)`.

    `row` has `since, until, starts`; `lag` is the number of years from a start to a delivery.
    """
    if not lag:
        return french.quantity(row["starts"], "logement commencé", "logements commencés")
    first, last = int(row["since"]) - lag, int(row["until"]) - lag - 1
    return f"{french.quantity(row['starts'], 'logement livré', 'logements livrés')} (commencés de {first} à {last})"


def more_or_less(change: float) -> str:
    """Write `plus`, `moins` or `autant`, by a change in people or homes."""
    if french.number_value(change) == 0:
        return "autant"
    return "plus" if change > 0 else "moins"


def turns(points: float) -> str:
    """Write `augmente`, `diminue` or `reste stable`, by the difference of two shares (points), as it is printed."""
    if french.number(points, digits=1) in ("0,0", french.MISSING):
        return "reste stable"
    return "augmente" if points > 0 else "diminue"


def moves(annual: float) -> str:
    """Write `augmente`, `diminue` or `reste stable`, by an annual change in %; "n.d." when it is missing."""
    if french.is_missing(annual):
        return french.MISSING
    if abs(annual) < _STABLE:
        return "reste stable"
    return "augmente" if annual > 0 else "diminue"
