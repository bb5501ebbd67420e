"""The fingerprints of what diagnostics are made from."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from helpers import paths
from helpers.publication.files import hash_file, hash_values, short
from helpers.publication.incremental import code
from helpers.publication.incremental.keys import TABLE, VERSION, key_of, path_of

# Key -> fingerprint.
Fingerprint = Callable[[str], str]

_VERSIONS = {f"{VERSION}python": platform.python_version, f"{VERSION}helpers": lambda: version("helpers")}
_LOCK = "requirements.txt"


class Inputs:
    """What diagnostics are made from, each thing looked at once: for one command, however many communes."""

    def __init__(self) -> None:
        self._fingerprints: dict[str, str] = {}

    def current(self) -> Inputs:
        """Return these, or others to be looked at anew when the store has been renewed since."""
        return self if _read_index(paths.store_folder()) == self._store else Inputs()

    def seen_from(self, code: str) -> Fingerprint:
        """Return the function that gives fingerprints for a commune: tables may have been fetched for it alone.

        Without a code, they are those of a commune for which nothing was.
        """
        place = paths.fetched_folder(code)
        has_own = bool(code) and place.is_dir()
        fetched = _read_index(place) | {"": hash_file(place / "notes.json")} if has_own else {}

        def fingerprint(key: str) -> str:
            if key.startswith("params/"):
                # One file for each commune: remembering them would grow with the batch.
                return self._look(key)
            if key not in self._fingerprints:
                self._fingerprints[key] = self._look(key)
            if not key.startswith(TABLE) or not fetched:
                return self._fingerprints[key]
            return hash_values([self._fingerprints[key], fetched.get(key.removeprefix(TABLE)), fetched[""]])

        return fingerprint

    def tables(self) -> list[str]:
        """List the keys of every table of the store."""
        return [f"{TABLE}{name}" for name in self._store]

    def reads_of(self, notebook: Path) -> list[str]:
        """List the keys of what a notebook is executed from, except its tables, which it declares once executed.

        The modules are all those that any notebook may import: a module that is not run this time may be the next, and
        one that the engine has loaded before counts too.
        """
        return sorted({key_of(notebook), *self._executed})

    @cached_property
    def _executed(self) -> list[str]:
        return [_LOCK, f"{VERSION}python", *code.list_keys(without=code.NOT_EXECUTED)]

    @cached_property
    def layout(self) -> list[str]:
        """List the keys of what the pages are made from, beside executed notebooks."""
        return sorted({_LOCK, *_VERSIONS, *code.list_keys(without=code.NOT_IN_PAGES)})

    @cached_property
    def _store(self) -> dict[str, str]:
        return _read_index(paths.store_folder())

    def _look(self, key: str) -> str:
        if key.startswith(TABLE):
            return short(self._store.get(key.removeprefix(TABLE), ""))
        if key in _VERSIONS:
            return _VERSIONS[key]()
        # A manifest of elsewhere may name a device, which would never end.
        return short(hash_file(path)) if (path := path_of(key)).is_file() else ""


def _read_index(store: Path) -> dict[str, str]:
    """Read the hash of every table of a store; nothing where it cannot be read: opening the store will say why."""
    try:
        index = json.loads((store / "tables.json").read_text(encoding="utf-8"))
        return {name: record["sha256"] for name, record in index.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
