"""What happened between two lists of communes, inferred from the lists and from the people of one year."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers import french
from helpers.sources.list_changes import infer

BEFORE = {
    "01001": ("Haut", 100), "01002": ("Bas", 30), "01003": ("Pré", 20), "02001": ("Loin", 30), "01009": ("Mont", 50),
    "01020": ("Les Vaux", 400), "01030": ("Ancien", 70), "01040": ("Seul", 11),
}  # fmt: skip


def listed(communes):
    return pd.DataFrame(
        {
            "code": list(communes),
            "name": [name for name, _ in communes.values()],
            "people": [
                float(people) if people is not None else float("nan") for _, people in communes.values()
            ],
        }
    )


def changes(after, *, inside=None, parents=None):
    found = infer(
        listed(BEFORE), listed(after), inside=inside or {}, parents=parents or {}, date="2025-01-01"
    )
    columns = ["kind", "before", "after"]
    assert (found.events["date"] == "2025-01-01").all()
    notes = [note.replace(french.NBSP, " ") for note in found.notes]
    return set(found.events[columns].itertuples(index=False, name=None)), notes


def without(*codes, **others):
    return {code: commune for code, commune in BEFORE.items() if code not in codes} | {
        code.removeprefix("c"): commune for code, commune in others.items()
    }


def test_two_lists_alike_have_no_change():
    found, notes = changes(BEFORE)
    assert found == set()
    assert notes == [
        "Aucun mouvement entre les deux listes.",
        "Rien ne reste inexpliqué entre les deux listes.",
    ]


def test_a_delegated_commune_has_merged_into_its_own():
    after = without("01002", "01003", c01001=("Val-Uni", 150))
    found, notes = changes(after, inside={"01002": "01001", "01003": "01001", "01001": "01001"})
    assert found == {("32", code, "01001") for code in ("01001", "01002", "01003")}
    assert "2 communes fusionnées dans 1" in notes[0]
    assert notes[1:] == ["Rien ne reste inexpliqué entre les deux listes."]


def test_a_commune_that_is_gone_without_a_part_is_in_the_only_one_that_gained_its_people():
    found, _ = changes(without("01002", c01001=("Haut", 130)))
    assert found == {("33", "01001", "01001"), ("33", "01002", "01001")}


@pytest.mark.parametrize(
    "after",
    [
        # Two gained as many; one of another département; nobody.
        without("01002", c01001=("Haut", 130), c01003=("Pré", 50)),
        without("01002", c02001=("Loin", 60)),
        without("01002"),
        # The people of the heir are not known.
        without("01002", c01001=("Haut", None)),
    ],
)
def test_a_commune_that_nothing_explains_is_reported_and_has_no_heir(after):
    found, notes = changes(after)
    assert not [event for event in found if event[1] == "01002"]
    text = [note for note in notes if "absente(s) de la nouvelle liste" in note]
    assert text
    assert "Bas (01002)" in text[0]


def test_a_merger_whose_people_do_not_add_up_is_reported_and_not_kept():
    after = without("01002", c01001=("Haut", 131))
    found, notes = changes(after, inside={"01002": "01001"})
    assert found == set()
    assert any("Bas (01002)" in note for note in notes)
    assert any("population de la même année diffère" in note and "Haut (01001)" in note for note in notes)


def test_a_new_code_of_the_same_name_and_people_is_a_change_of_code():
    found, notes = changes(without("01030", c01031=("Ancien", 70)), inside={"01030": "01031"})
    assert found == {("50", "01030", "01031")}
    assert "1 changement de code" in notes[0]


def test_a_new_code_of_the_same_name_with_other_people_is_none():
    found, notes = changes(without("01030", c01031=("Ancien", 71)))
    assert found == set()
    assert any("Ancien (01031)" in note for note in notes)


def test_former_communes_that_are_back_left_their_parent():
    after = without("01020", c01020=("Vaux", 250), c01021=("Grand Vau", 100), c01022=("Petit Vau", 50))
    found, notes = changes(after, parents={"01021": "01020", "01022": "01020"})
    assert found == {("21", "01020", code) for code in ("01020", "01021", "01022")}
    assert "2 communes rétablies" in notes[0]


def test_a_new_commune_that_comes_from_nowhere_is_reported():
    found, notes = changes(without(c01021=("Grand Vau", 100)))
    assert found == set()
    assert any("nouvelle(s) sans qu’on sache d’où" in note and "Grand Vau (01021)" in note for note in notes)


def test_a_change_of_name_moves_nobody():
    after = without("01040", c01040=("Seul-en-Bois", 11))
    assert changes(after)[0] == {("10", "01040", "01040")}
    # Accents and hyphens are no change.
    assert changes(without("01040", c01040=("SEUL", 11)))[0] == set()


def test_people_that_change_between_lists_are_reported_without_an_event():
    _, notes = changes(without("01040", "01009", c01040=("Seul", 12), c01009=("Mont", 49)))
    assert notes[1].startswith("2 communes dont la population de la même année diffère")
    assert "Mont (01009), Seul (01040)" in notes[1]
