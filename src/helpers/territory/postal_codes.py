"""Numbers that people type: the Insee code of a commune, or a postal code, often that of others."""

from __future__ import annotations

import re

import pandas as pd

from helpers import french, paths, store
from helpers.errors import AmbiguousCommuneError

# `insee:59112` is the commune of this Insee code, whatever has it as a postal code.
EXPLICIT = "insee:"
_NUMBER = re.compile(r"\d{5}")


def refuse_postal_code(query: str) -> None:
    """Refuse a number that is the postal code of a commune, unless of the one that has it as its Insee code.

    `query` is what a person has typed; in a file of parameters a number is an Insee code, and is not refused.

    Raises:
        AmbiguousCommuneError: names the communes that the number may mean, and what to type for each.
    """
    number = query.strip()
    if not _NUMBER.fullmatch(number):
        return
    # The list is that of the project, whatever figures are read.
    codes = store.read_reference("postal_codes", folder=paths.EMBEDDED, key="postal_code", values=[number])
    known = store.read_reference(
        "territories", folder=paths.store_folder(), key="code", values=[number, *codes["code"]]
    ).sort_values("name", key=lambda names: names.map(french.fold))
    bearer = known[known["code"] == number]
    others = known[(known["code"] != number) & known["code"].isin(codes["code"])]
    if others.empty:
        return
    if bearer.empty:
        what = (
            f"{number} n'est le code Insee d'aucune commune actuelle ; c'est le code postal {_list(others)}."
        )
    else:
        what = f"{number} est le code Insee {_list(bearer)} et le code postal {_list(others)}."
    lines = [f"  commune={row.slug}" for row in others.itertuples(index=False)]
    lines += [f"  commune={EXPLICIT}{number}   ({name})" for name in bearer["name"]]
    year = int(known["geography"].max())
    what = f"{what} (Liste des communes au 1er janvier {year}.)"
    raise AmbiguousCommuneError(what, remedy="Donnez le nom de la commune voulue :\n" + "\n".join(lines))


def _list(communes: pd.DataFrame) -> str:
    """`de Carnin (59) et d'Annœullin (59)`."""
    names = zip(communes["name"], communes["department"], strict=True)
    return french.enumerate_words([french.of(f"{name} ({department})") for name, department in names])
