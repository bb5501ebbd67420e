"""Build the embedded store from the official files: `make embedded`.

Real figures come first (origin `insee`); what no file at hand gives for the communes of the Métropole
Européenne de Lille is simulated (origin `demonstration`) in agreement with every real total.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import french, schemas, store
from helpers.sources import (
    census_extract,
    comparateur,
    demonstration,
    filosofi,
    legal_population,
    membership,
    movements,
    municipal_population,
    outlines,
    published,
    rpls,
)
from helpers.sources.movements import Movements, carry
from helpers.sources.registry import GEOGRAPHY, Source, find_source, load_registry

MEL = "200093201"

# Tables of counts, which add up from communes to larger territories.
_ADDITIVE = {"population", "flows", "dwellings", "households", "social_housing", "ages", "ages_tenure"}
# The tables of published pages that are read, here or by the simulation.
_CALIBRATING = r"(?:POP T[013]|LOG T[1-6]|FAM T1|FAM G1|PRINC)"
# Registers that list only the communes concerned: elsewhere there is none, and a sum is whole.
_EXHAUSTIVE_REGISTERS = {"social_housing"}

# First rank wins where two files give the same value.
_PRIORITY = [
    "comparateur_2018", "rp_2018", "rp_2012", "populations_municipales_2013_2021", "populations_legales_2022",
    "filosofi_2019", "rpls_2024",
]  # fmt: skip


def build(sources: Path, destination: Path) -> dict[str, int]:
    """Read the official files under `sources`, write the store under `destination`; rows by table.

    Raises:
        SourceError: an official file is missing or not of the expected form.
        StoreError: a table does not have the store's form.
    """
    events = Movements(movements.read(_path(sources, "mouvements")), geography=GEOGRAPHY)
    zones = _read(sources, "appartenance_2022", membership.read)
    legal = _read(sources, "populations_legales_2022", legal_population.read, vintage=2022)
    cities = dict(zip(zones["arrondissements"]["code"], zones["arrondissements"]["city"], strict=True))

    real = _real_tables(sources, events=events, cities=cities, legal=legal)
    territories = _territories(legal["communes"], zones=zones, events=events, area=real.pop("area"))
    real = {name: frame[frame["code"].isin(territories["code"])] for name, frame in real.items()}

    facts = published.read(_path(sources, "publie"))
    printed, pages = published.select(facts, path=_path(sources, "publie"))
    communes = {
        name: frame[frame["level"] == "commune"].drop(columns="level") for name, frame in printed.items()
    }
    real = {
        name: _first_wins(schemas.key_columns(name)[1:], [real.get(name), communes.get(name)])
        for name in schemas.TABLES
        if name in real or name in communes
    }

    members = territories.loc[territories["epci"] == MEL, "code"].tolist()
    within = {name: frame[frame["code"].isin(members)] for name, frame in real.items()}
    simulated = demonstration.simulate(within, facts, communes=members)

    tables = {
        name: _assemble(name, real.get(name), simulated.get(name), printed.get(name), territories)
        for name in schemas.TABLES
    }
    tables["territories"] = territories
    tables["former_communes"] = _former_communes(events, territories, zones["arrondissements"])
    tables["sources"] = _sources(pages)
    tables["outlines"] = outlines.read(_path(sources, "contours_nord_2018"))
    destination.mkdir(parents=True, exist_ok=True)
    checked = {name: schemas.validate(frame, table=name) for name, frame in tables.items()}
    store.write(checked, destination)
    _write_published(facts, destination / "published_facts.csv")
    return {name: len(frame) for name, frame in checked.items()}


def _write_published(facts: pd.DataFrame, path: Path) -> None:
    """The published figures that the store takes or is calibrated on, each with its address."""
    used = facts["source_table"].str.match(_CALIBRATING)
    columns = [column for column in facts.columns if column not in ("unit", "note")]
    aside = path.with_suffix(".tmp")
    facts.loc[used, columns].to_csv(aside, sep=";", index=False, lineterminator="\n")
    aside.replace(path)


def _path(sources: Path, identifier: str) -> Path:
    file = find_source(identifier).file
    assert file is not None, f"{identifier} is not a file"
    return sources / file


def _read(
    sources: Path, identifier: str, reader: Callable[..., dict[str, pd.DataFrame]], **options: Any
) -> dict[str, pd.DataFrame]:
    """The frames of one official file, through its reader."""
    source = find_source(identifier)
    member = {"member": source.member} if source.member else {}
    return reader(_path(sources, identifier), **member, **options)


def _real_tables(
    sources: Path, *, events: Movements, cities: dict[str, str], legal: dict[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Every real table by commune, on today's list of communes, with the source of each value."""
    files = {
        "comparateur_2018": _read(sources, "comparateur_2018", comparateur.read),
        "rp_2018": _read(sources, "rp_2018", census_extract.read, vintage=2018),
        "rp_2012": _read(sources, "rp_2012", census_extract.read, vintage=2012),
        "populations_municipales_2013_2021": _read(
            sources, "populations_municipales_2013_2021", municipal_population.read
        ),
        "populations_legales_2022": legal,
        "filosofi_2019": _read(sources, "filosofi_2019", filosofi.read, vintage=2019),
        "rpls_2024": _read(sources, "rpls_2024", rpls.read, vintage=2024),
    }
    parts: dict[str, list[pd.DataFrame]] = {}
    for identifier in _PRIORITY:
        source = find_source(identifier)
        for name, frame in files[identifier].items():
            if name == "communes":
                continue
            frame = _to_today(frame, source=source, events=events, cities=cities, table=name)
            parts.setdefault(name, []).append(frame.assign(source=identifier))
    return {
        name: _first_wins(schemas.key_columns(name)[1:] if name in schemas.TABLES else ["code"], frames)
        for name, frames in parts.items()
    }


def _to_today(
    frame: pd.DataFrame, *, source: Source, events: Movements, cities: dict[str, str], table: str
) -> pd.DataFrame:
    """Carry a file to today's communes: arrondissements counted once in their city, mergers added up.

    Averages and rates (income) cannot be added up: those of merged communes are left out.
    """
    keys = [column for column in frame.columns if column not in ("code", "value")]
    frame = _into_cities(frame, cities=cities, keys=keys)
    if source.geography_lag is None:
        assert source.geography is not None, source.id
        return _from_list(frame, since=source.geography, source=source, events=events, table=table)
    return pd.concat(
        [
            _from_list(
                group, since=int(year) + source.geography_lag, source=source, events=events, table=table
            )
            for year, group in frame.groupby("year")
        ],
        ignore_index=True,
    )


def _from_list(
    frame: pd.DataFrame, *, since: int, source: Source, events: Movements, table: str
) -> pd.DataFrame:
    """Carry values given in the list of communes of 1 January `since`."""
    successors = events.successors(since=since)
    if table == "income":
        return frame[~frame["code"].isin({*successors, *successors.values()})]
    keys = [column for column in frame.columns if column not in ("code", "value")]
    carried = carry(frame, successors=successors, keys=keys)
    if source.reader == "comparateur":
        # What was split since cannot be shared out: the exhaustive file keeps it, for its sums' sake, and
        # the territory says so.
        return carried
    cut = events.splits(since=since)
    return carried[~carried["code"].isin({*cut["before"], *cut["after"]})]


def _into_cities(frame: pd.DataFrame, *, cities: dict[str, str], keys: list[str]) -> pd.DataFrame:
    """Arrondissements dropped where the file gives their city, added up into it where it does not.

    A city of which one arrondissement has no value is left out.
    """
    inside = frame["code"].isin(cities)
    whole = frame[~inside]
    parts = frame[inside & ~frame["code"].map(cities).isin(whole["code"])]
    return pd.concat([whole, carry(parts, successors=cities, keys=keys)], ignore_index=True)


def _first_wins(key: list[str], frames: Iterable[pd.DataFrame | None]) -> pd.DataFrame:
    """The frames one under the other; where a key is given twice, the first one's value."""
    present = [frame for frame in frames if frame is not None]
    return pd.concat(present, ignore_index=True).drop_duplicates(key, keep="first", ignore_index=True)


def _territories(
    communes: pd.DataFrame, *, zones: dict[str, pd.DataFrame], events: Movements, area: pd.DataFrame
) -> pd.DataFrame:
    """Every commune of today with its EPCI, département and région.

    The list is that of the legal populations, cities in place of their arrondissements, with Mayotte
    (which they leave out) from the table d'appartenance.
    """
    membership_communes = zones["communes"]
    arrondissements = set(zones["arrondissements"]["code"])
    mayotte = membership_communes[membership_communes["department"] == "976"]
    cities = membership_communes[membership_communes["code"].isin(set(zones["arrondissements"]["city"]))]
    columns = ["code", "name", "department", "region"]
    listed = pd.concat(
        [communes.loc[~communes["code"].isin(arrondissements), columns], cities[columns], mayotte[columns]],
        ignore_index=True,
    )
    # A commune born since the table d'appartenance takes the EPCI of the communes it comes from.
    heirs = events.successors(since=2022)
    epci = membership_communes.assign(
        code=membership_communes["code"].map(lambda code: heirs.get(code, code))
    )
    epci_of = epci.dropna(subset="epci").drop_duplicates("code").set_index("code")["epci"]
    for cut in events.splits(since=2022).itertuples(index=False):
        if cut.after not in epci_of.index and cut.before in epci_of.index:
            epci_of.loc[cut.after] = epci_of.loc[cut.before]
    names = {level: group.set_index("code")["name"] for level, group in zones["zones"].groupby("level")}
    frame = listed.assign(
        key=listed["name"].map(french.search_key),
        department_name=listed["department"].map(names["DEP"]),
        region_name=listed["region"].map(names["REG"]),
        epci=listed["code"].map(epci_of),
        area=listed["code"].map(area.set_index("code")["value"]),
        split=listed["code"].map(_split_dates(events)),
    )
    frame["epci_name"] = frame["epci"].map(names["EPCI"])
    frame["slug"] = frame["name"].map(french.slug)
    shared = frame["slug"].duplicated(keep=False)
    frame.loc[shared, "slug"] += "-" + frame.loc[shared, "code"].str.lower()
    order = [
        "code", "name", "key", "slug", "department", "department_name", "region", "region_name", "epci",
        "epci_name", "area", "split",
    ]  # fmt: skip
    return frame[order].sort_values("code", ignore_index=True)


def _split_dates(events: Movements) -> pd.Series:
    """Date of the split, by commune whose perimeter it changed since the national core was drawn up."""
    since = find_source("comparateur_2018").geography
    assert since is not None
    cut = events.splits(since=since)
    return pd.concat([cut.set_index(side)["date"] for side in ("before", "after")]).groupby(level=0).last()


def _former_communes(
    events: Movements, territories: pd.DataFrame, arrondissements: pd.DataFrame
) -> pd.DataFrame:
    """What an analyst may type that is not a commune of today: merged communes and arrondissements."""
    current = set(territories["code"])
    merged = events.former(current=current)
    inside = arrondissements.rename(columns={"city": "successor"}).assign(date=None)
    frame = pd.concat([merged, inside[~inside["code"].isin(merged["code"])]], ignore_index=True)
    frame["key"] = frame["name"].map(french.search_key)
    return frame[["code", "name", "key", "date", "successor"]].sort_values("code", ignore_index=True)


def _assemble(
    table: str,
    real: pd.DataFrame | None,
    simulated: pd.DataFrame | None,
    printed: pd.DataFrame | None,
    territories: pd.DataFrame,
) -> pd.DataFrame:
    """One table of the store: communes, their sums, and the published figures of larger territories."""
    parts = []
    if real is not None:
        parts.append(real.assign(level="commune", origin="insee"))
    if simulated is not None and len(simulated):
        parts.append(simulated.assign(level="commune", origin="demonstration", source="demonstration"))
    columns = schemas.table_columns(table)
    communes = pd.concat([part[columns] for part in parts], ignore_index=True)
    above = []
    if printed is not None:
        larger = printed[printed["level"] != "commune"].assign(origin="insee")
        above.append(larger[columns])
    above.append(_aggregate(communes, table=table, territories=territories))
    frame = _first_wins(schemas.key_columns(table), [communes, *above])
    return frame[columns].sort_values(schemas.key_columns(table), ignore_index=True)


def _aggregate(communes: pd.DataFrame, *, table: str, territories: pd.DataFrame) -> pd.DataFrame:
    """Sums by EPCI, département, région and France of what is known for every commune of the territory.

    Mayotte, outside the census of these vintages, is left out of France. A commune born of a split is
    unknown to the national core, where the commune it left still holds its people: it may be missing from
    a sum, its parent may not. A sum with a simulated part is simulated.
    """
    if table not in _ADDITIVE:
        return communes.iloc[:0]
    measured = territories[territories["department"] != "976"]
    areas = {
        "epci": measured["epci"],
        "departement": measured["department"],
        "region": measured["region"],
        "france": pd.Series("F", index=measured.index),
    }
    known = territories.loc[territories["area"].notna(), "code"]
    key = [column for column in schemas.key_columns(table) if column not in ("level", "code")]
    parts = []
    for level, codes in areas.items():
        members = pd.Series(codes.to_numpy(), index=measured["code"]).dropna()
        expected = members[members.index.isin(known)].value_counts()
        inside = communes[communes["code"].isin(members.index)]
        grouped = inside.assign(code=inside["code"].map(members)).groupby(
            ["code", *key], observed=True, sort=False
        )
        # "demonstration" comes first in the alphabet: the least of the origins is the least real one.
        sums = grouped.agg(
            value=("value", "sum"),
            size=("value", "size"),
            origin=("origin", "min"),
            source=("source", "first"),
        ).reset_index()
        if table not in _EXHAUSTIVE_REGISTERS:
            sums = sums[sums["size"] >= sums["code"].map(expected)]
        sums.loc[sums["origin"] == "demonstration", "source"] = "demonstration"
        parts.append(sums.drop(columns="size").assign(level=level))
    return pd.concat(parts, ignore_index=True)[communes.columns]


def _sources(pages: pd.DataFrame) -> pd.DataFrame:
    """The sources that values refer to: the registry's files, then the published pages."""
    files = pd.DataFrame(
        [
            source.model_dump(include={"id", "citation", "exploitation", "vintage", "geography", "page"})
            for source in load_registry().values()
        ]
    )
    return pd.concat([files, pages], ignore_index=True)[
        ["id", "citation", "exploitation", "vintage", "geography", "page"]
    ]
