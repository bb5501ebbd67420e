"""The people of each tenure counted twice, from the individuals and from the dwellings of the census.

Individuals are of the exploitation complémentaire, homes of the principale: a gap within `sampling_margin` says
nothing.
"""

from __future__ import annotations

import pandas as pd

from helpers import provenance
from helpers.indicators.ages import group_label
from helpers.indicators.reliability import FRAGILE
from helpers.simulation.calibration import sampling_margin

# Groups that the file of dwellings counts in each household, with their bounds.
GROUPS: dict[str, tuple[int, int | None]] = {
    "INP24M": (0, 24),
    "INP60M": (60, None),
    "INP65M": (65, None),
    "INP75M": (75, None),
    "INPER": (0, None),
}
EVERYONE = "Ensemble"

_KEYS = ["territory", "year", "tenure"]


def compare(ages_tenure: pd.DataFrame, occupants: pd.DataFrame) -> pd.DataFrame:
    """Persons of ordinary dwellings by tenure and broad age: pyramids, file of dwellings, tables by commune.

    Takes two tables of the store by territory. One row by `territory, year, tenure, group` that the pyramids and
    the file of dwellings both have, with, in persons:

    * `persons`: people of the pyramids; `dwellings_file`: those of the households of the file of dwellings;
    * `tables_file`: people of the tenure in the tables by commune (NPER), for the group `Ensemble`; else missing;
    * `gap`: persons - dwellings_file; `gap_tables`: persons - tables_file; `gap_rate` and `gap_tables_rate`: the same
      in % of what persons are compared with (missing when that is zero);
    * `tolerance`: the gap that sampling explains (persons); `beyond`: the gap is wider;
    * `small`: one of the counts is under 200: imprecise, not to be compared;
    * `origin` and `sources` of all that the row uses.
    """
    counted = pd.concat([_count(ages_tenure, variable) for variable in GROUPS], ignore_index=True)
    held = _named(occupants[occupants["variable"].isin(GROUPS)], "dwellings_file")
    both = provenance.join(counted, held, on=[*_KEYS, "variable"], suffixes=("_persons", "_homes"))
    margins = _named(occupants[occupants["variable"] == "NPER"], "tables_file").assign(variable="INPER")
    frame = both.merge(margins, on=[*_KEYS, "variable"], how="left", suffixes=("", "_margin"))
    used = frame["tables_file"].notna()
    for name, bring in (("origin", provenance.least_real), ("sources", provenance.union)):
        pairs = zip(frame[name], frame.pop(f"{name}_margin"), strict=True)
        frame[name] = [bring(pair) if known else pair[0] for pair, known in zip(pairs, used, strict=True)]
    for reference, gap in (("dwellings_file", "gap"), ("tables_file", "gap_tables")):
        frame[gap] = frame["persons"] - frame[reference]
        frame[f"{gap}_rate"] = 100 * frame[gap] / frame[reference].where(frame[reference] > 0)
    frame["tolerance"] = sampling_margin(frame["dwellings_file"])
    frame["beyond"] = frame["gap"].abs() > frame["tolerance"]
    frame["small"] = frame[["persons", "dwellings_file"]].min(axis=1) < FRAGILE
    frame["group"] = frame["variable"].map(_label)
    order = {variable: rank for rank, variable in enumerate(GROUPS)}
    frame = frame.assign(_rank=frame["variable"].map(order)).sort_values([*_KEYS, "_rank"], ignore_index=True)
    counts = ["persons", "dwellings_file", "tables_file", "gap", "gap_rate", "gap_tables", "gap_tables_rate"]
    return frame[[*_KEYS, "group", *counts, "tolerance", "beyond", "small", *provenance.COLUMNS]]


def _count(ages_tenure: pd.DataFrame, variable: str) -> pd.DataFrame:
    """People of the pyramids in the group of a variable: `territory, year, tenure, variable, persons`, provenance."""
    low, high = GROUPS[variable]
    # The last class of the group begins four years before its bound.
    inside = ages_tenure["age"].between(low, 95 if high is None else high)
    grouped = ages_tenure[inside & (ages_tenure["tenure"] != "outside")].groupby(_KEYS, observed=True)
    return (
        pd.DataFrame(
            {
                "persons": grouped["value"].sum(),
                "origin": grouped["origin"].agg(provenance.least_real),
                "sources": grouped["source"].agg(provenance.union),
            }
        )
        .reset_index()
        .assign(variable=variable)
    )


def _named(occupants: pd.DataFrame, name: str) -> pd.DataFrame:
    columns = [*_KEYS, "variable", name, *provenance.COLUMNS]
    return occupants.rename(columns={"value": name, "source": "sources"})[columns]


def _label(variable: str) -> str:
    return EVERYONE if variable == "INPER" else group_label(GROUPS[variable])
