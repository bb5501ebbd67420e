"""A diagnostic of which every text that comes from YAML, CSV or the store is hostile."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest
import shipped
from page_reading import execute_here

from helpers import paths, store
from helpers.parameters import load_parameters
from helpers.publication import documents
from helpers.publication.batch.failures import FAILURES, Failure
from helpers.publication.documents import pdf, posters, report, sheets, slides
from helpers.publication.pages import commune as diagnostic
from helpers.publication.pages import site
from helpers.themes import theme_of

HEM = "59299"
# Each in the fields below, after words that tell the field.
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</style></title></main></figure>",
    "{{ 7*7 }}{% raw %}{# non #}",
    "javascript:alert(1)",
    "[lien](javascript:alert(1)) ![image](http://exemple.fr/x.png) http://exemple.fr",
    "&lt;b&gt; &amp;amp; &#60;i&#62;",
    r"$\frac{1}{ et $x^$",
    "<!-- --!> <![CDATA[ ]]> <?php ?>",
)
EVERYTHING = " ".join(HOSTILE)
FORMULA = "=cmd|' /C calc'!A0"
UNSEEN = "\x00\x07\x1b\u202e\u2066"
COMMENT = f"Mot {UNSEEN}de la commune {EVERYTHING}\n\n{FORMULA}\n\n{'très long ' * 1000}"


def hostile_store(folder: Path) -> Path:
    """A copy of the embedded store whose every text is hostile; names stay short enough to be drawn."""
    shutil.copytree(paths.EMBEDDED, folder)
    territories = store.read_reference("territories", folder=folder)
    near = territories["epci"] == territories.loc[territories["code"] == HEM, "epci"].item()
    marks = [HOSTILE[rank % len(HOSTILE)] for rank in range(int(near.sum()))]
    territories.loc[near, "name"] = [
        f"{name} {mark}" for name, mark in zip(territories.loc[near, "name"], marks, strict=True)
    ]
    own = territories["code"] == HEM
    territories.loc[own, "name"] = f"{FORMULA} <script>x</script>"
    territories.loc[near, "epci_name"] = "MEL <img src=x onerror=alert(1)>"
    territories.loc[near, "department_name"] = '@Nord "><svg onload=alert(1)>'
    territories.loc[near, "region_name"] = "{{ 7*7 }} </style> $x$"
    sources = store.read_reference("sources", folder=folder)
    sources["citation"] = sources["citation"] + " " + EVERYTHING + " " + "long " * 20
    sources["page"] = [
        ["javascript:alert(1)", 'https://www.insee.fr/"onmouseover="alert(1)', "http://exemple.fr", "https://a.fr/<b>"][rank % 4]
        for rank in range(len(sources))
    ]  # fmt: skip
    written = {name: folder / f"{name}.parquet" for name in store.hashes(folder)}
    store.write({**written, "territories": territories, "sources": sources}, folder)
    return folder


def build(root: Path) -> Path:
    """Build it under a folder: that of its pages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HELPERS_STORE", str(hostile_store(root / "store")))
        patch.setattr(diagnostic, "execute", execute_here)
        patch.setattr(diagnostic, "notebooks", shipped.notebooks)
        parameters, commune = load_parameters(
            f"insee:{HEM}",
            overrides={
                "agence": f'Agence{UNSEEN} <script>alert(1)</script> {{{{ 7*7 }}}} "><img src=x onerror=x>',
                "commentaires": dict.fromkeys(map(theme_of, shipped.STEMS), COMMENT),
            },
        )
        folder = diagnostic.build(parameters, commune, outputs=root / "outputs")
        failure = Failure("59011", EVERYTHING, EVERYTHING, heading=EVERYTHING, exception=EVERYTHING)
        (root / "outputs" / FAILURES).write_text(json.dumps(asdict(failure)) + "\n", encoding="utf-8")
        site.write(site.list_entries(root / "outputs"), root / "outputs")
    return folder


def write_documents(root: Path, folder: Path) -> None:
    """Write beside its pages those that its PDF documents and its slides are made from."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HELPERS_STORE", str(root / "store"))
        (folder / "slides.html").write_bytes(slides.make(documents.read(folder)))
        for name, document in (("pdf", report), ("posters", posters)):
            patch.setattr(sheets if document is posters else pdf, "print_page", str.encode)
            (folder / f"{name}.html").write_bytes(document.make(documents.read(folder)))
