"""Bring the official files of a selection, one failure never stopping the others."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from helpers.errors import NetworkError, SourceError
from helpers.sources.download import MIRROR, AbsentError, Progress, fetch, find, find_refused
from helpers.sources.registry import Source


@dataclass(frozen=True)
class Plan:
    """What bringing a selection takes: files at hand, to download, and to drop by hand for want of an address."""

    at_hand: list[Source]
    to_download: list[Source]
    by_hand: list[Source]

    @property
    def size(self) -> int:
        """Bytes to download, of the files whose size is known."""
        return sum(source.size or 0 for source in self.to_download)

    @property
    def of_unknown_size(self) -> int:
        """How many files to download do not tell their size."""
        return sum(source.size is None for source in self.to_download)


@dataclass
class Outcome:
    """What became of a selection.

    `ready` are checked and can be read. `failures` gives the error of each of those that are not. `by_hand` have no
    known address (nor are they in the mirror). `unreached` were not tried, the network having been found out of
    reach: `network` says how.
    """

    ready: dict[str, Path] = field(default_factory=dict)
    failures: dict[str, SourceError] = field(default_factory=dict)
    by_hand: list[Source] = field(default_factory=list)
    unreached: list[Source] = field(default_factory=list)
    network: NetworkError | None = None


def plan(selected: Iterable[Source], *, folder: Path, mirror: str | None = None) -> Plan:
    """What bringing a selection to `folder` takes; `mirror` as in `fetch`: it may hold what has no address."""
    place = os.environ.get(MIRROR) if mirror is None else mirror
    made = Plan([], [], [])
    for source in selected:
        if find(source, folder) is not None or find_refused(source, folder) is not None:
            made.at_hand.append(source)
        elif source.url or place:
            made.to_download.append(source)
        else:
            made.by_hand.append(source)
    return made


def collect(
    planned: Plan,
    *,
    folder: Path,
    mirror: str | None = None,
    watch: Callable[[Source], Progress] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Outcome:
    """Check the files at hand, then download the others, each in its turn.

    The first one that finds the network out of reach is the last one tried. `watch` gives the progress to tell
    for each file about to be downloaded; other arguments as in `fetch`.
    """
    outcome = Outcome(by_hand=list(planned.by_hand))
    for source in planned.at_hand:
        _bring(source, outcome, folder=folder, mirror=mirror, progress=None, sleep=sleep)
    for rank, source in enumerate(planned.to_download):
        progress = watch(source) if watch else None
        try:
            _bring(source, outcome, folder=folder, mirror=mirror, progress=progress, sleep=sleep)
        except NetworkError as error:
            outcome.network = error
            outcome.unreached = planned.to_download[rank:]
            break
    return outcome


def _bring(
    source: Source,
    outcome: Outcome,
    *,
    folder: Path,
    mirror: str | None,
    progress: Progress | None,
    sleep: Callable[[float], None],
) -> None:
    try:
        outcome.ready[source.id] = fetch(source, folder=folder, progress=progress, mirror=mirror, sleep=sleep)
    except NetworkError:
        raise
    except SourceError as error:
        if isinstance(error, AbsentError) and source.url is None:
            outcome.by_hand.append(source)
        else:
            outcome.failures[source.id] = error
