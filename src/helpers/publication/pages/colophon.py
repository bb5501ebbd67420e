"""The colophon of a page: the parameters, the vintages, the tables and the code that it was made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from helpers import french, paths, store
from helpers.parameters import Parameters
from helpers.publication.files import hash_values
from helpers.publication.incremental.plan import RebuildPlan
from helpers.territory.communes import Commune

# Enough of a hash to tell two states apart.
_SHORT = 10
_CENSUSES, _PYRAMIDS = "Recensements comparés", "Pyramides des âges"


@dataclass(frozen=True)
class Colophon:
    """What a diagnostic is made from; each page shows the part of it that its own notebook has read.

    `settings` are the labels and values of the parameters; `tables` the hash of every table of the store, followed by
    that of the one received for the commune alone; `vintages` the year of every source that has one, by identifier;
    `code` the hash of the code of every notebook, by stem; `geography` the year of the list of communes.
    """

    commune: str
    settings: tuple[tuple[str, str], ...]
    tables: Mapping[str, tuple[str, ...]]
    vintages: Mapping[str, int]
    code: Mapping[str, str]
    geography: int

    def describe(self, records: Iterable[Mapping[str, Any]], *, stems: Sequence[str]) -> dict[str, Any]:
        """Give the template what it shows of some notebooks (`stems`), from what their cells declare (`records`)."""
        records = list(records)
        read = read_tables(records)
        marks = {
            name: " + ".join(mark[:_SHORT] for mark in self.tables[name])
            for name in (self.tables if read is None else read)
            if name in self.tables
        }
        lines = [*self.settings, ("Date des données", self._date(records)), ("Code", self._version(stems))]
        return {"lines": [(label, french.typography(text)) for label, text in lines], "tables": marks}

    def summarise(self, records: Iterable[Mapping[str, Any]]) -> str:
        """Write one line for the documents: commune, vintages, state of the tables read, version of the code."""
        settings, tables = dict(self.settings), self.describe(records, stems=[])["tables"]
        return french.typography(
            f"{self.commune}, recensements {settings[_CENSUSES]}, pyramides {settings[_PYRAMIDS]}. "
            f"Données : état {hash_values(tables)[:_SHORT]} ; code : version {version('helpers')}."
        )

    def _date(self, records: Iterable[Mapping[str, Any]]) -> str:
        used = {identifier for record in records for identifier in record.get("sources", ())}
        years = sorted({self.vintages[identifier] for identifier in used if identifier in self.vintages})
        dated = [f"sources de {years[0]}" + (f" à {years[-1]}" if len(years) > 1 else "")] if years else []
        return " ; ".join([*dated, f"communes au 1er janvier {self.geography}"])

    def _version(self, stems: Sequence[str]) -> str:
        mark = hash_values({stem: self.code[stem] for stem in stems})[:_SHORT]
        return f"version {version('helpers')}, empreinte {mark}"


def gather(parameters: Parameters, commune: Commune, *, todo: RebuildPlan) -> Colophon:
    """Gather what the diagnostic of a commune is made from; its parameters are dated."""
    folder, fetched = paths.store_folder(), paths.fetched_folder(commune.code)
    own = store.hashes(fetched) if fetched.is_dir() else {}
    sources = store.read_sources(folder, fetched=store.find_fetched(commune.code)).dropna(subset="vintage")
    return Colophon(
        commune=commune.label,
        settings=(
            ("Commune", f"{commune.label}, code Insee {commune.code}"),
            *parameters.describe().items(),
        ),
        tables={
            name: (mark, own[name]) if name in own else (mark,)
            for name, mark in sorted(store.hashes(folder).items())
        },
        vintages=dict(zip(sources["id"], sources["vintage"].astype(int), strict=True)),
        code={book.stem: _hash_code(todo.inputs.reads_of(book), todo) for book in todo.books},
        geography=commune.geography,
    )


def read_tables(records: Iterable[Mapping[str, Any]]) -> list[str] | None:
    """List the tables of the store that notebooks declare to have read; nothing when they declare none."""
    declared = [record["tables"] for record in records if "tables" in record]
    return sorted(set().union(*declared)) if declared else None


def _hash_code(keys: Iterable[str], todo: RebuildPlan) -> str:
    """Hash a notebook and the modules and libraries that it may run, whatever the version of Python."""
    return hash_values({key: todo.fingerprint(key) for key in keys if not key.startswith("version:")})
