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


def test_more_kinds_than_were_foreseen_are_still_reported_apart():
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


def yearly(years, *, value=3.0, **options):
    return flows({("Hem", year, year + 1): {"NAIS": value} for year in years}, **options)


def test_events_are_the_sum_of_the_years_of_the_period_and_of_no_other():
    cube = Cube({"flows": yearly(range(2011, 2021))})
    assert cube.flow("NAIS", 2013, 2018).value.tolist() == [15.0]
    assert cube.flow("NAIS", 2013, 2015).value.tolist() == [6.0]


def test_the_count_published_for_the_period_comes_before_the_sum_of_its_years():
    each, whole = (
        yearly(range(2013, 2018), source="annees"),
        flows({("Hem", 2013, 2018): {"NAIS": 14.0}}, source="periode"),
    )
    for order in ([each, whole], [whole, each]):
        cube = Cube({"flows": pd.concat(order, ignore_index=True)})
        found = cube.frame(cube.flow("NAIS", 2013, 2018))
        assert found[["value", "sources"]].to_numpy().tolist() == [[14.0, "periode"]]


@pytest.mark.parametrize("missing", range(2013, 2018))
def test_a_period_that_lacks_a_year_has_no_sum(missing):
    cube = Cube({"flows": yearly(year for year in range(2013, 2018) if year != missing)})
    assert not cube.flow("NAIS", 2013, 2018).known.any()


def test_years_that_overlap_do_not_stand_for_one_another():
    # Five rows within the period, of which one covers two years: 2017 is unknown.
    both = [yearly(range(2013, 2017)), flows({("Hem", 2013, 2015): {"NAIS": 4.0}})]
    assert not Cube({"flows": pd.concat(both)}).flow("NAIS", 2013, 2018).known.any()


def test_each_territory_and_variable_has_its_own_sum():
    rows = {("Hem", year, year + 1): {"NAIS": 1.0, "DECE": 2.0} for year in range(2013, 2018)}
    rows |= {("Lille", year, year + 1): {"NAIS": 10.0} for year in range(2016, 2018)}
    rows |= {("Lille", year, year + 1): {"NAIS": 10.0, "DECE": 3.0} for year in range(2013, 2016)}
    cube = Cube({"flows": flows(rows)})
    np.testing.assert_array_equal(cube.flow("NAIS", 2013, 2018).value, [5.0, 50.0])
    np.testing.assert_array_equal(cube.flow("DECE", 2013, 2018).value, [10.0, np.nan])


def test_a_sum_of_years_has_every_source_and_the_least_real_origin():
    first = yearly(range(2013, 2016), source="etat civil")
    last = yearly(range(2016, 2018), source="provisoire", origin="demonstration")
    cube = Cube({"flows": pd.concat([first, last])})
    found = cube.frame(cube.flow("NAIS", 2013, 2018))
    assert found[["origin", "sources"]].to_numpy().tolist() == [["demonstration", "etat civil|provisoire"]]


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
