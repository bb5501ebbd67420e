"""Parameters of a diagnostic: `params/defaut.yml`, then the lot's, then the commune's file, then the command line.

Everything is checked before a notebook starts, and every problem is reported at once, with its file and
line.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from helpers import french, paths
from helpers.errors import DiagnosticError, ParameterError

if TYPE_CHECKING:
    from helpers.territory.communes import Commune

# Insee's rule: the surveys of two vintages less than five years apart overlap.
MINIMAL_GAP = 5
THEMES = ("demographie", "logement", "pyramides", "enjeux")


class Parameters(BaseModel):
    """What a commune's YAML file may say. Defaults are those of `params/defaut.yml`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    commune: str = Field(description="Code Insee de la commune, entre guillemets")
    millesime: int | None = Field(
        None, ge=1968, description="Millésime du recensement le plus récent ; vide : le dernier qui est connu"
    )
    millesime_ancien: int | None = Field(
        None,
        ge=1968,
        description="Millésime auquel on le compare ; vide : le dernier connu cinq ans avant ou plus",
    )
    pyramides: list[int] | None = Field(
        None,
        min_length=2,
        max_length=2,
        description="Les deux millésimes des pyramides des âges ; vide : le dernier et celui d'une dizaine d'années avant",
    )
    niveau_pyramide: Literal["individus", "menages", "logements", ""] = Field(
        "",
        description="Ce que comptent les pyramides par statut : individus, menages ou logements ; vide : le plus fin qui est connu",
    )
    convention: Literal["A", "B"] = Field(
        "A",
        description="Convention du point mort : A, desserrement de la population initiale ; B, effet démographique à la taille initiale",
    )
    comparaison: list[Literal["epci", "departement", "region", "france"]] = Field(
        ["epci", "departement", "region", "france"], min_length=1, description="Territoires de comparaison"
    )
    agence: str = Field("", max_length=120, description="Nom de l'agence, porté à la suite des sources")
    commentaires: dict[Literal["demographie", "logement", "pyramides", "enjeux"], str] = Field(
        default_factory=dict, description="Commentaire de l'agence ou de la commune, par thème (texte simple)"
    )
    decalage: Literal[0, 1, 2] = Field(
        0,
        description="Années d'un chantier à la livraison : 0, les logements commencés pendant la période ; 1 ou 2, ceux commencés d'autant plus tôt",
    )

    @field_validator("commune", mode="before")
    @classmethod
    def _quoted(cls, value: object) -> object:
        # YAML reads 01004 as the octal number 516: the right code can no longer be guessed.
        if isinstance(value, int | float):
            raise ValueError(
                f'{value!r} est un nombre : mettez le code Insee entre guillemets (commune: "01004")'
            )
        return value

    @field_validator("agence")
    @classmethod
    def _visible(cls, value: str) -> str:
        return french.visible(value)

    @field_validator("commentaires")
    @classmethod
    def _all_visible(cls, value: dict[str, str]) -> dict[str, str]:
        return {theme: french.visible(text) for theme, text in value.items()}

    @field_validator("millesime_ancien")
    @classmethod
    def _older(cls, value: int | None, info: ValidationInfo) -> int | None:
        newer = info.data.get("millesime")
        if value is not None and newer is not None:
            _insist_apart(value, newer)
        return value

    @field_validator("pyramides")
    @classmethod
    def _ordered(cls, value: list[int] | None) -> list[int] | None:
        if value is not None:
            _insist_apart(*value)
        return value


def _insist_apart(older: int, newer: int) -> None:
    if newer - older < MINIMAL_GAP:
        raise ValueError(
            f"{older} et {newer} ne sont pas à {MINIMAL_GAP} ans l'un de l'autre au moins, le plus ancien d'abord : "
            "leurs enquêtes se recouvrent, l'Insee demande de ne pas les comparer"
        )


@dataclass
class Layer:
    """One file of parameters (or a lot, or the command line), with the line of each key."""

    name: str
    values: dict[str, Any]
    lines: dict[str, int] = field(default_factory=dict)

    def where(self, key: str) -> str:
        """The file and the line of a key."""
        line = self.lines.get(key)
        return self.name if line is None else f"{self.name}, ligne {line}"


def load_parameters(
    query: str | None = None,
    *,
    folder: Path | None = None,
    lot: Layer | None = None,
    overrides: dict[str, Any] | None = None,
) -> tuple[Parameters, Commune]:
    """The parameters of one commune, merged and checked, and the commune itself.

    `query` is what a person has typed: a code (not one that is a postal code too: `insee:59112`), a name, a slug, or
    the path of a parameter file; `lot` holds the parameters of a lot that the
    commune is built with.

    Raises:
        ParameterError: every problem found, each with its file, its line and what to do.
        DiagnosticError: the commune is unknown, ambiguous or merged.
    """
    folder = folder or paths.PARAMS
    layers = [read_layer(folder / "defaut.yml"), *([lot] if lot else [])]
    common = len(layers)
    chosen = Path(query) if query and query.endswith((".yml", ".yaml")) else None
    if chosen is not None:
        layers.append(read_layer(chosen))
    elif query:
        layers.append(Layer("ligne de commande", {"commune": query}))
    if overrides:
        layers.append(Layer("ligne de commande", dict(overrides)))
    try:
        if query and chosen is None:
            _refuse_postal_code(query)
        commune = _find(layers)
    except DiagnosticError as error:
        error.message = "\n".join([error.message, *_problems(_merge(layers), layers, but="commune")])
        raise
    own = folder / f"{commune.slug}.yml"
    if chosen is None and own.is_file():
        found = read_layer(own)
        layers.insert(common, found)
        if "commune" in found.values and _find([found]).code != commune.code:
            raise ParameterError(
                f"{found.where('commune')} : le fichier porte le nom de {commune.label} "
                f"mais désigne {found.values['commune']!r}.",
                remedy=f'Écrivez commune: "{commune.code}", ou renommez le fichier.',
            )
    return validate(Parameters, {**_merge(layers), "commune": commune.code}, layers), commune


def check_lot(lot: Layer, *, folder: Path | None = None) -> None:
    """Insist that the parameters of a lot go with the defaults, before any commune is built with them.

    Raises:
        ParameterError: every problem found.
    """
    if "commune" in lot.values:
        raise ParameterError(
            f"{lot.where('commune')} : les paramètres d'un lot ne désignent pas de commune.",
            remedy="Indiquez les communes du lot par communes, epci, departement, region ou france.",
        )
    layers = [read_layer((folder or paths.PARAMS) / "defaut.yml"), lot]
    validate(Parameters, {**_merge(layers), "commune": ""}, layers)


def complete(parameters: Parameters, *, since: int, until: int, pyramids: list[int]) -> Parameters:
    """The parameters, the dates they leave open being those given.

    Raises:
        ParameterError: a date that they set does not go with the others.
    """
    values = parameters.model_dump()
    found = {"millesime": until, "millesime_ancien": since, "pyramides": pyramids}
    found = {key: value for key, value in found.items() if values[key] is None}
    return validate(Parameters, values | found, [Layer("derniers millésimes connus", found)])


def write_schema(path: Path | None = None) -> Path:
    """Write the JSON Schema of the parameter files, for editors that complete and check them."""
    path = path or paths.PARAMS / "schema.json"
    path.write_text(schema_text(), encoding="utf-8")
    return path


def schema_text() -> str:
    """The JSON Schema of the parameter files."""
    schema = Parameters.model_json_schema()
    schema["required"] = []
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _refuse_postal_code(query: str) -> None:
    from helpers.territory.postal_codes import refuse_postal_code

    refuse_postal_code(query)


def _find(layers: list[Layer]) -> Commune:
    # Loaded here: a lot is read, and found to be up to date, without pandas.
    from helpers.territory.communes import find_commune

    for layer in reversed(layers):
        value = layer.values.get("commune")
        if value is None:
            continue
        if not isinstance(value, str):
            what = "un nombre" if type(value) in (int, float) else "attendu un texte"
            raise ParameterError(
                f"{layer.where('commune')} : commune vaut {value!r}, {what}.",
                remedy='Mettez le code Insee entre guillemets : commune: "01004" (sans eux, 01004 est lu comme un nombre : 1004, ou 516).',
            )
        try:
            return find_commune(value)
        except DiagnosticError as error:
            if layer.lines:
                error.message = f"{layer.where('commune')} : {error.message}"
            raise
    raise ParameterError("Aucune commune n'est indiquée.", remedy="Lancez par exemple : make commune=Hem.")


def _merge(layers: list[Layer]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.values.items():
            both = isinstance(value, dict) and isinstance(merged.get(key), dict)
            merged[key] = {**merged[key], **value} if both else value
    return merged


def read_layer(path: Path) -> Layer:
    """A YAML file of keys and values.

    Raises:
        ParameterError: file missing, unreadable, or not a list of keys and values.
    """
    remedy = "Une clé par ligne, par exemple : millesime: 2018. Voyez params/defaut.yml."
    try:
        content = YAML(typ="rt", pure=True).load(path.read_text(encoding="utf-8"))
        plain = _plain(content, left=iter(range(_MANY)))
    except FileNotFoundError:
        raise ParameterError(
            f"Fichier de paramètres absent : {path}.",
            remedy="Vérifiez le chemin, ou donnez le nom de la commune : make commune=Hem.",
        ) from None
    except MarkedYAMLError as error:
        line = f", ligne {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ParameterError(f"{path}{line} : YAML illisible ({error.problem}).", remedy=remedy) from error
    except (StopIteration, RecursionError) as error:
        raise ParameterError(
            f"{path} : YAML illisible (trop de valeurs, ou trop emboîtées).", remedy=remedy
        ) from error
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise ParameterError(f"Fichier de paramètres illisible : {path} ({error}).", remedy=remedy) from error
    if content is None:
        return Layer(str(path), {})
    if not isinstance(content, CommentedMap):
        raise ParameterError(f"{path} : attendu des clés et des valeurs, trouvé {content!r}.", remedy=remedy)
    lines = {str(key): content.lc.key(key)[0] + 1 for key in content if key in (content.lc.data or {})}
    return Layer(str(path), plain, lines)


# More values than any file has a use for: aliases of aliases make a few lines into billions.
_MANY = 200_000


def _plain(value: Any, *, left: Iterator[int]) -> Any:
    """YAML's own containers and scalars as plain Python ones; StopIteration when there are more than are left."""
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
}


Model = TypeVar("Model", bound=BaseModel)


def validate(model: type[Model], values: dict[str, Any], layers: list[Layer]) -> Model:
    """The values that layers have given, as a model.

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


def _problems(values: dict[str, Any], layers: list[Layer], *, but: str) -> list[str]:
    """What is wrong beside one key, whose problem is already known."""
    try:
        Parameters.model_validate(values)
    except ValidationError as error:
        known = list(Parameters.model_fields)
        return [
            _explain(problem, layers, known=known)
            for problem in error.errors()
            if problem["loc"][:1] != (but,)
        ]
    return []


# A rule on two keys is broken by the file that came last, whichever key it sets.
_COMPARED = {"millesime_ancien": "millesime"}


def _explain(problem: Any, layers: list[Layer], *, known: list[str]) -> str:
    """One problem in French: where, which key, which value, what is expected."""
    location = [str(part) for part in problem["loc"] if part != "[key]"]
    kind, context = problem["type"], problem.get("ctx") or {}
    if not location:
        return str(context.get("error", problem["msg"]))
    at_fault = [location[0]]
    if kind == "value_error" and location[0] in _COMPARED:
        at_fault.append(_COMPARED[location[0]])
    layer = next((layer for layer in reversed(layers) if layer.values.keys() & set(at_fault)), layers[0])
    where = layer.where(next((name for name in at_fault if name in layer.values), location[0]))
    key = ".".join(location)
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(location[-1], known, n=1)
        hint = f" ; vouliez-vous dire {near[0]!r} ?" if near else ""
        return f"{where} : clé inconnue {key!r}{hint}"
    if kind == "literal_error":
        expected = context.get("expected", "").replace(" or ", " ou ")
        return f"{where} : {key} vaut {problem['input']!r}, attendu {expected}"
    if kind == "value_error":
        return f"{where} : {key} : {context['error']}"
    return f"{where} : {key} vaut {problem['input']!r} : {_MESSAGES.get(kind, problem['msg'])}"
