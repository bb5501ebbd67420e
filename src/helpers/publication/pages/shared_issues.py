"""The page of the issues and levers that recur in an intercommunalité: counted, mapped, without a word of anyone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from helpers import french, paths, tokens
from helpers.contributions import shared
from helpers.contributions.shared import FAMILIES, Shared
from helpers.problems.definitions import read_catalogue
from helpers.publication.documents.built import read_template
from helpers.publication.pages import atlas
from helpers.publication.pages.entries import FOLDER, Entry
from helpers.publication.pages.render import render_template
from helpers.territory.communes import outlines_of


def page_of(code: str) -> str:
    """Return the address of the page of an intercommunalité from the root of the site."""
    return f"{FOLDER}/{code}-enjeux.html"


def write(code: str, name: str, names: Mapping[str, str], built: Mapping[str, Entry], outputs: Path) -> str:
    """Write the page, and return its name; nothing, and no page left, where no commune shares anything.

    Args:
        code: the intercommunalité.
        name: its name.
        names: the names of its communes, by code.
        built: those that have a diagnostic, by code.
        outputs: the folder of the diagnostics.
    """
    found = shared.read({one.code: one.slug for one in built.values() if one.slug and one.code in names})
    page = page_of(code)
    if not found:
        (outputs / page).unlink(missing_ok=True)
        return ""
    content = render_template(
        "enjeux_partages.html.j2",
        name=name,
        back=f"{code}.html",
        count=len(found),
        atlas=_draw(names, built, found, name=name),
        colour=tokens.colour("commune"),
        tables=_tables(found, names, built),
        style_of_site=read_template("site.css"),
    )
    paths.write(outputs / page, content)
    return page


def _tables(
    found: Sequence[Shared], names: Mapping[str, str], built: Mapping[str, Entry]
) -> list[dict[str, Any]]:
    """Count communes by question and by family, the most frequent first."""
    problems = read_catalogue().problems
    questions = {
        french.capitalize(one.named): [each for each in found if identifier in each.questions]
        for identifier, one in problems.items()
    }
    questions["Enjeu ajouté par le groupe, hors des questions de l’analyse"] = [
        one for one in found if one.added
    ]
    families = {
        french.capitalize(family): [one for one in found if family in one.families] for family in FAMILIES
    }
    return [
        {"title": title, "heading": heading, "rows": _rows(counted, names, built)}
        for title, heading, counted in (
            ("Les enjeux qui reviennent", "Question de l’analyse dont vient l’enjeu", questions),
            ("Les familles de leviers qui reviennent", "Famille de leviers", families),
        )
    ]


def _rows(
    counted: Mapping[str, Sequence[Shared]], names: Mapping[str, str], built: Mapping[str, Entry]
) -> list[dict[str, Any]]:
    rows = [
        {
            "name": french.typography(name),
            "count": french.number(len(communes)),
            "communes": [
                {"name": french.typography(names[one.code]), "page": built[one.code].page} for one in communes
            ],
        }
        for name, communes in counted.items()
        if communes
    ]
    return sorted(rows, key=lambda row: -len(row["communes"]))


def _draw(names: Mapping[str, str], built: Mapping[str, Entry], found: Iterable[Shared], *, name: str) -> str:
    """Draw the communes that share their issues; nothing without their outlines."""
    outlines = outlines_of(list(names))
    if outlines.empty:
        return ""
    sharing = {one.code for one in found}
    shown = {
        code: atlas.Classed(
            name=commune,
            page=f"../{built[code].page}" if code in sharing else "",
            colour=tokens.colour("commune") if code in sharing else "",
            ranks="0" if code in sharing else "-",
        )
        for code, commune in names.items()
    }
    return atlas.draw_classes(
        outlines, shown, label=f"Carte, {name} : les communes qui partagent leurs enjeux"
    )
