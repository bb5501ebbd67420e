"""The workbook as a French spreadsheet opens it: its figures, its printed pages."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path

import pytest
from pypdf import PdfReader
from walk import SLUGS

# A spreadsheet takes as long as ten pages: make a11y complet=1.
pytestmark = pytest.mark.large
_FRENCH = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>fr-FR</value></prop></item>
</oor:items>
"""
# It printed 181 before it was set to one page wide.
_PAGES = 110


@pytest.fixture(scope="module")
def convert(outputs, tmp_path_factory):
    """What converts the workbook of a commune with LibreOffice in French: `convert("pdf")`."""
    if not (soffice := shutil.which("soffice")):
        pytest.skip(
            "LibreOffice est introuvable : le classeur n'est pas ouvert (Debian : apt install libreoffice-calc)."
        )
    folder: Path = tmp_path_factory.mktemp("libreoffice")
    (folder / "profil" / "user").mkdir(parents=True)
    (folder / "profil" / "user" / "registrymodifications.xcu").write_text(_FRENCH, encoding="utf-8")
    slug = SLUGS[0]

    def run(kind: str) -> Path:
        command = [
            soffice,
            f"-env:UserInstallation={(folder / 'profil').as_uri()}",
            "--headless",
            "--convert-to",
            kind,
        ]
        book = outputs / slug / f"{slug}-classeur.xlsx"
        subprocess.run(
            [*command, "--outdir", str(folder), str(book)], check=True, capture_output=True, timeout=300
        )
        return folder / f"{slug}-classeur.{kind.split(':')[0]}"

    return run


def test_the_key_figures_are_read_back_in_french(convert):
    # Semicolons, UTF-8.
    path = convert("csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false")
    rows = {
        row[0]: row for row in csv.reader(path.read_text(encoding="utf-8").splitlines(), delimiter=";") if row
    }
    vacant = rows["Part des logements vacants, 2018"][1]
    # A decimal comma, and every decimal.
    assert "." not in vacant
    assert len(vacant.partition(",")[2]) > 5
    assert 1 < float(vacant.replace(",", ".")) < 15
    assert rows["Nombre d’habitants, 2023"][1].isdecimal()


def test_it_prints_on_a4_across_and_not_on_hundreds_of_pages(convert):
    pages = PdfReader(convert("pdf")).pages
    assert len(pages) < _PAGES
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in pages} == {(842, 595)}
