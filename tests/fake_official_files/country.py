"""An imaginary country that every official layout can be written from, so that its files agree with each other.

People live in homes: one count by commune, date, sex, single year of age and tenure gives the population, the
ages, the people of each tenure; one count of homes by commune and date gives the stock. Values are decimal, as
the census's weighted counts are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

# Census codes: owner, rented unfurnished, social, furnished, free, outside ordinary dwellings.
TENURES = ["10", "21", "22", "23", "30", "ZZ"]
# Codes with a leading zero, of Corsica, of the overseas départements.
CODES = ("01004", "2A004", "2B033", "59011", "59299", "59350", "97101", "97411")


@dataclass(frozen=True)
class Country:
    """Communes at a few census dates, the last one first among equals: `dates` go from the oldest to the latest."""

    codes: Sequence[str] = CODES
    dates: Sequence[int] = (2011, 2016, 2022)
    seed: int = 0

    @cached_property
    def people(self) -> pd.DataFrame:
        """`code, year, sex` (1, 2)`, age` (0 to 100)`, tenure` (census code)`, value` (persons)."""
        random = np.random.default_rng(self.seed)
        ages = np.arange(101)
        shape = np.exp(-(((ages - 35) / 38.0) ** 2))
        parts = []
        for code in self.codes:
            size = random.lognormal(5.5, 1.2)
            for year in self.dates:
                size *= random.uniform(0.95, 1.08)
                weights = random.dirichlet([6, 3, 3, 0.6, 0.4, 0.3])
                for sex in (1, 2):
                    counts = shape[:, None] * weights[None, :] * random.uniform(0.5, 1.5, (101, 6))
                    counts *= size / counts.sum() / 2 * (1.02 if sex == 2 else 0.98)
                    parts.append(
                        pd.DataFrame(
                            {
                                "code": code,
                                "year": year,
                                "sex": sex,
                                "age": np.repeat(ages, 6),
                                "tenure": np.tile(TENURES, 101),
                                "value": counts.ravel().round(6),
                            }
                        )
                    )
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def homes(self) -> pd.DataFrame:
        """One row by commune and date, a column by count of homes, without the vintage: `LOG, RP, RSECOCC, LOGVAC,
        MAISON, APPART, RP_PROP, RP_LOC, RP_LOCHLMV, RP_GRAT` and the people of each tenure, `NPER_RP...`."""
        people = self.people
        living = people[people["tenure"] != "ZZ"].pivot_table(
            index=["code", "year"], columns="tenure", values="value", aggfunc="sum"
        )
        random = np.random.default_rng(self.seed + 1)
        size = 2.1 + 0.3 * random.random(len(living))
        homes = pd.DataFrame(index=living.index)
        homes["NPER_RP_PROP"] = living["10"]
        homes["NPER_RP_LOC"] = living[["21", "22", "23"]].sum(axis=1)
        homes["NPER_RP_LOCHLMV"] = living["22"]
        homes["NPER_RP_GRAT"] = living["30"]
        homes["NPER_RP"] = living.sum(axis=1)
        for name in ("PROP", "LOC", "LOCHLMV", "GRAT"):
            homes[f"RP_{name}"] = homes[f"NPER_RP_{name}"] / size
        homes["RP"] = homes["RP_PROP"] + homes["RP_LOC"] + homes["RP_GRAT"]
        homes["RSECOCC"] = homes["RP"] * random.uniform(0, 0.1, len(homes))
        homes["LOGVAC"] = homes["RP"] * random.uniform(0.02, 0.12, len(homes))
        homes["LOG"] = homes["RP"] + homes["RSECOCC"] + homes["LOGVAC"]
        homes["MAISON"] = homes["LOG"] * random.uniform(0.3, 0.9, len(homes))
        homes["APPART"] = homes["LOG"] - homes["MAISON"]
        return homes.reset_index()
