"""The list of communes that a search reads: in the order of names, made again for another list of the store."""

from __future__ import annotations

import json

import pytest

from helpers import french, store
from helpers.publication.pages import metropolis


@pytest.fixture
def outputs(tmp_path):
    (tmp_path / "site").mkdir()
    return tmp_path


def test_it_is_written_once_and_again_for_another_list(outputs, monkeypatch):
    assert metropolis.write_communes(outputs) == [metropolis.COMMUNES]
    assert metropolis.write_communes(outputs) == []
    monkeypatch.setattr(store, "hashes", lambda folder: {"territories": "autre"})
    assert metropolis.write_communes(outputs) == [metropolis.COMMUNES]


def test_it_is_in_the_order_of_names(outputs):
    metropolis.write_communes(outputs)
    text = (outputs / metropolis.COMMUNES).read_text(encoding="utf-8")
    lines = json.loads(text.partition("var communes = ")[2].rstrip(";\n"))
    assert lines == sorted(lines, key=lambda line: (french.fold(line[6:]), line[:5]))
