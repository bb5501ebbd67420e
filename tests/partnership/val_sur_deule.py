"""Workshop 1 of the fictional commune of Val-sur-Deûle, typed as its two scribes would: workbooks written by code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl

from helpers.contributions.workshop import Kit, Shown
from helpers.partnership import capture_sheets as sheets
from helpers.partnership import capture_workbook

FIGURES = {
    "H-01": ("Population", "9 310 habitants en 2017, 9 400 en 2023"),
    "H-05": ("Grands âges", "745 puis 846 habitants de 75 ans ou plus"),
    "H-07": ("Taille des ménages", "2,37 personnes par ménage en 2023, contre 2,52"),
    "H-12": ("Âges des services", "884 enfants de 3 à 10 ans, 101 de moins"),
    "L-04": ("Mises en chantier", "372 logements commencés de 2017 à 2022"),
    "L-06": ("Statut d’occupation", "158 des 260 résidences principales gagnées sont louées au privé"),
    "L-08": (
        "Grands logements et petits ménages",
        "1 014 logements de cinq pièces ou plus pour une ou deux personnes",
    ),
    "L-10": ("Vacance", "262 logements vacants, 64 de plus"),
    "L-12": ("Point mort", "372 logements commencés, 24 pour croître"),
    "P-05": ("Propriétaires par âge", "866 propriétaires de 65 ans ou plus, 704 de 30 à 49 ans"),
    "Q-1": ("Des chantiers, mais peu d’habitants de plus", ""),
    "Q-2": ("Des propriétaires plus âgés", ""),
    "Q-3": ("Moins de familles", ""),
    "Q-4": ("Le locatif privé", ""),
}
KIT = Kit(
    commune="Val-sur-Deûle",
    slug="val-sur-deule",
    insee="59999",
    number=1,
    day=date(2027, 1, 12),
    version="v1",
    shown=[
        Shown(code=code, title=title, value=value, name=code.lower())
        for code, (title, value) in FIGURES.items()
    ],
)
SESSION = {"elus": 6, "techniciens": 5, "accord": 11, "debut": "14 h", "fin": "16 h"}
_T, _E, _Q = "technicien", "élu", "question ouverte"
# table, moment, code, type, words, exact, role, evidence, who checks, square
A = [
    ("A", 1, "H-01", "confirme", "Une commune qui n’a pas l’impression de grandir malgré les chantiers.", 0, _E, "vu sur place", "", ""),
    ("A", 1, "L-04", "confirme", "182 logements livrés en 2021 : les Berges et le Halage.", 0, _T, "document", "", ""),
    ("A", 1, "L-12", "contredit", "372 logements pour 90 habitants de plus paraît impossible : erreur supposée.", 0, _E, "", "agence, 02/02/2027", ""),
    ("A", 1, "L-12", "nuance", "Le Clos Saint-Éloi (46 maisons), commencé en 2021, a été livré en septembre 2023.", 0, _T, "document", "urbanisme, 22/01/2027", ""),
    ("A", 1, "L-12", "ajoute", "24 logements démolis rue des Tisserands en 2019.", 0, _T, "document", "urbanisme, 22/01/2027", ""),
    ("A", 1, "H-07", "confirme", "Dans ma rue, sur douze maisons, huit n’ont plus qu’une personne.", 1, _E, "vu sur place", "", ""),
    ("A", 1, "H-07", "nuance", "La baisse viendrait surtout des séparations : demandes d’un parent avec deux enfants.", 0, _T, "on le dit", "CCAS, 22/01/2027", ""),
    ("A", 1, "Q-2", "ajoute", "On ne va pas reprocher aux anciens de rester chez eux.", 0, _E, "", "", ""),
    ("A", 1, "H-12", "confirme", "Deux classes fermées en quatre ans.", 0, _T, "document", "", ""),
    ("A", 1, "H-12", "nuance", "Les effectifs remontent à la rentrée 2026 : 841 élèves contre 829.", 0, _E, "document", "", ""),
    ("A", 1, "H-12", _Q, "Combien d’enfants habitent la Résidence des Berges ? Le bailleur peut le dire.", 0, _T, "", "bailleur, 05/02/2027", ""),
    ("A", 1, "H-01", "ajoute", "L’EHPAD a ouvert 34 lits de plus en 2020 : ce sont des habitants aussi.", 0, _E, "", "", "C3"),
    ("A", 2, "L-12", "nuance", "Le point mort dit hier, il ne dit pas ce qu’il faut construire.", 0, _E, "", "", ""),
    ("A", 2, "H-01", "confirme", "Les commerçants ne voient pas plus de monde qu’avant.", 0, _E, "on le dit", "", ""),
    ("A", 2, "H-12", "nuance", "Moins d’enfants peut-être, mais 41 familles attendent une place en crèche.", 0, _T, "document", "", ""),
]  # fmt: skip
B = [
    ("B", 1, "L-06", "confirme", "Les appartements neufs sont achetés par des investisseurs ; les occupants changent chaque année.", 0, _E, "vu sur place", "", ""),
    ("B", 1, "L-06", "ajoute", "Des maisons divisées en trois rue Gambetta, connues par les sinistres.", 0, _T, "vu sur place", "urbanisme, 05/02/2027", "D3"),
    ("B", 1, "L-06", "ajoute", "Une maison du secteur aurait été divisée en six logements.", 0, _E, "on le dit", "", ""),
    ("B", 1, "P-05", "confirme", "866 ménages propriétaires de plus de 65 ans : les pavillons de 1975.", 0, _E, "vu sur place", "", ""),
    ("B", 1, "P-05", "ajoute", "Un T3 de plain-pied à acheter : il n’y en a pas ici.", 0, _T, "", "", ""),
    ("B", 1, "P-05", "contredit", "Beaucoup de jeunes parents au club de football : la baisse des 30-49 ans n’est pas crue.", 0, _E, "vu sur place", "agence, 02/02/2027", ""),
    ("B", 1, "P-05", _Q, "Sont-ils locataires ? Les ventes des notaires le diraient.", 0, _T, "", "agence, 02/02/2027", ""),
    ("B", 1, "L-10", "contredit", "Une quarantaine de logements vides, pas 262.", 0, _E, "vu sur place", "commune et MEL, 05/02/2027", ""),
    ("B", 1, "L-10", "nuance", "La liste LOVAC compte 71 logements vides depuis plus de deux ans : autre mesure.", 0, _T, "chiffre d’un partenaire", "", ""),
    ("B", 1, "L-10", "ajoute", "Au-dessus des boutiques de la place, c’est vide depuis vingt ans.", 0, _E, "vu sur place", "", "C4"),
    ("B", 2, "L-08", "ajoute", "Les familles qui partent disent : pas de T4 en dessous de 900 euros.", 0, _T, "on le dit", "", ""),
    ("B", 2, "L-08", _Q, "Un logement sur quatre, grand, pour une ou deux personnes : est-ce notre réserve ?", 0, _E, "", "agence, 02/02/2027", ""),
    ("B", 2, "L-06", "nuance", "Le locatif privé loge aussi de jeunes enseignants : ce n’est pas un problème en soi.", 0, _E, "", "", ""),
]  # fmt: skip
AXES = {
    "A": ("Construire n’a pas suffi à faire venir des familles.", "Les chiffres de 2023 ne voient pas encore les dernières livraisons."),
    "B": ("Les maisons des aînés ne se libèrent pas, faute d’où aller.", "Le locatif privé naît aussi de divisions mal connues."),
}  # fmt: skip
DOTS = {"Q-1": (3, 4), "Q-2": (6, 4), "Q-3": (5, 3), "Q-4": (3, 4), "crèche et écoles": (1, 0)}
ACTIONS = [
    ("Rapprocher la vacance du recensement et LOVAC", "Commune et MEL", date(2027, 2, 5), "L-10"),
    ("Relire les titres : ne pas lire que la commune loge mal les gens", "Commune", None, ""),
]


def fill(
    folder: Path,
    letter: str,
    rows: list[tuple],
    *,
    kit: Kit = KIT,
    dots: bool = True,
    name: str = "",
    coded: Callable[[str], str] = str,
) -> Path:
    """Fill in a capture workbook as a scribe does: session, contributions, axes, dots, what follows.

    That of the kit where it is there, else one written for it. `coded` writes the codes that the kit has.
    """
    path = folder / f"{name or f'{kit.name}-saisie-{letter}'}.xlsx"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(capture_workbook.make(kit, letter=letter))
    book = openpyxl.load_workbook(path)
    for key, value in SESSION.items():
        put(book, "Séance", find(book, "Séance", "cle", key), "valeur", value)
    for rank, row in enumerate(rows):
        type_contribution(book, rank, (*row[:2], coded(row[2]), *row[3:]))
    for rank, text in enumerate(AXES[letter]):
        row = sheets.FIRST_ROW + 1 + rank
        put(book, "Axes", row, "table", letter)
        put(book, "Axes", row, "axe", rank + 1)
        put(book, "Axes", row, "phrase", text)
    if letter == "A" and dots:
        fill_dots(book, DOTS)
    if letter == "A":
        for rank, values in enumerate(ACTIONS):
            for key, value in zip(
                ("quoi", "qui", "quand", "code"), (*values[:3], coded(values[3])), strict=True
            ):
                put(book, "Suites", sheets.FIRST_ROW + 1 + rank, key, value)
    book.save(path)
    return path


def type_contribution(book, rank, row):
    """Type one contribution in the row of a rank."""
    table, moment, code, kind, text, exact, role, evidence, who, place = row
    values = {"table": table, "tour": f"tour {moment}", "code": code, "type": kind, "texte": text, "role": role,
              "mots": "oui" if exact else "non", "preuve": evidence, "qui_verifie": who, "lieu": place}  # fmt: skip
    for key, value in values.items():
        put(book, "Contributions", sheets.FIRST_ROW + 1 + rank, key, value or None)


def fill_dots(book, dots):
    """Type the dots of each line; a line that was added takes the first blank one."""
    blank = sheets.FIRST_ROW + 1 + sum(code.startswith("Q-") for code in FIGURES)
    for line, (elected, technicians) in dots.items():
        row = find(book, "Gommettes", "code", line)
        if row is None:
            row, blank = blank, blank + 1
            put(book, "Gommettes", row, "ligne", line)
        put(book, "Gommettes", row, "elus", elected)
        put(book, "Gommettes", row, "techniciens", technicians)


def column(book, sheet, key):
    """Find the column of a key, by the hidden row."""
    return next(cell.column for cell in book[sheet][1] if cell.value == key)


def find(book, sheet, key, value):
    """Find the row where a column holds a value."""
    place = column(book, sheet, key)
    return next(
        (row[place - 1].row for row in book[sheet].iter_rows() if row[place - 1].value == value), None
    )


def put(book, sheet, row, key, value):
    """Type a value in a cell."""
    book[sheet].cell(row, column(book, sheet, key)).value = value


def workshop(folder: Path) -> list[Path]:
    """Write the two workbooks of workshop 1, filled in."""
    return [fill(folder, "A", A), fill(folder, "B", B)]
