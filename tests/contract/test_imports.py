"""Imports go one way: sources -> store -> indicators -> figures, tables, sentences -> sheet -> build."""

from __future__ import annotations

import ast
import importlib

import pytest

from helpers import paths

PACKAGE = paths.ROOT / "src" / "helpers"
MODULES = {
    ".".join(("helpers", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}

PAGES = {"figures", "sheet", "build", "cli"}
WORDS = {"tables", "exhibit", "commentary"}

# What a module or a folder of modules may not import, whatever the reason.
FORBIDDEN = {
    "errors": {"*"},
    "french": {"*"},
    "provenance": {"*"},
    "paths": {"*"},
    "spreadsheet": {"*"},
    "schemas": {*PAGES, *WORDS, "indicators", "store", "params", "territory"},
    "store": {*PAGES, *WORDS, "indicators", "params", "territory"},
    "sources": {*PAGES, *WORDS, "indicators", "store", "params", "territory", "reliability"},
    "territory": {*PAGES, *WORDS, "indicators", "params"},
    "params": {*PAGES, *WORDS, "indicators"},
    "indicators": {*PAGES, *WORDS, "store", "sources", "params", "territory", "paths", "reliability"},
    "tables": {*PAGES, "exhibit", "commentary", "store", "sources", "params"},
    "exhibit": {*PAGES, "commentary", "store", "sources", "params", "indicators"},
    "commentary": {*PAGES, "tables", "exhibit", "store", "sources", "params"},
    "reliability": {*PAGES, *WORDS, "store", "sources", "params"},
    "figures": {"sheet", "build", "cli", "commentary", "store", "sources", "params", "territory"},
    "sheet": {"figures", "build", "cli", "params"},
    "build": {"cli", "figures", "indicators", "sources", "commentary", "tables"},
    "geography": {*PAGES, *WORDS, "indicators", "params", "territory", "reliability", "assembly", "ingest", "checks"},
    "assembly": {*PAGES, *WORDS, "indicators", "params", "territory", "reliability", "ingest", "checks"},
    "ingest": {*PAGES, *WORDS, "indicators", "params", "territory", "reliability", "embedded", "checks"},
    "checks": {*PAGES, *WORDS, "indicators", "params", "territory", "reliability", "embedded"},
    "embedded": {*PAGES, *WORDS, "indicators", "params", "ingest", "checks"},
}  # fmt: skip


def imports_of(path):
    """Modules of the package that a file imports, wherever in the file, relative to the package."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name.removeprefix("helpers.") for name in found if name.startswith("helpers.")}


def test_every_room_of_the_house_has_a_rule():
    rooms = {path.stem if path.parent == PACKAGE else path.parent.name for path in MODULES.values()}
    unruled = {"__init__", "cli", "fetched"}
    assert rooms - unruled <= FORBIDDEN.keys()
    assert FORBIDDEN.keys() <= rooms


@pytest.mark.parametrize("room", FORBIDDEN)
def test_a_module_imports_only_what_comes_before_it(room):
    for name, path in MODULES.items():
        if name.split(".")[1:2] != [room]:
            continue
        for imported in imports_of(path):
            first = imported.split(".")[0]
            if first == room or (first in ("errors", "paths", "french") and room not in ("errors", "french")):
                allowed = room == first or first not in FORBIDDEN[room]
                assert allowed, f"{name} imports {imported}"
                continue
            assert "*" not in FORBIDDEN[room], f"{name} imports {imported}"
            assert first not in FORBIDDEN[room], f"{name} imports {imported}"


def test_no_two_modules_import_each_other():
    edges = {
        name: {
            f"helpers.{imported}"
            if f"helpers.{imported}" in MODULES
            else f"helpers.{imported.rpartition('.')[0]}"
            for imported in imports_of(path)
        }
        for name, path in MODULES.items()
        # A folder gathers what its modules give.
        if path.name != "__init__.py"
    }

    def reach(start):
        seen, queue = set(), list(edges[start])
        while queue:
            if (name := queue.pop()) not in seen:
                seen.add(name)
                queue += edges.get(name, ())
        return seen

    loops = {name for name in edges if name in reach(name)}
    assert not loops


@pytest.mark.parametrize("name", [name for name in MODULES if name != "helpers.cli"])
def test_every_module_can_be_imported_and_says_what_it_is(name):
    assert (importlib.import_module(name).__doc__ or "").strip()


@pytest.mark.parametrize("name", [name for name in MODULES if ".figures" in name or ".indicators" in name])
def test_drawings_and_indicators_do_not_touch_the_disk_nor_the_state_of_matplotlib(name):
    text = MODULES[name].read_text(encoding="utf-8")
    for forbidden in (
        "import pyplot",
        "matplotlib.pyplot",
        "open(",
        "read_csv",
        "read_parquet",
        ".write_text",
        "to_csv(",
    ):
        assert forbidden not in text


@pytest.mark.parametrize("name", MODULES)
def test_no_module_uses_the_working_directory(name):
    text = MODULES[name].read_text(encoding="utf-8")
    # A message may be shortened from where the reader stands; nothing is read or written from there.
    # A kernel stands in the folder it is told to: its process is its own.
    assert name == "helpers.build.provisioner" or "chdir" not in text
    assert name == "helpers.cli" or "cwd()" not in text
