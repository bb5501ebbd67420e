"""What a notebook may hold: the rules of any theme, and the house style of those that come with the project."""

from __future__ import annotations

import ast
import re
import warnings
from itertools import pairwise

import nbformat
import pytest
import shipped
from for_each import for_each

from helpers import french, paths, store
from helpers.diagnostic import find_dates, survey
from helpers.parameters import CellParameters, complete
from helpers.publication.documents import deck, posters
from helpers.publication.pages.arrangement import ANNEX
from helpers.territory.communes import find_commune
from helpers.themes import METADATA, RESERVED, list_parameters, notebooks

BOOKS = {path.stem: nbformat.read(path, as_version=4) for path in notebooks()}
# The house style is asked of the notebooks that come with the project, not of those that an analyst adds.
SHIPPED = [stem for stem in BOOKS if stem in shipped.STEMS]
CODE = [(stem, cell) for stem in SHIPPED for cell in BOOKS[stem].cells if cell.cell_type == "code"]
# A notebook says what is shown, in which order: no function of its own, no way round.
FORBIDDEN = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.With,
    ast.If, ast.IfExp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Global, ast.Delete, ast.Assert,
)  # fmt: skip
# A theme takes a few minutes of a workshop.
LONGEST_CELL = 12


def tagged(book, tag):
    return [cell for cell in book.cells if tag in cell.metadata.get("tags", [])]


def parameters_of(stem):
    (cell,) = tagged(BOOKS[stem], "parameters")
    return cell


def sections(book):
    """The text of each section of a notebook, by title."""
    prose = "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    found = dict(re.findall(r"^## +(.+?)$(.*?)(?=^## |\Z)", prose, re.MULTILINE | re.DOTALL))
    return {title: text.strip() for title, text in found.items()}


# Those of what a commune brings (M) apart: nothing is shown where it brings nothing.
CODES = {
    stem: [
        (code, ANNEX in cell.metadata.get("tags", []))
        for cell in book.cells
        for code in re.findall(r'code="([^M"][^"]*)"', cell.source)
    ]
    for stem, book in BOOKS.items()
}
# What a reader may take in of the themes together: numbered figures that are not folded.
OPEN = range(12, 17)

# Any theme.


@pytest.mark.parametrize("stem", BOOKS)
def test_a_notebook_is_valid(stem):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nbformat.validate(BOOKS[stem])


@pytest.mark.parametrize("stem", BOOKS)
def test_a_notebook_has_one_title_that_comes_first(stem):
    titles = [
        line
        for cell in BOOKS[stem].cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("# ")
    ]
    assert len(titles) == 1
    assert BOOKS[stem].cells[0].source.splitlines()[0] == titles[0]


@pytest.mark.parametrize("stem", BOOKS)
def test_headings_go_down_one_level_at_a_time_and_do_not_repeat(stem):
    headings = [
        (len(match[1]), match[2])
        for cell in BOOKS[stem].cells if cell.cell_type == "markdown"
        for match in re.finditer(r"^(#+) +(.+)$", cell.source, re.MULTILINE)
    ]  # fmt: skip
    levels = [level for level, _ in headings]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len({title for _, title in headings}) == len(headings)


@pytest.mark.parametrize("stem", BOOKS)
def test_the_parameters_of_a_notebook_are_known_and_their_defaults_can_be_used(stem):
    names = list_parameters(paths.NOTEBOOKS / f"{stem}.ipynb")
    assert "commune" in names
    assert len(set(names)) == len(names)
    values = {node.target.id: node.value for node in ast.parse(parameters_of(stem).source).body}
    known = {name: ast.literal_eval(values[name]) for name in names if name in CellParameters.model_fields}
    assert CellParameters(**known)


@pytest.mark.parametrize("stem", BOOKS)
def test_papermill_can_say_what_the_parameters_are(stem):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import papermill

        listed = papermill.inspect_notebook(paths.NOTEBOOKS / f"{stem}.ipynb")
    assert tuple(listed) == list_parameters(paths.NOTEBOOKS / f"{stem}.ipynb")
    if stem in SHIPPED:
        assert all(
            parameter["inferred_type_name"] != "None" and parameter["help"] for parameter in listed.values()
        )


@pytest.mark.parametrize("stem", BOOKS)
def test_every_cell_has_an_identifier_of_its_own(stem):
    names = [cell.id for cell in BOOKS[stem].cells]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("stem", BOOKS)
def test_every_exhibit_of_a_notebook_has_a_file_name_of_its_own(stem):
    sources = "\n".join(cell.source for cell in BOOKS[stem].cells)
    slugs = [french.slug(subject) for subject in re.findall(r'subject="([^"]+)"', sources)]
    assert len(set(slugs)) == len(slugs)


def test_the_letters_of_the_notebooks_are_their_own():
    letters = [book.metadata.get(METADATA, {}).get("letter") for book in BOOKS.values()]
    assert len(set(letters)) == len(letters)
    assert not RESERVED & set(letters)


REFERENCES = sorted((paths.ROOT / "tests" / "regression").glob("*/*.ipynb"))


@pytest.mark.parametrize("path", REFERENCES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_references_of_nbval_are_made_from_the_notebooks(path):
    listed = [
        cell.source.rstrip()
        for cell in nbformat.read(path, as_version=4).cells
        if "injected-parameters" not in cell.metadata.get("tags", [])
        and not cell.source.startswith("# Parameters")
    ]
    assert listed == [cell.source.rstrip() for cell in BOOKS[path.stem].cells], "run: make references"


# The house style.


@pytest.mark.parametrize("stem", SHIPPED)
def test_every_figure_has_a_code_that_begins_with_the_letter_of_its_notebook(stem):
    codes = [code for code, _ in CODES[stem]]
    shown = sum(cell.source.count("d.show(") for cell in BOOKS[stem].cells)
    assert len(codes) == len(set(codes)) == shown
    assert all(re.fullmatch(rf"{BOOKS[stem].metadata[METADATA]['letter']}-\d\d", code) for code in codes)


def test_few_figures_are_open():
    themes = [stem for stem in SHIPPED if not BOOKS[stem].metadata[METADATA].get("opens")]
    assert sum(not folded for stem in themes for _, folded in CODES[stem]) in OPEN


def test_the_notebooks_of_the_project_have_their_references():
    assert SHIPPED == shipped.STEMS
    made = {
        folder: {path.stem for path in REFERENCES if path.parent == folder}
        for folder in {path.parent for path in REFERENCES}
    }
    assert len(made) >= 5
    assert all(set(SHIPPED) <= stems for stems in made.values()), "run: make references"


@pytest.mark.parametrize("stem", SHIPPED)
def test_a_notebook_holds_no_output(stem):
    for cell in BOOKS[stem].cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
    assert set(BOOKS[stem].metadata) <= {"kernelspec", "language_info", METADATA}


@pytest.mark.parametrize("stem", SHIPPED)
def test_a_section_asks_what_its_first_finding_answers_and_says_what_to_look_at(stem):
    *asked, (last, _) = sections(BOOKS[stem]).items()
    assert last == "Méthode et limites"
    assert asked
    for question, prose in asked:
        assert question.endswith("?")
        # What to look at and how it is measured: no figure, which would be that of one commune at one date.
        assert 1 <= len(re.findall(r"\.(?:\s|$)", prose)) <= 3, question
        assert not re.search(r"\d", prose), question


@pytest.mark.parametrize("stem", SHIPPED)
def test_parameters_and_setup_are_the_first_two_cells_of_code(stem):
    code = [cell for cell in BOOKS[stem].cells if cell.cell_type == "code"]
    assert [cell.metadata.get("tags") for cell in code[:2]] == [["parameters"], ["setup"]]
    assert all(set(cell.metadata.get("tags", [])) <= {deck.TAG, posters.TAG, ANNEX} for cell in code[2:])


@pytest.mark.parametrize("stem", SHIPPED)
def test_what_tags_put_on_slides_and_posters_is_drawn_to_be_seen_from_afar(stem):
    for cell in (*tagged(BOOKS[stem], deck.TAG), *tagged(BOOKS[stem], posters.TAG)):
        assert re.search(r"\bd\.\w+\(", cell.source)
        assert "d.show(" not in cell.source or "question=" in cell.source


def test_the_notebooks_propose_no_more_slides_than_a_deck_holds():
    shown = [cell for stem in SHIPPED for cell in tagged(BOOKS[stem], deck.TAG) if "d.show(" in cell.source]
    # Beside those: the opening, the numbers, three issues, a slide to write on.
    assert deck.LEAST - 6 <= len(shown) <= deck.MOST - 6


@pytest.mark.parametrize("stem", SHIPPED)
def test_a_poster_is_a_picture(stem):
    for cell in tagged(BOOKS[stem], posters.TAG):
        assert "d.show(" in cell.source
        assert "figures." in cell.source


@pytest.mark.parametrize("stem", SHIPPED)
def test_every_parameter_is_annotated_explained_and_used(stem):
    declared = ast.parse(parameters_of(stem).source).body
    assert all(isinstance(node, ast.AnnAssign) for node in declared)
    assert all("  # " in line for line in parameters_of(stem).source.splitlines())
    names = [node.target.id for node in declared]
    assert set(names) <= set(CellParameters.model_fields)
    (setup,) = tagged(BOOKS[stem], "setup")
    calls = [node for node in ast.walk(ast.parse(setup.source)) if isinstance(node, ast.Call)]
    (opened,) = [call for call in calls if ast.unparse(call.func) == "Diagnostic.open"]
    assert {argument.arg: ast.unparse(argument.value) for argument in opened.keywords} == {
        name: name for name in names
    }
    # Those that only some notebooks need are read by their cells.
    code = "\n".join(cell.source for cell in BOOKS[stem].cells if cell.cell_type == "code")
    for name, read in {
        "pyramides": "d.pyramids", "niveau_pyramide": "d.pyramid_level", "convention": "d.convention", "decalage": "d.lag",
    }.items():  # fmt: skip
        assert (name in names) == (read in code), name


@pytest.mark.parametrize("stem", SHIPPED)
def test_the_defaults_of_the_parameters_are_those_of_the_model(stem):
    values = {
        node.target.id: ast.literal_eval(node.value) for node in ast.parse(parameters_of(stem).source).body
    }
    # A notebook opened by hand gives the dates of the embedded data, which a build takes from the store.
    found = find_dates(survey(find_commune(values["commune"])))
    dated = complete(
        CellParameters(commune=values["commune"]),
        since=found.since,
        until=found.until,
        pyramids=found.pyramids,
    )
    assert values == {name: getattr(dated, name) for name in values}


@for_each("stem, cell", CODE, named=lambda case: f"{case[0]}, {case[1].id}")
def test_a_cell_is_short_and_holds_no_logic(stem, cell):
    tags = cell.metadata.get("tags", [])
    # Parameters take a line each.
    assert len(cell.source.splitlines()) <= LONGEST_CELL or {"parameters", "setup"} & set(tags)
    tree = ast.parse(cell.source)
    assert [type(node).__name__ for node in ast.walk(tree) if isinstance(node, FORBIDDEN)] == []
    # nbval does not see the silence that it asks for.
    assert not cell.source.rstrip().endswith(";")
    assert not re.search(
        r"^\s*[%!]|\bprint\(|\bplt\b|pyplot|\bpd\.|read_csv|fmt: *skip", cell.source, re.MULTILINE
    )
    if "setup" not in tags:
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


@pytest.mark.parametrize("stem", SHIPPED)
def test_a_name_is_bound_once(stem):
    bound = []
    for cell in BOOKS[stem].cells:
        if cell.cell_type == "code":
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    bound.append(node.id)
                elif isinstance(node, ast.alias):
                    bound.append(node.asname or node.name)
    assert {name for name in bound if bound.count(name) > 1} == set()


@for_each("stem, cell", CODE, named=lambda case: f"{case[0]}, {case[1].id}")
def test_a_cell_shows_one_thing_at_most(stem, cell):
    body = ast.parse(cell.source).body
    assert not [node for node in body[:-1] if isinstance(node, ast.Expr)]


@pytest.fixture(scope="module")
def names(embedded):
    """Names of communes that are not words, by what a careless writer might type."""
    listed = store.read_reference("territories", folder=embedded)
    listed = listed[listed["epci"] == "200093201"]
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, listed['name']))}|MEL|Nord)\b")


@pytest.mark.parametrize("stem", SHIPPED)
def test_no_commune_is_named_outside_the_parameters(stem, names):
    for cell in BOOKS[stem].cells:
        if "parameters" in cell.metadata.get("tags", []):
            continue
        assert not names.search(cell.source), cell.source
        assert not re.search(r"\b\d[0-9AB]\d{3}\b", cell.source), cell.source
