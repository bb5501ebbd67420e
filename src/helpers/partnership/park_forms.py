"""The sheets of the workbook « Parc et projets », as the commune fills them in: columns, units, help, examples."""

from __future__ import annotations

from helpers.materials import AGENCY, PUBLIC, ROOM
from helpers.partnership.xlsx_reader import Column, Form

# The model of the workbook: a commune that sends back an older one is informed of what is new.
MODEL = "2026-12"
NATURES = ("construction neuve", "démolition", "réhabilitation ou changement d'usage", "division")
STATES = ("livrée", "en chantier", "autorisée", "en projet", "abandonnée")
SURE = ("certaine", "estimée")
DIFFUSION = (PUBLIC, ROOM, AGENCY)
SIZES, TENURES = ("t1_t2", "t3", "t4_plus"), ("locatif_social", "abordable", "intermediaire", "libre")
FIRST_YEAR, LAST_YEAR, MOST_HOMES = 1990, 2045, 2000

_EMPTY = "Si vous ne savez pas, laissez vide : vide n'est pas zéro."
_SHOWN = Column(
    "diffusion", "Diffusion", "liste", kind="choice", choices=DIFFUSION, width=14,
    help="Public : dans le diagnostic. Ateliers : dans la salle seulement. Agence seule : sert aux calculs, jamais "
    "montré.",
)  # fmt: skip


def _count(key: str, label: str, *, high: int = MOST_HOMES, unit: str = "nombre", help: str = "") -> Column:
    return Column(key, label, unit, help, "whole", high=high, width=13)


def _year(key: str, label: str, *, low: int = FIRST_YEAR, help: str = "", required: bool = False) -> Column:
    return Column(key, label, "année", help, "year", low=low, high=LAST_YEAR, width=11, required=required)


def _list(key: str, label: str, choices: tuple[str, ...], *, width: int = 16) -> Column:
    return Column(key, label, "liste", "", "choice", choices, width=width)


def _square() -> Column:
    return Column("carre", "Carré du plan", "A1 à H6", kind="square", width=9)


OPERATIONS = Form(
    "operations",
    "Opérations",
    (
        Column("code", "Code", "–", kind="code", locked=True, width=8),
        Column("nom", "Nom de l'opération", "texte", longest=60, width=26, required=True, place=True),
        Column("lieu", "Rue ou secteur", "texte", "Ni nom d'habitant ni numéro : la rue ou le secteur.", width=22),
        _square(),
        _list("nature", "Nature", NATURES, width=20),
        _list("etat", "État", STATES, width=13),
        _year("an_chantier", "Année d'ouverture", help="L'année où le chantier s'est ouvert, pas celle du permis."),
        _year("an_livraison", "Année de livraison"),
        _list("sur", "Fiabilité des années", SURE, width=12),
        _count(
            "logements", "Logements",
            help="Des logements, ni des bâtiments ni des places. Une démolition s'écrit en positif : la nature suffit.",
        ),
        _count("t1_t2", "dont T1-T2", help=_EMPTY),
        _count("t3", "dont T3"),
        _count("t4_plus", "dont T4 et plus"),
        _count("locatif_social", "dont locatif social"),
        _count("abordable", "dont accession abordable (PSLA, BRS)"),
        _count("intermediaire", "dont intermédiaire"),
        _count("libre", "dont libre", help="Ce qui n'est dans aucune aide."),
        _count("maisons", "dont maisons"),
        _count("places", "Places hors logement (EHPAD, foyer)", unit="places"),
        _list("source", "D'où vient l'information", ("permis", "bailleur", "promoteur", "service", "mémoire")),
        Column("maj", "À jour au", "date", kind="date", width=11),
        _SHOWN,
    ),
)  # fmt: skip
SCHOOLS = Form(
    "ecoles",
    "Écoles",
    (
        Column(
            "ecole",
            "École",
            "texte",
            "Une ligne par école, par niveau et par rentrée.",
            width=26,
            required=True,
            place=True,
        ),
        _list("niveau", "Niveau", ("maternelle", "élémentaire", "primaire")),
        _list("secteur", "Secteur", ("public", "privé"), width=10),
        _year("rentree", "Rentrée", help="2026 pour l'année scolaire 2026-2027.", required=True),
        _count("eleves", "Élèves en octobre", unit="élèves"),
        _count("classes", "Classes", high=60, unit="classes"),
        _count("hors_commune", "dont enfants d'autres communes", unit="élèves", help=_EMPTY),
        _SHOWN,
    ),
)
CHILDCARE = Form(
    "petite_enfance",
    "Petite enfance",
    (
        Column("structure", "Structure", "texte", width=26, required=True, place=True),
        _list("type", "Type", ("crèche", "micro-crèche", "assistantes maternelles", "RPE"), width=22),
        _year("annee", "Année", required=True),
        _count("places", "Places", unit="places"),
        _count("attente", "Familles en attente", unit="familles", help="Familles, une seule fois chacune."),
        Column("date_attente", "Attente comptée au", "date", kind="date", width=13),
        _SHOWN,
    ),
)
FACILITIES = Form(
    "equipements",
    "Équipements",
    (
        Column("equipement", "Équipement", "texte", width=26, required=True, place=True),
        _list("type", "Type", ("santé", "aînés", "sport", "culture", "social", "périscolaire")),
        _square(),
        _count("capacite", "Capacité", high=100_000),
        Column("unite", "Unité de la capacité", "texte", "Places, élèves, m²…", longest=30),
        _list("saturation", "Saturé", ("non", "parfois", "oui", "ne sait pas"), width=12),
        Column("projet", "Projet", "texte", longest=120, width=26),
        _year("annee_projet", "Année du projet"),
        _SHOWN,
    ),
)
OTHERS = Form(
    "autres",
    "Autres tableaux",
    (
        Column("titre", "Titre", "texte", width=26, required=True),
        Column("producteur", "Producteur", "texte", "Sans producteur, date, unité ou diffusion, un tableau est mis de "
               "côté.", width=20),
        Column("date", "Date des données", "date", kind="date", width=13),
        Column("unite", "Unité", "texte", longest=40),
        Column("champ", "Champ", "texte", "Ce qui est compté, et où.", width=22),
        Column("colonne_annee", "Colonne des années", "texte", "Son intitulé dans le tableau collé en dessous."),
        Column("colonne_valeur", "Colonne des valeurs", "texte"),
        Column("figure", "Figure à côté", "code", "L'agence le remplit (L-06). Vide : à la fin des enjeux.", width=12),
        _SHOWN,
    ),
)  # fmt: skip
FORMS = (OPERATIONS, SCHOOLS, CHILDCARE, FACILITIES, OTHERS)
# Two rows of each sheet, of a commune that does not exist; never imported.
EXAMPLES: dict[str, tuple[dict[str, object], ...]] = {
    "operations": (
        {"code": "EXEMPLE", "nom": "Résidence des Berges", "lieu": "quai de la Deûle", "carre": "D2",
         "nature": "construction neuve", "etat": "livrée", "an_chantier": 2018, "an_livraison": 2021,
         "sur": "certaine", "logements": 118, "t1_t2": 62, "t3": 44, "t4_plus": 12, "locatif_social": 40,
         "abordable": 0, "intermediaire": 0, "libre": 78, "maisons": 0, "source": "permis", "maj": "10/2026",
         "diffusion": "public"},
        {"code": "EXEMPLE", "nom": "Friche", "lieu": "secteur de la gare", "carre": "F4",
         "nature": "construction neuve", "etat": "en projet", "an_chantier": 2029, "an_livraison": 2031,
         "sur": "estimée", "logements": 140, "source": "promoteur", "maj": "10/2026", "diffusion": "ateliers"},
    ),
    "ecoles": (
        {"ecole": "EXEMPLE Les Tilleuls", "niveau": "maternelle", "secteur": "public", "rentree": 2025,
         "eleves": 240, "classes": 10, "diffusion": "public"},
        {"ecole": "EXEMPLE Les Tilleuls", "niveau": "maternelle", "secteur": "public", "rentree": 2026,
         "eleves": 247, "classes": 10, "hors_commune": 6, "diffusion": "public"},
    ),
    "petite_enfance": (
        {"structure": "EXEMPLE Les Loutres", "type": "crèche", "annee": 2026, "places": 45, "attente": 41,
         "date_attente": "01/11/2026", "diffusion": "ateliers"},
        {"structure": "EXEMPLE Agréments", "type": "assistantes maternelles", "annee": 2026, "places": 114,
         "diffusion": "public"},
    ),
    "equipements": (
        {"equipement": "EXEMPLE EHPAD", "type": "aînés", "carre": "C3", "capacite": 126, "unite": "places",
         "saturation": "oui", "projet": "non", "diffusion": "public"},
        {"equipement": "EXEMPLE Salle de sport", "type": "sport", "carre": "B2", "saturation": "parfois",
         "projet": "agrandissement", "annee_projet": 2029, "diffusion": "ateliers"},
    ),
    "autres": (
        {"titre": "EXEMPLE Ventes de maisons", "producteur": "Notaires", "date": "10/2026", "unite": "ventes",
         "champ": "maisons anciennes, commune", "colonne_annee": "Année", "colonne_valeur": "Ventes",
         "figure": "L-06", "diffusion": "public"},
        {"titre": "EXEMPLE Inscriptions", "producteur": "Service scolaire", "date": "09/2026", "unite": "inscriptions",
         "champ": "nouveaux arrivants", "colonne_annee": "Année", "colonne_valeur": "Inscriptions",
         "diffusion": "agence seule"},
    ),
}  # fmt: skip
