"""Tables by column: what is read of them for every territory at once."""

import numpy as np
import pandas as pd
import pytest
from frames import flows, long

from helpers.indicators.age_classes import class_counts
from helpers.indicators.cube import Cube
from helpers.indicators.values import first_known


def tables():
    return {
        "population": long(
            {("Hem", 2013): {"POP": 1.0}, ("Hem", 2018): {"POP": 2.0}, ("MEL", 2018): {"POP": 9.0}}
        )
    }


def test_what_is_kept_is_made_once():
    cube, made = Cube(tables()), []
    assert {cube.once("key", lambda: made.append(0) or 7) for _ in "ab"} == {7}
    assert len(made) == 1


def test_a_cube_of_a_cube_is_itself_and_gives_its_tables():
    cube = Cube(tables())
    assert Cube.of(cube) is cube
    assert list(cube) == ["population"]
    assert len(cube["population"]) == 3


def test_a_column_has_a_place_for_each_territory_missing_where_it_is_not_known():
    cube = Cube(tables())
    assert list(cube.index) == ["Hem", "MEL"]
    np.testing.assert_array_equal(cube.column("population", "POP", 2013).value, [1.0, np.nan])
    np.testing.assert_array_equal(cube.column("population", "POP", 2018).value, [2.0, 9.0])
    assert not cube.column("population", "POP", 2019).known.any()
    assert not cube.column("dwellings", "LOG", 2018).known.any()


def test_the_order_of_categories_is_that_of_the_territories():
    frame = tables()["population"]
    frame["territory"] = pd.Categorical(frame["territory"], categories=["MEL", "Hem"], ordered=True)
    cube = Cube({"population": frame})
    assert cube.column("population", "POP", 2018).value.tolist() == [9.0, 2.0]
    assert cube.frame(cube.column("population", "POP", 2018))["territory"].dtype == frame["territory"].dtype


def test_figures_bear_the_least_real_origin_and_every_source():
    homes = pd.concat(
        [
            long({("Hem", 2018): {"LOG": 10.0}, ("MEL", 2018): {"LOG": 30.0}}, source="a"),
            long({("Hem", 2018): {"RP": 8.0}}, origin="demonstration", source="b"),
            long({("MEL", 2018): {"RP": 20.0}}, source="c"),
        ]
    )
    cube = Cube({"dwellings": homes})
    stock, main = (cube.column("dwellings", name, 2018) for name in ("LOG", "RP"))
    kind = cube.marks.join(stock.kind, main.kind)
    assert [cube.marks.describe(one) for one in kind] == [("demonstration", "a|b"), ("insee", "a|c")]
    assert cube.marks.simulated(kind).tolist() == [True, False]


def test_more_kinds_than_were_foreseen_are_still_told_apart():
    rows = [long({(f"T{rank:03}", 2018): {"POP": 1.0}}, source=f"s{rank:03}") for rank in range(150)]
    cube = Cube({"population": pd.concat(rows)})
    kind = cube.column("population", "POP", 2018).kind
    joined = cube.marks.join(kind, kind[::-1].copy())
    assert cube.marks.describe(joined[0]) == ("insee", "s000|s149")
    assert [cube.marks.describe(one)[1] for one in kind] == [f"s{rank:03}" for rank in range(150)]


def test_the_first_figure_known_of_each_territory_is_taken():
    cube = Cube(tables())
    found = first_known([cube.column("population", "POP", 2013), cube.column("population", "POP", 2018)])
    assert found.value.tolist() == [1.0, 9.0]


@pytest.mark.parametrize(("missing", "total"), [(None, 15.0), (2014, np.nan)])
def test_events_are_those_published_for_the_period_or_the_sum_of_all_its_years(missing, total):
    years = {("Hem", year, year + 1): {"NAIS": 3.0} for year in range(2013, 2018) if year != missing}
    assert Cube({"flows": flows(years)}).flow("NAIS", 2013, 2018).value.tolist() == pytest.approx(
        [total], nan_ok=True
    )
    whole = flows({**years, ("Hem", 2013, 2018): {"NAIS": 14.0}})
    assert Cube({"flows": whole}).flow("NAIS", 2013, 2018).value.tolist() == [14.0]


def test_a_cell_without_a_row_has_nobody_and_one_that_is_not_known_leaves_no_sum():
    cells = pd.concat(
        [
            long({("Hem", 2018): {"MEN": 5.0}}, age=25, tenure="owner"),
            long({("MEL", 2018): {"MEN": 7.0}}, age=40, tenure="social"),
            long({("Nord", 2018): {"MEN": float("nan")}}, age=40, tenure="owner"),
        ]
    )
    cube = Cube({"householders": cells})
    np.testing.assert_array_equal(
        cube.cells("householders", "MEN", 2018, tenure=("owner",)).value, [5.0, 0.0, np.nan]
    )
    np.testing.assert_array_equal(
        cube.cells("householders", "MEN", 2018, age=(25,)).value, [5.0, 0.0, np.nan]
    )


def test_classes_of_ages_are_the_same_whatever_was_asked_before():
    ages = pd.DataFrame(
        [
            ("Hem", 2018, "POP", sex, age, 10.0 + age, "insee", "rp")
            for sex in "HF"
            for age in range(0, 100, 5)
        ],
        columns=["territory", "year", "variable", "sex", "age", "value", "origin", "source"],
    )
    cube = Cube({"ages": ages})
    class_counts(cube, classes=[(0, 4)], by_sex=True)
    for classes in ([(0, 19)], [(75, None), (0, 4)]):
        pd.testing.assert_frame_equal(
            class_counts(cube, classes=classes), class_counts({"ages": ages}, classes=classes)
        )
