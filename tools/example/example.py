"""Live a partnership, from the convention to the bilan, with Val-sur-Deûle, which does not exist: `make exemple`.

Everything is under `outputs/exemple/`: its store, its parameters, what people said, its pages. The environment names
them (Makefile) before anything of the package is loaded. The workbooks are typed as the town hall and the two scribes
would, from the same declarations as the tests.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import fictional_store
import openpyxl
import typer
import val_park
import val_sur_deule
import val_sur_deule_agreed as agreed

from helpers import paths
from helpers.cli import app
from helpers.cli.build import build
from helpers.cli.convention import materiaux, partenariat
from helpers.cli.workshops import import_workshop, minute
from helpers.contributions import kept
from helpers.partnership.capture_sheets import FIRST_ROW
from helpers.partnership.codes import Registry

SLUG = "val-sur-deule"
HERE = Path(__file__).parent
# The questions of the analysis, as they are numbered in the commune.
QUESTIONS = ("desserrement", "proprietaires_ages", "familles", "locatif_prive")
# The figures of `val_sur_deule`, each under the code that the notebooks give it.
CODES = {"H-07": "L-18", "H-12": "H-17", "L-04": "L-09", "L-06": "L-11", "L-08": "L-23", "L-10": "L-06",
         "L-12": "L-29", "P-05": "P-08"}  # fmt: skip
_PARAMETERS = """\
# Val-sur-Deûle, commune fictive : écrit par make exemple.
commune: "59999"
comparaison: [epci]
"""


def main() -> None:
    """Live it whole, saying each step."""
    if paths.PARAMS == paths.ROOT / "params":
        raise SystemExit("Lancez make exemple : la commune fictive reste à l’écart des vraies.")
    for rank, (title, step) in enumerate(steps(), start=1):
        typer.echo(f"\n{rank}. {title}")
        step()


def steps() -> Iterator[tuple[str, Callable[[], None]]]:
    """Give the steps in their order, each with what is said of it."""
    yield "Le magasin de la commune fictive et de ses communes comparables", prepare
    yield "La convention, sa feuille à signer, le classeur à envoyer", lambda: partenariat(SLUG)
    yield "Le classeur rempli par la commune, relu", bring_materials
    yield "Le diagnostic, première version", lambda: build(SLUG)
    yield from _workshop(1, type_first)
    yield "Le diagnostic, avec les paroles de l’atelier 1", lambda: build(SLUG)
    yield from _workshop(2, type_second)
    yield from _workshop(3, type_third)
    yield "Le diagnostic, avec ce que le groupe a convenu", lambda: build(SLUG)
    for name, title in (("enjeux-leviers", "Les enjeux et les leviers"), ("bilan", "Le bilan")):
        if called := find_command(name):
            yield title, called


def _workshop(number: int, type_in: Callable[[], None]) -> Iterator[tuple[str, Callable[[], None]]]:
    if called := find_command("atelier", number=str(number)):
        yield f"Atelier {number} : ce qu’il faut imprimer et projeter, les classeurs de saisie", called
    yield f"Atelier {number} : ce qui a été dit, saisi par les deux animateurs", type_in
    yield f"Atelier {number} : l’import", lambda: import_workshop(SLUG, str(number))
    yield f"Atelier {number} : le compte rendu", lambda: minute(SLUG, str(number))


def find_command(name: str, **options: str) -> Callable[[], None] | None:
    """Find a command by its name; nothing where this version of the project has none."""
    known = next((one.callback for one in app.registered_commands if one.name == name), None)
    return None if known is None else lambda: known(SLUG, **options)


def prepare() -> None:
    """Begin anew: parameters, convention and codes of the commune, its store."""
    folder = kept.partnership_folder(SLUG)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(paths.ROOT / "params" / "defaut.yml", paths.PARAMS)
    (paths.PARAMS / f"{SLUG}.yml").write_text(_PARAMETERS, encoding="utf-8")
    shutil.copy(HERE / "convention.yml", folder)
    (folder / "ateliers").mkdir()
    shutil.copy(HERE / "atelier-1.yml", folder / "ateliers")
    registry = Registry.read(folder / "codes.csv")
    for name in QUESTIONS:
        registry.code_of(name, "Q", day="2026-12-07")
    registry.write()
    fictional_store.write(paths.store_folder())


def bring_materials() -> None:
    """Fill in the workbook as the town hall does, and read it back."""
    path = kept.partnership_folder(SLUG) / "prive" / "retour-de-la-commune.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    val_park.write(path, val_park.WHOLE)
    materiaux(SLUG, fichier=str(path))


def type_first() -> None:
    """Type the thirty remarks of workshop 1, twenty-eight contributions and what follows, in the two workbooks."""
    kit, folder = kept.read_kit(SLUG, 1), kept.capture_folder(SLUG, 1)
    for letter, rows in (("A", val_sur_deule.A), ("B", val_sur_deule.B)):
        val_sur_deule.fill(folder, letter, rows, kit=kit, coded=as_shown)


def as_shown(codes: str) -> str:
    """Write the codes of a text as the notebooks give them."""
    return re.sub(r"[HLP]-\d\d", lambda found: CODES.get(found[0], found[0]), codes)


def type_second() -> None:
    """Type the issues, the pawns and the dots of workshop 2."""
    keys = ("phrase", "origine", "statut", "constats")
    issues = [(one[0], dict(zip(keys, one[1:5], strict=True))) for one in agreed.ISSUES]
    pawns = [
        {"enjeu": one[0], "table": table, "importance": placed[0], "capacite": placed[1]}
        for one in agreed.ISSUES
        for table, placed in zip("AB", one[6], strict=True)
    ]
    with_codes = {"Enjeux": issues}
    _type(2, with_codes, {"Matrice": pawns}, {one[0]: (one[1], one[5]) for one in agreed.ISSUES})


def type_third() -> None:
    """Type the levers, the decisions and the dots of workshop 3."""
    keys = ("enjeu", "phrase", "pilote", "competence", "verbe", "outil", "horizon", "constats")
    levers = [(one[0], dict(zip(keys, one[1:9], strict=True))) for one in agreed.LEVERS]
    keys = ("leviers", "texte", "par", "statut")
    decisions = [(one[0], dict(zip(keys, one[1:], strict=True))) for one in agreed.DECISIONS]
    _type(
        3,
        {"Leviers": levers, "Décisions": decisions},
        {},
        {one[0]: (one[2], one[9]) for one in agreed.LEVERS},
    )


def _type(
    number: int,
    coded: dict[str, list[tuple[str, dict[str, str]]]],
    listed: dict[str, list[dict[str, object]]],
    dots: dict[str, tuple[str, tuple[int, int]]],
) -> None:
    """Type a workbook A: rows found by their code, rows one after the other, dots; both workbooks have a session."""
    folder = kept.capture_folder(SLUG, number)
    for path in sorted(folder.glob("*-saisie-?.xlsx")):
        book = openpyxl.load_workbook(path)
        for key, value in {"elus": 6, "techniciens": 6, "accord": 12, "debut": "14 h", "fin": "16 h"}.items():
            _put(book, "Séance", val_sur_deule.find(book, "Séance", "cle", key), {"valeur": value})
        if path.stem.endswith("A"):
            for sheet, rows in coded.items():
                for rank, (_, values) in enumerate(rows):
                    _put(book, sheet, FIRST_ROW + 1 + rank, values)
            for sheet, rows in listed.items():
                for rank, values in enumerate(rows):
                    _put(book, sheet, FIRST_ROW + 1 + rank, values)
            for rank, (label, (elected, technicians)) in enumerate(dots.values()):
                _put(book, "Gommettes", FIRST_ROW + 1 + rank,
                     {"ligne": label, "elus": elected, "techniciens": technicians})  # fmt: skip
        book.save(path)


def _put(book: openpyxl.Workbook, sheet: str, row: int, values: dict[str, object]) -> None:
    for key, value in values.items():
        if value not in (None, ""):
            value = as_shown(value) if key == "constats" else value
            val_sur_deule.put(book, sheet, row, key, value)


if __name__ == "__main__":
    main()
