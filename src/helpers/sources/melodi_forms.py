"""What is read of each data set of Insee's Melodi, and what its codes mean.

A row of Melodi is a cross of all the dimensions of its data set, `_T` being a total: each dimension is pinned
to one code, so that nobody is counted twice. Codes are those that public programs read in true exports:
an importer of the dwelling, population and household files of 2023 (occupants and years of residence by tenure,
parking, cars, periods of construction, types of household, people living alone, residence one year before),
and two readers of the births (LVB) and deaths (DTH) by commune.
"""

from __future__ import annotations

from helpers import schemas
from helpers.errors import SourceError
from helpers.sources.melodi_facilities import FACILITIES, SCHOOLS
from helpers.sources.melodi_form import TOTAL, Cross, Form, along, computed
from helpers.sources.melodi_incomes import INCOMES, INCOMES_BY_AGE, INCOMES_BY_TENURE


def find_form(dataset: str | None) -> Form:
    """Find how a data set is read.

    Raises:
        SourceError: nothing says it.
    """
    if dataset not in FORMS:
        raise SourceError(
            f"Jeu de données Melodi inconnu : {dataset!r}.", remedy=f"Jeux connus : {', '.join(FORMS)}."
        )
    return FORMS[dataset]


_BY_STATUS = {"LOG": TOTAL, "RP": "DW_MAIN", "RSECOCC": "DW_SEC_DW_OCC", "LOGVAC": "DW_VAC"}
_STOCK = ("LOG", ["RP", "RSECOCC", "LOGVAC"])

_SERIES = Form(
    pinned={"RP_MEASURE": "DWELLINGS", "OCS": TOTAL},
    crosses={
        **along("population", "RP_MEASURE", POP="POP"),
        **along("flows", "RP_MEASURE", NAIS="BRTH", DECE="DEATH"),
        **along("dwellings", "OCS", **_BY_STATUS),
        **along("households", "OCS", measure="DWELLINGS_POPSIZE", PMEN="DW_MAIN"),
    },
    left_out={"RP_MEASURE": "SUP"},
    identities=[_STOCK],
)

_TENURES = {"PROP": "100", "LOC": "200", "LOCHLMV": "221", "GRAT": "300"}
_PERIODS = {
    "RP_ACH19": "Y_LT1919", "RP_ACH45": "Y1919T1945", "RP_ACH70": "Y1946T1970", "RP_ACH90": "Y1971T1990",
    # The last one runs from 2006 to three years before the census, whatever the census.
    "RP_ACH05": "Y1991T2005", "RP_ACH15": "Y2006TAAAA",
}  # fmt: skip
# RP2012 has these three instead.
_BROAD_PERIODS = {"RP_ACHT1": "Y_LT1946", "RP_ACHT2": "Y1946T1990", "RP_ACHT3": "Y1991TAAAA"}
_FUELS = {
    "RP_CGAZV": "TOWN_GAS", "RP_CFIOUL": "OIL", "RP_CELEC": "ELC", "RP_CGAZB": "BOT_GAS", "RP_CAUT": "OTH",
}  # fmt: skip
_STAYS = {
    "MEN_ANEM0002": "Y_LT2", "MEN_ANEM0204": "Y2T4", "MEN_ANEM0509": "Y5T9", "MEN_ANEM1019": "Y10T19",
    "MEN_ANEM2029": "Y20T29", "MEN_ANEM30P": "Y_GE30",
}  # fmt: skip
_LONG_STAYS = ["MEN_ANEM1019", "MEN_ANEM2029", "MEN_ANEM30P"]

_HOUSING = Form(
    pinned={
        "RP_MEASURE": "DWELLINGS",
        "OCS": "DW_MAIN",
        **dict.fromkeys(["TDW", "TSH", "NOR", "L_STAY", "BUILD_END", "NRG_SRC", "CARPARK", "CARS"], TOTAL),
    },
    crosses={
        **along("", "OCS", **_BY_STATUS),
        "MAISON": Cross("dwellings", "MAISON", {"TDW": "1", "OCS": TOTAL}),
        "APPART": Cross("dwellings", "APPART", {"TDW": "2", "OCS": TOTAL}),
        **along("dwellings", "TDW", RPMAISON="1", RPAPPART="2"),
        **along("dwellings", "TSH", **{f"RP_{tenure}": code for tenure, code in _TENURES.items()}),
        **along("dwellings", "NOR", RP_1P="R1", RP_2P="R2", RP_3P="R3", RP_4P="R4", RP_5PP="R_GE5"),
        **along(
            "dwellings", "TDW", measure="DWELLINGS_ROOMS", NBPI_RP=TOTAL, NBPI_RPMAISON="1", NBPI_RPAPPART="2"
        ),
        **along("dwellings", "BUILD_END", **_PERIODS, RP_ACHTOT="Y_LTAAAA"),
        **along("dwellings", "BUILD_END", **_BROAD_PERIODS),
        **along("dwellings", "NRG_SRC", **_FUELS),
        **along("dwellings", "L_STAY", **_STAYS),
        **computed("dwellings", "MEN_ANEM10P"),
        # Years spent in the dwelling, added up over main homes.
        **along(
            "dwellings", "TSH", measure="DWELLING_L_STAY", ANEM_RP=TOTAL,
            **{f"ANEM_RP_{tenure}": code for tenure, code in _TENURES.items()},
        ),
        **along("dwellings", "CARPARK", RP_GARL="1"),
        **along("dwellings", "CARS", RP_VOIT1P="C_GE1", RP_VOIT1="C1", RP_VOIT2P="C_GE2"),
        **along(
            "", "TSH", measure="DWELLINGS_POPSIZE", NPER=TOTAL, NPER_LOC="200", NPER_LOCVIDE="211",
            NPER_MEUBLE="212_222",
        ),
        **{
            f"NPER {tenure}": Cross(
                "occupants", "NPER", {"RP_MEASURE": "DWELLINGS_POPSIZE", "TSH": code}, tenure=tenure
            )
            for tenure, code in (("owner", "100"), ("social", "221"), ("other", "300"))
        },
        # Unfurnished (211) and furnished (212_222): what social tenants leave of all tenants.
        "NPER private": Cross("occupants", "NPER", None, tenure="private"),
    },
    left_out={
        "TDW": "3T6",
        # Tenants again, by kind.
        "TSH": "211|212_222",
        # Those of other years: a file holds three censuses.
        "BUILD_END": r"Y1991T20\d\d|Y_LT20\d\d",
        # Some editions may tell other fuels apart.
        "NRG_SRC": ".+",
        "CARPARK": ".+",
        "CARS": "C0",
    },
    dated={"BUILD_END": {"Y_LTAAAA": "'Y_LT' || (year - 2)", "Y1991TAAAA": "'Y1991T' || (year - 3)"}},
    computed={
        "MEN_ANEM10P": dict.fromkeys(_LONG_STAYS, 1),
        "RP_VOIT1P": {"RP_VOIT1": 1, "RP_VOIT2P": 1},
        "NPER private": {"NPER_LOC": 1, "NPER social": -1},
    },
    identities=[
        _STOCK,
        ("RP", ["RP_PROP", "RP_LOC", "RP_GRAT"]),
        ("RP_ACHTOT", [*_PERIODS]),
        ("RP_ACHTOT", [*_BROAD_PERIODS]),
        ("RP_VOIT1P", ["RP_VOIT1", "RP_VOIT2P"]),
        ("NPER", ["NPER owner", "NPER_LOC", "NPER other"]),
        ("NPER_LOC", ["NPER_LOCVIDE", "NPER social", "NPER_MEUBLE"]),
    ],
)  # fmt: skip

SEXES = {"M": "H", "F": "F"}
# Groups of the store made of single years of age: sexes, first and last age.
GROUPS = {
    **{
        name: ("HF", first, last)
        for name, first, last in (
            ("POP0014", 0, 14), ("POP1529", 15, 29), ("POP1824", 18, 24), ("POP3044", 30, 44), ("POP4559", 45, 59),
            ("POP6074", 60, 74), ("POP75P", 75, 100), ("POP7589", 75, 89), ("POP90P", 90, 100),
        )
    },
    "POPH": ("H", 0, 100),
    "POPF": ("F", 0, 100),
    **{
        f"{sex}{name}": (sex, first, last)
        for sex in "HF"
        for name, first, last in (("0019", 0, 19), ("2064", 20, 64), ("65P", 65, 100))
    },
}  # fmt: skip
_BANDS = {"0019": "Y_LT20", "2064": "Y20T64", "65P": "Y_GE65"}
_PEOPLE = {"RP_MEASURE": "POP", "SEX": TOTAL, "AGE": TOTAL}
# Bands of ages overlap one another.
_OTHER_BANDS = r"Y\d+T\d+|Y_LT\d+|Y_GE\d+"

_AGES = Form(
    pinned=_PEOPLE,
    crosses={
        **{
            f"{sex} {age}": Cross(
                "single_ages", "POP", {"SEX": code, "AGE": f"Y{age}" if age < 100 else "Y_GE100"}, sex=sex, age=age
            )
            for code, sex in SEXES.items()
            for age in schemas.SINGLE_AGES
        },
        **{sex: Cross("", "POP", {"SEX": code}, sex=sex) for code, sex in SEXES.items()},
    },
    left_out={"AGE": _OTHER_BANDS},
    by_age=True,
)  # fmt: skip

_POPULATION = Form(
    pinned=_PEOPLE,
    crosses={
        "POP": Cross("", "POP", {}),
        **along("age_groups", "AGE", POP0014="Y_LT15", POP75P="Y_GE75"),
        **along("age_groups", "SEX", POPH="M", POPF="F"),
        **{
            f"{sex}{name}": Cross("age_groups", f"{sex}{name}", {"SEX": code, "AGE": band})
            for code, sex in SEXES.items()
            for name, band in _BANDS.items()
        },
        **along("households", "AGE", POP6579="Y65T79", POP80P="Y_GE80"),
    },
    left_out={"AGE": _OTHER_BANDS},
    identities=[
        ("POP", ["POPH", "POPF"]),
        *((f"POP{sex}", [f"{sex}{name}" for name in _BANDS]) for sex in SEXES.values()),
    ],
)

_REFERENCE = Form(
    pinned={"POPREF_MEASURE": "PMUN"},
    crosses={"POP": Cross("population", "POP", {})},
    # Population counted apart, and total population.
    left_out={"POPREF_MEASURE": "PCAP|PTOT"},
)


def _civil(variable: str, measure: str) -> Form:
    """Describe births or deaths of each year, by commune of residence."""
    # Its France F has Mayotte since 2014.
    return Form(
        pinned={"EC_MEASURE": measure},
        crosses={variable: Cross("flows", variable, {})},
        yearly=True,
        france="F_X_D976",
    )


_MOVES = Form(
    pinned={"RP_MEASURE": "POP", "AGE": "Y_GE1", "PREV_RES_AREA": TOTAL},
    crosses={
        "POP01P": Cross("mobility", "POP01P", {}),
        **along(
            "mobility", "PREV_RES_AREA", POP01P_IRAN1="11", POP01P_IRAN2="12", POP01P_IRAN3="21", POP01P_IRAN4="22",
            POP01P_IRAN5="23",
        ),
        # Overseas and abroad: which of the two holds the overseas collectivities is not known for certain, so
        # that neither is IRAN6 nor IRAN7.
        **along("", "PREV_RES_AREA", OVERSEAS="24", ABROAD="25T32"),
    },
    # "Another commune" holds five of those above.
    left_out={"AGE": rf"{TOTAL}|{_OTHER_BANDS}", "PREV_RES_AREA": "20_30"},
    identities=[("POP01P", [*(f"POP01P_IRAN{place}" for place in range(1, 6)), "OVERSEAS", "ABROAD"])],
)  # fmt: skip

_ALONE = Form(
    pinned={
        "RP_MEASURE": "ONEPERS", "OCS": "DW_MAIN", "NOC": "P1", "AGE": TOTAL, "COUPLE": TOTAL, "CIVIL_STATUS": TOTAL,
    },
    crosses=along("households", "AGE", POP6579_PSEUL="Y65T79", POP80P_PSEUL="Y_GE80"),
    # The population of households, by age, marital status and couple, is not asked for.
    left_out={
        "RP_MEASURE": "POP|DWELLINGS|DWELLINGS_POPSIZE", "OCS": TOTAL, "NOC": r"_T|P\d|P_GE\d", "AGE": _OTHER_BANDS,
        "COUPLE": r"\w+", "CIVIL_STATUS": r"\w+",
    },
)  # fmt: skip

_HOUSEHOLDS = Form(
    pinned={"RP_MEASURE": "DWELLINGS", "OCS": "DW_MAIN", "TPH": TOTAL, "PCS": TOTAL, "PREFPH": TOTAL},
    optional=["PREFPH"],
    crosses={
        **along("households", "TPH", C_MEN=TOTAL, C_MENPSEUL="11", C_MENHSEUL="110", C_MENFSEUL="111"),
        **along("households", "TPH", C_MENSFAM="12", C_MENFAM="2", C_MENFAMMONO="MF21"),
        **along("households", "TPH", C_MENCOUPSENF="MF221", C_MENCOUPAENF="MF222"),
        **along("households", "RP_MEASURE", C_PMEN="DWELLINGS_POPSIZE"),
    },
    left_out={"TPH": r"[A-Z]*\d+", "PCS": r"\d\w*", "PREFPH": r"\w+"},
    identities=[
        ("C_MEN", ["C_MENPSEUL", "C_MENSFAM", "C_MENFAM"]),
        ("C_MENPSEUL", ["C_MENHSEUL", "C_MENFSEUL"]),
        ("C_MENFAM", ["C_MENFAMMONO", "C_MENCOUPSENF", "C_MENCOUPAENF"]),
    ],
)

_OCCUPATIONS = {
    "C_RP_SUROCC_ACC": "SEV_OVER_OCC", "C_RP_SUROCC_MOD": "MOD_OVER_OCC", "C_RP_NORME": "STD_OCC",
    "C_RP_SOUSOCC_MOD": "MOD_UNDER_OCC", "C_RP_SOUSOCC_ACC": "SEV_UNDER_OCC", "C_RP_SOUSOCC_TACC": "VSEV_UNDER_OCC",
}  # fmt: skip
# Codes and dimensions read in public code that loads the file of 2023.
_OCCUPATION = Form(
    pinned={"RP_MEASURE": "DWELLINGS", "OCS": "DW_MAIN", "OCC_IND": TOTAL},
    crosses={
        **along("", "OCC_IND", **{"all homes": TOTAL}),
        **along("dwellings", "OCC_IND", **_OCCUPATIONS),
    },
    identities=[("all homes", [*_OCCUPATIONS])],
)

# Codes of the tenures and of the ages of the reference person: the store's are the sums of some.
_HOLDERS_TENURES = {"100": "owner", "221": "social", "211": "private", "212_222": "private", "300": "other"}
_HOLDERS_AGES = {
    "Y_LT15": 0, "Y15T24": 0, "Y25T39": 25, "Y40T54": 40, "Y55T64": 55, "Y65T79": 65, "Y_GE80": 80,
}  # fmt: skip

_HOLDERS = Form(
    pinned={"RP_MEASURE": "DWELLINGS", "OCS": "DW_MAIN", **dict.fromkeys(["TSH", "AGE", "TDW", "NOR"], TOTAL)},
    crosses={
        "MEN": Cross("", "MEN", {}),
        **along("", "TSH", **{f"MEN {code}": code for code in _HOLDERS_TENURES}),
        **{
            f"MEN {code} {band}": Cross("householders", "MEN", {"TSH": code, "AGE": band}, age=age, tenure=tenure)
            for code, tenure in _HOLDERS_TENURES.items()
            for band, age in _HOLDERS_AGES.items()
        },
    },
    # Tenants together, and the detail by type and size of the home.
    left_out={"TSH": "200", "TDW": "1|2|3T6", "NOR": r"R\d|R_GE5"},
    identities=[
        ("MEN", [f"MEN {code}" for code in _HOLDERS_TENURES]),
        *((f"MEN {code}", [f"MEN {code} {band}" for band in _HOLDERS_AGES]) for code in _HOLDERS_TENURES),
    ],
    summed=True,
)  # fmt: skip

FORMS = {
    "DS_RP_SERIE_HISTORIQUE": _SERIES,
    "DS_RP_LOGEMENT_PRINC": _HOUSING,
    "DS_RP_TD_POPULATION_AGESEX_PRINC": _AGES,
    "DS_RP_POPULATION_PRINC": _POPULATION,
    "DS_POPULATIONS_REFERENCE": _REFERENCE,
    "DS_ETAT_CIVIL_NAIS_COMMUNES": _civil("NAIS", "LVB"),
    "DS_ETAT_CIVIL_DECES_COMMUNES": _civil("DECE", "DTH"),
    "DS_RP_MIGRES_PRINC": _MOVES,
    "DS_RP_MENAGES_PRINC": _ALONE,
    "DS_RP_MENAGES_COMP": _HOUSEHOLDS,
    "DS_RP_TD_LOGEMENT_AGE_PRINC": _HOLDERS,
    "DS_RP_LOGEMENT_COMP": _OCCUPATION,
    "DS_FILOSOFI_CC": INCOMES,
    "DS_FILOSOFI_LOG_TP_NIVVIE": INCOMES_BY_TENURE,
    "DS_FILOSOFI_AGE_TP_NIVVIE": INCOMES_BY_AGE,
    "DS_BPE": FACILITIES,
    "DS_BPE_EDUCATION": SCHOOLS,
}
