"""The index of the diagnostics, written again by itself: what it counts, tells, and leaves alone."""

from __future__ import annotations

import json

from bs4 import BeautifulSoup

from helpers import paths
from helpers.publication.pages import site

HEM, FACHES = "59299", "59220"


def states(project):
    """The state that the page tells of each commune, and its reason."""
    page = BeautifulSoup((project / "outputs" / "index.html").read_text(encoding="utf-8"), "html.parser")
    return {row.th.get_text(): row.select_one(".state").get_text(" ") for row in page.select("tbody tr")}


def test_the_index_is_written_again_and_nothing_is_executed(project, teller, call):
    call("batch", "trois")
    page = project / "outputs" / "index.html"
    before = page.read_bytes()
    page.unlink()
    teller.runs.clear()
    assert call("site") == (0, f"3 communes, 3 à jour : {page}")
    assert page.read_bytes() == before
    assert teller.runs == []


def test_every_commune_has_its_state_and_the_reason(project, teller, call):
    call("batch", "trois")
    teller.fail(FACHES, "2_logement")
    (project / "params" / "faches-thumesnil.yml").write_text(
        "commune: '59220'\nagence: Autre\n", encoding="utf-8"
    )
    call("batch", "trois")
    (project / "params" / "hem.yml").write_text("commune: '59299'\nagence: Autre\n", encoding="utf-8")
    code, answer = call("site")
    assert code == 0
    assert f"3 communes, 1 à jour, 1 à refaire et 1 en échec : {project / 'outputs/index.html'}" in answer
    assert "Hem : les paramètres ont changé" in answer
    assert "Échec : Faches-Thumesnil (59), logement, « Le titre » : ZeroDivisionError" in answer
    for command in ("make commune=…", "make retry"):
        assert command in answer
    told = states(project)
    assert told["Annœullin"] == "à jour"
    assert told["Hem"] == "à refaire les paramètres ont changé"
    assert told["Faches-Thumesnil"].startswith("en échec Faches-Thumesnil (59), logement")


def test_what_has_changed_is_told_in_the_words_of_a_reader(project, teller, call):
    call("batch", "trois")
    with (project / "src" / "helpers" / "figures" / "style.py").open("a", encoding="utf-8") as module:
        module.write("# Autre.\n")
    (project / "outputs" / "hem" / "2_logement.html").write_text("autre", encoding="utf-8")
    call("site")
    assert states(project)["Annœullin"] == "à refaire le code a changé"
    assert states(project)["Hem"] == "à refaire le code et ses pages ont changé"


def test_what_another_version_has_made_is_to_be_made_again(project, teller, call):
    call("batch", "trois")
    file = project / "outputs" / "hem" / "manifest.json"
    record = json.loads(file.read_text(encoding="utf-8"))
    del record["build"]
    file.write_text(json.dumps(record), encoding="utf-8")
    assert "Hem : fait par une autre version" in call("site")[1]
    assert states(project)["Hem"] == "à refaire fait par une autre version"


def test_without_a_diagnostic_there_is_no_index_and_the_command_says_what_to_do(project, call):
    code, answer = call("site")
    assert code == 1
    assert f"Erreur : Aucun diagnostic n'est construit sous {project / 'outputs'}" in answer
    assert "make commune=Hem" in answer
    assert not list(paths.OUTPUTS.iterdir())


def test_at_an_address_manifests_are_believed_and_the_index_is_sent(project, teller, call):
    there = project / "ailleurs"
    address = there.as_uri()
    code, answer = call("batch", "trois", f"--outputs={address}")
    assert code == 0, answer
    page = there / "index.html"
    first = page.read_bytes()
    page.unlink()
    assert call("site", f"--outputs={address}") == (0, f"3 communes, 3 à jour : {address}/index.html")
    assert page.read_bytes() == first


def test_the_entries_are_in_the_order_of_their_names(project, teller, call):
    call("batch", "trois")
    assert [entry.name for entry in site.list_entries(paths.OUTPUTS)] == [
        "Annœullin",
        "Faches-Thumesnil",
        "Hem",
    ]
