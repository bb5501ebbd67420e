"""Build the diagnostic of one commune: four notebooks, four pages, a cover, the data."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from helpers import french, paths, store
from helpers.build import documents, workbook
from helpers.build.archive import pack
from helpers.build.execute import execute
from helpers.build.render import (
    Page,
    contents_of,
    is_demonstration,
    records_of,
    render,
    render_template,
    style,
    title_of,
)
from helpers.errors import BuildError
from helpers.params import Parameters, complete
from helpers.sheet import find_dates, open_sheet
from helpers.territory import Commune

Progress = Callable[[str, str], None]

_FAILURES = "_echecs"


def notebooks() -> list[Path]:
    """The notebooks of a diagnostic, in the order of their numbers."""
    return sorted(paths.NOTEBOOKS.glob("[0-9]*_*.ipynb"))


def build(
    parameters: Parameters, commune: Commune, *, outputs: Path | None = None, progress: Progress | None = None
) -> Path:
    """Build everything aside, then put it in place of the former diagnostic; its folder.

    `progress` is told the theme and its state ("exécution", "mise en page", "terminé"). When a notebook
    fails the former diagnostic is untouched, and the partial notebook is kept under `_echecs/`.

    Raises:
        BuildError: a notebook failed, or the outputs cannot be written.
        MissingDataError: the store knows nothing of the commune at these dates.
    """
    outputs = outputs or paths.OUTPUTS
    progress = progress or (lambda theme, state: None)
    parameters = _date(parameters, commune)
    open_sheet(**_arguments(parameters))
    try:
        outputs.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=outputs, prefix=f".{commune.slug}-") as name:
            aside = Path(name) / commune.slug
            aside.mkdir()
            executed = _execute_all(parameters, commune, aside=aside, outputs=outputs, progress=progress)
            _publish(executed, parameters, commune, folder=aside)
            return _replace(aside, outputs / commune.slug, trash=Path(name) / "former")
    except OSError as error:
        raise BuildError(
            f"{commune.label} : impossible d'écrire sous {outputs} ({error}).",
            remedy="Vérifiez les droits et la place disponible.",
        ) from error


def _date(parameters: Parameters, commune: Commune) -> Parameters:
    """The parameters, with the latest dates known where they leave them open."""
    if None not in (parameters.millesime, parameters.millesime_ancien, parameters.pyramides):
        return parameters
    found = find_dates(commune, until=parameters.millesime)
    return complete(parameters, since=found.since, until=found.until, pyramids=found.pyramids)


def _arguments(parameters: Parameters) -> dict[str, Any]:
    return parameters.model_dump(exclude={"commentaires"})


def _execute_all(
    parameters: Parameters, commune: Commune, *, aside: Path, outputs: Path, progress: Progress
) -> dict[str, NotebookNode]:
    executed = {}
    for notebook in notebooks():
        theme = notebook.stem.split("_", 1)[1]
        progress(theme, "exécution")
        destination = aside / notebook.name
        comment = parameters.commentaires.get(theme, "")  # type: ignore[call-overload]
        try:
            executed[notebook.stem] = execute(
                notebook,
                destination,
                parameters={**_arguments(parameters), "commentaire": comment},
                subject=commune.label,
            )
        except BuildError as error:
            kept = _keep_partial(destination, outputs / _FAILURES / commune.slug)
            error.remedy = error.remedy.replace(str(destination), str(kept))
            raise
        progress(theme, "terminé")
    return executed


def _keep_partial(notebook: Path, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy2(notebook, folder / notebook.name)) if notebook.exists() else notebook


def _publish(
    executed: dict[str, NotebookNode], parameters: Parameters, commune: Commune, *, folder: Path
) -> None:
    """Write pages, data, cover and manifest of executed notebooks."""
    titles = {stem: title_of(notebook) for stem, notebook in executed.items()}
    provenance = provenance_line(parameters, commune)
    data = folder / "donnees"
    data.mkdir()
    exhibits: dict[str, dict[str, Any]] = {}
    for stem, notebook in executed.items():
        page = Page(
            title=titles[stem],
            commune=french.typography(commune.label),
            of_commune=french.typography(french.of(commune.name)),
            where=place_line(commune),
            provenance=provenance,
            notebook=f"{stem}.ipynb",
            parts=[
                {"file": f"{other}.html", "title": title, "current": other == stem}
                for other, title in titles.items()
            ],
            contents=contents_of(notebook),
            demonstration=is_demonstration(notebook),
            style=style(),
        )
        (folder / f"{stem}.html").write_text(render(notebook, page), encoding="utf-8")
        nbformat.write(_scrubbed(notebook), folder / f"{stem}.ipynb")
        for record in records_of(notebook):
            if "csv" in record:
                (data / f"{record['name']}.csv").write_text(record["csv"], encoding="utf-8-sig")
                exhibits[record["name"]] = {**record, "part": titles[stem]}
    if exhibits:
        _gather(list(exhibits.values()), parameters, commune, provenance=provenance, folder=folder)
    downloads = documents.list_documents(folder, commune.slug)
    (folder / "index.html").write_text(
        _cover(executed, titles, commune, provenance, downloads), encoding="utf-8"
    )
    manifest = {
        "commune": commune.code,
        "name": commune.name,
        "department": commune.department_name,
        "epci": commune.epci_name,
        "parameters": parameters.model_dump(),
        "store": _store_state(commune),
        "version": version("helpers"),
        "demonstration": {stem: is_demonstration(notebook) for stem, notebook in executed.items()},
    }
    (folder / "manifest.json").write_text(
        json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


def _gather(
    exhibits: list[dict[str, Any]], parameters: Parameters, commune: Commune, *, provenance: str, folder: Path
) -> None:
    """Write the data of every exhibit as one workbook and one archive, with what their sources are."""
    named = sorted({identifier for exhibit in exhibits for identifier in exhibit["sources"]})
    sources = store.read_reference("sources", folder=paths.store_folder(), key="id", values=named)
    sources = sources[["id", "citation", "page"]].sort_values("id")
    # The census that the figures come from: the same data are always dated alike.
    day = date(parameters.millesime or 1980, 1, 1)
    book = workbook.write(
        exhibits,
        sources,
        title=french.typography(f"Diagnostic {french.of(commune.name)} : les données"),
        provenance=provenance,
        day=day,
    )
    (folder / documents.name_of(commune.slug, "classeur.xlsx")).write_bytes(book)
    files = {path.name: path.read_bytes() for path in (folder / "donnees").iterdir()}
    files["sources.csv"] = sources.to_csv(index=False, sep=";", lineterminator="\n").encode("utf-8-sig")
    (folder / documents.name_of(commune.slug, "donnees.zip")).write_bytes(pack(files, day=day))


def _scrubbed(notebook: NotebookNode) -> NotebookNode:
    """The executed notebook without the paths and times of the machine that ran it."""
    notebook = notebook.copy()
    notebook.metadata = {key: value for key, value in notebook.metadata.items() if key != "papermill"}
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
    return notebook


def _cover(
    executed: dict[str, NotebookNode],
    titles: dict[str, str],
    commune: Commune,
    provenance: str,
    downloads: str,
) -> str:
    parts, key_figures = [], ""
    for stem, notebook in executed.items():
        sentences: list[str] = []
        for record in records_of(notebook):
            if record.get("kind") == "takeaways":
                sentences = record["text"].splitlines()[1:]
            elif record.get("kind") == "key-figures":
                key_figures = record["html"]
        parts.append(
            {
                "file": f"{stem}.html",
                "title": titles[stem],
                "sentences": [french.typography(sentence) for sentence in sentences],
                "demonstration": is_demonstration(notebook),
            }
        )
    return render_template(
        "cover.html.j2",
        commune=french.typography(commune.label),
        of_commune=french.typography(french.of(commune.name)),
        where=place_line(commune),
        key_figures=key_figures,
        parts=parts,
        downloads=downloads,
        provenance=provenance,
    )


def place_line(commune: Commune) -> str:
    """Where the commune is: `Commune 59299 · Nord · Hauts-de-France · Métropole Européenne de Lille`."""
    parts = [f"Commune {commune.code}", commune.department_name, commune.region_name, commune.epci_name or ""]
    return french.typography(" · ".join(part for part in dict.fromkeys(parts) if part))


def provenance_line(parameters: Parameters, commune: Commune) -> str:
    """What the pages were made from: vintages, state of the data, version of the code."""
    state = _store_state(commune)
    mark = store_mark(state)
    pyramids = french.enumerate_words([str(year) for year in parameters.pyramides or []])
    return french.typography(
        f"{commune.label}, recensements {parameters.millesime_ancien} et {parameters.millesime}, pyramides "
        f"{pyramids}. Données : état {mark} ; code : version "
        f"{version('helpers')}."
    )


def _store_state(commune: Commune) -> dict[str, str]:
    """The hash of every table that the diagnostic may read, those fetched for the commune included."""
    state = dict(store.hashes(paths.store_folder()))
    fetched = paths.fetched_folder(commune.code)
    if fetched.is_dir():
        state |= {f"{commune.code}/{name}": mark for name, mark in store.hashes(fetched).items()}
    return state


def store_mark(state: dict[str, str]) -> str:
    """A short mark of the state of the store."""
    return hashlib.sha256("".join(state[name] for name in sorted(state)).encode()).hexdigest()[:10]


def _replace(new: Path, place: Path, *, trash: Path) -> Path:
    """Put the new folder in place of the former one, which goes with the temporary folder."""
    if place.exists():
        place.rename(trash)
    new.rename(place)
    return place
