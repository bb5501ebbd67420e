"""The life of a partnership, with the commune invented for it: what is said and what is decided survives every step."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import example
import fictional_store
import pytest
import small_store
import val_sur_deule
from bs4 import BeautifulSoup
from docx import Document
from measuring import break_even
from pyarrow import parquet
from shared import shared
from val_sur_deule_agreed import DECISIONS, ISSUES, LEVERS

from helpers import Diagnostic, paths, provenance, schemas, store
from helpers.contributions import kept
from helpers.contributions.agreed import gather
from helpers.errors import StoreError
from helpers.partnership import importing

# Paper and slides are tested apart (kit, minute, convention): what is laid out here is not printed. The year
# after, the census is received in the same store, and the two themes that are looked at are built again where they are.
LIVED = """
import shutil
import example, fictional_store as fictional
from helpers import paths
from helpers.partnership import convention_sheet, minute_pdf
from helpers.publication.documents import powerpoint, redrawing, sheets, slides
for one in (convention_sheet, minute_pdf, sheets):
    one.print_page = lambda page: page.encode()
for one in (powerpoint, slides):
    one.render = lambda deck, **more: b""
convention_sheet.count_pages = lambda page: 1
redrawing.complete = lambda folder, books, manifest: None
example.main()
shutil.copytree(paths.store_folder(), f"{paths.store_folder()}-then")
shutil.copytree(paths.OUTPUTS / example.SLUG, f"{paths.OUTPUTS}-then/{example.SLUG}")
fictional.write(paths.store_folder(), known=fictional.renewed(fictional.declared()), year=2024)
looked_at = paths.PARAMS.parent / "notebooks"
looked_at.mkdir()
for name in ("2_logement.ipynb", "4_enjeux.ipynb"):
    shutil.copy(paths.NOTEBOOKS / name, looked_at)
paths.NOTEBOOKS = looked_at
example.build(example.SLUG)
"""
# Two minutes, of which every step has its own tests: make large.
pytestmark = pytest.mark.large
# What was said, as the scribes type it.
SPOKEN = [row[4] for row in (*val_sur_deule.A, *val_sur_deule.B)]
HERE = paths.ROOT / "tests" / "partnership"


@dataclass(frozen=True)
class Life:
    """The folders of a partnership lived to its end: parameters, pages then, pages of the vintage after."""

    params: Path
    outputs: Path
    later: Path

    def page(self, name: str, *, later: bool = False) -> BeautifulSoup:
        """Read a page of the diagnostic."""
        path = (self.later if later else self.outputs) / example.SLUG / f"{name}.html"
        return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")

    def text(self, *, later: bool = False) -> str:
        """Read what every page says."""
        folder = (self.later if later else self.outputs) / example.SLUG
        return plain(
            " ".join(self.page(path.stem, later=later).get_text() for path in sorted(folder.glob("*.html")))
        )


def plain(text: str) -> str:
    """Write a text with ordinary spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def live(root: Path) -> None:
    """Live the partnership of the example apart from the real communes, in a program of its own."""
    apart = {
        "HELPERS_STORE": str(root / "magasin"),
        "HELPERS_PARAMS": str(root / "params"),
        "HELPERS_OUTPUTS": str(root / "pages"),
        "PYTHONPATH": os.pathsep.join(map(str, (fictional_store.FIGURES.parent, HERE))),
    }
    for folder in ("params", "pages"):
        (root / folder).mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-c", LIVED],
        env={**os.environ, **apart},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def life(tmp_path_factory) -> Life:
    """Live it once for every test: convention to bilan, then the census of the year after."""
    with shared(tmp_path_factory, "exemple") as root:
        if not (root / "vecu").exists():
            live(root)
            (root / "vecu").touch()
    return Life(root / "params", root / "pages-then", root / "pages")


@contextmanager
def apart(life: Life) -> Iterator[None]:
    """Read the store and the parameters of the example."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "PARAMS", life.params)
        patch.setenv("HELPERS_STORE", str(life.params.parent / "magasin-then"))
        yield


@pytest.fixture(scope="module")
def opened(life) -> Iterator[Diagnostic]:
    with apart(life):
        yield Diagnostic.open("59999", comparaison=["epci"])


def test_its_figures_are_those_declared(opened):
    tables = (opened.table(name) for name in ("dwellings", "households", "flows"))
    found = break_even(*tables, since=2017, until=2023)
    own = found[found["territory"] == "Val-sur-Deûle"].iloc[0]
    names = ("starts", "renewal", "vacancy", "secondary", "decohabitation", "demographic", "break_even")
    terms = [round(float(own[name]), 1) for name in names]
    assert terms == [372, 42, 64, 6, 236.4, 23.6, 348.4]
    world = opened._world
    shares = [world.read(name) for name in ("vacance", "proprietaires", "a_transmettre_65")]
    assert [round(share, 1) for share in shares] == [6.2, 60.0, 37.0]


def test_its_homes_and_households_are_reported_as_declared(life):
    said = life.text()
    assert "2,37 personnes par ménage en 2023, contre 2,52 en 2017" in said
    assert "348 logements pour une population stable, 372 commencés" in said
    assert "Grands logements à une ou deux personnes : au moins 26,0 %" in said


def test_it_raises_four_questions_on_its_own_figures_and_none_is_simulated(opened):
    assert {card.problem.id for card in opened.problems.cards} == set(example.QUESTIONS)
    origins = {fact.origin for card in opened.problems.cards for fact in card.facts}
    assert origins == {"fictive"}


def test_no_list_of_real_communes_knows_it():
    for table in schemas.TABLES:
        if store.has(table, folder=paths.EMBEDDED):
            known = parquet.read_table(paths.EMBEDDED / f"{table}.parquet", columns=["origin"])["origin"]
            assert "fictive" not in known.unique().to_pylist()
    codes = store.read_reference("territories", folder=paths.EMBEDDED, columns=["code"])["code"]
    assert not any(map(provenance.is_fictive, codes))


def test_invented_figures_argue_for_the_invented_commune_alone():
    origins = ["insee", "fictive", "demonstration"]
    for code, argued in {"59999": [True, True, False], "59299": [True, False, False]}.items():
        assert [provenance.is_argued(origin, code=code) for origin in origins] == argued
    rows = {("commune", "59299", 2023, "POP"): 9400.0}
    with pytest.raises(StoreError, match="chiffre fictif d'une commune réelle"):
        small_store.rows("population", rows, origin="fictive", source="fictive")


def test_every_page_and_document_says_that_it_is_invented(life):
    for path in sorted((life.outputs / example.SLUG).glob("*.html")):
        assert "Commune fictive" in life.page(path.stem).select_one("main").get_text(), path.name
    private = life.params / example.SLUG / "prive"
    for path in sorted(private.glob("atelier-*/*.docx")):
        assert "commune fictive" in Document(path).paragraphs[0].text


def test_the_thirty_remarks_become_twenty_eight_contributions_and_two_things_to_do(life):
    with apart(life):
        workshop = kept.read_workshop(example.SLUG, 1)
        again = importing.run(example.SLUG, 1)
    kinds = [one.type for one in workshop.contributions]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "confirme": 7, "nuance": 7, "contredit": 3, "ajoute": 8, "question ouverte": 3,
    }  # fmt: skip
    roles = [one.role for one in workshop.contributions]
    assert (roles.count("élu"), roles.count("technicien")) == (16, 12)
    assert [action.code for action in workshop.actions] == ["L-06", ""]
    assert all(one.code for one in workshop.contributions)
    assert not again.merged.is_new
    assert "Lemaire" not in json.dumps(workshop.model_dump(mode="json"), ensure_ascii=False)


def test_what_was_said_is_under_its_figure(life):
    said = life.text()
    assert [words for words in SPOKEN if plain(words) not in said] == []


def test_what_the_commune_brings_stands_beside_the_figures(life):
    said = life.text()
    assert "228 des 372 logements commencés" in said
    assert "841 élèves" in said


def test_workshops_two_and_three_give_issues_levers_and_decisions(life):
    with apart(life):
        agreed = gather([kept.read_workshop(example.SLUG, number) for number in (1, 2, 3)])
    assert [issue.text for issue in agreed.issues] == [one[1] for one in ISSUES]
    assert {lever.text for lever in agreed.levers} == {one[2] for one in LEVERS}
    assert len(agreed.decisions) == len(DECISIONS)


def test_a_new_census_keeps_every_word_and_says_which_figures_changed_or_are_gone(life):
    said = life.text(later=True)
    assert [words for words in SPOKEN if plain(words) not in said] == []
    homes = plain(life.page("2_logement", later=True).get_text())
    reread = "À relire : dit devant « 2,37 personnes par ménage en 2023, contre 2,52 en 2017 », la figure dit maintenant « 2,35"
    assert homes.count(reread) == 2
    gone = plain(life.page("index", later=True).get_text())
    assert "L-23" in gone
    assert "n’est plus publié" in gone
