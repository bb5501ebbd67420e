"""A workshop of Annœullin: its convention, its kit, on the diagnostic that every test shares."""

from __future__ import annotations

from functools import cache

from helpers import paths
from helpers.parameters import load_parameters
from helpers.partnership import kit
from helpers.publication import documents
from helpers.publication.documents import deck

CONVENTION = """\
commune: Annœullin
code_insee: '59011'
objet: Préparer le volet habitat du projet de territoire
usage_prevu: Présenté au conseil municipal
nb_elus: 6
nb_techniciens: 6
nb_animateurs: {facilitators}
ateliers:
  - date: 12/01/2027
    lieu: "{place}"
    duree_minutes: {minutes}
  - date: 09/02/2027
  - date: 16/03/2027
contact_agence: habitat@agence.example
"""


def sign(folder, *, facilitators=2, place="Salle du conseil", minutes=120):
    """Write a convention in parameters of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("defaut.yml", "annoeullin.yml"):
        (folder / name).write_bytes((paths.ROOT / "params" / name).read_bytes())
    (folder / "annoeullin").mkdir(exist_ok=True)
    text = CONVENTION.format(facilitators=facilitators, place=place, minutes=minutes)
    (folder / "annoeullin" / "convention.yml").write_text(text, encoding="utf-8")


def open_room(built, number=1):
    """Open a workshop where parameters are."""
    _, commune = load_parameters("59011")
    diagnostic, exhibits = _read(built)
    return kit.open_room(commune, diagnostic, number, exhibits=exhibits)[0]


@cache
def _read(built):
    diagnostic = documents.read(built)
    return diagnostic, deck.exhibits(diagnostic)
