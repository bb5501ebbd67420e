"""The overseas collectivities: the files of the census by commune do not hold them."""

from __future__ import annotations

from helpers import french

# By the first three characters of their codes: their names, and those of their communes (code officiel géographique,
# list of 1 January 2025).
COLLECTIVITIES = {
    "975": ("Saint-Pierre-et-Miquelon", "Miquelon-Langlade, Saint-Pierre"),
    "977": ("Saint-Barthélemy", "Saint-Barthélemy"),
    "978": ("Saint-Martin", "Saint-Martin"),
    "986": ("Wallis-et-Futuna", "Alo, Sigave, Uvea"),
    "987": (
        "Polynésie française",
        "Anaa, Arue, Arutua, Bora-Bora, Faaa, Fakarava, Fangatau, Fatu-Hiva, Gambier, Hao, Hikueru, "
        "Hitiaa O Te Ra, Hiva-Oa, Huahine, Mahina, Makemo, Manihi, Maupiti, Moorea-Maiao, Napuka, "
        "Nuku-Hiva, Nukutavake, Paea, Papara, Papeete, Pirae, Pukapuka, Punaauia, Raivavae, Rangiroa, "
        "Rapa, Reao, Rimatara, Rurutu, Tahaa, Tahuata, Taiarapu-Est, Taiarapu-Ouest, Takaroa, "
        "Taputapuatea, Tatakoto, Teva I Uta, Tubuai, Tumaraa, Tureia, Ua-Huka, Ua-Pou, Uturoa",
    ),
    "988": (
        "Nouvelle-Calédonie",
        "Belep, Bouloupari, Bourail, Canala, Dumbéa, Farino, Hienghène, Houaïlou, L'Île-des-Pins, "
        "Kaala-Gomen, Koné, Koumac, La Foa, Lifou, Maré, Moindou, Le Mont-Dore, Nouméa, Ouégoa, Ouvéa, "
        "Païta, Poindimié, Ponérihouen, Pouébo, Pouembout, Poum, Poya, Sarraméa, Thio, Touho, Voh, Yaté, "
        "Kouaoua",
    ),
}


def find_collectivity(name: str, *, department: str = "") -> str | None:
    """Find the collectivity that a code, its own name or that of one of its communes designates.

    `department` are the first three characters of its codes, where they are given; nothing when there is none.
    """
    if (start := department or name[:3]) in COLLECTIVITIES and (department or name.isdigit()):
        return COLLECTIVITIES[start][0]
    key = french.search_key(name)
    for collectivity, communes in COLLECTIVITIES.values():
        if not department and key in map(french.search_key, [collectivity, *communes.split(", ")]):
            return collectivity
    return None
