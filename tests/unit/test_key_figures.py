"""The figures a diagnostic opens with."""

from __future__ import annotations

import pandas as pd
import pytest
from frames import long

from helpers.diagnostic import Diagnostic
from helpers.indicators import key_figures


def tables(**changes):
    both = {
        "population": long({(name, year): {"POP": value} for name, factor in (("Hem", 1), ("MEL", 10)) for year, value in {2013: 1000.0 * factor, 2018: 1100.0 * factor, 2022: 1200.0 * factor}.items()}),
        "dwellings": long({(name, 2018): {"LOG": 5000.0, "RP": 4000.0, "RSECOCC": 500.0, "LOGVAC": 500.0, "RP_PROP": 1000.0} for name in ("Hem", "MEL")}),
        "social_housing": long({(name, 2024): {"RPLS": 800.0} for name in ("Hem", "MEL")}),
        "income": long({("Hem", 2019): {"MED": 21_000.0}}),
    }  # fmt: skip
    for name, frame in both.items():
        frame = changes.get(name, frame)
        both[name] = frame.assign(
            territory=pd.Categorical(frame["territory"], categories=["Hem", "MEL"], ordered=True)
        )
    return both


def gathered(**changes):
    frame = key_figures.gather(tables(**changes), commune="Hem", since=2013, until=2018)
    return frame.set_index("indicator")


def test_each_figure_is_written_beside_that_of_the_first_territory_of_comparison():
    figures = gathered()
    assert figures["written"].to_dict() == {
        "Nombre d’habitants, 2022": "1\u202f200",
        "Évolution annuelle moyenne de la population, 2013-2018": "+1,9\u00a0%\u00a0par\u00a0an",
        "Nombre de logements, 2018": "5\u202f000",
        "Part des logements vacants, 2018": "10,0\u00a0%",
        "Part des résidences principales occupées par leur propriétaire, 2018": "25,0\u00a0%",
        "Logements sociaux (RPLS) en 2024 pour 100 résidences principales en 2018": "20,0",
        "Niveau de vie médian, 2019": "21\u202f000\u00a0€",
    }
    assert figures.loc["Part des logements vacants, 2018", "comparison"] == "MEL : 10,0\u00a0%, comme ici"


def test_counts_are_not_compared_with_those_of_a_larger_territory():
    figures = gathered()
    assert (
        figures.loc["Nombre d’habitants, 2022", "comparison"]
        == figures.loc["Nombre de logements, 2018", "comparison"]
        == ""
    )


def test_a_figure_with_its_own_date_is_the_last_one_of_the_commune():
    # The commune is unknown since 2018 (a split), the larger territory is known in 2022.
    people = tables()["population"]
    people = people[(people["territory"] != "Hem") | (people["year"] < 2022)]
    assert gathered(population=people).loc["Nombre d’habitants, 2018", "written"] == "1\u202f100"


@pytest.mark.parametrize(("table", "lost"), [("dwellings", 4), ("social_housing", 1), ("income", 1)])
def test_a_figure_that_is_not_at_hand_gives_no_line(table, lost):
    none = tables()[table].iloc[:0]
    assert len(gathered(**{table: none})) == 7 - lost


def panel(size, *, vacant=500.0):
    """The homes of the commune, the most vacant of all, and of comparable ones."""
    codes = ["59299", *(f"5900{rank}" for rank in range(size))]
    counts = {"LOG": 5000.0, "RP": 4000.0, "RSECOCC": 500.0, "RP_PROP": 1000.0}
    return {
        "dwellings": long(
            {(code, 2018): {**counts, "LOGVAC": vacant if code == "59299" else 100.0} for code in codes}
        )
    }


def beside_panel(size, **options):
    frame = key_figures.gather(
        tables(), commune="Hem", since=2013, until=2018, panel=panel(size, **options), code="59299"
    )
    return frame.set_index("indicator")["comparable"]


def test_a_figure_is_reported_beside_the_median_of_the_panel_with_its_rank():
    text = beside_panel(8)
    assert (
        text["Part des logements vacants, 2018"]
        == "Communes comparables : médiane 2,0\u00a0%, dans le quart le plus élevé, rang 1\u00a0/\u00a09"
    )
    # Numbers of homes are not compared, and the panel knows no people.
    assert text["Nombre de logements, 2018"] == ""
    assert text["Évolution annuelle moyenne de la population, 2013-2018"] == ""


def test_a_panel_of_fewer_than_eight_communes_tells_nothing():
    assert set(beside_panel(7)) == {""}


def test_a_figure_that_is_not_significant_is_compared_with_none():
    homes = tables()["dwellings"]
    homes.loc[homes["variable"] == "LOGVAC", "value"] = 3.0
    frame = key_figures.gather(
        tables(dwellings=homes), commune="Hem", since=2013, until=2018, panel=panel(8), code="59299"
    ).set_index("indicator")
    row = frame.loc["Part des logements vacants, 2018"]
    assert row["comparable"] == ""
    assert "ici" not in row["comparison"]


def test_a_figure_compared_with_a_simulated_one_is_simulated():
    homes = tables()["dwellings"]
    homes.loc[homes["territory"] == "MEL", "origin"] = "demonstration"
    origins = gathered(dwellings=homes)["origin"]
    assert origins["Part des logements vacants, 2018"] == "demonstration"
    assert origins["Nombre de logements, 2018"] == origins["Nombre d’habitants, 2022"] == "insee"


def test_the_key_figures_of_annoeullin_are_those_published():
    # 10 847 inhabitants in 2023 (https://www.insee.fr/fr/statistiques/8680726); median of 22 370 € (Filosofi 2019,
    # https://www.insee.fr/fr/statistiques/6036907).
    d = Diagnostic.open("59011")
    names = ("population", "dwellings", "social_housing", "income")
    figures = key_figures.gather(
        {name: d.table(name) for name in names}, commune="Annœullin", since=2013, until=2018
    )
    written = figures.set_index("indicator")["written"]
    assert written["Nombre d’habitants, 2023"] == "10\u202f847"
    assert written["Niveau de vie médian, 2021"] == "23\u202f710\u00a0€"
    assert set(figures["origin"]) == {"insee"}


def test_a_figure_that_rests_on_too_few_is_not_written_nor_ranked_and_the_population_always_is():
    few = long({(name, 2018): {"LOG": 50.0, "RP": 40.0, "LOGVAC": 5.0} for name in ("Hem", "MEL")})
    people = long({("Hem", year): {"POP": 41.0} for year in (2013, 2018)})
    figures = gathered(dwellings=few, population=people)
    assert figures.loc["Nombre d’habitants, 2018", "written"] == "41"
    assert figures.loc["Nombre de logements, 2018", "written"] == "50\u00a0**"
    assert figures.loc["Part des logements vacants, 2018", ["written", "verdict"]].tolist() == [
        "n.s.",
        "n.s.",
    ]


@pytest.mark.parametrize(
    ("vacant", "written"),
    [(3.0, "n.s."), (199.0, "10,0\u00a0%\u00a0**"), (200.0, "10,0\u00a0%\u00a0*"), (500.0, "25,0\u00a0%")],
)
def test_a_figure_is_marked_by_what_it_rests_on(vacant, written):
    homes = long({("Hem", 2018): {"LOG": 2000.0, "RP": 1500.0, "LOGVAC": vacant}})
    assert gathered(dwellings=homes).loc["Part des logements vacants, 2018", "written"] == written


def test_the_change_of_the_population_is_reported_over_the_years_of_its_balances(embedded):
    d = Diagnostic.open("59299")
    assert d.counted_since != d.since
    text = [line for line in d.key_figures().text if line.startswith("Évolution annuelle moyenne")]
    assert [f"{d.counted_since}-{d.until}" in line for line in text] == [True]


@pytest.mark.parametrize(
    ("second", "label"),
    [(3000.0, "Part des résidences secondaires"), (400.0, "Part des logements vacants")],
)
def test_second_homes_take_the_place_of_vacant_ones_where_they_make_the_stock(second, label):
    counts = {"LOG": 5000.0, "RP": 1500.0, "RSECOCC": second, "LOGVAC": 500.0, "RP_PROP": 1000.0}
    shown = gathered(dwellings=long({("Hem", 2018): counts, ("MEL", 2018): counts})).index
    homes = [name for name in shown if "vacants" in name or "secondaires" in name]
    assert [name.startswith(label) for name in homes] == [True]
