"""The worked example (tools/example), for the tests that read it."""

from __future__ import annotations

import sys

from helpers import paths

sys.path.insert(0, str(paths.ROOT / "tools" / "example"))
