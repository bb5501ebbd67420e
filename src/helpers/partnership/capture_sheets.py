"""The sheets of the capture workbook: what each column holds. Written and read by these same declarations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from helpers.contributions.workshop import Kit

# The row that scribes see first is the second: keys are in the first, hidden.
KEYS_ROW, LABELS_ROW, FIRST_ROW = 0, 1, 2
TYPES = ("confirme", "nuance", "contredit", "ajoute", "question ouverte")
NONE = "–"
SETTLE = ("garder A", "garder B", "les deux")

Kind = Literal["text", "choice", "count", "date", "code", "codes", "hour"]


@dataclass(frozen=True)
class Column:
    """A column: its key, what people read above it, what it may hold, its width in characters."""

    key: str
    label: str
    kind: Kind = "text"
    choices: tuple[str, ...] = ()
    longest: int = 400
    most: int = 99
    width: int = 16
    protected: bool = False
    help: str = ""


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, its columns, how many rows are ready to be filled in."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: int

    def column(self, key: str) -> Column:
        """Find a column by its key."""
        return next(column for column in self.columns if column.key == key)


_YES = ("oui", "non")
_ISSUE = Column("enjeu", "Enjeu", longest=5, width=8, help="E-1, E-2…")
_FIGURES = Column("constats", "Constats à l’appui (codes)", "codes", longest=60, width=18)
SESSION = Sheet(
    "seance",
    "Séance",
    (
        Column("cle", "Clé", width=14, protected=True),
        Column("libelle", "Séance", width=44, protected=True),
        Column("valeur", "À remplir", width=34),
    ),
    0,
)
# The lines of the session that are typed in; those above them are filled in and protected.
SESSION_LINES = (
    Column("elus", "Élus présents", "count", most=12),
    Column("techniciens", "Techniciens présents", "count", most=12),
    Column("deja_venus", "Déjà venus à l’atelier précédent (mains levées)", "count", most=24),
    Column("accord", "D’accord avec la prise de notes (mains levées)", "count", most=24),
    Column("debut", "Début", "hour", longest=8),
    Column("fin", "Fin", "hour", longest=8),
)
CONTRIBUTIONS = Sheet(
    "contributions",
    "Contributions",
    (
        Column("id", "N°", width=9, protected=True),
        Column("table", "Table", "choice", ("A", "B", "C", "D", "E", "F"), width=6),
        Column("tour", "Moment", "choice", ("tour 1", "tour 2", "plénière", "carte"), width=9),
        Column("code", "Code", "code", width=8, help=f"Celui de la fiche ; {NONE} s’il n’y en a pas"),
        Column("titre", "Titre (se remplit seul)", width=30, protected=True),
        Column("type", "Type", "choice", TYPES, width=15),
        Column("texte", "Ce qui a été dit", width=60, help="5 à 400 signes ; « retirer » pour l’effacer partout"),
        Column("mots", "Mots exacts ?", "choice", _YES, width=8, help="oui : ils seront entre guillemets"),
        Column("role", "Parole de", "choice", ("élu", "technicien", "table", "agence"), width=11),
        Column("appuis", "Appuis exprimés", "count", most=12, width=9, help="vide : pas comptés ; jamais les gommettes"),
        Column("lieu", "Rue, secteur ou carré", longest=60, width=20),
        Column(
            "preuve",
            "D’après",
            "choice",
            ("vu sur place", "document", "chiffre d’un partenaire", "on le dit", NONE),
            width=18,
        ),
        Column("qui_verifie", "Qui vérifie, quand", longest=80, width=24, help="service, jj/mm/aaaa"),
        Column("diffusion", "Diffusion", "choice", ("selon convention", "commune seule"), width=16),
    ),
    200,
)
AXES = Sheet(
    "axes",
    "Axes",
    (
        Column("table", "Table", "choice", ("A", "B", "C", "D", "E", "F"), width=8),
        Column("axe", "À retenir", "count", most=9, width=10),
        Column("phrase", "Une phrase (13 mots au plus)", longest=140, width=90),
    ),
    14,
)
DOTS = Sheet(
    "gommettes",
    "Gommettes",
    (
        Column("code", "Code", longest=5, width=8, protected=True),
        Column("ligne", "Ligne de la feuille", longest=160, width=70),
        Column("elus", "Élus (ronds)", "count", most=24, width=12),
        Column("techniciens", "Techniciens (carrés)", "count", most=24, width=18),
    ),
    0,
)
NOTEBOOKS = Sheet(
    "carnets",
    "Carnets",
    (
        Column("code", "Code", "code", width=8, protected=True),
        Column("titre", "Titre", width=50, protected=True),
        Column("reconnais", "Je reconnais", "count", most=24, width=14),
        Column("etonne", "Je m’étonne", "count", most=24, width=14),
        Column("ne_sais_pas", "Je ne sais pas", "count", most=24, width=14),
    ),
    0,
)
ACTIONS = Sheet(
    "suites",
    "Suites",
    (
        Column("quoi", "Ce qui est à faire", longest=200, width=70),
        Column("qui", "Qui (service)", longest=80, width=26),
        Column("quand", "Avant le", "date", width=14, help="jj/mm/aaaa"),
        Column("code", "Code, s’il y en a un", "code", width=12),
    ),
    20,
)
ISSUES = Sheet(
    "enjeux",
    "Enjeux",
    (
        Column("code", "Code", longest=5, width=8, protected=True),
        Column("phrase", "L’enjeu, en une phrase", longest=160, width=70),
        Column("origine", "Venu de", longest=12, width=10, help="Q-1…, ou groupe"),
        Column(
            "statut",
            "Décision",
            "choice",
            ("proposé", "gardé", "reformulé", "fusionné", "écarté", "ajouté"),
            width=12,
        ),
        Column("avec", "Fusionné avec", longest=12, width=12),
        Column("motif", "Écarté, car", longest=200, width=30),
        _FIGURES,
        Column("contre", "En sens contraire (codes)", "codes", longest=60, width=18),
        Column("besoins_logements", "Besoins en logements", longest=200, width=30),
        Column("besoins_services", "Besoins en services", longest=200, width=30),
    ),
    12,
)
PAWNS = Sheet(
    "matrice",
    "Matrice",
    (
        _ISSUE,
        Column("table", "Table", "choice", ("A", "B", "C", "D", "E", "F"), width=8),
        Column("importance", "Importance (1 à 5)", "count", most=5, width=14),
        Column("capacite", "Ce que la commune peut faire (1 à 5)", "count", most=5, width=20),
    ),
    24,
)
LEVERS = Sheet(
    "leviers",
    "Leviers",
    (
        Column("code", "Code", longest=5, width=8, protected=True),
        _ISSUE,
        Column("phrase", "Le levier, en une phrase", longest=140, width=60),
        Column("pilote", "Pilote", longest=60, width=18),
        Column("competence", "Qui décide", longest=60, width=18),
        Column("verbe", "La commune…", "choice", ("décider", "demander", "convaincre"), width=12),
        Column("outil", "Outil", longest=60, width=16),
        Column("portee", "Portée", "choice", ("opposable", "incitatif", "à négocier"), width=12),
        Column("horizon", "Horizon (ans)", "choice", ("1", "3", "6"), width=10),
        Column("premier_pas", "Premier pas", longest=140, width=34),
        Column("date", "Avant le", "date", width=14),
        _FIGURES,
        Column("frein", "Frein", longest=140, width=24),
    ),
    24,
)
DECISIONS = Sheet(
    "decisions",
    "Décisions",
    (
        Column("code", "Code", longest=5, width=8, protected=True),
        Column("leviers", "Leviers (A-01…)", longest=40, width=16),
        Column("texte", "Ce qui est décidé", longest=200, width=60),
        Column("par", "Par", "choice", ("élus de l’atelier", "conseil municipal", "à soumettre"), width=20),
        Column("date", "Le", "date", width=14),
        Column("statut", "Statut", "choice", ("prise", "à soumettre", "reportée"), width=14),
        Column("motif", "Reportée, car", longest=140, width=30),
    ),
    12,
)
CODES = Sheet(
    "codes",
    "Codes",
    (
        Column("code", "Code", width=8, protected=True),
        Column("titre", "Titre", width=50, protected=True),
        Column("valeur", "Ce que la salle a vu", width=70, protected=True),
    ),
    0,
)
CONFLICTS = Sheet(
    "a_trancher",
    "À trancher",
    (
        Column("marque", "Marque", width=12, protected=True),
        Column("id", "N°", width=10, protected=True),
        Column("a", "A", width=60, protected=True),
        Column("b", "B", width=60, protected=True),
        Column("choix", "Que garder ?", "choice", SETTLE, width=16),
    ),
    0,
)


def sheets_of(number: int, letter: str) -> tuple[Sheet, ...]:
    """List the sheets that a scribe fills in at a workshop; dots are counted once, in the first workbook."""
    more = {2: (ISSUES, PAWNS), 3: (LEVERS, DECISIONS)}.get(number, ())
    dots = (DOTS,) if letter == "A" else ()
    return (CONTRIBUTIONS, AXES, *dots, NOTEBOOKS, ACTIONS, *more)


def identify(kit: Kit, letter: str, rank: int) -> str:
    """Name a row of contributions: `C1-A-07`."""
    return f"C{kit.number}-{letter}-{rank:02d}"
