"""What sets the commune apart."""

from __future__ import annotations

import pandas as pd

from helpers import french
from helpers.commentary.finding import Finding, of_epci, simulated
from helpers.territory import Commune


def facts(data: pd.DataFrame, commune: Commune, *, among: str) -> Finding:
    """The facts that stand out most."""
    if data.empty:
        return Finding()
    first = data.iloc[0]
    standing = data[data["stands_out"]]
    title = (
        f"{french.quantity(len(standing), 'fait')} {french.plural(len(standing), 'distingue', 'distinguent')} "
        f"{commune.name} parmi les communes {of_epci(among)}"
        if len(standing)
        else f"{commune.name} ressemble aux autres communes {of_epci(among)}"
    )
    reading = (
        f"{first['indicator']} : {first['written']} {french.at(commune.name)}, au-dessus de "
        f"{french.percent(first['percentile'], digits=0)} des autres communes {of_epci(among)} (médiane des autres : "
        f"{first['reference']}). La barre foncée couvre la moitié centrale des communes."
    )
    return Finding(title, reading)


def fact_sentences(data: pd.DataFrame, commune: Commune, *, among: str, limit: int = 5) -> list[Finding]:
    """One sentence for each of the facts chosen for debate, most salient first."""
    findings = []
    for row in data.head(limit).to_dict("records"):
        high = row["percentile"] >= 50
        if row["stands_out"]:
            side = f"parmi les plus {'élevés' if high else 'faibles'} {of_epci(among)}"
        else:
            side = f"{'au-dessus' if high else 'au-dessous'} de la moitié des communes {of_epci(among)}"
        finding = Finding(
            takeaway=f"{row['indicator']} : {row['written']}, {side} "
            f"(médiane des autres communes : {row['reference']} ; rang {row['rank']})."
        )
        findings.append(simulated(finding) if row["origin"] == "demonstration" else finding)
    return findings
