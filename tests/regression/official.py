"""The figures fetched for a commune of the references: those that Insee publishes, given by the stand-in of Melodi."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from helpers.sources.registry import load_registry
from helpers.territory import melodi_store
from helpers.territory.communes import find_commune

sys.path.insert(0, str(Path(__file__).parents[1]))

from melodi_rows import REAL_ROWS
from melodi_server import serve

FOLDER = Path(__file__).parent / "official"
ROYAN = "17306"
_SERIES = "DS_RP_SERIE_HISTORIQUE"


def fetch() -> None:
    """Fetch and write them, once (make references): other data sets hold nothing of the commune."""
    names = {source.dataset for source in load_registry().values() if source.dataset and not source.file}
    os.environ["HELPERS_FETCHED"] = str(FOLDER)
    with serve({**{name: [] for name in names}, _SERIES: REAL_ROWS}) as server:
        melodi_store.fetch_official_figures(find_commune(f"insee:{ROYAN}"), base=server.base)
