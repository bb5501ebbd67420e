"""Changes of the population, against those that Insee prints."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from helpers import french, store
from helpers.indicators import growth
from helpers.indicators.changes import annual_change
from helpers.territory.communes import find_commune
from helpers.wording import cautions

# Populations and average annual changes as Insee printed them in POP T1 and T2M of its "dossiers complets",
# https://www.insee.fr/fr/statistiques/2011101?geo=COM-68040 (2018) and ?geo=COM-62468 (2019). Insee prints "–0,0" where the
# suite writes "0,0".
SERIES = {
    "COM-68040": (
        [(1968, 2169), (1975, 2117), (1982, 1922), (1990, 2052), (1999, 2123), (2008, 2119), (2013, 1988), (2018, 1974)],
        ["−0,3", "−1,4", "+0,8", "+0,4", "0,0", "−1,3", "−0,1"],
    ),
    "COM-62468": (
        [(1968, 248), (1975, 224), (1982, 243), (1990, 219), (1999, 232), (2008, 221), (2013, 222), (2019, 218)],
        ["−1,4", "+1,2", "−1,3", "+0,6", "−0,5", "+0,1", "−0,3"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("page", SERIES)
def test_average_annual_changes_are_those_that_insee_prints(page):
    points, printed = SERIES[page]
    changes = [
        float(annual_change(np.array([start]), np.array([end]), until - since)[0])
        for (since, start), (until, end) in pairwise(points)
    ]
    assert [french.number(value, digits=1, signed=True) for value in changes] == printed


def test_the_years_between_two_vintages_are_counted_not_supposed():
    # The last change of COM-62468, 2013 to 2019: five years in place of six would give −0,4.
    six, five = (float(annual_change(np.array([222.0]), np.array([218.0]), n)[0]) for n in (6, 5))
    assert french.number(six, digits=1) == "−0,3"
    assert french.number(five, digits=1) == "−0,4"
    population = pd.DataFrame(
        {
            "territory": "x",
            "year": [2013, 2019],
            "variable": "POP",
            "value": [222.0, 218.0],
            "origin": "insee",
            "source": "page",
        }
    )
    assert growth.change(population, since=2013, until=2019)["annual"].tolist() == pytest.approx([six])


@pytest.fixture(scope="module")
def communes(embedded):
    """The balances of every commune of France, 2013-2018: real figures, https://www.insee.fr/fr/statistiques/2521169."""
    tables = [
        store.read(name, folder=embedded).query("level == 'commune'").rename(columns={"code": "territory"})
        for name in ("population", "flows")
    ]
    return growth.balances(*tables, since=2013, until=2018)


def test_rounded_parts_need_not_add_up_and_are_never_computed_from_one_another(communes):
    # Insee prints −0,2 = +0,3 −0,6 of a small commune, 2013-2018 (POP T2M).
    rates = communes.dropna(subset=["annual", "annual_natural", "annual_migratory"])
    parts = ["annual", "annual_natural", "annual_migratory"]
    written = pd.DataFrame(
        {name: [french.number(rate, digits=1, signed=True) for rate in rates[name]] for name in parts}
    )
    alike = written[(written == ["−0,2", "+0,3", "−0,6"]).all(axis=1)]
    assert len(alike)
    rounded = rates.iloc[alike.index][parts].round(1)
    # Taken off from the rounded figures the apparent balance would be −0,5.
    assert (rounded["annual"] - rounded["annual_natural"]).round(1).eq(-0.5).all()
    assert (
        rates.iloc[alike.index]["annual_natural"] + rates.iloc[alike.index]["annual_migratory"]
    ).to_numpy() == pytest.approx(rates.iloc[alike.index]["annual"].to_numpy())


def test_no_change_is_written_with_a_minus(communes):
    # Insee prints "–0,0": here a change that rounds to nothing has no sign.
    tiny = communes.loc[communes["annual"].between(-0.049, -1e-9), "annual"]
    assert len(tiny) > 100
    assert {french.number(rate, digits=1, signed=True) for rate in tiny} == {"0,0"}


@pytest.mark.parametrize(
    ("code", "people"), [("59011", 10_887), ("59220", 18_310), ("59299", 18_579), ("59527", 12_909)]
)
def test_the_populations_of_2022_are_those_that_are_printed_with_the_rates_of_rp2022(code, people, embedded):
    # https://www.insee.fr/fr/statistiques/8290591
    table = store.read("population", folder=embedded, areas=[("commune", code)])
    assert table.loc[table["year"] == 2022, "value"].tolist() == [people]


def test_annoeullin_is_reported_to_be_near_the_threshold_of_the_yearly_surveys(embedded):
    # 10 780 inhabitants in 2021, 10 887 in 2022 (https://www.insee.fr/fr/statistiques/8290591): the census changes its method at
    # 10 000 (Économie et Statistique 483-485).
    table = store.read("population", folder=embedded, areas=[("commune", "59011")])
    people = table[table["origin"] == "insee"].set_index("year")["value"]
    assert (people[2021], people[2022]) == (10_780, 10_887)
    text = cautions.cautions(find_commune("59011"), since=2011, until=2022, people=people)
    (warning,) = [sentence for sentence in text if "seuil" in sentence]
    assert "seuil de 10\u202f000 habitants" in warning
    # https://www.insee.fr/fr/statistiques/8680726.
    assert "10\u202f847 en 2023" in warning
