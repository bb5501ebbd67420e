"""What has changed in a reference is reported by figure, territory, indicator and date, in twenty lines at most."""

from __future__ import annotations

import csv
import subprocess
import sys

import nbformat
import pytest
from differences import MOST_LINES, compare_cells, summarise
from make_references import compare, has_a_word

from helpers import paths
from helpers.exhibit import MIME

TABLE = "Territoire;Catégorie;Année;Part (%)\nHem;Vacants;2012;5.25\nHem;Vacants;2018;6.125\nMEL;Vacants;2018;7.5\n"


def shown(table=TABLE, *, text="La vacance\n6,1 % en 2018\n", title="La vacance", html="<figure>", **record):
    data = {
        MIME: {"code": "L-01", "title": title, "csv": table, **record},
        "text/html": html,
        "text/plain": text,
    }
    return nbformat.from_dict(
        {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}
    )


def list_differences(old, new):
    return [
        (one.figure, one.territory, one.indicator, one.year, one.old, one.new)
        for one in compare_cells("2_logement", "cellule 4", old, new)
    ]


def test_nothing_is_reported_of_outputs_that_agree():
    assert list_differences([shown()], [shown()]) == []


def test_a_picture_is_reported_by_its_data_and_not_by_its_drawing():
    assert list_differences([shown(html="<figure>one")], [shown(html="<figure>two")]) == []


def test_a_value_is_reported_with_its_territory_indicator_and_year():
    changed = shown(TABLE.replace("6.125", "6.5"))
    assert list_differences([shown()], [changed]) == [
        ("L-01 La vacance", "Hem", "Part (%) · Vacants", "2018", "6.125", "6.5")
    ]


def test_a_row_that_is_gone_is_reported_against_nothing():
    lost = shown(TABLE.replace("MEL;Vacants;2018;7.5\n", ""))
    assert ("L-01 La vacance", "MEL", "Part (%) · Vacants", "2018", "7.5", "") in list_differences(
        [shown()], [lost]
    )


def test_territories_that_head_columns_are_reported_as_territories():
    table = "Indicateur;Hem;MEL\nDensité, 2018 (habitants par km²);10;20\n"
    assert list_differences([shown(table)], [shown(table.replace("20\n", "21\n"))]) == [
        ("L-01 La vacance", "MEL", "Densité, 2018 (habitants par km²)", "2018", "20", "21")
    ]


def test_a_sentence_is_reported_around_what_has_changed():
    long = f"{'mot ' * 40}5,1 % des logements{' fin' * 40}"
    (found,) = list_differences(
        [shown(text=f"La vacance\n{long}")], [shown(text=f"La vacance\n{long.replace('5,1', '5,4')}")]
    )
    assert found[2] == "texte"
    assert "5,1 %" in found[4]
    assert "5,4 %" in found[5]
    assert len(found[4]) < 90


def test_a_mark_that_has_changed_without_a_figure_is_reported():
    (found,) = list_differences([shown(demonstration=False)], [shown(demonstration=True)])
    assert found[2] == "marques de la page"


def test_only_changed_numbers_make_a_published_figure():
    (word,) = compare_cells("a", "b", [shown(text="La vacance\nbaisse")], [shown(text="La vacance\nhausse")])
    (number,) = compare_cells("a", "b", [shown()], [shown(TABLE.replace("7.5", "7.25"))])
    assert not word.is_figure
    assert number.is_figure


def test_the_summary_has_twenty_lines_at_most_and_the_file_has_everything(tmp_path):
    rows = "".join(f"T{rank};Vacants;2018;{rank}.5\n" for rank in range(99))
    head = "Territoire;Catégorie;Année;Part (%)\n"
    found = compare_cells("a", "cellule 1", [shown(head + rows)], [shown(head + rows.replace(".5", ".25"))])
    lines = summarise(found, tmp_path / "ecarts.csv")
    assert len(lines) == MOST_LINES
    with (tmp_path / "ecarts.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file, delimiter=";"))) == 99


def test_every_cell_is_heard_before_the_second_value_of_one(tmp_path):
    many = "".join(f"T{rank};Vacants;2018;1\n" for rank in range(99))
    head = "Territoire;Catégorie;Année;Part (%)\n"
    found = compare_cells(
        "a", "cellule 1", [shown(head + many)], [shown(head + many.replace(";1\n", ";2\n"))]
    )
    found += compare_cells("a", "cellule 2", [shown()], [shown(TABLE.replace("7.5", "7.25"))])
    assert "cellule 2" in summarise(found, tmp_path / "ecarts.csv")[2]


def test_a_new_cell_does_not_shift_those_that_follow():
    def book(*sources):
        return nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source, outputs=[shown(title=source)]) for source in sources]
        )

    (found, *rest) = compare("a", book("one", "two"), book("one", "new", "two"))
    assert {one.cell for one in (found, *rest)} == {"cellule 1"}


def test_a_cell_written_again_is_compared_with_the_one_that_showed_the_same_figure():
    def book(source, table):
        output = shown(table)
        output["data"][MIME]["name"] = "parc"
        return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source, outputs=[output])])

    assert compare("a", book("one", TABLE), book("two", TABLE)) == []
    (found,) = compare("a", book("one", TABLE), book("two", TABLE.replace("7.5", "7.25")))
    assert (found.cell, found.old, found.new) == ("cellule 0", "7.5", "7.25")


def test_a_word_of_the_changelog_is_asked_since_the_last_references(tmp_path):
    def git(*arguments):
        identity = ("-c", "user.name=a", "-c", "user.email=a@b.fr")
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    changelog, reference = tmp_path / "CHANGELOG.md", tmp_path / "a.ipynb"
    changelog.write_text("un\n")
    reference.write_text("{}")
    assert has_a_word(changelog, tmp_path), "without git nothing can be asked"
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    assert not has_a_word(changelog, tmp_path)
    changelog.write_text("un\ndeux\n")
    assert has_a_word(changelog, tmp_path)


def test_nbval_refuses_notebooks_that_have_nothing_to_compare():
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "--nbval", "notebooks/4_enjeux.ipynb"]
    refused = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False)
    assert refused.returncode == pytest.ExitCode.USAGE_ERROR
    assert "make nbval" in refused.stdout + refused.stderr
