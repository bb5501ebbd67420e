"""Simulate the detail no open file gives: the "demonstration" part of the embedded data set.

Deterministic and closed: real counts are kept, simulated ones are fitted so that every accounting identity
holds with them. `assumptions` says what is supposed, `axes` what the arrays run over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers import schemas
from helpers.simulation.axes import DETAIL_YEARS, SERIES_YEARS, TENURES, Array, at
from helpers.simulation.dwellings import estimate_details, estimate_periods, estimate_stock, estimate_tenures
from helpers.simulation.flows import estimate_events
from helpers.simulation.generations import estimate_settlers
from helpers.simulation.households import estimate_households, estimate_outside, estimate_series
from helpers.simulation.known import Known
from helpers.simulation.people import estimate_margins, estimate_metropolis, estimate_pyramids
from helpers.simulation.tenures import cross_tenures

KEYS = {
    "population": ["code", "year", "variable"],
    "flows": ["code", "since", "year", "variable"],
    "dwellings": ["code", "year", "variable"],
    "households": ["code", "year", "variable"],
    "ages": ["code", "year", "sex", "age", "variable"],
    "single_ages": ["code", "year", "sex", "age", "variable"],
    "ages_tenure": ["code", "year", "sex", "age", "tenure", "variable"],
}


def simulate(
    real: Mapping[str, pd.DataFrame], published: pd.DataFrame, *, communes: Sequence[str]
) -> dict[str, pd.DataFrame]:
    """Simulate the detail of `communes` that `real` does not hold, by table.

    Args:
        real: real values by table, columns `code, year, variable, value` (and `since` for flows).
        published: the published figures, as text (`published_facts.csv`); only Insee's own are used.
        communes: Insee codes; each needs population (2013, 2018), stock and owners (2018), births, deaths, homes
            started (2015, 2016).

    Returns:
        `population, flows, dwellings, households, ages, single_ages, ages_tenure`: the columns of `KEYS` and `value`
        (persons, events, dwellings, rooms or households, nine decimals).

    Raises:
        ValueError: a commune lacks a real figure it needs, a published table is missing, or margins disagree.
    """
    known = Known(sorted(communes), real, published)
    metropolis = estimate_metropolis(known)
    margins = estimate_margins(known, base=metropolis[2018])
    outside = estimate_outside(known, margins)
    series = estimate_series(known, outside, margins.population)
    stock = estimate_stock(known, series["RP"])
    tenures = estimate_tenures(known, stock["RP"])
    settlers = estimate_settlers(
        known, stock["RP"], seniors=margins.groups[..., 3], children=margins.groups[..., 0]
    )
    pyramids = estimate_pyramids(known, margins, metropolis, settlers, people=series["POP"])
    tables = {
        "population": _to_frame(known.codes, {SERIES_YEARS: {"POP": series["POP"]}}),
        "flows": _flows_to_frame(known, series["POP"]),
        "dwellings": _to_frame(
            known.codes,
            {
                SERIES_YEARS: stock,
                DETAIL_YEARS: estimate_details(known, stock["RP"], stock["LOG"], tenures),
                (2018,): estimate_periods(known, stock["RP"], stock["LOG"], tenures),
            },
        ),
        "households": _to_frame(
            known.codes,
            {
                SERIES_YEARS: {"PMEN": series["PMEN"]},
                DETAIL_YEARS: estimate_households(known, stock["RP"], series["PMEN"], tenures),
            },
        ),
        **_ages_to_frames(
            known, pyramids, settlers, tenures=tenures, persons=series["PMEN"], inmates=margins.inmates
        ),
    }
    return {table: _without_real(frame, real.get(table), table) for table, frame in tables.items()}


def _to_frame(codes: Sequence[str], by_years: Mapping[Sequence[int], Mapping[str, Array]]) -> pd.DataFrame:
    """Turn arrays over communes x GRID, by the years to keep and by variable, into `code, year, variable, value`."""
    frames = []
    for years, variables in by_years.items():
        index = pd.MultiIndex.from_product([variables, years, codes], names=["variable", "year", "code"])
        values = np.concatenate([array[:, at(year)] for array in variables.values() for year in years])
        frames.append(pd.Series(values, index=index, name="value").reset_index())
    return pd.concat(frames)


def _flows_to_frame(known: Known, people: Array) -> pd.DataFrame:
    """Gather births and deaths: `code, since, year, variable, value`."""
    flows = {
        (variable, *period): values
        for variable in ("NAIS", "DECE")
        for period, values in estimate_events(known, people, variable).items()
    }
    wide = pd.DataFrame(flows, index=pd.Index(known.codes, name="code"))
    return wide.rename_axis(columns=["variable", "since", "year"]).melt(ignore_index=False).reset_index()


def _ages_to_frames(
    known: Known,
    pyramids: Mapping[int, Array],
    settlers: Mapping[int, Array],
    *,
    tenures: Array,
    persons: Array,
    inmates: Array,
) -> dict[str, pd.DataFrame]:
    """Gather the tables by age from the pyramids by single age; the other arrays run over communes x GRID."""

    def classify(ages: Sequence[int]) -> pd.DataFrame:
        by_year = {year: np.add.reduceat(pyramid, ages, axis=2) for year, pyramid in pyramids.items()}
        return _by_age_to_frame(known.codes, by_year, ages=ages)

    crossed = {
        year: cross_tenures(
            known,
            pyramid,
            settlers[year],
            tenures=tenures[:, at(year)],
            persons=persons[:, at(year)],
            inmates=inmates[:, at(year)],
        )
        for year, pyramid in pyramids.items()
    }
    return {
        "ages": classify(schemas.AGE_CLASSES),
        "single_ages": classify(schemas.SINGLE_AGES),
        "ages_tenure": _by_age_to_frame(known.codes, crossed, ages=schemas.AGE_CLASSES),
    }


def _by_age_to_frame(
    codes: Sequence[str], by_year: Mapping[int, Array], *, ages: Sequence[int]
) -> pd.DataFrame:
    """Turn arrays over communes x sex x class[ x tenure] into `code, year, sex, age[, tenure], variable, value`."""
    values = np.stack(list(by_year.values()))
    levels = {"year": by_year, "code": codes, "sex": ["H", "F"], "age": ages, "tenure": TENURES}
    names = list(levels)[: values.ndim]
    index = pd.MultiIndex.from_product([list(levels[name]) for name in names], names=names)
    return pd.Series(values.ravel(), index=index, name="value").reset_index().assign(variable="POP")


def _without_real(frame: pd.DataFrame, real: pd.DataFrame | None, table: str) -> pd.DataFrame:
    """Keep the simulated rows, in the order of their key, at nine decimals (last bits vary by machine)."""
    key = KEYS[table]
    if real is not None and len(real):
        held = pd.MultiIndex.from_frame(real[key])
        frame = frame[~pd.MultiIndex.from_frame(frame[key]).isin(held)]
    frame = frame[[*key, "value"]].sort_values(key, ignore_index=True)
    return frame.assign(value=frame["value"].round(9) + 0.0)
