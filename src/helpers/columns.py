"""What the columns of frames hold: heading, kind, unit, digits, and what their figures rest on.

The only place that says so. How a value is written and whether it may be relied on follow from the kind of its column:
a frame whose columns are not all declared is not shown (`helpers.frames`).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from helpers.errors import ExhibitError

# `count` is of the census, a sample; `exact` of what is counted whole: official population, registers.
# From `share` to `ratio`, figures worked out from counts (`amount`: homes gained or needed). `margin` says how sure one
# is.
# `written` is a figure already in French words, `key` a code that tables put into words.
# `hidden` is never shown: identifiers, provenance, what rows are sorted or assessed by.
Kind = Literal[
    "count", "exact", "share", "rate", "change", "points", "amount", "index", "ratio", "margin", "year", "written",
    "text", "key", "hidden",
]  # fmt: skip
# What a figure rests on: the count that it is; its row (the column `count` or, in a frame without one, the smallest
# count beside it); a register, where everyone is.
Basis = Literal["", "itself", "row", "register"]

KINDS: tuple[Kind, ...] = get_args(Kind)
_FIGURES = ("share", "rate", "change", "points", "amount", "index", "ratio")
_BASES: dict[str, Basis] = {"count": "itself", "exact": "register", **dict.fromkeys(_FIGURES, "row")}
_SIGNED = ("change", "points", "amount")
_UNITS_OF_RATES = ("%", "‰", "% par an", "points")

_CENSUS_OF_2004 = "les étudiants et les militaires qui vivent en communauté y sont comptés depuis 2004"
_AGE_OF_2004 = "la définition de l’âge a changé en 2004"
_OWNERS_OF_2004 = "les usufruitiers sont comptés parmi les propriétaires depuis 2004"


@dataclass(frozen=True)
class Column:
    """One column: its `name` in frames, its French `heading`, the kind of its values, their unit and decimals.

    `rests_on` is for a column whose kind does not say it. `behind` names the column of the figures that this one
    writes in French. `redefined` is a French clause: what changed in 2004 in what it counts. `compares` says that it
    sets two populations side by side: their change, or the apparent migration between them.

    Raises:
        ExhibitError: there is no such kind, a column to show has no heading, a rate is declared as a count.
    """

    name: str
    heading: str = ""
    kind: Kind = "hidden"
    unit: str = ""
    digits: int = 0
    rests_on: Basis = ""
    behind: str = ""
    redefined: str = ""
    compares: Literal["", "change", "migration"] = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ExhibitError(
                f"Nature inconnue de la colonne {self.name!r} : {self.kind!r}.",
                remedy=f"Choisissez parmi : {', '.join(map(repr, KINDS))}.",
            )
        if not self.heading and self.kind != "hidden":
            raise ExhibitError(
                f"La colonne {self.name!r} n'a pas d'intitulé.",
                remedy="Donnez-le en français à heading, ou déclarez-la 'hidden' si elle n'est pas à montrer.",
            )
        if self.unit in _UNITS_OF_RATES and self.kind in ("count", "exact"):
            raise ExhibitError(
                f"La colonne {self.name!r} est déclarée un effectif ({self.kind!r}), en {self.unit!r}.",
                remedy="Un effectif n'a pas cette unité : sa nature est 'share', 'rate', 'change' ou 'points'.",
            )

    @property
    def is_shown(self) -> bool:
        """True of what a page shows."""
        return self.kind != "hidden"

    @property
    def is_numeric(self) -> bool:
        """True of figures, written or not: they are aligned on their right, and machines read them as they are."""
        return self.kind not in ("text", "key", "hidden")

    @property
    def is_signed(self) -> bool:
        """True of what may be lost as well as gained: it is written with its sign."""
        return self.kind in _SIGNED

    @property
    def basis(self) -> Basis:
        """What its figures rest on, nothing for what is no figure."""
        return self.rests_on or _BASES.get(self.kind, "")

    @property
    def is_count(self) -> bool:
        """True of a count of the census: it rests on itself, and is written even when it is too small."""
        return self.basis == "itself"

    @property
    def is_figure(self) -> bool:
        """True of what is worked out from counts: it is not written when they are too small."""
        return self.basis == "row"


def _share(name: str, heading: str, **options: Any) -> Column:
    return Column(name, heading, "share", "%", 1, **options)


def _rate(name: str, heading: str, unit: str = "%", **options: Any) -> Column:
    return Column(name, heading, "rate", unit, 1, **options)


def _change(name: str, heading: str, unit: str = "%", **options: Any) -> Column:
    return Column(name, heading, "change", unit, 1, **options)


def _by_name(*columns: Column) -> dict[str, Column]:
    return {column.name: column for column in columns}


_HIDDEN = (
    # What figures rest on and where they come from: marks and files say it.
    "count", "base", "verdict", "origin", "sources", "_verdict", "weak", "small", "large_renewal", "beside",
    # Identifiers, and the keys behind a label.
    "id", "level", "code", "name", "theme", "kind", "item", "category", "type", "completed", "stay", "rooms", "mode",
    "place", "low", "high", "generation", "years", "register_year", "issue", "question", "communes",
    # Figures that others write, or are worked out from.
    "measure", "median", "percentile", "gap", "gap_tables", "LOGVAC", "RSECOCC", "NBPI_RP", "beyond",
)  # fmt: skip
# What the commune brings, in words.
_BROUGHT = {
    "operation": "Opération", "structure": "Structure", "facility": "Équipement", "square": "Carré du plan",
    "saturated": "Saturé", "project": "Projet", "waiting_day": "Attente comptée au", "table": "Tableau",
    "field": "Champ", "producer": "Producteur", "known_on": "Données du",
}  # fmt: skip
# One name, one quantity, one unit.
COLUMNS = _by_name(
    # What a row is about.
    Column("territory", "Territoire", "text"),
    Column("label", "Catégorie", "text"),
    Column("panel", "Comparaison", "text"),
    Column("group", "Âge", "text", redefined=_AGE_OF_2004),
    Column("indicator", "Indicateur", "text"),
    Column("period", "Période", "text"),
    Column("part", "Composante", "text"),
    Column("service", "Services concernés", "text"),
    Column("bar", "Champ et année", "text"),
    Column("field", "Champ", "text"),
    Column("unit", "Unité", "text"),
    Column("text", "Valeur", "written"),
    *(Column(name, heading, "text") for name, heading in _BROUGHT.items()),
    Column("capacity", "Capacité", "written"),
    Column("delivered", "Livraison", "year"),
    Column("known", "Logements de l’opération", "exact", "logements"),
    Column("places", "Places", "exact", "places"),
    Column("waiting", "Familles en attente", "exact", "familles"),
    Column("year", "Année", "year"),
    Column("since", "Début", "year"),
    Column("until", "Fin", "year"),
    Column("sex", "Sexe", "key"),
    Column("age", "Âge", "key", redefined=_AGE_OF_2004),
    Column("age10", "Âge", "key"),
    Column("tenure", "Statut d’occupation", "key", redefined=_OWNERS_OF_2004),
    # Counts of people, households, homes. What registers and decrees count is no sample.
    Column("POP", "Population", "exact", "habitants", redefined=_CENSUS_OF_2004),
    Column("NAIS", "Naissances", "exact", "naissances"),
    Column("DECE", "Décès", "exact", "décès"),
    Column("events", "Événements de la période", "exact"),
    Column("starts", "Logements commencés", "exact", "logements"),
    Column("RPLS", "Logements sociaux (RPLS)", "exact", "logements"),
    Column("facilities", "Équipements", "exact", "équipements"),
    Column("value", "Effectif", "count"),
    Column("start", "Effectif au premier millésime", "count"),
    Column("end", "Effectif au second millésime", "count"),
    Column("people", "Personnes", "count", "personnes"),
    Column("owners", "Personnes dans un logement possédé", "count", "personnes"),
    Column("persons", "Fichier des individus", "count", "personnes"),
    Column("dwellings_file", "Fichier des logements", "count", "personnes"),
    Column("tables_file", "Tableaux par commune", "count", "personnes"),
    Column("alone", "Vivent seuls", "count", "personnes"),
    Column("moved", "Habitaient un autre logement un an avant", "count", "personnes"),
    Column("arrived", "Habitaient une autre commune un an avant", "count", "personnes"),
    Column("POP01P", "Habitants d’un an ou plus", "count", "habitants"),
    Column("C_MEN", "Ménages", "count", "ménages"),
    Column("C_PMEN", "Population des ménages", "count", "habitants"),
    Column("PMEN", "Population des ménages", "count", "habitants"),
    Column("small_households", "Une ou deux personnes", "count", "ménages"),
    Column("LOG", "Logements", "count", "logements"),
    Column("RP", "Résidences principales", "count", "logements"),
    Column("homes", "Résidences principales", "count", "logements"),
    Column("RP_LOCHLMV", "Locataires HLM (recensement)", "count", "logements"),
    Column("owned", "Occupées par leur propriétaire", "count", "logements"),
    Column("young", "Propriétaires de 30 à 49 ans", "count"),
    Column("old", "Propriétaires de 65 ans ou plus", "count"),
    Column("whole", "Parc de référence", "count", "logements"),
    Column("large", "5 pièces ou plus", "count", "logements"),
    Column("least", "Les deux, au moins", "count", "logements"),
    Column("most", "Les deux, au plus", "count", "logements"),
    # Shares and rates.
    _share("share", "Part (%)"),
    _share("share_all", "Part de toutes les résidences principales (%)"),
    _share("least_share", "Au moins (%)"),
    _share("most_share", "Au plus (%)"),
    _share("recent", "Moins de 2 ans (%)"),
    _share("ten", "10 ans ou plus (%)"),
    _share("thirty", "30 ans ou plus (%)"),
    _rate("rate", "Taux (%)"),
    _rate("moved_rate", "Ont changé de logement (%)"),
    _rate("declared_rate", "Locataires HLM, % des RP (recensement)"),
    _rate("register_rate", "Logements sociaux RPLS, pour 100 RP", "pour 100", rests_on="register"),
    _rate("per_mille", "Taux (‰)", "‰"),
    Column("per_thousand", "Pour 1 000 habitants concernés", "rate", "pour 1 000", 2),
    _rate("birth_rate", "Natalité (‰)", "‰"),
    _rate("death_rate", "Mortalité (‰)", "‰"),
    # Indices, means and ratios.
    Column("index", "Indice", "index", digits=1),
    Column("ratio", "Rapport", "ratio", digits=2),
    Column("size", "Personnes par ménage", "ratio", digits=2, redefined=_CENSUS_OF_2004),
    Column("people_per_home", "Habitants par résidence principale", "ratio", digits=2),
    Column("rooms_per_home", "Pièces par résidence principale", "ratio", digits=2),
    Column("rooms_per_person", "Pièces par personne", "ratio", digits=2),
    Column("seniority", "Ancienneté moyenne (années)", "ratio", "années", 1),
    Column("density", "Effectif par année d’âge", "ratio", digits=1),
    # Changes between two dates.
    Column("change", "Évolution", "change", compares="change"),
    Column("gain", "Évolution", "change"),
    Column("balance", "Solde de la période", "change", compares="migration"),
    Column("balance_year", "Solde par an", "change"),
    Column("natural", "Solde naturel", "change", rests_on="register"),
    Column("migratory", "Solde migratoire apparent", "change", compares="migration"),
    _change("change_rate", "Évolution (%)"),
    _change("annual", "Évolution annuelle moyenne (%)", compares="change"),
    _change("annual_natural", "due au solde naturel (%/an)"),
    _change("annual_migratory", "due au solde migratoire apparent (%/an)"),
    _change("annual_homes", "Résidences principales (%/an)"),
    _change("annual_people", "Population (%/an)"),
    _change("mean_natural", "Solde naturel (% de la population moyenne par an)"),
    _change("mean_migratory", "Solde migratoire apparent (% de la population moyenne par an)"),
    _change("gap_rate", "Écart au fichier des logements (%)"),
    _change("gap_tables_rate", "Écart aux tableaux (%)"),
    _change("per_year", "Évolution par an", ""),
    _change("per_ten", "Évolution pour 10 logements commencés", ""),
    _change("gained", "Habitants pour 10 logements commencés", ""),
    Column("points", "Évolution (points)", "points", "points", 1),
    # Homes that a period needed, made or lost.
    Column("amount", "Logements", "amount", "logements"),
    _change("stock_rate", "En % des logements de la première date"),
    _change("homes_rate", "Résidences principales (% des logements)"),
    _change("decohabitation_rate", "Effet taille des ménages (% des logements)"),
    _change("demographic_rate", "Effet démographique (% des logements)"),
    Column("homes_per_year", "Logements par an", "amount", "logements", 1),
    Column("decohabitation", "Effet taille des ménages (logements)", "amount", "logements"),
    Column("demographic", "Effet démographique (logements)", "amount", "logements"),
    Column("break_even", "Point mort (logements)", "amount", "logements"),
    Column("renewal", "Renouvellement (logements)", "amount", "logements"),
    Column("vacancy", "Variation des logements vacants", "amount", "logements"),
    Column("secondary", "Variation des résidences secondaires", "amount", "logements"),
    # Margins say themselves how sure they are.
    Column("margin", "Marge (±)", "margin"),
    Column("give_or_take", "Marge indicative (±)", "margin", "logements"),
    Column("tolerance", "Écart que le sondage explique (±)", "margin", "personnes"),
    # Figures in French words, and the words that come with them.
    Column("written", "Valeur", "written", rests_on="row", behind="measure"),
    Column("reference", "Médiane des autres communes", "written", behind="median"),
    Column("reference_panel", "Médiane des communes comparables", "written", behind="median_panel"),
    Column("changed", "Évolution entre les deux recensements", "written", behind="change"),
    Column("compared", "Niveau de la commune", "written"),
    Column("rank", "Rang", "written"),
    Column("position", "Position parmi les communes", "text"),
    Column("position_panel", "Position parmi les communes comparables", "text"),
    Column("beside", "Face à la médiane", "text"),
    Column("reason", "Fiabilité", "key"),
    Column("status", redefined=_OWNERS_OF_2004),
    *(Column(name) for name in _HIDDEN),
)

# A column `@Hem` holds what is written of Hem, `measure@Hem` the figures behind; its heading is the name itself.
_PLACE, _MEASURED = "@", "measure@"
# The two dates of a quantity, and the columns that give them.
DATES = {"_0": "since", "_1": "until"}
# The same among comparable communes.
_PANEL = "_panel"

# The columns that a notebook declares, and what `value` is by indicator.
_own: dict[str, Column] = {}
_indicators: dict[str, Column] = {}


def declare(*columns: Column) -> None:
    """Declare columns of an analyst's own, until the end of his notebook.

    Raises:
        ExhibitError: the name is that of a column of the house, which means something else.
    """
    for column in columns:
        known = _find(column.name, {})
        if known and known != column:
            raise ExhibitError(
                f"La colonne {column.name!r} est déjà déclarée : « {known.heading} » ({known.kind!r}).",
                remedy="Donnez un autre nom à la vôtre.",
            )
    _own.update(_by_name(*columns))


def declare_indicators(columns: Iterable[Column]) -> None:
    """Declare what `value` is for each indicator, its identifier being the name of the column."""
    _indicators.update(_by_name(*columns))


@contextmanager
def put_back() -> Iterator[None]:
    """Forget at the end of the block the columns declared in it."""
    former = dict(_own)
    try:
        yield
    finally:
        _own.clear()
        _own.update(former)


def find_column(name: str) -> Column:
    """Find what a column holds: `POP_0` and `POP_1` hold what `POP` does, `share_panel` what `share` does.

    Raises:
        ExhibitError: the column is not declared.
    """
    return find_columns([name])[name]


def find_columns(names: Iterable[str]) -> dict[str, Column]:
    """Find what columns hold, by name.

    Raises:
        ExhibitError: some are not declared: it names them all, those that they look like, and how to declare them.
    """
    found = {name: _find(name, _own) for name in names}
    unknown = [name for name, column in found.items() if column is None]
    if unknown:
        raise _undeclared(unknown)
    return {name: column for name, column in found.items() if column}


def find_value(indicator: str) -> Column:
    """Find what `value` is for an indicator of the registry.

    Raises:
        ExhibitError: the registry does not know it.
    """
    if indicator not in _indicators:
        near = difflib.get_close_matches(str(indicator), _indicators, n=3)
        raise ExhibitError(
            f"Indicateur inconnu du registre : {indicator!r}.",
            remedy=f"{_suggest(near)}À côté de 'value', la colonne 'indicator' porte l'identifiant d'un indicateur "
            "(docs/indicateurs.md).",
        )
    return _indicators[indicator]


def _find(name: str, own: Mapping[str, Column]) -> Column | None:
    """Find a column among those of the house and those given, None when it is not declared."""
    # A pivot makes numbers of names.
    name = str(name)
    if column := COLUMNS.get(name) or own.get(name):
        return column
    if name.startswith(_PLACE):
        return Column(name, name.removeprefix(_PLACE), "written", behind=f"measure{name}")
    if name.startswith(_MEASURED):
        return Column(name)
    if name[-2:] in DATES:
        return _find(name[:-2], own)
    if name.endswith(_PANEL) and (base := _find(name.removesuffix(_PANEL), own)):
        heading = f"{base.heading} (communes comparables)" if base.heading else ""
        return replace(base, heading=heading, behind=f"{base.behind}{_PANEL}" if base.behind else "")
    return None


def _undeclared(names: Sequence[str]) -> ExhibitError:
    """Make the error that says how to declare columns."""
    several = len(names) > 1
    known = [*COLUMNS, *_own]
    near = dict.fromkeys(near for name in names for near in difflib.get_close_matches(str(name), known, n=3))
    return ExhibitError(
        f"{'Colonnes non déclarées' if several else 'Colonne non déclarée'} : {', '.join(map(repr, names))}. "
        "Rien ne dit si ce sont des effectifs, des parts, des taux…, ni comment les écrire.",
        remedy=f"{_suggest(near)}Sinon, déclarez-{'les' if several else 'la'} : dans src/helpers/columns.py pour tous, "
        "ou dans un carnet, avant de montrer le tableau, from helpers import columns puis "
        f"columns.declare(columns.Column({str(names[0])!r}, 'Intitulé (%)', 'share', '%', digits=1)). Natures : "
        f"{', '.join(KINDS)}.",
    )


def _suggest(near: Iterable[str]) -> str:
    words = " ou ".join(map(repr, near))
    return f"Vouliez-vous dire {words} ? " if words else ""
