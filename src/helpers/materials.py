"""What a commune brings to its diagnostic (operations, rolls, childcare, facilities, tables), as it may be shown.

Kept under `params/<commune>/prive/materiaux/`, which git ignores. Each row says who may see it (`diffusion`); the
convention may keep everything back. A row without permission serves sums only, and never where it could be deduced.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import french, layers, paths, spreadsheet
from helpers.errors import ParameterError

# How the identifier of the source of a sheet begins.
SOURCE = "commune_"
# The letter of the codes of its figures: M-01.
LETTER = "M"
SHEETS = {
    "operations": "Opérations",
    "ecoles": "Écoles",
    "petite_enfance": "Petite enfance",
    "equipements": "Équipements",
    "autres": "Autres tableaux",
}
# The rows of the tables that the last sheet describes, by their title.
_POINTS = "tableaux"
PUBLIC, ROOM, AGENCY = "public", "ateliers", "agence seule"
# Of several rows kept back, a sum lets none be deduced.
_LEAST_HIDDEN = 2
_NUMBERS = (
    "an_chantier", "an_livraison", "logements", "t1_t2", "t3", "t4_plus", "locatif_social", "abordable",
    "intermediaire", "libre", "maisons", "places", "rentree", "eleves", "classes", "hors_commune", "annee", "attente",
    "capacite", "annee_projet", "valeur",
)  # fmt: skip


@dataclass(frozen=True)
class Materials:
    """The materials of a commune for an audience: `public` pages, or the room of the workshops (`ateliers`)."""

    commune: str
    day: str = ""
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    # What the convention allows: `public`, `selon_ligne`, `non`.
    rule: str = "non"
    audience: str = PUBLIC

    def shown(self, sheet: str) -> pd.DataFrame:
        """List the rows of a sheet that this audience may see."""
        rows = self.tables.get(sheet)
        if rows is None or self.rule == "non":
            return pd.DataFrame(columns=["diffusion"])
        return rows[rows["_seen"].isin([PUBLIC] if self.audience == PUBLIC else [PUBLIC, ROOM])]

    def counted(self, sheet: str) -> pd.DataFrame:
        """List the rows of a sheet that sums may rest on: those shown, and those kept for the agency from two on."""
        rows = self.tables.get(sheet)
        shown = self.shown(sheet)
        if rows is None or self.rule == "non":
            return shown
        hidden = rows[rows["_seen"] == AGENCY]
        return pd.concat([shown, hidden]) if len(hidden) >= _LEAST_HIDDEN else shown

    def left_out(self, sheet: str, name: str) -> int:
        """Count what no sum rests on of a sheet, each thing once by the column of its name."""
        rows, counted = self.tables.get(sheet, pd.DataFrame(columns=[name])), self.counted(sheet)
        return len({*rows[name]} - {*counted.get(name, ())})

    @property
    def points(self) -> pd.DataFrame:
        """The years and values of the tables that this audience may see: `titre, annee, valeur`."""
        rows = self.tables.get(_POINTS, pd.DataFrame(columns=["titre", "annee", "valeur"]))
        return rows[rows["titre"].isin(self.shown("autres").get("titre", []))]

    def source_of(self, sheet: str) -> str:
        """Give the identifier of the source of a sheet."""
        return f"{SOURCE}{sheet}"

    @cached_property
    def sources(self) -> pd.DataFrame:
        """The sources of what is shown: the columns of those of the store that pages cite."""
        day = french.long_date(date.fromisoformat(self.day)) if self.day else ""
        rows = [
            {
                "id": self.source_of(sheet),
                "citation": f"Commune {french.of(self.commune)}, classeur « Parc et projets » reçu le {day}, feuille "
                f"« {title} »",
                "page": "",
                "geography": float("nan"),
                "apart": True,
            }
            for sheet, title in SHEETS.items()
            if len(self.counted(sheet))
        ]
        return pd.DataFrame(rows)


def load(slug: str, *, commune: str, audience: str = PUBLIC) -> Materials:
    """Load the materials kept for a commune; none where there are none, or no convention that allows them.

    Raises:
        ParameterError: what is kept is damaged: the file, and what to do.
    """
    folder = paths.PARAMS / slug
    provenance = read_provenance(folder)
    if not provenance:
        return Materials(commune)
    rule = read_rule(folder / paths.CONVENTION)
    tables = {
        sheet: _read_table(folder / paths.MATERIALS / f"{sheet}.csv", rule=rule)
        for sheet in (*SHEETS, _POINTS)
    }
    known = {sheet: rows for sheet, rows in tables.items() if len(rows)}
    return Materials(commune, str(provenance.get("lu_le", "")), known, rule, audience)


def read_provenance(folder: Path) -> dict[str, Any]:
    """Read where the materials of a partnership come from; nothing where there are none.

    Raises:
        ParameterError: it is damaged.
    """
    path = folder / paths.PROVENANCE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise _damaged(path, str(error)) from error
    if not isinstance(content, dict):
        raise _damaged(path, repr(content)[:60])
    return content


def read_rule(path: Path) -> str:
    """Read what the convention allows of the materials: `public`, `selon_ligne`, `non`; `non` without a convention."""
    if not path.is_file():
        return "non"
    said = layers.read_layer(path).values.get("diffusion")
    rule = (said or {}).get("materiaux") if isinstance(said or {}, dict) else "non"
    # Anything else is for `make partenariat` to refuse; until then nothing is shown.
    return rule if rule in ("public", "selon_ligne") else "selon_ligne" if rule is None else "non"


def _read_table(path: Path, *, rule: str) -> pd.DataFrame:
    """Read one sheet as it is kept; `_seen` says who may see each row."""
    if not path.is_file():
        return pd.DataFrame()
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            {key: spreadsheet.unprotect(value or "") for key, value in row.items()}
            for row in csv.DictReader(file, delimiter=";")
        ]
    table = pd.DataFrame(rows)
    for name in table.columns.intersection(list(_NUMBERS)):
        try:
            table[name] = pd.to_numeric(table[name].replace("", None)).astype("float64")
        except (ValueError, TypeError) as error:
            raise _damaged(path, f"{name} : {error}") from error
    if len(table):
        # A row on which nothing was said is shown only where the convention makes all of them public.
        silent = PUBLIC if rule == "public" else AGENCY
        table["_seen"] = table["diffusion"].replace("", silent) if "diffusion" in table else silent
    return table


def _damaged(path: Path, fault: str) -> ParameterError:
    return ParameterError(
        f"{path} est abîmé ({fault}).", remedy="Relancez make materiaux avec le classeur de la commune."
    )
