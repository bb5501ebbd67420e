"""The slides of a workshop, in their order, each with its minutes and its script in the notes."""

from __future__ import annotations

from dataclasses import replace

from helpers import french
from helpers.partnership import kit_deck_later
from helpers.partnership.kit_room import WHOLE, Room, Timed, cite, close_with, open_with, spread, vote
from helpers.publication.documents.deck import Rows, Slide

RULES = (
    "On parle de la commune, pas des personnes.",
    "On dit d'où on le sait.",
    "Un désaccord s'écrit.",
    "Les gommettes mesurent, elles ne décident pas.",
    "Rien n'est attribué à un nom.",
)
VERBS = "Cinq verbes : confirmer, nuancer, contredire, ajouter, poser une question."
_EXAMPLES = (
    "Confirmer : « Oui, dans ma rue aussi. »",
    "Nuancer : « Oui, mais pas dans ce quartier. »",
    "Contredire : « Non, voici ce que je vois. »",
    "Ajouter : « Ce que le chiffre ne compte pas. »",
    "Poser une question : « Qui pourrait nous le dire ? »",
)
# Minutes of the first round, of the change, of the second round.
_ROUNDS = (25, 2, 18)
_TICK = "« Cochez votre carnet : je reconnais, je m'étonne, je ne sais pas. »"


def compose(room: Room) -> list[Slide]:
    """Compose the slides of a workshop; the minutes of their notes are in a row and sum to its length."""
    timed = {1: _first, 2: kit_deck_later.second, 3: kit_deck_later.third}[room.kit.number](room)
    return [_time(slide, start, end, room) for slide, start, end in timed]


def _time(slide: Slide, start: float, end: float, room: Room) -> Slide:
    """Write in the notes of a slide its minutes, before its script."""
    first, last = (round(minute * room.minutes / WHOLE * 2) / 2 for minute in (start, end))
    timing = f"{_minutes(first)} à {_minutes(last)} min ({_minutes(last - first)} min)"
    written = tuple(french.typography(french.visible(text)) for text in slide.notes if text)
    # Minutes and names are kept on the slide of the room too.
    part = f"Atelier {room.kit.number}" + (f" · {slide.part}" if slide.part else "")
    lines = tuple(map(french.typography, slide.lines))
    return replace(
        slide, title=french.typography(slide.title), part=part, notes=(timing, *written), lines=lines,
        fact=french.typography(slide.fact), question=french.typography(slide.question),
    )  # fmt: skip


def _minutes(minute: float) -> str:
    return french.number(minute, digits=0 if minute == int(minute) else 1)


def _welcome(room: Room) -> list[str]:
    """Write what the mayor may say to open: the words of the convention, and what is not decided here."""
    convention = room.convention
    return [
        "Le maire ouvre : pourquoi, ce qui sera fait du résultat. 3 min.",
        *cite("Pourquoi", convention.objet),
        *cite("Ce qui sera fait du résultat", convention.usage_prevu),
        "Rien ne se décide aujourd'hui, ni projet ni budget : on dit ce qu'on voit. Les solutions, c'est l'atelier 3.",
    ]


def _first(room: Room) -> Timed:
    title = f"{room.kit.commune} : nous reconnaissons-nous dans ces chiffres ?"
    return [
        (open_with(room, title, *_welcome(room)), 0, 3),
        (_rules(room), 3, 6),
        *spread(_facts(room), 6, 15, long=("point mort", "logements pour une population stable")),
        (_tables(room), 15, 60),
        (_axes(room), 60, 90),
        (vote(room, [(code, room.title_of(code)) for code in room.choices.questions]), 90, 110),
        (close_with(room, "Billet : « Une chose apprise, une chose qui manque », anonyme."), 110, WHOLE),
    ]


def _rules(room: Room) -> Slide:
    return Slide(
        kind="list",
        title="Trois ateliers, les mêmes règles",
        subtitle=_dates(room),
        lines=(*RULES, VERBS),
        notes=(
            "Lire les 5 verbes avec un exemple chacun.", *_EXAMPLES,
            "Lire l'avis de la porte, puis demander l'accord de tous : silence n'est pas accord, faire lever la main. "
            "Noter combien (feuille Séance) ; un refus : ses mots ne sont pas pris.",
        ),
    )  # fmt: skip


def _facts(room: Room) -> list[Slide]:
    return [
        replace(
            slide,
            part=f"fait {rank}/{len(room.facts)}",
            notes=("Lire titre, unité, date. Ne pas commenter.", _TICK, *slide.notes),
        )
        for rank, slide in enumerate(room.facts, start=1)
    ]


def _tables(room: Room) -> Slide:
    """Share the facts between the tables, that groups of people go round: the sheets stay."""
    shared = room.shared(room.choices.facts)
    at = [f"table {table} : {', '.join(codes) or '–'}" for table, codes in shared]
    rows = tuple((f"Groupe {rank + 1}", place, at[(rank + 1) % len(at)]) for rank, place in enumerate(at))
    first, change, second = (round(minute * room.minutes / WHOLE) for minute in _ROUNDS)
    size = max(1, -(-len(room.facts) // len(room.kit.tables)))
    return Slide(
        kind="table",
        title="Aux tables",
        subtitle=french.typography(
            f"Tour 1 : {first} minutes. On change de table : {change} minutes. Tour 2 : {second} minutes."
        ),
        table=Rows(("Groupe", "Tour 1", "Tour 2"), rows),
        notes=(
            f"Tour 1 : {first} min, soit {first // size} par fiche : lire, parler, relire. Les groupes changent de "
            f"table, les fiches et l'animateur restent : {change} min. Tour 2 : {second} min, soit {second // size} "
            "par fiche, en commençant par celles qui ont le moins de lignes.",
            "À 3 min sans parole : retourner une carte.",
            *(f"{group}, {' ; puis '.join(places)}." for group, *places in rows),
        ),
    )


def _dates(room: Room) -> str:
    """Write the dates of the workshops on a line."""
    steps = [
        f"Atelier {rank} : {one.date:%d/%m/%Y}"
        for rank, one in enumerate(room.convention.ateliers, start=1)
        if one.date
    ]
    if room.convention.bilan_date:
        steps.append(f"Bilan : {room.convention.bilan_date:%d/%m/%Y}")
    return french.typography("   →   ".join(steps))


def _axes(room: Room) -> Slide:
    return Slide(
        kind="blank",
        title="Ce que chaque table retient : deux axes",
        lines=tuple(f"Table {table}" for table in room.kit.tables),
        notes=(
            "7 min par table, l'animateur parle, la table complète. Puis 16 min : les « contredit » d'abord, les "
            "questions "
            "ouvertes ensuite : qui peut répondre, quand.",
        ),
    )
