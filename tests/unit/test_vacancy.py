"""Vacancy by the census and by the tax file."""

from __future__ import annotations

import pytest
from frames import long

from helpers.indicators import vacancy

CENSUS = {("Hem", 2018): {"LOG": 7412.0, "LOGVAC": 247.0}}
TAX = {
    ("Hem", 2020): {"PP_TOTAL": 5000.0, "PP_VACANT": 260.0, "PP_VACANT_2ANS": 51.0},
    # The last year has no stock yet.
    ("Hem", 2021): {"PP_VACANT": 255.0, "PP_VACANT_2ANS": 40.0},
}


def measures(census=CENSUS, tax=TAX, year=2018):
    return vacancy.measures(long(census), long(tax, source="lovac"), territory="Hem", year=year)


def test_each_measure_keeps_its_own_field_date_and_stock():
    text = measures().set_index("label")
    assert text["year"].to_dict() == {vacancy.CENSUS: 2018, vacancy.TAX: 2020, vacancy.TAX_LONG: 2020}
    assert text["whole"].to_dict() == {vacancy.CENSUS: 7412, vacancy.TAX: 5000, vacancy.TAX_LONG: 5000}
    assert text["share"].to_dict() == pytest.approx(
        {vacancy.CENSUS: 100 * 247 / 7412, vacancy.TAX: 5.2, vacancy.TAX_LONG: 1.02}
    )
    assert text["field"].nunique() == 2
    assert text["sources"].to_dict() == {
        vacancy.CENSUS: "recensement", vacancy.TAX: "lovac", vacancy.TAX_LONG: "lovac",
    }  # fmt: skip
    # A register is no sample.
    assert text["count"].isna().to_dict() == {
        vacancy.CENSUS: False, vacancy.TAX: True, vacancy.TAX_LONG: True,
    }  # fmt: skip


def test_one_measure_is_reported_without_the_other():
    assert list(measures(tax={})["label"]) == [vacancy.CENSUS]
    assert list(measures(census={})["label"]) == [vacancy.TAX, vacancy.TAX_LONG]
    assert measures(census={}, tax={}).empty


def test_a_secret_count_leaves_out_its_measure_alone():
    secret = {("Hem", 2020): {"PP_TOTAL": 500.0, "PP_VACANT": 30.0}}
    assert list(measures(tax=secret)["label"]) == [vacancy.CENSUS, vacancy.TAX]


def test_a_nil_stock_has_no_rate():
    assert measures(census={("Hem", 2018): {"LOG": 0.0, "LOGVAC": 0.0}}, tax={}).empty


def test_a_rate_published_without_its_counts_is_reported_alone():
    rates = {("Hem", 2025): {"TX_VACANT": 3.56, "TX_VACANT_2ANS": 1.32}}
    text = measures(tax=rates).set_index("label")
    assert text["share"].to_dict() == pytest.approx(
        {vacancy.CENSUS: 100 * 247 / 7412, vacancy.TAX: 3.56, vacancy.TAX_LONG: 1.32}
    )
    assert text.loc[[vacancy.TAX, vacancy.TAX_LONG], ["value", "whole", "count"]].isna().all(axis=None)
    assert text.loc[vacancy.TAX, "year"] == 2025


def test_the_census_is_reported_at_its_last_date_and_never_before_the_one_asked():
    later = CENSUS | {("Hem", 2021): {"LOG": 7600.0, "LOGVAC": 228.0}}
    text = measures(census=later, tax={}).iloc[0]
    assert (text["year"], text["share"]) == (2021, pytest.approx(3.0))
    assert measures(census=later, tax={}, year=2021)["year"].tolist() == [2021]
