"""The list of communes of the embedded store: the latest at hand, and what leads to it from the one before."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from helpers import french
from helpers.schemas import MAYOTTE
from helpers.sources import list_changes, membership, movements, readers
from helpers.sources.files import locate
from helpers.sources.movements import Movements, carry
from helpers.sources.registry import GEOGRAPHY, find_source
from helpers.store.geography import Geography, list_communes, list_former

# The files that the list is drawn up from, beside those of figures.
FILES = [
    "intercommunalites_2026", "arrondissements_2026", "communes_deleguees_2026", "appartenance_2022", "mouvements",
]  # fmt: skip
# The list that the file of movements leads to, with its people.
_BEFORE = "populations_legales_2022"


def draw_up(sources: Path, files: Mapping[str, Mapping[str, pd.DataFrame]]) -> tuple[Geography, list[str]]:
    """Draw up the list of communes from the files under `sources`, those of figures being read (`files`, by source).

    With sentences about what was inferred between the last two lists, and what could not be.

    Raises:
        SourceError: an official file is missing or not of the expected form.
    """
    communes = files["communes_2026"]["communes"]
    parts = readers.read(find_source("communes_deleguees_2026"), sources)["inside"]
    cities = parts[parts["kind"] == "arrondissement"].set_index("code")["successor"].to_dict()
    record = find_source("mouvements")
    known = movements.read(locate(record, sources), source=record)
    changes = _infer(known, files[_BEFORE], communes, parts=parts, cities=cities)
    events = pd.concat([known, changes.events], ignore_index=True)
    history = Movements(events, geography=GEOGRAPHY)
    core = find_source("comparateur_2018").geography
    zones = _read_zones(sources)
    zoning = find_source("appartenance_2022").geography
    assert core is not None
    assert zoning is not None
    area = carry(files["comparateur_2018"]["area"], successors=history.successors(since=core), keys=[])
    territories = list_communes(
        communes, zones=zones, events=history, area=area, year=GEOGRAPHY, zones_year=zoning
    )
    geography = Geography(
        year=GEOGRAPHY,
        territories=territories,
        former=list_former(history, territories, parts),
        events=events,
        known_until=GEOGRAPHY,
        cities=cities,
    )
    return geography, changes.notes


def _infer(
    events: pd.DataFrame,
    legal: Mapping[str, pd.DataFrame],
    communes: pd.DataFrame,
    *,
    parts: pd.DataFrame,
    cities: Mapping[str, str],
) -> list_changes.Changes:
    """Infer what happened from the list of the legal populations to `communes`: both give the people of one year."""
    year = find_source(_BEFORE).geography
    assert year is not None
    listed = legal["communes"]
    people = legal["population"].set_index("code")["value"]
    whole = pd.concat([people, people.groupby(people.index.map(cities)).sum()])
    # That file gives cities by arrondissement, and leaves Mayotte out.
    others = communes["code"].isin(set(cities.values())) | (communes["department"] == MAYOTTE)
    before = pd.concat([listed[~listed["code"].isin(cities)], communes[others]], ignore_index=True)
    before = before[["code", "name"]].assign(people=before["code"].map(whole))
    earlier = Movements(events, geography=year).former(
        names=dict(zip(before["code"], before["name"], strict=True))
    )
    since = find_source("communes_2026").options["since"]
    return list_changes.infer(
        before,
        communes[["code", "name", "people"]],
        inside=parts.set_index("code")["successor"].to_dict(),
        parents=dict(zip(earlier["code"], earlier["successor"], strict=True)),
        date=f"{since}-01-01",
    )


def _read_zones(sources: Path) -> dict[str, pd.DataFrame]:
    """Read the last table of membership at hand, with the territories of the list in the place of its own.

    The list writes the names of EPCI as their register does, in plain letters: where Insee's is the same, it is kept.
    """
    record = find_source("appartenance_2022")
    zones = membership.read(locate(record, sources), source=record)
    latest = pd.concat(
        [
            readers.read(find_source(identifier), sources)["zones"]
            for identifier in ("intercommunalites_2026", "arrondissements_2026")
        ]
    )
    named = zones["zones"]
    known = latest.merge(named, on=["level", "code"], how="left", suffixes=("", "_before"))
    same = known["name"].map(french.search_key) == known["name_before"].map(
        french.search_key, na_action="ignore"
    )
    latest = known.assign(name=known["name_before"].where(same, known["name"]))[["level", "code", "name"]]
    others = named[~named["level"].isin(latest["level"])]
    return {**zones, "zones": pd.concat([others, latest], ignore_index=True)}
