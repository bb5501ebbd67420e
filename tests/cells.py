"""The cells of a notebook run in this process, without a kernel."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import nbformat


def run(notebook: Path, **parameters: Any) -> nbformat.NotebookNode:
    """The notebook with the outputs its cells give here, in place of a kernel's."""
    text = nbformat.read(notebook, as_version=4)
    space: dict[str, Any] = {}
    for rank, cell in enumerate(cell for cell in text.cells if cell.cell_type == "code"):
        tree = ast.parse(cell.source)
        shown = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, cell.id, "exec"), space)
        if "parameters" in cell.metadata.get("tags", []):
            space.update(parameters)
        if shown is not None:
            value = eval(compile(ast.Expression(shown.value), cell.id, "eval"), space)
            # A cell that has nothing to show, as a kernel does.
            if value is not None:
                data = value._repr_mimebundle_()
                cell.outputs = [nbformat.v4.new_output("execute_result", data=data, execution_count=rank)]
    return text
