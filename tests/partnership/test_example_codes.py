"""The codes that the worked example is written with are those of the product: figures of the notebooks, questions."""

from __future__ import annotations

import json
import re

import example
import val_sur_deule
import yaml
from val_sur_deule_agreed import ISSUES, LEVERS

from helpers import paths

CODE = re.compile(r"\b[HLPM]-\d\d\b")


def figures():
    """The codes of the figures of the notebooks."""
    sources = (
        "".join(cell["source"])
        for path in paths.NOTEBOOKS.glob("*.ipynb")
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
    )
    return {code for source in sources for code in re.findall(r'\bcode="([^"]+)"', source)}


def test_every_code_of_the_example_is_that_of_a_figure_or_of_a_question():
    typed = [row[2] for row in (*val_sur_deule.A, *val_sur_deule.B)]
    typed += [row[3] for row in val_sur_deule.ACTIONS]
    typed += [issue[4] for issue in ISSUES] + [lever[8] for lever in LEVERS]
    used = {code for text in typed for code in CODE.findall(example.as_shown(text))}
    chosen = yaml.safe_load((example.HERE / "atelier-1.yml").read_text(encoding="utf-8"))
    asked = {f"Q-{rank}" for rank, _ in enumerate(example.QUESTIONS, start=1)}
    assert used | {*chosen["faits"], *chosen["cartes"]} <= figures()
    assert set(chosen["questions"]) <= asked
    assert {text for text in typed if text.startswith("Q-")} <= asked


def test_no_figure_of_the_example_has_two_codes():
    assert set(example.CODES.values()) <= figures()
    assert len(set(example.CODES.values())) == len(example.CODES)
    assert set(example.CODES) <= set(val_sur_deule.FIGURES)
