"""The whole way: official files, the national store they give, and the diagnostic made from it alone."""

from __future__ import annotations

import fcntl
import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
import small_store
from bs4 import BeautifulSoup
from fake_official_files import census, microdata, yearly
from fake_official_files.country import Country
from page_reading import execute_here, pieces, read

from helpers import paths, schemas, store
from helpers.parameters import load_parameters
from helpers.publication.pages import commune as diagnostic
from helpers.sources.registry import find_source
from helpers.store import checks
from helpers.store.ingest import Report, ingest

pytestmark = pytest.mark.large
HEM = "59299"
# Hem and its neighbours, of which Chéreng, Sainghin-en-Mélantois and Willems are small.
CODES = (
    HEM, "59009", "59146", "59163", "59332", "59339", "59367", "59512", "59522", "59523", "59598", "59650", "59660",
)  # fmt: skip
# A seed by which Hem has a few thousand people: counts of some tenures are large, others are not.
COUNTRY = Country(codes=CODES, seed=3)
FORMER, LATEST = COUNTRY.dates[-2:]
YEARS = range(2008, 2025)
CHECK = "controle-des-pyramides-par-le-fichier-des-logements.csv"
REFERENCE = ("territories", "former_communes", "movements", "sources", "outlines")
PAGES = ("1_demographie.html", "2_logement.html", "3_pyramides.html", "4_enjeux.html", "index.html")


def write_files(folder: Path) -> list[str]:
    """The official files of the country, each where the registry says it is; the identifiers of their records."""
    tables = {
        f"{family.replace('-', '_')}_{LATEST}": writer(COUNTRY, folder)
        for family, writer in census.WRITERS.items()
    }
    births = yearly.events(COUNTRY, years=YEARS, rate=0.012, seed=1)
    deaths = yearly.events(COUNTRY, years=YEARS, rate=0.009, seed=2)
    starts = yearly.events(COUNTRY, years=range(2013, 2026), rate=0.004, seed=4)
    grids: dict[str, tuple[yearly.Grid, str]] = {
        "naissances_2024": (yearly.civil_registry(births, prefix="NAISD"), "."),
        "deces_2024": (yearly.civil_registry(deaths, prefix="DECESD"), "."),
        "sitadel_2025": (yearly.sitadel(starts), "."),
        "lovac_2026": (yearly.lovac(_vacancy(edition=2026), edition=2026), "."),
    }
    for year, form in ((FORMER, "csv"), (LATEST, "parquet")):
        tables[f"migcom_{year}"] = microdata.write_migcom(COUNTRY, folder, year=year, form=form)
        tables[f"logemt_{year}"] = microdata.write_logemt(COUNTRY, folder, year=year, form="csv")
    for identifier, written in tables.items():
        written.replace(_place(identifier, folder))
    for identifier, (grid, decimal) in grids.items():
        member = find_source(identifier).member or ""
        yearly.save_text(_place(identifier, folder), grid, member=member, decimal=decimal)
    identifier = f"quinquennal_{LATEST}"
    member = find_source(identifier).member or ""
    yearly.save_quinquennial(_place(identifier, folder), yearly.quinquennial(COUNTRY), member=member)
    return [*tables, *grids, identifier]


def _vacancy(*, edition: int) -> pd.DataFrame:
    """The vacancy of the country's dates, moved so that the latest is that of the edition."""
    counts = yearly.vacancy(COUNTRY)
    return counts.assign(year=counts["year"] + edition - counts["year"].max())


def _place(identifier: str, folder: Path) -> Path:
    path = folder / (find_source(identifier).file or "")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def write_base(folder: Path) -> None:
    """An embedded store of these communes that holds no figure: the files alone speak."""
    known = {table: store.read_reference(table, folder=paths.EMBEDDED) for table in REFERENCE}
    known["territories"] = known["territories"].query("code in @CODES")
    folder.mkdir()
    store.write(known | {table: small_store.rows(table, {}) for table in schemas.TABLES}, folder)


def run(folder: Path, identifiers: list[str]) -> Report:
    selected = [find_source(identifier) for identifier in identifiers]
    national = folder / "store" / "national"
    return ingest(selected, folder=folder / "raw", destination=national, embedded=folder / "base")


class Way(NamedTuple):
    """A folder that holds `raw/`, `store/` and `outputs/`; what was written, and what the ingest said of it."""

    folder: Path
    written: list[str]
    report: dict[str, Any]

    @property
    def national(self) -> Path:
        return self.folder / "store" / "national"

    def page(self, name: str) -> BeautifulSoup:
        return read(self.folder / "outputs" / "hem" / name)


@pytest.fixture(scope="session")
def way(tmp_path_factory: pytest.TempPathFactory) -> Way:
    """Files, store and diagnostic of Hem, made once; workers of pytest-xdist share them."""
    root = tmp_path_factory.getbasetemp()
    root = root.parent if root.name.startswith("popen-") else root
    folder = root / "national"
    shown = folder / "report.json"
    with (root / "national.lock").open("w") as lock, pytest.MonkeyPatch.context() as patch:
        fcntl.flock(lock, fcntl.LOCK_EX)
        patch.setenv("HELPERS_STORE", str(folder / "store" / "national"))
        patch.setenv("HELPERS_FETCHED", str(folder / "fetched"))
        if not shown.exists():
            (folder / "raw").mkdir(parents=True)
            write_base(folder / "base")
            written = write_files(folder / "raw")
            report = run(folder, written)
            patch.setattr(diagnostic, "execute", execute_here)
            asked = {"millesime": LATEST, "millesime_ancien": FORMER, "pyramides": [FORMER, LATEST]}
            parameters, commune = load_parameters(f"insee:{HEM}", overrides=asked)
            diagnostic.build(parameters, commune, outputs=folder / "outputs")
            shown.write_text(
                json.dumps({"written": written, "report": asdict(report)}, ensure_ascii=False),
                encoding="utf-8",
            )
    return Way(folder, **json.loads(shown.read_text(encoding="utf-8")))


def contents(folder: Path) -> dict[str, str]:
    return {path.name: paths.hash_file(path) for path in folder.glob("*.parquet")}


def test_every_file_is_read(way):
    assert way.report["failures"] == {}
    assert sorted(way.report["read"]) == sorted(way.written)
    assert way.report["absent"] == []


def test_no_value_of_the_store_is_simulated(way):
    for table in schemas.TABLES:
        assert "demonstration" not in set(store.read(table, folder=way.national)["origin"]), table


# A series is published in whole persons; tables by age keep the decimals of the weights.
@pytest.mark.parametrize(("table", "rounding"), [("population", 0.5), ("ages", 0), ("ages_tenure", 0)])
def test_the_people_of_the_files_are_those_of_the_store(way, table, rounding):
    people = COUNTRY.people[COUNTRY.people["year"].isin([FORMER, LATEST])]
    expected = people.groupby(["code", "year"])["value"].sum().to_dict()
    frame = store.read(table, folder=way.national, areas=[("commune", code) for code in CODES])
    found = frame[frame["year"].isin([FORMER, LATEST])].groupby(["code", "year"])["value"].sum()
    assert found.to_dict() == pytest.approx(expected, rel=1e-6, abs=rounding)


def test_the_communes_written_meet_every_identity(way):
    problems = checks.check(way.national, parts=paths.parts_folder(way.national))
    assert [(problem.name, problem.count) for problem in problems] == []


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_show_no_simulated_nor_missing_value(way, name):
    texts = pieces(way.page(name))
    assert len(texts) > 30
    for word in ("démonstration", "nan", "None", "<NA>"):
        found = [text for text in texts if word in text.replace("dominan", "")]
        assert found == [], word


def test_the_manifest_of_a_commune_that_has_everything_is_small(way):
    assert (way.folder / "outputs" / "hem" / "manifest.json").stat().st_size < 3000


def test_the_notebooks_show_no_simulated_value(way):
    for notebook in sorted((way.folder / "outputs" / "hem").glob("*.ipynb")):
        assert "démonstration" not in notebook.read_text(encoding="utf-8"), notebook.name


def test_the_pyramids_are_checked_against_the_file_of_dwellings(way):
    # Tenants of social housing are 22 in the census, people outside ordinary dwellings ZZ.
    people = COUNTRY.people.query("code == @HEM and year in (@FORMER, @LATEST)")
    check = pd.read_csv(way.folder / "outputs" / "hem" / "donnees" / CHECK, sep=";", decimal=",")
    everyone = check[check["Âge"] == "Ensemble"]
    for count in ("Fichier des individus", "Fichier des logements", "Tableaux par commune"):
        found = everyone.groupby("Année")[count].sum().to_dict()
        expected = people[people["tenure"] != "ZZ"].groupby("year")["value"].sum().to_dict()
        assert found == pytest.approx(expected, rel=5e-3), count
        social = (
            everyone[everyone["Statut d’occupation"] == "Locataire HLM"].set_index("Année")[count].to_dict()
        )
        expected = people[people["tenure"] == "22"].groupby("year")["value"].sum().to_dict()
        assert social == pytest.approx(expected, rel=5e-3), count


def test_people_outside_ordinary_dwellings_are_reported_apart(way):
    counts = COUNTRY.people.query("code == @HEM and tenure == 'ZZ'").groupby("year")["value"].sum()
    shown = f"n’y sont pas\u00a0: {counts[FORMER]:.0f} en {FORMER} et {counts[LATEST]:.0f} en {LATEST}."
    assert [text for text in pieces(way.page("3_pyramides.html")) if shown in text] != []


def test_the_level_of_the_pyramids_is_reported(way):
    shown = [text.replace("\u00a0", " ") for text in pieces(way.page("3_pyramides.html"))]
    assert [text for text in shown if text.startswith("Niveau : « individus »")] != []


def test_homes_to_pass_on_are_those_of_owners(way):
    homes = COUNTRY.homes.query("code == @HEM and year in (@FORMER, @LATEST)").set_index("year")
    held = pd.read_csv(
        way.folder / "outputs" / "hem" / "donnees" / "logements-a-transmettre.csv", sep=";", decimal=","
    )
    assert held.groupby("Année")["Occupées par leur propriétaire"].max().to_dict() == pytest.approx(
        homes["RP_PROP"].to_dict(), abs=0.5
    )
    assert held.groupby("Année")["Résidences principales"].max().to_dict() == pytest.approx(
        homes["RP"].to_dict(), abs=0.5
    )
    assert held["Part (%)"].between(0, 100).all()


def test_what_official_figures_tell_waits_for_them_no_more(way):
    waiting = [item.get_text() for item in way.page("4_enjeux.html").select(".waiting li")]
    shown = " ; ".join(waiting)
    assert "terrains" in shown
    for brought in ("âge des propriétaires", "taille des ménages sur"):
        assert brought not in shown, shown


def test_a_second_ingest_reads_nothing_and_a_store_outlives_its_files(way, tmp_path):
    for part in ("base", "raw", "store"):
        shutil.copytree(way.folder / part, tmp_path / part)
    national = tmp_path / "store" / "national"
    before = contents(national)
    again = run(tmp_path, way.written)
    assert (again.read, again.rebuilt, again.failures) == ([], [], {})
    assert sorted(again.kept) == sorted(way.written)
    (tmp_path / "raw" / (find_source(f"migcom_{LATEST}").file or "")).unlink()
    without = run(tmp_path, way.written)
    assert (without.read, without.rebuilt, without.absent) == ([], [], [f"migcom_{LATEST}"])
    assert contents(national) == before
