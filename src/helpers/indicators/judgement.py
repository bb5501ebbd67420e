"""Whether a figure may be relied on: Insee's thresholds on the people or homes that it rests on."""

from __future__ import annotations

from typing import Literal

from helpers import french

Verdict = Literal["ok", "prudence", "n.s.", "n.d."]

# Insee, notes of the census tables by commune: over 500 a count is safe; under 200 it must be handled with
# care and small territories are not to be compared; under 2 000 inhabitants the exploitation complémentaire
# (one household in four) is not to be used.
SAFE = 500
FRAGILE = 200
SMALL_COMMUNE = 2_000


def judge(
    value: float | None,
    count: float | None,
    *,
    inhabitants: float | None = None,
    exploitation: str = "principale",
) -> Verdict:
    """What a figure is worth.

    "n.d.": it is missing. "n.s.": it rests on fewer than 200 people or homes (none included), or on the
    exploitation complémentaire in a commune under 2 000 `inhabitants`. "prudence": on 200 to 499. "ok": on more, or
    on a register, that has no `count`.
    """
    return _weigh(value, count, inhabitants=inhabitants, exploitation=exploitation)[0]


def explain(
    value: float | None,
    count: float | None,
    *,
    inhabitants: float | None = None,
    exploitation: str = "principale",
) -> str:
    """The reason of a verdict, as a French clause without a full stop; nothing for a figure that is sound."""
    return _weigh(value, count, inhabitants=inhabitants, exploitation=exploitation)[1]


def _weigh(
    value: float | None, count: float | None, *, inhabitants: float | None, exploitation: str
) -> tuple[Verdict, str]:
    if french.is_missing(value):
        return "n.d.", "chiffre non disponible"
    small = inhabitants is not None and not french.is_missing(inhabitants) and inhabitants < SMALL_COMMUNE
    if small and exploitation == "complémentaire":
        return (
            "n.s.",
            f"exploitation complémentaire, à ne pas utiliser sous {french.number(SMALL_COMMUNE)} habitants (Insee)",
        )
    if count is None or french.is_missing(count):
        return "ok", ""
    if count < FRAGILE:
        return "n.s.", f"effectif inférieur à {FRAGILE} : trop imprécis pour être comparé (Insee)"
    if count < SAFE:
        return "prudence", f"effectif compris entre {FRAGILE} et {SAFE} : à lire avec prudence (Insee)"
    return "ok", ""
