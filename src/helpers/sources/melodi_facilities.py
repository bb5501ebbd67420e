"""How Melodi counts facilities (permanent database of facilities, BPE): schools, childcare, doctors...

A row is a domain (C, education), a subdomain (C1), a type (C107), or the total of all of them. Codes are those that
public programs read in answers of September 2026 and in files of 2024 and 2025. A type that a place has not has no row.
"""

from __future__ import annotations

from helpers.sources.melodi_form import TOTAL, Cross, Form

# Variable of the store -> types counted together.
_TYPES = {
    # Nursery schools, primary schools (both), elementary schools.
    "ECOLES": ("C107", "C108", "C109"),
    "COLLEGES": ("C201",),
    # General and technological, vocational, agricultural.
    "LYCEES": ("C301", "C302", "C303"),
    # Nurseries; the smallest have a code of their own in the edition of 2025.
    "CRECHES": ("D502", "D509"),
    "MEDECINS": ("D265",),
    "PHARMACIES": ("D307",),
    "HEBERGEMENTS_AGES": ("D401",),
}
_LEFT_OUT = {
    "BPE_MEASURE": "[A-Z_]+", "FACILITY_DOM": "[A-Z]", "FACILITY_SDOM": r"[A-Z]\d", "FACILITY_TYPE": r"[A-Z]\d{3}",
}  # fmt: skip
_TOTALS = dict.fromkeys(["FACILITY_DOM", "FACILITY_SDOM", "FACILITY_TYPE"], TOTAL)
_ALL = "all facilities"

FACILITIES = Form(
    pinned={"BPE_MEASURE": "FACILITIES", **_TOTALS},
    crosses={
        _ALL: Cross("", _ALL, {}),
        **{
            f"{variable} {code}": Cross(
                "facilities", variable, {"FACILITY_DOM": code[0], "FACILITY_SDOM": code[:2], "FACILITY_TYPE": code}
            )
            for variable, codes in _TYPES.items()
            for code in codes
        },
    },
    left_out=_LEFT_OUT,
    summed=True,
    whole=_ALL,
)  # fmt: skip

_SCHOOLS = {"FACILITY_DOM": "C", "FACILITY_SDOM": "C1"}
_DETAILS = dict.fromkeys(["BOARDING_SCHOOL", "CANTEEN", "CPGE", "EP", "SCHOOL_SECTOR", "RPI_TYPE"], TOTAL)

SCHOOLS = Form(
    pinned={"BPE_MEASURE": "FACILITIES", **_TOTALS, **_DETAILS},
    crosses={
        _ALL: Cross("", _ALL, _SCHOOLS),
        "ECOLES_PUBLIQUES": Cross("facilities", "ECOLES_PUBLIQUES", {**_SCHOOLS, "SCHOOL_SECTOR": "PUBL"}),
    },
    left_out={**_LEFT_OUT, **dict.fromkeys(_DETAILS, r"\w+")},
    summed=True,
    whole=_ALL,
)
