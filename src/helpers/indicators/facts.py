"""Facts that set a commune apart: indicators of the registry, ranked by how far it stands from other communes.

A fact is an indicator and the questions it raises when the commune stands high or low. What weighs most comes first;
what to make of it is for people to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from helpers import provenance
from helpers.indicators.judgement import SMALL_COMMUNE, explain, judge
from helpers.indicators.quantities import POPULATION, Tables
from helpers.indicators.record import Indicator, measure
from helpers.indicators.registry import find

# A commune in the first or last quarter of the others stands out.
STANDS_OUT = 25.0
# Fewer communes than this give no rank.
ENOUGH = 8
# So many facts are enough for a debate.
A_DEBATE = 3


@dataclass(frozen=True)
class Fact:
    """An indicator, and the question it raises when the commune stands `high` or `low` among the others."""

    indicator: Indicator
    high: str
    low: str

    @property
    def id(self) -> str:
        """That of its indicator."""
        return self.indicator.id


def gather(
    facts: tuple[Fact, ...],
    tables: Tables,
    *,
    code: str,
    since: int,
    until: int,
    panel: Iterable[str] | None = None,
) -> pd.DataFrame:
    """The facts of one commune among the others, most salient first.

    The others are those of the `panel` (the commune is no part of its own), by default every territory of `tables`.

    Columns `id, theme, indicator, measure, written, reference, median, percentile, salience, stands_out, question,
    rank, communes, verdict, reason, origin, sources`. `percentile` is the share (%) of the other communes that stand
    lower (ties for half); `reference` the median of the others, the commune left out; `salience` =
    |percentile − 50|, nil for a figure that is not significant (`verdict`, `reason`: `helpers.indicators.judgement`).

    A fact without a value for the commune, or known for fewer than 8 others, is left out; so are, of a figure of the
    exploitation complémentaire, the others under 2 000 inhabitants. Simulated facts are left out as soon as three
    real ones are known: a debate is held on real figures.
    """
    compared = None if panel is None else {code, *panel}
    inhabitants = POPULATION.read(tables, year=until).set_index("territory")["value"]
    rows = []
    for fact in facts:
        one = fact.indicator
        values = measure(one, tables, since=since, until=until).dropna(subset="value").set_index("territory")
        if compared is not None:
            values = values[values.index.isin(compared)]
        if one.exploitation == "complémentaire":
            small = set(inhabitants.index[inhabitants < SMALL_COMMUNE]) - {code}
            values = values[~values.index.isin(small)]
        if code not in values.index or len(values) - 1 < ENOUGH:
            continue
        own, others = values.loc[code], values["value"].drop(code)
        percentile = percentile_of(own["value"], others)
        weighed = {"inhabitants": inhabitants.get(code), "exploitation": one.exploitation}
        verdict = judge(own["value"], own["count"], **weighed)
        reliable = verdict != "n.s."
        rows.append(
            {
                "id": one.id,
                "theme": one.theme,
                "indicator": one.name(since=since, until=until, year=int(own["year"])),
                "measure": own["value"],
                "written": one.write(own["value"]),
                "reference": one.write(others.median()),
                "median": others.median(),
                "percentile": percentile,
                "salience": abs(percentile - 50) if reliable else 0.0,
                "stands_out": reliable and abs(percentile - 50) >= 50 - STANDS_OUT,
                "question": fact.high if percentile >= 50 else fact.low,
                "rank": f"{int((others > own['value']).sum()) + 1} / {len(others) + 1}",
                "communes": len(others) + 1,
                "verdict": verdict,
                "reason": explain(own["value"], own["count"], **weighed),
                "origin": provenance.least_real(values["origin"]),
                "sources": provenance.union(values["sources"]),
            }
        )
    columns = [
        "id", "theme", "indicator", "measure", "written", "reference", "median", "percentile", "salience", "stands_out",
        "question", "rank", "communes", "verdict", "reason", *provenance.COLUMNS,
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    real = frame["origin"] != "demonstration"
    frame = frame[real] if real.sum() >= A_DEBATE else frame
    return frame.sort_values(["salience", "id"], ascending=[False, True], ignore_index=True)


def choose(gathered: pd.DataFrame, *, at_least: int = A_DEBATE) -> pd.DataFrame:
    """The facts to debate: those that stand out, or else the most salient ones, `at_least` so many."""
    chosen = gathered["stands_out"] | ((gathered.index < at_least) & (gathered["salience"] > 0))
    return gathered[chosen]


def percentile_of(value: float, others: pd.Series) -> float:
    """Share (%) of the others that are lower, ties counting for half."""
    return float(100 * ((others < value).sum() + (others == value).sum() / 2) / len(others))


def _fact(identifier: str, high: str, low: str) -> Fact:
    return Fact(find(identifier), high, low)


FACTS = (
    _fact(
        "croissance",
        "La croissance se poursuit-elle ? Les équipements suivent-ils ?",
        "Qui part, qui arrive ? La commune souhaite-t-elle retrouver des habitants ?",
    ),
    _fact(
        "solde_naturel",
        "Comment répondre aux besoins des familles et des jeunes enfants ?",
        "La population âgée trouve-t-elle les services et les logements qu’il lui faut ?",
    ),
    _fact(
        "solde_migratoire",
        "Qui sont les nouveaux arrivants, et dans quels logements s’installent-ils ?",
        "Quels ménages quittent la commune, et pour quels logements ?",
    ),
    _fact(
        "natalite",
        "Les places d’accueil et d’école suffisent-elles ?",
        "Que deviennent les écoles et les lieux d’accueil des enfants ?",
    ),
    _fact(
        "ages_0_14",
        "Les écoles, l’accueil et les loisirs des enfants suivent-ils ?",
        "La commune accueille-t-elle encore des familles ? Quels logements leur conviendraient ?",
    ),
    _fact(
        "ages_75",
        "Comment vieillir dans la commune : adaptation, proximité, parcours résidentiels ?",
        "Le vieillissement est-il à venir ? Comment l’anticiper ?",
    ),
    _fact(
        "vieillissement",
        "Comment les générations se côtoient-elles ? Quels logements et quels services partagent-elles ?",
        "La commune restera-t-elle jeune ? Que deviendront ses enfants et leurs parents ?",
    ),
    _fact(
        "arrivees",
        "Qui arrive, d’où, et pour combien de temps ? Comment accueillir ces habitants ?",
        "De nouveaux habitants peuvent-ils se loger dans la commune ?",
    ),
    _fact(
        "personnes_seules",
        "Les logements et les services conviennent-ils à ceux qui vivent seuls ?",
        "Où se loge celui qui quitte sa famille ou se retrouve seul ?",
    ),
    _fact(
        "monoparentales",
        "Quels logements et quels services pour les familles d’un seul parent ?",
        "Les familles d’un seul parent trouvent-elles à se loger dans la commune ?",
    ),
    _fact(
        "seuls_80",
        "Comment entourer les plus âgés qui vivent seuls, et adapter leur logement ?",
        "Avec qui et où vivent les plus âgés ? Leurs proches sont-ils soutenus ?",
    ),
    _fact(
        "revenu",
        "Qui peut encore se loger dans la commune ?",
        "L’offre de logements convient-elle aux ressources des ménages ?",
    ),
    _fact(
        "pauvrete",
        "Comment accompagner les ménages fragiles dans leur logement ?",
        "La commune accueille-t-elle des ménages de tous niveaux de vie ?",
    ),
    _fact(
        "parc_evolution",
        "Quels logements ont été ajoutés, où, et pour qui ?",
        "Le parc change-t-il autrement : rénovation, transformation, changement d’usage ?",
    ),
    _fact(
        "vacance",
        "Où sont les logements vacants, depuis quand, et que peut-on remettre sur le marché ?",
        "Le marché est-il tendu ? Reste-t-il de quoi se loger ou changer de logement ?",
    ),
    _fact(
        "vacance_longue",
        "Que sont ces logements vides depuis longtemps, et qui peut agir ?",
        "La vacance de longue durée est-elle résorbée, ou mal connue ?",
    ),
    _fact(
        "principales_maisons",
        "Où se logent ceux qui ne cherchent pas une maison ?",
        "Où vont ceux qui cherchent une maison ?",
    ),
    _fact(
        "proprietaires",
        "Où se logent ceux qui ne peuvent ou ne veulent pas acheter ?",
        "L’accession est-elle possible dans la commune pour ceux qui la souhaitent ?",
    ),
    _fact(
        "social",
        "Dans quel état est le parc social, et qui y accède ?",
        "La demande locative sociale trouve-t-elle une réponse dans la commune ?",
    ),
    _fact(
        "secondaires",
        "À quoi servent les logements qui ne sont pas habités à l’année ?",
        "Le parc est presque entièrement habité à l’année : est-ce appelé à changer ?",
    ),
    _fact(
        "petits",
        "Qui habite ces petits logements, et pour combien de temps ?",
        "Où se loge-t-on seul ou à deux dans la commune ?",
    ),
    _fact(
        "grands",
        "Ces grands logements répondent-ils à la taille des ménages d’aujourd’hui ?",
        "Les familles trouvent-elles des logements assez grands ?",
    ),
    _fact(
        "anciens",
        "Dans quel état est ce bâti ancien, et comment l’améliorer ?",
        "Ces logements vieilliront-ils ensemble ? Quand faudra-t-il les rénover ?",
    ),
    _fact(
        "installes_10",
        "Reste-t-on dans son logement par choix, ou faute d’en trouver un autre ?",
        "Qui change souvent de logement, et pour aller où ?",
    ),
    _fact(
        "voiture",
        "Que peut-on faire sans voiture dans la commune ?",
        "Les services et les transports répondent-ils à ceux qui n’ont pas de voiture ?",
    ),
    _fact(
        "occupation",
        "Les logements suivront-ils des ménages appelés à devenir plus petits ?",
        "Quels logements pour des ménages déjà petits : taille, adaptation, mobilité ?",
    ),
    _fact(
        "habitants_gagnes",
        "Qui habite les logements construits ? Les services suivent-ils ?",
        "À quels ménages ont servi les logements construits ?",
    ),
)

# Tables of the store that the facts are made from.
FACT_TABLES = tuple(dict.fromkeys(table for fact in FACTS for table in fact.indicator.tables))
