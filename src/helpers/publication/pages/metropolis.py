"""The pages of territories: a département lists its communes, an intercommunalité compares its own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import pandas as pd

from helpers import french, overview, paths, store
from helpers.overview import Compared
from helpers.publication.documents.built import name_of as name_document
from helpers.publication.documents.built import read_template
from helpers.publication.pages import atlas, shared_issues
from helpers.publication.pages.entries import FOLDER, Entry
from helpers.publication.pages.render import render_template
from helpers.territory.communes import members_of, outlines_of

# What a search reads, once for all: every commune of the list.
COMMUNES = f"{FOLDER}/communes.js"
# Intercommunalités whose communes are read at once: all of France at once would fill the memory.
_AT_ONCE = 50
# The documents that a page links to beside a commune, and what it calls them.
_DOCUMENTS = {"diagnostic.pdf": "PDF", "diaporama.html": "diaporama"}


def page_of(code: str) -> str:
    """Return the address of the page of a territory from the root of the site."""
    return f"{FOLDER}/{code}.html"


def name_of(code: str) -> str:
    """Name an intercommunalité; nothing where no commune is in it."""
    found = store.read_reference(
        "territories", folder=paths.store_folder(), key="epci", values=[code], columns=["epci", "epci_name"]
    )
    return french.typography(str(found["epci_name"].iloc[0])) if len(found) else ""


def write_communes(outputs: Path) -> list[str]:
    """Write the list of communes that a search reads, in the order of names, unless it is there.

    Return the name of the file, if it was written: its first line says the list of the store that it was made from.
    """
    first = f"// {store.hashes(paths.store_folder())['territories']}\n"
    if _begins_with(first, outputs / COMMUNES):
        return []
    found = store.read_reference("territories", folder=paths.store_folder(), columns=["code", "name"])
    found = found.assign(key=found["name"].map(french.fold)).sort_values(["key", "code"])
    lines = [f"{code} {name}" for code, name in zip(found["code"], _typeset(found["name"]), strict=True)]
    paths.write(outputs / COMMUNES, f"{first}var communes = {json.dumps(lines, ensure_ascii=False)};\n")
    return [COMMUNES]


def _begins_with(line: str, path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open(encoding="utf-8", errors="replace") as content:
        return content.readline() == line


def write_departments(
    groups: Mapping[str, Sequence[Entry]], outputs: Path, *, metropolises: Mapping[str, str]
) -> list[str]:
    """Write the pages of départements, and the states that a search reads; return the names of the files written.

    `groups` are the communes built of each, by its code, `metropolises` the intercommunalités that have a page, names
    by code. Their communes are all read at once.
    """
    columns = ["code", "slug", "name", "epci", "epci_name", "department"]
    found = store.read_reference(
        "territories", folder=paths.store_folder(), key="department", values=[*groups], columns=columns
    ).fillna("")
    found = found.sort_values(["slug", "code"])
    typeset = {name: _typeset(found[name]) for name in ("name", "epci_name")}
    communes = dict(list(found.assign(**typeset).groupby("department")))
    written = []
    for code, entries in groups.items():
        written += _write_department(
            code, entries, outputs, communes=communes.get(code, found.head(0)), metropolises=metropolises
        )
    return written


def _write_department(
    code: str,
    entries: Sequence[Entry],
    outputs: Path,
    *,
    communes: pd.DataFrame,
    metropolises: Mapping[str, str],
) -> list[str]:
    built = {entry.code: entry for entry in entries}
    # Plain values: there are as many rows as communes in France.
    columns = (communes[name].tolist() for name in ("code", "name", "epci_name"))
    rows = [(code, name, epci, built.get(code)) for code, name, epci in zip(*columns, strict=True)]
    groups = {one: metropolises[one] for one in {*communes["epci"]} & metropolises.keys()}
    content = render_template(
        "departement.html.j2",
        name=entries[0].department_name if entries else code,
        communes=rows,
        built=sum(bool(entry.slug) for entry in entries),
        metropolises=sorted(groups.items(), key=lambda group: (french.fold(group[1]), group[0])),
        style_of_site=read_template("site.css"),
        script=read_template("table.js"),
    )
    states = [[entry.code, entry.slug, entry.kind, entry.state] for entry in entries]
    names = [page_of(code), f"{FOLDER}/{code}.js"]
    paths.write(outputs / names[0], content)
    paths.write(outputs / names[1], f"diagnostics[{json.dumps(code)}] = {json.dumps(states)};\n")
    return names


def _typeset(names: pd.Series) -> list[str]:
    """Write names in French typography, all in one text: a call for each of 35 000 takes a second."""
    return french.typography("\n".join(names)).split("\n") if len(names) else []


def write(groups: Mapping[str, Sequence[Entry]], outputs: Path) -> list[str]:
    """Write the pages of intercommunalités, whose communes built are given by code; return the names of the files.

    Nothing is written of one that has no commune on the list.
    """
    written, codes = [], sorted(groups)
    for start in range(0, len(codes), _AT_ONCE):
        members = {code: members_of(code) for code in codes[start : start + _AT_ONCE]}
        known = tuple((code, tuple(found["code"])) for code, found in members.items() if len(found))
        for code, compared in _compare(known, str(paths.store_folder()), _state()).items():
            written += _write(code, groups[code], outputs, members=members[code], compared=compared)
    return written


def _write(
    code: str,
    entries: Sequence[Entry],
    outputs: Path,
    *,
    members: pd.DataFrame,
    compared: Sequence[Compared],
) -> list[str]:
    """Write the page of an intercommunalité: its communes by their main indicators; return the names of the files.

    What its communes share of their issues has a page of its own.
    """
    name = name_of(code)
    built = {entry.code: entry for entry in entries}
    mapped = [one for one in compared if one.kinds]
    names = dict(zip(members["code"], members["name"], strict=True))
    shared = shared_issues.write(code, name, names, built, outputs)
    communes = [
        {
            "code": row.code,
            "name": french.typography(row.name),
            "entry": built.get(row.code),
            "documents": _list_documents(built.get(row.code), outputs),
            "figures": [one.of(row.code) for one in compared],
        }
        for row in members.itertuples(index=False)
    ]
    content = render_template(
        "intercommunalite.html.j2",
        name=name,
        communes=sorted(communes, key=lambda row: (french.fold(row["name"]), row["code"])),
        compared=compared,
        mapped=mapped,
        atlas=_draw(names, mapped, built, name=name),
        shared=Path(shared).name,
        legends=[[_to_legend(one, len(members)), one.name] for one in mapped],
        built=sum(bool(entry.slug) for entry in entries),
        simulated=any(figure.simulated for one in compared for figure in one.figures.values()),
        sources=_cite(compared),
        style_of_site=read_template("site.css"),
        script=read_template("table.js") + read_template("metropolis.js"),
    )
    paths.write(outputs / page_of(code), content)
    return [page_of(code), *([shared] if shared else [])]


def _state() -> str:
    """Tell the state of the store: figures are compared once as long as it does not change."""
    return repr(sorted(store.hashes(paths.store_folder()).items()))


@lru_cache(maxsize=1)
def _compare(
    groups: tuple[tuple[str, tuple[str, ...]], ...], folder: str, state: str
) -> dict[str, list[Compared]]:
    return overview.compare(dict(groups), folder=Path(folder))


def _list_documents(entry: Entry | None, outputs: Path) -> list[dict[str, str]]:
    """List the documents of a commune that are in the folder of its diagnostic."""
    if entry is None or not entry.slug:
        return []
    named = {name_document(entry.slug, kind): label for kind, label in _DOCUMENTS.items()}
    return [
        {"file": f"{entry.slug}/{file}", "label": label}
        for file, label in named.items()
        if (outputs / entry.slug / file).is_file()
    ]


def _to_legend(one: Compared, members: int) -> list[list[object]]:
    """List the classes of a map as a script reads them: colour, name, count; communes without a class at the end."""
    kinds: list[list[object]] = [
        [kind.colour, french.typography(kind.name), kind.count] for kind in one.kinds
    ]
    left = members - sum(kind.count for kind in one.kinds)
    return [*kinds, ["", "sans valeur significative", left]] if left else kinds


def _draw(
    names: Mapping[str, str], mapped: Sequence[Compared], built: Mapping[str, Entry], *, name: str
) -> str:
    """Draw the communes by the class of the first indicator; nothing without their outlines or an indicator."""
    outlines = outlines_of(list(names))
    if not mapped or outlines.empty:
        return ""
    shown = {}
    for code, commune in names.items():
        figures = [one.of(code) for one in mapped]
        first = figures[0].rank
        entry = built.get(code)
        shown[code] = atlas.Classed(
            name=commune,
            page=f"../{entry.page}" if entry and entry.slug else "",
            colour="" if first is None else mapped[0].kinds[first].colour,
            ranks=" ".join("-" if figure.rank is None else str(figure.rank) for figure in figures),
        )
    return atlas.draw_classes(outlines, shown, label=f"Carte, {name}")


def _cite(compared: Sequence[Compared]) -> list[str]:
    """Cite the sources of indicators, each once."""
    cited = sorted({source for one in compared for source in one.sources})
    found = store.read_reference("sources", folder=paths.store_folder(), key="id", values=cited)
    return sorted({french.typography(str(citation)) for citation in found["citation"]})
