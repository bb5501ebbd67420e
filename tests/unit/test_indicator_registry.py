"""The registry of indicators: a label and its computation say the same thing."""

from __future__ import annotations

import functools
import re
import runpy
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from for_each import for_each
from frames import crossed, flows, long
from measuring import break_even, measure
from random_territories import (
    AGES,
    DWELLERS,
    HOLDERS,
    PERIODS,
    PLACES,
    REGISTER,
    ROOMS,
    SINCE,
    STAYS,
    UNTIL,
    draw,
    held,
    tables_of,
)

from helpers import french, paths, schemas
from helpers.errors import ExhibitError
from helpers.indicators import growth
from helpers.indicators.changes import Change, Followed, Gain, Growth, OwnersFollowed, Points
from helpers.indicators.dictionary import describe
from helpers.indicators.formulas import Formula
from helpers.indicators.indicator import Indicator
from helpers.indicators.measures import Ratio, Share, State
from helpers.indicators.quantities import MAIN_HOMES, POPULATION, built, inhabiting, people, rooms, settled
from helpers.indicators.quantities import held as held_by
from helpers.indicators.registry import INDICATORS, THEMES, find
from helpers.indicators.windows import Window

HEM = PLACES[0]
# Figures of ten years, or of years around a census: tables of two censuses do not tell them.
TEN_YEARS = (
    "croissance_10", "commences_ralentissement", "commences_a_coups", "gagnes_pour_10_commences", "vacants_en_annees",
)  # fmt: skip
# Figures made of several quantities by a formula of their own.
WORKED_OUT = (Formula, OwnersFollowed, Window, Change)
DECLARED = [one for one in INDICATORS if not isinstance(one.measure, WORKED_OUT)]
WORKED = [one for one in INDICATORS if isinstance(one.measure, WORKED_OUT)]


def each(indicators):
    return for_each("one", indicators, named=lambda one: one.id)


# What the words of a label or a formula mean, written here apart from the registry: codes of Insee (with a sign),
# of its tables by commune. Words with bounds (ages, rooms, years) are read below.
MEANING = {
    "habitants": "POP",
    "la population": "POP",
    "habitants d’un an ou plus": "POP01P",
    "habitants d’un an ou plus restés dans le même logement": "POP01P_IRAN1",
    "habitants d’un an ou plus venus d’un autre logement de la commune": "POP01P_IRAN2",
    "habitants d’un an ou plus venus d’une autre commune du département": "POP01P_IRAN3",
    "habitants d’un an ou plus venus d’un autre département de la région": "POP01P_IRAN4",
    "habitants d’un an ou plus venus d’une autre région de métropole": "POP01P_IRAN5",
    "habitants d’un an ou plus venus d’outre-mer ou de l’étranger": (
        "POP01P -POP01P_IRAN1 -POP01P_IRAN2 -POP01P_IRAN3 -POP01P_IRAN4 -POP01P_IRAN5"
    ),
    "habitants d’un an ou plus arrivés dans leur logement depuis un an": "POP01P -POP01P_IRAN1",
    "habitants d’un an ou plus arrivés dans la commune depuis un an": "POP01P -POP01P_IRAN1 -POP01P_IRAN2",
    "logements": "LOG",
    "le parc de logements": "LOG",
    "logements vacants": "LOGVAC",
    "maisons": "MAISON",
    "appartements": "APPART",
    "logements ni maisons ni appartements": "LOG -MAISON -APPART",
    "résidences secondaires et logements occasionnels": "RSECOCC",
    "résidences principales": "RP",
    "résidence principale": "RP",
    "résidences principales en maison": "RPMAISON",
    "résidences principales en appartement": "RPAPPART",
    "résidences principales ni en maison ni en appartement": "RP -RPMAISON -RPAPPART",
    "résidences principales occupées par leur propriétaire": "RP_PROP",
    "résidences principales louées": "RP_LOC",
    "résidences principales louées vides en HLM": "RP_LOCHLMV",
    "résidences principales louées, hors HLM loués vides": "RP_LOC -RP_LOCHLMV",
    "résidences principales occupées gratuitement": "RP_GRAT",
    "résidences principales au chauffage central collectif": "RP_CCCOLL",
    "résidences principales au chauffage central individuel": "RP_CCIND",
    "résidences principales au chauffage tout électrique": "RP_CINDELEC",
    "résidences principales chauffées au gaz de réseau": "RP_CGAZV",
    "résidences principales chauffées à l’électricité": "RP_CELEC",
    "résidences principales chauffées au fioul": "RP_CFIOUL",
    "résidences principales chauffées au gaz en bouteille ou en citerne": "RP_CGAZB",
    "résidences principales chauffées autrement (bois, chauffage urbain)": "RP_CAUT",
    "résidences principales de deux pièces ou plus au-dessous de la norme": "C_RP_SUROCC_ACC",
    "résidences principales d’une pièce au-dessous de la norme": "C_RP_SUROCC_MOD",
    "résidences principales à la norme d’occupation": "C_RP_NORME",
    "résidences principales d’une pièce au-dessus de la norme": "C_RP_SOUSOCC_MOD",
    "résidences principales de deux pièces au-dessus de la norme": "C_RP_SOUSOCC_ACC",
    "résidences principales de trois pièces ou plus au-dessus de la norme": "C_RP_SOUSOCC_TACC",
    "résidences principales suroccupées": "C_RP_SUROCC_ACC C_RP_SUROCC_MOD",
    "résidences principales de deux pièces ou plus au-dessus de la norme": "C_RP_SOUSOCC_ACC C_RP_SOUSOCC_TACC",
    "résidences principales (exploitation complémentaire)": (
        "C_RP_SUROCC_ACC C_RP_SUROCC_MOD C_RP_NORME C_RP_SOUSOCC_MOD C_RP_SOUSOCC_ACC C_RP_SOUSOCC_TACC"
    ),
    "résidences principales dont les occupants ont une voiture ou plus": "RP_VOIT1P",
    "résidences principales construites deux ans ou plus avant le recensement": "RP_ACHTOT",
    "pièces": "NBPI_RP",
    "pièces des résidences principales": "NBPI_RP",
    "occupants": "PMEN",
    "occupant": "PMEN",
    "population des ménages": "PMEN",
    "ménages": "RP",
    "ménages (exploitation complémentaire)": "C_MEN",
    "ménages d’une personne": "C_MENPSEUL",
    "ménages de couple sans enfant": "C_MENCOUPSENF",
    "ménages de couple avec enfants": "C_MENCOUPAENF",
    "ménages de famille monoparentale": "C_MENFAMMONO",
    "ménages sans famille de plusieurs personnes": "C_MENSFAM",
    "ménages de toutes tailles": "MEN_1 MEN_2 MEN_3 MEN_4 MEN_5 MEN_6P",
    "ménages comptant 1 personne": "MEN_1",
    "ménages comptant 2 personnes": "MEN_2",
    "ménages comptant 3 personnes": "MEN_3",
    "ménages comptant 4 personnes": "MEN_4",
    "ménages comptant 5 personnes ou plus": "MEN_5 MEN_6P",
    "65 à 79 ans vivant seuls": "POP6579_PSEUL",
    "80 ans ou plus vivant seuls": "POP80P_PSEUL",
    "logements sociaux (RPLS)": "RPLS",
    "logements du parc privé": "PP_TOTAL",
    "logements du parc privé vacants": "PP_VACANT",
    "logements du parc privé vacants depuis plus de deux ans": "PP_VACANT_2ANS",
    "années d’occupation des résidences principales": "ANEM_RP",
    "années d’occupation des résidences principales occupées par leur propriétaire": "ANEM_RP_PROP",
    "années d’occupation des résidences principales louées": "ANEM_RP_LOC",
    "années d’occupation des résidences principales louées vides en HLM": "ANEM_RP_LOCHLMV",
    "années d’occupation des résidences principales occupées gratuitement": "ANEM_RP_GRAT",
    "occupants des résidences principales occupées par leur propriétaire": "NPER~owner",
    "occupants des résidences principales louées vides en HLM": "NPER~social",
    "occupants des résidences principales louées, hors HLM loués vides": "NPER~private",
    "occupants des résidences principales occupées gratuitement": "NPER~other",
    "habitants vivant dans un logement possédé": "dwellers~owner",
    "logements occupés par leur propriétaire": "holders~owner",
    "niveau de vie médian": "MED",
    "médiane du revenu disponible par unité de consommation": "MED",
    "taux de pauvreté": "TP60",
    "personnes hors ménages": "POP -PMEN",
    "écart des niveaux de vie (rapport interdécile)": "RD",
    "rapport interdécile des niveaux de vie": "RD",
    "pensions et retraites, en % du revenu disponible": "PPEN",
    "pensions, retraites et rentes, en % du revenu disponible": "PPEN",
    "part des personnes dont le niveau de vie est sous 60 % de la médiane nationale": "TP60",
    "niveau de vie médian des propriétaires": "MED_PROP",
    "médiane du revenu disponible par unité de consommation, chez les propriétaires": "MED_PROP",
    "niveau de vie médian des locataires": "MED_LOC",
    "médiane du revenu disponible par unité de consommation, chez les locataires": "MED_LOC",
    "taux de pauvreté des propriétaires": "TP60_PROP",
    "part des personnes dont le niveau de vie est sous 60 % de la médiane nationale, chez les propriétaires": "TP60_PROP",
    "taux de pauvreté des locataires": "TP60_LOC",
    "part des personnes dont le niveau de vie est sous 60 % de la médiane nationale, chez les locataires": "TP60_LOC",
    "crèches et micro-crèches": "CRECHES",
    "écoles maternelles, primaires et élémentaires": "ECOLES",
    "collèges": "COLLEGES",
    "lycées": "LYCEES",
    "médecins généralistes": "MEDECINS",
    "établissements d’hébergement de personnes âgées": "HEBERGEMENTS_AGES",
}
# The whole of which a part is reported without a whole.
WHOLES = {
    "résidences principales ": "RP",
    "logements du parc privé ": "PP_TOTAL",
    "logements ": "LOG",
    "ménages ": "C_MEN",
    "habitants d’un an ou plus ": "POP01P",
    "65 à 79 ans vivant": "POP6579",
    "80 ans ou plus vivant": "POP80P",
}
OWNING = " vivant dans un logement possédé"
HOLDING = " propriétaires de leur logement"


def bounds_of(text, unit):
    """The numbers that a text holds: first and last, whichever way it says them."""
    if found := re.search(rf"moins de (\d+) {unit}", text):
        return 0, int(found[1]) - 1
    if found := re.search(rf"(\d+) {unit} ou plus", text):
        return int(found[1]), 199
    if found := re.search(rf"(\d+) (?:à|ou) (\d+) {unit}", text):
        return int(found[1]), int(found[2])
    (number,) = re.search(rf"(\d+) {unit.rstrip('s')}", text).groups()
    return int(number), int(number)


def years_of(text):
    if found := re.search(r"avant (\d{4})", text):
        return 0, int(found[1]) - 1
    if found := re.search(r"depuis (\d{4})", text):
        return int(found[1]), UNTIL - 3
    found = re.search(r"de (\d{4}) à (\d{4})", text)
    return int(found[1]), int(found[2])


def kind_of_home(text):
    """The kind that a text tells, as the file of dwellings names it."""
    if "construites" in text:
        found = next(code for code, low, high in PERIODS if (low, high) == years_of(text))
    elif "pièce" in text:
        low, high = bounds_of(text, "pièces")
        found = next(code for code, first, last in ROOMS if first == low and last in (high, 99))
    else:
        return {"maison": "MAISON", "appartement": "APPART"}[text.split()[-1]]
    return found.removeprefix("RP_")


def value_of(text, world):
    """What a text counts, in a world where every code has a value."""
    text = text.strip()
    text = text[:1].lower() + text[1:]
    if text.startswith("(") and text.endswith(")"):
        terms = re.split(r" ([+−]) ", text[1:-1])
        total = value_of(terms[0], world)
        for sign, term in zip(terms[1::2], terms[2::2], strict=True):
            total += value_of(term, world) * (1 if sign == "+" else -1)
        return total
    text = re.sub(r"^habitants? de (?=moins|\d)", "", text)
    if text.startswith("occupants des ") and text not in MEANING:
        return sum(world[f"INPER_{kind_of_home(text)}~{tenure}"] for tenure in HOLDERS)
    if text.endswith(OWNING) and text not in MEANING:
        return held(world, DWELLERS["owner"], *bounds_of(text, "ans"))
    if re.match(r"ménages de (?:moins de )?\d+ ", text):
        kinds = [HOLDERS["owner"]] if text.endswith(HOLDING) else HOLDERS.values()
        return sum(held(world, classes, *bounds_of(text, "ans")) for classes in kinds)
    if found := re.fullmatch(r"logements dont le propriétaire occupant a (\d+ ans ou plus)", text):
        return held(world, HOLDERS["owner"], *bounds_of(found[1], "ans"))
    if text in MEANING:
        codes = MEANING[text].split()
        return sum(-world[code[1:]] if code.startswith("-") else world[code] for code in codes)
    if "construites" in text:
        first, last = years_of(text)
        # Homes are dated up to the year before the last but one: those are all of them.
        return world["RP_ACHTOT"] if (first, last) == (0, UNTIL - 3) else held(world, PERIODS, first, last)
    if text.startswith("résidences principales occupées depuis"):
        return held(world, STAYS, *bounds_of(text, "ans"))
    if text.startswith("résidences principales de"):
        return held(world, ROOMS, *bounds_of(text, "pièces"))
    parts = [bounds_of(part, "ans") for part in text.split(" et ")]
    return sum(held(world, AGES, *part) for part in parts)


def read_formula(formula, worlds):
    """The value of a formula, read in its words alone."""
    now, before, register = worlds
    if formula.startswith("part à la fin − part au début"):
        part = re.fullmatch(r".+, la part étant (.+)", formula)[1]
        return read_formula(part, (now, before, register)) - read_formula(part, (before, before, register))
    if found := re.fullmatch(r"(\d+) × les mêmes, n ans plus tard / habitants de (.+) au début", formula):
        low, high = bounds_of(found[2], "ans")
        gap = UNTIL - SINCE
        return int(found[1]) * held(now, AGES, low + gap, high + gap) / held(before, AGES, low, high)
    if formula.startswith("((fin / début)"):
        text = re.search(r"étant le nombre d(?:e |’)(.+) à chaque date$", formula)[1]
        return 100 * ((value_of(text, now) / value_of(text, before)) ** (1 / (UNTIL - SINCE)) - 1)
    if formula.startswith("fin − début"):
        text = re.search(r"étant le nombre d(?:e |’)(.+) à chaque date$", formula)[1]
        return value_of(text, now) - value_of(text, before)
    per, text = re.fullmatch(r"(?:([\d\u202f]+) × )?(.+)", formula).groups()
    sides = text.split(" / ")
    values = [value_of(side, {**now, **register}) for side in sides]
    return int((per or "1").replace("\u202f", "")) * values[0] / (values[1] if len(values) == 2 else 1)


def read_label(label, worlds):
    """The value of a label, read in its words alone, without its formula."""
    now, before, register = worlds
    now = {**now, **register}
    if found := re.fullmatch(r"(.+) en 2024 pour ([\d\u202f]+) (.+) en 2018", label):
        per = int(found[2].replace("\u202f", ""))
        return per * value_of(found[1], now) / value_of(found[3], now)
    text, when = label.rsplit(", ", 1)
    if found := re.fullmatch(r"Évolution de la part (.+)", text):
        assert when == f"{SINCE}-{UNTIL}"
        shares = [
            read_label(f"Part {found[1]}, {UNTIL}", (known, before, register)) for known in (now, before)
        ]
        return shares[0] - shares[1]
    if found := re.fullmatch(
        r"Génération des (.+) à la première date, effectif à la seconde pour (\d+)", text
    ):
        assert when == f"{SINCE}-{UNTIL}"
        low, high = bounds_of(found[1], "ans")
        gap = UNTIL - SINCE
        return int(found[2]) * held(now, AGES, low + gap, high + gap) / held(before, AGES, low, high)
    if found := re.fullmatch(
        r"Évolution annuelle moyenne (?:du nombre d(?:e |’)|de (?=la)|du (?=parc))(.+)", text
    ):
        assert when == f"{SINCE}-{UNTIL}"
        named = found[1] if found[1] in MEANING or not found[1].startswith("parc") else f"le {found[1]}"
        return 100 * ((value_of(named, now) / value_of(named, before)) ** (1 / (UNTIL - SINCE)) - 1)
    if found := re.fullmatch(r"Évolution du nombre d(?:e |’)(.+)", text):
        assert when == f"{SINCE}-{UNTIL}"
        return value_of(found[1], now) - value_of(found[1], before)
    assert when in (str(UNTIL), str(REGISTER))
    if found := re.fullmatch(
        r"Part des (.+?)(?: (?:parmi celles|parmi les|dans la|dans le) (construites .+|résidences .+|habitants .+|logements occupés .+|population|parc de logements))?",
        text,
    ):
        part, whole = found.groups()
        if whole is None and part.endswith((OWNING, HOLDING)):
            shown = part.removesuffix(OWNING).removesuffix(HOLDING)
            classes = DWELLERS.values() if part.endswith(OWNING) else HOLDERS.values()
            return (
                100 * value_of(part, now) / sum(held(now, kind, *bounds_of(shown, "ans")) for kind in classes)
            )
        if whole == "habitants vivant dans un logement possédé":
            part += OWNING
        if whole is None and part.startswith("ménages comptant"):
            return 100 * value_of(part, now) / value_of("ménages de toutes tailles", now)
        if whole is None:
            code = next(code for start, code in WHOLES.items() if part.startswith(start))
            return 100 * value_of(part, now) / now[code]
        if whole.startswith("construites"):
            whole = f"résidences principales {whole}"
        whole = {"population": "habitants", "parc de logements": "logements"}.get(whole, whole)
        return 100 * value_of(part, now) / value_of(whole, now)
    if found := re.fullmatch(r"Nombre moyen d’occupants des (.+)", text):
        return value_of(f"occupants des {found[1]}", now) / value_of(found[1], now)
    if found := re.fullmatch(r"(.+) pour (\d+) (.+)", text):
        return int(found[2]) * value_of(found[1], now) / value_of(found[3], now)
    if found := re.fullmatch(r"Ancienneté moyenne d’occupation des (.+)", text):
        return value_of(f"années d’occupation des {found[1]}", now) / value_of(found[1], now)
    if found := re.fullmatch(r"Nombre d(?:e |’)(.+)", text):
        return value_of(found[1], now)
    if found := re.fullmatch(r"(.+) par (habitant|occupant|résidence principale)( .+)?", text):
        return value_of(found[1], now) / value_of(found[2] + (found[3] or ""), now)
    return value_of(text, now)


@functools.cache
def drawn(seed):
    rng = np.random.default_rng(seed)
    return {(place, year): draw(rng) for place in PLACES for year in (SINCE, UNTIL, REGISTER)}


REGISTERS = ("social_housing", "vacancy", "income", "facilities")


@functools.cache
def dated(seed, *, without=()):
    """The drawn world of a seed as tables: the census at its two dates, the registers at theirs."""
    tables = tables_of(drawn(seed), without=without)
    return {
        name: table[table["year"] == REGISTER] if name in REGISTERS else table[table["year"] != REGISTER]
        for name, table in tables.items()
    }


def registered(world):
    return {name: world[name] for table in REGISTERS for name in schemas.VARIABLES[table]}


@each(DECLARED)
def test_a_label_a_formula_and_a_computation_say_the_same_thing(one):
    worlds = drawn(11)
    found = measure(one, dated(11), since=SINCE, until=UNTIL).set_index("territory")
    assert sorted(found.index) == list(PLACES)
    for place in PLACES:
        known = worlds[place, UNTIL], worlds[place, SINCE], registered(worlds[place, REGISTER])
        computed, year = found.loc[place, "value"], int(found.loc[place, "year"])
        assert computed == pytest.approx(read_formula(one.formula, known), rel=1e-9)
        assert computed == pytest.approx(
            read_label(one.name(since=SINCE, until=UNTIL, year=year), known), rel=1e-9
        )


@pytest.mark.parametrize(
    "liar",
    [
        Share(replace(people((75, None)), classes=((70, None),)), POPULATION),
        Ratio(people((65, None)), replace(people((0, 19)), classes=((0, 24),)), 100),
        Share(replace(rooms((5, None)), ways=(("RP_4P", "RP_5PP"),)), MAIN_HOMES),
        Share(replace(built((0, 1945)), ways=(("RP_ACH19",),)), MAIN_HOMES),
        Share(replace(settled((10, None)), ways=(("MEN_ANEM30P",),)), MAIN_HOMES),
        Share(replace(MAIN_HOMES, plural="logements vacants", words="logements vacants"), MAIN_HOMES),
        Growth(replace(MAIN_HOMES, growing="de la population")),
    ],
    ids=lambda liar: liar.label[:40],
)
def test_a_label_that_lies_is_found_out(liar):
    worlds = drawn(7)
    one = Indicator("x", "Logement", liar, "%")
    value = measure(one, dated(7), since=SINCE, until=UNTIL).set_index("territory").loc["Hem", "value"]
    known = worlds["Hem", UNTIL], worlds["Hem", SINCE], registered(worlds["Hem", REGISTER])
    shown = read_label(one.name(since=SINCE, until=UNTIL), known)
    assert value != pytest.approx(shown, rel=1e-6)


@pytest.mark.parametrize(
    ("identifier", "without"),
    [
        ("installes_10", "MEN_ANEM10P"),
        ("anciens", "RP_ACHTOT"),
        ("recents", "RP_ACHTOT"),
        ("anciens", "RP_ACHT1"),
        ("construits_1946_1990", "RP_ACHT2"),
        ("construits_depuis_1991", "RP_ACHT3"),
    ],
)  # fmt: skip
def test_a_class_that_is_not_given_is_made_up_from_those_it_holds(identifier, without):
    one = find(identifier)
    whole, parts = (
        measure(one, dated(3, without=names), since=SINCE, until=UNTIL).set_index("territory")["value"]
        for names in ((), (without,))
    )
    assert parts.to_dict() == pytest.approx(whole.to_dict())


@pytest.mark.parametrize(
    ("count", "bounds"),
    [(built, (0, 1950)), (inhabiting, (18, 24)), (functools.partial(held_by, plural="x"), (30, 49))],
)
def test_a_class_that_the_census_does_not_give_is_refused(count, bounds):
    with pytest.raises(ValueError, match=str(bounds[1])):
        count(bounds)


# Those of every label that says ages, of persons and of nobody else.
AGED = [
    one
    for one in DECLARED
    if isinstance(one.measure, (State, Ratio))
    and one.theme in ("Population", "Services")
    and " ans" in one.label
]


@each(AGED)
def test_a_person_moves_a_figure_of_ages_exactly_inside_the_bounds_of_its_label(one):
    label = one.name(since=SINCE, until=UNTIL).lower()
    shown = re.split(r" pour \d+ | par habitant | et ", re.sub(r", \d{4}$", "", label))
    bounds = [bounds_of(part, "ans") for part in shown]
    edges = {edge for low, high in bounds for edge in (low - 1, low, high, high + 1)}
    table = dated(11)
    before = measure(one, table, since=SINCE, until=UNTIL).set_index("territory").loc["Hem", "value"]
    # Just outside and just inside each bound.
    for age in sorted(edge for edge in edges if 0 <= edge <= 100):
        people = table["single_ages"]
        here = (people["territory"] == "Hem") & (people["year"] == UNTIL) & (people["age"] == age)
        more = people.assign(value=people["value"].mask(here, people["value"] + 5))
        found = measure(one, {**table, "single_ages": more}, since=SINCE, until=UNTIL).set_index("territory")
        moved = found.loc["Hem", "value"] != pytest.approx(before, rel=1e-12)
        assert moved is any(low <= age <= high for low, high in bounds), age


# The records.


def test_every_indicator_has_a_name_and_a_label_of_its_own():
    assert len({one.id for one in INDICATORS}) == len(INDICATORS)
    assert len({one.label for one in INDICATORS}) == len(INDICATORS)
    assert {one.theme for one in INDICATORS} == set(THEMES)
    assert find("vacance").id == "vacance"
    with pytest.raises(ExhibitError, match="plus proches : vacance"):
        find("vacanse")


@each(INDICATORS)
def test_every_code_is_a_variable_of_the_store(one):
    assert one.measure.codes
    for table, variable in one.measure.codes:
        assert variable in schemas.VARIABLES.get(table, ["SUPERF"]), (table, variable)
    assert set(one.tables) <= {*schemas.TABLES, "territories"}
    assert {table for table, _ in one.measure.codes} <= set(one.tables)
    for code in one.codes:
        assert re.fullmatch(
            r"(?:[PC]yy_)?[A-Z][A-Z0-9_]+(?:aayy|yy)?(?: par (?:âge et sexe|(?:âge et )?statut d’occupation))?",
            code,
        ), code
    # The vintage is never typed in.
    assert not re.search(r"\b[PC]\d\d_", " ".join(one.codes))


@each(INDICATORS)
def test_a_figure_of_a_sample_names_its_exploitation(one):
    # Individuals by age and tenure (MIGCOM) are of the exploitation complémentaire too.
    sampled = [
        code.startswith("Cyy_") or ("par âge et statut" in code and "ages_tenure" in one.tables)
        for code in one.codes
    ]
    assert (one.exploitation == "complémentaire") is any(sampled)
    assert ("complémentaire" in one.caution) is any(sampled)
    # One exploitation in one calculation.
    assert not any(sampled) or all(sampled)


@pytest.mark.parametrize(
    ("identifier", "codes", "exploitation"),
    [
        ("vacance", ("Pyy_LOGVAC", "Pyy_LOG"), "principale"),
        ("personnes_seules", ("Cyy_MENPSEUL", "Cyy_MEN"), "complémentaire"),
        ("possedants_80", ("Pyy_POP par âge et statut d’occupation",), "complémentaire"),
        ("a_transmettre_80", ("Pyy_MEN par âge et statut d’occupation",), "principale"),
        ("natalite", ("Pyy_POP", "NAISaayy"), "principale"),
        ("revenu", ("MEDyy",), ""),
        ("vacance_longue", ("PP_VACANT_2ANS", "PP_TOTAL"), ""),
        ("vieillissement", ("Pyy_H65P", "Pyy_F65P", "Pyy_H0019", "Pyy_F0019"), "principale"),
        ("habitants_3_5", ("Pyy_POP par âge et sexe",), "principale"),
    ],
)
def test_codes_are_those_of_the_producer(identifier, codes, exploitation):
    one = find(identifier)
    assert (one.codes, one.exploitation) == (codes, exploitation)


@each(INDICATORS)
def test_a_share_is_written_in_percent_and_a_number_of_people_as_a_number(one):
    if isinstance(one.measure, Share):
        assert one.unit == "%"
    if isinstance(one.measure, Growth):
        assert (one.unit, one.signed) == ("%" if isinstance(one.measure, Change) else "% par an", True)
    if isinstance(one.measure, Gain):
        assert (one.unit, one.signed) == ("logements", True)
    if one.unit.startswith("€"):
        assert one.digits == 0
    assert one.counted is (type(one.measure) is State)
    assert one.write(float("nan")) == french.MISSING
    assert french.MISSING not in one.write(12.3)


_ENGLISH = re.compile(
    r"\b(the|of|and|rate|share|people|homes?|household|count|owner|rooms?|per|year|code|none|nan|true|false|null)\b",
    re.IGNORECASE,
)


@each(INDICATORS)
def test_every_text_is_plain_french(one):
    label = one.name(since=SINCE, until=UNTIL, year=REGISTER)
    for text in (label, one.formula, one.unit, one.source, one.caution):
        # Spaces before signs are those that `typography` makes unbreakable.
        assert "'" not in text
        assert not re.search(r"  |\s[,.]|[^\s\u202f\u00a0][;:!?%](?:\s|$)|[{}]|\(\s|\s\)", text), text
        assert french.typography(french.typography(text)) == french.typography(text)
        assert not _ENGLISH.search(text), text
        assert not re.search(r"[A-Z0-9]_|_[A-Z0-9]", text), text
    assert set(re.findall(r"\b[A-ZÉ]{2,}\b", label)) <= {"RPLS", "HLM"}
    assert label[0].isupper() or label[0].isdigit()
    assert not one.caution or (one.caution[0].isupper() and one.caution.endswith("."))


@each(INDICATORS)
def test_a_label_bears_its_dates(one):
    label = one.name(since=1111, until=2222, year=3333)
    # Events are those of whole years: the last one is the year before the date.
    assert re.search(r"1111-2222$|2222$|3333$|fin 3332$", label)
    assert label.endswith("fin 3332") is bool(isinstance(one.measure, Window) and one.measure.during)
    assert ("1111" in label) is (
        isinstance(one.measure, (Gain, Growth, Points, Followed))
        or (isinstance(one.measure, WORKED_OUT) and one.measure.spans and not one.measure.own_dates)
    )


def test_the_gains_of_the_tenures_add_up_to_that_of_the_main_homes():
    gains = {
        name: measure(find(name), dated(4), since=SINCE, until=UNTIL).set_index("territory")["value"]
        for name in (
            "principales_gain",
            "proprietaires_gain",
            "hlm_gain",
            "locataires_prives_gain",
            "gratuit_gain",
        )
    }
    drawn_main = {place: drawn(4)[place, UNTIL]["RP"] - drawn(4)[place, SINCE]["RP"] for place in PLACES}
    assert gains.pop("principales_gain").to_dict() == pytest.approx(drawn_main)
    for place in PLACES:
        parts = sum(
            drawn(4)[place, year][code] * sign
            for year, sign in ((UNTIL, 1), (SINCE, -1))
            for code in ("RP_PROP", "RP_LOC", "RP_GRAT")
        )
        assert sum(gain[place] for gain in gains.values()) == pytest.approx(parts)


def test_an_index_states_its_bounds():
    names = {
        one: find(one).name(since=SINCE, until=UNTIL)
        for one in ("vieillissement", "jeunesse", "dependance", "anciens")
    }
    assert names == {
        "vieillissement": "65 ans ou plus pour 100 moins de 20 ans, 2018",
        "jeunesse": "Moins de 20 ans par habitant de 60 ans ou plus, 2018",
        "dependance": "Moins de 20 ans et 65 ans ou plus pour 100 habitants de 20 à 64 ans, 2018",
        "anciens": "Part des résidences principales construites avant 1946 parmi celles construites avant 2016, 2018",
    }


def test_the_measures_of_social_housing_warn_of_one_another():
    assert "RPLS" in find("hlm").caution
    assert "HLM" in find("social").caution
    assert all("taux SRU, qui n’est pas calculé" in find(one).caution for one in ("hlm", "social"))
    assert not any("SRU" in one.label for one in INDICATORS)


# What is computed.


@each(INDICATORS)
def test_an_indicator_without_its_tables_has_no_value(one):
    for tables in ({}, {name: table.iloc[:0] for name, table in dated(1).items()}):
        found = measure(one, tables, since=SINCE, until=UNTIL)
        assert found.empty


# One indicator of each way to compute and of each set of tables: the others are computed by the same lines.
WAYS = list(
    {
        (type(one.measure), one.tables, one.theme): one for one in INDICATORS if one.id not in TEN_YEARS
    }.values()
)


@each(WAYS)
def test_a_figure_of_which_a_part_is_empty_is_missing_not_nil(one):
    tables = dated(11) if one in DECLARED else LINK
    known = measure(one, tables, since=SINCE, until=UNTIL)["territory"]
    assert HEM in set(known)
    for name in set(one.tables) & set(tables) - {"territories"}:
        unknown = tables[name].assign(value=tables[name]["value"].mask(tables[name]["territory"] == HEM))
        # The same people may be counted in another table.
        others = {other for other in _SAME_PEOPLE if name in _SAME_PEOPLE}
        rest = {other: table for other, table in tables.items() if other not in others}
        found = measure(one, {**rest, name: unknown}, since=SINCE, until=UNTIL).dropna(subset="value")
        assert HEM not in set(found["territory"]), name


_SAME_PEOPLE = ("single_ages", "ages", "age_groups", "occupants", "ages_tenure")


@pytest.mark.parametrize(
    "identifier", ["possedants_20_29", "a_transmettre_65", "habitants_3_5", "personnes_par_logement_hlm"]
)
def test_one_cell_that_is_empty_leaves_its_sum_unknown(identifier):
    one = find(identifier)
    for name in set(one.tables) & {"ages_tenure", "householders", "single_ages", "occupants"}:
        table = dated(11)[name]
        here = (table["territory"] == HEM) & (table["year"] == UNTIL)
        if "age" in table:
            here &= table["age"].isin([4, 25, 65])
        one_cell = table.index[here][:1] if "age" not in table else table.index[here]
        unknown = table.assign(value=table["value"].mask(table.index.isin(one_cell)))
        others = {other: known for other, known in dated(11).items() if other not in _SAME_PEOPLE}
        found = measure(one, {**others, name: unknown}, since=SINCE, until=UNTIL)
        assert found["territory"].tolist() == ["MEL"], name


@each([one for one in DECLARED if isinstance(one.measure, (Ratio, Growth))])
def test_nobody_below_or_at_the_start_gives_no_value(one):
    # A rate that is published has no count below.
    tables = {
        name: table[~table["variable"].str.startswith("TX_")].assign(value=0.0)
        if "variable" in table
        else table.assign(value=0.0)
        for name, table in dated(1).items()
    }
    assert measure(one, tables, since=SINCE, until=UNTIL).empty


def test_a_ratio_rests_on_the_smaller_of_its_counts_and_a_register_on_none():
    hem = drawn(2)["Hem", UNTIL]
    counts = {
        name: measure(find(name), dated(2), since=SINCE, until=UNTIL)
        .set_index("territory")
        .loc["Hem", "count"]
        for name in ("vacance", "social", "vacance_longue", "parc", "revenu")
    }
    assert counts["vacance"] == min(hem["LOGVAC"], hem["LOG"])
    assert counts["parc"] == hem["LOG"]
    assert all(np.isnan(counts[name]) for name in ("social", "vacance_longue", "revenu"))


def test_a_tax_file_is_read_at_the_last_year_that_has_its_whole_stock():
    # The last edition of LOVAC has the vacant homes of a year whose stock is not known yet.
    vacancy = long({("Hem", 2024): {"PP_TOTAL": 100.0, "PP_VACANT": 5.0}, ("Hem", 2025): {"PP_VACANT": 9.0}})
    row = measure(find("vacance_fiscale"), {"vacancy": vacancy}, since=SINCE, until=UNTIL).iloc[0]
    assert (row["year"], row["value"]) == (2024, 5)


def test_real_ages_are_not_set_beside_simulated_ones():
    ages = tables_of({(name, UNTIL): draw(np.random.default_rng(1)) for name in PLACES})["single_ages"]
    ages.loc[ages["territory"] == "MEL", "origin"] = "demonstration"
    people = long({(name, UNTIL): {"POP": 9999.0} for name in PLACES})
    found = measure(find("ages_80"), {"single_ages": ages, "population": people}, since=SINCE, until=UNTIL)
    assert found["territory"].tolist() == ["Hem"]
    ages["origin"] = "demonstration"
    found = measure(find("ages_80"), {"single_ages": ages, "population": people}, since=SINCE, until=UNTIL)
    assert set(found["origin"]) == {"demonstration"}
    assert len(found) == 2


def test_rounded_counts_that_exceed_their_whole_leave_nobody():
    homes = long({("Hem", UNTIL): {"RP": 100.0, "RP_LOC": 10.0, "RP_LOCHLMV": 11.0}})
    assert measure(find("locataires_prives"), {"dwellings": homes}, since=SINCE, until=UNTIL)[
        "value"
    ].tolist() == [0]


LINK = {
    "population": long({("Hem", SINCE): {"POP": 1000.0}, ("Hem", UNTIL): {"POP": 1100.0}}),
    "dwellings": long({
        ("Hem", SINCE): {
            "LOG": 450.0, "RP": 400.0, "RSECOCC": 10.0, "LOGVAC": 40.0, "RP_PROP": 240.0, "RP_LOC": 150.0, "RP_LOCHLMV": 90.0,
        },
        ("Hem", UNTIL): {
            "LOG": 520.0, "RP": 460.0, "RSECOCC": 15.0, "LOGVAC": 45.0, "RP_PROP": 258.0, "RP_LOC": 192.0, "RP_LOCHLMV": 102.0,
            "RP_1P": 10.0, "RP_2P": 20.0, "RP_3P": 80.0, "RP_4P": 100.0, "RP_5PP": 250.0,
        },
    }),
    "households": long({
        ("Hem", SINCE): {"PMEN": 980.0},
        ("Hem", UNTIL): {"PMEN": 1081.0, "MEN_1": 140.0, "MEN_2": 160.0, "MEN_3": 60.0, "MEN_4": 60.0, "MEN_5": 30.0, "MEN_6P": 10.0},
    }),
    "single_ages": crossed(
        long({("Hem", SINCE): {"POP": 5.0}, ("Hem", UNTIL): {"POP": 6.0}}), sex=["H", "F"], age=range(101)
    ),
    "ages_tenure": pd.concat([
        crossed(
            long({("Hem", year): {"POP": people} for year in (SINCE, UNTIL)}, tenure=tenure),
            sex=["H", "F"], age=schemas.AGE_CLASSES,
        )
        for tenure, people in (("owner", 7.5), ("social", 3.0), ("private", 2.0), ("outside", 4.0))
    ]),
    "flows": flows({("Hem", SINCE, UNTIL): {"NAIS": 80.0, "DECE": 30.0, "LOGCOM": 80.0}}),
    "territories": pd.DataFrame({"territory": ["Hem"], "area": [4.0]}),
}  # fmt: skip


# Ten years of starts, twenty homes a year then ten, thirty in 2014; 1 000 people become 1 100; 60 vacant homes of 2018.
LAST_TEN = {
    "population": long({("Hem", 2013): {"POP": 1000.0}, ("Hem", 2023): {"POP": 1100.0}}),
    "dwellings": long({("Hem", 2018): {"LOGVAC": 60.0}}),
    "flows": flows({
        ("Hem", year, year + 1): {"LOGCOM": 30.0 if year == 2014 else 20.0 if year < 2018 else 10.0} for year in range(2013, 2023)
    }),
}  # fmt: skip
TEN = [
    ("croissance_10", 100 * (1.1**0.1 - 1), 2023),
    ("commences_ralentissement", 100 * (110 - 50) / 110, 2023),
    ("commences_a_coups", 100 * (30 + 20) / 160, 2023),
    ("gagnes_pour_10_commences", 10 * 100 / 160, 2023),
    ("vacants_en_annees", 60 / ((20 + 20 + 20 + 10 + 10) / 5), 2018),
]  # fmt: skip


# By hand: 1 000 people become 1 100, 80 are born and 30 die, 80 homes are started. Household size at the end: 1 081 / 460.
TRIED = [
    ("densite", 1100 / 4, 1100),
    ("population_indice", 110, 1100),
    ("population_variation", 100, 1000),
    ("naturel_effectif", 50, 1000),
    ("naturel_annuel", 10, 1000),
    ("migratoire_effectif", 50, 1000),
    ("migratoire_annuel", 10, 1000),
    ("solde_naturel", 100 * (1.1 ** (1 / 5) - 1) * 50 / 100, 1000),
    ("solde_migratoire", 100 * (1.1 ** (1 / 5) - 1) * 50 / 100, 1000),
    ("solde_naturel_moyen", 100 * 50 / (5 * 1050), 1000),
    ("solde_migratoire_moyen", 100 * 50 / (5 * 1050), 1000),
    ("natalite", 1000 * 80 / (5 * 1050), 1000),
    ("mortalite", 1000 * 30 / (5 * 1050), 1000),
    ("petits_menages_grands_logements_min", 100 * (250 + 300 - 460) / 460, 90),
    ("petits_menages_grands_logements_max", 100 * 250 / 460, 250),
    ("logements_commences", 80 / 5, None),
    ("habitants_gagnes", 10 * 100 / 80, 80),
    ("desserrement", (980 / 2.35 - 400) / 5, 400),
    ("effet_demographique", (101 / 2.35) / 5, 400),
    ("renouvellement", (80 - 70) / 5, 400),
    ("vacants_variation", 1, 400),
    ("secondaires_variation", 1, 400),
    ("point_mort", ((80 - 70) + 5 + 5 + (980 / 2.35 - 400)) / 5, 400),
    # Two more people at every age, in a class of so many years, and one more owner than the others in each class of five.
    *(
        (f"habitants_{group}_gagnes", 10 * 2 * ages / 80, 10 * ages)
        for group, ages in (
            ("0_2", 3), ("3_5", 3), ("6_10", 5), ("11_14", 4), ("15_17", 3), ("18_24", 7), ("65_74", 10), ("75", 26), ("80", 21), ("85", 16),
        )
    ),
    ("croissance_5", 100 * (1.1 ** (1 / 5) - 1), 1000),
    ("commences_habitants", 1000 * 80 / (5 * 1050), 80),
    # Two more people at every age, of ten: a fifth. Nobody more in the homes of owners.
    ("ages_0_14_evolution", 20, 150),
    ("ages_75_evolution", 20, 260),
    ("possedants_60_69_evolution", 0, 30),
    # Sixty more main homes: 18 of owners, 12 of HLM tenants, 30 of other tenants.
    ("principales_hausse", 15, 400),
    ("gain_proprietaires", 30, 240),
    ("gain_hlm", 20, 90),
    ("gain_prive", 50, 60),
    ("proprietaires_gain_parc", 4.5, 240),
    ("hlm_gain_parc", 3, 90),
    ("prive_gain_parc", 7.5, 60),
    ("gain_secondaires", 100 * 5 / 60, 10),
    ("effet_taille", 100 * (980 / 2.35 - 400) / 60, 400),
    ("effet_taille_approche", 100 * (1000 / (1100 / 460) - 400) / 60, 400),
    ("ecart_logements_habitants", 15 - 10, 400),
    ("logements_sans_enfants", -20, 150),
    ("principales_hors_chantiers", 100 * (60 - 80) / 400, 400),
    *((f"generation_possedant_{low}_{low + 9}", 100 * 30 / 50, 50) for low in range(0, 80, 10)),
]  # fmt: skip


@pytest.mark.parametrize(("identifier", "value", "count"), TRIED)
def test_figures_that_are_worked_out_are_those_of_their_formula(identifier, value, count):
    row = measure(find(identifier), LINK, since=SINCE, until=UNTIL).iloc[0]
    assert row["value"] == pytest.approx(value)
    assert row["count"] == pytest.approx(float("nan") if count is None else count, nan_ok=True)
    assert (row["year"], row["origin"]) == (UNTIL, "insee")


def test_every_figure_that_is_worked_out_is_tried():
    assert {one.id for one in WORKED} == {identifier for identifier, *_ in (*TRIED, *TEN)}


@pytest.mark.parametrize(("identifier", "value", "year"), TEN)
def test_figures_of_the_last_years_are_those_of_their_formula(identifier, value, year):
    row = measure(find(identifier), LAST_TEN, since=SINCE, until=UNTIL).iloc[0]
    assert (row["value"], row["year"]) == (pytest.approx(value), year)
    # A year of starts that is not known leaves them unknown.
    flows_but_one = LAST_TEN["flows"][LAST_TEN["flows"]["year"] != 2017]
    if identifier != "croissance_10":
        assert measure(find(identifier), {**LAST_TEN, "flows": flows_but_one}, since=SINCE, until=UNTIL).empty


def test_the_point_mort_and_the_demographic_effect_share_out_the_homes_started():
    parts = [
        measure(find(one), LINK, since=SINCE, until=UNTIL)["value"].iloc[0]
        for one in ("point_mort", "effet_demographique")
    ]
    assert sum(parts) * 5 == pytest.approx(80)
    broken = break_even(LINK["dwellings"], LINK["households"], LINK["flows"], since=SINCE, until=UNTIL)
    assert parts[0] * 5 == pytest.approx(broken["break_even"].iloc[0])


@pytest.mark.parametrize("end", [1000.0, 990.0])
def test_people_may_be_lost_while_homes_are_started(end):
    population = long({("Hem", SINCE): {"POP": 1000.0}, ("Hem", UNTIL): {"POP": end}})
    tables = {**LINK, "population": population}
    gained = measure(find("habitants_gagnes"), tables, since=SINCE, until=UNTIL)["value"]
    assert gained.tolist() == pytest.approx([10 * (end - 1000) / 80])


def test_nothing_is_gained_by_homes_that_were_not_started():
    none = {**LINK, "flows": flows({("Hem", SINCE, UNTIL): {"NAIS": 1.0, "DECE": 1.0, "LOGCOM": 0.0}})}
    assert measure(find("habitants_gagnes"), none, since=SINCE, until=UNTIL).empty


def test_balances_are_those_of_the_growth():
    frame = growth.balances(LINK["population"], LINK["flows"], since=SINCE, until=UNTIL)
    for identifier, column in [("solde_naturel", "annual_natural"), ("mortalite", "death_rate")]:
        assert (
            measure(find(identifier), LINK, since=SINCE, until=UNTIL)["value"].tolist()
            == frame[column].tolist()
        )


# The dictionary.


def test_the_dictionary_of_the_documentation_is_that_of_the_registry(tmp_path):
    page = paths.ROOT / "docs" / "indicateurs.md"
    assert page.read_text(encoding="utf-8") == describe(), "run make docs"
    tool = runpy.run_path(str(paths.ROOT / "tools" / "dictionary.py"))
    assert tool["PAGE"] == page
    written = tool["write_dictionary"](tmp_path / "page.md")
    assert written.read_text(encoding="utf-8") == describe()


def test_the_dictionary_tells_every_indicator_under_its_theme():
    text = describe()
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert [section.splitlines()[0] for section in sections] == list(THEMES)
    for section in sections:
        theme = section.splitlines()[0]
        shown = re.findall(r"Identifiant\u00a0: `(\w+)`", section)
        assert shown == [one.id for one in INDICATORS if one.theme == theme]
    assert "taux SRU" in text
    assert not re.search(r"\{|\}|None|nan\b", text)
