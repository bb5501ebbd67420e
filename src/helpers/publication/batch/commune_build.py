"""Build one commune of a batch, whatever the process or the machine; a failure is a result like another.

Builds and results are small values that can be pickled: they go to threads, processes or machines alike.
"""

from __future__ import annotations

import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from helpers import paths
from helpers.errors import DiagnosticError, NoDiagnosticError
from helpers.parameters import Layer
from helpers.publication import selection
from helpers.publication.batch.failures import Failure
from helpers.publication.batch.storage import Storage
from helpers.publication.incremental.inputs import Inputs
from helpers.publication.incremental.keys import request_keys
from helpers.publication.incremental.plan import compare
from helpers.publication.selection import Place
from helpers.themes import theme_of

# Called with the commune, the theme and its state ("préparation", "exécution", "terminé").
Progress = Callable[[Place, str, str], None]


@dataclass(frozen=True)
class CommuneBuild:
    """One commune to build.

    `lot` is the name of the lot that it is built with, `parameters` those that the lot brings, `key` that of their
    file. `limits` are what `execute` takes to bound a notebook (`timeout` in seconds, `memory` in megabytes), `at_once`
    how many notebooks run at once. `address` is where the diagnostic is published when elsewhere than under `outputs`,
    which then has the manifests only.
    """

    place: Place
    outputs: Path
    lot: str = ""
    parameters: Layer | None = None
    key: str = ""
    limits: Mapping[str, int] = field(default_factory=dict)
    force: bool = False
    address: str = ""
    at_once: int = 1

    @property
    def folder(self) -> Path:
        """Return the folder of the diagnostic."""
        return self.outputs / self.place.slug

    @property
    def request(self) -> list[str]:
        """List the keys of the files that its parameters come from."""
        return request_keys(self.place.slug, lot=self.key)


@dataclass(frozen=True)
class BuildResult:
    """What became of a commune: the themes executed, whether they are all those of the diagnostic, the failure.

    `rebuilt` where anything was, be it the pages of notebooks that were not executed again. `without` says why it can
    have no diagnostic: that is no failure.
    """

    place: Place
    seconds: float
    themes: tuple[str, ...] = ()
    whole: bool = False
    rebuilt: bool = False
    failure: Failure | None = None
    without: str = ""


class Stopped(Exception):  # noqa: N818
    """Raised by the function of progress to leave a commune between two notebooks."""


def is_fresh(asked: CommuneBuild, inputs: Inputs) -> bool:
    """Tell whether the diagnostic is that of today's inputs; nothing heavy is loaded to know it."""
    return (
        not asked.force
        and compare(
            asked.folder,
            code=asked.place.code,
            request=asked.request,
            inputs=inputs,
            trusted=bool(asked.address),
        ).is_fresh
    )


def find_fresh(query: str) -> CommuneBuild | None:
    """Find the diagnostic under `outputs/` of the commune that a code or a name designates, when it is up to date."""
    place = None if selection.is_postal_code(query) else selection.find(query)
    if place is None or not (paths.OUTPUTS / "index.html").is_file():
        return None
    asked = CommuneBuild(place, paths.OUTPUTS)
    return asked if is_fresh(asked, Inputs()) else None


def build_one(
    asked: CommuneBuild, progress: Progress | None = None, inputs: Inputs | None = None
) -> BuildResult:
    """Build one commune; the result says why when it fails.

    `inputs` are those of the whole batch, when builds share a process: nothing is looked at twice.

    Raises:
        Stopped: `progress` did.
    """
    # Loaded where a commune is built, which may be another machine.
    from helpers import store

    build = _build_away if asked.address else _build_here
    try:
        return build(asked, progress, inputs)
    finally:
        store.let_go()


def _build_away(asked: CommuneBuild, progress: Progress | None, inputs: Inputs | None) -> BuildResult:
    """Build from a copy of the former diagnostic, in a temporary folder, then publish at the address."""
    start, slug = time.monotonic(), asked.place.slug
    with tempfile.TemporaryDirectory(prefix="diagnostic-") as name:
        outputs = Path(name)
        try:
            storage = Storage(asked.address)
            storage.fetch_diagnostic(slug, outputs)
            result = _build_here(replace(asked, outputs=outputs, address=""), progress, inputs)
            kept = [str(path.relative_to(outputs)) for path in outputs.glob(f"_echecs/{slug}/*")]
            storage.send(kept, outputs)
            # Pages may have been made again without any notebook.
            if result.failure is None and not result.without:
                storage.publish(slug, outputs)
        except DiagnosticError as error:
            return BuildResult(asked.place, time.monotonic() - start, failure=describe_failure(asked, error))
    if result.failure is not None:
        texts = asdict(result.failure)
        moved = {name: text.replace(str(outputs), storage.address) for name, text in texts.items()}
        return replace(result, failure=Failure(**moved))
    return result


def _build_here(asked: CommuneBuild, progress: Progress | None, inputs: Inputs | None) -> BuildResult:
    """Build, and once more when the store was renewed in the meantime: it may have failed, or read both."""
    from helpers import store

    former = (paths.store_folder(), store.reopen(paths.store_folder()))
    result = _build_from_store(asked, progress, inputs)
    if (paths.store_folder(), store.reopen(paths.store_folder())) == former:
        return result
    again = _build_from_store(asked, progress, None)
    # The same tables written again: there was nothing more to do.
    last = again if again.rebuilt or again.failure or again.without else result
    return replace(last, seconds=result.seconds + again.seconds)


def _build_from_store(asked: CommuneBuild, progress: Progress | None, inputs: Inputs | None) -> BuildResult:
    # Loaded where a commune is built, which may be another machine.
    from helpers.parameters import load_parameters
    from helpers.publication.pages import commune as diagnostic

    start = time.monotonic()

    def report(theme: str, state: str) -> None:
        if progress is not None:
            progress(asked.place, theme, state)

    try:
        report("", "préparation")
        parameters, found = load_parameters(f"insee:{asked.place.code}", lot=asked.parameters)
        parameters = diagnostic.date(parameters, found)
        todo = diagnostic.plan(
            parameters, found, request=asked.request, outputs=asked.outputs, inputs=inputs, force=asked.force
        )
        if not todo.is_fresh:
            diagnostic.build(
                parameters,
                found,
                outputs=asked.outputs,
                todo=todo,
                limits=asked.limits,
                jobs=asked.at_once,
                progress=report,
            )
    except Stopped:
        raise
    except NoDiagnosticError as error:
        return BuildResult(asked.place, time.monotonic() - start, without=" ".join(error.message.split()))
    except Exception as error:
        # Bugs included: the other communes are built, and the end of the batch reports this one.
        return BuildResult(asked.place, time.monotonic() - start, failure=describe_failure(asked, error))
    return BuildResult(
        asked.place,
        time.monotonic() - start,
        themes=tuple(theme_of(stem) for stem in todo.stale),
        whole=len(todo.stale) == len(todo.books),
        rebuilt=not todo.is_fresh,
    )


def describe_failure(asked: CommuneBuild, error: BaseException) -> Failure:
    """Describe why a commune could not be built, in French."""
    known = Failure(asked.place.code, asked.place.label, asked.lot)
    if isinstance(error, DiagnosticError):
        names = ("theme", "heading", "exception", "message", "remedy", "partial")
        return replace(known, **{name: getattr(error, name, "") for name in names})
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = "".join(f" ({Path(frame.filename).name}, ligne {frame.lineno})" for frame in last)
    exception = f"{type(error).__name__}: {error}{where}"
    message = f"{asked.place.label} : erreur imprévue, {exception}"
    return replace(known, exception=exception, message=message)
