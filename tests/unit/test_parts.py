"""Parts of a whole, and the dates and places that may be told."""

from __future__ import annotations

import pandas as pd
import pytest
from frames import long

from helpers import provenance
from helpers.indicators import shares


def wide(values, variables):
    return provenance.widen(long(values), keys=["territory", "year"], variables=variables)


def test_parts_keep_the_order_they_are_given_in():
    frame = wide({("Hem", 2018): {"A": 1.0, "B": 3.0, "ALL": 4.0}}, ["A", "B", "ALL"])
    told = shares.shares(frame, whole="ALL", labels={"B": "deux", "A": "un"}, kind="kind")
    assert told[["kind", "label", "value", "share"]].to_numpy().tolist() == [
        ["B", "deux", 3.0, 75.0],
        ["A", "un", 1.0, 25.0],
    ]


def test_a_nil_whole_has_no_parts_and_a_nil_part_is_one():
    frame = wide(
        {("Hem", 2018): {"A": 0.0, "ALL": 4.0}, ("Vide", 2018): {"A": 0.0, "ALL": 0.0}}, ["A", "ALL"]
    )
    told = shares.shares(frame, whole="ALL", labels={"A": "un"}, kind="kind")
    assert told[["territory", "value", "share"]].to_numpy().tolist() == [["Hem", 0.0, 0.0]]


@pytest.mark.parametrize(("until", "kept"), [(None, [2008, 2013, 2018]), (2016, [2011, 2016])])
def test_dates_are_five_years_apart_up_to_the_one_asked_for(until, kept):
    years = (2008, 2011, 2013, 2016, 2018)
    frame = wide({("Hem", year): {"A": 1.0} for year in years}, ["A"])
    assert list(shares.at_dates(frame, territory="Hem", until=until)["year"]) == kept
    assert shares.at_dates(frame, territory="Lille").empty


@pytest.mark.parametrize(("people", "kept"), [(1999.0, 0), (2000.0, 1)])
def test_the_sample_is_used_from_two_thousand_inhabitants_on(people, kept):
    table = long({("Hem", 2018): {"A": 1.0}, ("Inconnue", 2018): {"A": 1.0}})
    known = long({("Hem", 2013): {"POP": 5000.0}, ("Hem", 2022): {"POP": people}})
    assert len(shares.sampled(table, known)) == kept
    assert len(shares.sampled(table, pd.DataFrame(known).iloc[:0])) == 0
