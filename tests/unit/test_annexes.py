"""An analyst's own figure: an exhibit in one call, kept with the commune, in the annex of its page at the next build."""

from __future__ import annotations

import json

import nbformat
import pandas as pd
import pytest
import seaborn as sns
from matplotlib.figure import Figure

from helpers import Diagnostic, annexes, columns, paths
from helpers.errors import ExhibitError, ParameterError
from helpers.publication.incremental.keys import request_keys
from helpers.publication.pages import arrangement

TEXTS = {"title": "Deux fois plus", "reading": "12 en 2018.", "alt": "Deux barres."}


@pytest.fixture(autouse=True)
def _params(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "PARAMS", tmp_path)


@pytest.fixture(scope="module")
def hem():
    return Diagnostic.open("59299")


def data():
    return pd.DataFrame(
        {
            "territory": ["Hem", "Hem"],
            "year": [2012, 2018],
            "share": [6.5, 12.25],
            "origin": "insee",
            "sources": "rp_2018",
        }
    )


def drawing():
    axes = Figure().subplots()
    sns.barplot(data=data(), x="year", y="share", ax=axes)
    return axes


def page(theme="logement"):
    book = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell(text)
            for text in ("# Les logements", "## Un", "## Méthode et limites")
        ]
    )
    return annexes.add(book, "hem", theme=theme, tag=arrangement.ANNEX)


def test_ones_own_figure_is_an_exhibit_in_one_call_with_its_source(hem):
    made = hem.exhibit(drawing(), data(), **TEXTS)
    assert made.lacks == []
    assert "RP2018" in made.source
    assert "12,3" in made.to_html()
    assert "<script" not in made.to_html()


def test_all_that_a_page_needs_is_asked_for_at_once(hem):
    with pytest.raises(ExhibitError) as asked:
        hem.exhibit(drawing(), data().drop(columns="sources"), title="Un titre")
    for lacking in ("lecture", "texte de remplacement", "source"):
        assert lacking in asked.value.message
    for argument in ("reading", "alt", "sources"):
        assert argument in asked.value.remedy


def test_a_figure_without_its_data_is_refused(hem):
    with pytest.raises(ExhibitError, match="données"):
        hem.exhibit(drawing(), **TEXTS)


def test_a_frame_alone_is_a_table(hem):
    assert hem.exhibit(data(), title="Un tableau").drawing == ""


def test_what_is_kept_comes_before_the_method_in_the_annex_with_its_origin(hem):
    hem.keep(hem.exhibit(drawing(), data(), **TEXTS), theme="logement", by="A. Dupont")
    added = page()
    _, annex = arrangement.arrange(added)
    assert [one["title"] for one in annex] == [annexes.TITLE]
    (figure,) = annex[0]["figures"]
    for text in ("Deux fois plus", "Figure ajoutée par A. Dupont le", "12,3", 'alt="Deux barres."'):
        assert text in figure
    (record,) = arrangement.records_of(added)
    assert record["csv"].splitlines()[1] == "Hem;2012;6.5;insee;rp_2018"
    assert len(page("demographie").cells) == 3


def test_ones_own_columns_are_kept_with_the_figure(hem):
    with columns.put_back():
        columns.declare(columns.Column("loyer", "Loyer (€ par m²)", "ratio", "€", digits=1))
        frame = data().drop(columns="share").assign(loyer=[9.5, 10.25])
        hem.keep(hem.exhibit(frame, title="Les loyers"), theme="logement")
    assert "Loyer (€ par m²)" in arrangement.records_of(page())[0]["csv"]
    with pytest.raises(ExhibitError):
        columns.find_column("loyer")


def test_a_kept_figure_makes_the_pages_anew(hem):
    before = request_keys("hem")
    file = hem.keep(hem.exhibit(data(), title="Un tableau"), theme="logement")
    assert set(request_keys("hem")) - set(before) == {f"params/hem/annexes/{file.name}"}


def test_an_unknown_theme_is_reported_with_the_nearest(hem):
    with pytest.raises(ParameterError, match="logement"):
        hem.keep(hem.exhibit(data(), title="Un tableau"), theme="logements")


def test_a_file_that_was_damaged_is_named_and_one_that_was_forged_is_escaped(hem):
    file = hem.keep(hem.exhibit(drawing(), data(), **TEXTS), theme="logement")
    record = json.loads(file.read_text())
    forged = record | {
        "reading": "<script>alert(1)</script>",
        "alt": '"><script>alert(2)</script>',
        "by": "<b>moi</b>",
    }
    file.write_text(json.dumps(forged))
    (output,) = [output for cell in page().cells for output in cell.get("outputs", [])]
    assert "<script" not in output.data["text/html"]
    assert "<b>moi" not in output.data["text/html"]
    file.write_text(json.dumps(record | {"drawing": "'><script>"}))
    with pytest.raises(ParameterError, match=file.name):
        page()
    file.write_text("{")
    with pytest.raises(ParameterError, match=file.name):
        page()
