"""Generations: how many were born, how many are left at each age, and which of them settled in a commune."""

from __future__ import annotations

from zlib import crc32

import numpy as np

from helpers.simulation.assumptions import BIRTHS, FIRST_SETTLERS, GENERATION_GAP, GOMPERTZ, SETTLED, SETTLING
from helpers.simulation.axes import DETAIL_YEARS, SINGLE_AGES, Array, at
from helpers.simulation.fit import draw_profile
from helpers.simulation.known import Known


def find_births(year: int) -> Array:
    """Find the year of birth of those of each single age when a census takes place, in January."""
    return np.asarray(year - SINGLE_AGES - 1, dtype=float)


def count_survivors(year: int) -> Array:
    """Count who is left of the births of France by sex x single age: only their relative number is used."""
    births = np.interp(find_births(year), list(BIRTHS), list(BIRTHS.values()))
    hazard = np.stack([a * np.exp(b * SINGLE_AGES) for a, b in GOMPERTZ])
    return births * np.exp(-hazard.cumsum(axis=1))


def estimate_settlers(known: Known, homes: Array, *, seniors: Array, children: Array) -> dict[int, Array]:
    """Estimate how over-represented each generation is, by year of detail: communes x single age, 1 on average.

    A commune of owners was settled in waves, a generation apart, and each wave grows old where it settled. Where
    those aged 75 and over became more numerous, a wave was reaching that age; else it is younger, or older where
    children are few. `homes` are the main residences, `seniors` and `children` the people aged 75 and over and
    under 15, over communes x GRID.
    """
    owners = known.series("dwellings", "RP_PROP")[:, at(2018)] / homes[:, at(2018)]
    strength = SETTLING * owners / np.average(owners, weights=homes[:, at(2018)])
    growth = seniors[:, at(2018)] / seniors[:, at(2012)]
    is_known = ~np.isnan(known.series("age_groups", "POP75P")[:, at(2012)])
    rank = (-growth[is_known]).argsort(kind="stable").argsort(kind="stable")
    late = np.array([draw(code, "wave") for code in known.codes])
    late[is_known] = (rank + 0.5) / is_known.sum()
    young = children / (children + seniors)
    younger = young[:, at(2018)] >= np.median(young[:, at(2018)])
    crest = FIRST_SETTLERS + np.where(younger, late, -late) * GENERATION_GAP / 2
    settlers = {}
    for year in DETAIL_YEARS:
        phase = 2 * np.pi * (find_births(year) - crest[:, None]) / GENERATION_GAP
        settlers[year] = np.exp(strength[:, None] * draw_profile(SETTLED) * np.cos(phase))
    return settlers


def draw(*words: str) -> float:
    """Draw a number between 0 and 1, always the same for the same words."""
    return crc32("-".join(words).encode()) / 0xFFFFFFFF
