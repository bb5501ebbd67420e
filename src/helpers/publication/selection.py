"""Selections of communes (lots): a list, or every commune of a larger territory.

What is imported here is light: a lot whose diagnostics are all up to date is reported so without pandas.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, create_model, field_validator

from helpers import french, levels, paths
from helpers.errors import DiagnosticError, ParameterError, StoreError, quote
from helpers.layers import Layer, is_empty, read_layer, validate
from helpers.parameters import check_lot
from helpers.publication.incremental.keys import key_of

# The column of the table `territories` that each selector looks for a code in.
_SELECTORS = {level.key: level.column for level in levels.divided()}
_FRANCE = "france"
_CODE = re.compile(r"\d[0-9AaBb]\d{3}")
_NUMBER = re.compile(r"\d{5}")
_WAYS = french.enumerate_words([*(f"{key}:<code>" for key in _SELECTORS), _FRANCE], link="ou")


class _Lot(BaseModel):
    """What any file of a lot may say."""

    model_config = ConfigDict(extra="forbid", strict=True)

    communes: list[str] = Field(default_factory=list, description="Codes Insee entre guillemets, ou noms")
    france: bool = Field(False, description="Toutes les communes de France")
    parametres: dict[str, Any] = Field(
        default_factory=dict, description="Paramètres de ces communes, entre defaut.yml et <commune>.yml"
    )

    @field_validator("*", mode="before")
    @classmethod
    def _fill(cls, value: object, info: ValidationInfo) -> object:
        """Give its default to a key without a value; a code alone is a list of one."""
        if is_empty(value):
            return cls.model_fields[str(info.field_name)].get_default(call_default_factory=True)
        if info.field_name in ("communes", *_SELECTORS) and isinstance(value, str):
            return [value]
        return [one for one in value if not is_empty(one)] if isinstance(value, list) else value


_CODES: dict[str, Any] = {
    level.key: (
        list[str],
        Field(default_factory=list, description=f"Codes, entre guillemets, de territoires : {level.noun}"),
    )
    for level in levels.divided()
}
# What a lot's YAML file may say: the codes of the territories of each level too.
Lot = create_model("Lot", __base__=_Lot, **_CODES)


@dataclass(frozen=True)
class Place:
    """A commune to build: what finds its diagnostic and names it."""

    code: str
    slug: str
    name: str
    department: str

    @property
    def label(self) -> str:
        """Name with département: `Hem (59)`."""
        return f"{self.name} ({self.department})"


@dataclass(frozen=True)
class Batch:
    """The communes of a lot, and the parameters that it brings."""

    name: str
    places: list[Place]
    parameters: Layer | None = None
    # The key of the file of the lot in manifests, when it brings parameters.
    key: str = ""


def load(name: str) -> Batch:
    """Read the communes of a lot: the name of a file of `params/lots/`, the path of a file, or a selector.

    Raises:
        ParameterError: no such lot, a file that cannot be used, or a lot without communes.
        StoreError: the list of communes cannot be read.
    """
    path = _path(name)
    if path is None:
        return Batch(name, _select(_parse(name), where=f"lot={name}"))
    layer = read_layer(path)
    lot = validate(Lot, layer.values, [layer])
    places = _select(lot, where=str(path))
    if not lot.parametres:
        return Batch(name, places)
    own = Layer(f"{layer.where('parametres')} (parametres)", lot.parametres)
    check_lot(own)
    return Batch(name, places, parameters=own, key=key_of(path))


def list_codes(kind: str) -> list[str]:
    """List the codes of the territories of a kind (`epci`) that the lots of `params/lots/` name, each once.

    A lot that cannot be used names none: building it says why.
    """
    found: list[str] = []
    for name in names():
        try:
            layer = read_layer(paths.PARAMS / "lots" / f"{name}.yml")
            found += getattr(validate(Lot, layer.values, [layer]), kind)
        except DiagnosticError:
            continue
    return list(dict.fromkeys(found))


def find(query: str) -> Place | None:
    """Find the commune that a code, a name or a slug designates beyond doubt.

    Where there is a doubt, nothing: `territory.find_commune` settles it, or says what is wrong.
    """
    query = query.removeprefix("insee:")
    if _CODE.fullmatch(query):
        found = _read("code = ?", [query.upper()])
        return found[0] if found else None
    # What a terminal could not decode arrives as lone surrogates, that no table can hold.
    query = query.encode("utf-8", "replace").decode("utf-8").strip()
    named = _read("key = ?", [french.search_key(query)])
    found = named or _read("slug = ?", [query])
    return found[0] if len(found) == 1 else None


def is_postal_code(query: str) -> bool:
    """Say whether a number is the postal code of another commune than the one whose Insee code it is."""
    if not _NUMBER.fullmatch(number := query.strip()):
        return False
    found = _query(
        "postal_codes", "SELECT code FROM {} WHERE postal_code = ?", [number], folder=paths.EMBEDDED
    )
    return any(code != number for (code,) in found)


def places(codes: Sequence[str]) -> list[Place]:
    """List the communes of today's list that bear these codes, in the order of codes."""
    return _read("code IN (SELECT unnest(?::VARCHAR[]))", [list(codes)]) if codes else []


def populations() -> dict[str, float]:
    """Read the last known population of every commune, by code.

    Raises:
        StoreError: it cannot be read.
    """
    return dict(
        _query(
            "population", "SELECT code, arg_max(value, year) FROM {} WHERE level = 'commune' GROUP BY code"
        )
    )


def names() -> list[str]:
    """List the lots of `params/lots/`."""
    return sorted(path.stem for path in (paths.PARAMS / "lots").glob("*.yml"))


def _path(name: str) -> Path | None:
    """Find the file of a lot; nothing for a selector."""
    if name.endswith((".yml", ".yaml")):
        return Path(name)
    if name == _FRANCE or ":" in name:
        return None
    if name in names():
        return paths.PARAMS / "lots" / f"{name}.yml"
    near = difflib.get_close_matches(name[:80], [*names(), _FRANCE], n=1)
    hint = f"Vouliez-vous dire lot={near[0]} ? " if near else ""
    raise ParameterError(
        f"Aucun lot ne s'appelle {quote(name)}." if name else "Aucun lot n'est indiqué.",
        remedy=f"{hint}Lots connus : {', '.join(names()) or 'aucun'} ; ou un sélecteur : {_WAYS}.",
    )


def _parse(selector: str) -> _Lot:
    if selector == _FRANCE:
        return Lot(france=True)
    kind, _, code = selector.partition(":")
    if kind not in _SELECTORS or not code.strip():
        raise ParameterError(f"Sélecteur inconnu : lot={quote(selector)}.", remedy=f"Donnez {_WAYS}.")
    return Lot.model_validate({kind: [code.strip()]})


def _select(lot: _Lot, *, where: str) -> list[Place]:
    """List the communes of a lot, each once, in the order of their codes."""
    found: dict[str, Place] = {}
    problems, remedies = [], []
    codes = [query.upper() for query in lot.communes if _CODE.fullmatch(query)]
    known = {place.code: place for place in places(codes)}
    for query in lot.communes:
        try:
            place = known.get(query.upper()) or find(query) or _settle(query)
            found[place.code] = place
        except DiagnosticError as error:
            problems.append(error.message)
            remedies.append(error.remedy)
    for kind, column in _SELECTORS.items():
        for code in getattr(lot, kind):
            members = _read(f"{column} = ?", [code])
            found |= {place.code: place for place in members}
            if not members:
                problems.append(f"{kind} {quote(code)} ne désigne aucune commune.")
                remedies.append("Vérifiez le code, entre guillemets dans un fichier : 01 y serait un nombre.")
    if lot.france:
        found |= {place.code: place for place in _read("true", [])}
    if problems:
        raise ParameterError(
            "\n".join(f"{where} : {problem}" for problem in problems),
            remedy="\n".join(dict.fromkeys(filter(None, remedies))),
        )
    if not found:
        raise ParameterError(
            f"{where} : le lot ne contient aucune commune.",
            remedy=f"Indiquez {french.enumerate_words(['communes', *_SELECTORS, _FRANCE], link='ou')}.",
        )
    return [found[code] for code in sorted(found)]


def _settle(query: str) -> Place:
    from helpers.territory.communes import find_commune

    commune = find_commune(query)
    return Place(commune.code, commune.slug, commune.name, commune.department)


def _read(condition: str, values: Sequence[object]) -> list[Place]:
    """Read the communes of the store that meet a condition of SQL."""
    query = f"SELECT code, slug, name, department FROM {{}} WHERE {condition} ORDER BY code"
    return [Place(*row) for row in _query("territories", query, values)]


def _query(
    table: str, query: str, values: Sequence[object] = (), *, folder: Path | None = None
) -> list[tuple[Any, ...]]:
    """Read the rows that a query of SQL finds in a table of the store, named `{}` in it."""
    import duckdb

    path = (folder or paths.store_folder()) / f"{table}.parquet"
    try:
        with duckdb.connect() as connection:
            return connection.execute(query.format("read_parquet(?)"), [str(path), *values]).fetchall()
    except duckdb.Error as error:
        raise _damaged(path, error) from error


def _damaged(table: Path, error: Exception) -> StoreError:
    """Find what is wrong with a table, in the words of the store."""
    from helpers import store

    try:
        store.read_reference(table.stem, folder=table.parent)
    except StoreError as found:
        return found
    return StoreError(f"Table illisible : {table} ({error}).", remedy="Lancez make embedded.")
