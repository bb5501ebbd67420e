"""Tables: how each column of data is named and written, and the HTML of a table (great-tables)."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from great_tables import GT

from helpers import french, provenance
from helpers.indicators.ages import TENURES, age_label

# great-tables writes its own style sheet before each table; the page has one for all.
_STYLE = re.compile(r"<style>.*?</style>\s*", re.DOTALL)
# Headings have a scope: naming them again in each cell only weighs.
_HEADERS = re.compile(r' (?:headers|id)="[^"]*"(?=[^<>]*>)| (?:rowspan|colspan)="1"')
_FRAME = re.compile(r"^\s*<div[^>]*>\s*|\s*</div>\s*$")

SEXES = {"H": "Hommes", "F": "Femmes"}


@dataclass(frozen=True)
class Column:
    """A column on a page: its heading, and how a value of it is written."""

    label: str
    write: Callable[[Any], str]
    numeric: bool = True


def _text(value: Any) -> str:
    return french.MISSING if french.is_missing(value) else str(value)


def _year(value: Any) -> str:
    return french.MISSING if french.is_missing(value) else str(int(value))


def _decimal(digits: int, *, signed: bool = False) -> Callable[[Any], str]:
    return lambda value: french.number(value, digits=digits, signed=signed)


def _signed(value: Any) -> str:
    return french.number(value, signed=True)


_COUNT = french.count
_RATE = _decimal(1)

# One name, one quantity, one unit: the only place where a column of data gets its French heading.
COLUMNS: dict[str, Column] = {
    "territory": Column("Territoire", _text, numeric=False),
    "label": Column("Catégorie", _text, numeric=False),
    "group": Column("Âge", _text, numeric=False),
    "indicator": Column("Indicateur", _text, numeric=False),
    "period": Column("Période", _text, numeric=False),
    "part": Column("Composante", _text, numeric=False),
    "year": Column("Année", _year),
    "sex": Column("Sexe", lambda value: SEXES[str(value)], numeric=False),
    "age": Column("Âge", lambda value: age_label(int(value)), numeric=False),
    "age10": Column("Âge", lambda value: age_label(int(value), width=10, last=80), numeric=False),
    "tenure": Column("Statut d’occupation", lambda value: TENURES[str(value)], numeric=False),
    "POP": Column("Population", _COUNT),
    "RP": Column("Résidences principales", _COUNT),
    "LOG": Column("Logements", _COUNT),
    "NAIS": Column("Naissances", _COUNT),
    "DECE": Column("Décès", _COUNT),
    "RP_LOCHLMV": Column("Locataires HLM (recensement)", _COUNT),
    "RPLS": Column("Logements sociaux (RPLS)", _COUNT),
    "C_MEN": Column("Ménages", _COUNT),
    "C_PMEN": Column("Population des ménages", _COUNT),
    "PMEN": Column("Population des ménages", _COUNT),
    "value": Column("Effectif", _COUNT),
    "service": Column("Services concernés", _text, numeric=False),
    "per_year": Column("Évolution par an", _decimal(1, signed=True)),
    "change_rate": Column("Évolution (%)", _decimal(1, signed=True)),
    "starts": Column("Logements commencés", _COUNT),
    "per_ten": Column("Évolution pour 10 logements commencés", _decimal(1, signed=True)),
    "young": Column("Propriétaires de 30 à 49 ans", _COUNT),
    "old": Column("Propriétaires de 65 ans ou plus", _COUNT),
    "ratio": Column("Rapport", _decimal(2)),
    "amount": Column("Logements", _signed),
    "start": Column("Effectif au premier millésime", _COUNT),
    "end": Column("Effectif au second millésime", _COUNT),
    "owners": Column("Personnes dans un logement possédé", _COUNT),
    "people": Column("Personnes", _COUNT),
    "persons": Column("Fichier des individus", _COUNT),
    "dwellings_file": Column("Fichier des logements", _COUNT),
    "margin": Column("Tableaux par commune", _COUNT),
    "gap_rate": Column("Écart au fichier des logements (%)", _decimal(1, signed=True)),
    "gap_margin_rate": Column("Écart aux tableaux (%)", _decimal(1, signed=True)),
    "homes": Column("Résidences principales", _COUNT),
    "change": Column("Évolution", _signed),
    "natural": Column("Solde naturel", _signed),
    "migratory": Column("Solde migratoire apparent", _signed),
    "decohabitation": Column("Desserrement (logements)", _signed),
    "owned": Column("Occupées par leur propriétaire", _COUNT),
    "density": Column("Effectif par année d’âge", _RATE),
    "share_all": Column("Part de toutes les résidences principales (%)", _RATE),
    "gain": Column("Évolution", _signed),
    "demographic": Column("Effet démographique (logements)", _signed),
    "index": Column("Indice", _RATE),
    "share": Column("Part (%)", _RATE),
    "rate": Column("Taux (%)", _RATE),
    "size": Column("Personnes par ménage", _decimal(2)),
    "annual": Column("Évolution annuelle moyenne (%)", _decimal(1, signed=True)),
    "annual_natural": Column("due au solde naturel (%/an)", _decimal(1, signed=True)),
    "annual_migratory": Column("due au solde migratoire apparent (%/an)", _decimal(1, signed=True)),
    "annual_homes": Column("Résidences principales (%/an)", _decimal(1, signed=True)),
    "annual_people": Column("Population (%/an)", _decimal(1, signed=True)),
    "people_per_home": Column("Habitants par résidence principale", _decimal(2)),
    "birth_rate": Column("Natalité (‰)", _RATE),
    "death_rate": Column("Mortalité (‰)", _RATE),
    "declared_rate": Column("Locataires HLM, % des RP (recensement)", _RATE),
    "register_rate": Column("Logements sociaux RPLS, pour 100 RP", _RATE),
    "since": Column("Début", _year),
    "until": Column("Fin", _year),
    "written": Column("Valeur", _text),
    "unit": Column("Unité", _text, numeric=False),
    "rank": Column("Rang", _text),
    "reference": Column("Médiane des communes", _text),
}

# The figure behind one that its data already write in French.
_BEHIND = {"written": "measure", "reference": "median"}


def describe(data: pd.DataFrame) -> dict[str, Column]:
    """The columns of a frame that a page shows, words first, with dated headings for those that end in _0 or _1."""
    shown: dict[str, Column] = {}
    years = {
        "_0": _single(data, "since"),
        "_1": _single(data, "until"),
    }
    for name in data.columns:
        base, suffix = (name[:-2], name[-2:]) if name[-2:] in years else (name, "")
        column = COLUMNS.get(base)
        if column is None or (name in ("since", "until") and years["_0"]):
            continue
        if suffix:
            when = years[suffix] or {"_0": "début", "_1": "fin"}[suffix]
            column = Column(f"{column.label} ({when})", column.write, column.numeric)
        shown[name] = column
    # What a row is about comes first: the first column heads the row.
    return dict(sorted(shown.items(), key=lambda item: item[1].numeric))


def _single(data: pd.DataFrame, name: str) -> str:
    values = data[name].unique() if name in data else []
    return str(int(values[0])) if len(values) == 1 else ""


def write_cells(data: pd.DataFrame) -> pd.DataFrame:
    """The data as they are written on a page: French headings, French numbers."""
    columns = describe(data)
    return pd.DataFrame(
        {column.label: [column.write(value) for value in data[name]] for name, column in columns.items()}
    )


def write_csv(data: pd.DataFrame) -> str:
    """The data for machines: French headings, semicolons, decimal point, empty when missing.

    The last columns say where each row comes from.
    """
    columns = describe(data)
    frame = pd.DataFrame(
        {column.label: _plain(data[_figure(data, name)], column) for name, column in columns.items()}
    )
    for name, heading in zip(provenance.COLUMNS, ("Origine", "Sources"), strict=True):
        if name in data:
            frame[heading] = data[name].astype("str")
    return frame.to_csv(index=False, sep=";", float_format="%.9g", lineterminator="\n")


def _figure(data: pd.DataFrame, name: str) -> str:
    behind = _BEHIND.get(name, name)
    return behind if behind in data else name


def _plain(values: pd.Series, column: Column) -> pd.Series:
    return values if column.numeric else values.map(column.write)


def render(data: pd.DataFrame, *, name: str, caption: str) -> str:
    """A table as HTML: a caption, headings with their scope, first column as row headings.

    `name` must be unique on the page. Text is escaped (that of cells by great-tables).
    """
    columns = {
        name: replace(column, label=french.typography(column.label))
        for name, column in describe(data).items()
    }
    cells = write_cells(data).map(french.typography).rename(columns=french.typography)
    headings = list(cells.columns)
    table = GT(cells, id=name, rowname_col=headings[0]).tab_stubhead(headings[0])
    numeric = [column.label for column in columns.values() if column.numeric and column.label != headings[0]]
    if numeric:
        table = table.cols_align("right", columns=numeric)
    markup = _HEADERS.sub("", _FRAME.sub("", _STYLE.sub("", table.as_raw_html()))).strip()
    head, body = markup.split(">", 1)
    return f"{head}>\n<caption>{html.escape(french.typography(caption))}</caption>{body}"
