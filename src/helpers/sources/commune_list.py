"""The communes of a year, what they belong to and hold, from the package of Etalab (Insee, DGCL, La Poste)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.schemas import MAYOTTE
from helpers.sources import postal_codes
from helpers.sources.files import read_delimited, require_communes, to_tidy
from helpers.sources.registry import Source

_COMMUNES = {
    "code": "code", "nom": "name", "departement": "department", "region": "region", "epci": "epci",
    "arrondissement": "arrondissement",
}  # fmt: skip
_ZONES = {"code": "code", "nom": "name"}
_INSIDE = {"code": "code", "nom": "name", "type": "kind", "chef_lieu": "successor"}
# What the file calls the parts of communes, by their kind in the store's table `former_communes`.
_KINDS = {
    "commune-deleguee": "delegated",
    "commune-associee": "associated",
    "arrondissement-municipal": "arrondissement",
}


def read(path: Path, *, source: Source) -> dict[str, pd.DataFrame]:
    """Read the frames of text of one of the four files of the list, by the option `content` of its record.

    * `communes`: the table `population` (variable POP, persons, of the year and the source of the record's options
      `year` and `source`; not Mayotte, whose figure is of another year), `postal_codes`, and `communes`: `code, name,
      department, region, epci, arrondissement`, `people` (municipal population two years earlier than the list's
      codes tell, of the option `before`, missing where the file has none);
    * `zones`: `level` (option `level`: EPCI, ARR), `code, name`;
    * `inside`: `code, name, kind, successor`, the delegated and associated communes and the municipal
      arrondissements, with the commune that they belong to.

    Raises:
        SourceError: file missing, damaged or without an expected column; a commune given twice.
    """
    match source.options["content"]:
        case "communes":
            return _read_communes(path, source=source)
        case "zones":
            frame = read_delimited(path, columns=_ZONES, separator=";").rename(columns=_ZONES)
            frame.insert(0, "level", source.options["level"])
            return {"zones": frame}
        case _:
            frame = read_delimited(path, columns=_INSIDE, separator=";").rename(columns=_INSIDE)
            require_communes(frame, code="code", path=path)
            return {"inside": frame.assign(kind=frame["kind"].map(_KINDS))}


def _read_communes(path: Path, *, source: Source) -> dict[str, pd.DataFrame]:
    year, before = int(source.options["year"]), int(source.options["before"])
    counts = {f"pmun_{each}": ("POP", each) for each in (before, year)}
    frame = read_delimited(path, columns=[*_COMMUNES, *counts], separator=";")
    require_communes(frame, code="code", path=path)
    people = to_tidy(frame, code="code", names=counts, path=path)
    people["source"] = people["year"].map({before: source.id, year: source.options["source"]})
    communes = frame[list(_COMMUNES)].rename(columns=_COMMUNES)
    earlier = people[people["year"] == before].set_index("code")["value"]
    return {
        "population": people[~people["code"].str.startswith(MAYOTTE)].reset_index(drop=True),
        "communes": communes.assign(people=communes["code"].map(earlier)),
        **postal_codes.read(path),
    }
