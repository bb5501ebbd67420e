"""The convention of a partnership: what `params/<commune>/convention.yml` may say, its defaults, its warnings.

No key is for the name of a person: those who sign are functions. Until it is signed (`date_signature`) a convention
may lack anything, and its sheet is a draft; signed, it is whole. What is unusual without being wrong is a warning.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from helpers import french, paths
from helpers.contributions import kept
from helpers.errors import DiagnosticError, ParameterError
from helpers.layers import Layer, is_empty, let_be_empty, read_layer, suggest, validate
from helpers.partnership import privacy
from helpers.partnership.values import read_date

# Days between two workshops, and between the return of the workbook and the first workshop, under which it is reported.
BETWEEN, BEFORE = 21, 30
_LONGEST = 24
_TOTAL = (6, 16)
SHEETS = ("opérations", "écoles", "petite enfance", "équipements", "autres tableaux")


def _read_day(value: object) -> object:
    """Read a date as YAML gives it, or as people write it: 15/09/2026."""
    if isinstance(value, datetime):
        return value.date()
    if is_empty(value) or isinstance(value, date):
        return value or None
    read = read_date(value).value
    if read is None or len(read) < len("2026-09-15"):
        raise ValueError(f"{value!r} n'est pas une date : écrivez par exemple 15/09/2026")
    return date.fromisoformat(read)


def _read_yes(value: object) -> object:
    return {"oui": True, "non": False}.get(value.lower(), value) if isinstance(value, str) else value


def _read_list(value: object) -> object:
    """Read a list that may have been written on one line: `démographie, logement`."""
    return (
        [part.strip() for part in re.split(r"[,;]", value) if part.strip()]
        if isinstance(value, str)
        else value
    )


def _read_time(value: object) -> object:
    """Read a time: `14 h`, `14h30`, `14:30`; YAML takes the last for a number of minutes."""
    return f"{value // 60} h {value % 60:02d}".removesuffix(" 00") if isinstance(value, int) else value


Day = Annotated[date | None, BeforeValidator(_read_day)]
Words = Annotated[list[str], BeforeValidator(_read_list)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    @field_validator("*", mode="before")
    @classmethod
    def _fill(cls, value: object, info: ValidationInfo) -> object:
        """Give its default to a key without a value."""
        declared = cls.model_fields[str(info.field_name)]
        return declared.get_default(call_default_factory=True) if is_empty(value) else value

    @field_validator("*", mode="after")
    @classmethod
    def _no_name(cls, value: object, info: ValidationInfo) -> object:
        """Refuse the name of a person; an e-mail or a telephone too, save in a contact."""
        contact = str(info.field_name).startswith("contact")
        for text in value if isinstance(value, list) else [value]:
            mention = privacy.find_refused(text) if isinstance(text, str) else None
            if mention and not (contact and mention.kind != "civilité"):
                raise ValueError(
                    f"{mention.explain()} ({text!r}) : écrivez une fonction ou un service, jamais un nom"
                )
        return french.visible(value) if isinstance(value, str) else value


class Workshop(_Part):
    """One workshop: when, where, how long, at how many tables, in what form."""

    date: Day = Field(default=None, title="Date")
    heure: Annotated[str, BeforeValidator(_read_time)] = Field(default="", max_length=20, title="Heure")
    lieu: str = Field(default="", max_length=60, title="Lieu")
    duree_minutes: int = Field(default=120, ge=60, le=240, title="Durée")
    tables: int | None = Field(default=None, ge=1, le=4, title="Tables, d'après les animateurs si vide")
    format: Literal["tables", "plénière"] = Field(default="tables", title="Format")


class Diffusion(_Part):
    """What of the partnership may be shown, and to whom."""

    compte_rendu: Literal["participants", "commune", "public"] = Field(
        default="participants", title="Compte rendu"
    )
    contributions: Literal["avec_role", "sans_role", "non"] = Field(
        default="sans_role", title="Paroles dans le diagnostic public"
    )
    materiaux: Literal["public", "selon_ligne", "non"] = Field(
        default="selon_ligne", title="Matériaux de la commune"
    )
    metropole: Annotated[bool, BeforeValidator(_read_yes)] = Field(
        default=True, title="Enjeux repris à l'échelle métropolitaine"
    )


class Convention(_Part):
    """What the convention says; `title` is what its sheet calls it."""

    commune: str = Field(default="", max_length=60, title="Commune")
    code_insee: str = Field(default="", pattern=r"^$|^\d[0-9AB]\d{3}$", title="Code Insee")
    fictive: Annotated[bool, BeforeValidator(_read_yes)] = Field(default=False, title="Commune fictive")
    objet: str = Field(default="", max_length=300, title="Ce que la commune en attend")
    usage_prevu: str = Field(default="", max_length=200, title="Ce qui sera fait du résultat")
    themes: Words = Field(default_factory=lambda: ["démographie", "logement"], title="Thèmes")
    signataires: Words = Field(default_factory=list, title="Signataires (fonctions)")
    date_signature: Day = Field(default=None, title="Signée le")
    date_fin: Day = Field(default=None, title="Fin")
    ateliers: list[Workshop] = Field(default_factory=lambda: [Workshop()], max_length=3, title="Ateliers")
    nb_elus: int = Field(default=6, ge=2, le=10, title="Élus attendus")
    nb_techniciens: int = Field(default=6, ge=2, le=10, title="Techniciens attendus")
    nb_animateurs: int = Field(default=2, ge=2, le=4, title="Animateurs-scripts")
    materiaux_retour: Day = Field(default=None, title="Retour du classeur « Parc et projets »")
    donnees_convenues: Words = Field(default_factory=list, title="Données que la commune fournit")
    relecteur: str = Field(default="", max_length=80, title="Qui relit le compte rendu")
    diffusion: Diffusion = Field(default_factory=Diffusion, title="Ce qui peut être publié")
    photos: Literal["non", "feuilles"] = Field(default="feuilles", title="Photos")
    conservation_mois: int = Field(default=3, ge=1, le=12, title="Feuilles et saisies détruites après (mois)")
    bilan_forme: Literal["réunion", "conseil", "note", "exposition"] = Field(
        default="réunion", title="Forme du bilan"
    )
    bilan_date: Day = Field(default=None, title="Date du bilan")
    contact_agence: str = Field(default="", max_length=100, title="Contact à l'agence")
    contact_commune: str = Field(default="", max_length=100, title="Contact à la commune")

    @field_validator("code_insee", mode="before")
    @classmethod
    def _code(cls, value: object) -> object:
        return f"{value:05d}" if type(value) is int else value

    @field_validator("donnees_convenues")
    @classmethod
    def _sheets(cls, value: list[str]) -> list[str]:
        known = {french.fold(name): name for name in SHEETS}
        # As the sheets of the workbook are called, or as people say them.
        known |= {french.fold("effectifs scolaires"): "écoles"}
        for text in value:
            if french.fold(text) not in known:
                raise ValueError(
                    f"{text!r} n'est pas une feuille du classeur{suggest(text, SHEETS)} ; {', '.join(SHEETS)}"
                )
        return [known[french.fold(text)] for text in value]

    @field_validator("date_fin")
    @classmethod
    def _ends(cls, value: date | None, info: ValidationInfo) -> date | None:
        signed = info.data.get("date_signature")
        if value and signed:
            months = (value.year - signed.year) * 12 + value.month - signed.month + (value.day > signed.day)
            if value <= signed:
                raise ValueError(f"{_day(value)} n'est pas après la signature ({_day(signed)})")
            if months > _LONGEST:
                raise ValueError(
                    f"{_day(value)} est à plus de {_LONGEST} mois de la signature ({_day(signed)})"
                )
        return value

    @field_validator("ateliers")
    @classmethod
    def _increasing(cls, value: list[Workshop]) -> list[Workshop]:
        for rank, (first, second) in enumerate(pairwise(value), start=1):
            if first.date and second.date and second.date <= first.date:
                raise ValueError(
                    f"l'atelier {rank + 1} ({_day(second.date)}) n'est pas après l'atelier {rank} ({_day(first.date)})"
                )
        return value

    @field_validator("nb_techniciens")
    @classmethod
    def _together(cls, value: int, info: ValidationInfo) -> int:
        total = value + info.data.get("nb_elus", value)
        if not _TOTAL[0] <= total <= _TOTAL[1]:
            raise ValueError(f"{total} participants avec nb_elus, de {_TOTAL[0]} à {_TOTAL[1]} attendus")
        return value

    @model_validator(mode="after")
    def _whole_once_signed(self) -> Convention:
        if self.date_signature and (lacking := self.missing):
            raise ValueError(f"convention signée, mais il y manque {french.enumerate_words(lacking)}")
        return self

    @property
    def tables(self) -> int:
        """The number of tables: one for each facilitator, who writes for it."""
        return self.nb_animateurs

    def tables_of(self, number: int) -> int:
        """Give the number of tables of a workshop, counted from 1."""
        own = self.ateliers[number - 1].tables if number <= len(self.ateliers) else None
        return own or self.tables

    @property
    def missing(self) -> list[str]:
        """List what a signed convention must have and this one lacks, by the keys."""
        needed = ("commune", "code_insee", "objet", "usage_prevu", "signataires", "date_signature", "date_fin",
                  "materiaux_retour", "relecteur", "bilan_date", "contact_agence", "contact_commune")  # fmt: skip
        lacking = [key for key in needed if not getattr(self, key)]
        first = self.ateliers[0] if self.ateliers else Workshop()
        return lacking + [f"ateliers.1.{key}" for key in ("date", "lieu") if not getattr(first, key)]

    def warnings(self) -> list[str]:
        """List in French what is unusual without being wrong."""
        dated = [(rank, one.date) for rank, one in enumerate(self.ateliers, start=1) if one.date]
        said = [
            f"ateliers : {(day - before).days} jours entre l'atelier {first} et l'atelier {second}, {BETWEEN} au moins "
            "pour le compte rendu et sa relecture."
            for (first, before), (second, day) in pairwise(dated)
            if (day - before).days < BETWEEN
        ]
        if dated and self.materiaux_retour and (gap := (dated[0][1] - self.materiaux_retour).days) < BEFORE:
            said.append(
                f"materiaux_retour : {gap} jours avant l'atelier {dated[0][0]}, {BEFORE} au moins pour les vérifier "
                f"(le {_day(dated[0][1] - timedelta(days=BEFORE))})."
            )
        last = [day for _, day in dated[-1:]]
        if last and self.date_fin and self.date_fin < last[0]:
            said.append(f"date_fin : {_day(self.date_fin)}, avant le dernier atelier ({_day(last[0])}).")
        if last and self.bilan_date and self.bilan_date <= last[0]:
            said.append(f"bilan_date : {_day(self.bilan_date)}, avant le dernier atelier ({_day(last[0])}).")
        for key in ("contact_agence", "contact_commune"):
            if privacy.is_personal_address(text := getattr(self, key)):
                said.append(f"{key} : {text!r} est l'adresse d'une personne ; préférez celle d'un service.")
        return said + self._named()

    def _named(self) -> list[str]:
        """Warn of what may be the name of a person."""
        texts = [(key, text) for key in ("objet", "usage_prevu", "relecteur", "contact_agence", "contact_commune")
                 for text in [getattr(self, key)]]  # fmt: skip
        texts += [("signataires", text) for text in self.signataires]
        return [
            f"{key} : {mention.explain()} ; écrivez une fonction."
            for key, text in texts
            for mention in privacy.find_mentions(text)
            if mention.kind == "prénom"
        ]


def find_convention(slug: str) -> Convention:
    """Read the convention of a commune; its defaults where there is none.

    Raises:
        ParameterError: it cannot be read.
    """
    path = kept.convention_file(slug)
    return read_convention(path) if path.is_file() else Convention()


def read_convention(path: Path) -> Convention:
    """Read a convention.

    Raises:
        ParameterError: every problem found, each with its file, line, key and value; an unknown commune.
    """
    layer = read_layer(path)
    convention = validate(Convention, layer.values, [layer])
    if convention.code_insee and not convention.fictive:
        _check_commune(convention, layer)
    return convention


def _check_commune(convention: Convention, layer: Layer) -> None:
    # Loaded here: most conventions are read by what has already found the commune.
    from helpers.territory.communes import find_commune

    remedy = f"Corrigez {paths.CONVENTION}, ou écrivez fictive: oui pour un exemple."
    try:
        found = find_commune(convention.code_insee)
    except DiagnosticError as error:
        where = layer.where("code_insee")
        raise ParameterError(
            f"{where} : code_insee {convention.code_insee!r} : {error.message}", remedy=remedy
        ) from None
    if convention.commune and french.search_key(found.name) != french.search_key(convention.commune):
        raise ParameterError(
            f"{layer.where('commune')} : commune {convention.commune!r}, mais {found.code} est {found.label}.",
            remedy=remedy,
        )


def describe_schema() -> dict[str, Any]:
    """Give the JSON Schema of a convention, for editors that complete and check it: a key may be left empty."""
    schema = Convention.model_json_schema()
    schema["description"] = "Convention d'un partenariat ; une clé vide prend sa valeur par défaut."
    for part in (schema, *schema["$defs"].values()):
        let_be_empty(part["properties"])
    return schema


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")
