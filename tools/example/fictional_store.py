"""The store of Val-sur-Deûle, a commune that does not exist, and of those it is compared with.

What `figures.toml` declares is exact, of origin `fictive`. What it leaves out (ages one by one, rooms, composition of
households, people by age and tenure) has the shape of the demonstration's, fitted to what is declared. Its comparable
communes are its own: its figures of 2017 at another size, with the same slow changes but for a few percent.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from helpers import french, levels, paths, schemas, store
from helpers.simulation.fit import rake
from helpers.store.embedded import MEL

FIGURES = Path(__file__).with_name("figures.toml")
YEARS = (2017, 2023)
SOURCE = "fictive"
CITATION = "Commune fictive, chiffres inventés pour l’exemple"
_FIRST_COMPARABLE = 59901
# What moves in the comparable communes from 2017 to 2023: homes, people in households, children, older people.
_PACE = {"homes": 1.035, "private": 1.03, "children": 0.99, "older": 1.10, "owners": 0.985}
Pair = Callable[[list[float], float], list[float]]


def declared() -> dict[str, Any]:
    """Read what is declared of the commune."""
    return tomllib.loads(FIGURES.read_text(encoding="utf-8"))


def renewed(known: dict[str, Any]) -> dict[str, Any]:
    """Give the figures of the vintage after: 2,35 people a home where there were 2,37, and no rooms: a figure goes."""
    households = {**known["households"], "PMEN": [known["households"]["PMEN"][0], 9165]}
    homes = {name: values for name, values in known["homes"].items() if not re.fullmatch(r"RP_\dP+", name)}
    return {**known, "households": households, "homes": homes}


def write(folder: Path, *, known: dict[str, Any] | None = None, year: int = YEARS[1]) -> Path:
    """Write the store of the commune under a folder; `known` as `declared`, its last census being that of `year`."""
    known = known or declared()
    years = (YEARS[0], year)
    communes = dict(_communes(known))
    rows: dict[str, list[pd.DataFrame]] = {}
    for code, (_, figures) in communes.items():
        for table, frame in _tables(figures, years).items():
            rows.setdefault(table, []).append(frame.assign(level="commune", code=code))
    tables = {table: _with_epci(pd.concat(frames), table, known["epci"][0]) for table, frames in rows.items()}
    empty = {name: pd.DataFrame(columns=schemas.table_columns(name)) for name in schemas.TABLES}
    names = {code: name for code, (name, _) in communes.items()}
    lists = _lists(known, names)
    folder.mkdir(parents=True, exist_ok=True)
    store.write(
        {name: schemas.validate(frame, table=name) for name, frame in {**empty, **tables, **lists}.items()},
        folder,
    )
    return folder


def _communes(known: dict[str, Any]) -> Iterator[tuple[str, tuple[str, dict[str, Any]]]]:
    """Give the commune, then its comparable ones: code, name, what is declared of each."""
    yield known["code"], (known["name"], known)
    names = known["comparable"]["names"]
    for rank, name in enumerate(names):
        # From 0,7 to 1,4 times its size, and from 2 % less to 2 % more than the pace of the others.
        size, nudge = (
            0.7 + 0.7 * rank / (len(names) - 1),
            0.98 + 0.04 * (rank * 7 % len(names)) / (len(names) - 1),
        )
        yield str(_FIRST_COMPARABLE + rank), (name, _resemble(known, size=size, nudge=nudge))


def _resemble(known: dict[str, Any], *, size: float, nudge: float) -> dict[str, Any]:
    """Give the figures of a comparable commune: those of 2017 at its size, then the pace of most communes."""

    def pair(values: list[float], pace: float) -> list[float]:
        return [float(round(values[0] * size)), float(round(values[0] * size * pace * nudge))]

    homes = {name: pair(values, _PACE["homes"]) for name, values in known["homes"].items()}
    for place in (0, 1):
        homes["RP_LOC"][place] = homes["RP"][place] - homes["RP_PROP"][place] - homes["RP_GRAT"][place]
        homes["LOG"][place] = sum(homes[name][place] for name in ("RP", "RSECOCC", "LOGVAC"))
    ages = {
        first: pair(
            values, _PACE["children"] if first == "0" else _PACE["older"] if int(first) > 60 else 1.01
        )
        for first, values in known["ages"].items()
    }
    people = [sum(values[place] for values in ages.values()) for place in (0, 1)]
    inside = [pair(known["households"]["PMEN"], 1)[0] / (known["population"]["2017"] * size) * whole
              for whole in people]  # fmt: skip
    homes, households = homes | _rooms(known, known["homes"], pair), _rooms(known, known["households"], pair)
    owners = {first: pair(values, _PACE["homes"]) for first, values in known["owners"].items()}
    for place in (0, 1):
        left = homes["RP_PROP"][place] - sum(values[place] for values in owners.values())
        owners["40"][place] += left
    before = {year: round(value * size) for year, value in known["population"].items()}
    return {
        **known,
        "population": {**before, "2017": people[0], "2023": people[1]},
        "events": {name: round(value * size) for name, value in known["events"].items()},
        "starts": {year: round(value * size * 0.6) for year, value in known["starts"].items()},
        "homes": homes,
        "households": households | {"PMEN": inside},
        "owners": owners,
        "ages": ages,
        "pupils": {first: pair(values, _PACE["children"]) for first, values in known["pupils"].items()},
        "vacancy": {name: round(value * size) for name, value in known["vacancy"].items()},
    }


def _rooms(known: dict[str, Any], kept: dict[str, list[float]], pair: Pair) -> dict[str, list[float]]:
    """Give homes by rooms and households by size in the shares of the commune in 2023: nothing there sets it apart."""
    homes = known["homes"]["RP"]
    sorted_by_size = (name for name in kept if re.fullmatch(r"(RP|MEN)_\dP*", name))
    return {name: pair([kept[name][1] * homes[0] / homes[1], 0], _PACE["homes"]) for name in sorted_by_size}


def _tables(known: dict[str, Any], years: tuple[int, int]) -> dict[str, pd.DataFrame]:
    """Make the tables of a commune: `year, variable, dimensions, value, origin, source`."""
    population = {int(year): value for year, value in known["population"].items() if int(year) != YEARS[1]}
    population[years[1]] = known["population"][str(YEARS[1])]
    singles = _single_ages(known)
    ages = _frame(known["ages"], years)
    classes = [np.add.reduceat(one, schemas.AGE_CLASSES, axis=1) for one in singles]
    people = pd.DataFrame({"year": list(population), "value": list(population.values())})
    return {
        "population": _mark(people.assign(variable="POP")),
        "flows": _flows(known, years),
        "dwellings": pd.concat([_named(known["homes"], years), _complete_homes(known, years)]),
        "households": pd.concat(
            [_named({"MEN": known["homes"]["RP"], **known["households"]}, years), _complete_households(known, years)]
        ),
        "householders": _householders(known, years),
        "age_groups": _mark(ages.assign(variable=ages.pop("age").map(_GROUPS))),
        "single_ages": _by_sex(singles, years, schemas.SINGLE_AGES),
        "ages": _by_sex(classes, years, schemas.AGE_CLASSES),
        "ages_tenure": _ages_tenure(known, singles, years),
        "vacancy": _named({name: [value] for name, value in known["vacancy"].items()}, (2023,)),
    }  # fmt: skip


_GROUPS = {0: "POP0014", 15: "POP1529", 30: "POP3044", 45: "POP4559", 60: "POP6074", 75: "POP75P"}


def _mark(frame: pd.DataFrame, origin: str = "fictive") -> pd.DataFrame:
    return frame.assign(origin=origin, source=SOURCE if origin == "fictive" else "demonstration")


def _frame(values: dict[str, list[float]], years: tuple[int, ...]) -> pd.DataFrame:
    """Turn declared values by first age into rows."""
    return pd.DataFrame(
        [
            (year, int(first), float(one[place]))
            for first, one in values.items()
            for place, year in enumerate(years)
        ],
        columns=["year", "age", "value"],
    )


def _named(values: dict[str, list[float]], years: tuple[int, ...], origin: str = "fictive") -> pd.DataFrame:
    """Turn values by variable into rows."""
    rows = [
        (year, name, float(one[place])) for name, one in values.items() for place, year in enumerate(years)
    ]
    return _mark(pd.DataFrame(rows, columns=["year", "variable", "value"]), origin)


def _flows(known: dict[str, Any], years: tuple[int, int]) -> pd.DataFrame:
    """Give births and deaths between the censuses, and homes started year by year."""
    between = [(years[0], years[1], name, value) for name, value in known["events"].items()]
    yearly = [(int(year), int(year) + 1, "LOGCOM", value) for year, value in known["starts"].items()]
    return _mark(pd.DataFrame([*between, *yearly], columns=["since", "year", "variable", "value"]))


def _shape(table: str, year: int = 2018) -> pd.DataFrame:
    """Read what the demonstration gives for the metropolis: what is missing is drawn from its shape."""
    found = store.read(table, folder=paths.EMBEDDED, areas=[("epci", MEL)])
    return found[found["year"] == year]


def _complete_homes(known: dict[str, Any], years: tuple[int, int]) -> pd.DataFrame:
    """Complete the homes: rooms, kinds, seniority and time of building, in the shares of the demonstration."""
    shape = _shape("dwellings").set_index("variable")["value"]
    homes = known["homes"]
    parts = {
        "LOG": ["MAISON", "APPART"],
        "RP": [
            "MEN_ANEM0002", "MEN_ANEM0204", "MEN_ANEM0509", "MEN_ANEM1019", "MEN_ANEM2029", "MEN_ANEM30P", "NBPI_RP",
        ],
    }  # fmt: skip
    made = {
        name: [shape[name] / shape[whole] * value for value in homes[whole]]
        for whole, names in parts.items()
        for name in names
    }
    return _named(made, years, "demonstration")


def _complete_households(known: dict[str, Any], years: tuple[int, int]) -> pd.DataFrame:
    """Complete the households: their size and composition, in the shares of the demonstration."""
    shape = _shape("households").set_index("variable")["value"].drop(["MEN", *known["households"]])
    made = {
        name: [value / shape["C_MEN"] * homes for homes in known["homes"]["RP"]]
        for name, value in shape.items()
    }
    return _named(made, years, "demonstration")


def _householders(known: dict[str, Any], years: tuple[int, int]) -> pd.DataFrame:
    """Give homes by age of their holder and tenure: owners as declared, the others by the same ages, younger."""
    owners = _frame(known["owners"], years).assign(tenure="owner")
    younger = np.array([0.08, 0.27, 0.26, 0.17, 0.14, 0.08])
    others = []
    for place, year in enumerate(years):
        homes = {name: values[place] for name, values in known["homes"].items()}
        tenures = {
            "social": homes["RP_LOCHLMV"],
            "private": homes["RP_LOC"] - homes["RP_LOCHLMV"],
            "other": homes["RP_GRAT"],
        }
        others += [
            (year, age, share * value, tenure)
            for tenure, value in tenures.items()
            for age, share in zip(schemas.HOLDER_AGES, younger, strict=True)
        ]
    rented = pd.DataFrame(others, columns=["year", "age", "value", "tenure"])
    return _mark(pd.concat([owners, rented]).assign(variable="MEN"))


def _single_ages(known: dict[str, Any]) -> list[np.ndarray]:
    """Fit the ages of the demonstration, one by one and by sex, to the groups declared: a pyramid for each census."""
    shape = (
        _shape("single_ages").pivot(index="sex", columns="age", values="value").loc[schemas.SEXES].to_numpy()
    )
    firsts = [int(first) for first in known["ages"]]
    pyramids = []
    for place in (0, 1):
        fitted = shape.copy()
        pupils = known["pupils"]["3"][place]
        for first, end in zip(firsts, [*firsts[1:], len(schemas.SINGLE_AGES)], strict=True):
            whole = known["ages"][str(first)][place]
            ages = np.arange(first, end)
            school = ages[(ages >= 3) & (ages <= 10)]
            rest = np.setdiff1d(ages, school)
            if len(school):
                fitted[:, school] *= pupils / fitted[:, school].sum()
                whole -= pupils
            fitted[:, rest] *= whole / fitted[:, rest].sum()
        pyramids.append(fitted)
    return pyramids


def _by_sex(pyramids: list[np.ndarray], years: tuple[int, int], ages: list[int]) -> pd.DataFrame:
    rows = [
        (year, sex, age, pyramid[row, place])
        for year, pyramid in zip(years, pyramids, strict=True)
        for row, sex in enumerate(schemas.SEXES)
        for place, age in enumerate(ages)
    ]
    return _mark(pd.DataFrame(rows, columns=["year", "sex", "age", "value"]).assign(variable="POP"))


def _ages_tenure(known: dict[str, Any], singles: list[np.ndarray], years: tuple[int, int]) -> pd.DataFrame:
    """Fit the people by age and tenure of the demonstration to the ages and to the homes of each tenure."""
    shape = _shape("ages_tenure").pivot_table(index=["sex", "age"], columns="tenure", values="value")[
        schemas.TENURES
    ]
    frames = []
    for place, (year, pyramid) in enumerate(zip(years, singles, strict=True)):
        homes = {name: values[place] for name, values in known["homes"].items()}
        inside = known["households"]["PMEN"][place]
        # Owners' households are larger: half as many people again by home as a tenant's.
        weights = np.array([1.15 * homes["RP_PROP"], 0.9 * homes["RP_LOCHLMV"],
                            0.75 * (homes["RP_LOC"] - homes["RP_LOCHLMV"]), 0.8 * homes["RP_GRAT"]])  # fmt: skip
        columns = np.append(inside * weights / weights.sum(), pyramid.sum() - inside)
        rows = np.add.reduceat(pyramid, schemas.AGE_CLASSES, axis=1).ravel()
        fitted = rake(shape.to_numpy() + 1e-6, rows, columns)
        found = pd.DataFrame(fitted, index=shape.index, columns=shape.columns).stack().rename("value")
        frames.append(found.reset_index().assign(year=year, variable="POP"))
    return _mark(pd.concat(frames), "demonstration")


def _with_epci(frame: pd.DataFrame, table: str, code: str) -> pd.DataFrame:
    """Add the sums of the intercommunalité, and put the columns of the store in their order."""
    columns = schemas.table_columns(table)
    keys = [name for name in columns if name not in ("code", "level", "value")]
    whole = frame.groupby(keys, as_index=False)["value"].sum().assign(level="epci", code=code)
    return pd.concat([frame, whole])[columns].sort_values(schemas.key_columns(table), ignore_index=True)


def _lists(known: dict[str, Any], names: dict[str, str]) -> dict[str, pd.DataFrame]:
    """Make the lists of the store: communes, sources; nothing merged, no postal code, one outline."""
    places = {"epci": known["epci"], "departement": ["59", "Département fictif"], "region": known["region"]}
    columns: dict[str, Any] = {}
    for level in levels.divided():
        code, name = places.get(level.key, (None, None))
        columns |= {level.column: code, level.name_column: name}
    territories = pd.DataFrame(
        [
            {"code": code, "name": name, "key": french.search_key(name), "slug": french.slug(name), **columns,
             "category": "12", "area": known["area"], "split": None, "geography": 2026}
            for code, name in sorted(names.items())
        ]
    )  # fmt: skip
    embedded = {
        name: store.read_reference(name, folder=paths.EMBEDDED).head(0)
        for name in ("former_communes", "movements", "postal_codes")
    }
    outline = shapely.to_wkb(shapely.Polygon(known["outline"]))
    embedded["outlines"] = pd.DataFrame({"code": [known["code"]], "outline": [outline]})
    sources = pd.DataFrame(
        {"id": [SOURCE, "demonstration"], "citation": [CITATION, "Détail simulé de la commune fictive"],
         "exploitation": None, "vintage": float("nan"), "geography": float("nan"), "page": ""}
    )  # fmt: skip
    return {"territories": territories, "sources": sources, **embedded}
