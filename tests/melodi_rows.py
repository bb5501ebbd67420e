"""Rows of the data sets that the stand-in of Melodi holds: dimensions, value and status."""

from __future__ import annotations

OCS = {"LOG": "_T", "RP": "DW_MAIN", "RSECOCC": "DW_SEC_DW_OCC", "LOGVAC": "DW_VAC"}
TOTALS = dict.fromkeys(
    ["L_STAY", "TDW", "NRG_SRC", "CARPARK", "NOR", "TSH", "CARS", "BUILD_END"], "_T"
)  # fmt: skip
SINGLE_AGES = [*(f"Y{age}" for age in range(100)), "Y_GE100"]


def series(geo, year, values, status="A"):
    codes = {"POP": ("POP", "_T"), "NAIS": ("BRTH", "_T"), "DECE": ("DEATH", "_T"), "SUP": ("SUP", "_T")}
    codes |= {"PMEN": ("DWELLINGS_POPSIZE", "DW_MAIN")} | {
        name: ("DWELLINGS", ocs) for name, ocs in OCS.items()
    }
    return [
        {"GEO": geo, "TIME_PERIOD": str(year), "RP_MEASURE": codes[name][0], "OCS": codes[name][1],
         "value": value, "status": status}
        for name, value in values.items()
    ]  # fmt: skip


def housing(geo, year, status="A", **codes):
    pinned = {"RP_MEASURE": "DWELLINGS", "OCS": "DW_MAIN", **TOTALS, **codes}
    value = pinned.pop("value", 7.5)
    return {"GEO": geo, "TIME_PERIOD": str(year), **pinned, "value": value, "status": status}


def people(geo, year, sex, age, value, status="A"):
    return {
        "GEO": geo, "TIME_PERIOD": str(year), "RP_MEASURE": "POP", "SEX": sex, "AGE": age, "value": value,
        "status": status,
    }  # fmt: skip


def pyramid(geo, year, numbers, status="A"):
    """Both sexes and their total, women twice as many as men at each age."""
    weights = {"M": 1, "F": 2, "_T": 3}
    ages = {"_T": sum(numbers), **dict(zip(SINGLE_AGES, numbers, strict=True))}
    return [
        people(geo, year, sex, age, weight * number, status)
        for sex, weight in weights.items()
        for age, number in ages.items()
    ]


# Insee, DS_RP_SERIE_HISTORIQUE_2023, Licence Ouverte 2.0: Angoulême and Royan, RP2017 and RP2023.
REAL = {
    "16015": {
        2017: {"POP": 41740.0, "LOG": 26091.48932, "RP": 22534.73072, "RSECOCC": 508.32967, "LOGVAC": 3048.42893},
        2023: {"POP": 41908.0, "LOG": 26946.72603, "RP": 23685.34425, "RSECOCC": 837.22335, "LOGVAC": 2424.15844},
    },
    "17306": {
        2017: {"POP": 18398.0, "LOG": 20497.72667, "RP": 10882.38597, "RSECOCC": 8886.08712, "LOGVAC": 729.25358},
        2023: {"POP": 19425.0, "LOG": 21957.71931, "RP": 11916.30094, "RSECOCC": 9347.00861, "LOGVAC": 694.40977},
    },
}  # fmt: skip

REAL_ROWS = [
    row
    for code, years in REAL.items()
    for year, values in years.items()
    for row in series(f"COM-{code}", year, values)
]
