"""A commune whose answer is known, among thirty comparable ones and ten of its EPCI that are like any other."""

from __future__ import annotations

from functools import cache

import pandas as pd
from frames import flows, long

from helpers.indicators import explanation
from helpers.indicators.cube import Cube
from helpers.indicators.engine import ComputedFigures
from helpers.indicators.measures import Period
from helpers.problems import selection
from helpers.problems.definitions import CATALOGUE, PROBLEM_TABLES
from helpers.problems.facts import World

OWN = "00001"
PANEL = tuple(f"1{rank:04d}" for rank in range(30))
EPCI = tuple(f"2{rank:04d}" for rank in range(10))
PERIODS = (Period(2012, 2018), Period(2013, 2018))
YEARS = (2021, 2018)

# An ordinary commune of 8 000 inhabitants: nothing of it is beyond a threshold.
ORDINARY = {
    "people": 8_000, "growth_10": 0.4, "growth_5": 0.4, "natural": 0.15, "moves": 0.1,
    "age_0_14": 18.0, "age_15_29": 15.0, "age_18_24": 6.0, "age_75": 9.5,
    "children": 0.0, "young_points": -0.5, "old": 9.0,
    "homes": 3_400, "gain": 4.0, "owner": 65.0, "hlm": 12.0, "houses": 75.0,
    "gain_owner": 2.4, "gain_hlm": 0.6, "gain_second": 0.0,
    "vacant": 6.5, "second": 2.0, "empty": 3.2, "starts": 36.0, "starts_before": 36.0, "spread": 1.0,
    "social": 13.0, "income": 23_000.0, "poverty": 12.0,
}  # fmt: skip


def tables(profiles, *, households=None):
    """The tables of the store for communes, by code: `profiles` say what each is like, in the words of `ORDINARY`."""
    parts = {name: [] for name in PROBLEM_TABLES}
    for code, profile in profiles.items():
        for name, frame in _of_one(code, profile).items():
            parts[name].append(frame)
    for name, frame in (households or {}).items():
        parts[name].append(frame)
    return {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items() if frames}


def _of_one(code, p):
    people_18 = p["people"]
    people = {
        year: people_18 * (1 + (p["growth_5"] if year > 2018 else 2 * p["growth_10"] - p["growth_5"]) / 100) ** (year - 2018)
        for year in (2012, 2013, 2018, 2023)
    }  # fmt: skip
    homes_12 = p["homes"] / (1 + p["gain"] / 100)
    now = {
        "RP_PROP": p["owner"],
        "RP_LOCHLMV": p["hlm"],
        "RPMAISON": p["houses"],
        "RPAPPART": 100 - p["houses"],
    }
    end = {name: p["homes"] * share / 100 for name, share in now.items()}
    end |= {"RP": p["homes"], "RP_LOC": p["homes"] - end["RP_PROP"], "RSECOCC": p["homes"] * p["second"] / 90}
    start = {
        "RP": homes_12, "RP_PROP": end["RP_PROP"] - homes_12 * p["gain_owner"] / 100,
        "RP_LOCHLMV": end["RP_LOCHLMV"] - homes_12 * p["gain_hlm"] / 100,
        "RPMAISON": homes_12 * p["houses"] / 100, "RPAPPART": homes_12 * (1 - p["houses"] / 100),
        "RSECOCC": end["RSECOCC"] - homes_12 * p["gain_second"] / 100,
    }  # fmt: skip
    start["RP_LOC"] = homes_12 - start["RP_PROP"]
    stock = p["homes"] / (1 - (p["vacant"] + p["second"]) / 100)
    later = {
        "LOG": stock, "RP": p["homes"], "LOGVAC": stock * p["vacant"] / 100, "RSECOCC": stock * p["second"] / 100,
    }  # fmt: skip
    ages = {
        "POP0014": p["age_0_14"],
        "POP1529": p["age_15_29"],
        "POP1824": p["age_18_24"],
        "POP75P": p["age_75"],
    }
    aged = {name: people_18 * share / 100 for name, share in ages.items()}
    before = {
        "POP0014": aged["POP0014"] / (1 + p["children"] / 100), "POP75P": aged["POP75P"] / (1 + p["old"] / 100),
        "POP1529": people[2012] * (p["age_15_29"] - p["young_points"]) / 100, "POP1824": aged["POP1824"],
    }  # fmt: skip
    mean = (people[2013] + people[2018]) / 2
    births = 5 * mean * 1.1 / 100
    yearly = {
        year: (p["starts_before"] if year < 2018 else p["starts"])
        * (p["spread"] if year in (2014, 2020) else 1)
        for year in range(2013, 2023)
    }
    return {
        "population": long({(code, year): {"POP": value} for year, value in people.items()}),
        "dwellings": long({(code, 2012): start, (code, 2018): end, (code, 2021): later}),
        "age_groups": long({(code, 2012): before, (code, 2018): aged}),
        "flows": flows(
            {(code, 2013, 2018): {"NAIS": births, "DECE": births - 5 * mean * p["natural"] / 100}}
            | {(code, year, year + 1): {"LOGCOM": value} for year, value in yearly.items()}
        ),
        "income": long({(code, 2021): {"MED": p["income"], "TP60": p["poverty"]}}),
        "social_housing": long({(code, 2024): {"RPLS": p["homes"] * p["social"] / 100}}),
        "vacancy": long({(code, 2025): {"TX_VACANT_2ANS": p["empty"]}}),
    }


@cache
def _others(times):
    """The tables of the other communes, so many times as large as the ordinary one."""
    grown = ("people", "homes", "starts", "starts_before")
    return tables(
        {
            code: {
                name: value * (1 + (rank % 10 - 4.5) / 100) * (times if name in grown else 1)
                for name, value in ORDINARY.items()
            }
            for rank, code in enumerate((*PANEL, *EPCI))
        }
    )


def build(*, institution="", extra=None, **own):
    """A world: the commune as `own` changes the ordinary one, the others ordinary, each a little different."""
    unknown = set(own) - set(ORDINARY)
    assert not unknown, unknown
    profile = {**ORDINARY, **own}
    own_tables = tables({OWN: profile}, households=extra)
    others = _others(profile["people"] / ORDINARY["people"])
    made = {
        name: pd.concat([others[name], frame], ignore_index=True) if name in others else frame
        for name, frame in own_tables.items()
    }
    return World(
        own=Cube(own_tables),
        figures=ComputedFigures(made),
        code=OWN,
        panel=PANEL,
        siblings=EPCI,
        periods=PERIODS,
        years=YEARS,
        institution=institution,
    )


def explain(world):
    """What lists what the figure of a fact of such a world is made of."""
    return lambda one: explanation.terms(
        one.indicator, world.own, Period(one.since, one.year), territory=OWN, year=one.year
    )


def choose(**own):
    """The problems of such a commune."""
    return selection.choose(CATALOGUE, build(**own))
