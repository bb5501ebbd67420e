"""The end of a convention: what people said is destroyed, once confirmed by the name of the commune."""

from __future__ import annotations

import pytest

from helpers import paths
from helpers.contributions import kept
from helpers.errors import ParameterError
from helpers.partnership.destruction import destroy, drop_later_kits
from helpers.publication.incremental.keys import request_keys


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    monkeypatch.setattr(paths, "OUTPUTS", tmp_path / "outputs")
    private = kept.private_folder("hem")
    (private / "atelier-1").mkdir(parents=True)
    (private / "atelier-1.json").write_text("{}", encoding="utf-8")
    (private / "atelier-1" / "saisie.xlsx").write_bytes(b"x")
    (tmp_path / "hem" / "convention.yml").write_text("commune: Hem\n", encoding="utf-8")
    return tmp_path / "hem"


@pytest.mark.parametrize("confirmed", ["", "oui", "lille"])
def test_nothing_is_destroyed_without_the_name_of_the_commune(folder, confirmed):
    with pytest.raises(ParameterError, match="confirmer=hem"):
        destroy("hem", confirmed=confirmed)
    assert (folder / "prive" / "atelier-1.json").is_file()


def test_what_people_said_is_destroyed_and_the_convention_stays(folder):
    before = request_keys("hem")
    assert len(destroy("hem", confirmed="Hem")) == 2
    assert [path.name for path in folder.iterdir()] == ["convention.yml"]
    # The pages that showed it are seen to be of another time.
    assert set(before) - set(request_keys("hem")) == {
        "params/hem/convention.yml",
        "params/hem/prive/atelier-1.json",
    }
    assert destroy("hem", confirmed="hem") == []


def make_kits(*names):
    made = []
    for number in (1, 2, 3):
        folder = kept.kit_folder("hem", number)
        folder.mkdir(parents=True)
        for name in names:
            made.append(folder / name.format(number))
            made[-1].write_bytes(b"x")
    return made


def test_the_kits_that_repeat_words_are_destroyed_and_what_is_given_to_the_commune_stays(folder):
    made = make_kits("hem-atelier-{}-kit.pdf")
    sheet = made[0].parents[1] / "convention.pdf"
    sheet.write_bytes(b"x")
    assert set(made) < set(destroy("hem", confirmed="hem"))
    assert [*sheet.parent.iterdir()] == [sheet]


def test_withdrawing_removes_the_kits_of_later_workshops_and_leaves_other_files(folder):
    make_kits("hem-atelier-{}.pptx", "hem-atelier-{}-kit.pdf", "plan.jpg")
    assert drop_later_kits("hem", 1) == [2, 3]
    assert len([*kept.kit_folder("hem", 1).iterdir()]) == 3
    assert [path.name for path in kept.kit_folder("hem", 2).iterdir()] == ["plan.jpg"]
    assert drop_later_kits("hem", 1) == drop_later_kits("hem", 3) == []
