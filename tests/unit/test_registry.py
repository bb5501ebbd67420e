from __future__ import annotations

import importlib
import inspect
import re
import tomllib
import zipfile

import pytest
from pydantic import ValidationError

from helpers.errors import SourceError
from helpers.sources.registry import GEOGRAPHY, REGISTRY, Source, find_source, load_registry

SOURCES = load_registry().values()
every_source = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)


@every_source
def test_every_source_has_a_reader(source):
    module = importlib.import_module(f"helpers.sources.{source.reader}")
    assert inspect.isfunction(getattr(module, "read", None) or getattr(module, "simulate", None))


@every_source
def test_every_official_source_gives_its_page_and_its_licence(source):
    assert source.licence
    assert source.citation
    if source.file is not None:
        assert re.match(r"https://\S+$", source.page)
        assert source.licence == "Licence Ouverte 2.0"


@every_source
def test_every_file_tells_the_list_of_communes_it_is_given_in(source):
    # Published figures and simulated detail have no list of their own.
    if source.file is not None and source.id != "publie":
        assert source.geography is not None
        assert source.geography <= GEOGRAPHY


@every_source
def test_the_vintage_is_in_the_name_that_a_source_line_shows(source):
    if source.vintage is not None and source.reader != "outlines":
        assert str(source.vintage) in source.citation


@every_source
def test_a_census_says_which_exploitation_it_comes_from(source):
    if source.reader in ("comparateur", "census_extract", "legal_population", "municipal_population"):
        assert source.exploitation == "principale"


@every_source
def test_a_file_is_where_the_registry_says(source, sources):
    if source.file is None:
        return
    assert (sources / source.file).stat().st_size > 0
    if source.member:
        with zipfile.ZipFile(sources / source.file) as archive:
            assert source.member in archive.namelist()


def test_an_unknown_source_lists_those_that_are_known():
    with pytest.raises(SourceError, match="rp_2099") as caught:
        find_source("rp_2099")
    assert all(source.id in caught.value.remedy for source in SOURCES)


def test_a_source_is_found_under_its_own_name():
    assert find_source("comparateur_2018").id == "comparateur_2018"


def test_a_record_with_a_misspelt_key_is_refused():
    record = tomllib.loads(REGISTRY.read_text(encoding="utf-8"))["rp_2018"]
    assert Source(id="rp_2018", **record) == find_source("rp_2018")
    with pytest.raises(ValidationError, match="licences"):
        Source(id="rp_2018", **record, licences="x")
