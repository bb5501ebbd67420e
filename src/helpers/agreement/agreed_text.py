"""Issues and levers of a group, in words: for their own document and for the bilan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from helpers import french
from helpers.agreement.competences import read_actors
from helpers.agreement.parts import Block, Grid, Run, Section, Sheet, Text
from helpers.contributions.agreed import HORIZONS, Agreed, Decision, Issue, Lever
from helpers.contributions.workshop import Dots

if TYPE_CHECKING:
    from helpers.figures.matrix import Placed

_NOTHING = "–"


def describe_issues(agreed: Agreed) -> list[Block]:
    """Write the section of the issues: matrix, measure, what bears each out, its levers, where it comes from."""
    if not agreed.issues:
        nothing = "Aucun enjeu n’a encore été saisi : il se dit à l’atelier 2."
        return _describe_dropped(agreed) or [paragraph(nothing)]
    headings = ["Enjeu", "Venu de", "Gommettes", "Constats", "Leviers"]
    if not agreed.levers:
        headings.pop()
    rows = tuple(_row_of_issue(agreed, issue)[: len(headings)] for issue in agreed.issues)
    blocks: list[Block] = [_draw(agreed), Grid("Enjeux du groupe", tuple(headings), rows)]
    if apart := [_describe_pawns(issue) for issue in agreed.issues if is_apart(issue)]:
        blocks.append(
            paragraph(f" : {' ; '.join(apart)}.", before="Écarts entre tables (importance / capacité)")
        )
    return [*blocks, *_describe_versions(agreed.issues), *_describe_dropped(agreed)]


def _describe_dropped(agreed: Agreed) -> list[Block]:
    """Write the issues that the group worded, then left, and why."""
    lines = [
        f"{one.code} – {one.title}" + (f", car {one.reason}" if one.reason else "") for one in agreed.dropped
    ]
    return [_box("Écartés par le groupe", lines)] if lines else []


def _describe_versions(said: Sequence[Issue] | Sequence[Lever] | Sequence[Decision]) -> list[Block]:
    """Write the other wordings that were typed under a code."""
    return [
        paragraph(f"{one.code}, autre rédaction saisie : {french.enumerate_words(_quote(one.versions))}.")
        for one in said
        if one.versions
    ]


def _quote(words: Sequence[str]) -> list[str]:
    return [f"« {one} »" for one in words]


def describe_levers(agreed: Agreed, *, today: date) -> list[Block]:
    """Write the section of the levers: by issue and horizon, with actor and first step, then what is lacking."""
    if not agreed.levers:
        return [
            paragraph("Aucun levier n’a encore été saisi : il se choisit à l’atelier 3."),
            *_describe_gaps(agreed),
        ]
    known = {issue.code: issue for issue in agreed.issues}
    order = [*known, *sorted({lever.issue for lever in agreed.levers} - set(known))]
    grid = tuple(_row_of_horizons(agreed, code) for code in order if agreed.levers_of(code))
    headings = ("Enjeu", *(f"{french.quantity(years, 'an')}" for years in HORIZONS), "Sans horizon")
    details = tuple(_row_of_lever(lever) for lever in agreed.levers)
    return [
        Grid("Leviers par enjeu et par horizon", headings, grid),
        Grid(
            "Leviers, qui et comment",
            ("Levier", "Pilote", "Qui décide", "Outil", "Premier pas", "Constats", "Gommettes"),
            details,
        ),
        *_describe_versions(agreed.levers),
        *_describe_gaps(agreed),
        _describe_actors(agreed, today=today),
    ]


def describe_decisions(agreed: Agreed) -> list[Block]:
    """Write the section of the decisions, which the elected officials of the workshop carry: never a vote."""
    if not agreed.decisions:
        return [paragraph("Aucune décision n’a été saisie.")]
    rows = tuple(_row_of_decision(decision) for decision in agreed.decisions)
    return [
        Grid("Décisions", ("Décision", "Leviers", "Portée par", "Statut"), rows),
        *_describe_versions(agreed.decisions),
        paragraph(
            "« Prise » veut dire que les élus de l’atelier la portent : ce n’est pas une délibération."
        ),
    ]


def describe_outcomes(agreed: Agreed) -> list[Block]:
    """Write what became of the questions of the analysis that are in no issue."""
    if not agreed.left:
        return [paragraph("Toutes les questions proposées par l’analyse sont dans un enjeu.")]
    sentences = [
        f"Proposé par l’analyse, non retenu : {fate.code} – {fate.title} ({fate.status})"
        + (f" car {fate.reason}." if fate.reason else ".")
        for fate in agreed.left
    ]
    return [paragraph(line) for line in sentences]


def sections(agreed: Agreed, *, today: date) -> tuple[Section, ...]:
    """Write issues, levers and decisions as the parts of a document."""
    parts = (
        ("Les enjeux du groupe", describe_issues(agreed)),
        ("Les leviers", describe_levers(agreed, today=today)),
        ("Les décisions", describe_decisions(agreed)),
        ("Ce que l’analyse proposait", describe_outcomes(agreed)),
    )
    return tuple(
        Section(f"{rank}. {title}", tuple(blocks)) for rank, (title, blocks) in enumerate(parts, start=1)
    )


def place(agreed: Agreed) -> list[Placed]:
    """Give each issue its place on the matrix."""
    # A page where nothing is drawn has no need of the libraries that draw, which take two seconds to load.
    from helpers.figures.matrix import Placed

    return [
        Placed(
            issue.code,
            [(pawn.table, pawn.importance, pawn.capacity) for pawn in issue.pawns],
            issue.total,
            bool(agreed.levers_of(issue.code)) or not agreed.levers,
        )
        for issue in agreed.issues
    ]


def _draw(agreed: Agreed) -> Sheet:
    from helpers.figures import matrix

    placed = place(agreed)
    caption = "Disque : autant de gommettes ; trait : d’un pion à l’autre ; tirets : sans levier."
    return Sheet(
        "La matrice",
        (),
        matrix.issue_matrix(placed),
        french.typography(matrix.describe(placed)),
        french.typography(caption),
    )


def _row_of_issue(agreed: Agreed, issue: Issue) -> tuple[str, ...]:
    levers = ", ".join(lever.code for lever in agreed.levers_of(issue.code))
    return (
        french.typography(f"{issue.code} – {issue.text}"),
        _describe_origin(issue),
        _describe_dots(issue.dots),
        ", ".join(issue.figures) or "sans constat",
        levers or "sans levier",
    )


def _describe_origin(issue: Issue) -> str:
    """Write where an issue comes from: `Q-1 et Q-3, fusionnées`, `ajouté par le groupe`."""
    if not issue.questions:
        return "ajouté par le groupe"
    done = f"{issue.status}e{'s' if len(issue.questions) > 1 else ''}"
    return f"{french.enumerate_words(issue.questions)}, {done}"


def _describe_dots(dots: Dots | None) -> str:
    if dots is None or (dots.elected is None and dots.technicians is None):
        return _NOTHING
    if dots.technicians is None:
        return french.number(dots.total)
    return f"{dots.elected or 0} + {dots.technicians or 0} = {dots.total}"


def is_apart(issue: Issue) -> bool:
    """Return whether the tables put an issue in different places."""
    return len({(pawn.importance, pawn.capacity) for pawn in issue.pawns}) > 1


def _describe_pawns(issue: Issue) -> str:
    """Write where each table put an issue: `E-1, table A 5 / 3, table B 5 / 2`."""
    placed = [f"table {pawn.table} {pawn.importance} / {pawn.capacity}" for pawn in issue.pawns]
    return ", ".join((issue.code, *placed))


def _row_of_horizons(agreed: Agreed, code: str) -> tuple[str, ...]:
    issue = next((one.text for one in agreed.issues if one.code == code), "")
    named = french.typography(f"{code} – {issue}" if issue else code or "Sans enjeu")
    levers = agreed.levers_of(code)
    cells = [
        "\n".join(chip(lever) for lever in levers if lever.horizon == years) or _NOTHING
        for years in (*HORIZONS, None)
    ]
    return (named, *cells)


def chip(lever: Lever) -> str:
    """Write a lever in short: `A-03 · MEL · PLU3 · à négocier`."""
    return " · ".join(filter(None, (lever.code, lever.competence or lever.leader, lever.tool, lever.reach)))


def _row_of_lever(lever: Lever) -> tuple[str, ...]:
    step = lever.first_step + (f" (avant le {french.long_date(lever.due)})" if lever.due else "")
    decides = (
        f"{lever.competence} ({lever.verb})"
        if lever.verb and lever.competence
        else lever.competence or lever.verb
    )
    return (
        french.typography(f"{lever.code} – {lever.text}{_describe_status(lever)}"),
        *(french.typography(text) or _NOTHING for text in (lever.leader, decides, lever.tool, step.strip())),
        ", ".join(lever.figures) or "sans constat",
        _describe_dots(lever.dots),
    )


def _describe_status(lever: Lever) -> str:
    """Write the family, the status and the brake of a lever, as far as they were said, and why it was given up."""
    status = lever.status + (f", car {lever.reason}" if lever.status and lever.reason else "")
    brake = f"frein : {lever.brake}" if lever.brake else ""
    said = " ; ".join(filter(None, (lever.family, status, brake)))
    return f"\n({said})" if said else ""


def _describe_gaps(agreed: Agreed) -> list[Block]:
    """Say what has no figure and what has no lever, always; then the levers without a leader or a first step."""
    levers = [f"{lever.code} – {lever.text}" for lever in agreed.unfounded]
    issues = [f"{issue.code} – {issue.text}" for issue in agreed.idle]
    missing = {
        "Leviers sans pilote": [lever.code for lever in agreed.levers if not lever.leader],
        "Leviers sans premier pas": [lever.code for lever in agreed.levers if not lever.first_step],
    }
    return [
        _box("Leviers sans constat à l’appui", levers),
        _box("Enjeux sans levier", issues),
        *(_box(title, codes) for title, codes in missing.items() if codes),
    ]


def _box(title: str, lines: Sequence[str]) -> Text:
    return paragraph(f" : {' ; '.join(lines) or 'aucun'}.", before=title)


def _describe_actors(agreed: Agreed, *, today: date) -> Grid:
    """Say who may do what, as far as the levers name them; all of them where none does."""
    named = " ".join(f"{lever.leader} {lever.competence}" for lever in agreed.levers).casefold()
    actors = [one for one in read_actors() if one.name.casefold() in named] or list(read_actors())
    rows = tuple(
        (
            one.name,
            french.typography(one.competence) or _NOTHING,
            french.typography(one.tools),
            one.describe_check_date(today),
        )
        for one in actors
    )
    return Grid("Qui peut quoi", ("Acteur", "Compétence utile ici", "Outils", "Vérifié le"), rows)


def _row_of_decision(decision: Decision) -> tuple[str, ...]:
    status = decision.status + (f" : {decision.reason}" if decision.reason else "")
    return (
        french.typography(f"{decision.code} – {decision.text}"),
        ", ".join(decision.levers) or _NOTHING,
        decision.by or _NOTHING,
        french.typography(status) or _NOTHING,
    )


def paragraph(words: str, *, before: str = "") -> Text:
    """Make a paragraph of words, `before` them in bold."""
    run = Run(french.typography(words))
    return Text((Run(french.typography(before), bold=True), run) if before else (run,))
