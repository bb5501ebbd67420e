"""When homes were built, and how many are started each year."""

from __future__ import annotations

import pandas as pd

from helpers.indicators.crosstabs import Parts, over_time
from helpers.indicators.cube import Cube

PERIODS = Parts(
    "completed",
    {
        "RP_ACH19": ("construits_avant_1919", "Avant 1919"),
        "RP_ACH45": ("construits_1919_1945", "1919 à 1945"),
        "RP_ACH70": ("construits_1946_1970", "1946 à 1970"),
        "RP_ACH90": ("construits_1971_1990", "1971 à 1990"),
        "RP_ACH05": ("construits_1991_2005", "1991 à 2005"),
        "RP_ACH15": ("recents", "Depuis 2006"),
    },
)
# The only periods that every census gives: those of 2011 and 2012 have their own variables, the others add up to them.
GROUPS = Parts(
    "completed",
    {
        "RP_ACHT1": ("anciens", "Avant 1946"),
        "RP_ACHT2": ("construits_1946_1990", "1946 à 1990"),
        "RP_ACHT3": ("construits_depuis_1991", "Depuis 1991"),
    },
)
# Homes may be declared started up to two years after: the last years of a file are provisional, and low (SDES).
PROVISIONAL_YEARS = 2
FINAL, PROVISIONAL = "Logements commencés", "Logements commencés, chiffre provisoire"


def periods(dwellings: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Give main homes by period of completion at the last date: `territory, year, completed, label, value, share`.

    Shares are of the homes whose period is known (those completed two years at least before the census), not of all
    main homes.
    """
    frame = over_time(Cube({"dwellings": dwellings}), PERIODS, territory=territory)
    return frame[frame["year"] == frame["year"].max()].reset_index(drop=True)


def groups(dwellings: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Give the same in the three periods that every census has, at dates five years apart; empty with a single date.

    Columns `territory, year, completed, label, value, share`.
    """
    frame = over_time(Cube({"dwellings": dwellings}), GROUPS, territory=territory)
    return frame if frame["year"].nunique() > 1 else frame.iloc[:0]


def starts(flows: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Give the homes started each year (LOGCOM, at the true date): `territory, year, label, value, count`.

    `year` is that of the works; `count` is missing: a register.

    The two last years of the register, the same for every territory, are provisional and labelled so; a simulated year
    is not: nobody will declare it.
    """
    yearly = flows[(flows["variable"] == "LOGCOM") & (flows["year"] - flows["since"] == 1)]
    last = yearly["since"].max()
    own = yearly[yearly["territory"] == territory].sort_values("since", ignore_index=True)
    late = (own["since"] > last - PROVISIONAL_YEARS) & (own["origin"] != "demonstration")
    return pd.DataFrame(
        {
            "territory": own["territory"].astype("str"),
            "year": own["since"].astype("int64"),
            "label": late.map({False: FINAL, True: PROVISIONAL}),
            "value": own["value"],
            "count": float("nan"),
            "origin": own["origin"],
            "sources": own["source"],
        }
    )
