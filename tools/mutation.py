"""Change one value of the store, or one formula, and see whether anything notices (make mutation).

Each change is made in a fork of this process, which has loaded the libraries and nothing of the project. The notebooks
of the reference communes are run there and what they say, as nbval compares it, is held against what they say
unchanged. What they do not show of a value, the identities of the store may; of a formula, the tests of its module: a
test counts only if it passes on the code unchanged. What each change gave is written as it comes: run again, it goes on
where it was.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import hashlib
import importlib.abc
import importlib.machinery
import importlib.util
import itertools
import json
import os
import random
import re
import signal
import sys
import tempfile
import tomllib
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import CodeType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "helpers"
FOLDERS = ("indicators", "problems", "wording")
EMBEDDED = ROOT / "data" / "embedded"
FETCHED = ROOT / "tests" / "regression" / "official"
FILE = ROOT / "outputs" / "mutation.jsonl"
REASONS = ROOT / "tests" / "survivors.toml"
# The communes of tests/regression; values are changed in the first one.
COMMUNES = ("59011", "59512", "39198", "39114", "17306")
SEED, ENOUGH = 20261129, 0.95
# Seconds after which a change has broken what it was made in.
PATIENCE = 1200
# What nbval does not compare (tests/regression/sanitize.cfg).
MARKUP = re.compile(r"<(?:figure|section|svg)\b.*", re.DOTALL)
# What a mark of an operator becomes.
SWAPS: dict[type, type] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One change: its key, what it is in words; the file and the place in it, or the table and the row."""

    key: str
    words: str
    file: Path | None = None
    table: str = ""
    rank: int = 0

    @property
    def module(self) -> str:
        """The module of the changed formula."""
        parts = self.file.relative_to(SOURCE.parent).with_suffix("").parts if self.file else ()
        return ".".join(parts).removesuffix(".__init__")


def list_formulas(count: int) -> list[Change]:
    """Draw changes of operators and numbers: a formula drawn stays so whatever is written elsewhere."""
    found = [
        change
        for folder in FOLDERS
        for path in sorted((SOURCE / folder).rglob("*.py"))
        for change in _formulas(path)
    ]
    return sorted(found, key=lambda change: hashlib.sha256(f"{SEED} {change.key}".encode()).digest())[:count]


def _formulas(path: Path) -> Iterator[Change]:
    """List the changes of a module; the same one made at several places is numbered."""
    seen: Counter[str] = Counter()
    name = path.relative_to(ROOT)
    for rank, node in enumerate(ast.walk(ast.parse(path.read_text(encoding="utf-8")))):
        changed = copy.deepcopy(node)
        if _mutate(changed):
            about = f"{ast.unparse(node)} -> {ast.unparse(changed)}"
            seen[about] += 1
            again = f" ({seen[about]})" if seen[about] > 1 else ""
            words = f"{name}:{getattr(node, 'lineno', 0)} : {about}"
            yield Change(f"{name} : {about}{again}", words, file=path, rank=rank)


def _mutate(node: ast.AST) -> bool:
    """Change a node in place; return False where there is nothing to change in it."""
    if isinstance(node, ast.BinOp) and type(node.op) in SWAPS:
        node.op = SWAPS[type(node.op)]()
        return True
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
        node.ops[0] = SWAPS[type(node.ops[0])]()
        return True
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        node.value = node.value + 1
        return True
    return False


def list_values(count: int) -> list[Change]:
    """Draw values of the store, of the reference commune, that are changed by a tenth."""
    import pandas as pd

    found = []
    for path in sorted(EMBEDDED.glob("*.parquet")):
        frame = pd.read_parquet(path)
        if {"level", "code", "value", "variable"} <= {*frame.columns}:
            own = frame[(frame["level"] == "commune") & (frame["code"] == COMMUNES[0])].reset_index(drop=True)
            for rank in own.index[own["value"].notna() & (own["value"] != 0)]:
                row = own.loc[rank]
                about = ", ".join(
                    f"{name}={row[name]}" for name in own.columns if name not in ("level", "source")
                )
                found.append(
                    Change(f"{path.stem} {about}", f"{path.stem} : {about}", table=path.stem, rank=rank)
                )
    return random.Random(SEED).sample(found, min(count, len(found)))


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a module with its formula changed, every line where it is in the file."""

    def __init__(self, change: Change) -> None:
        super().__init__(change.module, str(change.file))
        self._rank = change.rank

    def get_code(self, fullname: str) -> CodeType:
        tree = ast.parse(self.get_data(self.path))
        node = next(itertools.islice(ast.walk(tree), self._rank, None))
        _mutate(node)
        return compile(tree, self.path, "exec")


class _Finder(importlib.abc.MetaPathFinder):
    """Gives the changed module in place of its file."""

    def __init__(self, change: Change) -> None:
        self._change = change

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        if name != self._change.module:
            return None
        file = str(self._change.file)
        return importlib.util.spec_from_file_location(name, file, loader=_Loader(self._change))


def set_up(change: Change | None, folder: Path) -> None:
    """Have this process read the project with one change; a changed table is written in a store of its own."""
    sys.path[:0] = [str(ROOT / "tests"), str(SOURCE.parent)]
    os.environ |= {
        "HELPERS_STORE": str(EMBEDDED),
        "HELPERS_FETCHED": str(FETCHED),
        # Indicators are computed, not read in a table made before the change.
        "HELPERS_INDICATORS": str(folder / "indicators"),
    }
    if change and change.file:
        sys.meta_path.insert(0, _Finder(change))
    elif change:
        _write_store(change, folder)
        os.environ["HELPERS_STORE"] = str(folder)


def _write_store(change: Change, folder: Path) -> None:
    from helpers import paths

    # Pages tell the embedded store from the others: the copy takes its place.
    paths.EMBEDDED = folder
    from helpers import store
    from helpers.store.tables import INDEX

    frame = store.read(change.table, folder=EMBEDDED)
    own = frame.index[(frame["level"] == "commune") & (frame["code"] == COMMUNES[0])]
    frame.loc[own[change.rank], "value"] *= 1.1
    store.write({change.table: frame}, folder)
    index, changed = (json.loads((place / INDEX).read_text(encoding="utf-8")) for place in (EMBEDDED, folder))
    (folder / INDEX).write_text(json.dumps(index | changed), encoding="utf-8")
    for path in EMBEDDED.iterdir():
        if not (folder / path.name).exists():
            (folder / path.name).symlink_to(path)
    store.forget()


def say(commune: str) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Run the notebooks for a commune here and give what each says, by name; raise what they raise."""
    import cells

    from helpers import themes
    from helpers.parameters import load_parameters
    from helpers.publication.pages import commune as pages

    parameters = pages.date(*load_parameters(f"insee:{commune}"))
    for notebook in themes.notebooks():
        book = cells.run(notebook, **parameters.arguments_of(notebook))
        shown = [output["data"] for cell in book.cells for output in cell.get("outputs", [])]
        yield (
            notebook.stem,
            [{kind: _strip(kind, content) for kind, content in sorted(data.items())} for data in shown],
        )


def _strip(kind: str, content: Any) -> str:
    """Keep of an output what nbval compares: not its markup."""
    text = content if isinstance(content, str) else json.dumps(content, sort_keys=True, default=str)
    return MARKUP.sub("<markup>", text) if kind.startswith("text/html") else text


def compare(change: Change, unchanged: dict[str, Any]) -> str:
    """Say whether notebooks, or the identities of the store, notice a change: `survit` where none does."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            set_up(change, Path(folder))
            for commune in COMMUNES if change.file else COMMUNES[:1]:
                for name, said in say(commune):
                    if said != unchanged[commune][name]:
                        return f"carnets ({commune}, {name})"
        except Exception as error:
            return f"erreur ({type(error).__name__} : {error})"
        if change.file:
            return "survit"
        from helpers.store import checks

        broken = [one.name for one in checks.check(Path(folder)) if one.severity == "erreur"]
        return f"identités ({broken[0]})" if broken else "survit"


def say_unchanged() -> dict[str, Any]:
    """Run the notebooks of every commune with nothing changed."""
    with tempfile.TemporaryDirectory() as folder:
        set_up(None, Path(folder))
        return {commune: dict(say(commune)) for commune in COMMUNES}


def list_tests(module: str) -> list[str]:
    """List the files of tests that import a module or, failing them, the package that gives it; or name it."""
    # Definitions are asked for by the registry.
    asked = re.sub(r"\.definitions\..*", ".registry", module)
    package, _, name = asked.rpartition(".")
    texts = {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for folder in ("unit", "oracles")
        for path in sorted((ROOT / "tests" / folder).glob("test_*.py"))
    }
    for pattern in (
        rf"from {re.escape(package)} import [^)]*?\b{name}\b|\b{re.escape(asked)}\b",
        rf"from helpers import [^)]*?\b{package.rpartition('.')[2]}\b",
        rf"\b{name}\b",
        rf"from {re.escape(package)} import",
    ):
        if found := [path for path, text in texts.items() if re.search(pattern, text)]:
            return found
    return []


def fail(change: Change | None, tests: Sequence[str], spared: Sequence[str] = ()) -> str:
    """Run tests, with one change, up to the first that fails; return its name, nothing where all pass."""
    import pytest

    class Failed:
        name = ""

        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            self.name = self.name or (report.nodeid if report.failed else "")

        def pytest_collectreport(self, report: pytest.CollectReport) -> None:
            self.name = self.name or (report.nodeid if report.failed else "")

    failed = Failed()
    with tempfile.TemporaryDirectory() as folder:
        set_up(change, Path(folder))
        os.chdir(ROOT)
        options = [option for name in spared for option in ("--deselect", name)]
        # Those that take long may be the ones that notice.
        pytest.main(["-q", "-x", "--no-header", "-m", "", *options, *tests], plugins=[failed])
    return failed.name


def judge(change: Change, unchanged: dict[str, Any]) -> str:
    """Say what notices a change: `carnets`, `identités`, `tests`, `erreur`, or nothing (`survit`)."""
    outcome = in_fork(partial(compare, change, unchanged))
    tests = list_tests(change.module) if change.file and outcome == "survit" else []
    spared: list[str] = []
    while tests and (name := in_fork(partial(fail, change, tests, spared))):
        if name.startswith("erreur") or not in_fork(partial(fail, None, [name])):
            return f"tests ({name})"
        # It fails all the same without the change: it tells nothing of it.
        spared.append(name)
    return outcome


def in_fork(function: Callable[[], Any]) -> Any:
    """Call a function in a fork, silent, and return what it returns."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nowhere, number)
        signal.alarm(PATIENCE)
        try:
            warnings.simplefilter("ignore")
            answer = json.dumps(function())
        except BaseException as error:
            answer = json.dumps(f"erreur ({type(error).__name__} : {error})")
        with contextlib.suppress(BrokenPipeError), os.fdopen(writer, "w", encoding="utf-8") as file:
            file.write(answer)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as file:
        text = file.read()
    os.waitpid(pid, 0)
    return json.loads(text) if text else "erreur (le processus s’est arrêté)"


def run(changes: list[Change]) -> Iterator[tuple[Change, str]]:
    """Judge changes, those of a former run excepted, and write each as it comes."""
    FILE.parent.mkdir(exist_ok=True)
    lines = FILE.read_text(encoding="utf-8").splitlines() if FILE.exists() else []
    known = {one["key"]: one["outcome"] for one in map(json.loads, lines)}
    unchanged: dict[str, Any] = {}
    for change in changes:
        if change.key not in known:
            unchanged = unchanged or in_fork(say_unchanged)
            known[change.key] = judge(change, unchanged)
            with FILE.open("a", encoding="utf-8") as file:
                file.write(
                    json.dumps({"key": change.key, "outcome": known[change.key]}, ensure_ascii=False) + "\n"
                )
        yield change, known[change.key]


def report(name: str, changes: list[Change], reasons: dict[str, str]) -> bool:
    """Judge changes and print what each gave; return whether enough are seen, and the others explained."""
    survivors = []
    for change, outcome in run(changes):
        print(f"{outcome.split(' (')[0]:10} {change.words}", flush=True)  # noqa: T201
        if outcome == "survit":
            survivors.append(change.key)
            print(f"           raison : {reasons.get(change.key, 'à trouver')}", flush=True)  # noqa: T201
    seen = len(changes) - len(survivors)
    print(f"{name} : {seen} changements sur {len(changes)} sont vus ({100 * seen / len(changes):.0f} %).")  # noqa: T201
    for key in {change.key for change in changes} & reasons.keys() - {*survivors}:
        print(f"À retirer de {REASONS.relative_to(ROOT)}, que quelque chose remarque : {key}")  # noqa: T201
    return seen >= ENOUGH * len(changes) and reasons.keys() >= {*survivors}


def main() -> int:
    """Judge as many changes of values and of formulas as asked for; list the survivors with the reasons known."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=60)
    count = parser.parse_args().count
    for name in (
        "pandas", "geopandas", "seaborn", "matplotlib.pyplot", "duckdb", "pytest", "nbformat", "pydantic",
    ):  # fmt: skip
        importlib.import_module(name)
    reasons = tomllib.loads(REASONS.read_text(encoding="utf-8"))
    enough = [
        report("Valeurs", list_values(count), reasons),
        report("Formules", list_formulas(count), reasons),
    ]
    return 0 if all(enough) else 1


if __name__ == "__main__":
    sys.exit(main())
