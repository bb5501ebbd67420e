from __future__ import annotations

from datetime import date

from val_sur_deule_agreed import workshop_2, workshop_3

from helpers.agreement import agreed_text
from helpers.agreement.parts import Text
from helpers.contributions.agreed import Pawn, gather


def text_of(blocks):
    runs = [run.text for block in blocks if isinstance(block, Text) for run in block.runs]
    return " ".join(runs).replace("\xa0", " ").replace("\u202f", " ")


def test_the_fictional_commune_agrees_on_four_issues_and_eight_levers():
    agreed = gather([workshop_2(), workshop_3()])
    assert [(issue.code, issue.questions, issue.total) for issue in agreed.issues] == [
        ("E-1", ("Q-2",), 11), ("E-2", ("Q-1", "Q-3"), 10), ("E-3", ("Q-4",), 8), ("E-4", (), 7),
    ]  # fmt: skip
    assert sum(issue.total for issue in agreed.issues) == 36
    assert agreed.issues[0].pawns == (Pawn("A", 5, 3), Pawn("B", 5, 2))
    assert [lever.code for lever in agreed.levers_of("E-2")] == ["A-03", "A-04"]
    assert sum(lever.total for lever in agreed.levers) == 36
    assert [decision.levers for decision in agreed.decisions] == [
        ("A-02", "A-06"),
        ("A-03", "A-05"),
        ("A-01",),
    ]


def test_what_became_of_each_question_of_the_analysis_is_said():
    fates = gather([workshop_2()]).fates
    assert [(fate.code, fate.status, fate.issue) for fate in fates] == [
        ("Q-1", "fusionné", "E-2"), ("Q-2", "reformulé", "E-1"), ("Q-3", "fusionné", "E-2"), ("Q-4", "reformulé", "E-3"),
    ]  # fmt: skip


def test_a_question_that_is_left_says_why_and_one_that_nobody_spoke_of_says_so():
    second = workshop_2()
    second.rows["enjeux"] = [
        {"code": "E-5", "origine": "Q-4", "statut": "écarté", "motif": "déjà traité par le PLH", "_file": "A"}
    ]
    agreed = gather([second])
    assert agreed.issues == ()
    assert [(fate.code, fate.status, fate.reason) for fate in agreed.left] == [
        ("Q-1", "non discuté", ""), ("Q-2", "non discuté", ""), ("Q-3", "non discuté", ""),
        ("Q-4", "écarté", "déjà traité par le PLH"),
    ]  # fmt: skip


def test_an_issue_that_the_group_added_then_left_is_printed_with_its_reason():
    second = workshop_2()
    second.rows["enjeux"] += [
        {"code": "E-5", "phrase": "Ouvrir un port", "origine": "groupe", "statut": "écarté", "motif": "trop cher", "_file": "A"},
        {"code": "E-6", "phrase": "Un tramway", "statut": "écarté", "_file": "B"},
        {"code": "E-7", "phrase": "Autre", "origine": "Q-4", "statut": "écarté", "_file": "B"},
    ]  # fmt: skip
    agreed = gather([second])
    expected = "Écartés par le groupe : E-5 – Ouvrir un port, car trop cher ; E-6 – Un tramway."
    assert expected in text_of(agreed_text.describe_issues(agreed)).replace("  ", " ")
    second.rows["enjeux"] = second.rows["enjeux"][-3:-1]
    assert text_of(agreed_text.describe_issues(gather([second]))).replace("  ", " ") == expected


def test_a_lever_without_a_figure_and_an_issue_without_a_lever_are_reported():
    third = workshop_3()
    agreed = gather([workshop_2(), third])
    assert [lever.code for lever in agreed.unfounded] == ["A-08"]
    assert agreed.idle == []
    third.rows["leviers"] = [row for row in third.rows["leviers"] if row.get("enjeu") != "E-3"]
    assert [issue.code for issue in gather([workshop_2(), third]).idle] == ["E-3"]


def test_two_wordings_of_one_issue_are_both_kept():
    second = workshop_2()
    second.rows["enjeux"].append(
        {"code": "E-1", "phrase": "Adapter les maisons", "origine": "Q-2", "constats": "l-10", "_file": "B"}
    )
    first = gather([second]).issues[0]
    assert first.text.startswith("Permettre")
    assert first.versions == ("Adapter les maisons",)
    assert first.figures == ("P-05", "L-08", "L-10")


def test_two_levers_of_one_code_are_both_said_and_nothing_of_one_is_grafted_on_the_other():
    third = workshop_3()
    third.rows["leviers"] += [
        {
            "code": "A-01",
            "phrase": "Bourse au logement",
            "outil": "OPAH",
            "frein": "coût",
            "horizon": "6",
            "_file": "B",
        },
        {"code": "A-02", "phrase": "Permanence adaptation, au CCAS.", "frein": "accueil", "_file": "B"},
        {"code": "A-03", "frein": "délai", "_file": "B"},
        {"code": "A-12", "enjeu": "E-1", "_file": "B"},
    ]
    third.rows["decisions"].append({"code": "D-01", "texte": "Reporter", "motif": "budget", "_file": "B"})
    agreed = gather([workshop_2(), third])
    one, two, three, *_ = agreed.levers
    assert (one.tool, one.brake, one.horizon) == ("", "", 1)
    assert one.versions == ("Bourse au logement",)
    assert (two.brake, two.versions) == ("accueil", ())
    assert three.brake == "délai"
    assert len(agreed.levers) == 8
    assert (agreed.decisions[0].reason, agreed.decisions[0].versions) == ("", ("Reporter",))
    said = text_of(agreed_text.describe_levers(agreed, today=date(2027, 4, 1)))
    assert "A-01, autre rédaction saisie : « Bourse au logement »." in said
    assert "D-01, autre rédaction saisie : « Reporter »." in text_of(agreed_text.describe_decisions(agreed))


def test_a_commune_without_a_second_workshop_has_agreed_on_nothing():
    agreed = gather([])
    assert (agreed.issues, agreed.levers, agreed.decisions, agreed.fates) == ((), (), (), ())
