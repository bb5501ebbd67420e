"""What a workshop is shown comes from the diagnostic built: codes, values and drawings of the room, kept as they were."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from xml.etree import ElementTree

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from test_words_in_pages import notebook

from helpers import paths
from helpers.contributions import kept
from helpers.errors import ParameterError
from helpers.exhibit import Exhibit, Prose
from helpers.partnership import room
from helpers.publication.documents import BuiltDiagnostic
from helpers.publication.documents.built import Part

HEM = SimpleNamespace(name="Hem", full_name="Hem", slug="hem", code="59299")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3" aria-label="Barres"><path d="M 0 0 L 1 1"/></svg>'


@pytest.fixture
def diagnostic(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "PARAMS", tmp_path / "params")
    (tmp_path / "params" / "hem").mkdir(parents=True)
    (tmp_path / "manifest.json").write_text(
        json.dumps({"version": "0.1.0", "build": {"shared": "", "inputs": {}}}), encoding="utf-8"
    )
    shown = [
        Exhibit(pd.DataFrame(), "", SVG, "58,8 % de propriétaires", subtitle="Propriétaires, 2018", reading="r",
                name="proprietaires", code="L-10", source="Insee."),
        Exhibit(pd.DataFrame(), "", title="Sans code", name="sans-code", source="Insee."),
        Prose((), "debate", markup="<ol></ol>", cards=({"id": "parc_social", "title": "Un parc social"},)),
    ]  # fmt: skip
    empty = BeautifulSoup("", "html.parser")
    return BuiltDiagnostic(
        tmp_path, empty, [Part("2_logement", notebook(*shown), False)], "", date(2026, 12, 7), HEM.code
    )


def sign(day):
    (paths.PARAMS / "hem" / "convention.yml").write_text(
        f"commune: Hem\ncode_insee: '59299'\nfictive: oui\nnb_animateurs: 3\nateliers:\n  - date: {day}\n",
        encoding="utf-8",
    )


def test_a_kit_has_the_codes_the_values_and_the_drawings_of_the_room(diagnostic):
    sign("12/01/2027")
    kit = room.prepare(HEM, diagnostic, 1)
    assert [(one.code, one.title, one.value, one.name) for one in kit.shown] == [
        ("L-10", "Propriétaires, 2018", "58,8 % de propriétaires", "proprietaires"),
        ("Q-1", "Un parc social", "", "parc_social"),
    ]
    assert not any(one.simulated for one in kit.shown)
    assert (kit.facilitators, kit.letters) == (3, ["A", "B", "C"])
    assert 'aria-label="Barres"' in kept.drawing_file("hem", 1, "L-10").read_text(encoding="utf-8")


def test_a_kit_once_made_stays_as_the_room_saw_it(diagnostic):
    sign("12/01/2027")
    first = room.prepare(HEM, diagnostic, 1)
    sign("13/01/2027")
    assert room.prepare(HEM, diagnostic, 1) == first
    assert room.prepare(HEM, diagnostic, 1).id == first.id


def test_a_workbook_that_is_there_is_never_written_again(diagnostic):
    sign("12/01/2027")
    kit = room.prepare(HEM, diagnostic, 1)
    written, _ = room.write_workbooks(kit)
    assert [path.name for path in written] == [f"hem-atelier-1-saisie-{letter}.xlsx" for letter in "ABC"]
    written[0].write_bytes(b"typed")
    assert room.write_workbooks(kit) == ([], written)
    assert written[0].read_bytes() == b"typed"


def test_a_workshop_without_a_date_is_an_error_that_says_where_to_write_it(diagnostic):
    with pytest.raises(ParameterError, match="convention") as caught:
        room.prepare(HEM, diagnostic, 2)
    assert "convention.yml" in caught.value.remedy


def test_a_drawing_of_the_room_stands_alone(diagnostic):
    """In a page, names of another space need no declaration: a file is not read without it."""
    sign("12/01/2027")
    drawn = '<svg viewBox="0 0 4 3"><defs><path id="a" d="M 0 0 L 1 1"/></defs><use xlink:href="#a"/></svg>'
    shown = Exhibit(
        pd.DataFrame(), "", drawn, "Titre", reading="r", name="proprietaires", code="L-10", source="Insee."
    )
    part = Part("2_logement", notebook(shown), False)
    room.prepare(HEM, replace(diagnostic, parts=[part]), 1)
    root = ElementTree.fromstring(kept.drawing_file("hem", 1, "L-10").read_text(encoding="utf-8"))
    assert root.get("viewBox") == "0 0 4 3"
    assert list(root[-1].attrib) == ["{http://www.w3.org/1999/xlink}href"]


def test_the_version_that_the_room_saw_is_the_number_of_the_diagnostic(diagnostic, tmp_path):
    sign("12/01/2027")
    assert room.prepare(HEM, diagnostic, 1).version.startswith("0.1.0-")
    kept.kit_file("hem", 1).unlink()
    content = {"version": "0.1.0", "number": "v2", "build": {"shared": "", "inputs": {}}}
    (tmp_path / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    assert room.prepare(HEM, diagnostic, 1).version == "v2"
