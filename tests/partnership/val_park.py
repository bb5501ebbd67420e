"""The workbook of Val-sur-Deûle, a commune that does not exist, as its town hall sends it back."""

from __future__ import annotations

from datetime import date
from functools import cache

import openpyxl

from helpers.partnership import park_workbook
from helpers.partnership.park_forms import FORMS
from helpers.partnership.xlsx_writer import FIRST

CODE, NAME, TODAY = "59999", "Val-sur-Deûle", date(2026, 11, 27)


def _operation(nom, carre, etat, start, end, sur, homes, sizes, tenures, diffusion="public", **more):
    split = dict(zip(("t1_t2", "t3", "t4_plus"), sizes, strict=True))
    split |= dict(zip(("locatif_social", "abordable", "intermediaire", "libre"), tenures, strict=True))
    return {"nom": nom, "carre": carre, "nature": "construction neuve", "etat": etat, "an_chantier": start,
            "an_livraison": end, "sur": sur, "logements": homes, **split, "source": "permis", "maj": "10/2026",
            "diffusion": diffusion, **more}  # fmt: skip


OPERATIONS = [
    _operation(
        "Résidence des Berges", "D2", "livrée", 2018, 2021, "certaine", 118, (62, 44, 12), (40, 0, 0, 78)
    ),
    _operation(
        "Les Jardins du Halage", "E2", "livrée", 2019, 2021, "certaine", 64, (30, 24, 10), (0, 0, 0, 64)
    ),
    _operation(
        "Le Clos Saint-Éloi",
        "B5",
        "livrée",
        2021,
        2023,
        "certaine",
        46,
        (0, 0, 46),
        (0, 12, 0, 34),
        maisons=46,
    ),
    _operation(
        "Îlot Gambetta", "D3", "en chantier", 2024, 2027, "estimée", 85, (25, 38, 22), (30, 15, 0, 40)
    ),
    _operation(
        "Friche Delattre",
        "F4",
        "en projet",
        2029,
        2031,
        "estimée",
        140,
        (35, 55, 50),
        (42, 28, 20, 50),
        "ateliers",
    ),
]
_ROLLS = {
    ("Les Tilleuls", "maternelle", "public"): (268, 259, 251, 246, 240, 247),
    ("Jules-Verne", "élémentaire", "public"): (241, 239, 236, 233, 228, 230),
    ("Louise-Michel", "élémentaire", "public"): (205, 204, 201, 198, 196, 199),
    ("Sainte-Anne", "primaire", "privé"): (158, 159, 158, 161, 165, 165),
}
SCHOOLS = [
    {
        "ecole": school,
        "niveau": level,
        "secteur": sector,
        "rentree": year,
        "eleves": pupils,
        "diffusion": "public",
    }
    for (school, level, sector), rolls in _ROLLS.items()
    for year, pupils in zip(range(2021, 2027), rolls, strict=True)
]
CHILDCARE = [
    {"structure": "Les Loutres", "type": "crèche", "annee": 2026, "places": 45, "attente": 41,
     "date_attente": "01/11/2026", "diffusion": "public"},
    {"structure": "Les Petits Pas", "type": "micro-crèche", "annee": 2026, "places": 12, "diffusion": "public"},
    {"structure": "38 assistantes maternelles", "type": "assistantes maternelles", "annee": 2026, "places": 114,
     "diffusion": "public"},
]  # fmt: skip
FACILITIES = [
    {"equipement": "EHPAD Les Glycines", "type": "aînés", "carre": "C3", "capacite": 126, "unite": "places",
     "saturation": "oui", "diffusion": "public"},
]  # fmt: skip
WHOLE = {"operations": OPERATIONS, "ecoles": SCHOOLS, "petite_enfance": CHILDCARE, "equipements": FACILITIES}


@cache
def _received(code, name):
    return park_workbook.make(code=code, name=name, back=None, day=TODAY)


def write(path, rows, *, code=CODE, name=NAME, change=lambda book: None):
    """Fill in the workbook that the commune has received: rows by sheet, then by key; `change` has the last word."""
    path.write_bytes(_received(code, name))
    book = openpyxl.load_workbook(path)
    for form in FORMS:
        sheet = book[form.title]
        for number, row in enumerate(rows.get(form.key, ()), start=FIRST):
            for place, column in enumerate(form.columns, start=1):
                if column.key in row:
                    sheet.cell(number, place).value = row[column.key]
    change(book)
    book.save(path)
    return path
