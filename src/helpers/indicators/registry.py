"""The registry of indicators: the only list of what a diagnostic measures.

Labels and formulas are made from the very terms that are computed (`quantities`, `measures`): neither can say something
else than the other. The facts, the key figures and the dictionary of docs/ are made from this list.

Three measures of social housing are never mixed: what tenants declare to the census (`hlm`), the landlords'
register (`social`), and the SRU rate, which is not computed: its inventory (article L302-5 of the code de la
construction et de l'habitation) and the main homes of the tax file it is divided by are in none of the sources.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from helpers import french, schemas
from helpers.indicators import ages, cohorts, householders, occupation, point_mort, services, workings
from helpers.indicators.indicator import Indicator
from helpers.indicators.measures import Followed, Growth, Level, Points, Ratio, Share, State, Worked
from helpers.indicators.quantities import (
    MAIN_HOMES,
    POPULATION,
    STOCK,
    Bounds,
    Cells,
    Total,
    age_words,
    built,
    count,
    dated,
    difference,
    held,
    inhabiting,
    people,
    register,
    rooms,
    settled,
)

THEMES = ("Population", "Ménages", "Logement", "Lien", "Âges et logement", "Services", "Revenus")

_CENSUS = "Insee, recensement de la population"
_CIVIL = "Insee, recensement de la population ; état civil"
_SITADEL = "SDES, Sitadel2, logements commencés en date réelle"
_STARTS = f"{_CENSUS} ; {_SITADEL}"
_RPLS = "SDES, répertoire des logements locatifs sociaux (RPLS)"
_LOVAC = "DGALN-Cerema, LOVAC, d’après les fichiers fiscaux"
_FILOSOFI = "Insee-DGFiP-Cnaf-Cnav-CCMSA, Filosofi"


def find(identifier: str) -> Indicator:
    """The indicator of this identifier.

    Raises:
        KeyError: there is none.
    """
    return _BY_ID[identifier]


# What is counted, beside what `quantities` makes from bounds.


def _homes(code: str, told: str) -> Total:
    """Main homes of one kind."""
    return count("dwellings", code, plural=f"résidences principales {told}")


def _alone(low: int, high: int | None, code: str) -> tuple[Total, Total]:
    """People of an age who live alone, and everybody of that age."""
    told = age_words((low, high))
    everybody = count("households", code, plural=told, words=f"habitants de {told}")
    alone = f"{told} vivant seuls"
    return count("households", f"{code}_PSEUL", plural=alone, words=f"habitants de {alone}"), everybody


def _occupied(levels: tuple[str, ...], told: str) -> Total:
    """Main homes of some levels of occupation."""
    return Total(table="dwellings", ways=(levels,), plural=f"résidences principales {told}")


def _identifier(bounds: Bounds) -> str:
    """`20_29`, `80`: how identifiers say a class of ages."""
    low, high = bounds
    return f"{low}" if high is None else f"{low}_{high}"


def _owning(bounds: Bounds) -> Cells:
    """People of an age who live in a home that its occupants own."""
    return inhabiting(bounds, tenures=("owner",), told="vivant dans un logement possédé")


def _dwellers(tenure: str, told: str) -> Cells:
    """The people in the main homes of a tenure: of the tables by commune, or else of the pyramids by tenure."""
    words = f"occupants des {told}"
    return Cells(
        table="occupants", variable="NPER", tenures=(tenure,), plural=words,
        otherwise=Cells(table="ages_tenure", variable="POP", tenures=(tenure,), plural=words),
    )  # fmt: skip


def _stays(code: str, homes: Total) -> Total:
    """The years spent in their home by those who live in some main homes, added up."""
    return count("dwellings", code, plural=f"années d’occupation des {homes.plural}")


VACANT = count("dwellings", "LOGVAC", plural="logements vacants")
SECOND_HOMES = count("dwellings", "RSECOCC", plural="résidences secondaires et logements occasionnels")
OWNED = _homes("RP_PROP", "occupées par leur propriétaire")
RENTED = _homes("RP_LOC", "louées")
RENTED_HLM = _homes("RP_LOCHLMV", "louées vides en HLM")
FREE = _homes("RP_GRAT", "occupées gratuitement")
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
# Main homes as the exploitation complémentaire counts them, by occupation.
NORMED_HOMES = _occupied(tuple(occupation.LEVELS), "(exploitation complémentaire)")
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
MAIN_HOUSES, MAIN_FLATS = _homes("RPMAISON", "en maison"), _homes("RPAPPART", "en appartement")
# Homes, and persons, in homes that their household owns, whatever the age.
HELD = held((0, None), tenures=("owner",), plural="logements occupés par leur propriétaire")
HELD_ALL = held((0, None), plural="résidences principales")
OWNERS = _owning((0, None))
SOCIAL = register("social_housing", "RPLS", plural="logements sociaux (RPLS)")
PRIVATE_STOCK = register("vacancy", "PP_TOTAL", plural="logements du parc privé")


# The indicators.


_EVENTS = (("population", "POP"), ("flows", "NAIS"), ("flows", "DECE"))
_TERMS = (
    *(("dwellings", name) for name in ("LOG", "RP", "RSECOCC", "LOGVAC")), ("households", "PMEN"), ("flows", "LOGCOM"),
)  # fmt: skip
_THOUSAND = french.number(1000)
_DUE = "Évolution annuelle moyenne due"
_QUESTIONNAIRE = (
    "Le questionnaire de 2018 a changé : les évolutions qui enjambent cette année, et le solde migratoire apparent, sont à "
    "lire avec prudence."
)
_RESIDUAL = f"Le solde migratoire apparent est un résidu : il porte les erreurs des deux recensements. {_QUESTIONNAIRE}"
_INHABITED = (("dwellings", "RP"), ("households", "PMEN"))
_PAST = "Constat sur le passé, jamais un besoin à venir ; les périodes ne s’additionnent pas."
_NEVER_A_NEED = (
    "Constat sur le passé, jamais un besoin à venir. Le renouvellement, écart entre deux sources, est le premier terme à "
    "vérifier ; les périodes ne s’additionnent pas."
)
_YIELD = "Rendement démographique du parc : personnes en communauté exclues."
_CROSSED = "Le croisement des pièces et des personnes n’est pas dans les sources : les deux effectifs suffisent à l’encadrer."
_PERSONS = "Des personnes, non des logements : tous ceux qui vivent dans un logement que leur ménage possède, enfants compris."
_NESTED = "Les deux âges s’emboîtent : ils ne s’additionnent pas."
_HOLDERS = "Âge de la personne de référence du ménage."
_FOLLOWED = (
    "Arrivées, départs et décès ne se distinguent pas ; n est le nombre d’années entre les deux dates."
)
_MOVES = (
    "Les moins d’un an sont hors champ. Pour un territoire de plusieurs communes, ce sont les arrivées dans l’une d’elles, "
    "y compris depuis une autre du même territoire."
)
_HLM = (
    "Déclaration des occupants au recensement. À ne mêler ni au répertoire RPLS, ni au taux SRU, qui n’est pas calculé : "
    "l’inventaire des logements décomptés (article L302-5) n’est pas dans les sources."
)
_REGISTER = (
    "Parc des bailleurs au répertoire, à une autre date que le recensement, vacants compris. À ne mêler ni aux locataires "
    "HLM déclarés au recensement, ni au taux SRU, qui n’est pas calculé."
)
_TAX = (
    "Parc privé des fichiers fiscaux, au 1er janvier : un autre champ et une autre définition que la vacance du recensement. "
    "Le parc de référence a changé d’une édition à l’autre."
)
_VACANCY = (
    "Logements vacants au sens du recensement, parc social compris : à lire à côté de la vacance fiscale (LOVAC), d’un "
    "autre champ."
)
_DATED = (
    "Le dénominateur est celui des résidences principales construites deux ans au moins avant le recensement, non toutes. "
    "RP2012 ne connaît que trois périodes."
)
_NORM = (
    "Norme de peuplement de l’Insee, selon la composition du ménage : un nombre de pièces, non une surface."
)
_FUEL = "Combustible principal, connu depuis RP2022 ; auparavant le recensement donnait l’installation."
_STOCK_CAUTION = "Les points d’écart entre deux taux ne sont pas des pourcentages d’évolution."

_POPULATION = (
    Indicator("population", "Population", State(POPULATION, latest=True), "habitants", digits=0,
              note="Population municipale au dernier recensement connu."),
    Indicator(
        "densite", "Population",
        Worked("Densité", "habitants / superficie", (("population", "POP"), ("territories", "SUPERF")),
               ("population", "territories"), workings.density, period=False),
        "habitants par km²", digits=0,
    ),
    Indicator("croissance", "Population", Growth(POPULATION), "% par an", signed=True),
    Indicator(
        "population_indice", "Population",
        Worked("Indice de la population, 100 au premier recensement", "100 × habitants à la fin / habitants au début",
               _EVENTS[:1], ("population",), workings.index),
        "indice",
    ),
    Indicator(
        "population_variation", "Population",
        Worked("Variation de la population", "habitants à la fin − habitants au début", _EVENTS[:1], ("population",), workings.gain),
        "personnes", digits=0, signed=True,
    ),
    *(
        Indicator(
            identifier, "Population", Worked(named, told, _EVENTS, ("population", "flows"), workings.balance(column, yearly=yearly)),
            unit, digits=0, source=_CIVIL, note=note, signed=True,
        )
        for identifier, named, told, column, yearly, unit, note in (
            ("naturel_effectif", "Solde naturel", "naissances − décès", "natural", False, "personnes", ""),
            ("naturel_annuel", "Solde naturel, par an", "(naissances − décès) / n", "natural", True, "personnes par an", ""),
            ("migratoire_effectif", "Solde migratoire apparent", "évolution de la population − (naissances − décès)",
             "migratory", False, "personnes", _RESIDUAL),
            ("migratoire_annuel", "Solde migratoire apparent, par an", "(évolution de la population − (naissances − décès)) / n",
             "migratory", True, "personnes par an", _RESIDUAL),
        )
    ),
    Indicator(
        "solde_naturel", "Population",
        Worked(f"{_DUE} au solde naturel", "évolution annuelle moyenne × (naissances − décès) / évolution de la population",
               _EVENTS, ("population", "flows"), workings.balance("annual_natural")),
        "% par an", source=_CIVIL, signed=True,
        note="Population stable : (naissances − décès) / (n × population moyenne) × 100.",
    ),
    Indicator(
        "solde_migratoire", "Population",
        Worked(f"{_DUE} au solde migratoire apparent", "évolution annuelle moyenne − part due au solde naturel",
               _EVENTS, ("population", "flows"), workings.balance("annual_migratory")),
        "% par an", source=_CIVIL, note=_RESIDUAL, signed=True,
    ),
    *(
        Indicator(
            identifier, "Population",
            Worked(f"{named}, rapporté à la population moyenne", told, _EVENTS, ("population", "flows"), workings.balance(column)),
            "% par an", source=_CIVIL, note=f"Seconde forme du taux, toujours définie : {note}", signed=True,
        )
        for identifier, named, told, column, note in (
            ("solde_naturel_moyen", "Solde naturel", "100 × (naissances − décès) / (n × population moyenne)", "mean_natural",
             "elle contrôle la première là où la population change peu."),
            ("solde_migratoire_moyen", "Solde migratoire apparent",
             "100 × (évolution de la population − (naissances − décès)) / (n × population moyenne)", "mean_migratory",
             f"elle contrôle la première là où la population change peu. {_RESIDUAL}"),
        )
    ),
    Indicator(
        "natalite", "Population",
        Worked("Taux de natalité", f"{_THOUSAND} × naissances / (n × population moyenne)", _EVENTS[:2],
               ("population", "flows"), workings.balance("birth_rate")),
        "‰", source=_CIVIL, note="Naissances selon la commune où habite la mère.",
    ),
    Indicator(
        "mortalite", "Population",
        Worked("Taux de mortalité", f"{_THOUSAND} × décès / (n × population moyenne)", (_EVENTS[0], _EVENTS[2]),
               ("population", "flows"), workings.balance("death_rate")),
        "‰", source=_CIVIL, note="Décès selon la commune où habitait la personne, non corrigés de la structure par âge.",
    ),
    Indicator("ages_0_14", "Population", Share(people((0, 14)), POPULATION), "%"),
    *(
        Indicator(f"ages_{_identifier(bounds)}", "Population", Share(people(bounds), POPULATION), "%")
        for bounds in ((15, 29), (30, 44), (45, 59), (60, 74), (30, 74), (75, 89), (90, None))
    ),
    Indicator("ages_75", "Population", Share(people((75, None)), POPULATION), "%"),
    Indicator("ages_80", "Population", Share(people((80, None)), POPULATION), "%"),
    Indicator(
        "vieillissement", "Population", Ratio(people(*ages.AGEING.top), people(*ages.AGEING.bottom), ages.AGEING.per),
        "pour 100", note="Indice de vieillissement, aux bornes de l’Insee.",
    ),
    Indicator(
        "jeunesse", "Population", Ratio(people(*ages.YOUTH.top), people(*ages.YOUTH.bottom), ages.YOUTH.per),
        "rapport", digits=2, note="Indice de jeunesse ; 1 : autant des uns que des autres. Les bornes varient d’une agence à l’autre.",
    ),
    Indicator(
        "dependance", "Population",
        Ratio(people(*ages.DEPENDENCY.top), people(*ages.DEPENDENCY.bottom), ages.DEPENDENCY.per),
        "pour 100", note="Rapport de dépendance : des âges, non des situations d’emploi.",
    ),
    Indicator(
        "emmenages", "Population",
        Share(MOVED, MOVERS),
        "%", note=_MOVES,
    ),
    Indicator(
        "arrivees", "Population",
        Share(
            difference(MOVERS, STAYERS, LOCAL_MOVERS, plural="habitants d’un an ou plus arrivés dans la commune depuis un an"),
            MOVERS,
        ),
        "%", note=_MOVES,
    ),
    *(
        Indicator(f"venus_{identifier}", "Population", Share(came, MOVED), "%", note=_MOVES)
        for identifier, came in (
            ("commune", LOCAL_MOVERS),
            *((identifier, count("mobility", f"POP01P_IRAN{place}", plural=f"habitants d’un an ou plus venus d’{told}"))
              for identifier, place, told in (
                  ("departement", 3, "une autre commune du département"), ("region", 4, "un autre département de la région"),
                  ("metropole", 5, "une autre région de métropole"),
              )),
            ("ailleurs", Total(
                table="mobility", ways=(("POP01P",),), less=tuple(f"POP01P_IRAN{place}" for place in range(1, 6)),
                plural="habitants d’un an ou plus venus d’outre-mer ou de l’étranger",
            )),
        )
    ),
)  # fmt: skip

_HOUSEHOLDS = (
    Indicator("menages", "Ménages", State(HOUSEHOLDS), "ménages", digits=0, note="Autant de ménages que de résidences principales."),
    Indicator("menages_evolution", "Ménages", Growth(HOUSEHOLDS), "% par an", signed=True,
              note="Autant de ménages que de résidences principales."),
    Indicator(
        "taille_menages", "Ménages", Ratio(OCCUPANTS, MAIN_HOMES), "personnes par logement", digits=2,
        note="Taille moyenne des ménages : sans les personnes en communauté (population des ménages, non population totale).",
    ),
    *(
        Indicator(identifier, "Ménages", Share(count("households", code, plural=plural), FAMILIES), "%")
        for identifier, code, plural in (
            ("personnes_seules", "C_MENPSEUL", "ménages d’une personne"),
            ("couples_sans_enfant", "C_MENCOUPSENF", "ménages de couple sans enfant"),
            ("couples_avec_enfants", "C_MENCOUPAENF", "ménages de couple avec enfants"),
            ("monoparentales", "C_MENFAMMONO", "ménages de famille monoparentale"),
            ("autres_sans_famille", "C_MENSFAM", "ménages sans famille de plusieurs personnes"),
        )
    ),
    *(
        Indicator(
            f"menages_de_{identifier}", "Ménages",
            Share(Total(table="households", ways=(codes,), plural=f"ménages comptant {told}"), SIZED), "%",
        )
        for identifier, codes, told in (
            ("1", ("MEN_1",), "1 personne"), *((str(size), (f"MEN_{size}",), f"{size} personnes") for size in (2, 3, 4)),
            ("5_ou_plus", ("MEN_5", "MEN_6P"), "5 personnes ou plus"),
        )
    ),
    Indicator("seuls_65_79", "Ménages", Share(*_alone(65, 79, "POP6579")), "%",
              note="Personnes en communauté comprises au dénominateur."),
    Indicator("seuls_80", "Ménages", Share(*_alone(80, None, "POP80P")), "%", polarity="high",
              note="Personnes en communauté comprises au dénominateur."),
)  # fmt: skip

_HOUSING = (
    Indicator("parc", "Logement", State(STOCK), "logements", digits=0),
    Indicator("parc_evolution", "Logement", Growth(STOCK), "% par an", signed=True),
    Indicator("principales_evolution", "Logement", Growth(MAIN_HOMES), "% par an", signed=True),
    Indicator("vacants_evolution", "Logement", Growth(VACANT), "% par an", signed=True, note=_VACANCY),
    Indicator("secondaires_evolution", "Logement", Growth(SECOND_HOMES), "% par an", signed=True),
    *(
        Indicator(f"{identifier}_points", "Logement", Points(Share(homes, STOCK)), "points", signed=True, note=_STOCK_CAUTION)
        for identifier, homes in (("principales", MAIN_HOMES), ("secondaires", SECOND_HOMES), ("vacance", VACANT))
    ),
    Indicator("principales", "Logement", Share(MAIN_HOMES, STOCK), "%", note=_STOCK_CAUTION),
    Indicator("secondaires", "Logement", Share(SECOND_HOMES, STOCK), "%", note=_STOCK_CAUTION),
    Indicator("vacance", "Logement", Share(VACANT, STOCK), "%", note=_VACANCY),
    Indicator(
        "vacance_fiscale", "Logement",
        Share(register("vacancy", "PP_VACANT", plural="logements du parc privé vacants"), PRIVATE_STOCK),
        "%", source=_LOVAC, note=_TAX,
    ),
    Indicator(
        "vacance_longue", "Logement",
        Share(
            register("vacancy", "PP_VACANT_2ANS", plural="logements du parc privé vacants depuis plus de deux ans"),
            PRIVATE_STOCK,
        ),
        "%", source=_LOVAC, note=_TAX, polarity="high",
    ),
    Indicator("maisons", "Logement", Share(HOUSES, STOCK), "%"),
    Indicator("appartements", "Logement", Share(FLATS, STOCK), "%"),
    Indicator("autres_logements", "Logement", Share(difference(STOCK, HOUSES, FLATS, plural="logements ni maisons ni appartements"), STOCK), "%"),
    Indicator("principales_maisons", "Logement", Share(MAIN_HOUSES, MAIN_HOMES), "%"),
    Indicator("principales_appartements", "Logement", Share(MAIN_FLATS, MAIN_HOMES), "%"),
    Indicator(
        "principales_autres", "Logement",
        Share(difference(MAIN_HOMES, MAIN_HOUSES, MAIN_FLATS, plural="résidences principales ni en maison ni en appartement"), MAIN_HOMES),
        "%", note="Logements-foyers, chambres d’hôtel, habitations de fortune, pièces indépendantes.",
    ),
    Indicator("proprietaires", "Logement", Share(OWNED, MAIN_HOMES), "%", note="Usufruitiers et accédants compris."),
    Indicator("locataires", "Logement", Share(RENTED, MAIN_HOMES), "%", note="Parc social et privé, loué vide ou meublé."),
    Indicator("hlm", "Logement", Share(RENTED_HLM, MAIN_HOMES), "%", note=_HLM),
    Indicator(
        "locataires_prives", "Logement",
        Share(OTHER_TENANTS, MAIN_HOMES),
        "%", note="Parc privé loué vide et logements meublés, dont quelques meublés du parc social.",
    ),
    Indicator("gratuit", "Logement", Share(FREE, MAIN_HOMES), "%"),
    Indicator("social", "Logement", Ratio(SOCIAL, MAIN_HOMES, 100), "pour 100", source=f"{_RPLS} ; Insee, recensement de la population",
              note=_REGISTER),
    Indicator("petits", "Logement", Share(rooms((1, 2)), MAIN_HOMES), "%"),
    Indicator("grands", "Logement", Share(rooms((5, None)), MAIN_HOMES), "%"),
    *(
        Indicator(f"pieces_{number}", "Logement", Share(rooms((number, number)), MAIN_HOMES), "%") for number in range(1, 5)
    ),
    *(
        Indicator(
            identifier, "Logement",
            Worked(f"Part des ménages de 1 ou 2 personnes en logement de 5 pièces ou plus, {named}", told,
                   (("dwellings", "RP_5PP"), ("households", "MEN_1"), ("households", "MEN_2")), ("dwellings", "households"),
                   workings.small_in_large(column), period=False),
            "%", note=_CROSSED,
        )
        for identifier, named, told, column in (
            ("petits_menages_grands_logements_min", "au moins",
             "100 × (logements de 5 pièces ou plus + ménages de 1 ou 2 personnes − résidences principales, nul si négatif) / résidences principales",
             "least_share"),
            ("petits_menages_grands_logements_max", "au plus",
             "100 × le plus petit des deux effectifs (logements de 5 pièces ou plus, ménages de 1 ou 2 personnes) / résidences principales",
             "most_share"),
        )
    ),
    Indicator("pieces", "Logement", Ratio(ROOMS_IN_ALL, MAIN_HOMES), "pièces par logement"),
    Indicator("pieces_occupant", "Logement", Ratio(ROOMS_IN_ALL, OCCUPANTS), "pièces par personne", digits=2),
    Indicator("anciens", "Logement", Share(built((0, 1945)), DATED_HOMES), "%", note=_DATED),
    *(
        Indicator(f"construits_{identifier}", "Logement", Share(built(bounds), DATED_HOMES), "%", note=_DATED)
        for identifier, bounds in (
            ("avant_1919", (0, 1918)), ("1919_1945", (1919, 1945)), ("1946_1970", (1946, 1970)), ("1971_1990", (1971, 1990)),
            ("1991_2005", (1991, 2005)), ("1946_1990", (1946, 1990)), ("depuis_1991", (1991, None)),
        )
    ),
    Indicator("recents", "Logement", Share(built((2006, None)), DATED_HOMES), "%", note=_DATED),
    Indicator("installes_2", "Logement", Share(settled((0, 1)), MAIN_HOMES), "%", note="Approche la mobilité annuelle du parc."),
    *(
        Indicator(f"installes_{_identifier(bounds)}", "Logement", Share(settled(bounds), MAIN_HOMES), "%")
        for bounds in ((2, 4), (5, 9), (10, 19), (20, 29))
    ),
    Indicator("installes_10", "Logement", Share(settled((10, None)), MAIN_HOMES), "%"),
    Indicator("installes_30", "Logement", Share(settled((30, None)), MAIN_HOMES), "%"),
    *(
        Indicator(
            identifier, "Logement", Ratio(_stays(code, homes), homes, mean="ancienneté moyenne d’occupation"), "années"
        )
        for identifier, code, homes in (
            ("anciennete", "ANEM_RP", MAIN_HOMES),
            ("anciennete_proprietaires", "ANEM_RP_PROP", OWNED),
            ("anciennete_locataires", "ANEM_RP_LOC", RENTED),
            ("anciennete_hlm", "ANEM_RP_LOCHLMV", RENTED_HLM),
            ("anciennete_gratuit", "ANEM_RP_GRAT", FREE),
        )
    ),
    Indicator("chauffage_collectif", "Logement", Share(_homes("RP_CCCOLL", "au chauffage central collectif"), MAIN_HOMES), "%"),
    Indicator("chauffage_individuel", "Logement", Share(_homes("RP_CCIND", "au chauffage central individuel"), MAIN_HOMES), "%"),
    Indicator("chauffage_electrique", "Logement", Share(_homes("RP_CINDELEC", "au chauffage tout électrique"), MAIN_HOMES), "%"),
    *(
        Indicator(identifier, "Logement", Share(_homes(code, told), MAIN_HOMES), "%", note=_FUEL)
        for identifier, code, told in (
            ("chauffage_gaz", "RP_CGAZV", "chauffées au gaz de réseau"),
            ("chauffage_electricite", "RP_CELEC", "chauffées à l’électricité"),
            ("chauffage_fioul", "RP_CFIOUL", "chauffées au fioul"),
            ("chauffage_bouteille", "RP_CGAZB", "chauffées au gaz en bouteille ou en citerne"),
            ("chauffage_autre", "RP_CAUT", "chauffées autrement (bois, chauffage urbain)"),
        )
    ),
    Indicator("suroccupation", "Logement", Share(_occupied(occupation.OVER, "suroccupées"), NORMED_HOMES), "%",
              note=_NORM, polarity="high"),
    Indicator("sous_occupation", "Logement",
              Share(_occupied(occupation.UNDER, "de deux pièces ou plus au-dessus de la norme"), NORMED_HOMES), "%", note=_NORM),
    *(
        Indicator(identifier, "Logement", Share(_occupied((code,), told), NORMED_HOMES), "%", note=_NORM)
        for identifier, code, told in (
            ("suroccupation_accentuee", "C_RP_SUROCC_ACC", "de deux pièces ou plus au-dessous de la norme"),
            ("suroccupation_moderee", "C_RP_SUROCC_MOD", "d’une pièce au-dessous de la norme"),
            ("occupation_norme", "C_RP_NORME", "à la norme d’occupation"),
            ("sous_occupation_moderee", "C_RP_SOUSOCC_MOD", "d’une pièce au-dessus de la norme"),
            ("sous_occupation_accentuee", "C_RP_SOUSOCC_ACC", "de deux pièces au-dessus de la norme"),
            ("sous_occupation_tres_accentuee", "C_RP_SOUSOCC_TACC", "de trois pièces ou plus au-dessus de la norme"),
        )
    ),
    Indicator("voiture", "Logement",
              Share(_homes("RP_VOIT1P", "dont les occupants ont une voiture ou plus"), MAIN_HOMES), "%"),
)  # fmt: skip

_LINK = (
    Indicator(
        "occupation", "Lien", Ratio(POPULATION, MAIN_HOMES), "habitants par logement", digits=2,
        note="Personnes en communauté comprises : ce n’est pas la taille moyenne des ménages.",
    ),
    Indicator(
        "habitants_gagnes", "Lien",
        Worked("Habitants gagnés pour 10 logements commencés", "10 × évolution de la population / logements commencés",
               (("population", "POP"), ("flows", "LOGCOM")), ("population", "flows"), workings.gained),
        "pour 10", source=_STARTS, signed=True,
        note="Deux évolutions d’une même période, non l’effet de l’une sur l’autre. Négatif : habitants perdus.",
    ),
    Indicator(
        "point_mort", "Lien",
        Worked("Point mort rétrospectif, par an",
               "(renouvellement + variation des logements vacants + variation des résidences secondaires + desserrement) / n",
               _TERMS, ("dwellings", "households", "flows"), workings.break_even("break_even")),
        "logements par an", digits=0, source=_STARTS, signed=True,
        note=f"Logements qui n’ont fait que maintenir la population (convention A). {_NEVER_A_NEED}",
    ),
    *(
        Indicator(
            identifier, "Lien", Worked(f"{named}, par an", told, _TERMS, ("dwellings", "households", "flows"), workings.break_even(column)),
            "logements par an", digits=0, source=_STARTS, signed=True, note=note,
        )
        for identifier, named, told, column, note in (
            ("renouvellement", "Renouvellement du parc", "(logements commencés − évolution du parc de logements) / n", "renewal",
             "Positif : des logements ont disparu ; négatif : il s’en est créé dans le parc existant. Écart entre deux sources, "
             f"signalé au-delà de {french.percent(100 * point_mort.LARGE_RENEWAL, digits=0)} des logements commencés : les chantiers jamais "
             "déclarés n’en expliquent pas davantage (début 2015, part des logements autorisés en 2010 ni annulés ni commencés ; SOeS)."),
            ("vacants_variation", "Variation des logements vacants", "(logements vacants à la fin − au début) / n", "vacancy", _VACANCY),
            ("secondaires_variation", "Variation des résidences secondaires", "(résidences secondaires à la fin − au début) / n",
             "secondary", ""),
        )
    ),
    Indicator(
        "desserrement", "Lien",
        Worked("Desserrement des ménages, par an",
               "(population des ménages au début / taille des ménages à la fin − résidences principales au début) / n",
               _INHABITED, ("dwellings", "households"), workings.household_effect("decohabitation")),
        "logements par an", digits=0, signed=True,
        note="Logements qu’une population des ménages stable aurait demandés de plus (convention A). Négatif : les ménages se sont "
             f"agrandis. {_PAST}",
    ),
    Indicator(
        "effet_demographique", "Lien",
        Worked("Effet démographique, par an", "(évolution de la population des ménages / taille des ménages à la fin) / n",
               _INHABITED, ("dwellings", "households"), workings.household_effect("demographic")),
        "logements par an", digits=0, signed=True, note=f"Convention A. {_PAST}",
    ),
    Indicator(
        "logements_commences", "Lien",
        Worked("Logements commencés, par an", "logements commencés / n", _TERMS[-1:], ("flows",), workings.started),
        "logements par an", digits=0, source=_SITADEL, note="Déclarations reçues : une partie des chantiers n’est jamais déclarée.",
    ),
    *(
        Indicator(f"personnes_par_logement_{identifier}", "Lien", Ratio(_dwellers(tenure, homes.plural), homes, mean="nombre moyen d’occupants"), "personnes par logement",
                  digits=2, note=_YIELD)
        for identifier, tenure, homes in (
            ("proprietaires", "owner", OWNED), ("hlm", "social", RENTED_HLM), ("locataires_prives", "private", OTHER_TENANTS),
            ("gratuit", "other", FREE),
        )
    ),
    *(
        Indicator(
            f"personnes_par_logement_{kind.lower()}", "Lien",
            Ratio(
                Cells(table="occupants", variable=f"INPER_{kind}", plural=f"occupants des {homes.plural}"),
                Cells(table="occupants", variable=f"MEN_{kind}", plural=homes.plural), mean="nombre moyen d’occupants",
            ),
            "personnes par logement", digits=2, note=_YIELD,
        )
        for kind, homes in {
            "MAISON": MAIN_HOUSES, "APPART": MAIN_FLATS, **{f"{number}P": rooms((number, number)) for number in range(1, 5)},
            "5PP": rooms((5, None)),
            **{
                f"ACH{last}": built(bounds)
                for last, bounds in (
                    ("19", (0, 1918)), ("45", (1919, 1945)), ("70", (1946, 1970)), ("90", (1971, 1990)), ("05", (1991, 2005)),
                    ("15", (2006, None)),
                )
            },
        }.items()
    ),
)  # fmt: skip


def _by_ten(last: int) -> Iterable[Bounds]:
    """Classes of ten years, from twenty on; the last one, open, begins at `last`."""
    return (*((low, low + 9) for low in range(20, last, 10)), (last, None))


_HOLDER_CLASSES = tuple(
    (low, None if after is None else after - 1)
    for low, after in zip(schemas.HOLDER_AGES, [*schemas.HOLDER_AGES[1:], None], strict=True)
)

_AGES_AND_HOMES = (
    *(
        Indicator(f"possedants_{_identifier(bounds)}", "Âges et logement", Share(_owning(bounds), inhabiting(bounds)), "%", note=_PERSONS)
        for bounds in _by_ten(80)
    ),
    *(
        Indicator(
            f"possedants_ages_{first}", "Âges et logement",
            Share(replace(_owning((first, None)), plural=f"{first} ans ou plus"), OWNERS), "%", note=f"{_PERSONS} {_NESTED}",
        )
        for first in householders.PASSING
    ),
    Indicator("possedants_releve", "Âges et logement", Ratio(_owning(cohorts.SETTLING), _owning(cohorts.RETIRED)), "rapport", digits=2,
              note=f"Renouvellement des générations. {_PERSONS}"),
    *(
        Indicator(
            f"menages_proprietaires_{_identifier(bounds)}", "Âges et logement",
            Share(held(bounds, tenures=("owner",), plural=f"ménages de {age_words(bounds)} propriétaires de leur logement"),
                  held(bounds, plural=f"ménages de {age_words(bounds)}")),
            "%", note=_HOLDERS,
        )
        for bounds in _HOLDER_CLASSES
    ),
    *(
        Indicator(
            f"a_transmettre_{first}{suffix}", "Âges et logement",
            Share(held((first, None), tenures=("owner",), plural=f"logements dont le propriétaire occupant a {first} ans ou plus"), whole),
            "%", note=f"Parc à transmettre. {_HOLDERS} {_NESTED}",
        )
        for first in householders.PASSING for suffix, whole in (("", HELD), ("_parc", HELD_ALL))
    ),
    *(
        Indicator(f"generation_{low}_{low + 9}", "Âges et logement", Followed((low, low + 9)), "pour 100", note=_FOLLOWED)
        for low in range(0, 80, 10)
    ),
    *(
        Indicator(
            f"generation_possedant_{low}_{low + 9}", "Âges et logement",
            Worked(f"Part de la génération des {age_words((low, low + 9))} à la première date qui vit dans un logement possédé à la seconde",
                   "100 × personnes de la génération en logement possédé / personnes de la génération en logement ordinaire, à la fin",
                   (("ages_tenure", "POP"),), ("ages_tenure",), workings.generation_owning(low)),
            "%", note=f"{_FOLLOWED} {_PERSONS}",
        )
        for low in range(0, 80, 10)
    ),
)  # fmt: skip

_SERVICES = tuple(
    Indicator(f"habitants_{_identifier(group.bounds)}{suffix}", "Services", measure, unit, digits=digits, signed=signed, source=source,
              note=f"Âges de service : {group.service}.{note}")
    for group in services.GROUPS
    for suffix, measure, unit, digits, signed, source, note in (
        ("", State(people(group.bounds)), "habitants", 0, False, _CENSUS, ""),
        ("_evolution", Growth(people(group.bounds)), "% par an", 1, True, _CENSUS, ""),
        ("_part", Share(people(group.bounds), POPULATION), "%", 1, False, _CENSUS, ""),
        ("_gagnes",
         Worked(f"Habitants de {age_words(group.bounds)} gagnés pour 10 logements commencés",
                f"10 × évolution du nombre d’habitants de {age_words(group.bounds)} / logements commencés",
                (*people(group.bounds).codes, ("flows", "LOGCOM")), ("flows",), workings.gained_of(group), may=people(group.bounds).tables),
         "pour 10", 1, True, _STARTS,
         f" Deux évolutions d’une même période, non l’effet de l’une sur l’autre ; à partir de {services.FEW_HOMES} logements commencés."),
    )
    # Shares of the population that the population already has.
    if not (suffix == "_part" and group.bounds in ((75, None), (80, None)))
)  # fmt: skip

_INCOME = (
    Indicator(
        "revenu", "Revenus",
        Level(register("income", "MED", plural="niveau de vie médian"), told="médiane du revenu disponible par unité de consommation"),
        "€ par an", digits=0, source=_FILOSOFI,
        note="Secret statistique dans les petites communes ; ne s’additionne pas. Chaque édition de Filosofi se lit seule.",
    ),
    Indicator(
        "pauvrete", "Revenus",
        Level(register("income", "TP60", plural="taux de pauvreté"), told="part des personnes dont le niveau de vie est sous 60 % de la médiane nationale"),
        "%", digits=0, source=_FILOSOFI, polarity="high",
        note="Secret statistique dans les petites communes ; ne s’additionne pas. Chaque édition de Filosofi se lit seule.",
    ),
)  # fmt: skip

INDICATORS = (*_POPULATION, *_HOUSEHOLDS, *_HOUSING, *_LINK, *_AGES_AND_HOMES, *_SERVICES, *_INCOME)
_BY_ID = {one.id: one for one in INDICATORS}
