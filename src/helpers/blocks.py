"""Blocks of generated text that a page shows beside its exhibits: key figures, the communes compared."""

from __future__ import annotations

import pandas as pd

from helpers.exhibit import Prose, escape
from helpers.wording.cautions import explain_marks


def list_key_figures(figures: pd.DataFrame) -> Prose:
    """List key figures, each beside what it is compared with (`helpers.indicators.key_figures.gather`)."""
    items, lines = [], []
    for row in figures.itertuples(index=False):
        compared = [
            line for line in (row.comparison, row.comparable, mark_origin(row.origin).strip()) if line
        ]
        comparison = "".join(f'<dd class="comparison">{escape(line)}</dd>' for line in compared)
        mark = "" if row.verdict == "ok" else ' class="unsound"'
        value = f"<dd{mark}>{escape(row.written)}</dd>"
        items.append(f"<div><dt>{escape(row.indicator)}</dt>{value}{comparison}</div>")
        lines.append(f"{row.indicator} : {row.written}" + (f" ({' ; '.join(compared)})" if compared else ""))
    marks = "".join(f"<p>{escape(text)}.</p>" for text in explain_marks(figures["verdict"]))
    markup = f"<dl>{''.join(items)}</dl>" + (f'<div class="notes">{marks}</div>' if marks else "")
    simulated = bool((figures["origin"] == "demonstration").any())
    return Prose((), "key-figures", markup=markup, text=tuple(lines), demonstration=simulated)


def describe_panel(rule: str, named: pd.DataFrame) -> Prose:
    """Describe comparable communes: their rule, their names (`name, department`), in their order."""
    markup = f"<p>{escape(rule)}</p>"
    if named.empty:
        return Prose((), "panel", markup=markup, text=(rule,))
    pairs = zip(named["name"], named["department"], strict=True)
    names = ", ".join(f"{name} ({department})" for name, department in pairs)
    text = f"Elles sont, de la plus proche à la plus éloignée par la population : {names}."
    markup += f"<details><summary>Les communes comparables</summary><p>{escape(text)}</p></details>"
    return Prose((), "panel", markup=markup, text=(rule, text))


def mark_origin(origin: str) -> str:
    """Write what follows a simulated figure; nothing after another."""
    return " (données de démonstration)" if origin == "demonstration" else ""
