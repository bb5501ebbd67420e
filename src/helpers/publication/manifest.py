"""What a diagnostic was made from and what it is made of: what has changed since, hence what to build again.

Everything read has a key and a mark. The key is the path of a file from the root of the project, `table:<name>` for a
table of the store, or the name of a version; the mark is a hash, or nothing where the thing is not there. What is
imported here is light: a diagnostic that is up to date is told so without pandas nor the notebook machinery.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import platform
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from helpers import french, paths
from helpers.themes import theme_of

NAME = "manifest.json"
Mark = Callable[[str], str]

_PACKAGE = "helpers"
TABLE = "table:"
_VERSIONS = {"version:python": platform.python_version, "version:helpers": lambda: version(_PACKAGE)}
# The folders that may stand elsewhere than under the root.
_FOLDERS = {"notebooks": "NOTEBOOKS", "params": "PARAMS"}


def request(slug: str, *, lot: str = "", file: Path | None = None) -> list[str]:
    """The keys of the files that the parameters of a commune come from.

    `lot` is the key of a lot that has parameters; `file` a file of parameters given in place of the commune's own.
    """
    own = f"params/{slug}.yml" if file is None else key_of(file)
    return ["params/defaut.yml", *([lot] if lot else []), own]


def key_of(file: Path) -> str:
    """The key of a file: where it is in the project, or its whole path."""
    file = file.resolve()
    for name, folder in (*((name, _folder(name)) for name in _FOLDERS), ("", paths.ROOT)):
        if file.is_relative_to(folder):
            return str(Path(name, file.relative_to(folder)))
    return str(file)


def _folder(name: str) -> Path:
    found: Path = getattr(paths, _FOLDERS[name])
    return found


def _path(key: str) -> Path:
    first, _, rest = key.partition("/")
    return _folder(first) / rest if first in _FOLDERS else paths.ROOT / key


class Inputs:
    """What diagnostics are made from, each thing looked at once: for one command, however many communes."""

    def __init__(self) -> None:
        self._marks: dict[str, str] = {}
        self._reads: dict[Path, list[str]] = {}
        # The files of each module, what each of them imports, the data of each folder: read once for all notebooks.
        self._files: dict[str, list[Path]] = {}
        self._imports: dict[Path, set[str]] = {}
        self._data: dict[Path, list[Path]] = {}

    def seen_from(self, code: str) -> Mark:
        """What gives the mark of a key, for a commune: tables may have been fetched for it alone."""
        place = paths.fetched_folder(code)
        fetched = _index(place) | {"": _hash(place / "notes.json")} if place.is_dir() else {}

        def mark(key: str) -> str:
            if key.startswith("params/"):
                # One file for each commune: remembering them would grow with the lot.
                return self._look(key)
            if key not in self._marks:
                self._marks[key] = self._look(key)
            if not key.startswith(TABLE) or not fetched:
                return self._marks[key]
            return "+".join([self._marks[key], fetched.get(key.removeprefix(TABLE), ""), fetched[""]])

        return mark

    def tables(self) -> list[str]:
        """The keys of every table of the store."""
        return [f"{TABLE}{name}" for name in self._store]

    def reads_of(self, notebook: Path) -> list[str]:
        """The keys of what a notebook is executed from, but its tables, which it tells once executed.

        The modules are all those that it imports, and those that they import, wherever in their code: a module
        that is not run this time may be the next, and one that the engine has loaded before is not forgotten.
        """
        if notebook not in self._reads:
            modules = self._closure([*_imports_of_notebook(notebook), "helpers.execution.execute"])
            self._reads[notebook] = sorted(
                {key_of(notebook), "requirements.txt", "version:python", *map(key_of, modules)}
            )
        return self._reads[notebook]

    @cached_property
    def layout(self) -> list[str]:
        """The keys of what the pages are made from, beside executed notebooks."""
        templates = (path for path in paths.TEMPLATES.rglob("*") if path.is_file())
        files = {*self._closure(["helpers.publication.commune"]), *templates}
        return sorted({"requirements.txt", *_VERSIONS, *map(key_of, files)})

    @cached_property
    def _store(self) -> dict[str, str]:
        return _index(paths.store_folder())

    def _closure(self, names: Iterable[str]) -> set[Path]:
        """The files of the modules of the package that these import, whether at once or by one another.

        The data that stand beside a module go with it.
        """
        seen: set[Path] = set()
        queue = list(names)
        while queue:
            for file in self._files_of(queue.pop()):
                if file not in seen:
                    seen |= {file, *self._data_of(file.parent)}
                    queue += self._imports_of(file)
        return seen

    def _files_of(self, name: str) -> list[Path]:
        if name not in self._files:
            self._files[name] = list(_files_of(name))
        return self._files[name]

    def _data_of(self, folder: Path) -> list[Path]:
        if folder not in self._data:
            self._data[folder] = [
                path for path in folder.iterdir() if path.suffix != ".py" and path.is_file()
            ]
        return self._data[folder]

    def _imports_of(self, file: Path) -> set[str]:
        if file not in self._imports:
            self._imports[file] = _imports(file.read_text(encoding="utf-8"))
        return self._imports[file]

    def _look(self, key: str) -> str:
        if key.startswith(TABLE):
            return self._store.get(key.removeprefix(TABLE), "")
        if key in _VERSIONS:
            return _VERSIONS[key]()
        return _hash(_path(key))


@dataclass(frozen=True)
class Part:
    """What one notebook was executed from: the keys of what it read, the hash of its parameters."""

    reads: list[str]
    parameters: str


@dataclass(frozen=True)
class Record:
    """What the manifest of a diagnostic says of how it was built."""

    # The mark of everything read, by key.
    inputs: dict[str, str]
    # The keys of the files that the parameters come from, and of the tables that their dates come from.
    request: list[str]
    dates: list[str]
    parts: dict[str, Part]
    # The hash of every file written, by name.
    outputs: dict[str, str]


def read(folder: Path) -> Record | None:
    """The record of a diagnostic, or nothing where none can be read: it is then to be built."""
    try:
        record = json.loads((folder / NAME).read_text(encoding="utf-8"))["build"]
        found = Record(
            inputs=dict(record["inputs"]),
            request=[*map(str, record["request"])],
            dates=[*map(str, record["dates"])],
            parts={
                stem: Part([*map(str, part["reads"])], str(part["parameters"]))
                for stem, part in record["parts"].items()
            },
            outputs=dict(record["outputs"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    keys = {*found.request, *found.dates, *(key for part in found.parts.values() for key in part.reads)}
    # A key without its mark would never be seen to change.
    return found if keys <= found.inputs.keys() else None


@dataclass(frozen=True)
class Plan:
    """What is to be done for a commune, and why."""

    # The notebooks to execute, and what has changed for each; nothing the first time.
    stale: dict[str, list[str]]
    # What has changed for the pages.
    layout: list[str]
    request: list[str]
    mark: Mark
    inputs: Inputs
    # The hash of the parameters of every notebook.
    parameters: dict[str, str]
    books: Sequence[Path]

    @property
    def is_fresh(self) -> bool:
        """True when there is nothing to do."""
        return not self.stale and not self.layout

    def explain(self) -> list[str]:
        """Why the diagnostic is built again, in French, a line for each set of themes; nothing the first time."""
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
        return [f"{themes} : {_tell(reasons)}" for themes, reasons in reasons_of.items()]


_SHOWN = 3
# Other parameters, though no file has changed: built before with a lot, or without.
_PARAMETERS = "parameters"
_NAMES = {
    "version:python": "la version de Python",
    "version:helpers": "la version du code",
    _PARAMETERS: "le choix des paramètres",
}


def _tell(reasons: Sequence[str]) -> str:
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
    books: Sequence[Path],
    request: Sequence[str],
    inputs: Inputs,
    arguments: Mapping[str, Mapping[str, Any]] | None = None,
    force: bool = False,
    trusted: bool = False,
) -> Plan:
    """What is to be done so that the diagnostic of `folder` is that of today's inputs.

    `arguments` are the parameters of each notebook, by stem. Without them any change in what parameters come from
    (`request`) changes every part; with them a part is stale only when its own parameters are others. `trusted`: the
    files of the diagnostic are taken to be those that its manifest says, and need not be in the folder.
    """
    record, mark = None if force else read(folder), inputs.seen_from(code)
    hashed = {stem: hash_of(values) for stem, values in (arguments or {}).items()}

    def planned(stale: dict[str, list[str]], layout: list[str]) -> Plan:
        return Plan(stale, layout, list(request), mark, inputs, hashed, books)

    if record is None:
        return planned({book.stem: [] for book in books}, [])
    changed = sorted(key for key, state in record.inputs.items() if mark(key) != state)
    others = sorted(
        {*changed}.intersection([*record.request, *record.dates])
        | set(record.request).symmetric_difference(request)
    )
    written = {} if trusted else record.outputs
    altered = {name for name, state in written.items() if _hash(folder / name) != state}
    stale = {}
    for book in books:
        part = record.parts.get(book.stem)
        reads = set(part.reads) if part else {key_of(book)}
        reasons = [key for key in changed if key in reads] if part else [key_of(book)]
        if part and (others if arguments is None else hashed[book.stem] != part.parameters):
            reasons += [key for key in others or [_PARAMETERS] if key not in reads]
        # Pages and data are made again from the executed notebook: only without it is it executed again.
        if book.name in altered:
            reasons.append(f"{folder.name}/{book.name}")
        if reasons:
            stale[book.stem] = reasons
    gone = record.parts.keys() - {book.stem for book in books}
    layout = [*changed, *(f"notebooks/{stem}.ipynb" for stem in sorted(gone))]
    layout += [f"{folder.name}/{name}" for name in sorted(altered)]
    layout += [key for key in others if key not in layout]
    return planned(stale, layout)


def describe(
    plan: Plan, *, tables: Mapping[str, Sequence[str] | None], dates: Sequence[str], folder: Path
) -> dict[str, Any]:
    """What the manifest will say of how the diagnostic just written in `folder` was built.

    `tables` are those that each notebook has read, by stem; one that says nothing may have read any. `dates` are
    those that the dates of the diagnostic come from.
    """
    parts = {}
    for book in plan.books:
        told = tables[book.stem]
        read_tables = plan.inputs.tables() if told is None else [f"{TABLE}{name}" for name in told]
        parts[book.stem] = {
            "reads": sorted({*plan.inputs.reads_of(book), *read_tables}),
            "parameters": plan.parameters[book.stem],
        }
    dates = [f"{TABLE}{name}" for name in dates]
    keys = {
        *plan.request,
        *dates,
        *plan.inputs.layout,
        *(key for part in parts.values() for key in part["reads"]),
    }
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    return {
        "inputs": {key: plan.mark(key) for key in sorted(keys)},
        "request": plan.request,
        "dates": dates,
        "parts": parts,
        "outputs": {name: _hash(folder / name) for name in files},
    }


def renew_mark(folder: Path, name: str) -> None:
    """Have the manifest of a diagnostic know again an output that has been written since."""
    record = json.loads((folder / NAME).read_text(encoding="utf-8"))
    marks = record.get("build", {}).get("outputs", {})
    if name in marks:
        marks[name] = _hash(folder / name)
        write(folder / NAME, json.dumps(record, ensure_ascii=False, indent=1) + "\n")


def hash_of(values: Any) -> str:
    """The hash of plain values."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def write(path: Path, content: str | bytes) -> None:
    """Write a file aside, then put it in place of the former one."""
    # Another program may be writing it too.
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        aside.write_bytes(content.encode() if isinstance(content, str) else content)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _hash(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _index(store: Path) -> dict[str, str]:
    """The hash of every table of a store, nothing where it cannot be read: reading it for good will say why."""
    try:
        index = json.loads((store / "tables.json").read_text(encoding="utf-8"))
        return {name: record["sha256"] for name, record in index.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _files_of(name: str) -> Iterator[Path]:
    """The files of a module and of the packages that it is in, for a name that may be that of what a module holds."""
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        place = paths.ROOT.joinpath("src", *parts[:end])
        for path in (place / "__init__.py", place.with_name(f"{place.name}.py")):
            if path.is_file():
                yield path
                break


def _imports_of_notebook(notebook: Path) -> set[str]:
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        return set().union(*(_imports(source) for source in sources))
    except (OSError, ValueError, KeyError, TypeError, SyntaxError):
        # What cannot be read may import anything; executing it will say what is wrong with it.
        root = paths.ROOT / "src"
        return {
            ".".join(path.relative_to(root).with_suffix("").parts) for path in (root / _PACKAGE).rglob("*.py")
        }


# Where a statement keeps others: bodies, what else, handlers of exceptions, cases.
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")

# Two threads that parse at once have Python 3.11 count their depths together, and fail (SystemError).
_parsing = threading.Lock()


def _imports(source: str) -> set[str]:
    with _parsing:
        tree = ast.parse(source)
    names = set()
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.split(".")[0] == _PACKAGE}


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """What a node holds that may be an import or hold one: no expression does, and most of a code is expressions."""
    for block in _BLOCKS:
        for inner in getattr(node, block, ()):
            yield inner
            yield from _statements(inner)
