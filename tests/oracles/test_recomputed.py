"""The figures of a dozen communes, worked out again from the official files with plain pandas, apart from our code.

Only what the product says is read through it: the rows of the table of indicators, the data of exhibits, the key
figures as they are printed. How files are read, former communes added up and rates computed is written anew here.
"""

from __future__ import annotations

import itertools
import re
import zipfile
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from for_each import for_each

from helpers import Diagnostic, indicator_table, store, wording
from helpers.indicators import construction, engine, growth, stock
from helpers.indicators.measures import Period
from helpers.indicators.registry import find
from helpers.wording.issues import compare_facts

# Towns and a village, in the metropolis of Lille and elsewhere, overseas; merged in 2015, 2017, 2019 and 2025, among
# which villages that the files of the towns do not have.
COMMUNES = {
    "59299": "Hem",
    "59220": "Faches-Thumesnil",
    "59527": "Saint-André-lez-Lille",
    "59011": "Annœullin",
    "59350": "Lille",
    "59512": "Roubaix",
    "59643": "Warneton",
    "39198": "Dole",
    "97411": "Saint-Denis (La Réunion)",
    "85194": "Les Sables-d'Olonne",
    "74010": "Annecy",
    "93066": "Saint-Denis",
    "49126": "Orée-d'Anjou",
}
MEL = 200093201
# The pairs of censuses whose figures are compared; the last gives those of RP2021.
PERIODS = (Period(2012, 2018), Period(2013, 2018), Period(2016, 2021))
# Unrounded figures are the same but for the order of the additions.
NEARLY = 1e-9
# Mergers and changes of code, among the kinds of events of the list of communes.
MERGERS = {"31", "32", "33", "41", "50"}
TENURES = {"RP_PROP": "owners", "RP_LOCHLMV": "hlm", "RP_LOCAUT": "private"}

Compute = Callable[["Files", str], float]


class Files:
    """The official files, each read once; figures of a commune of 2026 within them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._frames: dict[str, pd.DataFrame] = {}
        self._before: dict[int, tuple[dict[str, np.ndarray], set[str]]] = {}

    def read(self, name: str, code: str, separator: str = ";") -> pd.DataFrame:
        """Read a file once, by the code of its communes."""
        if name not in self._frames:
            types = {code: "str", "chef_lieu": "str"}
            frame = pd.read_csv(self._folder / name, sep=separator, dtype=types, low_memory=False)
            self._frames[name] = frame.set_index(code)
        return self._frames[name]

    @cached_property
    def comparateur(self) -> pd.DataFrame:
        """RP2013 and RP2018, births and deaths between them: communes of 2021."""
        path = self._folder / "insee/base_cc_comparateur_2018_csv.zip"
        with zipfile.ZipFile(path) as archive, archive.open("base_cc_comparateur.CSV") as file:
            return pd.read_csv(file, sep=";", dtype={"CODGEO": "str"}, low_memory=False).set_index("CODGEO")

    @cached_property
    def list_2026(self) -> pd.DataFrame:
        """The communes of 2026."""
        return self.read("geo/communes_2026.csv", "code")

    @cached_property
    def events(self) -> pd.DataFrame:
        """Former code, date and new code of the communes that ceased to be."""
        path = self._folder / "geo/mouvements_communes.csv"
        moves = pd.read_csv(path, dtype="str")
        moves = moves[
            moves["MOD"].isin(MERGERS) & moves["TYPECOM_AV"].eq("COM") & moves["TYPECOM_AP"].eq("COM")
        ]
        moves = moves[moves["COM_AV"] != moves["COM_AP"]][["COM_AV", "DATE_EFF", "COM_AP"]]
        # These events end in 2024: the communes of that year that are none of 2026 are delegated ones since 2025.
        legal, inside = self.legal, self.read("geo/communes_deleguees_associees_2026.csv", "code")
        inside = inside[inside["type"].ne("arrondissement-municipal")]
        late = inside.index.intersection(legal.index).difference(self.list_2026.index)
        chiefs = inside.loc[late, "chef_lieu"]
        recent = pd.DataFrame({"COM_AV": late, "DATE_EFF": "2025-01-01", "COM_AP": chiefs.to_numpy()})
        return pd.concat([moves, recent], ignore_index=True)

    @cached_property
    def municipal(self) -> pd.DataFrame:
        """Municipal population of each year, where overseas codes repeat a digit (974411 for 97411)."""
        frame = self.read("insee/population_municipale_2013_2021.csv", "codgeo", ",")
        codes = frame.index.str.replace(r"^(97\d)\d(\d\d)$", r"\1\2", regex=True)
        return frame.set_axis(codes, axis="index")

    @cached_property
    def started(self) -> pd.DataFrame:
        """Homes started by commune, of its own year, and year."""
        frame = self.read("sdes/sitadel_communes_2013_2025.csv.gz", "COMM")
        return frame.pivot(columns="ANNEE", values="LOG_COM")

    @cached_property
    def legal(self) -> pd.DataFrame:
        """Legal populations of 2022: communes of 2024."""
        return self.read("insee/insee_populations_legales_RP2022_donnees_communes.csv", "COM")

    def parts(self, code: str, geography: int) -> list[str]:
        """List the communes of 1 January `geography` that make a commune of 2026."""
        if geography not in self._before:
            later = self.events["DATE_EFF"] > f"{geography}-01-01"
            before = self.events[later].groupby("COM_AP")["COM_AV"].unique().to_dict()
            # A code may cease and be taken again: the last event says whether it was one then.
            finding = (
                self.events[~later].melt("DATE_EFF", value_name="code").sort_values(["DATE_EFF", "variable"])
            )
            last = finding.drop_duplicates("code", keep="last")
            self._before[geography] = before, set(last.loc[last["variable"] == "COM_AV", "code"])
        before, gone = self._before[geography]
        found = [code]
        for one in found:
            found += [former for former in before.get(one, ()) if former not in found]
        return [one for one in found if one not in gone]

    def total(self, column: pd.Series, code: str, geography: int) -> float:
        """Add up a column over the communes of its list that make a commune of 2026; missing where one is not there."""
        return float(column.reindex(self.parts(code, geography)).sum(skipna=False))

    def alone(self, column: pd.Series, code: str, geography: int) -> float:
        """Read what does not add up, under the code of its list; missing for a commune merged since."""
        parts = self.parts(code, geography)
        return float(column.get(parts[0], float("nan"))) if len(parts) == 1 else float("nan")

    def census(self, year: int, column: str, code: str) -> float:
        """Count of the towns' files of 2012 (communes of 2014) and 2018 (communes of 2021)."""
        frame = self.read(f"insee/rp{year}_communes_plus_2000_hab.csv", "code_insee", ",")
        return self.total(frame[column], code, {2012: 2014, 2018: 2021}[year])

    def compared(self, column: str, code: str) -> float:
        """Count of the comparateur."""
        return self.total(self.comparateur[column], code, 2021)

    def homes_2021(self, column: str, code: str) -> float:
        """Count of the stock of RP2021: communes of 2024."""
        return self.total(self.read("insee/rp2021_parc_communes.csv", "CODGEO")[column], code, 2024)

    def people(self, year: int, code: str) -> float:
        """Municipal population: that of the yearly file, or of the census where the commune has merged since."""
        if year == 2012:
            return self.census(2012, "pop_tot", code)
        if year == 2022:
            return self.total(self.legal["PMUN"], code, 2024)
        if year == 2023:
            return float(self.list_2026["pmun_2023"].get(code, float("nan")))
        # The file of each year has the communes of two years later, without those that have merged by 2023.
        yearly = self.total(self.municipal[f"p{year % 100}_pop"], code, year + 2)
        return self.compared(f"P{year % 100}_POP", code) if np.isnan(yearly) else yearly

    def starts(self, first: int, last: int, code: str) -> float:
        """Homes started from the year `first` to `last`, both included: a commune without a row started none."""
        return float(self.started.reindex(self.parts(code, 2013)).loc[:, first:last].sum().sum())

    def tenure(self, year: int, status: str, code: str) -> float:
        """Main homes by tenure: owners, HLM, other tenants."""
        if status == "private":
            return self.census(year, "log_loc", code) - self.census(year, "log_hlm", code)
        return self.census(year, {"owners": "log_proprio", "hlm": "log_hlm"}[status], code)


def annual(start: float, end: float, years: int) -> float:
    """Average annual change, in %."""
    return 100 * ((end / start) ** (1 / years) - 1)


def _natural(files: Files, code: str) -> float:
    return files.compared("NAIS1318", code) - files.compared("DECE1318", code)


def _migratory(files: Files, code: str) -> float:
    return files.compared("P18_POP", code) - files.compared("P13_POP", code) - _natural(files, code)


def _census_share(column: str, whole: str) -> Compute:
    return lambda files, code: 100 * files.census(2018, column, code) / files.census(2018, whole, code)


def _compared_share(part: str, whole: str) -> Compute:
    return lambda files, code: 100 * files.compared(part, code) / files.compared(whole, code)


def _stock_share(part: str) -> Compute:
    return lambda files, code: 100 * files.homes_2021(part, code) / files.homes_2021("P21_LOG", code)


def _gained(files: Files, code: str) -> float:
    return files.census(2018, "log_rp", code) - files.census(2012, "log_rp", code)


def _gain(status: str) -> Compute:
    def compute(files: Files, code: str) -> float:
        gain = files.tenure(2018, status, code) - files.tenure(2012, status, code)
        return 100 * gain / files.census(2012, "log_rp", code)

    return compute


def _started_per_thousand(files: Files, code: str) -> float:
    people = (files.people(2018, code) + files.people(2023, code)) / 2
    return 1000 * files.starts(2018, 2022, code) / (5 * people)


def _social(census: int) -> Compute:
    """Social homes of the register over the main homes of a census."""

    def compute(files: Files, code: str) -> float:
        register = files.read("insee/rpls_parc_logements_sociaux_2024_01.csv", "DEPCOM_ARM", ",")["nb_ls"]
        homes = files.homes_2021("P21_RP", code) if census == 2021 else files.compared("P18_RP", code)
        return 100 * files.total(register, code, 2024) / homes

    return compute


def _income(column: str) -> Compute:
    return lambda files, code: files.alone(
        files.read("insee/filosofi_2021_communes.csv", "CODGEO")[column], code, 2022
    )


def _long_vacant(files: Files, code: str) -> float:
    rates = files.read("sdes/lovac_2025_taux_communes.csv", "INSEE_C")["taux_vacance_long_25_pct"]
    return files.alone(rates, code, 2025)


# Indicator, its first and last years -> how it is worked out from the files.
INDICATORS: dict[tuple[str, int, int], Compute] = {
    **{("population", year, year): lambda f, c, y=year: f.people(y, c) for year in (2013, 2018, 2021, 2022, 2023)},
    ("croissance", 2012, 2018): lambda f, c: annual(f.people(2012, c), f.people(2018, c), 6),
    ("croissance", 2013, 2018): lambda f, c: annual(f.people(2013, c), f.people(2018, c), 5),
    ("naturel_effectif", 2013, 2018): _natural,
    ("migratoire_effectif", 2013, 2018): _migratory,
    ("ages_0_14", 2018, 2018): _census_share("pop_0_14", "pop_tot"),
    ("ages_75", 2018, 2018): _census_share("pop_75p", "pop_tot"),
    ("parc", 2018, 2018): lambda f, c: f.compared("P18_LOG", c),
    ("principales_gain", 2012, 2018): _gained,
    ("proprietaires_gain_parc", 2012, 2018): _gain("owners"),
    ("hlm_gain_parc", 2012, 2018): _gain("hlm"),
    ("prive_gain_parc", 2012, 2018): _gain("private"),
    ("proprietaires", 2018, 2018): _compared_share("P18_RP_PROP", "P18_RP"),
    ("hlm", 2018, 2018): _census_share("log_hlm", "log_rp"),
    ("vacance", 2018, 2018): _compared_share("P18_LOGVAC", "P18_LOG"),
    ("vacance", 2021, 2021): _stock_share("P21_LOGVAC"),
    ("secondaires", 2018, 2018): _compared_share("P18_RSECOCC", "P18_LOG"),
    ("secondaires", 2021, 2021): _stock_share("P21_RSECOCC"),
    ("commences_habitants", 2018, 2023): _started_per_thousand,
    # The census below comes first.
    ("social", 2018, 2024): _social(2018),
    ("social", 2021, 2024): _social(2021),
    ("revenu", 2021, 2021): _income("MED21"),
    ("pauvrete", 2021, 2021): _income("TP6021"),
    ("vacance_longue", 2025, 2025): _long_vacant,
}  # fmt: skip


@pytest.fixture(scope="module")
def files(sources):
    return Files(sources)


@pytest.fixture(scope="module")
def said(embedded):
    """The rows of the table of indicators for the communes, real ones alone."""
    cube = indicator_table.read_cube(embedded, [("commune", code) for code in COMMUNES])
    table = engine.compute(
        cube, PERIODS, [find(name) for name in dict.fromkeys(key[0] for key in INDICATORS)]
    )
    table = table[table["origin"] == "insee"]
    return table.set_index(["territory", "indicator", "since", "year"])["value"]


def _date(since: int, until: int) -> str:
    return str(until) if since == until else f"{since}-{until}"


@for_each(
    "code, key",
    itertools.product(COMMUNES, INDICATORS),
    named=lambda case: f"{COMMUNES[case[0]]}, {case[1][0]}, {_date(*case[1][1:])}",
)
def test_an_indicator_is_what_the_official_files_give(code, key, files, said):
    expected = INDICATORS[key](files, code)
    found = said.get((f"commune:{code}", *key), float("nan"))
    # What the files do not give of the whole commune has no figure.
    assert found == pytest.approx(expected, rel=NEARLY, abs=NEARLY, nan_ok=True)


def test_nearly_every_figure_is_known_from_the_files(files):
    known = [not np.isnan(compute(files, code)) for code in COMMUNES for compute in INDICATORS.values()]
    assert sum(known) > 0.9 * len(known)


# The data of exhibits.


@pytest.fixture(scope="module")
def tables(embedded):
    """Tables of the store for the communes, as exhibits take them."""
    areas = [("commune", code) for code in COMMUNES]
    frames = {name: store.read(name, folder=embedded, areas=areas) for name in ("dwellings", "flows")}
    return {
        name: frame[frame["origin"] == "insee"].rename(columns={"code": "territory"}).drop(columns="level")
        for name, frame in frames.items()
    }


@pytest.fixture(scope="module")
def homes_by_tenure(tables):
    shown = stock.tenure(tables["dwellings"], years=[2012, 2018])
    return shown.set_index(["territory", "status", "year"])["value"]


@for_each("code, status", itertools.product(COMMUNES, TENURES))
def test_the_change_of_main_homes_of_a_tenure_is_that_of_the_census_files(
    code, status, files, homes_by_tenure
):
    start, end = (homes_by_tenure.get((code, status, year), float("nan")) for year in (2012, 2018))
    expected = files.tenure(2018, TENURES[status], code) - files.tenure(2012, TENURES[status], code)
    assert end - start == pytest.approx(expected, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("code", COMMUNES, ids=[f"{name}-2013-2022" for name in COMMUNES.values()])
def test_the_homes_started_are_those_of_the_register_former_communes_added(code, files, tables):
    shown = construction.starts(tables["flows"], territory=code).set_index("year")["value"]
    assert shown.loc[2013:2022].sum() == files.starts(2013, 2022, code)


# What a diagnostic says, as it is printed.


def _printed(text: str) -> tuple[float, int]:
    """Read a number as it is printed in French, and count its decimals."""
    found = re.search(r"[+−]?\d[\d\s]*(?:,(\d+))?", text)
    assert found, text
    plain = re.sub(r"\s", "", found[0]).replace("−", "-").replace(",", ".")
    return float(plain), len(found[1] or "")


def _assert_printed(text: str, expected: float) -> None:
    """Compare to the digit printed."""
    value, digits = _printed(text)
    assert abs(value - expected) <= 0.5 / 10**digits + NEARLY, f"{text} : {expected}"


@pytest.fixture(scope="module")
def diagnostics(embedded):
    """The diagnostics of two communes of the metropolis, between 2012 and 2018."""
    return {code: Diagnostic.open(code, millesime=2018, millesime_ancien=2012) for code in ("59299", "59011")}


# The label of a key figure -> how it is worked out from the files.
KEY_FIGURES: dict[str, Compute] = {
    "Nombre d’habitants, 2023": lambda f, c: f.people(2023, c),
    "Évolution annuelle moyenne de la population, 2013-2018": INDICATORS["croissance", 2013, 2018],
    "Nombre de logements, 2018": INDICATORS["parc", 2018, 2018],
    "Part des logements vacants, 2018": INDICATORS["vacance", 2018, 2018],
    "Part des résidences principales occupées par leur propriétaire, 2018": INDICATORS[
        "proprietaires", 2018, 2018
    ],
    "Logements sociaux (RPLS) en 2024 pour 100 résidences principales en 2018": _social(2018),
    "Niveau de vie médian, 2021": INDICATORS["revenu", 2021, 2021],
}


@pytest.fixture(scope="module")
def key_figures(diagnostics):
    finding = {code: d.key_figures().text for code, d in diagnostics.items()}
    return {code: dict(line.split(" : ", 1) for line in lines) for code, lines in finding.items()}


@pytest.mark.parametrize("label", KEY_FIGURES)
@pytest.mark.parametrize("code", ["59299", "59011"], ids=["Hem", "Annœullin"])
def test_a_key_figure_is_printed_as_the_official_files_give_it(code, label, files, key_figures):
    _assert_printed(key_figures[code][label], KEY_FIGURES[label](files, code))


def _members(files: Files) -> list[str]:
    listed = files.list_2026["epci"]
    return [*listed.index[listed == MEL]]


@pytest.mark.parametrize(
    "key",
    [("vacance", 2021, 2021), ("proprietaires", 2018, 2018), ("commences_habitants", 2018, 2023)],
    ids=lambda key: f"{key[0]}-{_date(*key[1:])}",
)
@pytest.mark.parametrize("code", ["59299", "59011"], ids=["Hem", "Annœullin"])
def test_the_median_of_the_epci_is_that_of_its_communes_of_near_size(code, key, files, diagnostics):
    people = files.people(2023, code)
    peers = [
        one for one in _members(files) if one != code and people / 4 <= files.people(2023, one) <= people * 4
    ]
    expected = float(np.nanmedian([INDICATORS[key](files, one) for one in peers]))
    shown = compare_facts(diagnostics[code].problems).set_index("id").loc[key[0]]
    assert shown["median"] == pytest.approx(expected, rel=NEARLY)
    assert shown["measure"] == pytest.approx(INDICATORS[key](files, code), rel=NEARLY)
    _assert_printed(shown["reference"], expected)


@pytest.mark.parametrize("code", ["59299", "59011"], ids=["Hem", "Annœullin"])
def test_the_median_growth_of_the_epci_is_that_of_the_communes_of_both_censuses(code, files, diagnostics):
    d = diagnostics[code]
    found = d.name_communes(growth.change(d.around_table("population"), since=d.counted_since, until=2018))
    rates = pd.Series(
        {one: INDICATORS["croissance", 2013, 2018](files, one) for one in _members(files)}
    ).dropna()
    assert found["annual"].median() == pytest.approx(rates.median(), rel=NEARLY)
    finding = wording.growth_map(found, d.commune, epci=d.epci_name)
    rank = int((rates > rates[code]).sum()) + 1
    assert re.search(r"est (\d+)\S* sur les (\d+)", finding.takeaway).groups() == (str(rank), str(len(rates)))
    own, middle = re.findall(r"[+−]?\d+,\d", finding.reading)
    _assert_printed(own, rates[code])
    _assert_printed(middle, rates.median())
