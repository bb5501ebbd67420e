"""What an output needs in JupyterLab and not on a page: the style of pages, both themes, its data, nothing stale."""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Callable, Mapping
from functools import cache, wraps
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from helpers import paths, tokens
from helpers.errors import DiagnosticError

_CLASS = "diagnostic-lab"
# An identifier among the alternatives makes every rule weigh more than those of JupyterLab.
_SCOPE = f":is(.{_CLASS},#{_CLASS})"
_DARK = '[data-jp-theme-light="false"] '
_OWN = Path(__file__).with_suffix(".css")
_COLOUR = re.compile(r"(?<=[: ])#[0-9a-f]{6}\b")
_ROOT = re.compile(r":root\{")
_failures = count(1)
Opened = TypeVar("Opened")


class _Last:
    """The last failure of a cell: outputs that come after it bear its number, and are not hidden by it."""

    number = 0


class Closed:
    """In place of a diagnostic after which another could not be opened: whatever is asked of it fails."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise DiagnosticError(
            "Le diagnostic n’est pas ouvert : la cellule qui l’ouvre a échoué.",
            remedy="Corrigez les paramètres, puis exécutez tout.",
        )


def is_editor() -> bool:
    """Say whether the running cell was asked for by an editor: it names the cell, papermill and nbval do not."""
    shell = _shell()
    asked = shell.get_parent() if hasattr(shell, "get_parent") else {}
    return "cellId" in (asked or {}).get("metadata", {})


def dress(markup: str, files: Mapping[str, str] | None = None) -> str:
    """Write what a page shows for JupyterLab: in its style and theme, links to `files` (CSV, by address) giving them.

    Returns the markup as it is where no editor has asked for the cell.
    """
    if not markup or not is_editor():
        return markup
    for address, text in (files or {}).items():
        # As in the files of the build: spreadsheets read UTF-8 where a mark begins it.
        whole = base64.b64encode(f"\ufeff{text}".encode()).decode()
        name = address.rpartition("/")[2]
        markup = markup.replace(
            f'href="{address}" download', f'href="data:text/csv;base64,{whole}" download="{name}"'
        )
    return f'<div class="{_CLASS}" data-after="{_Last.number}">{_COLOUR.sub(_variable, markup)}</div>'


def _begin() -> None:
    """Give the notebook the style of its outputs, and have a cell that fails hide what those below showed before it."""
    shell = _shell()
    if shell is None or not is_editor():
        return
    from IPython.display import HTML, display

    display(HTML(f"<style>{style()}</style>"))
    if _hide_stale not in shell.events.callbacks["post_run_cell"]:
        shell.events.register("post_run_cell", _hide_stale)


def opens(method: Callable[..., Opened]) -> Callable[..., Opened]:
    """Have the opening of a diagnostic begin the notebook; if it fails, the cells below show nothing of the former."""

    @wraps(method)
    def opened(cls: type[Opened], *arguments: Any, **parameters: Any) -> Opened:
        _begin()
        try:
            return method(cls, *arguments, **parameters)
        except DiagnosticError:
            _close(cls)
            raise

    return opened


def _close(kind: type) -> None:
    shell = _shell()
    if shell is None or not is_editor():
        return
    for name, value in list(shell.user_ns.items()):
        if isinstance(value, kind):
            shell.user_ns[name] = Closed()


@cache
def style() -> str:
    """Write the style of outputs: the tokens and rules of pages, under one class, and what JupyterLab needs more."""
    light, _, dark = tokens.sheet(dark=True).partition("@media screen and (prefers-color-scheme:dark){")
    light, dark = (_ROOT.sub(f"{_SCOPE}{{", text) for text in (light, dark.removesuffix("}")))
    pages = (paths.TEMPLATES / "style.css").read_text(encoding="utf-8")
    drawn = f"{_DARK}{_SCOPE}{{{tokens.paints().partition('{')[2]}"
    return f"{light}{_DARK}{dark}{drawn}{_SCOPE}{{{pages}{_OWN.read_text(encoding='utf-8')}}}"


def _hide_stale(result: Any) -> None:
    """Hide the outputs below a cell that has failed, but those that are made after it."""
    if result.success or not is_editor():
        return
    from IPython.display import HTML, display

    _Last.number = number = next(_failures)
    here, made = f".after-{number}", f'[data-after="{number}"]'
    display(
        HTML(
            f"<style>.jp-Cell:has({here})~.jp-Cell:not(:has({made})) .jp-Cell-outputWrapper{{display:none}}</style>"
            f'<div class="after-{number}">Les sorties des cellules suivantes dataient d’avant cette erreur : '
            "elles ne sont plus montrées.</div>"
        )
    )


def _variable(found: re.Match[str]) -> str:
    name = tokens.names().get(found[0])
    return f"var(--{name},{found[0]})" if name else found[0]


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None
