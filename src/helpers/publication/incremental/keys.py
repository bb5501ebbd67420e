"""Names of what a diagnostic is made from: the key of a file is its path from the root of the project."""

from __future__ import annotations

from pathlib import Path

from helpers import paths
from helpers.contributions import kept
from helpers.publication.files import is_inside

# How the key of a table of the store begins, and that of a version.
TABLE, VERSION = "table:", "version:"
# How those of the parameters begin: their folder may be elsewhere than under the root.
_PARAMS = "params"


def request_keys(slug: str, *, lot: str = "", file: Path | None = None) -> list[str]:
    """List the keys of the files that the parameters of a commune come from, and of what was said in its workshops.

    `lot` is the key of a lot that has parameters; `file` a file of parameters given in place of the commune's own. Its
    annexes and the logos go with them.
    """
    own = f"params/{slug}.yml" if file is None else key_of(file)
    said = [key_of(path) for path in kept.workshop_files(slug)]
    # What may be shown of it is said by the convention.
    convention = [key_of(kept.convention_file(slug))] if said else []
    annexes = map(key_of, [*paths.list_annexes(slug), *paths.list_logos()])
    return ["params/defaut.yml", *([lot] if lot else []), own, *annexes, *convention, *said]


def partnership_keys(slug: str) -> list[str]:
    """List the keys of what a partnership brings to the diagnostic of a commune, whether it is there or not.

    The record of where the materials come from holds the mark of each of their files.
    """
    return [f"params/{slug}/{paths.CONVENTION}", f"params/{slug}/{paths.PROVENANCE}"]


def is_of_project(key: str) -> bool:
    """Tell whether a key names a table, a version, or a file under the root of the project."""
    return key.startswith((TABLE, VERSION)) or is_inside(key)


def key_of(file: Path) -> str:
    """Return the key of a file: its path from the root of the project, or its whole path when it is elsewhere."""
    file = file.resolve()
    for name, folder in ((_PARAMS, paths.PARAMS), ("", paths.ROOT)):
        if file.is_relative_to(folder):
            return str(Path(name, file.relative_to(folder)))
    return str(file)


def path_of(key: str) -> Path:
    """Return the path of the file that a key names."""
    first, _, rest = key.partition("/")
    return paths.PARAMS / rest if first == _PARAMS else paths.ROOT / key
