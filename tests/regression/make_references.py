"""Make again the reference notebooks that nbval compares (make references).

Every notebook, of five communes: what a cell says and the data behind its drawing are kept, the drawing is not. What
has changed is told before anything is replaced; a figure that has changed asks for a word in CHANGELOG.md.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import nbformat
import official
from differences import Difference, compare_cells, summarise
from official import ROYAN

from helpers import paths
from helpers.execution.execute import execute
from helpers.execution.notebook_run import NotebookRun
from helpers.exhibit import MIME
from helpers.parameters import load_parameters
from helpers.publication.pages import commune as pages
from helpers.themes import notebooks

# A pilot, a poor town of a metropolis, a town outside any, a village under 500 inhabitants, a resort whose official
# figures were fetched (`official`).
COMMUNES = ("59011", "59512", "39198", "39114", ROYAN)
FOLDER = Path(__file__).parent
FILE = paths.OUTPUTS / "ecarts.csv"
CHANGELOG = paths.ROOT / "CHANGELOG.md"
_MARKUP = re.compile(r"<(?:figure|section|svg)\b.*", re.DOTALL)
_FORCE = "--force"


def make(code: str, books: Sequence[Path]) -> dict[Path, nbformat.NotebookNode]:
    """Execute notebooks for a commune, at its latest dates, and keep the outputs that nbval compares."""
    asked, commune = load_parameters(f"insee:{code}")
    parameters, slug = pages.date(asked, commune), commune.slug
    with tempfile.TemporaryDirectory() as folder:
        jobs = [
            NotebookRun(
                path, Path(folder) / path.name, parameters=parameters.arguments_of(path), subject=slug
            )
            for path in books
        ]
        executed = list(execute(jobs))
    return {
        FOLDER / slug / job.notebook.name: _keep(book, job.notebook)
        for job, book in zip(jobs, executed, strict=True)
    }


def _keep(executed: nbformat.NotebookNode, notebook: Path) -> nbformat.NotebookNode:
    """Keep of a notebook what nbval compares: neither its drawings nor what changes from a run to the next."""
    executed.metadata = nbformat.from_dict({"kernelspec": executed.metadata["kernelspec"]})
    for cell in executed.cells:
        cell.metadata = nbformat.from_dict(
            {"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {}
        )
        for output in cell.get("outputs", []):
            if "text/html" in output.get("data", {}):
                output["data"]["text/html"] = _MARKUP.sub("<markup>", output["data"]["text/html"])
    for rank, cell in enumerate(executed.cells):
        cell["id"] = f"{notebook.stem.split('_')[0]}-{rank:02d}"
    return executed


def compare(name: str, old: nbformat.NotebookNode, new: nbformat.NotebookNode) -> list[Difference]:
    """Compare a reference with the one that would take its place: cells of the same code, one with the other.

    A cell whose code has changed is compared with the one that showed the same figure.
    """
    cells, before = ([cell for cell in book.cells if cell.cell_type == "code"] for book in (new, old))
    sources = {cell.source for cell in cells}
    rewritten = {_shown(cell): cell for cell in before if cell.source not in sources and _shown(cell)}
    former = {cell.source: cell for cell in before}
    found = []
    for rank, cell in enumerate(cells):
        one = former.pop(cell.source, None) or rewritten.get(_shown(cell))
        if one is not None:
            former.pop(one.source, None)
        found += compare_cells(name, f"cellule {rank}", one.outputs if one else [], cell.outputs)
    for gone in former.values():
        found += compare_cells(name, "cellule retirée", gone.outputs, [])
    return found


def _shown(cell: nbformat.NotebookNode) -> tuple[str, ...]:
    """Name the figures that a cell shows."""
    records = [output.get("data", {}).get(MIME, {}) for output in cell.get("outputs", [])]
    return tuple(str(record["name"]) for record in records if record.get("name"))


def has_a_word(changelog: Path = CHANGELOG, references: Path = FOLDER) -> bool:
    """Say whether the changelog has changed since the references were last recorded; true where there is no git."""

    def git(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", *arguments], cwd=changelog.parent, capture_output=True, text=True, check=False
        )

    last = git("log", "-1", "--format=%H", "--", *map(str, sorted(references.glob("*/*.ipynb"))))
    if last.returncode or not last.stdout.strip():
        return True
    return git("diff", "--quiet", last.stdout.strip(), "--", str(changelog)).returncode != 0


def main(force: bool) -> int:
    """Make them all, tell what changes, replace them; return the code of exit."""
    os.environ["HELPERS_FETCHED"] = str(official.FOLDER)
    if not official.FOLDER.exists():
        official.fetch()
    made = {path: book for code in COMMUNES for path, book in make(code, notebooks()).items()}
    found: list[Difference] = []
    for path, new in made.items():
        old = nbformat.read(path, as_version=4) if path.exists() else nbformat.v4.new_notebook()
        found += compare(f"{path.parent.name}/{path.stem}", old, new)
    print(*summarise(found, FILE), sep="\n")  # noqa: T201
    if any(one.is_figure for one in found) and not force and not has_a_word():
        print(  # noqa: T201
            "Erreur : un chiffre publié change, et CHANGELOG.md n’en dit rien ; les références restent ce qu’elles étaient."
            "\n→ Ajoutez une ligne à CHANGELOG.md, puis relancez (ou force=1, si les lecteurs n’ont pas à le savoir)."
        )
        return 1
    for path, new in made.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(nbformat.writes(new, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(_FORCE in sys.argv))
