"""The minute of the fictional workshop: what it says, what is typed in it, what is never overwritten."""

from __future__ import annotations

import io
from datetime import date

import docx
import pypdf
import pytest
import val_sur_deule as town
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from val_sur_deule_agreed import workshop_2, workshop_3

from helpers import paths
from helpers.agreement.parts import TO_FILL
from helpers.contributions import kept
from helpers.contributions.agreed import gather
from helpers.contributions.presentation import holidays, working_day
from helpers.contributions.workshop import Action, Axis, Contribution, Dots, Workshop
from helpers.errors import ParameterError
from helpers.partnership import minutes
from helpers.partnership.convention import Convention
from helpers.partnership.minute import Writer

SLUG = town.KIT.slug
SENT = date(2027, 1, 14)
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30" aria-label="Barres : 262 logements vacants">'
    '<path d="M 2 2 L 20 2 L 20 9 z" style="fill: #8a1c4a"/><text x="3" y="20" style="font-size: 5px">262</text></svg>'
)


def contribution(rank, row):
    table, moment, code, kind, text, exact, role, evidence, check, place = row
    who, _, day = check.partition(", ")
    due = date(*map(int, reversed(day.split("/")))) if day else None
    return Contribution(
        id=f"C1-{table}-{rank:02d}", table=table, moment=f"tour {moment}", code=code, type=kind, text=text,
        is_exact=bool(exact), role=role, evidence=evidence, who=who, due=due, place=place,
        value=town.KIT.find(code).value, version="v1",
    )  # fmt: skip


def make_workshop(**changes):
    """The workshop as the import of its two files keeps it."""
    said = [contribution(rank, row) for rows in (town.A, town.B) for rank, row in enumerate(rows, start=1)]
    axes = [
        Axis(table=table, rank=rank, text=text)
        for table, texts in town.AXES.items()
        for rank, text in enumerate(texts, 1)
    ]
    titles = {code: title for code, (title, _) in town.FIGURES.items()}
    dots = [
        Dots(
            code=line if line in titles else "",
            label=titles.get(line, line),
            elected=elected,
            technicians=technicians,
        )
        for line, (elected, technicians) in town.DOTS.items()
    ]
    actions = [Action(text=text, who=who, due=due, code=code) for text, who, due, code in town.ACTIONS]
    base = {"kit": town.KIT, "elected": 6, "technicians": 5, "start": "14 h", "end": "16 h", "contributions": said,
            "axes": axes, "dots": dots, "actions": actions}  # fmt: skip
    return Workshop(**(base | changes))


def write(workshop=None, *, typed=None, **diffusion):
    convention = Convention.model_validate({"diffusion": diffusion, "contact_agence": "habitat@agence.fr"})
    return Writer(workshop or make_workshop(), convention, SENT, typed or {}).write()


def lines(minute):
    return [line.replace("\u202f", " ").replace("\xa0", " ") for line in minute.lines()]


def test_the_minute_sums_up_as_it_was_said():
    assert (
        "Atelier 1, 12 janvier 2027, 14 h – 16 h. 11 participants : 6 élus, 5 techniciens ; 2 animateurs de l’Agence. "
        "28 contributions sur 9 chiffres et 1 question : 7 confirment, 7 nuancent, 3 contredisent, 8 ajoutent, "
        "3 restent ouvertes."
    ) in lines(write())


def test_the_minute_has_its_eight_parts_and_two_axes_a_table():
    minute = write()
    assert [section.title for section in minute.sections] == [
        "1. En bref", "2. Ce que les tables retiennent", "3. Fiche par fiche", "4. Ce que mesurent les gommettes",
        "5. Ce qui reste ouvert", "6. Qui fait quoi", "7. Nos écarts", "8. Rappels",
    ]  # fmt: skip
    assert (
        "Table A – 1. Construire n’a pas suffi à faire venir des familles. 2. Les chiffres de 2023 ne voient pas encore "
        "les dernières livraisons."
    ) in lines(minute)


def test_a_sheet_says_the_value_shown_then_what_contradicts_before_what_nuances():
    found = lines(write())
    first = found.index("L-12 – 372 logements commencés, 24 pour croître")
    assert found[first + 1] == (
        "Contredit (parole d’élu) : 372 logements pour 90 habitants de plus paraît impossible : erreur supposée. "
        "À vérifier : agence, avant le 2 février."
    )
    assert [line.split(" ")[0] for line in found[first + 1 : first + 5]] == [
        "Contredit",
        "Nuancé",
        "Nuancé",
        "Ajouté",
    ]


def test_dots_are_a_measure_and_what_is_open_says_who_and_when():
    found = lines(write())
    assert "Q-2 – Des propriétaires plus âgés | 6 | 4 | 10" in found
    assert "33 gommettes, 11 personnes ; une mesure, pas une décision." in found
    assert (
        "L-10 – Une quarantaine de logements vides, pas 262. | Contredit | commune et MEL | 5 février 2027"
        in found
    )
    assert "Commune et MEL | Rapprocher la vacance du recensement et LOVAC | 5 février 2027" in found


@pytest.mark.parametrize(
    ("state", "sent", "until"),
    [
        ("projet", SENT, "dans les cinq jours ouvrés qui suivent l’envoi de ce compte rendu"),
        ("diffusé", SENT, "avant le 21 janvier 2027"),
        # Written ahead, the delay still begins at the workshop.
        ("diffusé", date(2026, 11, 30), "avant le 19 janvier 2027"),
    ],
)
def test_the_last_day_to_correct_one_s_words_is_known_once_the_minute_is_sent(state, sent, until):
    minute = Writer(make_workshop(), Convention(contact_agence="habitat@agence.fr"), sent, {}, state).write()
    assert f"Une phrase ne vous ressemble pas ? Dites-le {until}, à habitat@agence.fr." in lines(minute)


def write_later(number):
    held = [make_workshop(), workshop_2(), workshop_3()][:number]
    return lines(Writer(held[-1], Convention(), max(SENT, held[-1].kit.day), before=held[:-1]).write())


def test_the_minute_of_the_second_workshop_holds_the_issues_of_the_group():
    found = write_later(2)
    heads = [line for line in found if line[:1].isdigit() and line[1:3] == ". "]
    assert heads[:4] == [
        "1. En bref", "2. Les enjeux du groupe", "3. Ce que l’analyse proposait", "4. Ce que mesurent les gommettes",
    ]  # fmt: skip
    assert "Enjeu | Venu de | Gommettes | Constats" in found
    issues = gather([workshop_2()]).issues
    assert [line for line in found for issue in issues if line.startswith(f"{issue.code} – {issue.text} | ")]
    (summary,) = [line for line in found if line.startswith("Atelier 2, ")]
    assert summary.endswith("4 enjeux.")
    assert "0 contribution" not in "\n".join(found)
    assert not [line for line in found if line.startswith(("Aucune table", "Aucune parole"))]


def test_the_minute_of_the_third_workshop_holds_levers_and_decisions():
    found = write_later(3)
    (summary,) = [line for line in found if line.startswith("Atelier 3, ")]
    assert summary.endswith("8 leviers, 3 décisions.")
    assert "Décision | Leviers | Portée par | Statut" in found
    assert [line for line in found if line.startswith("A-01 – ")]


def test_what_an_earlier_workshop_left_open_still_is_and_says_that_no_answer_came():
    found = write_later(2)
    assert "Rien ne reste ouvert." not in found
    assert (
        "L-10 – Une quarantaine de logements vides, pas 262. | Contredit (atelier 1) | commune et MEL | "
        "5 février 2027, sans réponse à ce jour" in found
    )


def test_one_contribution_is_reported_in_the_singular():
    one = make_workshop(contributions=[contribution(3, town.A[2])], withdrawn=["C1-A-04"])
    found = "\n".join(lines(write(one)))
    assert "1 contribution sur 1 chiffre : 1 contredit. 1 contribution retirée." in found


@pytest.mark.parametrize(
    ("diffusion", "role"),
    [
        ({"compte_rendu": "participants", "contributions": "sans_role"}, "parole d’élu"),
        ({"compte_rendu": "public", "contributions": "sans_role"}, "parole de participant"),
        ({"compte_rendu": "public", "contributions": "avec_role"}, "parole d’élu"),
    ],
)
def test_roles_are_reported_as_the_strictest_of_two_settings_allows(diffusion, role):
    assert f"Contredit ({role}) : Une quarantaine de logements vides" in "\n".join(lines(write(**diffusion)))


def test_a_public_minute_tells_no_word_that_the_convention_keeps():
    own = make_workshop()
    own.contributions[0].sharing = "commune seule"
    words = own.contributions[0].text
    assert words not in "\n".join(lines(write(own, compte_rendu="public")))
    assert words in "\n".join(lines(write(own, compte_rendu="commune")))
    assert f"Confirmé (parole de participant) : {words}" in "\n".join(lines(write(own)))
    none = "\n".join(lines(write(own, compte_rendu="public", contributions="non")))
    assert "La convention ne publie pas les paroles des participants." in none
    assert "Une quarantaine" not in none


def test_where_nobody_said_a_word_the_minute_says_so_and_does_not_blame_the_convention():
    found = "\n".join(lines(write(make_workshop(contributions=[]))))
    assert "Aucune parole n’a été notée." in found
    assert "ne publie pas les paroles" not in found


def test_fewer_than_three_of_a_role_are_never_reported_by_role_nor_counted_apart():
    found = "\n".join(lines(write(make_workshop(technicians=2))))
    assert "parole de technicien" not in found
    assert "parole d’élu" in found
    assert "Q-2 – Des propriétaires plus âgés | 10" in found


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    kept.write_workshop(make_workshop())
    drawing = kept.drawing_file(SLUG, 1, "L-10")
    drawing.parent.mkdir(parents=True)
    drawing.write_text(DRAWING, encoding="utf-8")
    return kept.capture_folder(SLUG, 1)


def fill(path, text):
    """Type in the fields of a document, as in Word."""
    document = docx.Document(str(path))
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            if run.text == TO_FILL:
                run.text = text
    document.save(str(path))


def test_the_word_document_has_real_styles_french_and_alternative_texts(folder):
    made = minutes.make(SLUG, 1, sent=SENT)
    assert made.word.name == "val-sur-deule-atelier-1-compte-rendu-projet.docx"
    document = docx.Document(str(made.word))
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert len(headings) == 8
    assert document.core_properties.language == "fr-FR"
    (table,) = (one for one in document.part.package.iter_parts() if one.partname == "/word/fontTable.xml")
    fonts = {font.get(qn("w:name")): font for font in parse_xml(table.blob)}
    stand_in = fonts[document.styles["Normal"].font.name].find(qn("w:altName"))
    assert stand_in.get(qn("w:val")) == "Calibri"
    assert document.styles.element.find(f".//{qn('w:lang')}").get(qn("w:val")) == "fr-FR"
    described = [one.get("descr") for one in document.element.iter(qn("wp:docPr"))]
    assert described == ["Barres : 262 logements vacants".replace(" :", "\xa0:")]
    grids = [table for table in document.tables if table._tbl.find(f".//{qn('w:tblHeader')}") is not None]
    assert [table.rows[0].cells[0].text for table in grids] == ["Ligne", "Ce qui est dit", "Qui"]
    left = [run for one in document.paragraphs for run in one.runs if run.text == TO_FILL]
    assert len(left) == 4
    assert all(run.font.highlight_color is not None for run in left)


def test_the_pdf_says_the_same_on_four_pages_at_most(folder):
    made = minutes.make(SLUG, 1, sent=SENT)
    reader = pypdf.PdfReader(io.BytesIO(made.pdf.read_bytes()))
    assert len(reader.pages) <= 4
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert "28 contributions sur 9 chiffres et 1 question" in text
    assert reader.trailer["/Root"]["/Lang"] == "fr"


def test_a_touched_document_is_never_overwritten_and_what_changed_is_listed(folder):
    first = minutes.make(SLUG, 1, sent=SENT)
    again = minutes.make(SLUG, 1, sent=SENT)
    assert (again.word, again.touched) == (first.word, None)
    document = docx.Document(str(first.word))
    document.add_paragraph("Un mot de la main de l’animatrice.")
    document.save(str(first.word))
    content = first.word.read_bytes()
    own = make_workshop()
    own.contributions[0].text = "Une autre phrase."
    kept.write_workshop(own)
    second = minutes.make(SLUG, 1, sent=SENT)
    assert second.word.name == "val-sur-deule-atelier-1-compte-rendu-projet-2.docx"
    assert first.word.read_bytes() == content
    changes = "\n".join(second.changes).replace("\u202f", " ").replace("\xa0", " ")
    assert "− Un mot de la main de l’animatrice." in changes
    assert "+ Confirmé (parole d’élu) : Une autre phrase." in changes
    assert "− Confirmé (parole d’élu) : Une commune qui n’a pas" in changes
    assert len(second.changes) == 3


def test_what_was_typed_is_taken_again_and_the_draft_ends_with_the_last_field(folder):
    first = minutes.make(SLUG, 1, sent=SENT)
    fill(first.word, "Une phrase typée.")
    final = minutes.make(SLUG, 1, sent=SENT, state="relu")
    assert final.word.name == "val-sur-deule-atelier-1-compte-rendu.docx"
    assert first.word.exists()
    text = "\n".join(paragraph.text for paragraph in docx.Document(str(final.word)).paragraphs)
    assert text.count("Une phrase typée.") == 4
    assert "projet → [relu par la commune] → diffusé" in text
    assert not final.minute.is_draft


def test_a_minute_of_nothing_is_an_error_that_says_what_to_do(folder):
    with pytest.raises(ParameterError, match="make atelier-import"):
        minutes.make(SLUG, 2, sent=SENT)
    with pytest.raises(ParameterError, match="etat=projet"):
        minutes.make(SLUG, 1, sent=SENT, state="fini")


def test_withdrawing_removes_the_minutes_nobody_touched_and_names_the_others(folder):
    made = minutes.make(SLUG, 1, sent=SENT)
    assert minutes.drop_written(SLUG, 1) == []
    assert not made.word.exists()
    assert not made.pdf.exists()
    made = minutes.make(SLUG, 1, sent=SENT)
    fill(made.word, "x")
    assert minutes.drop_written(SLUG, 1) == [made.word]
    assert not made.pdf.exists()


def test_working_days_leave_out_week_ends_and_french_holidays():
    # Easter of these years: https://www.imcce.fr (dates de Pâques).
    assert {date(2026, 4, 6), date(2026, 5, 14), date(2026, 5, 25)} <= holidays(2026)
    assert {date(2027, 3, 29), date(2027, 5, 6), date(2027, 5, 17)} <= holidays(2027)
    assert len(holidays(2027)) == 11
    # From a Thursday, over a week end and Easter Monday.
    assert working_day(date(2027, 3, 25), 5) == date(2027, 4, 2)
    assert working_day(date(2026, 12, 24), 5) == date(2027, 1, 4)


def test_a_figure_that_was_simulated_says_so_under_its_drawing(folder):
    kit = town.KIT.model_copy(deep=True)
    kit.find("L-10").simulated = True
    sheets = [
        block for block in write(make_workshop(kit=kit)).sections[2].blocks if block.title.startswith("L-")
    ]
    marked = [one.title[:4] for one in sheets if "données de démonstration" in one.caption]
    assert marked == ["L-10"]
