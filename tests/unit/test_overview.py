"""Communes side by side, at the dates of their diagnostics."""

from __future__ import annotations

from helpers import overview, paths
from helpers.diagnostic import Diagnostic
from helpers.indicators.key_figures import FIGURES
from helpers.territory.communes import members_of


def test_the_page_of_an_epci_tells_the_key_figures_of_its_diagnostics(embedded):
    text = dict(line.split(" : ", 1) for line in Diagnostic.open("59299").key_figures().text)
    codes = tuple(members_of("200093201")["code"])
    # Another group, whose dates may be others, changes nothing.
    found = overview.compare(
        {"mel": codes, "pays": tuple(members_of("200071512")["code"])}, folder=paths.store_folder()
    )
    compared = {one.id: one for one in found["mel"]}
    for figure in FIGURES:
        one = compared[figure.id]
        assert text[one.name].startswith(one.of("59299").written)
    # Told over the years of its balances, the growth is known of the smallest communes too.
    assert len(compared["croissance"].figures) == len(codes)


def test_communes_of_which_nothing_is_known_are_compared_by_nothing(embedded):
    assert overview.compare({"ailleurs": ("00000",)}, folder=embedded) == {"ailleurs": []}
