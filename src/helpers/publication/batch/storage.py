"""Folders at an address (`s3://bucket/prefix`, any that fsspec knows): diagnostics published there, a store read there.

A storage of objects cannot replace a folder at once. The manifest of a diagnostic is removed first and sent last:
without it nothing is deemed built, and what was interrupted is built again.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.errors import BuildError, DiagnosticError, ParameterError, StoreError, quote
from helpers.publication.files import hash_file, is_inside
from helpers.publication.incremental.manifest import MANIFEST, list_shared, read_record

_INDEX = "tables.json"
# Manifests read in one request, and files sent at once.
_AT_ONCE, _SENT = 500, 8


def is_address(text: str) -> bool:
    """Tell an address (`s3://bucket`) from the path of a folder."""
    return "://" in text


class Storage:
    """A folder at an address."""

    def __init__(self, address: str) -> None:
        """Parse the address, without reaching it.

        Raises:
            ParameterError: it cannot be one, or what reads its kind is not installed.
        """
        import fsspec

        kind, _, place = address.partition("://")
        try:
            self._files, root = fsspec.core.url_to_fs(address)
        except ImportError as error:
            raise ParameterError(
                f"{quote(address)} : il manque de quoi lire les adresses {kind}:// ({error}).",
                remedy="Installez-le ici et sur chaque machine : make s3 (s3://) ; "
                ".venv/bin/python -m pip install gcsfs (gs://) ou adlfs (az://).",
            ) from error
        except Exception as error:
            raise _malformed(address, str(error)) from error
        self._root = str(root).rstrip("/")
        if not place.strip("/") or not self._root:
            raise _malformed(address, "le dossier manque")
        self.address = address.rstrip("/")

    def check(self) -> None:
        """Check that files can be written there, before any commune is built.

        Raises:
            BuildError: they cannot.
        """
        trial = f"{self._root}/.essai-{os.urandom(8).hex()}"
        with self._reached("d'écrire sous"):
            self._files.makedirs(self._root, exist_ok=True)
            self._files.pipe_file(trial, b"\n")
            self._files.rm_file(trial)

    def list_diagnostics(self) -> list[str]:
        """List the slugs of the communes that have a manifest there.

        Raises:
            BuildError: the address cannot be read.
        """
        with self._reached("de lire"):
            self._files.invalidate_cache()
            found = self._files.glob(f"{self._root}/*/{MANIFEST}")
        return sorted(str(path).split("/")[-2] for path in found)

    def fetch(self, names: Iterable[str], folder: Path) -> None:
        """Copy files into a folder, under the same names; those that are not there are left out.

        Raises:
            BuildError: the address cannot be read.
        """
        names = self._checked(names)
        for start in range(0, len(names), _AT_ONCE):
            asked = {f"{self._root}/{name}": name for name in names[start : start + _AT_ONCE]}
            with self._reached("de lire"):
                found = self._files.cat(list(asked), on_error="return")
                contents = found if isinstance(found, dict) else {next(iter(asked)): found}
                for path, content in contents.items():
                    if isinstance(content, FileNotFoundError):
                        continue
                    if isinstance(content, Exception):
                        raise content
                    target = folder / _name_in(asked, str(path))
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content)

    def fetch_manifests(self, slugs: Iterable[str], folder: Path) -> None:
        """Copy the manifests of communes into a folder, with what they share.

        Raises:
            BuildError: the address cannot be read.
        """
        slugs = list(slugs)
        self.fetch([f"{slug}/{MANIFEST}" for slug in slugs], folder)
        self.fetch(list_shared(folder / slug for slug in slugs), folder)

    def fetch_diagnostic(self, slug: str, folder: Path) -> None:
        """Copy the diagnostic of a commune into `folder/<slug>`: the files and folders that its manifest lists.

        Raises:
            BuildError: the address cannot be read.
        """
        self.fetch_manifests([slug], folder)
        if record := read_record(folder / slug):
            # What an output holds, when it is a folder, is not named one by one.
            start = f"{slug}/"
            there = [name for name in self._list(slug) if name.startswith(start)]
            self.fetch(
                [name for name in there if name.removeprefix(start).split("/")[0] in record.outputs], folder
            )

    def send(self, names: Iterable[str], folder: Path) -> None:
        """Copy files from a folder, under the same names; those that the folder no longer has go.

        Raises:
            BuildError: the address cannot be written.
        """

        def send_one(name: str) -> None:
            target = f"{self._root}/{name}"
            if (folder / name).is_file():
                self._files.makedirs(target.rpartition("/")[0], exist_ok=True)
                self._files.pipe_file(target, (folder / name).read_bytes())
            elif self._files.exists(target):
                self._files.rm_file(target)

        with self._reached("d'écrire sous"):
            # Files are small: most of the time is spent waiting for the network.
            with ThreadPoolExecutor(_SENT) as pool:
                list(pool.map(send_one, self._checked(names)))
            self._files.invalidate_cache()

    def publish(self, slug: str, folder: Path) -> None:
        """Put the diagnostic of `folder/<slug>` in place of the former one, its manifest last.

        Raises:
            BuildError: the address cannot be written; a diagnostic without manifest is then to be built again.
        """
        last = f"{slug}/{MANIFEST}"
        files = sorted(str(path.relative_to(folder)) for path in (folder / slug).rglob("*") if path.is_file())
        former = self._list(slug)
        if last in former:
            with self._reached("d'écrire sous"):
                self._files.rm_file(f"{self._root}/{last}")
        shared = list_shared([folder / slug])
        self.send([*shared, *(name for name in {*files, *former} if name != last)], folder)
        self.send([last], folder)

    def _list(self, slug: str) -> list[str]:
        """List the files that are there of a commune."""
        with self._reached("de lire"):
            return [str(path)[len(self._root) + 1 :] for path in self._files.find(f"{self._root}/{slug}")]

    def _checked(self, names: Iterable[str]) -> list[str]:
        """Insist on names that stay in the folder: they may come from the address, where others write.

        Raises:
            BuildError: one is absolute, or goes up.
        """
        names = list(names)
        if hostile := [name for name in names if not is_inside(name)]:
            raise BuildError(
                f"{self.address} nomme un fichier hors de son dossier : {hostile[0][:80]!r}. Rien n'est lu ni écrit.",
                remedy="Quelqu'un d'autre y écrit : vérifiez qui en a le droit, effacez ce qui n'est pas à vous.",
            )
        return names

    @contextmanager
    def _reached(self, deed: str) -> Iterator[None]:
        """Turn the errors of a storage, which depend on its kind, into an error for the reader."""
        try:
            yield
        except DiagnosticError:
            raise
        except Exception as error:
            reason = " ".join(str(error).split()) or "sans explication"
            raise BuildError(
                f"Impossible {deed} {self.address} ({type(error).__name__} : {reason}).",
                remedy="Vérifiez l'adresse, vos droits et vos identifiants, ici et sur chaque machine.",
            ) from error


def _name_in(asked: dict[str, str], path: str) -> str:
    """Find the name that was asked for, whatever the storage puts before the path in its answer."""
    return asked[path] if path in asked else next(n for p, n in asked.items() if path.endswith(p))


def _malformed(address: str, why: str) -> ParameterError:
    return ParameterError(
        f"{quote(address)} n'est pas une adresse utilisable : {why}.",
        remedy="Donnez un dossier, ou une adresse comme s3://compartiment/dossier.",
    )


def bring_store() -> None:
    """Copy the store to the caches of this machine when `HELPERS_STORE` is an address.

    Tables already there, by their hashes, are not copied again. Safe from several processes at once.

    Raises:
        StoreError: the store cannot be read, or a table is not the one that its index describes.
        ParameterError: the address cannot be one.
    """
    if not (address := paths.store_address()):
        return
    folder = paths.store_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".copie-") as name:
            _copy_store(Storage(address), folder, aside=Path(name))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, BuildError) as error:
        reason = error.message if isinstance(error, BuildError) else str(error)
        raise StoreError(
            f"Magasin de données illisible : {address} ({reason}).",
            remedy=f"Vérifiez HELPERS_STORE : l'adresse d'un dossier qui contient {_INDEX}.",
        ) from error


def _copy_store(storage: Storage, folder: Path, *, aside: Path) -> None:
    storage.fetch([_INDEX], aside)
    index: dict[str, Any] = json.loads((aside / _INDEX).read_text(encoding="utf-8"))
    for table, record in index.items():
        path = folder / f"{table}.parquet"
        if path.parent != folder or not is_inside(path.name):
            raise ValueError(f"{_INDEX} nomme une table hors de son dossier, {table[:80]!r}")
        if path.is_file() and hash_file(path) == record["sha256"]:
            continue
        storage.fetch([path.name], aside)
        if hash_file(aside / path.name) != record["sha256"]:
            raise ValueError(f"{path.name} n'est pas la table que décrit {_INDEX}")
        (aside / path.name).replace(path)
    (aside / _INDEX).replace(folder / _INDEX)
