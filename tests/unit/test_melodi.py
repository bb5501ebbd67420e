from __future__ import annotations

import json
import socket
from collections import deque

import pytest
import requests
from melodi_rows import REAL_ROWS, series
from melodi_server import Fault, serve

from helpers.errors import SourceError
from helpers.sources import melodi
from helpers.sources.melodi_client import Client
from helpers.sources.registry import find_source

SERIES, HOUSING = "DS_RP_SERIE_HISTORIQUE", "DS_RP_LOGEMENT_PRINC"
HEM = [
    ("commune", "59299"), ("epci", "200093201"), ("departement", "59"), ("region", "32"), ("france", "F"),
]  # fmt: skip
ANGOULEME, ROYAN = ("commune", "16015"), ("commune", "17306")


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
        return call(dataset, areas, time=time, base=server.base, **options)

    return fetch


def call(dataset, areas, *, time, base=None, progress=None, page_size=100_000, **options):
    with requests.Session() as session:
        client = Client(session, base=base, progress=progress, pace=time.pace, page_size=page_size)
        return melodi.fetch(dataset, areas=areas, client=client, **options)


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
    assert all(table.empty for table in melodi.to_tables(nothing, dataset=SERIES).values())


@pytest.mark.parametrize("counts", [True, False], ids=["announced", "not announced"])
def test_pages_are_followed_to_the_last(fetch, counts):
    found = []
    with serve({SERIES: REAL_ROWS}, page_size=3, counts=counts) as server:
        rows = fetch(server, progress=found.append)
    assert len(server.calls) == 7
    assert rows["OBS_VALUE"].tolist() == [row["value"] for row in REAL_ROWS]
    assert found[0] == f"{SERIES}, page 1"
    assert found[-1] == f"{SERIES}, page 7"


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
        assert len(call(SERIES, [ROYAN], time=time)) == 10


def test_a_missing_value_is_missing(fetch):
    rows = [*series("COM-16015", 2023, {"POP": None}, status="M"), *series("COM-17306", 2023, {"POP": 5}, "")]
    with serve({SERIES: rows}) as server:
        table = fetch(server)
    assert table["OBS_VALUE"].isna().tolist() == [True, False]
    assert table["OBS_STATUS"].isna().tolist() == [False, True]


# Waiting, and trying again.


def test_an_exceeded_quota_waits_as_long_as_reported(fetch, time):
    found = []
    faults = deque([Fault(429, headers={"Retry-After": "0"}), Fault(429, headers={"Retry-After": "12"})])
    with serve({SERIES: REAL_ROWS}, faults=faults) as server:
        assert len(fetch(server, progress=found.append)) == 20
    assert time.slept == [0, 12]
    assert found[-1] == f"{SERIES} : réponse 429, nouvel essai dans 12 s"


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "bientôt"}])
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


def test_without_network_one_is_reported_at_once(time):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{closed.getsockname()[1]}"
        base = f"http://{place}/melodi"
        with pytest.raises(SourceError, match="réseau est injoignable") as caught:
            call(SERIES, [ROYAN], time=time, base=base)
    assert f"{place} ne répond pas" in caught.value.message
    assert "données embarquées continuent de fonctionner" in caught.value.remedy
    assert not time.slept


def test_insee_itself_is_out_of_reach_of_the_tests(time):
    with pytest.raises(SourceError, match=r"injoignable : api\.insee\.fr ne répond pas"):
        call(SERIES, [ROYAN], time=time)
    assert not time.slept


@pytest.mark.parametrize("folder", ["nulle/part", "/srv/insee", "file:///srv/insee"])
def test_a_mirror_that_is_a_folder_cannot_serve_the_interface(folder, time, monkeypatch):
    monkeypatch.setenv("HELPERS_MIRROR", folder)
    with pytest.raises(SourceError, match=f"HELPERS_MIRROR désigne un dossier .{folder}.") as caught:
        call(SERIES, [ROYAN], time=time)
    assert "http://" in caught.value.remedy
    assert "make data" in caught.value.remedy
    assert not time.slept
