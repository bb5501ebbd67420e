"""What a machine of the tests loads first: the small project of the test, in place of this one."""

from __future__ import annotations

import os
from pathlib import Path

from helpers import paths

paths.ROOT = Path(os.environ["SMALL_PROJECT"])
for name in ("NOTEBOOKS", "PARAMS", "OUTPUTS"):
    setattr(paths, name, paths.ROOT / name.lower())
paths.TEMPLATES = paths.ROOT / "src" / "helpers" / "publication" / "templates"
