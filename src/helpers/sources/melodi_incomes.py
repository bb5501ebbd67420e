"""How Melodi gives the incomes of Filosofi: medians and shares of the poor, of all, by tenure and by age.

Codes are those that public programs read in true answers; what is secret comes empty.
"""

from __future__ import annotations

from collections.abc import Mapping

from helpers.sources.melodi_form import TOTAL, Cross, Form

_MEASURE = "FILOSOFI_MEASURE"
_MEASURES = {"MED": "MED_SL", "TP60": "PR_MD60"}
# Owners and tenants: the tax file knows no other.
_TENURES = {"PROP": "1", "LOC": "2"}
# Ages of whom the tax household is named after.
_AGES = {
    "0029": "Y_LT30", "3039": "Y30T39", "4049": "Y40T49", "5059": "Y50T59", "6074": "Y60T74", "75P": "Y_GE75",
}  # fmt: skip


def _by(dimension: str, codes: Mapping[str, str]) -> Form:
    """Describe medians and shares of the poor in each class of a dimension, of which no store keeps the total."""
    return Form(
        pinned={_MEASURE: "MED_SL", dimension: TOTAL},
        crosses={
            **{
                f"{name} {TOTAL}": Cross("", name, {_MEASURE: measure}) for name, measure in _MEASURES.items()
            },
            **{
                f"{name}_{group}": Cross("income", f"{name}_{group}", {_MEASURE: measure, dimension: code})
                for name, measure in _MEASURES.items()
                for group, code in codes.items()
            },
        },
        additive=False,
    )


INCOMES = Form(
    pinned={_MEASURE: "MED_SL"},
    crosses={
        **{name: Cross("income", name, {_MEASURE: measure}) for name, measure in _MEASURES.items()},
        "NBMENFISC": Cross("income", "NBMENFISC", {_MEASURE: "NUM_HH"}),
    },
    # Deciles, and the parts of income: known of large places only.
    left_out={_MEASURE: "[A-Z][A-Z0-9_]*"},
    additive=False,
)
INCOMES_BY_TENURE = _by("TSH", _TENURES)
INCOMES_BY_AGE = _by("AGE_RF", _AGES)
