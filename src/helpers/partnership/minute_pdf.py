"""The minute as a PDF, from the same content as the Word document."""

from __future__ import annotations

import html

from helpers import tokens
from helpers.agreement.markup import write_sections
from helpers.partnership.minute import Minute
from helpers.publication.documents.pdf import print_page

_STYLE = """
@page{size:A4;margin:16mm 18mm 18mm;color:var(--muted);font-size:8pt;
@bottom-right{content:counter(page)" / "counter(pages)}}
body{font:9.5pt/1.4 "Source Sans 3","DejaVu Sans";color:var(--ink)}
h1{font-size:16pt;line-height:1.2;margin:0 0 2mm;color:var(--accent)}
h2{font-size:12pt;margin:5mm 0 1.5mm;color:var(--accent);break-after:avoid}
h3{font-size:10pt;margin:3mm 0 1mm;break-after:avoid}
p{margin:0 0 1.2mm}
.state{color:var(--muted)}
.left{background:var(--demo)}
.unbroken{white-space:nowrap}
table{break-inside:avoid;border-collapse:collapse;width:100%;font-size:8.5pt;margin:1mm 0 2mm}
th,td{border:.3pt solid var(--line);padding:1mm 1.5mm;text-align:left;vertical-align:top}
th{background:var(--soft)}
tr{break-inside:avoid}
.sheet{display:flex;gap:4mm;break-inside:avoid}
figure{flex:0 0 50mm;margin:0}
figure svg{width:50mm;height:auto}
figcaption{font-size:7pt;color:var(--muted)}
.sheet .texts{flex:1 1 auto}
.drawing{flex:1 1 auto;margin:0 auto 2mm;text-align:center;break-inside:avoid}
.drawing svg{width:135mm;height:auto}
"""


def write(minute: Minute) -> bytes:
    """Write the minute as a tagged PDF.

    Raises:
        BuildError: a library of the system is missing.
    """
    parts = write_sections(minute.sections)
    return print_page(
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{html.escape(minute.title)}</title>'
        f"<style>{tokens.sheet()}{_STYLE}</style></head><body><h1>{html.escape(minute.title)}</h1>"
        f'<p class="state">État\u00a0: {html.escape(minute.state)}</p>{parts}</body></html>'
    )
