"""Layers of parameters (YAML files, command line, cell of a notebook): read, merged, their problems said in French."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from helpers import yaml_file
from helpers.errors import ParameterError, quote


@dataclass
class Layer:
    """One file of parameters (or a lot, or the command line), with the line of each key."""

    name: str
    values: dict[str, Any]
    lines: dict[str, int] = field(default_factory=dict)

    def where(self, key: str) -> str:
        """Say the file and the line of a key; of a key inside another (`ateliers.1.date`), its own or the nearest."""
        parts = key.split(".")
        known = (self.lines.get(".".join(parts[:count])) for count in range(len(parts), 0, -1))
        line = next((line for line in known if line is not None), None)
        return self.name if line is None else f"{self.name}, ligne {line}"


def merge(layers: Sequence[Layer]) -> dict[str, Any]:
    """Merge layers: the last value of each key; the keys of dictionaries are merged too (an empty one adds none)."""
    merged: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.values.items():
            if is_empty(value) and isinstance(merged.get(key), dict):
                continue
            both = isinstance(value, dict) and isinstance(merged.get(key), dict)
            merged[key] = {**merged[key], **value} if both else value
    return merged


def is_empty(value: object) -> bool:
    """Return whether a key of `defaut.yml` is left without a value: nothing, or an empty text."""
    return value is None or (isinstance(value, str) and not value)


def read_layer(path: Path) -> Layer:
    """Read a YAML file of keys and values.

    Raises:
        ParameterError: file missing, unreadable, or not a list of keys and values.
    """
    content = yaml_file.load(path)
    try:
        plain = _plain(content, left=iter(range(_MANY)))
    except (StopIteration, RecursionError) as error:
        raise ParameterError(
            f"{path} : YAML illisible (trop de valeurs, ou trop emboîtées).", remedy=yaml_file.REMEDY
        ) from error
    if content is None:
        return Layer(str(path), {})
    if not isinstance(content, CommentedMap):
        raise ParameterError(
            f"{path} : attendu des clés et des valeurs, trouvé {quote(content)}.", remedy=yaml_file.REMEDY
        )
    return Layer(str(path), plain, dict(_lines(content)))


def _lines(content: Any, before: str = "") -> Iterator[tuple[str, int]]:
    """List the line of each key, those inside another after it: `diffusion.photos`, `ateliers.0.date`."""
    known = content.lc.data or {}
    if isinstance(content, CommentedMap):
        places = [(key, content[key], content.lc.key(key)[0]) for key in content if key in known]
    else:
        places = [
            (rank, item, content.lc.item(rank)[0]) for rank, item in enumerate(content) if rank in known
        ]
    for key, value, line in places:
        yield f"{before}{key}", line + 1
        if isinstance(value, CommentedMap | CommentedSeq):
            yield from _lines(value, f"{before}{key}.")


# More values than any file has a use for: aliases of aliases make a few lines into billions.
_MANY = 200_000


def _plain(value: Any, *, left: Iterator[int]) -> Any:
    """Turn YAML's own containers and scalars into plain ones; StopIteration when there are more than are left."""
    next(left)
    if isinstance(value, dict):
        plain = {}
        for key, item in value.items():
            plain[str(key)] = _plain(item, left=left)
        return plain
    if isinstance(value, list):
        items = []
        for item in value:
            items.append(_plain(item, left=left))
        return items
    if isinstance(value, bool) or value is None:
        return value
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


_MESSAGES = {
    "extra_forbidden": "clé inconnue",
    "missing": "valeur absente",
    "int_type": "attendu un nombre entier",
    "string_type": "attendu un texte, entre guillemets",
    "list_type": "attendu une liste",
    "dict_type": "attendu des clés et des valeurs",
    "too_short": "liste trop courte",
    "too_long": "liste trop longue",
    "string_too_long": "texte trop long",
    "greater_than_equal": "valeur trop petite",
    "less_than_equal": "valeur trop grande",
    "bool_type": "attendu oui ou non",
    "model_type": "attendu des clés et des valeurs",
}


Model = TypeVar("Model", bound=BaseModel)


def validate(model: type[Model], values: dict[str, Any], layers: list[Layer]) -> Model:
    """Validate the values that layers have given.

    Raises:
        ParameterError: every problem found, each with its file and its line.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        problems = [_explain(problem, layers, known=list(model.model_fields)) for problem in error.errors()]
        raise ParameterError(
            "\n".join(problems),
            remedy=f"Corrigez ces lignes ; les clés possibles sont : {', '.join(model.model_fields)}.",
        ) from None


def find_problems(
    model: type[BaseModel], values: dict[str, Any], layers: list[Layer], *, but: str
) -> list[str]:
    """Say what is wrong beside one key, whose problem is already known."""
    try:
        model.model_validate(values)
    except ValidationError as error:
        known = list(model.model_fields)
        return [
            _explain(problem, layers, known=known)
            for problem in error.errors()
            if problem["loc"][:1] != (but,)
        ]
    return []


# A rule on two keys is broken by the file that came last, whichever key it sets.
_COMPARED = {"millesime_ancien": "millesime"}


def _explain(problem: Any, layers: list[Layer], *, known: list[str]) -> str:
    """Say one problem in French: where, which key, which value, what is expected."""
    location = [str(part) for part in problem["loc"] if part != "[key]"]
    kind, context = problem["type"], problem.get("ctx") or {}
    if not location:
        return str(context.get("error", problem["msg"]))
    at_fault = [location[0]]
    if kind == "value_error" and location[0] in _COMPARED:
        at_fault.append(_COMPARED[location[0]])
    layer = next((layer for layer in reversed(layers) if layer.values.keys() & set(at_fault)), layers[0])
    named = next((name for name in at_fault if name in layer.values), location[0])
    where = layer.where(".".join([named, *location[1:]]) if named == location[0] else named)
    key = ".".join(location)
    if kind == "extra_forbidden":
        return f"{where} : clé inconnue {quote(key)}{suggest(location[-1], known)}"
    if kind == "literal_error":
        expected = context.get("expected", "").replace(" or ", " ou ")
        return f"{where} : {key} vaut {quote(problem['input'])}, attendu {expected}"
    if kind == "value_error":
        return f"{where} : {key} : {context['error']}"
    return f"{where} : {key} vaut {quote(problem['input'])} : {_MESSAGES.get(kind, problem['msg'])}"


def let_be_empty(properties: dict[str, Any]) -> None:
    """Let the properties of a JSON Schema be null: a key without a value takes its default."""
    for declared in properties.values():
        if "type" in declared:
            about = ("title", "description", "default")
            kinds = {key: declared.pop(key) for key in list(declared) if key not in about}
            declared["anyOf"] = [kinds, {"type": "null"}]


def suggest(name: str, known: Sequence[str]) -> str:
    """Suggest the known name that is nearest to another, in French; nothing when none is near."""
    near = difflib.get_close_matches(name, known, n=1)
    return f" ; vouliez-vous dire {near[0]!r} ?" if near else ""
