"""The command line: an error is a sentence in French, a value and a remedy, never a traceback."""

from __future__ import annotations

import json
import shutil

import pytest
from page_reading import execute_here
from typer.testing import CliRunner

from helpers import cli, paths, store
from helpers.publication.pages import commune as diagnostic
from helpers.publication.pages import site
from helpers.themes import notebooks


@pytest.fixture
def outputs(monkeypatch, tmp_path):
    """Outputs of our own, that hold a diagnostic already."""
    folder = tmp_path / "outputs"
    (folder / "hem").mkdir(parents=True)
    (folder / "hem" / "index.html").write_text("former", encoding="utf-8")
    monkeypatch.setattr(paths, "OUTPUTS", folder)
    return folder


@pytest.fixture
def call(outputs):
    """Run the command; what it answered, on one line."""

    def _call(*words):
        result = CliRunner().invoke(cli.app, list(words))
        return result.exit_code, " ".join(result.output.split()), result.exception

    return _call


def untouched(outputs):
    return [(path.name, path.is_dir()) for path in sorted(outputs.rglob("*"))] == [
        ("hem", True),
        ("index.html", False),
    ] and (outputs / "hem" / "index.html").read_text(encoding="utf-8") == "former"


@pytest.mark.parametrize(
    ("query", "clues"),
    [
        ("Hemm", ["'Hemm'", "Vouliez-vous dire", "Hem (59299)"]),
        ("99999", ["'99999'", "Aucune commune"]),
        ("Saint-Denis", ["s'appellent 'Saint-Denis'", "93066", "97411", "commune="]),
        ("Lomme", ["Lomme (59355)", "27 février 2000", "commune=insee:59350"]),
        ("75101", ["arrondissement", "Paris (75056)", "commune=insee:75056"]),
        ("97611", ["Mamoudzou (976)", "cinq ans", "Mayotte"]),
        ("55039", ["Beaumont-en-Verdunois", "pas d'habitant", "autre commune"]),
        ("", ["make commune=Hem"]),
        ("absent.yml", ["absent.yml", "absent"]),
        ("[red]Hem[/red] %s {}", ["'[red]Hem[/red] %s {}'"]),
    ],
)  # fmt: skip
def test_a_commune_that_cannot_be_reported_is_refused_in_one_french_message(call, outputs, query, clues):
    code, answer, error = call("build", query)
    assert code == 1, answer
    assert isinstance(error, SystemExit)
    assert "Erreur : " in answer
    assert " → " in answer
    assert "Traceback" not in answer
    for clue in clues:
        assert clue in answer
    assert untouched(outputs)


def test_a_misspelt_key_is_named_with_its_file_its_line_and_a_near_match(call, outputs, tmp_path):
    path = tmp_path / "hem.yml"
    path.write_text('commune: "59299"\nmillesimme: 2018\n', encoding="utf-8")
    code, answer, _ = call("build", str(path))
    assert code == 1
    for clue in ("hem.yml, ligne 2", "'millesimme'", "'millesime'"):
        assert clue in answer
    assert untouched(outputs)


@pytest.fixture
def damaged(monkeypatch, tmp_path):
    """A copy of the store in which one table is damaged."""

    def _damage(change, table="dwellings"):
        folder = tmp_path / "store"
        shutil.copytree(paths.EMBEDDED, folder)
        change(folder / f"{table}.parquet")
        monkeypatch.setenv("HELPERS_STORE", str(folder))

    yield _damage
    store.hashes.cache_clear()


@pytest.mark.parametrize(
    ("change", "clue"),
    [
        (lambda path: path.unlink(), "absente"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "modifiée ou tronquée"),
    ],
    ids=["missing", "truncated"],
)
@pytest.mark.parametrize("table", ["territories", "population"])
def test_a_damaged_store_is_named_with_the_remedy(call, outputs, damaged, change, clue, table):
    damaged(change, table)
    code, answer, _ = call("build", "Hem")
    assert code == 1
    for expected in (f"'{table}'", clue, "git checkout data/embedded"):
        assert expected in answer
    assert untouched(outputs)


def test_a_table_that_only_the_notebooks_read_fails_the_build_and_names_the_table(
    call, outputs, damaged, monkeypatch
):
    monkeypatch.setattr(diagnostic, "execute", execute_here)
    damaged(lambda path: path.unlink(), "dwellings")
    code, answer, _ = call("build", "Hem")
    assert code == 1
    assert "'dwellings'" in answer
    assert (outputs / "hem" / "index.html").read_text(encoding="utf-8") == "former"
    assert not [path for path in outputs.iterdir() if path.name.startswith(".")]


def test_a_store_that_is_nowhere_is_named(call, outputs, monkeypatch, tmp_path):
    monkeypatch.setenv("HELPERS_STORE", str(tmp_path / "nowhere"))
    code, answer, _ = call("build", "Hem")
    assert code == 1
    assert "nowhere" in answer
    assert "→" in answer


def test_a_diagnostic_that_is_built_is_reported_with_its_address_and_listed(call, outputs, monkeypatch):
    monkeypatch.setattr(diagnostic, "execute", execute_here)
    only = [path for path in notebooks() if path.stem == "4_enjeux"]
    monkeypatch.setattr(diagnostic, "notebooks", lambda: only)
    code, answer, _ = call("build", "annoeullin")
    assert code == 0, answer
    assert "Diagnostic d’Annœullin (59)" in answer
    assert "annoeullin/index.html" in answer
    assert "annoeullin/index.html" in (outputs / "index.html").read_text(encoding="utf-8")
    manifest = json.loads((outputs / "annoeullin" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["parameters"]["commune"] == "59011"


@pytest.mark.parametrize("manifest", ["", "{", "[]", "{}", '{"name": 3}', "\ud83d"])
def test_a_manifest_that_cannot_be_read_does_not_hide_the_other_communes(outputs, manifest):
    good = {"name": "L'Haÿ", "commune": "94038", "department": "Val-de-Marne", "epci": None}
    for name, text in {"bon": json.dumps(good), "mauvais": manifest}.items():
        (outputs / name).mkdir()
        (outputs / name / "manifest.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    (outputs / "dossier" / "manifest.json").mkdir(parents=True)
    site.write(site.list_entries(outputs), outputs)
    page = (outputs / "index.html").read_text(encoding="utf-8")
    assert "bon/index.html" in page
    assert "L’Haÿ" in page
    assert "mauvais" not in page


def test_without_a_word_the_command_says_what_it_can_do(call):
    _, answer, _ = call()
    for command in ("build", "data", "accept", "data-check", "sources", "embedded", "schema"):
        assert command in answer


def test_the_schema_is_written_where_it_is_reported(call, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    code, answer, _ = call("schema")
    assert code == 0
    assert answer.endswith("schema.json")
    assert json.loads((tmp_path / "schema.json").read_text(encoding="utf-8"))["additionalProperties"] is False


def test_official_files_that_are_missing_are_named(call, monkeypatch, tmp_path):
    monkeypatch.setenv("HELPERS_SOURCES", str(tmp_path / "nothing"))
    monkeypatch.setattr(paths, "EMBEDDED", tmp_path / "embedded")
    code, answer, _ = call("embedded")
    assert code == 1
    assert "base_cc_comparateur_2018_csv.zip" in answer
    assert not (tmp_path / "embedded").exists()
