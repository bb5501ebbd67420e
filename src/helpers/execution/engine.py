"""The engine `diagnostic` of papermill: `papermill --engine diagnostic carnet.ipynb sortie.ipynb`."""

from __future__ import annotations

from typing import Any

NAME = "diagnostic"


class _Engine:
    """Stand-in for `InProcessEngine` in papermill's list of engines.

    papermill loads every engine while it is itself imported: an engine that imports papermill would then be a circular
    import, and one that imports IPython would slow every start of papermill.
    """

    def __getattr__(self, name: str) -> Any:
        from helpers.execution.inprocess import InProcessEngine

        return getattr(InProcessEngine, name)


engine = _Engine()
