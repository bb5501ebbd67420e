"""Figures read on published pages, each with its address: real values where no file is at hand."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from helpers import levels
from helpers.sources.files import parse_numbers, read_delimited

COLUMNS = [
    "territory_type", "territory_code", "territory_name", "source_table", "variable", "category", "year", "value",
    "unit", "source_url", "note",
]  # fmt: skip

# Insee's own pages only: other addresses repeat figures at second hand.
_TRUSTED = re.compile(r"^https?://(?:www\.)?insee\.fr/(?:fr|en)/statistiques/(?P<page>\d+)")

# The composition of the others changes: a figure of the past is not that of today's territory.
_LEVELS = {level.insee: level.key for level in levels.LEVELS if level.lasting}
_FORMER_REGION = "région (ancienne)"
# A page may hold tables of both exploitations: each is a source of its own.
_SUFFIXES = {"principale": "", "complémentaire": "-complementaire"}

_STOCK = {
    "Ensemble": "LOG",
    "Résidences principales": "RP",
    "Résidences secondaires et logements occasionnels": "RSECOCC",
    "Logements vacants": "LOGVAC",
    "Maisons": "MAISON",
    "Appartements": "APPART",
}
_ROOMS = {
    "1 pièce": "RP_1P", "2 pièces": "RP_2P", "3 pièces": "RP_3P", "4 pièces": "RP_4P", "5 pièces ou plus": "RP_5PP",
}  # fmt: skip
_HOUSEHOLDS = {
    "Ensemble": "C_MEN",
    "Ménages d'une personne": "C_MENPSEUL",
    "Hommes seuls": "C_MENHSEUL",
    "Femmes seules": "C_MENFSEUL",
    "Autres ménages sans famille": "C_MENSFAM",
    "Ménages avec famille(s)": "C_MENFAM",
    "Couple sans enfant": "C_MENCOUPSENF",
    "Couple avec enfant(s)": "C_MENCOUPAENF",
    "Famille monoparentale": "C_MENFAMMONO",
}
_AGES = {
    "0 à 14 ans": "POP0014", "15 à 29 ans": "POP1529", "30 à 44 ans": "POP3044", "45 à 59 ans": "POP4559",
    "60 à 74 ans": "POP6074", "75 ans ou plus": "POP75P",
}  # fmt: skip

# Words of the second file, by those of the first.
_VARIABLES = {
    "residences_principales_pieces": "residences_principales_par_nombre_de_pieces",
    "residences_principales_achevement": "residences_principales_par_periode_d_achevement",
    "rp_superficie_statut": "residences_principales_par_superficie_et_statut",
}
_CATEGORIES = {
    r" x ": " | ",
    r"^(\d{4})-(\d{4})": r"De \1 à \2",
    r"^avant ": "Avant ",
    r"^RP construites": "Résidences principales construites",
}
_TENURES = {
    "Propriétaire | Ensemble": "RP_PROP", "Locataire vide HLM | Ensemble": "RP_LOCHLMV",
    "Logé gratuitement | Ensemble": "RP_GRAT", "Ensemble | Ensemble": "RP",
}  # fmt: skip

# (table of the page, variable) -> table of the store, category -> variable, exploitation.
_READINGS: list[tuple[str, str, str, dict[str, str], str]] = [
    ("LOG T1", "logements", "dwellings", _STOCK, "principale"),
    ("LOG T2", "logements", "dwellings", _STOCK, "principale"),
    ("LOG T3", "residences_principales_par_nombre_de_pieces", "dwellings", _ROOMS, "principale"),
    ("PRINC26 (ensemble)", "residences_principales_par_superficie_et_statut", "dwellings", _TENURES, "principale"),
    ("FAM T1", "composition_menages", "households", _HOUSEHOLDS, "complémentaire"),
    ("FAM T1", "composition_population_des_menages", "households", {"Ensemble": "C_PMEN"}, "complémentaire"),
    ("FAM G1", "taille_moyenne_des_menages", "households", {"Nombre moyen d'occupants par résidence principale": "TMM"},
     "principale"),
    ("POP T1", "population_historique", "population", {"Population": "POP"}, "principale"),
    ("POP T0", "population_par_age", "age_groups", _AGES, "principale"),
]  # fmt: skip


def read(path: Path) -> pd.DataFrame:
    """Read the published figures as text, one row each, restricted to Insee's own pages, in the same words.

    Raises:
        SourceError: file missing, damaged or without an expected column.
    """
    frame = read_delimited(path, columns=COLUMNS, separator=";")
    # The index stays that of the file: a message about a cell gives its line.
    frame = frame[frame["source_url"].str.match(_TRUSTED).fillna(False)]
    return frame.assign(
        variable=frame["variable"].replace(_VARIABLES),
        category=frame["category"].replace(_CATEGORIES, regex=True),
    )


def select(facts: pd.DataFrame, *, path: Path) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Turn the published figures into rows of the store, and list the pages they come from.

    Tables `population, age_groups, dwellings, households`: `level, code, year, variable, value, source`.
    Pages: `id, citation, exploitation, page`.
    """
    parts: dict[str, list[pd.DataFrame]] = {}
    pages: dict[str, dict[str, str]] = {}
    for table, variable, target, categories, exploitation in _READINGS:
        chosen = facts[(facts["source_table"] == table) & (facts["variable"] == variable)]
        chosen = chosen[chosen["category"].isin(categories)]
        territory = chosen["territory_code"].str.extract(r"^(?:(?P<kind>[A-Z0-9]+)-)?(?P<code>.+)$")
        bare = territory["kind"].isna() & territory["code"].str.fullmatch(r"\d[0-9AB]\d{3}")
        level = territory["kind"].mask(bare, "COM").map(_LEVELS)
        # A former région has a code of its own, and no place among today's.
        level = level.mask(chosen["territory_type"] == _FORMER_REGION)
        identifier = chosen["source_url"].map(_page_id) + _SUFFIXES[exploitation]
        parts.setdefault(target, []).append(
            pd.DataFrame(
                {
                    "level": level,
                    "code": territory["code"],
                    "year": chosen["year"].astype("int64"),
                    "variable": chosen["category"].map(categories),
                    "value": parse_numbers(chosen["value"], path=path),
                    "source": identifier,
                }
            ).dropna(subset=["level", "value"])
        )
        kept = level.notna()
        for key, address in zip(identifier[kept], chosen.loc[kept, "source_url"], strict=True):
            pages[key] = {
                "id": key,
                "citation": f"Insee, chiffres détaillés publiés, exploitation {exploitation}",
                "exploitation": exploitation,
                "page": address,
            }
    tables = {
        name: pd.concat(frames).drop_duplicates(["level", "code", "year", "variable"], ignore_index=True)
        for name, frames in parts.items()
    }
    return tables, pd.DataFrame(sorted(pages.values(), key=lambda page: page["id"]))


def _page_id(address: str) -> str:
    """Turn the address of a page of Insee into an identifier of source: its number and its territory."""
    number = re.search(r"statistiques/(\d+)", address)
    territory = re.search(r"geo=([A-Z0-9-]+)", address)
    return "-".join(["publie", *(match.group(1) for match in (number, territory) if match)])
