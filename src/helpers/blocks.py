"""Blocks of generated text that a page shows beside its exhibits: key figures, the communes compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from helpers.exhibit import Prose, escape, scroll
from helpers.indicators.explanation import Explained
from helpers.indicators.indicator import Indicator
from helpers.tables import Table
from helpers.wording.brought import describe_origin
from helpers.wording.cautions import explain_marks

# As many rows of a table of the commune as a figure shows unfolded.
_A_GLANCE = 12


def list_key_figures(figures: pd.DataFrame) -> Prose:
    """List key figures, each beside what it is compared with (`helpers.indicators.key_figures.gather`)."""
    items, lines = [], []
    for row in figures.itertuples(index=False):
        origin = mark_origin(row.origin).strip()
        kinds = {
            "comparison": row.comparison,
            "comparison among": row.comparable,
            "comparison origin": origin,
        }
        compared = {kind: line for kind, line in kinds.items() if line}
        comparison = "".join(f'<dd class="{kind}">{escape(line)}</dd>' for kind, line in compared.items())
        mark = "" if row.verdict == "ok" else ' class="unsound"'
        value = f"<dd{mark}>{escape(row.written)}</dd>"
        items.append(f"<div><dt>{escape(row.indicator)}</dt>{value}{comparison}</div>")
        lines.append(
            f"{row.indicator} : {row.written}" + (f" ({' ; '.join(compared.values())})" if compared else "")
        )
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


def describe_table(rows: pd.DataFrame) -> str:
    """Write as HTML a table of the commune, under a figure of the agency: `helpers.indicators.brought.tables`."""
    first = rows.iloc[0]
    caption = f"{first['table']} ({first['unit']})"
    table = Table(rows[["year", "text"]].reset_index(drop=True)).to_html(caption=caption)
    boxed = scroll(table)
    if len(rows) > _A_GLANCE:
        boxed = f"<details><summary>{escape(caption)}</summary>{boxed}</details>"
    whence = f"<p>{escape(f'Source : {describe_origin(first)}.')}</p>"
    return f'<div class="said"><h4>Ce que la commune apporte</h4>{boxed}{whence}</div>'


def describe_opened(label: str, lines: Mapping[str, str]) -> Prose:
    """Describe a diagnostic that has just been opened: what it is about, by title."""
    items = "".join(f"<dt>{escape(title)}</dt><dd>{escape(text)}</dd>" for title, text in lines.items())
    return Prose((), "opened", title=label, level=3, markup=f"<dl>{items}</dl>")


def explain(name: str, one: Indicator, lines: Sequence[Explained]) -> Prose:
    """Explain a figure: its formula, its terms with their values, what they come to (the last line), its caution."""
    *terms, result = lines
    rows, text = "", []
    for line in terms:
        cells = (
            line.words,
            line.when,
            f"{line.written}{mark_origin(line.origin)}",
            line.sources.replace("|", ", "),
        )
        rows += f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
        text.append(" ; ".join(cells))
    unit = "" if one.unit.startswith(("%", "‰", "€")) else f" {one.unit}"
    found = f"{name} : {one.write(result.value)}{unit}{mark_origin(result.origin)}"
    heads = "".join(
        f'<th scope="col">{title}</th>' for title in ("Ce qui entre", "Date", "Valeur", "Fichiers")
    )
    caution = f"<p>{escape(one.caution)}</p>" if one.caution else ""
    markup = (
        f"<p>{escape(f'Calcul : {one.formula}.')}</p>"
        f'<div class="table"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
        f"<p><strong>{escape(found)}</strong></p>{caution}"
    )
    simulated = any(line.origin == "demonstration" for line in lines)
    paragraphs = (f"Calcul : {one.formula}.", *text, found)
    return Prose(
        (), "explanation", title=name, level=3, markup=markup, text=paragraphs, demonstration=simulated
    )


def mark_origin(origin: str) -> str:
    """Write what follows a simulated figure; nothing after another."""
    return " (données de démonstration)" if origin == "demonstration" else ""
