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
    of: str = "",
    epci: str,
) -> Finding:
    """Describe a level (a rate, a share) of the commune among those around it.

    Reads `code`, `year` (or `register_year`) and the figure named by `value`, in `unit`; `what` says what it is,
    `titled` in fewer words. Title: its quarter among eight others at least; reading: the figure and the median of those
    whose figure is known (of eight at least where some is not); no takeaway. `epci` is the name of the EPCI, empty
    where those around are of the département. Says nothing when the figure of the commune is not known.

    Of a share, whose `value` and the column named by `of` are the counts, the reading gives that of the communes
    together too where the commune is between it and the median: above one and under the other, it would seem to
    contradict itself.
    """
    known = data.dropna(subset=value)
    home = known[known["code"] == commune.code]
    if home.empty:
        return Finding()
    year = home["year" if "year" in home else "register_year"].iloc[0]

    def write(number: float) -> str:
        return f"{french.number(number, digits=1)}{french.NBSP}{unit}"

    others = known.loc[known["code"] != commune.code, value]
    own, unknown = write(home[value].iloc[0]), len(data) - 1 - len(others)
    reading = f"{what} : {own} {french.at(commune.name)} en {year:.0f}"
    # The median of a handful, of many that are not known, says nothing of them all.
    if others.empty or (unknown and len(others) < ENOUGH):
        return Finding("", f"{reading}.")
    place = of_epci(epci) if epci else "du département"
    among = f"{french.number(len(others))} autres communes {place} dont le chiffre est connu"
    title = ""
    if len(others) >= ENOUGH:
        quarter = quarter_among(home[value].iloc[0], others)
        around = "de l’intercommunalité" if epci else "du département"
        title = f"{french.capitalize(titled or what)} : {quarter} {around}"
    middle = others.median()
    if own == write(middle):
        known_as = f"la médiane des {among}" if unknown else f"la commune médiane {place}"
        return Finding(title, f"{reading}, comme {known_as}.")
    whole = 100 * known["value"].sum() / known[of].sum() if of else middle
    between = min(middle, whole) < home[value].iloc[0] < max(middle, whole) and own != write(whole)
    apart = f" ; ensemble, où les plus peuplées pèsent davantage : {write(whole)}" if between else ""
    beyond = among if unknown else f"autres communes {place}"
    return Finding(title, f"{reading} ; la moitié des {beyond} dépassent {write(middle)}{apart}.")
