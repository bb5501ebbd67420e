"""Ages crossed with tenure: the last date in bars, the owners of the first one as an outline, their gains beside."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers import french
from helpers.figures import pyramids, style
from helpers.figures.drawing import drawing, require_columns
from helpers.figures.pyramids import SIDES, Scale
from helpers.figures.rows import rule_zero
from helpers.figures.significance import WITHIN, is_within
from helpers.figures.svg import shapes
from helpers.figures.svg.legend import Legend
from helpers.indicators.age_by_tenure import OLDEST
from helpers.indicators.ages import TENURES, Bounds

# Half of the room for ages between the two sides, as a part of the longest bar.
_GAP = 0.11
# The widths of the pyramid and of the differences.
_WIDTHS = (5.0, 3.2)


@drawing(columns=["year", "tenure", "low", "high", "value"])
def pyramid_tenure(
    data: pd.DataFrame, *, band: Bounds | None = None, label: str
) -> tuple[Figure, str] | None:
    """Draw the last date, each bar stacked by tenure from the axis outwards, and the owners of the first as an outline.

    Reads `year, tenure` (keys of `ages.TENURES`), `low, high` (first and last ages of a class), `value` (persons or
    households), as `age_by_tenure.cross` gives them. With `sex` (`H`, `F`), a pyramid; else one side, where a bar is
    as high as its class is wide and as long as `density`, its count by year of age, so that its surface is its count.
    Beside it, what owners gained or lost in each class, hollow within its margin. `band` is the ages that the title
    names: their classes are set off. `label` says whose pyramid it is, for the alternative text. Nothing is drawn of
    nobody.
    """
    if not data["value"].any():
        return None
    years = sorted(int(year) for year in data["year"].unique())
    gains = _gains(data, years)
    beside = not gains.empty and not style.is_compact()
    figure, panels = style.new_figure(5.4, columns=2 if beside else 1, widths=_WIDTHS)
    top = _top(data)
    for axes in panels:
        _set_off(axes, data, band=band)
    draw = _draw_sides if "sex" in data else _draw_one_side
    draw(panels[0], data, years=years, top=top)
    panels[0].set_title(str(years[-1]), fontweight="bold", fontsize=style.BODY)
    if beside:
        _draw_gains(panels[1], gains, years=years, top=top, band=band)
    keys = _keys(data, years)
    if beside and gains["within"].any():
        keys.append(Patch(facecolor=style.PAPER, edgecolor=style.OWNER, linewidth=1.4, label=WITHIN))
    # Under a drawing no higher than its place on a slide, it would flatten the bars.
    figure.add_artist(Legend(keys, columns=3, side="right" if style.is_projected() else "under"))
    name = "Pyramide" if "sex" in data else "Barres"
    return figure, f"{name} des âges selon le statut d’occupation : {label}. {_summary(data, years, gains)}"


def _gains(data: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """Compute what owners gained from the first date to the last, by class: `low, tall, name, gain, within`."""
    owners = data[data["tenure"] == "owner"]
    counts = owners.pivot_table(index="low", columns="year", values="value", aggfunc="sum", fill_value=0.0)
    if len(years) < 2 or not {years[0], years[-1]} <= set(counts):
        return pd.DataFrame()
    first, last = counts[years[0]], counts[years[-1]]
    ends = owners.drop_duplicates("low").set_index("low")["high"].reindex(counts.index)
    found = pd.DataFrame(
        {
            "tall": _heights(data).reindex(counts.index),
            "name": [f"{low} +" if math.isnan(high) else f"{low}-{high:.0f}" for low, high in ends.items()],
            "gain": last - first,
            "within": [is_within(one, other) for one, other in zip(first, last, strict=True)],
        }
    )
    return found.reset_index()


def _draw_sides(axes: Axes, data: pd.DataFrame, *, years: Sequence[int], top: float) -> None:
    """Draw men on the left and women on the right."""
    reach = data[data["year"] == years[-1]].groupby(["sex", "low"])["value"].sum().max()
    owners = data[data["tenure"] == "owner"]
    scale = Scale(max(reach, owners["value"].max()), 0.0)
    scale = Scale(scale.reach, _GAP * scale.reach)
    for sex, side in SIDES.items():
        chosen = data[data["sex"] == sex]
        start = scale.place(sex, 0)
        _stack(axes, chosen[chosen["year"] == years[-1]], "value", side=side, start=start)
        _outline(axes, chosen, "value", years=years, side=side, start=start)
    pyramids.dress(axes, scale=scale, top=top)
    pyramids.name_ages(axes, top=top)


def _draw_one_side(axes: Axes, data: pd.DataFrame, *, years: Sequence[int], top: float) -> None:
    """Draw bars as high as their class is wide, and write the ages at the borders of the classes."""
    require_columns(data, ["density"], figure="pyramid_tenure")
    chosen = data[data["year"] == years[-1]]
    _stack(axes, chosen, "density", side=1, start=0.0)
    _outline(axes, data, "density", years=years, side=1, start=0.0)
    reach = max(
        chosen.groupby("low")["density"].sum().max(), data.loc[data["tenure"] == "owner", "density"].max()
    )
    axes.set_xlim(0, reach * 1.06)
    axes.set_ylim(0, top)
    style.french_axis(axes.xaxis, grid=True)
    axes.set_xlabel("Effectif par année d’âge", fontsize=style.SMALL)
    style.named_axis(
        axes.yaxis, {low: str(low) for low in sorted({int(low) for low in data["low"]})}, marks=True
    )
    axes.set_ylabel("Âge")
    style.show_frame(axes, "left")


def _draw_gains(
    axes: Axes, gains: pd.DataFrame, *, years: Sequence[int], top: float, band: Bounds | None
) -> None:
    """Draw what owners gained or lost in each class, at the height of its ages, the classes of the band in bold."""
    rows = gains.to_dict("records")
    boxes = [(0.0, row["low"] + row["tall"] * 0.1, row["gain"], row["tall"] * 0.8) for row in rows]
    shapes.bars(
        axes, [box for box, row in zip(boxes, rows, strict=True) if not row["within"]], colour=style.OWNER
    )
    shapes.hollow_bars(
        axes, [box for box, row in zip(boxes, rows, strict=True) if row["within"]], colour=style.OWNER
    )
    named = [rank for rank, row in enumerate(rows) if _is_named(row["low"], band)]
    for rank, row in enumerate(rows):
        side = 1 if row["gain"] >= 0 else -1
        shapes.note(
            axes, row["gain"], row["low"] + row["tall"] / 2, french.number(row["gain"], signed=True),
            shift=(4 * side, 0), ha="left" if side > 0 else "right", va="center_baseline", fontsize=style.SMALL,
            fontweight="bold" if rank in named else "normal",
        )  # fmt: skip
    axes.set_xlim(shapes.fit(gains["gain"], margin=0.3))
    axes.set_ylim(0, top)
    rule_zero(axes)
    middles = {row["low"] + row["tall"] / 2: row["name"] for row in rows}
    style.named_axis(axes.yaxis, middles, bold=named)
    style.french_axis(axes.xaxis, signed=True, grid=True)
    axes.set_title(f"Propriétaires,\nécart {years[0]}-{years[-1]}", fontsize=style.BODY)


def _set_off(axes: Axes, data: pd.DataFrame, *, band: Bounds | None) -> None:
    """Draw a light ground behind the classes of ages that the title names."""
    tall = _heights(data)
    named = [low for low in tall.index if _is_named(low, band)]
    if named:
        axes.axhspan(
            min(named), max(low + tall[low] for low in named), color=style.BAND, linewidth=0, zorder=0
        )


def _is_named(low: float, band: Bounds | None) -> bool:
    """Tell whether a class that starts at an age is in a band of ages."""
    if band is None:
        return False
    first, last = band
    return first <= low <= (OLDEST if last is None else last)


def _outline(
    axes: Axes, rows: pd.DataFrame, measure: str, *, years: Sequence[int], side: int, start: float
) -> None:
    """Draw the outline of the owners of the first date, over a ground that sets it off from what it crosses."""
    former = rows[(rows["year"] == years[0]) & (rows["tenure"] == "owner")].sort_values("low")
    if len(years) < 2 or former.empty:
        return
    tall = _heights(rows).reindex(former["low"])
    edges = [*former["low"], former["low"].iloc[-1] + tall.iloc[-1]]
    values = [start + side * value for value in former[measure]]
    for colour, width in ((style.PAPER, 3.6), (style.INK, 1.6)):
        axes.stairs(
            values, edges, baseline=start, orientation="horizontal", color=colour, linewidth=width, zorder=3
        )


def _stack(axes: Axes, rows: pd.DataFrame, measure: str, *, side: int, start: float) -> None:
    """Draw the bars of each class, the tenures one after another from `start` outwards."""
    table = rows.pivot(index="low", columns="tenure", values=measure).fillna(0.0).sort_index()
    tall = _heights(rows).reindex(table.index)
    base = pd.Series(start, index=table.index)
    counts = rows.pivot(index="low", columns="tenure", values="value").fillna(0.0)
    names = {
        low: f"{low:.0f} ans ou plus" if pd.isna(high) else f"{low:.0f}-{high:.0f} ans"
        for low, high in zip(rows["low"], rows["high"], strict=True)
    }
    for tenure in [name for name in style.TENURE_COLOURS if name in table]:
        length = side * table[tenure]
        shapes.bars(
            axes, list(zip(base, table.index + tall * 0.03, length, tall * 0.94, strict=True)),
            colour=style.TENURE_COLOURS[tenure], linewidth=0.5,
            labels=[
                french.typography(f"{names[low]}, {TENURES[tenure]} : {french.count(counts.loc[low, tenure])}")
                for low in table.index
            ],
        )  # fmt: skip
        base += length


def _heights(rows: pd.DataFrame) -> pd.Series:
    """Compute the width of each class in years, by its first age; the last goes to `OLDEST`, or is as the others."""
    by_low = rows.drop_duplicates("low").set_index("low")["high"]
    widths = by_low + 1 - by_low.index
    equal = widths.nunique() <= 1
    return widths.fillna(widths.max() if equal else OLDEST - by_low.index.max())


def _top(data: pd.DataFrame) -> float:
    """Compute where the last class ends, and room above it for what is written there."""
    tall = _heights(data)
    return float((tall.index + tall).max()) + (8 if "sex" in data else 2)


def _keys(data: pd.DataFrame, years: Sequence[int]) -> list[Patch]:
    """Make the keys of the tenures that are drawn, and of the outline."""
    drawn = set(data.loc[data["year"] == years[-1], "tenure"])
    keys = [
        Patch(facecolor=style.TENURE_COLOURS[key], edgecolor=style.PAPER, label=name)
        for key, name in TENURES.items()
        if key in drawn
    ]
    if len(years) > 1 and ((data["year"] == years[0]) & (data["tenure"] == "owner")).any():
        # In a legend at the right, which is narrow.
        between = "\n" if style.is_projected() else " "
        former = f"{TENURES['owner']},{between}{years[0]} (contour)"
        keys.append(Patch(facecolor="none", edgecolor=style.INK, linewidth=1.6, label=former))
    return keys


def _summary(data: pd.DataFrame, years: Sequence[int], gains: pd.DataFrame) -> str:
    """Write the count of each tenure at each date and what owners gained by age, for the alternative text."""
    totals = data.groupby(["year", "tenure"])["value"].sum()
    sentences = [
        f"en {year}, "
        + ", ".join(
            f"{TENURES[key]} {french.count(totals[(year, key)])}" for key in TENURES if (year, key) in totals
        )
        for year in years
    ]
    sentence = f"Effectifs : {' ; '.join(sentences)}."
    if gains.empty:
        return sentence
    parts = ", ".join(
        f"{row['name']} ans {french.number(row['gain'], signed=True)}{' (dans sa marge)' if row['within'] else ''}"
        for row in gains.to_dict("records")
    )
    return f"{sentence} Propriétaires, écart de {years[0]} à {years[-1]} : {parts}."
