"""People outside households: an alert on official figures alone, the population with them and without."""

from __future__ import annotations

import re

import pandas as pd
import problem_worlds
import pytest
import small_store
from bs4 import BeautifulSoup
from frames import NEVER, commune, long

from helpers import schemas, store, wording
from helpers.diagnostic import Diagnostic
from helpers.exhibit import MIME
from helpers.indicators import outside_households
from helpers.problems.definitions import CATALOGUE
from helpers.problems.facts import assess
from helpers.problems.materiality import FEW_OUTSIDE
from helpers.publication.pages.cover import describe_pages, render_cover
from helpers.territory.communes import find_commune

INSTITUTIONS = ("59011", "59566")


def tables(dates, *, origin="insee"):
    """The tables of a commune, from its people and those of its households by year."""
    return {
        "population": long({("Hem", year): {"POP": people} for year, (people, _) in dates.items()}),
        "households": long(
            {("Hem", year): {"PMEN": inside} for year, (_, inside) in dates.items()}, origin=origin
        ),
    }


def compared(dates, **options):
    return outside_households.compare(tables(dates, **options), territory="Hem")


# A prison of 800 opened between two censuses, in a town whose households lose people.
PRISON = {2016: (10_000.0, 9_900.0), 2022: (10_500.0, 9_600.0)}


def test_those_outside_households_are_the_people_less_those_of_households():
    rows = compared(PRISON)
    assert rows["year"].tolist() == [2016, 2022]
    assert rows["outside"].tolist() == [100, 900]
    assert rows["share"].tolist() == pytest.approx([1.0, 100 * 900 / 10_500])


def test_dates_less_than_five_years_apart_are_not_compared():
    rows = compared({2015: (100.0, 90.0), 2016: (100.0, 80.0), 2019: (100.0, 70.0), 2022: (100.0, 60.0)})
    assert rows["year"].tolist() == [2016, 2022]
    assert compared({2019: (100.0, 70.0), 2022: (100.0, 60.0)})["year"].tolist() == [2022]


@pytest.mark.parametrize(
    ("dates", "alerted"),
    [
        (PRISON, True),
        # Exactly three per cent, as many before; a little more.
        ({2016: (1000.0, 970.0), 2022: (1000.0, 970.0)}, False),
        ({2016: (1000.0, 970.0), 2022: (1000.0, 969.0)}, True),
        # One point more, and a little more than that: few, that have moved.
        ({2016: (1000.0, 990.0), 2022: (1000.0, 980.0)}, False),
        ({2016: (1000.0, 990.0), 2022: (1000.0, 979.0)}, True),
        # A barracks that has closed.
        ({2016: (1000.0, 900.0), 2022: (1000.0, 1000.0)}, True),
        ({2022: (1000.0, 940.0)}, True),
        ({2022: (1000.0, 980.0)}, False),
    ],
)
def test_the_alert_is_raised_beyond_three_per_cent_or_by_more_than_a_point(dates, alerted):
    rows = compared(dates)
    assert outside_households.is_alert(rows) is alerted
    assert bool(wording.outside_households(rows, commune())) is alerted


def test_a_simulated_figure_raises_no_alert():
    rows = compared(PRISON, origin="demonstration")
    assert rows.empty
    assert wording.outside_households(rows, commune()) == ()


def test_the_alert_tells_how_many_and_the_population_with_them_and_without():
    found = wording.outside_households(compared(PRISON), commune())
    assert found == (
        "En 2022, 900\u00a0personnes vivent hors ménages à Hem (8,6\u00a0% de la population), contre 100 en 2016 "
        "(1,0\u00a0% de la population) : prison, caserne, internat, résidence d’étudiants, foyer ou maison de retraite. "
        "La population, ses âges et son évolution comptent ces personnes ; les logements, non.",
        "Sans ces personnes, la population passe de 9\u202f900 à 9\u202f600\u00a0habitants (−0,5\u00a0%\u00a0par\u00a0an) de 2016 "
        "à 2022 ; avec elles, de 10\u202f000 à 10\u202f500\u00a0habitants (+0,8\u00a0%\u00a0par\u00a0an).",
    )  # fmt: skip


@pytest.mark.parametrize("code", INSTITUTIONS)
def test_an_institution_that_is_known_is_named_with_the_figures_and_without(code):
    institution = CATALOGUE.outside_households[code]
    place = commune(code=code)
    assert institution in wording.outside_households(compared(PRISON), place)[0]
    (awaited,) = wording.outside_households(compared({}), place)
    assert institution in awaited
    assert not any(letter.isdigit() for letter in awaited.replace(institution, ""))


def test_an_institution_that_has_closed_is_reported():
    found = wording.outside_households(compared({2016: (1000.0, 900.0), 2022: (900.0, 900.0)}), commune())
    assert found[0].startswith(
        "En 2022, personne ne vit hors ménages à Hem, contre 100 en 2016 (10,0\u00a0% de la population)"
    )


def test_a_village_is_reported_by_counts_alone():
    found = " ".join(
        wording.outside_households(compared({2016: (90.0, 90.0), 2022: (120.0, 88.0)}), commune())
    )
    assert "32\u00a0personnes" in found
    assert "%" not in found


@pytest.mark.parametrize(
    "dates", [PRISON, {2016: (1000.0, 900.0), 2022: (999.0, 998.0)}, {2022: (1000.0, 940.0)}]
)
def test_the_alert_is_written_in_full(dates):
    assert not NEVER.search(" ".join(wording.outside_households(compared(dates), commune())))


def test_the_size_of_households_is_not_approached_where_the_alert_is_raised_by_a_share():
    assert FEW_OUTSIDE == outside_households.LEAST_SHARE


@pytest.mark.parametrize(("inside", "raised"), [(7_900.0, True), (7_700.0, False)])
def test_the_size_effect_is_approached_where_few_live_outside_households(inside, raised):
    # The people of households are known at the last census alone: 1.25 % live outside them, or 3.75 %.
    people = long({(problem_worlds.OWN, 2018): {"PMEN": inside}})
    world = problem_worlds.build(gain=9, growth_10=-0.4, growth_5=-0.4, extra={"households": people})
    standing = assess(CATALOGUE.facts["effet_taille"], world)
    assert standing.approached
    assert bool(standing.raised) is raised


@pytest.mark.parametrize("code", INSTITUTIONS)
def test_until_the_figures_are_known_they_wait_and_no_size_effect_is_raised(code):
    d = Diagnostic.open(code)
    assert any("hors ménages" in text for text in d.waiting().text)
    standing = d.problems.standings.get("effet_taille")
    assert standing is None or not standing.raised
    rows = outside_households.compare(d.tables("population", "households"), territory=d.commune.name)
    assert rows.empty


def test_the_alert_is_under_the_pyramid_and_on_the_cover():
    d = Diagnostic.open("59011")
    about = compared(PRISON)
    shown = d.alert(wording.outside_households(about, d.commune), about=about)
    assert "8,6\u00a0%" in shown.to_html()
    bundle = shown._repr_mimebundle_()
    declared = {"3": [{**bundle[MIME], "html": bundle["text/html"], "text": bundle["text/plain"]}]}
    pages = describe_pages([], d.commune, made_from=None) | {"3": type("Titled", (), {"title": "Les âges"})}
    soup = BeautifulSoup(render_cover(declared, pages, d.commune, downloads="", foot=""), "html.parser")
    (line,) = soup.select(".sure .alerted")
    assert "900\u00a0personnes vivent hors ménages à Annœullin" in line.get_text()


@pytest.fixture
def annoeullin(monkeypatch, tmp_path):
    """The diagnostic of Annœullin once the people of its households are known at two censuses."""
    monkeypatch.setenv("HELPERS_FETCHED", str(tmp_path))
    tables = {name: small_store.rows(name, {}) for name in schemas.TABLES}
    inside = {
        ("commune", "59011", year, "PMEN"): value for year, value in ((2016, 9_500.0), (2022, 10_000.0))
    }
    tables["households"] = small_store.rows("households", inside, source="rp_2021")
    folder = tmp_path / "59011"
    folder.mkdir()
    store.write(tables, folder)
    yield Diagnostic.open("59011")
    store.forget()


def test_official_figures_raise_the_alert_and_nothing_waits_any_more(annoeullin):
    d = annoeullin
    rows = outside_households.compare(d.tables("population", "households"), territory=d.commune.name)
    # 10 887 inhabitants in 2022 (https://www.insee.fr/fr/statistiques/8290591).
    assert (rows["year"].tolist(), rows["outside"].iloc[-1]) == ([2016, 2022], 887)
    found = wording.outside_households(rows, d.commune)
    assert found[0].startswith(
        "En 2022, 887\u00a0personnes vivent hors ménages à Annœullin (8,1\u00a0% de la population)"
    )
    assert len(found) == 2
    assert not any("hors ménages" in text for text in d.waiting().text)


def test_no_alert_leaves_nothing():
    d = Diagnostic.open("59299")
    shown = d.alert((), about=pd.DataFrame({"sources": []}))
    assert (shown.kind, shown.to_html()) == ("empty", "")


def test_an_institution_is_named_for_a_commune_of_today():
    for code, institution in CATALOGUE.outside_households.items():
        assert find_commune(code).code == code
        assert re.match(r"centre (de détention|pénitentiaire) ", institution), institution
