from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import store
from helpers.errors import SourceError
from helpers.sources import movements
from helpers.sources.movements import Movements, carry

# First line of the official file.
HEADER = (
    "MOD,DATE_EFF,TYPECOM_AV,COM_AV,TNCC_AV,NCC_AV,NCCENR_AV,LIBELLE_AV,"
    "TYPECOM_AP,COM_AP,TNCC_AP,NCC_AP,NCCENR_AP,LIBELLE_AP"
)

# Kind, date, commune before, commune after: true events, the name in place of TNCC, NCC and the like.
MERGER = [
    ("33", "2000-02-27", "59350 Lille", "59350 Lille"),
    ("33", "2000-02-27", "59355 Lomme", "59350 Lille"),
]
CHAIN = [
    ("32", "2016-01-01", "50041 Beaumont", "50041 La Hague"),
    ("32", "2016-01-01", "50001 Acqueville", "50041 La Hague"),
    ("32", "2019-01-01", "50041 La Hague", "50129 Cherbourg"),
    ("32", "2019-01-01", "50129 Cherbourg", "50129 Cherbourg"),
]
CHANGE_OF_CODE = [("41", "2018-01-01", "49144 Freigné", "44225 Freigné")]
SPLIT = [
    ("21", "2024-01-01", "85084 Essarts-en-Bocage", "85084 Essarts-en-Bocage"),
    ("21", "2024-01-01", "85084 Essarts-en-Bocage", "85165 L'Oie"),
]
# Les Trois Lacs: 27058 merges into 27676 in 2017, its code is used again from 2021 to 2023.
AGAIN = [
    ("32", "2017-01-01", "27058 Bernières-sur-Seine", "27676 Les Trois Lacs"),
    ("32", "2017-01-01", "27647 Tosny", "27676 Les Trois Lacs"),
    ("32", "2017-01-01", "27676 Venables", "27676 Les Trois Lacs"),
    ("50", "2021-01-01", "27676 Les Trois Lacs", "27058 Les Trois Lacs"),
    ("50", "2023-01-01", "27058 Les Trois Lacs", "27676 Les Trois Lacs"),
]
# Merged in 1972, on its own again in 1985: the code lives twice.
REBORN = [
    ("31", "1972-01-01", "01002 Bas", "01001 Haut"),
    ("31", "1972-01-01", "01001 Haut", "01001 Haut"),
    ("21", "1985-01-01", "01001 Haut", "01001 Haut"),
    ("21", "1985-01-01", "01001 Haut", "01002 Bas"),
]


@pytest.fixture
def history(tmp_path):
    def _history(events, geography=2024, kinds=("COM", "COM")):
        lines = [HEADER]
        for kind, date, before, after in events:
            (old, old_name), (new, new_name) = before.split(" ", 1), after.split(" ", 1)
            left = f"{kinds[0]},{old},0,{old_name.upper()},{old_name},{old_name}"
            right = f"{kinds[1]},{new},0,{new_name.upper()},{new_name},{new_name}"
            lines.append(f"{kind},{date},{left},{right}")
        path = tmp_path / "mouvements.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return Movements(movements.read(path), geography=geography)

    return _history


def frame(**values):
    return pd.DataFrame(
        {"code": list(values), "year": 2018, "value": [float(v) for v in values.values()]}
    ).assign(code=lambda table: table["code"].str.removeprefix("c"))


def totals(table):
    assert table["code"].is_unique, "somebody is counted twice"
    return dict(zip(table["code"], table["value"], strict=True))


def test_the_header_copied_here_is_that_of_the_official_file(sources):
    with (sources / "geo/mouvements_communes.csv").open(encoding="utf-8") as file:
        assert file.readline().rstrip("\n") == HEADER


def test_a_merger_leads_to_the_commune_that_absorbs(history):
    assert history(MERGER).successors(since=1999) == {"59350": "59350", "59355": "59350"}


def test_a_list_later_than_the_merger_needs_no_change(history):
    assert history(MERGER).successors(since=2001) == {}


@pytest.mark.parametrize(
    ("since", "applies"),
    [(2017, True), (2018, False)],
    ids=["list of the year before", "list of the very day"],
)
def test_an_event_of_1_january_is_in_the_list_of_that_day(history, since, applies):
    assert history(CHANGE_OF_CODE).successors(since=since) == ({"49144": "44225"} if applies else {})


def test_an_event_later_than_the_list_of_today_is_left_alone(history):
    assert history(CHAIN, geography=2018).successors(since=2015) == {"50041": "50041", "50001": "50041"}


def test_a_chain_of_mergers_is_followed_to_its_end(history):
    assert history(CHAIN).successors(since=2015) == {"50001": "50129", "50041": "50129", "50129": "50129"}


def test_a_list_drawn_up_between_two_mergers_knows_only_the_second(history):
    assert history(CHAIN).successors(since=2016) == {"50041": "50129", "50129": "50129"}


def test_a_change_of_code_carries_the_value_alone(history):
    successors = history(CHANGE_OF_CODE).successors(since=2017)
    assert totals(carry(frame(c49144=7), successors=successors, keys=["year"])) == {"44225": 7}


def test_a_change_of_code_then_a_merger_needs_only_the_codes_of_the_first_list(history):
    events = [
        *CHANGE_OF_CODE,
        ("32", "2020-01-01", "44225 Freigné", "44180 Vallons"),
        ("32", "2020-01-01", "44180 Vallons", "44180 Vallons"),
    ]
    successors = history(events).successors(since=2017)
    # 44225 did not exist in 2017: it must not be waited for.
    assert successors == {"49144": "44180", "44180": "44180"}
    assert totals(carry(frame(c49144=7, c44180=5), successors=successors, keys=["year"])) == {"44180": 12}


def test_a_code_used_again_is_not_waited_for(history):
    successors = history(AGAIN).successors(since=2019)
    assert successors == {"27676": "27676"}
    assert totals(carry(frame(c27676=1780), successors=successors, keys=["year"])) == {"27676": 1780}


def test_the_first_life_of_a_code_used_again_counts(history):
    successors = history(AGAIN).successors(since=2016)
    assert successors == {"27058": "27676", "27647": "27676", "27676": "27676"}
    whole = carry(frame(c27058=400, c27647=600, c27676=790), successors=successors, keys=["year"])
    assert totals(whole) == {"27676": 1790}


def test_a_split_is_no_succession_and_tells_its_date(history):
    events = history(SPLIT)
    assert events.successors(since=2021) == {}
    assert events.splits(since=2021).to_dict("records") == [
        {"before": "85084", "after": "85084", "date": "2024-01-01"},
        {"before": "85084", "after": "85165", "date": "2024-01-01"},
    ]
    assert events.splits(since=2024).empty


def former(events, names):
    return (
        events.former(names=names)
        .drop(columns="key")
        .set_index(["code", "name"])
        .apply(tuple, axis="columns")
        .to_dict()
    )


def test_a_former_commune_knows_its_names_its_date_and_its_last_successor(history):
    events = history([*MERGER, *CHAIN])
    assert former(events, {"59350": "Lille", "50129": "Cherbourg"}) == {
        ("50001", "Acqueville"): ("2016-01-01", "merged", "50129"),
        ("50041", "Beaumont"): ("2016-01-01", "merged", "50129"),
        ("50041", "La Hague"): ("2019-01-01", "merged", "50129"),
        ("59355", "Lomme"): ("2000-02-27", "merged", "59350"),
    }


def test_a_commune_that_was_born_and_died_since_1943_is_former_too(history):
    events = history([("41", "1968-01-01", "75001 X", "91001 X"), ("31", "1990-01-01", "91001 X", "91002 Y")])
    assert former(events, {"91002": "Y"}) == {
        ("75001", "X"): ("1968-01-01", "renumbered", "91002"),
        ("91001", "X"): ("1990-01-01", "merged", "91002"),
    }


def test_a_commune_that_came_back_is_not_former(history):
    assert former(history(REBORN), {"01001": "Haut", "01002": "Bas"}) == {}


def test_a_commune_that_disappeared_twice_did_so_the_last_time(history):
    again = ("31", "1999-01-01", "01002 Bas", "01003 Vallée")
    found = former(history([*REBORN, again]), {"01001": "Haut", "01003": "Vallée"})
    assert found == {("01002", "Bas"): ("1999-01-01", "merged", "01003")}


def test_the_former_name_of_a_commune_of_today_is_reported_with_its_end(history):
    events = history(
        [
            ("10", "1998-01-04", "51108 Châlons-sur-Marne", "51108 Châlons-en-Champagne"),
            ("31", "1970-03-25", "59009 Annappes", "59009 Villeneuve-d'Ascq"),
            ("31", "1970-03-25", "59020 Ascq", "59009 Villeneuve-d'Ascq"),
        ]
    )
    names = {"51108": "Châlons-en-Champagne", "59009": "Villeneuve-d'Ascq"}
    assert former(events, names) == {
        ("51108", "Châlons-sur-Marne"): ("1998-01-04", "renamed", "51108"),
        ("59009", "Annappes"): ("1970-03-25", "merged", "59009"),
        ("59020", "Ascq"): ("1970-03-25", "merged", "59009"),
    }


# Freigné changes its département and merges on one day; five others merge with it.
ONE_DAY = [
    ("41", "2018-01-01", "49144 Freigné", "44225 Freigné"),
    *(
        ("32", "2018-01-01", f"{code} X", "44180 Vallons-de-l'Erdre")
        for code in ("44017", "44093", "44180", "44191", "44219", "44225")
    ),
]


def relabelled(events, codes):
    """The same events under other codes: the order of the file, by code, is another one."""
    return [
        (kind, date, *(f"{codes.get(each[:5], each[:5])}{each[5:]}" for each in pair))
        for kind, date, *pair in events
    ]


@pytest.mark.parametrize("codes", [{}, {"49144": "01144"}, {"44180": "99180"}, {"44225": "98225"}], ids=str)
def test_two_events_of_one_day_are_followed_to_the_end_whatever_their_order(history, codes):
    events = history(relabelled(ONE_DAY, codes))
    last = codes.get("44180", "44180")
    parts = [codes.get(code, code) for code in ("44017", "44093", "44180", "44191", "44219", "49144")]
    assert events.successors(since=2015) == dict.fromkeys(parts, last)
    people = frame(**{f"c{code}": 1_000 for code in parts})
    assert totals(carry(people, successors=events.successors(since=2015), keys=["year"])) == {last: 6_000}
    gone = {code for code, _ in former(events, {last: "Vallons-de-l'Erdre"})}
    assert gone == {*parts, codes.get("44225", "44225")}


@pytest.mark.large
def test_every_heir_is_a_commune_of_the_list(embedded):
    events = store.read_reference("movements", folder=embedded)
    names = store.read_reference("territories", folder=embedded).set_index("code")["name"]
    known = Movements(events, geography=2026)
    former = known.former(names=names.to_dict())
    succeeded = events[events["kind"].isin(movements._SUCCESSIONS)]
    assert len(succeeded) > 6_000
    assert set(succeeded["before"]) <= {*former["code"], *names.index}
    # The dates of censuses, and each year since communes merge by the hundred.
    for since in (1968, 1975, 1982, 1990, 1999, 2008, *range(2015, 2027)):
        assert set(known.successors(since=since).values()) <= set(names.index), since
    assert known.successors(since=2017)["14513"] == "50592"
    assert known.successors(since=2017)["49144"] == "44180"
    assert known.successors(since=2025) == {}


@pytest.mark.parametrize("kinds", [("COM", "COMD"), ("COMA", "COM"), ("ARM", "COM"), ("COMD", "COMD")])
def test_events_of_delegated_and_associated_communes_are_left_out(history, kinds):
    assert history(MERGER, kinds=kinds).events.empty


def test_a_change_of_name_moves_nobody(history):
    renamed = history([("10", "2024-01-01", "04045 Céreste", "04045 Céreste-en-Luberon")])
    assert renamed.successors(since=2020) == {}


def test_a_movements_file_without_a_column_is_refused(tmp_path):
    path = tmp_path / "mouvements.csv"
    path.write_text(HEADER.replace(",COM_AP,", ",COM_XX,") + "\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r" : COM_AP\."):
        movements.read(path)


# Carrying values.

TWO_INTO_ONE = {"59350": "59350", "59355": "59350"}


def test_values_of_merged_communes_are_added_up():
    carried = carry(frame(c59350=10, c59355=3, c59299=5), successors=TWO_INTO_ONE, keys=["year"])
    assert totals(carried) == {"59299": 5, "59350": 13}


@pytest.mark.parametrize("known", ["c59350", "c59355"])
def test_a_sum_with_a_missing_part_is_missing(known):
    carried = carry(frame(**{known: 10, "c59299": 5}), successors=TWO_INTO_ONE, keys=["year"])
    assert totals(carried) == {"59299": 5}


def test_a_sum_is_whole_or_missing_for_each_year_and_variable():
    table = pd.DataFrame(
        [
            ("59350", 2013, "POP", 10.0),
            ("59355", 2013, "POP", 3.0),
            ("59350", 2018, "POP", 11.0),
            ("59355", 2018, "LOG", 4.0),
        ],
        columns=["code", "year", "variable", "value"],
    )
    carried = carry(table, successors=TWO_INTO_ONE, keys=["year", "variable"])
    assert carried.to_dict("records") == [{"code": "59350", "year": 2013, "variable": "POP", "value": 13.0}]


def test_a_nil_value_is_a_value():
    carried = carry(frame(c59350=10, c59355=0), successors=TWO_INTO_ONE, keys=["year"])
    assert totals(carried) == {"59350": 10}


def test_nothing_to_carry_changes_nothing():
    table = frame(c59299=5, c59220=6)
    assert carry(table, successors={}, keys=["year"]).to_dict() == table.to_dict()


CODES = st.sampled_from([f"{n:05}" for n in range(12)])


@settings(max_examples=25)
@given(
    st.dictionaries(CODES, st.integers(0, 99), min_size=1),
    st.dictionaries(CODES, st.sampled_from(["00000", "00001"])),
)
def test_carrying_never_creates_nor_doubles_anybody(values, successors):
    # As in Insee's file: a commune that absorbs another is touched by the event too.
    successors |= {heir: heir for heir in successors.values()}
    table = pd.DataFrame({"code": list(values), "year": 2018, "value": [float(v) for v in values.values()]})
    carried = carry(table, successors=successors, keys=["year"])
    assert carried["code"].is_unique
    assert carried["value"].sum() <= sum(values.values())
    if set(successors) <= set(values):
        assert carried["value"].sum() == sum(values.values())
