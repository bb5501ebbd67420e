"""Drawings: one module per kind, data first, options keyword-only, each returns an `Exhibit`."""

from helpers.figures.bars import balance_bars, paired_bars, stacked_bars, stacked_counts, waterfall
from helpers.figures.lines import lines
from helpers.figures.maps import choropleth
from helpers.figures.positions import positions
from helpers.figures.pyramids import pyramid, pyramid_tenure

__all__ = [
    "balance_bars",
    "choropleth",
    "lines",
    "paired_bars",
    "positions",
    "pyramid",
    "pyramid_tenure",
    "stacked_bars",
    "stacked_counts",
    "waterfall",
]
