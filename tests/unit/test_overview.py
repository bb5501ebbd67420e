"""Communes side by side, at the dates of their diagnostics."""

from __future__ import annotations

import pytest

from helpers import indicator_table, overview
from helpers.diagnostic import Diagnostic
from helpers.indicators.key_figures import FIGURES
from helpers.publication.pages import metropolis
from helpers.territory.communes import members_of

MEL, OTHER_DATES = "200093201", "200032514"


@pytest.fixture(scope="module")
def groups():
    """A metropolis, and an EPCI of villages whose homes are known from another census on."""
    return {code: tuple(members_of(code)["code"]) for code in (MEL, OTHER_DATES)}


def test_the_page_of_an_epci_tells_the_key_figures_of_its_diagnostics(embedded, groups):
    text = dict(line.split(" : ", 1) for line in Diagnostic.open("59299").key_figures().text)
    compared = {one.id: one for one in overview.compare(groups, folder=embedded)[MEL]}
    for figure in FIGURES:
        one = compared[figure.id]
        assert text[one.name].startswith(one.of("59299").written)
    # Told over the years of its balances, the growth is known of the smallest communes too.
    assert len(compared["croissance"].figures) == len(groups[MEL])


def test_a_group_is_compared_as_if_it_were_alone_wherever_its_figures_are(
    monkeypatch, embedded, groups, table_of_indicators
):
    alone = {code: overview.compare({code: codes}, folder=embedded)[code] for code, codes in groups.items()}
    known = {code: {one.id for one in alone[code]} for code in groups}
    # The homes of the second are known at one census: its dates are others.
    assert "principales_evolution" in known[MEL] - known[OTHER_DATES]
    assert overview.compare(groups, folder=embedded) == alone
    # Those of one are in the table of indicators, those of the other are computed; then all of them are.
    for kept in ({(2012, 2018), (2013, 2018)}, {(2013, 2018)}, set()):
        monkeypatch.setattr(
            indicator_table.IndicatorTable, "covers", lambda self, *span, kept=kept: span in kept
        )
        assert overview.compare(groups, folder=embedded) == alone


def test_communes_of_which_nothing_is_known_are_compared_by_nothing(embedded):
    assert overview.compare({"ailleurs": ("00000",)}, folder=embedded) == {"ailleurs": []}


def test_pages_are_the_same_however_many_are_read_at_once(monkeypatch, tmp_path):
    (tmp_path / "site").mkdir()
    asked = {MEL: [], OTHER_DATES: [], "000000000": []}

    def written():
        metropolis._compare.cache_clear()
        names = metropolis.write(asked, tmp_path)
        return {name: (tmp_path / name).read_bytes() for name in names}

    together = written()
    assert set(together) == {f"site/{code}.html" for code in (MEL, OTHER_DATES)}
    monkeypatch.setattr(metropolis, "_AT_ONCE", 1)
    assert written() == together
