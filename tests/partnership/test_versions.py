"""The versions of a diagnostic: numbered, without a word; every human word is kept when figures change."""

from __future__ import annotations

from datetime import date

import pytest
import val_sur_deule as town
from bs4 import BeautifulSoup
from test_minute import make_workshop
from test_words_in_pages import exhibit, page, text_of
from val_sur_deule_agreed import workshop_2, workshop_3

from helpers import paths
from helpers.contributions import kept, versions
from helpers.errors import ParameterError
from helpers.partnership import differences
from helpers.publication.pages import agreed
from helpers.publication.pages.words import describe_orphans, gather

SLUG, DAY = town.KIT.slug, date(2026, 12, 7)
FIGURES = {code: value for code, (_, value) in town.FIGURES.items() if value}
INPUTS = {
    "table:logements": "a" * 64,
    "params/defaut.yml": "b",
    "src/helpers/french.py": "c",
    "version:python": "3.11",
}


@pytest.fixture
def params(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    return tmp_path / SLUG


def register(figures=FIGURES, *, inputs=INPUTS, comments=None, millesime=2023):
    return versions.register(
        SLUG, inputs=inputs, vintages={"millesime": millesime, "pyramides": [2012, 2023]}, figures=figures,
        comments=comments or {}, today=DAY,
    )  # fmt: skip


def plain(lines):
    return [line.replace("\xa0", " ").replace("\u202f", " ") for line in lines]


def test_the_same_content_has_the_same_number_and_another_the_next(params):
    assert register().name == "v1"
    assert register(inputs=INPUTS | {"version:python": "3.12"}).name == "v1"
    assert register(inputs=INPUTS | {"table:logements": "d"}).name == "v2"
    assert register().name == "v3"
    assert [one.number for one in versions.read(SLUG)] == [1, 2, 3]


def test_what_was_said_makes_a_version_and_is_in_none(params):
    register()
    kept.write_workshop(make_workshop())
    assert register(comments={"L-10": "Le PLH le dit déjà."}).name == "v2"
    content = "".join(path.read_text(encoding="utf-8") for path in versions.folder_of(SLUG).iterdir())
    for one in make_workshop().contributions:
        assert one.id in content
        assert one.text not in content
    assert "PLH" not in content


def test_a_version_that_cannot_be_read_is_reported_with_its_file(params):
    register()
    (versions.folder_of(SLUG) / "v1.json").write_text("{", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"v1\.json : version illisible"):
        versions.read(SLUG)


def test_what_changed_between_two_versions_is_listed_by_kind(params):
    former = register()
    kept.write_workshop(make_workshop())
    figures = {code: value for code, value in FIGURES.items() if code != "L-08"}
    figures |= {"H-07": "2,35 personnes par ménage", "P-01": "La pyramide"}
    inputs = INPUTS | {"table:logements": "e", "src/helpers/french.py": "f"}
    latter = register(figures, inputs=inputs, comments={"L-10": "Voir."}, millesime=2024)
    assert differences.find(SLUG) == (former, latter)
    lines = plain(differences.compare(former, latter))
    assert lines[0] == "v1 (7 décembre 2026) → v2 (7 décembre 2026)"
    assert [line for line in lines[1:] if not line.startswith("  ")] == [
        "Données (2)", "Chiffres (3)", "Code (1)", "Mots (2)",
    ]  # fmt: skip
    assert "  millesime : 2023 → 2024" in lines
    assert "  H-07 : 2,37 personnes par ménage en 2023, contre 2,52 → 2,35 personnes par ménage" in lines
    assert any(line.startswith("  L-08 retiré : 1 014 logements") for line in lines)
    assert any(line.startswith("  28 contributions, nouveau : C1-A-01") for line in lines)


def test_nothing_changed_is_said_and_two_versions_are_needed(params):
    only = register()
    assert plain(differences.compare(only, only))[1:] == ["Rien n’a changé."]
    with pytest.raises(ParameterError, match=r"1\sversion"):
        differences.find(SLUG)
    register(inputs={})
    with pytest.raises(ParameterError, match="'v7'"):
        differences.find(SLUG, "v7")


def test_a_comment_whose_figure_changed_is_to_be_read_again_and_one_whose_figure_is_gone_is_listed(params):
    comments = {"L-10": "Voir le PLH.", "L-08": "Notre réserve."}
    register(comments=comments)
    words = gather(SLUG, comments=comments)
    shown = page(words, exhibit("L-10", "250 logements vacants"))
    assert text_of(shown.select_one(".comment .reread")) == (
        "À relire : écrit devant « 262 logements vacants, 64 de plus », la figure dit maintenant « 250 logements vacants »."
    )
    assert page(words, exhibit("L-10", FIGURES["L-10"])).select_one(".comment .reread") is None
    # Written anew, it is of the figure of today.
    anew = gather(SLUG, comments={"L-10": "Revu."})
    assert page(anew, exhibit("L-10", "250 logements vacants")).select_one(".comment .reread") is None
    records = [{"code": code, "title": value} for code, value in FIGURES.items() if code != "L-08"]
    (orphan,) = describe_orphans(words, records)
    text = text_of(BeautifulSoup(orphan, "html.parser"))
    assert text.startswith("L-08 : le chiffre que l’agence commente n’est plus publié ; voir ")
    assert text.endswith("Notre réserve.")


def group_page(records):
    markup = agreed.render(
        SLUG, commune="Val-sur-Deûle (59)", parts=[], records=records, colophon="", today=DAY
    )
    return BeautifulSoup(markup, "html.parser")


def test_the_page_of_the_group_tells_issues_levers_and_what_is_to_be_read_again(params):
    for workshop in (workshop_2(), workshop_3()):
        kept.write_workshop(workshop)
    records = [{"code": code, "title": value} for code, value in FIGURES.items()]
    same = group_page(records)
    assert same.h1.get_text() == "Les enjeux du groupe"
    assert "Construire pour que des familles restent" in text_of(same)
    assert same.select_one("figure.drawing svg") is not None
    assert same.select(".reread") == []
    changed = [
        one | {"title": "390 logements commencés"} if one["code"] == "L-12" else one for one in records
    ]
    text = [
        text_of(line)
        for line in group_page([one for one in changed if one["code"] != "L-08"]).select(".reread")
    ]
    before, after = "« 372 logements commencés, 24 pour croître »", "« 390 logements commencés »"
    assert [line.split(" ; ")[0] for line in text] == [
        "À relire (E-1) : le constat L-08 n’est plus publié",
        f"À relire (E-2) : dit devant {before}, L-12 dit maintenant {after}.",
        "À relire (A-01) : le constat L-08 n’est plus publié",
        f"À relire (A-03) : dit devant {before}, L-12 dit maintenant {after}.",
    ]


def test_a_commune_that_has_agreed_on_nothing_has_no_such_page(params):
    kept.write_workshop(make_workshop())
    assert agreed.render(SLUG, commune="x", parts=[], records=[], colophon="") == ""
    assert not versions.has_partnership(SLUG)


def test_dots_are_not_reported_by_role_where_few_of_a_role_were_there(params):
    second = workshop_2().model_copy(update={"technicians": 2})
    kept.write_workshop(second)
    text = text_of(group_page([]))
    assert "6 + 5" not in text
    assert "reformulée 11" in text
