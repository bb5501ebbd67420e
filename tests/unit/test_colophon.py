"""What a page says it was made from: what its own notebook has read, and nothing that changes by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from helpers import paths, store
from helpers.parameters import Parameters, load_parameters
from helpers.publication.pages import colophon
from helpers.publication.pages.colophon import Colophon
from helpers.publication.pages.commune import date, plan
from helpers.publication.pages.render import render_colophon
from helpers.themes import notebooks

MADE = Colophon(
    commune="Hem (59)",
    settings=(("Commune", "Hem (59)"), ("Recensements comparés", "2012 et 2018"), ("Pyramides des âges", "2008 et 2018")),
    tables={"ages": ("a" * 64,), "flows": ("b" * 64, "c" * 64), "income": ("d" * 64,)},
    vintages={"rp": 2018, "pop": 2022},
    code={"1_un": "e" * 64, "2_deux": "f" * 64},
    geography=2024,
)  # fmt: skip
READ = [{"kind": "method", "tables": ["ages", "flows", "vacancy"], "sources": ["rp", "pop", "publie"]}]


def found(made=MADE, records=READ, stems=("1_un",)):
    page = BeautifulSoup(render_colophon(made, records, stems=stems), "html.parser")
    rows = {row.dt.get_text(): row.dd for row in page.select("dl > div")}
    tables = rows.pop("Tables de données lues, et leur empreinte", None)
    listed = [item.get_text() for item in tables.select("li")] if tables else []
    return {label: cell.get_text() for label, cell in rows.items()}, listed


def test_the_tables_are_those_that_were_read_with_those_received_for_the_commune_alone():
    _, tables = found()
    assert tables == [f"ages {'a' * 10}", f"flows {'b' * 10} + {'c' * 10}"]


def test_a_notebook_that_does_not_say_what_it_has_read_may_have_read_all():
    _, tables = found(records=[{"kind": "takeaways"}])
    assert [text.split()[0] for text in tables] == ["ages", "flows", "income"]


@pytest.mark.parametrize(
    ("sources", "dates"),
    [
        (["rp", "pop"], "sources de 2018 à 2022\u202f; communes au 1er janvier 2024"),
        (["rp"], "sources de 2018\u202f; communes au 1er janvier 2024"),
        (["publie"], "communes au 1er janvier 2024"),
    ],
)
def test_the_data_are_dated_by_their_sources(sources, dates):
    lines, _ = found(records=[{"sources": sources}])
    assert lines["Date des données"] == dates


def test_the_code_of_another_notebook_leaves_a_page_as_it_is():
    other = replace(MADE, code={**MADE.code, "2_deux": "0"})
    assert found(other) == found()
    assert found(other, stems=["1_un", "2_deux"]) != found(stems=["1_un", "2_deux"])


def test_a_table_that_was_not_read_leaves_a_page_and_the_documents_as_they_are():
    other = replace(MADE, tables={**MADE.tables, "income": ("0",)})
    assert found(other) == found()
    assert other.summarise(READ) == MADE.summarise(READ)
    assert replace(MADE, tables={"ages": ("0",)}).summarise(READ) != MADE.summarise(READ)


def test_a_hostile_setting_is_shown_as_text():
    lines, _ = found(replace(MADE, settings=(*MADE.settings, ("Traitements", "<script>x</script>"))))
    assert lines["Traitements"] == "<script>x</script>"


@pytest.fixture(scope="module")
def hem():
    parameters, commune = load_parameters(
        "insee:59299", overrides={"agence": "Agence", "niveau_pyramide": "menages"}
    )
    parameters = date(parameters, commune)
    return colophon.gather(parameters, commune, todo=plan(parameters, commune))


def test_every_parameter_is_reported_but_the_comments_which_are_on_the_pages(hem):
    settings = dict(hem.settings)
    known = {
        "Commune": "Hem (59), code Insee 59299",
        "Recensements comparés": "2012 et 2018",
        "Pyramides des âges": "2008 et 2018",
        "Pyramides selon le statut": "ménages",
        "Point mort": "convention A",
        "Logements construits": "comptés à l’ouverture du chantier",
        "Territoires de comparaison": "intercommunalité, département, région et France",
        "Traitements": "Agence",
    }
    assert {title: settings[title] for title in known} == known
    # The two vintages share a line.
    apart = {"millesime", "millesime_ancien", "commentaires"}
    found = {
        declared.title
        for name, declared in Parameters.model_fields.items()
        if declared.title and name not in apart
    }
    assert set(settings) == found | {"Recensements comparés"}


def test_the_delivery_of_homes_is_reported_where_it_is_counted():
    parameters, commune = load_parameters("insee:59299", overrides={"decalage": 2})
    found = colophon.gather(date(parameters, commune), commune, todo=plan(parameters, commune))
    assert dict(found.settings)["Logements construits"] == "comptés 2\u00a0ans après l’ouverture du chantier"


def test_the_colophon_is_that_of_the_store_and_of_the_code(hem):
    assert {name: marks[0] for name, marks in hem.tables.items()} == store.hashes(paths.EMBEDDED)
    assert hem.vintages["rpls_2024"] == 2024
    assert set(hem.code) == {book.stem for book in notebooks()}
    assert len(set(hem.code.values())) == len(hem.code)
