"""The form of every table of the store, checked at its border (pandera)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from helpers import french, levels
from helpers.errors import StoreError

if TYPE_CHECKING:
    import pandera.pandas as pa

# The census leaves Mayotte out of these vintages: so does "France".
MAYOTTE = "976"
ORIGINS = ["insee", "commune", "estimation", "fictive", "demonstration"]
# Codes that no commune has: those of the worked example (tools/example), and its intercommunalité.
_FICTIVE = re.compile(r"599\d\d|9{9}")
SEXES = ["H", "F"]
# "outside": people who live outside ordinary dwellings (communities, mobile homes, homeless).
TENURES = ["owner", "social", "private", "other", "outside"]
AGE_CLASSES = list(range(0, 100, 5))
SINGLE_AGES = list(range(101))
# First ages of the classes of the reference person of a household: Insee's, which part those under 25 at 15 or at 20
# according to the file, here together.
HOLDER_AGES = [0, 25, 40, 55, 65, 80]

# Kinds of main homes: type, number of rooms, time of completion, as in the names of the tables by commune.
HOME_KINDS = [
    "MAISON", "APPART", "1P", "2P", "3P", "4P", "5PP", "ACH19", "ACH45", "ACH70", "ACH90", "ACH05", "ACH15",
]  # fmt: skip

# Variables by table: Insee's codes without the vintage (P18_POP -> POP).
VARIABLES = {
    "population": ["POP"],
    # Censuses since 1876, each in the count of its time: never mixed with the series since 1968.
    "population_history": ["POP"],
    # Homes authorised and started, of a register.
    "flows": ["NAIS", "DECE", "LOGAUT", "LOGCOM"],
    "age_groups": [
        "POP0014", "POP1529", "POP1824", "POP3044", "POP4559", "POP6074", "POP75P", "POP7589", "POP90P", "POPH",
        "POPF", "H0019", "H2064", "H65P", "F0019", "F2064", "F65P",
    ],
    "mobility": ["POP01P", *(f"POP01P_IRAN{place}" for place in range(1, 8))],
    "ages": ["POP"],
    "single_ages": ["POP"],
    "ages_tenure": ["POP"],
    "dwellings": [
        "LOG", "RP", "RSECOCC", "LOGVAC", "MAISON", "APPART", "RPMAISON", "RPAPPART", "RP_PROP", "RP_LOC",
        "RP_LOCHLMV", "RP_GRAT", "RP_1P", "RP_2P", "RP_3P", "RP_4P", "RP_5PP", "NBPI_RP", "NBPI_RPMAISON",
        "NBPI_RPAPPART", "RP_ACHTOT", "RP_ACH19", "RP_ACH45", "RP_ACH70", "RP_ACH90", "RP_ACH05", "RP_ACH15",
        "RP_ACHT1", "RP_ACHT2", "RP_ACHT3", "MEN_ANEM0002", "MEN_ANEM0204", "MEN_ANEM0509", "MEN_ANEM10P",
        "MEN_ANEM1019", "MEN_ANEM2029", "MEN_ANEM30P", "ANEM_RP", "ANEM_RP_PROP", "ANEM_RP_LOC",
        "ANEM_RP_LOCHLMV", "ANEM_RP_GRAT", "RP_SDB", "RP_CCCOLL", "RP_CCIND", "RP_CINDELEC", "RP_CGAZV",
        "RP_CFIOUL", "RP_CELEC", "RP_CGAZB", "RP_CAUT", "RP_GARL", "RP_VOIT1P", "RP_VOIT1", "RP_VOIT2P",
        "C_RP_SUROCC_ACC", "C_RP_SUROCC_MOD", "C_RP_NORME", "C_RP_SOUSOCC_MOD", "C_RP_SOUSOCC_ACC",
        "C_RP_SOUSOCC_TACC",
    ],
    # People in main homes by tenure: NPER from the tables by commune; the INP* from the file of dwellings, and there
    # the people and the homes (MEN) of each kind of home.
    "occupants": [
        "NPER", "INPER", "INP24M", "INP60M", "INP65M", "INP75M",
        *(f"{counted}_{kind}" for kind in HOME_KINDS for counted in ("INPER", "MEN")),
    ],
    # Households (main homes) by age of their reference person and tenure: Insee's table PRINC22.
    "householders": ["MEN"],
    "households": [
        "MEN", "PMEN", "TMM", "MEN_1", "MEN_2", "MEN_3", "MEN_4", "MEN_5", "MEN_6P", "C_MEN", "C_PMEN",
        "C_MENPSEUL", "C_MENHSEUL", "C_MENFSEUL", "C_MENSFAM", "C_MENFAM", "C_MENCOUPSENF", "C_MENCOUPAENF",
        "C_MENFAMMONO", "POP6579", "POP6579_PSEUL", "POP80P", "POP80P_PSEUL",
    ],
    # RD: D9/D1 of the living standards; PPEN: pensions, % of the disposable income. Then by group: of households of
    # owners and of tenants, of those named after someone of an age.
    "income": [
        "MED", "TP60", "NBMENFISC", "RD", "PPEN",
        *(f"{name}_{group}" for name in ("MED", "TP60") for group in
          ("PROP", "LOC", "0029", "3039", "4049", "5059", "6074", "75P")),
    ],
    "social_housing": ["RPLS", "RPLS_VAC"],
    # Private stock of the tax file (LOVAC): another field than LOGVAC. TX: rates, % of it, where no count is had.
    "vacancy": ["PP_TOTAL", "PP_VACANT", "PP_VACANT_2ANS", "TX_VACANT", "TX_VACANT_2ANS"],
    # Facilities of the permanent database (BPE), on 1 January of the year: the kinds that answer to an age.
    "facilities": [
        "CRECHES", "ECOLES", "ECOLES_PUBLIQUES", "COLLEGES", "LYCEES", "MEDECINS", "PHARMACIES", "HEBERGEMENTS_AGES",
    ],
}  # fmt: skip

# Columns that, beside level, code, year and variable, identify a value.
DIMENSIONS = {
    "flows": ["since"],
    "ages": ["sex", "age"],
    "single_ages": ["sex", "age"],
    "ages_tenure": ["sex", "age", "tenure"],
    "occupants": ["tenure"],
    "householders": ["age", "tenure"],
}

TABLES = list(VARIABLES)

# First ages of the classes of each table by age.
_AGES = {
    "ages": AGE_CLASSES,
    "ages_tenure": AGE_CLASSES,
    "single_ages": SINGLE_AGES,
    "householders": HOLDER_AGES,
}

# Averages, rates and counts kept secret in places: they do not add up from communes to larger territories.
NOT_ADDITIVE = {
    "income": VARIABLES["income"],
    "households": ["TMM"],
    "vacancy": ["TX_VACANT", "TX_VACANT_2ANS"],
}
# Registers that list only the communes concerned: elsewhere there is none, and a sum is whole.
EXHAUSTIVE_REGISTERS = {"social_housing", "facilities"}
# Tables that come whole from the exploitation complémentaire, a survey of one household in four under 10 000
# inhabitants: the individuals of MIGCOM (Insee, documentation 2383331).
SAMPLED = {"ages_tenure"}
# Insee's kinds of commune by their place in the attraction area of a town (CATEAAV2020).
CATEGORIES = {
    "11": "commune-centre d’une aire d’attraction",
    "12": "autre commune du pôle principal d’une aire d’attraction",
    "13": "commune d’un pôle secondaire d’une aire d’attraction",
    "20": "commune de la couronne d’une aire d’attraction",
    "30": "commune hors attraction des villes",
}
# Insee's kinds of event (MOD) by which several communes become one.
MERGERS = ("31", "32", "33")

# What an analyst may type that is no commune of today: one that merged, or changed its code or its name since; what is
# a part of one.
FORMER = ("merged", "renumbered", "renamed", "delegated", "associated", "arrondissement")


def is_fictive(code: str) -> bool:
    """Tell whether a code is that of a commune invented for the worked example, or of its intercommunalité."""
    return _FICTIVE.fullmatch(code) is not None


def additive(table: str) -> list[str]:
    """List the variables of a table that add up from communes to larger territories."""
    return [name for name in VARIABLES[table] if name not in NOT_ADDITIVE.get(table, [])]


def known_columns(table: str) -> list[str]:
    """List the columns, beside those of a place, of what a source gives whole or not at all.

    People sorted by sex, age or tenure are given together: a cell without a row has nobody in it. Elsewhere a row
    that is missing is a value that is not known.
    """
    sorted_by = ("sex", "age", "tenure")
    return [name for name in key_columns(table) if name not in ("level", "code", *sorted_by)]


def key_columns(table: str) -> list[str]:
    """List the columns that identify one value of a table."""
    return ["level", "code", "year", "variable", *DIMENSIONS.get(table, [])]


def table_columns(table: str) -> list[str]:
    """List every column of a table, in the order of the store."""
    return [*key_columns(table), "value", "origin", "source"]


def _observations(table: str) -> pa.DataFrameSchema:
    import pandera.pandas as pa

    columns = {
        "level": pa.Column(str, pa.Check.isin(levels.keys())),
        "code": pa.Column(str, pa.Check.str_matches(r"^(?:[0-9AB]{2,5}|\d{9}|F)$")),
        "year": pa.Column("int16", pa.Check.in_range(1790, 2100)),
        "variable": pa.Column(str, pa.Check.isin(VARIABLES[table])),
        "value": pa.Column("float64", pa.Check.in_range(0, float("inf"), include_max=False)),
        "origin": pa.Column(str, pa.Check.isin(ORIGINS)),
        "source": pa.Column(str),
        "since": pa.Column("int16", pa.Check.in_range(1962, 2100)),
        "sex": pa.Column(str, pa.Check.isin(SEXES)),
        "age": pa.Column("int16", pa.Check.isin(_AGES.get(table, []))),
        "tenure": pa.Column(str, pa.Check.isin(TENURES)),
    }
    return pa.DataFrameSchema(
        {name: columns[name] for name in table_columns(table)},
        # Figures that were invented are those of invented communes, and of no other.
        checks=pa.Check(
            lambda rows: all(map(is_fictive, rows.loc[rows["origin"] == "fictive", "code"].unique())),
            error="chiffre fictif d'une commune réelle",
        ),
        unique=key_columns(table),
        strict=True,
        coerce=True,
        ordered=True,
    )


def _reference(table: str) -> pa.DataFrameSchema:
    """Describe a table that is a list rather than figures."""
    import pandera.pandas as pa

    lists: dict[str, dict[str, pa.Column]] = {
        "territories": _territory_columns(),
        "former_communes": {
            "code": pa.Column(str),
            "name": _visible_column(),
            "key": pa.Column(str),
            "date": pa.Column(str, nullable=True),
            "kind": pa.Column(str, pa.Check.isin(FORMER)),
            "successor": pa.Column(str),
        },
        "movements": {
            name: pa.Column(str) for name in ("kind", "date", "before", "before_name", "after", "after_name")
        },
        "sources": {
            "id": pa.Column(str, unique=True),
            "citation": _visible_column(),
            "exploitation": pa.Column(str, nullable=True),
            "vintage": pa.Column("float64", nullable=True),
            "geography": pa.Column("float64", nullable=True),
            "page": _visible_column(),
        },
        "outlines": {"code": pa.Column(str, unique=True), "outline": pa.Column(object)},
        "postal_codes": {
            "code": pa.Column(str, pa.Check.str_matches(r"^[0-9AB]{5}$")),
            "postal_code": pa.Column(str, pa.Check.str_matches(r"^\d{5}$")),
        },
    }
    return pa.DataFrameSchema(lists[table], strict=True, coerce=True)


def _territory_columns() -> dict[str, pa.Column]:
    """Describe the columns of the list of communes."""
    import pandera.pandas as pa

    return {
        "code": pa.Column(str, pa.Check.str_matches(r"^[0-9AB]{5}$"), unique=True),
        "name": _visible_column(),
        "key": pa.Column(str),
        "slug": pa.Column(str, pa.Check.str_matches(r"^[a-z0-9-]+$"), unique=True),
        **{
            name: column
            for level in levels.divided()
            for name, column in (
                (level.column, pa.Column(str, nullable=not level.complete)),
                (level.name_column, _visible_column(nullable=not level.complete)),
            )
        },
        "category": pa.Column(str, pa.Check.isin(CATEGORIES), nullable=True),
        "area": pa.Column("float64", pa.Check.gt(0), nullable=True),
        "split": pa.Column(str, nullable=True),
        # Year (1 January) of the list of communes.
        "geography": pa.Column("int64", pa.Check(lambda years: years.nunique() <= 1)),
    }


def _visible_column(*, nullable: bool = False) -> pa.Column:
    """Describe a text without characters that nobody sees: it goes everywhere, drawings and documents included."""
    import pandera.pandas as pa

    check = pa.Check(lambda texts: texts == texts.map(french.visible), error="caractère invisible")
    return pa.Column(str, check, nullable=nullable)


def validate(frame: pd.DataFrame, *, table: str) -> pd.DataFrame:
    """Check a frame of the store, and give it the store's types.

    `table` names a table of figures or a list (territories, sources...).

    Raises:
        StoreError: lists the first failing values, with the column and the rule.
    """
    # pandera loads geopandas and more: imported where tables are written, for nothing is checked to read them.
    from pandera.errors import SchemaErrors

    schema = _observations(table) if table in VARIABLES else _reference(table)
    try:
        return schema.validate(frame, lazy=True)
    except SchemaErrors as error:
        failing = error.failure_cases.head(5)
        details = "; ".join(
            f"{row.column} : {row.failure_case!r} ({row.check})" for row in failing.itertuples(index=False)
        )
        raise StoreError(
            f"La table {table!r} n'a pas la forme attendue : {details}.",
            remedy="Corrigez le lecteur de la source, ou le fichier officiel lui-même.",
        ) from error
