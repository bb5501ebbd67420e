"""The parts of the page of the measures that tell what happens with more and more communes, up to all of them."""

from __future__ import annotations

from typing import Any

from rows import Line, Row, make_table, many_times, number, seconds, write_line

from helpers import french

Figures = dict[str, Any]


def describe_many(many: Figures) -> list[Line]:
    """Tell what one commune costs among more and more diagnostics."""

    def line_of(row: Figures) -> str:
        timed = [row[name] for name in ("fresh", "rebuilt")]
        times = [f"{seconds(run['seconds'], 2)} ({seconds(run['cpu'], 2)})" for run in timed]
        return write_line([french.number(row["diagnostics"]), *times])

    what = "d’une commune, temps de processeur, du plus petit nombre de diagnostics au plus grand"
    names = {"fresh": f"« Rien n’a changé » {what}", "rebuilt": f"Reconstruction {what}"}
    grown = [
        Row(
            names[name],
            many_times(times, digits=2),
            f"au plus {many_times(many['target'], digits=1)}",
            times <= many["target"],
        )
        for name, times in many["times"].items()
    ]
    manifest = Row(
        "Manifeste d’une commune",
        f"{number(many['manifest'], 0)} octets",
        f"moins de {number(many['target_manifest'], 0)} octets",
        many["manifest"] < many["target_manifest"],
    )
    return [
        "Une commune parmi d’autres diagnostics, faits de liens vers ses fichiers : durée, et temps de processeur "
        f"entre parenthèses ; médianes de {french.quantity(many['rounds'], 'tour')}.",
        "",
        write_line(["Diagnostics construits", "Rien n’a changé", "Reconstruction"]),
        write_line(["---:"] * 3),
        *map(line_of, many["numbers"]),
        "",
        *make_table([*grown, manifest]),
    ]


def describe_france(france: Figures) -> list[Line]:
    """Tell what all of France would cost, and what a cluster with troubles builds."""
    cluster = france["cluster"]
    lot = french.quantity(france["communes"], "commune")
    return [
        f"{lot}, prises à intervalles réguliers de la moins peuplée à la plus peuplée des "
        f"{french.number(france['every'])} communes habitées : ce qu’elles prennent en moyenne vaut pour toutes. Puis "
        "les mêmes sur une grappe Dask de deux machines d’un fil, ici : l’une est tuée et remplacée, l’autre s’arrête "
        "un moment, puis part et revient.",
        "",
        *make_table(
            [
                Row(
                    f"Une commune d’un lot de {lot}, temps de processeur",
                    seconds(france["cpu"], 2),
                    f"au plus {seconds(france['target_cpu'])}",
                    france["cpu"] <= france["target_cpu"],
                ),
                Row(
                    "Toutes les communes, temps de processeur",
                    f"{number(france['hours'], 1)} h",
                    f"au plus {number(france['target_hours'], 0)} h",
                    france["hours"] <= france["target_hours"],
                ),
                Row(
                    "Communes construites sur la grappe malgré ses pannes",
                    f"{french.number(cluster['built'])} ({seconds(cluster['seconds'], 0)}, contre "
                    f"{seconds(france['seconds'], 0)} sans grappe ni panne)",
                    french.number(france["communes"]),
                    cluster["built"] == france["communes"],
                ),
                Row(
                    "La commande qui mène la grappe, temps de processeur par commune",
                    f"{number(cluster['leader_ms'], 0)} ms",
                    f"au plus {number(cluster['target_leader_ms'], 0)} ms",
                    cluster["leader_ms"] <= cluster["target_leader_ms"],
                ),
            ]
        ),
    ]
