"""The site of the diagnostics of a folder: its front page, one for each département, one for each intercommunalité.

What a page shows of the diagnostics is in one table (`entries`): one that changes has its own pages made again, and no
other diagnostic is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from helpers import french, paths, store
from helpers.publication import selection
from helpers.publication.batch.failures import Failure, failed_where_known
from helpers.publication.documents.built import read_template
from helpers.publication.incremental import keys
from helpers.publication.incremental.inputs import Inputs
from helpers.publication.incremental.manifest import MANIFEST, read_manifest, read_record, sweep
from helpers.publication.incremental.plan import compare
from helpers.publication.pages import atlas, metropolis
from helpers.publication.pages.entries import FOLDER, STATES, TABLE, Entries, Entry, Group, open_entries
from helpers.publication.pages.render import render_template
from helpers.territory.communes import members_of, outlines_of

__all__ = ["STATES", "Entry", "list_entries", "list_metropolises", "refresh", "update", "write"]

INDEX = "index.html"
# Communes and intercommunalités that the front page lists itself; beyond, it leads to the pages of départements.
_COMMUNES, _METROPOLISES = 300, 40
# Diagnostics from which the communes of an intercommunalité have a page that compares them.
_A_FEW = 2
_CODE = "le code"
# The beginning of a key -> what it is to a reader.
_CAUSES = {
    "param": "les paramètres", keys.TABLE: "les données", "notebooks/": "les carnets", "src/": _CODE,
    "version:": _CODE, "requirements": _CODE,
}  # fmt: skip


def write(found: Sequence[Entry], outputs: Path) -> list[str]:
    """Write the site of these communes and no other; return the names of the files written.

    The intercommunalités that a lot names have their page even when nothing is built. What diagnostics share and that
    none names any more goes.
    """
    with open_entries(outputs) as (table, _):
        sweep(outputs)
        table.clear()
        table.put(found)
        (outputs / metropolis.COMMUNES).unlink(missing_ok=True)
        return _write_pages(table, outputs, found, metropolises=list_metropolises())


def update(slugs: Mapping[str, str], outputs: Path | None = None, *, trusted: bool = False) -> list[str]:
    """Write again what the site says of communes, `slugs` by code: nothing is read of the other diagnostics.

    Those just looked at are up to date, or among the failures of the last batch. Returns the names of the files
    written; the first time, the whole site.
    """
    outputs = outputs or paths.OUTPUTS
    with open_entries(outputs) as (table, known):
        if not known:
            found = list_entries(outputs, trusted=trusted)
            table.put(found)
            return _write_pages(table, outputs, found, metropolises=list_metropolises())
        former = table.find(list(slugs))
        failures = {failure.commune: failure for failure in failed_where_known(outputs)}
        places = _locate([*slugs])
        found = [
            entry
            for code, slug in slugs.items()
            if (entry := _look(outputs / slug, code, failures.get(code), places))
        ]
        table.remove(slugs)
        table.put(found)
        return _write_pages(table, outputs, [*former, *found])


def refresh(codes: Sequence[str], outputs: Path | None = None) -> list[str]:
    """Write again the pages that tell of communes, whose diagnostics have not changed but have new documents."""
    outputs = outputs or paths.OUTPUTS
    with open_entries(outputs) as (table, _):
        return _write_pages(table, outputs, table.find(codes))


def list_entries(outputs: Path, *, trusted: bool = False) -> list[Entry]:
    """List the communes whose manifest can be read, and those that have failed, by name.

    A diagnostic is "à jour" when today's inputs would give it again, "en échec" when the last batch could not renew
    it: its former pages, if any, are still there. `trusted`: the folder has the manifests alone, the pages are at an
    address.
    """
    failures = {failure.commune: failure for failure in failed_where_known(outputs)}
    inputs, records = Inputs(), []
    for file in outputs.glob(f"*/{MANIFEST}"):
        if record := _read_manifest(file.parent):
            records.append((file.parent, record))
    places = _locate([*failures, *(record["commune"] for _, record in records)])
    entries = {}
    for folder, record in records:
        code = record["commune"]
        failure = failures.get(code)
        kind, reason = (
            ("failed", failure.summary) if failure else _assess(folder, code, inputs=inputs, trusted=trusted)
        )
        entries[code] = _describe_built(folder, record, places, kind=kind, reason=reason)
    for code, failure in failures.items():
        entries.setdefault(code, _describe_failed(failure, places))
    return _in_order(entries.values())


def list_metropolises() -> list[str]:
    """List the codes of the intercommunalités that the lots of the project name."""
    return selection.list_codes("epci")


def _in_order(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (french.fold(entry.name), entry.code))


def _look(
    folder: Path, code: str, failure: Failure | None, places: Mapping[str, Mapping[str, str]]
) -> Entry | None:
    """Look at the diagnostic of one commune, just built or found up to date unless it has failed."""
    record = _read_manifest(folder)
    if record is None:
        return _describe_failed(failure, places) if failure else None
    kind, reason = ("failed", failure.summary) if failure else ("fresh", "")
    return _describe_built(folder, record, places, kind=kind, reason=reason)


def _read_manifest(folder: Path) -> dict[str, str] | None:
    """Read the names of a diagnostic; nothing where there is none to lead to, or one left by another version."""
    try:
        record = read_manifest(folder)
        names = {"commune": record["commune"], "name": record["name"], "department": record["department"]}
        names["epci"] = record["epci"] or ""
    except KeyError:
        return None
    return names if all(type(name) is str for name in names.values()) else None


def _describe_built(
    folder: Path,
    record: Mapping[str, str],
    places: Mapping[str, Mapping[str, str]],
    *,
    kind: str,
    reason: str,
) -> Entry:
    code = record["commune"]
    place = places.get(code, {})
    return Entry(
        code=code,
        name=french.typography(record["name"]),
        department=place.get("department", ""),
        department_name=french.typography(record["department"]),
        epci=place.get("epci", ""),
        epci_name=french.typography(record["epci"]),
        slug=folder.name,
        kind=kind,
        reason=french.typography(reason),
    )


def _describe_failed(failure: Failure, places: Mapping[str, Mapping[str, str]]) -> Entry:
    """Describe a commune that has failed and never had a diagnostic."""
    place = {name: french.typography(text) for name, text in places.get(failure.commune, {}).items()}
    return Entry(
        failure.commune,
        french.typography(failure.label),
        place.get("department", ""),
        place.get("department_name", ""),
        place.get("epci", ""),
        place.get("epci_name", ""),
        slug="",
        kind="failed",
        reason=french.typography(failure.summary),
    )


def _locate(codes: Sequence[str]) -> dict[str, dict[str, str]]:
    """Find the territories of communes, by code: those of the list of today."""
    columns = ["code", "department", "department_name", "epci", "epci_name"]
    found = store.read_reference(
        "territories", folder=paths.store_folder(), key="code", values=codes, columns=columns
    )
    return {str(row["code"]): row for row in found.fillna("").astype("str").to_dict("records")}


def _assess(folder: Path, code: str, *, inputs: Inputs, trusted: bool) -> tuple[str, str]:
    """Assess a diagnostic that has not failed: its state, and why it is to be made again."""
    record = read_record(folder)
    if record is None:
        return "stale", "fait par une autre version"
    found = compare(folder, code=code, request=record.request, inputs=inputs, trusted=trusted)
    if found.is_fresh:
        return "fresh", ""
    return "stale", _describe(
        {*found.layout, *chain.from_iterable(found.stale.values())}, own=f"{folder.name}/"
    )


def _describe(changed: Iterable[str], *, own: str) -> str:
    """Say what has changed, for a reader of the site: the command that builds names the files."""
    causes = {**_CAUSES, own: "ses pages"}
    found = [name for start, name in causes.items() if any(key.startswith(start) for key in changed)]
    names = list(dict.fromkeys(found)) or ["des fichiers"]
    return f"{french.enumerate_words(names)} {'a' if names == [_CODE] else 'ont'} changé"


def _write_pages(
    table: Entries, outputs: Path, changed: Sequence[Entry], *, metropolises: Sequence[str] = ()
) -> list[str]:
    """Write the pages that tell of these communes; return the names of the files written."""
    written, groups = [INDEX, TABLE], table.group("epci")
    listed = _list_pages(groups)
    shown = {group.code: group.name for group in listed}
    departments = sorted({entry.department for entry in changed} - {""})
    written += metropolis.write_departments(
        {code: table.list_of("department", code) for code in departments}, outputs, metropolises=shown
    )
    asked = {*metropolises, *(entry.epci for entry in changed)} & shown.keys()
    written += metropolis.write({code: table.list_of("epci", code) for code in asked}, outputs)
    written += metropolis.write_communes(outputs)
    paths.write(outputs / INDEX, _render_front(table, metropolises=listed, atlas=_draw(table, groups)))
    return written


def _list_pages(groups: Sequence[Group]) -> list[Group]:
    """List the intercommunalités that have a page: those that a lot names, those of which a few are built."""
    named = list_metropolises()
    kept = {group.code: group for group in groups if group.built >= _A_FEW or group.code in named}
    for code in named:
        if code not in kept and (name := metropolis.name_of(code)):
            kept[code] = Group(code, name, 0, 0)
    return sorted(kept.values(), key=lambda group: (-group.built, french.fold(group.name)))


def _render_front(table: Entries, *, metropolises: Sequence[Group], atlas: str) -> str:
    """Render the front page: the communes where they are few, else the départements that list them."""
    departments = table.group("department")
    total = table.count()
    listed = _in_order(table.list_all()) if total <= _COMMUNES else []
    return render_template(
        "site.html.j2",
        communes=listed,
        total=total,
        built=sum(group.built for group in departments) if total > _COMMUNES else len(listed),
        atlas=atlas,
        departments=departments,
        metropolises=metropolises[:_METROPOLISES],
        folder=FOLDER,
        style_of_site=read_template("site.css"),
        script=read_template("table.js") + read_template("search.js"),
    )


def _draw(table: Entries, groups: Sequence[Group]) -> str:
    """Draw the map of the EPCI that has the most diagnostics; nothing without the outlines of its communes."""
    groups = [group for group in groups if group.built]
    if not groups:
        return ""
    # The first by its code among those that have as many.
    chosen = max(groups, key=lambda group: group.built)
    members = members_of(chosen.code)
    built: dict[str, Any] = {entry.code: entry for entry in table.list_of("epci", chosen.code) if entry.slug}
    diagnosed = {
        code: atlas.Diagnosed(entry.name, entry.page, f"diagnostic {entry.state}", entry.kind)
        for code, entry in built.items()
    }
    label = f"Carte, {chosen.name} : les communes qui ont un diagnostic"
    return atlas.draw(members, outlines_of(list(members["code"])), diagnosed=diagnosed, label=label)
