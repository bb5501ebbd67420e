"""Whatever runs a notebook, what it shows is the same, to the byte."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
from notebook_outputs import outputs, scrubbed

from helpers.execution.execute import execute
from helpers.execution.notebook_run import NotebookRun
from helpers.themes import notebooks

EVERYTHING = (
    "import sys\nprint('un')\nprint('deux', file=sys.stderr)\nprint('trois')\ncommune",
    "from IPython.display import HTML, display\nshown = display(HTML('<b>gras</b>'), display_id='a')\nprint('fin')",
    "from IPython.display import clear_output\nprint('perdu')\nclear_output()\nprint('gardé')\nshown.update(HTML('<i>maigre</i>'))",
    "import pandas as pd\npd.DataFrame({'a': [1.5, None], 'b': ['é', 'œ']})",
    "import matplotlib.pyplot as plt\nlines = plt.plot([1, 2], [3, 4])",
    "import warnings\nwarnings.warn('attention')",
    # A kernel listens to other programs beside its own outputs, and may hear them late: time for it, and no value to mix.
    "import os, time\ncode = os.system('echo système; echo programme')\ntime.sleep(0.5)",
    "!echo shell",
    "%matplotlib inline\n_ = [x for x in range(3)];\nOut[3]",
    "import asyncio\nawait asyncio.sleep(0)\n'attendu'",
    "class Bad:\n    def __repr__(self):\n        return f'<{self.__class__.__module__}>'\nBad()",
)


def test_a_notebook_of_a_diagnostic_shows_the_same_whatever_runs_it(tmp_path, monkeypatch):
    # One of them: nbval runs them all in kernels, and compares them with what this engine wrote.
    notebook = notebooks()[0]
    jobs = [NotebookRun(notebook, tmp_path / notebook.name, parameters={"commune": "59299"}, subject="Hem")]
    text = []
    for engine, provisioner in (("", ""), ("papermill", "local-provisioner"), ("papermill", "diagnostic")):
        monkeypatch.setenv("HELPERS_ENGINE", engine)
        monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", provisioner)
        text.append([scrubbed(executed) for executed in execute(jobs)])
    forked, plain, provisioned = text
    assert forked == plain
    assert provisioned == plain


def test_every_kind_of_output_is_the_same_whatever_runs_the_notebook(run, monkeypatch):
    # ipykernel leaves what other programs write when it finds itself in a test.
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    forked = run(*EVERYTHING)
    monkeypatch.setenv("HELPERS_ENGINE", "papermill")
    assert scrubbed(forked) == scrubbed(run(*EVERYTHING))
    kinds = {output.output_type for output in outputs(forked)}
    assert kinds == {"stream", "display_data", "execute_result"}


def test_a_figure_is_a_figure(run, engine):
    shown = outputs(run("import matplotlib.pyplot as plt\nfigure = plt.plot([1, 2])"))
    assert [sorted(output.data) for output in shown] == [["image/png", "text/plain"]]


def test_papermill_knows_the_engine_by_its_name(write, tmp_path):
    notebook = write("commune * 2")
    command = [
        Path(sys.executable).with_name("papermill"),
        "--engine",
        "diagnostic",
        notebook,
        tmp_path / "fait.ipynb",
    ]
    subprocess.run([*command, "-p", "commune", "Hem"], check=True, capture_output=True)
    (shown,) = outputs(nbformat.read(tmp_path / "fait.ipynb", as_version=4))
    assert shown.data["text/plain"] == "'HemHem'"
