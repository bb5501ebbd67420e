from __future__ import annotations

import inspect
import pickle

import pytest

from helpers import errors

KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.DiagnosticError)
]


def test_an_error_prints_its_message_then_its_remedy_on_a_line_of_its_own():
    error = errors.StoreError("Table absente.", remedy="Restaurez-la.")
    assert str(error).splitlines() == ["Table absente.", "→ Restaurez-la."]


def test_an_error_without_remedy_prints_its_message_alone():
    assert str(errors.BuildError("Échec.")) == "Échec."


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_survives_the_border_of_a_process_with_its_remedy(kind):
    copy = pickle.loads(pickle.dumps(kind("Quoi.", remedy="Que faire.")))
    assert type(copy) is kind
    assert (copy.message, copy.remedy, str(copy)) == ("Quoi.", "Que faire.", "Quoi.\n→ Que faire.")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_one_except_clause_catches_every_error_meant_for_the_reader(kind):
    with pytest.raises(errors.DiagnosticError, match="Quoi"):
        raise kind("Quoi.")
