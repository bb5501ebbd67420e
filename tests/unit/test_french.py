from __future__ import annotations

import math
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from helpers import french

THIN, HARD, MINUS = "\u202f", "\u00a0", "\u2212"

figures = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False)
digits = st.integers(min_value=0, max_value=3)


@pytest.mark.parametrize(
    ("value", "options", "expected"),
    [
        (0, {}, "0"),
        (999, {}, "999"),
        (1000, {}, f"1{THIN}000"),
        (1234567, {}, f"1{THIN}234{THIN}567"),
        (1234.5, {"digits": 1}, f"1{THIN}234,5"),
        (-1234.56, {"digits": 1}, f"{MINUS}1{THIN}234,6"),
        (3, {"digits": 2}, "3,00"),
        (3, {"signed": True}, "+3"),
        (-3, {"signed": True}, f"{MINUS}3"),
        (0, {"signed": True}, "0"),
        (np.float64(2.5), {"digits": 1}, "2,5"),
        (np.int64(-7), {}, f"{MINUS}7"),
    ],
)
def test_a_number_is_written_as_the_french_write_it(value, options, expected):
    assert french.number(value, **options) == expected


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (-2.5, 0, f"{MINUS}3"),
        (0.05, 1, "0,1"),
        (-0.25, 1, f"{MINUS}0,3"),
        # 1.005 is a little less than 1.005 in binary; what was written is what is rounded.
        (1.005, 2, "1,01"),
    ],
)
def test_halves_are_rounded_away_from_zero(value, places, expected):
    assert french.number(value, digits=places) == expected


@pytest.mark.parametrize(("value", "places"), [(-0.0, 0), (-0.4, 0), (-0.04, 1), (-0.0049, 2)])
@pytest.mark.parametrize("signed", [True, False])
def test_what_rounds_to_zero_bears_no_sign(value, places, signed):
    assert french.number(value, digits=places, signed=signed) == ("0," + "0" * places if places else "0")


@pytest.mark.parametrize(
    "value", [None, math.nan, np.nan, pd.NA, pd.NaT, math.inf, -math.inf], ids=lambda value: repr(value)
)
@pytest.mark.parametrize(
    "written",
    [french.number, french.count, french.percent, french.per_mille, french.annual, french.points],
    ids=lambda function: function.__name__,
)
def test_a_missing_value_reads_nd_without_a_unit(written, value):
    assert written(value) == "n.d."


@pytest.mark.parametrize("value", [0, 0.0, "", False, 5])
def test_a_value_that_is_there_is_not_missing(value):
    assert not french.is_missing(value)


def test_a_nil_count_is_a_dash_and_not_a_missing_value():
    assert french.count(0) == "–"
    assert french.count(0.4) == "–"
    assert french.count(None) == "n.d."
    assert len({french.NIL, french.MISSING, french.NOT_SIGNIFICANT, MINUS, "-"}) == 5


def test_a_nil_change_is_a_zero_and_not_a_dash():
    assert french.count(0, signed=True) == "0"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (french.percent(12.34), f"12,3{HARD}%"),
        (french.percent(-0.04), f"0,0{HARD}%"),
        (french.percent(5, digits=0, signed=True), f"+5{HARD}%"),
        (french.per_mille(13.25), f"13,3{HARD}‰"),
        (french.annual(0.66), f"+0,7{HARD}%{HARD}par{HARD}an"),
        (french.annual(-1), f"{MINUS}1,0{HARD}%{HARD}par{HARD}an"),
    ],
)
def test_a_unit_never_leaves_its_number_at_the_end_of_a_line(text, expected):
    assert text == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, f"0,0{HARD}point"),
        (1.2, f"+1,2{HARD}point"),
        (-1.9, f"{MINUS}1,9{HARD}point"),
        (2, f"+2,0{HARD}points"),
        (-2, f"{MINUS}2,0{HARD}points"),
        # The word agrees with the number that is read, not with the one that was computed.
        (1.96, f"+2,0{HARD}points"),
        (-1.95, f"{MINUS}2,0{HARD}points"),
        (1.94, f"+1,9{HARD}point"),
    ],
)
def test_points_take_an_s_from_two(value, expected):
    assert french.points(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0 logement"),
        (1, "1 logement"),
        (1.4, "1 logement"),
        (1.5, "2 logements"),
        (2, "2 logements"),
        (-1, f"{MINUS}1 logement"),
        (-3, f"{MINUS}3 logements"),
        (6181.2, f"6{THIN}181 logements"),
    ],
)
def test_a_noun_agrees_with_the_number_that_is_printed(value, expected):
    assert french.quantity(value, "logement").replace(HARD, " ") == expected


def test_an_irregular_plural_is_given():
    assert french.quantity(2, "lieu", "lieux") == f"2{HARD}lieux"
    assert french.plural(1.99, "lieu", "lieux") == "lieu"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 1, 1), "1er janvier 2024"),
        (date(2018, 8, 11), "11 août 2018"),
        (date(2026, 11, 21), "21 novembre 2026"),
    ],
)
def test_a_date_is_spelt_out(day, expected):
    assert french.long_date(day) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [([], ""), (["Hem"], "Hem"), (["Hem", "Lys"], "Hem et Lys"), (["a", "b", "c"], "a, b et c")],
)
def test_words_are_listed_with_et_before_the_last(words, expected):
    assert french.enumerate_words(words) == expected


@pytest.mark.parametrize(
    ("name", "of", "at"),
    [
        ("Hem", "de Hem", "à Hem"),
        ("Annœullin", "d’Annœullin", "à Annœullin"),
        ("Élesmes", "d’Élesmes", "à Élesmes"),
        ("Œuilly", "d’Œuilly", "à Œuilly"),
        ("Hyères", "d’Hyères", "à Hyères"),
        ("Houplines", "d’Houplines", "à Houplines"),
        ("Houplin-Ancoisne", "d’Houplin-Ancoisne", "à Houplin-Ancoisne"),
        ("Halluin", "d’Halluin", "à Halluin"),
        ("Hallennes-lez-Haubourdin", "d’Hallennes-lez-Haubourdin", "à Hallennes-lez-Haubourdin"),
        ("Haubourdin", "d’Haubourdin", "à Haubourdin"),
        ("Hantay", "d’Hantay", "à Hantay"),
        ("Herlies", "d’Herlies", "à Herlies"),
        ("Hellemmes", "d’Hellemmes", "à Hellemmes"),
        ("Hondschoote", "de Hondschoote", "à Hondschoote"),
        ("Ham", "de Ham", "à Ham"),
        ("Le Havre", "du Havre", "au Havre"),
        ("Les Abymes", "des Abymes", "aux Abymes"),
        ("La Madeleine", "de La Madeleine", "à La Madeleine"),
        ("L'Haÿ-les-Roses", "de L'Haÿ-les-Roses", "à L'Haÿ-les-Roses"),
        ("Lesquin", "de Lesquin", "à Lesquin"),
        ("Lezennes", "de Lezennes", "à Lezennes"),
        ("Saint-André-lez-Lille", "de Saint-André-lez-Lille", "à Saint-André-lez-Lille"),
    ],
)
def test_a_name_contracts_with_its_preposition(name, of, at):
    assert french.of(name) == of
    assert french.at(name) == at


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Annœullin", "annoeullin"),
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("  Saint-André -- lez\tLille ", "saint andre lez lille"),
        ("Ærø", "aer"),
        ("", ""),
    ],
)
def test_folding_drops_accents_ligatures_and_punctuation(text, folded):
    # "ø" has no decomposition: it is dropped, and no commune of France bears it.
    assert french.fold(text) == folded


@pytest.mark.parametrize(
    "spellings",
    [
        ["L'Haÿ-les-Roses", "l’hay les roses", "HAY LES ROSES", "l-hay-les-roses"],
        ["Saint-André-lez-Lille", "St-André-lez-Lille", "st andre lez lille", "SAINT ANDRE LEZ LILLE"],
        ["Sainte-Adresse", "Ste Adresse"],
        ["Le Havre", "Havre", "havre", "le-havre"],
        ["Les Abymes", "Abymes"],
        ["La Madeleine", "madeleine"],
    ],
)
def test_the_spellings_of_a_name_share_one_key(spellings):
    assert len({french.search_key(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize("name", ["Lesquin", "Lallaing", "Laon", "Estaires", "Le", "La", "Stains"])
def test_a_name_that_only_begins_like_an_article_keeps_it(name):
    assert french.search_key(name) == name.lower()


def test_a_slug_can_name_a_folder():
    assert french.slug("L'Haÿ-les-Roses") == "l-hay-les-roses"
    assert french.slug("Annœullin") == "annoeullin"


@given(st.text(max_size=40))
def test_a_slug_holds_nothing_that_a_shell_or_a_folder_minds(text):
    slug = french.slug(text)
    assert all(character in "abcdefghijklmnopqrstuvwxyz0123456789-" for character in slug)
    assert not slug.startswith("-")
    assert not slug.endswith("-")


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text):
    assert french.fold(french.fold(text)) == french.fold(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("l'habitat", "l’habitat"),
        ("Pourquoi ?", f"Pourquoi{THIN}?"),
        ("Pourquoi?", f"Pourquoi{THIN}?"),
        ("Vraiment ?!", f"Vraiment{THIN}?!"),
        ("(pourquoi ?)", f"(pourquoi{THIN}?)"),
        ("un ; deux", f"un{THIN}; deux"),
        ("Source : Insee", f"Source{HARD}: Insee"),
        ("12 %", f"12{HARD}%"),
        ("« oui »", f"«{HARD}oui{HARD}»"),
        ("https://www.insee.fr/fr?geo=COM-59299", "https://www.insee.fr/fr?geo=COM-59299"),
        ("à 12:30", "à 12:30"),
    ],
)
def test_double_punctuation_sticks_to_its_word(text, expected):
    assert french.typography(text) == expected


@given(st.text(alphabet="ab12 ;:!?%«»'’()." + THIN + HARD, max_size=30))
def test_typography_applied_twice_changes_nothing(text):
    assert french.typography(french.typography(text)) == french.typography(text)


@given(figures, digits, st.booleans())
def test_no_number_holds_an_ascii_minus_or_a_point(value, places, signed):
    text = french.number(value, digits=places, signed=signed)
    assert not set(text) & set("-. ")
    assert set(text) <= set("0123456789,+" + MINUS + THIN)


@given(figures, digits)
def test_a_number_is_written_as_unicode_says_that_the_french_do(value, places):
    pattern = "#,##0" + "." * bool(places) + "0" * places
    unsigned = french.number(value, digits=places).removeprefix(MINUS)
    rounded = Decimal(unsigned.replace(THIN, "").replace(",", "."))
    assert unsigned == format_decimal(rounded, format=pattern, locale="fr")


@given(figures, digits)
def test_a_printed_number_reads_back_within_half_its_last_digit(value, places):
    text = french.number(value, digits=places, signed=True)
    read = Decimal(text.replace(THIN, "").replace(",", ".").replace(MINUS, "-"))
    assert abs(read - Decimal(repr(value))) <= Decimal(5).scaleb(-places - 1)
    assert read.as_tuple().exponent == -places


@given(figures, digits)
def test_a_number_and_its_opposite_differ_only_by_their_sign(value, places):
    plus, minus = (french.number(v, digits=places, signed=True) for v in (abs(value), -abs(value)))
    assert minus.replace(MINUS, "+") == plus


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_thousands_are_separated_by_narrow_spaces_and_by_nothing_else(value):
    first, *groups = french.number(abs(value)).split(THIN)
    assert 1 <= len(first) <= 3
    assert all(len(group) == 3 for group in groups)


@given(figures)
def test_the_value_that_is_printed_is_the_one_that_agreement_uses(value):
    printed = french.number(value).replace(THIN, "").replace(MINUS, "-")
    assert french.number_value(value) == int(printed)
