"""Tables: what each column is called, how it is written for people and for machines."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from for_each import for_each
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import columns, frames, french, spreadsheet, tables

HOSTILE = [
    "<script>alert(1)</script>",
    "a & b",
    "x</td><td>y",
    '"l\'Haÿ"',
    "&lt;b&gt;",
    "«\u00a0Hem\u00a0»",
    "{{ 1 }}",
    "-5",
    "=1+1",
]


def frame(**columns):
    return pd.DataFrame(columns)


def read_csv(data):
    return list(csv.DictReader(io.StringIO(tables.Table(data).to_csv()), delimiter=";"))


def soup(data, caption="Titre"):
    return BeautifulSoup(tables.Table(data).to_html(caption=caption), "html.parser")


def test_a_hidden_column_is_not_shown():
    assert list(frames.describe(frame(POP=[1.0], code=["59299"], origin=["insee"]))) == ["POP"]


def test_words_come_before_figures_and_each_keeps_its_order():
    data = frame(value=[1.0], year=[2018], territory=["Hem"], share=[2.0], label=["x"])
    assert list(frames.describe(data)) == ["territory", "label", "value", "year", "share"]


@pytest.mark.parametrize(
    ("since", "headings"),
    [
        ([2013, 2013], ["Population (2013)", "Population (2018)"]),
        ([2008, 2013], ["Population (début)", "Population (fin)", "Début", "Fin"]),
    ],
)
def test_columns_at_two_dates_bear_their_dates_where_all_rows_share_them(since, headings):
    data = frame(POP_0=[1.0, 2.0], POP_1=[3.0, 4.0], since=since, until=[year + 5 for year in since])
    assert [column.heading for column in frames.describe(data).values()] == headings


@for_each("column", columns.COLUMNS.values(), named=lambda column: column.name)
def test_what_is_missing_is_written_so(column):
    if column.is_numeric:
        assert tables.write(float("nan"), column) == french.MISSING


@pytest.mark.parametrize(
    ("column", "value", "written"),
    [
        ("POP", 1234567.4, "1\u202f234\u202f567"), ("POP", 0.0, "–"), ("POP", float("nan"), "n.d."),
        ("year", 2018, "2018"), ("year", 2018.0, "2018"),
        ("change", 240.0, "+240"), ("change", -1200.2, "−1\u202f200"), ("change", 0.2, "0"),
        ("share", 12.345, "12,3"), ("share", -0.04, "0,0"), ("annual", 0.66, "+0,7"), ("annual", -0.01, "0,0"),
        ("size", 2.715, "2,72"), ("sex", "F", "Femmes"), ("age", 95, "95 ans ou plus"), ("age", 60, "60-64 ans"),
        ("tenure", "social", "Locataire HLM"), ("territory", "Hem", "Hem"), ("territory", None, "n.d."),
    ],
)  # fmt: skip
def test_a_value_is_written_as_french_readers_expect(column, value, written):
    assert tables.write(value, columns.find_column(column)) == written


@given(st.lists(st.floats(-1e9, 1e9) | st.just(float("nan")), min_size=1, max_size=5))
@settings(max_examples=50)
def test_machines_read_back_the_figures_and_missing_ones_are_empty(values):
    rows = read_csv(frame(value=values, share=values, territory=["Hem"] * len(values)))
    for row, value in zip(rows, values, strict=True):
        for heading in ("Effectif", "Part (%)"):
            if value != value:
                assert row[heading] == ""
            else:
                assert float(row[heading]) == pytest.approx(value, rel=1e-8, abs=1e-300)
                assert not set(row[heading]) & set(" ,\u202f\u00a0−+") or "e+" in row[heading]


@pytest.mark.parametrize("people", [1_159_071.0, 67_760_573.0, 65_564_756.0, 10_246.0, 0.0])
def test_machines_read_every_person_of_a_country(people):
    assert read_csv(frame(POP=[people]))[0]["Population"] == str(int(people))


def test_machines_read_where_each_row_comes_from():
    data = frame(value=[1000.0], origin=["demonstration"], sources=["a|b"])
    assert read_csv(data) == [{"Effectif": "1000", "Origine": "demonstration", "Sources": "a|b"}]


def test_machines_read_the_figure_behind_one_that_people_read_in_words():
    data = frame(
        indicator=["Part"],
        measure=[12.345],
        written=["12,3\u00a0%"],
        median=[10.0],
        reference=["10,0\u00a0%"],
    )
    assert read_csv(data)[0] == {
        "Indicateur": "Part",
        "Valeur": "12.345",
        "Médiane des autres communes": "10",
    }
    assert tables.Table(data).cells["Valeur"] == ["12,3\u00a0%"]


@pytest.mark.parametrize("text", HOSTILE)
def test_machines_read_back_any_text(text):
    written = read_csv(frame(territory=[text], value=[1.0]))[0]["Territoire"]
    assert spreadsheet.unprotect(written) == text


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("place", ["the first column", "another column", "the caption"])
def test_hostile_text_is_shown_as_text(text, place):
    texts = {"territory": ["Hem"], "label": ["x"], "value": [1.0]}
    texts |= {"territory": [text]} if place == "the first column" else {}
    texts |= {"label": [text]} if place == "another column" else {}
    page = soup(frame(**texts), caption=text if place == "the caption" else "Titre")
    cell = {
        "the first column": page.select_one("tbody th"), "another column": page.select_one("tbody td"),
        "the caption": page.caption,
    }[place]  # fmt: skip
    assert cell.get_text(strip=True) == french.typography(text)
    assert not page.find("script")
    assert len(page.select("tbody tr > *")) == 3


def test_a_table_has_a_caption_and_headings_of_columns_and_rows():
    page = soup(frame(territory=["Hem", "MEL"], year=[2018, 2018], value=[1.0, 2.0]), caption="Titre : essai")
    assert page.caption.get_text() == "Titre\u00a0: essai"
    assert [th.get_text(strip=True) for th in page.select('thead th[scope="col"]')] == [
        "Territoire",
        "Année",
        "Effectif",
    ]
    assert [th.get_text(strip=True) for th in page.select('tbody th[scope="row"]')] == ["Hem", "MEL"]
    assert [len(row.find_all("td")) for row in page.select("tbody tr")] == [2, 2]
    assert all("number" in td["class"] for td in page.select("tbody td"))


def test_a_table_of_figures_alone_is_headed_by_the_first():
    page = soup(frame(year=[2013, 2018], value=[1.0, 2.0]))
    assert [th.get_text(strip=True) for th in page.select('tbody th[scope="row"]')] == ["2013", "2018"]


def test_a_table_has_no_style_no_script_and_no_identifier_of_its_own():
    markup = tables.Table(frame(territory=["Hem"], value=[1.0])).to_html(caption="t")
    assert "<style" not in markup
    assert "<script" not in markup
    assert "id=" not in markup
    assert markup.startswith("<table")
    assert markup.rstrip().endswith("</table>")


def test_the_same_data_give_the_same_bytes():
    data = frame(territory=["Hem"], value=[1.0])
    assert tables.Table(data).to_html(caption="t") == tables.Table(data.copy()).to_html(caption="t")


def test_headings_are_typeset_as_text_is():
    page = soup(frame(territory=["Hem"], declared_rate=[1.0]))
    assert "HLM,\u00a0% des RP" in page.thead.get_text()


def test_data_without_a_column_that_is_shown_make_a_table_without_a_cell():
    assert frames.describe(frame(code=["59299"])) == {}
    assert tables.Table(frame(code=["59299"])).to_csv().strip() in ("", '""')
    assert not soup(frame(code=["59299"])).select("th, td")


def few():
    return frame(territory=["Hem", "MEL", "Nord"], value=[12.0, 300.0, 900.0], share=[1.25, 2.0, 3.0])


def test_what_is_not_sound_is_written_so_each_in_its_way():
    assert [list(row) for row in zip(*tables.Table(few()).cells.values(), strict=True)] == [
        ["Hem", "12\u00a0**", "n.s."],
        ["MEL", "300\u00a0*", "2,0\u00a0*"],
        ["Nord", "900", "3,0"],
    ]
    # Missing, nil, not significant: three things.
    data = frame(territory=["Hem"] * 3, value=[float("nan"), 0.0, 12.0], POP=[34.0] * 3)
    assert tables.Table(data).cells["Effectif"] == ["n.d.", "–", "12\u00a0**"]
    assert tables.Table(data).cells["Population"] == ["34"] * 3


def test_cells_that_are_not_sound_are_greyed_and_no_other():
    page = soup(few().assign(POP=[float("nan"), 1000.0, 1000.0]))
    greyed = [td.get_text() for td in page.select("td.unsound")]
    assert greyed == ["12\u00a0**", "n.s.", "n.d.", "300\u00a0*", "2,0\u00a0*"]


def test_a_table_says_what_explains_its_marks():
    markup = tables.Table(few()).to_html(caption="t", described="n-c")
    assert BeautifulSoup(markup, "html.parser").table["aria-describedby"] == "n-c"
    assert not soup(few()).table.has_attr("aria-describedby")


def test_columns_of_which_no_figure_is_significant_are_left_to_the_csv():
    data = few().iloc[:1]
    assert list(tables.Table(data).cells) == ["Territoire", "Effectif"]
    assert [th.get_text(strip=True) for th in soup(data).select("thead th")] == ["Territoire", "Effectif"]
    assert read_csv(data)[0]["Part (%)"] == "1.25"


def test_machines_read_every_figure_and_how_sound_its_row_is():
    rows = read_csv(few())
    assert [row["Fiabilité"] for row in rows] == ["n.s.", "prudence", ""]
    assert [row["Part (%)"] for row in rows] == ["1.25", "2", "3"]
    assert "Fiabilité" not in read_csv(few().iloc[2:])[0]


def test_a_change_that_is_written_is_not_shown_a_second_time_as_a_number():
    data = pd.DataFrame({"indicator": ["Part"], "change": [1.25], "changed": ["+1,3\u00a0point"]})
    assert list(tables.Table(data).cells) == ["Indicateur", "Évolution entre les deux recensements"]
    assert "1.25" in tables.Table(data).to_csv()
