"""The commands of a workshop: its kit, import, minute, destruction of what was said."""

from __future__ import annotations

import shlex
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from helpers import french, paths
from helpers.cli.console import console, note, reported, shorten
from helpers.cli.options import COMMUNE
from helpers.errors import ParameterError, quote
from helpers.parameters import load_parameters

if TYPE_CHECKING:
    from helpers.partnership.importing import Account
    from helpers.partnership.written import Made

_NUMBER = typer.Option("--number", help="Numéro de l'atelier : 1, 2 ou 3")
# Lines that a screen holds.
_SCREEN = 30
_STATE = typer.Option("--state", help="projet, relu ou diffuse")


def workshop(commune: Annotated[str, COMMUNE], number: Annotated[str, _NUMBER] = "1") -> None:
    """Écrit le kit d'un atelier : diaporama, PDF à imprimer, classeurs de saisie ; ce qui est rempli reste tel quel."""
    from helpers.partnership import kit
    from helpers.publication import documents

    with reported():
        rank = _read_number(number)
        _, found = load_parameters(commune)
        built = documents.read(paths.OUTPUTS / found.slug)
        with console.status(f"{found.label} : atelier {rank}"):
            made = kit.make(found, built, rank)
    for text in made.warnings:
        note(f"Attention : {text}", style="yellow")
    typer.echo(f"Diaporama : {shorten(made.deck)} (à modifier), {shorten(made.projected)} (à projeter)")
    typer.echo(f"À imprimer : {shorten(made.paper)}")
    for path in made.workbooks:
        typer.echo(f"Classeur de saisie : {shorten(path)}")
    for path in made.left:
        typer.echo(f"Déjà là, laissé tel quel : {shorten(path)}")
    state = "proposés, à relire" if made.proposed else "lus, laissés tels quels"
    typer.echo(f"Codes montrés ({state}) : {shorten(made.codes)}")


def _list_paths(files: str) -> list[Path]:
    """List the files that are named: one whose name has spaces, or several between them."""
    if Path(files).is_file():
        return [Path(files).resolve()]
    try:
        names = shlex.split(files)
    except ValueError:
        # An apostrophe of a name is no quotation.
        names = files.split()
    return [Path(name).resolve() for name in names]


def import_workshop(
    commune: Annotated[str, COMMUNE],
    number: Annotated[str, _NUMBER] = "1",
    files: Annotated[
        str,
        typer.Option(
            "--files", help="Classeurs à lire, séparés par des espaces ; entre guillemets, un nom qui en a"
        ),
    ] = "",
) -> None:
    """Lit les classeurs de saisie d'un atelier : ce qui est refusé est dit, rien n'est perdu."""
    from helpers.partnership import checks, importing

    with reported():
        slug, rank = _find_slug(commune), _read_number(number)
        account = importing.run(slug, rank, _list_paths(files))
        # Whatever the import that withdrew it: one may have been interrupted before that.
        left = checks.renew(slug, today=date.today())
        _report(account, slug)
    for later in account.kits:
        note(
            f"Kit de l'atelier {later} effacé : il pouvait porter ce qui est retiré. Pour le refaire : "
            f"make atelier commune={slug} numero={later}."
        )
    for path in account.touched + left:
        note(
            f"{shorten(path)} a été touché à la main et porte encore ce qui est retiré : effacez-le.",
            style="red",
        )


def minute(
    commune: Annotated[str, COMMUNE],
    number: Annotated[str, _NUMBER] = "1",
    state: Annotated[str, _STATE] = "",
) -> None:
    """Écrit le compte rendu d'un atelier importé (Word et PDF) ; un document touché n'est jamais écrasé."""
    from helpers.partnership import minutes

    with reported():
        made = minutes.make(
            _find_slug(commune), _read_number(number), sent=date.today(), state=state, now=datetime.now()
        )
    _report_made(made, "Compte rendu")


def checks(commune: Annotated[str, COMMUNE]) -> None:
    """Écrit le classeur des chiffres contestés et des questions ouvertes, et reprend ce qui y est vérifié."""
    from helpers.partnership import checks as workbook

    with reported():
        slug = _find_slug(commune)
        found = workbook.run(slug, today=date.today())
    for message in found.messages:
        note(message)
    if found.was_there:
        taken = french.quantity(len(found.taken), "vérification reprise", "vérifications reprises")
        typer.echo(
            f"{taken}. {f'Pour que les pages les montrent : make commune={slug}.' if found.taken else ''}".strip()
        )
    if found.messages:
        typer.echo(f"Corrigez {shorten(found.path)}, laissé tel quel, puis relancez.")
    else:
        typer.echo(f"À vérifier, {french.quantity(found.rows, 'ligne')} : {shorten(found.path)}")


def bilan(commune: Annotated[str, COMMUNE], state: Annotated[str, _STATE] = "") -> None:
    """Écrit le bilan d'un partenariat (Word, PDF et page) ; un document touché n'est jamais écrasé."""
    from helpers.partnership import minutes, published

    with reported():
        slug = _find_slug(commune)
        made = minutes.make_bilan(slug, today=date.today(), state=state)
        page = published.publish_bilan(paths.OUTPUTS / slug, made.minute)
    _report_made(made, "Bilan", page)


def issues(commune: Annotated[str, COMMUNE], state: Annotated[str, _STATE] = "") -> None:
    """Écrit les enjeux et leviers d'un groupe (Word et PDF) et leurs feuilles A3."""
    from helpers.partnership import minutes

    with reported():
        slug = _find_slug(commune)
        made = minutes.make_agreed(slug, today=date.today(), state=state)
        sheets = minutes.make_agreed_sheets(slug)
    _report_made(made, "Enjeux et leviers", sheets)


def diff(
    commune: Annotated[str, COMMUNE],
    since: Annotated[
        str, typer.Option("--since", help="Version de départ (v1), l'avant-dernière sinon")
    ] = "",
    until: Annotated[str, typer.Option("--until", help="Version d'arrivée (v2), la dernière sinon")] = "",
) -> None:
    """Dit ce qui a changé entre deux versions d'un diagnostic : données, chiffres, paramètres, code, mots."""
    from helpers.partnership import differences

    with reported():
        slug = _find_slug(commune)
        former, latter = differences.find(slug, since, until)
        lines = differences.compare(former, latter)
        path = differences.write(slug, former, latter, lines)
    for line in lines[:_SCREEN]:
        typer.echo(line)
    if len(lines) > _SCREEN:
        typer.echo(f"… et {french.quantity(len(lines) - _SCREEN, 'autre ligne', 'autres lignes')}.")
    typer.echo(f"Le tout : {shorten(path)}")


def destroy(
    commune: Annotated[str, COMMUNE],
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


def _report_made(made: Made, name: str, *others: Path | None) -> None:
    """Say which files were written, and what changed since the version that someone touched."""
    if made.touched:
        note(f"{made.touched.name} a été touché : il reste tel quel. Ce qui change dans {made.word.name} :")
        for line in made.changes or ["rien"]:
            note(f"  {line}")
    for path in filter(None, (made.word, made.pdf, *others)):
        typer.echo(f"{name} : {shorten(path)}")


def _report(account: Account, slug: str) -> None:
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
