from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers import levels, schemas, store
from helpers.errors import StoreError

REFERENCES = ["territories", "former_communes", "sources", "outlines"]


def dwellings(**changes):
    """One good row of the table of dwellings, with changes."""
    good = {
        "level": "commune",
        "code": "59299",
        "year": 2018,
        "variable": "LOG",
        "value": 7411.6,
        "origin": "insee",
        "source": "comparateur_2018",
    }
    return pd.DataFrame([{**good, **changes}])


def test_a_good_table_takes_the_types_of_the_store():
    frame = schemas.validate(dwellings(value=7), table="dwellings")
    assert (frame["year"].dtype, frame["value"].dtype) == (np.dtype("int16"), np.dtype("float64"))
    assert frame["value"].tolist() == [7.0]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("level", "canton"),
        ("level", None),
        ("code", "5"),
        ("code", "59299 "),
        ("code", "EPCI-245900410"),
        ("year", 1718),
        ("variable", "POP"),
        ("value", -1.0),
        ("value", np.nan),
        ("origin", "insée"),
        ("source", None),
    ],
)
def test_a_value_that_has_no_place_in_the_store_is_shown_with_its_column(column, value):
    with pytest.raises(StoreError) as caught:
        schemas.validate(dwellings(**{column: value}), table="dwellings")
    assert "'dwellings'" in caught.value.message
    assert column in caught.value.message
    assert caught.value.remedy


def test_a_value_cannot_be_infinite():
    with pytest.raises(StoreError, match="inf"):
        schemas.validate(dwellings(value=np.inf), table="dwellings")


def test_a_value_is_given_once():
    twice = pd.concat([dwellings(), dwellings(value=1.0, source="rp_2018")], ignore_index=True)
    with pytest.raises(StoreError, match="59299"):
        schemas.validate(twice, table="dwellings")


@pytest.mark.parametrize("column", schemas.table_columns("dwellings"))
def test_a_table_without_a_column_is_refused(column):
    with pytest.raises(StoreError, match=column):
        schemas.validate(dwellings().drop(columns=column), table="dwellings")


def test_a_table_with_a_column_too_many_is_refused():
    with pytest.raises(StoreError, match="note"):
        schemas.validate(dwellings(note="x"), table="dwellings")


@pytest.mark.parametrize(
    "cells", [{"sex": "M"}, {"age": 3}, {"age": 100}, {"sex": None}], ids=lambda cells: str(cells)
)
def test_a_pyramid_holds_two_sexes_and_twenty_ages(cells):
    good = {**dwellings().iloc[0].to_dict(), "variable": "POP", "sex": "F", "age": 95}
    columns = schemas.table_columns("ages")
    assert len(schemas.validate(pd.DataFrame([good])[columns], table="ages")) == 1
    with pytest.raises(StoreError, match=next(iter(cells))):
        schemas.validate(pd.DataFrame([{**good, **cells}])[columns], table="ages")


def test_the_key_of_a_table_is_made_of_its_own_dimensions():
    assert schemas.key_columns("population") == ["level", "code", "year", "variable"]
    assert schemas.key_columns("flows") == ["level", "code", "year", "variable", "since"]
    assert schemas.key_columns("ages_tenure")[4:] == ["sex", "age", "tenure"]


@pytest.mark.parametrize("table", schemas.TABLES)
def test_the_key_comes_first_and_the_provenance_last(table):
    columns = schemas.table_columns(table)
    assert columns[: len(schemas.key_columns(table))] == schemas.key_columns(table)
    assert columns[-3:] == ["value", "origin", "source"]
    assert len(set(columns)) == len(columns)


@pytest.mark.parametrize("table", [*schemas.TABLES, *REFERENCES])
def test_every_table_of_the_embedded_store_has_its_form(table, embedded):
    frame = store.read(table, folder=embedded)
    # The whole of the largest tables would take long: their ends and a thousand rows between.
    step = max(1, len(frame) // 1000)
    sample = pd.concat([frame.iloc[::step], frame.tail(1)]).drop_duplicates()
    assert len(schemas.validate(sample, table=table)) == len(sample)


@pytest.fixture(scope="module", params=schemas.TABLES)
def held(request, embedded):
    """Each table of the embedded store, read once: its name and its rows."""
    return request.param, store.read(request.param, folder=embedded)


def test_every_value_of_the_embedded_store_is_given_once_and_is_a_real_count(held):
    table, frame = held
    assert list(frame.columns) == schemas.table_columns(table)
    assert not frame.duplicated(schemas.key_columns(table)).any()
    assert np.isfinite(frame["value"]).all()
    assert (frame["value"] >= 0).all()
    assert set(frame["origin"]) <= set(schemas.ORIGINS)
    assert set(frame["variable"]) <= set(schemas.VARIABLES[table])


def test_every_value_of_the_embedded_store_names_a_source_that_is_described(held, embedded):
    known = store.read_reference("sources", folder=embedded)
    _, frame = held
    assert set(frame["source"]) <= set(known["id"])
    # The origin and the source tell the same story.
    simulated = frame["source"] == "demonstration"
    assert (simulated == (frame["origin"] == "demonstration")).all()


def test_every_place_of_the_embedded_store_is_one_that_can_be_asked_for(held, embedded):
    territories = store.read_reference("territories", folder=embedded)
    places = {
        level.key: {level.only[0]} if level.only else set(territories[level.column].dropna())
        for level in levels.LEVELS
    }
    _, frame = held
    for level, group in frame[["level", "code"]].drop_duplicates().groupby("level"):
        assert set(group["code"]) <= places[level], level
