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
