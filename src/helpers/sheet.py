"""What a notebook holds: the commune, its tables, and the way to show an exhibit."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from helpers import french, provenance, store
from helpers.commentary import Finding
from helpers.errors import MissingDataError, ParameterError
from helpers.exhibit import Exhibit, Prose
from helpers.indicators import dates, key_figures
from helpers.indicators.facts import FACT_TABLES
from helpers.paths import fetched_folder, store_folder
from helpers.reliability import cautions, warn
from helpers.territory import (
    COMPARISONS,
    Commune,
    Territory,
    find_commune,
    members_of,
    mergers_of,
    outlines_of,
)


@dataclass(frozen=True)
class Sheet:
    """A diagnostic being told: its commune, its dates, its territories of comparison."""

    commune: Commune
    since: int
    until: int
    pyramids: list[int]
    territories: list[Territory]
    agency: str = ""
    folder: Path = field(default_factory=store_folder)
    fetched: Path | None = None
    _shown: list[str] = field(default_factory=list)
    # Every sheet reads those: where the commune is, what it was merged from, what its figures are cited as.
    _tables: set[str] = field(default_factory=lambda: {"territories", "movements", "sources"})

    def table(self, name: str) -> pd.DataFrame:
        """A table of the store for the commune and its territories of comparison.

        Columns of the store, with `territory` (ordered, the commune first) in place of level and code.
        """
        labels = _labels(self.territories)
        frame = self._read(name, [territory.area for territory in self.territories])
        named = pd.Series(
            [labels[area] for area in zip(frame["level"], frame["code"], strict=True)],
            index=frame.index,
            dtype="str",
        )
        frame.insert(0, "territory", pd.Categorical(named, categories=list(labels.values()), ordered=True))
        return frame.drop(columns=["level", "code"])

    def tables(self, *names: str) -> dict[str, pd.DataFrame]:
        """Several tables of the store by name, as `table` gives each."""
        return {name: self.table(name) for name in names}

    def neighbours(self, name: str) -> pd.DataFrame:
        """A table of the store for every commune of the EPCI, `territory` being its code."""
        codes = self.members["code"]
        frame = self._read(name, [("commune", code) for code in codes])
        return frame.rename(columns={"code": "territory"}).drop(columns="level")

    def all_neighbours(self) -> dict[str, pd.DataFrame]:
        """Every table that facts are made from, for every commune of the EPCI."""
        return {name: self.neighbours(name) for name in FACT_TABLES}

    def name_neighbours(self, frame: pd.DataFrame) -> pd.DataFrame:
        """A frame by commune of the EPCI with `code` and `name`, `territory` becoming the name."""
        named = self.members.merge(frame.rename(columns={"territory": "code"}), on="code", how="left")
        named["origin"] = named["origin"].fillna("insee")
        return named.assign(sources=named["sources"].fillna(""), territory=named["name"])

    def own(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of the commune itself."""
        return frame[frame["territory"].astype("str") == self.commune.name]

    @property
    def members(self) -> pd.DataFrame:
        """Communes of the EPCI (`code, name`); the commune alone when it has none."""
        if self.commune.epci is None:
            return pd.DataFrame({"code": [self.commune.code], "name": [self.commune.name]})
        return members_of(self.commune.epci, folder=self.folder)

    @property
    def epci_name(self) -> str:
        """Short name of the EPCI, or an empty text."""
        names = [territory.name for territory in self.commune.comparison(["epci"])]
        return names[0] if names else ""

    @property
    def outlines(self) -> pd.DataFrame:
        """Outlines of the communes of the EPCI (`code, outline`), empty where none is at hand."""
        self._tables.add("outlines")
        return outlines_of(list(self.members["code"]), folder=self.folder)

    def show(
        self,
        exhibit: Exhibit,
        finding: Finding | None = None,
        *,
        subject: str,
        scope: str = "",
        note: str = "",
        missing: str = "",
    ) -> Exhibit | Prose:
        """Complete an exhibit for the page: title, reading, field, sources, cautions.

        `subject` names it (and its CSV file). Without data for the commune, a sentence says that they are not
        at hand, or why (`missing`).
        """
        own = self.own(exhibit.data) if "territory" in exhibit.data else exhibit.data
        if own.empty:
            absence = f"{subject} : {missing}" if missing else self._absence(subject)
            return Prose((), "absence", markup=f"<p>{_escape(absence)}</p>")
        finding = finding or Finding()
        self._shown.extend(exhibit.source_ids)
        return exhibit.complete(
            name=french.slug(subject),
            title=finding.title or subject,
            reading=finding.reading,
            scope=scope,
            note=note,
            source=self.source_line(exhibit.source_ids),
            warnings=tuple(
                warn(exhibit.data, commune=self.commune, sources=self._sources(exhibit.source_ids))
            ),
        )

    def takeaways(self, *findings: Finding) -> Prose:
        """The "À retenir" box: the sentences of the findings that have data to stand on."""
        sentences = tuple(finding.takeaway for finding in findings if finding.takeaway)
        if not sentences:
            return Prose((self._absence("Ce résumé"),), "takeaways", title="À retenir")
        return Prose(
            sentences, "takeaways", title="À retenir", demonstration=any(f.demonstration for f in findings)
        )

    def key_figures(self) -> Prose:
        """The figures that open the diagnostic, as a list of terms."""
        tables = self.tables("population", "dwellings", "social_housing", "income")
        figures = key_figures.gather(tables, commune=self.commune.name, since=self.since, until=self.until)
        self._shown.extend(provenance.split(figures["sources"]))
        items = "".join(
            f"<div><dt>{_escape(row.indicator)}</dt><dd>{_escape(row.written)}</dd>"
            f'<dd class="comparison">{_escape(row.comparison + _mark(row.origin))}</dd></div>'
            for row in figures.itertuples(index=False)
        )
        lines = tuple(
            f"{row.indicator} : {row.written}{_aside(row.comparison)}{_mark(row.origin)}"
            for row in figures.itertuples(index=False)
        )
        simulated = bool((figures["origin"] == "demonstration").any())
        return Prose((), "key-figures", markup=f"<dl>{items}</dl>", text=lines, demonstration=simulated)

    def questions(self, *questions: str) -> Prose:
        """Questions for the workshop, set apart from facts."""
        return Prose(questions, "questions", title="À débattre en atelier", level=3)

    def debate(self, facts: pd.DataFrame) -> Prose:
        """Facts chosen for debate, each facing the question it raises."""
        self._shown.extend(provenance.split(facts["sources"]))
        if facts.empty:
            return Prose((self._absence("Faits saillants"),), "absence")
        items = "".join(
            f'<li><p class="fact"><strong>{_escape(row["indicator"])}</strong>{french.NBSP}: {_escape(row["written"])} '
            f'<span class="reference">(médiane des autres communes{french.NBSP}: {_escape(row["reference"])}){_mark(row["origin"])}</span></p>'
            f'<p class="question">{_escape(row["question"])}</p></li>'
            for row in facts.to_dict("records")
        )
        lines = tuple(
            f"{row['indicator']} : {row['written']}{_mark(row['origin'])} → {row['question']}"
            for row in facts.to_dict("records")
        )
        simulated = bool((facts["origin"] == "demonstration").any())
        return Prose(
            (), "debate", markup=f'<ol class="debate">{items}</ol>', text=lines, demonstration=simulated
        )

    def comment(self, text: str) -> Prose:
        """The written comment of the agency or the commune, as plain text; nothing when there is none."""
        paragraphs = [line.strip() for line in text.splitlines() if line.strip()]
        if not paragraphs:
            return Prose((), "empty")
        markup = "".join(f"<p>{_escape(line)}</p>" for line in paragraphs)
        return Prose((), "comment", title="Commentaire", markup=markup)

    def method(self) -> Prose:
        """The sources used so far, with their addresses, and the cautions that hold for the commune.

        The last to be shown: it tells the build every table that the notebook has read.
        """
        used = self._sources(sorted(set(self._shown)))
        items = "".join(
            f"<li>{_escape(row.citation)}{_address(row.page)}</li>" for row in used.itertuples(index=False)
        )
        mergers = mergers_of(self.commune, since=self._first_year(), folder=self.folder)
        sentences = cautions(self.commune, since=self.since, until=self.until, mergers=mergers)
        if self.fetched is not None and store.includes_another(self.commune.code, folder=self.fetched):
            sentences.insert(
                0, "Les chiffres de la commune comprennent, selon l’Insee, ceux d’une autre commune."
            )
        markup = f"<h3>Sources utilisées</h3><ul>{items}</ul><h3>Précautions de lecture</h3>"
        return Prose(tuple(sentences), "method", markup=markup, tables=tuple(sorted(self._tables)))

    def source_line(self, identifiers: Sequence[str]) -> str:
        """The line of sources under an exhibit, after Insee's model."""
        citations = list(dict.fromkeys(self._sources(identifiers)["citation"]))
        line = f"{' ; '.join(citations)}, géographie au 01/01/{self.commune.geography}."
        return f"{line} Traitements : {self.agency}." if self.agency else line

    def _read(self, name: str, areas: list[tuple[str, str]]) -> pd.DataFrame:
        self._tables.add(name)
        frame = store.read(name, folder=self.folder, areas=areas)
        if self.fetched is not None:
            official = frame.iloc[:0]
            if store.has(name, folder=self.fetched):
                official = store.read(name, folder=self.fetched, areas=areas)
            known = [territory.area for territory in self.territories]
            frame = store.overlay(frame, official, table=name, areas=known)
        if self.commune.split is None:
            return frame
        # Figures of the commune since its split are those of another place: they do not follow the others.
        sources = store.read_reference("sources", folder=self.folder)
        later = sources.loc[sources["geography"] >= pd.Timestamp(self.commune.split).year, "id"]
        return frame[~((frame["code"] == self.commune.code) & frame["source"].isin(later))]

    def _first_year(self) -> int:
        """The first year of the figures of the commune that the pages show."""
        people = self.own(self.table("population"))["year"]
        return min(self.since, *self.pyramids, *(int(year) for year in people))

    def _sources(self, identifiers: Sequence[str]) -> pd.DataFrame:
        return store.read_reference("sources", folder=self.folder, key="id", values=identifiers)

    def _absence(self, subject: str) -> str:
        return (
            f"{subject} : les chiffres nécessaires ne sont pas disponibles pour {self.commune.name} dans les données "
            "dont dispose ce diagnostic."
        )


def open_sheet(
    commune: str,
    millesime: int = 2018,
    millesime_ancien: int = 2013,
    pyramides: Sequence[int] = (2008, 2018),
    comparaison: Sequence[str] = COMPARISONS,
    agence: str = "",
) -> Sheet:
    """The sheet of a commune (code, name or slug) for the dates and comparisons of the parameters.

    Raises:
        DiagnosticError: commune unknown, ambiguous or merged.
        MissingDataError: the store knows nothing of the commune at these dates.
    """
    folder = store_folder()
    store.reopen(folder)
    found = find_commune(commune, folder=folder)
    unknown = [kind for kind in comparaison if kind not in COMPARISONS]
    if unknown:
        raise ParameterError(
            f"Territoires de comparaison inconnus : {', '.join(map(repr, unknown))}.",
            remedy=f"Choisissez parmi : {', '.join(COMPARISONS)}.",
        )
    sheet = Sheet(
        commune=found,
        since=millesime_ancien,
        until=millesime,
        pyramids=list(pyramides),
        territories=[found, *found.comparison(list(comparaison))],
        agency=agence,
        folder=folder,
        fetched=_fetched(found),
    )
    check_data(sheet)
    return sheet


def _fetched(commune: Commune) -> Path | None:
    """The folder of the official figures fetched for the commune, if any."""
    folder = fetched_folder(commune.code)
    return folder if folder.is_dir() else None


# What the dates of a diagnostic are chosen from.
DATE_TABLES = ("population", "dwellings", "flows", "ages_tenure", "ages")


@dataclass(frozen=True)
class Dates:
    """What a diagnostic compares: two censuses, and the two of its pyramids."""

    since: int
    until: int
    pyramids: list[int]


def find_dates(commune: Commune, *, until: int | None = None) -> Dates:
    """The latest dates at which the store knows the commune, or those that go with the end `until`.

    Raises:
        MissingDataError: the store does not know its people at two dates five years apart.
    """
    sheet = Sheet(commune, since=0, until=0, pyramids=[], territories=[commune], fetched=_fetched(commune))
    population, dwellings, flows, ages_tenure, ages = (sheet.table(name) for name in DATE_TABLES)
    pair = dates.choose(population, dwellings, flows, until=until)
    if pair is None:
        raise _unknown_people(sheet, "à deux dates espacées de cinq ans au moins")
    pyramids = dates.choose_pyramids(ages_tenure, ages)
    return Dates(*pair, pyramids or list(pair))


def check_data(sheet: Sheet) -> None:
    """Insist on people at each end of the period.

    Raises:
        MissingDataError: names the missing years and those at hand, or says that nobody lives there.
    """
    population = sheet.own(sheet.table("population"))
    if len(population) and not population["value"].any():
        raise MissingDataError(
            f"{sheet.commune.label} n'a pas d'habitant : il n'y a pas de diagnostic à construire.",
            remedy="Choisissez une autre commune.",
        )
    known = {int(year) for year in population["year"]}
    missing = [year for year in (sheet.since, sheet.until) if year not in known]
    if missing:
        raise _unknown_people(sheet, f"en {french.enumerate_words([str(year) for year in missing])}")


def _unknown_people(sheet: Sheet, when: str) -> MissingDataError:
    """The error that tells which years are at hand."""
    known = sorted({int(year) for year in sheet.own(sheet.table("population"))["year"]})
    if known:
        remedy = f"Années disponibles : {', '.join(map(str, known))}. Changez millesime et millesime_ancien."
    elif sheet.commune.department == "976":
        remedy = "Mayotte n'entre pas dans ces millésimes du recensement."
    else:
        remedy = "Choisissez une autre commune."
    if sheet.commune.split:
        day = french.long_date(pd.Timestamp(sheet.commune.split).date())
        remedy += f" Le périmètre de la commune a changé le {day} (scission)."
    return MissingDataError(
        f"Le magasin de données ne connaît pas la population {french.of(sheet.commune.label)} {when}.",
        remedy=remedy,
    )


def _labels(territories: Sequence[Territory]) -> dict[tuple[str, str], str]:
    """A name for each territory, told apart by its level when two bear the same (Paris, La Réunion)."""
    levels = {"epci": "EPCI", "departement": "département", "region": "région"}
    seen: set[str] = set()
    labels = {}
    for territory in territories:
        name = (
            territory.name if territory.name not in seen else f"{territory.name} ({levels[territory.level]})"
        )
        seen.add(name)
        labels[territory.area] = name
    return labels


def _aside(text: str) -> str:
    return f" ({text})" if text else ""


def _mark(origin: str) -> str:
    return " (données de démonstration)" if origin == "demonstration" else ""


def _escape(text: str) -> str:
    return html.escape(french.typography(text), quote=False)


def _address(page: str) -> str:
    if not page.startswith("https://"):
        return ""
    return f'{french.NBSP}: <a href="{html.escape(page)}">{html.escape(page.removeprefix("https://"))}</a>'
