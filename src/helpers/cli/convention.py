"""The commands that begin a partnership: its convention and its workbook, then what the commune sends back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from helpers import french, logos, paths
from helpers.cli.console import note, reported, shorten
from helpers.cli.options import COMMUNE
from helpers.errors import ParameterError
from helpers.parameters import load_parameters


def partenariat(commune: Annotated[str, COMMUNE]) -> None:
    """Commence le partenariat d'une commune : convention à remplir, feuille à signer, classeur « Parc et projets »."""
    from helpers.contributions import kept
    from helpers.partnership import convention, convention_sheet, creation, park_workbook

    with reported():
        parameters, found = load_parameters(commune)
        folder = kept.partnership_folder(found.slug)
        created = creation.create(found, folder=folder)
        if created.new:
            typer.echo(f"Convention à remplir : {shorten(created.path)}")
        elif created.added:
            note(
                f"{shorten(created.path)} : ajouté à la fin, le reste inchangé : {', '.join(created.added)}."
            )
        agreed = convention.read_convention(created.path)
        for warning in agreed.warnings():
            note(f"Attention : {warning}", style="yellow")
        if agreed.missing:
            note(f"À compléter avant la signature : {', '.join(agreed.missing)}.")
        sheet = convention_sheet.make(agreed, logos=logos.read(parameters.logos))
        book = park_workbook.make(
            code=found.code, name=found.name, back=agreed.materiaux_retour, day=date.today()
        )
        place = paths.OUTPUTS / "partenariat" / found.slug
        place.mkdir(parents=True, exist_ok=True)
        paths.write(place / "convention.pdf", sheet)
        paths.write(place / f"{found.slug}-parc-et-projets.xlsx", book)
    typer.echo(f"Feuille de convention : {shorten(place / 'convention.pdf')}")
    typer.echo(f"Classeur à envoyer : {shorten(place / f'{found.slug}-parc-et-projets.xlsx')}")


def materiaux(
    commune: Annotated[str, COMMUNE],
    fichier: Annotated[
        str, typer.Option(help="Classeur « Parc et projets » rempli par la commune (.xlsx)")
    ] = "",
) -> None:
    """Relit le classeur « Parc et projets » d'une commune, garde ce qui peut l'être, dit ce qui est à corriger."""
    from helpers.contributions import kept
    from helpers.partnership import convention, park_import

    with reported():
        if not fichier:
            raise ParameterError(
                "Il manque le classeur de la commune.",
                remedy=f"Lancez make materiaux commune={commune} fichier=chemin.xlsx.",
            )
        _, found = load_parameters(commune)
        folder = kept.partnership_folder(found.slug)
        if not kept.convention_file(found.slug).is_file():
            raise ParameterError(
                f"Pas de convention avec {found.label} : rien ne dit ce qui peut être montré.",
                remedy=f"Lancez d'abord make partenariat commune={found.slug}.",
            )
        agreed = convention.read_convention(kept.convention_file(found.slug))
        outcome = park_import.bring(
            Path(fichier).absolute(),
            code=found.code,
            label=found.label,
            partnership=folder,
            convention=agreed,
            today=date.today(),
        )
    typer.echo(outcome.report.rstrip("\n"))
    if not outcome.changed:
        typer.echo("Déjà lu : rien n'a changé.")
        return
    typer.echo(f"Rapport : {shorten(outcome.folder / park_import.REPORT)}")
    typer.echo(f"Copie à renvoyer : {shorten(outcome.folder / park_import.MARKED)}")
    typer.echo(f"Le diagnostic les montrera : make commune={found.slug}.")
    if agreed.diffusion.materiaux == "non":
        note(
            f"La convention ({french.of(found.label)}) ne permet pas de les montrer : diffusion.materiaux: non."
        )
