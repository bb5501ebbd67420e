"""An IPython shell such as a kernel has, and what a notebook may change in its process, restored after it."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from ipykernel.compiler import XCachingCompiler
from ipykernel.zmqshell import ZMQInteractiveShell
from traitlets.config import Config

from helpers import columns
from helpers.execution.outputs import OutputCollector

# The default backend of matplotlib in a notebook.
INLINE = "module://matplotlib_inline.backend_inline"


@contextmanager
def open_shell(collector: OutputCollector) -> Iterator[ZMQInteractiveShell]:
    """Open a shell that publishes into a collector and keeps no history; it is closed with its figures at the end."""
    os.environ["MPLBACKEND"] = INLINE
    ZMQInteractiveShell.clear_instance()
    shell = ZMQInteractiveShell.instance(
        config=Config(HistoryManager={"enabled": False}), compiler_class=XCachingCompiler
    )
    # `%matplotlib inline` and others ask for an event loop: there is none here.
    shell.enable_gui = lambda gui=None: None  # type: ignore[method-assign]
    for publisher in (shell.display_pub, shell.displayhook):
        publisher.session = collector
    draw_into(shell)
    try:
        yield shell
    finally:
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            pyplot.close("all")
            # pyplot hooks itself to one shell only.
            pyplot.uninstall_repl_displayhook()
        ZMQInteractiveShell.clear_instance()


def draw_into(shell: ZMQInteractiveShell) -> None:
    """Connect matplotlib to a shell, so that figures are shown even if it was imported before the shell was opened.

    It connects itself at its first import only: figures would silently become text.
    """
    if "matplotlib" not in sys.modules:
        return
    from IPython.core.pylabtools import activate_matplotlib, select_figure_formats
    from matplotlib_inline.backend_inline import configure_inline_support
    from matplotlib_inline.config import InlineBackend

    InlineBackend.clear_instance()
    activate_matplotlib(INLINE)
    configure_inline_support(shell, INLINE)
    # The call above does it for the first shell of a process only.
    asked = InlineBackend.instance()
    select_figure_formats(shell, asked.figure_formats, **asked.print_figure_kwargs)


@contextmanager
def restore_globals() -> Iterator[None]:
    """Restore at the end what a notebook may change for those that follow in its process.

    Restored: the paths of modules, the warning filters, the settings of matplotlib and pandas when they were loaded
    before, the columns that it declared. The environment is set for each notebook by `notebook_run.run`.
    """
    folders = list(sys.path)
    with contextlib.ExitStack() as kept:
        kept.enter_context(warnings.catch_warnings())
        kept.enter_context(columns.put_back())
        if matplotlib := sys.modules.get("matplotlib"):
            kept.enter_context(matplotlib.rc_context())
        if pandas := sys.modules.get("pandas"):
            kept.enter_context(_restore_pandas_options(pandas))
        try:
            yield
        finally:
            sys.path[:] = folders


@contextmanager
def _restore_pandas_options(pandas: ModuleType) -> Iterator[None]:
    """Restore the options of pandas that have changed; setting all of them would warn of the deprecated ones."""
    former = dict(_flatten(pandas.options.d))
    try:
        yield
    finally:
        for name, value in _flatten(pandas.options.d):
            if value != former.get(name, value):
                pandas.set_option(name, former[name])


def _flatten(groups: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the options of nested groups, each with its full name."""
    for name, value in groups.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
