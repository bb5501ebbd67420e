"""What participants said, in the pages: under its figure, in its card, as the convention allows, never lost."""

from __future__ import annotations

from datetime import date

import nbformat
import pandas as pd
import pytest
import val_sur_deule as town
from bs4 import BeautifulSoup
from test_minute import make_workshop

from helpers import paths
from helpers.contributions import kept
from helpers.exhibit import Exhibit, Prose
from helpers.publication.incremental.keys import request_keys
from helpers.publication.pages.words import describe_orphans, gather, weave

SLUG, TODAY = town.KIT.slug, date(2027, 1, 20)
CARD = (
    '<ol class="debate"><li id="enjeu-q-2"><h3>Des propriétaires plus âgés</h3><p class="write">Ici</p>'
    '<details><summary>Les chiffres</summary><ul><li>262 vacants. <a href="2_logement.html#l-10">partie 2</a></li>'
    '<li>Autre. <a href="2_logement.html#h-05">partie 2</a></li></ul></details></li></ol>'
)


@pytest.fixture
def params(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    kept.write_workshop(make_workshop())
    return tmp_path / SLUG


def share(params, setting):
    (params / "convention.yml").write_text(f"diffusion:\n  contributions: {setting}\n", encoding="utf-8")


def exhibit(code, title):
    return Exhibit(
        pd.DataFrame(),
        alt="",
        title=title,
        subtitle="Vacance, 2023",
        name=code.lower(),
        code=code,
        source="Insee.",
    )


def notebook(*shown):
    cells = []
    for one in shown:
        bundle = one._repr_mimebundle_()
        output = nbformat.v4.new_output("execute_result", data=bundle, execution_count=1)
        cells.append(nbformat.v4.new_code_cell("d.show()", outputs=[output]))
    return nbformat.v4.new_notebook(cells=cells)


def page(words, *shown):
    woven = weave(notebook(*shown), words)
    return BeautifulSoup("".join(cell.outputs[0].data["text/html"] for cell in woven.cells), "html.parser")


def text_of(element):
    return " ".join(element.get_text(" ").replace("\xa0", " ").replace("\u202f", " ").split())


def test_a_commune_without_contributions_keeps_its_pages_as_they_are(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    words = gather("hem", comments={"logement": "Un mot."})
    book = notebook(exhibit("L-10", "262 logements vacants"))
    assert not words
    assert weave(book, words) is book
    assert request_keys("hem") == ["params/defaut.yml", "params/hem.yml"]


def test_what_is_shown_is_part_of_what_the_pages_are_made_from(params):
    name = f"params/{SLUG}"
    assert request_keys(SLUG)[2:] == [f"{name}/convention.yml", f"{name}/prive/atelier-1.json"]


def test_a_contradiction_is_framed_right_under_the_title_and_the_rest_under_the_figure(params):
    shown = page(gather(SLUG, today=TODAY), exhibit("L-10", "262 logements vacants, 64 de plus"))
    title = shown.select_one("figure > h3")
    assert title.find_next_sibling(class_="subtitle").find_next_sibling()["class"] == ["contested"]
    assert text_of(shown.select_one(".contested")) == (
        "✕ Contredit – Une quarantaine de logements vides, pas 262. Parole de participant, atelier 1, 12 janvier 2027. "
        "À vérifier : commune et MEL, avant le 5 février."
    )
    said = shown.select_one(".said")
    assert text_of(said.h4) == "Ce que disent les participants"
    assert text_of(said.p) == "Atelier 1 (12 janvier 2027) : 1 nuance, 1 contredit, 1 ajoute."
    assert [li["class"] for li in said.select("li")] == [["nuance"], ["ajoute"]]
    # The figure itself says what it said.
    assert shown.select_one(".reread") is None


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ("avec_role", "Parole d’élu"),
        ("sans_role", "Parole de participant"),
        ("inconnu", "Parole de participant"),
    ],
)
def test_roles_are_reported_only_where_the_convention_says_so(params, setting, text):
    share(params, setting)
    assert text in text_of(page(gather(SLUG, today=TODAY), exhibit("L-10", "x")).select_one(".contested"))


def test_fewer_than_three_of_a_role_are_never_reported_by_role(params):
    share(params, "avec_role")
    kept.write_workshop(make_workshop(technicians=2))
    shown = text_of(page(gather(SLUG, today=TODAY), exhibit("L-10", "x")))
    assert "Parole d’élu" in shown
    assert "Parole de technicien" not in shown


def test_nothing_is_shown_where_the_convention_says_no_nor_what_is_for_the_commune_alone(params):
    share(params, "non")
    assert not gather(SLUG)
    share(params, "sans_role")
    own = make_workshop()
    for one in own.contributions:
        one.sharing = "commune seule"
    kept.write_workshop(own)
    assert not gather(SLUG)


def test_opposite_opinions_are_said_to_be_shared_and_both_shown_in_full(params):
    shown = page(gather(SLUG, today=TODAY), exhibit("P-05", town.FIGURES["P-05"][1]))
    assert text_of(shown.select_one(".contested")).startswith("Avis partagés ✕ Contredit")
    assert shown.select_one(".said > ul > li.confirme") is not None


def test_three_are_shown_and_the_others_folded(params):
    shown = page(gather(SLUG, today=TODAY), exhibit("H-12", town.FIGURES["H-12"][1]))
    assert len(shown.select(".said > ul > li")) == 3
    assert text_of(shown.select_one(".said summary")) == "voir les 4"


def test_a_figure_that_changed_since_is_to_be_read_again_with_both_values(params):
    shown = page(gather(SLUG, today=TODAY), exhibit("L-10", "250 logements vacants"))
    assert text_of(shown.select_one(".contested .reread")) == (
        "À relire : dit devant « 262 logements vacants, 64 de plus », la figure dit maintenant « 250 logements vacants »."
    )


def test_a_check_that_is_late_or_done_is_said(params):
    words = gather(SLUG, today=date(2027, 3, 1))
    assert "Sans réponse à ce jour." in text_of(page(words, exhibit("L-10", "x")).select_one(".contested"))
    own = make_workshop()
    one = next(one for one in own.contributions if one.id == "C1-B-08")
    one.outcome, one.checked = "corrigé (262 → 255)", date(2027, 2, 2)
    kept.write_workshop(own)
    shown = page(gather(SLUG, today=date(2027, 3, 1)), exhibit("L-10", "x"))
    assert "Vérifié le 2 février 2027 : chiffre corrigé (262 → 255)." in text_of(
        shown.select_one(".contested")
    )


def test_a_card_says_what_the_commune_brings_and_marks_the_facts_contested(params):
    card = Prose((), "debate", markup=CARD, cards=({"id": "q-2"},))
    shown = page(gather(SLUG, today=TODAY), card)
    said = shown.select_one(".said")
    assert text_of(said.h4) == "Ce que la commune apporte"
    assert "On ne va pas reprocher aux anciens de rester chez eux." in text_of(said)
    assert "Une quarantaine de logements vides" in text_of(said)
    assert [text_of(li) for li in shown.select("details > ul > li") if "Les chiffres" in text_of(li.find_parent("details"))] == [
        "262 vacants. partie 2 fait contesté en atelier",
        "Autre. partie 2",
    ]  # fmt: skip


def test_words_whose_figure_is_gone_are_listed_with_the_nearest_figures(params):
    current = [
        {"code": code, "title": f"{title} {value}"}
        for code, (title, value) in town.FIGURES.items()
        if code != "L-08"
    ]
    (orphan,) = describe_orphans(
        gather(SLUG, today=TODAY), [*current, {"code": "M-01", "title": "Opérations"}]
    )
    text = text_of(BeautifulSoup(orphan, "html.parser"))
    assert text.startswith(
        "L-08, grands logements et petits ménages : le chiffre commenté n’est plus publié ; voir "
    )
    assert "pas de T4 en dessous de 900 euros" in text


def test_a_comment_on_a_figure_is_shown_without_what_could_harm(params):
    comment = (
        "Voir **le PLH** : [ici](https://plh.fr).\n\n- un\n- deux\n\n<script>x</script> [x](javascript:y)"
    )
    shown = page(gather("hem", comments={"L-10": comment}), exhibit("L-10", "262"))
    block = shown.select_one(".exhibit .comment")
    assert block.strong.get_text() == "le PLH"
    assert [li.get_text() for li in block.select("li")] == ["un", "deux"]
    assert [link["href"] for link in block.select("a")] == ["https://plh.fr"]
    assert block.script is None
    assert "<script>x</script>" in block.get_text()


def test_hostile_words_are_shown_as_they_were_written(params):
    own = make_workshop()
    one = next(one for one in own.contributions if one.id == "C1-B-08")
    one.text = "<img src=x onerror=alert(1)> **pas gras** =1+1"
    one.who = "<b>MEL</b>"
    kept.write_workshop(own)
    shown = page(gather(SLUG, today=TODAY), exhibit("L-10", "x"))
    assert shown.img is None
    assert shown.b is None
    assert one.text in text_of(shown.select_one(".contested"))
