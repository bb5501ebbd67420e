"""Insee's detail files of the census, one row by person (FD_MIGCOM) or by dwelling (FD_LOGEMT).

Rows are never counted: their weights are added up. They are added as whole numbers of millionths of a millionth,
so that the sum does not depend on the order in which threads meet the rows.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from helpers.errors import SourceError
from helpers.sources.microdata_dwellings import read_dwellings
from helpers.sources.microdata_persons import read_persons
from helpers.sources.microdata_rows import vintage_of
from helpers.sources.registry import Source

_READERS = {"migcom": read_persons, "logemt": read_dwellings}


def read(path: Path, *, source: Source) -> dict[str, pd.DataFrame]:
    """Read the weighted persons or homes of a detail file.

    * family `migcom`: `ages_tenure`, with `code, year, variable (POP), sex, age, tenure, value`. Cities cut into
      arrondissements are whole. The people of communities and mobile homes are in the tenure `outside`. What
      the file lacks (children under one, as a rule) is for `calibration` to say.
    * family `logemt`: `occupants`, with `code, year, variable, tenure, value`: the people of main homes, and
      those of some ages (`INPER, INP24M, INP60M, INP65M, INP75M`), the people and the homes of each kind of home
      (`INPER_MAISON, MEN_MAISON`...); `householders`, with `code, year, variable
      (MEN), age, tenure, value`: the households, in homes, by age of their reference person.

    `year` is the vintage of the record. A cell without anybody has no row. Rows are sorted; text columns are
    categorical. `source.options` may say `decimal` (`,` for a decimal comma) and `encoding` of a text.

    Raises:
        SourceError: file damaged, of another vintage, or with a column, a code or a weight that cannot be used;
            names the line and the value.
    """
    _check_name(path, source=source)
    return _READERS[source.family](path, source)


def _check_name(path: Path, *, source: Source) -> None:
    """Insist on the vintage of the record, where the name of the file or of its member bears a year.

    FD_MIGCOM has no column of year: its name, then its totals by commune (`calibration.measure_coverage`), are all that
    tells its vintage.
    """
    for name in filter(None, (path.name, source.member)):
        years = {int(year) for year in re.findall(r"(?<!\d)(?:19|20)\d{2}(?!\d)", name)}
        if years and vintage_of(source) not in years:
            raise SourceError(
                f"{path} : le nom {name!r} est d'un autre millésime que la fiche {source.id} ({source.vintage}).",
                remedy=f"Téléchargez le millésime {source.vintage} : {source.page}.",
            )
