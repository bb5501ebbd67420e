"""How people and dwellings behave where no table at hand says it: each value is an assumption, with its reason."""

from __future__ import annotations

# Persons and rooms in the open classes; 6.6 gives the 4.0 rooms per dwelling published for the metropolis.
SIX_AND_OVER, SIX_ROOMS = 6.4, 6.6
# Growth of main residences since 1968, in multiples of the region's pace (Herlies, a village: 2.9).
PACE_BOUNDS = (0.3, 3.0)
# Half of the region's vacancy cycle: the rest is the coast's and the coalfield's.
VACANCY_ELASTICITY = 0.5
# Single parents are about twice as frequent in social housing; its large estates date from 1946-1970.
SINGLE_PARENT_ELASTICITY, ESTATES_ELASTICITY = 0.35, 0.25
# Dwellings lost a year, net of those made by dividing others, by tenure (owner, private, social, free): estates are
# demolished, large private houses cut up. About 1 per 1 000 in the metropolis, as in France.
LOSS_RATES = (0.001, -0.006, 0.009, 0.0)
# The vacant dwellings that this makes of the starts known stay within these multiples of the cycle's.
VACANCY_BOUNDS = (0.5, 2.0)
# Few dwellings were standing before 1880, where published construction periods start from.
OLDEST_BUILDINGS = 1880
# What no count at hand says of when homes were built: before 1919, 1919-1945, 1946-1970, 1971-1990, in multiples of
# what growth tells. Spinning towns and suburbs of brick, beside Tourcoing, whose table is published; the front of
# 1914-1918, razed then rebuilt (Armentières: 4 % before 1919, 41 % from 1919 to 1945,
# https://www.insee.fr/fr/statistiques/4177185?geo=COM-59017); the new town of Villeneuve-d'Ascq (1970), the estate of
# Mons-en-Barœul (1965-1975), the quarters of Lille since 1971.
_MILLS = (
    "59163",
    "59279",
    "59286",
    "59328",
    "59332",
    "59360",
    "59367",
    "59368",
    "59386",
    "59512",
    "59646",
    "59650",
)
_FRONT = (
    "59017", "59025", "59051", "59088", "59143", "59152", "59173", "59202", "59252", "59257", "59317", "59320", "59371",
    "59482", "59487", "59643", "59656",
)  # fmt: skip
BUILT = {
    **dict.fromkeys(_MILLS, (1.3, 1.6, 1.0, 0.7)),
    **dict.fromkeys(_FRONT, (0.5, 2.0, 1.0, 0.8)),
    "59009": (0.3, 0.3, 0.7, 2.8),
    "59410": (0.5, 0.5, 1.7, 1.5),
    "59350": (1.0, 0.9, 0.9, 1.2),
}
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
# Births in metropolitan France, thousands (Insee): the hollows of the wars, the steps of 1920 and 1946, the 1970s.
BIRTHS = {
    1900: 880, 1910: 830, 1913: 795, 1914: 757, 1915: 483, 1916: 385, 1917: 412, 1918: 472, 1919: 506, 1920: 838,
    1921: 816, 1925: 774, 1930: 754, 1935: 643, 1939: 615, 1940: 561, 1941: 522, 1942: 575, 1943: 616, 1944: 629,
    1945: 646, 1946: 844, 1947: 870, 1949: 872, 1953: 805, 1957: 816, 1960: 820, 1964: 878, 1968: 836, 1971: 881,
    1973: 857, 1976: 720, 1980: 800, 1983: 749, 1987: 768, 1990: 762, 1994: 711, 2000: 775, 2006: 797, 2010: 802,
    2014: 781, 2017: 730,
}  # fmt: skip
# Homes are bought by waves a generation apart, which leave their mark on the ages: by a fifth where owners are as many
# as in the metropolis, more where they are more. A commune whose elderly increased most was settled by the first.
GENERATION_GAP, SETTLING, FIRST_SETTLERS = 27, 0.2, 1939
# Weight of the waves, by age: children are those of settlers; between 18 and 40 people leave and others arrive.
SETTLED = {0: 0.5, 15: 0.5, 20: 0.3, 25: 0.3, 32: 0.6, 40: 1.0, 104: 1.0}
# How much more the waves weigh among owners than among tenants, who move on.
OWNERS_SETTLE = 0.5
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
