"""The kit of a workshop: what it shows is chosen, timed, printed at its size, and said to be wanting where it is."""

from __future__ import annotations

import io
import re
import sys
from dataclasses import replace
from pathlib import Path

import kit_room
import pytest
from pptx import Presentation
from pypdf import PdfReader
from val_sur_deule_agreed import workshop_2

from helpers import french, paths
from helpers.charts import Chart, Series
from helpers.contributions import kept
from helpers.contributions.agreed import Issue
from helpers.contributions.workshop import Contribution, Workshop
from helpers.errors import ParameterError
from helpers.partnership import (
    choices,
    convention_sheet,
    kit,
    kit_cards,
    kit_convocation,
    kit_deck,
    kit_dots,
    kit_drawings,
    kit_paper,
    kit_sheets,
    kit_tables,
    privacy,
    room,
)
from helpers.publication.documents import powerpoint, sheets
from helpers.publication.documents.deck import Rows

sys.path.insert(0, str(paths.ROOT / "tests" / "html"))
from built import build_annoeullin

_MINUTES = re.compile(r"([\d,]+) à ([\d,]+) min \(([\d,]+) min\)")
_MM = 72 / 25.4


@pytest.fixture(scope="module")
def annoeullin(tmp_path_factory) -> Path:
    return build_annoeullin(tmp_path_factory)


@pytest.fixture(scope="module")
def first(annoeullin, tmp_path_factory):
    """Workshop 1 of Annœullin, in parameters of its own."""
    folder = tmp_path_factory.mktemp("kit") / "params"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "PARAMS", folder)
        kit_room.sign(folder)
        held = kit_room.open_room(annoeullin)
        yield held


@pytest.fixture(scope="module")
def deck(first):
    return kit_deck.compose(first)


@pytest.fixture(scope="module")
def paper(first, deck):
    return kit.compose(first, deck)


def spans(slides):
    """The minutes of each slide: its first, its last, how long it is."""
    found = [_MINUTES.match(slide.notes[0].replace("\u00a0", " ")) for slide in slides]
    return [tuple(float(text.replace(",", ".")) for text in one.groups()) for one in found]


def test_the_slides_are_in_the_order_of_the_script_and_their_minutes_sum_to_two_hours(first, deck):
    titles = [slide.title for slide in deck]
    assert titles[1] == "Trois ateliers, les mêmes règles"
    count = len(first.choices.facts)
    assert [slide.code for slide in deck[2 : 2 + count]] == list(first.choices.facts)
    assert titles[2 + count :] == [
        "Aux tables", "Ce que chaque table retient : deux axes".replace(" :", "\u00a0:"), "Trois gommettes chacun", "Et maintenant",
    ]  # fmt: skip
    minutes = spans(deck)
    assert sum(long for *_, long in minutes) == 120
    assert all(end - start == long > 0 for start, end, long in minutes)
    assert [start for start, *_ in minutes[1:]] == [end for _, end, _ in minutes[:-1]]


def test_a_longer_workshop_keeps_its_proportions(annoeullin, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    kit_room.sign(tmp_path, minutes=180, facilitators=3)
    held = kit_room.open_room(annoeullin)
    assert spans(kit_deck.compose(held))[-1][1] == 180
    assert held.kit.tables == ["A", "B", "C"]
    script = next(one for one in kit.pieces(held, kit_deck.compose(held)) if one.name == "Script")
    assert script.copies == 3


def test_the_deck_holds_its_script_in_the_notes(first, deck):
    made = Presentation(io.BytesIO(powerpoint.render(deck, title="x", day=first.diagnostic.day)))
    notes = [page.notes_slide.notes_text_frame.text for page in made.slides if page.has_notes_slide]
    assert [text.split("\n")[0] for text in notes] == [slide.notes[0] for slide in deck]
    assert "silence n’est pas accord" in notes[1]
    # The mayor opens with the words of the convention.
    for wanted in (first.convention.objet, first.convention.usage_prevu):
        assert wanted
        assert french.typography(wanted) in notes[0]


def test_what_the_machine_chooses_rests_on_real_figures_alone(first):
    chosen = {*first.choices.facts, *first.choices.cards}
    shown = {one.code: one for one in first.exhibits}
    assert not [code for code in chosen if shown[code].record["demonstration"]]
    sentences = " ".join(slide.text for sheet in kit_cards.make(first) for slide in sheet.zones)
    assert "**" not in sentences
    assert len(first.choices.facts) == choices.FACTS or first.choices.warnings(1)


def test_one_value_is_the_same_on_the_slide_the_sheet_the_card_and_in_the_workbook(first, deck):
    fact = first.facts[0]
    assert fact.title == french.typography(first.kit.find(fact.code).value)
    on_sheet = [zone.text for zone in kit_sheets.facts(first)[0].zones]
    assert fact.title in on_sheet
    assert next(slide for slide in deck if slide.code == fact.code).chart == fact.chart
    assert any(fact.title in zone.text for zone in kit_paper.notebook(first, [], first.facts)[1].zones)


def test_the_sheet_of_a_table_has_its_figures_in_letters_that_are_read(first, monkeypatch):
    rows = Rows(("Territoire", "Logements vacants"), (("Annœullin", "196 **"), ("MEL", "n.d.")))
    fact = replace(first.facts[0], drawing="", chart=None, table=rows)
    monkeypatch.setitem(vars(first), "facts", [fact])
    zones = {zone.text: zone for zone in kit_sheets.facts(first)[0].zones if zone.text}
    for text in ("Territoire", "Annœullin", "196 **"):
        assert zones[text].size >= 9
        assert zones[text].y + zones[text].h <= 162
    assert zones["196 **"].align == "right"


@pytest.mark.parametrize(("count", "cut"), [(1, False), (12, False), (300, True)])
def test_a_table_stays_in_its_place_and_tells_what_it_leaves_out(count, cut):
    rows = tuple(
        (f"Ligne {rank}, dont le nom est long", "12", "un texte assez long aussi") for rank in range(count)
    )
    laid = kit_tables.lay(Rows(("Nom", "Nombre", "Remarque"), rows), 10, 45, 190, 117)
    assert all(zone.x >= 10 and zone.x + zone.w <= 200.1 and zone.y + zone.h <= 162.1 for zone in laid)
    assert (laid[-1].text == "…") is cut
    assert {zone.text for zone in laid} >= {"Nom", "Nombre", "12"}


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ([("Crèche", "40"), ("Assistantes maternelles", "131")], True),
        ([("Crèche", "40 **"), ("Assistantes maternelles", "131")], False),
        ([("Crèche", "40")] * 12, False),
    ],
)
def test_a_card_has_its_table_where_it_can_be_read_without_precaution(first, rows, shown):
    table = Rows(("Accueil", "Places"), tuple(rows))
    slide = replace(first.facts[0], drawing="", chart=None, table=table)
    sentences = [zone.text for zone in kit_cards.front(slide)]
    assert ("Accueil" in sentences) is shown


def test_a_table_without_rows_takes_no_place():
    assert kit_tables.lay(Rows(), 10, 45, 190, 117) == kit_tables.lay(Rows(("Nom",)), 10, 45, 190, 117) == []


def test_a_card_shows_the_row_that_its_number_tells_and_names_no_curve_twice(first):
    series = Series(
        name="Hem",
        values=(1.0, 2.0, 3.0, 4.0, 5.0, 6.0),
        texts=("1", "2", "3", "4", "5", "6 *"),
        colours=("#000000",),
    )
    bars = Chart(kind="bars", categories=tuple("abcdef"), series=(series,))
    slide = replace(first.facts[0], chart=bars)
    drawn = kit_drawings.mini(slide, number="6")
    assert ">f<" in drawn
    assert ">a<" not in drawn
    line = replace(bars, kind="lines", series=(replace(series, texts=("1", "", "", "", "", "Hem 6")),))
    assert ">6<" in kit_drawings.mini(replace(slide, chart=line))


def test_the_kit_prints_on_a4_then_on_a3_as_its_cover_says(first, paper):
    reader = PdfReader(io.BytesIO(sheets.render(paper, title="x")))
    sizes = [tuple(round(float(side) / _MM) for side in page.mediabox[2:]) for page in reader.pages]
    large = [sorted(size) == [297, 420] for size in sizes]
    assert all(sorted(size) in ([210, 297], [297, 420]) for size in sizes)
    cover = " ".join(reader.pages[0].extract_text().split())
    start, end, last = map(
        int, re.search(r"A3 les pages (\d+) à (\d+) ; en A4 les pages 1 à (\d+)", cover).groups()
    )
    assert (start, end, last) == (large.index(True) + 1, len(sizes), large.index(True))
    assert all(large[start - 1 :])


def test_the_list_of_what_to_print_has_the_pages_and_the_numbers_of_the_convention(first, deck, paper):
    found = {piece.name: piece for piece in kit.pieces(first, deck)}
    assert found["Carnet (A5 plié)"].copies == 6 + 6 + 2
    assert found["Script"].copies == 2
    assert found["Billets de sortie (A6)"].copies == 4
    assert found["Cartes (A6)"].copies == found["Carte de table (2 × A3)"].copies == 2
    texts = [zone.text for sheet in paper for zone in sheet.zones]
    for piece in found.values():
        row = texts.index(french.typography(piece.name))
        page = int(texts[row + 1].split(" ")[0])
        assert paper[page - 1] is piece.sheets[0] or paper[page - 1] == piece.sheets[0], piece.name


def test_every_text_of_every_sheet_is_whole_and_within_its_zone(paper):
    cut = [
        (rank, zone.text)
        for rank, sheet in enumerate(paper, start=1)
        for zone in sheet.zones
        if zone.text and zone.fitted().text != zone.text
    ]
    assert cut == []
    for sheet in paper:
        wide, tall = sheet.size
        outside = [
            zone for zone in sheet.zones if zone.x + zone.w > wide + 0.2 or zone.y + zone.h > tall + 0.2
        ]
        assert outside == []


def test_a_sheet_has_the_zones_of_its_specification(first):
    zones = {(zone.x, zone.y, zone.w, zone.h) for zone in kit_sheets.facts(first)[0].zones}
    assert zones >= {
        (206, 36, 204, 38),
        (206, 78, 204, 82),
        (206, 164, 204, 60),
        (206, 228, 204, 46),
        (10, 186, 190, 26),
    }


def test_the_page_of_use_is_short_and_has_the_three_commands(first):
    (page,) = kit_paper.guide(first)
    text = " ".join(zone.text for zone in page.zones)
    assert len(text.split()) <= 600
    for command in ("make atelier ", "make atelier-import ", "make compte-rendu "):
        assert f"{command}commune=annoeullin numero=1" in text


def text_of(page):
    return " ".join(zone.text for zone in page.zones).replace("\u00a0", " ")


def test_the_convocation_says_when_where_what_for_and_what_to_read_first(first):
    (page,) = kit_convocation.make(first)
    text = text_of(page)
    for day in ("mardi 12 janvier 2027", "mardi 9 février 2027", "mardi 16 mars 2027"):
        assert day in text
    assert "le mardi 12 janvier 2027, Salle du conseil, pour 2 heures" in text
    assert "6 élus et 6 techniciens" in text
    # As the notice at the door says.
    assert (
        french.typography(convention_sheet.describe_privacy(first.convention)).replace("\u00a0", " ") in text
    )
    assert f"à {first.convention.contact_agence}" in text
    assert "« L’essentiel » (4 pages)." in text
    assert "compte rendu de l’atelier" not in text


@pytest.mark.parametrize("number", [2, 3])
def test_that_of_a_later_workshop_joins_what_was_said_before_and_names_what_it_works_on(first, number):
    issue = Issue("E-1", "Rester et circuler", "ajouté")
    later = replace(
        first,
        kit=first.kit.model_copy(update={"number": number}),
        agreed=replace(first.agreed, issues=(issue,)),
    )
    (page,) = kit_convocation.make(later)
    text = text_of(page)
    assert f"le compte rendu de l’atelier {number - 1}." in text
    named = first.choices.questions if number == 2 else ["E-1 – Rester et circuler"]
    assert named
    assert all(code in text for code in named)


def test_what_was_said_is_on_the_tables_of_the_second_workshop_but_what_is_for_the_commune_alone(first):
    heard = Contribution(
        id="C1-A-01", code="L-01", type="contredit", text="Il y en a plus.", role="élu", table="A"
    )
    alone = heard.model_copy(update={"id": "C1-A-02", "text": "Pour nous seuls.", "sharing": "commune seule"})
    workshop = Workshop(kit=first.kit, contributions=[heard, alone], elected=6, technicians=6)
    (page,) = kit_paper.said(replace(first, before=[workshop]))
    text = text_of(page)
    assert "Contredit : Il y en a plus." in text
    assert "L-01 – " in text
    assert "Pour nous seuls" not in text
    assert kit_paper.said(first) == []


def test_no_sheet_and_no_slide_names_anyone(paper, deck):
    texts = [zone.text for sheet in paper for zone in sheet.zones] + [
        note for slide in deck for note in slide.notes
    ]
    named = [text for text in texts if (found := privacy.find_refused(text)) and found.kind == "civilité"]
    assert named == []


def test_the_codes_that_the_analyst_leaves_are_shown_in_their_order(annoeullin, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    kit_room.sign(tmp_path)
    held = kit_room.open_room(annoeullin)
    path = choices.choices_file("annoeullin", 1)
    kept_codes = held.choices.facts[3:0:-1]
    text = "faits:\n" + "".join(f"  - {code.lower()}\n" for code in kept_codes) + "cartes: []\n"
    path.write_text(text, encoding="utf-8")
    again = kit_room.open_room(annoeullin)
    assert again.choices == choices.Choices(facts=kept_codes)
    assert path.read_text(encoding="utf-8") == text
    assert any("simulé" in said for said in again.choices.warnings(1))
    assert not any(piece.name == "Cartes (A6)" for piece in kit.pieces(again, kit_deck.compose(again)))


def test_an_unknown_code_says_its_line_and_the_near_ones(annoeullin, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    kit_room.sign(tmp_path)
    held = kit_room.open_room(annoeullin)
    path = choices.choices_file("annoeullin", 1)
    known = held.choices.facts[0]
    path.write_text(f"faits:\n  - {known}\n  - {known[:-1]}X\n", encoding="utf-8")
    with pytest.raises(
        ParameterError, match=r"atelier-1\.yml, ligne 3 : faits : code .* inconnu ; vouliez-vous"
    ):
        kit_room.open_room(annoeullin)


def test_hostile_words_of_a_convention_are_written_as_text(annoeullin, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    kit_room.sign(tmp_path, place="<script>alert(1)</script>")
    held = kit_room.open_room(annoeullin)
    page = sheets.write(kit.compose(held, kit_deck.compose(held)), title="x")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_value_that_changed_since_the_workbooks_were_written_is_refused(annoeullin, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    kit_room.sign(tmp_path)
    held = kit_room.open_room(annoeullin)
    code = held.choices.facts[0]
    shown = [
        one.model_copy(update={"value": "9 habitants"}) if one.code == code else one for one in held.kit.shown
    ]
    kept.write_kit(held.kit.model_copy(update={"shown": shown}))
    with pytest.raises(ParameterError, match=f"{code} a changé"):
        kit_room.open_room(annoeullin)


def test_a_workbook_that_nobody_touched_follows_the_codes_and_another_is_left(first, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    written, _ = room.write_workbooks(first.kit, facts=first.choices.facts)
    assert room.write_workbooks(first.kit, facts=first.choices.facts) == ([], written)
    written[0].write_bytes(b"typed")
    again, left = room.write_workbooks(first.kit, facts=first.choices.facts[:3])
    assert (again, left) == (written[1:], written[:1])


def test_the_second_workshop_is_made_from_what_was_said_in_the_first(
    first, annoeullin, tmp_path, monkeypatch
):
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    kit_room.sign(tmp_path)
    asked = next(one.code for one in first.kit.shown if one.code.startswith("Q-"))
    said = [
        Contribution(id="C1-A-01", code=asked, type="contredit", text="Pas ici, au centre.", role="élu", who="urbanisme"),
        Contribution(id="C1-A-02", code=asked, type="nuance", text="Cela dépend des rues.", role="technicien"),
    ]  # fmt: skip
    kept.write_workshop(Workshop(kit=first.kit, elected=6, technicians=6, contributions=said))
    held = kit_room.open_room(annoeullin, 2)
    slides = kit_deck.compose(held)
    assert sum(long for *_, long in spans(slides)) == 120
    changed = next(slide for slide in slides if slide.title == "Ce que vous avez changé")
    assert changed.lines[0].replace("\u00a0", " ") == "2 contributions : 1 nuance, 1 contredit."
    assert "à vérifier : urbanisme" in changed.lines[1].replace("\u00a0", " ")
    sheet = kit_sheets.questions(held)[held.choices.questions.index(asked)]
    assert any("1 nuance, 1 contredit" in zone.text for zone in sheet.zones)


def test_the_third_workshop_is_made_from_the_issues_of_the_group(annoeullin, first, tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    kit_room.sign(tmp_path)
    with pytest.raises(ParameterError, match="aucun enjeu"):
        kit_room.open_room(annoeullin, 3)
    second = workshop_2()
    own = second.kit.model_copy(update={"slug": "annoeullin", "insee": "59011"})
    kept.write_workshop(second.model_copy(update={"kit": own}))
    held = kit_room.open_room(annoeullin, 3)
    written = choices.choices_file("annoeullin", 3).read_text(encoding="utf-8")
    assert "  - E-1\n" in written
    assert not any(issue.text in written for issue in held.agreed.issues)
    assert held.choices.issues == ("E-1", "E-2", "E-3")
    assert sum(long for *_, long in spans(kit_deck.compose(held))) == 120
    *levers, free = kit_sheets.levers(held)
    assert [sheet.zones[1].text for sheet in levers] == ["E-1", "E-2", "E-3"]
    assert "sans enjeu" in free.zones[-2].text
    assert len(kit_sheets.frieze(held)) == 3


def test_two_people_of_a_role_have_the_same_dots_as_the_others(first):
    few = first.kit.model_copy(update={"technicians": 2, "elected": 6})

    def shapes(held):
        (sheet,) = kit_dots.make(held, [("Q-1", "Une question")], blank=0)
        drawn = "".join(zone.drawing for zone in sheet.zones)
        return drawn.count("<circle"), drawn.count("<rect")

    assert shapes(first) == (6, 6)
    assert shapes(replace(first, kit=few)) == (8, 0)
