"""Diagnostics made in this process, without a kernel, and what a reader finds wrong on a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
from bs4 import BeautifulSoup
from bs4.element import NavigableString
from cells import run

from helpers import schemas
from helpers.execution.notebook_run import NotebookRun

# Initials that French readers know; every other code of Insee is for machines.
_READABLE = {"POP", "RP", "RPLS"}
_CODES = {name for names in schemas.VARIABLES.values() for name in names} - _READABLE
_ENGLISH = [
    "year",
    "value",
    "share",
    "owner",
    "owners",
    "private",
    "territory",
    "rate",
    "people",
    "household",
    "households",
    "dwelling",
    "dwellings",
    "origin",
    "source",
    "unknown",
    "missing",
    "true",
    "false",
    "population_index",
    "tenure",
]

_CODE = re.compile(r"\b[A-Z]-\d\d\b|\bLOG T2bis\b")
# What is wrong -> the expression that finds it, in one piece of text.
_TEXT = {
    "a missing value of Python": re.compile(r"\b(?:nan|NaN|NaT|None|inf|NA)\b"),
    "a code of Insee": re.compile(rf"\b(?:{'|'.join(sorted(_CODES))}|[A-Z]+_[A-Z0-9_]+)\b"),
    "an English word": re.compile(rf"\b(?:{'|'.join(_ENGLISH)})\b", re.IGNORECASE),
    "an ordinary space before a double sign": re.compile(r" [;:!?%‰»]|« "),
    "a number that is not cut by a narrow space": re.compile(r"\d[ \u00a0]\d{3}(?!\d)"),
    "a number that is not cut at all": re.compile(r"(?<![\d,./])\d{5,}(?![\d/])"),
    "a hyphen in place of a minus sign": re.compile(r"(?<!\d)-\d"),
    "a decimal point": re.compile(r"\d\.\d"),
    "minus zero": re.compile(r"[−+-]0(?:,0+)?(?![\d,])"),
    "a unit without a number": re.compile(r"n\.d\.\s*(?:%|‰|€|pers|logem|habit)"),
}


def execute_here(jobs: Sequence[NotebookRun], **options: Any) -> Iterator[Any]:
    """In place of `helpers.execution.execute.execute`: no kernel, hence no second lost."""
    for job in jobs:
        shown = run(job.notebook, **job.parameters)
        nbformat.write(shown, job.destination)
        yield job.then(shown) if job.then else shown


def read(page: Path) -> BeautifulSoup:
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def pieces(soup: BeautifulSoup) -> list[str]:
    """What a reader sees or hears of a page, piece by piece; addresses, commands and the foot of the page left out."""
    texts = []
    for text in soup.body.find_all(string=True):
        if type(text) is not NavigableString or not text.strip():
            continue
        if text.find_parent(["style", "script", "footer", "code"]):
            continue
        link = text.find_parent("a")
        where = text.find_parent(class_="where")
        if (link and str(link.get("href", "")).startswith("http")) or where:
            continue
        # The code of a figure is a name: its hyphen is no minus sign. So is that of a table of Insee.
        texts.append(_CODE.sub("", str(text)))
    texts += [str(element["aria-label"]) for element in soup.find_all(attrs={"aria-label": True})]
    return texts


def complaints(soup: BeautifulSoup) -> list[str]:
    """What is wrong with the words and figures of a page: `what: the text`."""
    texts = [" ".join(tag.get_text().split()) for tag in soup.body.find_all(["p", "li", "td", "h2", "h3"])]
    opened = [text for text in texts if text.count("(") != text.count(")")]
    return [f"a parenthesis alone: {text[:200]!r}" for text in opened] + [
        f"{what}: {found[0]!r} in {text.strip()[:120]!r}"
        for text in pieces(soup)
        for what, pattern in _TEXT.items()
        if (found := pattern.search(text))
    ]
