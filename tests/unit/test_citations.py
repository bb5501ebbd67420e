from __future__ import annotations

import pandas as pd

from helpers.wording.citations import cite


def sources(*rows):
    return pd.DataFrame(rows, columns=["citation", "geography", "apart"])


def test_figures_of_the_store_are_in_its_list_of_communes_whatever_that_of_their_file():
    cited = sources(("Insee, RP2018", 2020.0, False), ("SDES, Sitadel", 2026.0, False))
    assert cite(cited, geography=2024) == "Insee, RP2018 ; SDES, Sitadel, géographie au 01/01/2024"


def test_figures_fetched_are_in_the_list_of_their_own_rows():
    cited = sources(
        ("Insee, RP2024", 2027.0, True), ("Insee, RP2018", 2020.0, False), ("Insee, BPE", 2027.0, True)
    )
    assert cite(cited, geography=2024) == (
        "Insee, RP2024 ; Insee, BPE, géographie au 01/01/2027 ; Insee, RP2018, géographie au 01/01/2024"
    )


def test_a_list_that_rows_do_not_name_is_not_reported():
    assert cite(sources(("Insee, RP2024", float("nan"), True)), geography=2024) == "Insee, RP2024"


def test_a_source_is_cited_once():
    cited = sources(("Insee, RP2018", 2020.0, False), ("Insee, RP2018", 2021.0, False))
    assert cite(cited, geography=2024) == "Insee, RP2018, géographie au 01/01/2024"
