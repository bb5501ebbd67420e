"""The record of every official file: who publishes it, which vintage, where, under which licence."""

from __future__ import annotations

import difflib
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from helpers import schemas
from helpers.errors import SourceError, quote

REGISTRY = Path(__file__).with_name("registry.toml")

# The year of the list of communes every figure is carried to.
GEOGRAPHY = 2026

# Vintage of the census -> the dates it gives in one list of communes, at least five years apart.
TRIPLES = {
    2018: (2008, 2013, 2018),
    2021: (2010, 2015, 2021),
    2022: (2011, 2016, 2022),
    2023: (2012, 2017, 2023),
}

# How a vintage chooses the records of a family. Its own tables:
BY_VINTAGE = ("serie-historique", "evol-struct-pop", "logement", "coupl-fam-men", "ages", "comparateur")
# one file per date of its triple:
BY_DATE = ("migcom", "logemt")
# the newest edition, whatever the vintage:
NEWEST = (
    "pop-sexe-age-quinquennal", "populations-historiques", "populations-municipales", "populations-legales",
    "naissances", "deces", "sitadel", "filosofi", "revenus", "rpls", "lovac", "equipements", "appartenance",
    "mouvements",
)  # fmt: skip
# Families without which a vintage is no diagnosis: the newest one that has them all is taken by default.
MAIN_FAMILIES = ("serie-historique", "evol-struct-pop", "logement", "coupl-fam-men")

# Tables of the store that are lists rather than figures.
REFERENCE_TABLES = ("territories", "former_communes", "outlines", "postal_codes")

_SHOWN = 8


class Source(BaseModel):
    """One official file of one vintage, as `registry.toml` describes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    producer: str
    title: str
    citation: str = Field(description="How the file is named in a source line, after « Source : »")
    family: str = Field(description="What `make data only=...` calls it: logement, migcom, naissances...")
    vintage: int | None = None
    dates: tuple[int, ...] = Field(default=(), description="Years of its figures, oldest first")
    exploitation: Literal["principale", "complémentaire"] | None = None
    geography: int | None = Field(default=None, description="Year (1 January) of its list of communes")
    geography_lag: int | None = Field(
        default=None, description="Each year of the file is in the list of so many years later"
    )
    page: str = Field(description="Page that announces the file, to open when its address has moved")
    url: str | None = None
    alternative_url: str | None = None
    opened: bool = Field(default=False, description="True once the address was opened and gave this file")
    size: int | None = Field(default=None, description="Bytes", gt=0)
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    licence: str
    file: str | None = Field(default=None, description="Name under the folder of official files")
    member: str | None = Field(default=None, description="File inside the archive")
    dictionary: str | None = Field(default=None, description="File of variables and codes inside the archive")
    dataset: str | None = Field(default=None, description="Identifier of the data set in Insee's Melodi")
    reader: str | None = Field(default=None, description="Module of helpers.sources that reads it")
    tables: tuple[str, ...] = Field(default=(), description="Tables of the store that it feeds")
    options: dict[str, str] = Field(default_factory=dict, description="What its reader has to know beside")

    @property
    def name(self) -> str:
        """Name of the file, without a folder: the one to drop it under, and that of a mirror."""
        return PurePosixPath(self.file or "").name


@cache
def load_registry() -> dict[str, Source]:
    """Load every source by its identifier, in the order of precedence.

    Raises:
        SourceError: as `read_registry`.
    """
    return read_registry(REGISTRY)


def read_registry(path: Path) -> dict[str, Source]:
    """Read the records of a registry, by identifier, in its order.

    Raises:
        SourceError: lists every faulty record at once: its identifier, the key, what is wrong and what to do.
    """
    try:
        records = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SourceError(
            f"Le registre {path.name} n'est pas du TOML : {error}.", remedy="Corrigez la ligne indiquée."
        ) from error
    sources: dict[str, Source] = {}
    faults: list[str] = []
    for identifier, record in records.items():
        if not isinstance(record, Mapping):
            faults.append(f"{identifier} : ce n'est pas une fiche ; mettez-la sous un titre [identifiant].")
            continue
        if "id" in record:
            faults.append(f"{identifier}, clé « id » : le titre de la fiche en tient lieu, ôtez-la.")
            continue
        try:
            sources[identifier] = Source(id=identifier, **record)
        except ValidationError as error:
            faults += [f"{identifier}, {_explain(fault)}" for fault in error.errors()]
            continue
        faults += [f"{identifier}, {fault}" for fault in _check(sources[identifier])]
    faults += _check_names(sources.values())
    if faults:
        raise SourceError(
            f"Le registre {path.name} a {len(faults)} erreur(s) :\n"
            + "\n".join(f"  • {it}" for it in faults),
            remedy=f"Corrigez {path}.",
        )
    return sources


def _explain(fault: Any) -> str:
    """Say in French what pydantic found, with its remedy."""
    key = ".".join(map(str, fault["loc"]))
    value = fault["input"]
    match fault["type"]:
        case "extra_forbidden":
            near = difflib.get_close_matches(key, Source.model_fields, n=1)
            hint = f"vouliez-vous dire « {near[0]} » ?" if near else f"clés connues : {_names(Source)}."
            return f"clé inconnue « {key} » : {hint}"
        case "missing":
            return (
                f"clé absente « {key} » : {Source.model_fields[key].description or 'elle est obligatoire'}."
            )
        case "literal_error":
            return f"{key} = {value!r} : valeurs possibles : {fault['ctx']['expected']}."
        case "string_pattern_mismatch":
            return f"{key} = {value!r} : une empreinte SHA-256 a 64 chiffres de 0 à f, en minuscules."
        case _:
            return f"{key} = {value!r} n'est pas de la forme voulue ({fault['msg']})."


def _names(model: type[BaseModel]) -> str:
    return ", ".join(name for name in model.model_fields if name != "id")


def _check(source: Source) -> Iterable[str]:
    """List what is wrong in one record taken alone."""
    addresses = {"url": source.url, "alternative_url": source.alternative_url}
    if source.file is not None:
        addresses["page"] = source.page
    for key, address in addresses.items():
        if address is not None and not address.startswith("https://"):
            yield f"{key} = {address!r} : donnez une adresse https://."
    if list(source.dates) != sorted(set(source.dates)):
        yield f"dates = {list(source.dates)} : rangez-les de la plus ancienne à la plus récente, une fois chacune."
    known = [*schemas.TABLES, *REFERENCE_TABLES]
    for table in source.tables:
        if table not in known:
            near = difflib.get_close_matches(table, known, n=1)
            hint = f"vouliez-vous dire « {near[0]} » ?" if near else f"tables connues : {', '.join(known)}."
            yield f"tables : « {table} » est inconnue : {hint}"
    if source.file is None and (source.url or source.member or source.sha256 or source.size):
        yield "file : donnez le nom sous lequel ce fichier est rangé."
    if source.file is not None and PurePosixPath(source.file).is_absolute():
        yield f"file = {source.file!r} : donnez un nom sous le dossier des fichiers officiels."
    if source.file is not None and source.reader is None:
        yield "reader : donnez le module de helpers.sources qui lit ce fichier."
    if source.alternative_url and not source.url:
        yield "alternative_url : donnez d'abord url."
    if source.opened and not source.url:
        yield "opened : il n'y a pas d'adresse à ouvrir."


def _check_names(sources: Iterable[Source]) -> Iterable[str]:
    """List the files that would take each other's place once dropped at the root of the folder."""
    files = [source for source in sources if source.file]
    for name, count in Counter(source.name for source in files).items():
        if count > 1:
            which = ", ".join(source.id for source in files if source.name == name)
            yield f"{which}, file : {quote(name)} est donné {count} fois ; un nom de fichier ne sert qu'une fois."


def find_source(identifier: str) -> Source:
    """Find the record of one source.

    Raises:
        SourceError: no record bears this identifier.
    """
    try:
        return load_registry()[identifier]
    except KeyError:
        raise SourceError(
            f"Source inconnue : {quote(identifier)}.{_suggest(identifier, load_registry())}",
            remedy=f"Ajoutez-la à {REGISTRY.name} ; sources connues : {', '.join(load_registry())}.",
        ) from None


def default_vintage(sources: Iterable[Source] | None = None) -> int:
    """Find the newest vintage whose main families each have a file with a known address.

    Raises:
        SourceError: there is none.
    """
    sources = list(load_registry().values() if sources is None else sources)
    for vintage in sorted(TRIPLES, reverse=True):
        held = {
            source.family for source in sources if source.vintage == vintage and source.file and source.url
        }
        if held.issuperset(MAIN_FAMILIES):
            return vintage
    raise SourceError(
        f"Aucun millésime n'a d'adresse connue pour chacune des familles : {', '.join(MAIN_FAMILIES)}.",
        remedy="Donnez-en un : make data vintage=2022.",
    )


def select(
    *, vintage: int | None = None, only: str | None = None, sources: Iterable[Source] | None = None
) -> list[Source]:
    """Select the records of the files that a vintage needs, in the order of precedence.

    * tables of the census: those of this vintage;
    * detail files: those of the dates of its triple;
    * yearly and reference files: the newest edition that has an address, and the newer ones still without,
      which can only be dropped by hand.

    `only` keeps a family, the files that feed a table of the store, or one record by its identifier. The
    other records (extracts, outlines, composition of the EPCI...) are only had by their own name. Without
    `vintage`, that of `default_vintage`. `sources` are the records to choose from, the registry's by default.

    Raises:
        SourceError: vintage or name unknown, with the near ones; nothing of this name for this vintage.
    """
    records = [source for source in (load_registry().values() if sources is None else sources) if source.file]
    if only is not None and any(source.id == only for source in records):
        return [source for source in records if source.id == only]
    if vintage is not None and vintage not in TRIPLES:
        raise SourceError(
            f"Millésime inconnu : {vintage!r}.",
            remedy=f"Millésimes du recensement : {', '.join(map(str, TRIPLES))}.",
        )
    chosen = vintage or default_vintage(records)
    if only is None:
        wanted = records
    else:
        wanted = [source for source in records if only == source.family or only in source.tables]
        if not wanted:
            raise _unknown(only, records)
    newest = {family: _newest(records, family) for family in NEWEST}
    named = {source.family for source in wanted if source.family == only}
    selected = [source for source in wanted if _belongs(source, vintage=chosen, newest=newest, named=named)]
    if not selected:
        held = sorted({source.vintage for source in wanted if source.vintage is not None})
        raise SourceError(
            f"Aucun fichier « {only} » pour le millésime {chosen}.",
            remedy=f"Années de ces fichiers : {', '.join(map(str, held)) or 'aucune'}. Donnez un autre vintage=…, "
            f"ou un fichier par son nom : {', '.join(source.id for source in wanted[:_SHOWN])}.",
        )
    return selected


def _belongs(source: Source, *, vintage: int, newest: Mapping[str, list[Source]], named: set[str]) -> bool:
    """Tell whether a vintage needs a record."""
    if source.family in BY_VINTAGE:
        return source.vintage == vintage
    if source.family in BY_DATE:
        return source.vintage in TRIPLES[vintage]
    if source.family in newest:
        return source in newest[source.family]
    return source.family in named


def _newest(sources: Iterable[Source], family: str) -> list[Source]:
    """Keep the newest edition of a family that has an address, and those newer still; all of them when none has one."""
    found = [source for source in sources if source.family == family]
    reached = max((_year(source) for source in found if source.url), default=0)
    return [source for source in found if _year(source) >= reached]


def _year(source: Source) -> int:
    """Return the year of an edition: of its figures, or of its list of communes."""
    return source.vintage or source.geography or 0


def _unknown(name: str, records: list[Source]) -> SourceError:
    families = list(dict.fromkeys(source.family for source in records))
    tables = [table for table in schemas.TABLES if any(table in source.tables for source in records)]
    near = _suggest(name, [*families, *tables, *(source.id for source in records)])
    return SourceError(
        f"Ni famille, ni table, ni fichier ne s'appelle {quote(name)}.{near}",
        remedy=f"Familles : {', '.join(families)}. Tables : {', '.join(tables)}.",
    )


def _suggest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name.lower(), list(dict.fromkeys(known)), n=3)
    return f" Vouliez-vous dire {' ou '.join(map(repr, near))} ?" if near else ""
