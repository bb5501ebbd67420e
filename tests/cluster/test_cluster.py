"""A batch on a cluster: each commune once, whatever happens to the machines."""

from __future__ import annotations

import json
import socket
from collections import Counter

import pytest

from helpers import paths
from helpers.publication import selection
from helpers.publication.batch import batch, cluster
from helpers.publication.batch.commune_build import CommuneBuild
from helpers.publication.batch.storage import Storage
from helpers.publication.incremental.manifest import MANIFEST, mark_output, read_record

SLUGS = {"hem", "annoeullin", "faches-thumesnil"}
ONCE = {"59299": 1, "59011": 1, "59220": 1}


def runs(project):
    return Counter((project / "runs").read_text(encoding="utf-8").split())


def built(folder):
    return {path.parent.name for path in folder.glob("*/manifest.json")}


def run_on(scheduler):
    jobs = [CommuneBuild(place, paths.OUTPUTS) for place in selection.load("essai").places]
    with cluster.connected(scheduler) as (executor, width):
        return list(batch.run(jobs, executor=executor, width=width))


def test_a_lot_is_built_on_the_machines_then_up_to_date(project, scheduler, call):
    code, answer = call("batch", "essai", f"--scheduler={scheduler}")
    assert code == 0, answer
    assert "Lot essai : 3 construits, 0 à jour, sur 3" in answer
    assert built(project / "outputs") == SLUGS
    assert runs(project) == ONCE
    page = (project / "outputs" / "index.html").read_text(encoding="utf-8")
    assert all(f"{slug}/index.html" in page for slug in SLUGS)
    assert "3 à jour, sur 3" in call("batch", "essai", f"--scheduler={scheduler}")[1]
    assert runs(project) == ONCE


@pytest.mark.large
def test_a_commune_whose_machine_is_killed_is_built_again_and_reported_once(project, scheduler):
    (project / "trouble" / "59011").write_text("once", encoding="utf-8")
    results = run_on(scheduler)
    assert sorted(result.place.code for result in results) == sorted(ONCE)
    assert [result.failure for result in results] == [None] * 3
    assert runs(project)["59011"] == 2
    for slug in SLUGS:
        folder = project / "outputs" / slug
        outputs = read_record(folder).outputs
        assert "index.html" in outputs
        assert outputs == {name: mark_output(folder / name) for name in outputs}


@pytest.mark.large
def test_a_commune_that_kills_every_machine_fails_alone(project, scheduler, call):
    (project / "trouble" / "59011").write_text("always", encoding="utf-8")
    code, answer = call("batch", "essai", f"--scheduler={scheduler}")
    assert code == 1
    assert "2 construits, 0 à jour, sur 3" in answer
    assert "Annœullin (59) : La machine qui construisait la commune s'est arrêtée, 2 fois." in answer
    lines = (project / "outputs" / "erreurs.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["commune"] for line in lines] == ["59011"]
    assert built(project / "outputs") == SLUGS - {"annoeullin"}
    (project / "trouble" / "59011").unlink()
    assert call("retry", f"--scheduler={scheduler}")[0] == 0
    assert built(project / "outputs") == SLUGS


@pytest.mark.large
def test_machines_publish_at_an_address_and_trust_its_manifests(project, scheduler, call):
    there = project / "ailleurs"
    options = [f"--scheduler={scheduler}", f"--outputs={there.as_uri()}"]
    code, answer = call("batch", "essai", *options)
    assert code == 0, answer
    assert f"sur 3 : {there.as_uri()}/index.html" in answer
    assert built(there) == SLUGS
    assert not built(project / "outputs")
    assert "3 à jour" in call("batch", "essai", *options)[1]
    assert runs(project) == ONCE


@pytest.mark.large
def test_a_batch_at_an_address_reads_the_manifests_of_its_communes_alone(
    project, scheduler, call, monkeypatch
):
    there, asked, fetch = project / "ailleurs", [], Storage.fetch
    lot = project / "params" / "lots" / "une.yml"
    lot.write_text('communes: ["59299"]\n', encoding="utf-8")
    options = [f"--scheduler={scheduler}", f"--outputs={there.as_uri()}"]

    def note(self, names, folder):
        asked.extend(names := list(names))
        fetch(self, names, folder)

    def build_one_again():
        asked.clear()
        assert call("batch", "une", *options, "--force")[0] == 0
        text = (there / "index.html").read_text(encoding="utf-8")
        assert all(f"{slug}/index.html" in text for slug in SLUGS)
        return {name.split("/")[0] for name in asked if name.endswith(MANIFEST)}

    assert call("batch", "essai", *options)[0] == 0
    monkeypatch.setattr(Storage, "fetch", note)
    assert build_one_again() == {"hem"}
    # Without its table, the whole site is to be written.
    (there / "site" / "diagnostics.sqlite").unlink()
    assert build_one_again() == SLUGS
    lot.unlink()


def test_a_machine_without_the_same_project_is_named(project, scheduler, call, monkeypatch):
    others = cluster.fingerprints() | {"requirements.txt": "autre"}
    monkeypatch.setattr(cluster, "fingerprints", lambda: others)
    code, answer = call("batch", "essai", f"--scheduler={scheduler}")
    assert code == 1
    assert "n'a pas le même projet que celle-ci : requirements.txt" in answer
    assert not runs(project)


def test_a_scheduler_that_does_not_answer_is_reported(project, call, monkeypatch):
    monkeypatch.setattr(cluster, "_PATIENCE", 0.5)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{closed.getsockname()[1]}"
        code, answer = call("batch", "essai", f"--scheduler={address}")
    assert code == 1
    assert f"Erreur : Le répartiteur {address} ne répond pas." in answer
    assert not built(project / "outputs")


@pytest.mark.parametrize("address", ["grappe", "grappe:8786", "carrier-pigeon://grappe:8786", "ftp://x"])
def test_what_is_no_address_of_a_scheduler_is_reported_without_trying_it(
    project, call, capfd, monkeypatch, address
):
    monkeypatch.setattr(cluster, "Client", None)
    code, answer = call("batch", "essai", f"--scheduler={address}")
    assert code == 1
    assert f"scheduler = '{address}' n'est pas une adresse" in answer
    assert capfd.readouterr().err == ""
