"""Imaginary territories: a value for every code of the store, and the tables that hold them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from frames import long

from helpers import schemas

SINCE, UNTIL, REGISTER = 2013, 2018, 2024
PLACES = ("Hem", "MEL")
# Classes of the census: code, first and last number that it holds.
ROOMS = [("RP_1P", 1, 1), ("RP_2P", 2, 2), ("RP_3P", 3, 3), ("RP_4P", 4, 4), ("RP_5PP", 5, 99)]
PERIODS = [
    ("RP_ACH19", 0, 1918), ("RP_ACH45", 1919, 1945), ("RP_ACH70", 1946, 1970), ("RP_ACH90", 1971, 1990),
    ("RP_ACH05", 1991, 2005), ("RP_ACH15", 2006, UNTIL - 3),
]  # fmt: skip
STAYS = [
    ("MEN_ANEM0002", 0, 1), ("MEN_ANEM0204", 2, 4), ("MEN_ANEM0509", 5, 9), ("MEN_ANEM1019", 10, 19),
    ("MEN_ANEM2029", 20, 29), ("MEN_ANEM30P", 30, 199),
]  # fmt: skip
AGES = [(f"age {age}", age, age if age < 100 else 199) for age in range(101)]
# Persons by five-year class and tenure, homes by class of the reference person and tenure.
DWELLERS = {
    tenure: [(f"{tenure} {age}", age, age + 4 if age < 95 else 199) for age in schemas.AGE_CLASSES]
    for tenure in schemas.TENURES
}
HOLDERS = {
    tenure: [
        (f"{tenure} holders {first}", first, after - 1)
        for first, after in zip(schemas.HOLDER_AGES, [*schemas.HOLDER_AGES[1:], 200], strict=True)
    ]
    for tenure in schemas.TENURES
    if tenure != "outside"
}


def held(world, classes, first, last):
    inside = [name for name, low, high in classes if low >= first and high <= last]
    assert inside
    return sum(world[name] for name in inside)


def draw(rng):
    """One territory at one date: a value for every code of the store, and for every single age."""
    world = {
        name: float(rng.uniform(50, 1000))
        for table, names in schemas.VARIABLES.items()
        for name in names
        if table not in ("ages", "single_ages", "ages_tenure", "occupants", "population_history", "flows")
    }
    cells = [name for kinds in (DWELLERS, HOLDERS) for classes in kinds.values() for name, _, _ in classes]
    world |= {name: float(rng.uniform(1, 50)) for name in cells}
    # The people of a class of ages are those of every tenure, shared out among its years.
    for first in schemas.AGE_CLASSES:
        years = [name for name, low, _ in AGES if first <= low and (first == 95 or low < first + 5)]
        parts = rng.dirichlet(np.ones(len(years)))
        everybody = sum(world[f"{tenure} {first}"] for tenure in DWELLERS)
        world |= {name: float(part) * everybody for name, part in zip(years, parts, strict=True)}
    world |= {
        f"{counted}_{kind}~{tenure}": float(rng.uniform(50, 1000))
        for counted in ("INPER", "MEN") for kind in schemas.HOME_KINDS for tenure in HOLDERS
    }  # fmt: skip
    world |= {f"NPER~{tenure}": float(rng.uniform(50, 1000)) for tenure in HOLDERS}
    world["dwellers~owner"] = held(world, DWELLERS["owner"], 0, 199)
    # Parts that are taken off are smaller than their whole; classes in classes are their sums.
    world["POP01P"] += sum(world[f"POP01P_IRAN{place}"] for place in range(1, 6))
    world["LOG"] += world["MAISON"] + world["APPART"]
    world["RP"] += world["RPMAISON"] + world["RPAPPART"]
    scale = world["RP"] / sum(held(world, classes, 0, 199) for classes in HOLDERS.values())
    world |= {name: scale * world[name] for classes in HOLDERS.values() for name, _, _ in classes}
    # Homes of each kind by tenure are those of the tables by commune.
    for kind in schemas.HOME_KINDS:
        cells = [f"MEN_{kind}~{tenure}" for tenure in HOLDERS]
        scale = world[f"RP{kind}" if kind.isalpha() else f"RP_{kind}"] / sum(world[name] for name in cells)
        world |= {name: world[name] * scale for name in cells}
    world["holders~owner"] = held(world, HOLDERS["owner"], 0, 199)
    world["RP_LOC"] += world["RP_LOCHLMV"]
    world["RP_ACHTOT"] = held(world, PERIODS, 0, UNTIL - 3)
    for code, first, last in (("RP_ACHT1", 0, 1945), ("RP_ACHT2", 1946, 1990), ("RP_ACHT3", 1991, UNTIL - 3)):
        world[code] = held(world, PERIODS, first, last)
    world["MEN_ANEM10P"] = held(world, STAYS, 10, 199)
    world["POP6579"], world["POP80P"] = held(world, AGES, 65, 79), held(world, AGES, 80, 199)
    return world


def tables_of(worlds, *, without=()):
    """The tables of the store that hold these worlds: `{(territory, year): world}`."""
    tables = {}
    for table, names in schemas.VARIABLES.items():
        if table in {*schemas.DIMENSIONS, "age_groups"}:
            continue
        rows = {
            key: {name: world[name] for name in names if name in world and name not in without}
            for key, world in worlds.items()
        }
        tables[table] = long(rows)
    cells = [
        {"territory": place, "year": year, "variable": "POP", "sex": sex, "age": age, "value": world[f"age {age}"] / 2,
         "origin": "insee", "source": "ages"}
        for (place, year), world in worlds.items() for sex in "HF" for age in range(101)
    ]  # fmt: skip
    tables["single_ages"] = pd.DataFrame(cells)
    tables["ages_tenure"] = _crossed(
        worlds,
        "POP",
        {
            (sex, age, tenure): f"{tenure} {age}"
            for sex in "HF"
            for age in schemas.AGE_CLASSES
            for tenure in DWELLERS
        },
        names=("sex", "age", "tenure"),
        split=2,
    )
    tables["householders"] = _crossed(
        worlds,
        "MEN",
        {(age, tenure): f"{tenure} holders {age}" for age in schemas.HOLDER_AGES for tenure in HOLDERS},
        names=("age", "tenure"),
    )
    counted = ["NPER", *(f"{name}_{kind}" for name in ("INPER", "MEN") for kind in schemas.HOME_KINDS)]
    tables["occupants"] = pd.concat(
        _crossed(
            worlds, variable, {(tenure,): f"{variable}~{tenure}" for tenure in HOLDERS}, names=("tenure",)
        )
        for variable in counted
    )
    return tables


def _crossed(worlds, variable, cells, *, names, split=1):
    """A table sorted by age, sex or tenure, each cell of which has its name in a world."""
    rows = [
        {"territory": place, "year": year, "variable": variable, "value": world[name] / split, "origin": "insee", "source": "cells",
         **dict(zip(names, keys, strict=True))}
        for (place, year), world in worlds.items() for keys, name in cells.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)
