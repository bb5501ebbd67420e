"""What is known of the communes simulated: their real figures, and the tables that Insee publishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.simulation.axes import GRID, Array, at
from helpers.simulation.fit import interpolate

# Territories of the published tables; Houplines alone has tenure x seniority, Lille tenure x household size.
MEL_2013, DISTRICT, NORD, REGION = "EPCI-245900410", "ARR-595", "DEP-59", "REG-32"
FORMER_REGION, URBAN, HOUPLINES, LILLE = "REG-31", "UU2020-59702", "59317", "59350"
# Communes of today's metropolis that EPCI-245900410 left out.
JOINED_LATER = ["59005", "59011", "59025", "59052", "59088", "59133", "59257", "59371", "59477", "59487"]


@dataclass(frozen=True)
class Known:
    """The real figures of some communes, read as arrays over `codes` x `GRID`, and the published tables.

    `real` holds frames by table (`code, year, variable, value`, and `since` for flows); `published`, the rows of
    `published_facts.csv`, as text.
    """

    codes: list[str]
    real: Mapping[str, pd.DataFrame]
    published: pd.DataFrame

    def series(self, table: str, variable: str) -> Array:
        """Read one variable over `codes` x `GRID`, NaN where not known."""
        frame = self.real.get(table, pd.DataFrame(columns=["code", "year", "variable", "value"]))
        rows = frame[frame["variable"] == variable]
        wide = rows.pivot(index="code", columns="year", values="value")
        return wide.reindex(index=self.codes, columns=GRID).to_numpy(dtype=float, na_value=np.nan)

    def parts(self, table: str, variables: Sequence[str]) -> Array:
        """Read several variables, stacked on a last axis."""
        return np.stack([self.series(table, variable) for variable in variables], axis=-1)

    def flow(self, variable: str, *, since: int, year: int) -> Array:
        """Read one flow (events) over `codes`.

        Raises:
            ValueError: names the communes that lack it.
        """
        values = self.find_flow(variable, since=since, year=year)
        return self.require(values, f"flows {variable} {since}-{year}")

    def find_flow(self, variable: str, *, since: int, year: int) -> Array:
        """Read one flow (events) over `codes`, NaN where not known."""
        frame = self.real["flows"].query("since == @since and year == @year and variable == @variable")
        return frame.set_index("code")["value"].reindex(self.codes).to_numpy(dtype=float)

    def require(self, values: Array, label: str) -> Array:
        """Return `values`, over `codes`.

        Raises:
            ValueError: names the communes that lack one.
        """
        missing = [code for code, value in zip(self.codes, values, strict=True) if np.isnan(value)]
        if missing:
            raise ValueError(f"no real {label} for communes {missing!r}")
        return values

    def figures(self, territory: str, table: str, *, variable: str = "") -> pd.DataFrame:
        """Read one published table of Insee: categories x years (whole numbers).

        Raises:
            ValueError: no page at hand gives this table for this territory.
        """
        rows = self._of_table(table)
        rows = rows[(rows["territory_code"] == territory) & rows["variable"].str.startswith(variable)]
        if rows.empty:
            raise ValueError(f"no published row for territory {territory!r}, table {table!r}")
        rows = rows.drop_duplicates(["category", "year"]).astype({"year": int, "value": float})
        return rows.pivot(index="category", columns="year", values="value")

    def figures_by_commune(self, table: str) -> dict[int, pd.DataFrame]:
        """Read one published table for each commune that has it, by its position in `codes`."""
        held = set(self._of_table(table)["territory_code"])
        return {
            position: self.figures(code, table) for position, code in enumerate(self.codes) if code in held
        }

    def _of_table(self, table: str) -> pd.DataFrame:
        """Keep the rows of one table, of Insee's own pages."""
        rows = self.published[self.published["source_table"] == table]
        return rows[rows["source_url"].str.contains("insee.fr", regex=False)]


def cross(figures: pd.Series, rows: Sequence[Sequence[str]], columns: Sequence[Sequence[str]]) -> Array:
    """Turn a published "row | column" table into an array, its categories grouped as asked."""
    return np.array(
        [[sum(figures[f"{r} | {c}"] for r in row for c in column) for column in columns] for row in rows]
    )


def read_urban_pace(known: Known) -> Array:
    """Read the population of the urban area on `GRID`."""
    return interpolate(known.figures(URBAN, "POP T1").T["Population"])


def find_perimeter(codes: Sequence[str]) -> NDArray[np.bool_]:
    """Tell which communes belong to the published perimeter (all of them when none does)."""
    inside = ~np.isin(codes, JOINED_LATER)
    return inside if inside.any() else ~inside


def describe_communes(known: Known) -> Array:
    """Describe what sets communes apart: owners, size, births, deaths, persons per dwelling, in logarithm."""
    homes = known.series("dwellings", "RP")[:, at(2018)]
    owners = known.series("dwellings", "RP_PROP")[:, at(2018)]
    people = known.series("population", "POP")[:, at(2018)]
    births, deaths = (known.flow(variable, since=2013, year=2018) for variable in ("NAIS", "DECE"))
    traits = [owners / homes, homes, (births + 1) / people, (deaths + 1) / people, people / homes]
    return np.column_stack(
        [np.ones(len(homes)), *(np.log(known.require(trait, "2018 trait")) for trait in traits)]
    )
