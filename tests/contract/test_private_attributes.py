"""What the code relies on in libraries and that they do not promise is in one list."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from for_each import for_each
from private_attributes import RELIED, Relied

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src"


@for_each("relied", RELIED, named=str)
def test_what_is_listed_is_used_and_guarded(relied: Relied):
    assert relied.name in (SOURCES / relied.used_in).read_text(encoding="utf-8")
    file, _, name = relied.guard.partition("::")
    assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")


def test_no_private_attribute_of_a_library_is_used_without_being_listed():
    trees = {
        str(path.relative_to(SOURCES)): ast.parse(path.read_text(encoding="utf-8"))
        for path in SOURCES.rglob("*.py")
    }
    own = {name for tree in trees.values() for name in _bound(tree)}
    used = {
        (file, name)
        for file, tree in trees.items()
        for name in _private(tree)
        # Of Python and of notebooks: documented, in spite of their underscore.
        if name not in own and name not in {"_exit", "_asdict", "_replace", "_repr_html_"}
    }
    assert used == {(one.used_in, one.name) for one in RELIED if one.name.startswith("_")}


def _private(tree: ast.AST) -> Iterator[str]:
    """Yield the private names that are read of objects and modules."""
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Attribute):
            names = [node.attr]
        elif isinstance(node, ast.ImportFrom):
            names = [alias.name for alias in node.names]
        yield from (name for name in names if name.startswith("_") and not name.endswith("__"))


def _bound(tree: ast.AST) -> Iterator[str]:
    """Yield the names that the code gives itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.id if isinstance(node, ast.Name) else node.attr
