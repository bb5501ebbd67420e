"""A workshop: what was shown in the room, and what the people there said of it. No name is a field."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Type = Literal["confirme", "nuance", "contredit", "ajoute", "question ouverte", ""]


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Shown(_Kept):
    """A figure or a question shown in the room: its code, title, the value said, its permanent name, if simulated."""

    code: str
    title: str
    value: str = ""
    name: str = ""
    simulated: bool = False


class Kit(_Kept):
    """What a workshop is held with: the commune, the day, the version of the diagnostic, what is shown."""

    commune: str
    slug: str
    insee: str
    number: int = Field(ge=1, le=3)
    day: date
    version: str
    shown: list[Shown]
    elected: int = Field(default=6, ge=1, le=12)
    technicians: int = Field(default=6, ge=1, le=12)
    facilitators: int = Field(default=2, ge=1, le=6)
    # Where the convention says another number than one for each facilitator.
    at_tables: int | None = None

    @property
    def id(self) -> str:
        """Name what was shown that day: another day, another version or another list has another name."""
        text = self.model_dump_json(include={"insee", "number", "day", "version", "shown"})
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def tables(self) -> list[str]:
        """Name the tables: as many as the convention says, or as facilitators, two at least."""
        return [chr(ord("A") + rank) for rank in range(self.at_tables or max(2, self.facilitators))]

    @property
    def letters(self) -> list[str]:
        """Name the capture workbooks: one for each facilitator."""
        return [chr(ord("A") + rank) for rank in range(self.facilitators)]

    @property
    def name(self) -> str:
        """Name the files of the workshop: `hem-atelier-1`."""
        return f"{self.slug}-atelier-{self.number}"

    def find(self, code: str) -> Shown | None:
        """Find what was shown under a code."""
        return next((shown for shown in self.shown if shown.code == code), None)


class Contribution(_Kept):
    """What was said of a figure or a question, as a scribe wrote it down.

    `twins` are the identifiers of the same words written down at another table's sheet; `value` and `version` are
    what the room saw.
    """

    id: str
    file: str = ""
    table: str = ""
    moment: str = ""
    code: str = ""
    type: Type = ""
    text: str = ""
    is_exact: bool = False
    role: Literal["élu", "technicien", "table", "agence", ""] = ""
    support: int | None = None
    place: str = ""
    evidence: str = ""
    who: str = ""
    due: date | None = None
    sharing: Literal["selon convention", "commune seule"] = "selon convention"
    value: str = ""
    version: str = ""
    twins: list[str] = []
    # Both are kept where two files disagree, until someone settles it.
    disputed: bool = False
    # What a check found, its day: "chiffre maintenu", "corrigé (262 → 255)", "complété".
    outcome: str = ""
    checked: date | None = None

    @property
    def is_whole(self) -> bool:
        """Tell whether it may be shown: with a type and words, and nothing to settle."""
        return bool(self.type and self.text and not self.disputed)

    @property
    def may_be_told(self) -> bool:
        """Tell whether it may leave the commune, as the convention says."""
        return self.sharing != "commune seule"


class Axis(_Kept):
    """One of the two sentences that a table retains."""

    file: str = ""
    table: str
    rank: int
    text: str


class Dots(_Kept):
    """The dots of one line of the sheet, by role; what is not agreed on is not counted."""

    file: str = ""
    code: str = ""
    label: str
    elected: int | None = None
    technicians: int | None = None

    @property
    def total(self) -> int:
        """Count the dots of the line."""
        return (self.elected or 0) + (self.technicians or 0)


class Action(_Kept):
    """What is to be done after the workshop: by whom, before when."""

    file: str = ""
    text: str
    who: str = ""
    due: date | None = None
    code: str = ""


class Waiting(_Kept):
    """A row that waits for its scribe: where it is and why, never its words."""

    id: str
    file: str
    row: int
    reason: str


class Workshop(_Kept):
    """A workshop as it is kept: what was shown, who came (counts), what was said, measured and decided to do."""

    kit: Kit
    elected: int | None = None
    technicians: int | None = None
    returning: int | None = None
    agreed: int | None = None
    start: str = ""
    end: str = ""
    contributions: list[Contribution] = []
    # What `twins` name, word for word: shown on its own as soon as the other is withdrawn or says something else.
    paired: list[Contribution] = []
    waiting: list[Waiting] = []
    withdrawn: list[str] = []
    axes: list[Axis] = []
    dots: list[Dots] = []
    # Why the dots are to be counted again; they are then shown as such.
    recount: str = ""
    # Rows of the other sheets, by the name of the sheet: notebooks, issues, pawns, levers, decisions.
    rows: dict[str, list[dict[str, Any]]] = {}
    actions: list[Action] = []
    # What was settled between two files: the mark of the two texts -> "A", "B" or "les deux".
    settled: dict[str, str] = {}

    @property
    def whole(self) -> list[Contribution]:
        """List the contributions that may be shown."""
        return [one for one in self.contributions if one.is_whole]


def row_of(named: str) -> str:
    """Give the row of a text, be it the second of two: `C1-A-07` of `C1-A-07-2`."""
    return "-".join(named.split("-")[:3])
