"""Sentences on the inhabitants: whatever the figures, whole French; the direction is that of the figures."""

from __future__ import annotations

import re
from itertools import pairwise

import pandas as pd
import pytest
from frames import commune, flows, long
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from helpers import wording
from helpers.indicators import ages, growth, households, mobility, services

HEM = commune()
BOTH = ["Hem", "MEL"]
NEVER = re.compile(
    r"\bnan\b|\bNone\b|n\.d\.|\binf\b|\d\.\d|(?<!\d)-\d|[−+]0(?:,0+)?(?![\d,])|  |\( *\)|POP|BEYOND|\bà cause|\bgrâce|\bdonc\b"
)
CENSUSES = (1968, 1975, 1982, 1990, 1999, 2008, 2013, 2018)

# Enough of them to be reported of: under 200, a figure is not significant.
people = st.floats(2_000, 1e6)
some = st.floats(0, 1e5)


def ordered(frame):
    return frame.assign(territory=pd.Categorical(frame["territory"], categories=BOTH, ordered=True))


def series(values, *, years=CENSUSES, other=1000.0):
    own = {("Hem", year): {"POP": value} for year, value in zip(years, values, strict=True)}
    return ordered(long(own | {("MEL", year): {"POP": other} for year in years}))


def by_period(values, events, *, years=CENSUSES):
    """The balances of every period: people at each census, (births, deaths) of each period."""
    pairs = list(pairwise(years))
    counted = {
        ("Hem", *pair): {"NAIS": born, "DECE": dead} for pair, (born, dead) in zip(pairs, events, strict=True)
    }
    frame = growth.balances_by_period(series(values, years=years), ordered(flows(counted)), periods=pairs)
    return frame[frame["territory"] == "Hem"]


def moved(places, other=(90.0, 2.0, 5.0, 1.0, 1.0, 1.0)):
    places, other = ([1_000 * value for value in counts] for counts in (places, other))
    rows = {
        (name, 2018): {"POP01P": sum(counts)} | {f"POP01P_IRAN{rank}": value for rank, value in enumerate(counts[:5], start=1)}
        for name, counts in zip(BOTH, (places, other), strict=True)
    }  # fmt: skip
    return ordered(long(rows))


def alone(own, other=(20.0, 40.0)):
    rows = {
        (name, 2018): {"POP6579_PSEUL": 50 * young, "POP6579": 5e3, "POP80P_PSEUL": 50 * old, "POP80P": 5e3}
        for name, (young, old) in zip(BOTH, (own, other), strict=True)
    }
    return households.living_alone(ordered(long(rows)), {}, until=2018)


def sizes(*parts):
    names = ["MEN_1", "MEN_2", "MEN_3", "MEN_4", "MEN_5", "MEN_6P"]
    rows = {
        ("Hem", year): dict(zip(names, values, strict=True))
        for year, values in zip((2013, 2018), parts, strict=False)
    }
    return households.by_size(long(rows), territory="Hem")


def rates(own, other=1e4):
    rows = [
        (name, 2018, sex, age, value) for name, value in zip(BOTH, (own, other), strict=True)
        for sex in "HF" for age in range(101)
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["territory", "year", "sex", "age", "value"])
    frame = ordered(frame.assign(variable="POP", origin="insee", source="s"))
    population = ordered(long({("Hem", 2018): {"POP": 202.0 * own}, ("MEL", 2018): {"POP": 404.0 * other}}))
    return services.rates({"single_ages": frame}, population, territory="Hem", year=2018)


@st.composite
def findings(draw):
    values = [draw(people) for _ in CENSUSES]
    events = [(draw(some), draw(some)) for _ in CENSUSES[1:]]
    text = by_period(values, events)
    places = [draw(people) for _ in range(6)]
    groups = {("Hem", year): {name: draw(people) for name in ("POP0014", "POP1529", "POP3044", "POP4559", "POP6074", "POP75P")} for year in (2008, 2013, 2018)}  # fmt: skip
    fifteen = ages.fifteen_years({"age_groups": long(groups)}, territory="Hem", until=2018)
    return [
        wording.long_series(growth.census_index(series(values), territory="Hem"), HEM),
        wording.history(growth.census_series(series(values), territory="Hem"), HEM),
        wording.periods(text, HEM),
        wording.yearly_balances(growth.yearly_balances(text), HEM),
        wording.vital_rates(growth.vital_rates(text), HEM),
        wording.newcomers(mobility.newcomers(moved(places), year=2018), HEM),
        wording.origins(mobility.origins(moved(places), year=2018), HEM),
        wording.living_alone(alone((draw(st.floats(10, 100)), draw(st.floats(10, 100)))), HEM),
        wording.household_sizes(sizes([draw(people) for _ in range(6)], [draw(people) for _ in range(6)]), HEM),
        wording.services_rates(rates(draw(people)), HEM),
        wording.age_groups(fifteen, HEM),
    ]  # fmt: skip


@given(findings())
@settings(max_examples=5, phases=(Phase.explicit, Phase.generate))
def test_whatever_the_figures_a_sentence_is_whole_french(text):
    for finding in text:
        assert finding.title
        assert finding.reading
        for sentence in (finding.title, finding.reading, finding.takeaway):
            assert not NEVER.search(sentence), sentence
            assert sentence.count("(") == sentence.count(")"), sentence
        assert not finding.title.endswith(".")
        assert all(sentence.endswith(".") for sentence in (finding.reading, finding.takeaway or "."))


def test_a_long_series_tells_its_ends_its_peak_and_the_nearest_territory():
    text = wording.long_series(
        growth.census_index(series([5e3, 6e3, 7e3, 9e3, 8e3, 7e3, 6e3, 5.5e3]), territory="Hem"), HEM
    )
    assert text.title == "Un maximum de 9\u202f000\u00a0habitants, en 1990"
    assert "on en compte 110 en 2018 à Hem, et 100 dans l’ensemble de la MEL" in text.reading


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([(9.0, 4.0)] * 7, "un solde naturel positif à chaque période"),
        ([(4.0, 9.0)] * 7, "un solde naturel négatif à chaque période"),
        ([(9.0, 4.0)] * 2 + [(4.0, 9.0)] * 5, "un solde naturel positif ou négatif selon la période"),
    ],
)
def test_whether_a_balance_keeps_its_sign_is_reported(events, words):
    text = wording.periods(by_period([1000.0] * 8, events), HEM)
    assert words in text.takeaway
    assert text.title == f"Depuis 1968, {words}"


def test_a_period_alone_and_a_commune_without_people_say_nothing_of_periods():
    one = by_period([1000.0, 1010.0], [(9.0, 4.0)], years=(2013, 2018))
    assert wording.periods(one, HEM) == wording.Finding()
    nobody = by_period([0.0] * 3, [(0.0, 0.0)] * 2, years=(2008, 2013, 2018))
    assert wording.periods(nobody, HEM) == wording.Finding()
    assert wording.vital_rates(growth.vital_rates(nobody), HEM).title == ""


def test_what_a_balance_gives_a_year_is_reported_of_the_last_period():
    text = wording.yearly_balances(
        growth.yearly_balances(by_period([900.0, 1000.0, 1030.0], [(1.0, 1.0), (60.0, 20.0)], years=(2008, 2013, 2018))),
        HEM,
    )  # fmt: skip
    assert text.title == "8\u00a0habitants de plus par\u00a0an par le solde naturel"
    assert "sur les 5 années de 2013 à 2018, 40\u00a0personnes de plus par le solde naturel" in text.reading


@pytest.mark.parametrize(
    ("years", "words"),
    [
        ((2013, 2018), "le questionnaire du recensement a changé en 2018 : l’évolution de 2013-2018"),
        (
            (2008, 2013, 2018),
            "les périodes n’ont pas la même durée et ne s’additionnent pas ; le questionnaire",
        ),
        ((1999, 2008, 2013), "les périodes n’ont pas la même durée et ne s’additionnent pas."),
    ],
)
def test_the_cautions_of_periods_are_those_of_their_dates(years, words):
    frame = by_period([100.0] * len(years), [(1.0, 1.0)] * (len(years) - 1), years=years)
    assert words in wording.questionnaire(frame)


def test_a_period_alone_before_the_questionnaire_calls_for_no_caution():
    assert wording.questionnaire(by_period([9.0, 9.0], [(1.0, 1.0)], years=(1999, 2008))) == ""


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ((80.0, 2.0, 15.0, 1.0, 1.0, 1.0), "d’une autre commune du département"),
        ((80.0, 15.0, 2.0, 1.0, 1.0, 1.0), "d’un autre logement de la commune"),
        ((80.0, 1.0, 2.0, 1.0, 1.0, 15.0), "d’outre-mer ou de l’étranger"),
    ],
)
def test_those_who_moved_are_reported_by_where_most_come_from(places, words):
    text = wording.origins(mobility.origins(moved(places), year=2018), HEM)
    assert text.title == f"On vient le plus souvent {words}"
    assert f"75,0\u00a0% viennent {words}." in text.reading


@pytest.mark.parametrize(
    ("arrived", "words"),
    [
        (8.0, "proche de celle de"),
        (30.0, "bien plus élevée que dans"),
        (4.0, "moitié moindre que dans"),
        (1.0, "bien plus faible que dans"),
    ],
)
def test_newcomers_are_compared_with_the_nearest_territory(arrived, words):
    text = wording.newcomers(
        mobility.newcomers(moved((98.0 - arrived, 2.0, arrived, 0.0, 0.0, 0.0)), year=2018), HEM
    )
    assert f"une part {words} l’ensemble de la MEL (8,0\u00a0%)" in text.takeaway


def test_the_oldest_who_live_alone_are_reported_with_their_direction():
    assert "44,0\u00a0% des 80 ans ou plus vivent seuls en 2018, une part plus élevée que" in (
        wording.living_alone(alone((10.0, 44.0)), HEM).takeaway
    )


def test_small_households_are_reported_at_both_dates():
    text = wording.household_sizes(sizes([1e3] * 6, [3e3, 3e3, 1e3, 1e3, 1e3, 1e3]), HEM)
    assert text.title == "60,0\u00a0% des ménages comptent une ou deux personnes"
    assert "d’une personne et 20,0\u00a0% de cinq ou plus" in text.reading
    assert text.reading.endswith("en 2013, une ou deux personnes en formaient 33,3\u00a0%.")
    assert "en formaient" not in wording.household_sizes(sizes([1e3] * 6), HEM).reading


def test_the_service_that_sets_the_commune_apart_is_reported():
    text = wording.services_rates(rates(1e3), HEM)
    assert text.title == "25,7 habitants sur 100 ont 75 ans ou plus, contre 12,9"
    assert "celle de l’ensemble de la MEL" in text.reading
    only = rates(1e3)
    alone = wording.services_rates(only[only["territory"] == "Hem"], HEM)
    assert alone.title == "25,7 habitants sur 100 ont 75 ans ou plus"
