"""The edition that Melodi gave is reported by its rows: vintage, list of communes and citation."""

from __future__ import annotations

import pytest

from helpers.sources.melodi_editions import date_text, describe_edition
from helpers.sources.melodi_tables import Reading
from helpers.sources.registry import find_source, load_registry

RECORDS = [source for source in load_registry().values() if source.dataset and not source.file]


def edition(identifier, years, geography=2027):
    return describe_edition(find_source(identifier), Reading({}, None, tuple(years), geography))


def test_a_later_census_is_cited_as_itself():
    """RP2024, with the censuses that go with it, in the list of communes of its rows."""
    found = edition("melodi_logement", (2013, 2018, 2024))
    assert found.citation == "Insee, RP2013, RP2018 et RP2024, exploitations principales"
    assert found.title == "Recensements 2013, 2018 et 2024, logements"
    assert (found.vintage, found.dates, found.geography) == (2024, (2013, 2018, 2024), 2027)
    series = edition("melodi_serie_historique", (1968, 1975, 1982, 1990, 1999, 2008, 2013, 2018, 2024))
    assert series.citation == "Insee, RP1968 à RP2024, exploitations principales ; état civil"
    assert series.vintage == 2024


def test_years_that_are_not_given_are_not_cited():
    assert edition("melodi_logement", (2023,)).citation == "Insee, RP2023, exploitation principale"
    assert edition("melodi_peuplement", (2017, 2023)).citation == (
        "Insee, RP2017 et RP2023, exploitations complémentaires"
    )
    assert edition("melodi_revenus", (2021,)).citation.endswith("Filosofi 2021")
    assert edition("melodi_naissances", range(2008, 2027)).citation.endswith("naissances de 2008 à 2026")


def test_rows_that_name_no_list_of_communes_have_none():
    assert edition("melodi_logement", (2023,), geography=None).geography is None


@pytest.mark.parametrize("source", RECORDS, ids=lambda source: source.id)
def test_the_edition_of_the_registry_is_cited_as_the_registry_does(source):
    spans = {
        "melodi_serie_historique": (1968, 2023),
        "melodi_naissances": (2008, 2025),
        "melodi_deces": (2008, 2025),
    }
    years = (
        spans.get(source.id)
        or source.dates
        or ((2021, 2023) if source.id == "melodi_revenus" else (source.vintage,))
    )
    found = describe_edition(source, Reading({}, None, years, source.geography))
    assert found.citation == source.citation
    assert found.geography == source.geography
    assert found.vintage == source.vintage


def test_a_text_without_a_year_is_left_as_it_is():
    assert date_text("Insee, état civil", [2024]) == "Insee, état civil"
