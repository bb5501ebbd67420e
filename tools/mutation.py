"""Change one value of the store, or one formula, and see whether anything notices (make mutation).

Each change is made in a fork of this process, which has loaded the libraries and nothing of the project: the notebooks
of the reference commune are run there and compared with what they say unchanged, then, for a formula, the tests that
import its module. What each change gave is written as it comes: run again, it goes on where it was.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import importlib.abc
import importlib.util
import json
import os
import random
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "helpers"
FOLDERS = ("indicators", "problems", "wording")
FILE = ROOT / "outputs" / "mutation.jsonl"
REASONS = ROOT / "tests" / "survivors.toml"
COMMUNE, SEED = "59011", 20261129
# What a mark of an operator becomes.
SWAPS: dict[type, type] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One change: its key, what it is in words, the module it changes (none: a value of the store)."""

    key: str
    words: str
    module: str = ""
    source: str = ""
    table: str = ""
    rank: int = 0


def list_formulas(count: int) -> list[Change]:
    """Draw changes of operators and numbers, the same ones for the same code."""
    found = []
    for path in sorted(path for folder in FOLDERS for path in (SOURCE / folder).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        places = [rank for rank, node in enumerate(ast.walk(tree)) if _mutate(copy.deepcopy(node))]
        found += [(path, rank) for rank in places]
    return [_formula(path, rank) for path, rank in random.Random(SEED).sample(found, min(count, len(found)))]


def _formula(path: Path, rank: int) -> Change:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    node = list(ast.walk(tree))[rank]
    before = ast.unparse(node)
    _mutate(node)
    name = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
    where = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
    words = f"{where} : {before} -> {ast.unparse(node)}"
    return Change(words, words, module=name, source=ast.unparse(tree))


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
    for path in sorted((ROOT / "data" / "embedded").glob("*.parquet")):
        frame = pd.read_parquet(path)
        if {"level", "code", "value", "variable"} <= {*frame.columns}:
            own = frame[(frame["level"] == "commune") & (frame["code"] == COMMUNE)].reset_index(drop=True)
            for rank in own.index[own["value"].notna() & (own["value"] != 0)]:
                row = own.loc[rank]
                about = ", ".join(
                    f"{name}={row[name]}" for name in own.columns if name not in ("level", "source")
                )
                found.append(
                    Change(f"{path.stem} {about}", f"{path.stem} : {about}", table=path.stem, rank=rank)
                )
    return random.Random(SEED).sample(found, min(count, len(found)))


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Gives the changed source of one module in place of its file."""

    def __init__(self, change: Change) -> None:
        self._change = change

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        if name != self._change.module:
            return None
        package = (SOURCE.parent / Path(*name.split("."))).is_dir()
        return importlib.util.spec_from_loader(name, self, is_package=package)

    def get_source(self, name: str) -> str:
        return self._change.source


def say(change: Change | None) -> dict[str, Any]:
    """Run the notebooks of the reference commune here and return what they say, by notebook; raise what they raise."""
    sys.path[:0] = [str(ROOT / "tests"), str(SOURCE.parent)]
    if change and change.module:
        sys.meta_path.insert(0, _Changed(change))
    import cells

    from helpers import paths, store, themes

    if change and change.table:
        store.read = _reading(store.read, change)
    os.environ["HELPERS_STORE"] = str(paths.EMBEDDED)
    said = {}
    for notebook in themes.notebooks():
        book = cells.run(notebook, commune=COMMUNE)
        shown = [output["data"] for cell in book.cells for output in cell.get("outputs", [])]
        said[notebook.stem] = [
            re.sub(r"<svg.*?</svg>", "", json.dumps(data, sort_keys=True, default=str), flags=re.DOTALL)
            for data in shown
        ]
    return said


def _reading(read: Callable[..., Any], change: Change) -> Callable[..., Any]:
    def changed(name: str, **options: Any) -> Any:
        frame = read(name, **options)
        if name == change.table:
            own = frame.index[(frame["level"] == "commune") & (frame["code"] == COMMUNE)]
            if change.rank < len(own):
                frame.loc[own[change.rank], "value"] *= 1.1
        return frame

    return changed


def judge(change: Change, unchanged: dict[str, Any]) -> str:
    """Say what notices a change: `carnets`, `erreur`, `tests`, or nothing (`survit`)."""
    try:
        if json.loads(json.dumps(say(change))) != unchanged:
            return "carnets"
    except Exception as error:
        return f"erreur ({type(error).__name__})"
    if not change.module:
        return "survit"
    import pytest

    tests = [
        str(path)
        for folder in ("unit", "oracles")
        for path in sorted((ROOT / "tests" / folder).glob("test_*.py"))
        if change.module.rpartition(".")[2] in path.read_text(encoding="utf-8")
    ]
    return (
        "tests"
        if tests and pytest.main(["-q", "-x", "--no-header", "-p", "no:randomly", *tests])
        else "survit"
    )


def in_fork(function: Callable[[], Any]) -> Any:
    """Call a function in a fork, silent, and return what it returns."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nowhere, number)
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
            unchanged = unchanged or in_fork(partial(say, None))
            known[change.key] = in_fork(partial(judge, change, unchanged))
            with FILE.open("a", encoding="utf-8") as file:
                file.write(
                    json.dumps({"key": change.key, "outcome": known[change.key]}, ensure_ascii=False) + "\n"
                )
        yield change, known[change.key]


def main() -> int:
    """Judge as many changes of values and of formulas as asked for; list the survivors with the reasons known."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=60)
    count = parser.parse_args().count
    for name in (
        "pandas",
        "geopandas",
        "seaborn",
        "matplotlib.pyplot",
        "duckdb",
        "pytest",
        "nbformat",
        "pydantic",
    ):
        importlib.import_module(name)
    import tomllib

    reasons = tomllib.loads(REASONS.read_text(encoding="utf-8")) if REASONS.exists() else {}
    outcomes = []
    for change, outcome in run([*list_values(count), *list_formulas(count)]):
        outcomes.append(outcome)
        print(f"{outcome:12} {change.words}", flush=True)  # noqa: T201
        if outcome == "survit":
            print(f"             raison : {reasons.get(change.key, 'à trouver')}", flush=True)  # noqa: T201
    caught = sum(outcome != "survit" for outcome in outcomes)
    print(f"{caught} changements sur {len(outcomes)} sont vus ({100 * caught / len(outcomes):.0f} %).")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
