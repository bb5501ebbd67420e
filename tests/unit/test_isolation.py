"""The guard of conftest.py guards."""

from __future__ import annotations

import socket
import urllib.request

import pytest


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("www.insee.fr", 443)])
def test_no_test_can_connect_to_another_machine(address):
    with pytest.raises(OSError, match="do not use the network"):
        socket.create_connection(address, timeout=1)


def test_no_test_can_connect_a_socket_of_its_own():
    with socket.socket() as own, pytest.raises(OSError, match="do not use the network"):
        own.connect(("192.0.2.1", 80))


def test_no_test_can_open_a_web_page():
    with pytest.raises(OSError, match="do not use the network"):
        urllib.request.urlopen("http://www.insee.fr/", timeout=1)


def test_a_test_can_talk_to_its_own_machine():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
    ):
        client.sendall(b"Hem")
        answer, _ = server.accept()
        with answer:
            assert answer.recv(3) == b"Hem"
