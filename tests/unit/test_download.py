from __future__ import annotations

import gzip
import io
import json
import random
import signal
import socket
import subprocess
import sys
import time
import tracemalloc
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256

import pytest
import requests
from fake_official_files.country import Country
from fake_official_files.files import delimit, pack, to_parquet
from file_server import Fault, serve
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.errors import NetworkError, SourceError
from helpers.sources import download, download_plan, duckdb_scan
from helpers.sources.download import ASIDE, accept, fetch
from helpers.sources.files import read_bytes
from helpers.sources.registry import find_source
from helpers.sources.transfer import transfer
from helpers.sources.verification import CHECKSUMS

NAME = "base-cc-logement-2022_csv.zip"
WEB_PAGE = b"\xef\xbb\xbf\n<!DOCTYPE html><html><body>Page introuvable</body></html>"


@pytest.fixture(autouse=True)
def _no_detour(monkeypatch):
    """No proxy, no mirror on the way to this machine."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("HELPERS_MIRROR", raising=False)


@pytest.fixture
def site(tmp_path):
    """The producer's folder, with an archive too long to come in one go."""
    folder = tmp_path / "site"
    folder.mkdir()
    write_archive(folder / NAME)
    return folder


@pytest.fixture
def folder(tmp_path):
    """Where official files go."""
    return tmp_path / "raw"


def write_archive(path, *, seed=0, size=400_000):
    """The table of homes of the imaginary country, and what makes the archive long."""
    filler = random.Random(seed).randbytes(size)
    return pack(path, {"base-cc-logement-2022.CSV": table(), "meta_base-cc-logement-2022.CSV": filler})


@cache
def table():
    homes = Country().homes
    return delimit(list(homes.columns), homes.astype(object).to_numpy().tolist())


def record(files, name=NAME, **changes):
    """The record of a file that is served."""
    values = {"url": f"{files.base}/{name}", "file": f"insee/{name}", "size": None, "sha256": None, **changes}
    return find_source("logement_2022").model_copy(update=values)


def left(folder):
    """What there is under the folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


class Waits(list):
    """A sleep that does not."""

    def __call__(self, seconds):
        self.append(seconds)


# ---- a whole download


def test_a_file_is_downloaded_checked_and_recorded(site, folder):
    text = []
    with serve(site) as files:
        source = record(files)
        path = fetch(source, folder=folder, progress=lambda *got: text.append(got))
    content = (site / NAME).read_bytes()
    assert path == folder / "insee" / NAME
    assert path.read_bytes() == content
    assert left(folder) == [CHECKSUMS, f"insee/{NAME}"]
    assert not (folder / ASIDE).exists()
    assert json.loads((folder / CHECKSUMS).read_text()) == {source.id: sha256(content).hexdigest()}
    assert text[0] == (0, len(content))
    assert text[-1] == (len(content), len(content))
    assert [got for got, _ in text] == sorted(got for got, _ in text)


def test_a_file_that_is_there_is_not_downloaded_again(site, folder):
    with serve(site) as files:
        first = fetch(record(files), folder=folder)
        again = fetch(record(files), folder=folder)
    assert first == again
    assert len(files.calls) == 1


def test_a_file_of_the_checksum_and_size_of_the_registry_is_good(site, folder):
    content = (site / NAME).read_bytes()
    with serve(site) as files:
        source = record(files, sha256=sha256(content).hexdigest(), size=len(content))
        assert fetch(source, folder=folder).read_bytes() == content


def test_a_length_that_is_not_announced_is_not_needed(site, folder):
    text = []
    with serve(site, length=False, mark="none") as files:
        fetch(record(files), folder=folder, progress=lambda *got: text.append(got))
    assert text[-1] == ((site / NAME).stat().st_size, None)


# ---- a download that is cut


def test_a_download_that_was_cut_goes_on_where_it_was(site, folder):
    waits = Waits()
    with serve(site) as files:
        files.cuts.extend([150_000])
        path = fetch(record(files), folder=folder, sleep=waits)
    assert path.read_bytes() == (site / NAME).read_bytes()
    assert files.ranges_asked[0] is None
    start = int(files.ranges_asked[1].removeprefix("bytes=").removesuffix("-"))
    assert 0 < start <= 150_000
    assert files.calls[1].headers["if-range"] == files.marks((site / NAME).read_bytes())["ETag"]
    assert waits == [1.0]


def test_a_download_given_up_is_resumed_by_the_next_call(site, folder):
    with serve(site) as files:
        files.cuts.extend([200_000, 0, 0, 0, 0, 0])
        with pytest.raises(SourceError, match="n'aboutit pas") as caught:
            fetch(record(files), folder=folder, sleep=Waits())
        assert "reprendra" in caught.value.remedy
        kept = (folder / ASIDE / f"{NAME}.part").stat().st_size
        files.calls.clear()
        files.cuts.clear()
        path = fetch(record(files), folder=folder, sleep=Waits())
    assert files.ranges_asked == [f"bytes={kept}-"]
    assert path.read_bytes() == (site / NAME).read_bytes()
    assert left(folder) == [CHECKSUMS, f"insee/{NAME}"]


def test_a_process_killed_in_the_middle_is_resumed_by_the_next_one(site, folder):
    program = (
        "import sys\nfrom pathlib import Path\nfrom helpers.sources import download, registry\n"
        "source = registry.find_source('logement_2022').model_copy(update={'url': sys.argv[1]})\n"
        "download.fetch(source, folder=Path(sys.argv[2]))\n"
    )
    part = folder / ASIDE / f"{NAME}.part"
    with serve(site, hold_at=300_000) as files:
        source = record(files)
        child = subprocess.Popen([sys.executable, "-c", program, source.url, str(folder)])
        try:
            assert files.held.wait(60)
            until = time.monotonic() + 60
            while not (part.is_file() and part.stat().st_size):
                assert time.monotonic() < until
                assert child.poll() is None
                time.sleep(0.005)
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait()
        files.go.set()
        kept = part.stat().st_size
        files.calls.clear()
        path = fetch(source, folder=folder)
    assert files.ranges_asked == [f"bytes={kept}-"]
    assert path.read_bytes() == (site / NAME).read_bytes()


def test_a_download_that_goes_on_is_not_given_up(site, folder):
    waits = Waits()
    write_archive(site / NAME, size=900_000)
    with serve(site) as files:
        files.cuts.extend([100_000] * 8)
        path = fetch(record(files), folder=folder, sleep=waits)
    assert path.read_bytes() == (site / NAME).read_bytes()
    assert waits == [1.0] * 8


def test_a_weak_tag_is_not_given_back(site, folder):
    with serve(site, mark="weak") as files:
        files.cuts.append(150_000)
        fetch(record(files), folder=folder, sleep=Waits())
    assert files.ranges_asked[1] is not None
    assert "if-range" not in files.calls[1].headers


def test_a_server_may_give_less_than_is_missing(site, folder):
    with serve(site, window=100_000) as files:
        files.cuts.append(100_000)
        path = fetch(record(files), folder=folder, sleep=Waits())
    assert path.read_bytes() == (site / NAME).read_bytes()
    assert len(files.calls) > 3


def test_a_server_without_ranges_is_asked_for_the_whole_again(site, folder):
    with serve(site, ranges=False) as files:
        files.cuts.extend([150_000])
        path = fetch(record(files), folder=folder, sleep=Waits())
    assert path.read_bytes() == (site / NAME).read_bytes()
    assert len(files.calls) == 2


@pytest.mark.parametrize(
    ("mark", "careful"),
    # A careless server is found out by its tag, or else by the length.
    [
        ("ETag", True),
        ("ETag", False),
        ("Last-Modified", True),
        ("weak", True),
        ("weak", False),
        ("none", False),
    ],
)
def test_two_editions_are_never_put_together(site, folder, mark, careful):
    with serve(site, mark=mark, careful=careful) as files:
        files.cuts.extend([200_000, 0, 0, 0, 0, 0])
        with pytest.raises(SourceError):
            fetch(record(files), folder=folder, sleep=Waits())
        files.cuts.clear()
        # Of another length where nothing but the length tells.
        write_archive(site / NAME, seed=1, size=400_000 if mark in ("ETag", "Last-Modified") else 390_000)
        path = fetch(record(files), folder=folder, sleep=Waits())
    assert path.read_bytes() == (site / NAME).read_bytes()


def test_more_bytes_than_the_file_has_now_are_dropped(site, folder):
    with serve(site, mark="none") as files:
        files.cuts.extend([300_000, 0, 0, 0, 0, 0])
        with pytest.raises(SourceError):
            fetch(record(files), folder=folder, sleep=Waits())
        files.cuts.clear()
        write_archive(site / NAME, size=1_000)
        path = fetch(record(files), folder=folder, sleep=Waits())
    assert path.read_bytes() == (site / NAME).read_bytes()


def test_bytes_from_another_address_are_dropped(site, folder):
    write_archive(site / "autre.zip", seed=2)
    with serve(site) as files:
        files.cuts.extend([200_000, 0, 0, 0, 0, 0])
        with pytest.raises(SourceError):
            fetch(record(files), folder=folder, sleep=Waits())
        files.cuts.clear()
        files.calls.clear()
        path = fetch(record(files, url=f"{files.base}/autre.zip"), folder=folder, sleep=Waits())
    assert files.ranges_asked == [None]
    assert path.read_bytes() == (site / "autre.zip").read_bytes()


@settings(max_examples=20)
@given(cuts=st.lists(st.integers(0, 450_000), max_size=8), ranges=st.booleans())
def test_however_it_is_cut_the_file_is_the_same(tmp_path_factory, cuts, ranges):
    place = tmp_path_factory.mktemp("cuts")
    content = write_archive(place / NAME).read_bytes()
    with serve(place, ranges=ranges) as files:
        files.cuts.extend(cuts)
        for _ in range(len(cuts)):
            # Given up after five cuts in a row: what has come is kept, and this is called again.
            with suppress(SourceError):
                fetch(record(files), folder=place / "raw", sleep=Waits())
        path = fetch(record(files), folder=place / "raw", sleep=Waits())
    assert path.read_bytes() == content


# ---- faults that pass


def test_passing_faults_are_waited_for_longer_and_longer(site, folder):
    waits = Waits()
    with serve(site) as files:
        files.faults.extend([Fault(503), Fault(500), Fault(502), Fault(429)])
        fetch(record(files), folder=folder, sleep=waits)
    assert waits == [1, 2, 4, 8]
    assert len(files.calls) == 5


def test_the_wait_a_server_asks_for_is_kept(site, folder):
    waits = Waits()
    with serve(site) as files:
        files.faults.extend([Fault(429, {"Retry-After": "7"}), Fault(503, {"Retry-After": "0"})])
        fetch(record(files), folder=folder, sleep=waits)
    assert waits == [7, 0]


@pytest.mark.parametrize(
    ("date", "wait"),
    [("Tue, 24 Nov 2026 12:00:30 GMT", 30), ("Tue, 24 Nov 2026 11:00:00 GMT", 0), ("demain", 1)],
)
def test_the_wait_may_be_a_date(site, tmp_path, date, wait, monkeypatch):
    waits = Waits()
    now = datetime(2026, 11, 24, 12, tzinfo=UTC).timestamp()
    monkeypatch.setattr("urllib3.util.retry.time.time", lambda: now)
    with serve(site) as files:
        files.faults.append(Fault(429, {"Retry-After": date}))
        transfer(f"{files.base}/{NAME}", tmp_path / "out", part=tmp_path / "part", sleep=waits)
    assert waits == [wait]
    assert (tmp_path / "out").read_bytes() == (site / NAME).read_bytes()


def test_a_fault_that_lasts_is_given_up(site, folder):
    with serve(site) as files:
        files.faults.extend([Fault(503)] * 10)
        with pytest.raises(SourceError, match="503") as caught:
            fetch(record(files), folder=folder, sleep=Waits())
    assert len(files.calls) == 5
    assert "Relancez" in caught.value.remedy
    assert not isinstance(caught.value, NetworkError)


def test_a_wait_that_is_too_long_is_not_agreed_to(site, folder):
    waits = Waits()
    with serve(site) as files:
        files.faults.append(Fault(429, {"Retry-After": "86400"}))
        with pytest.raises(SourceError, match="429"):
            fetch(record(files), folder=folder, sleep=waits)
    assert waits == []


# ---- addresses that have moved


@pytest.mark.parametrize("status", [404, 410, 403])
def test_a_moved_address_names_the_page_the_file_and_where_to_drop_it(site, folder, status):
    with serve(site) as files:
        files.faults.append(Fault(status))
        source = record(files)
        with pytest.raises(SourceError, match=str(status)) as caught:
            fetch(source, folder=folder, sleep=Waits())
    for clue in (source.page, NAME, str(folder), "registry.toml", source.id):
        assert clue in caught.value.remedy
    assert len(files.calls) == 1


@pytest.mark.parametrize(
    "fault", [Fault(404), Fault(200, {"Content-Type": "text/html; charset=utf-8"}, WEB_PAGE)]
)
def test_the_other_address_is_tried(site, folder, fault):
    with serve(site) as files:
        files.faults.append(fault)
        source = record(files, url=f"{files.base}/ancien.zip", alternative_url=f"{files.base}/{NAME}")
        path = fetch(source, folder=folder, sleep=Waits())
    assert path.read_bytes() == (site / NAME).read_bytes()
    assert [call.path for call in files.calls] == ["/ancien.zip", f"/{NAME}"]


def test_a_source_without_an_address_says_where_to_drop_its_file(folder):
    source = find_source("migcom_2022")
    with pytest.raises(SourceError, match="Aucune adresse connue") as caught:
        fetch(source, folder=folder)
    for clue in (source.page, "RP2022_migcom.parquet", str(folder)):
        assert clue in caught.value.remedy


# ---- what comes is not the file


def test_a_page_served_as_a_page_is_refused(site, folder):
    with serve(site, kind="text/html") as files, pytest.raises(SourceError, match="page web"):
        fetch(record(files), folder=folder, sleep=Waits())
    assert left(folder) == []


@pytest.mark.parametrize(
    ("name", "content", "clue"),
    [
        (NAME, WEB_PAGE, "page web"),
        ("donnees.csv", b"  <HTML>\n", "page web"),
        (NAME, b"", "tronqué"),
        ("donnees.csv", b"", "tronqué"),
        (NAME, b"PK\x03\x04 neither", "tronqué"),
        ("RP2022_migcom.parquet", b"PAR1 without an end", "tronqué"),
        ("RP2022_migcom.parquet", b"PAR1", "tronqué"),
        ("RP2022_migcom.parquet", b"without a beginning PAR1", "tronqué"),
        ("classeur.xlsx", b"not a workbook", "tronqué"),
    ],
)
def test_what_is_not_the_file_is_refused_and_not_kept(site, folder, name, content, clue):
    (site / name).write_bytes(content)
    with serve(site) as files:
        with pytest.raises(SourceError, match=clue) as caught:
            fetch(record(files, name), folder=folder, sleep=Waits())
        assert caught.value.remedy
        assert left(folder) == []
        # The right file has come back to its place: nothing is in its way.
        write_archive(site / "bon.zip")
        fetch(record(files, "bon.zip"), folder=folder)


@pytest.mark.parametrize("lost", [1, 30, 5_000])
def test_an_archive_or_a_parquet_cut_at_its_end_is_refused(site, folder, lost):
    to_parquet(site / "RP2022_migcom.parquet", {"COMMUNE": ["59299"] * 50_000, "IPONDI": [1.5] * 50_000})
    with serve(site) as files:
        for name in (NAME, "RP2022_migcom.parquet"):
            path = site / name
            whole = path.read_bytes()
            path.write_bytes(whole[:-lost] if lost < len(whole) else whole[:8])
            with pytest.raises(SourceError, match="tronqué"):
                fetch(record(files, name), folder=folder, sleep=Waits())
            path.write_bytes(whole)
            assert fetch(record(files, name, id=name), folder=folder).read_bytes() == whole


# ---- another edition


def test_another_edition_than_the_registry_s_is_refused_then_accepted(site, folder):
    content = (site / NAME).read_bytes()
    with serve(site) as files:
        source = record(files, sha256="0" * 64)
        with pytest.raises(SourceError, match="nouvelle édition") as caught:
            fetch(source, folder=folder)
        assert f"make data accept={source.id}" in caught.value.remedy
        assert sha256(content).hexdigest() in str(caught.value)
        aside = folder / ASIDE / f"{NAME}.nouveau"
        assert aside.read_bytes() == content
        assert not (folder / "insee" / NAME).exists()
        # Neither asking again nor accepting downloads anew.
        with pytest.raises(SourceError, match="nouvelle édition"):
            fetch(source, folder=folder)
        path = accept(source, folder=folder)
        assert path == folder / "insee" / NAME
        assert path.read_bytes() == content
        assert not aside.exists()
        assert fetch(source, folder=folder) == path
    assert len(files.calls) == 1


def test_another_size_than_the_registry_s_is_refused_then_accepted(site, folder):
    with serve(site) as files:
        source = record(files, size=12)
        with pytest.raises(SourceError, match="12 octets"):
            fetch(source, folder=folder)
        accept(source, folder=folder)
        assert fetch(source, folder=folder).is_file()


def test_another_edition_than_the_first_one_seen_is_refused_then_accepted(site, folder):
    with serve(site) as files:
        source = record(files)
        fetch(source, folder=folder).unlink()
        new = write_archive(site / NAME, seed=3).read_bytes()
        with pytest.raises(SourceError, match="nouvelle édition"):
            fetch(source, folder=folder)
        assert accept(source, folder=folder).read_bytes() == new
        assert fetch(source, folder=folder).read_bytes() == new


def test_a_file_that_changed_on_the_disk_is_noticed(site, folder):
    with serve(site) as files:
        path = fetch(record(files), folder=folder)
        write_archive(path, seed=4)
        with pytest.raises(SourceError, match="nouvelle édition"):
            fetch(record(files), folder=folder)


def test_there_must_be_something_to_accept(folder):
    with pytest.raises(SourceError, match="rien à accepter"):
        accept(find_source("logement_2022"), folder=folder)


def test_a_damaged_file_cannot_be_accepted(folder):
    folder.mkdir()
    (folder / NAME).write_bytes(WEB_PAGE)
    with pytest.raises(SourceError, match="page web"):
        accept(find_source("logement_2022"), folder=folder)
    assert left(folder) == [NAME]


def test_checksums_that_cannot_be_read_are_named(site, folder):
    folder.mkdir()
    (folder / CHECKSUMS).write_text("{", encoding="utf-8")
    with serve(site) as files, pytest.raises(SourceError, match=CHECKSUMS):
        fetch(record(files), folder=folder)


# ---- files dropped by hand


@pytest.mark.parametrize("place", [NAME, f"insee/{NAME}"])
def test_a_dropped_file_is_taken_without_the_network(folder, place):
    (folder / place).parent.mkdir(parents=True)
    write_archive(folder / place)
    source = find_source("logement_2022")
    assert fetch(source, folder=folder) == folder / place
    assert source.id in json.loads((folder / CHECKSUMS).read_text())


def test_a_dropped_file_goes_through_the_same_checks_and_stays(folder):
    folder.mkdir()
    source = find_source("logement_2022").model_copy(update={"sha256": "0" * 64})
    write_archive(folder / NAME)
    with pytest.raises(SourceError, match="nouvelle édition") as caught:
        fetch(source, folder=folder)
    assert str(folder / NAME) in caught.value.remedy
    assert accept(source, folder=folder) == folder / NAME
    assert fetch(source, folder=folder) == folder / NAME
    (folder / NAME).write_bytes(WEB_PAGE)
    with pytest.raises(SourceError, match="page web"):
        fetch(source, folder=folder)
    assert (folder / NAME).read_bytes() == WEB_PAGE


def test_the_real_files_are_those_of_the_registry(sources):
    for identifier in ("comparateur_2018", "appartenance_2022", "mouvements", "filosofi_2019"):
        source = find_source(identifier)
        assert fetch(source, folder=sources) == sources / source.file


# ---- mirrors


def test_a_mirror_stands_for_every_address(site, folder, monkeypatch):
    source = find_source("logement_2022")
    with serve(site) as files:
        monkeypatch.setenv("HELPERS_MIRROR", f"{files.base}/")
        path = fetch(source, folder=folder)
    assert path.read_bytes() == (site / NAME).read_bytes()
    assert [call.path for call in files.calls] == [f"/{NAME}"]


@pytest.mark.parametrize("place", [NAME, f"insee/{NAME}"])
def test_a_mirror_may_be_a_folder(tmp_path, folder, place):
    mirror = tmp_path / "miroir"
    (mirror / place).parent.mkdir(parents=True)
    write_archive(mirror / place)
    text = []
    source = find_source("logement_2022")
    path = fetch(source, folder=folder, mirror=str(mirror), progress=lambda *got: text.append(got))
    assert path.read_bytes() == (mirror / place).read_bytes()
    assert text == [(path.stat().st_size, path.stat().st_size)]
    assert left(folder) == [CHECKSUMS, f"insee/{NAME}"]
    assert left(mirror) == [place]


def test_a_mirror_may_hold_what_has_no_address(tmp_path, folder):
    source = find_source("migcom_2022")
    to_parquet(tmp_path / source.name, {"COMMUNE": ["59299"]})
    assert fetch(source, folder=folder, mirror=str(tmp_path)).is_file()


def test_a_mirror_that_does_not_hold_the_file_is_named(site, folder):
    (site / NAME).unlink()
    source = find_source("logement_2022")
    with serve(site) as files:
        for mirror in (files.base, str(site)):
            with pytest.raises(SourceError, match="miroir") as caught:
                fetch(source, folder=folder, mirror=mirror, sleep=Waits())
            assert mirror in caught.value.message
            assert NAME in caught.value.message
            assert "HELPERS_MIRROR" in caught.value.remedy


def test_a_mirror_that_is_not_there_is_named(tmp_path, folder):
    with pytest.raises(SourceError, match="nulle-part"):
        fetch(find_source("logement_2022"), folder=folder, mirror=str(tmp_path / "nulle-part"))


# ---- no network, no room


@pytest.fixture
def closed():
    """An address of this machine where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
    return f"http://{address[0]}:{address[1]}"


def test_without_a_network_it_is_said_at_once(folder, closed):
    waits = Waits()
    source = find_source("logement_2022").model_copy(update={"url": f"{closed}/{NAME}"})
    with pytest.raises(NetworkError, match="injoignable") as caught:
        fetch(source, folder=folder, sleep=waits)
    assert waits == []
    assert "données embarquées" in caught.value.remedy


def test_the_network_lost_on_the_way_is_said_at_once_and_nothing_is_lost(site, folder):
    with serve(site) as files:
        source = record(files)
        files.cuts.append(200_000)

        def stop(seconds):
            raise NetworkError("le réseau est coupé")

        with pytest.raises(NetworkError):
            fetch(source, folder=folder, sleep=stop)
    assert (folder / ASIDE / f"{NAME}.part").stat().st_size > 0


def test_what_the_disk_refuses_is_said(site, tmp_path):
    (tmp_path / "occupied").write_bytes(b"")
    with serve(site) as files, pytest.raises(SourceError, match="Écriture impossible"):
        fetch(record(files), folder=tmp_path / "occupied" / "raw")


# ---- several files


def test_one_failure_does_not_stop_the_others(site, folder):
    write_archive(site / "b.zip", seed=5)
    with serve(site) as files:
        good, other = record(files, id="un"), record(files, "b.zip", id="trois")
        lost = record(files, "perdu.zip", id="deux")
        planned = download_plan.plan_downloads([good, lost, other], folder=folder)
        outcome = download_plan.download_all(planned, folder=folder, sleep=Waits())
    assert list(outcome.ready) == ["un", "trois"]
    assert list(outcome.failures) == ["deux"]
    assert outcome.network is None
    assert outcome.unreached == []


def test_without_a_network_no_other_file_is_tried_and_those_at_hand_are_ready(site, folder, closed):
    folder.mkdir()
    write_archive(folder / "b.zip")
    with serve(site) as files:
        away = [record(files, id=name, url=f"{closed}/{name}", file=name) for name in ("un.zip", "deux.zip")]
        here = record(files, "b.zip", id="trois")
        by_hand = find_source("migcom_2022")
        planned = download_plan.plan_downloads([*away, here, by_hand], folder=folder)
        assert planned.by_hand == [by_hand]
        assert planned.to_download == away
        outcome = download_plan.download_all(planned, folder=folder, sleep=Waits())
    assert list(outcome.ready) == ["trois"]
    assert isinstance(outcome.network, NetworkError)
    assert outcome.unreached == away
    assert outcome.failures == {}
    assert files.calls == []


def test_what_is_to_download_is_added_up(folder):
    planned = download_plan.plan_downloads(
        [find_source(name) for name in ("migcom_2016", "migcom_2013")], folder=folder
    )
    assert planned.size == find_source("migcom_2016").size
    assert planned.of_unknown_size == 1


def test_a_refused_file_is_not_to_download_again(site, folder):
    with serve(site) as files:
        source = record(files, sha256="0" * 64)
        with pytest.raises(SourceError):
            fetch(source, folder=folder)
        assert download_plan.plan_downloads([source], folder=folder).at_hand == [source]
        assert download.find_refused(source, folder) == folder / ASIDE / f"{NAME}.nouveau"


# ---- what is hostile


def bomb(folder, name):
    """A file of some hundreds of kilobytes that unpacks to 300 megabytes of zeros."""
    path, piece = folder / name, bytes(1_000_000)
    if name.endswith(".gz"):
        with gzip.open(path, "wb") as stream:
            for _ in range(300):
                stream.write(piece)
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            if name.endswith(".xlsx"):
                archive.writestr("xl/workbook.xml", "<workbook/>")
            with archive.open("data.csv", "w", force_zip64=True) as stream:
                for _ in range(300):
                    stream.write(piece)
    assert path.stat().st_size < 1_000_000
    return path


@pytest.mark.parametrize(
    "name",
    ["bombe.zip", *(pytest.param(name, marks=pytest.mark.large) for name in ("bombe.csv.gz", "bombe.xlsx"))],
)
def test_an_archive_that_would_fill_the_memory_is_refused_without_it(tmp_path, name):
    path = bomb(tmp_path, name)
    reads = {
        "verify_whole": lambda: download.verify_whole(
            path, source=find_source("logement_2022").model_copy(update={"file": name})
        ),
        "read_bytes": lambda: read_bytes(path, member="data.csv" if name.endswith(".zip") else None),
        "duckdb": lambda: (
            duckdb_scan._opener(path, "data.csv") if name.endswith(".zip") else read_bytes(path)
        ),
    }
    for read in reads.values():
        tracemalloc.start()
        with pytest.raises(SourceError, match=r"se déplierait en \d+ Mo"):
            read()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 20_000_000


def test_an_archive_that_lies_on_its_size_gives_no_more_than_it_says(tmp_path):
    path = tmp_path / "menteur.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.csv", bytes(60_000_000))
    said = (60_000_000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(said, (1000).to_bytes(4, "little")))
    with pytest.raises(SourceError, match="illisible"):
        read_bytes(path, member="data.csv")


def test_an_address_that_is_not_encrypted_never_follows_one_that_is(folder, monkeypatch):
    asked = []

    def send(adapter, request, **options):
        asked.append(request.url)
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = 302, request.url, request
        answer.headers["Location"] = "http://ailleurs.fr/logement.csv"
        answer.raw = io.BytesIO()
        return answer

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    source = find_source("logement_2022").model_copy(
        update={"url": "https://www.insee.fr/logement.zip", "alternative_url": None, "sha256": None}
    )
    with pytest.raises(SourceError, match=r"n'est pas chiffrée, http://ailleurs\.fr/logement\.csv"):
        fetch(source, folder=folder, sleep=Waits())
    assert asked == ["https://www.insee.fr/logement.zip"]


def test_what_has_no_known_checksum_is_reported_to_be_trusted_once(site, folder):
    with serve(site) as files:
        known = sha256((site / NAME).read_bytes()).hexdigest()
        for source, trusted in ((record(files), True), (record(files), False)):
            planned = download_plan.plan_downloads([source], folder=folder)
            assert download_plan.download_all(planned, folder=folder).trusted == ([source] if trusted else [])
        (folder / CHECKSUMS).unlink()
        planned = download_plan.plan_downloads([record(files, sha256=known)], folder=folder)
        assert download_plan.download_all(planned, folder=folder).trusted == []
