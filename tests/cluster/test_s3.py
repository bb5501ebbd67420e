"""A batch published in a bucket of S3, for good but on this machine (`make s3`)."""

from __future__ import annotations

import pytest
from test_storage import write_diagnostic

from helpers.errors import BuildError
from helpers.publication.batch.storage import Storage
from helpers.publication.incremental.manifest import read_record

moto = pytest.importorskip("moto.server", reason="make s3 l'installe")
s3fs = pytest.importorskip("s3fs", reason="make s3 l'installe")


@pytest.fixture
def bucket(monkeypatch):
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    s3fs.S3FileSystem().makedirs("seau", exist_ok=True)
    yield "s3://seau/lot"
    s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


def test_a_diagnostic_goes_to_a_bucket_and_comes_back(bucket, tmp_path):
    there = Storage(bucket)
    there.check()
    there.publish("hem", write_diagnostic(tmp_path / "a", index="un", vieux="gone"))
    there.publish("hem", write_diagnostic(tmp_path / "b", index="deux"))
    assert there.list_diagnostics() == ["hem"]
    there.fetch_diagnostic("hem", tmp_path / "c")
    names = sorted(path.name for path in (tmp_path / "c" / "hem").iterdir())
    assert names == ["donnees", "index.html", "manifest.json"]
    assert read_record(tmp_path / "c" / "hem") == read_record(tmp_path / "b" / "hem")
    there.fetch(["absent"], tmp_path / "d")
    assert not (tmp_path / "d").exists()


def test_a_bucket_without_rights_is_reported(bucket, monkeypatch):
    monkeypatch.setattr(s3fs.S3FileSystem, "_pipe_file", _refuse)
    # Those at hand know the former one.
    s3fs.S3FileSystem.clear_instance_cache()
    with pytest.raises(BuildError, match=r"écrire sous s3://seau/lot .*Access Denied"):
        Storage(bucket).check()


async def _refuse(*_, **__):
    raise PermissionError("Access Denied")
