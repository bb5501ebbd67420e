from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from matplotlib.collections import PathCollection
from val_sur_deule import KIT
from val_sur_deule_agreed import workshop_2, workshop_3

from helpers import french
from helpers.agreement import agreed_text, competences
from helpers.agreement.parts import Grid, Sheet
from helpers.contributions.agreed import gather
from helpers.contributions.workshop import Action, Contribution, Workshop
from helpers.figures import matrix, style
from helpers.partnership import published
from helpers.partnership.bilan import Writer
from helpers.partnership.convention import Convention

TODAY = date(2027, 4, 27)


def workshop_1(**change) -> Workshop:
    said = [
        Contribution(id="C1-A-01", code="L-10", type="contredit", text="Une quarantaine, pas 262.", role="élu", who="MEL"),
        Contribution(
            id="C1-A-02", code="L-12", type="contredit", text="Impossible.", role="élu", outcome="maintenu",
            checked=date(2027, 2, 2),
        ),
        Contribution(id="C1-A-03", code="H-12", type="question ouverte", text="Combien d’enfants ?"),
        Contribution(id="C1-A-04", code="H-01", type="confirme", text="Peu d’habitants de plus.", sharing="commune seule"),
    ]  # fmt: skip
    return Workshop(kit=KIT, elected=6, technicians=5, contributions=said, **change)


@pytest.fixture
def bilan():
    workshops = [workshop_1(), workshop_2(), workshop_3()]
    return Writer(workshops, gather(workshops), Convention(), TODAY).write()


def said_in(bilan, part):
    section = next(section for section in bilan.sections if section.title.endswith(part))
    lines = []
    for block in section.blocks:
        if isinstance(block, Grid):
            lines += [" | ".join(row) for row in block.rows]
        elif not isinstance(block, Sheet):
            lines.append("".join(run.text for run in block.runs))
    return "\n".join(lines).replace("\u00a0", " ").replace("\u202f", " ")


def test_the_bilan_counts_who_came_and_what_was_said(bilan):
    assert [section.title[3:] for section in bilan.sections] == [
        "La démarche", "Ce que nous savons mieux", "Les enjeux", "Leviers et décisions", "La dynamique collective", "Et après",
    ]  # fmt: skip
    steps = said_in(bilan, "La démarche")
    assert "11, 12 et 12 personnes sont venues." in steps
    known = said_in(bilan, "Ce que nous savons mieux")
    # What the commune keeps to itself is not reported.
    assert "3 contributions sur 3 chiffres : 2 contredisent, 1 reste ouverte." in known
    assert "2 contradictions : 1 vérifiée, 1 sans réponse à ce jour." in known
    assert "maintenu, 2 février 2027" in known


def test_what_moved_is_reported_in_counts(bilan):
    text = said_in(bilan, "La dynamique collective")
    assert (
        "Sur 4 questions proposées par l’analyse : 2 reformulées et 2 fusionnées. Le groupe a ajouté 1 enjeu."
        in text
    )
    assert "Élus et techniciens n’ont pas mesuré la même priorité sur E-3 (3 et 5 gommettes)" in text
    assert "Les tables n’ont pas placé au même endroit 4 enjeux sur 4 (E-1, E-2, E-3 et E-4)." in text
    assert "Leviers, pour la commune : 1 à convaincre, 3 à décider et 3 à demander." in text
    assert "Qui décide des leviers : Commune (2), CCAS avec Anah et MEL (1), MEL (2)" in text
    assert "Décisions : 2 prises et 1 à soumettre." in text
    assert "%" not in "\n".join(bilan.lines())


def test_what_lacks_a_figure_or_a_lever_is_always_printed(bilan):
    text = said_in(bilan, "Leviers et décisions")
    assert "Leviers sans constat à l’appui : A-08 – Transport gratuit des aînés." in text
    assert "Enjeux sans levier : aucun." in text
    assert "ce n’est pas une délibération" in text


def test_what_was_said_is_counted_by_role_only_where_the_convention_tells_roles():
    workshops = [workshop_1()]
    text = {}
    for setting in ("avec_role", "sans_role"):
        convention = Convention.model_validate({"diffusion": {"contributions": setting}})
        text[setting] = said_in(
            Writer(workshops, gather(workshops), convention, TODAY).write(), "Ce que nous savons mieux"
        )
    assert "Atelier 1 | Parole d’élu | 0 | 0 | 2 | 0 | 0" in text["avec_role"]
    assert "élu" not in text["sans_role"]
    assert "Atelier 1 | Parole de participant | 0 | 0 | 2 | 0 | 1" in text["sans_role"]


def test_how_many_came_to_all_is_said_as_the_third_workshop_counted_it(bilan):
    third = workshop_3().model_copy(update={"returning": 10})
    workshops = [workshop_1(), workshop_2(), third]
    steps = said_in(Writer(workshops, gather(workshops), Convention(), TODAY).write(), "La démarche")
    assert "11, 12 et 12 personnes sont venues ; 10 aux trois ateliers." in steps


def test_nothing_is_reported_of_people_where_the_convention_says_no():
    workshops = [workshop_1()]
    convention = Convention.model_validate({"diffusion": {"contributions": "non"}})
    text = said_in(
        Writer(workshops, gather(workshops), convention, TODAY).write(), "Ce que nous savons mieux"
    )
    assert "quarantaine" not in text


def test_the_matrix_shows_each_issue_where_the_tables_put_it():
    agreed = gather([workshop_2(), workshop_3()])
    placed = agreed_text.place(agreed)
    assert placed[0].places == [((2, 5), "B"), ((3, 5), "A")]
    drawn = matrix.issue_matrix(placed)
    assert all(f">{issue.code}<" in drawn for issue in agreed.issues)
    assert "E-1 : table A, importance 5, capacité 3" in matrix.describe(placed)


def test_pawns_apart_are_each_a_disc_and_none_stands_at_their_middle():
    issue = matrix.Placed("E-1", [("A", 5, 1), ("B", 1, 5), ("C", 5, 1)], 3, has_lever=True)
    with style.styled():
        _, (axes,) = style.new_figure(5.2)
        matrix._draw_issue(axes, issue, {})
    discs = [one for one in axes.collections if isinstance(one, PathCollection)]
    assert [tuple(map(float, disc.get_offsets()[0])) for disc in discs] == [(1, 5), (5, 1)]
    assert [text.get_text() for text in axes.texts] == ["AC", "B", "E-1"]


def test_an_issue_without_a_lever_has_a_dashed_outline():
    idle = matrix.Placed("E-1", [("A", 4, 2)], 3, has_lever=False)
    assert "stroke-dasharray" in matrix.issue_matrix([idle])
    assert "stroke-dasharray" not in matrix.issue_matrix(
        [matrix.Placed("E-1", [("A", 4, 2)], 3, has_lever=True)]
    )


def test_a_row_of_the_table_of_actors_is_to_be_checked_after_eighteen_months():
    actor = competences.read_actors()[0]
    assert actor.describe_check_date(date(2028, 5, 1)) == "11/2026"
    assert actor.describe_check_date(date(2028, 6, 1)) == "à vérifier"


def test_the_page_of_the_bilan_leaves_out_what_people_have_to_do(monkeypatch, tmp_path):
    told = "Relire les titres avec le maire"
    first = workshop_1(actions=[Action(text=told, who="agence")])
    workshops = [first, workshop_2(), workshop_3()]
    made = Writer(workshops, gather(workshops), Convention(), TODAY).write()
    assert told in str(made.sections)
    pages = []
    monkeypatch.setattr(published.documents, "read", lambda *_, **__: SimpleNamespace(parts=[]))
    monkeypatch.setattr(
        published.documents, "publish", lambda folder, name, content: pages.append(content.decode())
    )
    (tmp_path / published.MANIFEST).write_text("{}", encoding="utf-8")
    published.publish_bilan(tmp_path, made)
    (page,) = pages
    assert told not in page
    assert "Aucun habitant n’était dans la salle." in page


@pytest.mark.parametrize(
    ("due", "outcome", "said"),
    [
        (None, "", "sans réponse à ce jour (agence)"),
        (date(2027, 2, 2), "", "attendu le 2 février 2027, sans réponse à ce jour (agence)"),
        (date(2030, 2, 2), "", "attendu le 2 février 2030 (agence)"),
        (date(2027, 2, 2), "maintenu", "maintenu"),
    ],
)
def test_a_contradiction_says_what_it_has_become_or_whose_answer_is_awaited(due, outcome, said):
    first = workshop_1()
    one = first.contributions[0].model_copy(
        update={"type": "contredit", "who": "agence", "due": due, "outcome": outcome, "checked": None}
    )
    first = first.model_copy(update={"contributions": [one]})
    rows = Writer([first], gather([first]), Convention(), TODAY)._contested()[1].rows
    assert [row[2] for row in rows] == [french.typography(said)]
