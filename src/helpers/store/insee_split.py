"""Does Insee's own split of the change in main homes (LOG T2bis) follow convention A or B? The store says.

Convention A takes the size of households of the end, B that of the start. Where sizes change much, the effects that
Insee prints ask for another growth of the people in households in A than in B: the true people tell.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from helpers.sources.duckdb_scan import literal


@dataclass(frozen=True)
class Witness:
    """A period of LOG T2bis of which the conventions tell different things: main homes, effects as printed, page."""

    code: str
    since: int
    until: int
    homes_0: int
    homes_1: int
    size: int
    demographic: int
    page: str

    def factors(self, *, off: float = 0.0) -> dict[str, float]:
        """Give what each convention multiplies the people of households by, effects being `off` by so much.

        A: the people of the start would take RP0 + size homes at the size of the end. B: those of the end take
        RP0 + demographic homes at the size of the start.
        """
        return {
            "A": self.homes_1 / (self.homes_0 + self.size + off),
            "B": (self.homes_0 + self.demographic + off) / self.homes_0,
        }

    def recognize(self, factor: float) -> str:
        """Tell which convention a factor is that of, within the rounding of the effects; "" for neither."""
        low, high = self.factors(off=-_ROUNDING), self.factors(off=_ROUNDING)
        return next(
            (name for name in low if min(low[name], high[name]) <= factor <= max(low[name], high[name])), ""
        )


QUESTION = "le partage publié par l’Insee (LOG T2bis), convention A ou B ?"
EXPLANATION = (
    "L’effet taille des ménages publié demande à la population des ménages une évolution différente selon la "
    "convention : celle du recensement est en regard. Le paramètre convention reste un choix."
)
# An effect and the change it is part of are printed to the unit.
_ROUNDING = 1.0
_PAGE = "https://www.insee.fr/fr/statistiques/8581193?geo=COM-{}"
# Of 74 periods read, those whose effects differ between the conventions by more than sizes rounded to the hundredth do.
WITNESSES = (
    Witness("59257", 2016, 2022, 368, 420, -28, 80, _PAGE.format("59257")),
    Witness(
        "18119", 2011, 2016, 101, 96, 12, -17, "https://www.insee.fr/en/statistiques/8595498?geo=COM-18119"
    ),
)


def compare(connection: duckdb.DuckDBPyConnection, folders: Iterable[Path]) -> list[dict[str, object]]:
    """Set the growth of the people of households beside that each convention asks for.

    `folders` are stores: that of the country, those fetched for a commune. One row, in French as `data-check` shows it,
    by witness of which the real people (PMEN) are known at both dates.
    """
    files = [path for folder in folders if (path := folder / "households.parquet").is_file()]
    households = f"read_parquet([{', '.join(map(literal, files))}])"
    rows: list[dict[str, object]] = []
    for one in WITNESSES if files else ():
        known = dict(
            connection.execute(
                f"SELECT year, value FROM {households} WHERE level = 'commune' AND code = ? AND variable = 'PMEN' "
                "AND year IN (?, ?) AND origin = 'insee' AND value > 0",
                [one.code, one.since, one.until],
            ).fetchall()
        )
        if len(known) < 2:
            continue
        factor, asked = known[one.until] / known[one.since], one.factors()
        rows.append(
            {
                "code": one.code, "période": f"{one.since}-{one.until}",
                "population des ménages (début = 100)": 100 * factor, "selon A": 100 * asked["A"],
                "selon B": 100 * asked["B"], "elle suit": one.recognize(factor) or "ni A ni B", "page": one.page,
            }
        )  # fmt: skip
    return rows
