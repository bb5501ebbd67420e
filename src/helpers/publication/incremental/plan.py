"""What is to be built again for a diagnostic, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers import french
from helpers.publication.files import hash_values
from helpers.publication.incremental.inputs import Fingerprint, Inputs
from helpers.publication.incremental.keys import TABLE, key_of, partnership_keys
from helpers.publication.incremental.manifest import BuildRecord, NotebookRecord, is_written, read_record
from helpers.themes import notebooks, theme_of

# Reasons named at most.
_SHOWN = 3
# A reason when no file has changed but parameters have: built before with a lot, or without.
_PARAMETERS = "parameters"
_NAMES = {
    "version:python": "la version de Python",
    "version:helpers": "la version du code",
    _PARAMETERS: "le choix des paramètres",
}


@dataclass(frozen=True)
class RebuildPlan:
    """What is to be done for a commune, and why.

    `stale` are the notebooks to execute, by stem, with the keys that have changed for each (none the first time);
    `layout` the keys that have changed for the pages; `request` those of the files that the parameters come from;
    `parameters` the hash of the parameters of every notebook; `books` all the notebooks.
    """

    stale: dict[str, list[str]]
    layout: list[str]
    request: list[str]
    fingerprint: Fingerprint
    inputs: Inputs
    parameters: dict[str, str]
    books: Sequence[Path]

    @property
    def is_fresh(self) -> bool:
        """Tell whether there is nothing to do."""
        return not self.stale and not self.layout

    def explain(self) -> list[str]:
        """Say in French why the diagnostic is built again, a line for each set of themes; nothing the first time."""
        themes_of: dict[str, list[str]] = {}
        for stem, reasons in self.stale.items():
            for reason in reasons:
                themes_of.setdefault(reason, []).append(theme_of(stem))
        if not self.stale:
            themes_of = {reason: ["mise en page"] for reason in self.layout}
        reasons_of: dict[str, list[str]] = {}
        for reason, themes in themes_of.items():
            every = len(themes) == len(self.books) > 1
            reasons_of.setdefault("toutes" if every else ", ".join(themes), []).append(reason)
        return [f"{themes} : {_describe(reasons)}" for themes, reasons in reasons_of.items()]


def _describe(reasons: Sequence[str]) -> str:
    shown = [_name(reason) for reason in reasons[:_SHOWN]]
    if len(reasons) > _SHOWN:
        shown.append(french.quantity(len(reasons) - _SHOWN, "autre"))
    return f"{french.enumerate_words(shown)} {'a' if len(reasons) == 1 else 'ont'} changé"


def _name(key: str) -> str:
    return f"la table {key.removeprefix(TABLE)}" if key.startswith(TABLE) else _NAMES.get(key, key)


def compare(
    folder: Path,
    *,
    code: str,
    request: Sequence[str],
    inputs: Inputs,
    arguments: Mapping[Path, Mapping[str, Any]] | None = None,
    force: bool = False,
    trusted: bool = False,
) -> RebuildPlan:
    """Compare the diagnostic of a folder with what today's inputs would give.

    Args:
        folder: where the diagnostic is, or will be.
        code: the Insee code of the commune.
        request: the keys of the files that its parameters come from.
        inputs: what diagnostics are made from today.
        arguments: the parameters of each notebook, by its path: a notebook is then stale only when its own parameters
            have changed. Without them, any change in `request` makes every notebook stale.
        force: build everything.
        trusted: believe that the files are those that the manifest says, without having them in the folder.
    """
    record, fingerprint = None if force else read_record(folder), inputs.seen_from(code)
    books = notebooks() if arguments is None else list(arguments)
    hashed = {book.stem: hash_values(values) for book, values in (arguments or {}).items()}
    stale: dict[str, list[str]] = {book.stem: [] for book in books}
    layout: list[str] = []
    if record is not None:
        changes = _find_changes(record, folder, request=request, fingerprint=fingerprint, trusted=trusted)
        for book in books:
            stale[book.stem] = _explain_notebook(book, changes, arguments=hashed.get(book.stem))
        stale = {stem: reasons for stem, reasons in stale.items() if reasons}
        layout = _explain_layout(changes, books)
    return RebuildPlan(stale, layout, list(request), fingerprint, inputs, hashed, books)


@dataclass(frozen=True)
class _Changes:
    """What has changed since a diagnostic was built.

    `inputs` are the keys of what was read and is no longer the same; `request` the keys, among them or new or gone,
    of what the parameters and the dates come from; `outputs` the files of `folder` that are no longer as written.
    """

    record: BuildRecord
    folder: str
    inputs: list[str]
    request: list[str]
    outputs: list[str]


def _find_changes(
    record: BuildRecord, folder: Path, *, request: Sequence[str], fingerprint: Fingerprint, trusted: bool
) -> _Changes:
    changed = sorted(key for key, state in record.inputs.items() if fingerprint(key) != state)
    asked = {*changed}.intersection([*record.request, *record.dates])
    asked |= set(record.request).symmetric_difference(request)
    written = {} if trusted else record.outputs
    altered = sorted(name for name, marks in written.items() if not is_written(folder / name, marks))
    return _Changes(record, folder.name, changed, sorted(asked), altered)


def _explain_notebook(book: Path, changes: _Changes, *, arguments: str | None) -> list[str]:
    """List the keys for which a notebook is to be executed again; `arguments` is the hash of its parameters."""
    former = changes.record.parts.get(book.stem)
    if former is None:
        reasons = [key_of(book)]
    else:
        reasons = [key for key in changes.inputs if key in former.reads]
        if changes.request if arguments is None else arguments != former.parameters:
            reasons += [key for key in changes.request or [_PARAMETERS] if key not in former.reads]
    # Pages and data are made again from the executed notebook: only without it is it executed again.
    if book.name in changes.outputs:
        reasons.append(f"{changes.folder}/{book.name}")
    return reasons


def _explain_layout(changes: _Changes, books: Sequence[Path]) -> list[str]:
    """List the keys for which the pages are to be made again."""
    gone = changes.record.parts.keys() - {book.stem for book in books}
    layout = [*changes.inputs, *(f"notebooks/{stem}.ipynb" for stem in sorted(gone))]
    layout += [f"{changes.folder}/{name}" for name in changes.outputs]
    return layout + [key for key in changes.request if key not in layout]


def describe_build(
    plan: RebuildPlan,
    *,
    tables: Mapping[str, Sequence[str] | None],
    dates: Sequence[str],
    data_tables: Sequence[str] = (),
    slug: str,
) -> BuildRecord:
    """Describe how a diagnostic was built, its outputs apart.

    Args:
        plan: what was done.
        tables: the tables that each notebook has read, by stem; one that does not say may have read any.
        dates: the tables that the dates of the diagnostic come from.
        data_tables: the tables that the files beside the pages are made from.
        slug: that of the commune.
    """

    def reads_of(book: Path) -> list[str]:
        declared = tables[book.stem]
        read = plan.inputs.tables() if declared is None else [f"{TABLE}{name}" for name in declared]
        return sorted({*plan.inputs.reads_of(book), *read, *partnership_keys(slug)})

    parts = {book.stem: NotebookRecord(reads_of(book), plan.parameters[book.stem]) for book in plan.books}
    dated = [f"{TABLE}{name}" for name in dates]
    keys = {*plan.request, *dated, *plan.inputs.layout, *(f"{TABLE}{name}" for name in data_tables)}
    keys.update(*(part.reads for part in parts.values()))
    return BuildRecord({key: plan.fingerprint(key) for key in sorted(keys)}, plan.request, dated, parts)
