"""What participants said, and what the agency comments, woven into the pages under the figures they are about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from nbformat import NotebookNode
from rapidfuzz import fuzz, process

from helpers import french
from helpers.contributions import kept, presentation, versions
from helpers.contributions.presentation import KINDS
from helpers.contributions.workshop import Contribution, Workshop
from helpers.exhibit import MIME, escape
from helpers.markdown import write_markdown

# As many contributions as a figure shows unfolded, and as many figures as an orphan is sent to.
_SHOWN, _NEAREST = 3, 2
_HEAD = re.compile(
    r'(?P<head><figure class="exhibit" id="[^"]*">(?:<p class="permalink">.*?</p>)?<h3>.*?</h3>'
    r'(?:<p class="subtitle">.*?</p>)?)',
    re.DOTALL,
)
_CARD = re.compile(r'<li id="enjeu-(?P<name>[^"]+)">(?P<body>.*?)</details></li>', re.DOTALL)
_FACT = re.compile(r'(<a href="[^"]*#(?P<name>[^"]+)">[^<]*</a>)</li>')
_CODE = re.compile(r"[HLPM]-\d{2}")
_CONTESTED = "fait contesté en atelier"


@dataclass(frozen=True)
class Said:
    """A contribution, and the workshop it was made in."""

    one: Contribution
    workshop: Workshop


@dataclass(frozen=True)
class Words:
    """What pages may show: contributions by the code they are about, comments by code; names of codes shown."""

    said: Mapping[str, Sequence[Said]] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    # What each figure said when its comment was written, by code, where a version keeps it.
    written_before: Mapping[str, str] = field(default_factory=dict)
    by_role: bool = False
    today: date = date.min

    def __bool__(self) -> bool:
        return bool(self.said or self.comments)


def gather(slug: str, *, comments: Mapping[str, str] | None = None, today: date | None = None) -> Words:
    """Gather what the convention of a commune lets its pages show; nothing where it has no partnership.

    Raises:
        ParameterError: what was kept cannot be read.
    """
    setting = kept.read_setting(slug)
    workshops = [] if setting == "non" else kept.read_workshops(slug)
    said: dict[str, list[Said]] = {}
    names: dict[str, str] = {}
    for workshop in workshops:
        names |= {shown.code: shown.name for shown in workshop.kit.shown}
        for one in presentation.order(workshop.whole):
            if one.code and one.may_be_told:
                said.setdefault(one.code, []).append(Said(one, workshop))
    about = {code: text for code, text in (comments or {}).items() if _CODE.fullmatch(code) and text.strip()}
    former = versions.find_commented(slug, about)
    return Words(said, about, names, former, setting == "avec_role", today or date.today())


def weave(notebook: NotebookNode, words: Words) -> NotebookNode:
    """Put what was said under each figure and in each card; the notebook itself where there is nothing to put."""
    if not words:
        return notebook
    woven = deepcopy(notebook)
    for cell in woven.cells:
        for output in cell.get("outputs", []):
            record = output.get("data", {}).get(MIME)
            if record is None:
                continue
            markup = output.data.get("text/html", "")
            if code := record.get("code"):
                output.data["text/html"] = _weave_figure(markup, code, record.get("title", ""), words)
            elif record.get("cards"):
                output.data["text/html"] = _weave_cards(markup, words)
    return woven


def describe_orphans(words: Words, records: Iterable[Mapping[str, Any]]) -> list[str]:
    """List as HTML what was said of figures that no page shows any more, with the nearest figures."""
    current = {record["code"]: record["title"] for record in records if record.get("code")}
    found = []
    for code, said in words.said.items():
        if code in current or not _CODE.fullmatch(code):
            continue
        shown = said[0].workshop.kit.find(code)
        title = f"{shown.title} {shown.value}" if shown else code
        lines = "".join(_item(one, words) for one in said)
        where = f"{code}, {shown.title.lower()} : " if shown else ""
        note = escape(
            f"{where}le chiffre commenté n’est plus publié ; voir {describe_nearest(title, current)}."
        )
        found.append(f'<div class="said"><p class="reread">{note}</p><ul>{lines}</ul></div>')
    for code, comment in words.comments.items():
        if code not in current:
            near = describe_nearest(words.written_before.get(code, code), current)
            note = escape(f"{code} : le chiffre que l’agence commente n’est plus publié ; voir {near}.")
            found.append(f'<div class="said"><p class="reread">{note}</p>{write_markdown(comment)}</div>')
    return found


def describe_nearest(title: str, current: Mapping[str, str]) -> str:
    """Name the figures shown (titles by code) that are the nearest to one that is no longer: `H-07 et P-05`."""
    near = process.extract(title, current, scorer=fuzz.token_set_ratio, limit=_NEAREST)
    return french.enumerate_words([key for *_, key in near])


def _weave_figure(markup: str, code: str, title: str, words: Words) -> str:
    said, comment = words.said.get(code, ()), words.comments.get(code, "")
    if not (said or comment):
        return markup
    against = [one for one in said if one.one.type == "contredit"]
    others = [one for one in said if one.one.type != "contredit"]
    shared = bool(against) and any(one.one.type == "confirme" for one in others)
    if shared:
        # Both opinions in full: what confirms is not folded after what nuances.
        others.sort(key=lambda one: one.one.type != "confirme")
    contested = _contested(against, words, shared=shared, now=title)
    woven = _HEAD.sub(lambda match: match["head"] + contested, markup, count=1)
    below = (_summary(said) if said else "") + _list(others, words, now=title)
    block = f'<div class="said"><h4>Ce que disent les participants</h4>{below}</div>' if said else ""
    if comment:
        reread = _reread(words.written_before.get(code, ""), title, "écrit")
        block += (
            f'<div class="comment"><h4>Commentaire de l’agence</h4>{reread}{write_markdown(comment)}</div>'
        )
    return woven.replace('<figcaption class="notes">', f'{block}<figcaption class="notes">', 1)


def _contested(against: Sequence[Said], words: Words, *, shared: bool, now: str) -> str:
    """Write contradictions as large as the title that they are under."""
    if not against:
        return ""
    head = "<p><strong>Avis partagés</strong></p>" if shared else ""
    lines = "".join(_item(one, words, now=now) for one in against)
    return f'<div class="contested">{head}<ul>{lines}</ul></div>'


def _summary(said: Sequence[Said]) -> str:
    """Count by workshop what was said of a figure."""
    lines = []
    for _, group in groupby(
        sorted(said, key=lambda one: one.workshop.kit.number), key=lambda one: one.workshop.kit.id
    ):
        together = list(group)
        text = presentation.summarize(together[0].workshop, [one.one for one in together])
        lines.append(f"<p>{escape(text)}</p>")
    return "".join(lines)


def _list(said: Sequence[Said], words: Words, *, now: str = "") -> str:
    """List what was said: three in full, the others folded; a confirmation is never folded."""
    if not said:
        return ""
    first, rest = said[:_SHOWN], said[_SHOWN:]
    listed = f"<ul>{''.join(_item(one, words, now=now) for one in first)}</ul>"
    if not rest:
        return listed
    folded = "".join(_item(one, words, now=now) for one in rest)
    return f"{listed}<details><summary>voir les {len(said)}</summary><ul>{folded}</ul></details>"


def _item(said: Said, words: Words, *, now: str = "") -> str:
    """Write one contribution: mark and word of its type, what was said, role and workshop, who checks."""
    one, kit = said.one, said.workshop.kit
    kind = KINDS[one.type]
    role = presentation.describe_role(one, said.workshop, by_role=words.by_role)
    whence = escape(f"{french.capitalize(role)}, atelier {kit.number}, {french.long_date(kit.day)}.")
    check = presentation.describe_check(one, today=words.today)
    reread = _reread(one.value, now, "dit")
    reread = f" {reread}" if reread else ""
    return (
        f'<li class="{kind.slug}"><span class="mark" aria-hidden="true">{kind.mark}</span> '
        f"<strong>{kind.word}</strong> – {escape(presentation.quote(one))} <em>{whence}</em>"
        f"{f' {escape(check)}' if check else ''}{reread}</li>"
    )


def _reread(before: str, now: str, how: str) -> str:
    """Say that words were `dit` or `écrit` before a figure changed; nothing where it is the same, or unknown."""
    if not (before and now and before != now):
        return ""
    notice = escape(f"À relire : {how} devant « {before} », la figure dit maintenant « {now} ».")
    return f'<span class="reread">{notice}</span>'


def _weave_cards(markup: str, words: Words) -> str:
    """Put in each card what was said of it and of its figures; mark the facts that were contested."""
    codes_of = {french.slug(name): code for code, name in words.names.items()}
    contested = {
        words.names.get(code, "")
        for code, said in words.said.items()
        if any(one.one.type == "contredit" for one in said)
    } - {""}

    def fill(match: re.Match[str]) -> str:
        body = _FACT.sub(lambda fact: _mark(fact, contested), match["body"])
        figures = [fact["name"] for fact in _FACT.finditer(match["body"])]
        own = [*words.said.get(codes_of.get(match["name"], ""), ())]
        about = [one for name in dict.fromkeys(figures) for one in words.said.get(codes_of.get(name, ""), ())]
        heard = _card_words([*own, *about], words)
        return f'<li id="enjeu-{match["name"]}">{body.replace("<details>", f"{heard}<details>", 1)}</details></li>'

    return _CARD.sub(fill, markup)


def _mark(fact: re.Match[str], contested: set[str]) -> str:
    mark = f' <strong class="weak">{_CONTESTED}</strong>' if fact["name"] in contested else ""
    return f"{fact[1]}{mark}</li>"


def _card_words(said: Sequence[Said], words: Words) -> str:
    if not said:
        return ""
    # What is contested is never folded.
    ordered = sorted(said, key=lambda one: list(KINDS).index(one.one.type))
    return (
        f'<div class="said"><h4>Ce que la commune apporte</h4>{_summary(said)}{_list(ordered, words)}</div>'
    )
