"""The A3 sheets of a workshop, that scribes write on: zones in millimetres, room for a hand, the code in large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from helpers import fonts, french, tokens
from helpers.contributions.agreed import HORIZONS
from helpers.partnership.kit_deck_later import codes_of, count_said
from helpers.partnership.kit_drawings import mini
from helpers.partnership.kit_room import Room
from helpers.partnership.kit_tables import lay
from helpers.partnership.kit_zones import RULED, SIDE, WIDE, box, stamp, zone
from helpers.publication.documents import deck
from helpers.publication.documents.deck import ASKED, Slide
from helpers.publication.documents.sheets import Sheet, Zone

# Millimetres: where the two columns are, the width of the first.
_LEFT, _RIGHT, _COLUMN = 10, 206, 190
# Where the circles of roles are, and their size.
_ROLE, _CIRCLE = 15.0, 2.6
_LEVER_COLUMNS = (
    ("Levier", 110), ("Pilote", 45), ("Qui décide", 45), ("Outil", 45), ("Horizon", 25), ("Premier pas et date", 70),
    ("Constat à l'appui (code)", 30), ("Frein", 30),
)  # fmt: skip


def facts(room: Room) -> list[Sheet]:
    """Make the sheets of the facts chosen, then one without a figure."""
    slides = room.facts
    made = [_fact(room, slide, f"fiche {rank}/{len(slides)}") for rank, slide in enumerate(slides, start=1)]
    return [*made, _fact(room, None, "fiche libre")]


def _fact(room: Room, slide: Slide | None, reading: str) -> Sheet:
    title = slide.title if slide else "Ce que nous voulons ajouter"
    # A question of another sheet is asked there; the sheet asks what the room can tell.
    question = slide.question if slide else ASKED
    figure = (
        [
            zone(_LEFT, 36, _COLUMN, 6, slide.subtitle, size=11, least=8, colour="muted"),
            *(
                [zone(_LEFT, 43, _COLUMN, 119, drawing=slide.drawing)]
                if slide.drawing
                else lay(slide.table, _LEFT, 45, _COLUMN, 117)
            ),
            zone(
                _LEFT, 164, _COLUMN, 21, "\n".join(filter(None, (slide.fact, slide.source))), size=9, least=7.5,
                colour="muted",
            ),
        ]
        if slide
        else [box(_LEFT, 36, _COLUMN, 148, "Figure ou sujet, et d'où on le sait")]
    )  # fmt: skip
    columns = (
        ("Nous confirmons", 36, 38),
        ("Nous nuançons ou contredisons : où, depuis quand, d'après quoi", 78, 82),
        ("Nous ajoutons", 164, 60),
        ("Questions ouvertes : qui peut répondre ?", 228, 46),
    )
    zones = [
        *_band(slide.code if slide else "", title, f"Atelier {room.kit.number} · "
            f"{reading}", mark=slide.mark if slide else ""),
        *figure,
        zone(
            _LEFT, 186, _COLUMN, 26, question, size=18, least=12, face=fonts.BOLD, ground="question",
            line="question-line", pad=3, role="h2",
        ),
        box(_LEFT, 216, 93, 58, "À retenir 1 (13 mots au plus)", ruled=RULED),
        box(_LEFT + 97, 216, 93, 58, "À retenir 2 (13 mots au plus)", ruled=RULED),
    ]  # fmt: skip
    for heading, top, tall in columns:
        zones += written(_RIGHT, top, 204, tall, heading)
    return Sheet(zones=(*zones, _foot(room)))


def written(x: float, y: float, w: float, h: float, heading: str) -> list[Zone]:
    """Make a box of ruled lines, each with a circle for an elected official and one for a technician."""
    made = box(x, y, w, h, heading, ruled=RULED)
    ink, paper = tokens.colour("muted"), tokens.colour("paper")
    circles = "".join(
        f'<circle cx="{cx}" cy="{middle:.2f}" r="{_CIRCLE}" fill="{paper}" stroke="{ink}" stroke-width="0.3"/>'
        f'<text x="{cx}" y="{middle + 1:.2f}" font-size="3" text-anchor="middle" fill="{ink}">{letter}</text>'
        for middle in (rule - RULED / 2 for rule in made.rules)
        for cx, letter in ((4.4, "É"), (10.6, "T"))
    )
    label = "Pour chaque ligne : É parole d'élu, T parole de technicien"
    drawn = (
        f'<svg role="img" aria-label="{french.typography(label)}" viewBox="0 0 {_ROLE} {h}" '
        f'font-family="Source Sans 3">{circles}</svg>'
    )
    return [made, zone(x, y, _ROLE, h, drawing=drawn)]


def _band(code: str, title: str, heading: str, *, mark: str = "") -> list[Zone]:
    """Make the band of a sheet: its code in large, its title, what it is."""
    left = 58 if code else 0
    zones = [
        zone(0, 0, 420, 6, ground="accent"),
        zone(
            SIDE + left,
            10,
            WIDE - left - 62,
            22,
            title,
            size=22,
            least=15,
            face=fonts.DISPLAY,
            role="h1",
        ),
        zone(350, 10, 60, 8, heading, size=12, least=9, colour="muted", align="right"),
    ]
    if code:
        zones.insert(1, zone(SIDE, 9, 56, 22, code, size=48, face=fonts.BOLD, colour="commune"))
    if mark:
        zones.append(stamp(334, 20, 76, mark))
    return zones


def _foot(room: Room) -> Zone:
    kit = room.kit
    tables = " ".join(f"☐ {table}" for table in kit.tables)
    rounds = " · tour ☐ 1 ☐ 2" if kit.number == 1 else ""
    footer = f"{kit.commune} · version {kit.version} · table {tables}{rounds} · Pas de nom"
    return zone(SIDE, 280, WIDE, 8, footer, size=12, least=9, colour="muted")


def fridge(room: Room) -> Sheet:
    """Make the sheet where solutions and digressions wait: twenty lines."""
    return Sheet(
        zones=(
            *_band("", "Le Frigo : ce qui attend son heure", f"Atelier {room.kit.number}"),
            zone(SIDE, 26, WIDE, 9, "Une solution, une idée, un autre sujet : on l'écrit ici, on y revient à "
                "l'atelier qui lui convient.", size=13, colour="muted"),
            zone(SIDE, 36, WIDE, 241, ruled=12),
            _foot(room),
        )
    )  # fmt: skip


def questions(room: Room) -> list[Sheet]:
    """Make the sheets of the second workshop: one for each question chosen, then a blank one."""
    made = []
    for code, card in room.cards.items():
        known = codes_of(room, card)
        facts = [
            " ".join(filter(None, (f"[{number}]" if number else "", fact["text"])))
            for number, fact in zip(known, card["facts"], strict=True)
        ]
        brought = [*card.get("brought", ()), count_said(room, code, known)]
        needs = (f"Logements : {card['homes']}", f"Services : {card['services']}")
        sheet = _question(room, code, card["question"], facts, card["against"], brought, needs)
        made.append(replace(sheet, zones=(*sheet.zones, *_charts(room, known))))
    return [*made, _question(room, "", "", [], "", [], ())]


def _charts(room: Room, codes: Sequence[str]) -> list[Zone]:
    """Place the small charts of the first two figures of a question one above the other."""
    slides = deck.exhibit_slides(
        room.diagnostic, list(dict.fromkeys(filter(None, codes))), among=room.exhibits
    )
    drawn = [slide for slide in slides if slide.chart is not None][:2]
    zones = []
    for rank, slide in enumerate(drawn):
        top = 80 + 41 * rank
        zones += [
            zone(_LEFT + 3, top, 18, 6, slide.code, size=12, face=fonts.BOLD, colour="commune"),
            zone(_LEFT + 24, top, 150, 37, drawing=mini(slide)),
        ]
    return zones


def _question(
    room: Room,
    code: str,
    question: str,
    facts: Sequence[str],
    against: str,
    brought: Sequence[str],
    needs: Sequence[str],
) -> Sheet:
    left = (
        ("Ce que disent les chiffres", 36, 124, "\n".join(facts)),
        ("En sens contraire", 164, 30, against.removeprefix("En sens contraire : ")),
        ("Ce que la commune apporte", 198, 40, "\n".join(filter(None, brought))),
        ("Besoins à regarder", 242, 32, "\n".join(needs)),
    )
    zones = [*_band(code, question, f"Atelier {room.kit.number} · fiche enjeu")]
    for heading, top, tall, text in left:
        zones += [
            box(_LEFT, top, _COLUMN, tall, heading, ruled=0 if text else RULED),
            zone(_LEFT + 2, top + 9, _COLUMN - 4, min(tall - 11, 34), text, size=14, least=9),
        ]
    fate = "Décision sur la proposition :\n☐ gardée  ☐ reformulée  ☐ fusionnée avec …  ☐ écartée, car …  ☐ ajoutée"
    for heading, top, tall in (
        ("Notre enjeu (une phrase)", 36, 60),
        ("Ce qui le confirmerait ou le démentirait ici", 100, 50),
        ("Si nous ne faisons rien", 154, 40),
        (fate, 198, 30),
        ("Deux axes", 232, 42),
    ):
        zones.append(box(_RIGHT, top, 204, tall, heading, ruled=RULED))
    return Sheet(zones=(*zones, _foot(room)))


def matrix(room: Room) -> Sheet:
    """Make the matrix of issues: importance up, what the commune can do across, and the list of the pawns."""
    digits = [
        zone(x, y, 6, 7, str(rank + 1), size=13, colour="muted")
        for rank in range(5)
        for x, y in ((13, 248 - 48 * rank), (42 + 48 * rank, 277))
    ]
    pawns = [(f"Pion {table}", 44 / len(room.kit.tables)) for table in room.kit.tables]
    columns = (("Code", 22), ("Enjeu", 72), *pawns)
    tables = " ".join(f"☐ {table}" for table in room.kit.tables)
    zones = [
        *_band("", "La matrice des enjeux", f"Atelier {room.kit.number}"),
        zone(
            20,
            25,
            240,
            8,
            "Importance pour la commune (de bas en haut, 1 à 5)",
            size=13,
            face=fonts.BOLD,
            role="h2",
        ),
        zone(20, 36, 240, 240, drawing=_empty_matrix()),
        *digits,
        zone(
            20,
            283,
            240,
            8,
            "Ce que la commune peut faire : peu → beaucoup (1 à 5)",
            size=13,
            face=fonts.BOLD,
            role="h2",
        ),
        *grid(272, 36, columns, rows=12, tall=19, head=12),
        zone(272, 283, 138, 8, f"{room.kit.commune} · table {tables} ☐ mur", size=11, colour="muted"),
    ]
    return Sheet(zones=tuple(zones))


def _empty_matrix() -> str:
    """Draw the square that pawns are put on."""
    ink, grey, line = (tokens.colour(name) for name in ("ink", "muted", "line"))
    steps = "".join(f"M0 {48 * rank}H240M{48 * rank} 0V240" for rank in range(6))
    names = (
        ("Porter ailleurs", 4, 8, "start"),
        ("Engager", 236, 8, "end"),
        ("Surveiller", 4, 236, "start"),
        ("Au fil de l'eau", 236, 236, "end"),
    )
    words = "".join(
        f'<text x="{x}" y="{y}" font-size="6" text-anchor="{anchor}" fill="{grey}">{french.typography(name)}</text>'
        for name, x, y, anchor in names
    )
    return (
        '<svg role="img" aria-label="Matrice vide, de 1 à 5 dans chaque sens" viewBox="0 0 240 240" '
        'font-family="Source Sans 3">'
        f'<path d="{steps}" fill="none" stroke="{line}" stroke-width="0.4"/>'
        f'<path d="M0 120H240M120 0V240" fill="none" stroke="{grey}" stroke-width="0.6" stroke-dasharray="3 2"/>'
        f'<rect x="0.5" y="0.5" width="239" height="239" fill="none" stroke="{ink}" stroke-width="1"/>{words}</svg>'
    )


def grid(
    x: float, y: float, columns: Sequence[tuple[str, float]], *, rows: int, tall: float, head: float
) -> list[Zone]:
    """Make an empty table: its headings, then cells to write in."""
    made, left = [], x
    for name, wide in columns:
        made.append(box(left, y, wide, head, name, size=12, least=9, pad=1.5, ground="soft"))
        made += [zone(left, y + head + tall * rank, wide, tall, line="rule") for rank in range(rows)]
        left += wide
    return made


def levers(room: Room) -> list[Sheet]:
    """Make the sheets of the third workshop: one for each issue chosen, of four rows to fill in, then a blank one."""
    known = {issue.code: issue for issue in room.agreed.issues}
    made = []
    for code in room.choices.issues:
        named = [
            f"{one} ({room.subjects[one]})" if room.subjects.get(one) else one for one in known[code].figures
        ]
        made.append(
            _lever(room, code, known[code].text, f"Constats de l'enjeu : {', '.join(named) or 'aucun'}.")
        )
    others = french.enumerate_words([code for code in known if code not in room.choices.issues])
    title = f"Autres leviers, et ceux des enjeux sans fiche : {others}" if others else "Autres leviers"
    return [*made, _lever(room, "", title, "Écrire l'enjeu devant chaque levier, ou « sans enjeu ».")]


def _lever(room: Room, code: str, issue: str, evidence: str) -> Sheet:
    zones = [
        *_band(code, issue, f"Atelier {room.kit.number} · fiche levier"),
        *grid(SIDE, 36, _LEVER_COLUMNS, rows=4, tall=52, head=14),
    ]
    left = SIDE + sum(wide for _, wide in _LEVER_COLUMNS[:4])
    for row in range(4):
        for rank, years in enumerate(HORIZONS):
            top = 36 + 14 + 52 * row + 5 + 15 * rank
            zones.append(zone(left + 4, top, 17, 11, f"◯ {years}", size=18))
    zones.append(zone(SIDE, 262, WIDE, 12, f"{evidence} Sans pilote, ou sans premier pas : au Frigo ; sans constat, "
        "écrire « sans constat ».", size=13, least=10))  # fmt: skip
    return Sheet(zones=(*zones, _foot(room)))


def frieze(room: Room) -> list[Sheet]:
    """Make the three sheets of the wall: one, three and six years, side by side."""
    made = []
    for years in HORIZONS:
        title = french.quantity(years, "an")
        means = {1: "le budget voté", 3: "la révision d'un document", 6: "le mandat suivant"}[years]
        made.append(
            Sheet(
                zones=(
                    *_band("", f"Dans {title} : {means}", f"Atelier {room.kit.number} · frise "
                        f"{HORIZONS.index(years) + 1}/3"),
                    zone(0, 150, 420, 2, ground="commune"),
                    zone(SIDE, 38, WIDE, 8, "Décidé par la commune", size=13, colour="muted"),
                    zone(SIDE, 158, WIDE, 8, "Demandé à d'autres, ou à convaincre : qui d'autre que nous doit "
                        "dire oui ?", size=13, colour="muted"),
                    _foot(room),
                )
            )
        )  # fmt: skip
    return made
