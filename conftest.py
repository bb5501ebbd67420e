"""Say which command checks figures: the notebooks hold none, and nbval would find nothing to compare in them."""

from __future__ import annotations

import pytest

from helpers import paths


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse to compare notebooks without outputs with what they show: every formula would pass."""
    if not config.getoption("--nbval", default=False):
        return
    empty = sorted(
        {
            item.path.name
            for item in items
            if item.path.suffix == ".ipynb" and item.path.parent == paths.NOTEBOOKS
        }
    )
    if empty:
        raise pytest.UsageError(
            f"Rien à comparer dans {', '.join(empty)} : les carnets de notebooks/ n'ont pas de sorties.\n"
            "→ make nbval compare les chiffres à ceux des carnets de référence (nbval=4_enjeux : d'un seul) ; "
            "pytest --nbval-lax notebooks/ vérifie seulement que les cellules s'exécutent."
        )
