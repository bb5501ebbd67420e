"""The diagnostic in four pages (PDF): its cover, the issues, the people, the homes and the ages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from helpers import french
from helpers.exhibit import escape
from helpers.publication import documents
from helpers.publication.documents import BuiltDiagnostic, paper, pdf
from helpers.publication.documents.paper import grid, layout
from helpers.publication.documents.paper.blocks import Block, text
from helpers.publication.documents.paper.parts import PaperPart, once, read_part
from helpers.publication.documents.report import keep_links
from helpers.publication.pages.arrangement import records_of
from helpers.publication.pages.render import render_template

# The figures of the cells that are said aloud or shown on a wall come before others.
_FIRST = {"slide", "poster"}
# What the first page leaves out when all of it does not fit: the first of these with which it does. A drawing shows
# what its reading says; what figures are compared with is said nowhere else on the page.
_OF_CARDS = frozenset({"against", "reading"})
_SHORTER: tuple[frozenset[str], ...] = (
    frozenset(),
    frozenset({"against"}),
    _OF_CARDS,
    _OF_CARDS | {"said"},
    _OF_CARDS | {"compared", "said"},
    _OF_CARDS | {"compared", "said", "third"},
)
# Points: the margins of the first page are smaller.
_FIRST_HEIGHT = 842 - 2 * 30 - 3.0
_MESSAGES = 3
# Points: the rule over the sources, and the codes that they name.
_LINE = 18.0


def make(diagnostic: BuiltDiagnostic) -> bytes:
    """Make the PDF file, four pages at most: the same bytes for the same diagnostic.

    Raises:
        BuildError: a library of the system is missing.
    """
    parts = [read_part(part) for part in diagnostic.parts]
    opening = [part for part in parts if part.opens]
    themes = [part for part in parts if not part.opens]
    pages = [_lay_out_issues(diagnostic, opening)]
    pages += _lay_out_all(themes)
    is_demonstration = any('class="demonstration"' in page for page in pages)
    described = {**paper.describe_cover(diagnostic), "is_demonstration": is_demonstration}
    cover = _lay_out_cover(diagnostic, described)
    written = [page for page in (cover, *pages) if page]
    page = render_template(
        "essential.html.j2",
        sheet=documents.read_template("paper.css"),
        diagnostic=diagnostic,
        pages=written,
        is_short=bool(described["form"]),
        whole=documents.name_of(diagnostic.folder.name, "diagnostic.pdf"),
    )
    return pdf.print_page(keep_links(page))


def _lay_out_cover(diagnostic: BuiltDiagnostic, cover: Mapping[str, Any]) -> str:
    """Write the first page: as much of the cover of the diagnostic as it can hold."""
    versions = [_cover_blocks(diagnostic, cover, without=without) for without in _SHORTER]
    measured = layout.measure(versions)
    for blocks, sizes in zip(versions, measured, strict=True):
        if sheet := grid.fit(sizes, height=_FIRST_HEIGHT):
            return layout.write(sheet, blocks)
    return layout.lay_out(versions[-1], measured[-1])


def _cover_blocks(
    diagnostic: BuiltDiagnostic, cover: Mapping[str, Any], *, without: frozenset[str]
) -> list[Block]:
    """List the blocks of the first page, but what is left out (`without`)."""

    def part(name: str, **more: Any) -> str:
        return render_template(
            "essential_cover.html.j2", part=name, diagnostic=diagnostic, cover=cover, without=without, **more
        )

    blocks = [text(part("title"))]
    for message in cover["messages"][: _MESSAGES - ("third" in without)]:
        forms = {place: part("message", message=message, place=place) for place in ("half", "side")}
        blocks.append(Block(forms))  # type: ignore[arg-type]
    is_narrow = bool(cover["messages"])
    if cover["form"]:
        blocks.append(text(cover["form"]))
    if cover["key_figures"]:
        kind = "digits bare" if "compared" in without else "digits"
        blocks.append(text(f'<div class="{kind}">{cover["key_figures"]}</div>', half=is_narrow))
    if cover["sure"]:
        blocks.append(text(cover["sure"], half=is_narrow))
    if cover["cards"]:
        blocks.append(text(part("cards")))
    elif cover["silence"] and not cover["form"]:
        blocks.append(text(cover["silence"]))
    return blocks


def _lay_out_issues(diagnostic: BuiltDiagnostic, opening: Sequence[PaperPart]) -> str:
    """Write the page of the issues: as many cards as it can hold, then what waits for figures."""
    records = [record for part in diagnostic.parts for record in records_of(part.notebook)]
    cards = [card for record in records for card in record.get("cards", ())]
    silences = [record["silence"] for record in records if record.get("silence")]
    if not cards and (not silences or any(record.get("kind") == "form" for record in records)):
        return ""
    title = opening[0].title if opening else "Les enjeux à débattre"
    drawn = [
        text(render_template("essential_card.html.j2", card=card, typography=french.typography), half=True)
        for card in cards
    ]
    waiting = [
        text(f'<div class="waits"><h3>En attente de chiffres officiels</h3>{record["html"]}</div>', half=True)
        for record in records
        if record.get("kind") == "waiting"
    ]
    said = [text(f'<p class="silence">{escape(silence)}</p>') for silence in silences if not cards]
    # Without a card, the figures that open the diagnostic, beside what they are compared with.
    figures = [block for part in opening for block in part.opening] if not cards else []
    blocks = [*drawn, *said, *figures, *waiting]
    return _fill([text(_title(title), is_head=True)], blocks, wanted=range(len(blocks)))


def _lay_out_all(themes: Sequence[PaperPart]) -> list[str]:
    """Write the pages of the themes: the first one has its own, unless one page holds all that they show."""
    known: layout.Heights = {}
    whole = _lay_out_themes(themes, known)
    count = sum(1 for part in themes for _ in _candidates(part))
    if whole.count('<figure class="exhibit"') == count:
        return [whole]
    return [_lay_out_themes(group, known) for group in (themes[:1], themes[1:])]


def _lay_out_themes(parts: Sequence[PaperPart], known: layout.Heights) -> str:
    """Write the page of some themes: of each in turn, the figure that matters most among those that still fit.

    The heights that are `known` are not measured again; the others are added to them.
    """
    blocks: list[Block] = []
    heads: dict[int, int] = {}
    ranks: list[list[int]] = []
    for part in parts:
        found = list(_candidates(part))
        if not found:
            continue
        heads[len(blocks)] = len(found)
        blocks.append(text(_title(part.title), is_head=True))
        start = len(blocks)
        blocks += [block for _, block in found]
        ranks.append([start + rank for rank in sorted(range(len(found)), key=lambda rank: found[rank][0])])
    wanted = [rank for turn in zip_longest(*ranks) for rank in turn if rank is not None]
    return _fill([], blocks, wanted=wanted, sourced=True, known=known)


def _candidates(part: PaperPart) -> Iterator[tuple[int, Block]]:
    """List what a theme argues with, in its order, each with its rank: what is said aloud, other figures, tables."""
    for section in part.sections:
        for block, tags in zip(section.blocks, section.tags, strict=True):
            if block.address:
                yield (2 if block.is_table else int(not tags & _FIRST)), block


def _fill(
    always: Sequence[Block],
    blocks: Sequence[Block],
    *,
    wanted: Iterable[int],
    sourced: bool = False,
    known: layout.Heights | None = None,
) -> str:
    """Write one page with the blocks that it can hold, taken in the order in which they are wanted.

    A title goes with what it heads. The sources of what is shown are reported at the foot (`sourced`). Heights that
    are `known` are not measured again.
    """
    lines = sorted({line for block in blocks for line in block.lines}) if sourced else []
    sizes, heads, measured = layout.measure(
        [blocks, always, [Block({"half": line}) for line in lines]], known
    )
    heights = {line: size.heights["half"] for line, size in zip(lines, measured, strict=True)}
    chosen: list[int] = []
    best: tuple[list[Block], grid.Sheet] | None = None
    for rank in wanted:
        ranks = _with_heads(sorted([*chosen, rank]), blocks)
        shown = [blocks[one] for one in ranks]
        foot = once(block for block in shown if block.address) if sourced else []
        high = [heights[line] for line in {line for block in shown for line in block.lines} if sourced]
        under = [grid.Size({"wide": _LINE + (sum(high) + max(high, default=0)) / 2}) for _ in foot]
        found = grid.fit([*heads, *(sizes[one] for one in ranks), *under], height=layout.HEIGHT)
        if found:
            chosen, best = sorted([*chosen, rank]), ([*always, *shown, *foot], found)
    return layout.write(best[1], best[0]) if best else ""


def _with_heads(ranks: Sequence[int], blocks: Sequence[Block]) -> list[int]:
    """Add to some blocks the title that heads each."""
    heads = (next((above for above in range(rank, -1, -1) if blocks[above].is_head), rank) for rank in ranks)
    return sorted({*ranks, *heads})


def _title(title: str) -> str:
    return f'<h2 class="page-title">{title}</h2>'
