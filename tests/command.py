"""The command line, called in this process."""

from __future__ import annotations

from typer.testing import CliRunner

from helpers import cli


def call(*words: str) -> tuple[int, str]:
    """Run the command; its exit code, and what it answered on one line."""
    result = CliRunner().invoke(cli.app, list(words))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, " ".join(result.output.split())
