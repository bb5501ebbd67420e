"""The ruler that measures pages: it sees what is wrong, and nothing else."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from page_reading import complaints


def page(text):
    return BeautifulSoup(f"<html><body><p>{text}</p></body></html>", "html.parser")


@pytest.mark.parametrize(
    "wrong",
    [
        "la population évolue de nan", "None", "un taux de inf", "RP_PROP", "LOGVAC", "l’effet de C_MEN", "Year", "value",
        "Champ : tout", "Pourquoi ?", "12,3 %", "« Hem »", "18 621 habitants", "1\u00a0234", "18621 habitants",
        "de -0,3", "0.5", "−0,0", "-0,0", "+0", "n.d.\u00a0%",
    ],
)  # fmt: skip
def test_what_a_page_may_not_hold_is_seen(wrong):
    assert complaints(page(wrong))


@pytest.mark.parametrize(
    "right",
    [
        "Champ\u00a0: tout", "Pourquoi\u202f?", "12,3\u00a0%", "«\u00a0Hem\u00a0»", "18\u202f621 habitants", "2013-2018",
        "60-64 ans", "de −0,3", "+0,7\u00a0% par\u00a0an", "en 2018, 1\u202f234", "−10", "20,05", "RP2013", "Sexe, âge, finances",
        "01/01/2024", "−0,05",
    ],
)  # fmt: skip
def test_what_a_page_may_hold_is_not(right):
    assert complaints(page(right)) == []


def test_an_address_a_style_sheet_and_a_comment_are_not_read():
    assert complaints(page('<a href="https://x">fr/123456</a><style>a:0.5</style><!-- nan -->')) == []


def test_what_is_only_heard_is_read():
    soup = BeautifulSoup('<body><svg aria-label="de nan à 0.5"></svg></body>', "html.parser")
    assert len(complaints(soup)) == 2
