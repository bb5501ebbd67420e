"""The page of the measures: what `docs/mesures.md` says of the figures of one run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import page_scale
from rows import (
    Line,
    Row,
    gigabytes,
    make_table,
    many_times,
    megabytes,
    number,
    seconds,
    write_line,
)

from helpers import french

# Share of the processors in use when a run starts, from which its durations are not to be kept.
BUSY = 0.25

Figures = dict[str, Any]


def write_page(figures: Figures) -> str:
    """Write the figures as a page in French."""
    machine, engine = figures["machine"], figures["moteur"]
    individuals = figures["fichier_individus"]
    head = [
        "# Mesures",
        "",
        "<!-- Page écrite par `make bench` : ne pas la modifier. -->",
        "",
        "Médianes d’une même exécution. Les rapports valent d’une machine à l’autre, les durées non ; ceux de durées "
        "dépendent aussi de ce que les processeurs gagnent à travailler ensemble.",
        "",
        *_warnings(machine),
    ]
    lines = [
        "## Construire les diagnostics",
        "",
        *_introduction(engine),
        "",
        *make_table(
            [*_one(engine["one"]), *_batch(engine["batch"]), *_fresh(engine), *_memory(engine["memory"])]
        ),
        "",
        *_growth(engine),
        "",
        *page_scale.describe_many(figures["nombre"]),
        "",
        "## Construire toute la France",
        "",
        *page_scale.describe_france(figures["france"]),
        "",
        "## Calculer les indicateurs",
        "",
        *make_table(_indicators(figures["indicateurs"])),
        "",
        "## Ouvrir JupyterLab",
        "",
        *_lab(figures["jupyterlab"]),
        "",
        "## Lire les fichiers officiels",
        "",
        f"Fichier d’individus de synthèse de {french.number(individuals['rows'])} lignes et 33 colonnes.",
        "",
        *make_table([*_individuals(individuals), *_store(figures["lecture_magasin"])]),
        "",
        f"Machine : {machine['systeme']}, {machine['processeurs']} processeurs, {machine['memoire']} ; "
        f"{', '.join(f'{name} {version}' for name, version in machine['versions'].items())} ; {machine['date']}.",
    ]
    return "\n".join(map(str, [*head, *_missed(lines), *lines])) + "\n"


def _missed(lines: Sequence[Line]) -> list[Line]:
    """List the measures whose objective is not reached."""
    rows = [line for line in lines if isinstance(line, Row)]
    missed = [f"* {row.label} : {row.value} ; objectif, {row.objective}." for row in rows if not row.reached]
    if not missed:
        return []
    return [f"## Objectifs manqués : {len(missed)} sur {len(rows)}", "", *missed, ""]


def _warnings(machine: Figures) -> list[str]:
    if machine["charge"] <= BUSY * machine["processeurs"]:
        return []
    busy = french.number(machine["charge"], digits=1)
    return [
        f"**Mesures provisoires** : la machine travaillait déjà (charge de {busy} "
        f"au départ, pour {machine['processeurs']} processeurs).",
        "",
    ]


def _lab(lab: Figures) -> list[str]:
    first, again = (list(lab[name].values()) for name in ("first", "again"))
    return [
        f"Les carnets de {lab['name']}, sans objectif fixé ; pour le serveur, médiane de "
        f"{french.quantity(lab['rounds'], 'tour')}.",
        "",
        f"* Du lancement du serveur à sa page : {seconds(lab['server'])}.",
        f"* Un thème à froid, noyau compris : de {seconds(min(first))} à {seconds(max(first))}.",
        f"* « Tout exécuter » une seconde fois dans le même noyau : de {seconds(min(again))} à {seconds(max(again))} "
        f"par thème, {seconds(sum(again))} pour les {french.number(len(again))}.",
    ]


def _introduction(engine: Figures) -> list[str]:
    one, batch = engine["one"], engine["batch"]
    return [
        "* Commandes ordinaires : `papermill` puis `jupyter nbconvert --to html`, un carnet après l’autre, ou "
        f"`make -j{batch['jobs']}` pour un lot ; mêmes carnets, mêmes paramètres. Dans un lot, elles sont mesurées sur "
        f"{french.quantity(batch['rival_communes'], 'commune')} et ramenées au carnet.",
        "* Plancher : les mêmes cellules et les mêmes pages dans un seul processus où tout est chargé, sans isolement "
        "ni suivi des erreurs.",
        "* À froid : la commande, du lancement à la fin. À chaud : un carnet suit un autre, le processus préparé est "
        "là.",
        f"* {french.quantity(one['rounds'], 'tour')} pour une commune, où chaque façon passe une fois ; "
        f"{french.quantity(batch['rounds'], 'tour')} pour les lots.",
    ]


def _one(one: Figures) -> list[Row]:
    spent = one["seconds"]
    names = {
        "cold": "à froid",
        "cold_alone": "à froid, un carnet à la fois",
        "warm": "à chaud",
        "warm_alone": "à chaud, un carnet à la fois",
    }
    what = f"Une commune ({one['name']}, {french.quantity(one['notebooks'], 'carnet')} et leurs pages)"
    objective = f"au moins {many_times(one['target_faster'])} plus vite"
    faster = [
        Row(
            f"{what}, {name}, au regard des commandes ordinaires",
            f"{many_times(one['faster'][way], digits=1)} plus vite ({seconds(spent[way])} / {seconds(spent['rival'])})",
            objective,
            one["faster"][way] >= one["target_faster"],
        )
        for way, name in names.items()
    ]
    limit = (
        f"au plus {seconds(one['target_seconds'])} ({number(one['floor_times'], 1)} fois le plancher de "
        f"{seconds(spent['floor'])}, et {seconds(one['floor_more'])})"
    )
    floor = [
        Row(
            f"La même, {names[way]}, au regard du plancher",
            seconds(spent[way]),
            limit,
            spent[way] <= one["target_seconds"],
        )
        for way in ("cold", "cold_alone")
    ]
    return faster + floor


def _batch(batch: Figures) -> list[Row]:
    spent, used = batch["per_notebook"], batch["cpu_per_notebook"]
    ours, rival, floor = (seconds(spent[name], 2) for name in ("ours", "rival", "floor"))
    core = seconds(spent["ours"] * batch["jobs"], 2)
    what = (
        f"Un lot de {french.quantity(batch['communes'], 'commune')}, {french.number(batch['jobs'])} à la fois"
    )
    return [
        Row(
            f"{what}, par carnet, au regard des commandes ordinaires",
            f"{many_times(batch['faster'], digits=1)} plus vite ({ours} / {rival})",
            f"au moins {many_times(batch['target_faster'])} plus vite",
            batch["faster"] >= batch["target_faster"],
        ),
        Row(
            f"{what}, temps de processeur par carnet, au regard des commandes ordinaires",
            f"{many_times(batch['less'], digits=1)} moins ({seconds(used['ours'], 2)} / {seconds(used['rival'], 2)})",
            f"au moins {many_times(batch['target_less'])} moins",
            batch["less"] >= batch["target_less"],
        ),
        Row(
            f"{what}, temps de processeur par commune de la métropole",
            seconds(batch["cpu"], 2),
            f"au plus {seconds(batch['target_cpu'])}",
            batch["cpu"] <= batch["target_cpu"],
        ),
        Row(
            f"{what}, temps de processeur par carnet, au regard du plancher",
            f"{number(batch['over_floor'], 2)} ({core} / {floor})",
            f"au plus {number(batch['target_over_floor'], 1)}",
            batch["over_floor"] <= batch["target_over_floor"],
        ),
    ]


def _fresh(engine: Figures) -> list[Row]:
    return [
        Row(
            f"Rien n’a changé, {french.quantity(row['communes'], 'commune')}",
            seconds(row["seconds"], 2),
            f"moins de {seconds(row['target'])}",
            row["seconds"] < row["target"],
        )
        for row in engine["fresh"]
    ]


def _memory(memory: Figures) -> list[Row]:
    worker, lasting = memory["worker"], memory["lasting"]
    return [
        Row(
            f"Mémoire des carnets d’une commune, la plus grande sur {french.quantity(memory['communes'], 'commune')} "
            "(pages partagées comprises)",
            f"{megabytes(memory['worker_peak'])} ; médiane du premier tiers {megabytes(worker['first'])}, du "
            f"dernier {megabytes(worker['last'])}",
            f"au plus {megabytes(memory['target'])}",
            memory["worker_peak"] <= memory["target"],
        ),
        Row(
            "Mémoire de ce qui dure tout le lot (commande et processus préparé, hors fichiers lus en place)",
            f"premier tiers {megabytes(lasting['first'])}, dernier {megabytes(lasting['last'])}",
            f"au plus {number((memory['flat'] - 1) * 100, 0)} % de plus au dernier tiers",
            lasting["last"] <= memory["flat"] * lasting["first"],
        ),
    ]


def _growth(engine: Figures) -> list[str]:
    def list_sizes(sizes: Iterable[int]) -> str:
        return french.enumerate_words([french.number(size) for size in sizes])

    batch = engine["batch"]
    spent, notebooks = batch["per_notebook"], engine["one"]["notebooks"]

    def row_of(row: Figures) -> str:
        ours = row["seconds"] / (row["communes"] * notebooks)
        return write_line(
            [
                french.number(row["communes"]),
                seconds(row["seconds"]),
                seconds(row["per_commune"], 2),
                f"{many_times(spent['rival'] / ours, digits=1)} plus vite",
                number(ours * batch["jobs"] / spent["floor"], 2),
            ]
        )

    measured = [row["communes"] for row in engine["growth"]]
    more = (
        ""
        if engine["complete"]
        else f" `make bench complet=1` mesure {list_sizes(engine['sizes']['complete'])} communes."
    )
    return [
        f"Croissance, mesurée sur {list_sizes(measured)} communes.{more}",
        "",
        write_line(["Communes", "Durée", "Par commune", "Au regard des commandes", "Au regard du plancher"]),
        write_line(["---:"] * 5),
        *map(row_of, engine["growth"]),
    ]


def _indicators(table: Figures) -> list[Row]:
    what = f"Les {french.number(table['indicators'])} indicateurs de tous les territoires"
    return [
        Row(
            f"{what}, temps de processeur",
            f"{seconds(table['cpu'])} ({french.number(table['rows'])} chiffres, {megabytes(table['megabytes'])})",
            f"au plus {seconds(table['target_cpu'], 0)}",
            table["cpu"] <= table["target_cpu"],
        ),
        Row(
            f"{what}, mémoire",
            gigabytes(table["peak_gb"]),
            f"au plus {gigabytes(table['target_gb'])}",
            table["peak_gb"] <= table["target_gb"],
        ),
        Row(
            "Lire dans leur table ce qu’un diagnostic compare (95 communes)",
            f"{number(table['read_ms'], 1)} ms",
            f"au plus {number(table['target_read'], 0)} ms",
            table["read_ms"] <= table["target_read"],
        ),
    ]


def _individuals(individuals: Figures) -> list[Row]:
    parquet, text = individuals["parquet"], individuals["csv_zip"]
    return [
        Row(
            "Pyramides par statut de toutes les communes, Parquet, au regard du seul parcours par DuckDB",
            f"{number(parquet['ratio'], 2)} ({seconds(parquet['seconds'])} / {seconds(parquet['duckdb_seconds'])})",
            f"au plus {number(parquet['target_ratio'], 1)}",
            parquet["ratio"] <= parquet["target_ratio"],
        ),
        Row(
            "Mémoire, Parquet",
            gigabytes(parquet["peak_gb"]),
            f"au plus {gigabytes(parquet['target_peak_gb'])}",
            parquet["peak_gb"] <= parquet["target_peak_gb"],
        ),
        Row(
            "Mémoire, archive zip de texte, sans la déballer",
            f"{gigabytes(text['peak_gb'])} ({seconds(text['seconds'])})",
            f"au plus {gigabytes(text['target_peak_gb'])}",
            text["peak_gb"] <= text["target_peak_gb"],
        ),
    ]


def _store(readings: Sequence[Figures]) -> list[Row]:
    return [
        Row(
            f"Lire une commune, toutes les tables, magasin de {french.quantity(row['communes'], 'commune')}",
            f"{number(row['warm'], 1)} ms (première fois : {number(row['cold'], 1)} ms)",
            f"au plus {number(row['target'], 0)} ms",
            row["warm"] <= row["target"],
        )
        for row in readings
        if row["table"] == "ensemble"
    ]
