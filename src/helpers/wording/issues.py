"""What sets the commune apart, and what people may want to debate."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.indicators.ranking import QUARTER
from helpers.problems.definitions import FACTS
from helpers.territory.communes import Commune
from helpers.territory.panel import ENOUGH, ComparisonGroup
from helpers.wording.finding import Finding, simulated

# Where a fact without an exhibit of its own is shown.
_FACTS_TABLE = "Faits saillants"
_EVIDENCE = {fact.id: (fact.part, fact.subject) for fact in FACTS if fact.subject}


def find_evidence(identifier: str) -> tuple[str, str]:
    """Write the address, from the page of the issues, and the name of the exhibit that shows a fact.

    That of the fact in `problems/facts.toml`; without one, the table of the facts themselves.
    """
    part, subject = _EVIDENCE.get(identifier, ("", _FACTS_TABLE))
    page = f"{part}.html" if part else ""
    words = f"partie {part[0]}, « {subject} »" if part else f"« {subject} », ci-dessus"
    return f"{page}#{french.slug(subject)}", words


def facts(data: pd.DataFrame, commune: Commune, *, among: ComparisonGroup) -> Finding:
    """Describe the facts that stand out most.

    Reads `indicator, written, reference, percentile, position, stands_out` (`helpers.problems.facts.gather`), the
    most salient first; `among` are the communes compared. Title and reading: the first fact; headline: how many stand
    out. Only a title when none is ranked, nothing without facts. No takeaway.
    """
    ranked = data.dropna(subset="percentile")
    if ranked.empty:
        return Finding("Des chiffres trop fragiles pour être classés" if len(data) else "")
    first = ranked.iloc[0]
    standing = ranked[ranked["stands_out"]]
    headline = (
        f"{french.quantity(len(standing), 'fait')} {french.plural(len(standing), 'distingue', 'distinguent')} "
        f"{commune.name} parmi les communes {among.words}"
        if len(standing)
        else f"Aucun fait ne distingue {commune.name} parmi les communes {among.words}"
    )
    reading = (
        f"{first['indicator']} : {first['written']} {french.at(commune.name)}, {_above(first['percentile'])} "
        f"autres communes {among.words} (médiane des autres : {first['reference']}). "
        "La barre foncée couvre la moitié centrale des communes."
    )
    title = (
        f"{first['indicator']} : {first['written']}, {_within(first['position'])} des communes {among.words}"
    )
    return Finding(title, reading, headline=headline)


def fact_sentences(
    data: pd.DataFrame, commune: Commune, *, among: ComparisonGroup, limit: int = 5
) -> list[Finding]:
    """Describe each of the facts chosen for debate, most salient first, `limit` of them at most.

    Reads `indicator, written, reference, position, rank, origin`. Each finding has a takeaway alone.
    """
    findings = []
    for row in data.head(limit).to_dict("records"):
        finding = Finding(
            takeaway=f"{row['indicator']} : {row['written']}, {_within(row['position'])} des communes {among.words} "
            f"(médiane des autres communes : {row['reference']} ; {_ordinal(row['rank'])})."
        )
        findings.append(simulated(finding) if row["origin"] == "demonstration" else finding)
    return findings


def two_references(
    data: pd.DataFrame, commune: Commune, *, among: ComparisonGroup, panel: ComparisonGroup
) -> Finding:
    """Describe the same facts among the communes of the EPCI and among comparable ones.

    Reads `indicator, written, percentile, position, reference` and the same three with the suffix `_panel`
    (`helpers.problems.facts.pair`). Title and reading: the first fact in both; headline: how many stand out on the
    same side. Nothing without facts. No takeaway.
    """
    if data.empty:
        return Finding()
    ends = 50 - QUARTER
    both_ends = data[
        ((data["percentile"] - 50).abs() >= ends) & ((data["percentile_panel"] - 50).abs() >= ends)
    ]
    same = both_ends[(both_ends["percentile"] > 50) == (both_ends["percentile_panel"] > 50)]
    headline = (
        f"{french.quantity(len(same), 'fait')} {french.plural(len(same), 'ressort', 'ressortent')} dans le même sens "
        "parmi les communes comparables"
        if len(same)
        else "Aucun fait ne ressort dans le même sens parmi les communes comparables"
    )
    first = data.iloc[0]
    reading = (
        f"{first['indicator']} : {first['written']} {french.at(commune.name)}, {_within(first['position'])} des "
        f"communes {among.words} (médiane {first['reference']}), {_within(first['position_panel'])} des "
        f"{len(panel.codes)} communes comparables (médiane {first['reference_panel']})."
    )
    title = (
        f"Les mêmes faits parmi les communes {among.words} et parmi {len(panel.codes)} communes comparables"
    )
    return Finding(title, reading, headline=headline)


def why_no_fact(data: pd.DataFrame, *, among: ComparisonGroup) -> str:
    """Write why no fact is ranked: too few communes to be ranked among, or figures that may not be relied on."""
    if not among.enough:
        return f"un rang demande {ENOUGH} autres communes au moins. {among.rule}"
    if data.empty:
        return f"les mêmes chiffres ne sont pas connus de {ENOUGH} autres communes au moins. {among.rule}"
    return (
        "les chiffres de la commune reposent sur trop peu de personnes ou de logements pour être "
        "comparés à d’autres."
    )


def _above(percentile: float) -> str:
    """Write a percentile before « autres communes »: `au-dessus de 90 % des`, `au-dessous de toutes les`."""
    if percentile in (0, 100):
        return f"{'au-dessus' if percentile else 'au-dessous'} de toutes les"
    return f"au-dessus de {french.percent(percentile, digits=0)} des"


def _ordinal(rank: str) -> str:
    """Write a rank (`10 / 93`) in a sentence: `10ᵉ rang sur 93`."""
    place, communes = rank.split(" / ")
    return f"{'1er' if place == '1' else f'{place}ᵉ'} rang sur {communes}"


def _within(position: str) -> str:
    """Write a position after a verb: `dans le quart le plus élevé`, `dans la moitié basse`, `à la médiane`."""
    if position == "médiane":
        return f"à la {position}"
    return f"dans {'le' if position.startswith('quart') else 'la'} {position}"
