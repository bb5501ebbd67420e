"""`make data`: what is asked, announced, brought, handed to the ingest, and said of what failed."""

from __future__ import annotations

import socket

import pytest
from fake_official_files.files import pack, to_parquet
from file_server import serve
from typer.testing import CliRunner

from helpers import cli, paths
from helpers.sources import sources_page
from helpers.sources.registry import default_vintage, find_source, load_registry, select
from helpers.store import checks, ingest


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """An empty folder of official files, no proxy nor mirror on the way."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("HELPERS_MIRROR", raising=False)
    monkeypatch.setenv("HELPERS_SOURCES", str(tmp_path / "raw"))
    monkeypatch.setattr(paths, "NATIONAL", tmp_path / "national")
    return tmp_path / "raw"


@pytest.fixture
def ingested(monkeypatch):
    """What the ingest is given, in place of the ingest; it answers `report`."""
    calls = []

    def _ingest(selected, *, folder, destination, progress):
        progress("lecture")
        calls.append(([source.id for source in selected], folder, destination))
        return calls_report["report"]

    calls_report = {"report": ingest.Report(geography=2026, rows={"dwellings": 12}, rebuilt=["dwellings"])}
    monkeypatch.setattr(ingest, "ingest", _ingest)
    calls_report["calls"] = calls
    return calls_report


@pytest.fixture
def site(tmp_path):
    """A mirror to fill."""
    (tmp_path / "site").mkdir()
    return tmp_path / "site"


def put(site, identifier):
    """The file of a source, under its name."""
    source = find_source(identifier)
    path = site / source.name
    if path.suffix == ".parquet":
        return to_parquet(path, {"COMMUNE": ["59299"]})
    if path.suffix in (".zip", ".xlsx"):
        return pack(path, {source.member or "xl/workbook.xml": b"CODGEO;X\n59299;1\n"})
    path.write_bytes(b"CODGEO;X\n59299;1\n")
    return path


def call(*words, **environment):
    result = CliRunner().invoke(cli.app, list(words), env=environment)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result.exit_code, " ".join(result.output.split())


def test_a_family_of_a_vintage_is_downloaded_then_ingested(folder, ingested, site):
    put(site, "logement_2022")
    with serve(site) as files:
        code, answer = call("data", "--vintage", "2022", "--only", "logement", HELPERS_MIRROR=files.base)
    assert code == 0, answer
    assert ingested["calls"] == [(["logement_2022"], folder, paths.NATIONAL)]
    assert (folder / "insee" / "base-cc-logement-2022_csv.zip").is_file()
    assert "0 fichier déjà là, 1 à télécharger (taille inconnue), 0 sans adresse connue." in answer
    assert "dwellings 12 lignes (renouvelée)" in answer
    assert "1er janvier 2026" in answer


def test_the_whole_country_is_the_default_vintage(folder, ingested, site):
    selected = select(vintage=default_vintage())
    # Files made up here are none of those whose size is known.
    made_up = [source.id for source in selected if source.size is None]
    for identifier in made_up:
        put(site, identifier)
    call("data", HELPERS_MIRROR=str(site))
    # What the make file gives when nothing is asked for.
    _, answer = call("data", "--vintage=", "--only=")
    assert [ids for ids, *_ in ingested["calls"]] == [made_up, made_up]
    assert f"{len(made_up)} fichiers déjà là" in answer


def test_what_neither_an_address_nor_the_mirror_gives_is_no_failure(folder, ingested, site):
    put(site, "lovac_2026")
    named = find_source("rpls_2025")
    with serve(site) as files:
        for mirror in (files.base, str(site)):
            _, answer = call("data", "--only", "social_housing", HELPERS_MIRROR=mirror)
            assert "Échec" not in answer
            assert f"{named.name} : {named.title} ({named.page})" in answer


def test_the_size_to_come_is_announced(folder, ingested, site):
    with serve(site) as files:
        _, answer = call("data", "--vintage", "2018", "--only", "migcom", HELPERS_MIRROR=files.base)
    assert "3 à télécharger (238 Mo au moins, taille inconnue pour 2)" in answer


def test_one_failure_stops_neither_the_others_nor_the_ingest_and_is_reported_with_its_remedy(
    folder, ingested, site
):
    put(site, "melodi_fichier_deces_2025")
    put(site, "sitadel_2025")
    with serve(site) as files:
        code, answer = call("data", "--vintage", "2022", "--only", "flows", HELPERS_MIRROR=files.base)
    assert code == 1
    assert ingested["calls"][0][0] == ["melodi_fichier_deces_2025", "sitadel_2025"]
    assert "Échec, melodi_fichier_naissances_2025 : " in answer
    assert "404" in answer
    assert "déposez le fichier sous le nom DS_ETAT_CIVIL_NAIS_COMMUNES_2025_CSV_FR.zip" in answer


def test_a_file_that_cannot_be_read_is_reported_too(folder, ingested, site):
    put(site, "logement_2022")
    ingested["report"].failures["logement_2022"] = "Colonnes absentes.\n→ Vérifiez son millésime."
    ingested["report"].notes.append("Une commune inconnue.")
    code, answer = call("data", "--vintage", "2022", "--only", "logement", HELPERS_MIRROR=str(site))
    assert code == 1
    assert "Échec, logement_2022 : Colonnes absentes. → Vérifiez son millésime." in answer
    assert "Note : Une commune inconnue." in answer


def test_files_without_an_address_are_listed_and_are_no_failure(folder, ingested):
    folder.mkdir()
    put(folder, "rpls_2024").rename(folder / find_source("lovac_2025").name)
    name = find_source("rpls_2025").name
    code, answer = call("data", "--only", "lovac_2025")
    assert code == 0, answer
    code, answer = call("data", "--only", "rpls")
    assert code == 1
    assert name in answer
    assert find_source("rpls_2025").page in answer
    assert "Échec" not in answer
    assert len(ingested["calls"]) == 1


@pytest.fixture
def closed():
    """An address of this machine where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
    return f"http://{address[0]}:{address[1]}"


def test_without_a_network_it_is_said_once_and_what_is_at_hand_is_ingested(folder, ingested, closed):
    folder.mkdir()
    put(folder, "logement_2022")
    code, answer = call("data", "--vintage", "2022", "--only", "occupants", HELPERS_MIRROR=closed)
    assert code == 1
    assert answer.count("injoignable") == 1
    assert "Non essayés : logemt_2022, logemt_2016, logemt_2011." in answer
    assert "données embarquées continuent" in answer
    assert ingested["calls"][0][0] == ["logement_2022"]


def test_without_a_network_nor_a_file_the_store_is_left_alone(folder, ingested, closed):
    code, answer = call("data", HELPERS_MIRROR=closed)
    assert code == 1
    assert answer.count("injoignable") == 1
    assert ingested["calls"] == []


def test_a_new_edition_is_accepted_by_name(folder, ingested, site):
    put(site, "logement_2022")
    asked = ("data", "--vintage", "2022", "--only", "logement")
    assert call(*asked, HELPERS_MIRROR=str(site))[0] == 0
    (folder / "insee" / "base-cc-logement-2022_csv.zip").unlink()
    pack(site / "base-cc-logement-2022_csv.zip", {"base-cc-logement-2022.CSV": b"une autre"})
    code, answer = call(*asked, HELPERS_MIRROR=str(site))
    assert code == 1
    assert "make data accept=logement_2022" in answer
    code, answer = call("accept", "logement_2022")
    assert code == 0
    assert "Édition acceptée" in answer
    assert call(*asked)[0] == 0


@pytest.mark.parametrize(
    ("words", "clues"),
    [
        (
            ["data", "Hem", "--vintage", "2022"],
            ["commune ne va pas avec vintage", "commune=Hem", "vintage=2022"],
        ),
        (["data", "Hem", "--only", "logement"], ["make data only=logement"]),
        (["data", "--vintage", "deux mille"], ["'deux mille'", "vintage=2022"]),
        (["data", "--vintage", "2020"], ["2020", "2018, 2021, 2022, 2023"]),
        (["data", "--only", "logment"], ["'logment'", "'logement'"]),
        (["data", "--only", "un mot"], ["'un mot'", "Familles"]),
        (["data", ""], ["make commune=Hem"]),
        (["accept", "logment_2022"], ["'logment_2022'", "'logement_2022'"]),
        (["accept", "logement_2022"], ["rien à accepter"]),
    ],
)
def test_what_cannot_be_done_is_refused_in_french_with_a_remedy(folder, ingested, words, clues):
    code, answer = call(*words)
    assert code == 1
    assert answer.startswith("Erreur : ")
    for clue in (*clues, "→"):
        assert clue in answer
    assert ingested["calls"] == []


def test_the_sources_of_each_table_are_listed_with_what_is_here(folder):
    folder.mkdir()
    put(folder, "lovac_2025")
    code, answer = call("sources", COLUMNS="160")
    assert code == 0
    for source in load_registry().values():
        if source.file:
            assert source.id in answer
    assert "lovac_2025 │ 2025 │ inconnue │ adresse jamais ouverte │ oui" in answer
    assert "lovac_2026 │ 2026 │ inconnue │ adresse jamais ouverte │ non" in answer
    assert "migcom_2016 │ 2016 │ 232 Mo │ adresse jamais ouverte │ non" in answer


def test_the_page_is_written_on_demand(folder, monkeypatch, tmp_path):
    page = tmp_path / "sources.md"
    monkeypatch.setattr(sources_page.write, "__defaults__", (page,))
    code, answer = call("sources", "--write")
    assert code == 0
    assert answer.endswith("sources.md")
    assert page.read_text(encoding="utf-8") == sources_page.render()


@pytest.mark.parametrize("code", [0, 1])
def test_the_store_that_is_read_is_checked_with_what_it_was_made_from(folder, monkeypatch, code):
    asked, fetched = [], [paths.fetched_folder(code) for code in ("59257", "18119")]
    monkeypatch.setattr(
        checks, "check", lambda store, **options: asked.append((store, options)) or ["problem"]
    )
    monkeypatch.setattr(checks, "report", lambda problems, console: code)
    assert call("data-check")[0] == code
    monkeypatch.delenv("HELPERS_STORE")
    paths.NATIONAL.mkdir()
    (paths.NATIONAL / "tables.json").write_text("{}", encoding="utf-8")
    parts = paths.parts_folder(paths.NATIONAL)
    for place in (parts, folder):
        place.mkdir()
    assert call("data-check")[0] == code
    assert asked == [
        (paths.EMBEDDED, {"parts": None, "folder": None, "fetched": fetched}),
        (paths.NATIONAL, {"parts": parts, "folder": folder, "fetched": fetched}),
    ]
