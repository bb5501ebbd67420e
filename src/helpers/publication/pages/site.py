"""The index of the diagnostics built: a map, and a line per commune with the state of its diagnostic."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from helpers import french, paths, store
from helpers.errors import ParameterError
from helpers.publication import files, incremental
from helpers.publication.batch.failures import Failure, failed
from helpers.publication.incremental import Inputs
from helpers.publication.pages import atlas
from helpers.publication.pages.render import render_template, script
from helpers.territory.communes import members_of, outlines_of

_CODE = "le code"
# The beginning of a key -> what it is to a reader.
_CAUSES = {
    "param": "les paramètres", incremental.TABLE: "les données", "notebooks/": "les carnets", "src/": _CODE,
    "version:": _CODE, "requirements": _CODE,
}  # fmt: skip
STATES = {"fresh": "à jour", "stale": "à refaire", "failed": "en échec"}


@dataclass(frozen=True)
class Entry:
    """A commune of the index: its names, its page where it has one, the state of its diagnostic."""

    code: str
    name: str
    department: str
    epci: str
    page: str
    kind: str
    reason: str = ""

    @property
    def state(self) -> str:
        """The state in French."""
        return STATES[self.kind]


def publish(outputs: Path | None = None, *, trusted: bool = False) -> Path:
    """Write `index.html` for the communes of a folder of diagnostics (`list_entries`); return its path."""
    outputs = outputs or paths.OUTPUTS
    return write(list_entries(outputs, trusted=trusted), outputs)


def write(entries: Sequence[Entry], outputs: Path) -> Path:
    """Write `index.html` for these communes; return its path."""
    page = outputs / "index.html"
    content = render_template("site.html.j2", communes=entries, atlas=_draw(entries), script=script())
    files.write(page, content)
    return page


def list_entries(outputs: Path, *, trusted: bool = False) -> list[Entry]:
    """List the communes whose manifest can be read, and those that have failed, by name.

    A diagnostic is "à jour" when today's inputs would give it again, "en échec" when the last batch could not renew
    it: its former pages, if any, are still there. `trusted`: the folder has the manifests alone, the pages are at an
    address.
    """
    failures = {failure.commune: failure for failure in _failures(outputs)}
    inputs, entries = Inputs(), {}
    for file in outputs.glob(f"*/{incremental.MANIFEST}"):
        try:
            record = json.loads(file.read_text(encoding="utf-8"))
            failure = failures.get(record["commune"])
            kind, reason = (
                ("failed", failure.summary)
                if failure
                else _assess(file.parent, record["commune"], inputs=inputs, trusted=trusted)
            )
            entries[record["commune"]] = Entry(
                code=record["commune"],
                name=french.typography(record["name"]),
                department=french.typography(record["department"]),
                epci=french.typography(record["epci"] or ""),
                page=f"{file.parent.name}/index.html",
                kind=kind,
                reason=french.typography(reason),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            # Left by another version, or by hand: there is no diagnostic to lead to.
            continue
    for code, failure in failures.items():
        reason = french.typography(failure.summary)
        entries.setdefault(
            code, Entry(code, french.typography(failure.label), "", "", page="", kind="failed", reason=reason)
        )
    return sorted(entries.values(), key=lambda entry: (french.fold(entry.name), entry.code))


def _failures(outputs: Path) -> list[Failure]:
    try:
        return failed(outputs)
    except ParameterError:
        # make retry says what is wrong with the list; the diagnostics that are there can be read all the same.
        return []


def _assess(folder: Path, code: str, *, inputs: Inputs, trusted: bool) -> tuple[str, str]:
    """Assess a diagnostic that has not failed: its state, and why it is to be made again."""
    record = incremental.read_record(folder)
    if record is None:
        return "stale", "fait par une autre version"
    found = incremental.compare(folder, code=code, request=record.request, inputs=inputs, trusted=trusted)
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


def _draw(entries: Sequence[Entry]) -> str:
    """Draw the map of the EPCI that has the most diagnostics; nothing without the outlines of its communes."""
    built: Mapping[str, Entry] = {entry.code: entry for entry in entries if entry.page}
    known = store.read_reference("territories", folder=paths.store_folder(), key="code", values=list(built))
    counts = known.value_counts(["epci", "epci_name"]).sort_index()
    if counts.empty:
        return ""
    # The first by its code among those that have as many.
    chosen, name = counts.idxmax()
    members = members_of(chosen)
    diagnosed = {
        code: atlas.Diagnosed(entry.name, entry.page, f"diagnostic {entry.state}", entry.kind)
        for code, entry in built.items()
        if code in set(members["code"])
    }
    label = f"Carte, {name} : les communes qui ont un diagnostic"
    return atlas.draw(members, outlines_of(list(members["code"])), diagnosed=diagnosed, label=label)
