"""What downloading the official files of a selection takes, and becomes: one failure never stops the others."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from helpers.errors import NetworkError, SourceError
from helpers.sources.download import MIRROR, AbsentError, fetch, find_refused
from helpers.sources.files import find_file
from helpers.sources.registry import Source
from helpers.sources.transfer import Progress
from helpers.sources.verification import read_checksums


@dataclass(frozen=True)
class DownloadPlan:
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
        """How many files to download are of unknown size."""
        return sum(source.size is None for source in self.to_download)


@dataclass
class Outcome:
    """What became of a selection.

    `ready` are checked and can be read. `failures` gives the error of each of those that are not. `by_hand` have no
    known address (nor are they in the mirror). `trusted` were brought without any checksum known to compare
    with: that of the bytes received is recorded, and another edition will be refused. `unreached` were not tried, the
    network having been found out of reach: `network` says how.
    """

    ready: dict[str, Path] = field(default_factory=dict)
    failures: dict[str, SourceError] = field(default_factory=dict)
    by_hand: list[Source] = field(default_factory=list)
    unreached: list[Source] = field(default_factory=list)
    trusted: list[Source] = field(default_factory=list)
    network: NetworkError | None = None


def plan_downloads(selected: Iterable[Source], *, folder: Path, mirror: str | None = None) -> DownloadPlan:
    """Plan what bringing a selection to `folder` takes; `mirror` as in `fetch`: it may hold what has no address."""
    if mirror is None:
        mirror = os.environ.get(MIRROR)
    plan = DownloadPlan([], [], [])
    for source in selected:
        if find_file(source, folder) is not None or find_refused(source, folder) is not None:
            plan.at_hand.append(source)
        elif source.url or mirror:
            plan.to_download.append(source)
        else:
            plan.by_hand.append(source)
    return plan


def download_all(
    plan: DownloadPlan,
    *,
    folder: Path,
    mirror: str | None = None,
    watch: Callable[[Source], Progress] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Outcome:
    """Check the files at hand, then download the others, each in its turn.

    The first one that finds the network out of reach is the last one tried. `watch` gives what to call with
    the progress of each file about to be downloaded; other arguments as in `fetch`.
    """
    outcome = Outcome(by_hand=list(plan.by_hand))
    selected = [*plan.at_hand, *plan.to_download]
    for rank, source in enumerate(selected):
        progress = watch(source) if watch and rank >= len(plan.at_hand) else None
        try:
            is_known = bool(source.sha256 or read_checksums(folder).get(source.id))
            outcome.ready[source.id] = fetch(
                source, folder=folder, progress=progress, mirror=mirror, sleep=sleep
            )
            if not is_known:
                outcome.trusted.append(source)
        except NetworkError as error:
            outcome.network, outcome.unreached = error, selected[rank:]
            break
        except SourceError as error:
            if isinstance(error, AbsentError) and source.url is None:
                outcome.by_hand.append(source)
            else:
                outcome.failures[source.id] = error
    return outcome
