"""What the commune brings to its diagnostic, shown beside the figures of the agency; nothing where it brings none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from helpers import blocks, materials
from helpers.exhibit import Absence, Exhibit
from helpers.indicators import brought, construction
from helpers.indicators.age_classes import BY_AGE
from helpers.materials import Materials
from helpers.page import Page, Sentence
from helpers.wording import Finding
from helpers.wording import brought as words

# The problems that each sheet speaks to.
_SPEAKS_TO = {
    "operations": ("desserrement", "rythme_de_construction", "parc_social"),
    "ecoles": ("familles",),
    "petite_enfance": ("familles",),
}


@dataclass(frozen=True, kw_only=True)
class Brought(Page):
    """The part of a `Diagnostic` that shows the materials of the commune, as far as they may be."""

    @cached_property
    def materials(self) -> Materials:
        """The materials kept for the commune, for a page that anyone may read."""
        return materials.load(self.commune.slug, commune=self.commune.name)

    @cached_property
    def _every_source(self) -> pd.DataFrame:
        own, every = self.materials.sources, super()._every_source
        return every if own.empty else pd.concat([every, own], ignore_index=True)

    def show_brought(
        self, exhibit: Exhibit, finding: Sentence | None = None, *, subject: str, code: str, **more: Any
    ) -> Exhibit | Absence | None:
        """Show what the commune brings, as `show`; nothing at all where it brings nothing."""
        if exhibit.data.empty:
            return None
        return self.show(exhibit, finding, subject=subject, code=code, **more)

    @cached_property
    def operations(self) -> pd.DataFrame:
        """The operations of the commune, beside the homes started (`indicators.brought.operations`)."""
        counted = self.materials.counted("operations")
        if counted.empty:
            return pd.DataFrame()
        shown, source = self.materials.shown("operations"), self.materials.source_of("operations")
        return brought.operations(counted, shown, self._starts, source=source)

    @property
    def operations_dated(self) -> dict[str, Any]:
        """What the sentence of the operations is written with: the dates, the homes started between them."""
        own = self._starts.set_index("year")["value"] if len(self.operations) else pd.Series(dtype="float64")
        years = range(self.since, self.until)
        whole = all(year in own.index for year in years)
        return {
            "since": self.since,
            "until": self.until,
            "started": own[list(years)].sum() if whole else float("nan"),
        }

    @cached_property
    def _starts(self) -> pd.DataFrame:
        return construction.starts(self.table("flows"), territory=self.commune.name)

    @cached_property
    def rolls(self) -> pd.DataFrame:
        """The rolls of the schools beside the ages of the census (`indicators.brought.rolls`)."""
        schools, source = self.materials.counted("ecoles"), self.materials.source_of("ecoles")
        if schools.empty:
            return pd.DataFrame()
        return brought.rolls(schools, self.tables(*BY_AGE), territory=self.commune.name, source=source)

    @property
    def schools_left_out(self) -> int:
        """How many schools are not in its rolls: this page may not show them."""
        return self.materials.left_out("ecoles", "ecole")

    @cached_property
    def childcare(self) -> pd.DataFrame:
        """The places of childcare (`indicators.brought.childcare`)."""
        rows, source = self.materials.shown("petite_enfance"), self.materials.source_of("petite_enfance")
        return pd.DataFrame() if rows.empty else brought.childcare(rows, source=source)

    @cached_property
    def facilities(self) -> pd.DataFrame:
        """The facilities that the commune lists (`indicators.brought.facilities`)."""
        rows, source = self.materials.shown("equipements"), self.materials.source_of("equipements")
        return pd.DataFrame() if rows.empty else brought.facilities(rows, source=source)

    @cached_property
    def commune_tables(self) -> pd.DataFrame:
        """The other tables of the commune (`indicators.brought.tables`)."""
        rows, source = self.materials.shown("autres"), self.materials.source_of("autres")
        return pd.DataFrame() if rows.empty else brought.tables(rows, self.materials.points, source=source)

    def _brought(self, code: str) -> str:
        if not code or self.commune_tables.empty:
            return ""
        own = self.commune_tables[self.commune_tables["beside"] == code]
        self._shown.extend(own["sources"].unique())
        return "".join(blocks.describe_table(rows) for _, rows in own.groupby("table", sort=False))

    def brought_to(self, problem: str) -> tuple[str, ...]:
        """Say what the commune brings to a problem, a sentence for each sheet that speaks to it."""
        findings: dict[str, Finding] = {
            "operations": self._find(words.operations, self.operations, **self.operations_dated),
            "ecoles": self._find(words.rolls, self.rolls, left_out=self.schools_left_out),
            "petite_enfance": self._find(words.childcare, self.childcare),
        }
        return tuple(
            finding.takeaway
            for sheet, finding in findings.items()
            if finding.takeaway and problem in _SPEAKS_TO[sheet]
        )

    def _find(self, sentence: Sentence, data: pd.DataFrame, **more: Any) -> Finding:
        return Finding() if data.empty else self.describe(sentence, data, **more)
