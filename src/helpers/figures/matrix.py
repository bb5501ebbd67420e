"""The matrix of issues: how much each matters, what the commune can do about it, as the tables put it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import dist, hypot

from matplotlib.axes import Axes

from helpers import french
from helpers.figures import style
from helpers.figures.svg import shapes

_LOW, _HIGH = 0.5, 5.5
_MIDDLE = 3.0
# Importance first: little power to act on what matters is to be carried elsewhere.
_QUADRANTS = (
    (0.6, 5.3, "Porter ailleurs", "left"), (5.4, 5.3, "Engager", "right"),
    (0.6, 0.7, "Surveiller", "left"), (5.4, 0.7, "Au fil de l’eau", "right"),
)  # fmt: skip
# Points across: a disc without a dot, and what one more dot adds to its area.
_LEAST, _DOT = 240.0, 60.0
# Discs of a same place stand so far apart.
_APART = 0.34
# Points from the line that ties its pawns to the name of an issue.
_BESIDE = 11.0


@dataclass(frozen=True)
class Placed:
    """An issue: its code, where each table puts it (importance, capacity), its dots, whether it has a lever."""

    code: str
    pawns: Sequence[tuple[str, int, int]]
    dots: int
    has_lever: bool

    @property
    def places(self) -> list[tuple[tuple[int, int], str]]:
        """Where its pawns are (capacity across, importance up), each place once with the tables that chose it."""
        found: dict[tuple[int, int], list[str]] = {}
        for table, importance, capacity in self.pawns:
            found.setdefault((capacity, importance), []).append(table)
        return [(place, "".join(sorted(set(tables)))) for place, tables in sorted(found.items())]


def issue_matrix(issues: Iterable[Placed]) -> str:
    """Draw issues as SVG: a disc for each pawn, as large as the dots, dashed without a lever; a line ties those of one.

    Pawns apart are never brought to a middle: the room heard two opinions, and no table put the issue there.
    """
    placed = [issue for issue in issues if issue.pawns]
    with style.styled():
        figure, (axes,) = style.new_figure(5.2)
        axes.set_xlim(_LOW, _HIGH)
        axes.set_ylim(_LOW, _HIGH)
        _draw_frame(axes)
        taken: dict[tuple[int, int], int] = {}
        for issue in placed:
            _draw_issue(axes, issue, taken)
        return style.to_svg(figure, alt=describe(placed))


def describe(issues: Sequence[Placed]) -> str:
    """Say in words where each issue stands."""
    if not issues:
        return "Matrice des enjeux : aucun pion posé."
    sentences = []
    for issue in issues:
        pawns = " ; ".join(
            f"table {table}, importance {importance}, capacité {capacity}"
            for table, importance, capacity in issue.pawns
        )
        lever = "" if issue.has_lever else ", sans levier"
        sentences.append(f"{issue.code} : {pawns} ; {french.quantity(issue.dots, 'gommette')}{lever}")
    return (
        f"Matrice des enjeux, importance et ce que la commune peut faire, de 1 à 5. {'. '.join(sentences)}."
    )


def _draw_frame(axes: Axes) -> None:
    places = [float(place) for place in range(1, 6)]
    sides = [((_LOW, place), (_HIGH, place)) for place in places]
    sides += [((place, _LOW), (place, _HIGH)) for place in places]
    shapes.strokes(axes, sides, colour=style.GRID, linewidth=0.6)
    cross = [((_LOW, _MIDDLE), (_HIGH, _MIDDLE)), ((_MIDDLE, _LOW), (_MIDDLE, _HIGH))]
    shapes.strokes(axes, cross, colour=style.MUTED, linewidth=1.0)
    for x, y, name, side in _QUADRANTS:
        shapes.note(
            axes,
            x,
            y,
            name,
            shift=(0, 0),
            ha=side,
            va="top" if y > _MIDDLE else "bottom",
            color=style.MUTED,
            fontsize=style.SMALL,
        )
    names = {place: str(place) for place in range(1, 6)}
    style.named_axis(axes.xaxis, names)
    style.named_axis(axes.yaxis, names)
    axes.set_xlabel("Ce que la commune peut faire : peu → beaucoup")
    axes.set_ylabel("Importance pour la commune")


def _draw_issue(axes: Axes, issue: Placed, taken: dict[tuple[int, int], int]) -> None:
    ends = []
    for place, _ in issue.places:
        # Another issue at the very same place stands beside it, off the lines between places.
        rank = taken.get(place, 0)
        taken[place] = rank + 1
        ends.append((place[0] + _APART * rank, place[1] - 0.8 * _APART * rank))
    for (x, y), (_, tables) in zip(ends, issue.places, strict=True):
        axes.scatter(
            [x], [y], s=_LEAST + _DOT * issue.dots, facecolor=style.PAPER, edgecolor=style.COMMUNE, linewidth=1.8,
            linestyle="solid" if issue.has_lever else "dashed", zorder=3,
        )  # fmt: skip
        look = {"color": style.MUTED, "fontsize": style.SMALL} if len(ends) > 1 else {"fontweight": "bold"}
        named = tables if len(ends) > 1 else issue.code
        shapes.note(axes, x, y, named, shift=(0, 0), ha="center", va="center", zorder=4, **look)
    if len(ends) > 1:
        shapes.strokes(axes, [*pairwise(ends)], colour=style.MUTED, linewidth=1.4)
        _name_line(axes, issue.code, ends)


def _name_line(axes: Axes, code: str, ends: Sequence[tuple[float, float]]) -> None:
    """Name an issue beside the longest of the lines that tie its pawns."""
    (left, low), (right, high) = max(pairwise(ends), key=lambda pair: dist(*pair))
    across, up = low - high, right - left
    length = hypot(across, up)
    # A name is wider than high; at the middle of a long line there may be the disc of another issue.
    shift = (1.5 * _BESIDE * across / length, _BESIDE * up / length)
    x, y = left + 0.4 * (right - left), low + 0.4 * (high - low)
    shapes.note(axes, x, y, code, shift=shift, ha="center", va="center", fontweight="bold", zorder=5)
