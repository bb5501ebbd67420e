"""What cards say: their words, their marks, and the seed's own headline once its official files are there."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from fake_official_files.country import TENURES
from fake_official_files.microdata import write_migcom
from frames import CAUSES, NEVER, commune
from problem_worlds import build, choose, explain

from helpers import Diagnostic, figures, french, schemas, store, wording
from helpers.exhibit import tabulate
from helpers.indicators import age_by_tenure
from helpers.indicators.measures import Period
from helpers.indicators.registry import find
from helpers.problems import selection
from helpers.problems.definitions import CATALOGUE
from helpers.sources import microdata
from helpers.sources.registry import find_source
from helpers.wording import issues
from helpers.wording.issues import compare_facts, describe_cards, describe_silence

ANNOEULLIN = "59011"
HEADLINE = "Davantage de propriétaires de 60 à 69 ans : et leurs logements ?"
LOSING = {
    "growth_10": -0.9, "growth_5": -0.9, "gain": -2, "gain_owner": -1, "gain_hlm": -0.3, "starts": 6, "vacant": 11,
    "starts_before": 6, "natural": -0.4, "income": 19_500,
}  # fmt: skip
BUILDING = {
    "gain": 9,
    "growth_10": -0.4,
    "growth_5": -0.4,
    "starts": 60,
    "starts_before": 60,
    "gain_owner": 6,
}
AGEING = {"owner": 82, "houses": 93, "age_75": 13.5, "old": 24, "age_0_14": 15.5}


def cards(**own):
    world = build(**own)
    return describe_cards(selection.choose(CATALOGUE, world), epci="de la MEL", explain=explain(world))


@pytest.mark.parametrize("own", [LOSING, BUILDING, AGEING], ids=["losing", "building", "ageing"])
def test_a_card_is_whole_and_its_sentences_are_sound(own):
    for card in cards(**own):
        assert 0 < len(card.title) <= 70
        assert card.question.endswith("?")
        assert card.because.startswith("Retenue parce que la commune a ")
        sentences = " ".join(
            filter(None, (card.title, card.reading, card.because, card.against, *card.cautions))
        )
        assert not NEVER.search(sentences), sentences
        assert not CAUSES.search(card.reading)
        assert not re.search(r"\b(de|En|la|les) \1\b", sentences)
        # No sign but in a rate between parentheses.
        assert not re.search(r"[+−]\d", re.sub(r"\([^)]*\)", "", card.reading))
        for fact in card.facts:
            assert fact.address.partition("#")[2]
            # Its formula, then the value and the dates of each of its terms.
            formula, *terms = fact.computed.split(" ; ")
            assert formula.startswith("Calcul : ")
            assert terms
            assert all(re.search(r" : .*\d.* \(20\d\d(( à |-)20\d\d)?\)$", term) for term in terms), (
                fact.computed
            )


def test_a_reading_says_its_two_facts_with_their_dates_once():
    (card, *_) = cards(**BUILDING)
    assert card.id == "desserrement"
    assert card.reading.count("De 2012 à 2018") <= 1
    assert "2023" in card.reading


@pytest.mark.parametrize(
    ("end", "title"),
    [
        (9_700.0, "On construit, mais la population recule"),
        # -0.1 % a year, as it is written: the page of the inhabitants says that it hardly moves.
        (9_890.0, "Des chantiers, une population quasi stable"),
        (10_090.0, "Des chantiers, une population quasi stable"),
        (10_300.0, "Des chantiers, mais peu d’habitants de plus"),
        (float("nan"), "Des chantiers, mais peu d’habitants de plus"),
    ],
)
def test_a_title_says_of_the_population_what_its_page_says(end, title):
    card = selection.choose(CATALOGUE, build(**BUILDING)).cards[0]
    lead = replace(
        card.lead,
        fact=CATALOGUE.facts["habitants_par_10"],
        terms={"people_0": 10_000.0, "people_1": end},
        since=2013,
        year=2023,
    )
    assert issues.title_of(replace(card, problem=CATALOGUE.problems["desserrement"], lead=lead)) == title


def test_facts_of_other_years_are_reported_as_such():
    sentences = [card.reading for card in cards(**LOSING)]
    assert any("ne portent pas sur les mêmes années" in reading for reading in sentences)


def test_starts_that_are_never_declared_are_reported_on_the_card():
    (card,) = [one for one in cards(**LOSING) if one.id == "rythme_de_construction"]
    assert any("déclarées" in caution for caution in card.cautions)


def test_the_size_effect_on_the_total_population_says_so_and_does_not_bear_the_name_of_insee():
    (card, *_) = cards(**{**BUILDING, "starts": 36, "starts_before": 36})
    approached = [
        fact.text for fact in card.facts if "aurait demandé" in fact.text or "a demandé" in fact.text
    ]
    assert approached
    assert all("Insee" not in text and "calcul approché" in text for text in approached)
    assert any("approché" in caution for caution in card.cautions)


def test_what_says_the_contrary_is_reported():
    (card, *_) = cards(vacant=13, empty=8, income=19_500, growth_10=1.5)
    assert card.against == "En sens contraire : une population en hausse sur dix ans."


def test_the_weaker_signals_of_a_page_are_labelled():
    found = cards(age_75=10.0)
    assert found
    assert {card.label for card in found} == {"Signal moins marqué"}


def test_a_card_shared_by_a_third_of_the_epci_says_so():
    choice = choose(vacant=2.2, empty=0.9, income=29_000)
    (card,) = choice.cards
    assert not card.is_common
    (sentences,) = describe_cards(
        replace(choice, cards=(replace(card, common=4, among=10),)), epci="de la MEL", explain=lambda one: []
    )
    assert any(
        "bonne part de l’intercommunalité" in caution and "4\u00a0autres" in caution
        for caution in sentences.cautions
    )


@pytest.mark.large
def test_no_card_is_said_with_its_reason():
    hem = commune()
    assert (
        describe_silence(choose(), hem)
        == "Aucune tension ne ressort nettement des chiffres disponibles pour Hem."
    )
    assert "Sous 500 habitants" in describe_silence(choose(people=400, homes=150), hem)
    assert describe_silence(choose(**LOSING), hem) == ""


def test_facts_are_compared_in_both_references_those_that_are_raised_first():
    choice = choose(**AGEING)
    table = compare_facts(choice)
    assert table["id"].is_unique
    raised = {one.indicator.id for one in choice.standings.values() if one.raised in ("seuil", "place")}
    assert set(table["id"].head(3)) <= raised
    row = table.set_index("id").loc["ages_75"]
    assert (row["written"], row["position_panel"]) == ("13,5\u00a0%", "quart le plus élevé")
    assert tabulate(table).to_text()


def test_a_register_is_set_over_the_census_that_its_name_says():
    d = Diagnostic.open("59299")
    row = compare_facts(d.problems).set_index("id").loc["social"]
    year, census = (int(text) for text in re.findall(r"\b20\d\d\b", row["indicator"]))
    assert census < year
    social = find("social")
    asked = d.figures_for(names=["social"], periods=[(census, census)])
    own = asked.measure(social, Period(census, census), year=year).set_index("territory").loc["59299"]
    assert own["value"] == row["measure"]


@dataclass(frozen=True)
class Town:
    """A town whose owners of 60 to 69 are two fifths more numerous at the second date, in the layout of MIGCOM."""

    people: pd.DataFrame
    codes: tuple[str, ...] = (ANNOEULLIN,)
    seed: int = 1


def town():
    ages = np.arange(1, 96)
    rows = [
        (ANNOEULLIN, year, sex, age, tenure, share * 60.0 * (1.4 if year == 2022 and tenure == "10" and 60 <= age < 70 else 1))
        for year in (2016, 2022)
        for sex in (1, 2)
        for age in ages
        for tenure, share in zip(TENURES, (0.66, 0.14, 0.12, 0.02, 0.02, 0.04), strict=True)
    ]  # fmt: skip
    return Town(pd.DataFrame(rows, columns=["code", "year", "sex", "age", "tenure", "value"]))


@pytest.fixture
def annoeullin(monkeypatch, tmp_path):
    """Open the diagnostic of Annœullin once its official files of two censuses have been read."""
    monkeypatch.setenv("HELPERS_FETCHED", str(tmp_path / "fetched"))
    source = find_source("migcom_2022")
    parts = []
    for year in (2016, 2022):
        path = write_migcom(town(), tmp_path, year=year)
        own = microdata.read(path, source=source.__class__(**{**vars(source), "vintage": year}))[
            "ages_tenure"
        ]
        parts.append(own.assign(level="commune", origin="insee", source="migcom_2022"))
    read = pd.concat(parts, ignore_index=True)
    tables = {name: pd.DataFrame(columns=schemas.table_columns(name)) for name in schemas.TABLES}
    tables["ages_tenure"] = read[schemas.table_columns("ages_tenure")]
    validated = {name: schemas.validate(frame, table=name) for name, frame in tables.items()}
    folder = tmp_path / "fetched" / ANNOEULLIN
    folder.mkdir(parents=True)
    store.write(validated, folder)
    yield Diagnostic.open(ANNOEULLIN, pyramides=[2016, 2022])
    store.forget()


def test_the_headline_of_the_seed_comes_out_with_its_official_files(annoeullin):
    d = annoeullin
    (card,) = [one for one in d.cards if one.title == HEADLINE]
    people = town().people
    owners = people[(people["tenure"] == "10") & people["age"].between(60, 69)].groupby("year")["value"].sum()
    before, after = (french.number(owners[year]) for year in (2016, 2022))
    assert f"sont passés de {before} à {after}" in card.reading
    assert "De 2016 à 2022" in card.reading
    link = next(fact for fact in card.facts if "60 à 69 ans" in fact.text)
    assert link.address == "3_pyramides.html#pyramides-des-ages-selon-le-statut-d-occupation"
    crossing = age_by_tenure.cross(
        d.tables("ages_tenure", "householders", "occupants"), territory=d.commune.name, years=d.pyramids
    )
    shown = d.show(
        figures.pyramid_tenure(crossing.data, label="x"), wording.pyramid_tenure, level=crossing.level,
        subject="Pyramides des âges selon le statut d’occupation",
    )  # fmt: skip
    assert shown.drawing
    assert shown.title == f"De {before} à {after} propriétaires de 60 à 69 ans"
    assert not shown.is_demonstration
    assert not any("âge des propriétaires" in text for text in d.waiting().text)


def test_without_its_official_files_the_headline_of_the_seed_waits_with_the_command_that_brings_them():
    d = Diagnostic.open(ANNOEULLIN)
    assert HEADLINE not in [card.title for card in d.cards]
    waiting = d.waiting()
    assert any("âge des propriétaires" in text and "MIGCOM" in text for text in waiting.text)
    assert "make data commune=annoeullin" in waiting.to_html()


def test_no_card_of_the_embedded_store_rests_on_a_simulated_figure():
    d = Diagnostic.open(ANNOEULLIN)
    assert {one.origin for one in d.problems.standings.values()} <= {"insee"}


def test_a_page_of_cards_is_html_and_data_that_the_cover_and_the_slides_may_take():
    d = Diagnostic.open("59299")
    shown = d.debate()
    soup = BeautifulSoup(shown.to_html(), "html.parser")
    items = soup.select("ol.debate > li")
    assert [item.select_one(".question").get_text() for item in items] == [
        french.typography(card.question) for card in d.cards
    ]
    assert [card["id"] for card in shown.cards] == [card.id for card in d.cards]
    assert all(item.select_one(".reason").get_text().startswith("Retenue parce que") for item in items)
    assert {card.id for card in d.cards} <= set(CATALOGUE.problems)
