"""The slides of the second workshop, which words issues, and of the third, which chooses levers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from helpers import french
from helpers.agreement import agreed_text
from helpers.agreement.competences import read_actors
from helpers.contributions.agreed import HORIZONS, Agreed
from helpers.contributions.presentation import count_kinds
from helpers.contributions.workshop import Dots
from helpers.figures import matrix
from helpers.partnership.codes import kind_of
from helpers.partnership.kit_room import WHOLE, Room, Timed, close_with, open_with, spread, vote
from helpers.publication.documents import deck
from helpers.publication.documents.deck import Rows, Slide

# Letters of the facts of a question that can be read from afar.
_LONG = 280
# Families of levers, actors, letters of a title in a table, that a slide has room for.
_LEVERS, _ACTORS, _TITLE = 5, 6, 120


# Asked again at each workshop: some were not at the first one.
_CONSENT = (
    "Relire l'avis de la porte et les règles, demander l'accord à main levée ; noter combien, et combien étaient déjà "
    "venus (feuille Séance)."
)
_PLACING = (
    "5 min : numéroter les enjeux (E-1, E-2…), les recopier sur la matrice du mur et sur la feuille à gommettes.",
    "10 min : chaque table pose un pion par enjeu.",
    "15 min : deux pions éloignés = on écoute les deux, on n'en fait pas la moyenne ; relever les places, de 1 à 5.",
)


def second(room: Room) -> Timed:
    """List the slides of the second workshop, and the minutes of each."""
    asked = [
        replace(
            slide,
            title=f"{code} – {slide.title}",
            code="",
            notes=("1 min. Ne pas lire les leviers.", *slide.notes),
        )
        for code, slide in _questions(room)
    ]
    good = Slide(
        kind="list",
        title="D'un constat à un enjeu",
        lines=(
            "Un sujet : « Le vieillissement »",
            "Un enjeu : « Permettre aux aînés de rester et aux maisons de circuler »",
            "Une phrase, une tension : « Comment [obtenir] sans [perdre] ? » ou « Permettre … et … »",
        ),
        notes=(
            "« “Le vieillissement” est un sujet. “Permettre aux aînés de rester et aux maisons de circuler” est un "
            "enjeu. »",
        ),
    )
    return [
        (open_with(room, "Dire les enjeux", "Deux minutes, on ne refait pas l'atelier 1.", _CONSENT), 0, 2),
        (_changed(room), 2, 6),
        (_brought(room), 6, 9),
        (good, 9, 11),
        *spread(asked, 11, 15),
        (_tables_of_questions(room), 15, 60),
        (_matrix(Agreed(), "La matrice", *_PLACING), 60, 90),
        (vote(room, []), 90, 110),
        (close_with(room, "Services et organismes à inviter ou à interroger avant l'atelier 3 : qui demande quoi "
            "à la MEL, au "
                "bailleur, à la CAF."), 110, WHOLE),
    ]  # fmt: skip


def _questions(room: Room) -> list[tuple[str, Slide]]:
    """Make the slide of each question chosen, with what was said of it and of its facts."""
    slides = {slide.code: slide for slide in deck.issue_slides(room.diagnostic)}
    found = []
    for code, card in room.cards.items():
        facts = [one["text"] for one in card["facts"][:2]]
        brought = [*card.get("brought", ()), count_said(room, code, codes_of(room, card))]
        every = " ".join(filter(None, (*facts, card["against"], *brought)))
        # The others are in the notes: what is read from afar is short.
        fact = every if len(every) <= _LONG else " ".join(filter(None, (facts[0], *brought)))
        found.append((code, replace(slides[card["id"]], fact=fact)))
    return found


def codes_of(room: Room, card: Mapping[str, Any]) -> list[str]:
    """List the codes of the figures that show the facts of a card, empty for one that has none."""
    found = {shown.address: shown.code for shown in room.exhibits if kind_of(shown.code)}
    return [found.get(key, "") for key in map(deck.address_of, card["facts"])]


def _changed(room: Room) -> Slide:
    """Tell what the room changed before: how many of each type, and each contradiction with who checks it."""
    every = [one for workshop in room.before for one in workshop.whole]
    # What is for the commune alone is counted, and not written on a screen.
    contested = [one for one in every if one.type == "contredit" and one.may_be_told]
    lines = [
        f"{french.quantity(len(every), 'contribution')} : {count_kinds(every)}."
        if every
        else "Aucune contribution n'est encore saisie."
    ]
    for one in contested:
        check = (
            f" – vérifié : {one.outcome}"
            if one.outcome
            else f" – à vérifier : {one.who or 'personne encore'}"
        )
        lines.append(f"{one.code or '–'} contredit : {shorten(one.text)}{check}")
    return Slide(
        kind="list", title="Ce que vous avez changé", lines=tuple(lines[:6]),
        notes=("« Vérifié », « corrigé », « on ne sait toujours pas » : dire les trois.", *lines),
    )  # fmt: skip


def shorten(text: str, most: int = 110) -> str:
    """Cut a text at the end of a word."""
    return text if len(text) <= most else text[:most].rpartition(" ")[0] + "…"


def _brought(room: Room) -> Slide:
    """Show what the commune brings: its first material, or that it has sent none."""
    title, notes = "Ce que la commune apporte", "Faire lire par un technicien de la commune."
    for shown in room.exhibits:
        if shown.code.startswith("M-"):
            return replace(
                shown.slide, title=f"{title} : {shown.slide.title}", notes=(notes, *shown.slide.notes)
            )
    return Slide(kind="list", title=title, lines=("La commune n'a pas encore rendu son classeur « Parc et projets ».",
                 "Dites ce que vous savez : opérations, écoles, petite enfance."), notes=(notes,))  # fmt: skip


def _tables_of_questions(room: Room) -> Slide:
    """Share the questions between the tables: one that is left is of all."""
    codes, tables = room.choices.questions, room.kit.tables
    each = len(codes) // len(tables)
    shared = codes[each * len(tables) :]
    rows = tuple(
        (
            f"Table {table}",
            " ; ".join(
                f"{code} – {shorten(room.title_of(code), _TITLE)}"
                for code in (*codes[rank * each : (rank + 1) * each], *shared)
            )
            or "–",
        )
        for rank, table in enumerate(tables)
    )
    minutes = 40 // max(1, each + len(shared))
    return Slide(
        kind="table", title="Aux tables", subtitle=f"{minutes} minutes par question, puis 5 minutes pour lire "
            f"l'autre table.",
        table=Rows(("Table", "Questions"), rows),
        notes=(
            *(f"{table} : {' ; puis '.join(named.split(' ; '))}." for table, named in rows),
            f"{minutes} min par question : lire les chiffres et ce qui a été dit, écrire la phrase, puis « si nous ne "
            "faisons rien » et ce qui la démentirait ; cocher la décision. 5 min : lire l'autre table.",
            "Reformuler 3 fois au plus. Fusionner, écarter, ajouter : dire pourquoi.",
        ),
    )  # fmt: skip


def _sentence(room: Room, code: str) -> str:
    """Write an issue in a table: its code and its sentence."""
    found = next((issue.text for issue in room.agreed.issues if issue.code == code), "")
    return f"{code} – {shorten(found, _TITLE)}" if found else code


def _matrix(agreed: Agreed, title: str, *notes: str) -> Slide:
    placed = agreed_text.place(agreed)
    lines = [f"{issue.code} – {issue.text}" for issue in agreed.issues]
    return Slide(
        kind="exhibit",
        title=title,
        drawing=matrix.issue_matrix(placed),
        alt=french.typography(matrix.describe(placed)),
        fact=shorten(" ; ".join(lines), 420)
        or "De bas en haut : l'importance pour la commune. De gauche à droite : ce qu'elle peut faire.",
        question="" if lines else "Où votre table pose-t-elle son pion ?",
        notes=(*notes, *lines),
    )


def third(room: Room) -> Timed:
    """List the slides of the third workshop, and the minutes of each."""
    opened = open_with(
        room, "Choisir les leviers", "Aujourd'hui on se demande qui, avec quoi, quand.", _CONSENT
    )
    return [
        (opened, 0, 2),
        (_matrix(room.agreed, "Nos enjeux et leur mesure", "Rappeler qui manque."), 2, 5),
        *spread(_actors(room), 5, 9),
        (_YEARS, 9, 11),
        *spread([_issue(room, code) for code in room.choices.issues], 11, 15),
        (_tables_of_issues(room), 15, 60),
        (_frieze(), 60, 90),
        (_carried(room), 90, 110),
        (close_with(room, "Billet : « ce que je ferai autrement »."), 110, WHOLE),
    ]


_YEARS = Slide(
    kind="list", title="Un, trois, six ans",
    lines=("1 an : le budget voté", "3 ans : la révision d'un document (PLU3, PLH)", "6 ans : le mandat suivant"),
    notes=("1 an = budget voté ; 3 ans = révision d'un document ; 6 ans = mandat suivant.",),
)  # fmt: skip


def _actors(room: Room) -> list[Slide]:
    """Make the slides of who may do what: as many actors on each as are read from afar."""
    actors = tuple((one.name, one.competence, one.describe_check_date(room.kit.day)) for one in read_actors())
    parts = [actors[start : start + _ACTORS] for start in range(0, len(actors), _ACTORS)]
    return [
        Slide(
            kind="table",
            title="Qui peut quoi" if rank == 1 else f"Qui peut quoi ({rank})",
            table=Rows(("Acteur", "Compétence utile ici", "Vérifié le"), part),
            notes=(
                "« La commune décide, demande, ou convainc : trois verbes. »",
                *(f"{name} : {role}." for name, role, _ in part),
            ),
        )
        for rank, part in enumerate(parts, start=1)
    ]


def _frieze() -> Slide:
    return Slide(
        kind="blank", title="La frise", lines=tuple(french.quantity(count, "an") for count in HORIZONS),
        notes=(
            "10 min : numéroter les leviers (A-01, A-02…), les recopier sur un papillon et sur la feuille à gommettes.",
            "20 min : poser chaque papillon sur la frise, à 1, 3 ou 6 ans. Chaque levier lu : qui d'autre que nous "
            "doit dire oui ?",
        ),
    )  # fmt: skip


def _carried(room: Room) -> Slide:
    return replace(
        vote(room, []), title="Trois gommettes, puis la parole aux élus",
        notes=(
            "3 min : lire. 2 min : choisir au carnet. 3 min : coller ensemble, le maire avec les autres. 4 min : "
            "compter.",
            "Puis 8 min : « ce que nous porterons au conseil ». Les techniciens ne votent pas les décisions : ils "
            "disent ce qu'il faut pour les tenir.",
        ),
    )  # fmt: skip


def _issue(room: Room, code: str) -> Slide:
    """Make the slide of an issue: its sentence, its measure, families of levers of its questions, what bears it out."""
    issue = next(one for one in room.agreed.issues if one.code == code)
    named = {one.name: one.code for one in room.kit.shown}
    cards = [card for card in deck.cards_of(room.diagnostic) if named.get(card["id"]) in issue.questions]
    levers = dict.fromkeys(f"{lever} ({actor})" for card in cards for lever, actor in card["levers"])
    evidence = f"Constats : {', '.join(issue.figures)}." if issue.figures else "Sans constat à l'appui."
    dots = issue.dots or Dots(label=code)
    return Slide(
        kind="list",
        title=f"{code} : quels leviers ?",
        subtitle=french.typography(
            f"{evidence} Gommettes : {dots.elected or 0} d'élus, {dots.technicians or 0} de techniciens."
        ),
        lines=(
            f"« {issue.text} »",
            *(list(levers)[:_LEVERS] or ["Aucune famille proposée par l'analyse : à dire ensemble."]),
        ),
        notes=("Ce sont des familles, pas des recettes.", evidence, *list(levers)[_LEVERS:]),
    )


def _tables_of_issues(room: Room) -> Slide:
    """Give each table an issue of its own, then the one that is left to all."""
    codes, tables = room.choices.issues, room.kit.tables
    last = codes[-1] if len(codes) > len(tables) else codes[0]
    sides = ("Logements", "Services")
    rows = tuple(
        (
            f"Table {table}",
            _sentence(room, codes[rank % len(codes)]),
            f"{sides[rank % 2]} – {_sentence(room, last)}",
        )
        for rank, table in enumerate(tables)
    )
    return Slide(
        kind="table", title="Aux tables", subtitle="20 minutes sur son enjeu, 20 sur l'enjeu partagé, 5 pour lire.",
        table=Rows(("Table", "Son enjeu", "Enjeu partagé"), rows),
        notes=(
            *(f"{table} : {own} (20 min) ; puis, côté {shared} (20 min)." for table, own, shared in rows),
            "5 min : lire l'autre table. Un enjeu sans fiche : la fiche libre.",
            "S'il manque le pilote ou le premier pas, le levier va au Frigo.",
        ),
    )  # fmt: skip


def count_said(room: Room, code: str, figures: Sequence[str]) -> str:
    """Count by type what was said before of a question and of its figures; nothing where nothing was."""
    heard = [one for asked in dict.fromkeys((code, *filter(None, figures))) for one in room.said(asked)]
    return french.typography(f"En atelier : {count_kinds(heard)}.") if heard else ""
