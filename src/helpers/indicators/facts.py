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
    """One fact: `measure` gives `territory, value, origin, sources`, with `year` where the figure has its own,
    and `count`, the people or homes behind it, where it has one.
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
                "indicator": fact.label.format(since=since, until=until, year=int(own.get("year", until))),
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
    top: tuple[str, str],
    bottom: tuple[str, str],
    *,
    per: float = 100,
    latest: bool = False,
    behind: str | None = "top",
) -> Callable[[Tables, int, int], pd.DataFrame]:
    """`per` × a variable of a table over another one's, at the latest census.

    `latest` takes the first one from its own last year, as for a register. `behind` says which of the two is
    the count that the ratio rests on: none for a register, which is not a sample.
    """

    def measure(tables: Tables, since: int, until: int) -> pd.DataFrame:
        above, below = (
            provenance.widen(tables[table], keys=["territory", "year"], variables=[variable]).rename(
                columns={variable: side}
            )
            for side, (table, variable) in (("top", top), ("bottom", bottom))
        )
        above = above[above["year"] == (above["year"].max() if latest else until)]
        below = below[below["year"] == until].drop(columns="year")
        both = provenance.join(above, below, on=["territory"], suffixes=("_top", "_bottom"))
        value = per * both["top"] / both["bottom"].where(both["bottom"] > 0)
        return both.assign(value=value, **({"count": both[behind]} if behind else {}))

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
        _ratio(("age_groups", "POP75P"), ("population", "POP")), french.percent,
        "Comment vieillir dans la commune : adaptation, proximité, parcours résidentiels ?",
        "Le vieillissement est-il à venir ? Comment l’anticiper ?",
    ),
    Fact(
        "revenu", "Population", "Niveau de vie médian, {year}", "médiane du revenu disponible par unité de consommation",
        _plain("income", "MED"), _euros,
        "Qui peut encore se loger dans la commune ?",
        "L’offre de logements convient-elle aux ressources des ménages ?",
    ),
    Fact(
        "pauvrete", "Population", "Taux de pauvreté, {year}", "part des personnes sous 60 % du niveau de vie médian",
        _plain("income", "TP60"), lambda value: french.percent(value, digits=0),
        "Comment accompagner les ménages fragiles dans leur logement ?",
        "La commune accueille-t-elle des ménages de tous niveaux de vie ?",
    ),
    Fact(
        "vacance", "Logement", "Part des logements vacants, {until}", "100 × LOGVAC / LOG",
        _ratio(("dwellings", "LOGVAC"), ("dwellings", "LOG")), french.percent,
        "Où sont les logements vacants, depuis quand, et que peut-on remettre sur le marché ?",
        "Le marché est-il tendu ? Reste-t-il de quoi se loger ou changer de logement ?",
    ),
    Fact(
        "proprietaires", "Logement", "Part des propriétaires occupants, {until}", "100 × RP_PROP / RP",
        _ratio(("dwellings", "RP_PROP"), ("dwellings", "RP")), french.percent,
        "Où se logent ceux qui ne peuvent ou ne veulent pas acheter ?",
        "L’accession est-elle possible dans la commune pour ceux qui la souhaitent ?",
    ),
    Fact(
        "social", "Logement", "Logements sociaux RPLS {year} pour 100 résidences principales {until}", "100 × RPLS / RP",
        _ratio(("social_housing", "RPLS"), ("dwellings", "RP"), latest=True, behind=None), lambda value: french.number(value, digits=1),
        "Dans quel état est le parc social, et qui y accède ?",
        "La demande locative sociale trouve-t-elle une réponse dans la commune ?",
    ),
    Fact(
        "secondaires", "Logement", "Part des résidences secondaires et logements occasionnels, {until}",
        "100 × RSECOCC / LOG", _ratio(("dwellings", "RSECOCC"), ("dwellings", "LOG")), french.percent,
        "À quoi servent les logements qui ne sont pas habités à l’année ?",
        "Le parc est presque entièrement habité à l’année : est-ce appelé à changer ?",
    ),
    Fact(
        "occupation", "Lien", "Habitants par résidence principale, {until}", "POP / RP",
        _ratio(("population", "POP"), ("dwellings", "RP"), per=1, behind="bottom"), lambda value: french.number(value, digits=2),
        "Les logements suivront-ils des ménages appelés à devenir plus petits ?",
        "Quels logements pour des ménages déjà petits : taille, adaptation, mobilité ?",
    ),
)  # fmt: skip
