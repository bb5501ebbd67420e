"""What JupyterLab shows: the style of pages in its themes, data within reach, short errors, nothing stale."""

from __future__ import annotations

import base64
import re
from types import SimpleNamespace

import pandas as pd
import pytest

from helpers import Diagnostic, lab, tokens
from helpers.errors import DiagnosticError, UnknownCommuneError
from helpers.exhibit import Prose, tabulate


@pytest.fixture
def editor(monkeypatch):
    """The running cell as JupyterLab asks for it."""
    shell = SimpleNamespace(
        get_parent=lambda: {"metadata": {"cellId": "a"}},
        user_ns={},
        events=SimpleNamespace(callbacks={"post_run_cell": []}, register=lambda *_: None),
    )
    monkeypatch.setattr(lab, "_shell", lambda: shell)
    return shell


def table():
    data = pd.DataFrame({"territory": ["Hem"], "share": [12.5], "origin": ["insee"], "sources": ["rp_2018"]})
    return tabulate(data).complete(title="La vacance", name="vacance", source="Insee.")


def test_a_page_gets_its_outputs_as_they_are():
    assert lab.dress("<p>a</p>") == "<p>a</p>"
    assert table()._repr_mimebundle_()["text/html"] == table().to_html()


def test_papermill_and_nbval_name_no_cell(monkeypatch):
    monkeypatch.setattr(lab, "_shell", lambda: SimpleNamespace(get_parent=lambda: {"metadata": {}}))
    assert not lab.is_editor()


@pytest.mark.usefixtures("editor")
def test_an_editor_gets_them_in_a_block_of_its_own_style():
    shown = Prose(("Une phrase.",), "note")._repr_mimebundle_()["text/html"]
    assert shown.startswith('<div class="diagnostic-lab"')
    assert "Une phrase." in shown


@pytest.mark.usefixtures("editor")
def test_nothing_to_show_stays_nothing():
    assert Prose((), "empty")._repr_mimebundle_()["text/html"] == ""


@pytest.mark.usefixtures("editor")
def test_the_link_to_the_data_gives_them():
    shown = table()._repr_mimebundle_()["text/html"]
    (address,) = re.findall(r'href="data:text/csv;base64,([^"]+)" download="vacance\.csv"', shown)
    assert "Hem;12.5;insee;rp_2018" in base64.b64decode(address).decode("utf-8-sig")


@pytest.mark.usefixtures("editor")
def test_the_colours_of_a_drawing_follow_the_theme():
    ink, odd = tokens.colour("ink"), "#123456"
    shown = lab.dress(f'<svg><path style="fill: {ink}; stroke: {odd}"/></svg>')
    assert f"fill: var(--ink,{ink}); stroke: {odd}" in shown


def test_the_style_holds_every_colour_of_both_themes_and_touches_nothing_else():
    style = lab.style()
    dark = style.index('[data-jp-theme-light="false"]')
    assert f"--ink:{tokens.colour('ink')}" in style[:dark]
    assert f"--ink:{tokens.colour('ink', dark=True)}" in style[dark:]
    assert ":root" not in style
    assert style.count("{") == style.count("}")
    outside, depth = "", 0
    for letter in style:
        depth += (letter == "{") - (letter == "}")
        outside += letter if depth == 0 and letter not in "{}" else "\n" if depth == 0 else ""
    assert all("diagnostic-lab" in selector for selector in outside.split("\n") if selector.strip())


def test_a_diagnostic_that_cannot_be_opened_closes_the_former(editor, monkeypatch):
    monkeypatch.setattr(lab, "_begin", lambda: None)
    editor.user_ns |= {"d": Diagnostic.open("59011"), "other": 3}
    with pytest.raises(UnknownCommuneError):
        Diagnostic.open("Nulle-Part-les-Bains")
    with pytest.raises(DiagnosticError, match="n’est pas ouvert"):
        editor.user_ns["d"].key_figures()
    assert editor.user_ns["other"] == 3


def test_an_error_is_its_message_and_its_remedy_then_the_whole_traceback_on_demand():
    with pytest.raises(UnknownCommuneError) as caught:
        Diagnostic.open("Anoeulin")
    first, second = caught.value._render_traceback_(), caught.value._render_traceback_()
    assert len(first) == 3
    assert "Anoeulin" in first[0]
    assert first[1].startswith("→ Vouliez-vous dire : Annœullin")
    assert "Traceback" in second[0]
    assert str(caught.value).splitlines()[0] in "".join(second)
