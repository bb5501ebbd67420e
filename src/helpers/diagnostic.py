"""What a notebook holds: the commune, its parameters, its tables, the territories it is compared with.

What it shows of them is in `helpers.page`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import french, indicator_table, lab, levels, provenance, schemas, store
from helpers.discovery import Discovery
from helpers.errors import MissingDataError, NoDiagnosticError
from helpers.indicators import engine, registry, vintages
from helpers.indicators.crosstabs import sampled
from helpers.indicators.cube import Cube
from helpers.indicators.engine import CompletedFigures, ComputedFigures, Figures, KnownFigures
from helpers.indicators.measures import Period
from helpers.parameters import CellParameters, complete, read_cell
from helpers.paths import store_folder
from helpers.territory import panel
from helpers.territory.communes import Commune, list_communes, members_of, name_apart, outlines_of
from helpers.territory.panel import ComparisonGroup
from helpers.wording.finding import of_epci

# A notebook handles many small frames of short texts: as Arrow's, they would take a fifth of its time.
pd.set_option("mode.string_storage", "python")

# What the dates of pyramids are chosen from, and with them those of a diagnostic.
_AGE_TABLES = ("ages_tenure", "householders", "ages")
DATE_TABLES = ("population", "dwellings", "flows", *_AGE_TABLES)
# Tables whose published figures of the past anchor a simulated series.
_LONG_SERIES = ("population", "dwellings", "households")
# Its figures are in none of the tables: « France hors Mayotte ».
_MAYOTTE = schemas.MAYOTTE
# The share of its communes whose area must be known for that of a territory to be reported.
_NEARLY_ALL = 0.99
# As many communes make a map.
_A_MAP = 3


@dataclass(frozen=True, kw_only=True)
class Diagnostic(Discovery):
    """A diagnostic: its commune, its dates, its territories of comparison; its bases show them."""

    # What `table` has read, by name; the first years of the published figures, by areas.
    _named: dict[str, pd.DataFrame] = field(default_factory=dict)
    _begins: dict[tuple[object, ...], pd.Series] = field(default_factory=dict)

    @classmethod
    @lab.opens
    def open(cls, commune: object = "", **parameters: Any) -> Diagnostic:
        """Open the diagnostic of a commune (code, name or slug).

        `parameters` are those of `params/defaut.yml`, and `commentaire`; those left out, or None, take their default.

        Raises:
            DiagnosticError: commune unknown, ambiguous or merged.
            ParameterError: every parameter that cannot be used, as in a file of parameters.
            MissingDataError: the store knows nothing of the commune at these dates.
        """
        folder = store_folder()
        store.reopen(folder)
        asked, found = read_cell({"commune": commune, **parameters})
        if asked.millesime is None or asked.millesime_ancien is None:
            dates = find_dates(survey(found), until=asked.millesime)
            asked = complete(asked, since=dates.since, until=dates.until, pyramids=dates.pyramids)
        opened = cls(
            commune=found,
            since=asked.millesime_ancien or 0,
            until=asked.millesime or 0,
            parameters=asked,
            territories=[found, *found.comparison(list(asked.comparaison))],
            folder=folder,
            fetched=store.find_fetched(found.code),
        )
        check_data(opened, years=[opened.since, opened.until])
        return opened

    @property
    def convention(self) -> str:
        """The convention of the point mort, A or B."""
        return self.parameters.convention

    @property
    def lag(self) -> int:
        """The years from the start of a home to its delivery: 0, 1 or 2."""
        return self.parameters.decalage

    @property
    def pyramid_level(self) -> str:
        """What the pyramids by tenure count; nothing for the finest that the data know."""
        return self.parameters.niveau_pyramide

    @cached_property
    def counted_since(self) -> int:
        """The date since which births, deaths and homes started are counted up to the end: the first, or else later."""
        own = [self.commune_rows(self.table(name)) for name in ("population", "flows")]
        return vintages.choose_counted(*own, since=self.since, until=self.until)

    @cached_property
    def pyramids(self) -> list[int]:
        """The two dates of the pyramids, oldest first; those of the diagnostic when no table has two."""
        tables = (self.commune_rows(self.table(name)) for name in _AGE_TABLES)
        return self.parameters.pyramides or vintages.choose_pyramids(*tables) or [self.since, self.until]

    def table(self, name: str) -> pd.DataFrame:
        """Read a table of the store for the commune and its territories of comparison.

        Columns of the store, with `territory` (ordered, the commune first) in place of level and code; no row
        of a sample (`schemas.SAMPLED`) under 2 000 inhabitants.
        """
        if name not in self._named:
            self._named[name] = self._read_named(name)
        return self._named[name].copy(deep=False)

    def _read_named(self, name: str) -> pd.DataFrame:
        labels = name_apart(self.territories)
        frame = self._read(name, [territory.area for territory in self.territories])
        ranks = provenance.by_area(frame, {area: rank for rank, area in enumerate(labels)}, unknown=-1)
        named = pd.Categorical.from_codes(ranks, categories=list(labels.values()), ordered=True)
        frame.insert(0, "territory", named)
        frame = frame.drop(columns=["level", "code"])
        return sampled(frame, self.table("population")) if name in schemas.SAMPLED else frame

    def tables(self, *names: str) -> Cube:
        """Read several tables of the store by name, as `table` gives each; without a name, list them (`catalogue`)."""
        if not names:
            return self.catalogue()
        return Cube({name: self.table(name) for name in names})

    def around_table(self, name: str) -> pd.DataFrame:
        """Read a table of the store for every commune that maps show, `territory` being its code."""
        return self._read_communes(name, self.around["code"])

    def tables_for(self, *others: ComparisonGroup, names: Sequence[str]) -> dict[str, pd.DataFrame]:
        """Read tables of the store for the commune and others, `territory` being the code."""
        codes = dict.fromkeys([self.commune.code, *(code for group in others for code in group.codes)])
        return {name: self._read_communes(name, list(codes)) for name in names}

    def figures_for(
        self, *groups: ComparisonGroup, names: Sequence[str], periods: Sequence[tuple[int, int]] = ()
    ) -> Figures:
        """Give indicators for the commune and others, `territory` being the code, between its censuses and `periods`.

        They are read in the table of indicators of the store where it is there, and computed by the same definitions
        where it is not; at dates that it does not have, where the commune has figures. Official figures fetched for the
        commune, and for those of its EPCI, make their rows anew, and all of them at such dates.
        """
        needed = tuple(dict.fromkeys(table for name in names for table in registry.find(name).tables))
        table = indicator_table.find(self.folder)
        pairs = periods or [(self.since, self.until)]
        whole = table is not None and all(table.covers(*pair) for pair in pairs)
        official = self.fetched is not None or self.commune.split is not None
        if table is None or (official and not whole):
            return ComputedFigures(self.tables_for(*groups, names=needed))
        self._tables.update(needed)
        others = dict.fromkeys(code for group in groups for code in group.codes if code != self.commune.code)
        if not official:
            known = KnownFigures(table.rows("commune", [self.commune.code, *others], names))
            own, every = (partial(self.tables_for, *asked) for asked in ((), groups))
            return known if whole else CompletedFigures(known, table.covers, own, every)
        fetched = {code for level, code in self._fetched_areas if level == "commune"}
        anew, kept = ([code for code in others if (code in fetched) is side] for side in (True, False))
        made = Cube(self.tables_for(ComparisonGroup(tuple(anew), "", ""), names=needed))
        between = [Period(*pair) for pair in pairs if pair[0] < pair[1]]
        found = engine.compute(made, between, [registry.find(name) for name in names])
        return KnownFigures(pd.concat([found, table.rows("commune", kept, names)], ignore_index=True))

    def commune_rows(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Keep the rows of the commune itself, of a frame by `territory`."""
        return frame[frame["territory"] == self.commune.name]

    def name_communes(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Add `code` and `name` to a frame by commune that maps show, none to an empty one; `territory` is the name."""
        if frame.empty:
            return frame
        named = self.around.merge(frame.rename(columns={"territory": "code"}), on="code", how="left")
        named["origin"] = named["origin"].fillna("insee")
        return named.assign(sources=named["sources"].fillna(""), territory=named["name"])

    @cached_property
    def siblings(self) -> ComparisonGroup:
        """The other communes of the EPCI; none outside any EPCI."""
        codes = [code for code in self.members["code"] if code != self.commune.code]
        if not self.epci_name:
            return ComparisonGroup(
                (), "", "La commune n’appartient à aucune intercommunalité à fiscalité propre."
            )
        words = of_epci(self.epci_name)
        return ComparisonGroup(tuple(codes), words, f"Communes {words}, dans leur périmètre d’aujourd’hui.")

    @cached_property
    def panel(self) -> ComparisonGroup:
        """The communes of France comparable with it (`helpers.territory.panel`), at the last census compared."""
        return panel.choose(self.same_size, code=self.commune.code)

    @cached_property
    def members(self) -> pd.DataFrame:
        """Communes of the EPCI (`code, name`); the commune alone when it has none."""
        if self.commune.epci is None:
            return pd.DataFrame({"code": [self.commune.code], "name": [self.commune.name]})
        return members_of(self.commune.epci, folder=self.folder)

    @cached_property
    def around(self) -> pd.DataFrame:
        """Communes that maps show (`code, name`): those of the EPCI, of the département where they are under three."""
        if len(self.members) >= _A_MAP:
            return self.members
        return members_of(self.commune.department, level="departement", folder=self.folder)

    @property
    def around_epci(self) -> str:
        """Short name of the EPCI whose communes maps show, empty where they show those of the département."""
        return self.epci_name if self.around is self.members else ""

    @property
    def epci_name(self) -> str:
        """Short name of the EPCI, or an empty text."""
        return next((territory.name for territory in self.commune.comparison(["epci"])), "")

    @property
    def names(self) -> list[str]:
        """The names of the territories as tables bear them, the commune first."""
        return list(name_apart(self.territories).values())

    @property
    def areas(self) -> pd.DataFrame:
        """The area of every territory: `territory, area` (km²); missing where one in a hundred lacks its own."""
        columns = {territory.level: levels.find(territory.level).column for territory in self.territories}
        communes = store.read_reference(
            "territories",
            folder=self.folder,
            columns=[*dict.fromkeys(filter(None, [*columns.values(), "department"])), "area"],
        )
        communes = communes[communes["department"] != _MAYOTTE]
        rows = []
        for territory, name in zip(self.territories, self.names, strict=True):
            column = columns[territory.level]
            inside = communes[communes[column] == territory.code] if column else communes
            whole = inside["area"].notna().mean() >= _NEARLY_ALL
            rows.append((name, inside["area"].sum() if whole else float("nan")))
        return pd.DataFrame(rows, columns=["territory", "area"])

    @property
    def outlines(self) -> pd.DataFrame:
        """Outlines of the communes that maps show (`code, outline`), empty where none is at hand."""
        self._tables.add("outlines")
        return outlines_of(list(self.around["code"]), folder=self.folder)

    @cached_property
    def same_size(self) -> pd.DataFrame:
        """The commune and those of its size (`helpers.territory.panel.bounds`): the columns of `list_communes`, and
        `people, origin, sources`, their population at the last date known up to that of the diagnostic."""
        self._tables.add("population")
        known = _read_known(
            "population", folder=self.folder, areas=[("commune", self.commune.code)]
        ).set_index("year")["value"]
        year = int(max(year for year in known.index if year <= self.until))
        table = store.read_date(
            "population", folder=self.folder, level="commune", year=year, between=panel.bounds(known[year])
        )
        people = table.rename(columns={"value": "people", "source": "sources"})[
            ["code", "people", *provenance.COLUMNS]
        ]
        codes = [self.commune.code, *people["code"]]
        return list_communes(codes, folder=self.folder).merge(people, on="code", how="left")

    def _read_communes(self, name: str, codes: Iterable[str]) -> pd.DataFrame:
        frame = self._read(name, [("commune", code) for code in codes])
        return frame.rename(columns={"code": "territory"}).drop(columns="level")

    def _read(self, name: str, areas: Sequence[tuple[str, str]]) -> pd.DataFrame:
        self._tables.add(name)
        frame = _read_known(name, folder=self.folder, areas=areas)
        if self.fetched is not None:
            official = _read_known(name, folder=self.fetched, areas=areas)
            own = [territory.area for territory in self.territories]
            frame = store.overlay(frame, official, table=name, areas=[*own, *self._fetched_areas])
        frame = (
            provenance.drop_unanchored(frame, since=self._anchors(areas))
            if _has_simulated_past(frame)
            else frame
        )
        if self.commune.split is None:
            return frame
        # Figures of the commune since its split are those of another place: they do not follow the others.
        sources = store.read_sources(self.folder, fetched=self.fetched)
        later = sources.loc[sources["geography"] >= pd.Timestamp(self.commune.split).year, "id"]
        return frame[~((frame["code"] == self.commune.code) & frame["source"].isin(later))]

    @cached_property
    def _fetched_areas(self) -> list[tuple[str, str]]:
        """The areas that official figures were fetched for with the commune's."""
        return [] if self.fetched is None else store.list_fetched(self.fetched)

    def _anchors(self, areas: Sequence[tuple[str, str]]) -> pd.Series:
        """Find the first year at which figures of the long past of an area are published, by level and code."""
        self._tables.update(_LONG_SERIES)
        key = tuple(areas)
        if key not in self._begins:
            known = pd.concat([_read_known(name, folder=self.folder, areas=areas) for name in _LONG_SERIES])
            published = known[known["origin"] != "demonstration"]
            self._begins[key] = published.groupby(["level", "code"], observed=True)["year"].min()
        return self._begins[key]


@dataclass(frozen=True)
class Dates:
    """What a diagnostic compares: two censuses, and the two of its pyramids."""

    since: int
    until: int
    pyramids: list[int]


def survey(commune: Commune) -> Diagnostic:
    """Open the diagnostic of a commune alone, whose dates are still to be chosen."""
    folder = store_folder()
    store.reopen(folder)
    return Diagnostic(
        commune=commune,
        since=0,
        until=0,
        parameters=CellParameters(commune=commune.code),
        territories=[commune],
        folder=folder,
        fetched=store.find_fetched(commune.code),
    )


def find_dates(diagnostic: Diagnostic, *, until: int | None = None) -> Dates:
    """Find the latest dates at which the store knows the commune of a survey, or those that go with the end `until`.

    Raises:
        MissingDataError: the store does not know its people at that end and five years before.
        NoDiagnosticError: nor at any other two dates five years apart.
    """
    population, dwellings, flows, *by_age = (diagnostic.table(name) for name in DATE_TABLES)
    pair = vintages.choose(population, dwellings, flows, until=until)
    if pair is None:
        raise _unknown_people(diagnostic, "à deux dates espacées de cinq ans au moins")
    return Dates(*pair, vintages.choose_pyramids(*by_age) or list(pair))


def check_data(diagnostic: Diagnostic, *, years: Sequence[int]) -> None:
    """Check that the store knows people of the commune in these years.

    Raises:
        MissingDataError: names the missing years and those at hand.
        NoDiagnosticError: nobody lives there, or no two years go together.
    """
    population = diagnostic.commune_rows(diagnostic.table("population"))
    if len(population) and not population["value"].any():
        raise NoDiagnosticError(
            f"{diagnostic.commune.label} n'a pas d'habitant : il n'y a pas de diagnostic à construire.",
            remedy="Choisissez une autre commune.",
        )
    known = {int(year) for year in population["year"]}
    missing = [year for year in years if year not in known]
    if missing:
        raise _unknown_people(diagnostic, f"en {french.enumerate_words([str(year) for year in missing])}")


def _has_simulated_past(frame: pd.DataFrame) -> bool:
    """Whether a table has simulated figures of the long past."""
    if "year" not in frame:
        return False
    # Numbers first: most tables have no such year, and texts take longer to compare.
    past = frame["year"].to_numpy() < provenance.DETAILED
    return bool(past.any() and (frame["origin"].to_numpy()[past] == "demonstration").any())


def _unknown_people(diagnostic: Diagnostic, when: str) -> MissingDataError:
    """Make the error that says which years are at hand."""
    commune = diagnostic.commune
    known = sorted({int(year) for year in diagnostic.commune_rows(diagnostic.table("population"))["year"]})
    possible = vintages.choose(*(diagnostic.commune_rows(diagnostic.table(name)) for name in DATE_TABLES[:3]))
    why, years = "", f"Années disponibles : {', '.join(map(str, known)) or 'aucune'}."
    if commune.department == _MAYOTTE and not known:
        why = " Mayotte n'entre pas dans ces millésimes du recensement."
    if commune.split:
        day = french.long_date(pd.Timestamp(commune.split).date())
        why += f" Le périmètre de la commune a changé le {day} (scission)."
    return (MissingDataError if possible else NoDiagnosticError)(
        f"Le magasin de données ne connaît pas la population {french.of(commune.label)} {when}.{why}",
        remedy=f"{years} {'Changez millesime et millesime_ancien' if possible else 'Choisissez une autre commune'}.",
    )


def _read_known(name: str, *, folder: Path, areas: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Read a table of a store, without a row where the store, made before there was such a table, lacks it."""
    if name in schemas.TABLES and not store.has(name, folder=folder):
        return schemas.validate(pd.DataFrame(columns=schemas.table_columns(name)), table=name)
    return store.read(name, folder=folder, areas=areas)
