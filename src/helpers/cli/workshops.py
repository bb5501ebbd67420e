"""The commands of a workshop: capture workbooks, import, minute, destruction of what was said."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpers import french, paths
from helpers.cli.console import note, reported, shorten
from helpers.errors import ParameterError, quote
from helpers.parameters import load_parameters

if TYPE_CHECKING:
    from helpers.partnership.importing import Account

_COMMUNE = typer.Argument(help="Code Insee ou nom de la commune")
_NUMBER = typer.Option("--number", help="Numéro de l'atelier : 1, 2 ou 3")


def capture(commune: Annotated[str, _COMMUNE], number: Annotated[str, _NUMBER] = "1") -> None:
    """Écrit les classeurs de saisie d'un atelier, un par animateur ; ceux qui sont là restent comme ils sont."""
    from helpers.partnership import room
    from helpers.publication import documents

    with reported():
        _, found = load_parameters(commune)
        kit = room.prepare(found, documents.read(paths.OUTPUTS / found.slug), _read_number(number))
        written, left = room.write_workbooks(kit)
    for path in written:
        typer.echo(f"Classeur de saisie : {shorten(path)}")
    for path in left:
        typer.echo(f"Déjà là, laissé tel quel : {shorten(path)}")


def import_workshop(
    commune: Annotated[str, _COMMUNE],
    number: Annotated[str, _NUMBER] = "1",
    files: Annotated[str, typer.Option("--files", help="Classeurs à lire, séparés par des espaces")] = "",
) -> None:
    """Lit les classeurs de saisie d'un atelier : ce qui est refusé est dit, rien n'est perdu."""
    from helpers.partnership import importing, minutes

    with reported():
        slug, rank = _find_slug(commune), _read_number(number)
        account = importing.run(slug, rank, [Path(name).resolve() for name in files.split()])
        left = minutes.drop_written(slug, rank) if account.merged.withdrawn else []
        _tell(account, slug)
    for path in left:
        note(
            f"{shorten(path)} a été touché à la main et porte encore ce qui est retiré : effacez-le.",
            style="red",
        )


def minute(
    commune: Annotated[str, _COMMUNE],
    number: Annotated[str, _NUMBER] = "1",
    state: Annotated[str, typer.Option("--state", help="projet, relu ou diffuse")] = "",
) -> None:
    """Écrit le compte rendu d'un atelier importé (Word et PDF) ; un document touché n'est jamais écrasé."""
    from helpers.partnership import minutes

    with reported():
        made = minutes.make(_find_slug(commune), _read_number(number), sent=date.today(), state=state)
    if made.touched:
        note(f"{made.touched.name} a été touché : il reste tel quel. Ce qui change dans {made.word.name} :")
        for line in made.changes or ["rien"]:
            note(f"  {line}")
    for path in (made.word, made.pdf):
        typer.echo(f"Compte rendu : {shorten(path)}")


def destroy(
    commune: Annotated[str, _COMMUNE],
    confirmed: Annotated[str, typer.Option("--confirm", help="Le nom de la commune, en toutes lettres")] = "",
) -> None:
    """Détruit ce que les participants ont dit et ce que la commune a confié, à la fin de la convention."""
    from helpers.partnership.destruction import destroy as destroy_private

    with reported():
        slug = _find_slug(commune)
        gone = destroy_private(slug, confirmed=confirmed)
    count = french.quantity(len(gone), "fichier détruit", "fichiers détruits")
    typer.echo(
        f"{slug} : {count}. Reconstruisez le diagnostic pour que ses pages ne disent plus rien des ateliers."
    )


def _tell(account: Account, slug: str) -> None:
    for text in account.left_out:
        note(f"Laissé de côté : {text}", style="red")
    for message in account.merged.messages:
        note(str(message))
    typer.echo(f"{account.summary} Détail : {shorten(account.report)}")
    if account.to_settle:
        typer.echo(f"À trancher : {shorten(account.to_settle)} ; le prochain import le lira.")
    if account.merged.is_new:
        typer.echo(f"Pour que les pages le montrent : make commune={slug}.")


def _find_slug(commune: str) -> str:
    """Find the folder of a partnership: of a commune, else of the fictional one that bears this name."""
    from helpers.contributions import kept

    slug = french.slug(commune)
    if slug and kept.partnership_folder(slug).is_dir():
        return slug
    return load_parameters(commune)[1].slug


def _read_number(text: str) -> int:
    if text not in ("1", "2", "3"):
        raise ParameterError(f"Atelier {quote(text)} inconnu.", remedy="Donnez numero=1, 2 ou 3.")
    return int(text)
