"""Insee's "comparateur de territoires": the national core, every commune of France."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from helpers.sources.files import read_delimited, to_tidy

# Column of the file -> variable, year. The file of vintage 2018 is given in its own documentation.
_STOCKS = {
    "P18_LOG": ("LOG", 2018),
    "P18_RP": ("RP", 2018),
    "P18_RSECOCC": ("RSECOCC", 2018),
    "P18_LOGVAC": ("LOGVAC", 2018),
    "P18_RP_PROP": ("RP_PROP", 2018),
}
_PEOPLE = {"P13_POP": ("POP", 2013), "P18_POP": ("POP", 2018)}
_FLOWS = {
    "NAIS1318": ("NAIS", 2013, 2018),
    "DECE1318": ("DECE", 2013, 2018),
    "NAISD20": ("NAIS", 2020, 2021),
    "DECESD20": ("DECE", 2020, 2021),
}
_HOUSEHOLDS = {"P18_MEN": ("MEN", 2018)}
_AREA = {"SUPERF": ("SUPERF", 2018)}
_INCOME = {"TP6019": ("TP60", 2019)}


def read(path: Path, *, member: str) -> dict[str, pd.DataFrame]:
    """Tables `population`, `flows`, `dwellings`, `households`, `income` and `area` of the comparateur 2018.

    Columns `code, year, variable, value` (and `since` for flows): persons, dwellings, events, poverty
    rate in %, km2.
    Municipal arrondissements stand beside their city in the file and in the result.

    Raises:
        SourceError: file missing, damaged or without an expected column.
    """
    names = {**_STOCKS, **_PEOPLE, **_HOUSEHOLDS, **_AREA, **_INCOME}
    frame = read_delimited(path, columns=["CODGEO", *names, *_FLOWS], separator=";", member=member)
    flows = []
    for column, (variable, since, until) in _FLOWS.items():
        flow = to_tidy(frame, code="CODGEO", names={column: (variable, until)}, path=path)
        flows.append(flow.assign(since=since))
    return {
        "population": to_tidy(frame, code="CODGEO", names=_PEOPLE, path=path),
        "flows": pd.concat(flows, ignore_index=True),
        "dwellings": to_tidy(frame, code="CODGEO", names=_STOCKS, path=path),
        "households": to_tidy(frame, code="CODGEO", names=_HOUSEHOLDS, path=path),
        "income": to_tidy(frame, code="CODGEO", names=_INCOME, path=path),
        "area": to_tidy(frame, code="CODGEO", names=_AREA, path=path),
    }
