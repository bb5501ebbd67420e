"""What changed between two versions of a diagnostic: data, figures, parameters, code, words; for analysts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from helpers import french, paths
from helpers.contributions import versions
from helpers.contributions.versions import Version
from helpers.errors import ParameterError

# How the key of a table begins.
_TABLE = "table:"
_HEADINGS = ("Données", "Chiffres", "Paramètres", "Code", "Mots")


def find(slug: str, former: str = "", latter: str = "") -> tuple[Version, Version]:
    """Find two versions of a commune by their names (`v1`), the last two unless said.

    Raises:
        ParameterError: there are fewer than two, or one is not there.
    """
    known = {version.name: version for version in versions.read(slug)}
    if len(known) < 2:
        raise ParameterError(
            f"{slug} a {french.quantity(len(known), 'version')} : il en faut deux pour comparer.",
            remedy=f"Chaque construction différente en fait une : make commune={slug}, avec une convention.",
        )
    names = [former or list(known)[-2], latter or list(known)[-1]]
    for name in names:
        if name not in known:
            raise ParameterError(
                f"{slug} n'a pas de version {name!r}.",
                remedy=f"Donnez de= et a= parmi {', '.join(known)}.",
            )
    return known[names[0]], known[names[1]]


def compare(former: Version, latter: Version) -> list[str]:
    """Say in French, a line each, what changed between two versions; a heading above each kind."""
    keys = [key for key in _changed(former.inputs, latter.inputs) if not _is_words(key)]
    tables = [key.removeprefix(_TABLE) for key in keys if key.startswith(_TABLE)]
    parameters = [key for key in keys if key.startswith("params/")]
    code = [key for key in keys if not key.startswith((_TABLE, "params/"))]
    dated = [
        f"{name} : {_describe(former.vintages.get(name))} → {_describe(latter.vintages.get(name))}"
        for name in _changed(former.vintages, latter.vintages)
    ]
    changes = (
        [*dated, *(f"table {name}" for name in tables)],
        _describe_figures(former, latter),
        parameters,
        code,
        _describe_words(former, latter),
    )
    lines = [
        line
        for heading, found in zip(_HEADINGS, changes, strict=True)
        if found
        for line in (f"{heading} ({french.number(len(found))})", *(f"  {line}" for line in found))
    ]
    days = f"{former.name} ({french.long_date(former.day)}) → {latter.name} ({french.long_date(latter.day)})"
    return [french.typography(line) for line in (days, *(lines or ["Rien n’a changé."]))]


def _is_words(key: str) -> bool:
    """Tell whether a key is that of what people said: reported by its contributions."""
    return "/prive/atelier-" in key


def _changed(former: Mapping[str, object], latter: Mapping[str, object]) -> list[str]:
    return sorted(key for key in {*former, *latter} if former.get(key) != latter.get(key))


def _describe_figures(former: Version, latter: Version) -> list[str]:
    lines = []
    for code in _changed(former.figures, latter.figures):
        before, after = former.figures.get(code), latter.figures.get(code)
        if before is None:
            lines.append(f"{code} ajouté : {after}")
        elif after is None:
            lines.append(f"{code} retiré : {before}")
        else:
            lines.append(f"{code} : {before} → {after}")
    return lines


def _describe_words(former: Version, latter: Version) -> list[str]:
    """Name the contributions and the comments that came, went or changed: never what they say."""
    return [
        *_describe_marks("contribution", former.said, latter.said),
        *_describe_marks("commentaire", former.comments, latter.comments),
    ]


def _describe_marks(what: str, former: Mapping[str, str], latter: Mapping[str, str]) -> Iterable[str]:
    changed = _changed(former, latter)
    kinds = {
        "nouveau": [key for key in changed if key not in former],
        "retiré": [key for key in changed if key not in latter],
        "changé": [key for key in changed if key in former and key in latter],
    }
    for how, found in kinds.items():
        if found:
            counted = french.quantity(len(found), what)
            yield f"{counted}, {how} : {', '.join(found)}"


def _describe(value: object) -> str:
    return " et ".join(map(str, value)) if isinstance(value, list) else "–" if value is None else str(value)


def write(slug: str, former: Version, latter: Version, lines: Iterable[str]) -> Path:
    """Keep the whole list beside the other files of the partnership; return its path."""
    path = paths.OUTPUTS / "partenariat" / slug / f"{slug}-changements-{former.name}-{latter.name}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    paths.write(path, "\n".join(lines) + "\n")
    return path
