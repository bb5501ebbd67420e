"""One file holds every colour, size and space; what is written or drawn with them can be read, in the light and in the dark."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from helpers import paths, tokens

MODES = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
TENURES = ["own", "hlm", "priv", "free"]
PARTS = [f"part{rank}" for rank in range(1, 7)]
OLDER = {name: [*(f"{name}{rank}" for rank in range(1, 6)), name] for name in ("accent", "cmp1", "ink")}
RAMPS = [
    [f"low{rank}" for rank in range(1, 6)],
    ["level", "fall1", "fall2", "fall3"],
    ["level", "rise1", "rise2", "rise3"],
]
GROUNDS = ["paper", "soft", "question"]
TEXTS = [
    *(
        (letters, ground)
        for letters in ("ink", "muted", "accent", "question-line")
        for ground in ("paper", "soft")
    ),
    *((letters, "question") for letters in ("ink", "muted", "accent")),
    *(
        (letters, ground)
        for letters in ("ink", "muted", "commune", "caution")
        for ground in ("paper", "band")
    ),
    ("accent-ink", "accent"),
    ("demo-ink", "demo"),
]
MARKS = [
    "commune",
    "cmp1",
    "cmp2",
    "cmp3",
    "others",
    "natural",
    "migratory",
    "rise",
    "fall",
    *TENURES,
    *PARTS,
    "rule",
    "caution",
]
COLOUR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})\b|\b(?:rgb|hsl)a?\((?![a-z])", re.IGNORECASE)


def ratio(one, other, dark):
    return tokens.contrast(tokens.colour(one, dark), tokens.colour(other, dark))


def test_both_modes_have_every_colour():
    light, night = tokens.colours(), tokens.colours(dark=True)
    assert list(light) == list(night)
    assert {"ink", "paper", "accent", "commune", "own", "question", "demo", "rise", "fall"} <= set(light)
    # A drawing has the light ones: a name is found again by its colour.
    for one in light:
        for other in light:
            if (
                light[one] == light[other]
                and one not in ("paper", "accent-ink")
                and other not in ("paper", "accent-ink")
            ):
                assert night[one] == night[other], f"{one} and {other} are one colour by day and two by night"


@MODES
@pytest.mark.parametrize(("letters", "ground"), TEXTS)
def test_every_text_is_readable(letters, ground, dark):
    # WCAG 2.2, 1.4.3.
    assert ratio(letters, ground, dark) >= 4.5


@MODES
@pytest.mark.parametrize("mark", [*MARKS, *(name for names in OLDER.values() for name in names)])
def test_every_mark_stands_out_on_paper(mark, dark):
    # WCAG 2.2, 1.4.11.
    assert ratio(mark, "paper", dark) >= 3


@MODES
@pytest.mark.parametrize("names", [TENURES, PARTS, ["natural", "migratory"]])
def test_neighbours_are_reported_apart_without_colour(names, dark):
    assert all(ratio(one, other, dark) >= 3 for one, other in pairwise(names))


@MODES
@pytest.mark.parametrize("ground", [*TENURES, *PARTS, "weak"])
def test_what_is_written_in_a_bar_is_readable(ground, dark):
    # Ink or paper, whichever it is by day: a drawing keeps it by night.
    letters = max(("ink", "paper"), key=lambda letters: ratio(letters, ground, False))
    assert ratio(letters, ground, dark) >= 4.5


@MODES
@pytest.mark.parametrize("names", [*OLDER.values(), *RAMPS])
def test_the_steps_of_a_ramp_go_from_paper_to_ink(names, dark):
    steps = [ratio(name, "paper", dark) for name in names]
    assert all(after / before >= 1.15 for before, after in pairwise(steps))


@MODES
def test_a_fall_is_as_dark_as_a_rise_of_the_same_size(dark):
    assert all(ratio(f"fall{rank}", f"rise{rank}", dark) < 1.3 for rank in (1, 2, 3))


@pytest.mark.parametrize(("one", "expected"), [("#000000", 21.0), ("#777777", 4.48), ("#ffffff", 1.0)])
def test_contrasts_are_those_of_wcag(one, expected):
    # https://webaim.org/resources/contrastchecker/
    assert tokens.contrast(one, "#ffffff") == pytest.approx(expected, abs=0.005)


def test_sizes_are_those_that_pages_name():
    sheet = tokens.sheet()
    rems = dict(re.findall(r"--size-([\w-]+):([\d.]+)rem", sheet))
    # Letters of sixteen pixels, unless their reader asks for others.
    assert 16 * float(rems["note"]) == pytest.approx(13)
    sizes = [float(rems[name]) for name in ("note", "small", "body", "h3", "h2", "h1", "cover")]
    assert sizes == sorted(sizes)
    used = "".join(path.read_text(encoding="utf-8") for path in paths.TEMPLATES.glob("*.css"))
    named = set(re.findall(r"var\(--([\w-]+)", used))
    assert named <= set(re.findall(r"--([\w-]+):", sheet + used))


def test_an_unknown_name_is_no_colour():
    with pytest.raises(KeyError, match="magenta"):
        tokens.colour("magenta")


def test_a_document_never_turns_dark():
    assert "prefers-color-scheme" not in tokens.sheet()
    assert "prefers-color-scheme:dark" in tokens.sheet(dark=True)


def test_no_colour_is_written_anywhere_else():
    package = paths.ROOT / "src" / "helpers"
    found = [
        f"{path.relative_to(package)}: {line.strip()[:100]}"
        for path in sorted(package.rglob("*"))
        if path.suffix in (".py", ".css", ".j2", ".js", ".toml")
        and path != package / "tokens.css"
        and path.parent.name != "reveal"
        for line in path.read_text(encoding="utf-8").splitlines()
        if COLOUR.search(line)
    ]
    assert not found
