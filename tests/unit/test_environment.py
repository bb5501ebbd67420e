"""The lists of packages agree, and no file of the repository names a machine or an address of a package index."""

from __future__ import annotations

import importlib.util
import re
import subprocess

import pytest

from helpers import paths


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("environment", paths.ROOT / "tools" / "environment.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def texts():
    """Path -> text of every tracked file that is text."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=paths.ROOT, capture_output=True, check=True, encoding="utf-8"
    ).stdout
    found = {}
    for name in filter(None, listed.split("\0")):
        path = paths.ROOT / name
        if path.is_file() and b"\0" not in (raw := path.read_bytes()):
            found[name] = raw.decode("utf-8")
    assert len(found) > 50
    return found


def read(name):
    return (paths.ROOT / name).read_text(encoding="utf-8")


def test_conda_users_get_the_versions_of_the_lock(tool):
    expected = tool.environment(read("requirements.in"), read("requirements.txt"))
    assert read("environment.yml") == expected, "run: make lock"


def test_every_package_asked_for_is_locked(tool):
    wanted = [re.match(r"[A-Za-z0-9._-]+", line) for line in read("requirements.in").splitlines()]
    names = {tool.canonical(match[0]) for match in wanted if match}
    assert len(names) > 20
    assert names <= tool.pins(read("requirements.txt")).keys()


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-uv.txt"])
def test_every_locked_package_has_its_hashes(lock):
    blocks = re.split(r"\n(?=[a-z0-9])", read(lock).strip())
    for block in blocks:
        first = block.splitlines()[0]
        if first.startswith("#"):
            continue
        assert re.match(r"[a-z0-9][a-z0-9._-]*(?:\[[a-z,-]+\])?==\S+", first), first
        assert "--hash=sha256:" in block, first


# Written in pieces: this file is one of those that are read.
_INDEXES = "|".join(
    ["pypi" + r"\.org", "python" + "hosted", "anaconda" + r"\.org", "artif" + "actory", "jf" + r"rog\.", "nexus" + r"[./-]", "devpi"]
)  # fmt: skip
_OPTIONS = "|".join("--" + name for name in ("index-url", "extra-index-url", "find-links", "trusted-host"))
_FOLDERS = "|".join(["work", "root", "home", "Users", "mnt", "private"])


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("an address of a package index", rf"https?://\S*(?:{_INDEXES})"),
        ("an option that chooses a package index", rf"(?:{_OPTIONS})[ =]"),
        ("a package at an address", r"^\S+ @ (?:https?|file):"),
        ("a path of a machine", rf"(?<![\w.$<>}}/-])/(?:{_FOLDERS})/\w"),
        ("a path of a machine", r"\b[A-Z]:\\" + r"\\?Users"),
    ],
)
def test_no_file_of_the_repository_holds(texts, what, pattern):
    found = [
        f"{name}: {match[0]}"
        for name, text in texts.items()
        if (match := re.search(pattern, text, re.MULTILINE))
    ]
    assert not found, what


def test_every_file_of_the_repository_is_utf8_with_unix_ends(texts):
    assert [name for name, text in texts.items() if "\r" in text or text.startswith("\ufeff")] == []
