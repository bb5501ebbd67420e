"""Where the diagnostics of a batch go: a folder, or an address of which a folder has the manifests."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from helpers import paths
from helpers.errors import BuildError
from helpers.publication import files
from helpers.publication.batch.failures import FAILURES
from helpers.publication.batch.storage import Storage, is_address

DURATIONS = "durees.json"
# What a batch writes beside the diagnostics, and reads the next time.
BATCH_FILES = (FAILURES, DURATIONS, "index.html", "site/diagnostics.sqlite")


@dataclass(frozen=True)
class Destination:
    """A folder of diagnostics; with a storage, the diagnostics are at its address and the folder has manifests only."""

    folder: Path
    storage: Storage | None = None

    @property
    def address(self) -> str:
        """Return the address, empty for a folder."""
        return self.storage.address if self.storage else ""

    def fetch_manifests(self, slugs: Iterable[str] | None = None) -> None:
        """Copy the manifests of communes, all of them unless some are named, from the address to the folder.

        Nothing is to be copied when there is no address.

        Raises:
            BuildError: the address cannot be read.
        """
        if self.storage:
            slugs = self.storage.list_diagnostics() if slugs is None else slugs
            self.storage.fetch_manifests(slugs, self.folder)

    def send(self, names: Iterable[str]) -> None:
        """Copy files from the folder to the address, when there is one.

        Raises:
            BuildError: the address cannot be written.
        """
        if self.storage:
            self.storage.send(names, self.folder)


@contextmanager
def open_destination(outputs: str) -> Iterator[Destination]:
    """Open the place that `outputs` names: a folder, an address, `outputs/` when it is empty.

    Of an address, what a batch reads is copied, and no manifest.

    Raises:
        BuildError: it cannot be written.
        ParameterError: it cannot be an address.
    """
    if not is_address(outputs):
        folder = Path(outputs).absolute() if outputs else paths.OUTPUTS
        check_outputs(folder)
        yield Destination(folder)
        return
    storage = Storage(outputs)
    storage.check()
    with tempfile.TemporaryDirectory(prefix="diagnostic-") as name:
        destination = Destination(Path(name), storage)
        storage.fetch(BATCH_FILES, destination.folder)
        yield destination


@contextmanager
def alone(outputs: Path) -> Iterator[None]:
    """Build a batch in a folder until the end of the block, while no other does.

    Raises:
        BuildError: another batch builds there, and would build the same communes.
    """
    with writing(outputs):
        (outputs / "site").mkdir(parents=True, exist_ok=True)
    with files.holding(outputs / "site") as is_free:
        if not is_free:
            raise BuildError(
                f"Un autre lot est en cours sous {outputs} : rien n'est construit deux fois.",
                remedy="Attendez sa fin, puis relancez : seul ce qui manque sera fait ; ou donnez un autre dossier : "
                "sorties=….",
            )
        yield


def check_outputs(outputs: Path) -> None:
    """Check that outputs can be written, before any commune is built, and sweep what killed programs have left there.

    Raises:
        BuildError: they cannot.
    """
    with writing(outputs):
        outputs.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=outputs, prefix=".essai-") as file:
            file.write(b"\n")
        files.sweep(outputs)


@contextmanager
def writing(outputs: Path) -> Iterator[None]:
    """Turn what the disk refuses into an error for the reader.

    Raises:
        BuildError: the outputs cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise BuildError(
            f"Impossible d'écrire sous {outputs} ({error}).",
            remedy="Vérifiez les droits et la place disponible.",
        ) from error
