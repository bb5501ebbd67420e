"""Every official file of the embedded store, read again: `tests/contract` reads a few of them."""

from __future__ import annotations

import ingested_again

from helpers.store import embedded as building


def test_the_same_files_ingested_give_the_real_values_of_the_embedded_store(sources, embedded, tmp_path):
    ingested_again.assert_alike(building.FILES, sources=sources, embedded=embedded, folder=tmp_path)
