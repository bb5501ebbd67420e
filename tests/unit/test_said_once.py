"""Cautions are said once in a section, and what they explain still leads to them."""

from __future__ import annotations

from bs4 import BeautifulSoup

from helpers.publication.pages.cautions import say_once


def exhibit(name, *cautions):
    said = "".join(f"<p>{text}</p>" for text in cautions)
    block = f'<div class="cautions" id="{name}-c">{said}</div>' if cautions else ""
    described = f' aria-describedby="{name}-c"' if cautions else ""
    return {"text/html": f"<figure><table{described}></table><figcaption>{block}</figcaption></figure>"}


def test_a_caution_is_said_under_the_first_exhibit_that_calls_for_it():
    outputs = [
        exhibit("a", "étoile"),
        exhibit("b"),
        exhibit("c", "étoile", "sondage"),
        exhibit("d", "sondage"),
    ]
    say_once(outputs)
    page = BeautifulSoup("".join(data["text/html"] for data in outputs), "html.parser")
    assert [tag.get_text() for tag in page.select(".cautions p")] == ["étoile", "sondage"]
    described = [table.get("aria-describedby") for table in page.select("table")]
    assert described == ["a-c", None, "a-c c-c", "c-c"]
    known = {tag["id"] for tag in page.select(".cautions")}
    assert {name for names in described if names for name in names.split()} == known


def test_another_section_says_it_again():
    for _ in range(2):
        outputs = [exhibit("a", "étoile")]
        say_once(outputs)
        assert "étoile" in outputs[0]["text/html"]
