from __future__ import annotations

import zipfile

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from helpers.errors import SourceError
from helpers.sources.duckdb_scan import open_scan

HEADER = "CODE;NOM;VALEUR\n"


@pytest.fixture
def packed(tmp_path):
    """How to write a text in a zip archive, beside its dictionary."""

    def pack(content, name="donnees.zip"):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("data.csv", content)
            archive.writestr("meta.csv", "COD_VAR\n")
        return tmp_path / name

    return pack


def rows(path, **options):
    with open_scan(path, **options) as scan:
        return scan.fetch("SELECT * FROM rows").to_pylist()


def test_the_wanted_columns_are_read_by_name_as_text_with_their_leading_zeros(packed):
    path = packed(HEADER + "01004;Ambérieu;007\n2A004;Ajaccio;\n")
    assert rows(path, columns=["VALEUR", "CODE"], member="data.csv") == [
        {"VALEUR": "007", "CODE": "01004"},
        {"VALEUR": None, "CODE": "2A004"},
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_accents_are_read_in_the_encoding_of_the_file(tmp_path, encoding):
    path = tmp_path / "a.csv"
    path.write_bytes((HEADER + '01004;"Ambérieu; en-Bugey";7\n').encode(encoding))
    said = "utf-8" if encoding == "utf-8-sig" else encoding
    assert rows(path, columns=["CODE", "NOM"], encoding=said) == [
        {"CODE": "01004", "NOM": "Ambérieu; en-Bugey"}
    ]


def test_another_separator(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("A,B\n1,2\n", encoding="utf-8")
    assert rows(path, columns=["B"], separator=",") == [{"B": "2"}]


def test_parquet_keeps_its_types_and_its_other_columns_are_not_seen(tmp_path):
    path = tmp_path / "l'été [1].parquet"
    pq.write_table(pa.table({"CODE": ["01004"], "POIDS": [2.5], "AUTRE": [1]}), path)
    with open_scan(path, columns=["POIDS", "CODE"]) as scan:
        assert scan.types == {"POIDS": "DOUBLE", "CODE": "VARCHAR"}
        assert scan.fetch("SELECT * FROM rows").to_pylist() == [{"POIDS": 2.5, "CODE": "01004"}]
        with pytest.raises(duckdb.BinderException):
            scan.fetch("SELECT AUTRE FROM rows")


def test_a_file_is_reported_by_its_content_not_by_its_name(tmp_path):
    path = tmp_path / "donnees.zip"
    pq.write_table(pa.table({"CODE": ["01004"]}), path)
    assert rows(path, columns=["CODE"]) == [{"CODE": "01004"}]


def test_the_only_file_of_an_archive_needs_no_name(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("dossier/data.csv", HEADER + "1;2;3\n")
    assert rows(path, columns=["CODE"]) == [{"CODE": "1"}]


def test_a_file_may_be_queried_twice_with_parameters(packed):
    with open_scan(packed(HEADER + "1;2;3\n" * 4), columns=["CODE"], member="data.csv") as scan:
        for _ in range(2):
            assert scan.fetch("SELECT count(*) AS n FROM rows WHERE CODE = ?", ["1"]).to_pylist() == [
                {"n": 4}
            ]


@pytest.mark.parametrize("form", ["text", "parquet"])
def test_the_first_row_of_a_kind_is_found_with_its_line(tmp_path, form):
    values = ["1"] * 250_000 + ["x", "y"]
    path = tmp_path / "a"
    if form == "text":
        path.write_text("A;B\n" + "".join(f"{value};2\n" for value in values), encoding="utf-8")
    else:
        pq.write_table(pa.table({"A": values, "B": ["2"] * len(values)}), path, row_group_size=20_000)
    with open_scan(path, columns=["A", "B"]) as scan:
        first = 2 if form == "text" else 1
        assert scan.find_row({"B": "B <> '2'", "A": "A <> '1'"}) == (250_000 + first, "A", "x")
        assert scan.find_row({"A": "A = 'z'"}) is None


def refusal(path, **options):
    with pytest.raises(SourceError) as caught:
        rows(path, **{"columns": ["CODE", "VALEUR"], **options})
    assert str(path) in str(caught.value)
    return caught.value


def test_missing_columns_are_listed_with_those_of_the_file(packed):
    error = refusal(packed(HEADER), columns=["CODE", "GS", "CS1"], member="data.csv")
    assert "GS, CS1" in error.message
    assert "CODE, NOM, VALEUR" in error.remedy


def test_missing_columns_of_a_parquet_too(tmp_path):
    pq.write_table(pa.table({"CODE": ["1"], "NOM": ["x"]}), tmp_path / "a.parquet")
    error = refusal(tmp_path / "a.parquet")
    assert ": VALEUR." in error.message
    assert "CODE, NOM" in error.remedy


def test_a_column_that_comes_twice_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("CODE;VALEUR;CODE\n1;2;3\n", encoding="utf-8")
    assert "double" in refusal(tmp_path / "a.csv").message


@pytest.mark.parametrize("row", ["01004;x", "01004;x;1;9"])
def test_a_row_of_another_length_is_refused_with_its_line(packed, row):
    # Far enough for the reader to have begun its next block.
    path = packed(HEADER + "01004;Ambérieu;1\n" * 400_000 + f"{row}\n" + "01004;Ambérieu;1\n")
    error = refusal(path, member="data.csv")
    assert "ligne 400002" in error.message
    assert f"{row.count(';') + 1} colonnes au lieu de 3" in error.message
    assert repr(row) in error.message


def test_a_missing_file(tmp_path):
    assert "absent" in refusal(tmp_path / "rien.csv").message


def test_an_empty_file(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"")
    assert "vide" in refusal(tmp_path / "a.csv").message


def test_a_folder_in_place_of_a_file(tmp_path):
    refusal(tmp_path)


@pytest.mark.parametrize("page", [b"\xef\xbb\xbf\n <!DOCTYPE html><html>", b"<html><body>404"])
def test_a_web_page_in_place_of_a_file(tmp_path, page):
    (tmp_path / "a.zip").write_bytes(page)
    assert "page web" in refusal(tmp_path / "a.zip").message


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_truncated_archive(packed, kept):
    path = packed(HEADER + "".join(f"{number};x;1\n" for number in range(50_000)))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    assert "tronqué" in refusal(path, member="data.csv").remedy


def test_an_archive_damaged_in_its_middle(packed):
    path = packed(HEADER + "".join(f"{number};x;1\n" for number in range(900_000)))
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 64] = bytes(64)
    path.write_bytes(content)
    assert "illisible" in refusal(path, member="data.csv").message


def test_a_truncated_parquet(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"CODE": ["1"] * 9, "VALEUR": ["x"] * 9}), path)
    path.write_bytes(path.read_bytes()[:-10])
    assert "illisible" in refusal(path).message


def test_a_parquet_damaged_in_its_middle(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(
        pa.table({"CODE": list(map(str, range(9_000))), "VALEUR": ["x"] * 9_000}), path, use_dictionary=False
    )
    content = bytearray(path.read_bytes())
    content[4:2_000] = bytes(1_996)
    path.write_bytes(content)
    assert "illisible" in refusal(path).message


def test_an_archive_without_the_member_says_what_it_holds(packed):
    error = refusal(packed(HEADER), member="FD_MIGCOM_2018.csv")
    assert "'FD_MIGCOM_2018.csv'" in error.message
    assert "data.csv, meta.csv" in error.remedy


def test_an_archive_of_several_files_needs_a_name(packed):
    assert "plusieurs" in refusal(packed(HEADER)).message


def test_a_text_of_another_encoding_is_refused(tmp_path):
    (tmp_path / "a.csv").write_bytes((HEADER + "01004;x;é\n").encode("latin-1"))
    assert "illisible" in refusal(tmp_path / "a.csv").message


def test_a_header_of_another_encoding_is_refused(tmp_path):
    (tmp_path / "a.csv").write_bytes("CODE;VALEUR;Né\n1;2;3\n".encode("latin-1"))
    assert "illisible" in refusal(tmp_path / "a.csv").message


def test_a_mistake_of_the_query_is_not_blamed_on_the_file(packed):
    with (
        open_scan(packed(HEADER + "1;2;3\n"), columns=["CODE"], member="data.csv") as scan,
        pytest.raises(duckdb.BinderException),
    ):
        scan.fetch("SELECT RIEN FROM rows")


def test_nothing_is_left_in_the_temporary_folder(packed, monkeypatch, tmp_path):
    spill = tmp_path / "temporaire"
    spill.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spill))
    assert rows(packed(HEADER + "1;2;3\n"), columns=["CODE"], member="data.csv")
    assert list(spill.iterdir()) == []
