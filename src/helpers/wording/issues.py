"""What sets the commune apart, and what people may want to debate."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.indicators.ranking import QUARTER
from helpers.territory.communes import Commune
from helpers.territory.panel import ENOUGH, ComparisonGroup
from helpers.wording.finding import Finding, simulated

# Where a fact is told at length: the part and the subject of its exhibit. The others are told by the facts alone.
EVIDENCE = {
    "croissance": ("1_demographie", "Soldes naturel et migratoire"),
    "solde_naturel": ("1_demographie", "Soldes naturel et migratoire"),
    "solde_migratoire": ("1_demographie", "Soldes naturel et migratoire"),
    "natalite": ("1_demographie", "Natalité et mortalité"),
    "ages_0_14": ("1_demographie", "Grands groupes d’âges"),
    "ages_75": ("1_demographie", "Grands groupes d’âges"),
    "vieillissement": ("1_demographie", "Structure par âge"),
    "arrivees": ("1_demographie", "Habitants arrivés depuis un an"),
    "personnes_seules": ("2_logement", "Composition des ménages"),
    "taille_menages": ("2_logement", "Taille moyenne des ménages"),
    "monoparentales": ("2_logement", "Composition des ménages"),
    "seuls_80": ("1_demographie", "Personnes âgées vivant seules"),
    "parc_evolution": ("2_logement", "Évolution du parc"),
    "vacance": ("2_logement", "Catégories de logements"),
    "vacance_longue": ("2_logement", "Logements vacants, deux mesures à ne pas mêler"),
    "principales_maisons": (
        "2_logement", "Maisons et appartements, du parc et des résidences principales",
    ),
    "proprietaires": ("2_logement", "Propriétaires occupants"),
    "social": ("2_logement", "Logement social, deux mesures à ne pas mêler"),
    "secondaires": ("2_logement", "Catégories de logements"),
    "petits": ("2_logement", "Nombre de pièces"),
    "grands": ("2_logement", "Nombre de pièces"),
    "petits_menages_grands_logements_min": ("2_logement", "Petits ménages et grands logements"),
    "sous_occupation": ("2_logement", "Suroccupation et sous-occupation"),
    "suroccupation": ("2_logement", "Suroccupation et sous-occupation"),
    "a_transmettre_65": ("3_pyramides", "Logements à transmettre"),
    "a_transmettre_80": ("3_pyramides", "Logements à transmettre"),
    "anciens": ("2_logement", "Périodes de construction"),
    "installes_10": ("2_logement", "Ancienneté d’emménagement"),
    "occupation": ("2_logement", "Habitants et résidences principales"),
    "habitants_gagnes": ("2_logement", "Habitants gagnés pour 10 logements commencés"),
    **{f"habitants_{ages}_evolution": ("1_demographie", "Âges et services") for ages in ("0_2", "3_5", "6_10", "11_14", "80")},
}  # fmt: skip
_FACTS = ("", "Faits saillants")


def find_evidence(identifier: str) -> tuple[str, str]:
    """The address, from the page of the issues, and the name of the exhibit that tells a fact."""
    part, subject = EVIDENCE.get(identifier, _FACTS)
    page = f"{part}.html" if part else ""
    words = f"partie {part[0]}, « {subject} »" if part else f"« {subject} », ci-dessus"
    return f"{page}#{french.slug(subject)}", words


def facts(data: pd.DataFrame, commune: Commune, *, among: ComparisonGroup) -> Finding:
    """The facts that stand out most."""
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
        f"autres communes {among.words} (médiane des autres : "
        f"{first['reference']}). La barre foncée couvre la moitié centrale des communes."
    )
    title = (
        f"{first['indicator']} : {first['written']}, {_within(first['position'])} des communes {among.words}"
    )
    return Finding(title, reading, headline=headline)


def fact_sentences(
    data: pd.DataFrame, commune: Commune, *, among: ComparisonGroup, limit: int = 5
) -> list[Finding]:
    """One sentence for each of the facts chosen for debate, most salient first."""
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
    """The same facts among the communes of the EPCI and among comparable ones."""
    if data.empty:
        return Finding()
    ends = 50 - QUARTER
    apart = data[((data["percentile"] - 50).abs() >= ends) & ((data["percentile_panel"] - 50).abs() >= ends)]
    same = apart[(apart["percentile"] > 50) == (apart["percentile_panel"] > 50)]
    headline = (
        f"{french.quantity(len(same), 'fait')} {french.plural(len(same), 'ressort', 'ressortent')} dans le même sens parmi "
        "les communes comparables"
        if len(same)
        else "Aucun fait ne ressort dans le même sens parmi les communes comparables"
    )
    first = data.iloc[0]
    reading = (
        f"{first['indicator']} : {first['written']} {french.at(commune.name)}, {_within(first['position'])} des communes "
        f"{among.words} (médiane {first['reference']}), {_within(first['position_panel'])} des {len(panel.codes)} communes "
        f"comparables (médiane {first['reference_panel']})."
    )
    title = (
        f"Les mêmes faits parmi les communes {among.words} et parmi {len(panel.codes)} communes comparables"
    )
    return Finding(title, reading, headline=headline)


def why_no_fact(data: pd.DataFrame, *, among: ComparisonGroup) -> str:
    """Why no fact is ranked: too few communes to be ranked among, or figures that may not be relied on."""
    if not among.enough:
        return f"un rang demande {ENOUGH} autres communes au moins. {among.rule}"
    if data.empty:
        return f"les mêmes chiffres ne sont pas connus de {ENOUGH} autres communes au moins. {among.rule}"
    return "les chiffres de la commune reposent sur trop peu de personnes ou de logements pour être comparés à d’autres."


def _above(percentile: float) -> str:
    """`au-dessus de 90 % des`, `au-dessus de toutes les`, `au-dessous de toutes les`, before « autres communes »."""
    if percentile in (0, 100):
        return f"{'au-dessus' if percentile else 'au-dessous'} de toutes les"
    return f"au-dessus de {french.percent(percentile, digits=0)} des"


def _ordinal(rank: str) -> str:
    """`10 / 93` in a sentence: `10ᵉ rang sur 93`."""
    place, communes = rank.split(" / ")
    return f"{'1er' if place == '1' else f'{place}ᵉ'} rang sur {communes}"


def _within(position: str) -> str:
    """A position after a verb: `dans le quart le plus élevé`, `dans la moitié basse`, `à la médiane`."""
    if position == "médiane":
        return f"à la {position}"
    return f"dans {'le' if position.startswith('quart') else 'la'} {position}"
