"""The dictionary of indicators, written from their registry."""

from __future__ import annotations

from helpers import french
from helpers.indicators.indicator import Indicator
from helpers.indicators.registry import INDICATORS, THEMES

_TITLE = """\
# Dictionnaire des indicateurs

Écrit par `make docs` d’après le registre (`src/helpers/indicators/registry.py`) : ne pas le corriger ici.

Un libellé et sa formule viennent des termes mêmes du calcul. **t0** et **t1** sont les deux recensements comparés, \
**n** le nombre d’années qui les séparent, **t** l’année d’un fichier qui a sa propre date ; dans les codes, **yy** \
est le millésime, **aayy** les deux bouts de la période. Les effectifs ne sont pas arrondis avant le calcul.

Le logement social a trois mesures, qui ne se mêlent pas : les locataires HLM déclarés au recensement (`hlm`), le \
répertoire des bailleurs (`social`), et le taux SRU. Ce dernier n’est pas calculé : ni l’inventaire des logements \
décomptés (article L302-5 du code de la construction et de l’habitation), ni les résidences principales des fichiers \
fiscaux auxquelles il se rapporte ne sont dans les sources.
"""

_POLARITY = {"high": "une valeur élevée appelle l’attention", "low": "une valeur faible appelle l’attention"}


def describe() -> str:
    """Write the dictionary as a Markdown text: every indicator under its theme, in the order of the registry."""
    parts = [_TITLE]
    for theme in THEMES:
        parts.append(f"## {theme}\n")
        parts += [_entry(one) for one in INDICATORS if one.theme == theme]
    return french.typography("\n".join(parts))


def _entry(one: Indicator) -> str:
    exploitation = f"exploitation {one.exploitation}" if one.exploitation else "hors recensement"
    lines = [
        f"### {one.name(since='t0', until='t1', year='t')}\n",
        f"- Identifiant : `{one.id}`",
        f"- Calcul : {one.formula}",
        f"- Codes : {', '.join(f'`{code}`' for code in one.codes)}",
        f"- Unité : {one.unit}",
        f"- Source : {one.source} ({exploitation})",
    ]
    if one.caution:
        lines.append(f"- Précaution : {one.caution}")
    if one.polarity in _POLARITY:
        lines.append(f"- Lecture : {_POLARITY[one.polarity]}")
    return "\n".join(lines) + "\n"
