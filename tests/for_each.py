"""A rule that holds for hundreds of things is one test: every thing that breaks it is named."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest

# Those that are reported; all are counted.
_SHOWN = 10


def for_each(
    names: str, cases: Iterable[Any], *, named: Callable[[Any], str] = repr
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test for each case, as `pytest.mark.parametrize` would, in one test that tells all those that fail.

    `named` says a case where its `repr` is long. For rules quick to check: fixtures are set up once for all the cases, which must leave them as they were.
    """
    asked = [name.strip() for name in names.split(",")]
    cases = list(cases)
    assert cases, f"there is no {names} to check"

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(test)
        def run(**fixtures: Any) -> None:
            failed: list[tuple[Any, BaseException]] = []
            for case in cases:
                try:
                    test(**dict(zip(asked, case if len(asked) > 1 else [case], strict=True)), **fixtures)
                except (Exception, pytest.fail.Exception) as error:
                    failed.append((case, error))
            if failed:
                text = "\n".join(
                    f"{named(case)}: {type(error).__name__}: {error}" for case, error in failed[:_SHOWN]
                )
                more = f", of which {_SHOWN}" if len(failed) > _SHOWN else ""
                message = f"{len(failed)} of {len(cases)} {names} fail{more}:\n{text}"
                raise AssertionError(message) from failed[0][1]

        signature = inspect.signature(test)
        kept = [value for name, value in signature.parameters.items() if name not in asked]
        run.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
        return run

    return decorate
