"""A workshop once its capture workbooks are brought together, and the account of it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field

from helpers.contributions.workshop import Contribution, Workshop
from helpers.partnership.capture_reading import Message

# Where a row comes from and what became of it, not what it says.
APART = {"file", "twins", "disputed", "outcome", "checked", "value", "version"}


@dataclass(frozen=True)
class Conflict:
    """Two texts of one row, in two files: the mark of both, by which what was settled is known."""

    id: str
    a: Contribution
    b: Contribution

    @property
    def mark(self) -> str:
        """Name the pair of texts: another text is another conflict."""
        both = "\n".join(one.model_dump_json(exclude=APART) for one in (self.a, self.b))
        return hashlib.sha256(f"{self.id}\n{both}".encode()).hexdigest()[:12]


@dataclass
class Merged:
    """A workshop once its files are brought together, and the account of it."""

    workshop: Workshop
    # Rows of contributions read in the files, and what became of them.
    read: int = 0
    # Rows read of issues, pawns, levers and decisions, by sheet.
    rows: dict[str, int] = field(default_factory=dict)
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    twins: int = 0
    withdrawn: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    # What changed of the other sheets: axes, dots, actions, issues, pawns, levers, decisions.
    others: int = 0

    @property
    def news(self) -> int:
        """Count what the import changed."""
        return len(self.new) + len(self.changed) + len(self.withdrawn) + self.others

    @property
    def is_new(self) -> bool:
        """Tell whether the import changed anything of what was said, measured or decided."""
        return self.news > 0


def count_changes(former: Workshop | None, kept: Workshop) -> int:
    """Count what changed of all but contributions, whichever file it is in: a row that changes is one."""
    before, after = (_list_sheets(former) if former else {}), _list_sheets(kept)
    gone = {key: rows - after.get(key, Counter()) for key, rows in before.items()}
    come = {key: rows - before.get(key, Counter()) for key, rows in after.items()}
    return sum(
        max(gone.get(key, Counter()).total(), come.get(key, Counter()).total()) for key in {*gone, *come}
    )


def _list_sheets(workshop: Workshop) -> dict[str, Counter[str]]:
    """List what each sheet says; a line of dots that nobody counted says nothing."""
    kept = {
        "axes": [one.model_dump_json(exclude={"file"}) for one in workshop.axes],
        "gommettes": [one.model_dump_json(exclude={"file"}) for one in workshop.dots if one.total],
        "suites": [one.model_dump_json(exclude={"file"}) for one in workshop.actions],
    }
    for key, rows in workshop.rows.items():
        said = ({name: value for name, value in row.items() if name != "_file"} for row in rows)
        kept[key] = [json.dumps(row, sort_keys=True, default=str) for row in said]
    return {key: Counter(rows) for key, rows in kept.items()}
