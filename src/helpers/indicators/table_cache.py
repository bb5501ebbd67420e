"""The tables of the store at hand, and what is worked out of them once for all the indicators that ask."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

import pandas as pd

# Tables of the store by name, those that are at hand, `territory` in place of level and code.
Tables = Mapping[str, pd.DataFrame]

T = TypeVar("T")


class Shelf(dict[str, pd.DataFrame]):
    """Tables that many indicators are read from, and that nobody changes: what they share is worked out once."""

    def __init__(self, tables: Tables) -> None:
        super().__init__(tables)
        self._kept: dict[Hashable, Any] = {}

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was kept under a key, made the first time."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]


def once(tables: Tables, key: Hashable, make: Callable[[], T]) -> T:
    """What is worked out of tables, made again only where they are on no shelf."""
    return tables.keep(key, make) if isinstance(tables, Shelf) else make()


def at(tables: Tables, name: str, *, year: int) -> pd.DataFrame:
    """The rows of a year of a table."""
    return once(tables, (name, year), lambda: tables[name][tables[name]["year"] == year])
