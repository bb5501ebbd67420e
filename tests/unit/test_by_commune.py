"""The figure of each commune that a map shows: a share at the last date that most know."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers import Diagnostic
from helpers.indicators import stock
from helpers.indicators.by_commune import latest_share


def homes(*rows):
    """Rows of the table of dwellings, from a commune, a year, homes and vacant ones."""
    found = [
        (code, year, name, float(value))
        for code, year, *counts in rows
        for name, value in zip(("LOG", "LOGVAC"), counts, strict=True)
    ]
    return pd.DataFrame(found, columns=["territory", "year", "variable", "value"]).assign(
        origin="insee", source="rp"
    )


def vacancy(*rows):
    return latest_share({"dwellings": homes(*rows)}, "vacance", of="LOG")


def test_a_share_is_that_of_the_last_date_that_most_communes_know():
    found = vacancy(("a", 2018, 100, 10), ("b", 2018, 200, 30), ("c", 2018, 50, 5), ("a", 2021, 100, 20))
    assert set(found["year"]) == {2018}
    assert found.set_index("territory")["share"].to_dict() == {"a": 10.0, "b": 15.0, "c": 10.0}
    assert found.set_index("territory")["LOG"].to_dict() == {"a": 100.0, "b": 200.0, "c": 50.0}
    later = vacancy(("a", 2018, 100, 10), ("b", 2018, 200, 30), ("a", 2021, 100, 20), ("b", 2021, 200, 50))
    assert later.set_index("territory")["share"].to_dict() == {"a": 20.0, "b": 25.0}


def test_a_commune_without_a_figure_has_no_row_and_none_no_frame():
    assert set(vacancy(("a", 2018, 100, 10), ("b", 2018, 0, 0))["territory"]) == {"a"}
    assert latest_share({"dwellings": homes()}, "vacance", of="LOG").empty


@pytest.mark.parametrize("code", ["59299", "26274", "29155"])
def test_the_share_of_the_commune_is_that_of_its_own_page(code):
    d = Diagnostic.open(code)
    found = latest_share({"dwellings": d.around_table("dwellings")}, "proprietaires", of="RP")
    year = int(found["year"].iloc[0])
    own = d.commune_rows(stock.owners(d.table("dwellings"), year=year))
    assert found.set_index("territory").loc[code, "share"] == pytest.approx(own["rate"].iloc[0])
