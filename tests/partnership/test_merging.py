"""What two scribes wrote of one thing: shown once where it is the same, never where it is not, withdrawn on its own."""

from __future__ import annotations

import pytest
import val_sur_deule as town

from helpers.contributions.workshop import Contribution
from helpers.partnership.capture_reading import Capture
from helpers.partnership.merging import merge

WORDS = "Les places en crèche manquent dans le quartier de la gare."


def write(letter, text, *, withdrawn=False, **values):
    """What the file of a letter holds: one row, its fourth."""
    named, file = f"C1-{letter}-04", f"saisie-{letter}"
    one = Contribution(id=named, file=file, table="A", code="L-12", type="nuance", text=text, **values)
    return Capture(
        file, letter, file, contributions=[] if withdrawn else [one], withdrawn=[named] if withdrawn else []
    )


def bring(*captures, former=None):
    return merge(town.KIT, captures, former)


def tell(workshop):
    return {one.id: one.text for one in workshop.contributions}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Il y a assez de places en crèche au centre.", "Il n'y a pas assez de places en crèche au centre."),
        ("Il y a 40 logements vides.", "Il y a 90 logements vides."),
        ("Des logements de plus rue de la Gare.", "Des logements sans rue de la Gare."),
        ("Le car passe par ici le dimanche matin.", "Le car ne passe par ici le dimanche matin."),
        ("De 40 logements en 2019 à 90 en 2021.", "De 90 logements en 2019 à 40 en 2021."),
    ],
)
def test_remarks_that_say_the_opposite_are_never_shown_as_one(one, other):
    merged = bring(write("A", one), write("B", other))
    assert tell(merged.workshop) == {"C1-A-04": one, "C1-B-04": other}
    assert merged.twins == 0


def test_the_words_of_an_elected_one_and_of_a_technician_are_two():
    merged = bring(write("A", WORDS, role="élu"), write("B", WORDS, role="technicien"))
    assert len(merged.workshop.contributions) == 2


@pytest.mark.parametrize("gone", ["A", "B"])
@pytest.mark.parametrize("again", [True, False])
def test_withdrawing_one_of_two_leaves_the_other_word_for_word(gone, again):
    texts = {"A": WORDS, "B": WORDS.removesuffix(".")}
    former = bring(*(write(letter, text) for letter, text in texts.items())).workshop
    assert former.contributions[0].twins == ["C1-B-04"]
    (left,) = set(texts) - {gone}
    others = [write(left, texts[left])] if again else []
    merged = bring(write(gone, "", withdrawn=True), *others, former=former)
    assert tell(merged.workshop) == {f"C1-{left}-04": texts[left]}
    assert merged.withdrawn == merged.workshop.withdrawn == [f"C1-{gone}-04"]
    assert (merged.twins, merged.workshop.paired, merged.new) == (0, [], [])


def test_a_twin_is_kept_when_the_other_says_something_else():
    former = bring(write("A", WORDS), write("B", WORDS)).workshop
    merged = bring(write("A", "Le collège est plein depuis longtemps."), former=former)
    assert tell(merged.workshop) == {"C1-A-04": "Le collège est plein depuis longtemps.", "C1-B-04": WORDS}
    assert not bring(write("B", WORDS), former=merged.workshop).is_new


def test_a_row_withdrawn_then_used_again_is_said_and_stays_withdrawn():
    former = bring(write("B", WORDS)).workshop
    former = bring(write("B", "", withdrawn=True), former=former).workshop
    merged = bring(write("B", "Le collège est plein depuis longtemps."), former=former)
    assert merged.workshop.contributions == []
    assert merged.workshop.withdrawn == ["C1-B-04"]
    (message,) = map(str, merged.messages)
    assert message.replace("\xa0", " ").replace("\u202f", " ") == (
        "saisie-B, Contributions : C1-B-04 a été retirée : ce texte n’est pas repris ; écrivez-le sur une autre ligne."
    )
