"""Diagnostics and stores at an address: whole or absent, and errors that say what to do."""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path

import fsspec
import pytest
from for_each import for_each

from helpers import paths
from helpers.errors import BuildError, ParameterError, StoreError
from helpers.publication import files
from helpers.publication.batch import storage
from helpers.publication.batch.storage import Storage
from helpers.publication.incremental.manifest import MANIFEST, BuildRecord, read_record, write_manifest


@pytest.fixture
def memory():
    """A storage of this process, empty."""
    files = fsspec.filesystem("memory")
    files.store.clear()
    files.pseudo_dirs[:] = [""]
    return files


def write_diagnostic(folder, **files):
    """A diagnostic of the commune hem, its manifest included."""
    place = folder / "hem"
    place.mkdir(parents=True)
    for name, text in files.items():
        (place / f"{name}.html").write_text(text, encoding="utf-8")
    (place / "donnees").mkdir()
    (place / "donnees" / "a.csv").write_text("a", encoding="utf-8")
    inputs = {"params/hem.yml": "1", "table:population": "2"}
    record = BuildRecord(inputs, request=["params/hem.yml"], dates=["table:population"], parts={})
    write_manifest(place, {}, record, outputs=folder, common=inputs.get)
    return folder


def change_manifest(folder, change):
    """Change what the manifest of the commune hem says of its build."""
    path = folder / "hem" / MANIFEST
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content["build"])
    path.write_text(json.dumps(content), encoding="utf-8")


def test_a_diagnostic_replaces_the_former_one_and_comes_back_whole(memory, tmp_path):
    there = Storage("memory://seau/lot/")
    there.publish("hem", write_diagnostic(tmp_path / "a", index="un", vieux="gone"))
    there.publish("hem", write_diagnostic(tmp_path / "b", index="deux"))
    assert there.list_diagnostics() == ["hem"]
    shared, *hem = sorted(memory.find("/seau"), key=lambda path: "/hem/" in path)
    assert shared.startswith("/seau/lot/site/empreintes/")
    assert sorted(hem) == [
        f"/seau/lot/hem/{name}" for name in ("donnees/a.csv", "index.html", "manifest.json")
    ]
    memory.pipe_file("/seau/lot/hem/hem-diagnostic.pdf", b"%PDF")
    there.fetch_diagnostic("hem", tmp_path / "c")
    assert (tmp_path / "c" / "hem" / "donnees" / "a.csv").is_file()
    assert not (tmp_path / "c" / "hem" / "hem-diagnostic.pdf").exists()
    assert (tmp_path / "c" / "hem" / "index.html").read_text(encoding="utf-8") == "deux"
    assert read_record(tmp_path / "c" / "hem") == read_record(tmp_path / "b" / "hem")


def test_what_is_published_halfway_has_no_manifest(memory, tmp_path, monkeypatch):
    there = Storage("memory://seau")
    there.publish("hem", write_diagnostic(tmp_path / "a", index="un"))

    def refuse(self, path, value, **options):
        raise PermissionError("interdit")

    monkeypatch.setattr(type(memory), "pipe_file", refuse)
    with pytest.raises(BuildError, match=r"Impossible d'écrire sous memory://seau .*interdit"):
        there.publish("hem", write_diagnostic(tmp_path / "b", index="deux"))
    assert there.list_diagnostics() == []
    with pytest.raises(BuildError, match="droits"):
        there.check()


def test_files_that_are_not_there_are_left_out_and_others_come(memory, tmp_path):
    there = Storage("memory://seau")
    memory.pipe_file("/seau/a", b"1")
    there.fetch(["a", "b", "hem/manifest.json"], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    there.fetch(["b"], tmp_path)
    (tmp_path / "a").unlink()
    there.send(["a"], tmp_path)
    assert not memory.exists("/seau/a")


@pytest.mark.parametrize("address", ["pigeon://seau", "memory://", "s3:///"])
def test_what_is_no_address_is_reported_with_an_example(address):
    with pytest.raises(ParameterError) as shown:
        Storage(address)
    assert repr(address) in str(shown.value)


def test_the_command_refuses_an_address_before_anything_is_built(project, call):
    code, answer = call("batch", "essai", "--outputs=pigeon://seau")
    assert code == 1
    assert "Erreur : 'pigeon://seau' n'est pas une adresse utilisable" in answer
    assert not (project / "runs").read_text(encoding="utf-8")


@pytest.fixture
def remote(memory, monkeypatch, tmp_path):
    """A store of two tables at an address."""
    tables = {"population": b"1", "ages": b"2"}
    index = {name: {"rows": 1, "sha256": hashlib.sha256(text).hexdigest()} for name, text in tables.items()}
    for name, text in tables.items():
        memory.pipe_file(f"/magasin/{name}.parquet", text)
    memory.pipe_file("/magasin/tables.json", json.dumps(index).encode())
    monkeypatch.setenv("HELPERS_STORE", "memory://magasin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return memory


def test_a_store_at_an_address_is_copied_once_and_what_is_damaged_again(remote):
    storage.bring_store()
    folder = paths.store_folder()
    assert {path.name: path.read_bytes() for path in folder.glob("*.parquet")} == {
        "ages.parquet": b"2",
        "population.parquet": b"1",
    }
    # Were it copied again, this one would come back wrong.
    remote.pipe_file("/magasin/ages.parquet", b"autre")
    (folder / "population.parquet").write_bytes(b"abime")
    storage.bring_store()
    assert (folder / "population.parquet").read_bytes() == b"1"
    (folder / "ages.parquet").unlink()
    with pytest.raises(StoreError, match=r"ages.parquet n'est pas la table que décrit tables.json"):
        storage.bring_store()


def test_an_address_without_a_store_is_reported(remote, monkeypatch):
    monkeypatch.setenv("HELPERS_STORE", "memory://ailleurs")
    with pytest.raises(StoreError, match="memory://ailleurs"):
        storage.bring_store()


@pytest.mark.parametrize(("kind", "remedy"), [("s3", "make s3 (s3://)"), ("gs", "pip install gcsfs (gs://)")])
def test_what_reads_an_address_is_named_with_what_installs_it(monkeypatch, kind, remedy):
    def _absent(address):
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec.core, "url_to_fs", _absent)
    with pytest.raises(ParameterError, match=f"de quoi lire les adresses {kind}://") as caught:
        Storage(f"{kind}://seau/lot")
    assert remedy in caught.value.remedy


@for_each(
    "name",
    ["../../intrus", "/tmp/intrus", "hem/../../intrus", "..", "C:\\intrus", "a\\..\\..\\intrus", "", "a\0b"],
)
def test_a_name_that_leaves_its_folder_is_neither_read_nor_written(name):
    fsspec.filesystem("memory").pipe_file("/seau/intrus", b"lu")
    there = Storage("memory://seau")
    with tempfile.TemporaryDirectory() as place:
        inner = Path(place, "un", "deux")
        inner.mkdir(parents=True)
        for deed in (there.fetch, there.send):
            with pytest.raises(BuildError, match="hors de son dossier"):
                deed([name], inner)
        assert [*Path(place).rglob("*")] == [inner.parent, inner]


@for_each(
    "name, value",
    [
        ("outputs", {"../../intrus": ["0", "0"]}), ("outputs", {"/tmp/intrus": ["0", "0"]}), ("shared", "hem/manifest.json"),
        ("shared", "/tmp/intrus"), ("shared", 3), ("outputs", {"a": 3}), ("shared", ["a"]), ("inputs", {"../../intrus": ""}),
        ("inputs", [["a"]]), ("parameters", {"1_demographie": ""}),
    ],
)  # fmt: skip
def test_a_hostile_manifest_is_as_if_there_were_none(memory, tmp_path_factory, name, value):
    tmp_path = tmp_path_factory.mktemp("hostile")
    memory.store.clear()
    write_diagnostic(tmp_path / "a", index="un")
    change_manifest(tmp_path / "a", lambda build: build.update({name: value}))
    Storage("memory://seau").publish("hem", tmp_path / "a")
    memory.pipe_file("/seau/hem/../../intrus", b"lu")
    Storage("memory://seau").fetch_diagnostic("hem", tmp_path / "un" / "deux")
    assert read_record(tmp_path / "un" / "deux" / "hem") is None
    found = {path.name for path in (tmp_path / "un").rglob("*") if path.is_file()}
    assert found <= {"manifest.json", *(path.name for path in tmp_path.glob("a/site/empreintes/*"))}


@for_each("key", ["/etc/passwd", "../../intrus", "src/../../intrus"])
def test_what_diagnostics_share_names_files_of_the_project_alone(tmp_path_factory, key):
    tmp_path = tmp_path_factory.mktemp("hostile")
    write_diagnostic(tmp_path, index="un")
    assert read_record(tmp_path / "hem")
    (shared,) = tmp_path.glob("site/empreintes/*")
    content = json.loads(shared.read_text(encoding="utf-8"))
    # Its name says its content: whoever can write there can give it another.
    for inputs, is_sound in (({}, True), ({key: "1"}, False)):
        altered = {**content, "inputs": content["inputs"] | inputs}
        name = f"site/empreintes/{files.hash_values(altered)}.json"
        (tmp_path / name).write_text(json.dumps(altered), encoding="utf-8")
        change_manifest(tmp_path, lambda build, name=name: build.update(shared=name))
        assert bool(read_record(tmp_path / "hem")) == is_sound


def test_a_store_whose_index_names_a_table_elsewhere_is_refused(remote):
    files = fsspec.filesystem("memory")
    (index,) = files.glob("/magasin/tables.json")
    content = json.loads(files.cat_file(index))
    content["../../intrus"] = {"sha256": "0" * 64}
    files.pipe_file(index, json.dumps(content).encode())
    with pytest.raises(StoreError, match=r"hors de son dossier, '\.\./\.\./intrus'"):
        storage.bring_store()
