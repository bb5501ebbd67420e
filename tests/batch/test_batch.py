"""Batches: every commune that can be built is built, what fails is reported, what was stopped resumes."""

from __future__ import annotations

import io
import json
import os
import pickle
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from rich.console import Console
from small import write_notebook

from helpers import ledger, paths, store
from helpers.errors import BuildError
from helpers.execution.execute import execute
from helpers.ledger import gather
from helpers.parameters import Layer, load_parameters
from helpers.publication import files, selection
from helpers.publication.batch import batch, last_batch
from helpers.publication.batch.commune_build import BuildResult, CommuneBuild
from helpers.publication.batch.failures import Failure
from helpers.publication.batch.progress import Board
from helpers.publication.documents.data import write_data
from helpers.publication.incremental.keys import TABLE
from helpers.publication.incremental.manifest import MANIFEST, mark_output, read_record
from helpers.publication.pages import commune as diagnostic
from helpers.store import tables

HEM, ANNOEULLIN, FACHES = "59299", "59011", "59220"
SLUGS = {"hem", "annoeullin", "faches-thumesnil"}


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def failures(project):
    text = (project / "outputs" / "erreurs.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def jobs(*codes):
    return [CommuneBuild(place, paths.OUTPUTS) for place in selection.places(codes)]


def test_a_lot_is_built_then_up_to_date(project, teller, call):
    code, answer = call("batch", "trois", "--jobs=2")
    assert code == 0, answer
    assert len(teller.runs) == 6
    assert "Lot trois : 3 construits, 0 à jour, sur 3" in answer
    page = (project / "outputs" / "index.html").read_text(encoding="utf-8")
    assert all(f"{slug}/index.html" in page for slug in SLUGS)
    assert not (project / "outputs" / "erreurs.jsonl").exists()
    before = contents(project / "outputs")
    teller.runs.clear()
    assert (
        call("batch", "trois")[1]
        == f"Lot trois : 0 construit, 3 à jour, sur 3 : {project / 'outputs/index.html'}"
    )
    assert teller.runs == []
    assert contents(project / "outputs") == before


def test_a_commune_built_alone_is_up_to_date_in_a_lot_and_the_other_way_round(project, teller, call):
    call("build", "Hem")
    assert "2 construits, 1 à jour" in call("batch", "trois")[1]
    assert "à jour" in call("build", "Annœullin")[1]


def test_what_is_out_of_date_alone_is_built_again(project, teller, call):
    call("batch", "trois")
    teller.runs.clear()
    (project / "params" / "hem.yml").write_text("commentaires: {logement: Un mot}\n", encoding="utf-8")
    _, answer = call("batch", "trois")
    assert teller.runs == [(HEM, "2_logement")]
    assert "3/3 Hem (59) : refait, logement" in answer
    call("batch", "trois", "--force")
    assert len(teller.runs) == 7


def test_pages_made_again_without_a_notebook_are_counted_as_built(project, teller, call):
    call("batch", "trois")
    teller.runs.clear()
    (project / "outputs" / "hem" / "2_logement.html").unlink()
    _, answer = call("batch", "trois")
    assert teller.runs == []
    assert "3/3 Hem (59) : refait, pages seules" in answer
    assert "1 construit, 2 à jour, sur 3" in answer


def test_a_lot_up_to_date_at_an_address_writes_nothing_there_again(project, teller, call, tmp_path):
    there = tmp_path / "publie"
    call("batch", "trois", f"--outputs=file://{there}")
    before = {path: path.stat().st_mtime_ns for path in there.rglob("*") if path.is_file()}
    assert there / "index.html" in before
    _, answer = call("batch", "trois", f"--outputs=file://{there}")
    assert "0 construit, 3 à jour" in answer
    assert {path: path.stat().st_mtime_ns for path in there.rglob("*") if path.is_file()} == before


def test_elsewhere_than_on_a_terminal_each_commune_is_a_line(project, teller, call):
    _, answer = call("batch", "trois", "--jobs=1")
    for rank in (1, 2, 3):
        assert f"{rank}/3 " in answer
    assert "Hem (59) : construit (" in answer
    assert "━" not in answer


def test_on_a_terminal_the_table_shows_commune_theme_state_and_progress(project):
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=120, highlight=False)
    place = selection.find("Hem")
    with Board(console, name="Lot essai", total=2, done=0) as board:
        board.show(place, "logement", "exécution")
        board._progress.refresh()
        board.add(BuildResult(place, 1.0, themes=("logement",)))
        board._progress.refresh()
    shown = screen.getvalue()
    for expected in ("Lot essai", "Hem (59)", "logement", "exécution", "1/2", "-:--:--"):
        assert expected in shown
    assert len(board._progress.tasks) == 1


def test_a_failure_does_not_stop_the_others_and_is_reported_at_the_end(project, teller, call):
    call("build", "Hem")
    before = contents(project / "outputs" / "hem")
    teller.fail(HEM, "2_logement")
    teller.fail(FACHES, "1_demographie", ValueError("bogue"))
    code, answer = call("batch", "trois", "--force")
    assert code == 1
    assert "1 construit, 0 à jour, sur 3" in answer
    partial = project / "outputs" / "_echecs" / "hem" / "2_logement.ipynb"
    assert partial.is_file()
    assert (
        f"Échec : Hem (59), logement, « Le titre » : ZeroDivisionError: division by zero → carnet partiel : {partial}"
        in answer
    )
    assert "Faches-Thumesnil (59) : ValueError: bogue (small.py, ligne" in answer
    assert answer.count("corrigez, puis make retry Lot") == 1
    assert contents(project / "outputs" / "hem") == before
    found = {failure["commune"]: failure for failure in failures(project)}
    assert found.keys() == {HEM, FACHES}
    assert found[HEM] | {"message": "", "remedy": ""} == {
        "commune": HEM, "label": "Hem (59)", "lot": "trois", "theme": "logement", "heading": "Le titre",
        "exception": "ZeroDivisionError: division by zero", "message": "", "remedy": "", "partial": str(partial),
    }  # fmt: skip


def test_retry_builds_what_had_failed_and_nothing_else(project, teller, call):
    assert call("retry") == (0, f"Aucun échec à relancer sous {project / 'outputs'}.")
    (project / "params" / "lots" / "trois.yml").write_text(
        "communes: ['59299', '59011', '59220']\nparametres: {agence: Du lot}\n", encoding="utf-8"
    )
    teller.fail(HEM, "2_logement")
    teller.fail(FACHES, "2_logement")
    assert call("batch", "trois")[0] == 1
    teller.runs.clear()
    del teller.failing[HEM, "2_logement"]
    assert call("retry", "--jobs=1")[0] == 1
    assert {commune for commune, _ in teller.runs} == {HEM, FACHES}
    assert [failure["commune"] for failure in failures(project)] == [FACHES]
    assert "Du lot" in (project / "outputs" / "hem" / "1_demographie.html").read_text(encoding="utf-8")
    teller.failing.clear()
    assert call("retry")[0] == 0
    assert not (project / "outputs" / "erreurs.jsonl").exists()
    assert "3 à jour" in call("batch", "trois")[1]


def test_retry_reads_where_the_last_lot_went_and_the_command_to_type_is_printed(
    project, teller, call, tmp_path
):
    place = tmp_path / "un dossier d'ici"
    teller.fail(HEM, "2_logement")
    code, answer = call("batch", "trois", f"--outputs={place}")
    assert code == 1
    assert f"corrigez, puis make retry sorties={shlex.quote(str(place))}" in answer
    # The words that make gives to the command, then without a word.
    typed = shlex.split(re.search(r"make retry (sorties=.*?) Lot trois", answer)[1])
    teller.runs.clear()
    assert call("retry", typed[0].replace("sorties=", "--outputs="))[0] == 1
    assert call("retry", "--outputs=", "--scheduler=")[0] == 1
    assert {commune for commune, _ in teller.runs} == {HEM}
    assert f"make retry sorties={shlex.quote(str(place))}" in call("site", f"--outputs={place}")[1]
    teller.failing.clear()
    assert call("retry")[0] == 0
    assert not (place / "erreurs.jsonl").exists()
    assert call("retry") == (0, f"Aucun échec à relancer sous {place}.")
    # The next lot, in its usual place, is then the last one.
    call("batch", "trois")
    assert call("retry") == (0, f"Aucun échec à relancer sous {project / 'outputs'}.")


def test_the_last_lot_is_that_of_its_scheduler_too(project):
    last_batch.remember("s3://seau/x", "tcp://grappe:8786")
    assert last_batch.recall() == ("s3://seau/x", "tcp://grappe:8786")
    assert (
        last_batch.retry_command(*last_batch.recall())
        == "make retry sorties=s3://seau/x scheduler=tcp://grappe:8786"
    )
    last_batch.remember("", "")
    assert (last_batch.recall(), last_batch.retry_command("", "")) == (("", ""), "make retry")
    for text in ("{", "3", '["a"]'):
        (project / "outputs" / ".dernier-lot.json").write_text(text, encoding="utf-8")
        assert last_batch.recall() == ("", "")


def test_communes_that_can_have_no_diagnostic_are_no_failures(project, teller, call):
    # Without a soul, of Mayotte, born of a split in 2024.
    write_lot(project, HEM, "55039", "97611", "85165")
    code, answer = call("batch", "essai")
    assert code == 0, answer
    assert "Lot essai : 1 construit, 0 à jour, 3 sans diagnostic, sur 4" in answer
    assert "sans diagnostic, Beaumont-en-Verdunois (55) n'a pas d'habitant" in answer
    for name in ("Beaumont-en-Verdunois (55)", "Mamoudzou (976)", "de L'Oie (85)"):
        assert re.search(rf"Sans diagnostic : [^:]*{re.escape(name)}", answer), name
    assert "chec" not in answer
    assert not (project / "outputs" / "erreurs.jsonl").exists()
    assert call("retry")[0] == 0
    # A commune of which nothing is asked that it has: dates can be changed, this one is a failure.
    write_lot(project, HEM, "55039", parameters="{millesime: 2018, millesime_ancien: 1971}")
    code, answer = call("batch", "essai")
    assert code == 1
    assert "0 construit, 0 à jour, 1 sans diagnostic, sur 2" in answer
    assert [failure["commune"] for failure in failures(project)] == [HEM]
    assert "Changez millesime et millesime_ancien" in answer


def write_lot(project, *codes, parameters="{}"):
    (project / "params" / "lots" / "essai.yml").write_text(
        f"communes: {list(codes)}\nparametres: {parameters}\n", encoding="utf-8"
    )


def test_a_notebook_that_git_could_not_merge_stops_the_lot_once(project, teller, call):
    path = project / "notebooks" / "2_logement.ipynb"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"<<<<<<< HEAD\n{text}\n=======\n{text}\n>>>>>>> autre\n", encoding="utf-8")
    for words in (["batch", "trois"], ["build", "Hem"]):
        code, answer = call(*words)
        assert code == 1
        assert answer.count("2_logement.ipynb, ligne 1 : des marques de fusion de git.") == 1
        assert "Gardez une des deux versions" in answer
    assert teller.runs == []
    assert not (project / "outputs" / "erreurs.jsonl").exists()


@pytest.mark.parametrize(
    "text", ["{", "3", "[]", '{"commune": "59299"}', '{"commune": 3, "label": "", "lot": ""}', "\udcff",
             '{"commune": "99999", "label": "", "lot": ""}', '{"commune": "59299", "label": "", "lot": "absent"}'],
)  # fmt: skip
def test_a_list_of_failures_that_cannot_be_used_is_named(project, teller, call, text):
    (project / "outputs" / "erreurs.jsonl").write_bytes(f"{text}\n".encode("utf-8", "surrogateescape"))
    code, answer = call("retry")
    assert code == 1
    assert "Erreur : " in answer
    assert "→" in answer
    assert teller.runs == []


def test_the_parameters_of_a_lot_come_between_the_defaults_and_those_of_the_commune(project, teller, call):
    (project / "params" / "lots" / "trois.yml").write_text(
        f"communes: ['{HEM}', '{ANNOEULLIN}']\nparametres: {{agence: Du lot}}\n", encoding="utf-8"
    )
    (project / "params" / "hem.yml").write_text("agence: De Hem\n", encoding="utf-8")
    assert call("batch", "trois")[0] == 0
    for slug, agency in {"hem": "De Hem", "annoeullin": "Du lot"}.items():
        assert agency in (project / "outputs" / slug / "1_demographie.html").read_text(encoding="utf-8")
    teller.runs.clear()
    (project / "params" / "lots" / "trois.yml").write_text(
        f"communes: ['{HEM}', '{ANNOEULLIN}']\nparametres: {{agence: Du nouveau lot}}\n", encoding="utf-8"
    )
    call("batch", "trois")
    assert {commune for commune, _ in teller.runs} == {ANNOEULLIN}


def test_limits_are_handed_over_to_each_notebook(project, teller, call):
    call("batch", "trois", "--limit=60", "--memory=500")
    assert teller.options == [{"timeout": 60, "memory": 500}] * 6
    call("build", "Hem", "--force", "--limit=5")
    assert teller.options[6:] == [{"timeout": 5}] * 2


@pytest.mark.parametrize(
    ("option", "clue"),
    [("--jobs=0", "jobs = '0'"), ("--jobs=x", "jobs = 'x'"), ("--limit=-1", "limite = '-1'"), ("--memory=1.5", "memoire = '1.5'"),
     ("--limit=2200000", "limite = '2200000' est trop grand"), ("--memory=99999999999999", "memoire=10000000")],
)  # fmt: skip
def test_an_option_that_is_no_number_is_refused(project, teller, call, option, clue):
    for words in (["batch", "trois"], ["build", "Hem"], ["retry"]):
        code, answer = call(*words, option)
        assert code == 1
        assert clue in answer
    assert teller.runs == []


@pytest.mark.parametrize("words", [["batch", "absent"], ["batch", "epci:1"], ["batch", ""]])
def test_a_lot_that_cannot_be_reported_writes_nothing(project, teller, call, words):
    code, answer = call(*words)
    assert code == 1
    assert "Erreur : " in answer
    assert "→" in answer
    assert list((project / "outputs").iterdir()) == []


def test_outputs_that_cannot_be_written_are_named_before_anything_is_run(project, teller, call):
    (project / "outputs").rmdir()
    if os.geteuid() == 0:
        # Nothing is forbidden to root: a folder under a file stands for one.
        (project / "file").write_text("", encoding="utf-8")
        (project / "outputs").symlink_to(project / "file" / "outputs")
    else:
        (project / "outputs").mkdir(mode=0o500)
    code, answer = call("batch", "trois")
    assert code == 1
    assert f"Impossible d'écrire sous {project / 'outputs'}" in answer
    assert "droits" in answer
    assert teller.runs == []


def test_a_disk_that_fills_up_leaves_the_former_diagnostics(project, teller, call):
    call("batch", "trois")
    before = contents(project / "outputs")
    for code in (HEM, ANNOEULLIN, FACHES):
        teller.fail(code, "1_demographie", OSError(28, "No space left on device"))
    code, answer = call("batch", "trois", "--force")
    assert code == 1
    assert answer.count("place disponible") == 3
    after = contents(project / "outputs")
    assert len(failures(project)) == 3
    of_diagnostics = {name: text for name, text in before.items() if name.split("/")[0] in SLUGS}
    assert of_diagnostics.items() <= after.items()
    assert not [path for path in (project / "outputs").iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("name", ["erreurs.jsonl", "durees.json"])
def test_a_disk_full_at_the_end_is_reported_and_leaves_the_former_files(
    project, teller, call, monkeypatch, name
):
    teller.fail(HEM, "1_demographie")
    call("batch", "trois")
    before = (project / "outputs" / name).read_bytes()
    write = paths.write

    def full(path, text):
        if path.name == name:
            raise OSError(28, "No space left on device")
        write(path, text)

    monkeypatch.setattr(paths, "write", full)
    code, answer = call("batch", "trois", "--force")
    assert code == 1
    assert "Impossible d'écrire" in answer
    assert (project / "outputs" / name).read_bytes() == before


def test_a_batch_that_is_interrupted_ends_cleanly_and_resumes(project, teller, call, monkeypatch):
    teller.fail(ANNOEULLIN, "1_demographie")
    call("batch", "trois", "--jobs=1")
    teller.failing.clear()
    add = Board.add

    def interrupt(board, result):
        add(board, result)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Board, "add", interrupt)
        (project / "params" / "defaut.yml").write_text("agence: Autre\n", encoding="utf-8")
        # The order is that of the last durations: what never was built comes first.
        code, answer = call("batch", "trois", "--jobs=1")
    assert code == 130
    assert "Interrompu" in answer
    assert "reprendra" in answer
    assert (project / "outputs" / "index.html").is_file()
    assert not [path for path in (project / "outputs").iterdir() if path.name.startswith(".")]
    teller.runs.clear()
    code, answer = call("batch", "trois", "--jobs=1")
    assert code == 0
    assert 0 < len({commune for commune, _ in teller.runs}) < 3
    assert "3 à jour" in call("batch", "trois")[1]


def test_the_failures_of_communes_not_reached_are_kept(project, teller, call):
    teller.fail(HEM, "1_demographie")
    teller.fail(FACHES, "1_demographie")
    call("batch", "trois")
    tally = batch.Tally(total=3)
    tally.add(BuildResult(selection.find(HEM), 1.0, themes=("demographie",), rebuilt=True))
    batch.conclude(tally, outputs=paths.OUTPUTS)
    assert [failure["commune"] for failure in failures(project)] == [FACHES]


def renew_store(project, *changed):
    """Put in place of the store another one, of which some tables have the same rows in other bytes."""
    folder = project / "store"
    folder.mkdir(exist_ok=True)
    for path in paths.EMBEDDED.glob("*.parquet"):
        if not (folder / path.name).exists():
            (folder / path.name).symlink_to(path)
    index = json.loads((paths.EMBEDDED / "tables.json").read_text(encoding="utf-8"))
    for name in changed:
        pq.write_table(pq.read_table(paths.EMBEDDED / f"{name}.parquet"), folder / "new", compression="gzip")
        (folder / "new").replace(folder / f"{name}.parquet")
        index[name]["sha256"] = files.hash_file(folder / f"{name}.parquet")
    paths.write(folder / "tables.json", json.dumps(index))
    return folder


def test_a_batch_keeps_no_row_of_the_communes_that_it_built(project, teller, call):
    def read(code, _):
        store.read("population", folder=paths.store_folder(), areas=[("commune", code)])
        assert tables._rows_of.cache_info().currsize

    teller.before = read
    assert call("batch", "trois")[0] == 0
    assert teller.runs
    assert not tables._rows_of.cache_info().currsize


@pytest.mark.parametrize(
    "changed",
    [pytest.param((), id="same", marks=pytest.mark.large), pytest.param(("social_housing",), id="other")],
)
def test_a_store_renewed_during_a_batch_fails_no_commune(project, teller, call, monkeypatch, changed):
    monkeypatch.setenv("HELPERS_STORE", str(renew_store(project)))
    # With its workbook, a build reads the store.
    monkeypatch.setattr(diagnostic, "write_data", write_data)
    gathered = threading.Semaphore(0)

    def gather_aside(*asked):
        try:
            return gather(*asked)
        finally:
            gathered.release()

    monkeypatch.setattr(ledger, "gather", gather_aside)

    def renew(*_):
        if len(teller.runs) == 3:
            # Those of two communes: the second has read the former store, and writes its data from the next one.
            assert all(gathered.acquire(timeout=60) for _ in range(2))
            renew_store(project, *changed)

    teller.before = renew
    code, answer = call("batch", "trois", "--jobs=1")
    assert code == 0, answer
    assert "3 construits" in answer
    page = (project / "outputs" / "index.html").read_text(encoding="utf-8")
    assert all(slug in page for slug in SLUGS)
    # What was read while it changed is read again, what was read before is reported to be out of date.
    second, first = teller.runs[2][0], teller.runs[0][0]
    assert teller.runs.count((second, "2_logement")) == 2
    assert ("renouvelé pendant le lot" in answer) == bool(changed)
    teller.runs.clear()
    code, answer = call("batch", "trois", "--jobs=1")
    assert (code, teller.runs) == (0, [(first, "2_logement")] if changed else [])


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.large)], ids=["TERM", "INT"]
)
def test_an_interruption_exits_with_130_and_leaves_nothing_running(project, teller, tmp_path, number):
    script = (
        "import signal, sys, time; from pathlib import Path\n"
        # Started in the background, tests would hand down an interruption that is ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"sys.path.insert(0, {str(next(path for path in sys.path if path.endswith('tests/batch')))!r})\n"
        "from helpers import paths\n"
        f"root = Path({str(project)!r})\n"
        "paths.ROOT = root\n"
        "for name in ('NOTEBOOKS', 'PARAMS', 'OUTPUTS'): setattr(paths, name, root / name.lower())\n"
        "from helpers import cli\n"
        "from helpers.publication.pages import commune\n"
        "from small import Teller\n"
        "teller = Teller()\n"
        "teller.before = lambda *key: (print('running', flush=True), time.sleep(0.5))\n"
        "commune.execute = teller.execute\n"
        "cli.app(['batch', 'trois', '--jobs=1'])\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout.readline() == "running\n"
        os.killpg(process.pid, number)
        answer, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert "Interrompu" in errors
    assert "running" not in answer
    assert {path.name for path in (project / "outputs").iterdir()} == {"index.html", "site"}


def test_what_a_killed_program_left_goes_at_the_next_run_and_what_another_builds_stays(project, teller, call):
    call("batch", "trois", "--jobs=1")
    outputs = project / "outputs"
    left, half, busy = (
        outputs / f".{name}" for name in ("hem-abcd1234", "annoeullin-abcd1234", "hem-1234abcd")
    )
    (left / "hem").mkdir(parents=True)
    (left / "former").mkdir()
    (busy / "hem").mkdir(parents=True)
    # Killed between the removal of the former diagnostic and the arrival of the new one.
    (half / "annoeullin").mkdir(parents=True)
    (outputs / "annoeullin").rename(half / "former")
    (outputs / ".mes-notes").mkdir()
    teller.runs.clear()
    with files.holding(busy):
        code, answer = call("batch", "trois", "--jobs=1")
    assert code == 0, answer
    assert (teller.runs, "3 à jour" in answer) == ([], True)
    assert {path.name for path in outputs.iterdir() if path.is_dir()} == {
        *SLUGS, "site", busy.name, ".mes-notes"
    }  # fmt: skip
    call("build", "Hem", "--jobs=1", "--force")
    assert not busy.exists()


def test_a_second_batch_in_a_folder_says_so_and_builds_nothing(project, teller, call):
    (project / "outputs" / "site").mkdir()
    with files.holding(project / "outputs" / "site"):
        code, answer = call("batch", "trois")
    assert (code, teller.runs) == (1, [])
    assert "Un autre lot est en cours" in answer
    assert "→ Attendez sa fin" in answer
    assert call("batch", "trois", "--jobs=1")[0] == 0


def test_the_longest_comes_first_by_last_duration_else_by_population(project):
    known = {HEM: 2.0, ANNOEULLIN: 9.0}
    (project / "outputs" / "durees.json").write_text(json.dumps(known), encoding="utf-8")
    ordered = batch.order(jobs(HEM, ANNOEULLIN, FACHES, "59350"), outputs=paths.OUTPUTS)
    assert [job.place.code for job in ordered] == ["59350", FACHES, ANNOEULLIN, HEM]


@pytest.mark.parametrize(
    ("width", "expected"), [(1, [1, 1, 1]), (2, [1, 1, 2]), (3, [1, 1, 1]), (4, [1, 1, 1]), (7, [2, 2, 2])]
)
def test_processors_are_not_left_idle_by_a_small_batch_nor_by_the_end_of_a_large_one(
    project, width, expected
):
    todo = jobs(HEM, FACHES, ANNOEULLIN)
    shared = batch.share(todo, width=width)
    assert [job.place for job in shared] == [job.place for job in todo]
    assert [job.at_once for job in shared] == expected


def test_the_last_commune_of_a_batch_runs_its_notebooks_at_once(project, teller, call):
    together, met = threading.Barrier(2, timeout=20), []
    last = batch.order(jobs(HEM, FACHES, ANNOEULLIN), outputs=paths.OUTPUTS)[-1].place.code

    def meet(commune, stem):
        if commune == last:
            met.append(together.wait())

    teller.before = meet
    assert call("batch", "trois", "--jobs=2")[0] == 0
    assert sorted(met) == [0, 1]


@pytest.mark.parametrize("text", ["{", "[]", '{"59299": "x"}', "3"])
def test_durations_that_cannot_be_read_are_as_if_nobody_knew(project, text):
    (project / "outputs" / "durees.json").write_text(text, encoding="utf-8")
    ordered = batch.order(jobs(HEM, "59350"), outputs=paths.OUTPUTS)
    assert [job.place.code for job in ordered] == ["59350", HEM]


def test_only_whole_diagnostics_tell_how_long_a_commune_takes(project, teller, call):
    call("batch", "trois")
    known = json.loads((project / "outputs" / "durees.json").read_text(encoding="utf-8"))
    assert known.keys() == {HEM, ANNOEULLIN, FACHES}
    write_notebook("2_logement", "2")
    call("batch", "trois")
    assert json.loads((project / "outputs" / "durees.json").read_text(encoding="utf-8")) == known


class OtherMachine(Executor):
    """An executor of which nothing but pickled values comes and goes."""

    def __init__(self):
        self.pending, self.most = 0, 0

    def submit(self, function, /, *args):
        self.pending += 1
        self.most = max(self.most, self.pending)
        future = Future()
        threading.Timer(0, self._answer, [future, pickle.dumps((function, args))]).start()
        return future

    def _answer(self, future, asked):
        function, args = pickle.loads(asked)
        answer = pickle.dumps(function(*args))
        self.pending -= 1
        future.set_result(pickle.loads(answer))


def test_jobs_and_results_cross_the_border_of_a_machine(project, teller):
    teller.fail(HEM, "1_demographie")
    asked = [
        replace(job, lot="essai", parameters=Layer("essai", {"agence": "Du lot"}), limits={"timeout": 3})
        for job in jobs(HEM, ANNOEULLIN)
    ]
    results = {result.place.code: result for result in batch.run(asked, executor=OtherMachine(), width=2)}
    assert results[HEM].failure.exception.startswith("ZeroDivisionError")
    assert results[ANNOEULLIN].failure is None
    assert results[ANNOEULLIN].whole
    page = paths.OUTPUTS / "annoeullin" / "1_demographie.html"
    assert "Du lot" in page.read_text(encoding="utf-8")


def test_no_more_jobs_are_handed_over_than_can_be_run(project, monkeypatch):
    monkeypatch.setattr(batch, "build_one", lambda job: BuildResult(job.place, 0))
    monkeypatch.setattr(
        OtherMachine,
        "_answer",
        lambda self, future, asked: (setattr(self, "pending", self.pending - 1), future.set_result(None)),
    )
    monkeypatch.setattr(pickle, "dumps", lambda value: value)
    executor = OtherMachine()
    asked = iter(jobs(HEM) * 300)
    assert sum(1 for _ in batch.run(asked, executor=executor, width=3)) == 300
    assert executor.most <= 3


def test_an_executor_that_breaks_fails_its_jobs_alone(project, teller):
    class Broken(ThreadPoolExecutor):
        def submit(self, function, job, /):
            future = super().submit(function, job)
            if job.place.code != HEM:
                return future
            lost = Future()
            lost.set_exception(RuntimeError("worker lost"))
            return lost

    with Broken(2) as pool:
        results = {
            result.place.code: result for result in batch.run(jobs(HEM, FACHES), executor=pool, width=2)
        }
    assert "worker lost" in results[HEM].failure.summary
    assert results[FACHES].failure is None, results[FACHES].failure


def test_a_failure_reads_on_one_line_then_says_what_to_open():
    failure = Failure(HEM, "Hem (59)", "", message="Hem (59) : rien.\nVraiment.", remedy="Changez.")
    assert str(failure) == "Hem (59) : rien. Vraiment.\n→ Changez."
    assert replace(failure, message="Rien.").summary == "Hem (59) : Rien."


def test_the_error_of_a_build_carries_where_it_failed_across_processes():
    error = BuildError("a", remedy="b", theme="c", heading="d", exception="e", partial="f")
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.theme, copy.heading, copy.exception, copy.partial) == ("c", "d", "e", "f")
    assert str(copy) == str(error)


def test_two_builds_of_a_commune_at_once_leave_a_whole_diagnostic(project, teller, monkeypatch):
    parameters, commune = load_parameters("Hem")
    diagnostic.build(parameters, commune)
    together, publish, rename = threading.Barrier(2), diagnostic._publish, type(paths.OUTPUTS).rename

    def meet(*args, **options):
        publish(*args, **options)
        together.wait(60)

    def slowly(path, target):
        # Time enough for the other one to come between two moves.
        time.sleep(0.2)
        return rename(path, target)

    monkeypatch.setattr(diagnostic, "_publish", meet)
    monkeypatch.setattr(type(paths.OUTPUTS), "rename", slowly)
    with ThreadPoolExecutor(2) as pool:
        built = [pool.submit(diagnostic.build, parameters, commune) for _ in range(2)]
        assert {future.result() for future in built} == {paths.OUTPUTS / "hem"}
    assert read_record(paths.OUTPUTS / "hem").outputs == {
        path.name: mark_output(path) for path in (paths.OUTPUTS / "hem").iterdir() if path.name != MANIFEST
    }
    assert {path.name for path in paths.OUTPUTS.iterdir()} == {"hem", "site"}


REAL = (
    "from helpers import Diagnostic\n"
    "d = Diagnostic.open(commune, millesime=millesime, millesime_ancien=millesime_ancien)\n"
    "people = d.table('population')\n"
    "d.method()"
)


def test_a_small_batch_runs_for_good_and_its_notebooks_tell_what_they_read(project, call, monkeypatch):
    write_notebook("1_demographie", REAL)
    write_notebook("2_logement", "ratio = 1 / (int(commune) - 59299)")
    monkeypatch.setattr(diagnostic, "execute", execute)
    code, answer = call("batch", "trois", "--jobs=2")
    assert code == 1
    assert "2 construits, 0 à jour, sur 3" in answer
    assert "Hem (59), logement, « Le titre » : ZeroDivisionError: division by zero" in answer
    assert {path.name for path in (project / "outputs").iterdir() if path.is_dir()} == (SLUGS - {"hem"}) | {
        "site",
        "_echecs",
    }
    record = read_record(project / "outputs" / "annoeullin")
    tables = [key for key in record.parts["1_demographie"].reads if key.startswith(TABLE)]
    # A simulated past is reported from the first figure published in one of three tables.
    assert tables == [
        f"table:{name}"
        for name in ("dwellings", "households", "movements", "population", "sources", "territories")
    ]
    write_notebook("2_logement", "ratio = 1 / int(commune)")
    assert call("retry")[0] == 0
    assert (project / "outputs" / "hem" / "index.html").is_file()
    assert "2/3 " in call("batch", "trois")[1]


MISBEHAVING = (
    "import os, time\n"
    "if commune == '59299':\n"
    "    time.sleep(3600)\n"
    "while commune == '59011':\n"
    "    print('x' * 100_000)\n"
    "if commune == '59220':\n"
    "    os.kill(os.getpid(), 9)"
)


@pytest.mark.large
def test_notebooks_that_hang_print_without_end_or_kill_their_process_fail_alone(project, call, monkeypatch):
    (project / "params" / "lots" / "trois.yml").write_text(
        "communes: ['59299', '59011', '59220', '59013']\n", encoding="utf-8"
    )
    write_notebook("1_demographie", REAL)
    write_notebook("2_logement", MISBEHAVING)
    monkeypatch.setattr(diagnostic, "execute", execute)
    code, answer = call("batch", "trois", "--jobs=2", "--limit=10")
    assert code == 1
    assert "1 construit, 0 à jour, sur 4" in answer
    found = {failure["commune"]: failure["message"] for failure in failures(project)}
    assert found.keys() == {HEM, ANNOEULLIN, FACHES}
    assert "arrêté au bout de 10 s" in found[HEM]
    assert "OutputLimitError" in found[ANNOEULLIN]
    assert "Python s'est arrêté" in found[FACHES]
    assert (project / "outputs" / "anstaing" / "index.html").is_file()
