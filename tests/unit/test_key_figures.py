"""The figures a diagnostic opens with."""

from __future__ import annotations

import pandas as pd
import pytest
from tidy import long

from helpers.indicators import key_figures
from helpers.sheet import open_sheet


def tables(**changes):
    both = {
        "population": long({(name, year): {"POP": value} for name, factor in (("Hem", 1), ("MEL", 10)) for year, value in {2013: 100.0 * factor, 2018: 110.0 * factor, 2022: 120.0 * factor}.items()}),
        "dwellings": long({(name, 2018): {"LOG": 50.0, "RP": 40.0, "RSECOCC": 5.0, "LOGVAC": 5.0, "RP_PROP": 10.0} for name in ("Hem", "MEL")}),
        "social_housing": long({(name, 2024): {"RPLS": 8.0} for name in ("Hem", "MEL")}),
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
        "Nombre d’habitants, 2022": "120",
        "Évolution annuelle moyenne de la population, 2013-2018": "+1,9\u00a0%\u00a0par\u00a0an",
        "Nombre de logements, 2018": "50",
        "Part des logements vacants, 2018": "10,0\u00a0%",
        "Part des résidences principales occupées par leur propriétaire, 2018": "25,0\u00a0%",
        "Logements sociaux (RPLS) en 2024 pour 100 résidences principales en 2018": "20,0",
        "Niveau de vie médian, 2019": "21\u202f000\u00a0€",
    }
    assert figures.loc["Part des logements vacants, 2018", "comparison"] == "MEL : 10,0\u00a0%"


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
    assert gathered(population=people).loc["Nombre d’habitants, 2018", "written"] == "110"


@pytest.mark.parametrize(("table", "lost"), [("dwellings", 4), ("social_housing", 1), ("income", 1)])
def test_a_figure_that_is_not_at_hand_gives_no_line(table, lost):
    none = tables()[table].iloc[:0]
    assert len(gathered(**{table: none})) == 7 - lost


def test_a_figure_compared_with_a_simulated_one_is_simulated():
    homes = tables()["dwellings"]
    homes.loc[homes["territory"] == "MEL", "origin"] = "demonstration"
    origins = gathered(dwellings=homes)["origin"]
    assert origins["Part des logements vacants, 2018"] == "demonstration"
    assert origins["Nombre de logements, 2018"] == origins["Nombre d’habitants, 2022"] == "insee"


def test_the_key_figures_of_annoeullin_are_those_published():
    # 10 887 inhabitants in 2022 (https://www.insee.fr/fr/statistiques/8290591); median of 22 370 € (Filosofi 2019,
    # https://www.insee.fr/fr/statistiques/6036907).
    sheet = open_sheet("59011")
    names = ("population", "dwellings", "social_housing", "income")
    figures = key_figures.gather(
        {name: sheet.table(name) for name in names}, commune="Annœullin", since=2013, until=2018
    )
    written = figures.set_index("indicator")["written"]
    assert written["Nombre d’habitants, 2022"] == "10\u202f887"
    assert written["Niveau de vie médian, 2019"] == "22\u202f370\u00a0€"
    assert set(figures["origin"]) == {"insee"}
