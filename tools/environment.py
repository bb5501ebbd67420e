"""Write environment.yml, for conda users, with the versions of requirements.txt (make lock)."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# What runs, then what tests.
WANTED = ("requirements.in", "requirements-dev.in")
_NAME = re.compile(r"^([A-Za-z0-9._-]+)")
_PIN = re.compile(r"^([a-z0-9._-]+)==([^ \\]+)(?: ; (.+?))?(?: \\)?$", re.MULTILINE)


def canonical(name: str) -> str:
    """Return a package's name as the lock writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lock: str) -> dict[str, str]:
    """Return the version of every package for Python 3.11, from the text of the lock."""
    return {
        name: version
        for name, version, marker in _PIN.findall(lock)
        if not marker or "< '3.12'" in marker or "python" not in marker
    }


def environment(wanted: str, lock: str) -> str:
    """Write environment.yml as text: the packages that `wanted` asks for, at the versions of the lock."""
    versions = pins(lock)
    names = [match[1] for line in wanted.splitlines() if (match := _NAME.match(line))]
    lines = [f"  - {name.lower()}={versions[canonical(name)]}" for name in names]
    return "\n".join(
        [
            "# Écrit par make lock : les versions de requirements.txt, pour conda.",
            "# conda env create -f environment.yml && conda activate diagnostic && pip install --no-deps -e .",
            "name: diagnostic",
            "channels:",
            "  - conda-forge",
            "  - nodefaults",
            "dependencies:",
            "  - python=3.11",
            "  - pip",
            *lines,
            "",
        ]
    )


if __name__ == "__main__":
    wanted = "".join((ROOT / name).read_text("utf-8") for name in WANTED)
    text = environment(wanted, (ROOT / "requirements.txt").read_text("utf-8"))
    (ROOT / "environment.yml").write_text(text, encoding="utf-8")
