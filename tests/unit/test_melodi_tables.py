from __future__ import annotations

import pandas as pd
import pytest
from melodi_rows import OCS, REAL, REAL_ROWS, housing, people, pyramid, series

from helpers import schemas
from helpers.errors import SourceError
from helpers.sources import melodi_forms, melodi_tables

SERIES, HOUSING = "DS_RP_SERIE_HISTORIQUE", "DS_RP_LOGEMENT_PRINC"
AGES, BANDS = "DS_RP_TD_POPULATION_AGESEX_PRINC", "DS_RP_POPULATION_PRINC"

# Variable -> what differs from main homes, totals everywhere.
DWELLINGS = {
    "MAISON": {"OCS": "_T", "TDW": "1"}, "APPART": {"OCS": "_T", "TDW": "2"},
    "RPMAISON": {"TDW": "1"}, "RPAPPART": {"TDW": "2"},
    "RP_PROP": {"TSH": "100"}, "RP_LOC": {"TSH": "200"}, "RP_LOCHLMV": {"TSH": "221"}, "RP_GRAT": {"TSH": "300"},
    "RP_1P": {"NOR": "R1"}, "RP_2P": {"NOR": "R2"}, "RP_3P": {"NOR": "R3"}, "RP_4P": {"NOR": "R4"},
    "RP_5PP": {"NOR": "R_GE5"}, "NBPI_RP": {"RP_MEASURE": "DWELLINGS_ROOMS"},
    "RP_ACH19": {"BUILD_END": "Y_LT1919"}, "RP_ACH45": {"BUILD_END": "Y1919T1945"},
    "RP_ACH70": {"BUILD_END": "Y1946T1970"}, "RP_ACH90": {"BUILD_END": "Y1971T1990"},
    "RP_ACH05": {"BUILD_END": "Y1991T2005"}, "RP_ACH15": {"BUILD_END": "Y2006TAAAA"},
    "MEN_ANEM0002": {"L_STAY": "Y_LT2"}, "MEN_ANEM0204": {"L_STAY": "Y2T4"}, "MEN_ANEM0509": {"L_STAY": "Y5T9"},
    "NBPI_RPMAISON": {"RP_MEASURE": "DWELLINGS_ROOMS", "TDW": "1"},
    "NBPI_RPAPPART": {"RP_MEASURE": "DWELLINGS_ROOMS", "TDW": "2"}, "RP_ACHTOT": {"BUILD_END": "Y_LT2021"},
    "ANEM_RP": {"RP_MEASURE": "DWELLING_L_STAY"}, "ANEM_RP_PROP": {"RP_MEASURE": "DWELLING_L_STAY", "TSH": "100"},
    "ANEM_RP_LOC": {"RP_MEASURE": "DWELLING_L_STAY", "TSH": "200"},
    "ANEM_RP_LOCHLMV": {"RP_MEASURE": "DWELLING_L_STAY", "TSH": "221"},
    "ANEM_RP_GRAT": {"RP_MEASURE": "DWELLING_L_STAY", "TSH": "300"},
    "RP_CGAZV": {"NRG_SRC": "TOWN_GAS"}, "RP_CFIOUL": {"NRG_SRC": "OIL"}, "RP_CELEC": {"NRG_SRC": "ELC"},
    "RP_CGAZB": {"NRG_SRC": "BOT_GAS"}, "RP_CAUT": {"NRG_SRC": "OTH"},
    "RP_GARL": {"CARPARK": "1"}, "RP_VOIT1P": {"CARS": "C_GE1"}, "RP_VOIT1": {"CARS": "C1"}, "RP_VOIT2P": {"CARS": "C_GE2"},
    "MEN_ANEM1019": {"L_STAY": "Y10T19"}, "MEN_ANEM2029": {"L_STAY": "Y20T29"}, "MEN_ANEM30P": {"L_STAY": "Y_GE30"},
}  # fmt: skip


def frame(rows):
    """Rows as `fetch` gives them."""
    table = pd.DataFrame(rows).rename(columns={"value": "OBS_VALUE", "status": "OBS_STATUS"})
    return table.astype({"OBS_VALUE": float})


def read(rows, dataset=SERIES):
    return melodi_tables.to_tables(frame(rows), dataset=dataset)


def values(table, **where):
    """Values by variable and year."""
    for column, wanted in where.items():
        table = table[table[column] == wanted]
    return dict(zip(zip(table["variable"], table["year"], strict=True), table["value"], strict=True))


# Reading the series since 1968.


@pytest.mark.parametrize("code", REAL)
def test_the_published_figures_are_found_again(code):
    tables = read(REAL_ROWS)
    for year, wanted in REAL[code].items():
        found = values(tables["population"], code=code, year=year) | values(
            tables["dwellings"], code=code, year=year
        )
        assert found == {(variable, year): value for variable, value in wanted.items()}


@pytest.mark.parametrize(
    ("geo", "level", "code"),
    [
        ("2026-COM-2A004", "commune", "2A004"),
        ("COM-01004", "commune", "01004"),
        ("2026-EPCI-200093201", "epci", "200093201"),
        ("2026-DEP-2B", "departement", "2B"),
        ("DEP-01", "departement", "01"),
        ("2026-REG-04", "region", "04"),
        ("2026-FRANCE-F", "france", "F"),
    ],
)
def test_territories_keep_their_code(geo, level, code):
    table = read(series(geo, 2023, {"POP": 5}))["population"]
    assert table[["level", "code"]].to_numpy().tolist() == [[level, code]]


def test_other_territories_are_left_out():
    others = ["FRANCE-FM", "2026-ARM-75101", "2026-AAV2020-004", "2026-BV2022-59350"]
    rows = [row for geo in [*others, "COM-59299"] for row in series(geo, 2023, {"POP": 5})]
    assert read(rows)["population"]["code"].tolist() == ["59299"]


@pytest.mark.parametrize(("geo", "year"), [("Hem", "2023"), ("FRANCE-FM", "2023"), ("COM-59299", "latest")])
def test_rows_that_are_nowhere_or_at_no_time_are_refused(geo, year):
    with pytest.raises(SourceError, match=f"territoire ou année illisible.*{geo} {year}"):
        read(series(geo, year, {"POP": 5}))


def test_births_and_deaths_run_since_the_census_before():
    years = {1968: (None, None), 1975: (70, 30), 1982: (60, 35), 2023: (50, 40)}
    rows = [
        row
        for year, (births, deaths) in years.items()
        for row in series("COM-59299", year, {"POP": 100, "NAIS": births, "DECE": deaths})
    ]
    flows = read(rows)["flows"]
    assert list(flows.columns) == ["level", "code", "year", "variable", "since", "value"]
    births = flows[flows["variable"] == "NAIS"]
    assert births[["since", "year", "value"]].to_numpy().tolist() == [
        [1968, 1975, 70],
        [1975, 1982, 60],
        [1982, 2023, 50],
    ]
    assert values(flows)["DECE", 2023] == 40


def test_events_before_the_first_census_are_left_out():
    assert read(series("COM-59299", 1968, {"POP": 9, "NAIS": 0, "DECE": 0}))["flows"].empty


def test_the_population_of_households_is_that_of_main_homes():
    rows = series("COM-59299", 2023, {"PMEN": 18163.5})
    rows.append({**rows[0], "OCS": "_T", "value": 99999})
    assert values(read(rows)["households"]) == {("PMEN", 2023): 18163.5}


def test_the_surface_is_not_read():
    rows = series("COM-59299", 2023, {"POP": 9, "SUP": 9.6})
    assert {name: len(table) for name, table in read(rows).items() if len(table)} == {"population": 1}


# What the status of a value says.


@pytest.mark.parametrize("status", ["K", "M", "O"])
@pytest.mark.parametrize("value", [None, 999_999])
def test_a_value_that_is_elsewhere_or_nowhere_has_no_row(status, value):
    rows = series("COM-01004", 2017, {"POP": value}, status=status) + series("COM-01004", 2023, {"POP": 14})
    assert values(read(rows)["population"]) == {("POP", 2023): 14}


def test_a_missing_value_has_no_row_whatever_its_status():
    rows = series("COM-01004", 2017, {"POP": None}) + series("COM-01004", 2023, {"POP": 0})
    assert values(read(rows)["population"]) == {("POP", 2023): 0}


def test_what_includes_another_commune_is_kept_and_said():
    rows = [
        *series("COM-01004", 2017, {"POP": 14, "RP": 3}, status="W"),
        *series("COM-2A004", 2017, {"POP": None}, status="K"),
        *series("COM-59299", 2017, {"POP": 18}),
    ]
    tables = read(rows)
    assert tables["notes"].to_dict("records") == [
        {"level": "commune", "code": "01004", "year": 2017, "status": "W"},
        {"level": "commune", "code": "2A004", "year": 2017, "status": "K"},
    ]
    assert values(tables["population"], code="01004") == {("POP", 2017): 14}


# Nothing is counted twice, nothing is guessed.


def test_a_new_dimension_is_refused_with_those_expected():
    rows = [{**row, "PCS": "_T"} for row in REAL_ROWS]
    with pytest.raises(SourceError, match="attendues OCS, RP_MEASURE ; reçues OCS, PCS, RP_MEASURE"):
        read(rows)


def test_a_missing_dimension_is_refused():
    rows = [{name: code for name, code in row.items() if name != "OCS"} for row in REAL_ROWS]
    with pytest.raises(SourceError, match=r"attendues OCS, RP_MEASURE ; reçues RP_MEASURE\."):
        read(rows)


def test_an_unknown_data_set_lists_those_that_are_known():
    with pytest.raises(SourceError, match="DS_BPE_SPORT_CULTURE") as caught:
        melodi_tables.to_tables(frame(REAL_ROWS), dataset="DS_BPE_SPORT_CULTURE")
    assert SERIES in caught.value.remedy


@pytest.mark.parametrize(
    ("dimension", "code"),
    [("OCS", "DW_OTHER"), ("TSH", "400"), ("NOR", "R_GE6"), ("TDW", "4"), ("L_STAY", "Y_GE10"), ("BUILD_END", "Y2021T2025"),
     ("RP_MEASURE", "ROOMS")],
)  # fmt: skip
def test_an_unknown_code_is_refused(dimension, code):
    rows = [housing("COM-59299", 2023), housing("COM-59299", 2023, **{dimension: code})]
    with pytest.raises(SourceError, match=f"{HOUSING}, {dimension} : codes inconnus '{code}'"):
        read(rows, HOUSING)


def test_a_total_under_another_name_is_noticed():
    rows = [{**row, "OCS": "DW_MAIN"} for row in series("COM-59299", 2023, {"POP": 5})]
    with pytest.raises(SourceError, match="croisement attendu introuvable, RP_MEASURE OCS = POP _T"):
        read(rows)


def test_a_value_given_twice_is_refused():
    rows = series("2025-COM-59299", 2023, {"POP": 5}) + series("2026-COM-59299", 2023, {"POP": 6})
    with pytest.raises(SourceError, match=r"deux fois.*59299 2023 POP 5\.0 ; commune 59299 2023 POP 6\.0"):
        read(rows)


@pytest.mark.parametrize("value", [-1, float("inf")])
def test_a_count_is_neither_negative_nor_infinite(value):
    with pytest.raises(
        SourceError, match=f"{SERIES} : valeurs négatives ou infinies.*commune 59299 2023 POP"
    ):
        read(series("COM-59299", 2023, {"POP": value}))


def test_only_the_first_failing_rows_are_shown():
    rows = [row for year in range(2001, 2010) for row in series("COM-59299", year, {"POP": -1})]
    with pytest.raises(SourceError, match=r"2005 POP -1\.0 \(et 4 autres\)"):
        read(rows)


def test_dwellings_that_do_not_add_up_are_refused():
    wrong = {**REAL["16015"][2023], "LOGVAC": 2424.16}
    with pytest.raises(SourceError, match=r"RP \+ RSECOCC \+ LOGVAC diffère de LOG.*commune 16015 2023"):
        read(series("COM-16015", 2023, wrong))


def test_rounded_decimals_and_missing_parts_are_not_a_fault():
    wanted = {**REAL["16015"][2023], "LOGVAC": 2424.1591}
    assert len(read(series("COM-16015", 2023, wanted))["dwellings"]) == 4
    del wanted["RP"]
    assert len(read(series("COM-16015", 2023, {**wanted, "LOG": 1}))["dwellings"]) == 3


# Reading dwellings.


def stock(geo, year, **parts):
    """Main homes 100 (60 owned, 35 rented, 5 free), 10 occasional, 20 vacant; `parts` change them."""
    numbers = {
        "LOG": 130,
        "RP": 100,
        "RSECOCC": 10,
        "LOGVAC": 20,
        "RP_PROP": 60,
        "RP_LOC": 35,
        "RP_GRAT": 5,
        **parts,
    }
    codes = {name: {"OCS": ocs} for name, ocs in OCS.items()} | DWELLINGS
    return [housing(geo, year, value=value, **codes[name]) for name, value in numbers.items()]


def test_a_variable_is_one_cross():
    # Each variable alone in a commune of its own, beside all homes and main homes.
    communes = {variable: f"59{rank:03d}" for rank, variable in enumerate(DWELLINGS, start=1)}
    rows = []
    for variable, codes in DWELLINGS.items():
        place = f"COM-{communes[variable]}"
        rows += [
            housing(place, 2023, value=100, OCS="_T"),
            housing(place, 2023, value=90),
            housing(place, 2023, value=12.25, **codes),
        ]
    found = read(rows, HOUSING)["dwellings"]
    text = found.set_index("code")[["variable", "year", "value"]]
    assert len(found) == len(DWELLINGS)
    for variable, code in communes.items():
        assert text.loc[code].tolist() == [variable, 2023, 12.25], variable


def test_the_stock_is_left_to_the_series():
    variables = set(read(stock("COM-59299", 2023), HOUSING)["dwellings"]["variable"])
    assert variables == {"RP_PROP", "RP_LOC", "RP_GRAT"}


def test_what_crosses_two_dimensions_is_not_read():
    rows = [housing("COM-59299", 2023, TSH="100"), housing("COM-59299", 2023, TSH="100", TDW="1", value=3)]
    assert values(read(rows, HOUSING)["dwellings"]) == {("RP_PROP", 2023): 7.5}


@pytest.mark.parametrize(
    "codes",
    [{"TSH": "211"}, {"TSH": "212_222"}, {"TDW": "3T6"}, {"CARS": "C0"}, {"NRG_SRC": "WOOD"},
     {"BUILD_END": "Y_LT2015"}, {"RP_MEASURE": "DWELLINGS_POPSIZE"}],
    ids=str,
)  # fmt: skip
def test_details_and_overlapping_codes_are_left_out(codes):
    rows = [housing("COM-59299", 2023, TSH="100"), housing("COM-59299", 2023, value=3, **codes)]
    assert values(read(rows, HOUSING)["dwellings"]) == {("RP_PROP", 2023): 7.5}


def test_each_census_has_its_own_known_period_of_construction():
    rows = [
        housing("COM-59299", year, value=year + last, BUILD_END=f"Y_LT{last}")
        for year in (2012, 2017, 2023)
        for last in (2010, 2015, 2021)
    ]
    found = values(read(rows, HOUSING)["dwellings"])
    assert found == {("RP_ACHTOT", year): 2 * year - 2 for year in (2012, 2017, 2023)}


def test_the_three_periods_of_2012_have_their_own_names():
    wide = {"Y_LT1946": 30, "Y1946T1990": 50, "Y1991T2009": 15, "Y_LT2010": 95}
    fine = {"Y_LT1919": 12, "Y1991T2005": 30, "Y2006TAAAA": 5, "Y_LT2015": 98}
    rows = [housing("COM-59299", 2012, value=value, BUILD_END=code) for code, value in wide.items()]
    rows += [housing("COM-59299", 2017, value=value, BUILD_END=code) for code, value in fine.items()]
    rows += stock("COM-59299", 2012)
    found = values(read(rows, HOUSING)["dwellings"])
    tenures = {"RP_PROP", "RP_LOC", "RP_GRAT"}
    assert {variable for variable, year in found if year == 2012} == {
        *tenures, "RP_ACHTOT", "RP_ACHT1", "RP_ACHT2", "RP_ACHT3",
    }  # fmt: skip
    assert [found[f"RP_ACHT{rank}", 2012] for rank in (1, 2, 3)] == [30, 50, 15]
    assert {variable for variable, year in found if year == 2017} == {
        "RP_ACH19",
        "RP_ACH05",
        "RP_ACH15",
        "RP_ACHTOT",
    }


@pytest.mark.parametrize(
    ("year", "periods"),
    [
        (2012, ["Y_LT1946", "Y1946T1990", "Y1991T2009"]),
        (2023, ["Y_LT1919", "Y1919T1945", "Y1946T1970", "Y1971T1990", "Y1991T2005", "Y2006TAAAA"]),
    ],
)
def test_periods_that_do_not_make_the_known_ones_are_refused(year, periods):
    rows = [housing("COM-59299", year, value=10, BUILD_END=code) for code in periods]
    whole = housing("COM-59299", year, value=10 * len(periods), BUILD_END=f"Y_LT{year - 2}")
    read([*rows, whole], HOUSING)
    with pytest.raises(SourceError, match="diffère de RP_ACHTOT"):
        read([*rows, {**whole, "value": 1}], HOUSING)


def test_long_stays_are_those_of_ten_years_and_more():
    stays = {"Y5T9": 9.0, "Y10T19": 1.5, "Y20T29": 2.25, "Y_GE30": 4.0}
    rows = [housing("COM-59299", 2023, value=value, L_STAY=code) for code, value in stays.items()]
    assert values(read(rows, HOUSING)["dwellings"])["MEN_ANEM10P", 2023] == 7.75
    assert ("MEN_ANEM10P", 2023) not in values(read(rows[:-1], HOUSING)["dwellings"])


def test_homes_with_a_car_are_computed_where_they_are_not_given():
    rows = [housing("COM-59299", 2023, value=value, CARS=code) for code, value in (("C1", 4), ("C_GE2", 3))]
    assert values(read(rows, HOUSING)["dwellings"])["RP_VOIT1P", 2023] == 7
    with pytest.raises(SourceError, match=r"RP_VOIT1 \+ RP_VOIT2P diffère de RP_VOIT1P"):
        read([*rows, housing("COM-59299", 2023, value=8, CARS="C_GE1")], HOUSING)


# Reading the people of each tenure.


def occupants(geo="COM-59299", year=2023, **changes):
    """100 people in main homes; `changes` of codes, None for a row that is not there."""
    people = {"_T": 100, "100": 60, "200": 35, "211": 14, "212_222": 1, "221": 20, "300": 5, **changes}
    return [
        housing(geo, year, RP_MEASURE="DWELLINGS_POPSIZE", TSH=code, value=value)
        for code, value in people.items()
        if value is not None
    ]


@pytest.mark.parametrize(
    "absent", [[], ["211", "212_222"]], ids=["in full", "without kinds of private tenants"]
)
def test_people_of_main_homes_by_tenure(absent):
    table = read(occupants(**dict.fromkeys(absent)), HOUSING)["occupants"]
    assert list(table.columns) == ["level", "code", "year", "variable", "tenure", "value"]
    assert set(table["variable"]) == {"NPER"}
    found = dict(zip(table["tenure"], table["value"], strict=True))
    assert found == {"owner": 60, "social": 20, "private": 15, "other": 5}


def test_without_social_tenants_the_private_ones_are_not_known():
    table = read(occupants(**{"221": None}), HOUSING)["occupants"]
    assert set(table["tenure"]) == {"owner", "other"}


def test_rounding_does_not_make_private_tenants_negative():
    rows = occupants(**{"_T": 85, "200": 20, "221": 20.00001, "211": 0, "212_222": 0})
    table = read(rows, HOUSING)["occupants"].set_index("tenure")["value"]
    assert table["private"] == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"300": 6}, "NPER owner .* diffère de NPER,"),
        ({"211": 10}, "NPER_LOCVIDE .* diffère de NPER_LOC,"),
        ({"221": 40, "211": None, "212_222": None}, "négatives.*NPER private -5.0"),
    ],
)
def test_people_that_do_not_add_up_are_refused(changes, message):
    with pytest.raises(SourceError, match=message):
        read(occupants(**changes), HOUSING)


def test_tenures_that_do_not_make_main_homes_are_refused():
    rows = stock("COM-59299", 2017) + stock("COM-59299", 2023, RP_GRAT=5.1)
    with pytest.raises(
        SourceError, match=r"RP_PROP \+ RP_LOC \+ RP_GRAT diffère de RP.*= commune 59299 2023"
    ):
        read(rows, HOUSING)


# Reading ages.

NUMBERS = [float(1000 - 9 * age) for age in range(101)]


def test_single_ages_become_classes_by_sex():
    ages = read(pyramid("COM-59299", 2023, NUMBERS), AGES)["ages"]
    assert list(ages.columns) == ["level", "code", "year", "variable", "sex", "age", "value"]
    men = ages[ages["sex"] == "H"].set_index("age")["value"]
    women = ages[ages["sex"] == "F"].set_index("age")["value"]
    assert men.index.tolist() == schemas.AGE_CLASSES
    assert men[0] == sum(NUMBERS[:5])
    assert men[90] == sum(NUMBERS[90:95])
    assert men[95] == sum(NUMBERS[95:])
    assert women.tolist() == (2 * men).tolist()


def test_single_ages_give_our_broad_groups():
    groups = values(read(pyramid("COM-59299", 2023, NUMBERS), AGES)["age_groups"])
    bounds = {
        "POP0014": (0, 15), "POP1529": (15, 30), "POP1824": (18, 25), "POP3044": (30, 45), "POP4559": (45, 60),
        "POP6074": (60, 75), "POP75P": (75, 101), "POP7589": (75, 90), "POP90P": (90, 101),
    }  # fmt: skip
    wanted = {(name, 2023): 3 * sum(NUMBERS[first:last]) for name, (first, last) in bounds.items()}
    for weight, sex in ((1, "H"), (2, "F")):
        for name, first, last in (("0019", 0, 20), ("2064", 20, 65), ("65P", 65, 101)):
            wanted[f"{sex}{name}", 2023] = weight * sum(NUMBERS[first:last])
        wanted[f"POP{sex}", 2023] = weight * sum(NUMBERS)
    assert groups == wanted


def test_single_ages_are_kept():
    table = read(pyramid("COM-59299", 2023, NUMBERS), AGES)["single_ages"]
    assert list(table.columns) == ["level", "code", "year", "variable", "sex", "age", "value"]
    for weight, sex in ((1, "H"), (2, "F")):
        ages = table[table["sex"] == sex]
        assert ages["age"].tolist() == schemas.SINGLE_AGES
        assert ages["value"].tolist() == [weight * number for number in NUMBERS]


def test_bands_beside_single_ages_are_left_out():
    rows = pyramid("COM-59299", 2023, NUMBERS)
    bands = [people("COM-59299", 2023, "M", band, 3.0) for band in ("Y0T4", "Y_GE95", "Y_LT20")]
    for name, table in read([*rows, *bands], AGES).items():
        pd.testing.assert_frame_equal(table, read(rows, AGES)[name])


def test_ages_that_nobody_has_may_be_absent():
    numbers = [*NUMBERS[:90], *[0.0] * 11]
    rows = [row for row in pyramid("COM-01004", 2023, numbers) if row["value"]]
    ages = read(rows, AGES)["ages"]
    assert len(ages) == 40
    assert ages.loc[ages["age"] >= 90, "value"].tolist() == [0, 0, 0, 0]


def test_a_class_with_an_unknown_age_is_unknown():
    rows = pyramid("COM-01004", 2023, NUMBERS)
    for row in rows:
        if row["AGE"] == "Y41":
            row.update(value=None, status="M")
    tables = read(rows, AGES)
    assert set(schemas.AGE_CLASSES) - set(tables["ages"]["age"]) == {40}
    assert set(tables["age_groups"]["variable"]) == {
        "POP0014",
        "POP1529",
        "POP1824",
        "POP4559",
        "POP6074",
        "POP75P",
        "POP7589",
        "POP90P",
        "H0019",
        "H65P",
        "F0019",
        "F65P",
    }


def test_ages_included_in_another_commune_have_no_row():
    rows = pyramid("COM-01004", 2023, NUMBERS, status="K") + pyramid("COM-59299", 2023, NUMBERS)
    tables = read(rows, AGES)
    assert set(tables["ages"]["code"]) == set(tables["age_groups"]["code"]) == {"59299"}
    assert tables["notes"]["code"].tolist() == ["01004"]
    alone = read(pyramid("COM-01004", 2023, NUMBERS, status="K"), AGES)
    assert alone["ages"].empty
    assert list(alone["ages"].columns) == list(tables["ages"].columns)


def test_ages_that_do_not_make_the_population_are_refused():
    rows = pyramid("COM-59299", 2023, NUMBERS)
    next(row for row in rows if (row["SEX"], row["AGE"]) == ("F", "Y30"))["value"] += 1
    with pytest.raises(SourceError, match=r"la somme des âges diffère du total.*commune 59299 2023 F"):
        read(rows, AGES)


def test_overlapping_bands_are_never_added_up():
    bands = [
        "Y_LT15",
        "Y15T24",
        "Y25T39",
        "Y40T54",
        "Y55T64",
        "Y65T79",
        "Y_GE80",
        "Y_LT20",
        "Y20T64",
        "Y_GE65",
        "_T",
    ]
    # Under 20, 20 to 64, 65 and over make the whole.
    sizes = [100, 200, 300, 400, 500, 600, 700, 300, 300, 500, 1100]
    rows = [
        people("COM-59299", 2017, sex, age, float(2 * size if (sex, age) == ("_T", "_T") else size))
        for sex in ("_T", "F", "M")
        for age, size in zip(bands, sizes, strict=True)
    ]
    tables = read(rows, BANDS)
    whole = {"POP0014": 100, "POPF": 1100, "POPH": 1100}
    parts = {
        f"{sex}{name}": value for sex in "HF" for name, value in (("0019", 300), ("2064", 300), ("65P", 500))
    }
    assert values(tables["age_groups"]) == {(name, 2017): value for name, value in {**whole, **parts}.items()}
    assert values(tables["households"]) == {("POP6579", 2017): 600, ("POP80P", 2017): 700}


def test_a_band_that_is_ours_is_read_where_it_exists():
    rows = [people("COM-59299", 2017, "_T", age, 8.5) for age in ("_T", "Y_GE75")]
    assert values(read(rows, BANDS)["age_groups"]) == {("POP75P", 2017): 8.5}


def test_sexes_that_do_not_make_the_population_are_refused():
    rows = [people("COM-59299", 2023, sex, "_T", value) for sex, value in (("_T", 10), ("M", 4), ("F", 5))]
    with pytest.raises(SourceError, match=r"POPH \+ POPF diffère de POP"):
        read(rows, BANDS)


# Reading the other data sets.


def row(year, value, status="A", **codes):
    return {"GEO": "COM-59299", "TIME_PERIOD": str(year), **codes, "value": value, "status": status}


def test_the_municipal_population_is_that_of_the_census():
    rows = [
        row(2023, value, POPREF_MEASURE=measure)
        for measure, value in (("PMUN", 9), ("PCAP", 1), ("PTOT", 10))
    ]
    for line in rows:
        del line["status"]
    tables = read(rows, "DS_POPULATIONS_REFERENCE")
    assert values(tables["population"]) == {("POP", 2023): 9}
    assert tables["notes"].empty


@pytest.mark.parametrize(
    ("dataset", "measure", "variable"), [("NAIS", "LVB", "NAIS"), ("DECES", "DTH", "DECE")]
)
def test_events_of_a_year_run_from_its_first_day_to_the_next(dataset, measure, variable):
    dataset = f"DS_ETAT_CIVIL_{dataset}_COMMUNES"
    rows = [row(year, year - 2000, EC_MEASURE=measure) for year in (2008, 2009, 2024)]
    rows.append(row(2010, None, "M", EC_MEASURE=measure))
    table = read(rows, dataset)["flows"]
    assert table[["variable", "since", "year", "value"]].to_numpy().tolist() == [
        [variable, 2008, 2009, 8],
        [variable, 2009, 2010, 9],
        [variable, 2024, 2025, 24],
    ]


def moves(**changes):
    numbers = {
        "_T": 100,
        "11": 80,
        "12": 5,
        "21": 6,
        "22": 3,
        "23": 4,
        "24": 0.5,
        "25T32": 1.5,
        "20_30": 15,
        **changes,
    }
    rows = [
        row(2023, value, RP_MEASURE="POP", AGE="Y_GE1", PREV_RES_AREA=code) for code, value in numbers.items()
    ]
    return [*rows, row(2023, 3, RP_MEASURE="POP", AGE="Y1T14", PREV_RES_AREA="20_30")]


def test_where_people_lived_a_year_before():
    table = values(read(moves(), "DS_RP_MIGRES_PRINC")["mobility"])
    assert table == {
        ("POP01P", 2023): 100,
        ("POP01P_IRAN1", 2023): 80,
        ("POP01P_IRAN2", 2023): 5,
        ("POP01P_IRAN3", 2023): 6,
        ("POP01P_IRAN4", 2023): 3,
        ("POP01P_IRAN5", 2023): 4,
    }


def test_origins_that_do_not_make_everybody_are_refused():
    with pytest.raises(SourceError, match="ABROAD diffère de POP01P"):
        read(moves(**{"25T32": 2}), "DS_RP_MIGRES_PRINC")


def test_people_living_alone():
    pinned = {"RP_MEASURE": "ONEPERS", "OCS": "DW_MAIN", "NOC": "P1", "COUPLE": "_T", "CIVIL_STATUS": "_T"}
    rows = [
        row(2023, place, **pinned, AGE=age) for place, age in enumerate(["Y55T64", "Y65T79", "Y_GE80"], 1)
    ]
    rows.append(row(2023, 9, **{**pinned, "RP_MEASURE": "DWELLINGS_POPSIZE", "NOC": "_T", "AGE": "Y65T79"}))
    rows.append(row(2023, 9, **{**pinned, "CIVIL_STATUS": "4", "AGE": "Y65T79"}))
    found = values(read(rows, "DS_RP_MENAGES_PRINC")["households"])
    assert found == {("POP6579_PSEUL", 2023): 2, ("POP80P_PSEUL", 2023): 3}


def homes(older=False, **changes):
    numbers = {
        "_T": 100, "11": 36, "110": 16, "111": 20, "12": 4, "2": 60, "MF21": 10, "MF221": 26, "MF222": 24, "MF22": 50,
        **changes,
    }  # fmt: skip
    pinned = {"RP_MEASURE": "DWELLINGS", "OCS": "DW_MAIN", "PCS": "_T"} | ({"PREFPH": "_T"} if older else {})
    rows = [row(2023, value, **pinned, TPH=code) for code, value in numbers.items()]
    rows.append(row(2023, 220, **{**pinned, "RP_MEASURE": "DWELLINGS_POPSIZE"}, TPH="_T"))
    return [*rows, row(2023, 9, **{**pinned, "PCS": "3"}, TPH="_T")]


@pytest.mark.parametrize("older", [True, False], ids=["with one more dimension", "without"])
def test_households_by_type(older):
    found = values(read(homes(older), "DS_RP_MENAGES_COMP")["households"])
    assert found == {
        (f"C_{name}", 2023): value
        for name, value in {
            "MEN": 100, "PMEN": 220, "MENPSEUL": 36, "MENHSEUL": 16, "MENFSEUL": 20, "MENSFAM": 4, "MENFAM": 60,
            "MENFAMMONO": 10, "MENCOUPSENF": 26, "MENCOUPAENF": 24,
        }.items()
    }  # fmt: skip


@pytest.mark.parametrize(("code", "whole"), [("12", "C_MEN"), ("111", "C_MENPSEUL"), ("MF21", "C_MENFAM")])
def test_types_of_households_that_do_not_add_up_are_refused(code, whole):
    with pytest.raises(SourceError, match=f"diffère de {whole},"):
        read(homes(**{code: 1}), "DS_RP_MENAGES_COMP")


OCCUPATIONS = {
    "SEV_OVER_OCC": ("C_RP_SUROCC_ACC", 1), "MOD_OVER_OCC": ("C_RP_SUROCC_MOD", 6), "STD_OCC": ("C_RP_NORME", 20),
    "MOD_UNDER_OCC": ("C_RP_SOUSOCC_MOD", 26), "SEV_UNDER_OCC": ("C_RP_SOUSOCC_ACC", 22),
    "VSEV_UNDER_OCC": ("C_RP_SOUSOCC_TACC", 25),
}  # fmt: skip


def occupations(total=100):
    numbers = {"_T": total, **{code: value for code, (_, value) in OCCUPATIONS.items()}}
    pinned = {"RP_MEASURE": "DWELLINGS", "OCS": "DW_MAIN"}
    return [row(2023, value, **pinned, OCC_IND=code) for code, value in numbers.items()]


def test_homes_that_are_too_small_or_too_large_for_their_household():
    found = values(read(occupations(), "DS_RP_LOGEMENT_COMP")["dwellings"])
    assert found == {(variable, 2023): value for variable, value in OCCUPATIONS.values()}


def test_occupations_that_do_not_make_every_home_are_refused():
    with pytest.raises(SourceError, match="diffère de all homes"):
        read(occupations(total=101), "DS_RP_LOGEMENT_COMP")


# What is read.


def test_only_variables_and_dimensions_of_the_store_are_read():
    for form in melodi_forms.FORMS.values():
        for cross in form.crosses.values():
            if cross.table:
                assert cross.variable in schemas.VARIABLES[cross.table]
                labels = {name for name in ("sex", "age", "tenure") if getattr(cross, name) is not None}
                assert labels == set(schemas.DIMENSIONS.get(cross.table, [])) - {"since"}
    assert set(melodi_forms.GROUPS) <= set(schemas.VARIABLES["age_groups"])


@pytest.mark.parametrize("dataset", melodi_forms.FORMS)
def test_sums_and_identities_speak_of_what_is_read(dataset):
    form = melodi_forms.FORMS[dataset]
    for whole, parts in (*form.identities, *form.computed.items()):
        assert {whole, *parts} <= set(form.crosses)
    assert {name for name, cross in form.crosses.items() if cross.codes is None} <= set(form.computed)
    codes = [tuple(form.codes(cross).items()) for cross in form.crosses.values() if cross.codes is not None]
    assert len(codes) == len(set(codes))


# Reading the households by age of their reference person.

HOLDERS = "DS_RP_TD_LOGEMENT_AGE_PRINC"
BANDS_OF_HOLDERS = ["Y_LT15", "Y15T24", "Y25T39", "Y40T54", "Y55T64", "Y65T79", "Y_GE80"]


def holder(tenure, band, value, status="A"):
    codes = {
        "RP_MEASURE": "DWELLINGS",
        "OCS": "DW_MAIN",
        "TDW": "_T",
        "NOR": "_T",
        "TSH": tenure,
        "AGE": band,
    }
    return {"GEO": "COM-59299", "TIME_PERIOD": "2023", **codes, "value": value, "status": status}


def holders(**changes):
    """Households of each tenure, 1, 2... 7 from the youngest to the oldest, `weight` times as many."""
    weights = {"100": 100, "211": 10, "212_222": 1, "221": 20, "300": 2, **changes}
    rows = [
        holder(tenure, band, weight * rank)
        for tenure, weight in weights.items()
        for rank, band in enumerate(BANDS_OF_HOLDERS, start=1)
    ]
    totals = [holder(tenure, "_T", 28 * weight) for tenure, weight in weights.items()]
    return [*rows, *totals, holder("_T", "_T", 28 * sum(weights.values()))]


def test_households_by_age_of_their_reference_person_join_the_young_and_the_private_tenants():
    table = read(holders(), HOLDERS)["householders"]
    assert list(table.columns) == ["level", "code", "year", "variable", "age", "tenure", "value"]
    cells = table.set_index(["tenure", "age"])["value"]
    assert cells["owner"].to_dict() == {0: 300, 25: 300, 40: 400, 55: 500, 65: 600, 80: 700}
    assert cells["private"].to_dict() == {0: 33, 25: 33, 40: 44, 55: 55, 65: 66, 80: 77}
    assert cells.groupby("tenure").sum().to_dict() == {
        "owner": 2800,
        "social": 560,
        "private": 308,
        "other": 56,
    }


def test_an_age_without_a_row_has_no_household_and_one_without_a_value_is_not_known():
    rows = [row for row in holders() if (row["TSH"], row["AGE"]) != ("100", "Y_LT15")]
    cells = read(rows, HOLDERS)["householders"].set_index(["tenure", "age"])["value"]
    assert cells["owner", 0] == 200
    hidden = [*rows, holder("100", "Y_LT15", None, status="M")]
    cells = read(hidden, HOLDERS)["householders"].set_index(["tenure", "age"])["value"]
    assert ("owner", 0) not in cells.index
    assert cells["social", 0] == 60


def test_households_by_age_that_are_not_those_of_the_tenure_are_refused():
    rows = [*holders()[:-1], holder("_T", "_T", 1.0)]
    with pytest.raises(SourceError, match="diffère de MEN"):
        read(rows, HOLDERS)
