"""What stands between this machine and a producer's server is told apart, each with the variable to set."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from helpers.errors import NetworkError
from helpers.sources import melodi
from helpers.sources.melodi_client import Client
from helpers.sources.transfer import transfer

INSEE = "https://www.insee.fr/fichier.zip"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    """No proxy nor authority of the person who runs the tests."""
    for name in (
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "no_proxy",
        "requests_ca_bundle",
        "curl_ca_bundle",
    ):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@contextmanager
def answering(status, *, certificate=None):
    """A server on this machine, of anything or as a proxy, that always gives this answer; its host and port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_CONNECT(self):
            self.do_GET()

        def log_message(self, *args):
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request, address):
            """A client that hangs up on a certificate is no fault of the server's."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, certificate.with_suffix(".key"))
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def closed():
    """A host and port of this machine where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return "127.0.0.1:{1}".format(*server.getsockname())


@pytest.fixture
def refused(tmp_path):
    """The error of an address that cannot be reached, asked for once."""

    def _refused(url=INSEE):
        waits = []
        with pytest.raises(NetworkError) as caught:
            transfer(url, tmp_path / "fichier", part=tmp_path / "fichier.part", sleep=waits.append)
        assert waits == []
        assert list(tmp_path.glob("fichier*")) == []
        assert "Les données embarquées continuent" in caught.value.remedy
        return caught.value

    return _refused


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_that_is_dead_is_named_with_the_variable_that_gives_it(
    refused, monkeypatch, closed, variable
):
    monkeypatch.setenv(variable, f"http://moi:secret@{closed}")
    error = refused()
    assert f"le proxy {closed} ne répond pas" in error.message
    assert f"Corrigez {variable} " in error.remedy
    assert f"unset {variable}" in error.remedy
    assert "secret" not in str(error)


@pytest.mark.parametrize(
    ("url", "variable"), [(INSEE, "HTTPS_PROXY"), ("http://www.insee.fr/x", "http_proxy")]
)
def test_a_proxy_that_asks_for_a_password_says_where_to_put_it(refused, monkeypatch, url, variable):
    with answering(407) as proxy:
        monkeypatch.setenv(variable, f"http://{proxy}")
        error = refused(url)
    assert f"le proxy {proxy} demande un mot de passe" in error.message
    assert "407" in error.message
    assert f"{variable}=http://nom:motdepasse@" in error.remedy


def test_a_proxy_that_does_not_go_there_is_not_called_dead(refused, monkeypatch):
    with answering(403) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy}")
        error = refused()
    assert f"le proxy {proxy} refuse d'aller à www.insee.fr" in error.message
    assert "ouvrir www.insee.fr" in error.remedy


def test_a_proxy_that_is_no_address_is_named(refused, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http:/proxy:3128")
    assert "Corrigez HTTPS_PROXY" in refused().remedy


def test_without_a_proxy_the_server_is_the_one_that_does_not_answer(refused, closed):
    error = refused(f"http://{closed}/fichier")
    assert f"{closed} ne répond pas" in error.message
    assert "proxy" not in error.message
    assert "HTTPS_PROXY=" in error.remedy


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of this machine that no authority has signed; its key beside it."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    path = tmp_path_factory.mktemp("authority") / "machine.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=ici"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path.with_suffix(".key"), "-out", path),
        ],
        check=True,
        capture_output=True,
    )
    return path


def test_an_unknown_authority_is_reported_with_the_variable_that_makes_it_known(
    refused, certificate, monkeypatch, tmp_path
):
    with answering(200, certificate=certificate) as site:
        error = refused(f"https://{site}/fichier")
        assert f"le certificat que présente {site} vient d'une autorité inconnue" in error.message
        assert "REQUESTS_CA_BUNDLE=/chemin/" in error.remedy
        # What the remedy says is enough.
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        transfer(f"https://{site}/fichier", tmp_path / "reçu", part=tmp_path / "reçu.part")
        assert (tmp_path / "reçu").is_file()
        name = refused(f"https://localhost:{site.rpartition(':')[2]}/fichier")
        assert "est refusé" in name.message
        assert "REQUESTS_CA_BUNDLE" not in name.remedy


def test_a_bundle_of_authorities_that_is_nowhere_is_named(refused, monkeypatch, closed):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nulle/part.pem")
    error = refused(f"https://{closed}/fichier")
    assert "REQUESTS_CA_BUNDLE='/nulle/part.pem' ne désigne aucun fichier" in error.message
    assert "Corrigez REQUESTS_CA_BUNDLE" in error.remedy


def test_the_figures_of_one_commune_tell_them_apart_too(monkeypatch, closed):
    def ask():
        client = Client(requests.Session(), pace=melodi.Pace(sleep=os.abort))
        with pytest.raises(NetworkError) as caught:
            melodi.fetch("DS_RP_SERIE_HISTORIQUE", areas=[("commune", "59299")], client=client)
        return str(caught.value)

    monkeypatch.setenv("HTTPS_PROXY", f"http://{closed}")
    assert f"le proxy {closed} ne répond pas" in ask()
    with answering(407) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy}")
        assert "HTTPS_PROXY=http://nom:motdepasse@" in ask()
