"""The size of main homes beside that of households."""

from __future__ import annotations

import itertools

import pytest
from frames import long
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.indicators import rooms

HOMES = {"RP_1P": 10.0, "RP_2P": 20.0, "RP_3P": 30.0, "RP_4P": 40.0, "RP_5PP": 100.0}
SIZES = {"MEN_1": 60.0, "MEN_2": 70.0, "MEN_3": 30.0, "MEN_4": 30.0, "MEN_5": 6.0, "MEN_6P": 4.0}


def tables(homes=HOMES, sizes=SIZES, year=2018):
    stock = long({("Hem", year): {"RP": sum(homes.values()), **homes}})
    return stock, long({("Hem", year): sizes})


def test_homes_by_rooms_are_all_main_homes():
    text = rooms.homes(tables()[0], territory="Hem")
    assert list(text["rooms"]) == list(rooms.ROOMS.labels)
    assert text["share"].sum() == pytest.approx(100)
    assert text["share"].iloc[-1] == 50


def test_rooms_are_shared_by_homes_and_by_people():
    stock = long(
        {("Hem", 2018): {"RP": 100.0, "NBPI_RP": 450.0}, ("Vide", 2018): {"RP": 0.0, "NBPI_RP": 0.0}}
    )
    people = long({("Hem", 2018): {"PMEN": 250.0}, ("Vide", 2018): {"PMEN": 0.0}})
    text = rooms.means(stock, people, year=2018)
    assert text[["territory", "rooms_per_home", "size", "rooms_per_person"]].to_numpy().tolist() == [
        ["Hem", 4.5, 2.5, 1.8]
    ]
    assert rooms.means(stock, people, year=2013).empty


@given(st.floats(1, 1e6), st.floats(1, 1e6), st.floats(1, 1e6))
def test_rooms_per_home_are_those_per_person_times_the_size_of_households(homes, count, people):
    stock = long({("Hem", 2018): {"RP": homes, "NBPI_RP": count}})
    row = rooms.means(stock, long({("Hem", 2018): {"PMEN": people}}), year=2018).iloc[0]
    assert row["rooms_per_home"] == pytest.approx(row["rooms_per_person"] * row["size"])


def test_homes_and_households_stand_side_by_side_class_by_class():
    text = rooms.beside_households(*tables(), territory="Hem")
    assert list(text["label"]) == ["1", "2", "3", "4", "5 ou plus"] * 2
    assert text.groupby("part")["share"].sum().tolist() == pytest.approx([100, 100])
    assert text["value"].tolist() == [10, 20, 30, 40, 100, 60, 70, 30, 30, 10]


@pytest.mark.parametrize("year", [2013, 2016])
def test_homes_and_households_of_two_dates_are_not_set_side_by_side(year):
    stock, _ = tables()
    _, sizes = tables(year=year)
    assert rooms.beside_households(stock, sizes, territory="Hem").empty
    assert rooms.small_in_large(stock, sizes, territory="Hem").empty


def test_small_households_in_large_homes_are_bounded_by_the_two_counts():
    row = rooms.small_in_large(*tables(), territory="Hem").iloc[0]
    # 100 large homes and 130 small households in 200 homes: 30 at least are both, 100 at most.
    assert (row["homes"], row["large"], row["small_households"]) == (200, 100, 130)
    assert (row["least"], row["most"]) == (30, 100)
    assert (row["least_share"], row["most_share"]) == (15, 50)


@given(st.lists(st.integers(0, 500), min_size=25, max_size=25).filter(any))
@settings(max_examples=60)
def test_whatever_the_crossing_its_count_is_within_the_bounds(cells):
    # Rooms by persons, five classes each.
    crossed = dict(zip(itertools.product(range(5), range(5)), map(float, cells), strict=True))
    by_rooms = [sum(crossed[room, size] for size in range(5)) for room in range(5)]
    by_size = [sum(crossed[room, size] for room in range(5)) for size in range(5)]
    homes = dict(zip(HOMES, by_rooms, strict=True))
    sizes = dict(zip(SIZES, [*by_size, 0.0], strict=True))
    row = rooms.small_in_large(*tables(homes, sizes), territory="Hem").iloc[0]
    both = crossed[4, 0] + crossed[4, 1]
    assert row["least"] <= both <= row["most"]
    assert row["homes"] == sum(cells)
