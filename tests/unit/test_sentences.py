"""The sentences of whole communes, and those of every kind of value: nothing banned, nothing reported twice, no fault."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sentences import Call, calls_of, faults_in, faults_of, written_alike

from helpers.columns import find_columns
from helpers.wording.finding import Finding

# A town of a metropolis, a small one, the seat of an agglomeration, a village. Sixty others: tests/many_communes.
SAMPLE = ("59299", "59011", "39198", "59643")
_FIGURES = ("share", "rate", "change", "points", "amount", "index", "ratio", "margin")
_NUMBERS = ("count", "exact", *_FIGURES)


@functools.cache
def asked(code):
    return calls_of(f"insee:{code}")


@pytest.mark.parametrize("code", SAMPLE)
def test_no_sentence_of_a_commune_has_a_fault(code):
    d, calls = asked(code)
    found = [call.make(call.data, d.commune, **call.more) for call in calls]
    assert [fault for finding in found for fault in faults_of(finding)] == []


def filled(data: pd.DataFrame, value: float, kinds=_NUMBERS) -> pd.DataFrame:
    """The same data, every number of some kinds being one value."""
    figures = [name for name, column in find_columns(data.columns).items() if column.kind in kinds]
    numbers = data.select_dtypes("number").columns
    return data.assign(**{name: float(value) for name in figures if name in numbers})


def turned(data: pd.DataFrame) -> pd.DataFrame:
    """The same data, its two dates exchanged and its changes turned round."""
    columns = {name: f"{name[:-2]}_{1 - int(name[-1])}" for name in data if name[-2:] in ("_0", "_1")}
    changed = [
        name
        for name, column in find_columns(data.columns).items()
        if column.is_signed and pd.api.types.is_numeric_dtype(data[name])
    ]
    return data.rename(columns=columns).assign(**{name: -data[name] for name in changed})


VALUES = {
    "zero": lambda data: filled(data, 0.0),
    "one": lambda data: filled(data, 1.0),
    "two": lambda data: filled(data, 2.0),
    "equal": lambda data: filled(data, 4321.0),
    # Counts are known where there is a row; what is worked out of them may be hidden.
    "missing": lambda data: filled(data, np.nan, _FIGURES),
    "turned": turned,
}


@pytest.mark.parametrize("kind", VALUES)
def test_no_sentence_has_a_fault_whatever_the_values(kind):
    d, calls = asked("59299")
    faults = []
    for call in calls:
        finding = call.make(VALUES[kind](call.data), d.commune, **call.more)
        found = list(faults_of(finding))
        # Figures that are all the same are reported twice.
        faults += [
            f"{call.subject} : {one}" for one in found if kind == "turned" or "chiffre redit" not in one
        ]
    assert faults == []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Ce qui s’éloigne le plus de l’intercommunalité : Densité", "titre"),
        ("Sur 2 périodes depuis 2008, le solde naturel est positif", "titre"),
        ("Plus de naissances que de décès, plus d’arrivées que de départs", "accroche"),
        ("Les résidences principales gagnées ont toutes été occupées par des ménages", "titre"),
        ("la commune compte 1\u00a0logements.", "lecture"),
        ("la commune compte 2\u00a0logement.", "lecture"),
        ("une population stable en aurait demandé +433.", "lecture"),
        ("le nombre de de logements augmente.", "lecture"),
        ("un nombre stable de habitants.", "lecture"),
        ("les habitants de Annœullin.", "lecture"),
        ("De 2012 à 2018, 314\u00a0logements de plus, soit 314\u00a0logements.", "à retenir"),
        ("La population augmente.", "titre"),
        ("1\u202f505 habitants ont 18 à 24 ans.", "lecture"),
    ],
)
def test_a_fault_is_found(text, part):
    assert list(faults_in(text, part=part))


def test_a_figure_is_not_reported_by_a_title_and_by_its_reading():
    shown = Finding("58,8\u00a0% de propriétaires", "en 2018, 58,8\u00a0% des ménages sont propriétaires.")
    assert [fault for fault in faults_of(shown) if "redit" in fault]
    assert not list(faults_of(replace(shown, reading="en 2018, 4\u202f188 ménages sont propriétaires.")))


def test_communes_with_other_facts_do_not_read_alike():
    worded = {}
    for code in SAMPLE[:3]:
        d, calls = asked(code)
        found = [call.make(call.data, d.commune, **call.more) for call in calls]
        # Titles and headlines, which say what is found; readings give the figures behind.
        titles = [Finding(title=one.title, headline=one.headline) for one in found]
        worded[code] = [written_alike(one, name=d.commune.name) for one in titles]
    common = set.intersection(*map(set, worded.values()))
    for texts in worded.values():
        assert len(common) < len(texts) / 2


def test_communes_with_the_same_facts_read_alike():
    d, calls = asked("59299")
    other, _ = asked("59011")
    for call in calls:
        here = call.make(call.data, d.commune, **call.more)
        there = call.make(renamed(call, d.commune.name, other.commune.name), other.commune, **call.more)
        shown = written_alike(here, name=d.commune.name)
        assert written_alike(there, name=other.commune.name).replace("d’X", "de X") == shown


def renamed(call: Call, name: str, other: str) -> pd.DataFrame:
    """The data of one commune as those of another."""
    data = call.data.rename(columns=lambda column: column.replace(f"@{name}", f"@{other}"))
    if "code" in data:
        return data.assign(code=data["code"].replace({"59299": "59011", "59011": "59299"}))
    if "territory" not in data:
        return data
    if isinstance(data["territory"].dtype, pd.CategoricalDtype):
        return data.assign(territory=data["territory"].cat.rename_categories({name: other}))
    return data.assign(territory=data["territory"].replace(name, other))


def test_what_is_simulated_heads_no_section_and_says_so():
    d, calls = asked("59299")
    found = [call.make(call.data, d.commune, **call.more) for call in calls]
    simulated = [one for one in found if one.demonstration]
    assert simulated
    for one in simulated:
        assert one.headline == ""
        assert not one.takeaway or "données de démonstration" in one.takeaway
    assert any(one.headline for one in found)
