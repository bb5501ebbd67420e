from __future__ import annotations

import csv
import io
import json
import socket
import zipfile
from collections import deque

import numpy as np
import pandas as pd
import pytest
from melodi_rows import OCS, housing, people, pyramid, series
from melodi_server import Fault, serve

from helpers import schemas
from helpers.errors import SourceError
from helpers.sources import melodi, melodi_tables
from helpers.sources.registry import find_source, load_registry

SERIES, HOUSING = "DS_RP_SERIE_HISTORIQUE", "DS_RP_LOGEMENT_PRINC"
AGES, BANDS = "DS_RP_TD_POPULATION_AGESEX_PRINC", "DS_RP_POPULATION_PRINC"
HEM = [
    ("commune", "59299"), ("epci", "200093201"), ("departement", "59"), ("region", "32"), ("france", "F"),
]  # fmt: skip
ANGOULEME, ROYAN = ("commune", "16015"), ("commune", "17306")

# Insee, DS_RP_SERIE_HISTORIQUE_2023, Licence Ouverte 2.0: Angoulême and Royan, RP2017 and RP2023.
REAL = {
    "16015": {
        2017: {"POP": 41740.0, "LOG": 26091.48932, "RP": 22534.73072, "RSECOCC": 508.32967, "LOGVAC": 3048.42893},
        2023: {"POP": 41908.0, "LOG": 26946.72603, "RP": 23685.34425, "RSECOCC": 837.22335, "LOGVAC": 2424.15844},
    },
    "17306": {
        2017: {"POP": 18398.0, "LOG": 20497.72667, "RP": 10882.38597, "RSECOCC": 8886.08712, "LOGVAC": 729.25358},
        2023: {"POP": 19425.0, "LOG": 21957.71931, "RP": 11916.30094, "RSECOCC": 9347.00861, "LOGVAC": 694.40977},
    },
}  # fmt: skip
HEADER = "GEO;GEO_OBJECT;FREQ;RP_MEASURE;OCS;OBS_STATUS;UNIT_MEASURE;TIME_PERIOD;OBS_VALUE"

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
    "MEN_ANEM1019": {"L_STAY": "Y10T19"}, "MEN_ANEM2029": {"L_STAY": "Y20T29"}, "MEN_ANEM30P": {"L_STAY": "Y_GE30"},
}  # fmt: skip


REAL_ROWS = [
    row
    for code, years in REAL.items()
    for year, values in years.items()
    for row in series(f"COM-{code}", year, values)
]


@pytest.fixture(autouse=True)
def _direct(monkeypatch):
    monkeypatch.delenv("HELPERS_MIRROR", raising=False)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")


class Time:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.now, self.slept = 0.0, []
        self.pace = melodi.Pace(clock=lambda: self.now, sleep=self.sleep)

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def fetch(time):
    """Ask the stand-in for one data set, without ever waiting."""

    def fetch(server, dataset=SERIES, areas=(ANGOULEME, ROYAN), **options):
        return melodi.fetch(dataset, areas=areas, base=server.base, pace=time.pace, **options)

    return fetch


def frame(rows):
    """Rows as `fetch` gives them."""
    table = pd.DataFrame(rows).rename(columns={"value": "OBS_VALUE", "status": "OBS_STATUS"})
    return table.astype({"OBS_VALUE": float})


def read(rows, dataset=SERIES):
    return melodi.read(frame(rows), dataset=dataset)


def values(table, **where):
    """Values by variable and year."""
    for column, wanted in where.items():
        table = table[table[column] == wanted]
    return dict(zip(zip(table["variable"], table["year"], strict=True), table["value"], strict=True))


# Asking.


def test_several_territories_are_asked_for_in_one_call(fetch):
    with serve({SERIES: REAL_ROWS}) as server:
        rows = fetch(server)
    assert len(server.calls) == 1
    assert server.calls[0]["GEO"] == ["COM-16015", "COM-17306"]
    assert len(rows) == len(REAL_ROWS) == 20
    assert rows["GEO"].unique().tolist() == ["2026-COM-16015", "2026-COM-17306"]
    assert rows["OBS_VALUE"].dtype == float
    assert {"RP_MEASURE", "OCS", "TIME_PERIOD", "OBS_STATUS"} <= set(rows.columns)


def test_every_level_is_named_as_melodi_names_it(fetch):
    with serve({SERIES: []}) as server:
        fetch(server, areas=HEM)
    assert server.calls[0]["GEO"] == ["COM-59299", "EPCI-200093201", "DEP-59", "REG-32", "FRANCE-F"]


def test_where_only_one_territory_a_call_is_understood_each_is_asked_for_alone(fetch):
    with serve({SERIES: REAL_ROWS}, several=False) as server:
        rows = fetch(server)
    assert [call["GEO"] for call in server.calls] == [["COM-16015", "COM-17306"], ["COM-17306"]]
    assert sorted(rows["GEO"].unique()) == ["2026-COM-16015", "2026-COM-17306"]
    assert len(rows) == 20


def test_where_several_territories_are_refused_each_is_asked_for_alone(fetch, time):
    with serve({SERIES: REAL_ROWS}, faults=deque([Fault(400, "GEO")])) as server:
        rows = fetch(server)
    assert [len(call["GEO"]) for call in server.calls] == [2, 1, 1]
    assert len(rows) == 20
    assert not time.slept


def test_a_territory_that_melodi_does_not_hold_has_no_row(fetch):
    with serve({SERIES: REAL_ROWS}) as server:
        rows = fetch(server, areas=[ANGOULEME, ("commune", "97611")])
        nothing = fetch(server, areas=[("commune", "97611")])
    assert rows["GEO"].unique().tolist() == ["2026-COM-16015"]
    assert nothing.empty
    assert all(table.empty for table in melodi.read(nothing, dataset=SERIES).values())


@pytest.mark.parametrize("counts", [True, False], ids=["announced", "not announced"])
def test_pages_are_followed_to_the_last(fetch, counts):
    told = []
    with serve({SERIES: REAL_ROWS}, page_size=3, counts=counts) as server:
        rows = fetch(server, progress=told.append)
    assert len(server.calls) == 7
    assert rows["OBS_VALUE"].tolist() == [row["value"] for row in REAL_ROWS]
    assert told[0] == f"{SERIES}, page 1"
    assert told[-1] == f"{SERIES}, page 7"


def test_the_size_of_pages_may_be_chosen(fetch):
    with serve({SERIES: REAL_ROWS}) as server:
        assert len(fetch(server, page_size=8)) == 20
    assert [call["maxResult"] for call in server.calls] == [["8"]] * 3


def test_a_dimension_may_be_restricted(fetch):
    with serve({SERIES: REAL_ROWS}) as server:
        rows = fetch(server, filters={"TIME_PERIOD": "2023", "OCS": ["DW_MAIN", "DW_VAC"]})
    assert sorted(rows["OBS_VALUE"]) == [694.40977, 2424.15844, 11916.30094, 23685.34425]


def test_a_mirror_takes_the_place_of_insee(time, monkeypatch):
    with serve({SERIES: REAL_ROWS}) as server:
        monkeypatch.setenv("HELPERS_MIRROR", server.base + "/")
        assert len(melodi.fetch(SERIES, areas=[ROYAN], pace=time.pace)) == 10


def test_a_missing_value_is_missing(fetch):
    rows = [*series("COM-16015", 2023, {"POP": None}, status="M"), *series("COM-17306", 2023, {"POP": 5}, "")]
    with serve({SERIES: rows}) as server:
        table = fetch(server)
    assert table["OBS_VALUE"].isna().tolist() == [True, False]
    assert table["OBS_STATUS"].isna().tolist() == [False, True]


# Waiting, and trying again.


def test_an_exceeded_quota_waits_as_long_as_told(fetch, time):
    told = []
    faults = deque([Fault(429, headers={"Retry-After": "0"}), Fault(429, headers={"Retry-After": "12"})])
    with serve({SERIES: REAL_ROWS}, faults=faults) as server:
        assert len(fetch(server, progress=told.append)) == 20
    assert time.slept == [0, 12]
    assert told[-1] == f"{SERIES} : réponse 429, nouvel essai dans 12 s"


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}])
def test_an_exceeded_quota_without_a_delay_waits_a_while(fetch, time, headers):
    with serve({SERIES: REAL_ROWS}, faults=deque([Fault(429, headers=headers)])) as server:
        assert len(fetch(server)) == 20
    assert time.slept == [20]


def test_a_quota_exceeded_for_an_hour_is_not_waited_for(fetch, time):
    faults = deque([Fault(429, headers={"Retry-After": "3600"})])
    with serve({SERIES: REAL_ROWS}, faults=faults) as server, pytest.raises(SourceError, match="réponse 429"):
        fetch(server)
    assert not time.slept


@pytest.mark.parametrize(
    "fault", [Fault(503), Fault(502, "<html>"), Fault(cut=True), Fault(200, '{"observations": [', short=True)]
)
def test_a_passing_fault_is_tried_again_later_and_later(fetch, time, fault):
    with serve({SERIES: REAL_ROWS}, faults=deque([fault] * 3)) as server:
        assert len(fetch(server)) == 20
    assert time.slept == [1, 2, 4]


@pytest.mark.parametrize("fault", [Fault(429, headers={"Retry-After": "1"}), Fault(503), Fault(cut=True)])
def test_a_lasting_fault_is_given_up(fetch, time, fault):
    with (
        serve({SERIES: REAL_ROWS}, faults=deque([fault] * 9)) as server,
        pytest.raises(SourceError) as caught,
    ):
        fetch(server)
    assert len(server.calls) == 4
    assert len(time.slept) == 3
    assert SERIES in caught.value.message
    assert f"{server.base}/data/{SERIES}?GEO=COM-16015" in caught.value.message


def test_calls_stay_under_thirty_a_minute(time):
    times = []
    for _ in range(90):
        time.pace.hold()
        times.append(time.now)
        time.now += 0.125
    for first in times:
        assert sum(first <= other < first + 60 for other in times) < 30
    # Time is lost only where it must be.
    assert len(time.slept) == 3
    assert times[27] == 27 * 0.125


# Failing.


def test_a_moved_data_set_says_which_page_to_open_and_what_to_correct(fetch, time):
    with serve({}, faults=deque([Fault(404, "Not Found")])) as server, pytest.raises(SourceError) as caught:
        fetch(server, HOUSING, [ROYAN])
    assert len(server.calls) == 1
    assert not time.slept
    assert f"{server.base}/data/{HOUSING}?GEO=COM-17306" in caught.value.message
    assert "404" in caught.value.message
    assert find_source("melodi_logement").page in caught.value.remedy
    assert "registry.toml" in caught.value.remedy


def test_an_unknown_data_set_is_answered_500_and_named(fetch):
    with serve({}) as server, pytest.raises(SourceError, match="DS_NEXISTEPAS : réponse 500") as caught:
        fetch(server, "DS_NEXISTEPAS")
    assert "catalogue-donnees.insee.fr/fr/catalogue/recherche/DS_NEXISTEPAS" in caught.value.remedy


@pytest.mark.parametrize(
    "body",
    [
        '{"observations": [{"dimensions": {"GEO": "2026-COM-1',
        "<html>Portail d'accès</html>",
        "",
        "[]",
        "{}",
        '{"observations": [{"measures": {}}]}',
        '{"observations": [{"dimensions": {"TIME_PERIOD": "2023"}, "measures": {}}]}',
        '{"observations": [{"dimensions": {"GEO": "COM-1"}, "measures": {"OBS_VALUE_INDICE": {"value": 1}}}]}',
        '{"observations": [{"dimensions": {"GEO": "COM-1"}, "measures": {"OBS_VALUE_NIVEAU": {"value": "s"}}}]}',
        '{"observations": [], "paging": {"count": 12}}',
    ],
    ids=[
        "truncated", "page", "empty", "list", "no rows", "no dimension", "no territory", "index", "text", "cut short",
    ],
)  # fmt: skip
def test_an_answer_that_is_not_figures_names_its_address(fetch, time, body):
    with serve({}, faults=deque([Fault(200, body)])) as server, pytest.raises(SourceError) as caught:
        fetch(server, areas=[ROYAN])
    assert f"illisible ou incomplète : {server.base}/data/{SERIES}?GEO=COM-17306" in caught.value.message
    assert caught.value.remedy
    assert not time.slept


def test_pages_that_turn_in_circles_are_refused(fetch):
    with serve({}) as server:
        address = f"{server.base}/data/{SERIES}?page=2"
        body = json.dumps({"observations": [], "paging": {"next": address}})
        server.faults.extend([Fault(200, body)] * 3)
        with pytest.raises(SourceError, match="page déjà lue"):
            fetch(server, areas=[ROYAN])


def test_without_network_one_is_told_at_once(time):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{closed.getsockname()[1]}/melodi"
        with pytest.raises(SourceError, match="réseau est injoignable") as caught:
            melodi.fetch(SERIES, areas=[ROYAN], base=base, pace=time.pace)
    assert f"{base}/data/{SERIES}" in caught.value.message
    assert "données embarquées continuent de fonctionner" in caught.value.remedy
    assert not time.slept


def test_insee_itself_is_out_of_reach_of_the_tests(time):
    with pytest.raises(SourceError, match=r"injoignable : https://api\.insee\.fr/melodi/data/"):
        melodi.fetch(SERIES, areas=[ROYAN], pace=time.pace)
    assert not time.slept


def test_a_mirror_that_is_no_address_is_shown(time, monkeypatch):
    monkeypatch.setenv("HELPERS_MIRROR", "nulle/part")
    with pytest.raises(SourceError, match="nulle/part"):
        melodi.fetch(SERIES, areas=[ROYAN], pace=time.pace)


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
    with pytest.raises(SourceError, match="DS_BPE") as caught:
        melodi.read(frame(REAL_ROWS), dataset="DS_BPE")
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


@pytest.mark.parametrize(("variable", "codes"), DWELLINGS.items(), ids=DWELLINGS)
def test_a_variable_is_one_cross(variable, codes):
    rows = [
        housing("COM-59299", 2023, value=100, OCS="_T"),
        housing("COM-59299", 2023, value=90),
        housing("COM-59299", 2023, value=12.25, **codes),
    ]
    assert values(read(rows, HOUSING)["dwellings"]) == {(variable, 2023): 12.25}


def test_the_stock_is_left_to_the_series():
    variables = set(read(stock("COM-59299", 2023), HOUSING)["dwellings"]["variable"])
    assert variables == {"RP_PROP", "RP_LOC", "RP_GRAT"}


def test_what_crosses_two_dimensions_is_not_read():
    rows = [housing("COM-59299", 2023, TSH="100"), housing("COM-59299", 2023, TSH="100", TDW="1", value=3)]
    assert values(read(rows, HOUSING)["dwellings"]) == {("RP_PROP", 2023): 7.5}


@pytest.mark.parametrize(
    "codes",
    [{"TSH": "211"}, {"TSH": "212_222"}, {"TDW": "3T6"}, {"CARS": "C_GE1"}, {"NRG_SRC": "ELC"}, {"CARPARK": "1"},
     {"BUILD_END": "Y_LT2021"}, {"RP_MEASURE": "DWELLINGS_POPSIZE"}, {"RP_MEASURE": "DWELLING_L_STAY"}],
    ids=str,
)  # fmt: skip
def test_details_and_overlapping_codes_are_left_out(codes):
    rows = [housing("COM-59299", 2023, TSH="100"), housing("COM-59299", 2023, value=3, **codes)]
    assert values(read(rows, HOUSING)["dwellings"]) == {("RP_PROP", 2023): 7.5}


def test_the_three_periods_of_2012_are_left_out():
    wide, fine = (
        ["Y_LT1946", "Y1946T1990", "Y1991T2009", "Y_LT2010"],
        ["Y_LT1919", "Y1991T2005", "Y2006TAAAA"],
    )
    rows = [housing("COM-59299", 2012, BUILD_END=code) for code in wide]
    rows += [housing("COM-59299", 2017, BUILD_END=code) for code in [*fine, "Y_LT2015"]]
    rows += stock("COM-59299", 2012)
    found = values(read(rows, HOUSING)["dwellings"])
    assert {variable for variable, year in found if year == 2012} == {"RP_PROP", "RP_LOC", "RP_GRAT"}
    assert {variable for variable, year in found if year == 2017} == {"RP_ACH19", "RP_ACH05", "RP_ACH15"}


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
        "POP6074": (60, 75), "POP75P": (75, 101),
    }  # fmt: skip
    wanted = {(name, 2023): 3 * sum(NUMBERS[first:last]) for name, (first, last) in bounds.items()}
    assert groups == {**wanted, ("POPF", 2023): 2 * sum(NUMBERS)}


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
    rows = [
        people("COM-59299", 2017, sex, age, 100.0 * place)
        for sex in ("_T", "F", "M")
        for place, age in enumerate(bands, 1)
    ]
    tables = read(rows, BANDS)
    assert values(tables["age_groups"]) == {("POP0014", 2017): 100, ("POPF", 2017): 1100}


def test_a_band_that_is_ours_is_read_where_it_exists():
    rows = [people("COM-59299", 2017, "_T", age, 8.5) for age in ("_T", "Y_GE75")]
    assert values(read(rows, BANDS)["age_groups"]) == {("POP75P", 2017): 8.5}


# Everything for one commune.


@pytest.fixture
def national():
    geos = ["COM-59299", "EPCI-200093201", "DEP-59", "REG-32", "FRANCE-F"]
    content = {dataset: [] for dataset in (SERIES, HOUSING, AGES, BANDS)}
    for scale, geo in enumerate(geos, 1):
        for year in (2012, 2017, 2023):
            counts = {
                "POP": 250,
                "PMEN": 240,
                "NAIS": 20,
                "DECE": 15,
                "LOG": 130,
                "RP": 100,
                "RSECOCC": 10,
                "LOGVAC": 20,
            }
            status = "W" if (geo, year) == ("COM-59299", 2012) else "A"
            content[SERIES] += series(geo, year, {name: scale * n for name, n in counts.items()}, status)
            content[HOUSING] += [{**row, "value": scale * row["value"]} for row in stock(geo, year)]
            content[BANDS] += [people(geo, year, "_T", "Y_LT15", 45.0), people(geo, year, "F", "_T", 130.0)]
        content[AGES] += pyramid(geo, 2023, NUMBERS)
    return content


def test_a_commune_and_its_comparisons_take_a_call_per_data_set(national, time):
    told = []
    with serve(national) as server:
        tables = melodi.fetch_commune(HEM, base=server.base, progress=told.append, pace=time.pace)
    assert len(server.calls) == len(told) == 4
    assert not time.slept
    for name in schemas.TABLES:
        if name in tables:
            table = tables[name]
            stored = schemas.validate(table.assign(origin="insee")[schemas.table_columns(name)], table=name)
            assert set(zip(stored["level"], stored["code"], strict=True)) == set(HEM)
    assert set(tables) == {"population", "flows", "dwellings", "households", "ages", "age_groups", "notes"}
    assert values(tables["dwellings"], level="epci", source="melodi_logement")["RP_PROP", 2017] == 120
    assert values(tables["dwellings"], level="france", source="melodi_serie_historique")["RP", 2023] == 500


def test_of_two_values_the_first_source_of_the_registry_gives_its_own(national, time):
    with serve(national) as server:
        groups = melodi.fetch_commune(HEM[:1], base=server.base, pace=time.pace)["age_groups"]
    young = groups[groups["variable"] == "POP0014"].set_index("year")
    assert young["source"].to_dict() == {
        2012: "melodi_population",
        2017: "melodi_population",
        2023: "melodi_ages",
    }
    assert young.loc[2023, "value"] == 3 * sum(NUMBERS[:15])


def test_notes_tell_the_source(national, time):
    with serve(national) as server:
        notes = melodi.fetch_commune(HEM, base=server.base, pace=time.pace)["notes"]
    assert notes.to_dict("records") == [
        {
            "level": "commune",
            "code": "59299",
            "year": 2012,
            "status": "W",
            "source": "melodi_serie_historique",
        }
    ]


def test_a_commune_that_melodi_does_not_hold_gives_empty_tables(national, time):
    with serve(national) as server:
        tables = melodi.fetch_commune([("commune", "97611")], base=server.base, pace=time.pace)
    assert all(table.empty for table in tables.values())


def test_every_data_set_of_the_registry_can_be_read():
    registered = [source.dataset for source in load_registry().values() if source.dataset]
    assert sorted(registered) == sorted(melodi_tables._FORMS)


def test_only_variables_of_the_store_are_read():
    for form in melodi_tables._FORMS.values():
        for table, variables in form.crosses.items():
            if table not in ("", "ages"):
                assert set(variables) <= set(schemas.VARIABLES[table])


# Files.


def csv_of(rows):
    """The layout of Melodi's own files: quoted text, bare numbers, empty cells where nothing is published."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    buffer.write(HEADER + "\n")
    for row in rows:
        kind, code = row["GEO"].split("-")
        value = "" if row["value"] is None else float(row["value"])
        cells = [
            code,
            kind,
            "A",
            row["RP_MEASURE"],
            row["OCS"],
            row["status"],
            "NR",
            row["TIME_PERIOD"],
            value,
        ]
        writer.writerow(cells)
    return buffer.getvalue()


ROWS = [
    *REAL_ROWS,
    *series("COM-2A004", 2017, {"POP": None}, status="K"),
    *series("EPCI-200093201", 2017, {"POP": 7}),
    *series("FRANCE-F", 2017, {"POP": 9}),
    *series("FRANCE-FM", 2017, {"POP": 8}),
]


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "byte-order mark"])
@pytest.mark.parametrize("form", ["csv", "zip", "parquet"])
def test_a_file_gives_what_the_interface_gives(form, mark, tmp_path):
    text = mark + csv_of(ROWS)
    if form == "csv":
        path = tmp_path / f"{SERIES}_2023_data.csv"
        path.write_text(text, encoding="utf-8")
    elif form == "zip":
        path = tmp_path / f"{SERIES}_2023_CSV_FR.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(f"{SERIES}_2023_data.csv", text)
            archive.writestr(f"{SERIES}_2023_metadata.csv", "COD_VAR;LIB_VAR;COD_MOD;LIB_MOD\n")
    else:
        path = tmp_path / f"{SERIES}_2023.parquet"
        table = pd.read_csv(io.StringIO(csv_of(ROWS)), sep=";", dtype={"GEO": str, "TIME_PERIOD": str})
        table.astype({"GEO_OBJECT": "category"}).to_parquet(path)
    from_file, from_rows = melodi.read_file(path), read(ROWS)
    assert from_file.keys() == from_rows.keys()
    for name, table in from_file.items():
        pd.testing.assert_frame_equal(table, from_rows[name])


def test_the_real_extract_is_read(sources):
    path = sources / "insee/melodi" / f"{SERIES}_2023_extrait_8_communes.csv"
    if not path.is_file():
        pytest.skip(f"{path} absent")
    assert path.read_text(encoding="utf-8-sig").splitlines()[0] == HEADER
    tables = melodi.read_file(path)
    assert tables["population"]["code"].nunique() == 8
    assert len(tables["population"]) == 16
    assert len(tables["dwellings"]) == 64
    for code, years in REAL.items():
        for year, wanted in years.items():
            found = values(tables["population"], code=code, year=year)
            found |= values(tables["dwellings"], code=code, year=year)
            assert found == {(variable, year): value for variable, value in wanted.items()}


@pytest.mark.parametrize("name", ["data.csv", "DS_RP_SERIE_HISTORIQUE.csv"])
def test_a_file_under_another_name_is_refused(name, tmp_path):
    (tmp_path / name).write_text(csv_of(REAL_ROWS), encoding="utf-8")
    with pytest.raises(SourceError, match="le nom ne commence pas") as caught:
        melodi.read_file(tmp_path / name)
    assert "DS_RP_SERIE_HISTORIQUE_2023_data.csv" in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "illisible"),
        ("<html>\n</html>\n", "Colonnes absentes.*GEO, TIME_PERIOD, OBS_VALUE, OBS_STATUS"),
        (csv_of(REAL_ROWS).replace("OBS_STATUS", "STATUS"), "Colonnes absentes.*: OBS_STATUS"),
        (csv_of(REAL_ROWS).replace("41740.0", '"41740,0"'), "ligne 2, colonne OBS_VALUE : '41740,0'"),
        (csv_of(REAL_ROWS).replace("UNIT_MEASURE", "PCS"), "dimensions attendues"),
    ],
    ids=["empty", "page", "column", "decimal comma", "dimension"],
)
def test_a_damaged_file_is_refused(text, message, tmp_path):
    path = tmp_path / f"{SERIES}_2023_data.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=message):
        melodi.read_file(path)


@pytest.mark.parametrize(
    "name", [f"{SERIES}_2023.parquet", f"{SERIES}_2023_CSV_FR.zip", f"{SERIES}_2023_data.csv"]
)
def test_a_truncated_file_is_refused(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(b"PAR1\x00\xff" + np.arange(9).tobytes())
    with pytest.raises(SourceError, match=r"illisible|absentes"):
        melodi.read_file(path)
    with pytest.raises(SourceError, match=r"absent|illisible"):
        melodi.read_file(tmp_path / "absent" / name)
