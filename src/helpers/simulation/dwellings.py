"""Dwellings: the stock since 1968, main residences by tenure, kind, rooms, period and seniority."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.simulation.assumptions import (
    BUILT,
    ESTATES_ELASTICITY,
    LOSS_RATES,
    OLDEST_BUILDINGS,
    RECENT_CEILING,
    SIX_ROOMS,
    VACANCY_BOUNDS,
    VACANCY_ELASTICITY,
)
from helpers.simulation.axes import (
    GRID,
    PERIOD_LABELS,
    PERIODS,
    ROOM_LABELS,
    ROOMS,
    SENIORITY,
    SENIORITY_LABELS,
    SMALL_LABELS,
    STOCK,
    TENURE_LABELS,
    Array,
    at,
    name_parts,
)
from helpers.simulation.curve import draw_curve
from helpers.simulation.fit import complete, interpolate, normalise, predict, rake, steer
from helpers.simulation.known import (
    FORMER_REGION,
    HOUPLINES,
    MEL_2013,
    REGION,
    Known,
    cross,
    describe_communes,
)


def estimate_stock(known: Known, homes: Array) -> dict[str, Array]:
    """Estimate LOG and its parts over communes x GRID: the region's vacancy cycle through known counts.

    Where the dwellings started from 2013 to 2017 are known, those of 2013 are what they leave of the stock of 2018.
    """
    region = known.figures(REGION, "LOG T1").T
    vacancy = region["Logements vacants"] / region["Résidences principales"]
    cycle = interpolate(vacancy)[None, :] ** VACANCY_ELASTICITY
    parts = known.parts("dwellings", STOCK)
    ratios = parts[:, [at(2018)], 1:] / parts[:, [at(2018)], :1]
    second = homes * ratios[..., 0]
    vacant = homes * ratios[..., 1] * cycle / cycle[:, [at(2018)]]
    vacant[:, at(2013)] = _deduce_vacant(known, homes, second, vacant)
    estimate = np.stack([homes, steer(second, parts[..., 1]), steer(vacant, parts[..., 2])], axis=-1)
    total = known.series("dwellings", "LOG")
    total = np.where(np.isnan(total), np.where(np.isnan(parts), estimate, parts).sum(axis=-1), total)
    return {"LOG": total, **name_parts(STOCK, complete(estimate, parts, total))}


def _deduce_vacant(known: Known, homes: Array, second: Array, vacant: Array) -> Array:
    """Deduce the vacant dwellings of 2013 from the stock of 2018, the starts between and the losses, where known.

    Over communes x GRID: `homes`, `second` and `vacant` (the cycle's, kept where starts are not known) dwellings.
    """
    then, now = at(2013), at(2018)
    starts = sum(known.find_flow("LOGCOM", since=year, year=year + 1) for year in range(2013, 2018))
    stock = (homes + second + vacant)[:, now]
    lost = 5 * stock * estimate_loss_rates(estimate_tenures(known, homes)[:, now])
    deduced = stock - starts + lost - homes[:, then] - second[:, then]
    bounds = vacant[:, [then]] * np.array(VACANCY_BOUNDS)
    return np.where(np.isnan(deduced), vacant[:, then], np.clip(deduced, *bounds.T))


def estimate_loss_rates(tenures: Array) -> Array:
    """Estimate the dwellings lost a year, net of those divided, per dwelling, from main residences by tenure."""
    return tenures @ np.array(LOSS_RATES) / tenures.sum(axis=-1)


def estimate_tenures(known: Known, homes: Array) -> Array:
    """Estimate RP by tenure (owners, private tenants, social tenants, housed free) over communes x GRID."""
    owner, tenant, social = np.moveaxis(known.parts("dwellings", ["RP_PROP", "RP_LOC", "RP_LOCHLMV"]), -1, 0)
    parts = np.stack([owner, tenant - social, social, np.maximum(homes - owner - tenant, 0.0)], axis=-1)
    shares = parts[:, at(2018)] / homes[:, [at(2018)]]
    rented = predict(shares[:, 1:] / np.maximum(1 - shares[:, :1], 1e-9), describe_communes(known))
    rented *= (1 - shares[:, :1]) / rented.sum(axis=1, keepdims=True)
    level = np.column_stack([shares[:, 0], rented])
    return complete(steer(level[:, None] * homes[..., None], parts), parts, homes)


def estimate_details(known: Known, homes: Array, stock: Array, tenures: Array) -> dict[str, Array]:
    """Estimate the kinds of the stock, and main residences by tenure, rooms and seniority, over communes x GRID.

    `homes` are the main residences, `stock` all dwellings, `tenures` the main residences by tenure.
    """
    kinds = _estimate_kinds(known, homes, stock)
    rooms = _estimate_rooms(known, homes, tenures, kinds[..., 0] / stock)
    return {
        "MAISON": kinds[..., 0],
        "APPART": kinds[..., 1],
        "RP_PROP": tenures[..., 0],
        "RP_LOC": tenures[..., 1] + tenures[..., 2],
        "RP_LOCHLMV": tenures[..., 2],
        "RP_GRAT": tenures[..., 3],
        "NBPI_RP": _count_rooms(known, homes, rooms),
        **name_parts(ROOMS, rooms),
        **name_parts(SENIORITY, _estimate_seniority(known, tenures)),
    }


def _estimate_kinds(known: Known, homes: Array, stock: Array) -> Array:
    """Estimate LOG by kind (houses, flats, others) over communes x GRID.

    Counts of main residences by kind (RPMAISON, RPAPPART), where known, give the kinds of the whole stock.
    """
    direct = known.parts("dwellings", ["MAISON", "APPART"])
    inhabited = known.parts("dwellings", ["RPMAISON", "RPAPPART"]) * (stock / homes)[..., None]
    kinds = np.where(np.isnan(direct), inhabited, direct)
    kinds = np.insert(kinds, 2, np.maximum(stock - kinds.sum(axis=-1), 0.0), axis=-1)
    figures = known.figures(MEL_2013, "LOG T2")[2015]
    houses, flats = figures["Maisons"], figures["Appartements"]
    metropolis = np.array([houses, flats, figures["Ensemble"] - houses - flats]) / figures["Ensemble"]
    seen = ~np.isnan(kinds[:, at(2018)]).any(axis=-1)
    shares = kinds[:, at(2018)] / stock[:, [at(2018)]]
    level = np.broadcast_to(metropolis, shares.shape)
    if seen.any():
        level = predict(shares, describe_communes(known))
    level = level / level.sum(axis=1, keepdims=True)
    real = np.concatenate([direct, np.full_like(direct[..., :1], np.nan)], axis=-1)
    return complete(steer(level[:, None] * stock[..., None], kinds), real, stock)


def _estimate_rooms(known: Known, homes: Array, tenures: Array, houses: Array) -> Array:
    """Estimate RP by number of rooms over communes x GRID.

    Rooms by tenure and kind are the region's, applied to the commune's tenures and share of houses, then
    fitted to the rooms published for the metropolis.
    """
    rooms = {
        kind: cross(known.figures(REGION, f"PRINC2 ({kind})")[2016], ROOM_LABELS, TENURE_LABELS)
        for kind in ("ensemble", "maisons")
    }
    by_kind = np.stack([rooms["maisons"], rooms["ensemble"] - rooms["maisons"]])  # kind x rooms x tenure
    seed = np.broadcast_to(by_kind.sum(axis=1).T, (*homes.shape, 4, 2))
    crossed = rake(seed, tenures, homes[..., None] * np.stack([houses, 1 - houses], axis=-1))
    model = np.einsum("cytk,krt->ycr", crossed, by_kind / by_kind.sum(axis=1, keepdims=True))
    metropolis = normalise(
        known.figures(MEL_2013, "LOG T3")[2015].reindex([*SMALL_LABELS, "5 pièces ou plus"]).to_numpy()
    )
    model = rake(model, homes.T, metropolis * homes.sum(axis=0)[:, None])
    real = known.parts("dwellings", ROOMS)
    return complete(steer(np.moveaxis(model, 0, 1), real), real, homes)


def _count_rooms(known: Known, homes: Array, rooms: Array) -> Array:
    """Count the rooms of RP (NBPI_RP) over communes x GRID, within the means published for communes."""
    large = known.figures(MEL_2013, "PRINC3 (ensemble)")[2017]
    five, six = large["5 pièces | Ensemble"], large["6 pièces ou plus | Ensemble"]
    count = rooms @ np.array([1, 2, 3, 4, (5 * five + SIX_ROOMS * six) / (five + six)])
    for position, figures in known.figures_by_commune("LOG T4").items():
        means = figures.loc["Ensemble des résidences principales"].dropna()
        for year, mean in zip(means.index.to_numpy(dtype=int), means.to_numpy(dtype=float), strict=True):
            cell = position, at(year)
            rounded = homes[cell] * np.array([mean - 0.049, mean + 0.049])
            count[cell] = np.clip(count[cell], *np.maximum(rounded, rooms[cell] @ np.arange(1, 6)))
    return count


def estimate_periods(known: Known, homes: Array, stock: Array, tenures: Array) -> dict[str, Array]:
    """Estimate the RP of 2018 built before 2016 by construction period, over communes.

    A period weighs more where main residences grew more during it; totals by period are the metropolis's.
    The most recent ones are those started in 2015 and 2016.
    """
    now = homes[:, at(2018)]
    started = np.sum([known.flow("LOGCOM", since=year, year=year + 1) for year in (2015, 2016)], axis=0)
    recent = np.minimum(started / stock[:, at(2018)], RECENT_CEILING)
    older = now * (1 - recent)
    figures = known.figures(MEL_2013, "LOG T5")[2015].reindex(PERIOD_LABELS).to_numpy(dtype=float).copy()
    figures[-1] *= 10 / 7  # Published for 2006-2012, wanted for 2006-2015.
    seed = older[:, None] * _weight_periods(known, homes, tenures, normalise(figures))
    left, totals = np.ones(len(now), dtype=bool), normalise(figures) * older.sum()
    periods = np.zeros_like(seed)
    for line, counts in _read_periods(known).items():
        if counts.sum() < older[line]:
            left[line], periods[line] = False, [*counts, older[line] - counts.sum()]
    periods[left] = rake(seed[left], older[left], np.maximum(totals - periods.sum(axis=0), 0.0))
    return name_parts(PERIODS, np.repeat(periods[:, None], GRID.size, axis=1))


def _weight_periods(known: Known, homes: Array, tenures: Array, shares: Array) -> Array:
    """Weigh the six periods in each commune, from `shares`, the metropolis's.

    Growth since 1968 bears on the last three, its past size of the others; the larger a commune, the more of its old
    homes are said to date from after 1919, as on the pages at hand; what no count says is assumed.
    """
    now = homes[:, at(2018)]
    spans = ((1970, 1990), (1990, 2005), (2005, 2015))
    gains = [np.maximum(homes[:, at(b)] - homes[:, at(a)], 0) for a, b in spans]
    growth = np.column_stack([homes[:, at(1970)], *gains])
    growth = growth / now[:, None] + 0.03  # Replacement gives every period some dwellings.
    weights = shares * (growth / np.average(growth, axis=0, weights=now))[:, [0, 0, 0, 1, 2, 3]]
    social = tenures[:, at(2018), 2] / now
    weights[:, 2] *= (social / np.average(social, weights=now)) ** ESTATES_ELASTICITY
    oldest = _estimate_oldest(known, now)
    weights[:, :2] = weights[:, :2].sum(axis=1, keepdims=True) * np.column_stack([oldest, 1 - oldest])
    for line, code in enumerate(known.codes):
        weights[line, :4] *= np.array(BUILT.get(code, 1.0))
    return weights


def _estimate_oldest(known: Known, homes: Array) -> Array:
    """Estimate the share of homes built before 1919 in those before 1946, from the pages that tell them apart."""
    tables = {position: _order_periods(table) for position, table in _find_periods(known).items()}
    known_by_code = {
        position: table[1919] / table[1946]
        for position, table in tables.items()
        if {1919, 1946} <= {*table.index}
    }
    if len(known_by_code) < 2:
        before, between = known.figures(MEL_2013, "LOG T5")[2015].reindex(PERIOD_LABELS[:2])
        return np.full(len(homes), before / (before + between))
    shares = np.array([*known_by_code.values()])
    slope, level = np.polyfit(np.log(homes[[*known_by_code]]), np.log(shares), 1)
    return np.clip(np.exp(level + slope * np.log(homes)), shares.min(), shares.max())


def _find_periods(known: Known) -> dict[int, pd.Series]:
    """Find the RP by period of construction published for communes, by their position; some pages give all homes."""
    crossed = {
        position: table.filter(like="| Résidences principales", axis=0).rename(
            lambda label: label.split(" |")[0]
        )
        for position, table in known.figures_by_commune("LOG1 (ensemble)").items()
    }
    return {
        position: table.iloc[:, 0]
        for position, table in (crossed | known.figures_by_commune("LOG T5")).items()
    }


def _read_periods(known: Known) -> dict[int, Array]:
    """Read RP by the five periods before 2006 of the communes with a published table, whatever its classes."""
    counts = {}
    for position, table in _find_periods(known).items():
        ordered = _order_periods(table)
        curve = draw_curve([OLDEST_BUILDINGS, *ordered.index], [0.0, *ordered])
        bounds = [OLDEST_BUILDINGS, 1919, 1946, 1971, 1991, 2006]
        counts[position] = np.diff(curve(np.minimum(bounds, ordered.index[-1])))
    return counts


def _order_periods(figures: pd.Series) -> pd.Series:
    """Order RP by period into RP built before the first of January of each year that a period ends with."""
    figures = figures[figures.index.str.match(r"Avant|De \d")]
    # "Avant 1949" ends as 1949 begins, "De 1949 à 1974" as 1975 does.
    ends = figures.index.str[-4:].astype(int) + figures.index.str.startswith("De").astype(int)
    return pd.Series(figures.to_numpy(), index=ends).sort_index().cumsum()


def _estimate_seniority(known: Known, tenures: Array) -> Array:
    """Estimate households by years in the dwelling over communes x GRID, from tenures.

    One commune's cross-table, fitted to the region's margins.
    """
    table = cross(
        known.figures(HOUPLINES, "PRINC24 (ensemble)").iloc[:, 0],
        TENURE_LABELS,
        [[label] for label in SENIORITY_LABELS],
    )
    region = known.figures(FORMER_REGION, "LOG T6", variable="anciennete_d_emmenagement_menages")[2010]
    short = [region[label] for label in ("Depuis moins de 2 ans", "De 2 à 4 ans", "De 5 à 9 ans")]
    margin = np.array([*short, *(region["10 ans ou plus"] * normalise(table[:, 3:].sum(axis=0)))])
    ensemble = known.figures(REGION, "PRINC2 (ensemble)")[2016]
    rows = normalise(cross(ensemble, [["Ensemble"]], TENURE_LABELS)[0]) * margin.sum()
    fitted = rake(table, rows, margin)
    return tenures @ (fitted / fitted.sum(axis=1, keepdims=True))
