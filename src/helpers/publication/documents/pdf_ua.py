"""The structure of a PDF for screen readers, where WeasyPrint leaves it incomplete (ISO 14289-1, PDF/UA)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydyf import PDF, Array, Dictionary, Stream, String

# A point, in the units of the boxes of a page.
_POINT = 0.75
_PRINTED = 4


def complete(document: Any, pdf: PDF) -> None:
    """Complete the structure of a PDF that WeasyPrint is about to write: a `finisher` of `write_pdf`.

    Running heads and page numbers become artifacts (7.8); header cells say what they head (7.5) and can be found by
    their identifiers; lists hold nothing but items (7.6); the place of a figure is in the units of the page; empty
    elements are removed; a link is described by its words (7.18.5) and is printed.
    """
    tree = _Tree(pdf)
    tree.prune(tree.root)
    reached = set(tree.walk(tree.root))
    _set_apart(tree, reached)
    headers = {}
    for reference in reached:
        element = tree.of(reference)
        if element["S"] == "/TH":
            in_head = tree.of(tree.of(element["P"])["P"])["S"] == "/THead"
            element["A"]["Scope"] = "/Column" if in_head else "/Row"
            if "ID" in element:
                headers[element["ID"].data] = reference
        elif element["S"] == "/L":
            _pair(tree, element)
        elif element["S"] == "/Figure":
            element["A"]["BBox"] = _placed(element["A"]["BBox"], tree.of(element["Pg"])["MediaBox"])
    if headers:
        names = [part for name in sorted(headers) for part in (name, headers[name])]
        tree.root["IDTree"] = Dictionary({"Names": Array(names)})
    for page in document.pages:
        for *_, box in page.links:
            if box.link_annotation:
                words = " ".join("".join(box.element.itertext()).split())
                box.link_annotation["Contents"] = String(words)
                box.link_annotation["F"] = _PRINTED


class _Tree:
    """The elements of the structure of a PDF, by their references."""

    def __init__(self, pdf: PDF) -> None:
        self._objects = {thing.reference: thing for thing in pdf.objects}
        self.pages = [self.of(reference) for reference in pdf.page_references]
        self.root = self.of(pdf.catalog["StructTreeRoot"])

    def of(self, reference: bytes) -> Any:
        return self._objects[reference]

    def walk(self, element: Dictionary) -> Iterator[bytes]:
        """Yield the references of the elements below one, at any depth."""
        for reference in self.below(element):
            yield reference
            yield from self.walk(self.of(reference))

    def prune(self, element: Dictionary) -> None:
        """Remove the elements below one that hold nothing; an empty cell keeps its place in its row."""
        for reference in self.below(element):
            child = self.of(reference)
            self.prune(child)
            if not child["K"] and child["S"] not in ("/TD", "/TH"):
                element["K"].remove(reference)

    def below(self, element: Dictionary) -> list[bytes]:
        """List the references of the elements directly below one."""
        kids = (kid for kid in element["K"] if isinstance(kid, bytes))
        return [kid for kid in kids if self.of(kid).get("Type") == "/StructElem"]


def _set_apart(tree: _Tree, reached: set[bytes]) -> None:
    """Mark as artifacts of pagination what is written in the margins: the elements that the structure never reaches."""
    numbers = tree.of(tree.root["ParentTree"])["Nums"]
    for page, elements in zip(tree.pages, numbers[1::2], strict=False):
        apart = {rank for rank, reference in enumerate(elements) if reference not in reached}
        for rank in apart:
            tree.of(elements[rank]).clear()
            elements[rank] = b"null"
        stream: Stream = tree.of(page["Contents"])
        for place, part in enumerate(stream.stream):
            if isinstance(part, Dictionary) and part.get("MCID") in apart:
                stream.stream[place - 1 : place + 1] = ["/Artifact", Dictionary({"Type": "/Pagination"})]


def _pair(tree: _Tree, element: Dictionary) -> None:
    """Make each group of a list of definitions, a `div` in HTML, one item: its label, then its body."""
    groups = [tree.of(reference) for reference in tree.below(element)]
    for group in (group for group in groups if group["S"] == "/Div"):
        group["S"] = "/LI"
        for rank, reference in enumerate(tree.below(group)):
            item, (kind, inner) = tree.of(reference), ("/LBody", "/P") if rank else ("/Lbl", "/Span")
            item["S"] = kind
            for content in tree.below(item):
                tree.of(content)["S"] = inner


def _placed(box: Array, page: Array) -> Array:
    """Convert a box, measured from the top of its page in the units of the layout, to points from the foot."""
    left, top, right, bottom = (float(side) * _POINT for side in box)
    height = float(page[3])
    return Array((left, height - bottom, right, height - top))
