"""Notebooks tell, helpers compute: what a notebook may hold."""

from __future__ import annotations

import ast
import inspect
import re
import warnings
from itertools import pairwise

import nbformat
import pytest

from helpers import french, paths, store
from helpers.diagnostic import find_dates, open_sheet, survey
from helpers.parameters import THEMES, Parameters, complete
from helpers.publication.documents import posters, slides
from helpers.publication.incremental import notebooks
from helpers.territory.communes import find_commune

BOOKS = {path.stem: nbformat.read(path, as_version=4) for path in notebooks()}
CODE = [
    pytest.param(stem, cell, id=f"{stem}-{cell.id}")
    for stem, book in BOOKS.items()
    for cell in book.cells
    if cell.cell_type == "code"
]
# A notebook says what is shown, in which order: no name of its own, no way round.
FORBIDDEN = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.With,
    ast.If, ast.IfExp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Global, ast.Delete, ast.Assert,
)  # fmt: skip


def tagged(book, tag):
    return [cell for cell in book.cells if tag in cell.metadata.get("tags", [])]


def test_there_is_one_notebook_for_each_theme_in_the_order_of_its_number():
    assert [re.sub(r"^\d+_", "", stem) for stem in BOOKS] == list(THEMES)
    assert [int(stem.split("_")[0]) for stem in BOOKS] == list(range(1, len(BOOKS) + 1))


@pytest.mark.parametrize("stem", BOOKS)
def test_a_notebook_is_valid_and_holds_no_output(stem):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nbformat.validate(BOOKS[stem])
    for cell in BOOKS[stem].cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
    assert set(BOOKS[stem].metadata) <= {"kernelspec", "language_info"}


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
def test_a_section_asks_what_its_first_finding_answers(stem):
    *asked, method = [
        title for cell in BOOKS[stem].cells if cell.cell_type == "markdown"
        for title in re.findall(r"^## +(.+)$", cell.source, re.MULTILINE)
    ]  # fmt: skip
    assert all(question.endswith("?") for question in asked)
    assert method == "Méthode et limites"


@pytest.mark.parametrize("stem", BOOKS)
def test_parameters_and_setup_are_the_first_two_cells_of_code(stem):
    code = [cell for cell in BOOKS[stem].cells if cell.cell_type == "code"]
    assert [cell.metadata.get("tags") for cell in code[:2]] == [["parameters"], ["setup"]]
    assert all(set(cell.metadata.get("tags", [])) <= {slides.TAG, posters.TAG} for cell in code[2:])


def test_ten_to_fifteen_slides_open_each_theme_with_what_is_to_retain():
    chosen = {stem: tagged(book, slides.TAG) for stem, book in BOOKS.items()}
    # One more for the title.
    assert 10 <= 1 + sum(map(len, chosen.values())) <= 15
    for cells in chosen.values():
        assert any("sheet.takeaways(" in cell.source for cell in cells)
        assert all("sheet." in cell.source for cell in cells)
    assert "sheet.debate(" in chosen["4_enjeux"][-1].source


def test_the_posters_are_the_pyramids_and_the_break_even():
    shown = "\n".join(cell.source for book in BOOKS.values() for cell in tagged(book, posters.TAG))
    assert re.findall(r'subject="([^"]+)"', shown) == [
        "Point mort rétrospectif",
        "Pyramide des âges",
        "Pyramides des âges selon le statut d’occupation",
    ]


@pytest.mark.parametrize("stem", BOOKS)
def test_the_parameters_are_those_of_the_model(stem):
    (cell,) = tagged(BOOKS[stem], "parameters")
    names = [node.target.id for node in ast.parse(cell.source).body]
    expected = {*Parameters.model_fields, "commentaire"} - {"commentaires"}
    assert set(names) == expected
    assert len(names) == len(expected)
    assert all(isinstance(node, ast.AnnAssign) for node in ast.parse(cell.source).body)
    assert all("  # " in line for line in cell.source.splitlines())


@pytest.mark.parametrize("stem", BOOKS)
def test_the_defaults_of_the_parameters_are_those_of_the_model(stem):
    (cell,) = tagged(BOOKS[stem], "parameters")
    values = {node.target.id: ast.literal_eval(node.value) for node in ast.parse(cell.source).body}
    assert values.pop("commentaire") == ""
    # A notebook opened by hand tells the dates of the embedded data, which a build takes from the store.
    given, left_open = Parameters(**values), Parameters(commune=values["commune"])
    found = find_dates(survey(find_commune(values["commune"])))
    assert given == complete(left_open, since=found.since, until=found.until, pyramids=found.pyramids)


@pytest.mark.parametrize("stem", BOOKS)
def test_papermill_can_say_what_the_parameters_are(stem):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import papermill

        told = papermill.inspect_notebook(paths.NOTEBOOKS / f"{stem}.ipynb")
    assert told["commune"]["inferred_type_name"] == "str"
    assert told["millesime"]["inferred_type_name"] == "int"
    assert all(parameter["help"] for parameter in told.values())


@pytest.mark.parametrize("stem", BOOKS)
def test_the_notebooks_are_set_up_alike(stem):
    first = next(iter(BOOKS.values()))
    (own,), (others,) = tagged(BOOKS[stem], "parameters"), tagged(first, "parameters")
    assert own.source == others.source
    (setup,), (others,) = tagged(BOOKS[stem], "setup"), tagged(first, "setup")
    opened, expected = (ast.unparse(ast.parse(cell.source).body[-1]) for cell in (setup, others))
    assert opened == expected
    # Every parameter reaches the sheet, each in its place.
    accepted = list(inspect.signature(open_sheet).parameters)
    assert opened == f"sheet = open_sheet({', '.join(accepted)})"


@pytest.mark.parametrize(("stem", "cell"), CODE)
def test_a_cell_is_short_and_holds_no_logic(stem, cell):
    # The parameters take a line each, and their own test says which they are.
    assert len(cell.source.splitlines()) <= 8 or "parameters" in cell.metadata.get("tags", [])
    tree = ast.parse(cell.source)
    assert [type(node).__name__ for node in ast.walk(tree) if isinstance(node, FORBIDDEN)] == []
    # nbval does not see the silence that it asks for.
    assert not cell.source.rstrip().endswith(";")
    assert not re.search(r"^\s*[%!]|\bprint\(|\bplt\b|pyplot|\bpd\.|read_csv", cell.source, re.MULTILINE)
    if "setup" not in cell.metadata.get("tags", []):
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


@pytest.mark.parametrize(("stem", "cell"), CODE)
def test_a_cell_shows_one_thing_at_most(stem, cell):
    body = ast.parse(cell.source).body
    assert not [node for node in body[:-1] if isinstance(node, ast.Expr)]


@pytest.fixture(scope="module")
def names(embedded):
    """Names of communes that are not words, by what a careless writer might type."""
    listed = store.read_reference("territories", folder=embedded)
    listed = listed[listed["epci"] == "200093201"]
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, listed['name']))}|MEL|Nord)\b")


@pytest.mark.parametrize("stem", BOOKS)
def test_no_commune_is_named_outside_the_parameters(stem, names):
    for cell in BOOKS[stem].cells:
        if "parameters" in cell.metadata.get("tags", []):
            continue
        assert not names.search(cell.source), cell.source
        assert not re.search(r"\b\d[0-9AB]\d{3}\b", cell.source), cell.source


@pytest.mark.parametrize("stem", BOOKS)
def test_every_cell_has_an_identifier_of_its_own(stem):
    names = [cell.id for cell in BOOKS[stem].cells]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("stem", BOOKS)
def test_every_exhibit_has_a_file_name_of_its_own(stem):
    subjects = re.findall(r'subject="([^"]+)"', "\n".join(cell.source for cell in BOOKS[stem].cells))
    slugs = [french.slug(subject) for subject in subjects]
    assert slugs or stem == "4_enjeux"
    assert len(set(slugs)) == len(slugs)


@pytest.mark.parametrize("stem", BOOKS)
def test_the_references_of_nbval_are_made_from_these_notebooks(stem):
    reference = nbformat.read(paths.ROOT / "tests" / "regression" / f"{stem}.ipynb", as_version=4)
    told = [
        cell.source.rstrip()
        for cell in reference.cells
        if "injected-parameters" not in cell.metadata.get("tags", [])
        and not cell.source.startswith("# Parameters")
    ]
    assert told == [cell.source.rstrip() for cell in BOOKS[stem].cells], "run: make references"
