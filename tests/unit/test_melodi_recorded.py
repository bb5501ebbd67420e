"""The stand-in of Melodi answers as Melodi did: answers recorded in January 2026, replayed where they are at hand.

They are of the populations of reference, of an unknown data set and of the catalogue. What a recorded answer is like
is written here too, small and made up, for machines without these files.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import requests
from melodi_server import Fault, Melodi, serve

from helpers.sources import melodi
from helpers.sources.melodi_client import BASE, Client, Pace
from helpers.sources.registry import find_source

REFERENCE = "DS_POPULATIONS_REFERENCE"
RECORDS = Path(os.environ.get("HELPERS_SOURCES", "nowhere")) / "insee/melodi/reponses"
EPCI = "244400404"
NANTES = [("commune", "44109"), ("epci", EPCI), ("departement", "44")]

HEADER = (
    '{"identifier":"DS_POPULATIONS_REFERENCE","title":{"fr":"Populations de référence","en":"Reference populations "},'
    '"publisher":{"id":"INSEE","label":[{"lang":"fr","content":"Institut national de la statistique et des etudes '
    'economiques (INSEE)"},{"lang":"en","content":"National Institute of Statistics and Economic Studies"}]},'
)
ASKED = f"{BASE}/data/{REFERENCE}?FREQ=A&GEO=COM-00001"
# Form of the recorded answers, figures made up.
SMALL = {
    f"{ASKED}&idTerritoire=TRUE&maxResult=100000": HEADER
    + '"observations":[{"dimensions":{"GEO":"2025-COM-00001","FREQ":"A","TIME_PERIOD":"2023","POPREF_MEASURE":"PMUN"},'
    '"measures":{"OBS_VALUE_NIVEAU":{"value":120.0}}},{"dimensions":{"GEO":"2025-COM-00001","FREQ":"A","TIME_PERIOD":'
    '"2023","POPREF_MEASURE":"PCAP"},"measures":{"OBS_VALUE_NIVEAU":{}}}],"paging":{"first":"'
    + f'{ASKED}&idTerritoire=TRUE&maxResult=100000&page=1"}}}}',
    f"{ASKED}&totalCount=TRUE&maxResult=0": HEADER
    + f'"observations":[],"paging":{{"first":"{ASKED}&totalCount=TRUE&maxResult=0&page=1","count":2}}}}',
    f"{ASKED}&TIME_PERIOD=1900&totalCount=TRUE&maxResult=0": HEADER
    + f'"observations":[],"paging":{{"first":"{ASKED}&TIME_PERIOD=1900&totalCount=TRUE&maxResult=0&page=1","count":0}}}}',
}  # fmt: skip
SMALL_ROWS = [
    {"GEO": "COM-00001", "TIME_PERIOD": "2023", "POPREF_MEASURE": "PMUN", "value": 120.0},
    {"GEO": "COM-00001", "TIME_PERIOD": "2023", "POPREF_MEASURE": "PCAP", "value": None},
]


@pytest.fixture
def records():
    """The answers recorded, by file; skips where they are not at hand."""
    if not RECORDS.is_dir():
        pytest.skip(f"{RECORDS} absent")
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(RECORDS.glob("*.json"))
    }


@pytest.fixture(autouse=True)
def _direct(monkeypatch):
    monkeypatch.delenv("HELPERS_MIRROR", raising=False)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")


def to_row(observation):
    """What the stand-in holds of an observation."""
    dimensions = dict(observation["dimensions"])
    listed, geo = dimensions.pop("GEO").split("-", 1)
    dimensions.pop("FREQ")
    return {
        "GEO": geo,
        **dimensions,
        "value": observation["measures"]["OBS_VALUE_NIVEAU"].get("value"),
        "listed": int(listed),
    }


def rows_of(records):
    """Every row recorded of the populations of reference, once, in their order."""
    found = {}
    for name in ("get_local_data_by_com_popref", "get_local_data_popref", "get_data_popref_nantes"):
        for answer in records[name]:
            for observation in json.loads(answer["body"])["observations"]:
                row = to_row(observation)
                found.setdefault((row["GEO"], row["POPREF_MEASURE"]), row)
    return list(found.values())


def stand_in(rows, **options):
    members = {f"EPCI-{EPCI}": sorted({row["GEO"] for row in rows if row["GEO"].startswith("COM-44")})}
    return {"datasets": {REFERENCE: rows}, "members": members, **options}


def sort_rows(body):
    """Melodi gives rows in an order of its own."""
    key = lambda observation: sorted(observation["dimensions"].items())  # noqa: E731
    return {**body, "observations": sorted(body["observations"], key=key)}


@pytest.mark.parametrize("address", SMALL)
def test_the_form_of_an_answer(address):
    melodi = Melodi({REFERENCE: SMALL_ROWS}, listed=2025, base=BASE)
    assert json.loads(melodi.answer(address).body) == json.loads(SMALL[address])


def test_an_unknown_data_set_is_answered_500_in_plain_text():
    answer = Melodi({}, base=BASE).answer(f"{BASE}/data/DS_NEXISTEPAS?totalCount=TRUE&maxResult=0")
    assert answer == Fault(
        500, "Le serveur a rencontré une erreur inattendue.", kind="text/plain;charset=UTF-8"
    )


@pytest.mark.parametrize(
    "name",
    [
        "get_data_popref_nantes", "get_data_popref_empty", "get_local_data_popref", "get_local_data_filter_popref",
        "get_local_data_by_com_popref", "get_local_data_filter_by_com_popref", "get_data_not_exist",
    ],
)  # fmt: skip
def test_the_stand_in_answers_what_was_recorded(name, records):
    melodi = Melodi(**stand_in(rows_of(records)), base=BASE)
    for recorded in records[name]:
        answer = melodi.answer(recorded["uri"])
        assert answer.status == recorded["status"]
        assert answer.kind.split(";")[0] == recorded["content_type"].split(";")[0]
        if answer.status != 200:
            assert answer.body == recorded["body"]
        else:
            assert sort_rows(json.loads(answer.body)) == sort_rows(json.loads(recorded["body"]))


def test_a_whole_data_set_is_announced_as_it_was(records):
    """106 065 rows are not at hand: the form is compared, and the count is that of the rows held."""
    (recorded,) = records["get_data_popref_over"]
    body = json.loads(recorded["body"])
    rows = rows_of(records)
    answer = json.loads(Melodi(**stand_in(rows), base=BASE).answer(recorded["uri"]).body)
    assert body["paging"].pop("count") == 106_065
    assert answer["paging"].pop("count") == len(rows)
    assert answer == body


def test_the_recorded_rows_are_read_through_the_client(records):
    """Nantes, its EPCI asked for nowhere, and the communes of Nantes Métropole in one call."""
    with serve(**stand_in(rows_of(records))) as server:
        received = melodi.fetch_commune(
            NANTES, communes_of=EPCI, base=server.base, pace=Pace(sleep=lambda _: None),
            sources=[find_source("melodi_populations_reference")],
        )  # fmt: skip
        assert [call["GEO"] for call in server.calls] == [
            ["COM-44109", "DEP-44"],
            ["DEP-44"],
            [f"EPCI-{EPCI}*COM"],
        ]
    population = received.tables["population"].set_index("code")["value"]
    # Populations of reference of 2023, in the recorded answer.
    assert population["44109"] == 327_734
    assert population["44215"] == 26_227
    assert len(population) == 24
    edition = received.editions["melodi_populations_reference"]
    assert (edition.vintage, edition.geography) == (2023, 2025)
    assert edition.citation == "Insee, RP2023, populations de référence"
    assert [gap.place for gap in received.gaps] == ["departement 44"]


def test_the_recorded_catalogue_tells_the_levels(records, monkeypatch):
    body = json.dumps(records["catalogue_extrait"])
    monkeypatch.setattr(Melodi, "answer", lambda self, path: Fault(200, body))
    with serve({}) as server, requests.Session() as session:
        levels = Client(session, base=server.base).levels()
    assert len(levels) == 30
    assert levels[REFERENCE] == {"COM", "ARM", "ARR", "DEP", "REG", "FRANCE"}
    assert "EPCI" in levels["DS_RP_SERIE_HISTORIQUE"]
    # What the stand-in says of its own sets has the same form.
    standing = {record["identifier"]: record for record in Melodi({REFERENCE: []}).describe()}[REFERENCE]
    recorded = next(record for record in records["catalogue_extrait"] if record["identifier"] == REFERENCE)
    assert set(standing) <= set(recorded)
    assert set(standing["spatialResolution"][0]) == set(recorded["spatialResolution"][0])


def test_the_dimensions_read_are_those_of_the_catalogue(records):
    """Of the sets whose dimensions the catalogue lists: incomes and facilities, that nobody recorded."""
    from helpers.sources.melodi_form import DESCRIPTION
    from helpers.sources.melodi_forms import FORMS

    compared = 0
    for record in records["catalogue_extrait"]:
        form, listed = FORMS.get(record["identifier"]), record.get("ordreComposants")
        if form is not None and listed:
            assert set(listed) - DESCRIPTION == set(form.pinned), record["identifier"]
            compared += 1
    assert compared == 5
