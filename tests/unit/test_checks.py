"""Do figures agree? What is wrong is shown row by row, what agrees is not."""

from __future__ import annotations

import io
import json
from dataclasses import asdict

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import small_store
from fake_official_files import yearly
from fake_official_files.country import CODES, Country
from rich.console import Console

from helpers import levels, paths, schemas, store
from helpers.errors import StoreError
from helpers.sources.registry import find_source, load_registry
from helpers.sources.verification import CHECKSUMS
from helpers.store import checks, ingest, insee_split

COUNTRY = Country(dates=(2017, 2022))
TENURES = {"10": "owner", "21": "private", "22": "social", "23": "private", "30": "other", "ZZ": "outside"}


def sound():
    """Tables that agree with one another, written from the people and homes of the imaginary country."""
    people = COUNTRY.people.assign(
        sex=COUNTRY.people["sex"].map({1: "H", 2: "F"}), tenure=COUNTRY.people["tenure"].map(TENURES)
    )
    classes = people.assign(age=people["age"].clip(upper=95) // 5 * 5)
    sums = {
        "population": (people, []),
        "single_ages": (people, ["sex", "age"]),
        "ages": (classes, ["sex", "age"]),
        "ages_tenure": (classes, ["sex", "age", "tenure"]),
    }
    tables = {
        name: frame.groupby(["code", "year", *dimensions], as_index=False)["value"]
        .sum()
        .assign(variable="POP")
        for name, (frame, dimensions) in sums.items()
    }
    wide = COUNTRY.homes.set_index(["code", "year"])
    counted = ["LOG", "RP", "RSECOCC", "LOGVAC", "RP_PROP", "RP_LOC", "RP_LOCHLMV", "RP_GRAT"]
    homes = wide[counted].stack().rename("value")
    tables["dwellings"] = homes.rename_axis(["code", "year", "variable"]).reset_index()
    tenures = {"owner": "RP_PROP", "social": "RP_LOCHLMV", "other": "RP_GRAT"}
    holders = pd.DataFrame({tenure: wide[column] for tenure, column in tenures.items()})
    holders["private"] = wide["RP_LOC"] - wide["RP_LOCHLMV"]
    by_age = pd.concat(
        [(holders / 6).stack().rename("value").reset_index().assign(age=age) for age in schemas.HOLDER_AGES],
        ignore_index=True,
    )
    tables["householders"] = by_age.rename(columns={"level_2": "tenure"}).assign(variable="MEN")
    return tables


def finish(tables, folder):
    """Write these tables with the sums by territory."""
    listed = small_store.territories(CODES).set_index("code")
    areas = {level.key: listed[level.column] if level.column else level.only[0] for level in levels.larger()}
    written = {}
    for name, frame in tables.items():
        key = [column for column in schemas.key_columns(name) if column not in ("level", "code")]
        parts = [frame.assign(level="commune")]
        for level, codes in areas.items():
            place = codes if isinstance(codes, str) else frame["code"].map(codes)
            above = frame.assign(code=place).dropna(subset="code")
            parts.append(above.groupby(["code", *key], as_index=False)["value"].sum().assign(level=level))
        whole = pd.concat(parts, ignore_index=True).assign(origin="insee", source="logement_2022")
        whole = schemas.validate(whole[schemas.table_columns(name)], table=name)
        written[name] = whole.sort_values(schemas.key_columns(name), ignore_index=True)
    return small_store.write(folder, codes=CODES, tables=written)


@pytest.fixture(scope="module")
def tables():
    return sound()


@pytest.fixture
def check(tables, tmp_path):
    """The problems of a store, some rows of which a function has changed."""

    def _check(table=None, change=None, **options):
        changed = dict(tables)
        if table is not None:
            changed[table] = change(tables[table].copy())
        return checks.check(finish(changed, tmp_path / "store"), **options)

    return _check


def add(gap, **where):
    """Add to the value of the first row where columns have these values."""

    def change(frame):
        wanted = np.logical_and.reduce([frame[column] == value for column, value in where.items()])
        frame.loc[frame.index[wanted][0], "value"] += gap
        return frame

    return change


def test_figures_that_agree_raise_nothing(check):
    assert check() == []


@pytest.mark.parametrize(
    ("table", "where", "name", "columns"),
    [
        ("dwellings", {"variable": "LOGVAC"}, "logements = résidences principales", ["LOG", "RP", "RSECOCC", "LOGVAC"]),
        ("dwellings", {"variable": "RP_GRAT"}, "résidences principales = propriétaires", ["RP", "RP_PROP", "RP_LOC", "RP_GRAT"]),
        ("ages_tenure", {"sex": "H", "age": 20}, "somme par statut", ["sexe", "âge", "classe", "tous statuts"]),
        ("householders", {"age": 65, "tenure": "owner"}, "propriétaires = ménages de ce statut", ["RP_PROP", "ménages"]),
        ("householders", {"age": 25, "tenure": "private"}, "résidences principales = ménages selon", ["RP", "ménages"]),
        ("single_ages", {"sex": "F", "age": 97}, "somme des âges détaillés", ["sexe", "âge", "classe", "âges détaillés"]),
    ],
)  # fmt: skip
def test_an_identity_that_fails_shows_its_rows_with_every_member(check, table, where, name, columns):
    problems = [
        problem
        for problem in check(table, add(50.0, code="59299", year=2022, **where))
        if name in problem.name
    ]
    (problem,) = problems
    assert problem.severity == "erreur"
    # The commune and all that holds it.
    assert problem.count == len(levels.LEVELS)
    rows = problem.rows
    assert set(columns) <= set(rows.columns)
    commune = rows[rows["niveau"] == "commune"].iloc[0]
    assert (commune["code"], commune["nom"], commune["année"]) == ("59299", yearly.name("59299"), 2022)
    assert abs(commune["écart"]) == pytest.approx(50.0)
    assert commune["tolérance"] < 5


def test_the_last_class_is_open(check):
    (problem,) = [
        p
        for p in check("single_ages", add(50.0, code="59299", year=2022, sex="F", age=97))
        if "détaillés" in p.name and "classe" in p.name
    ]
    assert set(problem.rows["âge"]) == {95}


def test_men_and_women_make_the_population(check):
    names = {problem.name for problem in check("population", add(50.0, code="59299", year=2017))}
    assert {name for name in names if "tous âges" in name} == {
        "population = hommes + femmes de tous âges",
        "population = hommes + femmes de tous âges détaillés",
    }


def test_a_member_that_is_unknown_is_no_failure(check):
    def drop(frame):
        return frame[~((frame["variable"] == "LOGVAC") & (frame["code"] == "59299"))]

    # The sums of larger territories lack it, and are seen.
    (problem,) = check("dwellings", drop)
    assert "commune" not in set(problem.rows["niveau"])


@pytest.mark.parametrize(("gap", "failing"), [(0.4, False), (0.6, True)])
def test_a_figure_published_rounded_is_allowed_half_a_unit(tmp_path, gap, failing):
    values = {"LOG": 100.2 + gap, "RP": 80.0, "RSECOCC": 12.5, "LOGVAC": 7.7}
    rows = small_store.rows(
        "dwellings", {("commune", "59299", 2018, name): value for name, value in values.items()}
    )
    problems = checks.check(small_store.write(tmp_path / "store", codes=CODES, tables={"dwellings": rows}))
    assert bool(problems) is failing


def test_the_sum_of_rounded_figures_is_allowed_their_roundings(tables, tmp_path):
    people = tables["population"].assign(value=lambda frame: frame["value"].round() + 0.4)
    rounded = people.assign(value=people["value"].round())
    shared = {name: frame for name, frame in tables.items() if name == "dwellings"}
    ages = people.assign(age=0, sex="H", value=people["value"] / 2)
    ages = pd.concat([ages, ages.assign(sex="F")], ignore_index=True)
    # Eight communes each published 0.4 too low: the country is 3.2 too low, and nobody is wrong.
    assert checks.check(finish({**shared, "population": rounded, "ages": ages}, tmp_path / "store")) == []


def test_a_figure_of_a_larger_territory_that_is_not_the_sum_is_shown(tables, tmp_path):
    # Without the households by age, which would say that these homes are too many.
    tables = {name: frame for name, frame in tables.items() if name != "householders"}
    folder = finish(tables, tmp_path / "store")
    frame = store.read("dwellings", folder=folder)
    wrong = (frame["level"] == "departement") & (frame["code"] == "59") & (frame["year"] == 2022)
    frame.loc[wrong, "value"] *= 1.1
    store.write({**{name: store.read(name, folder=folder) for name in tables}, "dwellings": frame,
                 "territories": store.read_reference("territories", folder=folder)}, folder)  # fmt: skip
    (problem,) = checks.check(folder)
    assert problem.name == "territoires = somme de leurs communes (dwellings)"
    assert problem.count == 8
    assert set(problem.rows["nom"]) == {"Département 59"}
    assert (problem.rows["publié"] / problem.rows["somme des communes"]).tolist() == pytest.approx([1.1] * 8)
    # The worst first.
    assert problem.rows["variable"].iloc[0] == "LOG"


def test_a_sum_with_an_unknown_commune_is_not_compared(tables, tmp_path):
    folder = finish(tables, tmp_path / "store")
    frame = store.read("dwellings", folder=folder)
    kept = frame[~((frame["level"] == "commune") & (frame["code"] == "59299"))]
    store.write(
        {"dwellings": kept, "territories": store.read_reference("territories", folder=folder)}, folder
    )
    assert [problem for problem in checks.check(folder) if "territoires" in problem.name] == []


def test_a_leap_between_two_dates_is_a_warning(tmp_path):
    values = {2013: 1000.0, 2014: 1010.0, 2018: 2900.0, 2019: 2950.0, 2040: 9000.0}
    rows = small_store.rows(
        "population", {("commune", "59299", year, "POP"): value for year, value in values.items()}
    )
    (problem,) = checks.check(small_store.write(tmp_path / "store", codes=CODES, tables={"population": rows}))
    assert problem.severity == "avertissement"
    assert problem.count == 1
    assert problem.rows[["année précédente", "année", "écart"]].values.tolist() == [[2014, 2018, 1890.0]]


def test_only_the_worst_rows_are_kept_and_all_are_counted(check, monkeypatch):
    monkeypatch.setattr(checks, "SHOWN", 3)

    def shift(frame):
        frame["value"] *= np.where(frame["variable"] == "LOGVAC", 1.5, 1.0)
        return frame

    (problem,) = [problem for problem in check("dwellings", shift) if problem.name.startswith("logements")]
    assert problem.count > 20
    assert len(problem.rows) == 3
    assert problem.rows["écart"].abs().is_monotonic_decreasing


# Parts and files.


@pytest.fixture
def parts(tmp_path):
    """A folder of parts, each source giving some values of a table."""

    def _parts(table, **sources):
        for source, values in sources.items():
            place = tmp_path / "parts" / source
            place.mkdir(parents=True)
            frame = small_store.rows(table, values, source=source)
            store.write_batches(
                pa.Table.from_pandas(
                    frame, schema=store.arrow_schema(table), preserve_index=False
                ).to_batches(),
                place / f"{table}.parquet",
                schema=store.arrow_schema(table),
            )
        return tmp_path / "parts"

    return _parts


def test_a_value_that_two_sources_give_differently_is_a_warning(check, parts):
    places = {("commune", "59299", 2018, "POP"): 18621.0, ("commune", "59011", 2018, "POP"): 10_300.0}
    others = {("commune", "59299", 2018, "POP"): 18721.0, ("commune", "59011", 2018, "POP"): 10_300.4}
    (problem,) = check(parts=parts("population", serie=places, legale=others))
    assert (problem.severity, problem.count) == ("avertissement", 1)
    row = problem.rows.iloc[0]
    assert (row["source"], row["autre source"], row["écart"]) == ("serie", "legale", 100.0)


def test_two_values_of_one_source_are_one_value(check, parts):
    values = {("commune", "59299", 2018, "POP"): 18621.0}
    folder = parts("population", serie=values, legale={("commune", "59299", 2019, "POP"): 1.0})
    assert check(parts=folder) == []


def test_a_file_that_changed_since_its_ingest_is_a_warning_and_one_of_another_size_an_error(
    check, tmp_path, monkeypatch
):
    folder, kept = tmp_path / "raw", tmp_path / "parts"
    for identifier in ("logement_2022", "logement_2021", "sitadel_2025"):
        path = folder / find_source(identifier).file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"content")
    journal = ingest.Journal(
        file="", size=0, modified=0, sha256="0" * 64, record="", code="", geography="", rows={}, notes=[]
    )
    (kept / "logement_2022").mkdir(parents=True)
    (kept / "logement_2022" / "journal.json").write_text(
        pd.Series(asdict(journal)).to_json(), encoding="utf-8"
    )
    known = dict(load_registry())
    known["logement_2021"] = known["logement_2021"].model_copy(update={"size": 8, "sha256": "a" * 64})
    monkeypatch.setattr(checks, "load_registry", lambda: known)
    known["sitadel_2025"] = known["sitadel_2025"].model_copy(update={"size": 8, "sha256": "b" * 64})
    # Another edition, that the analyst has accepted.
    accepted = {"sitadel_2025": paths.hash_file(folder / known["sitadel_2025"].file)}
    (folder / CHECKSUMS).write_text(json.dumps(accepted), encoding="utf-8")
    wrong, changed = check(folder=folder, parts=kept)
    assert (wrong.severity, changed.severity) == ("erreur", "avertissement")
    assert wrong.rows["source"].tolist() == ["logement_2021"]
    assert wrong.rows[["octets", "attendus"]].values.tolist() == [["7", "8"]]
    assert changed.rows["source"].tolist() == ["logement_2022"]


# What is printed.


def found(problems):
    buffer = io.StringIO()
    code = checks.report(problems, console=Console(file=buffer, width=200))
    return code, buffer.getvalue()


def test_an_identity_that_fails_gives_a_code_of_failure_and_its_rows(check):
    code, text = found(check("dwellings", add(50.0, code="59299", year=2022, variable="LOGVAC")))
    assert code == 1
    assert "Erreur : logements = résidences principales" in text
    assert "59299" in text
    assert yearly.name("59299") in text
    assert "LOGVAC" in text
    assert "1 erreur" in text.replace("\u00a0", " ")


def test_warnings_alone_are_no_failure(check, parts):
    first = {("commune", "59299", 2018, "POP"): 18621.0}
    code, text = found(check(parts=parts("population", serie=first, legale=dict.fromkeys(first, 9.0))))
    assert code == 0
    assert "Avertissement : deux sources diffèrent (population)" in text


def test_what_agrees_is_said_to(check):
    code, text = found(check())
    assert code == 0
    assert f"{len(checks.IDENTITIES)} identités" in text


def test_every_identity_is_about_variables_of_the_store():
    for identity in checks.IDENTITIES:
        for side in (identity.whole, *identity.parts):
            assert set(side.variables) <= set(schemas.VARIABLES[side.table]), identity.name
            assert len(side.by) == len(identity.whole.by), identity.name
    assert len({identity.name for identity in checks.IDENTITIES}) == len(checks.IDENTITIES)


@pytest.mark.large
def test_the_embedded_store_meets_every_identity(embedded):
    assert [problem.name for problem in checks.check(embedded) if problem.severity == "erreur"] == []


def test_a_store_that_lacks_a_level_is_refused_with_what_to_do(tables, tmp_path):
    folder = finish(tables, tmp_path / "store")
    listed = store.read_reference("territories", folder=folder).drop(columns="arrondissement")
    store.write({**{name: store.read(name, folder=folder) for name in tables}, "territories": listed}, folder)
    with pytest.raises(StoreError, match="arrondissement") as caught:
        checks.check(folder)
    assert "make data" in caught.value.remedy


# Insee's own split of the change in main homes.


def of_households(**options):
    """People in the households of Fromelles at two censuses."""

    def write(folder, values):
        keyed = {("commune", "59257", year, "PMEN"): value for year, value in values.items()}
        tables = {"households": small_store.rows("households", keyed, **options)}
        return small_store.write(folder, codes=["59257"], tables=tables)

    return write


@pytest.mark.parametrize(
    ("after", "convention"), [(1_235, "A"), (1_217, "B"), (1_226, "ni A ni B"), (990, "ni A ni B")]
)
def test_the_people_of_fromelles_tell_which_convention_insee_follows(after, convention, tmp_path):
    # LOG T2bis, https://www.insee.fr/fr/statistiques/8581193?geo=COM-59257: RP 368 to 420, size −28, demographic +80.
    folder = of_households()(tmp_path, {2016: 1_000.0, 2022: float(after)})
    (found,) = checks.check(folder)
    assert found.severity == "constat"
    row = found.rows.iloc[0]
    assert (row["code"], row["période"], row["elle suit"]) == ("59257", "2016-2022", convention)
    assert (round(row["selon A"] / 100, 3), round(row["selon B"] / 100, 3)) == (1.235, 1.217)
    console = Console(file=io.StringIO(), width=240)
    assert checks.report([found], console=console) == 0
    written = console.file.getvalue()
    assert "Constat : le partage publié par l’Insee (LOG T2bis)" in written
    assert "0 erreur, 0 avertissement" in written.replace("\u00a0", " ")
    assert "convention Insee" not in written


def test_figures_fetched_for_fromelles_alone_tell_it_too(tmp_path):
    national = small_store.write(tmp_path / "national", codes=["59299"])
    fetched = of_households()(tmp_path / "59257", {2016: 1_000.0, 2022: 1_235.0})
    assert checks.check(national, fetched=[tmp_path / "absent"]) == []
    (found,) = checks.check(national, fetched=[tmp_path / "absent", fetched])
    assert found.rows["elle suit"].tolist() == ["A"]


@pytest.mark.parametrize(
    ("years", "origin"),
    [((2016,), "insee"), ((2022,), "insee"), ((2017, 2023), "insee"), ((2016, 2022), "demonstration")],
)
def test_nothing_is_reported_of_insee_s_split_without_the_real_people_of_both_dates(years, origin, tmp_path):
    folder = of_households(origin=origin)(tmp_path, dict.fromkeys(years, 1_000.0))
    assert checks.check(folder) == []


def test_a_witness_tells_both_conventions_apart_beyond_the_rounding_of_its_effects():
    for one in insee_split.WITNESSES:
        asked = one.factors()
        assert {name: one.recognize(factor) for name, factor in asked.items()} == {"A": "A", "B": "B"}
        assert abs(one.homes_1 - one.homes_0 - one.size - one.demographic) <= 1
