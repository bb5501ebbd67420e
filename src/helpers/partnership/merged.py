"""A workshop once its capture workbooks are brought together, and the account of it."""

from __future__ import annotations

import hashlib
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
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    twins: int = 0
    withdrawn: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        """Tell whether the import changed anything of what was said."""
        return bool(self.new or self.changed or self.withdrawn)
