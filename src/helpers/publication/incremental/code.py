"""The code that a notebook or a module depends on, as its import statements say."""

from __future__ import annotations

import ast
import json
import threading
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path

from helpers import paths

_PACKAGE = "helpers"
# The attributes of a statement that hold other statements.
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")

# Two threads that parse at once make Python 3.11 count their depths together, and fail (SystemError).
_parsing = threading.Lock()


class CodeGraph:
    """The modules of the package and what each imports; every file is read once."""

    def __init__(self) -> None:
        self._files_of = cache(_files_of)
        self._data_of = cache(_data_of)
        self._imports_of = cache(lambda file: _imports(file.read_text(encoding="utf-8")))

    def closure(self, names: Iterable[str]) -> set[Path]:
        """Find the files of modules of the package, of those that they import, and so on.

        The data files in the folder of a module go with it.
        """
        seen: set[Path] = set()
        queue = list(names)
        while queue:
            for file in self._files_of(queue.pop()):
                if file not in seen:
                    seen |= {file, *self._data_of(file.parent)}
                    queue += self._imports_of(file)
        return seen


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


def _files_of(name: str) -> list[Path]:
    """List the files of a module and of its packages; the end of the name may be that of an object of the module."""
    parts, found = name.split("."), []
    for end in range(1, len(parts) + 1):
        place = paths.ROOT.joinpath("src", *parts[:end])
        files = (place / "__init__.py", place.with_name(f"{place.name}.py"))
        found += [path for path in files if path.is_file()][:1]
    return found


def _data_of(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix != ".py" and path.is_file()]


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
