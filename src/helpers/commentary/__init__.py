"""Sentences made from figures: what they say, in which direction, against what. Never why.

Every function takes the data of an exhibit and returns a `Finding`; without data, an empty one.
"""

from helpers.commentary.finding import Finding, closeness
from helpers.commentary.homes import (
    categories,
    composition,
    household_size,
    owners,
    people_and_homes,
    social,
    stock_series,
    tenure,
)
from helpers.commentary.issues import fact_sentences, facts
from helpers.commentary.link import break_even, household_effect
from helpers.commentary.people import (
    age_groups,
    balances,
    growth_map,
    long_series,
    recent,
    services,
    services_per_home,
)
from helpers.commentary.pyramids import (
    elders,
    generations,
    outside_homes,
    ownership,
    pyramid,
    pyramid_tenure,
    renewal,
    tenure_check,
)

__all__ = [
    "Finding",
    "age_groups",
    "balances",
    "break_even",
    "categories",
    "closeness",
    "composition",
    "elders",
    "fact_sentences",
    "facts",
    "generations",
    "growth_map",
    "household_effect",
    "household_size",
    "long_series",
    "outside_homes",
    "owners",
    "ownership",
    "people_and_homes",
    "pyramid",
    "pyramid_tenure",
    "recent",
    "renewal",
    "services",
    "services_per_home",
    "social",
    "stock_series",
    "tenure",
    "tenure_check",
]
