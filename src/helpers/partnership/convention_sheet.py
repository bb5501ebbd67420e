"""The convention as one page to sign, A4: zones in millimetres, none of which its text may overflow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from helpers import french, paths, tokens
from helpers.errors import ParameterError
from helpers.partnership.convention import Convention
from helpers.publication.documents.pdf import count_pages, print_page

_TEMPLATE = "convention.html.j2"
_WIDTH, _HEIGHT = 210, 297
# The logos of a page: `name` and `image` of each, none for the names of both who sign.
Logos = Sequence[Mapping[str, str]]
# Beyond as many characters, the object and the use are written smaller.
_ROOMY = 260
_STEPS = ("Convention", "Matériaux", "Atelier 1", "Atelier 2", "Atelier 3", "Bilan")
# The texts that a zone may be too small for, by the keys of the convention.
_CUT: dict[str, tuple[str, ...]] = {
    "title": ("commune",),
    "purpose": ("objet", "usage_prevu", "themes"),
    "steps": ("ateliers",),
    "people": ("relecteur", "contact_commune", "contact_agence"),
    "brings": ("donnees_convenues",),
    "published": (),
    "privacy": ("contact_agence",),
    "signatures": ("signataires",),
}


@dataclass(frozen=True)
class Zone:
    """A part of the page: where, in millimetres from its top left corner; what it is called."""

    key: str
    name: str
    x: float
    y: float
    w: float
    h: float


ZONES = (
    Zone("title", "Titre", 15, 15, 180, 22),
    Zone("purpose", "Objet et usage", 15, 40, 180, 38),
    Zone("steps", "Les étapes", 15, 81, 180, 34),
    Zone("people", "Qui participe", 15, 118, 88, 56),
    Zone("brings", "Ce que chacun apporte", 107, 118, 88, 56),
    Zone("published", "Ce qui peut être publié", 15, 177, 180, 42),
    Zone("privacy", "Vie privée", 15, 222, 180, 22),
    Zone("signatures", "Signatures", 15, 247, 180, 32),
)


def make(convention: Convention, *, logos: Logos = ()) -> bytes:
    """Make the page of a convention as a PDF; `logos` are those of its parameters, as `helpers.logos` reads them.

    Raises:
        ParameterError: a text overflows its zone: how many characters are to be cut from which key.
        BuildError: a library of the system is missing.
    """
    for zone in ZONES:
        if not _fits(convention, zone, logos=logos):
            raise _refuse(convention, zone, logos=logos)
    return print_page(write_page(convention, logos=logos))


def write_page(convention: Convention, *, logos: Logos = (), alone: Zone | None = None) -> str:
    """Write the page as HTML; of one zone alone, on a page of its size."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    size = (alone.w, alone.h) if alone else (_WIDTH, _HEIGHT)
    return environment.get_template(_TEMPLATE).render(
        **_words(convention, logos=logos),
        zones=[asdict(alone)] if alone else [asdict(zone) for zone in ZONES],
        alone=alone is not None,
        width=size[0],
        height=size[1],
        field=_field,
        tokens=Markup(tokens.sheet()),
    )


def _field(text: str) -> str:
    return text or Markup('<span class="empty">à compléter</span>')


def _words(convention: Convention, *, logos: Logos) -> dict[str, Any]:
    """Gather what the page says."""
    written = french.typography
    people = convention.nb_elus + convention.nb_techniciens
    contact = convention.contact_commune or "à compléter"
    return {
        "commune": convention.commune,
        "fictive": convention.fictive,
        "draft": bool(convention.missing),
        "logos": logos or [{"name": name, "image": ""} for name in (convention.commune, "Agence")],
        "objet": written(convention.objet),
        "dense": len(convention.objet) + len(convention.usage_prevu) > _ROOMY,
        "usage": written(convention.usage_prevu),
        "themes": french.enumerate_words(convention.themes),
        "steps": list(_steps(convention)),
        "people": [
            written(line)
            for line in (
                f"{french.quantity(convention.nb_elus, 'élu')} et "
                f"{french.quantity(convention.nb_techniciens, 'technicien')}, {people} personnes",
                f"{french.quantity(convention.nb_animateurs, 'animateur')} de l'Agence, qui écrivent",
                f"{french.quantity(convention.tables, 'table')} mêlant élus et techniciens",
                f"Relecture du compte rendu : {convention.relecteur or 'à compléter'}, cinq jours ouvrés",
                f"Commune : {contact}",
                f"Agence : {convention.contact_agence or 'à compléter'}",
            )
        ],
        "brings": [written(line) for line in _brings(convention)],
        "published": list(_published(convention)),
        "privacy": written(describe_privacy(convention)),
        "signatories": [written(one) for one in convention.signataires] or ["", ""],
        "signed": f"{convention.date_signature:%d/%m/%Y}" if convention.date_signature else "",
    }


def describe_privacy(convention: Convention) -> str:
    """Write what becomes of what people say: read aloud, printed on the sheet and at the door."""
    months = french.quantity(convention.conservation_mois, "mois", "mois")
    contact = convention.contact_agence or "(contact de l'Agence à compléter)"
    return (
        "Ce que vous dites est noté sans votre nom, comme parole d'élu ou de technicien. Vous pouvez relire, corriger "
        f"ou retirer vos phrases jusqu'à cinq jours ouvrés après l'envoi du compte rendu, à {contact}. Les feuilles et "
        f"fichiers de saisie sont détruits {months} après cet envoi. Le diagnostic publié ne garde que ce que la "
        "convention permet."
    )


def _steps(convention: Convention) -> Iterable[dict[str, str]]:
    """List the six steps: name, date, where."""
    workshops = [*convention.ateliers, None, None, None][:3]
    dates = [convention.date_signature, convention.materiaux_retour]
    dates += [one.date if one else None for one in workshops] + [convention.bilan_date]
    more = ["", "retour du classeur"]
    more += [", ".join(filter(None, (one.heure, one.lieu))) if one else "" for one in workshops]
    more += [convention.bilan_forme]
    for name, day, words in zip(_STEPS, dates, more, strict=True):
        yield {"name": name, "date": f"{day:%d/%m/%Y}" if day else "", "more": french.typography(words)}


def _brings(convention: Convention) -> list[str]:
    agreed = french.enumerate_words(convention.donnees_convenues)
    long = max((one.duree_minutes for one in convention.ateliers), default=120)
    back = f", le {_write(convention.materiaux_retour)}" if convention.materiaux_retour else ""
    ends = f" Fin : {_write(convention.date_fin)}." if convention.date_fin else ""
    return [
        f"Commune : {agreed or 'données à convenir'}, dans le classeur « Parc et projets »{back}",
        f"Commune : la salle et l'invitation ; {long} minutes par atelier",
        "Agence : le diagnostic, les supports des ateliers, le compte rendu sous 48 heures",
        f"Agence : le bilan ({convention.bilan_forme}).{ends}",
    ]


def _published(convention: Convention) -> Iterable[dict[str, Any]]:
    shown = convention.diffusion
    lines: tuple[tuple[str, str, Mapping[str, str]], ...] = (
        ("Compte rendu", shown.compte_rendu, {key: key for key in ("participants", "commune", "public")}),
        ("Paroles dans le diagnostic public", shown.contributions,
         {"avec_role": "avec le rôle", "sans_role": "sans le rôle", "non": "non"}),
        ("Matériaux de la commune", shown.materiaux,
         {"public": "publics", "selon_ligne": "selon chaque ligne", "non": "non"}),
        ("Enjeux repris à l'échelle métropolitaine", "oui" if shown.metropole else "non", {"oui": "oui", "non": "non"}),
        ("Photos", convention.photos, {"feuilles": "des feuilles, jamais des visages", "non": "non"}),
    )  # fmt: skip
    for label, chosen, options in lines:
        boxes = [{"text": french.typography(text), "chosen": key == chosen} for key, text in options.items()]
        yield {"label": french.typography(label), "options": boxes}


def _fits(convention: Convention, zone: Zone, *, logos: Logos) -> bool:
    """Tell whether a zone holds on a page of its size."""
    return count_pages(write_page(convention, logos=logos, alone=zone)) == 1


def _refuse(convention: Convention, zone: Zone, *, logos: Logos) -> ParameterError:
    """Find how many characters are to be cut from the longest text of a zone for it to hold."""
    texts = {key: getattr(convention, key) for key in _CUT[zone.key]}
    written = {
        key: text if isinstance(text, str) else ", ".join(map(str, text)) for key, text in texts.items()
    }
    key = max(written, key=lambda name: len(written[name]))
    words = written[key]
    where = f"{paths.CONVENTION}, {key} : le texte dépasse la zone « {zone.name} » de la feuille"
    if not isinstance(texts[key], str):
        return ParameterError(
            f"{where} ({len(words)} signes).", remedy="Raccourcissez-le : tout tient sur une page."
        )
    fits, over = 0, len(words)
    while over - fits > 1:
        middle = (fits + over) // 2
        shorter = convention.model_copy(update={key: words[:middle]})
        fits, over = (middle, over) if _fits(shorter, zone, logos=logos) else (fits, middle)
    return ParameterError(f"{where}.", remedy=f"Retirez-en {len(words) - fits} signes, sur {len(words)}.")


def _write(day: date | None) -> str:
    return french.long_date(day) if day else ""
