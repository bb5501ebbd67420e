"""What the pages for people say can be done, can be done: commands, files, code."""

from __future__ import annotations

import re
import tomllib

import pandas as pd
import pytest
import seaborn as sns
from ruamel.yaml import YAML

from helpers import Diagnostic, paths

PAGES = sorted(
    [paths.ROOT / name for name in ("README.md", "CONTRIBUTING.md")]
    + list((paths.ROOT / "docs").glob("*.md"))
)
TARGETS = set(re.search(r"^\.PHONY: (.+)$", (paths.ROOT / "Makefile").read_text(), re.MULTILINE)[1].split())
# In a block of code, or between backquotes.
_BLOCK = re.compile(r"^```sh\n(.+?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(make[^`]*)`")


def commands(text):
    blocks = "\n".join(_BLOCK.findall(text)).splitlines()
    lines = [line.partition("#")[0].lstrip("> ").strip() for line in blocks] + _INLINE.findall(text)
    return [line for line in lines if re.match(r"(\w+=\S+ )*make\b", line)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_command_names_a_target(page):
    for line in commands(page.read_text(encoding="utf-8")):
        words = re.sub(r'"[^"]*"|\([^)]*\)', "x", line.split("make", 1)[1]).split()
        asked = {word for word in words if re.fullmatch(r"[a-z][a-z0-9-]*", word)} - {"x"}
        assert asked <= TARGETS, line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_to_one(page):
    for address in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / address).exists(), address


def test_the_code_of_the_page_on_jupyterlab_runs(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "PARAMS", tmp_path)
    text = (paths.ROOT / "docs" / "jupyterlab.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.+?)^```", text, re.MULTILINE | re.DOTALL)
    frame = pd.DataFrame(
        {"territory": "Hem", "year": [2012, 2018], "share": [6.5, 12.3], "source": "rp_2018"}
    )
    d = Diagnostic.open("59299")
    exec(code, {"d": d, "sns": sns, "mes_chiffres": frame})
    assert [path.name for path in paths.list_annexes("hem")] == ["la-vacance-double.json"]
    for call in re.findall(r"^\| `(d[^`]*)` \|", text, re.MULTILINE):
        assert eval(call, {"d": d}) is not None, call


def test_the_citation_is_of_this_version():
    cited = YAML(typ="safe").load(paths.ROOT / "CITATION.cff")
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (cited["version"], cited["license"]) == (project["version"], project["license"])
