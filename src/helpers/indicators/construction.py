"""When homes were built, and how many are started each year."""

from __future__ import annotations

import pandas as pd

from helpers import provenance
from helpers.indicators.shares import at_dates, shares

PERIODS = {
    "RP_ACH19": "Avant 1919",
    "RP_ACH45": "1919 à 1945",
    "RP_ACH70": "1946 à 1970",
    "RP_ACH90": "1971 à 1990",
    "RP_ACH05": "1991 à 2005",
    "RP_ACH15": "Depuis 2006",
}
# The only periods that every census gives: those of 2011 and 2012 have their own variables, the others add up to them.
GROUPS = {"RP_ACHT1": "Avant 1946", "RP_ACHT2": "1946 à 1990", "RP_ACHT3": "Depuis 1991"}
_MADE_OF = {
    "RP_ACHT1": ["RP_ACH19", "RP_ACH45"],
    "RP_ACHT2": ["RP_ACH70", "RP_ACH90"],
    "RP_ACHT3": ["RP_ACH05", "RP_ACH15"],
}
# Homes may be declared started up to two years after: the last years of a file are provisional, and low (SDES).
PROVISIONAL_YEARS = 2
FINAL, PROVISIONAL = "Logements commencés", "Logements commencés, chiffre provisoire"

_KEYS = ["territory", "year"]


def periods(dwellings: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Main homes by period of completion at the last date: `territory, year, completed, label, value, share`.

    Shares are of the homes whose period is known (RP_ACHTOT: those completed two years at least before the census),
    not of all main homes; where that total is not given it is the sum of the periods, which it equals.
    """
    wide = provenance.widen(dwellings, keys=_KEYS, variables=list(PERIODS), optional=["RP_ACHTOT"])
    own = at_dates(wide, territory=territory).tail(1)
    return shares(_dated(own, list(PERIODS)), whole="dated", labels=PERIODS, kind="completed")


def groups(dwellings: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """The same in the three periods that every census has, at dates five years apart; empty with a single date.

    Columns `territory, year, completed, label, value, share`.
    """
    three = provenance.widen(dwellings, keys=_KEYS, variables=list(GROUPS), optional=["RP_ACHTOT"])
    six = provenance.widen(dwellings, keys=_KEYS, variables=list(PERIODS), optional=["RP_ACHTOT"])
    sums = {name: six[parts].sum(axis=1) for name, parts in _MADE_OF.items()}
    columns = [*_KEYS, *GROUPS, "RP_ACHTOT", *provenance.COLUMNS]
    known = [frame[columns] for frame in (three, six.assign(**sums)) if len(frame)] or [three[columns]]
    wide = pd.concat(known, ignore_index=True).drop_duplicates(_KEYS)
    own = at_dates(wide, territory=territory)
    own = own if len(own) > 1 else own.iloc[:0]
    return shares(_dated(own, list(GROUPS)), whole="dated", labels=GROUPS, kind="completed")


def starts(flows: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Homes started each year (LOGCOM, at the true date): `territory, year, label, value, count`, `year` being that of the
    works and `count` missing: a register.

    The two last years of the register, the same for every territory, are provisional and labelled so; a simulated year is
    not: nobody will declare it.
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


def _dated(wide: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """The homes whose period is known, in a column `dated`."""
    return wide.assign(dated=wide["RP_ACHTOT"].fillna(wide[names].sum(axis=1)))
