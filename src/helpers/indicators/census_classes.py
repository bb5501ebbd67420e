"""The classes that the census gives (ages, rooms, years), and how others are made up from them."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.indicators.age_classes import Bounds, chain


def covers(bounds: Bounds, classes: Sequence[tuple[tuple[str, ...], Bounds]]) -> tuple[tuple[str, ...], ...]:
    """Find the ways to make up a class from others that follow one another, those of fewer classes first."""
    names = {str(rank): names for rank, (names, _) in enumerate(classes)}
    pieces = [(first, last, str(rank)) for rank, (_, (first, last)) in enumerate(classes)]
    ways = (tuple(name for rank in way for name in names[rank]) for way in chain(bounds, pieces))
    return tuple(sorted(ways, key=len))


def _classes(**bounds: Bounds) -> tuple[tuple[tuple[str, ...], Bounds], ...]:
    return tuple(((name,), limits) for name, limits in bounds.items())


# The classes that the census gives. Ages, in years.
AGE_GROUPS = (
    *_classes(
        POP0014=(0, 14), POP1529=(15, 29), POP1824=(18, 24), POP3044=(30, 44), POP4559=(45, 59), POP6074=(60, 74),
        POP75P=(75, None), POP7589=(75, 89), POP90P=(90, None),
    ),
    (("H0019", "F0019"), (0, 19)),
    (("H2064", "F2064"), (20, 64)),
    (("H65P", "F65P"), (65, None)),
)  # fmt: skip
ROOMS = _classes(RP_1P=(1, 1), RP_2P=(2, 2), RP_3P=(3, 3), RP_4P=(4, 4), RP_5PP=(5, None))
# Years of completion. The last period ends three years before the census; RP2011 and RP2012 have only three (ACHT).
PERIODS = _classes(
    RP_ACHTOT=(0, None), RP_ACHT1=(0, 1945), RP_ACHT2=(1946, 1990), RP_ACHT3=(1991, None), RP_ACH19=(0, 1918),
    RP_ACH45=(1919, 1945), RP_ACH70=(1946, 1970), RP_ACH90=(1971, 1990), RP_ACH05=(1991, 2005), RP_ACH15=(2006, None),
)  # fmt: skip
# Whole years since the household moved in.
STAYS = _classes(
    MEN_ANEM0002=(0, 1), MEN_ANEM0204=(2, 4), MEN_ANEM0509=(5, 9), MEN_ANEM10P=(10, None), MEN_ANEM1019=(10, 19),
    MEN_ANEM2029=(20, 29), MEN_ANEM30P=(30, None),
)  # fmt: skip
