"""The simulated detail of the 95 communes has the shapes that a reader of Lille knows, and teaches none that is false.

What it must equal is checked where it is made; here is what it must resemble. Pages of Insee are named at each test.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers import paths, store
from helpers.store.embedded import MEL

PERIODS = ["RP_ACH19", "RP_ACH45", "RP_ACH70", "RP_ACH90", "RP_ACH05", "RP_ACH15"]
# Ages at which people have settled: younger ones come and go, those of students are the same at any date.
SETTLED = range(30, 75, 5)


@pytest.fixture(scope="module")
def communes(embedded):
    territories = store.read_reference("territories", folder=embedded)
    return territories.loc[territories["epci"] == MEL, "code"].tolist()


@pytest.fixture(scope="module")
def values(embedded, communes):
    """The values of a table, for the 95 communes."""

    def _values(table, *variables):
        frame = store.read(table, folder=embedded, areas=[("commune", code) for code in communes])
        return frame[frame["variable"].isin(variables)] if variables else frame

    return _values


@pytest.fixture(scope="module")
def shares(values):
    """The share of each five-year class, by commune and year."""
    counts = values("ages").groupby(["code", "year", "age"], observed=True)["value"].sum().unstack("age")
    return counts.div(counts.sum(axis=1), axis=0)


@pytest.fixture(scope="module")
def owners(values):
    """Owners and members of their households, by commune and five-year class (lines), by year (columns)."""
    cells = values("ages_tenure").query("tenure == 'owner'")
    return cells.groupby(["code", "age", "year"], observed=True)["value"].sum().unstack("year")


@pytest.fixture(scope="module")
def periods(values):
    homes = values("dwellings", *PERIODS).query("year == 2018")
    counts = homes.pivot(index="code", columns="variable", values="value")[PERIODS]
    return counts.div(counts.sum(axis=1), axis=0)


def correlate(shares, since, year, *, moved):
    """The correlation, by commune, of the shares of the settled at two dates, `moved` years of age apart."""
    before, after = (shares.xs(date, level="year") for date in (since, year))
    pairs = before[list(SETTLED)], after[[age + moved for age in SETTLED]]
    return pd.Series(
        {code: np.corrcoef(*(frame.loc[code] for frame in pairs))[0, 1] for code in before.index}
    )


@pytest.mark.parametrize(("since", "year"), [(2008, 2013), (2013, 2018), (2008, 2018)])
def test_generations_grow_old(since, year, shares, values):
    """In 65 of the 68 communes over 2 000 inhabitants, a class resembles itself at its age then more than its age.

    Lille is not one of them, where many leave after thirty.
    """
    people = values("population", "POP").query("year == 2018").set_index("code")["value"]
    aged = correlate(shares, since, year, moved=year - since)
    same = correlate(shares, since, year, moved=0)
    large = people[people > 2000].index
    assert len(large) == 68
    assert (aged > same)[large].sum() >= 65
    assert (aged > same).sum() >= 92
    assert aged.median() > 0.95 > 0.85 > same.median()


def test_owners_aged_60_to_69_do_not_rise_everywhere(owners):
    """Generations of 1949-1958 are a third larger than those of 1939-1948: most rise, where fewer settled they do not."""
    rows = owners[owners.index.get_level_values("age").isin([60, 65])].groupby("code").sum()
    change = rows[2018] / rows[2008] - 1
    assert len(change) == 95
    assert 5 <= (change <= 0.02).sum() <= 30
    assert (change < -0.02).sum() >= 2
    assert change.quantile(0.9) - change.quantile(0.1) > 0.4
    # Of all ages' tenures in the arrondissement of Lille, those aged 60 to 74 were 126 339 in 2008 and 167 563 in 2019,
    # a third more: https://insee.fr/en/statistiques/6455994?geo=ARR-595.
    assert 0.15 < rows[2018].sum() / rows[2008].sum() - 1 < 0.4


def test_annoeullin_has_more_owners_aged_60_to_69(owners):
    rows = owners.loc["59011"].loc[[60, 65]].sum()
    assert 1.1 < rows[2018] / rows[2008] < 1.6


def test_owners_are_not_the_same_age_everywhere(values, owners):
    cells = values("ages_tenure").query("year == 2018 and tenure != 'outside' and age >= 20 and age < 95")
    everyone = cells.groupby(["code", "age"])["value"].sum()
    peak = (owners[2018] / everyone).unstack("age").idxmax(axis=1).value_counts()
    assert peak.max() < 48
    assert (peak >= 5).sum() >= 4
    gained = (owners[2018] - owners[2008]).unstack("age").idxmax(axis=1).value_counts()
    assert gained.max() < 48


# Published: https://www.insee.fr/fr/statistiques/2874163?geo=COM-59599 (and 59636), 3569225?geo=COM-59352,
# 2020507?geo=COM-59220, 4177185?geo=COM-59378: main residences before 1919, and from 1919 to 1945.
@pytest.mark.parametrize(
    ("code", "before", "between"),
    [
        ("59599", 2401, 15454),
        ("59636", 257, 512),
        ("59352", 274, 607),
        ("59220", 241, 1266),
        ("59378", 517, 3354),
    ],
)
def test_published_periods_are_kept(code, before, between, values):
    homes = values("dwellings", "RP_ACH19", "RP_ACH45").query("code == @code and year == 2018")
    assert homes.set_index("variable")["value"].round(6).to_dict() == {
        "RP_ACH19": before,
        "RP_ACH45": between,
    }


def test_a_page_that_was_not_used_is_found_again(periods):
    """Armentières, main residences of 2016 by period (https://www.insee.fr/fr/statistiques/4177185?geo=COM-59017)."""
    printed = np.array([380, 4294, 2063, 2318, 861])
    found = periods.loc["59017"].to_numpy()[:5]
    assert np.abs(found / found.sum() - printed / printed.sum()).max() < 0.05


def test_periods_are_those_that_a_reader_of_lille_knows(periods):
    """Old towns are of 1919-1945 in the words of the census: 6.8 % of the metropolis's homes are said to be older.

    https://www.insee.fr/fr/statistiques/3569225?geo=EPCI-245900410: the metropolis in 2015.
    """
    old = periods["RP_ACH19"] + periods["RP_ACH45"]
    assert old[["59512", "59599"]].between(0.42, 0.55).all()
    assert 0.3 < old["59350"] < 0.45
    assert periods.loc[["59350", "59512"], "RP_ACH19"].between(0.06, 0.1).all()
    assert periods.loc["59009"].idxmax() == "RP_ACH90"
    assert old["59009"] < 0.12
    assert periods.loc["59410"].idxmax() in ("RP_ACH70", "RP_ACH90")
    assert periods.idxmax(axis=1).nunique() >= 3


def test_what_the_stock_lost_differs_between_communes(values):
    """Starts less the change of stock, from 2013 to 2018, a year and per 1 000 homes; some communes gain by dividing."""
    stock = values("dwellings", "LOG").pivot(index="code", columns="year", values="value")
    flows = values("flows", "LOGCOM")
    starts = flows[flows["since"].between(2013, 2017)].groupby("code")["value"].sum()
    lost = 200 * (starts - stock[2018] + stock[2013]) / stock[2013]
    assert lost.quantile(0.75) - lost.quantile(0.25) > 0.5
    assert lost.min() < 0
    assert lost.quantile([0.1, 0.9]).between(-6, 8).all()


def test_published_figures_that_calibrate_bear_their_addresses():
    facts = pd.read_csv(paths.EMBEDDED / "published_facts.csv", sep=";", dtype="str")
    assert {"59512", "59599", "59378", "59352", "59636"} <= set(facts["territory_code"])
    assert facts["source_url"].str.match(r"https?://(?:www\.)?insee\.fr/").all()
