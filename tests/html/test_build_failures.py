"""A build that fails: it names what failed and what to do, and leaves the diagnostics as they were."""

from __future__ import annotations

import json
import os
import re

import nbformat
import pytest
from page_reading import execute_here

from helpers import paths
from helpers.errors import BuildError, MissingDataError
from helpers.parameters import CellParameters, load_parameters
from helpers.publication.pages import commune as diagnostic

SIMPLE = 'from helpers.exhibit import Prose\nProse(("Bonjour.",), "takeaways", title="À retenir")'
PARAMETERS = "\n".join(f"{name} = ''" for name in CellParameters.model_fields)


@pytest.fixture
def themes(monkeypatch, tmp_path):
    """A folder of notebooks of our own in place of the project's: file name -> code of the last cell."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    monkeypatch.setattr(paths, "NOTEBOOKS", folder)

    def write(**codes):
        for name, code in codes.items():
            book = nbformat.v4.new_notebook(
                metadata={
                    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
                },
                cells=[
                    nbformat.v4.new_markdown_cell(f"# Thème {name}"),
                    nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
                    nbformat.v4.new_markdown_cell("## Avant\n\nTexte.\n\n## Le bon titre"),
                    nbformat.v4.new_code_cell(code),
                    nbformat.v4.new_markdown_cell("## Après"),
                    nbformat.v4.new_code_cell(SIMPLE),
                ],
            )
            nbformat.write(book, folder / f"{name.removeprefix('n')}.ipynb")

    return write


@pytest.fixture
def outputs(tmp_path):
    return tmp_path / "outputs"


@pytest.fixture
def build(outputs):
    def _build(query="Hem", **overrides):
        parameters, commune = load_parameters(query, overrides=overrides)
        return diagnostic.build(parameters, commune, outputs=outputs)

    return _build


@pytest.fixture
def here(monkeypatch):
    """Notebooks run in this process, which is quicker than in a kernel."""
    monkeypatch.setattr(diagnostic, "execute", execute_here)


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def test_a_cell_that_fails_is_named_and_the_former_diagnostic_is_untouched(
    themes, build, outputs, monkeypatch
):
    themes(n1_bon=SIMPLE)
    with monkeypatch.context() as patch:
        patch.setattr(diagnostic, "execute", execute_here)
        build()
    before = contents(outputs)
    themes(n2_mauvais='habitants = 3\nhabitants / 0  # "<b>"')
    with monkeypatch.context() as patch:
        run = diagnostic.execute

        def execute(jobs, **options):
            good, bad = jobs
            yield from execute_here([good])
            yield from run([bad], **options)

        patch.setattr(diagnostic, "execute", execute)
        with pytest.raises(BuildError) as caught:
            build()
    message, remedy = caught.value.message, caught.value.remedy
    for clue in ("Hem (59)", "2_mauvais", "« Le bon titre »", "ZeroDivisionError: division by zero"):
        assert clue in message
    partial = outputs / "_echecs" / "hem" / "2_mauvais.ipynb"
    assert str(partial) in remedy
    cells = nbformat.read(partial, as_version=4).cells
    assert [output.ename for cell in cells for output in cell.get("outputs", []) if "ename" in output] == [
        "ZeroDivisionError"
    ]
    after = contents(outputs)
    assert after.pop("_echecs/hem/2_mauvais.ipynb")
    assert {after.pop(name) for name in ("_echecs", "_echecs/hem")} == {None}
    assert after == before
    assert {path.name for path in outputs.iterdir()} == {"hem", "site", "_echecs"}


DRAWN = "import pandas as pd\nfrom helpers.exhibit import Exhibit\ndata = pd.DataFrame({'value': [1.0]})\n"
IMAGES = {
    "a figure of matplotlib": "import matplotlib.pyplot as plt\nlines = plt.plot([1, 2])",
    "a drawing": "from IPython.display import SVG\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>')",
    "a table of pandas": "import pandas as pd\npd.DataFrame({'a': [1]})",
    "HTML": "from IPython.display import HTML\nHTML('<b>gras</b>')",
    "an exhibit without anything": f"{DRAWN}Exhibit(data, alt='', drawing='<svg></svg>', name='x')",
    "an exhibit without a source": f"{DRAWN}Exhibit(data, alt='', title='Parc', name='x')",
}


# What an analyst looks at -> what the message says of it.
LOOKED_AT = {
    "print('total', 3)": ["ce qu'elle imprime : « total 3 »", "print"],
    "print()\nprint('\\x00\\x1b[1mun')\nprint('deux')": ["ce qu'elle imprime : « [1mun »"],
    "import warnings\nwarnings.warn('attention')": ["un avertissement de Python", "UserWarning: attention"],
    "import sys\n_ = sys.stderr.write('loin')": ["un avertissement de Python : « loin »"],
    "1 + 1": ["la valeur nue de sa dernière ligne : « 2 »", "d.show"],
    "'un texte'": ["« 'un texte' »"],
    "display('un texte')": ["« 'un texte' »"],
}


@pytest.mark.parametrize("source", LOOKED_AT)
def test_what_is_of_use_to_an_analyst_alone_never_reaches_a_page(themes, build, outputs, source):
    themes(n1_bon=SIMPLE, n2_nu=source)
    with pytest.raises(BuildError) as caught:
        build()
    for clue in ("Hem (59)", "2_nu", "la cellule 3", "« Le bon titre »", *LOOKED_AT[source]):
        assert clue in f"{caught.value.message} {caught.value.remedy}"
    assert not set("\x00\x1b") & set(caught.value.message)
    assert str(outputs / "_echecs" / "hem" / "2_nu.ipynb") in caught.value.remedy
    assert not (outputs / "hem").exists()


def test_a_value_that_is_named_and_a_text_that_is_silenced_are_no_output(themes, build):
    silent = "import warnings\nwarnings.filterwarnings('ignore', 'attention')\nwarnings.warn('attention')\ntotal = 1 + 1"
    themes(n1_bon=SIMPLE, n2_nu=silent)
    assert "<pre>" not in (build() / "2_nu.html").read_text(encoding="utf-8").partition("<footer>")[0]


@pytest.mark.parametrize("kind", IMAGES)
def test_a_figure_that_is_not_shown_as_it_should_be_is_refused_and_its_cell_named(
    themes, build, outputs, kind
):
    themes(n1_bon=SIMPLE, n2_nu=IMAGES[kind])
    with pytest.raises(BuildError) as caught:
        build()
    message, remedy = caught.value.message, caught.value.remedy
    for clue in ("Hem (59)", "2_nu", "la cellule 3", "« Le bon titre »", "source"):
        assert clue in message
    assert "d.show" in remedy
    assert caught.value.theme == "nu"
    assert caught.value.heading == "Le bon titre"
    assert str(outputs / "_echecs" / "hem" / "2_nu.ipynb") in remedy
    assert not (outputs / "hem").exists()


def test_what_a_failure_left_goes_once_the_diagnostic_is_built(themes, build, outputs):
    themes(n1_nu="1 / 0")
    with pytest.raises(BuildError):
        build()
    assert (outputs / "_echecs" / "hem" / "1_nu.ipynb").is_file()
    themes(n1_nu=SIMPLE)
    build()
    assert not (outputs / "_echecs" / "hem").exists()


def test_a_figure_that_the_sheet_refuses_is_reported_with_its_cell(themes, build):
    shown = "\n".join(
        [
            "from helpers import Diagnostic, figures",
            "d = Diagnostic.open('59299')",
            "people = d.table('population').rename(columns={'source': 'sources'}).drop(columns='variable')",
            "d.show(figures.lines(people, y='value', label='l'), subject='Habitants')",
        ]
    )
    themes(n1_nu=shown)
    with pytest.raises(BuildError) as caught:
        build()
    for clue in ("Hem (59)", "1_nu", "« Le bon titre »", "Il manque à la figure « Habitants » : lecture."):
        assert clue in caught.value.message


def test_a_kernel_that_dies_is_reported_in_french_and_leaves_nothing_behind(themes, build, outputs):
    themes(n1_mort="import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(BuildError) as caught:
        build()
    for clue in ("Hem (59)", "1_mort", "s'est arrêté"):
        assert clue in caught.value.message
    assert "mémoire" in caught.value.remedy
    assert not (outputs / "hem").exists()
    assert not [path for path in outputs.iterdir() if path.name.startswith(".")]


def test_the_first_build_of_a_commune_that_fails_leaves_only_the_partial_notebook(
    themes, outputs, build, monkeypatch
):
    def fail(jobs, **options):
        list(execute_here(jobs))
        raise BuildError("Hem (59) : perdu", remedy=f"Ouvrez {jobs[0].destination}")
        yield

    themes(n1_bon=SIMPLE)
    monkeypatch.setattr(diagnostic, "execute", fail)
    with pytest.raises(BuildError, match="perdu") as caught:
        build()
    assert list(contents(outputs)) == ["_echecs", "_echecs/hem", "_echecs/hem/1_bon.ipynb"]
    assert str(outputs / "_echecs" / "hem" / "1_bon.ipynb") in caught.value.remedy


@pytest.mark.parametrize("step", ["write_page", "render_cover", "render_colophon"])
def test_a_page_that_cannot_be_made_leaves_the_former_diagnostic(
    here, themes, build, outputs, monkeypatch, step
):
    themes(n1_bon=SIMPLE)
    build()
    before = contents(outputs)

    def fail(*args, **options):
        raise ValueError("bogue")

    monkeypatch.setattr(diagnostic, step, fail)
    with pytest.raises(ValueError, match="bogue"):
        build()
    assert contents(outputs) == before
    assert {path.name for path in outputs.iterdir()} == {"hem", "site"}


def test_a_disk_that_fills_up_is_reported_in_french_and_leaves_the_former_diagnostic(
    here, themes, build, outputs, monkeypatch
):
    themes(n1_bon=SIMPLE)
    build()
    before = contents(outputs)

    def full(*args, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(diagnostic, "write_page", full)
    with pytest.raises(BuildError) as caught:
        build()
    assert str(outputs) in caught.value.message
    assert "place" in caught.value.remedy
    assert contents(outputs) == before
    assert {path.name for path in outputs.iterdir()} == {"hem", "site"}


@pytest.mark.parametrize("obstacle", ["a file in place of the folder", "a folder that cannot be written"])
def test_outputs_that_cannot_be_written_are_named(here, themes, tmp_path, build, outputs, obstacle):
    themes(n1_bon=SIMPLE)
    if obstacle.startswith("a file"):
        outputs.write_text("", encoding="utf-8")
    elif os.geteuid() == 0:
        # Nothing is forbidden to root: a folder under a file stands for one.
        (tmp_path / "file").write_text("", encoding="utf-8")
        outputs.symlink_to(tmp_path / "file" / "outputs")
    else:
        outputs.mkdir(mode=0o500)
    with pytest.raises(BuildError) as caught:
        build()
    assert "impossible d'écrire" in caught.value.message
    assert str(outputs) in caught.value.message
    assert "droits" in caught.value.remedy


def test_a_build_replaces_the_former_one_whole(here, themes, build, outputs):
    themes(n1_bon=SIMPLE, n2_autre=SIMPLE)
    build()
    paths.NOTEBOOKS.joinpath("2_autre.ipynb").unlink()
    (outputs / "hem" / "vieux.html").write_text("", encoding="utf-8")
    folder = build()
    assert folder == outputs / "hem"
    names = {path.name for path in folder.iterdir()}
    assert names == {"1_bon.html", "1_bon.ipynb", "index.html", "manifest.json", "donnees"}
    assert {path.name for path in outputs.iterdir()} == {"hem", "site"}


def test_two_builds_of_the_same_data_give_the_same_bytes(here, themes, build):
    themes(n1_bon=SIMPLE)

    def written():
        found = contents(build())
        manifest = json.loads(found.pop("manifest.json"))
        # Its only dates are those of the files.
        outputs = {name: mark for name, (_, mark) in manifest["build"].pop("outputs").items()}
        return found, manifest, outputs

    first = written()
    assert first[2].keys() == {"1_bon.html", "1_bon.ipynb", "donnees", "index.html"}
    assert written() == first


def test_the_diagnostic_of_one_commune_leaves_that_of_another(here, themes, build, outputs):
    themes(n1_bon=SIMPLE)
    build()
    before = contents(outputs / "hem")
    build("59011")
    assert contents(outputs / "hem") == before


def test_nothing_is_run_nor_written_for_a_commune_of_which_nothing_is_known(
    themes, build, outputs, monkeypatch
):
    themes(n1_bon=SIMPLE)
    monkeypatch.setattr(diagnostic, "execute", lambda *args, **options: pytest.fail("a notebook was run"))
    with pytest.raises(MissingDataError, match="2010"):
        build(millesime_ancien=2010)
    assert not outputs.exists()


def test_the_comment_of_a_theme_goes_to_its_notebook_and_to_no_other(here, themes, build):
    show = "from helpers.exhibit import Prose\nProse((commentaire,), 'comment')"
    themes(n1_demographie=show, n2_logement=show)
    folder = build(commentaires={"logement": "Mot de la commune"})
    assert "Mot de la commune" in (folder / "2_logement.html").read_text(encoding="utf-8")
    assert "Mot de la commune" not in (folder / "1_demographie.html").read_text(encoding="utf-8")


def test_progress_is_reported_theme_by_theme(here, themes, outputs):
    themes(n1_bon=SIMPLE, n2_autre=SIMPLE)
    parameters, commune = load_parameters("insee:59299")
    text = []
    diagnostic.build(parameters, commune, outputs=outputs, progress=lambda *state: text.append(state))
    assert [theme for theme, _ in text] == ["bon", "bon", "autre", "autre"]
    assert text[1][1] == text[3][1] == "terminé"


def test_the_notebooks_are_taken_in_the_order_of_their_numbers(themes):
    themes(n2_b=SIMPLE, n1_c=SIMPLE, n3_a=SIMPLE)
    (paths.NOTEBOOKS / "brouillon.ipynb").write_text("", encoding="utf-8")
    assert [path.stem for path in diagnostic.notebooks()] == ["1_c", "2_b", "3_a"]


def test_a_hostile_output_of_a_cell_cannot_break_the_page(here, themes, build):
    themes(
        n1_bon=f"{SIMPLE.splitlines()[0]}\nProse(('</main><script>x</script> {{{{ 7*7 }}}}',), 'takeaways')"
    )
    page = (build() / "1_bon.html").read_text(encoding="utf-8")
    assert "<script>x" not in page
    assert "{{ 7*7 }}" in page
    assert len(re.findall("</main>", page)) == 1
