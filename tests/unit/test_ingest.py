"""From official files to the national store: what is read, kept, refused, and what a sudden end leaves."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import small_store
from fake_official_files import census, microdata, yearly
from fake_official_files.country import CODES, Country

from helpers import paths, schemas, store
from helpers.errors import StoreError
from helpers.simulation import calibration
from helpers.sources import readers
from helpers.sources.registry import find_source, load_registry
from helpers.store import checks, consolidation, parts, perimeters
from helpers.store import ingest as ingesting
from helpers.store.ingest import ingest

COUNTRY = Country()
DATE = max(COUNTRY.dates)
TABLES_2022 = ["serie_historique_2022", "evol_struct_pop_2022", "logement_2022"]
WRITERS = {
    "serie_historique_2022": census.write_serie_historique,
    "evol_struct_pop_2022": census.write_evol_struct_pop,
    "logement_2022": census.write_logement,
    "coupl_fam_men_2022": census.write_coupl_fam_men,
}
# What no file gives, and what a page gave; a simulated value beside.
KNOWN = small_store.rows("population", {("commune", "59299", 2008, "POP"): 321.0})
SIMULATED = small_store.rows(
    "population",
    {("commune", "59299", 1962, "POP"): 5.0, ("commune", "59299", DATE, "POP"): 6.0},
    origin="demonstration",
    source="demonstration",
)


def write_file(identifier, folder, *, country=COUNTRY):
    """The file of a record, where the registry says it is."""
    path = folder / find_source(identifier).file
    path.parent.mkdir(parents=True, exist_ok=True)
    if identifier == "quinquennal_2022":
        yearly.save_quinquennial(path, yearly.quinquennial(country), member=find_source(identifier).member)
    elif identifier == "migcom_2022":
        microdata.write_migcom(country, path.parent, year=2022).replace(path)
    else:
        WRITERS[identifier](country, path.parent).replace(path)
    return path


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """Official files, an embedded store, and the national store that they give: copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    people = pd.concat([KNOWN, SIMULATED], ignore_index=True).sort_values(
        schemas.key_columns("population"), ignore_index=True
    )
    published = small_store.rows(
        "households",
        {("region", "32", 2018, "TMM"): 2.3, ("region", "32", 2018, "MEN"): 9.0},
        source="page-1",
    )
    summed = small_store.rows("dwellings", {("departement", "59", 2018, "LOG"): 77.0})
    small_store.write(
        folder / "embedded",
        codes=CODES,
        year=2025,
        tables={"population": people, "households": published, "dwellings": summed},
        pages=["page-1"],
    )
    for identifier in TABLES_2022:
        write_file(identifier, folder / "raw")
    steps = []
    report = ingest(
        [find_source(identifier) for identifier in TABLES_2022],
        folder=folder / "raw",
        destination=folder / "store" / "national",
        embedded=folder / "embedded",
        progress=steps.append,
    )
    return folder, report, steps


@pytest.fixture
def base(template, tmp_path):
    return Path(shutil.copytree(template[0] / "embedded", tmp_path / "embedded"))


@pytest.fixture
def raw(template, tmp_path):
    return Path(shutil.copytree(template[0] / "raw", tmp_path / "raw"))


@pytest.fixture
def done(template, tmp_path):
    """The report of an ingest whose store is there."""
    shutil.copytree(template[0] / "store", tmp_path / "store")
    return template[1]


@pytest.fixture
def run(base, raw, tmp_path):
    def _run(*identifiers, **options):
        selected = [find_source(identifier) for identifier in identifiers or TABLES_2022]
        destination = tmp_path / "store" / "national"
        return ingest(selected, folder=raw, destination=destination, embedded=base, **options)

    return _run


@pytest.fixture
def national(tmp_path):
    return tmp_path / "store" / "national"


def contents(folder):
    """The bytes of a store: its tables and its index."""
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.suffix == ".parquet" or path.name == "tables.json"
    }


def values(folder, table, *, level="commune", **wanted):
    """The values of a table by code."""
    frame = store.read(table, folder=folder)
    frame = frame[frame["level"] == level]
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    return frame.set_index("code")["value"]


def test_the_figures_of_the_files_are_in_the_store(done, national):
    report = done
    assert report.read == TABLES_2022
    assert (report.failures, report.absent, report.kept, report.geography) == ({}, [], [], 2025)
    homes = COUNTRY.homes[COUNTRY.homes["year"] == DATE].set_index("code")
    for variable in ("LOG", "RP_PROP"):
        found = values(national, "dwellings", year=DATE, variable=variable)
        pd.testing.assert_series_equal(found, homes[variable].sort_index(), check_names=False, rtol=1e-9)
        assert values(national, "dwellings", level="france", year=DATE, variable=variable)[
            "F"
        ] == pytest.approx(homes[variable].sum())
    assert report.rows["dwellings"] == len(store.read("dwellings", folder=national))
    assert set(report.rebuilt) == set(schemas.TABLES)


def test_the_store_is_complete_in_itself_and_in_order(done, national):
    assert set(store.hashes(national)) == {
        *schemas.TABLES,
        "territories",
        "former_communes",
        "movements",
        "sources",
        "outlines",
    }
    listed = set(store.read_reference("sources", folder=national)["id"])
    for table in schemas.TABLES:
        frame = store.read(table, folder=national)
        schemas.validate(frame, table=table)
        assert frame.equals(frame.sort_values(schemas.key_columns(table), ignore_index=True)), table
        assert set(frame["source"]) <= listed
    assert store.read_reference("territories", folder=national)["geography"].eq(2025).all()
    index = json.loads((national / "tables.json").read_text(encoding="utf-8"))
    assert {name: paths.hash_file(national / f"{name}.parquet") for name in index} == store.hashes(national)
    # Nothing else is left beside the store and its parts.
    assert {path.name for path in national.parent.iterdir()} == {"national", "parts", ".verrou"}
    assert {path.name for path in (national.parent / "parts").iterdir()} == {
        *TABLES_2022,
        "embarque",
        "demonstration",
    }


def test_the_embedded_values_come_last_and_the_simulated_ones_never_beside_a_file_that_gives_them(
    done, national
):
    people = store.read("population", folder=national)
    assert "demonstration" not in set(people["origin"])
    assert values(national, "population", year=2008).to_dict() == {"59299": 321.0}
    assert 1962 not in set(people["year"])
    census_value = COUNTRY.people[(COUNTRY.people["year"] == DATE) & (COUNTRY.people["code"] == "59299")][
        "value"
    ].sum()
    assert values(national, "population", year=DATE)["59299"] == pytest.approx(census_value, abs=0.5)
    # A figure that a page gave for a région is kept; the sum of an older list of communes is not.
    kept = store.read("households", folder=national, areas=[("region", "32")])
    kept = kept[kept["year"] == 2018]
    assert kept["value"].tolist() == [9.0, 2.3]
    assert values(national, "dwellings", level="departement", year=2018).empty


def test_the_first_record_of_the_registry_wins(done, national):
    # The population of a date is in two files.
    people = store.read("population", folder=national)
    order = list(load_registry())
    first = min(("serie_historique_2022", "evol_struct_pop_2022"), key=order.index)
    assert set(people.loc[people["year"] == DATE, "source"]) == {first}


def test_what_has_not_changed_is_neither_read_nor_written_again(done, run, national):
    before, first = contents(national), (national / "dwellings.parquet").stat()
    report = run()
    assert (report.read, report.rebuilt, report.kept) == ([], [], TABLES_2022)
    assert contents(national) == before
    assert (national / "dwellings.parquet").stat().st_ino == first.st_ino


def test_a_file_that_was_only_touched_is_not_read_again(done, run, raw):
    os.utime(raw / find_source("logement_2022").file, (1, 1))
    assert run().read == []


def test_only_what_a_changed_file_feeds_is_made_again(done, run, raw, national):
    before = store.hashes(national)
    write_file("logement_2022", raw, country=Country(seed=7))
    report = run()
    assert report.read == ["logement_2022"]
    assert set(report.rebuilt) == {"dwellings", "households", "occupants"}
    after = store.hashes(national)
    assert {name for name in before if before[name] != after[name]} == {
        "dwellings",
        "households",
        "occupants",
    }


@pytest.mark.large
def test_what_was_read_before_stays_with_what_is_selected_now(run, national):
    run("logement_2022")
    assert values(national, "occupants", year=DATE, tenure="owner").size == len(CODES)
    report = run("serie_historique_2022")
    assert (report.read, report.kept) == (["serie_historique_2022"], ["logement_2022"])
    assert not values(national, "dwellings", variable="RP_1P").empty
    assert values(national, "population", year=DATE).size == len(CODES)


def test_what_is_simulated_stays_until_a_file_gives_it_and_it_is_reported_when_it_goes(run, national):
    report = run("logement_2022")
    assert "emonstration" not in " ".join(report.notes).replace("é", "e")
    people = store.read("population", folder=national)
    assert set(people.loc[people["year"].isin([1962, DATE]), "origin"]) == {"demonstration"}
    text = " ".join(run("serie_historique_2022").notes)
    assert "Démonstration retirée, table population" in text
    assert "de 1962 à 2022" in text
    assert "remplacé par serie_historique_2022" in text
    assert "rm -r data/store/national data/store/parts" in text
    # What is reported is reported again, as long as it is so.
    assert "Démonstration retirée" in " ".join(run("serie_historique_2022").notes)
    assert set(store.read("population", folder=national)["origin"]) == {"insee"}


def test_a_part_outlives_its_file(done, run, raw, national):
    before = contents(national)
    (raw / find_source("logement_2022").file).unlink()
    report = run()
    assert report.absent == ["logement_2022"]
    assert contents(national) == before


def test_a_selected_file_that_is_not_at_hand_is_reported(run):
    assert run("logement_2018").absent == ["logement_2018"]


def test_a_file_that_cannot_be_read_leaves_its_former_part_and_the_others_go_on(done, run, raw, national):
    homes = values(national, "dwellings", year=DATE, variable="RP_1P")
    path = raw / find_source("logement_2022").file
    content = path.read_bytes()
    for rank, damage in enumerate((content[: len(content) // 2], b"<!DOCTYPE html><html>", b"")):
        path.write_bytes(damage)
        people = values(national, "age_groups", year=DATE, variable="POPF")
        write_file("evol_struct_pop_2022", raw, country=Country(seed=7 + rank))
        report = run()
        assert list(report.failures) == ["logement_2022"]
        assert path.name in report.failures["logement_2022"]
        assert report.read == ["evol_struct_pop_2022"]
        pd.testing.assert_series_equal(values(national, "dwellings", year=DATE, variable="RP_1P"), homes)
        assert not values(national, "age_groups", year=DATE, variable="POPF").equals(people)


@pytest.mark.large
def test_a_file_that_was_never_read_and_cannot_be_leaves_the_store_to_the_others(run, raw, national):
    (raw / find_source("logement_2022").file).write_bytes(b"PK")
    report = run()
    assert list(report.failures) == ["logement_2022"]
    assert not values(national, "population", year=DATE).empty
    assert not (national.parent / "parts" / "logement_2022").exists()


@pytest.mark.parametrize("place", ["part", "table"])
def test_a_disk_that_fills_up_leaves_the_store_as_it_was(done, run, raw, national, monkeypatch, place):
    before = contents(national)
    write_file("logement_2022", raw, country=Country(seed=7))
    writing = store.write_batches

    def full(batches, path, **options):
        if path.name == "dwellings.parquet" and (".atelier" in str(path)) == (place == "table"):
            path.write_bytes(b"PAR1")
            raise OSError(28, "No space left on device")
        return writing(batches, path, **options)

    monkeypatch.setattr(store, "write_batches", full)
    with pytest.raises(StoreError) as caught:
        run()
    assert "No space left" in caught.value.message
    assert str(national) in caught.value.message
    assert "place" in caught.value.remedy
    assert contents(national) == before
    monkeypatch.undo()
    assert set(run().rebuilt) == {"dwellings", "households", "occupants"}


def test_a_folder_that_cannot_be_written_is_named(base, raw, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="n'a pas pu être écrit"):
        ingest([], folder=raw, destination=tmp_path / "file" / "national", embedded=base)


def test_two_ingests_do_not_write_at_once(done, run, national):
    with (national.parent / ".verrou").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="déjà en cours"):
            run()
    run()


# A sudden end.

_KILLED = """
import os, signal, sys
from pathlib import Path
from helpers.store.ingest import ingest
from helpers.sources.registry import find_source
raw, base, national, left, *identifiers = sys.argv[1:]
steps = [int(left)]
def tell(step):
    steps[0] -= 1
    if steps[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
ingest([find_source(i) for i in identifiers], folder=Path(raw), destination=Path(national), embedded=Path(base), progress=tell)
"""


def kill_after(steps, *, base, raw, national):
    """An ingest that is killed at one of its steps; true when it ended before."""
    words = [sys.executable, "-c", _KILLED, str(raw), str(base), str(national), str(steps), *TABLES_2022]
    done = subprocess.run(words, capture_output=True, check=False, timeout=60)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()
    return done.returncode == 0


@pytest.mark.large
def test_an_ingest_killed_again_and_again_ends_with_the_same_bytes(template, base, raw, national):
    folder, _, steps = template
    # Each run goes further than the one before: it begins where that one was cut short.
    for share in (0.1, 0.35, 0.6):
        assert not kill_after(max(1, int(share * len(steps))), base=base, raw=raw, national=national)
        assert not national.exists()
    assert kill_after(0, base=base, raw=raw, national=national)
    assert contents(national) == contents(folder / "store" / "national")
    assert {path.name for path in national.parent.iterdir()} == {"national", "parts", ".verrou"}


@pytest.mark.large
def test_a_store_being_renewed_when_it_is_killed_stays_until_the_next_run(
    done, run, base, raw, national, tmp_path
):
    before = contents(national)
    write_file("logement_2022", raw, country=Country(seed=7))
    # The same renewal beside, that nothing interrupts.
    steps: list[str] = []
    beside = Path(shutil.copytree(national.parent, tmp_path / "beside")) / "national"
    ingest([], folder=raw, destination=beside, embedded=base, progress=steps.append)
    # Just before the new store takes its place.
    assert not kill_after(len(steps) - 1, base=base, raw=raw, national=national)
    assert contents(national) == before
    run()
    assert contents(national) == contents(beside) != before


@pytest.mark.parametrize("state", ["former aside", "both"])
def test_an_end_between_two_renamings_is_mended(done, run, national, state):
    expected = contents(national)
    former = paths.former_store(national)
    if state == "former aside":
        national.rename(former)
    else:
        former.mkdir()
        (former / "tables.json").write_text("{}", encoding="utf-8")
    run()
    assert contents(national) == expected
    assert not former.exists()


def test_what_a_killed_ingest_left_is_removed(done, run, national):
    for name in (".atelier-abc", "parts/.logement_2022-new", "parts/.logement_2022-former"):
        (national.parent / name).mkdir(parents=True)
        (national.parent / name / "half").write_text("", encoding="utf-8")
    run()
    assert {path.name for path in national.parent.iterdir()} == {"national", "parts", ".verrou"}
    assert not list((national.parent / "parts").glob(".*"))


def test_a_part_without_its_journal_is_read_again(done, run, national):
    (national.parent / "parts" / "logement_2022" / "journal.json").write_text("{", encoding="utf-8")
    assert run().read == ["logement_2022"]


@pytest.mark.large
def test_another_version_of_the_code_reads_again(done, run, monkeypatch):
    monkeypatch.setattr(ingesting, "_hash_code", lambda: "other")
    assert run("logement_2022").read == TABLES_2022


def test_the_code_that_makes_the_store_is_that_of_the_rooms_it_is_in():
    package = Path(ingesting.__file__).parents[1]
    files = [set(package.glob(pattern)) for pattern in ingesting._CODE]
    assert all(files)
    made_by = (readers, consolidation, parts, perimeters, calibration)
    assert {Path(module.__file__) for module in made_by} <= set().union(*files)


# The list of communes.


@pytest.mark.large
def test_files_and_embedded_values_follow_the_list_of_communes(done, run, raw, national):
    from test_geography import save_list, save_movements

    assert values(national, "population", year=2008).to_dict() == {"59299": 321.0}
    codes = [code for code in CODES if code != "59350"]
    save_list(raw, "appartenance_2026", codes)
    save_movements(raw, "mouvements_2026", {"59350": "59299", "59299": "59299"}, "2025-06-01")
    report = run()
    assert report.geography == 2026
    assert report.read == TABLES_2022
    homes = COUNTRY.homes[COUNTRY.homes["year"] == DATE].set_index("code")["LOG"]
    found = values(national, "dwellings", year=DATE, variable="LOG")
    assert found["59299"] == pytest.approx(homes["59299"] + homes["59350"])
    assert "59350" not in found
    # A page or a file gave the figure of one of the two communes only.
    assert values(national, "population", year=2008).empty
    assert store.read_reference("territories", folder=national)["geography"].eq(2026).all()


@pytest.mark.large
def test_a_part_of_another_list_whose_file_is_gone_leaves_the_store_and_is_reported(done, run, raw, national):
    from test_geography import save_list, save_movements

    (raw / find_source("logement_2022").file).unlink()
    save_list(raw, "appartenance_2026", CODES)
    save_movements(raw, "mouvements_2026", {"97101": "97411"}, "2027-01-01")
    report = run()
    assert report.absent == ["logement_2022"]
    assert any(find_source("logement_2022").title in note and "Remettez" in note for note in report.notes)
    assert values(national, "dwellings", variable="RP_1P").empty


def test_an_extract_is_read_for_what_it_has_and_the_report_says_what_it_lacks(run, raw, national):
    path = write_file("logement_2022", raw)
    with zipfile.ZipFile(path) as archive:
        whole = pd.read_csv(archive.open("base-cc-logement-2022.CSV"), sep=";", dtype=str)
    whole[["CODGEO", "P22_LOG", "P22_RP"]].to_csv(path, sep=";", index=False, compression=None)
    for again in (False, True):
        report = run("logement_2022")
        assert report.failures == {}
        assert report.kept == (["logement_2022"] if again else [])
        (text,) = [note for note in report.notes if "lu pour les colonnes" in note]
        assert "P22_RSECOCC" in text
        assert str(path) in text
    homes = values(national, "dwellings", variable="LOG", year=2022, source="logement_2022")
    assert set(homes) == set(whole["P22_LOG"].astype("float64"))


# The pyramids by tenure of the detail file.


def cells(frame):
    return frame.groupby(["code", "sex", "age"])["value"].sum()


@pytest.mark.large
def test_the_tenures_of_the_detail_file_add_up_to_the_table_of_ages(run, raw, national):
    for identifier in ("quinquennal_2022", "migcom_2022"):
        write_file(identifier, raw)
    report = run("migcom_2022", "quinquennal_2022", "serie_historique_2022")
    assert report.failures == {}
    assert any("sans les moins d'un an" in note and "calé" in note for note in report.notes)
    tenures = store.read("ages_tenure", folder=national)
    ages = store.read("ages", folder=national)
    for level in ("commune", "france"):
        mine, whole = (
            cells(frame[(frame["level"] == level) & (frame["year"] == DATE)]) for frame in (tenures, ages)
        )
        pd.testing.assert_series_equal(mine, whole[whole > 0], rtol=1e-9)
    assert set(tenures["source"]) == {"migcom_2022"}
    # Whose infants are missing is an estimation; the others are Insee's.
    origins = tenures[tenures["level"] == "commune"].groupby("age")["origin"].agg(set)
    assert origins[0] == {"estimation"}
    assert "outside" in set(tenures["tenure"])
    assert run("migcom_2022").rebuilt == []


@pytest.mark.large
def test_without_a_table_of_ages_the_detail_file_is_not_calibrated_and_it_is_reported(run, raw, national):
    write_file("migcom_2022", raw)
    report = run("migcom_2022", "serie_historique_2022")
    assert any("non calé" in note for note in report.notes)
    assert set(store.read("ages_tenure", folder=national)["origin"]) == {"insee"}
    # As soon as it comes, it is.
    write_file("quinquennal_2022", raw)
    assert "ages_tenure" in run("quinquennal_2022").rebuilt
    assert "estimation" in set(store.read("ages_tenure", folder=national)["origin"])


@pytest.mark.large
def test_a_detail_file_of_other_people_is_refused(run, raw, national):
    write_file("migcom_2022", raw, country=Country(seed=3))
    report = run("migcom_2022", "serie_historique_2022")
    assert list(report.failures) == ["migcom_2022"]
    assert "population" in report.failures["migcom_2022"]
    assert store.read("ages_tenure", folder=national).empty
    assert list(run("migcom_2022").failures) == ["migcom_2022"]


def test_the_files_of_one_country_once_ingested_agree_with_one_another(done, run, raw, national):
    for identifier in ("coupl_fam_men_2022", "quinquennal_2022", "migcom_2022"):
        write_file(identifier, raw)
    assert run("coupl_fam_men_2022", "quinquennal_2022", "migcom_2022").failures == {}
    problems = checks.check(national, parts=paths.parts_folder(national), folder=raw)
    assert [problem.name for problem in problems if problem.severity == "erreur"] == []


def test_lists_of_communes_and_published_pages_are_no_files_of_figures():
    kinds = {source.id: ingesting.is_figures(source) for source in load_registry().values()}
    assert kinds["logement_2022"]
    assert kinds["migcom_2022"]
    for identifier in (
        "publie",
        "mouvements",
        "appartenance_2022",
        "contours_nord_2018",
        "demonstration",
        "melodi_logement",
    ):
        assert not kinds[identifier]


def test_the_default_places_are_those_of_the_project():
    assert paths.parts_folder(paths.NATIONAL) == paths.NATIONAL.parent / "parts"
    assert Path(ingesting.ingest.__kwdefaults__["destination"]) == paths.NATIONAL
