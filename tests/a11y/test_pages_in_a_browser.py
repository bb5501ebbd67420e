"""The pages as people meet them: in a browser, with a keyboard, on a small screen, on paper, without a network."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

import pytest
from bs4 import BeautifulSoup
from walk import (
    COLOURS,
    DECKS,
    KINDS,
    NARROW,
    PAGES,
    SCHEMES,
    SLUGS,
    TERRITORIES,
    TOOLS,
    WHOLE,
    pale,
    violations,
)


def unfold(page):
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_wrong(visit, name):
    page = visit(name)
    if name in KINDS if WHOLE else name == KINDS[-1]:
        assert violations(page, but=COLOURS) == []
    # What is folded is read too. The contrast of texts, which takes as long as all the rest, is read below.
    unfold(page)
    assert violations(page, but=[] if WHOLE or name == KINDS[-1] else COLOURS[:1]) == []


@pytest.mark.parametrize("name", KINDS)
def test_every_text_stands_out_in_the_colours_of_the_screen(visit, name):
    page = visit(name)
    unfold(page)
    for scheme, colours in SCHEMES.items():
        page.emulate_media(**colours)
        assert pale(page) == [], scheme
        # Of colours that the screen forces, axe reads those asked for, not those shown; of the light ones, it has.
        if WHOLE and scheme == "dark":
            assert violations(page, only=COLOURS) == []


@pytest.mark.parametrize("colours", SCHEMES.values(), ids=SCHEMES)
def test_the_key_of_the_map_has_the_colours_of_the_map(visit, colours):
    page = visit("index.html", **colours)
    key, drawn = page.evaluate(
        """[getComputedStyle(document.querySelector(".key .fresh"), "::before").backgroundColor,
        getComputedStyle(document.querySelector("svg.atlas .fresh path")).fill]"""
    )
    assert key == drawn


def test_a_page_turns_dark_with_the_screen(visit):
    light, dark = (
        visit(KINDS[0], color_scheme=asked).evaluate("getComputedStyle(document.body).backgroundColor")
        for asked in ("light", "dark")
    )
    assert light == "rgb(255, 255, 255)"
    assert dark != light


@pytest.mark.parametrize("name", KINDS)
def test_axe_finds_nothing_wrong_on_a_telephone(visit, name):
    rules = {"but": COLOURS} if WHOLE else {"only": NARROW}
    assert violations(visit(name, width=360, height=640, has_touch=True), **rules) == []


@pytest.mark.parametrize("name", [*PAGES, DECKS[0]])
def test_nothing_goes_out_of_the_screen(visit, name):
    page = visit(name, width=360)
    unfold(page)
    # 640: a screen of 1280 at a zoom of 200 %.
    for width in (360, 640, 768, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(outputs, name):
    soup = BeautifulSoup((outputs / name).read_text(encoding="utf-8"), "html.parser")
    links = [link["href"] for link in soup.find_all(href=True)]
    assert links
    for link in links:
        if link.startswith(("https://", "data:")):
            continue
        path, fragment = urldefrag(urljoin(name, link))
        target = outputs / unquote(path)
        assert target.is_file(), link
        if fragment:
            assert unquote(fragment) in held_by(target), link


@cache
def held_by(page):
    """The identifiers of a page, to which many links lead."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    return {element["id"] for element in soup.find_all(id=True)}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_at_once_over_a_poor_line(outputs, name):
    assert (outputs / name).stat().st_size <= 400_000


@pytest.mark.parametrize("name", KINDS)
def test_a_keyboard_reaches_everything_in_order_and_leaves(visit, name):
    page = visit(name)
    expected = page.evaluate(
        """[...document.querySelectorAll('a[href], summary, input, button, select, [tabindex="0"]')]
        .filter(element => element.checkVisibility({visibilityProperty: true})).length"""
    )
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#contenu"
    seen = []
    for _ in range(expected + 1):
        shown = page.evaluate(
            """() => {
              const element = document.activeElement
              if (element === document.body) return null
              window.walked = window.walked || []
              const again = window.walked.includes(element)
              const after = window.walked.at(-1)
              const forward = !after || Boolean(after.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING)
              window.walked.push(element)
              const style = getComputedStyle(element)
              return {again, forward, name: element.outerHTML.slice(0, 120), outline: style.outlineStyle, width: style.outlineWidth}
            }"""
        )
        if shown is None or shown["again"]:
            break
        assert shown["forward"], shown["name"]
        assert shown["outline"] != "none", shown["name"]
        assert shown["width"] != "0px", shown["name"]
        seen.append(shown["name"])
        page.keyboard.press("Tab")
    assert len(seen) == expected


def test_the_skip_link_leads_to_the_content(visit):
    page = visit(KINDS[1])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"


@pytest.mark.parametrize(
    "name", KINDS if WHOLE else ["index.html", TERRITORIES[0], f"{SLUGS[0]}/3_pyramides.html"]
)
def test_a_page_says_all_without_a_script(visit, name):
    # The index has a field to search its table, which is whole without it.
    content = "#communes tbody" if name == "index.html" or name.startswith("site/") else "main"
    page = visit(name)
    # What a script adds is only of use with it.
    page.evaluate("document.querySelectorAll('.dates').forEach(button => button.remove())")
    assert visit(name, java_script_enabled=False).inner_text(content) == page.inner_text(content)


def test_the_table_of_communes_can_be_sorted(visit):
    page = visit("index.html")
    page.get_by_role("button", name="Code").click()
    codes = page.locator("tbody td:nth-child(2)").all_inner_texts()
    assert codes == sorted(codes)
    page.get_by_role("button", name="Code").click()
    assert page.locator("tbody td:nth-child(2)").all_inner_texts() == codes[::-1]


def test_any_commune_of_france_is_found_built_or_with_the_command_that_builds_it(visit):
    page = visit("index.html")
    field, answers = page.get_by_label("Chercher une commune"), page.locator("#reponses li")
    field.fill("annoeullin")
    answers.first.wait_for()
    assert answers.all_inner_texts() == ["Annœullin (59) à jour"]
    assert answers.locator("a").get_attribute("href") == "annoeullin/index.html"
    field.fill("saint denis")
    page.locator("#reponses code").first.wait_for()
    assert "Saint-Denis (93) pas encore construit : make commune=93066" in answers.all_inner_texts()


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("saint denis", ["Saint-Denis (11)", "Saint-Denis (30)", "Saint-Denis (93)", "Saint-Denis (974)", "Saint-Denis-Catus (46)"]),
        ("st-denis", ["Saint-Denis (11)", "Saint-Denis (30)", "Saint-Denis (93)", "Saint-Denis (974)", "Saint-Denis-Catus (46)"]),
        ("lille", ["Lille (59)", "Lillebonne (76)", "Lillemer (35)", "Lillers (62)", "Marquette-lez-Lille (59)"]),
    ],
)  # fmt: skip
def test_a_search_gives_the_name_itself_then_what_begins_so_then_the_rest_by_name(visit, asked, first):
    page = visit("index.html")
    page.get_by_label("Chercher une commune").fill(asked)
    page.locator("#reponses li").first.wait_for()
    found = page.locator("#reponses li > :first-child").all_inner_texts()
    assert [name.replace("\u2011", "-") for name in found[:5]] == first
    assert len(found) == min(20, page.evaluate("asked => find(split(asked)).length", asked))


def test_the_map_of_communes_shows_another_indicator_and_two_communes_stand_side_by_side(visit):
    page = visit("site/200093201.html")
    hem = page.locator('path[data-code="59299"]')
    before = hem.evaluate("path => path.style.fill")
    names = page.locator("#indicateur option").all_inner_texts()
    page.get_by_label("Indicateur").select_option(names[-1])
    assert page.locator("#montre").inner_text() == names[-1]
    assert hem.evaluate("path => path.style.fill") != before
    counts = page.locator(".classes li").all_inner_texts()
    assert sum(int(text.rpartition("(")[2].rstrip(")")) for text in counts) == 95
    page.get_by_label("Première").select_option("Hem")
    page.get_by_label("Seconde").select_option("Roubaix")
    assert page.locator(".pair thead th").all_inner_texts()[1:] == ["Hem", "Roubaix"]
    assert page.locator(".pair tbody tr").count() == 12


def test_the_communes_are_sorted_by_value_those_without_one_last(visit):
    page = visit("site/200093201.html")
    head = page.locator("#communes thead th").nth(2)
    for sign in (1, -1):
        head.get_by_role("button").click()
        values = page.locator("#communes tbody tr td:nth-child(3)").evaluate_all(
            "cells => cells.map(cell => cell.dataset.value)"
        )
        known = [float(value) for value in values if value]
        assert known == sorted(known, key=lambda value, sign=sign: sign * value)
        assert values[len(known) :] == [""] * (len(values) - len(known))


@pytest.mark.parametrize("name", KINDS)
def test_on_paper_nothing_is_cut_nor_left_to_click(visit, name):
    # An A4 sheet less its margins, at 96 dots an inch.
    page = visit(name, width=718, height=1047)
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= 718
    left = page.evaluate(
        """[...document.querySelectorAll('nav, summary, .download, .skip')]
        .filter(element => element.checkVisibility() && element.getBoundingClientRect().right > 0)
        .map(element => element.outerHTML.slice(0, 80))"""
    )
    assert left == []
    tall = page.evaluate(
        "[...document.querySelectorAll('.drawing')].map(drawing => drawing.getBoundingClientRect().height)"
    )
    assert all(height < 1047 for height in tall), tall


@pytest.mark.parametrize("name", [page for page in KINDS if page.count("/") and not page.startswith("site/")])
def test_a_drawing_can_be_read_on_a_telephone(visit, name):
    page = visit(name, width=360, height=640)
    sizes = page.evaluate(
        """[...document.querySelectorAll('.drawing svg')].flatMap(drawing => [...drawing.querySelectorAll('text')]
        .map(text => parseFloat(getComputedStyle(text).fontSize) * drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width))"""
    )
    assert min(sizes, default=10) >= 9
    scrolled = page.evaluate(
        "[...document.querySelectorAll('.drawing')].filter(drawing => drawing.scrollWidth > drawing.clientWidth).length"
    )
    assert scrolled == 0


def test_the_checker_of_the_w3c_finds_no_error(outputs: Path):
    java = shutil.which("java")
    assert java, "Java est introuvable : installez-le (Debian : apt install default-jre-headless)."
    jar = TOOLS / "vnu-jar" / "build" / "dist" / "vnu.jar"
    done = subprocess.run(
        [
            java,
            "-Xss4m",
            "-jar",
            str(jar),
            "--format",
            "json",
            "--stdout",
            *(str(outputs / name) for name in (*PAGES, *DECKS)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    messages = json.loads(done.stdout)["messages"]
    shown = [
        f"{Path(message['url']).name}, {message.get('lastLine')}: {message['message']}"
        for message in messages
        if message["type"] == "error" or message.get("subType") == "warning"
    ]
    assert shown == []
