"""What a commune brings, beside the figures of the agency: operations, rolls, childcare, facilities, tables.

Rows are those of its workbook (`helpers.materials`); their origin is `commune`.
"""

from __future__ import annotations

import pandas as pd

from helpers import french, provenance
from helpers.indicators.age_classes import class_counts
from helpers.indicators.cube import Tables

SIZES = {"t1_t2": "T1-T2", "t3": "T3", "t4_plus": "T4 et plus"}
UNKNOWN_SIZE = "Taille non dite"
BUILT = "construction neuve"
# What is reported of rows that sums may rest on and that nobody is shown.
NOT_SHOWN = "Opérations non détaillées"
PUPILS, CHILDREN = "Élèves inscrits à la rentrée", "Enfants de 3 à 10 ans au recensement qui suit"
SCHOOL_AGES = (3, 10)


def operations(
    counted: pd.DataFrame, shown: pd.DataFrame, starts: pd.DataFrame, *, source: str
) -> pd.DataFrame:
    """Set the homes of the operations by size and year of start, beside all those started that year.

    Columns `item` (a number of each), `operation, label` (the size), `year` (of the works), `delivered`, `known`
    (homes), `starts` (homes of the register), `origin, sources`. New homes alone: demolitions, changes of use and
    abandoned operations have no row. `counted` and `shown` are rows of the sheet: what the first has more is reported
    together, without a name.
    """
    rows = []
    for rank, row in enumerate(counted.to_dict("records")):
        built = row["nature"] in (BUILT, "") and row["etat"] != "abandonnée"
        if not built or french.is_missing(row["an_chantier"]) or french.is_missing(row["logements"]):
            continue
        named = f"{row['code']} {row['nom']}".strip() if row["code"] in set(shown["code"]) else NOT_SHOWN
        known = {label: row[key] for key, label in SIZES.items() if not french.is_missing(row[key])}
        rest = row["logements"] - sum(known.values())
        sizes = {**known, **({UNKNOWN_SIZE: rest} if rest > 0 else {})}
        rows += [
            {"item": rank, "operation": named, "label": label, "year": int(row["an_chantier"]),
             "delivered": row["an_livraison"], "known": homes}
            for label, homes in sizes.items() if homes
        ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["item", "operation", "label", "year", "delivered", "known"])
    order = [*SIZES.values(), UNKNOWN_SIZE]
    frame = frame.sort_values(["label", "year"], key=lambda c: c.map(order.index) if c.name == "label" else c)
    started = starts.set_index("year")[["value", *provenance.COLUMNS]].rename(columns={"value": "starts"})
    frame = frame.join(started, on="year").reset_index(drop=True)
    origins = [
        provenance.least_real(["commune", *([one] if isinstance(one, str) else [])])
        for one in frame["origin"]
    ]
    both = [provenance.union([source, *([one] if isinstance(one, str) else [])]) for one in frame["sources"]]
    return frame.assign(origin=origins, sources=both)


def rolls(schools: pd.DataFrame, ages: Tables, *, territory: str, source: str) -> pd.DataFrame:
    """Set the pupils of each rentrée beside the children of the census that follows it (1 January N, rentrée N − 1).

    Columns `label, year` (of the rentrée), `value` (children), `count` (of the census; missing of rolls), `origin,
    sources`. A rentrée that lacks the roll of a school known at another has no row.
    """
    known = schools.dropna(subset=["eleves", "rentree"])
    per_year = known.groupby("rentree").agg(value=("eleves", "sum"), schools=("eleves", "size")).reset_index()
    whole = per_year[per_year["schools"] == per_year["schools"].max()]
    pupils = pd.DataFrame(
        {"label": PUPILS, "year": whole["rentree"].astype("int64"), "value": whole["value"], "count": float("nan"),
         "origin": "commune", "sources": source}
    )  # fmt: skip
    if pupils.empty:
        return pupils
    found = class_counts(ages, classes=[SCHOOL_AGES])
    own = found[found["territory"] == territory]
    children = pd.DataFrame(
        {"label": CHILDREN, "year": own["year"].astype("int64") - 1, "value": own["value"], "count": own["value"],
         "origin": own["origin"], "sources": own["sources"]}
    )  # fmt: skip
    near = children[children["year"] >= pupils["year"].min() - 1]
    frame = pd.concat([pupils, near], ignore_index=True)
    frame["label"] = pd.Categorical(frame["label"], categories=[PUPILS, CHILDREN], ordered=True)
    return frame


def childcare(rows: pd.DataFrame, *, source: str) -> pd.DataFrame:
    """Give the places of childcare of the last year reported: `structure, label` (the kind), `year, places, waiting,
    waiting_day, origin, sources`."""
    known = rows[rows["annee"] == rows["annee"].max()].dropna(subset=["places", "attente"], how="all")
    return pd.DataFrame(
        {
            "structure": known["structure"],
            "label": known["type"].replace("", french.MISSING),
            "year": known["annee"].astype("int64"),
            "places": known["places"],
            "waiting": known["attente"],
            "waiting_day": [
                "/".join(reversed(day.split("-"))) or french.MISSING for day in known["date_attente"]
            ],
            "origin": "commune",
            "sources": source,
        }
    ).reset_index(drop=True)


def facilities(rows: pd.DataFrame, *, source: str) -> pd.DataFrame:
    """List the facilities: `facility, label` (the kind), `square, capacity, saturated, project, origin, sources`."""
    capacity = [f"{french.number(row['capacite'])} {row['unite']}".strip() for row in rows.to_dict("records")]
    projects = [
        " ".join(filter(None, (row["projet"], "" if french.is_missing(row["annee_projet"]) else
                               f"({int(row['annee_projet'])})"))) or french.NIL
        for row in rows.to_dict("records")
    ]  # fmt: skip
    columns = {name: rows[key].replace("", french.NIL).tolist() for name, key in (
        ("facility", "equipement"), ("label", "type"), ("square", "carre"), ("saturated", "saturation"))}  # fmt: skip
    return pd.DataFrame({**columns, "capacity": capacity, "project": projects}).assign(
        origin="commune", sources=source
    )


def tables(described: pd.DataFrame, points: pd.DataFrame, *, source: str) -> pd.DataFrame:
    """List the rows of the tables of the commune: `table` (a title), `year, text` (a value), `unit, field, producer,
    known_on, beside` (the code of a figure), `origin, sources`.

    `described` are the rows of the sheet, `points` those of the tables (`titre, annee, valeur`), in their order.
    """
    known = points.merge(described, on="titre", how="inner").sort_values(["titre", "annee"], kind="stable")
    values = [
        french.number(value, digits=0 if value.is_integer() else len(repr(value).partition(".")[2]))
        for value in known["valeur"]
    ]
    return pd.DataFrame(
        {
            "table": known["titre"],
            "year": known["annee"].astype("int64"),
            "text": values,
            "unit": known["unite"],
            "field": known["champ"].replace("", french.NIL),
            "producer": known["producteur"],
            "known_on": ["/".join(reversed(day.split("-"))) for day in known["date"]],
            "beside": known["figure"],
            "origin": "commune",
            "sources": source,
        }
    ).reset_index(drop=True)
