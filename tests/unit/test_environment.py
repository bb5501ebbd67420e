"""The lists of packages agree, and no file of the repository names a machine or an address of a package index."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import re
import subprocess
import tomllib

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
    expected = tool.environment("".join(map(read, tool.WANTED)), read("requirements.txt"))
    assert read("environment.yml") == expected, "run: make lock"


def test_every_package_asked_for_is_locked(tool):
    for name in tool.WANTED:
        asked = names_of(tool, name)
        assert asked
        assert asked <= tool.pins(read("requirements.txt")).keys()


def test_what_tests_the_project_is_no_dependency_of_the_package(tool):
    pyproject = tomllib.loads(read("pyproject.toml"))
    (runtime,) = pyproject["tool"]["setuptools"]["dynamic"]["dependencies"]["file"]
    for_tests = names_of(tool, "requirements-dev.in")
    assert not names_of(tool, runtime) & for_tests
    owners = importlib.metadata.packages_distributions()
    used = {tool.canonical(owner) for module in imported() for owner in owners.get(module, ())}
    assert {"pandas", "typer"} <= used
    assert not used & for_tests


def imported():
    """The first names of the modules that the package imports."""
    found = set()
    for path in (paths.ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(node.module.split(".")[0])
    return found


def names_of(tool, file):
    asked = [re.match(r"[A-Za-z0-9._-]+", line) for line in read(file).splitlines()]
    return {tool.canonical(match[0]) for match in asked if match}


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
