"""The A4 sheets of a kit: how to use it, script, door notice, notebook, slips, card of a contested figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from helpers import fonts, french
from helpers.contributions import presentation
from helpers.contributions.workshop import Contribution
from helpers.partnership import kit_flow
from helpers.partnership.convention_sheet import describe_privacy
from helpers.partnership.kit_drawings import cut_marks
from helpers.partnership.kit_flow import Cell, Row, heading, line, title
from helpers.partnership.kit_room import Room
from helpers.partnership.kit_zones import box, zone
from helpers.publication.documents.deck import Slide
from helpers.publication.documents.sheets import A4, Sheet, Zone

# Millimetres of half an A4 sheet, an A5 page, and what is left around what it says.
_HALF, _AROUND = 148.5, 12.0
_INSIDE = _HALF - 2 * _AROUND
GESTURES = (
    ("1  Accueillir", "« Dites-nous ce que vous voyez, où, depuis quand. »"),
    ("2  Situer", "Lire la source, la date, le champ."),
    ("3  Écrire", "{where}, avec ce qui l'appuie, et qui vérifie."),
    ("4  Avancer", "« Nous ne trancherons pas aujourd'hui ; c'est écrit aussi gros que le chiffre. »"),
)
# Where what is contested is written, by workshop.
_CONTESTED = {
    1: "Dans « contredisons »",
    2: "Sur la fiche, avec le code du chiffre",
    3: "Sur le Frigo, avec le code du chiffre",
}
_BOXES = "☐ je reconnais     ☐ je m'étonne     ☐ je ne sais pas"
_SLIPS = {
    1: ("Une chose apprise", "Une chose qui manque"),
    2: ("Une chose apprise", "Une chose qui manque"),
    3: ("Ce que je ferai autrement", "Une chose qui manque"),
}
_GOALS = {
    1: "tous ont vu les mêmes faits ; chacun est confirmé, nuancé, contredit ou complété. Pas de solutions : "
    "elles vont au Frigo.",
    2: "trois à cinq enjeux dans les mots du groupe, chacun une tension ; placés, puis mesurés.",
    3: "des leviers avec pilote, outil, horizon, premier pas et constat ; ce que les élus porteront au conseil.",
}
# What is sent ahead, the minute from the second workshop on.
_SENT = ("la convocation", "« L'essentiel » (4 pages)", "le compte rendu du dernier atelier")
# What is cut, what is on each table, and the two steps of the tables, by workshop.
_CUT = {1: "cartes et billets", 2: "cartes A5 et billets", 3: "cartes A5 et billets"}
_ON_TABLES = {
    1: "les cartes A6 face visible",
    2: "la matrice et les pions de la table",
    3: "les papillons de la frise",
}
_STEPS = {
    1: (
        "7. Chacun coche son carnet. Seul l'animateur écrit sur les A3, et relit : « Ai-je bien compris : … ? » Le "
        "code en gros de la fiche (H-01) suit chaque phrase ; le rond É ou T dit le rôle. Aucun nom, jamais.",
        "8. À 3 minutes sans parole, retourner une carte A6. Une solution va au Frigo. Un chiffre contesté : les "
        "quatre gestes de la carte A5. À la fin, deux axes par table, treize mots au plus.",
    ),
    2: (
        "7. Un enjeu = une phrase, une tension ; trois reformulations au plus. On peut fusionner, écarter, ajouter, en "
        "disant pourquoi. Seul l'animateur écrit sur la fiche : la question d'où vient l'enjeu (Q-2), les constats qui "
        "l'appuient (L-11). Aucun nom, jamais. Une solution va au Frigo : elle servira à l'atelier 3.",
        "8. Numéroter les enjeux (E-1, E-2…) et les recopier sur la matrice du mur et la feuille à gommettes. Un pion "
        "par table et par enjeu ; deux pions éloignés : les deux tables s'expliquent.",
    ),
    3: (
        "7. Un levier = qui le porte, avec quel outil, pour quand, et le premier pas. S'il manque le pilote ou le "
        "premier pas, il va au Frigo. Seul l'animateur écrit sur la fiche ; un rôle ou un service, jamais un nom.",
        "8. Numéroter les leviers (A-01, A-02…), un papillon chacun sur la frise, à 1, 3 ou 6 ans. À la fin, ce que "
        "les élus porteront au conseil s'écrit dans Décisions : prise, à soumettre ou reportée.",
    ),
}


def guide(room: Room) -> list[Sheet]:
    """Make the page that says how to use the kit, from the room to the minute: three commands."""
    kit = room.kit
    rows = [
        title("Mode d'emploi"),
        line(f"{kit.commune}, atelier {kit.number}, {room.place}. But : {_GOALS[kit.number]}"),
        *_before(room),
        *_during(kit.number),
        *_after(room),
    ]
    return kit_flow.pages(rows)


def _before(room: Room) -> list[Row]:
    kit = room.kit
    tables = french.enumerate_words(kit.tables)
    people = french.quantity(kit.elected + kit.technicians, "personne")
    return [
        heading("Avant"),
        line(f"1. Sept jours avant : envoyer {french.enumerate_words(_SENT[:2 + (kit.number > 1)])}."),
        line(f"2. Imprimer d'après la liste de la première page ; couper {_CUT[kit.number]} sur les traits, plier les "
            "carnets."),
        line(f"3. La salle, {people} : {len(kit.tables)} îlots ({tables}) à 3 m l'un de l'autre, écran visible de "
            f"tous, 4 m de mur pour les A3. Sur chaque îlot : la carte de table au milieu, les fiches A3 en pile, "
                f"{_ON_TABLES[kit.number]}, trois feutres. Un avis de vie privée est à la porte ; la feuille de "
                    f"présence est celle de la mairie et y reste."),
        line("4. Places tirées au sort, élus et techniciens mêlés ; le maire et la direction générale à deux "
            "tables, personne à côté de son supérieur direct."),
    ]  # fmt: skip


def _during(number: int) -> list[Row]:
    return [
        heading("Pendant"),
        line("5. Projeter le diaporama (HTML ou PowerPoint) et suivre le script : l'heure de chaque temps y est."),
        line("6. Lire la phrase de vie privée, demander l'accord à main levée, noter combien. Un refus : ses mots "
            "ne sont pas pris."),
        *(line(text) for text in _STEPS[number]),
        line("9. Trois gommettes chacun, choisies au carnet, collées ensemble ; rond = élu, carré = technicien. Elles "
            "mesurent, elles ne décident pas."),
        line("10. Billets de sortie et carnets : dans la boîte, si on le veut. Photographier les feuilles "
            "seulement si la convention le permet, jamais les visages."),
    ]  # fmt: skip


def _after(room: Room) -> list[Row]:
    kit, slug = room.kit, room.kit.slug
    return [
        heading("Après : trois commandes"),
        line(f"11. make atelier commune={slug} numero={kit.number} a écrit ce kit et un classeur de saisie par "
            f"animateur. Recopier les fiches dans les cellules jaunes : une ligne par chose dite, son code, son "
                f"type. Les gommettes se comptent une fois, dans le classeur A. Une parole qui n'est pas un "
                    f"constat (« qui fait quoi ») va dans Suites."),
        line(f"12. make atelier-import commune={slug} numero={kit.number} relit les classeurs et dit ce qui est à "
            f"corriger : fichier, feuille, ligne, remède. Corriger, relancer : rien n'est compté deux fois."),
        line(f"13. make compte-rendu commune={slug} numero={kit.number} écrit le compte rendu (Word et PDF). "
            f"Compléter ce qui y est surligné ; l'envoyer sous 48 heures. Cinq jours ouvrés pour relire, "
                f"corriger ou retirer une phrase."),
        line(f"Les feuilles et les saisies sont détruites "
            f"{french.quantity(room.convention.conservation_mois, 'mois', 'mois')} après l'envoi."),
    ]  # fmt: skip


def script(room: Room, slides: Sequence[Slide]) -> list[Sheet]:
    """Make the script of the facilitators: the minutes of each slide and what is said, as its notes have it."""
    rows = [("Minutes", "Diapositive", "Ce que dit et fait l'animateur")]
    for rank, slide in enumerate(slides, start=1):
        timing, *notes = slide.notes
        # The reading and the sources of a figure are under it on the sheet.
        kept = notes[:2] if slide.code else notes
        rows.append((timing.partition(" (")[0], f"{rank}. {slide.title}", " ".join(kept)))
    first = [
        title("Le script, minute par minute"),
        line(f"{room.kit.commune}, atelier {room.kit.number}, {room.place} : {room.minutes} minutes."),
    ]
    return kit_flow.pages([*first, *kit_flow.table(rows, (30, 62, 88))], foot="Un exemplaire par animateur.")


def said(room: Room) -> list[Sheet]:
    """Make the list of what was said before, by figure: what a table reads before it words an issue."""
    by_code: dict[str, list[Contribution]] = {}
    for one in (one for workshop in room.before for one in workshop.whole):
        # What is for the commune alone is on no sheet of the room.
        if one.may_be_told:
            by_code.setdefault(one.code, []).append(one)
    if not by_code:
        return []
    rows = [
        title("Ce qui a été dit à l'atelier 1"),
        line("Par chiffre, sans nom. Avant d'écrire un enjeu, lire ce qui touche sa question."),
    ]
    for code, heard in sorted(by_code.items()):
        named = f"{code} – {room.subjects.get(code) or room.title_of(code)}" if code else "Sans chiffre"
        rows.append(heading(named))
        rows += [
            line(f"{presentation.KINDS[one.type].word} : {presentation.quote(one)}")
            for one in presentation.order(heard)
        ]
    return kit_flow.pages(rows)


def door(room: Room) -> Sheet:
    """Make the notice of the door: what becomes of what is said."""
    return Sheet(
        portrait=True,
        paper=A4,
        zones=(
            zone(0, 0, 210, 8, ground="accent"),
            zone(20, 30, 170, 40, f"{room.kit.commune}, atelier "
                f"{room.kit.number}", size=36, least=22, face=fonts.DISPLAY, role="h1"),
            zone(20, 75, 170, 14, room.place, size=18, least=12, colour="muted"),
            zone(20, 110, 170, 130, describe_privacy(room.convention), size=24, least=15),
            zone(20, 250, 170, 20, "La feuille de présence est celle de la mairie ; elle y "
                "reste.", size=14, colour="muted"),
        ),
    )  # fmt: skip


def contested(room: Room) -> list[Sheet]:
    """Make the card of a contested figure, both sides, twice a sheet: gestures, then what is heard and answered."""
    by = french.long_date(room.next_day) if room.next_day else "la date que nous fixons"
    answers = _answers(room, by)
    front = [
        zone(
            _AROUND,
            10,
            _INSIDE,
            12,
            "Quand un chiffre est contesté",
            size=19,
            face=fonts.DISPLAY,
            role="h1",
        )
    ]
    for rank, (name, words) in enumerate(GESTURES):
        top = 30 + 43 * rank
        front += [
            zone(_AROUND, top, _INSIDE, 9, name, size=18, face=fonts.BOLD, colour="commune", role="h2"),
            zone(
                _AROUND,
                top + 11,
                _INSIDE,
                26,
                words.format(where=_CONTESTED[room.kit.number]),
                size=16,
                least=12,
            ),
        ]
    back = [zone(_AROUND, 10, _INSIDE, 8, "On entend… on répond", size=15, face=fonts.DISPLAY, role="h1")]
    for rank, (heard, words) in enumerate(answers):
        top = 22 + 23 * rank
        back += [
            zone(_AROUND, top, _INSIDE, 6, heard, size=11, least=9, face=fonts.BOLD, role="h2"),
            zone(_AROUND, top + 6.5, _INSIDE, 15, words, size=11, least=9),
        ]
    return [_twice(front), _twice(back)]


def _answers(room: Room, by: str) -> tuple[tuple[str, str], ...]:
    day = french.long_date(room.diagnostic.day)
    return (
        ("« C'est faux. »", f"« Possible. Qu'est-ce qui vous le montre ? Je l'écris comme contredit. Qui peut "
            f"vérifier avant le {by} ? »"),
        ("« Vos chiffres datent. »", f"« Ils sont du {day}, ou de la date écrite sous la figure. Qu'est-ce qui a "
            f"changé depuis ? Je le note en nuance, avec la date. »"),
        ("« L'Insee nous a perdu des habitants. »", "« La population légale se discute avec l'Insee, pas ici. "
            "Notons ce que vous constatez, et posons la question. »"),
        ("« Vous nous jugez. »", "« Le chiffre décrit, il ne dit pas ce qu'il fallait faire. Quelle phrase vous "
            "paraîtrait juste ? »"),
        ("« N'écrivez pas ça. »", "« Je peux l'écrire sans rôle, pour la commune seule, ou ne pas l'écrire. Vous "
            "choisissez. »"),
        ("Un technicien contredit un élu", "« Deux lectures. J'écris les deux, sans qui. » Puis demander à une "
            "troisième personne."),
        ("Un chiffre simulé ou marqué *", "« Celui-ci est une estimation : gardons la question, pas le nombre. »"),
        ("« Votre point mort dit qu'il faut tant de logements par an ? "
            "»", "« Non : il dit ce qu'il a fallu hier. Demain est un choix. »"),
    )  # fmt: skip


def _twice(zones: Sequence[Zone]) -> Sheet:
    """Put the same A5 page twice on a sheet, to be cut in the middle."""
    again = [replace(one, x=one.x + _HALF, role="p") for one in zones]
    marks = zone(0, 0, A4[0], A4[1] - 0.1, drawing=cut_marks(*A4, across=False))
    return Sheet(paper=A4, zones=(*zones, *again, marks))


def notebook(room: Room, options: Sequence[tuple[str, str]], slides: Sequence[Slide]) -> list[Sheet]:
    """Make the notebook of a participant, a sheet to fold: outside its last page and cover, inside what is ticked."""
    kit = room.kit
    right = _HALF + _AROUND
    cover = [
        zone(_HALF, 0, _HALF, 6, ground="accent"),
        zone(right, 40, _INSIDE, 34, f"Carnet de l'atelier "
            f"{kit.number}", size=34, least=24, face=fonts.DISPLAY, role="h1"),
        zone(right, 78, _INSIDE, 12, kit.commune, size=20, least=12),
        zone(right, 92, _INSIDE, 12, room.place, size=13, least=10, colour="muted"),
        zone(right, 130, _INSIDE, 40, "Ce carnet est à vous : n'y mettez pas votre nom. Il n'est relevé que si "
            "vous le déposez dans la boîte.", size=15, least=12),
    ]  # fmt: skip
    last = [
        zone(
            _AROUND,
            14,
            _INSIDE,
            12,
            "Ce que je voulais dire et n'ai pas dit",
            size=16,
            least=12,
            face=fonts.BOLD,
            role="h2",
        ),
        zone(_AROUND, 26, _INSIDE, 170, ruled=11),
    ]
    inside = [*_ticks(slides, kit.number), *_choice(options, right)]
    return [Sheet(paper=A4, zones=(*last, *cover)), Sheet(paper=A4, zones=tuple(inside))]


def _ticks(slides: Sequence[Slide], number: int) -> list[Zone]:
    """Make the page of the eight lines, with three boxes each; of later workshops, lines to write on."""
    if number > 1:
        return [
            zone(_AROUND, 12, _INSIDE, 9, "Mes notes, table par table", size=16, face=fonts.BOLD, role="h2"),
            zone(_AROUND, 24, _INSIDE, 172, ruled=11),
        ]
    zones = [zone(_AROUND, 12, _INSIDE, 9, "Ce que je vois : je coche", size=16, face=fonts.BOLD, role="h2")]
    for rank, slide in enumerate(slides):
        top = 26 + 21.5 * rank
        zones += [
            zone(_AROUND, top, 22, 9, slide.code, size=16, face=fonts.BOLD, colour="commune"),
            zone(_AROUND + 23, top, _INSIDE - 23, 11, slide.title, size=11, least=8.5),
            zone(_AROUND + 23, top + 11.5, _INSIDE - 23, 6, _BOXES, size=10.5, least=9),
        ]  # fmt: skip
    return zones


def _choice(options: Sequence[tuple[str, str]], left: float) -> list[Zone]:
    """Make the page of the three dots: chosen on paper before anyone stands up."""
    zones = [
        zone(left, 12, _INSIDE, 9, "Mes trois gommettes", size=16, face=fonts.BOLD, role="h2"),
        zone(
            left, 22, _INSIDE, 12, "Je les choisis ici avant de me lever : trois lignes différentes.", size=11
        ),
    ]
    for rank, (code, named) in enumerate(options[:7]):
        zones.append(zone(left, 40 + 13 * rank, _INSIDE, 12, f"☐ {code}  {named}", size=11, least=8.5))
    top = 40 + 13 * len(options[:7])
    zones += [
        box(left, top + 4 + 22 * rank, _INSIDE, 19, f"Gommette {rank + 1}", size=11) for rank in range(3)
    ]
    return zones


def slips(room: Room) -> Sheet:
    """Make four exit slips, A6: two questions, no name."""
    zones: list[Zone] = []
    for place in range(4):
        left, top = 105 * (place % 2), 148.5 * (place // 2)
        zones += [
            zone(left + 9, top + 9, 87, 8, f"Billet de sortie, atelier "
                f"{room.kit.number}", size=13, face=fonts.DISPLAY, role="h2"),
            zone(left + 9, top + 18, 87, 6, "Anonyme, dans la boîte.", size=9.5, colour="muted"),
        ]  # fmt: skip
        zones += [
            zone(left + 9, top + 27 + 56 * rank, 87, 54, words, size=12, face=fonts.BOLD, ruled=10)
            for rank, words in enumerate(_SLIPS[room.kit.number])
        ]
    marks = zone(0, 0, 210, 296.9, drawing=cut_marks(210, 297))
    return Sheet(portrait=True, paper=A4, zones=(*zones, marks))


def rows_of(texts: Sequence[str]) -> list[Row]:
    """Make a paragraph of each text."""
    return [Row((Cell(text),)) for text in texts]
