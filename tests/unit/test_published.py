from __future__ import annotations

import csv

import pytest

from helpers.errors import SourceError
from helpers.sources import published
from helpers.sources.published import COLUMNS

HEM = "https://www.insee.fr/en/statistiques/8206660?geo=COM-59299"
HEM_STOCK = "https://www.insee.fr/fr/statistiques/2028682?geo=COM-59299"
FACHES = "https://www.insee.fr/fr/statistiques/2020507?geo=COM-59220"
REGION = "https://insee.fr/en/statistiques/6455929?geo=REG-32"


def row(code="59299", kind="commune", page=HEM_STOCK, **cells):
    return {
        "territory_type": kind,
        "territory_code": code,
        "territory_name": "Hem",
        "source_table": "LOG T2",
        "variable": "logements",
        "category": "Ensemble",
        "year": "2006",
        "value": "6787",
        "unit": "nombre",
        "source_url": page,
        "note": "",
        **cells,
    }


@pytest.fixture
def select(tmp_path):
    """The tables and the pages that some published figures give."""

    def _select(*rows):
        path = tmp_path / "published.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, delimiter=";", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return published.select(published.read(path), path=path)

    return _select


def test_the_columns_listed_are_those_of_the_official_file(sources):
    with (sources / "published/published_facts.csv").open(encoding="utf-8") as file:
        assert file.readline().rstrip("\n").split(";") == COLUMNS


@pytest.mark.parametrize(
    "page",
    [HEM_STOCK, "http://insee.fr/fr/statistiques/2028682?geo=COM-59299", HEM, REGION],
)
def test_pages_of_insee_are_kept(select, page):
    tables, pages = select(row(page=page))
    assert tables["dwellings"]["value"].tolist() == [6787]
    assert pages["page"].tolist() == [page]


@pytest.mark.parametrize(
    "page",
    [
        "https://www.linternaute.com/ville/hem/ville-59299",
        "https://fr.wikipedia.org/wiki/Hem_(Nord)",
        "https://proxy.example/?u=https://www.insee.fr/fr/statistiques/2028682",
        "https://www.insee.fr.example.com/fr/statistiques/2028682",
        "https://xinsee.fr/fr/statistiques/2028682",
        "https://www.insee.fr/fr/information/2028682",
        "github:aubryprieur/streamlit_data_territoire insee_rp_evol_1968",
        "",
    ],
)
def test_figures_at_second_hand_are_left_out(select, page):
    tables, pages = select(row(page=page), row(code="59220", page=FACHES))
    assert tables["dwellings"]["code"].tolist() == ["59220"]
    assert pages["page"].tolist() == [FACHES]


@pytest.mark.parametrize(
    ("code", "kind", "level", "kept"),
    [
        ("59299", "commune", "commune", "59299"),
        ("2A004", "commune", "commune", "2A004"),
        ("COM-59299", "commune", "commune", "59299"),
        ("REG-32", "région", "region", "32"),
        ("DEP-59", "département", "departement", "59"),
    ],
)
def test_a_row_goes_to_the_level_of_its_territory(select, code, kind, level, kept):
    tables, _ = select(row(code, kind))
    assert tables["dwellings"][["level", "code"]].values.tolist() == [[level, kept]]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("EPCI-245900410", "EPCI"),
        ("EPCI-200093201", "EPCI"),
        ("UU2020-59702", "unité urbaine 2020"),
        ("AU2010-005", "aire urbaine 2010"),
        ("ARR-595", "arrondissement"),
        ("METRO-1", "France"),
        ("FE-1", "France"),
        ("FRANCE", "France"),
        ("REG-31", "région (ancienne)"),
    ],
)
def test_other_territories_never_pass_for_those_of_the_store(select, code, kind):
    tables, pages = select(row(code, kind), row(code="59220", page=FACHES))
    assert tables["dwellings"]["code"].tolist() == ["59220"]
    assert pages["page"].tolist() == [FACHES]


@pytest.mark.parametrize(
    ("table", "variable", "category", "target", "name"),
    [
        ("LOG T1", "logements", "Logements vacants", "dwellings", "LOGVAC"),
        ("LOG T2", "logements", "Appartements", "dwellings", "APPART"),
        ("LOG T3", "residences_principales_par_nombre_de_pieces", "5 pièces ou plus", "dwellings", "RP_5PP"),
        ("FAM T1", "composition_menages", "Famille monoparentale", "households", "C_MENFAMMONO"),
        ("FAM T1", "composition_menages", "Ensemble", "households", "C_MEN"),
        ("FAM T1", "composition_population_des_menages", "Ensemble", "households", "C_PMEN"),
        ("POP T1", "population_historique", "Population", "population", "POP"),
        ("POP T0", "population_par_age", "75 ans ou plus", "age_groups", "POP75P"),
    ],
)
def test_a_printed_category_becomes_a_variable_of_insee(select, table, variable, category, target, name):
    tables, _ = select(row(source_table=table, variable=variable, category=category))
    assert tables[target][["code", "year", "variable", "value"]].values.tolist() == [
        ["59299", 2006, name, 6787]
    ]
    assert all(frame.empty for other, frame in tables.items() if other != target)


@pytest.mark.parametrize(
    "cells",
    [
        {"source_table": "LOG T4"},
        {"variable": "logements_autres"},
        {"category": "Densité moyenne (hab/km2)"},
        {"value": ""},
    ],
)
def test_what_the_store_has_no_place_for_is_left_out(select, cells):
    tables, _ = select(row(**cells))
    assert all(frame.empty for frame in tables.values())


def test_people_of_a_composition_are_not_taken_for_households(select):
    # FAM T1 prints households and their people under the same categories.
    tables, _ = select(
        row(source_table="FAM T1", variable="composition_population_des_menages", category="Femmes seules")
    )
    assert tables["households"].empty


def test_the_composition_of_the_households_of_hem_is_read(select):
    # https://www.insee.fr/en/statistiques/8206660?geo=COM-59299, FAM T1, 2021.
    printed = {
        "Ensemble": 7118,
        "Ménages d'une personne": 1910,
        "Hommes seuls": 707,
        "Femmes seules": 1203,
        "Autres ménages sans famille": 90,
        "Couple sans enfant": 1725,
        "Couple avec enfant(s)": 2359,
        "Famille monoparentale": 1034,
    }
    tables, _ = select(
        *(
            row(
                page=HEM, source_table="FAM T1", variable="composition_menages", category=category,
                year="2021", value=str(value),
            )
            for category, value in printed.items()
        )
    )  # fmt: skip
    read = dict(zip(tables["households"]["variable"], tables["households"]["value"], strict=True))
    assert read["C_MENPSEUL"] == read["C_MENHSEUL"] + read["C_MENFSEUL"] == 1910
    families = ["C_MENCOUPSENF", "C_MENCOUPAENF", "C_MENFAMMONO"]
    parts = read["C_MENPSEUL"] + read["C_MENSFAM"] + sum(read[name] for name in families)
    assert parts == read["C_MEN"] == 7118


def test_the_stock_of_faches_is_read(select):
    # https://www.insee.fr/fr/statistiques/2020507?geo=COM-59220, LOG T2, 2013.
    printed = {
        "Ensemble": 7315,
        "Résidences principales": 6911,
        "Résidences secondaires et logements occasionnels": 25,
        "Logements vacants": 379,
    }
    tables, pages = select(
        *(
            row(code="59220", page=FACHES, category=category, year="2013", value=str(value))
            for category, value in printed.items()
        )
    )
    read = dict(zip(tables["dwellings"]["variable"], tables["dwellings"]["value"], strict=True))
    assert read == {"LOG": 7315, "RP": 6911, "RSECOCC": 25, "LOGVAC": 379}
    assert pages.to_dict("records") == [
        {
            "id": "publie-2020507-COM-59220",
            "citation": "Insee, chiffres détaillés publiés, exploitation principale",
            "exploitation": "principale",
            "page": FACHES,
        }
    ]


def test_two_exploitations_of_one_page_are_two_sources(select):
    size = "Nombre moyen d'occupants par résidence principale"
    tables, pages = select(
        row(page=HEM, source_table="FAM T1", variable="composition_menages"),
        row(
            page=HEM, source_table="FAM G1", variable="taille_moyenne_des_menages", category=size, value="2.6"
        ),
    )
    source = dict(zip(tables["households"]["variable"], tables["households"]["source"], strict=True))
    exploitation = dict(zip(pages["id"], pages["exploitation"], strict=True))
    assert exploitation[source["C_MEN"]] == "complémentaire"
    assert exploitation[source["TMM"]] == "principale"
    assert all(kind in text for kind, text in zip(pages["exploitation"], pages["citation"], strict=True))


def test_a_figure_printed_twice_is_kept_once(select):
    tables, _ = select(row(), row(page=FACHES))
    assert len(tables["dwellings"]) == 1


def test_a_figure_that_is_no_number_names_its_line_in_the_file(select):
    with pytest.raises(SourceError, match=r"ligne 4, colonne value : '6 787'"):
        select(row(page="https://elsewhere.example"), row(code="59220"), row(value="6 787"))


def test_a_published_file_without_a_column_is_refused(tmp_path):
    path = tmp_path / "published.csv"
    path.write_text(";".join(column for column in COLUMNS if column != "source_url") + "\n", encoding="utf-8")
    with pytest.raises(SourceError, match=": source_url"):
        published.read(path)


def test_the_words_of_the_second_file_are_those_of_the_first(tmp_path):
    path = tmp_path / "published.csv"
    rows = [
        row(category="1919-1945", variable="residences_principales_achevement"),
        row(category="avant 1919 x Résidences principales", variable="logements_categorie_achevement"),
        row(category="RP construites avant 2012", variable="residences_principales_achevement"),
        row(category="De 1919 à 1945", variable="residences_principales_par_periode_d_achevement"),
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    read = published.read(path)
    assert read["category"].tolist() == [
        "De 1919 à 1945", "Avant 1919 | Résidences principales", "Résidences principales construites avant 2012",
        "De 1919 à 1945",
    ]  # fmt: skip
    assert read["variable"].tolist()[::3] == ["residences_principales_par_periode_d_achevement"] * 2


def test_tenures_are_read_beside_areas(select):
    """Roubaix in 2010: https://www.insee.fr/fr/statistiques/2044398?geo=COM-59512."""
    crossed = {
        "source_table": "PRINC26 (ensemble)",
        "variable": "rp_superficie_statut",
        "year": "2010",
        "code": "59512",
    }
    tables, _ = select(
        row(category="Propriétaire x Ensemble", value="13112", **crossed),
        row(category="Propriétaire x Moins de 40 m²", value="301", **crossed),
        row(category="Locataire vide HLM x Ensemble", value="12360", **crossed),
    )
    assert tables["dwellings"][["variable", "value"]].values.tolist() == [
        ["RP_PROP", 13112],
        ["RP_LOCHLMV", 12360],
    ]
