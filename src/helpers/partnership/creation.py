"""What a partnership begins with: `params/<commune>/convention.yml`, commented, to be filled in.

A word already written is never changed: to a file that is there, only the keys that it lacks are added, at its end.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from helpers import layers, paths
from helpers.partnership.convention import describe_schema
from helpers.territory.communes import Commune

SCHEMA = "schema-convention.json"
_HEAD = """\
# yaml-language-server: $schema=../{schema}
# Convention de partenariat avec {label}. Une clé vide prend sa valeur par défaut ; aucun nom de personne.
# La feuille à signer et le classeur de la commune : make partenariat commune={slug}
"""
# Each key as it is first written, with what to write.
_BLOCKS: dict[str, str] = {
    "commune": """\
commune: "{name}"
""",
    "code_insee": """\
code_insee: "{code}"
""",
    "objet": """\
# Ce que la commune en attend, 300 signes au plus.
objet:
""",
    "usage_prevu": """\
# Ce qui sera fait du résultat, 200 signes au plus : « Présenté au conseil municipal de juin 2027 ».
usage_prevu:
""",
    "themes": """\
themes: [démographie, logement]
""",
    "signataires": """\
# Des fonctions, jamais un nom : [Maire, Présidence de l'Agence].
signataires: []
""",
    "date_signature": """\
# Les dates s'écrivent 15/09/2026. Signée, la convention doit être complète ; elle finit dans les 24 mois.
date_signature:
""",
    "date_fin": """\
date_fin:
""",
    "ateliers": """\
# Un à trois ateliers, à 21 jours d'intervalle au moins. Durée, tables et format ne sont à dire que s'ils changent :
# duree_minutes: 120, tables: 2 (une par animateur), format: tables ou plénière.
ateliers:
  - date:
    heure:
    lieu:
  - date:
    heure:
    lieu:
  - date:
    heure:
    lieu:
""",
    "nb_elus": """\
# De 2 à 10 élus et de 2 à 10 techniciens, 6 à 16 ensemble.
nb_elus: 6
""",
    "nb_techniciens": """\
nb_techniciens: 6
""",
    "nb_animateurs": """\
# Un animateur écrit pour une table : deux au moins.
nb_animateurs: 2
""",
    "materiaux_retour": """\
# Retour du classeur « Parc et projets », 30 jours au moins avant l'atelier 1.
materiaux_retour:
""",
    "donnees_convenues": """\
# Parmi : opérations, écoles, petite enfance, équipements, autres tableaux.
donnees_convenues: []
""",
    "relecteur": """\
# Qui relit le compte rendu, sous cinq jours ouvrés : Direction générale des services.
relecteur:
""",
    "diffusion": """\
diffusion:
  # participants, commune ou public.
  compte_rendu: participants
  # Paroles dans le diagnostic public : avec_role, sans_role ou non.
  contributions: sans_role
  # Matériaux de la commune : public, selon_ligne (la colonne Diffusion du classeur) ou non.
  materiaux: selon_ligne
  # Enjeux repris à l'échelle métropolitaine : oui ou non.
  metropole: oui
""",
    "photos": """\
# Photos : non, ou feuilles (jamais de visage).
photos: feuilles
""",
    "conservation_mois": """\
# Feuilles et fichiers de saisie détruits après tant de mois, de 1 à 12.
conservation_mois: 3
""",
    "bilan_forme": """\
# réunion, conseil, note ou exposition.
bilan_forme: réunion
""",
    "bilan_date": """\
bilan_date:
""",
    "contact_agence": """\
# Un service et son adresse, jamais celle d'une personne : habitat@agence.fr.
contact_agence:
""",
    "contact_commune": """\
contact_commune:
""",
}


@dataclass(frozen=True)
class Created:
    """What was written: the file of the convention, the keys added to it (all of them where it is new)."""

    path: Path
    added: tuple[str, ...]
    new: bool


def create(commune: Commune, *, folder: Path) -> Created:
    """Write the convention of a commune in the folder of its partnership, or complete the one that is there.

    Raises:
        ParameterError: the file that is there cannot be read; it is left as it is.
    """
    path = folder / paths.CONVENTION
    words = {"name": commune.name, "code": commune.code, "slug": commune.slug, "label": commune.label}
    former, known = "", set()
    if path.exists():
        known = set(layers.read_layer(path).values)
        former = path.read_text(encoding="utf-8-sig")
    added = [key for key in _BLOCKS if key not in known]
    if added:
        folder.mkdir(parents=True, exist_ok=True)
        head = former if former.strip() else _HEAD.format(schema=SCHEMA, **words)
        blocks = (_BLOCKS[key].format(**words) for key in added)
        paths.write(path, "\n".join([head.rstrip("\n") + "\n", *blocks]))
    return Created(path, tuple(added), new=not known)


def write_schema(path: Path | None = None) -> Path:
    """Write the JSON Schema of conventions, for editors that complete and check them (`make schema`)."""
    path = path or paths.PARAMS / SCHEMA
    path.write_text(json.dumps(describe_schema(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path
