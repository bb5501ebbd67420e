"""The notebooks of one commune in JupyterLab: copies that hold its parameters, and the workspace that opens them."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

from helpers import paths, themes
from helpers.parameters import Parameters, load_parameters
from helpers.publication.pages import commune as pages
from helpers.territory.communes import Commune

FOLDER = paths.ROOT / "lab"
# No question about news nor updates, which are asked of the network.
_SETTINGS = Path(__file__).parent / "jupyter"
# Of what a copy was made, kept with it: it is made anew as long as nobody has changed it.
_MADE = "copie"


@dataclass(frozen=True)
class Workbench:
    """The copies opened for a commune, and those that an analyst has changed, which are left as they are."""

    commune: Commune
    notebooks: list[Path]
    kept: list[Path]


def prepare(query: str, *, folder: Path = FOLDER) -> Workbench:
    """Copy the notebooks for a commune (code, name or file of parameters), as `make` would execute them.

    A copy that was changed since by hand is kept. The notebooks of the project are only read.

    Raises:
        DiagnosticError: the commune or its parameters cannot be used, or nothing is known of it.
    """
    parameters, commune = load_parameters(query)
    parameters = pages.date(parameters, commune)
    made, kept = [], []
    for notebook in themes.notebooks():
        copy = folder / commune.slug / notebook.name
        if not _write_copy(notebook, copy, parameters):
            kept.append(copy)
        made.append(copy)
    return Workbench(commune, made, kept)


def command(workbench: Workbench | None, *, workspaces: Path = FOLDER / ".workspaces") -> list[str]:
    """Write the command that opens JupyterLab at the root of the project: on the copies, or on what was last open."""
    words = [
        "lab",
        f"--ServerApp.root_dir={paths.ROOT}",
        # The picker may act on the notebook.
        "--LabApp.expose_app_in_browser=True",
        "--MultiKernelManager.default_kernel_name=python3",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # In a container there may be nobody else; the server still asks for its token.
        words.append("--allow-root")
    if workbench is None:
        return [*words, "--LabApp.default_url=/lab/tree/notebooks"]
    name = workbench.commune.slug
    _save_workspace(name, workbench.notebooks, folder=workspaces)
    return [
        *words,
        f"--LabApp.workspaces_dir={workspaces}",
        f"--LabApp.default_url=/lab/workspaces/{name}",
    ]


def environment() -> dict[str, str]:
    """Give the environment of JupyterLab: that of the command, and the settings of the project."""
    found = [str(_SETTINGS), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    return {**os.environ, "JUPYTER_CONFIG_PATH": os.pathsep.join(found), "JUPYTER_PREFER_ENV_PATH": "1"}


def forget_run(*, model: Mapping[str, Any], os_path: str, **_: Any) -> None:
    """Have git see a notebook that was only run and saved as unchanged, in a thread; called by Jupyter after a save.

    git compares sizes before it asks the filter that strips outputs: where what is left is what it holds, it is said.
    """
    if model.get("type") == "notebook":
        Thread(target=refresh, args=(Path(os_path),)).start()


def refresh(notebook: Path) -> None:
    """Tell git that a file is what it holds, where it is, once stripped; do nothing otherwise, or without git."""

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", *words, notebook.name], cwd=notebook.parent, capture_output=True, text=True, check=False
        )
        return done.stdout

    with contextlib.suppress(OSError):
        held = git("ls-files", "--stage", "--").split()
        if len(held) > 1 and held[1] == git("hash-object", "--").strip():
            git("add", "--")


def _write_copy(notebook: Path, copy: Path, parameters: Parameters) -> bool:
    """Write a copy with its parameters; return False, writing nothing, where it was changed by hand."""
    book = json.loads(notebook.read_text(encoding="utf-8"))
    if copy.exists() and not _is_untouched(copy):
        return False
    given = parameters.arguments_of(notebook)
    for cell in book["cells"]:
        if themes.PARAMETERS in cell["metadata"].get("tags", ()):
            cell["source"] = fill("".join(cell["source"]), given)
    book["metadata"].setdefault(themes.METADATA, {})[_MADE] = _print_of(book)
    copy.parent.mkdir(parents=True, exist_ok=True)
    paths.write(copy, json.dumps(book, ensure_ascii=False, indent=1) + "\n")
    return True


def fill(source: str, values: Mapping[str, Any]) -> str:
    """Write values in place of those that the code of a cell gives to its parameters; its comments stay."""
    lines = source.splitlines()
    for node in reversed(ast.parse(source).body):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if not isinstance(node, ast.Assign | ast.AnnAssign) or not isinstance(target, ast.Name):
            continue
        value = node.value
        if value is None or target.id not in values:
            continue
        first, last = value.lineno - 1, (value.end_lineno or value.lineno) - 1
        # Columns count bytes.
        before = lines[first].encode()[: value.col_offset].decode()
        after = lines[last].encode()[value.end_col_offset :].decode()
        lines[first : last + 1] = [f"{before}{_write(values[target.id])}{after}"]
    return "\n".join(lines)


def _write(value: Any) -> str:
    """Write a value in Python, texts between double quotes."""
    if isinstance(value, list):
        return f"[{', '.join(map(_write, value))}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _is_untouched(copy: Path) -> bool:
    try:
        book = json.loads(copy.read_text(encoding="utf-8"))
        return bool(book["metadata"][themes.METADATA][_MADE] == _print_of(book))
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def _print_of(book: Mapping[str, Any]) -> str:
    """Hash the cells of a notebook as they are written, whatever was executed; but the parameters, made anew."""
    sources = [
        (cell["cell_type"], "".join(cell["source"]).rstrip())
        for cell in book["cells"]
        if themes.PARAMETERS not in cell["metadata"].get("tags", ())
    ]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


def _save_workspace(name: str, notebooks: Sequence[Path], *, folder: Path) -> None:
    """Save the workspace that opens notebooks side by side in tabs, the first in front."""
    # Loaded here: JupyterLab takes a while.
    from jupyterlab_server.workspaces_handler import WorkspacesManager

    names = [f"notebook:{path.relative_to(paths.ROOT)}" for path in notebooks]
    tabs = {"type": "tab-area", "currentIndex": 0, "widgets": names}
    layout = {
        "main": {"dock": tabs, "current": names[0]},
        "left": {"collapsed": False, "current": "filebrowser", "widgets": ["filebrowser"]},
        "right": {"collapsed": True, "widgets": []},
    }
    opened = {key: {"data": {"path": key.removeprefix("notebook:"), "factory": "Notebook"}} for key in names}
    written = {"data": {"layout-restorer:data": layout, **opened}, "metadata": {"id": name}}
    folder.mkdir(parents=True, exist_ok=True)
    WorkspacesManager(str(folder)).save(name, json.dumps(written))
