"""What is visited: the communes of the site, and its pages."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import shipped
from playwright.sync_api import Page

from helpers.territory.communes import find_commune

# All is asked for (make a11y complet=1): what a first reading leaves out, as something else nearly says it, is read too.
WHOLE = bool(os.environ.get("HELPERS_COMPLETE"))
# One that has all its data, one of which only the national core is known; then the other pilots, which are as the first.
COMMUNES = ("59011", "39198", *(("59299", "59220", "59527") if WHOLE else ()))
# Of one part, and not visited: the map is that of the intercommunalité of which most communes are built.
BESIDE = tuple({"59299"} - {*COMMUNES})
TOOLS = Path(__file__).parent / "node_modules"
SLUGS = [find_commune(code).slug for code in COMMUNES]
PARTS = ["index.html", *(f"{stem}.html" for stem in shipped.STEMS)]
# The communes of an intercommunalité compared, those of a département listed.
TERRITORIES = ["site/200093201.html", "site/59.html"]
PAGES = ["index.html", *TERRITORIES, *(f"{slug}/{part}" for slug in SLUGS for part in PARTS)]
# One of each kind.
KINDS = ["index.html", *TERRITORIES, *(f"{SLUGS[0]}/{part}" for part in PARTS)]
DECKS = [f"{slug}/{slug}-diaporama.html" for slug in (SLUGS if WHOLE else SLUGS[:1])]
# What is printed, before it is, as HTML. The whole diagnostic is printed as its four pages are, and takes five times longer.
PRINTED = [f"{SLUGS[0]}/{name}.html" for name in ("essential", "posters", *(["report"] if WHOLE else []))]
# The colours that a reader's screen asks for.
SCHEMES: dict[str, dict[str, Any]] = {
    "light": {"forced_colors": "none", "color_scheme": "light"},
    "dark": {"forced_colors": "none", "color_scheme": "dark"},
    "forced": {"forced_colors": "active", "color_scheme": "light"},
    "forced-dark": {"forced_colors": "active", "color_scheme": "dark"},
}

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Those that read colours, that neither a width nor a fold changes: they take as long as all the others.
COLOURS = ["color-contrast", "link-in-text-block"]
# Those that a narrow screen may change: what is near a finger, scrolls, or is no longer shown.
NARROW = [
    "bypass", "empty-heading", "heading-order", "landmark-one-main", "link-name", "page-has-heading-one",
    "scrollable-region-focusable", "target-size",
]  # fmt: skip
# Only what is wrong leaves the browser: all that is right takes seconds to.
_AXE = """async options => {
  const report = await axe.run({...options, resultTypes: ["violations"]})
  const found = report.violations.flatMap(violation => violation.nodes.map(
    node => `${violation.id}: ${node.html.slice(0, 200)} ${node.any.length ? node.any[0].message : ""}`))
  return {passes: report.passes.length, violations: found}
}"""


def violations(page: Page, *, only: Sequence[str] = (), but: Sequence[str] = ()) -> list[str]:
    """What axe-core finds wrong: `rule: the element`. Of its rules, `only` some, or all `but` some."""
    wanted = {"type": "rule", "values": only} if only else {"type": "tag", "values": _RULES}
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=str(TOOLS / "axe-core" / "axe.min.js"))
    report = page.evaluate(_AXE, {"runOnly": wanted, "rules": {rule: {"enabled": False} for rule in but}})
    assert report["passes"], "axe-core a tout laissé de côté"
    return list(report["violations"])


# Each text of HTML and the first colour behind it. A drawing has its own paper, that axe does not see either.
_CONTRASTS = """most => {
  const channels = text => (text.match(/[\\d.]+/g) || []).map(Number)
  const light = ([red, green, blue]) => [red, green, blue]
    .map(channel => channel / 255)
    .map(channel => channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4)
    .reduce((sum, channel, rank) => sum + channel * [0.2126, 0.7152, 0.0722][rank], 0)
  const papers = new Map()
  const paper = element => {
    if (!element) {
      return getComputedStyle(document.documentElement).colorScheme.includes("dark") ? [18, 18, 18] : [255, 255, 255]
    }
    if (!papers.has(element)) {
      const colour = channels(getComputedStyle(element).backgroundColor)
      papers.set(element, colour.length === 3 || colour[3] > 0 ? colour : paper(element.parentElement))
    }
    return papers.get(element)
  }
  const found = []
  let read = 0
  for (const element of document.body.querySelectorAll("*:not(svg *, script, style)")) {
    const texts = [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE && node.data.trim())
    if (!texts.length || !element.checkVisibility({visibilityProperty: true})) continue
    const ink = getComputedStyle(element).color, back = paper(element)
    const [dark, bright] = [light(channels(ink)), light(back)].sort((one, other) => one - other)
    const contrast = (bright + 0.05) / (dark + 0.05)
    read += 1
    if (contrast < most) found.push([element.outerHTML.slice(0, 120), ink, back.join(), contrast])
  }
  return [read, found]
}"""
# No contrast is above 21.
_ANY = 22


def texts(page: Page, most: float = _ANY) -> list[tuple[str, str, str, float]]:
    """Every text that is shown of a contrast under `most`: the element, its ink, its paper, the contrast between them."""
    read, found = page.evaluate(_CONTRASTS, most)
    assert read > 5, page.url
    return [tuple(text) for text in found]


def pale(page: Page) -> list[str]:
    """The texts whose contrast is under what WCAG asks of a text of any size."""
    return [
        f"{contrast:.2f}, {ink} on {paper}: {element}" for element, ink, paper, contrast in texts(page, 4.5)
    ]
