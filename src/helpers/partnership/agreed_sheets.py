"""What a group agreed on as sheets of paper, A3: the matrix of issues, the grid of levers by issue and horizon."""

from __future__ import annotations

from collections.abc import Iterator

from helpers import fonts, french
from helpers.agreement import agreed_text
from helpers.contributions.agreed import HORIZONS, Agreed, Issue
from helpers.figures import matrix
from helpers.publication.documents.sheets import Sheet, Zone

# Millimetres: the margins, the head, the matrix and what is beside it.
_SIDE, _WIDE, _TOP, _HIGH = 10, 400, 36, 240
_BESIDE = (272, 138)
# The grid of levers: its first column, the others, the head of columns, the boxes under it.
_FIRST, _HEAD, _BOXES = 100, 12, 30
_GRID_TOP = 34


def compose(agreed: Agreed, *, commune: str) -> list[Sheet]:
    """Compose the sheets of what was agreed on: the matrix, then the levers where some were chosen."""
    found = [_matrix(agreed, commune)] if agreed.issues else []
    return [*found, _grid(agreed, commune)] if agreed.levers else found


def _head(title: str, commune: str) -> list[Zone]:
    return [
        Zone(x=0, y=0, w=420, h=5, ground="accent"),
        Zone(
            x=_SIDE, y=9, w=280, h=18, text=french.typography(title), size=34, least=20, face=fonts.DISPLAY, role="h1",
        ),
        Zone(
            x=300, y=13, w=110, h=10, text=french.typography(commune), size=16, least=9, colour="muted", align="right",
        ),
    ]  # fmt: skip


def _matrix(agreed: Agreed, commune: str) -> Sheet:
    placed = agreed_text.place(agreed)
    x, wide = _BESIDE
    each = min(58.0, _HIGH / len(agreed.issues))
    beside = [
        Zone(
            x=x, y=_TOP + each * rank, w=wide, h=each - 3, text=_describe(agreed, issue), size=20, least=8, pad=4,
            line="rule",
        )
        for rank, issue in enumerate(agreed.issues)
    ]  # fmt: skip
    note = "Disque : autant de gommettes. Trait : d’un pion à l’autre. Tirets : sans levier. Une mesure."
    return Sheet(
        zones=(
            *_head("La matrice des enjeux", commune),
            Zone(x=20, y=_TOP, w=_HIGH, h=_HIGH - 6, drawing=matrix.issue_matrix(placed)),
            *beside,
            Zone(
                x=_SIDE, y=280, w=_WIDE, h=8, text=french.typography(note), size=11, least=9, colour="muted"
            ),
        )
    )


def _describe(agreed: Agreed, issue: Issue) -> str:
    """Write an issue and its measure beside the matrix."""
    pawns = " ; ".join(f"{pawn.table} {pawn.importance}, {pawn.capacity}" for pawn in issue.pawns)
    levers = ", ".join(lever.code for lever in agreed.levers_of(issue.code)) or "sans levier"
    measure = [
        french.quantity(issue.total, "gommette"),
        f"pions {pawns}" if pawns else "",
        f"leviers {levers}" if agreed.levers else "",
    ]
    return french.typography(f"{issue.code} – {issue.text}\n{' · '.join(filter(None, measure))}")


def _grid(agreed: Agreed, commune: str) -> Sheet:
    rows = [issue.code for issue in agreed.issues]
    others = {lever.issue for lever in agreed.levers} - set(rows)
    # What is of no issue is reported in the box under the grid.
    rows += sorted(code for code in others if code)
    high = (_HIGH - _HEAD - _BOXES + 6) / max(1, len(rows))
    zones = [*_head("Les leviers, par enjeu et par horizon", commune), *_columns()]
    for rank, code in enumerate(rows):
        zones += _row(agreed, code, y=_GRID_TOP + _HEAD + high * rank, high=high)
    return Sheet(zones=(*zones, *_boxes(agreed)))


def _columns() -> Iterator[Zone]:
    wide = (_WIDE - _FIRST) / len(HORIZONS)
    for rank, years in enumerate(HORIZONS):
        yield Zone(
            x=_SIDE + _FIRST + wide * rank, y=_GRID_TOP, w=wide, h=_HEAD, text=french.quantity(years, "an"), size=20,
            face=fonts.BOLD, role="h2", pad=2, ground="soft",
        )  # fmt: skip


def _row(agreed: Agreed, code: str, *, y: float, high: float) -> Iterator[Zone]:
    issue = next((one.text for one in agreed.issues if one.code == code), "")
    named = french.typography(f"{code} – {issue}" if issue else code)
    wide = (_WIDE - _FIRST) / len(HORIZONS)
    yield Zone(
        x=_SIDE,
        y=y,
        w=_FIRST,
        h=high,
        text=named,
        size=20,
        least=9,
        face=fonts.BOLD,
        pad=3,
        line="rule",
        role="h2",
    )
    for rank, years in enumerate(HORIZONS):
        levers = [lever for lever in agreed.levers_of(code) if lever.horizon == years]
        text = "\n".join(f"{lever.text}\n{agreed_text.chip(lever)}" for lever in levers)
        yield Zone(
            x=_SIDE + _FIRST + wide * rank, y=y, w=wide, h=high, text=french.typography(text), size=19, least=8, pad=3,
            line="rule",
        )  # fmt: skip


def _boxes(agreed: Agreed) -> Iterator[Zone]:
    """Print what has no figure and what has no lever, always."""
    lists = {
        "Leviers sans constat à l’appui": [f"{one.code} – {one.text}" for one in agreed.unfounded],
        "Enjeux sans levier": [f"{one.code} – {one.text}" for one in agreed.idle],
        "Leviers sans horizon": [f"{one.code} – {one.text}" for one in agreed.levers if not one.horizon],
    }
    wide = (_WIDE - 4 * (len(lists) - 1)) / len(lists)
    for rank, (title, lines) in enumerate(lists.items()):
        text = french.typography(f"{title} : {' ; '.join(lines) or 'aucun'}.")
        yield Zone(
            x=_SIDE + (wide + 4) * rank, y=287 - _BOXES, w=wide, h=_BOXES - 2, text=text, size=16, least=7, pad=3,
            ground="soft",
        )  # fmt: skip
