"""Tables on a shelf: what is worked out of them once."""

import pandas as pd

from helpers.indicators.ages import class_counts
from helpers.indicators.table_cache import Shelf, at, once


def tables():
    return {"population": pd.DataFrame({"year": [2013, 2018], "value": [1.0, 2.0]})}


def test_what_is_kept_is_made_once_and_without_a_shelf_each_time():
    made = []
    for known, times in ((Shelf(tables()), 1), (tables(), 2)):
        made.clear()
        assert {once(known, "key", lambda: made.append(0) or 7) for _ in "ab"} == {7}
        assert len(made) == times


def test_a_shelf_gives_the_rows_of_each_year_and_those_of_another_shelf_are_its_own():
    shelf = Shelf(tables())
    assert at(shelf, "population", year=2018)["value"].tolist() == [2.0]
    assert at(shelf, "population", year=2013)["value"].tolist() == [1.0]
    assert at(shelf, "population", year=2018) is at(shelf, "population", year=2018)
    other = Shelf({"population": tables()["population"].assign(value=5.0)})
    assert at(other, "population", year=2018)["value"].tolist() == [5.0]


def test_classes_of_ages_are_the_same_on_a_shelf_whatever_was_asked_before():
    ages = pd.DataFrame(
        [("Hem", 2018, sex, age, 10.0 + age, "insee", "rp") for sex in "HF" for age in range(0, 100, 5)],
        columns=["territory", "year", "sex", "age", "value", "origin", "source"],
    )
    shelf = Shelf({"ages": ages})
    class_counts(shelf, classes=[(0, 4)], by_sex=True)
    for classes in ([(0, 19)], [(75, None), (0, 4)]):
        pd.testing.assert_frame_equal(
            class_counts(shelf, classes=classes), class_counts({"ages": ages}, classes=classes)
        )
