"""The sheets of the capture workbook: what each column holds. Written and read by these same declarations."""

from __future__ import annotations

from helpers.contributions.presentation import COUNTED
from helpers.contributions.shared import FAMILIES
from helpers.partnership.xlsx_reader import Column, Form

# Keys are in the first row, hidden; then labels and help; then what is to be filled in.
KEYS_ROW, LABELS_ROW, HELP_ROW, FIRST_ROW = 0, 1, 2, 3
NONE = "–"
# Characters of what someone said, at the least and at the most.
SHORTEST, LONGEST = 5, 400
SETTLE = ("garder A", "garder B", "les deux")
# Rows ready to be filled in, where nothing else says how many.
ROWS = {"contributions": 200, "suites": 20, "enjeux": 12, "matrice": 24, "leviers": 24, "decisions": 12}
# The sheets whose rows an import counts, and how.
ROWS_COUNTED = {
    "enjeux": ("enjeu", "enjeux"),
    "matrice": ("pion", "pions"),
    "leviers": ("levier", "leviers"),
    "decisions": ("décision", "décisions"),
}
# A row of theirs counts where one of these columns says something.
ROWS_TYPED = {
    "enjeux": ("phrase", "statut"),
    "matrice": ("importance", "capacite"),
    "leviers": ("phrase",),
    "decisions": ("texte",),
}

_YES = ("oui", "non")
_ISSUE = Column("enjeu", "Enjeu", longest=5, width=8, help="E-1, E-2…")
_FIGURES = Column("constats", "Constats à l’appui (codes)", kind="text", longest=60, width=18)
SESSION = Form(
    "seance",
    "Séance",
    (
        Column("cle", "Clé", width=14, locked=True),
        Column("libelle", "Séance", width=44, locked=True),
        Column("valeur", "À remplir", width=34),
    ),
)
# The lines of the session that are typed in; those above them are filled in and protected.
SESSION_LINES = (
    Column("elus", "Élus présents", kind="whole", high=12),
    Column("techniciens", "Techniciens présents", kind="whole", high=12),
    Column("deja_venus", "Déjà venus à l’atelier précédent (mains levées)", kind="whole", high=24),
    Column("accord", "D’accord avec la prise de notes (mains levées)", kind="whole", high=24),
    Column("debut", "Début", kind="text", longest=8),
    Column("fin", "Fin", kind="text", longest=8),
)
# At the last workshop hands are raised for both of those before.
CAME_TO_ALL = "Venus aux deux premiers ateliers (mains levées)"
CONTRIBUTIONS = Form(
    "contributions",
    "Contributions",
    (
        Column("id", "N°", width=9, locked=True),
        Column("table", "Table", kind="choice", choices=("A", "B", "C", "D", "E", "F"), width=6),
        Column("tour", "Moment", kind="choice", choices=("tour 1", "tour 2", "plénière", "carte"), width=9),
        Column("code", "Code", kind="code", width=8, help=f"Celui de la fiche ; {NONE} s’il n’y en a pas"),
        Column("titre", "Titre (se remplit seul)", width=30, locked=True),
        Column("type", "Type", kind="choice", choices=COUNTED, width=15),
        Column(
            "texte",
            "Ce qui a été dit",
            longest=LONGEST,
            quoted=True,
            width=60,
            help=f"{SHORTEST} à {LONGEST} signes ; « retirer » pour l’effacer partout",
        ),
        Column(
            "mots",
            "Mots exacts ?",
            kind="choice",
            choices=_YES,
            width=8,
            help="oui : ils seront entre guillemets",
        ),
        Column(
            "role", "Parole de", kind="choice", choices=("élu", "technicien", "table", "agence"), width=11
        ),
        Column(
            "appuis",
            "Appuis exprimés",
            kind="whole",
            high=12,
            width=9,
            help="vide : pas comptés ; jamais les gommettes",
        ),
        Column("lieu", "Rue, secteur ou carré", longest=60, width=20),
        Column(
            "preuve",
            "D’après",
            kind="choice",
            choices=("vu sur place", "document", "chiffre d’un partenaire", "on le dit", NONE),
            width=18,
        ),
        Column("qui_verifie", "Qui vérifie, quand", longest=80, width=24, help="service, jj/mm/aaaa"),
        Column(
            "diffusion", "Diffusion", kind="choice", choices=("selon convention", "commune seule"), width=16
        ),
    ),
)
AXES = Form(
    "axes",
    "Axes",
    (
        Column("table", "Table", kind="choice", choices=("A", "B", "C", "D", "E", "F"), width=8),
        Column("axe", "À retenir", kind="whole", high=9, width=10),
        Column("phrase", "Une phrase (13 mots au plus)", longest=140, width=90),
    ),
)
DOTS = Form(
    "gommettes",
    "Gommettes",
    (
        Column("code", "Code", longest=5, width=8, locked=True),
        Column("ligne", "Ligne de la feuille", longest=160, width=70),
        Column("elus", "Élus (ronds)", kind="whole", high=24, width=12),
        Column("techniciens", "Techniciens (carrés)", kind="whole", high=24, width=18),
    ),
)
NOTEBOOKS = Form(
    "carnets",
    "Carnets",
    (
        Column("code", "Code", kind="code", width=8, locked=True),
        Column("titre", "Titre", width=50, locked=True),
        Column("reconnais", "Je reconnais", kind="whole", high=24, width=14),
        Column("etonne", "Je m’étonne", kind="whole", high=24, width=14),
        Column("ne_sais_pas", "Je ne sais pas", kind="whole", high=24, width=14),
    ),
)
ACTIONS = Form(
    "suites",
    "Suites",
    (
        Column("quoi", "Ce qui est à faire", longest=200, width=70),
        Column("qui", "Qui (service)", longest=80, width=26),
        Column("quand", "Avant le", kind="date", width=14, help="jj/mm/aaaa"),
        Column("code", "Code, s’il y en a un", kind="code", width=12),
    ),
)
ISSUES = Form(
    "enjeux",
    "Enjeux",
    (
        Column("code", "Code", longest=5, width=8, locked=True),
        Column("phrase", "L’enjeu, en une phrase", longest=160, width=70),
        Column("origine", "Venu de", longest=12, width=10, help="Q-1…, ou groupe"),
        Column(
            "statut",
            "Décision",
            kind="choice",
            choices=("proposé", "gardé", "reformulé", "fusionné", "écarté", "ajouté"),
            width=12,
        ),
        Column("avec", "Fusionné avec", longest=12, width=12),
        Column("motif", "Écarté, car", longest=200, width=30),
        _FIGURES,
        Column("contre", "En sens contraire (codes)", kind="text", longest=60, width=18),
        Column("besoins_logements", "Besoins en logements", longest=200, width=30),
        Column("besoins_services", "Besoins en services", longest=200, width=30),
    ),
)
PAWNS = Form(
    "matrice",
    "Matrice",
    (
        _ISSUE,
        Column("table", "Table", kind="choice", choices=("A", "B", "C", "D", "E", "F"), width=8),
        Column("importance", "Importance (1 à 5)", kind="whole", low=1, high=5, width=14),
        Column("capacite", "Ce que la commune peut faire (1 à 5)", kind="whole", low=1, high=5, width=20),
    ),
)
LEVERS = Form(
    "leviers",
    "Leviers",
    (
        Column("code", "Code", longest=5, width=8, locked=True),
        _ISSUE,
        Column("phrase", "Le levier, en une phrase", longest=140, width=60),
        Column("pilote", "Pilote", longest=60, width=18),
        Column("competence", "Qui décide", longest=60, width=18),
        Column(
            "verbe", "La commune…", kind="choice", choices=("décider", "demander", "convaincre"), width=12
        ),
        Column("outil", "Outil", longest=60, width=16),
        Column("portee", "Portée", kind="choice", choices=("opposable", "incitatif", "à négocier"), width=12),
        Column("horizon", "Horizon (ans)", kind="choice", choices=("1", "3", "6"), width=10),
        Column("premier_pas", "Premier pas", longest=140, width=34),
        Column("date", "Avant le", kind="date", width=14),
        _FIGURES,
        Column("frein", "Frein", longest=140, width=24),
        Column("famille", "Famille", kind="choice", choices=FAMILIES, width=18),
        Column(
            "statut",
            "Statut",
            kind="choice",
            choices=("idée", "à instruire", "retenu", "engagé", "abandonné"),
            width=12,
        ),
        Column("motif", "Abandonné, car", longest=140, width=24),
    ),
)
DECISIONS = Form(
    "decisions",
    "Décisions",
    (
        Column("code", "Code", longest=5, width=8, locked=True),
        Column("leviers", "Leviers (A-01…)", longest=40, width=16),
        Column("texte", "Ce qui est décidé", longest=200, width=60),
        Column(
            "par",
            "Par",
            kind="choice",
            choices=("élus de l’atelier", "conseil municipal", "à soumettre"),
            width=20,
        ),
        Column("date", "Le", kind="date", width=14),
        Column("statut", "Statut", kind="choice", choices=("prise", "à soumettre", "reportée"), width=14),
        Column("motif", "Reportée, car", longest=140, width=30),
    ),
)
CODES = Form(
    "codes",
    "Codes",
    (
        Column("code", "Code", width=8, locked=True),
        Column("titre", "Titre", width=50, locked=True),
        Column("valeur", "Ce que la salle a vu", width=70, locked=True),
    ),
)
CONFLICTS = Form(
    "a_trancher",
    "À trancher",
    (
        Column("marque", "Marque", width=12, locked=True),
        Column("id", "N°", width=10, locked=True),
        Column("a", "A", width=60, locked=True),
        Column("b", "B", width=60, locked=True),
        Column("choix", "Que garder ?", kind="choice", choices=SETTLE, width=16),
    ),
)


def sheets_of(number: int, letter: str) -> tuple[Form, ...]:
    """List the sheets that a scribe fills in at a workshop; dots are counted once, in the first workbook."""
    more = {2: (ISSUES, PAWNS), 3: (LEVERS, DECISIONS)}.get(number, ())
    dots = (DOTS,) if letter == "A" else ()
    return (CONTRIBUTIONS, AXES, *dots, NOTEBOOKS, ACTIONS, *more)
