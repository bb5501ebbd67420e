"""What colours and outlines mean, above the axes, under them or at their right."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Bbox

# Lengths in sizes of letters, as those of matplotlib's legends.
_OUTSIDE, _INSIDE = 0.5, 0.4
_BETWEEN_ROWS, _BETWEEN_COLUMNS = 0.5, 2.0
_KEY_HEIGHT, _BEFORE_TEXT = 0.7, 0.8


class Legend(Artist):
    """Keys and their texts in columns, `above` the axes of a figure, `under` them, or one column at their `right`.

    Matplotlib's own packs boxes in boxes, and measures each text once for each of them.
    """

    def __init__(
        self,
        handles: Sequence[Patch | Line2D],
        *,
        columns: int,
        side: str = "above",
        size: float = 12.2,
        key_length: float = 2.0,
        title: str = "",
    ) -> None:
        """Give `size` of letters, in points, and length of a key in such sizes."""
        super().__init__()
        self.columns, self.side, self._size = columns, side, size
        self._key_width = key_length * size
        # Points above the lower corner, of what else stands there.
        self.lift = 0.0
        self._corner = Affine2D()
        self.title = Text(text=title, fontsize=size, transform=self._corner)
        self.texts = [
            Text(text=str(handle.get_label()), fontsize=size, transform=self._corner) for handle in handles
        ]
        self._places = [Affine2D() for _ in handles]
        self._keys = [self._key(handle) for handle in handles]
        for key, place in zip(self._keys, self._places, strict=True):
            key.set_transform(place + self._corner)
        self.set_zorder(5)

    def _key(self, handle: Patch | Line2D) -> Artist:
        """Make what shows a handle, from its lower left corner."""
        height = _KEY_HEIGHT * self._size
        key: Artist
        if isinstance(handle, Line2D):
            key = Line2D([self._key_width / 2], [height / 2])
        else:
            key = Rectangle((0, 0), self._key_width, height)
        key.update_from(handle)
        return key

    def set_figure(self, fig: Figure | SubFigure) -> None:
        """Set the figure that it belongs to, with all that it is made of."""
        super().set_figure(fig)
        for artist in (self.title, *self.texts, *self._keys):
            artist.set_figure(fig)

    def get_window_extent(self, renderer: RendererBase | None = None) -> Bbox:
        """Put all at its place, in fewer columns where the drawing is too narrow, and measure the box around it."""
        self._corner.clear()
        boxes = [_measure(text, renderer) for text in self.texts]
        room = self.figure.bbox.width - 2 * _OUTSIDE * self._size
        most = 1 if self.side == "right" else min(self.columns, max(len(boxes), 1))
        for columns in range(most, 0, -1):
            width, height = self._place(boxes, columns=columns, renderer=renderer)
            if width <= room:
                break
        margin = _OUTSIDE * self._size
        x = self.figure.bbox.width - margin - width if self.side == "right" else margin
        y = self.lift + margin + height if self.side == "under" else self.figure.bbox.height - margin
        self._corner.translate(x, y)
        return Bbox.from_bounds(x, y - height, width, height)

    def _place(
        self, boxes: Sequence[Bbox], *, columns: int, renderer: RendererBase | None
    ) -> tuple[float, float]:
        """Place keys and texts, measured by `boxes`, in so many columns; return their width and their height."""
        size = self._size
        # From the upper left corner, downwards.
        top = _INSIDE * size
        title = _measure(self.title, renderer)
        if self.title.get_text():
            self.title.set_position((_INSIDE * size, -top - title.y1))
            top += title.height + _BETWEEN_ROWS * size
        split = [column.tolist() for column in np.array_split(range(len(boxes)), columns) if len(column)]
        baselines = []
        for row in zip_longest(*split):
            found = [boxes[rank] for rank in row if rank is not None]
            baselines.append(top + max(box.y1 for box in found))
            top = baselines[-1] - min(box.y0 for box in found) + _BETWEEN_ROWS * size
        left = _INSIDE * size
        width = left + title.width
        for column in split:
            start = right = left + self._key_width + _BEFORE_TEXT * size
            for rank, baseline in zip(column, baselines, strict=False):
                self._places[rank].clear().translate(left, -baseline)
                self.texts[rank].set_position((start, -baseline))
                right = max(right, start + boxes[rank].width)
            left, width = right + _BETWEEN_COLUMNS * size, max(width, right)
        return width + _INSIDE * size, top + (_INSIDE - _BETWEEN_ROWS) * size

    def draw(self, renderer: RendererBase, *_: Any) -> None:
        """Draw what was put at its place."""
        self.title.draw(renderer)
        for key, text in zip(self._keys, self.texts, strict=True):
            key.draw(renderer)
            text.draw(renderer)


def _measure(text: Text, renderer: RendererBase | None) -> Bbox:
    """Measure the box of a text from the start of its baseline."""
    text.set_position((0, 0))
    return text.get_window_extent(renderer)
