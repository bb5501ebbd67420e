"""Sentences made from figures: their direction, what they never say, and that they need figures to stand on."""

from __future__ import annotations

import pandas as pd
import pytest
from frames import check_sentences, commune, flows, long
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from measuring import break_even

from helpers import french, wording
from helpers.indicators import (
    ages,
    cohorts,
    growth,
    household_effect,
    householders,
    households,
    stock,
)
from helpers.indicators.age_by_tenure import Crossing

HEM = commune()
BOTH = ["Hem", "MEL"]

people = st.floats(1, 1e6)
homes = st.floats(1, 1e5)
some = st.floats(0, 1e5)


def ordered(frame):
    return frame.assign(territory=pd.Categorical(frame["territory"], categories=BOTH, ordered=True))


def population(*values, origin="insee"):
    return ordered(
        long(
            {
                (name, year): {"POP": value}
                for name, pair in zip(BOTH, values, strict=False)
                for year, value in zip((2013, 2018), pair, strict=True)
            },
            origin=origin,
        )
    )


def recent(*values, **options):
    return wording.recent(growth.index(population(*values, **options), base=2013), HEM)


def balances(own, other=(1000.0, 1010.0), births=10.0, deaths=5.0, origin="insee", compared=2013):
    events = ordered(flows({(name, 2013, 2018): {"NAIS": births, "DECE": deaths} for name in BOTH}))
    frame = growth.balances(population(own, other, origin=origin), events, since=2013, until=2018)
    return wording.balances(frame, HEM, compared=compared)


def groups(young, middle, old):
    known = {
        ("Hem", year): {"POP0014": a, "POP1529": b, "POP75P": c}
        for year, a, b, c in zip((2012, 2018), young, middle, old, strict=True)
    }
    totals = {
        ("Hem", year): {"POP": a + b + c + 1}
        for year, a, b, c in zip((2012, 2018), young, middle, old, strict=True)
    }
    return wording.age_groups(ages.groups(long(known), long(totals)), HEM)


def dwellings(main, second, vacant, owned=0.5, origin="insee", years=(2013, 2018)):
    return {
        (name, year): {
            "LOG": main + second + vacant, "RP": main, "RSECOCC": second, "LOGVAC": vacant, "RP_PROP": owned * main,
            "RP_LOC": (1 - owned) * main, "RP_LOCHLMV": (1 - owned) * main / 2,
        }
        for name in BOTH for year in years
    }  # fmt: skip


def pyramid(values):
    rows = [(year, sex, age, value) for (year, sex, age), value in values.items()]
    frame = pd.DataFrame(rows, columns=["year", "sex", "age", "value"])
    return ages.shares(frame.assign(origin="demonstration", sources="s"))


def fitted(values):
    return ages.fit_classes(pyramid(values), at_least=0)


# Every function with data drawn at large: what it says must stand whatever the figures.


@st.composite
def findings(draw):
    main, second, vacant = draw(homes), draw(some), draw(some)
    owned = draw(st.floats(0, 1))
    table = ordered(long(dwellings(main, second, vacant, owned)))
    ages_of = {
        (year, sex, age): draw(some) for year in (2008, 2018) for sex in "HF" for age in (20, 60, 65, 80)
    }
    by_tenure = pd.concat(
        [pyramid(ages_of).assign(tenure=tenure) for tenure in ("owner", "social")], ignore_index=True
    )
    crossed = by_tenure.assign(territory="Hem", variable="POP").rename(columns={"sources": "source"})
    held = pd.DataFrame(
        [("Hem", 2018, age, tenure, draw(some)) for age in (40, 65, 80) for tenure in ("owner", "social")],
        columns=["territory", "year", "age", "tenure", "value"],
    ).assign(variable="MEN", origin="insee", source="s")
    kinds = {kind: draw(homes) for kind in households.COMPOSITIONS.labels}
    kept = {("Hem", year): {"C_MEN": sum(kinds.values()), **kinds} for year in (2013, 2018)}
    inhabited = pd.DataFrame(
        [("Hem", 2013, draw(homes), draw(people)), ("Hem", 2018, draw(homes), draw(people))],
        columns=["territory", "year", "homes", "people"],
    ).assign(stock=2e6, origin="insee", sources="s")
    pmen = ordered(long({(name, year): {"PMEN": draw(people)} for name in BOTH for year in (2013, 2018)}))
    started = ordered(
        flows({(name, year, year + 1): {"LOGCOM": draw(some)} for name in BOTH for year in range(2013, 2018)})
    )
    broken = break_even(table, pmen, started, since=2013, until=2018)
    return [
        recent((draw(people), draw(people)), (1.0, 2.0)),
        balances((draw(people), draw(people)), (draw(people), draw(people)), draw(some), draw(some)),
        groups([draw(some), draw(some)], [draw(some), draw(some)], [draw(some), draw(some)]),
        wording.categories(stock.categories(table, year=2018), HEM),
        wording.owners(stock.owners(table, year=2018), HEM),
        wording.tenure(stock.tenure(table[table["territory"] == "Hem"], years=[2013, 2018]), HEM),
        wording.people_and_homes(
            stock.main_homes_since(
                table, population((draw(people), draw(people)), (1.0, 2.0)), territory="Hem", until=2018
            ), HEM
        ),
        wording.household_size(households.size(pmen, table), HEM),
        wording.household_effect(household_effect.household_effect(inhabited, territory="Hem"), HEM),
        wording.break_even(broken, HEM),
        wording.composition(households.composition(long(kept), territory="Hem"), HEM),
        wording.pyramid(fitted(ages_of), HEM),
        wording.pyramid_shares(fitted(ages_of), HEM),
        wording.pyramid_tenure(ages.fit_classes(by_tenure, at_least=0), HEM),
        *(wording.pyramid_tenure(ages.fit_classes(by_tenure, at_least=0), HEM, level=level) for level in ("menages", "logements")),
        wording.to_pass_on(householders.to_pass_on(held, years=[2018]), HEM),
        wording.owner_households(householders.ownership(held, years=[2018]), HEM),
        wording.ownership(cohorts.ownership(crossed, years=[2008, 2018]), HEM),
        wording.social(stock.social(table, ordered(long({("Hem", 2024): {"RPLS": draw(some)}})), year=2018), HEM),
        wording.stock_series(stock.series(table, territory="Hem"), HEM),
    ]  # fmt: skip


# Shrinking would redraw every table: the first failing sentence says enough.
@given(findings())
@settings(max_examples=4, phases=(Phase.explicit, Phase.generate))
def test_whatever_the_figures_a_sentence_is_whole_french_and_names_no_cause(finding):
    check_sentences(finding)


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        (1000, 1100, "augmente"),
        (1100, 1000, "diminue"),
        (1000, 1000, "est quasi stable"),
        (10_000, 10_050, "est quasi stable"),
        (10_000, 10_100, "augmente"),
    ],
)
def test_the_direction_of_the_population_is_the_one_of_its_figures(before, after, word):
    assert word in recent((before, after)).takeaway
    assert word in recent((before, after)).headline


@pytest.mark.parametrize(
    ("own", "other", "finding"),
    [
        (
            1_050.0,
            1_010.0,
            "augmente (+1,0 % par an), plus vite que dans l’ensemble de la MEL (+0,2 % par an).",
        ),
        (
            1_010.0,
            1_050.0,
            "augmente (+0,2 % par an), moins vite que dans l’ensemble de la MEL (+1,0 % par an).",
        ),
        (950.0, 990.0, "diminue (−1,0 % par an), plus vite que dans l’ensemble de la MEL (−0,2 % par an)."),
        (1_055.0, 1_050.0, "(+1,1 % par an), à peu près comme dans l’ensemble de la MEL (+1,0 % par an)."),
        (1_050.0, 1_050.0, "augmente (+1,0 % par an), comme dans l’ensemble de la MEL (+1,0 % par an)."),
        (
            950.0,
            1_010.0,
            "diminue (−1,0 % par an) ; dans l’ensemble de la MEL, elle augmente (+0,2 % par an).",
        ),
        (
            1_002.0,
            1_003.0,
            "est quasi stable (0,0 % par an), comme dans l’ensemble de la MEL (+0,1 % par an).",
        ),
    ],
)
def test_a_pace_is_reported_beside_that_of_the_territory(own, other, finding):
    spoken = balances((1_000.0, own), (1_000.0, other)).takeaway.replace("\u00a0", " ")
    assert finding in spoken, spoken


@pytest.mark.parametrize(
    ("births", "deaths", "change", "headline", "title"),
    [
        (600, 200, 900, "Plus de naissances que de décès, solde migratoire apparent positif", "Une hausse par les deux soldes"),
        (600, 200, 0, "Plus de naissances que de décès, solde migratoire apparent négatif", "Deux soldes contraires, une population quasi stable"),
        (600, 200, 400, "Plus de naissances que de décès, solde migratoire apparent équilibré", "Une hausse par le seul solde naturel"),
        (200, 600, 900, "Moins de naissances que de décès, solde migratoire apparent positif", "Une hausse par le seul solde migratoire apparent"),
        (200, 600, -900, "Moins de naissances que de décès, solde migratoire apparent négatif", "Une baisse par les deux soldes"),
        # 46 more births than deaths for 1 293 births are within 2 √(births + deaths); so are 64 people.
        (646, 600, 64, "Naissances et décès presque égaux, solde migratoire apparent équilibré", "Une population quasi stable"),
    ],
)  # fmt: skip
def test_a_balance_is_reported_as_a_direction_beyond_its_margin(births, deaths, change, headline, title):
    finding = balances((20_000.0, 20_000.0 + change), births=float(births), deaths=float(deaths))
    assert (finding.headline, finding.title) == (headline, title)
    for sentence in (finding.title, finding.reading, finding.takeaway, finding.headline):
        assert "arrivées" not in sentence
        assert "départs" not in sentence


def test_a_balance_under_five_hundredths_of_a_percent_a_year_is_none_however_many_people_it_is():
    # Saint-Denis: 64 people of 150 535, 0,01 % a year.
    finding = balances((150_000.0, 150_064.0), births=0.0, deaths=0.0)
    assert finding.headline == "Autant de naissances que de décès, solde migratoire apparent équilibré"


def empty(*columns):
    return pd.DataFrame(columns=[*columns, "origin", "sources"])


WITHOUT = {
    "recent": empty("territory", "year", "POP", "index"),
    "balances": empty("territory", "since", "until", "annual", "natural", "migratory"),
    "long_series": empty("territory", "year", "POP"),
    "age_groups": empty("territory", "year", "group", "share", "value"),
    "categories": empty("territory", "year", "category", "value", "share"),
    "owners": empty("territory", "year", "RP", "value", "rate"),
    "gains": empty("status", "since", "until", "value_0", "value_1", "gain"),
    "tenure": empty("territory", "year", "status", "value", "share"),
    "stock_series": empty("year", "value"),
    "social": empty("territory", "RPLS", "register_rate", "register_year"),
    "people_and_homes": empty("territory", "since", "until"),
    "household_size": empty("territory", "year", "size"),
    "composition": empty("year", "kind", "share"),
    "household_effect": empty("territory", "since", "until"),
    "break_even": empty("territory", "since", "until", "starts", "break_even"),
    "break_evens": empty("territory", "since", "until", "starts", "break_even", "demographic"),
    "gained": empty("territory", "since", "until", "change", "starts", "gained"),
    "people_per_home": empty("year", "tenure", "homes", "size"),
    "people_per_kind": empty("year", "label", "@Ensemble", "measure@Ensemble"),
    "changes": empty("category", "since", "until", "value_0", "value_1", "change", "annual", "points"),
    "types": empty("territory", "year", "type", "label", "value", "share"),
    "types_over_time": empty("territory", "year", "field", "label", "value", "share"),
    "vacancy": empty("label", "year", "value", "whole", "share"),
    "construction_periods": empty("territory", "year", "label", "value", "share"),
    "construction_groups": empty("territory", "year", "completed", "share"),
    "starts": empty("territory", "year", "label", "value"),
    "rooms": empty("territory", "year", "rooms", "value", "share"),
    "room_means": empty("territory", "year", "rooms_per_home", "size", "rooms_per_person"),
    "rooms_beside_households": empty("territory", "year", "part", "label", "value", "share"),
    "small_in_large": empty("year", "homes", "large", "small_households", "least", "most"),
    "occupation": empty("territory", "year", "level", "value", "share"),
    "stays": empty("territory", "year", "stay", "value", "share"),
    "stay_marks": empty("territory", "year", "recent", "ten", "thirty"),
    "seniority": empty("year", "label", "homes", "seniority"),
    "heating": empty("territory", "year", "label", "value", "share"),
    "pyramid": empty("year", "group", "value"),
    "pyramid_shares": empty("year", "group", "share"),
    "pyramid_tenure": empty("year", "low", "high", "tenure", "value"),
    "to_pass_on": empty("territory", "year", "label", "value", "owned", "homes", "share", "share_all"),
    "owner_households": empty("territory", "year", "low", "label", "owned", "homes", "rate"),
    "everyone_followed": empty(
        "territory", "since", "until", "generation", "people_0", "people_1", "gain", "ratio"
    ),
    "services": empty("territory", "since", "until", "label", "people_0", "people_1", "change"),
    "services_per_home": empty("territory", "since", "until", "label", "change", "starts", "per_ten"),
    "elders": empty("territory", "year", "label", "value", "owners", "share"),
    "renewal": empty("territory", "year", "young", "old", "ratio"),
    "generations": empty("territory", "since", "until", "low", "label", "year", "rate", "people"),
    "tenure_check": empty(
        "territory",
        "year",
        "tenure",
        "group",
        "persons",
        "dwellings_file",
        "gap_rate",
        "tolerance",
        "beyond",
        "small",
    ),
    "ownership": empty("year", "age", "rate"),
    "history": empty("territory", "year", "POP"),
    "periods": empty("territory", "period", "since", "until", "annual", "natural", "migratory"),
    "yearly_balances": empty("territory", "since", "until", "part", "balance", "balance_year"),
    "vital_rates": empty("territory", "period", "since", "until", "part", "events", "per_mille"),
    "benchmarks": empty("id", "indicator", "@Hem", "measure@Hem"),
    "newcomers": empty("territory", "year", "POP01P", "moved", "arrived", "rate"),
    "origins": empty("territory", "year", "place", "label", "value", "share"),
    "living_alone": empty("territory", "year", "label", "alone", "people", "share"),
    "household_sizes": empty("year", "kind", "share"),
    "facilities": empty("territory", "label", "year", "facilities", "people", "per_thousand"),
    "services_rates": empty("territory", "label", "year", "value", "share"),
}


def test_every_sentence_is_tested_without_data():
    finding = {
        name for name, function in vars(wording).items()
        if getattr(function, "__module__", "").startswith(f"{wording.__name__}.") and hasattr(function, "__wrapped__")
    }  # fmt: skip
    # What a commune brings has rows of its own, or is not shown.
    brought = {"childcare", "rolls", "brought_facilities", "brought_tables", "operations"}
    assert finding == {*WITHOUT, "growth_map", "level_map", *brought}


@pytest.mark.parametrize("name", WITHOUT)
def test_without_data_nothing_is_said(name):
    assert getattr(wording, name)(WITHOUT[name], HEM) == wording.Finding()


@pytest.mark.parametrize("name", [name for name, frame in WITHOUT.items() if "territory" in frame])
def test_the_data_of_others_alone_say_nothing(name):
    frame = WITHOUT[name]
    others = pd.DataFrame(
        [dict.fromkeys(frame, 1.0) | {"territory": "MEL", "origin": "insee", "sources": ""}]
    )
    assert getattr(wording, name)(others, HEM) == wording.Finding()


def test_a_rate_that_is_missing_takes_its_sentences_away_not_the_others():
    finding = balances((0.0, 10.0), births=0.0, deaths=0.0)
    assert (finding.title, finding.reading, finding.takeaway) == ("", "", "")
    map_of = pd.DataFrame({"territory": ["Hem"], "code": ["59299"], "annual": [float("nan")]})
    assert wording.growth_map(map_of, HEM, epci="MEL") == wording.Finding()


def read_a_map(*shares, codes=("59299", "a", "b", "c"), epci="MEL"):
    data = pd.DataFrame({"code": codes[: len(shares)], "share": shares, "year": 2021})
    return wording.level_map(data, HEM, value="share", what="part de logements vacants", epci=epci)


@pytest.mark.parametrize(
    ("people", "turned"),
    [
        ((1000.0, 1100.0, 1100.0), "mais elle est quasi stable depuis 2018"),
        ((1000.0, 1100.0, 1050.0), "mais elle diminue depuis 2018"),
        ((1000.0, 1100.0, 1200.0), ""),
        ((1000.0, 1000.0, 1000.0), ""),
        # Over the ten years nothing, and yet.
        ((1000.0, 1060.0, 1000.0), "mais elle diminue depuis 2018"),
        # Thirty people of a thousand are no turn.
        ((1000.0, 1030.0, 1000.0), ""),
    ],
)
def test_a_rise_that_has_stopped_is_reported_as_such(people, turned):
    table = long(
        {("Hem", year): {"POP": value} for year, value in zip((2013, 2018, 2023), people, strict=True)}
    )
    found = wording.recent(growth.index(table, base=2013), HEM)
    assert turned in found.takeaway
    assert ("mais" in found.takeaway) is bool(turned)
    assert found.headline.endswith("depuis 2018" if turned else "depuis 2013")


def test_a_map_of_a_level_tells_the_commune_and_the_median_of_the_others():
    found = read_a_map(3.25, 4.0, 9.0, 5.0)
    assert (found.title, found.takeaway) == ("", "")
    assert found.reading == (
        "part de logements vacants : 3,3\u00a0% à Hem en 2021 ; la moitié des autres communes de la MEL dépassent 5,0\u00a0%."
    )
    assert "autres communes du département dépassent" in read_a_map(3.0, 4.0, epci="").reading
    # Alone with a figure.
    assert read_a_map(3.0, float("nan")).reading == "part de logements vacants : 3,0\u00a0% à Hem en 2021."
    assert read_a_map(float("nan"), 4.0) == wording.Finding()
    assert read_a_map(3.0, codes=("a",)) == wording.Finding()


def test_a_map_counts_those_that_are_known_and_says_nothing_of_a_handful_of_many():
    codes = ("59299", *"abcdefghij")
    found = read_a_map(3.0, *range(4, 12), *2 * [float("nan")], codes=codes).reading
    assert (
        "la moitié des 8 autres communes de la MEL dont le chiffre est connu dépassent 7,5\u00a0%." in found
    )
    alike = read_a_map(7.5, *range(4, 12), float("nan"), codes=codes).reading
    assert alike.endswith(", comme la médiane des 8 autres communes de la MEL dont le chiffre est connu.")
    few = read_a_map(3.0, *range(4, 11), float("nan"), codes=codes)
    assert (few.title, few.reading) == ("", "part de logements vacants : 3,0\u00a0% à Hem en 2021.")


@pytest.mark.parametrize(
    ("largest", "apart"),
    [
        # Three communes at 70 % around one at 60 %, and a large one: together they are under it, or above it too.
        (30.0, " ; ensemble, où les plus peuplées pèsent davantage : 39,4\u00a0%"),
        (68.0, ""),
    ],
)
def test_a_commune_between_the_median_and_the_communes_together_is_told_both(largest, apart):
    homes = pd.Series([10_000.0, 10_000.0, 10_000.0, 10_000.0, 120_000.0])
    share = pd.Series([60.0, 70.0, 70.0, 70.0, largest])
    data = pd.DataFrame(
        {"code": ["59299", *"abcd"], "share": share, "RP": homes, "value": share * homes / 100}
    )
    found = wording.level_map(
        data.assign(year=2018), HEM, value="share", of="RP", what="part de propriétaires", epci="MEL"
    )
    assert found.reading.endswith(f"des autres communes de la MEL dépassent 70,0\u00a0%{apart}."), (
        found.reading
    )


def test_a_map_of_a_level_is_titled_by_its_quarter_among_eight_others_at_least():
    codes = ("59299", *"abcdefgh")
    assert read_a_map(9.0, *range(1, 8), codes=codes).title == ""
    high = read_a_map(9.0, *range(1, 9), codes=codes)
    assert high.title == "Part de logements vacants : quart le plus élevé de l’intercommunalité"
    assert high.reading.endswith("la moitié des autres communes de la MEL dépassent 4,5\u00a0%.")
    low = read_a_map(0.5, *range(1, 9), codes=codes, epci="")
    assert low.title == "Part de logements vacants : quart le plus faible du département"


def test_a_single_date_says_no_change():
    one = growth.index(long({("Hem", 2013): {"POP": 10.0}}), base=2013)
    assert wording.recent(one, HEM) == wording.Finding()
    table = long(dwellings(10_000.0, 1_000.0, 2_000.0, years=(2018,)))
    finding = wording.tenure(stock.tenure(table[table["territory"] == "Hem"], years=[2018]), HEM)
    assert finding.title == "50,0\u00a0% de propriétaires, 25,0\u00a0% de locataires HLM"
    assert finding.takeaway == finding.reading == ""


@pytest.mark.parametrize("whose", BOTH)
def test_a_sentence_that_rests_on_a_simulated_value_says_so(whose):
    table = long(dwellings(10_000.0, 1_000.0, 2_000.0))
    table.loc[table["territory"] == whose, "origin"] = "demonstration"
    for finding in (
        wording.owners(stock.owners(ordered(table), year=2018), HEM),
        wording.categories(stock.categories(ordered(table), year=2018), HEM),
    ):
        assert finding.demonstration
        assert finding.takeaway.endswith("(données de démonstration).")


def ranked(annual, others):
    codes = ["59299", *map(str, range(len(others)))]
    frame = pd.DataFrame({"code": codes, "annual": [annual, *others], "territory": ["Hem", *codes[1:]]})
    return wording.growth_map(frame, HEM, epci="MEL")


@pytest.mark.parametrize(("annual", "written"), [(9.0, "1ʳᵉ"), (6.5, "2ᵉ"), (-1.0, "9ᵉ")])
def test_the_rank_of_growth_is_counted_from_the_strongest_rise(annual, written):
    assert f"la commune est {written} sur les 9 de la MEL" in ranked(annual, range(8)).takeaway
    few = ranked(annual, range(7))
    assert few.takeaway == ""
    assert few.title == f"La population {'augmente' if annual > 0 else 'diminue'}"


@pytest.mark.parametrize(
    ("annual", "place"),
    [
        (9.0, "quart le plus élevé"),
        (-1.0, "quart le plus faible"),
        (4.5, "moitié haute"),
    ],
)
def test_a_growth_is_reported_by_its_quarter_of_the_communes(annual, place):
    assert ranked(annual, range(8)).title == f"Évolution de population : {place} de l’intercommunalité"


@pytest.mark.parametrize(
    ("epci", "written"),
    [
        ("MEL", "de la MEL"), ("CA du Grand Dole", "de la CA du Grand Dole"), ("CC Retz-en-Valois", "de la CC Retz-en-Valois"),
        ("CU d'Arras", "de la CU d'Arras"), ("Métropole du Grand Paris", "de la Métropole du Grand Paris"),
        ("Toulouse Métropole", "de Toulouse Métropole"), ("Orléans Métropole", "d’Orléans Métropole"),
        ("Eurométropole de Strasbourg", "de l’Eurométropole de Strasbourg"),
    ],
)  # fmt: skip
def test_an_epci_takes_the_article_that_french_wants(epci, written):
    frame = pd.DataFrame({"code": ["59299"], "annual": [1.0], "territory": ["Hem"]})
    assert f"commune médiane {written} " in wording.growth_map(frame, HEM, epci=epci).reading


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("MEL", "l’ensemble de la MEL"), ("Nord", "l’ensemble du département (Nord)"),
        ("Hauts-de-France", "l’ensemble de la région (Hauts-de-France)"), ("France hors Mayotte", "l’ensemble de la France ("),
    ],
)  # fmt: skip
def test_a_territory_is_named_by_what_it_is_to_the_commune(name, written):
    table = long(dwellings(10_000.0, 1_000.0, 2_000.0))
    table["territory"] = pd.Categorical(
        table["territory"].replace("MEL", name), categories=["Hem", name], ordered=True
    )
    assert written in wording.owners(stock.owners(table, year=2018), HEM).takeaway


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (200.0, "Plus de propriétaires de 60 à 69 ans qu’en 2008"),
        (-200.0, "Moins de propriétaires de 60 à 69 ans qu’en 2008"),
        # 2 √2050 is 90.
        (50.0, "Un nombre stable de propriétaires de 60 à 69 ans depuis 2008"),
    ],
)
def test_owners_of_an_age_are_reported_with_the_direction_of_their_number_beyond_its_margin(change, words):
    rows = [(year, 60, 64, "owner", value) for year, value in ((2008, 1000.0), (2018, 1000.0 + change))]
    frame = pd.DataFrame(rows, columns=["year", "low", "high", "tenure", "value"])
    finding = wording.pyramid_tenure(frame, HEM)
    assert finding.headline == words
    assert finding.title.startswith(f"De 1\u202f000 à {french.number(1000 + change)}")


def owners(level):
    """Owners of two dates in the classes of a level: those that a sentence tells, then others."""
    finding = {"individus": (60, 69.0), "menages": (65, float("nan")), "logements": (60, 64.0)}[level]
    rows = [
        (year, low, high, "owner", value)
        for year, value in ((2012, 300.0), (2022, 350.0)) for low, high in (finding, (25, 39.0))
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["year", "low", "high", "tenure", "value"])


@pytest.mark.parametrize(
    ("level", "who"),
    [
        ("individus", "propriétaires de 60 à 69 ans"), ("menages", "ménages propriétaires de 65 ans ou plus"),
        ("logements", "propriétaires de 60 ans ou plus"),
    ],
)  # fmt: skip
def test_owners_are_reported_at_each_level_with_its_own_ages(level, who):
    finding = wording.pyramid_tenure(owners(level), HEM, level=level)
    assert finding.title == f"De 300 à 350 {who}"
    assert finding.headline == f"Un nombre stable de {who} depuis 2012"
    assert finding.reading.endswith("sont 50 de plus en 2022 qu’en 2012.")


@pytest.mark.parametrize("level", ["individus", "menages", "logements"])
def test_too_few_owners_are_reported_without_a_direction(level):
    finding = wording.pyramid_tenure(owners(level).assign(value=150.0, group="x"), HEM, level=level)
    who = "ménages" if level == "menages" else "habitants"
    assert finding.title == f"Les {who} selon l’âge et le statut d’occupation en 2012 et 2022"
    assert (finding.reading, finding.takeaway) == ("", "")


def test_classes_that_are_too_small_are_not_compared():
    few = {(year, sex, age): 90.0 + year % 100 for year in (2008, 2018) for sex in "HF" for age in (20, 60)}
    finding = wording.pyramid(fitted(few), HEM)
    assert finding.title == "La pyramide des âges en 2008 et 2018"
    large = fitted(few | {(2008, "H", 40): 400.0, (2018, "H", 40): 300.0})
    assert "chez les 40-44 ans" in wording.pyramid(large, HEM).title
    assert wording.pyramid_shares(large, HEM).title == "La part des 40-44 ans est celle qui progresse le plus"


def crossing(level, asked="", widths=(5,)):
    rows, low = [], 20
    for width in widths:
        rows.append((2022, low, low + width - 1.0))
        low += width
    frame = pd.DataFrame([*rows, (2022, low, float("nan"))], columns=["year", "low", "high"])
    return Crossing(level, asked, frame if level else frame.iloc[:0])


@pytest.mark.parametrize(
    ("asked", "used", "words"),
    [
        ("", "individus", ["Niveau : « individus »", "le plus fin", "de Hem pour 2022"]),
        ("menages", "menages", ["Niveau demandé par les paramètres : « ménages »"]),
        ("menages", "logements", ["Le niveau demandé, « ménages »", "n’est pas dans les données de Hem", "le niveau « logements »"]),
    ],
)  # fmt: skip
def test_the_level_is_reported_with_its_reason(asked, used, words):
    finding = wording.level(crossing(used, asked), HEM)
    assert all(word in finding for word in words)
    assert wording.counted(crossing(used))
    assert wording.level(crossing("", asked), HEM) == wording.counted(crossing("")) == ""


def test_a_small_commune_is_reported_why_its_people_are_not_reported_by_tenure():
    def inhabitants(*counts):
        rows = [("Hem", 2013 + 5 * rank, "POP", float(count)) for rank, count in enumerate(counts)]
        return pd.DataFrame(
            [*rows, ("MEL", 2018, "POP", 9e5)], columns=["territory", "year", "variable", "value"]
        )

    why = wording.why_no_individuals(inhabitants(2_100, 1_999), HEM)
    assert "2 000 habitants" in why.replace("\u202f", " ").replace("\u00a0", " ")
    assert "exploitation complémentaire" in why
    assert wording.why_no_individuals(inhabitants(1_900, 2_000), HEM) == ""
    finding = wording.level(crossing("menages", "individus"), HEM, why=why)
    assert finding.startswith(why)
    assert "n’est donc pas donné" in finding
    assert "n’est pas dans les données" not in finding


@pytest.mark.parametrize(
    ("beyond", "words"), [([], "tous les écarts tiennent"), ([1], "1\u00a0écart sur 2 dépasse ce qu’il")]
)
def test_the_check_says_what_sampling_explains(beyond, words):
    data = pd.DataFrame(
        {
            "territory": "Hem", "year": 2018, "tenure": ["owner", "social"], "group": "Ensemble",
            "persons": [2_400.0, 1_000.0], "dwellings_file": [2_500.0, 1_200.0], "gap_rate": [-4.0, -16.7],
            "tolerance": [300.0, 208.0], "small": False, "beyond": [rank in beyond for rank in range(2)],
        }
    )  # fmt: skip
    reading = wording.tenure_check(data, HEM).reading
    assert "±\u00a0208" in reading
    assert words in reading


def test_what_is_to_be_known_of_the_classes_is_reported_once():
    people = pd.DataFrame({"year": [2022], "tenure": ["outside"], "value": [40.0]})
    assert wording.crossed(crossing("individus"), people.iloc[:0]) == ""
    ten = wording.crossed(crossing("individus", widths=(10, 10)), people)
    assert "classes de dix ans" in ten
    assert "40 en 2022" in ten
    unequal = wording.crossed(crossing("menages", widths=(5, 15)), people)
    assert "largeurs inégales" in unequal
    assert "à partir de 20 ans" in unequal
    assert "(40 ans ou plus) jusqu’à 95 ans" in unequal
    assert "hors logement ordinaire" not in unequal
    assert ten.count(".") == unequal.count(".") == 1


@pytest.mark.parametrize(
    ("after", "title", "takeaway", "headline"),
    [
        ((1500.0, 500.0), "La plus forte hausse est chez les 20-24 ans", "; les 60-64 ans passent de 1\u202f000 à 500", "Davantage de 20-24 ans, moins de 60-64 ans"),
        ((1500.0, 1200.0), "La plus forte hausse est chez les 20-24 ans", "à 1\u202f500.", ""),
        ((990.0, 500.0), "La plus forte baisse est chez les 60-64 ans", "à 500.", ""),
        # 2 √2050 is 90.
        ((1050.0, 960.0), "Aucune classe d’âges ne change nettement", "", ""),
    ],
)  # fmt: skip
def test_the_ages_that_change_most_are_reported_beyond_their_margin(after, title, takeaway, headline):
    values = {
        (2008, "H", 20): 1000.0,
        (2008, "H", 60): 1000.0,
        (2018, "H", 20): after[0],
        (2018, "H", 60): after[1],
    }
    finding = wording.pyramid(fitted(values), HEM)
    assert (finding.title, finding.headline) == (title, "" if finding.demonstration else headline)
    assert takeaway.rstrip(".") in finding.takeaway


def test_generations_of_which_a_date_says_nothing_significant_are_not_reported():
    data = pd.DataFrame(
        {
            "territory": HEM.name, "since": 2008, "until": 2018, "low": 20, "label": "20 à 29 ans",
            "year": [2008, 2018], "rate": [float("nan"), 40.0], "people": [150.0, 300.0],
        }
    )  # fmt: skip
    assert wording.generations(data, HEM) == wording.Finding()


def test_children_are_no_generation_that_comes_to_own():
    rows = [
        (low, label, year, rate)
        for low, label, rates in ((0, "0 à 9 ans", (40.0, 70.0)), (20, "20 à 29 ans", (30.0, 45.0)))
        for year, rate in zip((2008, 2018), rates, strict=True)
    ]
    data = pd.DataFrame(rows, columns=["low", "label", "year", "rate"]).assign(
        territory=HEM.name, since=2008, until=2018, people=500.0
    )
    assert (
        wording.generations(data, HEM).title
        == "La génération de 20 à 29 ans en 2008 accède le plus à la propriété"
    )


def test_balances_of_other_years_than_those_compared_say_why():
    why = "Naissances et décès sont connus de 2013 à 2018, non depuis 2012"
    finding = [balances((1_000.0, 1_010.0), compared=year).reading for year in (2012, 2013)]
    assert [why in reading for reading in finding] == [True, False]
