"""Maps: the figure of the commune beside the median one of those around it."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.territory.communes import Commune
from helpers.territory.panel import ENOUGH
from helpers.wording.finding import Finding, guard_finding, of_epci, quarter_among


@guard_finding
def level_map(
    data: pd.DataFrame,
    commune: Commune,
    *,
    value: str,
    what: str,
    titled: str = "",
    unit: str = "%",
    epci: str,
) -> Finding:
    """Describe a level (a rate, a share) of the commune among those around it.

    Reads `code`, `year` (or `register_year`) and the figure named by `value`, in `unit`; `what` says what it is,
    `titled` in fewer words. Title: its quarter among eight others at least; reading: the figure and the median; no
    takeaway. `epci` is the name of the EPCI, empty where those around are of the département. Says nothing when the
    figure of the commune is not known.
    """
    known = data.dropna(subset=value)
    home = known[known["code"] == commune.code]
    if home.empty:
        return Finding()
    year = home["year" if "year" in home else "register_year"].iloc[0]

    def write(number: float) -> str:
        return f"{french.number(number, digits=1)}{french.NBSP}{unit}"

    others = known.loc[known["code"] != commune.code, value]
    own = write(home[value].iloc[0])
    reading = f"{what} : {own} {french.at(commune.name)} en {year:.0f}"
    if others.empty:
        return Finding("", f"{reading}.")
    place = of_epci(epci) if epci else "du département"
    around = "de l’intercommunalité" if epci else "du département"
    title = ""
    if len(others) >= ENOUGH:
        quarter = quarter_among(home[value].iloc[0], others)
        named = titled or what
        title = f"{french.capitalize(named)} : {quarter} {around}"
    if own == write(others.median()):
        return Finding(title, f"{reading}, comme la commune médiane {place}.")
    return Finding(
        title, f"{reading} ; la moitié des autres communes {place} dépassent {write(others.median())}."
    )
