"""What is visited: the communes of the site, and its pages."""

from __future__ import annotations

from pathlib import Path

import shipped
from playwright.sync_api import Page

from helpers.territory.communes import find_commune

# The four pilot communes, and one of which only the national core is known.
COMMUNES = ("59011", "59220", "59299", "59527", "39198")
TOOLS = Path(__file__).parent / "node_modules"
SLUGS = [find_commune(code).slug for code in COMMUNES]
PARTS = ["index.html", *(f"{stem}.html" for stem in shipped.STEMS)]
PAGES = ["index.html", *(f"{slug}/{part}" for slug in SLUGS for part in PARTS)]
# One of each kind.
KINDS = ["index.html", *(f"{SLUGS[0]}/{part}" for part in PARTS)]
DECKS = [f"{slug}/{slug}-diaporama.html" for slug in SLUGS]

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong: `rule: the element`."""
    page.add_script_tag(path=str(TOOLS / "axe-core" / "axe.min.js"))
    report = page.evaluate("rules => axe.run({runOnly: {type: 'tag', values: rules}})", _RULES)
    assert report["passes"], "axe-core a tout laissé de côté"
    return [
        f"{violation['id']}: {node['html'][:200]} {node['any'][0]['message'] if node['any'] else ''}"
        for violation in report["violations"]
        for node in violation["nodes"]
    ]
