"""Households: their size, and who they are made of."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tidy import long

from helpers.indicators import households

counts = st.floats(0, 1e5)


def test_the_size_is_that_of_households_not_of_the_population():
    # 5 persons in communities: 105 inhabitants, 100 in 40 homes.
    sizes = households.size(
        long({("Hem", 2018): {"PMEN": 100.0}}), long({("Hem", 2018): {"RP": 40.0}}, source="autre")
    )
    assert sizes["size"].tolist() == [2.5]
    assert sizes["sources"].tolist() == ["autre|recensement"]


def test_the_size_that_insee_prints_is_the_one_told():
    people = long({("Hem", 2018): {"PMEN": 100.0, "TMM": 2.6}, ("Hem", 2013): {"PMEN": 100.0}})
    sizes = households.size(people, long({("Hem", year): {"RP": 40.0} for year in (2013, 2018)}))
    assert sizes["size"].tolist() == [2.5, 2.6]


@pytest.mark.parametrize("homes", [{}, {"RP": 0.0}])
def test_without_homes_there_is_no_size(homes):
    assert households.size(long({("Hem", 2018): {"PMEN": 9.0}}), long({("Hem", 2018): homes})).empty


def test_sizes_are_told_at_dates_five_years_apart_in_each_territory():
    known = {
        (name, year): {"PMEN": 9.0}
        for name, years in {"Hem": (2010, 2013, 2015), "MEL": (2009, 2014)}.items()
        for year in years
    }
    homes = {key: {"RP": 3.0} for key in known}
    sizes = households.size(long(known), long(homes))
    assert sizes.groupby("territory")["year"].agg(list).to_dict() == {
        "Hem": [2010, 2015],
        "MEL": [2009, 2014],
    }


@given(st.lists(counts, min_size=5, max_size=5).filter(lambda parts: sum(parts) > 1))
@settings(max_examples=30)
def test_the_kinds_of_households_are_all_households(parts):
    kinds = dict(zip(households.COMPOSITIONS, parts, strict=True))
    told = households.composition(long({("Hem", 2018): {"C_MEN": sum(parts), **kinds}}), territory="Hem")
    assert list(told["kind"]) == list(households.COMPOSITIONS)
    assert told["share"].sum() == pytest.approx(100)
    assert told["value"].sum() == pytest.approx(sum(parts))


def test_a_kind_that_is_unknown_leaves_out_its_date():
    whole = {"C_MEN": 10.0, **dict.fromkeys(households.COMPOSITIONS, 2.0)}
    partly = {name: value for name, value in whole.items() if name != "C_MENSFAM"}
    frame = pd.concat([long({("Hem", 2013): partly}), long({("Hem", 2018): whole})])
    assert set(households.composition(frame, territory="Hem")["year"]) == {2018}
    assert households.composition(frame, territory="Lille").empty


# https://www.insee.fr/en/statistiques/8206660?geo=COM-59299, FAM T1, 2021: 7 118 households, of which 1 910 of one
# person and 90 without a family.
def test_the_households_of_hem_are_those_that_insee_prints():
    from helpers.sheet import open_sheet

    told = households.composition(open_sheet("59299").table("households"), territory="Hem")
    last = told[told["year"] == 2021].set_index("kind")
    assert last.loc["C_MENPSEUL", "value"] == 1910
    assert last.loc["C_MENSFAM", "value"] == 90
    assert last["value"].sum() == pytest.approx(7118, abs=2)
    assert set(last["origin"]) == {"insee"}
