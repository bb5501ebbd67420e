"""The one-page form of a village: where it takes the place of key figures, messages and takeaways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from helpers import provenance
from helpers.debate import Debate
from helpers.exhibit import Exhibit, Prose, escape, scroll
from helpers.indicators import form
from helpers.page import Sentence
from helpers.territory import vicinity
from helpers.territory.panel import ComparisonGroup
from helpers.territory.vicinity import Vicinity
from helpers.wording import Finding
from helpers.wording import form as words


@dataclass(frozen=True, kw_only=True)
class Form(Debate):
    """The part of a `Diagnostic` that decides how a commune opens: a form under 500 inhabitants, figures above."""

    @cached_property
    def is_small(self) -> bool:
        """Whether the commune has so few inhabitants, at the last census, that it has a form."""
        return words.is_small(self._people_of([self.commune.code]).get(self.commune.code, float("nan")))

    @cached_property
    def vicinity(self) -> Vicinity:
        """The neighbours that a village is read with (`helpers.territory.vicinity`)."""
        return vicinity.find(self.commune, people_of=self._people_of, folder=self.folder)

    def key_figures(self) -> Prose:
        """List the figures that open the diagnostic; of a village, its form."""
        return self.form() if self.is_small else super().key_figures()

    def describe(self, sentence: Sentence, data: pd.DataFrame, **more: Any) -> Finding:
        """Describe data, as `Page.describe`; of a village, no section says a direction: it would be that of a few."""
        made = super().describe(sentence, data, **more)
        return replace(made, headline="") if self.is_small else made

    def message(self, subject: str, drawing: Exhibit) -> Prose:
        """Make a message of the cover, as `Page.message`; of a village, whose people are too few, none."""
        made = super().message(subject, drawing)
        return Prose((), "empty") if self.is_small else made

    def takeaways(self, *retained: str | Finding, missing: str = "") -> Prose:
        """Gather the "À retenir" box, as `Page.takeaways`; of a village, none: its form says what there is to say."""
        made = super().takeaways(*retained, missing=missing)
        return Prose((), "empty") if self.is_small else made

    def questions(self, *questions: str) -> Prose:
        """Ask questions for the workshop, as `Page.questions`; of a village, whose figures raise none, nothing."""
        return Prose((), "empty") if self.is_small else super().questions(*questions)

    def form(self) -> Prose:
        """Show the form: the counts of the commune with their dates, those of its neighbours together, their shares."""
        tables = self.tables_for(ComparisonGroup(self.vicinity.codes, "", ""), names=form.FORM_TABLES)
        counts = form.gather(
            tables,
            code=self.commune.code,
            others=self.vicinity.codes,
            since=self.counted_since,
            until=self.until,
        )
        sources = provenance.split(counts["sources"])
        self._shown.extend(sources)
        grouped = words.has_whole(counts, self.vicinity)
        sentences = [
            words.rule(self.commune),
            *([words.describe_group(counts, self.vicinity)] if grouped else []),
        ]
        written = [row if grouped else row[:3] for row in words.written_rows(counts)]
        titles = ["", "Date", self.commune.name, "Ensemble", "Part ou rythme de l’ensemble"][
            : 5 if grouped else 3
        ]
        caption = words.caption(self.commune)
        paragraphs = "".join(f"<p>{escape(text)}</p>" for text in sentences)
        notes = "".join(
            f"<p>{escape(text)}</p>" for text in (words.marks(), f"Sources : {self.source_line(sources)}")
        )
        return Prose(
            (),
            "form",
            title=caption,
            markup=f'{paragraphs}{_table(titles, written, caption=caption)}<div class="notes">{notes}</div>',
            text=(*sentences, *(" ; ".join(row) for row in written)),
        )

    def _people_of(self, codes: Sequence[str]) -> pd.Series:
        """Read the inhabitants of communes at their last census, by code."""
        table = self.tables_for(ComparisonGroup(tuple(codes), "", ""), names=["population"])["population"]
        people = table[(table["variable"] == "POP") & (table["origin"] != "demonstration")]
        return people.sort_values("year").groupby("territory", observed=True)["value"].last()


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str) -> str:
    """Write a table: a name at the head of each row, numbers on the right."""
    heads = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles)
    lines = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(when)}</td>'
        + "".join(f'<td class="number">{escape(text)}</td>' for text in rest)
        + "</tr>"
        for name, when, *rest in rows
    )
    label = escape(caption)
    return scroll(
        f"<table><caption>{label}</caption><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
    )
