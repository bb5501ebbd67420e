"""The make file: what is asked of it reaches the command whole, and never the shell."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from helpers import paths

# Programs in place of those of the environment: each tells its words and what the environment gives it.
_PROGRAM = """#!/bin/sh
for word in "$@"; do echo "[$word]"; done
env | sort
[ -z "$BELOW" ] || BELOW= make sources
"""
_GOALS = [
    *("diagnostic", "batch", "retry", "pdf", "slides", "posters", "site", "data", "data-check", "sources", "docs"),
    *("atelier", "atelier-import", "compte-rendu", "partenariat-detruire"),
    *("setup", "lab", "bench", "embedded", "schema", "help"),
]  # fmt: skip


@pytest.fixture
def make(tmp_path):
    """Run the make file with an environment whose programs tell what they are given."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    programs = tmp_path / "venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("diagnostic", "python", "jupyter"):
        (programs / name).write_text(_PROGRAM, encoding="utf-8")
        (programs / name).chmod(0o755)
    (tmp_path / "venv" / ".ready").touch()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}

    def _make(*words, **environment):
        line = ["make", f"VENV={tmp_path / 'venv'}", *words]
        env = clean | {"BELOW": ""} | environment
        return subprocess.run(line, cwd=paths.ROOT, capture_output=True, text=True, env=env, check=False)

    return _make


def words_of(done):
    """The words that the programs were given."""
    assert done.returncode == 0, done.stderr
    return [line[1:-1] for line in done.stdout.splitlines() if line.startswith("[")]


@pytest.mark.parametrize(
    ("words", "given"),
    [
        (["data"], ["data", "--vintage=", "--only="]),
        (["data", "vintage=2022", "only=logement"], ["data", "--vintage=2022", "--only=logement"]),
        (["data", "only=deux mots d'ici $HOME"], ["data", "--vintage=", "--only=deux mots d'ici $HOME"]),
        (["data", "commune=L'Haÿ les Roses"], ["data", "--vintage=", "--only=", "--", "L'Haÿ les Roses"]),
        (["data", "commune="], ["data", "--vintage=", "--only=", "--", ""]),
        (["data", "accept=logement_2022"], ["accept", "--", "logement_2022"]),
        (["data", "accept=un mot"], ["accept", "--", "un mot"]),
        (["data-check"], ["data-check"]),
        (["sources"], ["sources"]),
        (["commune=L'Haÿ-les-Roses"], ["build", "--jobs=", "--limit=", "--memory=", "--", "L'Haÿ-les-Roses"]),
        (
            ["commune=Hem", "force=1"],
            ["build", "--force", "--jobs=", "--limit=", "--memory=", "--", "Hem"],
        ),
        (["commune=Hem", "force=0"], ["build", "--jobs=", "--limit=", "--memory=", "--", "Hem"]),
    ],
)
def test_what_is_asked_of_make_reaches_the_command_whole(make, words, given):
    assert words_of(make(*words)) == given


@pytest.fixture(scope="module")
def names():
    """The variables that the make file takes, one that it does not know, and one that it makes for the command."""
    text = (paths.ROOT / "Makefile").read_text(encoding="utf-8")
    taken = set(re.findall(r"\$\((?:value|origin) (\w+)\)", text))
    assert taken >= {"commune", "lot", "force", "engine", "complet", "PYTHON"}
    return sorted(taken | {"comune", "COMMUNE"})


@pytest.mark.parametrize(
    "form",
    [
        "$(shell touch {0})x",
        "${{shell touch {0}}}x",
        "$$(touch {0})",
        "$(touch {0})",
        "`touch {0}`",
        '"; touch {0}; "',
        "'; touch {0}; '",
        '"`touch {0}`',
        "x\n\ttouch {0}",
        "| touch {0} # \\",
    ],
)
def test_no_value_is_run(make, tmp_path, names, form):
    written = tmp_path / "written"
    value = form.format(written)
    hostile = {name: f"{name}={value}" for name in names}
    for left_out in ({"COMMUNE"}, {"COMMUNE", "accept"}, {"commune", "accept"}):
        done = make(*_GOALS, *(word for name, word in hostile.items() if name not in left_out), BELOW="1")
        assert "[sources]" in done.stdout or "COMMUNE" in done.stderr
        assert not written.exists()
    # Without an environment, the program that would make one.
    (tmp_path / "venv" / ".ready").unlink()
    done = make("setup", f"PYTHON={value}")
    assert done.returncode != 0
    assert not written.exists()


def test_a_value_reaches_the_command_as_it_was_typed(make):
    value = "$(shell echo non) `echo non` $HOME \"'"
    assert words_of(make("diagnostic", f"commune={value}"))[-1] == value


def test_without_a_word_it_lists_its_goals_with_the_barest_programs(make, tmp_path):
    bare = tmp_path / "bare"
    bare.mkdir()
    # No column, which some systems lack.
    for name in ("make", "bash", "sh", "grep", "sed"):
        (bare / name).symlink_to(shutil.which(name))
    done = make(PATH=str(bare))
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    listed = dict(re.split(r"\s{2,}", line, maxsplit=1) for line in done.stdout.splitlines())
    assert listed["make retry"] == "relance les communes du dernier lot qui ont échoué"
    declared = re.search(r"^\.PHONY: (.*)$", (paths.ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert {f"make {goal}" for goal in declared[1].split()} == {name for name in listed if "=" not in name}


# Each tells its words; uv reaches nothing, and what is named in FAIL neither.
_TOLD = """#!/bin/sh
echo "$(basename "$0") $*"
case " $FAIL " in *" $(basename "$0") "*) exit 1 ;; esac
"""
# A Python whose environments hold programs that tell their words.
_INTERPRETER = """#!/bin/sh
[ "$2" = venv ] || exit 0
mkdir -p "$4/bin" && cp "$TOLD" "$4/bin/python" && cp "$TOLD" "$4/bin/uv" && chmod +x "$4/bin/python" "$4/bin/uv"
"""
_GOAL_FILES = {
    "setup": "requirements.txt",
    "a11y": "tests/a11y/requirements.txt",
    "s3": "tests/cluster/requirements.txt",
}


@pytest.fixture
def install(make, tmp_path):
    """Run a goal that installs, where uv never reaches the packages; `fail` names what fails too."""
    programs, system = tmp_path / "venv" / "bin", tmp_path / "system"
    system.mkdir()
    for name in ("uv", "python", "pytest"):
        (programs / name).write_text(_TOLD, encoding="utf-8")
        (programs / name).chmod(0o755)
    for name in ("chromium", "java", "npm"):
        (system / name).write_text(_TOLD, encoding="utf-8")
        (system / name).chmod(0o755)
    (system / "interpreter").write_text(_INTERPRETER, encoding="utf-8")
    (system / "interpreter").chmod(0o755)
    (tmp_path / "told").write_text(_TOLD, encoding="utf-8")

    def _install(goal, *, fail=""):
        if goal == "setup":
            (tmp_path / "venv" / ".ready").unlink()
        return make(
            goal,
            f"PYTHON={system / 'interpreter'}",
            FAIL=f"uv {fail}",
            TOLD=str(tmp_path / "told"),
            PATH=f"{system}:{os.environ['PATH']}",
        )

    return _install


@pytest.mark.parametrize("goal", ["a11y", "s3"])
def test_pip_takes_over_from_uv_and_it_is_said_why(install, goal):
    done = install(goal)
    assert done.returncode == 0, done.stdout + done.stderr
    file = _GOAL_FILES[goal]
    assert f"uv n’a pas installé {file} (raison ci-dessus) : pip prend le relais." in done.stdout
    pip = re.search(rf"^python (-m pip install .*-r {re.escape(file)})$", done.stdout, re.MULTILINE)
    assert "--no-deps --require-hashes" in pip[1]
    # Only then is it used.
    assert done.stdout.index("\npytest ") > pip.start()


@pytest.mark.parametrize("goal", ["a11y", "s3"])
def test_an_index_that_neither_reaches_is_reported_with_what_to_set(install, tmp_path, goal):
    done = install(goal, fail="python")
    assert done.returncode != 0
    assert f"Erreur : ni uv ni pip n’ont installé {_GOAL_FILES[goal]}" in done.stdout
    for clue in ("HTTPS_PROXY", "PIP_INDEX_URL"):
        assert clue in done.stdout
    assert "\npytest " not in done.stdout
    assert not list((tmp_path / "venv").glob(".[as]*"))


def test_the_set_up_falls_back_to_pip_too(install, tmp_path):
    done = install("setup")
    assert done.returncode == 0, done.stdout + done.stderr
    file = _GOAL_FILES["setup"]
    assert f"uv n’a pas installé {file} (raison ci-dessus) : pip prend le relais." in done.stdout
    assert re.search(rf"^python -m pip install .*-r {re.escape(file)}$", done.stdout, re.MULTILINE)
    assert (tmp_path / "venv" / ".ready").exists()


def test_a_set_up_without_any_index_names_what_to_set(install, tmp_path):
    done = install("setup", fail="python")
    assert done.returncode != 0
    assert "Erreur : pip n’a pas installé uv" in done.stdout
    assert "HTTPS_PROXY" in done.stdout
    assert not (tmp_path / "venv" / ".ready").exists()


def test_the_tools_of_the_browser_that_npm_cannot_reach_are_reported(install):
    done = install("a11y", fail="npm")
    assert done.returncode != 0
    assert "Erreur : npm n’a pas installé les outils de tests/a11y" in done.stdout
    assert "npm_config_registry" in done.stdout
