from __future__ import annotations

import random

import pytest
import small_store
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import french, levels, store
from helpers.errors import AmbiguousCommuneError, DiagnosticError, MergedCommuneError, UnknownCommuneError
from helpers.territory import communes as territory
from helpers.territory.communes import find_commune


@pytest.fixture(scope="module")
def communes(embedded):
    return store.read_reference("territories", folder=embedded)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("59299", "59299"),
        ("  59299 ", "59299"),
        ("01004", "01004"),
        ("2A004", "2A004"),
        ("2a004", "2A004"),
        ("97411", "97411"),
        ("Hem", "59299"),
        ("hem", "59299"),
        ("HEM", "59299"),
        ("Annœullin", "59011"),
        ("Annoeullin", "59011"),
        ("annoeullin", "59011"),
        ("Saint-André-lez-Lille", "59527"),
        ("saint andre lez lille", "59527"),
        ("St-André-lez-Lille", "59527"),
        ("Faches Thumesnil", "59220"),
        ("faches-thumesnil", "59220"),
        ("L'Haÿ-les-Roses", "94038"),
        ("L’Haÿ-les-Roses", "94038"),
        ("l'hay les roses", "94038"),
        ("Haÿ-les-Roses", "94038"),
        ("l-hay-les-roses", "94038"),
        ("Le Havre", "76351"),
        ("Havre", "76351"),
        ("le-havre", "76351"),
        ("Les Abymes", "97101"),
        ("Villeneuve d'Ascq", "59009"),
        ("Saint-Denis (93)", "93066"),
        ("Saint-Denis (974)", "97411"),
        ("saint denis(11)", "11339"),
        ("saint-denis-93066", "93066"),
        ("Ajaccio (2a)", "2A004"),
        ("Paris", "75056"),
        ("Lyon", "69123"),
        ("Marseille", "13055"),
        ("Mamoudzou", "97611"),
        # With its département, reported otherwise than in brackets.
        ("Saint-Denis 93", "93066"),
        ("saint-denis 974", "97411"),
        ("hem 59", "59299"),
        ("Hem, Nord", "59299"),
        ("Hem (Nord)", "59299"),
        ("hem, 59", "59299"),
        ("Ajaccio 2a", "2A004"),
        ("Saint-Denis, la Réunion", "97411"),
        ("Lyon 69", "69123"),
        # A whole name that one commune bears, among others that differ by their article.
        ("Ham", "80410"),
        ("ham", "80410"),
        ("Crest", "26108"),
        ("Maisnil", "62539"),
        ("Biot", "06018"),
        ("Le Biot", "74034"),
        # Restored in 2025; codes given since the list of 2024.
        ("Celles (15)", "15031"),
        ("Conques-en-Rouergue", "12218"),
        ("14581", "14581"),
        ("Orée d'Anjou", "49126"),
        ("Porte des Pierres Dorées", "69114"),
    ],
)
def test_a_commune_is_found_however_it_is_written(query, code):
    assert find_commune(query).code == code


def test_a_commune_knows_its_name_and_what_it_belongs_to():
    hem = find_commune("59299")
    assert (hem.level, hem.code, hem.name, hem.slug, hem.label) == (
        "commune",
        "59299",
        "Hem",
        "hem",
        "Hem (59)",
    )
    assert (hem.department, hem.department_name) == ("59", "Nord")
    assert (hem.region, hem.region_name) == ("32", "Hauts-de-France")
    assert (hem.epci, hem.epci_name) == ("200093201", "Métropole Européenne de Lille")
    assert hem.area == ("commune", "59299")


def test_homonyms_are_listed_with_their_code_and_departement():
    with pytest.raises(AmbiguousCommuneError) as caught:
        find_commune("Saint-Denis")
    lines = caught.value.message.splitlines()
    assert lines[0].startswith("4 communes")
    assert [line.split() for line in lines[1:]] == [
        ["11339", "Saint-Denis", "(11,", "Aude)"],
        ["30247", "Saint-Denis", "(30,", "Gard)"],
        ["93066", "Saint-Denis", "(93,", "Seine-Saint-Denis)"],
        ["97411", "Saint-Denis", "(974,", "La", "Réunion)"],
    ]
    assert "commune=insee:11339" in caught.value.remedy


@pytest.mark.parametrize(
    ("query", "clue", "day", "successor"),
    [
        ("59355", "commune associée de Lille", "27 février 2000", "Lille (59350)"),
        ("Lomme", "59355", "27 février 2000", "Lille (59350)"),
        ("lomme (59)", "59355", "27 février 2000", "Lille (59350)"),
        ("59298", "59298", "24 avril 1977", "Lille (59350)"),
        ("Hellemmes-Lille", "59298", "24 avril 1977", "Lille (59350)"),
        ("59235", "Flers-lez-Lille", "1970", "Villeneuve-d'Ascq (59009)"),
        ("20004", "Ajaccio", "1976", "Ajaccio (2A004)"),
        # Merged in 1973 into one commune, on its own again in 1980, merged in 2016 into another.
        ("50170", "Écoquenéauville", "1er janvier 2016", "Sainte-Mère-Église (50523)"),
        ("Bermeries", "commune déléguée de L'Orée de Mormal", "1er janvier 2025", "L'Orée de Mormal (59006)"),
        ("59070", "Bermeries", "1er janvier 2025", "L'Orée de Mormal (59006)"),
        ("Freigné", "commune déléguée de Vallons", "1er janvier 2018", "Vallons-de-l'Erdre (44180)"),
        ("44225", "commune déléguée de Vallons", "1er janvier 2018", "Vallons-de-l'Erdre (44180)"),
        ("Freigné (49)", "49144", "1er janvier 2018", "Vallons-de-l'Erdre (44180)"),
        ("49144", "Freigné", "1er janvier 2018", "Vallons-de-l'Erdre (44180)"),
        ("Pont-Farcy", "50649", "1er janvier 2018", "Tessy-Bocage (50592)"),
        # Its part bears its code.
        ("Arbignieu", "commune déléguée d’Arboys en Bugey", "1er janvier 2016", "Arboys en Bugey (01015)"),
        # Codes and names changed.
        ("12076", "a changé de code", "1er janvier 2025", "Conques-en-Rouergue (12218)"),
        ("14011", "a changé de code", "1er janvier 2025", "Aurseulles (14581)"),
        ("49069", "a changé de code", "1er janvier 2025", "Orée d'Anjou (49126)"),
        ("69159", "a changé de code", "1er janvier 2025", "Porte des Pierres Dorées (69114)"),
        ("Châlons-sur-Marne", "a changé de nom", "4 janvier 1998", "Châlons-en-Champagne (51108)"),
        ("Grigny (69)", "a changé de nom", "1er janvier 2025", "Grigny-sur-Rhône (69096)"),
        ("Annappes", "n'est plus une commune", "25 mars 1970", "Villeneuve-d'Ascq (59009)"),
    ],
)
def test_a_merged_commune_names_its_successor(query, clue, day, successor):
    with pytest.raises(MergedCommuneError) as caught:
        find_commune(query)
    assert clue in caught.value.message
    assert day in caught.value.message
    assert successor in caught.value.message
    assert "communes au 1er janvier 2026" in caught.value.message
    code = successor[successor.index("(") + 1 : -1]
    assert caught.value.remedy.endswith(f"commune=insee:{code}.")


def test_the_beginning_of_a_former_name_is_completed_with_its_commune():
    with pytest.raises(UnknownCommuneError) as caught:
        find_commune("Hellemmes")
    assert caught.value.remedy.startswith("Vouliez-vous dire : Hellemmes-Lille (59298, aujourd'hui Lille)")


def test_a_former_name_of_several_communes_names_them_all():
    with pytest.raises(MergedCommuneError) as caught:
        find_commune("Flers-lez-Lille")
    assert caught.value.remedy.endswith("commune=insee:59009.")
    with pytest.raises(MergedCommuneError) as caught:
        find_commune("Le Cambout")
    assert caught.value.remedy.endswith("commune=insee:22241.")


@pytest.mark.parametrize(
    ("query", "collectivity"),
    [
        ("Nouméa", "Nouvelle-Calédonie"),
        ("98818", "Nouvelle-Calédonie"),
        ("Papeete", "Polynésie française"),
        ("97801", "Saint-Martin"),
        ("Saint-Martin (978)", "Saint-Martin"),
        ("Saint-Barthélemy 977", "Saint-Barthélemy"),
        ("97502", "Saint-Pierre-et-Miquelon"),
        ("Wallis-et-Futuna", "Wallis-et-Futuna"),
    ],
)
def test_an_overseas_collectivity_is_outside_the_files_of_the_census(query, collectivity):
    with pytest.raises(UnknownCommuneError) as caught:
        find_commune(query)
    assert f"collectivités d'outre-mer ({collectivity})" in caught.value.message
    assert "ne sont pas dans les fichiers du recensement" in caught.value.message


@pytest.mark.parametrize(
    ("query", "city"),
    [
        ("75101", "75056"),
        ("69389", "69123"),
        ("13216", "13055"),
        ("Paris 15", "75056"),
        ("Paris 15e", "75056"),
        ("paris 1er", "75056"),
        ("Lyon 3e arrondissement", "69123"),
        ("Marseille 8", "13055"),
    ],
)
def test_a_municipal_arrondissement_names_its_city(query, city):
    with pytest.raises(MergedCommuneError, match="arrondissement municipal") as caught:
        find_commune(query)
    assert f"({city})" in caught.value.message
    assert f"commune=insee:{city}" in caught.value.remedy


@pytest.mark.parametrize(
    ("query", "near"),
    [
        ("Faches-Tumesnil", "Faches-Thumesnil (59220)"),
        ("Anoeullin", "Annœullin (59011)"),
        ("Ajacio", "Ajaccio (2A004)"),
        ("Hemm", "Hem (59299)"),
        ("Hem (62)", "Hem (59299)"),
        ("Hem 62", "Hem (59299)"),
        ("Hem, Pas-de-Calais", "Hem (59299)"),
        ("Paris 25", "Paris (75056)"),
    ],
)
def test_a_near_miss_suggests_the_right_name(query, near):
    with pytest.raises(UnknownCommuneError) as caught:
        find_commune(query)
    assert repr(query) in caught.value.message
    assert near in caught.value.remedy


@pytest.mark.parametrize("query", ["1004", "4001"])
def test_a_code_of_four_digits_is_reported_of_its_leading_zero(query):
    with pytest.raises(UnknownCommuneError) as caught:
        find_commune(query)
    assert f"commune=0{query}" in caught.value.remedy
    assert "guillemets" in caught.value.remedy


def test_a_code_that_nobody_bears_is_unknown():
    with pytest.raises(UnknownCommuneError, match="59999"):
        find_commune("59999")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "\x00",
        "\ud800",
        "💣",
        "../../etc/passwd",
        "'; DROP TABLE territories; --",
        "(59)",
        "()",
        "٥٩٢٩٩",
        "$(reboot)",
        "a" * 10_000,
        "[.*",
        "None",
        "nan",
    ],
    ids=lambda query: repr(query[:20]),
)
def test_hostile_text_is_an_unknown_commune_and_nothing_worse(query):
    with pytest.raises(UnknownCommuneError):
        find_commune(query)


@settings(max_examples=8)
@given(st.text(max_size=12))
def test_any_text_is_a_commune_of_that_name_or_a_clear_refusal(query):
    try:
        found = find_commune(query)
    except DiagnosticError as error:
        refusal = error
    else:
        keys = {french.search_key(query), french.search_key(query.split("(")[0])}
        assert french.search_key(found.name) in keys
        return
    assert refusal.remedy


def test_every_code_slug_and_full_label_finds_its_own_commune(communes):
    sample = random.Random(59299).sample(range(len(communes)), 40)
    homonyms = communes.index[communes.duplicated(["key", "department"], keep=False)][:10]
    for row in communes.loc[[*sample, *homonyms]].itertuples():
        assert find_commune(row.code).code == row.code
        assert find_commune(row.slug).code == row.code


def test_a_whole_name_that_one_commune_bears_finds_it(communes):
    alone = communes[~communes["name"].map(french.full_key).duplicated(keep=False)]
    among = alone[alone["key"].isin(communes.loc[communes["key"].duplicated(), "key"])]
    assert len(among) > 100
    for row in among.itertuples():
        assert find_commune(row.name).code == row.code


def test_codes_and_slugs_designate_one_commune_each(communes):
    assert communes["code"].is_unique
    assert communes["slug"].is_unique
    # A slug that read as another one's code would never be found.
    assert not set(communes["slug"]) & set(communes["code"].str.lower())


def test_no_slug_hides_a_commune_that_bears_that_very_name(communes):
    by_slug = communes.set_index("slug")["key"]
    keys = {slug: french.search_key(slug) for slug in by_slug.index}
    codes = communes["code"].str.lower()
    plain = communes[[not slug.endswith(code) for slug, code in zip(communes["slug"], codes, strict=True)]]
    assert len(plain) > 30_000
    assert all(keys[slug] == key for slug, key in zip(plain["slug"], plain["key"], strict=True))


def test_the_communes_of_the_parameter_files_have_the_slug_of_their_file(communes):
    slugs = communes.set_index("code")["slug"]
    four = slugs[["59011", "59220", "59299", "59527"]].tolist()
    assert four == ["annoeullin", "faches-thumesnil", "hem", "saint-andre-lez-lille"]


def test_a_commune_is_compared_with_larger_territories_nearest_first():
    compared = find_commune("Hem").comparison()
    assert [place.area for place in compared] == [
        ("epci", "200093201"),
        ("departement", "59"),
        ("region", "32"),
        ("france", "F"),
    ]
    assert [place.name for place in compared] == ["MEL", "Nord", "Hauts-de-France", "France hors Mayotte"]


def test_the_order_of_comparison_does_not_depend_on_the_order_asked():
    compared = find_commune("Hem").comparison(["france", "epci"])
    assert [place.level for place in compared] == ["epci", "france"]


def test_an_arrondissement_is_compared_with_where_it_is_asked_for():
    compared = find_commune("Hem").comparison(["departement", "arrondissement"])
    assert [place.area for place in compared] == [("arrondissement", "595"), ("departement", "59")]
    # Lille is the commune.
    assert compared[0].name == "Arrondissement de Lille"


def test_a_commune_is_not_compared_with_itself():
    everywhere = [level.key for level in levels.larger()]
    compared = find_commune("75056").comparison(everywhere)
    assert [place.level for place in compared] == ["epci", "region", "france"]


@pytest.mark.parametrize("query", ["Saint-Denis (974)", "Les Abymes", "Fort-de-France", "Cayenne"])
def test_a_departement_that_is_a_region_is_there_once(query):
    found = find_commune(query)
    assert [place.level for place in found.comparison()] == ["epci", "departement", "france"]
    assert [place.level for place in found.comparison(["region", "france"])] == ["region", "france"]


def test_a_departement_of_another_name_than_its_region_stays_beside_it():
    levels = [place.level for place in find_commune("Ajaccio").comparison()]
    assert levels == ["epci", "departement", "region", "france"]


def test_an_island_without_epci_is_compared_with_the_rest():
    ushant = find_commune("Ouessant")
    assert ushant.epci is None
    assert [place.level for place in ushant.comparison()] == ["departement", "region", "france"]
    assert ushant.comparison(["epci"]) == []


def test_the_metropolis_has_ninety_five_members(communes):
    members = territory.members_of("200093201")
    assert len(members) == 95
    assert members["code"].is_monotonic_increasing
    assert {"59299", "59220", "59011", "59527", "59350"} <= set(members["code"])


def test_outlines_come_for_the_communes_asked_and_only_for_them():
    found = territory.outlines_of(["59299", "59220", "75056"])
    assert sorted(found["code"]) == ["59220", "59299"]


def test_no_outline_is_asked_for_no_commune():
    assert territory.outlines_of([]).empty
    assert list(territory.outlines_of([]).columns) == ["code", "outline"]


@pytest.mark.parametrize(
    ("code", "since", "expected"),
    [
        ("59350", 1968, [("1977-04-24", ["Hellemmes-Lille", "Lille"]), ("2000-02-27", ["Lille", "Lomme"])]),
        ("59350", 1999, [("2000-02-27", ["Lille", "Lomme"])]),
        ("59350", 2001, []),
        ("59299", 1943, []),
        # A split is no merger, nor is a change of code.
        ("85084", 2020, []),
    ],
)
def test_the_mergers_that_made_a_commune_are_reported_from_a_year_on(code, since, expected):
    assert territory.mergers_of(find_commune(code), since=since) == expected


def test_a_merger_later_than_the_list_of_the_store_is_not_reported_yet(tmp_path):
    events = [(kind, "2025-01-01", before, "59299") for kind, before in (("32", "59299"), ("32", "59350"))]
    for year, text in ((2024, 0), (2025, 1)):
        codes = ["59299", "59350"] if year == 2024 else ["59299"]
        folder = small_store.write(tmp_path / str(year), codes=codes, year=year, events=events)
        found = find_commune("59299", folder=folder)
        assert found.geography == year
        assert len(territory.mergers_of(found, since=2000, folder=folder)) == text


def test_an_unknown_commune_is_reported_with_the_list_of_the_store(tmp_path):
    folder = small_store.write(tmp_path, codes=["59299"], year=2026)
    with pytest.raises(UnknownCommuneError, match="1er janvier 2026"):
        find_commune("00000", folder=folder)
