"""Problems on communes whose answer is known: its own first, never its opposite, gone below the threshold."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from frames import long
from hypothesis import given, settings
from hypothesis import strategies as st
from problem_worlds import EPCI, ORDINARY, OWN, PANEL, YEARS, build, choose

from helpers.indicators.cube import Cube
from helpers.indicators.engine import ComputedFigures
from helpers.problems import selection
from helpers.problems.definitions import CATALOGUE
from helpers.problems.facts import assess, assess_all
from helpers.wording.facts import describe_fact

# What a commune is like, the problem that comes first, its opposite, and the one change that takes it away.
WORLDS = {
    "an ageing suburb of houses": (
        {"owner": 82, "houses": 93, "age_75": 13.5, "old": 24, "age_0_14": 15.5, "age_15_29": 12.5},
        "proprietaires_ages", "croissance_et_services", {"age_75": 9.5, "old": 9},
    ),
    "a town that builds and loses people": (
        {"gain": 9, "growth_10": -0.4, "growth_5": -0.4, "starts": 60, "starts_before": 60, "gain_owner": 6, "gain_hlm": 1},
        "desserrement", "croissance_et_services", {"gain": 1.5, "starts": 2, "starts_before": 2},
    ),
    "a growing commune": (
        {"growth_10": 1.8, "growth_5": 1.8, "gain": 13, "gain_owner": 9, "gain_hlm": 1.5, "children": 12, "starts": 90,
         "starts_before": 90, "age_0_14": 21},
        "croissance_et_services", "perte_d_habitants", {"growth_10": 0.4, "growth_5": 0.4, "children": 0},
    ),
    "a commune that loses people": (
        {"growth_10": -0.9, "growth_5": -0.9, "gain": -2, "gain_owner": -1, "gain_hlm": -0.3, "starts": 6, "vacant": 11,
         "starts_before": 6, "natural": -0.4, "income": 19_500},
        "perte_d_habitants", "croissance_et_services", {"growth_10": 0.4, "growth_5": 0.4},
    ),
    "a tight market": (
        {"vacant": 2.2, "empty": 0.9, "income": 29_000}, "marche_tendu", "vacance", {"vacant": 6.5},
    ),
    "a town of empty homes": (
        {"vacant": 13, "empty": 8, "income": 19_500, "poverty": 19, "starts": 10, "starts_before": 10},
        "vacance", "marche_tendu", {"vacant": 6.5, "empty": 3.2},
    ),
    "a commune of second homes": (
        {"second": 35, "age_75": 15, "natural": -0.5, "gain_second": 3, "growth_10": 0.2, "growth_5": 0.2},
        "residences_secondaires", "marche_tendu", {"second": 2},
    ),
    "a town of social homes": (
        {"hlm": 30, "owner": 48, "poverty": 24, "income": 19_000}, "parc_social", "diversite_de_l_offre", {"hlm": 12},
    ),
    "a town whose homes go to other tenants": (
        {"gain": 9, "gain_owner": 2, "gain_hlm": 0.4, "poverty": 18, "growth_10": 0.3, "growth_5": 0.3},
        "locatif_prive", "parc_social", {"gain_owner": 8.0},
    ),
    "a commune of families that has fewer children": (
        {"children": -14, "growth_10": 0.1, "growth_5": 0.1, "houses": 94, "gain": 5, "gain_owner": 3.5},
        "familles", "croissance_et_services", {"children": 0},
    ),
    "a commune that has stopped building": (
        {"starts": 5, "starts_before": 40, "growth_5": -0.3, "growth_10": -0.05},
        "rythme_de_construction", "croissance_et_services", {"starts": 40},
    ),
    "a student town": (
        {"age_18_24": 15, "age_15_29": 26, "people": 30_000, "homes": 16_500, "owner": 46, "hlm": 12, "starts": 135,
         "starts_before": 135},
        "etudiants_jeunes", "renouvellement_de_generations", {"age_18_24": 6},
    ),
}  # fmt: skip


def ids(choice):
    return [card.problem.id for card in choice.cards]


@pytest.mark.parametrize(("own", "first", "opposite", "without"), WORLDS.values(), ids=WORLDS)
def test_a_commune_raises_its_problem_first_and_not_its_opposite(own, first, opposite, without):
    found = ids(choose(**own))
    assert found[0] == first
    assert opposite not in found


@pytest.mark.parametrize(("own", "first", "opposite", "without"), WORLDS.values(), ids=WORLDS)
def test_below_its_threshold_the_problem_is_gone(own, first, opposite, without):
    assert first not in ids(choose(**{**own, **without}))


def test_an_ordinary_commune_raises_none_and_it_is_said():
    choice = choose()
    assert (choice.cards, choice.silence) == ((), "aucune")


@pytest.mark.parametrize("own", [{"people": 480, "homes": 210}, {"people": 900, "homes": 199}])
def test_a_village_has_no_card_however_old_it_is(own):
    choice = choose(**own, age_75=20, vacant=15, owner=85, old=40)
    assert (choice.cards, choice.silence) == ((), "petite")


def test_no_size_effect_is_raised_where_a_prison_is_known():
    own = {"gain": 9, "growth_10": -0.4, "growth_5": -0.4}
    assert assess(CATALOGUE.facts["effet_taille"], build(**own)).raised
    assert not assess(
        CATALOGUE.facts["effet_taille"], build(**own, institution="centre pénitentiaire")
    ).raised


def test_the_size_effect_is_that_of_households_where_their_people_are_known():
    own = {"gain": 9, "growth_10": -0.4, "growth_5": -0.4}
    people = long({(OWN, year): {"PMEN": value} for year, value in ((2012, 7_900), (2018, 7_700))})
    world = build(**own, extra={"households": people}, institution="centre pénitentiaire")
    standing = assess(CATALOGUE.facts["effet_taille"], world)
    homes_12 = 3_400 / 1.09
    expected = 100 * (7_900 / (7_700 / 3_400) - homes_12) / (3_400 - homes_12)
    assert (standing.approached, standing.value) == (False, pytest.approx(expected))


def test_a_fact_is_compared_at_the_last_date_that_comparable_communes_know_too():
    # Official figures fetched for the commune alone are later than those of all the others.
    later = long({(OWN, 2024): {"LOG": 5_000.0, "RP": 2_600.0, "LOGVAC": 300.0, "RSECOCC": 2_100.0}})
    world = replace(build(second=35, extra={"dwellings": later}), years=(2024, *YEARS))
    standing = assess(CATALOGUE.facts["secondaires"], world)
    assert (standing.year, standing.raised) == (2021, "seuil")
    assert standing.value == pytest.approx(35)


def test_a_simulated_fact_is_not_known():
    world = build(age_75=16, old=30)
    simulated = {
        name: frame.assign(origin="demonstration") if name == "age_groups" else frame
        for name, frame in world.own.items()
    }
    assert assess(CATALOGUE.facts["age75_part"], world) is not None
    unreal = type(world)(
        own=Cube(simulated), figures=ComputedFigures(simulated), code=OWN, panel=world.panel, siblings=world.siblings,
        periods=world.periods, years=world.years,
    )  # fmt: skip
    assert assess(CATALOGUE.facts["age75_part"], unreal) is None


def test_a_fact_is_raised_beyond_its_threshold_or_by_its_place():
    routes = [
        assess(CATALOGUE.facts["age75_part"], build(age_75=value)).raised for value in (9.5, 10.6, 11.9, 12.0)
    ]
    assert routes == ["", "place", "place", "seuil"]


def among_older(world, times):
    """The same world, where those of 75 or more of the communes of the EPCI are so many times as many."""
    frame = world.figures.cube["age_groups"]
    older = frame["territory"].isin(world.siblings) & (frame["variable"] == "POP75P")
    text = frame.assign(value=frame["value"].where(~older, frame["value"] * times))
    tables = {**world.figures.cube, "age_groups": text}
    return replace(world, figures=ComputedFigures(Cube(tables)), _found={})


def test_where_the_epci_counts_a_place_is_asked_of_both_references():
    world = build(age_75=11.0)
    assert assess(CATALOGUE.facts["age75_part"], world).raised == "place"
    assert not assess(CATALOGUE.facts["age75_part"], among_older(world, 1.5)).raised


# From 10,9 to 11,9 % of 75 or more: between the threshold of towns, 11 %, and that of smaller communes, 12 %.
@pytest.mark.parametrize(("people", "beyond"), [(8_000, 0), (12_000, 9)])
def test_the_communes_of_the_epci_are_beyond_the_threshold_of_their_own_size(people, beyond):
    standing = assess(CATALOGUE.facts["age75_part"], among_older(build(people=people), 1.2))
    assert (len(standing.beyond), len(standing.known)) == (beyond, 10)


def built(own, others):
    """Main homes built from 1946 to 1970, in % of those of 3,400, in the commune and in the others."""
    shares = dict.fromkeys((*PANEL, *EPCI), others) | {OWN: own}
    return {
        "dwellings": long(
            {
                (code, 2018): {"RP_ACHTOT": 3_400, "RP_ACH70": 34 * (share + rank % 5 / 10)}
                for rank, (code, share) in enumerate(shares.items())
            }
        )
    }


@pytest.mark.parametrize(("share", "raised"), [(40, True), (21, False)])
def test_energy_is_raised_once_official_figures_tell_when_homes_were_built(share, raised):
    found = ids(choose(age_75=13.5, extra=built(share, 20)))
    assert ("energie" in found) is raised
    assert "energie" not in ids(choose(age_75=13.5))


def test_what_says_the_contrary_lowers_a_card_and_is_reported():
    strong = {"vacant": 13, "empty": 8, "income": 19_500}
    (plain, *_), (opposed, *_) = (choose(**strong).cards, choose(**strong, growth_10=1.5).cards)
    assert [one.fact.id for one in opposed.against] == ["pop_hausse"]
    assert opposed.strength == pytest.approx(plain.strength - 15, abs=5)


def test_fewer_old_people_than_before_is_reported_beside_what_says_that_a_commune_is_old():
    old = {"owner": 82, "houses": 93, "age_75": 13.5, "age_0_14": 15.5, "age_15_29": 12.5}
    by_change = {
        change: {card.problem.id: card for card in choose(**old, old=change).cards} for change in (0, -18)
    }
    plain, opposed = (by_change[change]["proprietaires_ages"] for change in (0, -18))
    assert [one.fact.id for one in plain.against] == []
    assert [one.fact.id for one in opposed.against] == ["age75_baisse"]
    assert opposed.strength < plain.strength


def test_where_the_median_is_as_far_as_the_commune_the_sentence_says_which_threshold_is_passed():
    fact = CATALOGUE.facts["age75_part"]
    apart, alike = (assess(fact, build(age_75=share)) for share in (14, 12.2))
    assert "repère" not in describe_fact(apart)
    others = replace(alike, median=alike.value - 0.3)
    text = describe_fact(others).replace("\u00a0", " ")
    assert text.endswith("dans la commune comparable médiane ; repère de ce diagnostic : 12,0 %)."), text


@pytest.mark.parametrize(("newest", "told"), [(20.0, ""), (80.0, ", dont 80 la dernière année")])
def test_many_homes_started_in_the_last_year_are_set_apart_as_few_are_lived_in(newest, told):
    standing = assess(CATALOGUE.facts["habitants_par_10"], build(starts=20.0))
    starts = standing.terms["starts"] - standing.terms["newest"] + newest
    text = describe_fact(replace(standing, terms={**standing.terms, "starts": starts, "newest": newest}))
    assert f" logements ont été commencés{told} ; " in text.replace("\u00a0", " "), text


def test_homes_started_are_reported_by_the_two_halves_of_ten_years():
    # Thirty-six homes a year from 2013 to 2017, twenty from 2018 to 2022.
    standing = assess(CATALOGUE.facts["chantiers_ralentis"], build(starts=20.0))
    text = describe_fact(standing).replace("\u00a0", " ")
    assert "180 logements commencés de 2013 à 2017, puis 100 de 2018 à 2022." in text, text


def test_a_change_within_its_margin_is_no_fact():
    # 3,400 homes of which 1,020 social: a change of 2·√(n0 + n1) = 88 homes is 2.7 % of the homes of the start.
    fact = CATALOGUE.facts["hlm_hausse"]
    assert not assess(fact, build(hlm=30, gain_hlm=2.5)).raised
    assert assess(fact, build(hlm=30, gain_hlm=3.2)).raised


RANGES = {
    "growth_10": (-1.5, 2.5), "growth_5": (-1.5, 2.5), "natural": (-0.8, 0.8), "age_0_14": (10, 26), "age_75": (4, 22),
    "age_18_24": (4, 18), "children": (-18, 18), "old": (-5, 40), "gain": (-4, 20), "owner": (30, 90), "houses": (5, 99),
    "gain_owner": (-2, 10), "gain_hlm": (-3, 6), "vacant": (1.5, 16), "second": (0.5, 40), "empty": (0.5, 10),
    "starts": (0, 120), "starts_before": (0, 120), "spread": (1, 8), "social": (0, 40), "income": (14_000, 40_000),
    "poverty": (5, 45),
}  # fmt: skip


@given(
    st.fixed_dictionaries({name: st.floats(*bounds) for name, bounds in RANGES.items()}),
    st.sampled_from([800, 4_000, 25_000]),
)
# Each makes all the indicators of forty communes.
@settings(max_examples=settings.default.max_examples // 5)
def test_no_page_contradicts_itself_whatever_the_commune(own, people):
    homes = people * ORDINARY["homes"] / ORDINARY["people"]
    choice = choose(**own, people=people, homes=homes)
    cards = choice.cards
    assert len(cards) <= selection.MOST
    for kept in ([card.problem.theme for card in cards], [card.lead.fact.indicator for card in cards]):
        assert len(set(kept)) == len(kept)
    said = {one.fact.id for card in cards for one in card.facts} | set(ids(choice))
    for exclusion in CATALOGUE.excluded:
        if exclusion.card in ids(choice):
            assert said.isdisjoint(exclusion.never_with), exclusion.why
    for card in cards:
        assert card.lead.fact.family != card.second.fact.family
        assert card.strength >= (selection.LEAST_WEAK if card.weak else selection.LEAST)


def test_the_pairs_that_the_rules_exclude_are_those_of_growth_loss_and_vacancy():
    pairs = {frozenset((one.card, other)) for one in CATALOGUE.excluded for other in one.never_with}
    for pair in (
        ("croissance_et_services", "sma_negatif"), ("croissance_et_services", "perte_d_habitants"),
        ("vacance", "marche_tendu"),
    ):  # fmt: skip
        assert frozenset(pair) in pairs


def test_the_two_sides_of_one_figure_are_never_raised_together():
    sides = [
        (one.id, other.id)
        for one, other in combinations(CATALOGUE.facts.values(), 2)
        if one.indicator == other.indicator
        and one.side != other.side
        and "alone" not in (one.route, other.route)
    ]
    assert ("pop_baisse", "pop_hausse") in sides
    for growth in (-1.5, 0.0, 1.5):
        standings = assess_all(CATALOGUE.facts, build(growth_10=growth, growth_5=growth))
        raised = {name for name, one in standings.items() if one.raised in ("seuil", "place")}
        assert not any(set(pair) <= raised for pair in sides)
