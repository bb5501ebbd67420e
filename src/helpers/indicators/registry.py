"""The registry of indicators: the only list of what a diagnostic measures.

Labels and formulas are made from the very terms that are computed (`quantities`, `measures`): neither can say something
else than the other. The facts, the key figures and the dictionary of docs/ are made from this list.

Three measures of social housing are never mixed: what tenants declare to the census (`hlm`), the landlords'
register (`social`), and the SRU rate, which is not computed: its inventory (article L302-5 of the code de la
construction et de l'habitation) and the main homes of the tax file it is divided by are in none of the sources.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from helpers import french, provenance
from helpers.indicators import ages, growth, link, occupation, services
from helpers.indicators.measures import Growth, Level, Ratio, Share, State, Worked
from helpers.indicators.quantities import (
    MAIN_HOMES,
    POPULATION,
    STOCK,
    Tables,
    Total,
    age_words,
    built,
    count,
    dated,
    difference,
    people,
    register,
    rooms,
    settled,
)
from helpers.indicators.record import Indicator

THEMES = ("Population", "Ménages", "Logement", "Lien", "Services", "Revenus")

_CIVIL = "Insee, recensement de la population ; état civil"
_STARTS = "Insee, recensement de la population ; SDES, Sitadel2, logements commencés en date réelle"
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


def _stays(code: str, homes: Total) -> Total:
    """The years spent in their home by those who live in some main homes, added up."""
    return count("dwellings", code, plural=f"années d’occupation des {homes.plural}")


VACANT = count("dwellings", "LOGVAC", plural="logements vacants")
SECOND_HOMES = count("dwellings", "RSECOCC", plural="résidences secondaires et logements occasionnels")
OWNED = _homes("RP_PROP", "occupées par leur propriétaire")
RENTED = _homes("RP_LOC", "louées")
RENTED_HLM = _homes("RP_LOCHLMV", "louées vides en HLM")
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
SOCIAL = register("social_housing", "RPLS", plural="logements sociaux (RPLS)")
PRIVATE_STOCK = register("vacancy", "PP_TOTAL", plural="logements du parc privé")


# What other functions of the package work out.


def _balance(column: str) -> Callable[[Tables, int, int], pd.DataFrame]:
    def work(tables: Tables, since: int, until: int) -> pd.DataFrame:
        frame = growth.balances(tables["population"], tables["flows"], since=since, until=until)
        return frame.assign(value=frame[column], count=frame[["POP_0", "POP_1"]].min(axis=1))

    return work


def _break_even(column: str) -> Callable[[Tables, int, int], pd.DataFrame]:
    def work(tables: Tables, since: int, until: int) -> pd.DataFrame:
        frame = link.break_even(
            tables["dwellings"], tables["households"], tables["flows"], since=since, until=until
        )
        return frame.assign(value=frame[column] / frame["years"], count=frame[["RP_0", "RP_1"]].min(axis=1))

    return work


def _density(tables: Tables, since: int, until: int) -> pd.DataFrame:
    inhabitants = POPULATION.read(tables, year=until).rename(columns={"value": "count"})
    both = inhabitants.merge(tables["territories"][["territory", "area"]], on="territory")
    return both.assign(value=both["count"] / both["area"].where(both["area"] > 0))


def _gained(tables: Tables, since: int, until: int) -> pd.DataFrame:
    frame = link.gained(tables["population"], tables["flows"], since=since, until=until)
    return frame.assign(value=frame["gained"])


def _homes_for_people(tables: Tables, since: int, until: int) -> pd.DataFrame:
    people = growth.change(tables["population"], since=since, until=until)
    wide = provenance.widen(tables["dwellings"], keys=["territory", "year"], variables=["LOG"])
    homes = provenance.between(wide, since=since, until=until).drop(columns=["since", "until", "years"])
    both = provenance.join(people, homes, on=["territory"], suffixes=("_people", "_homes"))
    gained = both["change"].where(both["change"] > 0)
    return both.assign(value=100 * (both["LOG_1"] - both["LOG_0"]) / gained, count=gained)


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
_NEVER_A_NEED = (
    "Constat sur le passé, jamais un besoin à venir. Le renouvellement, écart entre deux sources, est le premier terme à "
    "vérifier ; les périodes ne s’additionnent pas."
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
               ("population", "territories"), _density, period=False),
        "habitants par km²", digits=0,
    ),
    Indicator("croissance", "Population", Growth(POPULATION), "% par an", signed=True),
    Indicator(
        "solde_naturel", "Population",
        Worked(f"{_DUE} au solde naturel", "évolution annuelle moyenne × (naissances − décès) / évolution de la population",
               _EVENTS, ("population", "flows"), _balance("annual_natural")),
        "% par an", source=_CIVIL, signed=True,
        note="Population stable : (naissances − décès) / (n × population moyenne) × 100.",
    ),
    Indicator(
        "solde_migratoire", "Population",
        Worked(f"{_DUE} au solde migratoire apparent", "évolution annuelle moyenne − part due au solde naturel",
               _EVENTS, ("population", "flows"), _balance("annual_migratory")),
        "% par an", source=_CIVIL, note=_RESIDUAL, signed=True,
    ),
    Indicator(
        "natalite", "Population",
        Worked("Taux de natalité", f"{_THOUSAND} × naissances / (n × population moyenne)", _EVENTS[:2],
               ("population", "flows"), _balance("birth_rate")),
        "‰", source=_CIVIL, note="Naissances selon la commune où habite la mère.",
    ),
    Indicator(
        "mortalite", "Population",
        Worked("Taux de mortalité", f"{_THOUSAND} × décès / (n × population moyenne)", (_EVENTS[0], _EVENTS[2]),
               ("population", "flows"), _balance("death_rate")),
        "‰", source=_CIVIL, note="Décès selon la commune où habitait la personne, non corrigés de la structure par âge.",
    ),
    Indicator("ages_0_14", "Population", Share(people((0, 14)), POPULATION), "%"),
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
        Share(difference(MOVERS, STAYERS, plural="habitants d’un an ou plus arrivés dans leur logement depuis un an"), MOVERS),
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
    Indicator("maisons", "Logement", Share(count("dwellings", "MAISON", plural="maisons"), STOCK), "%"),
    Indicator("appartements", "Logement", Share(count("dwellings", "APPART", plural="appartements"), STOCK), "%"),
    Indicator("principales_maisons", "Logement", Share(_homes("RPMAISON", "en maison"), MAIN_HOMES), "%"),
    Indicator("principales_appartements", "Logement", Share(_homes("RPAPPART", "en appartement"), MAIN_HOMES), "%"),
    Indicator("proprietaires", "Logement", Share(OWNED, MAIN_HOMES), "%", note="Usufruitiers et accédants compris."),
    Indicator("locataires", "Logement", Share(RENTED, MAIN_HOMES), "%", note="Parc social et privé, loué vide ou meublé."),
    Indicator("hlm", "Logement", Share(RENTED_HLM, MAIN_HOMES), "%", note=_HLM),
    Indicator(
        "locataires_prives", "Logement",
        Share(
            difference(RENTED, RENTED_HLM, plural="résidences principales louées, hors HLM loués vides"), MAIN_HOMES
        ),
        "%", note="Parc privé loué vide et logements meublés, dont quelques meublés du parc social.",
    ),
    Indicator("gratuit", "Logement", Share(_homes("RP_GRAT", "occupées gratuitement"), MAIN_HOMES), "%"),
    Indicator("social", "Logement", Ratio(SOCIAL, MAIN_HOMES, 100), "pour 100", source=f"{_RPLS} ; Insee, recensement de la population",
              note=_REGISTER),
    Indicator(
        "social_vacant", "Logement",
        Share(register("social_housing", "RPLS_VAC", plural="logements sociaux (RPLS) vacants"), SOCIAL),
        "%", source=_RPLS, note="Vacants au sens du répertoire, au 1er janvier.",
    ),
    Indicator("petits", "Logement", Share(rooms((1, 2)), MAIN_HOMES), "%"),
    Indicator("grands", "Logement", Share(rooms((5, None)), MAIN_HOMES), "%"),
    Indicator("pieces", "Logement", Ratio(ROOMS_IN_ALL, MAIN_HOMES), "pièces par logement"),
    Indicator("pieces_occupant", "Logement", Ratio(ROOMS_IN_ALL, OCCUPANTS), "pièces par personne", digits=2),
    Indicator("anciens", "Logement", Share(built((0, 1945)), DATED_HOMES), "%", note=_DATED),
    Indicator("recents", "Logement", Share(built((2006, None)), DATED_HOMES), "%", note=_DATED),
    Indicator("installes_2", "Logement", Share(settled((0, 1)), MAIN_HOMES), "%", note="Approche la mobilité annuelle du parc."),
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
        )
    ),
    Indicator("suroccupation", "Logement", Share(_occupied(occupation.OVER, "suroccupées"), NORMED_HOMES), "%",
              note=_NORM, polarity="high"),
    Indicator("sous_occupation", "Logement",
              Share(_occupied(occupation.UNDER, "de deux pièces ou plus au-dessus de la norme"), NORMED_HOMES), "%", note=_NORM),
    Indicator("stationnement", "Logement",
              Share(_homes("RP_GARL", "avec un emplacement de stationnement réservé"), MAIN_HOMES), "%"),
    Indicator("voiture", "Logement",
              Share(_homes("RP_VOIT1P", "dont les occupants ont une voiture ou plus"), MAIN_HOMES), "%"),
    Indicator("deux_voitures", "Logement",
              Share(_homes("RP_VOIT2P", "dont les occupants ont deux voitures ou plus"), MAIN_HOMES), "%"),
)  # fmt: skip

_LINK = (
    Indicator(
        "occupation", "Lien", Ratio(POPULATION, MAIN_HOMES), "habitants par logement", digits=2,
        note="Personnes en communauté comprises : ce n’est pas la taille moyenne des ménages.",
    ),
    Indicator(
        "logements_pour_habitants", "Lien",
        Worked("Logements de plus pour 100 habitants de plus", "100 × évolution du parc de logements / évolution de la population",
               (("dwellings", "LOG"), ("population", "POP")), ("dwellings", "population"), _homes_for_people),
        "pour 100", note="Calculé là où la population augmente seulement.",
    ),
    Indicator(
        "habitants_gagnes", "Lien",
        Worked("Habitants gagnés pour 10 logements commencés", "10 × évolution de la population / logements commencés",
               (("population", "POP"), ("flows", "LOGCOM")), ("population", "flows"), _gained),
        "pour 10", source=_STARTS, signed=True,
        note="Deux évolutions d’une même période, non l’effet de l’une sur l’autre. Négatif : habitants perdus.",
    ),
    Indicator(
        "point_mort", "Lien",
        Worked("Point mort rétrospectif, par an",
               "(renouvellement + variation des logements vacants + variation des résidences secondaires + desserrement) / n",
               _TERMS, ("dwellings", "households", "flows"), _break_even("break_even")),
        "logements par an", digits=0, source=_STARTS, signed=True,
        note=f"Logements qui n’ont fait que maintenir la population (convention A). {_NEVER_A_NEED}",
    ),
    Indicator(
        "desserrement", "Lien",
        Worked("Desserrement des ménages, par an",
               "(population des ménages au début / taille des ménages à la fin − résidences principales au début) / n",
               _TERMS, ("dwellings", "households", "flows"), _break_even("decohabitation")),
        "logements par an", digits=0, source=_STARTS, signed=True, note=f"Négatif : les ménages se sont agrandis. {_NEVER_A_NEED}",
    ),
    Indicator(
        "effet_demographique", "Lien",
        Worked("Effet démographique, par an", "(évolution de la population des ménages / taille des ménages à la fin) / n",
               _TERMS, ("dwellings", "households", "flows"), _break_even("demographic")),
        "logements par an", digits=0, source=_STARTS, signed=True, note=_NEVER_A_NEED,
    ),
)  # fmt: skip

_SERVICES = tuple(
    Indicator(
        "habitants_" + (f"{low}_{high}" if high is not None else f"{low}"), "Services", State(people((low, high))), "habitants",
        digits=0, note=f"Âges de service : {group.service}.",
    )
    for group in services.GROUPS
    for low, high in (group.bounds,)
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

INDICATORS = (*_POPULATION, *_HOUSEHOLDS, *_HOUSING, *_LINK, *_SERVICES, *_INCOME)
_BY_ID = {one.id: one for one in INDICATORS}
