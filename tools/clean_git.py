"""Keep what running notebooks adds out of git: the filter, the diffs and the hooks of this copy of the project.

`setup` (make setup) sets them where there is a repository; the other words are what the hooks check, on files.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Of what is left once the outputs are gone: what papermill and JupyterLab add.
EXTRA = (
    "metadata.papermill cell.metadata.papermill cell.metadata.execution cell.metadata.editable "
    "cell.metadata.slideshow metadata.language_info.version metadata.language_info.codemirror_mode "
    "metadata.language_info.file_extension metadata.language_info.mimetype "
    "metadata.language_info.nbconvert_exporter metadata.language_info.pygments_lexer"
)
_REACH = "# Les programmes du projet.\n"
LARGEST = 2_000_000


def setup(root: Path = ROOT) -> int:
    """Set the filter, the driver of diffs and the hooks of a repository; nothing where there is none."""
    if not (root / ".git").exists() or shutil.which("git") is None:
        return 0
    programs = Path(sys.executable).parent
    if programs.is_relative_to(root):
        # Filters run at the root: another copy of the project has its own environment.
        programs = programs.relative_to(root)
    settings = {
        "filter.nbstripout.clean": f'"{programs}/nbstripout" --keep-id --extra-keys "{EXTRA}"',
        "filter.nbstripout.smudge": "cat",
        "diff.jupyternotebook.command": f'"{programs}/git-nbdiffdriver" diff',
    }
    for name, value in settings.items():
        done = subprocess.run(
            ["git", "config", name, value], cwd=root, capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.stderr.write(
                f"git n’a pas retenu {name} : {done.stderr.strip()}. Les carnets s’exécutent sans cela.\n"
            )
            return 0
    subprocess.run(
        [sys.executable, "-m", "pre_commit", "install", "--allow-missing-config"],
        cwd=root, capture_output=True, check=False,
    )  # fmt: skip
    _put_in_reach(root)
    return 0


def _put_in_reach(root: Path) -> None:
    """Have the hook find the programs of the environment of the copy that it runs in, or else of this one."""
    asked = ["git", "rev-parse", "--git-path", "hooks/pre-commit"]
    found = subprocess.run(asked, cwd=root, capture_output=True, text=True, check=False).stdout.strip()
    hook = root / found
    if found and hook.is_file() and _REACH not in (text := hook.read_text(encoding="utf-8")):
        first, _, rest = text.partition("\n")
        line = f'{_REACH}export PATH="$PWD/.venv/bin:{Path(sys.executable).parent}:$PATH"'
        hook.write_text(f"{first}\n{line}\n{rest}", encoding="utf-8")


def strip(text: bytes) -> bytes:
    """Strip a notebook as the filter does."""
    command = [sys.executable, "-m", "nbstripout", "--keep-id", "--extra-keys", EXTRA]
    return subprocess.run(command, input=text, capture_output=True, check=True).stdout


def write(*names: str) -> int:
    """Strip notebooks in place (make lint): outputs go, the identifiers of cells stay."""
    for path in map(Path, names):
        if (stripped := strip(before := path.read_bytes())) != before:
            path.write_bytes(stripped)
    return 0


def verify(*names: str) -> int:
    """Refuse notebooks that hold what the filter would have stripped (staged without it)."""
    found = [name for name in names if strip(_staged(name)) != _staged(name)]
    for name in found:
        sys.stderr.write(f"{name} tient des sorties d’exécution.\n→ make setup, puis git add {name}.\n")
    return bool(found)


def _staged(name: str) -> bytes:
    return subprocess.run(["git", "show", f":{name}"], capture_output=True, check=True).stdout


def schema() -> int:
    """Refuse a schema of parameters that is not the one the code writes."""
    from helpers.parameters import schema_text

    if (ROOT / "params" / "schema.json").read_text(encoding="utf-8") == schema_text():
        return 0
    sys.stderr.write(
        "params/schema.json n’est plus celui du code.\n→ make schema, puis git add params/schema.json.\n"
    )
    return 1


def large(*names: str) -> int:
    """Refuse files that a repository should not hold."""
    found = [name for name in names if Path(name).stat().st_size > LARGEST]
    for name in found:
        sys.stderr.write(f"{name} pèse plus de 2 Mo.\n→ Laissez-le hors du dépôt, sous data/raw/.\n")
    return bool(found)


if __name__ == "__main__":
    chosen = {one.__name__: one for one in (setup, write, verify, schema, large)}[sys.argv[1]]
    sys.exit(chosen(*sys.argv[2:]))
