"""Parameters of a diagnostic: what YAML files, the command line, JupyterLab and papermill may ask for.

They are declared once, in `Settings`: their kinds, allowed values and defaults, the French words that describe them.
`params/defaut.yml`, then the lot's, then the commune's file, then the command line are merged; a notebook is given
those that its cell declares. All are checked before anything is computed, and every problem is reported at once, with
its file and its line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from helpers import french, levels, paths, themes
from helpers.errors import DiagnosticError, ParameterError, quote
from helpers.layers import Layer, find_problems, is_empty, let_be_empty, merge, read_layer, suggest, validate

if TYPE_CHECKING:
    from helpers.territory.communes import Commune

# The first number that no code with a nought before it can have become: 01004 is read as 1004, or as 516.
_FIVE_DIGITS = 10_000
# The code of a figure, that a comment may be about.
_FIGURE = re.compile(r"[A-Z]-\d{2}")
# The name of a file, in no other folder.
_LOGO = re.compile(r"[\w][\w .-]*\.(?:svg|png)")
# What values are called where their own writing says too little.
_WORDS: dict[str, dict[Any, str]] = {
    "niveau_pyramide": {"menages": "ménages", "": "le plus fin qui est connu"},
    "convention": {"A": "convention A", "B": "convention B"},
    "decalage": {
        0: "comptés à l’ouverture du chantier",
        1: f"comptés {french.quantity(1, 'an')} après l’ouverture du chantier",
        2: f"comptés {french.quantity(2, 'an')} après l’ouverture du chantier",
    },
    "comparaison": {level.key: level.noun for level in levels.larger()},
}


class Settings(BaseModel):
    """What a file of parameters and a notebook may both ask for; `title` is what a page calls it.

    An empty key is as if it were not there. Defaults are those of `params/defaut.yml`.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    commune: str = Field(title="Commune", description="Code Insee de la commune, entre guillemets")
    millesime: int | None = Field(
        default=None,
        ge=1968,
        title="Recensement",
        description="Millésime du recensement le plus récent ; vide : le dernier qui est connu",
    )
    millesime_ancien: int | None = Field(
        default=None,
        ge=1968,
        title="Recensement comparé",
        description="Millésime auquel on le compare ; vide : le dernier connu cinq ans avant ou plus",
    )
    pyramides: list[int] | None = Field(
        default=None,
        min_length=2,
        max_length=2,
        title="Pyramides des âges",
        description="Les deux millésimes des pyramides des âges ; vide : le dernier et celui d'une dizaine d'années "
        "avant",
    )
    niveau_pyramide: Literal["individus", "menages", "logements", ""] = Field(
        default="",
        title="Pyramides selon le statut",
        description="Ce que comptent les pyramides par statut : individus, menages ou logements ; vide : le plus fin "
        "qui est connu",
    )
    convention: Literal["A", "B"] = Field(
        default="A",
        title="Point mort",
        description="Convention du point mort : A, desserrement de la population initiale ; B, effet démographique à "
        "la taille initiale",
    )
    decalage: Literal[0, 1, 2] = Field(
        default=0,
        title="Logements construits",
        description="Années d'un chantier à la livraison : 0, les logements commencés pendant la période ; 1 ou 2, "
        "ceux commencés d'autant plus tôt",
    )
    comparaison: list[Literal[*(level.key for level in levels.larger())]] = Field(  # type: ignore[valid-type]
        default=levels.defaults(),
        min_length=1,
        title="Territoires de comparaison",
        description="Territoires de comparaison",
    )
    agence: str = Field(
        default="",
        max_length=120,
        title="Traitements",
        description="Nom de l'agence, porté à la suite des sources",
    )

    @field_validator("*", mode="before")
    @classmethod
    def _fill(cls, value: object, info: ValidationInfo) -> object:
        """Give its default to a key without a value."""
        declared = cls.model_fields[str(info.field_name)]
        # As `defaut.yml` writes an empty key, of any kind: nothing, or "".
        if is_empty(value) and not declared.is_required():
            return declared.get_default(call_default_factory=True)
        return _read_code(value) if info.field_name == "commune" else value

    @field_validator("agence")
    @classmethod
    def _visible(cls, value: str) -> str:
        return french.visible(value)

    @field_validator("millesime_ancien")
    @classmethod
    def _older(cls, value: int | None, info: ValidationInfo) -> int | None:
        newer = info.data.get("millesime")
        if value is not None and newer is not None:
            _check_gap(value, newer)
        return value

    @field_validator("pyramides")
    @classmethod
    def _ordered(cls, value: list[int] | None) -> list[int] | None:
        if value is not None:
            _check_gap(*value)
        return value

    def describe(self) -> dict[str, str]:
        """Describe the settings as a reader of pages sees them, by their titles; those left open are left out."""
        lines = {"Recensements comparés": f"{self.millesime_ancien} et {self.millesime}"}
        for name, declared in type(self).model_fields.items():
            if declared.title and name not in ("commune", "millesime", "millesime_ancien"):
                value, words = getattr(self, name), _WORDS.get(name, {})
                listed = value if isinstance(value, list) else [] if value is None else [value]
                lines[declared.title] = french.enumerate_words([words.get(one, str(one)) for one in listed])
        return {title: text for title, text in lines.items() if text}


class CellParameters(Settings):
    """What the cell `parameters` of a notebook may declare: the settings, and the comment on its own theme."""

    commentaire: str = Field(default="", description="Commentaire de l'agence ou de la commune sur ce thème")


class Parameters(Settings):
    """What a file of parameters may say: the settings, and a comment on each theme."""

    logos: list[str] = Field(
        default_factory=list,
        max_length=6,
        description="Logos de la couverture et des documents, dans l'ordre : fichiers .svg ou .png de params/logos/, "
        "200 ko au plus chacun ; vide : les noms en toutes lettres",
    )
    commentaires: dict[str, str] = Field(
        default_factory=dict,
        description="Commentaire de l'agence ou de la commune, par thème ou par code de figure (L-12) : paragraphes, "
        "**gras**, listes, [liens](https://…)",
    )

    @field_validator("logos")
    @classmethod
    def _files(cls, value: list[str]) -> list[str]:
        """Check that logos are names of files of their folder."""
        odd = [name for name in value if not _LOGO.fullmatch(name)]
        if odd:
            raise ValueError(
                f"{', '.join(map(repr, odd))} : attendu le nom d'un fichier .svg ou .png de params/logos/, sans dossier"
            )
        return value

    @field_validator("commentaires", mode="before")
    @classmethod
    def _fill_each(cls, value: object) -> object:
        """Give an empty text to a theme without a comment."""
        return {key: text or "" for key, text in value.items()} if isinstance(value, dict) else value

    @field_validator("commentaires")
    @classmethod
    def _known(cls, value: dict[str, str]) -> dict[str, str]:
        known = themes.list_themes()
        unknown = [
            f"thème inconnu {quote(name)}{suggest(name, known)}"
            for name in value
            if name not in known and not _FIGURE.fullmatch(name)
        ]
        if unknown:
            raise ValueError(
                f"{', '.join(unknown)} ; les thèmes sont : {', '.join(known)} ; une figure se dit par son code, L-12"
            )
        return {theme: french.visible(text) for theme, text in value.items()}

    def arguments_of(self, notebook: Path) -> dict[str, Any]:
        """Choose what a notebook is executed with: the parameters that its own cell declares, no other.

        Raises:
            ParameterError: it cannot be read, or does not take a commune and would show the same one whatever is
                asked for.
        """
        comment = self.commentaires.get(themes.theme_of(notebook.stem), "")
        known = {**self.model_dump(exclude={"commentaires", "logos"}), "commentaire": comment}
        declared = themes.list_parameters(notebook)
        if "commune" not in declared:
            raise ParameterError(
                f"{notebook.name} ne déclare pas le paramètre commune : il montrerait toujours la même.",
                remedy='Écrivez commune: str = "59299" dans une cellule de code qui porte l\'étiquette parameters.',
            )
        return {name: known[name] for name in declared if name in known}


def _check_gap(older: int, newer: int) -> None:
    # Loaded here: a lot is read, and found to be up to date, without pandas.
    from helpers.indicators.vintages import GAP

    if newer - older < GAP:
        raise ValueError(
            f"{older} et {newer} ne sont pas à {GAP} ans l'un de l'autre au moins, le plus ancien d'abord : "
            "leurs enquêtes se recouvrent, l'Insee demande de ne pas les comparer"
        )


def _read_code(value: object) -> object:
    """Read the code of a commune that YAML or papermill has taken for a number, where no nought can be lost."""
    return str(value) if type(value) is int and value >= _FIVE_DIGITS else value


def load_parameters(
    query: str | None = None,
    *,
    folder: Path | None = None,
    lot: Layer | None = None,
    overrides: dict[str, Any] | None = None,
) -> tuple[Parameters, Commune]:
    """Read the parameters of one commune, merged and checked, and find the commune itself.

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
    if query and chosen is None:
        _refuse_postal_code(query, layers)
    commune = _find_or_explain(Parameters, layers)
    own = folder / f"{commune.slug}.yml"
    if chosen is None and own.is_file():
        found = read_layer(own)
        layers.insert(common, found)
        if not is_empty(found.values.get("commune")) and _find([found]).code != commune.code:
            raise ParameterError(
                f"{found.where('commune')} : le fichier porte le nom de {commune.label} "
                f"mais désigne {quote(found.values['commune'])}.",
                remedy=f'Écrivez commune: "{commune.code}", ou renommez le fichier.',
            )
    return validate(Parameters, {**merge(layers), "commune": commune.code}, layers), commune


def check_lot(lot: Layer) -> None:
    """Check that the parameters of a lot go with the defaults, before any commune is built with them.

    Raises:
        ParameterError: every problem found.
    """
    if "commune" in lot.values:
        keys = french.enumerate_words(["communes", *(level.key for level in levels.larger())], link="ou")
        raise ParameterError(
            f"{lot.where('commune')} : les paramètres d'un lot ne désignent pas de commune.",
            remedy=f"Indiquez les communes du lot par {keys}.",
        )
    layers = [read_layer(paths.PARAMS / "defaut.yml"), lot]
    validate(Parameters, {**merge(layers), "commune": ""}, layers)


def read_cell(values: Mapping[str, Any]) -> tuple[CellParameters, Commune]:
    """Read the parameters that a notebook gives by hand or by papermill, and find the commune.

    Raises:
        ParameterError: every problem found, as for a file of parameters.
        DiagnosticError: the commune is unknown, ambiguous or merged.
    """
    given = {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
    layers = [Layer("paramètres du carnet", given)]
    commune = _find_or_explain(CellParameters, layers)
    return validate(CellParameters, {**given, "commune": commune.code}, layers), commune


Given = TypeVar("Given", bound=Settings)


def complete(parameters: Given, *, since: int, until: int, pyramids: list[int]) -> Given:
    """Complete parameters: the dates they leave open become those given.

    Raises:
        ParameterError: a date that they set does not go with the others.
    """
    values = parameters.model_dump()
    found = {"millesime": until, "millesime_ancien": since, "pyramides": pyramids}
    found = {key: value for key, value in found.items() if values[key] is None}
    return validate(type(parameters), values | found, [Layer("derniers millésimes connus", found)])


def write_schema(path: Path | None = None) -> Path:
    """Write the JSON Schema of the parameter files, for editors that complete and check them (`make schema`)."""
    path = path or paths.PARAMS / "schema.json"
    path.write_text(schema_text(), encoding="utf-8")
    return path


def schema_text() -> str:
    """Write the JSON Schema of the parameter files as a text: the themes of its comments are those of the notebooks."""
    schema = Parameters.model_json_schema()
    schema["required"] = []
    schema["description"] = "Paramètres d'un diagnostic ; les valeurs par défaut sont dans defaut.yml."
    let_be_empty(schema["properties"])
    comments = schema["properties"]["commentaires"]["anyOf"][0]
    # Offered by editors, and not imposed: a notebook may have been added since.
    comments["properties"] = {theme: {"type": "string"} for theme in themes.list_themes()}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _find_or_explain(model: type[Settings], layers: list[Layer]) -> Commune:
    """Find the commune of layers; the error of one that cannot be found names their other problems too."""
    try:
        return _find(layers)
    except DiagnosticError as error:
        error.message = "\n".join(
            [error.message, *find_problems(model, merge(layers), layers, but="commune")]
        )
        raise


def _refuse_postal_code(query: str, layers: list[Layer]) -> None:
    """Refuse a number that names other communes as a postal code, with the other problems of the layers."""
    from helpers.territory.postal_codes import refuse_postal_code

    try:
        refuse_postal_code(query)
    except DiagnosticError as error:
        others = find_problems(Parameters, merge(layers), layers, but="commune")
        error.message = "\n".join([error.message, *others])
        raise


def _find(layers: list[Layer]) -> Commune:
    # Loaded here: a lot is read, and found to be up to date, without pandas.
    from helpers.territory.communes import find_commune

    for layer in reversed(layers):
        value = _read_code(layer.values.get("commune"))
        if value in (None, ""):
            continue
        if not isinstance(value, str):
            what = "un nombre" if type(value) in (int, float) else "attendu un texte"
            raise ParameterError(
                f"{layer.where('commune')} : commune vaut {quote(value)}, {what}.",
                remedy='Mettez le code Insee entre guillemets : commune: "01004" (sans eux, 01004 est lu comme un '
                "nombre : 1004, ou 516). Avec papermill : -r commune 01004.",
            )
        try:
            return find_commune(value)
        except DiagnosticError as error:
            if layer.lines:
                error.message = f"{layer.where('commune')} : {error.message}"
            raise
    raise ParameterError("Aucune commune n'est indiquée.", remedy="Lancez par exemple : make commune=Hem.")
