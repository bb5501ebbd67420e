"""What the definitions of indicators count, and the sources they cite."""

from __future__ import annotations

from dataclasses import replace

from helpers.indicators.quantities import (
    MAIN_HOMES,
    Area,
    Bounds,
    Cells,
    Events,
    Total,
    age_words,
    count,
    dated,
    difference,
    held,
    inhabiting,
    people,
    register,
)

CENSUS = "Insee, recensement de la population"
CIVIL = "Insee, recensement de la population ; état civil"
SITADEL = "SDES, Sitadel2, logements commencés en date réelle"
STARTS = f"{CENSUS} ; {SITADEL}"
RPLS = "SDES, répertoire des logements locatifs sociaux (RPLS)"
LOVAC = "DGALN-Cerema, LOVAC, d’après les fichiers fiscaux"
BPE = "Insee, base permanente des équipements"
FILOSOFI = "Insee-DGFiP-Cnaf-Cnav-CCMSA, Filosofi"


def main_homes_that_are(code: str, qualifier: str) -> Total:
    """Count main homes of one kind."""
    return count("dwellings", code, plural=f"résidences principales {qualifier}")


def living_alone(low: int, high: int | None, code: str) -> tuple[Total, Total]:
    """People of an age who live alone, and everybody of that age."""
    ages = age_words((low, high))
    # Where everybody is not published with those who live alone, they are added up from the tables by age.
    everybody = count("households", code, plural=ages, words=f"habitants de {ages}")
    everybody = replace(everybody, otherwise=people((low, high)))
    alone = f"{ages} vivant seuls"
    return count("households", f"{code}_PSEUL", plural=alone, words=f"habitants de {alone}"), everybody


def occupied(levels: tuple[str, ...], qualifier: str) -> Total:
    """Count main homes of some levels of occupation."""
    return Total(table="dwellings", ways=(levels,), plural=f"résidences principales {qualifier}")


def identifier(bounds: Bounds) -> str:
    """`20_29`, `80`: how identifiers say a class of ages."""
    low, high = bounds
    return f"{low}" if high is None else f"{low}_{high}"


def owning(bounds: Bounds) -> Cells:
    """People of an age who live in a home that its occupants own."""
    return inhabiting(bounds, tenures=("owner",), qualifier="vivant dans un logement possédé")


def dwellers(tenure: str, occupants: str) -> Cells:
    """Count the people in the main homes of a tenure: of the tables by commune, or else of the pyramids by tenure."""
    words = f"occupants des {occupants}"
    return Cells(
        table="occupants", variable="NPER", tenures=(tenure,), plural=words,
        otherwise=Cells(table="ages_tenure", variable="POP", tenures=(tenure,), plural=words),
    )  # fmt: skip


def stays(code: str, homes: Total) -> Total:
    """Add up the years that the households of some main homes have spent in them."""
    return count("dwellings", code, plural=f"années d’occupation des {homes.plural}")


VACANT = count("dwellings", "LOGVAC", plural="logements vacants")
SECOND_HOMES = count("dwellings", "RSECOCC", plural="résidences secondaires et logements occasionnels")
OWNED = main_homes_that_are("RP_PROP", "occupées par leur propriétaire")
RENTED = main_homes_that_are("RP_LOC", "louées")
RENTED_HLM = main_homes_that_are("RP_LOCHLMV", "louées vides en HLM")
FREE = replace(
    main_homes_that_are("RP_GRAT", "occupées gratuitement"),
    otherwise=difference(MAIN_HOMES, OWNED, RENTED, plural="résidences principales occupées gratuitement"),
)
OTHER_TENANTS = difference(RENTED, RENTED_HLM, plural="résidences principales louées, hors HLM loués vides")
# As many households as main homes, by Insee's definition; the latter are known at every census.
HOUSEHOLDS = count("dwellings", "RP", plural="ménages", singular="ménage")
OCCUPANTS = count(
    "households", "PMEN", plural="occupants", singular="occupant", words="population des ménages"
)
ROOMS_IN_ALL = count(
    "dwellings", "NBPI_RP", plural="pièces", singular="pièce", words="pièces des résidences principales"
)
DATED_HOMES = dated()
# Levels of occupation by Insee’s norm, from homes too small for their household to homes too large.
OCCUPATION = (
    "C_RP_SUROCC_ACC",
    "C_RP_SUROCC_MOD",
    "C_RP_NORME",
    "C_RP_SOUSOCC_MOD",
    "C_RP_SOUSOCC_ACC",
    "C_RP_SOUSOCC_TACC",
)
# Main homes as the exploitation complémentaire counts them, by occupation.
NORMED_HOMES = occupied(OCCUPATION, "(exploitation complémentaire)")
# Households as the exploitation complémentaire counts them: those of the principale are slightly others.
FAMILIES = count("households", "C_MEN", plural="ménages", words="ménages (exploitation complémentaire)")
MOVERS = count("mobility", "POP01P", plural="habitants d’un an ou plus")
STAYERS = count("mobility", "POP01P_IRAN1", plural="habitants d’un an ou plus restés dans le même logement")
LOCAL_MOVERS = count(
    "mobility", "POP01P_IRAN2", plural="habitants d’un an ou plus venus d’un autre logement de la commune"
)
MOVED = difference(
    MOVERS, STAYERS, plural="habitants d’un an ou plus arrivés dans leur logement depuis un an"
)
# Households counted by their number of persons.
SIZED = Total(
    table="households", ways=(("MEN_1", "MEN_2", "MEN_3", "MEN_4", "MEN_5", "MEN_6P"),), plural="ménages",
    words="ménages de toutes tailles",
)  # fmt: skip
HOUSES, FLATS = (
    count("dwellings", code, plural=plural)
    for code, plural in (("MAISON", "maisons"), ("APPART", "appartements"))
)
MAIN_HOUSES, MAIN_FLATS = (
    main_homes_that_are("RPMAISON", "en maison"),
    main_homes_that_are("RPAPPART", "en appartement"),
)
# Homes, and persons, in homes that their household owns, whatever the age.
HELD = held((0, None), tenures=("owner",), plural="logements occupés par leur propriétaire")
HELD_ALL = held((0, None), plural="résidences principales")
OWNERS = owning((0, None))
SOCIAL = register("social_housing", "RPLS", plural="logements sociaux (RPLS)")
PRIVATE_STOCK = register("vacancy", "PP_TOTAL", plural="logements du parc privé")
BIRTHS = Events(variable="NAIS", plural="naissances")
DEATHS = Events(variable="DECE", plural="décès")
STARTS_OF_HOMES = Events(variable="LOGCOM", plural="logements commencés", register=True)
# Households of one or two persons.
SMALL_HOUSEHOLDS = Total(table="households", ways=(("MEN_1", "MEN_2"),), plural="ménages de 1 ou 2 personnes")
AREA = Area(plural="superficie", register=True)
