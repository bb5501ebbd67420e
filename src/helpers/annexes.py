"""Figures that an analyst makes by himself: exhibits like others, kept with a commune's parameters, then annexed."""

from __future__ import annotations

import base64
import html
import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from nbformat import NotebookNode

from helpers import columns, french, paths
from helpers.errors import ExhibitError, ParameterError
from helpers.exhibit import Exhibit

TITLE = "Ce qu’un analyste a ajouté"
_TEXTS = ("title", "subtitle", "reading", "scope", "note", "source", "alt")
# What a reader needs, by the argument of `d.exhibit` that gives it.
_ARGUMENTS = {
    "titre": "title",
    "lecture": "reading",
    "texte de remplacement": "alt",
    "source": "une colonne « source » ou « sources » dans data, ou sources",
}


def draw(figure: Any, *, alt: str) -> str:
    """Write a figure of matplotlib, or the axes or grid of seaborn that hold one, as an image with its description.

    Raises:
        ExhibitError: it is none of them.
    """
    figure = getattr(figure, "figure", figure)
    if not hasattr(figure, "savefig"):
        raise ExhibitError(
            f"Ce n'est pas une figure : {type(figure).__name__}.",
            remedy="Donnez ce que rend seaborn ou matplotlib, ou un tableau (DataFrame) seul.",
        )
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})
    return _write_image(buffer.getvalue(), alt=alt)


def _write_image(drawing: bytes, *, alt: str) -> str:
    """Write a drawing (SVG) as an image: a script that the file of an annex would hold does not run."""
    described = html.escape(french.typography(alt))
    drawn = base64.b64encode(drawing).decode()
    return f'<img alt="{described}" aria-label="{described}" src="data:image/svg+xml;base64,{drawn}">'


def require(exhibit: Exhibit) -> Exhibit:
    """Give an exhibit back if it has all that a page needs.

    Raises:
        ExhibitError: names what it lacks, and the arguments that give it.
    """
    if exhibit.lacks:
        asked = ", ".join(_ARGUMENTS[name] for name in exhibit.lacks)
        raise ExhibitError(
            f"Il manque à cette figure, pour une page : {french.enumerate_words(exhibit.lacks)}.",
            remedy=f"Donnez à d.exhibit : {asked}.",
        )
    return exhibit


def keep(exhibit: Exhibit, folder: Path, *, theme: str, by: str, day: str) -> Path:
    """Keep an exhibit among the annexes of a commune (`folder`), for the page of a theme; return the file.

    Raises:
        ExhibitError: it lacks what a page needs.
    """
    require(exhibit)
    known = columns.find_columns(exhibit.data.columns)
    record = {
        "theme": theme,
        "by": by,
        "day": day,
        **{name: getattr(exhibit, name) for name in _TEXTS},
        "drawing": exhibit.drawing.partition("base64,")[2].partition('"')[0],
        "columns": [asdict(one) for name, one in known.items() if name not in columns.COLUMNS],
        "data": json.loads(exhibit.data.to_json(orient="split", index=False, double_precision=15)),
    }
    path = folder / f"{french.slug(exhibit.title)[:60]}.json"
    folder.mkdir(parents=True, exist_ok=True)
    paths.write(path, json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    return path


def add(notebook: NotebookNode, slug: str, *, theme: str, tag: str) -> NotebookNode:
    """Return an executed notebook with the annexes kept for its theme, before its last section; their cells have `tag`.

    Raises:
        ParameterError: a file of annex cannot be read; names it.
    """
    kept = [(path, record) for path in paths.list_annexes(slug) if (record := _read(path))["theme"] == theme]
    if not kept:
        return notebook
    cells = [nbformat.v4.new_markdown_cell(f"## {TITLE}", id="annexes")]
    for rank, (path, record) in enumerate(kept):
        data = _show(record, path)
        shown = nbformat.v4.new_output("execute_result", data=data, execution_count=None)
        cell = nbformat.v4.new_code_cell("", outputs=[shown], metadata={"tags": [tag]}, id=f"annexe-{rank}")
        cells.append(cell)
    sections = [
        rank
        for rank, cell in enumerate(notebook.cells)
        if cell.cell_type == "markdown" and cell.source.startswith("## ")
    ]
    last = sections[-1] if sections else len(notebook.cells)
    return NotebookNode({**notebook, "cells": [*notebook.cells[:last], *cells, *notebook.cells[last:]]})


def _read(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        needed = {"theme", "by", "day", "drawing", "columns", "data", *_TEXTS}
        missing = sorted(needed - {*record})
    except (OSError, ValueError, TypeError) as error:
        raise _unreadable(path, str(error)) from error
    if missing:
        raise _unreadable(path, f"il manque {', '.join(missing)}")
    return dict(record)


def _show(record: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Make the output of an annex, with its origin."""
    try:
        own = [columns.Column(**one) for one in record["columns"]]
        data = pd.DataFrame(record["data"]["data"], columns=record["data"]["columns"])
        drawing = base64.b64decode(record["drawing"], validate=True)
    except (ValueError, KeyError, TypeError) as error:
        raise _unreadable(path, str(error)) from error
    image = _write_image(drawing, alt=str(record["alt"])) if drawing else ""
    texts = {name: str(record[name]) for name in _TEXTS}
    who = f" par {record['by']}" if record["by"] else ""
    texts["note"] = f"{texts['note']} Figure ajoutée{who} le {record['day']}.".strip()
    with columns.put_back():
        columns.declare(*own)
        shown = Exhibit(data=data, alt="", drawing=image, name=f"annexe-{path.stem}").complete(**texts)
        return require(shown)._repr_mimebundle_()


def _unreadable(path: Path, why: str) -> ParameterError:
    return ParameterError(
        f"Annexe illisible : {path} ({why}).",
        remedy="Effacez ce fichier, ou gardez la figure de nouveau par d.keep.",
    )
