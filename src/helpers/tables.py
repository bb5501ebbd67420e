"""Tables: how each column of data is named and written, and the HTML of a table (great-tables)."""

from __future__ import annotations

import csv
import html
import io
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
import pyarrow as pa
from great_tables import GT

from helpers import french, provenance, spreadsheet
from helpers.indicators.ages import TENURES, age_label
from helpers.indicators.reliability import kind_of, mark, untold, weigh_cells

# great-tables writes its own style sheet before each table; the page has one for all.
_STYLE = re.compile(r"<style>.*?</style>\s*", re.DOTALL)
# Headings have a scope: naming them again in each cell only weighs.
_HEADERS = re.compile(r' (?:headers|id)="[^"]*"(?=[^<>]*>)| (?:rowspan|colspan)="1"')
# Classes that the style sheet of the page knows nothing of: an eighth of a page of pyramids.
_CLASSES = re.compile(r"\bgt_(?!right\b)\w+ ?(?=[^<>]*>)")
_FRAME = re.compile(r"^\s*<div[^>]*>\s*|\s*</div>\s*$")

# A cell that its mark says not to be sound: greyed too, for those who see it.
_UNSOUND = re.compile(rf'<td class="([^"]*)">(?=(?:[^<]*{french.NBSP}\*|(?:[^<]*\()?n\.s\.\)?|n\.d\.)</td>)')

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
    "owned": Column("Occupées par leur propriétaire", _COUNT),
    "density": Column("Effectif par année d’âge", _RATE),
    "share_all": Column("Part de toutes les résidences principales (%)", _RATE),
    "gain": Column("Évolution", _signed),
    "change": Column("Évolution", _signed),
    "natural": Column("Solde naturel", _signed),
    "migratory": Column("Solde migratoire apparent", _signed),
    "decohabitation": Column("Desserrement (logements)", _signed),
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
    "moved": Column("Habitaient un autre logement un an avant", _COUNT),
    "arrived": Column("Habitaient une autre commune un an avant", _COUNT),
    "moved_rate": Column("Ont changé de logement (%)", _RATE),
    "POP01P": Column("Habitants d’un an ou plus", _COUNT),
    "alone": Column("Vivent seuls", _COUNT),
    "balance": Column("Solde de la période", _signed),
    "balance_year": Column("Solde par an", _signed),
    "events": Column("Événements de la période", _COUNT),
    "per_mille": Column("Taux (‰)", _RATE),
    "mean_natural": Column("Solde naturel (% de la population moyenne par an)", _decimal(1, signed=True)),
    "mean_migratory": Column(
        "Solde migratoire apparent (% de la population moyenne par an)", _decimal(1, signed=True)
    ),
    "bar": Column("Champ et année", _text, numeric=False),
    "field": Column("Champ", _text, numeric=False),
    "whole": Column("Parc de référence", _COUNT),
    "points": Column("Évolution (points)", _decimal(1, signed=True)),
    "rooms_per_home": Column("Pièces par résidence principale", _decimal(2)),
    "rooms_per_person": Column("Pièces par personne", _decimal(2)),
    "large": Column("5 pièces ou plus", _COUNT),
    "small_households": Column("Une ou deux personnes", _COUNT),
    "least": Column("Les deux, au moins", _COUNT),
    "most": Column("Les deux, au plus", _COUNT),
    "least_share": Column("Au moins (%)", _RATE),
    "most_share": Column("Au plus (%)", _RATE),
    "recent": Column("Moins de 2 ans (%)", _RATE),
    "ten": Column("10 ans ou plus (%)", _RATE),
    "thirty": Column("30 ans ou plus (%)", _RATE),
    "seniority": Column("Ancienneté moyenne (années)", _RATE),
    "homes_per_year": Column("Logements par an", _decimal(1, signed=True)),
    "give_or_take": Column("Marge indicative (±)", _COUNT),
    "gained": Column("Habitants pour 10 logements commencés", _decimal(1, signed=True)),
    "compared": Column("Niveau de la commune", _text),
    "written": Column("Valeur", _text),
    "unit": Column("Unité", _text, numeric=False),
    "rank": Column("Rang", _text),
    "reference": Column("Médiane des autres communes", _text),
    "reference_panel": Column("Médiane des communes comparables", _text),
    "position": Column("Position parmi les communes", _text, numeric=False),
    "position_panel": Column("Position parmi les communes comparables", _text, numeric=False),
    "beside": Column("Face à la médiane", _text, numeric=False),
    "changed": Column("Évolution entre les deux recensements", _text),
    "reason": Column("Fiabilité", lambda value: str(value) or "bonne", numeric=False),
}

# The figure behind one that its data already write in French.
_BEHIND = {
    "written": "measure",
    "reference": "median",
    "reference_panel": "median_panel",
    "changed": "change",
    "annual_told": "annual_change",
}
# A column `@Hem` holds what is written of Hem, `measure@Hem` the figures behind; its heading is the name itself.
_PLACE = "@"


def describe(data: pd.DataFrame) -> dict[str, Column]:
    """The columns of a frame that a page shows, words first, with dated headings for those that end in _0 or _1."""
    shown: dict[str, Column] = {}
    years = {
        "_0": _single(data, "since"),
        "_1": _single(data, "until"),
    }
    # A figure that a column writes in words is not shown a second time.
    written = {_BEHIND[name] for name in data.columns if name in _BEHIND}
    for name in data.columns:
        base, suffix = (name[:-2], name[-2:]) if name[-2:] in years else (name, "")
        column = _find(base)
        if column is None or name in written or (name in ("since", "until") and years["_0"]):
            continue
        if suffix:
            when = years[suffix] or {"_0": "début", "_1": "fin"}[suffix]
            column = Column(f"{column.label} ({when})", column.write, column.numeric)
        shown[name] = column
    # What a row is about comes first: the first column heads the row.
    return dict(sorted(shown.items(), key=lambda item: item[1].numeric))


def _find(name: str) -> Column | None:
    return Column(name.removeprefix(_PLACE), _text) if name.startswith(_PLACE) else COLUMNS.get(name)


def _single(data: pd.DataFrame, name: str) -> str:
    values = data[name].unique() if name in data else []
    return str(int(values[0])) if len(values) == 1 else ""


class Table:
    """The data of an exhibit as a table of a page, as text and as a file: figures are weighed and written once."""

    def __init__(self, data: pd.DataFrame) -> None:
        self._data = data
        self._columns = describe(data)
        self._worth = weigh_cells(data)

    @cached_property
    def cells(self) -> dict[str, list[str]]:
        """The data as they are written on a page: French headings, French numbers, and what is not sound.

        A figure that rests on too little is "n.s."; a count of too few is followed by it; a star asks for care. Columns
        of which no figure is significant are left to the CSV.
        """
        left_out = untold(self._worth)
        return {
            column.label: self._write(name, column)
            for name, column in self._columns.items()
            if name not in left_out
        }

    def _write(self, name: str, column: Column) -> list[str]:
        written = map(column.write, self._data[name])
        if name not in self._worth:
            return list(written)
        is_count = kind_of(name) == "count"
        return [
            mark(text, verdict, is_count=is_count)
            for text, verdict in zip(written, self._worth[name], strict=True)
        ]

    def to_text(self) -> str:
        """The cells, headings first, a tab between two of them."""
        lines = io.StringIO()
        writer = csv.writer(lines, delimiter="\t", lineterminator="\n")
        writer.writerow(self.cells)
        writer.writerows(zip(*self.cells.values(), strict=True))
        return lines.getvalue()

    def to_csv(self) -> str:
        """The data with all their digits: French headings, semicolons, decimal point, empty when missing.

        Figures are those that were computed, sound or not: `Fiabilité`, there when one is not, gives the worst verdict of
        each row. The last columns say where it comes from.
        """
        data = self._data
        columns = {
            spreadsheet.protect(column.label): _plain(data[_figure(data, name)], column)
            for name, column in self._columns.items()
        }
        verdicts = zip(*(self._worth[name] for name in self._columns if name in self._worth), strict=True)
        worst = [next((each for each in ("n.s.", "prudence") if each in row), "") for row in verdicts]
        if any(worst):
            columns.setdefault("Fiabilité", pd.Series(worst, index=data.index))
        for name, heading in zip(provenance.COLUMNS, ("Origine", "Sources"), strict=True):
            if name in data:
                columns[heading] = data[name]
        return pd.DataFrame(columns).to_csv(index=False, sep=";", float_format="%.9g", lineterminator="\n")

    @property
    def digits(self) -> dict[str, int | list[int]]:
        """The decimals that figures keep in a CSV file for a spreadsheet, by heading; one by row where they differ."""
        found: dict[str, int | list[int]] = {}
        for name, column in self._columns.items():
            if pd.api.types.is_numeric_dtype(self._data[_figure(self._data, name)]):
                each = [spreadsheet.count_digits(column.write(value)) for value in self._data[name]]
                known = [digits for digits in each if digits is not None]
                # A column of figures is of one kind, and has no number where one is nil or missing; the figures that
                # another column writes in words are each of their own.
                found[spreadsheet.protect(column.label)] = (
                    max(known, default=0)
                    if _figure(self._data, name) == name
                    else [spreadsheet.UNWRITTEN if digits is None else digits for digits in each]
                )
        return found

    def to_html(self, *, name: str, caption: str, described: str = "") -> str:
        """A table with a caption, headings with their scope, first column as row headings.

        `name` must be unique on the page, `described` the identifier of what explains its marks. Text is escaped (that of
        cells by great-tables).
        """
        cells = {
            french.typography(heading): list(map(french.typography, texts))
            for heading, texts in self.cells.items()
        }
        stub, *others = cells
        known = {french.typography(column.label) for column in self._columns.values() if column.numeric}
        numeric = [heading for heading in others if heading in known]
        words = [heading for heading in others if heading not in known]
        with warnings.catch_warnings():
            # Cell by cell, great-tables fills a table of pandas three times as slowly; that of Arrow it deems young.
            warnings.filterwarnings("ignore", "PyArrow Table support", UserWarning)
            table = GT(pa.table(cells), id=name, rowname_col=stub, auto_align=False)
            table = (
                table.tab_stubhead(stub)
                .cols_align("right", columns=numeric)
                .cols_align("left", columns=words)
            )
            written = table.as_raw_html()
        markup = _HEADERS.sub("", _FRAME.sub("", _STYLE.sub("", written))).strip()
        markup = _CLASSES.sub("", _UNSOUND.sub(r'<td class="\1 unsound">', markup)).replace(' class=""', "")
        head, body = markup.split(">", 1)
        head += f' aria-describedby="{described}"' if described else ""
        return f"{head}>\n<caption>{html.escape(french.typography(caption))}</caption>{body}"


def _figure(data: pd.DataFrame, name: str) -> str:
    behind = f"measure{name}" if name.startswith(_PLACE) else _BEHIND.get(name, name)
    return behind if behind in data else name


def _plain(values: pd.Series, column: Column) -> pd.Series:
    return values if column.numeric else values.map(lambda value: spreadsheet.protect(column.write(value)))
