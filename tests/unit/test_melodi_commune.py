"""Everything that Melodi gives of a commune: what is asked, what is missing and reported, what is never lost."""

from __future__ import annotations

from collections import Counter, deque

import pytest
from fake_official_files import melodi as official
from fake_official_files.country import Country
from melodi_rows import people, pyramid, series
from melodi_server import Fault, Melodi, serve

from helpers import schemas
from helpers.errors import NetworkError, SourceError
from helpers.sources import melodi, melodi_client
from helpers.sources.melodi_forms import find_form
from helpers.sources.registry import load_registry

SERIES, HOUSING, REFERENCE = "DS_RP_SERIE_HISTORIQUE", "DS_RP_LOGEMENT_PRINC", "DS_POPULATIONS_REFERENCE"
AGES, BIRTHS, TENURES = (
    "DS_RP_TD_POPULATION_AGESEX_PRINC",
    "DS_ETAT_CIVIL_NAIS_COMMUNES",
    "DS_FILOSOFI_LOG_TP_NIVVIE",
)
EPCI = "200093201"
HEM = [
    ("commune", "59299"), ("epci", EPCI), ("departement", "59"), ("region", "32"), ("france", "F"),
]  # fmt: skip
NAMES = {
    ("commune", "59299"): "Hem (59)", ("epci", EPCI): "MEL", ("departement", "59"): "Nord",
    ("region", "32"): "Hauts-de-France", ("france", "F"): "France hors Mayotte",
}  # fmt: skip
MEMBERS = {f"EPCI-{EPCI}": ["COM-59011", "COM-59299"]}
COUNTRY = Country(codes=("01004", "59011", "59299"), dates=(2012, 2017, 2023))
RECORDS = [source for source in load_registry().values() if source.dataset and not source.file]
# Enough for most rules: seventeen data sets take seconds.
FEW = [
    source
    for source in RECORDS
    if source.dataset in (SERIES, HOUSING, REFERENCE, "DS_RP_TD_LOGEMENT_AGE_PRINC")
]


@pytest.fixture(scope="module")
def national():
    return {
        dataset: official.rows(COUNTRY, dataset, included={"59011": "59299"}) for dataset in official.DATASETS
    }


class Time:
    def __init__(self):
        self.now, self.slept = 0.0, []
        self.pace = melodi.Pace(clock=lambda: self.now, sleep=self.sleep)

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture(autouse=True)
def _direct(monkeypatch):
    monkeypatch.delenv("HELPERS_MIRROR", raising=False)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def receive(time):
    """Fetch all that the stand-in has of a commune and of its EPCI."""

    def receive(server, areas=HEM, communes_of=EPCI, sources=FEW, **options):
        return melodi.fetch_commune(
            areas,
            communes_of=communes_of,
            names=NAMES,
            base=server.base,
            pace=time.pace,
            sources=sources,
            **options,
        )

    return receive


def of(*datasets):
    """The records of some data sets."""
    return [source for source in RECORDS if source.dataset in datasets]


def asked(server: Melodi, dataset):
    """The places of each call of a data set."""
    return [call["GEO"] for name, call in zip(server.asked, server.calls, strict=True) if name == dataset]


def text(received, dataset):
    """What is missing of a data set: the places named."""
    return [gap.place for gap in received.gaps if gap.dataset == dataset]


def codes(table, level="commune"):
    return set(table.loc[table["level"] == level, "code"])


# What is asked.


def test_a_data_set_takes_a_call_for_the_territories_and_one_for_the_communes_of_the_epci(
    national, receive, time
):
    said = []
    with serve(national, members=MEMBERS) as server:
        received = receive(server, progress=said.append, sources=RECORDS)
    assert Counter(server.asked) == dict.fromkeys([source.dataset for source in RECORDS], 2)
    assert asked(server, SERIES) == [
        ["COM-59299", f"EPCI-{EPCI}", "DEP-59", "REG-32", "FRANCE-F"],
        [f"EPCI-{EPCI}*COM"],
    ]
    # 34 calls and the catalogue: a minute is waited for once, and said.
    assert len(time.slept) == 1
    assert any(step.startswith("30 appels par minute au plus, attente de ") for step in said)
    assert not received.gaps


@pytest.mark.large
def test_the_communes_of_the_epci_are_read_as_the_commune_is(national, receive):
    with serve(national, members=MEMBERS) as server:
        received = receive(server, sources=RECORDS)
    assert set(received.tables) == {table for source in RECORDS for table in source.tables}
    for name, table in received.tables.items():
        stored = schemas.validate(table.assign(origin="insee")[schemas.table_columns(name)], table=name)
        assert set(zip(stored["level"], stored["code"], strict=True)) == {*HEM, ("commune", "59011")}, name


def test_outside_any_epci_no_neighbour_is_asked_for(national, receive):
    with serve(national) as server:
        received = receive(server, areas=[HEM[0], *HEM[2:]], communes_of=None)
    assert len(server.calls) == len(FEW)
    assert codes(received.tables["population"]) == {"59299"}


def test_a_level_that_a_data_set_has_not_is_never_asked_for(national, receive):
    with serve(national, members=MEMBERS) as server:
        receive(server, sources=of(SERIES, HOUSING, REFERENCE, AGES))
    assert asked(server, REFERENCE)[0] == ["COM-59299", "DEP-59", "REG-32", "FRANCE-F"]
    levels = {HOUSING: ["COM", "FRANCE"], AGES: ["DEP", "REG"]}
    with serve(national, members=MEMBERS, levels=levels) as server:
        received = receive(server, sources=of(SERIES, HOUSING, REFERENCE, AGES))
    assert asked(server, HOUSING) == [["COM-59299", "FRANCE-F"], [f"EPCI-{EPCI}*COM"]]
    assert asked(server, AGES) == [["DEP-59", "REG-32"]]
    assert not received.gaps


@pytest.mark.large
@pytest.mark.parametrize("answer", ["none", "empty", "page"])
def test_without_a_catalogue_every_level_is_asked_for_and_what_is_refused_is_reported(
    national, receive, monkeypatch, answer
):
    bodies = {"none": Fault(503), "empty": Fault(200, "[]"), "page": Fault(200, "<html>Portail</html>")}
    plain = Melodi.answer
    monkeypatch.setattr(
        Melodi,
        "answer",
        lambda self, path: bodies[answer] if path.endswith("/catalog/all") else plain(self, path),
    )
    with serve(national, members=MEMBERS) as server:
        received = receive(server)
    # It has no EPCI, and answers 404 to whoever asks for one: the others are asked for alone.
    assert text(received, REFERENCE) == ["MEL"]
    assert "réponse 404" in next(gap for gap in received.gaps if gap.dataset == REFERENCE).reason
    assert codes(received.tables["population"]) == {"59299", "59011"}


def test_dimensions_of_which_one_code_is_read_are_restricted_to_it(national, receive):
    with serve(national, members=MEMBERS) as server:
        receive(server, sources=of("DS_RP_TD_LOGEMENT_AGE_PRINC", "DS_BPE", "DS_RP_MENAGES_COMP"))
    restricted = dict(zip(server.asked, server.calls, strict=True))
    assert (
        restricted["DS_RP_TD_LOGEMENT_AGE_PRINC"] | {"TDW": ["_T"], "NOR": ["_T"]}
        == restricted["DS_RP_TD_LOGEMENT_AGE_PRINC"]
    )
    assert restricted["DS_BPE"]["BPE_MEASURE"] == ["FACILITIES"]
    # What an edition may not have is not named.
    assert "PREFPH" not in restricted["DS_RP_MENAGES_COMP"]


def test_france_is_the_one_without_mayotte(national, receive):
    with serve(national, members=MEMBERS) as server:
        births = receive(server, sources=of(SERIES, BIRTHS)).tables["flows"]
    assert asked(server, BIRTHS)[0][-1] == "FRANCE-F_X_D976"
    assert {"F"} == codes(births[births["source"] == "melodi_naissances"], "france")


# What is received.


@pytest.mark.large
def test_the_figures_of_a_territory_are_those_of_its_communes(national, receive):
    homes = COUNTRY.homes.set_index(["code", "year"])["RP_PROP"]
    with serve(national, members=MEMBERS) as server:
        table = receive(server).tables["dwellings"]
    owners = table[table["variable"] == "RP_PROP"].set_index(["level", "code", "year"])["value"]
    assert owners["commune", "59299", 2023] == pytest.approx(homes["59299", 2023])
    assert owners["commune", "59011", 2023] == pytest.approx(homes["59011", 2023])
    north = homes["59299", 2017] + homes["59011", 2017]
    for area in (("commune", "59299"), ("epci", EPCI), ("departement", "59")):
        assert owners[(*area, 2017)] == pytest.approx(north)
    assert owners["france", "F", 2017] == pytest.approx(north + homes["01004", 2017])


def test_of_two_values_the_first_source_of_the_registry_gives_its_own(national, receive):
    with serve(national) as server:
        groups = receive(
            server, sources=of(AGES, "DS_RP_POPULATION_PRINC"), areas=HEM[:1], communes_of=None
        ).tables["age_groups"]
    young = groups[groups["variable"] == "POP0014"].set_index("year")
    assert young["source"].to_dict() == {
        2012: "melodi_population", 2017: "melodi_population", 2023: "melodi_ages",
    }  # fmt: skip


def test_notes_tell_the_source(national, receive):
    with serve(national) as server:
        notes = receive(server, areas=HEM[:1], communes_of=None).notes
    found = notes[notes["source"] == "melodi_serie_historique"]
    assert found.to_dict("records") == [
        {
            "level": "commune", "code": "59299", "year": year, "status": "W",
            "source": "melodi_serie_historique",
        }
        for year in (2012, 2017)
    ]  # fmt: skip


def test_incomes_come_by_tenure_and_by_age_and_what_is_secret_is_missing(receive):
    codes_of_tenure = {"_T": 21_000.0, "1": 25_000.0, "2": None}
    rows = [
        {"GEO": "COM-59299", "TIME_PERIOD": "2021", "FILOSOFI_MEASURE": "MED_SL", "TSH": code, "value": value,
         "status": "A" if value else "O"}
        for code, value in codes_of_tenure.items()
    ]  # fmt: skip
    ages = [
        {"GEO": "COM-59299", "TIME_PERIOD": "2021", "FILOSOFI_MEASURE": "PR_MD60", "AGE_RF": code, "value": 10.0 + n}
        for n, code in enumerate(["_T", "Y_LT30", "Y30T39", "Y40T49", "Y50T59", "Y60T74", "Y_GE75"])
    ]  # fmt: skip
    editions = [
        {"GEO": "COM-59299", "TIME_PERIOD": str(year), "FILOSOFI_MEASURE": measure, "value": value}
        for year in (2021, 2023)
        for measure, value in (("MED_SL", 20_000.0 + year), ("PR_MD60", 15.0), ("D1_SL", 9_000.0), ("NUM_HH", 7_000.0))
    ]  # fmt: skip
    held = {"DS_FILOSOFI_CC": editions, TENURES: rows, "DS_FILOSOFI_AGE_TP_NIVVIE": ages}
    with serve(held) as server:
        income = receive(
            server,
            sources=of("DS_FILOSOFI_CC", TENURES, "DS_FILOSOFI_AGE_TP_NIVVIE"),
            areas=HEM[:1],
            communes_of=None,
        ).tables["income"]
    found = income.set_index(["variable", "year"])["value"].to_dict()
    assert found == {
        ("MED", 2021): 22_021, ("MED", 2023): 22_023, ("TP60", 2021): 15, ("TP60", 2023): 15,
        ("NBMENFISC", 2021): 7_000, ("NBMENFISC", 2023): 7_000, ("MED_PROP", 2021): 25_000,
        ("TP60_0029", 2021): 11, ("TP60_3039", 2021): 12, ("TP60_4049", 2021): 13, ("TP60_5059", 2021): 14,
        ("TP60_6074", 2021): 15, ("TP60_75P", 2021): 16,
    }  # fmt: skip


def facility(geo, value, **codes):
    totals = dict.fromkeys(["FACILITY_DOM", "FACILITY_SDOM", "FACILITY_TYPE"], "_T")
    return {"GEO": geo, "TIME_PERIOD": "2025", "BPE_MEASURE": "FACILITIES", **totals, **codes, "value": value}


def of_type(geo, code, value):
    return facility(geo, value, FACILITY_DOM=code[0], FACILITY_SDOM=code[:2], FACILITY_TYPE=code)


def test_facilities_are_counted_once_none_where_a_place_has_no_row_and_unknown_where_secret(receive):
    rows = [
        facility("COM-59299", 300.0), facility("COM-59299", 20.0, FACILITY_DOM="C"),
        facility("COM-59299", 9.0, FACILITY_DOM="C", FACILITY_SDOM="C1"),
        of_type("COM-59299", "C107", 4.0), of_type("COM-59299", "C108", 5.0), of_type("COM-59299", "D265", None),
        of_type("COM-59299", "D502", 2.0), of_type("COM-59299", "D509", 1.0), of_type("COM-59299", "B203", 3.0),
        # A place that is not counted: it is not one without a school.
        of_type("DEP-59", "C107", 40.0),
    ]  # fmt: skip
    with serve({"DS_BPE": rows}) as server:
        table = receive(server, sources=of("DS_BPE"), areas=[HEM[0], HEM[2]], communes_of=None).tables[
            "facilities"
        ]
    found = table.set_index(["level", "variable"])["value"].to_dict()
    assert found == {
        ("commune", "ECOLES"): 9, ("commune", "CRECHES"): 3, ("commune", "COLLEGES"): 0, ("commune", "LYCEES"): 0,
        ("commune", "PHARMACIES"): 0, ("commune", "HEBERGEMENTS_AGES"): 0, ("departement", "ECOLES"): 40,
    }  # fmt: skip


# What is missing is reported, and costs nothing of the rest.


@pytest.mark.parametrize("answer", [200, 404, 400])
def test_a_territory_without_data_is_reported_by_data_set_and_costs_nothing(national, receive, answer):
    short = [row for row in national[SERIES] if row["GEO"] != f"EPCI-{EPCI}"]
    with serve({**national, SERIES: short}, members=MEMBERS, unheld=answer) as server:
        received = receive(server)
    assert [(gap.dataset, gap.place) for gap in received.gaps] == [(SERIES, "MEL")]
    gap = received.gaps[0]
    assert gap.reason == "aucune valeur." if answer == 200 else f"réponse {answer}" in gap.reason
    assert "catalogue-donnees.insee.fr/fr/catalogue/recherche/DS_RP_SERIE_HISTORIQUE" in gap.remedy
    population = received.tables["population"]
    assert codes(population) == {"59299", "59011"}
    assert codes(population, "region") == {"32"}


@pytest.mark.parametrize(
    "fault",
    [
        Fault(404), Fault(400, "GEO"), Fault(500, "Le serveur a rencontré une erreur inattendue.", kind="text/plain"),
        Fault(503), Fault(429, headers={"Retry-After": "3600"}), Fault(cut=True), Fault(200, "<html>"),
        Fault(200, '{"observations": [], "paging": {"count": 12}}'),
    ],
    ids=["404", "400", "500", "503", "429", "cut", "page", "partial"],
)  # fmt: skip
def test_a_data_set_that_is_not_given_is_reported_and_the_others_are_kept(national, receive, fault):
    with serve(national, members=MEMBERS, refused={HOUSING: fault}) as server:
        received = receive(server)
    assert [(gap.dataset, gap.place) for gap in received.gaps] == [(HOUSING, "")]
    assert HOUSING in str(received.gaps[0])
    assert received.gaps[0].remedy
    assert "melodi_logement" not in received.editions
    assert {"population", "householders", "dwellings"} <= set(received.tables)
    assert set(received.tables["dwellings"]["source"]) == {"melodi_serie_historique"}


def test_neighbours_that_are_not_given_are_reported_and_the_commune_is_kept(national, receive):
    with serve(national, members=MEMBERS, refused={f"EPCI-{EPCI}*COM": Fault(400)}) as server:
        received = receive(server)
    assert {gap.place for gap in received.gaps} == {f"communes de l'EPCI {EPCI}"}
    assert len(received.gaps) == len(FEW)
    assert codes(received.tables["population"]) == {"59299"}


def test_one_refused_territory_costs_none_of_the_others(national, receive):
    with serve(national, members=MEMBERS, refused={"REG-32": Fault(404)}) as server:
        received = receive(server)
    assert {gap.place for gap in received.gaps} == {"Hauts-de-France"}
    assert codes(received.tables["population"], "france") == {"F"}
    assert codes(received.tables["population"], "region") == set()


@pytest.mark.large
def test_a_page_that_breaks_leaves_out_what_it_was_a_part_of_and_nothing_else(national, receive):
    """Of a table that is added up, half the rows would be a lie: the territories are asked for one by one."""
    dataset = "DS_RP_TD_LOGEMENT_AGE_PRINC"
    with serve(national, members=MEMBERS) as server:
        whole = receive(server).tables["householders"]
    broken = deque([Fault(200, '{"observations": [{"dimensions"')])
    plain = Melodi.answer

    def answer(self, path):
        second = f"/{dataset}?" in path and path.count("GEO=") > 1
        return broken.popleft() if second and broken else plain(self, path)

    with pytest.MonkeyPatch.context() as patch, serve(national, members=MEMBERS) as server:
        patch.setattr(Melodi, "answer", answer)
        received = receive(server)
    assert not broken
    assert not received.gaps
    key = schemas.key_columns("householders")
    assert (
        received.tables["householders"]
        .sort_values(key, ignore_index=True)
        .equals(whole.sort_values(key, ignore_index=True))
    )


def test_a_network_lost_half_way_keeps_what_was_received_and_names_what_was_not_asked(
    national, receive, monkeypatch
):
    plain, calls = melodi_client.Client._ask, []

    def ask(self, address, *, dataset):
        calls.append(dataset)
        if len(calls) > 4:
            raise NetworkError("Le réseau est injoignable.", remedy="Vérifiez la connexion.")
        return plain(self, address, dataset=dataset)

    monkeypatch.setattr(melodi_client.Client, "_ask", ask)
    with serve(national, members=MEMBERS) as server:
        received = receive(server)
    lost = received.gaps[-1]
    assert lost.dataset == ", ".join(source.dataset for source in FEW[2:])
    assert str(lost).startswith(lost.dataset)
    assert codes(received.tables["population"]) == {"59299", "59011"}


def test_a_network_that_is_out_of_reach_is_reported_at_once(receive, monkeypatch):
    def ask(self, address, *, dataset):
        raise NetworkError("Le réseau est injoignable.")

    monkeypatch.setattr(melodi_client.Client, "_ask", ask)
    with serve({}) as server, pytest.raises(NetworkError, match="injoignable"):
        receive(server)


def test_nothing_at_all_is_an_error_that_says_why(receive):
    with serve({}) as server, pytest.raises(SourceError, match=r"aucun chiffre.*réponse 500") as caught:
        receive(server)
    assert "registry.toml" in caught.value.remedy


def test_a_commune_that_melodi_does_not_hold_has_empty_tables(national, receive):
    with serve(national) as server:
        received = receive(server, areas=[("commune", "97611")], communes_of=None)
    assert all(table.empty for table in received.tables.values())
    assert {gap.dataset for gap in received.gaps} == {source.dataset for source in FEW}


# Values that do not hold.


def test_a_cell_that_does_not_add_up_is_left_out_with_its_parts_and_reported(receive):
    good = {"POP": 100.0, "LOG": 60.0, "RP": 50.0, "RSECOCC": 4.0, "LOGVAC": 6.0}
    rows = [
        *series("COM-59299", 2017, good), *series("COM-59299", 2023, {**good, "RP": 51.0}), *series("DEP-59", 2023, good),
    ]  # fmt: skip
    with serve({SERIES: rows}) as server:
        received = receive(server, areas=[HEM[0], HEM[2]], communes_of=None)
    cells = received.tables["dwellings"].groupby(["level", "year"])["variable"].agg(set).to_dict()
    stock = {"LOG", "RP", "RSECOCC", "LOGVAC"}
    assert cells == {("commune", 2017): stock, ("departement", 2023): stock}
    assert len(received.tables["population"]) == 3
    (gap,) = [gap for gap in received.gaps if gap.dataset == SERIES]
    assert gap.place == "une partie"
    assert "RP + RSECOCC + LOGVAC diffère de LOG" in gap.reason
    assert "commune 59299 2023 60.0 51.0 4.0 6.0" in gap.reason
    assert "Les autres sont gardées" in gap.remedy


@pytest.mark.parametrize(("values", "words"), [([5.0, 6.0], "données deux fois"), ([-5.0], "négatives")])
def test_a_value_given_twice_or_negative_is_left_out_and_reported(receive, values, words):
    rows = [row for value in values for row in series("COM-59299", 2023, {"POP": value})]
    rows += series("COM-59299", 2017, {"POP": 7.0, "NAIS": 1.0})
    with serve({SERIES: rows}) as server:
        received = receive(server, areas=HEM[:1], communes_of=None)
    assert received.tables["population"].set_index("year")["value"].to_dict() == {2017: 7}
    (gap,) = [gap for gap in received.gaps if gap.dataset == SERIES]
    assert words in gap.reason
    assert "commune 59299 2023 POP" in gap.reason


def test_a_pyramid_that_does_not_make_its_total_is_left_out_for_that_sex(receive):
    numbers = [1.0] * 101
    rows = pyramid("COM-59299", 2023, numbers)
    rows = [row for row in rows if (row["SEX"], row["AGE"]) != ("F", "_T")]
    rows.append(people("COM-59299", 2023, "F", "_T", 150.0))
    with serve({AGES: rows}) as server:
        received = receive(server, sources=of(AGES), areas=HEM[:1], communes_of=None)
    assert set(received.tables["ages"]["sex"]) == {"H"}
    assert "POPF" not in set(received.tables["age_groups"]["variable"])
    assert "POPH" in set(received.tables["age_groups"]["variable"])
    assert ["la somme des âges diffère du total" in gap.reason for gap in received.gaps if gap.place == "une partie"] == [
        True
    ]  # fmt: skip


def test_rows_of_two_lists_of_communes_are_no_edition(receive):
    rows = [
        *series("COM-59299", 2017, {"POP": 5.0}),
        *({**row, "listed": 2025} for row in series("COM-59299", 2023, {"POP": 6.0})),
    ]
    with serve({SERIES: rows, REFERENCE: [{"GEO": "COM-59299", "TIME_PERIOD": "2023", "POPREF_MEASURE": "PMUN", "value": 9.0}]}) as server:  # fmt: skip
        received = receive(server, areas=HEM[:1], communes_of=None)
    whole = [gap for gap in received.gaps if gap.dataset == SERIES]
    assert "2025 et 2026" in whole[0].reason
    assert received.tables["population"]["value"].tolist() == [9.0]


# The registry.


def test_every_data_set_of_the_registry_can_be_read():
    for source in load_registry().values():
        if source.dataset:
            assert set(source.tables) <= set(find_form(source.dataset).tables), source.id


def test_no_data_set_is_asked_for_twice():
    assert len({source.dataset for source in RECORDS}) == len(RECORDS)
