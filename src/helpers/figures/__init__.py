"""Drawings: one module per kind; data first, options keyword-only; each checks its columns and returns an `Exhibit`."""

from helpers.figures.balances import balance_bars
from helpers.figures.brought import operations_timeline
from helpers.figures.distributions import distribution
from helpers.figures.gains import gain_bars
from helpers.figures.lines import lines
from helpers.figures.maps import choropleth
from helpers.figures.paired import paired_bars
from helpers.figures.pyramids import pyramid
from helpers.figures.stacked import stacked_bars, stacked_counts
from helpers.figures.tenures import pyramid_tenure
from helpers.figures.waterfalls import waterfall

__all__ = [
    "balance_bars",
    "choropleth",
    "distribution",
    "gain_bars",
    "lines",
    "operations_timeline",
    "paired_bars",
    "pyramid",
    "pyramid_tenure",
    "stacked_bars",
    "stacked_counts",
    "waterfall",
]
