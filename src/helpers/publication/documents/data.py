"""The data of a diagnostic: a CSV file for each exhibit, a workbook and an archive of them all."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import french, ledger, materials, paths, spreadsheet, store
from helpers.parameters import Parameters
from helpers.publication.documents import workbook
from helpers.publication.documents.built import name_of
from helpers.publication.files import pack
from helpers.territory.communes import Commune


def write_data(
    exhibits: Sequence[Mapping[str, Any]],
    parameters: Parameters,
    commune: Commune,
    *,
    figures: pd.DataFrame,
    provenance: str,
    folder: Path,
) -> None:
    """Write in `folder` the data of every exhibit: CSV files in `donnees/`, one workbook, one archive.

    `exhibits` are records of exhibits (`name, title, csv, sources, demonstration`) with the title of their `part`; the
    last one of a name is kept. `figures` are those of `helpers.ledger`; `provenance` is the line that says what they
    were made from.
    """
    data = folder / "donnees"
    data.mkdir()
    named = {exhibit["name"]: exhibit for exhibit in exhibits}
    if not named:
        return
    for name, exhibit in named.items():
        content = spreadsheet.localize(exhibit["csv"], exhibit["digits"])
        (data / f"{name}.csv").write_text(content, encoding="utf-8-sig")
    used = [*figures["sources"], *("|".join(exhibit["sources"]) for exhibit in named.values())]
    cited = sorted({identifier for joined in used for identifier in joined.split("|") if identifier})
    sources = store.read_reference("sources", folder=paths.store_folder(), key="id", values=cited)
    brought = materials.load(commune.slug, commune=commune.name).sources
    if len(brought):
        sources = pd.concat([sources, brought[brought["id"].isin(cited)]])
    sources = sources[["id", "citation", "page"]].sort_values("id")
    # The census that the figures come from: the same data are always dated alike.
    day = datetime.date(parameters.millesime or 1980, 1, 1)
    book = workbook.write(
        list(named.values()),
        sources,
        title=french.typography(f"Diagnostic {french.of(commune.name)} : les données"),
        provenance=provenance,
        day=day,
        commune=commune.name,
        figures=figures,
        key_figures=ledger.pick_key_figures(figures, until=parameters.millesime or 0),
    )
    (folder / name_of(commune.slug, "classeur.xlsx")).write_bytes(book)
    packed = {path.name: path.read_bytes() for path in data.iterdir()}
    listed = sources.map(spreadsheet.protect).to_csv(index=False, sep=";", lineterminator="\n")
    packed["sources.csv"] = listed.encode("utf-8-sig")
    (folder / name_of(commune.slug, "donnees.zip")).write_bytes(pack(packed, day=day))
