"""The identities of the census over the communes of the embedded store: the 95 of the metropolis, and all those of France."""

from __future__ import annotations

import numpy as np
import pytest
from measuring import break_even, measure

from helpers import store
from helpers.indicators import ages, growth, households, point_mort, rooms, seniority, stock
from helpers.indicators.registry import find
from helpers.territory import communes as territory

METROPOLIS = "200093201"
TABLES = ("population", "flows", "dwellings", "households", "age_groups")
PERIODS = [(2008, 2013), (2013, 2018)]


@pytest.fixture(scope="module")
def country(embedded):
    """The tables of every commune, its code in place of its name."""
    frames = {name: store.read(name, folder=embedded) for name in TABLES}
    return {
        name: frame[frame["level"] == "commune"].drop(columns="level").rename(columns={"code": "territory"})
        for name, frame in frames.items()
    }


@pytest.fixture(scope="module")
def metropolis(country):
    """The same for the 95 communes of the metropolis."""
    members = set(territory.members_of(METROPOLIS)["code"])
    assert len(members) == 95
    return {name: frame[frame["territory"].isin(members)] for name, frame in country.items()}


@pytest.mark.parametrize("convention", ["A", "B"])
# Homes started are known since 2013.
@pytest.mark.parametrize(("since", "until"), PERIODS[1:])
def test_the_homes_started_are_the_four_terms_and_the_demographic_effect(
    metropolis, since, until, convention
):
    tables = [metropolis[name] for name in ("dwellings", "households", "flows")]
    text = break_even(*tables, since=since, until=until, convention=convention)
    assert len(text) == 95
    terms = text[[*point_mort.TERMS, "demographic", "gap"]].sum(axis=1)
    scale = np.maximum(text["LOG_1"], text["starts"])
    assert ((terms - text["starts"]).abs() <= 1e-9 * scale).all()
    assert (
        (text["break_even"] + text["demographic"] + text["gap"] - text["starts"]).abs() <= 1e-9 * scale
    ).all()
    change = text["RP_1"] - text["RP_0"]
    assert ((text["decohabitation"] + text["demographic"] - change).abs() <= 1e-9 * scale).all()
    # What the categories of a stock lack to be the whole: nothing, but where a page prints them rounded, to one home
    # more or less at each date.
    assert (text["gap"].abs() <= 2 + 1e-9).all()
    # One convention is not the other, but where households or people stayed the same.
    other = break_even(*tables, since=since, until=until, convention="AB".replace(convention, ""))
    assert (other["decohabitation"].to_numpy() != text["decohabitation"].to_numpy()).any()


def test_the_sub_periods_of_a_commune_do_not_make_its_period(metropolis):
    parts = [
        measure(find("desserrement"), metropolis, since=start, until=end).set_index("territory")["value"]
        * (end - start)
        for start, end in (*PERIODS, (PERIODS[0][0], PERIODS[1][1]))
    ]
    gap = parts[0] + parts[1] - parts[2]
    # The sum of the parts is another number than the whole, in nearly every commune.
    assert (gap.abs() > 0.1).mean() > 0.9


def test_natural_and_migratory_balances_are_the_change_of_every_commune_of_france(country):
    text = growth.balances(country["population"], country["flows"], since=2013, until=2018)
    assert len(text) > 34_000
    assert (text["natural"] + text["migratory"] == text["change"]).all()
    peopled = text[text["POP_0"] > 0]
    rates = peopled["annual_natural"] + peopled["annual_migratory"] - peopled["annual"]
    assert (rates.abs() <= 1e-9 * (1 + peopled["annual_natural"].abs())).all()
    stable = peopled[peopled["change"] == 0]
    # Communes whose population did not change: 0/0, reported by the second form.
    assert len(stable) > 100
    assert (stable["annual"] == 0).all()
    assert (stable["annual_natural"] == stable["mean_natural"]).all()
    assert (stable["annual_migratory"] == -stable["annual_natural"]).all()
    assert np.isfinite(peopled[["annual_natural", "annual_migratory", "mean_natural", "mean_migratory"]]).all(
        axis=None
    )
    # The two forms differ where the population changes much, and nowhere else.
    little = peopled[(peopled["change"].abs() < 0.02 * peopled["POP_0"]) & (peopled["POP_0"] > 500)]
    assert (little["annual_natural"] - little["mean_natural"]).abs().max() < 0.02


def test_the_categories_of_the_stock_are_a_hundred_per_cent_of_it_in_every_commune_of_france(country):
    text = stock.categories(country["dwellings"], year=2018)
    assert text["territory"].nunique() > 34_800
    assert text.groupby("territory", observed=True)["share"].sum().to_numpy() == pytest.approx(100, abs=1e-4)


@pytest.mark.parametrize(("year", "communes"), [(2012, 4_900), (2018, 5_300)])
def test_tenures_and_ages_are_a_hundred_per_cent_in_every_commune_that_knows_them(country, year, communes):
    tenure = stock.tenure(country["dwellings"], years=[year])
    assert tenure["territory"].nunique() > communes
    # RP2012 is printed in whole numbers: owners, tenants and their whole are each rounded on their own.
    slack = 0.2 if year == 2012 else 1e-6
    assert tenure.groupby("territory", observed=True)["share"].sum().to_numpy() == pytest.approx(
        100, abs=slack
    )
    assert tenure.groupby("territory", observed=True)["value"].min().min() >= -0.51
    groups = ages.groups(country["age_groups"], country["population"])
    groups = groups[groups["year"] == year]
    assert groups["territory"].nunique() > communes
    assert groups.groupby("territory", observed=True)["share"].sum().to_numpy() == pytest.approx(
        100, abs=1e-6
    )


@pytest.mark.parametrize("year", [2008, 2013, 2018])
def test_the_homes_of_the_metropolis_are_those_of_their_owners_tenants_and_lodgers(metropolis, year):
    wide = (
        metropolis["dwellings"]
        .query("year == @year")
        .pivot(index="territory", columns="variable", values="value")
    )
    for whole, parts in {
        "LOG": ["RP", "RSECOCC", "LOGVAC"], "RP": ["RP_PROP", "RP_LOC", "RP_GRAT"],
    }.items():  # fmt: skip
        known = wide.dropna(subset=[whole, *parts])
        assert len(known) > 80
        # Figures of a page are rounded to the unit.
        assert ((known[parts].sum(axis=1) - known[whole]).abs() <= 1e-6 * known[whole] + 2).all(), whole


def test_what_is_reported_of_each_commune_of_the_metropolis_is_all_of_it(metropolis):
    dwellings, people = metropolis["dwellings"], metropolis["households"]
    for code in sorted(set(metropolis["population"]["territory"])):
        own, inside = (table[table["territory"] == code] for table in (dwellings, people))
        text = [
            rooms.homes(own, territory=code), seniority.classes(own, territory=code), stock.series(own, territory=code),
            households.by_size(inside, territory=code), households.composition(inside, territory=code),
        ]  # fmt: skip
        for frame in text:
            assert len(frame)
            totals = frame.groupby("year")["share"].sum()
            # Households of a page: families and persons are each rounded to the unit, in a small commune too.
            assert totals.to_numpy() == pytest.approx(100, abs=0.2), code
