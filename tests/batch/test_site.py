"""The index of the diagnostics, written again by itself: what it counts, tells, and leaves alone."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading

import pytest
from bs4 import BeautifulSoup
from small import append

from helpers import paths
from helpers.publication.pages import entries, site

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
    text = states(project)
    assert text["Annœullin"] == "à jour"
    assert text["Hem"] == "à refaire les paramètres ont changé"
    assert text["Faches-Thumesnil"].startswith("en échec Faches-Thumesnil (59), logement")


def test_what_has_changed_is_reported_in_the_words_of_a_reader(project, teller, call):
    call("batch", "trois")
    append(project / "src" / "helpers" / "figures" / "style.py", "# Autre.\n")
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


MEL = "200093201"


def soup(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def manifest(folder, code, name, *, epci="Métropole Européenne de Lille"):
    """Leave the manifest of a diagnostic of another version: the site can lead to it."""
    folder.mkdir(parents=True)
    record = {"commune": code, "name": name, "department": "Nord", "epci": epci}
    (folder / "manifest.json").write_text(json.dumps(record), encoding="utf-8")


def test_one_commune_is_reported_anew_without_a_look_at_the_others(project, monkeypatch):
    outputs = paths.OUTPUTS
    for code, slug, name in ((HEM, "hem", "Hem"), (FACHES, "faches-thumesnil", "Faches-Thumesnil")):
        manifest(outputs / slug, code, name)
    site.write(site.list_entries(outputs), outputs)
    # Another that changes meanwhile is not read, even if it is no longer there.
    shutil.rmtree(outputs / "faches-thumesnil")
    monkeypatch.setattr(site, "_assess", lambda *given, **named: pytest.fail("assessed"))
    site.update({HEM: "hem"}, outputs)
    assert states(project) == {"Faches-Thumesnil": "à refaire fait par une autre version", "Hem": "à jour"}
    shutil.rmtree(outputs / "hem")
    site.update({HEM: "hem"}, outputs)
    assert [*states(project)] == ["Faches-Thumesnil"]


def test_a_table_that_is_damaged_or_of_another_version_is_made_anew_from_the_manifests(project):
    outputs = paths.OUTPUTS
    manifest(outputs / "hem", HEM, "Hem")
    site.write(site.list_entries(outputs), outputs)
    table = outputs / entries.TABLE
    table.write_bytes(b"not a table" * 200)
    site.update({}, outputs)
    assert [*states(project)] == ["Hem"]
    with sqlite3.connect(table) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    site.update({}, outputs)
    assert [*states(project)] == ["Hem"]


def test_many_programs_put_their_commune_in_the_table_and_none_is_lost(tmp_path):
    def put(rank):
        entry = entries.Entry(f"{rank:05}", str(rank), "59", "Nord", MEL, "MEL", str(rank), "fresh")
        with entries.open_entries(tmp_path) as (table, _):
            table.put([entry])

    threads = [threading.Thread(target=put, args=(rank,)) for rank in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with entries.open_entries(tmp_path) as (table, known):
        assert known
        assert table.count() == 12
        assert [group.built for group in table.group("epci")] == [12]


def test_what_fails_in_the_middle_leaves_the_table_as_it_was(tmp_path):
    entry = entries.Entry(HEM, "Hem", "59", "Nord", MEL, "MEL", "hem", "fresh")
    with entries.open_entries(tmp_path) as (table, _):
        table.put([entry])

    def fail():
        with entries.open_entries(tmp_path) as (table, _):
            table.clear()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with entries.open_entries(tmp_path) as (table, _):
        assert table.list_all() == [entry]


def test_a_lot_that_names_an_intercommunalite_has_it_compared_before_anything_is_built(project, call):
    (project / "params" / "lots" / "mel.yml").write_text(f"epci: '{MEL}'\n", encoding="utf-8")
    code, answer = call("site")
    assert code == 0, answer
    page = soup(project / "outputs" / "site" / f"{MEL}.html")
    rows = page.select("#communes tbody tr")
    assert len(rows) == 95
    names = [head["data-name"] for head in page.select("#communes thead th[data-name]")]
    assert len(names) == 12
    hem = next(row for row in rows if row["data-code"] == HEM)
    text = dict(zip(names, [cell.get_text() for cell in hem.select("td")], strict=False))
    # Insee, comparateur de territoires 2018: 7 412 homes, of which 247 vacant: fewer than 500 of them.
    assert text["Part des logements vacants, 2018"] == "3,3\u00a0%\u00a0*"
    assert text["Nombre de logements, 2018"] == "7\u202f412"
    # What has no value has no class, and the classes hold every other commune.
    for kinds, name in json.loads(page.select_one("#classes").get_text()):
        assert sum(count for *_, count in kinds) == 95, name
        column = names.index(name)
        blank = sum(not row.select("td")[column]["data-value"] for row in rows)
        assert sum(count for colour, _, count in kinds if not colour) == blank, name
    assert f"site/{MEL}.html" in [
        link["href"] for link in soup(project / "outputs" / "index.html").select("a[href]")
    ]


def test_a_page_of_communes_leads_to_what_is_built_and_to_its_documents(project):
    outputs = paths.OUTPUTS
    for code, slug, name in ((HEM, "hem", "Hem"), (FACHES, "faches-thumesnil", "Faches-Thumesnil")):
        manifest(outputs / slug, code, name)
    (outputs / "hem" / "hem-diagnostic.pdf").write_bytes(b"%PDF")
    site.write(site.list_entries(outputs), outputs)
    for page in (f"{MEL}.html", "59.html"):
        links = [link["href"] for link in soup(outputs / "site" / page).select("#communes a")]
        assert "../hem/index.html" in links
        assert ("../hem/hem-diagnostic.pdf" in links) == (page == f"{MEL}.html")
    department = soup(outputs / "site" / "59.html")
    assert len(department.select("#communes tbody tr")) > 600
    # Pages made anew when a document is.
    (outputs / "hem" / "hem-diaporama.html").write_text("", encoding="utf-8")
    site.refresh([HEM], outputs)
    assert "../hem/hem-diaporama.html" in [
        link["href"] for link in soup(outputs / "site" / f"{MEL}.html").select("#communes a")
    ]


def test_the_front_page_does_not_grow_with_the_whole_of_france(tmp_path, monkeypatch):
    communes = site._locate(
        sorted(site.store.read_reference("territories", folder=paths.store_folder())["code"])
    )
    found = [
        entries.Entry(code, code, *(place[name] for name in ("department", "department_name", "epci", "epci_name")), code, "fresh")
        for code, place in communes.items()
    ]  # fmt: skip
    assert len(found) > 34_000
    for name in ("write", "write_departments"):
        monkeypatch.setattr(site.metropolis, name, lambda *given, **named: [])
    site.write(found, tmp_path)
    page = tmp_path / "index.html"
    assert page.stat().st_size < 300_000
    assert len(soup(page).select("a[href^='site/']")) > 100
    assert not soup(page).select("#communes")
