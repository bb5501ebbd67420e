from __future__ import annotations

import io
import json

import openpyxl
import pytest
import val_park as val

from helpers import paths
from helpers.errors import ParameterError
from helpers.partnership import creation, park_workbook
from helpers.partnership.convention import Convention, describe_schema, read_convention
from helpers.partnership.park_forms import FORMS
from helpers.territory.communes import find_commune


@pytest.fixture
def commune():
    return find_commune("59299")


def test_a_convention_is_first_written_with_every_key_and_read_back_as_the_defaults(commune, tmp_path):
    created = creation.create(commune, folder=tmp_path / "hem")
    assert (created.new, set(created.added)) == (True, set(Convention.model_fields) - {"fictive"})
    convention = read_convention(created.path)
    assert (convention.commune, convention.code_insee) == ("Hem", "59299")
    defaults = Convention()
    same = set(Convention.model_fields) - {"commune", "code_insee", "ateliers"}
    assert {key for key in same if getattr(convention, key) != getattr(defaults, key)} == set()
    assert len(convention.ateliers) == 3
    assert convention.warnings() == []


def test_a_word_already_written_is_never_changed(commune, tmp_path):
    path = tmp_path / "convention.yml"
    written = "# À nous.\nobjet: 'Préparer   le PLH'   # vu le 3\nnb_elus: 4"
    path.write_text(written, encoding="utf-8")
    created = creation.create(commune, folder=tmp_path)
    assert path.read_text(encoding="utf-8").startswith(written + "\n")
    assert not created.new
    assert "objet" not in created.added
    assert "diffusion" in created.added
    assert read_convention(path).nb_elus == 4
    before = path.read_bytes()
    assert creation.create(commune, folder=tmp_path).added == ()
    assert path.read_bytes() == before


def test_a_file_that_cannot_be_read_is_left_as_it_is(commune, tmp_path):
    path = tmp_path / "convention.yml"
    path.write_text("objet: [", encoding="utf-8")
    with pytest.raises(ParameterError, match="ligne 1"):
        creation.create(commune, folder=tmp_path)
    assert path.read_text(encoding="utf-8") == "objet: ["


def test_the_schema_is_that_of_the_code():
    kept = json.loads((paths.PARAMS / creation.SCHEMA).read_text(encoding="utf-8"))
    assert kept == json.loads(json.dumps(describe_schema()))


def test_the_workbook_has_keys_labels_units_help_examples_and_sixty_rows_to_fill_in():
    content = park_workbook.make(code="59299", name="Hem", back=val.TODAY, day=val.TODAY)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Lisez-moi", *(form.title for form in FORMS)]
    texts = [cell.value for (cell,) in book["Lisez-moi"]["A1:A20"] if cell.value]
    assert "5. Renvoyez le fichier avant le 27 novembre 2026." in texts
    for form in FORMS:
        sheet = book[form.title]
        assert sheet.row_dimensions[1].hidden
        assert [cell.value for cell in sheet[1]] == [column.key for column in form.columns]
        assert [cell.value for cell in sheet[2]] == [column.label for column in form.columns]
        assert all(str(sheet.cell(row, 1).value).startswith("EXEMPLE") for row in (5, 6))
        assert sheet.protection.sheet
        assert sheet.protection.password is None
        assert sheet.cell(2, 1).protection.locked
        free = [place for place, column in enumerate(form.columns, start=1) if not column.locked]
        assert not any(sheet.cell(row, place).protection.locked for row in (7, 66) for place in free)
        lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
        choices = [column for column in form.columns if column.choices]
        assert {f'"{",".join(column.choices)}"' for column in choices} <= set(lists.values())
    assert [book["Opérations"].cell(row, 1).value for row in (7, 66)] == ["OP-01", "OP-60"]


def test_the_workbook_is_the_same_for_the_same_day():
    made = {park_workbook.make(code="59299", name="Hem", back=None, day=val.TODAY) for _ in range(2)}
    assert len(made) == 1


def test_no_list_is_longer_than_a_spreadsheet_takes():
    assert all(len(",".join(column.choices)) <= 255 for form in FORMS for column in form.columns)
