"""The embedded store against what Insee publishes: official files, pages, and accounting identities."""

from __future__ import annotations

import csv
import io
import itertools
import zipfile
from functools import cache

import pytest
from for_each import for_each

from helpers import levels, store
from helpers.sources import comparateur, municipal_population
from helpers.sources import movements as movements_reader
from helpers.sources.movements import Movements, carry
from helpers.sources.registry import GEOGRAPHY, find_source
from helpers.territory import communes as territory

MEL = ("epci", "200093201")
NORD = ("departement", "59")
FRANCE = ("france", "F")
FOUR = ["59299", "59220", "59011", "59527"]

# The ten communes that joined the metropolis (SIREN 245900410, then 200093201) after 2016: those of the
# Weppes in 2017, those of the Haute Deûle in 2020.
JOINED_SINCE_2016 = {
    "59025", "59088", "59257", "59371", "59487", "59005", "59011", "59052", "59133", "59477",
}  # fmt: skip

ARRONDISSEMENTS = {str(code) for code in [*range(75101, 75121), *range(69381, 69390), *range(13201, 13217)]}

# Column of the comparateur 2018 -> table of the store, variable, year, beginning of a flow.
COMPARATEUR = {
    "P18_POP": ("population", "POP", 2018, None),
    "P13_POP": ("population", "POP", 2013, None),
    "NAIS1318": ("flows", "NAIS", 2018, 2013),
    "DECE1318": ("flows", "DECE", 2018, 2013),
    "NAISD20": ("flows", "NAIS", 2021, 2020),
    "DECESD20": ("flows", "DECE", 2021, 2020),
    "P18_MEN": ("households", "MEN", 2018, None),
    "P18_LOG": ("dwellings", "LOG", 2018, None),
    "P18_RP": ("dwellings", "RP", 2018, None),
    "P18_RSECOCC": ("dwellings", "RSECOCC", 2018, None),
    "P18_LOGVAC": ("dwellings", "LOGVAC", 2018, None),
    "P18_RP_PROP": ("dwellings", "RP_PROP", 2018, None),
    "TP6019": ("income", "TP60", 2019, None),
}
CENSUS = {
    "pop_0_14": ("age_groups", "POP0014"),
    "pop_15_29": ("age_groups", "POP1529"),
    "pop_18_24": ("age_groups", "POP1824"),
    "pop_75p": ("age_groups", "POP75P"),
    "pop_femmes": ("age_groups", "POPF"),
    "log_loc": ("dwellings", "RP_LOC"),
    "log_hlm": ("dwellings", "RP_LOCHLMV"),
    "log_maison": ("dwellings", "RPMAISON"),
    "log_appart": ("dwellings", "RPAPPART"),
}


@pytest.fixture(scope="module")
def tables(embedded):
    """Every table of values, real rows only."""
    names = ["population", "flows", "dwellings", "households", "age_groups", "income", "social_housing"]
    frames = {name: store.read(name, folder=embedded) for name in names}
    return {name: frame[frame["origin"] == "insee"] for name, frame in frames.items()}


@pytest.fixture(scope="module")
def communes(embedded):
    return store.read_reference("territories", folder=embedded).set_index("code")


@pytest.fixture(scope="module")
def without_figures(embedded, tables, communes):
    """The communes that a file may know nothing of: cut from another since 2012, or without inhabitants."""
    events = store.read_reference("movements", folder=embedded)
    cut = Movements(events, geography=int(communes["geography"].max())).splits(since=2012)
    people = tables["population"].query("level == 'commune' and value == 0")
    return {*cut["before"], *cut["after"], *people["code"]}


@pytest.fixture(scope="module")
def series(tables):
    """The values of one variable by code, at one level."""

    @cache
    def _series(table, variable, year, *, level="commune", since=None):
        frame = tables[table]
        frame = frame[(frame["variable"] == variable) & (frame["year"] == year) & (frame["level"] == level)]
        if since is not None:
            frame = frame[frame["since"] == since]
        return frame.set_index("code")["value"]

    return _series


@pytest.fixture(scope="module")
def official(sources):
    """The rows of the comparateur by commune, as the file writes them."""
    with zipfile.ZipFile(sources / "insee/base_cc_comparateur_2018_csv.zip") as archive:
        text = archive.read("base_cc_comparateur.CSV").decode("utf-8-sig")
    return {row["CODGEO"]: row for row in csv.DictReader(io.StringIO(text), delimiter=";")}


@pytest.fixture(scope="module")
def history(sources):
    return Movements(movements_reader.read(sources / "geo/mouvements_communes.csv"), geography=GEOGRAPHY)


@cache
def rows_by_code(path, key, separator):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row[key]: row for row in csv.DictReader(file, delimiter=separator)}


# The four communes, to the last digit.


@for_each("code, column", itertools.product([*FOUR, "59350", "75056", "2A004", "97411"], COMPARATEUR))
def test_a_commune_has_the_values_of_the_comparateur_to_the_last_digit(code, column, official, series):
    table, variable, year, since = COMPARATEUR[column]
    assert series(table, variable, year, since=since)[code] == float(official[code][column])


@pytest.mark.parametrize("vintage", [2012, 2018])
@pytest.mark.parametrize("code", FOUR)
def test_a_commune_has_the_values_of_the_census_extract_to_the_last_digit(code, vintage, sources, series):
    path = sources / f"insee/rp{vintage}_communes_plus_2000_hab.csv"
    row = rows_by_code(path, "code_insee", ",")[code]
    for column, (table, variable) in CENSUS.items():
        assert series(table, variable, vintage)[code] == float(row[column]), column


@pytest.mark.parametrize("code", FOUR)
def test_a_commune_has_its_legal_population_its_income_and_its_social_dwellings(code, sources, series):
    folder = sources / "insee"
    legal = rows_by_code(folder / "insee_populations_legales_RP2022_donnees_communes.csv", "COM", ";")[code]
    income = rows_by_code(folder / "FILO2019_DISP_COM.csv", "CODGEO", ";")[code]
    social = rows_by_code(folder / "rpls_parc_logements_sociaux_2024_01.csv", "DEPCOM_ARM", ",")[code]
    assert series("population", "POP", 2022)[code] == int(legal["PMUN"])
    assert series("income", "MED", 2019)[code] == float(income["Q219"].replace(",", "."))
    assert series("income", "NBMENFISC", 2019)[code] == float(income["NBMEN19"])
    assert series("income", "RD", 2019)[code] == float(income["RD"].replace(",", "."))
    assert series("income", "PPEN", 2019)[code] == float(income["PPEN19"].replace(",", "."))
    assert series("social_housing", "RPLS", 2024)[code] == int(social["nb_ls"])
    assert series("social_housing", "RPLS_VAC", 2024)[code] == int(social["nb_vacants"])


# https://www.insee.fr/fr/statistiques/2521169: the comparateur itself, so that these hold without the file.
@pytest.mark.parametrize(
    ("code", "in_2018", "in_2013"),
    [
        ("59299", 18621, 18721),
        ("59220", 18165, 17497),
        ("59011", 10486, 10246),
        ("59527", 12966, 11533),
        ("75056", 2175601, 2229621),
    ],
)
def test_a_commune_has_its_census_populations(code, in_2018, in_2013, series):
    assert series("population", "POP", 2018)[code] == in_2018
    assert series("population", "POP", 2013)[code] == in_2013


@pytest.mark.parametrize(
    ("code", "year", "table", "printed"),
    [
        # https://www.insee.fr/en/statistiques/8206660?geo=COM-59299, FAM T1
        ("59299", 2021, "households", {"C_MEN": 7118, "C_PMEN": 18163, "C_MENPSEUL": 1910, "C_MENSFAM": 90}),
        (
            "59299",
            2010,
            "households",
            {"C_MEN": 6459, "C_PMEN": 17233, "C_MENHSEUL": 525, "C_MENFSEUL": 1054},
        ),
        # https://www.insee.fr/fr/statistiques/2028682?geo=COM-59299, LOG T2
        ("59299", 2006, "dwellings", {"LOG": 6787}),
        # https://www.insee.fr/fr/statistiques/2020507?geo=COM-59220, LOG T2
        ("59220", 2013, "dwellings", {"LOG": 7315, "RP": 6911, "RSECOCC": 25, "LOGVAC": 379, "MAISON": 5617}),
        ("59220", 2008, "dwellings", {"LOG": 7061, "RP": 6708, "RSECOCC": 8, "LOGVAC": 346, "APPART": 1244}),
    ],
)
def test_a_commune_has_the_figures_of_the_pages_of_insee(code, year, table, printed, series):
    assert {name: series(table, name, year)[code] for name in printed} == printed


# Sums.


@pytest.mark.parametrize(
    ("area", "year", "people"),
    [
        # Sums of the comparateur (https://www.insee.fr/fr/statistiques/2521169) over the communes of 2024.
        (MEL, 2018, 1_174_273),
        (MEL, 2013, 1_159_071),
        # Insee as quoted at https://france3-regions.francetvinfo.fr/hauts-de-france/
        # recensement-nord-pas-calais-stagnent-roubaix-depasse-tourcoing-nombre-habitants-1909966.html
        (NORD, 2018, 2_606_234),
        # https://insee.fr/en/statistiques/6455994?geo=ARR-595, POP T0, geography of 1 January 2022.
        (("arrondissement", "595"), 2013, 1_227_051),
        (("arrondissement", "595"), 2019, 1_249_925),
    ],
)
def test_a_larger_territory_has_its_published_population(area, year, people, series):
    level, code = area
    assert series("population", "POP", year, level=level)[code] == people


@pytest.mark.parametrize(("column", "year"), [("P18_POP", 2018), ("P13_POP", 2013)])
def test_the_metropolis_is_the_sum_of_its_ninety_five_communes(column, year, sources, official, series):
    members = set(rows_by_code(sources / "geo/mel_95_communes_cog2025.csv", "DEPCOM", ","))
    assert len(members) == 95
    assert set(territory.members_of(MEL[1])["code"]) == members
    total = sum(int(official[code][column]) for code in members)
    assert series("population", "POP", year, level="epci")[MEL[1]] == total


def test_the_former_perimeter_of_the_metropolis_has_its_published_population(series):
    # https://www.insee.fr/fr/statistiques/2020130?geo=EPCI-245900410, POP T0, 2013: 85 communes.
    former = set(territory.members_of(MEL[1])["code"]) - JOINED_SINCE_2016
    assert len(former) == 85
    assert series("population", "POP", 2013)[sorted(former)].sum() == 1_129_061


def test_metropolitan_france_has_its_published_population(series):
    # https://www.insee.fr/fr/statistiques/6455183?geo=METRO-1, POP T0, 2013.
    departments = series("population", "POP", 2013, level="departement")
    metropolitan = departments[~departments.index.str.startswith("97")]
    assert len(metropolitan) == 96
    assert metropolitan.sum() == 63_697_865


def test_the_north_is_the_sum_of_its_communes_in_the_official_file(official, series):
    for column, year in [("P18_POP", 2018), ("P13_POP", 2013)]:
        total = sum(int(row[column]) for code, row in official.items() if code.startswith("59"))
        assert series("population", "POP", year, level="departement")["59"] == total


def test_france_counts_paris_lyon_and_marseille_once(official, series):
    assert set(official) > ARRONDISSEMENTS, "the file gives them beside their city"
    for column, year in [("P18_POP", 2018), ("P13_POP", 2013)]:
        counted = [row[column] for code, row in official.items() if code not in ARRONDISSEMENTS]
        once = sum(int(value) for value in counted if value)
        assert series("population", "POP", year, level="france")["F"] == once


def test_a_city_is_the_sum_of_its_arrondissements_where_the_file_gives_only_them(sources, series):
    path = sources / "insee/insee_populations_legales_RP2022_donnees_communes.csv"
    legal = rows_by_code(path, "COM", ";")
    for city, first, last in [("75056", 75101, 75120), ("69123", 69381, 69389), ("13055", 13201, 13216)]:
        assert city not in legal
        parts = [int(legal[str(code)]["PMUN"]) for code in range(first, last + 1)]
        assert series("population", "POP", 2022)[city] == sum(parts)


def test_no_arrondissement_is_a_commune(tables, communes):
    assert not ARRONDISSEMENTS & set(communes.index)
    for name, frame in tables.items():
        assert not ARRONDISSEMENTS & set(frame["code"]), name
    assert {"75056", "69123", "13055"} <= set(communes.index)


def test_every_commune_of_the_official_list_is_there(sources, communes):
    assert set(communes.index) == set(rows_by_code(sources / "geo/communes_2026.csv", "code", ";"))
    assert len({code for code in communes.index if code.startswith("976")}) == 17


@pytest.mark.parametrize(("level", "inside"), [("region", "departement"), ("departement", "arrondissement")])
def test_a_territory_is_the_sum_of_those_it_is_divided_into(level, inside, tables, communes):
    column, part = levels.find(level).column, levels.find(inside).column
    assert (communes.groupby(part)[column].nunique() == 1).all()
    place_of = communes.groupby(part)[column].first()
    compared = 0
    for name, frame in tables.items():
        key = [column for column in frame.columns if column in ("variable", "year", "since")]
        computed = frame[~frame["source"].str.startswith("publie")]
        parts = computed[computed["level"] == inside]
        sums = parts.assign(code=parts["code"].map(place_of)).groupby(["code", *key])["value"]
        sums = sums.agg(["sum", "size"])
        members = sums.index.get_level_values("code").map(place_of.value_counts())
        whole = sums.loc[sums["size"].to_numpy() == members.to_numpy(), "sum"]
        places = computed[computed["level"] == level].set_index(["code", *key])["value"]
        both = whole.index.intersection(places.index)
        assert places[both].to_numpy() == pytest.approx(whole[both].to_numpy(), rel=1e-12), name
        compared += len(both)
    assert compared > 300


@pytest.mark.parametrize("level", ["arrondissement", "departement", "region"])
def test_france_is_the_sum_of_its_parts(level, tables):
    compared = 0
    for name, frame in tables.items():
        key = [column for column in frame.columns if column in ("variable", "year", "since")]
        france = frame[frame["level"] == "france"].set_index(key)["value"]
        parts = frame[(frame["level"] == level) & ~frame["source"].str.startswith("publie")]
        sums = parts.groupby(key)["value"].sum()
        # Where every part has its own sum: that of a published page is not among them.
        parts_known = parts.groupby(key).size()
        whole = france[parts_known.reindex(france.index) == parts_known.max()]
        assert whole.to_numpy() == pytest.approx(sums[whole.index].to_numpy(), rel=1e-12), name
        compared += len(whole)
    assert compared >= 14


@pytest.mark.parametrize("table", ["population", "flows", "dwellings", "households"])
@pytest.mark.parametrize("level", levels.divided(), ids=lambda level: level.key)
def test_a_sum_holds_every_commune_of_its_territory(table, level, tables, communes, without_figures):
    frame, column = tables[table], level.column
    key = [name for name in frame.columns if name in ("variable", "year", "since")]
    # What was born of a split is unknown to the national core, where its parent still holds its people.
    members = communes.loc[communes["area"].notna(), column].value_counts()
    own = frame[frame["level"] == "commune"]
    own = own.assign(place=own["code"].map(communes[column]), known=own["code"].map(communes["area"]).notna())
    inside = own.groupby(["place", *key]).agg(value=("value", "sum"), known=("known", "sum"))
    sums = frame[(frame["level"] == level.key) & ~frame["source"].str.startswith("publie")]
    sums = sums.set_index(["code", *key])["value"]
    matched = inside.loc[sums.index]
    whole = matched["known"].to_numpy() == sums.index.get_level_values("code").map(members).to_numpy()
    assert sums[whole].to_numpy() == pytest.approx(matched.loc[whole, "value"].to_numpy(), rel=1e-12)
    # Elsewhere the sum is that of the list of the file, where a commune was cut since, or nobody lives.
    apart = communes.loc[communes.index.isin(without_figures), column]
    assert set(sums.index[~whole].get_level_values("code")) <= set(apart)
    assert (sums[~whole].to_numpy() >= matched.loc[~whole, "value"].to_numpy()).all()


# Accounting identities.


def test_main_second_and_vacant_homes_make_the_stock_of_every_commune(series):
    parts = [series("dwellings", name, 2018) for name in ("RP", "RSECOCC", "LOGVAC")]
    whole = series("dwellings", "LOG", 2018)
    assert len(whole) > 34_800
    together = parts[0] + parts[1] + parts[2]
    assert (together - whole).abs().max() < 1e-6
    assert len(together.dropna()) == len(whole)


def test_there_are_as_many_households_as_main_homes(series):
    homes, households = series("dwellings", "RP", 2018), series("households", "MEN", 2018)
    assert len(homes) == len(households)
    assert (homes - households).abs().max() < 1e-6


@pytest.mark.parametrize("year", [2012, 2018])
def test_a_part_is_never_larger_than_its_whole(year, series):
    homes, people = series("dwellings", "RP", year), series("population", "POP", year)
    slack = 1.5 if year == 2012 else 1e-6  # RP2012 is printed in whole numbers.
    for name in ("RP_PROP", "RP_LOC"):
        assert (series("dwellings", name, year) - homes).max() < slack
    assert (series("dwellings", "RP_LOCHLMV", year) - series("dwellings", "RP_LOC", year)).max() < slack
    for name in ("POP0014", "POP1529", "POP75P", "POPF"):
        assert (series("age_groups", name, year) - people).max() < slack


@pytest.mark.parametrize("year", [2012, 2018])
def test_houses_and_flats_of_the_extract_are_main_homes(year, series):
    # A house or a flat that is a second or a vacant home is not in them: they are at most the main homes, and
    # nearly all of them (the rest live in rooms, mobile homes ...).
    homes = series("dwellings", "RP", year)
    both = series("dwellings", "RPMAISON", year) + series("dwellings", "RPAPPART", year)
    both = both[both.index.isin(homes.index)]
    assert len(both) > 4_500
    assert (both - homes[both.index]).max() < 1.5
    assert both.sum() > 0.97 * homes[both.index].sum()


def test_vacant_social_dwellings_are_social_dwellings(series):
    everything, vacant = (series("social_housing", name, 2024) for name in ("RPLS", "RPLS_VAC"))
    assert (vacant <= everything[vacant.index]).all()


# Two official files that give the same value.


def test_the_comparateur_and_the_census_extract_agree(sources, official):
    extract = rows_by_code(sources / "insee/rp2018_communes_plus_2000_hab.csv", "code_insee", ",")
    shared = {
        "pop_tot": "P18_POP",
        "log_rp": "P18_RP",
        "log_sec": "P18_RSECOCC",
        "log_proprio": "P18_RP_PROP",
    }
    common = set(extract) & set(official)
    assert len(common) > 5_000
    for code in common:
        for mine, theirs in shared.items():
            assert float(extract[code][mine]) == pytest.approx(float(official[code][theirs]), abs=1e-6), code


def test_the_municipal_file_and_the_comparateur_agree_once_on_one_list_of_communes(sources, history):
    yearly = municipal_population.read(
        sources / "insee/population_municipale_2013_2021.csv",
        source=find_source("populations_municipales_2013_2021"),
    )["population"]
    core = comparateur.read(
        sources / "insee/base_cc_comparateur_2018_csv.zip", source=find_source("comparateur_2018")
    )["population"]
    for year in (2013, 2018):
        mine, theirs = (
            carry(
                frame[frame["year"] == year],
                successors=history.successors(since=since),
                keys=["year", "variable"],
            )
            for frame, since in [(yearly, year + 2), (core, 2021)]
        )
        both = mine.merge(theirs, on="code", suffixes=("_mine", "_theirs"))
        cut = history.splits(since=year + 2)
        both = both[~both["code"].isin({*cut["before"], *cut["after"]})]
        assert len(both) > 33_000
        gap = (both["value_mine"] - both["value_theirs"]).to_numpy()
        # Between 2015 and 2021 two pairs of communes moved their common border: people changed side, no more.
        assert (gap != 0).sum() == (4 if year == 2013 else 0)
        assert gap.sum() == 0


@pytest.mark.parametrize(
    ("code", "born", "alone"),
    [
        # La Hague was born on 1 January 2017: the file gives Beaumont-Hague alone up to its year 2014.
        ("50041", 2017, "Beaumont-Hague"),
        # Montrevault-sur-Èvre was born on 15 December 2015: Montrevault alone in the year 2013.
        ("49218", 2016, "Montrevault"),
    ],
)
def test_a_merged_commune_is_whole_or_absent_and_never_its_namesake_alone(code, born, alone, sources, series):
    yearly = rows_by_code(sources / "insee/population_municipale_2013_2021.csv", "codgeo", ",")[code]
    assert yearly["libgeo"] == alone
    whole_in_2013 = series("population", "POP", 2013)[code]
    for year in range(2013, 2022):
        in_file = float(yearly[f"p{year % 100}_pop"])
        held = series("population", "POP", year).get(code)
        if year + 2 < born:
            assert in_file < whole_in_2013 / 5, "the file gives the old commune"
            assert held is None or held > 5 * in_file
        else:
            assert held == in_file


def test_a_commune_that_took_another_code_for_two_years_keeps_its_series(sources, series):
    # Les Trois Lacs bore the code 27058 from 2021 to 2023, 27676 before and since.
    yearly = rows_by_code(sources / "insee/population_municipale_2013_2021.csv", "codgeo", ",")["27676"]
    for year in (2015, 2016, 2017, 2021):
        assert series("population", "POP", year)["27676"] == float(yearly[f"p{year % 100}_pop"])
