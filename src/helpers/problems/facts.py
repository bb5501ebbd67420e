"""Facts that set a commune apart: indicators of the registry, ranked by how far it stands from other communes.

A fact is an indicator, the questions it raises when the commune stands high or low, and the issue that people may make
of it. What weighs most comes first; what to make of it is for them to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from helpers import french, provenance
from helpers.indicators.cube import Cube, Tables
from helpers.indicators.engine import measure
from helpers.indicators.indicator import Indicator
from helpers.indicators.measures import Period, Ratio
from helpers.indicators.quantities import POPULATION
from helpers.indicators.ranking import QUARTER, beside, percentile_of, quarter, rank_of
from helpers.indicators.registry import find
from helpers.indicators.reliability import SMALL_COMMUNE, Verdict, explain, judge
from helpers.territory.panel import ENOUGH

# So many facts are enough for a debate, and so many are the most that one can hold.
A_DEBATE = 3
LONGEST_DEBATE = 8
# What a figure weighs by its verdict; what its level weighs beside its change.
RELIABILITY: dict[Verdict, float] = {"ok": 1.0, "prudence": 0.5, "n.s.": 0.0, "n.d.": 0.0}
LEVEL_WEIGHT = 2

_COLUMNS = [
    "id", "theme", "indicator", "measure", "written", "reference", "median", "beside", "percentile", "position", "change",
    "changed", "change_percentile", "salience", "stands_out", "question", "issue", "rank", "communes", "verdict", "reason",
    *provenance.COLUMNS,
]  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """An indicator, the question it raises when the commune stands `high` or `low` among the others, and the `issue`."""

    indicator: Indicator
    high: str
    low: str
    issue: str

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

    Columns `id, theme, indicator, measure, written, reference, median, beside, percentile, position, change, changed,
    change_percentile, salience, stands_out, question, issue, rank, communes, verdict, reason, origin, sources`.
    `percentile` is the share (%) of the other communes that stand lower (ties for half) and `position` its quarter in
    words; `reference` is the median of the others, the commune left out, and `beside` how near it is (words of
    `helpers.indicators.ranking`); `change` is that since the first census, in the unit of the figure, for a share or a
    ratio known at both.

    `salience`, from 0 to 50, is `reliability × (2 × |percentile − 50| + |change_percentile − 50|) / 3`, or
    `reliability × |percentile − 50|` where no change is known. `reliability` is 1, a half for a figure to be read with
    caution, 0 for one that is not significant (`verdict`, `reason`: `helpers.indicators.reliability`): the latter is not
    ranked, and has neither percentile nor position.

    A fact without a value for the commune, or known for fewer than 8 others, is left out; so are, of a figure of the
    exploitation complémentaire, the others under 2 000 inhabitants. Simulated facts are left out as soon as three
    real ones are known: a debate is held on real figures.
    """
    return gather_each(facts, tables, code=code, since=since, until=until, panels=[panel])[0]


def gather_each(
    facts: tuple[Fact, ...],
    tables: Tables,
    *,
    code: str,
    since: int,
    until: int,
    panels: Sequence[Iterable[str] | None],
) -> list[pd.DataFrame]:
    """What `gather` gives among each of several panels, every indicator being worked out once."""
    cube = Cube.of(tables)
    inhabitants = cube.frame(POPULATION.read(cube, year=until)).set_index("territory")["value"]
    small = set(inhabitants.index[inhabitants < SMALL_COMMUNE]) - {code}
    compared = [None if panel is None else {code, *panel} for panel in panels]
    rows: list[list[dict[str, object]]] = [[] for _ in panels]
    for fact in facts:
        values = _values(fact.indicator, cube, since=since, until=until)
        if code not in values.index:
            continue
        if fact.indicator.exploitation == "complémentaire":
            values = values[~values.index.isin(small)]
        weighed = {"inhabitants": inhabitants.get(code), "exploitation": fact.indicator.exploitation}
        own = values.loc[code]
        verdict = judge(own["value"], own["count"], **weighed)
        told = {
            "indicator": fact.indicator.name(since=since, until=until, year=int(own["year"])),
            "verdict": verdict,
            "reason": explain(own["value"], own["count"], **weighed),
        }
        before = None
        if isinstance(fact.indicator.measure, Ratio) and RELIABILITY[verdict] > 0:
            before = _values(fact.indicator, cube, since=since, until=since)
        for among, found in zip(compared, rows, strict=True):
            now = values if among is None else values[values.index.isin(among)]
            if len(now) > ENOUGH:
                moved = _changes(before, now, code=code)
                found.append({**_row(fact, now, moved, code=code, verdict=verdict), **told})
    return [_rank(found) for found in rows]


def _rank(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """The facts of one panel, the most salient first."""
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    real = frame["origin"] != "demonstration"
    frame = frame[real] if real.sum() >= A_DEBATE else frame
    return frame.sort_values(["salience", "id"], ascending=[False, True], ignore_index=True)


def choose(
    gathered: pd.DataFrame, *, at_least: int = A_DEBATE, at_most: int = LONGEST_DEBATE
) -> pd.DataFrame:
    """The facts to debate: those that stand out, or else the most salient ones, within two numbers.

    Of several that make one issue, the most salient.
    """
    distinct = gathered.drop_duplicates("issue", ignore_index=True)
    chosen = distinct["stands_out"] | ((distinct.index < at_least) & (distinct["salience"] > 0))
    return distinct[chosen].head(at_most)


def pair(gathered: pd.DataFrame, again: pd.DataFrame) -> pd.DataFrame:
    """Facts gathered among some communes, facing the same gathered among others, where they are ranked in both.

    Columns `id, indicator, measure, written`, then `percentile, position, reference, median` among the former and, with
    the suffix `_panel`, among the latter, `origin, sources`.
    """
    placed = ["percentile", "position", "reference", "median", *provenance.COLUMNS]
    first, second = (frame.dropna(subset="percentile") for frame in (gathered, again))
    first = first[["id", "indicator", "measure", "written", *placed]]
    return provenance.join(first, second[["id", *placed]], on=["id"], suffixes=("", "_panel"))


def _values(one: Indicator, cube: Cube, *, since: int, until: int) -> pd.DataFrame:
    """What an indicator gives by territory, where it is known."""
    return measure(cube, one, Period(since, until)).set_index("territory")


def _changes(before: pd.DataFrame | None, now: pd.DataFrame, *, code: str) -> pd.DataFrame | None:
    """The change of a share or a ratio since the first census: `value, origin, sources`, by territory.

    Nothing where it may not be told: a register, a figure that is a change already, a first date that is not known or
    not significant, or simulated where the last one is real.
    """
    if before is None:
        return None
    before = before[before.index.isin(now.index)]
    if code not in before.index or len(before) <= ENOUGH:
        return None
    own = before.loc[code]
    # A register has its own date, whichever census it is asked for.
    if own["year"] == now.loc[code, "year"] or judge(own["value"], own["count"]) == "n.s.":
        return None
    if _simulated(before) and not _simulated(now):
        return None
    return before.assign(value=now["value"] - before["value"])


def _simulated(values: pd.DataFrame) -> bool:
    return provenance.least_real(values["origin"]) == "demonstration"


def _row(
    fact: Fact, values: pd.DataFrame, moved: pd.DataFrame | None, *, code: str, verdict: Verdict
) -> dict[str, object]:
    """One fact beside the others, from its values and its changes."""
    one = fact.indicator
    own, others = float(values.loc[code, "value"]), values["value"].drop(code)
    ranked = RELIABILITY[verdict] > 0
    percentile = percentile_of(own, others)
    change = change_percentile = float("nan")
    parts = [values]
    if moved is not None:
        change = float(moved.loc[code, "value"])
        change_percentile = percentile_of(change, moved["value"].drop(code))
        parts.append(moved)
    return {
        "id": one.id,
        "theme": one.theme,
        "measure": own,
        "written": one.write(own),
        "reference": one.write(others.median()),
        "median": others.median(),
        "beside": beside(own, others.median(), unit=one.unit) if ranked else french.NOT_SIGNIFICANT,
        "percentile": percentile if ranked else float("nan"),
        "position": quarter(percentile) if ranked else french.NOT_SIGNIFICANT,
        "change": change,
        "changed": _write_change(one, change),
        "change_percentile": change_percentile,
        "salience": salience(percentile, change_percentile, verdict=verdict),
        "stands_out": ranked and abs(percentile - 50) >= 50 - QUARTER,
        "question": fact.high if percentile >= 50 else fact.low,
        "issue": fact.issue,
        "rank": rank_of(own, others) if ranked else french.NOT_SIGNIFICANT,
        "communes": len(values),
        "origin": provenance.least_real(pd.concat([part["origin"] for part in parts])),
        "sources": provenance.union(pd.concat([part["sources"] for part in parts])),
    }


def salience(percentile: float, change_percentile: float, *, verdict: Verdict) -> float:
    """What a fact weighs, from 0 to 50: the formula of `gather`."""
    distance = abs(percentile - 50)
    if not french.is_missing(change_percentile):
        distance = (LEVEL_WEIGHT * distance + abs(change_percentile - 50)) / (LEVEL_WEIGHT + 1)
    return RELIABILITY[verdict] * distance


def _write_change(one: Indicator, change: float) -> str:
    if one.unit == "%":
        return french.points(change, digits=one.digits)
    return french.number(change, digits=one.digits, signed=True)


def _fact(identifier: str, high: str, low: str, issue: str) -> Fact:
    return Fact(find(identifier), high, low, issue)


FACTS = (
    _fact(
        "croissance",
        "Ce rythme se poursuivra-t-il ? Les équipements suivent-ils ?",
        "Qui part, qui arrive ? Quel rythme d’évolution la commune souhaite-t-elle ?",
        "le rythme d’évolution de la population, et les équipements",
    ),
    _fact(
        "solde_naturel",
        "Comment répondre aux besoins des familles et des jeunes enfants ?",
        "La population âgée trouve-t-elle les services et les logements qu’il lui faut ?",
        "l’équilibre entre les générations",
    ),
    _fact(
        "solde_migratoire",
        "Qui sont les nouveaux arrivants, et dans quels logements s’installent-ils ?",
        "Quels ménages partent, lesquels ne peuvent s’installer, et pour quels logements ?",
        "l’accueil de nouveaux habitants et les départs",
    ),
    _fact(
        "natalite",
        "Les places d’accueil et d’école suffisent-elles ?",
        "Que deviennent les écoles et les lieux d’accueil des enfants ?",
        "l’accueil de la petite enfance et l’école",
    ),
    _fact(
        "ages_0_14",
        "Les écoles, l’accueil et les loisirs des enfants suivent-ils ?",
        "La commune accueille-t-elle encore des familles ? Quels logements leur conviendraient ?",
        "la place des enfants et de leurs familles",
    ),
    _fact(
        "ages_75",
        "Comment vieillir dans la commune : adaptation, proximité, parcours résidentiels ?",
        "Le vieillissement est-il à venir ? Comment l’anticiper ?",
        "vieillir dans la commune",
    ),
    _fact(
        "vieillissement",
        "Comment les générations se côtoient-elles ? Quels logements et quels services partagent-elles ?",
        "Que deviendront les enfants de la commune et leurs parents ? Y trouveront-ils un logement ?",
        "les relations entre les générations",
    ),
    _fact(
        "arrivees",
        "Qui arrive, d’où, et pour combien de temps ? Comment accueillir ces habitants ?",
        "De nouveaux habitants peuvent-ils se loger dans la commune ?",
        "l’accueil de ceux qui arrivent",
    ),
    _fact(
        "personnes_seules",
        "Les logements et les services conviennent-ils à ceux qui vivent seuls ?",
        "Où se loge celui qui quitte sa famille ou se retrouve seul ?",
        "habiter seul dans la commune",
    ),
    _fact(
        "taille_menages",
        "Les logements conviennent-ils à de grands ménages ? Conviendraient-ils à des ménages plus petits ?",
        "Quels logements pour des ménages plus petits qu’ailleurs : taille, adaptation, mobilité ?",
        "la taille des logements et celle des ménages",
    ),
    _fact(
        "monoparentales",
        "Quels logements et quels services pour les familles d’un seul parent ?",
        "Les familles d’un seul parent trouvent-elles à se loger dans la commune ?",
        "les familles d’un seul parent",
    ),
    _fact(
        "seuls_80",
        "Comment entourer les plus âgés qui vivent seuls, et adapter leur logement ?",
        "Avec qui et où vivent les plus âgés ? Leurs proches sont-ils soutenus ?",
        "l’isolement des plus âgés",
    ),
    _fact(
        "revenu",
        "Qui peut encore se loger dans la commune ?",
        "L’offre de logements convient-elle aux ressources des ménages ?",
        "se loger selon ses ressources",
    ),
    _fact(
        "pauvrete",
        "Comment accompagner les ménages fragiles dans leur logement ?",
        "La commune accueille-t-elle des ménages de tous niveaux de vie ?",
        "les ménages fragiles et leur logement",
    ),
    _fact(
        "parc_evolution",
        "Quels logements ont été ajoutés, où, et pour qui ?",
        "Le parc change-t-il autrement : rénovation, transformation, changement d’usage ?",
        "le rythme et la forme de la construction",
    ),
    _fact(
        "vacance",
        "Où sont les logements vacants, depuis quand, et que peut-on remettre sur le marché ?",
        "Le marché est-il tendu ? Reste-t-il de quoi se loger ou changer de logement ?",
        "les logements vacants",
    ),
    _fact(
        "vacance_longue",
        "Que sont ces logements vides depuis longtemps, et qui peut agir ?",
        "La vacance de longue durée est-elle résorbée, ou mal connue ?",
        "les logements vides depuis longtemps",
    ),
    _fact(
        "principales_maisons",
        "Où se logent ceux qui ne cherchent pas une maison ?",
        "Où vont ceux qui cherchent une maison ?",
        "la diversité des formes d’habitat",
    ),
    _fact(
        "proprietaires",
        "Où se logent ceux qui ne peuvent ou ne veulent pas acheter ?",
        "L’accession est-elle possible dans la commune pour ceux qui la souhaitent ?",
        "les parcours entre location et propriété",
    ),
    _fact(
        "social",
        "Dans quel état est le parc social, et qui y accède ?",
        "La demande locative sociale trouve-t-elle une réponse dans la commune ?",
        "l’offre de logements sociaux",
    ),
    _fact(
        "secondaires",
        "À quoi servent les logements qui ne sont pas habités à l’année ?",
        "Des logements changent-ils d’usage, de l’année à l’occasion ou l’inverse ?",
        "les logements qui ne sont pas habités à l’année",
    ),
    _fact(
        "petits",
        "Qui habite ces petits logements, et pour combien de temps ?",
        "Où se loge-t-on seul ou à deux dans la commune ?",
        "la place des petits logements",
    ),
    _fact(
        "grands",
        "Ces grands logements répondent-ils à la taille des ménages d’aujourd’hui ?",
        "Les familles trouvent-elles des logements assez grands ?",
        "la place des grands logements",
    ),
    _fact(
        "petits_menages_grands_logements_min",
        "De petits ménages vivent dans de grands logements : par choix, ou faute d’en trouver un plus petit ?",
        "Des ménages plus petits qu’aujourd’hui trouveraient-ils à se loger dans la commune ?",
        "la taille des logements et celle des ménages",
    ),
    _fact(
        "sous_occupation",
        "Qui vit dans des logements plus grands que la norme, et souhaite-t-on y rester ?",
        "Les ménages qui s’agrandissent trouvent-ils de la place ?",
        "la taille des logements et celle des ménages",
    ),
    _fact(
        "suroccupation",
        "Quels ménages vivent à l’étroit, dans quels logements, et comment les reloger ?",
        "Les familles nombreuses trouvent-elles à se loger dans la commune ?",
        "les ménages à l’étroit",
    ),
    _fact(
        "a_transmettre_65",
        "Que deviendront les logements de propriétaires âgés : transmission, vente, adaptation ?",
        "Les propriétaires sont-ils d’arrivée récente ? Que deviendront leurs logements quand ils vieilliront ensemble ?",
        "les logements à transmettre",
    ),
    _fact(
        "a_transmettre_80",
        "Comment accompagner les propriétaires les plus âgés, et ceux qui reprendront leur logement ?",
        "Où vivent les plus âgés : chez eux, chez des proches, en établissement ?",
        "les logements à transmettre",
    ),
    _fact(
        "anciens",
        "Dans quel état est ce bâti ancien, et comment l’améliorer ?",
        "Ces logements vieilliront-ils ensemble ? Quand faudra-t-il les rénover ?",
        "l’âge du bâti et son entretien",
    ),
    _fact(
        "installes_10",
        "Reste-t-on dans son logement par choix, ou faute d’en trouver un autre ?",
        "Qui change souvent de logement, et pour aller où ?",
        "les parcours d’un logement à l’autre",
    ),
    _fact(
        "voiture",
        "Que peut-on faire sans voiture dans la commune ?",
        "Les services et les transports répondent-ils à ceux qui n’ont pas de voiture ?",
        "se déplacer depuis son logement",
    ),
    _fact(
        "occupation",
        "Les logements conviennent-ils à la taille des ménages ? Conviendraient-ils à des ménages plus petits ?",
        "Quels logements pour des ménages plus petits qu’ailleurs : taille, adaptation, mobilité ?",
        "la taille des logements et celle des ménages",
    ),
    _fact(
        "habitants_gagnes",
        "Qui habite les logements construits ? Les services suivent-ils ?",
        "À quels ménages ont servi les logements construits ?",
        "ce qu’apportent les logements construits",
    ),
    *(
        _fact(f"habitants_{ages}_evolution", high, low, issue)
        for ages, high, low, issue in (
            (
                "0_2",
                "Les places d’accueil des tout-petits suffisent-elles ?",
                "Quels jeunes ménages la commune peut-elle loger ? Que deviennent les lieux d’accueil ?",
                "l’accueil de la petite enfance et l’école",
            ),
            (
                "3_5",
                "Les classes de maternelle suffisent-elles, aujourd’hui et dans quelques années ?",
                "Que deviennent les classes de maternelle ?",
                "l’accueil de la petite enfance et l’école",
            ),
            (
                "6_10",
                "Les écoles, la cantine et les loisirs des enfants suivent-ils ?",
                "Que deviennent les classes et les locaux des écoles ?",
                "la place des enfants et de leurs familles",
            ),
            (
                "11_14",
                "Que propose la commune aux collégiens : transports, loisirs, lieux à eux ?",
                "Que devient ce que la commune propose aux collégiens ?",
                "la place des adolescents",
            ),
            (
                "80",
                "L’aide à domicile, les soins et l’adaptation des logements suivent-ils ?",
                "Où vivent les plus âgés, et quels services leur restent nécessaires ?",
                "vieillir dans la commune",
            ),
        )
    ),
)

# Tables of the store that the facts are made from.
FACT_TABLES = tuple(dict.fromkeys(table for fact in FACTS for table in fact.indicator.tables))
