"""A store of a few imaginary communes, complete in itself as the embedded one is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pandas as pd
from fake_official_files import yearly

from helpers import french, levels, schemas, store

EPCI = {"59011": "200093201", "59299": "200093201", "59350": "200093201", "01004": "240100883"}
# What each commune belongs to, by level: its département, its région, and what is not known from its code.
MEMBERS = {"epci": EPCI, "arrondissement": {"59011": "595", "59299": "595", "59350": "595", "01004": "011"}}
Event = tuple[str, str, str, str]


def territories(codes: Sequence[str], *, year: int = 2024, area: float | None = 10.0) -> pd.DataFrame:
    """The table of today's communes."""
    departments = [yearly.department(code) for code in codes]
    regions = [yearly.REGIONS[code] for code in departments]
    known = {level: [members.get(code) for code in codes] for level, members in MEMBERS.items()}
    known |= {"departement": departments, "region": regions}
    places = {}
    for level in levels.divided():
        places[level.column] = known[level.key]
        places[level.name_column] = [
            code and f"{level.noun.capitalize()} {code}" for code in known[level.key]
        ]
    return pd.DataFrame(
        {
            "code": list(codes),
            "name": [yearly.name(code) for code in codes],
            "key": [french.search_key(yearly.name(code)) for code in codes],
            "slug": [f"{french.slug(yearly.name(code))}-{code.lower()}" for code in codes],
            **places,
            "category": [yearly.CATEGORIES.get(code, "20") for code in codes],
            "area": area,
            "split": None,
            "geography": year,
        }
    ).sort_values("code", ignore_index=True)


def movements(events: Sequence[Event]) -> pd.DataFrame:
    """The table of events: kind, date, commune before, commune after."""
    rows = [
        (kind, date, before, yearly.name(before), after, yearly.name(after))
        for kind, date, before, after in events
    ]
    columns = ["kind", "date", "before", "before_name", "after", "after_name"]
    return pd.DataFrame(rows, columns=columns, dtype="str")


def rows(
    table: str, values: Mapping[tuple, float], *, origin: str = "insee", source: str = "rp_2012"
) -> pd.DataFrame:
    """`{(level, code, year, variable, dimensions...): value}` as rows of the store."""
    frame = pd.DataFrame(
        [[*key, value, origin, source] for key, value in values.items()], columns=schemas.table_columns(table)
    )
    return schemas.validate(frame, table=table).sort_values(schemas.key_columns(table), ignore_index=True)


def write(
    folder: Path,
    *,
    codes: Sequence[str],
    year: int = 2024,
    events: Sequence[Event] = (),
    tables: Mapping[str, pd.DataFrame] | None = None,
    pages: Sequence[str] = (),
) -> Path:
    """Write a store: `tables` of values, the others empty; `pages` are sources that no file stands for."""
    folder.mkdir(parents=True, exist_ok=True)
    merged = [event for event in events if event[2] not in codes]
    former = pd.DataFrame(
        {
            "code": [before for _, _, before, _ in merged],
            "name": [yearly.name(before) for _, _, before, _ in merged],
            "key": [french.search_key(yearly.name(before)) for _, _, before, _ in merged],
            "date": [date for _, date, _, _ in merged],
            "kind": "merged",
            "successor": [after for _, _, _, after in merged],
        },
        dtype="str",
    )
    reference = {
        "territories": territories(codes, year=year),
        "former_communes": former,
        "movements": movements(events),
        "sources": pd.DataFrame(
            {
                "id": list(pages), "citation": "page", "exploitation": None, "vintage": float("nan"),
                "geography": float("nan"), "page": "https://www.insee.fr",
            }
        ),
        "outlines": pd.DataFrame({"code": pd.Series([], dtype="str"), "outline": pd.Series([], dtype="object")}),
    }  # fmt: skip
    values = {name: _empty(name) for name in schemas.TABLES} | dict(tables or {})
    checked = {name: schemas.validate(frame, table=name) for name, frame in reference.items()}
    store.write(values | checked, folder)
    return folder


@cache
def _empty(table: str) -> pd.DataFrame:
    """A table without a row, checked once for all the stores of a session."""
    return rows(table, {})
