"""YAML files that would take long to read are refused as soon as that is seen."""

from __future__ import annotations

import pytest

from helpers import yaml_file
from helpers.errors import ParameterError


def nest(opening: str, closing: str, count: int) -> str:
    return f"agence: Lille\nnotes: {opening * count}x{closing * count}\n"


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}")])
def test_lists_and_keys_in_one_another_are_read_up_to_fifty(tmp_path, opening, closing):
    path = tmp_path / "essai.yml"
    # The file itself and the value at the bottom are one each.
    path.write_text(nest(opening, closing, 48), encoding="utf-8")
    assert yaml_file.load(path)["agence"] == "Lille"
    path.write_text(nest(opening, closing, 49), encoding="utf-8")
    with pytest.raises(ParameterError, match=r"essai\.yml, ligne 2 : .* trop emboîtées") as caught:
        yaml_file.load(path)
    assert caught.value.remedy


def test_what_follows_too_many_levels_is_not_read(tmp_path):
    path = tmp_path / "essai.yml"
    # Were it read to the end, this one would be said not to be closed.
    path.write_text(f"notes:\n{'- ' * 60}x\nautre: [\n", encoding="utf-8")
    with pytest.raises(ParameterError, match="trop emboîtées"):
        yaml_file.load(path)
