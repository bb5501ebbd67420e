"""What a notebook holds: the commune, its tables, and the way to show an exhibit."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import french, provenance, schemas, store
from helpers.errors import ExhibitError, MissingDataError, ParameterError
from helpers.exhibit import Absence, Exhibit, Prose, tell_absences
from helpers.indicators import key_figures, vintages
from helpers.indicators.reliability import EXACT, FRAGILE, is_pyramid, is_void, kind_of
from helpers.indicators.table_cache import Shelf
from helpers.paths import EMBEDDED, fetched_folder, store_folder
from helpers.problems.facts import FACT_TABLES
from helpers.territory import panel
from helpers.territory.communes import (
    COMPARISONS,
    Commune,
    Territory,
    find_commune,
    list_communes,
    members_of,
    mergers_of,
    outlines_of,
)
from helpers.territory.panel import Others
from helpers.wording import Finding
from helpers.wording.cautions import cautions, explain_marks, warn
from helpers.wording.finding import of_epci
from helpers.wording.issues import find_evidence

# A notebook handles many small frames of short texts: as Arrow's, they would take a fifth of its time.
pd.set_option("mode.string_storage", "python")

# What the pyramids by tenure may count; left open, the finest that the data know.
PYRAMID_LEVELS = ("individus", "menages", "logements", "")
# Years from the start of a home to its delivery.
LAGS = (0, 1, 2)
# The two conventions of the point mort.
CONVENTIONS = ("A", "B")
# What people may do of a fact that the diagnostic proposes.
_CHOICES = ("à retenir", "à approfondir", "à écarter")
# As many rows of counts that are not significant as a page shows unfolded.
_A_GLANCE = 12
# Tables whose published figures of the past anchor a simulated series.
_LONG_SERIES = ("population", "dwellings", "households")
# Why an exhibit on a few people is not shown.
_TOO_FEW = f"effectifs inférieurs à {FRAGILE}, trop imprécis pour être montrés (Insee)."
# As many sentences as a reader retains of a page.
_A_PAGE_TO_RETAIN = 5
# Its figures are in none of the tables: « France hors Mayotte ».
_MAYOTTE = "976"
# The share of its communes whose area must be known for that of a territory to be told.
_NEARLY_ALL = 0.99


@dataclass(frozen=True)
class Sheet:
    """A diagnostic being told: its commune, its dates, its territories of comparison."""

    commune: Commune
    since: int
    until: int
    pyramids: list[int]
    territories: list[Territory]
    pyramid_level: str = ""
    convention: str = "A"
    agency: str = ""
    lag: int = 0
    folder: Path = field(default_factory=store_folder)
    fetched: Path | None = None
    _shown: list[str] = field(default_factory=list)
    _absent: list[Absence] = field(default_factory=list)
    # Tables of the store that were read, by name and areas.
    _reads: dict[tuple[object, ...], pd.DataFrame] = field(default_factory=dict)
    # The first years of the published figures, by areas.
    _begins: dict[tuple[object, ...], pd.Series] = field(default_factory=dict)
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

    def tables(self, *names: str) -> Shelf:
        """Several tables of the store by name, as `table` gives each."""
        return Shelf({name: self.table(name) for name in names})

    def neighbours(self, name: str) -> pd.DataFrame:
        """A table of the store for every commune of the EPCI, `territory` being its code."""
        return self._read_communes(name, self.members["code"])

    def around(self, *others: Others, names: Sequence[str] = FACT_TABLES) -> dict[str, pd.DataFrame]:
        """Tables of the store, those of the facts, for the commune and others, `territory` being the code."""
        codes = dict.fromkeys([self.commune.code, *(code for group in others for code in group.codes)])
        return {name: self._read_communes(name, list(codes)) for name in names}

    @cached_property
    def siblings(self) -> Others:
        """The other communes of the EPCI; none outside any EPCI."""
        codes = [code for code in self.members["code"] if code != self.commune.code]
        if not self.epci_name:
            return Others((), "", "La commune n’appartient à aucune intercommunalité à fiscalité propre.")
        words = of_epci(self.epci_name)
        return Others(tuple(codes), words, f"Communes {words}, dans leur périmètre d’aujourd’hui.")

    @cached_property
    def panel(self) -> Others:
        """The communes of France comparable with it (`helpers.territory.panel`), at the last census of the diagnostic."""
        return panel.choose(self._communes, code=self.commune.code)

    @property
    def reference(self) -> Others:
        """The communes that ranks are given among: those of the EPCI, or the panel where they are fewer than nine."""
        return self.siblings if self.siblings.enough else self.panel

    @property
    def second_reference(self) -> Others:
        """The panel, beside the communes of the EPCI; none where the panel is the reference already."""
        if self.reference is self.panel:
            return Others(
                (), self.panel.words, "La comparaison est déjà faite avec les communes comparables."
            )
        return self.panel

    def name_neighbours(self, frame: pd.DataFrame) -> pd.DataFrame:
        """A frame by commune of the EPCI with `code` and `name`, `territory` becoming the name."""
        named = self.members.merge(frame.rename(columns={"territory": "code"}), on="code", how="left")
        named["origin"] = named["origin"].fillna("insee")
        return named.assign(sources=named["sources"].fillna(""), territory=named["name"])

    def own(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of the commune itself."""
        return frame[frame["territory"] == self.commune.name]

    @cached_property
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
    def names(self) -> list[str]:
        """The names of the territories as tables bear them, the commune first."""
        return list(_labels(self.territories).values())

    @property
    def areas(self) -> pd.DataFrame:
        """The area of every territory: `territory, area` (km²); missing where more than one commune in a hundred lacks one."""
        communes = store.read_reference(
            "territories", folder=self.folder, columns=["code", "epci", "department", "region", "area"]
        )
        communes = communes[communes["department"] != _MAYOTTE]
        columns = {"commune": "code", "epci": "epci", "departement": "department", "region": "region"}
        rows = []
        for territory, name in zip(self.territories, self.names, strict=True):
            column = columns.get(territory.level)
            inside = communes[communes[column] == territory.code] if column else communes
            whole = inside["area"].notna().mean() >= _NEARLY_ALL
            rows.append((name, inside["area"].sum() if whole else float("nan")))
        return pd.DataFrame(rows, columns=["territory", "area"])

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
    ) -> Exhibit | Absence:
        """Complete an exhibit for the page: title, reading, field, sources, cautions.

        `subject` names it (and its CSV file). Without data for the commune, what is absent is told instead, and why
        (`missing`) when it is not that the figures are unknown. Where none of the figures of the commune is
        significant, its counts are shown alone; a pyramid, or an exhibit without counts, is not shown.

        Raises:
            ExhibitError: it would be shown without a title, a source or, for a drawing, a reading or an alternative
                text. A `finding` that finds nothing sound to say of a drawing is no fault: its reading says so.
        """
        own = self.own(exhibit.data) if "territory" in exhibit.data else exhibit.data
        if own.empty:
            return self._leave_out(subject, why=missing)
        if is_void(own) or self._written_void(own):
            if is_pyramid(own) or not any(kind_of(name) == "count" or name in EXACT for name in own):
                return self._leave_out(subject, why=missing or _TOO_FEW)
            exhibit = exhibit.complete(data=own, drawing="", alt="", folded=len(own) > _A_GLANCE)
            finding = None
        self._shown.extend(exhibit.source_ids)
        if exhibit.drawing and finding is not None and not finding.reading:
            finding = replace(finding, reading=self._silence())
        finding = finding or Finding()
        shown = exhibit.complete(
            name=french.slug(subject),
            title=finding.title or subject,
            headline=finding.headline,
            reading=finding.reading,
            scope=scope,
            note=note,
            source=self.source_line(exhibit.source_ids),
            warnings=tuple(
                warn(exhibit.data, commune=self.commune, sources=self._sources(exhibit.source_ids))
            ),
        )
        if shown.lacks:
            raise ExhibitError(
                f"Il manque à la figure « {subject} » : {french.enumerate_words(shown.lacks)}.",
                remedy="Le titre et la lecture se donnent à sheet.show (subject, et ce qu'en dit helpers.wording) ; le "
                "texte de remplacement vient de helpers.figures, la source de la colonne sources des données.",
            )
        return shown

    def takeaways(self, *findings: Finding, missing: str = "") -> Prose:
        """The "À retenir" box: the sentences of the first findings, five at most, that have data to stand on."""
        kept = [finding for finding in findings if finding.takeaway][:_A_PAGE_TO_RETAIN]
        sentences = tuple(finding.takeaway for finding in kept)
        if not sentences:
            why = missing or self._why_nothing_to_retain()
            return Prose((why[:1].upper() + why[1:],), "takeaways", title="À retenir")
        return Prose(
            sentences,
            "takeaways",
            title="À retenir",
            demonstration=any(finding.demonstration for finding in kept),
        )

    def _why_nothing_to_retain(self) -> str:
        people = self.own(self.table("population")).sort_values("year")
        last = people.iloc[-1] if len(people) else None
        if last is None or last["value"] >= FRAGILE:
            return f"Les chiffres disponibles pour {self.commune.name} ne permettent pas de résumé."
        return (
            f"{french.quantity(last['value'], 'habitant')} {french.plural(last['value'], 'vit', 'vivent')} "
            f"{french.at(self.commune.name)} en {int(last['year'])} : c’est trop peu pour que des taux ou des évolutions soient "
            "significatifs."
        )

    def key_figures(self) -> Prose:
        """The figures that open the diagnostic, as a list of terms."""
        figures = key_figures.gather(
            self.tables(*key_figures.FIGURE_TABLES),
            commune=self.commune.name,
            since=self.since,
            until=self.until,
            panel=self.around(self.panel, names=key_figures.FIGURE_TABLES),
            code=self.commune.code,
        )
        self._shown.extend(provenance.split(figures["sources"]))
        items, lines = [], []
        for row in figures.itertuples(index=False):
            told = [line for line in (row.comparison, row.comparable, _mark(row.origin).strip()) if line]
            beside = "".join(f'<dd class="comparison">{_escape(line)}</dd>' for line in told)
            items.append(
                f"<div><dt>{_escape(row.indicator)}</dt><dd{_unsound(row.verdict)}>{_escape(row.written)}</dd>{beside}</div>"
            )
            lines.append(f"{row.indicator} : {row.written}{_aside(' ; '.join(told))}")
        marks = "".join(f"<p>{_escape(text)}.</p>" for text in explain_marks(figures["verdict"]))
        markup = f"<dl>{''.join(items)}</dl>" + (f'<div class="notes">{marks}</div>' if marks else "")
        simulated = bool((figures["origin"] == "demonstration").any())
        return Prose((), "key-figures", markup=markup, text=tuple(lines), demonstration=simulated)

    def tell_panel(self) -> Prose:
        """The rule of the panel, and the names of its communes, the nearest in population first."""
        named = self._communes.set_index("code").loc[list(self.panel.codes)]
        names = ", ".join(
            f"{name} ({department})"
            for name, department in zip(named["name"], named["department"], strict=True)
        )
        told = f"Elles sont, de la plus proche à la plus éloignée par la population : {names}."
        markup = f"<p>{_escape(self.panel.rule)}</p>"
        if named.empty:
            return Prose((), "panel", markup=markup, text=(self.panel.rule,))
        markup += f"<details><summary>Les communes comparables</summary><p>{_escape(told)}</p></details>"
        return Prose((), "panel", markup=markup, text=(self.panel.rule, told))

    def questions(self, *questions: str) -> Prose:
        """Questions for the workshop, set apart from facts."""
        return Prose(questions, "questions", title="À débattre en atelier", level=3)

    def debate(self, facts: pd.DataFrame, *, missing: str = "") -> Prose | Absence:
        """Facts chosen for debate: each with its evidence, the question it raises and a place to choose on paper.

        Without any, a sentence says why (`missing`).
        """
        self._shown.extend(provenance.split(facts["sources"]))
        if facts.empty:
            return self._leave_out("Faits à débattre", why=missing)
        rows = facts.to_dict("records")
        simulated = bool((facts["origin"] == "demonstration").any())
        return Prose(
            (),
            "debate",
            markup=f'<ol class="debate">{"".join(map(_card, rows))}</ol>',
            text=tuple(f"{_tell_fact(row)} → {row['question']} → {row['issue']}" for row in rows),
            demonstration=simulated,
            headline=f"{french.quantity(len(rows), 'question')} à débattre",
        )

    def state(self, *sentences: str) -> Prose:
        """Sentences that say how what follows is counted; those that are empty are left out."""
        told = tuple(sentence for sentence in sentences if sentence)
        return Prose(
            (), "stated", markup="".join(f"<p>{_escape(sentence)}</p>" for sentence in told), text=told
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

        The last to be shown: it tells the build every table that the notebook has read, every source it has cited.
        """
        used = self._sources(sorted(set(self._shown)))
        items = "".join(
            f"<li>{_escape(row.citation)}{_address(row.page)}</li>" for row in used.itertuples(index=False)
        )
        mergers = mergers_of(self.commune, since=self._first_year(), folder=self.folder)
        people = self.own(self.table("population"))
        people = people[people["origin"] != "demonstration"].set_index("year")["value"]
        sentences = cautions(self.commune, since=self.since, until=self.until, people=people, mergers=mergers)
        if self.fetched is not None and store.includes_another(self.commune.code, folder=self.fetched):
            sentences.insert(
                0, "Les chiffres de la commune comprennent, selon l’Insee, ceux d’une autre commune."
            )
        listed = f"<h3>Sources utilisées</h3><ul>{items}</ul>" if items else ""
        markup = f"{listed}{self._tell_absent()}<h3>Précautions de lecture</h3>"
        tables, sources = tuple(sorted(self._tables)), tuple(sorted(set(self._shown)))
        return Prose(tuple(sentences), "method", markup=markup, tables=tables, sources=sources)

    def source_line(self, identifiers: Sequence[str]) -> str:
        """The line of sources under an exhibit, after Insee's model; nothing without a source that the store knows."""
        citations = list(dict.fromkeys(self._sources(identifiers)["citation"]))
        if not citations:
            return ""
        line = f"{' ; '.join(citations)}, géographie au 01/01/{self.commune.geography}."
        return f"{line} Traitements : {self.agency}." if self.agency else line

    @cached_property
    def _communes(self) -> pd.DataFrame:
        """The commune and those of its size (`helpers.territory.communes.list_communes`, `helpers.territory.panel.bounds`), with
        their population at the last date, up to that of the diagnostic, at which the store knows it: `people, origin,
        sources`."""
        self._tables.add("population")
        known = self._stored("population", [("commune", self.commune.code)]).set_index("year")["value"]
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
        frame = self._stored(name, areas)
        if self.fetched is not None:
            official = _read_known(name, folder=self.fetched, areas=areas)
            known = [territory.area for territory in self.territories]
            frame = store.overlay(frame, official, table=name, areas=known)
        frame = (
            provenance.drop_unanchored(frame, since=self._anchors(areas)) if _tells_history(frame) else frame
        )
        if self.commune.split is None:
            return frame
        # Figures of the commune since its split are those of another place: they do not follow the others.
        sources = store.read_reference("sources", folder=self.folder)
        later = sources.loc[sources["geography"] >= pd.Timestamp(self.commune.split).year, "id"]
        return frame[~((frame["code"] == self.commune.code) & frame["source"].isin(later))]

    def _anchors(self, areas: Sequence[tuple[str, str]]) -> pd.Series:
        """The first year at which figures of the long past of an area are published, by level and code."""
        self._tables.update(_LONG_SERIES)
        key = tuple(areas)
        if key not in self._begins:
            known = pd.concat([self._stored(name, areas) for name in _LONG_SERIES])
            published = known[known["origin"] != "demonstration"]
            self._begins[key] = published.groupby(["level", "code"], observed=True)["year"].min()
        return self._begins[key]

    def _stored(self, name: str, areas: Sequence[tuple[str, str]]) -> pd.DataFrame:
        """A table as the store has it, read once for the same areas; the caller's own to change."""
        key = (name, *areas)
        if key not in self._reads:
            self._reads[key] = _read_known(name, folder=self.folder, areas=areas)
        return self._reads[key].copy(deep=False)

    def _first_year(self) -> int:
        """The first year of the figures of the commune that the pages show."""
        people = self.own(self.table("population"))["year"]
        return min(self.since, *self.pyramids, *(int(year) for year in people))

    def _sources(self, identifiers: Sequence[str]) -> pd.DataFrame:
        every = self._every_source
        return every[every["id"].isin(list(identifiers))].reset_index(drop=True)

    @cached_property
    def _every_source(self) -> pd.DataFrame:
        return store.read_reference("sources", folder=self.folder)

    def _written_void(self, data: pd.DataFrame) -> bool:
        """True where figures written side by side are all "n.s." for the commune."""
        column = f"@{self.commune.name}"
        return column in data and bool((data[column] == french.NOT_SIGNIFICANT).all())

    def _silence(self) -> str:
        """The reading of a drawing of which the sentences find nothing to say."""
        return (
            f"les chiffres {french.of(self.commune.name)} sont ici trop peu nombreux ou trop peu sûrs pour qu’une "
            "phrase en soit tirée."
        )

    def _leave_out(self, subject: str, *, why: str) -> Absence:
        absence = Absence(subject, why)
        self._absent.append(absence)
        return absence

    def _tell_absent(self) -> str:
        """What the page does not show, why and, where figures are wanting, the command that may bring them."""
        if not self._absent:
            return ""
        told = f"<h3>{_escape('Ce que cette page ne montre pas')}</h3>{tell_absences(self._absent)}"
        if all(absence.reason for absence in self._absent):
            return told
        if self.folder != EMBEDDED:
            remedy = "les fichiers officiels réunis ne les donnent pas pour la commune."
        elif self.fetched is not None:
            remedy = "<code>make data</code> télécharge ceux que l’Insee publie pour toute la France."
        else:
            remedy = f"<code>make data commune={self.commune.slug}</code> télécharge ceux que l’Insee publie pour la commune."
        return f"{told}<p>Les chiffres non disponibles ne sont pas dans les données de ce diagnostic{french.NBSP}: {remedy}</p>"


def open_sheet(
    commune: str,
    millesime: int = 2018,
    millesime_ancien: int = 2013,
    pyramides: Sequence[int] = (2008, 2018),
    niveau_pyramide: str = "",
    convention: str = "A",
    comparaison: Sequence[str] = COMPARISONS,
    agence: str = "",
    decalage: int = 0,
) -> Sheet:
    """The sheet of a commune (code, name or slug) for the dates and comparisons of the parameters.

    Raises:
        DiagnosticError: commune unknown, ambiguous or merged.
        ParameterError: a comparison, a level of pyramid, a convention or a lag that does not exist.
        MissingDataError: the store knows nothing of the commune at these dates.
    """
    folder = store_folder()
    store.reopen(folder)
    found = find_commune(commune, folder=folder)
    _insist("comparaison", comparaison, known=COMPARISONS)
    _insist("niveau_pyramide", [niveau_pyramide], known=PYRAMID_LEVELS)
    _insist("convention", [convention], known=CONVENTIONS)
    _insist("decalage", [decalage], known=LAGS)
    sheet = Sheet(
        commune=found,
        since=millesime_ancien,
        until=millesime,
        pyramids=list(pyramides),
        pyramid_level=niveau_pyramide,
        convention=convention,
        territories=[found, *found.comparison(list(comparaison))],
        agency=agence,
        lag=decalage,
        folder=folder,
        fetched=_fetched(found),
    )
    check_data(sheet, years=[sheet.since, sheet.until])
    return sheet


def _insist(parameter: str, values: Sequence[object], *, known: Sequence[object]) -> None:
    unknown = [value for value in values if value not in known]
    if unknown:
        raise ParameterError(
            f"Valeur inconnue de {parameter} : {', '.join(map(repr, unknown))}.",
            remedy=f"Choisissez parmi : {', '.join(map(repr, known))}.",
        )


def _fetched(commune: Commune) -> Path | None:
    """The folder of the official figures fetched for the commune, if any."""
    folder = fetched_folder(commune.code)
    return folder if folder.is_dir() else None


# What the dates of a diagnostic are chosen from.
DATE_TABLES = ("population", "dwellings", "flows", "ages_tenure", "householders", "ages")


@dataclass(frozen=True)
class Dates:
    """What a diagnostic compares: two censuses, and the two of its pyramids."""

    since: int
    until: int
    pyramids: list[int]


def survey(commune: Commune) -> Sheet:
    """The sheet of a commune alone, whose dates are still to be chosen."""
    store.reopen(store_folder())
    return Sheet(commune, since=0, until=0, pyramids=[], territories=[commune], fetched=_fetched(commune))


def find_dates(sheet: Sheet, *, until: int | None = None) -> Dates:
    """The latest dates at which the store knows the commune of a survey, or those that go with the end `until`.

    Raises:
        MissingDataError: the store does not know its people at two dates five years apart.
    """
    population, dwellings, flows, *by_age = (sheet.table(name) for name in DATE_TABLES)
    pair = vintages.choose(population, dwellings, flows, until=until)
    if pair is None:
        raise _unknown_people(sheet, "à deux dates espacées de cinq ans au moins")
    pyramids = vintages.choose_pyramids(*by_age)
    return Dates(*pair, pyramids or list(pair))


def check_data(sheet: Sheet, *, years: Sequence[int]) -> None:
    """Insist on people in these years.

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
    missing = [year for year in years if year not in known]
    if missing:
        raise _unknown_people(sheet, f"en {french.enumerate_words([str(year) for year in missing])}")


def _tells_history(frame: pd.DataFrame) -> bool:
    """Whether a table has simulated figures of the long past."""
    return "year" in frame and bool(
        ((frame["origin"] == "demonstration") & (frame["year"] < provenance.DETAILED)).any()
    )


def _unknown_people(sheet: Sheet, when: str) -> MissingDataError:
    """The error that tells which years are at hand."""
    known = sorted({int(year) for year in sheet.own(sheet.table("population"))["year"]})
    if known:
        remedy = f"Années disponibles : {', '.join(map(str, known))}. Changez millesime et millesime_ancien."
    elif sheet.commune.department == _MAYOTTE:
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


def _tell_fact(row: Mapping[str, Any]) -> str:
    told = [f"médiane des autres communes : {row['reference']}", f"rang {row['rank']}"]
    told += [] if french.is_missing(row["change"]) else [f"évolution {row['changed']}"]
    told += [row["reason"]] if row["reason"] else []
    return f"{row['indicator']} : {row['written']} ({' ; '.join(told)}){_mark(row['origin'])}"


def _card(row: Mapping[str, Any]) -> str:
    """One fact for debate as an item of a list: the figure, the question, the issue, and what people make of it."""
    address, words = find_evidence(row["id"])
    told = _escape(_tell_fact(row)).removeprefix(_escape(row["indicator"]))
    boxes = "".join(f'<li><span class="box"></span>{choice}</li>' for choice in _CHOICES)
    return (
        f'<li id="enjeu-{french.slug(row["id"])}"><p class="fact"><strong>{_escape(row["indicator"])}</strong>{told} '
        f'<a href="{address}">{_escape(words)}</a></p>'
        f'<p class="question">{_escape(row["question"])}</p>'
        f'<p class="issue"><strong>{_escape("Enjeu possible :")}</strong> {_escape(row["issue"])}.</p>'
        f'<ul class="choices">{boxes}</ul><p class="write">{_escape("Ce que nous en savons ici :")}</p></li>'
    )


def _read_known(name: str, *, folder: Path, areas: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """A table of a store, without a row where the store, made before there was such a table, lacks it."""
    if name in schemas.TABLES and not store.has(name, folder=folder):
        return schemas.validate(pd.DataFrame(columns=schemas.table_columns(name)), table=name)
    return store.read(name, folder=folder, areas=areas)


def _unsound(verdict: str) -> str:
    return "" if verdict == "ok" else ' class="unsound"'


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
