"""Build the diagnostic of one commune: a page for each notebook, a cover, the data."""

from __future__ import annotations

import datetime
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from helpers import ledger, logos, paths
from helpers.contributions import versions
from helpers.diagnostic import DATE_TABLES, check_data, find_dates, survey
from helpers.errors import BuildError
from helpers.execution.execute import execute
from helpers.execution.notebook_run import NotebookRun
from helpers.parameters import Parameters, complete
from helpers.publication import documents
from helpers.publication.documents.data import write_data
from helpers.publication.files import locked, making, replace_folder
from helpers.publication.incremental.inputs import Inputs
from helpers.publication.incremental.manifest import BuildRecord, write_manifest
from helpers.publication.incremental.plan import RebuildPlan, compare, describe_build
from helpers.publication.pages import agreed, colophon
from helpers.publication.pages.arrangement import is_demonstration
from helpers.publication.pages.colophon import Colophon
from helpers.publication.pages.cover import describe_pages, render_cover
from helpers.publication.pages.render import Page, render_colophon, write_page
from helpers.publication.pages.words import gather
from helpers.territory.communes import Commune
from helpers.themes import notebooks, theme_of

# Called with a theme and its state ("exécution", "terminé").
Progress = Callable[[str, str], None]
# What the cells of a notebook declare of their outputs.
Records = list[dict[str, Any]]

_FAILURES = "_echecs"
# The parameters that say which years of data are read.
_DATED = ("millesime", "millesime_ancien", "pyramides")

# The exporter of pages serves one commune at a time; it holds the interpreter meanwhile anyway.
_rendering = threading.Lock()


def date(parameters: Parameters, commune: Commune) -> Parameters:
    """Complete parameters with the latest dates known, where they leave them open.

    Raises:
        MissingDataError: the store knows nothing of the commune at these dates.
    """
    known = survey(commune)
    if None in (parameters.millesime, parameters.millesime_ancien, parameters.pyramides):
        found = find_dates(known, until=parameters.millesime)
        parameters = complete(parameters, since=found.since, until=found.until, pyramids=found.pyramids)
    check_data(known, years=list(filter(None, (parameters.millesime_ancien, parameters.millesime))))
    return parameters


def plan(
    parameters: Parameters,
    commune: Commune,
    *,
    request: Sequence[str] = (),
    outputs: Path | None = None,
    inputs: Inputs | None = None,
    force: bool = False,
) -> RebuildPlan:
    """Find what is to be done for a commune whose parameters are dated.

    `request` are the keys of the files that the parameters come from.
    """
    return compare(
        (outputs or paths.OUTPUTS) / commune.slug,
        code=commune.code,
        request=request,
        inputs=inputs or Inputs(),
        arguments={book: parameters.arguments_of(book) for book in notebooks()},
        force=force,
    )


@dataclass(frozen=True)
class _Build:
    """The build of one diagnostic, written in `folder` before it takes the place of the former one."""

    parameters: Parameters
    commune: Commune
    plan: RebuildPlan
    made_from: Colophon
    pages: dict[str, Page]
    folder: Path
    outputs: Path

    def runs(self) -> list[NotebookRun]:
        """List the notebooks to execute."""
        return [
            NotebookRun(
                notebook=book,
                destination=self.folder / book.name,
                parameters=self.parameters.arguments_of(book),
                subject=self.commune.label,
                then=partial(write_page, self.pages[book.stem], self.folder / f"{book.stem}.html"),
            )
            for book in self.plan.books
            if book.stem in self.plan.stale
        ]


def build(
    parameters: Parameters,
    commune: Commune,
    *,
    outputs: Path | None = None,
    todo: RebuildPlan | None = None,
    limits: Mapping[str, int] | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Path:
    """Build a diagnostic in a temporary folder, then put it in place of the former one; return its folder.

    When a notebook fails the former diagnostic is left as it was, and the partial notebook is kept under `_echecs/`.

    Args:
        parameters: those of the diagnostic, dated when `todo` is given.
        commune: the commune.
        outputs: the folder of the diagnostics, `outputs/` by default.
        todo: the plan made for these parameters; everything is built without it.
        limits: what `execute` takes to bound each notebook (`timeout` in seconds, `memory` in megabytes).
        jobs: how many notebooks run at once.
        progress: called with a theme and its state ("exécution", "terminé").

    Raises:
        BuildError: a notebook failed, or the outputs cannot be written.
        MissingDataError: the store knows nothing of the commune at these dates.
    """
    outputs = outputs or paths.OUTPUTS
    if todo is None:
        parameters = date(parameters, commune)
        todo = plan(parameters, commune, outputs=outputs, force=True)
    place = outputs / commune.slug
    with _temporary_folder(outputs, commune) as folder:
        made_from = colophon.gather(parameters, commune, todo=todo)
        words = gather(commune.slug, comments=parameters.commentaires)
        pages = describe_pages(todo.books, commune, made_from=made_from, words=words)
        work = _Build(parameters, commune, todo, made_from, pages, folder, outputs)
        # Other processes execute the notebooks: this one is free meanwhile.
        with ThreadPoolExecutor(1) as aside:
            figures = aside.submit(ledger.gather, parameters, commune)
            declared = _execute(
                work.runs(),
                kept=outputs / _FAILURES / commune.slug,
                jobs=jobs,
                limits=limits or {},
                progress=progress or (lambda *state: None),
            )
        former = [book for book in todo.books if book.stem not in declared]
        with locked(outputs):
            for book in former:
                shutil.copy2(place / book.name, folder)
        declared |= {book.stem: _rewrite_page(pages[book.stem], folder / book.name) for book in former}
        _publish(work, {book.stem: declared[book.stem] for book in todo.books}, figures=figures.result())
        built = replace_folder(folder, place)
        # Partial notebooks of a build that failed before.
        shutil.rmtree(outputs / _FAILURES / commune.slug, ignore_errors=True)
        return built


@contextmanager
def _temporary_folder(outputs: Path, commune: Commune) -> Iterator[Path]:
    """Make a folder beside the diagnostics where one is built, and turn what the disk refuses into a `BuildError`."""
    try:
        outputs.mkdir(parents=True, exist_ok=True)
        with making(commune.slug, outputs) as aside:
            folder = aside / commune.slug
            folder.mkdir()
            yield folder
    except OSError as error:
        raise BuildError(
            f"{commune.label} : impossible d'écrire sous {outputs} ({error}).",
            remedy="Vérifiez les droits et la place disponible.",
        ) from error


def _execute(
    runs: Sequence[NotebookRun], *, kept: Path, jobs: int, limits: Mapping[str, int], progress: Progress
) -> dict[str, Records]:
    """Execute notebooks and write them and their pages; return what they declare, by stem.

    They are shared out between as many processes, where they come in turn: what one has read, the next one has.
    `kept` is the folder of the notebooks that fail. The error raised is that of the first share that has one.
    """
    in_turn = partial(_execute_in_turn, kept=kept, limits=limits, progress=progress)
    if jobs == 1:
        return in_turn(runs)
    with ThreadPoolExecutor(jobs) as pool:
        waiting = [pool.submit(in_turn, runs[rank::jobs]) for rank in range(min(jobs, len(runs)))]
        try:
            return {stem: records for future in waiting for stem, records in future.result().items()}
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _execute_in_turn(
    runs: Sequence[NotebookRun], *, kept: Path, limits: Mapping[str, int], progress: Progress
) -> dict[str, Records]:
    declared: dict[str, Records] = {}
    with closing(execute(runs, **limits)) as answers:
        for run in runs:
            theme = theme_of(run.notebook.stem)
            progress(theme, "exécution")
            try:
                declared[run.notebook.stem] = next(answers)
            except BuildError as error:
                left = _keep_partial(run.destination, kept)
                error.remedy = error.remedy.replace(str(run.destination), str(left))
                error.theme, error.partial = theme, str(left) if left.exists() else ""
                raise
            progress(theme, "terminé")
    return declared


def _keep_partial(notebook: Path, folder: Path) -> Path:
    """Copy a partial notebook to a folder and return the copy; without one, return where it would have been."""
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy2(notebook, folder / notebook.name)) if notebook.exists() else notebook


def _rewrite_page(page: Page, notebook: Path) -> Records:
    """Write the page of a notebook executed formerly; return what its cells declare."""
    with _rendering:
        return write_page(page, notebook.with_suffix(".html"), nbformat.read(notebook, as_version=4))


def _publish(work: _Build, declared: dict[str, Records], *, figures: pd.DataFrame) -> None:
    """Write data, cover and manifest of notebooks whose pages are written, from what they declare, by stem."""
    records = [record for one in declared.values() for record in one]
    provenance = work.made_from.summarise(records)
    exhibits = [
        {**record, "part": work.pages[stem].title}
        for stem, one in declared.items()
        for record in one
        if "csv" in record
    ]
    write_data(
        exhibits, work.parameters, work.commune, figures=figures, provenance=provenance, folder=work.folder
    )
    foot = render_colophon(work.made_from, records, stems=list(declared))
    record = _describe_build(work, declared)
    version = _number(work, record.inputs, records)
    parts = [{"file": f"{stem}.html", "title": work.pages[stem].title} for stem in declared]
    group = agreed.render(
        work.commune.slug, commune=work.commune.label, parts=parts, records=records, colophon=foot
    )
    if group:
        (work.folder / agreed.PAGE).write_text(group, encoding="utf-8")
    cover = render_cover(
        declared,
        work.pages,
        work.commune,
        downloads=documents.list_documents(work.folder, work.commune.slug),
        foot=foot,
        agency=work.parameters.agence,
        logos=logos.read(work.parameters.logos),
        words=next(iter(work.pages.values())).words if work.pages else None,
        group=agreed.PAGE if group else "",
        version=version,
    )
    (work.folder / "index.html").write_text(cover, encoding="utf-8")
    described = _describe(work, declared, provenance=provenance) | ({"number": version} if version else {})
    # The last to be written: without it, nothing else is deemed built.
    write_manifest(
        work.folder, described, record, outputs=work.outputs, common=work.plan.inputs.seen_from("")
    )


def _number(work: _Build, inputs: Mapping[str, str], records: Sequence[Mapping[str, Any]]) -> str:
    """Give its number (`v2`) to the diagnostic of a commune that has a partnership; empty for any other."""
    slug, parameters = work.commune.slug, work.parameters
    if not versions.has_partnership(slug):
        return ""
    dated = {name: value for name, value in parameters.model_dump().items() if name in _DATED}
    return versions.register(
        slug,
        inputs=inputs,
        vintages=dated,
        figures={record["code"]: record["title"] for record in records if record.get("code")},
        comments={code: text for code, text in parameters.commentaires.items() if text.strip()},
        today=datetime.date.today(),
    ).name


def _describe_build(work: _Build, declared: Mapping[str, Records]) -> BuildRecord:
    return describe_build(
        work.plan,
        tables={stem: colophon.read_tables(records) for stem, records in declared.items()},
        dates=DATE_TABLES,
        data_tables=ledger.TABLES,
        slug=work.commune.slug,
    )


def _describe(work: _Build, declared: dict[str, Records], *, provenance: str) -> dict[str, object]:
    """Describe a diagnostic for its manifest."""
    commune = work.commune
    return {
        "commune": commune.code,
        "name": commune.name,
        "department": commune.department_name,
        "epci": commune.epci_name,
        "parameters": work.parameters.model_dump(),
        "provenance": provenance,
        "version": version("helpers"),
        "demonstration": {stem: is_demonstration(records) for stem, records in declared.items()},
    }
