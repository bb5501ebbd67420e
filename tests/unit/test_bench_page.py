"""The page of the measures says what the figures say, and where an objective is missed."""

from __future__ import annotations

import copy
import importlib

import pytest

from helpers import paths
from helpers.parameters import load_parameters

FIGURES = {
    "machine": {
        "date": "2026-01-02", "systeme": "Linux x86_64", "processeurs": 2, "memoire": "24 Go", "charge": 0.1,
        "versions": {"Python": "3.11.7", "papermill": "2.7.0"},
    },
    "moteur": {
        "complete": False,
        "sizes": {"default": [1, 5, 20], "complete": [1, 95]},
        "one": {
            "name": "Hem (59)", "notebooks": 4, "rounds": 3,
            "seconds": {"rival": 48.0, "cold": 6.0, "cold_alone": 7.5, "warm": 3.0, "warm_alone": 5.0, "floor": 4.0},
            "faster": {"cold": 8.0, "cold_alone": 6.4, "warm": 16.0, "warm_alone": 9.6},
            "target_faster": 6.0, "target_seconds": 7.5, "floor_times": 1.5, "floor_more": 1.5,
        },
        "batch": {
            "communes": 20, "jobs": 2, "rival_communes": 3, "rounds": 4,
            "per_notebook": {"ours": 0.6, "rival": 6.0, "floor": 1.0},
            "cpu_per_notebook": {"ours": 1.1, "rival": 12.1}, "less": 11.0, "target_less": 10.0,
            "cpu": 2.1, "target_cpu": 2.2,
            "faster": 10.0, "target_faster": 6.0, "over_floor": 1.2, "target_over_floor": 1.3,
        },
        "fresh": [
            {"communes": 1, "seconds": 0.61, "target": 1.0}, {"communes": 20, "seconds": 2.5, "target": 5.0},
        ],
        "memory": {
            "communes": 20, "workers": 80, "worker_peak": 412.3, "worker": {"first": 380.0, "last": 381.0},
            "lasting": {"first": 400.0, "last": 410.0}, "target": 500.0, "flat": 1.1,
        },
        "growth": [
            {"communes": 1, "seconds": 4.0, "per_commune": 4.0}, {"communes": 1200, "seconds": 3000.0, "per_commune": 2.5},
        ],
    },
    "nombre": {
        "rounds": 3, "target": 1.2, "times": {"fresh": 1.04, "rebuilt": 1.2}, "manifest": 1705, "target_manifest": 3000,
        "numbers": [
            {"diagnostics": 10, "fresh": {"seconds": 0.61, "cpu": 0.58}, "rebuilt": {"seconds": 6.0, "cpu": 8.0}},
            {"diagnostics": 10_000, "fresh": {"seconds": 0.63, "cpu": 0.6}, "rebuilt": {"seconds": 6.2, "cpu": 9.6}},
        ],
    },
    "france": {
        "communes": 300, "every": 34_852, "seconds": 400.0, "cpu": 1.42, "target_cpu": 1.5, "hours": 15.7,
        "target_hours": 16.0,
        "cluster": {"seconds": 480.0, "built": 300, "leader_ms": 21.0, "target_leader_ms": 30.0},
    },
    "indicateurs": {
        "indicators": 225, "rows": 1_440_976, "cpu": 5.4, "peak_gb": 0.97, "megabytes": 70.3, "read_ms": 5.9,
        "target_cpu": 10.0, "target_gb": 1.5, "target_read": 30.0,
    },
    "jupyterlab": {
        "name": "Hem (59)", "rounds": 2, "server": 2.3,
        "first": {"1_demographie": 6.5, "2_logement": 8.0}, "again": {"1_demographie": 2.5, "2_logement": 3.0},
    },
    "fichier_individus": {
        "rows": 17_400_000,
        "parquet": {
            "ratio": 1.18, "seconds": 0.8, "duckdb_seconds": 0.7, "target_ratio": 1.3, "peak_gb": 0.47, "target_peak_gb": 2.0,
        },
        "csv_zip": {"peak_gb": 0.61, "seconds": 6.4, "target_peak_gb": 4.0},
    },
    "lecture_magasin": [
        {"communes": 95, "table": "population", "warm": 1.0, "cold": 2.0, "target": 50.0},
        {"communes": 95, "table": "ensemble", "warm": 23.8, "cold": 25.7, "target": 50.0},
    ],
}  # fmt: skip


@pytest.fixture
def page(monkeypatch):
    monkeypatch.syspath_prepend(paths.ROOT / "bench")
    return importlib.import_module("page")


def written(page, **changes):
    """The page of the figures, some of which are changed (`moteur__one__faster={...}`), in ordinary spaces."""
    figures = copy.deepcopy(FIGURES)
    for where, value in changes.items():
        *parents, last = where.split("__")
        place = figures
        for name in parents:
            place = place[name]
        place[last] = value
    return page.write_page(figures).replace("\u00a0", " ")


def rows(text, label):
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith(f"| {label}")
    ]


def test_jupyterlab_is_reported_by_its_server_its_first_run_and_the_next(page):
    text = written(page)
    assert "* Du lancement du serveur à sa page : 2,3 s." in text
    assert "* Un thème à froid, noyau compris : de 6,5 s à 8,0 s." in text
    assert "de 2,5 s à 3,0 s par thème, 5,5 s pour les 2." in text


def test_france_is_reported_by_its_processors_and_a_cluster_by_what_it_builds_and_its_leader(page):
    text = written(page)
    assert rows(text, "Une commune d’un lot de 300 communes")[0][1:] == ["1,42 s", "au plus 1,5 s", "oui"]
    assert rows(text, "Toutes les communes")[0][1:] == ["15,7 h", "au plus 16 h", "oui"]
    assert rows(text, "Communes construites sur la grappe")[0][1:] == [
        "300 (480 s, contre 400 s sans grappe ni panne)", "300", "oui",
    ]  # fmt: skip
    assert rows(text, "La commande qui mène")[0][1:] == ["21 ms", "au plus 30 ms", "oui"]


def test_what_is_missed_is_reported_first_and_nothing_where_all_is_reached(page):
    assert "Objectifs manqués" not in written(page)
    found = written(page, france__cpu=2.4).split("## Construire les diagnostics")[0]
    assert "Objectifs manqués : 1 sur " in found
    assert (
        "* Une commune d’un lot de 300 communes, temps de processeur : 2,40 s ; objectif, au plus 1,5 s."
        in found
    )


def test_every_measure_has_its_value_its_objective_and_whether_it_is_reached(page):
    text = written(page)
    assert rows(text, "Une commune (Hem (59), 4 carnets et leurs pages), à froid, au regard") == [
        ["Une commune (Hem (59), 4 carnets et leurs pages), à froid, au regard des commandes ordinaires",
         "8,0 fois plus vite (6,0 s / 48,0 s)", "au moins 6 fois plus vite", "oui"]
    ]  # fmt: skip
    assert [row[1] for row in rows(text, "Un lot de 20 communes")] == [
        "10,0 fois plus vite (0,60 s / 6,00 s)",
        "11,0 fois moins (1,10 s / 12,10 s)",
        "2,10 s",
        "1,20 (1,20 s / 1,00 s)",
    ]
    assert [row[1:] for row in rows(text, "Rien n’a changé")] == [
        ["0,61 s", "moins de 1,0 s", "oui"],
        ["2,50 s", "moins de 5,0 s", "oui"],
    ]
    assert rows(text, "10\u202f000 |") == [["10\u202f000", "0,63 s (0,60 s)", "6,20 s (9,60 s)"]]
    assert rows(text, "Reconstruction d’une commune")[0][1:] == ["1,20 fois", "au plus 1,2 fois", "oui"]
    assert rows(text, "Manifeste")[0][1:] == ["1\u202f705 octets", "moins de 3\u202f000 octets", "oui"]
    assert rows(text, "Lire une commune")[0][1] == "23,8 ms (première fois : 25,7 ms)"
    assert "**non**" not in text


def test_a_measure_on_its_limit_reaches_it_and_beyond_misses_it(page):
    assert rows(written(page), "La même, à froid, un carnet à la fois")[0][1:] == [
        "7,5 s",
        "au plus 7,5 s (1,5 fois le plancher de 4,0 s, et 1,5 s)",
        "oui",
    ]
    late = {"rival": 48.0, "cold": 6.0, "cold_alone": 7.6, "warm": 3.0, "warm_alone": 5.0, "floor": 4.0}
    text = written(page, moteur__one__seconds=late)
    assert rows(text, "La même, à froid, un carnet à la fois")[0][3] == "**non**"
    assert text.count("**non**") == 1


@pytest.mark.parametrize(
    ("where", "value", "label"),
    [
        ("moteur__batch__faster", 5.9, "Un lot de 20 communes"),
        ("moteur__batch__over_floor", 1.31, "Un lot de 20 communes"),
        ("moteur__batch__cpu", 2.21, "Un lot de 20 communes"),
        ("france__cpu", 1.51, "Une commune d’un lot de 300"),
        ("france__hours", 16.1, "Toutes les communes"),
        ("france__cluster__built", 299, "Communes construites sur la grappe"),
        ("france__cluster__leader_ms", 31.0, "La commande qui mène"),
        ("moteur__memory__worker_peak", 500.1, "Mémoire des carnets d’une commune"),
        ("moteur__memory__lasting", {"first": 400.0, "last": 441.0}, "Mémoire de ce qui dure"),
        ("fichier_individus__csv_zip__peak_gb", 4.01, "Mémoire, archive zip"),
        ("fichier_individus__parquet__ratio", 1.31, "Pyramides par statut"),
    ],
)
def test_what_misses_its_objective_says_so(page, where, value, label):
    text = written(page, **{where: value})
    assert "**non**" in [row[3] for row in rows(text, label)]
    assert text.count("**non**") == 1


def test_the_page_says_which_sizes_were_measured(page):
    text = written(page)
    assert "mesurée sur 1 et 1\u202f200 communes. `make bench complet=1` mesure 1 et 95 communes." in text
    assert rows(text, "1\u202f200") == [
        ["1\u202f200", "3\u202f000,0 s", "2,50 s", "9,6 fois plus vite", "1,25"]
    ]
    assert "complet=1" not in written(page, moteur__complete=True)


def test_figures_taken_on_a_busy_machine_are_marked(page):
    assert "Mesures provisoires" not in written(page)
    text = written(page, machine__charge=3.4)
    assert "**Mesures provisoires** : la machine travaillait déjà (charge de 3,4 au départ, pour 2" in text


def test_the_machine_is_described(page):
    assert (
        "Machine : Linux x86_64, 2 processeurs, 24 Go ; Python 3.11.7, papermill 2.7.0 ; 2026-01-02."
        in written(page)
    )


def test_the_commune_measured_is_found_as_it_is_typed(monkeypatch):
    monkeypatch.syspath_prepend(paths.ROOT / "bench")
    engine = importlib.import_module("engine")
    assert load_parameters(engine.TYPED)[1].code == engine.COMMUNE


def test_a_run_that_a_failure_stopped_goes_on_where_it_was(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(paths.ROOT / "bench")
    run = importlib.import_module("run")
    taken = []

    def part(name, *, fails=False):
        def take(*_):
            taken.append(name)
            if fails:
                raise RuntimeError
            return name

        return take

    monkeypatch.setattr(run, "UNFINISHED", tmp_path / "left.json")
    monkeypatch.setattr(run, "PARTS", {"one": part("one"), "two": part("two", fails=True)})
    with pytest.raises(RuntimeError):
        run.measure()
    monkeypatch.setitem(run.PARTS, "two", part("two"))
    assert run.measure()["two"] == "two"
    assert taken == ["one", "two", "two"]
    run.measure()
    assert taken[3:] == ["one", "two"], "a whole run leaves nothing behind"
