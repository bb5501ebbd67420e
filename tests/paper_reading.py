"""What the pages of a PDF paint, read from their operators: the sizes of their letters, how full they are."""

from __future__ import annotations

import re

from pypdf.generic import ContentStream

_IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def marks_of(page):
    """Every mark of a page: `(left, low, right, high, size)` in points, `size` of the letters of a text, else None."""
    found = []
    _paint(page.get_contents(), page["/Resources"], page.pdf, _IDENTITY, found)
    return found


def smallest_of(page):
    """The size in points of the smallest letters of a page."""
    return min(mark[4] for mark in marks_of(page) if mark[4] is not None)


def fill_of(page, *, top, bottom):
    """How far down the two columns of a page are written, on average, as a part of what its margins leave."""
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    inside = [mark for mark in marks_of(page) if mark[1] >= bottom - 2 and mark[3] <= height - top + 2]
    depths = []
    for left, right in ((0, width / 2), (width / 2, width)):
        lows = [low for x, low, y, _, _ in inside if x < right and y > left]
        depths.append((height - top - min(lows, default=height - top)) / (height - top - bottom))
    return sum(depths) / 2


def _times(one, other):
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _box(points, matrix):
    a, b, c, d, e, f = matrix
    placed = [(a * x + c * y + e, b * x + d * y + f) for x, y in points]
    xs, ys = zip(*placed, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _paint(content, resources, pdf, matrix, found):
    kept, path, size, text = [], [], 0.0, _IDENTITY
    for operands, operator in ContentStream(content, pdf).operations:
        if operator == b"q":
            kept.append(matrix)
        elif operator == b"Q":
            matrix = kept.pop()
        elif operator == b"cm":
            matrix = _times(tuple(map(float, operands)), matrix)
        elif operator == b"Tf":
            size = float(operands[1])
        elif operator == b"Tm":
            text = tuple(map(float, operands))
        elif operator in (b"Tj", b"TJ"):
            a, b, c, d, e, f = _times(text, matrix)
            high = size * abs(a * d - b * c) ** 0.5
            found.append((e, f, e + high, f + high, high))
        elif operator == b"re":
            x, y, wide, high = map(float, operands)
            path += [(x, y), (x + wide, y + high)]
        elif operator in (b"m", b"l", b"c"):
            path += [tuple(map(float, operands[-2:]))]
        elif operator in (b"f", b"f*", b"S", b"B", b"B*", b"s", b"b"):
            if path:
                found.append((*_box(path, matrix), None))
            path = []
        elif operator == b"n":
            path = []
        elif operator == b"Do":
            form = resources["/XObject"][operands[0]].get_object()
            if form["/Subtype"] == "/Form":
                inner = _times(tuple(map(float, form.get("/Matrix", _IDENTITY))), matrix)
                _paint(form, form.get("/Resources", resources), pdf, inner, found)


def squeeze(text: str) -> str:
    """Write a text without its spaces nor its hyphens: lines of a PDF break anywhere."""
    return re.sub(r"[\s\u00ad-]+", "", text)
