"""The cautions under exhibits, said once in each section of a page."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbformat import NotebookNode

_CAUTIONS = re.compile(r'<div class="cautions" id="(?P<name>[^"]+)">(?P<said>.*?)</div>', re.DOTALL)
_PARAGRAPH = re.compile(r"<p>.*?</p>", re.DOTALL)


def say_once(outputs: Iterable[NotebookNode]) -> None:
    """Leave each caution under the first exhibit of a section that calls for it.

    `outputs` are the data of the outputs of the section, in order. A table whose caution is said above is described by
    it there.
    """
    said: dict[str, str] = {}
    for data in outputs:
        markup = data.get("text/html", "")
        if found := _CAUTIONS.search(markup):
            data["text/html"] = _leave_out(markup, found, said)


def _leave_out(markup: str, found: re.Match[str], said: dict[str, str]) -> str:
    """Take out of the markup of an exhibit the cautions that are said (text, and the identifier of where)."""
    name, paragraphs = found["name"], _PARAGRAPH.findall(found["said"])
    kept = [text for text in paragraphs if text not in said]
    places = dict.fromkeys(said.get(text, name) for text in paragraphs)
    said.update(dict.fromkeys(kept, name))
    block = f'<div class="cautions" id="{name}">{"".join(kept)}</div>' if kept else ""
    rest = f"{markup[: found.start()]}{block}{markup[found.end() :]}"
    return rest.replace(f'aria-describedby="{name}"', f'aria-describedby="{" ".join(places)}"')
