"""The themes of a diagnostic: the notebooks, whose file names give a rank and a name: nothing else lists them.

`2_logement.ipynb` is the second; `2b_mobilite.ipynb` comes between it and the third. The metadata of a notebook say the
rest, under `diagnostic`: the `letter` that begins the codes of its figures, and whether it `opens` the reading, before
those of a lower rank.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from helpers import paths, yaml_file
from helpers.errors import ParameterError

# The tag of the cell that says which parameters a notebook takes: papermill's.
PARAMETERS = "parameters"

_NAME = re.compile(r"(?P<number>\d+)(?P<letter>[a-z]?)_(?P<theme>.+)")
# Where the metadata of a notebook are the project's.
METADATA = "diagnostic"
# The letters of codes that are no figure's: questions, issues (enjeux), actions, data, commune, materials.
RESERVED = frozenset("QEADCM")
# A parameter, as papermill finds it: `decalage: int = 0  # ...`, at the beginning of a line.
_PARAMETER = re.compile(r"^([a-zA-Z_]\w*)\s*(?::[^=\n]+)?=(?!=)", re.MULTILINE)


def notebooks(folder: Path | None = None) -> list[Path]:
    """List the notebooks of a folder, else those of the project, in the order of reading.

    That which opens the reading first, the others in the order of their ranks.
    """
    found = (path for path in (folder or paths.NOTEBOOKS).glob("*.ipynb") if _NAME.fullmatch(path.stem))
    return sorted(found, key=lambda path: (not read_metadata(path).get("opens", False), _rank_of(path.stem)))


def read_metadata(notebook: Path) -> Mapping[str, Any]:
    """Read what the metadata of a notebook say of its theme (`letter`, `opens`); nothing of one that cannot be read."""
    try:
        declared = _read(notebook)["metadata"].get(METADATA, {})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return declared if isinstance(declared, Mapping) else {}


def list_themes() -> list[str]:
    """List the names of the themes, in the order of reading."""
    return [theme_of(path.stem) for path in notebooks()]


def theme_of(stem: str) -> str:
    """Name the theme of a notebook: `2_logement` -> `logement`."""
    return stem.split("_", 1)[1]


def list_parameters(notebook: Path) -> tuple[str, ...]:
    """List the parameters that the cell tagged `parameters` of a notebook declares.

    Raises:
        ParameterError: the file is not a notebook that can be read.
    """
    try:
        return _read_parameters(notebook)
    except OSError as error:
        raise _unreadable(notebook, str(error.strerror or error)) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        line = yaml_file.find_merge(notebook.read_text(encoding="utf-8", errors="replace"))
        if line:
            raise ParameterError(
                f"Carnet illisible : {notebook}, ligne {line} : des marques de fusion de git.",
                remedy=f"{yaml_file.MERGED} Ou reprenez une version entière : git checkout --ours -- "
                f"notebooks/{notebook.name} (ou --theirs).",
            ) from error
        where = f"ligne {error.lineno}" if isinstance(error, json.JSONDecodeError) else str(error)
        raise _unreadable(notebook, where) from error


def _unreadable(notebook: Path, why: str) -> ParameterError:
    return ParameterError(
        f"Carnet illisible : {notebook} ({why}).",
        remedy=f"Reprenez-en une version qui s'ouvre : git checkout -- notebooks/{notebook.name}, ou une sauvegarde.",
    )


def _rank_of(stem: str) -> tuple[int, str, str]:
    number, letter, theme = _NAME.fullmatch(stem).groups()  # type: ignore[union-attr]
    return int(number), letter, theme


def _read_parameters(notebook: Path) -> tuple[str, ...]:
    sources = [
        "".join(cell["source"])
        for cell in _read(notebook)["cells"]
        if PARAMETERS in cell["metadata"].get("tags", ())
    ]
    return tuple(name for source in sources for name in _PARAMETER.findall(source))


def _read(notebook: Path) -> Mapping[str, Any]:
    """Read a notebook, once for as many communes as are built with it as it is."""
    return _read_as_of(notebook, notebook.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _read_as_of(notebook: Path, changed: int) -> Mapping[str, Any]:
    return json.loads(notebook.read_text(encoding="utf-8"))
