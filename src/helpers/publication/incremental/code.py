"""The code that a notebook or a module depends on, as its import statements say."""

from __future__ import annotations

import ast
import json
import os
import threading
from collections.abc import Iterable, Iterator
from functools import cache, cached_property, lru_cache
from pathlib import Path

from helpers import paths

_PACKAGE = "helpers"
# The attributes of a statement that hold other statements.
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")

# Two threads that parse at once make Python 3.11 count their depths together, and fail (SystemError).
_parsing = threading.Lock()


class CodeGraph:
    """The modules of the package and what each imports; folders and files are read once."""

    def __init__(self) -> None:
        self._imports_of = cache(lambda file: _imports(file.read_text(encoding="utf-8")))

    def closure(self, names: Iterable[str]) -> set[Path]:
        """Find the files of modules of the package, of those that they import, and so on.

        The data files in the folder of a module go with it.
        """
        seen: set[Path] = set()
        named: set[str] = set()
        queue = list(names)
        while queue:
            if (name := queue.pop()) in named:
                continue
            named.add(name)
            parts = name.split(".")
            # The end of a name may be that of an object of its module.
            for end in range(1, len(parts) + 1):
                file, data = self._modules.get(".".join(parts[:end]), (None, []))
                if file and file not in seen:
                    seen |= {file, *data}
                    queue += self._imports_of(file)
        return seen

    @cached_property
    def _modules(self) -> dict[str, tuple[Path, list[Path]]]:
        """The file of each module and package, and the data files of its folder, by name."""
        found = {}
        source = paths.ROOT / "src"
        for folder, _, files in os.walk(source / _PACKAGE):
            place, inside = Path(folder), ".".join(Path(folder).relative_to(source).parts)
            data = [place / name for name in files if not name.endswith(".py")]
            for name in files:
                if name.endswith(".py"):
                    module = inside if name == "__init__.py" else f"{inside}.{name.removesuffix('.py')}"
                    found[module] = place / name, data
        return found


def imports_of_notebook(notebook: Path) -> set[str]:
    """Return the names that a notebook imports from the package; all its modules when it cannot be read."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        return set().union(*(_imports(source) for source in sources))
    except (OSError, ValueError, KeyError, TypeError, SyntaxError):
        # What cannot be read may import anything; executing it will say what is wrong.
        root = paths.ROOT / "src"
        return {
            ".".join(path.relative_to(root).with_suffix("").parts) for path in (root / _PACKAGE).rglob("*.py")
        }


@lru_cache(maxsize=1024)
def _imports(source: str) -> frozenset[str]:
    with _parsing:
        tree = ast.parse(source)
    names = set()
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(name for name in names if name.split(".")[0] == _PACKAGE)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements inside a node; expressions, which hold no import, are not visited."""
    for block in _BLOCKS:
        for inner in getattr(node, block, ()):
            yield inner
            yield from _statements(inner)
