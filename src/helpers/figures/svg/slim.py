"""The same drawing in fewer bytes, its colours in classes that a page may turn dark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby, pairwise, zip_longest
from typing import NamedTuple

from matplotlib.artist import Artist

from helpers import tokens

_UNUSED = re.compile(r"<metadata>.*?</metadata>|<style.*?</style>", re.DOTALL)
# A tenth of a point is finer than what anyone sees: further decimals only weigh. A point to begin with is found fast.
_DECIMALS = re.compile(r"\.(?<=\d\.)(?:0\d*|(\d)\d*)")
_TAG = re.compile(r"<(/?)([\w:]+)((?:\s+[\w:-]+=\"[^\"]*\")*)\s*(/?)>([^<]*)")
_ATTRIBUTE = re.compile(r"([\w:-]+)=\"([^\"]*)\"")
_REFERENCES = re.compile(r'(?:url\(#|href="#)([^")]+)')
_PAINT = re.compile(r"(fill|stroke): (#[0-9a-f]{6})(?:; |$)")
_FONT = re.compile(r"font-family: [^;]*(?:; |$)")
_SPACES = re.compile(r"\s*\n\s*|(?<=[MLCQz]) | (?=[MLCQz])")
_UNTURNED = re.compile(r"rotate\(-?0 [^)]*\)")
# Letters of an outline that is worth writing as steps, of straight lines alone.
_LONG = 90
_OUTLINE = re.compile(r"(?:M[-\d. ]+(?:L[-\d. ]+)+z?)+")
_NUMBER = re.compile(r"-?[\d.]+")
# What each mark has for itself; marks in a row that share all the rest share it in one group.
_OWN = ("d", "x", "y", "transform", "xlink:href")
_MARKS = ("path", "text", "use")
# What `label_values` hides in the name of a group: the values of its marks, in their order.
_VALUES, _NEXT, _OF = "v:", "|", "§"
_LABELS = re.compile(rf'id="{_VALUES}([^"]*)"')


def label_values(artist: Artist, values: Iterable[str], *, series: Iterable[str] = ()) -> None:
    """Give each mark of an artist its value in words, and the date that it is of: a page shows them to who asks."""
    # A name with a straight quote would be written between other quotes than those that are read here.
    clean = str.maketrans({_NEXT: "/", _OF: "/", '"': "”"})
    pairs = zip_longest((value.translate(clean) for value in values), series, fillvalue="")
    artist.set_gid(_VALUES + _NEXT.join(f"{value}{_OF}{one}" for value, one in pairs))


class _Item(NamedTuple):
    """A mark, with what it shares with others; or any other tag, as it is written."""

    name: str
    own: str
    shared: str
    text: str


def slim(svg: str) -> str:
    """Write a drawing of matplotlib in fewer bytes: from `<svg` to its end, without what nothing uses."""
    svg = _UNUSED.sub("", svg[svg.index("<svg") :])
    svg = _DECIMALS.sub(lambda tenth: f".{tenth[1]}" if tenth[1] else "", svg)
    used = {name: f"a{rank}" for rank, name in enumerate(dict.fromkeys(_REFERENCES.findall(svg)))}
    items = _items(svg, used)
    written = []
    for (name, shared), run in groupby(items, lambda item: (item.name, item.shared)):
        marks = list(run)
        if name not in _MARKS:
            written += [mark.own for mark in marks]
        elif len(marks) > 1 and shared:
            written += [f"<g{shared}>", *(_write(mark, "") for mark in marks), "</g>"]
        else:
            written += [_write(mark, shared) for mark in marks]
    return "".join(written).replace("<defs></defs>", "")


def _items(svg: str, used: dict[str, str]) -> Iterator[_Item]:
    """Read the marks of a drawing, out of the groups that say nothing of them."""
    kept: list[bool] = []
    labels: list[Iterator[str]] = []
    inside = 0
    pending: tuple[str, str, str] | None = None
    for closing, name, attributes, alone, text in _TAG.findall(svg):
        if name == "defs":
            inside += -1 if closing else 1
        if name == "g":
            if closing:
                keep = kept.pop()
                labels.pop()
            else:
                keep = bool(_attributes(attributes, used)[1])
                kept.append(keep)
                values = _LABELS.search(attributes)
                labels.append(iter(values[1].split(_NEXT)) if values else labels[-1] if labels else iter(()))
            if not keep:
                continue
        own, shared = ("", "") if closing else _attributes(attributes, used)
        if name in _MARKS and not inside:
            if closing:
                assert pending is not None
                yield _Item(name, pending[0], pending[1], pending[2])
                pending = None
            elif alone:
                yield _Item(name, own + _value(next(labels[-1], "") if labels else ""), shared, "")
            else:
                pending = (own, shared, text)
        else:
            yield _Item("", f"<{closing}{name}{own}{shared}{alone}>", "", "")


def _value(label: str) -> str:
    """Write the value of a mark, and its date."""
    value, _, series = label.partition(_OF)
    return (f' data-v="{value}"' if value else "") + (f' data-s="{series}"' if series else "")


def _write(mark: _Item, shared: str) -> str:
    end = f">{mark.text}</text>" if mark.name == "text" else "/>"
    return f"<{mark.name}{mark.own}{shared}{end}"


def _attributes(written: str, used: dict[str, str]) -> tuple[str, str]:
    """Split the attributes of a mark between its own and those that others may share."""
    own, shared = [], []
    for name, value in _ATTRIBUTE.findall(written):
        if name == "style":
            shared += _look(value, used)
        elif name == "id":
            own += [("id", used[value])] if value in used else []
        elif name == "d":
            own.append(("d", _step(_SPACES.sub("", value))))
        elif name != "transform" or not _UNTURNED.fullmatch(value):
            (own if name in _OWN else shared).append((name, _renamed(value, used)))
    return tuple("".join(f' {name}="{value}"' for name, value in pairs) for pairs in (own, shared))  # type: ignore[return-value]


def _step(path: str) -> str:
    """Write an outline of many points as steps from one to the next: they have fewer figures than places."""
    if len(path) < _LONG or not _OUTLINE.fullmatch(path):
        return path
    written = []
    for ring in path.split("M")[1:]:
        tenths = [round(10 * float(number)) for number in _NUMBER.findall(ring)]
        places = list(zip(tenths[::2], tenths[1::2], strict=True))
        steps = [
            _tenth(now - then)
            for one, other in pairwise(places)
            for then, now in zip(one, other, strict=True)
        ]
        start, end = places[0], "z" if ring.endswith("z") else ""
        written.append(f"M{_tenth(start[0])} {_tenth(start[1])}l{' '.join(steps).replace(' -', '-')}{end}")
    return "".join(written)


def _tenth(tenths: int) -> str:
    """Write a number of tenths as a decimal number, as short as it can be."""
    whole, rest = divmod(abs(tenths), 10)
    return f"{'-' if tenths < 0 else ''}{whole if whole or not rest else ''}{f'.{rest}' if rest else ''}"


def _look(style: str, used: dict[str, str]) -> list[tuple[str, str]]:
    """Write the colours of a mark as attributes, those of light and of paper, and their names as classes."""
    paints, rest = _split(style)
    return [*paints, ("style", _renamed(rest, used))] if rest else paints


@lru_cache(1000)
def _split(style: str) -> tuple[list[tuple[str, str]], str]:
    """Split a style, that marks by the hundred have, between its colours as attributes and the rest."""
    paints = dict(_PAINT.findall(style))
    classes = [
        f"{kind[0]}-{tokens.names()[colour]}" for kind, colour in paints.items() if colour in tokens.names()
    ]
    rest = _FONT.sub("", _PAINT.sub("", style)).removesuffix("; ").replace(": ", ":").replace("; ", ";")
    return [*paints.items(), *([("class", " ".join(classes))] if classes else [])], rest


def _renamed(value: str, used: dict[str, str]) -> str:
    return (
        re.sub(r"#([^)]+)", lambda found: f"#{used.get(found[1], found[1])}", value)
        if "#" in value
        else value
    )
