"""The index of the diagnostics built: one line per commune."""

from __future__ import annotations

import json
from pathlib import Path

from helpers import french, paths
from helpers.build.render import render_template


def publish(outputs: Path | None = None) -> Path:
    """Write `index.html` over the communes whose manifest can be read; its path."""
    outputs = outputs or paths.OUTPUTS
    communes = []
    for manifest in outputs.glob("*/manifest.json"):
        try:
            record = json.loads(manifest.read_text(encoding="utf-8"))
            communes.append(
                {
                    "slug": manifest.parent.name,
                    "name": french.typography(record["name"]),
                    "code": record["commune"],
                    "department": french.typography(record["department"]),
                    "epci": french.typography(record["epci"] or ""),
                }
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    communes.sort(key=lambda commune: (french.fold(commune["name"]), commune["code"]))
    page = outputs / "index.html"
    aside = page.with_suffix(".html.tmp")
    aside.write_text(render_template("site.html.j2", communes=communes), encoding="utf-8")
    aside.replace(page)
    return page
