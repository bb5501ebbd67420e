"""The commune of a notebook, chosen in JupyterLab: a list to search, that writes the parameters and runs it again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import french, lab, levels, store
from helpers.exhibit import Prose
from helpers.parameters import CellParameters
from helpers.territory.communes import Commune

# As many names as a list shows at once.
_SHOWN = 12
_LATEST = "le plus récent"
# The cell of the parameters is written in the notebook that is open, and the whole is run: what is read is what is run.
_SCRIPT = """
(() => {
  const values = %s, hint = "Écrivez ces valeurs dans la cellule des paramètres, puis exécutez tout.";
  const notebook = window.jupyterapp && window.jupyterapp.shell.currentWidget.content;
  const cells = notebook && notebook.widgets || [];
  const cell = cells.find(one => (one.model.getMetadata("tags") || []).includes("parameters"));
  if (!cell) { element.textContent = JSON.stringify(values) + " : " + hint; return; }
  let source = cell.model.sharedModel.source;
  for (const [name, value] of Object.entries(values))
    source = source.replace(new RegExp("^(" + name + "\\\\b[^=\\\\n]*= *)(.*?)( +#.*)?$", "m"),
      (line, before, old, after) => before + value + (after || ""));
  cell.model.sharedModel.setSource(source);
  window.jupyterapp.commands.execute("notebook:run-all-cells");
})();
"""


def search(text: str, *, folder: Path) -> list[tuple[str, str]]:
    """Find the communes whose name holds a text, or whose code begins with it: `Hem (59)` and the code, twelve at most.

    Those whose name begins with it come first; accents, hyphens and case do not matter.
    """
    known, folded = _names(folder), french.fold(text)
    if not folded:
        return []
    found = known[
        known["folded"].str.contains(folded, regex=False) | known["code"].str.startswith(text.strip())
    ]
    later = ~found["folded"].str.startswith(folded)
    found = found.assign(later=later).sort_values(["later", "folded", "code"]).head(_SHOWN)
    return [(f"{row.name} ({row.department})", row.code) for row in found.itertuples(index=False)]


@lru_cache(maxsize=2)
def _names(folder: Path) -> pd.DataFrame:
    named = store.read_reference("territories", folder=folder, columns=["code", "name", "department"])
    return named.assign(folded=named["name"].map(french.fold))


def write_values(code: str, *, year: int | None, comparison: Sequence[str]) -> dict[str, str]:
    """Write the parameters chosen as Python: a date that is left open is the latest known."""
    return {
        "commune": json.dumps(code),
        "millesime": str(year),
        "millesime_ancien": "None",
        "pyramides": "None",
        "comparaison": json.dumps(list(comparison)),
    }


def make(commune: Commune, parameters: CellParameters, *, years: Sequence[int], folder: Path) -> Any:
    """Make the widget: a name to type, those that it may be, date and territories; nothing outside an editor."""
    if not lab.is_editor():
        return Prose((), "empty")
    # Loaded here: builds have no widget.
    import ipywidgets
    from IPython.display import Javascript

    wide = {"width": "26rem"}
    text = ipywidgets.Text(value=commune.name, description="Commune", layout=wide, continuous_update=True)
    names = ipywidgets.Select(options=[(commune.label, commune.code)], rows=5, description=" ", layout=wide)
    dates = [(_LATEST, None), *((str(year), year) for year in years)]
    date = ipywidgets.Dropdown(options=dates, value=None, description="Recensement", layout=wide)
    kept = tuple(level for level in parameters.comparaison)
    places = ipywidgets.SelectMultiple(
        options=[(level.noun, level.key) for level in levels.larger()],
        value=kept,
        rows=5,
        description="Comparer à",
        layout=wide,
    )
    button = ipywidgets.Button(description="Ouvrir et tout exécuter", button_style="primary")
    output = ipywidgets.Output()

    def find(change: Mapping[str, Any]) -> None:
        names.options = search(change["new"], folder=folder)

    def run(_: object) -> None:
        output.outputs = ()
        if names.value is None:
            output.append_stdout("Choisissez une commune de la liste.")
        else:
            values = write_values(names.value, year=date.value, comparison=places.value or kept)
            output.append_display_data(Javascript(_SCRIPT % json.dumps(values, ensure_ascii=False)))

    text.observe(find, names="value")
    button.on_click(run)
    return ipywidgets.VBox([text, names, date, places, button, output])
