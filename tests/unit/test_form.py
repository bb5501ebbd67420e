"""The one-page form of a village: counts and dates alone, its neighbours together for shares and rates."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from frames import flows, long
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import wording
from helpers.diagnostic import Diagnostic
from helpers.exhibit import MIME
from helpers.figures import balance_bars
from helpers.indicators import form, growth
from helpers.problems.selection import LEAST_PEOPLE
from helpers.publication.pages.cover import describe_pages, render_cover
from helpers.territory import vicinity
from helpers.territory.communes import find_commune, members_of
from helpers.territory.vicinity import Vicinity
from helpers.wording import form as words

EPARCY = "02278"
OWN, OTHERS = "V", ("A", "B")
# What a rate, a rank or a change would be written with.
RATE = re.compile(r"%|‰|rang|par an|médiane")


def tables(*, people=None, homes=None, origin="insee"):
    """A village and two neighbours: 100, 900 and 1 500 inhabitants in 2013, a tenth more ten years later."""
    people = {"V": 100.0, "A": 900.0, "B": 1500.0} if people is None else people
    homes = {"V": 50.0, "A": 400.0, "B": 600.0} if homes is None else homes
    return {
        "population": long(
            {
                (code, year): {"POP": value * (1.1 if year == 2023 else 1.0)}
                for code, value in people.items()
                for year in (2013, 2018, 2023)
            },
            origin=origin,
        ),
        "dwellings": long(
            {
                (code, 2021): {"LOG": value, "RP": 0.8 * value, "RSECOCC": 0.1 * value, "LOGVAC": 0.1 * value}
                for code, value in homes.items()
            }
        ),
        "flows": flows(
            {(code, 2013, 2018): {"NAIS": value / 50, "DECE": value / 100} for code, value in people.items()}
            | {
                (code, year, year + 1): {"LOGCOM": value / 1000}
                for code, value in homes.items()
                for year in range(2013, 2023)
            }
        ),
        "households": long({}),
    }


def gathered(**changes):
    found = form.gather(tables(**changes), code=OWN, others=OTHERS, since=2013, until=2018)
    return found.set_index("counted")


def test_a_village_has_its_counts_and_its_neighbours_the_sums_of_theirs():
    rows = gathered()
    assert rows["value"].round(6).to_dict() == {
        "people": 110, "before": 100, "births": 2, "deaths": 1, "main": 40, "second": 5, "vacant": 5, "starts": 0.5,
    }  # fmt: skip
    assert rows["whole"].round(6).to_dict() == {
        "people": 2750, "before": 2500, "births": 50, "deaths": 25, "main": 840, "second": 105, "vacant": 105,
        "starts": 10.5,
    }  # fmt: skip
    assert rows.loc["births", ["since", "until"]].tolist() == [2013, 2017]
    assert rows.loc["starts", ["since", "until"]].tolist() == [2013, 2022]
    assert rows.loc["vacant", ["since", "until"]].tolist() == [2021, 2021]


def test_shares_and_rates_are_those_of_the_sums():
    rates = gathered()["rate"]
    assert rates["people"] == pytest.approx(100 * (1.1 ** (1 / 10) - 1))
    assert rates["births"] == pytest.approx(1000 * 50 / (5 * 2500))
    assert rates["deaths"] == pytest.approx(1000 * 25 / (5 * 2500))
    assert rates["vacant"] == pytest.approx(100 * 105 / 1050)
    assert rates["starts"] == pytest.approx(1000 * 10.5 / (10 * (2500 + 2750) / 2))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 1999), min_size=3, max_size=3))
def test_the_whole_is_the_village_and_its_neighbours_and_homes_make_up_the_stock(sizes):
    people = dict(zip((OWN, *OTHERS), map(float, sizes), strict=True))
    rows = gathered(people=people, homes=people)
    assert rows.loc["before", "whole"] == pytest.approx(sum(sizes))
    assert rows.loc[["main", "second", "vacant"], "rate"].sum() == pytest.approx(100)


def test_a_sum_lacks_no_commune():
    rows = gathered(homes={"V": 50.0, "A": 400.0})
    assert rows.loc["main", "value"] == 40
    assert rows.loc["main", ["whole", "rate"]].isna().all()
    assert rows.loc["people", "whole"] == pytest.approx(2750)


def test_what_the_village_does_not_know_has_no_row():
    assert "main" not in gathered(homes={"A": 400.0, "B": 600.0}).index


def test_a_simulated_figure_is_in_no_form():
    assert gathered(origin="demonstration").empty


def test_counts_have_their_dates_and_their_marks_and_a_register_has_none():
    counts = pd.DataFrame(
        [
            ("people", 2023, 2023, 110.0, 2750.0, 1.0, True),
            ("births", 2013, 2017, 0.0, 50.0, 4.0, True),
            ("main", 2021, 2021, 199.0, 499.0, 80.0, False),
            ("second", 2021, 2021, 0.0, 500.0, 20.0, False),
        ],
        columns=["counted", "since", "until", "value", "whole", "rate", "register"],
    )
    assert words.written_rows(counts) == [
        ("Habitants", "2023", "110", "2\u202f750", "+1,0\u00a0% par an depuis dix ans"),
        ("Naissances", "2013 à 2017", "0", "50", "4,0 par an pour 1\u202f000 habitants"),
        ("Résidences principales", "2021", "199\u00a0**", "499\u00a0*", "80,0\u00a0% des logements"),
        ("Résidences secondaires et logements occasionnels", "2021", "0", "500", "20,0\u00a0% des logements"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("growth_rate", "births", "deaths", "sentences"),
    [
        (-0.6, 400, 500, "elles perdent des habitants depuis 2013 ; les naissances y sont moins nombreuses que les décès"),
        (0.4, 500, 400, "elles gagnent des habitants depuis 2013 ; les naissances y sont plus nombreuses que les décès"),
        (0.05, 496, 478, "elles gardent à peu près autant d’habitants depuis 2013 ; naissances et décès s’y équilibrent"),
        (-0.05, 40, 50, "elles gardent à peu près autant d’habitants depuis 2013 ; naissances et décès s’y équilibrent"),
    ],
)  # fmt: skip
def test_the_neighbours_are_reported_by_what_exceeds_chance(growth_rate, births, deaths, sentences):
    nan = float("nan")
    rows = pd.DataFrame(
        [("people", 2023, 2023, 9000.0, growth_rate), ("births", 2013, 2017, births, nan), ("deaths", 2013, 2017, deaths, nan)],
        columns=["counted", "since", "until", "whole", "rate"],
    )  # fmt: skip
    place = Vicinity(OTHERS, find_commune(EPARCY).larger[0])
    assert words.describe_group(rows, place).endswith(
        f" se lisent. {sentences[:1].upper()}{sentences[1:]} de 2013 à 2017."
    )


def everywhere(people):
    return lambda codes: pd.Series(people, index=list(codes), dtype="float64")


def test_the_neighbours_are_the_small_communes_of_the_epci(embedded):
    def sized(codes):
        return everywhere(300.0)(codes).mask(pd.Index(codes) == "02381", 2000.0)

    found = vicinity.find(find_commune(EPARCY), people_of=sized, folder=embedded)
    members = set(members_of(found.territory.code, folder=embedded)["code"])
    assert found.territory.level == "epci"
    assert "02381" in members
    assert set(found.codes) == members - {EPARCY, "02381"}


@pytest.mark.parametrize(
    ("code", "people", "level", "sentences"),
    [
        (EPARCY, 300.0, "epci", "de la CC des Trois Rivières"),
        (EPARCY, 10.0, "departement", "du département (Aisne)"),
        (EPARCY, 60.0, "arrondissement", "de l’arrondissement de Vervins"),
        # Outside any EPCI.
        ("29083", 300.0, "arrondissement", "de l’arrondissement de Quimper"),
    ],
)
def test_too_few_people_widen_the_neighbours_and_the_page_says_it(embedded, code, people, level, sentences):
    found = vicinity.find(find_commune(code), people_of=everywhere(people), folder=embedded)
    assert found.territory.level == level
    assert words.group(found) == f"{found.size} communes de moins de 2\u202f000 habitants {sentences}"


def test_a_village_without_neighbours_has_its_counts_alone():
    rows = form.gather(tables(), code=OWN, others=(), since=2013, until=2018)
    assert not words.has_whole(rows, Vicinity(()))
    assert len(rows) == 8


@pytest.mark.parametrize(("people", "small"), [(2, True), (499, True), (500, False), (float("nan"), False)])
def test_the_form_is_that_of_communes_where_no_card_may_be(people, small):
    assert LEAST_PEOPLE == 500
    assert words.is_small(people) is small


# Two inhabitants, 38, 147 and 231.
@pytest.mark.parametrize("code", ["26274", EPARCY, "02177", "59643"])
def test_a_village_opens_with_its_form_and_nothing_else(code):
    d = Diagnostic.open(code)
    shown = d.key_figures()
    assert (shown.kind, shown.demonstration) == ("form", False)
    soup = BeautifulSoup(shown.to_html(), "html.parser")
    rows = [[cell.get_text() for cell in row.select("th, td")] for row in soup.select("tbody tr")]
    assert [row[0] for row in rows][:4] == ["Habitants", "Habitants, dix ans avant", "Naissances", "Décès"]
    assert len(rows) == 9
    # Of the commune, counts and no rate; of the whole, both.
    assert not any(RATE.search(text) for row in rows for text in row[:4])
    assert all(RATE.search(row[4]) for row in rows if row[0] != "Habitants, dix ans avant")
    known = d.commune_rows(d.table("population")).set_index("year")["value"]
    assert rows[0][1:3] == ["2023", f"{known[2023]:.0f}"]
    # Whoever looks is reported what the whole is.
    assert "communes de moins de 2\u202f000 habitants de la" in soup.get_text()
    assert "Sources\u00a0: " in soup.get_text()
    assert d.cards == []


def test_a_village_has_no_message_nor_question_nor_anything_to_retain():
    found = {}
    for code in (EPARCY, "59299"):
        d = Diagnostic.open(code)
        balances = growth.balances(d.table("population"), d.table("flows"), since=2013, until=2018)
        chart = balance_bars(balances, label="x")
        d.show(chart, wording.balances, compared=2013, subject="Soldes", code="H-04")
        shown = d.message("Soldes", balance_bars(balances, label="x", compact=True)), d.takeaways("Soldes")
        found[code] = [one.kind for one in (*shown, d.questions("Pourquoi ?"))]
    assert found == {EPARCY: ["empty"] * 3, "59299": ["message", "takeaways", "questions"]}


def record(shown):
    bundle = shown._repr_mimebundle_()
    return {**bundle[MIME], "html": bundle["text/html"], "text": bundle["text/plain"]}


def test_the_cover_of_a_village_is_its_form(tmp_path):
    d = Diagnostic.open(EPARCY)
    declared = {"4_enjeux": [record(d.key_figures()), record(d.debate()), record(d.takeaways())]}
    pages = describe_pages([], d.commune, made_from=None)
    pages["4_enjeux"] = type("Titled", (), {"title": "Les enjeux"})
    soup = BeautifulSoup(render_cover(declared, pages, d.commune, downloads="", foot=""), "html.parser")
    assert soup.select_one(".form h2").get_text() == "Éparcy en nombres"
    assert not soup.select(".key-figures, .messages, .problems, details")
    assert "38" in soup.select_one(".form tbody td.number").get_text()
