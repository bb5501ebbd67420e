"""Files of any list of communes, carried to today's."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
import small_store
from fake_official_files import yearly
from fake_official_files.country import Country

from helpers import levels, schemas
from helpers.errors import SourceError
from helpers.sources.movements import Movements
from helpers.sources.registry import Source, find_source
from helpers.store import geography
from helpers.store.consolidation import consolidate
from helpers.store.geography import Geography
from helpers.store.parts import write_part

CODES = ["01004", "13055", "59011", "59299", "59350"]
# 59012 joined 59011 on 1 January 2023; 59300 became 59299 in 2022.
EVENTS = [
    ("32", "2023-01-01", "59011", "59011"),
    ("32", "2023-01-01", "59012", "59011"),
    ("41", "2022-01-01", "59300", "59299"),
]
LATER = [
    ("32", "2025-01-01", "59299", "59299"),
    ("32", "2025-01-01", "59350", "59299"),
    ("41", "2025-01-01", "01004", "01005"),
]
SPLIT = [("21", "2024-01-01", "59350", "59350"), ("21", "2024-01-01", "59350", "59351")]


def today(events=EVENTS, *, codes=CODES, year=2024, known_until=2024):
    return Geography(
        year=year,
        territories=small_store.territories(codes, year=year),
        former=pd.DataFrame(columns=["code", "name", "key", "date", "kind", "successor"]),
        events=small_store.movements(events),
        known_until=known_until,
        cities={"13201": "13055", "13202": "13055"},
    )


def source(**record):
    return find_source("logement_2018").model_copy(update={"geography": 2021, **record})


def people(values, *, year=2018, variable="POP"):
    return pd.DataFrame(
        {
            "code": list(values),
            "year": year,
            "variable": variable,
            "value": [float(v) for v in values.values()],
        }
    )


@pytest.fixture
def carry(tmp_path):
    """What a frame gives on today's communes, by table; and the sentences about it."""

    def _carry(frame, *, table="population", record=None, where=None):
        path = tmp_path / "part.parquet"
        record = record or source()
        _, notes = write_part(
            frame, path, table=table, source=record, geography=where or today(), temporary=tmp_path
        )
        return pd.read_parquet(path), notes

    return _carry


def totals(carried):
    found, _ = carried
    assert found["code"].is_unique
    return dict(zip(found["code"], found["value"], strict=True))


def test_mergers_and_changes_of_code_are_followed(carry):
    carried = carry(people({"59011": 10, "59012": 3, "59300": 5, "01004": 2}))
    assert totals(carried) == {"01004": 2, "59011": 13, "59299": 5}
    assert carried[1] == []


def test_a_merger_of_which_one_commune_is_unknown_is_unknown(carry):
    assert totals(carry(people({"59011": 10, "01004": 2}))) == {"01004": 2}


def test_a_merged_commune_that_a_register_does_not_list_has_none_of_what_it_counts(carry):
    listed = people({"59012": 3, "01004": 2}, variable="RPLS")
    assert totals(carry(listed, table="social_housing")) == {"01004": 2, "59011": 3}


def test_a_value_comes_out_as_it_went_in(carry):
    values = {"01004": 0.1 + 0.2, "59299": 1e-14, "59350": 67_123_456.123456789}
    found = totals(carry(people(values), record=source(geography=2024)))
    assert found == values


def test_a_sum_does_not_depend_on_the_order_of_the_rows(carry):
    frame = people({"59011": 0.1, "59012": 0.7})
    assert totals(carry(frame)) == totals(carry(frame.iloc[::-1])) == {"59011": pytest.approx(0.8, abs=1e-15)}


def test_each_year_of_a_file_may_have_its_own_list(carry):
    frame = pd.concat([people({"59011": 10, "59012": 3}, year=2019), people({"59011": 14}, year=2021)])
    found, _ = carry(frame, record=source(geography=2023, geography_lag=2))
    assert dict(zip(found["year"], found["value"], strict=True)) == {2019: 13, 2021: 14}


def test_averages_are_left_out_where_communes_merged(carry):
    frame = people({"59011": 20_000, "59012": 21_000, "01004": 22_000}, variable="MED")
    assert totals(carry(frame, table="income")) == {"01004": 22_000}
    sizes = pd.concat([people({"59011": 2.1, "59012": 2.5, "01004": 2.2}, variable="TMM"),
                       people({"59011": 5, "59012": 6, "01004": 7}, variable="MEN")])  # fmt: skip
    found, _ = carry(sizes, table="households")
    assert found.set_index(["variable", "code"])["value"].to_dict() == {
        ("MEN", "01004"): 7, ("MEN", "59011"): 11, ("TMM", "01004"): 2.2,
    }  # fmt: skip


def test_an_average_follows_a_commune_that_only_changed_its_code(carry):
    frame = people({"59300": 23_000, "59011": 20_000, "59012": 21_000}, variable="MED")
    assert totals(carry(frame, table="income")) == {"59299": 23_000}
    later = people({"01005": 22_000}, variable="MED")
    where = today([*EVENTS, *LATER], known_until=2026)
    carried = carry(later, table="income", record=source(geography=2026), where=where)
    assert totals(carried) == {"01004": 22_000}


def test_a_city_given_beside_its_arrondissements_is_counted_once(carry):
    assert totals(carry(people({"13055": 30, "13201": 10, "13202": 20, "01004": 5}))) == {
        "01004": 5,
        "13055": 30,
    }


def test_a_city_given_by_its_arrondissements_only_is_their_sum(carry):
    assert totals(carry(people({"13201": 10, "13202": 20}))) == {"13055": 30}


def test_a_city_with_an_unknown_arrondissement_is_unknown(carry):
    assert totals(carry(people({"13201": 10, "01004": 7}))) == {"01004": 7}


def test_an_average_of_arrondissements_is_no_average_of_the_city(carry):
    frame = people({"13201": 10, "13202": 20, "01004": 7}, variable="MED")
    assert totals(carry(frame, table="income")) == {"01004": 7}


@pytest.mark.parametrize(("family", "kept"), [("logement", True), ("filosofi", False)])
def test_a_split_commune_keeps_the_figures_of_the_census_only(carry, family, kept):
    where = today([*EVENTS, *SPLIT], codes=[*CODES, "59351"])
    found = totals(carry(people({"59350": 9, "01004": 2}), record=source(family=family), where=where))
    assert found == {"01004": 2} | ({"59350": 9} if kept else {})


def test_the_figure_of_a_later_commune_is_given_to_none_of_those_it_holds(carry):
    where = today([*EVENTS, *LATER], known_until=2026)
    carried = carry(people({"59299": 30, "59011": 4, "01005": 6}), record=source(geography=2026), where=where)
    # A commune that only changed its code keeps its figure.
    assert totals(carried) == {"01004": 6, "59011": 4}
    (note,) = carried[1]
    assert "2 communes touchées" in note
    assert "59299" in note
    assert "59350" in note


def test_a_later_list_that_the_movements_do_not_reach_is_reported(carry):
    carried = carry(people({"59299": 30, "59011": 4}), record=source(geography=2026))
    assert totals(carried) == {"59011": 4, "59299": 30}
    (note,) = carried[1]
    assert "ne sont connus que jusqu’au 1er janvier 2024" in note
    assert "mouvements" in note


def test_a_code_that_nothing_explains_is_left_out_and_reported(carry):
    carried = carry(people({"59999": 30, "59011": 4, "59012": 1}))
    assert totals(carried) == {"59011": 5}
    (note,) = carried[1]
    assert "59999" in note
    assert "59012" not in note


def test_a_larger_territory_is_taken_as_it_is_given(carry):
    frame = pd.DataFrame(
        {"level": ["commune", "departement", "region", "region"], "code": ["01004", "59", "32", "99"], "year": 2018,
         "variable": "POP", "value": [1.0, 2.0, 3.0, 4.0]}
    )  # fmt: skip
    found, _ = carry(frame)
    assert found[["level", "code", "value"]].values.tolist() == [
        ["commune", "01004", 1.0], ["departement", "59", 2.0], ["region", "32", 3.0],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"value": -1.0}, "-1.0"),
        ({"value": float("inf")}, "inf"),
        ({"code": "1004"}, "'1004'"),
        ({"code": None}, "None"),
        ({"variable": "POPULATION"}, "'POPULATION'"),
        ({"year": 20180}, "20180"),
    ],
)
def test_a_value_out_of_the_domain_is_named(carry, change, text):
    frame = people({"01004": 2, "59011": 3}).astype({"code": "object", "variable": "object"})
    for column, value in change.items():
        frame.loc[1, column] = value
    with pytest.raises(SourceError) as caught:
        carry(frame)
    assert text in str(caught.value)


def test_a_missing_column_is_named(carry):
    with pytest.raises(SourceError, match="sex, age"):
        carry(people({"01004": 2}), table="ages")


def test_a_commune_given_twice_is_named(carry):
    with pytest.raises(SourceError, match=r"'01004' a 2 valeurs de POP en 2018"):
        carry(pd.concat([people({"01004": 2}), people({"01004": 3})]))


# The newest list of communes.


def save_list(folder, identifier, codes):
    record = find_source(identifier)
    sheets = yearly.membership(Country(codes=tuple(codes)), epci=small_store.EPCI)
    zones = sheets["Zones_supra_communales"]
    listed = pd.DataFrame(sheets["COM"].rows, columns=sheets["COM"].columns)
    pairs = {
        (level.insee, code, f"{level.insee} {code}", 1)
        for level in levels.divided()
        for code in listed[level.insee]
        if level.key != "epci"
    }
    sheets["Zones_supra_communales"] = yearly.Grid(zones.columns, (*zones.rows, *sorted(pairs)))
    path = folder / record.file
    path.parent.mkdir(parents=True, exist_ok=True)
    yearly.save_workbook(path, sheets, above=5, member=record.member)


def save_movements(folder, identifier, mergers, date):
    path = folder / find_source(identifier).file
    path.parent.mkdir(parents=True, exist_ok=True)
    yearly.save_text(path, yearly.movements(mergers, date=date), separator=",")


def test_the_store_gives_its_own_list(tmp_path):
    small_store.write(tmp_path / "base", codes=CODES, events=EVENTS)
    found = geography.read_geography(tmp_path / "base")
    assert (found.year, found.known_until) == (2024, 2024)
    assert list(found.territories["code"]) == CODES
    assert found.movements.successors(since=2021) == {"59011": "59011", "59012": "59011", "59300": "59299"}


def test_the_newest_list_at_hand_is_taken_with_the_movements_that_lead_to_it(tmp_path):
    base = today()
    codes = ["01004", "13055", "59011", "59299"]
    save_list(tmp_path, "appartenance_2026", codes)
    save_movements(tmp_path, "mouvements_2026", {"59350": "59299", "59299": "59299"}, "2025-01-01")
    found, notes = geography.find_newest(tmp_path, base=base)
    assert notes == []
    assert (found.year, found.known_until) == (2026, 2026)
    assert list(found.territories["code"]) == codes
    assert set(found.territories["geography"]) == {2026}
    # The surface of the communes brought together.
    areas = found.territories.set_index("code")["area"]
    assert areas["59299"] == 20
    assert areas["59011"] == 10
    assert found.former.set_index("code").loc["59350", "successor"] == "59299"
    assert found.mark != base.mark


def test_a_list_that_the_movements_do_not_reach_is_left_aside_and_reported(tmp_path):
    save_list(tmp_path, "appartenance_2026", CODES)
    found, notes = geography.find_newest(tmp_path, base=today())
    assert found.year == 2024
    assert "2026" in notes[0]
    assert "2024" in notes[0]


def test_a_list_that_cannot_be_read_leaves_the_former_one_and_is_reported(tmp_path):
    path = tmp_path / find_source("appartenance_2026").file
    path.parent.mkdir(parents=True)
    path.write_bytes(b"<html>")
    save_movements(tmp_path, "mouvements_2026", {"59350": "59299"}, "2025-01-01")
    found, notes = geography.find_newest(tmp_path, base=today())
    assert (found.year, found.known_until) == (2024, 2026)
    assert path.name in notes[0]


def test_a_file_that_goes_as_far_as_the_events_of_the_store_tells_them_in_their_place(tmp_path):
    base = today(LATER, codes=["01005", "13055", "59011", "59299"], year=2026, known_until=2026)
    save_movements(tmp_path, "mouvements_2026", {"59350": "59299"}, "2024-07-01")
    found, notes = geography.find_newest(tmp_path, base=base)
    assert (found.year, found.known_until, notes) == (2026, 2026, [])
    assert set(found.events["date"]) == {"2024-07-01"}
    # An older file does not.
    (tmp_path / "insee/v_mvt_commune_2026.csv").rename(tmp_path / "mouvements_communes.csv")
    found, _ = geography.find_newest(tmp_path, base=base)
    assert set(found.events["date"]) == {"2025-01-01"}


def test_the_parts_of_communes_follow_them_into_a_newer_list(tmp_path):
    parts = pd.DataFrame(
        {
            "code": ["59355", "59011"],
            "name": ["Lomme", "Cité"],
            "key": ["lomme", "cite"],
            "date": ["2000-02-27", None],
            "kind": ["associated", "delegated"],
            "successor": ["59350", "59011"],
        }
    )
    base = replace(today(), former=parts)
    save_list(tmp_path, "appartenance_2026", [code for code in CODES if code != "59350"])
    save_movements(tmp_path, "mouvements_2026", {"59350": "59299", "59299": "59299"}, "2025-01-01")
    former = geography.find_newest(tmp_path, base=base)[0].former.set_index("name")
    assert former.loc["Lomme", ["kind", "successor"]].tolist() == ["associated", "59299"]
    assert former.loc["Cité", ["kind", "successor"]].tolist() == ["delegated", "59011"]


@pytest.mark.parametrize("column", ["arrondissement", "category", "epci"])
def test_a_commune_belongs_where_the_one_whose_code_it_bears_does_or_else_where_one_it_comes_from_does(
    column,
):
    codes, places = ["59011", "59012", "59300", "01004", "59350"], ["20", "11", "13", None, "12"]
    nowhere = {level.column: None for level in levels.divided()} | {"category": None}
    members = pd.DataFrame({"code": codes, **nowhere, column: places})
    events = small_store.movements([("32", "2023-01-01", "59012", "59350"), ("32", "2023-01-01", "59350", "59350"),
                                    ("41", "2023-01-01", "59300", "59299"), *SPLIT])  # fmt: skip
    zones = {
        "communes": members,
        "zones": pd.DataFrame(
            {"level": [level.insee for level in levels.divided()], "code": "x", "name": "x"}
        ),
    }
    codes = ["59011", "59299", "59350", "59351", "01004"]
    communes = pd.DataFrame({"code": codes, "name": codes, "department": "59", "region": "32"})
    listed = geography.list_communes(
        communes, zones=zones, events=Movements(events, geography=2024), year=2024, zones_year=2022,
        area=pd.DataFrame({"code": [], "value": []}),
    )  # fmt: skip
    found = listed.set_index("code")[column]
    assert found.dropna().to_dict() == {"59011": "20", "59299": "13", "59350": "12", "59351": "12"}
    assert pd.isna(found["01004"])


def test_an_older_list_is_of_no_use(tmp_path):
    save_list(tmp_path, "appartenance_2022", CODES)
    found, notes = geography.find_newest(tmp_path, base=today())
    assert (found.year, notes) == (2024, [])


# Sums.


@pytest.fixture
def sums(tmp_path):
    """The rows of larger territories that parts lead to."""

    def _sums(*frames, table="population", where=None, **options):
        parts = []
        for rank, frame in enumerate(frames):
            path = tmp_path / f"{rank}.parquet"
            record = Source(
                **{**find_source("logement_2018").model_dump(), "id": f"file_{rank}", "geography": 2024}
            )
            write_part(
                frame, path, table=table, source=record, geography=where or today(), temporary=tmp_path
            )
            parts.append(path)
        path = tmp_path / "table.parquet"
        consolidate(table, parts, path, geography=where or today(), temporary=tmp_path, **options)
        return pd.read_parquet(path)

    return _sums


ALL = {"01004": 1.0, "13055": 2.0, "59011": 3.0, "59299": 4.0, "59350": 5.0}


def above(frame):
    larger = frame[frame["level"] != "commune"]
    return {(row.level, row.code): row.value for row in larger.itertuples()}


def test_what_is_known_everywhere_is_added_up(sums):
    assert above(sums(people(ALL))) == {
        ("arrondissement", "011"): 1, ("arrondissement", "595"): 12,
        ("departement", "01"): 1, ("departement", "13"): 2, ("departement", "59"): 12,
        ("epci", "200093201"): 12, ("epci", "240100883"): 1, ("france", "F"): 15,
        ("region", "32"): 12, ("region", "84"): 1, ("region", "93"): 2,
    }  # fmt: skip


def test_a_sum_with_an_unknown_commune_is_unknown(sums):
    known = {code: value for code, value in ALL.items() if code != "59350"}
    assert above(sums(people(known))) == {
        ("arrondissement", "011"): 1, ("departement", "01"): 1, ("departement", "13"): 2, ("epci", "240100883"): 1,
        ("region", "84"): 1, ("region", "93"): 2,
    }  # fmt: skip


def test_a_commune_born_of_a_split_may_be_missing_from_a_sum(sums):
    where = today()
    where.territories.loc[where.territories["code"] == "59350", "area"] = None
    known = {code: value for code, value in ALL.items() if code != "59350"}
    assert above(sums(people(known), where=where))["france", "F"] == 10


def test_mayotte_is_no_part_of_france(sums):
    where = today()
    island = where.territories.iloc[[0]].assign(code="97601", department="976", region="06", epci=None)
    where = replace(where, territories=pd.concat([where.territories, island], ignore_index=True))
    found = above(sums(people({**ALL, "97601": 100.0}), where=where))
    assert found["france", "F"] == 15
    assert ("departement", "976") not in found


# People sorted by age and tenure: a cell without a row has nobody in it.


def tenures(values):
    return pd.DataFrame(
        [
            (code, 2018, "POP", sex, age, tenure, float(value))
            for (code, sex, age, tenure), value in values.items()
        ],
        columns=["code", "year", "variable", "sex", "age", "tenure", "value"],
    )


def test_a_cell_with_nobody_in_one_of_two_merged_communes_is_the_other_s(carry):
    frame = tenures({("59011", "H", 0, "owner"): 5, ("59011", "F", 0, "owner"): 6, ("59012", "H", 0, "owner"): 1,
                     ("59012", "H", 0, "social"): 2})  # fmt: skip
    found, _ = carry(frame, table="ages_tenure")
    assert found.set_index(["code", "sex", "tenure"])["value"].to_dict() == {
        ("59011", "F", "owner"): 6, ("59011", "H", "owner"): 6, ("59011", "H", "social"): 2,
    }  # fmt: skip


def test_people_of_a_merger_of_which_one_commune_is_unknown_are_unknown(carry):
    found, _ = carry(
        tenures({("59011", "H", 0, "owner"): 5, ("01004", "H", 0, "owner"): 1}), table="ages_tenure"
    )
    assert set(found["code"]) == {"01004"}


def test_a_sum_of_cells_is_whole_where_every_commune_is_known(sums):
    each = {(code, "H", 0, "owner"): value for code, value in ALL.items()}
    found = sums(tenures({**each, ("59299", "F", 95, "social"): 7}), table="ages_tenure")
    france = found[found["level"] == "france"].set_index(["sex", "age", "tenure"])["value"]
    assert france.to_dict() == {("F", 95, "social"): 7, ("H", 0, "owner"): 15}
    without = sums(
        tenures({key: value for key, value in each.items() if key[0] != "01004"}), table="ages_tenure"
    )
    assert set(above(without)) == {
        ("arrondissement", "595"), ("departement", "13"), ("departement", "59"), ("epci", "200093201"),
        ("region", "32"), ("region", "93"),
    }  # fmt: skip


def test_a_commune_that_is_not_expected_does_not_stand_for_one_that_is(sums):
    places = today()
    small = places.territories.assign(
        area=places.territories["area"].mask(places.territories["code"] == "59350")
    )
    found = above(sums(people({**ALL, "59350": 4.0}), where=replace(places, territories=small)))
    assert found["departement", "59"] == sum(ALL[code] for code in ("59011", "59299")) + 4
    without = {code: value for code, value in ALL.items() if code != "59299"}
    assert ("departement", "59") not in above(sums(people(without), where=replace(places, territories=small)))


def test_where_nobody_lives_nobody_is_missing(sums, tmp_path):
    sums(people({**ALL, "01004": 0.0}))
    population = (tmp_path / "table.parquet").rename(tmp_path / "population.parquet")
    lived = tenures({(code, "H", 0, "owner"): value for code, value in ALL.items() if code != "01004"})
    assert above(sums(lived, table="ages_tenure", population=population))["france", "F"] == 14
    other = tenures(
        {(code, "H", 0, "owner"): value for code, value in ALL.items() if code not in ("01004", "13055")}
    )
    assert ("france", "F") not in above(sums(other, table="ages_tenure", population=population))


def test_the_cells_of_a_commune_all_come_from_one_source(sums):
    first = tenures({("59299", "H", 0, "owner"): 5})
    second = tenures(
        {("59299", "H", 0, "owner"): 50, ("59299", "H", 0, "social"): 9, ("01004", "H", 0, "social"): 8}
    )
    found = sums(first, second, table="ages_tenure")
    found = found[found["level"] == "commune"]
    assert found[["code", "tenure", "value", "source"]].values.tolist() == [
        ["01004", "social", 8.0, "file_1"], ["59299", "owner", 5.0, "file_0"],
    ]  # fmt: skip


def test_a_register_is_whole_where_nothing_is_listed(sums):
    found = above(sums(people({"59350": 7.0}, variable="RPLS"), table="social_housing"))
    assert found["france", "F"] == 7
    assert ("departement", "01") not in found


def test_averages_are_not_added_up(sums):
    assert above(sums(people(ALL, variable="MED"), table="income")) == {}


def test_a_given_figure_wins_over_the_sum(sums):
    given = pd.DataFrame(
        {"level": ["departement"], "code": ["59"], "year": [2018], "variable": ["POP"], "value": [12.4]}
    )
    found = sums(pd.concat([people(ALL).assign(level="commune"), given]))
    assert above(found)["departement", "59"] == 12.4
    assert above(found)["region", "32"] == 12


def test_the_first_source_wins_and_a_sum_is_of_the_least_real_of_its_parts(sums):
    first = people({code: value for code, value in ALL.items() if code != "59011"})
    second = people({"59011": 33.0, "59299": 44.0}).assign(origin="estimation")
    found = sums(first, second).set_index(["level", "code"])
    assert found.loc[("commune", "59299"), ["value", "origin", "source"]].tolist() == [4.0, "insee", "file_0"]
    assert found.loc[("commune", "59011"), ["value", "origin", "source"]].tolist() == [
        33.0,
        "estimation",
        "file_1",
    ]
    assert found.loc[("departement", "59"), ["value", "origin", "source"]].tolist() == [
        42.0,
        "estimation",
        "file_1",
    ]
    assert found.loc[("departement", "01"), ["value", "origin", "source"]].tolist() == [
        1.0,
        "insee",
        "file_0",
    ]


def test_a_table_assembled_piece_by_piece_is_the_same(sums, tmp_path, monkeypatch):
    country = Country(codes=tuple(CODES))
    ages = yearly.ages(country).assign(variable="POP")
    sums(ages, ages.assign(value=1.0), table="ages")
    whole = (tmp_path / "table.parquet").read_bytes()
    monkeypatch.setattr("helpers.store.consolidation._CHUNK", 1)
    sums(ages, ages.assign(value=1.0), table="ages")
    assert (tmp_path / "table.parquet").read_bytes() == whole
    found = pd.read_parquet(tmp_path / "table.parquet")
    key = schemas.key_columns("ages")
    assert found.equals(found.sort_values(key, ignore_index=True))
    total = found[found["level"] == "france"]["value"].sum()
    assert total == pytest.approx(ages["value"].sum(), rel=1e-12)


def test_nothing_gives_an_empty_table(sums, tmp_path):
    consolidate("ages_tenure", [], tmp_path / "empty.parquet", geography=today(), temporary=tmp_path)
    found = pd.read_parquet(tmp_path / "empty.parquet")
    assert list(found.columns) == schemas.table_columns("ages_tenure")
    assert found.empty


# Registers whose rows bear the communes of their own year.


def homes(rows):
    """Homes started: `{(code, since): value}`."""
    return pd.DataFrame(
        [(code, since, since + 1, "LOGCOM", float(value)) for (code, since), value in rows.items()],
        columns=["code", "since", "year", "variable", "value"],
    )


def started(carried, level="commune"):
    frame = carried[0][carried[0]["level"] == level]
    return dict(zip(zip(frame["code"], frame["since"], strict=True), frame["value"], strict=True))


SITADEL = source(family="sitadel", geography=2023)


def test_a_register_keeps_former_codes_that_add_to_their_commune_of_today(carry):
    rows = homes({("59011", 2019): 10, ("59012", 2019): 3, ("59011", 2022): 7, ("59299", 2019): 1})
    found = started(carry(rows, table="flows", record=SITADEL))
    # 59012 merged into 59011: its rows stop, and its commune keeps its own.
    assert found["59011", 2019] == 13
    assert found["59011", 2022] == 7


def test_a_commune_without_a_row_has_none_started_where_the_register_is_at_hand(carry):
    whole = [code for code in CODES if code.startswith("59")]
    rows = homes({(code, 2019): 4 for code in whole[1:]})
    found = started(carry(rows, table="flows", record=SITADEL))
    assert found[whole[0], 2019] == 0
    # Nothing is said of another département, that the file leaves out.
    assert not any(code.startswith("01") for code, _ in found)


def test_a_year_that_is_empty_is_not_known_for_a_commune_that_has_others(carry):
    whole = [code for code in CODES if code.startswith("59")]
    rows = homes({(code, year): 4 for code in whole for year in (2018, 2019)})
    hole = rows[~((rows["code"] == whole[0]) & (rows["since"] == 2018))]
    found = started(carry(hole, table="flows", record=SITADEL))
    assert (whole[0], 2018) not in found
    assert found[whole[0], 2019] == 4


# Communes cut since.


@pytest.mark.parametrize(("day", "kept"), [("2019-12-31", False), ("2024-01-01", True)])
def test_a_commune_cut_since_counts_in_the_sums_on_the_list_of_the_file(carry, day, kept):
    cut = [("21", day, "59350", "59350"), ("21", day, "59350", "59351")]
    where = today([*EVENTS, *cut], codes=[*CODES, "59351"])
    known = source(family="populations-municipales", geography=2019)
    rows = people({"59350": 90, "59011": 10, "59012": 3, "59300": 5, "01004": 2, "13055": 7}, year=2017)
    carried, _ = carry(rows, record=known, where=where)
    by_level = carried.set_index(["level", "code"])["value"]
    # Its perimeter of before is that of the national core for a later split, and nobody's for an earlier one.
    assert (("commune", "59350") in by_level.index) is kept
    if not kept:
        assert by_level["departement", "59"] == 108
        assert ("departement", "01") not in by_level.index


def test_no_sum_is_made_around_a_cut_commune_where_another_one_is_missing(carry):
    cut = [("21", "2019-12-31", "59350", "59350"), ("21", "2019-12-31", "59350", "59351")]
    where = today([*EVENTS, *cut], codes=[*CODES, "59351"])
    known = source(family="populations-municipales", geography=2019)
    carried, _ = carry(people({"59350": 90, "59300": 5}, year=2017), record=known, where=where)
    assert set(carried["level"]) == {"commune"}
