"""Simulate the detail no open file gives: the "demonstration" part of the embedded data set.

Deterministic and closed: real counts are kept, simulated ones are fitted so that every accounting identity
holds with them. Arrays run over communes, then over `GRID` (one column per year), then over categories; NaN
means "not known".
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from helpers import schemas

Array = NDArray[np.float64]

SERIES_YEARS = (1968, 1975, 1982, 1990, 1999, 2008, 2013, 2018)
DETAIL_YEARS = (2008, 2013, 2018)
GRID = np.arange(1968, 2023)
SINGLE_AGES = np.arange(105)
AGE_CLASSES = np.arange(0, 100, 5)
KEYS = {
    "population": ["code", "year", "variable"],
    "flows": ["code", "since", "year", "variable"],
    "dwellings": ["code", "year", "variable"],
    "households": ["code", "year", "variable"],
    "ages": ["code", "year", "sex", "age", "variable"],
    "single_ages": ["code", "year", "sex", "age", "variable"],
    "ages_tenure": ["code", "year", "sex", "age", "tenure", "variable"],
}

# Territories of the published tables; Houplines alone has tenure x seniority, Lille tenure x household size.
MEL_2013, DISTRICT, NORD, REGION = "EPCI-245900410", "ARR-595", "DEP-59", "REG-32"
FORMER_REGION, URBAN, HOUPLINES, LILLE = "REG-31", "UU2020-59702", "59317", "59350"
# Communes of today's metropolis that EPCI-245900410 left out.
JOINED_LATER = ["59005", "59011", "59025", "59052", "59088", "59133", "59257", "59371", "59477", "59487"]

STOCK = ["RP", "RSECOCC", "LOGVAC"]
ROOMS = ["RP_1P", "RP_2P", "RP_3P", "RP_4P", "RP_5PP"]
PERIODS = ["RP_ACH19", "RP_ACH45", "RP_ACH70", "RP_ACH90", "RP_ACH05", "RP_ACH15"]
SENIORITY = [f"MEN_ANEM{bounds}" for bounds in ("0002", "0204", "0509", "1019", "2029", "30P")]
SIZES = ["MEN_1", "MEN_2", "MEN_3", "MEN_4", "MEN_5", "MEN_6P"]
FAMILIES = {
    "C_MENHSEUL": "Hommes seuls",
    "C_MENFSEUL": "Femmes seules",
    "C_MENSFAM": "Autres ménages sans famille",
    "C_MENCOUPSENF": "Couple sans enfant",
    "C_MENCOUPAENF": "Couple avec enfant(s)",
    "C_MENFAMMONO": "Famille monoparentale",
}
# Tenures run in this order everywhere; social is HLM, other is housed free, outside is outside ordinary housing.
TENURES = ["owner", "private", "social", "other", "outside"]

# Labels of the published tables; those grouped are added up.
_TENURES = [
    ["Propriétaire"],
    ["Locataire vide non HLM", "Locataire meublé ou chambre d'hôtel"],
    ["Locataire vide HLM"],
    ["Logé gratuitement"],
]
_SMALL = ["1 pièce", "2 pièces", "3 pièces", "4 pièces"]
_ROOMS = [*([label] for label in _SMALL), ["5 pièces", "6 pièces ou plus"]]
_PERIODS = [
    "Avant 1919", "De 1919 à 1945", "De 1946 à 1970",
    "De 1971 à 1990", "De 1991 à 2005", "De 2006 à 2012",
]  # fmt: skip
_SENIORITY = [
    "Moins de 2 ans", "De 2 à 4 ans", "De 5 à 9 ans",
    "De 10 à 19 ans", "De 20 à 29 ans", "30 ans ou plus",
]  # fmt: skip
_SIZES = [
    "1 personne", "2 personnes", "3 personnes", "4 personnes", "5 personnes", "6 personnes ou plus",
]  # fmt: skip
_HEADS = [
    "Moins de 20 ans", "20 à 24 ans", "25 à 39 ans", "40 à 54 ans",
    "55 à 64 ans", "65 à 79 ans", "80 ans ou plus",
]  # fmt: skip
_HEAD_KNOTS = [16, 20, 25, 40, 55, 65, 80, 105]
_GROUPS = ["0 à 14 ans", "15 à 29 ans", "30 à 44 ans", "45 à 59 ans", "60 à 74 ans", "75 ans ou plus"]
_FINE_KNOTS = [0, 15, 20, 30, 45, 60, 65, 75, 90, 105]

# -- Behaviour that no table at hand gives
# Persons and rooms in the open classes; 6.6 gives the 4.0 rooms per dwelling published for the metropolis.
SIX_AND_OVER, SIX_ROOMS = 6.4, 6.6
# Growth of main residences since 1968, in multiples of the region's pace (Herlies, a village: 2.9).
PACE_BOUNDS = (0.3, 3.0)
# Half of the region's vacancy cycle: the rest is the coast's and the coalfield's.
VACANCY_ELASTICITY = 0.5
# Single parents are about twice as frequent in social housing; its large estates date from 1946-1970.
SINGLE_PARENT_ELASTICITY, ESTATES_ELASTICITY = 0.35, 0.5
# Dwellings lost a year (demolished, merged, turned to other uses): about 1 per 1 000 in France.
LOSS_RATE = 0.001
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
# Dwellings started in France, thousands a year: only their rhythm is used. Sites open by whole operations: a
# commune's year weighs 0.4 to 1.6 times that rhythm.
STARTS_CYCLE = dict(zip(range(2008, 2018), (399, 347, 413, 431, 383, 360, 335, 345, 368, 437), strict=True))
LUMPINESS = 0.6


# -- Reading what is known
@dataclass(frozen=True)
class _Known:
    """The real figures of some communes, read as arrays over `codes` x `GRID`."""

    codes: list[str]
    real: Mapping[str, pd.DataFrame]

    def series(self, table: str, variable: str) -> Array:
        """Return one variable over `codes` x `GRID`, NaN where not known."""
        frame = self.real.get(table, pd.DataFrame(columns=["code", "year", "variable", "value"]))
        rows = frame[frame["variable"] == variable]
        wide = rows.pivot(index="code", columns="year", values="value")
        return wide.reindex(index=self.codes, columns=GRID).to_numpy(dtype=float, na_value=np.nan)

    def parts(self, table: str, variables: Sequence[str]) -> Array:
        """Return several variables stacked on a last axis."""
        return np.stack([self.series(table, variable) for variable in variables], axis=-1)

    def flow(self, variable: str, *, since: int, year: int) -> Array:
        """Return one flow over `codes`; every commune must have it."""
        frame = self.real["flows"].query("since == @since and year == @year and variable == @variable")
        values = frame.set_index("code")["value"].reindex(self.codes).to_numpy(dtype=float)
        return _require(values, self.codes, f"flows {variable} {since}-{year}")


def _require(values: Array, codes: Sequence[str], label: str) -> Array:
    """Return `values`, or name the communes that lack one."""
    missing = [code for code, value in zip(codes, values, strict=True) if np.isnan(value)]
    if missing:
        raise ValueError(f"no real {label} for communes {missing!r}")
    return values


def _facts(published: pd.DataFrame, territory: str, table: str, *, variable: str = "") -> pd.DataFrame:
    """Return the Insee figures of one published table: categories x years (int columns)."""
    rows = published[
        (published["territory_code"] == territory)
        & (published["source_table"] == table)
        & published["variable"].str.startswith(variable)
        & published["source_url"].str.contains("insee.fr", regex=False)
    ]
    if rows.empty:
        raise ValueError(f"no published row for territory {territory!r}, table {table!r}")
    rows = rows.drop_duplicates(["category", "year"]).astype({"year": int, "value": float})
    return rows.pivot(index="category", columns="year", values="value")


def _crossed(facts: pd.Series, rows: Sequence[Sequence[str]], columns: Sequence[Sequence[str]]) -> Array:
    """Return a published "row | column" table as an array, categories grouped as asked."""
    return np.array(
        [[sum(facts[f"{r} | {c}"] for r in row for c in column) for column in columns] for row in rows]
    )


def _pace(series: pd.Series) -> Array:
    """Return a positive series by year on `GRID`: PCHIP in logarithm, flat outside the years known."""
    known = series.dropna().sort_index()
    curve = PchipInterpolator(known.index.to_numpy(), np.log(known.to_numpy(dtype=float)))
    return np.exp(curve(np.clip(GRID, known.index[0], known.index[-1])))


def _paces(facts: pd.DataFrame) -> Array:
    """Return the series of several categories on `GRID` x categories."""
    return np.stack([_pace(series) for _, series in facts.iterrows()], axis=-1)


def _urban_pace(published: pd.DataFrame) -> Array:
    """Return the population of the urban area on `GRID`."""
    return _pace(_facts(published, URBAN, "POP T1").T["Population"])


def _at(year: int) -> int:
    """Return the position of a year on `GRID`."""
    return int(year - GRID[0])


# -- Fitting
def _fill(gaps: Array) -> Array:
    """Interpolate residuals linearly along `GRID` (axis 1), flat outside the known years; 0 if none is."""
    moved = np.moveaxis(gaps, 1, 0)
    flat = pd.DataFrame(moved.reshape(len(GRID), -1))
    filled = flat.interpolate(limit_direction="both").fillna(0.0).to_numpy()
    return np.moveaxis(filled.reshape(moved.shape), 0, 1)


def _steer(model: Array, known: Array) -> Array:
    """Bend a model of counts (communes x GRID[ x parts]) through the known ones.

    The log ratio known/model is interpolated between known years and kept outside them: a commune with one
    known year keeps the model's pace, a commune with several passes through each.
    """
    bent = model * np.exp(_fill(np.log((known + 0.5) / (model + 0.5))))
    return np.where(np.isnan(known), bent, known)


def _complete(estimate: Array, known: Array, total: Array) -> Array:
    """Keep the known parts and scale the estimated ones so that each line (last axis) adds up to `total`."""
    free = np.isnan(known)
    room = total - np.where(free, 0.0, known).sum(axis=-1)
    if (room < -2.0).any():  # Published integers may exceed their total by rounding, not by more.
        raise ValueError(f"known parts exceed their total by {float(-room.min())!r}")
    weights = np.where(free, estimate, 0.0)
    shares = weights / np.maximum(weights.sum(axis=-1, keepdims=True), 1e-12)
    return np.where(free, shares * np.maximum(room, 0.0)[..., None], known)


def _rake(seed: Array, rows: Array, columns: Array) -> Array:
    """Fit the last two axes of `seed` to their margins (iterative proportional fitting); rows are exact."""
    table = np.array(seed, dtype=float)
    for _ in range(2000):
        sums = table.sum(axis=-2)
        table *= np.divide(columns, sums, out=np.zeros_like(sums), where=sums > 0)[..., None, :]
        sums = table.sum(axis=-1)
        table *= np.divide(rows, sums, out=np.zeros_like(sums), where=sums > 0)[..., :, None]
        if np.abs(table.sum(axis=-2) - columns).max() <= 1e-11 * columns.max():
            return table
    raise ValueError(f"margins not met: off by {float(np.abs(table.sum(axis=-2) - columns).max())!r}")


def _bisect(excess: Callable[[Array], Array], shape: tuple[int, ...], *, bound: float) -> Array:
    """Return where an increasing function of an array vanishes, element by element, within +-bound."""
    low, high = np.full(shape, -bound), np.full(shape, bound)
    for _ in range(70):
        middle = (low + high) / 2
        above = excess(middle) > 0
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return (low + high) / 2


def _tilt(shares: Array, sizes: Array, mean: Array) -> Array:
    """Tilt shares by exp(lambda.size) until the mean size (last axis) is the one wanted."""

    def tilted(slope: Array) -> Array:
        weights = shares * np.exp(slope[..., None] * (sizes - sizes.mean()))
        return weights / weights.sum(axis=-1, keepdims=True)

    return tilted(_bisect(lambda slope: (tilted(slope) * sizes).sum(axis=-1) - mean, mean.shape, bound=12.0))


def _remap(density: Array, knots: Sequence[int], totals: Array) -> Array:
    """Return a density by single age whose sums between `knots` are `totals`, near `density` in shape.

    The cumulated count is a PCHIP (monotone) function of the cumulated density: no step appears at the knots.
    """
    cumulated = np.concatenate([[0.0], density.cumsum()])
    curve = PchipInterpolator(cumulated[list(knots)], np.concatenate([[0.0], totals.cumsum()]))
    return np.maximum(np.diff(curve(cumulated)), 0.0)


def _spread(counts: Sequence[float], knots: Sequence[int]) -> Array:
    """Return counts by single age from counts between `knots` (PCHIP on the cumulated count)."""
    curve = PchipInterpolator(knots, np.concatenate([[0.0], np.cumsum(counts)]))
    return np.diff(curve(np.clip(np.arange(SINGLE_AGES.size + 1), knots[0], knots[-1])))


def _profile(points: Mapping[int, float]) -> Array:
    """Return a rate by single age from a few points."""
    return PchipInterpolator(list(points), list(points.values()))(SINGLE_AGES)


def _predict(target: Array, traits: Array) -> Array:
    """Fill the lines of `target` (shares) that are not known from the communes' traits (log-linear fit)."""
    seen = np.logical_not(np.isnan(target).any(axis=-1))
    if not seen.any():
        raise ValueError(f"nothing known to predict from: {target.shape[-1]!r} shares, no commune")
    logs = np.log(np.maximum(target[seen], 1e-3))
    fitted = traits @ np.linalg.lstsq(traits[seen], logs, rcond=1e-8)[0]
    return np.where(seen[:, None], target, np.exp(np.clip(fitted, logs.min(axis=0), logs.max(axis=0))))


# -- People: margins, pyramids
@dataclass(frozen=True)
class _Margins:
    """What is known or estimated of ages, over communes x GRID; all but `population` without inmates."""

    population: Array  # Real totals; before the first one, carried back at the pace of the urban area.
    groups: Array  # Persons aged 0-14, 15-29, 30-74, 75 and over.
    young: Array  # Persons aged 18-24.
    women: Array
    inmates: Array  # Men in an institution, revealed by the lack of women.


def _traits(known: _Known) -> Array:
    """Return what tells communes apart: owners, size, births, deaths, persons per dwelling, in logarithm."""
    homes = known.series("dwellings", "RP")[:, _at(2018)]
    owners = known.series("dwellings", "RP_PROP")[:, _at(2018)]
    people = known.series("population", "POP")[:, _at(2018)]
    births, deaths = (known.flow(variable, since=2013, year=2018) for variable in ("NAIS", "DECE"))
    traits = [owners / homes, homes, (births + 1) / people, (deaths + 1) / people, people / homes]
    return np.column_stack(
        [np.ones(len(homes)), *(np.log(_require(t, known.codes, "2018 trait")) for t in traits)]
    )


def _margins(known: _Known, published: pd.DataFrame, *, base: Array) -> _Margins:
    """Estimate the broad ages of every commune and year: real where known, else predicted from its traits.

    `base` is the metropolis's pyramid of 2018.
    """
    real = known.series("population", "POP")
    anchor = _require(real[:, _at(2013)], known.codes, "population 2013")[:, None]
    margins = known.parts("age_groups", ["POP0014", "POP1529", "POP75P"])
    margins = np.insert(margins, 2, real - margins.sum(axis=-1), axis=-1)
    women, young = known.series("age_groups", "POPF"), known.series("age_groups", "POP1824")

    broad = np.add.reduceat(base, [0, 15, 30, 75], axis=1)
    feminine = broad[1] / broad.sum(axis=0)
    inmates = _inmates(known.codes, real - women / ((margins @ feminine) / real), real)
    held = inmates[..., None] * np.add.reduceat(_normalised(_profile(INSTITUTION_AGES)), [0, 15, 30, 75])
    margins, young = margins - held, young - inmates * _normalised(_profile(INSTITUTION_AGES))[18:25].sum()
    pace = _urban_pace(published)
    free = np.where(
        np.isnan(real), (anchor - inmates[:, [_at(2013)]]) * pace / pace[_at(2013)], real - inmates
    )

    traits = _traits(known)
    level = _predict(margins[:, _at(2018)] / free[:, [_at(2018)]], traits)
    district = _facts(published, DISTRICT, "POP T0").reindex(_GROUPS).groupby([0, 1, 2, 2, 2, 3]).sum()
    drift = _paces(district)
    model = level[:, None, :] * drift / drift[_at(2018)]
    groups = _complete(_steer(model * free[..., None], margins), margins, free)
    part = _predict((young / margins[..., 1])[:, [_at(2018)]], traits)
    young = _steer(part * groups[..., 1], young)
    return _Margins(free + inmates, groups, young, _steer(groups @ feminine, women), inmates)


def _inmates(codes: Sequence[str], lacking: Array, people: Array) -> Array:
    """Return the men of institutions over communes x GRID, from those in excess of the women, where known.

    Kept constant outside the known years, but none before the pyramids' first year nor before the opening.
    """
    clear = (lacking / people)[:, _at(2018)] > INSTITUTION_THRESHOLD
    men = np.where(clear[:, None], _fill(np.maximum(lacking, 0.0)), 0.0)
    opened = np.array([INSTITUTION_OPENED.get(code, DETAIL_YEARS[0]) for code in codes])
    return np.where(opened[:, None] <= GRID, men, 0.0)


def _base_pyramids(published: pd.DataFrame) -> dict[int, Array]:
    """Return the metropolis's pyramid (sex x single age) by year of detail.

    2013 is published by sex and broad age; other years keep its profile for the young, its cohorts for the
    old, and follow the broad ages of the district.
    """
    facts = _facts(published, MEL_2013, "POP T3")[2013]
    base = np.stack([_spread(_fine_ages(facts, sex), _FINE_KNOTS) for sex in ("Hommes", "Femmes")])
    pace = _paces(_facts(published, DISTRICT, "POP T0").reindex(_GROUPS))
    survival = np.stack([np.exp(-a * np.exp(b * SINGLE_AGES)) for a, b in GOMPERTZ])
    knots = [0, 15, 30, 45, 60, 75, 105]
    pyramids = {}
    for year in DETAIL_YEARS:
        cohort = base
        for _ in range(2013, year):
            cohort = np.column_stack([cohort[:, :1], cohort[:, :-1] * survival[:, :-1]])
        for _ in range(year, 2013):
            cohort = np.column_stack([cohort[:, 1:] / survival[:, :-1], cohort[:, -1:]])
        aged = base + _profile(COHORT_WEIGHT) * (cohort - base)
        everyone = aged.sum(axis=0)
        total = np.add.reduceat(base.sum(axis=0), knots[:-1]) * pace[_at(year)] / pace[_at(2013)]
        pyramids[year] = aged * _remap(everyone, knots, total) / everyone
    return pyramids


def _fine_ages(facts: pd.Series, sex: str) -> list[float]:
    """Return the counts between `_FINE_KNOTS` that the two published cuts of the ages allow."""
    broad = [*_GROUPS[:5], "75 à 89 ans", "90 ans ou plus"]
    c0, c15, c30, c45, c60, c75, c90 = (facts[f"{group} | {sex}"] for group in broad)
    teens = facts[f"0 à 19 ans | {sex}"] - c0
    seniors = facts[f"65 ans ou plus | {sex}"] - c75 - c90
    return [c0, teens, c15 - teens, c30, c45, c60 - seniors, seniors, c75, c90]


def _pyramids(margins: _Margins, base: Mapping[int, Array], *, people: Array) -> dict[int, Array]:
    """Return communes x sex x single age by year of detail, on each commune's margins and final total."""
    scale = people / margins.population
    return {
        year: _pyramid(margins, base[year], at=_at(year)) * scale[:, _at(year), None, None]
        for year in DETAIL_YEARS
    }


def _pyramid(margins: _Margins, base: Array, *, at: int) -> Array:
    """Return one year's pyramids: ages mapped from the metropolis's, sexes shifted to the women known."""
    knots = [0, 15, 18, 25, 30, 45, 60, 75, 105]
    everyone = base.sum(axis=0)
    reference = np.add.reduceat(everyone, knots[:-1])
    children, youth, adults, seniors = margins.groups[:, at].T
    young = margins.young[:, at]
    teens = np.minimum(children * reference[1] / reference[0], 0.8 * (youth - young))
    total = margins.groups[:, at].sum(axis=1)
    like_children = children / total / (reference[0] / reference.sum())
    like_seniors = seniors / total / (reference[-1] / reference.sum())
    contrast = np.column_stack([like_children, like_children, like_seniors]) ** AGE_ELASTICITY
    middle = _rake(reference[4:7] * contrast, adults, _normalised(reference[4:7]) * adults.sum())
    counts = np.column_stack([children, teens, young, youth - young - teens, middle, seniors])
    ages = np.stack([_remap(everyone, knots, line) for line in counts])
    pyramid = _split_sexes(ages, base[1] / everyone, women=margins.women[:, at])
    pyramid[:, 0] += margins.inmates[:, at, None] * _normalised(_profile(INSTITUTION_AGES))
    return pyramid


def _split_sexes(ages: Array, share: Array, *, women: Array) -> Array:
    """Return communes x (men, women) x age: the base's odds are shifted until the women's total is met."""
    odds = np.log(share / (1 - share))

    def feminine(shift: Array) -> Array:
        return ages / (1 + np.exp(-(odds + shift[:, None])))

    shift = _bisect(lambda s: feminine(s).sum(axis=1) - women, women.shape, bound=8.0)
    return np.stack([ages - feminine(shift), feminine(shift)], axis=1)


def _normalised(values: Array) -> Array:
    return values / values.sum()


def _fit_metropolis(
    pyramids: Array, published: pd.DataFrame, codes: Sequence[str], population: Array
) -> Array:
    """Return 2013's pyramids fitted to the sex x age published for the former perimeter, when it is whole."""
    facts = _facts(published, MEL_2013, "POP T3")[2013]
    target = np.concatenate([_fine_ages(facts, sex) for sex in ("Hommes", "Femmes")])
    inside = ~np.isin(codes, JOINED_LATER)
    total = population[inside].sum()
    if abs(total / target.sum() - 1) > 1e-3:
        return pyramids
    coarse = np.add.reduceat(pyramids[inside], _FINE_KNOTS[:-1], axis=2)
    fitted = _rake(coarse.reshape(len(coarse), -1), population[inside], target * total / target.sum())
    factors = fitted.reshape(coarse.shape) / coarse
    result = pyramids.copy()
    result[inside] *= np.repeat(factors, np.diff(_FINE_KNOTS), axis=2)
    return result


# -- Dwellings and households over time
def _perimeter(codes: Sequence[str]) -> NDArray[np.bool_]:
    """Return which communes belong to the published perimeter (all of them when none does)."""
    inside = ~np.isin(codes, JOINED_LATER)
    return inside if inside.any() else ~inside


def _outside(margins: _Margins, published: pd.DataFrame, codes: Sequence[str]) -> Array:
    """Return the persons outside ordinary housing over communes x GRID.

    Level: the published gap between population and households of the former perimeter in 2015; shared out by
    institutions, the old, students from elsewhere.
    """
    inside = _perimeter(codes)
    people = margins.population
    households = _facts(published, MEL_2013, "FAM T1", variable="composition_pop").loc["Ensemble", 2015]
    reference = _facts(published, MEL_2013, "POP T0").loc["Ensemble", 2013]
    growth = people[inside, _at(2015)].sum() / people[inside, _at(2013)].sum()
    rate = 1 - households / (reference * growth)
    students = np.maximum(margins.young - ORDINARY_18_24 * people, 0.0)
    raw = OUTSIDE_SENIORS * margins.groups[..., 3] + OUTSIDE_STUDENTS * students + OUTSIDE_OTHERS * people
    here = (inside, _at(2015))
    scale = (rate * people[here].sum() - margins.inmates[here].sum()) / raw[here].sum()
    return margins.inmates + np.clip(scale, 0.5, 1.5) * raw


def _long_series(known: _Known, published: pd.DataFrame, outside: Array, people: Array) -> dict[str, Array]:
    """Return RP, PMEN and POP over communes x GRID, through every known count and household size."""
    size_pace = _pace(_facts(published, DISTRICT, "FAM G1").iloc[0])
    region = _pace(_facts(published, REGION, "LOG T1").T["Résidences principales"])
    urban = _urban_pace(published)

    real_people, real_homes = known.series("population", "POP"), known.series("dwellings", "RP")
    ordinary = people - outside
    homes_2018 = _require(real_homes[:, _at(2018)], known.codes, "dwellings RP 2018")[:, None]
    size_2018 = ordinary[:, [_at(2018)]] / homes_2018
    # A commune with no count between 2008 and 2017: its 2013 stock follows from its real population.
    blank = np.isnan(real_homes[:, _at(2008) : _at(2018)]).all(axis=1)
    # Households of the complementary count stand for main residences where these are not known.
    steering = np.where(np.isnan(real_homes), known.series("households", "C_MEN"), real_homes)
    implied = ordinary / (size_2018 * size_pace / size_pace[_at(2018)])
    steering[blank, _at(2013)] = implied[blank, _at(2013)]

    exponent = _pace_exponents(known, homes_2018[:, 0], region, target=urban / size_pace)
    model = homes_2018 * (region / region[_at(2018)]) ** exponent[:, None]
    wanted = homes_2018.sum() * (urban / size_pace) / (urban / size_pace)[_at(2018)]
    homes = _steer(model * wanted / model.sum(axis=0), steering)

    sizes = _published_sizes(published, known.codes)
    known_sizes = np.where(np.isnan(real_people), np.nan, ordinary / homes)
    known_sizes = np.where(np.isnan(sizes).all(axis=1, keepdims=True), known_sizes, sizes)
    size = size_pace * np.exp(_fill(np.log(known_sizes / size_pace)))
    rate = outside / people
    persons = np.where(np.isnan(real_people), size * homes, np.minimum(size * homes, ordinary))
    population = np.where(np.isnan(real_people), persons / (1 - rate), real_people)
    return {"RP": homes, "PMEN": persons, "POP": population}


def _pace_exponents(known: _Known, homes: Array, region: Array, *, target: Array) -> Array:
    """Return how fast each commune's main residences grew since 1968, in multiples of the region's log pace.

    A line through the urban area's mean, sloped on the communes whose long series is published: the more
    owners, the later the commune was built.
    """
    owners = known.series("dwellings", "RP_PROP")[:, _at(2018)] / homes
    centre = np.average(owners, weights=homes)
    mean = np.log(target[_at(2018)] / target[0]) / np.log(region[_at(2018)] / region[0])
    first = known.series("dwellings", "RP")[:, 0]
    seen = ~np.isnan(first)
    pace = np.log(homes[seen] / first[seen]) / np.log(region[_at(2018)] / region[0])
    distance = owners[seen] - centre
    slope = (distance * (pace - mean)).sum() / max((distance**2).sum(), 1e-9)
    return np.clip(mean + max(slope, 0.0) * (owners - centre), *PACE_BOUNDS)


def _published_sizes(published: pd.DataFrame, codes: Sequence[str]) -> Array:
    """Return the mean household sizes published for communes, interpolated between their years, else NaN."""
    sizes = np.full((len(codes), GRID.size), np.nan)
    rows = published[published["source_table"] == "FAM G1"]
    for position, code in enumerate(codes):
        if (rows["territory_code"] == code).any():
            sizes[position] = _pace(_facts(published, code, "FAM G1").iloc[0])
    return sizes


def _stock(known: _Known, published: pd.DataFrame, homes: Array) -> dict[str, Array]:
    """Return LOG and its parts over communes x GRID: the region's vacancy cycle through known counts."""
    region = _facts(published, REGION, "LOG T1").T
    vacancy = region["Logements vacants"] / region["Résidences principales"]
    cycle = _pace(vacancy)[None, :] ** VACANCY_ELASTICITY
    parts = known.parts("dwellings", STOCK)
    ratios = parts[:, [_at(2018)], 1:] / parts[:, [_at(2018)], :1]
    second = homes * ratios[..., 0]
    vacant = homes * ratios[..., 1] * cycle / cycle[:, [_at(2018)]]
    estimate = np.stack([homes, _steer(second, parts[..., 1]), _steer(vacant, parts[..., 2])], axis=-1)
    total = known.series("dwellings", "LOG")
    total = np.where(np.isnan(total), np.where(np.isnan(parts), estimate, parts).sum(axis=-1), total)
    return dict(
        zip(["LOG", *STOCK], [total, *np.moveaxis(_complete(estimate, parts, total), -1, 0)], strict=True)
    )


def _tenures(known: _Known, homes: Array) -> Array:
    """Return RP by tenure (owners, private tenants, social tenants, housed free) over communes x GRID."""
    owner, tenant, social = np.moveaxis(known.parts("dwellings", ["RP_PROP", "RP_LOC", "RP_LOCHLMV"]), -1, 0)
    parts = np.stack([owner, tenant - social, social, np.maximum(homes - owner - tenant, 0.0)], axis=-1)
    shares = parts[:, _at(2018)] / homes[:, [_at(2018)]]
    rented = _predict(shares[:, 1:] / np.maximum(1 - shares[:, :1], 1e-9), _traits(known))
    rented *= (1 - shares[:, :1]) / rented.sum(axis=1, keepdims=True)
    level = np.column_stack([shares[:, 0], rented])
    return _complete(_steer(level[:, None] * homes[..., None], parts), parts, homes)


def _kinds(known: _Known, published: pd.DataFrame, homes: Array, stock: Array) -> Array:
    """Return LOG by kind (houses, flats, others) over communes x GRID.

    Counts of main residences by kind (RPMAISON, RPAPPART), where known, give the kinds of the whole stock.
    """
    direct = known.parts("dwellings", ["MAISON", "APPART"])
    inhabited = known.parts("dwellings", ["RPMAISON", "RPAPPART"]) * (stock / homes)[..., None]
    kinds = np.where(np.isnan(direct), inhabited, direct)
    kinds = np.insert(kinds, 2, np.maximum(stock - kinds.sum(axis=-1), 0.0), axis=-1)
    facts = _facts(published, MEL_2013, "LOG T2")[2015]
    houses, flats = facts["Maisons"], facts["Appartements"]
    metropolis = np.array([houses, flats, facts["Ensemble"] - houses - flats]) / facts["Ensemble"]
    seen = ~np.isnan(kinds[:, _at(2018)]).any(axis=-1)
    shares = kinds[:, _at(2018)] / stock[:, [_at(2018)]]
    level = _predict(shares, _traits(known)) if seen.any() else np.broadcast_to(metropolis, shares.shape)
    level = level / level.sum(axis=1, keepdims=True)
    real = np.concatenate([direct, np.full_like(direct[..., :1], np.nan)], axis=-1)
    return _complete(_steer(level[:, None] * stock[..., None], kinds), real, stock)


def _rooms(known: _Known, published: pd.DataFrame, homes: Array, tenures: Array, houses: Array) -> Array:
    """Return RP by number of rooms over communes x GRID.

    Rooms by tenure and kind are the region's, applied to the commune's tenures and share of houses, then
    fitted to the rooms published for the metropolis.
    """
    rooms = {
        kind: _crossed(_facts(published, REGION, f"PRINC2 ({kind})")[2016], _ROOMS, _TENURES)
        for kind in ("ensemble", "maisons")
    }
    by_kind = np.stack([rooms["maisons"], rooms["ensemble"] - rooms["maisons"]])  # kind x rooms x tenure
    seed = np.broadcast_to(by_kind.sum(axis=1).T, (*homes.shape, 4, 2))
    crossed = _rake(seed, tenures, homes[..., None] * np.stack([houses, 1 - houses], axis=-1))
    model = np.einsum("cytk,krt->ycr", crossed, by_kind / by_kind.sum(axis=1, keepdims=True))
    metropolis = _normalised(
        _facts(published, MEL_2013, "LOG T3")[2015].reindex([*_SMALL, "5 pièces ou plus"]).to_numpy()
    )
    model = _rake(model, homes.T, metropolis * homes.sum(axis=0)[:, None])
    real = known.parts("dwellings", ROOMS)
    return _complete(_steer(np.moveaxis(model, 0, 1), real), real, homes)


def _room_count(published: pd.DataFrame, codes: Sequence[str], homes: Array, rooms: Array) -> Array:
    """Return the rooms of RP (NBPI_RP) over communes x GRID, within the means published for communes."""
    large = _facts(published, MEL_2013, "PRINC3 (ensemble)")[2017]
    five, six = large["5 pièces | Ensemble"], large["6 pièces ou plus | Ensemble"]
    count = rooms @ np.array([1, 2, 3, 4, (5 * five + SIX_ROOMS * six) / (five + six)])
    rows = published[(published["source_table"] == "LOG T4") & published["territory_code"].isin(codes)]
    for code in rows["territory_code"].unique():
        means = _facts(published, code, "LOG T4").loc["Ensemble des résidences principales"].dropna()
        for year, mean in zip(means.index.to_numpy(dtype=int), means.to_numpy(dtype=float), strict=True):
            cell = codes.index(code), _at(year)
            rounded = homes[cell] * np.array([mean - 0.049, mean + 0.049])
            count[cell] = np.clip(count[cell], *np.maximum(rounded, rooms[cell] @ np.arange(1, 6)))
    return count


def _periods(known: _Known, published: pd.DataFrame, homes: Array, tenures: Array, recent: Array) -> Array:
    """Return the RP of 2018 built before 2016 by construction period, over communes.

    A period weighs more where main residences grew more during it; totals by period are the metropolis's.
    """
    now = homes[:, _at(2018)]
    older = now * (1 - recent)
    facts = _facts(published, MEL_2013, "LOG T5")[2015].reindex(_PERIODS).to_numpy(dtype=float).copy()
    facts[-1] *= 10 / 7  # Published for 2006-2012, wanted for 2006-2015.
    growth = np.column_stack(
        [
            homes[:, _at(1970)],
            *(
                np.maximum(homes[:, _at(b)] - homes[:, _at(a)], 0)
                for a, b in ((1970, 1990), (1990, 2005), (2005, 2015))
            ),
        ]
    )
    growth = growth / now[:, None] + 0.03  # Replacement gives every period some dwellings.
    contrast = growth / np.average(growth, axis=0, weights=now)
    social = tenures[:, _at(2018), 2] / now
    estates = (social / np.average(social, weights=now)) ** ESTATES_ELASTICITY
    seed = _normalised(facts) * older[:, None] * contrast[:, [0, 0, 0, 1, 2, 3]]
    seed[:, 2] *= estates
    periods = _rake(seed, older, _normalised(facts) * older.sum())
    for code, counts in _published_periods(published, known.codes).items():
        line = known.codes.index(code)
        if counts.sum() < older[line]:
            periods[line] = [*counts, older[line] - counts.sum()]
    return periods


def _published_periods(published: pd.DataFrame, codes: Sequence[str]) -> dict[str, Array]:
    """Return RP by the five periods before 2006 of the communes with a published table of any classes."""
    rows = published[(published["source_table"] == "LOG T5") & published["territory_code"].isin(codes)]
    counts = {}
    for code in rows["territory_code"].unique():
        facts = _facts(published, code, "LOG T5").iloc[:, 0]
        facts = facts[facts.index.str.match(r"Avant|De \d")]
        # "Avant 1949" ends as 1949 begins, "De 1949 à 1974" as 1975 does.
        ends = facts.index.str[-4:].astype(int) + facts.index.str.startswith("De").astype(int)
        ordered = pd.Series(facts.to_numpy(), index=ends).sort_index().cumsum()
        curve = PchipInterpolator([OLDEST_BUILDINGS, *ordered.index], [0.0, *ordered])
        bounds = [OLDEST_BUILDINGS, 1919, 1946, 1971, 1991, 2006]
        counts[code] = np.diff(curve(np.minimum(bounds, ordered.index[-1])))
    return counts


def _seniority(published: pd.DataFrame, tenures: Array) -> Array:
    """Return households by years in the dwelling over communes x GRID, from tenures.

    One commune's cross-table, fitted to the region's margins.
    """
    table = _crossed(
        _facts(published, HOUPLINES, "PRINC24 (ensemble)").iloc[:, 0],
        _TENURES,
        [[label] for label in _SENIORITY],
    )
    region = _facts(published, FORMER_REGION, "LOG T6", variable="anciennete_d_emmenagement_menages")[2010]
    short = [region[label] for label in ("Depuis moins de 2 ans", "De 2 à 4 ans", "De 5 à 9 ans")]
    margin = np.array([*short, *(region["10 ans ou plus"] * _normalised(table[:, 3:].sum(axis=0)))])
    ensemble = _facts(published, REGION, "PRINC2 (ensemble)")[2016]
    rows = _normalised(_crossed(ensemble, [["Ensemble"]], _TENURES)[0]) * margin.sum()
    fitted = _rake(table, rows, margin)
    return tenures @ (fitted / fitted.sum(axis=1, keepdims=True))


def _households(
    known: _Known, published: pd.DataFrame, homes: Array, persons: Array, tenures: Array
) -> tuple[Array, Array, Array]:
    """Return households by composition, by size (1 to 6 and over), and C_MEN, over communes x GRID.

    Shares start from the metropolis's and tilt with household size until the mean size is the commune's.
    """
    labels = list(FAMILIES.values())
    counts = _facts(published, MEL_2013, "FAM T1", variable="composition_menages")[2015]
    people = _facts(published, MEL_2013, "FAM T1", variable="composition_population")[2015]
    region = _facts(published, REGION, "FAM T1", variable="composition_menages").reindex(labels)
    drift = _paces(region)
    base = counts[labels].to_numpy() * drift / drift[_at(2015)]
    social = tenures[..., 2] / homes
    single_parents = (social / np.average(social, weights=homes, axis=0)) ** SINGLE_PARENT_ELASTICITY
    base = np.broadcast_to(base, (*homes.shape, len(labels))).copy()
    base[..., labels.index("Famille monoparentale")] *= single_parents
    shares = _tilt(base, (people[labels] / counts[labels]).to_numpy(), persons / homes)

    stock = _facts(published, MEL_2013, "LOG T2").loc["Résidences principales", 2015]
    total = _steer(homes * counts["Ensemble"] / stock, known.series("households", "C_MEN"))
    real = known.parts("households", list(FAMILIES))
    composition = _complete(_steer(shares * total[..., None], real), real, total)

    alone = composition[..., :2].sum(axis=-1) / total * homes
    sizes = _facts(published, MEL_2013, "PRINC3 (ensemble)")[2017]
    together = np.array([sizes[f"Ensemble | {size}"] for size in _SIZES[1:]])
    several = _tilt(together, np.array([2, 3, 4, 5, SIX_AND_OVER]), (persons - alone) / (homes - alone))
    by_size = np.concatenate([alone[..., None], several * (homes - alone)[..., None]], axis=-1)
    return composition, by_size, total


# -- Flows
def _events(known: _Known, people: Array, variable: str) -> dict[tuple[int, int], Array]:
    """Return births or deaths between censuses: the metropolis's trend, the commune's own level, damped."""
    last = (2013, 2018)

    def exposure(since: int, year: int) -> Array:
        return (year - since) * (people[:, _at(since)] + people[:, _at(year)]) / 2

    events = known.flow(variable, since=2013, year=2018)
    rate = events.sum() / exposure(*last).sum()
    contrast = ((events + 1) / (exposure(*last) * rate + 1)) ** PERSISTENCE[variable]
    return {
        period: np.round(
            rate * exposure(*period) * contrast * rates[variable] / METROPOLIS_RATES[last][variable]
        )
        for period, rates in METROPOLIS_RATES.items()
        if period != last
    }


def _starts(codes: Sequence[str], stock: Array) -> dict[int, Array]:
    """Return dwellings started by calendar year, whole numbers: what the stock gained plus what it lost."""
    lumps = np.array([[_lump(code, year) for year in STARTS_CYCLE] for code in codes])
    rhythm = lumps * list(STARTS_CYCLE.values())
    starts: dict[int, Array] = {}
    for since, year in ((2008, 2013), (2013, 2018)):
        before, after = stock[:, _at(since)], stock[:, _at(year)]
        losses = LOSS_RATE * (year - since) * before
        total = np.ceil(np.maximum(after - before, 0.0) + losses)
        columns = [y - min(STARTS_CYCLE) for y in range(since, year)]
        share = rhythm[:, columns].cumsum(axis=1) / rhythm[:, columns].sum(axis=1, keepdims=True)
        cumulated = np.round(share * total[:, None])
        yearly = np.diff(cumulated, axis=1, prepend=0.0)
        starts |= {y: yearly[:, i] for i, y in enumerate(range(since, year))}
    return starts


def _lump(code: str, year: int) -> float:
    """Return the weight of one commune's year, between 1-LUMPINESS and 1+LUMPINESS, always the same."""
    return 1 + LUMPINESS * (2 * (crc32(f"{code}-{year}".encode()) / 0xFFFFFFFF) - 1)


# -- Pyramids by tenure
def _tenure_profiles(published: pd.DataFrame) -> tuple[Array, Array]:
    """Return the tenures (owner, private, social, free) of adults and of children at home, by single age.

    An adult has the tenure of reference persons of the same age (district of Lille and Nord together); a
    child, that of those who could be its parents.
    """
    heads = _facts(published, DISTRICT, "PRINC22 (ensemble)")[2016]
    heads = heads + _facts(published, NORD, "PRINC22 (ensemble)")[2013]
    counts = _crossed(heads, _TENURES, [[label] for label in _HEADS])
    density = np.stack([_spread(line, _HEAD_KNOTS) for line in counts])
    density[:, :18] = density[:, [18]]
    sizes = _sizes_by_tenure(published)
    with_children = sizes[:, 2:].sum(axis=1) / sizes.sum(axis=1)  # Households of three or more, near enough.
    parents = density * with_children[:, None]
    parents[:, :18] = 0.0
    gap = SINGLE_AGES[:, None] - SINGLE_AGES[None, :]  # Parent's age (row) less child's age (column).
    children = parents @ np.exp(-(((gap - PARENTHOOD[0]) / PARENTHOOD[1]) ** 2) / 2) + 1e-9 * parents.sum()
    return density / density.sum(axis=0), children / children.sum(axis=0)


def _sizes_by_tenure(published: pd.DataFrame) -> Array:
    """Return households by tenure x size (Lille, the one such table at hand)."""
    facts = _facts(published, LILLE, "PRINC23 (ensemble)").iloc[:, 0]
    return _crossed(facts, _TENURES, [[size] for size in _SIZES])


def _cross_tenures(
    pyramid: Array, published: pd.DataFrame, *, tenures: Array, persons: Array, inmates: Array
) -> tuple[Array, Array]:
    """Return one year's ages (communes x sex x class) and ages by tenure (... x `TENURES`).

    Persons by tenure: main residences x the mean household size of the tenure, scaled to the household
    population; those outside ordinary housing are apart.
    """
    adults, children = _tenure_profiles(published)
    cohort = pyramid[:, :, 10:18].mean(axis=2, keepdims=True)
    home = np.minimum(cohort * _profile(AT_HOME), 0.97 * pyramid)
    home[..., :18] = pyramid[..., :18]
    seed = home[..., None] * children.T + (pyramid - home)[..., None] * adults.T
    apart = pyramid * (OUTSIDE_FLOOR + _profile(IN_HOMES) + _profile(IN_HALLS))
    apart[:, 0] += inmates[:, None] * _normalised(_profile(INSTITUTION_AGES))
    seed = np.concatenate([seed, apart[..., None]], axis=-1)

    ages = np.add.reduceat(pyramid, AGE_CLASSES, axis=2)
    sizes = _sizes_by_tenure(published)
    people = tenures * (sizes @ np.array([1, 2, 3, 4, 5, SIX_AND_OVER])) / sizes.sum(axis=1)
    inside = people / people.sum(axis=1, keepdims=True) * persons[:, None]
    columns = np.column_stack([inside, ages.sum(axis=(1, 2)) - persons])
    cells = np.add.reduceat(seed, AGE_CLASSES, axis=2).reshape(len(ages), -1, len(TENURES))
    return ages, _rake(cells, ages.reshape(len(ages), -1), columns).reshape(*ages.shape, len(TENURES))


# -- Assembly
def simulate(
    real: Mapping[str, pd.DataFrame], published: pd.DataFrame, *, communes: Sequence[str]
) -> dict[str, pd.DataFrame]:
    """Return the simulated detail of `communes`, by table; never a key that `real` holds.

    Args:
        real: real values by table, columns `code, year, variable, value` (and `since` for flows).
        published: the published figures, as text (`published_facts.csv`); only Insee's own are used.
        communes: Insee codes; each needs population (2013, 2018), stock and owners (2018), births, deaths.

    Returns:
        `population, flows, dwellings, households, ages, single_ages, ages_tenure`: the columns of `KEYS` and `value`
        (persons, events, dwellings, rooms or households, nine decimals).

    Raises:
        ValueError: a commune lacks a real figure it needs, a published table is missing, or margins disagree.
    """
    codes = sorted(communes)
    known = _Known(codes, real)
    base = _base_pyramids(published)
    margins = _margins(known, published, base=base[2018])
    outside = _outside(margins, published, codes)
    series = _long_series(known, published, outside, margins.population)
    dwellings = _stock(known, published, series["RP"])
    homes, persons = dwellings["RP"], series["PMEN"]
    tenures = _tenures(known, homes)
    kinds = _kinds(known, published, homes, dwellings["LOG"])
    rooms = _rooms(known, published, homes, tenures, kinds[..., 0] / dwellings["LOG"])
    starts = _starts(codes, dwellings["LOG"])
    recent = np.minimum((starts[2015] + starts[2016]) / dwellings["LOG"][:, _at(2018)], RECENT_CEILING)
    periods = _periods(known, published, homes, tenures, recent)
    composition, sizes, total = _households(known, published, homes, persons, tenures)

    detail = {
        "MAISON": kinds[..., 0],
        "APPART": kinds[..., 1],
        "RP_PROP": tenures[..., 0],
        "RP_LOC": tenures[..., 1] + tenures[..., 2],
        "RP_LOCHLMV": tenures[..., 2],
        "RP_GRAT": tenures[..., 3],
        "NBPI_RP": _room_count(published, codes, homes, rooms),
        **_named(ROOMS, rooms),
        **_named(SENIORITY, _seniority(published, tenures)),
    }
    families = _named(list(FAMILIES), composition)
    alone = families["C_MENHSEUL"] + families["C_MENFSEUL"]
    aggregates = {"C_MEN": total, "C_MENPSEUL": alone, "C_MENFAM": total - alone - families["C_MENSFAM"]}

    pyramids = _pyramids(margins, base, people=series["POP"])
    pyramids[2013] = _fit_metropolis(pyramids[2013], published, codes, series["POP"][:, _at(2013)])
    crossed = {
        year: _cross_tenures(
            pyramids[year],
            published,
            tenures=tenures[:, _at(year)],
            persons=persons[:, _at(year)],
            inmates=margins.inmates[:, _at(year)],
        )
        for year in DETAIL_YEARS
    }
    tables = {
        "population": _tidy(codes, SERIES_YEARS, {"POP": series["POP"]}),
        "flows": _tidy_flows(codes, known, series["POP"], starts),
        "dwellings": pd.concat(
            [
                _tidy(codes, SERIES_YEARS, dwellings),
                _tidy(codes, DETAIL_YEARS, detail),
                _tidy(codes, (2018,), _named(PERIODS, np.repeat(periods[:, None], GRID.size, axis=1))),
            ]
        ),
        "households": pd.concat(
            [
                _tidy(codes, SERIES_YEARS, {"PMEN": persons}),
                _tidy(codes, DETAIL_YEARS, aggregates | families | _named(SIZES, sizes)),
            ]
        ),
        "ages": _tidy_ages(codes, {year: ages for year, (ages, _) in crossed.items()}),
        "single_ages": _tidy_ages(
            codes,
            {year: np.add.reduceat(pyramids[year], schemas.SINGLE_AGES, axis=2) for year in DETAIL_YEARS},
            ages=schemas.SINGLE_AGES,
        ),
        "ages_tenure": _tidy_ages(codes, {year: cells for year, (_, cells) in crossed.items()}),
    }
    return {table: _without_real(frame, real.get(table), table) for table, frame in tables.items()}


def _named(names: Sequence[str], parts: Array) -> dict[str, Array]:
    """Return the parts of a last axis by name."""
    return dict(zip(names, np.moveaxis(parts, -1, 0), strict=True))


def _tidy(codes: Sequence[str], years: Sequence[int], variables: Mapping[str, Array]) -> pd.DataFrame:
    """Return `code, year, variable, value` from arrays over communes x GRID."""
    index = pd.MultiIndex.from_product([variables, years, codes], names=["variable", "year", "code"])
    values = np.concatenate([array[:, _at(year)] for array in variables.values() for year in years])
    return pd.Series(values, index=index, name="value").reset_index()


def _tidy_flows(
    codes: Sequence[str], known: _Known, people: Array, starts: Mapping[int, Array]
) -> pd.DataFrame:
    """Return `code, since, year, variable, value` for births, deaths and dwellings started."""
    flows = {
        (variable, *period): values
        for variable in ("NAIS", "DECE")
        for period, values in _events(known, people, variable).items()
    }
    flows |= {("LOGCOM", year, year + 1): values for year, values in starts.items()}
    wide = pd.DataFrame(flows, index=pd.Index(codes, name="code"))
    return wide.rename_axis(columns=["variable", "since", "year"]).melt(ignore_index=False).reset_index()


def _tidy_ages(
    codes: Sequence[str], by_year: Mapping[int, Array], *, ages: Iterable[int] = AGE_CLASSES
) -> pd.DataFrame:
    """Return `code, year, sex, age[, tenure], variable, value` from arrays over communes x sex x class."""
    values = np.stack(list(by_year.values()))
    levels = {"year": by_year, "code": codes, "sex": ["H", "F"], "age": ages, "tenure": TENURES}
    names = list(levels)[: values.ndim]
    index = pd.MultiIndex.from_product([list(levels[name]) for name in names], names=names)
    return pd.Series(values.ravel(), index=index, name="value").reset_index().assign(variable="POP")


def _without_real(frame: pd.DataFrame, real: pd.DataFrame | None, table: str) -> pd.DataFrame:
    """Return the simulated rows, in the order of their key, at nine decimals (last bits vary by machine)."""
    key = KEYS[table]
    if real is not None and len(real):
        held = pd.MultiIndex.from_frame(real[key])
        frame = frame[~pd.MultiIndex.from_frame(frame[key]).isin(held)]
    frame = frame[[*key, "value"]].sort_values(key, ignore_index=True)
    return frame.assign(value=frame["value"].round(9) + 0.0)
