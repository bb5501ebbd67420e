"""Workshops 2 and 3 of the fictional commune of Val-sur-Deûle: issues, pawns, levers, decisions, as they are kept."""

from __future__ import annotations

from datetime import date

from val_sur_deule import KIT

from helpers.contributions.workshop import Dots, Workshop

# code, phrase, origin, status, merged into, reason, dots of elected officials and technicians, pawns A and B
ISSUES = [
    (
        "E-1", "Permettre aux propriétaires âgés de changer de logement sans quitter la commune, et rendre leurs maisons "
        "aux familles", "Q-2", "reformulé", "P-05, L-08", (6, 5), ((5, 3), (5, 2)),
    ),
    (
        "E-2", "Construire pour que des familles restent, pas seulement pour compenser des ménages plus petits",
        "Q-1, Q-3", "fusionné", "L-12, H-12", (5, 5), ((5, 2), (4, 3)),
    ),
    (
        "E-3", "Connaître et accompagner le locatif privé né des divisions sans le décourager", "Q-4", "reformulé",
        "L-06", (3, 5), ((3, 4), (4, 4)),
    ),
    (
        "E-4", "Caler crèche et classes sur le calendrier des livraisons", "groupe", "ajouté", "M-01, M-02, M-03", (4, 3),
        ((4, 5), (4, 4)),
    ),
]  # fmt: skip
# code, issue, phrase, leader, who decides, verb, tool, horizon, figures, dots
LEVERS = [
    ("A-01", "E-1", "T2-T3 de plain-pied dans l’îlot Gambetta", "Commune", "Commune", "convaincre", "", "1", "P-05, L-08", (4, 3)),
    ("A-02", "E-1", "Permanence adaptation au CCAS", "CCAS", "CCAS avec Anah et MEL", "décider", "", "1", "P-05", (3, 4)),
    ("A-03", "E-2", "Part de T4 sur la friche Delattre", "MEL", "MEL", "demander", "PLU3, OAP", "3", "L-12, H-12", (4, 2)),
    ("A-04", "E-2", "28 logements en BRS", "OFS", "OFS", "demander", "BRS", "6", "L-06", (1, 2)),
    ("A-05", "E-3", "Permis de louer et de diviser rue Gambetta", "MEL", "MEL", "demander", "", "3", "L-06", (2, 4)),
    ("A-06", "E-4", "Tableau partagé livraisons et inscriptions, chaque novembre", "Commune", "Commune", "décider", "", "1", "M-01, M-02", (2, 3)),
    ("A-07", "E-4", "12 places de crèche", "Commune", "Commune et CAF", "décider", "PPI", "3", "M-03", (2, 0)),
    ("A-08", "", "Transport gratuit des aînés", "", "", "", "", "", "", (0, 0)),
]  # fmt: skip
DECISIONS = [
    (
        "D-01",
        "A-02, A-06",
        "A-02 et A-06 au programme 2027, budget à confirmer",
        "élus de l’atelier",
        "prise",
    ),
    (
        "D-02",
        "A-03, A-05",
        "Saisir la MEL avant le 30 juin 2027 : part de T4 (A-03), permis de louer et de diviser (A-05)",
        "à soumettre",
        "à soumettre",
    ),
    ("D-03", "A-01", "Rencontrer l’opérateur de l’îlot Gambetta", "élus de l’atelier", "prise"),
]


def workshop_2() -> Workshop:
    """Give workshop 2: twelve people, thirty-six dots."""
    kit = KIT.model_copy(update={"number": 2, "day": date(2027, 2, 9), "version": "v2"})
    keys = ("code", "phrase", "origine", "statut", "constats")
    return Workshop(
        kit=kit,
        elected=6,
        technicians=6,
        rows={
            "enjeux": [dict(zip(keys, one[:5], strict=True)) | {"_file": "A"} for one in ISSUES],
            "matrice": [
                {
                    "enjeu": one[0],
                    "table": table,
                    "importance": importance,
                    "capacite": capacity,
                    "_file": "A",
                }
                for one in ISSUES
                for table, (importance, capacity) in zip("AB", one[6], strict=True)
            ],
        },
        dots=[Dots(code=one[0], label=one[1], elected=one[5][0], technicians=one[5][1]) for one in ISSUES],
    )


def workshop_3() -> Workshop:
    """Give workshop 3: levers and decisions."""
    kit = KIT.model_copy(update={"number": 3, "day": date(2027, 3, 16), "version": "v2"})
    levers = ("code", "enjeu", "phrase", "pilote", "competence", "verbe", "outil", "horizon", "constats")
    decisions = ("code", "leviers", "texte", "par", "statut")
    return Workshop(
        kit=kit,
        elected=6,
        technicians=6,
        rows={
            "leviers": [_filled(levers, one[:9]) for one in LEVERS],
            "decisions": [_filled(decisions, one) for one in DECISIONS],
        },
        dots=[Dots(code=one[0], label=one[2], elected=one[9][0], technicians=one[9][1]) for one in LEVERS],
    )


def _filled(keys: tuple[str, ...], values: tuple) -> dict[str, str]:
    """Keep what a row holds, as the import does."""
    return {key: value for key, value in zip(keys, values, strict=True) if value} | {"_file": "A"}
