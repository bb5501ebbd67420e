"""Indicators of the registry, from published counts to the rates that are published with them."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers import french, paths, store
from helpers.indicators.record import measure
from helpers.indicators.registry import find

COLUMNS = ["territory", "year", "variable", "value", "origin", "source"]


def table(rows):
    """`{(year, variable): value}` of one territory, as the sheet gives a table."""
    frame = pd.DataFrame(
        [("x", year, variable, float(value), "insee", "page") for (year, variable), value in rows.items()],
        columns=COLUMNS,
    )
    return frame


def told(identifier, tables, *, since=2013, until=2018, digits=1):
    """The value of an indicator as a page prints it."""
    (value,) = measure(find(identifier), tables, since=since, until=until)["value"]
    return french.number(value, digits=digits)


@pytest.fixture(scope="module")
def published():
    """The figures read on the pages of Insee, by territory, table, year and category; each has its address in the file."""
    frame = pd.read_csv(paths.EMBEDDED / "published_facts.csv", sep=";", dtype="str").astype(
        {"value": "float64"}
    )
    frame = frame[frame["source_url"].str.match(r"https://(?:www\.)?insee\.fr/")]

    def _published(territory, page_table, variable, year):
        chosen = frame[
            (frame["territory_code"] == territory) & (frame["source_table"] == page_table)
            & (frame["variable"] == variable) & (frame["year"] == str(year))
        ]  # fmt: skip
        assert len(chosen)
        return chosen.drop_duplicates("category").set_index("category")["value"]

    return _published


# Ages: https://www.insee.fr/fr/statistiques/2132415?geo=EPCI-245900410 and the page of 2013, POP T3. The index is the one
# that Insee and the ANCT define: 100 × 65 and over / under 20.
@pytest.mark.parametrize(
    ("year", "identifier", "printed"),
    [(2011, "vieillissement", "47,1"), (2013, "vieillissement", "48,5"), (2011, "dependance", "67,6")],
)
def test_the_structure_of_the_ages_of_the_former_metropolis(year, identifier, printed, published):
    people = published("EPCI-245900410", "POP T3", "population_par_sexe_et_age", year)
    codes = {"0 à 19 ans": "0019", "20 à 64 ans": "2064", "65 ans ou plus": "65P"}
    groups = {
        (year, f"{sex[0]}{code}"): people[f"{ages} | {sex}"]
        for ages, code in codes.items()
        for sex in ("Hommes", "Femmes")
    }
    assert told(identifier, {"age_groups": table(groups)}, until=year) == printed


# Household sizes: FAM G1 against the counts of FAM T1 (exploitations complémentaires), on the same pages.
@pytest.mark.parametrize(
    ("territory", "year"),
    [
        # https://insee.fr/en/statistiques/6455929?geo=REG-32 and the page of 2020
        *(("REG-32", year) for year in (2008, 2009, 2013, 2014, 2019, 2020)),
        # https://www.insee.fr/fr/statistiques/8569208?geo=FE-1
        *(("FE-1", year) for year in (2011, 2016, 2022)),
    ],
)
def test_the_size_of_households_is_the_one_that_insee_prints(territory, year, published):
    people = published(territory, "FAM T1", "composition_population_des_menages", year)["Ensemble"]
    homes = published(territory, "FAM T1", "composition_menages", year)["Ensemble"]
    (printed,) = published(territory, "FAM G1", "taille_moyenne_des_menages", year)
    tables = {"households": table({(year, "PMEN"): people}), "dwellings": table({(year, "RP"): homes})}
    assert told("taille_menages", tables, until=year, digits=2) == french.number(printed, digits=2)


# https://www.insee.fr/fr/statistiques/7634038?geo=EPCI-200093201, FAM T1 and FAM G1.
METROPOLIS = {2009: (473_766, 1_112_371), 2014: (495_251, 1_137_629), 2020: (521_265, 1_158_541)}


@pytest.mark.parametrize(("year", "printed"), [(2009, "2,35"), (2014, "2,30"), (2020, "2,22")])
def test_the_size_of_the_households_of_the_metropolis(year, printed):
    homes, people = METROPOLIS[year]
    tables = {"households": table({(year, "PMEN"): people}), "dwellings": table({(year, "RP"): homes})}
    assert told("taille_menages", tables, until=year, digits=2) == printed


@pytest.mark.parametrize(
    ("since", "until", "decohabitation", "demographic"),
    [(2009, 2014, 2097.9, 2199.1), (2014, 2020, 2767.5, 1568.2)],
)
def test_the_metropolis_took_its_homes_from_smaller_households_and_from_more_people(
    since, until, decohabitation, demographic
):
    # The counts of the same page, by hand: D = people0 / T1 − homes0, E = (people1 − people0) / T1, a year.
    rows, flows = {}, {}
    for year in (since, until):
        homes, people = METROPOLIS[year]
        rows |= {(year, "LOG"): homes, (year, "RP"): homes, (year, "RSECOCC"): 0, (year, "LOGVAC"): 0}
        flows |= {(year, "PMEN"): people}
    tables = {
        "dwellings": table(rows),
        "households": table(flows),
        "flows": table({(until, "LOGCOM"): 0}).assign(since=since),
    }
    values = [
        measure(find(name), tables, since=since, until=until)["value"].iloc[0]
        for name in ("desserrement", "effet_demographique")
    ]
    assert values == pytest.approx([decohabitation, demographic], abs=0.05)


def test_the_terms_of_the_point_mort_of_valenciennes_add_up_as_published():
    # nord.gouv.fr, porter à connaissance du PLH de la CA de Valenciennes Métropole, « Méthode du point mort », 1999-2009, a
    # year: renewal 109, desserrement 643, vacant and second homes 127, point mort 879, demographic effect −32.
    years, size, homes = 10, 2.4, 60_000
    lived = homes + 643 * years
    stock = {
        "RP": (homes, lived - 32 * years),
        "LOGVAC": (5_000, 5_000 + 100 * years),
        "RSECOCC": (500, 500 + 27 * years),
    }
    rows = {
        (year, name): pair[rank] for name, pair in stock.items() for rank, year in enumerate((1999, 2009))
    }
    rows |= {
        (year, "LOG"): sum(pair[rank] for pair in stock.values()) for rank, year in enumerate((1999, 2009))
    }
    started = rows[2009, "LOG"] - rows[1999, "LOG"] + 109 * years
    tables = {
        "dwellings": table(rows),
        "households": table({(1999, "PMEN"): lived * size, (2009, "PMEN"): (lived - 32 * years) * size}),
        "flows": table({(2009, "LOGCOM"): started}).assign(since=1999),
    }
    assert started / years == pytest.approx(879 - 32)
    assert told("point_mort", tables, since=1999, until=2009, digits=0) == "879"
    assert told("effet_demographique", tables, since=1999, until=2009, digits=0) == "−32"
    assert told("desserrement", tables, since=1999, until=2009, digits=0) == "643"


@pytest.mark.parametrize(
    ("year", "printed"),
    # LOG T1 and its vacancy rates, https://www.insee.fr/fr/statistiques/8201670?geo=COM-59303
    [(2010, 4.5), (2015, 3.9), (2021, 2.5)],
)
def test_the_vacancy_of_herlies_is_the_one_that_insee_prints(year, printed, embedded):
    homes = store.read("dwellings", folder=embedded, areas=[("commune", "59303")])
    homes = homes[homes["origin"] == "insee"].rename(columns={"code": "territory"})
    (value,) = measure(find("vacance"), {"dwellings": homes}, since=year - 5, until=year)["value"]
    # Insee divides counts that it does not round: from those it prints, the rate is within a tenth of a point.
    assert value == pytest.approx(printed, abs=0.1)


@pytest.mark.parametrize(
    ("territory", "years", "within"),
    [
        # https://insee.fr/en/statistiques/7633152?geo=REG-32, POP T1
        (
            "REG-32",
            (1968, 1975, 1982, 1990, 1999, 2009, 2014, 2020),
            lambda communes: communes["region"] == "32",
        ),
        # https://www.insee.fr/fr/statistiques/6455183?geo=METRO-1, POP T1
        (
            "METRO-1",
            (1968, 1975, 1982, 1990, 1999, 2008, 2013, 2019),
            lambda communes: ~communes["department"].str.startswith("97"),
        ),
    ],
    ids=["REG-32", "METRO-1"],
)
def test_densities_are_those_that_insee_prints(territory, years, within, published, embedded):
    communes = store.read_reference("territories", folder=embedded)
    area = communes.loc[within(communes), "area"].sum()
    for year in years:
        page = published(territory, "POP T1", "population_historique", year)
        tables = {
            "population": table({(year, "POP"): page["Population"]}),
            "territories": pd.DataFrame({"territory": ["x"], "area": [area]}),
        }
        assert told("densite", tables, until=year) == french.number(
            page["Densité moyenne (hab/km2)"], digits=1
        ), year


@pytest.mark.parametrize(
    ("vacant", "stock", "printed"), [(646, 5_539, "11,7")], ids=["Saint-André-lez-Lille"]
)
def test_the_vacancy_of_the_tax_file_is_over_the_private_stock(vacant, stock, printed):
    # LOVAC, open data by commune: https://www.data.gouv.fr/fr/datasets/logements-vacants-du-parc-prive-par-commune-departement-region-france/
    tables = {"vacancy": table({(2024, "PP_VACANT"): vacant, (2024, "PP_TOTAL"): stock})}
    assert told("vacance_fiscale", tables) == printed
