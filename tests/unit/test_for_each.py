"""A rule checked on many things at once: all are tried, and those that break it are named."""

from __future__ import annotations

import pytest
from for_each import for_each


def test_every_case_is_tried_and_those_that_fail_are_named(tmp_path):
    tried = []

    @for_each("number, word", [(1, "one"), (2, "two"), (3, "three")], named=lambda case: case[1])
    def test(number, word, folder):
        tried.append((number, folder))
        assert number % 2 == 0, "odd"

    with pytest.raises(
        AssertionError, match=r"(?s)2 of 3 number, word fail:\none: AssertionError: odd.*\nthree: "
    ) as caught:
        test(folder=tmp_path)
    assert tried == [(1, tmp_path), (2, tmp_path), (3, tmp_path)]
    assert str(caught.value.__cause__).startswith("odd")


def test_many_failures_are_counted_and_a_few_reported():
    @for_each("number", range(100))
    def test(number):
        raise ValueError("never")

    with pytest.raises(AssertionError, match="100 of 100 number fail, of which 10:") as caught:
        test()
    assert str(caught.value).count("ValueError: never") == 10


def test_a_rule_about_nothing_is_refused():
    with pytest.raises(AssertionError, match="no source"):
        for_each("source", [])


@for_each("word", ["a", "b"])
def test_pytest_gives_the_fixtures_that_are_no_case(word, tmp_path):
    assert tmp_path.is_dir()
    assert word in "ab"
