"""What keeps the outputs of a notebook from a page: what no reader of it could use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from helpers import french, materials
from helpers.errors import BuildError
from helpers.exhibit import MIME
from helpers.themes import METADATA, RESERVED

_ANY_TITLE = re.compile(r"^#+ +(.+)$", re.MULTILINE)


def check_complete(notebook: NotebookNode, *, commune: str, name: str, kept: Path) -> None:
    """Check that what a page would show is one of the project's outputs, with all that its reader needs.

    What a cell prints, a warning of Python and the bare value of an expression are of use to an analyst, not to the
    reader of a page. `kept` is where the executed notebook is.

    Raises:
        BuildError: names the commune, the notebook, the cell and the heading above it, and what is wrong.
    """
    heading = ""
    letter = notebook.metadata.get(METADATA, {}).get("letter", "")
    codes: set[str] = set()
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (titles := _ANY_TITLE.findall(cell.source)):
            heading = titles[-1].strip()
        for output in cell.get("outputs", []):
            if found := _problem_of(output) or _problem_of_code(output, letter=letter, codes=codes):
                problem, remedy = found
                raise BuildError(
                    f"{commune}, {name} : la cellule {cell.execution_count} (sous "
                    f"« {heading} ») montre {problem}.",
                    remedy=f"{remedy} Le carnet exécuté : {kept}",
                    heading=heading,
                    exception=problem,
                )


_SHOW = "Montrez par d.show une figure de helpers.figures, ou un tableau de tabulate."
# Characters of what a cell prints that a message repeats.
_REPEATED = 120


def _problem_of(output: Mapping[str, Any]) -> tuple[str, str] | None:
    """Say in French what keeps an output from a page, and the remedy; nothing for most."""
    if output.get("output_type") == "stream":
        line = _first_line(output.get("text", ""))
        if output.get("name") == "stderr":
            return (
                f"un avertissement de Python : « {line} »",
                "Corrigez ce qui avertit, ou faites taire ce seul avertissement par warnings.filterwarnings.",
            )
        return f"ce qu'elle imprime : « {line} »", f"Ôtez print de la cellule. {_SHOW}"
    data = output.get("data", {})
    if MIME not in data:
        rich = sorted(kind for kind in data if kind != "text/plain")
        if rich:
            return f"une sortie ({', '.join(rich)}) sans texte de remplacement, ni lecture, ni source", _SHOW
        line = _first_line(data.get("text/plain", ""))
        return (
            f"la valeur nue de sa dernière ligne : « {line} »",
            f"Donnez-lui un nom (resultat = …) si elle ne s'adresse pas au lecteur. {_SHOW}",
        )
    record = data[MIME]
    lacks = french.enumerate_words(record.get("lacks", []))
    return (f"une figure (« {record['title']} ») à laquelle il manque : {lacks}", _SHOW) if lacks else None


def _problem_of_code(output: Mapping[str, Any], *, letter: str, codes: set[str]) -> tuple[str, str] | None:
    """Say what is wrong with the code of a figure, and the remedy; add it to those that the notebook has given."""
    record = output.get("data", {}).get(MIME, {})
    code = record.get("code", "")
    if not code:
        return None
    # What the commune brings has a letter of its own, in whatever notebook it is shown.
    brought = any(source.startswith(materials.SOURCE) for source in record.get("sources", ()))
    letter = materials.LETTER if brought else letter
    remedy = f"Donnez à chaque figure son code (code=) : {letter or 'sa lettre'}, un tiret, deux chiffres."
    if (letter in RESERVED and not brought) or not re.fullmatch(rf"{letter or '[A-Z]'}-\d\d", code):
        return (
            f"une figure de code {code!r}, alors que la lettre du carnet (métadonnées, {METADATA}.letter) est "
            f"{letter!r}",
            f"{remedy} Lettres réservées : {', '.join(sorted(RESERVED))}.",
        )
    if code in codes:
        return f"une seconde figure de code {code!r}", remedy
    codes.add(code)
    return None


def _first_line(text: str) -> str:
    """Take the first line that is not empty, short and with no character that nobody sees."""
    lines = (french.visible(line).strip() for line in text.splitlines())
    line = next(filter(None, lines), "")
    return line if len(line) <= _REPEATED else f"{line[:_REPEATED]}…"
