"""The CSV files of a diagnostic, opened as a French spreadsheet does, against the full values of its workbook."""

from __future__ import annotations

import re
import zipfile

import openpyxl
import pandas as pd
import pytest

from helpers.publication.documents.workbook import ORIGINS
from helpers.spreadsheet import unprotect

# Columns of what people, homes and events are counted by: never a fraction of one.
_COUNTS = re.compile(
    r"(?:Effectif|Personnes|Population|Logements|Logements commencés|Résidences principales|Naissances|Décès|Solde naturel"
    r"|Locataires HLM \(recensement\)|Occupées par leur propriétaire|Personnes dans un logement possédé|Ménages)"
    r"(?: \((?:\d{4}|début|fin)\))?"
)


def open_french(path):
    """A file as a French spreadsheet reads it."""
    return pd.read_csv(
        path, sep=";", decimal=",", encoding="utf-8-sig", keep_default_na=False, na_values=[""]
    )


@pytest.fixture(scope="module")
def pairs(annoeullin):
    """Each CSV file, and the same table in the workbook."""
    book = openpyxl.load_workbook(next(annoeullin.glob("*.xlsx")))
    listed = [row for row in book["Sommaire"].iter_rows(min_row=5, values_only=True) if row[0]]
    found = {}
    for sheet, *_, name in listed:
        # As the spreadsheet knows it: notes stand under it.
        (table,) = book[sheet].tables.values()
        headings, *rows = [[cell.value for cell in row] for row in book[sheet][table.ref]]
        found[name] = (open_french(annoeullin / "donnees" / name), pd.DataFrame(rows, columns=headings))
    assert set(found) == {path.name for path in (annoeullin / "donnees").iterdir()}
    return found


def figures(pairs):
    """The columns of figures: file, heading, what the file has, what the workbook has."""
    for name, (read, full) in pairs.items():
        assert [unprotect(heading) for heading in read] == list(full), name
        for heading in full:
            if pd.api.types.is_numeric_dtype(full[heading]):
                yield name, heading, read[heading], full[heading]


def test_a_column_of_figures_is_read_as_figures(pairs):
    columns = list(figures(pairs))
    assert len(columns) > 150
    for name, heading, read, full in columns:
        assert pd.api.types.is_numeric_dtype(read), f"{name}, {heading}: {read.tolist()[:3]}"
        assert (read.isna() == full.isna()).all(), f"{name}, {heading}"


def test_figures_are_those_of_the_workbook_to_the_decimals_that_are_written(pairs, annoeullin):
    for name, (read, full) in pairs.items():
        lines = (annoeullin / "donnees" / name).read_text(encoding="utf-8-sig").splitlines()[1:]
        written = pd.read_csv(annoeullin / "donnees" / name, sep=";", dtype="str", encoding="utf-8-sig")
        assert len(lines) == len(full)
        for place, heading in enumerate(full):
            if not pd.api.types.is_numeric_dtype(full[heading]):
                continue
            for text, value, exact in zip(
                written.iloc[:, place], read.iloc[:, place], full[heading], strict=True
            ):
                if pd.isna(exact):
                    continue
                assert "." not in text
                digits = len(text.partition(",")[2])
                assert digits <= 3, f"{name}, {heading}: {text}"
                assert abs(value - exact) <= 0.5 * 10**-digits + 1e-9, f"{name}, {heading}: {text}, {exact}"


def test_what_is_counted_is_whole_and_what_is_not_keeps_decimals(pairs):
    whole, parts = 0, 0
    for name, heading, read, full in figures(pairs):
        known = read.dropna()
        if _COUNTS.fullmatch(heading):
            assert (known % 1 == 0).all(), f"{name}, {heading}: {known.tolist()[:3]}"
            whole += int((full.dropna() % 1 != 0).any())
        elif "%" in heading:
            parts += int((known % 1 != 0).any())
    # Estimates of the census are whole in the files only.
    assert whole > 10
    assert parts > 10


def test_texts_are_those_of_the_workbook(pairs):
    for name, (read, full) in pairs.items():
        for place, heading in enumerate(full):
            if pd.api.types.is_numeric_dtype(full[heading]) or full[heading].isna().all():
                continue
            texts = read.iloc[:, place].map(unprotect, na_action="ignore")
            if heading == "Origine":
                texts = texts.replace(ORIGINS)
            assert (
                texts.fillna("").astype("str").tolist() == full[heading].fillna("").astype("str").tolist()
            ), f"{name}, {heading}"


def test_the_archive_holds_the_same_files(annoeullin):
    with zipfile.ZipFile(next(annoeullin.glob("*.zip"))) as archive:
        for path in (annoeullin / "donnees").iterdir():
            assert archive.read(path.name) == path.read_bytes()
            assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        assert "citation" in open_french(archive.open("sources.csv"))
