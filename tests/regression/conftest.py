"""Tell what nbval finds by the figures that have changed, in one table of twenty lines at most."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from differences import Difference, compare_cells, summarise

from helpers import paths

FILE = paths.OUTPUTS / "ecarts.csv"
_PROPERTY = "differences"
_CODES = re.compile(r"\x1b\[[0-9;]*m")
_found: list[Difference] = []
_cells: set[str] = set()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Say in a few lines why a cell of a reference fails, and keep what has changed for the table of the end."""
    report = yield
    if call.when == "call" and report.failed and hasattr(item, "cell_num"):
        found = _differences(item, str(call.excinfo.value) if call.excinfo else "")
        report.user_properties.append((_PROPERTY, [vars(one) for one in found]))
        report.longrepr = "\n".join(one.line() for one in found[:3])
    return report


def _differences(item: Any, why: str) -> list[Difference]:
    path = Path(item.path)
    notebook, cell = f"{path.parent.name}/{path.stem}", f"cellule {item.cell_num}"
    errors = [output for output in item.test_outputs or [] if output["output_type"] == "error"]
    if errors or item.test_outputs is None:
        text = f"{errors[0]['ename']} : {errors[0]['evalue']}" if errors else why
        return [Difference(notebook, cell, "la cellule échoue", "", "", "", "", _CODES.sub("", text))]
    return compare_cells(notebook, cell, item.cell.outputs, item.test_outputs)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Gather, from this process or from those of xdist, what each cell has found."""
    if report.nodeid.endswith(tuple("0123456789")) and ".ipynb::" in report.nodeid and report.when == "call":
        _cells.add(report.nodeid)
    for name, value in report.user_properties:
        if name == _PROPERTY:
            _found.extend(Difference(**one) for one in value)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table, last."""
    if _cells:
        order = sorted(_found, key=lambda one: (one.notebook, int(one.cell.split()[-1])))
        terminalreporter.section("carnets de référence")
        for line in summarise(order, FILE):
            terminalreporter.line(line)
