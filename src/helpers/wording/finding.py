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

# Between two sentences; a missing figure ("n.d.") ends none.
_SENTENCES = re.compile(r"(?<=\.)(?<!n\.d\.) (?=[A-ZÀÂÉÈÊÎÔÛÇŒ])")
# A share is one in so many where it is so near (points), nearly so many tenths where it is so near under them.
_EXACTLY, _NEARLY = 0.4, 2.0
# Numbers that a title writes in letters; « un » takes the gender of what it counts.
_LETTERS = (
    "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
    "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf", "vingt",
)  # fmt: skip


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
    # One number, and what it counts: the largest letters of a poster.
    number: tuple[str, str] = ("", "")


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
            number=("", "") if french.MISSING in finding.number[0] else finding.number,
        )
        # A sentence may compare the commune with others: one simulated value makes it simulated.
        return (
            simulated(finding) if "origin" in data and (data["origin"] == "demonstration").any() else finding
        )

    return describe


def _cut_at_missing(text: str) -> str:
    """Cut a text before its first sentence that lacks a figure."""
    sentences = _SENTENCES.split(text)
    return " ".join(itertools.takewhile(lambda sentence: french.MISSING not in sentence.lower(), sentences))


def simulated(finding: Finding) -> Finding:
    """Copy a finding: its takeaway says that it rests on simulated data, and it heads no section."""
    takeaway = f"{finding.takeaway.rstrip('.')} (données de démonstration)." if finding.takeaway else ""
    return replace(finding, takeaway=takeaway, demonstration=True, headline="")


def out_of_ten(share: float, singular: str, plural: str) -> tuple[str, bool]:
    """Write a share (%) as people say it, to begin a title, and whether it is plural.

    `Près de trois logements sur dix`, `Un logement sur douze`, `Moins d’un logement sur vingt`, `Presque tous les
    logements`. `singular` and `plural` are the noun, a masculine one.
    """
    if share < 5:
        return f"Moins d’un {singular} sur vingt", False
    if share < 20:
        parts = round(100 / share)
        gap = share - 100 / parts
        fraction = f"un {singular} sur {_LETTERS[parts - 1]}"
        if abs(gap) <= _EXACTLY:
            return fraction.capitalize(), False
        return f"{'Plus' if gap > 0 else 'Près'} d’{fraction}", False
    if share >= 95:
        return f"Presque tous les {plural}", True
    exact = abs(share - 10 * round(share / 10)) <= _EXACTLY
    above = not exact and share % 10 < 10 - _NEARLY
    tenths = int(share // 10) if above else round(share / 10)
    counted = _LETTERS[tenths - 1]
    if exact:
        return f"{counted.capitalize()} {plural} sur dix", True
    return f"{'Plus' if above else 'Près'} {french.of(counted)} {plural} sur dix", True


def in_letters(number: int, *, feminine: bool = False) -> str:
    """Write a whole number in letters up to twenty: `une` or `un`, `trois`; in digits above."""
    if number == 1 and feminine:
        return "une"
    return _LETTERS[number - 1] if 1 <= number <= len(_LETTERS) else french.number(number)


def closeness(value: float, reference: float, *, unit: str, feminine: bool = False) -> str:
    """Write how near a value is to a reference: `proche de`, `double de`, `plus faible que`...

    In the bands of the unit (`helpers.indicators.ranking`).
    """
    words = ranking.nearness(value, reference, unit=unit, feminine=feminine)
    return f"{words} de" if words in ("proche", "double") else f"{words} que"


def compared(row: pd.Series, data: pd.DataFrame, column: str, commune: Commune) -> str:
    """Write how a share (%) of the commune stands against the first territory of comparison, to end a sentence.

    `, une part moitié moindre que dans l’ensemble de la MEL (7,1 %)`: `row` is the commune's and `data` (`territory`
    and the column compared) holds the others. Nothing without any.
    """
    other = first_other(data, commune)
    if other is None or french.is_missing(other[column]) or french.is_missing(row[column]):
        return ""
    words = closeness(row[column], other[column], unit="%", feminine=True)
    return (
        f", une part {_comparison(words, str(other['territory']), commune)} ({french.percent(other[column])})"
    )


def standing(subject: str, row: pd.Series, data: pd.DataFrame, column: str, commune: Commune) -> str:
    """Write how a share (%) of the commune stands against the first territory of comparison, as a headline.

    `Vacance moitié moindre que celle de l’intercommunalité`: `subject` is feminine. Nothing without a figure for
    another territory.
    """
    other = first_other(data, commune)
    if other is None or french.is_missing(other[column]) or french.is_missing(row[column]):
        return ""
    words = closeness(row[column], other[column], unit="%", feminine=True)
    # That of the territory as a whole: its communes may be otherwise.
    return f"{subject} {words} celle {of_level(str(other['territory']), commune)}"


def _comparison(words: str, name: str, commune: Commune) -> str:
    """Write a comparison with a whole territory, named: no median of communes is to be understood."""
    whole = f"l’ensemble {of_territory(name, commune)}"
    return f"{words} celle de {whole}" if words.endswith(" de") else f"{words} dans {whole}"


def within(of: str) -> str:
    """Write a territory after "dans", from its name after "de": `dans l’intercommunalité`, `dans le département`."""
    article = of.removeprefix("de ")
    return f"dans {'le ' + article.removeprefix('du ') if article.startswith('du ') else article}"


def of_territory(name: str, commune: Commune) -> str:
    """Write a territory after "de": an EPCI by its name, the others by their level: `du département (Nord)`."""
    of = of_level(name, commune)
    for territory in commune.larger:
        if territory.level == "epci" and name == territory.name:
            return of_epci(name)
    return of if of == "de la France" else f"{of} ({name})"


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
    """Write the homes of a period: `500 logements commencés (années 2013 à 2017)`, or `500 logements livrés (commencés
    de 2011 à 2015)`: it ends on the first day of its last year, of which nothing counts.

    `row` has `since, until, starts`; `lag` is the number of years from a start to a delivery.
    """
    first, last = int(row["since"]) - lag, int(row["until"]) - lag - 1
    if not lag:
        started = french.quantity(row["starts"], "logement commencé", "logements commencés")
        return f"{started} (années {first} à {last})"
    return f"{french.quantity(row['starts'], 'logement livré', 'logements livrés')} (commencés de {first} à {last})"


def quarter_among(value: float, others: pd.Series) -> str:
    """Name the quarter of a figure among others: `quart le plus élevé`, `moitié haute`, `à la médiane`."""
    quarter = ranking.quarter(ranking.percentile_of(value, others))
    return "à la médiane" if quarter == "médiane" else quarter
