"""A notebook that fails is reported, stopped, and hurts nothing else."""

from __future__ import annotations

import os
import tempfile
from contextlib import closing
from functools import partial as partial_of

import nbformat
import psutil
import pytest
from for_each import for_each
from notebook_outputs import outputs, text, values
from private_attributes import RELIED

from helpers.errors import BuildError, ParameterError
from helpers.execution import execute as door
from helpers.execution import forkserver, notebook_run
from helpers.execution.notebook_run import BrokenEngineError, NotebookRun


@pytest.fixture
def limit(engine):
    """How many seconds a notebook has: a kernel takes some to start."""
    return 8 if engine else 3


def test_a_cell_that_fails_is_reported_in_the_same_words_whatever_runs_it(run, partial, monkeypatch):
    found = []
    for engine in ("", "papermill"):
        monkeypatch.setenv("HELPERS_ENGINE", engine)
        with pytest.raises(BuildError) as caught:
            run("1 + 1", "def divide(n):\n    return n / 0\ndivide(3)", "'jamais'")
        error = caught.value
        found.append((error.message, error.remedy, error.heading, error.exception, outputs(partial())))
    assert found[0] == found[1]
    message, remedy, heading, exception, _ = found[0]
    assert message == f"Hem (59), 1_carnet : la cellule 4 (sous « Titre 1 ») a échoué : {exception}"
    assert (heading, exception) == ("Titre 1", "ZeroDivisionError: division by zero")
    assert "1_carnet-fait.ipynb" in remedy


@pytest.mark.parametrize(
    ("code", "words", "remedy"),
    [
        ("import os\nos._exit(3)", " : une cellule y a mis fin (code 3)", "os._exit"),
        ("import os\nos.kill(os.getpid(), 9)", " : il a été tué, sans doute faute de mémoire", "mémoire"),
        ("import ctypes\nctypes.string_at(0)", " : une bibliothèque l'a fait planter (SIGSEGV)", "make lab"),
        ("import os\nos.abort()", " : une bibliothèque l'a fait planter (SIGABRT)", "make lab"),
    ],
    ids=["exit", "kill", "segfault", "abort"],
)
def test_a_python_that_ends_is_an_error_of_its_notebook_alone_that_says_how_it_ended(
    run, engine, code, words, remedy
):
    with pytest.raises(BuildError) as caught:
        run(code)
    # A kernel does not tell how it ended.
    words, remedy = ("", "mémoire") if engine else (words, remedy)
    assert caught.value.message == f"Hem (59), 1_carnet : Python s'est arrêté pendant l'exécution{words}."
    assert remedy in caught.value.remedy
    assert values(run("2 * 3")) == ["6"]


def test_a_notebook_that_was_killed_is_run_once_more(run, run_together, tmp_path):
    mark = tmp_path / "runs"
    kill = f"""
import os, pathlib
mark = pathlib.Path({str(mark)!r})
with mark.open("a") as runs:
    runs.write("x")
if len(mark.read_text()) <= {{}}:
    os.kill(os.getpid(), 9)
mark.read_text()
"""
    assert [values(one) for one in run_together("'avant'", kill.format(1), "'après'")] == [
        ["'avant'"],
        ["'xx'"],
        ["'après'"],
    ]
    mark.unlink()
    with pytest.raises(BuildError, match="il a été tué"):
        run(kill.format(2))
    assert mark.read_text() == "xx"


@for_each("relied", [one for one in RELIED if one.lose], named=str)
def test_the_fast_engine_that_loses_what_it_relies_on_says_that_it_is_broken(write, tmp_path, relied):
    runs = [
        partial_of(
            notebook_run.run,
            NotebookRun(write(code, name=name), tmp_path / f"{name}-fait.ipynb", {}, subject="Hem (59)"),
            memory=4000,
            environment=dict(os.environ),
        )
        for name, code in {"a": relied.lose, "b": "print('vu'); 1 + 1"}.items()
    ]
    with pytest.raises(BrokenEngineError, match="le moteur rapide a échoué"):
        list(forkserver.default().run(runs))


def test_a_broken_fast_engine_leaves_the_notebook_to_papermill_and_it_is_said_once(run_together, caplog):
    door._warn_once.cache_clear()
    lose = next(one.lose for one in RELIED if one.name == "_last_traceback_during_displayhook")
    answers = run_together(lose, "print('vu'); 1 + 1", "import sys\n'ipykernel_launcher' in sys.argv[0]")
    assert [values(one) for one in answers] == [[], ["2"], ["True"]]
    said = [record.message for record in caplog.records if "papermill" in record.message]
    assert len(said) == 1
    assert "le moteur rapide a échoué (AttributeError" in said[0]


def test_a_folder_of_temporary_files_whose_path_is_long_serves(run, monkeypatch, tmp_path, engine):
    folder = tmp_path / ("long" * 40)
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with closing(forkserver.ForkServer()) as server:
        monkeypatch.setattr(forkserver, "default", lambda: server)
        assert values(run("2 * 3")) == ["6"]


def test_a_failure_is_that_of_its_notebook_and_those_before_it_are_reported(run_together, limit):
    failures = {
        "1 / 0": "a échoué : ZeroDivisionError",
        "import os\nos._exit(0)": "Python s'est arrêté",
        "import time\ntime.sleep(3600)": f"arrêté au bout de {limit} s",
    }
    for code, words in failures.items():
        answers = run_together("'avant'", code, "'jamais'", timeout=limit)
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


def test_a_notebook_that_does_not_end_is_stopped(run, partial, limit):
    with pytest.raises(BuildError) as caught:
        run("print('avant')", "import time\ntime.sleep(3600)", timeout=limit)
    assert f"1_carnet : arrêté au bout de {limit} s" in caught.value.message
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
    monkeypatch.setattr(forkserver.sys, "platform", "darwin")
    door._warn_once.cache_clear()
    kernels = {
        name: values(run("import sys\n'ipykernel_launcher' in sys.argv[0]", name=name)) for name in "ab"
    }
    assert kernels == {"a": ["True"], "b": ["True"]}
    assert [record.message for record in caplog.records if "papermill" in record.message] == [
        "Carnets exécutés par papermill, plus lentement : ce système ne permet pas de dupliquer sans risque un processus préparé."
    ]


@pytest.mark.large
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
