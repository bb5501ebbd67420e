from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import openpyxl
import pytest
from shapely import from_wkb

from helpers.errors import SourceError
from helpers.sources import (
    census_extract,
    comparateur,
    files,
    filosofi,
    legal_population,
    membership,
    municipal_population,
    outlines,
    rpls,
)
from helpers.sources.registry import find_source

BOM = "\ufeff"


@dataclass
class Format:
    """A family of official files: its first line, copied from the true one, and its reader."""

    source: str
    read: object
    header: str
    code: str
    # Column of the file -> table, variable, year.
    values: dict[str, tuple[str, str, int]]
    separator: str = ";"
    mark: str = ""
    end: str = "\r\n"
    member: str = ""
    text: dict[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        return self.header.split(self.separator)

    def write(self, folder: Path, *rows: dict[str, str], header: str | None = None, mark: str | None = None):
        """A file of this format that holds these rows; cells that are not named are empty."""
        buffer = io.StringIO()
        writer = csv.writer(buffer, delimiter=self.separator, lineterminator=self.end)
        columns = header.split(self.separator) if header is not None else self.columns
        writer.writerow(columns)
        writer.writerows([[row.get(column, "") for column in columns] for row in rows])
        content = ((self.mark if mark is None else mark) + buffer.getvalue()).encode()
        if not self.member:
            path = folder / f"{self.source}.csv"
            path.write_bytes(content)
            return path
        path = folder / f"{self.source}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(self.member, content)
            archive.writestr(f"meta_{self.member}", "COD_VAR;LIB_VAR\r\n")
        return path

    def row(self, code: str, value: str = "7", **cells: str) -> dict[str, str]:
        return {self.code: code, **self.text, **dict.fromkeys(self.values, value), **cells}


FORMATS = {
    "comparateur": Format(
        "comparateur_2018",
        partial(comparateur.read, source=find_source("comparateur_2018")),
        "CODGEO;P18_POP;P13_POP;SUPERF;NAIS1318;DECE1318;P18_MEN;NAISD20;DECESD20;P18_LOG;P18_RP;P18_RSECOCC;"
        "P18_LOGVAC;P18_RP_PROP;NBMENFISC19;PIMP19;MED19;TP6019;P18_EMPLT;P18_EMPLT_SAL;P13_EMPLT;P18_POP1564;"
        "P18_CHOM1564;P18_ACT1564;ETTOT18;ETAZ18;ETBE18;ETFZ18;ETGU18;ETGZ18;ETOQ18;ETTEF118;ETTEFP1018",
        "CODGEO",
        {
            "P18_POP": ("population", "POP", 2018),
            "P13_POP": ("population", "POP", 2013),
            "NAIS1318": ("flows", "NAIS", 2018),
            "DECE1318": ("flows", "DECE", 2018),
            "NAISD20": ("flows", "NAIS", 2021),
            "DECESD20": ("flows", "DECE", 2021),
            "P18_MEN": ("households", "MEN", 2018),
            "P18_LOG": ("dwellings", "LOG", 2018),
            "P18_RP": ("dwellings", "RP", 2018),
            "P18_RSECOCC": ("dwellings", "RSECOCC", 2018),
            "P18_LOGVAC": ("dwellings", "LOGVAC", 2018),
            "P18_RP_PROP": ("dwellings", "RP_PROP", 2018),
            "TP6019": ("income", "TP60", 2019),
            "SUPERF": ("area", "SUPERF", 2018),
        },
        member="base_cc_comparateur.CSV",
    ),
    "legal": Format(
        "populations_legales_2022",
        partial(legal_population.read, source=find_source("populations_legales_2022")),
        "REG;Région;DEP;CODARR;CODCAN;CODCOM;COM;Commune;PMUN;PCAP;PTOT",
        "COM",
        {"PMUN": ("population", "POP", 2022)},
        text={"Commune": "Hem", "DEP": "59", "REG": "32"},
    ),
    "municipal": Format(
        "populations_municipales_2013_2021",
        partial(municipal_population.read, source=find_source("populations_municipales_2013_2021")),
        "objectid,reg,dep,cv,codgeo,libgeo,p13_pop,p14_pop,p15_pop,p16_pop,p17_pop,p18_pop,p19_pop,p20_pop,p21_pop",
        "codgeo",
        {f"p{year % 100}_pop": ("population", "POP", year) for year in range(2013, 2022)},
        separator=",",
        mark=BOM,
    ),
    "census 2018": Format(
        "rp_2018",
        partial(census_extract.read, source=find_source("rp_2018")),
        "code_insee,commune,code_departement,pop_tot,pop_0_14,pop_15_29,pop_18_24,pop_75p,pop_femmes,pop_act_15p,"
        "pop_chom,log_rp,log_proprio,log_loc,log_hlm,log_sec,log_maison,log_appart",
        "code_insee",
        {
            "pop_tot": ("population", "POP", 2018),
            "pop_0_14": ("age_groups", "POP0014", 2018),
            "pop_15_29": ("age_groups", "POP1529", 2018),
            "pop_18_24": ("age_groups", "POP1824", 2018),
            "pop_75p": ("age_groups", "POP75P", 2018),
            "pop_femmes": ("age_groups", "POPF", 2018),
            "log_rp": ("dwellings", "RP", 2018),
            "log_proprio": ("dwellings", "RP_PROP", 2018),
            "log_loc": ("dwellings", "RP_LOC", 2018),
            "log_hlm": ("dwellings", "RP_LOCHLMV", 2018),
            "log_sec": ("dwellings", "RSECOCC", 2018),
            "log_maison": ("dwellings", "RPMAISON", 2018),
            "log_appart": ("dwellings", "RPAPPART", 2018),
        },
        separator=",",
        end="\n",
    ),
    "filosofi": Format(
        "filosofi_2019",
        partial(filosofi.read, source=find_source("filosofi_2019")),
        "CODGEO;LIBGEO;NBMEN19;NBPERS19;NBUC19;Q119;Q219;Q319;Q3_Q1;D119;D219;D319;D419;D619;D719;D819;D919;RD;"
        "S80S2019;GI19;PACT19;PTSA19;PCHO19;PBEN19;PPEN19;PPAT19;PPSOC19;PPFAM19;PPMINI19;PPLOGT19;PIMPOT19",
        "CODGEO",
        {"Q219": ("income", "MED", 2019), "NBMEN19": ("income", "NBMENFISC", 2019)},
        mark=BOM,
    ),
    "rpls": Format(
        "rpls_2024",
        partial(rpls.read, source=find_source("rpls_2024")),
        "DEPCOM_ARM,LIBCOM_DEP,LIBCOM,nb_loues,nb_vacants,nb_vides,nb_asso,nb_occup_finan,nb_occup_temp,nb_ls",
        "DEPCOM_ARM",
        {"nb_ls": ("social_housing", "RPLS", 2024), "nb_vacants": ("social_housing", "RPLS_VAC", 2024)},
        separator=",",
        mark=BOM,
    ),
}
every_format = pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS.keys())
every_column = pytest.mark.parametrize(
    ("form", "column"),
    [
        pytest.param(form, column, id=f"{name} {column}")
        for name, form in FORMATS.items()
        for column in [form.code, *form.values, *form.text]
        # An edition of the comparateur may have no area.
        if column != "SUPERF"
    ],
)
every_value = pytest.mark.parametrize(
    ("form", "column"),
    [
        pytest.param(form, column, id=f"{name} {column}")
        for name, form in FORMATS.items()
        for column in form.values
    ],
)


def values(tables, table, variable, year, since=None):
    """Values of one variable by commune."""
    frame = tables[table]
    frame = frame[(frame["variable"] == variable) & (frame["year"] == year)]
    if since is not None:
        frame = frame[frame["since"] == since]
    return dict(zip(frame["code"], frame["value"], strict=True))


def test_the_first_lines_copied_here_are_those_of_the_official_files(sources):
    for form in FORMATS.values():
        source = find_source(form.source)
        content = files.read_bytes(sources / source.file, member=source.member)
        assert content.split(b"\n", 1)[0].rstrip(b"\r").decode() == form.mark + form.header


@every_format
def test_a_good_file_gives_one_row_per_value(form, tmp_path):
    rows = [
        form.row("59299", **{column: str(10 + place) for place, column in enumerate(form.values)}),
        form.row("59220"),
    ]
    tables = form.read(form.write(tmp_path, *rows))
    for place, (table, variable, year) in enumerate(form.values.values()):
        assert values(tables, table, variable, year) == {"59299": 10 + place, "59220": 7}
    held = sum(len(frame) for name, frame in tables.items() if name != "communes")
    assert held == 2 * len(form.values)


@every_format
@pytest.mark.parametrize("mark", ["", BOM], ids=["plain", "byte-order mark"])
def test_a_byte_order_mark_changes_nothing(form, mark, tmp_path):
    tables = form.read(form.write(tmp_path, form.row("59299"), mark=mark))
    table, variable, year = next(iter(form.values.values()))
    assert values(tables, table, variable, year) == {"59299": 7}


@every_format
@pytest.mark.parametrize("code", ["01004", "2A004", "2B033", "75056", "59011"])
def test_codes_keep_their_leading_zero_and_their_letter(form, code, tmp_path):
    tables = form.read(form.write(tmp_path, form.row(code)))
    assert {found for frame in tables.values() for found in frame["code"]} == {code}


@every_value
def test_an_empty_cell_is_missing_and_never_zero(form, column, tmp_path):
    tables = form.read(form.write(tmp_path, form.row("59299", **{column: ""}), form.row("59220", "0")))
    table, variable, year = form.values[column]
    assert values(tables, table, variable, year) == {"59220": 0}
    others = [name for name in form.values if name != column]
    assert all("59299" in values(tables, *form.values[name]) for name in others)


@every_value
def test_a_cell_that_is_no_number_names_file_line_and_column(form, column, tmp_path):
    path = form.write(tmp_path, form.row("59299"), form.row("59220"), form.row("59011", **{column: "s"}))
    with pytest.raises(SourceError) as caught:
        form.read(path)
    assert f"{path}, ligne 4, colonne {column} : 's'" in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize(
    "cell", ["nd", "1 234", "1\u202f234", "-", "inf", "nan", "NA", "1.2.3", "True", "0x10"]
)
def test_a_text_never_passes_for_a_number(cell, tmp_path):
    form = FORMATS["legal"]
    with pytest.raises(SourceError, match="n'est pas un nombre"):
        form.read(form.write(tmp_path, form.row("59299", PMUN=cell)))


@every_column
def test_a_missing_column_is_named_with_those_the_file_has(form, column, tmp_path):
    kept = [name for name in form.columns if name != column]
    path = form.write(tmp_path, form.row("59299"), header=form.separator.join(kept))
    with pytest.raises(SourceError) as caught:
        form.read(path)
    assert str(path) in caught.value.message
    assert caught.value.message.endswith(f": {column}.")
    assert ", ".join(kept) in caught.value.remedy


def test_every_missing_column_is_named_at_once(tmp_path):
    form = FORMATS["rpls"]
    path = form.write(tmp_path, header="DEPCOM_ARM,LIBCOM")
    with pytest.raises(SourceError, match="nb_ls, nb_vacants"):
        form.read(path)


@every_format
def test_columns_in_another_order_are_read_by_name(form, tmp_path):
    backwards = form.separator.join(reversed(form.columns))
    rows = form.row("59299", **{column: str(10 + place) for place, column in enumerate(form.values)})
    tables = form.read(form.write(tmp_path, rows, header=backwards))
    for place, (table, variable, year) in enumerate(form.values.values()):
        assert values(tables, table, variable, year) == {"59299": 10 + place}


@every_format
def test_an_absent_file_says_where_it_was_looked_for(form, tmp_path):
    path = tmp_path / "nowhere.csv"
    with pytest.raises(SourceError) as caught:
        form.read(path)
    assert str(path) in caught.value.message
    assert "HELPERS_SOURCES" in caught.value.remedy


@every_format
def test_an_empty_file_is_refused(form, tmp_path):
    path = tmp_path / "empty.csv"
    path.write_bytes(b"")
    with pytest.raises(SourceError, match=str(path)):
        form.read(path)


@every_format
def test_rows_longer_than_the_header_do_not_shift_the_columns(form, tmp_path):
    path = form.write(tmp_path, form.row("59299"))
    if form.member:
        content = files.read_bytes(path, member=form.member)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(form.member, content.replace(b"\r\n59299", b"\r\n59299;9"))
    else:
        lines = path.read_bytes().splitlines()
        path.write_bytes(b"\n".join([lines[0], b"9" + form.separator.encode() + lines[1]]))
    with pytest.raises(SourceError, match="illisible"):
        form.read(path)


def test_a_file_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "latin.csv"
    path.write_bytes(f"{FORMATS['legal'].header}\r\n".encode("latin-1"))
    with pytest.raises(SourceError, match="illisible"):
        FORMATS["legal"].read(path)


def test_a_truncated_archive_is_refused_with_what_to_do(tmp_path):
    form = FORMATS["comparateur"]
    path = form.write(tmp_path, form.row("59299"))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(SourceError, match="illisible") as caught:
        form.read(path)
    assert str(path) in caught.value.message
    assert "de nouveau" in caught.value.remedy


@pytest.mark.parametrize("where", range(60, 160, 20))
def test_an_archive_damaged_inside_is_refused(where, tmp_path):
    form = FORMATS["comparateur"]
    path = form.write(tmp_path, *(form.row(f"{code:05}", str(code * 7919)) for code in range(1001, 1400)))
    content = bytearray(path.read_bytes())
    content[where : where + 12] = b"\xff" * 12
    path.write_bytes(content)
    with pytest.raises(SourceError, match="illisible"):
        form.read(path)


def test_an_archive_without_the_member_lists_what_it_holds(tmp_path):
    form = FORMATS["comparateur"]
    path = form.write(tmp_path, form.row("59299"))
    source = find_source("comparateur_2018").model_copy(update={"member": "base_cc_2021.CSV"})
    with pytest.raises(SourceError, match="base_cc_2021") as caught:
        comparateur.read(path, source=source)
    assert "base_cc_comparateur.CSV, meta_base_cc_comparateur.CSV" in caught.value.remedy


def test_a_flow_tells_the_years_it_covers(tmp_path):
    form = FORMATS["comparateur"]
    row = form.row("59299", NAIS1318="1237", DECE1318="697", NAISD20="213", DECESD20="166")
    tables = form.read(form.write(tmp_path, row))
    assert values(tables, "flows", "NAIS", 2018, since=2013) == {"59299": 1237}
    assert values(tables, "flows", "DECE", 2018, since=2013) == {"59299": 697}
    assert values(tables, "flows", "NAIS", 2021, since=2020) == {"59299": 213}
    assert values(tables, "flows", "DECE", 2021, since=2020) == {"59299": 166}


def test_decimals_are_read_to_the_last_digit(tmp_path):
    form = FORMATS["comparateur"]
    tables = form.read(form.write(tmp_path, form.row("59299", P18_LOG="7411.60432758642")))
    assert values(tables, "dwellings", "LOG", 2018) == {"59299": 7411.60432758642}


def test_filosofi_writes_its_decimals_with_a_comma(tmp_path):
    form = FORMATS["filosofi"]
    tables = form.read(form.write(tmp_path, form.row("59299", Q219="21920,5", NBUC19="12031,7")))
    assert values(tables, "income", "MED", 2019) == {"59299": 21920.5}


def test_filosofi_gives_the_spread_of_incomes_and_the_share_of_pensions_where_it_has_them(tmp_path):
    form = FORMATS["filosofi"]
    tables = form.read(form.write(tmp_path, form.row("59299", RD="3,7", PPEN19="25,4")))
    assert values(tables, "income", "RD", 2019) == {"59299": 3.7}
    assert values(tables, "income", "PPEN", 2019) == {"59299": 25.4}
    without = form.read(form.write(tmp_path, form.row("59299", RD="", PPEN19="")))
    assert values(without, "income", "RD", 2019) == values(without, "income", "PPEN", 2019) == {}


def test_a_secret_income_leaves_the_number_of_households(tmp_path):
    form = FORMATS["filosofi"]
    tables = form.read(form.write(tmp_path, form.row("01002", NBMEN19="113", Q219="")))
    assert values(tables, "income", "MED", 2019) == {}
    assert values(tables, "income", "NBMENFISC", 2019) == {"01002": 113}


def test_the_vintage_chooses_the_columns_of_filosofi(tmp_path):
    form = FORMATS["filosofi"]
    path = form.write(tmp_path, form.row("59299"))
    with pytest.raises(SourceError, match="Q220, NBMEN20"):
        filosofi.read(path, source=find_source("filosofi_2019").model_copy(update={"vintage": 2020}))


@pytest.mark.parametrize(
    ("written", "code"),
    [("971101", "97101"), ("972209", "97209"), ("973302", "97302"), ("974411", "97411"), ("59299", "59299")],
)
def test_overseas_codes_with_the_departement_twice_are_mended(written, code, tmp_path):
    form = FORMATS["municipal"]
    tables = form.read(form.write(tmp_path, form.row(written)))
    assert set(tables["population"]["code"]) == {code}


def test_legal_populations_also_give_the_list_of_communes(tmp_path):
    form = FORMATS["legal"]
    tables = form.read(
        form.write(tmp_path, form.row("2A004", Commune="Ajaccio", DEP="2A", REG="94", PTOT="9"))
    )
    assert tables["communes"].to_dict("records") == [
        {"code": "2A004", "name": "Ajaccio", "department": "2A", "region": "94"}
    ]


def test_the_social_register_gives_no_row_to_a_commune_it_does_not_list(tmp_path):
    form = FORMATS["rpls"]
    tables = form.read(form.write(tmp_path, form.row("59299", nb_ls="2500", nb_vacants="40")))
    assert values(tables, "social_housing", "RPLS", 2024) == {"59299": 2500}


# The table d'appartenance: a workbook in an archive, the names of columns on the sixth line.

_TITLE = [
    ["Liste des communes au 1er janvier 2022"],
    ["France - Communes"],
    ["Mise en ligne le 18/03/2022       Géographie au 01/01/2022"],
    ["@Insee       Source(s) : Insee, Code officiel géographique"],
]
_COMMUNE = [
    "CODGEO", "LIBGEO", "DEP", "REG", "EPCI", "NATURE_EPCI", "ARR", "CV", "ZE2020", "UU2020", "TUU2017", "TDUU2017",
    "AAV2020", "TAAV2017", "TDAAV2017", "CATEAAV2020", "BV2012",
]  # fmt: skip
_HEM = [
    "59299", "Hem", "59", "32", "200093201", "ME", "595", "5999", "3209", "59702", "7", "72",
    "004", "4", "41", "12", "59350",
]  # fmt: skip
_USHANT = [
    "29155", "Ouessant", "29", "53", "ZZZZZZZZZ", "ZZ", "292", "2999", "5315", "29000", "0", "00",
    "000", "0", "00", "30", "29103",
]  # fmt: skip
_WORKBOOK = {
    "COM": [_COMMUNE, _HEM, _USHANT],
    "ARM": [
        [*_COMMUNE, "COM"],
        ["13201", "Marseille 1er Arrondissement", "13", "93", "200054807", *["0"] * 12, "13055"],
    ],
    "Zones_supra_communales": [
        ["NIVGEO", "CODGEO", "LIBGEO", "NB_COM"],
        ["DEP", "01", "Ain", 393],
        ["EPCI", "200093201", "Métropole Européenne de Lille", 95],
    ],
    "Variables": [["VAR_ID", "VAR_LIB", "VAR_LIB_LONG"]],
}
MEMBERSHIP = find_source("appartenance_2022")
MEMBER = "table-appartenance-geo-communes-22.xlsx"


def workbook(folder: Path, sheets: dict) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in [*_TITLE, [None], *rows]:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    path = folder / "appartenance.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(MEMBER, buffer.getvalue())
    return path


def test_the_membership_of_a_commune_is_read_as_text(tmp_path):
    frames = membership.read(workbook(tmp_path, _WORKBOOK), source=MEMBERSHIP)
    hem, ushant = frames["communes"].to_dict("records")
    assert hem == {
        "code": "59299", "name": "Hem", "department": "59", "region": "32", "epci": "200093201",
        "arrondissement": "595", "category": "12",
    }  # fmt: skip
    assert ushant["name"] == "Ouessant"
    assert frames["communes"]["epci"].isna().tolist() == [False, True]


def test_a_table_without_the_attraction_areas_gives_no_category(tmp_path):
    place = _COMMUNE.index("CATEAAV2020")
    cut = [[cell for at, cell in enumerate(row) if at != place] for row in _WORKBOOK["COM"]]
    frames = membership.read(workbook(tmp_path, {**_WORKBOOK, "COM": cut}), source=MEMBERSHIP)
    assert frames["communes"]["category"].isna().all()
    assert frames["communes"]["name"].tolist() == ["Hem", "Ouessant"]


def test_an_arrondissement_tells_its_city(tmp_path):
    frames = membership.read(workbook(tmp_path, _WORKBOOK), source=MEMBERSHIP)
    assert frames["arrondissements"].to_dict("records") == [
        {"code": "13201", "name": "Marseille 1er Arrondissement", "city": "13055"}
    ]
    assert frames["zones"].to_dict("records")[0] == {"level": "DEP", "code": "01", "name": "Ain"}


@pytest.mark.parametrize("sheet", ["COM", "ARM", "Zones_supra_communales"])
def test_a_membership_table_without_a_sheet_is_refused(sheet, tmp_path):
    kept = {title: rows for title, rows in _WORKBOOK.items() if title != sheet}
    with pytest.raises(SourceError, match=sheet):
        membership.read(workbook(tmp_path, kept), source=MEMBERSHIP)


@pytest.mark.parametrize(
    ("sheet", "column"),
    [("COM", "EPCI"), ("COM", "CODGEO"), ("ARM", "COM"), ("Zones_supra_communales", "NIVGEO")],
)
def test_a_membership_table_without_a_column_is_refused(sheet, column, tmp_path):
    place = _WORKBOOK[sheet][0].index(column)
    cut = [[cell for at, cell in enumerate(row) if at != place] for row in _WORKBOOK[sheet]]
    with pytest.raises(SourceError, match=f": {column}\\.") as caught:
        membership.read(workbook(tmp_path, {**_WORKBOOK, sheet: cut}), source=MEMBERSHIP)
    assert "LIBGEO" in caught.value.remedy


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04 truncated"])
def test_a_damaged_workbook_is_refused(content, tmp_path):
    path = tmp_path / "appartenance.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(MEMBER, content)
    with pytest.raises(SourceError, match="illisible"):
        membership.read(path, source=MEMBERSHIP)


# Outlines.


def outline_file(folder: Path, *communes: tuple[str, list]) -> Path:
    path = folder / "communes.geojson"
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {"code": code, "nom": "X"},
        }
        for code, ring in communes
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


SQUARE = [[3.0, 50.0], [3.1, 50.0], [3.1, 50.1], [3.0, 50.1], [3.0, 50.0]]
BOW_TIE = [[3.0, 50.0], [3.1, 50.1], [3.1, 50.0], [3.0, 50.1], [3.0, 50.0]]


def test_outlines_are_sorted_by_code_and_keep_their_shape(tmp_path):
    frame = outlines.read(outline_file(tmp_path, ("59299", SQUARE), ("01004", SQUARE)))
    assert frame["code"].tolist() == ["01004", "59299"]
    assert from_wkb(frame["outline"][0]).bounds == (3.0, 50.0, 3.1, 50.1)


def test_an_outline_that_crosses_itself_is_mended(tmp_path):
    frame = outlines.read(outline_file(tmp_path, ("59299", BOW_TIE)))
    mended = from_wkb(frame["outline"][0])
    assert mended.is_valid
    # Two triangles: half of the square.
    assert mended.area == pytest.approx(0.005)


@pytest.mark.parametrize("content", [b"", b'{"type": "FeatureCollection", "features": [{', b"\xe9"])
def test_damaged_outlines_are_refused(content, tmp_path):
    path = tmp_path / "communes.geojson"
    path.write_bytes(content)
    with pytest.raises(SourceError, match="illisibles") as caught:
        outlines.read(path)
    assert str(path) in caught.value.message


def test_outlines_without_codes_are_refused(tmp_path):
    path = outline_file(tmp_path, ("59299", SQUARE))
    path.write_text(path.read_text().replace('"code"', '"insee"'))
    with pytest.raises(SourceError, match=": code"):
        outlines.read(path)
