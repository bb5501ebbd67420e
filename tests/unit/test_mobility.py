"""Geographic mobility: who came from another commune, and from where."""

from __future__ import annotations

import pytest
from frames import long
from hypothesis import example, given, settings
from hypothesis import strategies as st
from measuring import measure

from helpers.indicators import mobility
from helpers.indicators.registry import find

counts = st.lists(st.floats(0, 1e5), min_size=7, max_size=7)


def table(places, *, territory="Hem", year=2018, everybody=None):
    """The seven places of residence one year before, the same home first."""
    known = {f"POP01P_IRAN{rank}": value for rank, value in enumerate(places, start=1) if value is not None}
    whole = sum(value or 0 for value in places) if everybody is None else everybody
    return long({(territory, year): {"POP01P": whole, **known}})


@given(counts)
@example([1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
@settings(max_examples=30)
def test_those_who_moved_came_from_somewhere(places):
    text = mobility.origins(table(places), year=2018)
    moved = sum(places[1:])
    if moved <= 1e-6 * sum(places):
        return
    assert list(text["place"]) == list(mobility.PLACES.labels)
    assert text["value"].sum() == pytest.approx(moved, rel=1e-6)
    assert text["share"].sum() == pytest.approx(100)
    assert text["value"].iloc[:4].tolist() == places[1:5]
    # Overseas and abroad together.
    assert text["value"].iloc[4] == pytest.approx(sum(places[5:]), abs=1e-6 * sum(places))


@given(counts)
@settings(max_examples=30)
def test_newcomers_are_the_indicators_of_the_registry(places):
    frame = table(places)
    text = mobility.newcomers(frame, year=2018)
    for identifier, column in (("emmenages", "moved_rate"), ("arrivees", "rate")):
        known = measure(find(identifier), {"mobility": frame}, since=2013, until=2018)["value"].tolist()
        assert text[column].tolist() == pytest.approx(known)


def test_people_who_changed_homes_in_the_commune_have_not_arrived():
    row = mobility.newcomers(table([80.0, 8.0, 6.0, 3.0, 2.0, 0.0, 1.0]), year=2018).iloc[0]
    assert (row["POP01P"], row["moved"], row["arrived"]) == (100, 20, 12)
    assert (row["moved_rate"], row["rate"]) == (20, 12)


def test_the_two_last_places_may_be_unknown():
    places = [80.0, 8.0, 6.0, 3.0, 2.0, None, None]
    text = mobility.origins(table(places, everybody=100.0), year=2018).set_index("place")
    assert text.loc["BEYOND", "value"] == 1
    assert text["share"].sum() == pytest.approx(100)


@pytest.mark.parametrize("missing", range(5))
def test_nothing_is_reported_without_one_of_the_other_places(missing):
    places = [80.0, 8.0, 6.0, 3.0, 2.0, 0.0, 1.0]
    known = table([None if rank == missing else value for rank, value in enumerate(places)], everybody=100.0)
    assert mobility.origins(known, year=2018).empty
    assert mobility.newcomers(known, year=2018).empty is (missing < 2)


def test_another_year_tells_nothing():
    frame = table([80.0, 8.0, 6.0, 3.0, 2.0, 0.0, 1.0])
    assert mobility.origins(frame, year=2013).empty
    assert mobility.newcomers(frame, year=2013).empty


def test_where_nobody_moved_or_lives_no_share_is_reported():
    assert mobility.origins(table([9.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]), year=2018).empty
    assert mobility.newcomers(table([9.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]), year=2018)["rate"].tolist() == [0]
    assert mobility.newcomers(table([0.0] * 7), year=2018).empty
