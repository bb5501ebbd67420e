"""The convocation to a workshop: a text that the town hall copies under its own head."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date

from helpers import french
from helpers.partnership import kit_flow
from helpers.partnership.convention_sheet import describe_privacy
from helpers.partnership.kit_flow import Row, heading, line, title
from helpers.partnership.kit_room import Room, cite
from helpers.publication.documents.sheets import Sheet

# Points: what is read by people, not what is said to the facilitators.
_SIZE = 11.5
# What those who are invited will do there, and do before they come.
_PURPOSES = {
    1: (
        "Quelques constats tirés des chiffres de la commune seront lus en un quart d'heure. À des tables où élus et "
        "techniciens sont mêlés, vous direz ce que vous confirmez, nuancez ou contredisez, et ce que les chiffres "
        "ne voient pas : votre connaissance de la commune est ce qui leur manque. Aucun savoir de statistique n'est "
        "demandé. Les solutions viendront à l'atelier 3.",
        "Lire « L'essentiel » : dix minutes. Noter une chose que vous reconnaissez et une qui vous étonne.",
    ),
    2: (
        "D'après ce qui a été dit à l'atelier 1, vous direz les enjeux de la commune dans vos mots, en trois à cinq "
        "phrases. Un enjeu relie deux choses auxquelles on tient : par exemple, « permettre aux aînés de rester et "
        "aux maisons de circuler ». Vous les placerez ensuite selon leur importance et selon ce que la commune peut y "
        "faire.",
        "Relire le compte rendu de l'atelier 1. Parmi les questions suivantes, choisir celle qui doit absolument être "
        "traitée :",
    ),
    3: (
        "Pour les enjeux retenus, vous chercherez des leviers, c'est-à-dire des actions possibles : qui les porte, "
        "avec quel outil, pour quand, et le premier pas. À la fin, les élus diront ce qu'ils porteront au conseil.",
        "Relire le compte rendu de l'atelier 2. Pour un de ces enjeux, penser à ce que votre service ou votre "
        "délégation peut faire dans l'année :",
    ),
}


def make(room: Room) -> list[Sheet]:
    """Make the text that invites to the workshop: when, where, what for, what to read first, what becomes of words."""
    kit = room.kit
    goal, before = _PURPOSES[kit.number]
    rows = [
        title(f"Convocation à l'atelier {kit.number}"),
        line(
            "Texte à copier sur papier à en-tête de la commune, ou dans un courriel, sept jours avant au plus tard."
        ),
        heading("Madame, Monsieur,"),
        *_say(*_invitation(room)),
        heading("Ce que nous y ferons"),
        *_say(goal),
        heading("Avant de venir"),
        *_say(before, *_named(room)),
        heading("Ce que deviennent vos paroles"),
        *_say(
            f"Votre accord sera demandé au début ; vous pouvez le refuser. {describe_privacy(room.convention)}"
        ),
        heading("La suite"),
        *_say(*_sequel(room)),
    ]
    return kit_flow.pages(rows)


def _say(*texts: str) -> list[Row]:
    return [line(text, _SIZE) for text in texts]


def _invitation(room: Room) -> list[str]:
    """Write who meets, how many times, when and where this time."""
    kit, convention = room.kit, room.convention
    people = f"{french.quantity(kit.elected, 'élu')} et {french.quantity(kit.technicians, 'technicien')}"
    days = [_day(one.date) for one in convention.ateliers if one.date]
    when = ", ".join([f"le {_day(kit.day)}", *room.where])
    joined = ["« L'essentiel » (4 pages)"] + [f"le compte rendu de l'atelier {kit.number - 1}"] * (
        kit.number > 1
    )
    return [
        f"La commune {french.of(kit.commune)} travaille avec l'Agence d'urbanisme à partir des chiffres de ses "
        f"habitants et de ses logements. {people} se réunissent, les mêmes à chaque fois : "
        f"{french.enumerate_words(days)}.",
        *cite("Ce que la commune en attend", convention.objet),
        f"Vous êtes invité(e) à l'atelier {kit.number}, {when}, pour {_duration(room.minutes)}.",
        f"{french.plural(len(joined), 'Joint')} : {french.enumerate_words(joined)}.",
    ]


def _named(room: Room) -> list[str]:
    """Name the questions of the second workshop, or the issues of the third."""
    if room.kit.number == 2:
        return [f"{code} – {room.title_of(code)}" for code in room.choices.questions]
    if room.kit.number == 3:
        return [f"{one.code} – {one.text}" for one in room.agreed.issues]
    return []


def _sequel(room: Room) -> list[str]:
    """Write what comes next, what becomes of the result, whom to answer."""
    convention, number = room.convention, room.kit.number
    following = (
        f"Atelier {number + 1}" if number < len(convention.ateliers) else f"Bilan ({convention.bilan_forme})"
    )
    day = f" {following} : le {_day(room.next_day)}." if room.next_day else ""
    asked = convention.contact_commune or convention.contact_agence or "(adresse à compléter)"
    return [
        f"Le compte rendu vous est envoyé sous 48 heures.{day}",
        *cite("Ce qui sera fait du résultat", convention.usage_prevu),
        f"Merci de dire si vous viendrez, à {asked}.",
        "(formule de politesse, signature)",
    ]


def _day(day: date) -> str:
    return f"{format_date(day, 'EEEE', locale='fr')} {french.long_date(day)}"


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{french.quantity(hours, 'heure')}{f' {rest}' if rest else ''}" if hours else f"{rest} minutes"
