"""Indicators of the registry, from published counts to the rates that are published with them."""

from __future__ import annotations

import pandas as pd
import pytest
from measuring import measure

from helpers import french, paths, store
from helpers.indicators.registry import find

COLUMNS = ["territory", "year", "variable", "value", "origin", "source"]


def table(rows):
    """`{(year, variable): value}` of one territory, as the sheet gives a table."""
    frame = pd.DataFrame(
        [("x", year, variable, float(value), "insee", "page") for (year, variable), value in rows.items()],
        columns=COLUMNS,
    )
    return frame


def text(identifier, tables, *, since=2013, until=2018, digits=1):
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
    assert text(identifier, {"age_groups": table(groups)}, until=year) == printed


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
    assert text("taille_menages", tables, until=year, digits=2) == french.number(printed, digits=2)


# https://www.insee.fr/fr/statistiques/7634038?geo=EPCI-200093201, FAM T1 and FAM G1.
METROPOLIS = {2009: (473_766, 1_112_371), 2014: (495_251, 1_137_629), 2020: (521_265, 1_158_541)}


@pytest.mark.parametrize(("year", "printed"), [(2009, "2,35"), (2014, "2,30"), (2020, "2,22")])
def test_the_size_of_the_households_of_the_metropolis(year, printed):
    homes, people = METROPOLIS[year]
    tables = {"households": table({(year, "PMEN"): people}), "dwellings": table({(year, "RP"): homes})}
    assert text("taille_menages", tables, until=year, digits=2) == printed


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
    assert text("point_mort", tables, since=1999, until=2009, digits=0) == "879"
    assert text("effet_demographique", tables, since=1999, until=2009, digits=0) == "−32"
    assert text("desserrement", tables, since=1999, until=2009, digits=0) == "643"


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
    # LOG, RP, RSECOCC, LOGVAC of the same page, and the rate that they give.
    counts = {
        2010: (783, 741, 7, 35), 2015: (880, 845, 1, 35), 2021: (906, 878, 6, 22),
    }[year]  # fmt: skip
    known = homes[homes["year"] == year].set_index("variable")["value"]
    assert tuple(known[["LOG", "RP", "RSECOCC", "LOGVAC"]]) == counts
    # 880 = 845 + 1 + 35 but for a rounding.
    assert sum(counts[1:]) == pytest.approx(counts[0], abs=1)
    assert value == pytest.approx({2010: 4.47, 2015: 3.98, 2021: 2.43}[year], abs=0.005)


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
        assert text("densite", tables, until=year) == french.number(
            page["Densité moyenne (hab/km2)"], digits=1
        ), year


@pytest.mark.parametrize(
    ("vacant", "stock", "printed"), [(646, 5_539, "11,7")], ids=["Saint-André-lez-Lille"]
)
def test_the_vacancy_of_the_tax_file_is_over_the_private_stock(vacant, stock, printed):
    # LOVAC, open data by commune: https://www.data.gouv.fr/fr/datasets/logements-vacants-du-parc-prive-par-commune-departement-region-france/
    tables = {"vacancy": table({(2024, "PP_VACANT"): vacant, (2024, "PP_TOTAL"): stock})}
    assert text("vacance_fiscale", tables) == printed


def test_small_households_in_large_homes_of_the_former_metropolis(published):
    # Persons by rooms: https://www.insee.fr/fr/statistiques/4515909?sommaire=4515952&geo=EPCI-245900410, PRINC3.
    page = published(
        "EPCI-245900410", "PRINC3 (ensemble)", "residences_principales_par_pieces_et_taille_du_menage", 2017
    )
    rooms = {"RP_1P": "1 pièce", "RP_2P": "2 pièces", "RP_3P": "3 pièces", "RP_4P": "4 pièces"}
    large, small = ("5 pièces", "6 pièces ou plus"), ("1 personne", "2 personnes")
    crossed = sum(page[f"{home} | {household}"] for home in large for household in small)
    exact = 100 * crossed / page["Ensemble | Ensemble"]
    assert french.number(exact, digits=1) == "18,2"
    homes = {(2017, code): page[f"{label} | Ensemble"] for code, label in rooms.items()}
    homes |= {
        (2017, "RP_5PP"): sum(page[f"{home} | Ensemble"] for home in large), (2017, "RP"): page["Ensemble | Ensemble"],
    }  # fmt: skip
    sizes = {
        (2017, f"MEN_{size}"): page[f"Ensemble | {size} personne{'s' * (size > 1)}"] for size in range(1, 6)
    }
    sizes[2017, "MEN_6P"] = page["Ensemble | 6 personnes ou plus"]
    tables = {"dwellings": table(homes), "households": table(sizes)}
    least, most = (
        measure(find(f"petits_menages_grands_logements_{bound}"), tables, since=2012, until=2017)[
            "value"
        ].iloc[0]
        for bound in ("min", "max")
    )
    # The crossing is not in the tables by commune: what they give, its two margins, holds the figure.
    assert least <= exact <= most
    assert least < most < 50


def test_one_exploitation_is_used_in_one_calculation():
    # Insee, Lys-lez-Lannoy (59367) in 2021: the counts of FAM T1 (complémentaire) give 2,34 persons by household, where FAM G1
    # prints 2,33 (principale): the two are never mixed.
    sampled = {"households": table({(2021, "PMEN"): 14_113}), "dwellings": table({(2021, "RP"): 6_038})}
    assert text("taille_menages", sampled, until=2021, digits=2) == "2,34"
    assert text("taille_menages", sampled, until=2021, digits=3) == "2,337"
    assert find("taille_menages").exploitation == "principale"
    assert find("personnes_seules").exploitation == "complémentaire"


@pytest.mark.parametrize(
    ("territory", "table_name", "year", "printed"),
    [
        # Seniority of households: https://www.insee.fr/fr/statistiques/2044348?geo=REG-31, LOG T6; the page prints the counts
        # and the population of these households.
        ("REG-31", "LOG T6", 2010, {"Depuis moins de 2 ans": 199_650, "10 ans ou plus": 854_952}),
    ],
)
def test_recent_and_long_stays_are_shares_of_the_households_of_their_page(
    territory, table_name, year, printed, published
):
    counts = published(territory, table_name, "anciennete_d_emmenagement_menages", year)
    assert {label: counts[label] for label in printed} == printed
    codes = {
        "RP": "Ensemble", "MEN_ANEM0002": "Depuis moins de 2 ans", "MEN_ANEM0204": "De 2 à 4 ans", "MEN_ANEM0509": "De 5 à 9 ans",
        "MEN_ANEM10P": "10 ans ou plus",
    }  # fmt: skip
    tables = {"dwellings": table({(year, code): counts[label] for code, label in codes.items()})}
    known = {
        name: text(name, tables, until=year)
        for name in ("installes_2", "installes_2_4", "installes_5_9", "installes_10")
    }
    assert known == {
        "installes_2": "12,2",
        "installes_2_4": "18,9",
        "installes_5_9": "16,9",
        "installes_10": "52,0",
    }


def test_persons_by_home_are_those_that_the_page_of_the_same_households_gives(published):
    # The same page gives the people of these households: 2,41 persons by home, the mean size of households.
    homes, people = (
        published("REG-31", "LOG T6", f"anciennete_d_emmenagement_{kind}", 2010)["Ensemble"]
        for kind in ("menages", "population_des_menages")
    )
    tables = {"households": table({(2010, "PMEN"): people}), "dwellings": table({(2010, "RP"): homes})}
    assert text("taille_menages", tables, until=2010, digits=2) == "2,41"
