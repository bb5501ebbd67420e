"""Place blocks on pages, in their order, in rows of one or two columns: few pages, and full ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

# Where a block stands: across the page, in one of its columns, or across it with its words beside its drawing.
Place = Literal["wide", "half", "side"]

# Points between two rows at least, and what may be added to it so that a page ends at its foot; between a title and
# what it heads, where nothing is added.
GAP, _STRETCH, CLOSE = 14.0, 16.0, 7.0
# As many blocks as two columns between two titles hold.
_MOST = 6
# Heights nearer than this are alike, in points.
_ALIKE = 5.0
# A page less full than that looks unfinished; one as full as this is full.
_LEAST, _FULL = 0.77, 0.93
_UNFINISHED = 20.0
# Sources at the top of a page, apart from what they are of.
_APART = 10.0


@dataclass(frozen=True)
class Size:
    """How high a block is in each place that it can take, in points.

    A head stays with what follows it, a foot with what it follows wherever that can be.
    """

    heights: Mapping[Place, float]
    is_head: bool = False
    is_foot: bool = False


@dataclass(frozen=True)
class Row:
    """Blocks side by side: the ranks of those of each column, from top to bottom."""

    place: Place
    columns: tuple[tuple[int, ...], ...]
    height: float
    # What it leaves empty, as a part of twice its height.
    loss: float = 0.0
    is_head: bool = False


@dataclass(frozen=True)
class Sheet:
    """A page: its rows, how high they are together, and the points between two of them."""

    rows: tuple[Row, ...] = ()
    height: float = 0.0
    gap: float = GAP
    cost: float = field(default=0.0, compare=False)

    def add(self, row: Row) -> Sheet:
        """Copy the page with one more row."""
        above = 0.0 if not self.rows else CLOSE if self.rows[-1].is_head else GAP
        height = self.height + above + row.height
        return Sheet((*self.rows, row), height, cost=self.cost + row.loss * row.height)


def pack(sizes: Sequence[Size], *, height: float) -> list[Sheet]:
    """Place every block on pages `height` points high; a block that is higher has a page of its own, and goes on.

    All pages but the last are as full as they can be made, and then stretched to their foot.
    """
    count = len(sizes)
    costs = [0.0] * (count + 1)
    choices: list[tuple[int, Sheet]] = [(0, Sheet())] * count
    for start in reversed(range(count)):
        found = [
            (_cost(sheet, height=height, is_last=end == count) + _cut(end, sizes) + costs[end], end, sheet)
            for end, sheet in _sheets_from(start, sizes, height=height)
        ]
        costs[start], *choice = min(found, key=lambda one: one[0])
        choices[start] = (choice[0], choice[1])  # type: ignore[assignment]
    sheets, start = [], 0
    while start < count:
        start, sheet = choices[start]
        sheets.append(sheet if start == count else _stretch(sheet, height=height))
    return sheets


def fit(sizes: Sequence[Size], *, height: float) -> Sheet | None:
    """Place every block on one page, as full as can be; nothing where they do not fit."""
    whole = [
        sheet
        for end, sheet in _sheets_from(0, sizes, height=height)
        if end == len(sizes) and sheet.height <= height
    ]
    if not whole:
        return None
    return _stretch(min(whole, key=lambda sheet: _cost(sheet, height=height, is_last=False)), height=height)


def _cost(sheet: Sheet, *, height: float, is_last: bool) -> float:
    """Weigh a page: one by itself, more with what it leaves empty at its foot and inside."""
    filled = sheet.height / height
    inside = sheet.cost / height + (_UNFINISHED if filled > 1 else 0.0)
    if is_last:
        return 1 + inside
    return 1 + inside + 3 * max(0.0, _FULL - filled) + (_UNFINISHED if filled < _LEAST else 0.0)


def _cut(end: int, sizes: Sequence[Size]) -> float:
    """Weigh where a page ends: before a foot, it is apart from what it follows."""
    return _APART if end < len(sizes) and sizes[end].is_foot else 0.0


def _sheets_from(start: int, sizes: Sequence[Size], *, height: float) -> Iterator[tuple[int, Sheet]]:
    """List the pages that begin with a block: the rank of the block after the last, and the page."""
    waiting: dict[int, dict[int, Sheet]] = {start: {0: Sheet()}}
    for end in range(start, len(sizes) + 1):
        for sheet in waiting.get(end, {}).values():
            if end > start and not (end < len(sizes) and sizes[end - 1].is_head):
                yield end, sheet
            for after, row in _rows_from(end, sizes):
                longer = sheet.add(row)
                if longer.height > height and not (after == end + 1 and _only_heads(sheet, sizes)):
                    continue
                alike = waiting.setdefault(after, {})
                key = round(longer.height / _ALIKE)
                if key not in alike or longer.cost < alike[key].cost:
                    alike[key] = longer


def _only_heads(sheet: Sheet, sizes: Sequence[Size]) -> bool:
    return all(sizes[rank].is_head for row in sheet.rows for column in row.columns for rank in column)


def _rows_from(start: int, sizes: Sequence[Size]) -> Iterator[tuple[int, Row]]:
    """List the rows that begin with a block: the rank of the block after the last, and the row."""
    if start == len(sizes):
        return
    heights = sizes[start].heights
    if "wide" in heights:
        yield start + 1, Row("wide", ((start,),), heights["wide"], is_head=sizes[start].is_head)
    if "side" in heights:
        # Under its words, which a column adds to its drawing, all is empty.
        side = heights["side"]
        words = heights.get("half", side) - side
        yield start + 1, Row("side", ((start,),), side, loss=max(0.0, side - words) / (2 * side))
    for end in range(start + 2, min(start + _MOST, len(sizes)) + 1):
        if any("half" not in sizes[rank].heights for rank in range(start, end)):
            return
        yield (
            end,
            min((_side_by_side(start, cut, end, sizes) for cut in range(start + 1, end)), key=_height),
        )


def _side_by_side(start: int, cut: int, end: int, sizes: Sequence[Size]) -> Row:
    columns = (tuple(range(start, cut)), tuple(range(cut, end)))
    left, right = (
        sum(sizes[rank].heights["half"] for rank in column) + GAP * (len(column) - 1) for column in columns
    )
    return Row("half", columns, max(left, right), loss=abs(left - right) / (2 * max(left, right)))


def _height(row: Row) -> float:
    return row.height


def _stretch(sheet: Sheet, *, height: float) -> Sheet:
    """Share out what is left at the foot of a page between its rows."""
    between = sum(not row.is_head for row in sheet.rows[:-1])
    if between < 1:
        return sheet
    added = min(_STRETCH, max(0.0, height - sheet.height) / between)
    return Sheet(sheet.rows, sheet.height + added * between, GAP + added, sheet.cost)
