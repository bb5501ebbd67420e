"""The "rendement démographique" of homes: the persons of a main home by tenure, by type, by size, by age.

Source: J.-F. Léger, Espace populations sociétés 2019-3.
"""

from __future__ import annotations

import pandas as pd

from helpers import french, provenance
from helpers.indicators.crosstabs import Stack, at_dates, ratio
from helpers.indicators.cube import Cube
from helpers.indicators.measures import Ratio
from helpers.indicators.registry import find_measure
from helpers.indicators.reliability import FRAGILE

TENURES = {
    "owner": "Propriétaires occupants",
    "social": "Locataires HLM (logement loué vide)",
    "private": "Locataires hors HLM (privé, meublé)",
    "other": "Logés gratuitement",
}
# Kinds of main homes, as the file of dwellings sorts them: by type, by rooms, by time of completion.
KINDS = {
    "MAISON": "Maisons",
    "APPART": "Appartements",
    "1P": "1 pièce",
    "2P": "2 pièces",
    "3P": "3 pièces",
    "4P": "4 pièces",
    "5PP": "5 pièces ou plus",
    "ACH19": "Construites avant 1919",
    "ACH45": "Construites de 1919 à 1945",
    "ACH70": "Construites de 1946 à 1970",
    "ACH90": "Construites de 1971 à 1990",
    "ACH05": "Construites de 1991 à 2005",
    "ACH15": "Construites depuis 2006",
}
EVERY_TENURE = "Ensemble"

_BY_TENURE = {"owner": "proprietaires", "social": "hlm", "private": "locataires_prives", "other": "gratuit"}


def people_per_home(
    dwellings: pd.DataFrame, occupants: pd.DataFrame, ages_tenure: pd.DataFrame, *, territory: str
) -> pd.DataFrame:
    """Give the persons of a main home by tenure: `territory, year, tenure, label, people, homes, size`.

    Dates are five years apart at least.

    People are those of the tables of homes, or where these are not at hand those of the pyramids by tenure.
    """
    tables = {"dwellings": dwellings, "occupants": occupants, "ages_tenure": ages_tenure}
    cube = Cube({name: table[table["territory"] == territory] for name, table in tables.items()})
    stack = Stack(cube)
    for rank, (tenure, identifier) in enumerate(_BY_TENURE.items()):
        asked = f"personnes_par_logement_{identifier}"
        for year in sorted(find_measure(asked, Ratio).bottom.years(cube)):
            found = ratio(cube, asked, year=year, top="people", bottom="homes", value="size")
            stack.add(found, year=year, rank=rank, tenure=tenure, label=TENURES[tenure])
    frame = stack.frame(["year", "tenure", "label", "homes", "people", "size"], by=["year", "rank"])
    return at_dates(frame, territory=territory)


def people_per_kind(occupants: pd.DataFrame, *, territory: str) -> pd.DataFrame:
    """Give the "rendement démographique" by kind of home, at the last date known: `year, label`, then by tenure.

    A column `@<tenure>` holds the persons of a main home of the kind as they are written ("n.s." under 200 homes,
    "n.d." where there is none), `measure@<tenure>` the figure behind; the first one is of every tenure. INPER_k /
    MEN_k of the file of dwellings. Source: J.-F. Léger, Espace populations sociétés 2019-3.
    """
    own = occupants[(occupants["territory"] == territory) & occupants["variable"].str.contains("_")]
    own = own[own["year"] == own["year"].max()]
    cells = own.assign(
        counted=own["variable"].str.split("_").str[0], kind=own["variable"].str.split("_").str[1]
    )
    sums = cells.pivot_table(index=["kind", "tenure"], columns="counted", values="value", aggfunc="sum")
    if sums.empty:
        return pd.DataFrame(columns=["year", "label", *provenance.COLUMNS])
    columns: dict[str, object] = {"year": int(own["year"].iloc[0]), "label": list(KINDS.values())}
    for tenure, name in {"": EVERY_TENURE, **TENURES}.items():
        chosen = sums if not tenure else sums[sums.index.get_level_values("tenure") == tenure]
        both = chosen.groupby(level="kind").sum().reindex(list(KINDS))
        size = (both["INPER"] / both["MEN"].where(both["MEN"] > 0)).to_numpy()
        few = (both["MEN"] < FRAGILE).to_numpy()
        columns[f"@{name}"] = [
            french.NOT_SIGNIFICANT if small else french.number(one, digits=2)
            for one, small in zip(size, few, strict=True)
        ]
        columns[f"measure@{name}"] = size
    return pd.DataFrame(columns).assign(
        origin=provenance.least_real(own["origin"]), sources=provenance.union(own["source"])
    )
