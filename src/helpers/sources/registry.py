"""The record of every official file: who publishes it, which vintage, where, under which licence."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from helpers.errors import SourceError

REGISTRY = Path(__file__).with_name("registry.toml")

# The year of the list of communes every figure is carried to.
GEOGRAPHY = 2024


class Source(BaseModel):
    """One official file, as `registry.toml` describes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    producer: str
    title: str
    citation: str = Field(description="How the file is named in a source line, after « Source : »")
    vintage: int | None = None
    exploitation: Literal["principale", "complémentaire"] | None = None
    geography: int | None = None
    geography_lag: int | None = None
    page: str
    licence: str
    file: str | None = None
    member: str | None = None
    dataset: str | None = Field(None, description="Identifier of the data set in Insee's Melodi")
    reader: str


@cache
def load_registry() -> dict[str, Source]:
    """Every source by its identifier."""
    records = tomllib.loads(REGISTRY.read_text(encoding="utf-8"))
    return {key: Source(id=key, **record) for key, record in records.items()}


def find_source(identifier: str) -> Source:
    """The record of one source.

    Raises:
        SourceError: no record bears this identifier.
    """
    try:
        return load_registry()[identifier]
    except KeyError:
        raise SourceError(
            f"Source inconnue : {identifier!r}.",
            remedy=f"Ajoutez-la à {REGISTRY.name} ; sources connues : {', '.join(load_registry())}.",
        ) from None
