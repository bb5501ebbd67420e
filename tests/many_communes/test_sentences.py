"""The sentences of sixty communes of all kinds, and the vacancy of all those of a metropolis: `make large`."""

from __future__ import annotations

import pytest
from sentences import calls_of, faults_of
from test_many_communes import ALWAYS, MEL, codes

from helpers import paths, store
from helpers.indicators.engine import figures_of
from helpers.indicators.measures import Period
from helpers.indicators.registry import find
from helpers.indicators.reliability import FRAGILE, WITHIN_MARGIN, judge

SIXTY = [*ALWAYS, *codes()[:95:4], *codes()[95 + len(ALWAYS) :: 6]][:60]


@pytest.mark.parametrize("code", SIXTY)
def test_no_sentence_of_a_commune_has_a_fault(code):
    d, calls = calls_of(f"insee:{code}")
    found = [call.make(call.data, d.commune, **call.more) for call in calls]
    assert [fault for finding in found for fault in faults_of(finding)] == []


def test_the_vacancy_of_every_commune_of_a_metropolis_is_printed_where_its_homes_allow():
    territories = store.read_reference("territories", folder=paths.EMBEDDED)
    members = sorted(territories.loc[territories["epci"] == MEL, "code"])
    dwellings = store.read("dwellings", folder=paths.EMBEDDED, areas=[("commune", code) for code in members])
    known = figures_of({"dwellings": dwellings.rename(columns={"code": "territory"})})
    found = known.measure(find("vacance"), Period(2018, 2018))
    assert len(found) == len(members) == 95
    barred = found[[judge(*row) == "n.s." for row in zip(found["value"], found["count"], strict=True)]]
    printed = [
        judge(row["value"], row["count"], base=row["base"]) != "n.s." for row in found.to_dict("records")
    ]
    allowed = (found["base"] >= FRAGILE) & ((found["count"] > WITHIN_MARGIN) | (found["count"] == 0))
    assert printed == allowed.tolist()
    # Weighed by its vacant homes alone, two thirds of them would have none.
    assert sum(printed) > 3 * (len(members) - len(barred))
