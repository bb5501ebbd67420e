"""What has changed between a reference notebook and a new run of it: figure by figure, where and when."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from itertools import zip_longest
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.columns import COLUMNS
from helpers.exhibit import MIME

# As many lines of them are printed; the rest is in the file.
MOST_LINES = 20
_MARKUP = re.compile(r"(?s)<(?:figure|section)\b.*")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
# Columns of what a row is about, and what says nothing of it.
_WHERE, _WHAT, _WHEN = "Territoire", "Indicateur", ("Année", "Période", "Début", "Fin")
_ASIDE = ("Origine", "Sources", "Fiabilité", "Unité")
_DECLARED = {column.heading for column in COLUMNS.values()} | {"Valeur", *_ASIDE}
_DATE = re.compile(r"\b\d{4}(?:-\d{4})?\b")
_AROUND = 30


@dataclass(frozen=True)
class Difference:
    """One value that is no longer the same: its notebook, cell, figure; of whom, what, when; before and now."""

    notebook: str
    cell: str
    figure: str
    territory: str
    indicator: str
    year: str
    old: str
    new: str

    @property
    def is_figure(self) -> bool:
        """Whether a number has changed, in a cell of data or in a sentence: one that is published."""
        return re.findall(r"\d+", self.old) != re.findall(r"\d+", self.new)

    def line(self) -> str:
        """Write it on one line: `2_logement · cellule 7 · L-03 Vacance | Hem | Part (%) | 2018 | 4.5 -> 4.6`."""
        where = f"{self.notebook} · {self.cell} · {_cut(self.figure, 44)}"
        about = [part for part in (self.territory, _cut(self.indicator, 48), self.year) if part]
        return f"{' | '.join([where, *about])} | {_cut(self.old, 60) or 'rien'} -> {_cut(self.new, 60) or 'rien'}"


def compare_cells(notebook: str, cell: str, old: Sequence[Any], new: Sequence[Any]) -> list[Difference]:
    """Compare the outputs of a cell with those of the reference, a drawing by its data; none when they agree."""
    found: list[Difference] = []
    for before, after in zip_longest(old, new):
        first, second = _read(before), _read(after)
        if first == second:
            continue
        rows = [
            Difference(notebook, cell, second["figure"] or first["figure"], *values)
            for values in _compare(first, second)
        ]
        found += rows or [
            Difference(
                notebook, cell, second["figure"], "", "marques de la page", "", first["rest"], second["rest"]
            )
        ]
    return found


def _read(output: Any) -> dict[str, str]:
    """Read what an output says: the exhibit it is, its data, its words, and the rest that is compared."""
    read = dict.fromkeys(("figure", "csv", "text", "rest"), "")
    if output is None:
        return read
    if output["output_type"] == "error":
        return read | {"text": f"{output['ename']} : {output['evalue']}"}
    if output["output_type"] == "stream":
        return read | {"text": output["text"]}
    data = output["data"]
    record = data.get(MIME, {})
    named = f"{record.get('code', '')} {record.get('title') or record.get('kind', '')}".strip()
    words = data.get("text/plain", "")
    table = record.get("csv", "")
    if table:
        # Its data are reported once, exactly; the same, rounded, follow the title and the reading.
        words = "\n".join(words.split("\n")[:2])
    kept = {key: value for key, value in record.items() if key not in ("csv", "title")}
    rest = (
        f"{json.dumps(kept, ensure_ascii=False, sort_keys=True)} {_MARKUP.sub('', data.get('text/html', ''))}"
    )
    return {"figure": named, "csv": table, "text": words, "rest": rest}


def _compare(old: dict[str, str], new: dict[str, str]) -> Iterator[tuple[str, str, str, str, str]]:
    yield from _compare_tables(old["csv"], new["csv"])
    for before, after in zip_longest(old["text"].split("\n"), new["text"].split("\n"), fillvalue=""):
        if before != after:
            yield ("", "texte", "", *_around(before, after))


def _compare_tables(old: str, new: str) -> Iterator[tuple[str, str, str, str, str]]:
    """Compare two CSV texts row by row: rows are recognised by what they are about, else by their rank."""
    lines = [list(csv.DictReader(io.StringIO(text), delimiter=";")) for text in (old, new)]
    # A word of a row may be what changes: it tells rows apart only where some have come or gone.
    moved = len(lines[0]) != len(lines[1])
    before, after = (_by_subject(rows, labels=moved) for rows in lines)
    for key in dict.fromkeys([*before, *after]):
        first, second = before.get(key, {}), after.get(key, {})
        row = second or first
        year = "-".join(filter(None, (row.get(name, "") for name in _WHEN)))
        year = year or "".join(_DATE.findall(row.get(_WHAT, ""))[:1])
        about = [row[_WHAT]] if row.get(_WHAT) else _labels(row)
        for column in dict.fromkeys([*first, *second]):
            one, two = first.get(column, ""), second.get(column, "")
            if one == two:
                continue
            # Side by side, territories head the columns.
            aside = row.get(_WHERE) is None and column not in _DECLARED
            label = " · ".join(filter(None, ["" if aside else column, *about]))
            yield column if aside else row.get(_WHERE, ""), label, year, one, two


def _by_subject(rows: list[dict[str, str]], *, labels: bool) -> dict[tuple[Any, ...], dict[str, str]]:
    found: dict[tuple[Any, ...], dict[str, str]] = {}
    for row in rows:
        names = (row.get(_WHERE, ""), row.get(_WHAT, ""), *(row.get(name, "") for name in _WHEN))
        names += (*_labels(row),) if labels else ()
        rank = sum(key[:-1] == names for key in found)
        found[*names, rank] = row
    return found


def _labels(row: dict[str, str]) -> list[str]:
    """The words of a row that say what it is about, other than its territory and its indicator."""
    apart = (_WHERE, _WHAT, *_WHEN, *_ASIDE)
    return [text for name, text in row.items() if name not in apart and text and not _NUMBER.fullmatch(text)]


def _around(old: str, new: str) -> tuple[str, str]:
    """Cut two sentences to what differs, with a few words around."""
    start = next(
        (rank for rank, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    end = next(
        (rank for rank, (a, b) in enumerate(zip(old[::-1], new[::-1], strict=False)) if a != b),
        min(len(old), len(new)),
    )
    end = min(end, len(old) - start, len(new) - start)
    first = max(0, start - _AROUND)

    def cut(text: str) -> str:
        last = min(len(text), len(text) - end + _AROUND)
        return f"{'…' if first else ''}{text[first:last]}{'…' if last < len(text) else ''}"

    return cut(old), cut(new)


def summarise(found: Sequence[Difference], file: Path) -> list[str]:
    """Write the whole list as CSV in a file, and return the lines to print: twenty at most, figures first."""
    if not found:
        return ["Aucun écart avec les carnets de référence."]
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as written:
        writer = csv.writer(written, delimiter=";", lineterminator="\n")
        writer.writerow([one.name for one in fields(Difference)])
        writer.writerows(map(astuple, found))
    numbers = sum(one.is_figure for one in found)
    head = f"{len(found)} écart(s) avec les carnets de référence, dont {numbers} de chiffres (tous dans {_shorten(file)}) :"
    # Data before the sentences that follow from them, each cell in turn: one formula may change a thousand values.
    ranks: dict[tuple[str, str, bool], int] = {}
    order = []
    for one in found:
        key = (one.notebook, one.cell, one.indicator == "texte")
        ranks[key] = ranks.get(key, 0) + 1
        order.append((one.indicator == "texte", ranks[key]))
    sorted_ = [one for _, one in sorted(zip(order, found, strict=True), key=lambda pair: pair[0])]
    room = MOST_LINES - 2
    shown = [one.line() for one in sorted_[:room]]
    more = [f"… et {len(found) - room} autres."] if len(found) > room else []
    return [head, *shown, *more]


def _shorten(file: Path) -> Path:
    return file.relative_to(paths.ROOT) if file.is_relative_to(paths.ROOT) else file


def _cut(text: str, length: int) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= length else f"{one_line[: length - 1]}…"
