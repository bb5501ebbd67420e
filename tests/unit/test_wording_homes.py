"""Sentences about homes and about their link with people: whole, with the direction of their figures."""

from __future__ import annotations

import pandas as pd
import pytest
from frames import check_sentences, commune, flows, long
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from helpers import figures, french, wording
from helpers.figures import style
from helpers.indicators import (
    construction,
    heating,
    homes_occupancy,
    household_effect,
    occupation,
    point_mort,
    rooms,
    seniority,
    stock,
    vacancy,
)

HEM = commune()
YEARS = (2013, 2018)

counts = st.floats(0, 1e5)
some = st.floats(1, 1e5)


def classes(draw, labels, years=YEARS):
    return long({("Hem", year): {name: draw(counts) for name in labels} for year in years})


def stocks(draw):
    known = {}
    for year in YEARS:
        main, second, vacant, house = draw(some), draw(counts), draw(counts), draw(st.floats(0, 1))
        known["Hem", year] = {
            "LOG": main + second + vacant, "RP": main, "RSECOCC": second, "LOGVAC": vacant, "RPMAISON": house * main,
            "RPAPPART": (1 - house) * main, "MAISON": house * main, "APPART": (1 - house) * main, "RP_PROP": 0.6 * main,
            "RP_LOC": 0.3 * main, "RP_LOCHLMV": 0.1 * main, "NBPI_RP": draw(counts),
            **{name: draw(counts) for name in ("RP_1P", "RP_2P", "RP_3P", "RP_4P", "RP_5PP")},
        }  # fmt: skip
    return long(known)


@st.composite
def findings(draw):
    table = stocks(draw)
    inside = {("Hem", year): {"PMEN": draw(some), "POP": draw(some)} for year in YEARS}
    inside["Hem", 2018] |= {f"MEN_{size}": draw(some) for size in ("1", "2", "3", "4", "5", "6P")}
    people = long(inside)
    started = flows({("Hem", year, year + 1): {"LOGCOM": draw(counts)} for year in range(2013, 2018)})
    tax = long({("Hem", 2020): {name: draw(some) for name in ("PP_TOTAL", "PP_VACANT", "PP_VACANT_2ANS")}})
    persons = pd.concat(
        [
            long({("Hem", year): {"NPER": draw(some)} for year in YEARS}, tenure=tenure)
            for tenure in homes_occupancy.TENURES
        ]
    )
    occupied_since = long({("Hem", 2018): {"RP_PROP": draw(some), "ANEM_RP_PROP": draw(some)}})
    inhabited = household_effect.occupied(people, table, territory="Hem")
    finding = []
    for convention in ("A", "B"):
        options = {"territory": "Hem", "convention": convention}
        effect = household_effect.household_effect(inhabited, **options)
        broken = point_mort.break_evens(table, people, started, until=2018, **options)
        finding += [
            wording.household_effect(effect, HEM, convention=convention),
            wording.break_even(broken, HEM),
            wording.break_evens(pd.concat([broken] * 2, ignore_index=True), HEM),
        ]
    levels = classes(draw, occupation.LEVELS.labels)
    return [
        *finding,
        wording.gained(point_mort.gained(people, started, since=2013, until=2018), HEM),
        wording.people_per_home(homes_occupancy.people_per_home(table, persons, persons.iloc[:0], territory="Hem"), HEM),
        wording.changes(stock.changes(table, territory="Hem", until=2018), HEM),
        wording.types(stock.types(table, year=2018), HEM),
        wording.types_over_time(stock.types_over_time(table, territory="Hem"), HEM),
        wording.vacancy(vacancy.measures(table, tax, territory="Hem", year=2018), HEM),
        wording.vacancy(vacancy.measures(table, tax.iloc[:0], territory="Hem", year=2018), HEM),
        wording.construction_periods(construction.periods(classes(draw, construction.PERIODS.labels), territory="Hem"), HEM),
        wording.construction_groups(construction.groups(classes(draw, construction.PERIODS.labels), territory="Hem"), HEM),
        wording.starts(construction.starts(started, territory="Hem"), HEM),
        wording.rooms(rooms.homes(table, territory="Hem"), HEM),
        wording.room_means(rooms.means(table, people, year=2018), HEM),
        wording.rooms_beside_households(rooms.beside_households(table, people, territory="Hem"), HEM),
        wording.small_in_large(rooms.small_in_large(table, people, territory="Hem"), HEM),
        wording.occupation(occupation.levels(levels, long({("Hem", 2018): {"POP": 9e4}}), territory="Hem"), HEM),
        wording.stays(seniority.classes(classes(draw, seniority.STAYS.labels), territory="Hem"), HEM),
        wording.stay_marks(seniority.marks(classes(draw, seniority.STAYS.labels), year=2018), HEM),
        wording.seniority(seniority.means(occupied_since, territory="Hem"), HEM),
        wording.heating(
            heating.modes(pd.concat([table, classes(draw, heating.FUELS.labels)]), territory="Hem"), HEM
        ),
    ]  # fmt: skip


@given(findings())
@settings(max_examples=4, phases=(Phase.explicit, Phase.generate))
def test_whatever_the_figures_a_sentence_is_whole_french_and_names_no_cause(finding):
    check_sentences(finding)


def effect(*, people, homes=(4000.0, 4200.0), stock=5000.0):
    frame = pd.DataFrame(
        [("Hem", year, count, inside) for year, count, inside in zip(YEARS, homes, people, strict=True)],
        columns=["territory", "year", "homes", "people"],
    ).assign(stock=stock, origin="insee", sources="s")
    return household_effect.household_effect(frame, territory="Hem")


def test_smaller_households_are_reported_apart_from_larger_ones():
    smaller = wording.household_effect(effect(people=(10_000.0, 10_000.0)), HEM)
    assert "effet taille des ménages (desserrement)" in smaller.takeaway
    assert "de plus" in smaller.reading
    larger = wording.household_effect(effect(people=(10_000.0, 11_000.0)), HEM)
    assert "effet taille des ménages (resserrement)" in larger.takeaway
    assert "les ménages se sont agrandis" in larger.reading
    assert "de moins" in larger.reading
    same = wording.household_effect(effect(people=(10_000.0, 10_500.0)), HEM)
    assert "ni plus ni moins" in same.takeaway


def test_both_effects_are_reported_by_the_names_and_over_the_whole_that_insee_gives_them():
    # LOG T2bis divides by all homes of the first date: 200 more main homes in 5 000 homes, all of the size of households.
    finding = wording.household_effect(effect(people=(10_000.0, 10_000.0)), HEM).reading
    shares = (
        "effet taille des ménages (+4,0\u00a0%), effet démographique (0,0\u00a0%), ensemble (+4,0\u00a0%)"
    )
    assert f"Rapportés à tous les logements de 2013 : {shares}." in finding.replace("\u202f", "\u00a0")
    unknown = wording.household_effect(effect(people=(10_000.0, 10_000.0), stock=float("nan")), HEM).reading
    assert "%" not in unknown
    assert "convention" not in finding + unknown


def test_the_figures_of_a_small_commune_have_a_margin():
    large = wording.household_effect(effect(people=(10_000.0, 10_000.0)), HEM)
    small = wording.household_effect(effect(people=(1_000.0, 1_000.0), homes=(400.0, 420.0)), HEM)
    assert "±" not in large.reading + large.takeaway
    # Twenty homes, give or take 2 √20.
    assert "20\u00a0résidences principales de plus (±\u00a09)" in small.reading
    assert "20 de plus (±\u00a09), c’est l’effet taille des ménages (desserrement)" in small.takeaway


def broken(starts, *, more=100.0):
    table = {
        ("Hem", year): {"LOG": 4300.0 + extra, "RP": 4000.0 + extra, "RSECOCC": 100.0, "LOGVAC": 200.0}
        for year, extra in zip(YEARS, (0.0, more), strict=True)
    }
    people = long({("Hem", year): {"PMEN": 9_000.0} for year in YEARS})
    started = flows({("Hem", year, year + 1): {"LOGCOM": starts / 5} for year in range(*YEARS)})
    return point_mort.break_evens(long(table), people, started, territory="Hem", until=2018)


@pytest.mark.parametrize(("starts", "flagged"), [(110.0, False), (200.0, True)])
def test_a_large_renewal_is_reported_to_be_checked(starts, flagged):
    finding = wording.break_even(broken(starts), HEM)
    assert ("premier chiffre à vérifier" in finding.reading) is flagged
    assert "point mort" in finding.reading
    for text in (finding.title, finding.reading, finding.takeaway):
        assert "besoin" not in text


@pytest.mark.parametrize(
    ("starts", "words"),
    [
        (200.0, "100 logements à remplacer (renouvellement)"),
        (60.0, "40 logements venus du parc existant, à déduire (ren"),
    ],
)
def test_renewal_reads_as_homes_that_went_or_came(starts, words):
    assert words in wording.break_even(broken(starts), HEM).reading.replace(french.NBSP, " ")


@pytest.mark.parametrize(
    ("gained", "words"),
    [
        (100.0, "100 logements de plus par le desserrement des ménages"),
        (0.0, "par le desserrement des ménages"),
        (-100.0, "100 logements de moins par le resserrement des ménages"),
    ],
)
def test_households_that_keep_their_size_do_not_grow(gained, words):
    reading = wording.break_even(broken(200.0, more=gained), HEM).reading.replace(french.NBSP, " ")
    assert words in reading
    assert ("resserrement" in reading) is (gained < 0)


@pytest.mark.parametrize(
    ("lag", "homes", "note"),
    [
        (0, "200 logements commencés", ""),
        (
            1,
            "200 logements livrés (commencés de 2012 à 2016)",
            " ; livraison supposée 1 an après l’ouverture du chantier",
        ),
        (
            2,
            "200 logements livrés (commencés de 2011 à 2015)",
            " ; livraison supposée 2 ans après l’ouverture du chantier",
        ),
    ],
)
def test_homes_counted_as_they_are_delivered_say_when_they_were_started(lag, homes, note):
    finding = wording.break_even(broken(200.0), HEM, lag=lag)
    assert homes in finding.takeaway.replace("\u00a0", " ")
    word = "livrés" if lag else "commencés"
    steps, periods = (
        tell(broken(200.0), lag=lag)["label"] for tell in (point_mort.steps, point_mort.over_periods)
    )
    for text in (steps.iloc[-1], periods.iloc[0], finding.headline, finding.reading.split(".")[0]):
        assert f"ogements {word}" in text.replace("\u00a0", " ")
    assert wording.delivery(lag).replace("\u00a0", " ") == note
    people = long({("Hem", year): {"POP": 9_000.0 + year} for year in YEARS})
    yearly = flows({("Hem", year, year + 1): {"LOGCOM": 40.0} for year in range(YEARS[0] - 2, YEARS[1])})
    gained = point_mort.gained(people, yearly, since=YEARS[0], until=YEARS[1], lag=lag)
    finding = wording.gained(gained, HEM, lag=lag)
    assert homes in finding.reading.replace("\u00a0", " ")
    assert ("livrés" in finding.title) is bool(lag)
    check_sentences([finding])


@pytest.mark.parametrize(("end", "clearly"), [(100_000.0, ""), (110_000.0, "nettement ")])
def test_a_change_is_clear_by_its_size_not_by_that_of_the_commune(end, clearly):
    others = {"RP_LOC": 2000.0, "RP_LOCHLMV": 1000.0}
    homes = {
        year: {"RP": owners + 2000.0, "RP_PROP": owners, **others}
        for year, owners in ((2012, 98_000.0), (2018, end))
    }
    table = long({("Hem", year): row for year, row in homes.items()})
    found = wording.gains(stock.gains(table, territory="Hem"), HEM)
    assert found.headline == f"Seuls les propriétaires sont {clearly}plus nombreux"


def test_people_of_a_home_are_reported_by_type_then_from_the_smallest_to_the_largest():
    rows = {"MAISON": (600.0, 1500.0), "APPART": (400.0, 720.0), "1P": (250.0, 300.0), "5PP": (300.0, 990.0)}
    table = long(
        {
            ("Hem", 2018): {
                f"{name}_{kind}": pair[rank]
                for kind, pair in rows.items()
                for rank, name in enumerate(("MEN", "INPER"))
            }
        },
        tenure="owner",
    )
    finding = wording.people_per_kind(homes_occupancy.people_per_kind(table, territory="Hem"), HEM)
    assert finding.title == "2,50 personnes par maison, 1,80 personne par appartement"
    assert "de 1 pièce loge en moyenne 1,20 personne, et une de 5 pièces ou plus 3,30." in finding.reading
    check_sentences([finding])
    few = table.assign(value=table["value"] / 100)
    assert wording.people_per_kind(homes_occupancy.people_per_kind(few, territory="Hem"), HEM).title == ""


def test_periods_are_never_said_to_add_up():
    two = pd.concat([broken(110.0)] * 2, ignore_index=True)
    assert "ne s’additionnent pas" in wording.break_evens(two, HEM).reading
    assert wording.break_evens(two.iloc[:1], HEM) == wording.Finding()


@pytest.mark.parametrize(
    ("rows", "words"),
    [(("RPMAISON", "RPAPPART"), "des maisons"), (("RPAPPART", "RPMAISON"), "des appartements")],
)
def test_the_most_frequent_type_is_the_one_reported(rows, words):
    homes = dict(zip(rows, (700.0, 300.0), strict=True)) | {"RP": 1000.0}
    assert words in wording.types(stock.types(long({("Hem", 2018): homes}), year=2018), HEM).title


def test_a_share_moves_in_points_and_a_stock_in_percent():
    table = {
        ("Hem", year): {"LOG": 1000.0 + extra, "RP": 700.0, "RSECOCC": 0.0, "LOGVAC": 300.0 + extra}
        for year, extra in zip(YEARS, (0.0, 100.0), strict=True)
    }
    title = wording.changes(stock.changes(long(table), territory="Hem", until=2018), HEM).title
    assert title == "Le parc augmente, la part des logements vacants augmente"


def test_the_tax_file_is_reported_with_its_field_and_the_census_with_its_own():
    census = long({("Hem", 2018): {"LOG": 7412.0, "LOGVAC": 247.0}})
    tax = long({("Hem", 2020): {"PP_TOTAL": 5000.0, "PP_VACANT": 260.0, "PP_VACANT_2ANS": 51.0}})
    finding = wording.vacancy(vacancy.measures(census, tax, territory="Hem", year=2018), HEM)
    assert finding.title == "Vacance : 3,3\u00a0% au recensement, 5,2\u00a0% aux fichiers fiscaux"
    assert finding.headline.endswith(" est vacant au recensement")
    assert "51 (1,0\u00a0%) depuis plus de deux ans" in finding.reading
    assert "un autre champ que le recensement" in finding.takeaway
    alone = wording.vacancy(vacancy.measures(census, tax.iloc[:0], territory="Hem", year=2018), HEM)
    assert "LOVAC" in alone.reading


def test_the_mean_of_starts_leaves_out_the_provisional_years():
    table = flows(
        {("Hem", year, year + 1): {"LOGCOM": 100.0 if year < 2023 else 1.0} for year in range(2020, 2025)}
    )
    finding = wording.starts(construction.starts(table, territory="Hem"), HEM)
    assert finding.title == "100\u00a0logements commencés par\u00a0an, en moyenne"
    assert "de 2020 à 2022" in finding.reading


def test_a_small_number_of_vacant_homes_has_its_rate_and_its_words():
    # Annœullin: 196 vacant homes of 4 320, which Insee publishes as 4,5 %.
    table = long({("Hem", 2018): {"LOG": 4320.0, "RP": 4120.0, "RSECOCC": 4.0, "LOGVAC": 196.0}})
    finding = wording.categories(stock.categories(table, year=2018), HEM)
    assert finding.title == "4\u202f320\u00a0logements, dont 4,5\u00a0% vacants"
    assert "196\u00a0logements sont vacants" in finding.reading
    check_sentences([finding])


@pytest.mark.parametrize(
    ("second", "vacant", "title", "headline"),
    [
        # Royan in 2018.
        (9_081, 1_077, "43,7\u00a0% de résidences secondaires", "Plus de quatre logements sur dix sont des"),
        (2_600, 1_077, "12,5\u00a0% de résidences secondaires", "Un logement sur huit est une résidence"),
        (2_400, 1_077, "5,2\u00a0% vacants", ""),
        (2_600, 2_700, "13,0\u00a0% vacants", ""),
    ],
)
def test_a_stock_that_second_homes_make_is_reported_by_them(second, vacant, title, headline):
    homes = 20_791.0
    main = homes - second - vacant
    table = long(
        {("Hem", 2018): {"LOG": homes, "RP": main, "RSECOCC": float(second), "LOGVAC": float(vacant)}}
    )
    data = stock.categories(table, year=2018)
    finding = wording.categories(data, HEM)
    assert finding.title == f"20\u202f791\u00a0logements, dont {title}"
    assert finding.headline.startswith(headline)
    assert ("secondaires ou occasionnelles" in finding.takeaway) is ("secondaires" in title)
    # The drawing of the cover is made in this case alone.
    assert stock.of_stays(data, territory="Hem").empty is ("vacants" in title)
    check_sentences([finding])


def test_a_stock_of_fewer_than_two_hundred_homes_has_no_rate():
    table = long({("Hem", 2018): {"LOG": 150.0, "RP": 130.0, "RSECOCC": 8.0, "LOGVAC": 12.0}})
    assert wording.categories(stock.categories(table, year=2018), HEM) == wording.Finding()


HEM_2012_2018 = {
    2012: {"RP": 6814.0, "RP_PROP": 4029.0, "RP_LOC": 2758.0, "RP_LOCHLMV": 2334.0},
    2018: {"RP": 7128.0, "RP_PROP": 4188.0, "RP_LOC": 2913.0, "RP_LOCHLMV": 2229.0},
}


def test_what_the_main_homes_gained_are_made_of_is_reported_beyond_the_margin_of_each():
    # Hem: +159 owners (margin 181), −105 HLM (135), +260 other tenants (67).
    table = long({("Hem", year): homes for year, homes in HEM_2012_2018.items()})
    finding = wording.gains(stock.gains(table, territory="Hem"), HEM)
    assert finding.title == "314\u00a0résidences principales de plus"
    assert finding.headline == "Seuls les locataires hors HLM sont nettement plus nombreux"
    assert finding.takeaway == (
        "De 2012 à 2018, 314\u00a0résidences principales de plus : 260 de plus pour les locataires hors HLM ; pour "
        "les propriétaires et les locataires HLM, la variation reste dans la marge d’incertitude."
    )
    check_sentences([finding])


def test_parts_that_are_more_than_the_whole_come_with_what_the_others_lost():
    homes = {
        2012: {"RP": 6000.0, "RP_PROP": 3000.0, "RP_LOC": 2900.0, "RP_LOCHLMV": 1000.0},
        2018: {"RP": 6300.0, "RP_PROP": 3400.0, "RP_LOC": 2800.0, "RP_LOCHLMV": 1000.0},
    }
    table = long({("Hem", year): counts for year, counts in homes.items()})
    takeaway = wording.gains(stock.gains(table, territory="Hem"), HEM).takeaway
    assert "400 de plus pour les propriétaires" in takeaway
    assert takeaway.endswith("marge d’incertitude (les autres ensemble : 100 de moins).")


def test_what_lies_within_its_margin_is_drawn_hollow():
    table = long({("Hem", year): homes for year, homes in HEM_2012_2018.items()})
    exhibit = figures.gain_bars(stock.gains(table, territory="Hem"), label="gain")
    hollow = [part for part in exhibit.alt.split(" ; ") if "dans sa marge" in part]
    assert len(hollow) == 3
    assert "+260 (" not in exhibit.alt
    assert exhibit.drawing.count(f'fill="{style.PAPER}" stroke="{style.OWNER}"') == 1
    assert f'fill="{style.PRIVATE}"' in exhibit.drawing


@pytest.mark.parametrize(
    ("years", "title"),
    [
        ((2011, 2012, 2017, 2018), "Deux opérations connues, 60 logements commencés de 2012 à 2017"),
        ((2011, 2018), "2 opérations connues, dont aucune ouverte de 2012 à 2017"),
    ],
)
def test_operations_are_of_the_period_when_their_works_begin_in_it(years, title):
    # Of ten, twenty, forty homes and so on; the second census is of 1 January: what opens that year comes after.
    known = [10.0 * 2**rank for rank in range(len(years))]
    data = pd.DataFrame({"item": [*"abcd"][: len(years)], "year": years, "delivered": years, "known": known})
    finding = wording.operations(data, HEM, since=2012, until=2018, started=float("nan"))
    assert finding.title.replace(french.NBSP, " ") == title
