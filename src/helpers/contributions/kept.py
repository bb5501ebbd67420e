"""Where the workshops of a commune are kept: what was shown, beside its convention; what was said, apart from git."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from helpers import paths, yaml_file
from helpers.contributions.workshop import Kit, Workshop
from helpers.errors import ParameterError

_Kept = TypeVar("_Kept", Kit, Workshop)
_REMEDY = (
    "Reprenez le fichier d'origine, ou effacez-le puis relancez make atelier-import : les saisies le refont."
)


def partnership_folder(slug: str) -> Path:
    """Return the folder of the partnership of a commune, its convention among others."""
    return paths.PARAMS / slug


def convention_file(slug: str) -> Path:
    """Return the file of the convention of a commune, whether it is there or not."""
    return partnership_folder(slug) / paths.CONVENTION


def private_folder(slug: str) -> Path:
    """Return the folder of what people said and what the commune gave: git ignores it."""
    return partnership_folder(slug) / "prive"


def capture_folder(slug: str, number: int) -> Path:
    """Return the folder of the capture workbooks and the minutes of a workshop."""
    return private_folder(slug) / f"atelier-{number}"


def written_file(slug: str, number: int) -> Path:
    """Return the record of the capture workbooks that were written: name -> hash, which reveals one filled in."""
    return capture_folder(slug, number) / "classeurs.json"


def read_written(slug: str, number: int) -> dict[str, str]:
    """Read which capture workbooks were written, and their hashes; nothing where no record is kept.

    Raises:
        ParameterError: the record cannot be read.
    """
    path = written_file(slug, number)
    if not path.is_file():
        return {}
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ParameterError(
            f"{path} : fichier illisible.", remedy="Effacez-le, puis relancez make atelier : il le refait."
        ) from error


def documents_folder(slug: str) -> Path:
    """Return the folder of the documents that tell all the workshops: the bilan, issues and levers."""
    return private_folder(slug) / "documents"


def kit_file(slug: str, number: int) -> Path:
    """Return the file that says what a workshop was shown."""
    return partnership_folder(slug) / "ateliers" / f"atelier-{number}.json"


def drawing_file(slug: str, number: int, code: str) -> Path:
    """Return the file of a drawing (SVG) as the room saw it."""
    return partnership_folder(slug) / "ateliers" / f"atelier-{number}" / f"{code}.svg"


def kit_folder(slug: str, number: int) -> Path:
    """Return the folder of what a workshop is held with: slides and sheets, which a command makes again."""
    return paths.OUTPUTS / "partenariat" / slug / f"atelier-{number}"


def workshop_file(slug: str, number: int) -> Path:
    """Return the file of what was said in a workshop."""
    return private_folder(slug) / f"atelier-{number}.json"


def workshop_files(slug: str) -> list[Path]:
    """List the files of what was said in the workshops of a commune, in their order."""
    return sorted(private_folder(slug).glob("atelier-[1-3].json"))


def read_kit(slug: str, number: int) -> Kit | None:
    """Read what a workshop was shown; nothing where no kit was made.

    Raises:
        ParameterError: the file cannot be read.
    """
    return _read(kit_file(slug, number), Kit)


def write_kit(kit: Kit) -> Path:
    """Keep what a workshop is shown."""
    return _write(kit_file(kit.slug, kit.number), kit.model_dump_json(indent=1))


def read_workshop(slug: str, number: int) -> Workshop | None:
    """Read what was said in a workshop; nothing where none was imported.

    Raises:
        ParameterError: the file cannot be read.
    """
    return _read(workshop_file(slug, number), Workshop)


def read_workshops(slug: str) -> list[Workshop]:
    """Read the workshops of a commune, in their order.

    Raises:
        ParameterError: a file cannot be read.
    """
    found = (_read(path, Workshop) for path in workshop_files(slug))
    return [workshop for workshop in found if workshop is not None]


def write_workshop(workshop: Workshop) -> Path:
    """Keep what was said in a workshop."""
    kit = workshop.kit
    return _write(workshop_file(kit.slug, kit.number), workshop.model_dump_json(indent=1))


def _read(path: Path, kind: type[_Kept]) -> _Kept | None:
    try:
        return kind.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, ValidationError) as error:
        raise ParameterError(f"{path} : fichier illisible.", remedy=_REMEDY) from error


def _write(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    paths.write(path, content + "\n")
    return path


def read_setting(slug: str) -> str:
    """Read what the convention lets the diagnostic show of what was said: `avec_role`, `sans_role` or `non`.

    Without a convention, or a word that it does not know, no role is shown.

    Raises:
        ParameterError: the convention cannot be read.
    """
    path = convention_file(slug)
    content = yaml_file.load(path) if path.is_file() else None
    sharing = content.get("diffusion") if isinstance(content, dict) else None
    found = sharing.get("contributions") if isinstance(sharing, dict) else None
    # YAML reads « non » as a truth value.
    return {"avec_role": "avec_role", "non": "non", False: "non"}.get(found, "sans_role")
