"""The page docs/sources.md: which official files feed each table of the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from helpers import french, paths, schemas
from helpers.sources.registry import (
    MAIN_FAMILIES,
    REFERENCE_TABLES,
    TRIPLES,
    Source,
    default_vintage,
    load_registry,
)

PAGE = paths.ROOT / "docs" / "sources.md"

_TABLES = {
    "population": "Population des communes",
    "population_history": "Population depuis 1876",
    "flows": "Naissances, décès, logements commencés",
    "age_groups": "Population par grand groupe d’âge",
    "mobility": "Lieu de résidence un an auparavant",
    "ages": "Population par sexe et âge quinquennal",
    "single_ages": "Population par sexe et âge détaillé",
    "ages_tenure": "Population par sexe, âge et statut d’occupation",
    "dwellings": "Logements",
    "occupants": "Occupants des résidences principales",
    "householders": "Ménages par âge de la personne de référence et statut d’occupation",
    "households": "Ménages",
    "income": "Revenus",
    "social_housing": "Logements sociaux",
    "vacancy": "Logements vacants du parc privé",
    "facilities": "Équipements et services",
    "territories": "Liste des communes et de leurs territoires",
    "former_communes": "Mouvements de communes",
    "outlines": "Contours des communes",
    "postal_codes": "Codes postaux",
}
# Powers of a thousand, as disks are sold and networks counted.
_UNITS = ("octets", "ko", "Mo", "Go")

_HEAD = """# Fichiers officiels

<!-- Page écrite par `make docs` d’après src/helpers/sources/registry.toml : ne pas la modifier. -->

{held} Sans eux, le diagnostic lit les données embarquées.

```sh
make data                              # millésime {newest}, toutes les familles
make data vintage=2022 only=logement   # une famille (ou une table, ou un fichier par son nom) d’un millésime
make data commune=Hem                  # une commune, par l’interface Melodi de l’Insee, sans fichier national
make sources                           # cette liste, avec ce qui est déjà sur cette machine
```

**Adresses.** {opened} Une adresse peut donc avoir changé : la commande nomme alors la page à ouvrir.

**Déposer un fichier à la main.** Un fichier dont l’adresse est inconnue ou a changé se dépose dans `data/raw/` (ou
dans le dossier que désigne `HELPERS_SOURCES`), sous le nom de la colonne « Fichier ». Il est vérifié et lu comme les
autres.

**Nouvelle édition.** L’empreinte d’un fichier est comparée à celle du registre ou, à défaut, à celle relevée la
première fois (`data/raw/empreintes.json`). Si elle diffère, le fichier est mis de côté :
`make data accept=<identifiant>` l’accepte. Pour chercher une édition plus récente à la même adresse, supprimez le
fichier et relancez.

**Miroir.** `HELPERS_MIRROR` remplace toutes les adresses : c’est une adresse (`http://serveur/dossier`, chaque
fichier étant à `http://serveur/dossier/<nom>`) ou un dossier. Une adresse remplace aussi celle de l’interface Melodi,
attendue à `http://serveur/dossier/data/<jeu de données>` (et son catalogue à `http://serveur/dossier/catalog/all`) ;
un dossier ne sert que des fichiers, pas l’interface.

**Millésimes.** Chacun donne trois dates dans une même liste de communes : {triples}. Sans `vintage=`, c’est le plus
récent dont chaque grande famille ({families}) a une adresse connue. Les fichiers annuels sont toujours ceux de la
dernière édition. Quand deux fichiers donnent la même valeur, le premier de la liste l’emporte.
"""


def list_by_table(sources: Iterable[Source] | None = None) -> dict[str, list[Source]]:
    """List the official files that feed each table, in the order of precedence; a table that none feeds has none."""
    files = [source for source in (load_registry().values() if sources is None else sources) if source.file]
    return {
        table: [source for source in files if table in source.tables]
        for table in (*schemas.TABLES, *REFERENCE_TABLES)
    }


def describe_table(table: str) -> str:
    """Say what a table of the store holds, in a few words."""
    return _TABLES[table]


def describe_address(source: Source) -> str:
    """Say what is known of the address of a file."""
    if source.url is None:
        return "adresse inconnue"
    return "adresse ouverte" if source.opened else "adresse jamais ouverte"


def format_size(value: int | None) -> str:
    """Write bytes as people read them: `389 Mo`, `1,2 Go`."""
    if value is None:
        return "inconnue"
    amount, rank = float(value), 0
    while amount >= 1000 and rank < len(_UNITS) - 1:
        amount, rank = amount / 1000, rank + 1
    digits = 1 if rank and amount < 10 else 0
    return f"{french.number(amount, digits=digits)}{french.NBSP}{_UNITS[rank]}"


def render(sources: Mapping[str, Source] | None = None) -> str:
    """Render the page: for each table, its files by vintage, their address, their licence."""
    records = load_registry() if sources is None else sources
    files = [source for source in records.values() if source.file]
    parts = [_head(files)]
    for table, feeding in list_by_table(files).items():
        if not feeding:
            continue
        parts.append(f"\n## {describe_table(table)} (`{table}`)\n")
        parts.append("| Identifiant | Famille | Année | Fichier | Adresse | Taille | Licence |")
        parts.append("|---|---|---|---|---|---|---|")
        parts += [_row(source) for source in feeding]
    return "\n".join(parts) + "\n"


def write(path: Path = PAGE) -> Path:
    """Write the page; returns its path."""
    path.write_text(render(), encoding="utf-8")
    return path


def _head(files: list[Source]) -> str:
    with_address = [source for source in files if source.url]
    never = sum(not source.opened for source in with_address)
    opened = (
        f"Les {never} adresses ont été lues dans du code public, ou formées comme celles qui y sont ; aucune n’a "
        "encore été ouverte."
        if never == len(with_address)
        else f"{french.quantity(never, 'adresse')} sur {len(with_address)} n’ont jamais été ouvertes."
    )
    return _HEAD.format(
        held=f"Le registre décrit {len(files)} fichiers, dont {len(with_address)} avec une adresse.",
        newest=default_vintage(files),
        opened=opened,
        triples=" ; ".join(
            f"RP{vintage} ({french.enumerate_words(list(map(str, dates)))})"
            for vintage, dates in TRIPLES.items()
        ),
        families=", ".join(f"`{family}`" for family in MAIN_FAMILIES),
    ).rstrip("\n")


def _row(source: Source) -> str:
    link = f"[télécharger]({source.url}), " if source.url else ""
    address = f"{link}[page]({source.page}) : {describe_address(source)}"
    year = source.vintage or source.geography
    cells = [
        f"`{source.id}`",
        source.family,
        str(year or ""),
        f"`{source.name}`",
        address,
        format_size(source.size),
        source.licence,
    ]
    return f"| {' | '.join(cells)} |"
