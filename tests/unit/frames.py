"""Small tables in the form that `Diagnostic.table` gives, written where a test needs them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from helpers.territory.communes import Commune, list_larger
from helpers.wording import Finding

CAUSES = re.compile(
    r"à cause d|en raison d|grâce à|\bdonc\b|parce qu|\bcar\b|par conséquent|s’explique|\bentraîn|\bprovoqu",
    re.IGNORECASE,
)
NEVER = re.compile(r"\bnan\b|\bNone\b|n\.d\.|\binf\b|\d\.\d|(?<!\d)-\d|[−+]0(?:,0+)?(?![\d,])|  |\( *\)")


def long(
    values: Mapping[tuple[str, int], Mapping[str, float]], *, origin: str = "insee", source: str = "recensement", **columns: Any
) -> pd.DataFrame:  # fmt: skip
    """`{(territory, year): {variable: value}}` as one row per value."""
    rows = [
        {
            "territory": territory, "year": year, "variable": variable, "value": value, "origin": origin,
            "source": source, **columns,
        }
        for (territory, year), variables in values.items()
        for variable, value in variables.items()
    ]  # fmt: skip
    names = ["territory", "year", "variable", "value", "origin", "source", *columns]
    return pd.DataFrame(rows, columns=names).astype({"value": "float64"})


def crossed(frame: pd.DataFrame, **columns: Iterable[Any]) -> pd.DataFrame:
    """Give each row of a frame every value of some columns."""
    return frame.merge(
        pd.MultiIndex.from_product(columns.values(), names=columns).to_frame(index=False), how="cross"
    )


def flows(values: Mapping[tuple[str, int, int], Mapping[str, float]], **options: Any) -> pd.DataFrame:
    """`{(territory, since, year): {variable: value}}` as one row per value."""
    frames = [
        long({(territory, year): variables}, since=since, **options)
        for (territory, since, year), variables in values.items()
    ]
    return pd.concat(frames, ignore_index=True)


def by_age(
    values: Mapping[tuple[int, str, int], float],
    *,
    origin: str = "insee",
    source: str = "s",
    territory: str = "Hem",
) -> pd.DataFrame:
    """`{(year, sex, age): value}` as the tables of the store by age."""
    rows = [(territory, year, sex, age, value) for (year, sex, age), value in values.items()]
    frame = pd.DataFrame(rows, columns=["territory", "year", "sex", "age", "value"])
    frame = frame.astype({"year": "int16", "age": "int16", "value": "float64"})
    return frame.assign(variable="POP", origin=origin, source=source)


def commune(name: str = "Hem", code: str = "59299", **parts: Any) -> Commune:
    """A commune of the metropolis; `parts` replace what it belongs to."""
    known: dict[str, Any] = {
        "level": "commune", "code": code, "name": name, "slug": name.lower(), "department": "59", "department_name": "Nord",
        "region": "32", "region_name": "Hauts-de-France", "epci": "200093201",
        "epci_name": "Métropole Européenne de Lille", "split": None, "geography": 2024,
    }  # fmt: skip
    known |= {"arrondissement": "595", "arrondissement_name": "Lille", **parts}
    fields = {name: value for name, value in known.items() if not name.startswith("arrondissement")}
    return Commune(**fields, larger=list_larger(pd.Series(known)))


def check_sentences(findings: Iterable[Finding]) -> None:
    """Insist on whole French sentences that name no cause, and that say when they rest on simulated figures."""
    for finding in findings:
        for sentence in (finding.title, finding.reading, finding.takeaway, finding.headline):
            assert not NEVER.search(sentence), sentence
            assert not CAUSES.search(sentence), sentence
        assert not finding.title.endswith(".")
        assert len(finding.title) <= 70, finding.title
        assert len(finding.headline) <= 70, finding.headline
        # A title of section: a few words, that its first exhibit does not repeat.
        assert not finding.headline.endswith((".", " "))
        assert "%" not in finding.headline
        assert finding.headline != finding.title or not finding.title
        assert finding.headline[:1] == finding.headline[:1].upper()
        for sentence in filter(None, (finding.reading, finding.takeaway)):
            assert sentence.endswith("."), sentence
            assert sentence.count("(") == sentence.count(")"), sentence
        if finding.takeaway:
            text = finding.takeaway.endswith("(données de démonstration).")
            assert finding.demonstration is text, finding.takeaway
