"""The simulated detail adds up, keeps every real figure and has plausible shapes.

Each `check_*` takes `tables` (real and simulated rows together, column `simulated`): they hold for any store.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from helpers.simulation import demonstration
from helpers.simulation.axes import (
    DETAIL_YEARS,
    FAMILIES,
    GRID,
    PERIODS,
    ROOMS,
    SENIORITY,
    SERIES_YEARS,
    SIZES,
    at,
)
from helpers.simulation.demonstration import KEYS
from helpers.simulation.dwellings import estimate_loss_rates
from helpers.simulation.generations import count_survivors, estimate_settlers
from helpers.simulation.known import JOINED_LATER, MEL_2013, Known

EXACT = 1e-6
PRINTED = 2.0  # Published integers, all real: they may miss their total by rounding.


# -- Identities, reusable
def merge(real: dict[str, pd.DataFrame], simulated: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Real and simulated rows of every table, one under the other."""
    names = {*real, *simulated}
    parts = {name: [(real.get(name), False), (simulated.get(name), True)] for name in names}
    return {
        name: pd.concat([frame.assign(simulated=flag) for frame, flag in pair if frame is not None])
        for name, pair in parts.items()
    }


def wide(frame: pd.DataFrame, values: str = "value") -> pd.DataFrame:
    return frame.pivot(index=["code", "year"], columns="variable", values=values)


def check_balance(
    tables: dict[str, pd.DataFrame], table: str, total: str, parts: list[str], *, years: tuple[int, ...]
) -> None:
    """`total` is the sum of `parts`: exactly as soon as one of them is simulated."""
    frame = tables[table][tables[table]["year"].isin(years)]
    values, simulated = wide(frame)[[total, *parts]], wide(frame, "simulated")[[total, *parts]]
    codes = frame["code"].nunique()
    assert len(values.dropna()) == codes * len(years), f"{table} {total}: incomplete"
    gap = (values[total] - values[parts].sum(axis=1)).abs()
    fitted = simulated.fillna(False).astype(bool).any(axis=1)
    assert gap[fitted].max() < EXACT, f"{total}: {gap[fitted].idxmax()!r}"
    assert gap.max() < PRINTED


def check_values(simulated: dict[str, pd.DataFrame], real: dict[str, pd.DataFrame]) -> None:
    """Right columns, one row per key, no key of `real`, finite and never negative."""
    assert set(simulated) == set(KEYS)
    for name, frame in simulated.items():
        assert list(frame.columns) == [*KEYS[name], "value"]
        assert not frame.duplicated(KEYS[name]).any()
        assert np.isfinite(frame["value"]).all()
        assert (frame["value"] >= 0).all()
        if name in real:
            assert frame.merge(real[name], on=KEYS[name]).empty


def check_dwellings(tables: dict[str, pd.DataFrame]) -> None:
    check_balance(tables, "dwellings", "LOG", ["RP", "RSECOCC", "LOGVAC"], years=SERIES_YEARS)
    check_balance(tables, "dwellings", "RP", ["RP_PROP", "RP_LOC", "RP_GRAT"], years=DETAIL_YEARS)
    check_balance(tables, "dwellings", "RP", ROOMS, years=DETAIL_YEARS)
    check_balance(tables, "dwellings", "RP", SENIORITY, years=DETAIL_YEARS)
    counts = wide(tables["dwellings"].query("year in @DETAIL_YEARS"))
    assert (counts["RP_LOCHLMV"] <= counts["RP_LOC"] + EXACT).all()
    others = (counts["LOG"] - counts["MAISON"] - counts["APPART"]) / counts["LOG"]
    assert others.between(-EXACT, 0.15).all()
    assert (counts["NBPI_RP"] >= counts[ROOMS] @ [1, 2, 3, 4, 5] - EXACT).all()
    assert (counts["NBPI_RP"] <= counts[ROOMS] @ [1, 2, 3, 4, 8] + EXACT).all()
    last = counts.xs(2018, level="year")
    built = last[PERIODS].sum(axis=1) / last["RP"]
    assert built.between(0.9, 1 + EXACT).all()


def check_households(tables: dict[str, pd.DataFrame]) -> None:
    families = ["C_MENPSEUL", "C_MENSFAM", "C_MENFAM"]
    check_balance(tables, "households", "C_MEN", families, years=DETAIL_YEARS)
    check_balance(tables, "households", "C_MENPSEUL", ["C_MENHSEUL", "C_MENFSEUL"], years=DETAIL_YEARS)
    kin = ["C_MENCOUPSENF", "C_MENCOUPAENF", "C_MENFAMMONO"]
    check_balance(tables, "households", "C_MENFAM", kin, years=DETAIL_YEARS)
    counts = wide(tables["households"]).join(wide(tables["dwellings"])[["RP"]])
    counts = counts.join(wide(tables["population"]), how="inner")
    detail = counts.loc[pd.IndexSlice[:, list(DETAIL_YEARS)], :]
    assert (detail[SIZES].sum(axis=1) - detail["RP"]).abs().max() < EXACT
    assert (detail["C_MEN"] / detail["RP"] - 1).abs().max() < 0.05
    rest = detail["PMEN"] - detail[SIZES[:5]] @ [1, 2, 3, 4, 5]
    assert (rest >= 6 * detail["MEN_6P"] - EXACT).all()
    assert (rest <= 8 * detail["MEN_6P"] + EXACT).all()
    series = counts.loc[pd.IndexSlice[:, list(SERIES_YEARS)], :]
    assert (series["PMEN"] <= series["POP"]).all()
    size = (series["PMEN"] / series["RP"]).unstack()
    assert size.notna().all(axis=None)
    assert size.stack().between(1.5, 4.5).all()
    assert (size[1968] > size[1999]).all()
    assert (size[1999] > size[2018]).all()


def check_flows(tables: dict[str, pd.DataFrame]) -> None:
    """Births and deaths cover 1968-2018; homes started are real, and none is simulated."""
    flows = tables["flows"]
    events = flows[flows["variable"].isin(["NAIS", "DECE"])]
    periods = set(pairwise(SERIES_YEARS))
    for _, group in events.groupby(["code", "variable"]):
        assert periods <= set(zip(group["since"], group["year"], strict=True))
    assert set(flows.loc[flows["variable"] == "LOGCOM", "since"]) == {2015, 2016}


def check_ages(tables: dict[str, pd.DataFrame]) -> None:
    """Ages add up to the population, and to the real margins of 2018."""
    ages = tables["ages"]
    people = tables["population"].set_index(["code", "year"])["value"]
    total = ages.groupby(["code", "year"])["value"].sum()
    assert len(total) == people.index.get_level_values("code").nunique() * len(DETAIL_YEARS)
    assert (total - people.reindex(total.index)).abs().max() < EXACT
    last = ages[ages["year"] == 2018]
    margins = {
        "POP0014": last["age"] < 15,
        "POP1529": last["age"].between(15, 29),
        "POP75P": last["age"] >= 75,
        "POPF": last["sex"] == "F",
    }
    known = wide(tables["age_groups"].query("year == 2018")).droplevel("year")
    for variable, cells in margins.items():
        summed = last[cells].groupby("code")["value"].sum().reindex(known.index)
        assert (summed - known[variable]).abs().max() < EXACT, variable


def check_single_ages(tables: dict[str, pd.DataFrame]) -> None:
    """Single years of age add up to their classes of five years."""
    single = tables["single_ages"]
    classes = single.assign(age=(single["age"] // 5 * 5).clip(upper=95))
    summed = classes.groupby(["code", "year", "sex", "age"])["value"].sum()
    ages = tables["ages"].set_index(["code", "year", "sex", "age"])["value"]
    assert (summed - ages.reindex(summed.index)).abs().max() < EXACT
    assert len(summed) == len(ages)


def check_ages_by_tenure(tables: dict[str, pd.DataFrame]) -> None:
    """Tenures add up to ages; those of ordinary housing, to the people of households."""
    cells = tables["ages_tenure"]
    assert set(cells["tenure"]) == {"owner", "social", "private", "other", "outside"}
    key = ["code", "year", "sex", "age"]
    ages = tables["ages"].set_index(key)["value"]
    summed = cells.groupby(key)["value"].sum()
    assert len(summed) == len(ages)
    assert (summed - ages.reindex(summed.index)).abs().max() < EXACT
    living = cells[cells["tenure"] != "outside"].groupby(["code", "year"])["value"].sum()
    inside = wide(tables["households"])["PMEN"]
    assert (living - inside.reindex(living.index)).abs().max() < EXACT


def check_published_pyramid(tables: dict[str, pd.DataFrame], published: pd.DataFrame) -> None:
    """The ages of 2013 add up to the pyramid published for the former perimeter, within its rounding."""
    rows = published.query("territory_code == @MEL_2013 and source_table == 'POP T3' and year == '2013'")
    ages = tables["ages"].query("year == 2013")
    ages = ages[~ages["code"].isin(JOINED_LATER)]
    for row in rows.itertuples():
        label, _, sex = row.category.partition(" | ")
        if label == "Ensemble":
            continue
        bounds = [int(word) for word in label.split() if word.isdigit()]
        low, high = (*bounds, 200)[:2]
        cells = ages[ages["age"].between(low, high) & (ages["sex"] == sex[0])]
        assert cells["value"].sum() == pytest.approx(float(row.value), abs=PRINTED), row.category


CHECKS = [check_dwellings, check_households, check_flows, check_ages, check_single_ages, check_ages_by_tenure]


# -- A made-up metropolis
# Code: population 2013 and 2018, main residences, owners, tenants, social tenants, births and deaths
# 2013-2017, shares of 2018 aged 0-14, 15-29, 18-24, 75 and over, women. In turn: students, social housing,
# residential, ordinary, a prison, a village, a commune that joined later.
NO = (None,) * 5
COMMUNES = {
    "99001": (20500, 21000, 10900, 3100, 7550, 2300, 1500, 650, 0.157, 0.355, 0.217, 0.048, 0.517),
    "99002": (15100, 15000, 5750, 2300, 3400, 2600, 1250, 500, 0.240, 0.210, 0.095, 0.060, 0.522),
    "99003": (8200, 8400, 3350, 2600, 720, 330, 480, 300, 0.190, 0.155, 0.072, 0.095, 0.520),
    "99004": (5200, 5150, 2050, 1500, 520, 210, 330, 190, 0.195, 0.170, 0.078, 0.070, 0.515),
    "99005": (4500, 4700, 1690, 1290, 390, 160, 220, 150, 0.145, 0.210, 0.105, 0.072, 0.450),
    "99006": (880, 905, 350, 300, None, None, 55, 28, *NO),
    "59005": (3300, 3450, 1360, 1100, 250, 120, 190, 80, 0.185, 0.172, 0.085, 0.055, 0.512),
}
YEARS_LONG = [1968, 1975, 1982, 1990, 1999, 2008, 2013, 2019]


def make_real() -> dict[str, pd.DataFrame]:
    rows: dict[str, list[tuple]] = {
        name: [] for name in ("population", "flows", "dwellings", "households", "age_groups")
    }
    for code, (before, after, homes, owners, tenants, social, births, deaths, *shares) in COMMUNES.items():
        for year in range(2013, 2023):
            rows["population"].append(
                (code, year, "POP", round(before + (after - before) * (year - 2013) / 5))
            )
        rows["flows"] += [(code, 2018, "NAIS", births, 2013), (code, 2018, "DECE", deaths, 2013)]
        rows["flows"] += [(code, year + 1, "LOGCOM", round(homes / 100), year) for year in (2015, 2016)]
        stock = {"RP": homes + 0.25, "RSECOCC": 12.5, "LOGVAC": 0.05 * homes, "RP_PROP": owners + 0.5}
        stock["LOG"] = stock["RP"] + stock["RSECOCC"] + stock["LOGVAC"]
        rows["dwellings"] += [(code, 2018, variable, value) for variable, value in stock.items()]
        if tenants is None:
            continue
        houses = {"RPMAISON": 0.6 * homes, "RPAPPART": 0.39 * homes}
        for year, ratio in ((2012, 0.95), (2018, 1.0)):
            detail = {"RP_LOC": tenants, "RP_LOCHLMV": social, **houses}
            if year == 2012:
                detail |= {"RP": homes, "RP_PROP": owners, "RSECOCC": 10}
            rows["dwellings"] += [(code, year, name, int(value * ratio)) for name, value in detail.items()]
            people = after if year == 2018 else before
            if year == 2012:
                rows["population"].append((code, year, "POP", people))
            names = ("POP0014", "POP1529", "POP1824", "POP75P", "POPF")
            rows["age_groups"] += [
                (code, year, name, share * people) for name, share in zip(names, shares, strict=True)
            ]
    # One commune with its published long series, one with published rooms, one with published households.
    for year, homes in zip(YEARS_LONG, (1500, 1750, 2050, 2400, 2800, 3120, 3240, 3370), strict=True):
        series = {"RP": homes, "RSECOCC": 20, "LOGVAC": 100, "LOG": homes + 120}
        rows["dwellings"] += [("99003", year, name, value) for name, value in series.items()]
    rows["dwellings"] += [
        ("99003", 2013, name, n) for name, n in zip(ROOMS, (60, 200, 500, 900, 1580), strict=True)
    ]
    families = zip(FAMILIES, (300, 420, 90, 900, 1300, 350), strict=True)
    rows["households"] += [("99002", 2015, name, value) for name, value in families]
    rows["households"].append(("99002", 2015, "C_MEN", 5600))
    columns = ["code", "year", "variable", "value"]
    return {
        name: pd.DataFrame(lines, columns=[*columns, "since"] if name == "flows" else columns)
        .astype({"value": float})
        .drop_duplicates(["code", "year", "variable"])
        for name, lines in rows.items()
    }


def crossed(rows: dict[str, float], columns: dict[str, float], *, total: float) -> dict[str, float]:
    """A published cross-table, with its margins, where rows and columns are nearly independent."""
    cells = {}
    for i, (row, weight) in enumerate(rows.items()):
        for j, (column, share) in enumerate(columns.items()):
            cells[f"{row} | {column}"] = round(total * weight * share * (1.15 if (i + j) % 2 else 0.85))
    for column in columns:
        cells[f"Ensemble | {column}"] = sum(cells[f"{row} | {column}"] for row in rows)
    for row in rows:
        cells[f"{row} | Ensemble"] = sum(cells[f"{row} | {column}"] for column in columns)
    return cells


TENURES = {
    "Propriétaire": 0.52,
    "Locataire vide non HLM": 0.22,
    "Locataire vide HLM": 0.2,
    "Locataire meublé ou chambre d'hôtel": 0.04,
    "Logé gratuitement": 0.02,
}
BROAD = ["0 à 14 ans", "15 à 29 ans", "30 à 44 ans", "45 à 59 ans", "60 à 74 ans", "75 ans ou plus"]
PEOPLE_BY_AGE = [0.20, 0.22, 0.205, 0.18, 0.125, 0.07]


def make_published() -> pd.DataFrame:
    rows: list[tuple] = []

    def add(territory: str, table: str, year: int, figures: dict[str, float], variable: str = "v") -> None:
        rows.extend(
            (territory, table, variable, label, str(year), str(value)) for label, value in figures.items()
        )

    for year, people in zip(YEARS_LONG, (914, 960, 963, 978, 1000, 1014, 1033, 1050), strict=True):
        add("UU2020-59702", "POP T1", year, {"Population": people * 1000})
    for year, size in zip(YEARS_LONG, (3.12, 2.97, 2.82, 2.72, 2.56, 2.37, 2.32, 2.25), strict=True):
        add("ARR-595", "FAM G1", year, {"Nombre moyen": size})
    add("99004", "FAM G1", 1968, {"Nombre moyen": 3.66})
    add("99004", "FAM G1", 1999, {"Nombre moyen": 2.88})
    add("99004", "FAM G1", 2021, {"Nombre moyen": 2.41})
    for year, homes in zip(YEARS_LONG, (1610, 1761, 1908, 2025, 2194, 2390, 2480, 2570), strict=True):
        stock = {"Résidences principales": homes, "Logements vacants": 0.06 * homes}
        add("REG-32", "LOG T1", year, stock)
    for year, old in ((2008, 0.105), (2013, 0.118), (2019, 0.134)):
        shares = [0.2, 0.23, 0.2, 0.18, old, 0.068]
        add("ARR-595", "POP T0", year, dict(zip(BROAD, (round(1e6 * s) for s in shares), strict=True)))
        composition = dict(zip(FAMILIES.values(), (273, 430, 55, 632, 767, 227), strict=True))
        add("REG-32", "FAM T1", year, composition, "composition_menages")

    inside = sum(people for code, (people, *_) in COMMUNES.items() if code not in JOINED_LATER)
    pyramid = {}
    for sex, share in (("Hommes", 0.48), ("Femmes", 0.52)):
        c = [share * inside * s for s in PEOPLE_BY_AGE]
        old = 0.04 if sex == "Hommes" else 0.1
        pyramid |= {f"{label} | {sex}": value for label, value in zip(BROAD[:5], c, strict=False)}
        pyramid |= {f"75 à 89 ans | {sex}": c[5] * (1 - old), f"90 ans ou plus | {sex}": c[5] * old}
        pyramid |= {f"0 à 19 ans | {sex}": c[0] + 0.32 * c[1], f"65 ans ou plus | {sex}": 0.6 * c[4] + c[5]}
        pyramid[f"20 à 64 ans | {sex}"] = 0.68 * c[1] + c[2] + c[3] + 0.4 * c[4]
    add(MEL_2013, "POP T3", 2013, pyramid)
    add(MEL_2013, "POP T0", 2013, {"Ensemble": inside})
    counts = dict(zip(FAMILIES.values(), (76, 106, 15, 106, 132, 54), strict=True))
    persons = dict(zip(counts, (76, 106, 36, 216, 532, 150), strict=True))
    add(MEL_2013, "FAM T1", 2015, {"Ensemble": 4899, **counts}, "composition_menages")
    persons["Ensemble"] = 0.981 * inside
    add(MEL_2013, "FAM T1", 2015, persons, "composition_population_des_menages")
    stock = {"Ensemble": 5318, "Résidences principales": 4901, "Maisons": 2805, "Appartements": 2459}
    add(MEL_2013, "LOG T2", 2015, stock)
    rooms = dict(
        zip(
            ["1 pièce", "2 pièces", "3 pièces", "4 pièces", "5 pièces ou plus"],
            (38, 71, 86, 103, 191),
            strict=True,
        )
    )
    add(MEL_2013, "LOG T3", 2015, rooms)
    ages = [
        "Avant 1919",
        "De 1919 à 1945",
        "De 1946 à 1970",
        "De 1971 à 1990",
        "De 1991 à 2005",
        "De 2006 à 2012",
    ]
    add(MEL_2013, "LOG T5", 2015, dict(zip(ages, (33, 121, 113, 126, 54, 34), strict=True)))
    older = {"Avant 1949": 500, "De 1949 à 1974": 600, "De 1975 à 1989": 400, "De 1990 à 2003": 250}
    add("99004", "LOG T5", 2006, {"Résidences principales construites avant 2004": 1750, **older})
    room_shares = {
        "1 pièce": 0.08,
        "2 pièces": 0.14,
        "3 pièces": 0.18,
        "4 pièces": 0.21,
        "5 pièces": 0.2,
        "6 pièces ou plus": 0.19,
    }
    people_shares = dict(
        zip(
            [*(f"{n} personne{'s' * (n > 1)}" for n in range(1, 6)), "6 personnes ou plus"],
            (0.37, 0.29, 0.14, 0.12, 0.05, 0.03),
            strict=True,
        )
    )
    add(MEL_2013, "PRINC3 (ensemble)", 2017, crossed(room_shares, people_shares, total=490000))
    everything = crossed(room_shares, TENURES, total=500000)
    add("REG-32", "PRINC2 (ensemble)", 2016, everything)
    add(
        "REG-32",
        "PRINC2 (maisons)",
        2016,
        {k: v * (0.1 if k[0] in "12" else 0.7) for k, v in everything.items()},
    )
    add("59350", "PRINC23 (ensemble)", 2006, crossed(TENURES, people_shares, total=114000))
    stay = dict(
        zip(
            [
                "Moins de 2 ans",
                "De 2 à 4 ans",
                "De 5 à 9 ans",
                "De 10 à 19 ans",
                "De 20 à 29 ans",
                "30 ans ou plus",
            ],
            (0.12, 0.19, 0.17, 0.2, 0.13, 0.19),
            strict=True,
        )
    )
    add("59317", "PRINC24 (ensemble)", 2006, crossed(TENURES, stay, total=2900))
    former = {"Depuis moins de 2 ans": 200, "De 2 à 4 ans": 310, "De 5 à 9 ans": 278, "10 ans ou plus": 855}
    add("REG-31", "LOG T6", 2010, former, "anciennete_d_emmenagement_menages")
    heads = [
        "Moins de 20 ans",
        "20 à 24 ans",
        "25 à 39 ans",
        "40 à 54 ans",
        "55 à 64 ans",
        "65 à 79 ans",
        "80 ans ou plus",
    ]
    by_age = {
        "Propriétaire": (1, 6, 190, 315, 198, 198, 94),
        "Locataire vide non HLM": (30, 140, 300, 160, 66, 48, 28),
        "Locataire vide HLM": (5, 32, 250, 260, 136, 120, 58),
        "Locataire meublé ou chambre d'hôtel": (26, 56, 32, 14, 7, 4, 1),
        "Logé gratuitement": (3, 7, 17, 17, 7, 6, 5),
    }
    for territory, year in (("ARR-595", 2016), ("DEP-59", 2013)):
        cells = {
            f"{t} | {a}": 100 * n for t, line in by_age.items() for a, n in zip(heads, line, strict=True)
        }
        add(territory, "PRINC22 (ensemble)", year, cells)
    frame = pd.DataFrame(
        rows, columns=["territory_code", "source_table", "variable", "category", "year", "value"]
    )
    return frame.assign(source_url="https://www.insee.fr/fr/statistiques/0")


@pytest.fixture(scope="module")
def real() -> dict[str, pd.DataFrame]:
    return make_real()


@pytest.fixture(scope="module")
def published() -> pd.DataFrame:
    return make_published()


@pytest.fixture(scope="module")
def simulated(real, published) -> dict[str, pd.DataFrame]:
    return demonstration.simulate(real, published, communes=list(COMMUNES))


@pytest.fixture(scope="module")
def tables(real, simulated) -> dict[str, pd.DataFrame]:
    return merge(real, simulated)


# -- Tests
def test_rows_are_new_finite_and_positive(simulated, real):
    check_values(simulated, real)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_identities(check, tables):
    check(tables)


def test_2013_reproduces_the_published_pyramid(tables, published):
    check_published_pyramid(tables, published)


def test_same_input_gives_the_same_bytes(simulated, real, published):
    again = demonstration.simulate(real, published.iloc[::-1], communes=list(reversed(COMMUNES)))
    for name, frame in simulated.items():
        pd.testing.assert_frame_equal(frame, again[name], check_exact=True)


def test_input_is_left_untouched(real, published):
    before = {name: frame.copy() for name, frame in real.items()}
    demonstration.simulate(real, published, communes=list(COMMUNES))
    for name, frame in before.items():
        pd.testing.assert_frame_equal(frame, real[name])


def test_published_household_sizes_are_honoured(tables):
    size = wide(tables["households"])["PMEN"] / wide(tables["dwellings"])["RP"]
    assert size["99004", 1968] == pytest.approx(3.66, abs=0.005)
    assert size["99004", 1999] == pytest.approx(2.88, abs=0.005)


def test_series_pass_near_published_counts(tables):
    homes = wide(tables["dwellings"])["RP"]["99003"]
    assert homes[2008] < homes[2013] < homes[2018] < homes[2019]
    assert homes[1968] == 1500


def test_published_construction_periods_are_carried_to_other_bounds(tables):
    periods = wide(tables["dwellings"]).loc[("99004", 2018), PERIODS]
    assert periods[PERIODS[:5]].sum() == pytest.approx(1750)
    assert periods[PERIODS[:2]].sum() < 500
    assert 950 < periods[PERIODS[:3]].sum() < 1100


def owners(tables, code, year, *, low, high):
    cells = tables["ages_tenure"].query("code == @code and year == @year and tenure == 'owner'")
    return cells[cells["age"].between(low, high)]["value"].sum()


def test_owners_age(tables):
    for code in ("99003", "99004", "99006"):
        assert owners(tables, code, 2018, low=60, high=69) > owners(tables, code, 2008, low=60, high=69)


def test_each_tenure_has_its_ages(tables):
    cells = tables["ages_tenure"].query("year == 2018 and code != '99005'")
    people = cells.groupby(["tenure", "age"])["value"].sum().unstack("tenure")
    assert people["private"].idxmax() in (20, 25, 30)
    assert people.loc[20:].drop(columns="outside")["owner"].idxmax() in range(35, 65)
    share = people["owner"] / people.sum(axis=1)
    assert share[20] < share[40] < share[60]
    assert share[5] == pytest.approx(share[[30, 35, 40]].mean(), abs=0.1)


def test_women_are_more_numerous_at_old_ages(tables):
    old = tables["ages"].query("age >= 80").groupby(["code", "year", "sex"])["value"].sum().unstack("sex")
    assert (old["F"] > old["H"]).all()


def test_students_swell_their_commune_only(tables):
    ages = tables["ages"].query("year == 2018").groupby(["code", "age"])["value"].sum().unstack("age")
    ratio = ages[20] / ages[10]
    assert ratio["99001"] > 1.5 > 1.1 > ratio["99003"]


def test_a_lack_of_women_reveals_men_outside_households(tables):
    cells = tables["ages_tenure"].query("code == '99005' and year == 2018 and tenure == 'outside'")
    adults = cells[cells["age"].between(20, 54)].groupby("sex")["value"].sum()
    assert adults["H"] > 8 * adults["F"]


def test_pyramids_are_smooth(tables):
    """Apart from how many were born, no five-year class is out of line with its neighbours (students left aside)."""
    ages = tables["ages"].query("code in ['99003', '99004', '99006'] and age >= 35 and age < 85")
    shape = ages.groupby(["code", "year", "age"])["value"].sum().unstack("age")
    for year in DETAIL_YEARS:
        born = np.add.reduceat(count_survivors(year).sum(axis=0), shape.columns.union([85]))[:-1]
        relative = shape.xs(year, level="year") / born
        middle = (relative.shift(1, axis=1) + relative.shift(-1, axis=1)) / 2
        assert ((relative / middle).iloc[:, 1:-1] - 1).abs().max(axis=None) < 0.25


def test_the_step_of_1946_moves_up_by_the_years_elapsed(tables):
    """Those born from 1946 are half as many again as those born in the war, in any year."""
    single = tables["single_ages"].groupby(["year", "age"])["value"].sum()
    for year in DETAIL_YEARS:
        after, before = (single[year, year - born - 1] for born in (1947, 1942))
        assert after / before > 1.35, year


def test_settlers_grow_old_where_they_settled(real, published):
    known = Known(sorted(COMMUNES), real, published)
    everyone = np.ones((len(known.codes), GRID.size))
    homes = np.nan_to_num(known.series("dwellings", "RP"), nan=1000.0)
    settlers = estimate_settlers(known, homes, seniors=everyone, children=everyone)
    for since, year in pairwise(DETAIL_YEARS):
        gap = year - since
        # From the age at which people have settled, a generation weighs the same five years later.
        assert settlers[year][:, 40 + gap : 100] == pytest.approx(
            settlers[since][:, 40 : 100 - gap], rel=1e-3
        )
    spread = settlers[2018][:, 40:].max(axis=1) - settlers[2018][:, 40:].min(axis=1)
    owners = known.series("dwellings", "RP_PROP")[:, at(2018)] / homes[:, at(2018)]
    assert np.corrcoef(spread, owners)[0, 1] > 0.9


def with_starts(real, *, yearly):
    """The real figures, and the same number of dwellings started each year from 2013 to 2017 in every commune."""
    rows = [(code, since + 1, "LOGCOM", yearly, since) for code in COMMUNES for since in range(2013, 2018)]
    columns = ["code", "year", "variable", "value", "since"]
    others = real["flows"].query("variable != 'LOGCOM'")
    return real | {"flows": pd.concat([others, pd.DataFrame(rows, columns=columns)])}


def test_the_stock_of_2013_is_what_the_starts_known_leave(real, published):
    """More starts, fewer homes in 2013; what was lost is what tenures tell, where vacancy allows."""
    stocks = {}
    for yearly in (10.0, 20.0):
        rows = demonstration.simulate(with_starts(real, yearly=yearly), published, communes=list(COMMUNES))
        both = pd.concat([real["dwellings"], rows["dwellings"]]).query("variable == 'LOG'")
        stocks[yearly] = both.pivot(index="code", columns="year", values="value")
    fewer = stocks[10.0][2013] - stocks[20.0][2013]
    assert (fewer > -EXACT).all()
    assert fewer["99001"] == pytest.approx(50, abs=1)


def test_losses_vary_with_tenures():
    """Estates lose homes, private rented houses are divided; owners' homes hardly change."""
    owners, private, social = estimate_loss_rates(np.array([[100, 0, 0, 0], [0, 100, 0, 0], [0, 0, 100, 0]]))
    assert private < 0 < owners < social < 0.02


def test_a_missing_real_figure_is_named(real, published):
    lacking = real | {"dwellings": real["dwellings"].query("not (code == '99002' and variable == 'RP')")}
    with pytest.raises(ValueError, match="'99002'"):
        demonstration.simulate(lacking, published, communes=list(COMMUNES))


def test_a_missing_published_table_is_named(real, published):
    with pytest.raises(ValueError, match="'REG-31', table 'LOG T6'"):
        demonstration.simulate(real, published.query("territory_code != 'REG-31'"), communes=list(COMMUNES))


def test_only_insee_pages_are_used(simulated, real, published):
    hearsay = published.assign(value="1", source_url="https://example.org/copie")
    again = demonstration.simulate(real, pd.concat([hearsay, published]), communes=list(COMMUNES))
    pd.testing.assert_frame_equal(simulated["ages"], again["ages"])
