"""Pyramids by tenure read across and along: owners by age, generations followed."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import schemas
from helpers.diagnostic import Diagnostic
from helpers.indicators import ages, cohorts

CLASSES = schemas.AGE_CLASSES
IN_HOMES = [tenure for tenure in schemas.TENURES if tenure != "outside"]
cells = st.dictionaries(
    st.tuples(st.sampled_from("HF"), st.sampled_from(CLASSES), st.sampled_from(schemas.TENURES)),
    st.floats(0, 1e4),
    min_size=1,
    max_size=40,
)
gaps = st.sampled_from([5, 10, 15, 20])


def by_tenure(values, *, territory="Hem", origin="insee", source="s"):
    """`{(year, sex, age, tenure): value}` as the store's table."""
    rows = [(territory, *key, value) for key, value in values.items()]
    frame = pd.DataFrame(rows, columns=["territory", "year", "sex", "age", "tenure", "value"])
    frame = frame.astype({"year": "int16", "age": "int16", "value": "float64"})
    return frame.assign(variable="POP", origin=origin, source=source)


def dated(year, values):
    return {(year, *key): value for key, value in values.items()}


def everyone(year, values):
    """The five-year classes of people by tenure, each of them known."""
    sums = {(sex, age): 0.0 for sex in "HF" for age in CLASSES}
    for (sex, age, _), value in values.items():
        sums[sex, age] += value
    return by_tenure({(year, *key, "owner"): value for key, value in sums.items()}).drop(columns="tenure")


def aged(values, gap):
    """The same people years later: nobody is born, moves or dies."""
    later = {}
    for (sex, age, tenure), value in values.items():
        key = (sex, min(age + gap, CLASSES[-1]), tenure)
        later[key] = later.get(key, 0.0) + value
    return later


# Across.


@given(cells)
@settings(max_examples=10)
def test_the_old_are_a_part_of_the_owners_and_the_oldest_of_the_old(values):
    frame = by_tenure(dated(2018, values))
    owned = sum(value for (_, _, tenure), value in values.items() if tenure == "owner")
    found = cohorts.elders(frame, years=[2018])
    if owned == 0:
        assert found.empty
        return
    assert found["label"].tolist() == ["65 ans ou plus", "80 ans ou plus"]
    assert found["owners"].tolist() == pytest.approx([owned, owned])
    for first, value in zip((65, 80), found["value"], strict=True):
        old = sum(count for (_, age, tenure), count in values.items() if tenure == "owner" and age >= first)
        assert value == pytest.approx(old)
    assert found["share"].between(0, 100 + 1e-9).all()
    assert found["value"].is_monotonic_decreasing
    shuffled = cohorts.elders(frame.sample(frac=1, random_state=2), years=[2018])
    assert shuffled["value"].tolist() == pytest.approx(found["value"].tolist())


@pytest.mark.parametrize("years", [[], [1999]])
def test_a_year_that_is_not_at_hand_gives_nothing(years):
    frame = by_tenure({(2018, "H", 65, "owner"): 10.0})
    for table in (frame, frame.iloc[:0]):
        assert cohorts.elders(table, years=years).empty
        assert cohorts.renewal(table, years=years).empty
        assert cohorts.follow(table, since=1989, until=1999).empty


def test_renewal_is_the_young_owners_for_one_old():
    frame = by_tenure(
        {
            (2018, "H", 25, "owner"): 1000.0, (2018, "H", 30, "owner"): 200.0, (2018, "F", 45, "owner"): 100.0,
            (2018, "F", 50, "owner"): 1000.0, (2018, "F", 60, "owner"): 1000.0, (2018, "H", 65, "owner"): 50.0,
            (2018, "F", 95, "owner"): 150.0, (2018, "F", 30, "social"): 1000.0, (2018, "F", 70, "private"): 1000.0,
        }
    )  # fmt: skip
    row = cohorts.renewal(frame, years=[2008, 2018]).iloc[0]
    assert (row["young"], row["old"], row["ratio"], row["count"]) == (300, 200, 1.5, 200)
    assert row["label"] == "Personnes de 30 à 49 ans en logement possédé pour une de 65 ans ou plus"


def test_renewal_without_old_owners_is_missing():
    frame = by_tenure({(2018, "H", 30, "owner"): 10.0, (2018, "H", 70, "social"): 10.0})
    assert cohorts.renewal(frame, years=[2018]).empty


# Along.


@given(values=cells, gap=gaps, width=st.sampled_from([5, 10]))
@settings(max_examples=15)
def test_without_birth_move_or_death_every_generation_keeps_its_people(values, gap, width):
    frame = by_tenure(dated(2000, values) | dated(2000 + gap, aged(values, gap)))
    followed = cohorts.follow(frame, since=2000, until=2000 + gap, width=width)
    assert followed["gain"].to_numpy() == pytest.approx(0, abs=1e-6)
    peopled = followed["people_0"] > 0
    assert (followed.loc[peopled, "ratio"] - 1).to_numpy() == pytest.approx(0)
    assert followed.loc[~peopled, "ratio"].isna().all()
    assert followed["people_0"].sum() == pytest.approx(sum(values.values()))
    assert not followed.duplicated(["territory", "tenure", "low"]).any()


@given(before=cells, after=cells, gap=gaps, width=st.sampled_from([5, 10]))
@settings(max_examples=8)
def test_generations_hold_everybody_but_those_born_since(before, after, gap, width):
    # Someone of each kind at each date: a tenure outside dwellings is followed where both dates know of it.
    base = {("H", 50, tenure): 1.0 for tenure in schemas.TENURES}
    before, after = base | before, base | after
    frame = by_tenure(dated(2000, before) | dated(2000 + gap, after))
    followed = cohorts.follow(frame, since=2000, until=2000 + gap, width=width)
    born_before = {key: value for key, value in after.items() if key[1] >= gap}
    assert followed["people_0"].sum() == pytest.approx(sum(before.values()))
    assert followed["people_1"].sum() == pytest.approx(sum(born_before.values()))
    assert followed["gain"].sum() == pytest.approx(sum(born_before.values()) - sum(before.values()), abs=1e-6)
    assert (followed["count"] <= followed[["people_0", "people_1"]].min(axis=1)).all()
    both = pd.concat([everyone(2000, before), everyone(2000 + gap, after)])
    whole = cohorts.follow_everyone({"ages": both}, since=2000, until=2000 + gap, width=width)
    by_generation = followed.groupby("low")[["people_0", "people_1"]].sum()
    assert whole.set_index("low").loc[
        by_generation.index, ["people_0", "people_1"]
    ].to_numpy() == pytest.approx(by_generation.to_numpy())
    assert whole["people_0"].sum() == pytest.approx(sum(before.values()))
    shuffled = cohorts.follow(frame.sample(frac=1, random_state=3), since=2000, until=2000 + gap, width=width)
    assert shuffled["people_1"].tolist() == pytest.approx(followed["people_1"].tolist())


def test_a_generation_is_named_by_its_ages_at_both_dates():
    frame = by_tenure(
        {(2008, "H", 20, "owner"): 10.0, (2018, "F", 30, "owner"): 25.0, (2018, "F", 95, "owner"): 3.0}
    )
    young, old = cohorts.follow(frame, since=2008, until=2018).to_dict("records")
    assert young["label"] == "20 à 24 ans en 2008, 30 à 34 ans en 2018"
    assert young["generation"] == "20 à 24 ans en 2008"
    assert (young["people_0"], young["people_1"], young["gain"], young["ratio"]) == (10, 25, 15, 2.5)
    assert old["label"] == "85 ans ou plus en 2008, 95 ans ou plus en 2018"
    assert old["people_0"] == 0
    assert pd.isna(old["ratio"])
    wide = cohorts.follow(frame, since=2008, until=2018, width=10)
    assert wide["label"].tolist() == [
        "20 à 29 ans en 2008, 30 à 39 ans en 2018", "80 ans ou plus en 2008, 90 ans ou plus en 2018",
    ]  # fmt: skip


def test_people_outside_dwellings_are_followed_where_both_dates_know_of_them():
    one = {(2008, "H", 20, "owner"): 1.0, (2018, "H", 30, "owner"): 1.0, (2018, "H", 80, "outside"): 9.0}
    assert set(cohorts.follow(by_tenure(one), since=2008, until=2018)["tenure"]) == {"owner"}
    both = one | {(2008, "H", 70, "outside"): 3.0}
    outside = cohorts.follow(by_tenure(both), since=2008, until=2018).set_index("tenure").loc["outside"]
    assert (outside["low"], outside["ratio"]) == (70, 3)


def test_a_territory_known_at_one_date_is_not_followed():
    here = by_tenure({(2008, "H", 20, "owner"): 1.0, (2018, "H", 30, "owner"): 2.0})
    there = by_tenure({(2018, "H", 30, "owner"): 2.0}, territory="Lille")
    assert set(cohorts.follow(pd.concat([here, there]), since=2008, until=2018)["territory"]) == {"Hem"}


def test_a_generation_seen_on_a_simulated_side_is_simulated():
    start = by_tenure({(2008, "H", 20, "owner"): 1.0}, origin="demonstration", source="a")
    end = by_tenure({(2018, "H", 30, "owner"): 2.0}, source="b")
    row = cohorts.follow(pd.concat([start, end]), since=2008, until=2018).iloc[0]
    assert (row["origin"], row["sources"]) == ("demonstration", "a|b")


@pytest.mark.parametrize(
    ("years", "words"),
    [
        ([2016, 2022], "De 2016 à 2022, il y a 6\N{NO-BREAK SPACE}ans"),
        ([2011, 2016, 2022], "De 2011 à 2022, il y a 11\N{NO-BREAK SPACE}ans"),
        ([2018, 2016], "se recouvrent"),
        ([2018], "deux dates"),
        ([], "deux dates"),
        ([2018, 2018], "deux dates"),
    ],
)
def test_dates_that_do_not_allow_to_follow_generations_say_why(years, words):
    reason = cohorts.why_not(years)
    assert words in reason
    assert reason.endswith(".")


@pytest.mark.parametrize("years", [[2008, 2018], [2013, 2008], [2008, 2013, 2018]])
def test_dates_that_allow_to_follow_generations_say_nothing(years):
    assert cohorts.why_not(years) == ""


@given(since=st.integers(1968, 2018), gap=st.integers(0, 40))
def test_generations_are_followed_exactly_where_there_is_no_reason_not_to(since, gap):
    until = since + gap
    frame = by_tenure({(since, "H", 20, "owner"): 1.0, (until, "H", 60, "owner"): 1.0})
    followed = cohorts.follow(frame, since=since, until=until)
    assert followed.empty == bool(cohorts.why_not([since, until]))
    assert {"people_0", "gain", "ratio", "label", "count"} <= set(followed.columns)


@pytest.mark.parametrize(
    ("years", "pair"),
    [
        ([2011, 2016, 2022], (2011, 2016)), ([2008, 2013, 2018], (2008, 2018)), ([2012, 2017, 2023], (2012, 2017)),
        ([2016, 2022], None), ([2018], None), ([], None), ([1968, 2018], None), ([1990, 2008, 2013], (2008, 2013)),
    ],
)  # fmt: skip
def test_the_dates_of_generations_are_the_latest_that_allow_it(years, pair):
    assert cohorts.choose(years[::-1]) == pair


def single(year, counts):
    rows = [("Hem", year, sex, age, value) for age, value in enumerate(counts) for sex in "HF"]
    frame = pd.DataFrame(rows, columns=["territory", "year", "sex", "age", "value"]).astype(
        {"value": "float64"}
    )
    return frame.assign(variable="POP", origin="insee", source="s")


@given(people=st.lists(st.integers(1, 1000), min_size=101, max_size=101), gap=st.integers(5, 15))
@settings(max_examples=6)
def test_single_years_of_age_follow_everybody_over_any_gap(people, gap):
    later = [7] * gap + people[: 101 - gap]
    later[100] += sum(people[101 - gap :])
    tables = {"single_ages": pd.concat([single(2000, people), single(2000 + gap, later)])}
    followed = cohorts.follow_everyone(tables, since=2000, until=2000 + gap)
    assert followed["ratio"].tolist() == pytest.approx([1.0] * len(followed))
    assert followed["people_0"].sum() == 2 * sum(people)
    assert followed["low"].tolist() == list(range(0, followed["low"].max() + 5, 5))


def test_five_year_classes_follow_nobody_over_six_years_and_years_too_close_are_refused():
    ends = [single(year, [10] * 101) for year in (2016, 2020, 2022)]
    coarse = pd.concat(ends)
    coarse = coarse.assign(age=coarse["age"].clip(upper=95) // 5 * 5)
    coarse = coarse.groupby([name for name in coarse.columns if name != "value"], as_index=False)[
        "value"
    ].sum()
    assert cohorts.follow_everyone({"ages": coarse}, since=2016, until=2022).empty
    fine = {"single_ages": pd.concat(ends)}
    six = cohorts.follow_everyone(fine, since=2016, until=2022)
    assert six["label"].iloc[0] == "0 à 4 ans en 2016, 6 à 10 ans en 2022"
    assert six["label"].iloc[-1] == "85 ans ou plus en 2016, 91 ans ou plus en 2022"
    assert cohorts.follow_everyone(fine, since=2016, until=2020).empty
    assert cohorts.follow_everyone({}, since=2016, until=2022).empty


@given(before=cells, after=cells)
@settings(max_examples=10)
def test_the_owners_of_a_generation_are_a_part_of_it_at_both_dates(before, after):
    frame = by_tenure(dated(2008, before) | dated(2018, after))
    followed = cohorts.follow(frame, since=2008, until=2018, width=10)
    owned = cohorts.owners_followed(followed)
    assert owned["rate"].between(0, 100 + 1e-9).all()
    assert owned["year"].tolist() == [2008, 2018] * (len(owned) // 2)
    assert owned["label"].tolist() == [label for label in owned["label"].iloc[::2] for _ in range(2)]
    owners = followed[(followed["tenure"] == "owner") & followed["low"].isin(owned["low"])]
    assert owned.loc[owned["year"] == 2018, "owners"].sum() == pytest.approx(owners["people_1"].sum())


def test_ownership_of_a_generation_leaves_out_people_outside_dwellings():
    values = {
        (2008, "H", 60, "owner"): 30.0, (2008, "F", 65, "social"): 10.0, (2008, "F", 65, "outside"): 60.0,
        (2018, "H", 70, "owner"): 20.0, (2018, "F", 75, "private"): 20.0, (2018, "F", 75, "outside"): 60.0,
        (2008, "H", 20, "owner"): 5.0,
    }  # fmt: skip
    owned = cohorts.owners_followed(cohorts.follow(by_tenure(values), since=2008, until=2018, width=10))
    assert owned[["label", "year", "owners", "people", "rate"]].to_numpy().tolist() == [
        ["60 à 69 ans en 2008", 2008, 30.0, 40.0, 75.0], ["60 à 69 ans en 2008", 2018, 20.0, 40.0, 50.0],
    ]  # fmt: skip
    assert cohorts.owners_followed(cohorts.follow(by_tenure(values), since=2008, until=2014)).empty


def test_the_generations_of_a_sheet_add_up_to_its_pyramids():
    d = Diagnostic.open("59011")
    table = d.table("ages_tenure")
    followed = cohorts.follow(table, since=2008, until=2018)
    assert list(dict.fromkeys(followed["territory"])) == ["Annœullin", "MEL"]
    pyramid = ages.pyramid_tenure(table, territory="Annœullin", years=[2008, 2018])
    own = d.commune_rows(followed)
    assert own["people_0"].sum() == pytest.approx(pyramid.loc[pyramid["year"] == 2008, "value"].sum())
    grown = pyramid[(pyramid["year"] == 2018) & (pyramid["age"] >= 10)]
    assert own["people_1"].sum() == pytest.approx(grown["value"].sum())
    assert set(own["origin"]) == {"demonstration"}
