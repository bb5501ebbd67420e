"""Sentences made from figures: what they say, in which direction, against what. Never why.

Every function reads the data of an exhibit (its docstring names the columns) and returns a `Finding`: title, reading,
takeaway, headline. Without data, or from figures that are not significant, it is empty.
"""

from helpers.wording.ages import (
    age_groups,
    living_alone,
    services,
    services_per_home,
    services_rates,
)
from helpers.wording.benchmarks import (
    benchmarks,
    in_words,
)
from helpers.wording.brought import (
    brought_facilities,
    brought_tables,
    childcare,
    operations,
    rolls,
)
from helpers.wording.cohorts import (
    everyone_followed,
    generations,
)
from helpers.wording.comfort import (
    heating,
    occupation,
    room_means,
    rooms,
    rooms_beside_households,
    seniority,
    small_in_large,
    stay_marks,
    stays,
)
from helpers.wording.construction import (
    construction_groups,
    construction_periods,
    starts,
)
from helpers.wording.facilities import facilities
from helpers.wording.finding import (
    Finding,
    closeness,
)
from helpers.wording.gains import gains
from helpers.wording.homes import (
    categories,
    changes,
    owners,
    people_and_homes,
    social,
    stock_series,
    tenure,
    types,
    types_over_time,
    vacancy,
)
from helpers.wording.households import (
    composition,
    household_size,
    household_sizes,
)
from helpers.wording.issues import (
    card_sentences,
    compared,
    describe_silence,
)
from helpers.wording.maps import level_map
from helpers.wording.mobility import (
    newcomers,
    origins,
)
from helpers.wording.outside_households import (
    outside_households,
)
from helpers.wording.ownership import (
    elders,
    owner_households,
    ownership,
    renewal,
    to_pass_on,
)
from helpers.wording.point_mort import (
    break_even,
    break_evens,
    convention,
    delivery,
    gained,
    household_effect,
    people_per_home,
    people_per_kind,
)
from helpers.wording.population import (
    balances,
    growth_map,
    history,
    long_series,
    periods,
    questionnaire,
    recent,
    vital_rates,
    yearly_balances,
)
from helpers.wording.pyramids import (
    classes,
    counted,
    crossed,
    level,
    outside_homes,
    pyramid,
    pyramid_shares,
    pyramid_tenure,
    tenure_check,
    why_no_individuals,
)

__all__ = [
    "Finding",
    "age_groups",
    "balances",
    "benchmarks",
    "break_even",
    "break_evens",
    "brought_facilities",
    "brought_tables",
    "card_sentences",
    "categories",
    "changes",
    "childcare",
    "classes",
    "closeness",
    "compared",
    "composition",
    "construction_groups",
    "construction_periods",
    "convention",
    "counted",
    "crossed",
    "delivery",
    "describe_silence",
    "elders",
    "everyone_followed",
    "facilities",
    "gained",
    "gains",
    "generations",
    "growth_map",
    "heating",
    "history",
    "household_effect",
    "household_size",
    "household_sizes",
    "in_words",
    "level",
    "level_map",
    "living_alone",
    "long_series",
    "newcomers",
    "occupation",
    "operations",
    "origins",
    "outside_homes",
    "outside_households",
    "owner_households",
    "owners",
    "ownership",
    "people_and_homes",
    "people_per_home",
    "people_per_kind",
    "periods",
    "pyramid",
    "pyramid_shares",
    "pyramid_tenure",
    "questionnaire",
    "recent",
    "renewal",
    "rolls",
    "room_means",
    "rooms",
    "rooms_beside_households",
    "seniority",
    "services",
    "services_per_home",
    "services_rates",
    "small_in_large",
    "social",
    "starts",
    "stay_marks",
    "stays",
    "stock_series",
    "tenure",
    "tenure_check",
    "to_pass_on",
    "types",
    "types_over_time",
    "vacancy",
    "vital_rates",
    "why_no_individuals",
    "yearly_balances",
]
