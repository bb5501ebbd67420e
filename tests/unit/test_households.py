"""Households: their size, and who they are made of."""

from __future__ import annotations

import pandas as pd
import pytest
from frames import long
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.indicators import households

counts = st.floats(0, 1e5)


def test_the_size_is_that_of_households_not_of_the_population():
    # 5 persons in communities: 105 inhabitants, 100 in 40 homes.
    sizes = households.size(
        long({("Hem", 2018): {"PMEN": 100.0}}), long({("Hem", 2018): {"RP": 40.0}}, source="autre")
    )
    assert sizes["size"].tolist() == [2.5]
    assert sizes["sources"].tolist() == ["autre|recensement"]


def test_the_size_that_insee_prints_is_the_one_reported():
    people = long({("Hem", 2018): {"PMEN": 100.0, "TMM": 2.6}, ("Hem", 2013): {"PMEN": 100.0}})
    sizes = households.size(people, long({("Hem", year): {"RP": 40.0} for year in (2013, 2018)}))
    assert sizes["size"].tolist() == [2.5, 2.6]


@pytest.mark.parametrize("homes", [{}, {"RP": 0.0}])
def test_without_homes_there_is_no_size(homes):
    assert households.size(long({("Hem", 2018): {"PMEN": 9.0}}), long({("Hem", 2018): homes})).empty


def test_sizes_are_reported_at_dates_five_years_apart_in_each_territory():
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
    kinds = dict(zip(households.COMPOSITIONS.labels, parts, strict=True))
    text = households.composition(long({("Hem", 2018): {"C_MEN": sum(parts), **kinds}}), territory="Hem")
    assert list(text["kind"]) == list(households.COMPOSITIONS.labels)
    assert text["share"].sum() == pytest.approx(100)
    assert text["value"].sum() == pytest.approx(sum(parts))


def test_a_kind_that_is_unknown_leaves_out_its_date():
    whole = {"C_MEN": 10.0, **dict.fromkeys(households.COMPOSITIONS.labels, 2.0)}
    partly = {name: value for name, value in whole.items() if name != "C_MENSFAM"}
    frame = pd.concat([long({("Hem", 2013): partly}), long({("Hem", 2018): whole})])
    assert set(households.composition(frame, territory="Hem")["year"]) == {2018}
    assert households.composition(frame, territory="Lille").empty


@given(st.lists(counts, min_size=6, max_size=6).filter(lambda parts: sum(parts) > 1))
@settings(max_examples=30)
def test_households_of_every_size_are_all_households(parts):
    names = ["MEN_1", "MEN_2", "MEN_3", "MEN_4", "MEN_5", "MEN_6P"]
    text = households.by_size(long({("Hem", 2018): dict(zip(names, parts, strict=True))}), territory="Hem")
    assert text["label"].tolist() == list(households.SIZES.labels.values())
    assert text["share"].sum() == pytest.approx(100)
    assert text["value"].iloc[-1] == pytest.approx(parts[4] + parts[5])


def test_sizes_need_every_class_and_some_household():
    whole = dict.fromkeys(["MEN_1", "MEN_2", "MEN_3", "MEN_4", "MEN_5", "MEN_6P"], 1.0)
    partly = {name: value for name, value in whole.items() if name != "MEN_6P"}
    nobody = dict.fromkeys(whole, 0.0)
    frame = long({("Hem", 2008): nobody, ("Hem", 2013): partly, ("Hem", 2018): whole, ("MEL", 2013): whole})
    assert set(households.by_size(frame, territory="Hem")["year"]) == {2018}


def old(alone, everybody=None):
    """Those who live alone at 65-79 and at 80 and over, and everybody of these ages where published."""
    known = dict(zip(("POP6579_PSEUL", "POP80P_PSEUL"), alone, strict=True))
    return known | dict(zip(("POP6579", "POP80P"), everybody or (), strict=False))


def test_the_old_who_live_alone_are_reported_over_everybody_of_their_age():
    frame = households.living_alone(
        long({("Hem", 2018): old((30.0, 40.0), (120.0, 80.0))}), {}, until=2018
    ).set_index("label")
    assert frame["share"].to_dict() == {"65 à 79 ans": 25, "80 ans ou plus": 50}
    assert frame["people"].tolist() == [120, 80]


def people_by_age(value, *, year=2018, territory="Hem"):
    rows = [(territory, year, sex, age, value) for sex in "HF" for age in range(0, 100, 5)]
    frame = pd.DataFrame(rows, columns=["territory", "year", "sex", "age", "value"])
    return frame.assign(variable="POP", origin="insee", source="âges")


def test_where_everybody_is_not_published_the_ages_are_added_up():
    frame = households.living_alone(
        long({("Hem", 2018): old((30.0, 40.0))}), {"ages": people_by_age(10.0)}, until=2018
    ).set_index("label")
    # Two sexes: three classes of five years, then four.
    assert frame["people"].to_dict() == {"65 à 79 ans": 60, "80 ans ou plus": 80}
    assert frame["share"].to_dict() == {"65 à 79 ans": 50, "80 ans ou plus": 50}
    assert set(frame["sources"]) == {"recensement|âges"}


def test_the_published_count_of_everybody_comes_before_the_sum_of_ages():
    frame = households.living_alone(
        long({("Hem", 2018): old((30.0, 40.0), (120.0, 80.0))}), {"ages": people_by_age(10.0)}, until=2018
    )
    assert frame["people"].tolist() == [120, 80]
    assert set(frame["sources"]) == {"recensement"}


def test_living_alone_is_reported_at_spaced_dates_up_to_the_last_one():
    known = {("Hem", year): old((1.0, 1.0), (2.0, 2.0)) for year in (2010, 2013, 2015, 2018, 2022)}
    frame = households.living_alone(long(known), {}, until=2018)
    assert sorted(set(frame["year"])) == [2013, 2018]


@pytest.mark.parametrize(
    "known", [{"POP6579": 9.0, "POP80P": 9.0}, old((1.0, 1.0)), old((0.0, 0.0), (0.0, 0.0))]
)
def test_without_those_who_live_alone_or_everybody_no_share_is_reported(known):
    frame = households.living_alone(long({("Hem", 2018): known}), {}, until=2018)
    assert frame.empty
    assert "share" in frame


@given(st.floats(0, 1), st.floats(1, 1e6))
@settings(max_examples=30)
def test_nobody_is_alone_twice(part, everybody):
    known = {("Hem", 2018): old((part * everybody, 0.0), (everybody, everybody))}
    shares = households.living_alone(long(known), {}, until=2018)["share"]
    assert shares.tolist() == pytest.approx([100 * part, 0])


@pytest.mark.parametrize(("people", "text"), [(1_999.0, 0), (2_000.0, 5)])
def test_the_sample_is_not_used_in_a_small_commune(people, text):
    frame = long({("Hem", 2018): {"C_MEN": 10.0, **dict.fromkeys(households.COMPOSITIONS.labels, 2.0)}})
    population = long({("Hem", 2018): {"POP": people}})
    assert len(households.composition(frame, territory="Hem", population=population)) == text


# https://www.insee.fr/en/statistiques/8206660?geo=COM-59299, FAM T1, 2021: 7 118 households, of which 1 910 of one
# person and 90 without a family.
def test_the_households_of_hem_are_those_that_insee_prints():
    from helpers.diagnostic import Diagnostic

    text = households.composition(Diagnostic.open("59299").table("households"), territory="Hem")
    last = text[text["year"] == 2021].set_index("kind")
    assert last.loc["C_MENPSEUL", "value"] == 1910
    assert last.loc["C_MENSFAM", "value"] == 90
    assert last["value"].sum() == pytest.approx(7118, abs=2)
    assert set(last["origin"]) == {"insee"}
