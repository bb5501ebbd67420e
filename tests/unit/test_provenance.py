"""Where a figure comes from follows it through every computation."""

from __future__ import annotations

import pandas as pd
import pytest
from frames import long
from hypothesis import given
from hypothesis import strategies as st

from helpers import provenance, schemas

origins = st.sampled_from(schemas.ORIGINS)
names = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=4)


@given(st.lists(origins, min_size=1))
def test_one_simulated_value_makes_a_figure_simulated(values):
    assert (provenance.least_real(values) == "demonstration") == ("demonstration" in values)


@given(st.lists(origins, min_size=1))
def test_a_figure_is_published_only_where_all_its_values_are(values):
    assert (provenance.least_real(values) == "insee") == (set(values) == {"insee"})


@given(st.lists(origins, min_size=1), st.lists(origins, min_size=1))
def test_the_order_of_computation_does_not_change_the_origin(left, right):
    steps = provenance.least_real([provenance.least_real(left), provenance.least_real(right)])
    assert steps == provenance.least_real([*left, *right]) == provenance.least_real([*right, *left])


@given(names, names)
def test_a_union_of_sources_holds_each_once_in_order(left, right):
    joined = provenance.union([provenance.union(left), provenance.union(right)])
    assert provenance.split([joined]) == sorted({*left, *right})
    assert joined == provenance.union([*right, *left])


@pytest.mark.parametrize("sources", [[], [""], ["", "|"]])
def test_no_source_is_an_empty_list(sources):
    assert provenance.split(sources) == []


def test_a_wide_row_carries_the_origins_and_sources_of_its_own_values_only():
    table = pd.concat(
        [
            long({("Hem", 2018): {"RP": 10.0}}, source="x"),
            long({("Hem", 2018): {"LOG": 12.0}}, source="y"),
            long({("Hem", 2018): {"OTHER": 1.0}}, source="z", origin="demonstration"),
            long({("Lille", 2018): {"RP": 5.0, "LOG": 6.0}}, source="z", origin="demonstration"),
        ],
        ignore_index=True,
    )
    wide = provenance.widen(table, keys=["territory", "year"], variables=["RP", "LOG"]).set_index("territory")
    assert list(wide["origin"]) == ["insee", "demonstration"]
    assert list(wide["sources"]) == ["x|y", "z"]
    assert wide.loc["Hem", ["RP", "LOG"]].tolist() == [10.0, 12.0]


def test_a_row_that_lacks_a_variable_is_left_out_unless_the_variable_is_optional():
    table = long({("Hem", 2018): {"RP": 10.0, "LOG": 12.0}, ("Lille", 2018): {"RP": 5.0}})
    keys = ["territory", "year"]
    assert list(provenance.widen(table, keys=keys, variables=["RP", "LOG"])["territory"]) == ["Hem"]
    wide = provenance.widen(table, keys=keys, variables=["RP"], optional=["LOG"])
    assert list(wide["territory"]) == ["Hem", "Lille"]
    assert wide["LOG"].isna().tolist() == [False, True]


def test_a_variable_that_no_row_has_gives_no_row_and_every_column():
    wide = provenance.widen(long({("Hem", 2018): {"RP": 1.0}}), keys=["territory", "year"], variables=["LOG"])
    assert wide.empty
    assert list(wide.columns) == ["territory", "year", "LOG", "origin", "sources"]


def test_the_order_of_territories_is_kept():
    table = long({("Lille", 2018): {"RP": 1.0}, ("Annœullin", 2018): {"RP": 2.0}})
    table["territory"] = pd.Categorical(table["territory"], categories=["Lille", "Annœullin"], ordered=True)
    wide = provenance.widen(table, keys=["territory", "year"], variables=["RP"])
    assert list(wide["territory"].sort_values()) == ["Lille", "Annœullin"]


def test_frames_joined_bring_both_provenances_and_only_common_rows():
    left = pd.DataFrame(
        {"territory": ["a", "b"], "x": [1, 2], "origin": ["insee", "insee"], "sources": ["s", "s"]}
    )
    right = pd.DataFrame(
        {"territory": ["b", "c"], "y": [3, 4], "origin": ["estimation", "insee"], "sources": ["t|s", "t"]}
    )
    both = provenance.join(left, right, on=["territory"], suffixes=("_l", "_r"))
    assert both[["territory", "x", "y", "origin", "sources"]].to_numpy().tolist() == [
        ["b", 2, 3, "estimation", "s|t"]
    ]
    assert not [name for name in both if name.endswith(("_l", "_r"))]


def test_two_dates_stand_side_by_side_with_the_years_between_them():
    table = pd.concat(
        [
            long({("Hem", 2013): {"POP": 1.0}}),
            long({("Hem", 2018): {"POP": 2.0}, ("Lille", 2018): {"POP": 3.0}}, origin="demonstration"),
        ],
        ignore_index=True,
    )
    wide = provenance.widen(table, keys=["territory", "year"], variables=["POP"])
    row = provenance.between(wide, since=2013, until=2018).to_dict("records")
    assert row == [
        {"territory": "Hem", "POP_0": 1.0, "POP_1": 2.0, "origin": "demonstration", "sources": "recensement",
         "since": 2013, "until": 2018, "years": 5}
    ]  # fmt: skip


def simulated(**columns):
    return pd.DataFrame({"level": "commune", "code": "a", "origin": "demonstration", **columns})


@pytest.mark.parametrize(
    ("anchor", "kept"), [({}, [2008]), ({"a": 1990}, [1990, 1999, 2008]), ({"a": 1968}, [1968, 1990, 1999, 2008]), ({"a": 2012}, [2008]), ({"b": 1968}, [2008])]
)  # fmt: skip
def test_simulated_history_is_kept_from_its_first_published_figure(anchor, kept):
    table = simulated(year=[1968, 1990, 1999, 2008])
    since = pd.Series({("commune", code): year for code, year in anchor.items()}, dtype="float64")
    assert provenance.drop_unanchored(table, since=since)["year"].tolist() == kept
    real = table.assign(origin="insee")
    assert provenance.drop_unanchored(real, since=since).equals(real)


def test_a_simulated_flow_is_dated_by_its_start():
    table = simulated(since=[1999, 2008], year=[2008, 2013])
    since = pd.Series({("commune", "b"): 1968.0})
    assert provenance.drop_unanchored(table, since=since)["since"].tolist() == [2008]
