from __future__ import annotations

import pytest

from helpers.errors import ParameterError
from helpers.partnership import codes
from helpers.partnership.codes import Registry


@pytest.mark.parametrize(
    ("typed", "code"),
    [("h07", "H-07"), ("H 7", "H-07"), ("H‑07", "H-07"), ("q1", "Q-1"), ("op-1", "OP-01"), (" a.3 ", "A-03")],
)
def test_a_code_is_read_as_people_type_it(typed, code):
    assert codes.read_code(typed) == code
    assert codes.kind_of(code)


@pytest.mark.parametrize("text", ["H-7", "Z-01", "H-007", "C4-A-07", "OP1", "", "H-07 bis"])
def test_what_is_no_code_has_no_kind(text):
    assert codes.kind_of(text) == ""


def test_the_code_of_a_contribution_says_its_workshop_file_and_row():
    assert codes.write_contribution(1, "A", 7) == "C1-A-07"
    assert codes.kind_of("C1-A-07") == "C"


def test_an_unknown_code_is_reported_with_the_near_ones():
    assert (
        codes.explain_unknown("H-70", ["H-07", "H-12", "L-12"])
        == 'code "H-70" inconnu ; vouliez-vous dire H-07 ?'
    )
    assert codes.explain_unknown("OP-99", ["H-07"]) == 'code "OP-99" inconnu'


def test_a_code_is_given_once_kept_and_never_given_again(tmp_path):
    registry = Registry.read(tmp_path / "codes.csv")
    assert registry.code_of("desserrement", "Q", day="2026-12-07") == "Q-1"
    assert registry.code_of("familles", "Q", day="2026-12-07") == "Q-2"
    # Someone retires it in the file.
    registry.rows["Q-2"]["retire"] = "2027-01-15"
    registry.write()
    again = Registry.read(tmp_path / "codes.csv")
    assert again.code_of("desserrement", "Q", day="2027-02-01") == "Q-1"
    assert again.code_of("familles", "Q", day="2027-02-01") == "Q-3"
    assert again.rows["Q-2"]["identifiant"] == "familles"


def test_the_same_id_may_have_a_code_of_each_kind(tmp_path):
    registry = Registry(tmp_path / "codes.csv")
    assert [registry.code_of("berges", kind, day="2027-01-01") for kind in ("OP", "M")] == ["OP-01", "M-01"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Q-1;familles;2026-12-07;", "ligne 3 : le code 'Q-1' est déjà donné"),
        ("Q-2;desserrement;2026-12-07;", "ligne 3 : l'identifiant 'desserrement' a déjà un code"),
        ("Z-1;x;2026-12-07;", "ligne 3 : code 'Z-1'"),
    ],
)
def test_a_registry_changed_by_hand_is_refused_with_its_line(tmp_path, line, words):
    path = tmp_path / "codes.csv"
    path.write_text(
        f"code;identifiant;depuis;retire\nQ-1;desserrement;2026-12-07;\n{line}\n", encoding="utf-8"
    )
    with pytest.raises(ParameterError, match=words):
        Registry.read(path)
