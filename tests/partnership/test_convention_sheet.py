from __future__ import annotations

import base64
import re

import pytest
from bs4 import BeautifulSoup
from test_convention import WHOLE, change, read

from helpers import logos
from helpers.errors import ParameterError
from helpers.partnership import convention_sheet
from helpers.partnership.convention import Convention


def zones(convention, logos=()):
    page = BeautifulSoup(convention_sheet.write_page(convention, logos=logos), "html.parser")
    return {tag["class"][1]: tag for tag in page.select("section")}


def test_the_page_is_one_sheet_whose_zones_are_where_they_are_agreed(tmp_path):
    convention = read(tmp_path, WHOLE)
    assert convention_sheet.make(convention).startswith(b"%PDF")
    assert convention_sheet.count_pages(convention_sheet.write_page(convention)) == 1
    places = {
        key: tuple(int(number) for number in re.findall(r":(\d+)mm", tag["style"])[:4])
        for key, tag in zones(convention).items()
    }
    assert places == {
        "title": (15, 15, 180, 22),
        "purpose": (15, 40, 180, 38),
        "steps": (15, 81, 180, 34),
        "people": (15, 118, 88, 56),
        "brings": (107, 118, 88, 56),
        "published": (15, 177, 180, 42),
        "privacy": (15, 222, 180, 22),
        "signatures": (15, 247, 180, 32),
    }


def test_it_says_the_six_steps_what_is_published_and_no_name_for_who_signs(tmp_path):
    found = zones(read(tmp_path, WHOLE))
    steps = [tag.get_text(" ", strip=True) for tag in found["steps"].select(".dated > div")]
    assert steps[0] == "Convention 15/09/2026"
    assert steps[2] == "Atelier 1 12/01/2027 14 h, salle du conseil"
    assert len(steps) == 6
    chosen = [
        option.get_text(strip=True).removeprefix("×")
        for option in found["published"].select(".option")
        if "×" in option.get_text()
    ]
    assert chosen == [
        "participants",
        "sans le rôle",
        "selon chaque ligne",
        "oui",
        "des feuilles, jamais des visages",
    ]
    assert "détruits 3\u00a0mois après" in found["privacy"].get_text()
    assert [tag.get_text() for tag in found["signatures"].select("strong")] == [
        "Maire",
        "Président de l’Agence",
    ]


def test_a_draft_says_so_and_fits(tmp_path):
    draft = Convention(commune="Hem", code_insee="59299")
    assert "Projet, à compléter avant signature" in zones(draft)["title"].get_text()
    assert convention_sheet.make(draft).startswith(b"%PDF")


def test_the_longest_texts_allowed_of_ordinary_words_fit(tmp_path):
    words = "Préparer le volet habitat de notre projet de territoire " * 6
    longest = Convention(commune="Hem", objet=words[:300], usage_prevu=words[:200])
    assert convention_sheet.make(longest)


def test_a_text_that_overflows_is_refused_with_what_is_to_be_cut(tmp_path):
    wide = Convention(commune="Hem", objet="MW" * 150, usage_prevu="MW" * 100)
    with pytest.raises(
        ParameterError, match=r"convention.yml, objet : le texte dépasse la zone « Objet et usage »"
    ) as error:
        convention_sheet.make(wide)
    cut = int(re.search(r"Retirez-en (\d+) signes, sur 300", str(error.value))[1])
    assert convention_sheet.make(wide.model_copy(update={"objet": wide.objet[:-cut]}))
    with pytest.raises(ParameterError):
        convention_sheet.make(wide.model_copy(update={"objet": wide.objet[: 1 - cut]}))


def test_hostile_texts_are_escaped(tmp_path):
    page = convention_sheet.write_page(Convention(commune="<script>x</script>", objet="<b>"))
    assert "<script>" not in page
    assert "&lt;b&gt;" in page


def test_the_logos_of_the_parameters_take_the_place_of_the_names(tmp_path):
    drawn = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>alert(1)</script></svg>'
    for name in ("ville-de-hem.svg", "agence.svg"):
        (tmp_path / name).write_text(drawn)
    shown = logos.read(["ville-de-hem.svg", "agence.svg"], folder=tmp_path)
    title = zones(Convention(commune="Hem"), shown)["title"]
    assert [image["alt"] for image in title.select("img")] == ["ville de hem", "agence"]
    assert "alert" not in str(
        [base64.b64decode(image["src"].partition(",")[2]) for image in title.select("img")]
    )
    named = zones(Convention(commune="Hem"))["title"]
    assert named.select_one(".logos").get_text(strip=True) == "Hem·Agence"
    assert convention_sheet.make(Convention(commune="Hem"), logos=shown * 3).startswith(b"%PDF")


def test_a_change_of_the_convention_changes_the_page(tmp_path):
    photos = zones(read(tmp_path, change("bilan_forme: conseil", "bilan_forme: note\nphotos: non")))
    last = photos["published"].select("tr")[-1].select(".option")
    assert ["×" in option.get_text() for option in last] == [False, True]
