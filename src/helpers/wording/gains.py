"""What the main homes gained are made of, by tenure."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.territory.communes import Commune
from helpers.wording.finding import Finding, guard_finding
from helpers.wording.materiality import difference, is_beyond_margin, more

_MAIN = ("résidence principale", "résidences principales")
_WHO = {
    "RP_PROP": "propriétaires",
    "RP_LOCHLMV": "locataires HLM",
    "RP_LOCAUT": "locataires hors HLM",
    "RP_GRAT": "ménages logés gratuitement",
}
# Too few anywhere for a word on their change to be missed.
_UNTOLD = "RP_GRAT"
# A change under this share of the homes of the start is not a clear one, however sure.
_CLEAR = 0.05


@guard_finding
def gains(data: pd.DataFrame, commune: Commune) -> Finding:
    """Describe what the main homes gained, or lost, are made of by tenure.

    Reads `status` (`RP` for all of them, then `RP_PROP`...), `since, until, value_0, value_1, gain` (homes). Title:
    their gain in all; headline: the tenure that changes most; reading: the count of each at both dates; takeaway: what
    each gained or lost, with the others together where those told are more than the whole. What is within its margin
    (2 √(n0 + n1)) is said so, and not reported as a direction.
    """
    rows = data.set_index("status")
    since, until = int(rows["since"].iloc[0]), int(rows["until"].iloc[0])
    whole, parts = rows.loc["RP"], rows.drop(index="RP")
    sure = [name for name, row in parts.iterrows() if is_beyond_margin(row["value_0"], row["value_1"])]
    unsure = [f"les {_WHO[str(name)]}" for name in parts.index if name not in [*sure, _UNTOLD]]
    named = [f"{difference(parts.loc[name, 'gain'])} pour les {_WHO[str(name)]}" for name in sure]
    change = f"De {since} à {until}, {more(whole['gain'], *_MAIN)}"
    listed = f" : {french.enumerate_words(named)}" if named else ""
    within = (
        f" ; pour {french.enumerate_words(unsure)}, la variation reste dans la marge d’incertitude"
        if unsure
        else ""
    )
    # Parts that are more than the whole would not add up without those that are not told.
    rest = whole["gain"] - parts.loc[sure, "gain"].sum()
    others = f" (les autres ensemble : {difference(rest)})" if named and rest * whole["gain"] < 0 else ""
    takeaway = f"{change}{listed}{within}{others}"
    counted = [
        f"{french.count(row['value_1'])} {_WHO[str(name)]} contre {french.count(row['value_0'])}"
        for name, row in parts.iterrows()
        if name != _UNTOLD
    ]
    reading = f"en {until} et en {since}, {', '.join(counted)}."
    title = more(whole["gain"], *_MAIN)
    return Finding(
        french.capitalize(title),
        reading,
        f"{takeaway}.",
        headline=_name(parts.loc[sure]),
        number=(
            french.number(whole["gain"], signed=True),
            f"{french.plural(whole['gain'], *_MAIN)}, {since}-{until}",
        ),
    )


def _name(sure: pd.DataFrame) -> str:
    """Write which tenure changes most, of those beyond their margin."""
    if sure.empty:
        return "Aucun statut d’occupation ne progresse ni ne recule nettement"
    change = sure["value_1"] - sure["value_0"]
    most = change.abs().idxmax()
    way = "plus" if change[most] > 0 else "moins"
    clearly = "nettement " if abs(change[most]) >= _CLEAR * sure["value_0"][most] else ""
    who = f"{_WHO[str(most)]} sont {clearly}{way} nombreux"
    if len(sure) == 1:
        return f"Seuls les {who}"
    return f"Les {who}"
