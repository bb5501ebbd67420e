from __future__ import annotations

import importlib.util
import inspect
import re
import tomllib
import zipfile
from itertools import pairwise

import pytest
from for_each import for_each

from helpers import schemas
from helpers.errors import SourceError
from helpers.sources import sources_page
from helpers.sources.melodi_forms import FORMS
from helpers.sources.registry import (
    BY_DATE,
    BY_VINTAGE,
    GEOGRAPHY,
    MAIN_FAMILIES,
    NEWEST,
    REFERENCE_TABLES,
    REGISTRY,
    TRIPLES,
    Source,
    default_vintage,
    find_source,
    load_registry,
    read_registry,
    select,
)

SOURCES = list(load_registry().values())
FILES = [source for source in SOURCES if source.file]
every_source = for_each("source", SOURCES, named=lambda source: source.id)
every_file = for_each("source", FILES, named=lambda source: source.id)
# What a module of helpers.sources gives: figures from a file or from the interface.
ENTRIES = ("read", "fetch")


@pytest.mark.parametrize("reader", sorted({source.reader for source in SOURCES if source.reader}))
def test_every_reader_is_a_module_that_reads(reader):
    name = f"helpers.sources.{reader}"
    assert importlib.util.find_spec(name), f"{name} does not exist"
    module = importlib.import_module(name)
    assert any(inspect.isfunction(getattr(module, entry, None)) for entry in ENTRIES)


@every_source
def test_every_official_source_gives_its_page_and_its_licence(source):
    assert source.licence
    assert source.citation
    if source.file is not None:
        assert re.match(r"https://\S+$", source.page)
        assert source.licence == "Licence Ouverte 2.0"


@every_file
def test_every_file_tells_the_list_of_communes_it_is_given_in(source):
    # Published figures have no list of their own.
    if source.family != "publie":
        assert source.geography is not None


def test_no_record_of_the_embedded_store_is_on_a_list_of_communes_later_than_its_own():
    from helpers.store.embedded import FILES as EMBEDDED

    # Postal codes are no figures: those of a commune that is not on the list are left aside. A rate does not add up: that
    # of a commune that has absorbed another one since is a rate all the same.
    apart = {("postal_codes",), ("vacancy",)}
    carried = (find_source(name) for name in EMBEDDED if find_source(name).tables not in apart)
    assert all((source.geography or 0) <= GEOGRAPHY for source in carried)


@every_source
def test_the_vintage_is_in_the_name_that_a_source_line_shows(source):
    if source.vintage is not None and source.reader != "outlines":
        assert str(source.vintage) in source.citation


@every_source
def test_a_census_says_which_exploitation_it_comes_from(source):
    census = (
        "comparateur",
        "census_extract",
        "census_tables",
        "legal_population",
        "municipal_population",
        "microdata",
    )
    if source.reader in census:
        assert source.exploitation is not None


@every_source
def test_a_record_says_nothing_twice(source):
    assert source.dates == () or source.vintage in source.dates
    assert len(set(source.tables)) == len(source.tables)


@every_file
def test_a_file_is_where_the_registry_says(source, sources):
    path = sources / source.file
    if source.sha256 is None or not path.is_file():
        return
    assert path.stat().st_size == source.size
    if source.member:
        with zipfile.ZipFile(path) as archive:
            assert source.member in archive.namelist()


@pytest.mark.parametrize(
    "source", [source for source in SOURCES if source.dataset], ids=lambda source: source.id
)
def test_a_data_set_of_melodi_feeds_the_tables_that_are_read_of_it(source):
    assert set(source.tables) == set(FORMS[source.dataset].tables)


def test_every_data_set_that_can_be_read_has_a_file():
    assert {source.dataset for source in FILES if source.dataset} == set(FORMS)


@pytest.mark.parametrize("table", schemas.TABLES)
def test_every_table_is_fed_by_a_file(table):
    assert any(table in source.tables for source in FILES)


@pytest.mark.parametrize("vintage", TRIPLES)
def test_every_vintage_has_its_tables_and_its_detail_files(vintage):
    families = {source.family for source in FILES if source.vintage == vintage}
    assert families.issuperset(MAIN_FAMILIES)
    dates = TRIPLES[vintage]
    assert dates[-1] == vintage
    assert all(later - earlier >= 5 for earlier, later in pairwise(dates))
    tables = [source for source in FILES if source.reader == "census_tables" and source.vintage == vintage]
    assert all(source.dates == dates for source in tables)
    for family in BY_DATE:
        held = {source.vintage for source in FILES if source.family == family}
        assert held >= set(dates[:-1]) - NEVER_PUBLISHED[family]


def test_individuals_are_of_the_exploitation_complementaire_and_homes_of_the_principale():
    # Insee, https://www.insee.fr/fr/information/2383331.
    expected = {"migcom": "complémentaire", "logemt": "principale"}
    for source in SOURCES:
        if source.family in expected:
            assert source.exploitation == expected[source.family]
            assert f"exploitation {source.exploitation}" in source.citation


@pytest.mark.parametrize("vintage", TRIPLES)
def test_a_file_that_never_was_is_never_proposed(vintage):
    assert NEVER_PUBLISHED["migcom"].isdisjoint(
        source.vintage for source in select(vintage=vintage) if source.family == "migcom"
    )
    with pytest.raises(SourceError) as caught:
        find_source("migcom_2011")
    assert not re.search("migcom_20(09|10|11|12)", caught.value.remedy)


def test_no_address_is_said_to_have_been_opened():
    assert not any(source.opened for source in SOURCES)


# ---- finding


def test_an_unknown_source_lists_those_that_are_known_and_the_near_ones():
    with pytest.raises(SourceError, match="rp_2099") as caught:
        find_source("rp_2099")
    assert all(source.id in caught.value.remedy for source in SOURCES)
    with pytest.raises(SourceError, match="'logement_2022'"):
        find_source("logment_2022")


def test_a_source_is_found_under_its_own_name():
    assert find_source("comparateur_2018").id == "comparateur_2018"


# ---- faulty registries


@pytest.fixture
def faulty(tmp_path):
    """What is said of a registry made of one good record, changed."""

    def _read(change="", **others):
        record = tomllib.loads(REGISTRY.read_text(encoding="utf-8"))["logement_2022"]
        good = "\n".join(f"{key} = {_toml(value)}" for key, value in record.items())
        records = {"bon": good, **({"mauvais": change} if change else {}), **others}
        path = tmp_path / "registry.toml"
        path.write_text(
            "\n".join(f"[{identifier}]\n{text}" for identifier, text in records.items()), encoding="utf-8"
        )
        return read_registry(path)

    return _read


def _toml(value):
    return (
        str(value).replace("'", '"')
        if isinstance(value, str | list) and "'" in str(value)
        else repr(value).replace("'", '"')
    )


SMALL = (
    'producer = "Insee"\ntitle = "t"\ncitation = "c"\nfamily = "f"\npage = "https://www.insee.fr"\n'
    'licence = "Licence Ouverte 2.0"\nfile = "petit.csv"\nreader = "lovac"\n'
)


def test_a_good_registry_is_read_in_its_order(faulty):
    assert list(faulty(SMALL)) == ["bon", "mauvais"]
    assert faulty(SMALL)["bon"] == find_source("logement_2022").model_copy(update={"id": "bon"})


@pytest.mark.parametrize(
    ("change", "clues"),
    [
        (SMALL + 'licences = "x"', ["clé inconnue « licences »", "« licence »"]),
        (SMALL + 'zzz = "x"', ["clé inconnue « zzz »", "clés connues", "vintage"]),
        (SMALL + 'id = "x"', ["clé « id »"]),
        (SMALL.replace('family = "f"\n', ""), ["clé absente « family »", "make data only"]),
        (SMALL + 'vintage = "hier"', ["vintage = 'hier'"]),
        (SMALL + 'exploitation = "totale"', ["exploitation = 'totale'", "principale"]),
        (SMALL + 'sha256 = "ABC"', ["sha256 = 'ABC'", "64 chiffres"]),
        (SMALL + "size = 0", ["size = 0"]),
        (SMALL + 'url = "http://www.insee.fr/x.csv"', ["url = 'http://www.insee.fr/x.csv'", "https://"]),
        (SMALL + 'url = "https://a.fr/x"\nalternative_url = "ftp://a.fr/x"', ["alternative_url = 'ftp://a.fr/x'"]),
        (SMALL + 'alternative_url = "https://a.fr/x"', ["donnez d'abord url"]),
        (SMALL.replace("https://www", "www"), ["page = 'www.insee.fr'"]),
        (SMALL + "dates = [2022, 2011]", ["dates = [2022, 2011]", "plus ancienne"]),
        (SMALL + "dates = [2011, 2011]", ["dates = [2011, 2011]"]),
        (SMALL + 'tables = ["dwelings"]', ["« dwelings »", "« dwellings »"]),
        (SMALL + 'tables = ["zzz"]', ["« zzz »", "tables connues"]),
        (SMALL.replace('"petit.csv"', '"/etc/passwd"'), ["'/etc/passwd'", "sous le dossier"]),
        (SMALL.replace('file = "petit.csv"\n', 'member = "x.csv"\n'), ["file : donnez le nom"]),
        (SMALL.replace('reader = "lovac"\n', ""), ["reader : donnez le module"]),
        (SMALL + "opened = true", ["opened", "adresse"]),
        (SMALL.replace("petit.csv", "ailleurs/base-cc-logement-2022_csv.zip"), ["bon, mauvais", "2 fois"]),
    ],
)  # fmt: skip
def test_a_faulty_record_is_named_with_its_key_and_its_remedy(faulty, change, clues):
    with pytest.raises(SourceError) as caught:
        faulty(change)
    for clue in ["mauvais", *clues]:
        assert clue in caught.value.message
    assert "registry.toml" in caught.value.remedy


def test_all_faults_are_reported_at_once(faulty):
    with pytest.raises(SourceError, match="4 erreur") as caught:
        faulty(
            SMALL + 'licences = "x"\nsize = -1',
            pire='title = 3\nurl = "x"'.join(["", "\n"]) + SMALL.replace("title", "titre"),
        )
    for clue in (
        "mauvais, clé inconnue « licences »",
        "mauvais, size = -1",
        "pire, title = 3",
        "pire, clé inconnue « titre »",
    ):
        assert clue in caught.value.message


def test_what_is_not_toml_is_reported_with_its_line(tmp_path):
    path = tmp_path / "registry.toml"
    path.write_text("[un]\ntitle = oui\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"registry\.toml.*line 2"):
        read_registry(path)


def test_a_key_outside_any_record_is_reported(tmp_path):
    path = tmp_path / "registry.toml"
    path.write_text('title = "x"\n', encoding="utf-8")
    with pytest.raises(SourceError, match="title : ce n'est pas une fiche"):
        read_registry(path)


# ---- selecting


# There is no file of individuals at the commune for these censuses.
NEVER_PUBLISHED = {"migcom": {2009, 2010, 2011, 2012}, "logemt": set()}


def ids(selected):
    return [source.id for source in selected]


def test_a_vintage_takes_its_tables_the_dates_of_its_triple_and_the_newest_of_the_rest():
    selected = select(vintage=2022)
    assert {source.vintage for source in selected if source.family in BY_VINTAGE} == {2022}
    assert {source.vintage for source in selected if source.family in BY_DATE} == set(TRIPLES[2022])
    families = {source.family for source in selected}
    assert families.issuperset({*MAIN_FAMILIES, *BY_DATE, *NEWEST})
    assert families <= {*BY_VINTAGE, *BY_DATE, *NEWEST}
    # In the order of precedence, and files only.
    assert ids(selected) == [identifier for identifier in load_registry() if identifier in set(ids(selected))]
    assert all(source.file for source in selected)


def test_the_newest_edition_is_the_one_that_has_an_address_and_those_newer_still():
    def edition(year, *, url):
        changes = {
            "id": f"deces_{year}",
            "vintage": year,
            "url": "https://www.insee.fr/x.zip" if url else None,
        }
        return find_source("deces_2024").model_copy(update=changes)

    older, known, newer = edition(2019, url=True), edition(2024, url=True), edition(2025, url=False)
    assert ids(select(vintage=2018, only="deces", sources=[newer, known, older])) == [
        "deces_2025",
        "deces_2024",
    ]
    unknown = [edition(year, url=False) for year in (2025, 2024)]
    assert ids(select(vintage=2018, only="deces", sources=unknown)) == ["deces_2025", "deces_2024"]


def test_the_default_vintage_is_the_newest_whose_main_families_have_an_address():
    assert select() == select(vintage=default_vintage())
    without = [source for source in SOURCES if not (source.vintage == 2023 and source.family == "logement")]
    known = find_source("serie_historique_2022").model_copy(update={"url": "https://www.insee.fr/x.zip"})
    assert default_vintage([*without, known]) == 2022
    with pytest.raises(SourceError, match="Aucun millésime"):
        default_vintage([])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"vintage": 2022, "only": "logement"}, ["logement_2022"]),
        ({"vintage": 2018, "only": "migcom"}, ["migcom_2018", "migcom_2013", "migcom_2008"]),
        (
            {"vintage": 2021, "only": "occupants"},
            ["logement_2021", "logemt_2021", "logemt_2015", "logemt_2010"],
        ),
        ({"only": "rp_2012"}, ["rp_2012"]),
        ({"vintage": 2022, "only": "rp_2012"}, ["rp_2012"]),
        ({"only": "extrait"}, ["rp_2018", "rp_2012", "rp_2021", "filosofi_2021_extrait", "lovac_2025_taux"]),
        ({"only": "epci"}, ["epci_2026", "epci_2025"]),
        ({"vintage": 2018, "only": "appartenance"}, ["appartenance_2026"]),
    ],
)
def test_only_is_a_family_a_table_or_a_record(options, expected):
    assert ids(select(**options)) == expected


def test_a_name_that_is_a_family_and_a_table_is_both():
    assert {"melodi_fichier_ages_2023", "quinquennal_2022"} <= set(ids(select(vintage=2023, only="ages")))


@pytest.mark.parametrize(
    ("options", "clues"),
    [
        ({"only": "logment"}, ["'logment'", "'logement'", "Familles :", "Tables :"]),
        ({"only": "LOGEMENT_2O22"}, ["'logement_2022'"]),
        ({"only": ""}, ["''"]),
        ({"vintage": 2019}, ["2019", "2018, 2021, 2022, 2023"]),
        ({"vintage": 0}, ["0", "2018"]),
        ({"vintage": 2022, "only": "comparateur"}, ["comparateur", "2022", "2018, 2023"]),
        ({"only": "melodi_logement"}, ["'melodi_logement'"]),
    ],
)
def test_what_cannot_be_selected_is_reported_with_the_choices(options, clues):
    with pytest.raises(SourceError) as caught:
        select(**options)
    for clue in clues:
        assert clue in str(caught.value)


# ---- the page


def test_the_page_of_the_sources_is_in_step_with_the_registry():
    assert sources_page.PAGE.read_text(encoding="utf-8") == sources_page.render(), (
        "docs/sources.md does not say what registry.toml says: run make docs"
    )


def test_the_page_names_every_file_its_address_or_its_page_and_its_state():
    page = sources_page.render()
    for source in FILES:
        row = next(line for line in page.splitlines() if line.startswith(f"| `{source.id}` |"))
        assert (source.url or source.page) in row
        assert ("adresse jamais ouverte" if source.url else "adresse inconnue") in row
        assert source.name in row


def test_every_table_has_a_name_on_the_page():
    assert all(sources_page.describe_table(table) for table in (*schemas.TABLES, *REFERENCE_TABLES))


def test_an_address_once_opened_is_reported():
    source = find_source("logement_2022").model_copy(update={"opened": True})
    assert sources_page.describe_address(source) == "adresse ouverte"
    assert "n’a encore été ouverte" not in sources_page.render({**load_registry(), source.id: source})


@pytest.mark.parametrize(
    ("bytes_", "text"),
    [(None, "inconnue"), (999, "999\u00a0octets"), (3_755_401, "3,8\u00a0Mo"), (391_000_000, "391\u00a0Mo"),
     (1_240_000_000, "1,2\u00a0Go"), (45_000_000_000_000, "45\u202f000\u00a0Go")],
)  # fmt: skip
def test_sizes_are_read_at_a_glance(bytes_, text):
    assert sources_page.format_size(bytes_) == text


def test_a_record_is_a_file_under_one_name():
    assert find_source("logement_2022").name == "base-cc-logement-2022_csv.zip"
    assert isinstance(find_source("demonstration"), Source)
    assert find_source("demonstration").name == ""
