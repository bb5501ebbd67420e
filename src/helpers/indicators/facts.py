"""Facts about a commune, ranked by how far it stands from the communes around it.

One record per fact: its label, how it is computed, how it is written, and the question it raises when the
commune stands high or low. What weighs most comes first; what to make of it is for people to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from helpers import french, provenance
from helpers.indicators import growth

# A commune in the first or last quarter of the others stands out.
STANDS_OUT = 25.0
# A figure that rests on fewer people or homes than this (Insee's threshold) cannot stand out.
RELIABLE = 200
# Fewer communes than this give no rank.
ENOUGH = 8

# Tables of the store that the facts are made from.
FACT_TABLES = ("population", "flows", "dwellings", "age_groups", "income", "social_housing")

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Fact:
    """One fact: `measure` gives `territory, value, origin, sources`, and `count`, the people or homes behind it,
    where it has one.
    """

    id: str
    theme: str
    label: str
    formula: str
    measure: Callable[[Tables, int, int], pd.DataFrame]
    write: Callable[[float], str]
    high: str
    low: str


def gather(facts: tuple[Fact, ...], tables: Tables, *, code: str, since: int, until: int) -> pd.DataFrame:
    """The facts of one commune among the others, most salient first.

    Columns `id, theme, indicator, measure, written, reference, median, percentile, salience, stands_out, question,
    communes, origin, sources`. `percentile` is the share (%) of the other communes that stand lower (ties for
    half); `reference` the median of the others, the commune left out; `salience` = |percentile − 50|, nil for a
    figure that rests on fewer than 200 people or homes. A fact without a value for the commune, or known for fewer than 8 others, is left out.
    """
    rows = []
    for fact in facts:
        values = fact.measure(tables, since, until).dropna(subset="value").set_index("territory")
        if code not in values.index or len(values) - 1 < ENOUGH:
            continue
        own, others = values.loc[code], values["value"].drop(code)
        percentile = percentile_of(own["value"], others)
        reliable = not own.get("count", RELIABLE) < RELIABLE
        rows.append(
            {
                "id": fact.id,
                "theme": fact.theme,
                "indicator": fact.label.format(since=since, until=until),
                "measure": own["value"],
                "written": fact.write(own["value"]),
                "reference": fact.write(others.median()),
                "median": others.median(),
                "percentile": percentile,
                "salience": abs(percentile - 50) if reliable else 0.0,
                "stands_out": reliable and abs(percentile - 50) >= 50 - STANDS_OUT,
                "question": fact.high if percentile >= 50 else fact.low,
                "rank": f"{int((others > own['value']).sum()) + 1} / {len(others) + 1}",
                "communes": len(others) + 1,
                "origin": provenance.least_real(values["origin"]),
                "sources": provenance.union(values["sources"]),
            }
        )
    columns = [
        "id", "theme", "indicator", "measure", "written", "reference", "median", "percentile", "salience", "stands_out",
        "question", "rank", "communes", *provenance.COLUMNS,
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values(["salience", "id"], ascending=[False, True], ignore_index=True)


def choose(gathered: pd.DataFrame, *, at_least: int = 3) -> pd.DataFrame:
    """The facts to debate: those that stand out, or else the most salient ones, `at_least` so many."""
    chosen = gathered["stands_out"] | ((gathered.index < at_least) & (gathered["salience"] > 0))
    return gathered[chosen]


def percentile_of(value: float, others: pd.Series) -> float:
    """Share (%) of the others that are lower, ties counting for half."""
    return float(100 * ((others < value).sum() + (others == value).sum() / 2) / len(others))


def _ratio(
    table: str, numerator: str, denominator: str, *, per: float = 100
) -> Callable[[Tables, int, int], pd.DataFrame]:
    def measure(tables: Tables, since: int, until: int) -> pd.DataFrame:
        wide = provenance.widen(tables[table], keys=["territory", "year"], variables=[numerator, denominator])
        wide = wide[wide["year"] == until]
        return wide.assign(
            value=per * wide[numerator] / wide[denominator].where(wide[denominator] > 0),
            count=wide[numerator],
        )

    return measure


def _plain(table: str, variable: str) -> Callable[[Tables, int, int], pd.DataFrame]:
    def measure(tables: Tables, since: int, until: int) -> pd.DataFrame:
        wide = provenance.widen(tables[table], keys=["territory", "year"], variables=[variable])
        latest = wide[wide["year"] == wide["year"].max()]
        return latest.rename(columns={variable: "value"})

    return measure


def _balance(column: str) -> Callable[[Tables, int, int], pd.DataFrame]:
    def measure(tables: Tables, since: int, until: int) -> pd.DataFrame:
        frame = growth.balances(tables["population"], tables["flows"], since=since, until=until)
        return frame.rename(columns={column: "value"}).assign(count=frame[["POP_0", "POP_1"]].min(axis=1))

    return measure


def _elderly(tables: Tables, since: int, until: int) -> pd.DataFrame:
    counts = provenance.widen(tables["age_groups"], keys=["territory", "year"], variables=["POP75P"])
    people = provenance.widen(tables["population"], keys=["territory", "year"], variables=["POP"])
    both = provenance.join(counts, people, on=["territory", "year"], suffixes=("_ages", "_people"))
    both = both[both["year"] == until]
    return both.assign(value=100 * both["POP75P"] / both["POP"].where(both["POP"] > 0), count=both["POP75P"])


def _people_per_home(tables: Tables, since: int, until: int) -> pd.DataFrame:
    homes = provenance.widen(tables["dwellings"], keys=["territory", "year"], variables=["RP"])
    people = provenance.widen(tables["population"], keys=["territory", "year"], variables=["POP"])
    both = provenance.join(homes, people, on=["territory", "year"], suffixes=("_homes", "_people"))
    both = both[both["year"] == until]
    return both.assign(value=both["POP"] / both["RP"].where(both["RP"] > 0), count=both["RP"])


def _register(tables: Tables, since: int, until: int) -> pd.DataFrame:
    homes = provenance.widen(tables["dwellings"], keys=["territory", "year"], variables=["RP"])
    homes = homes[homes["year"] == until].drop(columns="year")
    listed = tables["social_housing"]
    register = provenance.widen(
        listed[listed["year"] == listed["year"].max()], keys=["territory"], variables=["RPLS"]
    )
    both = provenance.join(homes, register, on=["territory"], suffixes=("_homes", "_register"))
    return both.assign(value=100 * both["RPLS"] / both["RP"].where(both["RP"] > 0))


def _euros(value: float) -> str:
    return f"{french.number(value)}{french.NBSP}€"


FACTS = (
    Fact(
        "croissance", "Population", "Évolution de la population, {since}-{until}", "((P1/P0)^(1/n) − 1) × 100",
        _balance("annual"), french.annual,
        "La croissance se poursuit-elle ? Les équipements suivent-ils ?",
        "Qui part, qui arrive ? La commune souhaite-t-elle retrouver des habitants ?",
    ),
    Fact(
        "solde_naturel", "Population", "Évolution due au solde naturel, {since}-{until}", "TAM × solde naturel / (P1 − P0)",
        _balance("annual_natural"), french.annual,
        "Comment répondre aux besoins des familles et des jeunes enfants ?",
        "La population âgée trouve-t-elle les services et les logements qu’il lui faut ?",
    ),
    Fact(
        "solde_migratoire", "Population", "Évolution due au solde migratoire apparent, {since}-{until}",
        "TAM − part due au solde naturel", _balance("annual_migratory"), french.annual,
        "Qui sont les nouveaux arrivants, et dans quels logements s’installent-ils ?",
        "Quels ménages quittent la commune, et pour quels logements ?",
    ),
    Fact(
        "natalite", "Population", "Taux de natalité, {since}-{until}", "1000 × naissances / (n × population moyenne)",
        _balance("birth_rate"), french.per_mille,
        "Les places d’accueil et d’école suffisent-elles ?",
        "Que deviennent les écoles et les lieux d’accueil des enfants ?",
    ),
    Fact(
        "ages_75", "Population", "Part des 75 ans ou plus, {until}", "100 × population de 75 ans ou plus / population",
        _elderly, french.percent,
        "Comment vieillir dans la commune : adaptation, proximité, parcours résidentiels ?",
        "Le vieillissement est-il à venir ? Comment l’anticiper ?",
    ),
    Fact(
        "revenu", "Population", "Niveau de vie médian, 2019", "médiane du revenu disponible par unité de consommation",
        _plain("income", "MED"), _euros,
        "Qui peut encore se loger dans la commune ?",
        "L’offre de logements convient-elle aux ressources des ménages ?",
    ),
    Fact(
        "pauvrete", "Population", "Taux de pauvreté, 2019", "part des personnes sous 60 % du niveau de vie médian",
        _plain("income", "TP60"), lambda value: french.percent(value, digits=0),
        "Comment accompagner les ménages fragiles dans leur logement ?",
        "La commune accueille-t-elle des ménages de tous niveaux de vie ?",
    ),
    Fact(
        "vacance", "Logement", "Part des logements vacants, {until}", "100 × LOGVAC / LOG",
        _ratio("dwellings", "LOGVAC", "LOG"), french.percent,
        "Où sont les logements vacants, depuis quand, et que peut-on remettre sur le marché ?",
        "Le marché est-il tendu ? Reste-t-il de quoi se loger ou changer de logement ?",
    ),
    Fact(
        "proprietaires", "Logement", "Part des propriétaires occupants, {until}", "100 × RP_PROP / RP",
        _ratio("dwellings", "RP_PROP", "RP"), french.percent,
        "Où se logent ceux qui ne peuvent ou ne veulent pas acheter ?",
        "L’accession est-elle possible dans la commune pour ceux qui la souhaitent ?",
    ),
    Fact(
        "social", "Logement", "Logements sociaux RPLS 2024 pour 100 résidences principales {until}", "100 × RPLS / RP",
        _register, lambda value: french.number(value, digits=1),
        "Dans quel état est le parc social, et qui y accède ?",
        "La demande locative sociale trouve-t-elle une réponse dans la commune ?",
    ),
    Fact(
        "secondaires", "Logement", "Part des résidences secondaires et logements occasionnels, {until}",
        "100 × RSECOCC / LOG", _ratio("dwellings", "RSECOCC", "LOG"), french.percent,
        "À quoi servent les logements qui ne sont pas habités à l’année ?",
        "Le parc est presque entièrement habité à l’année : est-ce appelé à changer ?",
    ),
    Fact(
        "occupation", "Lien", "Habitants par résidence principale, {until}", "POP / RP",
        _people_per_home, lambda value: french.number(value, digits=2),
        "Les logements suivront-ils des ménages appelés à devenir plus petits ?",
        "Quels logements pour des ménages déjà petits : taille, adaptation, mobilité ?",
    ),
)  # fmt: skip
