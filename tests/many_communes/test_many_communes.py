"""The 95 communes of the Métropole Européenne de Lille and 200 others of every size: `make large`, half an hour."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

from helpers import paths, store

sys.path.insert(0, str(Path(__file__).parents[1] / "html"))

from page_reading import complaints, execute_here, read
from test_pages import CAUSES, PAGES, SENTENCES, faults

from helpers.parameters import load_parameters
from helpers.publication.pages import commune as diagnostic

MEL = "200093201"
SAMPLE = 200
# Paris, Corsica, overseas, a village, one that was merged, one that was split, one without an EPCI.
ALWAYS = ["75056", "2A004", "97411", "02278", "01033", "85084", "29155"]


def codes() -> list[str]:
    """The communes built: those of the MEL, the particular ones, and as many of each size drawn by a fixed seed."""
    territories = store.read_reference("territories", folder=paths.EMBEDDED)
    people = store.read("population", folder=paths.EMBEDDED)
    people = people[
        (people["level"] == "commune") & people["year"].isin([2013, 2018]) & (people["value"] > 0)
    ]
    known = people.groupby("code").filter(lambda rows: rows["year"].nunique() == 2)
    sizes = known[known["year"] == 2018].set_index("code")["value"]
    mel = sorted(territories.loc[territories["epci"] == MEL, "code"])
    others = sizes.drop([code for code in [*mel, *ALWAYS] if code in sizes.index])
    bands = pd.cut(others, [0, 100, 500, 2_000, 10_000, 50_000, float("inf")], labels=False)
    drawn = [
        code
        for _, band in others.groupby(bands)
        for code in band.sample(min(SAMPLE // 5, len(band)), random_state=1).index
    ]
    rest = pd.Series(drawn).sample(SAMPLE - len(ALWAYS), random_state=1)
    return [*mel, *ALWAYS, *sorted(rest)]


@pytest.mark.parametrize("code", codes())
def test_every_page_of_a_commune_is_well_made(code, tmp_path, monkeypatch):
    monkeypatch.setattr(diagnostic, "execute", execute_here)
    parameters, commune = load_parameters(f"insee:{code}")
    folder = diagnostic.build(parameters, commune, outputs=tmp_path)
    assert (folder / "manifest.json").stat().st_size < 3000
    found = []
    for name in PAGES:
        soup = read(folder / name)
        wrong = [*faults(folder, name, soup), *complaints(soup)]
        text = [tag.get_text() for tag in soup.select(SENTENCES)]
        wrong += [f"a cause: {sentence}" for sentence in text if CAUSES.search(sentence)]
        found += [f"{name}: {fault}" for fault in wrong if not fault.startswith("../index.html")]
    assert found == []
