"""Only what has changed is built again, and why is reported; nothing changed, nothing is run nor loaded."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pyarrow.parquet as pq
import pytest
from for_each import for_each
from small import PARAMETERS, append, write_notebook

from helpers import paths, store
from helpers.diagnostic import DATE_TABLES
from helpers.publication import files
from helpers.publication.incremental import inputs
from helpers.publication.incremental.inputs import Inputs
from helpers.publication.incremental.manifest import BuildRecord, read_record, write_manifest
from helpers.publication.incremental.plan import compare
from helpers.themes import notebooks

HEM = "59299"
BOTH = [(HEM, "1_demographie"), (HEM, "2_logement")]


@pytest.fixture
def built(project, teller, call):
    """Hem built once; what it is built again for is reported by `again`: the notebooks run, and the answer."""
    code, answer = call("build", "Hem", "--jobs=1")
    assert (code, teller.runs) == (0, BOTH), answer

    def again(*words):
        teller.runs.clear()
        code, answer = call("build", *(words or ("Hem",)), "--jobs=1")
        assert code == 0, answer
        return [stem for _, stem in teller.runs], answer

    return again


def page(project, name):
    return (project / "outputs" / "hem" / name).read_text(encoding="utf-8")


def test_a_first_build_gives_no_reason(project, teller, call):
    _, answer = call("build", "Hem")
    assert answer.endswith(f"Diagnostic de Hem (59) : {project / 'outputs/hem/index.html'}")
    assert "changé" not in answer


@pytest.mark.parametrize("query", ["Hem", "hem", f"insee:{HEM}", "HEM"])
def test_nothing_changed_nothing_is_run_and_one_line_says_where_the_page_is(built, project, query):
    before = {path: path.stat().st_mtime_ns for path in (project / "outputs").rglob("*")}
    assert built(query) == ([], f"Diagnostic de Hem (59) à jour : {project / 'outputs/hem/index.html'}")
    assert {path: path.stat().st_mtime_ns for path in (project / "outputs").rglob("*")} == before


def test_what_is_up_to_date_is_reported_without_loading_what_builds_it(built, project):
    script = (
        "import sys; from pathlib import Path; from helpers import paths\n"
        f"root = Path({str(project)!r})\n"
        "paths.ROOT = root\n"
        "for name in ('NOTEBOOKS', 'PARAMS', 'OUTPUTS'): setattr(paths, name, root / name.lower())\n"
        "from helpers import cli\n"
        "for words in (['build', 'Hem'], ['batch', str(root / 'hem.yml')]):\n"
        "    try: cli.app(words)\n"
        "    except SystemExit as end: assert not end.code, end.code\n"
        "heavy = {'pandas', 'papermill', 'matplotlib', 'nbconvert', 'nbformat', 'pyarrow'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    (project / "hem.yml").write_text("communes: Hem\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "à jour" in done.stdout
    assert "0 construit, 1 à jour, sur 1" in " ".join(done.stdout.split())


def test_a_comment_on_one_theme_has_that_theme_built_again(built, project):
    (project / "params" / "hem.yml").write_text("commentaires: {logement: Un mot}\n", encoding="utf-8")
    runs, answer = built()
    assert runs == ["2_logement"]
    assert "logement : params/hem.yml a changé" in answer
    assert "Un mot" in page(project, "2_logement.html")
    assert built()[0] == []


def test_a_parameter_of_every_theme_has_them_all_built_again(built, project):
    (project / "params" / "defaut.yml").write_text("agence: Autre\n", encoding="utf-8")
    runs, answer = built()
    assert runs == ["1_demographie", "2_logement"]
    assert "toutes : params/defaut.yml a changé" in answer
    assert "Autre" in page(project, "1_demographie.html")


def test_a_parameter_has_only_the_notebooks_that_declare_it_built_again(built, project):
    fewer = PARAMETERS.replace("convention = ''\n", "")
    assert fewer != PARAMETERS
    write_notebook("1_demographie", "from helpers import figures", parameters=fewer)
    assert built()[0] == ["1_demographie"]
    (project / "params" / "hem.yml").write_text("convention: B\n", encoding="utf-8")
    runs, answer = built()
    assert runs == ["2_logement"]
    assert "logement : params/hem.yml a changé" in answer
    # The pages say the new convention all the same, each at its foot.
    assert "convention B" in page(project, "1_demographie.html")
    assert built()[0] == []


def test_a_file_of_parameters_that_says_the_same_has_no_notebook_run(built, project):
    path = project / "params" / "defaut.yml"
    path.write_text(path.read_text(encoding="utf-8") + "# Un commentaire de plus.\n", encoding="utf-8")
    runs, answer = built()
    assert runs == []
    assert "mise en page : params/defaut.yml a changé" in answer
    assert "à jour" in built()[1]


@pytest.mark.parametrize("name", ["convention.yml", "prive/materiaux/provenance.json"])
def test_what_a_partnership_brings_has_every_theme_built_again(built, project, name):
    path = project / "params" / "hem" / name
    path.parent.mkdir(parents=True)
    for content in ("{}\n", "{ }\n"):
        path.write_text(content, encoding="utf-8")
        runs, answer = built()
        assert runs == ["1_demographie", "2_logement"]
        assert f"toutes : params/hem/{name} a changé" in answer
        assert built()[0] == []
    path.unlink()
    assert built()[0] == ["1_demographie", "2_logement"]


def test_a_notebook_that_changes_is_the_only_one_run(built, project):
    write_notebook("2_logement", "from helpers.indicators import stock, growth")
    runs, answer = built()
    assert runs == ["2_logement"]
    assert "logement : notebooks/2_logement.ipynb a changé" in answer


@pytest.mark.parametrize(
    ("module", "runs", "reason"),
    [
        # What cells may import, what pages alone are made with, and neither.
        (
            "figures/paired.py",
            ["1_demographie", "2_logement"],
            "toutes : src/helpers/figures/paired.py a changé",
        ),
        (
            "publication/pages/render.py",
            [],
            "mise en page : src/helpers/publication/pages/render.py a changé",
        ),
        ("sources/registry.py", [], "à jour"),
    ],
)
def test_a_helper_that_changes_has_what_may_use_it_made_again(built, project, module, runs, reason):
    path = project / "src" / "helpers" / module
    append(path, "# Une ligne de plus.\n")
    found, answer = built()
    assert found == runs
    assert reason in answer


def test_a_template_that_changes_has_the_pages_made_again_and_no_notebook_run(built, project):
    before = page(project, "1_demographie.html")
    path = project / "src" / "helpers" / "publication" / "templates" / "style.css"
    append(path, "\n")
    (project / "outputs" / "hem" / "1_demographie.html").write_text("", encoding="utf-8")
    runs, answer = built()
    assert runs == []
    assert (
        "mise en page : src/helpers/publication/templates/style.css et hem/1_demographie.html ont changé"
        in answer
    )
    assert page(project, "1_demographie.html") == before


def test_the_lock_and_the_version_of_python_are_inputs_of_every_notebook(built, project, monkeypatch):
    (project / "requirements.txt").write_text("pandas==2\n", encoding="utf-8")
    runs, answer = built()
    assert runs == ["1_demographie", "2_logement"]
    assert "toutes : requirements.txt a changé" in answer
    monkeypatch.setitem(inputs._VERSIONS, "version:python", lambda: f"{platform.python_version()}+")
    runs, answer = built()
    assert runs == ["1_demographie", "2_logement"]
    assert "la version de Python a changé" in answer


def renew(monkeypatch, project, *names):
    """A store whose tables of these names are others, that say the same."""
    folder = project / "store"
    if not folder.exists():
        folder.mkdir()
        for path in paths.EMBEDDED.glob("*.parquet"):
            (folder / path.name).symlink_to(path)
    index = json.loads((paths.EMBEDDED / "tables.json").read_text(encoding="utf-8"))
    for name in names:
        path = folder / f"{name}.parquet"
        path.unlink()
        content = pq.read_table(paths.EMBEDDED / path.name)
        pq.write_table(
            content.replace_schema_metadata({**(content.schema.metadata or {}), "edition": "next"}), path
        )
        index[name]["sha256"] = paths.hash_file(path)
    (folder / "tables.json").write_text(json.dumps(index), encoding="utf-8")
    monkeypatch.setenv("HELPERS_STORE", str(folder))
    store.forget()


@pytest.mark.parametrize(
    ("table", "runs"),
    [("social_housing", ["2_logement"]), ("single_ages", ["1_demographie"]), ("vacancy", [])],
)
def test_a_table_that_changes_has_the_notebooks_that_read_it_run(built, project, monkeypatch, table, runs):
    renew(monkeypatch, project)
    assert built()[0] == []
    renew(monkeypatch, project, table)
    found, answer = built()
    assert found == runs
    # The workbook tells every indicator: it is laid out again.
    assert ("" if runs else "mise en page : ") + f"la table {table} a changé" in answer
    assert built()[0] == []


def test_a_notebook_that_does_not_tell_what_it_reads_may_have_read_any_table(
    project, teller, call, monkeypatch
):
    teller.tables = {"2_logement": ["population"]}
    renew(monkeypatch, project)
    call("build", "Hem", "--jobs=1")
    teller.runs.clear()
    renew(monkeypatch, project, "vacancy")
    call("build", "Hem", "--jobs=1")
    assert teller.runs == [(HEM, "1_demographie")]


def test_dates_that_stay_the_same_though_their_tables_change_have_no_notebook_run(built, project):
    record = read_record(project / "outputs" / "hem")
    assert record.dates == [f"table:{name}" for name in DATE_TABLES]
    plan = compare(
        project / "outputs" / "hem",
        code=HEM,
        request=record.request,
        inputs=Renewed({"table:ages_tenure"}),
    )
    # Without the parameters nobody can tell; with them, only their hash counts.
    assert set(plan.stale) == {"1_demographie", "2_logement"}
    arguments = {book: {} for book in notebooks()}
    record_of = {stem: files.hash_values({}) for stem in plan.stale}
    change_manifest(project, lambda build: build.update(parameters=record_of))
    plan = compare(
        project / "outputs" / "hem",
        code=HEM,
        request=record.request,
        inputs=Renewed({"table:ages_tenure"}),
        arguments=arguments,
    )
    assert plan.stale == {}
    assert plan.layout == ["table:ages_tenure"]


class Renewed(Inputs):
    """Inputs of which some have changed."""

    def __init__(self, keys):
        super().__init__()
        self._renewed = keys

    def seen_from(self, code):
        fingerprint = super().seen_from(code)
        return lambda key: f"{fingerprint(key)}{'+' if key in self._renewed else ''}"


def without_times(project):
    """What the manifest says, but for when its files were written."""
    content = json.loads(page(project, "manifest.json"))
    content["build"]["outputs"] = {name: mark for name, (_, mark) in content["build"]["outputs"].items()}
    return content


def change_manifest(project, change):
    path = project / "outputs" / "hem" / "manifest.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    change(record["build"])
    path.write_text(json.dumps(record), encoding="utf-8")


def test_figures_fetched_for_the_commune_have_every_notebook_run(built, project):
    fetched = project / "fetched" / HEM
    fetched.mkdir(parents=True)
    (fetched / "tables.json").write_text("{}", encoding="utf-8")
    store.forget()
    runs, answer = built()
    assert runs == ["1_demographie", "2_logement"]
    assert "toutes : la table population" in answer
    assert "à jour" in built()[1]
    # Its own marks are in its manifest: what others share says nothing of it.
    assert len(shared_files(project)) == 1
    assert len(page(project, "manifest.json")) < 3000
    assert Inputs().seen_from("")("table:population") == store.hashes(paths.store_folder())["population"][:16]


@for_each(
    "name, runs, change",
    [
        ("1_demographie.html", [], "edited"),
        ("index.html", [], "deleted"),
        ("donnees/figure-2.csv", [], "edited"),
        ("donnees/figure-2.csv", [], "deleted"),
        ("2_logement.ipynb", ["2_logement"], "edited"),
        ("2_logement.ipynb", ["2_logement"], "deleted"),
        ("manifest.json", ["1_demographie", "2_logement"], "edited"),
        ("manifest.json", ["1_demographie", "2_logement"], "deleted"),
    ],
)
def test_an_output_that_was_touched_is_as_it_was_built(built, project, name, runs, change):
    path = project / "outputs" / "hem" / name
    before = path.read_bytes()
    record = without_times(project)
    path.unlink()
    if change == "edited":
        path.write_text("autre", encoding="utf-8")
    found, answer = built()
    assert found == runs
    assert without_times(project) == record
    assert name == "manifest.json" or path.read_bytes() == before
    assert name == "manifest.json" or f"hem/{name.split('/')[0]} a changé" in answer


def test_outputs_that_look_the_same_are_not_read(built, project, monkeypatch):
    read, hash_file = [], files.hash_file
    monkeypatch.setattr(files, "hash_file", lambda path: read.append(path) or hash_file(path))
    assert "à jour" in built()[1]
    assert read == []
    for name in ("1_demographie.html", "donnees/figure-2.csv"):
        path = project / "outputs" / "hem" / name
        former = path.stat()
        os.utime(path, ns=(former.st_atime_ns, former.st_mtime_ns + 1))
        # Another time alone: the content says that it is the same.
        assert "à jour" in built()[1]
        assert {path.name} <= {one.name for one in read} <= {path.name, "figure-1.csv", "1_demographie.html"}
        path.write_bytes(path.read_bytes()[::-1])
        assert path.stat().st_size == former.st_size
        assert built()[0] == []
        read.clear()


def shared_files(project):
    return sorted((project / "outputs" / "site" / "empreintes").iterdir())


def test_diagnostics_made_from_the_same_share_what_they_were_made_from(built, project, call, monkeypatch):
    (shared,) = shared_files(project)
    assert shared.stat().st_size > 10_000
    assert call("build", "Annœullin", "--jobs=1")[0] == 0
    assert shared_files(project) == [shared]
    sizes = [path.stat().st_size for path in (project / "outputs").glob("*/manifest.json")]
    assert len(sizes) == 2
    assert max(sizes) < 3000


@pytest.mark.parametrize("change", ["edited", "emptied", "deleted"])
def test_what_diagnostics_share_and_cannot_be_read_has_them_built_again(built, project, change):
    (shared,) = shared_files(project)
    before = shared.read_bytes()
    if change == "deleted":
        shared.unlink()
    else:
        shared.write_bytes(before.replace(b"src/", b"srC/") if change == "edited" else b"")
    assert built()[0] == ["1_demographie", "2_logement"]
    assert shared.read_bytes() == before
    assert built()[0] == []


def test_what_no_diagnostic_names_any_more_goes_with_the_site_once_it_is_a_day_old(built, project, call):
    (former,) = shared_files(project)
    write_notebook("2_logement", "1")
    built()
    (last,) = {*shared_files(project)} - {former}
    assert call("site")[0] == 0
    assert shared_files(project) == sorted([former, last])
    for path in (former, last):
        os.utime(path, (0, 0))
    assert call("site")[0] == 0
    assert shared_files(project) == [last]
    assert built()[0] == []


def test_many_programs_share_at_once_what_they_were_made_from(tmp_path):
    record = BuildRecord({f"src/{rank}": "0" * 16 for rank in range(200)}, [], [], {})

    def write(rank):
        folder = tmp_path / str(rank)
        folder.mkdir()
        write_manifest(folder, {}, record, outputs=tmp_path, common=record.inputs.get)
        return read_record(folder)

    with ThreadPoolExecutor(8) as pool:
        assert [*pool.map(write, range(40))] == [record] * 40
    assert len([*tmp_path.rglob("site/empreintes/*")]) == 1


def test_a_commune_is_reported_and_built_again_without_a_look_at_the_others(built, project, call):
    outputs, opened = project / "outputs", []
    for rank in range(300):
        copy = outputs / f"commune-{rank}"
        copy.mkdir()
        (copy / "manifest.json").symlink_to(outputs / "hem" / "manifest.json")
    others = f"{outputs}/commune-"
    watched = [True]
    sys.addaudithook(
        lambda event, given: (
            event in ("open", "os.scandir", "os.listdir")
            and watched
            and str(given[0]).startswith(others)
            and opened.append(given[0])
        )
    )
    assert "à jour" in built()[1]
    assert built("Hem", "--force")[0] == ["1_demographie", "2_logement"]
    assert opened == []
    call("site")
    assert len(opened) >= 300
    watched.clear()


@for_each(
    "text",
    [
        "", "{", "[]", "null", '{"build": 3}', '{"build": {}}',
        # The former format, and what no build writes.
        '{"build": {"inputs": {}, "request": [], "dates": [], "parts": {}, "outputs": {}}}',
        '{"build": {"shared": "", "inputs": {}, "request": [], "parameters": {}, "outputs": {}}}',
        '{"build": {"shared": "site/empreintes/0123456789abcdef.json", "inputs": {}}}',
        '{"build": {"shared": null, "inputs": 3, "parameters": [], "outputs": "a"}}', "[" * 100_000,
    ],
)  # fmt: skip
def test_a_manifest_that_cannot_be_used_has_everything_built_again(built, project, text):
    (project / "outputs" / "hem" / "manifest.json").write_text(text, encoding="utf-8")
    assert built()[0] == ["1_demographie", "2_logement"]


def test_force_has_everything_built_again(built):
    assert built("Hem", "--force")[0] == ["1_demographie", "2_logement"]


def test_a_new_notebook_is_run_alone_and_every_page_leads_to_it(built, project):
    write_notebook("3_pyramides", "1", title="Les âges")
    runs, answer = built()
    assert runs == ["3_pyramides"]
    assert "pyramides : notebooks/3_pyramides.ipynb a changé" in answer
    assert "3_pyramides.html" in page(project, "1_demographie.html")


def test_a_notebook_that_is_gone_takes_its_page_with_it(built, project):
    (project / "notebooks" / "2_logement.ipynb").unlink()
    assert built()[0] == []
    assert not (project / "outputs" / "hem" / "2_logement.html").exists()
    assert not (project / "outputs" / "hem" / "donnees" / "figure-2.csv").exists()
    assert "2_logement.html" not in page(project, "1_demographie.html")


def test_a_file_of_parameters_given_by_its_path_is_an_input(built, project):
    own = project / "essai.yml"
    own.write_text('commune: "59299"\nagence: Essai\n', encoding="utf-8")
    runs, answer = built(str(own))
    assert runs == ["1_demographie", "2_logement"]
    assert "essai.yml" in answer
    assert built(str(own))[0] == []
    # The diagnostic of the commune's own file is another one.
    assert built()[0] == ["1_demographie", "2_logement"]


def test_a_part_that_fails_leaves_the_former_diagnostic_and_is_tried_again(built, project, teller, call):
    before = page(project, "2_logement.html")
    write_notebook("2_logement", "2")
    teller.fail(HEM, "2_logement")
    code, answer = call("build", "Hem")
    assert code == 1
    assert "perdu" in answer
    assert page(project, "2_logement.html") == before
    teller.failing.clear()
    assert built()[0] == ["2_logement"]


def test_the_manifest_holds_no_path_of_the_machine(built, project):
    assert str(project) not in page(project, "manifest.json")
