"""The A3 sheets of a workshop, that scribes write on: zones in millimetres, room for a hand, the code in large."""

from __future__ import annotations

from collections.abc import Sequence

from helpers import french, tokens
from helpers.contributions.agreed import HORIZONS, Issue
from helpers.partnership.kit_room import Room
from helpers.publication.documents.deck import ASKED, Slide
from helpers.publication.documents.sheets import Sheet, Zone

# Millimetres: what is left and right of everything, the width of what is inside, the step of handwritten lines.
SIDE, WIDE, RULED = 10, 400, 11
_LEFT, _RIGHT, _COLUMN = 10, 206, 190
# Where the circles of roles are, and their size.
_ROLE, _CIRCLE = 15.0, 2.6
# Options of a sheet of dots, and the height of each.
_OPTION, _OPTIONS = 32, 8
_DOT, _STEP = 11.0, 12.6
MEASURE = "Les gommettes mesurent, elles ne décident pas – 3 par personne, 1 par ligne"
_LEVER_COLUMNS = (
    ("Levier", 110), ("Pilote", 45), ("Qui décide", 45), ("Outil", 45), ("Horizon", 25), ("Premier pas et date", 70),
    ("Constat à l'appui (code)", 30), ("Frein", 30),
)  # fmt: skip


def box(x: float, y: float, w: float, h: float, text: str = "", **look: object) -> Zone:
    """Make a framed zone with room to write: its heading, ruled lines where `ruled` says so."""
    return zone(
        x,
        y,
        w,
        h,
        text,
        **{"size": 13, "least": 10, "bold": True, "line": "rule", "pad": 2, "role": "h2"} | look,
    )


def zone(x: float, y: float, w: float, h: float, text: str = "", **look: object) -> Zone:
    """Make a zone, its text in French typography."""
    return Zone(x=x, y=y, w=w, h=h, text=french.typography(french.visible(text)), **look)  # type: ignore[arg-type]


def facts(room: Room) -> list[Sheet]:
    """Make the sheets of the facts chosen, then one without a figure."""
    slides = room.facts
    made = [_fact(room, slide, f"fiche {rank}/{len(slides)}") for rank, slide in enumerate(slides, start=1)]
    return [*made, _fact(room, None, "fiche libre")]


def _fact(room: Room, slide: Slide | None, told: str) -> Sheet:
    title = slide.title if slide else "Ce que nous voulons ajouter"
    # A question of another sheet is asked there; the sheet asks what the room can tell.
    question = slide.question if slide else ASKED
    figure = (
        [
            zone(_LEFT, 36, _COLUMN, 6, slide.subtitle, size=11, least=8, colour="muted"),
            zone(_LEFT, 43, _COLUMN, 119, drawing=slide.drawing),
            zone(_LEFT, 164, _COLUMN, 21, "\n".join(filter(None, (slide.fact, slide.source))), size=9, least=7.5, colour="muted"),
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
        *_band(slide.code if slide else "", title, f"Atelier {room.kit.number} · {told}", mark=slide.mark if slide else ""),
        *figure,
        zone(_LEFT, 186, _COLUMN, 26, question, size=18, least=12, bold=True, ground="question", line="question-line", pad=3, role="h2"),
        box(_LEFT, 216, 93, 58, "À retenir 1 (13 mots au plus)", ruled=RULED),
        box(_LEFT + 97, 216, 93, 58, "À retenir 2 (13 mots au plus)", ruled=RULED),
    ]  # fmt: skip
    for heading, top, tall in columns:
        zones += written(_RIGHT, top, 204, tall, heading)
    return Sheet(zones=(*zones, _foot(room)))


def written(x: float, y: float, w: float, h: float, heading: str) -> list[Zone]:
    """Make a box of ruled lines, each with a circle for an elected official and one for a technician."""
    made = box(x, y, w, h, heading, ruled=RULED)
    rules = made.rules
    ink, paper = tokens.colour("muted"), tokens.colour("paper")
    circles = "".join(
        f'<circle cx="{cx}" cy="{rule - RULED / 2:.2f}" r="{_CIRCLE}" fill="{paper}" stroke="{ink}" stroke-width="0.3"/>'
        f'<text x="{cx}" y="{rule - RULED / 2 + 1:.2f}" font-size="3" text-anchor="middle" fill="{ink}">{letter}</text>'
        for rule in rules
        for cx, letter in ((4.4, "É"), (10.6, "T"))
    )
    told = "Pour chaque ligne : É parole d'élu, T parole de technicien"
    drawn = f'<svg role="img" aria-label="{french.typography(told)}" viewBox="0 0 {_ROLE} {h}" font-family="Source Sans 3">{circles}</svg>'
    return [made, zone(x, y, _ROLE, h, drawing=drawn)]


def _band(code: str, title: str, told: str, *, mark: str = "") -> list[Zone]:
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
            bold=True,
            role="h1",
            display=True,
        ),
        zone(350, 10, 60, 8, told, size=12, least=9, colour="muted", align="right"),
    ]
    if code:
        zones.insert(1, zone(SIDE, 9, 56, 22, code, size=48, bold=True, colour="commune"))
    if mark:
        zones.append(zone(334, 20, 76, 9, mark, size=12, bold=True, align="center", pad=1, colour="demo-ink", ground="demo", line="demo-line"))  # fmt: skip
    return zones


def _foot(room: Room) -> Zone:
    kit = room.kit
    tables = " ".join(f"☐ {table}" for table in kit.tables)
    told = f"{kit.commune} · version {kit.version} · table {tables} · tour ☐ 1 ☐ 2 · Pas de nom"
    return zone(SIDE, 280, WIDE, 8, told, size=12, least=9, colour="muted")


def fridge(room: Room) -> Sheet:
    """Make the sheet where solutions and digressions wait: twenty lines."""
    return Sheet(
        zones=(
            *_band("", "Le Frigo : ce qui attend son heure", f"Atelier {room.kit.number}"),
            zone(SIDE, 26, WIDE, 9, "Une solution, une idée, un autre sujet : on l'écrit ici, on y revient à l'atelier qui lui convient.", size=13, colour="muted"),
            zone(SIDE, 36, WIDE, 241, ruled=12),
            _foot(room),
        )
    )  # fmt: skip


def dots(room: Room, options: Sequence[tuple[str, str]], *, blank: int) -> list[Sheet]:
    """Make the sheets of the dots: a line an option, then blank ones; eight lines a sheet at most."""
    lines = [*options, *[("", "")] * blank]
    pages = [lines[start : start + _OPTIONS] for start in range(0, len(lines), _OPTIONS)]
    return [_dots(room, page) for page in pages]


def _dots(room: Room, lines: Sequence[tuple[str, str]]) -> Sheet:
    elected, technicians = room.kit.elected, room.kit.technicians
    # Fewer than three people of a role: their dots would tell who they are.
    rows = (
        [("round", elected + technicians)]
        if min(elected, technicians) < 3
        else [("round", elected), ("square", technicians)]
    )
    legend = "rond = élus, carré = techniciens" if len(rows) == 2 else "une seule forme pour tous"
    zones = [
        zone(0, 0, 420, 5, ground="accent"),
        zone(SIDE, 8, WIDE, 11, MEASURE, size=24, least=16, bold=True, role="h1", display=True),
        zone(SIDE, 20, WIDE, 7, f"{room.kit.commune} · atelier {room.kit.number} · {legend} · chacun choisit au carnet avant de se lever", size=12, colour="muted"),
    ]  # fmt: skip
    for rank, (code, title) in enumerate(lines):
        top = 29 + rank * _OPTION
        zones += [
            zone(SIDE, top, WIDE, 0.4, ground="rule"),
            zone(SIDE, top + 6, 30, 14, code, size=32, bold=True, colour="commune"),
            zone(
                42,
                top + 3,
                170,
                27,
                title,
                size=20,
                least=13,
                bold=True,
                role="h2",
                ruled=0 if title else RULED,
            ),
            zone(216, top + 2, 194, 28, drawing=_shapes(rows)),
        ]
    return Sheet(zones=tuple(zones))


def _shapes(rows: Sequence[tuple[str, int]]) -> str:
    """Draw the places of the dots of a line: a row of circles, a row of squares."""
    ink, made = tokens.colour("rule"), []
    # One shape for all may need two rows.
    placed = [
        (kind, 7 + _STEP * (rank % 15), 7 + 13.5 * (row + rank // 15))
        for row, (kind, count) in enumerate(rows)
        for rank in range(count)
    ]
    for kind, x, y in placed:
        look = f'fill="none" stroke="{ink}" stroke-width="0.5"'
        made.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_DOT / 2}" {look}/>'
            if kind == "round"
            else f'<rect x="{x - _DOT / 2:.1f}" y="{y - _DOT / 2:.1f}" width="{_DOT}" height="{_DOT}" {look}/>'
        )
    return f'<svg role="img" aria-label="Places des gommettes" viewBox="0 0 194 28">{"".join(made)}</svg>'


def questions(room: Room) -> list[Sheet]:
    """Make the sheets of the second workshop: one for each question chosen, then a blank one."""
    from helpers.partnership.kit_deck_later import codes_of, count_said

    made = []
    for code, card in room.cards.items():
        known = codes_of(room, card)
        told = [
            " ".join((f"[{number}]" if number else "", fact["text"])).strip()
            for number, fact in zip([*known, "", "", ""], card["facts"], strict=False)
        ]
        brought = [*card.get("brought", ()), count_said(room, code, known)]
        needs = (f"Logements : {card['homes']}", f"Services : {card['services']}")
        made.append(_question(room, code, card["question"], told, card["against"], brought, needs))
    return [*made, _question(room, "", "", [], "", [], ())]


def _question(
    room: Room,
    code: str,
    question: str,
    told: Sequence[str],
    against: str,
    brought: Sequence[str],
    needs: Sequence[str],
) -> Sheet:
    left = (
        ("Ce que disent les chiffres", 36, 72, "\n".join(told)),
        ("En sens contraire", 112, 40, against.removeprefix("En sens contraire : ")),
        ("Ce que la commune apporte", 156, 46, "\n".join(filter(None, brought))),
        ("Besoins à regarder", 206, 68, "\n".join(needs)),
    )
    zones = [*_band(code, question, f"Atelier {room.kit.number} · fiche enjeu")]
    for heading, top, tall, text in left:
        zones += [
            box(_LEFT, top, _COLUMN, tall, heading, ruled=0 if text else RULED),
            zone(_LEFT + 2, top + 9, _COLUMN - 4, tall - 11, text, size=14, least=9),
        ]
    fate = "Décision sur la proposition : ☐ gardée  ☐ reformulée  ☐ fusionnée avec …  ☐ écartée, car …  ☐ ajoutée"
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
    ink, grey, line = (tokens.colour(name) for name in ("ink", "muted", "line"))
    steps = "".join(f"M0 {48 * rank}H240M{48 * rank} 0V240" for rank in range(6))
    names = (("Porter ailleurs", 4, 8, "start"), ("Engager", 236, 8, "end"), ("Surveiller", 4, 236, "start"), ("Au fil de l'eau", 236, 236, "end"))  # fmt: skip
    words = "".join(
        f'<text x="{x}" y="{y}" font-size="6" text-anchor="{anchor}" fill="{grey}">{french.typography(name)}</text>'
        for name, x, y, anchor in names
    )
    drawn = (
        '<svg role="img" aria-label="Matrice vide, de 1 à 5 dans chaque sens" viewBox="0 0 240 240" font-family="Source Sans 3">'
        f'<path d="{steps}" fill="none" stroke="{line}" stroke-width="0.4"/>'
        f'<path d="M0 120H240M120 0V240" fill="none" stroke="{grey}" stroke-width="0.6" stroke-dasharray="3 2"/>'
        f'<rect x="0.5" y="0.5" width="239" height="239" fill="none" stroke="{ink}" stroke-width="1"/>{words}</svg>'
    )
    digits = [
        zone(13, 36 + 240 - 48 * rank - 28, 6, 8, str(rank + 1), size=13, colour="muted") for rank in range(5)
    ]
    digits += [zone(20 + 48 * rank + 21, 277, 6, 7, str(rank + 1), size=13, colour="muted", align="center") for rank in range(5)]  # fmt: skip
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
            bold=True,
            role="h2",
        ),
        zone(20, 36, 240, 240, drawing=drawn),
        *digits,
        zone(
            20,
            283,
            240,
            8,
            "Ce que la commune peut faire : peu → beaucoup (1 à 5)",
            size=13,
            bold=True,
            role="h2",
        ),
        *grid(272, 36, columns, rows=12, tall=19, head=12),
        zone(272, 283, 138, 8, f"{room.kit.commune} · table {tables} ☐ mur", size=11, colour="muted"),
    ]
    return Sheet(zones=tuple(zones))


def grid(
    x: float, y: float, columns: Sequence[tuple[str, float]], *, rows: int, tall: float, head: float
) -> list[Zone]:
    """Make an empty table: its headings, then cells to write in."""
    made, left = [], x
    for name, wide in columns:
        made.append(zone(left, y, wide, head, name, size=12, least=9, bold=True, pad=1.5, ground="soft", line="rule", role="h2"))  # fmt: skip
        made += [zone(left, y + head + tall * rank, wide, tall, line="rule") for rank in range(rows)]
        left += wide
    return made


def levers(room: Room) -> list[Sheet]:
    """Make the sheets of the third workshop, one for each issue chosen: four rows to fill in."""
    known = {issue.code: issue for issue in room.agreed.issues}
    return [_lever(room, known[code]) for code in room.choices.issues]


def _lever(room: Room, issue: Issue) -> Sheet:
    zones = [
        *_band(issue.code, issue.text, f"Atelier {room.kit.number} · fiche levier"),
        *grid(SIDE, 36, _LEVER_COLUMNS, rows=4, tall=52, head=14),
    ]
    left = SIDE + sum(wide for _, wide in _LEVER_COLUMNS[:4])
    for row in range(4):
        for rank, years in enumerate(HORIZONS):
            top = 36 + 14 + 52 * row + 5 + 15 * rank
            zones.append(zone(left + 4, top, 17, 11, f"◯ {years}", size=18))
    evidence = ", ".join(issue.figures) or "aucun"
    zones.append(zone(SIDE, 262, WIDE, 12, f"Constats de l'enjeu : {evidence}. Pas de levier sans premier pas ni pilote ; sans constat, écrire « sans constat ».", size=13, least=10))  # fmt: skip
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
                    *_band("", f"Dans {title} : {means}", f"Atelier {room.kit.number} · frise {HORIZONS.index(years) + 1}/3"),
                    zone(0, 150, 420, 2, ground="commune"),
                    zone(SIDE, 38, WIDE, 8, "Décidé par la commune", size=13, colour="muted"),
                    zone(SIDE, 158, WIDE, 8, "Demandé à d'autres, ou à convaincre : qui d'autre que nous doit dire oui ?", size=13, colour="muted"),
                    _foot(room),
                )
            )
        )  # fmt: skip
    return made
