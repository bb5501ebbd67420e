"""The end of a convention: what people said is destroyed, once confirmed by the name of the commune."""

from __future__ import annotations

import pytest

from helpers import paths
from helpers.contributions import kept
from helpers.errors import ParameterError
from helpers.partnership.destruction import destroy
from helpers.publication.incremental.keys import request_keys


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
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
