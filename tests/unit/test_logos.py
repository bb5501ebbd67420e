"""Logos: what a hostile SVG keeps, what is refused, and where they are shown."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from helpers import logos
from helpers.errors import ParameterError
from helpers.parameters import load_parameters

DRAWN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'
HOSTILE = DRAWN.format(
    '<script>alert(1)</script><rect width="9" height="9" fill="#123456" onload="alert(2)" style="fill:url(http://x/y)"/>'
    '<style>@import url(//x.test/a.css)</style><foreignObject><iframe src="//x.test"/></foreignObject>'
    '<image href="http://x.test/spy.png"/><a href="javascript:alert(3)"><text>Nom</text></a>'
    '<use href="//x.test/a.svg#b"/><set attributeName="href" to="javascript:alert(4)"/>'
    '<path d="M0 0" fill="url(#g)" transform="translate(1)"/><linearGradient id="g" href="#h"/><?php echo 1 ?>'
)


def test_a_hostile_drawing_keeps_what_draws_alone():
    made = logos.sanitise(HOSTILE.encode(), file=Path("logo.svg")).decode()
    for said in (
        "script",
        "alert",
        "onload",
        "http://x",
        "//x",
        "iframe",
        "image",
        "style",
        "use",
        "set",
        "php",
    ):
        assert said not in made.replace("http://www.w3.org/2000/svg", ""), said
    for kept in (
        'fill="#123456"',
        'fill="url(#g)"',
        'href="#h"',
        'transform="translate(1)"',
        'viewBox="0 0 9 9"',
    ):
        assert kept in made, kept


def test_an_entity_is_not_read():
    bomb = '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + DRAWN.format("<text>&a;</text>")
    with pytest.raises(ParameterError, match="SVG simple"):
        logos.sanitise(bomb.encode(), file=Path("logo.svg"))


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.png", b"GIF89a", "n’est ni une image PNG"),
        ("a.svg", b"<html/>", "SVG simple"),
        ("a.svg", b"<svg", "SVG lisible"),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "taille"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"0" * logos.LARGEST, "octets"),
    ],
)
def test_what_is_no_logo_is_refused_by_the_name_of_its_file(tmp_path, name, content, found):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ParameterError, match=found) as caught:
        logos.read([name], folder=tmp_path)
    assert repr(name) in caught.value.message
    assert caught.value.remedy


def test_a_logo_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ParameterError, match=r"'absent\.svg' ne peut pas être lu"):
        logos.read(["absent.svg"], folder=tmp_path)


def test_a_logo_is_held_whole_by_its_address(tmp_path):
    (tmp_path / "agence-locale.svg").write_text(DRAWN.format('<circle r="4"/>'), encoding="utf-8")
    [logo] = logos.read(["agence-locale.svg"], folder=tmp_path)
    kind, _, content = logo["image"].partition(",")
    assert (logo["name"], kind) == ("agence locale", "data:image/svg+xml;base64")
    assert b'<circle r="4"/>' in base64.b64decode(content)


@pytest.mark.parametrize("name", ["../secret.svg", "/etc/passwd", "a/b.png", "logo.gif", ".svg"])
def test_a_logo_is_a_file_of_its_folder_alone(name):
    with pytest.raises(ParameterError, match="params/logos"):
        load_parameters("insee:59299", overrides={"logos": [name]})
