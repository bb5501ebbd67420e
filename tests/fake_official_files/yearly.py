"""The yearly files of Insee, the SDES and the tax files, in their official layouts, from the imaginary country.

A layout is a `Grid`: names of columns and rows, that a test may spoil before it is saved.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd

from fake_official_files.country import Country
from fake_official_files.files import delimit, pack

AGE_CLASSES = tuple(range(0, 100, 5))
# Municipal arrondissements have their own rows beside the city in some files.
REGIONS = {
    "01": "84", "2A": "94", "2B": "94", "59": "32", "13": "93", "69": "84", "75": "11", "971": "01", "974": "04",
}  # fmt: skip


@dataclass(frozen=True)
class Grid:
    """Names of columns, and rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]

    def without(self, column: str) -> Grid:
        """The grid less one column."""
        place = self.columns.index(column)
        return Grid(_cut(self.columns, place), tuple(_cut(row, place) for row in self.rows))

    def renamed(self, old: str, new: str) -> Grid:
        """The grid with another name for a column."""
        return replace(self, columns=tuple(new if name == old else name for name in self.columns))

    def changed(self, row: int, column: str, value: object) -> Grid:
        """The grid with another value in a cell."""
        place = self.columns.index(column)
        rows = list(self.rows)
        rows[row] = (*rows[row][:place], value, *rows[row][place + 1 :])
        return replace(self, rows=tuple(rows))

    def twice(self, row: int) -> Grid:
        """The grid with a row given a second time, at its end."""
        return replace(self, rows=(*self.rows, self.rows[row]))

    def cell(self, row: int, column: str) -> object:
        """The value of a cell."""
        return self.rows[row][self.columns.index(column)]


def _cut(cells: tuple, place: int) -> tuple:
    return (*cells[:place], *cells[place + 1 :])


def save_text(
    path: Path,
    grid: Grid,
    *,
    member: str = "",
    separator: str = ";",
    encoding: str = "utf-8",
    decimal: str = ".",
) -> Path:
    """Delimited text, in a zip archive when `member` is given."""
    content = delimit(
        grid.columns, grid.rows, separator=separator, encoding=encoding, decimal=decimal, end="\r\n"
    )
    if member:
        return pack(path, {member: content, f"meta_{member}": b"COD_VAR;LIB_VAR;COD_MOD;LIB_MOD\r\n"})
    path.write_bytes(content)
    return path


def save_workbook(path: Path, sheets: Mapping[str, Grid], *, above: int, member: str = "") -> Path:
    """A workbook with `above` lines over the names of columns of each sheet, in a zip archive when `member` is given."""
    book = openpyxl.Workbook(write_only=True)
    for title, grid in sheets.items():
        sheet = book.create_sheet(title)
        for line in range(above):
            # The titles of the producer, then labels that are not the names of the columns.
            sheet.append([] if line in (1, above - 2) else [f"Titre {line}"])
        sheet.append(list(grid.columns))
        for row in grid.rows:
            sheet.append(list(row))
    content = io.BytesIO()
    book.save(content)
    if member:
        return pack(path, {member: content.getvalue()})
    path.write_bytes(content.getvalue())
    return path


def department(code: str) -> str:
    """Code of the département of a commune."""
    return code[:3] if code.startswith("97") else code[:2]


def name(code: str) -> str:
    """Name of an imaginary commune, with an accent and an apostrophe."""
    return f"L'Étang-{code}"


# Ages.


def ages(country: Country) -> pd.DataFrame:
    """People by five-year age: `code, year, sex` (H, F)`, age, value`."""
    people = country.people
    grouped = people.assign(
        age=people["age"].clip(upper=95) // 5 * 5, sex=people["sex"].map({1: "H", 2: "F"})
    ).groupby(["code", "year", "sex", "age"], as_index=False)["value"]
    return grouped.sum()


def quinquennial(country: Country) -> dict[str, Grid]:
    """pop-sexe-age-quinquennal68YY: one sheet by census, COM_YYYY."""
    counts = ages(country)
    wide = counts.pivot_table(index=["year", "code"], columns=["sex", "age"], values="value")
    sheets = {}
    for year in country.dates:
        columns = [
            f"ageq_rec{rank:02d}s{sex}rpop{year}" for sex in (1, 2) for rank in range(1, len(AGE_CLASSES) + 1)
        ]
        order = [(sex, age) for sex in ("H", "F") for age in AGE_CLASSES]
        values = wide.loc[year].reindex(list(country.codes))[order].to_numpy()
        rows = []
        for code, row in zip(country.codes, values.tolist(), strict=True):
            dep = department(code)
            rows.append((REGIONS.get(dep, "84"), dep, code[len(dep) :], "1", dep, name(code), *row))
        sheets[f"COM_{year}"] = Grid(("RR", "DR", "CR", "STABLE", "DR24", "LIBELLE", *columns), tuple(rows))
    return sheets


def save_quinquennial(path: Path, sheets: Mapping[str, Grid], *, member: str = "") -> Path:
    """Thirteen lines above the names of columns, as in the official workbook."""
    return save_workbook(path, sheets, above=13, member=member)


# Births and deaths, homes started: a count by commune and year.


def events(country: Country, *, years: Sequence[int], rate: float, seed: int) -> pd.DataFrame:
    """Whole numbers of events: `code, year, value`, a share `rate` of the population of the last date."""
    people = country.people
    size = people[people["year"] == country.dates[-1]].groupby("code")["value"].sum()
    random = np.random.default_rng([country.seed, seed])
    return pd.DataFrame(
        [
            {"code": code, "year": year, "value": float(random.poisson(rate * size[code]))}
            for code in country.codes
            for year in years
        ]
    )


def civil_registry(counts: pd.DataFrame, *, prefix: str) -> Grid:
    """base_naissances_YYYY (prefix NAISD) or base_deces_YYYY (DECESD): CODGEO and a column by year."""
    wide = counts.pivot_table(index="code", columns="year", values="value", sort=False)
    columns = [f"{prefix}{int(year) % 100:02d}" for year in wide.columns]
    rows = [
        (code, *(int(value) for value in row)) for code, row in zip(wide.index, wide.to_numpy(), strict=True)
    ]
    return Grid(("CODGEO", *columns), tuple(rows))


def civil_registry_tidy(counts: pd.DataFrame, *, measure: str) -> Grid:
    """The tidy layout of births (measure LVB) and deaths (DTH): a row by territory and year, départements among them."""
    rows: list[tuple] = [
        (code, "COM", "A", measure, year, int(value))
        for code, year, value in counts[["code", "year", "value"]].itertuples(index=False)
    ]
    rows += [("59", "DEP", "A", measure, year, 10_000) for year in sorted(counts["year"].unique().tolist())]
    return Grid(("GEO", "GEO_OBJECT", "FREQ", "EC_MEASURE", "TIME_PERIOD", "OBS_VALUE"), tuple(rows))


def sitadel(counts: pd.DataFrame, *, pending: Sequence[int] = ()) -> Grid:
    """Annual series of communes at the true date (DiDo): a row by year, commune and type, and the total of types.

    The years `pending` have homes allowed and no homes started yet.
    """
    rows: list[tuple] = []
    for code, year, value in counts[["code", "year", "value"]].itertuples(index=False):
        total = int(value)
        parts = {"Individuel pur": total // 2, "Individuel groupé": total // 5, "Collectif": total // 4}
        parts["Résidence"] = total - sum(parts.values())
        for kind, started in {**parts, "Tous Logements": total}.items():
            rows.append(
                (
                    year,
                    code,
                    kind,
                    started + 1,
                    None if year in pending else started,
                    80 * started,
                    80 * started,
                )
            )
    return Grid(("ANNEE", "COMM", "TYPE_LGT", "LOG_AUT", "LOG_COM", "SDP_AUT", "SDP_COM"), tuple(rows))


# Populations.


def populations(country: Country, *, years: Sequence[int]) -> pd.DataFrame:
    """Whole populations: `code, year, value`."""
    return events(country, years=years, rate=1.0, seed=3)


def population_history(counts: pd.DataFrame) -> Grid:
    """base-pop-historiques: PMUN since 2006, PSDC from 1962 to 1999, PTOT before, the latest year first."""
    wide = counts.pivot_table(index="code", columns="year", values="value", sort=False)
    years = sorted(wide.columns, reverse=True)
    columns = [f"{'PMUN' if year >= 2006 else 'PSDC' if year >= 1962 else 'PTOT'}{year}" for year in years]
    rows = [
        (code, REGIONS[department(code)], department(code), name(code), *map(int, row))
        for code, row in zip(wide.index, wide[years].to_numpy(), strict=True)
    ]
    return Grid(("CODGEO", "REG", "DEP", "LIBGEO", *columns), tuple(rows))


def legal(counts: pd.DataFrame) -> Grid:
    """donnees_communes.csv since the vintage 2021."""
    rows = [
        (
            REGIONS[department(code)],
            "Région",
            department(code),
            "1",
            "01",
            code[-3:],
            code,
            name(code),
            int(value),
            9,
            int(value) + 9,
        )
        for code, value in counts[["code", "value"]].itertuples(index=False)
    ]
    columns = ("REG", "Région", "DEP", "CODARR", "CODCAN", "CODCOM", "COM", "Commune", "PMUN", "PCAP", "PTOT")
    return Grid(columns, tuple(rows))


def legal_before_2021(counts: pd.DataFrame) -> Grid:
    """donnees_communes.csv of the vintages 2017 to 2020: COM is the name."""
    grid = legal(counts).without("COM")
    columns = ("CODREG", "REG", "CODDEP", "CODARR", "CODCAN", "CODCOM", "COM", "PMUN", "PCAP", "PTOT")
    return replace(grid, columns=columns)


def legal_workbook(counts: pd.DataFrame) -> Grid:
    """Sheet Communes of ensemble.xlsx."""
    columns = (
        "Code région", "Nom de la région", "Code département", "Code arrondissement", "Code canton", "Code commune",
        "Nom de la commune", "Population municipale", "Population comptée à part", "Population totale",
    )  # fmt: skip
    return replace(legal_before_2021(counts), columns=columns)


# Homes.


def vacancy(country: Country) -> pd.DataFrame:
    """Private stock: `code, year, PP_TOTAL, PP_VACANT, PP_VACANT_2ANS`, whole numbers, at the dates of the country."""
    homes = country.homes
    total = (homes["LOG"] - homes["RP_LOCHLMV"]).round()
    vacant = homes["LOGVAC"].round()
    return homes[["code", "year"]].assign(
        PP_TOTAL=total, PP_VACANT=vacant, PP_VACANT_2ANS=(vacant / 3).round()
    )


def lovac(counts: pd.DataFrame, *, edition: int, total: str = "pp_total", secret: Sequence[str] = ()) -> Grid:
    """lovac-opendata-communes: the latest year first, without its stock; cells of `secret` communes are "s"."""
    yy = edition % 100
    years = sorted(counts["year"].unique(), reverse=True)
    columns = [f"CODGEO_{yy}", f"LIBGEO_{yy}", "DEP", "LIB_DEP"]
    for year in years:
        columns += [f"pp_vacant_{year % 100:02d}", f"pp_vacant_plus_2ans_{year % 100:02d}"]
        columns += [f"{total}_{year % 100:02d}"] if year != edition else []
    rows = []
    for code, own in counts.set_index("year").groupby("code", sort=False):
        row: list[object] = [code, name(code), department(code), "Département"]
        for year in years:
            row += [
                _grouped(own.at[year, "PP_VACANT"]),
                "s" if code in secret else _grouped(own.at[year, "PP_VACANT_2ANS"]),
            ]
            row += [_grouped(own.at[year, "PP_TOTAL"])] if year != edition else []
        rows.append(tuple(row))
    return Grid(tuple(columns), tuple(rows))


def _grouped(value: float) -> str:
    """A whole number with no-break spaces between thousands."""
    return f"{int(value):,}".replace(",", "\u00a0")


def rpls(country: Country) -> Grid:
    """Social dwellings of the last date; communes that have none are not listed."""
    homes = country.homes
    homes = homes[homes["year"] == country.dates[-1]]
    rows = [
        (code, f"{name(code)} ({department(code)})", name(code), stock - 2, 1, 1, 0, 0, 0, stock)
        for code, stock in zip(homes["code"], homes["RP_LOCHLMV"].round().astype(int) + 2, strict=True)
    ]
    columns = (
        "DEPCOM_ARM", "LIBCOM_DEP", "LIBCOM", "nb_loues", "nb_vacants", "nb_vides", "nb_asso", "nb_occup_finan", "nb_occup_temp",
        "nb_ls",
    )  # fmt: skip
    return Grid(columns, tuple(rows))


# Incomes.


def filosofi(country: Country, *, vintage: int, withheld: Mapping[str, str]) -> Grid:
    """cc_filosofi_YYYY_COM: cells of the communes of `withheld` are its text."""
    yy = f"{vintage % 100:02d}"
    random = np.random.default_rng(country.seed)
    rows = []
    for code in country.codes:
        cells: tuple = (
            int(random.integers(50, 9000)),
            int(random.integers(20, 25000)) + 0.5,
            int(random.integers(15000, 40000)),
            55.0,
            14.5,
        )
        rows.append((code, name(code), *([withheld[code]] * 5 if code in withheld else cells)))
    columns = (
        "CODGEO",
        "LIBGEO",
        f"NBMENFISC{yy}",
        f"NBPERSMENFISC{yy}",
        f"MED{yy}",
        f"PIMP{yy}",
        f"TP60{yy}",
    )
    return Grid(columns, tuple(rows))


# Territories.

# The place of some communes in the attraction areas; the others are in the ring of a town.
CATEGORIES = {"59350": "11", "59299": "12", "01004": "30"}


def membership(country: Country, *, epci: Mapping[str, str]) -> dict[str, Grid]:
    """table-appartenance-geo-communes: sheets COM, ARM, Zones_supra_communales."""
    communes = [
        (
            code,
            name(code),
            department(code),
            REGIONS[department(code)],
            epci.get(code, "ZZZZZZZZZ"),
            "CC",
            f"{code[:2]}1",
            CATEGORIES.get(code, "20"),
        )
        for code in country.codes
    ]
    zones = [("EPCI", code, f"Intercommunalité {code}", 1) for code in sorted(set(epci.values()))]
    return {
        "COM": Grid(
            ("CODGEO", "LIBGEO", "DEP", "REG", "EPCI", "NATURE_EPCI", "ARR", "CATEAAV2020"), tuple(communes)
        ),
        "ARM": Grid(
            ("CODGEO", "LIBGEO", "DEP", "REG", "EPCI", "NATURE_EPCI", "ARR", "COM"),
            (("13201", "Marseille 1er Arrondissement", "13", "93", "200054807", "ME", "133", "13055"),),
        ),
        "Zones_supra_communales": Grid(("NIVGEO", "CODGEO", "LIBGEO", "NB_COM"), tuple(zones)),
        "Variables": Grid(("VAR_ID", "VAR_LIB", "VAR_LIB_LONG"), ()),
    }


def composition(country: Country, *, epci: Mapping[str, str]) -> dict[str, Grid]:
    """epci_au_01-01-YYYY: sheets EPCI and Composition_communale."""
    rows = []
    for code in country.codes:
        siren = epci.get(code, "ZZZZZZZZZ")
        label = f"Intercommunalité {siren}" if code in epci else "Sans objet"
        rows.append((code, name(code), siren, label, department(code), REGIONS[department(code)]))
    siren = sorted(set(epci.values()))
    return {
        "EPCI": Grid(
            ("EPCI", "LIBEPCI", "NATURE_EPCI", "NB_COM"),
            tuple((code, f"Intercommunalité {code}", "CC", 1) for code in siren),
        ),
        "Composition_communale": Grid(("CODGEO", "LIBGEO", "EPCI", "LIBEPCI", "DEP", "REG"), tuple(rows)),
    }


MOVEMENTS = (
    "MOD", "DATE_EFF", "TYPECOM_AV", "COM_AV", "TNCC_AV", "NCC_AV", "NCCENR_AV", "LIBELLE_AV", "TYPECOM_AP", "COM_AP",
    "TNCC_AP", "NCC_AP", "NCCENR_AP", "LIBELLE_AP",
)  # fmt: skip


def movements(mergers: Mapping[str, str], *, date: str) -> Grid:
    """v_mvt_commune_YYYY: communes that merge into others, each pair beside the one of its delegated commune."""
    rows = []
    for before, after in mergers.items():
        for kind in ("COM", "COMD"):
            end = before if kind == "COMD" else after
            rows.append(
                ("32", date, "COM", before, "0", name(before).upper(), name(before), name(before), kind, end, "0",
                 name(end).upper(), name(end), name(end))
            )  # fmt: skip
    return Grid(MOVEMENTS, tuple(rows))
