"""What a script adds to a page: values under the pointer and with the keyboard, one date or both, where one is reading."""

from __future__ import annotations

import pytest
from walk import KINDS, SLUGS, WHOLE, violations

from helpers.paths import TEMPLATES

HOMES, AGES = f"{SLUGS[0]}/2_logement.html", f"{SLUGS[0]}/3_pyramides.html"
SCRIPT = TEMPLATES / "enhancer.js"


def test_the_script_is_light_and_asks_for_nothing():
    text = SCRIPT.read_text(encoding="utf-8")
    assert SCRIPT.stat().st_size < 8_000
    assert not [
        word for word in ("eval(", "Function(", "innerHTML", "import ", "fetch(", "http") if word in text
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_mark_tells_its_value_under_the_pointer(visit, scheme):
    page = visit(HOMES, color_scheme=scheme, width=1440)
    mark = page.locator(".drawing [data-v]").first
    mark.scroll_into_view_if_needed()
    mark.hover()
    tip = page.locator(".tip")
    assert tip.is_visible()
    assert tip.inner_text() == mark.get_attribute("data-v")
    assert (scheme == "dark" and not WHOLE) or violations(page) == []
    page.keyboard.press("Escape")
    assert not tip.is_visible()


def test_the_arrow_keys_go_through_the_values_and_say_them(visit):
    page = visit(HOMES)
    drawing = page.locator(".exhibit .drawing:has([data-v])").first
    found = drawing.locator("[data-v]")
    drawing.focus()
    for rank in range(2):
        page.keyboard.press("ArrowRight")
        assert page.locator(".voice[role=status]").inner_text() == found.nth(rank).get_attribute("data-v")
    page.keyboard.press("ArrowLeft")
    assert page.locator(".tip").inner_text() == found.first.get_attribute("data-v")
    page.keyboard.press("Tab")
    assert not page.locator(".tip").is_visible()


def test_a_date_can_be_hidden_and_shown_again(visit):
    page = visit(AGES)
    button = page.locator(".dates").first
    former = button.inner_text().split()[-1]
    marks = page.locator(f".dates:first-of-type + .drawing [data-s='{former}']")
    assert marks.count()
    for shown in (False, True):
        button.click()
        assert marks.first.evaluate("mark => getComputedStyle(mark).visibility === 'visible'") is shown
    assert page.locator(".voice").inner_text().startswith(former)


def test_the_contents_tell_where_one_is_reading(visit):
    page = visit(HOMES, width=1440)
    places = page.locator(".contents a")
    last = places.nth(2)
    last.click()
    address = last.get_attribute("href")
    page.wait_for_function(
        "address => document.querySelector('.contents [aria-current]')?.getAttribute('href') === address",
        arg=address,
    )
    assert page.locator(".contents [aria-current]").count() == 1
    # They stay in sight.
    assert last.bounding_box()["y"] < 900


@pytest.mark.parametrize("name", [page for page in KINDS if "/" in page])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_letters_of_a_drawing_stand_out_on_the_page(visit, name, scheme):
    pale = visit(name, color_scheme=scheme).evaluate(
        """() => {
          const light = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number).map(channel => channel / 255)
            .map(channel => channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4)
            .reduce((sum, channel, rank) => sum + channel * [0.2126, 0.7152, 0.0722][rank], 0)
          const paper = light(getComputedStyle(document.body).backgroundColor)
          return [...document.querySelectorAll(".drawing svg text")].filter(text => {
            const ink = light(getComputedStyle(text).fill)
            // Within bars, letters are of the colour of paper, or of ink.
            return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05) < 4.5 && ink !== paper
          }).map(text => text.textContent)
        }"""
    )
    assert pale == []


@pytest.mark.parametrize("slug", SLUGS)
def test_the_essential_is_seen_at_once(visit, slug):
    page = visit(f"{slug}/index.html", width=1440, height=900)
    last = page.locator(".sure").bounding_box()
    assert last["y"] + last["height"] <= 900


def test_a_diagnostic_is_not_endless(visit):
    tall = [
        visit(name, width=1440).evaluate("document.documentElement.scrollHeight")
        for name in KINDS
        if name.startswith(f"{SLUGS[0]}/")
    ]
    assert sum(tall) <= 30_000
