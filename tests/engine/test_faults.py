"""A notebook that fails is told, stopped, and hurts nothing else."""

from __future__ import annotations

from contextlib import closing

import nbformat
import psutil
import pytest
from notebook_outputs import outputs, text, values

from helpers.errors import BuildError, ParameterError
from helpers.execution import execute as door
from helpers.execution import forkserver
from helpers.execution.notebook_run import NotebookRun


def test_a_cell_that_fails_is_told_in_the_same_words_whatever_runs_it(run, partial, monkeypatch):
    told = []
    for engine in ("", "papermill"):
        monkeypatch.setenv("HELPERS_ENGINE", engine)
        with pytest.raises(BuildError) as caught:
            run("1 + 1", "def divide(n):\n    return n / 0\ndivide(3)", "'jamais'")
        error = caught.value
        told.append((error.message, error.remedy, error.heading, error.exception, outputs(partial())))
    assert told[0] == told[1]
    message, remedy, heading, exception, _ = told[0]
    assert message == f"Hem (59), 1_carnet : la cellule 4 (sous « Titre 1 ») a échoué : {exception}"
    assert (heading, exception) == ("Titre 1", "ZeroDivisionError: division by zero")
    assert "1_carnet-fait.ipynb" in remedy


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos._exit(0)",
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
        "import ctypes\nctypes.string_at(0)",
    ],
    ids=["exit", "kill", "segfault"],
)
def test_a_python_that_ends_is_an_error_of_its_notebook_alone(run, engine, code):
    with pytest.raises(BuildError) as caught:
        run(code)
    assert caught.value.message == "Hem (59), 1_carnet : Python s'est arrêté pendant l'exécution."
    assert "mémoire" in caught.value.remedy
    assert values(run("2 * 3")) == ["6"]


def test_a_failure_is_that_of_its_notebook_and_those_before_it_are_told(run_together, engine):
    failures = {
        "1 / 0": "a échoué : ZeroDivisionError",
        "import os\nos._exit(0)": "Python s'est arrêté",
        "import time\ntime.sleep(3600)": "arrêté au bout de 8 s",
    }
    for code, words in failures.items():
        answers = run_together("'avant'", code, "'jamais'", timeout=8)
        assert values(next(answers)) == ["'avant'"]
        with pytest.raises(BuildError, match="2_carnet.*" + words):
            next(answers)
        assert list(answers) == []


def test_notebooks_that_nobody_waits_for_any_more_are_stopped(run_together):
    with closing(run_together("import os\nos.getpid()", "import time\ntime.sleep(3600)")) as answers:
        pid = int(values(next(answers))[0])
        assert psutil.pid_exists(pid)
    assert not psutil.pid_exists(pid)


def test_a_python_that_ends_leaves_all_that_was_shown_until_then(run, partial, engine):
    with pytest.raises(BuildError):
        run("1 + 1", "print('été')\n'\"cells\": []'", "import os\nos._exit(0)", "'jamais'")
    left = partial()
    nbformat.validate(left)
    assert values(left) == ["2", "'\"cells\": []'"]
    assert text(left) == "été\n"
    codes = [cell for cell in left.cells if cell.cell_type == "code"]
    assert [cell.source for cell in codes[-2:]] == ["import os\nos._exit(0)", "'jamais'"]
    assert [bool(cell.outputs) for cell in codes] == [False, False, True, True, False, False]
    assert left.metadata.kernelspec.name == "python3"


def test_a_notebook_that_does_not_end_is_stopped(run, partial, engine):
    with pytest.raises(BuildError) as caught:
        run("print('avant')", "import time\ntime.sleep(3600)", timeout=8)
    assert "1_carnet : arrêté au bout de 8 s" in caught.value.message
    assert text(partial()) == "avant\n"


@pytest.mark.parametrize(
    "code",
    [
        "while True:\n    print('x' * 1000)",
        "import os\nwhile True:\n    os.write(1, b'x' * 65536)",
        "import os\nstatus = os.system('yes')",
        "from IPython.display import HTML, display\nwhile True:\n    display(HTML('x' * 1_000_000))",
    ],
    ids=["print", "descriptor", "program", "display"],
)
def test_a_notebook_that_shows_too_much_is_stopped(run, partial, code):
    with pytest.raises(BuildError) as caught:
        run(code, "'jamais'")
    assert "(sous « Titre 0 ») a échoué : OutputLimitError: plus de 20 Mo" in caught.value.message
    assert values(partial()) == []


@pytest.mark.parametrize(
    "code",
    ["held = bytes(10**10)", "held = []\nwhile True:\n    held.append(bytes(10**6))"],
    ids=["once", "slowly"],
)
def test_memory_beyond_the_limit_is_an_error_of_the_cell_that_asks_for_it(run, code):
    with pytest.raises(BuildError) as caught:
        run("'avant'", code, memory=2000)
    assert "(sous « Titre 1 ») a échoué : MemoryError" in caught.value.message


def test_what_a_notebook_has_started_ends_with_it(run):
    sleep = "import subprocess\nprint(subprocess.Popen(['sleep', '3600'], start_new_session={}).pid)"
    started = run(sleep.format(False), sleep.format(True), "!(setsid sleep 3600 & echo $!)")
    pids = [int(pid) for pid in text(started).split()]
    assert len(pids) == 3
    assert not [pid for pid in pids if psutil.pid_exists(pid)]
    assert psutil.Process(forkserver.default().pid).children() == []


def test_the_template_process_that_is_killed_is_replaced_and_the_notebook_run_once_more(run, tmp_path):
    mark = tmp_path / "runs"
    kill = f"""
import os, pathlib, signal
mark = pathlib.Path({str(mark)!r})
with mark.open("a") as runs:
    runs.write("x")
if mark.read_text() == "x":
    os.kill(os.getppid(), signal.SIGKILL)
    import time; time.sleep(3600)
mark.read_text()
"""
    assert values(run(kill)) == ["'xx'"]
    assert values(run("'encore'")) == ["'encore'"]


def test_without_a_system_that_forks_papermill_runs_the_notebook_and_says_why_once(run, monkeypatch, caplog):
    monkeypatch.setattr(forkserver.sys, "platform", "win32")
    door._warn_once.cache_clear()
    kernels = {
        name: values(run("import sys\n'ipykernel_launcher' in sys.argv[0]", name=name)) for name in "ab"
    }
    assert kernels == {"a": ["True"], "b": ["True"]}
    assert [record.message for record in caplog.records if "papermill" in record.message] == [
        "Carnets exécutés par papermill, plus lentement : ce système ne permet pas de dupliquer sans risque un processus préparé."
    ]


def test_papermill_is_used_when_it_is_asked_for(run, monkeypatch, caplog):
    monkeypatch.setenv("HELPERS_ENGINE", "papermill")
    assert values(run("import sys\n'ipykernel_launcher' in sys.argv[0]")) == ["True"]
    assert not caplog.records


def test_an_engine_that_does_not_exist_is_an_error(run, monkeypatch):
    monkeypatch.setenv("HELPERS_ENGINE", "papermil")
    with pytest.raises(ParameterError, match="'papermil'"):
        run("1")


def test_the_cell_that_may_fail_does_not_stop_the_notebook(write, tmp_path, engine):
    import nbformat

    path = write("1 / 0", "'après'")
    book = nbformat.read(path, as_version=4)
    book.cells[2].metadata["tags"] = ["raises-exception"]
    nbformat.write(book, path)
    with pytest.raises(BuildError, match="ZeroDivisionError"):
        list(door.execute([NotebookRun(path, tmp_path / "fait.ipynb", parameters={}, subject="Hem")]))
    assert values(nbformat.read(tmp_path / "fait.ipynb", as_version=4)) == ["'après'"]
