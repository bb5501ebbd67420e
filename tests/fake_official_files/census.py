"""Insee's tables of the census by commune (base-cc-*) and its comparateur, written from an imaginary country.

Headers are those of the true files, in their order: of RP2018 as public code quotes it whole, and what public code
reads of RP2021 and RP2022 (four-digit periods, fuels, years of events, incomes). What RP2023 changes is not known.
What the country does not count is a share of what it counts, so that every identity of the true files holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fake_official_files.country import Country
from fake_official_files.files import delimit, pack, to_parquet

Counts = dict[str, pd.Series]

BOM = b"\xef\xbb\xbf"
TRIPLES = {
    2018: (2008, 2013, 2018),
    2021: (2010, 2015, 2021),
    2022: (2011, 2016, 2022),
    2023: (2012, 2017, 2023),
}
EXHAUSTIVE = (1999, 1990, 1982, 1975, 1968)
# Censuses that the series of an edition give beside those of its triple: one more since RP2022.
FORMER = {2022: 2006, 2023: 2007}

_AGES = {"0014": (0, 14), "1529": (15, 29), "3044": (30, 44), "4559": (45, 59), "6074": (60, 74), "7589": (75, 89),
         "90P": (90, 100)}  # fmt: skip
_BROAD = {"0019": (0, 19), "2064": (20, 64), "65P": (65, 100)}
_ADULTS = {"1519": (15, 19), "2024": (20, 24), "2539": (25, 39), "4054": (40, 54), "5564": (55, 64), "6579": (65, 79),
           "80P": (80, 100)}  # fmt: skip
_MOVERS = {"0114": (1, 14), "1524": (15, 24), "2554": (25, 54), "55P": (55, 100)}
_STAYS = ("0002", "0204", "0509", "10P")
_LONG = ("1019", "2029", "30P")
_TENURES = ("PROP", "LOC", "LOCHLMV", "GRAT")
_TYPES = ("MENPSEUL", "MENHSEUL", "MENFSEUL", "MENSFAM", "MENFAM", "MENCOUPSENF", "MENCOUPAENF", "MENFAMMONO")
_CLASSES = range(1, 9)
_OCCUPATIONS = [
    "C_RP_NORME", "C_RP_SOUSOCC_MOD", "C_RP_SOUSOCC_ACC", "C_RP_SOUSOCC_TACC", "C_RP_SUROCC_MOD", "C_RP_SUROCC_ACC",
]  # fmt: skip
# Last year of each period of completion.
_ENDS = {"19": 1919, "45": 1945, "70": 1970, "90": 1990, "05": 2005}


# What the files count, by commune and census: a row by `code, year`, a column by count without the vintage.


def count_population(country: Country) -> pd.DataFrame:
    """Columns of evol-struct-pop: people by age and sex, by place of residence a year before, by class."""
    people = _count_ages(country.people)
    counts: Counts = {}
    for sex, sexes in {"POP": (1, 2), "H": (1,), "F": (2,)}.items():
        total = "POP" if sex == "POP" else f"POP{sex}"
        counts[f"P_{total}"] = _sum(people, 0, 100, sexes=sexes)
        for name, (first, last) in _AGES.items():
            counts[f"P_{sex}{name}"] = _sum(people, first, last, sexes=sexes)
        if sex != "POP":
            for name, (first, last) in _BROAD.items():
                counts[f"P_{sex}{name}"] = _sum(people, first, last, sexes=sexes)
    counts["P_POP75P"] = counts["P_POP7589"] + counts["P_POP90P"]
    counts["P_POP01P"] = _sum(people, 1, 100)
    places = [f"P_POP01P_IRAN{place}" for place in range(1, 8)]
    _share(
        counts,
        "P_POP01P",
        dict(zip(places, (0.87, 0.03, 0.06, 0.02, 0.015, 0.001), strict=False)),
        rest=places[-1],
    )
    counts["P_POP05P"] = _sum(people, 5, 100)
    places = [f"P_POP05P_IRAN{place}" for place in range(1, 8)]
    _share(
        counts,
        "P_POP05P",
        dict(zip(places, (0.6, 0.1, 0.2, 0.05, 0.04, 0.001), strict=False)),
        rest=places[-1],
    )
    for name, (first, last) in _MOVERS.items():
        counts[f"P_POP{name}_IRAN2P"] = _sum(people, first, last) * 0.13
        _share(counts, f"P_POP{name}_IRAN2P", {f"P_POP{name}_IRAN2": 0.3}, rest=f"P_POP{name}_IRAN3P")
    groups = {"POP15P": (15, 100), "POP1524": (15, 24), "POP2554": (25, 54), "POP55P": (55, 100)}
    for name, (first, last) in groups.items():
        _split_classes(counts, name, _sum(people, first, last) * 1.002)
    for sex, code in {"H": 1, "F": 2}.items():
        _split_classes(counts, f"{sex}15P", _sum(people, 15, 100, sexes=(code,)) * 1.002)
    return _tabulate(country, counts)


def count_dwellings(country: Country) -> pd.DataFrame:
    """Columns of logement: stock, rooms, periods of completion, length of stay, tenure, comfort, cars."""
    homes = country.homes.set_index(["code", "year"])
    counts: Counts = {f"P_{name}": homes[name] for name in homes}
    counts["P_MEN"] = counts["P_RP"]
    counts["P_PMEN"] = counts["P_NPER_RP"]
    _share(
        counts, "P_RP", {"P_RP_1P": 0.06, "P_RP_2P": 0.13, "P_RP_3P": 0.21, "P_RP_4P": 0.25}, rest="P_RP_5PP"
    )
    counts["P_RPMAISON"] = np.minimum(counts["P_MAISON"] * 0.88, counts["P_RP"])
    counts["P_RPAPPART"] = (counts["P_RP"] - counts["P_RPMAISON"]) * 0.99
    counts["P_NBPI_RPMAISON"] = counts["P_RPMAISON"] * 4.9
    counts["P_NBPI_RPAPPART"] = counts["P_RPAPPART"] * 2.8
    counts["P_NBPI_RP"] = counts["P_NBPI_RPMAISON"] + counts["P_NBPI_RPAPPART"] + 0.01 * counts["P_RP"]
    for kind in ("RP", "RPMAISON", "RPAPPART"):
        counts[f"P_{kind}_ACHTOT"] = counts[f"P_{kind}"] * 0.97
        periods = {f"P_{kind}_ACH{end}": 0.18 for end in _ENDS}
        _share(counts, f"P_{kind}_ACHTOT", periods, rest=f"P_{kind}_ACHEND")
        three = {f"P_{kind}_ACHT1": 0.35, f"P_{kind}_ACHT2": 0.4}
        _share(counts, f"P_{kind}_ACHTOT", three, rest=f"P_{kind}_ACHT3")
        counts[f"P_{kind}_ACHT4"] = counts[f"P_{kind}_ACHTOT"] * 0.1
    for whole in ("MEN", "PMEN", "NBPI_RP"):
        shares = dict(zip((f"P_{whole}_ANEM{stay}" for stay in _STAYS), (0.12, 0.19, 0.18), strict=False))
        _share(counts, f"P_{whole}", shares, rest=f"P_{whole}_ANEM10P")
    _share(counts, "P_MEN_ANEM10P", {"P_MEN_ANEM1019": 0.4, "P_MEN_ANEM2029": 0.25}, rest="P_MEN_ANEM30P")
    for tenure, years in zip(_TENURES, (19.5, 7.2, 10.8, 9.1), strict=True):
        counts[f"P_ANEM_RP_{tenure}"] = counts[f"P_RP_{tenure}"] * years
    counts["P_ANEM_RP"] = _add(counts, "P_ANEM_RP_PROP", "P_ANEM_RP_LOC", "P_ANEM_RP_GRAT")
    equipment = {
        "SDB": 0.98, "CCCOLL": 0.2, "CCIND": 0.45, "CINDELEC": 0.25, "ELEC": 0.3, "EAUCH": 0.99, "BDWC": 0.98, "CHOS": 0.2,
        "CLIM": 0.1, "TTEGOU": 0.8, "GARL": 0.65, "VOIT1": 0.45, "VOIT2P": 0.38, "HABFOR": 0.01, "CASE": 0.01,
        "MIBOIS": 0.01, "MIDUR": 0.97, "CGAZV": 0.4, "CFIOUL": 0.1, "CELEC": 0.35, "CGAZB": 0.03,
    }  # fmt: skip
    for name, share in equipment.items():
        counts[f"P_RP_{name}"] = counts["P_RP"] * share
    counts["P_RP_VOIT1P"] = counts["P_RP_VOIT1"] + counts["P_RP_VOIT2P"]
    fuels = [f"P_RP_{fuel}" for fuel in ("CGAZV", "CFIOUL", "CELEC", "CGAZB")]
    counts["P_RP_CAUT"] = counts["P_RP"] - _add(counts, *fuels)
    occupied = {
        "SUROCC_ACC": 0.01,
        "SUROCC_MOD": 0.06,
        "SOUSOCC_MOD": 0.26,
        "SOUSOCC_ACC": 0.22,
        "SOUSOCC_TACC": 0.25,
    }
    _share(counts, "P_RP", {f"C_RP_{name}": share for name, share in occupied.items()}, rest="C_RP_NORME")
    counts["C_RP_HSTU1P"] = counts["P_RP"] * 0.9
    counts["C_RP_HSTU1P_SUROCC"] = counts["P_RP"] * 0.05
    return _tabulate(country, counts)


def count_households(country: Country) -> pd.DataFrame:
    """Columns of coupl-fam-men: households by type (C_), people by age living alone (P_), families."""
    homes = country.homes.set_index(["code", "year"])
    people = _count_ages(country.people)
    housed = _count_ages(country.people[country.people["tenure"] != "ZZ"])
    counts: Counts = {}
    # The two exploitations of one census are close, and differ.
    for whole, own, parted in (
        ("C_MEN", homes["RP"] * 1.004, (0.17, 0.2, 0.04, 0.26, 0.24)),
        ("C_PMEN", homes["NPER_RP"] * 0.998, (0.07, 0.09, 0.04, 0.24, 0.45)),
    ):
        prefix = "C_" if whole == "C_MEN" else "C_PMEN_"
        counts[whole] = own
        parts = [
            f"{prefix}{kind}" for kind in ("MENHSEUL", "MENFSEUL", "MENSFAM", "MENCOUPSENF", "MENCOUPAENF")
        ]
        _share(counts, whole, dict(zip(parts, parted, strict=True)), rest=f"{prefix}MENFAMMONO")
        counts[f"{prefix}MENPSEUL"] = counts[f"{prefix}MENHSEUL"] + counts[f"{prefix}MENFSEUL"]
        families = [f"{prefix}{kind}" for kind in ("MENCOUPSENF", "MENCOUPAENF", "MENFAMMONO")]
        counts[f"{prefix}MENFAM"] = _add(counts, *families)
        _split_classes(counts, whole.removeprefix("C_"), own)
    counts["P_POP15P"] = _sum(people, 15, 100)
    for rank, (name, (first, last)) in enumerate(_ADULTS.items()):
        counts[f"P_POP{name}"] = _sum(people, first, last)
        counts[f"P_POPMEN{name}"] = _sum(housed, first, last)
        counts[f"P_POP{name}_PSEUL"] = counts[f"P_POPMEN{name}"] * (0.04 + 0.06 * rank)
        counts[f"P_POP{name}_COUPLE"] = counts[f"P_POPMEN{name}"] * 0.5
    status = {"MARIEE": 0.42, "PACSEE": 0.05, "CONCUB_UNION_LIBRE": 0.13, "VEUFS": 0.07, "DIVORCEE": 0.06}
    shares = {f"P_POP15P_{name}": share for name, share in status.items()}
    _share(counts, "P_POP15P", shares, rest="P_POP15P_CELIBATAIRE")
    counts["P_POP15P_NONMARIEE"] = counts["P_POP15P"] - counts["P_POP15P_MARIEE"]
    old = {"P_POP15P_MARIE": 0.47, "P_POP15P_CELIB": 0.37, "P_POP15P_VEUF": 0.09}
    _share(counts, "P_POP15P", old, rest="P_POP15P_DIVOR")
    counts["C_FAM"] = counts["C_MENFAM"] * 1.01
    _share(counts, "C_FAM", {"C_COUPAENF": 0.42, "C_HMONO": 0.03, "C_FMONO": 0.13}, rest="C_COUPSENF")
    counts["C_FAMMONO"] = counts["C_HMONO"] + counts["C_FMONO"]
    children = {"C_NE24F0": 0.5, "C_NE24F1": 0.22, "C_NE24F2": 0.19, "C_NE24F3": 0.07}
    _share(counts, "C_FAM", children, rest="C_NE24F4P")
    return _tabulate(country, counts)


def count_series(country: Country) -> pd.DataFrame:
    """Columns of serie-historique at every census since 1968: `P_POP, P_LOG, P_RP, P_RSECOCC, P_LOGVAC, P_PMEN`.

    Before the country's first date, what it counted then, less and less.
    """
    people = country.people.groupby(["code", "year"])["value"].sum().rename("POP")
    stock = country.homes.set_index(["code", "year"]).assign(PMEN=lambda homes: homes["NPER_RP"])
    counts = stock[["LOG", "RP", "RSECOCC", "LOGVAC", "PMEN"]].join(people).add_prefix("P_")
    first = min(country.dates)
    parts = [counts]
    for rank, year in enumerate(sorted({*EXHAUSTIVE, *_former(country)}, reverse=True), start=1):
        back = counts.xs(first, level="year") * 0.96**rank
        parts.append(back.assign(year=year).set_index("year", append=True))
    return pd.concat(parts).sort_index()


def count_events(country: Country) -> pd.DataFrame:
    """Births and deaths from one census to the next: `code, since, year, NAIS, DECE`, whole numbers."""
    population = count_series(country)["P_POP"].unstack("year")
    censuses = sorted(population.columns)
    parts = []
    for since, until in pairwise(censuses):
        size = population[until] * (until - since)
        part = pd.DataFrame({"NAIS": (size * 0.012).round(), "DECE": (size * 0.009).round()})
        parts.append(part.assign(since=since, year=until).reset_index())
    return pd.concat(parts, ignore_index=True)


def count_areas(country: Country) -> pd.Series:
    """Area of each commune, in km2, with two decimals."""
    random = np.random.default_rng([country.seed, 7])
    return pd.Series(random.uniform(1, 60, len(country.codes)).round(2), index=list(country.codes))


# Headers.


def name_population(year: int, *, vintage: int) -> list[str]:
    """Columns of evol-struct-pop at one census, in their order."""
    ages = list(_AGES)
    names = ["P_POP", *(f"P_POP{name}" for name in (ages if year > 2008 else [*ages[:-2], "75P"]))]
    for sex in ("H", "F"):
        names += [f"P_POP{sex}", *(f"P_{sex}{name}" for name in (*_AGES, *_BROAD))]
    mobility = "POP01P" if year > 2012 else "POP05P"
    names += [f"P_{mobility}", *(f"P_{mobility}_IRAN{place}" for place in range(1, 8))]
    if year > 2012:
        names += [f"P_POP{name}_IRAN{moved}" for name in _MOVERS for moved in ("2P", "2", "3P")]
    for group in ("POP15P", "H15P", "F15P", "POP1524", "POP2554", "POP55P"):
        names += [f"C_{group}", *_name_classes(group, vintage=vintage, year=year)]
    return names


def name_dwellings(year: int, *, vintage: int) -> list[str]:
    """Columns of logement at one census, in their order."""
    names = ["P_LOG", "P_RP", "P_RSECOCC", "P_LOGVAC", "P_MAISON", "P_APPART"]
    names += [f"P_RP_{rooms}" for rooms in ("1P", "2P", "3P", "4P", "5PP")]
    names += ["P_NBPI_RP", "P_RPMAISON", "P_NBPI_RPMAISON", "P_RPAPPART", "P_NBPI_RPAPPART"]
    if year == vintage:
        names += _OCCUPATIONS if vintage >= 2022 else ["C_RP_HSTU1P", "C_RP_HSTU1P_SUROCC"]
    names.append("P_RP_ACHTOT")
    names += [f"P_{kind}_ACH{end}" for kind in ("RP", "RPMAISON", "RPAPPART") for end in _periods(year)]
    names += ["P_MEN", *(f"P_MEN_ANEM{stay}" for stay in (*_STAYS, *_LONG))]
    names += [
        "P_PMEN",
        *(f"P_PMEN_ANEM{stay}" for stay in _STAYS),
        *(f"P_NBPI_RP_ANEM{stay}" for stay in _STAYS),
    ]
    names += [f"P_RP_{tenure}" for tenure in _TENURES]
    for whole in ("NPER_RP", "ANEM_RP"):
        names += [f"P_{whole}", *(f"P_{whole}_{tenure}" for tenure in _TENURES)]
    heating = ["SDB", "CCCOLL", "CCIND", "CINDELEC", "ELEC"]
    if vintage >= 2022:
        heating = ["ELEC", "CGAZV", "CFIOUL", "CELEC", "CGAZB", "CAUT"]
    names += [f"P_RP_{name}" for name in (*heating, "EAUCH", "BDWC", "CHOS", "CLIM", "TTEGOU", "GARL")]
    names += [f"P_RP_{name}" for name in ("VOIT1P", "VOIT1", "VOIT2P", "HABFOR", "CASE", "MIBOIS", "MIDUR")]
    return names


def name_households(year: int, *, vintage: int) -> list[str]:
    """Columns of coupl-fam-men at one census, in their order."""
    names = [
        "C_MEN",
        *(f"C_{kind}" for kind in _TYPES),
        "C_PMEN",
        *(f"C_PMEN_{kind}" for kind in _TYPES),
        "P_POP15P",
    ]
    for form in ("P_POP{}", "P_POPMEN{}", "P_POP{}_PSEUL", "P_POP{}_COUPLE"):
        names += [form.format(ages) for ages in _ADULTS]
    status = ["MARIEE", "PACSEE", "CONCUB_UNION_LIBRE", "VEUFS", "DIVORCEE", "CELIBATAIRE"]
    if year < 2017:
        status = ["MARIEE", "NONMARIEE"] if year > 2010 else ["MARIE", "CELIB", "VEUF", "DIVOR"]
    names += [f"P_POP15P_{name}" for name in status]
    names += [name for whole in ("MEN", "PMEN") for name in _name_classes(whole, vintage=vintage, year=year)]
    names += ["C_FAM", "C_COUPAENF", "C_FAMMONO", "C_HMONO", "C_FMONO", "C_COUPSENF"]
    return [*names, *(f"C_NE24F{children}" for children in ("0", "1", "2", "3", "4P"))]


def name_flow(prefix: str, *, since: int, until: int, vintage: int) -> str:
    """Column of the events between two censuses: NAIS1318 in RP2018, NAIS1621 (years of events) since RP2021."""
    inclusive = vintage >= 2021 and until > 1999
    return f"{prefix}{since % 100:02d}{(until - inclusive) % 100:02d}"


# Files.


def write_evol_struct_pop(country: Country, folder: Path, **options: Any) -> Path:
    """base-cc-evol-struct-pop."""
    counts = count_population(country)
    columns = _spread(country, counts, name_population)
    return _write("evol-struct-pop", country, columns, folder, **options)


def write_logement(country: Country, folder: Path, **options: Any) -> Path:
    """base-cc-logement."""
    columns = _spread(country, count_dwellings(country), name_dwellings)
    return _write("logement", country, columns, folder, **options)


def write_coupl_fam_men(country: Country, folder: Path, **options: Any) -> Path:
    """base-cc-coupl-fam-men."""
    columns = _spread(country, count_households(country), name_households)
    return _write("coupl-fam-men", country, columns, folder, **options)


def write_serie_historique(country: Country, folder: Path, **options: Any) -> Path:
    """base-cc-serie-historique."""
    return _write("serie-historique", country, columns_of_series(country), folder, **options)


WRITERS = {
    "serie-historique": write_serie_historique,
    "evol-struct-pop": write_evol_struct_pop,
    "logement": write_logement,
    "coupl-fam-men": write_coupl_fam_men,
}


def columns_of_series(country: Country) -> dict[str, np.ndarray]:
    """Columns of serie-historique: a count at every census, the latest first, then the next count."""
    counts, codes = count_series(country), list(country.codes)
    events = count_events(country).set_index(["since", "year", "code"])
    censuses = sorted({year for _, year in counts.index}, reverse=True)
    columns: dict[str, np.ndarray] = {}

    def add(count: str) -> None:
        for year in censuses:
            old = year in EXHAUSTIVE
            name = "NPER_RP" if count == "PMEN" and year < 1999 else count
            values = counts.xs(year, level="year").loc[codes, f"P_{count}"].to_numpy()
            columns[f"{'D' if old else 'P'}{year % 100:02d}_{name}"] = (
                values.round() if count == "POP" else values
            )

    add("POP")
    columns["SUPERF"] = count_areas(country)[codes].to_numpy()
    for variable in ("NAIS", "DECE"):
        for until, since in pairwise(censuses):
            name = name_flow(variable, since=since, until=until, vintage=max(country.dates))
            columns[name] = events.loc[(since, until)].loc[codes, variable].to_numpy()
    for count in ("LOG", "RP", "RSECOCC", "LOGVAC", "PMEN"):
        add(count)
    return columns


def columns_of_comparateur(country: Country, *, events: int, incomes: int) -> dict[str, np.ndarray]:
    """Columns of the comparateur: the last two censuses, the births and deaths of the year `events`, the incomes of
    the year `incomes` (empty for one commune in two, as secrecy wants)."""
    former, latest = sorted(country.dates)[-2:]
    codes = list(country.codes)
    counts = count_series(country)
    now, before = (counts.xs(year, level="year").loc[codes] for year in (latest, former))
    dwellings = count_dwellings(country).xs(latest, level="year").loc[codes]
    people = count_events(country).set_index(["since", "year", "code"]).loc[(former, latest)].loc[codes]
    p, yy = f"P{latest % 100:02d}_", f"{incomes % 100:02d}"
    new = incomes >= 2023
    shown = np.where(np.arange(len(codes)) % 2 == 0, 1.0, np.nan)
    columns = {
        f"{p}POP": now["P_POP"].round(),
        f"P{former % 100:02d}_POP": before["P_POP"].round(),
        "SUPERF": count_areas(country)[codes],
        name_flow("NAIS", since=former, until=latest, vintage=latest): people["NAIS"],
        name_flow("DECE", since=former, until=latest, vintage=latest): people["DECE"],
        f"{p}MEN": dwellings["P_MEN"],
        f"NAISD{events % 100:02d}": (now["P_POP"] * 0.011).round(),
        f"DECESD{events % 100:02d}": (now["P_POP"] * 0.01).round(),
        **{f"{p}{name}": dwellings[f"P_{name}"] for name in ("LOG", "RP", "RSECOCC", "LOGVAC", "RP_PROP")},
        f"NBMENFISC{yy}": dwellings["P_MEN"].round() * shown,
        **({} if new else {f"PIMP{yy}": 55.0 * shown}),
        f"MED_SL{yy}" if new else f"MED{yy}": np.arange(len(codes)) * 10.0 + 20000 + 0 * shown,
        f"PR_MD60_{yy}" if new else f"TP60{yy}": 14.0 * shown,
        f"{p}EMPLT": now["P_POP"] * 0.4,
        f"{p}EMPLT_SAL": now["P_POP"] * 0.35,
        f"P{former % 100:02d}_EMPLT": before["P_POP"] * 0.4,
        f"{p}POP1564": now["P_POP"] * 0.62,
        f"{p}CHOM1564": now["P_POP"] * 0.06,
        f"{p}ACT1564": now["P_POP"] * 0.46,
        f"ETTOT{events % 100:02d}": (now["P_POP"] * 0.05).round(),
    }
    return {name: np.asarray(values, dtype=float) for name, values in columns.items()}


def write_comparateur(
    country: Country, folder: Path, *, events: int, incomes: int, form: str = "zip", **options: Any
) -> Path:
    """The comparateur with a column by figure; its archive has no vintage in the names of its files."""
    columns = columns_of_comparateur(country, events=events, incomes=incomes)
    stems = {
        "zip": f"base_cc_comparateur_{max(country.dates)}_csv",
        "csv": "base_cc_comparateur",
        "parquet": "comparateur",
    }
    member = "base_cc_comparateur.CSV"
    return save(folder, list(country.codes), columns, stem=stems[form], member=member, form=form, **options)


def write_measures(country: Country, folder: Path, *, events: Sequence[int], form: str = "parquet") -> Path:
    """The comparateur with a row by territory, measure and year, as since RP2023: communes among larger territories."""
    rows = pd.DataFrame(measure_communes(country, events=events))
    last = rows["TIME_PERIOD"] == max(country.dates)
    larger = rows[last].groupby(["TAB_MEASURE", "TIME_PERIOD"], as_index=False)["OBS_VALUE"].sum()
    rows = pd.concat(
        [larger.assign(GEO="59", GEO_OBJECT="DEP"), rows, larger.assign(GEO="F", GEO_OBJECT="FRANCE")]
    )
    hidden = rows["OBS_VALUE"].isna()
    rows = rows.assign(
        GEO_REF=max(country.dates) + 3,
        GEO_LABEL="L'Étang",
        TAB_MEASURE_LABEL=rows["TAB_MEASURE"].str.title(),
        # What is confidential may have a value: it is not to be used.
        CONF_STATUS=np.where(hidden, "C", "F"),
        OBS_VALUE=rows["OBS_VALUE"].fillna(1.0),
    )[["GEO", "GEO_OBJECT", "GEO_REF", "GEO_LABEL", "TAB_MEASURE", "TAB_MEASURE_LABEL", "TIME_PERIOD", "OBS_VALUE",
       "CONF_STATUS"]]  # fmt: skip
    if form == "parquet":
        columns = {name: rows[name].astype(object).tolist() for name in rows}
        columns["TIME_PERIOD"] = [str(year) for year in columns["TIME_PERIOD"]]
        return to_parquet(folder / "comparateur.parquet", columns)
    content = delimit(list(rows.columns), _plain(rows), end="\r\n")
    return pack(folder / "base_cc_comparateur_csv.zip", {"base_cc_comparateur.csv": content})


def measure_communes(country: Country, *, events: Sequence[int]) -> Iterable[dict[str, object]]:
    """Rows of the communes: `GEO, GEO_OBJECT, TAB_MEASURE, TIME_PERIOD, OBS_VALUE`, NaN under secrecy."""
    series, dwellings = count_series(country), count_dwellings(country)
    areas, latest = count_areas(country), max(country.dates)
    measures = {
        "DWELLINGS": "P_LOG", "DWELLINGS_OCS_DW_MAIN": "P_RP", "DWELLINGS_OCS_DW_SEC_DW_OCC": "P_RSECOCC",
        "DWELLINGS_OCS_DW_VAC": "P_LOGVAC", "DWELLINGS_OCS_DW_MAIN_TSH_100": "P_RP_PROP",
    }  # fmt: skip

    def row(code: str, measure: str, year: int, value: float) -> dict[str, object]:
        return {
            "GEO": code,
            "GEO_OBJECT": "COM",
            "TAB_MEASURE": measure,
            "TIME_PERIOD": year,
            "OBS_VALUE": value,
        }

    for rank, code in enumerate(country.codes):
        for year, value in series.loc[code, "P_POP"].items():
            yield row(code, "POP", int(year), round(value))
        for measure, name in measures.items():
            for year, value in dwellings.loc[code, name].items():
                yield row(code, measure, int(year), value)
        size = series.loc[(code, latest), "P_POP"]
        for year in events:
            yield row(code, "LVB", year, round(size * 0.011))
            yield row(code, "DTH", year, round(size * 0.01))
        yield row(code, "SUP", latest, areas[code])
        yield row(code, "PR_MD60", latest, 14.0 if rank % 2 == 0 else np.nan)
        yield row(code, "MED_SL", latest, 20000.0 + 10 * rank)
        yield row(code, "UNIT_LOC", latest + 1, 12.0)


def save(
    folder: Path,
    codes: Sequence[str],
    columns: Mapping[str, np.ndarray],
    *,
    stem: str,
    member: str,
    form: str = "zip",
    mark: bool = False,
    secret: Collection[str] = (),
    dictionary: bool = True,
) -> Path:
    """A file with a row by commune: a zip with its dictionary, a `csv` with it beside, or `parquet`.

    Cells of the communes of `secret` are empty; `mark` puts a byte-order mark before the header; NaN is an
    empty cell; whole numbers have no decimal point.
    """
    hidden = np.isin(np.asarray(codes, dtype=object), list(secret))
    shown = {name: np.where(hidden, np.nan, values) for name, values in columns.items()}
    if form == "parquet":
        nullable = {
            name: [None if value != value else value for value in row.tolist()] for name, row in shown.items()
        }
        return to_parquet(folder / f"{stem}.parquet", {"CODGEO": list(codes), **nullable})
    frame = pd.DataFrame({"CODGEO": list(codes), **shown})
    content = (BOM if mark else b"") + delimit(list(frame.columns), _plain(frame), end="\r\n")
    described = describe(codes, list(columns))
    if form == "zip":
        members = {member: content, **({f"meta_{member}": described} if dictionary else {})}
        return pack(folder / f"{stem}.zip", members)
    path = folder / member
    path.write_bytes(content)
    if dictionary:
        path.with_name(f"meta_{member}").write_bytes(described)
    return path


def describe(codes: Sequence[str], columns: Sequence[str]) -> bytes:
    """The dictionary of a file: a line by column, then a line by commune."""
    rows: list[tuple[str, ...]] = []
    for name in columns:
        dated = re.match(r"([PCD])(\d\d)_(.+)", name)
        labels = {"P": "(princ)", "C": "(compl)", "D": "(dnbt)"}
        label = f"{dated[3]} en {dated[2]} {labels[dated[1]]}" if dated else f"{name} (état civil)"
        rows.append((name, label, label, "", "", "NUM", "16"))
    long = "Code du département suivi du numéro de commune ou du numéro d'arrondissement municipal"
    rows += [("CODGEO", "CODGEO", long, code, f"L'Étang-{code}", "CHAR", "5") for code in codes]
    header = ("COD_VAR", "LIB_VAR", "LIB_VAR_LONG", "COD_MOD", "LIB_MOD", "TYPE_VAR", "LONG_VAR")
    return delimit(header, rows, end="\r\n")


def _write(
    family: str, country: Country, columns: Mapping[str, np.ndarray], folder: Path, **options: Any
) -> Path:
    vintage = max(country.dates)
    stem = f"base-cc-{family}-{vintage}"
    suffix = "" if options.get("form") == "parquet" else "_csv"
    return save(folder, list(country.codes), columns, stem=stem + suffix, member=f"{stem}.CSV", **options)


def _spread(country: Country, counts: pd.DataFrame, name: Callable[..., list[str]]) -> dict[str, np.ndarray]:
    """Columns of a file: every count at the latest census, then at the one before, then at the first."""
    vintage, codes = max(country.dates), list(country.codes)
    columns: dict[str, np.ndarray] = {}
    for year in sorted(country.dates, reverse=True):
        own = counts.xs(year, level="year").loc[codes]
        for count in name(year, vintage=vintage):
            columns[spell(count, year=year, vintage=vintage)] = own[count].to_numpy()
    return columns


def spell(count: str, *, year: int, vintage: int) -> str:
    """The column of a count at one census."""
    if count == "P_RP_ACHTOT" and year <= 2012:
        count = "P_RP_ACHTT"
    if period := re.fullmatch(r"(.+_ACH)(19|45|70|90|05|END)", count):
        end = {**_ENDS, "END": year - 3}[period[2]]
        count = period[1] + (str(end) if vintage >= 2022 and year == vintage else f"{end % 100:02d}")
    return f"{count[0]}{year % 100:02d}{count[1:]}"


def _periods(year: int) -> tuple[str, ...]:
    if year > 2012:
        return (*_ENDS, "END")
    return ("T1", "T2", "T3", "T4") if year == 2008 else ("T1", "T2", "T3")


def _name_classes(whole: str, *, vintage: int, year: int) -> list[str]:
    """Columns of the socio-professional groups: since RP2022, those of the nomenclature of 2020."""
    kind = "STAT_GSEC" if vintage >= 2022 and year == vintage else "CS"
    return [f"C_{whole}_{kind}{group}" for group in _CLASSES]


def _split_classes(counts: Counts, whole: str, values: pd.Series) -> None:
    counts[f"C_{whole}"] = values
    for kind in ("CS", "STAT_GSEC"):
        for group in _CLASSES:
            counts[f"C_{whole}_{kind}{group}"] = values / len(_CLASSES)


def _share(counts: Counts, whole: str, shares: Mapping[str, float], *, rest: str) -> None:
    """Parts of a whole by their share, a little different in each commune; `rest` is what is left."""
    random = np.random.default_rng(len(whole) + len(rest))
    for name, share in shares.items():
        counts[name] = counts[whole] * share * random.uniform(0.9, 1.0, len(counts[whole]))
    counts[rest] = counts[whole] - _add(counts, *shares)


def _add(counts: Counts, *names: str) -> pd.Series:
    return pd.concat([counts[name] for name in names], axis=1).sum(axis=1)


def _tabulate(country: Country, counts: Counts) -> pd.DataFrame:
    index = pd.MultiIndex.from_product([country.codes, country.dates], names=["code", "year"])
    return pd.DataFrame(counts).reindex(index)


def _count_ages(people: pd.DataFrame) -> pd.DataFrame:
    """People by commune and census (rows), sex and age (columns)."""
    return people.groupby(["code", "year", "sex", "age"])["value"].sum().unstack(["sex", "age"])


def _sum(ages: pd.DataFrame, first: int, last: int, *, sexes: Collection[int] = (1, 2)) -> pd.Series:
    columns = ages.columns
    chosen = columns.get_level_values("age").isin(range(first, last + 1)) & columns.get_level_values(
        "sex"
    ).isin(sexes)
    return ages.loc[:, chosen].sum(axis=1)


def _former(country: Country) -> tuple[int, ...]:
    vintage = max(country.dates)
    return (FORMER[vintage],) if vintage in FORMER else ()


def _plain(frame: pd.DataFrame) -> Iterable[list[object]]:
    """Rows of cells as Insee writes them: None for a missing one, no decimal point for a whole number."""
    for row in frame.to_numpy(dtype=object):
        yield [_cell(value) for value in row]


def _cell(value: object) -> object:
    if not isinstance(value, float):
        return value
    return None if value != value else int(value) if value.is_integer() else float(value)
