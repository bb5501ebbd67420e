"""What smaller households and more people took of the homes."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from frames import long
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.indicators import household_effect

counts = st.floats(1, 1e6, allow_nan=False)


def inhabited(*rows):
    return pd.DataFrame(rows, columns=["territory", "year", "homes", "people"]).assign(
        stock=float("nan"), origin="insee", sources="recensement"
    )


@given(homes=st.tuples(counts, counts), people=st.tuples(counts, counts))
@settings(max_examples=60)
def test_household_change_and_demographic_effect_add_up_to_the_change_of_main_homes(homes, people):
    frame = inhabited(
        *(
            ("Hem", year, *pair)
            for year, pair in zip((2013, 2018), zip(homes, people, strict=True), strict=True)
        )
    )
    row = household_effect.household_effect(frame, territory="Hem").iloc[0]
    change = homes[1] - homes[0]
    scale = max(*homes, abs(row["decohabitation"]), abs(row["demographic"]))
    assert abs(row["decohabitation"] + row["demographic"] - change) <= 1e-9 * scale
    # Smaller households take homes, larger ones leave some; more people take homes.
    tiny = 1e-9 * scale
    assert row["decohabitation"] >= -tiny or row["size_1"] > row["size_0"]
    assert row["decohabitation"] <= tiny or row["size_1"] < row["size_0"]
    assert (row["demographic"] > 0) == (people[1] > people[0])


def test_each_period_runs_between_dates_five_years_apart_and_older_ones_are_left_to_the_long_series():
    rows = [("Hem", year, 1000.0 + year, 3000.0) for year in (1999, 2008, 2010, 2013, 2014, 2018)]
    effect = household_effect.household_effect(inhabited(*rows), territory="Hem")
    assert list(zip(effect["since"], effect["until"], strict=True)) == [(2008, 2013), (2013, 2018)]


@pytest.mark.parametrize(
    "rows", [[], [("Hem", 2018, 1.0, 2.0)], [("Lille", 2013, 1.0, 2.0), ("Lille", 2018, 1.0, 2.0)]]
)
def test_without_two_dates_of_the_territory_there_is_no_effect_but_every_column(rows):
    effect = household_effect.household_effect(inhabited(*rows), territory="Hem")
    assert effect.empty
    assert {"decohabitation", "demographic", "origin", "sources"} <= set(effect.columns)


def sampled(years, *, value, size=2.4):
    return long(
        {("Hem", year): {"C_MEN": value, "C_PMEN": size * value} for year in years}, source="complementaire"
    )


@pytest.mark.parametrize(
    ("origin", "years", "size", "homes"),
    [
        # Real figures of the principale are used before those of the sample.
        ("insee", (2013, 2018), 2.4, 1000.0),
        ("demonstration", (2013, 2018), 2.4, 990.0),
        # The sample has one date, two dates too near one another, none, or too few people to be used.
        ("demonstration", (2018,), 2.4, 1000.0),
        ("demonstration", (2016, 2018), 2.4, 1000.0),
        ("demonstration", (), 2.4, 1000.0),
        ("demonstration", (2013, 2018), 1.9, 1000.0),
    ],
)
def test_one_exploitation_is_used_throughout_never_a_mix_of_two(origin, years, size, homes):
    dwellings = long({("Hem", year): {"RP": 1000.0} for year in (2013, 2018)}, origin=origin)
    principal = long({("Hem", year): {"PMEN": 2500.0} for year in (2013, 2018)}, origin=origin)
    both = pd.concat([principal, sampled(years, value=990.0, size=size)], ignore_index=True)
    used = household_effect.occupied(both, dwellings, territory="Hem")
    assert set(used["homes"]) == {homes}
    assert set(used["sources"]) == ({"complementaire"} if homes == 990 else {"recensement"})


@pytest.mark.parametrize(
    ("stock", "known"),
    [
        # Shares are of the homes of the first date, never of simulated ones beside real households.
        ({"origin": "insee"}, True),
        ({"origin": "demonstration"}, False),
        (None, False),
    ],
)
def test_shares_are_of_every_home_of_the_first_date_or_are_not_given(stock, known):
    real = {"source": "recensement"}
    main = long({("Hem", 2013): {"RP": 900.0}, ("Hem", 2018): {"RP": 1_000.0}}, **real)
    people = long({("Hem", 2013): {"PMEN": 2_700.0}, ("Hem", 2018): {"PMEN": 2_500.0}}, **real)
    every = (
        []
        if stock is None
        else [
            long({("Hem", 2013): {"LOG": 1_250.0}, ("Hem", 2018): {"LOG": 1_400.0}}, source="parc", **stock)
        ]
    )
    inhabited = household_effect.occupied(people, pd.concat([main, *every]), territory="Hem")
    row = household_effect.household_effect(inhabited, territory="Hem").iloc[0]
    assert row["origin"] == "insee"
    assert ("parc" in row["sources"]) is known
    parts = household_effect.effect_parts(row.to_frame().T.infer_objects())
    if not known:
        assert math.isnan(row["homes_rate"])
        assert "stock_rate" not in parts
        return
    # 2 700 people in households of 2,5 take 1 080 homes: 180 more; 200 people fewer, 80 homes fewer.
    assert (row["homes_rate"], row["decohabitation_rate"], row["demographic_rate"]) == pytest.approx(
        (8.0, 14.4, -6.4)
    )
    assert parts["part"].tolist() == ["Effet taille des ménages (desserrement)", "Effet démographique"]
    assert parts["stock_rate"].tolist() == pytest.approx([14.4, -6.4])


both_conventions = pytest.mark.parametrize("convention", ["A", "B"])


def split(homes, people, *, convention):
    """Both parts of the change of the homes of one territory between two dates."""
    counted = {
        f"{name}_{side}": [pair[side]]
        for name, pair in (("homes", homes), ("people", people))
        for side in (0, 1)
    }
    parts = household_effect.split(pd.DataFrame(counted), convention=convention)
    return {name: float(value[0]) for name, value in parts.items()}


@both_conventions
@given(homes=st.tuples(counts, counts), people=st.tuples(counts, counts))
@settings(max_examples=40)
def test_both_conventions_share_the_same_change_of_homes(convention, homes, people):
    parts = split(homes, people, convention=convention)
    decohabitation, demographic = parts["decohabitation"], parts["demographic"]
    change = homes[1] - homes[0]
    scale = max(*homes, abs(decohabitation), abs(demographic))
    assert abs(decohabitation + demographic - change) <= 1e-9 * scale
    home = homes[1] / people[1] if convention == "A" else homes[0] / people[0]
    assert demographic == pytest.approx((people[1] - people[0]) * home, rel=1e-9, abs=1e-9)


def test_conventions_agree_where_households_keep_their_size_or_people_their_number():
    for homes, people in (((100.0, 120.0), (250.0, 300.0)), ((100.0, 120.0), (250.0, 250.0))):
        one, other = (split(homes, people, convention=convention)["demographic"] for convention in "AB")
        assert one == pytest.approx(other)


@pytest.mark.parametrize("convention", ["C", "", "a"])
def test_there_is_no_other_convention(convention):
    with pytest.raises(ValueError, match="A and B"):
        split((1.0, 1.0), (1.0, 1.0), convention=convention)


def test_nobody_at_the_start_or_at_the_end_gives_no_split():
    for people, convention in (((20.0, 0.0), "A"), ((0.0, 20.0), "B")):
        parts = split((10.0, 12.0), people, convention=convention)
        assert all(map(math.isnan, parts.values()))
