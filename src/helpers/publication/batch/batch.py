"""Build many communes on any executor of `concurrent.futures`; a failure never stops the others."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path

from helpers import paths
from helpers.errors import DiagnosticError
from helpers.publication import selection
from helpers.publication.batch.commune_build import (
    BuildResult,
    CommuneBuild,
    Progress,
    build_one,
    describe_failure,
    is_fresh,
)
from helpers.publication.batch.destination import DURATIONS, writing
from helpers.publication.batch.failures import FAILURES, Failure, failed_where_known, unreadable
from helpers.publication.incremental.inputs import Inputs
from helpers.publication.selection import Batch, Place


@dataclass
class Tally:
    """What became of the communes of a batch, counted as it goes, and how it ended."""

    total: int
    fresh: int = 0
    built: int = 0
    failures: list[Failure] = field(default_factory=list)
    # Why each of those that can have no diagnostic has none.
    without: list[str] = field(default_factory=list)
    durations: dict[str, float] = field(default_factory=dict)
    # The slugs of those that were reached, by code.
    reached: dict[str, str] = field(default_factory=dict)
    interrupted: bool = False
    # The store was renewed during the batch: what was built before is to be built again.
    renewed: bool = False
    # What stopped it.
    error: DiagnosticError | None = None

    @property
    def is_complete(self) -> bool:
        """Tell whether every commune was reached."""
        return len(self.reached) == self.total

    def skip(self, place: Place) -> None:
        """Count a commune that is up to date."""
        self.reached[place.code] = place.slug
        self.fresh += 1

    def add(self, result: BuildResult) -> None:
        """Count a result."""
        self.reached[result.place.code] = result.place.slug
        if result.failure is not None:
            self.failures.append(result.failure)
        elif result.without:
            self.without.append(result.without)
        elif result.rebuilt:
            self.built += 1
        else:
            self.fresh += 1
        if result.whole and result.failure is None:
            self.durations[result.place.code] = round(result.seconds, 2)


def list_builds(
    batch: Batch,
    *,
    outputs: Path,
    address: str = "",
    limits: Mapping[str, int] | None = None,
    force: bool = False,
) -> list[CommuneBuild]:
    """List the builds of the communes of a lot."""
    return [
        CommuneBuild(
            place,
            outputs,
            lot=batch.name,
            parameters=batch.parameters,
            key=batch.key,
            limits=limits or {},
            force=force,
            address=address,
        )
        for place in batch.places
    ]


def skip_fresh(builds: Iterable[CommuneBuild], tally: Tally, inputs: Inputs) -> list[CommuneBuild]:
    """List the builds that are not up to date; count the others."""
    stale = []
    for asked in builds:
        if is_fresh(asked, inputs):
            tally.skip(asked.place)
        else:
            stale.append(asked)
    return stale


def order(builds: Iterable[CommuneBuild], *, outputs: Path) -> list[CommuneBuild]:
    """Put the longest first, so that none is left alone at the end: by last known duration, else by population.

    A commune that was never built comes first: nothing says how long it will take.
    """
    known = _durations(outputs)
    people = selection.populations()

    def rank(asked: CommuneBuild) -> tuple[float, float, str]:
        code = asked.place.code
        return (-known.get(code, math.inf), -people.get(code, 0), code)

    return sorted(builds, key=rank)


def share(builds: Sequence[CommuneBuild], *, width: int) -> list[CommuneBuild]:
    """Have the communes of the last round, when it is not full, run several notebooks at once.

    `width` builds run at once.
    """
    last = len(builds) % width or width
    return [*builds[:-last], *(replace(asked, at_once=width // last) for asked in builds[-last:])]


def run(
    builds: Iterable[CommuneBuild],
    *,
    executor: Executor,
    width: int | Callable[[], int],
    progress: Progress | None = None,
    inputs: Inputs | None = None,
) -> Iterator[BuildResult]:
    """Build communes and yield their results as they come.

    Args:
        builds: the communes.
        executor: what builds them.
        width: how many are handed over at once, at most; a function when it may change. One is handed over even when
            nobody can build it yet.
        progress: called with the commune, the theme and its state; for an executor of this process only.
        inputs: what diagnostics are made from; for an executor of this process only.
    """
    queue = iter(builds)
    running: dict[Future[BuildResult], CommuneBuild] = {}
    try:
        while True:
            room = max(width() if callable(width) else width, 1) - len(running)
            for asked in islice(queue, max(room, 0)):
                inputs = inputs.current() if inputs else None
                shared = (progress, inputs) if progress or inputs else ()
                running[executor.submit(build_one, asked, *shared)] = asked
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                asked = running.pop(future)
                error = future.exception()
                yield (
                    BuildResult(asked.place, 0, failure=describe_failure(asked, error))
                    if error
                    else future.result()
                )
    finally:
        for future in running:
            future.cancel()


def conclude(tally: Tally, *, outputs: Path, trusted: bool = False) -> list[str]:
    """Write the pages of the site, the durations, and the failures; their file goes when there is none.

    Failures of a former batch remain for the communes that this one, interrupted, has not reached. Every diagnostic is
    looked at again when the store was renewed. `trusted`: the outputs have the manifests only. Returns the names of
    the files of the site.

    Raises:
        BuildError: the outputs cannot be written.
    """
    from helpers.publication.pages import site

    former = [] if tally.is_complete else failed_where_known(outputs)
    failures = [*tally.failures, *(failure for failure in former if failure.commune not in tally.reached)]
    with writing(outputs):
        if failures:
            lines = [json.dumps(asdict(failure), ensure_ascii=False) + "\n" for failure in failures]
            paths.write(outputs / FAILURES, "".join(lines))
        else:
            (outputs / FAILURES).unlink(missing_ok=True)
        if tally.durations:
            durations = _durations(outputs) | tally.durations
            paths.write(outputs / DURATIONS, json.dumps(durations, indent=0, sort_keys=True) + "\n")
        if tally.renewed:
            return site.write(site.list_entries(outputs, trusted=trusted), outputs)
        return site.update(tally.reached, outputs, trusted=trusted)


def retry(
    failures: Iterable[Failure],
    *,
    outputs: Path,
    address: str = "",
    limits: Mapping[str, int] | None = None,
) -> list[CommuneBuild]:
    """List the builds of communes that failed, with the parameters of the lot that each was built with.

    Raises:
        ParameterError: a lot or a commune no longer exists.
    """
    failures = list(failures)
    places = {place.code: place for place in selection.places([failure.commune for failure in failures])}
    lots = {
        name: selection.load(name) for name in sorted({failure.lot for failure in failures if failure.lot})
    }
    builds = []
    for failure in failures:
        if failure.commune not in places:
            raise unreadable(f"commune {failure.commune!r} inconnue")
        lot = lots.get(failure.lot, Batch("", []))
        one = replace(lot, name=failure.lot, places=[places[failure.commune]])
        builds += list_builds(one, outputs=outputs, address=address, limits=limits)
    return builds


def _durations(outputs: Path) -> dict[str, float]:
    """Read the seconds that communes took last time, by code; nothing where they cannot be read."""
    try:
        known = json.loads((outputs / DURATIONS).read_text(encoding="utf-8"))
        return {str(code): float(seconds) for code, seconds in known.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
