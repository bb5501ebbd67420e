"""How long households have lived in their home."""

from __future__ import annotations

from frames import long
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.indicators import seniority

STAYS = dict(zip(seniority.STAYS.labels, (10.0, 20.0, 20.0, 25.0, 15.0, 10.0), strict=True))


def housed(stays):
    """Main homes by years since the household came, and all of them."""
    return {"RP": sum(stays.values()), **stays}


def test_classes_are_shares_of_all_households():
    text = seniority.classes(long({("Hem", 2018): housed(STAYS)}), territory="Hem")
    assert text["share"].tolist() == list(STAYS.values())
    assert list(text["label"]) == list(seniority.STAYS.labels.values())


def test_recent_and_long_stays_are_sums_of_classes():
    row = seniority.marks(long({("Hem", year): housed(STAYS) for year in (2013, 2018)}), year=2018).iloc[0]
    assert (row["recent"], row["ten"], row["thirty"]) == (10, 50, 10)


@given(st.lists(st.floats(0, 1e5), min_size=6, max_size=6).filter(lambda parts: sum(parts) > 1))
@settings(max_examples=20)
def test_a_long_stay_holds_a_longer_one(values):
    table = long({("Hem", 2018): housed(dict(zip(seniority.STAYS.labels, values, strict=True)))})
    row = seniority.marks(table, year=2018).iloc[0]
    assert -1e-9 <= row["thirty"] <= row["ten"] + 1e-9
    assert row["recent"] + row["ten"] <= 100 + 1e-9


def test_nobody_has_no_stay():
    table = long({("Vide", 2018): housed(dict.fromkeys(seniority.STAYS.labels, 0.0))})
    assert seniority.marks(table, year=2018).empty
    assert seniority.classes(table, territory="Vide").empty


def test_mean_years_are_those_of_each_tenure():
    homes = {
        "RP": 100.0, "ANEM_RP": 1500.0, "RP_PROP": 60.0, "ANEM_RP_PROP": 1200.0, "RP_LOC": 40.0, "ANEM_RP_LOC": 300.0,
        "RP_LOCHLMV": 0.0, "ANEM_RP_LOCHLMV": 0.0,
    }  # fmt: skip
    text = seniority.means(long({("Hem", 2018): homes}), territory="Hem").set_index("label")["seniority"]
    assert text.to_dict() == {
        "Ensemble": 15.0, "Propriétaires occupants": 20.0, "Locataires, HLM compris": 7.5,
    }  # fmt: skip


def test_mean_years_of_another_date_are_left_out():
    old = {"RP_PROP": 60.0, "ANEM_RP_PROP": 1200.0}
    text = seniority.means(
        long({("Hem", 2012): old, ("Hem", 2017): {"RP": 10.0, "ANEM_RP": 100.0}}), territory="Hem"
    )
    assert text[["label", "year"]].to_numpy().tolist() == [["Ensemble", 2017]]
