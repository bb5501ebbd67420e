"""The kit of a workshop: its deck, everything to print in one PDF file in print order, its capture workbooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers import french, materials, paths
from helpers.contributions import agreed as agreements
from helpers.contributions import kept
from helpers.contributions.workshop import Kit
from helpers.errors import ParameterError
from helpers.partnership import (
    choices,
    kit_cards,
    kit_convocation,
    kit_deck,
    kit_dots,
    kit_flow,
    kit_paper,
    kit_sheets,
    room,
)
from helpers.partnership.convention import find_convention
from helpers.partnership.kit_flow import Row, heading, line, title
from helpers.partnership.kit_room import Room
from helpers.publication.documents import BuiltDiagnostic, deck, powerpoint, sheets, slides, table_map
from helpers.publication.documents.deck import Shown, Slide
from helpers.publication.documents.sheets import A3, Sheet
from helpers.territory.communes import Commune

# Dots of each shape for each person, with those that are lost; felt pens of a table.
_DOTS, _PENS = 6, 3


@dataclass(frozen=True)
class Piece:
    """Something to print: its sheets, how many times, how, what it is for."""

    name: str
    sheets: Sequence[Sheet]
    copies: int
    use: str
    how: str = ""

    @property
    def is_large(self) -> bool:
        """Tell whether it is printed on A3."""
        return self.sheets[0].paper == A3


@dataclass(frozen=True)
class Made:
    """The files of a kit, and what is to be reported of them."""

    deck: Path
    projected: Path
    paper: Path
    codes: Path
    workbooks: list[Path]
    left: list[Path]
    warnings: list[str]
    proposed: bool


def make(commune: Commune, diagnostic: BuiltDiagnostic, number: int) -> Made:
    """Make the kit of a workshop in `outputs/partenariat/<commune>/atelier-N/`, and its capture workbooks.

    Raises:
        ParameterError: no date, no issue to work on, a code that is not known, figures that changed since the kit.
        BuildError: a library of the system is missing.
    """
    held, proposed = open_room(commune, diagnostic, number)
    composed = kit_deck.compose(held)
    folder = kept.kit_folder(commune.slug, number)
    folder.mkdir(parents=True, exist_ok=True)
    name = french.typography(f"{held.kit.commune}, atelier {number}")
    shown = (
        folder / f"{held.kit.name}.pptx",
        folder / f"{held.kit.name}.html",
        folder / f"{held.kit.name}-kit.pdf",
    )
    paths.write(shown[0], powerpoint.render(composed, title=name, day=diagnostic.day))
    paths.write(shown[1], slides.render(composed, title=name))
    paths.write(shown[2], sheets.render(compose(held, composed), title=f"{name}\u00a0: à imprimer"))
    chosen = held.choices
    written, left = room.write_workbooks(held.kit, facts=chosen.facts, questions=chosen.questions)
    return Made(
        *shown,
        choices.choices_file(commune.slug, number),
        written,
        left,
        held.choices.warnings(number),
        proposed,
    )


def open_room(
    commune: Commune, diagnostic: BuiltDiagnostic, number: int, *, exhibits: Sequence[Shown] | None = None
) -> tuple[Room, bool]:
    """Gather what a workshop is held with; tell whether its codes have just been proposed.

    `exhibits` are those of the diagnostic, where they have been listed already.

    Raises:
        ParameterError: no date, no issue to work on, a code that is not known, figures that changed since the kit.
    """
    kit = room.prepare(commune, diagnostic, number)
    held_before = kept.read_workshops(commune.slug)
    before = [workshop for workshop in held_before if workshop.kit.number < number]
    agreed = agreements.gather(before)
    if number == 3 and not agreed.issues:
        raise ParameterError(
            f"{commune.name} : aucun enjeu n'a été saisi, l'atelier 3 n'a pas de quoi travailler.",
            remedy=f"Importez d'abord l'atelier 2 : make atelier-import commune={commune.slug} numero=2.",
        )
    every = deck.exhibits(diagnostic) if exhibits is None else exhibits
    chosen, proposed = choices.prepare(diagnostic, every, kit, agreed)
    held = Room(diagnostic, find_convention(commune.slug), kit, chosen, agreed, every, before)
    _check(held)
    return held, proposed


def _check(held: Room) -> None:
    """Refuse to show a value on paper and another in the workbooks.

    Raises:
        ParameterError: the diagnostic has changed since the kit was prepared.
    """
    now = {shown.code: french.typography(shown.record["title"]) for shown in held.exhibits if shown.code}
    for code in (*held.choices.facts, *held.choices.cards):
        known = held.kit.find(code)
        if known is not None and french.typography(known.value) != now.get(code, ""):
            raise ParameterError(
                f"{code} a changé depuis que ce kit a été préparé : « {known.value} », maintenant « "
                f"{now.get(code, '–')} ».",
                remedy=f"Avant l'atelier, effacez {kept.kit_file(held.kit.slug, held.kit.number)} et les "
                f"classeurs de saisie "
                "vides, puis relancez ; après, gardez le kit imprimé.",
            )


def compose(held: Room, composed: Sequence[Slide]) -> list[Sheet]:
    """Compose all that is to be printed: cover and list, then what is on A4, then what is on A3.

    `composed` are the slides, whose script is printed.
    """
    parts = sorted(pieces(held, composed), key=lambda piece: piece.is_large)
    first = 1
    # The list says on which pages things are: itself first.
    for _ in range(2):
        front = _front(held, parts, first=first)
        first = 1 + len(front)
    return [*front, *(sheet for piece in parts for sheet in piece.sheets)]


def pieces(held: Room, composed: Sequence[Slide]) -> list[Piece]:
    """List what is to be printed for a workshop, as many times as the convention has people, tables, facilitators."""
    kit = held.kit
    everyone = kit.elected + kit.technicians + kit.facilitators
    tables = len(kit.tables)
    options = _options(held)
    both = "Recto verso, bord court."
    found = [
        Piece("Convocation", kit_convocation.make(held), 1, "Texte à envoyer sept jours avant, avec « L'essentiel »."),
        Piece("Mode d'emploi", kit_paper.guide(held), kit.facilitators, "Le lire la veille."),
        Piece("Script", kit_paper.script(held, composed), kit.facilitators, "Les minutes et les phrases, pour "
            "l'animateur."),
        Piece("Carte du chiffre contesté "
            "(A5)", kit_paper.contested(held), -(-kit.facilitators // 2), "Quatre gestes, huit réponses ; deux "
                "par page, à couper.", both),
        Piece("Avis de vie privée", [kit_paper.door(held)], 2, "L'un sur la porte, l'autre lu à voix haute."),
        Piece("Carnet (A5 plié)", kit_paper.notebook(held, options, held.facts), everyone,
            f"À chacun : {'cocher' if kit.number == 1 else 'noter'}, choisir ses gommettes.", both),
        Piece("Billets de sortie (A6)", [kit_paper.slips(held)], -(-everyone // 4), "Anonymes, dans la boîte ; "
            "quatre par page."),
    ]  # fmt: skip
    found += {1: _first, 2: _second, 3: _third}[kit.number](held)
    blank = {1: 2, 2: 7, 3: 16}[kit.number]
    found += [
        Piece("Feuille à gommettes (A3)", kit_dots.make(held, options, blank=blank), 1, "Au mur : trois "
            "gommettes chacun."),
        Piece("Frigo (A3)", [kit_sheets.fridge(held)], tables, "Ce qui attend : solutions, autres sujets."),
    ]  # fmt: skip
    if drawn := table_map.compose(held.diagnostic, audience=materials.ROOM):
        found.append(
            Piece(
                "Carte de table (2 × A3)", drawn, tables, "Au milieu de la table : coller les deux moitiés."
            )
        )
    return [piece for piece in found if piece.sheets]


def _first(held: Room) -> list[Piece]:
    *facts, free = kit_sheets.facts(held)
    return [
        Piece("Cartes (A6)", kit_cards.make(held), len(held.kit.tables), "Un jeu par table : retourner une carte "
            "quand on se tait.", "Recto verso, bord court."),
        Piece("Fiches fait (A3)", facts, 2, "L'animateur y écrit ; un jeu, et un de réserve."),
        Piece("Fiche libre (A3)", [free], 2, "Pour ce qui n'a pas de fiche."),
    ]  # fmt: skip


def _second(held: Room) -> list[Piece]:
    *asked, free = kit_sheets.questions(held)
    return [
        Piece("Ce qui a été dit à l'atelier 1", kit_paper.said(held), len(held.kit.tables), "Un par table : lire ce "
            "qui touche sa question."),
        Piece("Fiches enjeu (A3)", asked, 1, "Une par question : l'enjeu du groupe, en une phrase."),
        Piece("Fiche enjeu libre (A3)", [free], 2, "Pour un enjeu ajouté par le groupe."),
        Piece("Matrice (A3)", [kit_sheets.matrix(held)], len(held.kit.tables) + 1, "Une par table, une au mur : "
            "un pion par enjeu."),
    ]  # fmt: skip


def _third(held: Room) -> list[Piece]:
    *issues, free = kit_sheets.levers(held)
    return [
        Piece("Fiches levier (A3)", issues, 2, "Deux par enjeu : levier, pilote, outil, premier pas."),
        Piece("Fiche levier libre (A3)", [free], 2, "Pour un levier de plusieurs enjeux, ou d'aucun."),
        Piece("Frise (3 × A3)", kit_sheets.frieze(held), 1, "Au mur, bout à bout : 1, 3 et 6 ans."),
    ]


def _options(held: Room) -> list[tuple[str, str]]:
    """List the lines of the dots that are known before the workshop: others are written there."""
    if held.kit.number != 1:
        return []
    known = (held.kit.find(code) for code in held.choices.questions)
    return [(one.code, one.title) for one in known if one is not None]


def _front(held: Room, parts: Sequence[Piece], *, first: int) -> list[Sheet]:
    """Make the cover and the list of what is to be printed; `first` is the page of what follows them."""
    kit, rows, page = held.kit, [("Pièce", "Pages", "Exemplaires", "À quoi elle sert")], first
    large = first + sum(len(piece.sheets) for piece in parts if not piece.is_large)
    for piece in parts:
        rows.append(
            (
                piece.name,
                _pages(page, len(piece.sheets)),
                f"× {piece.copies}",
                f"{piece.use} {piece.how}".strip(),
            )
        )
        page += len(piece.sheets)
    cover: list[Row] = [
        title(f"{kit.commune}, atelier {kit.number} : le kit à imprimer"),
        line(held.place, 13),
        line(f"Imprimer en A3 les pages {large} à {page - 1} ; en A4 les pages 1 à {large - 1}.", 15),
        line(
            "Taille réelle (100 %), sans ajuster à la page. Recto verso là où la liste le dit, retourné sur le "
            "bord court."
        ),
    ]
    counts = ", ".join(_counts(kit))
    listed = [
        heading(f"À imprimer : {counts}"),
        *kit_flow.table(rows, (56, 24, 26, 74)),
        heading("À prendre aussi"),
        *kit_paper.rows_of(_others(held)),
    ]
    warned = [line(text) for text in held.choices.warnings(kit.number)]
    return kit_flow.pages(
        [*cover, *warned, *listed], foot=f"Diagnostic {kit.version}. Aucun nom sur aucune feuille."
    )


def _counts(kit: Kit) -> list[str]:
    return [
        french.quantity(kit.elected, "élu"),
        french.quantity(kit.technicians, "technicien"),
        french.quantity(kit.facilitators, "animateur"),
        french.quantity(len(kit.tables), "table"),
    ]


# What is laid on the sheets of a workshop.
_OBJECTS = {
    1: (),
    2: (
        "Pour la matrice : un pion par table et par enjeu, d'une couleur par table ; dix suffisent à chacune.",
    ),
    3: ("Pour la frise : des papillons repositionnables, un par levier.",),
}


def _others(held: Room) -> list[str]:
    """List what is not in the file: other documents, dots, pens, clock."""
    kit = held.kit
    people = kit.elected + kit.technicians
    each = french.number(_DOTS * people)
    dots = (
        f"{each} gommettes rondes (élus) et {each} carrées (techniciens) pour les trois ateliers, réserve comprise"
        if kit.number == 1
        else "Ce qui reste des gommettes rondes (élus) et carrées (techniciens)"
    )
    photos = (
        " téléphone pour photographier les feuilles, jamais les visages,"
        if held.convention.photos == "feuilles"
        else ""
    )
    return [
        f"« L'essentiel » en 4 pages (make essentiel commune={kit.slug}) : il a été envoyé sept jours avant ; quelques "
            "exemplaires pour qui ne l'a pas.",
        f"Les classeurs de saisie {french.enumerate_words(kit.letters)} : "
            f"params/{kit.slug}/prive/atelier-{kit.number}/.",
        f"{dots} ; pastilles de trois formes pour la carte (● vert, ▲ orange, ■ bleu).",
        *_OBJECTS[kit.number],
        f"{french.number(_PENS * len(kit.tables))} feutres de deux couleurs, adhésif,{photos} horloge, boîte pour "
            f"les billets.",
    ]  # fmt: skip


def _pages(first: int, count: int) -> str:
    return str(first) if count == 1 else f"{first} à {first + count - 1}"
