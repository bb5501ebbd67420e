"""Comments that people write: paragraphs, bold, lists and links of Markdown, and nothing else."""

from __future__ import annotations

from functools import cache

import nh3
from markdown_it import MarkdownIt

from helpers import french

_TAGS = {"p", "strong", "em", "ul", "ol", "li", "a", "br"}


@cache
def _parser() -> MarkdownIt:
    # A line of a comment stays a line; HTML typed in it is text.
    return MarkdownIt("zero", {"html": False, "breaks": True}).enable(
        ["emphasis", "list", "link", "newline", "escape", "balance_pairs", "fragments_join"]
    )


def write_markdown(text: str) -> str:
    """Write a comment as HTML, in French typography: what it may not hold is text, or is left out."""
    written = _parser().render(french.typography(french.visible(text)))
    return nh3.clean(written, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"https", "mailto"}).strip()
