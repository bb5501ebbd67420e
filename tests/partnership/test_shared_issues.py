"""What recurs across communes: counted as far as their conventions allow it, never a word of anyone."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from test_minute import make_workshop
from test_words_in_pages import text_of
from val_sur_deule_agreed import workshop_2, workshop_3

from helpers import paths
from helpers.contributions import kept, shared
from helpers.publication.pages import shared_issues
from helpers.publication.pages.entries import FOLDER, Entry

NAMES = {"59299": "Hem", "59368": "La Madeleine", "59346": "Lezennes"}
PROBLEMS = {"Q-1": "desserrement", "Q-2": "proprietaires_ages", "Q-3": "familles", "Q-4": "locatif_prive"}


@pytest.fixture(autouse=True)
def params(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "PARAMS", tmp_path / "params")


def live(slug, setting="oui"):
    """Give a commune the workshops of the fictional one, and its convention."""
    for workshop in (make_workshop(), workshop_2(), workshop_3()):
        shown = [
            one.model_copy(update={"name": PROBLEMS.get(one.code, one.name)}) for one in workshop.kit.shown
        ]
        kit = workshop.kit.model_copy(update={"slug": slug, "shown": shown})
        rows = {key: [dict(row) for row in found] for key, found in workshop.rows.items()}
        for row in rows.get("leviers", []):
            row["famille"] = "réguler" if row["code"] == "A-05" else "produire autrement"
        kept.write_workshop(workshop.model_copy(update={"kit": kit, "rows": rows}))
    said = f"diffusion:\n  metropole: {setting}\n" if setting else "objet: x\n"
    (paths.PARAMS / slug / "convention.yml").write_text(said, encoding="utf-8")


def entry(code):
    name = NAMES[code]
    return Entry(
        code,
        name,
        "59",
        "Nord",
        "200093201",
        "MEL",
        slug=name.lower().replace(" ", "-"),
        kind="fresh",
        reason="",
    )


def write(tmp_path):
    (tmp_path / FOLDER).mkdir(exist_ok=True)
    built = {code: entry(code) for code in NAMES}
    name = shared_issues.write("200093201", "Métropole", NAMES, built, tmp_path)
    return (tmp_path / name).read_text(encoding="utf-8") if name else ""


def test_questions_and_families_are_counted_over_the_communes_that_share(tmp_path):
    live("hem")
    live("la-madeleine")
    page = BeautifulSoup(write(tmp_path), "html.parser")
    rows = [[text_of(cell) for cell in row.select("th, td")] for row in page.select("tbody tr")]
    # Four questions, one issue added by the groups, two families of levers.
    assert len(rows) == 7
    assert {tuple(row[1:]) for row in rows} == {("2", "Hem , La Madeleine")}
    assert ["Réguler", "2", "Hem , La Madeleine"] in rows
    assert len(page.select("svg path[style]")) == 2


@pytest.mark.parametrize("setting", ["non", "false", "peut-être"])
def test_nothing_leaves_a_commune_whose_convention_keeps_it(tmp_path, setting):
    live("hem")
    live("lezennes", setting)
    page = write(tmp_path)
    assert "Hem" in page
    table = BeautifulSoup(page, "html.parser").select("tbody")
    assert not any("Lezennes" in part.get_text() for part in table)
    assert shared.read({"59346": "lezennes"}) == []


def test_never_a_word_of_anyone_is_on_the_page(tmp_path):
    live("hem")
    page = BeautifulSoup(write(tmp_path), "html.parser").get_text(" ").replace("\xa0", " ")
    texts = [one.text for one in make_workshop().contributions]
    texts += [
        row["phrase"]
        for workshop in (workshop_2(), workshop_3())
        for rows in workshop.rows.values()
        for row in rows
        if row.get("phrase")
    ]
    texts += [row["texte"] for row in workshop_3().rows["decisions"]]
    assert texts
    assert not [text for text in texts if text in page]


def test_without_a_convention_or_anything_agreed_there_is_no_page(tmp_path):
    live("hem")
    assert write(tmp_path)
    (paths.PARAMS / "hem" / "convention.yml").unlink()
    assert write(tmp_path) == ""
    assert not list((tmp_path / FOLDER).iterdir())
    # Unsaid, the convention has its default.
    live("hem", "")
    assert shared.may_share("hem")
    (paths.PARAMS / "hem" / "convention.yml").write_text("fictive: oui\n", encoding="utf-8")
    assert not shared.may_share("hem")


def test_a_commune_whose_files_cannot_be_read_shares_nothing(tmp_path):
    live("hem")
    live("lezennes")
    kept.workshop_file("lezennes", 2).write_text("{", encoding="utf-8")
    assert [one.code for one in shared.read({"59299": "hem", "59346": "lezennes"})] == ["59299"]
