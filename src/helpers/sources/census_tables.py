"""Insee's tables of the census by commune (base-cc-*), three censuses in one file.

A column bears the vintage and the exploitation of its count: `P22_LOG` is that of 2022 in the exploitation
principale, `C22_MEN` in the complémentaire, `D99_POP` in a census of everybody. Here a spelling leaves the
vintage out: `P_LOG`. Spellings of RP2018 and RP2022 were read in public code that uses the true files; those of the
other vintages follow them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pandas as pd

from helpers import french
from helpers.sources.files import note, require_years
from helpers.sources.registry import Source
from helpers.sources.wide_csv import Cell, WideFile, open_wide, tabulate

_CODE = "CODGEO"
# Censuses of everybody, before the yearly surveys.
_EXHAUSTIVE = (1968, 1975, 1982, 1990, 1999)
_NEVER = 0
# Absent columns named in a message; all are counted.
_SHOWN = 12


@dataclass(frozen=True)
class Count:
    """A count that each census of a file gives.

    `spellings` are those of its column, the first one found being read; "A+B" adds two columns, "A-B" subtracts.
    Censuses up to `before` may lack it, and files of the vintage `since` or later. Where `only` names censuses, the
    others give another count under this name.
    """

    table: str
    variable: str
    spellings: Sequence[str]
    keys: dict[str, str] = field(default_factory=dict)
    before: int = _NEVER
    since: int | None = None
    only: Sequence[int] = ()


def read(path: Path, *, source: Source) -> dict[str, pd.DataFrame]:
    """Read the tables of one file, for each of its censuses: `code, year, variable, value`.

    * family `serie-historique`: `population`, `flows` (with `since`: births and deaths from 1 January `since` to
      31 December `year` - 1), `dwellings`, `households` (PMEN) since 1968, and `area` (SUPERF, km2);
    * `evol-struct-pop`: `population`, `age_groups`, `mobility`, in persons;
    * `logement`: `dwellings`, `households` (MEN, PMEN) and `occupants` (NPER, persons, with `tenure`);
    * `coupl-fam-men`: `households`, whose counts of the exploitation complémentaire keep their `C_`.

    Municipal arrondissements stand beside their city when the file has them. Values are not rounded. An extract is
    read for the columns that it has; those it lacks are reported (`files.note`).

    Raises:
        SourceError: file missing, damaged, of another vintage, or without any of the expected columns (it lists those
            it has); a commune given twice; a count that is not a positive number, with its line.
    """
    file = open_wide(path, member=source.member, dictionary=source.dictionary)
    held = {census_year(found[1]) for name in file.columns if (found := re.match(r"[PC](\d\d)_", name))}
    dates = source.dates or tuple(sorted(held))
    # An extract may keep the last census alone: the file is then of its vintage all the same.
    latest = source.model_copy(update={"dates": dates[-1:]})
    require_years(held, source=latest, path=path)
    if source.family == "serie-historique":
        cells, absent = _plan_series(file, dates)
    else:
        cells, absent = _plan(file, _COUNTS[source.family], dates=dates)
    file.require([_CODE, *(() if cells else absent)])
    rows = file.read([_CODE, *(name for cell in cells for name in (*cell.plus, *cell.minus))])
    return note(tabulate(rows, cells, code=_CODE), _describe_absent(absent, file=file, source=source))


def _describe_absent(absent: Sequence[str], *, file: WideFile, source: Source) -> str:
    """Describe the columns that an extract lacks; nothing where it has them all."""
    if not absent:
        return ""
    more = f" et {len(absent) - _SHOWN} autres" if len(absent) > _SHOWN else ""
    announced = [name for name in absent if name in file.labels]
    damaged = f" ({len(announced)} annoncées par son dictionnaire)" if announced else ""
    return (
        f"{source.title} ({file.path}) : lu pour les colonnes qu’il a ; {french.quantity(len(absent), 'colonne')} de "
        f"la table de l’Insee n’y {french.plural(len(absent), 'est', 'sont')} pas{damaged} : "
        f"{', '.join(absent[:_SHOWN])}{more}."
    )


def census_year(digits: str) -> int:
    """Return the year of a census from its two digits: 68 to 99, then 06 and on."""
    return 1900 + int(digits) if int(digits) >= 68 else 2000 + int(digits)


def spell_flow(prefix: str, *, since: int, until: int, columns: Sequence[str]) -> str:
    """Spell the column of the births (prefix NAIS) or deaths (DECE) between two censuses, from 1 January to 1 January.

    RP2018 writes NAIS1318; RP2021 and RP2022 write the last year of events, NAIS1520 and NAIS1621 for the six
    years up to the first of January 2021 and 2022 (and NAIS9909, NAIS0610 before them).
    """
    ends = (until, until - 1) if until <= 2018 else (until - 1, until)
    spellings = [f"{prefix}{since % 100:02d}{end % 100:02d}" for end in ends]
    return next((name for name in spellings if name in columns), spellings[0])


def _same(
    table: str, *variables: str, prefix: str = "P_", before: int = _NEVER, since: int | None = None
) -> list[Count]:
    """List counts whose column bears the name of the variable."""
    return [
        Count(table, name, [prefix + name.removeprefix(prefix)], before=before, since=since)
        for name in variables
    ]


# RP2008 has one class where later censuses have two; RP2011 has both, RP2010 was not seen.
_ONE_OLD_CLASS = 2010
# RP2008 asked where people lived five years earlier (POP05P); one year earlier since the survey of 2011, which a
# census of five surveys has whole since RP2013.
_FIVE_YEARS = 2012
# RP2008 has four other periods (ACHT1 to ACHT4), RP2011 and RP2012 three (before 1946, 1946 to 1990, since).
_OTHER_PERIODS = 2012
_THREE_PERIODS = (2011, 2012)
# RP2022 gives the fuel (CGAZV, CFIOUL, CELEC, CGAZB, CAUT) in place of the installation. The bathroom and
# the mean length of stay were not seen in public code that reads RP2021 or later.
_NOT_SEEN = 2021
# The fuel and the occupation of homes were seen in RP2022, for its last census; what its others give is not known.
_SEEN_ONCE = 9999

_AGES = ("0014", "1529", "3044", "4559", "6074")
_POPULATION = [
    *_same("population", "POP"),
    *_same("age_groups", *(f"POP{ages}" for ages in _AGES)),
    *_same("age_groups", "POP7589", "POP90P", before=_ONE_OLD_CLASS),
    Count("age_groups", "POP75P", ["P_POP75P", "P_POP7589+P_POP90P"]),
    *_same("age_groups", "POPH", "POPF", "H0019", "H2064", "H65P", "F0019", "F2064", "F65P"),
    *_same("mobility", "POP01P", *(f"POP01P_IRAN{place}" for place in range(1, 8)), before=_FIVE_YEARS),
]

_TENURES = {
    "owner": "P_NPER_RP_PROP",
    "social": "P_NPER_RP_LOCHLMV",
    "private": "P_NPER_RP_LOC-P_NPER_RP_LOCHLMV",
    "other": "P_NPER_RP_GRAT",
}
_DWELLINGS = [
    *_same("dwellings", "LOG", "RP", "RSECOCC", "LOGVAC", "MAISON", "APPART", "RPMAISON", "RPAPPART"),
    *_same("dwellings", "RP_PROP", "RP_LOC", "RP_LOCHLMV", "RP_GRAT", "RP_1P", "RP_2P", "RP_3P", "RP_4P", "RP_5PP"),
    *_same("dwellings", "NBPI_RP", "NBPI_RPMAISON", "NBPI_RPAPPART"),
    Count("dwellings", "RP_ACHTOT", ["P_RP_ACHTOT", "P_RP_ACHTT"]),
    # Since RP2022 the year that ends the period has four digits: ACH1919, ACH2019.
    *(
        Count(
            "dwellings", f"RP_ACH{end % 100:02d}", [f"P_RP_ACH{end % 100:02d}", f"P_RP_ACH{end}"],
            before=_OTHER_PERIODS,
        )
        for end in (1919, 1945, 1970, 1990, 2005)
    ),
    # The last period ends three years before the census: ACH15 in RP2018.
    Count("dwellings", "RP_ACH15", ["P_RP_ACH{short}", "P_RP_ACH{long}"], before=_OTHER_PERIODS),
    *(Count("dwellings", f"RP_ACHT{rank}", [f"P_RP_ACHT{rank}"], only=_THREE_PERIODS) for rank in (1, 2, 3)),
    *_same("dwellings", "MEN_ANEM0002", "MEN_ANEM0204", "MEN_ANEM0509", "MEN_ANEM10P"),
    *_same("dwellings", "MEN_ANEM1019", "MEN_ANEM2029", "MEN_ANEM30P"),
    *_same("dwellings", "ANEM_RP", since=_NOT_SEEN),
    *_same("dwellings", *(f"ANEM_RP_{tenure}" for tenure in ("PROP", "LOC", "LOCHLMV", "GRAT")), since=_NOT_SEEN),
    *_same("dwellings", "RP_SDB", "RP_CCCOLL", "RP_CCIND", "RP_CINDELEC", since=_NOT_SEEN),
    *_same("dwellings", "RP_CGAZV", "RP_CFIOUL", "RP_CELEC", "RP_CGAZB", "RP_CAUT", before=_SEEN_ONCE),
    *_same("dwellings", "C_RP_SUROCC_ACC", "C_RP_SUROCC_MOD", "C_RP_NORME", prefix="C_", before=_SEEN_ONCE),
    *_same("dwellings", "C_RP_SOUSOCC_MOD", "C_RP_SOUSOCC_ACC", "C_RP_SOUSOCC_TACC", prefix="C_", before=_SEEN_ONCE),
    *_same("dwellings", "RP_GARL", "RP_VOIT1P", "RP_VOIT1", "RP_VOIT2P"),
    *_same("households", "MEN", "PMEN"),
    *(Count("occupants", "NPER", [column], keys={"tenure": tenure}) for tenure, column in _TENURES.items()),
]  # fmt: skip

# Both exploitations in one file: a variable that comes from the complémentaire keeps its C_.
_COUPLES = [
    *_same("households", "C_MEN", "C_PMEN", prefix="C_"),
    *_same("households", "C_MENPSEUL", "C_MENHSEUL", "C_MENFSEUL", "C_MENSFAM", "C_MENFAM", prefix="C_"),
    *_same("households", "C_MENCOUPSENF", "C_MENCOUPAENF", "C_MENFAMMONO", prefix="C_"),
    *_same("households", "POP6579", "POP6579_PSEUL", "POP80P", "POP80P_PSEUL"),
]

_COUNTS = {"evol-struct-pop": _POPULATION, "logement": _DWELLINGS, "coupl-fam-men": _COUPLES}


def _plan(file: WideFile, counts: Iterable[Count], *, dates: Sequence[int]) -> tuple[list[Cell], list[str]]:
    """Plan the cells that a file gives, and list the columns that it should have and has not."""
    cells, missing = [], []
    for count in counts:
        for year in count.only or dates:
            if year not in dates:
                continue
            spelled = [terms for text in count.spellings if (terms := _spell(text, year=year))]
            found = next((terms for terms in spelled if all(name in file.columns for _, name in terms)), None)
            if found is not None:
                plus, minus = (
                    tuple(name for sign, name in found if (sign == "-") is taken) for taken in (False, True)
                )
                keys = {"year": year, "variable": count.variable, **count.keys}
                cells.append(Cell(count.table, keys, plus, minus))
            elif not (year <= count.before or (count.since is not None and max(dates) >= count.since)):
                missing += [name for _, name in spelled[0] if name not in file.columns]
    return cells, list(dict.fromkeys(missing))


def _spell(text: str, *, year: int) -> list[tuple[str, str]]:
    """Spell the signs and columns of a count at one census; nothing where it would name another count."""
    end = year - 3
    if "{short}" in text and end % 100 == 19:
        return []  # The period that ends in 2019 has no short spelling: ACH19 is before 1919.
    filled = text.format(short=f"{end % 100:02d}", long=end)
    dated = re.sub(r"\b([PC])_", rf"\g<1>{year % 100:02d}_", filled)
    return re.findall(r"([+-]?)((?:[PC]\d\d_)\w+)", dated)


def _plan_series(file: WideFile, dates: Sequence[int]) -> tuple[list[Cell], list[str]]:
    """Plan the cells of the historical series: every census since 1968, and what happened between two of them.

    Beside, list the columns that it should have and has not.
    """
    known = {
        census_year(found[1]) for name in file.columns if (found := re.fullmatch(r"[PD](\d\d)_POP", name))
    }
    expected = {*_EXHAUSTIVE, *dates}
    censuses = sorted(known | expected)
    spellings = {
        ("population", "POP"): ["POP"],
        **{("dwellings", name): [name] for name in ("LOG", "RP", "RSECOCC", "LOGVAC")},
        # Until 1990 the people of main homes are named after these.
        ("households", "PMEN"): ["NPER_RP", "PMEN"],
    }
    cells, missing = [], []
    for (table, variable), names in spellings.items():
        for year in censuses:
            letter = "D" if year in _EXHAUSTIVE else "P"
            columns = [
                f"{letter}{year % 100:02d}_{name}" for name in (names if year < 1999 else reversed(names))
            ]
            column = next((name for name in columns if name in file.columns), None)
            if column is not None:
                cells.append(Cell(table, {"year": year, "variable": variable}, (column,)))
            elif year in expected:
                missing.append(columns[0])
    for variable in ("NAIS", "DECE"):
        for since, until in pairwise(censuses):
            column = spell_flow(variable, since=since, until=until, columns=file.columns)
            cells.append(Cell("flows", {"since": since, "year": until, "variable": variable}, (column,)))
    cells.append(Cell("area", {"year": max(dates), "variable": "SUPERF"}, ("SUPERF",)))
    missing += [cell.plus[0] for cell in cells if cell.plus[0] not in file.columns]
    return [cell for cell in cells if cell.plus[0] in file.columns], missing
