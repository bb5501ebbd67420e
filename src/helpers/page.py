"""What a diagnostic shows on a page: exhibits with their title, reading and sources, sentences, the method."""

from __future__ import annotations

import difflib
import html
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import blocks, french, provenance, store
from helpers.columns import find_columns
from helpers.errors import ExhibitError
from helpers.exhibit import Absence, Exhibit, Prose, describe_absences, escape, subtitle_of
from helpers.indicators import key_figures
from helpers.indicators.cube import Cube
from helpers.indicators.engine import Figures
from helpers.indicators.reliability import FRAGILE, is_pyramid, is_void
from helpers.markdown import write_markdown
from helpers.parameters import CellParameters
from helpers.paths import EMBEDDED
from helpers.territory.communes import Commune, mergers_of
from helpers.territory.panel import ComparisonGroup
from helpers.wording import Finding
from helpers.wording.cautions import cautions, warn
from helpers.wording.citations import cite

# A function of `helpers.wording`: the data of an exhibit and the commune -> what they say.
Sentence = Callable[..., Finding]

# As many rows of counts that are not significant as a page shows unfolded.
_A_GLANCE = 12
# Why an exhibit on a few people is not shown.
_TOO_FEW = f"effectifs inférieurs à {FRAGILE}, trop imprécis pour être montrés."
# As many sentences as a reader retains of a page.
_A_PAGE_TO_RETAIN = 5
# Why nothing is to retain of a page that has something to say.
_ALL_SIMULATED = (
    "Ce que cette partie résume repose sur des données de démonstration : rien n’en est à retenir."
)


@dataclass(frozen=True, kw_only=True)
class Page(ABC):
    """The part of a `Diagnostic` that shows: what each cell of a notebook calls last."""

    # What it shows is about; `helpers.diagnostic` opens them.
    commune: Commune
    since: int
    until: int
    parameters: CellParameters
    folder: Path
    fetched: Path | None = None
    # What has been shown so far: sources, subjects left out, what each exhibit says.
    _shown: list[str] = field(default_factory=list)
    _absent: list[Absence] = field(default_factory=list)
    _findings: dict[str, Finding] = field(default_factory=dict)
    _exhibits: dict[str, Exhibit] = field(default_factory=dict)
    # Tables read so far; every diagnostic reads those: where the commune is, what it was merged from, its sources.
    _tables: set[str] = field(default_factory=lambda: {"territories", "movements", "sources"})

    @property
    @abstractmethod
    def counted_since(self) -> int:
        """The date since which births are counted."""

    @abstractmethod
    def table(self, name: str) -> pd.DataFrame:
        """Read a table of the store."""

    @abstractmethod
    def tables(self, *names: str) -> Cube:
        """Read several tables of the store."""

    @abstractmethod
    def tables_for(self, *others: ComparisonGroup, names: Sequence[str]) -> dict[str, pd.DataFrame]:
        """Read tables of the store for the commune and others."""

    @abstractmethod
    def figures_for(
        self, *groups: ComparisonGroup, names: Sequence[str], periods: Sequence[tuple[int, int]] = ()
    ) -> Figures:
        """Give indicators for the commune and others."""

    @abstractmethod
    def commune_rows(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Keep the rows of the commune."""

    @property
    @abstractmethod
    def panel(self) -> ComparisonGroup:
        """The communes comparable with it."""

    @property
    @abstractmethod
    def same_size(self) -> pd.DataFrame:
        """The commune and those of its size, with their names."""

    def describe(self, sentence: Sentence, data: pd.DataFrame, **more: Any) -> Finding:
        """Describe data in French: what a function of `helpers.wording` says of them for the commune.

        `more` are the other arguments of the function (`lag=`, `convention=`...).
        """
        return sentence(data, self.commune, **more)

    def show(
        self,
        exhibit: Exhibit,
        finding: Sentence | Finding | None = None,
        *,
        subject: str,
        code: str = "",
        about: pd.DataFrame | None = None,
        scope: str = "",
        note: str = "",
        missing: str = "",
        question: str = "",
        **more: Any,
    ) -> Exhibit | Absence:
        """Complete an exhibit for the page: title, reading, field (`scope`), note, sources, cautions.

        `subject` names it (and its CSV file), `code` is what people call it by (`L-07`). `finding` is a function of
        `helpers.wording`, called with the data of the exhibit (or with those of `about`), the commune and `more`; or a
        `Finding` of one's own. Without data for the commune, what is absent is said instead, and why (`missing`) when
        it is not that the figures are unknown. What counts nothing is not drawn.
        Where none of the figures of the commune is significant, its counts are shown alone; a pyramid, or an exhibit
        without counts, is not shown. With a `question`, asked of those who see it from afar, it is drawn once more for
        the slides and the posters that the tags of the cell ask for.

        Raises:
            ExhibitError: it would be shown without a title, a source or, for a drawing, a reading or an alternative
                text. A `finding` that finds nothing sound to say of a drawing is no fault: its reading says so.
        """
        if callable(finding):
            data = exhibit.data if about is None else about
            finding = Finding() if data.empty else self.describe(finding, data, **more)
        self._findings[subject] = finding or Finding()
        rows = self.commune_rows(exhibit.data) if "territory" in exhibit.data else exhibit.data
        if rows.empty:
            return self._leave_out(subject, why=missing)
        if is_void(rows) or self._is_written_void(rows):
            if is_pyramid(rows) or not _has_counts(rows):
                return self._leave_out(subject, why=missing or _TOO_FEW)
            exhibit = exhibit.complete(
                data=rows, drawing="", alt="", chart=None, folded=len(rows) > _A_GLANCE
            )
            finding = None
        elif exhibit.drawing and _is_nil(rows):
            # Bars of nothing: the sentence says it.
            exhibit = exhibit.complete(drawing="", alt="", chart=None, folded=True)
        if exhibit.drawing and finding is not None and not finding.reading:
            finding = replace(finding, reading=self._silent_reading())
        alone = "territory" in exhibit.data and len(rows) == len(exhibit.data)
        shown = exhibit.complete(
            code=code, scope=scope, note=note, question=question, brought=self._brought(code), alone=alone
        )
        self._exhibits[subject] = self._complete(shown, finding or Finding(), subject=subject)
        return self._exhibits[subject]

    def _brought(self, code: str) -> str:
        """Write what stands under the figure of a code; here nothing."""
        return ""

    def _complete(self, exhibit: Exhibit, finding: Finding, *, subject: str) -> Exhibit:
        self._shown.extend(exhibit.source_ids)
        sources = self._sources(exhibit.source_ids)
        shown = exhibit.complete(
            name=french.slug(subject),
            title=finding.title or subject,
            subtitle=subtitle_of(exhibit.data, subject) if finding.title else "",
            headline=finding.headline,
            reading=finding.reading,
            takeaway=finding.takeaway,
            number=finding.number,
            source=self.source_line(exhibit.source_ids),
            warnings=tuple(warn(exhibit.data, commune=self.commune, sources=sources)),
        )
        if shown.lacks:
            raise ExhibitError(
                f"Il manque à la figure « {subject} » : {french.enumerate_words(shown.lacks)}.",
                remedy="Le titre et la lecture se donnent à d.show (subject, et une phrase de helpers.wording) ; le "
                "texte de remplacement vient de helpers.figures, la source de la colonne sources des données.",
            )
        return shown

    def message(self, subject: str, drawing: Exhibit) -> Prose:
        """Make of an exhibit shown above one of the messages of the cover, with a drawing made `compact`.

        Nothing where the exhibit is not drawn for the commune, or says nothing sound.

        Raises:
            ExhibitError: no exhibit of that subject was shown.
        """
        finding, shown = self._finding_of(subject), self._exhibits.get(subject)
        if shown is None or not (shown.drawing and drawing.drawing and finding.reading):
            return Prose((), "empty")
        title = finding.headline or finding.title
        return drawing.to_message(title, finding.takeaway or finding.reading, of=shown)

    def takeaways(self, *retained: str | Finding, missing: str = "") -> Prose:
        """Gather the "À retenir" box: the sentences of the first findings, five at most, that have one.

        `retained` are the subjects of exhibits shown above, in the order of their importance, or findings. Nothing is
        retained of simulated figures. The page opens with the box wherever the cell is. `missing` says why there is
        nothing to retain.

        Raises:
            ExhibitError: a subject was not shown.
        """
        findings = [one if isinstance(one, Finding) else self._finding_of(one) for one in retained]
        said = [finding for finding in findings if finding.takeaway]
        kept = [finding.takeaway for finding in said if not finding.demonstration][:_A_PAGE_TO_RETAIN]
        why = _ALL_SIMULATED if said else missing or self._why_nothing_to_retain()
        return Prose(tuple(kept) or (french.capitalize(why),), "takeaways", title="À retenir")

    def _finding_of(self, subject: str) -> Finding:
        if subject not in self._findings:
            near = difflib.get_close_matches(subject, self._findings, n=1)
            hint = f" Vouliez-vous dire « {near[0]} » ?" if near else ""
            raise ExhibitError(
                f"Aucune figure nommée « {subject} » n'a été montrée au-dessus.{hint}",
                remedy="d.takeaways reprend les noms (subject) donnés à d.show, dans des cellules exécutées avant.",
            )
        return self._findings[subject]

    def _why_nothing_to_retain(self) -> str:
        return f"Les chiffres disponibles pour {self.commune.name} ne permettent pas de résumé."

    def key_figures(self) -> Prose:
        """List the figures that open the diagnostic."""
        # The change of the population is reported over the period of its balances: one clock for both.
        since, until = self.counted_since, self.until
        names = [one.id for one in (*key_figures.FIGURES, key_figures.SECOND_HOMES)]
        figures = key_figures.gather(
            self.tables(*key_figures.FIGURE_TABLES),
            commune=self.commune.name,
            since=since,
            until=until,
            panel=self.figures_for(self.panel, names=names, periods=[(since, until)]),
            code=self.commune.code,
        )
        self._shown.extend(provenance.split(figures["sources"]))
        return blocks.list_key_figures(figures)

    def describe_panel(self) -> Prose:
        """Describe the panel: its rule, and the names of its communes, the nearest in population first."""
        named = self.same_size.set_index("code").loc[list(self.panel.codes)]
        return blocks.describe_panel(self.panel.rule, named)

    def questions(self, *questions: str) -> Prose:
        """Ask questions for the workshop, set apart from facts."""
        return Prose(questions, "questions", title="À débattre en atelier", level=3)

    def note(self, *sentences: str) -> Prose:
        """Say how what follows is counted; empty sentences are left out."""
        kept = tuple(sentence for sentence in sentences if sentence)
        markup = "".join(f"<p>{escape(sentence)}</p>" for sentence in kept)
        return Prose((), "note", markup=markup, text=kept)

    def alert(self, sentences: Sequence[str], *, about: pd.DataFrame) -> Prose:
        """Warn of what the figures of the commune rest on, here and on the cover; nothing where there is no sentence.

        `about` are the data of the sentences (`origin, sources`).
        """
        self._shown.extend(provenance.split(about["sources"]))
        markup = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
        return Prose((), "alert" if sentences else "empty", markup=markup, text=tuple(sentences))

    def comment(self) -> Prose:
        """Show the written comment of the agency or the commune; nothing when there is none.

        The page shows it after what is to retain, wherever the cell is.
        """
        paragraphs = [line.strip() for line in self.parameters.commentaire.splitlines() if line.strip()]
        if not paragraphs:
            return Prose((), "empty")
        return Prose((), "comment", title="Commentaire", markup=write_markdown("\n\n".join(paragraphs)))

    def method(self) -> Prose:
        """List the sources used so far, what is absent, and the cautions that hold for the commune.

        The last to be shown: it declares to the build every table that the notebook has read, every source it cites.
        """
        used = self._sources(sorted(set(self._shown)))
        items = "".join(
            f"<li>{escape(row.citation)}{_address(row.page)}</li>" for row in used.itertuples(index=False)
        )
        mergers = mergers_of(self.commune, since=self._first_year(), folder=self.folder)
        people = self.commune_rows(self.table("population"))
        people = people[people["origin"] != "demonstration"].set_index("year")["value"]
        sentences = cautions(self.commune, since=self.since, until=self.until, people=people, mergers=mergers)
        if self.fetched is not None and store.includes_another(self.commune.code, folder=self.fetched):
            sentences.insert(
                0, "Les chiffres de la commune comprennent, selon l’Insee, ceux d’une autre commune."
            )
        listed = f"<h3>Sources utilisées</h3><ul>{items}</ul>" if items else ""
        markup = f"{listed}{self._describe_absent()}<h3>Précautions de lecture</h3>"
        tables, sources = tuple(sorted(self._tables)), tuple(sorted(set(self._shown)))
        return Prose(tuple(sentences), "method", markup=markup, tables=tables, sources=sources)

    def source_line(self, identifiers: Sequence[str]) -> str:
        """Write the line of sources under an exhibit, after Insee's model; nothing without a source of the store."""
        key = frozenset(identifiers)
        if key not in self._source_lines:
            self._source_lines[key] = self._cite(self._sources(identifiers))
        return self._source_lines[key]

    def _cite(self, cited: pd.DataFrame) -> str:
        if cited.empty:
            return ""
        line = f"{cite(cited, geography=self.commune.geography)}."
        agency = self.parameters.agence
        return f"{line} Traitements : {agency}." if agency else line

    def _first_year(self) -> int:
        """Find the first year of the figures of the commune that the page shows."""
        people = self.commune_rows(self.table("population"))["year"]
        return min(self.since, *(self.parameters.pyramides or []), *(int(year) for year in people))

    def _sources(self, identifiers: Iterable[str]) -> pd.DataFrame:
        key = frozenset(identifiers)
        if key not in self._sources_found:
            every = self._every_source
            self._sources_found[key] = every[every["id"].isin(key)].reset_index(drop=True)
        return self._sources_found[key]

    @cached_property
    def _sources_found(self) -> dict[frozenset[str], pd.DataFrame]:
        """Sources by their identifiers: exhibits rest on the same ones. Of this very page, not of a copy of it."""
        return {}

    @cached_property
    def _source_lines(self) -> dict[frozenset[str], str]:
        """The lines that cite them."""
        return {}

    @cached_property
    def _every_source(self) -> pd.DataFrame:
        return store.read_sources(self.folder, fetched=self.fetched)

    def _is_written_void(self, data: pd.DataFrame) -> bool:
        """Say whether figures written side by side are all "n.s." for the commune."""
        column = f"@{self.commune.name}"
        return column in data and bool((data[column] == french.NOT_SIGNIFICANT).all())

    def _silent_reading(self) -> str:
        """Write the reading of a drawing of which the sentences find nothing to say."""
        return (
            f"les chiffres {french.of(self.commune.name)} sont ici trop peu nombreux ou trop peu sûrs pour qu’une "
            "phrase en soit tirée."
        )

    def _leave_out(self, subject: str, *, why: str) -> Absence:
        absence = Absence(subject, why)
        self._absent.append(absence)
        return absence

    def _describe_absent(self) -> str:
        """Say what the page does not show, why and, where figures are wanting, the command that may bring them."""
        if not self._absent:
            return ""
        listed = f"<h3>{escape('Ce que cette page ne montre pas')}</h3>{describe_absences(self._absent)}"
        if all(absence.reason for absence in self._absent):
            return listed
        if self.folder != EMBEDDED:
            remedy = "les fichiers officiels réunis ne les donnent pas pour la commune."
        elif self.fetched is not None:
            remedy = "<code>make data</code> télécharge ceux que l’Insee publie pour toute la France."
        else:
            command = f"<code>make data commune={self.commune.slug}</code>"
            remedy = f"{command} télécharge ceux que l’Insee publie pour la commune."
        unknown = "Les chiffres non disponibles ne sont pas dans les données de ce diagnostic"
        return f"{listed}<p>{unknown}{french.NBSP}: {remedy}</p>"


def _has_counts(data: pd.DataFrame) -> bool:
    """Say whether a frame holds what is shown however small: counts of the census, or of a register at one date."""
    return any(
        column.is_count or (column.basis == "register" and column.name == name)
        for name, column in find_columns(data).items()
    )


def _is_nil(data: pd.DataFrame) -> bool:
    """Say whether all that is counted is nothing."""
    return "value" in data and _has_counts(data) and bool((data["value"] == 0).all())


def _address(page: str) -> str:
    if not page.startswith("https://"):
        return ""
    return f'{french.NBSP}: <a href="{html.escape(page)}">{html.escape(page.removeprefix("https://"))}</a>'
