"""What a column holds is declared: nothing of a frame that is shown is guessed, left out or taken for a count."""

from __future__ import annotations

import pandas as pd
import pytest
from for_each import for_each
from measuring import measure

from helpers import columns, figures
from helpers.columns import Column
from helpers.errors import ExhibitError
from helpers.exhibit import tabulate
from helpers.indicators import registry
from helpers.tables import Table

FIGURES = ("share", "rate", "change", "points", "amount", "index", "ratio")


@pytest.fixture(autouse=True)
def _as_in_a_notebook():
    with columns.put_back():
        yield


def frame(**cells):
    return pd.DataFrame({"territory": ["Hem"], **cells})


@for_each("column", columns.COLUMNS.values(), named=lambda column: column.name)
def test_every_column_of_the_house_is_said_in_french_with_its_unit(column):
    assert bool(column.heading) is column.is_shown
    assert "_" not in column.heading
    assert column.heading.strip() == column.heading
    if column.unit in ("%", "‰", "points"):
        assert column.unit in column.heading
    # What holds the figures that a text writes is a column too, and not one that is shown beside it by another name.
    assert not column.behind or columns.find_column(column.behind)


@for_each("column", columns.COLUMNS.values(), named=lambda column: column.name)
def test_it_is_known_of_every_figure_what_it_rests_on(column):
    assert bool(column.basis) >= (column.kind in ("count", "exact", *FIGURES))
    assert not (column.is_count and column.is_figure)


def test_keys_alone_have_no_kind_of_their_own():
    assert {column.kind for column in columns.COLUMNS.values()} == set(columns.KINDS)


@pytest.mark.parametrize(
    ("name", "kind", "heading"),
    [
        ("POP_1", "exact", "Population"),
        ("share_0", "share", "Part (%)"),
        ("@Hem", "written", "Hem"),
        ("@L’Haÿ_1", "written", "L’Haÿ_1"),
        ("measure@Hem", "hidden", ""),
        ("rate_panel", "rate", "Taux (%) (communes comparables)"),
        ("median_panel", "hidden", ""),
        ("reference_panel", "written", "Médiane des communes comparables"),
    ],
)
def test_a_column_derived_from_another_is_of_its_kind(name, kind, heading):
    column = columns.find_column(name)
    assert (column.kind, column.heading) == (kind, heading)


SHOWN = {
    "a table": tabulate,
    "a drawing": lambda data: figures.paired_bars(data, y="share", by="territory", label="parts"),
    "a drawing of that column": lambda data: figures.paired_bars(
        data, y="my_index", by="territory", label="l"
    ),
    "a file": lambda data: Table(data).to_csv(),
}


@pytest.mark.parametrize("show", SHOWN.values(), ids=list(SHOWN))
def test_a_frame_with_a_column_that_is_not_declared_is_not_shown(show):
    data = frame(year=[2018], share=[3.0], my_index=[1.0], origin=["insee"], sources=["s"])
    with pytest.raises(ExhibitError) as raised:
        show(data)
    assert "'my_index'" in raised.value.message
    assert "'index'" in raised.value.remedy
    assert "src/helpers/columns.py" in raised.value.remedy
    assert "columns.declare(columns.Column('my_index'" in raised.value.remedy


def test_every_column_that_is_not_declared_is_named_at_once():
    with pytest.raises(ExhibitError, match=r"'shares', 'rank_of_mine'"):
        tabulate(frame(shares=[1.0], rank_of_mine=[2]))
    with pytest.raises(ExhibitError, match="2018"):
        tabulate(pd.DataFrame({2018: [1.0]}))


def test_what_the_error_asks_for_is_what_lets_the_frame_be_shown():
    data = frame(my_index=[12.34], count=[900.0])
    with pytest.raises(ExhibitError) as raised:
        tabulate(data)
    call = raised.value.remedy.partition("from helpers import columns puis ")[2].partition(". Natures")[0]
    exec(call, {"columns": columns})
    assert Table(data).cells == {"Territoire": ["Hem"], "Intitulé (%)": ["12,3"]}


def test_a_declared_column_is_assessed_as_its_kind_asks():
    columns.declare(Column("mine", "Le mien", "rate", "%", digits=2), Column("ours", "Le nôtre", "count"))
    data = frame(mine=[3.333], ours=[150.0])
    assert Table(data).cells == {"Territoire": ["Hem"], "Le nôtre": ["150\u00a0**"]}
    assert Table(data.assign(ours=300.0)).cells["Le mien"] == ["3,33\u00a0*"]


def test_a_column_is_declared_again_by_the_same_cell_and_forgotten_with_its_notebook():
    with columns.put_back():
        columns.declare(Column("mine", "Le mien", "rate"))
        columns.declare(Column("mine", "Le mien (%)", "rate", "%"))
        assert columns.find_column("mine").unit == "%"
    with pytest.raises(ExhibitError):
        columns.find_column("mine")


@pytest.mark.parametrize("name", ["share", "POP_0", "rate_panel", "@Hem"])
def test_a_column_of_the_house_keeps_its_meaning(name):
    with pytest.raises(ExhibitError, match="déjà déclarée"):
        columns.declare(Column(name, "Autre chose", "count"))
    assert columns.find_column(name).heading != "Autre chose"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"heading": "Taux", "kind": "taux"}, "Nature inconnue"),
        ({"kind": "rate"}, "intitulé"),
        ({"heading": "Vacants (%)", "kind": "count", "unit": "%"}, "effectif"),
        ({"heading": "Natalité (‰)", "kind": "exact", "unit": "‰"}, "effectif"),
    ],
)
def test_a_column_that_makes_no_sense_is_refused(options, message):
    with pytest.raises(ExhibitError, match=message):
        Column("mine", **options)


def test_two_columns_may_not_hide_behind_one_heading():
    with pytest.raises(ExhibitError, match=r"'RP'.*'homes'"):
        Table(frame(RP=[900.0], homes=[800.0]))
    with pytest.raises(ExhibitError, match="même nom"):
        tabulate(pd.concat([frame(share=[1.0]), frame(share=[2.0])], axis=1))


def stock():
    """The homes of Hem, of which 255 out of 7 654 are vacant, and of a village of 30."""
    rows = [
        ("Hem", "LOG", 7654.0),
        ("Hem", "LOGVAC", 255.0),
        ("Village", "LOG", 30.0),
        ("Village", "LOGVAC", 1.0),
    ]
    named = pd.DataFrame(rows, columns=["territory", "variable", "value"])
    return {"dwellings": named.assign(year=2018, origin="insee", source="rp2018")}


def vacancy():
    return measure(registry.find("vacance"), stock(), since=2013, until=2018)


def test_a_percentage_that_does_not_say_what_it_is_is_not_shown():
    with pytest.raises(ExhibitError, match=r"'value'.*'count'") as raised:
        tabulate(vacancy().drop(columns="indicator"))
    assert "assign(indicator='vacance')" in raised.value.remedy


def test_the_value_of_an_indicator_is_written_in_its_unit_and_assessed_on_its_count():
    table = Table(vacancy())
    assert table.cells["Valeur"] == ["3,3\u00a0%\u00a0*", "n.s."]
    assert table.cells["Indicateur"] == [registry.find("vacance").name(since=2018, until=2018)] * 2
    head, first, second = table.to_csv().splitlines()
    assert [name for name in ("Valeur", "Unité", "Fiabilité") if name in head.split(";")] == [
        "Valeur",
        "Unité",
        "Fiabilité",
    ]
    assert first.startswith("Hem;")
    assert ";3.33159132;%;prudence;" in first
    assert ";n.s.;" in second


def test_each_row_is_written_as_its_own_indicator():
    few = {"territory": "Hem", "since": 2018, "year": 2018}
    rows = [
        {**few, "indicator": "population", "value": 18_600.0, "count": float("nan")},
        {**few, "indicator": "vacance", "value": 3.33, "count": 900.0},
        {**few, "indicator": "croissance", "value": 0.66, "count": 900.0},
        {**few, "indicator": "vacance", "value": float("nan"), "count": 900.0},
    ]
    assert Table(pd.DataFrame(rows)).cells["Valeur"] == [
        "18\u202f600",
        "3,3\u00a0%",
        "+0,7\u00a0%\u00a0par\u00a0an",
        "n.d.",
    ]


def test_a_count_of_the_registry_stays_beside_its_mark():
    rows = pd.DataFrame({"territory": ["A", "B", "C"], "value": [12.0, 300.0, 0.0]})
    data = rows.assign(indicator="parc", since=2018, year=2018, count=rows["value"])
    assert Table(data).cells["Valeur"] == ["12\u00a0**", "300\u00a0*", "–"]


def test_the_verdict_of_the_engine_is_that_of_the_row():
    data = vacancy().assign(indicator="vacance", verdict=["ok", "prudence"])
    assert Table(data).cells["Valeur"] == ["3,3\u00a0%", "3,3\u00a0%\u00a0*"]


def test_an_indicator_that_the_registry_does_not_know_is_refused():
    with pytest.raises(ExhibitError, match="'vacances'") as raised:
        tabulate(vacancy().assign(indicator="vacances"))
    assert "'vacance'" in raised.value.remedy


def test_a_drawing_knows_of_an_indicator_that_it_is_no_count():
    data = vacancy().assign(indicator="vacance", count=[900.0, 30.0])
    exhibit = figures.paired_bars(data, y="value", by="territory", label="Vacance")
    assert "Hem : 2018, 3,3\u00a0%" in exhibit.alt
    assert "Village : 2018, n.s." in exhibit.alt
    assert "(n.s.)" not in exhibit.alt


def test_a_drawing_does_not_mix_units_on_one_axis():
    data = vacancy().assign(indicator=["vacance", "parc"])
    with pytest.raises(ExhibitError, match="plusieurs unités"):
        figures.paired_bars(data, y="value", by="territory", label="Vacance")


@pytest.mark.parametrize(
    "cells",
    [
        {"value": [300.0], "label": ["75 ans ou plus"], "count": [300.0]},
        {"value": [300.0], "label": ["75 ans ou plus"], "share": [3.0], "count": [9000.0]},
        {"value": [300.0], "year": [2018], "count": [float("nan")]},
        {"value": [300.0]},
    ],
)
def test_a_count_that_nothing_contradicts_is_one(cells):
    assert Table(frame(**cells)).cells["Effectif"][0].startswith("300")
