"""Write the cards of eighteen communes, on the embedded store, to be read and compared (make cards)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from helpers import Diagnostic
from helpers.wording.issues import describe_aside, describe_silence

REFERENCE = Path(__file__).with_name("cards.txt")
PILOTS = ("59299", "59220", "59527", "59011")
# Towns of all kinds, a prison, resorts, a capital, a village of 150.
OTHERS = (
    "59512", "59350", "39198", "97411", "58194", "85194", "59009", "59017", "59328", "59650", "59566", "74056", "75056",
    "39114",
)  # fmt: skip


def describe(code: str) -> str:
    """Write the cards of a commune as plain text."""
    d = Diagnostic.open(f"insee:{code}")
    return "\n".join([f"## {d.commune.label}", *_lines(d), ""])


def _lines(d: Diagnostic) -> Iterator[str]:
    for rank, card in enumerate(d.cards, start=1):
        label = f", {card.label.lower()}" if card.label else ""
        yield f"{rank}. {card.title} [{card.id}, force {card.strength:.0f}{label}]"
        yield f"   {card.reading}"
        yield f"   {card.question}"
        yield f"   Enjeu possible : {card.tension}."
        yield f"   {' '.join(filter(None, (card.because, card.against, *card.cautions)))}"
    yield from filter(None, (describe_silence(d.problems, d.commune), describe_aside(d.problems.aside)))


def main() -> None:
    """Write the reference."""
    text = "\n".join(describe(code) for code in (*PILOTS, *OTHERS))
    REFERENCE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
