"""The engine `diagnostic` of papermill: `papermill --engine diagnostic carnet.ipynb sortie.ipynb`."""

from __future__ import annotations

from typing import Any

NAME = "diagnostic"


class _Engine:
    """Stands for `InProcessEngine` in papermill's list.

    papermill loads every engine while it is itself imported: an engine that imports papermill then would go
    round in circles, and one that imports IPython would make every start of papermill slower.
    """

    def __getattr__(self, name: str) -> Any:
        from helpers.execution.inprocess import InProcessEngine

        return getattr(InProcessEngine, name)


engine = _Engine()
