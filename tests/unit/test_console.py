"""What the commands show of an error."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import typer
from for_each import for_each

from helpers import paths
from helpers.cli.console import reported
from helpers.errors import SourceError


@for_each(
    "error, words",
    [
        (SourceError("Perdu.", remedy="Cherchez."), "Erreur : Perdu.\n→ Cherchez."),
        (MemoryError(), "→ Libérez de la mémoire"),
        (RuntimeError("can't start new thread"), "→ Libérez de la mémoire"),
        (ImportError("libgeos.so: failed to map segment"), "libgeos.so"),
        (
            PermissionError(13, "Permission denied", "/d/sortie"),
            "Impossible de lire ou d'écrire '/d/sortie' (Permission denied).",
        ),
        (OSError("database is locked"), "Impossible de lire ou d'écrire (database is locked)."),
        (UnicodeEncodeError("utf-8", "/d\udce9p\udcf4t", 2, 3, "surrogates not allowed"), "PYTHONUTF8=1"),
    ],
)
def test_an_error_is_reported_with_its_remedy_and_ends_with_1(error, words, capsys):
    with pytest.raises(typer.Exit) as caught, reported():
        raise error
    assert caught.value.exit_code == 1
    said = capsys.readouterr().err
    assert words in said
    assert "\n→ " in said


def test_a_query_that_is_interrupted_is_an_interruption():
    with pytest.raises(KeyboardInterrupt), reported():
        raise RuntimeError("Query interrupted")


def test_a_bug_keeps_its_traceback():
    with pytest.raises(RuntimeError, match="autre"), reported():
        raise RuntimeError("autre")


def run(*words, before="", **environment):
    """Run the command in a process of its own; its exit code and what it writes on the standard error."""
    code = "import sys; from helpers import cli; cli.app(sys.argv[1:])"
    done = subprocess.run(
        ["bash", "-c", f'{before} exec "$0" "$@"', sys.executable, "-c", code, *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=paths.ROOT,
        env={**os.environ, **environment},
        timeout=120,
    )
    return done.returncode, done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="the limits are those of Linux")
def test_too_little_address_space_is_reported_without_a_traceback(tmp_path):
    code, errors = run("batch", "lune", before="ulimit -v 400000;", HELPERS_OUTPUTS=str(tmp_path))
    assert code == 1, errors
    assert "Traceback" not in errors
    assert "Erreur : " in errors
