"""The diagnostic of Annœullin, built once for every test that reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import shipped
from page_reading import execute_here
from shared import shared

from helpers.execution.execute import execute
from helpers.execution.notebook_run import NotebookRun
from helpers.parameters import load_parameters
from helpers.publication.pages import commune as diagnostic
from helpers.publication.pages import site

ANNOEULLIN = "59011"


def build_annoeullin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give its folder, in outputs that have an index.

    The last notebook runs in a kernel, as all do for good; the others in this process, which is quicker (nbval
    runs all of them in kernels).
    """
    with shared(tmp_path_factory, "annoeullin") as outputs:
        if not (outputs / "index.html").exists():
            parameters, commune = load_parameters(ANNOEULLIN)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(diagnostic, "execute", _execute)
                patch.setattr(diagnostic, "notebooks", shipped.notebooks)
                diagnostic.build(parameters, commune, outputs=outputs)
            site.write(site.list_entries(outputs), outputs)
    return outputs / "annoeullin"


def _execute(jobs: Sequence[NotebookRun], **options: Any) -> Iterator[Any]:
    for job in jobs:
        run = execute if job.notebook.stem == "4_enjeux" else execute_here
        yield from run([job], **options)
