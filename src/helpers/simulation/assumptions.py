"""How people and dwellings behave where no table at hand says it: each value is an assumption, with its reason."""

from __future__ import annotations

# Persons and rooms in the open classes; 6.6 gives the 4.0 rooms per dwelling published for the metropolis.
SIX_AND_OVER, SIX_ROOMS = 6.4, 6.6
# Growth of main residences since 1968, in multiples of the region's pace (Herlies, a village: 2.9).
PACE_BOUNDS = (0.3, 3.0)
# Half of the region's vacancy cycle: the rest is the coast's and the coalfield's.
VACANCY_ELASTICITY = 0.5
# Single parents are about twice as frequent in social housing; its large estates date from 1946-1970.
SINGLE_PARENT_ELASTICITY, ESTATES_ELASTICITY = 0.35, 0.5
# Few dwellings were standing before 1880, where published construction periods start from.
OLDEST_BUILDINGS = 1880
# Main residences built in the two years before the census, at most.
RECENT_CEILING = 0.08
# Adults aged 30-44 and 45-59 follow the commune's share of children, those aged 60-74 its share aged 75+.
AGE_ELASTICITY = (0.7, 0.3, 0.5)
# Fewer women than the ages explain, by 4 %: a prison, not sampling noise. Its men's relative density by age.
INSTITUTION_THRESHOLD = 0.04
INSTITUTION_AGES = {0: 0.0, 17: 0.0, 23: 1.0, 32: 0.9, 45: 0.5, 66: 0.0, 104: 0.0}
# When an institution opened, where that falls between two pyramids (prison of Annœullin); else it is older.
INSTITUTION_OPENED = {"59011": 2011}
# Outside ordinary housing: those aged 75 and over in homes (France: one in ten), students from elsewhere in
# halls (18-24 above their share in a commune without halls), everyone else (hostels, convents).
OUTSIDE_SENIORS, OUTSIDE_STUDENTS, OUTSIDE_OTHERS, ORDINARY_18_24 = 0.10, 0.20, 0.004, 0.085
# Shares of an age in homes for the elderly, in halls, elsewhere outside ordinary housing.
IN_HOMES = {0: 0.0, 70: 0.004, 75: 0.015, 80: 0.04, 85: 0.11, 90: 0.26, 95: 0.42, 104: 0.55}
IN_HALLS = {0: 0.0, 17: 0.0, 19: 0.06, 22: 0.04, 26: 0.0, 104: 0.0}
OUTSIDE_FLOOR = 0.002
# Share of a cohort still at its parents': half has left by about 22. Parents' age at birth, mean and spread.
AT_HOME = {0: 1.0, 17: 1.0, 18: 0.93, 20: 0.68, 22: 0.45, 25: 0.2, 30: 0.07, 40: 0.02, 104: 0.01}
PARENTHOOD = (31.0, 6.0)
# Weight of ageing by cohort, by age: people settle in their forties; past 80 the published profile is safer.
COHORT_WEIGHT = {0: 0.0, 40: 0.0, 55: 1.0, 78: 1.0, 88: 0.0, 104: 0.0}
# Annual mortality a.exp(b.age) of men and women, after the life tables of the 2010s.
GOMPERTZ = ((0.00005, 0.096), (0.000015, 0.103))
# How much of a commune's contrast in rates held in earlier periods.
PERSISTENCE = {"NAIS": 0.7, "DECE": 0.5}
# Births and deaths per 1 000 inhabitants and year in the metropolis: only ratios to the last period are used.
# Deaths are Insee's rates for EPCI-200093201; births, orders of magnitude of the Nord raised to its level.
METROPOLIS_RATES = {
    (1968, 1975): {"NAIS": 20.0, "DECE": 11.0},
    (1975, 1982): {"NAIS": 18.4, "DECE": 10.5},
    (1982, 1990): {"NAIS": 17.8, "DECE": 9.3},
    (1990, 1999): {"NAIS": 16.2, "DECE": 8.2},
    (1999, 2008): {"NAIS": 16.0, "DECE": 7.6},
    (2008, 2013): {"NAIS": 15.5, "DECE": 7.3},
    (2013, 2018): {"NAIS": 14.4, "DECE": 7.3},
}
