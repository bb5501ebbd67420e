"""The command line: `diagnostic build Hem`. `make` is the front door, the logic is here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from helpers import french, params, paths
from helpers.errors import DiagnosticError

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Diagnostic d'une commune française.")
console = Console(stderr=True, highlight=False)

_STATES = {"exécution": "exécution du carnet", "terminé": "terminé"}


@app.command()
def build(
    commune: Annotated[str, typer.Argument(help="Code Insee, nom, ou fichier de paramètres (.yml)")],
) -> None:
    """Construit le diagnostic d'une commune sous outputs/."""
    with _reported():
        parameters, found = params.load_parameters(commune)
        # Loaded once the request is known to be sound: an error answers at once.
        from helpers.build import commune as diagnostic
        from helpers.build import site

        total = len(diagnostic.notebooks())
        with Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total}"),
            TimeElapsedColumn(),
            console=console,
        ) as bar:
            task = bar.add_task(f"Diagnostic {french.of(found.label)}", total=total)

            def tell(theme: str, state: str) -> None:
                bar.update(task, description=f"{found.label} · {theme} : {_STATES[state]}")
                if state == "terminé":
                    bar.advance(task)

            folder = diagnostic.build(parameters, found, progress=tell)
        site.publish()
    typer.echo(f"Diagnostic {french.of(found.label)} : {_shown(folder / 'index.html')}")


@app.command()
def data(
    commune: Annotated[str, typer.Argument(help="Code Insee, nom, ou fichier de paramètres (.yml)")],
) -> None:
    """Télécharge les chiffres officiels d'une commune et de ses territoires de comparaison (Melodi, Insee)."""
    with _reported():
        _, found = params.load_parameters(commune)
        from helpers import fetched

        with console.status(f"Chiffres officiels {french.of(found.label)}…") as status:
            tables = fetched.fetch(found, progress=lambda step: status.update(f"{found.label} · {step}"))
        for table, frame in tables.items():
            years = ", ".join(map(str, sorted(frame["year"].unique())))
            typer.echo(f"{table:16} {len(frame):>7} valeurs, {years}")
        typer.echo(
            f"Ils remplacent les données de démonstration {french.of(found.label)}. Réglez les millésimes dans "
            f"{_shown(paths.PARAMS / found.slug)}.yml, puis lancez make commune={found.code}."
        )


@app.command()
def embedded() -> None:
    """Reconstruit data/embedded/ à partir des fichiers officiels (HELPERS_SOURCES ou data/raw/)."""
    with _reported():
        from helpers import embedded as store_builder

        with console.status("Lecture des fichiers officiels…"):
            rows = store_builder.build(paths.sources_folder(), paths.EMBEDDED)
    for table, count in rows.items():
        typer.echo(f"{table:20} {count:>9} lignes")


@app.command()
def schema() -> None:
    """Écrit params/schema.json, le schéma des fichiers de paramètres."""
    typer.echo(_shown(params.write_schema()))


class _reported:  # noqa: N801
    """Print an expected error in French and exit with 1, in place of a traceback."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, DiagnosticError):
            console.print(f"Erreur : {error}", style="red", markup=False, soft_wrap=True)
            raise typer.Exit(1) from None


def _shown(path: Path) -> str:
    """A path as it is shortest from the current folder."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


if __name__ == "__main__":
    app()
