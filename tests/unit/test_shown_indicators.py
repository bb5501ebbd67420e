"""What the notebooks compute is in the registry of indicators, and it is the same figure."""

from __future__ import annotations

import ast

import nbformat
import numpy as np
import pandas as pd
import pytest
from frames import flows, long
from measuring import measure
from random_territories import (
    AGES,
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

from helpers import paths
from helpers.indicators import (
    ages,
    benchmarks,
    cohorts,
    construction,
    growth,
    heating,
    householders,
    households,
    key_figures,
    mobility,
    occupation,
    point_mort,
    rooms,
    seniority,
    services,
    stock,
    vacancy,
)  # fmt: skip
from helpers.indicators.registry import INDICATORS, find
from helpers.problems import facts  # fmt: skip

HEM = PLACES[0]


def consistent(world):
    """The same territory, the parts of each whole adding up to it, as in a census."""
    homes = world["RP"]
    for parts in (
        [name for name, _, _ in ROOMS],
        [name for name, _, _ in STAYS],
        ["RP_PROP", "RP_LOC", "RP_GRAT"],
    ):
        scale = homes / sum(world[name] for name in parts)
        world |= {name: world[name] * scale for name in parts}
    world["MEN_ANEM10P"] = held(world, STAYS, 10, 199)
    world["RP_LOCHLMV"] = world["RP_LOC"] / 3
    world["LOG"] = homes + world["RSECOCC"] + world["LOGVAC"]
    # All homes hold main ones.
    world["MAISON"], world["APPART"] = world["LOG"] * 0.6, world["LOG"] * 0.3
    world["RP_ACHTOT"] = held(world, PERIODS, 0, UNTIL - 3)
    world["POP"] = held(world, AGES, 0, 199)
    world |= {"POP6579": held(world, AGES, 65, 79), "POP80P": held(world, AGES, 80, 199)}
    world |= {
        "POP0014": held(world, AGES, 0, 14),
        "POP1529": held(world, AGES, 15, 29),
        "POP75P": held(world, AGES, 75, 199),
    }
    world["MEN_1"] = 2 * sum(world[f"MEN_{size}"] for size in ("2", "3", "4", "5", "6P"))
    return world


@pytest.fixture(scope="module")
def tables():
    rng = np.random.default_rng(3)
    worlds = {(place, year): consistent(draw(rng)) for place in PLACES for year in (SINCE, UNTIL, REGISTER)}
    known = tables_of(worlds, without=("TMM", "RP_ACHT1", "RP_ACHT2", "RP_ACHT3"))
    registers = ("social_housing", "vacancy", "income")
    known = {
        name: table[(table["year"] == REGISTER) if name in registers else (table["year"] != REGISTER)]
        for name, table in known.items()
    }
    of_ages = {
        key: {name: world[name] for name in ("POP0014", "POP1529", "POP75P")} for key, world in worlds.items()
    }
    known["age_groups"] = long({key: values for key, values in of_ages.items() if key[1] != REGISTER})
    # Five-year classes, as pyramids take them.
    known["ages"] = (
        known["ages_tenure"]
        .groupby(["territory", "year", "variable", "sex", "age", "origin", "source"], as_index=False)["value"]
        .sum()
    )
    events = {
        (place, year, year + 1): {"NAIS": 20.0 + year % 7, "DECE": 11.0, "LOGCOM": 30.0 + year % 5}
        for place in PLACES
        for year in range(SINCE, UNTIL)
    }
    known["flows"] = flows(events)
    known["territories"] = pd.DataFrame({"territory": PLACES, "area": [3.0, 40.0]})
    return known


def by(frame, column, names, value):
    """Pairs of an indicator and its figure in Hem, from the rows that a column tells apart; `names` gives the former."""
    own = frame[frame["territory"] == HEM] if "territory" in frame else frame
    if "year" in own:
        own = own[own["year"] == own["year"].max()]
    rows = own.drop_duplicates(column).set_index(column)[value]
    assert set(rows.index) == set(names), (set(rows.index), set(names))
    return [(identifier, rows[key]) for key, identifier in names.items() if identifier]


def of(frame, **names):
    """Pairs of an indicator and its figure in Hem, from columns of one row."""
    own = (frame[frame["territory"] == HEM] if "territory" in frame else frame).iloc[-1]
    return [(identifier, own[column]) for identifier, column in names.items()]


def service(suffix):
    """The name of the indicator of each age of service."""
    named = {}
    for group in services.GROUPS:
        low, high = group.bounds
        bounds = f"{low}" if high is None else f"{low}_{high}"
        population = {"75": "ages_75", "80": "ages_80"} if suffix == "_part" else {}
        named[group.label] = population.get(bounds, f"habitants_{bounds}{suffix}")
    return named


def by_classes(prefix, bounds):
    return {low: f"{prefix}_{low}" if high is None else f"{prefix}_{low}_{high}" for low, high in bounds}


TEN_YEARS = [*((low, low + 9) for low in range(20, 80, 10)), (80, None)]
HOLDERS = [(0, 24), (25, 39), (40, 54), (55, 64), (65, 79), (80, None)]
GENERATIONS = range(0, 80, 10)
BALANCES = {"Solde naturel": "naturel_annuel", "Solde migratoire apparent": "migratoire_annuel"}
CATEGORIES = {"RP": "principales", "RSECOCC": "secondaires", "LOGVAC": "vacance"}


def periods(tables):
    return growth.balances_by_period(tables["population"], tables["flows"], periods=[(SINCE, UNTIL)])


def own(table):
    return table[table["territory"] == HEM]


def _of_ages(tables):
    return {name: tables[name] for name in ("single_ages", "ages", "age_groups")}


def _changed(tables):
    return services.changes(_of_ages(tables), since=SINCE, until=UNTIL)


def _effect(tables):
    inhabited = point_mort.occupied(tables["households"], tables["dwellings"], territory=HEM)
    effect = point_mort.household_effect(inhabited, territory=HEM)
    return effect.assign(
        yearly=effect["decohabitation"] / effect["years"], grown=effect["demographic"] / effect["years"]
    )


def _broken(tables):
    told = point_mort.break_evens(
        tables["dwellings"], tables["households"], tables["flows"], territory=HEM, until=UNTIL
    )
    columns = ["renewal", "vacancy", "secondary", "decohabitation", "break_even", "demographic", "starts"]
    return told.assign(**{name: told[name] / told["years"] for name in columns})


def _generations(tables):
    followed = cohorts.follow(tables["ages_tenure"], since=SINCE, until=UNTIL, width=10)
    return cohorts.owners_followed(followed)


# What each function that a notebook calls gives, as indicators of the registry.
SHOWN = {
    "growth.index": lambda t: of(growth.index(t["population"], base=SINCE, until=UNTIL).query("year == @UNTIL"), population_indice="index"),
    "growth.balances": lambda t: of(
        growth.balances(t["population"], t["flows"], since=SINCE, until=UNTIL), croissance="annual", population_variation="change",
        naturel_effectif="natural", migratoire_effectif="migratory", solde_naturel="annual_natural", solde_migratoire="annual_migratory",
        solde_naturel_moyen="mean_natural", solde_migratoire_moyen="mean_migratory", natalite="birth_rate", mortalite="death_rate",
    ),
    "growth.change": lambda t: of(growth.change(t["population"], since=SINCE, until=UNTIL), croissance="annual"),
    "growth.balances_by_period": lambda t: of(periods(t), solde_naturel="annual_natural", solde_migratoire="annual_migratory"),
    "growth.yearly_balances": lambda t: by(growth.yearly_balances(periods(t)), "part", BALANCES, "balance_year"),
    "growth.vital_rates": lambda t: by(growth.vital_rates(periods(t)), "part", {"Natalité": "natalite", "Mortalité": "mortalite"}, "per_mille"),
    "ages.groups": lambda t: by(
        ages.groups(t["age_groups"], t["population"]), "group",
        {ages.group_label(bounds): f"ages_{bounds[0]}" + ("" if bounds[1] is None else f"_{bounds[1]}") for bounds in ages.GROUPS.values()}, "share",
    ),
    "ages.fifteen_years": lambda t: by(
        ages.fifteen_years(_of_ages(t), territory=HEM, until=UNTIL), "group",
        {"0 à 14 ans": "ages_0_14", "15 à 29 ans": "ages_15_29", "30 à 44 ans": "ages_30_44", "45 à 59 ans": "ages_45_59",
         "60 à 74 ans": "ages_60_74", "75 à 89 ans": "ages_75_89", "90 ans ou plus": "ages_90"}, "share",
    ),
    "mobility.newcomers": lambda t: of(mobility.newcomers(t["mobility"], year=UNTIL), emmenages="moved_rate", arrivees="rate"),
    "mobility.origins": lambda t: by(
        mobility.origins(t["mobility"], year=UNTIL), "place",
        dict(zip(mobility.PLACES, ("venus_commune", "venus_departement", "venus_region", "venus_metropole", "venus_ailleurs"), strict=True)), "share",
    ),
    "households.living_alone": lambda t: by(
        households.living_alone(t["households"], _of_ages(t), until=UNTIL), "label", {"65 à 79 ans": "seuls_65_79", "80 ans ou plus": "seuls_80"}, "share",
    ),
    "households.by_size": lambda t: by(
        households.by_size(t["households"], territory=HEM), "kind",
        {"MEN_1": "menages_de_1", "MEN_2": "menages_de_2", "MEN_3": "menages_de_3", "MEN_4": "menages_de_4", "MEN_5P": "menages_de_5_ou_plus"}, "share",
    ),
    "households.size": lambda t: of(households.size(t["households"], t["dwellings"]), taille_menages="size"),
    "households.composition": lambda t: by(
        households.composition(t["households"], territory=HEM), "kind",
        {"C_MENPSEUL": "personnes_seules", "C_MENCOUPSENF": "couples_sans_enfant", "C_MENCOUPAENF": "couples_avec_enfants",
         "C_MENFAMMONO": "monoparentales", "C_MENSFAM": "autres_sans_famille"}, "share",
    ),
    "services.changes": lambda t: by(_changed(t), "label", service("_evolution"), "annual"),
    "services.at_both_dates": lambda t: by(services.at_both_dates(_changed(t)), "label", service(""), "value"),
    "services.rates": lambda t: by(
        services.rates(_of_ages(t), t["population"], territory=HEM, year=UNTIL), "label", service("_part"), "share"
    ),
    "services.per_home": lambda t: by(services.per_home(_changed(t), t["flows"]), "label", service("_gagnes"), "per_ten"),
    "stock.categories": lambda t: by(stock.categories(t["dwellings"], year=UNTIL), "category", CATEGORIES, "share"),
    "stock.series": lambda t: by(stock.series(t["dwellings"], territory=HEM), "category", CATEGORIES, "share"),
    "stock.changes": lambda t: [
        *by(stock.changes(t["dwellings"], territory=HEM, until=UNTIL), "category",
            {"LOG": "parc_evolution", "RP": "principales_evolution", "RSECOCC": "secondaires_evolution", "LOGVAC": "vacants_evolution"}, "annual"),
        *by(stock.changes(t["dwellings"], territory=HEM, until=UNTIL), "category",
            {"LOG": "", **{code: f"{name}_points" for code, name in CATEGORIES.items()}}, "points"),
        *by(stock.changes(t["dwellings"], territory=HEM, until=UNTIL), "category", {"LOG": "parc", "RP": "menages", "RSECOCC": "", "LOGVAC": ""}, "value_1"),
    ],
    "stock.owners": lambda t: of(stock.owners(t["dwellings"], year=UNTIL), proprietaires="rate"),
    "stock.main_homes_since": lambda t: of(
        stock.main_homes_since(t["dwellings"], t["population"], territory=HEM, until=UNTIL), principales_evolution="annual_homes",
        menages_evolution="annual_homes", croissance="annual_people", occupation="people_per_home_1",
    ),
    "stock.types": lambda t: by(
        stock.types(t["dwellings"], year=UNTIL), "type",
        {"RPMAISON": "principales_maisons", "RPAPPART": "principales_appartements", "RPAUTRE": "principales_autres"}, "share",
    ),
    "stock.types_over_time": lambda t: by(
        stock.types_over_time(t["dwellings"], territory=HEM), "type",
        {"RPMAISON": "principales_maisons", "RPAPPART": "principales_appartements", "RPAUTRE": "principales_autres",
         "MAISON": "maisons", "APPART": "appartements", "AUTRE": "autres_logements"}, "share",
    ),
    "stock.tenure": lambda t: by(
        stock.tenure(t["dwellings"], years=[SINCE, UNTIL]), "status",
        {"RP_PROP": "proprietaires", "RP_LOCHLMV": "hlm", "RP_LOCAUT": "locataires_prives", "RP_GRAT": "gratuit"}, "share",
    ),
    "stock.social": lambda t: of(
        stock.social(t["dwellings"], t["social_housing"], year=UNTIL), hlm="declared_rate", social="register_rate"
    ),
    "vacancy.measures": lambda t: by(
        vacancy.measures(t["dwellings"], t["vacancy"], territory=HEM, year=UNTIL).drop(columns="year"), "label",
        {vacancy.CENSUS: "vacance", vacancy.TAX: "vacance_fiscale", vacancy.TAX_LONG: "vacance_longue"}, "share",
    ),
    "building.periods": lambda t: by(
        construction.periods(t["dwellings"], territory=HEM), "completed",
        dict(zip(construction.PERIODS, ("construits_avant_1919", "construits_1919_1945", "construits_1946_1970", "construits_1971_1990",
                                    "construits_1991_2005", "recents"), strict=True)), "share",
    ),
    "building.groups": lambda t: by(
        construction.groups(t["dwellings"], territory=HEM), "completed",
        {"RP_ACHT1": "anciens", "RP_ACHT2": "construits_1946_1990", "RP_ACHT3": "construits_depuis_1991"}, "share",
    ),
    "building.starts": lambda t: [("logements_commences", construction.starts(t["flows"], territory=HEM)["value"].mean())],
    "stays.classes": lambda t: by(
        seniority.classes(t["dwellings"], territory=HEM), "stay",
        dict(zip(seniority.STAYS, ("installes_2", "installes_2_4", "installes_5_9", "installes_10_19", "installes_20_29", "installes_30"), strict=True)), "share",
    ),
    "stays.marks": lambda t: of(seniority.marks(t["dwellings"], year=UNTIL), installes_2="recent", installes_10="ten", installes_30="thirty"),
    "stays.means": lambda t: by(
        seniority.means(t["dwellings"], territory=HEM), "label",
        dict(zip(seniority.TENURES.values(), ("anciennete", "anciennete_proprietaires", "anciennete_hlm", "anciennete_locataires", "anciennete_gratuit"), strict=True)),
        "seniority",
    ),
    "rooms.homes": lambda t: by(
        rooms.homes(t["dwellings"], territory=HEM), "rooms",
        dict(zip(rooms.ROOMS, ("pieces_1", "pieces_2", "pieces_3", "pieces_4", "grands"), strict=True)), "share",
    ),
    "rooms.means": lambda t: of(
        rooms.means(t["dwellings"], t["households"], year=UNTIL), pieces="rooms_per_home", pieces_occupant="rooms_per_person", taille_menages="size"
    ),
    "rooms.beside_households": lambda t: by(
        rooms.beside_households(t["dwellings"], t["households"], territory=HEM).query("part == @rooms.FAMILIES"), "label",
        {"1": "menages_de_1", "2": "menages_de_2", "3": "menages_de_3", "4": "menages_de_4", "5 ou plus": "menages_de_5_ou_plus"}, "share",
    ),
    "rooms.small_in_large": lambda t: of(
        rooms.small_in_large(t["dwellings"], t["households"], territory=HEM),
        petits_menages_grands_logements_min="least_share", petits_menages_grands_logements_max="most_share",
    ),
    "occupation.levels": lambda t: by(
        occupation.levels(t["dwellings"], long({(HEM, UNTIL): {"POP": 5000.0}}), territory=HEM), "level",
        dict(zip(occupation.LEVELS, ("suroccupation_accentuee", "suroccupation_moderee", "occupation_norme", "sous_occupation_moderee",
                                     "sous_occupation_accentuee", "sous_occupation_tres_accentuee"), strict=True)), "share",
    ),
    "heating.modes": lambda t: [
        *by(heating.modes(t["dwellings"], territory=HEM), "mode",
            dict(zip(heating.FUELS, ("chauffage_gaz", "chauffage_electricite", "chauffage_fioul", "chauffage_bouteille", "chauffage_autre"), strict=True)), "share"),
        *by(heating.modes(t["dwellings"][~t["dwellings"]["variable"].isin(heating.FUELS)], territory=HEM), "mode",
            dict(zip(heating.INSTALLATIONS, ("chauffage_collectif", "chauffage_individuel", "chauffage_electrique"), strict=True)), "share"),
    ],
    "link.household_effect": lambda t: of(_effect(t), desserrement="yearly", effet_demographique="grown"),
    "link.break_evens": lambda t: of(
        _broken(t), point_mort="break_even", desserrement="decohabitation", effet_demographique="demographic",
        renouvellement="renewal", vacants_variation="vacancy", secondaires_variation="secondary", logements_commences="starts",
    ),
    "link.gained": lambda t: of(point_mort.gained(t["population"], t["flows"], since=SINCE, until=UNTIL), habitants_gagnes="gained"),
    "link.people_per_home": lambda t: by(
        point_mort.people_per_home(t["dwellings"], t["occupants"], t["ages_tenure"], territory=HEM), "tenure",
        {"owner": "personnes_par_logement_proprietaires", "social": "personnes_par_logement_hlm",
         "private": "personnes_par_logement_locataires_prives", "other": "personnes_par_logement_gratuit"}, "size",
    ),
    "link.people_per_kind": lambda t: by(
        point_mort.people_per_kind(own(t["occupants"]), territory=HEM), "label",
        {label: f"personnes_par_logement_{kind.lower()}" for kind, label in point_mort.KINDS.items()}, f"measure@{point_mort.EVERY_TENURE}",
    ),
    "ages.ownership": lambda t: by(
        ages.ownership(ages.pyramid_tenure(t["ages_tenure"], territory=HEM, years=[UNTIL])), "age", by_classes("possedants", TEN_YEARS), "rate"
    ),
    "cohorts.elders": lambda t: by(
        cohorts.elders(own(t["ages_tenure"]), years=[UNTIL]), "label", {"65 ans ou plus": "possedants_ages_65", "80 ans ou plus": "possedants_ages_80"}, "share"
    ),
    "cohorts.renewal": lambda t: of(cohorts.renewal(t["ages_tenure"], years=[UNTIL]), possedants_releve="ratio"),
    "cohorts.follow_everyone": lambda t: [
        (identifier, ratio * 100) for identifier, ratio in by(
            cohorts.follow_everyone(_of_ages(t), since=SINCE, until=UNTIL, width=10), "low",
            {**{low: f"generation_{low}_{low + 9}" for low in GENERATIONS}, 80: "", 90: ""}, "ratio",
        )
    ],
    "cohorts.owners_followed": lambda t: by(
        _generations(t), "low", {**{low: f"generation_possedant_{low}_{low + 9}" for low in GENERATIONS}, 80: "", 90: ""}, "rate"
    ),
    "householders.to_pass_on": lambda t: [
        pair for column, suffix in (("share", ""), ("share_all", "_parc"))
        for pair in by(
            householders.to_pass_on(householders.classes(own(t["householders"]), years=[UNTIL])), "label",
            {"65 ans ou plus": f"a_transmettre_65{suffix}", "80 ans ou plus": f"a_transmettre_80{suffix}"}, column,
        )
    ],
    "householders.ownership": lambda t: by(
        householders.ownership(householders.classes(own(t["householders"]), years=[UNTIL])), "low", {max(low, householders.YOUNGEST): identifier for low, identifier in by_classes("menages_proprietaires", HOLDERS).items()}, "rate"
    ),
}  # fmt: skip

# What the other functions that a notebook calls give: no figure of their own.
OTHERS = {
    "growth.periods": "dates", "cohorts.why_not": "words", "stock.tenure_years": "dates",
    "growth.census_series": "counts by date", "growth.census_index": "growth.index from the first census known",
    "growth.compared_periods": "rows of growth.balances_by_period", "stock.growth_pair": "rows of stock.main_homes_since",
    "ages.label_ages": "rows of ages.ownership", "link.effect_parts": "rows of link.household_effect",
    "link.steps": "rows of link.break_evens", "link.over_periods": "rows of link.break_evens", "link.occupied": "counts by date",
    "householders.classes": "counts by age",
    "ages.pyramid": "a distribution", "ages.pyramid_tenure": "a distribution", "ages.fit_classes": "a distribution", "crossings.cross": "a distribution",
    "cohorts.follow_latest": "counts by generation", "tenure_check.compare": "a control of one source by another",
    "benchmarks.compare": "the registry", "facts.gather_each": "the registry", "facts.choose": "the registry", "facts.pair": "the registry",
}  # fmt: skip


def called():
    """The functions of the indicators that the notebooks call: `growth.index`."""
    modules = {path.stem for path in (paths.ROOT / "src/helpers/indicators").glob("*.py")}
    found = set()
    for path in sorted(paths.NOTEBOOKS.glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                found |= {
                    f"{node.func.value.id}.{node.func.attr}"
                    for node in ast.walk(ast.parse(cell.source))
                    if isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and isinstance(node.func.value, ast.Name)
                    and node.func.value.id in modules
                }
    return found


def test_every_figure_that_the_notebooks_compute_is_accounted_for():
    assert {name for name in called() if not name.startswith("wording.")} == {*SHOWN, *OTHERS}
    assert not set(SHOWN) & set(OTHERS)


@pytest.mark.parametrize("name", SHOWN)
def test_a_figure_of_a_page_is_that_of_the_registry(name, tables):
    for identifier, shown in SHOWN[name](tables):
        found = measure(find(identifier), tables, since=SINCE, until=UNTIL).set_index("territory")
        assert found.loc[HEM, "value"] == pytest.approx(shown, rel=1e-9), identifier


def test_every_indicator_is_shown_somewhere(tables):
    # Sums of the parts that a page shows, which its sentences tell.
    shown = {"locataires", "suroccupation", "sous_occupation"}
    shown |= {identifier for tell in SHOWN.values() for identifier, _ in tell(tables)}
    listed = {
        *(fact.id for fact in facts.FACTS),
        *(one.id for one in (*benchmarks.MOVEMENT, *benchmarks.STRUCTURE, *key_figures.FIGURES)),
    }
    assert {one.id for one in INDICATORS} - shown - listed == set()
