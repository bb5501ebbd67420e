"""Exhibits: what a cell shows, where it comes from, and that the same data give the same page."""

from __future__ import annotations

import os
import subprocess
import sys

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from helpers import schemas
from helpers.exhibit import (
    DEMONSTRATION,
    MIME,
    Absence,
    Exhibit,
    Prose,
    absent,
    describe_absences,
    prefix_identifiers,
    subtitle_of,
    tabulate,
)

HOSTILE = "<script>x</script> & </figure>"
SVG = '<svg role="img" aria-label="a"><defs><clipPath id="p1"></clipPath></defs><g id="g" clip-path="url(#p1)"><use href="#g"/></g></svg>'


def data(*, origins=("insee", "insee"), sources=("a", "b|a")):
    return pd.DataFrame(
        {"territory": ["Hem", "MEL"], "value": [1200.0, 3400.0], "origin": origins, "sources": sources}
    )


def shown(exhibit):
    return BeautifulSoup(exhibit.to_html(), "html.parser")


def complete(**parts):
    known = {
        "name": "essai",
        "title": "Titre",
        "reading": "lu.",
        "source": "Insee, RP2018.",
        "drawing": SVG,
        "alt": "a",
    }
    return Exhibit(**{"data": data(), **known, **parts})


@pytest.mark.parametrize("origin", schemas.ORIGINS)
def test_an_exhibit_is_marked_if_and_only_if_a_value_is_simulated(origin):
    exhibit = complete(data=data(origins=("insee", origin)))
    simulated = origin == "demonstration"
    assert exhibit.is_demonstration is simulated
    assert bool(shown(exhibit).select(".demonstration")) is simulated
    assert (DEMONSTRATION in shown(exhibit).get_text()) is simulated
    assert exhibit._repr_mimebundle_()[MIME]["demonstration"] is simulated


def test_an_exhibit_says_its_title_its_reading_its_cautions_and_its_sources():
    exhibit = complete(scope="tout.", note="attention.", warnings=("prudence.", "méfiance."))
    page = shown(exhibit)
    assert page.h3.get_text() == "Titre"
    assert page.select_one(".reading").get_text() == "Lecture\u00a0: lu."
    notes = [p.get_text() for p in page.select("figcaption p")]
    assert notes == [
        "Champ\u00a0: tout.", "Note\u00a0: attention.", "Prudence\u00a0: prudence.", "Prudence\u00a0: méfiance.",
        "Sources\u00a0: Insee, RP2018.",
    ]  # fmt: skip
    assert exhibit.source_ids == ["a", "b"]


@pytest.mark.parametrize(
    ("years", "text"),
    [
        ({"year": [2018, 2018]}, "Parc, 2018"),
        ({"year": [2012, 2018]}, "Parc, 2012 et 2018"),
        ({"since": [2013, 2013], "until": [2018, 2018]}, "Parc, 2013 et 2018"),
        ({"year": [1968, 1975, 2018]}, "Parc, 1968 à 2018"),
        ({"value": [1.0]}, "Parc"),
    ],
)
def test_what_an_exhibit_shows_and_when_is_reported_under_its_title(years, text):
    assert subtitle_of(pd.DataFrame(years), "Parc") == text
    page = shown(complete(title="Le parc augmente", subtitle=text))
    assert [tag.get_text() for tag in page.select("h3, h3 + .subtitle")] == ["Le parc augmente", text]


def test_what_is_not_said_leaves_no_empty_element():
    page = shown(complete(title="", reading="", source=""))
    assert not page.h3
    assert not page.select(".reading")
    assert not page.select("figcaption p")


def test_a_drawing_comes_with_its_table_and_its_data():
    page = shown(complete())
    assert page.select_one(".drawing svg")["role"] == "img"
    assert page.select_one("details table")
    assert page.select_one("details a[download]")["href"] == "donnees/essai.csv"


def test_a_table_is_shown_openly():
    page = shown(complete(drawing=""))
    assert not page.find("svg")
    assert not page.find("details")
    assert page.table.caption.get_text() == "Titre"
    assert page.select_one("a[download]")["href"] == "donnees/essai.csv"


def test_a_table_may_be_folded():
    page = shown(complete(drawing="", folded=True))
    assert page.select_one("details table")
    assert page.summary.get_text() == "Données"


@pytest.mark.parametrize("part", ["title", "reading", "scope", "note", "source"])
def test_hostile_text_is_shown_as_text(part):
    page = shown(complete(**{part: HOSTILE}))
    assert not page.find("script")
    assert HOSTILE in page.get_text()
    assert len(page.find_all("figure")) == 1


def test_identifiers_of_two_drawings_on_a_page_do_not_meet():
    pages = [shown(complete(name=name)) for name in ("un", "deux")]
    names = [[tag["id"] for tag in page.find_all(id=True)] for page in pages]
    assert not set(names[0]) & set(names[1])
    for page in pages:
        inside = {tag["id"] for tag in page.find_all(id=True)}
        assert page.use["href"].removeprefix("#") in inside
        assert (
            page.svg.find(attrs={"clip-path": True})["clip-path"].removeprefix("url(#").removesuffix(")")
            in inside
        )


def test_a_drawing_and_its_table_weigh_no_more_than_they_tell():
    html = complete(name="pyramides-des-ages-selon-le-statut-d-occupation").to_html()
    page = BeautifulSoup(html, "html.parser")
    assert not any("occupation" in tag["id"] for tag in page.svg.find_all(id=True))
    assert {name for tag in page.table.find_all(class_=True) for name in tag["class"]} <= {
        "number",
        "unsound",
    }
    assert page.select("td.number")
    assert "\n " not in html


def test_a_link_that_is_no_identifier_is_left_alone():
    svg = '<svg><a href="https://www.insee.fr/"><g class="grid" width="3"/></a></svg>'
    assert prefix_identifiers(svg, "x") == svg


def test_the_text_of_an_exhibit_is_its_rounded_data():
    lines = complete().to_text().splitlines()
    assert lines == ["Titre", "lu.", "Territoire\tEffectif", "Hem\t1\u202f200", "MEL\t3\u202f400"]


@pytest.mark.parametrize(
    ("change", "differs"), [(0.0, False), (0.2, False), (1.0, True), (float("nan"), True)], ids=str
)
def test_the_text_changes_when_a_figure_that_is_printed_does(change, differs):
    other = data().assign(value=lambda frame: frame["value"] + [change, 0.0])
    assert (complete(data=other).to_text() != complete().to_text()) is differs


def test_the_record_holds_the_data_for_machines():
    record = complete()._repr_mimebundle_()[MIME]
    assert record["name"] == "essai"
    assert record["sources"] == ["a", "b"]
    assert record["csv"].splitlines() == [
        "Territoire;Effectif;Origine;Sources",
        "Hem;1200;insee;a",
        "MEL;3400;insee;b|a",
    ]


def test_an_absent_exhibit_has_no_data_and_no_drawing():
    nothing = absent("Sujet")
    assert nothing.data.empty
    assert not nothing.drawing
    assert not nothing.is_demonstration
    assert nothing.source_ids == []


def test_a_table_is_an_exhibit_without_a_drawing():
    assert tabulate(data()).drawing == ""
    assert tabulate(data()).data.equals(data())


@pytest.mark.parametrize("drawing", [SVG, ""], ids=["drawn", "table"])
def test_the_table_is_described_by_the_cautions_that_explain_its_marks(drawing):
    page = shown(complete(drawing=drawing, warnings=("« n.s. » : trop peu.", "autre.")))
    text = page.find(id=page.table["aria-describedby"])
    assert [p.get_text() for p in text.find_all("p")] == [
        "Prudence\u00a0: «\u00a0n.s.\u00a0»\u00a0: trop peu.", "Prudence\u00a0: autre.",
    ]  # fmt: skip
    # Outside the data that fold, which are not printed.
    assert text.find_parent("details") is None
    assert not shown(complete(drawing=drawing)).table.has_attr("aria-describedby")


def test_absences_are_reported_together_by_reason_each_where_a_link_finds_it():
    absences = [
        Absence("Âges et services"),
        Absence("Pyramide", "trop peu d’habitants."),
        Absence("Parc <b>"),
    ]
    page = BeautifulSoup(describe_absences(absences), "html.parser")
    assert [p.get_text() for p in page.select(".absence p")] == [
        "Chiffres non disponibles\u00a0: âges et services\u202f; parc <b>.",
        "Pyramide\u00a0: trop peu d’habitants.",
    ]
    assert [tag["id"] for tag in page.find_all(id=True)] == ["ages-et-services", "parc-b", "pyramide"]


def test_an_absence_says_itself_as_text_and_to_the_build():
    bundle = Absence("Parc", "trop petit.")._repr_mimebundle_()
    assert bundle["text/plain"] == "Parc : trop petit."
    assert bundle[MIME] == {
        "kind": "absence",
        "demonstration": False,
        "subject": "Parc",
        "reason": "trop petit.",
    }
    assert Absence("Parc").to_text() == "Parc : chiffres non disponibles."


def test_generated_prose_is_a_section_of_its_kind():
    page = BeautifulSoup(
        Prose(("Un : deux.", HOSTILE), "questions", title="À débattre", level=3).to_html(), "html.parser"
    )
    assert page.section["class"] == ["questions"]
    assert page.h3.get_text() == "À débattre"
    assert [li.get_text() for li in page.find_all("li")] == ["Un\u00a0: deux.", HOSTILE]
    assert not page.find("script")


def test_prose_without_a_word_leaves_no_empty_section():
    assert Prose((), "comment", title="Commentaire").to_html() == ""


_SCRIPT = """
import pandas as pd
from helpers import figures
data = pd.DataFrame({"territory": ["Hem", "MEL"], "year": [2018, 2018], "label": ["x", "y"], "share": [40.0, 60.0],
                     "value": [1000.0, 2000.0], "rate": [-0.3, 0.4], "origin": "insee", "sources": "a"})
drawings = [figures.stacked_bars(data, by="territory", label="l"),
            figures.paired_bars(data, y="rate", by="territory", signed=True, label="l"),
            figures.lines(pd.concat([data, data.assign(year=2013)]), y="value", label="l")]
print("".join(exhibit.complete(name=f"n{rank}", title="t").to_html() for rank, exhibit in enumerate(drawings)))
"""


def test_another_process_with_other_hashes_gives_the_same_bytes(capsys):
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    other = subprocess.run(
        [sys.executable, "-c", _SCRIPT],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
    ).stdout
    exec(_SCRIPT, {})
    assert capsys.readouterr().out == other
    assert other.count("<svg") == 3
