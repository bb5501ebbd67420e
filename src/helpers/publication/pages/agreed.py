"""The page of what the group of a commune agreed on; none where neither workshop 2 nor 3 was imported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from helpers import french
from helpers.agreement import agreed_text
from helpers.contributions import kept
from helpers.contributions.agreed import gather
from helpers.contributions.workshop import Kit
from helpers.publication.pages import document
from helpers.publication.pages.words import describe_nearest

PAGE = "enjeux-du-groupe.html"
TITLE = "Les enjeux du groupe"
_LEDE = (
    "Ce que des élus et des techniciens de la commune ont dit en atelier, dans leurs mots. Les gommettes mesurent, "
    "elles ne décident pas."
)


def render(
    slug: str,
    *,
    commune: str,
    parts: Sequence[Mapping[str, Any]],
    records: Sequence[Mapping[str, Any]],
    colophon: str,
    today: date | None = None,
) -> str:
    """Render the page of a commune as HTML; empty where nothing was agreed on.

    Args:
        slug: the commune.
        commune: its name.
        parts: the parts of the diagnostic (`file`, `title`).
        records: what the cells of its notebooks declare: figures are compared with those that the group saw.
        colophon: the foot of the page, as HTML.
        today: the day, today unless said.

    Raises:
        ParameterError: what was kept cannot be read.
    """
    workshops = kept.read_workshops(slug)
    agreed = gather(workshops)
    if not (agreed.issues or agreed.levers or agreed.decisions):
        return ""
    kits = {workshop.kit.number: workshop.kit for workshop in workshops}
    current = {record["code"]: record["title"] for record in records if record.get("code")}
    about: dict[tuple[str, int], list[str]] = {}
    for issue in agreed.issues:
        for figure in dict.fromkeys((*issue.figures, *issue.against)):
            about.setdefault((figure, 2), []).append(issue.code)
    for lever in agreed.levers:
        for figure in lever.figures:
            about.setdefault((figure, 3), []).append(lever.code)
    reread = [
        line
        for (figure, number), codes in about.items()
        for line in _reread(codes, figure, kits.get(number), current)
    ]
    return document.render(
        TITLE,
        agreed_text.sections(agreed, today=today or date.today()),
        commune=commune,
        lede=_LEDE,
        parts=[{**part, "current": False} for part in parts],
        reread=reread,
        colophon=colophon,
    )


def _reread(codes: Sequence[str], figure: str, kit: Kit | None, current: Mapping[str, str]) -> Iterator[str]:
    """Say that issues or levers are to be read again, as a figure that they rest on changed since, or is gone."""
    shown = kit.find(figure) if kit else None
    if shown is None or not shown.value:
        return
    now, named = current.get(figure), french.enumerate_words(list(codes))
    if now is None:
        near = describe_nearest(f"{shown.title} {shown.value}", current)
        yield f"À relire ({named}) : le constat {figure} n’est plus publié{f' ; voir {near}' if near else ''}."
    elif now != shown.value:
        yield f"À relire ({named}) : dit devant « {shown.value} », {figure} dit maintenant « {now} »."
