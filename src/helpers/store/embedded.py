"""Build the embedded store from the official files: `make embedded`.

Real figures come first (origin `insee`); what no file at hand gives for the communes of the Métropole
Européenne de Lille is simulated (origin `demonstration`) in agreement with every real total.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from helpers import paths, schemas, store
from helpers.simulation import demonstration
from helpers.sources import outlines, published, readers
from helpers.sources.files import locate
from helpers.sources.registry import find_source, load_registry
from helpers.store import today
from helpers.store.consolidation import consolidate, first_values
from helpers.store.geography import Geography
from helpers.store.parts import write_part

MEL = "200093201"

# The tables of published pages that are read, here or by the simulation.
_CALIBRATING = r"(?:POP T[013]|LOG T[1-6](?!bis)|LOG1 .ens|FAM T1|FAM G1|PRINC)"

# First rank wins where two files give the same value.
_PRIORITY = [
    "comparateur_2018", "rp_2021", "rp_2018", "rp_2012", "populations_municipales_2013_2021",
    "populations_legales_2022", "communes_2026", "sitadel_2024", "filosofi_2021_extrait", "filosofi_2019", "rpls_2024",
    "lovac_2025_taux",
]  # fmt: skip
# Pages read for the country, then for the metropolis alone: the second file has communes of all France.
PUBLISHED = ["publie", "publie_2"]
# Every official file that the store is made from.
FILES = [*_PRIORITY, *PUBLISHED, *today.FILES, "contours_nord_2018"]


def build(sources: Path, destination: Path, *, report: Callable[[str], None] | None = None) -> dict[str, int]:
    """Read the official files under `sources`, write the store under `destination`; rows by table.

    `report` receives the sentences about the list of communes and what leads to it.

    Raises:
        SourceError: an official file is missing or not of the expected form.
        StoreError: a table does not have the store's form.
    """
    files = {identifier: readers.read(find_source(identifier), sources) for identifier in _PRIORITY}
    geography, notes = today.draw_up(sources, files)
    if report is not None:
        report("\n".join(notes))
    communes = geography.territories
    members = communes.loc[communes["epci"] == MEL, "code"].tolist()
    facts = {identifier: published.read(_path(sources, identifier)) for identifier in PUBLISHED}
    facts["publie_2"] = facts["publie_2"][facts["publie_2"]["territory_code"].isin(members)]
    printed = {name: published.select(read, path=_path(sources, name)) for name, read in facts.items()}
    pages = pd.concat([listed for _, listed in printed.values()]).drop_duplicates("id")
    calibrating = pd.concat(facts.values(), ignore_index=True)
    destination.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=destination, prefix=".ecriture-") as temporary:
        writing = _Writing(Path(temporary), geography)
        for identifier, tables in files.items():
            writing.add(identifier, tables)
        for identifier, (tables, _) in printed.items():
            writing.add(identifier, tables)
        simulated = demonstration.simulate(writing.values_of(members), calibrating, communes=members)
        origin = {"origin": "demonstration"}
        writing.add("demonstration", {name: frame.assign(**origin) for name, frame in simulated.items()})
        written: dict[str, pd.DataFrame | Path] = {name: writing.consolidate(name) for name in schemas.TABLES}
        reference = {
            "territories": geography.territories,
            "former_communes": geography.former,
            "movements": geography.events,
            "sources": _sources(pages),
            "outlines": outlines.read(
                _path(sources, "contours_nord_2018"), source=find_source("contours_nord_2018")
            ),
            "postal_codes": files["communes_2026"]["postal_codes"],
        }
        checked = {name: schemas.validate(frame, table=name) for name, frame in reference.items()}
        store.write(written | checked, destination)
    _write_published(calibrating, destination / "published_facts.csv")
    return writing.rows | {name: len(frame) for name, frame in checked.items()}


class _Writing:
    """The parts of a store being written: what each source gives, in order."""

    def __init__(self, folder: Path, geography: Geography) -> None:
        self._folder, self._geography = folder, geography
        self._parts: dict[str, list[Path]] = {name: [] for name in schemas.TABLES}
        self.rows: dict[str, int] = {}

    def add(self, identifier: str, tables: Mapping[str, pd.DataFrame]) -> None:
        """Write what a source gives, after those added before it."""
        for name in schemas.TABLES:
            if name not in tables or tables[name].empty:
                continue
            path = self._folder / f"{identifier}-{name}.part"
            write_part(
                tables[name],
                path,
                table=name,
                source=find_source(identifier),
                geography=self._geography,
                temporary=self._folder,
            )
            self._parts[name].append(path)

    def values_of(self, codes: list[str]) -> dict[str, pd.DataFrame]:
        """Read the values of some communes, in the tables that have any."""
        frames = {
            name: first_values(name, parts, codes=codes, temporary=self._folder)
            for name, parts in self._parts.items()
            if parts
        }
        return {name: frame.drop(columns="origin") for name, frame in frames.items()}

    def consolidate(self, table: str) -> Path:
        """Write a table of the store."""
        path = self._folder / f"{table}.table"
        self.rows[table] = consolidate(
            table,
            self._parts[table],
            path,
            geography=self._geography,
            temporary=self._folder,
            # Where nobody lives, some files have no row of the homes.
            population=self._folder / "population.table" if table == "dwellings" else None,
        )
        return path


def _write_published(facts: pd.DataFrame, path: Path) -> None:
    """Write the published figures that the store takes or is calibrated on, each with its address."""
    used = facts["source_table"].str.match(_CALIBRATING)
    columns = [column for column in facts.columns if column not in ("unit", "note")]
    with paths.replacing(path) as aside:
        facts.loc[used, columns].to_csv(aside, sep=";", index=False, lineterminator="\n")


def _path(sources: Path, identifier: str) -> Path:
    return locate(find_source(identifier), sources)


def _sources(pages: pd.DataFrame) -> pd.DataFrame:
    """List the sources that values refer to: the registry's files, then the published pages."""
    files = pd.DataFrame(
        [
            source.model_dump(include={"id", "citation", "exploitation", "vintage", "geography", "page"})
            for source in load_registry().values()
        ]
    )
    return pd.concat([files, pages], ignore_index=True)[
        ["id", "citation", "exploitation", "vintage", "geography", "page"]
    ]
