"""Imports go one way: sources -> store -> indicators -> words and pictures -> notebooks -> publication."""

from __future__ import annotations

import ast
import importlib

import nbformat
from for_each import for_each

from helpers import paths
from helpers.publication.incremental import code
from helpers.themes import notebooks

PACKAGE = paths.ROOT / "src" / "helpers"
MODULES = {
    ".".join(("helpers", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
    # Settings that Jupyter reads are no module.
    if (path.parent / "__init__.py").is_file()
}

# From the ground up: a room imports its own modules and those of the floors below.
FLOORS = (
    {"errors"},
    {"charts", "columns", "fonts", "french", "paths", "provenance", "spreadsheet", "tokens", "yaml_file"},
    {"contributions", "frames", "lab", "layers", "levels", "logos", "map_classes", "markdown", "themes"},
    {"materials", "schemas"},
    {"sources"},
    {"simulation"},
    {"store"},
    {"territory"},
    {"indicators"},
    {"parameters"},
    {"indicator_table", "problems"},
    {"wording"},
    {"tables"},
    {"exhibit"},
    {"annexes", "figures"},
    {"agreement", "overview"},
    {"blocks"},
    {"page"},
    {"brought"},
    {"debate"},
    {"form", "interactive_map", "picker"},
    {"discovery"},
    {"diagnostic"},
    {"ledger"},
    {"execution"},
    {"publication"},
    {"partnership"},
    {"workbench"},
    {"cli"},
)
# What a room leaves alone though it stands below: indicators are computed from what they are given, pages are made
# from executed notebooks.
CLOSED = {
    "indicators": {"paths", "sources", "store", "parameters"},
    "problems": {"paths", "sources", "store", "parameters"},
    "wording": {"sources", "store", "parameters"},
    "figures": {"sources", "store", "parameters", "territory", "wording"},
    "page": {"figures"},
    "brought": {"figures"},
    "debate": {"figures"},
    "form": {"figures"},
    "diagnostic": {"figures"},
    "publication": {"figures", "indicators", "sources", "tables", "wording"},
}


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


def room_of(name):
    return name.split(".")[0]


def test_every_room_of_the_house_has_its_floor():
    rooms = {
        path.stem if path.parent == PACKAGE else path.relative_to(PACKAGE).parts[0]
        for path in MODULES.values()
    }
    floors = [room for floor in FLOORS for room in floor]
    assert sorted(floors) == sorted(rooms - {"__init__"})


@for_each("name", [name for name in MODULES if name != "helpers"])
def test_a_module_imports_only_what_stands_below(name):
    height = {room: number for number, floor in enumerate(FLOORS) for room in floor}
    room = room_of(name.removeprefix("helpers."))
    for imported in imports_of(MODULES[name]):
        below = room_of(imported)
        assert below == room or height[below] < height[room], f"{name} imports {imported}"
        assert below not in CLOSED.get(room, ()), f"{name} imports {imported}"


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


def reach(names):
    """The rooms of what these names come from, of what that imports, and so on."""
    seen, queue = set(), list(names)
    while queue:
        parts = queue.pop().split(".")
        # The end of a name may be that of an object of its module.
        for end in range(2, len(parts) + 1):
            module = ".".join(parts[:end])
            if module in MODULES and module not in seen:
                seen.add(module)
                queue += [f"helpers.{name}" for name in imports_of(MODULES[module])]
    return {room_of(module.removeprefix("helpers.")) for module in seen}


def test_a_diagnostic_is_made_again_when_what_it_reaches_changes():
    cells = "\n".join(
        cell.source
        for book in notebooks()
        for cell in nbformat.read(book, 4).cells
        if cell.cell_type == "code"
    )
    imported = [node for node in ast.walk(ast.parse(cells)) if isinstance(node, ast.ImportFrom)]
    names = [f"{node.module}.{alias.name}" for node in imported for alias in node.names]
    executed = reach([*names, "helpers.execution.execute"])
    assert {"figures", "wording", "indicators"} <= executed
    assert executed.isdisjoint(code.NOT_EXECUTED)
    assert reach(["helpers.publication.pages.commune"]).isdisjoint(code.NOT_IN_PAGES)


def test_what_no_code_reads_makes_no_diagnostic_again(monkeypatch, tmp_path):
    folder = tmp_path / "src" / "helpers" / "figures"
    folder.mkdir(parents=True)
    for name in ("bars.py", "style.css", "README.md", "LICENSE-font", ".bars.py.swp", "bars.py~"):
        (folder / name).write_text("", encoding="utf-8")
    monkeypatch.setattr(code.paths, "ROOT", tmp_path)
    found = [key.rpartition("/")[2] for key in code.list_keys(without=set())]
    assert sorted(found) == ["bars.py", "style.css"]


@for_each("name", MODULES)
def test_every_module_can_be_imported_and_says_what_it_is(name):
    assert (importlib.import_module(name).__doc__ or "").strip()


@for_each("name", [name for name in MODULES if ".figures" in name or ".indicators" in name])
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


@for_each("name", MODULES)
def test_no_module_uses_the_working_directory(name):
    text = MODULES[name].read_text(encoding="utf-8")
    # A message may be shortened from where the reader stands; nothing is read or written from there.
    # A kernel stands in the folder it is reported to: its process is its own.
    assert name == "helpers.execution.provisioner" or "chdir" not in text
    assert name == "helpers.cli.console" or "cwd()" not in text


@for_each("name", MODULES)
def test_a_module_has_400_lines_at_most_and_a_function_40(name):
    text = MODULES[name].read_text(encoding="utf-8")
    # Definitions of indicators are read through: half as many.
    assert len(text.splitlines()) <= (200 if name.startswith("helpers.indicators.definitions.") else 400)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            assert lines <= 40, f"{name}.{node.name}: {lines} lines"
