"""The identities that hold in every census: a whole is the sum of its parts."""

from __future__ import annotations

from dataclasses import dataclass

from helpers import schemas


@dataclass(frozen=True)
class Side:
    """A sum of figures of one table: its variables, under a condition (DuckDB); its name in messages."""

    name: str
    table: str
    variables: tuple[str, ...]
    where: str = "true"
    # Expressions (DuckDB) that give the dimensions compared, by their name.
    by: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Identity:
    """A whole and the parts that add up to it, where all of them are known, for each place and year."""

    name: str
    whole: Side
    parts: tuple[Side, ...]


def _variables(table: str, whole: str, *parts: str) -> tuple[Side, tuple[Side, ...]]:
    """Name a variable and those that add up to it, in one table."""
    return Side(whole, table, (whole,)), tuple(Side(part, table, (part,)) for part in parts)


def _people(table: str, name: str, where: str = "true", *, by: tuple[tuple[str, str], ...] = ()) -> Side:
    return Side(name, table, ("POP",), where, by)


_POPULATION = Side("population", "population", ("POP",))
_CLASS = (("sexe", "sex"), ("âge", "age"))
# Single ages by five-year class, the last one open.
_CLASS_OF_SINGLE = (("sexe", "sex"), ("âge", "least(age - age % 5, 95)::SMALLINT"))
# Of each group of ages (or sex), the condition on classes of five years.
_IN_CLASSES = {
    "POPH": "sex = 'H'", "POPF": "sex = 'F'", "POP0014": "age < 15", "POP1529": "age BETWEEN 15 AND 29",
    "POP3044": "age BETWEEN 30 AND 44", "POP4559": "age BETWEEN 45 AND 59", "POP6074": "age BETWEEN 60 AND 74",
    "POP7589": "age BETWEEN 75 AND 89", "POP75P": "age >= 75", "POP90P": "age >= 90",
    "H0019": "sex = 'H' AND age < 20", "H2064": "sex = 'H' AND age BETWEEN 20 AND 64",
    "H65P": "sex = 'H' AND age >= 65",
    "F0019": "sex = 'F' AND age < 20", "F2064": "sex = 'F' AND age BETWEEN 20 AND 64",
    "F65P": "sex = 'F' AND age >= 65",
}  # fmt: skip
_TENURES = ("owner", "social", "private", "other")

IDENTITIES = [
    Identity(
        "logements = résidences principales + secondaires + vacants",
        *_variables("dwellings", "LOG", "RP", "RSECOCC", "LOGVAC"),
    ),
    Identity(
        "résidences principales = propriétaires + locataires + logés gratuitement",
        *_variables("dwellings", "RP", "RP_PROP", "RP_LOC", "RP_GRAT"),
    ),
    Identity(
        "résidences principales = somme par nombre de pièces",
        *_variables("dwellings", "RP", "RP_1P", "RP_2P", "RP_3P", "RP_4P", "RP_5PP"),
    ),
    Identity(
        "achevées avant la date de référence = somme par période de construction",
        *_variables(
            "dwellings", "RP_ACHTOT", "RP_ACH19", "RP_ACH45", "RP_ACH70", "RP_ACH90", "RP_ACH05", "RP_ACH15"
        ),
    ),
    Identity(
        "résidences principales = somme par ancienneté d’emménagement",
        *_variables("dwellings", "RP", "MEN_ANEM0002", "MEN_ANEM0204", "MEN_ANEM0509", "MEN_ANEM10P"),
    ),
    Identity(
        "emménagés depuis dix ans ou plus = somme de leurs classes",
        *_variables("dwellings", "MEN_ANEM10P", "MEN_ANEM1019", "MEN_ANEM2029", "MEN_ANEM30P"),
    ),
    Identity(
        "ménages avec voiture = une voiture + deux ou plus",
        *_variables("dwellings", "RP_VOIT1P", "RP_VOIT1", "RP_VOIT2P"),
    ),
    Identity(
        "ménages = résidences principales",
        Side("MEN", "households", ("MEN",)),
        (Side("RP", "dwellings", ("RP",)),),
    ),
    Identity(
        "résidences principales = ménages selon l’âge de la personne de référence et le statut",
        Side("RP", "dwellings", ("RP",)),
        (Side("ménages", "householders", ("MEN",)),),
    ),
    *(
        Identity(
            f"{name} = ménages de ce statut selon l’âge de la personne de référence",
            Side(code, "dwellings", (code,)),
            (Side("ménages", "householders", ("MEN",), f"tenure = '{tenure}'"),),
        )
        for name, code, tenure in (
            ("propriétaires", "RP_PROP", "owner"),
            ("locataires HLM", "RP_LOCHLMV", "social"),
            ("logés gratuitement", "RP_GRAT", "other"),
        )
    ),
    Identity(
        "ménages = somme par taille",
        *_variables("households", "MEN", "MEN_1", "MEN_2", "MEN_3", "MEN_4", "MEN_5", "MEN_6P"),
    ),
    Identity(
        "ménages = personnes seules + sans famille + avec famille",
        *_variables("households", "C_MEN", "C_MENPSEUL", "C_MENSFAM", "C_MENFAM"),
    ),
    Identity(
        "personnes seules = hommes seuls + femmes seules",
        *_variables("households", "C_MENPSEUL", "C_MENHSEUL", "C_MENFSEUL"),
    ),
    Identity(
        "ménages avec famille = couples sans enfant + avec enfants + familles monoparentales",
        *_variables("households", "C_MENFAM", "C_MENCOUPSENF", "C_MENCOUPAENF", "C_MENFAMMONO"),
    ),
    Identity(
        "population des ménages = occupants par statut",
        Side("PMEN", "households", ("PMEN",)),
        tuple(Side(f"NPER {tenure}", "occupants", ("NPER",), f"tenure = '{tenure}'") for tenure in _TENURES),
    ),
    Identity(
        "population = somme des grands groupes d’âges",
        _POPULATION,
        tuple(
            Side(name, "age_groups", (name,))
            for name in ("POP0014", "POP1529", "POP3044", "POP4559", "POP6074", "POP75P")
        ),
    ),
    Identity(
        "75 ans ou plus = 75 à 89 ans + 90 ans ou plus",
        *_variables("age_groups", "POP75P", "POP7589", "POP90P"),
    ),
    Identity(
        "population = hommes + femmes",
        _POPULATION,
        tuple(Side(name, "age_groups", (name,)) for name in ("POPH", "POPF")),
    ),
    Identity(
        "hommes = somme de leurs grands groupes d’âges",
        *_variables("age_groups", "POPH", "H0019", "H2064", "H65P"),
    ),
    Identity(
        "femmes = somme de leurs grands groupes d’âges",
        *_variables("age_groups", "POPF", "F0019", "F2064", "F65P"),
    ),
    Identity(
        "population d’un an ou plus = somme par résidence antérieure",
        *_variables("mobility", "POP01P", *schemas.VARIABLES["mobility"][1:]),
    ),
    Identity(
        "population = hommes + femmes de tous âges",
        _POPULATION,
        tuple(_people("ages", sex, f"sex = '{sex}'") for sex in schemas.SEXES),
    ),
    Identity(
        "population = hommes + femmes de tous âges détaillés",
        _POPULATION,
        tuple(_people("single_ages", sex, f"sex = '{sex}'") for sex in schemas.SEXES),
    ),
    *(
        Identity(
            f"{name} = somme de ses classes d’âges",
            Side(name, "age_groups", (name,)),
            (_people("ages", "classes", where),),
        )
        for name, where in _IN_CLASSES.items()
    ),
    Identity(
        "classe d’âges = somme des âges détaillés",
        _people("ages", "classe", by=_CLASS),
        (_people("single_ages", "âges détaillés", by=_CLASS_OF_SINGLE),),
    ),
    Identity(
        "classe d’âges = somme par statut d’occupation",
        _people("ages", "classe", by=_CLASS),
        (_people("ages_tenure", "tous statuts", by=_CLASS),),
    ),
]
