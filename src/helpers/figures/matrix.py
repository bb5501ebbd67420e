"""The matrix of issues: how much each matters, what the commune can do about it, as the tables put it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Placed:
    """An issue: its code, where each table puts it (importance, capacity), its dots, whether it has a lever."""

    code: str
    pawns: Sequence[tuple[str, int, int]]
    dots: int
    has_lever: bool

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of its pawns: capacity across, importance up."""
        count = len(self.pawns)
        return sum(one[2] for one in self.pawns) / count, sum(one[1] for one in self.pawns) / count


def issue_matrix(issues: Iterable[Placed]) -> str:
    """Draw issues as SVG: segments between pawns, a disc as large as the dots, dashed without a lever."""
    placed = [issue for issue in issues if issue.pawns]
    with style.styled():
        figure, (axes,) = style.new_figure(5.2)
        axes.set_xlim(_LOW, _HIGH)
        axes.set_ylim(_LOW, _HIGH)
        _draw_frame(axes)
        taken: dict[tuple[float, float], int] = {}
        for issue in placed:
            _draw_issue(axes, issue, taken)
        _name_pawns(axes, placed)
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


def _draw_issue(axes: Axes, issue: Placed, taken: dict[tuple[float, float], int]) -> None:
    x, y = issue.centre
    rank = taken.get((x, y), 0)
    taken[x, y] = rank + 1
    # Another issue at the very same place stands beside it.
    x += _APART * rank
    ends = [(capacity, importance) for _, importance, capacity in issue.pawns]
    if len(set(ends)) > 1:
        shapes.strokes(axes, [((x, y), end) for end in ends], colour=style.MUTED, linewidth=1.4)
        for across, up in ends:
            axes.scatter([across], [up], s=26, color=style.MUTED, zorder=2)
    axes.scatter(
        [x], [y], s=_LEAST + _DOT * issue.dots, facecolor=style.PAPER, edgecolor=style.COMMUNE, linewidth=1.8,
        linestyle="solid" if issue.has_lever else "dashed", zorder=3,
    )  # fmt: skip
    shapes.note(axes, x, y, issue.code, shift=(0, 0), ha="center", va="center", fontweight="bold", zorder=4)


def _name_pawns(axes: Axes, placed: Sequence[Placed]) -> None:
    """Name the tables of the pawns that stand apart from their discs, once where several are at the same place."""
    named: dict[tuple[int, int], list[str]] = {}
    for issue in placed:
        if len({(capacity, importance) for _, importance, capacity in issue.pawns}) > 1:
            for table, importance, capacity in issue.pawns:
                named.setdefault((capacity, importance), []).append(table)
    for (across, up), tables in named.items():
        text = ", ".join(sorted(set(tables)))
        shapes.note(
            axes,
            across,
            up,
            text,
            shift=(5, 5),
            ha="left",
            va="bottom",
            color=style.MUTED,
            fontsize=style.SMALL,
        )
