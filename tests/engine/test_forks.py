"""The template process: what its children share, and what they do not."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from multiprocessing.connection import Connection
from operator import floordiv
from os import _exit, getpid
from pathlib import Path
from time import sleep

import psutil
import pytest
from notebook_outputs import scrubbed, text, values

from helpers.errors import BuildError
from helpers.execution import forkserver, template_process
from helpers.execution.forkserver import Call, ForkServer
from helpers.execution.template_process import DiedError

LOOK = """
import os, random, sys
import matplotlib, numpy, pandas
print(sorted(os.environ.items()), os.getcwd(), sys.path, sys.argv)
print(sorted(sys.modules), matplotlib.rcParams, pandas.get_option("display.max_rows"), sorted(globals()))
"""
DISTURB = """
import os, sys, this
import matplotlib, pandas
os.environ["DISTURBED"] = "1"
os.chdir("/")
sys.path.append("/disturbed")
matplotlib.rcParams["lines.linewidth"] = 17
pandas.set_option("display.max_rows", 17)
disturbed = True
"""


@pytest.fixture(scope="module")
def server():
    with closing(ForkServer()) as server:
        server.start()
        yield server


def test_a_notebook_leaves_nothing_to_the_next(run):
    before = text(run(LOOK))
    run(DISTURB)
    assert text(run(LOOK)) == before
    assert "DISTURBED" not in before


def test_a_notebook_leaves_nothing_but_modules_to_the_next_that_shares_its_process(run_together):
    look = LOOK.replace("sorted(sys.modules), ", "")
    before, _, after = run_together(look, DISTURB, look)
    assert text(after) == text(before)
    assert "DISTURBED" not in text(before)


def test_a_column_that_a_notebook_declares_is_unknown_to_the_next_that_shares_its_process(run_together):
    ask = "from helpers import columns\ncolumns.find_column('mine').kind"
    declare = "from helpers import columns\ncolumns.declare(columns.Column('mine', 'Le mien', 'index'))"
    answers = run_together(f"{declare}\n{ask}", ask)
    assert values(next(answers)) == ["'index'"]
    with pytest.raises(BuildError, match="Colonne non déclarée : 'mine'"):
        next(answers)


def test_notebooks_run_together_share_a_process_that_ends_with_the_last(run_together):
    shown = [values(executed) for executed in run_together(*["import os\nos.getpid()"] * 2)]
    assert shown[0] == shown[1]
    assert not psutil.pid_exists(int(shown[0][0]))


@pytest.mark.large
def test_notebooks_run_apart_and_together_show_the_same(run_together, monkeypatch):
    draw = "import matplotlib.pyplot as plt\nlines = plt.plot([1, 2])"
    codes = [
        draw,
        f"%config InlineBackend.figure_formats = ['retina']\n{draw}",
        "1 + 1",
        "class Bad:\n    pass\nprint(Bad)",
        "Out",
        "import warnings\nwarnings.warn('attention')",
    ]
    together = [scrubbed(executed) for executed in run_together(*codes, *codes)]
    monkeypatch.setenv("HELPERS_ENGINE", "papermill")
    # Kernels share nothing: what each shows once, it shows again.
    assert together == 2 * [scrubbed(executed) for executed in run_together(*codes)]


def test_a_notebook_sees_the_environment_of_who_runs_it(run, monkeypatch, engine):
    monkeypatch.setenv("HELPERS_STORE", "/elsewhere")
    assert values(run("import os\nos.environ['HELPERS_STORE']")) == ["'/elsewhere'"]


def test_chance_is_not_the_same_in_two_notebooks(run, run_together):
    draw = "import random, numpy\n(random.random(), float(numpy.random.rand()))"
    drawn = [eval(values(executed)[0]) for executed in [run(draw), *run_together(draw, draw)]]
    assert len({first for first, _ in drawn}) == len({second for _, second in drawn}) == 3


def test_a_module_beside_the_notebook_can_be_imported(run, tmp_path, engine):
    (tmp_path / "beside.py").write_text("VALUE = 3", encoding="utf-8")
    assert values(run("import beside\nbeside.VALUE")) == ["3"]


def test_several_threads_may_run_notebooks_at_once(run, engine):
    def one(name):
        return values(run(f"import os\nos.environ['NAME'] = {name!r}", "os.environ['NAME']", name=name))

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(one, "abc")) == [["'a'"], ["'b'"], ["'c'"]]


def test_each_call_has_a_process_of_its_own(server):
    pids = {pid for _ in range(3) for pid in server.run([getpid, getpid])}
    assert len(pids) == 3
    assert not {getpid(), server.pid} & pids


def test_the_template_process_knows_what_draws_and_has_one_thread(server):
    known = "__import__('matplotlib.backends').backends.backend_registry._loaded_entry_points"
    assert all(server.run([partial(eval, known)]))
    assert psutil.Process(server.pid).num_threads() == 1


def test_a_call_gives_back_what_it_raises_or_how_it_ended(server):
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        list(server.run([partial(floordiv, 1, 0)]))
    with pytest.raises(FileNotFoundError):
        list(server.run([partial(Path("/nowhere").read_text)]))
    with pytest.raises(DiedError) as caught:
        list(server.run([partial(_exit, 7)]))
    assert caught.value.code == 7


def test_a_call_that_is_let_go_is_killed(server):
    call = Call(server.start(), [partial(sleep, 3600)])
    process = psutil.Process(call.pid)
    call.close()
    assert psutil.wait_procs([process], timeout=20)[1] == []


def test_nobody_else_may_ask_it_anything(server):
    list(server.run([getpid]))
    sockets = psutil.Process(server.pid).net_connections("all")
    assert sockets
    assert [one for one in sockets if one.laddr] == []


def test_a_process_with_several_threads_is_not_forked():
    ours, theirs = socket.socketpair()
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert template_process._fork(theirs, inherited=[]) is None
    finally:
        stop.set()
        thread.join()
    connection = Connection(ours.detach())
    assert "fils d'exécution" in str(connection.recv())
    connection.close()


def test_it_ends_with_its_parent_and_takes_its_children_along():
    code = """
import time
from functools import partial
from helpers.execution.forkserver import Call, default
call = Call(default().start(), [partial(time.sleep, 3600)])
print(default().pid, call.pid, flush=True)
time.sleep(3600)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        processes = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        parent.kill()
    assert psutil.wait_procs(processes, timeout=20)[1] == []


def test_what_is_closed_is_gone():
    with closing(ForkServer()) as server:
        server.start()
        process = psutil.Process(server.pid)
    assert not process.is_running()
    assert server.pid is None


def test_what_libraries_made_for_a_session_without_a_home_is_gone_with_it(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", "/proc/none")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    for name in ("MPLCONFIGDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    with closing(ForkServer()) as server:
        list(server.run([getpid]))
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())


def test_the_process_is_shared_by_the_whole_program():
    assert forkserver.default() is forkserver.default()
