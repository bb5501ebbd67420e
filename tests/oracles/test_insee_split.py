"""Insee's own split of the change in main homes (LOG T2bis of RP2022), as printed for 74 periods, against ours.

`insee_split.csv` has the printed figures, each row with its address: all homes and main homes of the first date, main
homes of the second, then the change and both effects, in homes and in %. An empty cell could not be read.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.indicators import household_effect
from helpers.store.insee_split import WITNESSES

PRINTED = pd.read_csv(Path(__file__).with_name("insee_split.csv"), sep=";")
# Effect as Insee names it -> as the code does.
EFFECTS = {"size": "decohabitation", "demographic": "demographic"}
# A figure printed to the unit, or to one decimal.
UNIT, DECIMAL = 0.5, 0.05
# Sizes of households are printed to the hundredth (FAM G1): by half of one at each date. People of a home in France.
SIZE, HUNDREDTH = 2.2, 0.005


def split(convention, ratio):
    """Our split of every printed period: `ratio` is the size of households at the end over that of the start."""
    rows = []
    for row, change in zip(PRINTED.itertuples(), ratio, strict=True):
        people = (SIZE * row.homes_0, SIZE * change * row.homes_1)
        rows += [
            (row.Index, row.since, row.homes_0, people[0], row.stock_0),
            (row.Index, row.until, row.homes_1, people[1], row.stock_0),
        ]
    inhabited = pd.DataFrame(rows, columns=["territory", "year", "homes", "people", "stock"])
    inhabited = inhabited.assign(origin="insee", sources="recensement")
    effects = [
        household_effect.household_effect(inhabited, territory=place, convention=convention)
        for place in PRINTED.index
    ]
    return pd.concat(effects, ignore_index=True)


def solve(convention):
    """The change of size that a convention needs for the size effect that is printed."""
    size = PRINTED["size"].astype("float64")
    return {
        "A": PRINTED["homes_0"] / (PRINTED["homes_0"] + size),
        "B": 1 - size / PRINTED["homes_1"],
    }[convention]


def test_the_table_is_that_of_37_places_with_their_addresses():
    assert len(PRINTED) == 74
    assert sorted(set(zip(PRINTED["since"], PRINTED["until"], strict=True))) == [(2011, 2016), (2016, 2022)]
    assert (PRINTED["place"].value_counts() == 2).all()
    ends = zip(PRINTED["address"], PRINTED["place"], strict=True)
    assert all(address.endswith(f"?geo={place}") for address, place in ends)


def test_the_change_is_that_of_main_homes_and_the_two_effects_make_it():
    # Each is rounded apart.
    assert (PRINTED["homes"] - (PRINTED["homes_1"] - PRINTED["homes_0"])).abs().max() <= 1
    known = PRINTED.dropna(subset=["size", "demographic"])
    assert len(known) > 70
    assert (known["size"] + known["demographic"] - known["homes"]).abs().max() <= 1


@pytest.mark.parametrize("name", ["homes", "size", "demographic"])
def test_percentages_are_of_all_homes_of_the_first_date_never_of_main_homes(name):
    known = PRINTED.dropna(subset=[name, f"{name}_rate"])
    gap = (100 * known[name] / known["stock_0"] - known[f"{name}_rate"]).abs()
    assert (gap <= DECIMAL + 100 * UNIT / known["stock_0"] + 1e-9).all()
    of_main_homes = (100 * known[name] / known["homes_0"] - known[f"{name}_rate"]).abs()
    assert (of_main_homes > DECIMAL + 100 * UNIT / known["homes_0"]).sum() > 50


@pytest.mark.parametrize("convention", ["A", "B"])
def test_either_convention_gives_every_printed_figure_for_some_sizes_of_households(convention):
    ours = split(convention, solve(convention))
    # Main homes of both dates and the effect are rounded each apart.
    for name, column in EFFECTS.items():
        known = PRINTED[name].notna()
        assert (ours[column] - PRINTED[name])[known].abs().max() <= 3 * UNIT
        rates = PRINTED[f"{name}_rate"].notna()
        gap = (ours[f"{column}_rate"] - PRINTED[f"{name}_rate"])[rates].abs()
        assert (gap <= DECIMAL + 100 * 3 * UNIT / PRINTED["stock_0"][rates] + 1e-9).all()
    gap = (ours["homes_rate"] - PRINTED["homes_rate"]).abs()
    assert (gap <= DECIMAL + 100 * 2 * UNIT / PRINTED["stock_0"]).all()


@pytest.mark.parametrize("convention", ["A", "B"])
def test_sizes_printed_to_the_hundredth_cannot_tell_the_conventions_apart_but_for_the_witnesses(convention):
    # The true sizes are those that the other convention needs: this one is off by less than roundings allow.
    other = {"A": "B", "B": "A"}[convention]
    ours = split(convention, solve(other))["decohabitation"]
    allowed = PRINTED["homes_1"] * 2 * HUNDREDTH / SIZE + 2 * UNIT
    told_apart = PRINTED[(ours - PRINTED["size"]).abs() > allowed]
    named = set(zip(told_apart["place"], told_apart["since"], strict=True))
    assert named == {(f"COM-{one.code}", one.since) for one in WITNESSES}


def test_the_witnesses_are_as_printed():
    for one in WITNESSES:
        (row,) = PRINTED[(PRINTED["place"] == f"COM-{one.code}") & (PRINTED["since"] == one.since)].to_dict(
            "records"
        )
        assert (one.until, one.homes_0, one.homes_1) == (row["until"], row["homes_0"], row["homes_1"])
        assert (one.size, one.demographic, one.page) == (row["size"], row["demographic"], row["address"])


def test_no_page_nor_code_calls_a_convention_that_of_insee(pytestconfig):
    places = [
        path
        for folder in ("src", "notebooks", "docs", "params")
        for path in (pytestconfig.rootpath / folder).rglob("*")
    ]
    texts = {
        path: path.read_text(encoding="utf-8")
        for path in places
        if path.suffix in (".py", ".ipynb", ".md", ".yml")
    }
    assert len(texts) > 100
    said = ("convention Insee", "convention de l’Insee", "convention de l'Insee")
    assert not [path for path, text in texts.items() if any(words in text for words in said)]


def test_fromelles_asks_for_the_growth_of_people_that_tells_the_conventions_apart():
    # RP 368 to 420, size −28, demographic +80: 1.235 in convention A, 1.217 in B.
    (one,) = (witness for witness in WITNESSES if witness.code == "59257")
    assert {name: round(factor, 3) for name, factor in one.factors().items()} == {"A": 1.235, "B": 1.217}
    row = PRINTED.index[(PRINTED["place"] == "COM-59257") & (PRINTED["since"] == 2016)][0]
    for convention, factor in one.factors().items():
        effect = split(convention, solve(convention)).loc[row]
        assert effect["people_1"] / effect["people_0"] == pytest.approx(factor, abs=0.001)
        assert np.round([effect["decohabitation"], effect["demographic"]]).tolist() == [-28, 80]
