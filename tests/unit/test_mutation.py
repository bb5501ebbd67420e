"""What make mutation does to the code: it changes one place, draws the same ones again, and finds the tests to run."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from helpers import paths

_SPEC = importlib.util.spec_from_file_location("mutation", paths.ROOT / "tools" / "mutation.py")
mutation = importlib.util.module_from_spec(_SPEC)
# Where a dataclass looks for the names of its module.
sys.modules["mutation"] = mutation
_SPEC.loader.exec_module(mutation)


def change_of(tmp_path, monkeypatch, text, *, name="sums.py"):
    """The changes of a module of this text."""
    folder = tmp_path / "helpers" / "indicators"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(mutation, "ROOT", tmp_path)
    monkeypatch.setattr(mutation, "SOURCE", tmp_path / "helpers")
    return mutation.list_formulas(100)


@pytest.mark.parametrize(
    ("before", "shown"),
    [("a + b", "a - b"), ("a * b", "a / b"), ("a < b", "a <= b"), ("a == b", "a != b"), ("3", "4")],
)
def test_a_change_is_made_where_it_says_and_nowhere_else(before, shown, tmp_path, monkeypatch):
    (change,) = change_of(tmp_path, monkeypatch, f"WHERE = __file__\ndef f(a, b):\n    return {before}\n")
    assert change.key == f"helpers/indicators/sums.py : {before} -> {shown}"
    assert change.words == f"helpers/indicators/sums.py:3 : {before} -> {shown}"
    assert change.module == "helpers.indicators.sums"
    space = {"__file__": "there"}
    exec(mutation._Loader(change).get_code(change.module), space)
    assert (space["WHERE"], space["f"](6, 3)) == ("there", eval(shown, {"a": 6, "b": 3}))


def test_a_package_keeps_its_modules_and_its_folder(tmp_path, monkeypatch):
    (change,) = change_of(tmp_path, monkeypatch, "A = 1\n", name="__init__.py")
    spec = mutation._Finder(change).find_spec("helpers.indicators")
    assert spec.submodule_search_locations == [str(tmp_path / "helpers" / "indicators")]
    assert mutation._Finder(change).find_spec("helpers.indicators.other") is None


def test_a_formula_drawn_stays_so_whatever_is_written_elsewhere(tmp_path, monkeypatch):
    before = change_of(tmp_path, monkeypatch, "A = b + c\nD = b + c\n")
    assert len({change.key for change in before}) == 2
    after = change_of(tmp_path, monkeypatch, "# A line.\nA = b + c\nD = b + c\nE = b * c\n")
    keys = [change.key for change in before]
    assert [change.key for change in after if change.key in keys] == keys
    assert len(after) == 3


def test_the_tests_of_a_module_import_it_or_name_it_or_are_those_of_its_package(tmp_path, monkeypatch):
    (tmp_path / "tests" / "unit").mkdir(parents=True)
    for name, text in {
        "test_a.py": "# The words growth and rooms.", "test_b.py": "from helpers.indicators import ages, growth",
        "test_c.py": "from helpers.indicators import (\n    ages,\n    growth,\n    registry,\n)", "test_d.py": "growths = 1",
    }.items():  # fmt: skip
        (tmp_path / "tests" / "unit" / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(mutation, "ROOT", tmp_path)
    found = {
        name: [
            path.removeprefix("tests/unit/test_")
            for path in mutation.list_tests(f"helpers.indicators.{name}")
        ]
        for name in ("growth", "rooms", "stock", "definitions.ages")
    }
    assert found == {
        "growth": ["b.py", "c.py"], "rooms": ["a.py"], "stock": ["b.py", "c.py"], "definitions.ages": ["c.py"],
    }  # fmt: skip
