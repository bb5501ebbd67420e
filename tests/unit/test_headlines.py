"""What a section finds, in a few words: the direction of its figures, in good French, or nothing."""

from __future__ import annotations

import pandas as pd
import pytest
from frames import commune, long

from helpers import french, wording
from helpers.indicators import ages, householders, households, stock, vacancy
from helpers.wording.finding import out_of_ten
from helpers.wording.materiality import turn_of_share

HEM = commune()
BOTH = ["Hem", "MEL"]


def ordered(frame):
    return frame.assign(territory=pd.Categorical(frame["territory"], categories=BOTH, ordered=True))


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "Moins d’un logement sur vingt"),
        (4.99, "Moins d’un logement sur vingt"),
        (5.9, "Un logement sur dix-sept"),
        (8.5, "Un logement sur douze"),
        (9.55, "Près d’un logement sur dix"),
        (9.65, "Un logement sur dix"),
        (10.2, "Un logement sur dix"),
        (12.0, "Près d’un logement sur huit"),
        (18.0, "Plus d’un logement sur six"),
        (19.0, "Près d’un logement sur cinq"),
        (26.0, "Plus de deux logements sur dix"),
        (27.9, "Plus de deux logements sur dix"),
        (28.0, "Près de trois logements sur dix"),
        (29.2, "Près de trois logements sur dix"),
        (30.4, "Trois logements sur dix"),
        (30.5, "Plus de trois logements sur dix"),
        (41.0, "Plus de quatre logements sur dix"),
        (94.9, "Plus de neuf logements sur dix"),
        (95.0, "Presque tous les logements"),
    ],
)
def test_a_share_is_reported_as_people_say_it(share, text):
    words, plural = out_of_ten(share, "logement", "logements")
    assert words == text
    assert plural is ("logements" in text)


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        # Roubaix: two tenths of a point of a hundred thousand inhabitants, whom chance alone may move.
        ((5_400, 5.6), (5_200, 5.4), "reste stable"),
        # A town of two million, where chance moves nothing: a reader does not see two tenths.
        ((160_000, 7.5), (158_000, 7.3), "reste stable"),
        ((160_000, 7.5), (166_000, 7.8), "augmente"),
        # A village: two points are four people.
        ((20, 10.0), (24, 12.0), "reste stable"),
        ((2_000, 10.0), (1_600, 8.0), "diminue"),
        # Hem: 123 more of 75 or more, beyond 2·√(n0 + n1) = 109, are reported by the card on them.
        ((1_425, 7.75), (1_548, 8.32), "augmente"),
        ((0, 0.0), (0, 0.0), "reste stable"),
        ((float("nan"), float("nan")), (5, 5.0), "reste stable"),
    ],
)
def test_a_share_moves_beyond_what_its_counts_and_a_reader_may_see(before, after, text):
    assert turn_of_share(before, after) == text


@pytest.mark.parametrize(
    ("young", "old", "text"),
    [
        ((500.0, 400.0), (300.0, 400.0), "La part des 75 ans ou plus augmente, celle des 0 à 14 ans diminue"),
        ((400.0, 500.0), (300.0, 400.0), "Les parts des 75 ans ou plus et des 0 à 14 ans augmentent"),
        ((500.0, 500.0), (300.0, 300.0), "Les parts des 75 ans ou plus et des 0 à 14 ans restent stables"),
        ((500.0, 500.0), (3.0, 400.0), ""),
    ],
)
def test_both_ends_of_the_ages_are_reported_unless_one_is_not_significant(young, old, text):
    known = {
        ("Hem", year): {"POP0014": a, "POP1529": 3000.0 - a - b, "POP75P": b}
        for year, a, b in zip((2012, 2018), young, old, strict=True)
    }
    totals = {("Hem", year): {"POP": 3000.0} for year in (2012, 2018)}
    assert wording.age_groups(ages.groups(long(known), long(totals)), HEM).headline == text


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ({"POP0014": 300.0, "POP1529": 600.0, "POP75P": 100.0}, "Un habitant sur dix a 75 ans ou plus"),
    ],
)
def test_at_a_single_date_the_oldest_that_are_enough_are_reported(counts, text):
    totals = {("Hem", 2018): {"POP": 1000.0}}
    finding = wording.age_groups(ages.groups(long({("Hem", 2018): counts}), long(totals)), HEM)
    assert finding.headline == text
    assert french.MISSING not in f"{finding.title} {finding.reading}"


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ((900.0, 800.0), (1000.0, 700.0), "Les {a} sont plus nombreux, les {b} moins nombreux"),
        ((900.0, 800.0), (1050.0, 810.0), "Les {a} sont plus nombreux"),
        ((900.0, 800.0), (890.0, 700.0), "Les {b} sont moins nombreux"),
        # 2 √(900 + 950) is 86: fifty more are none.
        ((900.0, 800.0), (950.0, 790.0), ""),
    ],
)
def test_the_ages_of_services_that_move_most_are_reported(before, after, text):
    frame = pd.DataFrame(
        {
            "territory": "Hem", "label": ["6 à 10 ans", "11 à 14 ans"], "people_0": before, "people_1": after,
            "since": 2013, "until": 2018, "count": before, "origin": "insee",
        }
    )  # fmt: skip
    frame["change"] = frame["people_1"] - frame["people_0"]
    assert wording.services(frame, HEM).headline == text.format(a="6 à 10 ans", b="11 à 14 ans")


def dwellings(main, second, empty):
    return ordered(
        long(
            {
                (name, 2018): {"LOG": main + second + empty, "RP": main, "RSECOCC": second, "LOGVAC": empty}
                for name in BOTH
            }
        )
    )


def test_the_stock_and_its_vacancy_are_reported_as_parts_of_ten():
    of_stays = wording.categories(stock.categories(dwellings(6_000.0, 3_000.0, 1_000.0), year=2018), HEM)
    assert of_stays.headline == "Trois logements sur dix sont des résidences secondaires"
    table = dwellings(8_500.0, 500.0, 1_000.0)
    text = wording.categories(stock.categories(table, year=2018), HEM)
    assert text.headline == "Vacance proche de celle de l’intercommunalité"
    none = long({("Hem", 2018): {}})
    text = wording.vacancy(vacancy.measures(table, none, territory="Hem", year=2018), HEM)
    assert text.headline == "Un logement sur dix est vacant"


@pytest.mark.parametrize(
    ("sizes", "headline", "title"),
    [
        ((2.6, 1.98), "Les ménages sont plus petits qu’en 2013", "1,98 personne par ménage en 2018, contre 2,60 en 2013"),
        ((2.0, 2.2), "Les ménages sont plus grands qu’en 2013", "2,20 personnes par ménage en 2018, contre 2,00 en 2013"),
        ((2.0, 2.001), "La taille des ménages est stable depuis 2013", "2,00 personnes par ménage en 2018, contre 2,00 en 2013"),
        ((1.98,), "", "1,98 personne par ménage"),
    ],
)  # fmt: skip
def test_households_are_reported_by_their_size_singular_under_two(sizes, headline, title):
    years = (2013, 2018)[-len(sizes) :]
    homes = long({("Hem", year): {"RP": 1_000.0} for year in years})
    people = long({("Hem", year): {"PMEN": 1_000 * size} for year, size in zip(years, sizes, strict=True)})
    text = wording.household_size(households.size(people, homes), HEM)
    assert (text.headline, text.title) == (headline, title)
    assert text.reading.startswith("cent ménages" if len(sizes) > 1 else "en 2018, cent ménages")


def test_homes_to_pass_on_are_reported_of_households():
    held = pd.DataFrame(
        [("Hem", 2018, age, "owner", value) for age, value in ((40, 708.0), (65, 192.0), (80, 100.0))],
        columns=["territory", "year", "age", "tenure", "value"],
    ).assign(variable="MEN", origin="insee", source="s")
    text = wording.to_pass_on(householders.to_pass_on(held, years=[2018]), HEM)
    assert text.headline == "Près de trois propriétaires occupants sur dix ont 65 ans ou plus"
    assert text.title == "29,2\u00a0% des propriétaires occupants ont 65 ans ou plus"


@pytest.mark.parametrize(
    ("owned", "text"),
    [
        (0.40, "Part de propriétaires bien plus faible que celle de l’intercommunalité"),
        (0.60, "Part de propriétaires proche de celle de l’intercommunalité"),
        (0.63, "Part de propriétaires un peu plus élevée que celle de l’intercommunalité"),
    ],
)
def test_a_share_stands_against_the_nearest_territory(owned, text):
    rows = {
        (name, 2018): {"RP": 1e4, "RP_PROP": 1e4 * share}
        for name, share in zip(BOTH, (owned, 0.6), strict=True)
    }
    assert wording.owners(stock.owners(ordered(long(rows)), year=2018), HEM).headline == text
    alone = stock.owners(ordered(long({("Hem", 2018): rows["Hem", 2018]})), year=2018)
    assert wording.owners(alone, HEM).headline == ""


@pytest.mark.parametrize(
    ("name", "place"), [("Hem", "à Hem"), ("Les Abymes", "aux Abymes"), ("Le Havre", "au Havre")]
)
def test_people_live_in_their_commune_whatever_its_article(name, place):
    frame = pd.DataFrame(
        {"territory": name, "year": [2013, 2018], "POP": [1e4, 1.2e4], "index": [100.0, 120.0]}
    )
    text = wording.recent(frame.assign(origin="insee"), commune(name))
    assert text.takeaway.startswith(
        f"En 2018, 12\u202f000\u00a0habitants vivent {place} ; depuis 2013, la population augmente"
    )
    assert (
        text.reading
        == f"pour 100 habitants en 2013, on en compte 120,0 en 2018 {place} (+3,7\u00a0%\u00a0par\u00a0an)."
    )


@pytest.mark.parametrize(("others", "text"), [(8, True), (7, False)])  # A rank among a handful is no finding.
def test_a_rank_is_retained_among_enough_communes(others, text):
    size = others + 1
    frame = pd.DataFrame(
        {"code": ["59299", *map(str, range(others))], "territory": ["Hem", *"abcdefgh"[:others]], "annual": [float(rank) for rank in range(size)]}
    )  # fmt: skip
    assert bool(wording.growth_map(frame, HEM, epci="MEL").takeaway) is text


@pytest.mark.parametrize(("label", "when"), [("1946 à 1970", "de 1946 à 1970"), ("Avant 1919", "avant 1919")])
def test_the_homes_that_stand_are_reported_by_their_most_frequent_period(label, when):
    frame = pd.DataFrame(
        {
            "territory": "Hem", "year": 2018, "label": [label, "Depuis 2006"], "value": [3e3, 1e3], "share": [75.0, 25.0],
            "origin": "insee",
        }
    )  # fmt: skip
    text = wording.construction_periods(frame, HEM)
    assert text.headline == f"Des logements construits le plus souvent {when}"


def test_ages_that_hardly_change_are_named_where_no_other_is_known():
    frame = pd.DataFrame(
        {
            "since": 2012, "until": 2018, "label": ["18 à 24 ans", "75 ans ou plus"],
            "people_0": [1506.0, 1000.0], "people_1": [1505.0, 1010.0], "change": [-1.0, 10.0],
        }
    )  # fmt: skip
    title = wording.services(frame, HEM).title
    assert title == "Les 18 à 24 ans et les 75 ans ou plus restent presque aussi nombreux"


def test_an_age_that_hardly_changes_is_not_said_to_pass_from_one_number_to_another():
    frame = pd.DataFrame(
        {
            "since": 2012, "until": 2018, "label": ["18 à 24 ans", "75 ans ou plus"],
            "people_0": [1506.0, 1000.0], "people_1": [1505.0, 1400.0], "change": [-1.0, 400.0],
        }
    )  # fmt: skip
    reading = wording.services(frame, HEM).reading.replace("\u202f", " ")
    assert reading == "de 2012 à 2018, les 18 à 24 ans restent presque aussi nombreux : 1 506 puis 1 505."
