"""Build many communes: a job for each, on any executor of `concurrent.futures`; a failure never stops the others.

Jobs and results are small values that cross the borders of processes and machines: the same code runs on threads over
the fork server, or on a cluster.
"""

from __future__ import annotations

import json
import math
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path

from helpers.errors import BuildError, DiagnosticError, ParameterError
from helpers.parameters import Layer
from helpers.publication import manifest, selection
from helpers.publication.failures import FAILURES, Failure, failed, unreadable
from helpers.publication.manifest import Inputs
from helpers.publication.selection import Batch, Place
from helpers.publication.storage import Storage

_DURATIONS = "durees.json"
# What a batch writes beside the diagnostics.
OWN = (FAILURES, _DURATIONS, "index.html")

# Told the commune, the theme and its state.
Tell = Callable[[Place, str, str], None]


@dataclass(frozen=True)
class Job:
    """One commune to build."""

    place: Place
    outputs: Path
    # The lot it is built with: its name, and its parameters with the key of their file.
    lot: str = ""
    parameters: Layer | None = None
    key: str = ""
    # What `execute` takes to bound a notebook: `timeout` in seconds, `memory` in megabytes.
    limits: Mapping[str, int] = field(default_factory=dict)
    force: bool = False
    # Where its diagnostic is published, when elsewhere than under `outputs`, which then only has the manifests.
    address: str = ""
    # How many of its notebooks run at once.
    at_once: int = 1

    @property
    def folder(self) -> Path:
        """Where its diagnostic is."""
        return self.outputs / self.place.slug

    @property
    def request(self) -> list[str]:
        """The keys of the files that its parameters come from."""
        return manifest.request(self.place.slug, lot=self.key)


@dataclass(frozen=True)
class Result:
    """What became of a job."""

    place: Place
    seconds: float
    # The themes executed, and whether they are all those of the diagnostic.
    themes: tuple[str, ...] = ()
    whole: bool = False
    failure: Failure | None = None


class Stopped(Exception):  # noqa: N818
    """Raised by `tell` to leave a commune between two notebooks."""


def is_fresh(job: Job, inputs: Inputs) -> bool:
    """True when the diagnostic is that of today's inputs: nothing is to be read further, nor loaded."""
    return (
        not job.force
        and manifest.compare(
            job.folder,
            code=job.place.code,
            books=manifest.notebooks(),
            request=job.request,
            inputs=inputs,
            trusted=bool(job.address),
        ).is_fresh
    )


def build_one(job: Job, tell: Tell | None = None, inputs: Inputs | None = None) -> Result:
    """Build one commune, alone; the result says why when it fails.

    `inputs` are those of the whole batch, where jobs share a process: nothing is looked at twice.

    Raises:
        Stopped: `tell` did.
    """
    return _build_away(job, tell, inputs) if job.address else _build_here(job, tell, inputs)


def _build_away(job: Job, tell: Tell | None, inputs: Inputs | None) -> Result:
    """Build from a copy of the former diagnostic, in a temporary folder, then publish at the address of the job."""
    start, slug = time.monotonic(), job.place.slug
    with tempfile.TemporaryDirectory(prefix="diagnostic-") as name:
        outputs = Path(name)
        try:
            storage = Storage(job.address)
            storage.fetch_diagnostic(slug, outputs)
            result = _build_here(replace(job, outputs=outputs, address=""), tell, inputs)
            kept = [str(path.relative_to(outputs)) for path in outputs.glob(f"_echecs/{slug}/*")]
            storage.send(kept, outputs)
            # Pages may have been made again without any notebook.
            if result.failure is None:
                storage.publish(slug, outputs)
        except DiagnosticError as error:
            return Result(job.place, time.monotonic() - start, failure=_failure(job, error))
    if result.failure is not None:
        told = {
            name: text.replace(str(outputs), storage.address) for name, text in asdict(result.failure).items()
        }
        return replace(result, failure=Failure(**told))
    return result


def _build_here(job: Job, tell: Tell | None, inputs: Inputs | None) -> Result:
    # Loaded where a commune is built, be it another machine.
    from helpers.parameters import load_parameters
    from helpers.publication import commune as diagnostic

    start = time.monotonic()

    def progress(theme: str, state: str) -> None:
        if tell is not None:
            tell(job.place, theme, state)

    try:
        progress("", "préparation")
        parameters, found = load_parameters(f"insee:{job.place.code}", lot=job.parameters)
        parameters = diagnostic.date(parameters, found)
        todo = diagnostic.plan(
            parameters, found, request=job.request, outputs=job.outputs, inputs=inputs, force=job.force
        )
        if not todo.is_fresh:
            diagnostic.build(
                parameters,
                found,
                outputs=job.outputs,
                todo=todo,
                limits=job.limits,
                jobs=job.at_once,
                progress=progress,
            )
    except Stopped:
        raise
    except Exception as error:
        # Whatever it is, bugs included: the other communes are built, and the end tells of this one.
        return Result(job.place, time.monotonic() - start, failure=_failure(job, error))
    return Result(
        job.place,
        time.monotonic() - start,
        themes=tuple(manifest.theme_of(stem) for stem in todo.stale),
        whole=len(todo.stale) == len(todo.books),
    )


def _failure(job: Job, error: BaseException) -> Failure:
    known = Failure(job.place.code, job.place.label, job.lot)
    if isinstance(error, DiagnosticError):
        details = {
            name: getattr(error, name, "")
            for name in ("theme", "heading", "exception", "message", "remedy", "partial")
        }
        return Failure(**asdict(known) | details)
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = "".join(f" ({Path(frame.filename).name}, ligne {frame.lineno})" for frame in last)
    exception = f"{type(error).__name__}: {error}{where}"
    return Failure(
        **asdict(known)
        | {"exception": exception, "message": f"{job.place.label} : erreur imprévue, {exception}"}
    )


def run(
    jobs: Iterable[Job],
    *,
    executor: Executor,
    width: int | Callable[[], int],
    tell: Tell | None = None,
    inputs: Inputs | None = None,
) -> Iterator[Result]:
    """The results of jobs, as they come. At most `width` are handed over at once, whatever their number.

    `width` is asked for each time when it may change; one job is handed over even where nobody can run it yet.
    `tell` and `inputs` are for an executor of this process: they do not leave it.
    """
    shared = (tell, inputs) if tell or inputs else ()
    queue = iter(jobs)
    running: dict[Future[Result], Job] = {}
    try:
        while True:
            room = max(width() if callable(width) else width, 1) - len(running)
            for job in islice(queue, max(room, 0)):
                running[executor.submit(build_one, job, *shared)] = job
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                job = running.pop(future)
                error = future.exception()
                yield Result(job.place, 0, failure=_failure(job, error)) if error else future.result()
    finally:
        for future in running:
            future.cancel()


@dataclass
class Tally:
    """What became of a batch, told as it goes."""

    total: int
    fresh: int = 0
    built: int = 0
    failures: list[Failure] = field(default_factory=list)
    durations: dict[str, float] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)

    @property
    def is_complete(self) -> bool:
        """True when every commune was reached."""
        return len(self.reached) == self.total

    def skip(self, place: Place) -> None:
        """Count a commune that is up to date."""
        self.reached.add(place.code)
        self.fresh += 1

    def add(self, result: Result) -> None:
        """Count a result."""
        self.reached.add(result.place.code)
        if result.failure is not None:
            self.failures.append(result.failure)
        elif result.themes:
            self.built += 1
        else:
            self.fresh += 1
        if result.whole and result.failure is None:
            self.durations[result.place.code] = round(result.seconds, 2)


def jobs_of(
    batch: Batch,
    *,
    outputs: Path,
    address: str = "",
    limits: Mapping[str, int] | None = None,
    force: bool = False,
) -> list[Job]:
    """A job for each commune of a lot."""
    return [
        Job(place, outputs, batch.name, batch.parameters, batch.key, limits or {}, force, address)
        for place in batch.places
    ]


def order(jobs: Iterable[Job], *, outputs: Path) -> list[Job]:
    """The longest first, so that none is left alone at the end: by last known duration, else by population.

    What was never built comes first: nothing tells how long it will take.
    """
    known = _durations(outputs)
    people = selection.populations()

    def rank(job: Job) -> tuple[float, float, str]:
        code = job.place.code
        return (-known.get(code, math.inf), -people.get(code, 0), code)

    return sorted(jobs, key=rank)


def share(jobs: Sequence[Job], *, width: int) -> list[Job]:
    """The same jobs, of which `width` run at once: the last round, when it has fewer, runs several notebooks of each."""
    last = len(jobs) % width or width
    return [*jobs[:-last], *(replace(job, at_once=width // last) for job in jobs[-last:])]


def check_outputs(outputs: Path) -> None:
    """Insist that outputs can be written, before any commune is built.

    Raises:
        BuildError: they cannot.
    """
    with writing(outputs):
        outputs.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=outputs, prefix=".essai-") as file:
            file.write(b"\n")


class writing:  # noqa: N801
    """Turn what the disk refuses into an error for the reader."""

    def __init__(self, outputs: Path) -> None:
        self._outputs = outputs

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise BuildError(
                f"Impossible d'écrire sous {self._outputs} ({error}).",
                remedy="Vérifiez les droits et la place disponible.",
            ) from error


def conclude(tally: Tally, *, outputs: Path, trusted: bool = False) -> None:
    """Write the index of the diagnostics, how long each took, and the failures; their file goes when there is none.

    Failures of a former batch remain for the communes that this one, interrupted, has not reached. `trusted`: the
    outputs have the manifests alone.

    Raises:
        BuildError: the outputs cannot be written.
    """
    from helpers.publication import site

    former = [] if tally.is_complete else _former(outputs)
    failures = [*tally.failures, *(failure for failure in former if failure.commune not in tally.reached)]
    with writing(outputs):
        if failures:
            lines = [json.dumps(asdict(failure), ensure_ascii=False) + "\n" for failure in failures]
            manifest.write(outputs / FAILURES, "".join(lines))
        else:
            (outputs / FAILURES).unlink(missing_ok=True)
        if tally.durations:
            durations = _durations(outputs) | tally.durations
            manifest.write(outputs / _DURATIONS, json.dumps(durations, indent=0, sort_keys=True) + "\n")
        site.publish(outputs, trusted=trusted)


def _former(outputs: Path) -> list[Failure]:
    try:
        return failed(outputs)
    except ParameterError:
        # It is about to be written anew: what cannot be read in it is of no use to anyone.
        return []


def retry(
    failures: Iterable[Failure],
    *,
    outputs: Path,
    address: str = "",
    limits: Mapping[str, int] | None = None,
) -> list[Job]:
    """A job for each commune that failed, with the parameters of the lot that it was built with.

    Raises:
        ParameterError: a lot or a commune is no more.
    """
    failures = list(failures)
    places = {place.code: place for place in selection.places([failure.commune for failure in failures])}
    batches = {
        name: selection.load(name) for name in sorted({failure.lot for failure in failures if failure.lot})
    }
    jobs = []
    for failure in failures:
        if failure.commune not in places:
            raise unreadable(f"commune {failure.commune!r} inconnue")
        batch = batches.get(failure.lot, Batch("", []))
        place = places[failure.commune]
        jobs.append(
            Job(place, outputs, failure.lot, batch.parameters, batch.key, limits or {}, address=address)
        )
    return jobs


def _durations(outputs: Path) -> dict[str, float]:
    """The seconds that communes took last time, by code; nothing where nobody knows."""
    try:
        known = json.loads((outputs / _DURATIONS).read_text(encoding="utf-8"))
        return {str(code): float(seconds) for code, seconds in known.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
